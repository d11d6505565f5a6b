//! The two hops of the path, an endpoint's interface and a load balancer's node. Each is decided by itself; a connection
//! through both is carried once, from the client's socket to the target's.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep_until};

use crate::sandbox::Pace;

use super::choice::{behind_endpoint, choose_target, target_instance};
use super::flows::{Flow, Ticket};
use crate::sandbox::plane::net::fabric::{Answer, Call, Caller, Fault};
use crate::sandbox::plane::net::filter::{Client, Destination, Reason, Source, Traffic, Verdict};
use crate::sandbox::plane::net::network::Core;
use crate::sandbox::plane::net::proxy_protocol::{Proxied, encode};

/// Bytes on their way in each direction of a connection: at first, so that thousands of quiet ones are cheap, and at
/// most, so that a busy one needs few system calls.
const BUFFER: usize = 8 * 1024;
const MOST: usize = 256 * 1024;

/// After so many seconds without a packet an endpoint forgets a connection, whatever the load balancer's listener says
/// [<https://aws.amazon.com/blogs/networking-and-content-delivery/implementing-long-running-tcp-connections-within-vpc-networking/>].
const ENDPOINT_IDLE: u32 = 350;

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
    let Some(listener) = balancer.listeners.iter().find(|it| it.port == port) else {
        return call.fail(Fault::Lost(Reason::NoListener));
    };
    let group_arn = &listener.group;
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
    // The endpoint counts for itself.
    let idle = match &call.caller.endpoint {
        Some(_) => listener.idle_seconds.min(ENDPOINT_IDLE),
        None => listener.idle_seconds,
    };
    let idle = core.pace.scale(Duration::from_secs(idle.into()));
    let next = Caller { seen, port: target.port, ..call.caller.clone() };
    drop(topology);
    pass_on(core, call, verdict, next, preface, Ends { ticket, idle }).await;
}

async fn pass_on(
    core: &Core,
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
    let quiet = Quiet::begin();
    tokio::select! {
        biased;
        // An error is one side's reset; both sockets close with the task, which passes it on.
        _ = carry_heard(&mut client, &mut onward, &quiet) => return,
        // AWS resets at the next packet [NLB:target-group-health-checks]; here nobody waits for one.
        _ = &mut ends.ticket.ended => {}
        () = quiet.lasts(ends.idle) => {
            // It is forgotten, and neither side learns of it before it sends something.
            let (mut one, mut other) = ([0], [0]);
            tokio::select! {
                _ = client.peek(&mut one) => {}
                _ = onward.peek(&mut other) => {}
                _ = &mut ends.ticket.ended => {}
            }
        }
    }
    // A socket that cannot be told to reset is closed.
    let _ = client.set_zero_linger();
    let _ = onward.set_zero_linger();
}

/// What ends a connection that neither side ends.
struct Ends<'a> {
    ticket: Ticket<'a>,
    /// How long nothing may be sent; zero where time does not pass.
    idle: Duration,
}

/// Since when nothing has been sent on a connection.
struct Quiet {
    begun: Instant,
    /// Milliseconds from then to the last byte.
    last: AtomicU64,
}

impl Quiet {
    fn begin() -> Self {
        Self { begun: Instant::now(), last: AtomicU64::new(0) }
    }

    fn heard(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// Comes back when nothing was sent for `idle`.
    async fn lasts(&self, idle: Duration) {
        if idle.is_zero() {
            return std::future::pending().await;
        }
        loop {
            let last = self.last.load(Ordering::Relaxed);
            sleep_until(self.begun + Duration::from_millis(last) + idle).await;
            if last == self.last.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

/// Carries a connection to its end.
///
/// # Errors
/// One side's reset.
pub async fn carry(one: &mut TcpStream, other: &mut TcpStream) -> io::Result<()> {
    carry_heard(one, other, &Quiet::begin()).await
}

async fn carry_heard(one: &mut TcpStream, other: &mut TcpStream, quiet: &Quiet) -> io::Result<()> {
    let ((one_reads, one_writes), (other_reads, other_writes)) = (one.split(), other.split());
    tokio::try_join!(flow(one_reads, other_writes, quiet), flow(other_reads, one_writes, quiet))?;
    Ok(())
}

/// Carries one direction to its end, and the end too.
async fn flow(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, quiet: &Quiet) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(BUFFER);
    while from.read_buf(&mut buffer).await? > 0 {
        quiet.heard();
        to.write_all(&buffer).await?;
        quiet.heard();
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
