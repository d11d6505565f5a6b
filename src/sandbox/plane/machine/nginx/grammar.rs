//! Checks a directive as nginx does when it reads it: whether nginx knows it, whether it may stand there, and whether
//! the number of its values is right.

use std::collections::BTreeSet;

use super::allowed::{is_other, rule_of};
use super::directive::Directive;
use super::listen::Listen;
use super::rule::{EVENTS, Fault, HTTP, Kind, LIMIT, LOCATION, LOCATION_IF, MAIN, Places, SERVER, SERVER_IF};
use super::variables::{Variables, free, parts};

/// A rule that allows at least this many values stands for a directive without such a limit in nginx.
const MOST_WORDS: usize = 8;

/// What a block contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Directives(Places),
    Map,
    Geo,
    Types,
    /// Something that is not known here.
    Unknown,
}

/// A block while it is being read.
#[derive(Debug)]
pub struct Scope {
    inside: Inside,
    seen: BTreeSet<String>,
    listens: BTreeSet<String>,
}

impl Scope {
    fn new(inside: Inside) -> Self {
        Self { inside, seen: BTreeSet::new(), listens: BTreeSet::new() }
    }

    /// Outside of every block.
    pub fn main() -> Self {
        Self::new(Inside::Directives(MAIN))
    }

    /// A block in which everything is allowed.
    pub fn opaque() -> Self {
        Self::new(Inside::Unknown)
    }

    /// The block of a directive that stands in this one.
    pub fn inner(&self, directive: &Directive) -> Self {
        let Inside::Directives(places) = self.inside else { return Self::opaque() };
        Self::new(match (directive.name(), Self::places_in(directive.name(), places)) {
            ("map", _) => Inside::Map,
            ("geo", _) => Inside::Geo,
            ("types", _) => Inside::Types,
            (_, 0) => Inside::Unknown,
            (_, places) => Inside::Directives(places),
        })
    }

    /// What may stand in the block of a directive that stands in `places`. Nothing if its block contains no
    /// directives.
    pub fn places_in(name: &str, places: Places) -> Places {
        match name {
            "http" => HTTP,
            "events" => EVENTS,
            "server" => SERVER,
            "location" => LOCATION,
            "if" if places == SERVER => SERVER_IF,
            "if" => LOCATION_IF,
            "limit_except" => LIMIT,
            _ => 0,
        }
    }
}

/// What is known of the whole configuration while it is being read.
#[derive(Debug, Default)]
pub struct Check {
    formats: BTreeSet<String>,
    /// Whether it contains something that is not understood, which may do anything.
    beyond: bool,
}

impl Check {
    /// Checks a directive as nginx does after its `;` or `{`.
    ///
    /// # Errors
    /// nginx's message, without file and line.
    pub fn directive(&mut self, directive: &Directive, opens: bool, scope: &mut Scope) -> Result<(), String> {
        let name = directive.name();
        let values = directive.values();
        let places = match scope.inside {
            Inside::Directives(places) => places,
            Inside::Unknown => return Ok(()),
            _ if opens => return Err("unexpected \"{\"".to_owned()),
            Inside::Map if directive.words.len() != 2 => {
                let special = ["hostnames", "volatile"].contains(&name) && values.is_empty();
                return if special { Ok(()) } else { Err("invalid number of the map parameters".to_owned()) };
            }
            Inside::Geo | Inside::Map | Inside::Types => return Ok(()),
        };
        let counted = || format!("invalid number of arguments in \"{name}\" directive");
        let Some(rule) = rule_of(name) else {
            self.beyond = true;
            return if is_other(name) { Ok(()) } else { Err(format!("unknown directive \"{}\"", until_nul(name))) };
        };
        if name != "include" && rule.places & places == 0 {
            return Err(format!("\"{name}\" directive is not allowed here"));
        }
        match (rule.has_block(), opens) {
            (false, true) => return Err(format!("directive \"{name}\" is not terminated by \";\"")),
            (true, false) => return Err(format!("directive \"{name}\" has no opening \"{{\"")),
            _ => {}
        }
        let (least, most) = rule.count;
        if !(least..=most).contains(&values.len()) {
            // If our limit is this high, nginx itself has none, and too many values are no error of nginx.
            if values.len() < least || most < MOST_WORDS {
                return Err(counted());
            }
        }
        let again = !scope.seen.insert(name.to_owned());
        if again && rule.is_single() {
            return Err(format!("\"{name}\" directive is duplicate"));
        }
        match rule.values(&values) {
            Err(Fault::Emerg(message)) => return Err(message),
            Err(Fault::NotRun) => self.beyond = true,
            Ok(_) => {}
        }
        match (name, values.as_slice()) {
            ("log_format", [format, ..]) if *format == "combined" || !self.formats.insert((*format).to_owned()) => {
                return Err(format!("duplicate \"log_format\" name \"{format}\""));
            }
            ("access_log", [_, format, ..]) if *format != "combined" && !self.formats.contains(*format) => {
                return Err(format!("unknown log format \"{}\"", until_nul(format)));
            }
            ("listen", [_, ..]) => {
                // The translation interprets it; a duplicate is an error.
                if let Some(listen) = Listen::of(&values)
                    && !scope.listens.insert(listen.name())
                {
                    return Err(format!("a duplicate listen {}", listen.name()));
                }
            }
            _ => {}
        }
        if rule.kind == Kind::Texts || ["add_header", "set", "return", "log_format"].contains(&name) {
            let texts = values.iter().skip(usize::from(name != "sub_filter" && values.len() > 1));
            for text in texts {
                parts(text).map(drop).map_err(|error| match error.as_str() {
                    "invalid variable name" if name == "log_format" => format!("invalid parameter \"{text}\""),
                    _ => error,
                })?;
            }
        }
        Ok(())
    }

    /// Checks what only the whole configuration shows: variables that are never set.
    ///
    /// # Errors
    /// nginx's message.
    pub fn end(&self, tree: &[Directive]) -> Result<(), String> {
        if self.beyond {
            return Ok(());
        }
        let all = Directive::all(tree);
        let variables = variables(tree);
        for directive in all {
            let values = directive.values();
            let texts: &[&str] = match (directive.name(), values.as_slice()) {
                ("add_header" | "set", [_, text, ..]) | ("return", [.., text]) | ("map", [text, _]) => {
                    std::slice::from_ref(text)
                }
                ("log_format", [_, texts @ ..]) | ("sub_filter", texts) => texts,
                _ => &[],
            };
            if let Some(name) = texts.iter().find_map(|text| variables.unknown(text)) {
                return Err(format!("unknown \"{name}\" variable"));
            }
        }
        Ok(())
    }
}

/// The variables that a configuration sets, with their texts.
pub fn variables(tree: &[Directive]) -> Variables {
    let mut variables = Variables::default();
    for directive in Directive::all(tree) {
        let values = directive.values();
        let variable = if directive.name() == "set" { values.first() } else { values.last() };
        let Some(name) = variable.and_then(|it| free(it)) else { continue };
        match (directive.name(), values.as_slice()) {
            ("set", [_, text]) => variables.set(name, text),
            ("map", [_, _]) | ("geo", [_] | [_, _]) => {
                // If no entry matches and there is no default, it is empty.
                variables.set(name, "");
                for entry in directive.block.as_deref().unwrap_or_default() {
                    if let [_, text] = entry.words.as_slice() {
                        // A geo's values are not texts with variables. Weighed as texts they never weigh less.
                        variables.set(name, text);
                    }
                }
            }
            _ => {}
        }
    }
    variables.weigh();
    variables
}

/// A text as C prints it.
fn until_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}
