//! Compares security-group rules before and after: restores them, and finds what was opened.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::checks::reply::{list, text};
use crate::checks::rule;
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::Side;

/// The rules of a security group, each with one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    pub side: Side,
    pub group: String,
    pub inbound: Vec<Value>,
    pub outbound: Vec<Value>,
}

impl Rules {
    /// `group` is in the form of `DescribeSecurityGroups`.
    pub fn of(side: Side, id: &str, group: &Value) -> Self {
        let single = |key| list(group, key).iter().flat_map(singles).collect();
        Self { side, group: id.to_owned(), inbound: single("IpPermissions"), outbound: single("IpPermissionsEgress") }
    }
}

/// Splits a permission into rules of one source each, without descriptions.
fn singles(permission: &Value) -> Vec<Value> {
    let sources = [("IpRanges", "CidrIp"), ("UserIdGroupPairs", "GroupId"), ("PrefixListIds", "PrefixListId")];
    let mut rules = Vec::new();
    for (key, field) in sources {
        for source in list(permission, key) {
            let mut rule = Map::new();
            for name in ["IpProtocol", "FromPort", "ToPort"] {
                if let Some(value) = permission.get(name) {
                    rule.insert(name.to_owned(), value.clone());
                }
            }
            rule.insert(key.to_owned(), json!([{ field: text(source, field) }]));
            rules.push(Value::Object(rule));
        }
    }
    rules
}

/// The calls that turn `now` into `before`. Groups that are new since then are the learner's and are left alone.
pub fn restoring(before: &[Rules], now: &[Rules]) -> Vec<(Side, Call)> {
    let mut calls = Vec::new();
    for was in before {
        let Some(is) = now.iter().find(|is| is.group == was.group) else { continue };
        let mut change = |operation, rules: Vec<&Value>| {
            if !rules.is_empty() {
                let params = json!({ "GroupId": was.group, "IpPermissions": rules });
                calls.push((was.side, ec2(operation, params)));
            }
        };
        let less = |one: &'_ [Value], other: &[Value]| -> Vec<Value> {
            one.iter().filter(|rule| !other.contains(rule)).cloned().collect()
        };
        change("RevokeSecurityGroupIngress", less(&is.inbound, &was.inbound).iter().collect());
        change("RevokeSecurityGroupEgress", less(&is.outbound, &was.outbound).iter().collect());
        change("AuthorizeSecurityGroupIngress", less(&was.inbound, &is.inbound).iter().collect());
        change("AuthorizeSecurityGroupEgress", less(&was.outbound, &is.outbound).iter().collect());
    }
    calls
}

/// What the learner opened wider than the path needs: more than one port, or addresses outside the lab's own `blocks`.
/// Inbound rules of `before` and rules that were `planted` do not count. Outbound rules only count for the groups in
/// `narrow`.
pub fn opened([before, planted]: [&[Rules]; 2], now: &[Rules], blocks: &[&str], narrow: &[String]) -> Vec<Text> {
    let mut opened = Vec::new();
    let known = |all: &[Rules], group: &str, of: fn(&Rules) -> &[Value], rule: &Value| {
        all.iter().any(|rules| rules.group == group && of(rules).contains(rule))
    };
    for Rules { group, inbound, outbound, .. } in now {
        let new = |rule: &&Value| {
            !known(before, group, |it| &it.inbound, rule) && !known(planted, group, |it| &it.inbound, rule)
        };
        let wide = inbound.iter().filter(new).filter(|rule| is_wide(rule, blocks));
        opened.extend(wide.map(|rule| m::DrillWideRule { group, rule: rule::in_words(rule) }.text()));
        if narrow.contains(group) {
            let new = |rule: &&Value| !known(planted, group, |it| &it.outbound, rule);
            let wide = outbound.iter().filter(new).filter(|rule| is_wide(rule, blocks));
            opened.extend(wide.map(|rule| m::DrillWideOutbound { group, rule: rule::in_words(rule) }.text()));
        }
    }
    opened
}

