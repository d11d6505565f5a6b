//! The rules of `PrivateLink`, tested on the operations without a network.

use jiff::{SignedDuration, Timestamp};

use crate::host::Random;
use crate::sandbox::Pace;
use crate::sandbox::wire::{ApiError, Params};
use crate::sandbox::world::{IMAGES, Quotas, Timing, World};

use super::shared::describe::INDEXED;
use super::{Answer, Ctx, Protocol, operations, run};

const REGION: &str = "ap-northeast-1";

/// A world of two accounts, and the time.
pub struct Lab {
    pub world: World,
    random: Random,
    timing: Timing,
}

impl Lab {
    pub fn new(pace: Pace) -> Self {
        let random = Random::seeded(7);
        let world = World::new(&["provider", "consumer"], &random);
        Self { world, random, timing: Timing { at: Timestamp::UNIX_EPOCH, pace } }
    }

    /// A call by account `account`; returns XML.
    fn call(&mut self, account: usize, protocol: Protocol, form: &str) -> Result<String, ApiError> {
        self.world.advance_due(self.timing.at, self.timing.pace);
        let params = Params::parse(form.as_bytes())?;
        let params = if protocol == Protocol::Elb { params.with_members() } else { params };
        let action = params.need("Action")?.to_owned();
        let quotas = Quotas::default();
        let mut ctx = Ctx::new(&mut self.world, account, REGION, self.timing, &self.random, &quotas);
        match run(protocol, &action, &mut ctx, &params)? {
            Answer::Done(xml) => Ok(xml.as_str().to_owned()),
            Answer::Health(question) => Ok(question.answer(&[]).as_str().to_owned()),
            Answer::Console(_) => Ok(String::new()),
        }
    }

    pub fn ec2(&mut self, account: usize, form: &str) -> String {
        self.call(account, Protocol::Ec2, form).unwrap_or_else(|error| panic!("{form}: {error:?}"))
    }

    fn refused(&mut self, account: usize, form: &str) -> String {
        self.call(account, Protocol::Ec2, form).expect_err(form).code
    }

    pub fn elb(&mut self, form: &str) -> String {
        self.call(0, Protocol::Elb, form).unwrap_or_else(|error| panic!("{form}: {error:?}"))
    }

    /// A VPC and a subnet in it, in the zone with this id.
    pub fn network(&mut self, account: usize, zone_id: &str) -> (String, String) {
        let vpc = text(&self.ec2(account, "Action=CreateVpc&CidrBlock=10.0.0.0/16"), "vpcId");
        let form = format!("Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.1.0/24&AvailabilityZoneId={zone_id}");
        let subnet = text(&self.ec2(account, &form), "subnetId");
        (vpc, subnet)
    }

    /// An endpoint service of account 0 in zone `apne1-az4`: its id and its load balancer's ARN.
    pub fn service(&mut self) -> (String, String) {
        let (_, subnet) = self.network(0, "apne1-az4");
        let form = format!("Action=CreateLoadBalancer&Name=nlb&Type=network&Scheme=internal&Subnets.member.1={subnet}");
        let arn = text(&self.elb(&form), "LoadBalancerArn");
        let form = format!("Action=CreateVpcEndpointServiceConfiguration&NetworkLoadBalancerArn.1={arn}");
        assert_eq!(self.refused(0, &form), "InvalidParameter");
        assert!(self.elb("Action=DescribeLoadBalancers").contains("<Code>active</Code>"));
        (text(&self.ec2(0, &form), "serviceId"), arn)
    }
}

