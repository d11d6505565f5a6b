//! The changes of the world since it was last written to disk: written as a line of the log, committed, or undone.

use serde::{Deserialize, Serialize};

use super::model::{Region, World};
use super::table::any_table::AnyTable;

/// A change of one row, as in the log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    account: usize,
    region: String,
    table: String,
    id: String,
    /// `None` if the row was deleted.
    row: Option<serde_json::Value>,
}

/// The part of a change that precedes the row in the log.
#[derive(Serialize)]
struct Place<'a> {
    account: usize,
    region: &'a str,
    table: &'a str,
    id: &'a str,
}

impl World {
    /// Every table of every region, with its account's index, the region and the table's name.
    pub fn tables(&self) -> impl Iterator<Item = (usize, &str, &'static str, &dyn AnyTable)> {
        let regions =
            self.accounts.iter().enumerate().flat_map(|(account, it)| {
                it.regions.iter().map(move |(name, region)| (account, name.as_str(), region))
            });
        regions.flat_map(|(account, name, region)| {
            region.tables().into_iter().map(move |(table, rows)| (account, name, table, rows))
        })
    }

    /// Like [`World::tables`], but mutable.
    pub fn tables_mut(&mut self) -> impl Iterator<Item = (usize, &str, &'static str, &mut dyn AnyTable)> {
        let regions = self.accounts.iter_mut().enumerate().flat_map(|(account, it)| {
            it.regions.iter_mut().map(move |(name, region)| (account, name.as_str(), region))
        });
        regions.flat_map(|(account, name, region)| {
            region.tables_mut().into_iter().map(move |(table, rows)| (account, name, table, rows))
        })
    }

    /// The changes since the last commit, as one line; `None` if there are none.
    ///
    /// # Errors
    /// A row that cannot be written as JSON.
    pub fn changes(&self) -> serde_json::Result<Option<String>> {
        let mut line = String::new();
        for (account, region, table, rows) in self.tables() {
            for (id, row) in rows.changes()? {
                line.push(if line.is_empty() { '[' } else { ',' });
                line.push_str(&serde_json::to_string(&Place { account, region, table, id })?);
                // Open the object again, to append the row as its last member.
                line.pop();
                line.push_str(",\"row\":");
                line.push_str(row.as_deref().unwrap_or("null"));
                line.push('}');
            }
        }
        Ok((!line.is_empty()).then(|| line + "]"))
    }

    /// Makes the changes of one line of the log and commits them.
    ///
    /// # Errors
    /// Says why the line is not a line of changes.
    pub fn repeat(&mut self, line: &[u8]) -> Result<(), String> {
        let changes: Vec<Change> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        for Change { account, region, table, id, row } in changes {
            let account = self.accounts.get_mut(account).ok_or_else(|| format!("no account {account}"))?;
            let region = account.regions.entry(region).or_default();
            let mut tables = region.tables_mut().into_iter();
            let (_, rows) = tables.find(|(name, _)| *name == table).ok_or_else(|| format!("no table {table}"))?;
            rows.set(&id, row).map_err(|error| format!("{table} {id}: {error}"))?;
        }
        Ok(())
    }

    /// Marks the changes as written to disk.
    pub fn commit(&mut self) {
        self.tables_mut().for_each(|(_, _, _, table)| table.commit());
    }

    /// Undoes the changes since the last commit.
    pub fn undo(&mut self) {
        self.tables_mut().for_each(|(_, _, _, table)| table.undo());
    }

    /// The ids of what an account has made in a region since the last commit.
    pub fn made(&self, account: usize, region: &str) -> impl Iterator<Item = &str> {
        let here = self.accounts[account].regions.get(region);
        here.into_iter().flat_map(Region::tables).flat_map(|(_, table)| table.made())
    }
}

/// Lists the tables of a region by name. A forgotten one does not compile.
macro_rules! tables {
    ($($table:ident),+ $(,)?) => {
        impl Region {
            /// The tables, with their names in the file.
            pub fn tables(&self) -> Vec<(&'static str, &dyn AnyTable)> {
                let Self { $($table),+ } = self;
                vec![$((stringify!($table), $table as &dyn AnyTable)),+]
            }

            /// Like [`Region::tables`], but mutable.
            pub fn tables_mut(&mut self) -> Vec<(&'static str, &mut dyn AnyTable)> {
                let Self { $($table),+ } = self;
                vec![$((stringify!($table), $table as &mut dyn AnyTable)),+]
            }
        }
    };
}

tables!(
    vpcs,
    subnets,
    route_tables,
    network_acls,
    groups,
    interfaces,
    instances,
    target_groups,
    balancers,
    listeners,
    services,
    endpoints,
    connect_endpoints,
    dns_changes,
    hosted_zones,
    tokens,
);
