//! Where output goes, and where input comes from.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::super::sink::Sink;
use super::common::Around;
use super::limits::{Held, Meter};
use super::outcome::Halt;
use crate::sandbox::plane::lock::lock;

/// Through how many commands such as `tee` output may lead.
const MOST_THROUGH: usize = 16;
/// A line that `logger` gets is cut here, in bytes.
const LONGEST_LINE: usize = 8 * 1024;

#[derive(Clone, Debug)]
pub enum Out {
    Console,
    Null,
    /// Nothing can be written to it.
    Closed,
    File(Arc<Opened>),
    /// A pipe or a `$(…)`.
    Buffer(Arc<Buffer>),
    /// Through `tee`.
    Tee(Arc<Tee>),
    /// Through `logger -s`.
    Logger(Arc<Logger>),
}

#[derive(Debug)]
pub struct Opened {
    pub path: String,
    /// Whether the next write replaces what was there. A page that is written anew is never seen empty.
    fresh: AtomicBool,
}

#[derive(Debug)]
pub struct Tee {
    files: Vec<Out>,
    next: Out,
    depth: usize,
}

#[derive(Debug)]
pub struct Buffer {
    inside: Mutex<(Vec<u8>, Held)>,
    unknown: AtomicBool,
}

#[derive(Debug)]
pub struct Logger {
    pub tag: String,
    pub next: Out,
    pending: Mutex<Vec<u8>>,
    depth: usize,
}

impl Out {
    pub fn file(path: String, append: bool) -> Self {
        match path.as_str() {
            "/dev/console" | "/dev/ttyS0" | "/dev/tty" | "/dev/tty0" => Self::Console,
            "/dev/null" => Self::Null,
            _ => Self::File(Arc::new(Opened { path, fresh: AtomicBool::new(!append) })),
        }
    }

    pub fn buffer(meter: &Arc<Meter>) -> Result<(Self, Arc<Buffer>), Halt> {
        let inside = Mutex::new((Vec::new(), meter.hold(256)?));
        let buffer = Arc::new(Buffer { inside, unknown: AtomicBool::new(false) });
        Ok((Self::Buffer(Arc::clone(&buffer)), buffer))
    }

    /// Through `logger`.
    ///
    /// # Errors
    /// If it leads through too many others. Whatever writes to it calls itself for each.
    pub fn logger(tag: String, next: Self) -> Result<Self, Halt> {
        let depth = next.depth()?;
        Ok(Self::Logger(Arc::new(Logger { tag, next, pending: Mutex::default(), depth })))
    }

    /// Through `tee`.
    ///
    /// # Errors
    /// As for [`Out::logger`].
    pub fn tee(files: Vec<Self>, next: Self) -> Result<Self, Halt> {
        let depth = next.depth()?;
        Ok(Self::Tee(Arc::new(Tee { files, next, depth })))
    }

    /// Through how many others one leads that leads through this one.
    fn depth(&self) -> Result<usize, Halt> {
        let depth = match self {
            Self::Tee(tee) => tee.depth + 1,
            Self::Logger(logger) => logger.depth + 1,
            _ => 1,
        };
        if depth > MOST_THROUGH { Err(Halt::Unknown) } else { Ok(depth) }
    }

