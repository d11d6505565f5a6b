//! Switches an instance on.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sandbox::Pace;
use crate::sandbox::plane::net::Instance;

use super::boot;
use super::context::MachineContext;
use super::local_forward;
use super::machine::Machine;
use super::shell;

/// The limit of forwards of an instance.
const MOST_FORWARDS: usize = 16;

/// Switches an instance on: opens its forwards and starts its boot script, or continues it where an earlier process
/// stopped.
pub fn switch_on(context: &Arc<MachineContext>, id: &str, instance: &Instance) -> Arc<Machine> {
    let machine = Arc::new(Machine::new(context, id, instance));
    let hosts = shell::hosts(machine.script.items());
    let mut forwards = BTreeMap::new();
    for (host, port) in hosts.iter().take(MOST_FORWARDS) {
        if let Some(forward) = local_forward::open(context, id, host, *port) {
            forwards.insert(forward.name, forward.local);
            machine.keep(forward.task);
        }
    }
    if hosts.len() > MOST_FORWARDS {
        let rest = hosts.len() - MOST_FORWARDS;
        let text =
            format!("[pllab sandbox] an instance has at most {MOST_FORWARDS} forwards: {rest} more are not opened");
        context.network.consoles.line(id, &text);
    }
    context.saved.set_forwards(id, forwards);
    // At the instant pace nothing runs by itself: calls run it.
    if context.network.pace != Pace::Instant {
        let task = context.network.runtime.spawn(boot::run(Arc::clone(context), Arc::clone(&machine)));
        machine.keep(task.abort_handle());
    }
    machine
}
