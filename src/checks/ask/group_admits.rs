//! Does the security group admit a TCP port from a source?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer, told};
use crate::checks::question::Question;
use crate::checks::reply::{first, list};
use crate::checks::rule;
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab;

pub(super) struct GroupAdmits<'a>(pub &'a lab::GroupAdmits);

impl GroupAdmits<'_> {
    /// The source in the cloud's terms: a block, or a group's id. A group that does not exist yet has only its name.
    fn source(&self, facts: &Facts) -> String {
        if self.0.from.is_block() { self.0.from.to_string() } else { told(facts, &self.0.from, "id") }
    }
}

impl Question for GroupAdmits<'_> {
    fn name(&self) -> String {
        format!("group_admits:{}:{}:{}", self.0.group, self.0.port, &*self.0.from)
    }

    fn title(&self) -> Text {
        m::CheckTitleGroupAdmits { from: &*self.0.from, group: &self.0.group, port: self.0.port }.text()
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.group
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        let mut needs = vec![(self.0.group.as_str(), "id")];
        if !self.0.from.is_block() {
            needs.push((&self.0.from, "id"));
        }
        needs
    }

    fn call(&self, facts: &Facts) -> Call {
        ec2("DescribeSecurityGroups", json!({ "GroupIds": [refer(facts, &self.0.group, "id")] }))
    }

    fn expected(&self, scene: &CheckContext<'_>) -> Text {
        Text::literal(format!("tcp {}: {}", self.0.port, self.source(scene.facts)))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply, self.0.port, &self.source(scene.facts)))
    }
}

/// `source` is a block, or a group's id. A wider block than asked for admits it too; a block never stands for a
/// group.
fn judge(reply: &Value, port: u16, source: &str) -> CheckOutcome {
    let Some(group) = first(reply, "SecurityGroups") else { return CheckOutcome::gone() };
    let rules = list(group, "IpPermissions");
    let seen = if rules.is_empty() {
        m::check_no_inbound_rules()
    } else {
        Text::literal(rules.iter().map(rule::in_words).collect::<Vec<_>>().join("; "))
    };
    if rules.iter().any(|it| rule::covers_port(it, port) && rule::covers_source(it, source)) {
        return CheckOutcome::met(seen);
    }
    CheckOutcome::broken(seen).because(m::CheckWhyGroupAdmits { port, source }.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met};

    fn tcp(from: i64, to: i64, block: &str, group: &str) -> Value {
        let blocks = if block.is_empty() { json!([]) } else { json!([{ "CidrIp": block }]) };
        let groups = if group.is_empty() { json!([]) } else { json!([{ "GroupId": group }]) };
        json!({ "IpProtocol": "tcp", "FromPort": from, "ToPort": to, "IpRanges": blocks, "UserIdGroupPairs": groups })
    }

    #[test]
    fn verdicts() {
        for (rules, source, verdict) in [
            (json!([tcp(80, 80, "10.0.0.0/16", "")]), "10.0.0.0/16", Met),
            (json!([tcp(1, 1024, "0.0.0.0/0", "")]), "10.0.0.0/16", Met),
            (json!([tcp(443, 443, "", "sg-2"), tcp(80, 80, "", "sg-2")]), "sg-2", Met),
            (json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "10.0.0.0/8" }] }]), "10.0.0.0/16", Met),
            (json!([tcp(80, 80, "10.0.0.0/24", "")]), "10.0.0.0/16", Broken),
            (json!([tcp(443, 443, "10.0.0.0/16", "")]), "10.0.0.0/16", Broken),
            (json!([tcp(80, 80, "", "sg-3")]), "sg-2", Broken),
            (json!([tcp(80, 80, "10.0.0.0/16", "")]), "sg-2", Broken),
            (json!([]), "sg-2", Broken),
        ] {
            let reply = json!({ "SecurityGroups": [{ "IpPermissions": rules }] });
            assert_eq!(judge(&reply, 80, source).verdict, verdict, "{reply}");
        }
        assert_eq!(judge(&json!({ "SecurityGroups": [] }), 80, "sg-2").verdict, Broken);
    }

    #[test]
    fn rules_are_shown_as_they_are() {
        let reply = json!({ "SecurityGroups": [{ "IpPermissions": [tcp(80, 80, "10.0.0.0/16", "sg-2")] }] });
        assert_eq!(judge(&reply, 80, "sg-2").seen, Text::literal("tcp 80: 10.0.0.0/16, sg-2"));
    }
}
