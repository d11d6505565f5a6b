//! A security group and its inbound rules. Outbound stays AWS's default: everything.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, elsewhere, shown_all, texts};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, ec2, text_at};
use crate::i18n::{Text, m};
use crate::lab::{Ingress, Lab, SecurityGroup};

const FACTS: Places = &[("id", "GroupId")];

impl ResourceKind for SecurityGroup {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("security-group"),
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
        m::label_security_group(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeSecurityGroups", json!({ "GroupIds": [fact(name, "id")] }))
}

/// A rule that names another group is deleted with the group that holds it, so groups are deleted in reverse order.
fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteSecurityGroup", json!({ "GroupId": fact(name, "id") })))
}

/// A rule as `AuthorizeSecurityGroupIngress` takes it.
fn permission(rule: &Ingress) -> Value {
    let mut permission = json!({ "IpProtocol": "tcp", "FromPort": rule.port, "ToPort": rule.port });
    if let Some(cidr) = &rule.cidr {
        permission["IpRanges"] = json!([{ "CidrIp": cidr }]);
    }
    if let Some(source) = &rule.group {
        permission["UserIdGroupPairs"] = json!([{ "GroupId": fact(source, "id") }]);
    }
    permission
}

impl LabResource for SecurityGroup {
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let create = ec2(
            "CreateSecurityGroup",
            json!({
                "GroupName": naming.name(&self.name),
                "Description": self.description,
                "VpcId": fact(&self.vpc, "id"),
                "TagSpecifications": naming.tag_specifications("security-group", &self.name),
            }),
        );
        let find = ec2("DescribeSecurityGroups", json!({ "Filters": naming.filters(&self.name) }));
        let mut steps =
            vec![ApiStep::once("create", create).tells("", FACTS).found_by(find, "SecurityGroups[0]", FACTS)];
        if !self.ingress.is_empty() {
            let permissions: Vec<_> = self.ingress.iter().map(permission).collect();
            let params = json!({ "GroupId": fact(&self.name, "id"), "IpPermissions": permissions });
            // A rule that exists already answers InvalidPermission.Duplicate, which counts as success.
            steps.push(ApiStep::again("ingress", ec2("AuthorizeSecurityGroupIngress", params)));
        }
        steps
    }

    fn plan(&self, _: &Lab) -> Text {
        match self.ingress.first() {
            None => m::action_security_group_closed(&self.name),
            Some(rule) => {
                let from = rule.cidr.as_deref().or(rule.group.as_deref()).unwrap_or_default();
                m::ActionSecurityGroup { from, name: &self.name, port: rule.port }.text()
            }
        }
    }

    fn survey(&self) -> Option<Survey> {
        Some(Survey::new(ec2("DescribeSecurityGroups", json!({})), "SecurityGroups", "GroupId"))
    }

    /// Its inbound rules must be exactly the lab's: one more would open what should stay closed.
    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        // Every VPC has a group of this name, which cannot be deleted and is not the learner's.
        if object.text("GroupName") == "default" {
            return None;
        }
        let report =
            MatchReport::of(object, FACTS).refers(m::point_vpc(), known, &self.vpc, "id", &object.text("VpcId"));
        let seen = rules(object);
        let mut missing = Vec::new();
        let mut open = false;
        let mut wanted = BTreeSet::new();
        let mut named = BTreeSet::new();
        for rule in &self.ingress {
            let source = match (&rule.cidr, &rule.group) {
                (Some(cidr), _) => Some(cidr.clone()),
                (None, Some(name)) => known(name, "id"),
                (None, None) => None,
            };
            let name = rule.group.as_ref().filter(|_| rule.cidr.is_none());
            open |= source.is_none();
            let source = source.or_else(|| name.cloned()).unwrap_or_default();
            let words = format!("tcp {} <- {source}", rule.port);
            named
                .insert(name.filter(|name| **name != source).map_or(words.clone(), |name| format!("{words} ({name})")));
            if !seen.contains_key(&words) {
                missing.push(permission(rule));
            }
            wanted.insert(words);
        }
        let extra: Vec<&Value> = seen.iter().filter(|(words, _)| !wanted.contains(*words)).map(|(_, it)| it).collect();
        let change = |operation, rules: Value| ec2(operation, json!({ "GroupId": object.id, "IpPermissions": rules }));
        let authorize =
            (!missing.is_empty()).then(|| change("AuthorizeSecurityGroupIngress", Value::from(missing.clone())));
        let revoke = (!extra.is_empty()).then(|| change("RevokeSecurityGroupIngress", json!(extra)));
        let calls = revoke.into_iter().chain(authorize);
        let fit = if missing.is_empty() && extra.is_empty() {
            Match::Right
        } else if open && seen.len() <= wanted.len() {
            elsewhere(!extra.is_empty())
        } else {
            Match::Wrong
        };
        let report =
            report.point(m::point_inbound(), shown_all(&named), shown_all(&seen.keys().cloned().collect()), fit);
        Some(report.mended(calls))
    }

    fn grants(&self) -> Vec<Grant> {
        vec![
            Grant::new("ec2:CreateSecurityGroup", &["security-group/*"]),
            Grant::tag("ec2:CreateSecurityGroup", &["security-group/*"]),
            Grant::own(&["ec2:CreateSecurityGroup"], &["vpc/*"]),
            Grant::own(&["ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup"], &["security-group/*"]),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}

/// Takes rules out of the group `name`.
pub(in crate::actions) fn without_rules(name: &str, inbound: bool, rules: &[Value]) -> ApiStep {
    let params = json!({ "GroupId": fact(name, "id"), "IpPermissions": rules });
    if inbound {
        ApiStep::again("revoke-ingress", ec2("RevokeSecurityGroupIngress", params))
    } else {
        ApiStep::again("revoke-egress", ec2("RevokeSecurityGroupEgress", params))
    }
}

/// Inbound rules, one line per rule and source, each with the permission that a call names it by.
fn rules(object: &Object) -> BTreeMap<String, Value> {
    let mut rules = BTreeMap::new();
    for permission in object.item.get("IpPermissions").and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| text_at(permission, key).unwrap_or_default();
        let ports = match (part("FromPort"), part("ToPort")) {
            (from, to) if from == to => from,
            (from, to) => format!("{from}-{to}"),
        };
        // The protocol -1 means every protocol and every port [API:IpPermission].
        let what =
            if part("IpProtocol") == "-1" { "all".to_owned() } else { format!("{} {ports}", part("IpProtocol")) };
        for (list, member) in [
            ("IpRanges", "CidrIp"),
            ("Ipv6Ranges", "CidrIpv6"),
            ("UserIdGroupPairs", "GroupId"),
            ("PrefixListIds", "PrefixListId"),
        ] {
            for source in texts(permission, &format!("{list}[].{member}")) {
                let mut alone = json!({});
                for key in ["IpProtocol", "FromPort", "ToPort"] {
                    if let Some(value) = permission.get(key).filter(|value| !value.is_null()) {
                        alone[key] = value.clone();
                    }
                }
                alone[list] = json!([{ (member): source }]);
                rules.insert(format!("{what} <- {source}"), alone);
            }
        }
    }
    rules
}
