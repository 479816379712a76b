//! Schemas as Rust types, for one side of the wire.
//!
//! A schema means one thing for requests and another for responses: `readOnly` and `writeOnly` properties are on one side
//! only, and requests obey enums and constraints that responses may violate. So a [`Shape`] is read for a [`Side`], and
//! comparing two shapes shows whether both sides are one Rust type.

mod called;
mod impossible;
mod naming;
mod read;
mod resolve;
mod variants;

pub(super) use read::Reader;
pub(super) use resolve::{Resolved, Resolver};

use std::collections::BTreeMap;

use serde_json::Value;

use crate::formats::Format;
use crate::generate::pattern::Pattern;
use crate::normalize::walk::Place;
use crate::replacements::Replaced;

/// A side of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    /// In requests.
    Request,
    /// In responses.
    Response,
}

/// The sides that values of a type are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Directions {
    /// In requests.
    pub(super) sent: bool,
    /// In responses.
    pub(super) received: bool,
}

impl Directions {
    pub(super) fn add(&mut self, side: Side) {
        match side {
            Side::Request => self.sent = true,
            Side::Response => self.received = true,
        }
    }
}

/// A schema in Rust. Before [`Resolver`], a shape that needs a type of its own is stored where it is used; afterwards only its
/// name is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Any JSON.
    Any,
    Bool,
    Int(Int),
    F64,
    Text,
    DateTime,
    /// A date and time as it is written (`Format::Wide`).
    DateTimeText,
    /// A date and time that is read as UTC where it has no offset (`Format::AssumeUtc`).
    AssumedUtc,
    Date,
    Uuid,
    /// Bytes in base64 (`format: byte`).
    Base64,
    /// A file in a multipart body.
    File,
    /// A type of the user's own.
    Replaced(Box<Replaced>),
    Array(Box<Shape>),
    /// A list of exactly these items.
    Tuple(Vec<Shape>),
    /// An object whose members are all of one shape.
    Map(Box<Shape>),
    /// The shape, or null.
    Nullable(Box<Shape>),
    /// The component of that name, as this side sees it. Only before [`Resolver`].
    Component(String),
    /// A shape that needs a type of its own, where it is used. Only before [`Resolver`].
    Inline(Box<Inline>),
    /// The Rust type of that name.
    Named(String),
    /// The shape in a box, because it leads back to itself. Made by [`Resolver`].
    Boxed(Box<Shape>),
}

/// An integer of Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Int {
    I8,
    I16,
    I32,
    I64,
    I128,
    U8,
    U16,
    U32,
    U64,
}

impl Int {
    /// The Rust type.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::I128 => "i128",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
        }
    }

    /// The integer that `format` names.
    pub(super) fn of_format(format: Option<&str>) -> Self {
        match format {
            Some("int8") => Self::I8,
            Some("int16") => Self::I16,
            Some("int32") => Self::I32,
            Some("uint8") => Self::U8,
            Some("uint16") => Self::U16,
            Some("uint32") => Self::U32,
            Some("uint64" | "uint") => Self::U64,
            _ => Self::I64,
        }
    }

    /// The next larger type, for numbers beyond this one.
    pub(super) fn wide(self) -> Self {
        match self {
            Self::I64 | Self::U64 | Self::I128 => Self::I128,
            _ => Self::I64,
        }
    }

    /// The integer that `value` is, if this type holds it.
    pub(super) fn value(self, value: &Value) -> Option<i128> {
        let value = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from))?;
        let held = match self {
            Self::I8 => i8::try_from(value).is_ok(),
            Self::I16 => i16::try_from(value).is_ok(),
            Self::I32 => i32::try_from(value).is_ok(),
            Self::I64 => i64::try_from(value).is_ok(),
            Self::I128 => true,
            Self::U8 => u8::try_from(value).is_ok(),
            Self::U16 => u16::try_from(value).is_ok(),
            Self::U32 => u32::try_from(value).is_ok(),
            Self::U64 => u64::try_from(value).is_ok(),
        };
        held.then_some(value)
    }
}

/// A nameless shape that needs a type of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Inline {
    pub(super) kind: Kind,
    pub(super) place: Place,
}

/// A type of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) docs: Docs,
}

