//! Which resource needs which: the order of making, and backwards the order of deleting.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Lab, Moment, OneClient, Predict, Resource, Side, Step};

impl Lab {
    /// Whose account each resource is in, by name.
    #[must_use]
    pub fn sides(&self) -> BTreeMap<String, Side> {
        let all = self.steps.iter().flat_map(|step| step.makes.iter().map(|it| (it.name().to_owned(), step.side)));
        all.collect()
    }
}

impl Lab {
    /// The client and the endpoint whose page the lab proves, by name; `None` in a lab without one.
    #[must_use]
    pub fn page(&self) -> Option<(&str, &str)> {
        self.steps.iter().flat_map(|step| &step.checks).find_map(|check| match check {
            Check::Page(page) => Some((page.client.as_str(), page.endpoint.as_str())),
            Check::Answer(answer) => Some((answer.client.as_str(), answer.endpoint.as_str())),
            _ => None,
        })
    }

    /// The step whose check answers a prediction that step `asked` asks: the first that has it, from that step on. A
    /// detour's prediction is answered by the detour. `None` where nothing answers it.
    #[must_use]
    pub fn answers<'a>(&'a self, asked: &str, predict: &Predict) -> Option<&'a Step> {
        let mut from = self.steps.iter().skip_while(|step| step.id != asked);
        if predict.before == Moment::Detour {
            return from.next().filter(|step| step.detour.iter().any(|it| it.checks.contains(&predict.proof)));
        }
        from.find(|step| step.looks.iter().chain(&step.checks).any(|check| *check == predict.proof))
    }

    /// Whether somebody must accept what connects to the lab's services.
    #[must_use]
    pub fn asks_for_acceptance(&self) -> bool {
        let mut made = self.steps.iter().flat_map(|step| &step.makes);
        !made.any(|it| matches!(it, Resource::EndpointService(service) if !service.acceptance_required))
    }

    /// Every name by which the page's client asks: once, or once for each zone.
    #[must_use]
    pub fn asks(&self) -> Vec<OneClient> {
        let Some((client, endpoint)) = self.page() else { return Vec::new() };
        let whole = OneClient { client: client.to_owned(), endpoint: endpoint.to_owned(), subnet: None };
        let mut asks: Vec<OneClient> = Vec::new();
        for check in self.steps.iter().flat_map(|step| &step.checks) {
            let Check::Answer(one) = check else { continue };
            if (one.client.as_str(), one.endpoint.as_str()) == (client, endpoint) && !asks.contains(one) {
                asks.push(one.clone());
            }
        }
        if asks.is_empty() { vec![whole] } else { asks }
    }
}

impl Resource {
    /// The names it refers to, `${name.fact}` in user data included.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        self.refers().into_iter().map(|(name, _)| name).collect()
    }
}

impl Check {
    /// The names it refers to.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        self.refers().into_iter().map(|(name, _)| name).collect()
    }
}

/// `resources` in the lab file's order, except that what is needed comes first.
#[must_use]
pub fn in_order(resources: &[Resource]) -> Vec<&Resource> {
    fn visit<'a>(resource: &'a Resource, all: &'a [Resource], ordered: &mut Vec<&'a Resource>, depth: usize) {
        // A circle was refused when the lab was read; this only keeps the walk finite.
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

/// `resources` in waves: each wave needs only earlier waves (and what is not in `resources`), so its members can be made
/// at the same time.
///
/// # Errors
/// The names that stand in a cycle.
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
        // The lab file's order within a wave.
        waves.push(resources.iter().copied().filter(|it| ready.contains(it.name())).collect());
        left.retain(|name, _| !ready.contains(name));
    }
    Ok(waves)
}
