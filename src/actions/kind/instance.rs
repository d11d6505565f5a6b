//! An EC2 instance without a public address, with `IMDSv2` required.

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey};
use crate::actions::price_list::Item;
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Symbol, Thing};
use crate::cloud::{Call, Fault, FaultClass, ec2};
use crate::i18n::{Text, m};
use crate::lab::{Image, Instance, Lab, Side};

const FACTS: Places = &[("id", "InstanceId"), ("address", "PrivateIpAddress")];

impl ResourceKind for Instance {
    const THING: Option<Thing> = Some(Thing {
        made_by: "run",
        tagged_as: Some("instance"),
        facts: FACTS,
        look,
        delete,
        over: &[],
        usual_deletion: Some((30, 90)),
        costs: |instance| {
            let text = |key: &str| instance.get(key).and_then(Value::as_str).unwrap_or_default();
            // `Platform` is present for Windows only [API:DescribeInstances].
            Some(costs(text("InstanceType"), !text("Platform").is_empty()))
        },
    });
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = Some(|side| match side {
        Side::Consumer => Symbol { label: m::picture_client(), works: "running", place: 0, tied: false },
        Side::Provider => Symbol { label: m::picture_web(), works: "running", place: 3, tied: false },
    });

    fn label(name: &str) -> Text {
        m::label_instance(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeInstances", json!({ "InstanceIds": [fact(name, "id")] }))
}

fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("TerminateInstances", json!({ "InstanceIds": [fact(name, "id")] })))
}

/// Charged by the second. The image sets the root volume's size: 8 GB for AL2023, 30 GB for Windows Server.
fn costs(instance_type: &str, windows: bool) -> Costs {
    let instance = (instance_type == "t3.micro").then_some(Item::Instance("t3.micro", windows));
    Costs { items: vec![instance], gigabytes: if windows { 30 } else { 8 }, whole_hours: false }
}

/// AWS's public parameter for the image: the id differs per region and changes with every release
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-ami.html>).
fn image(image: Image) -> &'static str {
    match image {
        Image::AmazonLinux2023 => "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        Image::WindowsServer2022 => "resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
    }
}

/// Another call to find the image of a refused launch. Reading AWS's parameter takes `ssm:GetParameters`. Which code
/// AWS answers without that permission is UNCONFIRMED, so any denial counts, and so does an endpoint that cannot read
/// the parameter.
pub(in crate::actions) fn other_image(call: &Call, fault: &Fault) -> Option<Call> {
    let parameter = call.params.get("ImageId")?.as_str()?.strip_prefix("resolve:ssm:")?;
    let unread = fault.code.starts_with("InvalidAMIID") || fault.message.to_ascii_lowercase().contains("ssm");
    if fault.class != FaultClass::Denied && !unread {
        return None;
    }
    // The names that Amazon gives these images.
    let name = match parameter.rsplit('/').next()? {
        "al2023-ami-kernel-default-x86_64" => "al2023-ami-2023.*-x86_64",
        "Windows_Server-2022-English-Full-Base" => "Windows_Server-2022-English-Full-Base-*",
        _ => return None,
    };
    Some(ec2(
        "DescribeImages",
        json!({
            "Owners": ["amazon"],
            "Filters": [{ "Name": "name", "Values": [name] }, { "Name": "state", "Values": ["available"] }],
        }),
    ))
}

/// The same launch with the newest of the images found. It gets another client token: AWS refuses a token that comes
/// back with other parameters.
pub(in crate::actions) fn with_image(call: &Call, found: &Value) -> Option<Call> {
    let text = |image: &Value, key: &str| image.get(key).and_then(Value::as_str).map(str::to_owned);
    let images = found.get("Images")?.as_array()?;
    // AWS's timestamps sort as text.
    let newest = images.iter().max_by_key(|image| text(image, "CreationDate"))?;
    let mut call = call.clone();
    call.params.insert("ImageId".to_owned(), text(newest, "ImageId")?.into());
    if let Some(token) = call.params.get("ClientToken").and_then(Value::as_str) {
        let token = format!("{token}-image");
        call.params.insert("ClientToken".to_owned(), token.into());
    }
    Some(call)
}

