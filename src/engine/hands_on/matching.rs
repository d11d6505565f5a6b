//! Decides which object is which resource of a step, by the assignment in which most references agree.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::actions::{self, Comparison, Known, Match, MatchReport, Object};
use crate::engine::event::Facts;
use crate::engine::record::fold::strings;
use crate::lab::{Leaves, Resource};

/// The cost of a resource without an object. It is higher than any difference, so that the nearest object is named.
const NOTHING: i64 = 10_000;
/// What a difference costs less in an object that has the resource's name: more than a reference to something that
/// does not exist yet, less than a wrong value.
const NAME: i64 = 150;
/// How much cheaper than others of the same cost an object with the name is, and one that was assigned before.
const NAMED: i64 = 5;
const KEPT: i64 = 1;
/// How many partial assignments are tried. A step has few resources, but a shared account may have many objects.
const READINGS: usize = 5_000;

/// The object that is taken for a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// An id or an ARN.
    pub id: String,
    pub sighting: MatchReport,
}

impl Assignment {
    /// Whether nothing is wrong, and nothing is still open.
    pub fn fits(&self) -> bool {
        self.sighting.points.iter().all(|point| point.fit == Match::Right)
    }

    /// The points that differ from the lab.
    pub fn differs(&self) -> impl Iterator<Item = &Comparison> {
        self.sighting.points.iter().filter(|point| matches!(point.fit, Match::Wrong | Match::Elsewhere))
    }

    fn cost(&self) -> i64 {
        let cost = |point: &Comparison| match point.fit {
            Match::Right => 0,
            Match::Open => 60,
            Match::Elsewhere => 70,
            Match::Wrong => 200,
        };
        self.sighting.points.iter().map(cost).sum()
    }

    /// The cost if its name is the resource's. A name says what the learner means it to be, but never outweighs an
    /// object that fits.
    fn named_cost(&self) -> i64 {
        match self.cost() {
            0 => -NAMED,
            cost => (cost - NAME).max(2 * NAMED) - NAMED,
        }
    }

    /// Whether it is probably something else altogether: its first point, which is what it depends on, is wrong, and so
    /// is another.
    fn unrelated(&self) -> bool {
        let wrong = |point: &Comparison| point.fit == Match::Wrong;
        let elsewhere = self.sighting.points.first().is_some_and(wrong);
        elsewhere && self.sighting.points.iter().filter(|point| wrong(point)).count() >= 2
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub found: BTreeMap<String, Assignment>,
    /// See [`strays`].
    pub strays: BTreeMap<String, Assignment>,
    /// A resource that another object would match equally well, and the ids of all such objects.
    pub twins: Option<(String, BTreeSet<String>)>,
}

/// Finds the best assignment of the objects in `seen` (by resource name) to `wanted`, which is in the order of needs.
/// `known` has the facts of other resources. `before` has the ids assigned until now, which are kept unless something
/// speaks against them.
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
    Reading { found, twins, strays: BTreeMap::new() }
}

/// The nearest object of each resource that nothing was matched with: what was made, and differs in so much that it may
/// be something else. `other_work` says of an object whether it may be the learner's work on another step.
pub fn strays(
    wanted: &[&Resource],
    seen: &BTreeMap<String, Vec<Object>>,
    known: &Known<'_>,
    found: &BTreeMap<String, Assignment>,
    other_work: &dyn Fn(&Resource, &Object) -> bool,
) -> BTreeMap<String, Assignment> {
    let mut used: BTreeSet<String> = found.values().map(|one| one.id.clone()).collect();
    let mut strays = BTreeMap::new();
    for resource in wanted.iter().filter(|it| !found.contains_key(it.name())) {
        let objects = seen.get(resource.name()).into_iter().flatten();
        let near =
            objects.filter(|object| !used.contains(&object.id) && !other_work(resource, object)).filter_map(|object| {
                let sighting = actions::observe(resource, object, &|name, fact| {
                    let one = found.get(name).map(|one| one.sighting.facts.get(fact).cloned());
                    one.unwrap_or_else(|| known(name, fact))
                })?;
                Some(Assignment { id: object.id.clone(), sighting })
            });
        if let Some(nearest) = near.min_by_key(Assignment::cost) {
            used.insert(nearest.id.clone());
            strays.insert(resource.name().to_owned(), nearest);
        }
    }
    strays
}

type Taken = BTreeMap<String, Assignment>;

struct Search<'a> {
    wanted: &'a [&'a Resource],
    seen: &'a BTreeMap<String, Vec<Object>>,
    known: &'a Known<'a>,
    before: &'a BTreeMap<String, String>,
    /// How often the other objects mention each id. Objects with more mentions are tried first.
    mentions: BTreeMap<String, usize>,
    taken: Taken,
    best: Option<(i64, Taken)>,
    /// Other assignments of the same cost as the best.
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

    /// What the resources from `index` on can still save by names and by keeping their objects.
    fn discount(&self, index: usize) -> i64 {
        i64::try_from(self.wanted.len() - index).unwrap_or(0) * (NAMED + KEPT)
    }

    /// The candidate objects for `resource`, the likeliest first.
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
                Some((Assignment { id: object.id.clone(), sighting }, object.is_named(resource.name())))
            })
            .filter(|(one, _)| !one.unrelated())
            .map(|(one, is_named)| {
                let kept = self.before.get(resource.name()) == Some(&one.id);
                let cost = if is_named { one.named_cost() } else { one.cost() };
                let cost = cost - if kept { KEPT } else { 0 };
                (one, cost)
            })
            .collect();
        let mentioned = |one: &Assignment| self.mentions.get(&one.id).copied().unwrap_or(0);
        choices.sort_by_key(|(one, cost)| (*cost, Reverse(mentioned(one))));
        choices
    }
}

fn mentions(seen: &BTreeMap<String, Vec<Object>>) -> BTreeMap<String, usize> {
    // Resources of one kind share their objects, which must be counted once.
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

/// The facts in an assignment, by resource.
pub fn facts(found: &BTreeMap<String, Assignment>) -> BTreeMap<&str, &Facts> {
    found.iter().map(|(name, one)| (name.as_str(), &one.sighting.facts)).collect()
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
