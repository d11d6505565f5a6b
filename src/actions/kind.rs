//! From a resource of the lab to the file that knows its kind.

use super::api_step::{ApiStep, Naming};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use super::{
    acceptance, connect_endpoint, cross_zone, endpoint, endpoint_service, gateway_endpoint, hosted_zone, instance,
    listener, load_balancer, principal, private_name, route_table, security_group, service_lookup, subnet,
    target_group, vpc,
};
use crate::cloud::{Api, Call, Fault};
use crate::i18n::{Text, m};
use crate::lab::{Acceptance, Lab, Resource};

/// The calls that make `resource`, in order.
#[must_use]
pub fn make(resource: &Resource, making: &Naming<'_>) -> Vec<ApiStep> {
    match resource {
        Resource::Vpc(it) => vpc::make(it, making),
        Resource::Subnet(it) => subnet::make(it, making),
        Resource::RouteTable(it) => route_table::make(it, making),
        Resource::GatewayEndpoint(it) => gateway_endpoint::make(it, making),
        Resource::SecurityGroup(it) => security_group::make(it, making),
        Resource::Instance(it) => instance::make(it, making),
        Resource::TargetGroup(it) => target_group::make(it, making),
        Resource::LoadBalancer(it) => load_balancer::make(it, making),
        Resource::Listener(it) => listener::make(it, making),
        Resource::EndpointService(it) => endpoint_service::make(it, making),
        Resource::ServiceLookup(it) => service_lookup::make(it, making),
        Resource::Endpoint(it) => endpoint::make(it, making),
        Resource::Acceptance(it) => acceptance::make(it, making),
        Resource::Rejection(it) => acceptance::reject(it),
        Resource::AllowedPrincipal(it) => principal::allow(it),
        Resource::RemovedPrincipal(it) => principal::remove(it),
        Resource::CrossZone(it) => cross_zone::make(it),
        Resource::PrivateName(it) => private_name::make(it),
        Resource::HostedZone(it) => hosted_zone::make(it, making),
        Resource::Verification(it) => private_name::verify(it),
    }
}

/// How to see what may have been made by hand in place of `resource`; `None` where nothing is made.
#[must_use]
pub fn survey(resource: &Resource) -> Option<Survey> {
    Some(match resource {
        Resource::Vpc(it) => vpc::survey(it),
        Resource::Subnet(_) => subnet::survey(),
        Resource::RouteTable(_) => route_table::survey(),
        Resource::SecurityGroup(_) => security_group::survey(),
        Resource::Instance(_) => instance::survey(),
        Resource::TargetGroup(_) => target_group::survey(),
        Resource::LoadBalancer(_) => load_balancer::survey(),
        Resource::Listener(_) => listener::survey(),
        Resource::EndpointService(_) => endpoint_service::survey(),
        Resource::Endpoint(_) | Resource::GatewayEndpoint(_) => endpoint::survey(),
        Resource::HostedZone(it) => hosted_zone::survey(it),
        Resource::Acceptance(it) | Resource::Rejection(it) => acceptance::survey(it),
        Resource::AllowedPrincipal(it) | Resource::RemovedPrincipal(it) => principal::survey(it),
        Resource::CrossZone(it) => cross_zone::survey(it),
        Resource::PrivateName(it) => private_name::survey(&it.service),
        Resource::Verification(it) => private_name::survey(&it.service),
        Resource::ServiceLookup(_) => return None,
    })
}

/// Holds an object against `resource`; `None` where it is no such thing at all.
#[must_use]
pub fn observe(resource: &Resource, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    match resource {
        Resource::Vpc(it) => vpc::observe(it, object, known),
        Resource::Subnet(it) => subnet::observe(it, object, known),
        Resource::RouteTable(it) => route_table::observe(it, object, known),
        Resource::GatewayEndpoint(it) => gateway_endpoint::observe(it, object, known),
        Resource::SecurityGroup(it) => security_group::observe(it, object, known),
        Resource::Instance(it) => instance::observe(it, object, known),
        Resource::TargetGroup(it) => target_group::observe(it, object, known),
        Resource::LoadBalancer(it) => load_balancer::observe(it, object, known),
        Resource::Listener(it) => listener::observe(it, object, known),
        Resource::EndpointService(it) => endpoint_service::observe(it, object, known),
        Resource::Endpoint(it) => endpoint::observe(it, object, known),
        Resource::HostedZone(it) => hosted_zone::observe(it, object, known),
        Resource::Acceptance(it) => acceptance::observe(it, "available", object, known),
        Resource::Rejection(it) => acceptance::observe(it, "rejected", object, known),
        Resource::AllowedPrincipal(it) => Some(principal::observe_allowed(it, object, known)),
        Resource::RemovedPrincipal(it) => Some(principal::observe_removed(it, object, known)),
        Resource::CrossZone(_) => Some(cross_zone::observe(object)),
        Resource::PrivateName(it) => Some(private_name::observe(it, object)),
        Resource::Verification(_) => Some(private_name::observe_verified(object)),
        Resource::ServiceLookup(_) => None,
    }
}

