//! Packages and services: `dnf`, `systemctl`, `nginx`, Python's web server.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::common::Unsure;
use super::outcome::{Halt, Outcome};
use super::run::Run;
use super::state::Shell;
use super::unmodelled::SERVICES;
use super::world::{Later, Served, Wait};

/// Packages that Amazon Linux 2023 has and scripts install.
const PACKAGES: [&str; 88] = [
    "amazon-cloudwatch-agent",
    "amazon-ecr-credential-helper",
    "amazon-efs-utils",
    "amazon-ssm-agent",
    "aws-cfn-bootstrap",
    "awscli",
    "awscli-2",
    "bash-completion",
    "bc",
    "bind",
    "bind-utils",
    "bzip2",
    "certbot",
    "chrony",
    "collectd",
    "cronie",
    "cyrus-sasl",
    "dnsmasq",
    "docker",
    "ec2-instance-connect",
    "emacs-nox",
    "ethtool",
    "fail2ban",
    "file",
    "gcc",
    "gcc-c++",
    "git",
    "gnupg2",
    "golang",
    "gzip",
    "haproxy",
    "htop",
    "httpd",
    "httpd-tools",
    "iperf3",
    "iproute",
    "iptables-nft",
    "iptables-services",
    "iputils",
    "java-11-amazon-corretto",
    "java-17-amazon-corretto",
    "java-21-amazon-corretto",
    "jq",
    "less",
    "lsof",
    "lynx",
    "make",
    "man-db",
    "mariadb105",
    "mariadb105-server",
    "memcached",
    "mod_ssl",
    "nano",
    "net-tools",
    "nfs-utils",
    "nginx",
    "nmap",
    "nmap-ncat",
    "nodejs",
    "openldap-clients",
    "openssl",
    "perl",
    "php",
    "php-fpm",
    "php-mysqlnd",
    "policycoreutils-python-utils",
    "postgresql15",
    "postgresql15-server",
    "python3",
    "python3-pip",
    "redis6",
    "rsync",
    "ruby",
    "rsyslog",
    "screen",
    "socat",
    "squid",
    "stress-ng",
    "sudo",
    "tar",
    "tcpdump",
    "telnet",
    "tmux",
    "traceroute",
    "tree",
    "unzip",
    "vim",
    "wget",
];

/// Whether a flag of dnf changes nothing here, or is understood.
fn is_dnf_flag(flag: &str) -> bool {
    matches!(
        flag,
        "-y" | "--assumeyes"
            | "-q"
            | "-qy"
            | "-yq"
            | "--quiet"
            | "-v"
            | "--verbose"
            | "--assumeno"
            | "--allowerasing"
            | "--best"
            | "--nobest"
            | "--nogpgcheck"
            | "--refresh"
    ) || ["--releasever=", "--setopt="].iter().any(|it| flag.starts_with(it))
}

