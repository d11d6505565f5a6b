//! Copies bytes in both directions between two sockets.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep_until};

use super::gate::{Gate, Way};

/// The buffer of each direction of a connection, in bytes. It starts small so that thousands of quiet connections are
/// cheap, and grows up to `MOST` so that a busy one needs few system calls.
const BUFFER: usize = 8 * 1024;
const MOST: usize = 256 * 1024;

/// How long nothing has been sent on a connection.
pub struct Quiet {
    begun: Instant,
    /// Milliseconds from `begun` to the last byte.
    last: AtomicU64,
}

impl Quiet {
    pub fn begin() -> Self {
        Self { begun: Instant::now(), last: AtomicU64::new(0) }
    }

    fn heard(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// Returns after nothing was sent for `idle`. Never returns if `idle` is zero.
    pub async fn lasts(&self, idle: Duration) {
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

/// Copies until both directions have ended.
///
/// # Errors
/// If one side resets the connection.
pub async fn carry(one: &mut TcpStream, other: &mut TcpStream) -> io::Result<()> {
    carry_heard(one, other, &Quiet::begin(), None).await
}

/// Like [`carry`] from a client to a server, reports every byte to `quiet`, and stops what `gate` stops.
///
/// # Errors
/// If one side resets the connection.
pub async fn carry_heard(
    one: &mut TcpStream,
    other: &mut TcpStream,
    quiet: &Quiet,
    gate: Option<&Gate>,
) -> io::Result<()> {
    let ((one_reads, one_writes), (other_reads, other_writes)) = (one.split(), other.split());
    let there = flow(one_reads, other_writes, quiet, gate.map(|gate| (gate, Way::There)));
    let back = flow(other_reads, one_writes, quiet, gate.map(|gate| (gate, Way::Back)));
    tokio::try_join!(there, back)?;
    Ok(())
}

/// Copies one direction until it ends, and passes the end on.
async fn flow(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    quiet: &Quiet,
    gate: Option<(&Gate, Way)>,
) -> io::Result<()> {
    let mut last = false;
    let mut buffer = Vec::with_capacity(BUFFER);
    while from.read_buf(&mut buffer).await? > 0 {
        if let Some((gate, way)) = gate {
            gate.passes(way, &mut last).await;
        }
        quiet.heard();
        to.write_all(&buffer).await?;
        quiet.heard();
        let full = buffer.len() == buffer.capacity();
        buffer.clear();
        if full && buffer.capacity() < MOST {
            buffer.reserve_exact(buffer.capacity() * 2);
        }
    }
    if let Some((gate, way)) = gate {
        gate.passes(way, &mut last).await;
    }
    to.shutdown().await
}
