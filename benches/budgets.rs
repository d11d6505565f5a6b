//! The budgets of the program: time, memory and files. Prints one line each, `name  figure  budget  ok/OVER`, and
//! fails if a budget is exceeded. Run with `cargo bench`.
//!
//! The measured programs are real processes, so the figures include everything a learner waits for.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const PLLAB: &str = env!("CARGO_BIN_EXE_pllab");

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let mut page = Page { over: 0 };
    match measure(&mut page) {
        Ok(()) if page.over == 0 => ExitCode::SUCCESS,
        Ok(()) => {
            say(&format!("{} over budget", page.over));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&format!("a measurement could not be made: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(page: &mut Page) -> Outcome<()> {
    page.time("pllab --version", version()?, 10);
    page.time("first screen of start", first_screen()?, 30);

    let runs = (0..5).map(|_| whole_lab()).collect::<Outcome<Vec<_>>>()?;
    page.time("the whole lab", median(runs.iter().map(|run| run.0)), 1000);
    match moto() {
        Ok(Some(line)) => say(&line),
        Ok(None) => {
            say("  left out: the same calls against moto; tests/clients/run installs it, PLLAB_CLIENTS_VENV names it");
        }
        Err(error) => say(&format!("  left out: the same calls against moto: {error}")),
    }
    match runs.iter().filter_map(|run| run.1).max() {
        Some(peak) => page.memory("peak memory of that run", peak, 64),
        None => say("  left out: memory, which is read from /proc"),
    }
    if let Some((fresh, used)) = idle_sandbox()? {
        page.memory("idle sandbox", fresh, 25);
        page.memory("idle sandbox after a lab", used, 25);
    }
    page.line("files to add a lab", &files_to_add_a_lab()?.to_string(), "3", files_to_add_a_lab()? <= 3);
    let size = fs::metadata(PLLAB)?.len();
    say(&format!(
        "{:<28}{:>12}{:>12}  {}",
        "size of the program",
        mebibytes(size),
        "-",
        "recorded in docs/maintainers.md"
    ));
    Ok(())
}

/// The lines of the report.
struct Page {
    over: usize,
}

impl Page {
    fn line(&mut self, name: &str, figure: &str, budget: &str, within: bool) {
        if !within {
            self.over += 1;
        }
        say(&format!("{name:<28}{figure:>12}{budget:>12}  {}", if within { "ok" } else { "OVER" }));
    }

    fn time(&mut self, name: &str, took: Duration, budget_ms: u32) {
        let ms = took.as_secs_f64() * 1000.0;
        self.line(name, &format!("{ms:.1} ms"), &format!("{budget_ms} ms"), ms <= f64::from(budget_ms));
    }

    fn memory(&mut self, name: &str, bytes: u64, budget_mib: u64) {
        self.line(name, &mebibytes(bytes), &format!("{budget_mib} MiB"), bytes <= budget_mib << 20);
    }
}

#[expect(
    clippy::print_stdout,
    reason = "a benchmark's figures are its output, and the program's terminal is not in play"
)]
fn say(line: &str) {
    println!("{line}");
}

fn mebibytes(bytes: u64) -> String {
    let tenths = (bytes * 10 + (1 << 19)) >> 20;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

fn median(times: impl IntoIterator<Item = Duration>) -> Duration {
    let mut times: Vec<_> = times.into_iter().collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The program with a state folder of its own, isolated from the caller's environment.
fn pllab(state: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(PLLAB);
    command.args(args).arg("--state-dir").arg(state);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") || name.to_string_lossy().starts_with("PLLAB_") {
            command.env_remove(name);
        }
    }
    command
}

fn version() -> Outcome<Duration> {
    let mut times = Vec::new();
    for _ in 0..21 {
        let began = Instant::now();
        let done = Command::new(PLLAB).arg("--version").output()?;
        times.push(began.elapsed());
        if !done.status.success() {
            return Err("pllab --version failed".into());
        }
    }
    Ok(median(times))
}

/// From the start of the program to the first line of the opening, with the sandbox started and the run recorded.
fn first_screen() -> Outcome<Duration> {
    let mut times = Vec::new();
    for _ in 0..11 {
        let state = tempfile::tempdir()?;
        let began = Instant::now();
        let mut child = pllab(state.path(), &["start", "--yes", "--plain", "--pace", "instant"]).spawn()?;
        let mut first = [0_u8; 1];
        child.stdout.as_mut().ok_or("no output")?.read_exact(&mut first)?;
        times.push(began.elapsed());
        end(child)?;
    }
    Ok(median(times))
}