/// What IAM must allow for making, changing and deleting `resource`. Reading is [`reads`].
#[must_use]
pub fn grants(resource: &Resource) -> Vec<Grant> {
    match resource {
        Resource::Vpc(it) => vpc::grants(it),
        Resource::Subnet(_) => subnet::grants(),
        Resource::RouteTable(_) => route_table::grants(),
        Resource::GatewayEndpoint(_) => gateway_endpoint::grants(),
        Resource::SecurityGroup(_) => security_group::grants(),
        Resource::Instance(it) => instance::grants(it),
        Resource::TargetGroup(_) => target_group::grants(),
        Resource::LoadBalancer(_) => load_balancer::grants(),
        Resource::Listener(_) => listener::grants(),
        Resource::EndpointService(_) => endpoint_service::grants(),
        Resource::ServiceLookup(_) => Vec::new(),
        Resource::Endpoint(it) => endpoint::grants(it),
        Resource::Acceptance(_) => acceptance::grants(),
        Resource::Rejection(_) => acceptance::reject_grants(),
        Resource::AllowedPrincipal(_) | Resource::RemovedPrincipal(_) => principal::grants(),
        Resource::CrossZone(_) => cross_zone::grants(),
        Resource::PrivateName(_) => private_name::grants(),
        Resource::HostedZone(_) => hosted_zone::grants(),
        Resource::Verification(_) => private_name::verify_grants(),
    }
}

/// What IAM must allow for rejecting a connection.
#[must_use]
pub fn reject_grants() -> Vec<Grant> {
    acceptance::reject_grants()
}

/// The operations by which `resource` is looked for and looked at; none of them changes anything.
#[must_use]
pub fn reads(resource: &Resource) -> Vec<(Api, &'static str)> {
    let making = Naming { run: "", lab: "", learner: "", round: 0 };
    let parts = make(resource, &making);
    let made = parts.into_iter().flat_map(|part| [Some(part.call), part.find.map(|find| find.call)]).flatten();
    made.chain(look(resource.kind(), resource.name()))
        .filter(Call::is_read)
        .map(|call| (call.api, call.operation))
        .collect()
}

/// The operations by which what may have been made by hand in place of `resource` is looked for and looked at.
#[must_use]
pub fn watch_reads(resource: &Resource) -> Vec<(Api, &'static str)> {
    let Some(survey) = survey(resource) else { return Vec::new() };
    let each = survey.each.map(|each| each("")).unwrap_or_default();
    std::iter::once(&survey.call).chain(&survey.beside).chain(&each).map(|call| (call.api, call.operation)).collect()
}

/// After a launch that was refused because its image could not be looked up: where to look for it otherwise. `None` for every
/// other call and fault.
#[must_use]
pub fn other_image(call: &Call, fault: &Fault) -> Option<Call> {
    if call.operation == "RunInstances" { instance::other_image(call, fault) } else { None }
}

/// The launch again, from the newest image of an answer to [`other_image`]'s call.
#[must_use]
pub fn with_image(call: &Call, found: &serde_json::Value) -> Option<Call> {
    instance::with_image(call, found)
}

/// The calls that reject a connection.
#[must_use]
pub fn reject(rejection: &Acceptance) -> Vec<ApiStep> {
    acceptance::reject(rejection)
}

/// The calls that delete the resource `name` of `kind`, in order; none where nothing was made that lasts. By kind and
/// name, not by lab file: a clean-up goes by what the journal says was made, whatever became of the lab since.
#[must_use]
pub fn delete(kind: &str, name: &str) -> Vec<ApiStep> {
    match kind {
        "vpc" => vpc::delete(name),
        "subnet" => subnet::delete(name),
        "route_table" => route_table::delete(name),
        "security_group" => security_group::delete(name),
        "instance" => instance::delete(name),
        "target_group" => target_group::delete(name),
        "load_balancer" => load_balancer::delete(name),
        "listener" => listener::delete(name),
        "endpoint_service" => endpoint_service::delete(name),
        "endpoint" | "gateway_endpoint" => endpoint::delete(name),
        "hosted_zone" => hosted_zone::delete(name),
        "instance_connect_endpoint" => connect_endpoint::delete(name),
        "security_group_rule" => connect_endpoint::delete_rule(name),
        _ => Vec::new(),
    }
}

/// The read-only call that shows the resource `name` of `kind` by its id; `None` where nothing was made that lasts.
#[must_use]
pub fn look(kind: &str, name: &str) -> Option<Call> {
    Some(match kind {
        "vpc" => vpc::look(name),
        "subnet" => subnet::look(name),
        "route_table" => route_table::look(name),
        "security_group" => security_group::look(name),
        "instance" => instance::look(name),
        "target_group" => target_group::look(name),
        "load_balancer" => load_balancer::look(name),
        "listener" => listener::look(name),
        "endpoint_service" => endpoint_service::look(name),
        "endpoint" | "gateway_endpoint" => endpoint::look(name),
        "hosted_zone" => hosted_zone::look(name),
        "instance_connect_endpoint" => connect_endpoint::look(name),
        "security_group_rule" => connect_endpoint::look_rule(name),
        _ => return None,
    })
}

