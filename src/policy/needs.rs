//! What a lab's steps need from IAM.

use std::collections::BTreeSet;

use crate::actions::{self, Grant};
use crate::cloud::Api;
use crate::lab::{Lab, Resource, Side};
use crate::session::zone;
use crate::{checks, engine, trace};

/// The reads and grants that the steps on these sides need.
pub fn needs(lab: &Lab, sides: &[Side]) -> (BTreeSet<(Api, &'static str)>, Vec<Grant>) {
    let mut reads: BTreeSet<(Api, &'static str)> = engine::READS.into_iter().chain(zone::READS).collect();
    // pllab tells a learner who is stuck to run `why`.
    reads.extend(lab.page().into_iter().flat_map(|_| trace::READS));
    let mut grants = Vec::new();
    for step in &lab.steps {
        // A check may look at both sides.
        let detour = step.detour.iter().flat_map(|detour| &detour.checks);
        reads.extend(step.checks.iter().chain(&step.looks).chain(detour).flat_map(checks::reads));
        if !sides.contains(&step.side) {
            continue;
        }
        for resource in &step.makes {
            reads.extend(actions::reads(resource));
            grants.extend(actions::grants(resource));
        }
        if let Some(detour) = &step.detour {
            grants.extend(actions::grants(&Resource::Rejection(detour.reject.clone())));
        }
    }
    (reads, grants)
}