fn is_wide(rule: &Value, blocks: &[&str]) -> bool {
    let port = |key| rule.get(key).and_then(Value::as_i64);
    let one_port = port("FromPort").is_some() && port("FromPort") == port("ToPort");
    let outside = rule::blocks(rule).any(|block| !blocks.iter().any(|outer| rule::contains(outer, block)));
    !one_port || outside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(port: i64, source: &str) -> Value {
        json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{ "CidrIp": source }] })
    }

    fn rules(inbound: Vec<Value>) -> Vec<Rules> {
        let all = json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] });
        vec![Rules { side: Side::Provider, group: "sg-1".to_owned(), inbound, outbound: vec![all] }]
    }

    #[test]
    fn a_rule_that_is_wider_than_the_path_is_found() {
        for (rule, wide) in [
            (tcp(80, "10.0.1.0/24"), false),
            (tcp(80, "10.0.0.0/16"), false),
            (tcp(80, "0.0.0.0/0"), true),
            (tcp(80, "10.0.0.0/8"), true),
            (
                json!({ "IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "IpRanges": [{ "CidrIp": "10.0.1.0/24" }] }),
                true,
            ),
            (json!({ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": "sg-2" }] }), true),
            (
                json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{ "GroupId": "sg-2" }] }),
                false,
            ),
        ] {
            let now = rules(vec![rule.clone()]);
            let (none, blocks) = (rules(vec![]), ["10.0.0.0/16"]);
            assert_eq!(!opened([&none, &none], &now, &blocks, &[]).is_empty(), wide, "{rule}");
            assert!(opened([&now, &none], &now, &blocks, &[]).is_empty(), "there before, so nobody's doing: {rule}");
            assert!(opened([&none, &now], &now, &blocks, &[]).is_empty(), "planted, so nobody's doing: {rule}");
        }
    }

    #[test]
    fn what_was_narrowed_must_not_be_opened_again_where_the_drill_says_so() {
        let (before, mut planted) = (rules(vec![]), rules(vec![]));
        planted[0].outbound = vec![tcp(443, "0.0.0.0/0")];
        let narrow = ["sg-1".to_owned()];
        let opened =
            |now: &[Rules], narrow: &[String]| opened([&before, &planted], now, &["10.0.0.0/16"], narrow).len();
        assert_eq!(opened(&before, &[]), 0, "as it was before");
        assert_eq!(opened(&before, &narrow), 1, "as it was before, which is what the drill forbids");
        assert_eq!(opened(&planted, &narrow), 0, "what was planted");
        let mut mended = planted.clone();
        mended[0].outbound.push(tcp(80, "10.0.1.0/24"));
        assert_eq!(opened(&mended, &narrow), 0);
    }

    #[test]
    fn what_was_changed_is_changed_back_and_nothing_else() {
        let (before, now) = (
            rules(vec![tcp(80, "10.0.0.0/16"), tcp(22, "10.0.1.0/24")]),
            rules(vec![tcp(22, "10.0.1.0/24"), tcp(80, "0.0.0.0/0")]),
        );
        let calls = restoring(&before, &now);
        let operations: Vec<_> = calls.iter().map(|(_, call)| call.operation).collect();
        assert_eq!(operations, ["RevokeSecurityGroupIngress", "AuthorizeSecurityGroupIngress"]);
        assert_eq!(calls[0].1.params["IpPermissions"], json!([tcp(80, "0.0.0.0/0")]));
        assert_eq!(calls[1].1.params["IpPermissions"], json!([tcp(80, "10.0.0.0/16")]));
        assert!(restoring(&before, &before).is_empty());
    }

    #[test]
    fn a_permission_with_several_sources_is_several_rules() {
        let group = json!({ "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
            "IpRanges": [{ "CidrIp": "10.0.0.0/16", "Description": "x" }], "UserIdGroupPairs": [{ "GroupId": "sg-2", "UserId": "1" }] }] });
        assert_eq!(Rules::of(Side::Provider, "sg-1", &group).inbound.len(), 2);
        assert_eq!(Rules::of(Side::Provider, "sg-1", &group).inbound[0], tcp(80, "10.0.0.0/16"));
    }
}
