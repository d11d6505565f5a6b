//! Which resource needs which: the order of making, and backwards the order of deleting.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Lab, Resource, Side};

impl Lab {
    /// Whose account each resource is in, by name.
    #[must_use]
    pub fn sides(&self) -> BTreeMap<String, Side> {
        let all = self.steps.iter().flat_map(|step| step.makes.iter().map(|it| (it.name().to_owned(), step.side)));
        all.collect()
    }
}

impl Resource {
    /// Its name in the lab.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Vpc(it) => &it.name,
            Self::Subnet(it) => &it.name,
            Self::RouteTable(it) => &it.name,
            Self::GatewayEndpoint(it) => &it.name,
            Self::SecurityGroup(it) => &it.name,
            Self::Instance(it) => &it.name,
            Self::TargetGroup(it) => &it.name,
            Self::LoadBalancer(it) => &it.name,
            Self::Listener(it) => &it.name,
            Self::EndpointService(it) => &it.name,
            Self::ServiceLookup(it) => &it.name,
            Self::Endpoint(it) => &it.name,
            Self::Acceptance(it) => &it.name,
        }
    }

    /// Its kind, as the lab file spells it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Vpc(_) => "vpc",
            Self::Subnet(_) => "subnet",
            Self::RouteTable(_) => "route_table",
            Self::GatewayEndpoint(_) => "gateway_endpoint",
            Self::SecurityGroup(_) => "security_group",
            Self::Instance(_) => "instance",
            Self::TargetGroup(_) => "target_group",
            Self::LoadBalancer(_) => "load_balancer",
            Self::Listener(_) => "listener",
            Self::EndpointService(_) => "endpoint_service",
            Self::ServiceLookup(_) => "service_lookup",
            Self::Endpoint(_) => "endpoint",
            Self::Acceptance(_) => "acceptance",
        }
    }

    /// The names it refers to, `${name.fact}` in user data included.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        match self {
            Self::Vpc(_) => Vec::new(),
            Self::Subnet(it) => vec![&it.vpc],
            Self::RouteTable(it) => vec![&it.vpc, &it.subnet],
            Self::GatewayEndpoint(it) => vec![&it.vpc, &it.route_table],
            Self::SecurityGroup(it) => {
                let mut names = vec![it.vpc.as_str()];
                names.extend(it.ingress.iter().filter_map(|rule| rule.group.as_deref()));
                names
            }
            Self::Instance(it) => {
                let mut names = vec![it.subnet.as_str(), &it.group];
                names.extend(placeholders(&it.user_data));
                names
            }
            Self::TargetGroup(it) => {
                let mut names = vec![it.vpc.as_str()];
                names.extend(it.targets.iter().map(String::as_str));
                names
            }
            Self::LoadBalancer(it) => {
                let mut names = vec![it.group.as_str()];
                names.extend(it.subnets.iter().map(String::as_str));
                names
            }
            Self::Listener(it) => vec![&it.load_balancer, &it.target_group],
            Self::EndpointService(it) => vec![&it.load_balancer],
            Self::ServiceLookup(it) => {
                let mut names = vec![it.service.as_str()];
                names.extend(it.subnets.iter().map(String::as_str));
                names
            }
            Self::Endpoint(it) => vec![&it.vpc, &it.lookup, &it.group],
            Self::Acceptance(it) => vec![&it.service, &it.endpoint],
        }
    }
}

impl Check {
    /// The names it refers to.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        match self {
            Self::VpcAvailable(it) => vec![&it.vpc],
            Self::SubnetInZone(it) => vec![&it.subnet],
            Self::RouteToS3(it) => vec![&it.route_table, &it.gateway_endpoint],
            Self::GroupAdmits(it) if it.from.contains('/') => vec![&it.group],
            Self::GroupAdmits(it) => vec![&it.group, &it.from],
            Self::InstanceRunning(it) => vec![&it.instance],
            Self::ConsoleSays(it) => vec![&it.instance],
            Self::LoadBalancerActive(it) => vec![&it.load_balancer],
            Self::TargetsHealthy(it) => vec![&it.target_group],
            Self::ServiceAvailable(it) => vec![&it.service],
            Self::PrincipalAllowed(it) => vec![&it.service],
            Self::SameCidr(it) => vec![&it.one, &it.other],
            Self::ServiceFound(it) => vec![&it.lookup],
            Self::RequestWaiting(it) => vec![&it.service, &it.endpoint],
            Self::EndpointState(it) => vec![&it.endpoint],
            Self::EndpointInZone(it) => vec![&it.endpoint],
            Self::NoAnswer(it) | Self::Answer(it) => vec![&it.client, &it.endpoint],
            Self::Page(it) => vec![&it.client, &it.endpoint, &it.load_balancer],
            Self::LogShowsLoadBalancer(it) => vec![&it.instance, &it.load_balancer],
        }
    }
}

/// The names in `${name.fact}`.
fn placeholders(text: &str) -> Vec<&str> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .filter_map(|(inside, _)| inside.split_once('.'))
        .map(|(name, _)| name)
        .collect()
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
