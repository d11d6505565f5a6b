//! Kills `clean` before and after every call, as seen on the wire, in an account full of look-alikes. Cleaned again,
//! nothing is left, nothing foreign was touched, and nothing was called gone before an answer had shown it gone.

use std::collections::BTreeSet;

use super::harness::{
    Account, Exchange, Folder, Killer, Line, Strangers, at_a_time, full, made, receipt, say, sequence,
};

const CLEAN: &str = "clean --yes --output json";
/// Quotas for a run beside the look-alike.
const SANDBOX: &str = "sandbox --output json --pace instant --quota L-F678F1CE=20 --quota L-1216C47A=64";

/// A kept run beside a look-alike, in a folder whose sandbox has ended; every copy starts its own.
struct Kept {
    folder: Folder,
    vpc: String,
    look_alike: Vec<String>,
    holds: usize,
}

impl Kept {
    fn make() -> Self {
        let folder = Folder::new();
        let mut sandbox = folder.pllab(SANDBOX).start();
        let account = Strangers::of_ready(&sandbox.ready());
        let vpc = account.look_alike();
        let all = || account.everything(std::slice::from_ref(&vpc));
        // A look lets time pass; after two, nothing is in progress any more.
        all();
        let look_alike = all();
        folder.pllab("start --yes --keep --output json").run().code(0);
        let holds = made(&folder.journal()).len();
        drop(sandbox);
        Self { folder, vpc, look_alike, holds }
    }

    /// Cleans a copy, killed at one call, then cleans it again; returns what is wrong. `None` if the clean-up has no
    /// such call.
    fn strike(&self, call: i64, after: bool) -> Option<Result<(), String>> {
        let folder = self.folder.copy();
        let mut sandbox = folder.pllab(SANDBOX).start();
        let account = Strangers::of_ready(&sandbox.ready());
        let killer = Killer::within(&folder, after);
        if !killer.kills(folder.pllab(CLEAN), call) {
            return None;
        }
        let first = called_gone(&folder.journal());
        let unseen = |gone: &BTreeSet<String>| {
            let exchanges = killer.exchanges();
            gone.iter().filter(|id| !exchanges.iter().any(|it| shows_gone(it, id))).cloned().collect::<Vec<_>>()
        };
        let soon = unseen(&first);
        let over = sequence(&folder.journal()).contains(&"run_cleaned");
        let again = folder.pllab(CLEAN).run();
        let journal = folder.journal();
        let late = unseen(&called_gone(&journal));
        let look_alike = account.everything(std::slice::from_ref(&self.vpc));
        drop(sandbox);
        let judge = || {
            if again.code != Some(if over { 2 } else { 0 }) {
                return Err(format!("{CLEAN} ended with {:?}: {}", again.code, again.err));
            }
            if !(soon.is_empty() && late.is_empty()) {
                return Err(format!("called gone and not seen gone: {soon:?}, {late:?}"));
            }
            if made(&journal).len() != self.holds {
                return Err("something was made by a clean-up".to_owned());
            }
            if !matches!(receipt(&journal), Some((17, 0, 0))) {
                return Err(format!("the receipt: {:?}", receipt(&journal)));
            }
            if look_alike != self.look_alike {
                return Err("the look-alike has changed".to_owned());
            }
            Ok(())
        };
        Some(judge())
    }
}

/// The ids that a journal calls gone.
fn called_gone(journal: &[Line]) -> BTreeSet<String> {
    let told = journal.iter().filter(|line| line["event"] == "gone").map(|line| &line["id"]);
    let items = journal.iter().filter(|line| line["event"] == "receipt").filter_map(|line| line["items"].as_array());
    let listed = items.flatten().filter(|item| item["state"] == "gone").map(|item| &item["id"]);
    told.chain(listed).filter_map(|id| id.as_str()).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// Whether an answer on the wire shows that the resource is gone: the call asked for it, and it is unknown, not
/// listed, or terminated.
fn shows_gone(exchange: &Exchange, id: &str) -> bool {
    let asked: Vec<_> =
        exchange.params.values().filter(|value| value.contains('-') && value.contains(&id[..3])).collect();
    if !exchange.action.starts_with("Describe") || !asked.iter().any(|value| *value == id) {
        return false;
    }
    let reply = &exchange.reply;
    if reply.contains("<Code>") && reply.contains("<Error>") {
        return reply.contains("NotFound") && (asked.len() == 1 || reply.contains(id));
    }
    let told = reply.split("<item>").chain(reply.split("<member>")).filter(|item| item.contains(id));
    let over = ["<name>terminated</name>", "<state>deleted</state>", "<serviceState>Deleted</serviceState>"];
    !reply.is_empty() && told.into_iter().all(|item| over.iter().any(|word| item.contains(word)))
}

#[test]
fn clean_killed_before_and_after_every_call_then_cleaned() {
    let kept = Kept::make();
    let whole = kept.folder.copy();
    let mut sandbox = whole.pllab(SANDBOX).start();
    sandbox.ready();
    let killer = Killer::within(&whole, false);
    whole.pllab(CLEAN).run().code(0);
    let calls = i64::try_from(killer.exchanges().len()).expect("a number");
    drop(sandbox);
    assert!(calls > 40, "{calls}");
    let step = if full() { 1 } else { 17 };
    // A clean-up on a busy machine polls some things more often.
    let todo: Vec<(i64, bool)> = (0..calls + 20).step_by(step).flat_map(|call| [(call, false), (call, true)]).collect();
    let results = at_a_time(&todo, |&(call, after)| kept.strike(call, after).map(|result| (call, after, result)));
    let results: Vec<_> = results.into_iter().flatten().collect();
    let bad: Vec<_> = results.iter().filter(|(_, _, result)| result.is_err()).collect();
    say(&format!("kills of clean: {calls} calls in it, {} kills, {} bad", results.len(), bad.len()));
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(results.len() >= usize::try_from(calls).expect("a number") / step, "{}", results.len());
    // Look into the account too, not only into the journals.
    assert_eq!(Account::holds(&whole.state().join("sandbox"))["Vpcs"], 1, "the look-alike's");
}
