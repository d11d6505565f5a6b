//! Runs a real nginx if one is installed: one process for each instance that runs nginx, on the loopback interface
//! only, in its own folder. The process ends with the sandbox, however the sandbox ends.
//!
//! Load balancer and nginx run on one machine here, so an accepted socket does not show the address that AWS would
//! show. On the last hop the plane sends that address in a PROXY protocol header of its own, which nginx is
//! configured to trust. So nginx's variables, pages and access log show what they would show on AWS.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, Command};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::host::create_private_dir;
use crate::sandbox::keeper::{Order, Report};

use super::nginx_handle::{GRACE, NginxProcess, is_page, put};
use super::web::{Announced, read_proxied};
use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::machine::context::MachineContext;
use crate::sandbox::plane::machine::machine::Machine;
use crate::sandbox::plane::machine::nginx::{
    ACCESS_LOG, Complaint, Config, Directive, NOBODY, ROOT, Unsafe, complaint, local_text, local_tree,
};
use crate::sandbox::plane::net::carry::carry;
use crate::sandbox::plane::net::fabric::Answer;
use crate::sandbox::plane::net::proxy_protocol::{Proxied, encode};

/// The time nginx may take until it listens.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a log line that are shown; a longer line is cut.
const LINE: u64 = 64 * 1024;
/// Part of the log line of a health check.
const PROBE: &[u8] = b"\"ELB-HealthChecker/";
/// The page of a server that has none.
const WELCOME: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n\
                       <h1>Welcome to nginx!</h1>\n</body>\n</html>\n";

/// The outcome of starting nginx.
pub enum Started {
    Runs(NginxProcess),
    /// It refused the learner's configuration, as it would on AWS. The console says why.
    Refused,
    /// It cannot run on this machine, so the built-in server takes over. The console says why.
    Cannot,
}

/// Why nginx did not start.
enum NoStart {
    Complaint(Complaint),
    Machine(io::Error),
}

impl<E: Into<io::Error>> From<E> for NoStart {
    fn from(error: E) -> Self {
        Self::Machine(error.into())
    }
}

/// Starts `program` with the configuration and the pages on the disk of `machine`.
pub async fn start(
    context: &Arc<MachineContext>,
    machine: &Arc<Machine>,
    program: &Path,
    tree: &Arc<[Directive]>,
    config: &Config,
) -> Started {
    let line = |text: &str| context.network.consoles.line(&machine.id, text);
    let why = match try_start(context, machine, program, tree, config).await {
        Ok(process) => return Started::Runs(process),
        Err(NoStart::Complaint(complaint)) if complaint.is_learners => {
            line(&format!("nginx: {}", complaint.words));
            return Started::Refused;
        }
        Err(NoStart::Complaint(complaint)) => complaint.words,
        Err(NoStart::Machine(error)) => error.to_string(),
    };
    line(&format!("[pllab sandbox] {}: {why}; the built-in page server answers", program.display()));
    Started::Cannot
}

