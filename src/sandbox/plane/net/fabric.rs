//! The fabric: which real listener stands for which virtual place, and who is calling.
//!
//! Everything listens on 127.0.0.1, so an accepted socket does not say who calls. The calling side binds its socket
//! first, records its identity under that local address, and only then connects. A peer without a record is not part
//! of the sandbox, and is closed at once. The accepting side answers only when it knows whether the whole path beyond
//! it is open, so a client sees a handshake that succeeds, is refused or is lost end to end, as on AWS.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::sandbox::plane::lock::lock;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::crossing::Crossing;
use super::filter::{Client, Place, Reason};
use super::proxy_protocol::{Proxied, encode};
use super::shortage::Shortage;

/// The length of a listener's queue. Thousands of callers may begin at once, and one that finds the queue full tries
/// again only a second later. The system's own limit applies as well.
const BACKLOG: u32 = 4096;

/// The caller, as the virtual networks see it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The source address that the accepting side sees.
    pub seen: Ipv4Addr,
    /// The client that opened the connection.
    pub client: Client,
    /// The id of the endpoint that the connection came through.
    pub endpoint: Option<String>,
    /// The port that it calls.
    pub port: u16,
    /// The subnets that it crossed to get here, if whoever answers is to go on judging its packets there.
    pub crossing: Option<Crossing>,
    /// How many load balancers it has come through.
    pub hops: u8,
}

/// How a handshake failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Lost(Reason),
    Refused,
}

/// An accepted call. The receiver answers it, then uses the stream.
pub struct Call {
    pub stream: TcpStream,
    pub caller: Caller,
    /// The address that the accepting side sees, with the caller's real port.
    pub from: SocketAddrV4,
    answer: oneshot::Sender<Result<(), Fault>>,
}

impl Call {
    /// Tells the caller that the connection is established, and returns the stream.
    pub fn establish(self) -> TcpStream {
        // If the caller has gone away meanwhile, the stream shows it.
        let _ = self.answer.send(Ok(()));
        self.stream
    }

    /// Tells the caller that the connection failed.
    pub fn fail(self, fault: Fault) {
        let _ = self.answer.send(Err(fault));
    }
}

/// Handles one call at a place.
pub type Answer = Box<dyn Fn(Call) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

struct Waiting {
    /// Distinguishes this caller from a later one that gets the same local port.
    ticket: u64,
    caller: Caller,
    answer: oneshot::Sender<Result<(), Fault>>,
}

enum Listener {
    /// A listener of ours, which knows its callers.
    Ours(Ours),
    /// A program's listener, which learns its callers from a PROXY protocol header.
    Outside(SocketAddr),
}

struct Ours {
    address: SocketAddr,
    task: AbortHandle,
    answer: Arc<Answer>,
    /// Closes when the listener's task ends.
    open: watch::Receiver<()>,
}

impl Listener {
    fn end(self) {
        if let Self::Ours(ours) = self {
            ours.task.abort();
        }
    }
}

pub struct Fabric {
    runtime: Handle,
    listeners: Mutex<HashMap<Place, Listener>>,
    /// The places that only their own instance reaches.
    inside: Mutex<HashSet<Place>>,
    callers: Arc<Mutex<HashMap<SocketAddr, Waiting>>>,
    tickets: AtomicU64,
    pub shortage: Shortage,
}

