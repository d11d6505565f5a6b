//! EC2: network ACLs.

use aws_sdk_ec2::types::{IcmpTypeCode, NetworkAcl, NetworkAclAssociation, NetworkAclEntry, PortRange};
use serde_json::Value;

use super::params::{Params, read};
use super::reply::Reply;
use super::shared::{filter, nothing, tag, tag_specification};
use crate::cloud::fault::Fault;
use crate::cloud::limits::{pages, token};
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "CreateNetworkAcl" => create(clients, call).await,
        "DescribeNetworkAcls" => describe(clients, call).await,
        "DeleteNetworkAcl" => delete(clients, call).await,
        "CreateNetworkAclEntry" => create_entry(clients, call).await,
        "ReplaceNetworkAclEntry" => replace_entry(clients, call).await,
        "DeleteNetworkAclEntry" => delete_entry(clients, call).await,
        "ReplaceNetworkAclAssociation" => replace_association(clients, call).await,
        _ => return None,
    })
}

async fn create(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_network_acl()
            .set_vpc_id(p.text("VpcId")?)
            .set_client_token(p.text("ClientToken")?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("NetworkAcl", reply.network_acl(), acl).text("ClientToken", reply.client_token()).end())
}

async fn describe(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_network_acls()
            .set_network_acl_ids(p.texts("NetworkAclIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new().all("NetworkAcls", pages.iter().flat_map(|page| page.network_acls()), acl).end())
}

async fn delete(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request =
        read(&call.params, |p| Ok(clients.ec2.delete_network_acl().set_network_acl_id(p.text("NetworkAclId")?)))?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn create_entry(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_network_acl_entry()
            .set_network_acl_id(p.text("NetworkAclId")?)
            .set_rule_number(p.number("RuleNumber")?)
            .set_protocol(p.text("Protocol")?)
            .set_rule_action(p.word("RuleAction")?)
            .set_egress(p.flag("Egress")?)
            .set_cidr_block(p.text("CidrBlock")?)
            .set_port_range(p.part("PortRange", port_range)?)
            .set_icmp_type_code(p.part("IcmpTypeCode", icmp)?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn replace_entry(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .replace_network_acl_entry()
            .set_network_acl_id(p.text("NetworkAclId")?)
            .set_rule_number(p.number("RuleNumber")?)
            .set_protocol(p.text("Protocol")?)
            .set_rule_action(p.word("RuleAction")?)
            .set_egress(p.flag("Egress")?)
            .set_cidr_block(p.text("CidrBlock")?)
            .set_port_range(p.part("PortRange", port_range)?)
            .set_icmp_type_code(p.part("IcmpTypeCode", icmp)?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn delete_entry(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .delete_network_acl_entry()
            .set_network_acl_id(p.text("NetworkAclId")?)
            .set_rule_number(p.number("RuleNumber")?)
            .set_egress(p.flag("Egress")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn replace_association(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .replace_network_acl_association()
            .set_association_id(p.text("AssociationId")?)
            .set_network_acl_id(p.text("NetworkAclId")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().text("NewAssociationId", reply.new_association_id()).end())
}

fn port_range(p: &Params<'_>) -> Result<PortRange, Fault> {
    Ok(PortRange::builder().set_from(p.number("From")?).set_to(p.number("To")?).build())
}

fn icmp(p: &Params<'_>) -> Result<IcmpTypeCode, Fault> {
    Ok(IcmpTypeCode::builder().set_type(p.number("Type")?).set_code(p.number("Code")?).build())
}

fn acl(acl: &NetworkAcl) -> Value {
    Reply::new()
        .text("NetworkAclId", acl.network_acl_id())
        .text("VpcId", acl.vpc_id())
        .flag("IsDefault", acl.is_default())
        .text("OwnerId", acl.owner_id())
        .list("Entries", acl.entries(), entry)
        .list("Associations", acl.associations(), association)
        .list("Tags", acl.tags(), tag)
        .end()
}

fn entry(entry: &NetworkAclEntry) -> Value {
    Reply::new()
        .number("RuleNumber", entry.rule_number())
        .text("Protocol", entry.protocol())
        .text("RuleAction", entry.rule_action())
        .flag("Egress", entry.egress())
        .text("CidrBlock", entry.cidr_block())
        .text("Ipv6CidrBlock", entry.ipv6_cidr_block())
        .part("PortRange", entry.port_range(), |range| {
            Reply::new().number("From", range.from()).number("To", range.to()).end()
        })
        .part("IcmpTypeCode", entry.icmp_type_code(), |icmp| {
            Reply::new().number("Code", icmp.code()).number("Type", icmp.r#type()).end()
        })
        .end()
}

fn association(association: &NetworkAclAssociation) -> Value {
    Reply::new()
        .text("NetworkAclAssociationId", association.network_acl_association_id())
        .text("NetworkAclId", association.network_acl_id())
        .text("SubnetId", association.subnet_id())
        .end()
}
