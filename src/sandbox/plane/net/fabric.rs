//! The fabric: which real listener stands for which virtual place, and who is calling.
//!
//! Everything listens on 127.0.0.1, so an accepted socket does not say who calls. The calling side binds its socket
//! first, writes down who it is under that local address, and only then connects. A peer that is not written down is
//! no part of the sandbox and is closed at once. The accepting side answers whether the whole path beyond it is open,
//! so that a client sees a hand-shake that succeeds, is refused or is lost end to end, as on AWS.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::filter::{Client, Place, Reason};
use super::proxy_protocol::{Proxied, encode};
use super::shortage::Shortage;

/// Callers that may stand before a listener: thousands begin at once, and one that finds no room tries again only a
/// second later. The system's own limit applies.
const BACKLOG: u32 = 4096;

/// Who calls, as the virtual networks see it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The source address the accepting side sees.
    pub seen: Ipv4Addr,
    /// Who began it.
    pub client: Client,
    /// The endpoint it came through.
    pub endpoint: Option<String>,
    /// The port it wants.
    pub port: u16,
}

/// How a hand-shake failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The packets are lost.
    Lost(Reason),
    /// Refused.
    Refused,
}

/// A call that was accepted: answer it, then use the stream.
pub struct Call {
    /// The connection.
    pub stream: TcpStream,
    /// Who calls.
    pub caller: Caller,
    /// The caller's address with the port it calls from.
    pub from: SocketAddrV4,
    answer: oneshot::Sender<Result<(), Fault>>,
}

impl Call {
    /// Tells the caller that the connection stands, and gives the stream.
    pub fn establish(self) -> TcpStream {
        // A caller that has gone away meanwhile is seen on the stream.
        let _ = self.answer.send(Ok(()));
        self.stream
    }

    /// Tells the caller that it does not.
    pub fn fail(self, fault: Fault) {
        let _ = self.answer.send(Err(fault));
    }
}

/// What a place does with a call.
pub type Answer = Box<dyn Fn(Call) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

struct Waiting {
    /// Tells this caller from a later one that the system gave the same local port.
    ticket: u64,
    caller: Caller,
    answer: oneshot::Sender<Result<(), Fault>>,
}

/// What stands for a place.
enum Listener {
    /// A listener of ours, which knows its callers.
    Ours(Ours),
    /// A program's, which is told them in a PROXY protocol header.
    Outside(SocketAddr),
}

struct Ours {
    address: SocketAddr,
    task: AbortHandle,
    answer: Arc<Answer>,
    /// Its sender ends with the task.
    open: watch::Receiver<()>,
}

impl Listener {
    fn end(self) {
        if let Self::Ours(ours) = self {
            ours.task.abort();
        }
    }
}

/// Listeners and callers.
pub struct Fabric {
    runtime: Handle,
    listeners: Mutex<HashMap<Place, Listener>>,
    callers: Arc<Mutex<HashMap<SocketAddr, Waiting>>>,
    tickets: AtomicU64,
    /// Told when sockets run out.
    pub shortage: Shortage,
}

