//! Limits on answers, because an endpoint may misbehave: endless pages, endless replies, bytes that drip. Every call
//! has a limit of pages, of bytes over all pages, and of time. Exceeding one gives another fault than silence does.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};

use super::call::Call;
use super::fault::{ENDLESS_PAGES, ENDLESS_WAIT, Fault, FaultClass, REPEATED_TOKEN};
use super::measure::{MOST_BYTES, within};
use super::sdk_fault::fault;

/// The most pages of one call. The API's pages hold a hundred rows or more, and quotas end long before.
const MOST_PAGES: usize = 200;
/// The longest time for one call, all pages together, without retries. One request has half a minute.
const CALL_TIME: Duration = Duration::from_mins(3);

/// Makes a call within its limits of bytes and time.
///
/// # Errors
/// The call's own fault; [`ENDLESS_WAIT`] when its time is over.
pub(super) async fn bounded<T>(call: &Call, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    bounded_by(call, work, MOST_BYTES, CALL_TIME).await
}

async fn bounded_by<T>(
    call: &Call,
    work: impl Future<Output = Result<T, Fault>>,
    bytes: u64,
    time: Duration,
) -> Result<T, Fault> {
    let work = within(bytes, work);
    match tokio::time::timeout(time, work).await {
        Ok(Err(fault)) if fault.is_endless() && !fault.message.starts_with(call.operation) => {
            Err(Fault { message: format!("{}: {}", call.operation, fault.message), ..fault })
        }
        Ok(done) => done,
        Err(_) => {
            let message = format!("{}: no end of the answer after {} seconds", call.operation, time.as_secs());
            Err(Fault::ours(FaultClass::NoAnswer, ENDLESS_WAIT, message))
        }
    }
}

/// Fetches all pages of a list. `page` requests the page of a token, and `next` finds the token of the page after.
/// Every list of the program goes through here.
///
/// # Errors
/// The cloud's fault for any of the requests; [`REPEATED_TOKEN`] and [`ENDLESS_PAGES`] if the list has no end.
pub(super) async fn pages<P, E, T, F>(
    call: &Call,
    page: impl Fn(Option<T>) -> F,
    next: impl Fn(&P) -> Option<T>,
) -> Result<Vec<P>, Fault>
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    T: Clone + Ord,
    F: Future<Output = Result<P, SdkError<E>>>,
{
    let endless =
        |code: &str, what: &str| Fault::ours(FaultClass::NoAnswer, code, format!("{}: {what}", call.operation));
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    let mut token = None;
    loop {
        let got = Box::pin(page(token)).await.map_err(fault)?;
        token = next(&got);
        all.push(got);
        match &token {
            None => return Ok(all),
            Some(token) if !seen.insert(token.clone()) => {
                return Err(endless(REPEATED_TOKEN, "the endpoint gives the same token for the next page twice"));
            }
            Some(_) if all.len() >= MOST_PAGES => {
                return Err(endless(ENDLESS_PAGES, &format!("no end after {MOST_PAGES} pages")));
            }
            Some(_) => {}
        }
    }
}

/// A token as the SDK returns it; an empty one counts as none.
pub(super) fn token(token: Option<&str>) -> Option<String> {
    token.filter(|token| !token.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::ec2;

    type Sdk<T> = Result<T, SdkError<aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError>>;

    async fn listed(next: impl Fn(usize) -> Option<usize>) -> Result<usize, Fault> {
        let call = ec2("DescribeVpcs", json!({}));
        let page = |token: Option<usize>| async move { Sdk::Ok(token.unwrap_or_default()) };
        pages(&call, page, |page| next(*page)).await.map(|pages| pages.len())
    }

    #[tokio::test]
    async fn lists_end_where_they_end_and_liars_are_named_with_the_operation() {
        assert_eq!(listed(|_| None).await.unwrap(), 1);
        assert_eq!(listed(|page| (page < 9).then_some(page + 1)).await.unwrap(), 10);
        for (next, code) in [
            ((|_| Some(7)) as fn(usize) -> Option<usize>, REPEATED_TOKEN),
            (|page| Some((page + 1) % 5), REPEATED_TOKEN),
            (|page| Some(page + 1), ENDLESS_PAGES),
        ] {
            let fault = listed(next).await.unwrap_err();
            assert_eq!(fault.code, code);
            assert!(fault.message.starts_with("DescribeVpcs: "), "{}", fault.message);
        }
    }

    #[tokio::test]
    async fn a_call_ends_when_its_time_is_over() {
        let call = ec2("DescribeVpcs", json!({}));
        let never = std::future::pending::<Result<(), Fault>>();
        let fault = bounded_by(&call, never, MOST_BYTES, Duration::from_millis(1)).await.unwrap_err();
        assert_eq!((fault.code.as_str(), fault.class), (ENDLESS_WAIT, FaultClass::NoAnswer));
        assert!(fault.message.starts_with("DescribeVpcs: "), "{}", fault.message);
    }
}
