//! The two hops of the path, an endpoint's interface and a load balancer's node. Each is decided by itself; a connection
//! through both is carried once, from the client's socket to the target's.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use crate::sandbox::Pace;

use super::choice::{behind_endpoint, choose_target, target_instance};
use super::core::Core;
use super::fabric::{Answer, Call, Caller, Fault};
use super::filter::{Client, Destination, Reason, Source, Traffic, Verdict};
use super::flows::{Flow, Ticket};
use super::proxy_protocol::{Proxied, encode};

/// Bytes on their way in each direction of a connection: at first, so that thousands of quiet ones are cheap, and at
/// most, so that a busy one needs few system calls.
const BUFFER: usize = 8 * 1024;
const MOST: usize = 256 * 1024;

/// What an endpoint's interface does with a call: asks the judge, and hands it on to the service's node.
pub fn endpoint(core: &Arc<Core>, id: &str, address: Ipv4Addr) -> Answer {
    let (core, id) = (Arc::clone(core), id.to_owned());
    Box::new(move |call| {
        let (core, id) = (Arc::clone(&core), id.clone());
        Box::pin(async move {
            let port = call.caller.port;
            let topology = core.topology();
            let destination = match behind_endpoint(&topology, &id, address, port) {
                Ok(destination) => destination,
                Err(reason) => return call.fail(Fault::Lost(reason)),
            };
            let source = Source::Endpoint { id: id.clone(), client: call.caller.client.clone() };
            let verdict = core.judge(&topology, &source, &destination);
            drop(topology);
            let next = Caller { seen: address, endpoint: Some(id), ..call.caller.clone() };
            match verdict {
                Verdict::Deliver(place) => core.fabric.hand_on(&place, call, next).await,
                Verdict::Drop(reason) => call.fail(Fault::Lost(reason)),
                Verdict::Refuse => call.fail(Fault::Refused),
            }
        })
    })
}

/// What a node's listener does with a call: chooses a target, asks the judge, and passes it on.
pub fn node(core: &Arc<Core>, balancer: &str, address: Ipv4Addr, port: u16) -> Answer {
    let (core, balancer) = (Arc::clone(core), balancer.to_owned());
    Box::new(move |call| {
        let (core, balancer) = (Arc::clone(&core), balancer.clone());
        Box::pin(async move { at_node(&core, call, &balancer, address, port).await })
    })
}

async fn at_node(core: &Arc<Core>, call: Call, arn: &str, address: Ipv4Addr, port: u16) {
    let topology = core.topology();
    let Some(balancer) = topology.balancers.get(arn) else {
        return call.fail(Fault::Lost(Reason::BalancerNotActive));
    };
    let listener = balancer.listeners.iter().find(|(listens, _)| *listens == port);
    let Some(group_arn) = listener.map(|(_, arn)| arn) else { return call.fail(Fault::Lost(Reason::NoListener)) };
    let node = balancer.nodes.iter().find(|node| node.address == address);
    let (Some(node), Some(group)) = (node, topology.target_groups.get(group_arn)) else {
        return call.fail(Fault::Lost(Reason::NoTargetInZone));
    };
    if core.pace == Pace::Instant && core.health.undecided(group_arn, group) {
        // Nothing runs by itself at this pace, so the first connection is what starts the probes.
        core.settle(None).await;
        core.settle_health(group_arn).await;
    }
    let fitness = |target: &_| core.health.fitness(group_arn, target);
    let flow = core.random.next_u64();
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
    let verdict = core.judge(&topology, &source, &destination);
    // Before it is dialled, so that no change of the target's is missed.
    let ticket = core.flows.enter(Flow {
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
    let next = Caller { seen, port: target.port, ..call.caller.clone() };
    drop(topology);
    pass_on(core, call, verdict, next, preface, ticket).await;
}

async fn pass_on(
    core: &Core,
    call: Call,
    verdict: Verdict,
    next: Caller,
    preface: Option<Vec<u8>>,
    mut ticket: Ticket<'_>,
) {
    let place = match verdict {
        Verdict::Deliver(place) => place,
        Verdict::Drop(reason) => return call.fail(Fault::Lost(reason)),
        Verdict::Refuse => return call.fail(Fault::Refused),
    };
    let mut onward = match core.fabric.dial(&place, next).await {
        Ok(stream) => stream,
        Err(fault) => return call.fail(fault),
    };
    if let Some(preface) = preface
        && onward.write_all(&preface).await.is_err()
    {
        return call.fail(Fault::Refused);
    }
    let mut client = call.establish();
    tokio::select! {
        biased;
        // An error is one side's reset; both sockets close with the task, which passes it on.
        _ = carry(&mut client, &mut onward) => {}
        // AWS resets at the next packet [NLB:target-group-health-checks]; here nobody waits for one. A socket that cannot
        // be told to is closed.
        _ = &mut ticket.ended => {
            let _ = client.set_zero_linger();
            let _ = onward.set_zero_linger();
        }
    }
}

/// Carries a connection to its end.
///
/// # Errors
/// One side's reset.
pub async fn carry(one: &mut TcpStream, other: &mut TcpStream) -> io::Result<()> {
    let ((one_reads, one_writes), (other_reads, other_writes)) = (one.split(), other.split());
    tokio::try_join!(flow(one_reads, other_writes), flow(other_reads, one_writes))?;
    Ok(())
}

/// Carries one direction to its end, and the end too.
async fn flow(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(BUFFER);
    while from.read_buf(&mut buffer).await? > 0 {
        to.write_all(&buffer).await?;
        let full = buffer.len() == buffer.capacity();
        buffer.clear();
        if full && buffer.capacity() < MOST {
            buffer.reserve_exact(buffer.capacity() * 2);
        }
    }
    to.shutdown().await
}

/// A node, when it speaks in its own name.
pub fn as_client(address: Ipv4Addr) -> Client {
    Client { instance: String::new(), address }
}