impl Fabric {
    pub fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            listeners: Mutex::default(),
            inside: Mutex::default(),
            callers: Arc::default(),
            tickets: AtomicU64::new(0),
            shortage: Shortage::begin(),
        }
    }

    pub fn has(&self, place: &Place) -> bool {
        self.listeners().contains_key(place)
    }

    /// Whether there is a listener that `from`, an instance if it is one, can reach.
    pub fn is_open_to(&self, place: &Place, from: Option<&str>) -> bool {
        let is_its = |place: &Place| matches!(place, Place::Instance { id, .. } if Some(id.as_str()) == from);
        self.has(place) && (is_its(place) || !lock(&self.inside).contains(place))
    }

    /// Lets only the instance itself reach what listens at `place`, until it is closed.
    pub fn keep_inside(&self, place: Place) {
        lock(&self.inside).insert(place);
    }

    pub fn places(&self) -> Vec<Place> {
        self.listeners().keys().cloned().collect()
    }

    /// The local addresses of our listeners.
    #[cfg(test)]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let ours = |listener: &Listener| match listener {
            Listener::Ours(ours) => Some(ours.address),
            Listener::Outside(_) => None,
        };
        self.listeners().values().filter_map(ours).collect()
    }

    /// Starts a listener at `place`. Does nothing if there is one.
    ///
    /// # Errors
    /// If no local port is free.
    pub fn open(&self, place: Place, answer: Answer) -> io::Result<()> {
        let mut listeners = self.listeners();
        if listeners.contains_key(&place) {
            return Ok(());
        }
        let listener = listen_on(&self.runtime, 0)?;
        let address = listener.local_addr()?;
        let (callers, shortage) = (Arc::clone(&self.callers), self.shortage.clone());
        let answer = Arc::new(answer);
        let answers = Arc::clone(&answer);
        let (opened, open) = watch::channel(());
        let task = self.runtime.spawn(async move {
            let _opened = opened;
            let mut calls = JoinSet::new();
            loop {
                let (stream, peer) = match listener.accept().await {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        shortage.rest(&error).await;
                        continue;
                    }
                };
                while calls.try_join_next().is_some() {}
                let Some(waiting) = lock(&callers).remove(&peer) else { continue };
                // Small writes must not wait for each other. A socket without this option works too.
                let _ = stream.set_nodelay(true);
                let from = SocketAddrV4::new(waiting.caller.seen, peer.port());
                calls.spawn(answers(Call { stream, caller: waiting.caller, from, answer: waiting.answer }));
            }
        });
        let task = task.abort_handle();
        listeners.insert(place, Listener::Ours(Ours { address, task, answer, open }));
        Ok(())
    }

    /// Makes a program's listener on this machine stand for `place`.
    pub fn open_outside(&self, place: Place, address: SocketAddr) {
        if let Some(before) = self.listeners().insert(place, Listener::Outside(address)) {
            before.end();
        }
    }

    /// Ends the listener at `place` and every connection it accepted.
    pub fn close(&self, place: &Place) {
        let listener = self.listeners().remove(place);
        lock(&self.inside).remove(place);
        if let Some(listener) = listener {
            listener.end();
        }
    }

    pub fn close_all(&self) {
        for (_, listener) in self.listeners().drain() {
            listener.end();
        }
    }

    /// Connects to `place` as `caller`, and waits until the path beyond it is open too.
    ///
    /// # Errors
    /// How the handshake failed.
    pub async fn dial(&self, place: &Place, caller: Caller) -> Result<TcpStream, Fault> {
        let address = self.listeners().get(place).map(|listener| match listener {
            Listener::Ours(ours) => Ok(ours.address),
            Listener::Outside(address) => Err(*address),
        });
        let address = match address.ok_or_else(|| absent(place))? {
            Ok(address) => address,
            Err(outside) => return self.dial_outside(outside, &caller).await,
        };
        // An error of this machine must not look like a refusal by the virtual network.
        let lost = |_: io::Error| Fault::Lost(Reason::NoSocket);
        let socket = self.shortage.patiently(TcpSocket::new_v4).await.map_err(lost)?;
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        socket.bind(SocketAddr::from((calls_from(ticket), 0))).map_err(lost)?;
        let local = socket.local_addr().map_err(lost)?;
        let (answer, answered) = oneshot::channel();
        lock(&self.callers).insert(local, Waiting { ticket, caller, answer });
        let _registered = Registered { callers: &self.callers, local, ticket };
        let stream = socket.connect(address).await.map_err(|_| Fault::Refused)?;
        let _ = stream.set_nodelay(true);
        match answered.await {
            Ok(Ok(())) => Ok(stream),
            Ok(Err(fault)) => Err(fault),
            Err(_) => Err(Fault::Refused),
        }
    }

    /// Passes a call that was accepted elsewhere to our listener at `place`, with `caller` as the caller there. The
    /// hop is judged like any other but needs no connection of its own. It ends when either place closes.
    pub async fn hand_on(&self, place: &Place, call: Call, caller: Caller) {
        let there = match self.listeners().get(place) {
            Some(Listener::Ours(ours)) => Some((Arc::clone(&ours.answer), ours.open.clone())),
            _ => None,
        };
        let Some((answer, mut open)) = there else { return call.fail(absent(place)) };
        let from = SocketAddrV4::new(caller.seen, call.from.port());
        tokio::select! {
            () = answer(Call { caller, from, ..call }) => {}
            // Nothing is ever sent here: this resolves when the listener closes.
            _ = open.changed() => {}
        }
    }

    /// Connects to a program on this machine.
    ///
    /// # Errors
    /// It refused, or there is no socket.
    pub async fn connect(&self, address: SocketAddr) -> Result<TcpStream, Fault> {
        let socket = self.shortage.patiently(TcpSocket::new_v4).await.map_err(|_| Fault::Lost(Reason::NoSocket))?;
        let stream = socket.connect(address).await.map_err(|_| Fault::Refused)?;
        // Small writes must not wait for each other. A socket without this option works too.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }

    /// Connects to a program and tells it the caller.
    async fn dial_outside(&self, address: SocketAddr, caller: &Caller) -> Result<TcpStream, Fault> {
        let refused = |_: io::Error| Fault::Refused;
        let mut stream = self.connect(address).await?;
        let source = SocketAddrV4::new(caller.seen, stream.local_addr().map_err(refused)?.port());
        let header = encode(&Proxied { source, endpoint: None }, SocketAddrV4::new(Ipv4Addr::LOCALHOST, caller.port));
        stream.write_all(&header).await.map_err(refused)?;
        Ok(stream)
    }

    fn listeners(&self) -> MutexGuard<'_, HashMap<Place, Listener>> {
        lock(&self.listeners)
    }
}

