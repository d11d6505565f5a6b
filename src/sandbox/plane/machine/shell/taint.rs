//! What is no longer known once commands were not run: what they would have assigned, written, defined and ended.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::limits::MOST_DEEP;
use super::outcome::Leave;
use super::parser::is_name;
use super::sinks::Out;
use super::state::{Shell, is_own};
use super::tree::{Chain, Change, Command, Item, Kind, List, Parameter, Part, Pipeline, RedirectKind, Word};
use super::unmodelled::{SERVICES, UNKNOWN};
use super::variables::Value;

/// Forgets what commands would have changed. Returns what they might have ended.
pub fn skip_list(shell: &mut Shell, list: &[Item]) -> Option<Leave> {
    Skip::new(shell).list(list)
}

/// As [`skip_list`].
pub fn skip_pipeline(shell: &mut Shell, pipeline: &Pipeline) -> Option<Leave> {
    Skip::new(shell).pipeline(pipeline)
}

/// As [`skip_list`], for processes of their own, which end nothing but themselves.
pub fn skip_stages(shell: &mut Shell, stages: &[Arc<Command>]) {
    let mut skip = Skip::new(shell);
    for stage in stages {
        skip.command(stage);
    }
}

/// As [`skip_list`], for a command that was reached but is not modelled, or depends on what is not known.
pub fn skip_command(shell: &mut Shell, command: &Command) -> Option<Leave> {
    let Some(words) = shell.reached.take() else { return Skip::new(shell).command(command) };
    // Its words were expanded and its redirections opened.
    let around = shell.around();
    shell.sinks.out.cloud(&around);
    for redirect in &command.redirects {
        let both = matches!(redirect.kind, RedirectKind::Both { .. });
        for fd in [redirect.fd, 2].into_iter().take(1 + usize::from(both)) {
            if let Some(out) = shell.sinks.get(fd).filter(|_| redirect.kind.writes()) {
                out.cloud(&around);
            }
        }
    }
    Skip::new(shell).invoked(&words)
}

struct Skip<'a> {
    shell: &'a mut Shell,
    /// The functions whose bodies were looked at, or are being looked at.
    seen: BTreeSet<String>,
    /// In how many bodies of functions this is.
    inside: usize,
}

impl<'a> Skip<'a> {
    fn new(shell: &'a mut Shell) -> Self {
        Self { shell, seen: BTreeSet::new(), inside: 0 }
    }

    fn list(&mut self, list: &[Item]) -> Option<Leave> {
        let mut leave = None;
        for item in list {
            for pipeline in item.chain.pipelines() {
                let left = self.pipeline(pipeline).filter(|_| !item.background);
                leave = leave.max(left);
            }
        }
        leave
    }

