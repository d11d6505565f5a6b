//! Finds things in a run's VPCs that do not belong to the run: a learner's own experiments, or AWS's interfaces that
//! are still going away. Nothing here is ever deleted; the VPC cannot be deleted while they exist.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::actions;
use crate::cloud::{Clouds, ec2, tags};
use crate::engine::calls::perform::clients;
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::Fault;
use crate::engine::record::fold::strings;
use crate::engine::record::ledger::ResourceState;
use crate::engine::record::state::State;
use crate::lab::{Kind, Side};

/// Something in a run's VPC that the run did not make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    pub kind: Kind,
    pub id: String,
    pub vpc: String,
    /// Whether AWS made it for a load balancer or an endpoint, and removes it together with that.
    pub of_aws: bool,
    /// Every string in its description: what it uses is among them.
    names: BTreeSet<String>,
}

impl Stranger {
    /// Whether it uses the resource with this id, which can then not be deleted.
    #[must_use]
    pub fn uses(&self, id: &str) -> bool {
        // A service's name contains its id.
        !id.is_empty() && self.id != id && self.names.iter().any(|name| name.contains(id))
    }
}

/// What can be in a VPC: the call, the list in its reply, the id in an item.
const LISTS: [(&str, &str, &str); 6] = [
    ("DescribeInstances", "Reservations", "InstanceId"),
    ("DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("DescribeRouteTables", "RouteTables", "RouteTableId"),
    ("DescribeSecurityGroups", "SecurityGroups", "GroupId"),
    ("DescribeSubnets", "Subnets", "SubnetId"),
    ("DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId"),
];

/// The VPCs that the run has made in the account of `side`, including deleted ones.
pub fn vpcs(core: &RunLog, state: &State, side: Side) -> Vec<String> {
    let made = state.gone.iter().map(|it| (&it.kind, it.side, Some(it.id.as_str())));
    // A VPC of the learner's that stays may hold anything. One that they hand over has to go.
    let goes = |line: &&ResourceState| !line.yours || (state.handed_over && !state.is_older(line));
    let existing = state.existing().into_values().filter(goes).map(|line| (&line.kind, line.side, line.id()));
    let account = core.accounts().get(&side);
    let ours = made.chain(existing).filter(|(kind, its, _)| **kind == Kind::Vpc && core.accounts().get(its) == account);
    ours.filter_map(|(_, _, id)| id.map(str::to_owned)).collect()
}

/// Finds them in the account of `side`.
///
/// # Errors
/// If the account cannot be looked into.
pub async fn strangers(core: &RunLog, clouds: &Clouds, side: Side) -> Result<Vec<Stranger>, Fault> {
    let state = core.state();
    let vpcs = vpcs(core, &state, side);
    let mut found = Vec::new();
    if vpcs.is_empty() {
        return Ok(found);
    }
    let ours: BTreeSet<String> = state
        .gone
        .iter()
        .map(|it| it.id.clone())
        .chain(state.resources.values().flat_map(|line| line.facts.values().cloned()))
        .collect();
    // An interface of something that stays is no stranger: it stays and goes with that.
    let standing: BTreeSet<String> = state.resources.values().filter_map(|line| line.id().map(str::to_owned)).collect();
    for (operation, list, id) in LISTS {
        let params = json!({ "Filters": [{ "Name": "vpc-id", "Values": vpcs }] });
        let reply = clients(clouds, side).send(&ec2(operation, params)).await?;
        let mut objects: Vec<&Value> = reply.get(list).and_then(Value::as_array).into_iter().flatten().collect();
        if operation == "DescribeInstances" {
            let inner = objects.iter().filter_map(|it| it.get("Instances")?.as_array());
            objects = inner.flatten().collect();
        }
        for object in objects.into_iter().filter(|object| !standing.iter().any(|owner| is_made_for(object, owner))) {
            if let Some(stranger) = stranger(object, id, &ours, &state.run) {
                found.push(stranger);
            }
        }
    }
    Ok(found)
}

fn stranger(object: &Value, id: &str, ours: &BTreeSet<String>, run: &str) -> Option<Stranger> {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (kind, of_aws) = match id {
        "InstanceId" => ("instance", false),
        "NetworkInterfaceId" => ("network-interface", made_by_aws(object, ours)),
        "RouteTableId" => ("route-table", false),
        "GroupId" => ("security-group", false),
        "SubnetId" => ("subnet", false),
        _ => ("vpc-endpoint", false),
    };
    let tags = ["Tags", "TagSet"].iter().filter_map(|name| object.get(*name)?.as_array()).flatten();
    let is_tagged = tags.into_iter().any(|tag| tag["Key"] == tags::RUN && tag["Value"] == run);
    // These are made and deleted together with the VPC.
    let comes_along = text("GroupName") == "default"
        || object
            .get("Associations")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|it| it["Main"] == true));
    let state = object.pointer("/State/Name").and_then(Value::as_str).unwrap_or_else(|| text("State"));
    let is_gone = matches!(state.to_ascii_lowercase().as_str(), "terminated" | "deleted");
    if is_tagged || comes_along || is_gone || ours.contains(text(id)) {
        return None;
    }
    // An interface of one of the run's instances is deleted with the instance.
    let instance = object.pointer("/Attachment/InstanceId").and_then(Value::as_str).unwrap_or_default();
    if ours.contains(instance) {
        return None;
    }
    let mut names = BTreeSet::new();
    strings(object, &mut names);
    let (kind, id, vpc) = (actions::kind_tagged(kind), text(id).to_owned(), text("VpcId").to_owned());
    Some(Stranger { kind, id, vpc, of_aws, names })
}

