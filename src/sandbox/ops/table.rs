//! Every operation, by service and name. An operation that is not here is refused by its name.

use crate::sandbox::wire::{ApiError, Params, Xml};

use super::ec2::instance_state::ConsoleQuestion;
use super::ec2::{
    endpoint, endpoint_connection, endpoint_service, image, instance, instance_attribute, instance_connect_endpoint,
    instance_state, inventory, network_acl, network_acl_entry, network_interface, prefix_list, private_dns, route,
    route_table, security_group, security_group_rule, security_group_rule_change, service_permission, subnet, volume,
    vpc, zone,
};
use super::elb::target_health::HealthQuestion;
use super::elb::{listener, listener_rule, load_balancer, load_balancer_subnets, target, target_group, target_health};
use super::route53::{hosted_zone, hosted_zone_tags, record_set};
use super::shared::context::Ctx;
use super::shared::{account, identity, service_quota, tags};

/// The services that are modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// EC2, the `ec2Query` protocol.
    Ec2,
    /// `ELBv2`, the `awsQuery` protocol.
    Elb,
    /// STS, the `awsQuery` protocol.
    Sts,
    /// Service Quotas, the `awsJson1_1` protocol.
    Quotas,
    /// Route 53, the `restXml` protocol.
    Route53,
}

/// The result of an operation.
#[derive(Debug)]
pub enum Answer {
    Done(Xml),
    /// The data plane must be asked for the targets' health.
    Health(HealthQuestion),
    /// The data plane must be asked for an instance's console output.
    Console(ConsoleQuestion),
}

