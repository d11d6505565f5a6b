//! Where labs come from: those built into the program, and folders of one's own.

use std::path::Path;
use std::{fs, io};

use super::LabError;
use super::limits::{self, DRILLS, FILE, FOLDER, LABS};
use crate::host::{Links, ReadError, read_regular};
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
    /// The names of every lab there is: the folder's first, then the program's own. A folder counts as a lab by its
    /// `lab.yaml`, whatever that is: what cannot be read is an error when it is opened, not a lab less.
    ///
    /// # Errors
    /// When `labs` is given and is not a folder that can be listed, or holds more labs than one may.
    pub fn list(labs: Option<&Path>) -> Result<Vec<String>, LabError> {
        let mut ids: Vec<String> = Vec::new();
        if let Some(dir) = labs {
            let entries = fs::read_dir(dir).map_err(|error| unreadable(dir, &error))?;
            for entry in entries.flatten().filter(|entry| holds_lab(&entry.path())) {
                if ids.len() == LABS {
                    let what = limits::too_many(m::lab_limit_labs(), LABS);
                    return Err(LabError { file: dir.display().to_string(), place: None, what });
                }
                ids.push(entry.file_name().to_string_lossy().into_owned());
            }
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
    /// When one of its files is missing, cannot be read, is no regular file, or is longer than a lab's may be.
    pub fn open(id: &str, folder: &Path) -> Result<Self, LabError> {
        if !limits::is_name(id) {
            return Err(limits::bad_name(&folder.display().to_string(), "", id));
        }
        let [yaml, ja, en] = FILES.map(|name| read(&folder.join(name)));
        let (yaml, ja, en) = (yaml?, ja?, en?);
        let drills = drills(&folder.join("drills"))?;
        let length = yaml.len() + ja.len() + en.len() + drills.iter().map(|drill| drill.yaml.len()).sum::<usize>();
        if length as u64 > FOLDER {
            let what = m::lab_folder_too_long(FOLDER);
            return Err(LabError { file: folder.display().to_string(), place: None, what });
        }
        Ok(Self { id: id.to_owned(), folder: folder.display().to_string(), yaml, ja, en, drills })
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
        // Of a folder that holds anything at all the first few say what is wrong.
        let strays = entries.map(|entry| entry.path()).filter(|path| !belongs(path));
        let mut paths: Vec<_> = strays.take(limits::FAULTS).collect();
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
        if let Some(folder) = labs.map(|dir| dir.join(id)).filter(|folder| holds_lab(folder)) {
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

/// Whether a folder is a lab's.
fn holds_lab(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join("lab.yaml")).is_ok()
}

/// The text of a lab's file.
fn read(path: &Path) -> Result<String, LabError> {
    let fault = |what| LabError { file: path.display().to_string(), place: None, what };
    let bytes = read_regular(path, FILE, Links::Refused).map_err(|error| match error {
        ReadError::NotRegular => fault(m::lab_file_not_regular()),
        ReadError::TooLong { most } => fault(m::lab_file_too_long(most)),
        ReadError::Io(error) => unreadable(path, &error),
    })?;
    String::from_utf8(bytes).map_err(|error| fault(m::lab_file_not_text(error.utf8_error().valid_up_to() + 1)))
}

/// The drills in a folder; none where there is no such folder.
fn drills(folder: &Path) -> Result<Vec<DrillSource>, LabError> {
    let fault = |what| LabError { file: folder.display().to_string(), place: None, what };
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
        Ok(found) if !found.is_dir() => return Err(fault(m::lab_drills_no_folder())),
        Ok(_) => {}
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            if paths.len() == DRILLS {
                return Err(fault(limits::too_many(m::lab_limit_drills(), DRILLS)));
            }
            paths.push(path);
        }
    }
    paths.sort();
    let drill = |path: &Path| {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(DrillSource { id, file: path.display().to_string(), yaml: read(path)? })
    };
    paths.iter().map(|path| drill(path)).collect()
}

fn is_drill(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml")
        && fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// Whether a lab's folder may hold this: its three files, and a folder of drills.
fn belongs(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    if name == "drills" && fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
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
