//! EC2: security groups.

use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroup, SecurityGroupRule, UserIdGroupPair,
};
use serde_json::Value;

use super::params::{Params, read};
use super::reply::Reply;
use super::shared::{filter, tag, tag_specification};
use crate::cloud::fault::Fault;
use crate::cloud::limits::{pages, token};
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "CreateSecurityGroup" => create(clients, call).await,
        "DescribeSecurityGroups" => describe(clients, call).await,
        "DescribeSecurityGroupRules" => describe_rules(clients, call).await,
        "AuthorizeSecurityGroupIngress" => authorize(clients, call).await,
        "AuthorizeSecurityGroupEgress" => authorize_egress(clients, call).await,
        "RevokeSecurityGroupIngress" => revoke(clients, call).await,
        "RevokeSecurityGroupEgress" => revoke_egress(clients, call).await,
        "DeleteSecurityGroup" => delete(clients, call).await,
        _ => return None,
    })
}

async fn create(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_security_group()
            .set_dry_run(p.flag("DryRun")?)
            .set_group_name(p.text("GroupName")?)
            .set_description(p.text("Description")?)
            .set_vpc_id(p.text("VpcId")?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .text("GroupId", reply.group_id())
        .text("SecurityGroupArn", reply.security_group_arn())
        .list("Tags", reply.tags(), tag)
        .end())
}

async fn describe(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_security_groups()
            .set_group_ids(p.texts("GroupIds")?)
            .set_group_names(p.texts("GroupNames")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new().all("SecurityGroups", pages.iter().flat_map(|page| page.security_groups()), group).end())
}

async fn describe_rules(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_security_group_rules()
            .set_security_group_rule_ids(p.texts("SecurityGroupRuleIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    let all = pages.iter().flat_map(|page| page.security_group_rules());
    Ok(Reply::new().all("SecurityGroupRules", all, rule).end())
}

async fn authorize(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .authorize_security_group_ingress()
            .set_dry_run(p.flag("DryRun")?)
            .set_group_id(p.text("GroupId")?)
            .set_ip_permissions(p.list("IpPermissions", ip_permission)?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .flag("Return", reply.r#return())
        .list("SecurityGroupRules", reply.security_group_rules(), rule)
        .end())
}

async fn authorize_egress(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .authorize_security_group_egress()
            .set_group_id(p.text("GroupId")?)
            .set_ip_permissions(p.list("IpPermissions", ip_permission)?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .flag("Return", reply.r#return())
        .list("SecurityGroupRules", reply.security_group_rules(), rule)
        .end())
}

async fn revoke(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .revoke_security_group_ingress()
            .set_group_id(p.text("GroupId")?)
            .set_ip_permissions(p.list("IpPermissions", ip_permission)?)
            .set_security_group_rule_ids(p.texts("SecurityGroupRuleIds")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .flag("Return", reply.r#return())
        .list("UnknownIpPermissions", reply.unknown_ip_permissions(), permission)
        .end())
}

async fn revoke_egress(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .revoke_security_group_egress()
            .set_group_id(p.text("GroupId")?)
            .set_ip_permissions(p.list("IpPermissions", ip_permission)?)
            .set_security_group_rule_ids(p.texts("SecurityGroupRuleIds")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .flag("Return", reply.r#return())
        .list("UnknownIpPermissions", reply.unknown_ip_permissions(), permission)
        .end())
}

async fn delete(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.delete_security_group().set_dry_run(p.flag("DryRun")?).set_group_id(p.text("GroupId")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().flag("Return", reply.r#return()).text("GroupId", reply.group_id()).end())
}

fn ip_permission(p: &Params<'_>) -> Result<IpPermission, Fault> {
    Ok(IpPermission::builder()
        .set_ip_protocol(p.text("IpProtocol")?)
        .set_from_port(p.number("FromPort")?)
        .set_to_port(p.number("ToPort")?)
        .set_ip_ranges(p.list("IpRanges", |p| {
            Ok(IpRange::builder().set_cidr_ip(p.text("CidrIp")?).set_description(p.text("Description")?).build())
        })?)
        .set_ipv6_ranges(p.list("Ipv6Ranges", |p| {
            Ok(Ipv6Range::builder().set_cidr_ipv6(p.text("CidrIpv6")?).set_description(p.text("Description")?).build())
        })?)
        .set_user_id_group_pairs(p.list("UserIdGroupPairs", |p| {
            Ok(UserIdGroupPair::builder()
                .set_group_id(p.text("GroupId")?)
                .set_user_id(p.text("UserId")?)
                .set_description(p.text("Description")?)
                .build())
        })?)
        .set_prefix_list_ids(p.list("PrefixListIds", |p| {
            Ok(PrefixListId::builder()
                .set_prefix_list_id(p.text("PrefixListId")?)
                .set_description(p.text("Description")?)
                .build())
        })?)
        .build())
}

fn group(group: &SecurityGroup) -> Value {
    Reply::new()
        .text("GroupId", group.group_id())
        .text("GroupName", group.group_name())
        .text("Description", group.description())
        .text("VpcId", group.vpc_id())
        .text("OwnerId", group.owner_id())
        .text("SecurityGroupArn", group.security_group_arn())
        .list("IpPermissions", group.ip_permissions(), permission)
        .list("IpPermissionsEgress", group.ip_permissions_egress(), permission)
        .list("Tags", group.tags(), tag)
        .end()
}

fn permission(permission: &IpPermission) -> Value {
    Reply::new()
        .text("IpProtocol", permission.ip_protocol())
        .number("FromPort", permission.from_port())
        .number("ToPort", permission.to_port())
        .list("IpRanges", permission.ip_ranges(), |range| {
            Reply::new().text("CidrIp", range.cidr_ip()).text("Description", range.description()).end()
        })
        .list("Ipv6Ranges", permission.ipv6_ranges(), |range| {
            Reply::new().text("CidrIpv6", range.cidr_ipv6()).text("Description", range.description()).end()
        })
        .list("UserIdGroupPairs", permission.user_id_group_pairs(), |pair| {
            Reply::new()
                .text("GroupId", pair.group_id())
                .text("UserId", pair.user_id())
                .text("Description", pair.description())
                .end()
        })
        .list("PrefixListIds", permission.prefix_list_ids(), |list| {
            Reply::new().text("PrefixListId", list.prefix_list_id()).text("Description", list.description()).end()
        })
        .end()
}

fn rule(rule: &SecurityGroupRule) -> Value {
    Reply::new()
        .text("SecurityGroupRuleId", rule.security_group_rule_id())
        .text("GroupId", rule.group_id())
        .text("GroupOwnerId", rule.group_owner_id())
        .flag("IsEgress", rule.is_egress())
        .text("IpProtocol", rule.ip_protocol())
        .number("FromPort", rule.from_port())
        .number("ToPort", rule.to_port())
        .text("CidrIpv4", rule.cidr_ipv4())
        .text("CidrIpv6", rule.cidr_ipv6())
        .text("PrefixListId", rule.prefix_list_id())
        .part("ReferencedGroupInfo", rule.referenced_group_info(), |group| {
            Reply::new().text("GroupId", group.group_id()).text("UserId", group.user_id()).end()
        })
        .text("Description", rule.description())
        .list("Tags", rule.tags(), tag)
        .end()
}