/// Whether AWS made the interface for a resource of the run. AWS describes such interfaces as `ELB net/<name>/<id>` and
/// `VPC Endpoint Interface vpce-...` (NLB:target-group-register-targets, PL:concepts).
fn made_by_aws(object: &Value, ours: &BTreeSet<String>) -> bool {
    let description = described(object);
    description.starts_with("ELB net/pllab-")
        || description.starts_with("EC2 Instance Connect Endpoint")
        || (object["RequesterManaged"] == true && ours.iter().any(|owner| is_made_for(object, owner)))
}

/// Whether the interface's description names the resource with this id or ARN.
fn is_made_for(interface: &Value, owner: &str) -> bool {
    let short = owner.split_once(":loadbalancer/").map_or(owner, |(_, short)| short);
    !short.is_empty() && described(interface).ends_with(short)
}

fn described(object: &Value) -> &str {
    object.get("Description").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_along_or_is_ours_is_no_stranger() {
        let ours = BTreeSet::from(["sg-1".to_owned(), "i-1".to_owned(), "vpce-1".to_owned()]);
        let none = [
            ("GroupId", json!({ "GroupId": "sg-1", "GroupName": "web" })),
            ("GroupId", json!({ "GroupId": "sg-9", "GroupName": "default" })),
            ("RouteTableId", json!({ "RouteTableId": "rtb-9", "Associations": [{ "Main": true }] })),
            ("SubnetId", json!({ "SubnetId": "subnet-9", "Tags": [{ "Key": "pllab:run", "Value": "k3x9bc" }] })),
            ("InstanceId", json!({ "InstanceId": "i-9", "State": { "Name": "terminated" } })),
            ("NetworkInterfaceId", json!({ "NetworkInterfaceId": "eni-1", "Attachment": { "InstanceId": "i-1" } })),
        ];
        for (id, object) in none {
            assert_eq!(stranger(&object, id, &ours, "k3x9bc"), None, "{object}");
        }
        for (id, object, kind, of_aws) in [
            ("GroupId", json!({ "GroupId": "sg-2", "GroupName": "mine", "VpcId": "vpc-1" }), "security_group", false),
            ("InstanceId", json!({ "InstanceId": "i-9", "VpcId": "vpc-1" }), "instance", false),
            (
                "NetworkInterfaceId",
                json!({ "NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "RequesterManaged": true,
                    "Description": "VPC Endpoint Interface vpce-1" }),
                "network_interface",
                true,
            ),
            (
                "NetworkInterfaceId",
                json!({ "NetworkInterfaceId": "eni-3", "VpcId": "vpc-1", "RequesterManaged": true,
                    "Description": "Interface for NAT Gateway nat-1" }),
                "network_interface",
                false,
            ),
        ] {
            let found = stranger(&object, id, &ours, "k3x9bc").unwrap();
            assert_eq!((found.kind.name(), found.of_aws, found.vpc.as_str()), (kind, of_aws, "vpc-1"), "{object}");
            assert!(found.uses("vpc-1") && !found.uses(&found.id) && !found.uses("vpc-2"), "{object}");
        }
        let endpoint = json!({ "VpcEndpointId": "vpce-9", "ServiceName": "com.amazonaws.vpce.x.vpce-svc-1" });
        assert!(stranger(&endpoint, "VpcEndpointId", &ours, "k3x9bc").expect("it is one").uses("vpce-svc-1"));
    }
}
