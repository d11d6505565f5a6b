//! A drill: a fault to plant in a working lab, its symptoms, and how it is graded. Data, one file each.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::fill::fill;
use super::limits;
use super::load::parse;
use super::source::{DrillSource, Source};
use super::{Lab, LabError, Pair, Place, Resource, Side};
use crate::i18n::m;

/// A drill. Calls refer to what the lab made as `${name.fact}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// Its name on the command line; also its file's name.
    pub id: String,
    /// How long it takes a person, in minutes.
    pub minutes: u32,
    /// A title that gives nothing away.
    pub title: Words,
    /// What the people who use the path report. Symptoms only.
    pub symptom: Words,
    /// Rungs of help, from a nudge to nearly the answer.
    pub hints: Hints,
    /// What it was, and what to remember.
    pub debrief: Words,
    /// What makes the path whole first, where the lab ends with one that is cut. Until then nothing is planted.
    #[serde(default)]
    pub prepare: Vec<Act>,
    /// The fault, in order.
    pub plant: Vec<Act>,
    /// What is seen once it is planted.
    pub broken: Symptom,
    /// The rung that `pllab why` names first; `None` where the path itself is whole.
    #[serde(default)]
    pub rung: Option<String>,
    /// Security groups, by name, that must not be opened outbound, not even as wide as they were before.
    #[serde(default)]
    pub narrow_outbound: Vec<String>,
    /// What must hold for it to be mended. All of them.
    pub solved: Vec<Goal>,
    /// Ways to mend it. Others count as well: it is graded by outcome.
    pub repairs: Vec<Recipe>,
    /// Ways that bring the page back and do not pass.
    #[serde(default)]
    pub shortcuts: Vec<Recipe>,
    /// What undoes the plant, in order; what is undone already is passed over. Rules of security groups are restored
    /// without being named here.
    #[serde(default)]
    pub undo: Vec<Act>,
}

/// Words in both languages.
pub type Words = Pair<String>;

/// Rungs of help in both languages: as many in each.
pub type Hints = Pair<Vec<String>>;

/// One thing that is done.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A call is made.
    Call(DrillCall),
    /// Resources of the lab are deleted and made again, by name.
    Remake(Vec<String>),
    /// It is waited until something holds.
    Until(Goal),
}

/// A call to AWS as data.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillCall {
    /// Whose account.
    pub side: Side,
    /// Which API: `ec2`, `elbv2` or `route53`.
    pub api: String,
    /// The operation, such as `RevokeSecurityGroupIngress`.
    pub operation: String,
    /// Its parameters, in the names of the AWS API models.
    pub params: Map<String, Value>,
    /// The error code that AWS refuses it with, where that is the point.
    #[serde(default)]
    pub refused: Option<String>,
    /// What is kept of the answer: `name.fact`, and the path to it.
    #[serde(default)]
    pub keeps: BTreeMap<String, String>,
}

/// A way to mend it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Its name, unique in the drill.
    pub name: String,
    /// What is done, in order.
    pub acts: Vec<Act>,
}

/// What is seen once the fault is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symptom {
    /// The client waits until its patience ends.
    TimeOut,
    /// The connection is refused, or breaks off at once.
    Refused,
    /// The client gets an answer of HTTP 400.
    BadRequest,
    /// The name does not resolve.
    NoName,
    /// The page arrives, and no target is healthy.
    Unhealthy,
    /// The page arrives as before: the fault is elsewhere.
    None,
}

/// What must hold for a drill to be mended.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The client gets the page with this run's token.
    Page,
    /// The client gets no answer any more.
    Cut,
    /// Every target of the group is healthy, by name.
    Healthy(String),
    /// The domain of the service's private DNS name is verified, by the service's name.
    Verified(String),
    /// The call that shows something finds nothing.
    Gone(DrillCall),
    /// The call that shows something still finds it.
    Kept(DrillCall),
}

/// What a drill's file may refer to beyond its lab.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    /// Whether an operation of an API is known.
    pub operation: &'a dyn Fn(&str, &str) -> bool,
    /// The names of the rungs.
    pub rungs: &'a [&'static str],
}

impl Drill {
    /// Reads a drill of a lab whose values are `values`, and checks what it refers to.
    ///
    /// # Errors
    /// Every fault found, each with its place.
    pub fn load(
        source: &DrillSource,
        lab: &Lab,
        values: &BTreeMap<String, String>,
        vocabulary: Vocabulary<'_>,
    ) -> Result<Self, Vec<LabError>> {
        let context = values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let yaml = fill(&source.file, &source.yaml, &context)?;
        let drill: Self = parse(&source.file, &yaml)?;
        let hidden = limits::hidden(&source.file, &source.yaml, &parse(&source.file, &yaml)?);
        if !hidden.is_empty() {
            return Err(limits::told(hidden));
        }
        let names = drill.repairs.iter().chain(&drill.shortcuts).map(|recipe| recipe.name.as_str());
        let names =
            names.chain(drill.calls().flat_map(|call| call.keeps.keys()).filter_map(|it| Some(it.split_once('.')?.0)));
        let bad = [drill.id.as_str()].into_iter().chain(names).filter(|name| !limits::is_name(name));
        let bad: Vec<_> =
            bad.take(limits::FAULTS).map(|name| limits::bad_name(&source.file, &source.yaml, name)).collect();
        if !bad.is_empty() {
            return Err(bad);
        }
        let errors = drill.lint(source, lab, vocabulary);
        if errors.is_empty() { Ok(drill) } else { Err(limits::told(errors)) }
    }

