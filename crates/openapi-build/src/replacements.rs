//! Types of the user's own in place of generated ones: for a component, for a format, or for a place.
//!
//! A choice is written into the schemas that it is for as an extension, which the definition or an overlay may have as well:
//! `x-rust-type`. What the schemas check is not checked then, because the type is the user's.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `X008` | a type is chosen for an unknown component, format or place; nothing changes |
//! | `X009` | a type that is to replace generated ones, or the module that reads and writes it, is not a path in Rust |
//! | `X010` | an `x-rust-type` that is not a path in Rust, or a type that its schema cannot have; it is ignored |
//! | `X011` | a type of the user's own replaces generated ones; what their schemas check is not checked |
//! | `X013` | a type of the user's own is chosen for a body of bytes, or for a list that is a text; the body stays that |
//! | `X014` | a trait that a type of the user's own is said to implement, or a member of `x-rust-type`, is unknown; it changes nothing |
//! | `X015` | a list does not page by itself, because a type of the user's own has a part of its pages |

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use syn::visit_mut::{self, VisitMut};

use crate::convert::Moves;
use crate::diagnostic::{Diagnostic, Position};
use crate::extensions::TYPE;
use crate::grammar::{self, Kind};
use crate::nearest::nearest;
use crate::normalize::lone_reference;
use crate::normalize::walk::components;
use crate::pointer::escape;

/// The key of a schema that says which type replaces the generated one: a path, or an object with one.
pub(crate) const EXTENSION: &str = "x-rust-type";

/// Begins a target that is a format.
const FORMAT: &str = "format:";

/// A type of your own in place of a generated one ([`Config::replace`](crate::Config::replace)).
///
/// It is a path that begins with `crate::` or with the name of a crate; a text is one too:
///
/// ```no_run
/// use openapi_build::{Config, Replacement};
///
/// // build.rs
/// fn main() -> Result<(), openapi_build::Error> {
///     Config::new()
///         .replace("Money", "crate::Money")
///         .replace("format: duration", Replacement::of("std::time::Duration").with("crate::duration").implements(["Copy", "Eq"]))
///         .generate("api.yaml")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub struct Replacement {
    path: String,
    with: Option<String>,
    implements: Vec<String>,
}

impl Replacement {
    /// The type at `path`, which is `Clone`, `Debug` and `PartialEq`; `Serialize` where it is sent, and `Deserialize` where it
    /// is received.
    pub fn of(path: impl Into<String>) -> Self {
        Self { path: path.into(), with: None, implements: Vec::new() }
    }

    /// Reads and writes its values by the module at `path`, as `#[serde(with)]` does: its functions `deserialize` and
    /// `serialize`. The type then needs no traits of serde. Parameters and headers are written and read by the module too.
    ///
    /// `deserialize` gets a number as serde_json has read it: an integer of up to 64 bits, or else the nearest double.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>) -> Self {
        self.with = Some(path.into());
        self
    }

    /// Says which traits of std it has beyond `Clone`, `Debug` and `PartialEq`, so that types that hold it can derive them
    /// ([`Config::derive`](crate::Config::derive)).
    #[must_use]
    pub fn implements<S: Into<String>>(mut self, traits: impl IntoIterator<Item = S>) -> Self {
        self.implements.extend(traits.into_iter().map(Into::into));
        self
    }
}

impl From<&str> for Replacement {
    fn from(path: &str) -> Self {
        Self::of(path)
    }
}

impl From<String> for Replacement {
    fn from(path: String) -> Self {
        Self::of(path)
    }
}

/// A replacement as `spec.toml` and `x-rust-type` have it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a type to replace another is a path, or a table with `path`, `with` and `implements`")]
enum Written {
    Path(String),
    Whole(Whole),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    path: String,
    with: Option<String>,
    #[serde(default)]
    implements: Vec<String>,
}

impl From<Written> for Replacement {
    fn from(written: Written) -> Self {
        match written {
            Written::Path(path) => Self::of(path),
            Written::Whole(Whole { path, with, implements }) => Self { path, with, implements },
        }
    }
}

