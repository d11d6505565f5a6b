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

/// A fault whose cause is known, so that a sentence of its own can be said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A list that has no end.
    EndlessList,
    /// A reply that is longer than any honest one.
    EndlessReply,
    /// An answer that comes, but not to an end.
    EndlessWait,
    /// The endpoint sends us to another place, where we do not go.
    Redirected,
    /// This machine's clock and the target's differ by more than signatures allow.
    ClockOff,
    /// The disk of an endpoint of pllab's own is full.
    StorageFull,
    /// The folder of an endpoint of pllab's own was moved or deleted.
    FolderGone,
    /// The folder of an endpoint of pllab's own can only be read.
    ReadOnly,
    /// An endpoint of pllab's own may not write into its folder.
    AccessDenied,
    /// An endpoint of pllab's own has no open files left.
    OutOfFiles,
    /// An endpoint of pllab's own cannot write, for a reason that the message names.
    CannotWrite,
}

/// What the codes begin with by which pllab's own sandbox tells the trouble of the machine it runs on.
const OWN_TROUBLE: &str = "PllabSandbox.";
/// The code of an answer that sends us elsewhere.
pub(super) const REDIRECTED: &str = "Redirected";
/// The code of a call that was refused because of its date.
pub(super) const CLOCK_OFF: &str = "ClockOff";
/// The code of an answer that is a web page.
pub(super) const WEB_PAGE: &str = "WebPage";
/// The code of a list that gives the same token for the next page again.
pub(super) const REPEATED_TOKEN: &str = "RepeatedToken";
/// The code of a list that has more pages than any honest one.
pub(super) const ENDLESS_PAGES: &str = "EndlessPages";
/// The code of a reply that is longer than any honest one.
pub(super) const ENDLESS_REPLY: &str = "EndlessReply";
/// The code of a call whose answer comes, but not to an end.
pub(super) const ENDLESS_WAIT: &str = "EndlessWait";

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

impl FaultClass {
    /// The class of an AWS error code that came with an HTTP status. The codes are those of the EC2 API's error page
    /// [API:errors-overview] and of the `ELBv2` API's operations.
    #[must_use]
    pub fn of(code: &str, status: u16) -> Self {
        match code {
            "AuthFailure"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "IncompleteSignature"
            | "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken"
            | "RequestExpired"
            | "RequestTimeTooSkewed"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException" => Self::SignIn,
            "AccessDenied"
            | "AccessDeniedException"
            | "Blocked"
            | "OptInRequired"
            | "PendingVerification"
            | "UnauthorizedOperation" => Self::Denied,
            "NoSuchHostedZone" | "NoSuchChange" => Self::NotFound,
            "DependencyViolation" | "ExistingVpcEndpointConnections" | "HostedZoneNotEmpty" | "ResourceInUse" => {
                Self::InUse
            }
            "DuplicateListener" | "DuplicateLoadBalancerName" | "DuplicateTargetGroupName" => Self::Exists,
            // Trouble of the machine that answers, told as what it is: asking again does not free a disk.
            code if code.starts_with(OWN_TROUBLE) => Self::Refused,
            "InvalidAction" | "NotImplemented" | "UnknownOperationException" => Self::Unsupported,
            "ConcurrentTagAccess" | "HealthUnavailable" => Self::Busy,
            _ if is_throttle(code) => Self::Busy,
            // No capacity is a server error by its status, but asking again in seconds does not help.
            _ if code.starts_with("Insufficient") => Self::Refused,
            _ if code.ends_with("NotFound") => Self::NotFound,
            _ if code.ends_with(".InUse") => Self::InUse,
            _ if code.ends_with(".Duplicate")
                || code.ends_with("AlreadyExists")
                || code.ends_with("AlreadyAssociated") =>
            {
                Self::Exists
            }
            _ if status == 501 => Self::Unsupported,
            _ if status == 429 || status >= 500 => Self::Busy,
            _ => Self::Refused,
        }
    }
}

