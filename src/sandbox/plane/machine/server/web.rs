//! The built-in page servers, which stand in for nginx, Apache and `python3 -m http.server`.

use std::fmt::Write as _;
use std::net::SocketAddrV4;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::host::net::http1::{Head, Incoming, body_length, read_head};
use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::machine::context::MachineContext;
use crate::sandbox::plane::machine::machine::Machine;
use crate::sandbox::plane::machine::nginx::{self, Config, Variables};
use crate::sandbox::plane::machine::sink::Sink;
use crate::sandbox::plane::net::fabric::{Answer, Call};
use crate::sandbox::plane::net::proxy_protocol::{Decoded, decode};

/// How long a connection may stay silent: nginx's `client_header_timeout`.
const PATIENCE: Duration = Duration::from_mins(1);

/// Which server answers.
#[derive(Clone, Debug)]
pub enum Flavor {
    /// nginx, with its configuration.
    Nginx(Config),
    /// Apache, with the configuration that it is installed with.
    Apache,
    /// Python's server for a folder (ending in `/`). Its log goes to the sink.
    Python(String, Sink),
}

/// A server on a port of an instance.
pub fn serve(context: &Arc<MachineContext>, machine: &Arc<Machine>, port: u16, flavor: Flavor) -> Answer {
    let (context, machine, flavor) = (Arc::clone(context), Arc::clone(machine), Arc::new(flavor));
    Box::new(move |call| {
        let server =
            Server { context: Arc::clone(&context), machine: Arc::clone(&machine), flavor: Arc::clone(&flavor), port };
        Box::pin(async move { server.answer(call).await })
    })
}

struct Server {
    context: Arc<MachineContext>,
    machine: Arc<Machine>,
    flavor: Arc<Flavor>,
    port: u16,
}

struct Page {
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
}

impl Server {
    async fn answer(self, call: Call) {
        let from = call.from;
        let mut stream = call.establish();
        let mut buffer = Vec::new();
        let mut remote = from;
        let mut proxied = None;
        if let Flavor::Nginx(config) = &*self.flavor
            && config.ports.get(&self.port).copied().unwrap_or(false)
        {
            // nginx closes a connection that lacks the header it is configured to expect.
            let Some(Announced(source)) = read_proxied(&mut stream, &mut buffer).await else { return };
            proxied = source;
            remote = source.map_or(from, |source| config.remote(from, source));
        }
        while let Ok(Ok(incoming)) = timeout(PATIENCE, read_head(&mut stream, &mut buffer)).await {
            let (head, end) = match incoming {
                Incoming::Closed => return,
                Incoming::Garbage => {
                    let page = self.error(400);
                    send(&mut stream, &self.response(&page, false, false)).await;
                    return self.log(remote, &buffer, &Head::default(), &page);
                }
                Incoming::Head(head, end) => (head, end),
            };
            let request = head
                .request()
                .map(|(method, target, version)| (method.to_owned(), target.to_owned(), version == "HTTP/1.1"));
            buffer.drain(..end);
            let Some((method, target, current)) = request else {
                let page = self.error(400);
                send(&mut stream, &self.response(&page, false, false)).await;
                return self.log(remote, head.start.as_bytes(), &head, &page);
            };
            // The body is read and ignored: these servers only send.
            let mut body = body_length(&head).unwrap_or(0).saturating_sub(buffer.len());
            buffer.drain(..buffer.len().min(body_length(&head).unwrap_or(0)));
            while body > 0 {
                let mut chunk = vec![0; body.min(16 * 1024)];
                match timeout(PATIENCE, stream.read(&mut chunk)).await {
                    Ok(Ok(read)) if read > 0 => body -= read,
                    _ => return,
                }
            }
            let page = match method.as_str() {
                "GET" | "HEAD" => self.page(&head, &target, remote, proxied),
                _ => self.error(if matches!(*self.flavor, Flavor::Python(..)) { 501 } else { 405 }),
            };
            let asked = head.header("connection").map(str::to_ascii_lowercase).unwrap_or_default();
            let keep = !matches!(*self.flavor, Flavor::Python(..))
                && if current { asked != "close" } else { asked == "keep-alive" };
            let response = self.response(&page, keep, method == "HEAD");
            // Log before answering, so that a client with the answer finds the line in the log.
            self.log(remote, head.start.as_bytes(), &head, &page);
            if !send(&mut stream, &response).await || !keep {
                return;
            }
        }
    }

