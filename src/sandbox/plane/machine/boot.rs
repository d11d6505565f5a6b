//! Runs boot scripts: each in a task of its own, or, at the instant pace, as far as possible whenever a call asks.

use std::sync::Arc;

use tokio::time::timeout;

use super::boot_state::Boot;
use super::context::MachineContext;
use super::effort::LONGEST_LOOK;
use super::gate::{Coroutine, Gate};
use super::instance_world::InstanceWorld;
use super::machine::Machine;
use super::resting::Resting;
use super::shell::Job;

/// Runs the whole script, at the paces at which time passes.
pub async fn run(context: Arc<MachineContext>, machine: Arc<Machine>) {
    let mut boot = machine.boot.lock().await;
    if !begin(&context, &machine, &mut boot) {
        return;
    }
    let job = job(&context, &machine, &Arc::new(Gate::default()), boot.restored);
    Resting::new(Arc::clone(&machine), job).await;
    end(&context, &machine, &mut boot);
}

/// At the instant pace: runs a machine's boot script as far as it can, without a turn of an endless loop.
pub async fn settle(context: &Arc<MachineContext>, machine: &Arc<Machine>) {
    // If it is locked, another call is already running it, perhaps the very one that led here.
    if let Ok(mut boot) = machine.boot.try_lock() {
        advance(context, machine, &mut boot, false).await;
    }
}

/// At the instant pace: runs a machine's boot script as far as it can, and gives each of its loops one turn.
pub async fn turn(context: &Arc<MachineContext>, machine: &Arc<Machine>) {
    // Another call may be running it, and others may wait for it too. This one is answered all the same.
    let Ok(mut boot) = timeout(LONGEST_LOOK, machine.boot.lock()).await else { return };
    advance(context, machine, &mut boot, true).await;
}

async fn advance(context: &Arc<MachineContext>, machine: &Arc<Machine>, boot: &mut Boot, turning: bool) {
    machine.calls.begin(turning);
    if begin(context, machine, boot) && boot.main.is_none() {
        let gate = Arc::new(Gate::default());
        boot.main = Some(Coroutine::new(&gate, job(context, machine, &gate, boot.restored)));
    }
    loop {
        let over = match &mut boot.main {
            Some(main) => main.go_on().await,
            None => false,
        };
        if over {
            boot.main = None;
            end(context, machine, boot);
        }
        // The script may wait for a job that has ended now.
        if !machine.calls.go_on().await || boot.main.is_none() {
            break;
        }
    }
    if machine.is_off() {
        // It was switched off while this call ran it. What waits in the script holds the machine.
        boot.main = None;
        machine.calls.end_jobs();
    }
}

/// Says that the script begins, unless that was said. `false` if nothing of it is left to run.
fn begin(context: &Arc<MachineContext>, machine: &Arc<Machine>, boot: &mut Boot) -> bool {
    let id = &machine.id;
    if machine.script.is_empty() || boot.ended {
        return false;
    }
    if !std::mem::replace(&mut boot.begun, true) {
        context.saved.set_done(id, 0, &[]);
        context.network.consoles.line(id, "[pllab sandbox] cloud-init runs the user data (imitated, not executed)");
        for words in &machine.script.words {
            context.network.consoles.line(id, words);
        }
    }
    true
}

fn job(context: &Arc<MachineContext>, machine: &Arc<Machine>, gate: &Arc<Gate>, restored: usize) -> Job {
    let world = Arc::new(InstanceWorld::new(context, machine, gate));
    let (context, machine) = (Arc::clone(context), Arc::clone(machine));
    Box::pin(async move {
        let results = context.saved.results(&machine.id);
        let progress = |done: usize, results: &[(u8, String)]| {
            // The number of the last step is stored when the script's end has been said.
            let steps = machine.script.steps();
            context.saved.set_done(&machine.id, done.min(steps.saturating_sub(1)), results);
        };
        machine.script.run(world, restored, results, &progress).await;
    })
}

fn end(context: &Arc<MachineContext>, machine: &Arc<Machine>, boot: &mut Boot) {
    let (id, steps) = (&machine.id, machine.script.steps());
    boot.ended = true;
    if boot.restored < steps {
        context.network.consoles.line(id, "[pllab sandbox] the user data has been run to its end");
        context.saved.set_done(id, steps, &[]);
    }
}
