//! The network as a whole: the account as it was last told, the judge, and the listeners that the judge lets connections to.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::host::{Clock, Random};
use crate::sandbox::Pace;

use super::console::Consoles;
use super::fabric::{Caller, Fabric, Fault};
use super::filter::{Client, Destination, Place, Reason, Source, Verdict, View};
use super::topology::Topology;

/// The network, with what everything in it needs: time, chance and somewhere to run.
pub struct Network {
    /// How fast time runs.
    pub pace: Pace,
    /// Wall-clock time.
    pub clock: Clock,
    /// Which target and which address comes first.
    pub random: Random,
    /// Where tasks run.
    pub runtime: Handle,
    /// The account, as last handed over.
    pub topology: watch::Sender<Arc<Topology>>,
    /// The listeners.
    pub fabric: Fabric,
    /// What instances wrote to their consoles.
    pub consoles: Consoles,
}

impl Network {
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
}
