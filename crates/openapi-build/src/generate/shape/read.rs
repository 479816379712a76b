//! Reads schemas as shapes.

mod rules;
mod unions;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use self::rules::choices;
use super::{
    Called, Checked, Docs, Enum, Extra, Field, Kind, Probe, Rules, Shape, Side, Struct, Union, Variant, called,
};
use crate::diagnostic::Diagnostic;
use crate::extensions::{FIELD_NAME, FILE_PART, TUPLE, TYPE_NAMES};
use crate::formats::{self, Format};
use crate::generate::pattern::Patterns;
use crate::names::snake_name;
use crate::normalize::walk::{self, Place};
use crate::replacements::Replaced;

/// The components and nameless types that the operations of a document lead to.
#[derive(Default)]
pub(in crate::generate) struct Roots {
    /// The components that are reachable on each side.
    pub(super) components: BTreeMap<(String, Side), Component>,
    /// The path of names that leads to the first place of each component, as short as possible.
    pub(super) uses: BTreeMap<String, Vec<String>>,
    /// The descriptions of nameless types, by the pointers of their schemas.
    pub(super) docs: HashMap<String, Docs>,
    /// The names of alternatives, by their places. The only alternative beside null has an empty name.
    pub(super) variants: HashMap<String, String>,
    /// The pointers of parameters, each with the component that it is.
    pub(in crate::generate) parameters: HashMap<String, Option<String>>,
    /// The names in Rust that the user chose for components.
    pub(super) chosen: HashMap<String, String>,
}

impl Roots {
    fn used(&mut self, component: &str, place: &Place) {
        let names = &place.names;
        let first = self.uses.entry(component.to_owned()).or_insert_with(|| names.clone());
        if (names.len(), names) < (first.len(), first) {
            first.clone_from(names);
        }
    }
}

/// A component as one side sees it.
pub(super) struct Component {
    pub(super) kind: Kind,
    /// Whether null is a value too.
    pub(super) nullable: bool,
    pub(super) docs: Docs,
}

/// The known formats with the type that each applies to: those of OpenAPI 3.0.3 (Data Types), the integers of its registry of
/// formats, and the formats of JSON Schema that are texts in Rust.
const FORMATS: [(&str, &str); 27] = [
    ("integer", "int8"),
    ("integer", "int16"),
    ("integer", "int32"),
    ("integer", "int64"),
    ("integer", "uint8"),
    ("integer", "uint16"),
    ("integer", "uint32"),
    ("integer", "uint64"),
    ("integer", "uint"),
    ("number", "float"),
    ("number", "double"),
    ("string", "date-time"),
    ("string", "date"),
    ("string", "uuid"),
    ("string", "byte"),
    ("string", "binary"),
    ("string", "password"),
    ("string", "uri"),
    ("string", "uri-reference"),
    ("string", "url"),
    ("string", "email"),
    ("string", "hostname"),
    ("string", "ipv4"),
    ("string", "ipv6"),
    ("string", "regex"),
    ("string", "json-pointer"),
    ("string", "base64"),
];

/// Why `format` is not used beside the type `kind`; `None` if it is.
fn unused_format(kind: Option<&str>, format: &str) -> Option<String> {
    let Some(kind) = kind else {
        return Some(format!("the format `{format}` has no type beside it; this is any value"));
    };
    let mut of: Vec<&str> = FORMATS.iter().filter(|(_, known)| *known == format).map(|(of, _)| *of).collect();
    of.dedup();
    match of.as_slice() {
        [] => Some(format!("the format `{format}` is not known here; this is a plain {kind}")),
        of if of.contains(&kind) => None,
        of => Some(format!("the format `{format}` is for {}, and this is {kind}, which it stays", of.join(" and "))),
    }
}

/// Reads the schemas of one document.
pub(in crate::generate) struct Reader<'a> {
    document: &'a Value,
    pub(in crate::generate) roots: Roots,
    pub(in crate::generate) diagnostics: Vec<Diagnostic>,
    /// Which notes are among them: code, place and message.
    noted: HashSet<(&'static str, String, String)>,
    open: HashSet<(String, Side)>,
    /// The properties that are on some side, by pointer, and those that a side leaves out.
    placed: HashSet<String>,
    left_out: BTreeMap<String, Side>,
    patterns: Patterns,
}

impl<'a> Reader<'a> {
    pub(in crate::generate) fn new(document: &'a Value) -> Self {
        let chosen = document.get(TYPE_NAMES).and_then(Value::as_object).into_iter().flatten();
        let chosen = chosen.filter_map(|(component, name)| Some((component.clone(), name.as_str()?.to_owned())));
        Self {
            document,
            roots: Roots { chosen: chosen.collect(), ..Roots::default() },
            diagnostics: Vec::new(),
            noted: HashSet::new(),
            open: HashSet::new(),
            placed: HashSet::new(),
            left_out: BTreeMap::new(),
            patterns: Patterns::default(),
        }
    }

