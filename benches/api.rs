//! Compares the sandbox's API with moto's server: requests per second and p99, start-up, memory; and measures what a
//! describe costs with ten, a thousand and a hundred thousand resources in the account. Run with
//! `cargo bench --bench api`. moto comes from the environment that `tests/clients/run` makes (`PLLAB_CLIENTS_VENV`
//! names another), and is left out if there is none.
//!
//! Both get the same signed requests from the same clients: four persistent connections, one request at a time each.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signed::Signer;

#[path = "../tests/it/harness/signed.rs"]
mod signed;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const VERSION: &str = "Version=2016-11-15";
const CLIENTS: usize = 4;
/// The number of groups in the largest account.
const MANY: usize = 100_000;
/// The number of idle connections held beside the others.
const IDLE: usize = 10_000;

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("a measurement could not be made: {error}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
fn say(line: &str) {
    println!("{line}");
}

/// A server under test; killed when dropped.
struct Server {
    child: Child,
    signer: Signer,
    started: Duration,
    _state: Option<tempfile::TempDir>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server is usually still running, and its exit status does not matter.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

impl Server {
    fn pllab() -> Outcome<Self> {
        let state = tempfile::tempdir()?;
        let quotas = ["--quota", "L-E79EC296=1000000"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_pllab"));
        command.args(["sandbox", "--output", "json"]).args(quotas).arg("--state-dir").arg(state.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let began = Instant::now();
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let started = began.elapsed();
        let ready: serde_json::Value = serde_json::from_str(&line)?;
        Ok(Self { child, signer: Signer::of_ready(&ready, "ec2"), started, _state: Some(state) })
    }

    fn moto(python: &Path) -> Outcome<Self> {
        let began = Instant::now();
        let mut command = Command::new(python);
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no output")?);
        let mut line = String::new();
        let port = loop {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                return Err("moto's server did not start".into());
            }
            if let Some(port) = line.split("http://127.0.0.1:").nth(1) {
                break port.chars().take_while(char::is_ascii_digit).collect::<String>().parse()?;
            }
        };
        let started = began.elapsed();
        // Its further output is of no interest, but must not fill the pipe.
        thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        let signer = Signer {
            port,
            id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "x".into(),
            service: "ec2",
            at: jiff::Timestamp::now(),
        };
        Ok(Self { child, signer, started, _state: None })
    }

    fn make(&self, form: &str, element: &str) -> Outcome<String> {
        let (status, text) = self.signer.call(&format!("{VERSION}&{form}"));
        let rest = text.split(&format!("<{element}>")).nth(1).ok_or_else(|| format!("{status}: {text}"))?;
        Ok(rest.split('<').next().unwrap_or_default().to_owned())
    }

    fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
    }
}

/// A connection that is kept open as long as the server does.
struct Client<'a> {
    signer: &'a Signer,
    stream: Option<BufReader<TcpStream>>,
    answer: Vec<u8>,
}

impl Client<'_> {
    fn call(&mut self, form: &str) -> Outcome<()> {
        let signer = Signer { at: jiff::Timestamp::now(), ..self.signer.clone() };
        let request = signer.request(form);
        for _ in 0..2 {
            let mut stream = if let Some(stream) = self.stream.take() {
                stream
            } else {
                let stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], self.signer.port)))?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            };
            if stream.get_mut().write_all(&request).is_ok()
                && let Some((status, is_kept)) = self.read(&mut stream)?
            {
                if is_kept {
                    self.stream = Some(stream);
                }
                if status != 200 {
                    return Err(format!("{status}: {}", String::from_utf8_lossy(&self.answer)).into());
                }
                return Ok(());
            }
        }
        Err("no answer".into())
    }

    /// One answer: its status, and whether another request may follow. `None` if the server had closed the connection
    /// before.
    fn read(&mut self, stream: &mut BufReader<TcpStream>) -> Outcome<Option<(u16, bool)>> {
        let (mut line, mut status, mut length, mut is_kept) = (String::new(), 0, None, true);
        loop {
            line.clear();
            if stream.read_line(&mut line).unwrap_or(0) == 0 {
                return Ok(None);
            }
            let text = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = text.strip_prefix("http/1.") {
                is_kept = rest.starts_with('1');
                status = rest.split(' ').nth(1).ok_or("no status")?.parse()?;
            } else if let Some(value) = text.strip_prefix("content-length:") {
                length = Some(value.trim().parse()?);
            } else if text == "connection: close" {
                is_kept = false;
            } else if text.is_empty() {
                break;
            }
        }
        self.answer.resize(length.ok_or("no length")?, 0);
        stream.read_exact(&mut self.answer)?;
        Ok(Some((status, is_kept)))
    }
}

