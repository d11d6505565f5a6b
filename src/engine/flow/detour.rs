//! The detour that a step offers: the connection is rejected, looked at, and requested again.

use super::drive::{Runner, resources};
use super::examine::examine;
use crate::actions::{self, Naming};
use crate::checks;
use crate::engine::calls::perform::{Failure, Work, perform};
use crate::engine::cleanup::teardown::teardown;
use crate::engine::event::{Decision, DetourStage, Fault, FaultClass, Purpose, Verdict};
use crate::lab::{Check, Kind, Resource, Side, Step};

impl Runner {
    /// Rejects, looks, and lets the consumer request again. Each part is skipped if the journal has it, so that an
    /// interrupted detour continues where it stopped.
    pub async fn detour(&self, step: &Step) -> Result<Verdict, Failure> {
        let (Some(detour), Some(clouds)) = (&step.detour, &self.clouds) else { return Ok(Verdict::Met) };
        let lab = &self.loaded.lab;
        // How often it was made again since the detour was chosen.
        let remade = |name: &String| {
            self.core.with(|state| {
                let before = state.steps.get(&step.id).and_then(|step| step.detour_rounds.get(name)).copied();
                state.resources.get(name).map_or(0, |line| line.round.saturating_sub(before.unwrap_or_default()))
            })
        };
        if detour.remakes.iter().all(|name| remade(name) == 0) {
            let rejection = &detour.reject;
            let done = self
                .core
                .with(|state| state.resources.get(&rejection.name).is_some_and(|line| line.made.contains("word")));
            if !done {
                let work = Work {
                    step: &step.id,
                    resource: &rejection.name,
                    // Not `Rejection`: journals have used this kind for a detour's rejection since the first version.
                    kind: &Kind::Acceptance,
                    side: Side::Provider,
                    purpose: Purpose::Make,
                    waiting: None,
                };
                // A rejection names nothing of its own, so the names are empty.
                let naming = Naming { run: "", lab: "", learner: "", round: 0 };
                for part in actions::make(&Resource::Rejection(rejection.clone()), &naming) {
                    perform(&self.core, clouds, &self.patience, &work, &part).await?;
                }
            }
            let verdict = examine(&self.core, clouds, lab, Some(&self.patience), &step.id, &detour.checks).await?;
            if verdict != Verdict::Met {
                return Ok(verdict);
            }
            // pllab does not delete what the learner made. What was rejected is lost, and they are asked what to do.
            if self.core.with(|state| detour.remakes.iter().any(|name| state.is_learners(name))) {
                self.core.record(&Decision::Detour(DetourStage::Done).of_step(&step.id))?;
                return Ok(Verdict::Met);
            }
        }
        let old: Vec<String> = detour.remakes.iter().filter(|name| remade(name) == 0).cloned().collect();
        teardown(&self.core, clouds, self.patience, Some(&old)).await?;
        if let Some(name) = old.iter().find(|name| remade(name) == 0) {
            // If it were made beside the old one, the two would be confused.
            let fault = Fault::ours(FaultClass::InUse, "StillThere", name.clone());
            return Err(Failure::Unsaid(fault));
        }
        let again = lab
            .steps
            .iter()
            .flat_map(|step| resources(step.side, step.makes.clone()))
            .filter(|(_, it)| detour.remakes.iter().any(|name| name == it.name()))
            .collect::<Vec<_>>();
        self.make(&step.id, &again).await?;
        // The recap shows what the run saw, which must not be of a thing that is gone.
        for earlier in &lab.steps {
            let stale = |check: &&Check| {
                let known = (earlier.id.clone(), checks::name(check));
                lab.recap.iter().any(|recap| recap.proof == **check)
                    && detour.remakes.iter().any(|name| checks::is_about(check, name))
                    && self.core.with(|state| state.checked.contains_key(&known))
            };
            let stale: Vec<Check> = earlier.checks.iter().filter(stale).cloned().collect();
            let verdict = examine(&self.core, clouds, lab, Some(&self.patience), &earlier.id, &stale).await?;
            if verdict != Verdict::Met {
                return Ok(verdict);
            }
        }
        self.core.record(&Decision::Detour(DetourStage::Done).of_step(&step.id))?;
        Ok(Verdict::Met)
    }
}
