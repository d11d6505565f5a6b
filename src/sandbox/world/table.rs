//! A table of resources, with indexes by link, by tag and by the time of the next transition. It records what was
//! changed since the last commit.
//!
//! The indexes describe the last `Table::commit`; changed rows are looked at one by one until then. So a caller can
//! change a row like any value, and a call that cannot be written to disk is undone.

pub(super) mod any_table;

use std::collections::BTreeSet;
use std::collections::btree_map::{self, BTreeMap};
use std::fmt::Debug;
use std::net::Ipv4Addr;
use std::ops::Index;
use std::vec;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A resource kept in a [`Table`].
pub trait Row: Clone + Debug + PartialEq + Serialize + DeserializeOwned {
    /// Ids and names by which it is looked up besides its own id: what it belongs to, and what it uses.
    fn links(&self) -> Vec<&str> {
        Vec::new()
    }

    /// The private address, by which it is looked up like by a link.
    fn address(&self) -> Option<Ipv4Addr> {
        None
    }

    /// What it currently counts against the quota of its kind.
    fn weight(&self) -> u64 {
        0
    }

    /// The tags of the resource and of its parts, as keys and values.
    fn tags(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    /// When its next transition is due, in milliseconds since 1970.
    fn due(&self) -> Option<i64> {
        None
    }
}

/// A way to find rows without a scan.
#[derive(Clone, Debug)]
pub enum By<'a> {
    /// Ids, or words among their [`Row::links`].
    Links(&'a [String]),
    /// Keys and values of tags; `None` is any value.
    Tags(Vec<(&'a str, Option<&'a str>)>),
}

/// Resources of one kind. Keys are ids, or ARNs where AWS uses ARNs.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: BTreeMap<String, T>,
    /// A link, and the id of a row that has it.
    links: BTreeSet<(String, String)>,
    /// A tag's key and value, and the id of a row that has it.
    tags: BTreeSet<(String, String, String)>,
    due: BTreeSet<(i64, String)>,
    /// The sum of all [`Row::weight`]s.
    weight: u64,
    /// The changed rows as they were before; `None` if the row is new.
    changed: BTreeMap<String, Option<T>>,
    /// Rows that calls cannot find at the moment.
    hidden: BTreeMap<String, T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            links: BTreeSet::new(),
            tags: BTreeSet::new(),
            due: BTreeSet::new(),
            weight: 0,
            changed: BTreeMap::new(),
            hidden: BTreeMap::new(),
        }
    }
}

impl<T: Row> Table<T> {
    pub fn get(&self, id: &str) -> Option<&T> {
        self.rows.get(id)
    }

    pub fn contains_key(&self, id: &str) -> bool {
        self.rows.contains_key(id)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Scans all rows, sorted by id.
    pub fn iter(&self) -> btree_map::Iter<'_, String, T> {
        #[cfg(test)]
        looks::count(self.rows.len());
        self.rows.iter()
    }

