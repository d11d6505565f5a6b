//! Measures how far this machine's clock is off the cloud's. Requests are signed with the time, and AWS refuses
//! signatures that are too early or too late [`ERR`: `RequestExpired`].

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sts::error::BoxError;

use super::connect::Clients;
use super::sdk_fault::ahead_of;

/// Captures the `Date` header of an answer.
#[derive(Clone, Debug, Default)]
struct Date(Arc<Mutex<Option<String>>>);

impl Intercept for Date {
    fn name(&self) -> &'static str {
        "Date"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date").map(str::to_owned);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}

/// Seconds by which this machine is ahead of the cloud; `None` if the cloud sends no time. A refusal will do as an
/// answer, because it has a date too. Exact to one second, the resolution of a `Date` header.
pub async fn clock_skew(clients: &Clients) -> Option<i64> {
    let date = Date::default();
    // Any answer will do, whatever the question.
    let _ = clients.sts.get_caller_identity().customize().interceptor(date.clone()).send().await;
    let text = date.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    ahead_of(&text)
}
