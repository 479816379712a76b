//! Reads schemas as shapes.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::{
    Called, Checked, Choice, Docs, Enum, Extra, Field, Kind, Probe, Rules, Shape, Side, Struct, Union, Variant, called,
    variants,
};
use crate::diagnostic::Diagnostic;
use crate::extensions::{ALTERNATIVES, CHECKS, CHOICES, TUPLE};
use crate::formats::{self, Format};
use crate::names::snake_name;
use crate::normalize::checks::by_itself;
use crate::normalize::walk::{self, Place};

/// The components and nameless types that the operations of a document lead to.
#[derive(Default)]
pub(in crate::generate) struct Roots {
    /// The components that are reachable on each side.
    pub(super) components: BTreeMap<(String, Side), Component>,
    /// The path of names that leads to the first place of each component, as short as possible.
    pub(super) uses: BTreeMap<String, Vec<String>>,
    /// The descriptions of nameless types, by the pointers of their schemas.
    pub(super) docs: HashMap<String, Docs>,
    /// The names of alternatives, by their places. The only alternative beside null has none.
    pub(super) variants: HashMap<String, String>,
    /// The pointers of parameters, each with the component that it is.
    pub(in crate::generate) parameters: HashMap<String, Option<String>>,
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
    open: HashSet<(String, Side)>,
    /// The properties that are on some side, by pointer, and those that a side leaves out.
    placed: HashSet<String>,
    left_out: BTreeMap<String, Side>,
}

