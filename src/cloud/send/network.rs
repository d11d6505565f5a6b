//! EC2: VPCs, subnets and route tables.

use aws_sdk_ec2::types::{
    AttributeBooleanValue, Route, RouteTable, RouteTableAssociation, RouteTableAssociationState, Subnet, Vpc,
};
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
        "CreateVpc" => create_vpc(clients, call).await,
        "DescribeVpcs" => describe_vpcs(clients, call).await,
        "DescribeVpcAttribute" => describe_vpc_attribute(clients, call).await,
        "ModifyVpcAttribute" => modify_vpc_attribute(clients, call).await,
        "DeleteVpc" => delete_vpc(clients, call).await,
        "CreateSubnet" => create_subnet(clients, call).await,
        "DescribeSubnets" => describe_subnets(clients, call).await,
        "DeleteSubnet" => delete_subnet(clients, call).await,
        "CreateRouteTable" => create_route_table(clients, call).await,
        "DescribeRouteTables" => describe_route_tables(clients, call).await,
        "AssociateRouteTable" => associate_route_table(clients, call).await,
        "DisassociateRouteTable" => disassociate_route_table(clients, call).await,
        "DeleteRouteTable" => delete_route_table(clients, call).await,
        "CreateRoute" => create_route(clients, call).await,
        "ReplaceRoute" => replace_route(clients, call).await,
        "DeleteRoute" => delete_route(clients, call).await,
        _ => return None,
    })
}

async fn create_vpc(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_vpc()
            .set_cidr_block(p.text("CidrBlock")?)
            .set_instance_tenancy(p.word("InstanceTenancy")?)
            .set_dry_run(p.flag("DryRun")?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("Vpc", reply.vpc(), vpc).end())
}

async fn describe_vpcs(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.describe_vpcs().set_vpc_ids(p.texts("VpcIds")?).set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new().all("Vpcs", pages.iter().flat_map(|page| page.vpcs()), vpc).end())
}

