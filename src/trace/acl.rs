//! Evaluates network ACLs. They keep no state, so a connection passes only if both its request and its answers do.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::crossing::{Crossing, End};
use super::rung_result::RungResult;
use super::walk::Walk;
use crate::checks::reply::{list, text};
use crate::checks::rule;
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::Side;

/// The number of the rule `*`, which denies everything that no other rule has decided.
const LAST: i64 = 32767;

/// Where a network ACL stops a connection.
#[derive(Debug)]
struct Stop<'a> {
    acl: &'a Value,
    /// Whether packets leave the subnet or enter it.
    egress: bool,
    /// The subnet and address of the other end.
    peer: &'a End,
    ports: (u16, u16),
    /// Whether the ACL stops the answer, not the request.
    answer: bool,
}

impl Walk<'_> {
    /// Whether the network ACLs between the client and each of the endpoint's network interfaces let the connection
    /// pass.
    pub(super) async fn consumer_acl(&mut self) -> Result<RungResult, RungResult> {
        let crossings = self.consumer_crossings()?;
        self.judge_acls(Side::Consumer, crossings).await
    }

    /// Whether the network ACLs between the load balancer's nodes and the targets that they use let the connection
    /// pass.
    pub(super) async fn provider_acl(&mut self) -> Result<RungResult, RungResult> {
        let crossings = self.provider_crossings().await?;
        self.judge_acls(Side::Provider, crossings).await
    }

    async fn judge_acls(&self, side: Side, mut crossings: Vec<Crossing>) -> Result<RungResult, RungResult> {
        if crossings.is_empty() {
            // Nothing crosses: no node may use a target.
            return Err(RungResult::unseen());
        }
        let subnets: BTreeSet<&str> =
            crossings.iter().flat_map(|it| [it.from.subnet.as_str(), it.to.subnet.as_str()]).collect();
        let call =
            ec2("DescribeNetworkAcls", json!({ "Filters": [{ "Name": "association.subnet-id", "Values": subnets }] }));
        let reply = self.ask(side, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        let acls = list(&reply, "NetworkAcls");
        // Network ACLs do not apply to traffic within a subnet [vpc userguide: vpc-network-acls].
        crossings.retain(Crossing::leaves_subnet);
        let Some(one) = crossings.first() else {
            return Ok(RungResult::holds(m::trace_acl_same_subnet(), m::trace_acl_same_subnet()).by(&call));
        };
        let expected = m::TraceExpectedAcl { back: ports(one.back), port: one.port }.text();
        let Some((crossing, stop)) = crossings.iter().find_map(|it| Some((it, stopped(it, acls)?))) else {
            let names: BTreeSet<&str> = acls.iter().map(|acl| text(acl, "NetworkAclId")).collect();
            let names = names.into_iter().collect::<Vec<_>>().join(", ");
            return Ok(RungResult::holds(expected, names).by(&call));
        };
        let id = text(stop.acl, "NetworkAclId");
        let why = if stop.answer {
            m::TraceWhyAclAnswer { acl: id, back: ports(crossing.back) }.text()
        } else {
            m::TraceWhyAclRequest { acl: id, port: crossing.port }.text()
        };
        let block = self.block_of(side, stop.peer).await;
        let repair = if stop.egress {
            m::TraceRepairAclOutbound { acl: id, block: block.as_str(), ports: ports(stop.ports) }.text()
        } else {
            m::TraceRepairAclInbound { acl: id, block: block.as_str(), ports: ports(stop.ports) }.text()
        };
        let found = RungResult::broken(expected, in_words(stop.acl, stop.egress), why);
        Ok(found.repaired(repair, opening(&stop, &block).into_iter().collect()).by(&call))
    }

    /// The block of an end's subnet; the end's own address if the subnet cannot be seen.
    async fn block_of(&self, side: Side, end: &End) -> String {
        let call = ec2("DescribeSubnets", json!({ "SubnetIds": [end.subnet] }));
        let reply = self.ask(side, &call).await.unwrap_or_default();
        let block = list(&reply, "Subnets").first().map_or("", |it| text(it, "CidrBlock"));
        if block.is_empty() { format!("{}/32", end.address) } else { block.to_owned() }
    }
}

