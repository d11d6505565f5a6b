//! The real nginx and its keeper: its confinement, its end, and the effect of a dead web server.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pllab::inside::sandbox::keeper::{Lack, lacks};

use super::harness::{Folder, Running, Signer, nginx, processes, signal};

/// Waits until a condition holds.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A free port.
fn port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| it.local_addr()).expect("a port").port()
}

/// A keeper that was started by hand. Killed when dropped.
struct Kept {
    child: Child,
    prefix: PathBuf,
}

impl Kept {
    fn start(folder: &Folder, program: &Path, servers: &str, ports: &[u16]) -> Self {
        let prefix = folder.path().join("kept");
        for path in ["root/tmp", "root/usr"] {
            fs::create_dir_all(prefix.join(path)).expect("the folder can be made");
        }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path root/tmp/{kind};"))
            .concat();
        let conf = format!(
            "daemon off; master_process off; pid root/tmp/nginx.pid; error_log stderr; events {{ }}\n\
             http {{ {temporary} access_log /dev/stdout; {servers} }}\n"
        );
        fs::write(prefix.join("nginx.conf"), conf).expect("it can be written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_pllab"));
        command.args(["internal", "web-server", "keep"]).arg(program).arg(&prefix);
        command.args(ports.iter().map(u16::to_string)).env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        Self { child: command.spawn().expect("it starts"), prefix }
    }

    /// The web server's process, found by its program.
    fn server(&self, program: &Path) -> u32 {
        let mut found = None;
        until("the web server runs", || {
            found = processes(&self.prefix).into_iter().find(|(_, words)| {
                let at = words.iter().position(|word| Path::new(word) == program);
                at.is_some_and(|at| at <= 1) && !words.iter().any(|word| word == "internal")
            });
            found.is_some()
        });
        found.expect("it was found").0
    }

    /// Closes the keeper's input and returns its output. The keeper ends, and so does the web server.
    fn close(mut self) -> String {
        drop(self.child.stdin.take());
        self.said()
    }

    fn said(&mut self) -> String {
        until("the keeper ends", || self.child.try_wait().expect("it can be waited for").is_some());
        until("nothing is left", || processes(&self.prefix).is_empty());
        let mut said = String::new();
        self.child.stderr.take().expect("it is a pipe").read_to_string(&mut said).expect("it is text");
        said
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(port: u16, path: &str) -> String {
    let mut answer = String::new();
    until("the web server answers", || {
        let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).expect("it listens");
        answer.clear();
        stream.read_to_string(&mut answer).is_ok()
    });
    answer
}

