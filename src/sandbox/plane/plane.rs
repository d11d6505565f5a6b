//! The data plane as the control plane sees it: it is told the topology, and asked for health and consoles.

use std::collections::BTreeSet;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::host::{Clock, Random, create_private_dir};
use crate::sandbox::Pace;

use super::balancer::balancers::Balancers;
use super::balancer::relay;
use super::balancer::report::{TargetReport, report};
use super::machine::context::MachineContext;
use super::machine::local_forward;
use super::machine::machines::Machines;
use super::machine::saved_state::SavedState;
use super::machine::server::nginx_handle::WebServers;
use super::net::console::{Console, Consoles};
use super::net::fabric::{Fabric, Fault};
use super::net::filter::Place;
use super::net::gate::Gates;
use super::net::names::Turns;
use super::net::network::Network;
use super::net::shortage::Shortage;
use super::net::topology::Topology;
use crate::sandbox::plane::lock::lock;

#[derive(Clone, Debug)]
pub struct PlaneOptions {
    /// The folder of the consoles, of what is remembered over a restart, and of real web servers' files.
    pub folder: PathBuf,
    /// The nginx that instances run; `None` for the built-in page server.
    pub nginx: Option<PathBuf>,
    /// The program that keeps a real nginx behind walls and ends it: pllab itself, started again. Without it no real
    /// nginx runs.
    pub keeper: Option<PathBuf>,
    pub pace: Pace,
    /// Wall-clock time, for logs.
    pub clock: Clock,
    /// Decides which target and which address come first.
    pub random: Random,
}

/// The running data plane. Dropping it ends its listeners and tasks.
pub struct Plane {
    network: Arc<Network>,
    machines: Arc<Machines>,
    balancers: Arc<Balancers>,
    /// Held while a new topology is applied, so that two never mix.
    applying: Mutex<()>,
}

impl Plane {
    /// Starts with an empty topology. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// If the folder cannot be made, or there is no runtime.
    pub fn start(options: PlaneOptions) -> io::Result<Self> {
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        create_private_dir(&options.folder)?;
        #[cfg(unix)]
        crate::sandbox::keeper::end_strays(&options.folder.join("nginx"));
        let network = Arc::new(Network {
            pace: options.pace,
            random: options.random,
            topology: watch::Sender::new(Arc::default()),
            fabric: Fabric::new(runtime.clone()),
            gates: Gates::default(),
            turns: Turns::default(),
            consoles: Consoles::new(options.folder.join("console"), options.clock.clone())?,
            clock: options.clock,
            runtime,
        });
        let machines = Arc::new(Machines::new(Arc::new(MachineContext {
            network: Arc::clone(&network),
            saved: SavedState::load(options.folder.join("plane.json")),
            folder: options.folder,
            nginx: options.nginx,
            keeper: options.keeper,
            web_servers: WebServers::default(),
        })));
        let balancers = Arc::new(Balancers::new(Arc::clone(&network), Arc::clone(&machines)));
        Ok(Self { network, machines, balancers, applying: Mutex::default() })
    }

    /// Applies the new topology: starts and ends listeners accordingly. Cheap if little has changed, and without
    /// effect if nothing has.
    pub fn apply(&self, topology: Topology) {
        let network = &self.network;
        let _applying = lock(&self.applying);
        let topology = Arc::new(topology);
        let before = network.topology();
        if *before == *topology {
            return;
        }
        network.topology.send_replace(Arc::clone(&topology));
        if before.subnets != topology.subnets {
            network.gates.judge_again(&topology);
        }
        for id in before.instances.keys().filter(|id| !topology.instances.contains_key(*id)) {
            self.machines.context.saved.forget(id);
        }
        self.machines.reconcile(&topology);
        for id in before.instances.keys().filter(|id| !topology.instances.contains_key(*id)) {
            network.consoles.remove(id);
            let (context, id) = (Arc::clone(&self.machines.context), id.clone());
            network.runtime.spawn(async move {
                context.web_servers.gone(Some(&id)).await;
                // Without a real nginx there is none. What cannot be deleted does no harm: the id never comes back.
                let _ = tokio::fs::remove_dir_all(context.web_folder(&id)).await;
            });
        }
        self.reconcile_relays(&topology);
        self.balancers.reconcile(&before, &topology);
        self.balancers.flows.end_deregistered(&topology);
    }

