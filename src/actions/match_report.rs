//! Compares what a learner made with what the lab asks for: by properties and references, never by name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::api_step::facts_of;
use crate::cloud::{Call, text_at};
use crate::i18n::{Text, m};

/// How to list everything of a kind in an account.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The listing call.
    pub call: Call,
    /// Where the objects are in its answer; `A[].B` for lists in a list.
    pub list: &'static str,
    /// Where an object's id or ARN is in it.
    pub id: &'static str,
    /// More to ask about each new object, by its id.
    pub each: Option<fn(&str) -> Vec<Call>>,
    /// For objects that are parts of something: where they are in the first of those answers, and where their ids are
    /// in them.
    pub inner: Option<(&'static str, &'static str)>,
    /// A call whose answer is compared with each object. It may refer to known facts.
    pub beside: Option<Call>,
    /// Whether the objects are things of their own, not states of a thing that is known already.
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

    /// The objects once `more` is known about one of them: itself, or its parts.
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
    /// The id or ARN.
    pub id: String,
    pub item: Value,
    /// The answers to [`Survey::each`].
    pub more: Vec<Value>,
}

impl Object {
    fn new(item: Value, id: &str) -> Self {
        Self { id: text_at(&item, id).unwrap_or_default(), item, more: Vec::new() }
    }

    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        let apart = self.more.iter().filter_map(|reply| reply.get("TagDescriptions")?.get(0));
        let tags = std::iter::once(&self.item).chain(apart).filter_map(|it| it.get("Tags")?.as_array()).flatten();
        tags.filter(|tag| tag.get("Key").and_then(Value::as_str) == Some(key))
            .find_map(|tag| tag.get("Value")?.as_str())
    }

    /// Whether its name or its tag `Name` is `name`, or ends with it after a hyphen.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        let fields = ["GroupName", "LoadBalancerName", "TargetGroupName"];
        let names = fields.iter().filter_map(|field| self.item.get(field)?.as_str()).chain(self.tag("Name"));
        let ends =
            |text: &str| text.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('-'));
        names.map(str::to_ascii_lowercase).any(|text| ends(&text))
    }

    pub(super) fn text(&self, path: &str) -> String {
        text_at(&self.item, path).unwrap_or_default()
    }

    pub(super) fn texts(&self, path: &str) -> BTreeSet<String> {
        texts(&self.item, path)
    }

    /// Every text at `inner` in the objects of `list`, in the further answers.
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

/// Whether a property is as the lab wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    Right,
    /// The learner has not done it yet, or what it should refer to does not exist yet.
    Open,
    /// What it should refer to does not exist yet, and it refers to something else.
    Elsewhere,
    Wrong,
}

/// One compared property.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub what: Text,
    pub expected: Text,
    pub seen: Text,
    pub fit: Match,
    /// The calls that set it right on the object as it is; empty if the object must be made again. They may refer to
    /// the object's own facts.
    pub mend: Vec<Call>,
}

/// An object compared with a resource of the lab.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchReport {
    /// The facts that making it would have recorded.
    pub facts: BTreeMap<String, String>,
    pub points: Vec<Comparison>,
}

/// Looks up a known fact of a resource of the lab: `(name, fact)`.
pub type Known<'k> = dyn Fn(&str, &str) -> Option<String> + 'k;

impl MatchReport {
    pub(super) fn of(object: &Object, facts: &[(&str, &str)]) -> Self {
        Self { facts: facts_of(&object.item, facts).unwrap_or_default(), points: Vec::new() }
    }

    pub(super) fn point(mut self, what: Text, expected: impl Into<Text>, seen: impl Into<Text>, fit: Match) -> Self {
        self.points.push(Comparison { what, expected: expected.into(), seen: seen.into(), fit, mend: Vec::new() });
        self
    }

    /// If the newest point is not right, these calls set it right.
    pub(super) fn mended(mut self, calls: impl IntoIterator<Item = Call>) -> Self {
        if let Some(point) = self.points.last_mut().filter(|point| point.fit != Match::Right) {
            point.mend = calls.into_iter().collect();
        }
        self
    }

    /// A value that must be the lab's.
    pub(super) fn value(self, what: Text, expected: &str, seen: &str) -> Self {
        let fit = if expected == seen { Match::Right } else { Match::Wrong };
        self.point(what, expected, shown(seen), fit)
    }

    /// A reference to the resource `name`, by its fact.
    pub(super) fn refers(self, what: Text, known: &Known<'_>, name: &str, fact: &str, seen: &str) -> Self {
        match known(name, fact) {
            Some(id) => {
                let fit = if id == seen { Match::Right } else { Match::Wrong };
                self.point(what, named(name, &id), shown(seen), fit)
            }
            None => self.point(what, name, shown(seen), elsewhere(!seen.is_empty())),
        }
    }

    /// References to exactly the resources `names`; more are allowed only if `more` says so.
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
            elsewhere(seen.iter().any(|id| !found.contains(id)))
        } else if found.iter().all(|id| seen.contains(*id)) && (more || seen.len() == found.len()) {
            Match::Right
        } else {
            Match::Wrong
        };
        self.point(what, expected.join(", "), shown_all(seen), fit)
    }
}

/// The parameters of a call about one object: `params`, and its id under `key`.
pub(super) fn with(mut params: Value, key: &str, id: &str) -> Value {
    params[key] = Value::from(id);
    params
}

/// What a reference is whose aim does not exist yet.
pub(super) fn elsewhere(refers: bool) -> Match {
    if refers { Match::Elsewhere } else { Match::Open }
}

/// A name and the id behind it; an ARN is cut to its end.
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
