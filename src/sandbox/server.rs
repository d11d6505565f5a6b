//! The sandbox as a server on the loopback interface: start, stop, connections.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::host::{Clock, DirLock, LockError, Random, create_private_dir};

use super::Pace;
use super::account::Account;
use super::connection_slots::{ConnectionSlot, ConnectionSlots};
use super::control::Control;
use super::fault_plan::FaultRule;
use super::faults::Faults;
use super::http::{Front, answer};
use super::outgoing::{Outgoing, STALL, stalled};
use super::plane::{Plane, PlaneOptions};
use super::throttle::Throttle;
use super::world::{Quotas, REGIONS, StoreError};

/// A request's head: SDKs send one or two kilobytes, with about ten headers.
const HEAD_LIMIT: usize = 64 * 1024;
const MOST_HEADERS: usize = 64;
/// The time a client may take to send its headers, and the time an idle connection is kept.
const HEADER_TIME: Duration = Duration::from_mins(1);
/// How often the world advances while nobody calls. Short compared with the shortest transition that a client waits
/// for.
const TICK: Duration = Duration::from_millis(200);
/// The time that running calls may take to end when the sandbox stops.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the world's files. Created if missing; used by one process at a time.
    pub folder: PathBuf,
    pub pace: Pace,
    /// The region the lab uses. Other modelled regions work too; this one must be modelled.
    pub region: String,
    /// The port of the API; any free port if `None`.
    pub port: Option<u16>,
    pub clock: Clock,
    /// The source of ids, addresses and keys.
    pub random: Random,
    /// Access key ids and secrets in the order of the accounts. An account without one gets random keys.
    pub keys: Option<Vec<(String, String)>>,
    pub quotas: Quotas,
    pub throttle: Throttle,
    /// The fault plan; usually empty.
    pub faults: Vec<FaultRule>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens on the port.
    #[error("port {port} is taken")]
    PortTaken { port: u16 },
    /// Cannot listen on the loopback interface.
    #[error("cannot listen on the loopback interface: {source}")]
    Listen { source: io::Error },
    /// The folder, or something in it, cannot be read or written.
    #[error("{}: {source}", .path.display())]
    Folder { path: PathBuf, source: io::Error },
    /// Another process runs a sandbox in this folder.
    #[error("{}: in use by process {}", .path.display(), .pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string()))]
    InUse {
        path: PathBuf,
        /// The other process, if its id could be read.
        pid: Option<u32>,
    },
    /// The folder's file system grants one lock to two processes.
    #[error("{}: the file system grants every lock", .path.display())]
    NoLocks { path: PathBuf },
    /// The world's file cannot be understood.
    #[error("{}: damaged: {reason}", .path.display())]
    Damaged { path: PathBuf, reason: String },
    /// A newer version wrote the world's file.
    #[error("{}: written by a newer version", .path.display())]
    Newer { path: PathBuf },
    /// The region is not modelled.
    #[error("the region {region} is not modelled")]
    Region { region: String },
}

/// A running sandbox. Dropping it ends it without waiting for running calls.
pub struct Sandbox {
    front: Arc<Front>,
    url: String,
    port: u16,
    stopping: watch::Sender<bool>,
    serving: JoinHandle<()>,
    _lock: DirLock,
}

