//! What is no longer known once a command was not run: what it would have assigned, written and defined.

use std::sync::Arc;

use super::sinks::Out;
use super::state::Shell;
use super::tree::{Chain, Command, Item, Kind, Part, RedirectKind, Word};
use super::variables::Value;

pub fn taint_list(shell: &mut Shell, list: &[Item]) {
    for item in list {
        for pipeline in item.chain.pipelines() {
            taint(shell, &pipeline.stages);
        }
    }
}

/// Forgets what these commands would have changed. A tree is no deeper than what may be read, and neither is this.
pub fn taint(shell: &mut Shell, stages: &[Arc<Command>]) {
    for command in stages {
        // Functions that call each other make a tree without end. The next command notices that the work is too much.
        if shell.meter.charge(20).is_err() {
            return;
        }
        let out = shell.sinks.out.clone();
        let goes = !command.redirects.iter().any(|it| it.fd == 1 && !matches!(it.kind, RedirectKind::Copy));
        if goes {
            out.cloud(&shell.around());
        }
        for redirect in &command.redirects {
            if matches!(redirect.kind, RedirectKind::Write | RedirectKind::Append | RedirectKind::Both { .. }) {
                forget_path(shell, &redirect.target);
            }
        }
        match &command.kind {
            Kind::Simple { assignments, words } => {
                for assignment in assignments {
                    forget_variable(shell, &assignment.name);
                }
                words_taint(shell, words);
            }
            Kind::For { name, .. } => forget_variable(shell, name),
            Kind::Function { name, .. } => {
                shell.functions.insert(name.clone(), None);
            }
            Kind::Arithmetic(_) => shell.variables.cloud(),
            _ => {}
        }
        // A subshell changes no variables, but files.
        for list in command.kind.lists() {
            taint_list(shell, list);
        }
    }
}

fn literal(word: &Word) -> Option<String> {
    let mut text = String::new();
    for part in word {
        match part {
            Part::Text(part) | Part::Quoted(part) => text.push_str(part),
            Part::Parameter(_) | Part::Command { .. } | Part::Arithmetic(_) | Part::Unmodelled => return None,
        }
    }
    Some(text)
}

fn forget_variable(shell: &mut Shell, name: &str) {
    // Without memory the next command notices it.
    let _ = shell.variables.set(name, Value::Unknown);
}

fn forget_path(shell: &Shell, word: &Word) {
    if let Some(path) = literal(word).and_then(|path| shell.absolute(&path).ok())
        && matches!(Out::file(path.clone(), false), Out::File(_))
    {
        shell.common.forget_file(&path);
    }
}

fn words_taint(shell: &mut Shell, words: &[Word]) {
    let Some(name) = words.first().and_then(literal) else { return };
    match name.as_str() {
        "source" | "." | "eval" => {
            shell.variables.cloud();
            shell.folder = None;
        }
        "cd" | "pushd" | "popd" => shell.folder = None,
        // They only look.
        "[" | "test" | "echo" | "printf" | "cat" | "grep" | "head" | "tail" | "wc" | "curl" | "wget" | "exit" => {}
        "read" | "export" | "local" | "declare" | "readonly" | "typeset" | "mapfile" | "readarray" | "let"
        | "getopts" | "unset" => {
            for word in words.iter().skip(1) {
                if let Some(text) = word.first().and_then(|part| match part {
                    Part::Text(text) | Part::Quoted(text) => Some(text.clone()),
                    _ => None,
                }) && let Some(name) = text.split(['=', '+', '-']).next().filter(|it| super::parser::is_name(it))
                {
                    forget_variable(shell, name);
                }
            }
        }
        _ => {
            // A program may change any file that it is told of.
            for word in words.iter().skip(1) {
                if literal(word).is_some_and(|text| text.contains('/') && !text.contains("://")) {
                    forget_path(shell, word);
                }
            }
            if let Some(Some(body)) = shell.functions.get(&name).cloned()
                && shell.depth < super::limits::MOST_DEEP
            {
                shell.depth += 1;
                taint(shell, &[body]);
                shell.depth -= 1;
            }
        }
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
            Kind::Simple { words, .. } => match words.first().and_then(literal).as_deref() {
                Some("tail" | "python3" | "python" | "nohup" | "sudo") => true,
                // A function may have anything in it.
                Some(name) => shell.functions.contains_key(name),
                None => false,
            },
            kind => kind.lists().into_iter().flatten().any(|item| chain_lasts(shell, &item.chain)),
        }
    })
}
