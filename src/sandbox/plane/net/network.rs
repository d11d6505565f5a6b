//! What every part of the data plane shares.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::host::{Clock, Random};
use crate::sandbox::Pace;

use super::console::Consoles;
use super::fabric::{Caller, Fabric, Fault, lock};
use super::filter::{Client, Destination, Place, Reason, Source, Verdict, View};
use super::topology::Topology;
use crate::sandbox::plane::balancer::flows::Flows;
use crate::sandbox::plane::balancer::health::Health;
use crate::sandbox::plane::machine::machine::Machine;
use crate::sandbox::plane::machine::memory::Memory;
use crate::sandbox::plane::machine::server::nginx_process::WebServers;

/// The data plane's insides.
pub struct Core {
    /// Where the data plane keeps what it keeps.
    pub folder: PathBuf,
    /// The nginx that instances run, where one is installed.
    pub nginx: Option<PathBuf>,
    /// The program that keeps it: this one, to be run anew.
    pub keeper: Option<PathBuf>,
    /// Those that run, and those that are ending.
    pub web_servers: WebServers,
    /// How fast time runs.
    pub pace: Pace,
    /// Wall-clock time.
    pub clock: Clock,
    /// Which target, which address first.
    pub random: Random,
    /// Where tasks run.
    pub runtime: Handle,
    /// The account, as last handed over.
    pub topology: watch::Sender<Arc<Topology>>,
    /// Listeners.
    pub fabric: Fabric,
    /// What load balancers carry.
    pub flows: Flows,
    /// Target health.
    pub health: Health,
    /// Console texts.
    pub consoles: Consoles,
    /// What must be known again after a restart.
    pub memory: Memory,
    /// Running instances by id.
    pub machines: Mutex<BTreeMap<String, Arc<Machine>>>,
}

impl Core {
    /// The account as it is now.
    pub fn topology(&self) -> Arc<Topology> {
        Arc::clone(&self.topology.borrow())
    }

    /// The judge's answer, now.
    pub fn judge(&self, topology: &Topology, source: &Source, destination: &Destination) -> Verdict {
        let listening = |id: &str, port: u16| self.fabric.has(&Place::Instance { id: id.to_owned(), port });
        View { topology, listening: &listening, flow: self.random.next_u64() }.judge(source, destination)
    }

    /// Connects from an instance's own interface to an address in its VPC.
    ///
    /// # Errors
    /// How the hand-shake failed, wherever on the way.
    pub async fn connect_from(&self, id: &str, address: Ipv4Addr, port: u16) -> Result<TcpStream, Fault> {
        let topology = self.topology();
        let Some(instance) = topology.instances.get(id) else { return Err(Fault::Refused) };
        let address = if address.is_loopback() { instance.address } else { address };
        let destination = Destination { vpc: instance.vpc.clone(), address, port };
        match self.judge(&topology, &Source::Instance(id.to_owned()), &destination) {
            Verdict::Drop(reason) => Err(Fault::Lost(reason)),
            Verdict::Refuse => Err(Fault::Refused),
            Verdict::Deliver(place) => {
                let client = Client { instance: id.to_owned(), address: instance.address };
                let dialled =
                    self.fabric.dial(&place, Caller { seen: instance.address, client, endpoint: None, port }).await;
                if matches!(dialled, Err(Fault::Lost(Reason::NoSocket))) {
                    let limit = self.fabric.shortage.limit;
                    let text = format!("[pllab sandbox] this machine has no socket left (open files: at most {limit})");
                    self.consoles.line(id, &text);
                }
                dialled
            }
        }
    }

    /// The running machine of an instance.
    pub fn machine(&self, id: &str) -> Option<Arc<Machine>> {
        lock(&self.machines).get(id).cloned()
    }
}
