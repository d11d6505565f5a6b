//! A drill from planting to grade: symptoms, the menu or the watching, and the restoring at the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use jiff::Timestamp;

use crate::cloud::Call;
use crate::engine::event::{
    Answer, AskError, Choice, Event, Progress, ProgressState, Question, QuestionId, Screen, Verdict,
};
use crate::engine::{Drilling, Failure, JournalError, RunLog, Standing};
use crate::host::{DirLock, shell_word};
use crate::i18n::{Lang, Text, m};
use crate::lab::{Act, Drill, Loaded};
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::interrupt::Interrupt;
use crate::session::muted_screen::MutedScreen;
use crate::session::open_run::Session;
use crate::session::path_view::show;
use crate::session::sandbox_note::SandboxNote;
use crate::session::shell_exports;
use crate::session::target::Target;
use crate::session::trouble::journal_trouble;

/// How long to watch before the menu comes back.
const WATCH: Duration = Duration::from_mins(1);
/// The interval between looks while watching.
const LOOK: Duration = Duration::from_secs(1);

/// What to do with a planted drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Check,
    /// Show the next hint.
    Hint,
    /// Show the answer.
    GiveUp,
    /// Restore everything.
    Undo,
}

pub struct DrillSession {
    run: String,
    folder: PathBuf,
    drill: Drill,
    lang: Lang,
    yes: bool,
    clock: crate::host::Clock,
    screen: Arc<MutedScreen>,
    core: Arc<RunLog>,
    loaded: Arc<Loaded>,
    target: Target,
    interrupt: Interrupt,
    /// Held until the session is over.
    _lock: DirLock,
}

enum Next {
    /// Show the menu.
    On,
    /// The session is over.
    Over(Code),
}

impl DrillSession {
    pub fn new(context: &Context, opened: Session, folder: &Path, drill: Drill, yes: bool) -> Self {
        let Session { run, journal, state, loaded, target, lock, interrupt, .. } = opened;
        let screen = Arc::new(MutedScreen::new(context.screen(yes)));
        let clock = context.host.clock.clone();
        let shown: Arc<dyn Screen> = Arc::clone(&screen) as _;
        let core = RunLog::new(Some(journal), state, clock.clone(), shown, target.accounts.clone());
        Self {
            run,
            folder: folder.to_owned(),
            drill,
            lang: context.lang,
            yes,
            clock,
            screen,
            core: Arc::new(core),
            loaded,
            target,
            interrupt,
            _lock: lock,
        }
    }

