//! EC2: VPC endpoints, the consumer's half of `PrivateLink`, and finding the service they lead to.
//!
//! Endpoint states are camelCase on the wire and `PascalCase` in the SDK's model (API:DescribeVpcEndpoints); they are
//! passed on unchanged.

use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::types::{DnsEntry, ServiceDetail, VpcEndpoint};
use serde_json::Value;

use super::params::read;
use super::reply::Reply;
use super::shared::{all_done, filter, tag, tag_specification};
use crate::cloud::fault::Fault;
use crate::cloud::limits::{pages, token};
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "CreateVpcEndpoint" => create(clients, call).await,
        "DescribeVpcEndpoints" => describe(clients, call).await,
        "ModifyVpcEndpoint" => modify(clients, call).await,
        "DeleteVpcEndpoints" => delete(clients, call).await,
        "DescribeVpcEndpointServices" => describe_services(clients, call).await,
        _ => return None,
    })
}

async fn create(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_vpc_endpoint()
            .set_dry_run(p.flag("DryRun")?)
            .set_vpc_id(p.text("VpcId")?)
            .set_service_name(p.text("ServiceName")?)
            .set_vpc_endpoint_type(p.word("VpcEndpointType")?)
            .set_subnet_ids(p.texts("SubnetIds")?)
            .set_security_group_ids(p.texts("SecurityGroupIds")?)
            .set_route_table_ids(p.texts("RouteTableIds")?)
            .set_policy_document(p.text("PolicyDocument")?)
            .set_private_dns_enabled(p.flag("PrivateDnsEnabled")?)
            .set_ip_address_type(p.word("IpAddressType")?)
            .set_client_token(p.text("ClientToken")?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("VpcEndpoint", reply.vpc_endpoint(), endpoint).text("ClientToken", reply.client_token()).end())
}

async fn describe(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_vpc_endpoints()
            .set_vpc_endpoint_ids(p.texts("VpcEndpointIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new().all("VpcEndpoints", pages.iter().flat_map(|page| page.vpc_endpoints()), endpoint).end())
}

async fn modify(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .modify_vpc_endpoint()
            .set_vpc_endpoint_id(p.text("VpcEndpointId")?)
            .set_add_route_table_ids(p.texts("AddRouteTableIds")?)
            .set_remove_route_table_ids(p.texts("RemoveRouteTableIds")?)
            .set_add_subnet_ids(p.texts("AddSubnetIds")?)
            .set_remove_subnet_ids(p.texts("RemoveSubnetIds")?)
            .set_add_security_group_ids(p.texts("AddSecurityGroupIds")?)
            .set_remove_security_group_ids(p.texts("RemoveSecurityGroupIds")?)
            .set_private_dns_enabled(p.flag("PrivateDnsEnabled")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().flag("Return", reply.r#return()).end())
}

async fn delete(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .delete_vpc_endpoints()
            .set_dry_run(p.flag("DryRun")?)
            .set_vpc_endpoint_ids(p.texts("VpcEndpointIds")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    all_done(reply.unsuccessful(), reply.request_id())
}

async fn describe_services(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_vpc_endpoint_services()
            .set_service_names(p.texts("ServiceNames")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("ServiceNames", pages.iter().flat_map(|page| page.service_names()), |name| name.as_str().into())
        .all("ServiceDetails", pages.iter().flat_map(|page| page.service_details()), service_detail)
        .end())
}

fn endpoint(endpoint: &VpcEndpoint) -> Value {
    Reply::new()
        .text("VpcEndpointId", endpoint.vpc_endpoint_id())
        .text("VpcEndpointType", endpoint.vpc_endpoint_type())
        .text("VpcId", endpoint.vpc_id())
        .text("ServiceName", endpoint.service_name())
        .text("State", endpoint.state())
        .texts("SubnetIds", endpoint.subnet_ids())
        .texts("RouteTableIds", endpoint.route_table_ids())
        .texts("NetworkInterfaceIds", endpoint.network_interface_ids())
        .list("Groups", endpoint.groups(), |group| {
            Reply::new().text("GroupId", group.group_id()).text("GroupName", group.group_name()).end()
        })
        .list("DnsEntries", endpoint.dns_entries(), dns_entry)
        .text("PolicyDocument", endpoint.policy_document())
        .flag("PrivateDnsEnabled", endpoint.private_dns_enabled())
        .flag("RequesterManaged", endpoint.requester_managed())
        .text("IpAddressType", endpoint.ip_address_type())
        .time("CreationTimestamp", endpoint.creation_timestamp())
        .text("OwnerId", endpoint.owner_id())
        .text("FailureReason", endpoint.failure_reason())
        .part("LastError", endpoint.last_error(), |error| {
            Reply::new().text("Code", error.code()).text("Message", error.message()).end()
        })
        .list("Tags", endpoint.tags(), tag)
        .end()
}

pub(super) fn dns_entry(entry: &DnsEntry) -> Value {
    Reply::new().text("DnsName", entry.dns_name()).text("HostedZoneId", entry.hosted_zone_id()).end()
}

fn service_detail(service: &ServiceDetail) -> Value {
    Reply::new()
        .text("ServiceName", service.service_name())
        .text("ServiceId", service.service_id())
        .list("ServiceType", service.service_type(), |detail| {
            Reply::new().text("ServiceType", detail.service_type()).end()
        })
        .text("ServiceRegion", service.service_region())
        .texts("AvailabilityZones", service.availability_zones())
        .texts("AvailabilityZoneIds", service.availability_zone_ids())
        .text("Owner", service.owner())
        .texts("BaseEndpointDnsNames", service.base_endpoint_dns_names())
        .text("PrivateDnsName", service.private_dns_name())
        .list("PrivateDnsNames", service.private_dns_names(), |name| {
            Reply::new().text("PrivateDnsName", name.private_dns_name()).end()
        })
        .text("PrivateDnsNameVerificationState", service.private_dns_name_verification_state())
        .flag("VpcEndpointPolicySupported", service.vpc_endpoint_policy_supported())
        .flag("AcceptanceRequired", service.acceptance_required())
        .flag("ManagesVpcEndpoints", service.manages_vpc_endpoints())
        .texts("SupportedIpAddressTypes", service.supported_ip_address_types())
        .list("Tags", service.tags(), tag)
        .end()
}
