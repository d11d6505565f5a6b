//! Performs the effects that `decide` returns, and knows nothing else.

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

use super::decide::{alone, decide};
use super::examine::examine;
use super::go_to::undone;
use super::plan::{Effect, End, Input, Plan, Wish};
use super::view::Views;
use crate::checks;
use crate::cloud::Clouds;
use crate::engine::calls::lost::look_for_lost;
use crate::engine::calls::make::make;
use crate::engine::calls::perform::{Failure, Polling};
use crate::engine::calls::prefetch::Prefetch;
use crate::engine::calls::recover::recover;
use crate::engine::calls::run_log::RunLog;
use crate::engine::cleanup::teardown::teardown;
use crate::engine::event::{AskError, Event, Fault, FaultClass, Mode, QuestionId, StepView, Verdict};
use crate::engine::hands_on::{self, Watched, baseline, hint};
use crate::engine::record::journal::JournalError;
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::lab::{Loaded, Resource, Side, Step};

/// Traces the path from the client to the page and shows it. The engine does not know how.
pub trait ShowPath: Send + Sync {
    fn show<'a>(&'a self, core: &'a RunLog) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}

pub struct Runner {
    pub core: Arc<RunLog>,
    /// `None` in the explain mode.
    pub clouds: Option<Arc<Clouds>>,
    /// How often and how long to look at the target.
    pub patience: Polling,
    pub prefetch: Prefetch,
    pub loaded: Arc<Loaded>,
    pub views: Views,
    /// What to do after credentials have expired.
    pub renew: Text,
    pub mode: Mode,
    /// `None` if there is no path to trace.
    pub path: Option<Box<dyn ShowPath>>,
    /// Whether what was made is kept at the end.
    pub keep: bool,
    /// Whether the lab has drills that may be planted in this run.
    pub drills: bool,
    /// Whether there are questions between the steps of the explain mode.
    pub asks: bool,
    /// Becomes true at Ctrl-C.
    pub interrupted: watch::Receiver<bool>,
}

#[derive(Debug)]
pub struct Ended {
    pub end: End,
    /// The class of the last fault, if the cloud caused one.
    pub fault: Option<FaultClass>,
}

/// Why a run could not go on at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A question came up, and nobody can be asked.
    #[error("nobody to ask")]
    NobodyToAsk(QuestionId),
    #[error("no answer that is one of the choices")]
    Unclear(QuestionId),
}

enum Outcome {
    /// The next input for `decide`.
    Of(Input),
    Nothing,
    End(End),
}

impl Runner {
    /// Goes through the lab from where the journal says the run is.
    ///
    /// # Errors
    /// If the run cannot go on. What was done until then is in the journal.
    pub async fn run(&self) -> Result<Ended, RunError> {
        self.from(Input::Begin, &[]).await
    }

    /// Goes on at the end of the lab, after a wish was granted.
    ///
    /// # Errors
    /// If the run cannot go on.
    pub async fn run_on(&self, granted: &[Wish]) -> Result<Ended, RunError> {
        self.from(Input::Granted, granted).await
    }

    pub(in crate::engine) fn interrupt(&self, fault: Option<FaultClass>) -> Result<Ended, RunError> {
        self.core.close();
        let run = self.core.with(|state| state.run.clone());
        self.core.record(&Event::Interrupted { run })?;
        Ok(Ended { end: End::Interrupted, fault })
    }

