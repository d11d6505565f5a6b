//! Tables whatever the type of their rows: list the changes, commit or undo them, and hide rows for a while.

use std::collections::BTreeSet;

use super::{Row, Table};

pub trait AnyTable {
    /// Whether any row differs from the last commit.
    fn is_changed(&self) -> bool;

    /// The ids of the rows that differ from the last commit.
    fn changed(&self) -> Vec<&str>;

    /// The ids of the rows that were made since the last commit.
    fn made(&self) -> Vec<&str>;

    /// The rows that differ from the last commit, as JSON with their ids; `None` for a deleted row.
    ///
    /// # Errors
    /// A row that cannot be written as JSON.
    fn changes(&self) -> serde_json::Result<Vec<(&str, Option<String>)>>;

    /// Sets one row from a change of the log and commits it.
    ///
    /// # Errors
    /// A row that has another form.
    fn set(&mut self, id: &str, row: Option<serde_json::Value>) -> serde_json::Result<()>;

    /// Marks the changes as written to disk.
    fn commit(&mut self);

    /// Undoes the changes since the last commit.
    fn undo(&mut self);

    /// Hides rows without changing anything.
    fn hide(&mut self, ids: &BTreeSet<String>);

    /// Puts all hidden rows back.
    fn show(&mut self);
}

impl<T: Row> AnyTable for Table<T> {
    fn is_changed(&self) -> bool {
        self.changed.iter().any(|(id, before)| self.rows.get(id) != before.as_ref())
    }

    fn changed(&self) -> Vec<&str> {
        let differs = self.changed.iter().filter(|(id, before)| self.rows.get(*id) != before.as_ref());
        differs.map(|(id, _)| id.as_str()).collect()
    }

    fn made(&self) -> Vec<&str> {
        self.changed.iter().filter(|(_, before)| before.is_none()).map(|(id, _)| id.as_str()).collect()
    }

    fn changes(&self) -> serde_json::Result<Vec<(&str, Option<String>)>> {
        let row = |id| Ok((id, self.rows.get(id).map(serde_json::to_string).transpose()?));
        self.changed().into_iter().map(row).collect()
    }

    fn set(&mut self, id: &str, row: Option<serde_json::Value>) -> serde_json::Result<()> {
        let row: Option<T> = row.map(serde_json::from_value).transpose()?;
        if let Some(before) = self.rows.remove(id) {
            self.forget(id, &before);
        }
        if let Some(row) = row {
            self.note(id, &row);
            self.rows.insert(id.to_owned(), row);
        }
        Ok(())
    }

    fn commit(&mut self) {
        for (id, before) in std::mem::take(&mut self.changed) {
            if let Some(before) = before {
                self.forget(&id, &before);
            }
            if let Some(row) = self.rows.remove(&id) {
                self.note(&id, &row);
                self.rows.insert(id, row);
            }
        }
    }

    fn undo(&mut self) {
        for (id, before) in std::mem::take(&mut self.changed) {
            match before {
                Some(before) => self.rows.insert(id, before),
                None => self.rows.remove(&id),
            };
        }
    }

    fn hide(&mut self, ids: &BTreeSet<String>) {
        self.hidden.extend(ids.iter().filter_map(|id| self.rows.remove_entry(id)));
    }

    fn show(&mut self) {
        self.rows.append(&mut self.hidden);
    }
}