impl<'a> Reader<'a> {
    pub(in crate::generate) fn new(document: &'a Value) -> Self {
        Self {
            document,
            roots: Roots::default(),
            diagnostics: Vec::new(),
            open: HashSet::new(),
            placed: HashSet::new(),
            left_out: BTreeMap::new(),
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
        let diagnostic = Diagnostic::note(code, message).at(place.pointer.clone());
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The shape of `schema`, which is at `place`, on that side.
    pub(in crate::generate) fn shape(&mut self, schema: &Value, place: &Place, side: Side) -> Shape {
        let Some(object) = schema.as_object() else { return Shape::Any };
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
        self.checked(base, rules, schema, place)
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

    /// The schemas that values obey when they are sent, as far as no type says so.
    fn checks(&mut self, schema: &Map<String, Value>, place: &Place) -> Vec<Value> {
        let mut checks: Vec<Value> =
            schema.get(CHECKS).and_then(Value::as_array).into_iter().flatten().cloned().collect();
        if let Some(not) = schema.get("not").filter(|not| !is_vacuous(not, schema)) {
            let empty = Map::new();
            let components = walk::components(self.document).unwrap_or(&empty);
            match by_itself(&serde_json::json!({ "not": not }), components) {
                Some(check) => checks.push(check),
                None => self.note("G014", "`not` leads to too many schemas; it is not checked".to_owned(), place),
            }
        }
        // What this side does not have is not required of it.
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let hidden: Vec<String> =
            properties.filter(|(_, property)| self.flag(property, "readOnly")).map(|(name, _)| name.clone()).collect();
        checks.iter_mut().for_each(|check| not_required(check, &hidden));
        checks
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
            let mut ident = snake_name(name);
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

    fn union(
        &mut self,
        schema: &Map<String, Value>,
        alternatives: &[Value],
        exactly_one: bool,
        place: &Place,
        side: Side,
    ) -> Shape {
        let key = if exactly_one { "oneOf" } else { "anyOf" };
        let null = |schema: &Value| schema.get("enum").is_some_and(|values| *values == serde_json::json!([null]));
        let real: Vec<(usize, &Value)> =
            alternatives.iter().enumerate().filter(|(_, alternative)| !null(alternative)).collect();
        let nullable = real.len() < alternatives.len();
        if let Some(whole) = self.one_enum(&real, exactly_one) {
            let mut whole = whole;
            whole.extend(
                schema.iter().filter(|(key, _)| *key == "description").map(|(key, it)| (key.clone(), it.clone())),
            );
            let shape = self.inner(&whole, place, side);
            return if nullable { shape.nullable() } else { shape };
        }
        let former = schema.get(ALTERNATIVES).and_then(Value::as_array);
        let former = former.filter(|former| former.len() == alternatives.len());
        let tag = schema.get("discriminator").and_then(|it| it.get("propertyName")).and_then(Value::as_str);
        let mapping = schema.get("discriminator").and_then(|it| it.get("mapping")).and_then(Value::as_object);
        let mut variants: Vec<Variant> = Vec::new();
        let mut places = Vec::new();
        let (mut seen, mut untagged) = (HashSet::new(), false);
        if real.is_empty() {
            self.note("G014", format!("`{key}` has no alternative; the value is any JSON value"), place);
            return Shape::Any;
        }
        let own: Vec<Vec<String>> = real.iter().map(|(_, alternative)| self.tag_values(alternative, tag, 0)).collect();
        // Where some alternatives state values that do not tell all apart, those decide like other constants.
        let is_decided = are_disjoint(&own) && own.iter().all(|own| !own.is_empty());
        let tag =
            tag.filter(|_| is_decided || own.iter().all(Vec::is_empty) || mapping.is_some_and(|it| !it.is_empty()));
        let mut own = if is_decided { own } else { Vec::new() }.into_iter();
        for (index, alternative) in real {
            let own = own.next().unwrap_or_default();
            let former = former.and_then(|former| former.get(index)?.as_str()).map(str::to_owned);
            let reference = former.or_else(|| crate::normalize::lone_reference(alternative));
            let place = place.child(&[key, &index.to_string()], Some(&format!("variant {index}")));
            let shape = self.shape(alternative, &place, side);
            let mapped = reference.as_ref().map(|component| mapped_tags(mapping, component)).unwrap_or_default();
            let tags = match (tag, &reference) {
                (None, _) => Vec::new(),
                _ if !mapped.is_empty() => mapped,
                _ if !own.is_empty() => own,
                (_, Some(component)) => vec![component.clone()],
                (_, None) => Vec::new(),
            };
            untagged |= tags.is_empty();
            let called = called::of(alternative, reference.as_deref(), &tags, &shape);
            places.push(place.key());
            // A value of the tag selects the first alternative that has it.
            let tags = tags.into_iter().filter(|tag| seen.insert(tag.clone())).collect();
            let probe = self.probe(alternative);
            let tags: Vec<String> = tags;
            let writes_tag = tag.is_some_and(|tag| !self.has_tag(alternative, tag, &tags));
            variants.push(Variant { name: String::new(), called, tags, writes_tag, shape, probe });
        }
        let tag = tag.filter(|_| !untagged).map(str::to_owned);
        let shape = match <[Variant; 1]>::try_from(variants) {
            Ok([only]) => {
                self.roots.variants.extend(places.into_iter().map(|place| (place, String::new())));
                only.shape
            }
            Err(mut variants) => {
                called::apart(&mut variants);
                let open = side == Side::Response;
                let mut union = Union { variants, tag, exactly_one, open };
                let names = variants::unlocked(&union);
                for (variant, (name, place)) in union.variants.iter_mut().zip(names.into_iter().zip(places)) {
                    variant.name.clone_from(&name);
                    self.roots.variants.insert(place, name);
                }
                if union.tag.is_none() {
                    self.told_apart(&union.variants, place);
                }
                self.inline(Kind::Union(union), schema, place)
            }
        };
        if nullable { shape.nullable() } else { shape }
    }

    /// The enum of all values of `alternatives`, if each is an enum of texts, or each one of integers.
    fn one_enum(&self, alternatives: &[(usize, &Value)], exactly_one: bool) -> Option<Map<String, Value>> {
        let mut kinds = HashSet::new();
        let mut values: Vec<&Value> = Vec::new();
        for (_, alternative) in alternatives {
            let schema = self.followed(alternative);
            let own = schema.get("enum").filter(|_| schema.get("x-extensible-enum").is_none())?.as_array()?;
            let kind = schema.get("type").and_then(Value::as_str);
            let is_text = own.iter().all(Value::is_string) && kind.is_none_or(|kind| kind == "string");
            let is_integer = own.iter().all(|value| value.is_i64() || value.is_u64()) && kind == Some("integer");
            kinds.insert((is_text, is_integer));
            if !(is_text || is_integer) || schema.get("nullable").is_some() || schema.get("format").is_some() {
                return None;
            }
            values.extend(own);
        }
        let kind = if kinds == HashSet::from([(true, false)]) { "string" } else { "integer" };
        if kinds.len() != 1 || alternatives.len() < 2 {
            return None;
        }
        // A value of two alternatives is none of a `oneOf`.
        let count = |value: &Value| values.iter().filter(|other| **other == value).count();
        let kept: Vec<Value> =
            values.iter().filter(|value| !exactly_one || count(value) == 1).map(|value| (*value).clone()).collect();
        (!kept.is_empty())
            .then(|| Map::from_iter([("type".to_owned(), Value::from(kind)), ("enum".to_owned(), Value::Array(kept))]))
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

    /// The only values that the property `tag` can have in `schema`, if that says so.
    fn tag_values(&self, schema: &Value, tag: Option<&str>, depth: usize) -> Vec<String> {
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| self.followed(schema).get(*key)?.as_array());
        if let Some(alternatives) = alternatives.filter(|_| depth < 8) {
            return alternatives.iter().flat_map(|it| self.tag_values(it, tag, depth + 1)).collect();
        }
        let properties = tag.and_then(|tag| Some((tag, self.followed(schema).get("properties")?)));
        let values =
            properties.and_then(|(tag, properties)| self.followed(properties.get(tag)?).get("enum")?.as_array());
        values.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Whether every value of `schema` has one of `tags` at `tag`.
    fn has_tag(&self, schema: &Value, tag: &str, tags: &[String]) -> bool {
        let schema = self.followed(schema);
        let property = schema.get("properties").and_then(|properties| properties.get(tag));
        let values = property.and_then(|property| self.followed(property).get("enum")?.as_array());
        let required = schema.get("required").and_then(Value::as_array);
        let is_tag = |value: &Value| value.as_str().is_some_and(|value| tags.iter().any(|tag| tag == value));
        required.is_some_and(|names| names.iter().any(|name| name == tag))
            && values.is_some_and(|values| values.iter().all(is_tag))
    }

    /// Reports two alternatives that nothing distinguishes.
    fn told_apart(&mut self, variants: &[Variant], place: &Place) {
        for (index, one) in variants.iter().enumerate() {
            for other in &variants[index + 1..] {
                if one.probe == other.probe && !read_apart(&one.shape, &other.shape) {
                    let message = format!("nothing distinguishes the alternatives `{}` and `{}`", one.name, other.name);
                    self.note("G015", message, place);
                }
            }
        }
    }

    /// The evidence that distinguishes `schema` from its alternatives.
    fn probe(&self, schema: &Value) -> Probe {
        let schema = self.followed(schema);
        let names = |value: Option<&Value>| -> Vec<String> {
            value
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|name| Some(name.as_str()?.to_owned()))
                .collect()
        };
        let properties = schema.get("properties").and_then(Value::as_object);
        let constants = properties.into_iter().flatten().filter_map(|(name, property)| {
            let values = names(self.target(property).unwrap_or(property).get("enum"));
            (!values.is_empty()).then(|| (name.clone(), values))
        });
        let own = names(schema.get("enum"));
        let own = (!own.is_empty()).then(|| (String::new(), own));
        let format = schema.get("format").and_then(Value::as_str);
        let kind = schema.get("type").and_then(Value::as_str);
        let chosen = schema.as_object().and_then(|schema| formats::chosen(schema).ok()?);
        // Any text is one of these; a format that was chosen for its texts says nothing of them.
        let (kind, format) = match chosen {
            Some(Format::Text) => (Some("string"), None),
            Some(Format::Wide) if kind == Some("string") => (kind, None),
            _ => (kind, format),
        };
        Probe {
            json_type: match kind {
                Some("string") if format == Some("date-time") => "date-time",
                Some("string") if format == Some("date") => "date",
                Some("string") if format == Some("uuid") => "uuid",
                Some("string") if format == Some("byte") => "byte",
                Some("string") => "string",
                Some("integer") => "integer",
                Some("number") => "number",
                Some("boolean") => "boolean",
                Some("array") => "array",
                Some("object") if schema.get("additionalProperties") == Some(&Value::Bool(false)) => "closed object",
                Some("object") => "object",
                _ => "",
            },
            required: names(schema.get("required")),
            properties: properties.into_iter().flatten().map(|(name, _)| name.clone()).collect(),
            constants: own.into_iter().chain(constants).collect(),
        }
    }

    /// The rules that values must obey when they are sent.
    fn rules(&mut self, schema: &Map<String, Value>, base: &Shape, place: &Place) -> Rules {
        let count = |key: &str| {
            let value = schema.get(key)?;
            value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0 && n.fract() == 0.0).map(|n| n as u64))
        };
        let number = |key: &str| schema.get(key)?.as_number().cloned();
        let excluded = |key: &str| schema.get(key) == Some(&Value::Bool(true));
        // A struct checks itself.
        let schemas = if matches!(base, Shape::Inline(_)) { Vec::new() } else { self.checks(schema, place) };
        let mut rules = Rules { schemas, ..Rules::default() };
        // Without a type, each constraint applies to values of its own type.
        let any = *base == Shape::Any;
        if any || base.is_text() {
            rules.min_length = count("minLength").filter(|count| *count > 0);
            rules.max_length = count("maxLength");
            rules.pattern = self.pattern(schema, place);
        }
        if any || matches!(base, Shape::Int(_) | Shape::F64) {
            rules.minimum = number("minimum").map(|bound| (bound, excluded("exclusiveMinimum")));
            rules.maximum = number("maximum").map(|bound| (bound, excluded("exclusiveMaximum")));
            rules.multiple_of = number("multipleOf");
        }
        if any || matches!(base, Shape::Array(_)) {
            rules.min_items = count("minItems").filter(|count| *count > 0);
            rules.max_items = count("maxItems");
            rules.unique_items = excluded("uniqueItems");
        }
        if any || matches!(base, Shape::Map(_)) {
            rules.min_properties = count("minProperties").filter(|count| *count > 0);
            rules.max_properties = count("maxProperties");
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            // Beside a type, a null in the list counts only if the schema is `nullable`, which is handled separately.
            rules.one_of = values.iter().filter(|value| any || !value.is_null()).cloned().collect();
        }
        rules
    }

    fn pattern(&mut self, schema: &Map<String, Value>, place: &Place) -> Option<String> {
        let pattern = schema.get("pattern")?.as_str()?;
        match regress::Regex::with_flags(pattern, "u").or_else(|_| regress::Regex::new(pattern)) {
            Ok(_) => Some(pattern.to_owned()),
            Err(error) => {
                self.note(
                    "G017",
                    format!("`{pattern}` is not a valid ECMA-262 regular expression, and is not checked: {error}"),
                    place,
                );
                None
            }
        }
    }
}

/// Whether no value but an empty list is read as both of two lists.
fn read_apart(one: &Shape, other: &Shape) -> bool {
    let kind = |shape: &Shape| match shape {
        Shape::Bool => 1,
        Shape::Int(_) | Shape::F64 => 2,
        Shape::Text => 3,
        Shape::Map(_) => 4,
        Shape::Array(_) => 5,
        _ => 0,
    };
    match (one, other) {
        (Shape::Array(one), Shape::Array(other)) => {
            let (first, second) = (kind(one), kind(other));
            (first > 0 && second > 0 && first != second) || read_apart(one, other)
        }
        _ => false,
    }
}

/// Whether `not` forbids only values of another type than the one that `schema` states.
fn is_vacuous(not: &Value, schema: &Map<String, Value>) -> bool {
    let kind = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    match (kind(not.get("type")), kind(schema.get("type"))) {
        (Some(one), Some(other)) => {
            one != other && ![&one, &other].iter().all(|kind| ["integer", "number"].contains(&kind.as_str()))
        }
        _ => false,
    }
}

/// Takes out of `check` that a member must be there which requests do not have: one of `names`, or a property that a schema in it
/// says to be read-only. A condition, or what is excluded, that requires such a member never holds.
fn not_required(check: &mut Value, names: &[String]) {
    let Some(object) = check.as_object_mut() else { return };
    let properties = object.get("properties").and_then(Value::as_object).into_iter().flatten();
    let own = properties.filter(|(_, property)| property.get("readOnly") == Some(&Value::Bool(true)));
    let names: Vec<String> = names.iter().cloned().chain(own.map(|(name, _)| name.clone())).collect();
    let keep = |required: &mut Vec<Value>| required.retain(|name| !names.iter().any(|other| name == other.as_str()));
    for (key, value) in object {
        match (key.as_str(), value) {
            ("required", Value::Array(required)) => keep(required),
            ("if" | "not", value) if requires(value, &names) => *value = Value::Bool(false),
            ("if" | "then" | "else" | "not", value) => not_required(value, &names),
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|part| not_required(part, &names));
            }
            ("dependentSchemas", Value::Object(parts)) => {
                parts.iter_mut().for_each(|(_, part)| not_required(part, &names));
            }
            ("dependentRequired", Value::Object(lists)) => {
                lists.iter_mut().filter_map(|(_, list)| list.as_array_mut()).for_each(keep);
            }
            // These are about other values.
            ("$defs" | "properties" | "patternProperties", Value::Object(parts)) => {
                parts.iter_mut().for_each(|(_, part)| not_required(part, &[]));
            }
            ("items" | "additionalProperties" | "contains", value) => not_required(value, &[]),
            _ => {}
        }
    }
}

