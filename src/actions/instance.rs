//! An EC2 instance without a public address, with `IMDSv2` required.

use serde_json::json;

use super::part::{Find, Making, Part, deletion, ec2, fact};
use crate::cloud::Call;
use crate::lab::{Image, Instance};

/// The image by AWS's public parameter: its id differs per region and changes with every release
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-ami.html>).
fn image(image: Image) -> &'static str {
    match image {
        Image::AmazonLinux2023 => "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        Image::WindowsServer2022 => "resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
    }
}

pub(super) fn make(instance: &Instance, making: &Making<'_>) -> Vec<Part> {
    let call = ec2(
        "RunInstances",
        json!({
            "ImageId": image(instance.image),
            "InstanceType": instance.instance_type,
            "MinCount": 1,
            "MaxCount": 1,
            "SubnetId": fact(&instance.subnet, "id"),
            "SecurityGroupIds": [fact(&instance.group, "id")],
            "MetadataOptions": { "HttpTokens": "required" },
            "ClientToken": making.token(&instance.name),
            "TagSpecifications": making.tag_specifications("instance", &instance.name),
            "UserData": instance.user_data,
        }),
    );
    let find = Find {
        call: ec2("DescribeInstances", json!({ "Filters": making.filters(&instance.name) })),
        facts: &[
            ("id", "Reservations[0].Instances[0].InstanceId"),
            ("address", "Reservations[0].Instances[0].PrivateIpAddress"),
        ],
    };
    vec![Part {
        name: "run",
        call,
        facts: &[("id", "Instances[0].InstanceId"), ("address", "Instances[0].PrivateIpAddress")],
        find: Some(find),
        repeat: true,
    }]
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeInstances", json!({ "InstanceIds": [fact(name, "id")] }))
}

pub(super) fn delete(name: &str) -> Vec<Part> {
    deletion(ec2("TerminateInstances", json!({ "InstanceIds": [fact(name, "id")] })))
}
