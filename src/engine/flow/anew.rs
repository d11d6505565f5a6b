//! Makes way for what must be made again: what pllab made is deleted, what the learner made is set aside.

use super::drive::Runner;
use crate::engine::calls::lost::{look_for_lost, makers};
use crate::engine::calls::perform::Failure;
use crate::engine::cleanup::teardown::teardown;
use crate::engine::event::{Event, Fault, FaultClass};
use crate::lab::Step;

impl Runner {
    /// Opens the steps again that make what is lost and what uses it. Looks anew, so that an interrupted one goes on where
    /// it stopped.
    pub async fn anew(&self, step: &Step) -> Result<(), Failure> {
        let Some(clouds) = &self.clouds else { return Ok(()) };
        let lab = &self.loaded.lab;
        let lost = look_for_lost(&self.core, clouds, self.patience, lab, step, None).await;
        let resources = if let Some(Event::Lost { again, .. }) = lost { again } else { Vec::new() };
        let ours: Vec<String> = self.core.with(|state| {
            let existing = state.existing();
            let ours = |name: &&String| existing.get(name.as_str()).is_some_and(|line| !line.yours);
            resources.iter().filter(ours).cloned().collect()
        });
        teardown(&self.core, clouds, self.patience, Some(&ours)).await?;
        let left =
            self.core.with(|state| ours.iter().find(|name| state.existing().contains_key(name.as_str())).cloned());
        if let Some(name) = left {
            return Err(Failure::Unsaid(Fault::ours(FaultClass::InUse, "StillThere", name)));
        }
        let mut steps = makers(lab, &resources);
        if !resources.is_empty() && !steps.contains(&step.id) {
            steps.push(step.id.clone());
        }
        Ok(self.core.record(&Event::SetAside { steps, resources })?)
    }
}
