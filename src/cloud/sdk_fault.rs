//! Turns an SDK error into a [`Fault`].

use std::error::Error;

use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::primitives::{DateTime, DateTimeFormat};

use super::fault::{CLOCK_OFF, ENDLESS_REPLY, Fault, FaultClass, REDIRECTED, WEB_PAGE};
use super::measure::TooLong;
use crate::host::Clock;

/// Seconds by which a clock must be off before it explains a refused signature: AWS grants five minutes, some
/// services fifteen [IAM user guide: `reference_sigv`].
const SKEW: i64 = 5 * 60;

/// The code of our own for a call that could not be signed.
pub const NO_CREDENTIALS: &str = "NoCredentials";

/// What the SDK's layers say of credentials that could not be had. Only a programmer understands these.
const LAYERS: [&str; 6] = [
    "the credential provider was not enabled",
    "an error occurred while loading credentials",
    "the credentials provider was not properly configured",
    "unexpected credentials error",
    "no providers in chain provided credentials",
    "ProfileFile provider could not be built",
];

/// Turns an SDK error into a [`Fault`].
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
            // Refused before anything was done, as if it had not been sent.
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
                // AWS's refusals have a code. Without one, the server does not know the API.
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

/// How far this machine's clock is off, if that is why a signature was refused. EC2 gives the same answer for expired
/// credentials and for requests with a wrong date; only the answer's own date tells them apart.
fn clock_off<E>(error: &SdkError<E>, code: &str) -> Option<String> {
    let about_dates = ["AuthFailure", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"];
    if !about_dates.contains(&code) {
        return None;
    }
    let ahead = ahead_of(error.raw_response()?.headers().get("date")?)?;
    let (off, way) = (ahead.abs(), if ahead < 0 { "behind" } else { "ahead of" });
    (off > SKEW).then(|| format!("this machine's clock is {off} seconds {way} the target's"))
}

/// Whether a server error came with a web page instead of an answer of the API.
fn is_web_page<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(|response| {
        let kind = response.headers().get("content-type").unwrap_or_default();
        // With these statuses a proxy speaks for itself, not for the endpoint.
        kind.starts_with("text/html") && !matches!(response.status().as_u16(), 502..=504)
    })
}

/// The class of an error that came before any answer: from the credentials, from building the request, or from the
/// connection. If the phases cannot be told apart, the request counts as sent.
fn not_answered<E>(error: &SdkError<E>) -> (FaultClass, String, String)
where
    E: Error + Send + Sync + 'static,
{
    let chain = chain(error);
    let text = chain.join(": ");
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // The SDK hides the types of these errors in crates of its own, so only their texts are available.
    if says(&LAYERS) || says(&["credentials provider timed out"]) {
        return (FaultClass::SignIn, NO_CREDENTIALS.to_owned(), about_credentials(&chain));
    }
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return (FaultClass::Refused, "InvalidRequest".to_owned(), text);
    }
    // The HTTP client says `Connect` for everything up to and including the TLS handshake.
    if says(&["client error (Connect)", "dns error", "HTTP connect timeout", "Connection refused"]) {
        (FaultClass::Unreachable, "Unreachable".to_owned(), text)
    } else {
        (FaultClass::NoAnswer, "NoAnswer".to_owned(), text)
    }
}

/// What the SDK's messages say about credentials, without its own layers.
fn about_credentials(chain: &[String]) -> String {
    let plain = |message: &String| {
        let message = LAYERS.iter().fold(message.clone(), |message, layer| message.replace(layer, ""));
        message.trim_matches([' ', ':', '.']).replace("credentials provider timed out", "the credentials took too long")
    };
    let mut said: Vec<String> = chain.iter().map(plain).filter(|message| !message.is_empty()).collect();
    said.dedup();
    if said.is_empty() { "no credentials were found".to_owned() } else { said.join(": ") }
}

/// The messages of an error and of its causes, each once, without the SDK's layers that add nothing.
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

/// Seconds by which this machine is ahead of a `Date` header that just arrived; `None` if it is not a date.
pub(super) fn ahead_of(date: &str) -> Option<i64> {
    let there = DateTime::from_str(date, DateTimeFormat::HttpDate).ok()?.secs();
    let here = Clock::System.now().as_second();
    Some(here - there)
}

#[cfg(test)]
mod tests {
    use super::about_credentials;

    #[test]
    fn the_sdks_layers_are_not_shown() {
        let said = |chain: &[&str]| about_credentials(&chain.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(said(&["the credential provider was not enabled"]), "no credentials were found");
        assert_eq!(
            said(&[
                "the credentials provider was not properly configured: ProfileFile provider could not be built: profile `x` was not defined",
                "no providers in chain provided credentials",
            ]),
            "profile `x` was not defined"
        );
        assert_eq!(
            said(&["credentials provider timed out after 30 seconds"]),
            "the credentials took too long after 30 seconds"
        );
    }
}
