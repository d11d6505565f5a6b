//! The data plane under load: much data, slow readers, one side that ends first, many connections at once.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Plane;
use super::fixtures::{GROUP, anywhere, lab, options, rule};
use super::net::fabric::{Answer, Call};
use super::net::filter::Place;
use crate::sandbox::Pace;

const PORT: u16 = 9000;
const MUCH: u64 = 64 * 1024 * 1024;

/// A lab whose target is the test's own server.
async fn plane(folder: &TempDir, answer: Answer) -> io::Result<Plane> {
    let plane = Plane::start(options(folder.path(), Pace::Instant))?;
    let mut topology = lab();
    topology.groups.values_mut().for_each(|group| group.ingress = vec![rule(0, anywhere())]);
    for group in topology.target_groups.values_mut() {
        group.targets[0].port = PORT;
        group.health_check.http_path = None;
    }
    plane.apply(topology);
    plane.network().fabric.open(Place::Instance { id: "i-web".into(), port: PORT }, answer)?;
    assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
    Ok(plane)
}

async fn client(plane: &Plane) -> io::Result<TcpStream> {
    plane.connect("i-client", Ipv4Addr::new(10, 0, 2, 20), 80).await
}

/// A server that handles each connection with `each`.
fn server<F, T>(each: F) -> Answer
where
    F: Fn(TcpStream) -> T + Send + Sync + 'static,
    T: Future<Output = io::Result<()>> + Send + 'static,
{
    Box::new(move |call: Call| {
        let done = each(call.establish());
        Box::pin(async move {
            // A client may go away at any time.
            let _ = done.await;
        })
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_side_that_ends_first_still_gets_its_answer() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    // Reads to the end, then reports how many bytes it read.
    let counting = server(async |mut stream: TcpStream| {
        let (mut buffer, mut total) = (vec![0; 64 * 1024], 0_u64);
        loop {
            match stream.read(&mut buffer).await? {
                0 => break,
                read => total += read as u64,
            }
        }
        stream.write_u64(total).await
    });
    let plane = plane(&folder, counting).await?;
    let mut stream = client(&plane).await?;
    let chunk = vec![7; 1024 * 1024];
    for _ in 0..MUCH / 1024 / 1024 {
        stream.write_all(&chunk).await?;
    }
    stream.shutdown().await?;
    assert_eq!(timeout(Duration::from_secs(20), stream.read_u64()).await??, MUCH);
    assert_eq!(stream.read(&mut [0]).await?, 0, "and then the other side's end");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_not_written_to_without_end() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let written = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&written);
    let pouring = server(move |mut stream: TcpStream| {
        let count = Arc::clone(&count);
        async move {
            let chunk = vec![7; 64 * 1024];
            let mut sent = 0;
            while sent < MUCH {
                stream.write_all(&chunk).await?;
                sent += chunk.len() as u64;
                // A health check leaves after the first bytes; the maximum belongs to the client's connection.
                count.fetch_max(sent, Ordering::SeqCst);
            }
            stream.shutdown().await
        }
    });
    let plane = plane(&folder, pouring).await?;
    let mut stream = client(&plane).await?;
    // The writer stops once the buffers on the way are full, long before all is sent.
    let (mut before, mut same) = (0, 0);
    while same < 5 {
        sleep(Duration::from_millis(50)).await;
        let now = written.load(Ordering::SeqCst);
        same = if now == before { same + 1 } else { 0 };
        before = now;
    }
    assert!(before < MUCH / 2, "{before} bytes are held for a reader that does not read");
    let (mut buffer, mut total) = (vec![0; 64 * 1024], 0_u64);
    loop {
        match stream.read(&mut buffer).await? {
            0 => break,
            read => total += read as u64,
        }
    }
    assert_eq!(total, MUCH);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_connections_stand_at_once() -> io::Result<()> {
    // Each takes four file descriptors here, because client, endpoint, node and target are one process.
    let many = usize::try_from(rlimit::increase_nofile_limit(65_536)?).unwrap_or(0).min(12_000) / 6;
    let folder = tempfile::tempdir()?;
    let echo = server(async |mut stream: TcpStream| {
        let mut byte = [0];
        while stream.read(&mut byte).await? > 0 {
            stream.write_all(&byte).await?;
        }
        Ok(())
    });
    let plane = Arc::new(plane(&folder, echo).await?);
    let mut opening = JoinSet::new();
    let mut streams = Vec::new();
    for _ in 0..many {
        let plane = Arc::clone(&plane);
        opening.spawn(async move { client(&plane).await });
        if opening.len() >= 100 {
            streams.extend(opening.join_next().await.transpose()?);
        }
    }
    while let Some(opened) = opening.join_next().await {
        streams.push(opened?);
    }
    let mut streams: Vec<TcpStream> = streams.into_iter().collect::<io::Result<_>>()?;
    assert_eq!(streams.len(), many);
    for (at, stream) in streams.iter_mut().enumerate() {
        let byte = u8::try_from(at % 251).unwrap_or(0);
        stream.write_all(&[byte]).await?;
        assert_eq!(timeout(Duration::from_secs(10), stream.read_u8()).await??, byte, "connection {at}");
    }
    Ok(())
}
