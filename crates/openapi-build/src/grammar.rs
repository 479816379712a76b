//! Which object of OpenAPI stands where in a document, so that a Schema Object is known from an example that looks like
//! one. The fields are those of OpenAPI 3.0.3, with what 3.1 and 3.2 add; `keywords` has those of a Schema Object.

use serde_json::Value;

use crate::extensions::{ITEM_SCHEMA, METHOD};
use crate::keywords::{self, Holds};
use crate::pointer::{self, escape};

/// An object that OpenAPI names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Document,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Encoding,
    Schema,
    Example,
    Link,
    Callback,
    SecurityScheme,
}

impl Kind {
    /// The name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Components => "Components Object",
            Self::PathItem => "path item",
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::RequestBody => "request body",
            Self::Response => "response",
            Self::Header => "header",
            Self::MediaType => "media type",
            Self::Encoding => "encoding",
            Self::Schema => "schema",
            Self::Example => "example",
            Self::Link => "link",
            Self::Callback => "callback",
            Self::SecurityScheme => "security scheme",
        }
    }

    /// Its name after an article.
    pub(crate) fn with_article(self) -> String {
        let article = if matches!(self, Self::Operation | Self::Encoding | Self::Example) { "an" } else { "a" };
        format!("{article} {}", self.name())
    }

    /// The part of `components` that holds such objects.
    pub(crate) fn section(self) -> Option<&'static str> {
        COMPONENTS.iter().find(|(_, within)| *within == In::Map(self)).map(|(section, _)| *section)
    }
}

impl Kind {
    /// Whether nothing is generated from such an object, nor from anything in it.
    pub(crate) fn is_idle(self) -> bool {
        matches!(self, Self::Callback | Self::Link | Self::Example)
    }
}

/// How objects of a kind stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum In {
    One(Kind),
    List(Kind),
    Map(Kind),
}

use In::{List, Map, One};

/// The fixed fields of a Path Item Object that hold operations (OpenAPI 3.0.3, Path Item Object).
pub(crate) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Whether `key` of a path item holds an operation: a method of [`METHODS`], or one that [`METHOD`] carries.
pub(crate) fn is_method(key: &str) -> bool {
    METHODS.contains(&key) || key.starts_with(METHOD)
}

/// The operations of a path item, by their keys.
pub(crate) fn operations(item: &Value) -> impl Iterator<Item = (&String, &Value)> {
    item.as_object().into_iter().flatten().filter(|(key, _)| is_method(key))
}

/// Calls `visit` on every operation of the paths of `document`, with its path and its key there.
pub(crate) fn operations_mut(document: &mut Value, visit: &mut dyn FnMut(&str, &str, &mut Value)) {
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for (key, operation) in item.as_object_mut().into_iter().flatten().filter(|(key, _)| is_method(key)) {
            visit(path, key, operation);
        }
    }
}

/// The HTTP method of the operation in `key` of a path item, as it is sent.
pub(crate) fn method(key: &str) -> String {
    key.strip_prefix(METHOD).map_or_else(|| key.to_ascii_uppercase(), str::to_owned)
}

const COMPONENTS: &[(&str, In)] = &[
    ("schemas", Map(Kind::Schema)),
    ("responses", Map(Kind::Response)),
    ("parameters", Map(Kind::Parameter)),
    ("examples", Map(Kind::Example)),
    ("requestBodies", Map(Kind::RequestBody)),
    ("headers", Map(Kind::Header)),
    ("securitySchemes", Map(Kind::SecurityScheme)),
    ("links", Map(Kind::Link)),
    ("callbacks", Map(Kind::Callback)),
    ("pathItems", Map(Kind::PathItem)),
    ("mediaTypes", Map(Kind::MediaType)),
];

/// Whether `components` has a part of that name.
pub(crate) fn is_section(key: &str) -> bool {
    COMPONENTS.iter().any(|(section, _)| *section == key)
}

