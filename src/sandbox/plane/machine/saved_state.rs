//! What the data plane must know again after a restart: how far each boot script got, and the ports of the forwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::host::write_atomic;

use crate::sandbox::plane::lock::lock;

/// Kept in one small file, which is always replaced as a whole.
pub struct SavedState {
    path: PathBuf,
    kept: Mutex<Kept>,
    restarted: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// The number of finished steps of the boot script, by instance.
    #[serde(default)]
    done: BTreeMap<String, usize>,
    /// What programs from outside have answered the finished steps, by instance.
    #[serde(default)]
    results: BTreeMap<String, Vec<(u8, String)>>,
    /// The local port of each forward, by instance and host.
    #[serde(default, alias = "doors")]
    forwards: BTreeMap<String, BTreeMap<String, u16>>,
    /// The instances whose nginx has died and has not run since.
    #[serde(default)]
    died: BTreeSet<String>,
}

impl SavedState {
    /// Reads the file at `path`. A file that cannot be read counts as missing: at worst a boot script runs again and
    /// a forward gets another port.
    pub fn load(path: PathBuf) -> Self {
        let kept: Option<Kept> = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { path, restarted: kept.is_some(), kept: Mutex::new(kept.unwrap_or_default()) }
    }

    /// Whether an earlier process left a file.
    pub fn restarted(&self) -> bool {
        self.restarted
    }

    /// How many steps of the instance's boot script are done; `None` if it has not begun.
    pub fn done(&self, id: &str) -> Option<usize> {
        lock(&self.kept).done.get(id).copied()
    }

    /// What programs from outside have answered the finished steps.
    pub fn results(&self, id: &str) -> Vec<(u8, String)> {
        lock(&self.kept).results.get(id).cloned().unwrap_or_default()
    }

    pub fn set_done(&self, id: &str, steps: usize, results: &[(u8, String)]) {
        self.change(|kept| {
            kept.done.insert(id.to_owned(), steps);
            if !results.is_empty() {
                kept.results.insert(id.to_owned(), results.to_vec());
            }
        });
    }

    /// The port that a forward had.
    pub fn forward(&self, id: &str, host: &str) -> Option<u16> {
        lock(&self.kept).forwards.get(id)?.get(host).copied()
    }

    /// The forwards of an instance, each with its port.
    pub fn forwards(&self, id: &str) -> Vec<(String, u16)> {
        lock(&self.kept).forwards.get(id).into_iter().flatten().map(|(host, port)| (host.clone(), *port)).collect()
    }

    /// Stores all forwards of an instance at once, so that the file is written once.
    pub fn set_forwards(&self, id: &str, forwards: BTreeMap<String, u16>) {
        self.change(|kept| {
            if forwards.is_empty() {
                kept.forwards.remove(id);
            } else {
                kept.forwards.insert(id.to_owned(), forwards);
            }
        });
    }

    pub fn set_died(&self, id: &str) {
        self.change(|kept| {
            kept.died.insert(id.to_owned());
        });
    }

    /// Records that an instance's nginx runs, and returns whether it had died.
    pub fn revive(&self, id: &str) -> bool {
        let mut had_died = false;
        self.change(|kept| had_died = kept.died.remove(id));
        had_died
    }

    pub fn forget(&self, id: &str) {
        self.change(|kept| {
            kept.done.remove(id);
            kept.results.remove(id);
            kept.forwards.remove(id);
            kept.died.remove(id);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) {
        let mut kept = lock(&self.kept);
        let before = kept.clone();
        change(&mut kept);
        if *kept != before
            && let Ok(bytes) = serde_json::to_vec(&*kept)
        {
            // If this fails, as on a full disk, only the state after a restart is worse; the running lab is not
            // affected.
            let _ = write_atomic(&self.path, &bytes, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_known_again() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("plane.json");
        let memory = SavedState::load(path.clone());
        memory.set_done("i-1", 3, &[(7, "said".to_owned())]);
        memory.set_forwards("i-1", [("web".to_owned(), 4567)].into());
        memory.set_died("i-1");
        memory.set_done("i-2", 1, &[]);
        memory.forget("i-2");
        let again = SavedState::load(path.clone());
        assert_eq!((again.done("i-1"), again.forward("i-1", "web"), again.done("i-2")), (Some(3), Some(4567), None));
        assert_eq!(again.results("i-1"), [(7, "said".to_owned())]);
        assert_eq!((again.revive("i-1"), again.revive("i-1")), (true, false));
        again.set_forwards("i-1", BTreeMap::new());
        assert_eq!(again.forwards("i-1"), []);
        fs::write(&path, b"not json")?;
        assert_eq!(SavedState::load(path).done("i-1"), None);
        Ok(())
    }
}
