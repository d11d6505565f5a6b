//! The rule of a directive: where it may stand, and what its values may be.

use super::values::{is_block, is_made_of, is_regex, number, size, time};

/// Where nginx allows a directive: a set of the constants below.
pub type Places = u16;
/// Outside of every block.
pub const MAIN: Places = 1;
pub const EVENTS: Places = 2;
pub const HTTP: Places = 4;
pub const SERVER: Places = 8;
pub const LOCATION: Places = 16;
/// In an `if` of a server.
pub const SERVER_IF: Places = 32;
/// In an `if` of a location.
pub const LOCATION_IF: Places = 64;
pub const LIMIT: Places = 128;

/// The shape of a directive's values. The rules of [`Kind::Own`] stand with the code that writes those values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `on` or `off`.
    Flag,
    /// A number up to this.
    Number(u64),
    /// Bytes, up to this.
    Size(u64),
    /// Bytes up to this; gigabytes are allowed as a unit.
    Offset(u64),
    /// Times, each up to this many milliseconds.
    Time(u64),
    /// The number of buffers and the size of each in bytes, up to these.
    Buffers(u64, u64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any of these words.
    Choices(&'static [&'static str]),
    /// Media types, or `*`.
    Types,
    /// Addresses, blocks of addresses, or `all`.
    Addresses,
    /// Words without a meaning for nginx: letters, digits and these characters.
    Words(&'static str),
    Regexes,
    /// Texts with variables.
    Texts,
    /// `max=` up to this and `inactive=`, or `off`.
    Cache(u64),
    /// The translation decides what this directive says.
    Decided,
    /// A block, or a directive, with rules of its own.
    Own,
}

#[derive(Debug)]
pub struct Rule {
    pub name: &'static str,
    pub places: Places,
    /// The least and the greatest number of values.
    pub count: (usize, usize),
    pub kind: Kind,
}

/// What is wrong with a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// nginx refuses it with this message.
    Emerg(String),
    /// nginx may accept it, but it is not run here.
    NotRun,
}

const DAY: u64 = 86_400_000;

impl Rule {
    /// Whether nginx allows it only once in a block.
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

    pub fn has_block(&self) -> bool {
        ["http", "events", "server", "location", "if", "limit_except", "map", "geo", "types"].contains(&self.name)
    }

    /// The values as they are written, if they have the rule's shape. Texts are checked elsewhere, where the
    /// variables are known.
    ///
    /// # Errors
    /// nginx's message, or that they are not run here.
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
