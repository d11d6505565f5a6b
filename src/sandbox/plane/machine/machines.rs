//! The machines of all running instances: switches them on and off with the topology.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::sandbox::Pace;
use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::net::Topology;

use super::boot;
use super::context::MachineContext;
use super::machine::Machine;
use super::switch_on::switch_on;

pub struct Machines {
    pub context: Arc<MachineContext>,
    running: Mutex<BTreeMap<String, Arc<Machine>>>,
}

impl Machines {
    pub fn new(context: Arc<MachineContext>) -> Self {
        Self { context, running: Mutex::default() }
    }

    pub fn get(&self, id: &str) -> Option<Arc<Machine>> {
        lock(&self.running).get(id).cloned()
    }

    /// Switches machines on and off to match the topology. A reboot switches a machine off and on.
    pub fn reconcile(&self, topology: &Topology) {
        let wanted: BTreeMap<_, _> = topology.instances.iter().filter(|(_, it)| it.running && !it.terminated).collect();
        let mut running = lock(&self.running);
        running.retain(|id, machine| {
            let stays = wanted.get(id).is_some_and(|instance| instance.reboots == machine.reboots);
            if !stays {
                machine.stop(&self.context);
            }
            stays
        });
        for (id, instance) in wanted {
            if !running.contains_key(id) {
                running.insert(id.clone(), switch_on(&self.context, id, instance));
            }
        }
    }

    /// At the instant pace, runs every machine's boot script (except that of `but`) as far as it can, without a turn
    /// of an endless loop.
    pub async fn settle(&self, but: Option<&str>) {
        if self.context.network.pace != Pace::Instant {
            return;
        }
        let machines: Vec<_> = lock(&self.running).values().cloned().collect();
        for machine in machines.into_iter().filter(|machine| but != Some(machine.id.as_str())) {
            boot::settle(&self.context, &machine).await;
        }
    }

    /// At the instant pace, runs an instance's boot script as far as it can, and gives each of its loops one turn.
    pub async fn turn(&self, id: &str) {
        if self.context.network.pace == Pace::Instant
            && let Some(machine) = self.get(id)
        {
            boot::turn(&self.context, &machine).await;
        }
    }

    pub fn stop(&self) {
        for machine in std::mem::take(&mut *lock(&self.running)).into_values() {
            machine.stop(&self.context);
        }
    }
}