async fn try_start(
    context: &Arc<MachineContext>,
    machine: &Arc<Machine>,
    program: &Path,
    tree: &Arc<[Directive]>,
    config: &Config,
) -> Result<NginxProcess, NoStart> {
    let Some(keeper) = &context.keeper else {
        return Err(io::Error::other("there is no program here that keeps it behind walls and ends it").into());
    };
    let mut ports = BTreeMap::new();
    // All are held until each has its port, so that no two are the same. Not longer: a listener of ours that another
    // process inherits for a moment would be taken for nginx.
    let mut held = Vec::new();
    for (port, proxied) in &config.ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        ports.insert(*port, (listener.local_addr()?, *proxied));
        held.push(listener);
    }
    drop(held);
    let address = context.network.topology().instances.get(&machine.id).map_or(Ipv4Addr::LOCALHOST, |it| it.address);
    // A large configuration or a slow disk takes long: keep this off the threads that answer calls.
    let (read, given) = (Arc::clone(tree), ports.clone());
    let translated = context.network.runtime.spawn_blocking(move || {
        let local = local_tree(&read, address, &given)?;
        Ok((local_text(&local, &given)?, local))
    });
    let (configuration, local) =
        translated.await?.map_err(|Unsafe(what)| io::Error::other(format!("\"{what}\" is not run on this machine")))?;
    // The nginx before it uses the same folder.
    context.web_servers.gone(Some(&machine.id)).await;
    let prefix = context.web_folder(&machine.id);
    let files: Arc<Path> = prefix.join("root").into();
    let (of, below, root) = (Arc::clone(machine), prefix.clone(), Arc::clone(&files));
    context.network.runtime.spawn_blocking(move || lay_out(&of, &below, &root, &configuration)).await??;
    let ports: BTreeMap<u16, SocketAddr> = ports.into_iter().map(|(port, (local, _))| (port, local)).collect();
    let order = Order {
        // Resolve links: the walls are opened for the real path.
        program: fs::canonicalize(program)?,
        folder: fs::canonicalize(&prefix)?,
        ports: ports.values().map(SocketAddr::port).collect(),
    };
    let mut command = Command::new(keeper);
    // An empty environment: ours may contain keys of a real account.
    command.args(order.keep()).env_clear().current_dir(&prefix);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    // A Ctrl-C in the terminal is meant for the lab, not for the web server.
    command.process_group(0);
    let mut child = command.spawn().map_err(|error| io::Error::new(error.kind(), format!("its keeper: {error}")))?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (asked, wanted) = watch::channel(false);
    let (over, ended) = watch::channel(false);
    let number = context.web_servers.add(&machine.id, ended.clone());
    let process = NginxProcess::new(ports, number, files, asked, ended);
    let minder = Minder { context: Arc::clone(context), machine: Arc::clone(machine), number, over };
    context.network.runtime.spawn(minder.mind(child, stdin, stderr, wanted));
    wait_until_it_listens(&process, &prefix, &local).await?;
    if let Some(stdout) = stdout {
        context.network.runtime.spawn(follow(Arc::clone(context), Arc::clone(machine), stdout));
    }
    Ok(process)
}