type Operation = fn(&mut Ctx<'_>, &Params) -> Result<Xml, ApiError>;

/// What inventory tools ask for and no account here has: an empty list, or the refusal of the ids that are asked for.
macro_rules! nothing {
    ($list:literal, $ids:literal, $code:literal) => {
        |_, params| inventory::nothing(params, $list, $ids, $code)
    };
}

const EC2: &[(&str, Operation)] = &[
    ("AcceptVpcEndpointConnections", endpoint_connection::accept),
    ("AssociateRouteTable", route_table::associate),
    ("AuthorizeSecurityGroupEgress", security_group_rule::authorize_egress),
    ("AuthorizeSecurityGroupIngress", security_group_rule::authorize_ingress),
    ("CreateInstanceConnectEndpoint", instance_connect_endpoint::create),
    ("CreateNetworkAcl", network_acl::create),
    ("CreateNetworkAclEntry", network_acl_entry::create),
    ("CreateRoute", route::create),
    ("CreateRouteTable", route_table::create),
    ("CreateSecurityGroup", security_group::create),
    ("CreateSubnet", subnet::create),
    ("CreateTags", tags::create),
    ("CreateVpc", vpc::create),
    ("CreateVpcEndpoint", endpoint::create),
    ("CreateVpcEndpointServiceConfiguration", endpoint_service::create),
    ("DeleteInstanceConnectEndpoint", instance_connect_endpoint::delete),
    ("DeleteNetworkAcl", network_acl::delete),
    ("DeleteNetworkAclEntry", network_acl_entry::delete),
    ("DeleteRoute", route::delete),
    ("DeleteRouteTable", route_table::delete),
    ("DeleteSecurityGroup", security_group::delete),
    ("DeleteSubnet", subnet::delete),
    ("DeleteTags", tags::delete),
    ("DeleteVpc", vpc::delete),
    ("DeleteVpcEndpointServiceConfigurations", endpoint_service::delete),
    ("DeleteVpcEndpoints", endpoint::delete),
    ("DescribeAccountAttributes", account::describe_attributes),
    ("DescribeAddresses", nothing!("addressesSet", "AllocationId", "InvalidAllocationID.NotFound")),
    ("DescribeAvailabilityZones", zone::describe),
    ("DescribeCarrierGateways", nothing!("carrierGatewaySet", "CarrierGatewayId", "InvalidCarrierGatewayID.NotFound")),
    (
        "DescribeCustomerGateways",
        nothing!("customerGatewaySet", "CustomerGatewayId", "InvalidCustomerGatewayID.NotFound"),
    ),
    (
        "DescribeEgressOnlyInternetGateways",
        nothing!(
            "egressOnlyInternetGatewaySet",
            "EgressOnlyInternetGatewayId",
            "InvalidEgressOnlyInternetGatewayId.NotFound"
        ),
    ),
    ("DescribeFlowLogs", nothing!("flowLogSet", "FlowLogId", "InvalidFlowLogId.NotFound")),
    ("DescribeHosts", nothing!("hostSet", "HostId", "InvalidHostID.NotFound")),
    (
        "DescribeIamInstanceProfileAssociations",
        nothing!("iamInstanceProfileAssociationSet", "AssociationId", "InvalidAssociationID.NotFound"),
    ),
    ("DescribeImages", image::describe),
    ("DescribeInstanceAttribute", instance_attribute::describe),
    ("DescribeInstanceConnectEndpoints", instance_connect_endpoint::describe),
    ("DescribeInstanceCreditSpecifications", instance_attribute::describe_credits),
    ("DescribeInstanceStatus", instance_state::describe_status),
    ("DescribeInstanceTypeOfferings", zone::describe_offerings),
    ("DescribeInstanceTypes", account::describe_types),
    ("DescribeInstances", instance::describe),
    (
        "DescribeInternetGateways",
        nothing!("internetGatewaySet", "InternetGatewayId", "InvalidInternetGatewayID.NotFound"),
    ),
    ("DescribeKeyPairs", nothing!("keySet", "KeyName", "InvalidKeyPair.NotFound")),
    ("DescribeLaunchTemplates", nothing!("launchTemplates", "LaunchTemplateId", "InvalidLaunchTemplateId.NotFound")),
    ("DescribeManagedPrefixLists", prefix_list::describe_managed),
    ("DescribeNatGateways", nothing!("natGatewaySet", "NatGatewayId", "NatGatewayNotFound")),
    ("DescribeNetworkAcls", network_acl::describe),
    ("DescribeNetworkInterfaceAttribute", network_interface::describe_attribute),
    ("DescribeNetworkInterfaces", network_interface::describe),
    ("DescribePlacementGroups", nothing!("placementGroupSet", "GroupName", "InvalidPlacementGroup.Unknown")),
    ("DescribePrefixLists", prefix_list::describe),
    ("DescribeRegions", zone::describe_regions),
    (
        "DescribeReservedInstances",
        nothing!("reservedInstancesSet", "ReservedInstancesId", "InvalidReservedInstancesId"),
    ),
    ("DescribeRouteTables", route_table::describe),
    ("DescribeSecurityGroupRules", security_group_rule::describe),
    ("DescribeSecurityGroups", security_group::describe),
    ("DescribeSnapshots", nothing!("snapshotSet", "SnapshotId", "InvalidSnapshot.NotFound")),
    (
        "DescribeSpotInstanceRequests",
        nothing!("spotInstanceRequestSet", "SpotInstanceRequestId", "InvalidSpotInstanceRequestID.NotFound"),
    ),
    ("DescribeSubnets", subnet::describe),
    ("DescribeTags", tags::describe),
    (
        "DescribeTransitGatewayAttachments",
        nothing!(
            "transitGatewayAttachments",
            "TransitGatewayAttachmentIds",
            "InvalidTransitGatewayAttachmentID.NotFound"
        ),
    ),
    (
        "DescribeTransitGatewayVpcAttachments",
        nothing!(
            "transitGatewayVpcAttachments",
            "TransitGatewayAttachmentIds",
            "InvalidTransitGatewayAttachmentID.NotFound"
        ),
    ),
    ("DescribeTransitGateways", nothing!("transitGatewaySet", "TransitGatewayIds", "InvalidTransitGatewayID.NotFound")),
    ("DescribeVolumes", volume::describe),
    ("DescribeVpcAttribute", vpc::describe_attribute),
    (
        "DescribeVpcEndpointConnectionNotifications",
        nothing!("connectionNotificationSet", "ConnectionNotificationId", "InvalidConnectionNotification"),
    ),
    ("DescribeVpcEndpointConnections", endpoint_connection::describe),
    ("DescribeVpcEndpointServiceConfigurations", endpoint_service::describe_configurations),
    ("DescribeVpcEndpointServicePermissions", service_permission::describe),
    ("DescribeVpcEndpointServices", endpoint_service::describe_services),
    ("DescribeVpcEndpoints", endpoint::describe),
    (
        "DescribeVpcPeeringConnections",
        nothing!("vpcPeeringConnectionSet", "VpcPeeringConnectionId", "InvalidVpcPeeringConnectionID.NotFound"),
    ),
    ("DescribeVpcs", vpc::describe),
    ("DescribeVpnConnections", nothing!("vpnConnectionSet", "VpnConnectionId", "InvalidVpnConnectionID.NotFound")),
    ("DescribeVpnGateways", nothing!("vpnGatewaySet", "VpnGatewayId", "InvalidVpnGatewayID.NotFound")),
    ("DisassociateRouteTable", route_table::disassociate),
    ("GetEbsDefaultKmsKeyId", inventory::ebs_key),
    ("GetEbsEncryptionByDefault", inventory::ebs_encryption),
    ("GetInstanceMetadataDefaults", inventory::metadata_defaults),
    ("GetManagedPrefixListEntries", prefix_list::entries),
    ("GetSerialConsoleAccessStatus", inventory::serial_console),
    ("ModifyInstanceAttribute", instance_attribute::modify),
    ("ModifyNetworkInterfaceAttribute", network_interface::modify_attribute),
    ("ModifySecurityGroupRules", security_group_rule_change::modify),
    ("ModifySubnetAttribute", subnet::modify_attribute),
    ("ModifyVpcAttribute", vpc::modify_attribute),
    ("ModifyVpcEndpoint", endpoint::modify),
    ("ModifyVpcEndpointServiceConfiguration", endpoint_service::modify),
    ("ModifyVpcEndpointServicePermissions", service_permission::modify),
    ("RebootInstances", instance_state::reboot),
    ("RejectVpcEndpointConnections", endpoint_connection::reject),
    ("ReplaceNetworkAclAssociation", network_acl::replace_association),
    ("ReplaceNetworkAclEntry", network_acl_entry::replace),
    ("ReplaceRoute", route::replace),
    ("ReplaceRouteTableAssociation", route_table::replace),
    ("RevokeSecurityGroupEgress", security_group_rule::revoke_egress),
    ("RevokeSecurityGroupIngress", security_group_rule::revoke_ingress),
    ("RunInstances", instance::run),
    ("StartInstances", instance_state::start),
    ("StartVpcEndpointServicePrivateDnsVerification", private_dns::start_verification),
    ("StopInstances", instance_state::stop),
    ("TerminateInstances", instance_state::terminate),
    ("UpdateSecurityGroupRuleDescriptionsEgress", security_group_rule_change::describe_egress),
    ("UpdateSecurityGroupRuleDescriptionsIngress", security_group_rule_change::describe_ingress),
];

const ELB: &[(&str, Operation)] = &[
    ("AddTags", tags::add_tags),
    ("CreateListener", listener::create),
    ("CreateLoadBalancer", load_balancer::create),
    ("CreateTargetGroup", target_group::create),
    ("DeleteListener", listener::delete),
    ("DeleteLoadBalancer", load_balancer::delete),
    ("DeleteTargetGroup", target_group::delete),
    ("DeregisterTargets", target::deregister),
    ("DescribeAccountLimits", account::describe_limits),
    ("DescribeListenerAttributes", listener::describe_attributes),
    ("DescribeListeners", listener::describe),
    ("DescribeLoadBalancerAttributes", load_balancer::describe_attributes),
    ("DescribeLoadBalancers", load_balancer::describe),
    ("DescribeRules", listener_rule::describe),
    ("DescribeTags", tags::describe_tags),
    ("DescribeTargetGroupAttributes", target_group::describe_attributes),
    ("DescribeTargetGroups", target_group::describe),
    ("ModifyListener", listener::modify),
    ("ModifyListenerAttributes", listener::modify_attributes),
    ("ModifyLoadBalancerAttributes", load_balancer::modify_attributes),
    ("ModifyTargetGroup", target_group::modify),
    ("ModifyTargetGroupAttributes", target_group::modify_attributes),
    ("RegisterTargets", target::register),
    ("RemoveTags", tags::remove_tags),
    ("SetSecurityGroups", load_balancer::set_security_groups),
    ("SetSubnets", load_balancer_subnets::set_subnets),
];

const STS: &[(&str, Operation)] = &[("GetCallerIdentity", identity::caller)];

const SERVICE_QUOTAS: &[(&str, Operation)] = &[
    ("GetAWSDefaultServiceQuota", service_quota::get_default),
    ("GetServiceQuota", service_quota::get),
    ("ListAWSDefaultServiceQuotas", service_quota::list_defaults),
    ("ListServiceQuotas", service_quota::list),
];

const ROUTE53: &[(&str, Operation)] = &[
    ("ChangeResourceRecordSets", record_set::change_sets),
    ("ChangeTagsForResource", hosted_zone_tags::change),
    ("CreateHostedZone", hosted_zone::create),
    ("DeleteHostedZone", hosted_zone::delete),
    ("GetChange", hosted_zone::get_change),
    ("GetHostedZone", hosted_zone::get),
    ("ListHostedZones", hosted_zone::list),
    ("ListHostedZonesByName", hosted_zone::list_by_name),
    ("ListResourceRecordSets", record_set::list),
    ("ListTagsForResource", hosted_zone_tags::list),
    ("ListTagsForResources", hosted_zone_tags::list_of_many),
];

impl Protocol {
    /// The service in a signature's scope.
    pub fn of_service(service: &str) -> Option<Self> {
        match service {
            "ec2" => Some(Self::Ec2),
            "elasticloadbalancing" => Some(Self::Elb),
            "sts" => Some(Self::Sts),
            "servicequotas" => Some(Self::Quotas),
            "route53" => Some(Self::Route53),
            _ => None,
        }
    }

    /// The API version that clients send.
    pub fn version(self) -> &'static str {
        match self {
            Self::Ec2 => "2016-11-15",
            Self::Elb => "2015-12-01",
            Self::Sts => "2011-06-15",
            Self::Quotas => "2019-06-24",
            Self::Route53 => "2013-04-01",
        }
    }

    /// The XML namespace of answers.
    pub fn namespace(self) -> String {
        match self {
            Self::Ec2 => format!("http://ec2.amazonaws.com/doc/{}/", self.version()),
            Self::Elb => format!("http://elasticloadbalancing.amazonaws.com/doc/{}/", self.version()),
            Self::Sts => format!("https://sts.amazonaws.com/doc/{}/", self.version()),
            // JSON has no namespace.
            Self::Quotas => String::new(),
            Self::Route53 => format!("https://route53.amazonaws.com/doc/{}/", self.version()),
        }
    }
}

