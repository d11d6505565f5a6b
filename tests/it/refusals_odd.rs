//! Calls by somebody who knows AWS and doubts the sandbox: ids of another kind, foreign tokens, odd but legal forms.

use super::harness::{ELB, RefusalLab};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_addresses_and_pages() {
    RefusalLab::told(|place| {
        place.networks();
        let page = place.done(0, "ec2", "DescribeTags&MaxResults=5");
        assert_eq!(page.element("nextToken"), None, "nothing is tagged");
        for n in 0..5 {
            place.done(0, "ec2", &format!("CreateSubnet&VpcId={{vpc}}&CidrBlock=10.0.{}.0/24", 20 + n));
        }
        let token = place.done(0, "ec2", "DescribeSubnets&MaxResults=5").need("nextToken");
        place.names.insert("token", token);
        assert_eq!(place.done(0, "ec2", "DescribeSubnets&MaxResults=5&NextToken={token}").element("nextToken"), None);
        let gone = "does not exist";
        let at = "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}";
        place
            .names
            .insert("run", at.replace("{image}", &place.names["image"]).replace("{subnet}", &place.names["subnet"]));
        place.refuses(&[
            (0, "ec2", "DescribeVpcs&NextToken={token}", 400, "InvalidNextToken", "token"),
            (0, "ec2", "DescribeVpcs&VpcId.1={subnet}", 400, "InvalidVpcID.Malformed", "(expecting \"vpc-...\")"),
            (
                0,
                "ec2",
                "DescribeInstances&InstanceId.1=i-0123456789abcdef0&InstanceId.2=i-0123456789abcdef1",
                400,
                "InvalidInstanceID.NotFound",
                "The instance IDs 'i-0123456789abcdef0, i-0123456789abcdef1' do not exist",
            ),
            (
                0,
                "ec2",
                "TerminateInstances&InstanceId.1=i-0123456789abcdef0&InstanceId.2=i-xyz",
                400,
                "InvalidInstanceID.Malformed",
                "i-xyz",
            ),
            (
                0,
                "ec2",
                "CreateTags&ResourceId.1=subnet-0123456789abcdef0&Tag.1.Key=a",
                400,
                "InvalidSubnetID.NotFound",
                "The subnet ID 'subnet-0123456789abcdef0' does not exist",
            ),
            (
                0,
                "ec2",
                "CreateTags&ResourceId.1=i-0123456789abcdef0&Tag.1.Key=a",
                400,
                "InvalidInstanceID.NotFound",
                gone,
            ),
            (
                0,
                "ec2",
                "CreateTags&ResourceId.1=vpce-svc-0123456789abcdef0&Tag.1.Key=a",
                400,
                "InvalidVpcEndpointServiceId.NotFound",
                gone,
            ),
            (1, "ec2", "CreateTags&ResourceId.1={vpc}&Tag.1.Key=a", 400, "InvalidVpcID.NotFound", gone),
            (0, "ec2", "CreateTags&ResourceId.1=box-1&Tag.1.Key=a", 400, "InvalidID", "The ID 'box-1' is not valid"),
            (0, "ec2", "DeleteTags&ResourceId.1=acl-0123456789abcdef0", 400, "InvalidNetworkAclID.NotFound", gone),
            (0, "ec2", "CreateVpc&CidrBlock=127.0.0.0/16", 400, "InvalidVpc.Range", "127.0.0.0/16"),
            (0, "ec2", "CreateVpc&CidrBlock=169.254.8.0/24", 400, "InvalidVpc.Range", "169.254.8.0/24"),
            (0, "ec2", "CreateVpc&CidrBlock=239.1.0.0/16", 400, "InvalidVpc.Range", "239.1.0.0/16"),
            (0, "ec2", "CreateVpc&CidrBlock=10.0.0.0/%2B16", 400, "InvalidParameterValue", "not a valid CIDR block"),
            (
                0,
                "ec2",
                "{run}&PrivateIpAddress=10.0.1.3",
                400,
                "InvalidParameterValue",
                "Address 10.0.1.3 is in subnet's reserved address range",
            ),
            (
                0,
                "ec2",
                "{run}&SecurityGroup.1=one",
                400,
                "InvalidParameterCombination",
                "The parameter groupName cannot be used with the parameter subnet",
            ),
            (
                0,
                "ec2",
                "RunInstances&ImageId=ami-xyz&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}",
                400,
                "InvalidAMIID.Malformed",
                "Invalid id: \"ami-xyz\" (expecting \"ami-...\")",
            ),
            (
                0,
                "ec2",
                "{run}&BlockDeviceMapping.1.DeviceName=/dev/xvda&BlockDeviceMapping.1.Ebs.VolumeSize=4",
                400,
                "InvalidBlockDeviceMapping",
                "is smaller than snapshot 'snap-",
            ),
            (
                0,
                "ec2",
                "{run}&BlockDeviceMapping.1.DeviceName=/dev/sdf&BlockDeviceMapping.1.Ebs.VolumeSize=4",
                400,
                "InvalidParameterValue",
                "does not model another volume",
            ),
            (0, "ec2", "{run}&CreditSpecification.CpuCredits=none", 400, "InvalidParameterValue", "cpuCredits"),
            (
                0,
                "ec2",
                "DescribeVolumes&VolumeId.1=vol-0123456789abcdef0",
                400,
                "InvalidVolume.NotFound",
                "The volume 'vol-0123456789abcdef0' does not exist",
            ),
            (0, "ec2", "DescribeVolumes&VolumeId.1=disk", 400, "InvalidVolumeID.Malformed", "Invalid id"),
        ]);
        // The aws CLI uses this form to ask for an address but no public one.
        let run = "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&NetworkInterface.1.DeviceIndex=0\
                   &NetworkInterface.1.SubnetId={subnet}&NetworkInterface.1.AssociatePublicIpAddress=false\
                   &NetworkInterface.1.PrivateIpAddresses.1.Primary=true\
                   &NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress=10.0.1.50";
        assert_eq!(place.done(0, "ec2", run).need("privateIpAddress"), "10.0.1.50");
        // A block with bits set outside its prefix is another spelling of the same block [API:CreateVpc].
        assert_eq!(place.done(0, "ec2", "CreateVpc&CidrBlock=100.68.0.18/18").need("cidrBlock"), "100.68.0.0/18");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_of_groups() {
    RefusalLab::told(|place| {
        place.networks();
        let tcp = "&GroupId={group}&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=80";
        let tcp = tcp.replace("{group}", &place.names["group"]);
        place.names.insert("tcp", tcp);
        let everything = "&IpPermissions.1.IpProtocol=-1&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0";
        place.names.insert("everything", everything.to_owned());
        place.names.insert("long", "x".repeat(256));
        place.refuses(&[
            (0, "ec2", "AuthorizeSecurityGroupIngress{tcp}&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8&IpPermissions.1.IpRanges.2.CidrIp=10.9.9.9/8", 400, "InvalidParameterValue", "The same permission must not appear multiple times"),
            (0, "ec2", "AuthorizeSecurityGroupIngress{tcp}&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8&IpPermissions.1.IpRanges.1.Description=it%27s", 400, "InvalidParameterValue", "Invalid rule description. Valid descriptions are strings less than 256 characters"),
            (0, "ec2", "AuthorizeSecurityGroupIngress{tcp}&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8&IpPermissions.1.IpRanges.1.Description={long}", 400, "InvalidParameterValue", "Invalid rule description."),
            (0, "ec2", "AuthorizeSecurityGroupIngress{tcp}&IpPermissions.1.Ipv6Ranges.1.CidrIpv6=::/0", 400, "InvalidParameterValue", "does not model IPv6 rules"),
            (0, "ec2", "AuthorizeSecurityGroupEgress&GroupId={group}{everything}", 400, "InvalidPermission.Duplicate", "the specified rule \"peer: 0.0.0.0/0, ALL, ALLOW\" already exists"),
            // Terraform revokes the IPv6 half of a new group's outbound rule, and expects the answer that there is
            // none.
            (0, "ec2", "RevokeSecurityGroupEgress&GroupId={group}&IpPermissions.1.IpProtocol=-1&IpPermissions.1.FromPort=0&IpPermissions.1.ToPort=0&IpPermissions.1.Ipv6Ranges.1.CidrIpv6=::/0", 400, "InvalidPermission.NotFound", "does not exist in this security group"),
            (0, "ec2", "CreateSecurityGroup&GroupName=sg-web&GroupDescription=x&VpcId={vpc}", 400, "InvalidParameterValue", "Value (sg-web) for parameter GroupName is invalid. Group names may not be in the format sg-*."),
            (0, "ec2", "CreateSecurityGroup&GroupName=default&GroupDescription=x&VpcId={vpc}", 400, "InvalidParameterValue", "Cannot use reserved security group name: default"),
        ]);
        // The ports of a rule for all protocols are ignored, and 58 is icmpv6.
        place.done(0, "ec2", "RevokeSecurityGroupEgress&GroupId={group}{everything}&IpPermissions.1.FromPort=0&IpPermissions.1.ToPort=0");
        let rule = "AuthorizeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=58&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8";
        assert_eq!(place.done(0, "ec2", rule).need("ipProtocol"), "icmpv6");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_and_arns_of_load_balancing() {
    RefusalLab::told(|place| {
        place.networks();
        place.service();
        place.allow();
        place.endpoint("endpoint");
        place.names.insert("far-nlb", place.names["nlb"].replace("ap-northeast-1", "us-east-1"));
        place.names.insert("lb", "CreateLoadBalancer&Type=network&Scheme=internal&Subnets.member.1=".to_owned() + &place.names["subnet"]);
        place.names.insert("tg", "CreateTargetGroup&Protocol=TCP&Port=80&VpcId=".to_owned() + &place.names["vpc"]);
        place.names.insert("33", "x".repeat(33));
        place.refuses(&[
            (0, ELB, "{lb}&Name={33}", 400, "ValidationError", "cannot be longer than '32' characters"),
            (0, ELB, "{lb}&Name=a_b", 400, "ValidationError", "The load balancer name 'a_b' can only contain characters that are alphanumeric characters and hyphens(-)"),
            (0, ELB, "{lb}&Name=internal-x", 400, "ValidationError", "internal-"),
            (0, ELB, "{tg}&Name={33}", 400, "ValidationError", "cannot be longer than '32' characters"),
            (0, ELB, "{tg}&Name=x&HealthCheckIntervalSeconds=10&HealthCheckTimeoutSeconds=20", 400, "ValidationError", "Health check timeout '20' must be smaller than or equal to the interval '10'"),
            (0, ELB, "{tg}&Name=-x", 400, "ValidationError", "Target group name '-x'"),
            (0, ELB, "DescribeLoadBalancers&LoadBalancerArns.member.1={targets}", 400, "ValidationError", "is not a valid load balancer ARN"),
            (0, ELB, "DescribeLoadBalancerAttributes&LoadBalancerArn={far-nlb}", 400, "ValidationError", "is not a valid load balancer ARN"),
            (0, ELB, "DeleteLoadBalancer&LoadBalancerArn=nlb", 400, "ValidationError", "'nlb' is not a valid load balancer ARN"),
            (0, ELB, "DeleteTargetGroup&TargetGroupArn={nlb}", 400, "ValidationError", "is not a valid target group ARN"),
            (0, ELB, "DescribeTargetHealth&TargetGroupArn={nlb}", 400, "ValidationError", "is not a valid target group ARN"),
            (0, ELB, "DeleteListener&ListenerArn={targets}", 400, "ValidationError", "is not a valid listener ARN"),
            (0, ELB, "RegisterTargets&TargetGroupArn={targets}&Targets.member.1.Id=10.0.1.9&Targets.member.1.Port=0", 400, "ValidationError", "port"),
            (0, ELB, "DeregisterTargets&TargetGroupArn={targets}&Targets=", 400, "ValidationError", "Targets must be specified"),
            (0, ELB, "SetSubnets&LoadBalancerArn={nlb}&Subnets.member.1={other}", 400, "InvalidConfigurationRequest", "active VPC endpoint associations"),
        ]);
        // Only a load balancer's name may not begin with `internal-`.
        place.done(0, ELB, "{tg}&Name=internal-web");
        // Nothing uses the nodes any more; but within a zone, one subnet must be removed before another is added.
        place.done(0, "ec2", "RejectVpcEndpointConnections&ServiceId={service}&VpcEndpointId.1={endpoint}");
        place.refuses(&[(0, ELB, "SetSubnets&LoadBalancerArn={nlb}&Subnets.member.1={twin}", 400, "InvalidConfigurationRequest", "before another subnet in its Availability Zone")]);
        place.done(0, ELB, "SetSubnets&LoadBalancerArn={nlb}&Subnets.member.1={other}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_terraform_asks_of_instances_and_gateways() {
    RefusalLab::told(|place| {
        place.networks();
        let run = "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}\
                   &CreditSpecification.CpuCredits=standard&DisableApiStop=false&EbsOptimized=false\
                   &HibernationOptions.Configured=false&Monitoring.Enabled=false&Placement.AvailabilityZone=\
                   &InstanceInitiatedShutdownBehavior=stop&BlockDeviceMapping.1.DeviceName=/dev/xvda\
                   &BlockDeviceMapping.1.Ebs.VolumeSize=20&BlockDeviceMapping.1.Ebs.VolumeType=gp2\
                   &TagSpecification.1.ResourceType=volume&TagSpecification.1.Tag.1.Key=lab&TagSpecification.1.Tag.1.Value=yes";
        place.make(0, "ec2", run, "instanceId", "web");
        place.make(0, "ec2", "DescribeInstances&InstanceId.1={web}", "volumeId", "volume");
        let seen = place.done(0, "ec2", "DescribeVolumes&VolumeId.1={volume}");
        for (element, value) in [("size", "20"), ("volumeType", "gp2"), ("iops", "100"), ("status", "in-use"), ("key", "lab")] {
            assert_eq!(seen.need(element), value, "{element}");
        }
        place.done(0, "ec2", "CreateTags&ResourceId.1={volume}&Tag.1.Key=more");
        for (filter, count) in [
            ("attachment.instance-id&Filter.1.Value.1={web}", 1),
            ("tag-key&Filter.1.Value.1=more", 1),
            ("volume-type&Filter.1.Value.1=gp3", 0),
            ("attachment.instance-id&Filter.1.Value.1=i-0123456789abcdef0", 0),
        ] {
            let seen = place.done(0, "ec2", &format!("DescribeVolumes&Filter.1.Name={filter}"));
            assert_eq!(seen.text.matches("<size>").count(), count, "{filter}");
        }
        let types = place.done(0, "ec2", "DescribeTags&Filter.1.Name=resource-id&Filter.1.Value.1={volume}");
        assert_eq!(types.need("resourceType"), "volume");
        let credits = place.done(0, "ec2", "DescribeInstanceCreditSpecifications&InstanceId.1={web}");
        assert_eq!(credits.need("cpuCredits"), "standard");
        let unlimited = place.done(0, "ec2", "DescribeInstanceCreditSpecifications");
        assert_eq!(unlimited.element("cpuCredits"), None, "without ids only the unlimited are listed");
        // The reason for the termination has its time, and the volume is deleted too.
        assert_eq!(place.done(0, "ec2", "DescribeInstances&InstanceId.1={web}").need("reason"), "");
        place.done(0, "ec2", "TerminateInstances&InstanceId.1={web}");
        let reason = place.done(0, "ec2", "DescribeInstances&InstanceId.1={web}").need("reason");
        assert!(reason.starts_with("User initiated (20") && reason.ends_with(" GMT)"), "{reason}");
        place.refuses(&[(0, "ec2", "DescribeVolumes&VolumeId.1={volume}", 400, "InvalidVolume.NotFound", "does not exist")]);

        let gateway = "CreateVpcEndpoint&VpcId={vpc}&ServiceName=com.amazonaws.ap-northeast-1.s3&PrivateDnsEnabled=false";
        place.done(0, "ec2", gateway);
    })
    .await;
}