    /// Writes. `failure` says which file did not take it.
    pub fn put(
        &self,
        around: &Around<'_>,
        bytes: &[u8],
        failure: &mut Option<(String, &'static str)>,
    ) -> Result<(), Halt> {
        match self {
            Self::Console if around.quiet => {}
            Self::Console => around.world.console(bytes),
            Self::Null => {}
            Self::Closed => *failure = Some(("write error".to_owned(), "Bad file descriptor")),
            Self::File(file) => {
                around.meter.charge(bytes.len() / 4 + 50)?;
                let fresh = file.fresh.swap(false, Ordering::SeqCst);
                if let Err(words) = around.world.write(&file.path, bytes, !fresh) {
                    file.fresh.store(fresh, Ordering::SeqCst);
                    *failure = Some((file.path.clone(), words));
                } else if fresh {
                    around.common.know_file(&file.path);
                    around.common.fill_file(&file.path);
                }
            }
            Self::Buffer(buffer) => {
                let mut inside = lock(&buffer.inside);
                inside.1.grow(bytes.len())?;
                inside.0.extend_from_slice(bytes);
            }
            Self::Tee(tee) => {
                for out in tee.files.iter().chain([&tee.next]) {
                    out.put(around, bytes, failure)?;
                }
            }
            Self::Logger(logger) => {
                let lines = {
                    let mut pending = lock(&logger.pending);
                    pending.extend_from_slice(bytes);
                    let end = pending.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                    // A line that never ends is cut.
                    let end = if pending.len() > LONGEST_LINE { pending.len() } else { end };
                    pending.drain(..end).collect::<Vec<u8>>()
                };
                let time = around.world.time("%b %e %H:%M:%S").unwrap_or_default();
                around.meter.charge(lines.len())?;
                let mut text = Vec::new();
                for line in lines.split_inclusive(|byte| *byte == b'\n') {
                    text.extend_from_slice(format!("<13>{time} {}: ", logger.tag).as_bytes());
                    text.extend_from_slice(line);
                }
                around.meter.charge(text.len())?;
                if !text.is_empty() {
                    logger.next.put(around, &text, failure)?;
                }
            }
        }
        Ok(())
    }

    /// Closes it: a file to which nothing was written is empty.
    pub fn close(&self, around: &Around<'_>) -> Result<(), Halt> {
        match self {
            Self::File(file) if file.fresh.load(Ordering::SeqCst) && !around.common.is_unknown(&file.path) => {
                // A full disk was told of when it was written to.
                self.put(around, b"", &mut None)
            }
            Self::Tee(tee) => tee.files.iter().try_for_each(|file| file.close(around)),
            _ => Ok(()),
        }
    }

    /// What was written to it is not known.
    pub fn cloud(&self, around: &Around<'_>) {
        // Without work left, the next command ends the script.
        if around.meter.charge(50).is_err() {
            return;
        }
        match self {
            Self::Console | Self::Null | Self::Closed => {}
            Self::File(file) => around.common.forget_file(&file.path),
            Self::Buffer(buffer) => buffer.unknown.store(true, Ordering::SeqCst),
            Self::Tee(tee) => {
                for out in tee.files.iter().chain([&tee.next]) {
                    out.cloud(around);
                }
            }
            Self::Logger(logger) => logger.next.cloud(around),
        }
    }

    /// Where a server writes whose errors go here.
    pub fn log(&self) -> Sink {
        match self {
            Self::Console | Self::Logger(_) | Self::Tee(_) => Sink::Console,
            Self::Null | Self::Closed | Self::Buffer(_) => Sink::Null,
            Self::File(file) => Sink::File { path: file.path.clone(), append: true },
        }
    }
}

impl Buffer {
    /// What was written.
    ///
    /// # Errors
    /// [`Halt::Unknown`] if a command that is not modelled would have written to it too.
    pub fn take(&self) -> Result<Vec<u8>, Halt> {
        if self.unknown.load(Ordering::SeqCst) {
            return Err(Halt::Unknown);
        }
        let mut inside = lock(&self.inside);
        Ok(std::mem::take(&mut inside.0))
    }
}

/// Standard output, standard error and the descriptors that a script opens.
#[derive(Clone, Debug)]
pub struct Sinks {
    pub out: Out,
    pub err: Out,
    pub more: BTreeMap<u8, Out>,
}

impl Default for Sinks {
    fn default() -> Self {
        Self { out: Out::Console, err: Out::Console, more: BTreeMap::new() }
    }
}

impl Sinks {
    pub fn get(&self, fd: u8) -> Option<Out> {
        match fd {
            1 => Some(self.out.clone()),
            2 => Some(self.err.clone()),
            _ => self.more.get(&fd).cloned(),
        }
    }

    pub fn set(&mut self, fd: u8, out: Out) {
        match fd {
            1 => self.out = out,
            2 => self.err = out,
            _ => {
                self.more.insert(fd, out);
            }
        }
    }
}

/// Standard input: a text, and how far it was read. It is shared with the commands inside.
#[derive(Clone, Debug, Default)]
pub struct Input(Option<Arc<Mutex<Reading>>>);

#[derive(Debug)]
struct Reading {
    text: Vec<u8>,
    at: usize,
    _held: Held,
}

impl Input {
    pub fn text(meter: &Arc<Meter>, text: Vec<u8>) -> Result<Self, Halt> {
        let held = meter.hold(text.len() + 64)?;
        Ok(Self(Some(Arc::new(Mutex::new(Reading { text, at: 0, _held: held })))))
    }

    /// All that is left.
    pub fn all(&self) -> Vec<u8> {
        let Some(reading) = &self.0 else { return Vec::new() };
        let mut reading = lock(reading);
        let rest = reading.text.get(reading.at..).unwrap_or_default().to_vec();
        reading.at = reading.text.len();
        rest
    }

    /// The next line without its end, and whether it had one; `None` at the end of the text.
    pub fn line(&self) -> Option<(Vec<u8>, bool)> {
        let mut reading = lock(self.0.as_ref()?);
        let rest = reading.text.get(reading.at..).filter(|rest| !rest.is_empty())?;
        let end = rest.iter().position(|byte| *byte == b'\n');
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().to_vec();
        reading.at += line.len() + usize::from(end.is_some());
        Some((line, end.is_some()))
    }
}
