//! Limits how much of this machine an instance's boot script may use: it rests as long as it has worked, so that its
//! neighbours and the API keep running whatever it does.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::script::program::Action;
use crate::sandbox::plane::net::fabric::lock;

/// A script rests once this much work has accumulated: a timer is no finer than a millisecond.
const GRAIN: Duration = Duration::from_millis(5);
/// How many simple steps a script may do while one call is answered.
const LOOK: usize = 256;
/// How long they may take together. A step that has begun is ended by limits of its own.
pub const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// The work of an instance's script and its loops, together.
#[derive(Default)]
pub struct Effort {
    resting: Mutex<Resting>,
    /// Whether the console already says that turns are cut short.
    told: AtomicBool,
}

#[derive(Default)]
struct Resting {
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

    /// Whether a turn is cut short for the first time.
    pub fn is_first_cut(&self) -> bool {
        !self.told.swap(true, Ordering::Relaxed)
    }
}

/// What is left of a look. At the instant pace a call runs the scripts and must be answered soon.
pub struct Look(Option<Left>);

struct Left {
    steps: AtomicUsize,
    until: Instant,
}

impl Look {
    /// For the instant pace.
    pub fn bounded() -> Self {
        Self(Some(Left { steps: AtomicUsize::new(LOOK), until: Instant::now() + LONGEST_LOOK }))
    }

    /// For the paces at which time passes.
    pub fn endless() -> Self {
        Self(None)
    }

    /// Takes a step from it; `false` if nothing is left.
    pub fn takes(&self, action: &Action) -> bool {
        let Some(left) = &self.0 else { return true };
        let weight = match action {
            // It reads a configuration and may start a web server.
            Action::Unit { .. } => LOOK / 4,
            // It makes connections through every hop.
            Action::Curl(_) => 4,
            _ => 1,
        };
        let take = |steps: usize| (steps > 0).then(|| steps.saturating_sub(weight));
        Instant::now() < left.until && left.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
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
        let unit = Action::Unit { verb: "reload".to_owned(), unit: "nginx".to_owned() };
        for (action, wanted) in [(&Action::Nothing, LOOK), (&unit, 4)] {
            let look = Look::bounded();
            assert_eq!((0..2 * LOOK).filter(|_| look.takes(action)).count(), wanted);
        }
        let late = Look(Some(Left { steps: AtomicUsize::new(LOOK), until: Instant::now() }));
        assert!(!late.takes(&Action::Nothing), "its time is over");
        assert!((0..2 * LOOK).all(|_| Look::endless().takes(&unit)));
    }
}
