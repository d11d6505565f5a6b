//! The tags that mark a resource as made by a run, by which it can be found and deleted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The run's id.
pub const RUN: &str = "pllab:run";
/// The lab's id.
pub const LAB: &str = "pllab:lab";
/// The learner's name.
pub const LEARNER: &str = "pllab:learner";
/// Every key that a run's resources carry, sorted.
pub const KEYS: [&str; 5] = ["Name", LAB, LEARNER, RESOURCE, RUN];
/// The resource's name in the lab.
pub const RESOURCE: &str = "pllab:resource";

/// Names of load balancers and target groups have at most 32 characters (API:CreateLoadBalancer).
const NAME_LIMIT: usize = 32;

/// The owner of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunTags<'r> {
    pub run: &'r str,
    pub lab: &'r str,
    /// Empty in runs of versions that did not ask for it.
    pub learner: &'r str,
    /// The resource's name in the lab.
    pub resource: &'r str,
}

impl RunTags<'_> {
    /// The `Tags` parameter of `ELBv2`'s create calls.
    #[must_use]
    pub fn tags(&self) -> Value {
        let name = format!("pllab-{}-{}", self.run, self.resource);
        let values = [name.as_str(), self.lab, self.learner, self.resource, self.run];
        let tags = KEYS.iter().zip(values).filter(|(_, value)| !value.is_empty());
        tags.map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
    }

    /// The tags in one line, for resources that take a comment instead of tags when they are made:
    /// `pllab:lab=... pllab:run=...`. No value contains a space.
    #[must_use]
    pub fn note(&self) -> String {
        let values = [self.lab, self.learner, self.resource, self.run];
        let marks = KEYS.iter().skip(1).zip(values).filter(|(_, value)| !value.is_empty());
        marks.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    }

    /// The `TagSpecifications` parameter of EC2's create calls; `resource_type` is EC2's word, such as `vpc`.
    #[must_use]
    pub fn specifications(&self, resource_type: &str) -> Value {
        json!([{ "ResourceType": resource_type, "Tags": self.tags() }])
    }
}

/// The tags in a line that [`RunTags::note`] wrote; none in any other.
#[must_use]
pub fn read_note(line: &str) -> BTreeMap<String, String> {
    let marks = line.split_whitespace().filter_map(|mark| mark.split_once('='));
    let ours = marks.filter(|(key, _)| KEYS.contains(key));
    ours.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The `Filters` parameter that finds everything a run made, or one resource of it.
#[must_use]
pub fn filters(run: &str, resource: Option<&str>) -> Value {
    let by_tag = |key: &str, value: &str| json!({ "Name": format!("tag:{key}"), "Values": [value] });
    let mut filters = vec![by_tag(RUN, run)];
    filters.extend(resource.map(|resource| by_tag(RESOURCE, resource)));
    Value::Array(filters)
}

/// A name for resources that cannot be found by tags: `pllab-<run>-<resource>` in letters, digits and hyphens, at
/// most 32. A name that had to be cut or cleaned ends in a digest of the original, so that two such names still
/// differ.
#[must_use]
pub fn name_for(run: &str, resource: &str) -> String {
    let whole = format!("pllab-{run}-{resource}");
    let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
    if whole.len() <= NAME_LIMIT && whole.chars().all(is_plain) && !whole.ends_with('-') {
        return whole;
    }
    let clean: String = whole.chars().filter(|&character| is_plain(character)).take(NAME_LIMIT - 7).collect();
    format!("{}-{:06x}", clean.trim_end_matches('-'), digest(&whole) & 0x00ff_ffff)
}

/// FNV-1a: short, and the same on every machine and in every version.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_fit_stay_readable() {
        assert_eq!(name_for("k3x9", "web-targets"), "pllab-k3x9-web-targets");
    }

    #[test]
    fn other_names_stay_legal_and_different() {
        let names = [
            name_for("20261123-k3x9ab", "a-rather-long-resource"),
            name_for("20261123-k3x9ab", "a-rather-long-resource-2"),
            name_for("k3", "web_targets"),
            name_for("k3", "webtargets"),
            name_for("k3", "日本語"),
            name_for("k3", "ends-"),
        ];
        for (index, name) in names.iter().enumerate() {
            assert!(name.len() <= 32 && name.starts_with("pllab-") && !name.ends_with('-'), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{name}");
            assert!(!names[..index].contains(name), "{name}");
        }
    }

    #[test]
    fn a_note_reads_back_as_it_was_written_and_nothing_else_does() {
        let tags = RunTags { run: "k3x9", lab: "private-dns", learner: "aiko@desk", resource: "zone" };
        assert_eq!(tags.note(), "pllab:lab=private-dns pllab:learner=aiko@desk pllab:resource=zone pllab:run=k3x9");
        let read = read_note(&tags.note());
        assert_eq!((read[RUN].as_str(), read[LEARNER].as_str(), read.len()), ("k3x9", "aiko@desk", 4));
        assert!(read_note("pllab run k3x9, made by hand, a=b").is_empty());
    }

    #[test]
    fn tags_and_filters_speak_of_the_same_keys() {
        let tags = RunTags { run: "k3x9", lab: "privatelink", learner: "aiko", resource: "web" };
        assert_eq!(
            tags.specifications("vpc"),
            json!([{ "ResourceType": "vpc", "Tags": [
                { "Key": "Name", "Value": "pllab-k3x9-web" },
                { "Key": "pllab:lab", "Value": "privatelink" },
                { "Key": "pllab:learner", "Value": "aiko" },
                { "Key": "pllab:resource", "Value": "web" },
                { "Key": "pllab:run", "Value": "k3x9" },
            ] }])
        );
        let before = RunTags { learner: "", ..tags }.tags();
        assert_eq!(before.as_array().map(Vec::len), Some(4), "no tag without a value: {before}");
        assert_eq!(
            filters("k3x9", Some("web")),
            json!([
                { "Name": "tag:pllab:run", "Values": ["k3x9"] },
                { "Name": "tag:pllab:resource", "Values": ["web"] },
            ])
        );
        assert_eq!(filters("k3x9", None), json!([{ "Name": "tag:pllab:run", "Values": ["k3x9"] }]));
    }
}
