//! `ELBv2`: load balancers, their listeners, and tags.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, AvailabilityZone, Listener, LoadBalancer, LoadBalancerAttribute, SubnetMapping, Tag,
};
use serde_json::Value;

use super::params::{Params, read};
use super::reply::Reply;
use super::shared::nothing;
use crate::cloud::fault::Fault;
use crate::cloud::limits::{pages, token};
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "CreateLoadBalancer" => create(clients, call).await,
        "DescribeLoadBalancers" => describe(clients, call).await,
        "DeleteLoadBalancer" => delete(clients, call).await,
        "SetSecurityGroups" => set_security_groups(clients, call).await,
        "SetSubnets" => set_subnets(clients, call).await,
        "DescribeLoadBalancerAttributes" => describe_attributes(clients, call).await,
        "ModifyLoadBalancerAttributes" => modify_attributes(clients, call).await,
        "CreateListener" => create_listener(clients, call).await,
        "DescribeListeners" => describe_listeners(clients, call).await,
        "ModifyListener" => modify_listener(clients, call).await,
        "DeleteListener" => delete_listener(clients, call).await,
        "DescribeTags" => tags(clients, call).await,
        "DescribeAccountLimits" => limits(clients, call).await,
        _ => return None,
    })
}

async fn create(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .create_load_balancer()
            .set_name(p.text("Name")?)
            .set_type(p.word("Type")?)
            .set_scheme(p.word("Scheme")?)
            .set_subnets(p.texts("Subnets")?)
            .set_subnet_mappings(p.list("SubnetMappings", |p| {
                Ok(SubnetMapping::builder()
                    .set_subnet_id(p.text("SubnetId")?)
                    .set_private_ipv4_address(p.text("PrivateIPv4Address")?)
                    .build())
            })?)
            .set_security_groups(p.texts("SecurityGroups")?)
            .set_ip_address_type(p.word("IpAddressType")?)
            .set_tags(p.list("Tags", read_tag)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("LoadBalancers", reply.load_balancers(), load_balancer).end())
}

async fn limits(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |_| Ok(clients.elbv2.describe_account_limits()))?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .all("Limits", reply.limits(), |limit| Reply::new().text("Name", limit.name()).text("Max", limit.max()).end())
        .end())
}

async fn describe(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .describe_load_balancers()
            .set_load_balancer_arns(p.texts("LoadBalancerArns")?)
            .set_names(p.texts("Names")?))
    })?;
    let pages = pages(call, |at| request.clone().set_marker(at).send(), |page| token(page.next_marker())).await?;
    Ok(Reply::new().all("LoadBalancers", pages.iter().flat_map(|page| page.load_balancers()), load_balancer).end())
}

async fn delete(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.elbv2.delete_load_balancer().set_load_balancer_arn(p.text("LoadBalancerArn")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn set_security_groups(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .set_security_groups()
            .set_load_balancer_arn(p.text("LoadBalancerArn")?)
            .set_security_groups(p.texts("SecurityGroups")?)
            .set_enforce_security_group_inbound_rules_on_private_link_traffic(
                p.word("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")?,
            ))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .texts("SecurityGroupIds", reply.security_group_ids())
        .text(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            reply.enforce_security_group_inbound_rules_on_private_link_traffic(),
        )
        .end())
}

async fn set_subnets(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .set_subnets()
            .set_load_balancer_arn(p.text("LoadBalancerArn")?)
            .set_subnets(p.texts("Subnets")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("AvailabilityZones", reply.availability_zones(), zone).end())
}

async fn describe_attributes(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.elbv2.describe_load_balancer_attributes().set_load_balancer_arn(p.text("LoadBalancerArn")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("Attributes", reply.attributes(), attribute).end())
}

async fn modify_attributes(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .modify_load_balancer_attributes()
            .set_load_balancer_arn(p.text("LoadBalancerArn")?)
            .set_attributes(p.list("Attributes", |p| {
                Ok(LoadBalancerAttribute::builder().set_key(p.text("Key")?).set_value(p.text("Value")?).build())
            })?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("Attributes", reply.attributes(), attribute).end())
}

fn attribute(attribute: &LoadBalancerAttribute) -> Value {
    Reply::new().text("Key", attribute.key()).text("Value", attribute.value()).end()
}

