//! The network as a whole: the latest topology, the judge, and the listeners that it lets connections through to.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::host::{Clock, Random};
use crate::sandbox::Pace;

use super::console::Consoles;
use super::crossing::Crossing;
use super::fabric::{Caller, Fabric, Fault};
use super::filter::{Client, Destination, Place, Reason, Source, Verdict, View};
use super::gate::{Gates, Passage};
use super::names::{Turns, resolve};
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
    /// The gates of open connections.
    pub gates: Gates,
    /// Whose turn it is among the addresses of a name.
    pub turns: Turns,
}

impl Network {
    pub fn topology(&self) -> Arc<Topology> {
        Arc::clone(&self.topology.borrow())
    }

    /// Judges a connection against what listens now, and tells the subnets that it crosses.
    pub fn judge(
        &self,
        topology: &Topology,
        source: &Source,
        destination: &Destination,
    ) -> (Verdict, Option<Crossing>) {
        let from = if let Source::Instance(id) = source { Some(id.as_str()) } else { None };
        let listening =
            |id: &str, port: u16| self.fabric.is_open_to(&Place::Instance { id: id.to_owned(), port }, from);
        View { topology, listening: &listening, flow: self.random.next_u64() }.follow(source, destination)
    }

    /// Lets network ACLs and route tables go on judging an open connection. `None` if it leaves no subnet.
    pub fn passage(&self, crossings: Vec<Crossing>) -> Option<Passage<'_>> {
        (!crossings.is_empty()).then(|| self.gates.enter(crossings, || self.topology()))
    }

    /// The addresses of a name as an instance's VPC knows it.
    pub fn addresses(&self, id: &str, host: &str) -> Option<Vec<Ipv4Addr>> {
        let topology = self.topology();
        resolve(&topology, &topology.instances.get(id)?.vpc, host)
    }

    /// The addresses of a name as an instance's name server gives them to `asker`, a program on it: the next one first
    /// with each answer, so that the zones of an endpoint are used in turn.
    pub fn resolve(&self, id: &str, asker: &str, host: &str) -> Option<Vec<Ipv4Addr>> {
        let mut addresses = self.addresses(id, host)?;
        let count = addresses.len();
        if count > 1 {
            let turn = self.turns.next(&format!("{id} {asker}"), host, || self.random.next_u64());
            addresses.rotate_left(usize::try_from(turn % count as u64).unwrap_or(0));
        }
        Some(addresses)
    }

    /// Connects from an instance's own interface to an address in its VPC. Returns with the stream the subnets that
    /// it crosses, if the one who answers does not go on judging its packets there.
    ///
    /// # Errors
    /// How the handshake failed on the first or a later hop.
    pub async fn connect_from(
        &self,
        id: &str,
        address: Ipv4Addr,
        port: u16,
    ) -> Result<(TcpStream, Option<Crossing>), Fault> {
        let topology = self.topology();
        let Some(instance) = topology.instances.get(id) else { return Err(Fault::Refused) };
        let address = if address.is_loopback() { instance.address } else { address };
        let destination = Destination { vpc: instance.vpc.clone(), address, port };
        let (verdict, crossing) = self.judge(&topology, &Source::Instance(id.to_owned()), &destination);
        match verdict {
            Verdict::Drop(reason) => Err(Fault::Lost(reason)),
            Verdict::Refuse => Err(Fault::Refused),
            Verdict::Deliver(place) => {
                let client = Client { instance: id.to_owned(), address: instance.address };
                let (theirs, ours) = match place {
                    Place::Instance { .. } => (None, crossing),
                    Place::Node { .. } | Place::Endpoint { .. } => (crossing, None),
                };
                let seen = instance.address;
                let caller = Caller { seen, client, endpoint: None, port, crossing: theirs, hops: 0 };
                let dialled = self.fabric.dial(&place, caller).await;
                if matches!(dialled, Err(Fault::Lost(Reason::NoSocket))) {
                    let limit = self.fabric.shortage.limit;
                    let text = format!("[pllab sandbox] this machine has no socket left (open files: at most {limit})");
                    self.consoles.line(id, &text);
                }
                dialled.map(|stream| (stream, ours))
            }
        }
    }
}
