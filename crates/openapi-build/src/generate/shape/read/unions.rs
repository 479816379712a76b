//! Reads `oneOf` and `anyOf`: what tells their alternatives apart.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Reader, Side};
use crate::extensions::{ALTERNATIVES, TYPE};
use crate::formats::{self, Format};
use crate::generate::shape::{Kind, Probe, Shape, Union, Variant, called, variants};
use crate::normalize::walk::{self, Place};

impl Reader<'_> {
    pub(super) fn union(
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
            if [alternative, schema].iter().any(|it| it.get(TYPE).is_some()) {
                return None;
            }
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
        // A `oneOf` does not take what two of its alternatives take.
        let count = |value: &Value| values.iter().filter(|other| **other == value).count();
        let kept: Vec<Value> =
            values.iter().filter(|value| !exactly_one || count(value) == 1).map(|value| (*value).clone()).collect();
        (!kept.is_empty())
            .then(|| Map::from_iter([("type".to_owned(), Value::from(kind)), ("enum".to_owned(), Value::Array(kept))]))
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
        self.probe_within(schema, 0)
    }

    /// The evidence of a schema at that depth of unions in unions.
    fn probe_within(&self, schema: &Value, depth: usize) -> Probe {
        let schema = self.followed(schema);
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(*key)?.as_array());
        if let Some(alternatives) = alternatives.filter(|_| depth < DEPTH) {
            return any_of(alternatives.iter().map(|it| self.probe_within(it, depth + 1)).collect());
        }
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
}

/// How deep unions in unions are looked into.
const DEPTH: usize = 8;

/// The evidence of a union: what all of its alternatives require, and what any of them declares.
fn any_of(alternatives: Vec<Probe>) -> Probe {
    let mut alternatives = alternatives.into_iter();
    let Some(first) = alternatives.next() else { return Probe::default() };
    let mut whole = Probe { constants: Vec::new(), ..first };
    for other in alternatives {
        let is_object = |kind: &str| kind.ends_with("object");
        whole.json_type = match (whole.json_type, other.json_type) {
            (one, other) if one == other => one,
            (one, other) if is_object(one) && is_object(other) => "object",
            _ => "",
        };
        whole.required.retain(|name| other.required.contains(name));
        for name in other.properties {
            if !whole.properties.contains(&name) {
                whole.properties.push(name);
            }
        }
    }
    whole
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