/// Whether `schema` itself requires one of `names`.
fn requires(schema: &Value, names: &[String]) -> bool {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    required.filter_map(Value::as_str).any(|name| names.iter().any(|other| other == name))
}

/// The sets of names of which a number must be there, without those that hold a name that is `missing`.
fn choices(schema: &Map<String, Value>, missing: impl Fn(&str) -> bool) -> Vec<Choice> {
    let all = schema.get(CHOICES).and_then(Value::as_array).into_iter().flatten();
    let choice = |choice: &Value| {
        let names = |set: &Value| -> Vec<String> {
            set.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let least = choice.get("least").and_then(Value::as_u64).unwrap_or_default();
        let most = choice.get("most").and_then(Value::as_u64);
        let mut sets: Vec<Vec<String>> = choice.get("sets")?.as_array()?.iter().map(names).collect();
        // What this side does not have is not required of it.
        for set in sets.iter_mut().filter(|_| least > 0) {
            set.retain(|name| !missing(name));
        }
        sets.retain(|set| !set.iter().any(|name| missing(name)));
        (!sets.is_empty()).then_some(Choice { least, most, sets })
    };
    all.filter_map(choice).collect()
}

/// The text in a node of the definition, if it is a text.
fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

/// The values of the tag that select `component` by the mapping.
fn mapped_tags(mapping: Option<&Map<String, Value>>, component: &str) -> Vec<String> {
    let leads_here = |target: &str| walk::component_name(target).as_deref() == Some(component) || target == component;
    mapping
        .into_iter()
        .flatten()
        .filter(|(_, target)| target.as_str().is_some_and(leads_here))
        .map(|(tag, _)| tag.clone())
        .collect()
}

/// Whether no text is in two of `sets`.
fn are_disjoint(sets: &[Vec<String>]) -> bool {
    let mut seen = HashSet::new();
    sets.iter().all(|set| set.iter().all(|text| seen.insert(text)))
}
