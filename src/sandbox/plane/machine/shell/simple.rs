//! Simple commands: assignments, redirections, functions, and which command a name means.

use std::sync::Arc;

use super::outcome::{Halt, Leave, Outcome};
use super::run::Run;
use super::sinks::{Input, Out};
use super::state::{Function, Shell};
use super::tree::{Assignment, Command, Kind, List, Part, Redirect, RedirectKind, Word};
use super::variables::Value;
use super::world::Later;

impl Shell {
    /// Also returns whether its redirections stay.
    pub fn simple<'a>(
        &'a mut self,
        assignments: &'a [Assignment],
        words: &'a [Word],
        redirects: &'a [Redirect],
    ) -> Later<'a, Result<(Outcome, bool), Halt>> {
        Box::pin(async move {
            self.substituted = None;
            let words = self.fields(words).await?;
            let _held = self.meter.hold(words.iter().map(|it| it.len() + 64).sum())?;
            let Some(name) = words.first() else {
                if let Some(failed) = self.redirect(redirects).await? {
                    return Ok((failed, false));
                }
                let mut outcome = Outcome::WELL;
                for assignment in assignments {
                    if self.assign(assignment).await? == Outcome::Unknown {
                        outcome = Outcome::Unknown;
                    }
                }
                self.close(redirects)?;
                return Ok((
                    if outcome == Outcome::Unknown { outcome } else { self.substituted.unwrap_or(outcome) },
                    false,
                ));
            };
            self.trace(&words)?;
            let mut before = Vec::new();
            for assignment in assignments {
                let Some(word) = &assignment.value else { return Err(Halt::Unknown) };
                let text = self.text(word).await?;
                before.push((assignment.name.clone(), self.variables.get(&assignment.name)));
                self.variables.text(&assignment.name, &text)?;
            }
            if let Some(failed) = self.redirect(redirects).await? {
                return Ok((failed, false));
            }
            let stays = name == "exec" && words.len() == 1;
            let outcome = self.named(&words).await;
            for (name, value) in before {
                self.variables.restore(&name, value)?;
            }
            if outcome == Err(Halt::Unknown) {
                self.reached = Some(words);
                return Err(Halt::Unknown);
            }
            if !stays {
                self.close(redirects)?;
            }
            Ok((outcome?, stays))
        })
    }

    /// Shows a command, after `set -x`.
    fn trace(&mut self, words: &[String]) -> Result<(), Halt> {
        if !self.options.trace {
            return Ok(());
        }
        // bash shows quotes where they are needed.
        let shown: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        self.trace_line(&shown.join(" "))
    }

    fn trace_line(&mut self, line: &str) -> Result<(), Halt> {
        let signs = "+".repeat(self.level + 1);
        self.error(&format!("{signs} {line}\n"))
    }

    fn assign<'a>(&'a mut self, assignment: &'a Assignment) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let name = &assignment.name;
            let text = match &assignment.value {
                Some(word) => self.text(word).await,
                None => Err(Halt::Unknown),
            };
            let text = match text {
                Err(Halt::Unknown) => {
                    self.variables.set(name, Value::Unknown)?;
                    return Err(Halt::Unknown);
                }
                text => text?,
            };
            if self.options.trace {
                let sign = if assignment.appends { "+=" } else { "=" };
                let line =
                    if text.is_empty() { format!("{name}{sign}") } else { format!("{name}{sign}{}", quoted(&text)) };
                self.trace_line(&line)?;
            }
            if assignment.appends {
                match self.variables.get(name) {
                    Some(Value::Unknown) => return Ok(Outcome::Unknown),
                    Some(Value::Known(before)) => {
                        self.fits(before.len() + text.len())?;
                        self.variables.text(name, &format!("{before}{text}"))?;
                        return Ok(Outcome::WELL);
                    }
                    None => {}
                }
            }
            self.variables.text(name, &text)?;
            Ok(Outcome::WELL)
        })
    }

    /// Opens redirections. Returns a failure that the console has been told of.
    pub fn redirect<'a>(&'a mut self, redirects: &'a [Redirect]) -> Later<'a, Result<Option<Outcome>, Halt>> {
        Box::pin(async move {
            for redirect in redirects {
                let fd = redirect.fd;
                match &redirect.kind {
                    RedirectKind::Write | RedirectKind::Append | RedirectKind::Both { .. } => {
                        let path = self.text(&redirect.target).await?;
                        let append =
                            matches!(redirect.kind, RedirectKind::Append | RedirectKind::Both { append: true });
                        let out = match path.as_str() {
                            "/dev/stdout" | "/dev/fd/1" => self.sinks.out.clone(),
                            "/dev/stderr" | "/dev/fd/2" => self.sinks.err.clone(),
                            // bash connects to such a path.
                            _ if path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/") => {
                                if let Some(failed) = self.connect_path(&path).await? {
                                    return Ok(Some(failed));
                                }
                                Out::Null
                            }
                            _ => Out::file(self.absolute(&path)?, append),
                        };
                        if out.is_too_long(&self.around()) {
                            let shown = super::state::shortened(&path);
                            return self.complain(&format!("{shown}: File name too long")).map(Some);
                        }
                        if matches!(redirect.kind, RedirectKind::Both { .. }) {
                            self.sinks.set(1, out.clone());
                            self.sinks.set(2, out);
                        } else {
                            self.sinks.set(fd, out);
                        }
                    }
                    RedirectKind::Copy => {
                        let target = self.text(&redirect.target).await?;
                        if target == "-" {
                            self.sinks.set(fd, Out::Null);
                        } else if fd == 0 || target == "0" {
                        } else {
                            let found = target.parse().ok().and_then(|from| self.sinks.get(from));
                            let Some(out) = found else {
                                return self.complain(&format!("{target}: Bad file descriptor")).map(Some);
                            };
                            self.sinks.set(fd, out);
                        }
                    }
                    RedirectKind::Read => {
                        let path = self.text(&redirect.target).await?;
                        if path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/") {
                            if let Some(failed) = self.connect_path(&path).await? {
                                return Ok(Some(failed));
                            }
                            continue;
                        }
                        let absolute = self.absolute(&path)?;
                        let text = if absolute == "/dev/null" { Some(Vec::new()) } else { self.file(&absolute)? };
                        let Some(text) = text else {
                            let shown = super::state::shortened(&path);
                            return self.complain(&format!("{shown}: No such file or directory")).map(Some);
                        };
                        self.input = Input::text(&self.meter, text)?;
                    }
                    RedirectKind::Here(word) => {
                        let empty = Word::new();
                        let text = self.text(word.get().unwrap_or(&empty)).await?;
                        self.input = Input::text(&self.meter, text.into_bytes())?;
                    }
                    RedirectKind::HereString => {
                        let text = self.text(&redirect.target).await? + "\n";
                        self.input = Input::text(&self.meter, text.into_bytes())?;
                    }
                    RedirectKind::Process(list) => {
                        let out = self.process(list).await?;
                        self.sinks.set(fd, out);
                    }
                }
            }
            Ok(None)
        })
    }

    /// Closes what was opened: a file that nothing was written to is there, and empty.
    pub fn close(&mut self, redirects: &[Redirect]) -> Result<(), Halt> {
        for redirect in redirects {
            if matches!(redirect.kind, RedirectKind::Write | RedirectKind::Append | RedirectKind::Both { .. })
                && let Some(out) = self.sinks.get(redirect.fd)
            {
                out.close(&self.around())?;
            }
        }
        Ok(())
    }

    /// Where the output of the shell goes through `> >(tee … | logger …)`.
    fn process<'a>(&'a mut self, list: &'a List) -> Later<'a, Result<Out, Halt>> {
        Box::pin(async move {
            self.deeper()?;
            let [item] = list.as_slice() else { return Err(Halt::Unknown) };
            if !item.chain.rest.is_empty() || item.chain.first.negated {
                return Err(Halt::Unknown);
            }
            let out = self.filter(&item.chain.first.stages).await?.ok_or(Halt::Unknown);
            self.depth -= 1;
            out
        })
    }

    /// Where output goes that goes through these commands, if each is `tee`, `cat` or `logger`.
    pub fn filter<'a>(&'a mut self, stages: &'a [Arc<Command>]) -> Later<'a, Result<Option<Out>, Halt>> {
        Box::pin(async move {
            for stage in stages {
                let Kind::Simple { assignments, words } = &stage.kind else { return Ok(None) };
                let first = words.first().map(Vec::as_slice);
                let known =
                    matches!(first, Some([Part::Text(name)]) if matches!(name.as_str(), "tee" | "cat" | "logger"));
                let to_files = stage
                    .redirects
                    .iter()
                    .all(|it| matches!(it.kind, RedirectKind::Write | RedirectKind::Append | RedirectKind::Copy));
                if !known || !assignments.is_empty() || !to_files {
                    return Ok(None);
                }
            }
            let mut next = self.sinks.out.clone();
            for stage in stages.iter().rev() {
                let Kind::Simple { words, .. } = &stage.kind else { return Ok(None) };
                let words = self.fields(words).await?;
                let before = self.sinks.clone();
                self.sinks.out = next;
                let failed = self.redirect(&stage.redirects).await;
                let sinks = std::mem::replace(&mut self.sinks, before);
                if failed?.is_some() {
                    return Ok(None);
                }
                let rest: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
                next = match words.first().map(String::as_str) {
                    Some("cat") if rest.is_empty() => sinks.out,
                    Some("tee") => {
                        let append = rest.contains(&"-a");
                        let mut files = Vec::new();
                        for file in rest.iter().filter(|it| !it.starts_with('-')) {
                            files.push(Out::file(self.absolute(file)?, append));
                        }
                        Out::tee(files, sinks.out)?
                    }
                    Some("logger") => {
                        let tag =
                            rest.iter().position(|it| *it == "-t").and_then(|at| rest.get(at + 1)).unwrap_or(&"root");
                        if rest.contains(&"-s") { Out::logger((*tag).to_owned(), sinks.err)? } else { Out::Null }
                    }
                    _ => return Ok(None),
                };
            }
            Ok(Some(next))
        })
    }

    /// Runs a command by its name.
    pub fn named<'a>(&'a mut self, words: &'a [String]) -> Run<'a> {
        Box::pin(async move {
            let Some((name, rest)) = words.split_first() else { return Ok(Outcome::WELL) };
            self.deeper()?;
            while !self.world.takes(weight(name)) {
                self.world.next_call().await;
            }
            let outcome = match self.functions.get(name).cloned() {
                Some(Some(function)) => self.call(&function, rest).await,
                Some(None) => Err(Halt::Unknown),
                None => self.builtin(program(name), rest).await,
            };
            self.depth = self.depth.saturating_sub(1);
            outcome
        })
    }

    fn call<'a>(&'a mut self, function: &'a Function, arguments: &'a [String]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let size = arguments.iter().map(|it| it.len() + 64).sum();
            let _held = self.meter.hold(size)?;
            self.meter.charge(size / 4)?;
            let before = std::mem::replace(&mut self.arguments, arguments.to_vec());
            let loops = std::mem::take(&mut self.loops);
            let text = std::mem::replace(&mut self.text, function.text.clone());
            self.variables.enter();
            let ended = self.command(&function.body).await;
            self.variables.leave()?;
            self.arguments = before;
            self.text = text;
            self.loops = loops;
            match ended {
                Err(Halt::Return(outcome)) => Ok(outcome),
                Err(Halt::Lost(Leave::Loop | Leave::Function)) => Ok(Outcome::Unknown),
                ended => ended,
            }
        })
    }
}

/// The name of a program at its usual place.
pub fn program(name: &str) -> &str {
    ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/"]
        .iter()
        .find_map(|folder| name.strip_prefix(folder))
        .filter(|name| !name.contains('/'))
        .unwrap_or(name)
}

/// How much of a call a command takes, where calls run the script.
fn weight(name: &str) -> usize {
    match program(name) {
        // It reads a configuration and may start a web server.
        "systemctl" | "service" | "nginx" => 64,
        // It makes connections through every hop.
        "curl" | "wget" | "nc" | "ncat" => 4,
        _ => 1,
    }
}

/// A word as `set -x` shows it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { in_quotes(word) }
}

/// A word in single quotes: it stands for itself, whatever is in it.
pub fn in_quotes(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
