//! Waiting: how close a run comes to its critical path, how often it polls meanwhile, and whether a classroom of
//! forty gets through one account's throttling. Prints one line each; fails if a limit is exceeded. Run with
//! `cargo bench --bench waits`.
//!
//! The sandbox runs in a separate process at the quick pace, thirty times as fast as AWS; figures are on AWS's clock.
//! The client's own `curl -m 5` and `sleep 5` are not sped up, neither in the run nor in the critical path.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pllab::inside::sandbox::delays;
use serde_json::Value;

const PLLAB: &str = env!("CARGO_BIN_EXE_pllab");
/// How much faster than AWS the quick pace is.
const SPEED: u32 = 30;
/// The most time that making everything may take, as a multiple of the critical path.
const MOST: f64 = 1.1;
/// The most read calls per run and minute on AWS's clock. Polling every two seconds would make thirty.
const READS_PER_MINUTE: f64 = 30.0;
/// The number of learners who share an account.
const LEARNERS: usize = 40;

type Outcome<T> = Result<T, Box<dyn Error>>;

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

#[expect(
    clippy::print_stdout,
    reason = "a benchmark's figures are its output, and the program's terminal is not in play"
)]
fn say(line: &str) {
    println!("{line}");
}

fn measure() -> Outcome<bool> {
    let one = alone()?;
    let many = together()?;
    Ok(one && many)
}

/// One run in one account.
fn alone() -> Outcome<bool> {
    let sandbox = Sandbox::start(&[])?;
    let counter = Counter::before(&sandbox.url)?;
    let state = tempfile::tempdir()?;
    let done = start(&sandbox, &counter.url, state.path(), "learner").output()?;
    let reads = counter.reads.load(Ordering::Relaxed);
    let events = events(&done.stdout);
    if !done.status.success() {
        return Err(format!("the lab ended with {}: {}", done.status, String::from_utf8_lossy(&done.stderr)).into());
    }
    let journal = journal(state.path())?;
    let at = |wanted: &dyn Fn(&Value) -> bool| -> Outcome<f64> {
        let line = journal.iter().find(|line| wanted(line)).ok_or("the journal lacks a line")?;
        seconds(line)
    };
    let first = at(&|line| line["event"] == "intent")?;
    let last = journal.iter().rev().find(|line| line["event"] == "step_finished").ok_or("no step was finished")?;
    let took = seconds(last)? - first;
    let whole = seconds(journal.last().ok_or("the journal is empty")?)? - first;
    let (path, serial) = critical_path();
    let ratio = took / path;
    let minutes = whole * f64::from(SPEED) / 60.0;
    let per_minute = f64::from(u32::try_from(reads)?) / minutes;
    let met = events.last().is_some_and(|event| event["event"] == "run_finished" && event["verdict"] == "met");
    row("making the lab", &clock(took), &format!("{} critical path", clock(path)));
    row("", &format!("{ratio:.2}"), &format!("{MOST} at most  {}", verdict(ratio <= MOST)));
    row("  one after the other", &clock(serial), "the same resources, each waited for");
    row(
        "reading calls per minute",
        &format!("{per_minute:.1}"),
        &format!("{READS_PER_MINUTE} at most  {}", verdict(per_minute <= READS_PER_MINUTE)),
    );
    row("  of it in all", &reads.to_string(), &format!("calls in {minutes:.1} min, clean-up and receipt included"));
    Ok(met && ratio <= MOST && per_minute <= READS_PER_MINUTE)
}

