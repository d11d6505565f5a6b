//! Reads a lab's drills, and puts back what a drill changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::{Context, bad_lab};
use super::exit::Failed;
use super::target::{Target, USUAL_REGION};
use crate::cloud::Call;
use crate::engine::{Drilling, Failure, JournalError, RunLog, State};
use crate::i18n::m;
use crate::lab::{Drill, Lab, LabError, Loaded, Source, Vocabulary};
use crate::trace::RungId;

/// The drills of a lab that no run was made of, with its values filled in, or with the defaults if none are given.
pub fn drills(
    context: &Context,
    lab: &str,
    given: Option<(&Lab, &BTreeMap<String, String>)>,
) -> Result<Vec<Drill>, Failed> {
    let source = Source::find(lab, context.settings.labs.as_deref()).map_err(|error| bad_lab(&[error]))?;
    let Some(source) = source else { return Ok(Vec::new()) };
    let drills = if let Some((lab, values)) = given {
        read(&source, lab, values)
    } else {
        let loaded = context.lab(lab, &BTreeMap::new(), "", USUAL_REGION)?;
        read(&source, &loaded.lab, &loaded.variables)
    };
    drills.map_err(|errors| bad_lab(&errors))
}

/// The drills of a run's lab, with the run's values.
pub fn drills_of(context: &Context, state: &State, loaded: &Loaded) -> Result<Vec<Drill>, Failed> {
    let Some(source) = source_of(context, state)? else { return Ok(Vec::new()) };
    read(&source, &loaded.lab, &loaded.variables).map_err(|errors| bad_lab(&errors))
}

/// The files of a run's lab, wherever it comes from; `None` if there is no such lab any more.
pub fn source_of(context: &Context, state: &State) -> Result<Option<Source>, Failed> {
    Source::find(&state.lab, context.labs_of(state).as_deref()).map_err(|error| bad_lab(&[error]))
}

/// Whether a run's lab has drills.
pub fn has_drills(context: &Context, state: &State) -> bool {
    source_of(context, state).ok().flatten().is_some_and(|source| !source.drills.is_empty())
}

/// The drills of a lab that is already read.
///
/// # Errors
/// Every fault found in their files.
pub fn read(source: &Source, lab: &Lab, values: &BTreeMap<String, String>) -> Result<Vec<Drill>, Vec<LabError>> {
    let rungs = RungId::ALL.map(RungId::name);
    Drill::all(source, lab, values, Vocabulary { operation: &known_operation, rungs: &rungs })
}

/// Whether a drill's file may use the operation.
fn known_operation(api: &str, operation: &str) -> bool {
    Call::read(api, operation, serde_json::Map::new()).is_some()
}

/// Puts back what a drill that is still planted changed. What cannot be put back is reported and does not stop the
/// rest.
///
/// # Errors
/// If the journal cannot be written.
pub async fn put_back(context: &Context, core: &Arc<RunLog>, target: &Target) -> Result<(), JournalError> {
    let Some((id, state)) = core.with(|state| Some((state.drill.as_ref()?.drill.clone(), state.clone()))) else {
        return Ok(());
    };
    let failed = |words: String| core.screen.print(&m::DrillNotPutBack { drill: &id, words }.text());
    let Ok(loaded) = context.lab_of(&state) else {
        failed(state.lab);
        return Ok(());
    };
    let known = drills_of(context, &state, &loaded).unwrap_or_default();
    let Some(drill) = known.into_iter().find(|drill| drill.id == id) else {
        failed(state.lab);
        return Ok(());
    };
    core.screen.print(&m::drill_putting_back());
    let drilling =
        Drilling { core, clouds: &target.clouds, patience: target.patience, lab: &loaded.lab, drill: &drill };
    match drilling.undo().await {
        Ok(()) => Ok(()),
        Err(Failure::Journal(error)) => Err(error),
        Err(Failure::Fault(fault) | Failure::Unsaid(fault)) => {
            failed(fault.to_string());
            Ok(())
        }
    }
}
