//! `pllab browse` on AWS through an EC2 Instance Connect Endpoint, with fake programs that only record their
//! arguments.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::harness::{Exchange, Fate, Folder, Program, StandaloneSandbox, Wire, made, receipt};

/// A sandbox, a kept run in it, and the fake programs.
pub struct Stage {
    sandbox: StandaloneSandbox,
    machine: Folder,
    wire: Wire,
}

impl Stage {
    /// Sets it up, with more words for `start`.
    pub fn set(words: &str) -> Self {
        let sandbox = StandaloneSandbox::open("");
        let stage = Self { wire: Wire::open(&sandbox.url, |_| Fate::Pass), machine: Folder::new(), sandbox };
        stage
            .pllab(&format!("start --yes --keep --output json {words}"))
            .arg("--endpoint-url")
            .arg(stage.wire.url())
            .run()
            .code(0);
        stage.tool("aws", "case \"$1\" in --version) echo 'aws-cli/2.31.0 Python/3.13';; esac");
        stage.tool("ssh-keygen", "for last; do :; done; touch \"$last\" \"$last.pub\"");
        stage.tool("ssh", "case \"$1\" in -V) echo OpenSSH_9.9 >&2;; *) echo $$ > \"$LOG.pid\"; exec sleep 60;; esac");
        stage
    }

