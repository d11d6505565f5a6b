//! The end of a run: deletes what it made, looks again, and says what it cost.

use super::receipt::receipt;
use super::repairs::adopt_listeners;
use super::teardown::teardown;
use crate::actions::{Presence, look, presence};
use crate::cloud::Clouds;
use crate::engine::calls::perform::{Failure, clients};
use crate::engine::calls::recover::{adopt, recover};
use crate::engine::event::{
    Answer, AskError, CleanUpStage, Decision, Event, FaultClass, Item, ItemState, Theirs, Verdict,
};
use crate::engine::flow::drive::{Ended, RunError, Runner};
use crate::engine::flow::plan::End;
use crate::engine::flow::questions::ask_theirs;
use crate::engine::record::state::State;
use crate::i18n::m;

impl Runner {
    /// Deletes what the run made and writes the receipt.
    ///
    /// # Errors
    /// If the journal cannot be written.
    pub async fn clean(&self) -> Result<Ended, RunError> {
        let mut fault = None;
        let mut interrupted = self.interrupted.clone();
        if let Some(question) = self.core.with(ask_theirs) {
            let answer = match tokio::task::block_in_place(|| self.core.screen.ask(&question)) {
                Ok(Answer::Again) => return Ok(Ended { end: End::Left, fault }),
                Ok(answer) => answer,
                Err(AskError::Interrupted) => return self.interrupt(fault),
                Err(AskError::NobodyToAsk) => return Err(RunError::NobodyToAsk(question.id)),
                Err(AskError::Unclear) => return Err(RunError::Unclear(question.id)),
            };
            self.core.record(&Decision::Theirs(Theirs::of(answer)).of_run())?;
        }
        self.core.record(&Decision::CleanUp(CleanUpStage::Begun).of_run())?;
        let verdict = tokio::select! {
            biased;
            Ok(_) = interrupted.wait_for(|it| *it) => {
                return self.interrupt(fault);
            }
            verdict = self.clean_up(&mut fault) => verdict?,
        };
        let end = if verdict == Verdict::Met { End::Met } else { End::NotMet };
        Ok(Ended { end, fault })
    }

    /// The clean-up proper, for [`Runner::clean`] and others. What is left or unknown decides the verdict.
    pub async fn clean_up(&self, fault: &mut Option<FaultClass>) -> Result<Verdict, RunError> {
        let Some(clouds) = &self.clouds else { return Ok(Verdict::CannotTell) };
        self.prefetch.stop().await;
        let lab = &self.loaded.lab;
        let known = async {
            recover(&self.core, clouds, &self.patience, lab).await?;
            adopt(&self.core, clouds, lab).await?;
            adopt_listeners(&self.core, clouds, lab).await
        };
        match known.await {
            Ok(()) => {}
            Err(Failure::Journal(error)) => return Err(error.into()),
            // The receipt looks by tag for what could not be asked about.
            Err(Failure::Fault(cause) | Failure::Unsaid(cause)) => *fault = Some(cause.class),
        }
        let (kept, older) = self.core.with(|state| (state.kept_for_learner(), older(state)));
        if !older.is_empty() {
            self.core.record(&Event::Notice { text: m::engine_older_stay(older) })?;
        }
        let goes: Vec<String> = self.core.with(|state| {
            state.existing().into_keys().filter(|name| !kept.contains_key(*name)).map(str::to_owned).collect()
        });
        if !kept.is_empty() {
            let along = self.core.with(State::stays_along);
            if !along.is_empty() {
                self.core.record(&Event::Notice { text: m::engine_stay_along(along.join(", ")) })?;
            }
        }
        teardown(&self.core, clouds, self.patience, Some(&goes)).await?;
        let near = self.near_and_there(clouds).await;
        if !near.is_empty() {
            self.core.record(&Event::Notice { text: m::engine_near_stays(near.join(", ")) })?;
        }
        let receipt = receipt(&self.core, clouds, self.patience).await;
        let clean = matches!(receipt, Event::Receipt { left: 0, unknown: 0, .. });
        let unseen = matches!(&receipt, Event::Receipt { items, .. } if items.iter().any(is_unseen));
        self.core.record(&receipt)?;
        if let Some(bill) = self.core.bill() {
            self.core.record(&bill)?;
        }
        if clean {
            let run = self.core.with(|state| state.run.clone());
            self.core.record(&Event::RunCleaned { run })?;
            return Ok(Verdict::Met);
        }
        if unseen {
            if let Some(cause) = self.untold(Verdict::CannotTell) {
                fault.get_or_insert(cause);
            }
            return Ok(Verdict::CannotTell);
        }
        Ok(Verdict::Broken)
    }

    /// What the learner made by hand, what was never recognised as a resource of the lab, and what still exists: an attempt
    /// in the wrong place, say. It is the learner's, so it is named and not deleted.
    async fn near_and_there(&self, clouds: &Clouds) -> Vec<String> {
        let state = self.core.state();
        let mut there = Vec::new();
        for (id, (kind, step)) in &state.near {
            let Some(step) = self.loaded.lab.steps.iter().find(|it| it.id == *step) else { continue };
            let is_ours = state.resources.values().any(|line| line.facts.values().any(|fact| fact == id));
            let call = look(kind, "it").and_then(|call| call.resolve(&|_, _| Some(id.clone())).ok());
            let Some(call) = call.filter(|_| !is_ours) else { continue };
            // What cannot be looked at may still be there.
            if presence(clients(clouds, step.side).send(&call).await) != Presence::Gone {
                there.push(id.clone());
            }
        }
        there
    }
}

/// What existed before the run began and is left as it is.
fn older(state: &State) -> String {
    let existing = state.existing();
    let older = existing.iter().filter(|(_, line)| state.is_older(line));
    older.filter_map(|(name, line)| Some(format!("{} ({name})", line.id()?))).collect::<Vec<_>>().join(", ")
}

fn is_unseen(item: &Item) -> bool {
    item.state == ItemState::Unknown
}
