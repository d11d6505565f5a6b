//! Faults: what a call may return instead of an answer.

use serde::{Deserialize, Serialize};

/// What went wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Fault {
    /// AWS's error code, or pllab's own if there was no answer (`NoAnswer`, `Unreachable`).
    pub code: String,
    pub message: String,
    /// AWS's request id, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    pub class: FaultClass,
}

/// A known cause, which pllab can explain in a sentence of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The pages of a list never end.
    EndlessList,
    /// A reply is longer than any honest one.
    EndlessReply,
    /// An answer arrives but never completes.
    EndlessWait,
    /// The endpoint redirects to another host, which pllab does not follow.
    Redirected,
    /// This machine's clock and the target's differ by more than signatures allow.
    ClockOff,
    /// The disk under a pllab sandbox is full.
    StorageFull,
    /// The folder of a pllab sandbox was moved or deleted.
    FolderGone,
    /// The folder of a pllab sandbox is on a read-only file system.
    ReadOnly,
    /// A pllab sandbox has no permission to write to its folder.
    AccessDenied,
    /// A pllab sandbox has run out of file descriptors.
    OutOfFiles,
    /// A pllab sandbox cannot write, for a reason that the message names.
    CannotWrite,
}

/// Prefix of the codes with which pllab's sandbox reports trouble of its own machine.
const OWN_TROUBLE: &str = "PllabSandbox.";
/// The endpoint answers with a redirect.
pub(super) const REDIRECTED: &str = "Redirected";
/// The call was refused because of its date.
pub(super) const CLOCK_OFF: &str = "ClockOff";
/// The answer is a web page.
pub(super) const WEB_PAGE: &str = "WebPage";
/// A list returns the same token for the next page again.
pub(super) const REPEATED_TOKEN: &str = "RepeatedToken";
/// A list has more pages than any honest one.
pub(super) const ENDLESS_PAGES: &str = "EndlessPages";
/// A reply is longer than any honest one.
pub(super) const ENDLESS_REPLY: &str = "EndlessReply";
/// An answer arrives but never completes.
pub(super) const ENDLESS_WAIT: &str = "EndlessWait";

/// Faults, grouped by what can be done about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultClass {
    /// There was no readable answer: nobody knows whether the call took effect.
    NoAnswer,
    /// The target cannot be reached, so the request was not sent.
    Unreachable,
    /// Too many requests, or the service's own trouble: try again later.
    Busy,
    /// Credentials are missing, wrong or expired.
    SignIn,
    /// The credentials lack the permission.
    Denied,
    NotFound,
    Exists,
    /// Something else still uses it.
    InUse,
    /// The target does not know the operation.
    Unsupported,
    /// Any other refusal.
    Refused,
}

impl FaultClass {
    /// The class of an AWS error code that came with an HTTP status. The codes are those of the EC2 API's error page
    /// (API:errors-overview) and of the `ELBv2` API's operations.
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
            // The sandbox's machine is in trouble. Report that as it is, because retrying does not free a disk.
            code if code.starts_with(OWN_TROUBLE) => Self::Refused,
            "InvalidAction" | "NotImplemented" | "UnknownOperationException" => Self::Unsupported,
            "ConcurrentTagAccess" | "HealthUnavailable" => Self::Busy,
            _ if is_throttle(code) => Self::Busy,
            // No capacity is a server error by its status, but retrying within seconds does not help.
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
    /// A fault with a code and a message of pllab's own.
    #[must_use]
    pub fn ours(class: FaultClass, code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), request_id: None, class }
    }

    /// A fault from an AWS code and message inside a successful answer.
    pub(super) fn inside(code: &str, message: &str, request_id: Option<&str>) -> Self {
        Self { request_id: request_id.map(str::to_owned), ..Self::ours(FaultClass::of(code, 200), code, message) }
    }

    /// The known cause, if there is more to say than the class does.
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

    /// Whether the endpoint's answers never end, so that retrying is pointless.
    pub(super) fn is_endless(&self) -> bool {
        matches!(self.cause(), Some(Cause::EndlessList | Cause::EndlessReply | Cause::EndlessWait))
    }

    /// Whether the cloud turned the request away before doing anything: it certainly had no effect.
    #[must_use]
    pub fn is_throttle(&self) -> bool {
        is_throttle(&self.code)
    }
}

/// The codes that the SDKs treat as throttling. "Unavailable" is not among them, because it does not guarantee that
/// nothing was done.
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
