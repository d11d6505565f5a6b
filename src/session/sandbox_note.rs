//! The note that a running sandbox leaves in its folder, so that a second terminal finds it.
//!
//! It holds the sandbox's throw-away keys. Only this user can read it, and it is removed with the sandbox. The keys
//! open nothing but that sandbox, which listens on this machine only and makes new keys at every start.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cloud::{ConnectOptions, connect, identity};
use crate::host::{Links, read_regular, write_atomic};
use crate::sandbox::{Account, Pace, Sandbox};

/// How long an answer is waited for. A sandbox on a busy machine answers far sooner.
const SILENCE: Duration = Duration::from_secs(5);
/// The largest note that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What the note says. The sandbox may have ended since.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SandboxNote {
    pub pid: u32,
    pub endpoint_url: String,
    /// The region to name in requests.
    pub region: String,
    /// The pace of its clock.
    pub pace: String,
    pub accounts: Vec<NotedAccount>,
    /// Whether its instances may run a real nginx.
    #[serde(default)]
    pub real_nginx: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NotedAccount {
    pub name: String,
    pub account_id: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

/// Removes the note when dropped.
pub struct PlacedNote {
    path: PathBuf,
}

impl SandboxNote {
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

    /// Writes the note into the sandbox's folder.
    pub fn leave(&self, folder: &Path) -> std::io::Result<PlacedNote> {
        let path = folder.join("live.json");
        write_atomic(&path, &serde_json::to_vec_pretty(self)?, false)?;
        Ok(PlacedNote { path })
    }

    /// What the note in `folder` says, whether or not the sandbox still answers.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&read_regular(&folder.join("live.json"), LONGEST, Links::Followed).ok()?).ok()
    }

    /// The sandbox whose note is in `folder`, if it answers.
    pub async fn find(folder: &Path) -> Option<Self> {
        let note = Self::read(folder)?;
        let account = note.accounts.first()?;
        let options = note.options(account);
        let clients = connect(&options).await.ok()?;
        // Another program may have taken the port since, so only the right account's answer counts, and silence is none.
        let answer = tokio::time::timeout(SILENCE, identity(&clients)).await.ok()?.ok()?;
        (answer.account == account.account_id).then_some(note)
    }

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
        // A note that stays behind is recognised as stale by the next look.
        let _ = fs::remove_file(&self.path);
    }
}
