//! The common parts of the types of the module `requests`.

/// A request of an operation: the type, and what each such type can do.
#[doc(hidden)]
#[macro_export]
macro_rules! __request {
    ($(#[$attribute:meta])* $name:ident: $operation:ty => $body:ty, $headers:ty, $error:ty) => {
        $(#[$attribute])*
        #[must_use = "a request does nothing until it is sent or awaited"]
        #[derive(::std::fmt::Debug)]
        pub struct $name(pub(super) $crate::codegen::Call);

        impl $name {
            /// Sends the request, and reads the answer as the definition says. Awaiting the request itself does the same.
            ///
            /// # Errors
            ///
            /// See [`ErrorKind`](::openapi_runtime::ErrorKind).
            pub fn send(self) -> $crate::Sending<$body, $headers, $error> {
                self.0.send::<$operation>()
            }

            /// Sends with settings that differ from the client's.
            pub fn with(self, options: $crate::CallOptions) -> Self {
                Self(self.0.with(options))
            }
        }

        impl ::std::future::IntoFuture for $name {
            type Output = <$crate::Sending<$body, $headers, $error> as ::std::future::Future>::Output;
            type IntoFuture = $crate::Sending<$body, $headers, $error>;

            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    };
}

pub use crate::__request as request;