    /// Every drill of a lab, in the order of their names.
    ///
    /// # Errors
    /// Every fault found in any of them.
    pub fn all(
        source: &Source,
        lab: &Lab,
        values: &BTreeMap<String, String>,
        vocabulary: Vocabulary<'_>,
    ) -> Result<Vec<Self>, Vec<LabError>> {
        let mut errors = Vec::new();
        let mut drills = Vec::new();
        for drill in &source.drills {
            match Self::load(drill, lab, values, vocabulary) {
                Ok(drill) => drills.push(drill),
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() { Ok(drills) } else { Err(errors) }
    }

    /// Every act of the drill.
    fn acts(&self) -> impl Iterator<Item = &Act> {
        let recipes = self.repairs.iter().chain(&self.shortcuts).flat_map(|recipe| &recipe.acts);
        self.prepare.iter().chain(&self.plant).chain(&self.undo).chain(recipes)
    }

    /// What it waits for or is graded by.
    fn goals(&self) -> impl Iterator<Item = &Goal> {
        let waited = self.acts().filter_map(|act| match act {
            Act::Until(goal) => Some(goal),
            _ => None,
        });
        self.solved.iter().chain(waited)
    }

    /// Every call it makes or knows of: to plant, to mend, to look and to undo.
    pub fn calls(&self) -> impl Iterator<Item = &DrillCall> {
        let called = self.acts().filter_map(|act| match act {
            Act::Call(call) => Some(call),
            _ => None,
        });
        let looked = self.goals().filter_map(|goal| match goal {
            Goal::Gone(call) | Goal::Kept(call) => Some(call),
            _ => None,
        });
        called.chain(looked)
    }

    fn lint(&self, source: &DrillSource, lab: &Lab, vocabulary: Vocabulary<'_>) -> Vec<LabError> {
        let yaml = &source.yaml;
        let mut errors = Vec::new();
        let mut fault = |word: &str, what| {
            // Looking for the place of a fault takes as long as the file.
            let place = if errors.len() < limits::FAULTS { Place::of_word(yaml, 1, word) } else { None };
            errors.push(LabError { file: source.file.clone(), place, what });
        };
        if self.id != source.id {
            fault(&self.id, m::DrillIdDiffers { file: &source.id, id: &self.id }.text());
        }
        if self.hints.ja.len() != self.hints.en.len() || self.hints.ja.is_empty() {
            fault("hints", m::DrillHintsDiffer { en: self.hints.en.len(), ja: self.hints.ja.len() }.text());
        }
        if self.plant.is_empty() || self.repairs.is_empty() || self.solved.is_empty() {
            fault("id", m::drill_incomplete());
        }
        if let Some(rung) = self.rung.as_deref().filter(|rung| !vocabulary.rungs.contains(rung)) {
            fault(rung, m::LabKindUnknown { expected: vocabulary.rungs.join(", "), kind: rung }.text());
        }
        let resources: Vec<&Resource> = lab.steps.iter().flat_map(|step| &step.makes).collect();
        let mut known: Vec<&str> = resources.iter().map(|it| it.name()).collect();
        known.extend(["account", "region", "run"]);
        let kept: Vec<&str> =
            self.calls().flat_map(|call| call.keeps.keys()).filter_map(|it| Some(it.split_once('.')?.0)).collect();
        known.extend(kept);
        for call in self.calls() {
            if !(vocabulary.operation)(&call.api, &call.operation) {
                fault(&call.operation, m::DrillOperationUnknown { api: &call.api, operation: &call.operation }.text());
            }
            for name in references(&Value::Object(call.params.clone())) {
                if !known.contains(&name.as_str()) {
                    fault(&name, m::LabReferenceUnknown { by: &self.id, name: &name }.text());
                }
            }
        }
        let asked = self.goals().filter_map(|goal| match goal {
            Goal::Healthy(name) | Goal::Verified(name) => Some(name),
            _ => None,
        });
        let remade = self.acts().flat_map(|act| match act {
            Act::Remake(names) => names.as_slice(),
            _ => &[],
        });
        for name in asked.chain(remade).chain(&self.narrow_outbound) {
            if !resources.iter().any(|it| it.name() == name) {
                fault(name, m::LabReferenceUnknown { by: &self.id, name }.text());
            }
        }
        errors
    }
}

/// The names in `${name.fact}` anywhere in a value.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text
            .split("${")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('}')?.0.split_once('.')?.0.to_owned()))
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(map) => map.values().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