/// What will be done, as a line of the plan.
#[must_use]
pub fn plan(lab: &Lab, resource: &Resource) -> Text {
    match resource {
        Resource::Vpc(it) => m::ActionVpc { cidr: &it.cidr, name: &it.name }.text(),
        Resource::Subnet(it) => m::ActionSubnet { cidr: &it.cidr, name: &it.name, zone: &it.zone }.text(),
        Resource::RouteTable(it) => m::ActionRouteTable { name: &it.name, subnet: &it.subnet }.text(),
        Resource::GatewayEndpoint(it) => m::action_gateway_endpoint(&it.name),
        Resource::SecurityGroup(it) => match it.ingress.first() {
            None => m::action_security_group_closed(&it.name),
            Some(rule) => {
                let from = rule.cidr.as_deref().or(rule.group.as_deref()).unwrap_or_default();
                m::ActionSecurityGroup { from, name: &it.name, port: rule.port }.text()
            }
        },
        Resource::Instance(it) => m::ActionInstance { name: &it.name, size: &it.instance_type }.text(),
        Resource::TargetGroup(it) => m::ActionTargetGroup { name: &it.name, targets: it.targets.join(", ") }.text(),
        Resource::LoadBalancer(it) => m::action_load_balancer(&it.name),
        Resource::Listener(it) => m::ActionListener { port: it.port, target: &it.target_group }.text(),
        Resource::EndpointService(it) => match (it.acceptance_required, it.allow.is_empty()) {
            (true, false) => m::action_endpoint_service(&it.load_balancer),
            (true, true) => m::action_endpoint_service_closed(&it.load_balancer),
            (false, _) => m::action_endpoint_service_open(&it.load_balancer),
        },
        Resource::ServiceLookup(_) => m::action_service_lookup(),
        Resource::Endpoint(it) if lab.asks_for_acceptance() => m::action_endpoint(&it.name),
        Resource::Endpoint(it) => m::action_endpoint_unasked(&it.name),
        Resource::Acceptance(_) => m::action_acceptance(),
        Resource::Rejection(_) => m::action_rejection(),
        Resource::AllowedPrincipal(it) => {
            m::ActionAllowedPrincipal { service: &it.service, side: principal::of(it.side) }.text()
        }
        Resource::RemovedPrincipal(it) => {
            m::ActionRemovedPrincipal { service: &it.service, side: principal::of(it.side) }.text()
        }
        Resource::CrossZone(it) => m::action_cross_zone(&it.load_balancer),
        Resource::PrivateName(it) => m::ActionPrivateName { domain: &it.domain, service: &it.service }.text(),
        Resource::HostedZone(it) => m::action_hosted_zone(&it.domain),
        Resource::Verification(it) => m::action_verification(&it.service),
    }
}

/// What it is, in a few words, for progress and receipt.
#[must_use]
pub fn label(kind: &str, name: &str) -> Text {
    match kind {
        "vpc" => m::label_vpc(name),
        "subnet" => m::label_subnet(name),
        "route_table" => m::label_route_table(name),
        "gateway_endpoint" => m::label_gateway_endpoint(name),
        "security_group" => m::label_security_group(name),
        "instance" => m::label_instance(name),
        "target_group" => m::label_target_group(name),
        "load_balancer" => m::label_load_balancer(name),
        "listener" => m::label_listener(name),
        "endpoint_service" => m::label_endpoint_service(name),
        "endpoint" => m::label_endpoint(name),
        "instance_connect_endpoint" => m::label_connect_endpoint(name),
        "security_group_rule" => m::label_security_group_rule(name),
        "service_lookup" => m::label_service_lookup(name),
        "acceptance" | "rejection" => m::label_acceptance(name),
        "allowed_principal" | "removed_principal" => m::label_principal(name),
        "cross_zone" => m::label_cross_zone(name),
        "private_name" => m::label_private_name(name),
        "hosted_zone" => m::label_hosted_zone(name),
        "verification" => m::label_verification(name),
        _ => Text::literal(name),
    }
}

/// Whether making it takes minutes on AWS and changes nothing that exists already: worth beginning early.
#[must_use]
pub fn takes_minutes(kind: &str) -> bool {
    kind == "load_balancer"
}

/// How long it usually takes on AWS until its deletion is complete, in seconds from and to; `None` when it is gone at
/// once. Common experience, not a promise of AWS.
#[must_use]
pub fn usual_deletion(kind: &str) -> Option<(u32, u32)> {
    match kind {
        "instance" => Some((30, 90)),
        "load_balancer" => Some((30, 180)),
        "endpoint" | "instance_connect_endpoint" => Some((60, 300)),
        _ => None,
    }
}