/// The local address to call from. A port stays taken for a minute after its connection, so some hundred connections
/// a second would use up all ports of one address. On Linux, where all of 127.0.0.0/8 is this machine, callers rotate
/// through 256 addresses.
fn calls_from(ticket: u64) -> Ipv4Addr {
    let [.., turn] = ticket.to_be_bytes();
    if cfg!(target_os = "linux") { Ipv4Addr::new(127, 0, 1, turn) } else { Ipv4Addr::LOCALHOST }
}

/// A host refuses connections to a port without a process. A relay that is being started or stopped loses packets.
fn absent(place: &Place) -> Fault {
    match place {
        Place::Instance { .. } => Fault::Refused,
        Place::Node { .. } => Fault::Lost(Reason::BalancerNotActive),
        Place::Endpoint { .. } => Fault::Lost(Reason::EndpointNotAvailable),
    }
}

/// Removes a caller's record however its attempt to connect ends.
struct Registered<'a> {
    callers: &'a Mutex<HashMap<SocketAddr, Waiting>>,
    local: SocketAddr,
    ticket: u64,
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        let mut callers = lock(self.callers);
        if callers.get(&self.local).is_some_and(|waiting| waiting.ticket == self.ticket) {
            callers.remove(&self.local);
        }
    }
}

/// Opens a listener on 127.0.0.1 and `port` (0 for any), without waiting.
///
/// # Errors
/// If the port is not available.
pub fn listen_on(runtime: &Handle, port: u16) -> io::Result<TcpListener> {
    let _entered = runtime.enter();
    let socket = TcpSocket::new_v4()?;
    // As in the standard library: on systems other than Unix this option would let two programs share a port.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}
