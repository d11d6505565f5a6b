//! The indexes of a table return the same as a scan of every row.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use jiff::Timestamp;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::any_table::AnyTable as _;
use super::{Row, Table};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Thing {
    owner: String,
    tags: BTreeMap<String, String>,
    due: Option<i64>,
}

impl Row for Thing {
    fn links(&self) -> Vec<&str> {
        vec![&self.owner]
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
    }

    fn due(&self) -> Option<i64> {
        self.due
    }

    fn address(&self) -> Option<Ipv4Addr> {
        self.due.and_then(|due| Some([10, 0, 0, u8::try_from(due).ok()?].into()))
    }

    fn weight(&self) -> u64 {
        self.tags.len() as u64
    }
}

#[derive(Clone, Debug)]
enum Deed {
    Insert(u8, u8, Option<i64>),
    Change(u8, u8, Option<i64>),
    Remove(u8),
    Commit,
    Undo,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let due = || proptest::option::of(0..9_i64);
    let deed = prop_oneof![
        (0..6_u8, 0..3_u8, due()).prop_map(|(id, owner, due)| Deed::Insert(id, owner, due)),
        (0..6_u8, 0..3_u8, due()).prop_map(|(id, owner, due)| Deed::Change(id, owner, due)),
        (0..6_u8).prop_map(Deed::Remove),
        Just(Deed::Commit),
        Just(Deed::Undo),
    ];
    proptest::collection::vec(deed, 0..40)
}

proptest! {
    /// After any changes the indexes return what a scan returns, and undone changes leave no trace.
    #[test]
    fn the_indexes_tell_what_a_scan_tells(deeds in deeds()) {
        let mut table = Table::default();
        let mut kept = BTreeMap::new();
        for deed in deeds {
            let thing = |owner: u8, due| Thing {
                owner: owner.to_string(),
                tags: (0..owner).map(|key| (key.to_string(), owner.to_string())).collect(),
                due,
            };
            match deed {
                Deed::Insert(id, owner, due) => table.insert(id.to_string(), thing(owner, due)),
                Deed::Change(id, owner, due) => {
                    if let Some(row) = table.get_mut(&id.to_string()) {
                        *row = thing(owner, due);
                    }
                }
                Deed::Remove(id) => {
                    table.remove(&id.to_string());
                }
                Deed::Commit => {
                    table.commit();
                    kept.clone_from(&table.rows);
                }
                Deed::Undo => {
                    table.undo();
                    prop_assert_eq!(&table.rows, &kept);
                }
            }
            let differs = table.rows != kept;
            prop_assert_eq!(table.is_changed(), differs);
            for owner in ["0", "1", "2"] {
                let scan: Vec<_> = table.values().filter(|row| row.owner == owner).collect();
                prop_assert_eq!(table.linked(owner).collect::<Vec<_>>(), scan);
            }
            for address in [Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 4)] {
                let scan: Vec<_> = table.values().filter(|row| row.address() == Some(address)).collect();
                prop_assert_eq!(table.linked(&address.to_string()).collect::<Vec<_>>(), scan);
            }
            prop_assert_eq!(table.weight(), table.values().map(Row::weight).sum::<u64>());
            for tag in [("0", Some("1")), ("0", Some("2")), ("1", None)] {
                let has = |row: &Thing| {
                    row.tags.get(tag.0).is_some_and(|value| tag.1.is_none_or(|wanted| wanted == value))
                };
                let scan: Vec<_> = table.iter().filter(|(_, row)| has(row)).collect();
                prop_assert_eq!(table.tagged(&[tag]), scan);
            }
            for now in [0, 4, 9] {
                let at = Timestamp::from_millisecond(now).unwrap();
                let scan = table.values().filter(|row| row.due.is_some_and(|due| due <= now)).count();
                prop_assert_eq!(table.falling_due(at).count(), scan);
            }
        }
        table.commit();
        let again: Table<Thing> = serde_json::from_str(&serde_json::to_string(&table).unwrap()).unwrap();
        prop_assert_eq!(&again.links, &table.links);
        prop_assert_eq!(&again.tags, &table.tags);
        prop_assert_eq!(&again.due, &table.due);
        prop_assert_eq!(again.weight, table.weight);
        prop_assert_eq!(again, table);
    }
}
