//! The judge: decides whether a connection may pass. Pure, so that tests can be tables.
//!
//! Each hop is judged on its own, in the order in which the packets meet AWS's filters: leaving the client, at the
//! endpoint, at the load balancer, at the target. There are two ways to fail. Security groups, network ACLs, states
//! and zones lose packets, which is a time-out. A host with nothing on the port refuses.

#[cfg(test)]
mod tests;
use std::net::Ipv4Addr;

use super::crossing::Crossing;
use super::groups::{Direction, Party, admit};
use super::topology::{Balancer, Endpoint, EndpointInterface, Instance, Node, Topology};

/// Something that accepts connections.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A process on an instance.
    Instance { id: String, port: u16 },
    /// A listener on a load balancer's node.
    Node {
        /// The load balancer's ARN.
        balancer: String,
        address: Ipv4Addr,
        port: u16,
    },
    /// An endpoint's network interface, on any port.
    Endpoint { id: String, address: Ipv4Addr },
}

/// The instance that opened the connection, as the networks on the way see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The instance's id.
    pub instance: String,
    /// Its private address in its own VPC.
    pub address: Ipv4Addr,
}

impl Client {
    /// A load balancer's node that connects in its own name.
    pub fn node(address: Ipv4Addr) -> Self {
        Self { instance: String::new(), address }
    }
}

/// The sender on this hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An instance, from its own interface.
    Instance(String),
    /// An endpoint that carries a client's connection to its service.
    Endpoint { id: String, client: Client },
    Node {
        /// The load balancer's ARN.
        balancer: String,
        address: Ipv4Addr,
        traffic: Traffic,
    },
}

/// What a load balancer's node sends to a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// A client's connection that came through an endpoint. The target sees the node's address
    /// (NLB:edit-target-group-attributes).
    PrivateLink,
    /// A client's connection from within the VPC. Its address is kept for targets registered by instance id, which is
    /// the default of `preserve_client_ip.enabled`.
    Direct(Client),
    /// Sent from the node's own address: a health check, or a client's connection whose address is not kept.
    Own,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The VPC that the address belongs to.
    pub vpc: String,
    pub address: Ipv4Addr,
    pub port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may pass, and arrives here.
    Deliver(Place),
    /// It is lost: the client waits until it times out.
    Drop(Reason),
    /// The host exists but nothing listens on the port: refused at once.
    Refuse,
}

/// Why a connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing in the VPC has the address, or it belongs to another VPC.
    NoSuchAddress,
    /// The client's security groups do not let it out.
    ClientEgress,
    /// The endpoint's security groups do not let it in.
    EndpointIngress,
    /// The endpoint is not `available`.
    EndpointNotAvailable,
    /// The endpoint's service does not exist here: it was deleted, or it is one of AWS's own, which lead nowhere.
    ServiceGone,
    /// The load balancer is gone or not `active`.
    BalancerNotActive,
    /// The load balancer has no node in the endpoint's zone.
    NoNodeInZone,
    /// The load balancer's security groups do not let it in.
    BalancerIngress,
    /// The load balancer has no listener on the port. It drops traffic that no listener is configured for
    /// ((NLB:network-load-balancers), "unintended traffic").
    NoListener,
    /// The group has no target that this node may use: none at all, or none in its zone while cross-zone is off. That
    /// the client then waits, and is not reset, is UNCONFIRMED.
    NoTargetInZone,
    /// None of the targets that the node may use has a verdict yet.
    NoHealthyTargetInZone,
    /// The load balancer's security groups do not let it out.
    BalancerEgress,
    /// The target is its own client, and the client's address is kept ((NLB:load-balancer-troubleshooting)).
    Hairpin,
    /// The security groups of the target, or of the instance, do not let it in.
    TargetIngress,
    /// The target is not running.
    TargetNotRunning,
    /// A subnet's network ACL denies the request or its answer.
    NetworkAcl,
    /// Not AWS's fault: this machine has no socket left to carry it.
    NoSocket,
    /// A subnet's route table leads the request or its answer to something that does not forward it.
    Route,
    /// A chain of load balancers is longer than is carried here, or leads back to itself.
    TooManyHops,
}

/// What a judgement depends on.
pub struct View<'a> {
    pub topology: &'a Topology,
    /// Whether a process of the instance listens on the port.
    pub listening: &'a dyn Fn(&str, u16) -> bool,
    /// Selects the port that the connection is sent from. Its answers must get through to that port.
    pub flow: u64,
}