    /// The health of a group's targets, in their order; empty if there is no such group. At the instant pace this
    /// call probes them.
    pub async fn target_health(&self, target_group_arn: &str) -> Vec<TargetReport> {
        self.machines.settle(None).await;
        self.balancers.settle_health(target_group_arn, 0).await;
        let topology = self.network.topology();
        let Some(group) = topology.target_groups.get(target_group_arn) else { return Vec::new() };
        let seen = |target| self.balancers.health.condition(target_group_arn, target);
        group.targets.iter().map(|it| report(&topology, target_group_arn, it, seen(it))).collect()
    }

    /// The last 64 KB of an instance's console. At the instant pace this call gives the loops of its script a turn.
    pub async fn console(&self, instance_id: &str) -> Console {
        self.machines.settle(Some(instance_id)).await;
        self.machines.turn(instance_id).await;
        let mut console = self.network.consoles.read(instance_id);
        console.text = local_forward::announce(&console.text, &self.machines.context.saved.forwards(instance_id));
        console
    }

    /// Connects as a program on a running instance would, to an address in the instance's VPC.
    ///
    /// # Errors
    /// `ConnectionRefused` if the host refuses. `TimedOut` if packets are lost: it returns at once, although a real
    /// program would wait.
    pub async fn connect(&self, instance_id: &str, address: Ipv4Addr, port: u16) -> io::Result<TcpStream> {
        let opened = self.network.connect_from(instance_id, address, port).await;
        opened.map(|(stream, _)| stream).map_err(|fault| match fault {
            Fault::Refused => io::ErrorKind::ConnectionRefused.into(),
            Fault::Lost(_) => io::ErrorKind::TimedOut.into(),
        })
    }

    /// Tells whether open files have run out.
    pub fn shortage(&self) -> &Shortage {
        &self.network.fabric.shortage
    }

    /// Ends all listeners, tasks and web servers. The web servers are gone within a few seconds, whatever they do.
    pub async fn stop(&self) {
        self.end();
        self.machines.context.web_servers.gone(None).await;
    }

    fn reconcile_relays(&self, topology: &Topology) {
        let endpoints = topology.endpoints.iter().flat_map(|(id, it)| {
            // A connection that may still be accepted keeps its interface. A rejected or deleted endpoint carries
            // nothing, and its open connections end.
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
        for place in self.network.fabric.places() {
            if !matches!(place, Place::Instance { .. }) && !wanted.contains(&place) {
                self.network.fabric.close(&place);
            }
        }
        for place in wanted {
            let answer = match &place {
                Place::Endpoint { id, address } => relay::endpoint(&self.balancers, id, *address),
                Place::Node { balancer, address, port } => relay::node(&self.balancers, balancer, *address, *port),
                Place::Instance { .. } => continue,
            };
            // If no local port is free, the place refuses connections, and the next change tries again.
            let _ = self.network.fabric.open(place, answer);
        }
    }

    #[cfg(test)]
    pub(super) fn network(&self) -> &Network {
        &self.network
    }

    #[cfg(test)]
    pub(super) fn machines(&self) -> &Machines {
        &self.machines
    }

    /// The local addresses behind the virtual places.
    #[cfg(test)]
    pub(super) fn inner_addresses(&self) -> Vec<std::net::SocketAddr> {
        self.network.fabric.addresses()
    }

    fn end(&self) {
        self.machines.stop();
        self.balancers.stop();
        self.network.fabric.close_all();
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        self.end();
    }
}
