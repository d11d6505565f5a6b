//! What a program that is not run may have changed, as far as its words tell: files and services.

use super::simple::program;
use super::state::Shell;

/// The services that the sandbox has.
pub const SERVICES: [&str; 2] = ["nginx", "httpd"];

/// What is not known of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsure {
    /// Whether its package is there.
    Installed,
    /// Whether it runs, and with which configuration.
    Running,
}

/// A word of a command; `None` if it is not known.
pub type Seen = Option<String>;

impl Shell {
    /// Forgets what a program may have changed.
    pub fn forget_program(&self, words: &[Seen]) {
        let lengths = words.iter().flatten().map(String::len).sum::<usize>();
        // Without work left, the next command ends the script.
        if self.meter.charge(lengths).is_err() {
            return;
        }
        self.forget_services(words);
        let Some(Some(name)) = words.first() else { return self.common.forget_tree("/") };
        if only_looks(program(name), words) {
            return;
        }
        let writes_anything = name.contains('/') && program(name) == name;
        let known: Option<Vec<&str>> = words.iter().map(Option::as_deref).collect();
        match known.filter(|words| !writes_anything && !words.iter().any(|word| runs_others(word))) {
            Some(words) => words.iter().skip(1).for_each(|word| self.forget_word(word)),
            None => self.common.forget_tree("/"),
        }
    }

    /// Forgets every file that a word may mean: by itself, or after an option or another sign.
    fn forget_word(&self, word: &str) {
        if word.contains("://") {
            // A program that loads it may write a file of its name.
            self.forget_path(word.rsplit('/').next().unwrap_or_default());
            return;
        }
        let ends = |c: char| c.is_whitespace() || "=,:;'\"<>|()".contains(c);
        for part in word.split(ends).filter(|part| !part.is_empty()) {
            if !part.starts_with('-') {
                self.forget_path(part);
            }
            if let Some(at) = part.find('/').filter(|at| *at > 0) {
                self.forget_path(part.get(at..).unwrap_or_default());
            }
        }
    }

    /// Forgets what is at a path, or at all paths that fit a pattern.
    pub fn forget_path(&self, path: &str) {
        let fixed = path.find(['*', '?', '[', '{']).map(|at| path.get(..at).unwrap_or_default());
        let path = match fixed {
            Some(fixed) => {
                fixed.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder })
            }
            None => path,
        };
        match self.absolute(path) {
            Ok(path) => self.common.forget_tree(&path),
            Err(_) => self.common.forget_tree("/"),
        }
    }

    fn forget_services(&self, words: &[Seen]) {
        let tools = |word: &Seen| word.as_deref().is_none_or(|word| tool(word).is_some());
        let Some(at) = words.iter().position(tools) else { return };
        let runs = ["sudo", "env", "timeout", "nice", "ionice", "time", "setsid", "flock", "su", "chroot"];
        if at > 0 && !words.first().is_some_and(|it| it.as_deref().is_some_and(|it| runs.contains(&program(it)))) {
            return;
        }
        let Some(tool) = words.get(at).and_then(Option::as_deref).and_then(tool) else {
            // A word that is not known may be a service's name, but hardly the program's.
            if at == 0 {
                for service in SERVICES {
                    self.common.forget_service(service);
                }
            }
            return;
        };
        let rest = words.get(at + 1..).unwrap_or_default();
        let looks =
            ["is-active", "is-enabled", "is-failed", "status", "show", "cat", "list-units", "list", "info", "-t"];
        if rest.first().is_some_and(|word| word.as_deref().is_some_and(|word| looks.contains(&word))) {
            return;
        }
        for service in SERVICES {
            let named =
                rest.iter().any(|word| word.as_deref().is_none_or(|word| word.contains(service) || word.contains('*')));
            let own = matches!((tool, service), ("nginx", "nginx") | ("httpd" | "apachectl", "httpd") | ("kill", _));
            if named || own {
                self.common.forget_service(service);
                if matches!(tool, "dnf" | "yum" | "microdnf" | "rpm") {
                    self.common.unsure(service, Unsure::Installed, true);
                }
            }
        }
    }
}

/// The name of a program that installs, starts or ends services.
fn tool(word: &str) -> Option<&'static str> {
    ["systemctl", "service", "nginx", "httpd", "apachectl", "dnf", "yum", "microdnf", "rpm", "kill", "pkill", "killall"]
        .into_iter()
        .find(|it| *it == program(word))
}

/// Whether a word is a program that does what it is told in a language of its own.
fn runs_others(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word).trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    matches!(
        name,
        "bash"
            | "sh"
            | "dash"
            | "zsh"
            | "python"
            | "perl"
            | "ruby"
            | "node"
            | "php"
            | "lua"
            | "xargs"
            | "make"
            | "parallel"
    )
}

/// Whether a program changes no file, whatever its words are.
fn only_looks(name: &str, words: &[Seen]) -> bool {
    let any = |test: &dyn Fn(&str) -> bool| words.iter().any(|word| word.as_deref().is_none_or(test));
    match name {
        "find" => !any(&|word| ["-delete", "-exec", "-ok", "-fprint", "-fls"].iter().any(|it| word.starts_with(it))),
        "awk" | "gawk" => !any(&|word| word.contains('>') || word.contains("system") || word.contains('|')),
        // File modes are not modelled.
        "chmod" | "chown" | "chgrp" | "chcon" | "restorecon" => true,
        "true" | ":" | "false" | "[" | "test" | "echo" | "printf" | "cat" | "grep" | "egrep" | "fgrep" | "head"
        | "tail" | "wc" | "cut" | "tr" | "tac" | "ls" | "stat" | "file" | "du" | "df" | "ps" | "free" | "uname"
        | "hostname" | "whoami" | "id" | "which" | "type" | "date" | "seq" | "basename" | "dirname" | "realpath"
        | "readlink" | "sleep" | "wait" | "kill" | "pkill" | "killall" | "pgrep" | "ping" | "traceroute" | "dig"
        | "host" | "nslookup" | "getent" | "nc" | "ncat" | "ss" | "netstat" | "ip" | "lsblk" | "lscpu" | "nproc"
        | "uptime" | "journalctl" | "dmesg" | "diff" | "cmp" | "md5sum" | "sha256sum" | "tree" | "env" | "printenv"
        | "groups" | "systemctl" | "service" | "nginx" | "httpd" | "apachectl" | "dnf" | "yum" | "microdnf" | "rpm"
        | "logger" | "useradd" | "groupadd" | "usermod" | "passwd" | "timedatectl" | "hostnamectl" | "modprobe"
        | "sync" | "umask" | "ulimit" | "trap" | "jobs" | "pwd" | "hash" | "alias" | "shopt" => {
            name != "env" || words.len() == 1
        }
        _ => false,
    }
}