/// The result of a load.
struct Load {
    per_second: f64,
    p50: Duration,
    p99: Duration,
}

/// Sends `calls` requests over four connections; `form` returns the request with the given number.
fn load(signer: &Signer, calls: usize, form: impl Fn(usize) -> String + Sync) -> Outcome<Load> {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let times = thread::scope(|scope| {
        let work = || -> Outcome<Vec<Duration>> {
            let mut client = Client { signer, stream: None, answer: Vec::new() };
            let mut times = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= calls {
                    return Ok(times);
                }
                let form = form(number);
                let began = Instant::now();
                client.call(&form)?;
                times.push(began.elapsed());
            }
        };
        let workers: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().map_err(|_| "a client failed")?).collect::<Outcome<Vec<_>>>()
    })?;
    let took = began.elapsed().as_secs_f64();
    let mut times: Vec<_> = times.into_iter().flatten().collect();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
    let per_second = times.len() as f64 / took;
    Ok(Load { per_second, p50: at(50), p99: at(99) })
}

/// The figures of one server: describe and create, and the memory afterwards.
struct Figures {
    describe: Load,
    create: Load,
    idle: Option<u64>,
    used: Option<u64>,
    started: Duration,
}

fn figures(server: &Server, calls: usize) -> Outcome<Figures> {
    let vpc = server.make("Action=CreateVpc&CidrBlock=10.0.0.0%2F16", "vpcId")?;
    let idle = server.memory();
    let signer = &server.signer;
    load(signer, calls / 10, |_| format!("Action=DescribeVpcs&{VERSION}&VpcId.1={vpc}"))?;
    let describe = load(signer, calls, |_| format!("Action=DescribeVpcs&{VERSION}&VpcId.1={vpc}"))?;
    let create = load(signer, calls / 2, |number| group(&vpc, number))?;
    Ok(Figures { describe, create, idle, used: server.memory(), started: server.started })
}

/// Describes per second while as many idle connections as this process may hold, up to ten thousand, are open.
/// Returns the number of connections, and the figures.
fn beside_idle(server: &Server) -> Outcome<(usize, Load)> {
    // If the limit cannot be raised, there are fewer connections; the row shows how many.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let address = SocketAddr::from(([127, 0, 0, 1], server.signer.port));
    let mut held = Vec::new();
    while held.len() < IDLE {
        let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(5)) else { break };
        held.push(stream);
    }
    if held.len() < IDLE {
        // The measuring clients need file descriptors too.
        held.truncate(held.len().saturating_sub(64));
    }
    let vpc = server.make("Action=CreateVpc&CidrBlock=10.0.0.0%2F16", "vpcId")?;
    let load = load(&server.signer, 10_000, |_| format!("Action=DescribeVpcs&{VERSION}&VpcId.1={vpc}"))?;
    Ok((held.len(), load))
}

fn group(vpc: &str, number: usize) -> String {
    format!("Action=CreateSecurityGroup&{VERSION}&VpcId={vpc}&GroupName=g{number}&GroupDescription=x")
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "megabytes")]
fn mebibytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "-".to_owned(), |bytes| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)))
}

