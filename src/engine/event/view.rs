//! What a screen shows, before it is drawn and before a language is chosen.

use super::Mode;
use crate::i18n::Text;
use crate::lab::{Pair, PredictProse, Prose, Side, StepProse};

#[derive(Clone, Debug, PartialEq)]
pub struct OpeningView {
    /// Title and introduction.
    pub prose: Pair<Prose>,
    pub minutes: u32,
    pub steps: usize,
    /// Such as "sandbox".
    pub place: Text,
    pub cost: Text,
    /// The architecture at the end of the lab.
    pub picture: Picture,
    pub way: Mode,
    /// `None` if there is no run.
    pub run: Option<String>,
    /// Whether an earlier session is being resumed.
    pub resumed: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StepView {
    pub lab: Pair<String>,
    /// Target and region.
    pub place: Text,
    /// From 1.
    pub number: usize,
    pub total: usize,
    pub step: String,
    pub side: Side,
    /// How long it takes a person.
    pub minutes: u32,
    pub prose: Pair<StepProse>,
    /// The predictions it asks for, in the lab's order.
    pub questions: Pair<Vec<PredictProse>>,
    /// The predictions that its checks answer: its own and those of earlier steps.
    pub answers: Pair<Vec<PredictProse>>,
    /// The architecture. What this step adds is marked.
    pub picture: Picture,
    /// What will be done, one line each.
    pub plan: Vec<Text>,
    /// The AWS CLI commands that do the same, in order. One may have several lines.
    pub commands: Vec<String>,
    /// What will be checked, one line each.
    pub checks: Vec<Text>,
    pub way: Mode,
}

/// What came of a lab, at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct EndingView {
    pub lab: Pair<String>,
    /// The number of steps, all of them met.
    pub steps: usize,
    /// The page's URL in the learner's browser; empty if the lab has no page, or none arrived.
    pub url: String,
    /// What the page says.
    pub text: String,
    /// Client, endpoint and load balancer with their addresses.
    pub hops: Vec<(Text, String)>,
    /// The source address that the web server saw.
    pub source: String,
}

/// What a learner needs to do a step by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnView {
    /// What is to be made, one line each.
    pub plan: Vec<Text>,
    /// AWS CLI commands that do it. Known values are filled in.
    pub commands: Vec<String>,
    /// Shell lines that point the AWS CLI and the SDKs at the right account.
    pub access: Vec<String>,
    /// Scripts for instances, by resource.
    pub scripts: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Drawn on the left.
    pub consumer: Lane,
    /// Drawn on the right.
    pub provider: Lane,
    /// The tie between endpoint and endpoint service.
    pub link: Link,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    pub cidr: String,
    pub mark: Mark,
    /// From the top. The consumer's client comes first and leads to the endpoint; the provider's endpoint service leads
    /// to the NLB, and the NLB to the web server.
    pub nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Such as `NLB (internal)`.
    pub label: Text,
    /// Such as `active`; `None` while it does not exist.
    pub state: Option<Text>,
    pub mark: Mark,
    /// Whether it is an end of the tie: the endpoint or the endpoint service.
    pub tied: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Absent,
    New,
    There,
    /// It exists, and the path ends here.
    Broken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub state: LinkState,
    /// Such as "pending acceptance".
    pub label: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// There is no connection.
    Absent,
    /// Requested; nothing passes yet.
    Pending,
    /// Accepted; traffic passes.
    Up,
    Rejected,
}
