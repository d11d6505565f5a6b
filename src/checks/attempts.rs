//! The client's attempts to get the page, as its script writes them on the console.

use super::page_marks::mark;
use crate::i18n::{Text, m};

/// `curl`'s exit status for a time-out.
const TIMED_OUT: u32 = 28;

/// One attempt: what came, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt<'a> {
    /// The HTTP status; 0 when no answer came.
    pub code: u16,
    /// `curl`'s exit status.
    pub exit: u32,
    /// Seconds it took, to a tenth.
    pub seconds: String,
    /// What stands on the console since the attempt before: the page, if one came.
    pub body: &'a str,
}

/// The newest attempt of the run with this token. Older ones tell of a state that may be over.
pub(crate) fn newest<'a>(console: &'a str, token: &str) -> Option<Attempt<'a>> {
    let marker = format!("pllab: asked {token} ");
    let mut starts = console.rmatch_indices(&marker).map(|(at, _)| at).peekable();
    while let Some(at) = starts.next() {
        let line = console.get(at + marker.len()..).unwrap_or_default().lines().next().unwrap_or_default();
        // The console may have been read in the middle of a line: then the one before is the newest.
        let Some((code, exit, seconds)) = read(line) else { continue };
        let from = starts.peek().map_or(0, |before| before + console[*before..at].find('\n').unwrap_or(0));
        return Some(Attempt { code, exit, seconds, body: &console[from..at] });
    }
    None
}

fn read(line: &str) -> Option<(u16, u32, String)> {
    let mut words = line.split_whitespace();
    let code = words.next()?.strip_prefix("code=")?.parse().ok()?;
    let exit = words.next()?.strip_prefix("exit=")?.parse().ok()?;
    let seconds: f64 = words.next()?.strip_prefix("time=")?.parse().ok()?;
    Some((code, exit, format!("{seconds:.1}")))
}

impl Attempt<'_> {
    pub fn timed_out(&self) -> bool {
        self.code == 0 && self.exit == TIMED_OUT
    }

    /// Whether the page carries the token.
    pub fn shows(&self, token: &str) -> bool {
        mark(self.body, "pllab-token") == Some(token)
    }

    pub fn in_words(&self) -> Text {
        if self.timed_out() {
            m::check_timed_out(self.exit, &self.seconds)
        } else if self.code == 0 {
            m::check_curl_failed(self.exit)
        } else {
            m::check_answered(self.code, &self.seconds)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: &str = "\r\npllab: asked tok code=000 exit=28 time=5.001234\r\n";
    const PAGE: &str = "<meta name=\"pllab-token\" content=\"tok\">\r\n";
    const ARRIVED: &str = "\r\npllab: asked tok code=200 exit=0 time=0.012\r\n";

    #[test]
    fn the_newest_counts() {
        assert_eq!(newest("booting\n", "tok"), None);
        let console = format!("{TIMEOUT}{TIMEOUT}");
        let attempt = newest(&console, "tok").expect("an attempt");
        assert!(attempt.timed_out());
        assert_eq!(attempt.seconds, "5.0");
        let console = format!("{TIMEOUT}{PAGE}{ARRIVED}");
        let attempt = newest(&console, "tok").expect("an attempt");
        assert_eq!(attempt.code, 200);
        assert!(attempt.shows("tok"));
        let console = format!("{PAGE}{ARRIVED}{TIMEOUT}");
        let attempt = newest(&console, "tok").expect("an attempt");
        assert!(attempt.timed_out() && !attempt.shows("tok"));
    }

    #[test]
    fn the_labs_script_is_understood() {
        let lab = include_str!("../../labs/privatelink/lab.yaml");
        let formats: Vec<&str> = lab.lines().filter(|line| line.contains("pllab: asked")).collect();
        assert_eq!(formats.len(), 2, "Linux and Windows");
        for line in formats {
            let line = line.replace("{{ token }}", "tok").replace("%{http_code}", "200").replace("%{exitcode}", "0");
            let line = line.replace("%{time_total}", "0.012").replace("\\n", "\n");
            assert_eq!(newest(&line, "tok").map(|attempt| attempt.code), Some(200), "{line}");
        }
    }

    #[test]
    fn a_torn_line_is_passed_over() {
        let console = format!("{TIMEOUT}{PAGE}\r\npllab: asked tok code=200 ex");
        assert!(newest(&console, "tok").expect("an attempt").timed_out());
    }

    #[test]
    fn attempts_of_another_run_are_not_ours() {
        assert_eq!(newest(ARRIVED, "other"), None);
    }

    #[test]
    fn a_page_of_an_earlier_attempt_is_not_this_one() {
        let console = format!("{PAGE}{ARRIVED}hello\n{ARRIVED}");
        assert!(!newest(&console, "tok").expect("an attempt").shows("tok"));
    }
}
