//! The two hops of the path: an endpoint's interface, and a load balancer's node. Each hop is judged on its own. The
//! bytes of a connection through both are copied only once, between the client's socket and the target's.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use crate::sandbox::Pace;

use crate::sandbox::plane::net::carry::{Quiet, carry_heard};
use crate::sandbox::plane::net::crossing::Crossing;
use crate::sandbox::plane::net::fabric::{Answer, Call, Caller, Fault};
use crate::sandbox::plane::net::filter::{Client, Destination, Place, Reason, Source, Traffic, Verdict};
use crate::sandbox::plane::net::proxy_protocol::{Proxied, encode_for_target};

use super::balancers::Balancers;
use super::choice::{behind_endpoint, choose_target, target_address};
use super::flows::{Flow, Ticket};

/// After this many seconds without a packet an endpoint forgets a connection, whatever the load balancer's listener
/// says
/// [<https://aws.amazon.com/blogs/networking-and-content-delivery/implementing-long-running-tcp-connections-within-vpc-networking/>].
const ENDPOINT_IDLE: u32 = 350;
/// How many load balancers a connection may come through. A chain may lead back to itself; AWS does not document what
/// happens to it.
const MOST_HOPS: u8 = 8;

/// Handles a call at an endpoint's interface: asks the judge, and hands the call to the service's node.
pub fn endpoint(balancers: &Arc<Balancers>, id: &str, address: Ipv4Addr) -> Answer {
    let (balancers, id) = (Arc::clone(balancers), id.to_owned());
    Box::new(move |call| {
        let (balancers, id) = (Arc::clone(&balancers), id.clone());
        Box::pin(async move {
            let port = call.caller.port;
            let topology = balancers.network.topology();
            let destination = match behind_endpoint(&topology, &id, address, port) {
                Ok(destination) => destination,
                Err(reason) => return call.fail(Fault::Lost(reason)),
            };
            let source = Source::Endpoint { id: id.clone(), client: call.caller.client.clone() };
            let (verdict, _) = balancers.network.judge(&topology, &source, &destination);
            drop(topology);
            let next = Caller { seen: address, endpoint: Some(id), ..call.caller.clone() };
            match verdict {
                Verdict::Deliver(place) => balancers.network.fabric.hand_on(&place, call, next).await,
                Verdict::Drop(reason) => call.fail(Fault::Lost(reason)),
                Verdict::Refuse => call.fail(Fault::Refused),
            }
        })
    })
}

/// Handles a call at a node's listener: chooses a target, asks the judge, and connects.
pub fn node(balancers: &Arc<Balancers>, balancer: &str, address: Ipv4Addr, port: u16) -> Answer {
    let (balancers, balancer) = (Arc::clone(balancers), balancer.to_owned());
    Box::new(move |call| {
        let (balancers, balancer) = (Arc::clone(&balancers), balancer.clone());
        Box::pin(async move { at_node(&balancers, call, &balancer, address, port).await })
    })
}

