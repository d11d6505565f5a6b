//! Compares the data plane with two proxies: throughput and connections per second through endpoint and NLB, and
//! through two hops of nginx's stream proxy and of `HAProxy`, to the same nginx, from the same client, in one run.
//! Prints one line per figure and fails if the sandbox is below nine tenths of the better proxy. Run with
//! `cargo bench --bench plane`.
//!
//! nginx is found as the sandbox finds it (`PLLAB_NGINX`, the PATH, `/usr/sbin`), `HAProxy` by `PLLAB_HAPROXY`
//! likewise. A proxy that is not installed is left out.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use pllab::inside::host::{Clock, Random};
use pllab::inside::sandbox::Pace;
use pllab::inside::sandbox::plane::{
    Acl, AclRule, Balancer, Endpoint, EndpointInterface, Group, HealthCheck, Instance, Listener, Node, Peer, Plane,
    PlaneOptions, Rule, Service, Subnet, Target, TargetGroup, Topology, Vpc,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Bytes of the large body.
const LARGE: usize = 32 * 1024 * 1024;
/// Rounds of each measurement. Rounds alternate between the routes, so that a disturbance affects all. The median
/// counts.
const ROUNDS: usize = 7;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("tokio starts");
    match runtime.block_on(measure()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("a measurement could not be made: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A route to the web server.
#[derive(Clone)]
enum Way {
    Ours(Arc<Plane>),
    Proxy(SocketAddr),
}

impl Way {
    async fn connect(&self) -> io::Result<TcpStream> {
        let stream = match self {
            Self::Ours(plane) => plane.connect("i-client", Ipv4Addr::new(10, 0, 2, 20), 80).await?,
            Self::Proxy(address) => TcpStream::connect(address).await?,
        };
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Measures requests, connections or bytes per second.
type Figure = fn(Way) -> std::pin::Pin<Box<dyn Future<Output = Outcome<f64>> + Send>>;

async fn measure() -> Outcome<bool> {
    let Some(nginx) = find("PLLAB_NGINX", "nginx") else {
        say("left out: nginx, which serves the pages and is the measure, is not installed");
        return Ok(true);
    };
    let folder = tempfile::tempdir()?;
    let plane = Arc::new(Plane::start(PlaneOptions {
        folder: folder.path().to_owned(),
        nginx: Some(nginx.clone()),
        keeper: Some(env!("CARGO_BIN_EXE_pllab").into()),
        pace: Pace::Instant,
        clock: Clock::System,
        random: Random::System,
    })?);
    plane.apply(lab());
    let health = plane.target_health("arn:tg").await;
    if health.first().is_none_or(|target| target.state != "healthy") {
        return Err(format!("the web server does not run: {health:?}").into());
    }
    let own = folder.path().join("nginx/i-web");
    fs::write(own.join("root/usr/share/nginx/html/large"), vec![b'x'; LARGE])?;
    let conf = fs::read_to_string(own.join("nginx.conf"))?;
    let web = conf.split("listen ").nth(1).and_then(|rest| rest.split(' ').next()).ok_or("no listener")?;

    let mut ways = vec![("pllab", Way::Ours(plane))];
    let mut running = Vec::new();
    match stream_proxy(&nginx, folder.path(), web) {
        Ok((proxy, address)) => {
            running.push(proxy);
            ways.push(("nginx", Way::Proxy(address)));
        }
        Err(error) => say(&format!("left out: nginx's stream proxy: {error}")),
    }
    match find("PLLAB_HAPROXY", "haproxy").map(|program| haproxy(&program, folder.path(), web)) {
        Some(Ok((proxy, address))) => {
            running.push(proxy);
            ways.push(("haproxy", Way::Proxy(address)));
        }
        Some(Err(error)) => say(&format!("left out: HAProxy: {error}")),
        None => say("left out: HAProxy, which is not installed"),
    }
    for (name, way) in &ways {
        ready(way).await.map_err(|error| format!("{name}: {error}"))?;
    }

    let mut head = format!("{:<26}", "endpoint and NLB, two hops");
    for (name, _) in &ways {
        write!(head, "{name:>12}")?;
    }
    say(&format!("{head}{:>12}", "of the best"));
    let figures: [(&str, Figure, f64); 3] = [
        ("large bodies, MB/s", |way| Box::pin(large(way)), 1e6),
        ("small requests, 1/s", |way| Box::pin(small(way)), 1.0),
        ("connections, 1/s", |way| Box::pin(connections(way)), 1.0),
    ];
    let mut good = true;
    for (name, figure, unit) in figures {
        let mut rounds = vec![Vec::new(); ways.len()];
        for _ in 0..ROUNDS {
            for (at, (_, way)) in ways.iter().enumerate() {
                rounds[at].push(figure(way.clone()).await?);
            }
        }
        let medians: Vec<f64> = rounds.into_iter().map(median).collect();
        let mut line = format!("{name:<26}");
        for value in &medians {
            write!(line, "{:>12.0}", value / unit)?;
        }
        let other = medians[1..].iter().copied().fold(0.0, f64::max);
        if other > 0.0 {
            let share = medians[0] / other;
            good &= share >= 0.9;
            write!(line, "{share:>12.2}  {}", if share >= 0.9 { "ok" } else { "UNDER 0.90" })?;
        }
        say(&line);
    }
    Ok(good)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Bytes per second of large bodies over a few connections.
async fn large(way: Way) -> Outcome<f64> {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let way = way.clone();
        tasks.spawn(async move {
            let mut stream = way.connect().await?;
            let mut buffer = vec![0; 256 * 1024];
            let mut total = 0;
            for _ in 0..6 {
                total += get(&mut stream, "/large", &mut buffer).await?;
            }
            Ok::<usize, io::Error>(total)
        });
    }
    let mut total = 0;
    while let Some(done) = tasks.join_next().await {
        total += done??;
    }
    Ok(number(total) / begun.elapsed().as_secs_f64())
}

/// Requests per second over persistent connections.
async fn small(way: Way) -> Outcome<f64> {
    many(way, 32, 400, |way, times| async move {
        let mut stream = way.connect().await?;
        let mut buffer = vec![0; 16 * 1024];
        for _ in 0..times {
            get(&mut stream, "/", &mut buffer).await?;
        }
        Ok(())
    })
    .await
}

/// Connections per second, each with one request.
async fn connections(way: Way) -> Outcome<f64> {
    many(way, 32, 60, |way, times| async move {
        let mut buffer = vec![0; 16 * 1024];
        for _ in 0..times {
            let mut stream = way.connect().await?;
            get(&mut stream, "/", &mut buffer).await?;
        }
        Ok(())
    })
    .await
}

async fn many<F, T>(way: Way, tasks: usize, times: usize, each: F) -> Outcome<f64>
where
    F: Fn(Way, usize) -> T,
    T: Future<Output = io::Result<()>> + Send + 'static,
{
    let begun = Instant::now();
    let mut set = JoinSet::new();
    for _ in 0..tasks {
        set.spawn(each(way.clone(), times));
    }
    while let Some(done) = set.join_next().await {
        done??;
    }
    Ok(number(tasks * times) / begun.elapsed().as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "counts far below what a float holds exactly")]
fn number(count: usize) -> f64 {
    count as f64
}

/// One request on a persistent connection; returns the length of its body, which is read and dropped.
async fn get(stream: &mut TcpStream, path: &str, buffer: &mut [u8]) -> io::Result<usize> {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").as_bytes()).await?;
    let mut have = 0;
    loop {
        let read = stream.read(&mut buffer[have..]).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        have += read;
        let Some(end) = buffer[..have].windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length: usize = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let mut left = length.saturating_sub(have - end - 4);
        while left > 0 {
            let most = left.min(buffer.len());
            match stream.read(&mut buffer[..most]).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => left -= read,
            }
        }
        return Ok(length);
    }
}

async fn ready(way: &Way) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    for _ in 0..100 {
        if let Ok(mut stream) = way.connect().await
            && get(&mut stream, "/", &mut buffer).await.is_ok()
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(io::ErrorKind::TimedOut.into())
}

/// A program that is stopped when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // A killed master leaves its workers behind; a terminated one stops them too.
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let end = Instant::now() + Duration::from_secs(5);
        while matches!(self.0.try_wait(), Ok(None)) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn stream_proxy(nginx: &Path, folder: &Path, web: &str) -> Outcome<(Running, SocketAddr)> {
    let (first, second) = (free()?, free()?);
    let module = nginx.parent().and_then(Path::parent).map(|it| it.join("lib/nginx/modules/ngx_stream_module.so"));
    let module = module.filter(|it| it.exists()).map(|it| format!("load_module {};\n", it.display()));
    let prefix = folder.join("stream");
    fs::create_dir_all(&prefix)?;
    let conf = format!(
        "{}daemon off;\nmaster_process on;\nworker_processes 2;\nworker_rlimit_nofile 16384;\npid nginx.pid;\n\
         error_log stderr;\nevents {{ worker_connections 8192; }}\nstream {{\n\
         server {{ listen {first} reuseport backlog=4096; proxy_pass {second}; }}\n\
         server {{ listen {second} reuseport backlog=4096; proxy_pass {web}; proxy_protocol on; }}\n}}\n",
        module.unwrap_or_default()
    );
    fs::write(prefix.join("nginx.conf"), conf)?;
    let mut command = Command::new(nginx);
    command.arg("-p").arg(&prefix).args(["-c", "nginx.conf"]);
    Ok((start(&mut command, first)?, first))
}

fn haproxy(program: &Path, folder: &Path, web: &str) -> Outcome<(Running, SocketAddr)> {
    let (first, second) = (free()?, free()?);
    let conf = folder.join("haproxy.cfg");
    fs::write(
        &conf,
        format!(
            "global\n  maxconn 4096\ndefaults\n  mode tcp\n  option splice-auto\n  timeout connect 5s\n  \
             timeout client 60s\n  timeout server 60s\n\
             listen endpoint\n  bind {first}\n  server node {second}\nlisten node\n  bind {second}\n  server web {web} send-proxy\n"
        ),
    )?;
    let mut command = Command::new(program);
    command.arg("-db").arg("-f").arg(&conf);
    Ok((start(&mut command, first)?, first))
}

fn start(command: &mut Command, listens: SocketAddr) -> Outcome<Running> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut running = Running(child);
    let end = Instant::now() + Duration::from_secs(5);
    while std::net::TcpStream::connect(listens).is_err() {
        if running.0.try_wait()?.is_some() || Instant::now() > end {
            return Err("it does not start".into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(running)
}

fn free() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn find(variable: &str, name: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn say(line: &str) {
    // If the reader of the report is gone, an error is of no use.
    let _ = writeln!(io::stdout(), "{line}");
}

/// The lab's account: a client, an endpoint, a load balancer, a web server, and nothing closed between them.
fn lab() -> Topology {
    let ip = Ipv4Addr::new;
    let open = || Rule { protocol: "-1".into(), ports: None, peer: Peer::Cidr(Ipv4Addr::UNSPECIFIED, 0) };
    let all = || vec![AclRule { allow: true, protocol: "-1".into(), ports: None, block: (Ipv4Addr::UNSPECIFIED, 0) }];
    let zone = || "apne1-az4".to_owned();
    let mut it = Topology::default();
    for (side, address, script) in [
        ("p", ip(10, 0, 1, 5), "#!/bin/bash\ndnf install -y nginx\nsystemctl enable --now nginx\n"),
        ("c", ip(10, 0, 2, 5), ""),
    ] {
        let (vpc, subnet, group) = (format!("vpc-{side}"), format!("subnet-{side}"), format!("sg-{side}"));
        it.vpcs.insert(vpc.clone(), Vpc { dns_support: true, dns_hostnames: true });
        it.groups.insert(group.clone(), Group { vpc: vpc.clone(), ingress: vec![open()], egress: vec![open()] });
        let acl = Acl { inbound: all(), outbound: all() };
        it.subnets.insert(
            subnet.clone(),
            Subnet { vpc: vpc.clone(), zone_id: zone(), reaches_s3: true, routes: Vec::new(), acl },
        );
        let instance = Instance {
            running: true,
            reboots: 0,
            terminated: false,
            vpc,
            subnet,
            address,
            host_name: String::new(),
            groups: vec![group],
            user_data: script.into(),
        };
        it.instances.insert(if side == "p" { "i-web" } else { "i-client" }.into(), instance);
    }
    let node = Node {
        subnet: "subnet-p".into(),
        zone_name: "ap-northeast-1a".into(),
        zone_id: zone(),
        address: ip(10, 0, 1, 10),
    };
    let balancer = Balancer {
        active: true,
        vpc: "vpc-p".into(),
        nodes: vec![node],
        groups: vec!["sg-p".into()],
        enforce_on_private_link: true,
        cross_zone: false,
        listeners: vec![Listener { port: 80, group: "arn:tg".into(), idle_seconds: 350 }],
        dns_name: "nlb.example".into(),
    };
    it.balancers.insert("arn:nlb".into(), balancer);
    let check = HealthCheck {
        http_path: None,
        port: None,
        interval_seconds: 10,
        timeout_seconds: 6,
        healthy_threshold: 2,
        unhealthy_threshold: 2,
        matcher: Vec::new(),
    };
    let group = TargetGroup {
        vpc: "vpc-p".into(),
        port: 80,
        health_check: check,
        proxy_protocol_v2: false,
        cross_zone: None,
        ends_deregistered: false,
        ends_unhealthy: true,
        targets: vec![Target { id: "i-web".into(), port: 80, draining: false, zone_id: None }],
    };
    it.target_groups.insert("arn:tg".into(), group);
    it.services.insert("vpce-svc-1".into(), Service { balancers: vec!["arn:nlb".into()], zone_ids: vec![zone()] });
    let endpoint = Endpoint {
        vpc: "vpc-c".into(),
        service: "vpce-svc-1".into(),
        state: "available".into(),
        groups: vec!["sg-c".into()],
        interfaces: vec![EndpointInterface { subnet: "subnet-c".into(), zone_id: zone(), address: ip(10, 0, 2, 20) }],
        names: Vec::new(),
        private_name: None,
    };
    it.endpoints.insert("vpce-1".into(), endpoint);
    it
}
