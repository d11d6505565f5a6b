//! What a check found.

use super::Verdict;
use crate::cloud::Call;
use crate::i18n::Text;
use crate::lab::Side;

/// What a check found, with all that a learner needs to judge it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The answer.
    pub verdict: Verdict,
    /// What should be there.
    pub expected: Text,
    /// What is there.
    pub seen: Text,
    /// Why that usually happens and what to do; `None` when met, or when waiting is all there is to do.
    pub why: Option<Text>,
    /// The call that shows it, to look oneself, and the side to make it from; `None` before there is anything to look at.
    pub look: Option<(Side, Call)>,
    /// The HTTP answer, where one was asked for.
    pub proof: Option<Proof>,
    /// Whether it would look the same if something was made so recently that not every part of AWS knows of it yet
    /// [DEV:eventual-consistency].
    pub unsettled: bool,
}

/// An HTTP answer that came through endpoint, NLB and web server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What was asked for.
    pub url: String,
    /// The HTTP status; 0 when no answer came.
    pub status: u16,
    /// Whether the page carries this run's token.
    pub token_ok: bool,
    /// The address that the web server saw the request come from; empty when no answer says it.
    pub seen_source: String,
}
