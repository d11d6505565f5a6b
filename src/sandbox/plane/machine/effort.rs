//! Limits how much of this machine an instance's boot script may use: it rests as long as it has worked, so that its
//! neighbours and the API keep running whatever it does.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::sandbox::plane::lock::lock;

/// A script rests once this much work has accumulated: a timer is no finer than a millisecond.
const GRAIN: Duration = Duration::from_millis(5);
/// How many simple steps a script may do while one call is answered.
const LOOK: usize = 256;
/// How long they may take together. A step that has begun is ended by limits of its own.
pub const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// The work of an instance's script and its loops, together.
#[derive(Default)]
pub struct Effort {
    resting: Mutex<Debt>,
}

#[derive(Default)]
struct Debt {
    owed: Duration,
    until: Option<Instant>,
}

impl Effort {
    /// Counts work that ends now, and returns how long its task must rest.
    pub fn spent(&self, now: Instant, busy: Duration) -> Duration {
        let mut resting = lock(&self.resting);
        resting.owed += busy;
        if resting.owed >= GRAIN {
            let from = resting.until.map_or(now, |until| until.max(now));
            resting.until = Some(from + std::mem::take(&mut resting.owed));
        }
        // A task that owes little rests as long as the others of its instance.
        resting.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }
}

/// What is left of a look. At the instant pace a call runs the scripts and must be answered soon.
pub struct Look {
    steps: AtomicUsize,
    until: Instant,
}

impl Look {
    /// A new look.
    pub fn bounded() -> Self {
        Self { steps: AtomicUsize::new(LOOK), until: Instant::now() + LONGEST_LOOK }
    }

    /// Takes a command of this weight from it; `false` if nothing is left.
    pub fn takes(&self, weight: usize) -> bool {
        let take = |steps: usize| (steps > 0).then(|| steps.saturating_sub(weight));
        Instant::now() < self.until && self.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rests_as_long_as_one_works() {
        for step in [Duration::from_micros(100), Duration::from_millis(3), Duration::from_secs(2)] {
            let effort = Effort::default();
            let (begun, mut now, mut worked) = (Instant::now(), Instant::now(), Duration::ZERO);
            for _ in 0..1000 {
                now += step;
                worked += step;
                now += effort.spent(now, step);
            }
            assert!(now - begun + GRAIN >= 2 * worked, "{step:?}");
        }
    }

    #[test]
    fn loops_side_by_side_rest_for_each_other() {
        let (effort, now) = (Effort::default(), Instant::now());
        let second = Duration::from_secs(1);
        let rests = [effort.spent(now, second), effort.spent(now, second), effort.spent(now, Duration::ZERO)];
        assert_eq!(rests, [second, 2 * second, 2 * second]);
    }

    #[test]
    fn a_look_ends() {
        for (weight, wanted) in [(1, LOOK), (LOOK / 4, 4)] {
            let look = Look::bounded();
            assert_eq!((0..2 * LOOK).filter(|_| look.takes(weight)).count(), wanted);
        }
        let late = Look { steps: AtomicUsize::new(LOOK), until: Instant::now() };
        assert!(!late.takes(1), "its time is over");
    }
}
