//! A handle on a running nginx, and the folder that nginx sees in place of the instance's disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Component, Path};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::machine::nginx::page;

/// The time the keeper may take to end nginx. Then the keeper is killed, and the system ends nginx with it.
pub const GRACE: Duration = Duration::from_secs(2);
/// A running nginx. Dropping this ends it, without waiting; [`WebServers::gone`] waits.
pub struct NginxProcess {
    /// The local address of each of the instance's ports.
    pub ports: BTreeMap<u16, SocketAddr>,
    /// Distinguishes it from an earlier nginx of the same instance.
    pub number: u64,
    /// The folder that stands for the instance's disk.
    pub files: Arc<Path>,
    /// Sending `true`, or dropping this, asks nginx to end.
    asked: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
}

/// The real web servers that have not ended yet, including those that their instances no longer use.
#[derive(Default)]
pub struct WebServers {
    started: AtomicU64,
    running: Mutex<Vec<(String, watch::Receiver<bool>)>>,
}

impl WebServers {
    /// Registers a web server and returns its number.
    pub fn add(&self, id: &str, ended: watch::Receiver<bool>) -> u64 {
        let mut running = lock(&self.running);
        running.retain(|(_, ended)| !is_over(ended));
        running.push((id.to_owned(), ended));
        self.started.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits until the web servers of an instance (or all) have ended. Each has been asked to end and is killed if it
    /// does not, so the wait is bounded.
    pub async fn gone(&self, id: Option<&str>) {
        let waiting: Vec<_> =
            lock(&self.running).iter().filter(|(of, _)| id.is_none_or(|id| of == id)).cloned().collect();
        for (_, mut ended) in waiting {
            // An error means that its task is gone because the runtime is ending.
            let _ = timeout(2 * GRACE, ended.wait_for(|ended| *ended)).await;
        }
    }
}

fn is_over(ended: &watch::Receiver<bool>) -> bool {
    *ended.borrow() || ended.has_changed().is_err()
}

impl NginxProcess {
    /// A process whose pages are below `files`. It ends when `asked` says so, and sets `ended` when it has.
    pub fn new(
        ports: BTreeMap<u16, SocketAddr>,
        number: u64,
        files: Arc<Path>,
        asked: watch::Sender<bool>,
        ended: watch::Receiver<bool>,
    ) -> Self {
        Self { ports, number, files, asked, ended }
    }

    pub fn has_ended(&self) -> bool {
        is_over(&self.ended)
    }

    /// Asks it to end, without waiting.
    pub fn end(&self) {
        self.asked.send_replace(true);
    }
}

/// Copies a file that was written on the instance's disk to `files`, where nginx finds it.
pub fn mirror(files: &Path, path: &str, bytes: &[u8]) {
    if is_page(path) {
        // If it cannot be written, the learner sees the old page or none.
        let _ = put(files, path, bytes);
    }
}

/// Writes a file of the instance below `files`, and never outside of it.
pub fn put(files: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let path = Path::new(path.trim_start_matches('/'));
    if !path.components().all(|part| matches!(part, Component::Normal(_))) || is_note(path) {
        return Ok(());
    }
    let file = files.join(path);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, page(bytes))
}

/// Whether a path is nginx's own pid file, or below it: a learner's script must not write it. Some file systems do
/// not distinguish upper and lower case.
fn is_note(path: &Path) -> bool {
    let mut parts = path.components().map(|part| part.as_os_str().to_ascii_lowercase());
    (parts.next(), parts.next()) == (Some("tmp".into()), Some("nginx.pid".into()))
}

/// Whether nginx may serve a file. Logs grow all the time, and the configuration is read once, so they are not
/// copied.
pub fn is_page(path: &str) -> bool {
    !["/etc/", "/var/log/", "/dev/"].iter().any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_beside_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("root");
        put(&files, "/usr/share/nginx/../../../../x", b"x").unwrap();
        assert!(!folder.path().join("x").exists() && !files.exists());
        put(&files, "/usr/share/nginx/html/x", b"x").unwrap();
        assert!(files.join("usr/share/nginx/html/x").exists());
    }

    #[test]
    fn the_note_of_nginx_s_number_is_nobody_else_s() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["/tmp/nginx.pid", "//tmp/./nginx.pid", "/tmp/NGINX.pid", "/tmp/nginx.pid/x"] {
            put(folder.path(), path, b"1").unwrap();
            assert!(!folder.path().join("tmp").exists(), "{path}");
        }
        put(folder.path(), "/tmp/nginx.pid.txt", b"1").unwrap();
        assert!(folder.path().join("tmp/nginx.pid.txt").exists());
    }
}
