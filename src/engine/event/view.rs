//! What a screen shows, before it is drawn and before a language is chosen.

use std::collections::BTreeMap;

use super::Mode;
use crate::i18n::Text;
use crate::lab::{Pair, PredictProse, Prose, Side, StepProse};

#[derive(Clone, Debug, PartialEq)]
pub struct OpeningView {
    /// Where a resumed run goes on: the step's number and title. `None` once all are done.
    pub at: Option<(usize, Pair<String>)>,
    /// Shell lines for a second terminal, if they are new and the learner works by hand.
    pub access: Vec<String>,
    /// Title and introduction.
    pub prose: Pair<Prose>,
    pub minutes: u32,
    pub steps: usize,
    /// Such as "sandbox".
    pub place: Text,
    pub cost: Text,
    /// The architecture at the end of the lab.
    pub picture: Picture,
    pub mode: Mode,
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
    pub mode: Mode,
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

/// Who is where, and what ties them together: the one source of every drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The VPCs, in the lab's order. Consumers are drawn on the left, providers on the right.
    pub vpcs: Vec<Lane>,
    /// One per endpoint.
    pub links: Vec<Link>,
}

impl Picture {
    /// The VPCs of a side.
    pub fn side(&self, side: Side) -> impl Iterator<Item = &Lane> {
        self.vpcs.iter().filter(move |lane| lane.side == side)
    }

    /// Whether a side has several VPCs, so that they need names.
    #[must_use]
    pub fn has_several(&self, side: Side) -> bool {
        self.side(side).nth(1).is_some()
    }

    /// The node that stands for a resource of the lab.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.vpcs.iter().flat_map(|lane| &lane.nodes).find(|node| node.name == name)
    }
}

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    pub side: Side,
    /// Its name in the lab.
    pub name: String,
    /// Its IPv4 block; empty if it is not to be told.
    pub cidr: String,
    pub mark: Mark,
    /// The ids of the zones that its nodes stand in, as the columns of a large drawing; empty unless there are several.
    pub zones: Vec<String>,
    /// From outside in. The consumer's client comes first and leads to the endpoint; the provider's endpoint service leads
    /// to the NLB, and the NLB to the web server.
    pub nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name in the lab.
    pub name: String,
    /// Such as `NLB (internal)`.
    pub label: Text,
    /// Such as `active`, as it was last seen; `None` while it does not exist.
    pub state: Option<Text>,
    /// Addresses, the zone, security groups and private names, one each.
    pub details: Vec<Text>,
    /// What stands in which zone, by the zone's id: the addresses, or the subnet's IPv4 block while they are not known.
    /// Empty unless its VPC has several zones.
    pub zones: BTreeMap<String, String>,
    pub mark: Mark,
    /// Its position from outside in; things of the same position stand side by side.
    pub place: usize,
    /// Whether it is an end of a tie: an endpoint or an endpoint service.
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

/// The tie between an endpoint and an endpoint service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The endpoint's name in the lab.
    pub endpoint: String,
    /// The service's name in the lab.
    pub service: String,
    pub state: LinkState,
    /// Such as "pending acceptance".
    pub label: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It will be made.
    Planned,
    /// There is no connection.
    Absent,
    /// Requested; nothing passes yet.
    Pending,
    /// Accepted; traffic passes.
    Up,
    Rejected,
}