/// The fields of a kind that hold further objects. [`field`] knows those of a schema and of a callback, and the operations
/// of a path item.
fn fields(kind: Kind) -> &'static [(&'static str, In)] {
    match kind {
        Kind::Document => {
            &[("paths", Map(Kind::PathItem)), ("webhooks", Map(Kind::PathItem)), ("components", One(Kind::Components))]
        }
        Kind::Components => COMPONENTS,
        Kind::PathItem => &[
            ("parameters", List(Kind::Parameter)),
            ("query", One(Kind::Operation)),
            ("additionalOperations", Map(Kind::Operation)),
        ],
        Kind::Operation => &[
            ("parameters", List(Kind::Parameter)),
            ("requestBody", One(Kind::RequestBody)),
            ("responses", Map(Kind::Response)),
            ("callbacks", Map(Kind::Callback)),
        ],
        Kind::Parameter | Kind::Header => {
            &[("schema", One(Kind::Schema)), ("content", Map(Kind::MediaType)), ("examples", Map(Kind::Example))]
        }
        Kind::RequestBody => &[("content", Map(Kind::MediaType))],
        Kind::Response => {
            &[("headers", Map(Kind::Header)), ("content", Map(Kind::MediaType)), ("links", Map(Kind::Link))]
        }
        Kind::MediaType => &[
            ("schema", One(Kind::Schema)),
            ("itemSchema", One(Kind::Schema)),
            (ITEM_SCHEMA, One(Kind::Schema)),
            ("examples", Map(Kind::Example)),
            ("encoding", Map(Kind::Encoding)),
        ],
        Kind::Encoding => &[("headers", Map(Kind::Header))],
        Kind::Schema | Kind::Example | Kind::Link | Kind::Callback | Kind::SecurityScheme => &[],
    }
}

/// How objects stand in the field `key` of an object of `kind`, if it holds any.
pub(crate) fn field(kind: Kind, key: &str) -> Option<In> {
    match kind {
        Kind::Schema => Some(match keywords::holds(key)? {
            Holds::One => One(Kind::Schema),
            Holds::List => List(Kind::Schema),
            Holds::Map => Map(Kind::Schema),
        }),
        // A callback's keys are expressions.
        Kind::Callback => (!key.starts_with("x-")).then_some(One(Kind::PathItem)),
        Kind::PathItem if is_method(key) => Some(One(Kind::Operation)),
        _ => fields(kind).iter().find(|(name, _)| *name == key).map(|(_, within)| *within),
    }
}

/// What stands where in the documents of a version of OpenAPI.
pub(crate) struct Grammar {
    /// How objects stand in a field of an object of a kind, if it holds any.
    pub(crate) field: fn(Kind, &str) -> Option<In>,
    /// Where the parts stand that hold components.
    pub(crate) components: &'static str,
    /// The part that holds components of a kind.
    pub(crate) section: fn(Kind) -> Option<&'static str>,
    /// Whether such documents are converted before anything is made of them.
    pub(crate) is_converted: bool,
}

/// OpenAPI 3.
pub(crate) const OPENAPI_3: Grammar =
    Grammar { field, components: "/components", section: Kind::section, is_converted: false };

impl Grammar {
    /// The part of the document that holds components of `kind`.
    pub(crate) fn section(&self, kind: Kind) -> Option<&'static str> {
        (self.section)(kind)
    }

    /// The pointer of the component `name` of `section`.
    pub(crate) fn component(&self, section: &str, name: &str) -> String {
        format!("{}/{section}/{}", self.components, escape(name))
    }

    /// Whether `pointer` is that of a component of `section`.
    pub(crate) fn is_component(&self, pointer: &str, section: &str) -> bool {
        let part = pointer.strip_prefix(self.components).and_then(|rest| rest.strip_prefix('/')?.strip_prefix(section));
        part.and_then(|rest| rest.strip_prefix('/')).is_some_and(|name| !name.contains('/'))
    }

    /// As [`kind_at`], in such a document.
    pub(crate) fn kind_at(&self, pointer: &str) -> Option<Kind> {
        let mut tokens = pointer::keys(pointer);
        let mut kind = Kind::Document;
        while let Some(key) = tokens.next() {
            kind = match (self.field)(kind, &key)? {
                One(kind) => kind,
                List(kind) | Map(kind) => tokens.next().map(|_| kind)?,
            };
        }
        Some(kind)
    }
}

/// A node of a document that is an object of OpenAPI, or stands where one belongs.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) kind: Kind,
    pub(crate) pointer: &'a str,
    pub(crate) value: &'a Value,
}

impl<'a> Node<'a> {
    /// Where its `$ref` leads, if it is a reference.
    pub(crate) fn reference(&self) -> Option<&'a str> {
        reference(self.value)
    }
}