    async fn from(&self, begin: Input, granted: &[Wish]) -> Result<Ended, RunError> {
        let plan = Plan {
            lab: &self.loaded.lab,
            prose: &self.loaded.prose,
            mode: self.mode,
            keep: self.keep,
            drills: self.drills,
            granted,
            asks: self.asks,
        };
        let mut input = begin;
        let mut fault = None;
        loop {
            let effects = self.core.with(|state| decide(state, &plan, input));
            let mut came = Outcome::End(End::NotMet);
            for effect in effects {
                let mut interrupted = self.interrupted.clone();
                let performing = self.perform(effect, &mut fault);
                came = if input == Input::Interrupted {
                    performing.await?
                } else {
                    tokio::select! {
                        biased;
                        // Calls under way are dropped. Their intents are on the disk, and `resume` asks what became of
                        // them.
                        Ok(_) = interrupted.wait_for(|it| *it) => Outcome::Of(Input::Interrupted),
                        came = performing => came?,
                    }
                };
                match came {
                    Outcome::Of(Input::Interrupted) => {
                        self.core.close();
                        self.prefetch.stop().await;
                        break;
                    }
                    // An effect with an input or an end drops the rest of the list.
                    Outcome::Of(_) | Outcome::End(_) => break,
                    Outcome::Nothing => {}
                }
            }
            match came {
                Outcome::Of(next) => input = next,
                // Every list of effects should end in one that leads on. If one does not, nothing was achieved.
                Outcome::Nothing => {
                    self.prefetch.stop().await;
                    return Ok(Ended { end: End::NotMet, fault });
                }
                Outcome::End(end) => {
                    self.prefetch.stop().await;
                    if end == End::Interrupted && self.mode != Mode::Explain {
                        return self.interrupt(fault);
                    }
                    return Ok(Ended { end, fault });
                }
            }
        }
    }