/// By what the values of a type of the user's own are read and written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum By {
    /// Its own traits of serde.
    Serde,
    /// The functions of the module at this path.
    Module(String),
    /// The way of the runtime that has this name in `codegen`.
    Runtime(&'static str),
}

/// A type that the runtime knows.
struct Known {
    /// The feature of the runtime, and the crate.
    krate: &'static str,
    name: &'static str,
    way: &'static str,
    implements: &'static [&'static str],
}

const KNOWN: [Known; 4] = [
    Known {
        krate: "time",
        name: "OffsetDateTime",
        way: "AsTime",
        implements: &["Copy", "Eq", "Hash", "Ord", "PartialOrd"],
    },
    Known { krate: "time", name: "Date", way: "AsTime", implements: &["Copy", "Eq", "Hash", "Ord", "PartialOrd"] },
    Known {
        krate: "jiff",
        name: "Timestamp",
        way: "AsTimestamp",
        implements: &["Copy", "Default", "Eq", "Hash", "Ord", "PartialOrd"],
    },
    Known {
        krate: "rust_decimal",
        name: "Decimal",
        way: "AsDecimal",
        implements: &["Copy", "Default", "Eq", "Hash", "Ord", "PartialOrd"],
    },
];

/// The features of the runtime that known types need, which are the names of their crates.
pub(crate) const FEATURES: [&str; 3] = ["jiff", "rust_decimal", "time"];

impl Known {
    /// The known type at `path`, of its own crate or of the runtime.
    fn at(path: &syn::Path) -> Option<&'static Self> {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (krate, name) = match names.as_slice() {
            ["openapi_runtime", krate, name] | [krate, name] => (*krate, *name),
            _ => return None,
        };
        KNOWN.iter().find(|known| known.krate == krate && known.name == name)
    }
}

/// A type of the user's own, as generated code names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Replaced {
    /// The type, as all modules of the client can name it.
    pub(crate) path: String,
    pub(crate) by: By,
}

impl Replaced {
    /// What the extension of `schema` says.
    pub(crate) fn of(schema: &Map<String, Value>) -> Option<Self> {
        let extension = schema.get(TYPE)?;
        // Only paths go into the code, whoever wrote the extension.
        let is_path = |text: &&str| syn::parse_str::<syn::Path>(text).is_ok();
        let text = |key: &str| extension.get(key)?.as_str().filter(is_path);
        let by = match (text("with"), text("way")) {
            (Some(module), _) => By::Module(module.to_owned()),
            (None, Some(way)) => By::Runtime(KNOWN.iter().find(|known| known.way == way)?.way),
            (None, None) => By::Serde,
        };
        Some(Self { path: text("path")?.to_owned(), by })
    }

    /// What the extension of `schema` says, or that of the component that it refers to.
    pub(crate) fn behind(document: &Value, schema: &Value) -> Option<Self> {
        Self::of(behind(document, schema)?.as_object()?)
    }

    fn extension(&self) -> Value {
        match &self.by {
            By::Serde => json!({"path": self.path}),
            By::Module(module) => json!({"path": self.path, "with": module}),
            By::Runtime(way) => json!({"path": self.path, "way": way}),
        }
    }

    /// The name of the type, without its path and its arguments.
    pub(crate) fn name(&self) -> &str {
        let path = self.path.split('<').next().unwrap_or_default();
        path.rsplit("::").next().unwrap_or(path).trim()
    }

    /// The type as a user would write it.
    pub(crate) fn shown(&self) -> String {
        self.path.strip_prefix("codegen::").unwrap_or(&self.path).trim_start_matches("::").to_owned()
    }
}

/// The schema that `schema` stands for: itself, or the component that it refers to. `None` where references lead in a circle or
/// nowhere.
pub(crate) fn behind<'a>(document: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    let mut schema = schema;
    for _ in 0..32 {
        // What has a type is what it is, whatever stands beside the type.
        if schema.get(TYPE).is_some() {
            return Some(schema);
        }
        let Some(name) = lone_reference(schema) else { return Some(schema) };
        schema = components(document)?.get(&name)?;
    }
    None
}

