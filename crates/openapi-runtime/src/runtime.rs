//! What the tokio runtime of a call lacks, as an error: tokio itself panics.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future whose panic about its runtime is an error. Other panics go on.
pub(crate) struct Caught<'a, F>(pub(crate) Pin<&'a mut F>);

impl<F: Future> Future for Caught<'_, F> {
    type Output = Result<F::Output, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // After a panic, the future is not polled again.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(panic) => match lack(&*panic) {
                Some(lack) => Poll::Ready(Err(lack.to_owned())),
                None => resume_unwind(panic),
            },
        }
    }
}

/// The message of a panic of tokio about a missing runtime, or one without timers or I/O. Tokio reports these in no other way.
fn lack(panic: &(dyn Any + Send)) -> Option<&str> {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| Some(panic.downcast_ref::<String>()?.as_str()))?;
    text.contains("Tokio 1.x").then_some(text)
}