    /// Installs a program that records its words and then does `more`.
    fn tool(&self, name: &str, more: &str) {
        let path =
            self.machine.write(&format!("bin/{name}"), &format!("#!/bin/sh\necho \"{name} $*\" >> \"$LOG\"\n{more}\n"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it may be run");
    }

    fn log(&self) -> PathBuf {
        self.machine.path().join("log")
    }

    fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    pub fn pllab(&self, words: &str) -> Program {
        let bin = self.machine.path().join("bin").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let program = self.machine.pllab(words).env("PATH", format!("{bin}:{path}")).env("LOG", self.log());
        self.sandbox.signed(program)
    }

    /// What went over the wire so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.wire.exchanges()
    }

    /// Waits until a program is called with this word, and returns the port that follows it.
    fn waits_for(&self, word: &str) -> u16 {
        let began = Instant::now();
        loop {
            let said = self.said();
            if let Some((_, rest)) = said.split_once(word) {
                let port = rest.split([':', ' ']).next().and_then(|port| port.parse::<u16>().ok());
                return port.expect("a port");
            }
            assert!(began.elapsed() < Duration::from_secs(50), "no tunnel: {said}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Browses until the page can be opened, then presses Ctrl-C.
    pub fn browse(&self) -> Value {
        let _ = fs::remove_file(self.log());
        let mut browse = self.pllab("browse --tunnel --yes --output json").start();
        // The test plays the other end of the tunnel.
        let port = self.waits_for("-L 127.0.0.1:");
        let _listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        let said = browse.until("browse_ready");
        let line = said.lines().find(|line| line.contains("browse_ready")).expect("a line");
        let ready: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(ready["url"], format!("http://127.0.0.1:{port}/"));
        let child = fs::read_to_string(self.machine.path().join("log.pid")).expect("ssh ran");
        browse.signal("INT");
        browse.wait().code(0);
        let alive = Command::new("kill").args(["-0", child.trim()]).output().expect("kill runs").status.success();
        assert!(!alive, "the tunnel ends with the program");
        ready
    }
}

#[test]
fn the_way_is_made_gone_and_cleaned_up() {
    let stage = Stage::set("");
    // Without consent nothing is made.
    stage.pllab("browse --tunnel").run().code(2).complains("pllab browse --yes");
    let before = stage.machine.journal().len();
    let ready = stage.browse();
    let said = stage.said();
    let client = stage
        .machine
        .journal()
        .iter()
        .rev()
        .find_map(|line| line["facts"]["id"].as_str().filter(|id| id.starts_with("i-")).map(str::to_owned));
    let client = client.expect("a client");
    for words in [
        format!("aws ec2-instance-connect send-ssh-public-key --instance-id {client} --instance-os-user ec2-user"),
        format!("ProxyCommand=aws ec2-instance-connect open-tunnel --instance-id {client} --region ap-northeast-1"),
        format!("ec2-user@{client}"),
        "ssh-keygen -q -t ed25519".to_owned(),
    ] {
        assert!(said.contains(&words), "{words}: {said}");
    }
    let command = ready["command"].as_str().expect("a command");
    assert!(command.starts_with(&format!("aws ec2-instance-connect ssh --instance-id {client}")), "{command}");
    assert!(stage.machine.journal().len() > before, "what is made is in the journal");
    // The second time the route exists already.
    stage.browse();
    let journal = stage.machine.journal();
    let made = made(&journal);
    for name in ["browse-sg", "browse-rule", "browse-endpoint"] {
        assert_eq!(made.get(&(name.to_owned(), "create".to_owned())), Some(&1), "{name}");
    }
    let key = stage.machine.files().into_iter().find(|path| path.ends_with("key"));
    assert_eq!(key, None, "the key goes with the tunnel");
    let events = stage.pllab("clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&events), Some((20, 0, 0)));
}

#[test]
fn what_is_missing_is_said_with_the_commands_to_type() {
    let stage = Stage::set("");
    stage.tool("aws", "echo aws-cli/1.46.3");
    for lang in ["en", "ja"] {
        let ran = stage.pllab("browse --tunnel --yes").env("PLLAB_LANG", lang).run().code(1).clean();
        ran.complains("aws ec2-instance-connect ssh --instance-id i-");
    }
    stage.tool("aws", "case \"$1\" in --version) echo aws-cli/2.31.0;; *) echo 'An error occurred (AccessDeniedException)' >&2; exit 254;; esac");
    let ran = stage.pllab("browse --tunnel --yes").run().code(3).clean();
    ran.complains("AccessDeniedException");
}

/// For a Windows client the same route leads to Remote Desktop; pllab holds the tunnel, and says what to do at its
/// end.
#[test]
fn a_windows_client_is_reached_by_remote_desktop() {
    let stage = Stage::set("--set client=windows");
    stage.tool(
        "aws",
        "case \"$1\" in --version) echo 'aws-cli/2.31.0';; *) echo $$ > \"$LOG.pid\"; exec sleep 60;; esac",
    );
    for lang in ["en", "ja"] {
        let _ = fs::remove_file(stage.log());
        let mut browse = stage.pllab("browse --tunnel --yes").env("PLLAB_LANG", lang).start();
        let port = stage.waits_for("--local-port ");
        let _listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        let said = browse.until("--remote-port 3389");
        browse.signal("INT");
        let ran = browse.wait().code(0).clean();
        let whole = |start: &str, end: &str| ran.out.lines().any(|line| line.starts_with(start) && line.ends_with(end));
        assert!(whole(&format!("localhost:{port}"), ""), "{said}");
        assert!(whole(
            "aws ec2 get-password-data --instance-id i-",
            "--priv-launch-key KEY.pem --region ap-northeast-1"
        ));
        assert!(whole("http://vpce-", ".vpce.amazonaws.com/"), "{}", ran.out);
        assert!(ran.out.contains("Administrator"), "{}", ran.out);
        let child = fs::read_to_string(stage.machine.path().join("log.pid")).expect("aws ran");
        let alive = Command::new("kill").args(["-0", child.trim()]).output().expect("kill runs").status.success();
        assert!(!alive, "the tunnel ends with the program");
    }
    let rule = stage.exchanges().into_iter().find(|it| it.params.values().any(|value| value == "3389"));
    assert_eq!(rule.expect("a rule was made").action, "AuthorizeSecurityGroupIngress");
    let journal = stage.machine.journal();
    for name in ["browse-sg", "browse-rule", "browse-endpoint"] {
        assert_eq!(made(&journal).get(&(name.to_owned(), "create".to_owned())), Some(&1), "{name}");
    }
    let events = stage.pllab("clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&events), Some((20, 0, 0)));
}
