//! The command line of the two processes between the sandbox and its web server. Both are this program, started again
//! with words that no verb has: the *keeper* watches; the *confined* process restricts itself and becomes the server.
//!
//! It takes two because a restriction for the web server alone must be taken on by the process that becomes it, and
//! only that process can ask the system to end it together with its parent.

use std::ffi::OsString;
use std::path::PathBuf;

/// The words before a role. They are read before the command line's grammar and appear in no help.
const WORDS: [&str; 2] = ["internal", "web-server"];
/// The confined process writes this line before it becomes the web server. Everything after it is the web server's
/// output.
#[cfg(unix)]
pub(super) const BEGINS: &str = "keeper: begins";

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub program: PathBuf,
    /// The web server's folder, with its `nginx.conf`. The server writes only below `root/tmp` in it.
    pub folder: PathBuf,
    /// The only ports that it may listen on.
    pub ports: Vec<u16>,
}

impl Order {
    /// The keeper's arguments, after the program's name.
    #[must_use]
    pub fn keep(&self) -> Vec<OsString> {
        self.words("keep")
    }

    /// The arguments of the process that becomes the web server, as a child of the process `parent`.
    #[cfg(unix)]
    pub(super) fn confine(&self, parent: u32) -> Vec<OsString> {
        self.words(&format!("confine-{parent}"))
    }

    fn words(&self, role: &str) -> Vec<OsString> {
        let mut words: Vec<OsString> = WORDS.iter().map(OsString::from).collect();
        words.extend([role.into(), self.program.clone().into(), self.folder.clone().into()]);
        words.extend(self.ports.iter().map(|port| port.to_string().into()));
        words
    }

    /// Reads the role and the order from such arguments; `None` if they are others.
    pub(super) fn read(words: &[OsString]) -> Option<(String, Self)> {
        let rest = words.strip_prefix(&WORDS.map(OsString::from)[..])?;
        let [role, program, folder, ports @ ..] = rest else { return None };
        let ports: Option<Vec<u16>> = ports.iter().map(|port| port.to_str()?.parse().ok()).collect();
        Some((role.to_str()?.to_owned(), Self { program: program.into(), folder: folder.into(), ports: ports? }))
    }
}

/// The path of this program, to start it again. On Linux not by its name: another file may have replaced it since.
#[cfg(unix)]
pub(super) fn own_program() -> PathBuf {
    crate::host::own_program().unwrap_or_else(|| "/proc/self/exe".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_was_written() {
        let order = Order { program: "/usr/sbin/nginx".into(), folder: "/a b/'c".into(), ports: vec![1, 65_535] };
        assert_eq!(Order::read(&order.keep()), Some(("keep".to_owned(), order.clone())));
    }
}
