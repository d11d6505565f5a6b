//! Kills the runner before and after every call, as seen on the wire: with what its journal has it resumes, makes
//! nothing twice and leaves nothing. `crash.rs` kills between the journal's lines.

use super::harness::{Account, Folder, Killer, Line, Running, at_a_time, full, made, receipt, say, sequence, written};

/// A sandbox that runs in the test's folder, and a wire to it.
fn open(after: bool) -> (Folder, Running, Killer) {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
    sandbox.ready();
    let killer = Killer::within(&folder, after);
    (folder, sandbox, killer)
}

/// The journal of the folder's only run; empty if none has begun.
fn journal(folder: &Folder) -> Vec<Line> {
    let runs = folder.state().join("runs").read_dir().into_iter().flatten().flatten();
    let journals = runs.map(|run| run.path().join("journal.jsonl")).filter(|journal| journal.exists());
    let mut begun: Vec<_> = journals.map(|journal| written(&journal)).filter(|lines| !lines.is_empty()).collect();
    assert!(begun.len() <= 1, "{begun:?}");
    begun.pop().unwrap_or_default()
}

/// Kills the lab at one call, resumes, and looks at the result; returns what is wrong. `None` if the lab had no such
/// call.
fn kill(call: i64, after: bool) -> Option<Result<(), String>> {
    let (folder, sandbox, killer) = open(after);
    if !killer.kills(folder.pllab("start --yes --output json"), call) {
        return None;
    }
    // If it was killed while signing in, it has not begun.
    let begun = journal(&folder);
    let over = sequence(&begun).contains(&"run_cleaned");
    let words = if begun.is_empty() { "start --yes --output json" } else { "resume --yes --output json" };
    let resumed = folder.pllab(words).run();
    let judge = || {
        if !over && resumed.code != Some(0) {
            return Err(format!("{words} ended with {:?}: {}", resumed.code, resumed.err));
        }
        let journal = journal(&folder);
        let twice: Vec<_> = made(&journal).into_iter().filter(|(_, times)| *times != 1).collect();
        if !twice.is_empty() {
            return Err(format!("made twice: {twice:?}"));
        }
        if !matches!(receipt(&journal), Some((_, 0, 0))) {
            return Err(format!("the receipt: {:?}", receipt(&journal)));
        }
        drop(sandbox);
        let left = Account::holds(&folder.state().join("sandbox"));
        if left.is_empty() { Ok(()) } else { Err(format!("left: {left:?}")) }
    };
    Some(judge())
}

#[test]
fn killed_before_and_after_every_call_then_resumed() {
    let (folder, _sandbox, killer) = open(false);
    folder.pllab("start --yes --output json").run().code(0);
    let calls = i64::try_from(killer.exchanges().len()).expect("a number");
    assert!(calls > 80, "{calls}");
    let step = if full() { 1 } else { 23 };
    // A run on a busy machine polls some things more often; if it polls less, there is nothing to kill.
    let todo: Vec<(i64, bool)> =
        (0..=calls + 20).step_by(step).flat_map(|call| [(call, false), (call, true)]).collect();
    let results = at_a_time(&todo, |&(call, after)| kill(call, after).map(|result| (call, after, result)));
    let results: Vec<_> = results.into_iter().flatten().collect();
    let bad: Vec<_> = results.iter().filter(|(_, _, result)| result.is_err()).collect();
    say(&format!("kills on the wire: {calls} calls in the lab, {} kills, {} bad", results.len(), bad.len()));
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(results.len() >= usize::try_from(calls).expect("a number") / step, "{}", results.len());
}
