//! A real nginx, where one is installed: a process of its own for each instance that runs one, on the loopback interface
//! only, in a folder of its own, which ends with the sandbox however that ends.
//!
//! Load balancer and nginx are on one machine here, so an accepted socket says nothing of the address that AWS would show.
//! The plane says it in a PROXY protocol header of its own on the last hop, which nginx is told to believe: its variables,
//! pages and access log show what they would show on AWS.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;

use crate::host::create_private_dir;

use super::core::Core;
use super::fabric::{Answer, lock};
use super::machine::Machine;
use super::nginx::{ACCESS_LOG, Config, Directive, ROOT, Unsafe, page, translate};
use super::proxy_protocol::{Proxied, encode};
use super::relay::carry;
use super::web::read_proxied;

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(3);
/// Runs a program until it ends or standard input does. The system closes that when the sandbox ends, be it killed.
const KEEPER: &str = "exec 3<&0; \"$@\" 3<&- & pid=$!; (cat <&3 >/dev/null; kill $pid 2>/dev/null) & wait $pid";
/// The page of a server that has none.
const WELCOME: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n\
                       <h1>Welcome to nginx!</h1>\n</body>\n</html>\n";

/// A running nginx.
pub struct NginxProcess {
    /// Where each of the instance's ports is on this machine.
    pub ports: BTreeMap<u16, SocketAddr>,
    files: PathBuf,
    child: Child,
    stdin: Option<ChildStdin>,
}

impl NginxProcess {
    /// Starts `program` with the configuration and the pages on the disk of `machine`. `None` where that cannot be, and
    /// the built-in server must do; the console says why.
    pub fn start(
        core: &Arc<Core>,
        machine: &Arc<Machine>,
        program: &Path,
        tree: &[Directive],
        config: &Config,
    ) -> Option<Self> {
        match Self::try_start(core, machine, program, tree, config) {
            Ok(process) => Some(process),
            Err(error) => {
                let text = format!("[pllab sandbox] {}: {error}; the built-in page server answers", program.display());
                core.consoles.line(&machine.id, &text);
                None
            }
        }
    }

    fn try_start(
        core: &Arc<Core>,
        machine: &Arc<Machine>,
        program: &Path,
        tree: &[Directive],
        config: &Config,
    ) -> io::Result<Self> {
        let mut ports = BTreeMap::new();
        for (port, proxied) in &config.ports {
            let local = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
            ports.insert(*port, (local, *proxied));
        }
        let address = core.topology().instances.get(&machine.id).map_or(Ipv4Addr::LOCALHOST, |it| it.address);
        let configuration = translate(tree, address, &ports)
            .map_err(|Unsafe(what)| io::Error::other(format!("\"{what}\" is not run on this machine")))?;
        let prefix = core.folder.join("nginx").join(&machine.id);
        let files = prefix.join("root");
        if files.exists() {
            fs::remove_dir_all(&files)?;
        }
        create_private_dir(&prefix)?;
        for folder in ["usr/share/nginx/html", "tmp"] {
            fs::create_dir_all(files.join(folder))?;
        }
        let disk = lock(&machine.disk);
        if disk.read(&format!("{ROOT}index.html")).is_none() {
            fs::write(files.join("usr/share/nginx/html/index.html"), WELCOME)?;
        }
        for (path, bytes) in disk.below("/").filter(|(path, _)| is_page(path)) {
            put(&files, path, bytes)?;
        }
        drop(disk);
        fs::write(prefix.join("nginx.conf"), configuration)?;
        let ports = ports.into_iter().map(|(port, (local, _))| (port, local)).collect();
        let log = fs::File::create(prefix.join("error.log"))?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", KEEPER, "sh"]).arg(program).arg("-p").arg(&prefix).args(["-c", "nginx.conf"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        #[cfg(unix)]
        {
            // A Ctrl-C in the terminal is for the lab, not for the web server.
            use std::os::unix::process::CommandExt as _;
            command.process_group(0);
        }
        let mut child = command.spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let mut process = Self { ports, files, child, stdin };
        process.wait_until_it_listens(&prefix)?;
        if let Some(stdout) = stdout {
            follow(core, machine, stdout);
        }
        Ok(process)
    }

    fn wait_until_it_listens(&mut self, prefix: &Path) -> io::Result<()> {
        let end = Instant::now() + PATIENCE;
        while !self.ports.values().all(|address| TcpStream::connect(address).is_ok()) {
            if self.child.try_wait()?.is_some() || Instant::now() > end {
                let log = fs::read_to_string(prefix.join("error.log")).unwrap_or_default();
                return Err(io::Error::other(log.lines().last().unwrap_or("it does not start").to_owned()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Shows nginx a file that was written on the instance's disk.
    pub fn mirror(&self, path: &str, bytes: &[u8]) {
        if is_page(path) {
            // A page that cannot be written is the old one, or none: the learner sees that.
            let _ = put(&self.files, path, bytes);
        }
    }
}

impl Drop for NginxProcess {
    fn drop(&mut self) {
        // Its keeper sees the end of its input and ends it.
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

/// Writes a file of the instance below `files`, never beside it.
fn put(files: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let path = Path::new(path.trim_start_matches('/'));
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return Ok(());
    }
    let file = files.join(path);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, page(bytes))
}

/// Whether a file may be one that nginx serves: logs grow all the time, and the configuration was read.
fn is_page(path: &str) -> bool {
    !["/etc/", "/var/log/", "/dev/"].iter().any(|folder| path.starts_with(folder))
}

/// What a port does with a call where nginx expects a load balancer's PROXY protocol header: it reads that, decides whom
/// nginx would take for the client on AWS, and says both in one header.
pub fn proxied(core: &Arc<Core>, address: SocketAddr, config: &Config) -> Answer {
    let (core, config) = (Arc::clone(core), Arc::new(config.clone()));
    Box::new(move |call| {
        let (core, config) = (Arc::clone(&core), Arc::clone(&config));
        Box::pin(async move {
            let from = call.from;
            let mut stream = call.establish();
            let mut rest = Vec::new();
            // nginx closes a connection that lacks the header it was told to expect.
            let Some(source) = read_proxied(&mut stream, &mut rest).await else { return };
            let Ok(mut onward) = core.fabric.connect(address).await else { return };
            let told = Proxied { source: config.remote(from, source), endpoint: None };
            let header = [encode(&told, source), rest].concat();
            if onward.write_all(&header).await.is_ok() {
                // An error is one side's reset; both sockets close with the task, which passes it on.
                let _ = carry(&mut stream, &mut onward).await;
            }
        })
    })
}

/// Takes nginx's access log, which it writes to its standard output, to the instance's disk.
fn follow(core: &Arc<Core>, machine: &Arc<Machine>, stdout: impl io::Read + Send + 'static) {
    let (core, machine) = (Arc::clone(core), Arc::clone(machine));
    std::thread::spawn(move || {
        // It ends when nginx does.
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if !line.contains("\"ELB-HealthChecker/") || machine.logs_probe(&core) {
                machine.append(&core, ACCESS_LOG, format!("{line}\n").as_bytes());
            }
        }
    });
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
}