    /// Reports properties that belong to one side only, in a schema that only the other side uses.
    pub(in crate::generate) fn report_left_out(&mut self) {
        for (pointer, side) in std::mem::take(&mut self.left_out) {
            if self.placed.contains(&pointer) {
                continue;
            }
            let message = match side {
                Side::Request => "this property is readOnly, and its schema is only sent; no type has it",
                Side::Response => "this property is writeOnly, and its schema is only received; no type has it",
            };
            self.diagnostics.push(Diagnostic::note("G023", message).at(pointer));
        }
    }

    fn note(&mut self, code: &'static str, message: String, place: &Place) {
        if self.noted.insert((code, place.pointer.clone(), message.clone())) {
            self.diagnostics.push(Diagnostic::note(code, message).at(place.pointer.clone()));
        }
    }

    /// The shape of `schema`, which is at `place`, on that side.
    pub(in crate::generate) fn shape(&mut self, schema: &Value, place: &Place, side: Side) -> Shape {
        let Some(object) = schema.as_object() else { return Shape::Any };
        if let Some(replaced) = Replaced::of(object) {
            let shape = Shape::Replaced(Box::new(replaced));
            return if self.takes_null(schema, 0) { shape.nullable() } else { shape };
        }
        let shape = match crate::normalize::lone_reference(schema) {
            Some(name) => {
                self.roots.used(&name, place);
                self.component(&name, side)
            }
            None => self.inner(object, place, side),
        };
        // It counts beside everything that describes a value, as it is meant, and not only beside a `type`.
        if object.get("nullable") == Some(&Value::Bool(true)) { shape.nullable() } else { shape }
    }

    /// Reads the component of that name for that side, unless it was read before.
    fn component(&mut self, name: &str, side: Side) -> Shape {
        let key = (name.to_owned(), side);
        let document = self.document;
        let Some(schema) = walk::components(document).and_then(|components| components.get(name)) else {
            return Shape::Any;
        };
        if schema.as_object().is_some_and(|schema| Replaced::of(schema).is_some()) {
            return self.shape(schema, &Place::component(name), side);
        }
        if !self.roots.components.contains_key(&key) && self.open.insert(key.clone()) {
            let place = Place::component(name);
            let (shape, nullable) = match self.shape(schema, &place, side) {
                Shape::Nullable(inner) if matches!(*inner, Shape::Inline(_)) => (*inner, true),
                shape => (shape, false),
            };
            let (kind, docs) = match shape {
                Shape::Inline(inline) => (inline.kind, self.roots.docs.get(&inline.place.pointer).cloned()),
                other => (Kind::Alias(other), None),
            };
            let docs = Docs { text: text(schema.get("description")), ..docs.unwrap_or_default() };
            self.roots.components.insert(key.clone(), Component { kind, nullable, docs });
            self.open.remove(&key);
        }
        Shape::Component(name.to_owned())
    }

    fn inner(&mut self, schema: &Map<String, Value>, place: &Place, side: Side) -> Shape {
        if schema.get(FILE_PART) == Some(&Value::Bool(true)) {
            return Shape::File;
        }
        for (key, exactly_one) in [("oneOf", true), ("anyOf", false)] {
            if let Some(Value::Array(alternatives)) = schema.get(key) {
                return self.union(schema, alternatives, exactly_one, place, side);
            }
        }
        if schema.contains_key("allOf") {
            self.note(
                "G014",
                "`allOf` cannot be expressed in Rust here; the value is any JSON value".to_owned(),
                place,
            );
            return Shape::Any;
        }
        if let Some(shape) = self.words(schema, place, side) {
            return shape;
        }
        let base = self.base(schema, place, side);
        let rules = match side {
            Side::Request => self.rules(schema, &base, place),
            Side::Response => Rules::default(),
        };
        if !rules.is_none() && self.has_replaced(&base, side, 0) {
            let message = "what is in this schema is of a type of your own; what the schema checks beyond its type is not checked";
            self.note("X011", message.to_owned(), place);
            return base;
        }
        self.checked(base, rules, schema, place)
    }

    /// Whether `shape` is made of a type of the user's own, types of their own in between aside.
    fn has_replaced(&self, shape: &Shape, side: Side, depth: usize) -> bool {
        match shape {
            Shape::Replaced(_) => true,
            Shape::Component(name) => match self.roots.components.get(&(name.clone(), side)) {
                Some(Component { kind: Kind::Alias(shape), .. }) => {
                    depth < 32 && self.has_replaced(shape, side, depth + 1)
                }
                _ => false,
            },
            Shape::Inline(_) => false,
            _ => {
                let mut found = false;
                shape.children(&mut |child| found |= self.has_replaced(child, side, depth));
                found
            }
        }
    }

