//! What `doctor` asks this machine, the account and its quotas before a lab is begun. It only reads.
//! Must not know: verbs and flags; how the rows are shown.
//! Next: `row.rs` is one thing that was looked at; `account.rs`, `quota.rs` and `machine.rs` look.

pub mod account;
pub mod dry_run;
pub mod machine;
pub mod quota;
pub mod row;
