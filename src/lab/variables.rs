//! The values a learner may set, and their validation.

use std::collections::BTreeMap;

use super::{Variable, VariableKind};
use crate::host::net::Cidr;
use crate::i18n::{Text, m};

/// Fills in defaults and validates every value.
///
/// # Errors
/// The first invalid name or value.
pub fn settle(
    variables: &BTreeMap<String, Variable>,
    set: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Text> {
    if let Some(name) = set.keys().find(|name| !variables.contains_key(*name)) {
        return Err(
            m::LabVariableUnknown { known: variables.keys().cloned().collect::<Vec<_>>().join(", "), name }.text()
        );
    }
    variables
        .iter()
        .map(|(name, variable)| {
            let value = set.get(name).unwrap_or(&variable.default);
            check(name, variable, value)?;
            Ok((name.clone(), value.clone()))
        })
        .collect()
}

fn check(name: &str, variable: &Variable, value: &str) -> Result<(), Text> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match variable.kind {
        VariableKind::Choice if !variable.allowed.iter().any(|allowed| allowed == value) => {
            Err(m::LabVariableChoice { allowed: variable.allowed.join(", "), name, value }.text())
        }
        VariableKind::Cidr if parse_cidr(value).is_none() => Err(m::LabVariableCidr { name, value }.text()),
        VariableKind::Zone if value.is_empty() || !value.chars().all(plain) => {
            Err(m::LabVariableZone { name, value }.text())
        }
        VariableKind::Domain if !is_domain(value) => Err(m::LabVariableDomain { name, value }.text()),
        _ => Ok(()),
    }
}

/// Whether `value` is a domain name that somebody can own and Route 53 accepts as a zone, in lower case and without
/// the last dot.
fn is_domain(value: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_label = |it: &str| {
        (1..=63).contains(&it.len()) && it.chars().all(letters) && !it.starts_with('-') && !it.ends_with('-')
    };
    // Route 53 refuses these three, because nobody can own them.
    let reserved = ["example.com", "example.net", "example.org"].contains(&value);
    value.len() <= 255 && value.contains('.') && value.split('.').all(is_label) && !reserved
}

/// Parses a block that a VPC may have: a network address with a prefix of 16 to 28
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>).
fn parse_cidr(value: &str) -> Option<Cidr> {
    Cidr::exact(value).filter(|block| (16..=28).contains(&block.prefix()))
}

/// The `index`-th /24 of a VPC's block, or the whole block if it is no bigger than a /24.
pub(super) fn subnet_of(cidr: &str, index: u32) -> Option<String> {
    Some(parse_cidr(cidr)?.part(24, index).to_string())
}

#[cfg(test)]
mod tests {
    use super::{is_domain, parse_cidr, subnet_of};

    #[test]
    fn blocks_a_vpc_may_have() {
        for good in ["10.0.0.0/16", "172.31.0.0/20", "192.168.1.16/28"] {
            assert!(parse_cidr(good).is_some(), "{good}");
        }
        for bad in ["10.0.0.0/8", "10.0.0.1/16", "10.0.0.0/29", "10.0.0.0", "", "a/16", "10.0.0.0/-1"] {
            assert!(parse_cidr(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn domains_one_can_own() {
        for good in ["lab.example", "a-1.lab.example", "xn--eckwd4c7c.example"] {
            assert!(is_domain(good), "{good}");
        }
        for bad in ["", "example", "Lab.example", "lab.example.", "-a.example", "a_b.example", "example.com"] {
            assert!(!is_domain(bad), "{bad}");
        }
    }

    #[test]
    fn subnets_lie_in_their_block() {
        assert_eq!(subnet_of("10.0.0.0/16", 1).as_deref(), Some("10.0.1.0/24"));
        assert_eq!(subnet_of("10.0.0.0/23", 1).as_deref(), Some("10.0.1.0/24"));
        assert_eq!(subnet_of("10.0.0.0/28", 1).as_deref(), Some("10.0.0.0/28"));
    }
}