impl Sandbox {
    /// Opens the world in the folder, or creates one, and answers on the loopback interface. Must be called inside a
    /// tokio runtime.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        Self::start_with_nginx(options, None, None).await
    }

    /// Like [`Sandbox::start`], with a real nginx on the instances: the program `nginx`, run by `keeper`, which is
    /// pllab itself.
    pub async fn start_with_nginx(
        options: Options,
        nginx: Option<PathBuf>,
        keeper: Option<PathBuf>,
    ) -> Result<Self, StartError> {
        if !REGIONS.contains(&options.region.as_str()) {
            return Err(StartError::Region { region: options.region });
        }
        let folder = options.folder;
        let in_folder = |source| StartError::Folder { path: folder.clone(), source };
        create_private_dir(&folder).map_err(in_folder)?;
        let lock = DirLock::acquire(&folder, "sandbox").map_err(|error| match error {
            LockError::Held { pid, .. } => StartError::InUse { path: folder.clone(), pid },
            LockError::Worthless => StartError::NoLocks { path: folder.clone() },
            LockError::Io(source) => in_folder(source),
        })?;
        let wanted = options.port.unwrap_or(0);
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).await.map_err(|source| match source.kind() {
                io::ErrorKind::AddrInUse => StartError::PortTaken { port: wanted },
                _ => StartError::Listen { source },
            })?;
        let port = listener.local_addr().map_err(|source| StartError::Listen { source })?.port();
        let plane = PlaneOptions {
            folder: folder.join("plane"),
            nginx,
            keeper,
            pace: options.pace,
            clock: options.clock.clone(),
            random: options.random.clone(),
        };
        let limits = (options.quotas, options.throttle);
        let plane = Plane::start(plane).map_err(in_folder)?;
        let control = Control::open(&folder, plane, options.pace, options.clock, options.random.clone(), limits)
            .map_err(|error| unusable(&folder, error))?;
        let accounts = Account::with_keys(control.accounts(), options.keys.unwrap_or_default(), &options.random);
        let front = Arc::new(Front { control, accounts, faults: Faults::new(options.faults) });
        let (stopping, stopped) = watch::channel(false);
        let serving = tokio::spawn(serve(listener, Arc::clone(&front), options.pace, stopped));
        Ok(Self { front, url: format!("http://127.0.0.1:{port}"), port, stopping, serving, _lock: lock })
    }

    /// The endpoint URL for clients.
    #[must_use]
    pub fn endpoint_url(&self) -> &str {
        &self.url
    }

    /// The accounts and their keys, the provider's first.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.front.accounts
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until this process runs out of open files for the first time, and returns its limit.
    pub async fn short_of_files(&self) -> u64 {
        let shortage = self.front.control.shortage();
        // The sender lives as long as the sandbox.
        let _ = shortage.watch().wait_for(|seen| *seen).await;
        shortage.limit
    }

    /// Ends running calls, the listeners and the data plane. The world stays in the folder.
    pub async fn stop(self) {
        // An error means that the server has already ended.
        let _ = self.stopping.send(true);
        let mut serving = self.serving;
        if tokio::time::timeout(GRACE, &mut serving).await.is_err() {
            serving.abort();
        }
        self.front.control.stop().await;
    }
}

fn unusable(folder: &Path, error: StoreError) -> StartError {
    let path = folder.join("world.json");
    match error {
        StoreError::Io(source) => StartError::Folder { path, source },
        StoreError::Damaged(reason) => StartError::Damaged { path, reason },
        StoreError::Newer => StartError::Newer { path },
    }
}

/// Accepts connections until the sandbox stops or is dropped, then waits for the open ones to end.
async fn serve(listener: TcpListener, front: Arc<Front>, pace: Pace, mut stopped: watch::Receiver<bool>) {
    let seats = ConnectionSlots::default();
    let mut connections = JoinSet::new();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            // An error means that the sandbox was dropped.
            _ = stopped.changed() => break,
            // At the instant pace the world only advances with calls.
            _ = tick.tick(), if pace != Pace::Instant => front.control.tick(),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    if seats.make_room() {
                        let (front, stopped) = (Arc::clone(&front), stopped.clone());
                        seats.take(|seat| connections.spawn(connection(stream, seat, front, stopped)));
                    }
                }
                // Out of open files, or the connection is gone already: trying again at once does not help.
                Err(error) => front.control.shortage().rest(&error).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection(
    stream: TcpStream,
    seat: Arc<ConnectionSlot>,
    front: Arc<Front>,
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are small and written whole; Nagle's algorithm would add 40 ms to each. If this fails, they are only
    // slower.
    let _ = stream.set_nodelay(true);
    let outgoing = Outgoing::default();
    let mut unread = outgoing.watch();
    let service = service_fn(move |request| answer(Arc::clone(&front), Arc::clone(&seat), outgoing.clone(), request));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_headers(MOST_HEADERS)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    // It does not matter how the client ends the connection.
    tokio::select! {
        _ = serving.as_mut() => return,
        () = stalled(&mut unread, STALL) => return,
        _ = stopped.changed() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}
