//! Where labs come from: built into the program, or in the reader's own folders.

use std::path::Path;
use std::{fs, io};

use super::LabError;
use super::limits::{self, DRILLS, FILE, FOLDER, LABS};
use crate::host::{Links, ReadError, read_regular};
use crate::i18n::m;

struct Embedded {
    id: &'static str,
    yaml: &'static str,
    ja: &'static str,
    en: &'static str,
    /// Id and text, in the order of the ids.
    drills: &'static [(&'static str, &'static str)],
}

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/labs.rs"));

const FILES: [&str; 3] = ["lab.yaml", "ja.md", "en.md"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The folder's name.
    pub id: String,
    /// The folder, as shown to the reader.
    pub folder: String,
    /// The text of `lab.yaml`.
    pub yaml: String,
    /// The text of `ja.md`.
    pub ja: String,
    /// The text of `en.md`.
    pub en: String,
    /// In the order of their names.
    pub drills: Vec<DrillSource>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillSource {
    /// The file's name without its extension.
    pub id: String,
    /// The file, as shown to the reader.
    pub file: String,
    pub yaml: String,
}

impl Source {
    /// The names of all labs: the folder's first, then the built-in ones. A folder counts as a lab if it has a
    /// `lab.yaml`, even an unreadable one: opening it then gives the error, instead of the lab silently missing from
    /// the list.
    ///
    /// # Errors
    /// When `labs` is given and is not a folder that can be listed, or holds more labs than the limit.
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

    /// Reads the lab `id` from `folder`.
    ///
    /// # Errors
    /// When one of its files is missing, cannot be read, is not a regular file, or is longer than the limit.
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

    #[must_use]
    pub fn is_built_in(&self) -> bool {
        EMBEDDED.iter().any(|lab| lab.id == self.id && lab.yaml == self.yaml)
    }

    /// Files in the lab's folder that are not part of a lab; none for a built-in lab.
    #[must_use]
    pub fn stray(&self) -> Vec<LabError> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        // The first few are enough to say what is wrong, however many the folder holds.
        let strays = entries.map(|entry| entry.path()).filter(|path| !belongs(path));
        let mut paths: Vec<_> = strays.take(limits::FAULTS).collect();
        paths.sort();
        let stray = |path: &Path| LabError { file: path.display().to_string(), place: None, what: m::lab_stray() };
        paths.iter().map(|path| stray(path)).collect()
    }

    /// The lab called `id`: one in `labs` wins over a built-in one. `None` when there is none.
    ///
    /// # Errors
    /// When one of its three files is missing or cannot be read.
    pub fn find(id: &str, labs: Option<&Path>) -> Result<Option<Self>, LabError> {
        // Only names that `list` returns, so that an id cannot lead out of the folder.
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

fn holds_lab(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join("lab.yaml")).is_ok()
}

fn read(path: &Path) -> Result<String, LabError> {
    let fault = |what| LabError { file: path.display().to_string(), place: None, what };
    let bytes = read_regular(path, FILE, Links::Refused).map_err(|error| match error {
        ReadError::NotRegular => fault(m::lab_file_not_regular()),
        ReadError::TooLong { most } => fault(m::lab_file_too_long(most)),
        ReadError::Io(error) => unreadable(path, &error),
    })?;
    String::from_utf8(bytes).map_err(|error| fault(m::lab_file_not_text(error.utf8_error().valid_up_to() + 1)))
}

/// The drills in a folder; none if the folder does not exist.
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

/// Whether this may be in a lab's folder: one of its three files, or the folder of drills.
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
