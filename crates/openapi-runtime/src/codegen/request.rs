//! The common parts of the types of the module `requests`.

/// A request of an operation: the type, and what each such type can do.
#[doc(hidden)]
#[macro_export]
macro_rules! __request {
    // The body is a page of a list.
    ($(#[$attribute:meta])* $name:ident: $operation:ty => $body:ty, $headers:ty, $error:ty; pages $($streams:tt)*) => {
        $crate::__request! { $(#[$attribute])* $name: $operation => $body, $headers, $error $($streams)* }

        impl $name {
            /// The pages of the list, fetched one after another.
            pub fn pages(self) -> $crate::Pages<$operation> {
                $crate::Pages::new(self.0)
            }

            /// The items of the list, whose pages are fetched one after another.
            pub fn items(self) -> $crate::Items<$operation> {
                $crate::Items::new(self.0)
            }
        }
    };
    // The body is a sequence, of one kind or another.
    (
        $(#[$attribute:meta])* $name:ident: $operation:ty => $body:ty, $headers:ty, $error:ty
        $(; $how:ident $item:ty $(as $way:ty)?, $media_type:literal, [$($end:literal),*])+
    ) => {
        $crate::__request! { $(#[$attribute])* $name: $operation => $body, $headers, $error }
        $($crate::__streamed! {
            $how $name: $operation => $item, ($crate::__way!($($way)?)), $headers, $error, $media_type, [$($end),*]
        })+
    };
    // Without a body there is nothing to stream.
    ($(#[$attribute:meta])* $name:ident: $operation:ty => (), $headers:ty, $error:ty) => {
        $crate::__request! { @any $(#[$attribute])* $name: $operation => (), $headers, $error }
    };
    ($(#[$attribute:meta])* $name:ident: $operation:ty => $body:ty, $headers:ty, $error:ty) => {
        $crate::__request! { @any $(#[$attribute])* $name: $operation => $body, $headers, $error }
        $crate::__blocking! { $name: $operation }

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

/// The method of a request whose body comes item by item.
#[doc(hidden)]
#[macro_export]
macro_rules! __streamed {
    (
        events $name:ident: $operation:ty => $item:ty, ($way:ty), $headers:ty, $error:ty, $media_type:literal,
        [$($end:literal),*]
    ) => {
        $crate::__events! {
            send_events::<$operation, $way, $item>, $name, $item, $headers, $error, $media_type, [$($end),*]
        }
    };
    (
        texts $name:ident: $operation:ty => $item:ty, ($way:ty), $headers:ty, $error:ty, $media_type:literal,
        [$($end:literal),*]
    ) => {
        $crate::__events! { send_texts::<$operation, $way, $item>, $name, $item, $headers, $error, $media_type, [$($end),*] }
    };
    (lines $($rest:tt)*) => {
        $crate::__streamed! { @items send_lines $($rest)* }
    };
    (records $($rest:tt)*) => {
        $crate::__streamed! { @items send_records $($rest)* }
    };
    (
        @items $method:ident $name:ident: $operation:ty => $item:ty, ($way:ty), $headers:ty, $error:ty,
        $media_type:literal, [$($end:literal),*]
    ) => {
        impl $name {
            /// Sends the request, and gives the items of the body one by one, as they come.
            ///
            /// # Errors
            ///
            /// As for [`send`](Self::send).
            pub fn send_items(self) -> $crate::Opening<$crate::ItemStream<$item>, $headers, $error> {
                self.0.$method::<$operation, $way, $item>($media_type, &[$($end),*])
            }
        }
    };
}

/// The way in which an item is read.
#[doc(hidden)]
#[macro_export]
macro_rules! __way {
    () => {
        $crate::codegen::Generated
    };
    ($way:ty) => {
        $way
    };
}

/// The method of a request whose body is an event stream.
#[cfg(feature = "events")]
#[doc(hidden)]
#[macro_export]
macro_rules! __events {
    (
        $method:ident::<$($of:ty),+>, $name:ident, $item:ty, $headers:ty, $error:ty, $media_type:literal,
        [$($end:literal),*]
    ) => {
        impl $name {
            /// Sends the request, and gives the events of the body one by one, as they come.
            ///
            /// # Errors
            ///
            /// As for [`send`](Self::send).
            pub fn send_events(self) -> $crate::Opening<$crate::EventStream<$item>, $headers, $error> {
                self.0.$method::<$($of),+>($media_type, &[$($end),*])
            }
        }
    };
}

/// Without the feature `events`, there is no such method.
#[cfg(not(feature = "events"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __events {
    ($($any:tt)*) => {};
}

/// What blocking calls need to know of a request.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! __blocking {
    ($name:ident: $operation:ty) => {
        impl $crate::codegen::WithBody for $name {
            type Operation = $operation;

            fn into_call(self) -> $crate::codegen::Call {
                self.0
            }
        }
    };
}

/// Without the feature `blocking`, there are none.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __blocking {
    ($($any:tt)*) => {};
}

pub use crate::__request as request;
