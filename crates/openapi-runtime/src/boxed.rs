//! Errors and futures on the heap, where no type parameter can be.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

/// An error of any kind.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