/// A whole lab with clean-up and receipt, every journal line on the disk: the time, and the peak memory if it can be
/// read.
fn whole_lab() -> Outcome<(Duration, Option<u64>)> {
    let state = tempfile::tempdir()?;
    let began = Instant::now();
    let mut child = pllab(state.path(), &["start", "--yes", "--pace", "instant", "--output", "json"]).spawn()?;
    let mut output = child.stdout.take().ok_or("no output")?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    });
    // The high-water mark only rises, so the last reading before the end is the peak.
    let mut peak = None;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = memory(child.id(), "VmHWM:").or(peak);
        sleep(Duration::from_millis(1));
    };
    let took = began.elapsed();
    let text = reader.join().map_err(|_| "the reader failed")??;
    let last = text.lines().last().unwrap_or_default();
    if !status.success() || !last.contains(r#""run_finished""#) || !last.contains(r#""verdict":"met""#) {
        return Err(format!("the lab ended with {status}: {last}").into());
    }
    Ok((took, peak))
}

/// The sandbox alone: after its start, and after a lab was run on it and cleaned up. `None` if memory cannot be read.
fn idle_sandbox() -> Outcome<Option<(u64, u64)>> {
    let state = tempfile::tempdir()?;
    let mut sandbox = pllab(state.path(), &["sandbox", "--pace", "instant", "--output", "json"]).spawn()?;
    let result = (|| {
        let mut line = String::new();
        BufReader::new(sandbox.stdout.as_mut().ok_or("no output")?).read_line(&mut line)?;
        if !line.contains("sandbox_ready") {
            return Err("the sandbox did not start".into());
        }
        sleep(Duration::from_millis(300));
        let Some(fresh) = memory(sandbox.id(), "VmRSS:") else { return Ok(None) };
        let done = pllab(state.path(), &["start", "--yes", "--pace", "instant", "--output", "json"]).output()?;
        if !done.status.success() {
            return Err("the lab on the lone sandbox failed".into());
        }
        sleep(Duration::from_millis(300));
        Ok(memory(sandbox.id(), "VmRSS:").map(|used| (fresh, used)))
    })();
    end(sandbox)?;
    result
}

fn end(mut child: Child) -> Outcome<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// A memory figure of a process in bytes, on systems with `/proc`.
fn memory(process: u32, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Copies the lab under a new name into an empty folder, and makes the program find it there.
fn files_to_add_a_lab() -> Outcome<usize> {
    let labs = tempfile::tempdir()?;
    let state = tempfile::tempdir()?;
    let new = labs.path().join("a-new-lab");
    fs::create_dir(&new)?;
    let mut files = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/privatelink"))? {
        let entry = entry?;
        // Drills are in a folder of their own, and a lab does not need any.
        if entry.file_type()?.is_dir() {
            continue;
        }
        let text = fs::read_to_string(entry.path())?.replacen("id: privatelink", "id: a-new-lab", 1);
        fs::write(new.join(entry.file_name()), text)?;
        files += 1;
    }
    let folder = labs.path().display().to_string();
    let done = pllab(state.path(), &["labs", "list", "--labs", &folder]).output()?;
    if String::from_utf8_lossy(&done.stdout).contains("a-new-lab") {
        Ok(files)
    } else {
        Err("the new lab is not listed".into())
    }
}

/// The time of a plain boto3 script with the same calls against moto's server, as a line to print.
fn moto() -> Outcome<Option<String>> {
    let venv = std::env::var_os("PLLAB_CLIENTS_VENV").map_or_else(
        || Path::new(PLLAB).ancestors().nth(2).map(|target| target.join("clients-venv")).unwrap_or_default(),
        PathBuf::from,
    );
    let python = venv.join("bin/python");
    if !python.is_file() {
        return Ok(None);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/moto_lab.py");
    let mut runs = Vec::new();
    for _ in 0..3 {
        let done = Command::new(&python).arg(&script).stdin(Stdio::null()).output()?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).lines().last().unwrap_or_default().into());
        }
        runs.push(serde_json::from_slice::<serde_json::Value>(&done.stdout)?);
    }
    let took = median(runs.iter().filter_map(|run| run["seconds"].as_f64()).map(Duration::from_secs_f64));
    Ok(Some(format!(
        "{:<28}{:>12}{:>12}  boto3 script, {} calls one after the other, no checks through the path; moto lacks {}",
        "  the same against moto",
        format!("{:.1} ms", took.as_secs_f64() * 1000.0),
        "-",
        runs[0]["calls"],
        runs[0]["lacking"],
    )))
}