    /// `shape` with `rules`, if there are any.
    fn checked(&mut self, shape: Shape, rules: Rules, schema: &Map<String, Value>, place: &Place) -> Shape {
        if rules.is_none() {
            return shape;
        }
        self.inline(Kind::Checked(Checked { shape, rules }), schema, place)
    }

    /// A nameless shape of `schema`, which is at `place`.
    fn inline(&mut self, kind: Kind, schema: &Map<String, Value>, place: &Place) -> Shape {
        let docs = self.roots.docs.entry(place.pointer.clone()).or_default();
        docs.text = text(schema.get("description"));
        // If a schema gives two types, the inner one comes first and has the name from the definition.
        docs.called = docs.called.take().or_else(|| place.names.last().cloned());
        Shape::inline(kind, place)
    }

    /// An enum of strings.
    fn words(&mut self, schema: &Map<String, Value>, place: &Place, side: Side) -> Option<Shape> {
        let is_text = schema.get("type").is_none_or(|stated| stated == "string");
        let (values, open) = match (schema.get("enum"), schema.get("x-extensible-enum")) {
            (Some(Value::Array(values)), _) => (values, side == Side::Response),
            (_, Some(Value::Array(values))) if schema.get("type").is_some_and(|stated| stated == "string") => {
                (values, true)
            }
            _ => return None,
        };
        let given = values.iter().zip(called::given_names(schema, values)).filter(|(value, _)| !value.is_null());
        let words: Option<Vec<(String, String)>> =
            given.map(|(value, name)| Some((value.as_str()?.to_owned(), name.unwrap_or_default()))).collect();
        let mut words = words.filter(|words| is_text && !words.is_empty())?;
        // Without a type, a null among the values is a value.
        let null = !schema.contains_key("type") && values.iter().any(Value::is_null);
        let mut seen = HashSet::new();
        words.retain(|(word, _)| seen.insert(word.clone()));
        let rules = match side {
            Side::Request => Rules { one_of: Vec::new(), ..self.rules(schema, &Shape::Text, place) },
            Side::Response => Rules::default(),
        };
        if !open && words.iter().any(|(word, _)| rules.take(word)) {
            words.retain(|(word, _)| rules.take(word));
        }
        let (values, names) = words.into_iter().unzip();
        let shape = self.inline(Kind::Enum(Enum { values, names, open }), schema, place);
        let shape = match open {
            true => self.checked(shape, rules, schema, &place.child(&[], Some("checked"))),
            // Its values obey the other rules.
            false => {
                let rules = Rules { schemas: rules.schemas, ..Rules::default() };
                self.checked(shape, rules, schema, &place.child(&[], Some("checked")))
            }
        };
        Some(if null { shape.nullable() } else { shape })
    }

    fn base(&mut self, schema: &Map<String, Value>, place: &Place, side: Side) -> Shape {
        let format = schema.get("format").and_then(Value::as_str);
        let kind = schema.get("type").and_then(Value::as_str);
        if let Some(format) = format
            && let Some(message) = unused_format(kind, format)
        {
            self.note("G016", message, &place.child(&["format"], None));
        }
        if let Some(scalar) = Shape::scalar(kind, format, self.chosen(schema, place)) {
            return scalar;
        }
        match (kind, format) {
            (Some("array"), _) if schema.get(TUPLE).is_some_and(Value::is_array) => {
                self.tuple(&schema[TUPLE], schema, place, side)
            }
            (Some("array"), _) => {
                let empty = Value::Object(Map::new());
                let items = schema.get("items").unwrap_or(&empty);
                Shape::Array(Box::new(self.shape(items, &place.child(&["items"], Some("item")), side)))
            }
            (Some("object"), _) => self.object(schema, place, side),
            _ => Shape::Any,
        }
    }

    /// How the values of `schema` are read, if the definition or the user says so.
    fn chosen(&mut self, schema: &Map<String, Value>, place: &Place) -> Option<Format> {
        formats::chosen(schema).unwrap_or_else(|message| {
            let place = place.child(&[formats::EXTENSION], None).pointer;
            let help = "take it out, or name a type that the format can have";
            let warning = Diagnostic::warning("X002", message).at(place).help(help);
            if !self.diagnostics.contains(&warning) {
                self.diagnostics.push(warning);
            }
            None
        })
    }

