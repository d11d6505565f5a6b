//! Evaluates security groups: may a TCP connection pass?

use serde_json::{Value, json};

use super::rung_result::RungResult;
use super::walk::Walk;
use crate::checks::reply::{list, text};
use crate::checks::rule;
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::Side;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    In,
    Out,
}

impl Direction {
    fn key(self) -> &'static str {
        match self {
            Self::In => "IpPermissions",
            Self::Out => "IpPermissionsEgress",
        }
    }
}

/// The other end of a connection: its address, and its groups if rules can name them.
pub(super) struct Peer<'p> {
    pub address: &'p str,
    pub groups: &'p [String],
}

pub(super) fn describe(ids: &[String]) -> Call {
    ec2("DescribeSecurityGroups", json!({ "GroupIds": ids }))
}

impl Walk<'_> {
    pub(super) async fn groups(&self, side: Side, ids: &[String]) -> Result<Vec<Value>, Fault> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(list(&self.ask(side, &describe(ids)).await?, "SecurityGroups").to_vec())
    }
}

/// Whether one of the groups lets TCP to `port` pass between its members and `peer`.
pub(super) fn admits(groups: &[Value], direction: Direction, port: u16, peer: &Peer<'_>) -> bool {
    let block = format!("{}/32", peer.address);
    let admits = |it: &Value| {
        rule::covers_port(it, port)
            && (rule::covers_block(it, &block) || peer.groups.iter().any(|id| rule::covers_group(it, id)))
    };
    groups.iter().any(|group| list(group, direction.key()).iter().any(admits))
}

/// The groups' rules on one line.
pub(super) fn in_words(groups: &[Value], direction: Direction) -> Text {
    let of = |group: &Value| {
        let rules: Vec<String> = list(group, direction.key()).iter().map(rule::in_words).collect();
        let rules = if rules.is_empty() { "-".to_owned() } else { rules.join("; ") };
        format!("{} [{rules}]", text(group, "GroupId"))
    };
    Text::literal(groups.iter().map(of).collect::<Vec<_>>().join(", "))
}

/// The call that adds a rule: TCP to `port` in from, or out to, a block or a group.
pub(super) fn rule_to_add(direction: Direction, group: &str, port: u16, source: &str) -> Call {
    let operation = match direction {
        Direction::In => "AuthorizeSecurityGroupIngress",
        Direction::Out => "AuthorizeSecurityGroupEgress",
    };
    let mut permission = json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port });
    if source.contains('/') {
        permission["IpRanges"] = json!([{ "CidrIp": source }]);
    } else {
        permission["UserIdGroupPairs"] = json!([{ "GroupId": source }]);
    }
    ec2(operation, json!({ "GroupId": group, "IpPermissions": [permission] }))
}

/// A rung about groups: what they should admit, and whether they do.
pub(super) struct Gate<'g> {
    pub groups: &'g [Value],
    pub direction: Direction,
    pub port: u16,
    pub peer: Peer<'g>,
    /// Why the path ends there.
    pub why: Text,
    /// The block or the group that a new rule should name.
    pub opening: String,
}

impl Gate<'_> {
    pub fn judge(&self) -> RungResult {
        let expected = m::TraceExpectedRule { from: &self.opening, port: self.port }.text();
        let seen = in_words(self.groups, self.direction);
        if admits(self.groups, self.direction, self.port, &self.peer) {
            return RungResult::holds(expected, seen);
        }
        let group = self.groups.first().map_or("", |group| text(group, "GroupId"));
        let repair = match self.direction {
            Direction::In => m::TraceRepairInbound { group, port: self.port, source: &self.opening }.text(),
            Direction::Out => m::TraceRepairOutbound { group, port: self.port, to: &self.opening }.text(),
        };
        RungResult::broken(expected, seen, self.why.clone())
            .repaired(repair, vec![rule_to_add(self.direction, group, self.port, &self.opening)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let group = |rules: Value| vec![json!({ "GroupId": "sg-1", "IpPermissions": rules })];
        let tcp = |port: u16, key: &str, source: Value| json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, key: [source] });
        let ids = ["sg-2".to_owned()];
        for (rules, admitted) in [
            (json!([tcp(80, "IpRanges", json!({ "CidrIp": "10.0.1.0/24" }))]), true),
            (json!([tcp(80, "IpRanges", json!({ "CidrIp": "10.0.2.0/24" }))]), false),
            (json!([tcp(443, "IpRanges", json!({ "CidrIp": "10.0.1.0/24" }))]), false),
            (json!([tcp(80, "UserIdGroupPairs", json!({ "GroupId": "sg-2" }))]), true),
            (json!([tcp(80, "UserIdGroupPairs", json!({ "GroupId": "sg-3" }))]), false),
            (json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]), true),
            (json!([]), false),
        ] {
            let peer = Peer { address: "10.0.1.7", groups: &ids };
            assert_eq!(admits(&group(rules.clone()), Direction::In, 80, &peer), admitted, "{rules}");
        }
        let outbound =
            vec![json!({ "IpPermissionsEgress": [{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }] })];
        let stranger = Peer { address: "10.0.1.7", groups: &[] };
        assert!(admits(&outbound, Direction::Out, 80, &stranger) && !admits(&outbound, Direction::In, 80, &stranger));
    }
}
