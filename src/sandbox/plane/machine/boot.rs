//! Runs boot scripts: each in a task of its own, or, at the instant pace, as far as possible whenever a call asks.

use std::sync::Arc;

use tokio::time::timeout;

use super::boot_state::{Boot, Ended, Sinks};
use super::context::MachineContext;
use super::effort::{LONGEST_LOOK, Look};
use super::machine::Machine;
use super::runner::Runner;
use super::script::program::Sink;

/// Runs the whole script, at the paces at which time passes.
pub async fn run(context: Arc<MachineContext>, machine: Arc<Machine>) {
    let mut boot = machine.boot.lock().await;
    advance(&context, &machine, &mut boot, true, &Look::endless()).await;
}

/// At the instant pace: runs a machine's boot script as far as it can, without a turn of an endless loop.
pub async fn settle(context: &Arc<MachineContext>, machine: &Arc<Machine>) {
    // If it is locked, another call is already running it, perhaps the very one that led here.
    if let Ok(mut boot) = machine.boot.try_lock() {
        advance(context, machine, &mut boot, false, &Look::bounded()).await;
    }
}

/// At the instant pace: runs a machine's boot script as far as it can, and gives each of its loops one turn.
pub async fn turn(context: &Arc<MachineContext>, machine: &Arc<Machine>) {
    // Another call may be running it, and others may wait for it too. This one is answered all the same.
    let Ok(mut boot) = timeout(LONGEST_LOOK, machine.boot.lock()).await else { return };
    let look = Look::bounded();
    advance(context, machine, &mut boot, true, &look).await;
    let runner = Runner { context, machine, quiet: false, turn: true, look: &look, depth: 0 };
    for (step, sinks) in std::mem::take(&mut boot.loops) {
        if runner.perform(&step, &sinks).await == Ended::Waiting {
            boot.loops.push((step, sinks));
        }
    }
}

async fn advance(context: &Arc<MachineContext>, machine: &Arc<Machine>, boot: &mut Boot, turn: bool, look: &Look) {
    let id = &machine.id;
    let steps = &machine.program.steps;
    if steps.is_empty() || boot.ended {
        return;
    }
    if !std::mem::replace(&mut boot.begun, true) {
        context.saved.set_done(id, 0);
        context.network.consoles.line(id, "[pllab sandbox] cloud-init runs the user data (imitated, not executed)");
    }
    let around = Sinks { out: Sink::Console, err: Sink::Console };
    let mut last = Ended::Well;
    while let Some(step) = steps.get(boot.next) {
        let quiet = boot.next < boot.restored;
        if last.lets(step.when) {
            if !look.takes(&step.action) {
                // The next call continues it.
                return;
            }
            let runner = Runner { context, machine, quiet, turn, look, depth: 0 };
            match runner.start(step, &around, &mut boot.loops).await {
                Ended::Waiting => return,
                Ended::Script => break,
                ended => last = ended,
            }
        }
        boot.next += 1;
        if !quiet {
            context.saved.set_done(id, boot.next);
        }
    }
    boot.ended = true;
    if boot.restored < steps.len() {
        context.network.consoles.line(id, "[pllab sandbox] the user data has been run to its end");
        context.saved.set_done(id, steps.len());
    }
}
