//! A network ACL, its rules, and the one subnet associated with it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Keep, Naming, Places, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, elsewhere, shown_all};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, ec2, text_at};
use crate::i18n::{Text, m};
use crate::lab::{AclRule, Lab, NetworkAcl};

/// An ACL of a run has one association.
const FACTS: Places =
    &[("id", "NetworkAclId"), ("vpc", "VpcId"), ("association", "Associations[0].NetworkAclAssociationId")];
const OWN: Places = FACTS.split_at(2).0;
const ASSOCIATION: Places = FACTS.split_at(2).1;

/// The number of the rule `*` that ends every list.
const LAST: &str = "32767";

/// Of the ACL's subnets, the one that the call asked for.
const SUBNET: Keep = Keep { list: "/NetworkAcls/0/Associations", field: "SubnetId", param: "/Filters/0/Values/0" };

impl ResourceKind for NetworkAcl {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("network-acl"),
        facts: FACTS,
        look,
        delete,
        over: &[],
        usual_deletion: None,
        costs: free,
    });
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_network_acl(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeNetworkAcls", json!({ "NetworkAclIds": [fact(name, "id")] }))
}

/// An ACL in use cannot be deleted, and a subnet always has an ACL: so first give the subnet its VPC's default ACL
/// back (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAcl.html>).
fn delete(name: &str) -> Vec<ApiStep> {
    let default = filtered(&[("vpc-id", fact(name, "vpc")), ("default", json!("true"))]);
    let restore = json!({ "AssociationId": fact(name, "association"), "NetworkAclId": fact(name, "default") });
    vec![
        ApiStep::again("ask", default).tells("NetworkAcls[0]", &[("default", "NetworkAclId")]),
        ApiStep::again("restore", ec2("ReplaceNetworkAclAssociation", restore)),
        ApiStep::again("delete", ec2("DeleteNetworkAcl", json!({ "NetworkAclId": fact(name, "id") }))),
    ]
}

fn filtered(filters: &[(&str, Value)]) -> Call {
    let filters: Vec<Value> = filters.iter().map(|(name, value)| json!({ "Name": name, "Values": [value] })).collect();
    ec2("DescribeNetworkAcls", json!({ "Filters": filters }))
}

/// A rule in one notation for the lab's and AWS's. TCP is protocol 6, and -1 is every protocol
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html>).
fn words(number: &str, action: &str, protocol: &str, ports: Option<(String, String)>, cidr: &str) -> String {
    let what = match (protocol, ports) {
        ("-1", _) => "all".to_owned(),
        ("6", Some((from, to))) if from == to => format!("tcp {from}"),
        ("6", Some((from, to))) => format!("tcp {from}-{to}"),
        (protocol, _) => format!("protocol {protocol}"),
    };
    format!("{number} {action} {what} {cidr}")
}

impl AclRule {
    fn action(&self) -> &'static str {
        if self.allow { "allow" } else { "deny" }
    }

    fn ports(&self) -> Option<(u16, u16)> {
        self.port.map(|port| (port, self.to_port.unwrap_or(port)))
    }

    fn protocol(&self) -> &'static str {
        if self.port.is_some() { "6" } else { "-1" }
    }

    fn words(&self) -> String {
        let ports = self.ports().map(|(from, to)| (from.to_string(), to.to_string()));
        words(&self.number.to_string(), self.action(), self.protocol(), ports, &self.cidr)
    }

    /// A rule that exists already answers `NetworkAclEntryAlreadyExists`, which counts as success.
    fn step(&self, acl: &str, egress: bool) -> ApiStep {
        let mut params = json!({
            "NetworkAclId": fact(acl, "id"),
            "RuleNumber": self.number,
            "Protocol": self.protocol(),
            "RuleAction": self.action(),
            "Egress": egress,
            "CidrBlock": self.cidr,
        });
        if let Some((from, to)) = self.ports() {
            params["PortRange"] = json!({ "From": from, "To": to });
        }
        let direction = if egress { "egress" } else { "ingress" };
        ApiStep::again(format!("{direction}-{}", self.number), ec2("CreateNetworkAclEntry", params))
    }
}

/// The rules of one direction, without AWS's final one.
fn rules(acl: &Object, egress: bool) -> BTreeSet<String> {
    let entries = acl.item.get("Entries").and_then(Value::as_array).into_iter().flatten();
    let ours = entries.filter(|entry| entry.get("Egress").and_then(Value::as_bool) == Some(egress));
    let text = |entry: &Value, path: &str| text_at(entry, path).unwrap_or_default();
    ours.filter(|entry| text(entry, "RuleNumber") != LAST)
        .map(|entry| {
            let ports = text_at(entry, "PortRange.From").zip(text_at(entry, "PortRange.To"));
            let [number, action, protocol, cidr] =
                ["RuleNumber", "RuleAction", "Protocol", "CidrBlock"].map(|path| text(entry, path));
            words(&number, &action, &protocol, ports, &cidr)
        })
        .collect()
}