    fn lists(&mut self, lists: &[&List]) -> Option<Leave> {
        lists.iter().map(|list| self.list(list)).max().flatten()
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Option<Leave> {
        if let [one] = pipeline.stages.as_slice() {
            return self.command(one);
        }
        for stage in &pipeline.stages {
            self.command(stage);
        }
        None
    }

    /// Goes one level deeper. What is too deep to be looked at may do anything.
    fn deeper(&mut self, look: impl FnOnce(&mut Self) -> Option<Leave>) -> Option<Leave> {
        // Without work left, the next command ends the script.
        if self.shell.meter.charge(20).is_err() {
            return None;
        }
        if self.shell.depth >= MOST_DEEP {
            return Some(self.anything());
        }
        self.shell.depth += 1;
        let leave = look(self);
        self.shell.depth -= 1;
        leave
    }

    /// Nothing is known any more.
    fn anything(&mut self) -> Leave {
        self.shell.variables.cloud();
        self.shell.functions.values_mut().for_each(|function| *function = None);
        self.shell.folder = None;
        self.shell.common.forget_tree("/");
        for service in SERVICES {
            self.shell.common.forget_service(service);
        }
        Leave::Shell
    }

    fn command(&mut self, command: &Command) -> Option<Leave> {
        self.deeper(|skip| {
            let streams = skip.streams(command);
            streams.max(skip.inside(&command.kind))
        })
    }

    /// Where its output would have gone.
    fn streams(&mut self, command: &Command) -> Option<Leave> {
        let away = command.redirects.iter().any(|it| it.fd == 1 && !matches!(it.kind, RedirectKind::Copy));
        if !away {
            self.shell.sinks.out.cloud(&self.shell.around());
        }
        let mut leave = None;
        for redirect in &command.redirects {
            leave = leave.max(self.word(&redirect.target));
            if redirect.kind.writes() {
                let files = self.guess(&redirect.target, false);
                for path in files.iter().filter(|path| matches!(Out::file((*path).clone(), false), Out::File(_))) {
                    self.shell.forget_path(path);
                }
            }
            leave = leave.max(match &redirect.kind {
                RedirectKind::Here(word) => word.get().and_then(|word| self.word(word)),
                RedirectKind::Process(list) => {
                    self.list(list);
                    None
                }
                _ => None,
            });
        }
        leave
    }

    fn inside(&mut self, kind: &Kind) -> Option<Leave> {
        match kind {
            Kind::Simple { assignments, words } => {
                let mut leave = None;
                for assignment in assignments {
                    leave = leave.max(assignment.value.as_ref().and_then(|word| self.word(word)));
                    self.forget_variable(&assignment.name);
                }
                leave = leave.max(self.words(words));
                let declares = words.first().is_some_and(|word| {
                    let names = ["export", "local", "declare", "readonly", "typeset"];
                    matches!(word.as_slice(), [Part::Text(name)] if names.contains(&name.as_str()))
                });
                let seen: Vec<String> = words.iter().flat_map(|word| self.guess(word, declares)).collect();
                leave.max(self.invoked(&seen))
            }
            Kind::For { name, words, body } => {
                let leave = words.as_ref().and_then(|words| self.words(words));
                self.forget_variable(name);
                leave.max(self.list(body).filter(|leave| *leave > Leave::Loop))
            }
            Kind::Loop { condition, body, .. } => self.lists(&[condition, body]).filter(|leave| *leave > Leave::Loop),
            Kind::Case { word, arms } => {
                let mut leave = self.word(word);
                for (patterns, body) in arms {
                    leave = leave.max(self.words(patterns)).max(self.list(body));
                }
                leave
            }
            Kind::Function { name, .. } => {
                self.shell.functions.insert(name.clone(), None);
                None
            }
            Kind::Test(words) => self.words(words),
            Kind::Arithmetic(word) => self.arithmetic(word),
            // It changes no variables, but files. That it does is too rare to tell them apart.
            Kind::Subshell(list) => {
                self.list(list);
                None
            }
            Kind::Unmodelled(list) => self.list(list).filter(|leave| *leave > Leave::Loop),
            Kind::Group(_) | Kind::If { .. } => self.lists(&kind.lists()),
        }
    }

    fn words(&mut self, words: &[Word]) -> Option<Leave> {
        words.iter().map(|word| self.word(word)).max().flatten()
    }

    /// What the expansion of a word would have changed.
    fn word(&mut self, word: &Word) -> Option<Leave> {
        let mut leave = None;
        for part in word {
            leave = leave.max(match part {
                Part::Text(_) | Part::Quoted(_) | Part::Unmodelled => None,
                Part::Parameter(parameter) => self.deeper(|skip| skip.parameter(parameter)),
                Part::Command { script, .. } => {
                    self.deeper(|skip| skip.list(&script.items));
                    None
                }
                Part::Arithmetic(inside) => self.deeper(|skip| skip.arithmetic(inside)),
            });
        }
        leave
    }

    fn parameter(&mut self, parameter: &Parameter) -> Option<Leave> {
        match &parameter.change {
            Change::Instead { sign, word, .. } => {
                let leave = self.word(word);
                if *sign == '=' {
                    self.forget_variable(&parameter.name);
                }
                if *sign == '?' { Some(Leave::Shell) } else { leave }
            }
            Change::Cut { pattern, .. } => self.word(pattern),
            Change::Replace { pattern, with, .. } => self.word(pattern).max(self.word(with)),
            Change::Part { offset, length } => {
                let leave = self.arithmetic(offset);
                leave.max(length.as_ref().and_then(|length| self.arithmetic(length)))
            }
            Change::Nothing | Change::Length | Change::Letters { .. } => None,
        }
    }

    /// Arithmetic assigns, also in what stands in the variables it names.
    fn arithmetic(&mut self, word: &Word) -> Option<Leave> {
        let mut text = String::new();
        let mut plain = true;
        for part in word {
            match part {
                Part::Text(part) | Part::Quoted(part) => text.push_str(part),
                _ => plain = false,
            }
        }
        let assigns = |text: &str| text.contains('=') || text.contains("++") || text.contains("--");
        let names: Vec<&str> =
            text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|it| is_name(it)).collect();
        let hidden = |name: &&str| match self.shell.variables.own(name) {
            Some(Value::Known(value)) => value.contains(|c: char| !c.is_ascii_digit() && c != '-'),
            Some(Value::Unknown) => true,
            None => false,
        };
        let hides = names.iter().any(hidden);
        if hides || (!plain && assigns(&text)) {
            self.shell.variables.cloud();
        } else if assigns(&text) {
            for name in names {
                self.forget_variable(name);
            }
        }
        self.word(word)
    }

