//! Where labs come from: those built into the program, and folders of one's own.

use std::path::Path;
use std::{fs, io};

use super::LabError;
use crate::i18n::m;

/// A lab built into the program.
struct Embedded {
    id: &'static str,
    yaml: &'static str,
    ja: &'static str,
    en: &'static str,
    /// Its drills: id and text, in the order of their ids.
    drills: &'static [(&'static str, &'static str)],
}

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/labs.rs"));

/// A lab's files.
const FILES: [&str; 3] = ["lab.yaml", "ja.md", "en.md"];

/// A lab's three files, as text.
#[derive(Clone, Debug)]
pub struct Source {
    /// The lab's name: its folder's.
    pub id: String,
    /// How its folder is named to the reader.
    pub folder: String,
    /// `lab.yaml`.
    pub yaml: String,
    /// `ja.md`.
    pub ja: String,
    /// `en.md`.
    pub en: String,
    /// Its drills, in the order of their names.
    pub drills: Vec<DrillSource>,
}

/// A drill's file, as text.
#[derive(Clone, Debug)]
pub struct DrillSource {
    /// The drill's name: its file's.
    pub id: String,
    /// How its file is named to the reader.
    pub file: String,
    /// What stands in it.
    pub yaml: String,
}

impl Source {
    /// The names of every lab there is: the folder's first, then the program's own.
    ///
    /// # Errors
    /// When `labs` is given and is not a folder that can be listed.
    pub fn list(labs: Option<&Path>) -> Result<Vec<String>, LabError> {
        let mut ids: Vec<String> = Vec::new();
        if let Some(dir) = labs {
            let entries = fs::read_dir(dir).map_err(|error| unreadable(dir, &error))?;
            ids.extend(
                entries
                    .flatten()
                    .filter(|entry| entry.path().join("lab.yaml").is_file())
                    .map(|entry| entry.file_name().to_string_lossy().into_owned()),
            );
            ids.sort();
        }
        for lab in EMBEDDED {
            if !ids.iter().any(|id| id == lab.id) {
                ids.push(lab.id.to_owned());
            }
        }
        Ok(ids)
    }

    /// The lab in `folder`, which is called `id`.
    ///
    /// # Errors
    /// When one of its three files is missing or cannot be read.
    pub fn open(id: &str, folder: &Path) -> Result<Self, LabError> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))
        };
        let [yaml, ja, en] = FILES.map(read);
        let drills = drills(&folder.join("drills"))?;
        Ok(Self { id: id.to_owned(), folder: folder.display().to_string(), yaml: yaml?, ja: ja?, en: en?, drills })
    }

    /// Whether it ships with the program.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        EMBEDDED.iter().any(|lab| lab.id == self.id && lab.yaml == self.yaml)
    }

    /// What stands in the lab's folder and is no part of a lab; nothing for a lab that is built into the program.
    #[must_use]
    pub fn stray(&self) -> Vec<LabError> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).filter(|path| !belongs(path)).collect();
        paths.sort();
        let stray = |path: &Path| LabError { file: path.display().to_string(), place: None, what: m::lab_stray() };
        paths.iter().map(|path| stray(path)).collect()
    }

    /// The lab called `id`, a folder's own before the program's; `None` when there is none.
    ///
    /// # Errors
    /// When one of its three files is missing or cannot be read.
    pub fn find(id: &str, labs: Option<&Path>) -> Result<Option<Self>, LabError> {
        // Only names that `list` gives: an id is never a way out of the folder.
        if !Self::list(labs)?.iter().any(|known| known == id) {
            return Ok(None);
        }
        if let Some(folder) = labs.map(|dir| dir.join(id)).filter(|folder| folder.join("lab.yaml").is_file()) {
            return Self::open(id, &folder).map(Some);
        }
        Ok(EMBEDDED.iter().find(|lab| lab.id == id).map(|lab| Self {
            id: id.to_owned(),
            folder: format!("labs/{id}"),
            yaml: lab.yaml.to_owned(),
            ja: lab.ja.to_owned(),
            en: lab.en.to_owned(),
            drills: lab.drills.iter().map(|(drill, yaml)| embedded(id, drill, yaml)).collect(),
        }))
    }
}

fn embedded(lab: &str, id: &str, yaml: &str) -> DrillSource {
    DrillSource { id: id.to_owned(), file: format!("labs/{lab}/drills/{id}.yaml"), yaml: yaml.to_owned() }
}

/// The drills in a folder; none where there is no such folder.
fn drills(folder: &Path) -> Result<Vec<DrillSource>, LabError> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).filter(|path| is_drill(path)).collect();
    paths.sort();
    let read = |path: &Path| {
        let yaml = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(DrillSource { id, file: path.display().to_string(), yaml })
    };
    paths.iter().map(|path| read(path)).collect()
}

fn is_drill(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml") && path.is_file()
}

/// Whether a lab's folder may hold this: its three files, and a folder of drills.
fn belongs(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    if name == "drills" && path.is_dir() {
        return fs::read_dir(path).is_ok_and(|entries| entries.flatten().all(|entry| is_drill(&entry.path())));
    }
    FILES.iter().any(|file| name == *file)
}

fn unreadable(path: &Path, error: &io::Error) -> LabError {
    let what = if error.kind() == io::ErrorKind::NotFound {
        m::lab_file_missing()
    } else {
        m::lab_file_unreadable(error.to_string())
    };
    LabError { file: path.display().to_string(), place: None, what }
}
