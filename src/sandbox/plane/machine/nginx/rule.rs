//! What is known of a directive: where it may stand, and what its values may be.

use super::values::{is_block, is_made_of, is_regex, number, size, time};

/// Where a directive may stand, as nginx has it: a set of the constants below.
pub type Places = u16;
/// Outside of every block.
pub const MAIN: Places = 1;
/// In `events`.
pub const EVENTS: Places = 2;
/// In `http`.
pub const HTTP: Places = 4;
/// In a `server`.
pub const SERVER: Places = 8;
/// In a `location`.
pub const LOCATION: Places = 16;
/// In an `if` of a server.
pub const SERVER_IF: Places = 32;
/// In an `if` of a location.
pub const LOCATION_IF: Places = 64;
/// In `limit_except`.
pub const LIMIT: Places = 128;

/// The shape of a directive's values. Those of [`Kind::Own`] have rules of their own, which stand with what writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `on` or `off`.
    Flag,
    /// A number up to this.
    Number(u64),
    /// Bytes, up to this.
    Size(u64),
    /// Bytes, gigabytes among them, up to this.
    Offset(u64),
    /// Times up to so many milliseconds each.
    Time(u64),
    /// How many buffers, and of how many bytes each, up to these.
    Buffers(u64, u64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words.
    Choices(&'static [&'static str]),
    /// Types of media, or `*`.
    Types,
    /// Addresses, blocks of them, or `all`.
    Addresses,
    /// Words without a meaning for nginx, of letters, digits and these.
    Words(&'static str),
    /// Regular expressions.
    Regexes,
    /// Texts with variables.
    Texts,
    /// `max=` and `inactive=`, or `off`.
    Cache(u64),
    /// What it decides is decided here.
    Decided,
    /// A block, or a directive, with rules of its own.
    Own,
}

/// One directive.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Where it may stand.
    pub places: Places,
    /// The fewest and the most values.
    pub count: (usize, usize),
    /// Their shape.
    pub kind: Kind,
}

/// What is wrong with a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// nginx says so, in these words.
    Emerg(String),
    /// nginx may know it, but it is not run here.
    NotRun,
}

const DAY: u64 = 86_400_000;

impl Rule {
    /// Whether nginx takes it once in a block only.
    pub fn is_single(&self) -> bool {
        let single = ["root", "alias", "try_files", "expires"];
        matches!(
            self.kind,
            Kind::Flag
                | Kind::Number(_)
                | Kind::Size(_)
                | Kind::Offset(_)
                | Kind::Time(_)
                | Kind::Buffers(..)
                | Kind::Choice(_)
                | Kind::Cache(_)
        ) || single.contains(&self.name)
    }

    /// Whether it has a block.
    pub fn has_block(&self) -> bool {
        ["http", "events", "server", "location", "if", "limit_except", "map", "geo", "types"].contains(&self.name)
    }

    /// The values as they are written, where they are of the rule's shape. Texts are looked at by who knows the variables.
    ///
    /// # Errors
    /// What nginx says of them, or that they are not run.
    pub fn values(&self, values: &[&str]) -> Result<Vec<String>, Fault> {
        let name = self.name;
        let emerg = |message: &str| Err(Fault::Emerg(format!("\"{name}\" directive {message}")));
        let own = || values.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let run = |runs: bool| if runs { Ok(own()) } else { Err(Fault::NotRun) };
        let bounded = |value: Option<u64>, most: u64| match value {
            None => emerg("invalid value"),
            Some(value) => run(value <= most),
        };
        match (self.kind, values) {
            (Kind::Flag, [value]) => match value.to_ascii_lowercase().as_str() {
                word @ ("on" | "off") => Ok(vec![word.to_owned()]),
                _ => Err(Fault::Emerg(format!(
                    "invalid value \"{value}\" in \"{name}\" directive, it must be \"on\" or \"off\""
                ))),
            },
            (Kind::Number(most), [value]) => match number(value).filter(|_| !value.is_empty()) {
                None => emerg("invalid number"),
                Some(value) => run(value <= most),
            },
            (Kind::Size(_), [value]) if value.contains('$') => Err(Fault::NotRun),
            (Kind::Size(most), [value]) => bounded(size(value, false), most),
            (Kind::Offset(most), [value]) => bounded(size(value, true), most),
            (Kind::Time(most), _) => run(values.iter().all(|it| time(it).is_some_and(|it| it <= most))),
            (Kind::Buffers(count, most), [number_of, each]) => {
                match (number(number_of).filter(|it| *it > 0), size(each, false).filter(|it| *it > 0)) {
                    (Some(number_of), Some(each)) => run(number_of <= count && each <= most),
                    _ => emerg("invalid value"),
                }
            }
            (Kind::Choice(words), [value]) => match words.iter().find(|word| word.eq_ignore_ascii_case(value)) {
                Some(word) => Ok(vec![(*word).to_owned()]),
                None => Err(Fault::Emerg(format!("invalid value \"{value}\""))),
            },
            (Kind::Choices(words), _) => run(values.iter().all(|value| words.contains(value))),
            (Kind::Types, _) => run(values.iter().all(|value| is_made_of(value, "!#&^_.+*/-"))),
            (Kind::Addresses, [value]) => run(*value == "all" || is_block(value)),
            (Kind::Words(more), _) => run(values.iter().all(|value| is_made_of(value, more))),
            (Kind::Regexes, _) => run(values.iter().all(|value| is_regex(value))),
            (Kind::Cache(most), _) => run(values.iter().all(|value| match value.split_once('=') {
                Some(("max", count)) => number(count).is_some_and(|it| (1..=most).contains(&it)),
                Some(("inactive", it)) => time(it).is_some_and(|it| it <= DAY),
                _ => *value == "off",
            })),
            (Kind::Texts | Kind::Decided | Kind::Own, _) => Ok(own()),
            _ => Err(Fault::NotRun),
        }
    }
}
