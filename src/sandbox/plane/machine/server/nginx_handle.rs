//! A running nginx as its machine holds it, and the folder that nginx is shown in place of the instance's disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::sandbox::plane::machine::nginx::page;
use crate::sandbox::plane::net::fabric::lock;

/// How long its keeper may take to end it. The keeper is killed then, and the system ends nginx with it.
pub const GRACE: Duration = Duration::from_secs(2);
/// A running nginx. It ends when this is dropped; nobody waits for that, but [`WebServers::gone`] can.
pub struct NginxProcess {
    /// Where each of the instance's ports is on this machine.
    pub ports: BTreeMap<u16, SocketAddr>,
    /// Tells it from one that the same instance ran before.
    pub number: u64,
    files: PathBuf,
    /// Its end is asked for here, and by dropping it.
    asked: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
}

/// The real web servers that have not ended yet, whether their instances still want them or not.
#[derive(Default)]
pub struct WebServers {
    started: AtomicU64,
    running: Mutex<Vec<(String, watch::Receiver<bool>)>>,
}

impl WebServers {
    /// Takes one in, and numbers it.
    pub fn add(&self, id: &str, ended: watch::Receiver<bool>) -> u64 {
        let mut running = lock(&self.running);
        running.retain(|(_, ended)| !is_over(ended));
        running.push((id.to_owned(), ended));
        self.started.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits until those of an instance, or all, have ended. Each was asked to, and is made to, so that this has an end.
    pub async fn gone(&self, id: Option<&str>) {
        let waiting: Vec<_> =
            lock(&self.running).iter().filter(|(of, _)| id.is_none_or(|id| of == id)).cloned().collect();
        for (_, mut ended) in waiting {
            // An error means that nobody minds it any more, because the runtime ends.
            let _ = timeout(2 * GRACE, ended.wait_for(|ended| *ended)).await;
        }
    }
}

fn is_over(ended: &watch::Receiver<bool>) -> bool {
    *ended.borrow() || ended.has_changed().is_err()
}

impl NginxProcess {
    /// A process whose pages are below `files`. It ends when `asked` says so, and `ended` tells when it has.
    pub fn new(
        ports: BTreeMap<u16, SocketAddr>,
        number: u64,
        files: PathBuf,
        asked: watch::Sender<bool>,
        ended: watch::Receiver<bool>,
    ) -> Self {
        Self { ports, number, files, asked, ended }
    }

    /// Whether it has ended, for whatever reason.
    pub fn has_ended(&self) -> bool {
        is_over(&self.ended)
    }

    /// Ends it, without waiting for that.
    pub fn end(&self) {
        self.asked.send_replace(true);
    }

    /// Shows nginx a file that was written on the instance's disk.
    pub fn mirror(&self, path: &str, bytes: &[u8]) {
        if is_page(path) {
            // A page that cannot be written is the old one, or none: the learner sees that.
            let _ = put(&self.files, path, bytes);
        }
    }
}

/// Writes a file of the instance below `files`, never beside it.
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

/// Whether a path is that of nginx's own note of its number, or below it: what is written there is not the learner's. Some
/// systems do not tell capital letters from small ones.
fn is_note(path: &Path) -> bool {
    let mut parts = path.components().map(|part| part.as_os_str().to_ascii_lowercase());
    (parts.next(), parts.next()) == (Some("tmp".into()), Some("nginx.pid".into()))
}

/// Whether a file may be one that nginx serves: logs grow all the time, and the configuration was read.
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
