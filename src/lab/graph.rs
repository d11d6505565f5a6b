//! What a lab's parts need of each other: the order of making, and the checks that answer its questions.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Lab, Moment, Predict, Recap, Resource, Side, Step};

impl Lab {
    #[must_use]
    pub fn sides(&self) -> BTreeMap<String, Side> {
        let all = self.steps.iter().flat_map(|step| step.makes.iter().map(|it| (it.name().to_owned(), step.side)));
        all.collect()
    }

    /// The step whose check answers a prediction asked in the step `asked`: the first that has that check, from
    /// `asked` on. A detour answers its own predictions. `None` if nothing answers it.
    #[must_use]
    pub fn answers<'a>(&'a self, asked: &str, predict: &Predict) -> Option<&'a Step> {
        let mut from = self.steps.iter().skip_while(|step| step.id != asked);
        if predict.before == Moment::Detour {
            return from.next().filter(|step| step.detour.iter().any(|it| it.checks.contains(&predict.proof)));
        }
        from.find(|step| step.looks.iter().chain(&step.checks).any(|check| *check == predict.proof))
    }

    /// Whether a look or check of the lab proves a recap's question.
    #[must_use]
    pub fn proves(&self, recap: &Recap) -> bool {
        let asked = self.steps.iter().flat_map(|step| step.looks.iter().chain(&step.checks));
        let round = self.steps.iter().filter_map(|step| step.detour.as_ref()).flat_map(|detour| &detour.checks);
        asked.chain(round).any(|check| *check == recap.proof)
    }

    /// Whether a service of the lab requires acceptance of connections.
    #[must_use]
    pub fn asks_for_acceptance(&self) -> bool {
        let mut made = self.steps.iter().flat_map(|step| &step.makes);
        !made.any(|it| matches!(it, Resource::EndpointService(service) if !service.acceptance_required))
    }
}

impl Resource {
    /// The names of the resources it refers to, including `${name.fact}` in user data.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        self.refers().into_iter().map(|(name, _)| name).collect()
    }
}

impl Check {
    /// The names of the resources it refers to.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        self.refers().into_iter().map(|(name, _)| name).collect()
    }
}

/// `resources` in the lab file's order, but dependencies first.
#[must_use]
pub fn in_order(resources: &[Resource]) -> Vec<&Resource> {
    fn visit<'a>(resource: &'a Resource, all: &'a [Resource], ordered: &mut Vec<&'a Resource>, depth: usize) {
        // Loading refuses cycles; this only keeps the recursion finite.
        if depth > all.len() || ordered.iter().any(|it| it.name() == resource.name()) {
            return;
        }
        for name in resource.needs() {
            if let Some(needed) = all.iter().find(|it| it.name() == name) {
                visit(needed, all, ordered, depth + 1);
            }
        }
        ordered.push(resource);
    }
    let mut ordered = Vec::new();
    for resource in resources {
        visit(resource, resources, &mut ordered, 0);
    }
    ordered
}

/// Groups `resources` into waves. Each wave depends only on earlier waves (or on things outside `resources`), so its
/// members can be made concurrently.
///
/// # Errors
/// The names that form a cycle.
pub fn waves<'a>(resources: &[&'a Resource]) -> Result<Vec<Vec<&'a Resource>>, Vec<String>> {
    let mut left: BTreeMap<&str, &Resource> = resources.iter().map(|it| (it.name(), *it)).collect();
    let mut waves = Vec::new();
    while !left.is_empty() {
        let ready: BTreeSet<&str> = left
            .iter()
            .filter(|(_, it)| it.needs().iter().all(|name| !left.contains_key(name)))
            .map(|(name, _)| *name)
            .collect();
        if ready.is_empty() {
            return Err(left.keys().map(|name| (*name).to_owned()).collect());
        }
        // Keep the lab file's order within a wave.
        waves.push(resources.iter().copied().filter(|it| ready.contains(it.name())).collect());
        left.retain(|name, _| !ready.contains(name));
    }
    Ok(waves)
}