    async fn perform(&self, effect: Effect, fault: &mut Option<FaultClass>) -> Result<Outcome, RunError> {
        let screen = &self.core.screen;
        Ok(match effect {
            Effect::Opening => {
                let view = self.core.with(|state| self.views.opening(&self.loaded, state));
                screen.opening(&view);
                Outcome::Nothing
            }
            Effect::Show(index) => {
                screen.step(&self.step_view(index));
                Outcome::Nothing
            }
            Effect::Before(index) => {
                screen.step_before(&self.step_view(index));
                Outcome::Nothing
            }
            Effect::Ending => {
                let view = self.core.with(|state| Views::ending(&self.loaded, state));
                screen.ending(&view);
                Outcome::Nothing
            }
            Effect::Picture(index) => {
                let picture = self.core.with(|state| Views::picture(&self.loaded, state, index));
                screen.picture(&picture);
                Outcome::Nothing
            }
            Effect::Path => {
                if let Some(path) = &self.path {
                    path.show(&self.core).await;
                }
                Outcome::Nothing
            }
            Effect::Look(index) => {
                let step = &self.loaded.lab.steps[index];
                if let Some(clouds) = &self.clouds {
                    let lab = &self.loaded.lab;
                    examine(&self.core, clouds, lab, Some(&self.patience), &step.id, &step.looks).await?;
                }
                Outcome::Nothing
            }
            Effect::Remember(event) => {
                self.core.remember(event);
                Outcome::Nothing
            }
            Effect::Record(event) => {
                self.core.record(&event)?;
                Outcome::Nothing
            }
            Effect::Ask(question) => {
                // The screen blocks while it waits; the sandbox must go on meanwhile.
                let answer = tokio::task::block_in_place(|| screen.ask(&question));
                match answer {
                    Ok(answer) => Outcome::Of(Input::Answered(question.id, answer)),
                    Err(AskError::Interrupted) => Outcome::Of(Input::Interrupted),
                    Err(AskError::NobodyToAsk) => match alone(self.mode, question.id) {
                        Some(answer) => Outcome::Of(Input::Answered(question.id, answer)),
                        None => return Err(RunError::NobodyToAsk(question.id)),
                    },
                    Err(AskError::Unclear) => return Err(RunError::Unclear(question.id)),
                }
            }
            Effect::Recover => {
                let Some(clouds) = &self.clouds else { return Ok(Outcome::Nothing) };
                match recover(&self.core, clouds, &self.patience, &self.loaded.lab).await {
                    Ok(()) => Outcome::Of(Input::Recovered),
                    Err(failure) => self.failed(failure, fault)?,
                }
            }
            Effect::Make(index) => {
                let step = &self.loaded.lab.steps[index];
                self.prefetch.join(step.makes.iter().map(Resource::name)).await?;
                match self.make_rest(step).await {
                    Ok(()) => {
                        if let Some(clouds) = &self.clouds {
                            self.prefetch.begin(&self.core, clouds, self.patience, &self.loaded.lab, index)?;
                        }
                        *fault = None;
                        Outcome::Of(Input::Made)
                    }
                    Err(failure) => self.failed(failure, fault)?,
                }
            }
            Effect::Baseline => {
                let Some(clouds) = &self.clouds else { return Ok(Outcome::Nothing) };
                match baseline(&self.core, clouds, &self.loaded.lab).await {
                    Ok(()) => Outcome::Nothing,
                    Err(failure) => self.failed(failure, fault)?,
                }
            }
            Effect::Watch(index) => match self.watch(index).await {
                Ok(Watched::Complete) => {
                    *fault = None;
                    Outcome::Of(Input::Watched)
                }
                Ok(Watched::Called) => Outcome::Of(Input::Called),
                Ok(Watched::Lost) => Outcome::Of(Input::Lost),
                Ok(Watched::Interrupted) => Outcome::Of(Input::Interrupted),
                Ok(Watched::Unclear(question)) => return Err(RunError::Unclear(question)),
                Err(failure) => self.failed(failure, fault)?,
            },
            Effect::Hint(index) => {
                hint(&self.core, &self.loaded.lab, &self.loaded.lab.steps[index])?;
                Outcome::Nothing
            }
            Effect::Check(index) => {
                let step = &self.loaded.lab.steps[index];
                let verdict = self.check(step).await?;
                *fault = self.untold(verdict);
                Outcome::Of(Input::Checked(verdict))
            }
            Effect::Detour(index) => match self.detour(&self.loaded.lab.steps[index]).await {
                Ok(Verdict::Met) => Outcome::Of(Input::Made),
                Ok(verdict) => Outcome::Of(Input::Checked(verdict)),
                Err(failure) => self.failed(failure, fault)?,
            },
            Effect::Lost(index) => {
                let unseen = [FaultClass::NoAnswer, FaultClass::Unreachable, FaultClass::SignIn, FaultClass::Busy];
                let Some(clouds) = self.clouds.as_ref().filter(|_| fault.is_none_or(|it| !unseen.contains(&it))) else {
                    return Ok(Outcome::Nothing);
                };
                let (lab, step) = (&self.loaded.lab, &self.loaded.lab.steps[index]);
                match look_for_lost(&self.core, clouds, self.patience, lab, step, None).await {
                    Some(lost) => {
                        self.core.record(&lost)?;
                        Outcome::Of(Input::Lost)
                    }
                    None => Outcome::Nothing,
                }
            }
            Effect::Anew(index) => match self.anew(&self.loaded.lab.steps[index]).await {
                Ok(()) => Outcome::Of(Input::Undone),
                Err(failure) => self.failed(failure, fault)?,
            },
            Effect::Undo(index) => match self.undo(index).await {
                Ok(()) => Outcome::Of(Input::Undone),
                Err(failure) => self.failed(failure, fault)?,
            },
            Effect::CleanUp => Outcome::Of(Input::Cleaned(self.clean_up(fault).await?)),
            Effect::End(end) => Outcome::End(end),
        })
    }

    fn step_view(&self, index: usize) -> StepView {
        let accounts = self.core.accounts();
        self.core.with(|state| self.views.step(&self.loaded, state, index, accounts))
    }

    /// Says what the lab lacks if the target does not know an operation. The fault's message begins with the
    /// operation's name.
    fn lacks(&self, message: &str) -> Text {
        let operation = message.split(':').next().unwrap_or_default();
        let means = match operation {
            "AcceptVpcEndpointConnections" | "RejectVpcEndpointConnections" => m::aws_lacks_acceptance(),
            _ => m::aws_lacks_step(),
        };
        m::AwsLacks { means, operation, run: shell_word(&self.core.with(|state| state.run.clone())) }.text()
    }