impl View<'_> {
    /// Whether a connection from `source` may reach `destination`, and what accepts it there.
    #[cfg(test)]
    pub fn judge(&self, source: &Source, destination: &Destination) -> Verdict {
        self.follow(source, destination).0
    }

    /// Whether a connection from `source` may reach `destination`, what accepts it there, and the subnets that it
    /// crosses: its packets go on being judged there.
    pub fn follow(&self, source: &Source, destination: &Destination) -> (Verdict, Option<Crossing>) {
        let judged = match source {
            Source::Instance(id) => self.leaves_instance(id, destination),
            Source::Endpoint { id, client } => self.leaves_endpoint(id, client, destination),
            Source::Node { balancer, address, traffic } => self.leaves_node(balancer, *address, traffic, destination),
        };
        judged.unwrap_or_else(|reason| (Verdict::Drop(reason), None))
    }

    fn leaves_instance(&self, id: &str, destination: &Destination) -> Result<Judged, Reason> {
        let topology = self.topology;
        let source = topology.instances.get(id).ok_or(Reason::NoSuchAddress)?;
        if source.vpc != destination.vpc {
            return Err(Reason::NoSuchAddress);
        }
        if destination.address == source.address {
            // A host's packets to itself never leave it, so no security group is asked.
            return Ok((self.host(id, destination.port), None));
        }
        let found = self.at(destination).ok_or(Reason::NoSuchAddress)?;
        let party = Party { address: destination.address, groups: found.groups() };
        admit(topology, &source.groups, Direction::Egress, destination.port, party)
            .then_some(())
            .ok_or(Reason::ClientEgress)?;
        let from = Side { subnet: &source.subnet, address: source.address, ports: LINUX_PORTS };
        let crossing = self.crosses(&from, found.subnet(), destination)?;
        let party = Party { address: source.address, groups: &source.groups };
        Ok((self.enters(&found, destination, party)?, crossing))
    }

    /// Whether what was found at an address lets a connection in.
    fn enters(&self, found: &Found<'_>, destination: &Destination, from: Party<'_>) -> Result<Verdict, Reason> {
        let enter = |groups: &[String]| admit(self.topology, groups, Direction::Ingress, destination.port, from);
        match *found {
            Found::Instance(id, instance) => {
                enter(&instance.groups).then_some(()).ok_or(Reason::TargetIngress)?;
                instance.running.then_some(()).ok_or(Reason::TargetNotRunning)?;
                Ok(self.host(id, destination.port))
            }
            Found::Node(arn, balancer, _) => {
                balancer.active.then_some(()).ok_or(Reason::BalancerNotActive)?;
                (balancer.groups.is_empty() || enter(&balancer.groups)).then_some(()).ok_or(Reason::BalancerIngress)?;
                deliver_to_node(arn, balancer, destination)
            }
            Found::Endpoint(id, endpoint, _) => {
                enter(&endpoint.groups).then_some(()).ok_or(Reason::EndpointIngress)?;
                available(endpoint)?;
                Ok(Verdict::Deliver(Place::Endpoint { id: id.to_owned(), address: destination.address }))
            }
        }
    }

    fn leaves_endpoint(&self, id: &str, client: &Client, destination: &Destination) -> Result<Judged, Reason> {
        let endpoint = self.topology.endpoints.get(id).ok_or(Reason::EndpointNotAvailable)?;
        available(endpoint)?;
        let Some(Found::Node(arn, balancer, _)) = self.at(destination) else { return Err(Reason::BalancerNotActive) };
        let service = self.topology.services.get(&endpoint.service).ok_or(Reason::ServiceGone)?;
        if !service.balancers.iter().any(|listed| listed == arn) {
            return Err(Reason::ServiceGone);
        }
        balancer.active.then_some(()).ok_or(Reason::BalancerNotActive)?;
        if balancer.enforce_on_private_link && !balancer.groups.is_empty() {
            // The source is the client's own address in the consumer VPC, not the endpoint's
            // [NLB:load-balancer-security-groups]. A security group of another VPC cannot match, so none is passed.
            let party = Party { address: client.address, groups: &[] };
            admit(self.topology, &balancer.groups, Direction::Ingress, destination.port, party)
                .then_some(())
                .ok_or(Reason::BalancerIngress)?;
        }
        Ok((deliver_to_node(arn, balancer, destination)?, None))
    }

    /// A target may be an instance or, by its address, anything else in the VPC: people chain services through the
    /// network interface of an endpoint.
    fn leaves_node(
        &self,
        arn: &str,
        node: Ipv4Addr,
        traffic: &Traffic,
        destination: &Destination,
    ) -> Result<Judged, Reason> {
        let topology = self.topology;
        let balancer = topology.balancers.get(arn).filter(|it| it.active).ok_or(Reason::BalancerNotActive)?;
        let found = self.at(destination).ok_or(Reason::NoSuchAddress)?;
        if !balancer.groups.is_empty() {
            let party = Party { address: destination.address, groups: found.groups() };
            admit(topology, &balancer.groups, Direction::Egress, destination.port, party)
                .then_some(())
                .ok_or(Reason::BalancerEgress)?;
        }
        // With enforcement off, PrivateLink traffic must be let in by the nodes' addresses: a rule that names the
        // load balancer's group does not cover it [NLB:target-group-register-targets].
        let (address, groups, ports) = match traffic {
            Traffic::PrivateLink if !balancer.enforce_on_private_link => (node, [].as_slice(), BALANCER_PORTS),
            Traffic::PrivateLink | Traffic::Own => (node, balancer.groups.as_slice(), BALANCER_PORTS),
            Traffic::Direct(client) if matches!(found, Found::Instance(id, _) if client.instance == id) => {
                return Err(Reason::Hairpin);
            }
            Traffic::Direct(client) => (client.address, balancer.groups.as_slice(), LINUX_PORTS),
        };
        let crossing = match balancer.nodes.iter().find(|it| it.address == node) {
            Some(from) => self.crosses(&Side { subnet: &from.subnet, address, ports }, found.subnet(), destination)?,
            None => None,
        };
        Ok((self.enters(&found, destination, Party { address, groups })?, crossing))
    }

    /// Whether the route tables and network ACLs of two subnets let a connection and its answers pass. Traffic within
    /// a subnet meets neither [vpc userguide: vpc-network-acls].
    fn crosses(&self, from: &Side<'_>, to: &str, destination: &Destination) -> Result<Option<Crossing>, Reason> {
        if from.subnet == to {
            return Ok(None);
        }
        let (first, last) = from.ports;
        let crossing = Crossing {
            from: from.subnet.to_owned(),
            to: to.to_owned(),
            source: from.address,
            sent_from: first + u16::try_from(self.flow % (u64::from(last - first) + 1)).unwrap_or(0),
            destination: destination.address,
            port: destination.port,
        };
        let (acl, routes) = (crossing.by_acl(self.topology), crossing.by_route(self.topology));
        (acl.0 && acl.1).then_some(()).ok_or(Reason::NetworkAcl)?;
        (routes.0 && routes.1).then_some(()).ok_or(Reason::Route)?;
        Ok(Some(crossing))
    }

    fn host(&self, id: &str, port: u16) -> Verdict {
        if (self.listening)(id, port) {
            Verdict::Deliver(Place::Instance { id: id.to_owned(), port })
        } else {
            Verdict::Refuse
        }
    }

    /// Finds what has the destination's address in the destination's VPC.
    fn at(&self, destination: &Destination) -> Option<Found<'_>> {
        let Destination { vpc, address, .. } = destination;
        let topology = self.topology;
        let instances = topology.instances.iter().filter(|(_, it)| !it.terminated && it.vpc == *vpc);
        let nodes = topology.balancers.iter().filter(|(_, it)| it.vpc == *vpc);
        let endpoints = topology.endpoints.iter().filter(|(_, it)| it.vpc == *vpc && it.state != "deleted");
        instances
            .filter(|(_, it)| it.address == *address)
            .map(|(id, it)| Found::Instance(id, it))
            .chain(nodes.filter_map(|(arn, it)| {
                let node = it.nodes.iter().find(|node| node.address == *address)?;
                Some(Found::Node(arn, it, node))
            }))
            .chain(endpoints.filter_map(|(id, it)| {
                let interface = it.interfaces.iter().find(|interface| interface.address == *address)?;
                Some(Found::Endpoint(id, it, interface))
            }))
            .next()
    }
}

