//! Finds out whether a process runs in an endless loop. A server rests between requests, however many there are.

use std::fs;
use std::path::PathBuf;
use tokio::time::Instant;

use rustix::process::Pid;

/// Seconds of processor time that a process may use before it rests.
const WITHOUT_REST: u64 = 4;
/// A process that gives the processor back no more often than this within [`WITHOUT_REST`] does not rest. One that
/// answers requests gives it back for nearly each request.
const RESTS: u64 = 16;
/// Seconds for which a process may use a whole core, whether it rests or not.
const WHOLE_CORE: u64 = 60;
/// Percent of a core that count as the whole core.
const WHOLE: u128 = 95;
/// The unit of time in `/proc`, which is part of the kernel's interface: a hundredth of a second.
const TICKS: u64 = 100;

pub struct Pulse {
    folder: PathBuf,
    /// At the last rest: the ticks used by then, and the number of rests.
    rested: (u64, u64),
    /// When it began to use a whole core, and the ticks used by then.
    whole: (Instant, u64),
}

impl Pulse {
    /// Starts to watch a child that has not been waited for.
    pub fn of(id: Pid) -> Self {
        let folder = PathBuf::from(format!("/proc/{}", id.as_raw_nonzero()));
        Self { folder, rested: (0, 0), whole: (Instant::now(), 0) }
    }

    /// Takes a sample. Returns the seconds for which the process has been busy without a rest, if that is too long.
    pub fn look(&mut self) -> Option<u64> {
        let used = used(&fs::read_to_string(self.folder.join("stat")).ok()?)?;
        let rests = rests(&fs::read_to_string(self.folder.join("status")).ok()?)?;
        self.count(Instant::now(), used, rests)
    }

    fn count(&mut self, now: Instant, used: u64, rests: u64) -> Option<u64> {
        if rests > self.rested.1 + RESTS {
            self.rested = (used, rests);
        }
        let (since, before) = self.whole;
        let share = u128::from((used - before.min(used)) * 1000 / TICKS) * 100;
        if share < now.duration_since(since).as_millis() * WHOLE {
            self.whole = (now, used);
        }
        let without_rest = used.saturating_sub(self.rested.0) / TICKS;
        let whole = now.duration_since(self.whole.0).as_secs();
        (without_rest >= WITHOUT_REST).then_some(without_rest).or_else(|| (whole >= WHOLE_CORE).then_some(whole))
    }
}

/// Ticks used, from `stat`. The program's name stands in brackets and may contain anything.
fn used(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut number = || fields.next()?.parse::<u64>().ok();
    Some(number()? + number()?)
}

/// How often the process gave the processor back by itself, from `status`.
fn rests(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pulse() -> (Pulse, Instant) {
        let now = Instant::now();
        (Pulse { folder: PathBuf::new(), rested: (0, 0), whole: (now, 0) }, now)
    }

    #[test]
    fn the_kernel_s_files_are_read() {
        let stat = "42 (nginx) 7)) R 1 42 42 0 -1 4194304 1 2 3 4 250 50 6 7 20 0 1 0";
        assert_eq!(used(stat), Some(300));
        assert_eq!(rests("Name:\tx\nvoluntary_ctxt_switches:\t17\nnonvoluntary_ctxt_switches:\t9\n"), Some(17));
        assert_eq!((used("42 nginx"), rests("")), (None, None));
    }

    #[test]
    fn who_never_rests_turns_in_circles_however_little_of_the_processor_it_gets() {
        let (mut pulse, begun) = pulse();
        let seen = (1..=10).find_map(|look| pulse.count(begun + Duration::from_secs(2 * look), 100 * look, 3));
        assert_eq!(seen, Some(4));
    }

    #[test]
    fn a_busy_server_rests() {
        let (mut pulse, begun) = pulse();
        for look in 1..=300 {
            assert_eq!(pulse.count(begun + Duration::from_secs(look), 90 * look, 200 * look), None);
        }
    }

    #[test]
    fn nobody_gets_a_whole_core_for_ever() {
        let (mut pulse, begun) = pulse();
        let seen = (1..=100).find_map(|look| pulse.count(begun + Duration::from_secs(look), 100 * look, 200 * look));
        assert_eq!(seen, Some(60));
    }
}
