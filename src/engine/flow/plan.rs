//! What `decide` and `drive` say to each other.

use crate::engine::event::{Answer, Event, Mode, Question, QuestionId, Verdict};
use crate::engine::record::state::State;
use crate::lab::{Lab, Pair, Prose, Step};

/// What does not change while a run goes on.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// Its words: predictions are asked in them.
    pub prose: &'a Pair<Prose>,
    /// The way through it.
    pub way: Mode,
    /// Whether what was made is kept at the end unless the learner says otherwise.
    pub keep: bool,
    /// Whether there are questions between the steps of the explain way.
    pub asks: bool,
}

impl<'a> Plan<'a> {
    /// The first step that is not met, with its index.
    pub(in crate::engine) fn current(&self, state: &State) -> Option<(usize, &'a Step)> {
        self.lab.steps.iter().enumerate().find(|(_, step)| !state.met(&step.id))
    }
}

/// What came of the last effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The run begins, or is taken up again.
    Begin,
    /// Calls without outcomes have been asked about.
    Recovered,
    /// A question was answered.
    Answered(QuestionId, Answer),
    /// Everything that was to be made is made.
    Made,
    /// Something could not be made; what failed has been told.
    MakeFailed,
    /// Everything that the learner was to make is there.
    Watched,
    /// The learner called for the menu during a watch.
    Called,
    /// The checks were asked: whether all are met.
    Checked(Verdict),
    /// Steps were undone and are open again.
    Undone,
    /// The clean-up was done and looked at: whether nothing is left.
    Cleaned(Verdict),
    /// The learner pressed Ctrl-C.
    Interrupted,
}

/// What is to be done. The last of a list leads to the next [`Input`].
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Show the first screen.
    Opening,
    /// Show a step, by index.
    Show(usize),
    /// Draw the picture as it is now, by index of the step.
    Picture(usize),
    /// Trace the path and show it.
    Path,
    /// Look at what a step looks at when it opens, by index.
    Look(usize),
    /// Ask the learner.
    Ask(Question),
    /// Write it down, and tell the screen.
    Record(Event),
    /// Keep it in mind for this pass only.
    Remember(Event),
    /// Ask the cloud what became of calls without outcomes.
    Recover,
    /// Make what a step makes, by index.
    Make(usize),
    /// Write down what the accounts hold before the learner works in them.
    Baseline,
    /// Watch until the learner has made what a step makes, by index.
    Watch(usize),
    /// Give the next hint on a step, by index.
    Hint(usize),
    /// Ask a step's checks, by index.
    Check(usize),
    /// Reject the connection of a step's detour, delete what it remakes, make that again; ask its checks in between.
    Detour(usize),
    /// Delete what a step and the later ones made, by index, and open them again.
    Undo(usize),
    /// Delete what this run made, look again, write the receipt.
    CleanUp,
    /// Stop.
    End(End),
}

/// How a pass ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything asked for is met.
    Met,
    /// Something is not met, or is left over.
    NotMet,
    /// The learner left; the run can be resumed.
    Left,
    /// Ctrl-C; the run can be resumed.
    Interrupted,
}