/// The longest chain of things that wait for each other, and the sum of all, in seconds of this clock.
///
/// The steps open one after the other, each once the previous one is checked; only the load balancer is made early.
fn critical_path() -> (f64, f64) {
    let delays = delays();
    let scaled = |on_aws: Duration| on_aws.as_secs_f64() / f64::from(SPEED);
    // Two probes, ten seconds apart, as the lab sets them; the sandbox probes at most every 200 ms.
    let probes = scaled(Duration::from_secs(10)).max(0.2);
    let web = scaled(delays.instance) + scaled(delays.install);
    let healthy = scaled(delays.load_balancer) + scaled(delays.registration) + probes;
    let client = web.max(healthy) + scaled(delays.instance);
    // `curl -m 5` times out once before the acceptance; then the script sleeps five seconds.
    let refused = client + 5.0;
    let available = refused + scaled(delays.endpoint);
    let attempt = client + ((available - client) / 10.0).ceil() * 10.0;
    let serial = web + healthy + scaled(delays.instance) + 5.0 + scaled(delays.endpoint) + (attempt - available);
    (attempt, serial)
}

/// Forty runs at once in one account, throttled as AWS documents it.
fn together() -> Outcome<bool> {
    let quotas =
        ["L-F678F1CE=100", "L-1216C47A=200", "L-1B52E74A=100", "L-69A177A2=100", "L-B22855CB=100", "L-29B6F2EB=100"];
    let mut words = vec!["--throttle", "aws"];
    words.extend(quotas.iter().flat_map(|quota| ["--quota", quota]));
    let sandbox = Sandbox::start(&words)?;
    let counter = Counter::before(&sandbox.url)?;
    let began = Instant::now();
    let mut runs = Vec::new();
    for number in 0..LEARNERS {
        let state = tempfile::tempdir()?;
        let mut child = start(&sandbox, &counter.url, state.path(), &format!("learner-{number}")).spawn()?;
        let mut output = child.stdout.take().ok_or("no output")?;
        let reader = thread::spawn(move || {
            let mut text = Vec::new();
            output.read_to_end(&mut text).map(|_| text)
        });
        runs.push((state, child, reader));
    }
    let (mut met, mut failed, mut throttled) = (0, 0, 0);
    for (state, mut child, reader) in runs {
        let status = child.wait()?;
        let text = reader.join().map_err(|_| "the reader failed")??;
        met += usize::from(status.success());
        failed +=
            events(&text).iter().filter(|event| event["event"] == "step_finished" && event["verdict"] != "met").count();
        throttled += events(&text).iter().filter(|event| event["error"]["code"] == "RequestLimitExceeded").count();
        if !status.success() {
            let tail = String::from_utf8_lossy(&text).lines().rev().take(3).collect::<Vec<_>>().join("\n");
            say(&format!("  a run ended with {status} in {}: {tail}", state.path().display()));
        }
    }
    let took = began.elapsed().as_secs_f64();
    let minutes = took * f64::from(SPEED) / 60.0;
    let turned_away = counter.turned_away.load(Ordering::Relaxed);
    let reads = counter.reads.load(Ordering::Relaxed);
    row("forty runs, throttled", &format!("{met}/{LEARNERS} met"), &format!("{} in all", clock(took)));
    row("  failed steps", &failed.to_string(), &format!("0  {}", verdict(failed == 0 && met == LEARNERS)));
    row("  calls turned away", &turned_away.to_string(), &format!("sent again; {throttled} were given up"));
    let per_minute = f64::from(u32::try_from(reads)?) / minutes;
    row("  reading calls per minute", &format!("{per_minute:.0}"), "1200 is what AWS refills per kind of call");
    Ok(met == LEARNERS && failed == 0)
}

fn row(name: &str, figure: &str, beside: &str) {
    say(&format!("{name:<28}{figure:>12}  {beside}"));
}

fn verdict(within: bool) -> &'static str {
    if within { "ok" } else { "OVER" }
}

/// Converts seconds of this clock to minutes and seconds on AWS's.
fn clock(seconds: f64) -> String {
    let on_aws = Duration::from_secs_f64(seconds.max(0.0) * f64::from(SPEED)).as_secs();
    format!("{}:{:02}", on_aws / 60, on_aws % 60)
}

