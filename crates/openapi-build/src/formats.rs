//! Another type for the values of a format, as the user chooses it: for a format, for a component, or for a place.
//!
//! A choice is written into the schemas that it is for, as the extension `x-rust-format`, so that everything after this reads
//! the definition alone. An extension that the definition or an overlay has stays.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `X001` | a type is chosen for a format, a component or a place that no schema has; nothing changes |
//! | `X002` | an `x-rust-format` that is unknown, or that its schema cannot have; the type is that of the format |

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::convert::Moves;
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind};
use crate::pointer::escape;

/// The key of a schema that says how its values are read and sent: `text`, `wide` or `assume-utc`.
pub(crate) const EXTENSION: &str = "x-rust-format";

/// How the values of a format are read and sent, where its own type cannot hold what a server sends
/// ([`Config::format`](crate::Config::format)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// As a `String`. A number that is read as text is one that the server writes as a JSON string. A part of a multipart body that
    /// would be a file (`binary`) is a part of text.
    Text,
    /// As the next larger type: `i64` for integers of up to 32 bits, and `i128` for those of 64 bits, which reads every integer
    /// from −2^63 to 2^64−1 (serde_json rounds larger ones, which stay undecodable); and for `date-time` a `DateTimeText`,
    /// which keeps every text as it is, with a method for the instant.
    Wide,
    /// As an `AssumedUtc`, for `date-time`: a date and time without an offset, also one with a space in it, is in UTC.
    AssumeUtc,
}

impl Format {
    /// As `spec.toml` and `x-rust-format` write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Wide => "wide",
            Self::AssumeUtc => "assume-utc",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [Self::Text, Self::Wide, Self::AssumeUtc].into_iter().find(|format| format.as_str() == name)
    }

    /// Whether a value of `format`, as [`canonical`] says it, can be read so.
    pub(crate) fn fits(self, format: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Wide => !matches!(format, "date" | "uuid" | "byte" | "binary" | "double"),
            Self::AssumeUtc => format == "date-time",
        }
    }
}

/// The format by which a value of the type `kind` is read, if it has a type of its own in Rust: an integer without one is read
/// as an `int64`, and a number as a `double`.
pub(crate) fn canonical<'a>(kind: Option<&str>, format: Option<&'a str>) -> Option<&'a str> {
    match (kind?, format) {
        ("string", Some(format @ ("date-time" | "date" | "uuid" | "byte" | "binary"))) => Some(format),
        ("integer", Some("uint")) => Some("uint64"),
        ("integer", Some(format)) if integer(format).is_some() => Some(format),
        ("integer", _) => Some("int64"),
        ("number", _) => Some("double"),
        _ => None,
    }
}

/// Whether the integers of `format` have a sign, and how many bits.
pub(crate) fn integer(format: &str) -> Option<(bool, u32)> {
    Some(match format {
        "int8" => (true, 8),
        "int16" => (true, 16),
        "int32" => (true, 32),
        "int64" => (true, 64),
        "uint8" => (false, 8),
        "uint16" => (false, 16),
        "uint32" => (false, 32),
        "uint64" | "uint" => (false, 64),
        _ => return None,
    })
}

/// Whether an integer of `format` can be `value`; without one it has 64 bits.
pub(crate) fn holds(format: &str, value: &Value) -> bool {
    let (signed, bits) = integer(format).unwrap_or((true, 64));
    // A float such as 10.0 is an integer too; as an integer it is the nearest one that 128 bits hold.
    let whole = || value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i128);
    let number = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from)).or_else(whole);
    let (least, most) = if signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) };
    number.is_some_and(|number| (least..=most).contains(&number))
}

/// A choice of the user.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// A format, the name of a component, or a JSON pointer.
    target: String,
    format: Format,
    /// Whether a schema was found for it.
    found: bool,
}

impl Wanted {
    pub(crate) fn new(target: &str, format: Format) -> Self {
        Self { target: target.to_owned(), format, found: false }
    }

    /// The warning that nothing is as this says, if so.
    pub(crate) fn unmatched(&self) -> Option<Diagnostic> {
        let Self { target, format, found: false } = self else { return None };
        let format = format.as_str();
        let message = format!("`{format}` is chosen for `{target}`, and no schema there can have it; nothing changes");
        Some(Diagnostic::warning("X001", message).at("").help(
            "name a format, a component of a schema, or a JSON pointer to a schema; what is behind a reference is not there, \
             `assume-utc` is for `date-time`, and `wide` for `date-time` and integers",
        ))
    }
}

/// How closely a choice is about a schema: the one that is higher wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    Format,
    Component,
    /// The place, or one above it, whose pointer has this length.
    Place(usize),
}