    /// The class of the fault that kept a check from telling.
    pub fn untold(&self, verdict: Verdict) -> Option<FaultClass> {
        if verdict != Verdict::CannotTell {
            return None;
        }
        if self.clouds.as_ref().is_some_and(|clouds| clouds.signed_out()) {
            self.core.screen.print(&self.renew);
            return Some(FaultClass::SignIn);
        }
        Some(FaultClass::NoAnswer)
    }

    /// Faults of the cloud lead to a question; a journal failure ends the run.
    fn failed(&self, failure: Failure, fault: &mut Option<FaultClass>) -> Result<Outcome, RunError> {
        match failure {
            Failure::Fault(cause) => {
                *fault = Some(cause.class);
                match cause.class {
                    FaultClass::SignIn => self.core.screen.print(&self.renew),
                    FaultClass::Unsupported => self.core.screen.print(&self.lacks(&cause.message)),
                    _ => {}
                }
                Ok(Outcome::Of(Input::MakeFailed))
            }
            Failure::Unsaid(cause) => {
                *fault = Some(cause.class);
                self.core.screen.print(&m::EngineFailed { code: &cause.code, message: &cause.message }.text());
                if let Some(words) = checks::cause(&cause) {
                    self.core.screen.print(&words);
                }
                Ok(Outcome::Of(Input::MakeFailed))
            }
            Failure::Journal(error) => Err(error.into()),
        }
    }

    /// Deletes what the reopened steps made. What the learner made stays and will be recognised again.
    async fn undo(&self, index: usize) -> Result<(), Failure> {
        let Some(clouds) = &self.clouds else { return Ok(()) };
        let (steps, names) = undone(&self.loaded.lab, index);
        let goes: Vec<String> = self.core.with(|state| {
            let existing = state.existing();
            let ours = |name: &&String| existing.get(name.as_str()).is_some_and(|line| !line.yours);
            names.iter().filter(ours).cloned().collect()
        });
        teardown(&self.core, clouds, self.patience, Some(&goes)).await?;
        if let Some(name) =
            self.core.with(|state| goes.iter().find(|name| state.existing().contains_key(name.as_str())).cloned())
        {
            return Err(Failure::Unsaid(Fault::ours(FaultClass::InUse, "StillThere", name)));
        }
        self.core.record(&Event::Reopened { steps })?;
        Ok(())
    }

    async fn watch(&self, index: usize) -> Result<Watched, Failure> {
        let Some(clouds) = &self.clouds else { return Ok(Watched::Complete) };
        baseline(&self.core, clouds, &self.loaded.lab).await?;
        let step = &self.loaded.lab.steps[index];
        let view = self.views.turn(&self.core, &self.loaded.lab, step);
        // The screen may wait for pages to be turned; the sandbox must go on meanwhile.
        if tokio::task::block_in_place(|| self.core.screen.your_turn(&view)).is_err() {
            return Ok(Watched::Interrupted);
        }
        hands_on::watch(&self.core, clouds, self.patience, &self.loaded.lab, step).await
    }

    /// Makes what the step makes, except what the learner has made by hand by now: a second one beside it would be refused,
    /// or be one too many.
    async fn make_rest(&self, step: &Step) -> Result<(), Failure> {
        if let Some(clouds) = &self.clouds {
            hands_on::glance(&self.core, clouds, &self.loaded.lab, step).await?;
        }
        self.make(&step.id, &resources(step.side, step.makes.clone())).await
    }

    pub(in crate::engine) async fn make(&self, step: &str, resources: &[(Side, Resource)]) -> Result<(), Failure> {
        let Some(clouds) = &self.clouds else { return Ok(()) };
        make(&self.core, clouds, self.patience, step, resources).await
    }

    async fn check(&self, step: &Step) -> Result<Verdict, RunError> {
        let Some(clouds) = &self.clouds else { return Ok(Verdict::CannotTell) };
        let lab = &self.loaded.lab;
        Ok(examine(&self.core, clouds, lab, Some(&self.patience), &step.id, &step.checks).await?)
    }
}

pub fn resources(side: Side, makes: Vec<Resource>) -> Vec<(Side, Resource)> {
    makes.into_iter().map(|it| (side, it)).collect()
}