async fn wait_until_it_listens(process: &NginxProcess, prefix: &Path, local: &[Directive]) -> Result<(), NoStart> {
    let end = Instant::now() + PATIENCE;
    for address in process.ports.values() {
        while !is_answered(*address).await {
            if process.has_ended() || Instant::now() > end {
                process.end();
                let log = fs::read_to_string(prefix.join("error.log")).unwrap_or_default();
                // nginx names its folder by the real path, which the walls use.
                let prefix = fs::canonicalize(prefix)?.display().to_string();
                return Err(complaint(&log, &prefix, local)
                    .map_or_else(|| io::Error::other("it does not start").into(), NoStart::Complaint));
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
    Ok(())
}

/// Writes the configuration and the instance's pages to where nginx finds them.
fn lay_out(machine: &Machine, prefix: &Path, files: &Path, configuration: &str) -> io::Result<()> {
    if files.exists() {
        fs::remove_dir_all(files)?;
    }
    create_private_dir(prefix)?;
    for folder in ["usr/share/nginx/html", "tmp"] {
        fs::create_dir_all(files.join(folder))?;
    }
    let pages: Vec<(String, Vec<u8>)> = {
        let disk = lock(&machine.disk);
        let pages = disk.below("/").filter(|(path, _)| is_page(path));
        pages.map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect()
    };
    if !pages.iter().any(|(path, _)| path.strip_prefix(ROOT) == Some("index.html")) {
        fs::write(files.join("usr/share/nginx/html/index.html"), WELCOME)?;
    }
    for (path, bytes) in &pages {
        put(files, path, bytes)?;
    }
    // The log of an earlier nginx does not belong to this one.
    fs::write(prefix.join("error.log"), "")?;
    fs::write(prefix.join("nginx.conf"), configuration)
}

/// Whether something listens at `address`. Connects from another address: with the same one, a socket may connect to
/// itself.
async fn is_answered(address: SocketAddr) -> bool {
    let Ok(socket) = tokio::net::TcpSocket::new_v4() else { return false };
    let from = if cfg!(target_os = "linux") { Ipv4Addr::new(127, 0, 1, 1) } else { Ipv4Addr::LOCALHOST };
    socket.bind((from, 0).into()).is_ok() && socket.connect(address).await.is_ok()
}

/// Waits for the end of a web server, and cleans up after it.
struct Minder {
    context: Arc<MachineContext>,
    machine: Arc<Machine>,
    number: u64,
    over: watch::Sender<bool>,
}

impl Minder {
    async fn mind(
        self,
        mut keeper: Child,
        stdin: Option<ChildStdin>,
        stderr: Option<ChildStderr>,
        mut wanted: watch::Receiver<bool>,
    ) {
        let reports =
            self.context.network.runtime.spawn(listen(Arc::clone(&self.context), Arc::clone(&self.machine), stderr));
        let by_itself = tokio::select! {
            // An error means that the handle was dropped.
            _ = wanted.wait_for(|asked| *asked) => false,
            _ = keeper.wait() => true,
        };
        // The keeper sees that its input has closed, and ends nginx.
        drop(stdin);
        if timeout(GRACE, keeper.wait()).await.is_err() {
            // It may have ended at this moment.
            let _ = keeper.start_kill();
            let _ = timeout(GRACE, keeper.wait()).await;
        }
        let how = timeout(GRACE, reports).await.ok().and_then(Result::ok).flatten();
        self.over.send_replace(true);
        if by_itself {
            let how = how.unwrap_or_else(|| "its keeper was killed".to_owned());
            self.machine.nginx_died(&self.context, self.number, &how);
        }
    }
}

/// Reads the keeper's reports until it ends, writes those that matter to the learner to the console, and returns the
/// reason for the end.
async fn listen(context: Arc<MachineContext>, machine: Arc<Machine>, stderr: Option<ChildStderr>) -> Option<String> {
    let mut lines = BufReader::new(stderr?).lines();
    let mut how = None;
    while let Ok(Some(line)) = lines.next_line().await {
        match Report::read(&line) {
            Some(Report::Lacks(lack)) => {
                context.network.consoles.line(&machine.id, &format!("[pllab sandbox] {}", lack.words()));
            }
            Some(Report::Busy(seconds)) => {
                how = Some(format!(
                    "it used the processor for {seconds} s without a rest, as a page that includes itself does, or a costly regular \
                     expression"
                ));
            }
            Some(Report::Ended(words)) => how = how.or(Some(words)),
            Some(Report::Keeps) | None => {}
        }
    }
    how
}

/// Handles calls at a port where nginx expects a load balancer's PROXY protocol header. It reads that header, decides
/// which client nginx would see on AWS, and passes both on in one header.
pub fn proxied(context: &Arc<MachineContext>, address: SocketAddr, config: &Config) -> Answer {
    let (context, config) = (Arc::clone(context), Arc::new(config.clone()));
    Box::new(move |call| {
        let (context, config) = (Arc::clone(&context), Arc::clone(&config));
        Box::pin(async move {
            let from = call.from;
            let mut stream = call.establish();
            let mut rest = Vec::new();
            // nginx closes a connection that lacks the header it is configured to expect.
            let Some(Announced(source)) = read_proxied(&mut stream, &mut rest).await else { return };
            let Ok(mut onward) = context.network.fabric.connect(address).await else { return };
            let told = Proxied { source: source.map_or(from, |source| config.remote(from, source)), endpoint: None };
            let header = [encode(&told, source.unwrap_or(NOBODY)), rest].concat();
            if onward.write_all(&header).await.is_ok() {
                // An error means that one side reset the connection. Both sockets close when the task ends, which
                // passes the reset on.
                let _ = carry(&mut stream, &mut onward).await;
            }
        })
    })
}

/// Copies nginx's access log from its standard output to the instance's disk, until nginx ends.
async fn follow(context: Arc<MachineContext>, machine: Arc<Machine>, stdout: impl AsyncRead + Unpin) {
    let mut stdout = BufReader::new(stdout);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut stdout).take(LINE).read_until(b'\n', &mut line).await {
            Ok(1..) => {}
            _ => return,
        }
        let is_probe = line.windows(PROBE.len()).any(|words| words == PROBE);
        if !is_probe || machine.logs_probe(&context) {
            machine.log(&context, ACCESS_LOG, &line);
        }
    }
}
