//! Runs lists, pipelines and compound commands.

use std::sync::Arc;

use super::limits::COMMAND;
use super::outcome::{Halt, Leave, Outcome};
use super::sinks::{Input, Out};
use super::state::{Function, Shell};
use super::taint::{skip_command, skip_list, skip_pipeline, skip_stages};
use super::tree::{Chain, Command, Item, Kind, List, Pipeline};
use super::world::Later;

pub type Run<'a> = Later<'a, Result<Outcome, Halt>>;

impl Shell {
    pub fn list<'a>(&'a mut self, list: &'a [Item]) -> Run<'a> {
        Box::pin(async move {
            let mut outcome = Outcome::WELL;
            for (at, item) in list.iter().enumerate() {
                outcome = match self.item(item).await {
                    Err(Halt::Lost(leave)) => {
                        let more = skip_list(self, list.get(at + 1..).unwrap_or_default());
                        return Err(Halt::Lost(more.map_or(leave, |more| more.max(leave))));
                    }
                    other => other?,
                };
            }
            Ok(outcome)
        })
    }

    /// Runs commands as a process of their own: `exit` ends only them.
    pub fn sub<'a>(&'a mut self, list: &'a [Item]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let ended = self.list(list).await;
            Self::ended(ended)
        })
    }

    /// How a process ends that was ended like this.
    pub fn ended(ended: Result<Outcome, Halt>) -> Result<Outcome, Halt> {
        match ended {
            Err(Halt::Exit(outcome) | Halt::Return(outcome)) => Ok(outcome),
            Err(Halt::Break(_) | Halt::Continue(_)) => Ok(Outcome::WELL),
            Err(Halt::Unknown | Halt::Lost(_)) => Ok(Outcome::Unknown),
            Err(Halt::Failed) => Ok(Outcome::BADLY),
            other => other,
        }
    }

    pub fn item<'a>(&'a mut self, item: &'a Item) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move { if item.background { self.job(item).await } else { self.chain(&item.chain).await } })
    }

    pub fn chain<'a>(&'a mut self, chain: &'a Chain) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let last = chain.rest.len();
            let mut ended = self.tested_pipeline(&chain.first, last > 0).await;
            for (at, (and, pipeline)) in chain.rest.iter().enumerate() {
                ended = match ended {
                    // Neither branch is taken.
                    Ok(Outcome::Unknown) => {
                        let leave = skip_pipeline(self, pipeline);
                        self.lost(leave)
                    }
                    Err(Halt::Lost(leave)) => {
                        let more = skip_pipeline(self, pipeline);
                        Err(Halt::Lost(more.map_or(leave, |more| more.max(leave))))
                    }
                    Ok(Outcome::Status(status)) if (status == 0) == *and => {
                        self.tested_pipeline(pipeline, at + 1 < last).await
                    }
                    other => other,
                };
            }
            ended
        })
    }

    /// How commands end that depend on what is not known, if those that were not run might have ended this.
    pub fn lost(&mut self, leave: Option<Leave>) -> Result<Outcome, Halt> {
        self.status = Outcome::Unknown;
        let Some(leave) = leave else { return Ok(Outcome::Unknown) };
        self.note_lost();
        Err(Halt::Lost(leave))
    }

    fn tested_pipeline<'a>(&'a mut self, pipeline: &'a Pipeline, tested: bool) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let tested = tested || pipeline.negated;
            let before = self.tested;
            self.tested += usize::from(tested);
            let outcome = self.pipeline(pipeline).await;
            self.tested = before;
            let outcome = outcome?;
            self.status = if pipeline.negated { outcome.inverted() } else { outcome };
            let counts = match pipeline.stages.as_slice() {
                [one] => {
                    matches!(one.kind, Kind::Simple { .. } | Kind::Subshell(_) | Kind::Test(_) | Kind::Arithmetic(_))
                }
                _ => true,
            };
            if let Outcome::Status(status @ 1..) = outcome
                && self.options.exit_on_error
                && !tested
                && self.tested == 0
                && counts
            {
                return Err(Halt::Exit(Outcome::Status(status)));
            }
            Ok(self.status)
        })
    }

    fn pipeline<'a>(&'a mut self, pipeline: &'a Pipeline) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let [first, rest @ ..] = pipeline.stages.as_slice() else { return Ok(Outcome::WELL) };
            if rest.is_empty() {
                return self.command(first).await;
            }
            if let Some((out, fails)) = self.filter(rest).await? {
                // `tee` and the like show what comes while it comes.
                let mut inner = self.inner()?;
                inner.sinks.out = out.clone();
                let outcome = self.stage(&mut inner, first).await?;
                out.close(&self.around())?;
                return Ok(match outcome {
                    Outcome::Status(_) if fails => Outcome::BADLY,
                    Outcome::Status(_) if !self.options.pipe_fail => Outcome::WELL,
                    other => other,
                });
            }
            let mut input = self.input.clone();
            let (mut outcome, mut failed) = (Outcome::WELL, None);
            for (at, stage) in pipeline.stages.iter().enumerate() {
                let mut inner = self.inner()?;
                inner.input = input.clone();
                let mut buffer = None;
                if at + 1 < pipeline.stages.len() {
                    let (out, kept) = Out::buffer(&self.meter)?;
                    inner.sinks.out = out;
                    buffer = Some(kept);
                }
                outcome = self.stage(&mut inner, stage).await?;
                if outcome != Outcome::WELL {
                    failed = Some(outcome);
                }
                let Some(buffer) = buffer else { break };
                match buffer.take() {
                    Ok(text) => input = Input::text(&self.meter, text)?,
                    Err(Halt::Unknown) => {
                        skip_stages(self, pipeline.stages.get(at + 1..).unwrap_or_default());
                        return Ok(Outcome::Unknown);
                    }
                    Err(other) => return Err(other),
                }
            }
            Ok(failed.filter(|_| self.options.pipe_fail).unwrap_or(outcome))
        })
    }

    fn stage<'a>(&'a mut self, inner: &'a mut Self, command: &'a Arc<Command>) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let ended = inner.command(command).await;
            self.waited |= inner.waited;
            Self::ended(ended)
        })
    }

    /// Runs a command, and says so if it is not modelled.
    pub fn command<'a>(&'a mut self, command: &'a Arc<Command>) -> Run<'a> {
        Box::pin(async move {
            let (depth, loops, tested) = (self.depth, self.loops, self.tested);
            let sinks = self.sinks.clone();
            let input = self.input.clone();
            self.deeper()?;
            self.meter.charge(COMMAND)?;
            self.breathe().await?;
            let ended = self.redirected(command).await;
            (self.depth, self.tested) = (depth, tested);
            let mut persists = false;
            let outcome = match ended {
                Ok((outcome, stays)) => {
                    persists = stays;
                    Ok(outcome)
                }
                Err(Halt::Unknown) => {
                    self.note_skipped(command.line, &command.text);
                    let leave = skip_command(self, command);
                    self.lost(leave)
                }
                Err(Halt::Failed) => Ok(Outcome::BADLY),
                Err(halt) => Err(halt),
            };
            // What `exec` has opened inside stays open.
            if !persists && !command.redirects.is_empty() {
                self.sinks = sinks;
                self.input = input;
            }
            if !matches!(outcome, Err(Halt::Break(_) | Halt::Continue(_))) {
                self.loops = loops;
            }
            if let Ok(outcome) = outcome {
                self.status = outcome;
            }
            outcome
        })
    }

    /// Runs a command with its redirections. Also returns whether these stay, after `exec`.
    fn redirected<'a>(&'a mut self, command: &'a Arc<Command>) -> Later<'a, Result<(Outcome, bool), Halt>> {
        Box::pin(async move {
            self.line = command.line;
            if let Kind::Simple { assignments, words } = &command.kind {
                return self.simple(assignments, words, &command.redirects).await;
            }
            if let Some(failed) = self.redirect(&command.redirects).await? {
                return Ok((failed, false));
            }
            let outcome = self.compound(command).await;
            self.close(&command.redirects)?;
            Ok((outcome?, false))
        })
    }

    fn compound<'a>(&'a mut self, command: &'a Command) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            match &command.kind {
                Kind::Simple { .. } => Ok(Outcome::WELL),
                Kind::Group(list) => self.list(list).await,
                Kind::Subshell(list) => {
                    let mut inner = self.inner()?;
                    let outcome = inner.sub(list).await;
                    self.waited |= inner.waited;
                    outcome
                }
                Kind::If { arms, otherwise } => self.conditional(arms, otherwise).await,
                Kind::Loop { until, condition, body } => self.turns(*until, condition, body).await,
                Kind::For { name, words, body } => {
                    let words = match words {
                        Some(words) => self.fields(words).await?,
                        None => self.arguments.clone(),
                    };
                    let _held = self.meter.hold(words.iter().map(|it| it.len() + 64).sum())?;
                    self.each(name, words, body).await
                }
                Kind::Case { word, arms } => {
                    let text = self.text(word).await?;
                    let characters: Vec<char> = text.chars().collect();
                    for (patterns, body) in arms {
                        for pattern in patterns {
                            let pattern = self.pattern(pattern).await?;
                            let pattern = super::pattern::Pattern::new(&pattern, &self.meter)?;
                            if pattern.fits(&characters, &self.meter)? {
                                return self.list(body).await;
                            }
                        }
                    }
                    Ok(Outcome::WELL)
                }
                Kind::Function { name, body } => {
                    let function = Function { body: Arc::clone(body), text: self.text.clone() };
                    self.functions.insert(name.clone(), Some(function));
                    Ok(Outcome::WELL)
                }
                Kind::Test(words) => {
                    let mut tested = Vec::new();
                    for word in words {
                        let plain = matches!(word.as_slice(), [super::tree::Part::Text(_)]);
                        let (text, pattern) = self.text_and_pattern(word).await?;
                        tested.push(super::test_command::TestWord { text, pattern, plain });
                    }
                    self.extended_test(&tested)
                }
                Kind::Arithmetic(word) => {
                    let text = self.text(word).await?;
                    Ok(Outcome::of(self.number(&text)? != 0))
                }
                Kind::Unmodelled(_) => Err(Halt::Unknown),
            }
        })
    }

    pub fn condition<'a>(&'a mut self, list: &'a List) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            self.tested += 1;
            let outcome = self.list(list).await;
            self.tested -= 1;
            outcome
        })
    }

    fn conditional<'a>(
        &'a mut self,
        arms: &'a [(List, List)],
        otherwise: &'a List,
    ) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            for (at, (condition, body)) in arms.iter().enumerate() {
                let ended = match self.condition(condition).await {
                    Ok(Outcome::Status(0)) => return self.list(body).await,
                    Ok(Outcome::Status(_)) => continue,
                    ended => ended,
                };
                if !matches!(ended, Ok(Outcome::Unknown) | Err(Halt::Lost(_))) {
                    return ended;
                }
                let mut leave = skip_list(self, body);
                for (condition, body) in arms.get(at + 1..).unwrap_or_default() {
                    leave = leave.max(skip_list(self, condition)).max(skip_list(self, body));
                }
                leave = leave.max(skip_list(self, otherwise));
                return match ended {
                    Err(Halt::Lost(before)) => Err(Halt::Lost(leave.map_or(before, |leave| leave.max(before)))),
                    _ => self.lost(leave),
                };
            }
            self.list(otherwise).await
        })
    }
}
