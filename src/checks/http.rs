//! One plain HTTP GET to this machine. A whole HTTP client would be too much for one page.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::host::net::http1;

/// The longest time that a page may take, in seconds.
pub(super) const PATIENCE: u64 = 10;
/// The longest page, in bytes.
const LIMIT: u64 = 1 << 20;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: u16,
    pub body: String,
}

#[derive(Debug)]
pub(super) enum Failure {
    /// The URL does not lead to this machine.
    NotHere,
    /// Nothing listens there.
    Unreachable(io::Error),
    /// Nothing came in time, or the connection ended without an answer.
    Silent,
}

/// Gets a page from this machine. Other hosts are refused, because URLs from a console must not lead anywhere else.
pub(super) async fn get(url: &str) -> Result<Answer, Failure> {
    let (authority, path) = parts(url).ok_or(Failure::NotHere)?;
    let asked = timeout(Duration::from_secs(PATIENCE), exchange(authority, path)).await;
    read(&asked.map_err(|_| Failure::Silent)??).ok_or(Failure::Silent)
}

/// The address and path of an `http` URL on a loopback address.
fn parts(url: &str) -> Option<(SocketAddr, &str)> {
    let rest = url.strip_prefix("http://")?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let address: SocketAddr = authority.parse().ok()?;
    address.ip().is_loopback().then_some((address, path))
}

async fn exchange(address: SocketAddr, path: &str) -> Result<Vec<u8>, Failure> {
    let mut stream = TcpStream::connect(address).await.map_err(Failure::Unreachable)?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: pllab\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(|_| Failure::Silent)?;
    let mut received = Vec::new();
    let mut limited = stream.take(LIMIT);
    // A server that resets the connection after its answer has answered all the same.
    while limited.read_buf(&mut received).await.unwrap_or(0) > 0 {
        if whole(&received) {
            break;
        }
    }
    Ok(received)
}

/// Whether everything that `Content-Length` promises has arrived. Without that header, the end of the connection
/// tells.
fn whole(received: &[u8]) -> bool {
    let Ok(Some((head, end))) = http1::head(received) else { return false };
    http1::body_length(&head).is_some_and(|length| received.len() - end >= length)
}

fn read(received: &[u8]) -> Option<Answer> {
    let (head, end) = http1::head(received).ok()??;
    let body = &received[end..];
    // nginx sends a page with server-side includes in chunks, which may split the text that we look for.
    let body = if http1::is_chunked(&head) { http1::unchunk(body).ok()?? } else { body.to_vec() };
    Some(Answer { status: head.status()?, body: String::from_utf8_lossy(&body).into_owned() })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn only_this_machine_is_asked() {
        assert_eq!(parts("http://127.0.0.1:8080/"), Some((([127, 0, 0, 1], 8080).into(), "/")));
        assert_eq!(parts("http://127.0.0.1:8080"), Some((([127, 0, 0, 1], 8080).into(), "/")));
        for url in ["http://169.254.169.254:80/", "http://example.com/", "https://127.0.0.1:1/", "http://127.0.0.1/"] {
            assert_eq!(parts(url), None, "{url}");
        }
    }

    #[test]
    fn answers_are_read() {
        let answer = |text: &str| read(text.as_bytes());
        let page = |body: &str| Some(Answer { status: 200, body: body.into() });
        assert_eq!(answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), page("hello"));
        assert_eq!(answer("HTTP/1.0 200 OK\r\n\r\nhello"), page("hello"));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";
        assert_eq!(answer(chunked), page("hello"));
        assert_eq!(answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx"), None);
        assert_eq!(answer("SSH-2.0-OpenSSH_9.6\r\n\r\n"), None);
        assert_eq!(answer(""), None);
    }

    #[tokio::test]
    async fn a_page_is_fetched() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.expect("a request");
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").await.expect("it listens");
            // The connection stays open, so only the length ends the page.
            (stream, String::from_utf8_lossy(&request[..length]).into_owned())
        });
        let answer = get(&url).await.expect("an answer");
        assert_eq!(answer, Answer { status: 200, body: "hello".into() });
        let (_, request) = server.await.expect("it ran");
        assert!(request.starts_with("GET / HTTP/1.1\r\nHost: 127.0.0.1:"), "{request}");
    }

    #[tokio::test]
    async fn a_closed_door_is_told_from_silence() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move { drop(listener.accept().await) });
        assert!(matches!(get(&url).await, Err(Failure::Silent)));
        server.await.expect("it ran");
        assert!(matches!(get(&url).await, Err(Failure::Unreachable(_))));
    }
}