    /// What a command of these words would have changed.
    fn invoked(&mut self, words: &[String]) -> Option<Leave> {
        let (name, rest) = words.split_first()?;
        let name = name.as_str();
        if name.contains(UNKNOWN) {
            return Some(self.anything());
        }
        if let Some(function) = self.shell.functions.get(name).cloned() {
            let Some(function) = function else { return Some(self.anything()) };
            if !self.seen.insert(name.to_owned()) {
                return None;
            }
            self.inside += 1;
            let leave = self.command(&function.body);
            self.inside -= 1;
            return leave.filter(|leave| *leave > Leave::Function);
        }
        let argument = rest.first().map(String::as_str);
        match name {
            "command" | "builtin" | "nohup" | "sudo" if argument.is_some_and(|it| !it.starts_with('-')) => {
                let leave = self.deeper(|skip| skip.invoked(rest));
                leave.filter(|_| matches!(name, "command" | "builtin"))
            }
            "exec" => {
                self.shell.forget_program(rest);
                Some(Leave::Shell)
            }
            "return" => Some(Leave::Function),
            "shift" if self.inside > 0 || self.shell.variables.in_function() => Some(Leave::Function),
            "exit" | "set" | "shift" => Some(Leave::Shell),
            "break" | "continue" if self.shell.loops == 0 => None,
            "break" | "continue" => Some(if rest.is_empty() { Leave::Loop } else { Leave::Function }),
            // What the image brings is read for its variables.
            "source" | "." if argument.is_some_and(|path| path.starts_with('/') && !is_own(path)) => {
                self.shell.variables.cloud();
                self.shell.folder = None;
                None
            }
            "source" | "." | "eval" => Some(self.anything()),
            "cd" | "pushd" | "popd" => {
                self.shell.folder = None;
                None
            }
            "read" | "export" | "local" | "declare" | "readonly" | "typeset" | "mapfile" | "readarray" | "let"
            | "getopts" | "unset" => self.names(name, rest),
            "printf" if argument == Some("-v") => self.names(name, rest.get(1..2).unwrap_or_default()),
            _ => {
                self.shell.forget_program(words);
                None
            }
        }
    }

    /// Forgets the variables that words name.
    fn names(&mut self, command: &str, words: &[String]) -> Option<Leave> {
        for word in words {
            if word.split('=').next().is_some_and(|name| name.contains(UNKNOWN)) {
                self.shell.variables.cloud();
                continue;
            }
            if word.starts_with('-') {
                // A name for another variable.
                if word.contains('n') && matches!(command, "declare" | "local" | "typeset") {
                    return Some(self.anything());
                }
                continue;
            }
            let names = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|it| is_name(it));
            let most = if command == "let" { usize::MAX } else { 1 };
            for name in names.take(most) {
                self.forget_variable(name);
                if command == "unset" && self.shell.functions.contains_key(name) {
                    self.shell.functions.insert(name.to_owned(), None);
                }
            }
        }
        None
    }

    fn forget_variable(&mut self, name: &str) {
        // Without memory the next command notices it.
        let _ = self.shell.variables.set(name, Value::Unknown);
    }

    /// The fields of a word of plain text and variables, with [`UNKNOWN`] for what is not known in them. What `export`
    /// and the like assign is not split.
    fn guess(&self, word: &Word, whole: bool) -> Vec<String> {
        let (mut text, mut splits) = (String::new(), false);
        for part in word {
            let (known, quoted) = match part {
                Part::Text(part) | Part::Quoted(part) => (Some(part.clone()), true),
                Part::Parameter(parameter) if matches!(parameter.change, Change::Nothing) => {
                    (self.value(&parameter.name), parameter.quoted)
                }
                Part::Parameter(parameter) => (None, parameter.quoted),
                Part::Command { quoted, .. } => (None, *quoted),
                Part::Arithmetic(_) => (None, true),
                Part::Unmodelled => (None, false),
            };
            let whole = whole || quoted;
            splits |= !whole;
            match known {
                Some(known) => text.push_str(&known),
                None if whole => text.push(UNKNOWN),
                // It may be several fields, of which any may stand by itself.
                None => text.extend([' ', UNKNOWN]),
            }
            // Without work left, the next command ends the script.
            if self.shell.meter.charge(text.len()).is_err() {
                break;
            }
        }
        if splits {
            return text.split_whitespace().map(str::to_owned).collect();
        }
        vec![match text.strip_prefix("~/") {
            Some(rest) => format!("/root/{rest}"),
            None => text,
        }]
    }

    fn value(&self, name: &str) -> Option<String> {
        if is_name(name) {
            return self.shell.variable(name).ok().map(|value| value.map(|it| it.to_string()).unwrap_or_default());
        }
        // A function that would have been called has arguments of its own.
        let at: usize = name.parse().ok().filter(|_| self.inside == 0)?;
        Some(self.shell.arguments.get(at.checked_sub(1)?).cloned().unwrap_or_default())
    }
}

/// Whether commands have a loop, a server or something else in them that does not end by itself.
pub fn chain_lasts(shell: &Shell, chain: &Chain) -> bool {
    chain.pipelines().flat_map(|pipeline| &pipeline.stages).any(|command| {
        if shell.meter.charge(20).is_err() {
            return false;
        }
        match &command.kind {
            Kind::Loop { .. } => true,
            Kind::Simple { words, .. } => match words.first().map(Vec::as_slice) {
                Some([Part::Text(name) | Part::Quoted(name)]) => {
                    // A function may have anything in it.
                    matches!(name.as_str(), "tail" | "python3" | "python" | "nohup" | "sudo")
                        || shell.functions.contains_key(name)
                }
                _ => false,
            },
            kind => kind.lists().into_iter().flatten().any(|item| chain_lasts(shell, &item.chain)),
        }
    })
}
