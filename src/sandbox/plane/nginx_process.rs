//! A real nginx, where one is installed: a process of its own for each instance that runs one, on the loopback interface
//! only, in a folder of its own, which ends with the sandbox however that ends.
//!
//! Load balancer and nginx are on one machine here, so an accepted socket says nothing of the address that AWS would show.
//! The plane says it in a PROXY protocol header of its own on the last hop, which nginx is told to believe: its variables,
//! pages and access log show what they would show on AWS.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::host::create_private_dir;

use super::core::Core;
use super::fabric::lock;
use super::machine::Machine;
use super::nginx::{ACCESS_LOG, Config, ROOT};

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
    /// the built-in server must do; the console says why, if it was not expected to.
    pub fn start(core: &Arc<Core>, machine: &Arc<Machine>, program: &Path, config: &Config) -> Option<Self> {
        let is_own = lock(&machine.disk).read("/etc/nginx/nginx.conf").is_some();
        // A header of the load balancer's own cannot be told from ours.
        if is_own || config.ports.values().any(|proxied| *proxied) {
            return None;
        }
        match Self::try_start(core, machine, program, config) {
            Ok(process) => Some(process),
            Err(error) => {
                let text = format!("[pllab sandbox] {}: {error}; the built-in page server answers", program.display());
                core.consoles.line(&machine.id, &text);
                None
            }
        }
    }

    fn try_start(core: &Arc<Core>, machine: &Arc<Machine>, program: &Path, config: &Config) -> io::Result<Self> {
        let prefix = core.folder.join("nginx").join(&machine.id);
        let files = prefix.join("root");
        if files.exists() {
            fs::remove_dir_all(&files)?;
        }
        create_private_dir(&prefix)?;
        for folder in ["usr/share/nginx/html", "etc/nginx/conf.d", "etc/nginx/default.d", "tmp"] {
            fs::create_dir_all(files.join(folder))?;
        }
        let mut ports = BTreeMap::new();
        for port in config.ports.keys() {
            ports.insert(*port, TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?);
        }
        let disk = lock(&machine.disk);
        if disk.read(&format!("{ROOT}index.html")).is_none() {
            fs::write(files.join("usr/share/nginx/html/index.html"), WELCOME)?;
        }
        for (path, bytes) in disk.below("/usr/share/nginx/") {
            put(&files, path, bytes)?;
        }
        for (path, bytes) in disk.below("/etc/nginx/") {
            put(&files, path, rewrite(&String::from_utf8_lossy(bytes), &ports).as_bytes())?;
        }
        drop(disk);
        fs::write(prefix.join("nginx.conf"), main_configuration(ports.get(&80)))?;
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
        if path.starts_with("/usr/share/nginx/") {
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
    fs::write(file, bytes)
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

/// What Amazon Linux's own configuration says, as far as it matters here. Paths are below the folder that nginx is given.
fn main_configuration(port: Option<&SocketAddr>) -> String {
    let listen = port.map(|address| format!("listen {address} proxy_protocol default_server;")).unwrap_or_default();
    let server = format!(
        "server {{ {listen} server_name _; root root/usr/share/nginx/html; include root/etc/nginx/default.d/*.conf; }}"
    );
    let server = if listen.is_empty() { String::new() } else { server };
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path root/tmp/{kind};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\nworker_rlimit_nofile 16384;\npid root/tmp/nginx.pid;\nerror_log stderr;\n\
         events {{ worker_connections 8192; }}\nhttp {{\n\
         types {{ text/html html htm; text/css css; text/plain txt; application/javascript js; application/json json; \
         image/svg+xml svg; }}\ndefault_type application/octet-stream;\nsendfile on;\ntcp_nopush on;\n{temporary}\
         access_log /dev/stdout combined;\nset_real_ip_from 127.0.0.1;\nreal_ip_header proxy_protocol;\n\
         include root/etc/nginx/conf.d/*.conf;\n{server}\n}}\n"
    )
}

/// A learner's configuration with its ports and paths as they are on this machine.
fn rewrite(text: &str, ports: &BTreeMap<u16, SocketAddr>) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let code = line.split('#').next().unwrap_or_default();
        let mut rest = code;
        while let Some(at) = rest.find("listen ") {
            let (before, directive) = rest.split_at(at);
            let (words, after) = directive.split_once(';').unwrap_or((directive, ""));
            out.push_str(before);
            let mut words = words.split_whitespace().skip(1);
            let address = words.next().unwrap_or("80");
            let port = address.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(80);
            // There is no IPv6 here; the same server listens on the port's IPv4 address too.
            if let Some(local) = ports.get(&port).filter(|_| !address.starts_with('[')) {
                let more: Vec<&str> = words.collect();
                // Writing to a String cannot fail.
                let _ = write!(out, "listen {local} proxy_protocol {};", more.join(" "));
            }
            rest = after;
        }
        out.push_str(rest);
        out.push('\n');
    }
    let out =
        out.replace("/var/log/nginx/access.log", "/dev/stdout").replace("/usr/share/nginx/", "root/usr/share/nginx/");
    out.replace("/etc/nginx/", "root/etc/nginx/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_paths_become_those_of_this_machine() {
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let ports = BTreeMap::from([(80, local(5000)), (8080, local(5001))]);
        for (line, wanted) in [
            ("ssi on;", "ssi on;\n"),
            (
                "server { listen 8080; root /usr/share/nginx/html; }",
                "server { listen 127.0.0.1:5001 proxy_protocol ; root root/usr/share/nginx/html; }\n",
            ),
            ("listen 80 default_server; listen [::]:80;", "listen 127.0.0.1:5000 proxy_protocol default_server; \n"),
            ("# listen 81;", "\n"),
        ] {
            assert_eq!(rewrite(line, &ports), wanted);
        }
    }

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
