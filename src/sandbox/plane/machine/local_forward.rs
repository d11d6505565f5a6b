//! Forwards: local ports that lead where an instance's request would go, like an SSH tunnel through the instance. While
//! the path is closed, a browser's request is held and not refused, so that its page arrives by itself when the path
//! opens.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::context::MachineContext;
use super::curl_args::authority;
use crate::host::net::http1::{Head, Incoming, read_head};
use crate::host::net::loopback::is_host;
use crate::sandbox::plane::net::carry::{Quiet, carry_heard};
use crate::sandbox::plane::net::crossing::Crossing;
use crate::sandbox::plane::net::fabric::{Fault, listen_on};

/// The time a browser has to send its request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a request is held.
const HOLD: Duration = Duration::from_mins(1);
/// How often the path is tried again, unless the topology changes sooner.
const RETRY: Duration = Duration::from_secs(1);

pub struct LocalForward {
    /// Where it leads, as in a URL.
    pub name: String,
    pub local: u16,
    /// Keeps it open.
    pub task: AbortHandle,
}

/// Opens an instance's forward to `host`, and announces it on the instance's console. `None` if no local port is free,
/// which the console says too.
pub fn open(context: &Arc<MachineContext>, id: &str, host: &str, port: u16) -> Option<LocalForward> {
    let name = authority(host, port);
    // The same port as before a restart, so that a page that is open in the browser can be reloaded.
    let remembered = context.saved.forward(id, &name).and_then(|port| listen_on(&context.network.runtime, port).ok());
    let listener = remembered.map_or_else(|| listen_on(&context.network.runtime, 0), Ok);
    let (listener, local) = match listener.and_then(|it| it.local_addr().map(|local| (it, local))) {
        Ok(opened) => opened,
        Err(error) => {
            context.network.consoles.line(id, &format!("[pllab sandbox] no forward to http://{name}/: {error}"));
            return None;
        }
    };
    context.network.consoles.line(id, &announcement(&name, local.port()));
    let visitor = Visitor { context: Arc::clone(context), id: id.to_owned(), host: host.to_owned(), port };
    let shortage = context.network.fabric.shortage.clone();
    let task = context.network.runtime.spawn(async move {
        let mut visits = JoinSet::new();
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    while visits.try_join_next().is_some() {}
                    let visitor = visitor.clone();
                    visits.spawn(async move { visitor.visit(stream).await });
                }
                Err(error) => shortage.rest(&error).await,
            }
        }
    });
    Some(LocalForward { name, local: local.port(), task: task.abort_handle() })
}

/// What only the announcement of a forward has in it.
const LEADS: &str = " leads where this instance's ";
/// What stands in the place of an announcement of no open forward.
const NO_FORWARD: &str = "[pllab sandbox] a line that looks like a forward's is left out: there is no such forward";

/// The line on the console that announces a forward.
pub fn announcement(name: &str, port: u16) -> String {
    format!("[pllab sandbox] door: http://127.0.0.1:{port}/{LEADS}http://{name}/ leads")
}

/// A console on which the announcements are those of `forwards` (each with its port) and no others. Whoever reads it opens
/// what is announced, and a script writes what it likes, so a line with an announcement's words that is none is left
/// out. An announcement that is missing comes first: a script that prints a page every few seconds pushes it out of the
/// 64 KB that AWS keeps, but the forward still works.
pub fn announce(console: &[u8], forwards: &[(String, u16)]) -> Vec<u8> {
    let announced: Vec<String> = forwards.iter().map(|(name, port)| announcement(name, *port)).collect();
    let is_true = |line: &[u8]| announced.iter().any(|it| it.as_bytes() == line);
    let mut text = Vec::with_capacity(console.len());
    for line in announced.iter().filter(|line| !console.split(|byte| *byte == b'\n').any(|it| it == line.as_bytes())) {
        text.extend([line.as_bytes(), b"\n"].concat());
    }
    for line in console.split_inclusive(|byte| *byte == b'\n') {
        let (line, end) = line.strip_suffix(b"\n").map_or((line, &b""[..]), |line| (line, b"\n"));
        // Readers drop some bytes that are no characters, so words may come about that are not there yet.
        let plain: Vec<u8> = line.iter().copied().filter(|byte| matches!(byte, b' '..=b'~')).collect();
        let looks = plain.windows(LEADS.len()).any(|words| words == LEADS.as_bytes());
        text.extend([if looks && !is_true(line) { NO_FORWARD.as_bytes() } else { line }, end].concat());
    }
    text
}

#[derive(Clone)]
struct Visitor {
    context: Arc<MachineContext>,
    id: String,
    host: String,
    port: u16,
}

