//! Events as JSON: what `--output json` prints and what the journal holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Folder;

/// One event.
pub type Line = Value;

/// Parses one event per line.
#[track_caller]
pub fn events(text: &str) -> Vec<Line> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The events of a journal, without a last line that is still being written, or was cut by a kill.
#[track_caller]
pub fn written(journal: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(journal).expect("the journal can be read");
    events(text.rsplit_once('\n').map_or("", |(whole, _)| whole))
}

/// The events' names, in order.
pub fn sequence(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line["event"].as_str().unwrap_or_default()).collect()
}

/// How often each part of each resource was made: successful outcomes by resource and part.
pub fn made(lines: &[Line]) -> BTreeMap<(String, String), usize> {
    let done: BTreeSet<u64> = lines
        .iter()
        .filter(|line| line["event"] == "outcome" && line["facts"].is_object())
        .filter_map(|line| line["call"].as_u64())
        .collect();
    let mut made = BTreeMap::new();
    for line in lines.iter().filter(|line| line["event"] == "intent" && line["purpose"] == "make") {
        if line["call"].as_u64().is_some_and(|call| done.contains(&call)) {
            let name = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            *made.entry((name("resource"), name("part"))).or_default() += 1;
        }
    }
    made
}

/// The counts of the last receipt: gone, left, unknown.
pub fn receipt(lines: &[Line]) -> Option<(u64, u64, u64)> {
    let line = lines.iter().rev().find(|line| line["event"] == "receipt")?;
    Some((line["gone"].as_u64()?, line["left"].as_u64()?, line["unknown"].as_u64()?))
}

/// Waits until the journal has a line that `wanted` accepts.
#[track_caller]
pub fn wait_for(folder: &Folder, what: &str, wanted: impl Fn(&Line) -> bool) -> Line {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let lines = folder.journal();
        if let Some(line) = lines.iter().find(|line| wanted(line)) {
            return line.clone();
        }
        assert!(Instant::now() < deadline, "no {what} in:\n{lines:#?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
