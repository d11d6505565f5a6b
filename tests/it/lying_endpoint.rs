//! An endpoint that lies: endless lists and replies, redirects, wrong times. Every command ends, within bounds, and
//! names the cause.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use super::harness::{Fate, Folder, StandaloneSandbox, Wire, message};

/// Answers every request with the same lie, and counts.
struct Liar {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    bytes: Arc<AtomicU64>,
}

type Lie = fn(&mut dyn FnMut(&[u8]) -> bool);

impl Liar {
    /// `lie` sends bytes to the client for as long as it accepts them.
    fn open(lie: Lie) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let liar = Self {
            address: listener.local_addr().expect("an address"),
            requests: Arc::default(),
            bytes: Arc::default(),
        };
        let (requests, bytes) = (Arc::clone(&liar.requests), Arc::clone(&liar.bytes));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (requests, bytes) = (Arc::clone(&requests), Arc::clone(&bytes));
                thread::spawn(move || tell(stream, lie, &requests, &bytes));
            }
        });
        liar
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn tell(mut stream: TcpStream, lie: Lie, requests: &AtomicUsize, bytes: &AtomicU64) {
    if message(&mut stream).is_err() {
        return;
    }
    requests.fetch_add(1, Ordering::SeqCst);
    lie(&mut |more| {
        let taken = stream.write_all(more).is_ok();
        bytes.fetch_add(if taken { more.len() as u64 } else { 0 }, Ordering::SeqCst);
        taken
    });
}

fn whole(status: &str, headers: &str, body: &[u8], put: &mut dyn FnMut(&[u8]) -> bool) {
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n", body.len());
    let _ = put(head.as_bytes()) && put(body);
}

/// The lie's name, the lie, and the explanation in English and in Japanese.
const LIES: [(&str, Lie, &str, &str); 9] = [
    (
        "a reply without an end",
        |put| {
            if put(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ntransfer-encoding: chunked\r\n\r\n") {
                let chunk = [b"10000\r\n".as_slice(), &[b'x'; 65536], b"\r\n"].concat();
                while put(&chunk) {}
            }
        },
        "EndlessReply",
        "応答が長すぎる",
    ),
    (
        "a reply of a gigabyte",
        |put| {
            if put(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 1073741824\r\n\r\n") {
                while put(&[b'x'; 65536]) {}
            }
        },
        "is longer than any real one",
        "EndlessReply",
    ),
    (
        "deep XML",
        |put| whole("200 OK", "content-type: text/xml\r\n", &b"<a>".repeat(300_000), put),
        "NoAnswer",
        "NoAnswer",
    ),
    (
        "entities that grow",
        |put| {
            let bomb = b"<!DOCTYPE a [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\
                <GetCallerIdentityResponse><GetCallerIdentityResult><Account>&b;</Account></GetCallerIdentityResult>\
                </GetCallerIdentityResponse>";
            whole("200 OK", "content-type: text/xml\r\n", bomb, put);
        },
        "NoAnswer",
        "NoAnswer",
    ),
    (
        "no HTTP",
        |put| {
            let _ = put(b"\x00\xff\x1b[2J garbage\r\n\r\n");
        },
        "NoAnswer",
        "NoAnswer",
    ),
    (
        "headers without an end",
        |put| {
            if put(b"HTTP/1.1 200 OK\r\n") {
                while put(format!("x-a: {}\r\n", "a".repeat(1000)).as_bytes()) {}
            }
        },
        "NoAnswer",
        "NoAnswer",
    ),
    (
        "another place",
        |put| whole("307 Temporary Redirect", "location: http://127.0.0.1:9/\r\n", b"", put),
        "your signature would be sent there too",
        "転送に従いません",
    ),
    (
        "an hour that is not now",
        |put| {
            let body =
                b"<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>Signature \
                expired: 20260101T000000Z is now earlier than</Message></Error></ErrorResponse>";
            whole("403 Forbidden", "date: Thu, 01 Jan 2026 00:00:00 GMT\r\ncontent-type: text/xml\r\n", body, put);
        },
        "clock is wrong",
        "時計がずれています",
    ),
    (
        "sequences for the terminal",
        |put| {
            let body =
                b"<ErrorResponse><Error><Code>Bad\x1b[31mCode</Code><Message>a &#27;]0;title&#7; \xc2\x9b31m</Message>\
                </Error></ErrorResponse>";
            whole("400 Bad Request", "content-type: text/xml\r\n", body, put);
        },
        "refuses the call",
        "拒否されました",
    ),
];

