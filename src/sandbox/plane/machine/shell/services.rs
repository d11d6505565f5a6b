//! Packages and services: `dnf`, `systemctl`, `nginx`, Python's web server.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::outcome::{Halt, Outcome};
use super::run::Run;
use super::state::Shell;
use super::unmodelled::{SERVICES, Unsure};
use super::world::{Later, Served, Wait};

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
                ("nginx", []) => self.started("start", "nginx").await,
                ("nginx", ["-s", "reload"]) => self.started("reload", "nginx").await,
                ("nginx", ["-s", "stop" | "quit"]) => self.started("stop", "nginx").await,
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
            let plain: Vec<&str> = words.iter().copied().filter(|it| !it.starts_with('-')).collect();
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
            if packages.iter().any(|it| it.contains('/') || it.starts_with('@')) {
                return Err(Halt::Unknown);
            }
            self.waited = true;
            loop {
                let told = self.world.install(&packages, self.quiet).await;
                let err = self.sinks.err.clone();
                if !self.quiet {
                    self.print(&told.out)?;
                    self.put(&err, &told.err)?;
                }
                if told.code == 0 || self.quiet {
                    packages.iter().for_each(|it| self.common.unsure(it, Unsure::Installed, false));
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
                return self.own_unit(verb, &text).await;
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

    /// A unit that the script has written: its `ExecStart` runs as a job.
    fn own_unit<'a>(&'a mut self, verb: &'a str, text: &'a str) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            self.meter.charge(text.len().saturating_mul(20))?;
            match verb {
                "enable" => return Ok(Outcome::WELL),
                "start" | "restart" => {}
                _ => return Err(Halt::Unknown),
            }
            let value = |key: &str| {
                let mut lines =
                    text.lines().filter_map(|line| line.trim().strip_prefix(key)?.trim_start().strip_prefix('='));
                lines.next().map(|value| value.trim().to_owned())
            };
            let Some(command) = value("ExecStart").filter(|it| !it.ends_with('\\')) else { return Err(Halt::Unknown) };
            // What systemd puts in has rules of its own.
            if command.contains(['$', '%', '`', ';', '|', '&', '<', '>', '(', ')', '*', '?', '#', '~', '{'])
                && !command.contains(" -c ")
            {
                return Err(Halt::Unknown);
            }
            let (script, held) = self.parsed(&command, self.line)?;
            let mut items = script.items;
            let (Some(mut item), true) = (items.pop(), items.is_empty()) else {
                return Err(Halt::Unknown);
            };
            item.background = true;
            let (folder, sinks) = (self.folder.clone(), self.sinks.clone());
            self.folder = Some(value("WorkingDirectory").unwrap_or_else(|| "/".to_owned()));
            // A unit's output goes to the journal.
            (self.sinks.out, self.sinks.err) = (super::sinks::Out::Null, super::sinks::Out::Null);
            let quiet = std::mem::replace(&mut self.quiet, false);
            let before = self.text.replace(held);
            let outcome = self.item(&item).await;
            self.text = before;
            (self.folder, self.sinks, self.quiet) = (folder, sinks, quiet);
            outcome
        })
    }

    fn serve_folder<'a>(&'a mut self, words: &'a [&'a str]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let (mut port, mut folder) = (8000, self.folder.clone().ok_or(Halt::Unknown)?);
            let mut words = words.iter();
            while let Some(word) = words.next() {
                match *word {
                    "--directory" | "-d" => folder = self.absolute(words.next().ok_or(Halt::Unknown)?)?,
                    "--bind" | "-b" => {
                        if words.next() != Some(&"0.0.0.0") {
                            return Err(Halt::Unknown);
                        }
                    }
                    number => port = number.parse().map_err(|_| Halt::Unknown)?,
                }
            }
            self.waited = true;
            let log = self.sinks.err.log();
            let folder = if folder.ends_with('/') { folder } else { folder + "/" };
            if !self.world.serve_folder(&folder, port, log) {
                self.error("OSError: [Errno 98] Address already in use\n")?;
                return Ok(Outcome::BADLY);
            }
            if !self.quiet {
                self.print(format!("Serving HTTP on 0.0.0.0 port {port} (http://0.0.0.0:{port}/) ...\n").as_bytes())?;
            }
            self.for_ever().await
        })
    }
}
