//! A drill: a fault to plant in a working lab, its symptoms, and how to grade the repair. Data, one file each.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::fill::fill;
use super::limits;
use super::load::parse;
use super::source::{DrillSource, Source};
use super::{Lab, LabError, Pair, Place, Resource, Side};
use crate::i18n::m;

/// Calls refer to what the lab made as `${name.fact}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// The name on the command line, and the file's name.
    pub id: String,
    /// How long a person needs, in minutes.
    pub minutes: u32,
    #[serde(default)]
    pub level: Level,
    /// A title that does not give the fault away.
    pub title: Words,
    /// What the users of the path report: symptoms only.
    pub symptom: Words,
    /// From a nudge to nearly the answer.
    pub hints: Hints,
    /// What the fault was, and what to remember.
    pub debrief: Words,
    /// Repairs the path first, if the lab ends with one that is cut. Nothing is planted before this is done.
    #[serde(default)]
    pub prepare: Vec<Act>,
    /// Plants the fault, in order.
    pub plant: Vec<Act>,
    /// What the client sees once the fault is planted.
    pub broken: Symptom,
    /// The rung that `pllab why` names first; `None` if the path itself is whole.
    #[serde(default)]
    pub rung: Option<String>,
    /// Security groups, by name, that the learner must not open outbound, not even as wide as they were before.
    #[serde(default)]
    pub narrow_outbound: Vec<String>,
    /// All of these must hold for the fault to count as repaired.
    pub solved: Vec<Goal>,
    /// Known repairs. Others count as well, because the outcome is graded.
    pub repairs: Vec<Recipe>,
    /// Repairs that bring the page back and do not pass.
    #[serde(default)]
    pub shortcuts: Vec<Recipe>,
    /// Undoes the plant, in order, skipping what is undone already. Rules of security groups are restored without
    /// being named here.
    #[serde(default)]
    pub undo: Vec<Act>,
}

/// How hard a drill is. Easier ones are recommended first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The symptom leads to the place, and one rule or setting mends it.
    Easy,
    #[default]
    Medium,
    /// The symptom misleads, or the repair takes several steps.
    Hard,
}

impl Level {
    /// The name in JSON and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        }
    }
}

pub type Words = Pair<String>;

/// Hints in both languages, the same number in each.
pub type Hints = Pair<Vec<String>>;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Call(DrillCall),
    /// Deletes resources of the lab and makes them again, by name.
    Remake(Vec<String>),
    /// Waits until something holds.
    Until(Goal),
}

/// A call to AWS, as data.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillCall {
    pub side: Side,
    /// `ec2`, `elbv2` or `route53`.
    pub api: String,
    /// Such as `RevokeSecurityGroupIngress`.
    pub operation: String,
    /// In the names of the AWS API models.
    pub params: Map<String, Value>,
    /// The error code with which AWS refuses the call, if the refusal is the point.
    #[serde(default)]
    pub refused: Option<String>,
    /// What to keep of the answer: `name.fact`, and the path to it.
    #[serde(default)]
    pub keeps: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Unique in the drill.
    pub name: String,
    pub acts: Vec<Act>,
}

/// What the client sees once the fault is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symptom {
    /// The client waits until it times out.
    TimeOut,
    /// The connection is refused, or breaks off at once.
    Refused,
    /// The answer is HTTP 400.
    BadRequest,
    NoName,
    /// The page arrives, although no target is healthy.
    Unhealthy,
    /// The page arrives as before, because the fault is elsewhere.
    None,
}

/// A condition that a repair must meet.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The client gets the page with this run's token.
    Page,
    /// The client no longer gets an answer.
    Cut,
    /// Every target of the named group is healthy.
    Healthy(String),
    /// The domain of the named service's private DNS name is verified.
    Verified(String),
    /// The call finds nothing.
    Gone(DrillCall),
    /// The call still finds something.
    Kept(DrillCall),
}

/// What a drill's file may refer to besides its lab.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    /// Whether this API has this operation.
    pub operation: &'a dyn Fn(&str, &str) -> bool,
    pub rungs: &'a [&'static str],
}

impl Drill {
    /// Reads a drill of a lab whose values are `values`, and checks its references.
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
        let hidden = limits::deceiving(&source.file, &source.yaml, &parse(&source.file, &yaml)?);
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

    /// Every drill of a lab, the easiest first, then the shortest, then by name.
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
        drills.sort_by(|one, other| {
            let order = |drill: &Self| (drill.level, drill.minutes);
            order(one).cmp(&order(other)).then_with(|| one.id.cmp(&other.id))
        });
        if errors.is_empty() { Ok(drills) } else { Err(errors) }
    }

    fn acts(&self) -> impl Iterator<Item = &Act> {
        let recipes = self.repairs.iter().chain(&self.shortcuts).flat_map(|recipe| &recipe.acts);
        self.prepare.iter().chain(&self.plant).chain(&self.undo).chain(recipes)
    }

    /// Everything that the drill waits for or is graded by.
    fn goals(&self) -> impl Iterator<Item = &Goal> {
        let waited = self.acts().filter_map(|act| match act {
            Act::Until(goal) => Some(goal),
            _ => None,
        });
        self.solved.iter().chain(waited)
    }

    /// Every call in the drill: to plant, to repair, to look and to undo.
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
            // Finding a fault's place reads the whole file, so only the first faults get one.
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
