//! Whether an object may be the learner's work on another step than the one that is watched: many work ahead.

use std::collections::{BTreeMap, BTreeSet};

use super::matching::Assignment;
use crate::actions::{self, Known, Match, Object};
use crate::engine::record::fold::strings;
use crate::engine::record::state::State;
use crate::lab::{Lab, Resource, Step};

/// What the other steps want.
pub struct OtherSteps<'a> {
    pub state: &'a State,
    pub lab: &'a Lab,
    pub step: &'a Step,
    /// What the step's own resources are matched with.
    pub found: &'a BTreeMap<String, Assignment>,
}

impl OtherSteps<'_> {
    /// Whether another step wants a thing of the kind of `resource` that the object may be: nothing in it is wrong, and
    /// it names nothing that is known to be something else.
    pub fn may_want(&self, resource: &Resource, object: &Object, known: &Known<'_>) -> bool {
        let mut names = BTreeSet::new();
        strings(&object.item, &mut names);
        let others = self.lab.steps.iter().filter(|step| step.id != self.step.id);
        let mut others = others.flat_map(|step| &step.makes).filter(|it| it.kind() == resource.kind());
        others.any(|other| {
            let open = self.state.resources.get(other.name()).is_none_or(|line| line.id().is_none());
            let report = actions::observe(other, object, known);
            let right = report.is_some_and(|it| it.points.iter().all(|point| point.fit != Match::Wrong));
            open && right && self.strange_to(other).is_disjoint(&names)
        })
    }

    /// The ids of what the resource has nothing to do with: what existed before the run, and what other resources are.
    fn strange_to(&self, resource: &Resource) -> BTreeSet<String> {
        let needs = self.needs(resource);
        let lines = self.state.resources.iter().filter_map(|(name, line)| Some((name, line.id()?.to_owned())));
        let found = self.found.iter().map(|(name, one)| (name, one.id.clone()));
        let others = lines.chain(found).filter(|(name, _)| !needs.contains(name.as_str())).map(|(_, id)| id);
        let before = self.state.baseline.iter().flatten().filter(|id| !self.state.older.contains(*id)).cloned();
        others.chain(before).collect()
    }

    /// Everything on its own side that the resource depends on, by name. It names nothing behind what it needs of the
    /// other side.
    fn needs(&self, resource: &Resource) -> BTreeSet<String> {
        let sides = self.lab.sides();
        let side = sides.get(resource.name());
        let here = self.lab.steps.iter().filter(|step| Some(&step.side) == side);
        let all: BTreeMap<&str, &Resource> = here.flat_map(|step| &step.makes).map(|it| (it.name(), it)).collect();
        let mut needs = BTreeSet::new();
        let mut open: Vec<&str> = resource.needs();
        while let Some(name) = open.pop() {
            if needs.insert(name.to_owned()) {
                open.extend(all.get(name).map(|it| it.needs()).unwrap_or_default());
            }
        }
        needs
    }
}
