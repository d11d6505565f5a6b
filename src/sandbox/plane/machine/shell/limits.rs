//! What a script may use: depth, work, memory and jobs. All commands of an instance share it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::outcome::Halt;
use crate::sandbox::plane::lock::lock;

/// How deep anything may nest: reading, running, expanding, arithmetic and tests count together. Each level takes a
/// part of the stack, which has an end.
pub const MOST_DEEP: usize = 100;
/// The limit of memory for variables, arguments, buffers and the like, in bytes.
pub const MOST_MEMORY: usize = 4 * 1024 * 1024;
/// The limit of a single value, in bytes.
pub const LONGEST_VALUE: usize = 256 * 1024;
/// The limit of jobs in the background.
pub const MOST_JOBS: usize = 64;
/// What a running command costs, in steps. A step is about a byte that is looked at.
pub const COMMAND: usize = 200;

/// Steps that can be taken at once, and steps that are regained each second.
const STEPS: i64 = 1_000_000;
/// How far a script may overdraw before it rests. So a single operation takes no more than this and what was left.
const OVERDRAWN: i64 = -1_000_000;
/// The work of a script that never rests is ended at this sum.
const TOTAL: i64 = 60_000_000;
/// What a second takes off that sum, so that a loop which mostly waits never reaches it.
const FORGIVEN: i64 = 50_000;
/// Other tasks get their turn after this many steps.
const STRETCH: usize = 20_000;

/// Why a script is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Work,
    Memory,
    Depth,
}

impl Limit {
    pub fn words(self) -> String {
        match self {
            Self::Work => "the user data computes without a rest for too long and is ended".to_owned(),
            Self::Memory => {
                format!("the user data needs more than {} MiB of memory and is ended", MOST_MEMORY / 1024 / 1024)
            }
            Self::Depth => format!("the user data nests more than {MOST_DEEP} deep and is ended"),
        }
    }
}

/// The use of an instance's script and its jobs, together.
#[derive(Debug)]
pub struct Meter {
    work: Mutex<Work>,
    memory: AtomicUsize,
    jobs: AtomicUsize,
}

#[derive(Debug)]
struct Work {
    left: i64,
    since: Instant,
    total: i64,
    stretch: usize,
    over: Option<Limit>,
}

impl Default for Meter {
    fn default() -> Self {
        let work = Work { left: STEPS, since: Instant::now(), total: 0, stretch: 0, over: None };
        Self { work: Mutex::new(work), memory: AtomicUsize::new(0), jobs: AtomicUsize::new(0) }
    }
}

impl Meter {
    fn work(&self) -> MutexGuard<'_, Work> {
        lock(&self.work)
    }

    /// Counts work.
    ///
    /// # Errors
    /// [`Halt::Over`] if it is too much.
    pub fn charge(&self, steps: usize) -> Result<(), Halt> {
        // Nothing is regained here: a single operation that is slow would regain as fast as it spends, and never end.
        let mut work = self.work();
        let steps_signed = i64::try_from(steps).unwrap_or(i64::MAX / 4);
        work.left = work.left.saturating_sub(steps_signed);
        work.total = work.total.saturating_add(steps_signed);
        work.stretch = work.stretch.saturating_add(steps);
        if work.total > TOTAL || work.left < OVERDRAWN {
            work.over.get_or_insert(Limit::Work);
        }
        if work.over.is_some() { Err(Halt::Over) } else { Ok(()) }
    }

    /// How long the script must rest before it goes on; `None` if it need not. A rest of zero lets other tasks run.
    pub fn rest(&self) -> Option<Duration> {
        let mut work = self.work();
        work.regain();
        if work.left < 0 {
            let millis = u64::try_from(-work.left / 1000).unwrap_or(0);
            return Some(Duration::from_millis(millis + 50));
        }
        if work.stretch >= STRETCH {
            work.stretch = 0;
            return Some(Duration::ZERO);
        }
        None
    }

    /// Ends the script.
    pub fn end(&self, limit: Limit) -> Halt {
        self.work().over.get_or_insert(limit);
        Halt::Over
    }

    /// Why the script was ended, if it was.
    pub fn over(&self) -> Option<Limit> {
        self.work().over
    }

    /// Takes memory until the guard is dropped.
    ///
    /// # Errors
    /// [`Halt::Over`] if there is no more.
    pub fn hold(self: &Arc<Self>, bytes: usize) -> Result<Held, Halt> {
        let mut held = Held { meter: Arc::clone(self), bytes: 0 };
        held.grow(bytes)?;
        Ok(held)
    }

    /// Counts a job until the guard is dropped; `None` if there are too many.
    pub fn job(self: &Arc<Self>) -> Option<JobSlot> {
        let take = |jobs: usize| (jobs < MOST_JOBS).then_some(jobs + 1);
        self.jobs.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).ok()?;
        Some(JobSlot(Arc::clone(self)))
    }
}

impl Work {
    fn regain(&mut self) {
        let now = Instant::now();
        let millis =
            i64::try_from(now.saturating_duration_since(self.since).as_millis()).unwrap_or(i64::MAX / 2_000_000);
        if millis > 0 {
            self.since = now;
            let millis = millis.min(1_000_000_000);
            self.left = self.left.saturating_add(millis.saturating_mul(STEPS / 1000)).min(STEPS);
            self.total = self.total.saturating_sub(millis.saturating_mul(FORGIVEN / 1000)).max(0);
        }
    }
}

/// Memory that is given back when this is dropped.
#[derive(Debug)]
pub struct Held {
    meter: Arc<Meter>,
    bytes: usize,
}

impl Held {
    /// Takes more.
    ///
    /// # Errors
    /// [`Halt::Over`] if there is no more.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Halt> {
        let take = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= MOST_MEMORY);
        if self.meter.memory.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_err() {
            return Err(self.meter.end(Limit::Memory));
        }
        self.bytes += bytes;
        Ok(())
    }

    /// Gives a part back.
    pub fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.meter.memory.fetch_sub(bytes, Ordering::SeqCst);
    }

    /// Another one of the same size.
    ///
    /// # Errors
    /// [`Halt::Over`] if there is no more memory.
    pub fn again(&self) -> Result<Self, Halt> {
        self.meter.hold(self.bytes)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.meter.memory.fetch_sub(self.bytes, Ordering::SeqCst);
    }
}

/// A place among the jobs, which is free again when this is dropped.
#[derive(Debug)]
pub struct JobSlot(Arc<Meter>);

impl Drop for JobSlot {
    fn drop(&mut self) {
        self.0.jobs.fetch_sub(1, Ordering::SeqCst);
    }
}
