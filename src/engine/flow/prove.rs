//! Proves a lab: each check is not met before its step and is met after it, and nothing is left at the end.

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

/// How long a check may take that should not be met yet.
const A_MOMENT: Duration = Duration::from_millis(500);

/// What came of proving a lab.
#[derive(Debug, Default)]
pub struct Proof {
    /// How many checks were asked before and after their step.
    pub checks: usize,
    /// How many predictions have the answer that was proved.
    pub predictions: usize,
    /// How many things were made, and are gone again.
    pub gone: usize,
    /// What does not hold; nothing where the lab is proved.
    pub flaws: Vec<LabFailure>,
}

/// Something of a lab that does not hold.
#[derive(Debug)]
pub enum LabFailure {
    /// A check is met before its step: it would tell the learner nothing.
    MetBefore {
        /// The check.
        at: At,
        /// What it saw.
        seen: Text,
    },
    /// A check is not met after its step.
    NotMet {
        /// The check.
        at: At,
        /// Its answer.
        finding: Box<Finding>,
    },
    /// A resource cannot be made.
    NotMade {
        /// The step.
        step: String,
        /// The resource, by name.
        resource: String,
        /// What the cloud said.
        fault: Fault,
    },
    /// The clean-up leaves things behind, or cannot tell.
    Left {
        /// What, as the receipt has it.
        items: Vec<Item>,
    },
}

/// Where a check stands in the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The step.
    pub step: String,
    /// Which of its lists.
    pub list: List,
    /// Its position in that list, from 0.
    pub index: usize,
}

/// The lists of checks that a step has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// `looks`.
    Looks,
    /// `checks`.
    Checks,
    /// `detour.checks`.
    Detour,
}

impl Runner {
    /// Goes through the lab, detours included, and asks every check before its step and after it. Stops at the first step
    /// that does not come about, for those that follow could not either. What was made is there until [`Self::prove_gone`].
    ///
    /// # Errors
    /// When the journal, if there is one, cannot be written.
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
                // A step that makes nothing only looks: its proof is what the last step that makes something changed.
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

    /// Cleans up what was made on the way, and looks whether anything is left.
    ///
    /// # Errors
    /// When the journal, if there is one, cannot be written.
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

    /// The detour of a step, if it has one: its checks are met after the rejection, and the step can be gone on with.
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
            // A page that does not come is waited for; one that comes is there at once.
            let asked = timeout(A_MOMENT, answer(&self.core, clouds, &self.loaded.lab, None, check)).await;
            if let Some(finding) = asked.ok().filter(|finding| finding.verdict == Verdict::Met) {
                let at = At { step: step.id.clone(), list: List::Checks, index };
                proof.flaws.push(LabFailure::MetBefore { at, seen: finding.seen });
            }
        }
    }

    /// Whether all are met.
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
        }
        true
    }

    /// Names what could not be made: of what the step makes, the first in the order of making that is not whole.
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
