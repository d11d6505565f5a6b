//! What a script can reach outside of itself. The sandbox gives it; tests give their own.

use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::super::curl_args::Curl;
use super::super::sink::Sink;

pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A command in the background.
pub type Job = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// The answer of the name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    Found(Vec<Ipv4Addr>),
    Missing,
    /// No name server answers.
    Silent,
}

/// How a TCP connection went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Connected,
    Refused,
    TimedOut,
}

/// What a program from outside did, as the script sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub code: u8,
    pub out: Vec<u8>,
    pub err: Vec<u8>,
    /// What goes to standard output after the body, even where the body goes to a file.
    pub written: Vec<u8>,
}

/// What a service did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// With the status and what systemctl says.
    Done(u8, String),
    /// The service is not modelled, or its configuration is not known.
    Unknown,
}

/// How long and why a command waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// `sleep`
    Sleep(Duration),
    /// It has computed much.
    Rest(Duration),
    /// Before a turn of a loop that never ends by itself.
    EndlessTurn,
    /// After a turn of a loop that waited in its turn for something outside.
    Turn,
    /// Something failed that is tried again.
    Retry,
    /// For jobs in the background.
    Jobs,
}

/// Everything outside of the script. Each job has its own.
pub trait World: Send + Sync {
    /// Writes to the console.
    fn console(&self, bytes: &[u8]);
    /// Writes a line of its own to the console.
    fn note(&self, line: &str);
    /// The content of the file at an absolute path.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
    /// Whether there is a file at an absolute path.
    fn has(&self, path: &str) -> bool;
    /// Writes a file.
    ///
    /// # Errors
    /// The system's words, if the disk does not take it.
    fn write(&self, path: &str, bytes: &[u8], append: bool) -> Result<(), &'static str>;
    /// Removes a file; `false` if there is none.
    fn remove(&self, path: &str) -> bool;
    /// The paths of all files that begin with `prefix`.
    fn below(&self, prefix: &str) -> Vec<String>;
    /// Whether a path is short enough.
    fn fits(&self, path: &str) -> bool;
    /// The time, formatted as `strftime` does; `None` for a format that is not known.
    fn time(&self, format: &str) -> Option<String>;
    fn address(&self) -> Ipv4Addr;
    /// The full host name.
    fn host_name(&self) -> String;
    /// Asks the name server on behalf of a program.
    fn resolve(&self, program: &str, host: &str) -> Names;
    fn connect(&self, address: Ipv4Addr, port: u16, limit: Duration) -> Later<'_, Reach>;
    fn fetch<'a>(&'a self, curl: &'a Curl) -> Later<'a, Told>;
    /// Tries once to install packages; what has no effect on the console is not said in `quiet`.
    fn install<'a>(&'a self, packages: &'a [String], quiet: bool) -> Later<'a, Told>;
    fn has_package(&self, package: &str) -> bool;
    /// Starts, stops and so on a service that the sandbox has.
    fn service<'a>(&'a self, verb: &'a str, unit: &'a str) -> Later<'a, Served>;
    /// Serves a folder over HTTP as Python does; `false` if the port is taken. The log goes to `log`.
    fn serve_folder(&self, folder: &str, port: u16, log: Sink) -> bool;
    /// Shows what is appended to a file on the console, and returns what is shown at once.
    fn follow(&self, path: &str, from_start: bool, console: bool) -> Vec<u8>;
    /// Whether a command of this weight may run now; if not, the caller waits for [`World::next_call`].
    fn takes(&self, weight: usize) -> bool;
    /// Waits until the script may go on, where calls run it.
    fn next_call(&self) -> Later<'_, ()>;
    fn wait(&self, wait: Wait) -> Later<'_, ()>;
    /// Runs a job beside the script, until it ends or the instance does. It runs as far as it can at once where calls
    /// run the script.
    fn spawn<'a>(&'a self, make: Box<dyn FnOnce(Arc<dyn World>) -> Job + Send + 'a>) -> Later<'a, ()>;
    /// Whether time passes only when somebody looks.
    fn is_instant(&self) -> bool;
}