async fn describe_vpc_attribute(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.describe_vpc_attribute().set_vpc_id(p.text("VpcId")?).set_attribute(p.word("Attribute")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    let value = |value: &AttributeBooleanValue| Reply::new().flag("Value", value.value()).end();
    Ok(Reply::new()
        .text("VpcId", reply.vpc_id())
        .part("EnableDnsSupport", reply.enable_dns_support(), value)
        .part("EnableDnsHostnames", reply.enable_dns_hostnames(), value)
        .end())
}

async fn modify_vpc_attribute(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let value = |p: &Params<'_>| Ok(AttributeBooleanValue::builder().set_value(p.flag("Value")?).build());
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .modify_vpc_attribute()
            .set_vpc_id(p.text("VpcId")?)
            .set_enable_dns_support(p.part("EnableDnsSupport", value)?)
            .set_enable_dns_hostnames(p.part("EnableDnsHostnames", value)?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn delete_vpc(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.delete_vpc().set_dry_run(p.flag("DryRun")?).set_vpc_id(p.text("VpcId")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn create_subnet(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_subnet()
            .set_dry_run(p.flag("DryRun")?)
            .set_vpc_id(p.text("VpcId")?)
            .set_cidr_block(p.text("CidrBlock")?)
            .set_availability_zone(p.text("AvailabilityZone")?)
            .set_availability_zone_id(p.text("AvailabilityZoneId")?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("Subnet", reply.subnet(), subnet).end())
}

async fn describe_subnets(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.describe_subnets().set_subnet_ids(p.texts("SubnetIds")?).set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new().all("Subnets", pages.iter().flat_map(|page| page.subnets()), subnet).end())
}

async fn delete_subnet(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.delete_subnet().set_dry_run(p.flag("DryRun")?).set_subnet_id(p.text("SubnetId")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn create_route_table(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_route_table()
            .set_dry_run(p.flag("DryRun")?)
            .set_vpc_id(p.text("VpcId")?)
            .set_client_token(p.text("ClientToken")?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .part("RouteTable", reply.route_table(), route_table)
        .text("ClientToken", reply.client_token())
        .end())
}

async fn describe_route_tables(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_route_tables()
            .set_route_table_ids(p.texts("RouteTableIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new().all("RouteTables", pages.iter().flat_map(|page| page.route_tables()), route_table).end())
}

async fn associate_route_table(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .associate_route_table()
            .set_dry_run(p.flag("DryRun")?)
            .set_route_table_id(p.text("RouteTableId")?)
            .set_subnet_id(p.text("SubnetId")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .text("AssociationId", reply.association_id())
        .part("AssociationState", reply.association_state(), association_state)
        .end())
}

async fn disassociate_route_table(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .disassociate_route_table()
            .set_dry_run(p.flag("DryRun")?)
            .set_association_id(p.text("AssociationId")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn delete_route_table(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.delete_route_table().set_dry_run(p.flag("DryRun")?).set_route_table_id(p.text("RouteTableId")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn create_route(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_route()
            .set_route_table_id(p.text("RouteTableId")?)
            .set_destination_cidr_block(p.text("DestinationCidrBlock")?)
            .set_network_interface_id(p.text("NetworkInterfaceId")?)
            .set_instance_id(p.text("InstanceId")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn replace_route(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .replace_route()
            .set_route_table_id(p.text("RouteTableId")?)
            .set_destination_cidr_block(p.text("DestinationCidrBlock")?)
            .set_network_interface_id(p.text("NetworkInterfaceId")?)
            .set_instance_id(p.text("InstanceId")?)
            .set_local_target(p.flag("LocalTarget")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn delete_route(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .delete_route()
            .set_route_table_id(p.text("RouteTableId")?)
            .set_destination_cidr_block(p.text("DestinationCidrBlock")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

fn vpc(vpc: &Vpc) -> Value {
    Reply::new()
        .text("VpcId", vpc.vpc_id())
        .text("State", vpc.state())
        .text("CidrBlock", vpc.cidr_block())
        .list("CidrBlockAssociationSet", vpc.cidr_block_association_set(), |association| {
            Reply::new()
                .text("AssociationId", association.association_id())
                .text("CidrBlock", association.cidr_block())
                .part("CidrBlockState", association.cidr_block_state(), |state| {
                    Reply::new().text("State", state.state()).text("StatusMessage", state.status_message()).end()
                })
                .end()
        })
        .text("DhcpOptionsId", vpc.dhcp_options_id())
        .text("InstanceTenancy", vpc.instance_tenancy())
        .flag("IsDefault", vpc.is_default())
        .text("OwnerId", vpc.owner_id())
        .list("Tags", vpc.tags(), tag)
        .end()
}

fn subnet(subnet: &Subnet) -> Value {
    Reply::new()
        .text("SubnetId", subnet.subnet_id())
        .text("SubnetArn", subnet.subnet_arn())
        .text("State", subnet.state())
        .text("VpcId", subnet.vpc_id())
        .text("CidrBlock", subnet.cidr_block())
        .text("AvailabilityZone", subnet.availability_zone())
        .text("AvailabilityZoneId", subnet.availability_zone_id())
        .number("AvailableIpAddressCount", subnet.available_ip_address_count())
        .flag("DefaultForAz", subnet.default_for_az())
        .flag("MapPublicIpOnLaunch", subnet.map_public_ip_on_launch())
        .text("OwnerId", subnet.owner_id())
        .list("Tags", subnet.tags(), tag)
        .end()
}

fn route_table(table: &RouteTable) -> Value {
    Reply::new()
        .text("RouteTableId", table.route_table_id())
        .text("VpcId", table.vpc_id())
        .list("Routes", table.routes(), route)
        .list("Associations", table.associations(), association)
        .text("OwnerId", table.owner_id())
        .list("Tags", table.tags(), tag)
        .end()
}

fn route(route: &Route) -> Value {
    Reply::new()
        .text("DestinationCidrBlock", route.destination_cidr_block())
        .text("DestinationIpv6CidrBlock", route.destination_ipv6_cidr_block())
        .text("DestinationPrefixListId", route.destination_prefix_list_id())
        .text("GatewayId", route.gateway_id())
        .text("NatGatewayId", route.nat_gateway_id())
        .text("NetworkInterfaceId", route.network_interface_id())
        .text("InstanceId", route.instance_id())
        .text("TransitGatewayId", route.transit_gateway_id())
        .text("VpcPeeringConnectionId", route.vpc_peering_connection_id())
        .text("Origin", route.origin())
        .text("State", route.state())
        .end()
}

fn association(association: &RouteTableAssociation) -> Value {
    Reply::new()
        .text("RouteTableAssociationId", association.route_table_association_id())
        .text("RouteTableId", association.route_table_id())
        .text("SubnetId", association.subnet_id())
        .text("GatewayId", association.gateway_id())
        .flag("Main", association.main())
        .part("AssociationState", association.association_state(), association_state)
        .end()
}

fn association_state(state: &RouteTableAssociationState) -> Value {
    Reply::new().text("State", state.state()).text("StatusMessage", state.status_message()).end()
}
