//! Redirections, and output that goes through `tee` and the like.

use std::sync::Arc;

use super::outcome::{Halt, Outcome};
use super::places::NO_SUCH;
use super::sinks::{Input, Out};
use super::state::{Shell, shortened};
use super::tree::{Command, Kind, List, Part, Redirect, RedirectKind, Word};
use super::world::Later;

/// What one command's redirections have opened so far.
#[derive(Default)]
struct Opened {
    outs: Vec<(u8, Out)>,
    /// The file that its input comes from.
    read: Option<String>,
}

impl Shell {
    /// Opens redirections. Returns a failure that the console has been told of.
    pub fn redirect<'a>(&'a mut self, redirects: &'a [Redirect]) -> Later<'a, Result<Option<Outcome>, Halt>> {
        Box::pin(async move {
            let mut opened = Opened::default();
            for redirect in redirects {
                let fd = redirect.fd;
                // Other descriptors to read from are not modelled.
                let reads =
                    !redirect.kind.writes() && !matches!(redirect.kind, RedirectKind::Copy | RedirectKind::Process(_));
                let failed = match &redirect.kind {
                    RedirectKind::Write => self.open(&redirect.target, false, &[fd], &mut opened).await?,
                    RedirectKind::Append => self.open(&redirect.target, true, &[fd], &mut opened).await?,
                    RedirectKind::Both { append } => self.open(&redirect.target, *append, &[1, 2], &mut opened).await?,
                    RedirectKind::Copy => self.duplicate(redirect, &mut opened).await?,
                    RedirectKind::Read => self.read_from(redirect, &mut opened).await?,
                    _ if reads && fd != 0 => return Err(Halt::Unknown),
                    RedirectKind::Here(word) => {
                        let empty = Word::new();
                        let text = self.text(word.get().unwrap_or(&empty)).await?;
                        self.input = Input::text(&self.meter, text.into_bytes())?;
                        None
                    }
                    RedirectKind::HereString => {
                        let text = self.text(&redirect.target).await? + "\n";
                        self.input = Input::text(&self.meter, text.into_bytes())?;
                        None
                    }
                    RedirectKind::Process(list) => {
                        let out = self.process(list).await?;
                        self.sinks.set(fd, out);
                        None
                    }
                };
                if failed.is_some() {
                    return Ok(failed);
                }
            }
            Ok(None)
        })
    }

