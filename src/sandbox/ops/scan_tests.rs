//! Describe calls that name a resource do not scan all resources.

use crate::sandbox::Pace;
use crate::sandbox::world::{IMAGES, looks};

use super::tests::{Lab, text};

/// How many resources of each kind exist.
const CROWD: usize = 30;

#[test]
fn what_is_named_is_found_without_a_look_at_all_the_rest() {
    let mut lab = Lab::new(Pace::Instant);
    let (service, balancer) = lab.service();
    let made = |xml: String, name: &str| text(&xml, name);
    let vpc = made(lab.elb("Action=DescribeLoadBalancers"), "VpcId");
    let tagged = |kind: &str, value: &str| {
        format!(
            "TagSpecification.1.ResourceType={kind}&TagSpecification.1.Tag.1.Key=lab&TagSpecification.1.Tag.1.Value={value}"
        )
    };
    let (mut group, mut subnet, mut table, mut targets) = Default::default();
    for n in 0..CROWD {
        let tag = if n == 0 { "own" } else { "crowd" };
        let made_group = format!(
            "Action=CreateSecurityGroup&VpcId={vpc}&GroupName=g{n}&GroupDescription=x&{}",
            tagged("security-group", tag)
        );
        let made_subnet =
            format!("Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.{}.0/24&{}", n + 100, tagged("subnet", tag));
        let made_table = format!("Action=CreateRouteTable&VpcId={vpc}&{}", tagged("route-table", tag));
        let made_targets = format!("Action=CreateTargetGroup&Name=t{n}&Protocol=TCP&Port=80&VpcId={vpc}");
        let ids = (
            made(lab.ec2(0, &made_group), "groupId"),
            made(lab.ec2(0, &made_subnet), "subnetId"),
            made(lab.ec2(0, &made_table), "routeTableId"),
            made(lab.elb(&made_targets), "TargetGroupArn"),
        );
        let form =
            format!("Action=CreateLoadBalancer&Name=n{n}&Type=network&Scheme=internal&Subnets.member.1={}", ids.1);
        let crowd = made(lab.elb(&form), "LoadBalancerArn");
        let (to, port) = if n == 0 { (&balancer, 81) } else { (&crowd, 80) };
        lab.elb(&format!(
            "Action=CreateListener&LoadBalancerArn={to}&Protocol=TCP&Port={port}&DefaultActions.member.1.Type=forward\
             &DefaultActions.member.1.TargetGroupArn={}",
            ids.3
        ));
        if n == 0 {
            (group, subnet, table, targets) = ids;
        }
    }
    let run = format!(
        "Action=RunInstances&ImageId={}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}&{}",
        IMAGES[0].id,
        tagged("instance", "own")
    );
    looks::take();
    let started = lab.ec2(0, &run);
    assert_eq!(looks::take(), 0, "a launch adds up no vCPUs");
    let (instance, address) = (made(started.clone(), "instanceId"), made(started, "privateIpAddress"));
    let listener = made(lab.elb(&format!("Action=DescribeListeners&LoadBalancerArn={balancer}")), "ListenerArn");
    let name = format!("com.amazonaws.vpce.ap-northeast-1.{service}");
    lab.world.commit();

    let filter = |name: &str, value: &str| format!("Filter.1.Name={name}&Filter.1.Value.1={value}");
    let own = filter("tag:lab", "own");
    let ec2 = [
        format!("DescribeSecurityGroups&GroupId.1={group}"),
        format!("DescribeSecurityGroups&{own}"),
        format!("DescribeSecurityGroups&{}", filter("group-id", &group)),
        format!("DescribeSecurityGroups&{}", filter("group-name", "g0")),
        format!("DescribeSecurityGroupRules&{}", filter("group-id", &group)),
        format!("DescribeSubnets&{own}"),
        format!("DescribeSubnets&SubnetId.1={subnet}"),
        format!("DescribeRouteTables&{own}"),
        format!("DescribeRouteTables&RouteTableId.1={table}"),
        format!("DescribeInstances&{own}"),
        format!("DescribeNetworkInterfaces&{}", filter("attachment.instance-id", &instance)),
        format!("DescribeNetworkInterfaces&{}", filter("subnet-id", &subnet)),
        // The narrower of two filters leads, in either order.
        format!("DescribeSubnets&{}&Filter.2.Name=tag:lab&Filter.2.Value.1=own", filter("vpc-id", &vpc)),
        format!("DescribeSecurityGroups&{own}&Filter.2.Name=vpc-id&Filter.2.Value.1={vpc}"),
        format!("DescribeNetworkInterfaces&{}", filter("private-ip-address", &address)),
        format!("DescribeNetworkInterfaces&{}", filter("addresses.private-ip-address", &address)),
        format!("DescribeInstances&{}", filter("private-ip-address", &address)),
        format!("DescribeInstances&{}", filter("network-interface.addresses.private-ip-address", &address)),
        format!("DescribeTags&{}", filter("resource-id", &group)),
        format!("DescribeTags&{}", filter("resource-id", &instance)),
        format!("DescribeTags&{own}"),
        format!("DescribeVpcEndpointServiceConfigurations&{}", filter("service-name", &name)),
        format!("DescribeVpcEndpointServices&ServiceName.1={name}"),
        format!("DescribeVpcEndpointConnections&{}", filter("service-id", &service)),
    ];
    let elb = [
        format!("DescribeLoadBalancers&LoadBalancerArns.member.1={balancer}"),
        "DescribeLoadBalancers&Names.member.1=nlb".to_owned(),
        format!("DescribeTargetGroups&TargetGroupArns.member.1={targets}"),
        "DescribeTargetGroups&Names.member.1=t0".to_owned(),
        format!("DescribeTargetGroups&LoadBalancerArn={balancer}"),
        format!("DescribeListeners&LoadBalancerArn={balancer}"),
        format!("DescribeListeners&ListenerArns.member.1={listener}"),
        format!("DescribeTargetHealth&TargetGroupArn={targets}"),
    ];
    for (forms, is_elb) in [(ec2.as_slice(), false), (elb.as_slice(), true)] {
        for form in forms {
            looks::take();
            let form = format!("Action={form}");
            let seen = if is_elb { lab.elb(&form) } else { lab.ec2(0, &form) };
            assert_eq!(looks::take(), 0, "rows that {form} looked at besides");
            assert!(seen.len() < 6000 && seen.matches("crowd").count() == 0, "{form}: {seen}");
        }
    }
    // Proves that scans are counted: without a name, everything is scanned.
    lab.ec2(0, "Action=DescribeSubnets");
    assert!(looks::take() > CROWD);
}
