//! From a resource of the lab to the file that knows its kind.

use super::part::{Making, Part, Usual};
use super::{
    acceptance, endpoint, endpoint_service, gateway_endpoint, instance, listener, load_balancer, route_table,
    security_group, service_lookup, subnet, target_group, vpc,
};
use crate::cloud::Call;
use crate::i18n::{Text, m};
use crate::lab::{Acceptance, Resource};

/// The calls that make `resource`, in order.
#[must_use]
pub fn make(resource: &Resource, making: &Making<'_>) -> Vec<Part> {
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
    }
}

/// The calls that reject a connection.
#[must_use]
pub fn reject(rejection: &Acceptance) -> Vec<Part> {
    acceptance::reject(rejection)
}

/// The calls that delete `resource`, in order; none where nothing was made that lasts.
#[must_use]
pub fn delete(resource: &Resource) -> Vec<Part> {
    let name = resource.name();
    match resource {
        Resource::Vpc(_) => vpc::delete(name),
        Resource::Subnet(_) => subnet::delete(name),
        Resource::RouteTable(_) => route_table::delete(name),
        Resource::GatewayEndpoint(_) => gateway_endpoint::delete(name),
        Resource::SecurityGroup(_) => security_group::delete(name),
        Resource::Instance(_) => instance::delete(name),
        Resource::TargetGroup(_) => target_group::delete(name),
        Resource::LoadBalancer(_) => load_balancer::delete(name),
        Resource::Listener(_) => listener::delete(name),
        Resource::EndpointService(_) => endpoint_service::delete(name),
        Resource::Endpoint(_) => endpoint::delete(name),
        Resource::ServiceLookup(_) | Resource::Acceptance(_) => Vec::new(),
    }
}

/// The read-only call that shows `resource` by its id; `None` where nothing was made that lasts.
#[must_use]
pub fn look(resource: &Resource) -> Option<Call> {
    let name = resource.name();
    match resource {
        Resource::Vpc(_) => Some(vpc::look(name)),
        Resource::Subnet(_) => Some(subnet::look(name)),
        Resource::RouteTable(_) => Some(route_table::look(name)),
        Resource::GatewayEndpoint(_) => Some(gateway_endpoint::look(name)),
        Resource::SecurityGroup(_) => Some(security_group::look(name)),
        Resource::Instance(_) => Some(instance::look(name)),
        Resource::TargetGroup(_) => Some(target_group::look(name)),
        Resource::LoadBalancer(_) => Some(load_balancer::look(name)),
        Resource::Listener(_) => Some(listener::look(name)),
        Resource::EndpointService(_) => Some(endpoint_service::look(name)),
        Resource::Endpoint(_) => Some(endpoint::look(name)),
        Resource::ServiceLookup(_) | Resource::Acceptance(_) => None,
    }
}

/// What will be done, as a line of the plan.
#[must_use]
pub fn plan(resource: &Resource) -> Text {
    match resource {
        Resource::Vpc(it) => m::action_vpc(&it.name, &it.cidr),
        Resource::Subnet(it) => m::action_subnet(&it.name, &it.cidr, &it.zone),
        Resource::RouteTable(it) => m::action_route_table(&it.name, &it.subnet),
        Resource::GatewayEndpoint(it) => m::action_gateway_endpoint(&it.name),
        Resource::SecurityGroup(it) => match it.ingress.first() {
            None => m::action_security_group_closed(&it.name),
            Some(rule) => {
                let from = rule.cidr.as_deref().or(rule.group.as_deref()).unwrap_or_default();
                m::action_security_group(from, &it.name, rule.port)
            }
        },
        Resource::Instance(it) => m::action_instance(&it.name, &it.instance_type),
        Resource::TargetGroup(it) => m::action_target_group(&it.name, it.targets.join(", ")),
        Resource::LoadBalancer(it) => m::action_load_balancer(&it.name),
        Resource::Listener(it) => m::action_listener(it.port, &it.target_group),
        Resource::EndpointService(it) if it.acceptance_required => m::action_endpoint_service(&it.load_balancer),
        Resource::EndpointService(it) => m::action_endpoint_service_open(&it.load_balancer),
        Resource::ServiceLookup(_) => m::action_service_lookup(),
        Resource::Endpoint(it) => m::action_endpoint(&it.name),
        Resource::Acceptance(_) => m::action_acceptance(),
    }
}

/// What it is, in a few words, for progress and receipt.
#[must_use]
pub fn label(resource: &Resource) -> Text {
    let name = resource.name();
    match resource {
        Resource::Vpc(_) => m::kind_vpc(name),
        Resource::Subnet(_) => m::kind_subnet(name),
        Resource::RouteTable(_) => m::kind_route_table(name),
        Resource::GatewayEndpoint(_) => m::kind_gateway_endpoint(name),
        Resource::SecurityGroup(_) => m::kind_security_group(name),
        Resource::Instance(_) => m::kind_instance(name),
        Resource::TargetGroup(_) => m::kind_target_group(name),
        Resource::LoadBalancer(_) => m::kind_load_balancer(name),
        Resource::Listener(_) => m::kind_listener(name),
        Resource::EndpointService(_) => m::kind_endpoint_service(name),
        Resource::ServiceLookup(_) => m::kind_service_lookup(name),
        Resource::Endpoint(_) => m::kind_endpoint(name),
        Resource::Acceptance(_) => m::kind_acceptance(name),
    }
}

/// How long it usually takes on AWS until its deletion is complete. Common experience, not a promise of AWS.
#[must_use]
pub fn usual(resource: &Resource) -> Usual {
    let delete = match resource {
        Resource::Instance(_) => Some((30, 90)),
        Resource::LoadBalancer(_) => Some((30, 180)),
        Resource::Endpoint(_) => Some((60, 300)),
        _ => None,
    };
    Usual { delete }
}
