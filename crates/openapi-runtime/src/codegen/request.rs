//! The common parts of the types of the module `requests`.

/// A request of an operation: the type, and what each such type can do.
#[doc(hidden)]
#[macro_export]
macro_rules! __request {
    // Without a body there is nothing to stream.
    ($(#[$attribute:meta])* $name:ident: $operation:ty => (), $headers:ty, $error:ty) => {
        $crate::__request! { @any $(#[$attribute])* $name: $operation => (), $headers, $error }
    };
    ($(#[$attribute:meta])* $name:ident: $operation:ty => $body:ty, $headers:ty, $error:ty) => {
        $crate::__request! { @any $(#[$attribute])* $name: $operation => $body, $headers, $error }

        impl $name {
            /// Sends the request, and gives status and headers as soon as they have come; the body follows, as a stream.
            ///
            /// # Errors
            ///
            /// As for [`send`](Self::send).
            pub fn send_streaming(self) -> $crate::Opening<$crate::ByteStream, $headers, $error> {
                self.0.send_streaming::<$operation>()
            }

            /// Sends the request, and saves the body to the file at `path`.
            pub fn save_to(self, path: impl ::std::convert::Into<::std::path::PathBuf>) -> $crate::Saving<$headers, $error> {
                self.0.save_to::<$operation>(path.into())
            }
        }
    };
    (@any $(#[$attribute:meta])* $name:ident: $operation:ty => $body:ty, $headers:ty, $error:ty) => {
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
