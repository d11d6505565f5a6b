//! Which hosts a script asks with curl, as far as its text tells. Nothing is run for it.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::super::curl_args;
use super::super::sink::Sink;
use super::common::Common;
use super::limits::{MOST_DEEP, Meter};
use super::network::METADATA;
use super::outcome::Halt;
use super::sinks::Out;
use super::state::{Function, Shell};
use super::tree::{Command, Item, Kind, Word};
use super::variables::Value;
use super::world::{Job, Later, Names, Reach, Served, Told, Wait, World};

/// The limit of hosts that are looked for.
const MOST_HOSTS: usize = 1000;

/// What looking at a command costs: it is done at once, before the instance runs.
const LOOK: usize = 500;
/// How many turns of a `for` are looked at.
const MOST_TURNS: usize = 20;

/// Every distinct host and port that a curl asks over HTTP, in order.
#[must_use]
pub fn hosts(items: &[Item]) -> Vec<(String, u16)> {
    let meter = Arc::new(Meter::default());
    let Ok(mut shell) = Shell::new(Arc::new(Nowhere), Arc::clone(&meter), Arc::new(Common::default())) else {
        return Vec::new();
    };
    shell.sinks.err = Out::Null;
    shell.sinks.out = Out::Null;
    let mut looker = Looker { shell, hosts: Vec::new() };
    // If there is too much to look at, the hosts that were found are enough.
    let _ = looker.list(items);
    looker.hosts
}

struct Looker {
    shell: Shell,
    hosts: Vec<(String, u16)>,
}

impl Looker {
    fn list(&mut self, items: &[Item]) -> Result<(), Halt> {
        for item in items {
            for command in item.chain.pipelines().flat_map(|pipeline| &pipeline.stages) {
                self.command(command)?;
            }
        }
        Ok(())
    }

    fn command(&mut self, command: &Arc<Command>) -> Result<(), Halt> {
        self.shell.meter.charge(LOOK)?;
        if self.shell.depth >= MOST_DEEP {
            return Ok(());
        }
        self.shell.depth += 1;
        let looked = self.inside(command);
        self.shell.depth -= 1;
        looked
    }

    fn inside(&mut self, command: &Command) -> Result<(), Halt> {
        match &command.kind {
            Kind::Simple { assignments, words } => {
                if words.is_empty() {
                    for assignment in assignments {
                        let word = assignment.value.as_ref().filter(|_| !assignment.appends);
                        let text = word.and_then(|word| self.text(word));
                        let value = text.map_or(Value::Unknown, |text| Value::Known(text.into()));
                        self.shell.variables.set(&assignment.name, value)?;
                    }
                    return Ok(());
                }
                self.simple(words)
            }
            Kind::For { name, words, body } => {
                let words = words.as_ref().and_then(|words| self.fields(words)).unwrap_or_default();
                let none = words.is_empty();
                for word in words.into_iter().take(MOST_TURNS) {
                    self.shell.variables.set(name, Value::Known(word.into()))?;
                    self.list(body)?;
                }
                self.shell.variables.set(name, Value::Unknown)?;
                if none { self.list(body) } else { Ok(()) }
            }
            Kind::Function { name, body } => {
                let function = Function { body: Arc::clone(body), text: None };
                self.shell.functions.insert(name.clone(), Some(function));
                Ok(())
            }
            kind => kind.lists().into_iter().try_for_each(|list| self.list(list)),
        }
    }

    fn simple(&mut self, words: &[Word]) -> Result<(), Halt> {
        let Some(words) = self.fields(words) else { return Ok(()) };
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        while words.first().is_some_and(|first| matches!(*first, "sudo" | "nohup" | "exec" | "command")) {
            words.remove(0);
        }
        let Some((name, rest)) = words.split_first() else { return Ok(()) };
        let rest: Vec<String> = rest.iter().map(|it| (*it).to_owned()).collect();
        if let Some(Some(function)) = self.shell.functions.get(*name).cloned() {
            let before = std::mem::replace(&mut self.shell.arguments, rest);
            let looked = self.command(&function.body);
            self.shell.arguments = before;
            return looked;
        }
        if *name == "curl" || *name == "/usr/bin/curl" {
            let plain: Vec<String> = rest.into_iter().filter(|it| !it.starts_with("--retry")).collect();
            if let Some(curl) = curl_args::parse(&plain).filter(|it| !it.url.tls && it.url.host != METADATA) {
                let host = (curl.url.host, curl.url.port);
                if !self.hosts.contains(&host) && self.hosts.len() < MOST_HOSTS {
                    self.hosts.push(host);
                }
                self.shell.meter.charge(self.hosts.len())?;
            }
        }
        Ok(())
    }

    fn text(&mut self, word: &Word) -> Option<String> {
        let depth = self.shell.depth;
        let text = at_once(self.shell.text(word));
        self.shell.depth = depth;
        text
    }

    fn fields(&mut self, words: &[Word]) -> Option<Vec<String>> {
        let depth = self.shell.depth;
        let fields = at_once(self.shell.fields(words));
        self.shell.depth = depth;
        fields
    }
}

/// What comes without waiting: nothing else is known.
fn at_once<T>(future: impl Future<Output = Result<T, Halt>>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        Poll::Ready(Ok(value)) => Some(value),
        _ => None,
    }
}

/// A world in which nothing happens and no command ever runs.
struct Nowhere;

impl World for Nowhere {
    fn console(&self, _: &[u8]) {}
    fn note(&self, _: &str) {}
    fn read(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
    fn has(&self, _: &str) -> bool {
        false
    }
    fn write(&self, _: &str, _: &[u8], _: bool) -> Result<(), &'static str> {
        Ok(())
    }
    fn remove(&self, _: &str) -> bool {
        false
    }
    fn below(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
    fn fits(&self, _: &str) -> bool {
        true
    }
    fn time(&self, _: &str) -> Option<String> {
        None
    }
    fn address(&self) -> Ipv4Addr {
        Ipv4Addr::LOCALHOST
    }
    fn host_name(&self) -> String {
        String::new()
    }
    fn resolve(&self, _: &str, _: &str) -> Names {
        Names::Missing
    }
    fn connect(&self, _: Ipv4Addr, _: u16, _: Duration) -> Later<'_, Reach> {
        Box::pin(std::future::pending())
    }
    fn fetch<'a>(&'a self, _: &'a curl_args::Curl) -> Later<'a, Told> {
        Box::pin(std::future::pending())
    }
    fn install<'a>(&'a self, _: &'a [String], _: bool) -> Later<'a, Told> {
        Box::pin(std::future::pending())
    }
    fn has_package(&self, _: &str) -> bool {
        false
    }
    fn service<'a>(&'a self, _: &'a str, _: &'a str) -> Later<'a, Served> {
        Box::pin(std::future::pending())
    }
    fn serve_folder(&self, _: &str, _: u16, _: Sink) -> bool {
        false
    }
    fn follow(&self, _: &str, _: bool, _: bool) -> Vec<u8> {
        Vec::new()
    }
    fn takes(&self, _: usize) -> bool {
        false
    }
    fn next_call(&self) -> Later<'_, ()> {
        Box::pin(std::future::pending())
    }
    fn wait(&self, _: Wait) -> Later<'_, ()> {
        Box::pin(std::future::pending())
    }
    fn spawn<'a>(&'a self, _: Box<dyn FnOnce(Arc<dyn World>) -> Job + Send + 'a>) -> Later<'a, ()> {
        Box::pin(std::future::pending())
    }
    fn is_instant(&self) -> bool {
        true
    }
}
