//! What a learner made, held against what the lab asks for: by what it is and how it hangs together, never by its name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::api_step::facts_of;
use crate::cloud::{Call, text_at};
use crate::i18n::{Text, m};

/// How everything of a kind in an account is listed.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The listing call.
    pub call: Call,
    /// Where the objects stand in its answer; `A[].B` for lists in a list.
    pub list: &'static str,
    /// Where an object's id or ARN stands in it.
    pub id: &'static str,
    /// More to ask of each new object, by its id.
    pub each: Option<fn(&str) -> Vec<Call>>,
    /// Where the objects stand in the first of those answers, and their ids in them, where they are the parts of something.
    pub inner: Option<(&'static str, &'static str)>,
    /// A call whose answer is held beside each object. It may refer to what is known already.
    pub beside: Option<Call>,
    /// Whether the objects are things of their own, not the state of a thing that is known already.
    pub lasts: bool,
}

impl Survey {
    pub(super) fn new(call: Call, list: &'static str, id: &'static str) -> Self {
        Self { call, list, id, each: None, inner: None, beside: None, lasts: true }
    }

    pub(super) fn with(self, each: fn(&str) -> Vec<Call>) -> Self {
        Self { each: Some(each), ..self }
    }

    /// The objects in the answer to [`Survey::call`].
    #[must_use]
    pub fn objects(&self, reply: &Value) -> Vec<Object> {
        items(reply, self.list).into_iter().map(|item| Object::new(item, self.id)).collect()
    }

    /// The objects once `more` is known of one of them: itself, or its parts.
    #[must_use]
    pub fn told(&self, object: Object, more: Vec<Value>) -> Vec<Object> {
        match self.inner {
            None => vec![Object { more, ..object }],
            Some((list, id)) => more
                .first()
                .map(|reply| items(reply, list).into_iter().map(|item| Object::new(item, id)).collect())
                .unwrap_or_default(),
        }
    }
}

fn items(reply: &Value, list: &str) -> Vec<Value> {
    let (outer, inner) = list.split_once("[].").map_or((list, None), |(outer, inner)| (outer, Some(inner)));
    let all = reply.get(outer).and_then(Value::as_array).cloned().unwrap_or_default();
    match inner {
        None => all,
        Some(inner) => all.iter().flat_map(|it| items(it, inner)).collect(),
    }
}

/// An object in an account, as the cloud describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its id or ARN.
    pub id: String,
    /// Its description.
    pub item: Value,
    /// What else was asked of it.
    pub more: Vec<Value>,
}

impl Object {
    fn new(item: Value, id: &str) -> Self {
        Self { id: text_at(&item, id).unwrap_or_default(), item, more: Vec::new() }
    }

    /// The value of one of its tags.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        let apart = self.more.iter().filter_map(|reply| reply.get("TagDescriptions")?.get(0));
        let tags = std::iter::once(&self.item).chain(apart).filter_map(|it| it.get("Tags")?.as_array()).flatten();
        tags.filter(|tag| tag.get("Key").and_then(Value::as_str) == Some(key))
            .find_map(|tag| tag.get("Value")?.as_str())
    }

    pub(super) fn text(&self, path: &str) -> String {
        text_at(&self.item, path).unwrap_or_default()
    }

    pub(super) fn texts(&self, path: &str) -> BTreeSet<String> {
        texts(&self.item, path)
    }

    /// Every text `inner` in the objects of `list`, in what else was asked.
    pub(super) fn told(&self, list: &str, inner: &str) -> BTreeSet<String> {
        self.more.iter().flat_map(|reply| items(reply, list)).filter_map(|item| text_at(&item, inner)).collect()
    }
}

/// The texts at `path`: of a list, or of each object of one (`A[].B`).
pub(super) fn texts(item: &Value, path: &str) -> BTreeSet<String> {
    match path.split_once("[].") {
        Some((outer, inner)) => items(item, outer).iter().filter_map(|it| text_at(it, inner)).collect(),
        None => items(item, path).iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
    }
}

