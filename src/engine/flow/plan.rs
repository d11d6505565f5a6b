//! The vocabulary of `decide` and `drive`.

use crate::engine::event::{Answer, Event, Mode, Question, QuestionId, Verdict};
use crate::engine::record::state::State;
use crate::lab::{Lab, Pair, Prose, Step};

/// What does not change during a run.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    pub lab: &'a Lab,
    /// Predictions are asked in the lab's words.
    pub prose: &'a Pair<Prose>,
    pub mode: Mode,
    /// Whether what was made is kept at the end unless the learner says otherwise.
    pub keep: bool,
    /// Whether the lab has drills that may be planted in this run.
    pub drills: bool,
    /// What the learner wished for at the end of this session, and got.
    pub granted: &'a [Wish],
    /// Whether there are questions between the steps of the explain mode.
    pub asks: bool,
}

impl<'a> Plan<'a> {
    /// The first step that is not met, with its index.
    pub(in crate::engine) fn current(&self, state: &State) -> Option<(usize, &'a Step)> {
        self.lab.steps.iter().enumerate().find(|(_, step)| !state.met(&step.id))
    }
}

/// The result of the last effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The run begins or is resumed.
    Begin,
    /// The cloud was asked about the calls without outcomes.
    Recovered,
    Answered(QuestionId, Answer),
    /// Everything that was to be made is made.
    Made,
    /// Something could not be made, and the fault has been shown.
    MakeFailed,
    /// Everything that the learner was to make exists.
    Watched,
    /// The learner called for the menu during a watch.
    Called,
    /// Something that the step needs can never be used again; it was recorded.
    Lost,
    /// The checks were asked; the verdict of all.
    Checked(Verdict),
    /// Steps were undone and are open again.
    Undone,
    /// What the learner wished for at the end is done.
    Granted,
    /// The clean-up and its second look are done. `Met` if nothing is left.
    Cleaned(Verdict),
    Interrupted,
}

/// What is to be done. A `usize` is a step's index. The last effect of a list leads to the next [`Input`].
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Show the first screen.
    Opening,
    /// Show a step.
    Show(usize),
    /// Let the screen know the step that was done last, so that the menu after it has all its choices.
    Before(usize),
    /// Draw the picture as it is now.
    Picture(usize),
    /// Trace the path and show it.
    Path,
    /// Ask the checks of a step's `looks`.
    Look(usize),
    Ask(Question),
    /// Write the event to the journal, and tell the screen.
    Record(Event),
    /// Keep the event in the state, but not in the journal.
    Remember(Event),
    /// Ask the cloud what became of calls without outcomes.
    Recover,
    /// Make the step's resources.
    Make(usize),
    /// Record what the accounts hold before the learner works in them.
    Baseline,
    /// Watch until the learner has made the step's resources.
    Watch(usize),
    /// Look whether something that the step needs can never be used again. Leads on only if so.
    Lost(usize),
    /// Open the steps again that make what can never be used again.
    Anew(usize),
    /// Give the next hint on the step.
    Hint(usize),
    /// Ask the step's checks.
    Check(usize),
    /// Do the step's detour: reject the connection, ask the detour's checks, delete what it remakes, and make that
    /// again.
    Detour(usize),
    /// Delete what this step and the later ones made, and reopen them.
    Undo(usize),
    /// Delete what this run made, look again, write the receipt.
    CleanUp,
    /// Show what came of the lab.
    Ending,
    End(End),
}

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
    /// The learner wishes for something that is no part of the lab; then the run goes on.
    Wishes(Wish),
}

/// What a learner may wish for once the lab is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The page in the browser.
    Browse,
    Report,
    /// A drill. The run itself is over.
    Drill,
}
