//! EC2: instances, their images, and their console output.

use aws_sdk_ec2::types::{
    BlockDeviceMapping, EbsBlockDevice, Image, Instance, InstanceMetadataOptionsRequest, InstanceNetworkInterface,
    InstanceNetworkInterfaceSpecification, InstanceState, InstanceStateChange, Reservation,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::params::{Params, read};
use super::reply::Reply;
use super::shared::{filter, group, nothing, tag, tag_specification};
use crate::cloud::fault::{Fault, FaultClass};
use crate::cloud::limits::{pages, token};
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "RunInstances" => run(clients, call).await,
        "DescribeInstances" => describe(clients, call).await,
        "StartInstances" => start(clients, call).await,
        "StopInstances" => stop(clients, call).await,
        "ModifyInstanceAttribute" => modify(clients, call).await,
        "TerminateInstances" => terminate(clients, call).await,
        "GetConsoleOutput" => console_output(clients, call).await,
        "DescribeImages" => describe_images(clients, call).await,
        _ => return None,
    })
}

async fn run(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .run_instances()
            .set_dry_run(p.flag("DryRun")?)
            .set_image_id(p.text("ImageId")?)
            .set_instance_type(p.word("InstanceType")?)
            .set_min_count(p.number("MinCount")?)
            .set_max_count(p.number("MaxCount")?)
            .set_subnet_id(p.text("SubnetId")?)
            .set_security_group_ids(p.texts("SecurityGroupIds")?)
            .set_private_ip_address(p.text("PrivateIpAddress")?)
            .set_key_name(p.text("KeyName")?)
            .set_client_token(p.text("ClientToken")?)
            // The API wants base64; a call has plain text, as the CLI's option does.
            .set_user_data(p.text("UserData")?.map(|script| STANDARD.encode(script)))
            .set_network_interfaces(p.list("NetworkInterfaces", network_interface_specification)?)
            .set_block_device_mappings(p.list("BlockDeviceMappings", block_device)?)
            .set_metadata_options(p.part("MetadataOptions", metadata_options)?)
            .set_tag_specifications(p.list("TagSpecifications", tag_specification)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .text("ReservationId", reply.reservation_id())
        .text("OwnerId", reply.owner_id())
        .list("Groups", reply.groups(), group)
        .all("Instances", reply.instances(), instance)
        .end())
}

async fn describe(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_instances()
            .set_instance_ids(p.texts("InstanceIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new().all("Reservations", pages.iter().flat_map(|page| page.reservations()), reservation).end())
}

async fn terminate(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.terminate_instances().set_dry_run(p.flag("DryRun")?).set_instance_ids(p.texts("InstanceIds")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("TerminatingInstances", reply.terminating_instances(), state_change).end())
}

async fn start(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| Ok(clients.ec2.start_instances().set_instance_ids(p.texts("InstanceIds")?)))?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("StartingInstances", reply.starting_instances(), state_change).end())
}

async fn modify(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .modify_instance_attribute()
            .set_instance_id(p.text("InstanceId")?)
            .set_groups(p.texts("Groups")?))
    })?;
    request.send().await.map_err(fault)?;
    Ok(nothing())
}

async fn stop(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| Ok(clients.ec2.stop_instances().set_instance_ids(p.texts("InstanceIds")?)))?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("StoppingInstances", reply.stopping_instances(), state_change).end())
}

fn state_change(change: &InstanceStateChange) -> Value {
    Reply::new()
        .text("InstanceId", change.instance_id())
        .part("CurrentState", change.current_state(), state)
        .part("PreviousState", change.previous_state(), state)
        .end()
}

async fn console_output(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.ec2.get_console_output().set_instance_id(p.text("InstanceId")?).set_latest(p.flag("Latest")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .text("InstanceId", reply.instance_id())
        .time("Timestamp", reply.timestamp())
        .text("Output", reply.output().map(decode).transpose()?)
        .end())
}

