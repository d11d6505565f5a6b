//! What AWS asks permission for when a call comes in: action, resource and condition keys, by the Service
//! Authorization Reference (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>,
//! and its page for Elastic Load Balancing V2). Written independently of what the program declares, so that one
//! proves the other.

use std::collections::BTreeMap;

use super::super::harness::Exchange;
use super::evaluate::{Context, Tags};

const REGION: &str = "ap-northeast-1";
const ACCOUNT: &str = "111122223333";

/// One question to IAM.
#[derive(Clone, Debug)]
pub struct Need {
    pub action: String,
    /// The resource's ARN; `*` if the action has no resource types.
    pub resource: String,
    /// The tags of an existing resource.
    pub resource_tags: Option<Tags>,
    /// Whether the call makes the resource.
    pub makes: bool,
    /// The other condition keys.
    pub context: Context,
}

impl Need {
    /// Whether the resource does not exist.
    pub fn is_of_nothing(&self) -> bool {
        is_nothing(&self.resource)
    }

    pub fn in_context(&self) -> Context {
        let mut context = self.context.clone();
        for (key, value) in self.resource_tags.iter().flatten() {
            context.insert(format!("aws:ResourceTag/{key}"), [value.clone()].into());
        }
        context
    }
}

/// What is known of the account: the tags of what was made, by id or ARN.
#[derive(Default)]
pub struct Known {
    tags: BTreeMap<String, Tags>,
}

/// Whether an id is one of the nonexistent ones that doctor's dry runs use.
fn is_nothing(id: &str) -> bool {
    id.ends_with("-00000000000000000")
}

/// What an operation makes: the type in the ARN, and where the reply has its id.
fn makes(action: &str) -> Option<(&'static str, &'static str)> {
    Some(match action {
        "CreateVpc" => ("vpc", "vpcId"),
        "CreateSubnet" => ("subnet", "subnetId"),
        "CreateRouteTable" => ("route-table", "routeTableId"),
        "CreateSecurityGroup" => ("security-group", "groupId"),
        "RunInstances" => ("instance", "instanceId"),
        "CreateVpcEndpoint" => ("vpc-endpoint", "vpcEndpointId"),
        "CreateVpcEndpointServiceConfiguration" => ("vpc-endpoint-service", "serviceId"),
        "CreateInstanceConnectEndpoint" => ("instance-connect-endpoint", "instanceConnectEndpointId"),
        "CreateTargetGroup" => ("targetgroup", "TargetGroupArn"),
        "CreateLoadBalancer" => ("loadbalancer/net", "LoadBalancerArn"),
        "CreateListener" => ("listener/net", "ListenerArn"),
        _ => return None,
    })
}