/// A replacement whose paths are Rust.
#[derive(Clone, Debug)]
struct Sound {
    replaced: Replaced,
    implements: Vec<String>,
    /// Whether the type is one of those that the runtime reads and writes, which are texts.
    is_known: bool,
}

impl Sound {
    /// Checks the paths of `replacement`; else what is wrong.
    fn of(replacement: &Replacement) -> Result<Self, String> {
        let Replacement { path, with, implements } = replacement;
        let not = |path: &str, what: &str| format!("`{path}` is not the path of {what} in Rust");
        let parsed = syn::parse_str::<syn::Path>(path).map_err(|_| not(path, "a type"))?;
        let known = Known::at(&parsed).filter(|_| with.is_none());
        let by = match (with, known) {
            (Some(module), _) => {
                let parsed = syn::parse_str::<syn::Path>(module).map_err(|_| not(module, "a module"))?;
                let is_plain = parsed.segments.iter().all(|segment| segment.arguments.is_none());
                By::Module(absolute(parsed).filter(|_| is_plain).ok_or_else(|| not(module, "a module"))?)
            }
            (None, Some(known)) => By::Runtime(known.way),
            (None, None) => By::Serde,
        };
        let mut implements: Vec<String> = implements.iter().map(|name| last_name(name).to_owned()).collect();
        let path = match known {
            Some(known) => {
                implements.extend(known.implements.iter().map(|name| (*name).to_owned()));
                format!("codegen::{}::{}", known.krate, known.name)
            }
            None => absolute(parsed).ok_or_else(|| not(path, "a type"))?,
        };
        Ok(Self { replaced: Replaced { path, by }, implements, is_known: known.is_some() })
    }

    /// Whether it is of a crate that neither the client nor the runtime has.
    fn is_of_other_crate(&self) -> bool {
        let path = &self.replaced.path;
        path.starts_with("::") && !["::std::", "::core::", "::alloc::"].iter().any(|of| path.starts_with(of))
    }

    /// Whether values of `schema` can be of this type: those that the runtime knows are texts.
    fn fits(&self, schema: &Map<String, Value>) -> bool {
        let is_text = |kind: &Value| kind == "string" || kind == "null";
        !self.is_known
            || match schema.get("type") {
                Some(Value::Array(kinds)) => kinds.iter().all(is_text),
                Some(kind) => is_text(kind),
                None => true,
            }
    }
}

/// The types of Rust that have no path.
const PRIMITIVES: [&str; 14] =
    ["bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"];

/// `path` as every module can name what it leads to, if it says where it begins.
fn absolute(mut path: syn::Path) -> Option<String> {
    struct Absolute(bool);

    impl VisitMut for Absolute {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            visit_mut::visit_path_mut(self, path);
            let first = path.segments[0].ident.to_string();
            match first.as_str() {
                "crate" if path.leading_colon.is_none() && path.segments.len() > 1 => {}
                "self" | "super" | "Self" | "crate" => self.0 = false,
                name if path.segments.len() == 1 => {
                    let is_primitive = PRIMITIVES.contains(&name) && path.leading_colon.is_none();
                    match name {
                        "String" => *path = syn::parse_quote!(::std::string::String),
                        _ if is_primitive => {}
                        _ => self.0 = false,
                    }
                }
                _ => path.leading_colon = Some(Default::default()),
            }
        }

        // A name for an item of a trait, a constant, or a lifetime is not what a value can be of.
        fn visit_generic_argument_mut(&mut self, argument: &mut syn::GenericArgument) {
            match argument {
                syn::GenericArgument::Type(_) => visit_mut::visit_generic_argument_mut(self, argument),
                _ => self.0 = false,
            }
        }

        fn visit_type_mut(&mut self, ty: &mut syn::Type) {
            match ty {
                syn::Type::Path(path) if path.qself.is_none() => visit_mut::visit_type_path_mut(self, path),
                syn::Type::Tuple(tuple) => visit_mut::visit_type_tuple_mut(self, tuple),
                _ => self.0 = false,
            }
        }

        fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {
            self.0 = false;
        }
    }

    let mut absolute = Absolute(true);
    absolute.visit_path_mut(&mut path);
    absolute.0.then(|| quote::ToTokens::to_token_stream(&path).to_string().replace(' ', "").replace(',', ", "))
}

