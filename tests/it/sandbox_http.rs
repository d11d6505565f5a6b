//! Whom the sandbox answers: raw bytes over TCP.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::harness::{Cloud, Folder};

/// Sends bytes and gives what comes back until the other side closes.
fn raw(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out can be set");
    stream.write_all(request.as_bytes()).expect("it takes the request");
    let mut answer = Vec::new();
    // A connection that is reset after the answer has still answered.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(host: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n{more}\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The status of an answer; 0 for none.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

const BODY: &str = "Action=DescribeVpcs&Version=2016-11-15";

/// A sandbox to talk to.
async fn with_sandbox(work: impl FnOnce(u16) + Send + 'static) {
    let folder = Folder::new();
    let cloud = Cloud::open(&folder.path().join("sandbox")).await;
    let port = cloud.sandbox().port();
    tokio::task::spawn_blocking(move || work(port)).await.expect("the work ends well");
    cloud.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_names_than_loopback_are_refused() {
    with_sandbox(|port| {
        for host in ["example.com", "127.0.0.1.example.com", "localhost.evil.test:80", "169.254.169.254", ""] {
            let answer = raw(port, &post(host, "", BODY));
            assert_eq!(status(&answer), 403, "{host}: {answer}");
            assert!(answer.contains("<Code>AccessDenied</Code>"), "{host}: {answer}");
        }
        // Of the right name, but by nobody.
        for host in ["127.0.0.1", "localhost", "[::1]:80"] {
            let answer = raw(port, &post(host, "", BODY));
            assert!(answer.contains("<Code>MissingAuthenticationToken</Code>"), "{host}: {answer}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn web_pages_are_refused() {
    with_sandbox(|port| {
        for origin in ["https://example.com", "http://127.0.0.1:3000", "null"] {
            let answer = raw(port, &post("127.0.0.1", &format!("Origin: {origin}\r\n"), BODY));
            assert_eq!(status(&answer), 403, "{origin}: {answer}");
            assert!(!answer.to_lowercase().contains("access-control-allow"), "{answer}");
        }
        let preflight = "OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://a\r\nConnection: close\r\n\r\n";
        assert_eq!(status(&raw(port, preflight)), 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_is_answered_or_dropped_and_nothing_breaks() {
    with_sandbox(|port| {
        let long = format!("GET /{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", "a".repeat(100_000));
        for request in [
            "\0\0\0\0\r\n\r\n",
            "GET\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n",
            &long,
        ] {
            let answer = raw_half(port, request);
            assert!(answer.is_empty() || (400..500).contains(&status(&answer)), "{answer}");
        }
        let large = raw_half(port, &post("127.0.0.1", "", &"a".repeat(300 * 1024)));
        assert!(large.is_empty() || (400..500).contains(&status(&large)), "{large}");
        // It still answers.
        assert!(raw(port, &post("127.0.0.1", "", BODY)).contains("<Code>MissingAuthenticationToken</Code>"));
    })
    .await;
}

/// Like [`raw`], for a side that may hang up while we write, with nothing more to come from us.
fn raw_half(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out can be set");
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
