//! Decides when to look again.

use std::time::Duration;

use crate::host::Random;

/// Waits between looks: none before the first, then growing ones with jitter, up to a limit. It never ends; the
/// caller decides how long to wait in all.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Option<Duration>,
    first: Duration,
    max: Duration,
    /// How much longer each wait is than the one before, in percent of it.
    growth: u32,
    random: Random,
}

impl Backoff {
    /// Waits that grow by half from `first_ms` to `max_ms`, both in milliseconds. A fast target deserves a small
    /// first wait.
    #[must_use]
    pub fn new(first_ms: u64, max_ms: u64) -> Self {
        let first = Duration::from_millis(first_ms.min(max_ms));
        Self { next: None, first, max: Duration::from_millis(max_ms), growth: 50, random: Random::System }
    }

    /// Waits that grow by a quarter, for operations that take long anyway, to notice their end soon.
    #[must_use]
    pub fn gentle(first_ms: u64, max_ms: u64) -> Self {
        Self { growth: 25, ..Self::new(first_ms, max_ms) }
    }

    /// The same waits with jitter from the given source.
    #[cfg(test)]
    pub fn with_random(self, random: Random) -> Self {
        Self { random, ..self }
    }
}

impl Iterator for Backoff {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let Some(wait) = self.next else {
            self.next = Some(self.first);
            return Some(Duration::ZERO);
        };
        self.next = Some((wait * (100 + self.growth) / 100).min(self.max));
        // Up to a fifth shorter, so that a classroom of learners does not poll in step.
        let thousandths = 1000 - u32::try_from(self.random.next_u64() % 200).unwrap_or(0);
        Some(wait * thousandths / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_look_is_at_once_and_the_rest_grow_to_the_limit() {
        let waits: Vec<_> = Backoff::new(1000, 5000).with_random(Random::seeded(7)).take(12).collect();
        assert_eq!(waits[0], Duration::ZERO);
        let mut nominal = 1000.0_f64;
        for wait in &waits[1..] {
            let wait = wait.as_secs_f64() * 1000.0;
            assert!(wait <= nominal && wait >= nominal * 0.8, "{wait} of {nominal}");
            nominal = (nominal * 1.5).min(5000.0);
        }
    }

    #[test]
    fn a_first_wait_beyond_the_limit_is_the_limit() {
        assert!(Backoff::new(500, 5).take(5).all(|wait| wait <= Duration::from_millis(5)));
    }
}
