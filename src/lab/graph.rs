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
            Self::Acceptance(it) | Self::Rejection(it) => &it.name,
            Self::AllowedPrincipal(it) | Self::RemovedPrincipal(it) => &it.name,
            Self::CrossZone(it) => &it.name,
            Self::PrivateName(it) => &it.name,
            Self::HostedZone(it) => &it.name,
            Self::Verification(it) => &it.name,
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
            Self::Rejection(_) => "rejection",
            Self::AllowedPrincipal(_) => "allowed_principal",
            Self::RemovedPrincipal(_) => "removed_principal",
            Self::CrossZone(_) => "cross_zone",
            Self::PrivateName(_) => "private_name",
            Self::HostedZone(_) => "hosted_zone",
            Self::Verification(_) => "verification",
        }
    }

    /// The names it refers to, `${name.fact}` in user data included.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        names(self.refers())
    }

    /// The names it refers to, and the kind that each must be; `None` where any will do.
    #[must_use]
    pub fn refers(&self) -> Vec<Reference<'_>> {
        match self {
            Self::Vpc(_) => Vec::new(),
            Self::Subnet(it) => vec![(&it.vpc, VPC)],
            Self::RouteTable(it) => vec![(&it.vpc, VPC), (&it.subnet, SUBNET)],
            Self::GatewayEndpoint(it) => vec![(&it.vpc, VPC), (&it.route_table, Some("route_table"))],
            Self::SecurityGroup(it) => {
                let sources = it.ingress.iter().filter_map(|rule| rule.group.as_deref());
                chain([(it.vpc.as_str(), VPC)], sources, GROUP)
            }
            Self::Instance(it) => {
                chain([(it.subnet.as_str(), SUBNET), (&it.group, GROUP)], placeholders(&it.user_data), None)
            }
            Self::TargetGroup(it) => chain([(it.vpc.as_str(), VPC)], texts(&it.targets), INSTANCE),
            Self::LoadBalancer(it) => chain([(it.group.as_str(), GROUP)], texts(&it.subnets), SUBNET),
            Self::Listener(it) => vec![(&it.load_balancer, BALANCER), (&it.target_group, TARGETS)],
            Self::EndpointService(it) => vec![(&it.load_balancer, BALANCER)],
            Self::ServiceLookup(it) => chain([(it.service.as_str(), SERVICE)], texts(&it.subnets), SUBNET),
            Self::Endpoint(it) => {
                chain([(it.vpc.as_str(), VPC), (&it.lookup, LOOKUP), (&it.group, GROUP)], texts(&it.subnets), SUBNET)
            }
            Self::Acceptance(it) | Self::Rejection(it) => vec![(&it.service, SERVICE), (&it.endpoint, ENDPOINT)],
            Self::AllowedPrincipal(it) | Self::RemovedPrincipal(it) => vec![(&it.service, SERVICE)],
            Self::CrossZone(it) => vec![(&it.load_balancer, BALANCER)],
            Self::PrivateName(it) => vec![(&it.service, SERVICE)],
            Self::HostedZone(it) => vec![(&it.service, SERVICE)],
            Self::Verification(it) => vec![(&it.service, SERVICE)],
        }
    }
}

