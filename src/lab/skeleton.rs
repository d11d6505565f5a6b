//! A lab to begin with: small, in both languages, and proved as it stands.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::schema;

/// The schema's name, beside the folders of labs; the first line of each `lab.yaml` leads an editor to it.
pub const SCHEMA_FILE: &str = "lab.schema.json";

/// The skeleton's three files; `LAB-ID` stands for the lab's name.
const FILES: [(&str, &str); 3] = [
    ("lab.yaml", include_str!("skeleton/lab.yaml")),
    ("ja.md", include_str!("skeleton/ja.md")),
    ("en.md", include_str!("skeleton/en.md")),
];

/// Why there is no new lab.
#[derive(Debug, thiserror::Error)]
pub enum SkeletonError {
    /// The name is none for a lab: small letters, digits and hyphens, a letter first.
    #[error("not a name for a lab: {0}")]
    Name(String),
    /// There is something of that name already.
    #[error("there already: {}", .0.display())]
    Taken(PathBuf),
    /// A file or folder cannot be written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the file system says.
        source: io::Error,
    },
}

/// Writes the lab `id` into a new folder of `dir`, and the schema beside it; gives the paths of what was written.
///
/// # Errors
/// When the name is none for a lab, when there is something of that name, or when it cannot be written.
pub fn skeleton(id: &str, dir: &Path) -> Result<Vec<PathBuf>, SkeletonError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.starts_with(|c: char| c.is_ascii_lowercase()) || !id.chars().all(plain) {
        return Err(SkeletonError::Name(id.to_owned()));
    }
    let folder = dir.join(id);
    let trouble = |path: &Path| {
        let path = path.to_owned();
        move |source| SkeletonError::Io { path, source }
    };
    fs::create_dir_all(dir).map_err(trouble(dir))?;
    // Fails where there is anything of that name, an empty folder too: nothing is ever written over.
    match fs::create_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(SkeletonError::Taken(folder)),
        made => made.map_err(trouble(&folder))?,
    }
    let mut written = Vec::new();
    for (name, text) in FILES {
        let path = folder.join(name);
        fs::write(&path, text.replace("LAB-ID", id)).map_err(trouble(&path))?;
        written.push(path);
    }
    // The program's own, whoever wrote the last one: it says what this version reads.
    let path = dir.join(SCHEMA_FILE);
    fs::write(&path, schema()).map_err(trouble(&path))?;
    written.push(path);
    Ok(written)
}
