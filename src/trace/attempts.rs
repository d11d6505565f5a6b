//! The client's own attempts. A failed one may be older than the last repair, so nothing is called broken for it
//! before the client has tried again.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::attempt_result::AttemptResult;
use super::rung_result::RungResult;
use super::walk::Walk;
use crate::checks::attempts::{Attempt, MARK, count, label, newest};
use crate::checks::console::{call as console_call, read as read_console};
use crate::lab::Side;

/// How long to wait for the next attempt. A client tries every five seconds, and gives up after five.
const PATIENCE: Duration = Duration::from_secs(30);
/// The interval between looks at the console: of a target on this machine, and of AWS.
const LOOKS: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(3)];

impl Walk<'_> {
    /// The newest attempt, whenever it was made. If the client requests several names, that of the first name that
    /// gets no page. `None` until every name has been requested once.
    pub(super) fn newest(&self, console: &str) -> Option<AttemptResult> {
        let asked = self.path.asks.iter().map(|ask| newest(console, &label(self.scene.token, ask)));
        let all: Vec<Attempt<'_>> = asked.collect::<Option<_>>()?;
        let whole = |attempt: &&Attempt<'_>| (attempt.code, attempt.exit) == (200, 0);
        let attempt = all.iter().find(|attempt| !whole(attempt)).or(all.first())?;
        Some(AttemptResult::of(attempt, self.scene.token))
    }

    /// The newest attempt, and if that failed, one that began after the climb: waits for it. Waits once in a climb.
    pub(super) async fn attempt(&mut self) -> Result<Option<AttemptResult>, RungResult> {
        if let Some(heard) = &self.heard {
            return Ok(Some(heard.clone()));
        }
        let before = self.client_console().await?;
        let Some(old) = self.newest(&before) else { return Ok(None) };
        let heard = if old.is_whole() { old } else { self.next_attempt(&before, old).await? };
        self.heard = Some(heard.clone());
        Ok(Some(heard))
    }

    async fn next_attempt(&self, before: &str, old: AttemptResult) -> Result<AttemptResult, RungResult> {
        (self.on_wait)();
        let until = Instant::now() + PATIENCE;
        let look = LOOKS[usize::from(!self.scene.clouds.on_this_machine)];
        loop {
            let console = self.client_console().await?;
            let new = since(before, &console);
            let heard = self.newest(new);
            // The first one may have been on its way when the climb began, so its failure does not count.
            let tries = self.path.asks.iter().map(|ask| count(new, &label(self.scene.token, ask))).min().unwrap_or(0);
            match heard {
                Some(heard) if heard.is_whole() || tries > 1 => return Ok(heard),
                heard if Instant::now() >= until => {
                    return Ok(AttemptResult { is_stale: heard.is_none(), ..heard.unwrap_or(old) });
                }
                _ => sleep(look).await,
            }
        }
    }

    pub(super) async fn client_console(&self) -> Result<String, RungResult> {
        let call = console_call(self.scene.facts, &self.path.client);
        let reply = self.ask(Side::Consumer, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        Ok(read_console(&reply))
    }
}

/// What a console shows since it was read before. AWS keeps the last 64 KB only, so the earlier text may begin in the
/// middle, or be gone.
fn since<'c>(before: &str, now: &'c str) -> &'c str {
    if let Some(new) = now.strip_prefix(before) {
        return new;
    }
    // From the last attempt's line on, nothing repeats in full: a page and its times are between two of them.
    let tail = &before[before.rmatch_indices(MARK).nth(1).map_or(0, |(at, _)| at)..];
    now.rfind(tail).filter(|_| !tail.is_empty()).map_or(now, |at| &now[at + tail.len()..])
}

#[cfg(test)]
mod tests {
    use super::since;

    #[test]
    fn only_what_came_since_counts() {
        let line = |time: &str| format!("page\npllab: asked tok code=200 exit=0 time={time}\n");
        let (a, b, c) = (line("0.1"), line("0.2"), line("0.3"));
        for (before, now, new) in [
            (String::new(), a.clone(), a.clone()),
            (a.clone(), a.clone(), String::new()),
            (a.clone(), format!("{a}{a}"), a.clone()),
            (format!("{a}{b}"), format!("{a}{b}{c}"), c.clone()),
            // The first lines fell out of the buffer.
            (format!("{a}{b}"), format!("{}{c}", &format!("{a}{b}")[5..]), c.clone()),
            (format!("{a}{b}"), c.clone(), c.clone()),
        ] {
            assert_eq!(since(&before, &now), new, "{before:?} {now:?}");
        }
    }
}
