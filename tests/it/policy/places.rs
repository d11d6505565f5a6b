//! A target for all labs, with a policy for each account, and a wire that records every call.

use std::collections::BTreeMap;

use super::super::harness::{Exchange, Fate, Folder, ProfiledSandbox, Program, Wire};
use super::evaluate::Policy;
use super::needs::{Known, Need};
use super::policy;

/// The labs, and whether they need two accounts.
pub const LABS: [(&str, bool); 4] =
    [("privatelink", false), ("two-zones", false), ("private-dns", false), ("who-may-connect", true)];

/// A sandbox, and the wire before it.
pub struct Place {
    pub apart: ProfiledSandbox,
    pub wire: Wire,
    pub lab: &'static str,
    two: bool,
}

impl Place {
    pub fn open((lab, two): (&'static str, bool)) -> Self {
        let apart = ProfiledSandbox::open("--pace instant --quota L-F678F1CE=20 --quota L-1216C47A=20");
        let wire = Wire::open(&apart.url, |_| Fate::Pass);
        Self { apart, wire, lab, two }
    }

    /// The profiles to sign in with.
    pub fn profiles(&self) -> &'static str {
        if self.two { "--profile provider --consumer-profile consumer" } else { "--profile provider" }
    }

    /// The program on a learner's machine.
    pub fn pllab(&self, machine: &Folder, words: &str) -> Program {
        machine.pllab(words).env("HOME", self.apart.folder.path())
    }

    /// Aiko's policies, by access key: one for everything, or each account's half.
    pub fn policies(&self, with: &str) -> Policies {
        let policy = |side: &str| policy(&format!("{} --learner aiko {side} {with}", self.lab));
        let keys: Vec<String> = self.apart.keys().into_iter().map(|[_, id, _]| id).collect();
        let sides: &[&str] = if self.two { &["--side provider", "--side consumer"] } else { &[""] };
        Policies(keys.into_iter().zip(sides.iter().map(|side| policy(side))).collect())
    }
}

/// What each account's user may do.
pub struct Policies(BTreeMap<String, Policy>);

impl Policies {
    /// Whether the signer's policy allows the need.
    pub fn allow(&self, (key, need): &(String, Need)) -> bool {
        self.0.get(key).expect("only these accounts are called").allows(need).is_some()
    }

    /// Asserts that everything is allowed.
    #[track_caller]
    pub fn allow_all(&self, needs: &[(String, Need)]) {
        let denied: Vec<_> = needs.iter().filter(|need| !self.allow(need)).map(|(_, need)| need).collect();
        assert!(denied.is_empty(), "{} denied, the first: {:#?}", denied.len(), denied[0]);
    }
}

/// What the calls need, each with its signer's key.
pub fn signed(known: &mut Known, exchanges: &[Exchange]) -> Vec<(String, Need)> {
    let needs = |it: &Exchange| known.needs(it).into_iter().map(|need| (it.key.clone(), need)).collect::<Vec<_>>();
    exchanges.iter().flat_map(needs).collect()
}
