//! Filters by a resource's properties: the right resources pass, and nothing passes a filter for a value that nothing
//! has.

use super::harness::{ELB, RefusalLab};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_filter_lets_pass_what_has_the_value() {
    let mut place = RefusalLab::open().await;
    let told = tokio::task::spawn_blocking(move || {
        place.networks();
        place.service();
        let run = "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}\
                   &SecurityGroupId.1={group}&TagSpecification.1.ResourceType=instance\
                   &TagSpecification.1.Tag.1.Key=lab&TagSpecification.1.Tag.1.Value=members";
        place.make(0, "ec2", run, "instanceId", "web");
        let seen = place.done(0, "ec2", "DescribeInstances");
        for (name, element) in [("mac", "macAddress"), ("attachment", "attachmentId"), ("volume", "volumeId")] {
            place.names.insert(name, seen.need(element));
        }
        let rows: &[(&str, &str, &str, &str, usize)] = &[
            ("DescribeInstances", "<imageId>", "tag-value", "members", 1),
            ("DescribeInstances", "<imageId>", "tag-value", "other", 0),
            ("DescribeInstances", "<imageId>", "block-device-mapping.volume-id", "{volume}", 1),
            ("DescribeInstances", "<imageId>", "network-interface.mac-address", "{mac}", 1),
            ("DescribeInstances", "<imageId>", "network-interface.attachment.attachment-id", "{attachment}", 1),
            ("DescribeInstances", "<imageId>", "network-interface.group-name", "one", 1),
            ("DescribeInstances", "<imageId>", "network-interface.group-name", "two", 0),
            ("DescribeInstances", "<imageId>", "metadata-options.http-put-response-hop-limit", "2", 1),
            ("DescribeInstances", "<imageId>", "current-instance-boot-mode", "uefi", 1),
            ("DescribeInstances", "<imageId>", "usage-operation", "RunInstances", 1),
            ("DescribeInstances", "<imageId>", "platform", "windows", 0),
            ("DescribeInstances", "<imageId>", "tenancy", "dedicated", 0),
            ("DescribeInstances", "<imageId>", "network-interface.association.public-ip", "*", 0),
            ("DescribeInstances", "<imageId>", "spot-instance-request-id", "*", 0),
            ("DescribeInstanceTypes", "<vCpuInfo>", "instance-storage-info.disk.type", "*", 0),
            ("DescribeInstanceTypes", "<vCpuInfo>", "network-info.ena-support", "unsupported", 1),
            ("DescribeImages", "<imageLocation>", "block-device-mapping.volume-size", "30", 1),
            ("DescribeImages", "<imageLocation>", "public-ssm-parameter-name", "*al2023*arm64*", 1),
            ("DescribeImages", "<imageLocation>", "tag:lab", "*", 0),
            ("DescribeSecurityGroups", "<groupDescription>", "ip-permission.group-name", "default", 1),
            ("DescribeSecurityGroups", "<groupDescription>", "ip-permission.ipv6-cidr", "*", 0),
            ("DescribeSubnets", "<cidrBlock>", "private-dns-name-options-on-launch.hostname-type", "ip-name", 3),
            ("DescribeNetworkInterfaces", "<interfaceType>", "attachment.attach-time", "20*", 1),
            ("DescribeNetworkInterfaces", "<interfaceType>", "private-dns-name", "*", 0),
            ("DescribeInstanceStatus", "<instanceStatus>", "instance-status.reachability", "passed", 1),
            ("DescribeInstanceStatus", "<instanceStatus>", "event.code", "*", 0),
        ];
        let mut wrong = Vec::new();
        for (operation, mark, filter, value, count) in rows {
            let form = format!("{operation}&Filter.1.Name={filter}&Filter.1.Value.1={value}");
            let (mut seen, mut looks) = (usize::MAX, 0);
            // A look lets time pass; an instance's status checks take a few.
            while seen != *count && looks < 4 {
                seen = place.done(0, "ec2", &form).text.matches(mark).count();
                looks += 1;
            }
            if seen != *count {
                wrong.push(format!("{operation} {filter}={value}: {seen}, not {count}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        // In a VPC with DNS host names an interface has a name.
        place.done(0, "ec2", "ModifyVpcAttribute&VpcId={vpc}&EnableDnsHostnames.Value=true");
        let named = "DescribeNetworkInterfaces&Filter.1.Name=private-dns-name&Filter.1.Value.1=ip-10-0-1-*.ap-northeast-1.compute.internal";
        assert_eq!(place.done(0, "ec2", named).text.matches("<interfaceType>").count(), 2);
        assert_eq!(place.done(0, ELB, "DescribeTargetGroups&LoadBalancerArn={nlb}").need("TargetGroupName"), "web");
        place
    });
    told.await.expect("as on AWS").cloud.close().await;
}
