//! The state folder: which runs there are, and one process at a time for each.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::exit::{Code, Failed};
use super::trouble::{drop_command, journal_trouble};
use crate::engine::{self, JournalError, State};
use crate::host::{
    DirLock, Host, Links, LockError, create_private_dir, read_regular, state_dir, sync_dir, write_atomic,
};
use crate::i18n::{Lang, m};

/// The file that keeps the language that the reader chose.
const LANGUAGE: &str = "language";

#[derive(Clone, Debug)]
pub struct Store {
    pub root: PathBuf,
}

/// A run on disk.
pub struct StoredRun {
    pub folder: PathBuf,
    /// The state that its journal folds into.
    pub state: State,
    /// The numbers of unreadable journal lines.
    pub damaged: Vec<usize>,
}

/// A folder of a run whose journal cannot be read.
pub struct Unreadable {
    /// The name of the folder.
    pub id: String,
    pub folder: PathBuf,
    /// Why it cannot be read, and what to do about it.
    pub why: Failed,
}

impl Store {
    /// The store at `--state-dir`, `PLLAB_STATE_DIR`, or the platform's place. Creates nothing.
    pub fn open(flag: Option<PathBuf>, host: &Host) -> Result<Self, Failed> {
        let root = state_dir(flag, host.var_os("PLLAB_STATE_DIR"));
        let Some(root) = root else {
            return Err(Failed::new(Code::Usage, m::cli_no_home(), Vec::new(), &["pllab start --state-dir DIR"]));
        };
        Ok(Self { root })
    }

    /// The language that the reader chose last, by flag or at a menu.
    pub fn language(&self) -> Option<Lang> {
        String::from_utf8(read_regular(&self.root.join(LANGUAGE), 64, Links::Followed).ok()?).ok()?.trim().parse().ok()
    }

    /// Keeps the reader's language. Makes no folder for it, because before the first run there is nothing to come back
    /// to.
    pub fn keep_language(&self, lang: Lang) {
        if self.root.is_dir() && self.language() != Some(lang) {
            // If this fails, the reader has to choose once more.
            let _ = write_atomic(&self.root.join(LANGUAGE), lang.tag().as_bytes(), false);
        }
    }

    /// The folder of a standalone sandbox.
    pub fn sandbox(&self) -> PathBuf {
        self.root.join("sandbox")
    }

    fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Only one process at a time may work on a run.
    pub fn lock(&self) -> Result<DirLock, Failed> {
        create_private_dir(&self.root).map_err(|error| Failed::io(&self.root, &error))?;
        DirLock::acquire(&self.root, "run").map_err(|error| match error {
            LockError::Held { pid, machine } => {
                let pid = pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string());
                let details = vec![m::cli_busy_detail(self.root.display().to_string())];
                let next = ["pllab status", "pllab start --state-dir DIR"];
                let title = match machine {
                    Some(machine) => m::CliBusyElsewhere { machine, pid }.text(),
                    None => m::cli_busy(pid),
                };
                Failed::new(Code::Usage, title, details, &next)
            }
            LockError::Worthless => Failed::no_locks(&self.root),
            LockError::Io(error) => Failed::io(&self.root, &error),
        })
    }

    /// Makes the folder of a run that began on another machine.
    pub fn folder_for(&self, run: &str) -> Result<PathBuf, Failed> {
        let folder = self.runs().join(run);
        // After a power cut, the folder must be there if anything was made.
        let made =
            create_private_dir(&folder).and_then(|()| sync_dir(&self.runs())).and_then(|()| sync_dir(&self.root));
        made.map_err(|error| Failed::io(&folder, &error))?;
        Ok(folder)
    }

    /// Makes the folder of a new run and returns its id.
    pub fn create(&self, host: &Host) -> Result<(String, PathBuf), Failed> {
        // No vowels and no look-alikes: ids are read aloud in classrooms, and should not spell words.
        let id = host.random.text(b"23456789bcdfghjkmnpqrstvwxz", 6);
        let folder = self.folder_for(&id)?;
        Ok((id, folder))
    }

    /// Every run that can be read, the latest first.
    pub fn all(&self) -> Result<Vec<StoredRun>, Failed> {
        self.survey().map(|(found, _)| found)
    }

    /// The runs that can be read, the latest first, and those that cannot: an unreadable run must not hide the others.
    /// A folder without a journal is no run, but an unreadable one may be.
    pub fn survey(&self) -> Result<(Vec<StoredRun>, Vec<Unreadable>), Failed> {
        let runs = self.runs();
        let entries = match fs::read_dir(&runs) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
            Err(error) => return Err(Failed::io(&runs, &error)),
        };
        let (mut found, mut unreadable) = (Vec::new(), Vec::new());
        for entry in entries {
            let folder = entry.map_err(|error| Failed::io(&runs, &error))?.path();
            match look(&folder) {
                Ok(run) => found.extend(run),
                Err(why) => unreadable.push(Unreadable { id: id_of(&folder), folder, why }),
            }
        }
        found.sort_by_key(|run| std::cmp::Reverse(run.state.last.unwrap_or(Timestamp::MIN)));
        unreadable.sort_by(|one, other| one.id.cmp(&other.id));
        Ok((found, unreadable))
    }

    /// The run called `id`, or the latest run that `wanted` accepts.
    pub fn find(&self, id: Option<&str>, wanted: impl Fn(&State) -> bool) -> Result<StoredRun, Failed> {
        let (all, unreadable) = self.survey()?;
        if let Some(id) = id {
            // Only ids that the listing gives are accepted, so an id cannot lead out of the folder.
            if let Some(run) = unreadable.into_iter().find(|run| run.id == id) {
                return Err(run.why);
            }
            let known: Vec<String> = all.iter().map(StoredRun::id).collect();
            return all.into_iter().find(|run| run.id() == id).ok_or_else(|| {
                let details = if known.is_empty() {
                    vec![m::cli_no_runs(self.root.display().to_string())]
                } else {
                    vec![m::cli_known_runs(known.join(", "))]
                };
                Failed::new(Code::Usage, m::cli_unknown_run(id), details, &["pllab status"])
            });
        }
        let any = !all.is_empty();
        let ids: Vec<String> = unreadable.iter().map(|run| run.id.clone()).collect();
        if let Some(run) = all.into_iter().find(|run| wanted(&run.state)) {
            return Ok(run);
        }
        // The unreadable run may be the one that is meant, so report it instead of saying that there is none.
        if let Some(run) = unreadable.into_iter().next() {
            let mut why = run.why;
            if let (Some(report), true) = (why.report.as_mut(), ids.len() > 1) {
                report.details.push(m::cli_runs_unreadable(ids.join(", ")));
            }
            return Err(why);
        }
        let folder = self.root.display().to_string();
        let details = vec![if any { m::cli_all_cleaned(folder) } else { m::cli_no_runs(folder) }];
        Err(Failed::new(Code::Usage, m::cli_no_run(), details, &["pllab start"]))
    }
}

impl StoredRun {
    /// The name of the run's folder, which is right even if the journal's first line is lost.
    pub fn id(&self) -> String {
        id_of(&self.folder)
    }

    /// Whether its sandbox is in its own folder, and not in the one that the runs of the state folder share.
    pub fn has_own_sandbox(&self) -> bool {
        own_sandbox(&self.folder).is_dir()
    }
}

/// The folder of a run's own sandbox. Only runs on the built-in sandbox have one.
pub fn own_sandbox(folder: &Path) -> PathBuf {
    folder.join("sandbox")
}

fn id_of(folder: &Path) -> String {
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn look(folder: &Path) -> Result<Option<StoredRun>, Failed> {
    if id_of(folder).starts_with('-') && folder.join("journal.jsonl").exists() {
        // On a command line, its name would be read as a flag.
        let name = m::cli_run_name(folder.display().to_string());
        return Err(Failed::new(Code::Usage, name, Vec::new(), &["pllab status"]));
    }
    let read = match engine::read(folder) {
        Ok(read) => read,
        // There is no journal, or no folder at all.
        Err(JournalError::Io { source, .. })
            if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        Err(error) => {
            let mut failed = journal_trouble(&error, &id_of(folder));
            if let Some(report) = failed.report.as_mut().filter(|_| own_sandbox(folder).is_dir()) {
                report.next = vec![drop_command(&id_of(folder))];
            }
            return Err(failed);
        }
    };
    if read.entries.is_empty() && read.damaged.is_empty() {
        // The process was killed before the first line was whole. Nothing was made, so there is no run.
        return Ok(None);
    }
    Ok(Some(StoredRun { folder: folder.to_owned(), state: State::replay(&read.entries), damaged: read.damaged }))
}
