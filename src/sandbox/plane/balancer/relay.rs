//! The two hops of the path: an endpoint's interface, and a load balancer's node. Each hop is judged on its own. The
//! bytes of a connection through both are copied only once, between the client's socket and the target's.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use crate::sandbox::Pace;

use crate::sandbox::plane::net::carry::{Quiet, carry_heard};
use crate::sandbox::plane::net::fabric::{Answer, Call, Caller, Fault};
use crate::sandbox::plane::net::filter::{Destination, Reason, Source, Traffic, Verdict};
use crate::sandbox::plane::net::proxy_protocol::{Proxied, encode};

use super::balancers::Balancers;
use super::choice::{behind_endpoint, choose_target, target_instance};
use super::flows::{Flow, Ticket};

/// After this many seconds without a packet an endpoint forgets a connection, whatever the load balancer's listener
/// says
/// [<https://aws.amazon.com/blogs/networking-and-content-delivery/implementing-long-running-tcp-connections-within-vpc-networking/>].
const ENDPOINT_IDLE: u32 = 350;

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
            let verdict = balancers.network.judge(&topology, &source, &destination);
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
        balancers.settle_health(group_arn).await;
    }
    let fitness = |target: &_| balancers.health.fitness(group_arn, target);
    let flow = balancers.network.random.next_u64();
    let target = match choose_target(&topology, balancer, node, group, &fitness, flow) {
        Ok(target) => target,
        Err(reason) => return call.fail(Fault::Lost(reason)),
    };
    let Some((id, instance)) = target_instance(&topology, &group.vpc, target) else {
        return call.fail(Fault::Lost(Reason::TargetNotRunning));
    };
    let traffic = match &call.caller.endpoint {
        Some(_) => Traffic::PrivateLink,
        None if target.id == *id => Traffic::Direct(call.caller.client.clone()),
        None => Traffic::Own,
    };
    let seen = if matches!(traffic, Traffic::Direct(_)) { call.caller.seen } else { address };
    let destination = Destination { vpc: instance.vpc.clone(), address: instance.address, port: target.port };
    let source = Source::Node { balancer: arn.to_owned(), address, traffic };
    let verdict = balancers.network.judge(&topology, &source, &destination);
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
        encode(&proxied, SocketAddrV4::new(address, port))
    });
    // An endpoint has an idle time of its own.
    let idle = match &call.caller.endpoint {
        Some(_) => listener.idle_seconds.min(ENDPOINT_IDLE),
        None => listener.idle_seconds,
    };
    let idle = balancers.network.pace.scale(Duration::from_secs(idle.into()));
    let next = Caller { seen, port: target.port, ..call.caller.clone() };
    drop(topology);
    pass_on(balancers, call, verdict, next, preface, Ends { ticket, idle }).await;
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
    tokio::select! {
        biased;
        // An error means that one side reset the connection. Both sockets close when the task ends, which passes the
        // reset on.
        _ = carry_heard(&mut client, &mut onward, &quiet) => return,
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
    /// The idle time; zero if time does not pass at this pace.
    idle: Duration,
}
