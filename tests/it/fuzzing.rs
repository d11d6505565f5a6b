//! Everything that reads what others wrote, over the fuzzers' corpus and over changes of it that are the same each time: no
//! panic, no hang. The fuzzers themselves are in `fuzz/`.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use pllab::host::Random;

use super::harness::{full, say};

#[path = "../../fuzz/entries.rs"]
mod entries;

/// Longest time for one input. Far above what any takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest input that changes make of a seed.
const LONGEST: usize = 64 * 1024;

/// Bytes that mean something somewhere.
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

/// A seed with a few changes: bytes turned, parts cut, doubled, moved, or taken from another seed, words put in.
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

fn run(name: &str) {
    let entry = entries::entry(name);
    let seeds = corpus(name);
    assert!(!seeds.is_empty(), "{name}");
    let random = Random::seeded(name.len() as u64);
    let changes = match (full(), name) {
        (true, _) => 100_000,
        (false, "request" | "journal") => 600,
        (false, _) => 60,
    };
    let mut slowest = Duration::ZERO;
    let inputs = seeds.clone().into_iter().chain((0..changes).map(|_| changed(&seeds, &random)));
    for bytes in inputs {
        let began = Instant::now();
        let ended = std::panic::catch_unwind(|| entry(&bytes));
        let took = began.elapsed();
        slowest = slowest.max(took);
        assert!(ended.is_ok() && took < PATIENCE, "{name}, {took:?}: {}", String::from_utf8_lossy(&bytes));
    }
    say(&format!("fuzzing {name}: {} seeds, {changes} changes, the slowest took {slowest:?}", seeds.len()));
}

#[test]
fn requests() {
    run("request");
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
fn words() {
    run("markdown");
}

#[test]
fn every_corpus_has_its_fuzzer() {
    for (name, _) in entries::ENTRIES {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/fuzz_targets/{name}.rs"));
        let text = fs::read_to_string(&target).expect("the fuzzer is there");
        assert!(text.contains(&format!("entries::entry(\"{name}\")")), "{name}");
    }
}
