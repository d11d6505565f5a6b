//! The network as a whole: the latest topology, the judge, and the listeners that it lets connections through to.

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

/// The network, with what everything in it shares.
pub struct Network {
    pub pace: Pace,
    /// Wall-clock time.
    pub clock: Clock,
    /// Decides which target and which address come first.
    pub random: Random,
    /// Where tasks run.
    pub runtime: Handle,
    /// The topology that was applied last.
    pub topology: watch::Sender<Arc<Topology>>,
    pub fabric: Fabric,
    pub consoles: Consoles,
}

impl Network {
    pub fn topology(&self) -> Arc<Topology> {
        Arc::clone(&self.topology.borrow())
    }

    /// Judges a connection against what listens now.
    pub fn judge(&self, topology: &Topology, source: &Source, destination: &Destination) -> Verdict {
        let listening = |id: &str, port: u16| self.fabric.has(&Place::Instance { id: id.to_owned(), port });
        View { topology, listening: &listening, flow: self.random.next_u64() }.judge(source, destination)
    }

    /// Connects from an instance's own interface to an address in its VPC.
    ///
    /// # Errors
    /// How the handshake failed on the first or a later hop.
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
