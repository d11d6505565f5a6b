//! `ELBv2`: target groups, their targets, and the targets' health.

use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, TargetDescription, TargetGroup, TargetGroupAttribute, TargetHealthDescription,
};
use serde_json::Value;

use super::balancer::read_tag;
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
        "CreateTargetGroup" => create(clients, call).await,
        "DescribeTargetGroups" => describe(clients, call).await,
        "ModifyTargetGroup" => modify(clients, call).await,
        "DeleteTargetGroup" => delete(clients, call).await,
        "DescribeTargetGroupAttributes" => describe_attributes(clients, call).await,
        "ModifyTargetGroupAttributes" => modify_attributes(clients, call).await,
        "RegisterTargets" => register(clients, call).await,
        "DeregisterTargets" => deregister(clients, call).await,
        "DescribeTargetHealth" => health(clients, call).await,
        _ => return None,
    })
}

async fn create(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .create_target_group()
            .set_name(p.text("Name")?)
            .set_protocol(p.word("Protocol")?)
            .set_port(p.number("Port")?)
            .set_vpc_id(p.text("VpcId")?)
            .set_target_type(p.word("TargetType")?)
            .set_ip_address_type(p.word("IpAddressType")?)
            .set_health_check_enabled(p.flag("HealthCheckEnabled")?)
            .set_health_check_protocol(p.word("HealthCheckProtocol")?)
            .set_health_check_port(p.text("HealthCheckPort")?)
            .set_health_check_path(p.text("HealthCheckPath")?)
            .set_health_check_interval_seconds(p.number("HealthCheckIntervalSeconds")?)
            .set_health_check_timeout_seconds(p.number("HealthCheckTimeoutSeconds")?)
            .set_healthy_threshold_count(p.number("HealthyThresholdCount")?)
            .set_unhealthy_threshold_count(p.number("UnhealthyThresholdCount")?)
            .set_matcher(p.part("Matcher", |p| Ok(Matcher::builder().set_http_code(p.text("HttpCode")?).build()))?)
            .set_tags(p.list("Tags", read_tag)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("TargetGroups", reply.target_groups(), target_group).end())
}

async fn describe(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .describe_target_groups()
            .set_load_balancer_arn(p.text("LoadBalancerArn")?)
            .set_target_group_arns(p.texts("TargetGroupArns")?)
            .set_names(p.texts("Names")?))
    })?;
    let pages = pages(call, |at| request.clone().set_marker(at).send(), |page| token(page.next_marker())).await?;
    Ok(Reply::new().all("TargetGroups", pages.iter().flat_map(|page| page.target_groups()), target_group).end())
}

async fn modify(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .modify_target_group()
            .set_target_group_arn(p.text("TargetGroupArn")?)
            .set_health_check_protocol(p.word("HealthCheckProtocol")?)
            .set_health_check_port(p.text("HealthCheckPort")?)
            .set_health_check_path(p.text("HealthCheckPath")?)
            .set_health_check_interval_seconds(p.number("HealthCheckIntervalSeconds")?)
            .set_health_check_timeout_seconds(p.number("HealthCheckTimeoutSeconds")?)
            .set_healthy_threshold_count(p.number("HealthyThresholdCount")?)
            .set_unhealthy_threshold_count(p.number("UnhealthyThresholdCount")?)
            .set_matcher(p.part("Matcher", |p| Ok(Matcher::builder().set_http_code(p.text("HttpCode")?).build()))?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("TargetGroups", reply.target_groups(), target_group).end())
}

async fn describe_attributes(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.elbv2.describe_target_group_attributes().set_target_group_arn(p.text("TargetGroupArn")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("Attributes", reply.attributes(), attribute).end())
}

fn attribute(attribute: &TargetGroupAttribute) -> Value {
    Reply::new().text("Key", attribute.key()).text("Value", attribute.value()).end()
}

async fn delete(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.elbv2.delete_target_group().set_target_group_arn(p.text("TargetGroupArn")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn modify_attributes(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .modify_target_group_attributes()
            .set_target_group_arn(p.text("TargetGroupArn")?)
            .set_attributes(p.list("Attributes", |p| {
                Ok(TargetGroupAttribute::builder().set_key(p.text("Key")?).set_value(p.text("Value")?).build())
            })?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("Attributes", reply.attributes(), attribute).end())
}

async fn register(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .register_targets()
            .set_target_group_arn(p.text("TargetGroupArn")?)
            .set_targets(p.list("Targets", read_target)?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn deregister(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .deregister_targets()
            .set_target_group_arn(p.text("TargetGroupArn")?)
            .set_targets(p.list("Targets", read_target)?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn health(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .elbv2
            .describe_target_health()
            .set_target_group_arn(p.text("TargetGroupArn")?)
            .set_targets(p.list("Targets", read_target)?)
            .set_include(p.words("Include")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("TargetHealthDescriptions", reply.target_health_descriptions(), target_health).end())
}

fn read_target(p: &Params<'_>) -> Result<TargetDescription, Fault> {
    Ok(TargetDescription::builder()
        .set_id(p.text("Id")?)
        .set_port(p.number("Port")?)
        .set_availability_zone(p.text("AvailabilityZone")?)
        .build())
}

fn target_group(group: &TargetGroup) -> Value {
    Reply::new()
        .text("TargetGroupArn", group.target_group_arn())
        .text("TargetGroupName", group.target_group_name())
        .text("Protocol", group.protocol())
        .number("Port", group.port())
        .text("VpcId", group.vpc_id())
        .text("TargetType", group.target_type())
        .text("IpAddressType", group.ip_address_type())
        .texts("LoadBalancerArns", group.load_balancer_arns())
        .flag("HealthCheckEnabled", group.health_check_enabled())
        .text("HealthCheckProtocol", group.health_check_protocol())
        .text("HealthCheckPort", group.health_check_port())
        .text("HealthCheckPath", group.health_check_path())
        .number("HealthCheckIntervalSeconds", group.health_check_interval_seconds())
        .number("HealthCheckTimeoutSeconds", group.health_check_timeout_seconds())
        .number("HealthyThresholdCount", group.healthy_threshold_count())
        .number("UnhealthyThresholdCount", group.unhealthy_threshold_count())
        .part("Matcher", group.matcher(), |matcher| {
            Reply::new().text("HttpCode", matcher.http_code()).text("GrpcCode", matcher.grpc_code()).end()
        })
        .end()
}

fn target_health(description: &TargetHealthDescription) -> Value {
    Reply::new()
        .part("Target", description.target(), |target| {
            Reply::new()
                .text("Id", target.id())
                .number("Port", target.port())
                .text("AvailabilityZone", target.availability_zone())
                .end()
        })
        .text("HealthCheckPort", description.health_check_port())
        .part("TargetHealth", description.target_health(), |health| {
            Reply::new()
                .text("State", health.state())
                .text("Reason", health.reason())
                .text("Description", health.description())
                .end()
        })
        .end()
}