/// Where the `$ref` of `value` leads, if it is a reference.
pub(crate) fn reference(value: &Value) -> Option<&str> {
    value.as_object()?.get("$ref")?.as_str()
}

/// The node that a local reference leads to, through further ones.
pub(crate) fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> Option<&'a Value> {
    for _ in 0..64 {
        let Some(reference) = reference(value) else { return Some(value) };
        value = pointer::find(document, reference.strip_prefix('#')?)?;
    }
    None
}

/// Calls `visit` on every object of the document, outer ones first, until it fails.
pub(crate) fn walk<E>(document: &Value, visit: &mut dyn FnMut(Node<'_>) -> Result<(), E>) -> Result<(), E> {
    from(document, Kind::Document, "", visit)
}

/// As [`walk`], from an object of `kind` at `pointer`.
pub(crate) fn from<E>(
    value: &Value,
    kind: Kind,
    pointer: &str,
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), E>,
) -> Result<(), E> {
    from_by(value, kind, pointer, &field, visit)
}

/// As [`from`], without the objects that nothing is generated from. Path items that are components count as such, because
/// they stand where they are used.
pub(crate) fn live_from<E>(
    value: &Value,
    kind: Kind,
    pointer: &str,
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let live = |kind, key: &str| field(kind, key).filter(|within| is_live_field((kind, *within)));
    from_by(value, kind, pointer, &live, visit)
}

/// As [`from`], by the fields that `field` knows.
pub(crate) fn from_by<E>(
    value: &Value,
    kind: Kind,
    pointer: &str,
    field: &dyn Fn(Kind, &str) -> Option<In>,
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), E>,
) -> Result<(), E> {
    walk_tree(value, kind, &mut pointer.to_owned(), field, visit)
}

/// Whether something is generated from the objects of the field `key`, which holds objects `within`.
pub(crate) fn is_live_field((kind, within): (Kind, In)) -> bool {
    let (One(of) | List(of) | Map(of)) = within;
    !(of.is_idle() || (kind == Kind::Components && of == Kind::PathItem))
}

/// Whether `pointer` leads through no object from which nothing is generated. Whether a component is used is another question.
pub(crate) fn is_live(pointer: &str) -> bool {
    let mut tokens = pointer::keys(pointer);
    let mut kind = Kind::Document;
    while let Some(key) = tokens.next() {
        let Some(within) = field(kind, &key) else { return true };
        if !is_live_field((kind, within)) {
            return false;
        }
        kind = match within {
            One(kind) => kind,
            List(kind) | Map(kind) if tokens.next().is_some() => kind,
            List(_) | Map(_) => return true,
        };
    }
    true
}

/// As [`from_by`], with one text for all pointers, which is in the end what it was before.
fn walk_tree<E>(
    value: &Value,
    kind: Kind,
    pointer: &mut String,
    field: &dyn Fn(Kind, &str) -> Option<In>,
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), E>,
) -> Result<(), E> {
    visit(Node { kind, pointer, value })?;
    let Some(object) = value.as_object() else { return Ok(()) };
    let start = pointer.len();
    for (key, value) in object {
        let Some(inside) = field(kind, key) else { continue };
        pointer::push(pointer, key);
        let end = pointer.len();
        match (inside, value) {
            (List(kind), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    walk_tree(item, kind, pointer, field, visit)?;
                    pointer.truncate(end);
                }
            }
            (Map(kind), Value::Object(entries)) => {
                for (name, entry) in entries.iter().filter(|(name, _)| is_entry(kind, name)) {
                    pointer::push(pointer, name);
                    walk_tree(entry, kind, pointer, field, visit)?;
                    pointer.truncate(end);
                }
            }
            // YAML writes an empty field so.
            (One(_), Value::Null) | (List(_) | Map(_), _) => {}
            (One(kind), value) => walk_tree(value, kind, pointer, field, visit)?,
        }
        pointer.truncate(start);
    }
    Ok(())
}

/// Calls `visit` on every object of the document, inner ones first; it may change them.
pub(crate) fn walk_mut(document: &mut Value, visit: &mut dyn FnMut(Kind, &mut Value)) {
    from_mut(document, Kind::Document, visit);
}