async fn at_node(balancers: &Arc<Balancers>, call: Call, arn: &str, address: Ipv4Addr, port: u16) {
    let hops = call.caller.hops + 1;
    if hops > MOST_HOPS {
        return call.fail(Fault::Lost(Reason::TooManyHops));
    }
    let topology = balancers.network.topology();
    let Some(balancer) = topology.balancers.get(arn) else {
        return call.fail(Fault::Lost(Reason::BalancerNotActive));
    };
    let Some(listener) = balancer.listeners.iter().find(|it| it.port == port) else {
        return call.fail(Fault::Lost(Reason::NoListener));
    };
    let group_arn = &listener.group;
    let node = balancer.nodes.iter().find(|node| node.address == address);
    let (Some(node), Some(group)) = (node, topology.target_groups.get(group_arn)) else {
        return call.fail(Fault::Lost(Reason::NoTargetInZone));
    };
    if balancers.network.pace == Pace::Instant && balancers.health.undecided(group_arn, group) {
        // Nothing runs by itself at this pace, so the first connection starts the probes.
        balancers.machines.settle(None).await;
        balancers.settle_health(group_arn, hops).await;
    }
    let fitness = |target: &_| balancers.health.fitness(group_arn, target);
    let flow = balancers.network.random.next_u64();
    let target = match choose_target(balancer, node, group, &fitness, flow) {
        Ok(target) => target,
        Err(reason) => return call.fail(Fault::Lost(reason)),
    };
    let Some(to) = target_address(&topology, target) else {
        return call.fail(Fault::Lost(Reason::TargetNotRunning));
    };
    let traffic = match &call.caller.endpoint {
        Some(_) => Traffic::PrivateLink,
        None if topology.instances.contains_key(&target.id) => Traffic::Direct(call.caller.client.clone()),
        None => Traffic::Own,
    };
    let seen = if matches!(traffic, Traffic::Direct(_)) { call.caller.seen } else { address };
    let destination = Destination { vpc: group.vpc.clone(), address: to, port: target.port };
    let source = Source::Node { balancer: arn.to_owned(), address, traffic };
    let (verdict, onward) = balancers.network.judge(&topology, &source, &destination);
    // Recorded before the target is connected, so that no change of the target is missed.
    let ticket = balancers.flows.enter(Flow {
        balancer: arn.to_owned(),
        node: address,
        group: group_arn.clone(),
        target: target.id.clone(),
        port: target.port,
    });
    let preface = group.proxy_protocol_v2.then(|| {
        let source = SocketAddrV4::new(call.caller.client.address, call.from.port());
        let proxied = Proxied { source, endpoint: call.caller.endpoint.clone() };
        encode_for_target(&proxied, SocketAddrV4::new(address, port))
    });
    // An endpoint has an idle time of its own.
    let idle = match &call.caller.endpoint {
        Some(_) => listener.idle_seconds.min(ENDPOINT_IDLE),
        None => listener.idle_seconds,
    };
    let idle = balancers.network.pace.scale(Duration::from_secs(idle.into()));
    // What comes next sees a client of its own: this node.
    let (client, endpoint) = match &verdict {
        Verdict::Deliver(Place::Node { .. } | Place::Endpoint { .. }) => (Client::node(address), None),
        _ => (call.caller.client.clone(), call.caller.endpoint.clone()),
    };
    let crossings: Vec<Crossing> = call.caller.crossing.iter().cloned().chain(onward).collect();
    let next = Caller { seen, client, endpoint, port: target.port, crossing: None, hops };
    drop(topology);
    pass_on(balancers, call, verdict, next, preface, Ends { ticket, crossings, idle }).await;
}

async fn pass_on(
    balancers: &Balancers,
    call: Call,
    verdict: Verdict,
    next: Caller,
    preface: Option<Vec<u8>>,
    mut ends: Ends<'_>,
) {
    let place = match verdict {
        Verdict::Deliver(place) => place,
        Verdict::Drop(reason) => return call.fail(Fault::Lost(reason)),
        Verdict::Refuse => return call.fail(Fault::Refused),
    };
    let mut onward = match balancers.network.fabric.dial(&place, next).await {
        Ok(stream) => stream,
        Err(fault) => return call.fail(fault),
    };
    if let Some(preface) = preface
        && onward.write_all(&preface).await.is_err()
    {
        return call.fail(Fault::Refused);
    }
    let mut client = call.establish();
    let quiet = Quiet::begin();
    let passage = balancers.network.passage(ends.crossings);
    let gate = passage.as_ref().map(|passage| &*passage.gate);
    tokio::select! {
        biased;
        // An error means that one side reset the connection. Both sockets close when the task ends, which passes the
        // reset on.
        _ = carry_heard(&mut client, &mut onward, &quiet, gate) => return,
        // AWS resets at the next packet [NLB:target-group-health-checks]; this resets at once.
        _ = &mut ends.ticket.ended => {}
        () = quiet.lasts(ends.idle) => {
            // The connection is forgotten, but neither side notices before it sends something.
            let (mut one, mut other) = ([0], [0]);
            tokio::select! {
                _ = client.peek(&mut one) => {}
                _ = onward.peek(&mut other) => {}
                _ = &mut ends.ticket.ended => {}
            }
        }
    }
    // If a socket cannot be set to reset, it is closed normally.
    let _ = client.set_zero_linger();
    let _ = onward.set_zero_linger();
}

/// What may end a connection besides its two sides.
struct Ends<'a> {
    ticket: Ticket<'a>,
    /// The subnets that it crosses on both sides of the node.
    crossings: Vec<Crossing>,
    /// The idle time; zero if time does not pass at this pace.
    idle: Duration,
}
