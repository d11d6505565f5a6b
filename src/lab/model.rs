//! What a `lab.yaml` may say. Unknown fields are errors.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Rejection, Resource, Side};

/// A lab: its structure, without a word of prose.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// The version of this format. This program reads 1.
    pub format: u32,
    /// The lab's name on the command line; also its folder's name.
    pub id: String,
    /// How long it takes a person, in minutes.
    pub minutes: u32,
    /// Whether provider and consumer must be two accounts. The sandbox has them; elsewhere the consumer needs a profile of
    /// its own.
    #[serde(default)]
    pub two_accounts: bool,
    /// What a learner may set with `--set`.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Questions over the whole lab, asked at its end and answered by what the run itself saw.
    #[serde(default)]
    pub recap: Vec<Recap>,
}

/// A value that a learner may set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Its value when nobody sets it.
    pub default: String,
    /// What it must look like.
    pub kind: VariableKind,
    /// The only values allowed, for a `choice`.
    #[serde(default)]
    pub allowed: Vec<String>,
}

/// What a variable's value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariableKind {
    /// One of `allowed`.
    Choice,
    /// An IPv4 CIDR block that a VPC may have: a network address, /16 to /28.
    Cidr,
    /// A domain name that one can own, such as `lab.example`.
    Domain,
    /// A zone's id (`apne1-az4`) or name (`ap-northeast-1a`), or `auto`: the first zone that both sides have.
    Zone,
}

/// One thing a learner does and sees proved.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name, unique in the lab; also its anchor in the prose.
    pub id: String,
    /// Whose account it happens in.
    pub side: Side,
    /// How long it takes a person, in minutes.
    pub minutes: u32,
    /// What it makes, in any order: references decide.
    #[serde(default)]
    pub makes: Vec<Resource>,
    /// What is looked at when the step opens, before anything is done.
    #[serde(default)]
    pub looks: Vec<Check>,
    /// What must hold before the next step opens.
    pub checks: Vec<Check>,
    /// A way round that shows what else could happen, offered before the step is done.
    #[serde(default)]
    pub detour: Option<Detour>,
    /// What the learner is asked to predict before the cloud answers it.
    #[serde(default)]
    pub predict: Vec<Predict>,
}

/// A question that people often get wrong, asked before the cloud answers it. Its words stand under `<step>.predict-<id>`: the
/// heading is the question, a list has the options, what follows is read with the answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Predict {
    /// Its name, unique in the step.
    pub id: String,
    /// When it is asked.
    pub before: Moment,
    /// The options, by name, in the order in which they are shown.
    pub options: Vec<String>,
    /// The option that is right.
    pub right: String,
    /// The check whose answer proves it: one of the looks or checks of this step or a later one; before a detour, one of the
    /// detour's checks.
    pub proof: Check,
}

/// A question over the whole lab. Its words stand under `lab.recap-<id>`, in the form of a prediction's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recap {
    /// Its name, unique in the lab.
    pub id: String,
    /// The options, by name, in the order in which they are shown.
    pub options: Vec<String>,
    /// The option that is right.
    pub right: String,
    /// The check whose answer in this run proves it: one of the lab's looks or checks.
    pub proof: Check,
}

/// A moment in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Before anything is made.
    Make,
    /// Before the checks are asked.
    Checks,
    /// Before the step's detour.
    Detour,
}

/// What the provider does to see the other outcome: rejects, looks, and lets the consumer ask again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Detour {
    /// Its name; its prose stands under `<step>.<id>`.
    pub id: String,
    /// The connection that is rejected.
    pub reject: Rejection,
    /// What must hold after the rejection.
    pub checks: Vec<Check>,
    /// What is deleted and made again so that the consumer can ask anew, by name.
    pub remakes: Vec<String>,
}
