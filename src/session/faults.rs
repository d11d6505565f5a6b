//! Reads a fault plan from flags, a file and the environment.

use std::path::Path;

use serde::Deserialize;

use super::exit::{Code, Failed};
use crate::host::{Host, read_text};
use crate::i18n::{Text, m};
use crate::sandbox::{BadFault, FaultKind, FaultRule};

/// Holds rules for the sandbox that a command starts, separated by spaces.
const VARIABLE: &str = "PLLAB_FAULT";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    operation: String,
    calls: Calls,
    fault: String,
}

/// `2`, or `"2-4"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Calls {
    One(u32),
    Words(String),
}

/// The plan of the flags, the file and the environment together.
pub fn plan(host: &Host, flags: &[String], file: Option<&Path>) -> Result<Vec<FaultRule>, Failed> {
    let mut plan = of_environment(host)?;
    for rule in flags {
        plan.push(read(rule, "--fault")?);
    }
    if let Some(path) = file {
        plan.extend(of_file(path)?);
    }
    Ok(plan)
}

/// The plan of the environment, for the sandbox of a run.
pub fn of_environment(host: &Host) -> Result<Vec<FaultRule>, Failed> {
    if let Some(name) = host.unreadable(&[VARIABLE]) {
        return Err(Failed::no_text(name));
    }
    let rules = host.var(VARIABLE).unwrap_or_default();
    rules.split_whitespace().map(|rule| read(rule, VARIABLE)).collect()
}

/// A sandbox takes its plan when it starts, so a running one cannot be given another.
pub fn too_late(pid: u32) -> Failed {
    Failed::new(Code::Usage, m::fault_too_late(pid), Vec::new(), &["pllab sandbox"])
}

fn of_file(path: &Path) -> Result<Vec<FaultRule>, Failed> {
    let text = read_text(path, LARGEST).map_err(|error| {
        let details = vec![Text::literal(error.to_string())];
        Failed::new(Code::Usage, m::fault_bad_file(path.display().to_string()), details, HELP)
    })?;
    let entries: Vec<Entry> = serde_saphyr::from_str(&text).map_err(|error| {
        let error = error.without_snippet();
        let place = match error.location() {
            Some(at) => format!("{}:{}:{}", path.display(), at.line(), at.column()),
            None => path.display().to_string(),
        };
        let details = vec![Text::literal(error.to_string()), m::fault_file_form()];
        Failed::new(Code::Usage, m::fault_bad_file(place), details, HELP)
    })?;
    let rules = entries.into_iter().enumerate().map(|(at, entry)| {
        let calls = match entry.calls {
            Calls::One(call) => call.to_string(),
            Calls::Words(words) => words,
        };
        let place = format!("{} [{}]", path.display(), at + 1);
        read(&format!("{}:{calls}:{}", entry.operation, entry.fault), &place)
    });
    rules.collect()
}

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

const HELP: &[&str] = &["pllab sandbox --help"];

fn read(rule: &str, place: &str) -> Result<FaultRule, Failed> {
    rule.parse().map_err(|bad: BadFault| {
        let why = match bad {
            BadFault::Form => m::fault_bad_form(),
            BadFault::Operation(name) => m::fault_bad_operation(name),
            BadFault::Calls(calls) => m::fault_bad_calls(calls),
            BadFault::Kind(kind) => m::fault_bad_kind(kind),
            BadFault::Value(value) => m::fault_bad_value(value),
        };
        let kinds = m::fault_kinds(FaultKind::WORDS.join(", "));
        Failed::new(Code::Usage, m::FaultBadRule { place, rule }.text(), vec![why, kinds], HELP)
    })
}