impl Check {
    /// The names it refers to.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        names(self.refers())
    }

    /// The names it refers to, and the kind that each must be.
    #[must_use]
    pub fn refers(&self) -> Vec<Reference<'_>> {
        match self {
            Self::VpcAvailable(it) => vec![(&it.vpc, VPC)],
            Self::SubnetInZone(it) => vec![(&it.subnet, SUBNET)],
            Self::RouteToS3(it) => {
                vec![(&it.route_table, Some("route_table")), (&it.gateway_endpoint, Some("gateway_endpoint"))]
            }
            Self::GroupAdmits(it) if it.from.contains('/') => vec![(&it.group, GROUP)],
            Self::GroupAdmits(it) => vec![(&it.group, GROUP), (&it.from, GROUP)],
            Self::InstanceRunning(it) => vec![(&it.instance, INSTANCE)],
            Self::ConsoleSays(it) => vec![(&it.instance, INSTANCE)],
            Self::LoadBalancerActive(it) | Self::CrossZoneOn(it) => vec![(&it.load_balancer, BALANCER)],
            Self::TargetsHealthy(it) => vec![(&it.target_group, TARGETS)],
            Self::ServiceAvailable(it) => vec![(&it.service, SERVICE)],
            Self::PrincipalAllowed(it) | Self::PrincipalNotAllowed(it) => vec![(&it.service, SERVICE)],
            Self::ServiceHidden(it) => vec![(&it.service, SERVICE)],
            Self::PrivateNameOffered(it) => vec![(&it.service, SERVICE)],
            Self::PrivateNameVerified(it) => vec![(&it.service, SERVICE)],
            Self::RecordPublished(it) => vec![(&it.zone, ZONE), (&it.service, SERVICE)],
            Self::SameCidr(it) => vec![(&it.one, VPC), (&it.other, VPC)],
            Self::ServiceFound(it) => vec![(&it.lookup, LOOKUP)],
            Self::RequestWaiting(it) => vec![(&it.service, SERVICE), (&it.endpoint, ENDPOINT)],
            Self::EndpointState(it) => vec![(&it.endpoint, ENDPOINT)],
            Self::EndpointInZone(it) => vec![(&it.endpoint, ENDPOINT)],
            Self::NoAnswer(it) | Self::CutOff(it) | Self::Answer(it) => {
                chain([(it.client.as_str(), INSTANCE), (&it.endpoint, ENDPOINT)], it.subnet.as_deref(), SUBNET)
            }
            Self::Page(it) => {
                vec![(&it.client, INSTANCE), (&it.endpoint, ENDPOINT), (&it.load_balancer, BALANCER)]
            }
            Self::LogShowsLoadBalancer(it) => vec![(&it.instance, INSTANCE), (&it.load_balancer, BALANCER)],
            Self::NoWayBack(it) => vec![(&it.vpc, VPC), (&it.client, INSTANCE), (&it.endpoint, ENDPOINT)],
        }
    }
}

/// A name, and the kind of resource that it must be; `None` where any will do.
pub type Reference<'a> = (&'a str, Option<&'static str>);

const VPC: Option<&str> = Some("vpc");
const SUBNET: Option<&str> = Some("subnet");
const GROUP: Option<&str> = Some("security_group");
const INSTANCE: Option<&str> = Some("instance");
const TARGETS: Option<&str> = Some("target_group");
const BALANCER: Option<&str> = Some("load_balancer");
const SERVICE: Option<&str> = Some("endpoint_service");
const LOOKUP: Option<&str> = Some("service_lookup");
const ENDPOINT: Option<&str> = Some("endpoint");
const ZONE: Option<&str> = Some("hosted_zone");

/// Whether it makes nothing that lasts by itself, but changes what is there.
#[must_use]
pub fn changes(kind: &str) -> bool {
    matches!(
        kind,
        "acceptance"
            | "rejection"
            | "allowed_principal"
            | "removed_principal"
            | "cross_zone"
            | "private_name"
            | "verification"
    )
}

fn names(references: Vec<Reference<'_>>) -> Vec<&str> {
    references.into_iter().map(|(name, _)| name).collect()
}

fn texts(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str)
}

/// `first`, then each of `more` as one that must be of `kind`.
fn chain<'a, const N: usize>(
    first: [Reference<'a>; N],
    more: impl IntoIterator<Item = &'a str>,
    kind: Option<&'static str>,
) -> Vec<Reference<'a>> {
    first.into_iter().chain(more.into_iter().map(|name| (name, kind))).collect()
}

/// The names in `${name.fact}`. What does not look like one is a script's own: `${name%%.*}`.
fn placeholders(text: &str) -> Vec<&str> {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .filter_map(|(inside, _)| inside.split_once('.'))
        .filter(|(name, fact)| is_name(name) && is_name(fact))
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
