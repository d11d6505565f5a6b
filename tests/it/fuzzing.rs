//! Runs everything that reads foreign input over the fuzzers' corpus and over reproducible mutations of it: no panic,
//! no hang, bounded memory. Each corpus has a process of its own. The fuzzers themselves are in `fuzz/`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pllab::inside::host::Random;

use super::harness::{full, say};

#[path = "../../fuzz/entries.rs"]
mod entries;

/// The longest time for one input, far above the normal one, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest mutation of a seed, in bytes.
const LONGEST: usize = 64 * 1024;

/// Bytes that are special somewhere.
const WORDS: [&[u8]; 16] = [
    b"\n",
    b"\0",
    b"&",
    b"=",
    b"%",
    b"%FF",
    b".1",
    b"{{",
    b"}}",
    b"- ",
    b"\"",
    b": ",
    b"\xe3\x81\x82",
    b"\xff\xfe",
    b"4294967296",
    b"-1",
];

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(&folder).expect("there is a corpus").flatten().map(|it| it.path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a seed can be read")).collect()
}

fn below(random: &Random, end: usize) -> usize {
    usize::try_from(random.next_u64() % end.max(1) as u64).expect("it is below a usize")
}

/// A seed with a few mutations: bytes flipped; parts cut, doubled, moved, or taken from another seed; words inserted.
fn changed(seeds: &[Vec<u8>], random: &Random) -> Vec<u8> {
    let mut bytes = seeds[below(random, seeds.len())].clone();
    for _ in 0..=below(random, 4) {
        let (a, b) = (below(random, bytes.len() + 1), below(random, bytes.len() + 1));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 400));
        match below(random, 6) {
            0 if !bytes.is_empty() => {
                let at = below(random, bytes.len());
                bytes[at] ^= 1 << below(random, 8);
            }
            1 => drop(bytes.drain(from..to)),
            2 => {
                let part = bytes[from..to].repeat(1 + below(random, 8));
                bytes.splice(to..to, part);
            }
            3 => {
                let other = &seeds[below(random, seeds.len())];
                let start = below(random, other.len());
                let part = other[start..(start + 200).min(other.len())].to_vec();
                bytes.splice(from..to, part);
            }
            4 => bytes.truncate(to),
            _ => {
                let word = WORDS[below(random, WORDS.len())];
                bytes.splice(from..from, word.iter().copied());
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Environment variable: the corpus for [`child`].
const CORPUS: &str = "PLLAB_IT_CORPUS";
/// The most memory, in MiB, that reading a corpus and its mutations may take at any moment, including the program's
/// own.
const MOST: u64 = 128;

/// Not a test of its own: the other tests start it as a process with nothing else in its memory.
#[test]
fn child() {
    let Ok(name) = std::env::var(CORPUS) else { return };
    // Stop runaway memory here, before it brings the machine down.
    rlimit::setrlimit(rlimit::Resource::AS, 4 << 30, 4 << 30).expect("a limit can be lowered");
    let entry = entries::entry(&name);
    let seeds = corpus(&name);
    assert!(!seeds.is_empty(), "{name}");
    let random = Random::seeded(name.len() as u64);
    let changes = match (full(), name.as_str()) {
        // Each of these reads a whole lab.
        (true, "lab" | "markdown") => 5_000,
        (true, _) => 100_000,
        (false, "lab" | "markdown") => 60,
        (false, _) => 600,
    };
    let mut slowest = Duration::ZERO;
    let inputs = seeds.clone().into_iter().chain((0..changes).map(|_| changed(&seeds, &random)));
    let now = watched();
    for bytes in inputs {
        let began = Instant::now();
        *now.lock().expect("nobody panics with it") = Some((began, bytes.clone()));
        entry(&bytes);
        slowest = slowest.max(began.elapsed());
    }
    *now.lock().expect("nobody panics with it") = None;
    let peak = peak();
    assert!(peak.is_none_or(|peak| peak < MOST), "{name}: {peak:?} MiB, at most {MOST}");
    let memory = peak.map_or("not measured on this system".to_owned(), |peak| format!("{peak} MiB, at most {MOST}"));
    let seeds = seeds.len();
    say(&format!(
        "fuzzing {name}: {seeds} seeds, {changes} changes, the slowest took {slowest:?}; peak memory {memory}"
    ));
}

/// The input being read, and since when.
type Now = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Aborts the process if an input takes too long. Both then and on a panic, it prints the input.
fn watched() -> Now {
    let told = |what: &str, bytes: &[u8]| say(&format!("{what}: {}", String::from_utf8_lossy(bytes)));
    let now = Now::default();
    let (seen, input) = (Arc::clone(&now), Arc::clone(&now));
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        if let Ok(Some((_, bytes))) = input.try_lock().as_deref() {
            told("panics", bytes);
        }
    }));
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_millis(200));
            if let Some((began, bytes)) = &*seen.lock().expect("nobody panics with it")
                && began.elapsed() > PATIENCE
            {
                told("hangs", bytes);
                end();
            }
        }
    });
    now
}

#[expect(clippy::disallowed_methods, reason = "what hangs cannot be asked to end")]
fn end() -> ! {
    std::process::abort()
}

/// The peak memory of this process, in MiB. Only Linux tells it without the C library.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

fn run(name: &str) {
    let mut command = Command::new(std::env::current_exe().expect("the tests are a program"));
    let ran = command.args(["--exact", "fuzzing::child", "--nocapture"]).env(CORPUS, name).output();
    let ran = ran.expect("the tests are a program");
    let out = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{name}: {}\n{out}\n{}", ran.status, String::from_utf8_lossy(&ran.stderr));
    say(out.lines().find_map(|line| line.find("fuzzing ").map(|at| &line[at..])).expect("it says what it did"));
}

#[test]
fn requests() {
    run("request");
}

#[test]
fn requests_of_other_protocols() {
    run("rest");
}

#[test]
fn user_data() {
    run("user_data");
}

#[test]
fn nginx() {
    run("nginx");
}

#[test]
fn journals() {
    run("journal");
}

#[test]
fn labs() {
    run("lab");
}

#[test]
fn drills() {
    run("drill");
}

#[test]
fn words() {
    run("markdown");
}

#[test]
fn fluent_files() {
    run("fluent");
}

#[test]
fn every_corpus_has_its_fuzzer() {
    for (name, _) in entries::ENTRIES {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/fuzz_targets/{name}.rs"));
        let text = fs::read_to_string(&target).expect("the fuzzer is there");
        assert!(text.contains(&format!("entries::entry(\"{name}\")")), "{name}");
    }
}