/// The parts of a document that a choice is about.
struct Scope {
    /// The place that its target points to.
    place: Option<String>,
    /// The schema of the component that its target names.
    component: Option<String>,
}

impl Scope {
    /// `places` leads from published places to those in `document`.
    fn of(target: &str, document: &Value, places: &Moves) -> Self {
        let place = places.pointed_at(target, document);
        let component = format!("/components/schemas/{}", escape(target));
        Self { place, component: Some(component).filter(|component| document.pointer(component).is_some()) }
    }

    /// How close the choice of `target` is to a value, and whether it is about this value alone rather than about what holds it.
    fn closeness(&self, target: &str, value: &Scalar<'_>) -> Option<(Closeness, bool)> {
        let below = |outer: &Option<String>| {
            let outer = outer.as_deref()?;
            let rest = value.pointer.strip_prefix(outer)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((outer.len(), rest.is_empty()))
        };
        match (below(&self.place), below(&self.component)) {
            (Some((length, direct)), _) => Some((Closeness::Place(length), direct)),
            _ if target == value.format || Some(target) == value.stated => Some((Closeness::Format, true)),
            (_, Some((_, direct))) => Some((Closeness::Component, direct)),
            _ => None,
        }
    }
}

/// A schema of values that have a format.
struct Scalar<'a> {
    pointer: &'a str,
    is_text: bool,
    /// What its `format` says.
    stated: Option<&'a str>,
    /// The format by which it is read.
    format: &'a str,
}

/// Writes `x-rust-format` into the schemas of `document` that `wanted` is about. Of choices that are equally close to a schema,
/// the first one wins.
pub(crate) fn apply(document: &mut Value, moves: &Moves, wanted: &mut [&mut Wanted]) {
    if wanted.is_empty() {
        return;
    }
    let places = moves.reversed();
    let scopes: Vec<Scope> = wanted.iter().map(|it| Scope::of(&it.target, document, &places)).collect();
    grammar::walk_mut_at(document, &mut |kind, pointer, value| {
        let Some(schema) = value.as_object_mut().filter(|_| kind == Kind::Schema) else { return };
        let Some((kind, stated)) = scalar(schema) else { return };
        let Some(format) = canonical(Some(kind), stated) else { return };
        let scalar = Scalar { pointer, is_text: kind == "string", stated, format };
        if let Some(format) = closest(&scalar, wanted, &scopes) {
            schema.entry(EXTENSION).or_insert_with(|| format.as_str().into());
        }
    });
}

/// The choice for `value` that counts.
fn closest(value: &Scalar<'_>, wanted: &mut [&mut Wanted], scopes: &[Scope]) -> Option<Format> {
    let mut best: Option<(Closeness, Format)> = None;
    for (it, scope) in wanted.iter_mut().zip(scopes) {
        let Some((closeness, direct)) = scope.closeness(&it.target, value) else { continue };
        // `Text` for a whole object does not mean its numbers.
        let meant = direct || it.format != Format::Text || value.is_text;
        if !meant || !it.format.fits(value.format) {
            continue;
        }
        it.found = true;
        if best.is_none_or(|(other, _)| closeness > other) {
            best = Some((closeness, it.format));
        }
    }
    best.map(|(_, format)| format)
}

/// The one type beside null of a schema that is no enum, and its format.
fn scalar(schema: &Map<String, Value>) -> Option<(&str, Option<&str>)> {
    let kind = match schema.get("type")? {
        Value::Array(kinds) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
            let first = kinds.next()?;
            kinds.next().is_none().then_some(first)?
        }
        kind => kind.as_str()?,
    };
    let listed = ["enum", "const"].iter().any(|key| schema.contains_key(*key));
    (!listed).then_some((kind, schema.get("format").and_then(Value::as_str)))
}

/// What `x-rust-format` of a schema says, unless the schema cannot have it: then why not.
pub(crate) fn chosen(schema: &Map<String, Value>) -> Result<Option<Format>, String> {
    let Some(name) = schema.get(EXTENSION) else { return Ok(None) };
    let Some(format) = name.as_str().and_then(Format::of_name) else {
        return Err(format!("`{EXTENSION}` is {name}, and not `text`, `wide` or `assume-utc`; it is ignored"));
    };
    let fits = match scalar(schema) {
        // Its encoding may make it a file.
        Some(("string", None)) => format == Format::Text,
        Some((kind, stated)) => canonical(Some(kind), stated).is_some_and(|canonical| format.fits(canonical)),
        None => false,
    };
    match fits {
        true => Ok(Some(format)),
        false => {
            Err(format!("`{EXTENSION}: {}` is not for the type and format beside it; it is ignored", format.as_str()))
        }
    }
}