impl Fabric {
    /// An empty fabric whose listeners run on `runtime`.
    pub fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            listeners: Mutex::default(),
            callers: Arc::default(),
            tickets: AtomicU64::new(0),
            shortage: Shortage::begin(),
        }
    }

    /// Whether something listens at `place`.
    pub fn has(&self, place: &Place) -> bool {
        self.listeners().contains_key(place)
    }

    /// The places that have a listener.
    pub fn places(&self) -> Vec<Place> {
        self.listeners().keys().cloned().collect()
    }

    /// The local addresses behind the places.
    #[cfg(test)]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let ours = |listener: &Listener| match listener {
            Listener::Ours(ours) => Some(ours.address),
            Listener::Outside(_) => None,
        };
        self.listeners().values().filter_map(ours).collect()
    }

    /// Starts a listener at `place`; nothing happens when there is one.
    ///
    /// # Errors
    /// When no local port can be had.
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
                // Small writes must not wait for each other; a socket that cannot do it still works.
                let _ = stream.set_nodelay(true);
                let from = SocketAddrV4::new(waiting.caller.seen, peer.port());
                calls.spawn(answers(Call { stream, caller: waiting.caller, from, answer: waiting.answer }));
            }
        });
        let task = task.abort_handle();
        listeners.insert(place, Listener::Ours(Ours { address, task, answer, open }));
        Ok(())
    }

    /// Lets a program's listener on this machine stand for `place`.
    pub fn open_outside(&self, place: Place, address: SocketAddr) {
        if let Some(before) = self.listeners().insert(place, Listener::Outside(address)) {
            before.end();
        }
    }

    /// Ends the listener at `place` and every connection it accepted.
    pub fn close(&self, place: &Place) {
        let listener = self.listeners().remove(place);
        if let Some(listener) = listener {
            listener.end();
        }
    }

    /// Ends every listener.
    pub fn close_all(&self) {
        for (_, listener) in self.listeners().drain() {
            listener.end();
        }
    }

    /// Connects to `place` as `caller`, and waits until the path beyond it is open too.
    ///
    /// # Errors
    /// How the hand-shake failed.
    pub async fn dial(&self, place: &Place, caller: Caller) -> Result<TcpStream, Fault> {
        let address = self.listeners().get(place).map(|listener| match listener {
            Listener::Ours(ours) => Ok(ours.address),
            Listener::Outside(address) => Err(*address),
        });
        let address = match address.ok_or_else(|| absent(place))? {
            Ok(address) => address,
            Err(outside) => return self.dial_outside(outside, &caller).await,
        };
        // An error of the local machine, not of the virtual network, must not look like a refusal.
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

    /// Gives a call that was accepted elsewhere to the listener of ours at `place`, with `caller` as who calls there: the
    /// hop is decided like any other, but needs no connection of its own. It ends when either place does.
    pub async fn hand_on(&self, place: &Place, call: Call, caller: Caller) {
        let there = match self.listeners().get(place) {
            Some(Listener::Ours(ours)) => Some((Arc::clone(&ours.answer), ours.open.clone())),
            _ => None,
        };
        let Some((answer, mut open)) = there else { return call.fail(absent(place)) };
        let from = SocketAddrV4::new(caller.seen, call.from.port());
        tokio::select! {
            () = answer(Call { caller, from, ..call }) => {}
            // Nothing is ever sent: only the end is.
            _ = open.changed() => {}
        }
    }

    /// Connects to a program of this machine.
    ///
    /// # Errors
    /// It refused, or there is no socket.
    pub async fn connect(&self, address: SocketAddr) -> Result<TcpStream, Fault> {
        let socket = self.shortage.patiently(TcpSocket::new_v4).await.map_err(|_| Fault::Lost(Reason::NoSocket))?;
        let stream = socket.connect(address).await.map_err(|_| Fault::Refused)?;
        // Small writes must not wait for each other; a socket that cannot do it still works.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }

    /// Connects to a program and tells it who calls.
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

/// The address to call from. A port that was bound stays taken for a minute after its connection, and all of them are used
/// up by some hundred connections a second; on Linux, where all of 127.0.0.0/8 is this machine, callers take turns.
fn calls_from(ticket: u64) -> Ipv4Addr {
    let [.., turn] = ticket.to_be_bytes();
    if cfg!(target_os = "linux") { Ipv4Addr::new(127, 0, 1, turn) } else { Ipv4Addr::LOCALHOST }
}

/// A host refuses what it has no process for; a relay that is just being started or ended loses packets.
fn absent(place: &Place) -> Fault {
    match place {
        Place::Instance { .. } => Fault::Refused,
        Place::Node { .. } => Fault::Lost(Reason::BalancerNotActive),
        Place::Endpoint { .. } => Fault::Lost(Reason::EndpointNotAvailable),
    }
}

/// Takes a caller off the list however its dialling ends.
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

/// A listener on 127.0.0.1 and `port` (0 for any), made without waiting.
///
/// # Errors
/// When the port cannot be had.
pub fn listen_on(runtime: &Handle, port: u16) -> io::Result<TcpListener> {
    let _entered = runtime.enter();
    let socket = TcpSocket::new_v4()?;
    // As the standard library does: elsewhere the option would let two programs share a port.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}

/// Locks; a holder that panicked left nothing half done, for every update here is one statement.
pub fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
