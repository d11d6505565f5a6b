//! The wire between the program and a sandbox: it records the traffic, and can lose or replace requests and answers.

use std::collections::BTreeMap;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::Folder;

/// What happens to a request.
pub enum Fate {
    /// The request and its answer are passed on.
    Pass,
    /// The request is lost before it arrives.
    LoseRequest,
    /// The request takes effect, and its answer is lost.
    LoseAnswer,
    /// The wire itself answers: status and body.
    Answer(u16, String),
}

/// A request and its reply, which is empty if nothing came back.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The access key that signed it.
    pub key: String,
    /// The service that the signature names, such as `ec2`.
    pub service: String,
    pub action: String,
    /// All parameters, as on the wire.
    pub params: BTreeMap<String, String>,
    /// The reply's body.
    pub reply: String,
}

/// A listener in front of a sandbox.
pub struct Wire {
    address: SocketAddr,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Wire {
    /// Opens it; `judge` decides what happens to each operation.
    pub fn open(sandbox: &str, judge: impl Fn(&str) -> Fate + Send + Sync + 'static) -> Self {
        let behind = sandbox.strip_prefix("http://").expect("a URL").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let wire = Self { address: listener.local_addr().expect("an address"), exchanges: Arc::default() };
        let (exchanges, judge) = (Arc::clone(&wire.exchanges), Arc::new(judge));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, exchanges, judge) = (behind.clone(), Arc::clone(&exchanges), Arc::clone(&judge));
                thread::spawn(move || {
                    // Broken connections are the purpose of some tests.
                    let _ = pass(stream, &behind, &*judge, &exchanges);
                });
            }
        });
        wire
    }

    /// Opens it between the sandbox in this folder and the runs that find the sandbox there.
    pub fn within(folder: &Folder, judge: impl Fn(&str) -> Fate + Send + Sync + 'static) -> Self {
        let note = folder.state().join("sandbox/live.json");
        let text = std::fs::read_to_string(&note).expect("a note of where the sandbox is");
        let mut live: serde_json::Value = serde_json::from_str(&text).expect("the note is JSON");
        let wire = Self::open(live["endpoint_url"].as_str().expect("a URL"), judge);
        live["endpoint_url"] = wire.url().into();
        std::fs::write(&note, live.to_string()).expect("the note can be written");
        wire
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What went over the wire so far, in order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often an operation was requested.
    pub fn count(&self, action: &str) -> usize {
        self.exchanges().iter().filter(|it| it.action == action).count()
    }
}

fn pass(
    mut client: TcpStream,
    behind: &str,
    judge: &impl Fn(&str) -> Fate,
    exchanges: &Mutex<Vec<Exchange>>,
) -> std::io::Result<()> {
    let mut server = TcpStream::connect(behind)?;
    loop {
        let request = message(&mut client)?;
        let mut exchange = read(&String::from_utf8_lossy(&request));
        let fate = judge(&exchange.action);
        let keep = |exchange| exchanges.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
        if matches!(fate, Fate::LoseRequest) {
            keep(exchange);
            return Ok(());
        }
        if let Fate::Answer(status, body) = fate {
            keep(exchange);
            let head =
                format!("HTTP/1.1 {status} x\r\nx-amzn-requestid: wire\r\ncontent-length: {}\r\n\r\n", body.len());
            client.write_all(head.as_bytes())?;
            client.write_all(body.as_bytes())?;
            continue;
        }
        server.write_all(&request)?;
        let answer = message(&mut server)?;
        String::from_utf8_lossy(&answer).split_once("\r\n\r\n").map_or("", |it| it.1).clone_into(&mut exchange.reply);
        keep(exchange);
        if matches!(fate, Fate::LoseAnswer) {
            return Ok(());
        }
        client.write_all(&answer)?;
    }
}

fn read(request: &str) -> Exchange {
    let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
    let params: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let scope = head.split("Credential=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let of_scope = |at| scope.split('/').nth(at).unwrap_or_default().to_owned();
    let (key, service) = (of_scope(0), of_scope(3));
    // Service Quotas names its operation in a header. Route 53's calls have no name; method and path identify them.
    let target = head.lines().find(|line| line.to_ascii_lowercase().starts_with("x-amz-target:"));
    let target = target.and_then(|line| line.rsplit('.').next());
    let named = || target.or_else(|| head.split(" HTTP/").next()).unwrap_or_default().trim().to_owned();
    let action = params.get("Action").cloned().unwrap_or_else(named);
    Exchange { key, service, action, params, reply: String::new() }
}

/// Reads a head and as much body as it announces.
pub fn message(stream: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        bytes.extend(byte);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    let start = bytes.len();
    bytes.resize(start + length, 0);
    stream.read_exact(&mut bytes[start..])?;
    Ok(bytes)
}
