//! At the instant pace a script runs only while calls look at it: it stops at gates, and calls let it on.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use tokio::time::Instant;

use super::effort::Look;
use super::shell::Job;
use crate::sandbox::plane::lock::lock;

/// What the calls that run a script share with the script and its jobs.
#[derive(Default)]
pub struct Calls {
    /// The number of the call.
    number: AtomicU64,
    /// Whether loops that never end by themselves may turn in this call.
    turning: AtomicBool,
    look: Mutex<Option<Arc<Look>>>,
    /// The jobs that have not ended.
    jobs: Mutex<VecDeque<Coroutine>>,
    /// Whether the instance was switched off.
    off: AtomicBool,
    /// How many jobs there are, and who waits for them at the paces at which time passes.
    pub running: tokio::sync::watch::Sender<usize>,
}

/// A part of a script that stops and goes on: the script itself or a job.
pub struct Coroutine {
    future: Job,
    gate: Arc<Gate>,
}

/// Where a coroutine stops.
#[derive(Default)]
pub struct Gate {
    closed: AtomicBool,
    /// The call in which an endless loop had its last turn.
    turned: AtomicU64,
    /// When the last turn of a loop ended, at the paces at which time passes.
    pub last_turn: Mutex<Option<Instant>>,
}

impl Gate {
    /// Stops here until the next call.
    async fn stop(&self) {
        self.closed.store(true, Ordering::SeqCst);
        poll_fn(|_| if self.closed.load(Ordering::SeqCst) { Poll::Pending } else { Poll::Ready(()) }).await;
    }

    /// Waits for the next call.
    pub async fn next_call(&self, calls: &Calls) {
        let number = calls.number();
        while calls.number() == number {
            self.stop().await;
        }
    }

    /// Waits for a call that lets endless loops turn. Each has one turn in it.
    pub async fn turn(&self, calls: &Calls) {
        while !calls.turning.load(Ordering::SeqCst) || self.turned.load(Ordering::SeqCst) == calls.number() {
            self.stop().await;
        }
        self.turned.store(calls.number(), Ordering::SeqCst);
    }

    /// Waits until there are no other jobs.
    pub async fn until_alone(&self, calls: &Calls) {
        while *calls.running.borrow() > 0 {
            self.stop().await;
        }
    }
}

impl Coroutine {
    pub fn new(gate: &Arc<Gate>, future: Job) -> Self {
        Self { future, gate: Arc::clone(gate) }
    }

    /// Lets it go on until it ends, or stops at its gate. Returns whether it has ended.
    pub async fn go_on(&mut self) -> bool {
        self.gate.closed.store(false, Ordering::SeqCst);
        poll_fn(|context| match self.future.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if self.gate.closed.load(Ordering::SeqCst) => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}

impl Calls {
    fn number(&self) -> u64 {
        self.number.load(Ordering::SeqCst)
    }

    /// Begins a call.
    pub fn begin(&self, turning: bool) {
        self.number.fetch_add(1, Ordering::SeqCst);
        self.turning.store(turning, Ordering::SeqCst);
        *lock(&self.look) = Some(Arc::new(Look::bounded()));
    }

    /// Whether the call that runs now lets a command of this weight run.
    pub fn takes(&self, weight: usize) -> bool {
        let look = lock(&self.look).clone();
        look.is_none_or(|look| look.takes(weight))
    }

    pub fn keep(&self, job: Coroutine) {
        if !self.off.load(Ordering::SeqCst) {
            lock(&self.jobs).push_back(job);
        }
    }

    /// Ends all jobs, for good.
    pub fn end_jobs(&self) {
        self.off.store(true, Ordering::SeqCst);
        let jobs = std::mem::take(&mut *lock(&self.jobs));
        drop(jobs);
    }

    /// Lets each job go on. Returns whether one has ended.
    pub async fn go_on(&self) -> bool {
        let mut ended = false;
        let count = lock(&self.jobs).len();
        for _ in 0..count {
            let mut held = Held { calls: self, job: lock(&self.jobs).pop_front() };
            let over = match &mut held.job {
                Some(job) => job.go_on().await,
                None => true,
            };
            if over {
                held.job = None;
                ended = true;
            }
        }
        ended
    }
}

/// A job that is put back when this is dropped, even if the call that runs it is given up.
struct Held<'a> {
    calls: &'a Calls,
    job: Option<Coroutine>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(job) = self.job.take() {
            self.calls.keep(job);
        }
    }
}
