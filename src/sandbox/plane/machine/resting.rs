//! A job that rests as long as it works, so that its neighbours and the API keep running whatever it does.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep};

use super::machine::Machine;
use super::shell::Job;

/// A job of an instance that rests as long as it works. While it rests, other tasks run and the machine can be stopped.
pub struct Resting {
    machine: Arc<Machine>,
    job: Job,
    rest: Option<Pin<Box<Sleep>>>,
}

impl Resting {
    pub fn new(machine: Arc<Machine>, job: Job) -> Self {
        Self { machine, job, rest: None }
    }
}

impl Future for Resting {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some(rest) = &mut self.rest {
                ready!(rest.as_mut().poll(context));
                self.rest = None;
            }
            let begun = Instant::now();
            let polled = self.job.as_mut().poll(context);
            let now = Instant::now();
            let rest = self.machine.effort.spent(now, now.saturating_duration_since(begun));
            if polled.is_ready() || rest.is_zero() {
                return polled;
            }
            // It is looked at again after the rest, whether anything has happened to it or not.
            self.rest = Some(Box::pin(sleep(rest)));
        }
    }
}
