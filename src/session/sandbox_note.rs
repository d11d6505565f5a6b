//! The note that a running sandbox leaves, so that a second terminal finds it.
//!
//! It holds the sandbox's throw-away keys, readable by this user only, and goes when the sandbox does. They open nothing
//! but that sandbox, which listens on this machine only and makes new ones at every start.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cloud::{ConnectOptions, connect, identity};
use crate::host::{Links, read_regular, write_atomic};
use crate::sandbox::{Account, Pace, Sandbox};

/// The most bytes that a note has.
const LONGEST: u64 = 64 * 1024;

/// A sandbox that answers, or did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SandboxNote {
    /// The process that runs it.
    pub pid: u32,
    /// Where it answers.
    pub endpoint_url: String,
    /// The region to name in requests.
    pub region: String,
    /// How fast its clock runs.
    pub pace: String,
    /// Its accounts.
    pub accounts: Vec<NotedAccount>,
    /// Whether its instances may run a real nginx.
    #[serde(default)]
    pub real_nginx: bool,
}

/// An account of a sandbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NotedAccount {
    /// Its name.
    pub name: String,
    /// Its number.
    pub account_id: String,
    /// Its key.
    pub access_key_id: String,
    /// The key's secret.
    pub secret_access_key: String,
}

/// Takes the note away when dropped.
pub struct PlacedNote {
    path: PathBuf,
}

impl SandboxNote {
    /// What there is to say of a sandbox that was just started.
    pub fn of(sandbox: &Sandbox, region: &str, pace: Pace, real_nginx: bool) -> Self {
        let account = |account: &Account| NotedAccount {
            name: account.name.clone(),
            account_id: account.account_id.clone(),
            access_key_id: account.access_key_id.clone(),
            secret_access_key: account.secret_access_key.clone(),
        };
        Self {
            pid: std::process::id(),
            endpoint_url: sandbox.endpoint_url().to_owned(),
            region: region.to_owned(),
            pace: pace.name().to_owned(),
            accounts: sandbox.accounts().iter().map(account).collect(),
            real_nginx,
        }
    }

    /// Leaves the note in the sandbox's folder.
    pub fn leave(&self, folder: &Path) -> std::io::Result<PlacedNote> {
        let path = folder.join("live.json");
        write_atomic(&path, &serde_json::to_vec_pretty(self)?, false)?;
        Ok(PlacedNote { path })
    }

    /// What the note in `folder` says, whether it still answers or not.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&read_regular(&folder.join("live.json"), LONGEST, Links::Followed).ok()?).ok()
    }

    /// The sandbox whose note is in `folder`, if it answers.
    pub async fn find(folder: &Path) -> Option<Self> {
        let note = Self::read(folder)?;
        let account = note.accounts.first()?;
        let options = note.options(account);
        let clients = connect(&options).await.ok()?;
        // Another program may have taken the port since: only the right account's answer counts.
        let answer = identity(&clients).await.ok()?;
        (answer.account == account.account_id).then_some(note)
    }

    /// How to connect as `account`.
    pub fn options(&self, account: &NotedAccount) -> ConnectOptions {
        ConnectOptions {
            region: self.region.clone(),
            endpoint_url: Some(self.endpoint_url.clone()),
            profile: None,
            ca_bundle: None,
            keys: Some((account.access_key_id.clone(), account.secret_access_key.clone())),
        }
    }
}

impl Drop for PlacedNote {
    fn drop(&mut self) {
        // A note that stays behind is found stale by the next look.
        let _ = fs::remove_file(&self.path);
    }
}
