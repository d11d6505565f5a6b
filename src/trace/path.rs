//! The path of a lab to trace: the client, the endpoint, and the port.

use crate::checks;
use crate::lab::{Check, Lab, OneClient, Resource, ServedPage};

/// The two ends of the path. The hops between them are discovered from the endpoint as it really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub client: String,
    /// The endpoint's name in the lab; empty for one that the lab does not know.
    pub endpoint: String,
    /// The id of an endpoint that the lab does not know.
    pub id: Option<String>,
    /// The port that the client connects to.
    pub port: u16,
    /// The names that the client requests: one, or one per zone. Empty if no client of the lab requests this endpoint.
    pub asks: Vec<OneClient>,
    /// The service's private DNS name, if the client uses it.
    pub private_name: Option<String>,
}

impl Path {
    /// The path of the page that a lab's checks request; `None` for a lab without one.
    #[must_use]
    pub fn of(lab: &Lab) -> Option<Self> {
        lab.pages().into_iter().next().map(Self::from)
    }

    /// The name of the load balancer behind the endpoint, as the lab makes it.
    pub(super) fn balancer(&self, lab: &Lab) -> Option<String> {
        let lookup = resources(lab).find_map(|it| match it {
            Resource::Endpoint(it) if it.name == self.endpoint => Some(&it.lookup),
            _ => None,
        })?;
        let service = resources(lab).find_map(|it| match it {
            Resource::ServiceLookup(it) if it.name == *lookup => Some(&it.service),
            _ => None,
        })?;
        resources(lab).find_map(|it| match it {
            Resource::EndpointService(it) if it.name == *service => Some(it.load_balancer.clone()),
            _ => None,
        })
    }

    /// The lab's listener for this path, by name.
    pub(super) fn listener(&self, lab: &Lab) -> Option<String> {
        let balancer = self.balancer(lab)?;
        resources(lab).find_map(|it| match it {
            Resource::Listener(it) if it.load_balancer == balancer && it.port == self.port => Some(it.name.clone()),
            _ => None,
        })
    }

    /// The first of the lab's targets for this path that the run has not made yet, by name.
    pub(super) fn missing_target(&self, scene: &checks::CheckContext<'_>) -> Option<String> {
        let listener = self.listener(scene.lab)?;
        let group = resources(scene.lab).find_map(|it| match it {
            Resource::Listener(it) if it.name == listener => Some(&it.target_group),
            _ => None,
        })?;
        let targets = resources(scene.lab).find_map(|it| match it {
            Resource::TargetGroup(it) if it.name == *group => Some(&it.targets),
            _ => None,
        })?;
        targets.iter().find(|name| scene.fact(name, "id").is_none()).cloned()
    }

    /// The path from the same client to an endpoint that the lab does not know.
    #[must_use]
    pub fn to(self, id: &str) -> Self {
        Self { endpoint: String::new(), id: Some(id.to_owned()), asks: Vec::new(), private_name: None, ..self }
    }
}

impl From<ServedPage> for Path {
    fn from(page: ServedPage) -> Self {
        Self {
            client: page.client,
            endpoint: page.endpoint,
            id: None,
            port: page.port,
            asks: page.asks,
            private_name: page.private_name,
        }
    }
}

fn resources(lab: &Lab) -> impl Iterator<Item = &Resource> {
    lab.steps.iter().flat_map(|step| &step.makes)
}

/// The lab's own check on the console of the instance `id`.
pub(super) fn console_check<'a>(scene: &checks::CheckContext<'a>, id: &str) -> Option<&'a Check> {
    let is = |name: &str| scene.fact(name, "id") == Some(id);
    let mut checks = scene.lab.steps.iter().flat_map(|step| &step.checks);
    checks.find(|check| matches!(check, Check::ConsoleSays(it) if is(&it.instance)))
}

/// The ids of the instances that the lab registers with a target group, each with the port that its server listens on.
pub(super) fn wanted_targets(scene: &checks::CheckContext<'_>) -> Vec<(String, u16)> {
    let targets = resources(scene.lab).filter_map(|it| match it {
        Resource::TargetGroup(it) => Some(it.targets.iter().map(|name| (name, it.port))),
        _ => None,
    });
    targets.flatten().filter_map(|(name, port)| Some((scene.fact(name, "id")?.to_owned(), port))).collect()
}
