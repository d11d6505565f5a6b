//! The sandbox's accounts and their access keys.

use crate::host::Random;

/// One of the sandbox's accounts, with its keys for this run. The keys are never written to disk.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// `provider` or `consumer`.
    pub name: String,
    /// Twelve digits.
    pub account_id: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// Makes accounts with these names and ids, in order. The first ones get `keys`; the others get random keys.
    pub(super) fn with_keys(named: Vec<(String, String)>, keys: Vec<(String, String)>, random: &Random) -> Vec<Self> {
        let capitals = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut keys = keys.into_iter();
        let fresh = || (format!("AKIASANDBOX{}", random.text(capitals, 9)), random.text(letters, 40));
        let named = named.into_iter();
        named
            .map(|(name, account_id)| {
                let (access_key_id, secret_access_key) = keys.next().unwrap_or_else(fresh);
                Self { name, account_id, access_key_id, secret_access_key }
            })
            .collect()
    }
}
