//! The runner killed before every call and after it, as seen on the wire: with what is on its journal it goes on, makes
//! nothing twice and leaves nothing. Kills between the journal's lines are in `crash.rs`.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::harness::{
    Account, Fate, Folder, Line as Event, Running, Wire, full, made, receipt, say, sequence, written,
};

/// A sandbox that runs in the test's folder, and a wire to it which every pllab of the folder uses.
struct Line {
    folder: Folder,
    wire: Wire,
    /// How many calls pass before the kill; below nothing it is over.
    left: Arc<AtomicI64>,
    /// Whom to kill.
    victim: Arc<AtomicU32>,
    sandbox: Running,
}

impl Line {
    /// With `after`, the call that is struck takes effect.
    fn open(calls: i64, after: bool) -> Self {
        let folder = Folder::new();
        let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
        sandbox.until("sandbox_ready");
        let (left, victim) = (Arc::new(AtomicI64::new(calls)), Arc::new(AtomicU32::new(0)));
        let (counted, marked) = (Arc::clone(&left), Arc::clone(&victim));
        let wire = Wire::within(&folder, move |_| {
            if counted.fetch_sub(1, Ordering::SeqCst) != 0 {
                return Fate::Pass;
            }
            // It calls before its starter has come round to telling who it is.
            while marked.load(Ordering::SeqCst) == 0 {
                thread::sleep(Duration::from_millis(1));
            }
            let killed = Command::new("kill").arg("-KILL").arg(marked.load(Ordering::SeqCst).to_string()).status();
            assert!(killed.expect("there is a kill").success());
            if after { Fate::LoseAnswer } else { Fate::LoseRequest }
        });
        Self { folder, wire, left, victim, sandbox }
    }
}

/// The journal of the folder's only run that has begun.
fn journal(folder: &Folder) -> Vec<Event> {
    let runs = folder.state().join("runs").read_dir().into_iter().flatten().flatten();
    let journals = runs.map(|run| run.path().join("journal.jsonl")).filter(|journal| journal.exists());
    let mut begun: Vec<_> = journals.map(|journal| written(&journal)).filter(|lines| !lines.is_empty()).collect();
    assert!(begun.len() <= 1, "{begun:?}");
    begun.pop().unwrap_or_default()
}

/// Kills the lab at one call, goes on and looks at what there is; what is wrong. `None` where the lab had no such call.
fn kill(call: i64, after: bool) -> Option<Result<(), String>> {
    let line = Line::open(call, after);
    let runner = line.folder.pllab("start --yes --output json").start();
    line.victim.store(runner.id(), Ordering::SeqCst);
    let ran = runner.wait();
    if ran.code.is_some() {
        assert!(line.left.load(Ordering::SeqCst) >= 0, "{ran:?}");
        return None;
    }
    // Killed while it signed in, it has not begun.
    let begun = journal(&line.folder);
    let over = sequence(&begun).contains(&"run_cleaned");
    let words = if begun.is_empty() { "start --yes --output json" } else { "resume --yes --output json" };
    let resumed = line.folder.pllab(words).run();
    let judge = || {
        if !over && resumed.code != Some(0) {
            return Err(format!("{words} ended with {:?}: {}", resumed.code, resumed.err));
        }
        let journal = journal(&line.folder);
        let twice: Vec<_> = made(&journal).into_iter().filter(|(_, times)| *times != 1).collect();
        if !twice.is_empty() {
            return Err(format!("made twice: {twice:?}"));
        }
        if !matches!(receipt(&journal), Some((_, 0, 0))) {
            return Err(format!("the receipt: {:?}", receipt(&journal)));
        }
        drop(line.sandbox);
        let left = Account::holds(&line.folder.state().join("sandbox"));
        if left.is_empty() { Ok(()) } else { Err(format!("left: {left:?}")) }
    };
    Some(judge())
}

#[test]
fn killed_before_and_after_every_call_then_resumed() {
    let whole = Line::open(i64::MAX, false);
    whole.folder.pllab("start --yes --output json").run().code(0);
    let calls = i64::try_from(whole.wire.exchanges().len()).expect("a number");
    assert!(calls > 80, "{calls}");
    let step = if full() { 1 } else { 23 };
    let next = AtomicI64::new(0);
    let results: Vec<(i64, bool, Result<(), String>)> = thread::scope(|scope| {
        let work = || {
            let mut results = Vec::new();
            loop {
                let call = next.fetch_add(step, Ordering::SeqCst);
                // A run on a busy machine asks some things more often; where it asks less there is nothing to kill.
                if call > calls + 20 {
                    return results;
                }
                for after in [false, true] {
                    results.extend(kill(call, after).map(|result| (call, after, result)));
                }
            }
        };
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    let bad: Vec<_> = results.iter().filter(|(_, _, result)| result.is_err()).collect();
    say(&format!("kills on the wire: {} calls in the lab, {} kills, {} bad", calls, results.len(), bad.len()));
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(results.len() >= 2 * usize::try_from(calls / step).expect("a number") / 2, "{}", results.len());
}
