//! EC2: endpoint services (the provider's half of `PrivateLink`), their permissions and their connections.

use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::types::{AddedPrincipal, AllowedPrincipal, ServiceConfiguration, VpcEndpointConnection};
use serde_json::Value;

use super::endpoint::dns_entry;
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
        "CreateVpcEndpointServiceConfiguration" => create(clients, call).await,
        "DescribeVpcEndpointServiceConfigurations" => describe(clients, call).await,
        "ModifyVpcEndpointServiceConfiguration" => modify(clients, call).await,
        "StartVpcEndpointServicePrivateDnsVerification" => start_verification(clients, call).await,
        "DeleteVpcEndpointServiceConfigurations" => delete(clients, call).await,
        "ModifyVpcEndpointServicePermissions" => modify_permissions(clients, call).await,
        "DescribeVpcEndpointServicePermissions" => describe_permissions(clients, call).await,
        "DescribeVpcEndpointConnections" => describe_connections(clients, call).await,
        "AcceptVpcEndpointConnections" => accept(clients, call).await,
        "RejectVpcEndpointConnections" => reject(clients, call).await,
        _ => return None,
    })
}

async fn create(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_vpc_endpoint_service_configuration()
            .set_dry_run(p.flag("DryRun")?)
            .set_network_load_balancer_arns(p.texts("NetworkLoadBalancerArns")?)
            .set_acceptance_required(p.flag("AcceptanceRequired")?)
            .set_private_dns_name(p.text("PrivateDnsName")?)
            .set_supported_ip_address_types(p.texts("SupportedIpAddressTypes")?)
            .set_client_token(p.text("ClientToken")?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .part("ServiceConfiguration", reply.service_configuration(), configuration)
        .text("ClientToken", reply.client_token())
        .end())
}

async fn describe(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_vpc_endpoint_service_configurations()
            .set_service_ids(p.texts("ServiceIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("ServiceConfigurations", pages.iter().flat_map(|page| page.service_configurations()), configuration)
        .end())
}

async fn modify(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .modify_vpc_endpoint_service_configuration()
            .set_dry_run(p.flag("DryRun")?)
            .set_service_id(p.text("ServiceId")?)
            .set_acceptance_required(p.flag("AcceptanceRequired")?)
            .set_private_dns_name(p.text("PrivateDnsName")?)
            .set_remove_private_dns_name(p.flag("RemovePrivateDnsName")?)
            .set_add_network_load_balancer_arns(p.texts("AddNetworkLoadBalancerArns")?)
            .set_remove_network_load_balancer_arns(p.texts("RemoveNetworkLoadBalancerArns")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().flag("Return", reply.r#return()).end())
}

async fn start_verification(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .start_vpc_endpoint_service_private_dns_verification()
            .set_dry_run(p.flag("DryRun")?)
            .set_service_id(p.text("ServiceId")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().flag("ReturnValue", reply.return_value()).end())
}

async fn delete(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .delete_vpc_endpoint_service_configurations()
            .set_dry_run(p.flag("DryRun")?)
            .set_service_ids(p.texts("ServiceIds")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    all_done(reply.unsuccessful(), reply.request_id())
}

async fn modify_permissions(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .modify_vpc_endpoint_service_permissions()
            .set_dry_run(p.flag("DryRun")?)
            .set_service_id(p.text("ServiceId")?)
            .set_add_allowed_principals(p.texts("AddAllowedPrincipals")?)
            .set_remove_allowed_principals(p.texts("RemoveAllowedPrincipals")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .list("AddedPrincipals", reply.added_principals(), added_principal)
        .flag("ReturnValue", reply.return_value())
        .end())
}

async fn describe_permissions(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_vpc_endpoint_service_permissions()
            .set_service_id(p.text("ServiceId")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("AllowedPrincipals", pages.iter().flat_map(|page| page.allowed_principals()), allowed_principal)
        .end())
}

async fn describe_connections(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.describe_vpc_endpoint_connections().set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("VpcEndpointConnections", pages.iter().flat_map(|page| page.vpc_endpoint_connections()), connection)
        .end())
}

async fn accept(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .accept_vpc_endpoint_connections()
            .set_dry_run(p.flag("DryRun")?)
            .set_service_id(p.text("ServiceId")?)
            .set_vpc_endpoint_ids(p.texts("VpcEndpointIds")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    all_done(reply.unsuccessful(), reply.request_id())
}

async fn reject(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .reject_vpc_endpoint_connections()
            .set_dry_run(p.flag("DryRun")?)
            .set_service_id(p.text("ServiceId")?)
            .set_vpc_endpoint_ids(p.texts("VpcEndpointIds")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    all_done(reply.unsuccessful(), reply.request_id())
}

fn configuration(service: &ServiceConfiguration) -> Value {
    Reply::new()
        .text("ServiceId", service.service_id())
        .text("ServiceName", service.service_name())
        .text("ServiceState", service.service_state())
        .list("ServiceType", service.service_type(), |detail| {
            Reply::new().text("ServiceType", detail.service_type()).end()
        })
        .texts("AvailabilityZones", service.availability_zones())
        .texts("AvailabilityZoneIds", service.availability_zone_ids())
        .flag("AcceptanceRequired", service.acceptance_required())
        .flag("ManagesVpcEndpoints", service.manages_vpc_endpoints())
        .texts("NetworkLoadBalancerArns", service.network_load_balancer_arns())
        .texts("BaseEndpointDnsNames", service.base_endpoint_dns_names())
        .text("PrivateDnsName", service.private_dns_name())
        .part("PrivateDnsNameConfiguration", service.private_dns_name_configuration(), |dns| {
            Reply::new()
                .text("State", dns.state())
                .text("Type", dns.r#type())
                .text("Value", dns.value())
                .text("Name", dns.name())
                .end()
        })
        .texts("SupportedIpAddressTypes", service.supported_ip_address_types())
        .list("Tags", service.tags(), tag)
        .end()
}

fn added_principal(principal: &AddedPrincipal) -> Value {
    Reply::new()
        .text("PrincipalType", principal.principal_type())
        .text("Principal", principal.principal())
        .text("ServicePermissionId", principal.service_permission_id())
        .text("ServiceId", principal.service_id())
        .end()
}

fn allowed_principal(principal: &AllowedPrincipal) -> Value {
    Reply::new()
        .text("PrincipalType", principal.principal_type())
        .text("Principal", principal.principal())
        .text("ServicePermissionId", principal.service_permission_id())
        .text("ServiceId", principal.service_id())
        .list("Tags", principal.tags(), tag)
        .end()
}

fn connection(connection: &VpcEndpointConnection) -> Value {
    Reply::new()
        .text("ServiceId", connection.service_id())
        .text("VpcEndpointId", connection.vpc_endpoint_id())
        .text("VpcEndpointOwner", connection.vpc_endpoint_owner())
        .text("VpcEndpointState", connection.vpc_endpoint_state())
        .time("CreationTimestamp", connection.creation_timestamp())
        .list("DnsEntries", connection.dns_entries(), dns_entry)
        .texts("NetworkLoadBalancerArns", connection.network_load_balancer_arns())
        .text("IpAddressType", connection.ip_address_type())
        .text("VpcEndpointConnectionId", connection.vpc_endpoint_connection_id())
        .text("VpcEndpointRegion", connection.vpc_endpoint_region())
        .list("Tags", connection.tags(), tag)
        .end()
}
