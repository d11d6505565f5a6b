//! Proves a lab: each check is not met before its step and is met after it, and nothing is left at the end.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::timeout;

use super::drive::{RunError, Runner};
use super::examine::answer;
use crate::actions::{self, Naming};
use crate::checks::Finding;
use crate::engine::calls::perform::Failure;
use crate::engine::event::{Fault, Item, ItemState, Purpose, Verdict};
use crate::i18n::Text;
use crate::lab::{Check, Moment, Predict, Resource, Step, in_order};

/// The time limit of a check that should not be met yet.
const A_MOMENT: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub struct Proof {
    /// The checks that were asked before and after their step.
    pub checks: usize,
    /// The predictions with a proved answer.
    pub predictions: usize,
    /// The questions over the whole lab with a proved answer.
    pub recaps: BTreeSet<String>,
    /// The resources that were made and are gone again.
    pub gone: usize,
    /// Empty if the lab is proved.
    pub flaws: Vec<LabFailure>,
}

#[derive(Debug)]
pub enum LabFailure {
    /// A check is met before its step, so it would tell the learner nothing.
    MetBefore { at: At, seen: Text },
    /// A check is not met after its step.
    NotMet { at: At, finding: Box<Finding> },
    /// A resource cannot be made.
    NotMade { step: String, resource: String, fault: Fault },
    /// The clean-up leaves things behind, or cannot tell.
    Left { items: Vec<Item> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    pub step: String,
    pub list: List,
    /// The position in that list, from 0.
    pub index: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Looks,
    Checks,
    Detour,
}

impl Runner {
    /// Goes through the lab, detours included, and asks every check before its step and after it. Stops at the first
    /// step that fails, because the later ones would fail too. What was made exists until [`Self::prove_gone`].
    ///
    /// # Errors
    /// If the journal, if there is one, cannot be written.
    pub async fn prove(&self) -> Result<Proof, RunError> {
        let mut proof = Proof::default();
        let steps = &self.loaded.lab.steps;
        let mut asked = 0;
        for (index, step) in steps.iter().enumerate() {
            if let Err(failure) = self.round_about(step, &mut proof).await {
                self.blame(step, failure, &mut proof)?;
                break;
            }
            if index >= asked {
                // A step that makes nothing only looks: it proves what the last step that makes something changed.
                let looking = steps[index + 1..].iter().take_while(|step| step.makes.is_empty()).count();
                asked = index + 1 + looking;
                for step in &steps[index..asked] {
                    self.before(step, &mut proof).await;
                }
            }
            self.after(step, List::Looks, &step.looks, &mut proof).await;
            if let Err(failure) = self.make(&step.id, &super::drive::resources(step.side, step.makes.clone())).await {
                self.blame(step, failure, &mut proof)?;
                break;
            }
            if !self.after(step, List::Checks, &step.checks, &mut proof).await {
                break;
            }
        }
        Ok(proof)
    }

    /// Cleans up what was made, and looks whether anything is left.
    ///
    /// # Errors
    /// If the journal, if there is one, cannot be written.
    pub async fn prove_gone(&self, proof: &mut Proof) -> Result<(), RunError> {
        let mut fault = None;
        let verdict = self.clean_up(&mut fault).await?;
        let items = self.core.state().receipt.unwrap_or_default();
        proof.gone = items.iter().filter(|item| item.state == ItemState::Gone).count();
        if verdict != Verdict::Met {
            let items = items.into_iter().filter(|item| item.state != ItemState::Gone).collect();
            proof.flaws.push(LabFailure::Left { items });
        }
        Ok(())
    }

    /// Runs the step's detour, if it has one. Its checks must be met after the rejection, and the step can then go on.
    async fn round_about(&self, step: &Step, proof: &mut Proof) -> Result<(), Failure> {
        let Some(detour) = &step.detour else { return Ok(()) };
        if self.detour(step).await? != Verdict::Met {
            self.after(step, List::Detour, &detour.checks, proof).await;
        }
        proof.checks += detour.checks.len();
        proof.predictions += step.predict.iter().filter(|it| it.before == Moment::Detour).count();
        Ok(())
    }

    async fn before(&self, step: &Step, proof: &mut Proof) {
        let Some(clouds) = &self.clouds else { return };
        for (index, check) in step.checks.iter().enumerate() {
            // A check waits for a page that does not come; a page that comes is there at once.
            let asked = timeout(A_MOMENT, answer(&self.core, clouds, &self.loaded.lab, None, check)).await;
            if let Some(finding) = asked.ok().filter(|finding| finding.verdict == Verdict::Met) {
                let at = At { step: step.id.clone(), list: List::Checks, index };
                proof.flaws.push(LabFailure::MetBefore { at, seen: finding.seen });
            }
        }
    }

    /// Asks the checks and returns whether all are met.
    async fn after(&self, step: &Step, list: List, checks: &[Check], proof: &mut Proof) -> bool {
        let Some(clouds) = &self.clouds else { return false };
        for (index, check) in checks.iter().enumerate() {
            let finding = answer(&self.core, clouds, &self.loaded.lab, Some(&self.patience), check).await;
            if finding.verdict != Verdict::Met {
                let at = At { step: step.id.clone(), list, index };
                proof.flaws.push(LabFailure::NotMet { at, finding: Box::new(finding) });
                return false;
            }
            proof.checks += 1;
            let lab = &self.loaded.lab;
            let answered = |asked: &Step, it: &Predict| {
                it.before != Moment::Detour
                    && it.proof == *check
                    && lab.answers(&asked.id, it).is_some_and(|answers| answers.id == step.id)
            };
            let predictions = |asked: &Step| asked.predict.iter().filter(|it| answered(asked, it)).count();
            proof.predictions += lab.steps.iter().map(predictions).sum::<usize>();
            proof.recaps.extend(lab.recap.iter().filter(|it| it.proof == *check).map(|it| it.id.clone()));
        }
        true
    }

    /// Names what could not be made: the first incomplete resource of the step, in the order of making.
    fn blame(&self, step: &Step, failure: Failure, proof: &mut Proof) -> Result<(), RunError> {
        let fault = match failure {
            Failure::Fault(fault) | Failure::Unsaid(fault) => fault,
            Failure::Journal(error) => return Err(error.into()),
        };
        let first = in_order(&step.makes).into_iter().find(|resource| !self.is_whole(resource));
        let resource = first.map_or_else(|| step.id.clone(), |it| it.name().to_owned());
        proof.flaws.push(LabFailure::NotMade { step: step.id.clone(), resource, fault });
        Ok(())
    }

    fn is_whole(&self, resource: &Resource) -> bool {
        self.core.with(|state| {
            let Some(line) = state.resources.get(resource.name()) else { return false };
            let making = Naming { run: &state.run, lab: &state.lab, learner: &state.learner, round: line.round };
            let unknown =
                state.pending.values().any(|call| call.resource == resource.name() && call.purpose == Purpose::Make);
            !unknown && actions::make(resource, &making).iter().all(|part| line.made.contains(&*part.name))
        })
    }
}
