//! Which object is meant by which resource of a step: the one reading in which most hangs together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::actions::{self, Comparison, Known, Match, MatchReport, Object};
use crate::engine::event::Facts;
use crate::engine::record::fold::strings;
use crate::lab::{Leaves, Resource};

/// What a resource without an object costs: more than any difference, so that what is nearest is named.
const NOTHING: i64 = 1_000;
/// How many partial readings are tried. A step has few resources; an account in which others build may have many objects.
const READINGS: usize = 5_000;

/// A resource and the object that is taken for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The object's id or ARN.
    pub id: String,
    /// How it compares.
    pub sighting: MatchReport,
}

impl Assignment {
    /// Whether nothing is wrong, and nothing is still open.
    pub fn fits(&self) -> bool {
        self.sighting.points.iter().all(|point| matches!(point.fit, Match::Right | Match::Other))
    }

    /// What is not as the lab wants it.
    pub fn wrong(&self) -> impl Iterator<Item = &Comparison> {
        self.sighting.points.iter().filter(|point| point.fit == Match::Wrong)
    }

    fn cost(&self) -> i64 {
        let cost = |point: &Comparison| match point.fit {
            Match::Right => 0,
            Match::Other => 2,
            Match::Open => 6,
            Match::Wrong => 20,
        };
        self.sighting.points.iter().map(cost).sum()
    }

    /// Whether it is more likely something else altogether: what it hangs on first is another, and that is not all.
    fn unrelated(&self) -> bool {
        let elsewhere = self.sighting.points.first().is_some_and(|point| point.fit == Match::Wrong);
        elsewhere && self.wrong().count() >= 2
    }
}

/// A reading of an account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// What was found, by resource.
    pub found: BTreeMap<String, Assignment>,
    /// A resource for which another object would do as well, and the ids of all that would.
    pub twins: Option<(String, BTreeSet<String>)>,
}

/// Finds the best reading of `seen` (objects by resource name) for `wanted`, which is in the order of needs. `known` tells
/// facts of what is not wanted, `before` the ids that were taken until now: they are kept where nothing speaks against it.
pub fn read(
    wanted: &[&Resource],
    seen: &BTreeMap<String, Vec<Object>>,
    known: &Known<'_>,
    before: &BTreeMap<String, String>,
) -> Reading {
    let mut search = Search {
        wanted,
        seen,
        known,
        before,
        mentions: mentions(seen),
        taken: BTreeMap::new(),
        best: None,
        others: Vec::new(),
        left: READINGS,
    };
    search.go(0, 0);
    let Some((_, found)) = search.best else { return Reading::default() };
    let twins = found.iter().find_map(|(name, one)| {
        let others = search.others.iter().filter_map(|other| other.get(name));
        let ids: BTreeSet<String> = others.map(|it| it.id.clone()).chain([one.id.clone()]).collect();
        (ids.len() > 1).then(|| (name.clone(), ids))
    });
    Reading { found, twins }
}

type Taken = BTreeMap<String, Assignment>;

struct Search<'a> {
    wanted: &'a [&'a Resource],
    seen: &'a BTreeMap<String, Vec<Object>>,
    known: &'a Known<'a>,
    before: &'a BTreeMap<String, String>,
    /// How often each object's id stands in the others: what most hangs on is tried first.
    mentions: BTreeMap<String, usize>,
    taken: Taken,
    best: Option<(i64, Taken)>,
    /// Other readings that are as good as the best.
    others: Vec<Taken>,
    left: usize,
}

impl Search<'_> {
    fn go(&mut self, index: usize, cost: i64) {
        if self.best.as_ref().is_some_and(|(best, _)| cost - self.discount(index) > *best) || self.left == 0 {
            return;
        }
        self.left -= 1;
        let Some(resource) = self.wanted.get(index) else {
            match &self.best {
                Some((best, _)) if cost == *best => self.others.push(self.taken.clone()),
                Some((best, _)) if cost > *best => {}
                _ => {
                    self.best = Some((cost, self.taken.clone()));
                    self.others.clear();
                }
            }
            return;
        };
        let name = resource.name();
        for (one, here) in self.choices(resource) {
            self.taken.insert(name.to_owned(), one);
            self.go(index + 1, cost + here);
            self.taken.remove(name);
        }
        self.go(index + 1, cost + NOTHING);
    }

    /// What the resources from `index` on may still save by being kept.
    fn discount(&self, index: usize) -> i64 {
        i64::try_from(self.wanted.len() - index).unwrap_or(0)
    }

    /// The objects that may be meant by `resource`, the likeliest first.
    fn choices(&self, resource: &Resource) -> Vec<(Assignment, i64)> {
        let known = |name: &str, fact: &str| match self.taken.get(name) {
            Some(one) => one.sighting.facts.get(fact).cloned(),
            None if self.wanted.iter().any(|it| it.name() == name) => None,
            None => (self.known)(name, fact),
        };
        let used: BTreeSet<&str> = self.taken.values().map(|it| it.id.as_str()).collect();
        let objects = self.seen.get(resource.name()).into_iter().flatten();
        let mut choices: Vec<(Assignment, i64)> = objects
            .filter(|object| resource.kind().leaves() == Leaves::Change || !used.contains(object.id.as_str()))
            .filter_map(|object| {
                let sighting = actions::observe(resource, object, &known)?;
                Some(Assignment { id: object.id.clone(), sighting })
            })
            .filter(|one| !one.unrelated())
            .map(|one| {
                let kept = self.before.get(resource.name()) == Some(&one.id);
                let cost = one.cost() - i64::from(kept);
                (one, cost)
            })
            .collect();
        let mentioned = |one: &Assignment| self.mentions.get(&one.id).copied().unwrap_or(0);
        choices.sort_by_key(|(one, cost)| (*cost, Reverse(mentioned(one))));
        choices
    }
}

fn mentions(seen: &BTreeMap<String, Vec<Object>>) -> BTreeMap<String, usize> {
    // Resources of a kind share their objects.
    let objects: BTreeMap<&str, &Object> = seen.values().flatten().map(|object| (object.id.as_str(), object)).collect();
    let mut counts = BTreeMap::new();
    for (id, object) in &objects {
        let mut texts = BTreeSet::new();
        for value in std::iter::once(&object.item).chain(&object.more) {
            strings(value, &mut texts);
        }
        for text in texts.into_iter().filter(|text| text != id && objects.contains_key(text.as_str())) {
            *counts.entry(text).or_default() += 1;
        }
    }
    counts
}

/// The facts that a reading tells, by resource.
pub fn facts(found: &BTreeMap<String, Assignment>) -> BTreeMap<&str, &Facts> {
    found.iter().map(|(name, one)| (name.as_str(), &one.sighting.facts)).collect()
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
