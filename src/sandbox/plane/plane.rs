//! The data plane as the control plane sees it: it is told the account, and asked for health and consoles.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::host::{Clock, Random, create_private_dir};
use crate::sandbox::Pace;

use super::balancer::flows::Flows;
use super::balancer::health::Health;
use super::balancer::relay;
use super::balancer::report::{TargetReport, report};
use super::machine::local_forward as door;
use super::machine::machine::Machine;
use super::machine::memory::Memory;
use super::machine::server::nginx_process::WebServers;
use super::net::console::{Console, Consoles};
use super::net::fabric::{Fabric, Fault, lock};
use super::net::filter::Place;
use super::net::network::Core;
use super::net::shortage::Shortage;
use super::net::topology::Topology;

/// What a data plane needs to start.
#[derive(Clone, Debug)]
pub struct PlaneOptions {
    /// Where consoles and door numbers are kept.
    pub folder: PathBuf,
    /// The nginx that instances run; the built-in page server where there is none.
    pub nginx: Option<PathBuf>,
    /// The program that keeps a real nginx behind walls and ends it: pllab itself, to be run anew. Without one no real nginx
    /// is run.
    pub keeper: Option<PathBuf>,
    /// How fast time runs.
    pub pace: Pace,
    /// Wall-clock time, for logs.
    pub clock: Clock,
    /// Which target and which address first.
    pub random: Random,
}

/// The running data plane. Dropping it ends its listeners and tasks.
pub struct Plane {
    core: Arc<Core>,
    /// Held while a new account is put in place, so that two never mix.
    applying: Mutex<()>,
}

impl Plane {
    /// Starts with an empty account. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the folder cannot be made, or there is no runtime.
    pub fn start(options: PlaneOptions) -> io::Result<Self> {
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        create_private_dir(&options.folder)?;
        #[cfg(unix)]
        crate::sandbox::keeper::end_strays(&options.folder.join("nginx"));
        let core = Core {
            pace: options.pace,
            random: options.random,
            topology: watch::Sender::new(Arc::default()),
            fabric: Fabric::new(runtime.clone()),
            flows: Flows::default(),
            health: Health::default(),
            consoles: Consoles::new(options.folder.join("console"), options.clock.clone())?,
            memory: Memory::load(options.folder.join("plane.json")),
            folder: options.folder,
            nginx: options.nginx,
            keeper: options.keeper,
            web_servers: WebServers::default(),
            machines: Mutex::default(),
            clock: options.clock,
            runtime,
        };
        Ok(Self { core: Arc::new(core), applying: Mutex::default() })
    }

    /// Takes the account as it is now, and starts and ends listeners accordingly. Cheap when little has changed, and
    /// without effect when nothing has.
    pub fn apply(&self, topology: Topology) {
        let core = &self.core;
        let _applying = lock(&self.applying);
        let topology = Arc::new(topology);
        let before = core.topology();
        if *before == *topology {
            return;
        }
        core.topology.send_replace(Arc::clone(&topology));
        for id in before.instances.keys().filter(|id| !topology.instances.contains_key(*id)) {
            core.memory.forget(id);
        }
        self.reconcile_machines(&topology);
        for id in before.instances.keys().filter(|id| !topology.instances.contains_key(*id)) {
            core.consoles.remove(id);
        }
        self.reconcile_relays(&topology);
        core.health.reconcile(core, &before, &topology);
        core.flows.end_deregistered(&topology);
    }

    /// The health of a group's targets, in their order; empty when there is no such group. At the instant pace this
    /// is what probes them.
    pub async fn target_health(&self, target_group_arn: &str) -> Vec<TargetReport> {
        self.core.settle(None).await;
        self.core.settle_health(target_group_arn).await;
        let topology = self.core.topology();
        let Some(group) = topology.target_groups.get(target_group_arn) else { return Vec::new() };
        let seen = |target| self.core.health.condition(target_group_arn, target);
        group.targets.iter().map(|it| report(&topology, target_group_arn, group, it, seen(it))).collect()
    }

