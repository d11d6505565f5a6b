//! Counts the bytes of replies as they arrive, and aborts a reply that is longer than any honest one.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use aws_sdk_sts::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sts::error::BoxError;
use aws_smithy_types::body::SdkBody;
use hyper::body::{Body, Bytes, Frame, SizeHint};

/// The most bytes of one call's replies, all pages together. All network interfaces that a region's quota allows,
/// 5,000 of some 2 KB each, are a sixth of it.
pub(super) const MOST_BYTES: u64 = 64 << 20;
tokio::task_local! {
    /// How many bytes the replies to the current call may still have.
    static LEFT: Arc<AtomicU64>;
}

/// Runs `work`, whose replies may have `bytes` bytes together.
pub(super) async fn within<T>(bytes: u64, work: impl Future<Output = T>) -> T {
    LEFT.scope(Arc::new(AtomicU64::new(bytes)), work).await
}

/// Counts the bytes of every reply as they arrive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure;

impl Intercept for Measure {
    fn name(&self) -> &'static str {
        "Measure"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let left = LEFT.try_with(Arc::clone).unwrap_or_else(|_| Arc::new(AtomicU64::new(MOST_BYTES)));
        let body = context.response_mut().body_mut();
        let inner = Box::pin(std::mem::replace(body, SdkBody::taken()));
        *body = SdkBody::from_body_1_x(Measured { inner, left });
        Ok(())
    }
}

/// A body that fails once it becomes too long.
struct Measured {
    inner: Pin<Box<SdkBody>>,
    left: Arc<AtomicU64>,
}

/// A reply is longer than any honest one.
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {} MiB", MOST_BYTES >> 20)]
pub(super) struct TooLong;

impl Body for Measured {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let polled = self.inner.as_mut().poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let more = frame.data_ref().map_or(0, |data| data.len() as u64);
            let paid = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(more));
            if paid.is_err() {
                return Poll::Ready(Some(Err(TooLong.into())));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(&*self.inner)
    }
}
