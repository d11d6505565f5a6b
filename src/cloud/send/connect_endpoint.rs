//! EC2: Instance Connect Endpoints.

use aws_sdk_ec2::types::Ec2InstanceConnectEndpoint;
use serde_json::Value;

use super::params::read;
use super::reply::Reply;
use super::shared::{filter, tag, tag_specification};
use crate::cloud::fault::Fault;
use crate::cloud::limits::{pages, token};
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "CreateInstanceConnectEndpoint" => create(clients, call).await,
        "DescribeInstanceConnectEndpoints" => describe(clients, call).await,
        "DeleteInstanceConnectEndpoint" => delete(clients, call).await,
        _ => return None,
    })
}

async fn create(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .create_instance_connect_endpoint()
            .set_subnet_id(p.text("SubnetId")?)
            .set_security_group_ids(p.texts("SecurityGroupIds")?)
            .set_preserve_client_ip(p.flag("PreserveClientIp")?)
            .set_client_token(p.text("ClientToken")?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .part("InstanceConnectEndpoint", reply.instance_connect_endpoint(), endpoint)
        .text("ClientToken", reply.client_token())
        .end())
}

async fn describe(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_instance_connect_endpoints()
            .set_instance_connect_endpoint_ids(p.texts("InstanceConnectEndpointIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    let all = pages.iter().flat_map(|page| page.instance_connect_endpoints());
    Ok(Reply::new().all("InstanceConnectEndpoints", all, endpoint).end())
}

async fn delete(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        let request = clients.ec2.delete_instance_connect_endpoint();
        Ok(request.set_instance_connect_endpoint_id(p.text("InstanceConnectEndpointId")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("InstanceConnectEndpoint", reply.instance_connect_endpoint(), endpoint).end())
}

fn endpoint(endpoint: &Ec2InstanceConnectEndpoint) -> Value {
    Reply::new()
        .text("InstanceConnectEndpointId", endpoint.instance_connect_endpoint_id())
        .text("State", endpoint.state())
        .text("StateMessage", endpoint.state_message())
        .text("DnsName", endpoint.dns_name())
        .text("VpcId", endpoint.vpc_id())
        .text("SubnetId", endpoint.subnet_id())
        .texts("SecurityGroupIds", endpoint.security_group_ids())
        .texts("NetworkInterfaceIds", endpoint.network_interface_ids())
        .time("CreatedAt", endpoint.created_at())
        .flag("PreserveClientIp", endpoint.preserve_client_ip())
        .list("Tags", endpoint.tags(), tag)
        .end()
}