/// Console output arrives in base64 and may contain any byte; invalid UTF-8 becomes a replacement character.
fn decode(encoded: &str) -> Result<String, Fault> {
    let packed: String = encoded.split_ascii_whitespace().collect();
    let bytes = STANDARD
        .decode(packed)
        .map_err(|error| Fault::ours(FaultClass::NoAnswer, "NoAnswer", format!("console output: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn describe_images(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_images()
            .set_image_ids(p.texts("ImageIds")?)
            .set_owners(p.texts("Owners")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new().all("Images", pages.iter().flat_map(|page| page.images()), image).end())
}

fn network_interface_specification(p: &Params<'_>) -> Result<InstanceNetworkInterfaceSpecification, Fault> {
    Ok(InstanceNetworkInterfaceSpecification::builder()
        .set_device_index(p.number("DeviceIndex")?)
        .set_subnet_id(p.text("SubnetId")?)
        .set_groups(p.texts("Groups")?)
        .set_private_ip_address(p.text("PrivateIpAddress")?)
        .set_associate_public_ip_address(p.flag("AssociatePublicIpAddress")?)
        .set_delete_on_termination(p.flag("DeleteOnTermination")?)
        .build())
}

fn block_device(p: &Params<'_>) -> Result<BlockDeviceMapping, Fault> {
    Ok(BlockDeviceMapping::builder()
        .set_device_name(p.text("DeviceName")?)
        .set_ebs(p.part("Ebs", |p| {
            Ok(EbsBlockDevice::builder()
                .set_volume_size(p.number("VolumeSize")?)
                .set_volume_type(p.word("VolumeType")?)
                .set_encrypted(p.flag("Encrypted")?)
                .set_delete_on_termination(p.flag("DeleteOnTermination")?)
                .build())
        })?)
        .build())
}

fn metadata_options(p: &Params<'_>) -> Result<InstanceMetadataOptionsRequest, Fault> {
    Ok(InstanceMetadataOptionsRequest::builder()
        .set_http_tokens(p.word("HttpTokens")?)
        .set_http_endpoint(p.word("HttpEndpoint")?)
        .set_http_put_response_hop_limit(p.number("HttpPutResponseHopLimit")?)
        .build())
}

fn reservation(reservation: &Reservation) -> Value {
    Reply::new()
        .text("ReservationId", reservation.reservation_id())
        .text("OwnerId", reservation.owner_id())
        .list("Groups", reservation.groups(), group)
        .all("Instances", reservation.instances(), instance)
        .end()
}

fn instance(instance: &Instance) -> Value {
    Reply::new()
        .text("InstanceId", instance.instance_id())
        .text("ImageId", instance.image_id())
        .text("InstanceType", instance.instance_type())
        .part("State", instance.state(), state)
        .part("StateReason", instance.state_reason(), |reason| {
            Reply::new().text("Code", reason.code()).text("Message", reason.message()).end()
        })
        .text("StateTransitionReason", instance.state_transition_reason())
        .text("VpcId", instance.vpc_id())
        .text("SubnetId", instance.subnet_id())
        .text("PrivateIpAddress", instance.private_ip_address())
        .text("PrivateDnsName", instance.private_dns_name())
        .text("PublicIpAddress", instance.public_ip_address())
        .text("PublicDnsName", instance.public_dns_name())
        .list("SecurityGroups", instance.security_groups(), group)
        .list("NetworkInterfaces", instance.network_interfaces(), network_interface)
        .part("Placement", instance.placement(), |placement| {
            Reply::new().text("AvailabilityZone", placement.availability_zone()).end()
        })
        .text("Platform", instance.platform())
        .text("PlatformDetails", instance.platform_details())
        .text("Architecture", instance.architecture())
        .text("KeyName", instance.key_name())
        .time("LaunchTime", instance.launch_time())
        .text("ClientToken", instance.client_token())
        .list("Tags", instance.tags(), tag)
        .end()
}

fn state(state: &InstanceState) -> Value {
    Reply::new().number("Code", state.code()).text("Name", state.name()).end()
}

fn network_interface(interface: &InstanceNetworkInterface) -> Value {
    Reply::new()
        .text("NetworkInterfaceId", interface.network_interface_id())
        .text("SubnetId", interface.subnet_id())
        .text("VpcId", interface.vpc_id())
        .text("PrivateIpAddress", interface.private_ip_address())
        .text("Status", interface.status())
        .text("InterfaceType", interface.interface_type())
        .list("Groups", interface.groups(), group)
        .end()
}

fn image(image: &Image) -> Value {
    Reply::new()
        .text("ImageId", image.image_id())
        .text("Name", image.name())
        .text("Description", image.description())
        .text("State", image.state())
        .text("OwnerId", image.owner_id())
        .text("ImageOwnerAlias", image.image_owner_alias())
        .text("CreationDate", image.creation_date())
        .text("DeprecationTime", image.deprecation_time())
        .text("Architecture", image.architecture())
        .text("Platform", image.platform())
        .text("PlatformDetails", image.platform_details())
        .text("RootDeviceName", image.root_device_name())
        .flag("Public", image.public())
        .list("Tags", image.tags(), tag)
        .end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn console_output_is_read_whatever_bytes_it_holds() {
        assert_eq!(decode("aGVs\nbG8=").unwrap(), "hello");
        assert_eq!(decode("/w==").unwrap(), "\u{fffd}");
        assert_eq!(decode("*").unwrap_err().class, FaultClass::NoAnswer);
    }
}