/// A choice of the user.
#[derive(Clone, Debug)]
pub(crate) struct Replacing {
    /// The name of a component, a JSON pointer, or a format.
    target: String,
    replacement: Replacement,
    /// The manifest that says so.
    file: Option<PathBuf>,
    /// Whether a schema was found for it.
    found: bool,
}

impl Replacing {
    pub(crate) fn new(target: &str, replacement: &Replacement, file: Option<PathBuf>) -> Self {
        Self { target: target.to_owned(), replacement: replacement.clone(), file, found: false }
    }

    /// `finding`, with where this is said.
    fn at(&self, finding: Diagnostic) -> Diagnostic {
        match &self.file {
            Some(file) => finding.in_file(Position { file: file.clone(), line: 1, column: 1 }),
            None => finding,
        }
    }

    /// The error that its paths are not Rust, if so.
    pub(crate) fn invalid(&self) -> Option<Diagnostic> {
        let message = Sound::of(&self.replacement).err()?;
        Some(self.at(Diagnostic::error("X009", message).help(HELP)))
    }

    /// The warnings about unknown traits that the type is said to implement.
    pub(crate) fn strange(&self) -> impl Iterator<Item = Diagnostic> {
        let Replacement { path, implements, .. } = &self.replacement;
        strange_traits(path, implements.iter().map(String::as_str)).map(|finding| self.at(finding))
    }

    /// The warning that nothing is as this says, if so. `known` are the names that there are.
    pub(crate) fn unmatched(&self, known: &[String]) -> Option<Diagnostic> {
        let Self { target, replacement: Replacement { path, .. }, found: false, .. } = self else { return None };
        let message =
            format!("`{target}` is to be `{path}`, and there is no such component, format or place; nothing changes");
        let names = known.iter().map(String::as_str);
        let spelled = match self.format() {
            Some(format) => format!("{FORMAT} {format}"),
            None => target.clone(),
        };
        let help = match nearest(&spelled, names, spelled.len().div_ceil(3)) {
            Some(nearest) => format!("the nearest name is `{nearest}`"),
            None => "name a component of a schema, a JSON pointer to a schema, or a format as in `format: decimal`"
                .to_owned(),
        };
        Some(self.at(Diagnostic::warning("X008", message).help(help)))
    }

    /// The format that its target is.
    fn format(&self) -> Option<&str> {
        self.target.strip_prefix(FORMAT).map(str::trim)
    }
}

const HELP: &str = "begin it with `crate::` or with the name of a crate, such as `crate::Money`";

/// The names of the components of `document`, and the formats of its schemas.
pub(crate) fn known(document: &Value) -> Vec<String> {
    let components = document.pointer("/components/schemas").and_then(Value::as_object);
    let mut names: Vec<String> = components.into_iter().flat_map(Map::keys).cloned().collect();
    let mut formats = BTreeSet::new();
    let _ = grammar::walk(document, &mut |node| {
        let format = node.value.get("format").and_then(Value::as_str).filter(|_| node.kind == Kind::Schema);
        formats.extend(format.map(|format| format!("{FORMAT} {format}")));
        Ok::<(), ()>(())
    });
    names.extend(formats);
    names
}

/// What was replaced: by type, the places and the traits that it has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) findings: Vec<Diagnostic>,
    /// By the path of each type, the traits of std that it has.
    pub(crate) implements: BTreeMap<String, Vec<String>>,
}

