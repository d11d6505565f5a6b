//! A starter lab for `labs new`: small, in both languages, and passing `labs check` as it stands.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::schema;

/// The schema's file name. It lies beside the folders of labs; the first line of each `lab.yaml` points editors to
/// it.
pub const SCHEMA_FILE: &str = "lab.schema.json";

/// The skeleton's files; `LAB-ID` in them stands for the lab's name.
const FILES: [(&str, &str); 3] = [
    ("lab.yaml", include_str!("skeleton/lab.yaml")),
    ("ja.md", include_str!("skeleton/ja.md")),
    ("en.md", include_str!("skeleton/en.md")),
];

/// Why no new lab was written.
#[derive(Debug, thiserror::Error)]
pub enum SkeletonError {
    /// Not a valid lab name: small letters, digits and hyphens, a letter first.
    #[error("not a name for a lab: {0}")]
    Name(String),
    /// Something of that name exists already.
    #[error("there already: {}", .0.display())]
    Taken(PathBuf),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Writes the lab `id` into a new folder of `dir`, and the schema beside it. Returns the paths written.
///
/// # Errors
/// When `id` is not a valid name, when something of that name exists, or when a file cannot be written.
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
    // Fails even for an empty folder of that name: nothing is ever overwritten.
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
    // Always overwritten: the schema must describe what this version reads.
    let path = dir.join(SCHEMA_FILE);
    fs::write(&path, schema()).map_err(trouble(&path))?;
    written.push(path);
    Ok(written)
}
