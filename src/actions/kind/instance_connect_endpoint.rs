//! An EC2 Instance Connect Endpoint, through which `pllab browse` enters the client's VPC on AWS. It is free
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html>).

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::resource_kind::{Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};

/// Lab files cannot name this kind.
pub(in crate::actions) struct InstanceConnectEndpoint;

const FACTS: Places = &[("id", "InstanceConnectEndpointId")];

impl ResourceKind for InstanceConnectEndpoint {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("instance-connect-endpoint"),
        facts: FACTS,
        look,
        delete,
        over: &[],
        usual_deletion: Some((60, 300)),
        costs: free,
    });
    const TAKES_MINUTES: bool = true;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_connect_endpoint(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeInstanceConnectEndpoints", json!({ "InstanceConnectEndpointIds": [fact(name, "id")] }))
}

fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteInstanceConnectEndpoint", json!({ "InstanceConnectEndpointId": fact(name, "id") })))
}

/// Makes the endpoint `name` in `subnet` and with `group`, both by name.
pub(in crate::actions) fn make(name: &str, subnet: &str, group: &str, naming: &Naming<'_>) -> Vec<ApiStep> {
    let create = ec2(
        "CreateInstanceConnectEndpoint",
        json!({
            "SubnetId": fact(subnet, "id"),
            "SecurityGroupIds": [fact(group, "id")],
            "PreserveClientIp": false,
            "ClientToken": naming.token(name),
            "TagSpecifications": naming.tag_specifications("instance-connect-endpoint", name),
        }),
    );
    let find = ec2("DescribeInstanceConnectEndpoints", json!({ "Filters": naming.filters(name) }));
    vec![ApiStep::again("create", create).tells("InstanceConnectEndpoint", FACTS).found_by(
        find,
        "InstanceConnectEndpoints[0]",
        FACTS,
    )]
}