/// Whether a point is as the lab wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It is.
    Right,
    /// It is another, and that does no harm.
    Other,
    /// What it should refer to is not there yet.
    Open,
    /// It is not.
    Wrong,
}

/// One thing that was compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What.
    pub what: Text,
    /// What it should be.
    pub expected: Text,
    /// What it is.
    pub seen: Text,
    /// Whether that fits.
    pub fit: Match,
}

/// An object held against a resource of the lab.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchReport {
    /// The facts that making it would have told.
    pub facts: BTreeMap<String, String>,
    /// What was compared.
    pub points: Vec<Comparison>,
}

/// What is known of the lab's resources so far: `(name, fact)`.
pub type Known<'k> = dyn Fn(&str, &str) -> Option<String> + 'k;

impl MatchReport {
    pub(super) fn of(object: &Object, facts: &[(&str, &str)]) -> Self {
        Self { facts: facts_of(&object.item, facts).unwrap_or_default(), points: Vec::new() }
    }

    pub(super) fn point(mut self, what: Text, expected: impl Into<Text>, seen: impl Into<Text>, fit: Match) -> Self {
        self.points.push(Comparison { what, expected: expected.into(), seen: seen.into(), fit });
        self
    }

    /// A value that must be the lab's.
    pub(super) fn value(self, what: Text, expected: &str, seen: &str) -> Self {
        let fit = if expected == seen { Match::Right } else { Match::Wrong };
        self.point(what, expected, shown(seen), fit)
    }

    /// A value that may differ.
    pub(super) fn loosely(self, what: Text, expected: &str, seen: &str) -> Self {
        let fit = if expected == seen { Match::Right } else { Match::Other };
        self.point(what, expected, shown(seen), fit)
    }

    /// A reference to the resource `name`, by its fact.
    pub(super) fn refers(self, what: Text, known: &Known<'_>, name: &str, fact: &str, seen: &str) -> Self {
        match known(name, fact) {
            Some(id) => {
                let fit = if id == seen { Match::Right } else { Match::Wrong };
                self.point(what, named(name, &id), shown(seen), fit)
            }
            None => self.point(what, name, shown(seen), Match::Open),
        }
    }

    /// References to exactly the resources `names`; more of them are only allowed where `more` says so.
    pub(super) fn refers_to_all(
        self,
        what: Text,
        known: &Known<'_>,
        (names, fact): (&[String], &str),
        seen: &BTreeSet<String>,
        more: bool,
    ) -> Self {
        let ids: Vec<(&String, Option<String>)> = names.iter().map(|name| (name, known(name, fact))).collect();
        let expected: Vec<String> =
            ids.iter().map(|(name, id)| id.as_ref().map_or((*name).clone(), |id| named(name, id))).collect();
        let found: BTreeSet<&String> = ids.iter().filter_map(|(_, id)| id.as_ref()).collect();
        let fit = if ids.iter().any(|(_, id)| id.is_none()) {
            Match::Open
        } else if found.iter().all(|id| seen.contains(*id)) && (more || seen.len() == found.len()) {
            Match::Right
        } else {
            Match::Wrong
        };
        self.point(what, expected.join(", "), shown_all(seen), fit)
    }
}

/// A name and the id it stands for; of an ARN its end tells.
fn named(name: &str, id: &str) -> String {
    format!("{name} ({})", id.rsplit(':').next().unwrap_or(id))
}

fn shown(seen: &str) -> Text {
    if seen.is_empty() {
        m::watch_nothing()
    } else {
        Text::literal(seen.rsplit(":loadbalancer/").next().unwrap_or(seen))
    }
}

pub(super) fn shown_all(seen: &BTreeSet<String>) -> Text {
    let list: Vec<&str> = seen.iter().map(String::as_str).collect();
    shown(&list.join(", "))
}

#[cfg(test)]
#[path = "match_report_tests.rs"]
mod tests;
