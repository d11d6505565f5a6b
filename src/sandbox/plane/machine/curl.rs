//! A small curl: it connects through the fabric from an instance's own interface, with curl's messages and exit
//! codes.

use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio::time::{sleep, timeout};

use crate::sandbox::Pace;

use super::curl_args::Curl;
use super::write_out::{Facts, write_out};
use crate::host::net::http1::{Head, Incoming, body_length, is_chunked, read_head, unchunk};
use crate::sandbox::plane::net::fabric::Fault;
use crate::sandbox::plane::net::network::Network;

/// How long Linux tries to connect (`tcp_syn_retries` 6) if curl is given no limit.
const KERNEL_PATIENCE: Duration = Duration::from_secs(130);
/// How long an answer may really take at the instant pace, where a call waits for it, if curl is given no limit.
const INSTANT_PATIENCE: Duration = Duration::from_secs(2);
/// The same if curl is given a limit, which may be longer.
const LONGEST_INSTANT: Duration = Duration::from_secs(5);
/// Bytes of a body that are kept.
const LONGEST_BODY: usize = 1024 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// curl's exit code.
    pub code: u8,
    /// curl's output: the body, and with `-i` the head before it.
    pub body: Vec<u8>,
    /// The output of `-w`.
    pub written: String,
    /// The line on standard error.
    pub complaint: Option<String>,
}

/// Time as curl sees it. At the instant pace waiting times are added up instead of waited for.
struct Watch {
    instant: bool,
    begun: Instant,
    skipped: Duration,
}

impl Watch {
    fn elapsed(&self) -> Duration {
        self.begun.elapsed() + self.skipped
    }

    /// Waits until `at`, counted from the beginning.
    async fn until(&mut self, at: Duration) {
        let left = at.saturating_sub(self.elapsed());
        if self.instant {
            self.skipped += left;
        } else {
            sleep(left).await;
        }
    }
}

/// curl's exit code and message.
struct Failure(u8, String);

/// Runs `curl` on the instance `id`.
pub async fn run(network: &Network, id: &str, curl: &Curl) -> Outcome {
    let mut watch = Watch { instant: network.pace == Pace::Instant, begun: Instant::now(), skipped: Duration::ZERO };
    let mut facts = Facts::new(&curl.url);
    let mut outcome = Outcome::default();
    let failure = fetch(network, id, curl, &mut watch, &mut facts, &mut outcome.body).await.err();
    facts.total = watch.elapsed();
    if watch.instant {
        // Skipped time has no microseconds.
        facts.total = Duration::from_millis(u64::try_from(facts.total.as_millis()).unwrap_or(0));
    }
    if let Some(Failure(code, words)) = failure {
        outcome.code = code;
        if !curl.silent || curl.show_error {
            outcome.complaint = Some(format!("curl: ({code}) {words}\n"));
        }
        facts.error = words;
    }
    facts.code = outcome.code;
    outcome.written = curl.write_out.as_deref().map(|format| write_out(format, &facts)).unwrap_or_default();
    outcome
}

async fn fetch(
    network: &Network,
    id: &str,
    curl: &Curl,
    watch: &mut Watch,
    facts: &mut Facts<'_>,
    output: &mut Vec<u8>,
) -> Result<(), Failure> {
    let url = &curl.url;
    let addresses = match url.host.as_str() {
        "localhost" => Some(vec![Ipv4Addr::LOCALHOST]),
        host => network.resolve(id, "curl", host),
    };
    let addresses = addresses.ok_or_else(|| Failure(6, format!("Could not resolve host: {}", url.host)))?;
    let mut stream = connect(network, id, curl, &addresses, watch, facts).await?;
    if url.tls {
        return Err(Failure(35, "TLS connect error: the pllab sandbox speaks no TLS".to_owned()));
    }
    let exchange = exchange(curl, &mut stream, facts, output);
    let left = curl.max_time.map(|limit| limit.saturating_sub(watch.elapsed()));
    let patience = match left {
        Some(left) if watch.instant => left.min(LONGEST_INSTANT),
        Some(left) => left,
        None if watch.instant => INSTANT_PATIENCE,
        None => return exchange.await,
    };
    timeout(patience, exchange).await.unwrap_or_else(|_| {
        if watch.instant {
            // Always the same time, so that transcripts are identical.
            watch.begun = Instant::now();
            watch.skipped = curl.max_time.unwrap_or(INSTANT_PATIENCE);
        }
        let (time, size) = (watch.elapsed().as_millis(), facts.size);
        Err(Failure(28, format!("Operation timed out after {time} milliseconds with {size} bytes received")))
    })
}