impl NetworkAcl {
    /// The calls that make the rules of one direction the lab's.
    fn changes(&self, object: &Object, egress: bool) -> Vec<Call> {
        let wanted = if egress { &self.egress } else { &self.ingress };
        let seen = rules(object, egress);
        // A rule's words begin with its number.
        let number = |words: &str| words.split(' ').next().and_then(|text| text.parse::<u16>().ok());
        let taken: BTreeSet<u16> = seen.iter().filter_map(|words| number(words)).collect();
        let set = wanted.iter().filter(|rule| !seen.contains(&rule.words())).map(|rule| {
            let mut call = rule.step(&self.name, egress).call;
            if taken.contains(&rule.number) {
                call.operation = "ReplaceNetworkAclEntry";
            }
            call
        });
        let gone = taken.iter().filter(|number| wanted.iter().all(|rule| rule.number != **number)).map(|number| {
            let params = json!({ "NetworkAclId": object.id, "RuleNumber": number, "Egress": egress });
            ec2("DeleteNetworkAclEntry", params)
        });
        set.chain(gone).collect()
    }
}

impl LabResource for NetworkAcl {
    /// The association moves last, so that the subnet never has an ACL without rules.
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let create = ec2(
            "CreateNetworkAcl",
            json!({
                "VpcId": fact(&self.vpc, "id"),
                "ClientToken": naming.token(&self.name),
                "TagSpecifications": naming.tag_specifications("network-acl", &self.name),
            }),
        );
        let created = ec2("DescribeNetworkAcls", json!({ "Filters": naming.filters(&self.name) }));
        let subnet = ("association.subnet-id", fact(&self.subnet, "id"));
        let associate =
            json!({ "AssociationId": fact(&self.name, "previous"), "NetworkAclId": fact(&self.name, "id") });
        let associated = filtered(&[subnet.clone(), ("network-acl-id", fact(&self.name, "id"))]);
        let mut steps =
            vec![ApiStep::again("create", create).tells("NetworkAcl", OWN).found_by(created, "NetworkAcls[0]", OWN)];
        steps.extend(self.ingress.iter().map(|rule| rule.step(&self.name, false)));
        steps.extend(self.egress.iter().map(|rule| rule.step(&self.name, true)));
        steps.extend([
            ApiStep::again("ask", filtered(&[subnet]))
                .tells("NetworkAcls[0].Associations[0]", &[("previous", "NetworkAclAssociationId")])
                .keeping(SUBNET),
            ApiStep::once("associate", ec2("ReplaceNetworkAclAssociation", associate))
                .tells("", &[("association", "NewAssociationId")])
                .found_by(associated, "NetworkAcls[0]", ASSOCIATION),
        ]);
        steps
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionNetworkAcl { name: &self.name, subnet: &self.subnet }.text()
    }

    fn survey(&self) -> Option<Survey> {
        Some(Survey::new(ec2("DescribeNetworkAcls", json!({})), "NetworkAcls", "NetworkAclId"))
    }

    /// A VPC's default ACL cannot be deleted and does not count. Every rule must be the lab's.
    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        if object.text("IsDefault") == "true" {
            return None;
        }
        let mut report =
            MatchReport::of(object, OWN).refers(m::point_vpc(), known, &self.vpc, "id", &object.text("VpcId"));
        for (egress, wanted, what) in
            [(false, &self.ingress, m::point_inbound()), (true, &self.egress, m::point_outbound())]
        {
            let (wanted, seen) = (wanted.iter().map(AclRule::words).collect(), rules(object, egress));
            let fit = if wanted == seen { Match::Right } else { Match::Wrong };
            let calls = self.changes(object, egress);
            report = report.point(what, shown_all(&wanted), shown_all(&seen), fit).mended(calls);
        }
        let associations = object.item.get("Associations").and_then(Value::as_array).cloned().unwrap_or_default();
        let subnet = known(&self.subnet, "id");
        let tied = associations.iter().find(|it| subnet.is_some() && text_at(it, "SubnetId") == subnet);
        let association = tied.and_then(|it| text_at(it, "NetworkAclAssociationId"));
        let tied_to = associations.iter().filter_map(|it| text_at(it, "SubnetId")).collect::<BTreeSet<_>>();
        let fit = match (&subnet, &association) {
            (None, _) => elsewhere(!tied_to.is_empty()),
            (_, Some(_)) => Match::Right,
            _ => Match::Wrong,
        };
        report.facts.extend(association.map(|id| ("association".to_owned(), id)));
        Some(report.point(m::point_association(), self.subnet.as_str(), shown_all(&tied_to), fit))
    }

    /// The default ACL that the subnet returns to is AWS's and has no tag; the subnet's tag is the run's.
    fn grants(&self) -> Vec<Grant> {
        let acl = "network-acl/*";
        vec![
            Grant::new("ec2:CreateNetworkAcl", &[acl]),
            Grant::tag("ec2:CreateNetworkAcl", &[acl]),
            Grant::own(&["ec2:CreateNetworkAcl"], &["vpc/*"]),
            Grant::own(&["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAcl"], &[acl]),
            Grant::own(&["ec2:ReplaceNetworkAclAssociation"], &["subnet/*"]),
            Grant::any(&["ec2:ReplaceNetworkAclAssociation"], &[acl]),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
