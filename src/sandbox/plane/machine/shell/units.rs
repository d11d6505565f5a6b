//! systemd units that a script has written.

use super::outcome::{Halt, Outcome};
use super::places::Found;
use super::sinks::Out;
use super::state::Shell;
use super::tree::{Item, Kind, Part};
use super::variables::Variables;
use super::world::Later;

/// Settings of a service that have no effect on what is modelled.
const HARMLESS: [&str; 17] = [
    "Restart",
    "RestartSec",
    "StandardOutput",
    "StandardError",
    "SyslogIdentifier",
    "RemainAfterExit",
    "TimeoutStartSec",
    "TimeoutStopSec",
    "TimeoutSec",
    "KillMode",
    "KillSignal",
    "LimitNOFILE",
    "Nice",
    "Group",
    "SuccessExitStatus",
    "PrivateTmp",
    "MemoryMax",
];
/// Users that every image has.
const USERS: [&str; 3] = ["root", "ec2-user", "nobody"];

/// What a unit says of its service.
struct Service<'a> {
    command: &'a str,
    folder: &'a str,
    /// Whether starting it is running it to its end.
    once: bool,
}

/// Reads a unit; `None` if any of it is not modelled.
fn read(text: &str) -> Option<Service<'_>> {
    let mut section = "";
    let (mut command, mut folder, mut once) = (None, "/", false);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])) {
        if line.ends_with('\\') {
            return None;
        }
        if line.starts_with('[') {
            section = line;
            continue;
        }
        let (key, value) = line.split_once('=')?;
        let (key, value) = (key.trim(), value.trim());
        match (section, key) {
            ("[Service]", "ExecStart") if command.is_none() => command = Some(value),
            ("[Service]", "WorkingDirectory") if value.starts_with('/') => folder = value,
            ("[Service]", "Type") if matches!(value, "simple" | "exec" | "oneshot") => once = value == "oneshot",
            ("[Service]", "User") if USERS.contains(&value) => {}
            ("[Service]", key) if HARMLESS.contains(&key) => {}
            ("[Unit]" | "[Install]", key) if !key.starts_with("Exec") => {}
            _ => return None,
        }
    }
    // systemd fills in variables and specifiers by rules of its own, also inside quotes.
    let command = command.filter(|it| it.starts_with('/') && !it.contains(['$', '%']))?;
    Some(Service { command, folder, once })
}

/// Whether this is one command of plain words: a unit is run without a shell.
fn is_plain(item: &Item) -> bool {
    let [command] = item.chain.first.stages.as_slice() else { return false };
    let Kind::Simple { assignments, words } = &command.kind else { return false };
    let plain = |part: &Part| match part {
        Part::Text(text) => !text.contains(['*', '?', '[', '{', '~', '#']),
        Part::Quoted(_) => true,
        _ => false,
    };
    item.chain.rest.is_empty()
        && !item.background
        && !item.chain.first.negated
        && assignments.is_empty()
        && command.redirects.is_empty()
        && words.iter().flatten().all(plain)
}

impl Shell {
    /// A unit of the script's own: its command runs in the background, or to its end.
    pub fn own_unit<'a>(&'a mut self, verb: &'a str, unit: &'a str, text: &'a str) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            self.meter.charge(text.len().saturating_mul(20))?;
            match verb {
                "enable" => return Ok(Outcome::WELL),
                "start" | "restart" => {}
                _ => return Err(Halt::Unknown),
            }
            let service = read(text).ok_or(Halt::Unknown)?;
            if self.exists(service.folder)? != Found::Folder {
                return Err(Halt::Unknown);
            }
            let (script, held) = self.parsed(service.command, self.line)?;
            let mut items = script.items;
            let (Some(mut item), true) = (items.pop().filter(is_plain), items.is_empty()) else {
                return Err(Halt::Unknown);
            };
            item.background = !service.once;
            // It knows nothing of the script, and its output goes to the journal.
            let mut inner = self.inner()?;
            inner.deeper()?;
            inner.variables = Variables::new(&self.meter)?;
            inner.functions.clear();
            inner.text = Some(held);
            inner.folder = Some(service.folder.to_owned());
            (inner.sinks.out, inner.sinks.err) = (Out::Null, Out::Null);
            inner.quiet &= service.once;
            let ended = inner.item(&item).await;
            self.waited |= inner.waited;
            let outcome = Self::ended(ended)?;
            if let (Outcome::Status(1..), true) = (outcome, service.once) {
                self.error(&format!(
                    "Job for {unit}.service failed because the control process exited with error code.\nSee \"systemctl \
                     status {unit}.service\" and \"journalctl -xeu {unit}.service\" for details.\n"
                ))?;
                return Ok(Outcome::BADLY);
            }
            Ok(outcome)
        })
    }

    /// Python's web server for a folder.
    pub fn serve_folder<'a>(&'a mut self, words: &'a [&'a str]) -> Later<'a, Result<Outcome, Halt>> {
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