    /// A list of exactly so many items. A response may have another number of them, which is then kept as it is.
    fn tuple(&mut self, items: &Value, schema: &Map<String, Value>, place: &Place, side: Side) -> Shape {
        let items = items.as_array().into_iter().flatten().enumerate();
        let shapes = items.map(|(index, item)| {
            let place = place.child(&[TUPLE, &index.to_string()], Some(&format!("item {}", index + 1)));
            self.shape(item, &place, side)
        });
        let tuple = Shape::Tuple(shapes.collect());
        if side == Side::Request {
            return tuple;
        }
        let called = Called { key: "items".into(), names: vec!["Items".into()] };
        let probe = Probe { json_type: "array", ..Probe::default() };
        let name = "Items".to_owned();
        let only = Variant { name, called, tags: Vec::new(), writes_tag: false, shape: tuple, probe };
        let union = Union { variants: vec![only], tag: None, exactly_one: false, open: true };
        self.inline(Kind::Union(union), schema, place)
    }

    fn object(&mut self, schema: &Map<String, Value>, place: &Place, side: Side) -> Shape {
        let extra = match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => Extra::Refused,
            Some(value @ Value::Object(_)) => {
                let place = place.child(&["additionalProperties"], Some("value"));
                Extra::Kept(self.shape(value, &place, side))
            }
            Some(_) => Extra::Kept(Shape::Any),
            None => Extra::Dropped,
        };
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let stated = schema.contains_key("additionalProperties");
        if properties.is_empty() {
            match extra {
                Extra::Kept(shape) => return Shape::Map(Box::new(shape)),
                Extra::Dropped if !stated => return Shape::Map(Box::new(Shape::Any)),
                _ => {}
            }
        }
        let required: HashSet<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut idents = HashSet::new();
        let (mut fields, mut docs) = (Vec::new(), Vec::new());
        for (name, property) in properties {
            let flag = |key: &str| self.flag(property, key);
            let pointer = place.child(&["properties", name], None).pointer;
            if (side == Side::Request && flag("readOnly")) || (side == Side::Response && flag("writeOnly")) {
                self.left_out.entry(pointer).or_insert(side);
                continue;
            }
            let deprecated = flag("deprecated");
            self.placed.insert(pointer);
            let chosen = property.get(FIELD_NAME).and_then(Value::as_str);
            let mut ident = snake_name(chosen.unwrap_or(name));
            while !idents.insert(ident.clone()) {
                ident.push('_');
            }
            let place = place.child(&["properties", name], Some(name));
            let description = property.get("description").or_else(|| self.target(property)?.get("description"));
            docs.extend(text(description).map(|text| (name.clone(), text)));
            fields.push(Field {
                name: name.clone(),
                ident,
                required: required.contains(name.as_str()),
                deprecated,
                default: property.get("default").cloned(),
                shape: self.shape(property, &place, side),
            });
        }
        let count = |key: &str| schema.get(key).and_then(Value::as_u64).filter(|_| side == Side::Request);
        let members = (count("minProperties").filter(|least| *least > 0), count("maxProperties"));
        self.roots.docs.entry(place.pointer.clone()).or_default().fields.extend(docs);
        let choices = match side {
            Side::Request => choices(schema, |name| !fields.iter().any(|field| field.name == name)),
            Side::Response => Vec::new(),
        };
        let schemas = match side {
            Side::Request => self.checks(schema, place),
            Side::Response => Vec::new(),
        };
        self.inline(Kind::Struct(Struct { fields, extra, members, choices, schemas }), schema, place)
    }

    /// The component that `schema` refers to.
    fn target(&self, schema: &Value) -> Option<&'a Value> {
        let name = crate::normalize::lone_reference(schema)?;
        walk::components(self.document)?.get(&name)
    }

    /// Whether a property, or the component that it refers to, has that flag.
    fn flag(&self, property: &Value, key: &str) -> bool {
        let mut schema = property;
        // References may lead to references.
        for _ in 0..32 {
            if schema.get(key) == Some(&Value::Bool(true)) {
                return true;
            }
            match self.target(schema) {
                Some(target) => schema = target,
                None => return false,
            }
        }
        false
    }

    /// Whether null is a value of `schema`, as it is written once `normalize` is through.
    fn takes_null(&self, schema: &Value, depth: usize) -> bool {
        // More steps than this lead in a circle.
        if depth > 32 {
            return false;
        }
        let is_null = |value: &Value| value.is_null();
        let values = schema.get("enum").and_then(Value::as_array);
        let list = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();
        let takes = |schema: &Value| self.takes_null(schema, depth + 1);
        schema.get("nullable") == Some(&Value::Bool(true))
            || values.is_some_and(|values| values.iter().any(is_null))
            || self.target(schema).is_some_and(takes)
            || list("oneOf").chain(list("anyOf")).any(takes)
            || list("allOf").next().is_some() && list("allOf").all(takes)
    }

    /// Where the references of `schema` lead.
    fn followed<'s>(&self, schema: &'s Value) -> &'s Value
    where
        'a: 's,
    {
        let mut schema = schema;
        for _ in 0..32 {
            match self.target(schema) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }
}

/// The text in a node of the definition, if it is a text.
fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}
