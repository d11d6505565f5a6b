//! pllab walks a learner through building AWS PrivateLink end to end.

pub mod host;
pub mod sandbox;
