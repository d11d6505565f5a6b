//! The changes of the world since it was last kept: as a line of the log, taken for kept, or taken back.

use serde::{Deserialize, Serialize};

use super::model::{Region, World};
use super::table::any_table::AnyTable;

/// A change of one row, as the log has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    account: usize,
    region: String,
    table: String,
    id: String,
    /// `None` where the row is gone.
    row: Option<serde_json::Value>,
}

/// The place of a change, which the log has before the row.
#[derive(Serialize)]
struct Place<'a> {
    account: usize,
    region: &'a str,
    table: &'a str,
    id: &'a str,
}

impl World {
    /// Every table of every region, with its account's index, the region and its own name.
    pub fn tables(&self) -> impl Iterator<Item = (usize, &str, &'static str, &dyn AnyTable)> {
        let regions =
            self.accounts.iter().enumerate().flat_map(|(account, it)| {
                it.regions.iter().map(move |(name, region)| (account, name.as_str(), region))
            });
        regions.flat_map(|(account, name, region)| {
            region.tables().into_iter().map(move |(table, rows)| (account, name, table, rows))
        })
    }

    /// [`World::tables`], to change.
    pub fn tables_mut(&mut self) -> impl Iterator<Item = (usize, &str, &'static str, &mut dyn AnyTable)> {
        let regions = self.accounts.iter_mut().enumerate().flat_map(|(account, it)| {
            it.regions.iter_mut().map(move |(name, region)| (account, name.as_str(), region))
        });
        regions.flat_map(|(account, name, region)| {
            region.tables_mut().into_iter().map(move |(table, rows)| (account, name, table, rows))
        })
    }

    /// The changes since the world was last kept, as one line; `None` where there are none.
    ///
    /// # Errors
    /// A row that cannot be written as JSON.
    pub fn changes(&self) -> serde_json::Result<Option<String>> {
        let mut line = String::new();
        for (account, region, table, rows) in self.tables() {
            for (id, row) in rows.changes()? {
                line.push(if line.is_empty() { '[' } else { ',' });
                line.push_str(&serde_json::to_string(&Place { account, region, table, id })?);
                // Into the object, behind its last member.
                line.pop();
                line.push_str(",\"row\":");
                line.push_str(row.as_deref().unwrap_or("null"));
                line.push('}');
            }
        }
        Ok((!line.is_empty()).then(|| line + "]"))
    }

    /// Makes the changes of one line, and takes them for kept.
    ///
    /// # Errors
    /// Why the line is not one of changes.
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

    /// Takes the changes for kept.
    pub fn commit(&mut self) {
        self.tables_mut().for_each(|(_, _, _, table)| table.commit());
    }

    /// Takes the changes back.
    pub fn undo(&mut self) {
        self.tables_mut().for_each(|(_, _, _, table)| table.undo());
    }

    /// What an account has made in a region since the world was last kept.
    pub fn made(&self, account: usize, region: &str) -> impl Iterator<Item = &str> {
        let here = self.accounts[account].regions.get(region);
        here.into_iter().flat_map(Region::tables).flat_map(|(_, table)| table.made())
    }
}

/// Lists the tables of a region by name; one that is forgotten does not compile.
macro_rules! tables {
    ($($table:ident),+ $(,)?) => {
        impl Region {
            /// Its tables, with their names in the file.
            pub fn tables(&self) -> Vec<(&'static str, &dyn AnyTable)> {
                let Self { $($table),+ } = self;
                vec![$((stringify!($table), $table as &dyn AnyTable)),+]
            }

            /// [`Region::tables`], to change.
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