/// Parameters that name existing things for which the operation needs permission. AWS does not ask about other
/// parameters, such as the load balancers of an endpoint service.
fn touches(action: &str) -> &'static [&'static str] {
    match action {
        "CreateSubnet"
        | "CreateRouteTable"
        | "CreateSecurityGroup"
        | "DeleteVpc"
        | "ModifyVpcAttribute"
        | "DescribeVpcAttribute" => &["VpcId"],
        "AssociateRouteTable" => &["RouteTableId", "SubnetId"],
        "DisassociateRouteTable" => &["AssociationId"],
        "DeleteRouteTable" | "CreateRoute" | "DeleteRoute" | "ReplaceRoute" => &["RouteTableId"],
        "DeleteSubnet" => &["SubnetId"],
        "AuthorizeSecurityGroupIngress"
        | "AuthorizeSecurityGroupEgress"
        | "RevokeSecurityGroupIngress"
        | "RevokeSecurityGroupEgress"
        | "DeleteSecurityGroup" => &["GroupId"],
        "CreateNetworkAclEntry" | "DeleteNetworkAclEntry" | "ReplaceNetworkAclEntry" => &["NetworkAclId"],
        "ModifyVpcEndpoint" => &["VpcEndpointId", "AddSecurityGroupId.", "RemoveSecurityGroupId."],
        "RunInstances" | "CreateInstanceConnectEndpoint" => &["SubnetId", "SecurityGroupId."],
        "DeleteInstanceConnectEndpoint" => &["InstanceConnectEndpointId"],
        "StartInstances" | "StopInstances" | "TerminateInstances" => &["InstanceId."],
        "GetConsoleOutput" => &["InstanceId"],
        "CreateVpcEndpoint" => &["VpcId", "SubnetId.", "SecurityGroupId.", "RouteTableId."],
        "DeleteVpcEndpoints" => &["VpcEndpointId."],
        "ModifyVpcEndpointServicePermissions"
        | "ModifyVpcEndpointServiceConfiguration"
        | "StartVpcEndpointServicePrivateDnsVerification"
        | "AcceptVpcEndpointConnections"
        | "RejectVpcEndpointConnections"
        | "DescribeVpcEndpointServicePermissions" => &["ServiceId"],
        "DeleteVpcEndpointServiceConfigurations" => &["ServiceId."],
        "CreateListener"
        | "DeleteLoadBalancer"
        | "ModifyLoadBalancerAttributes"
        | "SetSecurityGroups"
        | "SetSubnets" => &["LoadBalancerArn"],
        "DeleteListener" => &["ListenerArn"],
        "ModifyTargetGroup"
        | "ModifyTargetGroupAttributes"
        | "RegisterTargets"
        | "DeregisterTargets"
        | "DeleteTargetGroup" => &["TargetGroupArn"],
        _ => &[],
    }
}

impl Known {
    /// What the call needs. Remembers what the call made.
    pub fn needs(&mut self, exchange: &Exchange) -> Vec<Need> {
        let Exchange { service, action, params, reply, .. } = exchange;
        // Needs no permission [API:GetCallerIdentity].
        if service == "sts" {
            return Vec::new();
        }
        if service == "route53" {
            return vec![route53(exchange)];
        }
        let given = given_tags(params);
        let base_tags = given.clone();
        let mut context: Context = [("aws:RequestedRegion".to_owned(), [REGION.to_owned()].into())].into();
        for (key, value) in &given {
            context.insert(format!("aws:RequestTag/{key}"), [value.clone()].into());
            context.entry("aws:TagKeys".to_owned()).or_default().insert(key.clone());
        }
        let base = Need {
            action: format!("{service}:{action}"),
            resource: "*".to_owned(),
            resource_tags: None,
            makes: false,
            context,
        };
        let mut needs = Vec::new();
        for wanted in touches(action) {
            let named = params
                .iter()
                .filter(|(name, _)| *name == wanted || (wanted.ends_with('.') && name.starts_with(wanted)));
            for (_, id) in named {
                // A VPC's own network ACL and its main route table come with the VPC, and nobody has tagged them.
                let tags = self.tags.get(id).cloned();
                let tags = tags.or_else(|| is_nothing(id).then(Tags::new));
                let born = id.starts_with("acl-") || action.ends_with("Route");
                assert!(tags.is_some() || born, "{action}: whose is {id}?");
                needs.push(Need { resource: arn_of(id), resource_tags: tags, ..base.clone() });
            }
        }
        if let Some((kind, place)) = makes(action) {
            needs.extend(made(exchange, kind, &base));
            if let Some(id) = element(reply, place) {
                self.tags.insert(id, given);
            }
        } else if touches(action).is_empty() {
            let reads = action.starts_with("Describe") || service == "servicequotas";
            assert!(reads, "what does {action} need?");
            needs.push(base.clone());
        }
        if action == "AuthorizeSecurityGroupIngress" && !base_tags.is_empty() {
            needs.push(tagging(exchange, "security-group-rule", &base));
        }
        if action == "AssociateRouteTable"
            && let Some(id) = element(reply, "associationId")
        {
            self.tags.insert(id, self.tags[&params["RouteTableId"]].clone());
        }
        needs
    }
}

