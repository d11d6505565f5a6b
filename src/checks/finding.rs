//! What a check found.

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::cloud::Call;
use crate::i18n::Text;
use crate::lab::Side;

/// What a check found, with everything that a learner needs to judge it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub verdict: Verdict,
    pub expected: Text,
    pub seen: Text,
    /// The usual cause and what to do; `None` if the check is met, or if waiting is all there is to do.
    pub why: Option<Text>,
    /// The call by which a learner can see it, and the side to make it from; `None` before there is anything to look
    /// at.
    pub look: Option<(Side, Call)>,
    /// The HTTP answer, if the check requests one.
    pub proof: Option<Proof>,
    /// Whether the finding could also mean that something was made so recently that not every part of AWS knows of it
    /// yet (DEV:eventual-consistency).
    pub unsettled: bool,
}

/// An HTTP answer that came through endpoint, NLB and web server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub url: String,
    /// 0 if no answer came.
    pub status: u16,
    /// Whether the page carries this run's token.
    pub token_ok: bool,
    /// The address that the web server saw the request come from; empty if no answer names it.
    pub seen_source: String,
    /// What the page says, without its markup.
    pub text: String,
    /// What the request went through, in order. Empty if it could not be looked up.
    pub hops: Vec<Hop>,
}

/// Something with an address on the way from the client to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// The resource's name in the lab.
    pub resource: String,
    /// Its private IPv4 addresses, in text.
    pub addresses: Vec<String>,
}