    fn drilling(&self) -> Drilling<'_> {
        Drilling {
            core: &self.core,
            clouds: &self.target.clouds,
            patience: self.target.patience,
            lab: &self.loaded.lab,
            drill: &self.drill,
        }
    }

    /// Plants the drill, unless it is planted already, and continues to its end.
    pub async fn run(mut self) -> Result<Code, Failed> {
        let result = self.see_through().await;
        self.end(result).await
    }

    /// Does one thing with a planted drill.
    pub async fn single(mut self, wanted: Wanted) -> Result<Code, Failed> {
        let result = self.do_one(wanted).await;
        self.end(result).await
    }

    async fn end(self, result: Result<Code, Failure>) -> Result<Code, Failed> {
        tokio::task::block_in_place(|| self.screen.finish());
        self.target.close().await;
        let run = self.run;
        result.map_err(|failure| match failure {
            Failure::Journal(error) => journal_trouble(&error, &run),
            Failure::Fault(fault) | Failure::Unsaid(fault) => Failed::new(
                Code::NotMet,
                m::drill_failed(),
                vec![Text::literal(fault.to_string())],
                &["pllab drill undo", &format!("pllab why {}", shell_word(&run))],
            ),
        })
    }

    async fn see_through(&mut self) -> Result<Code, Failure> {
        let planted = self.core.with(|state| state.drill.as_ref().is_some_and(|drill| drill.since.is_some()));
        if !planted {
            self.screen.print(&m::drill_planting());
            self.screen.set_muted(true);
            let mut interrupt = self.interrupt.clone();
            let result = tokio::select! {
                result = async { self.drilling().plant().await } => result.map(|()| false),
                () = interrupt.wait() => Ok(true),
            };
            self.screen.set_muted(false);
            match result {
                Ok(false) => {}
                Ok(true) => {
                    self.put_back().await?;
                    return Ok(Code::Interrupted);
                }
                Err(failure) => {
                    // Leave nothing half planted.
                    self.put_back().await?;
                    return Err(failure);
                }
            }
        }
        self.brief();
        if self.yes {
            self.screen.print(&m::drill_left_planted());
            return Ok(Code::Met);
        }
        loop {
            let next = match self.ask() {
                Ok(answer) => self.answer(answer).await?,
                Err(AskError::Interrupted) => self.leave(Code::Interrupted).await?,
                // Nobody can be asked, so watch until the fault is repaired.
                Err(AskError::NobodyToAsk) => self.watch(None).await?,
                // Whatever answers does not read the questions. Leave the drill planted, as with `--yes`.
                Err(AskError::Unclear) => {
                    self.screen.print(&m::cli_unclear());
                    self.screen.print(&m::drill_left_planted());
                    return Ok(Code::Usage);
                }
            };
            if let Next::Over(code) = next {
                return Ok(code);
            }
        }
    }

    /// Shows the symptoms, and how to reach the account.
    fn brief(&self) {
        let say = |text: &Text| self.screen.print(text);
        say(&m::drill_brief(self.drill.title.get(self.lang)));
        say(&Text::literal(self.drill.symptom.get(self.lang)));
        if !self.target.is_sandbox() {
            return;
        }
        if self.yes {
            // The sandbox ends with this process; another process must keep it alive.
            say(&m::drill_sandbox());
        } else if let Some(live) = self.live() {
            say(&m::drill_exports());
            let account = live.accounts.first();
            let lines = account.map(|account| shell_exports::of_sandbox(&live, account)).unwrap_or_default();
            self.screen.print_copyable(&lines.join("\n"));
        }
    }

    /// The note in the run's folder about its running sandbox.
    fn live(&self) -> Option<SandboxNote> {
        SandboxNote::read(&self.folder.join("sandbox"))
    }

    fn ask(&self) -> Result<Answer, AskError> {
        let choice = |answer, label| Choice { answer, label };
        let question = Question {
            id: QuestionId::Drill,
            prompt: m::drill_ask(),
            choices: vec![
                choice(Answer::Again, m::drill_answer_watch()),
                choice(Answer::Hint, m::drill_answer_hint()),
                choice(Answer::Path, m::drill_answer_path()),
                choice(Answer::GiveUp, m::drill_answer_give_up()),
                choice(Answer::Leave, m::drill_answer_leave()),
            ],
            default: Answer::Again,
        };
        tokio::task::block_in_place(|| self.screen.ask(&question))
    }

    async fn answer(&mut self, answer: Answer) -> Result<Next, Failure> {
        match answer {
            Answer::Hint => self.hint()?,
            Answer::Path => {
                show(&self.core, &self.target.clouds, &self.loaded).await;
            }
            Answer::GiveUp => return self.give_up().await,
            Answer::Leave => return self.leave(Code::NotMet).await,
            _ => return self.watch(Some(WATCH)).await,
        }
        Ok(Next::On)
    }

    async fn do_one(&mut self, wanted: Wanted) -> Result<Code, Failure> {
        match wanted {
            Wanted::Hint => self.hint().map(|()| Code::Met).map_err(Into::into),
            Wanted::Undo => self.put_back().await.map(|()| Code::Met),
            Wanted::GiveUp => match self.give_up().await? {
                Next::Over(code) => Ok(code),
                Next::On => Ok(Code::NotMet),
            },
            Wanted::Check => {
                let standing = self.drilling().look().await?;
                self.tell(&standing);
                if standing.mended() {
                    return self.finish(&standing, false).await;
                }
                Ok(Code::NotMet)
            }
        }
    }

    /// Shows each goal and whether it is met, and what is opened too wide.
    fn tell(&self, standing: &Standing) {
        for (number, (title, verdict, seen)) in standing.goals.iter().enumerate() {
            self.core.screen.event(&Event::Check {
                step: String::new(),
                check: format!("drill:{}:{}", self.drill.id, number + 1),
                title: title.clone(),
                verdict: *verdict,
                expected: title.clone(),
                seen: seen.clone(),
                why: (*verdict != Verdict::Met).then(m::drill_goal_open),
                command: String::new(),
            });
        }
        for text in &standing.opened {
            self.screen.print(text);
        }
    }

    /// Looks again until the fault is repaired or `time` is over. Reports once what is opened too wide.
    async fn watch(&mut self, time: Option<Duration>) -> Result<Next, Failure> {
        let began = Instant::now();
        let mut interrupt = self.interrupt.clone();
        let mut warned = Vec::new();
        let progress =
            |seen, state| Progress { id: "drill".to_owned(), label: m::drill_watching(), seen, wait: None, state };
        loop {
            let standing = self.drilling().look().await;
            // A failed look is tried again.
            if let Ok(standing) = standing {
                if standing.mended() {
                    self.core.screen.progress(&progress(None, ProgressState::Told));
                    return self.finish(&standing, false).await.map(Next::Over);
                }
                if standing.solved() && warned != standing.opened {
                    self.screen.print(&m::drill_opened());
                    standing.opened.iter().for_each(|text| self.screen.print(text));
                    warned.clone_from(&standing.opened);
                }
                let open = standing.goals.into_iter().find(|(_, verdict, _)| *verdict != Verdict::Met);
                self.core.screen.progress(&progress(open.map(|(_, _, seen)| seen), ProgressState::Running));
            }
            if time.is_some_and(|time| began.elapsed() > time) {
                self.core.screen.progress(&progress(None, ProgressState::Told));
                self.screen.print(&m::drill_not_mended());
                return Ok(Next::On);
            }
            let interrupted = tokio::select! {
                () = interrupt.wait() => true,
                () = tokio::time::sleep(LOOK) => false,
            };
            if interrupted {
                self.core.screen.progress(&progress(None, ProgressState::Told));
                return self.leave(Code::Interrupted).await;
            }
        }
    }

    fn hint(&self) -> Result<(), JournalError> {
        let hints = self.drill.hints.get(self.lang);
        let used = self.core.with(|state| state.drill.as_ref().map_or(0, |drill| drill.hints));
        let Some(hint) = hints.get(used) else {
            self.screen.print(&m::drill_no_more_hints());
            return Ok(());
        };
        let number = used + 1;
        self.core.record(&Event::DrillHint { drill: self.drill.id.clone(), number })?;
        self.screen.print(&m::DrillHint { hint, number, total: hints.len() }.text());
        Ok(())
    }

    /// Shows the answer and restores everything.
    async fn give_up(&mut self) -> Result<Next, Failure> {
        let nothing = Standing { goals: Vec::new(), opened: Vec::new() };
        if let Some(recipe) = self.drill.repairs.first() {
            self.screen.print(&m::drill_answer_is());
            for command in commands(&self.core, &recipe.acts) {
                self.screen.print_copyable(&command);
            }
        }
        self.finish(&nothing, true).await.map(Next::Over)
    }

    /// Stops without a grade, and restores everything.
    async fn leave(&mut self, code: Code) -> Result<Next, Failure> {
        self.put_back().await?;
        Ok(Next::Over(code))
    }

    /// Records the grade, explains the fault, and restores everything.
    async fn finish(&mut self, standing: &Standing, given_up: bool) -> Result<Code, Failure> {
        let (since, hints) =
            self.core.with(|state| state.drill.as_ref().map_or((None, 0), |drill| (drill.since, drill.hints)));
        let now = self.clock.now();
        let mended = standing.mended() && !given_up;
        self.core.record(&Event::DrillFinished {
            drill: self.drill.id.clone(),
            mended,
            opened: standing.opened.clone(),
            hints,
            seconds: seconds(since, now),
            given_up,
        })?;
        self.screen.print(&Text::literal(self.drill.debrief.get(self.lang)));
        self.put_back().await?;
        Ok(if mended { Code::Met } else { Code::NotMet })
    }

    /// Restores everything. The calls go to the journal; the screen shows only the end.
    async fn put_back(&self) -> Result<(), Failure> {
        self.screen.print(&m::drill_putting_back());
        if self.interrupt.flag.load(Ordering::SeqCst) {
            self.screen.print(&m::drill_again_to_leave());
        }
        self.screen.set_muted(true);
        self.interrupt.defer_exit(true);
        let result = self.drilling().undo().await;
        self.interrupt.defer_exit(false);
        self.screen.set_muted(false);
        if result.is_ok() {
            self.core.screen.event(&Event::DrillUndone { drill: self.drill.id.clone() });
        }
        result
    }
}

fn seconds(since: Option<Timestamp>, now: Timestamp) -> u64 {
    since.map_or(0, |since| u64::try_from(now.duration_since(since).as_secs()).unwrap_or(0))
}

/// The AWS CLI commands of a recipe.
fn commands(core: &RunLog, acts: &[Act]) -> Vec<String> {
    let command = |act: &Act| match act {
        Act::Call(call) => {
            let call = Call::read(&call.api, &call.operation, call.params.clone())?;
            core.resolve(&call).ok().map(|call| call.command())
        }
        Act::Remake(names) => Some(format!("# {}", names.join(", "))),
        Act::Until(_) => None,
    };
    acts.iter().filter_map(command).collect()
}