/// The operations that need the data plane, and so are not in the tables.
const ASKING: [&str; 2] = ["DescribeTargetHealth", "GetConsoleOutput"];

pub fn operations() -> impl Iterator<Item = &'static str> {
    [EC2, ELB, STS, SERVICE_QUOTAS, ROUTE53].into_iter().flatten().map(|(name, _)| *name).chain(ASKING)
}

pub fn run(protocol: Protocol, action: &str, ctx: &mut Ctx<'_>, params: &Params) -> Result<Answer, ApiError> {
    let (table, name) = match protocol {
        Protocol::Ec2 => (EC2, "EC2"),
        Protocol::Elb => (ELB, "Elastic Load Balancing v2"),
        Protocol::Sts => (STS, "STS"),
        Protocol::Quotas => (SERVICE_QUOTAS, "Service Quotas"),
        Protocol::Route53 => (ROUTE53, "Route 53"),
    };
    let answer = match (protocol, action) {
        (Protocol::Ec2, "GetConsoleOutput") => instance_state::console(ctx, params).map(Answer::Console),
        (Protocol::Elb, "DescribeTargetHealth") => target_health::ask(ctx, params).map(Answer::Health),
        _ => match table.iter().find(|(known, _)| *known == action) {
            Some((_, operation)) => operation(ctx, params).map(Answer::Done),
            None => Err(ApiError::not_modelled("InvalidAction", &format!("the operation {action} of {name}"))),
        },
    };
    answer.map_err(|error| match (protocol, error.code.as_str()) {
        // Where EC2 has several codes, the awsQuery services have one.
        (Protocol::Elb | Protocol::Sts, "MissingParameter" | "InvalidParameterValue") => {
            ApiError { code: "ValidationError".to_owned(), ..error }
        }
        (Protocol::Quotas, "MissingParameter" | "InvalidParameterValue" | "ValidationError") => {
            ApiError { code: "IllegalArgumentException".to_owned(), ..error }
        }
        (Protocol::Route53, "MissingParameter" | "InvalidParameterValue" | "ValidationError") => {
            ApiError { code: "InvalidInput".to_owned(), ..error }
        }
        _ => error,
    })
}

#[cfg(test)]
mod tests {
    use super::{EC2, ELB, ROUTE53, SERVICE_QUOTAS};

    #[test]
    fn the_tables_are_in_order_and_name_nothing_twice() {
        for table in [EC2, ELB, ROUTE53, SERVICE_QUOTAS] {
            assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}