/// A sandbox in a process of its own.
struct Sandbox {
    child: Child,
    url: String,
    keys: (String, String),
    _state: tempfile::TempDir,
}

impl Sandbox {
    fn start(words: &[&str]) -> Outcome<Self> {
        let state = tempfile::tempdir()?;
        let mut command = Command::new(PLLAB);
        command.args(["sandbox", "--pace", "quick", "--output", "json", "--state-dir"]).arg(state.path()).args(words);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().ok_or("no output")?).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line)?;
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("the sandbox did not say enough");
        let account = &ready["accounts"][0];
        let keys = (text(&account["access_key_id"])?, text(&account["secret_access_key"])?);
        Ok(Self { child, url: text(&ready["endpoint_url"])?, keys, _state: state })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Nothing else stops it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(sandbox: &Sandbox, url: &str, state: &Path, learner: &str) -> Command {
    let mut command = Command::new(PLLAB);
    command.args(["start", "--yes", "--pace", "quick", "--output", "json", "--endpoint-url", url]);
    command.args(["--region", "ap-northeast-1", "--learner", learner]).arg("--state-dir").arg(state);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") || name.to_string_lossy().starts_with("PLLAB_") {
            command.env_remove(name);
        }
    }
    command.env("AWS_ACCESS_KEY_ID", &sandbox.keys.0).env("AWS_SECRET_ACCESS_KEY", &sandbox.keys.1);
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn events(output: &[u8]) -> Vec<Value> {
    output.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

fn journal(state: &Path) -> Outcome<Vec<Value>> {
    let run = std::fs::read_dir(state.join("runs"))?.next().ok_or("there is no run")??.path();
    Ok(events(&std::fs::read(run.join("journal.jsonl"))?))
}

/// The time of a journal line, in seconds since 1970.
fn seconds(line: &Value) -> Outcome<f64> {
    let at: jiff::Timestamp = line["at"].as_str().ok_or("a line without a time")?.parse()?;
    Ok(Duration::from_nanos(u64::try_from(at.as_nanosecond())?).as_secs_f64())
}

/// A proxy in front of the sandbox that forwards everything and counts.
struct Counter {
    url: String,
    reads: Arc<AtomicUsize>,
    turned_away: Arc<AtomicUsize>,
}

impl Counter {
    fn before(url: &str) -> Outcome<Self> {
        let to = url.strip_prefix("http://").ok_or("no http:// address")?.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut address = String::new();
        write!(address, "http://{}", listener.local_addr()?)?;
        let counter = Self { url: address, reads: Arc::default(), turned_away: Arc::default() };
        let (reads, turned_away) = (Arc::clone(&counter.reads), Arc::clone(&counter.turned_away));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (reads, turned_away, to) = (Arc::clone(&reads), Arc::clone(&turned_away), to.clone());
                thread::spawn(move || {
                    let Ok(server) = TcpStream::connect(&to) else { return };
                    let (Ok(from_client), Ok(from_server)) = (client.try_clone(), server.try_clone()) else { return };
                    let back =
                        thread::spawn(move || pass(from_server, client, &["RequestLimitExceeded"], &turned_away));
                    pass(from_client, server, &["Action=Describe", "Action=Get"], &reads);
                    // The other direction ends with the connection.
                    let _ = back.join();
                });
            }
        });
        Ok(counter)
    }
}

/// Forwards bytes and counts `words` in each piece. A word split between two pieces is missed, but requests arrive
/// whole.
fn pass(mut from: TcpStream, mut to: TcpStream, words: &[&str], count: &AtomicUsize) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..read]);
        let found: usize = words.iter().map(|word| text.matches(word).count()).sum();
        // An error's code occurs once in its answer; a request has one action.
        count.fetch_add(found, Ordering::Relaxed);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    // Tell the other end that no more data follows.
    let _ = to.shutdown(std::net::Shutdown::Write);
}