/// What making something needs besides the things it is made in.
fn made(exchange: &Exchange, kind: &str, base: &Need) -> Vec<Need> {
    let Exchange { service, action, params, .. } = exchange;
    let arn = |tail: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{tail}");
    let one = |key: &str, value: &str| (key.to_owned(), [value.to_owned()].into());
    let name = params.get("Name").map_or("", String::as_str);
    let resource = match action.as_str() {
        // A listener is made on its load balancer; only its tags are its own.
        "CreateListener" => {
            let balancer = params["LoadBalancerArn"].replace(":loadbalancer/", ":listener/");
            format!("{balancer}/0123456789abcdef")
        }
        _ if service == "ec2" => arn(&format!("{kind}/{kind}-0123456789abcdef0")),
        _ => arn(&format!("{kind}/{name}/0123456789abcdef")),
    };
    let mut main = Need { resource: resource.clone(), makes: true, ..base.clone() };
    for (parameter, key) in [
        ("InstanceType", "ec2:InstanceType"),
        ("MetadataOptions.HttpTokens", "ec2:MetadataHttpTokens"),
        ("ServiceName", "ec2:VpceServiceName"),
        ("Scheme", "elasticloadbalancing:Scheme"),
    ] {
        main.context.extend(params.get(parameter).map(|value| one(key, value)));
    }
    let mut needs = Vec::new();
    if action != "CreateListener" {
        needs.push(main);
    }
    let tagging = if service == "ec2" { "ec2:CreateTags" } else { "elasticloadbalancing:AddTags" };
    let mut tags = Need { action: tagging.to_owned(), resource, ..base.clone() };
    tags.context.extend([one(&format!("{service}:CreateAction"), action)]);
    needs.push(tags);
    let mut other = |action: &str, resource: String, context: &[(&str, &str)]| {
        let mut need = Need { action: action.to_owned(), resource, ..base.clone() };
        need.context.extend(context.iter().map(|(key, value)| one(key, value)));
        needs.push(need);
    };
    match action.as_str() {
        "RunInstances" => {
            other("ec2:RunInstances", arn("network-interface/eni-0123456789abcdef0"), &[]);
            other("ec2:RunInstances", arn("volume/vol-0123456789abcdef0"), &[]);
            let image = format!("arn:aws:ec2:{REGION}::image/ami-0123456789abcdef0");
            other("ec2:RunInstances", image, &[("ec2:Owner", "amazon")]);
            if let Some(parameter) = params["ImageId"].strip_prefix("resolve:ssm:") {
                other("ssm:GetParameters", format!("arn:aws:ssm:{REGION}::parameter{parameter}"), &[]);
            }
        }
        // The endpoint's network interface is created with the caller's permissions
        // [UG:permissions-for-ec2-instance-connect-endpoint].
        "CreateInstanceConnectEndpoint" => {
            other("ec2:CreateNetworkInterface", arn("network-interface/eni-0123456789abcdef0"), &[]);
            let role = "aws-service-role/ec2-instance-connect.amazonaws.com/AWSServiceRoleForEC2InstanceConnect";
            let service = ("iam:AWSServiceName", "ec2-instance-connect.amazonaws.com");
            other("iam:CreateServiceLinkedRole", format!("arn:aws:iam::{ACCOUNT}:role/{role}"), &[service]);
        }
        // A private DNS name is put into a zone that AWS keeps.
        "CreateVpcEndpoint" if params.get("PrivateDnsEnabled").is_some_and(|it| it == "true") => {
            other("route53:AssociateVPCWithHostedZone", "arn:aws:route53:::hostedzone/*".to_owned(), &[]);
        }
        "CreateTargetGroup" | "CreateLoadBalancer" => {
            let role = "aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing";
            let service = ("iam:AWSServiceName", "elasticloadbalancing.amazonaws.com");
            other("iam:CreateServiceLinkedRole", format!("arn:aws:iam::{ACCOUNT}:role/{role}"), &[service]);
        }
        _ => {}
    }
    needs
}

