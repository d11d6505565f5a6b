//! The sandbox refuses what AWS refuses: one row per refusal, as a client sees it on the wire.

use super::harness::{ELB, RefusalLab};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parameters_pages_and_filters() {
    RefusalLab::told(|place| {
        place.networks();
        let odd = "is invalid";
        place.refuses(&[
            (0, "ec2", "NoSuchOperation", 400, "InvalidAction", "NoSuchOperation"),
            (
                0,
                "ec2",
                "CreateVpc",
                400,
                "MissingParameter",
                "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
            ),
            (0, "ec2", "CreateVpc&CidrBlock=10.0.0.0/16&Colour=red", 400, "UnknownParameter", "Colour"),
            (
                0,
                "ec2",
                "CreateVpc&CidrBlock=10.0.0.0/16&DryRun=true",
                412,
                "DryRunOperation",
                "Request would have succeeded",
            ),
            (0, "ec2", "CreateVpc&CidrBlock=10.0.0.0/16&DryRun=perhaps", 400, "InvalidParameterValue", "DryRun"),
            (0, "ec2", "DeleteVpc&VpcId={vpc}&DryRun=true", 412, "DryRunOperation", "DryRun flag is set"),
            (0, "ec2", "DescribeVpcs&MaxResults=4", 400, "InvalidParameterValue", "Expecting a value greater than 5"),
            (0, "ec2", "DescribeVpcs&MaxResults=1001", 400, "InvalidParameterValue", "less than or equal to 1000"),
            (0, "ec2", "DescribeRouteTables&MaxResults=101", 400, "InvalidParameterValue", "less than or equal to 100"),
            (0, "ec2", "DescribeVpcEndpointConnections&MaxResults=4", 400, "InvalidParameterValue", "greater than 5"),
            (0, "ec2", "DescribeInstanceConnectEndpoints&MaxResults=51", 400, "InvalidParameterValue", "equal to 50"),
            (
                0,
                "ec2",
                "GetManagedPrefixListEntries&PrefixListId=pl-61a54008&MaxResults=101",
                400,
                "InvalidParameterValue",
                "100",
            ),
            (0, "ec2", "DescribeVpcs&MaxResults=5&VpcId.1={vpc}", 400, "InvalidParameterCombination", "MaxResults"),
            (0, "ec2", "DescribeVpcs&MaxResults=5&NextToken=stale", 400, "InvalidNextToken", "token"),
            (0, "ec2", "DescribeVpcs&Filter.1.Name=colour&Filter.1.Value.1=red", 400, "InvalidParameterValue", odd),
            (0, "ec2", "DescribeVpcs&Filter.1.Name=vpc-id", 400, "InvalidParameterValue", "must have values"),
            (0, ELB, "DescribeLoadBalancers&PageSize=401", 400, "ValidationError", "PageSize"),
            (0, ELB, "DescribeLoadBalancers&Marker=stale", 400, "ValidationError", "marker"),
            (0, ELB, "CreateLoadBalancer", 400, "ValidationError", "Name"),
            (0, ELB, "NoSuchOperation", 400, "InvalidAction", "NoSuchOperation"),
        ]);
        let many = (1..=201).map(|n| format!("&Filter.1.Value.{n}=v{n}")).collect::<Vec<_>>().concat();
        let answer = place.call(0, "ec2", &format!("DescribeVpcs&Filter.1.Name=vpc-id{many}"));
        assert_eq!((answer.status, answer.element("Code")), (400, Some("FilterLimitExceeded")));
        // More than the documented maximum is no error for the endpoint calls; the page is cut instead.
        place.done(0, "ec2", "DescribeVpcEndpoints&MaxResults=5000");
        place.done(0, "ec2", "DescribeVpcEndpointConnections&MaxResults=5000");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn networks_and_groups() {
    RefusalLab::told(|place| {
        place.networks();
        let rule = "&GroupId={group}&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=80";
        let by_block = format!("AuthorizeSecurityGroupIngress{rule}&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/16");
        let ids = place.done(0, "ec2", &by_block);
        place.names.insert("rule", ids.need("securityGroupRuleId"));
        place.names.insert("by-block", by_block);
        place.names.insert("a-revoke", format!("RevokeSecurityGroupIngress{rule}&IpPermissions.1.IpRanges.1.CidrIp=10.1.0.0/16"));
        place.done(0, "ec2", &format!("AuthorizeSecurityGroupIngress{rule}&IpPermissions.1.Groups.1.GroupId={{second}}"));
        place.make(0, "ec2", "AssociateRouteTable&RouteTableId={table}&SubnetId={subnet}", "associationId", "association");
        place.make(0, "ec2", "CreateVpc&CidrBlock=10.9.0.0/16", "vpcId", "vpc-3");
        place.make(0, "ec2", "CreateSecurityGroup&GroupName=x&GroupDescription=x&VpcId={vpc-3}", "groupId", "stray");
        let gone = "does not exist";
        place.refuses(&[
            (0, "ec2", "CreateVpc&CidrBlock=10.0.0.0", 400, "InvalidParameterValue", "not a valid CIDR block"),
            (0, "ec2", "CreateVpc&CidrBlock=10.0.0.0/8", 400, "InvalidVpc.Range", "The CIDR '10.0.0.0/8' is invalid."),
            (0, "ec2", "DeleteVpc&VpcId=vpc-0123456789abcdef0", 400, "InvalidVpcID.NotFound", "The vpc ID 'vpc-0123456789abcdef0' does not exist"),
            (0, "ec2", "DeleteVpc&VpcId=net-1", 400, "InvalidVpcID.Malformed", "Invalid id"),
            (0, "ec2", "DeleteVpc&VpcId={far-vpc}", 400, "InvalidVpcID.NotFound", gone),
            (0, "ec2", "DeleteVpc&VpcId={vpc}", 400, "DependencyViolation", "has dependencies and cannot be deleted"),
            (0, "ec2", "ModifyVpcAttribute&VpcId={vpc}", 400, "InvalidParameterCombination", "exactly one"),
            (0, "ec2", "CreateSubnet&VpcId={vpc}&CidrBlock=10.9.0.0/24", 400, "InvalidSubnet.Range", "is invalid"),
            (0, "ec2", "CreateSubnet&VpcId={vpc}&CidrBlock=10.0.1.0/25", 400, "InvalidSubnet.Conflict", "conflicts with another subnet"),
            (0, "ec2", "CreateSubnet&VpcId={vpc}&CidrBlock=10.0.9.0/24&AvailabilityZone=ap-northeast-1b", 400, "InvalidParameterValue", "Subnets can currently only be created in the following availability zones: ap-northeast-1a"),
            (0, "ec2", "DeleteSubnet&SubnetId=subnet-0123456789abcdef0", 400, "InvalidSubnetID.NotFound", gone),
            (0, "ec2", "DeleteSubnet&SubnetId=x", 400, "InvalidSubnetID.Malformed", "Invalid id"),
            (0, "ec2", "DeleteRouteTable&RouteTableId={main}", 400, "DependencyViolation", "routeTable"),
            (0, "ec2", "DeleteRouteTable&RouteTableId={table}", 400, "DependencyViolation", "routeTable"),
            (0, "ec2", "DeleteRouteTable&RouteTableId=rtb-0123456789abcdef0", 400, "InvalidRouteTableID.NotFound", gone),
            (0, "ec2", "AssociateRouteTable&RouteTableId={main}&SubnetId={subnet}", 400, "Resource.AlreadyAssociated", "conflicts with an existing association"),
            (0, "ec2", "DisassociateRouteTable&AssociationId=rtbassoc-0123456789abcdef0", 400, "InvalidAssociationID.NotFound", gone),
            (0, "ec2", "ReplaceRouteTableAssociation&AssociationId=rtbassoc-0123456789abcdef0&RouteTableId={table}", 400, "InvalidAssociationID.NotFound", gone),
            (0, "ec2", "CreateSecurityGroup&GroupName=one&GroupDescription=x&VpcId={vpc}", 400, "InvalidGroup.Duplicate", "already exists for VPC"),
            (0, "ec2", "CreateSecurityGroup&GroupName=x&GroupDescription=%E7%B5%84&VpcId={vpc}", 400, "InvalidParameterValue", "Character sets beyond ASCII"),
            (0, "ec2", "CreateSecurityGroup&GroupName=x&GroupDescription=x", 400, "VPCIdNotSpecified", "No default VPC"),
            (0, "ec2", "DeleteSecurityGroup&GroupId={default}", 400, "CannotDelete", "cannot be deleted by a user"),
            (0, "ec2", "DeleteSecurityGroup&GroupId={second}", 400, "DependencyViolation", "has a dependent object"),
            (0, "ec2", "DeleteSecurityGroup&GroupId=sg-0123456789abcdef0", 400, "InvalidGroup.NotFound", gone),
            (0, "ec2", "DeleteSecurityGroup&GroupId=sg-x", 400, "InvalidGroupId.Malformed", "Invalid id"),
            (0, "ec2", "{by-block}", 400, "InvalidPermission.Duplicate", "the specified rule \"peer: 10.0.0.0/16, TCP, from port: 80, to port: 80, ALLOW\" already exists"),
            (0, "ec2", "{a-revoke}", 400, "InvalidPermission.NotFound", "The specified rule does not exist in this security group."),
            (0, "ec2", "AuthorizeSecurityGroupIngress&GroupId={group}&IpProtocol=tcp&FromPort=80&ToPort=70&CidrIp=10.0.0.0/8", 400, "InvalidParameterValue", "Invalid TCP/UDP port range (80:70)"),
            (0, "ec2", "AuthorizeSecurityGroupIngress&GroupId={group}&IpProtocol=tcp&CidrIp=10.0.0.0/8", 400, "InvalidParameterValue", "Must specify both from and to ports"),
            (0, "ec2", "AuthorizeSecurityGroupIngress&GroupId={group}&IpProtocol=-1&CidrIp=10.0.0/8", 400, "InvalidParameterValue", "CIDR block 10.0.0/8 is malformed"),
            (0, "ec2", "AuthorizeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=-1&IpPermissions.1.Groups.1.GroupId={stray}", 400, "InvalidGroup.NotFound", "different networks"),
            (0, "ec2", "AuthorizeSecurityGroupEgress&GroupId={group}&IpPermissions.1.IpProtocol=-1&IpPermissions.1.PrefixListIds.1.PrefixListId=pl-00000000", 400, "InvalidPrefixListID.NotFound", gone),
            (0, "ec2", "RevokeSecurityGroupIngress&GroupId={group}&SecurityGroupRuleId.1=sgr-0123456789abcdef0", 400, "InvalidSecurityGroupRuleId.NotFound", gone),
            (0, "ec2", "ModifySecurityGroupRules&GroupId={group}&SecurityGroupRule.1.SecurityGroupRuleId={rule}&SecurityGroupRule.1.SecurityGroupRule.IpProtocol=-1&SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId={second}", 400, "InvalidParameterValue", "cannot be changed"),
            (0, "ec2", "DescribeNetworkInterfaces&NetworkInterfaceId.1=eni-0123456789abcdef0", 400, "InvalidNetworkInterfaceID.NotFound", gone),
            (0, "ec2", "CreateTags&ResourceId.1=vpc-0123456789abcdef0&Tag.1.Key=a", 400, "InvalidVpcID.NotFound", gone),
            (0, "ec2", "CreateTags&ResourceId.1={vpc}&Tag.1.Key=aws:a", 400, "InvalidParameterValue", "reserved for internal use"),
            (0, "ec2", "CreateTags&ResourceId.1={vpc}&Tag.1.Key=a&Tag.2.Key=a", 400, "InvalidParameterValue", "Duplicate tag key"),
            (0, "ec2", "CreateVpc&CidrBlock=10.0.0.0/16&TagSpecification.1.ResourceType=subnet&TagSpecification.1.Tag.1.Key=a", 400, "InvalidParameterValue", "not a valid taggable resource type"),
        ]);
        let many = (1..52).map(|n| format!("&Tag.{n}.Key=k{n}")).collect::<Vec<_>>().concat();
        let answer = place.call(0, "ec2", &format!("CreateTags&ResourceId.1={{vpc}}{many}"));
        assert_eq!(answer.element("Code"), Some("TagLimitExceeded"));
        // A changed rule keeps its id.
        place.done(
            0,
            "ec2",
            "ModifySecurityGroupRules&GroupId={group}&SecurityGroupRule.1.SecurityGroupRuleId={rule}\
             &SecurityGroupRule.1.SecurityGroupRule.IpProtocol=tcp&SecurityGroupRule.1.SecurityGroupRule.FromPort=81\
             &SecurityGroupRule.1.SecurityGroupRule.ToPort=81&SecurityGroupRule.1.SecurityGroupRule.CidrIpv4=10.0.0.0/24",
        );
        let seen = place.done(0, "ec2", "DescribeSecurityGroupRules&SecurityGroupRuleId.1={rule}");
        assert_eq!((seen.need("fromPort"), seen.need("cidrIpv4")), ("81".to_owned(), "10.0.0.0/24".to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances() {
    RefusalLab::told(|place| {
        place.networks();
        let run = "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}";
        place.make(0, "ec2", &format!("{run}&ClientToken=once"), "instanceId", "web");
        place.make(0, "ec2", &format!("{run}&DisableApiTermination=true"), "instanceId", "kept");
        place.make(0, "ec2", "DescribeNetworkInterfaces", "networkInterfaceId", "eni");
        let gone = "does not exist";
        place.refuses(&[
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={other}&ClientToken=once", 400, "IdempotentParameterMismatch", "inconsistent"),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}", 400, "VcpuLimitExceeded", "current vCPU limit of 5"),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1", 400, "VPCIdNotSpecified", "No default VPC"),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=z9.tiny&MinCount=1&MaxCount=1&SubnetId={subnet}", 400, "InvalidParameterValue", "Invalid value 'z9.tiny' for InstanceType."),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t4g.micro&MinCount=1&MaxCount=1&SubnetId={subnet}", 400, "InvalidParameterValue", "does not match the architecture"),
            (0, "ec2", "RunInstances&ImageId=ami-0123456789abcdef0&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}", 400, "InvalidAMIID.NotFound", "The image id '[ami-0123456789abcdef0]' does not exist"),
            (0, "ec2", "RunInstances&ImageId=image&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}", 400, "InvalidAMIID.Malformed", "Invalid id: \"image\""),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}&KeyName=mine", 400, "InvalidKeyPair.NotFound", gone),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}&UserData=%21", 400, "InvalidUserData.Malformed", "BASE64"),
            (0, "ec2", "DescribeInstances&InstanceId.1=i-0123456789abcdef0", 400, "InvalidInstanceID.NotFound", gone),
            (0, "ec2", "TerminateInstances&InstanceId.1={web}&InstanceId.2=i-0123456789abcdef0", 400, "InvalidInstanceID.NotFound", gone),
            (0, "ec2", "TerminateInstances&InstanceId.1=web", 400, "InvalidInstanceID.Malformed", "Invalid id"),
            (0, "ec2", "TerminateInstances&InstanceId.1={kept}", 400, "OperationNotPermitted", "disableApiTermination"),
            (0, "ec2", "ModifyInstanceAttribute&InstanceId={web}&InstanceType.Value=t3.small", 400, "IncorrectInstanceState", "is not in the 'stopped' state"),
            (0, "ec2", "ModifyInstanceAttribute&InstanceId={web}", 400, "MissingParameter", "No attributes specified"),
            (0, "ec2", "ModifyInstanceAttribute&InstanceId={web}&GroupId.1=sg-0123456789abcdef0", 400, "InvalidGroup.NotFound", gone),
            (0, "ec2", "DeleteSubnet&SubnetId={subnet}", 400, "DependencyViolation", "subnet"),
            (0, "ec2", "DescribeInstanceTypes&InstanceType.1=z9.tiny", 400, "InvalidInstanceType", "z9.tiny"),
        ]);
        // Changes the group in both ways; the interface and the instance agree.
        place.done(0, "ec2", "ModifyInstanceAttribute&InstanceId={web}&GroupId.1={group}");
        let seen = place.done(0, "ec2", "DescribeInstanceAttribute&InstanceId={web}&Attribute=groupSet");
        assert_eq!(seen.need("groupId"), place.names["group"]);
        let of_web = "DescribeNetworkInterfaces&Filter.1.Name=attachment.instance-id&Filter.1.Value.1={web}";
        place.make(0, "ec2", of_web, "networkInterfaceId", "eni");
        place.done(0, "ec2", "ModifyNetworkInterfaceAttribute&NetworkInterfaceId={eni}&SecurityGroupId.1={second}");
        let seen = place.done(0, "ec2", "DescribeInstances&InstanceId.1={web}");
        assert!(!seen.text.contains(&place.names["group"]) && seen.text.contains(&place.names["second"]));

        // Filters, including those for properties that no instance here has.
        for (filter, count) in [
            ("metadata-options.http-tokens&Filter.1.Value.1=required", 2),
            ("platform-details&Filter.1.Value.1=Linux/UNIX", 2),
            ("network-interface.group-id&Filter.1.Value.1={second}", 1),
            ("private-dns-name&Filter.1.Value.1=ip-10-0-1-*.ap-northeast-1.compute.internal", 2),
            ("key-name&Filter.1.Value.1=*", 0),
            ("ip-address&Filter.1.Value.1=*", 0),
        ] {
            let seen = place.done(0, "ec2", &format!("DescribeInstances&Filter.1.Name={filter}"));
            assert_eq!(seen.text.matches("<instanceId>").count(), count, "{filter}");
        }

        // A terminated instance stays visible, has no network any more, and its token is used up.
        place.done(0, "ec2", "DescribeInstances");
        place.done(0, "ec2", "TerminateInstances&InstanceId.1={web}");
        place.done(0, "ec2", "DescribeInstances&InstanceId.1={web}");
        let seen = place.done(0, "ec2", "DescribeInstances&InstanceId.1={web}");
        assert_eq!((seen.need("code"), seen.need("name")), ("48".to_owned(), "terminated".to_owned()));
        assert!(!seen.text.contains("<privateIpAddress>") && !seen.text.contains("eni-"));
        place.refuses(&[
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}&ClientToken=once", 400, "IdempotentInstanceTerminated", "terminated"),
            (0, "ec2", "StartInstances&InstanceId.1={web}", 400, "IncorrectInstanceState", "is not in a state from which it can be started"),
            (0, "ec2", "StopInstances&InstanceId.1={web}", 400, "IncorrectInstanceState", "is not in a state from which it can be stopped"),
        ]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn load_balancers() {
    RefusalLab::told(|place| {
        place.networks();
        place.service();
        let form = "CreateLoadBalancer&Name=held&Type=network&Scheme=internal&Subnets.member.1={subnet}\
                    &SecurityGroups.member.1={group}";
        place.make(0, ELB, form, "LoadBalancerArn", "held");
        place.done(0, ELB, "ModifyLoadBalancerAttributes&LoadBalancerArn={held}&Attributes.member.1.Key=deletion_protection.enabled&Attributes.member.1.Value=true");
        place.make(0, ELB, "CreateTargetGroup&Name=free&Protocol=TCP&Port=80&VpcId={vpc}", "TargetGroupArn", "free");
        let arn = place.names["nlb"].replace("/nlb/", "/none/");
        place.names.insert("no-nlb", arn);
        let arn = place.names["targets"].replace("/web/", "/none/");
        place.names.insert("no-targets", arn);
        let arn = place.names["listener"].replace("/nlb/", "/none/");
        place.names.insert("no-listener", arn);
        let run = "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}";
        place.make(0, "ec2", run, "instanceId", "young");
        place.make(0, "ec2", "CreateVpc&CidrBlock=10.9.0.0/16", "vpcId", "vpc-3");
        place.make(0, "ec2", "CreateSecurityGroup&GroupName=x&GroupDescription=x&VpcId={vpc-3}", "groupId", "stray");
        place.refuses(&[
            (0, ELB, "CreateLoadBalancer&Name=nlb&Type=network&Scheme=internal&Subnets.member.1={other}", 400, "DuplicateLoadBalancerName", "with the same name"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=internal&Subnets.member.1={subnet}&Subnets.member.2={twin}", 400, "InvalidConfigurationRequest", "multiple subnets in the same Availability Zone"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=internal&Subnets.member.1=subnet-0123456789abcdef0", 400, "SubnetNotFound", "does not exist"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=internal", 400, "ValidationError", "subnets"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Subnets.member.1={subnet}", 400, "InvalidSubnet", "no internet gateway"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=inner&Subnets.member.1={subnet}", 400, "InvalidScheme", "inner"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=internal&Subnets.member.1={subnet}&SecurityGroups.member.1={stray}", 400, "InvalidSecurityGroup", "does not exist in the VPC"),
            (0, ELB, "CreateLoadBalancer&Name=-two&Type=network&Scheme=internal&Subnets.member.1={subnet}", 400, "ValidationError", "-two"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=internal&Subnets.member.1={subnet}&Tags.member.1.Key=a&Tags.member.2.Key=a", 400, "DuplicateTagKeys", "a"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=internal&SubnetMappings.member.1.SubnetId={subnet}&SubnetMappings.member.1.AllocationId=eipalloc-1", 400, "AllocationIdNotFound", "eipalloc-1"),
            (0, ELB, "DescribeLoadBalancers&LoadBalancerArns.member.1={no-nlb}", 400, "LoadBalancerNotFound", "not found"),
            (0, ELB, "DescribeLoadBalancers&Names.member.1=none", 400, "LoadBalancerNotFound", "not found"),
            (0, ELB, "DeleteLoadBalancer&LoadBalancerArn={held}", 400, "OperationNotPermitted", "deletion protection"),
            (0, ELB, "DeleteLoadBalancer&LoadBalancerArn={nlb}", 400, "ResourceInUse", "cannot be deleted because it is currently associated with another service"),
            (0, ELB, "SetSecurityGroups&LoadBalancerArn={nlb}&SecurityGroups.member.1={group}", 400, "InvalidConfigurationRequest", "created without any"),
            (0, ELB, "SetSecurityGroups&LoadBalancerArn={held}&SecurityGroups=", 400, "InvalidConfigurationRequest", "at least one"),
            (0, ELB, "SetSecurityGroups&LoadBalancerArn={held}&SecurityGroups.member.1={stray}", 400, "InvalidSecurityGroup", "does not exist in the VPC"),
            (0, ELB, "SetSubnets&LoadBalancerArn={nlb}&Subnets.member.1={subnet}&Subnets.member.2={twin}", 400, "InvalidConfigurationRequest", "same Availability Zone"),
            (0, ELB, "CreateTargetGroup&Name=web&Protocol=TCP&Port=81&VpcId={vpc}", 400, "DuplicateTargetGroupName", "with the same name"),
            (0, ELB, "CreateTargetGroup&Name=two&Protocol=TCP&Port=80&VpcId={vpc}&HealthCheckIntervalSeconds=4", 400, "ValidationError", "HealthCheckIntervalSeconds"),
            (0, ELB, "DeleteTargetGroup&TargetGroupArn={targets}", 400, "ResourceInUse", "is currently in use by a listener or a rule"),
            (0, ELB, "DescribeTargetGroups&TargetGroupArns.member.1={no-targets}", 400, "TargetGroupNotFound", "not found"),
            (0, ELB, "RegisterTargets&TargetGroupArn={no-targets}&Targets.member.1.Id={young}", 400, "TargetGroupNotFound", "not found"),
            (0, ELB, "RegisterTargets&TargetGroupArn={targets}&Targets.member.1.Id=i-0123456789abcdef0", 400, "InvalidTarget", "not valid instances"),
            (0, ELB, "RegisterTargets&TargetGroupArn={targets}&Targets.member.1.Id={young}", 400, "InvalidTarget", "not in a running state"),
            (0, ELB, "CreateListener&LoadBalancerArn={nlb}&Protocol=TCP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={free}", 400, "DuplicateListener", "already exists on this port"),
            (0, ELB, "CreateListener&LoadBalancerArn={held}&Protocol=TCP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={targets}", 400, "TargetGroupAssociationLimit", "more than one load balancer"),
            (0, ELB, "CreateListener&LoadBalancerArn={nlb}&Protocol=TCP&Port=81&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={no-targets}", 400, "TargetGroupNotFound", "not found"),
            (0, ELB, "CreateListener&LoadBalancerArn={no-nlb}&Protocol=TCP&Port=81&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={free}", 400, "LoadBalancerNotFound", "not found"),
            (0, ELB, "CreateListener&LoadBalancerArn={nlb}&Protocol=HTTP&Port=81&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={free}", 400, "UnsupportedProtocol", "HTTP"),
            (0, ELB, "ModifyListener&ListenerArn={no-listener}&Port=81", 400, "ListenerNotFound", "not found"),
            (0, ELB, "DeleteListener&ListenerArn={no-listener}", 400, "ListenerNotFound", "not found"),
            (0, ELB, "AddTags&ResourceArns.member.1={no-nlb}&Tags.member.1.Key=a", 400, "LoadBalancerNotFound", "not found"),
        ]);
        // The same request again returns the same load balancer; deleting what does not exist is no error.
        let form = "CreateLoadBalancer&Name=nlb&Type=network&Scheme=internal&Subnets.member.1={subnet}";
        assert_eq!(place.done(0, ELB, form).need("LoadBalancerArn"), place.names["nlb"]);
        place.done(0, ELB, "DeleteLoadBalancer&LoadBalancerArn={no-nlb}");
        place.done(0, ELB, "DeleteTargetGroup&TargetGroupArn={no-targets}");
        // A listener can move to another port and another target group; another zone adds a node.
        place.done(0, ELB, "ModifyListener&ListenerArn={listener}&Port=8080&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={free}");
        let seen = place.done(0, ELB, "DescribeListeners&ListenerArns.member.1={listener}");
        assert_eq!((seen.need("Port"), seen.need("TargetGroupArn")), ("8080".to_owned(), place.names["free"].clone()));
        place.done(0, ELB, "SetSubnets&LoadBalancerArn={nlb}&Subnets.member.1={subnet}&Subnets.member.2={other}");
        let nodes = "DescribeNetworkInterfaces&Filter.1.Name=description&Filter.1.Value.1=ELB%20net/nlb/*";
        assert_eq!(place.done(0, "ec2", nodes).text.matches("<networkInterfaceId>").count(), 2);
    })
    .await;
}
