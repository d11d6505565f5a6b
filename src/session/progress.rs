//! How far a run is.

use super::context::Context;
use crate::engine::State;
use crate::engine::event::Verdict;
use crate::i18n::{Text, m};

/// Whether every step of a run is met. A lab that cannot be read has no steps to miss.
pub fn is_whole(context: &Context, state: &State) -> bool {
    let loaded = context.lab_of(state);
    loaded.is_ok_and(|loaded| loaded.lab.steps.iter().all(|step| state.met(&step.id)))
}

/// A run as one line: its id, its lab, how far it is. `steps` is `None` if the lab cannot be read.
pub fn summary(state: &State, steps: Option<usize>) -> Text {
    let met = state.steps.values().filter(|step| step.verdict == Some(Verdict::Met)).count();
    let Some(steps) = steps else {
        return if state.cleaned { m::cli_run_cleaned_alone(met) } else { m::cli_run_open_alone(met) };
    };
    if state.cleaned {
        m::CliRunCleaned { met, steps }.text()
    } else if met == steps {
        m::cli_run_met(steps)
    } else {
        m::CliRunOpen { met, steps }.text()
    }
}