/// The descriptions of a type. They are kept beside the [`Kind`], because shapes that differ only in their descriptions are
/// one type.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Docs {
    /// The description of the type.
    pub(super) text: Option<String>,
    /// The descriptions of its fields, by the property's name in JSON.
    pub(super) fields: BTreeMap<String, String>,
    /// The definition's name for a value of the type, for messages.
    pub(super) called: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Struct(Struct),
    Enum(Enum),
    Union(Union),
    Checked(Checked),
    /// Another name for a shape.
    Alias(Shape),
    /// A type around a shape that leads back to it.
    Wrapper(Shape),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Struct {
    pub(super) fields: Vec<Field>,
    pub(super) extra: Extra,
    /// The least and the greatest number of members in requests.
    pub(super) members: (Option<u64>, Option<u64>),
    /// Which names must be there together, in requests.
    pub(super) choices: Vec<Choice>,
    /// Schemas that values obey, in requests.
    pub(super) schemas: Vec<Value>,
}

/// Sets of names, of which a number must be there in full: alternatives of a union that only require names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    pub(super) sets: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    /// The property's name in JSON.
    pub(super) name: String,
    /// The field's name in Rust.
    pub(super) ident: String,
    pub(super) shape: Shape,
    pub(super) required: bool,
    pub(super) deprecated: bool,
    pub(super) default: Option<Value>,
}

/// How undeclared members are treated (OpenAPI 3.0.3, Schema Object, additionalProperties).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Extra {
    /// The schema says nothing: they are accepted and dropped.
    Dropped,
    /// They are rejected.
    Refused,
    /// They are kept.
    Kept(Shape),
}

/// An enum of strings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Enum {
    pub(super) values: Vec<String>,
    /// The names of the variants. Before [`Resolver`], those that the definition gives, or empty texts.
    pub(super) names: Vec<String>,
    /// Whether other strings are values too.
    pub(super) open: bool,
}

/// One of several shapes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Union {
    pub(super) variants: Vec<Variant>,
    /// The discriminator property, if there is one.
    pub(super) tag: Option<String>,
    /// Whether exactly one alternative must fit (`oneOf`) rather than at least one (`anyOf`).
    pub(super) exactly_one: bool,
    /// Whether a value that fits no alternative is kept.
    pub(super) open: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variant {
    /// The variant's name in Rust. Before [`Resolver`], the one that it has without a lock.
    pub(super) name: String,
    pub(super) called: Called,
    /// The values of the tag that select it.
    pub(super) tags: Vec<String>,
    /// Whether its values may have another tag than one of those, so that the tag is written with them.
    pub(super) writes_tag: bool,
    pub(super) shape: Shape,
    /// The evidence in a JSON value that selects this alternative.
    pub(super) probe: Probe,
}

/// How an alternative can be called.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Called {
    /// What identifies it in `names.lock`, whatever the other alternatives are.
    pub(super) key: String,
    /// Its names, the best first.
    pub(super) names: Vec<String>,
}

/// The evidence that distinguishes an alternative from the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Probe {
    /// The JSON type or, of a text, the format; empty where any type will do.
    pub(super) json_type: &'static str,
    pub(super) required: Vec<String>,
    pub(super) properties: Vec<String>,
    /// Properties with the only values that they can have; the value itself has no name.
    pub(super) constants: Vec<(String, Vec<String>)>,
}

/// A shape whose values must obey rules.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Checked {
    pub(super) shape: Shape,
    pub(super) rules: Rules,
}

/// The rules of the JSON Schema keywords of the same names (OpenAPI 3.0.3, Schema Object).
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rules {
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) pattern: Option<Pattern>,
    /// The bound, and whether it is exclusive.
    pub(super) minimum: Option<(serde_json::Number, bool)>,
    pub(super) maximum: Option<(serde_json::Number, bool)>,
    pub(super) multiple_of: Option<serde_json::Number>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) unique_items: bool,
    pub(super) min_properties: Option<u64>,
    pub(super) max_properties: Option<u64>,
    /// The only values, as JSON.
    pub(super) one_of: Vec<Value>,
    /// Schemas that values obey.
    pub(super) schemas: Vec<Value>,
}

