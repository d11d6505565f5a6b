//! What a program that is not run may have changed, as far as its words tell: files and services.

use super::common::Unsure;
use super::state::Shell;

/// The services that the sandbox has.
pub const SERVICES: [&str; 2] = ["nginx", "httpd"];

/// Stands in a word for what is not known of it. No word of a command has this character.
pub const UNKNOWN: char = '\0';

/// The name of a program at its usual place.
pub fn program(name: &str) -> &str {
    ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/"]
        .iter()
        .find_map(|folder| name.strip_prefix(folder))
        .filter(|name| !name.contains('/'))
        .unwrap_or(name)
}

impl Shell {
    /// Forgets what a program may have changed.
    pub fn forget_program(&self, words: &[String]) {
        let lengths = words.iter().map(String::len).sum::<usize>();
        // Without work left, the next command ends the script.
        if self.meter.charge(lengths).is_err() {
            return;
        }
        self.forget_services(words);
        let Some(name) = words.first() else { return };
        if only_looks(program(name), words) {
            return;
        }
        let writes_anything = name.contains('/') && program(name) == name;
        if writes_anything || name.contains(UNKNOWN) || words.iter().any(|word| runs_others(word)) {
            return self.common.forget_tree("/");
        }
        for word in words.iter().skip(1) {
            self.forget_word(word);
        }
    }

    /// Forgets every file that a word may mean: by itself, or after an option or another sign.
    fn forget_word(&self, word: &str) {
        if word.contains("://") {
            // A program that loads it may write a file of its name.
            let name = word.rsplit('/').next().unwrap_or_default();
            self.forget_path(if name.starts_with(UNKNOWN) { "./*" } else { name });
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
        if path.starts_with(UNKNOWN) {
            return self.common.forget_tree("/");
        }
        let fixed = path.find(['*', '?', '[', '{', UNKNOWN]).map(|at| path.get(..at).unwrap_or_default());
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

    fn forget_services(&self, words: &[String]) {
        let tools = |word: &String| word.contains(UNKNOWN) || tool(word).is_some();
        let Some(at) = words.iter().position(tools) else { return };
        let runs = ["sudo", "env", "timeout", "nice", "ionice", "time", "setsid", "flock", "su", "chroot"];
        if at > 0 && !words.first().is_some_and(|it| runs.contains(&program(it))) {
            return;
        }
        let Some(tool) = words.get(at).and_then(|word| tool(word)) else {
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
        if rest.first().is_some_and(|word| looks.contains(&word.as_str())) {
            return;
        }
        for service in SERVICES {
            let named = rest.iter().any(|word| word.contains(service) || word.contains(['*', UNKNOWN]));
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
fn only_looks(name: &str, words: &[String]) -> bool {
    let any = |test: &dyn Fn(&str) -> bool| words.iter().any(|word| word.contains(UNKNOWN) || test(word));
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
