//! What a screen shows, before it is drawn or said in a language.

use super::Mode;
use crate::i18n::Text;
use crate::lab::{Pair, PredictProse, Prose, Side, StepProse};

/// The first screen of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct OpeningView {
    /// The lab's prose: title and introduction.
    pub prose: Pair<Prose>,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// How many steps.
    pub steps: usize,
    /// Where it runs, such as "sandbox".
    pub place: Text,
    /// What it costs.
    pub cost: Text,
    /// The architecture as it will be at the end.
    pub picture: Picture,
    /// How it is gone through.
    pub way: Mode,
    /// The run's id; `None` when there is no run.
    pub run: Option<String>,
    /// Whether an earlier pass is being resumed.
    pub resumed: bool,
}

/// A step as it opens.
#[derive(Clone, Debug, PartialEq)]
pub struct StepView {
    /// The lab's title.
    pub lab: Pair<String>,
    /// Where it runs: target and region.
    pub place: Text,
    /// Its position, from 1.
    pub number: usize,
    /// How many steps.
    pub total: usize,
    /// The step's id.
    pub step: String,
    /// Whose account.
    pub side: Side,
    /// Minutes it takes a person.
    pub minutes: u32,
    /// Its prose.
    pub prose: Pair<StepProse>,
    /// What it asks the learner to predict, in the lab's order.
    pub questions: Pair<Vec<PredictProse>>,
    /// The predictions that its checks answer: its own, and those of earlier steps.
    pub answers: Pair<Vec<PredictProse>>,
    /// The architecture, with what this step adds marked.
    pub picture: Picture,
    /// What will be done, one line each.
    pub plan: Vec<Text>,
    /// The AWS CLI commands that do the same, in order; each may have several lines.
    pub commands: Vec<String>,
    /// What will be checked, one line each.
    pub checks: Vec<Text>,
    /// How it is gone through.
    pub way: Mode,
}

/// The learner's turn: what is needed to do a step by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnView {
    /// What is to be made, one line each.
    pub plan: Vec<Text>,
    /// The AWS CLI commands that do it, with what is known filled in.
    pub commands: Vec<String>,
    /// Shell lines that make the AWS CLI and the SDKs speak to the right account.
    pub access: Vec<String>,
    /// Scripts for instances, by resource.
    pub scripts: Vec<(String, String)>,
}

/// The architecture: two VPCs and what ties them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The consumer's VPC, drawn on the left.
    pub consumer: Lane,
    /// The provider's VPC, drawn on the right.
    pub provider: Lane,
    /// The tie between endpoint and endpoint service.
    pub link: Link,
}

/// One VPC. `cidr` is empty while it does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its IPv4 block.
    pub cidr: String,
    /// Whether it exists, and whether it is new.
    pub mark: Mark,
    /// What stands in it, from the top. The consumer's client comes first and leads to the endpoint; the provider's
    /// endpoint service leads to the NLB, the NLB to the web server.
    pub nodes: Vec<Node>,
}

/// One thing in a VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is, such as `NLB (internal)`.
    pub label: Text,
    /// Its state, such as `active`; `None` while it does not exist.
    pub state: Option<Text>,
    /// Whether it exists, and whether it is new.
    pub mark: Mark,
    /// Whether it is the end of the tie: endpoint or endpoint service.
    pub tied: bool,
}

/// Whether something exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Not yet.
    Absent,
    /// This step makes it.
    New,
    /// It exists.
    There,
    /// It exists, and the path ends here.
    Broken,
}

/// The tie between endpoint and endpoint service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whether anything passes.
    pub state: LinkState,
    /// The connection's state in words, such as "pending acceptance".
    pub label: Option<Text>,
}

/// Whether anything passes between endpoint and endpoint service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// There is no connection.
    Absent,
    /// Requested; nothing passes.
    Pending,
    /// Accepted; traffic passes.
    Up,
    /// Rejected; nothing passes.
    Rejected,
}