/// The text of the first element with this name.
pub fn text(xml: &str, name: &str) -> String {
    let start = xml.find(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {xml}")) + name.len() + 2;
    xml[start..].split('<').next().unwrap_or_default().to_owned()
}

#[test]
fn a_connection_is_asked_for_accepted_and_used_and_holds_the_service() {
    let mut lab = Lab::new(Pace::Instant);
    let (service, balancer) = lab.service();
    let (vpc, subnet) = lab.network(1, "apne1-az4");
    let create = format!(
        "Action=CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={vpc}&SubnetId.1={subnet}\
         &ServiceName=com.amazonaws.vpce.{REGION}.{service}&ClientToken=t"
    );
    // Another account does not see the service until it is allowed to.
    assert_eq!(lab.refused(1, &create), "InvalidServiceName");
    let principal = format!("arn:aws:iam::{}:root", lab.world.accounts[1].id);
    let allow = format!("Action=ModifyVpcEndpointServicePermissions&ServiceId={service}&AddAllowedPrincipals.1=");
    assert_eq!(lab.refused(0, &format!("{allow}123456789012")), "UnknownPrincipalType.Unsupported");
    lab.ec2(0, &format!("{allow}{principal}"));

    let made = lab.ec2(1, &create);
    let endpoint = text(&made, "vpcEndpointId");
    assert_eq!(text(&made, "state"), "pendingAcceptance");
    assert!(made.contains("<networkInterfaceIdSet><item>eni-") && made.matches("<dnsName>").count() == 2);
    assert_eq!(text(&lab.ec2(1, &create), "vpcEndpointId"), endpoint);
    assert_eq!(
        lab.refused(1, &create.replace("10.0", "10.1").replace(&subnet, "subnet-1")),
        "IdempotentParameterMismatch"
    );

    let accept = format!("Action=AcceptVpcEndpointConnections&ServiceId={service}&VpcEndpointId.1={endpoint}");
    assert_eq!(lab.ec2(0, &accept), "<unsuccessful/>");
    let seen = format!("Action=DescribeVpcEndpoints&VpcEndpointId.1={endpoint}");
    assert_eq!(text(&lab.ec2(1, &seen), "state"), "available");

    // Order of deletion: service, load balancer, then the rest.
    let delete = format!("Action=DeleteVpcEndpointServiceConfigurations&ServiceId.1={service}");
    assert!(lab.ec2(0, &delete).contains("ExistingVpcEndpointConnections"));
    let delete_balancer = format!("Action=DeleteLoadBalancer&LoadBalancerArn={balancer}");
    assert_eq!(lab.call(0, Protocol::Elb, &delete_balancer).unwrap_err().code, "ResourceInUse");
    let reject = format!("Action=RejectVpcEndpointConnections&ServiceId={service}&VpcEndpointId.1={endpoint}");
    assert_eq!(lab.ec2(0, &reject), "<unsuccessful/>");
    assert_eq!(text(&lab.ec2(1, &seen), "state"), "rejected");
    assert!(lab.ec2(0, &accept).contains("<code>InvalidState</code>"));
    assert_eq!(lab.ec2(0, &delete), "<unsuccessful/>");
    lab.elb(&delete_balancer);
}

#[test]
fn zones_are_compared_by_id() {
    let mut lab = Lab::new(Pace::Instant);
    let (service, _) = lab.service();
    lab.ec2(0, &format!("Action=ModifyVpcEndpointServicePermissions&ServiceId={service}&AddAllowedPrincipals.1=%2A"));
    // In the second account, `ap-northeast-1a` is another place: apne1-az1.
    let (vpc, subnet) = lab.network(1, "apne1-az1");
    let form = format!(
        "Action=CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={vpc}&SubnetId.1={subnet}\
         &ServiceName=com.amazonaws.vpce.{REGION}.{service}"
    );
    let error = lab.call(1, Protocol::Ec2, &form).unwrap_err();
    assert_eq!(error.code, "InvalidParameter");
    assert!(error.message.ends_with(&format!("does not support the availability zone of the subnet: {subnet}.")));
}

#[test]
fn interfaces_of_a_deleted_load_balancer_hold_their_subnet_for_a_while() {
    let mut lab = Lab::new(Pace::Real);
    let (vpc, subnet) = lab.network(0, "apne1-az4");
    let form = format!("Action=CreateLoadBalancer&Name=nlb&Type=network&Scheme=internal&Subnets.member.1={subnet}");
    let arn = text(&lab.elb(&form), "LoadBalancerArn");
    lab.elb(&format!("Action=DeleteLoadBalancer&LoadBalancerArn={arn}"));
    let (delete_subnet, delete_vpc) =
        (format!("Action=DeleteSubnet&SubnetId={subnet}"), format!("Action=DeleteVpc&VpcId={vpc}"));
    assert_eq!(lab.refused(0, &delete_subnet), "DependencyViolation");
    lab.timing.at += SignedDuration::from_secs(61);
    lab.ec2(0, &delete_subnet);
    lab.ec2(0, &delete_vpc);
    assert_eq!(lab.refused(0, &delete_vpc), "InvalidVpcID.NotFound");
}

#[test]
fn an_instance_passes_through_its_states_one_look_at_a_time() {
    let mut lab = Lab::new(Pace::Instant);
    let (_, subnet) = lab.network(0, "apne1-az4");
    let image =
        text(&lab.ec2(0, "Action=DescribeImages&Filter.1.Name=architecture&Filter.1.Value.1=x86_64"), "imageId");
    let form =
        format!("Action=RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}");
    let form = format!("{form}&UserData=aGVsbG8=");
    let held = |lab: &Lab| {
        let instances = lab.world.accounts[0].regions[REGION].instances.values();
        instances.map(|instance| instance.user_data.len()).sum::<usize>()
    };
    assert_eq!(lab.refused(0, &format!("{form}&DryRun=true")), "DryRunOperation");
    assert_eq!(lab.refused(0, &format!("{form}&EbsOptimized=true")), "UnknownParameter");
    let id = text(&lab.ec2(0, &form), "instanceId");
    let status = format!("Action=DescribeInstanceStatus&InstanceId.1={id}&IncludeAllInstances=true");
    let seen: Vec<String> = (0..3).map(|_| text(&lab.ec2(0, &status), "status")).collect();
    assert_eq!((seen, held(&lab)), (["initializing", "ok", "ok"].map(str::to_owned).to_vec(), 5));
    lab.ec2(0, &format!("Action=TerminateInstances&InstanceId.1={id}"));
    let delete = format!("Action=DeleteSubnet&SubnetId={subnet}");
    assert_eq!(lab.refused(0, &delete), "DependencyViolation");
    lab.ec2(0, &delete);
    // It stays visible for an hour, without its user data.
    assert_eq!(held(&lab), 0);
    let describe = format!("Action=DescribeInstances&InstanceId.1={id}");
    assert_eq!(text(&lab.ec2(0, &describe), "name"), "terminated");
    lab.timing.at += SignedDuration::from_secs(3601);
    assert_eq!(lab.refused(0, &describe), "InvalidInstanceID.NotFound");
}

#[test]
fn the_sixth_vpc_is_one_too_many_and_a_vpc_has_two_companions() {
    let mut lab = Lab::new(Pace::Instant);
    for _ in 0..5 {
        lab.ec2(0, "Action=CreateVpc&CidrBlock=10.0.0.0/16");
    }
    assert_eq!(lab.refused(0, "Action=CreateVpc&CidrBlock=10.0.0.0/16"), "VpcLimitExceeded");
    lab.ec2(1, "Action=CreateVpc&CidrBlock=10.0.0.0/16");
    assert_eq!(lab.ec2(1, "Action=DescribeSecurityGroups").matches("<groupName>default<").count(), 1);
    assert_eq!(lab.ec2(1, "Action=DescribeRouteTables").matches("<main>true<").count(), 1);
}

/// In tests, [`super::describe::select`] compares what it finds by its indexes with a scan of everything.
#[test]
fn filters_by_id_find_what_a_look_at_everything_finds() {
    let mut lab = Lab::new(Pace::Instant);
    let (service, _) = lab.service();
    let (vpc, subnet) = lab.network(0, "apne1-az4");
    lab.ec2(
        0,
        &format!(
            "Action=RunInstances&ImageId={}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}",
            IMAGES[0].id
        ),
    );
    let name = format!("com.amazonaws.vpce.{REGION}.{service}");
    lab.ec2(
        0,
        &format!(
            "Action=CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={vpc}&SubnetId.1={subnet}&ServiceName={name}"
        ),
    );
    let table = text(&lab.ec2(0, &format!("Action=CreateRouteTable&VpcId={vpc}")), "routeTableId");
    lab.ec2(0, &format!("Action=AssociateRouteTable&RouteTableId={table}&SubnetId={subnet}"));
    let mut ids: Vec<String> = lab.world.tables().flat_map(|(_, _, _, rows)| rows.made()).map(str::to_owned).collect();
    ids.push(text(&lab.ec2(0, "Action=DescribeRouteTables"), "routeTableAssociationId"));
    let mut asked = 0;
    for _ in 0..2 {
        for operation in operations().filter(|name| name.starts_with("Describe")) {
            for (filter, id) in INDEXED.iter().flat_map(|filter| ids.iter().map(move |id| (filter, id))) {
                let form =
                    format!("Action={operation}&Filter.1.Name={filter}&Filter.1.Value.1={id}&Filter.1.Value.2=x");
                asked += usize::from(lab.call(0, Protocol::Ec2, &form).is_ok_and(|answer| answer.contains("<item>")));
            }
        }
        lab.world.commit();
    }
    assert!(asked > 30, "{asked}");
}

#[test]
fn a_network_acl_is_born_with_its_vpc_and_held_by_its_subnets() {
    let mut lab = Lab::new(Pace::Instant);
    let (vpc, subnet) = lab.network(0, "apne1-az4");
    let seen = lab.ec2(0, "Action=DescribeNetworkAcls");
    let (default, association) = (text(&seen, "networkAclId"), text(&seen, "networkAclAssociationId"));
    assert_eq!(seen.matches("<ruleNumber>100</ruleNumber><protocol>-1</protocol><ruleAction>allow</").count(), 2);
    assert_eq!(seen.matches("<ruleNumber>32767</ruleNumber><protocol>-1</protocol><ruleAction>deny</").count(), 2);
    assert!(seen.contains(&format!("<subnetId>{subnet}</subnetId>")) && seen.contains("<default>true</default>"));
    assert_eq!(lab.refused(0, &format!("Action=DeleteNetworkAcl&NetworkAclId={default}")), "InvalidParameterValue");

    let own = text(&lab.ec2(0, &format!("Action=CreateNetworkAcl&VpcId={vpc}")), "networkAclId");
    let entry = |action: &str, number: &str| {
        format!(
            "Action={action}&NetworkAclId={own}&RuleNumber={number}&Protocol=6&RuleAction=allow&Egress=false\
             &CidrBlock=10.0.0.0/16&PortRange.From=80&PortRange.To=80"
        )
    };
    assert_eq!(lab.refused(0, &entry("ReplaceNetworkAclEntry", "100")), "InvalidNetworkAclEntry.NotFound");
    lab.ec2(0, &entry("CreateNetworkAclEntry", "100"));
    assert_eq!(lab.refused(0, &entry("CreateNetworkAclEntry", "100")), "NetworkAclEntryAlreadyExists");
    assert_eq!(lab.refused(0, &entry("CreateNetworkAclEntry", "32767")), "InvalidParameterValue");
    assert_eq!(
        lab.refused(0, &entry("CreateNetworkAclEntry", "99").replace("&PortRange.From=80", "")),
        "MissingParameter"
    );
    lab.ec2(0, &entry("ReplaceNetworkAclEntry", "100").replace("=allow", "=deny"));
    for number in 1..20 {
        lab.ec2(0, &entry("CreateNetworkAclEntry", &number.to_string()));
    }
    assert_eq!(lab.refused(0, &entry("CreateNetworkAclEntry", "20")), "NetworkAclEntryLimitExceeded");

    let replace = format!("Action=ReplaceNetworkAclAssociation&AssociationId={association}&NetworkAclId={own}");
    let new = text(&lab.ec2(0, &replace), "newAssociationId");
    assert_eq!(lab.refused(0, &replace), "InvalidAssociationID.NotFound");
    let of_subnet = format!("Action=DescribeNetworkAcls&Filter.1.Name=association.subnet-id&Filter.1.Value.1={subnet}");
    assert_eq!(text(&lab.ec2(0, &of_subnet), "networkAclId"), own);
    let delete = format!("Action=DeleteNetworkAcl&NetworkAclId={own}");
    assert_eq!(lab.refused(0, &delete), "DependencyViolation");
    lab.ec2(0, &format!("Action=DeleteSubnet&SubnetId={subnet}"));
    assert_eq!(lab.refused(0, &format!("Action=DeleteVpc&VpcId={vpc}")), "DependencyViolation");
    assert_eq!(lab.refused(0, &replace.replace(&association, &new)), "InvalidAssociationID.NotFound");
    lab.ec2(0, &delete);
    lab.ec2(0, &format!("Action=DeleteVpc&VpcId={vpc}"));
    assert_eq!(lab.ec2(0, "Action=DescribeNetworkAcls"), "<networkAclSet/>");
}

const DAY: i64 = 24 * 60 * 60;

#[test]
fn what_is_pending_when_the_clock_is_set_back_ends_all_the_same() {
    let mut lab = Lab::new(Pace::Real);
    lab.timing.at += SignedDuration::from_secs(10 * DAY);
    let (vpc, subnet) = lab.network(0, "apne1-az4");
    lab.timing.at += SignedDuration::from_secs(60);
    let form = format!("Action=CreateLoadBalancer&Name=nlb&Type=network&Scheme=internal&Subnets.member.1={subnet}");
    lab.elb(&form);
    let instance = text(
        &lab.ec2(
            0,
            &format!(
                "Action=RunInstances&ImageId={}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}",
                IMAGES[0].id
            ),
        ),
        "instanceId",
    );
    let group = text(
        &lab.elb(&format!("Action=CreateTargetGroup&Name=web&Protocol=TCP&Port=80&VpcId={vpc}&TargetType=instance")),
        "TargetGroupArn",
    );
    lab.timing.at += SignedDuration::from_secs(30);
    let target = format!("TargetGroupArn={group}&Targets.member.1.Id={instance}");
    lab.elb(&format!("Action=RegisterTargets&{target}"));
    lab.elb(&format!("Action=DeregisterTargets&{target}"));
    // A week back. Nothing happens at once, and all of it within the hour that the longest delay may take.
    lab.timing.at -= SignedDuration::from_secs(7 * DAY);
    lab.world.clock_set_back(lab.timing.at, Pace::Real);
    assert!(lab.elb("Action=DescribeLoadBalancers").contains("<Code>provisioning</Code>"));
    lab.timing.at += SignedDuration::from_secs(151);
    assert!(lab.elb("Action=DescribeLoadBalancers").contains("<Code>active</Code>"));
    let seen = lab.ec2(0, "Action=DescribeInstanceStatus");
    assert!(seen.contains("<status>ok</status>"), "{seen}");
    lab.timing.at += SignedDuration::from_secs(3600);
    lab.world.advance_due(lab.timing.at, Pace::Real);
    let region = &lab.world.accounts[0].regions[REGION];
    assert!(region.target_groups.values().all(|group| group.targets.is_empty()));
}

#[test]
fn a_client_token_is_remembered_for_a_day_and_ten_thousand_at_the_most() {
    let mut lab = Lab::new(Pace::Quick);
    let (vpc, _) = lab.network(0, "apne1-az4");
    let create = |token: &str| format!("Action=CreateRouteTable&VpcId={vpc}&ClientToken={token}");
    let first = text(&lab.ec2(0, &create("first")), "routeTableId");
    lab.timing.at += SignedDuration::from_secs(DAY - 1);
    assert_eq!(text(&lab.ec2(0, &create("first")), "routeTableId"), first);
    lab.timing.at += SignedDuration::from_secs(2);
    assert_ne!(text(&lab.ec2(0, &create("first")), "routeTableId"), first);
    let region = |lab: &mut Lab| lab.world.accounts[0].regions.get_mut(REGION).expect("it was used").clone();
    let used = region(&mut lab).tokens.get("CreateRouteTable/first").expect("it was used again").clone();
    for number in 0..9_999 {
        let at = lab.timing.at.as_millisecond() + DAY * 1000 + 1 + number;
        let mut used = used.clone();
        used.until = Some(at);
        let tokens = &mut lab.world.accounts[0].regions.get_mut(REGION).expect("it was used").tokens;
        tokens.insert(format!("CreateRouteTable/{number}"), used);
    }
    lab.world.commit();
    lab.ec2(0, &create("last"));
    let tokens = region(&mut lab).tokens;
    assert_eq!(tokens.len(), 10_000);
    assert!(tokens.contains_key("CreateRouteTable/last") && !tokens.contains_key("CreateRouteTable/first"));
}

#[test]
fn a_change_of_a_zone_is_known_for_a_day() {
    let mut lab = Lab::new(Pace::Real);
    let form = "Action=CreateHostedZone&Name=service.test&CallerReference=one";
    lab.call(0, Protocol::Route53, form).expect("a zone can be made");
    let known = |lab: &Lab| lab.world.accounts[0].regions[REGION].dns_changes.len();
    for (wait, left) in [(0, 1), (31, 1), (DAY - 60, 1), (60, 0)] {
        lab.timing.at += SignedDuration::from_secs(wait);
        lab.world.advance_due(lab.timing.at, Pace::Real);
        assert_eq!(known(&lab), left, "after {wait} s more");
    }
}
