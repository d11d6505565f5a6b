//! Progress as lines: at the start, at each change, every fifteen seconds in between, and at the end.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use crate::engine::event::{Progress, ProgressState};
use crate::i18n::{Lang, Text, harmless, m};
use crate::ui::text::time::{elapsed, most, usual};

/// The longest time in progress without a line.
const SILENCE: Duration = Duration::from_secs(15);

/// Writes the lines, from a thread while something is in progress.
pub struct Heartbeat {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    err: Box<dyn Write + Send>,
    lang: Lang,
    live: BTreeMap<String, Live>,
    beating: bool,
    silence: Duration,
    /// Whether to report only what takes long.
    only_long: bool,
}

struct Live {
    progress: Progress,
    since: Instant,
    said: Instant,
}

impl Heartbeat {
    pub fn new(err: Box<dyn Write + Send>, lang: Lang) -> Self {
        Self::every(SILENCE, err, lang)
    }

    /// Reports only what takes long, for screens that report starts and ends in another way.
    pub fn of_long_waits(err: Box<dyn Write + Send>, lang: Lang) -> Self {
        let new = Self::new(err, lang);
        new.shared.state().only_long = true;
        new
    }

    fn every(silence: Duration, err: Box<dyn Write + Send>, lang: Lang) -> Self {
        let state = State { err, lang, live: BTreeMap::new(), beating: false, silence, only_long: false };
        Self { shared: Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() }) }
    }

    pub fn speak(&self, lang: Lang) {
        self.shared.state().lang = lang;
    }

    /// Writes text between two of the progress lines.
    pub fn write(&self, text: &str) {
        self.shared.state().write(text);
    }

    pub fn report(&self, progress: &Progress) {
        let now = Instant::now();
        let mut state = self.shared.state();
        if progress.state == ProgressState::Running {
            let before = state.live.get(&progress.id);
            let news = !state.only_long && before.is_none_or(|live| live.progress.seen != progress.seen);
            let since = before.map_or(now, |live| live.since);
            let said = if news || before.is_none() { now } else { before.map_or(now, |live| live.said) };
            let start = before.is_none();
            state.live.insert(progress.id.clone(), Live { progress: progress.clone(), since, said });
            if news {
                let head =
                    if start { m::progress_start(&progress.label) } else { m::progress_running(&progress.label) };
                let spent = if start { None } else { Some(since.elapsed()) };
                state.line(&head, progress, spent);
            }
            if !state.beating {
                let shared = Arc::downgrade(&self.shared);
                // If no thread can be started, changes are still reported.
                state.beating = thread::Builder::new().spawn(move || beat(&shared)).is_ok();
            }
        } else {
            let since = state.live.remove(&progress.id).map(|live| live.since);
            let head = match progress.state {
                _ if state.only_long => return,
                ProgressState::Told => return,
                ProgressState::Failed => m::progress_failed(&progress.label),
                _ => m::progress_done(&progress.label),
            };
            let ended = Progress { wait: None, ..progress.clone() };
            state.line(&head, &ended, since.map(|since| since.elapsed()).filter(|spent| spent.as_secs() > 0));
        }
        self.shared.changed.notify_all();
    }

    /// Forgets what is in progress, because a question is about to be asked.
    pub fn clear(&self) {
        self.shared.state().live.clear();
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.shared.state().live.clear();
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// `head (state, time so far, usual time, time limit)`.
    fn line(&mut self, head: &Text, progress: &Progress, spent: Option<Duration>) {
        let mut line = head.render(self.lang);
        let mut facts = Vec::new();
        facts.extend(progress.seen.as_ref().map(|seen| seen.render(self.lang)));
        facts.extend(spent.map(|spent| elapsed(spent).render(self.lang)));
        facts.extend(
            progress.wait.iter().flat_map(|wait| [usual(wait.usual), most(wait.most)].map(|it| it.render(self.lang))),
        );
        if !facts.is_empty() {
            line = format!("{line} ({})", facts.join(", "));
        }
        let line = format!("{}\n", harmless::line(&line));
        self.write(&line);
    }

    fn write(&mut self, text: &str) {
        // If the screen is gone, nobody could read an error either.
        let _ = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
    }
}

/// Writes lines until nothing is in progress.
fn beat(shared: &Weak<Shared>) {
    while let Some(shared) = shared.upgrade() {
        let mut state = shared.state();
        let now = Instant::now();
        let silence = state.silence;
        let due: Vec<(Text, Progress, Duration)> = state
            .live
            .values_mut()
            .filter(|live| now.duration_since(live.said) >= silence)
            .map(|live| {
                live.said = now;
                (m::progress_running(&live.progress.label), live.progress.clone(), now.duration_since(live.since))
            })
            .collect();
        for (head, progress, spent) in due {
            state.line(&head, &progress, Some(spent));
        }
        let Some(next) = state.live.values().map(|live| live.said + silence).min() else {
            state.beating = false;
            return;
        };
        let wait = next.saturating_duration_since(Instant::now());
        drop(shared.changed.wait_timeout(state, wait.max(Duration::from_millis(10))));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    use super::Heartbeat;
    use crate::engine::event::{Progress, ProgressState, Wait};
    use crate::i18n::Lang;

    struct Lines(Sender<String>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            // Nobody reads any more once the test is over.
            let _ = self.0.send(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn progress(seen: &str, state: ProgressState) -> Progress {
        Progress {
            id: "nlb".into(),
            label: "NLB".into(),
            seen: Some(seen.into()),
            wait: Some(Wait { usual: (120, 240), most: 900 }),
            state,
        }
    }

    fn heart(silence: Duration) -> (Heartbeat, Receiver<String>) {
        let (sender, lines) = channel();
        (Heartbeat::every(silence, Box::new(Lines(sender)), Lang::En), lines)
    }

    #[test]
    fn a_line_at_the_start_at_each_change_and_at_the_end() {
        let (heart, lines) = heart(Duration::from_hours(1));
        for (seen, state) in [
            ("provisioning", ProgressState::Running),
            ("provisioning", ProgressState::Running),
            ("active", ProgressState::Running),
            ("active", ProgressState::Done),
        ] {
            heart.report(&progress(seen, state));
        }
        drop(heart);
        let lines: Vec<_> = lines.try_iter().collect();
        let expected = [
            "Started: NLB (provisioning, on AWS usually 2-4 min, gives up after 15 min)\n",
            "In progress: NLB (active, 0 s so far, on AWS usually 2-4 min, gives up after 15 min)\n",
            "Done: NLB (active)\n",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn it_beats_while_something_is_under_way() {
        let (heart, lines) = heart(Duration::from_millis(5));
        heart.report(&progress("provisioning", ProgressState::Running));
        // Two beats after the first line. The deadline only matters on a machine that hangs.
        for _ in 0..3 {
            let line = lines.recv_timeout(Duration::from_mins(1)).unwrap();
            assert!(line.contains("NLB (provisioning"), "{line}");
        }
    }
}