    fn page(&self, head: &Head, target: &str, remote: SocketAddrV4, proxied: Option<SocketAddrV4>) -> Page {
        let path = target.split(['?', '#']).next().unwrap_or(target);
        if !path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return self.error(400);
        }
        let root = match &*self.flavor {
            Flavor::Nginx(_) => nginx::ROOT,
            Flavor::Apache => "/var/www/html/",
            Flavor::Python(folder, _) => folder,
        };
        let index = if path.ends_with('/') { "index.html" } else { "" };
        let file = format!("{}{path}{index}", root.trim_end_matches('/'));
        let found = lock(&self.machine.disk).read(&file).map(<[u8]>::to_vec);
        let kind = kind(&file);
        let body = match (found, &*self.flavor) {
            (Some(body), _) => body,
            (None, Flavor::Nginx(_)) if path == "/" => nginx::DEFAULT_PAGE.into(),
            // Amazon Linux's page for a server without pages comes with this status.
            (None, Flavor::Apache) if path == "/" => return self.error(403),
            (None, Flavor::Python(..)) if path == "/" => self.listing(root),
            (None, _) => return self.error(404),
        };
        match &*self.flavor {
            Flavor::Nginx(config) if config.ssi && kind == "text/html" => {
                let host = head.header("host").unwrap_or("_");
                let variables = Variables {
                    remote,
                    proxied,
                    host: host.split(':').next().unwrap_or(host),
                    uri: target,
                    date: self.context.network.clock.now().strftime("%A, %d-%b-%Y %H:%M:%S UTC").to_string(),
                };
                let page = nginx::include(&String::from_utf8_lossy(&body), &variables);
                Page { status: 200, kind, body: page.into_bytes() }
            }
            _ => Page { status: 200, kind, body },
        }
    }

    fn listing(&self, root: &str) -> Vec<u8> {
        let mut list =
            "<!DOCTYPE HTML>\n<title>Directory listing for /</title>\n<h1>Directory listing for /</h1>\n<ul>\n"
                .to_owned();
        let disk = lock(&self.machine.disk);
        for (path, _) in disk.below(root) {
            let name = path.strip_prefix(root).unwrap_or(path);
            // Writing to a String cannot fail.
            let _ = writeln!(list, "<li><a href=\"{name}\">{name}</a></li>");
        }
        (list + "</ul>\n").into_bytes()
    }

    fn error(&self, status: u16) -> Page {
        let reason = reason(status);
        let by = self.name();
        let body = format!(
            "<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1>\
             </center>\r\n<hr><center>{by}</center>\r\n</body>\r\n</html>\r\n"
        );
        Page { status, kind: "text/html", body: body.into_bytes() }
    }

    fn name(&self) -> &'static str {
        match *self.flavor {
            Flavor::Nginx(_) => nginx::SERVER,
            Flavor::Apache => "Apache (pllab sandbox)",
            Flavor::Python(..) => "SimpleHTTP (pllab sandbox)",
        }
    }

    fn response(&self, page: &Page, keep: bool, head_only: bool) -> Vec<u8> {
        let version = if matches!(*self.flavor, Flavor::Python(..)) { "1.0" } else { "1.1" };
        let mut response = format!(
            "HTTP/{version} {} {}\r\nServer: {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: {}\r\n\r\n",
            page.status,
            reason(page.status),
            self.name(),
            self.context.network.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT"),
            page.kind,
            page.body.len(),
            if keep { "keep-alive" } else { "close" },
        )
        .into_bytes();
        if !head_only {
            response.extend_from_slice(&page.body);
        }
        response
    }

    /// Logs a request: nginx in the combined format, Python on its standard error.
    fn log(&self, remote: SocketAddrV4, request: &[u8], head: &Head, page: &Page) {
        let now: Timestamp = self.context.network.clock.now();
        let (address, status, length) = (remote.ip(), page.status, page.body.len());
        let length = if request.starts_with(b"HEAD ") { 0 } else { length };
        match &*self.flavor {
            Flavor::Nginx(_) | Flavor::Apache => {
                let probe = head.header("user-agent").is_some_and(|agent| agent.starts_with("ELB-HealthChecker/"));
                if probe && !self.machine.logs_probe(&self.context) {
                    return;
                }
                let header = |name| escaped(head.header(name).filter(|it| !it.is_empty()).unwrap_or("-").as_bytes());
                let time = now.strftime("%d/%b/%Y:%H:%M:%S +0000");
                let (referer, agent) = (header("referer"), header("user-agent"));
                let request = escaped(request);
                let line =
                    format!("{address} - - [{time}] \"{request}\" {status} {length} \"{referer}\" \"{agent}\"\n");
                let path = if matches!(*self.flavor, Flavor::Apache) {
                    "/var/log/httpd/access_log"
                } else {
                    nginx::ACCESS_LOG
                };
                self.machine.log(&self.context, path, line.as_bytes());
            }
            Flavor::Python(_, sink) => {
                let time = now.strftime("%d/%b/%Y %H:%M:%S");
                let line = format!("{address} - - [{time}] \"{}\" {status} -\n", escaped(request));
                // On a full disk the page is served and the log line is lost.
                let _ = self.machine.emit(&self.context, sink, line.as_bytes());
            }
        }
    }
}

/// Sends an answer. `false` if the client has gone, or takes nothing.
async fn send(stream: &mut TcpStream, answer: &[u8]) -> bool {
    timeout(PATIENCE, stream.write_all(answer)).await.is_ok_and(|sent| sent.is_ok())
}

/// The source that a PROXY protocol header names. A health check's header names none.
pub struct Announced(pub Option<SocketAddrV4>);

/// Reads a PROXY protocol header. `buffer` keeps what follows the header. `None` if there is no header.
pub async fn read_proxied(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Announced> {
    loop {
        match decode(buffer) {
            Decoded::Header(proxied, length) => {
                buffer.drain(..length);
                return Some(Announced(Some(proxied.source)));
            }
            Decoded::Local(length) => {
                buffer.drain(..length);
                return Some(Announced(None));
            }
            Decoded::Absent => return None,
            Decoded::More => {
                let read = timeout(PATIENCE, stream.read_buf(buffer)).await.ok()?.ok()?;
                (read > 0).then_some(())?;
            }
        }
    }
}

/// Escapes bytes as nginx does in its log: printable ASCII stays, the rest becomes `\xNN`, so that a request can
/// forge neither a log line nor a terminal's escape sequence.
fn escaped(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes.iter().take(512) {
        match byte {
            b' '..=b'~' if !matches!(byte, b'"' | b'\\') => out.push(char::from(*byte)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\x{byte:02X}");
            }
        }
    }
    out
}

fn kind(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("html" | "htm") => "text/html",
        Some("txt") => "text/plain",
        Some("css") => "text/css",
        Some("js") => "application/javascript",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Not Allowed",
        501 => "Not Implemented",
        _ => "Error",
    }
}
