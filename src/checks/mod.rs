//! Read-only questions to the cloud, one file per question.
//! Must not know: actions, the engine, because the tool would grade its own homework.
//! Next: `ask.rs` asks the question for a check, `question.rs` is what each question must answer, `finding.rs` is the result.

mod ask;
pub(crate) mod attempts;
mod cause;
pub mod check_context;
pub mod check_outcome;
pub(crate) mod console;
mod facts;
mod finding;
mod http;
mod load_balancer_addresses;
mod overtaken;
mod page_marks;
mod page_text;
mod question;
pub(crate) mod reply;
pub(crate) mod rule;
mod spec;
mod verdict;

pub use ask::page::{browser_url, is_here};
pub use ask::{ask, is_about, is_lively, look, name, reads, title, usual_seconds};
pub use cause::cause;
pub use check_context::CheckContext;
pub use facts::Facts;
pub use finding::{Finding, Hop, Proof};
pub use overtaken::is_overtaken;
pub use verdict::Verdict;
