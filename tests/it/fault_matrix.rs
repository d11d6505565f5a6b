//! Every operation of the lab × every kind of fault: the lab ends met or, if credentials have expired, stops with an
//! explanation and a documented exit code and is resumed. Nothing is made twice, nothing is left.

use std::collections::BTreeSet;

use super::harness::{Account, Fate, Folder, Wire, at_a_time, full, made, receipt, say, sequence};

const KINDS: [&str; 8] = [
    "throttle",
    "internal-error",
    "unavailable",
    "timeout=300ms",
    "lost-reply",
    "slow=300ms",
    "not-found=2",
    "expired",
];

/// The operations that a run of the lab calls.
fn operations() -> BTreeSet<String> {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
    sandbox.until("sandbox_ready");
    let wire = Wire::within(&folder, |_| Fate::Pass);
    folder.pllab("start --yes --output json").run().code(0);
    wire.exchanges().into_iter().map(|exchange| exchange.action).collect()
}

fn is_unanswered(kind: &str) -> bool {
    kind.starts_with("timeout") || kind == "lost-reply"
}

/// Runs the lab with one fault; returns the outcome in a word, or what is wrong.
fn strike(operation: &str, kind: &str) -> Result<String, String> {
    let folder = Folder::new();
    let start = folder.pllab("start --yes --pace instant --output json");
    let ran = start.env("PLLAB_FAULT", format!("{operation}:1:{kind}")).run();
    let has_run = folder.state().join("runs").read_dir().is_ok_and(|mut runs| runs.next().is_some());
    let word = match ran.code {
        Some(0) => "met".to_owned(),
        // If nothing answers, GetCallerIdentity is not repeated, because nothing has begun.
        Some(code @ (1 | 3)) if kind == "expired" || operation == "GetCallerIdentity" && is_unanswered(kind) => {
            if ran.err.trim().is_empty() && !ran.out.contains("\"error\"") {
                return Err(format!("{code} without a word"));
            }
            let cleaned = has_run && sequence(&folder.journal()).contains(&"run_cleaned");
            if !cleaned {
                let words = if has_run { "resume --yes --output json" } else { "start --yes --output json" };
                let again = folder.pllab(words).run();
                if again.code != Some(0) {
                    return Err(format!("{code}, then {words}: {:?} {}", again.code, again.err));
                }
            }
            format!("{code}, resumed")
        }
        other => return Err(format!("ended with {other:?}: {}", ran.err)),
    };
    if ran.err.contains("panicked") {
        return Err(ran.err);
    }
    let journal = folder.journal();
    let twice: Vec<_> = made(&journal).into_iter().filter(|(_, times)| *times != 1).collect();
    let left = Account::holds(&folder.run().join("sandbox"));
    match receipt(&journal) {
        _ if !twice.is_empty() => Err(format!("{word}, made twice: {twice:?}")),
        _ if !left.is_empty() => Err(format!("{word}, left: {left:?}")),
        Some((_, 0, 0)) => Ok(word),
        other => Err(format!("{word}, the receipt: {other:?}")),
    }
}

#[test]
fn every_operation_meets_every_fault() {
    let operations = operations();
    assert!(operations.len() > 35, "{operations:?}");
    let makes = |operation: &str| operation.starts_with("Create") || operation == "RunInstances";
    let mut todo = Vec::new();
    for (row, operation) in operations.iter().enumerate() {
        for (column, kind) in KINDS.iter().enumerate() {
            // Only an operation that makes something can meet a resource that is not found yet.
            let makes_sense = !kind.starts_with("not-found") || makes(operation);
            let dangerous = makes(operation) && *kind == "lost-reply";
            if makes_sense && (full() || dangerous || (row + column) % KINDS.len() == 0) {
                todo.push((operation.as_str(), *kind));
            }
        }
    }
    let count = todo.len();
    let mut results = at_a_time(&todo, |&(operation, kind)| (operation, kind, strike(operation, kind)));
    results.sort();
    say(&format!("faults: {count} of the lab's {} operations × {} kinds", operations.len(), KINDS.len()));
    for (operation, kind, result) in &results {
        say(&format!("  {operation:<42}{kind:<16}{}", result.as_deref().unwrap_or("BAD")));
    }
    let bad: Vec<_> = results.iter().filter(|(_, _, result)| result.is_err()).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}
