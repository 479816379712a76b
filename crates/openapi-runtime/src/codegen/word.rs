//! The traits that all enums of texts have, besides those that depend on whether they are open.

/// Writes the traits of an enum with a method `as_str`, which is made of a text by `TryFrom`; `FromJson` if it is read.
#[doc(hidden)]
#[macro_export]
macro_rules! __word {
    ($name:ident: FromJson) => {
        $crate::codegen::word!($name);

        impl $crate::codegen::FromJson for $name {
            fn from_json(value: $crate::codegen::Json) -> $crate::codegen::Read<Self> {
                $crate::codegen::read_word(value)
            }
        }
    };
    ($name:ident) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = <Self as ::std::convert::TryFrom<&'static str>>::Error;

            fn from_str(text: &str) -> ::std::result::Result<Self, <Self as ::std::str::FromStr>::Err> {
                <Self as ::std::convert::TryFrom<&str>>::try_from(text)
            }
        }
    };
}

pub use crate::__word as word;