/// What a Route 53 call needs, by its method and path. It names no region that conditions could check
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html>).
fn route53(exchange: &Exchange) -> Need {
    let (method, path) = exchange.action.split_once(' ').expect("a method and a path");
    let path = path.split('?').next().unwrap_or_default().trim_start_matches("/2013-04-01/");
    let parts: Vec<&str> = path.split('/').collect();
    let (action, resource) = match (method, parts.as_slice()) {
        ("POST", ["hostedzone"]) => ("CreateHostedZone", "*".to_owned()),
        ("GET", ["hostedzone"]) => ("ListHostedZones", "*".to_owned()),
        ("GET", ["hostedzonesbyname"]) => ("ListHostedZonesByName", "*".to_owned()),
        ("GET", ["hostedzone", id]) => ("GetHostedZone", format!("arn:aws:route53:::hostedzone/{id}")),
        ("DELETE", ["hostedzone", id]) => ("DeleteHostedZone", format!("arn:aws:route53:::hostedzone/{id}")),
        ("GET", ["hostedzone", id, "rrset"]) => {
            ("ListResourceRecordSets", format!("arn:aws:route53:::hostedzone/{id}"))
        }
        ("POST", ["hostedzone", id, "rrset"]) => {
            ("ChangeResourceRecordSets", format!("arn:aws:route53:::hostedzone/{id}"))
        }
        ("GET", ["change", id]) => ("GetChange", format!("arn:aws:route53:::change/{id}")),
        other => panic!("what does {other:?} need?"),
    };
    // The record types are in the request's body, which is not a form.
    let body = exchange.params.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    let types = body.flat_map(|part| part.split("<Type>").skip(1)).filter_map(|rest| rest.split('<').next());
    let types = types.map(str::to_owned);
    let context = [("route53:ChangeResourceRecordSetsRecordTypes".to_owned(), types.collect())];
    let context = context.into_iter().filter(|_| action == "ChangeResourceRecordSets").collect();
    Need { action: format!("route53:{action}"), resource, resource_tags: None, makes: false, context }
}

/// The tags of a rule, which is made on its group.
fn tagging(exchange: &Exchange, kind: &str, base: &Need) -> Need {
    let resource = format!("arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/sgr-0123456789abcdef0");
    let mut need = Need { action: "ec2:CreateTags".to_owned(), resource, ..base.clone() };
    need.context.insert("ec2:CreateAction".to_owned(), [exchange.action.clone()].into());
    need
}

/// The tags that a request gives to what it makes, by either protocol's names.
fn given_tags(params: &BTreeMap<String, String>) -> Tags {
    params
        .iter()
        .filter_map(|(name, key)| {
            let place = name.strip_suffix(".Key")?;
            let is_tag = place.starts_with("TagSpecification.1.Tag.") || place.starts_with("Tags.member.");
            is_tag.then(|| (key.clone(), params[&format!("{place}.Value")].clone()))
        })
        .collect()
}

/// The first element of that name in a reply.
fn element(reply: &str, name: &str) -> Option<String> {
    let (_, rest) = reply.split_once(&format!("<{name}>"))?;
    rest.split_once('<').map(|(value, _)| value.to_owned())
}

/// The ARN for an id; load balancers and the like are named by their ARNs anyway.
fn arn_of(id: &str) -> String {
    if id.starts_with("arn:") {
        return id.to_owned();
    }
    let (prefix, _) = id.rsplit_once('-').expect("an id has a prefix");
    let kind = match prefix {
        "vpc" | "subnet" => prefix,
        "rtb" | "rtbassoc" => "route-table",
        "sg" => "security-group",
        "acl" => "network-acl",
        "i" => "instance",
        "vpce" => "vpc-endpoint",
        "vpce-svc" => "vpc-endpoint-service",
        "eice" => "instance-connect-endpoint",
        other => panic!("what is {other}?"),
    };
    format!("arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/{id}")
}