async fn connect(
    network: &Network,
    id: &str,
    curl: &Curl,
    addresses: &[Ipv4Addr],
    watch: &mut Watch,
    facts: &mut Facts<'_>,
) -> Result<TcpStream, Failure> {
    let given = [curl.max_time, curl.connect_timeout].into_iter().flatten().min();
    let limit = given.unwrap_or(KERNEL_PATIENCE);
    let mut lost = false;
    for (at, &address) in addresses.iter().enumerate() {
        facts.remote = Some(address);
        let begun = watch.elapsed();
        let left = limit.saturating_sub(begun);
        // While there are more addresses to try, each gets half of the time that is left.
        let deadline = if at + 1 == addresses.len() { limit } else { begun + left / 2 };
        // A lost SYN is sent again after 1, 3, 7, … seconds.
        let mut wait = Duration::from_secs(1);
        let mut next = begun;
        loop {
            match network.connect_from(id, address, curl.url.port).await {
                Ok((stream, _)) => {
                    facts.connect = watch.elapsed();
                    return Ok(stream);
                }
                Err(Fault::Refused) => {
                    lost = false;
                    break;
                }
                Err(Fault::Lost(_)) => lost = true,
            }
            next += wait;
            wait *= 2;
            if watch.instant || next >= deadline {
                watch.until(deadline).await;
                break;
            }
            watch.until(next).await;
        }
    }
    facts.remote = None;
    if watch.instant && lost {
        // Always the same time, so that transcripts are identical.
        watch.begun = Instant::now();
        watch.skipped = limit;
    }
    if lost {
        watch.skipped += Duration::from_millis(u64::from(watch.instant));
    }
    let (host, port, time) = (&curl.url.host, curl.url.port, watch.elapsed().as_millis());
    Err(match (lost, given) {
        (true, Some(_)) => Failure(28, format!("Connection timed out after {time} milliseconds")),
        (lost, _) => Failure(
            if lost { 28 } else { 7 },
            format!("Failed to connect to {host} port {port} after {time} ms: Could not connect to server"),
        ),
    })
}

async fn exchange(
    curl: &Curl,
    stream: &mut TcpStream,
    facts: &mut Facts<'_>,
    output: &mut Vec<u8>,
) -> Result<(), Failure> {
    let reset = |_: std::io::Error| Failure(56, "Recv failure: Connection reset by peer".to_owned());
    stream.write_all(request(curl).as_bytes()).await.map_err(reset)?;
    let mut buffer = Vec::new();
    let (head, end) = match read_head(stream, &mut buffer).await.map_err(reset)? {
        Incoming::Head(head, end) => (head, end),
        Incoming::Closed => return Err(Failure(52, "Empty reply from server".to_owned())),
        Incoming::Garbage => return Err(Failure(1, "Received HTTP/0.9 when not allowed".to_owned())),
    };
    let status = head.status().ok_or_else(|| Failure(1, "Unsupported HTTP version in response".to_owned()))?;
    facts.status = status;
    if curl.fail && status >= 400 {
        return Err(Failure(22, format!("The requested URL returned error: {status}")));
    }
    let body = buffer.split_off(end);
    if curl.include || curl.head {
        output.extend_from_slice(&buffer);
    }
    if curl.head {
        return Ok(());
    }
    read_body(stream, &head, body, facts, output).await
}

async fn read_body(
    stream: &mut TcpStream,
    head: &Head,
    mut body: Vec<u8>,
    facts: &mut Facts<'_>,
    output: &mut Vec<u8>,
) -> Result<(), Failure> {
    if is_chunked(head) {
        return read_chunks(stream, body, facts, output).await;
    }
    let length = body_length(head);
    let wanted = length.unwrap_or(LONGEST_BODY).min(LONGEST_BODY);
    let mut short = false;
    while body.len() < wanted {
        match stream.read_buf(&mut body).await {
            Ok(0) => {
                short = length.is_some();
                break;
            }
            Ok(_) => facts.size = body.len(),
            Err(_) => return Err(Failure(56, "Recv failure: Connection reset by peer".to_owned())),
        }
    }
    body.truncate(wanted);
    facts.size = body.len();
    output.extend_from_slice(&body);
    let missing = wanted.saturating_sub(body.len());
    if short { Err(Failure(18, format!("end of response with {missing} bytes missing"))) } else { Ok(()) }
}

async fn read_chunks(
    stream: &mut TcpStream,
    mut raw: Vec<u8>,
    facts: &mut Facts<'_>,
    output: &mut Vec<u8>,
) -> Result<(), Failure> {
    loop {
        match unchunk(&raw) {
            Ok(Some(body)) => {
                facts.size = body.len();
                output.extend_from_slice(&body);
                return Ok(());
            }
            Ok(None) if raw.len() < LONGEST_BODY => {}
            _ => return Err(Failure(56, "Malformed encoding found in chunked-encoding".to_owned())),
        }
        match stream.read_buf(&mut raw).await {
            Ok(0) => return Err(Failure(18, "transfer closed with outstanding read data remaining".to_owned())),
            Ok(_) => {}
            Err(_) => return Err(Failure(56, "Recv failure: Connection reset by peer".to_owned())),
        }
    }
}

fn request(curl: &Curl) -> String {
    let method = if curl.head { "HEAD" } else { "GET" };
    let given = |name: &str| {
        let is = |header: &&String| header.split(':').next().is_some_and(|key| key.eq_ignore_ascii_case(name));
        curl.headers.iter().any(|header| is(&header))
    };
    let mut request = format!("{method} {} HTTP/1.1\r\n", curl.url.target);
    if !given("host") {
        request = request + "Host: " + &curl.url.authority() + "\r\n";
    }
    if !given("user-agent") {
        request += "User-Agent: curl/8.11.1\r\n";
    }
    if !given("accept") {
        request += "Accept: */*\r\n";
    }
    for header in &curl.headers {
        request = request + &header.replace(['\r', '\n'], "") + "\r\n";
    }
    // Each curl is a process of its own, so its connection ends with it.
    request + "\r\n"
}