/// Writes `wanted` and every `x-rust-type` into the schemas of `document` that they are about. The closest one counts: the
/// extension, the place, the component, and then the format; of equally close ones, the first.
pub(crate) fn apply(document: &mut Value, moves: &Moves, wanted: &mut [&mut Replacing]) -> Outcome {
    // Most documents have none, and a walk with places takes time.
    if wanted.is_empty() && !mentions(document) {
        return Outcome::default();
    }
    let places = moves.reversed();
    let pointers: Vec<Option<String>> = wanted.iter().map(|it| places.pointed_at(&it.target, document)).collect();
    let sound: Vec<Option<Sound>> = wanted.iter().map(|it| Sound::of(&it.replacement).ok()).collect();
    let mut outcome = Outcome::default();
    let mut replaced: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut foreign: BTreeSet<String> = BTreeSet::new();
    grammar::walk_mut_at(document, &mut |kind, pointer, value| {
        let Some(schema) = value.as_object_mut().filter(|_| kind == Kind::Schema) else { return };
        let component = pointer.strip_prefix("/components/schemas/").filter(|rest| !rest.contains('/'));
        let mut best: Option<(u8, &Sound)> = None;
        for ((it, place), sound) in wanted.iter_mut().zip(&pointers).zip(&sound) {
            let is_place = place.as_deref() == Some(pointer);
            let is_component = component.is_some_and(|name| name == escape(&it.target));
            let format = it.format();
            let is_format = format.is_some() && format == schema.get("format").and_then(Value::as_str);
            let closeness = match (is_place, is_component, is_format) {
                (true, ..) => 3,
                (_, true, _) => 2,
                (.., true) => 1,
                _ => continue,
            };
            it.found = true;
            if let Some(sound) = sound
                && best.is_none_or(|(other, _)| closeness > other)
            {
                best = Some((closeness, sound));
            }
        }
        // Only this function writes it.
        schema.shift_remove(TYPE);
        let strange = schema.get(EXTENSION).map(strange).into_iter().flatten();
        outcome.findings.extend(strange.map(|finding| finding.at(format!("{pointer}/{EXTENSION}"))));
        let stated = schema.get(EXTENSION).map(stated);
        let sound = match &stated {
            Some(Ok(sound)) => Some(sound),
            Some(Err(message)) => {
                let place = format!("{pointer}/{EXTENSION}");
                outcome.findings.push(Diagnostic::warning("X010", message.clone()).at(place).help(HELP));
                best.map(|(_, sound)| sound)
            }
            None => best.map(|(_, sound)| sound),
        };
        let Some(sound) = sound else { return };
        if !sound.fits(schema) {
            let kind = schema.get("type").map(Value::to_string).unwrap_or_default();
            let message =
                format!("`{}` is read from texts, and this schema is of {kind}; it is ignored", sound.replaced.shown());
            let help = "name a module that reads and writes it: `Replacement::of(…).with(…)`. It gets a number as serde_json \
                        has read it: an integer of up to 64 bits, or else the nearest double";
            outcome.findings.push(Diagnostic::warning("X010", message).at(pointer).help(help));
            return;
        }
        outcome.implements.entry(sound.replaced.path.clone()).or_default().extend(sound.implements.iter().cloned());
        if matches!(stated, Some(Ok(_))) && sound.is_of_other_crate() {
            foreign.insert(sound.replaced.shown());
        }
        replaced.entry(sound.replaced.shown()).or_default().push(pointer.to_owned());
        schema.insert(TYPE.into(), sound.replaced.extension());
    });
    for (path, places) in replaced {
        let more = elsewhere(places.len() - 1);
        let message = format!("the type here{more} is `{path}`; what the schema checks is not checked");
        outcome.findings.push(match foreign.contains(&path) {
            false => Diagnostic::note("X011", message).at(places[0].clone()),
            // The definition may be somebody else's, and mean this for another program.
            true => Diagnostic::warning("X011", message).at(places[0].clone()).help(format!(
                "`{EXTENSION}` says so: your package needs that crate, or an overlay that removes the extension"
            )),
        });
    }
    outcome
}

/// Says that there are `others` beside a place.
pub(crate) fn elsewhere(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " and in another place".to_owned(),
        others => format!(" and in {others} other places"),
    }
}

/// The traits of std that count: generated types derive them where each of their parts has them.
const COUNTED: [&str; 6] = ["Copy", "Default", "Eq", "Hash", "Ord", "PartialOrd"];

/// Other traits that a type may well have, and that nothing depends on.
const OTHERS: [&str; 11] =
    ["Clone", "Debug", "Deserialize", "Display", "Error", "FromStr", "PartialEq", "Send", "Serialize", "Sync", "Unpin"];

