//! pllab walks a learner through building AWS PrivateLink end to end.

pub mod actions;
pub mod checks;
pub mod cloud;
pub mod engine;
pub mod host;
pub mod i18n;
pub mod lab;
pub mod sandbox;