/// As [`walk_mut`], from an object of `kind`.
pub(crate) fn from_mut(value: &mut Value, kind: Kind, visit: &mut dyn FnMut(Kind, &mut Value)) {
    if let Some(object) = value.as_object_mut() {
        for (key, value) in object {
            match (field(kind, key), value) {
                (Some(List(kind)), Value::Array(items)) => {
                    items.iter_mut().for_each(|item| from_mut(item, kind, visit));
                }
                (Some(Map(kind)), Value::Object(entries)) => {
                    let entries = entries.iter_mut().filter(|(name, _)| is_entry(kind, name));
                    entries.for_each(|(_, entry)| from_mut(entry, kind, visit));
                }
                (Some(One(kind)), value) => from_mut(value, kind, visit),
                _ => {}
            }
        }
    }
    visit(kind, value);
}

/// As [`walk_mut`], with the pointer of each.
pub(crate) fn walk_mut_at(document: &mut Value, visit: &mut dyn FnMut(Kind, &str, &mut Value)) {
    from_mut_at(document, Kind::Document, "", field, visit);
}

/// As [`walk_mut_at`], from an object of `kind` at `pointer`, in a version of OpenAPI whose objects stand in the fields that
/// `field` knows.
pub(crate) fn from_mut_at(
    value: &mut Value,
    kind: Kind,
    pointer: &str,
    field: fn(Kind, &str) -> Option<In>,
    visit: &mut dyn FnMut(Kind, &str, &mut Value),
) {
    walk_tree_mut(value, kind, &mut pointer.to_owned(), field, visit);
}

/// As [`from_mut_at`], with one text for all pointers, which is in the end what it was before.
fn walk_tree_mut(
    value: &mut Value,
    kind: Kind,
    pointer: &mut String,
    field: fn(Kind, &str) -> Option<In>,
    visit: &mut dyn FnMut(Kind, &str, &mut Value),
) {
    let start = pointer.len();
    for (key, value) in value.as_object_mut().into_iter().flatten() {
        let Some(within) = field(kind, key) else { continue };
        pointer::push(pointer, key);
        let end = pointer.len();
        match (within, value) {
            (List(kind), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    walk_tree_mut(item, kind, pointer, field, visit);
                    pointer.truncate(end);
                }
            }
            (Map(kind), Value::Object(entries)) => {
                for (name, entry) in entries.iter_mut().filter(|(name, _)| is_entry(kind, name)) {
                    pointer::push(pointer, name);
                    walk_tree_mut(entry, kind, pointer, field, visit);
                    pointer.truncate(end);
                }
            }
            (One(kind), value) => walk_tree_mut(value, kind, pointer, field, visit),
            _ => {}
        }
        pointer.truncate(start);
    }
    visit(kind, pointer, value);
}

/// Whether a key of a map of `kind` names an entry: a schema may be called `x-a`, a path or a response may not.
pub(crate) fn is_entry(kind: Kind, name: &str) -> bool {
    !name.starts_with("x-") || !matches!(kind, Kind::PathItem | Kind::Response)
}

/// The kind of object that stands at `pointer`, by where that is; `None` where none does.
pub(crate) fn kind_at(pointer: &str) -> Option<Kind> {
    OPENAPI_3.kind_at(pointer)
}

/// What the field `key` should hold, if it holds something else.
pub(crate) fn misfit(kind: Kind, key: &str, value: &Value) -> Option<&'static str> {
    match (field(kind, key)?, value) {
        (List(_), Value::Array(_)) | (Map(_), Value::Object(_)) | (One(_), Value::Object(_) | Value::Null) => None,
        // OpenAPI 3.1 takes a boolean for a schema.
        (One(Kind::Schema), Value::Bool(_)) => None,
        (List(_), _) => Some("a list"),
        (Map(_) | One(_), _) => Some("a mapping"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_says_what_stands_there() {
        for (pointer, kind) in [
            ("", Some(Kind::Document)),
            ("/components/schemas/A/properties/b", Some(Kind::Schema)),
            ("/components/schemas/A/allOf/0", Some(Kind::Schema)),
            ("/components/schemas/A/example", None),
            ("/components/schemas", None),
            ("/paths/~1a/get/responses/200", Some(Kind::Response)),
            ("/info", None),
        ] {
            assert_eq!(kind_at(pointer), kind, "{pointer}");
        }
    }
}
