//! What an account may hold, and how fast it may call.

use aws_sdk_servicequotas::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_servicequotas::error::ProvideErrorMetadata as _;
use jiff::SignedDuration;
use pllab::inside::host::Clock;
use pllab::inside::sandbox::{Pace, Throttle};

use super::harness::{ELB, ENDPOINT, Folder, RefusalLab};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_quota_that_can_be_set_refuses() {
    let place = RefusalLab::open().await;
    let filled = tokio::task::spawn_blocking(move || {
        let mut place = place;
        place.networks();
        place.service();
        place.allow();
        place.endpoint("endpoint");
        let gateway = "CreateVpcEndpoint&VpcId={vpc}&ServiceName=com.amazonaws.ap-northeast-1.s3";
        place.make(0, "ec2", gateway, "vpcEndpointId", "gateway");
        let target = "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.";
        let create = "CreateTargetGroup&Name=ips&Protocol=TCP&Port=80&VpcId={vpc}&TargetType=ip";
        place.make(0, ELB, create, "TargetGroupArn", "ips");
        place.done(0, ELB, &format!("{target}9"));
        place.make(0, "ec2", "DescribeNetworkAcls", "networkAclId", "acl");
        place.make(0, "ec2", "DescribeNetworkInterfaces", "networkInterfaceId", "eni");
        place.done(
            0,
            "ec2",
            "CreateRoute&RouteTableId={table}&DestinationCidrBlock=172.16.0.0/12&NetworkInterfaceId={eni}",
        );
        place
    });
    let quotas = [
        ("L-F678F1CE", 1),
        ("L-407747CB", 3),
        ("L-589F43AA", 2),
        ("L-93826ACB", 1),
        ("L-E79EC296", 3),
        ("L-0EA8095F", 1),
        ("L-2AFB9258", 1),
        ("L-DF5E4CA3", 1),
        ("L-29B6F2EB", 1),
        ("L-1B52E74A", 1),
        ("L-69A177A2", 1),
        ("L-57A373D6", 1),
        ("L-B22855CB", 2),
        ("L-A0D0B863", 1),
        ("L-1216C47A", 1),
        ("L-B4A6D682", 1),
        ("L-2AEEBF1A", 1),
    ];
    let place = filled.await.expect("the place is filled");
    let place = place
        .reopen(|options| quotas.iter().for_each(|(code, value)| options.quotas.set(code, *value).expect("a code")))
        .await;
    let full = tokio::task::spawn_blocking(move || {
        place.refuses(&[
            (0, "ec2", "CreateVpc&CidrBlock=10.0.0.0/16", 400, "VpcLimitExceeded", "The maximum number of VPCs has been reached."),
            (0, "ec2", "CreateSubnet&VpcId={vpc}&CidrBlock=10.0.9.0/24", 400, "SubnetLimitExceeded", "subnets"),
            (0, "ec2", "CreateRouteTable&VpcId={vpc}", 400, "RouteTableLimitExceeded", "route tables"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&NetworkInterfaceId={eni}", 400, "RouteLimitExceeded", "routes"),
            (0, "ec2", "CreateSecurityGroup&GroupName=x&GroupDescription=x&VpcId={vpc}", 400, "SecurityGroupLimitExceeded", "security groups"),
            (0, "ec2", "AuthorizeSecurityGroupEgress&GroupId={group}&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=1&IpPermissions.1.ToPort=1&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8", 400, "RulesPerSecurityGroupLimitExceeded", "rules"),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t2.micro&MinCount=1&MaxCount=1&SubnetId={subnet}&SecurityGroupId.1={group}&SecurityGroupId.2={second}", 400, "SecurityGroupsPerInterfaceLimitExceeded", "per interface"),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t2.micro&MinCount=1&MaxCount=1&SubnetId={subnet}", 400, "NetworkInterfaceLimitExceeded", "network interfaces"),
            (0, "ec2", "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}", 400, "VcpuLimitExceeded", "vCPU limit of 1"),
            (1, "ec2", ENDPOINT, 400, "VpcEndpointLimitExceeded", "VPC endpoints"),
            (0, "ec2", "CreateVpcEndpoint&VpcId={vpc}&ServiceName=com.amazonaws.ap-northeast-1.s3", 400, "VpcEndpointLimitExceeded", "VPC endpoints"),
            (0, "ec2", "CreateNetworkAcl&VpcId={vpc}", 400, "NetworkAclLimitExceeded", "network ACLs"),
            (0, "ec2", "CreateNetworkAclEntry&NetworkAclId={acl}&RuleNumber=7&Protocol=-1&RuleAction=allow&Egress=false&CidrBlock=10.0.0.0/8", 400, "NetworkAclEntryLimitExceeded", "entries"),
            (0, ELB, "CreateLoadBalancer&Name=two&Type=network&Scheme=internal&Subnets.member.1={subnet}", 400, "TooManyLoadBalancers", "load balancers"),
            (0, ELB, "CreateListener&LoadBalancerArn={nlb}&Protocol=TCP&Port=81&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={targets}", 400, "TooManyListeners", "listeners"),
            (0, ELB, "CreateTargetGroup&Name=three&Protocol=TCP&Port=80&VpcId={vpc}", 400, "TooManyTargetGroups", "target groups"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.10", 400, "TooManyTargets", "too many targets"),
        ]);
        // Each account has its own quotas, so the other one may go on.
        place.done(0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.9");
        place
    });
    full.await.expect("the rows hold").cloud.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_load_balancer_may_hold() {
    let place = RefusalLab::open().await;
    let filled = tokio::task::spawn_blocking(move || {
        let mut place = place;
        place.networks();
        place.service();
        let create = "CreateTargetGroup&Name=ips&Protocol=TCP&Port=80&VpcId={vpc}&TargetType=ip";
        place.make(0, ELB, create, "TargetGroupArn", "ips");
        let action = "&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn=";
        place.done(0, ELB, &format!("CreateListener&LoadBalancerArn={{nlb}}&Protocol=TCP&Port=82{action}{{ips}}"));
        place.done(0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.9");
        place
    });
    let set = |options: &mut pllab::inside::sandbox::Options, all: &[(&str, u64)]| {
        for (code, value) in all {
            options.quotas.set(code, *value).expect("a code");
        }
    };
    let place = filled.await.expect("the place is filled");
    let place = place.reopen(|options| set(options, &[("L-EEF1AD04", 1), ("L-23568085", 1)])).await;
    let few = tokio::task::spawn_blocking(move || {
        place.refuses(&[
            (
                0,
                ELB,
                "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.3.9",
                400,
                "TooManyTargets",
                "maximum number of targets",
            ),
            (
                0,
                ELB,
                "CreateLoadBalancer&Name=two&Type=network&Scheme=internal&Subnets.member.1={subnet}",
                400,
                "TooManyLoadBalancers",
                "network interfaces",
            ),
            (
                0,
                ELB,
                "SetSubnets&LoadBalancerArn={nlb}&Subnets.member.1={subnet}&Subnets.member.2={other}",
                400,
                "TooManyLoadBalancers",
                "network interfaces",
            ),
        ]);
        let seen = place.done(0, ELB, "DescribeAccountLimits");
        assert!(seen.text.contains("<Name>targets-per-network-load-balancer</Name><Max>1</Max>"), "{}", seen.text);
        place
    });
    let place = few.await.expect("the rows hold").reopen(|options| set(options, &[("L-B211E961", 1)])).await;
    let full = tokio::task::spawn_blocking(move || {
        let same = "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.10";
        place.refuses(&[(0, ELB, same, 400, "TooManyTargets", "in an Availability Zone")]);
        place.done(0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.3.9");
        place
    });
    full.await.expect("each zone has its own").cloud.close().await;
}

/// A client of Service Quotas.
fn client(place: &RefusalLab) -> aws_sdk_servicequotas::Client {
    let account = &place.cloud.sandbox().accounts()[0];
    let keys = Credentials::new(&account.access_key_id, &account.secret_access_key, None, None, "test");
    let config = aws_sdk_servicequotas::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("ap-northeast-1"))
        .endpoint_url(place.cloud.sandbox().endpoint_url())
        .credentials_provider(keys);
    aws_sdk_servicequotas::Client::from_conf(config.build())
}

#[tokio::test]
async fn service_quotas_tells_what_the_refusals_use() {
    let place = RefusalLab::open().await;
    let place = place.reopen(|options| options.quotas.set("L-F678F1CE", 7).expect("a code")).await;
    let quotas = client(&place);
    let vpcs = quotas.get_service_quota().service_code("vpc").quota_code("L-F678F1CE").send().await;
    let vpcs = vpcs.expect("an answer").quota.expect("a quota");
    assert_eq!((vpcs.value(), vpcs.quota_name(), vpcs.adjustable()), (Some(7.0), Some("VPCs per Region"), true));
    let default = quotas.get_aws_default_service_quota().service_code("vpc").quota_code("L-F678F1CE").send().await;
    assert_eq!(default.expect("an answer").quota.expect("a quota").value(), Some(5.0));
    let vcpus = quotas.get_service_quota().service_code("ec2").quota_code("L-1216C47A").send().await;
    assert_eq!(vcpus.expect("an answer").quota.expect("a quota").value(), Some(5.0));

    // Pages follow each other, and end.
    let (mut seen, mut token) = (Vec::new(), None);
    loop {
        let page = quotas.list_service_quotas().service_code("vpc").max_results(4).set_next_token(token).send().await;
        let page = page.expect("a page");
        seen.extend(page.quotas().iter().filter_map(|quota| quota.quota_code().map(str::to_owned)));
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert!(seen.len() > 4 && seen.contains(&"L-29B6F2EB".to_owned()), "{seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");

    for (service, code) in [("vpc", "L-00000000"), ("lambda", "L-F678F1CE")] {
        let refused = quotas.get_service_quota().service_code(service).quota_code(code).send().await;
        assert_eq!(refused.expect_err("none").code(), Some("NoSuchResourceException"), "{service} {code}");
    }
    place.cloud.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_beyond_a_bucket_are_refused_until_it_fills() {
    let place = RefusalLab::open().await;
    let clock = Clock::manual(jiff::Timestamp::now());
    let place = place.reopen(|options| {
        (options.throttle, options.pace, options.clock) = (Throttle::Aws, Pace::Real, clock.clone());
    });
    let place = place.await;
    let told = tokio::task::spawn_blocking(move || {
        let ask = |index| {
            let answer = place.call(index, "ec2", "ModifyVpcEndpoint&VpcEndpointId=vpce-0123456789abcdef0");
            (answer.status, answer.need("Code"))
        };
        let refused = (503, "RequestLimitExceeded".to_owned());
        let let_through = (400, "InvalidVpcEndpointId.NotFound".to_owned());
        let seen: Vec<_> = (0..5).map(|_| ask(0)).collect();
        assert_eq!(seen[..4], vec![let_through.clone(); 4]);
        assert_eq!(seen[4], refused);
        // Another account and another operation have other buckets.
        assert_eq!(ask(1), let_through);
        place.done(0, "ec2", "DescribeVpcEndpoints");
        clock.advance(SignedDuration::from_millis(3400));
        assert_eq!([ask(0), ask(0)], [let_through, refused]);
        place
    });
    told.await.expect("as AWS has it").cloud.close().await;
}

#[test]
fn limits_are_checked_before_anything_starts() {
    let folder = Folder::new();
    for (words, named, help) in [
        ("sandbox --quota L-00000000=1", "L-00000000", "L-F678F1CE"),
        ("sandbox --quota L-F678F1CE=many", "many", "L-F678F1CE"),
        ("sandbox --quota L-F678F1CE", "L-F678F1CE", "--quota"),
        ("sandbox --throttle gcp", "gcp", "aws"),
    ] {
        for lang in ["en", "ja"] {
            let program = folder.pllab(words).env("PLLAB_LANG", lang);
            program.run().code(2).stdout("").clean().complains(named).complains(help);
        }
        assert!(!folder.state().exists(), "{words}: nothing is made");
    }
}
