//! What a keeper reports to the sandbox on its standard error, one line each.

use std::io::Write as _;

use super::wall::Lack;
use crate::host::standard_error;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The process is a keeper and understood its order.
    Keeps,
    Lacks(Lack),
    /// The web server used the processor for this many seconds without a rest and is ended for it.
    Busy(u64),
    /// The web server has ended; says how.
    Ended(String),
}

impl Report {
    /// Reads a line; `None` if it is not a keeper's.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let (word, rest) = line.strip_prefix("keeper: ")?.split_once(' ').unwrap_or((&line["keeper: ".len()..], ""));
        match word {
            "keeps" => Some(Self::Keeps),
            "lacks" => Lack::named(rest).map(Self::Lacks),
            "busy" => rest.parse().ok().map(Self::Busy),
            "ended" => Some(Self::Ended(rest.to_owned())),
            _ => None,
        }
    }

    fn line(&self) -> String {
        match self {
            Self::Keeps => "keeper: keeps\n".to_owned(),
            Self::Lacks(lack) => format!("keeper: lacks {}\n", lack.name()),
            Self::Busy(seconds) => format!("keeper: busy {seconds}\n"),
            Self::Ended(how) => format!("keeper: ended {how}\n"),
        }
    }

    pub(super) fn tell(&self) {
        // The sandbox may be gone; the end of the keeper's input says so too.
        let _ = standard_error().write_all(self.line().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let all = [
            Report::Keeps,
            Report::Lacks(Lack::Ports),
            Report::Busy(4),
            Report::Ended("it was killed by signal 9".to_owned()),
        ];
        for report in all {
            assert_eq!(Report::read(report.line().trim_end()), Some(report));
        }
        assert_eq!(Report::read("nginx: [emerg] keeper: keeps"), None);
        assert_eq!(Report::read("keeper: lacks nothing"), None);
    }
}