impl LabResource for Instance {
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let run = ec2(
            "RunInstances",
            json!({
                "ImageId": image(self.image),
                "InstanceType": self.instance_type,
                "MinCount": 1,
                "MaxCount": 1,
                // Explicit, so that there is no public address whatever the subnet's default is, and the interface is
                // deleted with the instance.
                "NetworkInterfaces": [{
                    "DeviceIndex": 0,
                    "SubnetId": fact(&self.subnet, "id"),
                    "Groups": [fact(&self.group, "id")],
                    "AssociatePublicIpAddress": false,
                    "DeleteOnTermination": true,
                }],
                "MetadataOptions": { "HttpTokens": "required" },
                "ClientToken": naming.token(&self.name),
                "TagSpecifications": naming.tag_specifications("instance", &self.name),
                "UserData": self.user_data,
            }),
        );
        let find = ec2("DescribeInstances", json!({ "Filters": naming.filters(&self.name) }));
        vec![ApiStep::again("run", run).tells("Instances[0]", FACTS).found_by(
            find,
            "Reservations[0].Instances[0]",
            FACTS,
        )]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionInstance { name: &self.name, size: &self.instance_type }.text()
    }

    fn survey(&self) -> Option<Survey> {
        Some(Survey::new(ec2("DescribeInstances", json!({})), "Reservations[].Instances", "InstanceId"))
    }

    /// What the instance runs is not compared: a script of the learner's own will do, and the step's checks cover it.
    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        if ["shutting-down", "terminated"].contains(&object.text("State.Name").as_str()) {
            return None;
        }
        let windows = object.text("Platform").eq_ignore_ascii_case("windows");
        let (wanted, system) = match self.image {
            Image::AmazonLinux2023 => (false, "Linux"),
            Image::WindowsServer2022 => (true, "Windows"),
        };
        let fit = if windows == wanted { Match::Right } else { Match::Wrong };
        let public = object.text("PublicIpAddress");
        let private = if public.is_empty() { Match::Right } else { Match::Wrong };
        let report = MatchReport::of(object, FACTS)
            .refers(m::point_subnet(), known, &self.subnet, "id", &object.text("SubnetId"))
            .refers_to_all(
                m::point_group(),
                known,
                (std::slice::from_ref(&self.group), "id"),
                &object.texts("SecurityGroups[].GroupId"),
                true,
            )
            .mended([ec2(
                "ModifyInstanceAttribute",
                json!({ "InstanceId": object.id, "Groups": [fact(&self.group, "id")] }),
            )])
            .point(m::point_system(), system, if windows { "Windows" } else { "Linux" }, fit)
            .point(m::point_public(), m::watch_nothing(), public, private)
            .value(m::point_instance_type(), &self.instance_type, &object.text("InstanceType"));
        Some(report)
    }

    /// Image, network interface and volume carry no tag of the run. The policy can only require images of AWS and no
    /// public address. `resolve:ssm` takes `ssm:GetParameters`
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>, dependent actions).
    fn grants(&self) -> Vec<Grant> {
        let parameters = match self.image {
            Image::AmazonLinux2023 => "parameter/aws/service/ami-amazon-linux-latest/*",
            Image::WindowsServer2022 => "parameter/aws/service/ami-windows-latest/*",
        };
        vec![
            Grant::new("ec2:RunInstances", &["instance/*"])
                .rail("StringEquals", "ec2:InstanceType", &self.instance_type)
                .rail("StringEquals", "ec2:MetadataHttpTokens", "required"),
            Grant::tag("ec2:RunInstances", &["instance/*"]),
            Grant::own(&["ec2:RunInstances"], &["subnet/*", "security-group/*"]),
            Grant::any(&["ec2:RunInstances"], &["image/*"]).rail("StringEquals", "ec2:Owner", "amazon"),
            // A volume does not have this key; `IfExists` lets it pass.
            Grant::any(&["ec2:RunInstances"], &["network-interface/*", "volume/*"]).rail(
                "BoolIfExists",
                "ec2:AssociatePublicIpAddress",
                "false",
            ),
            Grant::any(&["ssm:GetParameters"], &[parameters]),
            Grant::own(&["ec2:TerminateInstances"], &["instance/*"]),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        Some(costs(&self.instance_type, self.image == Image::WindowsServer2022))
    }
}
