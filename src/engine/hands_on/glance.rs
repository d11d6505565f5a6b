//! One look at the learner's work on a step, without waiting or asking.

use std::collections::BTreeMap;

use super::near_miss::near;
use super::watching::{look, recognition, wanted};
use crate::cloud::Clouds;
use crate::engine::calls::perform::Failure;
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::Event;
use crate::lab::{Lab, Step};

/// Records what is there of `step`, and what is near and differs, as a watch would. Looks only in runs in which the
/// learner works by hand.
///
/// # Errors
/// If the cloud cannot be asked, or the journal cannot be written.
pub async fn glance(core: &RunLog, clouds: &Clouds, lab: &Lab, step: &Step) -> Result<(), Failure> {
    let state = core.state();
    if state.baseline.is_none() {
        return Ok(());
    }
    let reading = look(core, clouds, lab, step, &BTreeMap::new()).await?;
    for resource in wanted(step, &state) {
        let name = resource.name();
        // Which of several is meant is the learner's word.
        let is_twin = reading.twins.as_ref().is_some_and(|(twin, _)| twin == name);
        let one = reading.found.get(name).or_else(|| reading.strays.get(name));
        let event = match one {
            Some(one) if one.fits() && !is_twin => recognition(step, &state, resource, one, &reading),
            _ => {
                let (id, differs) = near(core, resource, one, &reading);
                let (step, resource, kind) = (step.id.clone(), name.to_owned(), resource.kind());
                (!id.is_empty()).then_some(Event::Sighted { step, resource, kind, id, differs })
            }
        };
        if let Some(event) = event {
            core.record(&event)?;
        }
    }
    Ok(())
}