    /// Opens a file for writing. It is emptied here, although what is served never looks empty before it is written.
    fn open<'a>(
        &'a mut self,
        target: &'a Word,
        append: bool,
        fds: &'a [u8],
        opened: &'a mut Opened,
    ) -> Later<'a, Result<Option<Outcome>, Halt>> {
        Box::pin(async move {
            let fields = self.fields(std::slice::from_ref(target)).await?;
            // More or fewer are an error, which shows the word as it was written.
            let [path] = fields.as_slice() else { return Err(Halt::Unknown) };
            let out = match path.as_str() {
                "/dev/stdout" | "/dev/fd/1" => self.sinks.out.clone(),
                "/dev/stderr" | "/dev/fd/2" => self.sinks.err.clone(),
                // bash connects to such a path.
                _ if path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/") => {
                    if let Some(failed) = self.connect_path(path).await? {
                        return Ok(Some(failed));
                    }
                    Out::Null
                }
                "" => return self.complain(&format!(": {NO_SUCH}")).map(Some),
                _ => {
                    let absolute = self.absolute(path)?;
                    let out = Out::file(absolute.clone(), append);
                    if matches!(out, Out::File(_)) {
                        let mut refused = self.refuses(&absolute)?;
                        if refused.is_none() {
                            if !append {
                                self.common.empty_file(&absolute);
                            } else if !self.world.has(&absolute) && !self.common.is_unknown(&absolute) {
                                refused = self.world.write(&absolute, b"", true).err();
                            }
                            if opened.read.as_ref() == Some(&absolute) && !append {
                                self.input = Input::text(&self.meter, Vec::new())?;
                            }
                        }
                        if let Some(words) = refused {
                            return self.complain(&format!("{}: {words}", shortened(path))).map(Some);
                        }
                    }
                    out
                }
            };
            for fd in fds {
                self.set_out(*fd, out.clone(), opened)?;
            }
            Ok(None)
        })
    }

    /// Sets where a descriptor leads. A file that it led to because of the same command is closed.
    fn set_out(&mut self, fd: u8, out: Out, opened: &mut Opened) -> Result<(), Halt> {
        if let Some((_, before)) = opened.outs.iter().rfind(|(other, _)| *other == fd) {
            before.close(&self.around())?;
        }
        opened.outs.push((fd, out.clone()));
        self.sinks.set(fd, out);
        Ok(())
    }

    /// `>&` and `<&`.
    fn duplicate<'a>(
        &'a mut self,
        redirect: &'a Redirect,
        opened: &'a mut Opened,
    ) -> Later<'a, Result<Option<Outcome>, Halt>> {
        Box::pin(async move {
            let fd = redirect.fd;
            let target = self.text(&redirect.target).await?;
            match (fd, target.as_str()) {
                (0, "0") => {}
                (0, "-") => self.input = Input::default(),
                (0, _) | (_, "0") => return Err(Halt::Unknown),
                (1, "-") => self.sinks.out = Out::Closed,
                (2, "-") => self.sinks.err = Out::Null,
                (fd, "-") => {
                    self.sinks.more.remove(&fd);
                }
                (fd, number) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                    let Some(out) = number.parse().ok().and_then(|from| self.sinks.get(from)) else {
                        return self.complain(&format!("{target}: Bad file descriptor")).map(Some);
                    };
                    self.set_out(fd, out, opened)?;
                }
                // `>& FILE` is `&> FILE`.
                (1, _) => return self.open(&redirect.target, false, &[1, 2], opened).await,
                _ => return self.complain(&format!("{}: ambiguous redirect", shortened(&target))).map(Some),
            }
            Ok(None)
        })
    }

    fn read_from<'a>(
        &'a mut self,
        redirect: &'a Redirect,
        opened: &'a mut Opened,
    ) -> Later<'a, Result<Option<Outcome>, Halt>> {
        Box::pin(async move {
            let path = self.text(&redirect.target).await?;
            if path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/") {
                return self.connect_path(&path).await;
            }
            if redirect.fd != 0 {
                return Err(Halt::Unknown);
            }
            let absolute = self.absolute(&path)?;
            let text = if absolute == "/dev/null" { Some(Vec::new()) } else { self.file(&absolute)? };
            let Some(text) = text else {
                return self.complain(&format!("{}: {NO_SUCH}", shortened(&path))).map(Some);
            };
            self.input = Input::text(&self.meter, text)?;
            opened.read = Some(absolute);
            Ok(None)
        })
    }

    /// Closes what was opened: a file that nothing was written to is there, and empty.
    pub fn close(&mut self, redirects: &[Redirect]) -> Result<(), Halt> {
        for redirect in redirects {
            let fds: &[u8] = match redirect.kind {
                RedirectKind::Both { .. } => &[1, 2],
                // `>& FILE`
                RedirectKind::Copy if redirect.fd == 1 => &[1],
                _ if redirect.kind.writes() => &[redirect.fd],
                _ => &[],
            };
            for out in fds.iter().filter_map(|fd| self.sinks.get(*fd)) {
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
            Ok(out?.0)
        })
    }

    /// Where output goes that goes through these commands, if each is `tee`, `cat` or `logger`.
    /// Also returns whether the last one fails: it cannot open a file.
    pub fn filter<'a>(&'a mut self, stages: &'a [Arc<Command>]) -> Later<'a, Result<Option<(Out, bool)>, Halt>> {
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
            let mut fails = false;
            for (at, stage) in stages.iter().enumerate().rev() {
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
                            let path = self.absolute(file)?;
                            let out = Out::file(path.clone(), append);
                            if !matches!(out, Out::File(_)) {
                                files.push(out);
                            } else if let Some(words) = self.refuses(&path)? {
                                self.error(&format!("tee: {}: {words}\n", shortened(file)))?;
                                fails |= at + 1 == stages.len();
                            } else {
                                if !append {
                                    self.common.empty_file(&path);
                                }
                                files.push(out);
                            }
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
            Ok(Some((next, fails)))
        })
    }
}