fn measure() -> Outcome<bool> {
    let mut starts = Vec::new();
    for _ in 0..10 {
        starts.push(Server::pllab()?.started);
    }
    starts.sort_unstable();
    let ours = Figures { started: starts[starts.len() / 2], ..figures(&Server::pllab()?, 20_000)? };
    let python = std::env::var_os("PLLAB_CLIENTS_VENV").map_or_else(
        || {
            let target = Path::new(env!("CARGO_BIN_EXE_pllab")).ancestors().nth(2).map(Path::to_path_buf);
            target.unwrap_or_default().join("clients-venv")
        },
        PathBuf::from,
    );
    let python = python.join("bin/python");
    let theirs = if python.is_file() { Some(figures(&Server::moto(&python)?, 600)?) } else { None };
    let mut good = true;
    let mut row = |name: &str, ours: String, theirs: Option<String>, verdict: Option<bool>| {
        good &= verdict != Some(false);
        let word = verdict.map_or("", |is_good| if is_good { "ok" } else { "SHORT" });
        say(&format!("{name:<34}{ours:>14}{:>14}  {word}", theirs.unwrap_or_else(|| "-".to_owned())));
    };
    row("", "pllab".to_owned(), Some("moto".to_owned()), None);
    let pairs = [
        ("describe", &ours.describe, theirs.as_ref().map(|it| &it.describe)),
        ("create", &ours.create, theirs.as_ref().map(|it| &it.create)),
    ];
    for (name, ours, theirs) in pairs {
        row(
            &format!("{name}: requests per second (30 ×)"),
            format!("{:.0}", ours.per_second),
            theirs.map(|it| format!("{:.0}", it.per_second)),
            theirs.map(|it| ours.per_second >= 30.0 * it.per_second),
        );
        row(&format!("{name}: median"), milliseconds(ours.p50), theirs.map(|it| milliseconds(it.p50)), None);
        row(&format!("{name}: p99"), milliseconds(ours.p99), theirs.map(|it| milliseconds(it.p99)), None);
    }
    let is_quick = ours.started <= Duration::from_millis(50);
    row(
        "start (50 ms)",
        milliseconds(ours.started),
        theirs.as_ref().map(|it| milliseconds(it.started)),
        Some(is_quick),
    );
    row("memory, idle", mebibytes(ours.idle), theirs.as_ref().map(|it| mebibytes(it.idle)), None);
    let is_small = theirs.as_ref().and_then(|it| Some(ours.idle? * 10 <= it.idle?));
    row("memory, idle: a tenth", String::new(), None, is_small);
    row("memory, after these calls", mebibytes(ours.used), theirs.as_ref().map(|it| mebibytes(it.used)), None);
    if theirs.is_none() {
        say("  left out: moto; tests/clients/run installs it, PLLAB_CLIENTS_VENV names it");
    }
    let (held, beside) = beside_idle(&Server::pllab()?)?;
    let name = format!("describe, {held} idle connections");
    row(&name, format!("{:.0}", beside.per_second), None, None);
    good &= sizes()?;
    Ok(good)
}

/// Like [`group`], with a tag.
fn tagged(vpc: &str, number: usize, value: &str) -> String {
    let tag = "TagSpecification.1.ResourceType=security-group&TagSpecification.1.Tag.1.Key=lab";
    format!("{}&{tag}&TagSpecification.1.Tag.1.Value={value}", group(vpc, number))
}

/// The cost of a describe by id, by VPC and by tag, for accounts of different sizes.
fn sizes() -> Outcome<bool> {
    let server = Server::pllab()?;
    let signer = &server.signer;
    let [few, many] = [0, 1].map(|_| server.make("Action=CreateVpc&CidrBlock=10.0.0.0%2F16", "vpcId"));
    let (few, many) = (few?, many?);
    let id = server.make(&tagged(&few, 0, "few").replace(&format!("&{VERSION}"), ""), "groupId")?;
    let (mut made, mut medians) = (0, Vec::new());
    let head = ["by id", "by VPC", "by tag", "memory"].map(|word| format!("{word:>14}")).concat();
    say(&format!("{:<34}{head}", "security groups in the account"));
    for size in [10, 1000, MANY] {
        load(signer, size - made, |number| tagged(&many, made + number, "many"))?;
        made = size;
        let by_id = load(signer, 4000, |_| format!("Action=DescribeSecurityGroups&{VERSION}&GroupId.1={id}"))?;
        let by = |name: &str, value: &str| {
            let filter = format!("Filter.1.Name={name}&Filter.1.Value.1={value}");
            load(signer, 4000, |_| format!("Action=DescribeSecurityGroups&{VERSION}&{filter}"))
        };
        let medians_here = [by_id.p50, by("vpc-id", &few)?.p50, by("tag%3Alab", "few")?.p50];
        let cells = medians_here.map(|time| format!("{:>14}", milliseconds(time))).concat();
        say(&format!("{size:<34}{cells}{:>14}", mebibytes(server.memory())));
        medians.extend(medians_here.into_iter().max());
    }
    // A scan of ten thousand times as many would take thousands of times as long.
    let is_flat = medians[2] <= medians[0] * 3;
    say(&format!("{:<34}{:>56}", "the same whatever there is", if is_flat { "ok" } else { "SHORT" }));
    Ok(is_flat)
}