#[test]
fn whoever_lies_when_asked_who_we_are_is_told_within_bounds() {
    for (name, lie, english, japanese) in LIES {
        let (liar, folder) = (Liar::open(lie), Folder::new());
        for (lang, words) in [("en", english), ("ja", japanese)] {
            let start = folder.pllab("start --yes --accept-cost any --endpoint-url").arg(liar.url());
            let start = start.env("AWS_ACCESS_KEY_ID", "x").env("AWS_SECRET_ACCESS_KEY", "y");
            let ran = start.env("PLLAB_LANG", lang).run().code(3).clean();
            assert!(ran.err.contains(words), "{name}: no {words:?} in {}", ran.err);
            assert!(!ran.err.contains("sso login"), "{name}: {}", ran.err);
        }
        let (requests, bytes) = (liar.requests.load(Ordering::SeqCst), liar.bytes.load(Ordering::SeqCst));
        assert!(requests <= 12, "{name}: {requests}");
        // The program reads at most 64 MiB; some more is in the system's buffers.
        assert!(bytes <= requests as u64 * (80 << 20), "{name}: {bytes} in {requests}");
    }
}

/// A redirect is not followed: what is signed for one host goes to no other.
#[test]
fn signatures_do_not_go_where_an_endpoint_points() {
    static PLACE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    fn location() -> String {
        format!("location: {}/\r\n", PLACE.get().expect("it is set"))
    }

    let other = Liar::open(|put| whole("200 OK", "", b"", put));
    PLACE.set(other.url()).expect("once");
    for lie in [
        (|put| whole("301 Moved Permanently", &location(), b"", put)) as Lie,
        |put| whole("302 Found", &location(), b"", put),
        |put| whole("307 Temporary Redirect", &location(), b"", put),
        |put| whole("308 Permanent Redirect", &location(), b"", put),
    ] {
        let (liar, folder) = (Liar::open(lie), Folder::new());
        let start = folder.pllab("start --yes --accept-cost any --endpoint-url").arg(liar.url());
        let start = start.env("AWS_ACCESS_KEY_ID", "x").env("AWS_SECRET_ACCESS_KEY", "y");
        start.run().code(3).clean().complains(&other.url());
        assert!(liar.requests.load(Ordering::SeqCst) >= 1);
    }
    assert_eq!(other.requests.load(Ordering::SeqCst), 0);
}

/// An endless list, with the same token or with ever new ones, is a fault that names the operation, in every verb
/// that lists.
#[test]
fn lists_without_an_end_are_a_fault_that_names_the_operation() {
    for (verb, lying, code) in [
        ("start --yes", "DescribeVpcs", "RepeatedToken"),
        ("clean --all --yes", "DescribeTags", "RepeatedToken"),
        ("clean --all --yes", "DescribeTags", "EndlessPages"),
    ] {
        let (place, machine) = (StandaloneSandbox::open(""), Folder::new());
        let count = AtomicUsize::new(0);
        let wire = Wire::open(&place.url, move |action| {
            if action != lying {
                return Fate::Pass;
            }
            let token = if code == "RepeatedToken" { 0 } else { count.fetch_add(1, Ordering::SeqCst) };
            let body =
                format!("<{action}Response><requestId>r</requestId><nextToken>T{token}</nextToken></{action}Response>");
            Fate::Answer(200, body)
        });
        for (lang, words) in [("en", "The endpoint's list has no end"), ("ja", "一覧に終わりがない")] {
            let before = wire.count(lying);
            let told = machine.pllab(verb).words("--plain --endpoint-url").arg(wire.url()).env("PLLAB_LANG", lang);
            let ran = place.signed(told).run().code(3).clean();
            let told = [ran.out.as_str(), ran.err.as_str()].concat();
            assert!(told.contains(code) && told.contains(lying) && told.contains(words), "{verb} {code}: {told}");
            assert!(wire.count(lying) - before <= 400, "{}", wire.count(lying));
        }
    }
}

/// Nothing else that such an endpoint says can be trusted either, so doctor stops there, and says so.
#[test]
fn doctor_tells_an_endpoint_whose_lists_have_no_end() {
    let (place, machine) = (StandaloneSandbox::open(""), Folder::new());
    let wire = Wire::open(&place.url, |action| {
        let body = "<DescribeVpcsResponse><requestId>r</requestId><nextToken>T</nextToken></DescribeVpcsResponse>";
        if action == "DescribeVpcs" { Fate::Answer(200, body.to_owned()) } else { Fate::Pass }
    });
    for (lang, words) in [("en", "The endpoint's list has no end"), ("ja", "一覧に終わりがない")] {
        let doctor = machine.pllab("doctor --output json --endpoint-url").arg(wire.url()).env("PLLAB_LANG", lang);
        let ran = place.signed(doctor).run().code(1).clean();
        let told = [ran.out.as_str(), ran.err.as_str()].concat();
        assert!(told.contains("DescribeVpcs") && told.contains(words), "{told}");
    }
}