impl Shell {
    /// A program that is not the shell's own. What is not modelled has no outcome.
    pub fn program<'a>(&'a mut self, name: &'a str, rest: &'a [String]) -> Run<'a> {
        Box::pin(async move {
            let words: Vec<&str> = rest.iter().map(String::as_str).collect();
            match (name, words.as_slice()) {
                ("curl", _) => self.curl(rest).await,
                ("wget", _) => self.wget(rest).await,
                ("nc" | "ncat", _) => self.ncat(&words).await,
                ("getent" | "dig" | "host" | "nslookup", _) => self.look_up(name, &words).await,
                ("dnf" | "yum" | "microdnf", _) => self.packages(&words).await,
                ("apt-get" | "apt" | "amazon-linux-extras", _) => {
                    // Amazon Linux 2023 has neither.
                    self.complain(&format!("{name}: command not found"))?;
                    Ok(Outcome::Status(127))
                }
                ("systemctl", _) => self.systemctl(&words).await,
                ("service", [unit, verb @ ("start" | "stop" | "restart" | "reload")]) => self.unit(verb, unit).await,
                ("nginx", []) => self.nginx("start").await,
                ("nginx", ["-s", "reload"]) => self.nginx("reload").await,
                ("nginx", ["-s", "stop" | "quit"]) => self.nginx("stop").await,
                ("httpd" | "apachectl", [] | ["-k", "start"]) | ("apachectl", ["start"]) => {
                    self.started("start", "httpd").await
                }
                ("python3" | "python", ["-m", "http.server", ..]) => {
                    self.serve_folder(words.get(2..).unwrap_or_default()).await
                }
                _ => Err(Halt::Unknown),
            }
        })
    }

    /// On AWS dnf gives up after some minutes, and the script goes on without the package. Here it keeps trying and
    /// says so, so that a learner who repairs the path to S3 need not recreate the instance.
    fn packages<'a>(&'a mut self, words: &'a [&'a str]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let (flags, plain): (Vec<&str>, Vec<&str>) = words.iter().partition(|it| it.starts_with('-'));
            if !flags.iter().all(|flag| is_dnf_flag(flag)) {
                return Err(Halt::Unknown);
            }
            let packages: Vec<String> = match plain.as_slice() {
                ["install" | "reinstall", packages @ ..] if !packages.is_empty() => {
                    packages.iter().map(|it| (*it).to_owned()).collect()
                }
                // An image is up to date.
                ["update" | "upgrade" | "makecache" | "check-update"] => Vec::new(),
                ["clean", "all"] => return Ok(Outcome::WELL),
                _ => return Err(Halt::Unknown),
            };
            // A path or an address of a package is not modelled.
            // Nor is it known of every name whether the repositories have it.
            let known = |name: &String| PACKAGES.contains(&name.as_str()) || self.world.has_package(name);
            if !packages.iter().all(known) {
                return Err(Halt::Unknown);
            }
            let yes = flags.iter().any(|flag| matches!(*flag, "-y" | "--assumeyes" | "-qy" | "-yq"));
            let asks = !yes && !packages.iter().all(|it| self.world.has_package(it));
            // What was answered yes in an earlier process was read there.
            let answered = asks && self.input.line().is_some_and(|(line, _)| matches!(line.first(), Some(b'y' | b'Y')));
            let aborts = (asks && !answered) || flags.contains(&"--assumeno");
            let packages = if aborts { Vec::new() } else { packages };
            self.waited = true;
            loop {
                let told = self.world.install(&packages, self.quiet).await;
                let err = self.sinks.err.clone();
                if !self.quiet && (!aborts || told.code != 0) {
                    self.print(&told.out)?;
                    self.put(&err, &told.err)?;
                }
                if aborts && (told.code == 0 || self.quiet) {
                    self.print(b"Is this ok [y/N]: Operation aborted.\n")?;
                    return Ok(Outcome::BADLY);
                }
                if told.code == 0 || self.quiet {
                    for package in &packages {
                        self.common.unsure(package, Unsure::Installed, false);
                    }
                    return Ok(Outcome::WELL);
                }
                if self.tested > 0 {
                    return Ok(Outcome::Status(told.code));
                }
                if !self.common.told_patience.swap(true, Ordering::Relaxed) && !self.world.is_instant() {
                    self.note("dnf is tried again until it works; on AWS it gives up after some minutes");
                }
                self.breathe().await?;
                self.world.wait(Wait::Retry).await;
            }
        })
    }

    fn systemctl<'a>(&'a mut self, words: &'a [&'a str]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let plain: Vec<&str> = words.iter().copied().filter(|it| !it.starts_with('-')).collect();
            let now = words.contains(&"--now");
            let Some((verb, units)) = plain.split_first() else { return Err(Halt::Unknown) };
            let verb = match *verb {
                "daemon-reload" | "reset-failed" => return Ok(Outcome::WELL),
                "enable" if now => "start",
                "disable" if now => "stop",
                verb @ ("start" | "restart" | "reload" | "stop" | "enable" | "disable" | "is-active") => verb,
                "try-restart" | "reload-or-restart" | "condrestart" => "restart",
                _ => return Err(Halt::Unknown),
            };
            let mut outcome = Outcome::WELL;
            for unit in units {
                let ended = self.unit(verb, unit).await?;
                if ended != Outcome::WELL {
                    outcome = ended;
                }
            }
            if units.is_empty() { Err(Halt::Unknown) } else { Ok(outcome) }
        })
    }

    fn unit<'a>(&'a mut self, verb: &'a str, unit: &'a str) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let unit = unit.trim_end_matches(".service");
            let path = format!("/etc/systemd/system/{unit}.service");
            if self.common.is_unknown(&path) {
                return Err(Halt::Unknown);
            }
            if let Some(text) = self.world.read(&path) {
                let text = String::from_utf8_lossy(&text).into_owned();
                return self.own_unit(verb, unit, &text).await;
            }
            if !SERVICES.contains(&unit) {
                // The image has units of its own, and packages bring some.
                return Err(Halt::Unknown);
            }
            if self.common.is_unsure(unit, Unsure::Installed) {
                return Err(Halt::Unknown);
            }
            if !self.world.has_package(unit) {
                if verb == "is-active" {
                    self.print(b"inactive\n")?;
                    return Ok(Outcome::Status(3));
                }
                let words = match verb {
                    "enable" | "disable" => {
                        format!("Failed to {verb} unit: Unit file {unit}.service does not exist.\n")
                    }
                    _ => format!("Failed to {verb} {unit}.service: Unit {unit}.service not found.\n"),
                };
                self.error(&words)?;
                return Ok(Outcome::Status(if matches!(verb, "enable" | "disable") { 1 } else { 5 }));
            }
            if matches!(verb, "enable" | "disable") {
                // It would count at the next boot, and there is none here.
                return Ok(Outcome::WELL);
            }
            self.started(verb, unit).await
        })
    }

    /// The program itself, which knows nothing of systemd.
    fn nginx<'a>(&'a mut self, verb: &'a str) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            if self.world.has_package("nginx") {
                if self.common.is_unsure("nginx", Unsure::Running) {
                    return Err(Halt::Unknown);
                }
                let words = match (verb, self.runs("nginx").await) {
                    ("start", true) => Some("still could not bind()"),
                    ("reload" | "stop", false) => {
                        Some("open() \"/run/nginx.pid\" failed (2: No such file or directory)")
                    }
                    _ => None,
                };
                if let Some(words) = words {
                    let kind = if verb == "start" { "emerg" } else { "error" };
                    self.error(&format!("nginx: [{kind}] {words}\n"))?;
                    return Ok(Outcome::BADLY);
                }
            }
            self.started(verb, "nginx").await
        })
    }

    async fn runs(&self, service: &str) -> bool {
        matches!(self.world.service("is-active", service).await, Served::Done(0, _))
    }

    fn started<'a>(&'a mut self, verb: &'a str, unit: &'a str) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let folder = format!("/etc/{unit}/");
            // What these say depends on whether it runs. The others make that known.
            let asks = matches!(verb, "reload" | "is-active") && self.common.is_unsure(unit, Unsure::Running);
            if asks
                || self.common.is_unsure(unit, Unsure::Installed)
                || (verb != "stop" && self.common.is_clouded(&folder))
            {
                return Err(Halt::Unknown);
            }
            if !self.world.has_package(unit) {
                self.complain(&format!("{unit}: command not found"))?;
                return Ok(Outcome::Status(127));
            }
            if verb == "reload" && !self.runs(unit).await {
                self.error(&format!("{unit}.service is not active, cannot reload.\n"))?;
                return Ok(Outcome::BADLY);
            }
            let world = Arc::clone(&self.world);
            match world.service(verb, unit).await {
                Served::Done(status, words) => {
                    self.common.unsure(unit, Unsure::Running, false);
                    if verb == "is-active" {
                        self.print(words.as_bytes())?;
                    } else {
                        self.error(&words)?;
                    }
                    Ok(Outcome::Status(status))
                }
                Served::Unknown => Err(Halt::Unknown),
            }
        })
    }
}
