//! What may come back instead of an answer.

use serde::{Deserialize, Serialize};

/// What went wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Fault {
    /// AWS's error code, or ours where there was no answer (`NoAnswer`, `Unreachable`).
    pub code: String,
    /// AWS's message.
    pub message: String,
    /// AWS's request id, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What kind of fault it is.
    pub class: FaultClass,
}

/// Kinds of faults, by what can be done about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultClass {
    /// There was no answer, or one that cannot be read: nobody knows whether it took effect.
    NoAnswer,
    /// The target cannot be reached: the request was not sent.
    Unreachable,
    /// Too many requests, or the service's own trouble: again later.
    Busy,
    /// Credentials are missing, wrong or expired.
    SignIn,
    /// Not allowed.
    Denied,
    /// There is no such thing.
    NotFound,
    /// It already exists.
    Exists,
    /// Something else still uses it.
    InUse,
    /// The target does not know the operation.
    Unsupported,
    /// Anything else that the cloud refused.
    Refused,
}