impl Rules {
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a text of the definition obeys the rules for texts.
    pub(super) fn take(&self, text: &str) -> bool {
        let count = text.chars().count() as u64;
        self.min_length.is_none_or(|least| count >= least)
            && self.max_length.is_none_or(|most| count <= most)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.may_match(text))
    }
}

impl Shape {
    /// The shape of the values of the type `kind` and of `format`, of which another may be `chosen`; `None` if it is no scalar.
    pub(super) fn scalar(kind: Option<&str>, format: Option<&str>, chosen: Option<Format>) -> Option<Self> {
        let wide = chosen == Some(Format::Wide);
        Some(match (kind?, format) {
            ("string" | "integer" | "number", _) if chosen == Some(Format::Text) => Self::Text,
            ("string", Some("date-time")) if wide => Self::DateTimeText,
            ("string", Some("date-time")) if chosen == Some(Format::AssumeUtc) => Self::AssumedUtc,
            ("string", Some("date-time")) => Self::DateTime,
            ("string", Some("date")) => Self::Date,
            ("string", Some("uuid")) => Self::Uuid,
            ("string", Some("byte")) => Self::Base64,
            ("string", _) => Self::Text,
            ("integer", format) if wide => Self::Int(Int::of_format(format).wide()),
            ("integer", format) => Self::Int(Int::of_format(format)),
            ("number", _) => Self::F64,
            ("boolean", _) => Self::Bool,
            _ => return None,
        })
    }

    /// Whether its values are texts in JSON, enums aside.
    pub(super) fn is_text(&self) -> bool {
        let texts =
            [Self::Text, Self::DateTime, Self::DateTimeText, Self::AssumedUtc, Self::Date, Self::Uuid, Self::Base64];
        texts.contains(self)
    }

    pub(super) fn inline(kind: Kind, place: &Place) -> Self {
        Self::Inline(Box::new(Inline { kind, place: place.clone() }))
    }

    pub(super) fn nullable(self) -> Self {
        match self {
            Self::Any | Self::Nullable(_) => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// Calls `visit` on the shapes directly in this one.
    pub(super) fn children<'a>(&'a self, visit: &mut dyn FnMut(&'a Shape)) {
        match self {
            Self::Array(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::Boxed(inner) => visit(inner),
            Self::Tuple(items) => items.iter().for_each(visit),
            Self::Inline(inline) => inline.kind.children(visit),
            _ => {}
        }
    }
}

impl Item {
    /// Calls `visit` on the shapes directly in this item.
    pub(super) fn children<'a>(&'a self, visit: &mut dyn FnMut(&'a Shape)) {
        self.kind.children(visit);
    }
}

impl Kind {
    /// The same kind with its shapes changed.
    pub(super) fn map(self, change: &mut dyn FnMut(Shape) -> Shape) -> Self {
        match self {
            Self::Struct(mut item) => {
                item.fields =
                    item.fields.into_iter().map(|field| Field { shape: change(field.shape), ..field }).collect();
                if let Extra::Kept(shape) = item.extra {
                    item.extra = Extra::Kept(change(shape));
                }
                Self::Struct(item)
            }
            Self::Union(mut item) => {
                let variants = item.variants.into_iter();
                item.variants = variants.map(|variant| Variant { shape: change(variant.shape), ..variant }).collect();
                Self::Union(item)
            }
            Self::Checked(item) => Self::Checked(Checked { shape: change(item.shape), ..item }),
            Self::Alias(shape) => Self::Alias(change(shape)),
            Self::Wrapper(shape) => Self::Wrapper(change(shape)),
            Self::Enum(item) => Self::Enum(item),
        }
    }

    /// Calls `visit` on the shapes directly in this one.
    pub(super) fn children<'a>(&'a self, visit: &mut dyn FnMut(&'a Shape)) {
        match self {
            Self::Struct(item) => {
                item.fields.iter().for_each(|field| visit(&field.shape));
                if let Extra::Kept(shape) = &item.extra {
                    visit(shape);
                }
            }
            Self::Union(item) => item.variants.iter().for_each(|variant| visit(&variant.shape)),
            Self::Checked(item) => visit(&item.shape),
            Self::Alias(shape) | Self::Wrapper(shape) => visit(shape),
            Self::Enum(_) => {}
        }
    }
}