async fn create_listener(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .create_listener()
            .set_load_balancer_arn(p.text("LoadBalancerArn")?)
            .set_protocol(p.word("Protocol")?)
            .set_port(p.number("Port")?)
            .set_default_actions(p.list("DefaultActions", read_action)?)
            .set_tags(p.list("Tags", read_tag)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("Listeners", reply.listeners(), listener).end())
}

async fn modify_listener(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .modify_listener()
            .set_listener_arn(p.text("ListenerArn")?)
            .set_protocol(p.word("Protocol")?)
            .set_port(p.number("Port")?)
            .set_default_actions(p.list("DefaultActions", read_action)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("Listeners", reply.listeners(), listener).end())
}

fn read_action(p: &Params<'_>) -> Result<Action, Fault> {
    Ok(Action::builder().set_type(p.word("Type")?).set_target_group_arn(p.text("TargetGroupArn")?).build())
}

async fn describe_listeners(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .describe_listeners()
            .set_load_balancer_arn(p.text("LoadBalancerArn")?)
            .set_listener_arns(p.texts("ListenerArns")?))
    })?;
    let pages = pages(call, |at| request.clone().set_marker(at).send(), |page| token(page.next_marker())).await?;
    Ok(Reply::new().all("Listeners", pages.iter().flat_map(|page| page.listeners()), listener).end())
}

async fn delete_listener(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| Ok(clients.elbv2.delete_listener().set_listener_arn(p.text("ListenerArn")?)))?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn tags(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request =
        read(&call.params, |p| Ok(clients.elbv2.describe_tags().set_resource_arns(p.texts("ResourceArns")?)))?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .all("TagDescriptions", reply.tag_descriptions(), |description| {
            Reply::new()
                .text("ResourceArn", description.resource_arn())
                .list("Tags", description.tags(), |tag| {
                    Reply::new().text("Key", tag.key()).text("Value", tag.value()).end()
                })
                .end()
        })
        .end())
}

pub(super) fn read_tag(p: &Params<'_>) -> Result<Tag, Fault> {
    Ok(Tag::builder().set_key(p.text("Key")?).set_value(p.text("Value")?).build())
}

fn load_balancer(balancer: &LoadBalancer) -> Value {
    Reply::new()
        .text("LoadBalancerArn", balancer.load_balancer_arn())
        .text("LoadBalancerName", balancer.load_balancer_name())
        .text("DNSName", balancer.dns_name())
        .text("CanonicalHostedZoneId", balancer.canonical_hosted_zone_id())
        .time("CreatedTime", balancer.created_time())
        .text("Type", balancer.r#type())
        .text("Scheme", balancer.scheme())
        .text("VpcId", balancer.vpc_id())
        .part("State", balancer.state(), |state| {
            Reply::new().text("Code", state.code()).text("Reason", state.reason()).end()
        })
        .list("AvailabilityZones", balancer.availability_zones(), zone)
        .texts("SecurityGroups", balancer.security_groups())
        .text("IpAddressType", balancer.ip_address_type())
        .text(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            balancer.enforce_security_group_inbound_rules_on_private_link_traffic(),
        )
        .end()
}

fn zone(zone: &AvailabilityZone) -> Value {
    Reply::new()
        .text("ZoneName", zone.zone_name())
        .text("SubnetId", zone.subnet_id())
        .list("LoadBalancerAddresses", zone.load_balancer_addresses(), |address| {
            Reply::new()
                .text("IpAddress", address.ip_address())
                .text("AllocationId", address.allocation_id())
                .text("PrivateIPv4Address", address.private_ipv4_address())
                .end()
        })
        .end()
}

fn listener(listener: &Listener) -> Value {
    Reply::new()
        .text("ListenerArn", listener.listener_arn())
        .text("LoadBalancerArn", listener.load_balancer_arn())
        .number("Port", listener.port())
        .text("Protocol", listener.protocol())
        .list("DefaultActions", listener.default_actions(), |action| {
            Reply::new()
                .text("Type", action.r#type())
                .text("TargetGroupArn", action.target_group_arn())
                .number("Order", action.order())
                .end()
        })
        .end()
}
