//! Refusals that a client has to provoke: a full subnet, a foreign key, a tag without a key.

use super::harness::{ELB, RefusalLab, Signer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_subnet_takes_nothing_more() {
    RefusalLab::told(|place| {
        place.networks();
        place.service();
        place.allow();
        // The smallest block has 16 addresses, 5 of them reserved by AWS.
        place.make(0, "ec2", "CreateSubnet&VpcId={vpc}&CidrBlock=10.0.9.0/28&AvailabilityZoneId=apne1-az4", "subnetId", "small");
        place.make(1, "ec2", "CreateSubnet&VpcId={far-vpc}&CidrBlock=10.0.9.0/28&AvailabilityZoneId=apne1-az4", "subnetId", "far-small");
        for n in 0..11 {
            let form = format!("CreateLoadBalancer&Name=n{n}&Type=network&Scheme=internal&SubnetMappings.member.1.SubnetId={{small}}&SubnetMappings.member.1.PrivateIPv4Address=10.0.9.{}", n + 4);
            place.done(0, ELB, &form);
            let form = "CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={far-vpc}&SubnetId.1={far-small}&ServiceName={name}";
            place.done(1, "ec2", form);
        }
        place.make(0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}&PrivateIpAddress=10.0.1.77", "instanceId", "web");
        assert_eq!(place.done(0, "ec2", "DescribeSubnets&SubnetId.1={small}").need("availableIpAddressCount"), "0");
        let full = "There are not enough free addresses in subnet 'subnet-";
        place.refuses(&[
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={small}", 400, "InsufficientFreeAddressesInSubnet", full),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}&PrivateIpAddress=10.0.1.77", 400, "InvalidIPAddress.InUse", "10.0.1.77"),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}&PrivateIpAddress=10.0.2.7", 400, "InvalidParameterValue", "does not fall within"),
            (0, "ec2", "CreateInstanceConnectEndpoint&SubnetId={small}", 400, "InsufficientFreeAddressesInSubnet", full),
            (1, "ec2", "CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={far-vpc}&SubnetId.1={far-small}&ServiceName={name}", 400, "InsufficientFreeAddressesInSubnet", full),
            (0, ELB, "CreateLoadBalancer&Name=more&Type=network&Scheme=internal&Subnets.member.1={small}", 400, "InvalidSubnet", "ELB requires at least 8 free IP addresses in each subnet."),
            (0, ELB, "SetSubnets&LoadBalancerArn={nlb}&Subnets.member.1={small}", 400, "InvalidSubnet", "ELB requires at least 8 free IP addresses in each subnet."),
        ]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn target_groups_of_other_protocols() {
    RefusalLab::told(|place| {
        place.networks();
        place.service();
        for (name, protocol) in [("tls", "TLS"), ("udp", "UDP"), ("both", "TCP_UDP")] {
            let form = format!("CreateTargetGroup&Name={name}&Protocol={protocol}&Port=53&VpcId={{vpc}}");
            place.make(0, ELB, &form, "TargetGroupArn", name);
            let seen = place.done(0, ELB, &format!("DescribeTargetGroups&Names.member.1={name}"));
            assert_eq!((seen.need("Protocol").as_str(), seen.need("HealthCheckProtocol").as_str()), (protocol, "TCP"));
        }
        place.refuses(&[
            (0, ELB, "CreateListener&LoadBalancerArn={nlb}&Protocol=TCP&Port=81&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={udp}", 400, "IncompatibleProtocols", "have incompatible protocols"),
            (0, ELB, "ModifyListener&ListenerArn={listener}&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={tls}", 400, "IncompatibleProtocols", "have incompatible protocols"),
            (0, ELB, "CreateTargetGroup&Name=none&Port=53&VpcId={vpc}", 400, "ValidationError", "Protocol"),
        ]);
        let form = "CreateListener&LoadBalancerArn={nlb}&Protocol=TCP&Port=53&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={both}";
        place.done(0, ELB, form);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_parts() {
    RefusalLab::told(|place| {
        place.networks();
        place.service();
        place.allow();
        place.endpoint("endpoint");
        place.names.insert("no-nlb", place.names["nlb"].replace("/nlb/", "/none/"));
        place.names.insert("no-targets", place.names["targets"].replace("/web/", "/none/"));
        let many = (0..51).map(|n| format!("&Tags.member.{}.Key=k{n}", n + 1)).collect::<Vec<_>>().concat();
        place.names.insert("many-tags", many);
        place.names.insert("long-token", "x".repeat(65));
        place.done(0, "ec2", "RejectVpcEndpointConnections&ServiceId={service}&VpcEndpointId.1={endpoint}");
        let tag = "at least one tag";
        place.refuses(&[
            (0, "ec2", "CreateVpc&CidrBlock=10.0.0.0/16&TagSpecification.1.ResourceType=vpc", 400, "InvalidTagKey.Malformed", tag),
            (0, "ec2", "CreateTags&ResourceId.1={vpc}&Tag.1.Key=&Tag.1.Value=x", 400, "InvalidTagKey.Malformed", "null or empty"),
            (0, "ec2", "AuthorizeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=-1", 400, "InvalidPermission.Malformed", "names neither"),
            (0, "ec2", "AuthorizeSecurityGroupEgress&GroupId={group}&IpPermissions.1.IpProtocol=-1&IpPermissions.1.PrefixListIds.1.PrefixListId=s3", 400, "InvalidPrefixListId.Malformed", "Invalid id"),
            (0, "ec2", "CreateRouteTable&VpcId={vpc}&ClientToken={long-token}", 400, "InvalidClientToken", "not valid"),
            (0, "ec2", "AssociateRouteTable&RouteTableId=table&SubnetId={subnet}", 400, "InvalidRouteTableId.Malformed", "Invalid id"),
            (0, "ec2", "DescribeNetworkInterfaces&NetworkInterfaceId.1=eni", 400, "InvalidNetworkInterfaceId.Malformed", "Invalid id"),
            (0, "ec2", "DescribeSecurityGroupRules&SecurityGroupRuleId.1=x", 400, "InvalidSecurityGroupRuleId.Malformed", "Invalid id"),
            (1, "ec2", "CreateVpcEndpoint&VpcEndpointType=Tunnel&VpcId={far-vpc}&ServiceName={name}", 400, "InvalidVpcEndpointType", "Tunnel"),
            (1, "ec2", "ModifyVpcEndpoint&VpcEndpointId={endpoint}&AddSubnetId.1={far-other}", 400, "IncorrectState", "rejected"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=internal&Subnets.member.1={subnet}{many-tags}", 400, "TooManyTags", "limit"),
            (0, ELB, "CreateTargetGroup&Name=two&Protocol=TCP&Port=80&VpcId={vpc}{many-tags}", 400, "TooManyTags", "limit"),
            (0, ELB, "CreateListener&LoadBalancerArn={nlb}&Protocol=TCP&Port=81&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={targets}{many-tags}", 400, "TooManyTags", "limit"),
            (0, ELB, "AddTags&ResourceArns.member.1={nlb}{many-tags}", 400, "TooManyTags", "limit"),
            (0, ELB, "SetSecurityGroups&LoadBalancerArn={no-nlb}&SecurityGroups.member.1={group}", 400, "LoadBalancerNotFound", "not found"),
            (0, ELB, "ModifyLoadBalancerAttributes&LoadBalancerArn={no-nlb}&Attributes.member.1.Key=deletion_protection.enabled&Attributes.member.1.Value=true", 400, "LoadBalancerNotFound", "not found"),
            (0, ELB, "DescribeTargetHealth&TargetGroupArn={no-targets}", 400, "TargetGroupNotFound", "not found"),
            (0, ELB, "DeregisterTargets&TargetGroupArn={no-targets}&Targets.member.1.Id=10.0.1.9", 400, "TargetGroupNotFound", "not found"),
            (0, ELB, "ModifyTargetGroup&TargetGroupArn={no-targets}&HealthCheckIntervalSeconds=10", 400, "TargetGroupNotFound", "not found"),
            (0, ELB, "ModifyListenerAttributes&ListenerArn={listener}&Attributes.member.1.Key=tcp.idle_timeout.seconds&Attributes.member.1.Value=59", 400, "InvalidConfigurationRequest", "between 60 and 6000"),
        ]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_that_are_none() {
    RefusalLab::told(|place| {
        place.networks();
        let account = &place.cloud.sandbox().accounts()[0];
        let signer = |service, id: &str, secret: &str| Signer {
            id: id.to_owned(),
            secret: secret.to_owned(),
            ..place.cloud.signer(service)
        };
        let (id, secret) = (account.access_key_id.as_str(), account.secret_access_key.as_str());
        for (id, secret, elb_code) in
            [("AKIANOBODY", secret, "InvalidClientTokenId"), (id, "another", "SignatureDoesNotMatch")]
        {
            let (status, text) = signer("ec2", id, secret).call("Action=DescribeVpcs&Version=2016-11-15");
            assert!(status == 401 && text.contains("<Error><Code>AuthFailure</Code>"), "{text}");
            let (status, text) = signer(ELB, id, secret).call("Action=DescribeLoadBalancers&Version=2015-12-01");
            assert!(status == 403 && text.contains(&format!("<Code>{elb_code}</Code>")), "{text}");
        }
        // An id with a space in it makes the header unreadable.
        let (status, text) = signer("ec2", "no, id", secret).call("Action=DescribeVpcs&Version=2016-11-15");
        assert!(status == 400 && text.contains("<Code>IncompleteSignature</Code>"), "{text}");
    })
    .await;
}
