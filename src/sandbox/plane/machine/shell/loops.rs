//! Runs loops and jobs.

use std::sync::Arc;

use super::limits::COMMAND;
use super::outcome::{Halt, Leave, Outcome};
use super::state::Shell;
use super::taint::skip_list;
use super::tree::{Item, Kind, List};
use super::variables::Value;
use super::world::{Later, Wait};

/// How many turns a loop makes that an earlier process has ended already.
const MOST_QUIET_TURNS: usize = 10_000;

impl Shell {
    pub fn each<'a>(
        &'a mut self,
        name: &'a str,
        words: Vec<String>,
        body: &'a List,
    ) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let mut outcome = Outcome::WELL;
            let waited = std::mem::take(&mut self.waited);
            self.loops += 1;
            let count = words.len();
            for (at, word) in words.into_iter().enumerate() {
                self.meter.charge(COMMAND)?;
                self.breathe().await?;
                self.variables.set(name, Value::Known(word.into()))?;
                match self.body(body).await? {
                    Turn::Next(ended) => outcome = ended,
                    Turn::Break(ended) => {
                        outcome = ended;
                        break;
                    }
                    Turn::Lost(leave) => {
                        self.variables.set(name, Value::Unknown)?;
                        outcome = leaves(leave, skip_list(self, body))?;
                        break;
                    }
                }
                if at + 1 < count && self.waited && !self.quiet {
                    self.world.wait(Wait::Turn).await;
                }
            }
            self.loops -= 1;
            self.waited |= waited;
            Ok(outcome)
        })
    }

    fn body<'a>(&'a mut self, body: &'a List) -> Later<'a, Result<Turn, Halt>> {
        Box::pin(async move {
            let (depth, loops) = (self.depth, self.loops);
            let ended = self.list(body).await;
            // What ended more than one loop left those inside uncounted.
            (self.depth, self.loops) = (depth, loops);
            match ended {
                Ok(outcome) => Ok(Turn::Next(outcome)),
                Err(Halt::Break(0)) => Ok(Turn::Break(Outcome::WELL)),
                Err(Halt::Continue(0)) => Ok(Turn::Next(Outcome::WELL)),
                Err(Halt::Break(more)) => Err(Halt::Break(more - 1)),
                Err(Halt::Continue(more)) => Err(Halt::Continue(more - 1)),
                Err(Halt::Lost(leave)) => Ok(Turn::Lost(leave)),
                Err(halt) => Err(halt),
            }
        })
    }

    pub fn turns<'a>(
        &'a mut self,
        until: bool,
        condition: &'a List,
        body: &'a List,
    ) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let mut outcome = Outcome::WELL;
            let endless = !until && is_true(condition);
            let before = std::mem::take(&mut self.waited);
            let mut made = 0;
            self.loops += 1;
            loop {
                self.meter.charge(COMMAND)?;
                self.breathe().await?;
                if self.quiet {
                    made += 1;
                    if made > MOST_QUIET_TURNS {
                        break;
                    }
                } else if endless {
                    self.world.wait(Wait::EndlessTurn).await;
                }
                self.waited = false;
                match self.condition(condition).await {
                    Ok(Outcome::Status(status)) if (status == 0) != until => {}
                    Ok(Outcome::Status(_)) => break,
                    Ok(Outcome::Unknown) => {
                        let leave = skip_list(self, body).max(skip_list(self, condition));
                        outcome = self.lost(leave.filter(|leave| *leave > Leave::Loop))?;
                        break;
                    }
                    Err(Halt::Lost(leave)) => {
                        outcome = leaves(leave, skip_list(self, body))?;
                        break;
                    }
                    Err(halt) => return Err(halt),
                }
                match self.body(body).await? {
                    Turn::Next(ended) => outcome = ended,
                    Turn::Break(ended) => {
                        outcome = ended;
                        break;
                    }
                    Turn::Lost(leave) => {
                        let more = skip_list(self, condition).max(skip_list(self, body));
                        outcome = leaves(leave, more)?;
                        break;
                    }
                }
                if !self.quiet && (endless || self.waited) {
                    self.world.wait(Wait::Turn).await;
                }
            }
            self.loops -= 1;
            self.waited |= before;
            Ok(outcome)
        })
    }

    /// Begins a job.
    pub fn job<'a>(&'a mut self, item: &'a Item) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let chain = Arc::clone(&item.chain);
            if self.quiet && !super::taint::chain_lasts(self, &chain) {
                // It has ended in the earlier process.
                let mut inner = self.inner()?;
                inner.deeper()?;
                let ended = inner.chain(&chain).await;
                Self::ended(ended)?;
                return Ok(Outcome::WELL);
            }
            let Some(slot) = self.meter.job() else {
                if !self.common.told_jobs.swap(true, std::sync::atomic::Ordering::Relaxed) {
                    self.note(&format!("an instance has at most {} jobs in the background", super::limits::MOST_JOBS));
                }
                return Ok(Outcome::BADLY);
            };
            let mut inner = self.inner()?;
            inner.deeper()?;
            (inner.quiet, inner.records) = (false, false);
            inner.tested = 0;
            let make = Box::new(move |world| -> super::world::Job {
                inner.world = world;
                Box::pin(async move {
                    let _slot = slot;
                    let ended = inner.chain(&chain).await;
                    // Only the script itself tells why it was ended.
                    let _ = Self::ended(ended);
                })
            });
            self.world.spawn(make).await;
            Ok(Outcome::WELL)
        })
    }
}

enum Turn {
    Next(Outcome),
    Break(Outcome),
    /// Commands that were not run might have ended it.
    Lost(Leave),
}

/// How a loop ends whose turns are not known. It ends nothing but itself where they might have ended only the loop.
fn leaves(leave: Leave, more: Option<Leave>) -> Result<Outcome, Halt> {
    match more.map_or(leave, |more| more.max(leave)) {
        Leave::Loop => Ok(Outcome::Unknown),
        leave => Err(Halt::Lost(leave)),
    }
}

/// Whether a condition is `true`, `:` or the like.
fn is_true(condition: &List) -> bool {
    let [item] = condition.as_slice() else { return false };
    let [command] = item.chain.first.stages.as_slice() else { return false };
    let Kind::Simple { assignments, words } = &command.kind else {
        return matches!(&command.kind, Kind::Arithmetic(word) if matches!(word.as_slice(), [_, super::tree::Part::Text(text)] if text.trim() == "1"));
    };
    let texts: Vec<&str> = words
        .iter()
        .map(|word| match word.as_slice() {
            [super::tree::Part::Text(text) | super::tree::Part::Quoted(text)] => text.as_str(),
            _ => "$",
        })
        .collect();
    let is = matches!(texts.as_slice(), ["true" | ":"] | ["[", "1", "]"] | ["test", "1"]);
    is && assignments.is_empty() && item.chain.rest.is_empty() && !item.chain.first.negated
}
