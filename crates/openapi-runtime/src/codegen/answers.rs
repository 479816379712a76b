//! Which bodies a test double can answer an operation with.

/// Implements [`Answers`](crate::stub::Answers) for the operations of a client: the bodies that several of them share, each with how
/// and for which statuses it is documented, and then the names of those operations. `_` is the body of a success.
#[cfg(feature = "stub")]
#[doc(hidden)]
#[macro_export]
macro_rules! __answers {
    (@of $operation:ident { $($entry:tt)* }) => {
        $($crate::__answers! { @one $operation $entry })*
    };
    (@one $operation:ident (_ $($ways:tt)*)) => {
        $crate::__answers! { @one $operation (<$operation as $crate::Endpoint>::Body => $($ways)*) }
    };
    (@one $operation:ident ($body:ty => $($form:ident $media_type:literal [$($status:literal)*])*)) => {
        impl $crate::stub::Answers<$body> for $operation {
            const DOCUMENTED: &'static [$crate::stub::Documented] = &[$($(
                $crate::stub::Documented {
                    status: $status,
                    media_type: $media_type,
                    form: $crate::stub::Form::$form,
                }
            ),*),*];
        }
    };
    ($($entries:tt $($operation:ident)*;)*) => {
        $($($crate::__answers! { @of $operation $entries })*)*
    };
}

/// Without the feature `stub`, nothing.
#[cfg(not(feature = "stub"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __answers {
    ($($any:tt)*) => {};
}

pub use crate::__answers as answers;