/// The first closed gate of the connection's four, in the order in which its packets meet them. An ACL that cannot be
/// seen stops nothing.
fn stopped<'a>(crossing: &'a Crossing, acls: &'a [Value]) -> Option<Stop<'a>> {
    let of = |end: &End| {
        let is_its = |acl: &&Value| list(acl, "Associations").iter().any(|it| text(it, "SubnetId") == end.subnet);
        acls.iter().find(is_its)
    };
    let (from, to, port) = (&crossing.from, &crossing.to, (crossing.port, crossing.port));
    let gates = [
        (from, true, to, port, false),
        (to, false, from, port, false),
        (to, true, from, crossing.back, true),
        (from, false, to, crossing.back, true),
    ];
    gates.into_iter().find_map(|(end, egress, peer, ports, answer)| {
        let acl = of(end)?;
        let closed = !passes(acl, egress, &peer.address, ports);
        closed.then_some(Stop { acl, egress, peer, ports, answer })
    })
}

/// Whether an ACL lets TCP to every one of the ports pass to or from an address. Of the matching rules, the lowest
/// number decides.
fn passes(acl: &Value, egress: bool, address: &str, ports: (u16, u16)) -> bool {
    let rules = rules(acl, egress);
    // The decision changes only where a rule's port range begins or ends.
    let mut turns: BTreeSet<u16> = [ports.0].into();
    for (first, last) in rules.iter().filter_map(|rule| port_range(rule)) {
        turns.extend([first, last.saturating_add(1)]);
    }
    turns.range(ports.0..=ports.1).all(|port| deciding(&rules, address, *port).is_some_and(allows))
}

/// The rule that decides about TCP to a port.
fn deciding<'a>(rules: &[&'a Value], address: &str, port: u16) -> Option<&'a Value> {
    let block = format!("{address}/32");
    let fits = |rule: &&&Value| {
        let carries = match text(rule, "Protocol") {
            "-1" => true,
            "6" => port_range(rule).is_none_or(|(first, last)| (first..=last).contains(&port)),
            _ => false,
        };
        carries && rule::contains(text(rule, "CidrBlock"), &block)
    };
    rules.iter().find(fits).copied()
}

/// An ACL's IPv4 rules of one direction, the lowest number first.
fn rules(acl: &Value, egress: bool) -> Vec<&Value> {
    let is_of = |rule: &&Value| {
        rule.get("Egress").and_then(Value::as_bool) == Some(egress) && !text(rule, "CidrBlock").is_empty()
    };
    let mut rules: Vec<&Value> = list(acl, "Entries").iter().filter(is_of).collect();
    rules.sort_by_key(|rule| number(rule));
    rules
}

fn number(rule: &Value) -> i64 {
    rule.get("RuleNumber").and_then(Value::as_i64).unwrap_or(LAST)
}

fn allows(rule: &Value) -> bool {
    text(rule, "RuleAction") == "allow"
}

fn port_range(rule: &Value) -> Option<(u16, u16)> {
    let bound = |key| rule.pointer(key).and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    Some((bound("/PortRange/From")?, bound("/PortRange/To")?))
}

/// The call that adds a rule to let the packets pass, numbered before the rule that denies them. `None` if no number
/// is free.
fn opening(stop: &Stop<'_>, block: &str) -> Option<Call> {
    let rules = rules(stop.acl, stop.egress);
    let taken: Vec<i64> = rules.iter().map(|rule| number(rule)).collect();
    let (first, last) = stop.ports;
    let denying = (first..=last)
        .find_map(|port| deciding(&rules, &stop.peer.address, port).filter(|rule| !allows(rule)).map(number))
        .unwrap_or(LAST);
    let highest = taken.iter().copied().filter(|taken| *taken < LAST).max().unwrap_or(0);
    let number = if denying == LAST {
        // AWS recommends gaps between the numbers.
        Some(highest + 10).filter(|number| *number < LAST)
    } else {
        (1..denying).rev().find(|number| !taken.contains(number))
    }?;
    Some(ec2(
        "CreateNetworkAclEntry",
        json!({
            "NetworkAclId": text(stop.acl, "NetworkAclId"), "RuleNumber": number, "Protocol": "6", "RuleAction": "allow",
            "Egress": stop.egress, "CidrBlock": block, "PortRange": { "From": first, "To": last },
        }),
    ))
}