#[test]
fn a_configuration_that_would_reach_beyond_its_folder_meets_walls() {
    let Some(nginx) = nginx() else { return };
    let folder = Folder::new();
    folder.write("secret", "not for you");
    let (own, other) = (port(), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port"));
    other.set_nonblocking(true).expect("it can be asked without waiting");
    let beyond = other.local_addr().expect("it listens").port();
    let path = folder.path().display();
    let server = format!(
        "server {{ listen 127.0.0.1:{own}; location /own/ {{ alias {path}/kept/root/usr/; }} location /out/ {{ alias {path}/; }} \
         location /on {{ proxy_pass http://127.0.0.1:{beyond}; }} }}"
    );
    let kept = Kept::start(&folder, &nginx, &server, &[own]);
    fs::write(kept.prefix.join("root/usr/page"), "mine").expect("it can be written");
    let id = kept.server(&nginx);
    assert!(get(own, "/own/page").ends_with("mine"));
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    assert!(status.contains("NoNewPrivs:\t1\n"), "{status}");
    let none = format!("{:016x}\n", 0);
    assert!(
        ["CapInh", "CapPrm", "CapEff", "CapAmb"].iter().all(|it| status.contains(&format!("{it}:\t{none}"))),
        "{status}"
    );
    assert_eq!(fs::read(format!("/proc/{id}/environ")).expect("it is ours"), b"");
    if !lacks().contains(&Lack::Calls) {
        assert!(status.contains("Seccomp:\t2\n") && status.contains("Seccomp_filters:\t1\n"), "{status}");
    }
    if lacks().is_empty() {
        assert!(get(own, "/out/secret").contains(" 403 "));
        assert!(get(own, "/on").contains(" 502 "));
        assert!(other.accept().is_err());
    }
    let said = kept.close();
    for lack in lacks() {
        assert!(said.contains(&format!("keeper: lacks {}\n", lack.name())), "{said}");
    }
    assert!(said.starts_with("keeper: keeps\n") && said.contains("keeper: ended it ended with status 0\n"), "{said}");
    // A port that the keeper was not given.
    let server = format!("server {{ listen 127.0.0.1:{}; }}", port());
    let mut kept = Kept::start(&folder, &nginx, &server, &[own]);
    if lacks().is_empty() {
        let said = kept.said();
        assert!(said.contains("keeper: ended it ended with status 1\n"), "{said}");
        let log = fs::read_to_string(kept.prefix.join("error.log")).expect("it is kept");
        assert!(log.contains("Permission denied"), "{log}");
    }
}

/// Sockets that are none of TCP's, by family, kind and protocol.
const SOCKETS: [(&str, [i32; 3]); 10] = [
    ("UDP", [libc::AF_INET, libc::SOCK_DGRAM, 0]),
    ("MPTCP", [libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_MPTCP]),
    ("SCTP", [libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_SCTP]),
    ("a raw one", [libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP]),
    ("IPv6", [libc::AF_INET6, libc::SOCK_STREAM, 0]),
    ("one that has a path", [libc::AF_UNIX, libc::SOCK_STREAM, 0]),
    ("the kernel's", [libc::AF_NETLINK, libc::SOCK_RAW, 0]),
    ("a whole line's", [libc::AF_PACKET, libc::SOCK_RAW, 0]),
    ("a virtual machine's", [libc::AF_VSOCK, libc::SOCK_STREAM, 0]),
    ("a cipher's", [libc::AF_ALG, libc::SOCK_SEQPACKET, 0]),
];

/// System calls that no web server needs, each with arguments that the kernel would have something else to say of.
fn calls() -> Vec<(&'static str, libc::c_long, String)> {
    let user = libc::CLONE_NEWUSER;
    let parent = "getppid()";
    [
        ("a user namespace", libc::SYS_unshare, format!("{user}")),
        ("a process in one", libc::SYS_clone, format!("{}, 0, 0, 0, 0", user | libc::SIGCHLD)),
        ("a thread in one", libc::SYS_clone, format!("{}, 0, 0, 0, 0", user | libc::CLONE_THREAD)),
        ("a process of a newer kind", libc::SYS_clone3, "0, 0".to_owned()),
        ("somebody's namespace", libc::SYS_setns, "0, 0".to_owned()),
        ("a look into a process", libc::SYS_ptrace, format!("16, {parent}, 0, 0")),
        ("its memory", libc::SYS_process_vm_readv, format!("{parent}, 0, 0, 0, 0, 0")),
        ("its files", libc::SYS_pidfd_open, format!("{parent}, 0")),
        ("its limits", libc::SYS_prlimit64, format!("{parent}, 7, 0, 0")),
        ("a signal to it", libc::SYS_kill, format!("{parent}, 0")),
        ("a signal to all", libc::SYS_kill, "-1, 0".to_owned()),
        ("a signal to its thread", libc::SYS_tkill, format!("{parent}, 0")),
        ("signals of a file to it", libc::SYS_fcntl, format!("0, {}, {parent}", libc::F_SETOWN)),
        ("to outlive its keeper", libc::SYS_prctl, format!("{}, 0, 0, 0, 0", libc::PR_SET_PDEATHSIG)),
        ("what a terminal reads", libc::SYS_ioctl, format!("0, {}, 0", 0x5412)),
        ("a file system", libc::SYS_mount, "0, 0, 0, 0, 0".to_owned()),
        ("another root", libc::SYS_chroot, "0".to_owned()),
        ("the keys", libc::SYS_keyctl, "0, 0, 0, 0, 0".to_owned()),
        ("a program in the kernel", libc::SYS_bpf, "0, 0, 0".to_owned()),
        ("calls in a queue", libc::SYS_io_uring_setup, "1, 0".to_owned()),
        ("faults of memory", libc::SYS_userfaultfd, "0".to_owned()),
        ("counters", libc::SYS_perf_event_open, "0, 0, 0, 0, 0".to_owned()),
        ("a file without a name", libc::SYS_memfd_create, "0, 0".to_owned()),
        ("shared memory", libc::SYS_shmget, "0, 4096, 0600".to_owned()),
        ("messages", libc::SYS_msgget, "0, 0600".to_owned()),
        ("another user", libc::SYS_setuid, "0".to_owned()),
        ("another kind of process", libc::SYS_personality, "0".to_owned()),
        ("a program by its file", libc::SYS_execveat, "0, 0, 0, 0, 0".to_owned()),
        ("what a file holds", libc::SYS_truncate, "0, 0".to_owned()),
        ("a call by TCP", libc::SYS_connect, "0, 0, 0".to_owned()),
        ("a call while it sends", libc::SYS_sendto, format!("0, 0, 0, {}, 0, 0", libc::MSG_FASTOPEN)),
    ]
    .into()
}

#[test]
fn a_program_behind_the_walls_makes_no_call_but_a_web_server_s() {
    let perl = Path::new("/usr/bin/perl");
    if !perl.exists() || lacks().contains(&Lack::Calls) {
        return;
    }
    let folder = Folder::new();
    let mut lines = vec![
        format!("#!{}", perl.display()),
        "sub told { print STDERR \"$_[0]: \", ($_[1] ? 'done' : $! + 0), \"\\n\" }".to_owned(),
    ];
    let mut tell = |what: &str, expression: &str| lines.push(format!("told(q{{{what}}}, {expression});"));
    tell("TCP", &format!("socket($s, {}, {}, 0)", libc::AF_INET, libc::SOCK_STREAM));
    tell("a pair", &format!("socketpair($a, $b, {}, {}, 0)", libc::AF_UNIX, libc::SOCK_STREAM));
    tell("itself", "kill(0, $$)");
    for (what, [family, kind, protocol]) in SOCKETS {
        tell(what, &format!("socket($x, {family}, {kind}, {protocol})"));
    }
    for (what, number, arguments) in calls() {
        tell(what, &format!("syscall({number}, {arguments}) != -1"));
    }
    for (what, expression) in [
        ("a process of its own", "defined fork"),
        ("a mode", "chmod(0777, $0)"),
        ("an owner", "chown(0, 0, $0)"),
        ("times", "utime(0, 0, $0)"),
        ("another name", "link($0, '/tmp/x')"),
        ("a way to a file", "symlink($0, '/tmp/x')"),
    ] {
        tell(what, expression);
    }
    let script = folder.write("program", &lines.join("\n"));
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("it is ours");
    let mut kept = Kept::start(&folder, &script, "", &[]);
    let said = kept.said();
    let log = fs::read_to_string(kept.prefix.join("error.log")).expect("it is kept");
    assert!(said.contains("keeper: ended it ended with status 0\n"), "{said}{log}");
    let told: Vec<(&str, &str)> = log.lines().filter_map(|line| line.rsplit_once(": ")).collect();
    assert_eq!(told.len(), 3 + SOCKETS.len() + calls().len() + 6, "{log}");
    let (done, refused) = told.split_at(3);
    assert!(done.iter().all(|(_, how)| *how == "done"), "{log}");
    let none = libc::ENOSYS.to_string();
    let others: Vec<_> = refused.iter().filter(|(_, how)| *how != none).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn what_does_not_end_when_it_is_asked_to_is_made_to() {
    let folder = Folder::new();
    let script = folder.write("stubborn", "#!/bin/sh\ntrap '' TERM INT HUP\nkill -STOP $$\n");
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("it is ours");
    let kept = Kept::start(&folder, &script, "", &[]);
    let id = kept.server(&script);
    until("it has stopped itself", || state(id) == "T");
    let said = kept.close();
    assert!(said.contains("keeper: ended it was ended by signal 9\n"), "{said}");
}

#[test]
fn a_killed_keeper_takes_the_web_server_with_it() {
    let Some(nginx) = nginx() else { return };
    let folder = Folder::new();
    let own = port();
    let mut kept = Kept::start(&folder, &nginx, &format!("server {{ listen 127.0.0.1:{own}; }}"), &[own]);
    kept.server(&nginx);
    get(own, "/");
    kept.child.kill().expect("it runs");
    kept.said();
}

fn state(id: u32) -> String {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").map(|(_, rest)| rest[..1].to_owned()).unwrap_or_default()
}

/// The lab on a sandbox with a real nginx.
struct Lab {
    folder: Folder,
    sandbox: Running,
    signer: Signer,
    /// The web server's process, its instance, and its folder.
    server: (u32, String, PathBuf),
}

impl Lab {
    fn open(nginx: &Path) -> Self {
        let folder = Folder::new();
        let mut sandbox = folder
            .pllab("sandbox --output json --pace instant")
            .env("PLLAB_NGINX", nginx)
            .env("AWS_SECRET_ACCESS_KEY", "of a real account")
            .start();
        let signer = Signer::of_ready(&sandbox.ready(), "ec2");
        folder.pllab("start --yes --keep --output json").run().code(0);
        let server = server(&folder).expect("a web server runs");
        Self { folder, sandbox, signer, server }
    }

    fn call(&self, action: &str) -> String {
        let form = format!("Action={action}&Version=2016-11-15&InstanceId.1={}", self.server.1);
        let (status, text) = self.signer.call(&form);
        assert_eq!(status, 200, "{text}");
        text
    }

    /// The web server's console.
    fn console(&self) -> String {
        let folder = self.folder.state().join("sandbox/plane/console");
        let files = fs::read_dir(folder).expect("there are consoles").flatten();
        let own = files.filter(|file| file.file_name().to_string_lossy().starts_with(&self.server.1));
        own.filter_map(|file| fs::read(file.path()).ok()).map(|it| String::from_utf8_lossy(&it).into_owned()).collect()
    }

    /// Asserts that everything ends soon after the sandbox is asked to end.
    fn ends(self) {
        self.sandbox.signal("TERM");
        self.sandbox.wait().code(0);
        until("nothing is left", || processes(&self.folder.state()).is_empty());
    }
}

/// The web server's process, its instance and its folder.
fn server(folder: &Folder) -> Option<(u32, String, PathBuf)> {
    processes(&folder.state()).into_iter().filter(|(_, words)| !words.iter().any(|it| it == "internal")).find_map(
        |(id, words)| {
            let at = words.iter().position(|word| word == "-p")?;
            let prefix = PathBuf::from(words.get(at + 1)?);
            Some((id, prefix.file_name()?.to_string_lossy().into_owned(), prefix))
        },
    )
}

#[test]
fn a_dead_web_server_is_seen_and_runs_again_after_a_reboot() {
    let Some(nginx) = nginx() else { return };
    let lab = Lab::open(&nginx);
    assert_eq!(fs::read(format!("/proc/{}/environ", lab.server.0)).expect("it is ours"), b"");
    lab.folder.pllab("check --output json").run().code(0);
    signal(lab.server.0, "KILL");
    until("the console says it", || {
        lab.console().contains("[pllab sandbox] nginx has died: it was ended by signal 9.")
    });
    let why = lab.folder.pllab("why --output json").run().code(1);
    assert!(why.out.contains("unhealthy"), "{}", why.out);
    lab.folder.pllab("check nlb --output json").run().code(1);
    lab.call("RebootInstances");
    lab.folder.pllab("check --output json").run().code(0);
    assert_ne!(server(&lab.folder).map(|it| it.0), Some(lab.server.0));
    assert!(lab.console().contains("[pllab sandbox] nginx runs again\n"), "{}", lab.console());
    lab.ends();
}

#[test]
fn a_dead_web_server_runs_again_after_a_stop_and_a_start() {
    let Some(nginx) = nginx() else { return };
    let lab = Lab::open(&nginx);
    signal(lab.server.0, "KILL");
    until("the console says it", || {
        lab.console().contains("[pllab sandbox] nginx has died: it was ended by signal 9.")
    });
    lab.folder.pllab("check nlb --output json").run().code(1);
    lab.call("StopInstances");
    let state = |wanted: &str| {
        until(wanted, || lab.call("DescribeInstances").contains(&format!("<name>{wanted}</name>")));
    };
    state("stopped");
    assert!(server(&lab.folder).is_none(), "what is switched off runs nothing");
    lab.call("StartInstances");
    state("running");
    lab.folder.pllab("check --output json").run().code(0);
    assert_ne!(server(&lab.folder).map(|it| it.0), Some(lab.server.0));
    lab.ends();
}

#[test]
fn a_web_server_that_does_not_answer_holds_nobody_up() {
    let Some(nginx) = nginx() else { return };
    let lab = Lab::open(&nginx);
    signal(lab.server.0, "STOP");
    lab.call("TerminateInstances");
    let (status, text) = lab.signer.call("Action=DescribeVpcs&Version=2016-11-15");
    assert_eq!(status, 200, "{text}");
    until("it is ended", || server(&lab.folder).is_none());
    lab.ends();
    // The same when the sandbox itself is killed.
    let lab = Lab::open(&nginx);
    signal(lab.server.0, "STOP");
    lab.ends();
    let lab = Lab::open(&nginx);
    lab.sandbox.signal("KILL");
    until("it ends with the sandbox", || processes(&lab.folder.state()).is_empty());
}

#[test]
fn a_page_that_includes_itself_does_not_turn_for_ever() {
    let Some(nginx) = nginx() else { return };
    let lab = Lab::open(&nginx);
    let (id, _, prefix) = &lab.server;
    let include = "<!--#include virtual=\"/loop.html\" -->";
    fs::write(prefix.join("root/usr/share/nginx/html/loop.html"), include.repeat(2)).expect("it is ours");
    let conf = fs::read_to_string(prefix.join("nginx.conf")).expect("it was written");
    let port = conf.split("listen ").nth(1).and_then(|rest| rest.split([' ', ';']).next()).expect("it listens");
    let mut stream = TcpStream::connect(port.trim_matches('"')).expect("it listens");
    let request = "PROXY TCP4 10.0.0.9 10.0.1.4 1234 80\r\nGET /loop.html HTTP/1.0\r\nHost: h\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("it is written");
    until("the console says it", || lab.console().contains("without a rest, as a page that includes itself does"));
    until("it is ended", || server(&lab.folder).map(|it| it.0) != Some(*id));
    lab.ends();
}

#[test]
fn a_lab_of_somebody_else_s_gets_the_built_in_server_until_the_learner_says_otherwise() {
    let Some(nginx) = nginx() else { return };
    let folder = Folder::new();
    let labs = folder.path().join("labs");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/privatelink");
    fs::create_dir_all(labs.join("theirs")).expect("the folder can be made");
    for file in ["lab.yaml", "ja.md", "en.md"] {
        let text = fs::read_to_string(own.join(file)).expect("it is there").replace("id: privatelink", "id: theirs");
        fs::write(labs.join("theirs").join(file), text).expect("it can be written");
    }
    let real = |folder: &Folder| folder.run().join("sandbox/plane/nginx").exists();
    let pllab = |folder: &Folder, words: &str| {
        folder.pllab(words).words("--labs").arg(&labs).env("PLLAB_NGINX", &nginx).run().code(0)
    };
    pllab(&folder, "start theirs --yes --keep --output json --pace instant");
    assert!(!real(&folder), "nobody asked for it");
    pllab(&folder, "check --output json");
    assert!(!real(&folder), "it is remembered");
    pllab(&folder, "clean --yes --output json");
    let folder = Folder::new();
    pllab(&folder, "start theirs --yes --keep --output json --pace instant --nginx real");
    assert!(real(&folder));
    fs::remove_dir_all(folder.run().join("sandbox/plane/nginx")).expect("it has ended");
    pllab(&folder, "check --output json");
    assert!(real(&folder), "what was said once holds for the run");
    let folder = Folder::new();
    folder.pllab("start --yes --keep --output json --pace instant").env("PLLAB_NGINX", &nginx).run().code(0);
    assert!(real(&folder), "the labs that ship with pllab may");
}
