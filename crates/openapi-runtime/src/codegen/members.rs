//! How structs are read from the members of an object, and written as them. rustc checks an early return by `match` in half of
//! the time of one by `?`, and a call for each member in a third of what serde's derive writes.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::value::{Finite, not_finite};

/// Reads each field of `Self` by a method of the [`Object`](super::Object) that `$object` gives, then calls the method `$check`
/// of what is left. The first error is returned.
#[doc(hidden)]
#[macro_export]
macro_rules! __read_members {
    ($object:expr => $($field:ident = $method:ident($($argument:tt)*)),* $(; $check:ident)?) => {{
        let mut object = match $object {
            ::std::result::Result::Ok(object) => object,
            ::std::result::Result::Err(error) => return ::std::result::Result::Err(error),
        };
        let read = Self {
            $($field: match object.$method($($argument)*) {
                ::std::result::Result::Ok(value) => value,
                ::std::result::Result::Err(error) => return ::std::result::Result::Err(error),
            },)*
        };
        $(if let ::std::result::Result::Err(error) = object.$check() {
            return ::std::result::Result::Err(error);
        })?
        ::std::result::Result::Ok(read)
    }};
}

/// Implements the half of serde that writes: each field by a method of [`Members`]. Of the fields, `$required` are always there,
/// and each `$optional` may be absent.
#[doc(hidden)]
#[macro_export]
macro_rules! __serialize {
    ($name:ident[$required:literal $(, $optional:ident)*] => $($field:ident = $method:ident($member:literal)),*) => {
        impl $crate::codegen::Serialize for $name {
            fn serialize<S: $crate::codegen::Writer>(&self, serializer: S) -> $crate::codegen::Written<S> {
                let optional = &[$(self.$optional.is_some()),*];
                let mut members =
                    $crate::codegen::Members::new(serializer, ::std::stringify!($name), $required, optional);
                $(members.$method($member, &self.$field);)*
                members.end()
            }
        }
    };
}

/// Implements the half of serde that reads; strictly for a type that is `sent`.
#[doc(hidden)]
#[macro_export]
macro_rules! __deserialize {
    ($name:ident) => {
        $crate::__deserialize! { $name by deserialize }
    };
    ($name:ident: sent) => {
        $crate::__deserialize! { $name by deserialize_sent }
    };
    ($name:ident by $function:ident) => {
        impl<'de> $crate::codegen::Deserialize<'de> for $name {
            fn deserialize<D: $crate::codegen::Reader<'de>>(deserializer: D) -> $crate::codegen::Made<'de, Self, D> {
                $crate::codegen::$function(deserializer)
            }
        }
    };
}

pub use crate::{__deserialize as deserialize, __read_members as read_members, __serialize as serialize};

/// The members of a struct that is being written. What follows the first error is not written.
pub struct Members<S: Serializer>(Result<S::SerializeStruct, S::Error>);

impl<S: Serializer> Members<S> {
    /// Begins a struct with `required` members, and as many more as are there of the `optional` ones.
    pub fn new(serializer: S, name: &'static str, required: usize, optional: &[bool]) -> Self {
        let present = optional.iter().filter(|is_present| **is_present).count();
        Self(serializer.serialize_struct(name, required + present))
    }

    /// Writes a member that is always there.
    pub fn required<T: Serialize>(&mut self, name: &'static str, value: &T) {
        self.next(|members| members.serialize_field(name, value));
    }

    /// Writes a member that may be absent.
    pub fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        self.next(|members| match value {
            Some(value) => members.serialize_field(name, value),
            None => members.skip_field(name),
        });
    }

    /// Writes a member with numbers, of which JSON has the finite ones only.
    pub fn finite<T: Serialize + Finite>(&mut self, name: &'static str, value: &T) {
        if !value.is_finite() {
            self.next(|_| Err(not_finite()));
        }
        self.required(name, value);
    }

    /// Writes a member with numbers that may be absent.
    pub fn optional_finite<T: Serialize + Finite>(&mut self, name: &'static str, value: &Option<T>) {
        if value.as_ref().is_some_and(|value| !value.is_finite()) {
            self.next(|_| Err(not_finite()));
        }
        self.optional(name, value);
    }

    fn next(&mut self, write: impl FnOnce(&mut S::SerializeStruct) -> Result<(), S::Error>) {
        if let Ok(members) = &mut self.0
            && let Err(error) = write(members)
        {
            self.0 = Err(error);
        }
    }

    /// Ends the struct.
    ///
    /// # Errors
    ///
    /// When a member could not be written.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0?.end()
    }
}
