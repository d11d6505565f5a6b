//! A sandbox behind TLS: at an address of its own, or as a proxy that poses as AWS. Requests for AWS's own names are
//! signed again for the sandbox, with the same keys.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::signed::Signer;
use super::wire::message;

pub struct TlsProxy {
    address: SocketAddr,
    hosts: Arc<Mutex<BTreeSet<String>>>,
}

/// A file of `fixtures/tls`.
fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/tls").join(name)
}

impl TlsProxy {
    /// The certificate file that clients must trust.
    pub fn bundle() -> PathBuf {
        fixture("ca.pem")
    }

    /// Opens it before the sandbox at `url`; `keys` are access key ids and their secrets.
    pub fn open(url: &str, keys: BTreeMap<String, String>) -> Self {
        let port: u16 = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let chain = CertificateDer::pem_file_iter(fixture("server.pem")).expect("a file");
        let chain = chain.collect::<Result<_, _>>().expect("certificates");
        let key = PrivateKeyDer::from_pem_file(fixture("server.key")).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("protocols").with_no_client_auth().with_single_cert(chain, key).expect("they fit");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let front = Self { address: listener.local_addr().expect("an address"), hosts: Arc::default() };
        let shared = Arc::new((config, keys, port, Arc::clone(&front.hosts)));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    // A client that disconnects is not an error.
                    let _ = serve(stream, shared.0.clone(), &shared.1, shared.2, &shared.3);
                });
            }
        });
        front
    }

    /// Its own address.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Its address as a proxy.
    pub fn proxy(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The hosts that requests were for.
    pub fn hosts(&self) -> BTreeSet<String> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(
    mut stream: TcpStream,
    config: ServerConfig,
    keys: &BTreeMap<String, String>,
    port: u16,
    hosts: &Mutex<BTreeSet<String>>,
) -> std::io::Result<()> {
    let mut first = [0];
    stream.peek(&mut first)?;
    if first == *b"C" {
        // CONNECT.
        message(&mut stream)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    }
    let connection = ServerConnection::new(Arc::new(config)).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    loop {
        let request = message(&mut stream)?;
        let text = String::from_utf8_lossy(&request);
        let (head, form) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.split_once(": ").filter(|it| it.0.eq_ignore_ascii_case(name)))
                .map(|it| it.1)
        };
        hosts.lock().unwrap_or_else(PoisonError::into_inner).insert(header("host").unwrap_or_default().to_owned());
        let scope = header("authorization").and_then(|it| it.split("Credential=").nth(1)).unwrap_or_default();
        let mut scope = scope.split(['/', ',']);
        let id = scope.next().unwrap_or_default().to_owned();
        let service = match scope.nth(2) {
            Some("ec2") => "ec2",
            Some("elasticloadbalancing") => "elasticloadbalancing",
            _ => "sts",
        };
        let secret = keys.get(&id).cloned().unwrap_or_default();
        let signer = Signer { port, id, secret, service, at: jiff::Timestamp::now() };
        let mut behind = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port)))?;
        behind.write_all(&signer.request(form))?;
        let answer = message(&mut behind)?;
        stream.write_all(&answer)?;
        stream.flush()?;
    }
}