impl Fault {
    /// A fault of a class, with a code and a message of our own.
    #[must_use]
    pub fn ours(class: FaultClass, code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), request_id: None, class }
    }

    /// An AWS code and message that came inside a successful answer.
    pub(super) fn inside(code: &str, message: &str, request_id: Option<&str>) -> Self {
        Self { request_id: request_id.map(str::to_owned), ..Self::ours(FaultClass::of(code, 200), code, message) }
    }

    /// What is known to have gone wrong, where that is more than the class says.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        Some(match self.code.as_str() {
            REPEATED_TOKEN | ENDLESS_PAGES => Cause::EndlessList,
            ENDLESS_REPLY => Cause::EndlessReply,
            ENDLESS_WAIT => Cause::EndlessWait,
            REDIRECTED => Cause::Redirected,
            CLOCK_OFF => Cause::ClockOff,
            code => match code.strip_prefix(OWN_TROUBLE)? {
                "StorageFull" => Cause::StorageFull,
                "FolderGone" => Cause::FolderGone,
                "ReadOnly" => Cause::ReadOnly,
                "AccessDenied" => Cause::AccessDenied,
                "OutOfFiles" => Cause::OutOfFiles,
                _ => Cause::CannotWrite,
            },
        })
    }

    /// Whether the endpoint answers without an end, so that asking again leads nowhere.
    pub(super) fn is_endless(&self) -> bool {
        matches!(self.cause(), Some(Cause::EndlessList | Cause::EndlessReply | Cause::EndlessWait))
    }

    /// Whether the cloud turned the request away at the door: it certainly had no effect.
    #[must_use]
    pub fn is_throttle(&self) -> bool {
        is_throttle(&self.code)
    }
}

/// The codes that the SDKs treat as throttling. "Unavailable" is not among them: it does not say that nothing was done.
fn is_throttle(code: &str) -> bool {
    code.starts_with("Throttl")
        || matches!(
            code,
            "BandwidthLimitExceeded"
                | "EC2ThrottledException"
                | "PriorRequestNotComplete"
                | "RequestLimitExceeded"
                | "RequestThrottled"
                | "RequestThrottledException"
                | "SlowDown"
                | "TooManyRequestsException"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_class_of_what_can_be_done_about_them() {
        for (code, status, class) in [
            ("InvalidVpcID.NotFound", 400, FaultClass::NotFound),
            ("InvalidGroup.NotFound", 400, FaultClass::NotFound),
            ("LoadBalancerNotFound", 400, FaultClass::NotFound),
            ("TargetGroupNotFound", 400, FaultClass::NotFound),
            ("ListenerNotFound", 400, FaultClass::NotFound),
            ("InvalidVpcEndpointService.NotFound", 200, FaultClass::NotFound),
            ("InvalidServiceName", 400, FaultClass::Refused),
            ("NoSuchHostedZone", 404, FaultClass::NotFound),
            ("HostedZoneNotEmpty", 400, FaultClass::InUse),
            ("HostedZoneAlreadyExists", 409, FaultClass::Exists),
            ("DependencyViolation", 400, FaultClass::InUse),
            ("ResourceInUse", 400, FaultClass::InUse),
            ("ExistingVpcEndpointConnections", 200, FaultClass::InUse),
            ("InvalidGroup.InUse", 400, FaultClass::InUse),
            ("RequestLimitExceeded", 503, FaultClass::Busy),
            ("Throttling", 400, FaultClass::Busy),
            ("ThrottlingException", 400, FaultClass::Busy),
            ("InternalError", 500, FaultClass::Busy),
            ("PriorRequestNotComplete", 429, FaultClass::Busy),
            ("InsufficientInstanceCapacity", 500, FaultClass::Refused),
            ("AuthFailure", 401, FaultClass::SignIn),
            ("RequestExpired", 400, FaultClass::SignIn),
            ("ExpiredTokenException", 400, FaultClass::SignIn),
            ("UnauthorizedOperation", 403, FaultClass::Denied),
            ("AccessDenied", 403, FaultClass::Denied),
            ("InvalidGroup.Duplicate", 400, FaultClass::Exists),
            ("InvalidPermission.Duplicate", 400, FaultClass::Exists),
            ("DuplicateLoadBalancerName", 400, FaultClass::Exists),
            ("DuplicateSubnetsInSameZone", 400, FaultClass::Refused),
            ("DuplicateTagKeys", 400, FaultClass::Refused),
            ("InvalidAction", 400, FaultClass::Unsupported),
            ("PllabSandbox.StorageFull", 500, FaultClass::Refused),
            ("InvalidParameterValue", 400, FaultClass::Refused),
        ] {
            assert_eq!(FaultClass::of(code, status), class, "{code}");
        }
    }

    #[test]
    fn only_being_turned_away_is_a_throttle() {
        assert!(Fault::inside("RequestLimitExceeded", "slow down", None).is_throttle());
        assert!(!Fault::inside("InternalError", "sorry", None).is_throttle());
    }
}
