//! What a run knows of the things it has made: ids, names, addresses.

use std::collections::BTreeMap;

/// Resource name in the lab to its facts, such as `facts["provider-vpc"]["id"]`.
pub type Facts = BTreeMap<String, BTreeMap<String, String>>;

/// A fact; `None` while it is unknown or empty.
pub(super) fn fact<'a>(facts: &'a Facts, name: &str, key: &str) -> Option<&'a str> {
    facts.get(name)?.get(key).map(String::as_str).filter(|value| !value.is_empty())
}

/// A fact, or `${name.key}`, the way a lab refers to it, while it is unknown.
pub(super) fn refer(facts: &Facts, name: &str, key: &str) -> String {
    fact(facts, name, key).map_or_else(|| format!("${{{name}.{key}}}"), str::to_owned)
}

/// A fact for a reader: the resource's name while the fact is unknown.
pub(super) fn told(facts: &Facts, name: &str, key: &str) -> String {
    fact(facts, name, key).unwrap_or(name).to_owned()
}

/// The first resource that has not been made yet.
pub(super) fn missing<'a>(facts: &Facts, needs: &[(&'a str, &str)]) -> Option<&'a str> {
    needs.iter().find(|(name, key)| fact(facts, name, key).is_none()).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_named_or_referred_to() {
        let facts: Facts = [("vpc".to_owned(), [("id".to_owned(), "vpc-1".to_owned())].into())].into();
        assert_eq!(refer(&facts, "vpc", "id"), "vpc-1");
        assert_eq!(refer(&facts, "nlb", "arn"), "${nlb.arn}");
        assert_eq!(told(&facts, "vpc", "id"), "vpc-1");
        assert_eq!(told(&facts, "nlb", "arn"), "nlb");
        assert_eq!(missing(&facts, &[("vpc", "id"), ("nlb", "arn")]), Some("nlb"));
        assert_eq!(missing(&facts, &[("vpc", "id")]), None);
    }
}