/// An ACL's rules of one direction on one line.
fn in_words(acl: &Value, egress: bool) -> Text {
    let word = |rule: &&Value| {
        let number = match number(rule) {
            LAST => "*".to_owned(),
            number => number.to_string(),
        };
        let what = match (text(rule, "Protocol"), port_range(rule)) {
            ("-1", _) => "all".to_owned(),
            ("6", Some(range)) => format!("tcp {}", ports(range)),
            ("6", None) => "tcp".to_owned(),
            (other, _) => other.to_owned(),
        };
        format!("{number} {} {what} {}", text(rule, "RuleAction"), text(rule, "CidrBlock"))
    };
    let rules = rules(acl, egress).iter().map(word).collect::<Vec<_>>().join("; ");
    let way = if egress { "egress" } else { "ingress" };
    Text::literal(format!("{} {way} [{rules}]", text(acl, "NetworkAclId")))
}

/// Formats a port range.
fn ports((first, last): (u16, u16)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(number: i64, egress: bool, action: &str, ports: Option<(u16, u16)>, block: &str) -> Value {
        let mut rule = json!({ "RuleNumber": number, "Egress": egress, "RuleAction": action, "CidrBlock": block,
            "Protocol": if ports.is_some() { "6" } else { "-1" } });
        if let Some((from, to)) = ports {
            rule["PortRange"] = json!({ "From": from, "To": to });
        }
        rule
    }

    fn acl(id: &str, subnet: &str, mut rules: Vec<Value>) -> Value {
        rules.extend([false, true].map(|egress| rule(LAST, egress, "deny", None, "0.0.0.0/0")));
        json!({ "NetworkAclId": id, "Associations": [{ "SubnetId": subnet }], "Entries": rules })
    }

    fn open(id: &str, subnet: &str) -> Value {
        acl(id, subnet, [false, true].map(|egress| rule(100, egress, "allow", None, "0.0.0.0/0")).to_vec())
    }

    fn crossing() -> Crossing {
        let end = |subnet: &str, address: &str| End {
            subnet: subnet.to_owned(),
            address: address.to_owned(),
            interface: String::new(),
        };
        Crossing { from: end("subnet-a", "10.1.1.7"), to: end("subnet-b", "10.1.2.5"), port: 80, back: (32768, 61000) }
    }

    #[test]
    fn the_first_closed_gate_is_named() {
        let http = Some((80, 80));
        let with = |rules: Vec<Value>| acl("acl-b", "subnet-b", rules);
        let (asks, answers) = ("10.1.1.0/24", Some((32768, 65535)));
        for (other, wanted) in [
            (open("acl-b", "subnet-b"), None),
            (with(vec![]), Some((false, false))),
            (with(vec![rule(100, false, "allow", http, asks)]), Some((true, true))),
            (with(vec![rule(100, false, "allow", http, asks), rule(100, true, "allow", answers, asks)]), None),
            // A deny before the allow, a block that does not contain the client, half of the ephemeral ports.
            (
                with(vec![rule(90, false, "deny", http, asks), rule(100, false, "allow", None, "0.0.0.0/0")]),
                Some((false, false)),
            ),
            (with(vec![rule(100, false, "allow", http, "10.1.3.0/24")]), Some((false, false))),
            (
                with(vec![rule(100, false, "allow", http, asks), rule(100, true, "allow", Some((1024, 40000)), asks)]),
                Some((true, true)),
            ),
        ] {
            let acls = [open("acl-a", "subnet-a"), other];
            let crossing = crossing();
            let stop = stopped(&crossing, &acls);
            assert_eq!(stop.as_ref().map(|stop| (stop.egress, stop.answer)), wanted, "{:#}", acls[1]);
            // The suggested repair works.
            if let Some(stop) = stop {
                let call = opening(&stop, "10.1.1.0/24").expect("a number is free");
                let mut mended = acls[1].clone();
                mended["Entries"].as_array_mut().expect("rules").push(Value::Object(call.params.clone()));
                assert!(passes(&mended, stop.egress, &stop.peer.address, stop.ports), "{mended:#}");
            }
        }
    }

    #[test]
    fn an_acl_that_cannot_be_seen_stops_nothing() {
        assert!(stopped(&crossing(), &[]).is_none());
    }
}
