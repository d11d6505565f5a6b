//! Commands in texts, such as `pllab resume k3x9bd`. They must work as pasted, so they repeat the flags that this call of
//! pllab was given for every verb: without `--state-dir`, another call would not find the run.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

/// Every verb of the command line. `cli` holds this list against its own.
pub const VERBS: [&str; 16] = [
    "start",
    "resume",
    "status",
    "check",
    "why",
    "drill",
    "browse",
    "clean",
    "report",
    "handout",
    "doctor",
    "policy",
    "labs",
    "sandbox",
    "completions",
    "man",
];

const NAME: &str = "pllab";

/// A flag that printed commands repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Such as `--state-dir`.
    pub name: &'static str,
    /// With its value, as a shell reads it.
    pub words: String,
}

/// The flags of this process. A command line is a matter of the whole process, and texts are rendered everywhere.
static GIVEN: RwLock<Vec<Flag>> = RwLock::new(Vec::new());

/// Sets the flags that printed commands repeat.
pub fn repeat(flags: Vec<Flag>) {
    *GIVEN.write().unwrap_or_else(PoisonError::into_inner) = flags;
}

/// The same words with every command completed.
#[must_use]
pub fn complete(words: &str) -> Cow<'_, str> {
    let given = GIVEN.read().unwrap_or_else(PoisonError::into_inner);
    if given.is_empty() { Cow::Borrowed(words) } else { with(words, &given) }
}

fn with<'w>(words: &'w str, flags: &[Flag]) -> Cow<'w, str> {
    let mut said = String::new();
    let mut from = 0;
    for (at, verb) in commands(words) {
        // A command that has been completed, or that names another value, keeps what it says.
        let line = words[at..].lines().next().unwrap_or_default();
        let before = &words[at + NAME.len()..verb.start];
        said.push_str(&words[from..at + NAME.len()]);
        for flag in flags.iter().filter(|flag| !line.contains(flag.name) && !before.contains(flag.name)) {
            said.extend([" ", &flag.words]);
        }
        from = at + NAME.len();
    }
    if from == 0 {
        return Cow::Borrowed(words);
    }
    said.push_str(&words[from..]);
    Cow::Owned(said)
}

/// Where commands begin, and where their verbs are.
fn commands(words: &str) -> impl Iterator<Item = (usize, Range<usize>)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    words.match_indices(NAME).filter_map(move |(at, _)| {
        // `[pllab sandbox]` is the sandbox's own prefix.
        if words[..at].ends_with(|c: char| is_word(c) || c == '[') {
            return None;
        }
        let mut verb = at + NAME.len();
        loop {
            let rest = words[verb..].strip_prefix(' ')?;
            verb += 1;
            let flag = rest.strip_prefix("--").map(|rest| 2 + rest.find(' ').unwrap_or(rest.len()));
            let Some(flag) = flag else { break };
            verb += flag;
            // Each of these takes a value but the switches.
            if !rest[..flag].contains('=') && !SWITCHES.contains(&&rest[..flag]) {
                verb += 1 + value(words[verb..].strip_prefix(' ')?);
            }
        }
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
        let length = words[verb..].find(ends).unwrap_or(words.len() - verb);
        let range = verb..verb + length;
        VERBS.contains(&&words[range.clone()]).then_some((at, range))
    })
}

/// Flags for every verb that take no value.
const SWITCHES: [&str; 1] = ["--plain"];

/// The length of a shell word.
fn value(words: &str) -> usize {
    if let Some(rest) = words.strip_prefix('\'') {
        return rest.find('\'').map_or(words.len(), |end| end + 2);
    }
    words.find(' ').unwrap_or(words.len())
}

/// The parts of a paragraph that must not be broken at a line's end: the name with its flags and verb, and the whole
/// command if it stands after a colon.
#[must_use]
pub fn unbroken(words: &str) -> Vec<Range<usize>> {
    commands(words)
        .map(|(at, verb)| {
            if !words[..at].ends_with(": ") {
                return at..verb.end;
            }
            let rest = &words[verb.end..];
            let end = [" (", "。", "、", ". ", ";", "`"].into_iter().filter_map(|mark| rest.find(mark)).min();
            at..verb.end + end.unwrap_or(rest.len())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Flag, unbroken, with};

    fn flags() -> Vec<Flag> {
        vec![
            Flag { name: "--state-dir", words: "--state-dir '/a b'".to_owned() },
            Flag { name: "--plain", words: "--plain".to_owned() },
        ]
    }

    #[test]
    fn a_command_repeats_the_flags() {
        for (words, wanted) in [
            ("Continue: pllab resume x", "Continue: pllab --state-dir '/a b' --plain resume x"),
            (
                "`pllab why` か pllab check を",
                "`pllab --state-dir '/a b' --plain why` か pllab --state-dir '/a b' --plain check を",
            ),
            ("Again with pllab check.", "Again with pllab --state-dir '/a b' --plain check."),
            ("pllab start --state-dir DIR", "pllab --plain start --state-dir DIR"),
            (
                "pllab status\npllab start --state-dir DIR",
                "pllab --state-dir '/a b' --plain status\npllab --plain start --state-dir DIR",
            ),
            (
                "pllab starts; pllab can check; [pllab sandbox] x; /bin/pllab why",
                "pllab starts; pllab can check; [pllab sandbox] x; /bin/pllab why",
            ),
        ] {
            let said = with(words, &flags());
            assert_eq!(said, wanted);
            assert_eq!(with(&said, &flags()), wanted, "once is enough");
        }
    }

    #[test]
    fn a_command_after_a_colon_stays_whole() {
        let parts = |words: &str| unbroken(words).into_iter().map(|range| words[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(parts("Again: pllab --state-dir '/a b' start x (--set K=V)"), ["pllab --state-dir '/a b' start x"]);
        assert_eq!(parts("Run pllab why again, or pllab check."), ["pllab why", "pllab check"]);
    }
}
