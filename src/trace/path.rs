//! The path of a lab to trace: the client, the endpoint, and the port.

use crate::checks;
use crate::lab::{Check, Lab, OneClient, Resource};

/// The two ends of the path that the lab proves. The hops between them are discovered from the endpoint as it really
/// is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub client: String,
    pub endpoint: String,
    /// The port that the client connects to.
    pub port: u16,
    /// The names that the client requests: one, or one per zone.
    pub asks: Vec<OneClient>,
    /// The service's private DNS name, if the client uses it.
    pub private_name: Option<String>,
}

impl Path {
    /// The path of the page that a lab's checks request; `None` for a lab without one.
    #[must_use]
    pub fn of(lab: &Lab) -> Option<Self> {
        let (client, endpoint) = lab.page()?;
        let script = resources(lab).find_map(|it| match it {
            Resource::Instance(it) if it.name == client => Some(it.user_data.as_str()),
            _ => None,
        });
        let port = script.and_then(|script| port_of(script, endpoint)).unwrap_or(80);
        let private_name = resources(lab).find_map(|it| match it {
            Resource::PrivateName(it) if script.is_some_and(|script| script.contains(&it.domain)) => Some(&it.domain),
            _ => None,
        });
        Some(Self {
            client: client.to_owned(),
            endpoint: endpoint.to_owned(),
            port,
            asks: lab.asks(),
            private_name: private_name.cloned(),
        })
    }
}

/// The port in `http://${endpoint.dns}:8080/`, if the script names one.
fn port_of(script: &str, endpoint: &str) -> Option<u16> {
    let (_, rest) = script.split_once(&format!("${{{endpoint}.dns}}:"))?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn resources(lab: &Lab) -> impl Iterator<Item = &Resource> {
    lab.steps.iter().flat_map(|step| &step.makes)
}

pub(super) fn step_of<'a>(lab: &'a Lab, name: &str) -> Option<&'a str> {
    let step = lab.steps.iter().find(|step| step.makes.iter().any(|it| it.name() == name))?;
    Some(&step.id)
}

/// The lab's own check on the console of the instance `id`.
pub(super) fn console_check<'a>(scene: &checks::CheckContext<'a>, id: &str) -> Option<&'a Check> {
    let is = |name: &str| scene.fact(name, "id") == Some(id);
    let mut checks = scene.lab.steps.iter().flat_map(|step| &step.checks);
    checks.find(|check| matches!(check, Check::ConsoleSays(it) if is(&it.instance)))
}

/// The ids of the instances that the lab registers with a target group.
pub(super) fn wanted_targets(scene: &checks::CheckContext<'_>) -> Vec<String> {
    let targets = resources(scene.lab).filter_map(|it| match it {
        Resource::TargetGroup(it) => Some(&it.targets),
        _ => None,
    });
    targets.flatten().filter_map(|name| scene.fact(name, "id").map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::port_of;

    #[test]
    fn the_port_is_the_one_in_the_url() {
        assert_eq!(port_of("curl http://${endpoint.dns}/", "endpoint"), None);
        assert_eq!(port_of("curl http://${endpoint.dns}:8080/x", "endpoint"), Some(8080));
        assert_eq!(port_of("curl http://${other.dns}:8080/x", "endpoint"), None);
    }
}