/// A trait without its path.
fn last_name(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name).trim()
}

/// A warning for each of `names` that is no trait which the type at `path` can be said to have.
fn strange_traits<'a>(path: &'a str, names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = Diagnostic> {
    let is_known = |name: &str| COUNTED.iter().chain(&OTHERS).any(|known| *known == last_name(name));
    names.filter(move |name| !is_known(name)).map(move |name| {
        let message =
            format!("`{path}` is said to implement `{name}`, which nothing that holds it derives; it changes nothing");
        let help = match nearest(last_name(name), COUNTED.into_iter(), last_name(name).len().div_ceil(3)) {
            Some(nearest) => format!("the nearest name is `{nearest}`"),
            None => format!("the traits that count are `{}`", COUNTED.join("`, `")),
        };
        Diagnostic::warning("X014", message).help(help)
    })
}

/// The members of `x-rust-type`, and those of typify that are not needed.
const MEMBERS: [&str; 3] = ["path", "with", "implements"];
const OF_TYPIFY: [&str; 3] = ["crate", "version", "parameters"];

/// The warnings about what an `x-rust-type` has beside what is read.
fn strange(extension: &Value) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let path = extension.get("path").and_then(Value::as_str).unwrap_or_default();
    let ignored = |message: String, help: String| Diagnostic::warning("X014", message).help(help);
    for (name, value) in extension.as_object().into_iter().flatten() {
        let is_known = MEMBERS.iter().chain(&OF_TYPIFY).any(|known| known == name);
        match (name.as_str(), value) {
            ("with", Value::String(_)) => {}
            ("with", _) => findings.push(ignored(
                format!("`with` of this `{EXTENSION}` is no text; it changes nothing"),
                "write the path of a module, such as `crate::money`".to_owned(),
            )),
            ("implements", Value::Array(names)) if names.iter().all(Value::is_string) => {
                findings.extend(strange_traits(path, names.iter().filter_map(Value::as_str)));
            }
            ("implements", _) => findings.push(ignored(
                format!("`implements` of this `{EXTENSION}` is no list of names; what is no name changes nothing"),
                "write a list, such as `[Eq, Hash]`".to_owned(),
            )),
            _ if is_known || name.starts_with("x-") => {}
            _ => {
                let help = match nearest(name, MEMBERS.into_iter(), name.len().div_ceil(3)) {
                    Some(nearest) => format!("the nearest name is `{nearest}`"),
                    None => "it has `path`, `with` and `implements`".to_owned(),
                };
                findings.push(ignored(format!("`{name}` of this `{EXTENSION}` is unknown; it changes nothing"), help));
            }
        }
    }
    findings
}

/// Whether a type of the user's own is in `document`.
pub(crate) fn is_in(document: &Value) -> bool {
    match document {
        Value::Object(members) => members.contains_key(TYPE) || members.values().any(is_in),
        Value::Array(items) => items.iter().any(is_in),
        _ => false,
    }
}

/// Whether anything in `value` has one of the extensions.
fn mentions(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.contains_key(EXTENSION) || members.contains_key(TYPE) || members.values().any(mentions)
        }
        Value::Array(items) => items.iter().any(mentions),
        _ => false,
    }
}

/// What `x-rust-type` says: a path, or an object with a path, as that of typify is.
fn stated(extension: &Value) -> Result<Sound, String> {
    let text = |key: &str| extension.get(key).and_then(Value::as_str);
    let list = |key: &str| extension.get(key).and_then(Value::as_array).filter(|list| !list.is_empty());
    let path = extension.as_str().or_else(|| text("path"));
    let (Some(path), None) = (path, list("parameters")) else {
        let what = match path {
            Some(_) => "has `parameters`, which are not read",
            None => "is neither a path nor an object with a `path`",
        };
        return Err(format!("`{EXTENSION}` {what}; it is ignored"));
    };
    let implements = list("implements").into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let replacement =
        Replacement { path: path.to_owned(), with: text("with").map(str::to_owned), implements: implements.collect() };
    Sound::of(&replacement).map_err(|message| format!("{message}; this `{EXTENSION}` is ignored"))
}