    /// The last 64 KB of an instance's console. At the instant pace this is what gives its script's loops a turn.
    pub async fn console(&self, instance_id: &str) -> Console {
        self.core.settle(Some(instance_id)).await;
        if let Some(machine) = self.core.machine(instance_id) {
            self.core.turn(&machine).await;
        }
        let mut console = self.core.consoles.read(instance_id);
        // A page every few seconds pushes the announcement out of what AWS keeps; the door is still there.
        for (name, port) in self.core.memory.doors(instance_id) {
            let line = door::announcement(&name, port).into_bytes();
            if !console.text.windows(line.len()).any(|text| text == line) {
                console.text.splice(0..0, line.into_iter().chain([b'\n']));
            }
        }
        console
    }

    /// Connects as a program on a running instance would, to an address in the instance's VPC.
    ///
    /// # Errors
    /// `ConnectionRefused` where the host refuses; `TimedOut`, at once, where packets are lost and the program would wait.
    pub async fn connect(&self, instance_id: &str, address: Ipv4Addr, port: u16) -> io::Result<TcpStream> {
        self.core.connect_from(instance_id, address, port).await.map_err(|fault| match fault {
            Fault::Refused => io::ErrorKind::ConnectionRefused.into(),
            Fault::Lost(_) => io::ErrorKind::TimedOut.into(),
        })
    }

    /// Whether open files have run out.
    pub fn shortage(&self) -> &Shortage {
        &self.core.fabric.shortage
    }

    /// Ends all listeners, tasks and web servers; the last of them within a few seconds, whatever they do.
    pub async fn stop(&self) {
        self.end();
        self.core.web_servers.gone(None).await;
    }

    fn reconcile_machines(&self, topology: &Topology) {
        let core = &self.core;
        let wanted: BTreeMap<_, _> = topology.instances.iter().filter(|(_, it)| it.running && !it.terminated).collect();
        let mut machines = lock(&core.machines);
        machines.retain(|id, machine| {
            let stays = wanted.get(id).is_some_and(|instance| instance.reboots == machine.reboots);
            if !stays {
                machine.stop(core);
            }
            stays
        });
        for (id, instance) in wanted {
            if !machines.contains_key(id) {
                machines.insert(id.clone(), Machine::start(core, id, instance));
            }
        }
    }

    fn reconcile_relays(&self, topology: &Topology) {
        let core = &self.core;
        let endpoints = topology.endpoints.iter().flat_map(|(id, it)| {
            // A request that may still be accepted keeps its interface; a rejected or deleted one carries nothing,
            // and what it carried ends with it.
            let lives = ["available", "pending", "pendingAcceptance"].iter().any(|s| it.state.eq_ignore_ascii_case(s));
            let interfaces = it.interfaces.iter().filter(move |_| lives);
            interfaces.map(move |interface| Place::Endpoint { id: id.clone(), address: interface.address })
        });
        let nodes = topology.balancers.iter().filter(|(_, it)| it.active).flat_map(|(arn, it)| {
            it.nodes.iter().flat_map(move |node| {
                it.listeners.iter().map(move |listener| Place::Node {
                    balancer: arn.clone(),
                    address: node.address,
                    port: listener.port,
                })
            })
        });
        let wanted: BTreeSet<Place> = endpoints.chain(nodes).collect();
        for place in core.fabric.places() {
            if !matches!(place, Place::Instance { .. }) && !wanted.contains(&place) {
                core.fabric.close(&place);
            }
        }
        for place in wanted {
            let answer = match &place {
                Place::Endpoint { id, address } => relay::endpoint(core, id, *address),
                Place::Node { balancer, address, port } => relay::node(core, balancer, *address, *port),
                Place::Instance { .. } => continue,
            };
            // Without a local port the place refuses, and the next change tries again.
            let _ = core.fabric.open(place, answer);
        }
    }

    /// Its insides.
    #[cfg(test)]
    pub(super) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The local addresses behind the virtual places.
    #[cfg(test)]
    pub(super) fn inner_addresses(&self) -> Vec<std::net::SocketAddr> {
        self.core.fabric.addresses()
    }

    fn end(&self) {
        for machine in std::mem::take(&mut *lock(&self.core.machines)).into_values() {
            machine.stop(&self.core);
        }
        self.core.health.stop();
        self.core.fabric.close_all();
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        self.end();
    }
}
