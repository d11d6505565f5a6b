//! A rule of a security group, as `DescribeSecurityGroups` shows it (`IpPermission`).

use serde_json::Value;

use crate::host::net::Cidr;

use super::reply::{list, text};

/// Whether the rule covers a TCP port. A rule without bounds covers every port.
pub(crate) fn covers_port(rule: &Value, port: u16) -> bool {
    let bound = |key| rule.get(key).and_then(Value::as_i64);
    match text(rule, "IpProtocol") {
        // Every protocol and every port.
        "-1" => true,
        "tcp" | "6" => {
            let wanted = i64::from(port);
            bound("FromPort").is_none_or(|from| from <= wanted) && bound("ToPort").is_none_or(|to| wanted <= to)
        }
        _ => false,
    }
}

/// Whether the rule covers the source: a block (inside one of the rule's blocks), or a group by its id.
pub(super) fn covers_source(rule: &Value, source: &str) -> bool {
    if source.contains('/') { covers_block(rule, source) } else { covers_group(rule, source) }
}

/// Whether one of the rule's blocks contains all of `block`.
pub(crate) fn covers_block(rule: &Value, block: &str) -> bool {
    blocks(rule).any(|outer| contains(outer, block))
}

pub(crate) fn covers_group(rule: &Value, id: &str) -> bool {
    list(rule, "UserIdGroupPairs").iter().any(|pair| text(pair, "GroupId") == id)
}

pub(crate) fn blocks(rule: &Value) -> impl Iterator<Item = &str> {
    list(rule, "IpRanges").iter().map(|range| text(range, "CidrIp"))
}

/// Whether the block `outer` contains all of the block `inner`.
pub(crate) fn contains(outer: &str, inner: &str) -> bool {
    let block = |text: &str| text.parse::<Cidr>().ok();
    block(outer).zip(block(inner)).is_some_and(|(outer, inner)| outer.holds(inner))
}

/// A block's prefix length; 0 if it is not a block.
pub(crate) fn prefix(block: &str) -> u8 {
    block.parse().map_or(0, Cidr::prefix)
}

/// Ports and sources on one line.
pub(crate) fn in_words(rule: &Value) -> String {
    let port = |key| rule.get(key).and_then(Value::as_i64);
    let ports = match (text(rule, "IpProtocol"), port("FromPort"), port("ToPort")) {
        ("-1", ..) => "all".to_owned(),
        (protocol, Some(from), Some(to)) if from == to => format!("{protocol} {from}"),
        (protocol, Some(from), Some(to)) => format!("{protocol} {from}-{to}"),
        (protocol, ..) => protocol.to_owned(),
    };
    let sources = [("IpRanges", "CidrIp"), ("UserIdGroupPairs", "GroupId"), ("PrefixListIds", "PrefixListId")];
    let sources: Vec<_> =
        sources.into_iter().flat_map(|(key, field)| list(rule, key).iter().map(move |it| text(it, field))).collect();
    format!("{ports}: {}", sources.join(", "))
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn blocks_hold_blocks() {
        for (outer, inner, held) in [
            ("10.0.0.0/16", "10.0.1.7/32", true),
            ("0.0.0.0/0", "10.0.0.0/16", true),
            ("10.0.0.0/16", "10.0.0.0/16", true),
            ("10.0.1.0/24", "10.0.0.0/16", false),
            ("192.168.0.0/16", "10.0.0.0/16", false),
            ("10.0.0.0", "10.0.0.0/16", false),
        ] {
            assert_eq!(contains(outer, inner), held, "{outer} {inner}");
        }
    }
}
