//! Puts a name beside an id: the lab's name for what the run made, else the name that AWS shows for it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::checks::reply::{list, text};
use crate::checks::{CheckContext, Facts};
use crate::i18n::Text;

/// The names of everything that the climb has seen, by id.
#[derive(Default)]
pub(super) struct Names(Mutex<BTreeMap<String, String>>);

impl Names {
    /// The lab's names for what the run made.
    pub fn of(scene: &CheckContext<'_>) -> Self {
        Self::of_facts(scene.facts)
    }

    fn of_facts(facts: &Facts) -> Self {
        let names = facts.iter().filter_map(|(name, facts)| Some((facts.get("id")?.clone(), name.clone())));
        Self(Mutex::new(names.collect()))
    }

    /// Learns the names in a reply. The lab's names stay, because the reader knows them from the lesson.
    pub fn learn(&self, reply: &Value) {
        match reply {
            Value::Object(map) => {
                if let (Some(id), Some(name)) = (own_id(reply), name_of(reply)) {
                    let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                    names.entry(id.to_owned()).or_insert_with(|| name.to_owned());
                }
                map.values().for_each(|value| self.learn(value));
            }
            Value::Array(values) => values.iter().for_each(|value| self.learn(value)),
            _ => {}
        }
    }

    /// The same text with a name after each id that has one: `sg-0a1b (web-sg)`.
    pub fn beside(&self, text: &Text) -> Text {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.map(&|words| named(words, &names))
    }
}

/// The id of the object itself, not of what it refers to. `None` if an object of this kind has no name.
fn own_id(object: &Value) -> Option<&str> {
    // A group's own VPC, and an instance's subnet, are in the same object: the most specific key counts.
    let keys = [
        "NetworkInterfaceId",
        "InstanceId",
        "GroupId",
        "NetworkAclId",
        "RouteTableId",
        "VpcEndpointId",
        "ServiceId",
        "SubnetId",
        "VpcId",
    ];
    keys.into_iter().map(|key| text(object, key)).find(|id| !id.is_empty())
}

/// The tag `Name`, else a group's name.
fn name_of(object: &Value) -> Option<&str> {
    let tag = list(object, "Tags").iter().find(|tag| text(tag, "Key") == "Name").map(|tag| text(tag, "Value"));
    let is_group = object.get("NetworkInterfaceId").is_none() && object.get("InstanceId").is_none();
    let group = Some(text(object, "GroupName")).filter(|_| is_group);
    tag.or(group).filter(|name| !name.is_empty())
}

fn named(words: &str, names: &BTreeMap<String, String>) -> String {
    let is_of_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '/');
    let mut said = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(start) = rest.find(is_of_id) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_of_id(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        said.extend([before, word]);
        if let Some(name) = names.get(word).filter(|name| !after.starts_with(&format!(" ({name})"))) {
            said.extend([" (", name, ")"]);
        }
        rest = after;
    }
    said + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn a_name_stands_after_its_id_and_nowhere_else() {
        let facts = Facts::from([("web-sg".to_owned(), BTreeMap::from([("id".to_owned(), "sg-1".to_owned())]))]);
        let names = Names::of_facts(&facts);
        names.learn(&json!({ "SecurityGroups": [
            { "GroupId": "sg-1", "GroupName": "pllab-x-web-sg", "VpcId": "vpc-1" },
            { "GroupId": "sg-2", "GroupName": "by-hand", "VpcId": "vpc-1",
              "IpPermissions": [{ "UserIdGroupPairs": [{ "GroupId": "sg-3", "GroupName": "other" }] }] },
        ] }));
        names.learn(&json!({ "Reservations": [{ "Instances": [{ "InstanceId": "i-1", "SubnetId": "subnet-1",
            "Tags": [{ "Key": "Name", "Value": "web" }], "SecurityGroups": [{ "GroupId": "sg-2", "GroupName": "by-hand" }] }] }] }));
        for (words, said) in [
            ("sg-1 [tcp 80: sg-2, 10.0.0.0/16]", "sg-1 (web-sg) [tcp 80: sg-2 (by-hand), 10.0.0.0/16]"),
            ("i-1:80", "i-1 (web):80"),
            ("sg-3", "sg-3 (other)"),
            ("subnet-1 vpc-1 sg-11 x.sg-1.amazonaws.com", "subnet-1 vpc-1 sg-11 x.sg-1.amazonaws.com"),
            ("sg-1 (web-sg)", "sg-1 (web-sg)"),
        ] {
            assert_eq!(names.beside(&Text::literal(words)).render(Lang::En), said);
        }
    }
}
