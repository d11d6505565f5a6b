//! Which requests the sandbox answers: raw bytes over TCP.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::harness::{Cloud, Folder, Signer};

/// Sends bytes and returns what comes back until the other side closes.
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

/// The status of an answer; 0 if there is none.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

const BODY: &str = "Action=DescribeVpcs&Version=2016-11-15";

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
        for host in [
            "example.com",
            "[::1]evil.example",
            "127.0.0.1.example.com",
            "localhost.evil.test:80",
            "169.254.169.254",
            "",
        ] {
            let answer = raw(port, &post(host, "", BODY));
            assert_eq!(status(&answer), 403, "{host}: {answer}");
            assert!(answer.contains("<Code>AccessDenied</Code>"), "{host}: {answer}");
        }
        // The right host name, but no signature.
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
        for (name, value) in
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-origin"), ("Content-Type", "text/plain")]
        {
            let request = post("127.0.0.1", "", BODY);
            let request = match name {
                "Content-Type" => request.replace("application/x-www-form-urlencoded", value),
                _ => post("127.0.0.1", &format!("{name}: {value}\r\n"), BODY),
            };
            assert_eq!(status(&raw(port, &request)), 403, "{name}: {value}");
        }
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

/// Like [`raw`], for a server that may hang up while we write; closes our side after writing.
fn raw_half(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out can be set");
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dates_far_from_the_clock_are_refused() {
    let folder = Folder::new();
    let cloud = Cloud::open(folder.path()).await;
    let (ec2, elb) = (cloud.signer("ec2"), cloud.signer("elasticloadbalancing"));
    let asked = tokio::task::spawn_blocking(move || {
        for (minutes, is_answered) in [(-16, false), (-14, true), (14, true), (16, false)] {
            let at = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
            let (status, text) = Signer { at, ..ec2.clone() }.call(BODY);
            assert_eq!(status == 200, is_answered, "{minutes}: {text}");
            assert_eq!(text.contains("<Code>RequestExpired</Code>"), !is_answered, "{minutes}: {text}");
            let (status, text) = Signer { at, ..elb.clone() }.call("Action=DescribeLoadBalancers&Version=2015-12-01");
            assert_eq!(status == 200, is_answered, "{minutes}: {text}");
            assert_eq!(text.contains("<Code>SignatureDoesNotMatch</Code>"), !is_answered, "{minutes}: {text}");
        }
    });
    asked.await.expect("the answers are right");
    cloud.close().await;
}

/// As on AWS, a signature is valid for a quarter of an hour, however often it comes: two equal calls in one second,
/// or an SDK's retry in the same second, are the same bytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_calls_in_one_second_are_two_calls() {
    let folder = Folder::new();
    let cloud = Cloud::open(folder.path()).await;
    let signer = cloud.signer("ec2");
    let asked = tokio::task::spawn_blocking(move || {
        let form = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16";
        let signer = Signer { at: jiff::Timestamp::now(), ..signer };
        assert_eq!(signer.request(form), signer.request(form));
        let id = |(status, text): (u16, String)| {
            assert_eq!(status, 200, "{text}");
            text.split("<vpcId>").nth(1).and_then(|rest| rest.split('<').next()).expect("an id").to_owned()
        };
        assert_ne!(id(signer.call(form)), id(signer.call(form)));
    });
    asked.await.expect("the answers are right");
    cloud.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_senders_hold_nobody_up_and_are_told_to_go() {
    let folder = Folder::new();
    let cloud = Cloud::open(folder.path()).await;
    let signer = cloud.signer("ec2");
    let asked = tokio::task::spawn_blocking(move || {
        let whole = post("127.0.0.1", "", BODY);
        let (head, _) = whole.split_once("\r\n\r\n").expect("a head");
        let connect = || TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], signer.port))).expect("it listens");
        let mut slow = Vec::new();
        for number in 0..600 {
            let mut stream = connect();
            let part = if number % 2 == 0 { &whole[..40] } else { &format!("{head}\r\n\r\nAct") };
            // A connection that had to make room is closed already.
            let _ = stream.write_all(part.as_bytes());
            slow.push(stream);
            if number % 50 == 0 {
                let (status, text) = signer.call(BODY);
                assert_eq!(status, 200, "{number}: {text}");
            }
        }
        // The newest connection still has its place, but sends no more of its body: after ten seconds it gets an
        // answer.
        let mut last = slow.pop().expect("there are many");
        last.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out can be set");
        let mut answer = String::new();
        let _ = last.read_to_string(&mut answer);
        assert!(answer.contains("408") && answer.contains("<Code>RequestTimeout</Code>"), "{answer}");
    });
    asked.await.expect("nobody is held up");
    cloud.close().await;
}

/// The environment variable with the port for [`idle_client`].
const PORT: &str = "PLLAB_IT_IDLE_PORT";

/// Not a test of its own: holds as many connections as it may, up to ten thousand, and reports when it does.
#[test]
fn idle_client() {
    let Ok(port) = std::env::var(PORT) else { return };
    let address = SocketAddr::from(([127, 0, 0, 1], port.parse().expect("a port")));
    let mut held = Vec::new();
    while held.len() < 10_000 {
        let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(5)) else { break };
        held.push(stream);
    }
    let said = format!("holding {} connections\n", held.len());
    std::io::stdout().write_all(said.as_bytes()).expect("it can be said");
    std::thread::sleep(Duration::from_mins(10));
}

#[cfg(unix)]
#[test]
fn ten_thousand_idle_connections_do_not_lock_out_a_client_that_signs() {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
    let ready = sandbox.ready();
    let signer = Signer::of_ready(&ready, "ec2");
    let client = folder.pllab("--exact sandbox_http::idle_client --nocapture");
    let client = client.instead(std::env::current_exe().expect("the tests are a program"));
    let client = client.env(PORT, signer.port.to_string());
    // As many files as the system lets a process have.
    let mut client = client.under("sh", &["-c", "ulimit -n $(ulimit -Hn); exec \"$0\" \"$@\""]).start();
    let said = client.until("holding ");
    let held: usize =
        said.split("holding ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).expect("a number");
    assert!(held > 900, "{held}");
    for _ in 0..20 {
        let (status, text) = signer.call(BODY);
        assert_eq!(status, 200, "{text}");
    }
    folder.pllab("start --yes --output json").run().code(0);
}
