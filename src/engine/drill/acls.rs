//! Compares network ACLs before and after, and restores their rules and their subnets.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::checks::reply::{list, text};
use crate::cloud::{Call, ec2};
use crate::lab::Side;

/// The number of the rule `*`, which cannot be changed.
const LAST: i64 = 32767;

/// A network ACL: its rules, and the subnets associated with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acl {
    pub side: Side,
    pub id: String,
    /// In the form of `DescribeNetworkAcls`.
    pub entries: Vec<Value>,
    /// Pairs of subnet id and association id.
    pub subnets: Vec<(String, String)>,
}

impl Acl {
    /// `acl` is in the form of `DescribeNetworkAcls`.
    pub fn of(side: Side, acl: &Value) -> Self {
        let number = |entry: &&Value| entry.get("RuleNumber").and_then(Value::as_i64) != Some(LAST);
        let pair = |it: &Value| (text(it, "SubnetId").to_owned(), text(it, "NetworkAclAssociationId").to_owned());
        Self {
            side,
            id: text(acl, "NetworkAclId").to_owned(),
            entries: list(acl, "Entries").iter().filter(number).cloned().collect(),
            subnets: list(acl, "Associations").iter().map(pair).collect(),
        }
    }

    /// The rule with the direction and number of `entry`.
    fn at(&self, entry: &Value) -> Option<&Value> {
        self.entries.iter().find(|one| place(one) == place(entry))
    }
}

/// The direction and the number, which together identify a rule.
fn place(entry: &Value) -> (Option<bool>, Option<i64>) {
    (entry.get("Egress").and_then(Value::as_bool), entry.get("RuleNumber").and_then(Value::as_i64))
}

/// The calls that turn `now` into `before`. ACLs that are new since then are left alone, except that the subnets they
/// took are given back.
pub fn restoring(before: &[Acl], now: &[Acl]) -> Vec<(Side, Call)> {
    let mut calls = Vec::new();
    for was in before {
        let mut change = |operation, mut params: Map<String, Value>| {
            params.insert("NetworkAclId".to_owned(), json!(was.id));
            calls.push((was.side, ec2(operation, Value::Object(params))));
        };
        if let Some(is) = now.iter().find(|is| is.id == was.id) {
            for entry in is.entries.iter().filter(|entry| was.at(entry).is_none()) {
                let (egress, number) = place(entry);
                let params = json!({ "Egress": egress, "RuleNumber": number });
                change("DeleteNetworkAclEntry", params.as_object().cloned().unwrap_or_default());
            }
            for entry in &was.entries {
                let Some(params) = entry.as_object().cloned() else { continue };
                match is.at(entry) {
                    None => change("CreateNetworkAclEntry", params),
                    Some(other) if other != entry => change("ReplaceNetworkAclEntry", params),
                    Some(_) => {}
                }
            }
        }
        for (subnet, _) in &was.subnets {
            let other = now.iter().filter(|is| is.id != was.id);
            let taken = other.flat_map(|is| &is.subnets).find(|(now, _)| now == subnet);
            if let Some((_, association)) = taken {
                let params = json!({ "AssociationId": association });
                change("ReplaceNetworkAclAssociation", params.as_object().cloned().unwrap_or_default());
            }
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: i64, action: &str) -> Value {
        json!({ "RuleNumber": number, "Egress": true, "Protocol": "6", "RuleAction": action, "CidrBlock": "10.0.0.0/16" })
    }

    fn acl(id: &str, entries: Vec<Value>, subnets: &[&str]) -> Acl {
        let associations: Vec<Value> = subnets
            .iter()
            .map(|subnet| json!({ "SubnetId": subnet, "NetworkAclAssociationId": format!("aclassoc-{id}-{subnet}") }))
            .collect();
        let last = json!({ "RuleNumber": LAST, "Egress": true, "Protocol": "-1", "RuleAction": "deny" });
        let entries = entries.into_iter().chain([last]).collect::<Vec<_>>();
        Acl::of(Side::Consumer, &json!({ "NetworkAclId": id, "Entries": entries, "Associations": associations }))
    }

    #[test]
    fn what_was_changed_is_changed_back_and_nothing_else() {
        let before = [acl("acl-1", vec![entry(100, "allow"), entry(110, "allow"), entry(120, "allow")], &["a", "b"])];
        let now = [
            acl("acl-1", vec![entry(90, "deny"), entry(100, "deny"), entry(120, "allow")], &["a"]),
            acl("acl-2", vec![entry(100, "deny")], &["b"]),
        ];
        let calls: Vec<(&str, Value)> = restoring(&before, &now)
            .iter()
            .map(|(_, call)| (call.operation, Value::Object(call.params.clone())))
            .collect();
        let with = |mut entry: Value| {
            entry["NetworkAclId"] = json!("acl-1");
            entry
        };
        assert_eq!(
            calls,
            [
                ("DeleteNetworkAclEntry", json!({ "Egress": true, "RuleNumber": 90, "NetworkAclId": "acl-1" })),
                ("ReplaceNetworkAclEntry", with(entry(100, "allow"))),
                ("CreateNetworkAclEntry", with(entry(110, "allow"))),
                (
                    "ReplaceNetworkAclAssociation",
                    json!({ "AssociationId": "aclassoc-acl-2-b", "NetworkAclId": "acl-1" })
                ),
            ]
        );
        assert!(restoring(&before, &before).is_empty());
    }
}