    /// Scans all ids, sorted.
    pub fn keys(&self) -> btree_map::Keys<'_, String, T> {
        #[cfg(test)]
        looks::count(self.rows.len());
        self.rows.keys()
    }

    /// Scans all rows, sorted by id. Use [`Table::linked`] where possible: this visits every row.
    pub fn values(&self) -> btree_map::Values<'_, String, T> {
        #[cfg(test)]
        looks::count(self.rows.len());
        self.rows.values()
    }

    /// The rows that have `word` among their [`Row::links`], sorted by id.
    pub fn linked(&self, word: &str) -> vec::IntoIter<&T> {
        self.linked_ids(word).into_iter().filter_map(|id| self.rows.get(id)).collect::<Vec<_>>().into_iter()
    }

    /// The rows with these ids, sorted by id.
    pub fn with_ids(&self, ids: &[String]) -> Vec<(&String, &T)> {
        let ids: BTreeSet<&String> = ids.iter().filter_map(|id| Some(self.rows.get_key_value(id)?.0)).collect();
        ids.into_iter().filter_map(|id| self.rows.get_key_value(id)).collect()
    }

    /// The rows that have one of `words` as their id or among their [`Row::links`], sorted by id.
    pub fn found_by(&self, words: &[String]) -> Vec<(&String, &T)> {
        let mut ids: BTreeSet<&String> = words.iter().flat_map(|word| self.linked_ids(word)).collect();
        ids.extend(words.iter().filter_map(|word| Some(self.rows.get_key_value(word)?.0)));
        ids.into_iter().filter_map(|id| self.rows.get_key_value(id)).collect()
    }

    /// The rows that have one of these tags, sorted by id. A value of `None` is any value.
    pub fn tagged(&self, tags: &[(&str, Option<&str>)]) -> Vec<(&String, &T)> {
        let ids: BTreeSet<&String> = tags.iter().flat_map(|(key, value)| self.tagged_ids(key, *value)).collect();
        ids.into_iter().filter_map(|id| self.rows.get_key_value(id)).collect()
    }

    /// Whether `way` leads to at most about `most` rows. It visits no more rows than that.
    pub fn is_narrow(&self, way: &By<'_>, most: usize) -> bool {
        let up_to_most = |seen: usize, more: usize| seen.saturating_add(more).min(most + 1);
        let seen = match way {
            By::Links(words) => words.iter().fold(0, |seen, word| {
                let from = (word.clone(), String::new());
                up_to_most(seen, self.links.range(from..).take(most + 1).take_while(|(link, _)| link == word).count())
            }),
            By::Tags(tags) => tags.iter().fold(0, |seen, (key, value)| {
                let is_it = |k: &str, v: &str| k == *key && value.is_none_or(|value| v == value);
                let from = ((*key).to_owned(), value.unwrap_or_default().to_owned(), String::new());
                up_to_most(seen, self.tags.range(from..).take(most + 1).take_while(|(k, v, _)| is_it(k, v)).count())
            }),
        };
        seen <= most
    }

    /// The rows that `way` leads to, sorted by id.
    pub fn find(&self, way: &By<'_>) -> Vec<(&String, &T)> {
        match way {
            By::Links(words) => self.found_by(words),
            By::Tags(tags) => self.tagged(tags),
        }
    }

    /// The sum of what all rows count against the quota of their kind.
    pub fn weight(&self) -> u64 {
        let changed = |weight: u64, (id, before): (&String, &Option<T>)| {
            let now = self.rows.get(id).map_or(0, T::weight);
            (weight + now).saturating_sub(before.as_ref().map_or(0, T::weight))
        };
        self.changed.iter().fold(self.weight, changed)
    }

    fn tagged_ids(&self, key: &str, value: Option<&str>) -> BTreeSet<&String> {
        let is_it = |k: &str, v: &str| k == key && value.is_none_or(|value| v == value);
        let from = (key.to_owned(), value.unwrap_or_default().to_owned(), String::new());
        let indexed = self.tags.range(from..).take_while(|(k, v, _)| is_it(k, v)).map(|(_, _, id)| id);
        let mut ids: BTreeSet<&String> = indexed.filter(|id| !self.changed.contains_key(*id)).collect();
        let has = |id: &String| self.rows.get(id).is_some_and(|row| row.tags().iter().any(|(k, v)| is_it(k, v)));
        ids.extend(self.changed.keys().filter(|id| has(id)));
        ids
    }

    fn linked_ids(&self, word: &str) -> BTreeSet<&String> {
        let from = (word.to_owned(), String::new());
        let indexed = self.links.range(from..).take_while(|(link, _)| link == word).map(|(_, id)| id);
        let mut ids: BTreeSet<&String> = indexed.filter(|id| !self.changed.contains_key(*id)).collect();
        let address = word.parse().ok();
        let has = |row: &T| row.links().contains(&word) || address.is_some() && row.address() == address;
        let is_linked = |id: &String| self.rows.get(id).is_some_and(has);
        ids.extend(self.changed.keys().filter(|id| is_linked(id)));
        ids
    }

    /// The rows whose transition is due by `now`.
    pub fn falling_due(&self, now: Timestamp) -> impl Iterator<Item = &T> {
        self.ids_falling_due(now).filter_map(|id| self.rows.get(id))
    }

    /// Their ids. Rows that were not changed since the last commit come first, the one that is due first at the
    /// front.
    pub fn ids_falling_due(&self, now: Timestamp) -> impl Iterator<Item = &String> {
        let now = now.as_millisecond();
        let indexed = self.due.iter().take_while(move |(due, _)| *due <= now).map(|(_, id)| id);
        let is_due = move |id: &&String| self.rows.get(*id).and_then(T::due).is_some_and(|due| due <= now);
        indexed.filter(|id| !self.changed.contains_key(*id)).chain(self.changed.keys().filter(is_due))
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        let (id, row) = (id, self.rows.get_mut(id)?);
        if !self.changed.contains_key(id) {
            self.changed.insert(id.to_owned(), Some(row.clone()));
        }
        Some(row)
    }

    /// The first row that has `word` among its [`Row::links`], to change.
    pub fn linked_mut(&mut self, word: &str) -> Option<&mut T> {
        let id = self.linked_ids(word).into_iter().next()?.clone();
        self.get_mut(&id)
    }

    /// Inserts a row, or replaces the one with the same id.
    pub fn insert(&mut self, id: String, row: T) {
        let before = self.rows.insert(id.clone(), row);
        self.changed.entry(id).or_insert(before);
    }

    pub fn remove(&mut self, id: &str) -> Option<T> {
        let row = self.rows.remove(id)?;
        if !self.changed.contains_key(id) {
            self.changed.insert(id.to_owned(), Some(row.clone()));
        }
        Some(row)
    }

    /// Removes the rows that have `word` among their [`Row::links`] and satisfy `fits`.
    pub fn remove_linked(&mut self, word: &str, fits: impl Fn(&T) -> bool) {
        let linked = self.linked_ids(word).into_iter();
        let gone: Vec<String> = linked.filter(|id| self.rows.get(*id).is_some_and(&fits)).cloned().collect();
        for id in gone {
            self.remove(&id);
        }
    }

    /// Removes the rows that do not satisfy `fits`.
    pub fn retain(&mut self, mut fits: impl FnMut(&String, &T) -> bool) {
        #[cfg(test)]
        looks::count(self.rows.len());
        let gone: Vec<String> = self.rows.iter().filter(|(id, row)| !fits(id, row)).map(|(id, _)| id.clone()).collect();
        for id in gone {
            self.remove(&id);
        }
    }

    fn note(&mut self, id: &str, row: &T) {
        self.weight += row.weight();
        self.links.extend(row.links().into_iter().map(|link| (link.to_owned(), id.to_owned())));
        self.links.extend(row.address().map(|address| (address.to_string(), id.to_owned())));
        let tags = row.tags().into_iter();
        self.tags.extend(tags.map(|(key, value)| (key.to_owned(), value.to_owned(), id.to_owned())));
        self.due.extend(row.due().map(|due| (due, id.to_owned())));
    }

    fn forget(&mut self, id: &str, row: &T) {
        self.weight = self.weight.saturating_sub(row.weight());
        for link in row.links() {
            self.links.remove(&(link.to_owned(), id.to_owned()));
        }
        if let Some(address) = row.address() {
            self.links.remove(&(address.to_string(), id.to_owned()));
        }
        for (key, value) in row.tags() {
            self.tags.remove(&(key.to_owned(), value.to_owned(), id.to_owned()));
        }
        if let Some(due) = row.due() {
            self.due.remove(&(due, id.to_owned()));
        }
    }
}

/// Counts how many rows scans have visited on this thread.
#[cfg(test)]
pub mod looks {
    use std::cell::Cell;

    thread_local! {
        static ROWS: Cell<usize> = const { Cell::new(0) };
    }

    pub fn count(rows: usize) {
        ROWS.set(ROWS.get() + rows);
    }

    /// The count since the last `take`.
    pub fn take() -> usize {
        ROWS.take()
    }
}

impl<T: Row> Index<&str> for Table<T> {
    type Output = T;

    fn index(&self, id: &str) -> &T {
        &self.rows[id]
    }
}

impl<T: PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl<T: Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de, T: Row> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Self::default();
        for (id, row) in BTreeMap::<String, T>::deserialize(deserializer)? {
            table.note(&id, &row);
            table.rows.insert(id, row);
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests;