enum Found<'a> {
    Instance(&'a str, &'a Instance),
    Node(&'a str, &'a Balancer, &'a Node),
    Endpoint(&'a str, &'a Endpoint, &'a EndpointInterface),
}

/// A verdict, and the subnets that the connection crosses.
type Judged = (Verdict, Option<Crossing>);

impl Found<'_> {
    fn groups(&self) -> &[String] {
        match self {
            Self::Instance(_, it) => &it.groups,
            Self::Node(_, it, _) => &it.groups,
            Self::Endpoint(_, it, _) => &it.groups,
        }
    }

    fn subnet(&self) -> &str {
        match self {
            Self::Instance(_, it) => &it.subnet,
            Self::Node(_, _, it) => &it.subnet,
            Self::Endpoint(_, _, it) => &it.subnet,
        }
    }
}

/// The sending side of a hop, as network ACLs see it.
struct Side<'a> {
    subnet: &'a str,
    address: Ipv4Addr,
    /// The ports it may send from, first and last.
    ports: (u16, u16),
}

/// The source ports of Amazon Linux, and of a load balancer [vpc userguide: nacl-ephemeral-ports].
const LINUX_PORTS: (u16, u16) = (32768, 61000);
const BALANCER_PORTS: (u16, u16) = (1024, 65535);

/// Whether an endpoint carries connections.
///
/// # Errors
/// It is in another state.
pub fn available(endpoint: &Endpoint) -> Result<(), Reason> {
    // The wire's casing differs between operations and SDKs.
    endpoint.state.eq_ignore_ascii_case("available").then_some(()).ok_or(Reason::EndpointNotAvailable)
}

fn deliver_to_node(arn: &str, balancer: &Balancer, destination: &Destination) -> Result<Verdict, Reason> {
    let port = destination.port;
    balancer.listeners.iter().find(|it| it.port == port).ok_or(Reason::NoListener)?;
    Ok(Verdict::Deliver(Place::Node { balancer: arn.to_owned(), address: destination.address, port }))
}
