//! What the engine needs from a screen: to show things, to report progress, to ask.

use std::time::Duration;

use super::{EndingView, Event, OpeningView, Picture, StepView, TurnView};
use crate::i18n::{Text, m};

/// The terminal in its rich or plain form, or the JSON writer. Methods may be called from several tasks at once and may
/// block.
pub trait Screen: Send + Sync {
    /// The first screen of a run. Comes before any question and any call.
    fn opening(&self, view: &OpeningView);
    fn step(&self, view: &StepView);
    /// The step that was done last, for what is asked next: a run that resumes has not shown it.
    fn step_before(&self, _view: &StepView) {}
    /// It is the learner's turn; pllab only watches.
    ///
    /// # Errors
    /// As [`Self::ask`], because what is longer than the screen is shown in pages.
    fn your_turn(&self, _view: &TurnView) -> Result<(), AskError> {
        Ok(())
    }
    /// Whether somebody pressed Enter while nothing was asked. During a watch, this opens the menu.
    fn called(&self) -> bool {
        false
    }
    /// The picture has changed enough to be shown at once.
    fn picture(&self, picture: &Picture);
    /// The lab is done: what came of it.
    fn ending(&self, _view: &EndingView) {}
    /// Called after the event is on the disk.
    fn event(&self, event: &Event);
    /// Reports work in progress. Never in the journal.
    fn progress(&self, progress: &Progress);
    /// Prints text that belongs to no step, such as how to resume.
    fn print(&self, text: &Text);
    /// Prints a value to copy, such as a command. Its lines are never wrapped.
    fn print_copyable(&self, value: &str);
    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// If there can be no answer.
    fn ask(&self, question: &Question) -> Result<Answer, AskError>;
    /// Asks for one of `words` to be typed, and says whether it was. Used if what follows costs money or cannot be
    /// undone, because choosing from a menu would be too easy. `--yes` does not answer it.
    ///
    /// # Errors
    /// If there can be no answer.
    fn type_word(&self, prompt: &Text, words: &[&str]) -> Result<bool, AskError>;
    /// Shows whatever waits for room. Comes after everything else, and before anything is written past the screen.
    fn finish(&self) {}
}

/// One thing that is being made, waited for or deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Identifies the line on the screen. A later report with the same id replaces it.
    pub id: String,
    /// Such as "making the NLB".
    pub label: Text,
    /// The last state that was seen, such as `provisioning`.
    pub seen: Option<Text>,
    /// How long it may take, if known.
    pub wait: Option<Wait>,
    pub state: ProgressState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The usual time on AWS in seconds: at least, at most.
    pub usual: (u32, u32),
    /// The time-out, in seconds of this machine's clock.
    pub most: u64,
}

impl Wait {
    #[must_use]
    pub fn seen(wait: Option<Self>, seen: Text, elapsed: Duration) -> Text {
        let is_late = wait.is_some_and(|wait| elapsed > Duration::from_secs(wait.usual.1.into()));
        if is_late { m::engine_longer_than_usual(seen) } else { seen }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressState {
    Running,
    /// It ended, and the event that follows gives the result.
    Told,
    Done,
    /// It ended with an error, which is reported separately.
    Failed,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub id: QuestionId,
    pub prompt: Text,
    /// The usual choice comes first.
    pub choices: Vec<Choice>,
    /// What `--yes` answers: the choice that goes on.
    pub default: Answer,
}

impl Question {
    /// Whether this answer deletes something, or leads straight to it.
    #[must_use]
    pub fn deletes(&self, answer: Answer) -> bool {
        match answer {
            Answer::CleanUp | Answer::StartOver => true,
            Answer::Go => self.id == QuestionId::GoBack,
            _ => false,
        }
    }

    /// Whether this answer must be confirmed: nothing that comes after it asks whether to delete.
    #[must_use]
    pub fn needs_confirming(&self, answer: Answer) -> bool {
        let asks =
            matches!(self.id, QuestionId::Home | QuestionId::ConfirmClean | QuestionId::Theirs | QuestionId::GoBack);
        self.deletes(answer) && !asks
    }

    /// The answer that a person is offered first: the default, unless it deletes or gives up.
    #[must_use]
    pub fn offered(&self) -> Answer {
        let harmless = self.choices.iter().map(|choice| choice.answer).find(|answer| !self.deletes(*answer));
        // Nobody is there to mend anything if a flag answers; a person mends it and looks again.
        let looks_again = matches!(self.id, QuestionId::NotMet | QuestionId::Failed);
        if looks_again || self.deletes(self.default) { harmless.unwrap_or(self.default) } else { self.default }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuestionId {
    /// Before a step's work. The screen adds choices of its own: more, commands, picture, language.
    Step,
    /// After a step, before the next opens. The screen adds the same choices.
    Next,
    /// A check is not met.
    NotMet,
    /// A call failed.
    Failed,
    Predict,
    WhichStep,
    /// Before the run moves on to a later step.
    GoTo,
    /// Before the run moves back to an earlier step, which deletes what was made since.
    GoBack,
    Home,
    /// Before a verb that is about one of several endpoints.
    Endpoint,
    /// While pllab watches: a hint, or something else.
    Watching,
    /// Something that the step needs can never be used again.
    Lost,
    /// Two objects match a resource.
    Which,
    /// Something that existed before the run began matches.
    Older,
    /// Before things that the learner made are deleted.
    Theirs,
    CleanUp,
    /// A question over the whole lab, at its end.
    Recap,
    /// Before `pllab clean` deletes.
    ConfirmClean,
    /// While a drill is planted.
    Drill,
    /// Before `pllab browse` makes a connection to the client.
    Tunnel,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub answer: Answer,
    pub label: Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Go,
    HandsOn,
    /// Say a little more about what is wrong now.
    Hint,
    /// The choice with this index.
    This(usize),
    /// Leave the question unanswered.
    Skip,
    Steps,
    StartOver,
    /// Take the step's detour first.
    Detour,
    Again,
    /// Stop here; the run can be resumed.
    Leave,
    /// Stop here and delete what was made.
    CleanUp,
    /// Keep what was made.
    Keep,
    /// Show the path, rung by rung.
    Path,
    /// Show the answer.
    GiveUp,
    /// Open the page in the browser.
    Browse,
    /// Answer the questions over the whole lab.
    Recap,
    /// Write the report.
    Report,
    /// Keep what was made, and go on with a drill.
    Drill,
}

impl Answer {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::HandsOn => "hands_on",
            Self::Hint => "hint",
            Self::This(_) => "this",
            Self::Skip => "skip",
            Self::Steps => "steps",
            Self::StartOver => "start_over",
            Self::Detour => "detour",
            Self::Again => "again",
            Self::Leave => "leave",
            Self::CleanUp => "clean_up",
            Self::Keep => "keep",
            Self::Path => "path",
            Self::GiveUp => "give_up",
            Self::Browse => "browse",
            Self::Recap => "recap",
            Self::Report => "report",
            Self::Drill => "drill",
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// There is no terminal and no `--yes`.
    #[error("nobody to ask")]
    NobodyToAsk,
    /// Several answers in a row were none of the choices, so whatever sends them does not read the question.
    #[error("no answer that is one of the choices")]
    Unclear,
}