impl Visitor {
    async fn visit(&self, mut stream: TcpStream) {
        let mut buffer = Vec::new();
        let incoming = timeout(HEAD_PATIENCE, read_head(&mut stream, &mut buffer)).await;
        let Ok(Ok(Incoming::Head(head, _))) = incoming else { return };
        if !is_ours(&head) {
            let refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(refusal.as_bytes()).await;
            return;
        }
        let Some((mut onward, crossing)) = self.hold(&stream).await else { return };
        if onward.write_all(&buffer).await.is_ok() {
            // An error means that one side reset the connection. Both sockets close when the task ends, which passes
            // the reset on.
            let passage = self.context.network.passage(crossing.into_iter().collect());
            let gate = passage.as_ref().map(|passage| &*passage.gate);
            let _ = carry_heard(&mut stream, &mut onward, &Quiet::begin(), gate).await;
        }
    }

    /// Tries the path until it is open, the browser has gone, or the time is up.
    async fn hold(&self, stream: &TcpStream) -> Option<(TcpStream, Option<Crossing>)> {
        let end = Instant::now() + HOLD;
        let mut changes = self.context.network.topology.subscribe();
        let (mut watched, mut order) = (true, Vec::new());
        while Instant::now() < end {
            changes.mark_unchanged();
            // An attempt that hangs counts as a closed path.
            if let Ok(Some(onward)) = timeout_at(end, self.connect(&mut order)).await {
                return Some(onward);
            }
            let mut byte = [0];
            tokio::select! {
                () = sleep(RETRY) => {}
                told = changes.changed() => told.ok()?,
                seen = stream.peek(&mut byte), if watched => match seen {
                    Ok(0) | Err(_) => return None,
                    // It sent more than its request, so its end can no longer be seen.
                    Ok(_) => watched = false,
                },
            }
        }
        None
    }

    /// Tries the addresses in the `order` in which the name server gave them to this visit. Where packets are lost, it
    /// stays with that address: a program goes on sending to it for minutes. So an endpoint's name fails now and then
    /// while one of its zones leads nowhere.
    async fn connect(&self, order: &mut Vec<Ipv4Addr>) -> Option<(TcpStream, Option<Crossing>)> {
        let network = &self.context.network;
        if self.host == "localhost" {
            *order = vec![Ipv4Addr::LOCALHOST];
        } else {
            let known = network.addresses(&self.id, &self.host)?;
            if order.first().is_none_or(|first| !known.contains(first)) {
                *order = network.resolve(&self.id, "forward", &self.host)?;
            }
        }
        for address in order {
            match network.connect_from(&self.id, *address, self.port).await {
                Ok(opened) => return Some(opened),
                Err(Fault::Refused) => {}
                Err(Fault::Lost(_)) => return None,
            }
        }
        None
    }
}

/// Whether the request was meant for this machine. A web page whose name resolves to 127.0.0.1 (DNS rebinding) would
/// send that name, and must not get through.
fn is_ours(head: &Head) -> bool {
    if head.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("host")).count() != 1 {
        return false;
    }
    head.header("host").is_some_and(is_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_announces_the_forwards_that_are_there_and_no_others() {
        let forwards = [("web".to_owned(), 4000)];
        let yes = announcement("web", 4000);
        let no = announcement("web", 29911);
        let told = |console: &str| String::from_utf8(announce(console.as_bytes(), &forwards)).unwrap();
        assert_eq!(told(&format!("a\n{yes}\nb")), format!("a\n{yes}\nb"));
        assert_eq!(told(""), format!("{yes}\n"), "what was pushed out comes back");
        for forged in [
            no.clone(),
            format!("{no}\r"),
            format!("x {no}"),
            format!("[pllab sandbox] line 2: {no} is not run here; what depends on it is skipped"),
            no.replace("leads where", "le\0ads wh\u{1b}ere"),
            no.replace("[pllab", "[\0pllab"),
            format!("{yes} {no}"),
            no.replace("door: ", "door: \r"),
        ] {
            assert_eq!(told(&format!("{yes}\n{forged}\nb\n")), format!("{yes}\n{NO_FORWARD}\nb\n"), "{forged:?}");
            assert_eq!(told(&format!("{yes}\n{forged}")), format!("{yes}\n{NO_FORWARD}"), "{forged:?}");
        }
        // A name that spans lines makes no announcement of its second line.
        let odd = [("x\n[pllab sandbox] door: ".to_owned(), 4000)];
        let seen = String::from_utf8(announce(no.as_bytes(), &odd)).unwrap();
        assert!(!seen.contains("29911"), "{seen}");
    }

    #[test]
    fn only_loopback_names_get_through() {
        for (host, wanted) in [
            (Some("127.0.0.1:4000"), true),
            (Some("localhost"), true),
            (Some("[::1]:4000"), true),
            (Some("LOCALHOST:1"), true),
            (Some("evil.example:4000"), false),
            (Some("127.0.0.1.evil.example"), false),
            (Some("localhost.evil.example"), false),
            (Some(""), false),
            (None, false),
        ] {
            let headers = host.map(|host| ("Host".to_owned(), host.to_owned())).into_iter().collect();
            assert_eq!(is_ours(&Head { start: "GET / HTTP/1.1".to_owned(), headers }), wanted, "{host:?}");
        }
    }
}
