//! What the engine needs of a screen: to show, to tell of progress, to ask.

use std::time::Duration;

use super::{Event, OpeningView, Picture, StepView, TurnView};
use crate::i18n::{Text, m};

/// A screen: the terminal in its pretty or plain form, or the JSON writer. Calls may come
/// from several tasks at once, and may block.
pub trait Screen: Send + Sync {
    /// The first screen of a run, before anything is asked or made.
    fn opening(&self, view: &OpeningView);
    /// A step opens.
    fn step(&self, view: &StepView);
    /// The learner's turn: pllab only watches.
    fn your_turn(&self, _view: &TurnView) {}
    /// Whether somebody pressed Enter while nothing was asked, which is how the menu is called during a watch.
    fn called(&self) -> bool {
        false
    }
    /// The architecture has changed in a way worth seeing at once.
    fn picture(&self, picture: &Picture);
    /// Something happened. Comes after it is on the disk.
    fn event(&self, event: &Event);
    /// Something is under way. Never in the journal.
    fn progress(&self, progress: &Progress);
    /// Words that belong to no step, such as how to resume.
    fn print(&self, text: &Text);
    /// A value to copy, such as a command: its lines stay whole.
    fn print_copyable(&self, value: &str);
    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// When there can be no answer.
    fn ask(&self, question: &Question) -> Result<Answer, AskError>;
    /// Asks for one of `words` to be typed, where choosing would be too easy: what follows costs money or cannot be undone.
    /// Whether one was. `--yes` does not answer it.
    ///
    /// # Errors
    /// When there can be no answer.
    fn type_word(&self, prompt: &Text, words: &[&str]) -> Result<bool, AskError>;
}

/// A line of progress: one thing that is being made, waited for or deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Identifies the line; further reports with the same id replace it.
    pub id: String,
    /// What is under way, such as "making the NLB".
    pub label: Text,
    /// What was last seen, such as `provisioning`.
    pub seen: Option<Text>,
    /// How long it may take, where that is known.
    pub wait: Option<Wait>,
    /// Whether it goes on.
    pub state: ProgressState,
}

/// How long something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// How long it usually takes on AWS, in seconds, from and to.
    pub usual: (u32, u32),
    /// After how long it is given up, in seconds of this machine's clock.
    pub most: u64,
}

impl Wait {
    /// What was seen, after so long; beyond the usual time it says so.
    #[must_use]
    pub fn seen(wait: Option<Self>, seen: Text, elapsed: Duration) -> Text {
        let is_late = wait.is_some_and(|wait| elapsed > Duration::from_secs(wait.usual.1.into()));
        if is_late { m::engine_longer_than_usual(seen) } else { seen }
    }
}

/// Whether a line of progress goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressState {
    /// It goes on.
    Running,
    /// It ended; an event that follows says how.
    Told,
    /// It ended well.
    Done,
    /// It ended badly; the error follows by another way.
    Failed,
}

/// A question with its choices.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Which question.
    pub id: QuestionId,
    /// What is asked.
    pub prompt: Text,
    /// The choices, the usual one first.
    pub choices: Vec<Choice>,
    /// What `--yes` answers: the choice that goes on and harms nothing.
    pub default: Answer,
}

/// The questions the engine asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuestionId {
    /// Before a step's work. The screen adds its own choices: more, commands, picture, language.
    Step,
    /// After a step, before the next opens. Same additions.
    Next,
    /// A check is not met.
    NotMet,
    /// A call failed.
    Failed,
    /// What the cloud will answer.
    Predict,
    /// Which step to go to.
    WhichStep,
    /// Before another step is gone to.
    GoTo,
    /// The home screen.
    Home,
    /// While pllab watches: a hint, or something else.
    Watching,
    /// Two things could be meant.
    Which,
    /// Something that existed before the run began fits.
    Older,
    /// Before what the learner made is deleted.
    Theirs,
    /// The lab is done: clean up now, or keep.
    CleanUp,
    /// Before `pllab clean` deletes.
    ConfirmClean,
    /// While a drill is planted.
    Drill,
    /// Before `pllab browse` makes its way to the client.
    Door,
}

/// One choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What it means.
    pub answer: Answer,
    /// Its label.
    pub label: Text,
}

/// What a learner may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Go on with it.
    Go,
    /// The learner does it, pllab watches.
    HandsOn,
    /// Tell a little more of what is wrong now.
    Hint,
    /// The one with this number.
    This(usize),
    /// Pass the question by.
    Skip,
    /// Go to another step.
    Steps,
    /// Undo everything and begin again.
    StartOver,
    /// Take the step's detour first.
    Detour,
    /// Look again.
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
}

impl Answer {
    /// The answer's name in the journal.
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
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// Nobody can be asked: no terminal and no `--yes`.
    #[error("nobody to ask")]
    NobodyToAsk,
    /// Several answers in a row were none of the choices: what gives them does not read the question.
    #[error("no answer that is one of the choices")]
    Unclear,
}
