//! The client's attempts to get the page, as its script writes them to the console.

use super::page_marks::mark;
use crate::i18n::{Text, m};
use crate::lab::OneClient;

/// `curl`'s exit status for a time-out.
const TIMED_OUT: u32 = 28;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt<'a> {
    /// 0 if no answer came.
    pub code: u16,
    pub exit: u32,
    /// In seconds, to a tenth.
    pub seconds: String,
    /// The console's text since the attempt before: the page, if one came.
    pub body: &'a str,
}

/// The start of every attempt's line, whichever name the client requested.
pub(crate) const MARK: &str = "pllab: asked ";

/// The label of a client's lines: the run's token, followed by the subnet if the client asks in several zones.
pub(crate) fn label(token: &str, client: &OneClient) -> String {
    client.subnet.as_ref().map_or_else(|| token.to_owned(), |subnet| format!("{token}-{subnet}"))
}

pub(super) fn named(kind: &str, client: &OneClient) -> String {
    let subnet = client.subnet.as_ref().map(|subnet| format!(":{subnet}")).unwrap_or_default();
    format!("{kind}:{}:{}{subnet}", client.client, client.endpoint)
}

/// The newest attempt with this label: the run's token, unless a client requests several names. Older attempts may
/// describe a state that is over.
pub(crate) fn newest<'a>(console: &'a str, label: &str) -> Option<Attempt<'a>> {
    let marker = format!("{MARK}{label} ");
    for (at, _) in console.rmatch_indices(&marker) {
        let line = console.get(at + marker.len()..).unwrap_or_default().lines().next().unwrap_or_default();
        // The console may have been read in the middle of a line; then use the line before.
        let Some((code, exit, seconds)) = read(line) else { continue };
        let before = console[..at].rfind(MARK);
        let from = before.map_or(0, |before| before + console[before..at].find('\n').unwrap_or(0));
        return Some(Attempt { code, exit, seconds, body: &console[from..at] });
    }
    None
}

/// How many whole attempts with this label a console shows.
pub(crate) fn count(console: &str, label: &str) -> usize {
    let marker = format!("{MARK}{label} ");
    let line = |at: usize| console[at + marker.len()..].lines().next().unwrap_or_default();
    console.match_indices(&marker).filter(|(at, _)| read(line(*at)).is_some()).count()
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

    pub fn shows(&self, token: &str) -> bool {
        mark(self.body, "pllab-token") == Some(token)
    }

    pub fn in_words(&self) -> Text {
        if self.timed_out() {
            m::CheckTimedOut { exit: self.exit, seconds: &self.seconds }.text()
        } else if self.code == 0 {
            m::check_curl_failed(self.exit)
        } else {
            m::CheckAnswered { code: self.code, seconds: &self.seconds }.text()
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
    fn names_that_are_asked_in_turn_are_told_apart() {
        let line = |subnet: &str, rest: &str| format!("\npllab: asked tok-{subnet} {rest} time=0.1\n");
        let console = format!("{PAGE}{}{}", line("a", "code=200 exit=0"), line("b", "code=000 exit=28"));
        assert!(newest(&console, "tok-a").expect("an attempt").shows("tok"));
        let other = newest(&console, "tok-b").expect("an attempt");
        assert!(other.timed_out() && !other.shows("tok"));
        assert_eq!(newest(&console, "tok"), None);
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
