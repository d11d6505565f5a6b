//! Looks at processes of this machine from outside.

use std::path::{Path, PathBuf};
use std::process::Command;

/// This machine's nginx, if it has one.
pub fn nginx() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join("nginx")).find(|program| program.is_file())
}

/// The processes with something in `folder` on their command line: ids and words.
pub fn processes(folder: &Path) -> Vec<(u32, Vec<String>)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let words = |id: u32| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let words: Vec<_> =
            line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        words.iter().any(|word| Path::new(word).starts_with(folder)).then_some((id, words))
    };
    ids.filter_map(words).collect()
}

/// Sends a signal by name. The process may have ended.
pub fn signal(id: u32, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(id.to_string()).output();
    sent.expect("there is a kill");
}
