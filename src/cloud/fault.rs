//! What may come back instead of an answer.

use std::error::Error;

use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId as _;
use serde::{Deserialize, Serialize};

use super::clock::ahead_of;
use super::limits::{ENDLESS_PAGES, ENDLESS_REPLY, ENDLESS_WAIT, REPEATED_TOKEN, TooLong};

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
const REDIRECTED: &str = "Redirected";
/// The code of a call that was refused because of its date.
const CLOCK_OFF: &str = "ClockOff";
/// How far a clock may be off before it is the reason why a signature does not count, in seconds: AWS grants five minutes,
/// some services fifteen [IAM user guide: `reference_sigv`].
const SKEW: i64 = 5 * 60;

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

/// What an SDK error means to us.
#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
pub(super) fn fault<E>(error: SdkError<E>) -> Fault
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let request_id = error.request_id().map(str::to_owned);
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    let code = error.code().map(str::to_owned);
    let message = error.message().map(str::to_owned);
    let (class, code, message) = match (&error, code) {
        (SdkError::ServiceError(_), Some(code)) if let Some(off) = clock_off(&error, &code) => {
            let told = message.unwrap_or_else(|| chain(&error).join(": "));
            // Refused at the door, as if it had not been sent.
            (FaultClass::Unreachable, CLOCK_OFF.to_owned(), format!("{off} ({code}: {told})"))
        }
        (SdkError::ServiceError(_), Some(code)) => {
            (FaultClass::of(&code, status), code, message.unwrap_or_else(|| chain(&error).join(": ")))
        }
        (SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_), _) => not_answered(&error),
        _ if chain(&error).iter().any(|message| *message == TooLong.to_string()) => {
            (FaultClass::NoAnswer, ENDLESS_REPLY.to_owned(), TooLong.to_string())
        }
        _ if (300..400).contains(&status) => {
            let place = error.raw_response().and_then(|response| response.headers().get("location"));
            let place = place.map(|place| format!(" to {place}")).unwrap_or_default();
            let message =
                format!("the endpoint redirects (HTTP {status}){place}; signed calls are not sent on to there");
            (FaultClass::Unreachable, REDIRECTED.to_owned(), message)
        }
        _ => {
            let class = match status {
                // AWS's refusals have a code: without one, nobody there knows what was asked for.
                404 | 405 | 501 => FaultClass::Unsupported,
                429 | 503 => FaultClass::Busy,
                400..=499 => FaultClass::Refused,
                _ => FaultClass::NoAnswer,
            };
            let code = match class {
                FaultClass::NoAnswer if is_web_page(&error) => WEB_PAGE.to_owned(),
                FaultClass::NoAnswer => "NoAnswer".to_owned(),
                _ => format!("Http{status}"),
            };
            (class, code, chain(&error).join(": "))
        }
    };
    Fault { code, message, request_id, class }
}

/// By how much this machine's clock is off, where that is why a signature was refused. EC2 says the same of credentials that have
/// expired and of requests that are dated wrong; only the answer's own date tells them apart.
fn clock_off<E>(error: &SdkError<E>, code: &str) -> Option<String> {
    let about_dates = ["AuthFailure", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"];
    if !about_dates.contains(&code) {
        return None;
    }
    let ahead = ahead_of(error.raw_response()?.headers().get("date")?)?;
    let (off, way) = (ahead.abs(), if ahead < 0 { "behind" } else { "ahead of" });
    (off > SKEW).then(|| format!("this machine's clock is {off} seconds {way} the target's"))
}

/// The code of an answer that is a web page.
pub(super) const WEB_PAGE: &str = "WebPage";

/// Whether a server error came with a web page in place of an answer of the API.
fn is_web_page<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(|response| {
        let kind = response.headers().get("content-type").unwrap_or_default();
        // What proxies say of themselves is not the endpoint's word.
        kind.starts_with("text/html") && !matches!(response.status().as_u16(), 502..=504)
    })
}

/// The class of an error that came before any answer: from the credentials, from building the request, or from the
/// connection. What cannot be told apart counts as sent.
fn not_answered<E>(error: &SdkError<E>) -> (FaultClass, String, String)
where
    E: Error + Send + Sync + 'static,
{
    let chain = chain(error);
    let text = chain.join(": ");
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // The SDK hides the types of these errors in crates of its own: their texts are what can be had.
    if says(&[
        "the credential provider was not enabled",
        "an error occurred while loading credentials",
        "credentials provider timed out",
        "the credentials provider was not properly configured",
        "unexpected credentials error",
        "no providers in chain provided credentials",
    ]) {
        return (FaultClass::SignIn, "NoCredentials".to_owned(), text);
    }
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return (FaultClass::Refused, "InvalidRequest".to_owned(), text);
    }
    // `Connect` is the HTTP client's own word for everything up to and including the TLS handshake.
    if says(&["client error (Connect)", "dns error", "HTTP connect timeout", "Connection refused"]) {
        (FaultClass::Unreachable, "Unreachable".to_owned(), text)
    } else {
        (FaultClass::NoAnswer, "NoAnswer".to_owned(), text)
    }
}

/// The messages of an error and of its causes, each once, without the SDK's layers that say nothing.
fn chain(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let message = error.to_string();
        let says_nothing =
            ["dispatch failure", "other", "service error", "unhandled error"].contains(&message.as_str());
        if !says_nothing && messages.last().is_none_or(|last| !last.contains(&message)) {
            messages.push(message);
        }
        next = error.source();
    }
    messages
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
