//! An answer that is lost on its way: nobody knows whether the call took effect. It is never taken for "no".

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::harness::{Folder, Program, receipt};

/// Stands between the program and a sandbox. While `broken`, the answer to `lose` is lost after the call took effect, and
/// `deaf` is not even passed on.
struct Line {
    address: SocketAddr,
    broken: Arc<AtomicBool>,
    calls: Arc<Mutex<Vec<String>>>,
    dropped: Arc<AtomicUsize>,
}

impl Line {
    fn open(sandbox: &str, lose: &'static str, deaf: &'static str) -> Self {
        let behind = sandbox.strip_prefix("http://").expect("a URL").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let line = Self {
            address: listener.local_addr().expect("an address"),
            broken: Arc::new(AtomicBool::new(true)),
            calls: Arc::default(),
            dropped: Arc::default(),
        };
        let (broken, calls, dropped) = (Arc::clone(&line.broken), Arc::clone(&line.calls), Arc::clone(&line.dropped));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, broken, calls, dropped) =
                    (behind.clone(), Arc::clone(&broken), Arc::clone(&calls), Arc::clone(&dropped));
                thread::spawn(move || {
                    // A connection that breaks is what this is about.
                    let _ = pass(stream, &behind, |action| {
                        calls.lock().unwrap_or_else(PoisonError::into_inner).push(action.to_owned());
                        let broken = broken.load(Ordering::SeqCst);
                        if broken && action == lose {
                            dropped.fetch_add(1, Ordering::SeqCst);
                        }
                        (broken && action == deaf, broken && action == lose)
                    });
                });
            }
        });
        line
    }

    fn count(&self, action: &str) -> usize {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().filter(|it| *it == action).count()
    }
}

/// Passes requests on, one by one, until `judge` says to drop the request or its answer.
fn pass(mut client: TcpStream, behind: &str, judge: impl Fn(&str) -> (bool, bool)) -> std::io::Result<()> {
    let mut server = TcpStream::connect(behind)?;
    loop {
        let request = message(&mut client)?;
        let text = String::from_utf8_lossy(&request);
        let action = text.rsplit("Action=").next().and_then(|rest| rest.split('&').next()).unwrap_or_default();
        let (drop_request, drop_answer) = judge(action);
        if drop_request {
            return Ok(());
        }
        server.write_all(&request)?;
        let answer = message(&mut server)?;
        if drop_answer {
            return Ok(());
        }
        client.write_all(&answer)?;
    }
}

/// A head and as much body as it announces.
fn message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
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

/// A sandbox, a line to it, and the words that lead a program there.
fn with_line(lose: &'static str, deaf: &'static str, test: impl FnOnce(&Line, &dyn Fn(&str) -> Program)) {
    let (theirs, ours) = (Folder::new(), Folder::new());
    let mut sandbox = theirs.pllab("sandbox --output json --pace instant").start();
    let said = sandbox.until("sandbox_ready");
    let ready: serde_json::Value = serde_json::from_str(said.lines().next().expect("a line")).expect("JSON");
    let string = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let line = Line::open(&string(&ready["endpoint_url"]), lose, deaf);
    let (key, secret) =
        (string(&ready["accounts"][0]["access_key_id"]), string(&ready["accounts"][0]["secret_access_key"]));
    test(&line, &|words| {
        let words = words.replace("URL", &format!("http://{}", line.address));
        ours.pllab(&words).env("AWS_ACCESS_KEY_ID", &key).env("AWS_SECRET_ACCESS_KEY", &secret)
    });
}

#[test]
fn what_may_have_been_made_is_asked_for_before_it_is_made_again() {
    with_line("CreateVpc", "DescribeVpcs", |line, pllab| {
        pllab("start --yes --output json --endpoint-url URL").run().code(3);
        assert_eq!((line.count("CreateVpc"), line.dropped.load(Ordering::SeqCst)), (1, 1), "it was not sent twice");
        // The look-up still fails: nothing may be made blindly.
        pllab("resume --yes --output json").run().code(3);
        assert_eq!(line.count("CreateVpc"), 1);
        line.broken.store(false, Ordering::SeqCst);
        let events = pllab("resume --yes --output json").run().code(0).events();
        assert_eq!(line.count("CreateVpc"), 2, "the provider's was found, the consumer's was made");
        assert_eq!(receipt(&events), Some((17, 0, 0)));
    });
}

#[test]
fn what_may_have_been_made_is_cleaned_up_too() {
    with_line("CreateTargetGroup", "DescribeTargetGroups", |line, pllab| {
        pllab("start --yes --output json --endpoint-url URL").run().code(3);
        assert_eq!(line.dropped.load(Ordering::SeqCst), 1);
        // While it cannot be asked about it is unknown, never gone.
        let events = pllab("clean --yes --output json").run().code(3).events();
        let (_, _, unknown) = receipt(&events).expect("a receipt");
        assert!(unknown > 0, "{events:?}");
        assert!(!events.iter().any(|event| event["event"] == "run_cleaned"));
        line.broken.store(false, Ordering::SeqCst);
        let events = pllab("clean --yes --output json").run().code(0).events();
        let (_, left, unknown) = receipt(&events).expect("a receipt");
        assert_eq!((left, unknown), (0, 0));
        assert!(line.count("DeleteTargetGroup") > 0, "the target group that nobody knew of");
    });
}
