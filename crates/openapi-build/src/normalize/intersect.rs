//! The intersection of two schemas: one schema that accepts what both accept, property by property, all the way down.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::implied_type::implied_by;
use super::nullable::is_nullable;
use super::walk;
/// Marks a merged schema with the component that it refines; taken out again by the pass that names refinements.
pub(super) use crate::extensions::REFINES;
use crate::extensions::{CHECKS, CHOICES, TUPLE, TYPE};
use crate::formats;
use crate::json_type::is_of_type;

/// The keywords of unions.
pub(super) const UNIONS: [&str; 2] = ["oneOf", "anyOf"];

/// How deep references may lead into each other while two schemas are merged.
const DEPTH: usize = 64;

/// Why two schemas have no intersection that one schema can say.
#[derive(Debug)]
pub(super) struct Contradiction {
    reason: String,
    /// Whether no value fits both.
    pub(super) is_empty: bool,
}

impl Contradiction {
    fn empty(reason: String) -> Self {
        Self { reason, is_empty: true }
    }
}

impl From<String> for Contradiction {
    fn from(reason: String) -> Self {
        Self { reason, is_empty: false }
    }
}

impl From<&str> for Contradiction {
    fn from(reason: &str) -> Self {
        reason.to_owned().into()
    }
}

impl std::fmt::Display for Contradiction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

/// Merges schemas, following references into the components of one document.
pub(super) struct Intersection<'a> {
    components: &'a Map<String, Value>,
    /// Why no value would fit a property, where what either part says is taken instead.
    eased: Option<RefCell<Vec<String>>>,
    /// The components as one schema each, as they are first needed: chains of them would be followed twice at each step.
    flat: RefCell<HashMap<String, Flat<'a>>>,
}

/// A schema as one: what it is already, or what was made of it.
#[derive(Clone)]
enum Flat<'v> {
    Lent(&'v Value),
    Made(Rc<Value>),
}

impl Deref for Flat<'_> {
    type Target = Value;

    fn deref(&self) -> &Value {
        match self {
            Self::Lent(value) => value,
            Self::Made(value) => value,
        }
    }
}

impl Flat<'_> {
    fn into_owned(self) -> Value {
        match self {
            Self::Lent(value) => value.clone(),
            Self::Made(value) => Rc::unwrap_or_clone(value),
        }
    }
}

impl<'a> Intersection<'a> {
    /// What both schemas accept, and a contradiction where that is nothing.
    pub(super) fn new(components: &'a Map<String, Value>) -> Self {
        Self { components, eased: None, flat: RefCell::default() }
    }

    /// As [`new`](Self::new), but a property that no value would fit takes what either part says of it.
    pub(super) fn eased(components: &'a Map<String, Value>) -> Self {
        Self { components, eased: Some(RefCell::default()), flat: RefCell::default() }
    }

    /// The component of this name.
    pub(super) fn component(&self, name: &str) -> Option<&'a Value> {
        self.components.get(name)
    }

    /// Why properties took what either part says of them, since this was last asked.
    pub(super) fn take_eased(&self) -> Vec<String> {
        self.eased.as_ref().map(RefCell::take).unwrap_or_default()
    }

    /// The intersection of the parts of `schema`'s `allOf` and of what stands beside it.
    pub(super) fn of_parts(&self, schema: &Map<String, Value>, depth: usize) -> Result<Value, Contradiction> {
        let mut beside = schema.clone();
        let Some(Value::Array(mut parts)) = beside.shift_remove("allOf") else { return Ok(Value::Object(beside)) };
        if !beside.is_empty() {
            parts.push(Value::Object(beside));
        }
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_else(|| Value::Object(Map::new()));
        let whole = parts.try_fold(first, |whole, part| self.of(&whole, &part, depth))?;
        let whole = match plain(&whole) {
            Some(part) => part,
            None => self.whole_at(&whole, depth)?,
        };
        // Beside an `allOf` it is about the whole, whatever the parts say.
        Ok(if is_nullable(schema) { or_null(whole) } else { whole })
    }

    /// The intersection of `a` and `b`; where both describe, the words of `b` stay.
    fn of(&self, a: &Value, b: &Value, depth: usize) -> Result<Value, Contradiction> {
        if depth > DEPTH {
            return Err("the parts refer to each other without end".into());
        }
        if a == b {
            return Ok(a.clone());
        }
        if let Some(annotations) = annotations(b) {
            return Ok(annotate(a.clone(), annotations, true));
        }
        if let Some(annotations) = annotations(a) {
            return Ok(annotate(b.clone(), annotations, false));
        }
        let (base_a, base_b) = (lone_reference(a), lone_reference(b));
        if base_a.is_some() && base_a == base_b {
            let beside = b.as_object().map(|b| b.iter().filter(|(key, _)| *key != "allOf" && *key != "$ref"));
            let beside = beside.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
            let mut a = a.clone();
            if let Some(a) = a.as_object_mut().filter(|_| !b.as_object().is_some_and(is_nullable)) {
                a.shift_remove("nullable");
            }
            return Ok(annotate(a, beside, true));
        }
        let (flat_a, flat_b) = (self.flat(a, depth + 1)?, self.flat(b, depth + 1)?);
        let (Value::Object(map_a), Value::Object(map_b)) = (&*flat_a, &*flat_b) else {
            return Err("a part is no schema".into());
        };
        let mut merged = self.merge(map_a, map_b, depth + 1)?;
        let refined = |base: Option<String>, flat: &Map<String, Value>| {
            base.or_else(|| flat.get(REFINES).and_then(Value::as_str).map(str::to_owned))
        };
        merged.shift_remove(REFINES);
        // What both say is another type than that of either.
        merged.shift_remove(TYPE);
        match (refined(base_a, map_a), refined(base_b, map_b)) {
            (Some(base), None) | (None, Some(base)) => {
                merged.insert(REFINES.into(), Value::String(base.clone()));
                Ok(self.unless_same(base, Value::Object(merged), depth))
            }
            (Some(a), Some(b)) if a == b => {
                merged.insert(REFINES.into(), Value::String(a));
                Ok(Value::Object(merged))
            }
            _ => Ok(Value::Object(merged)),
        }
    }

    /// A reference to `base`, if `merged` has its very shape; what was merged in then only describes.
    fn unless_same(&self, base: String, merged: Value, depth: usize) -> Value {
        let reference = walk::reference(&base);
        match self.flat(&reference, depth) {
            Ok(flat) if flat.get(TYPE).is_some() => {
                let mut flat = flat.into_owned();
                flat.as_object_mut().and_then(|flat| flat.shift_remove(TYPE));
                if same_shape(&flat, &merged) { reference } else { merged }
            }
            Ok(flat) if same_shape(&flat, &merged) => reference,
            _ => merged,
        }
    }

    /// `schema` as one schema: without a reference or an `allOf` at its top.
    pub(super) fn whole(&self, schema: &Value) -> Result<Value, Contradiction> {
        self.whole_at(schema, 0)
    }

    fn whole_at(&self, schema: &Value, depth: usize) -> Result<Value, Contradiction> {
        self.flat(schema, depth).map(Flat::into_owned)
    }

    /// `schema` without a reference or an `allOf` at its top.
    fn flat<'v>(&self, schema: &'v Value, depth: usize) -> Result<Flat<'v>, Contradiction>
    where
        'a: 'v,
    {
        if depth > DEPTH {
            return Err("the parts refer to each other without end".into());
        }
        if let Some(name) = walk::referenced(schema) {
            if let Some(flat) = self.flat.borrow().get(&name) {
                return Ok(flat.clone());
            }
            let component = self.components.get(&name).ok_or_else(|| format!("there is no component `{name}`"))?;
            let flat = self.flat(component, depth + 1)?;
            self.flat.borrow_mut().insert(name, flat.clone());
            return Ok(flat);
        }
        match schema.as_object() {
            Some(object) if lone_reference(schema).is_some() => {
                let mut beside = object.clone();
                let Some(Value::Array(parts)) = beside.shift_remove("allOf") else { return Ok(Flat::Lent(schema)) };
                let flat = self.whole_at(&parts[0], depth + 1)?;
                let flat = if is_nullable(object) { or_null(flat) } else { flat };
                Ok(Flat::Made(Rc::new(annotate(flat, beside, true))))
            }
            Some(object) if object.contains_key("allOf") => self.of_parts(object, depth + 1).and_then(|whole| {
                let whole = if lone_reference(&whole).is_some() { self.whole_at(&whole, depth + 1)? } else { whole };
                Ok(Flat::Made(Rc::new(whole)))
            }),
            _ => Ok(Flat::Lent(schema)),
        }
    }

    /// Merges two flat schemas keyword by keyword.
    fn merge(
        &self,
        a: &Map<String, Value>,
        b: &Map<String, Value>,
        depth: usize,
    ) -> Result<Map<String, Value>, Contradiction> {
        let (a, b) = (&*beside(a, b), &*beside(b, a));
        let several = UNIONS.iter().any(|key| a.contains_key(*key) && b.contains_key(*key) && a[*key] != b[*key]);
        if several {
            let (one, other) = (without_unions(a), without_unions(b));
            let mut merged = self.merge(&one, &other, depth)?;
            hold_all(&mut merged, &[unions(a), unions(b)].concat());
            return Ok(merged);
        }
        // The properties, which are most of it, come one by one.
        let copied = |key: &str, value: &Value| if key == "properties" { Value::Null } else { value.clone() };
        let mut merged: Map<String, Value> = a.iter().map(|(key, value)| (key.clone(), copied(key, value))).collect();
        self.merge_object(&mut merged, a, b, depth)?;
        for (key, value) in b {
            let Some(ours) = a.get(key) else {
                if !OBJECT_KEYS.contains(&key.as_str()) {
                    merged.insert(key.clone(), value.clone());
                }
                continue;
            };
            if let Some(value) = self.keyword(key, ours, value, depth)? {
                merged.insert(key.clone(), value);
            }
        }
        merge_type(&mut merged, a, b)?;
        keep_values_of_type(&mut merged)?;
        merge_bound(&mut merged, a, b, "minimum", "exclusiveMinimum", |new, old| new > old);
        merge_bound(&mut merged, a, b, "maximum", "exclusiveMaximum", |new, old| new < old);
        Ok(merged)
    }

    /// The value of a keyword that both have; `None` where it is merged elsewhere, or the first one stays.
    fn keyword(&self, key: &str, a: &Value, b: &Value, depth: usize) -> Result<Option<Value>, Contradiction> {
        let differ = || Err(format!("the parts differ in `{key}` ({a} and {b}), which one schema cannot say").into());
        Ok(match key {
            "type" | "nullable" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => None,
            key if OBJECT_KEYS.contains(&key) => None,
            "enum" => Some(common_values(a, b)?),
            CHOICES | CHECKS => Some(all_of_both(a, b)),
            "minLength" | "minItems" | "minProperties" => Some(larger(a, b)),
            "maxLength" | "maxItems" | "maxProperties" => {
                Some(larger(b, a)).map(|large| if &large == a { b } else { a }.clone())
            }
            "uniqueItems" | "readOnly" | "writeOnly" | "deprecated" => {
                Some(Value::Bool(a == &Value::Bool(true) || b == &Value::Bool(true)))
            }
            "items" => Some(self.of(a, b, depth)?),
            "format" => match (a.as_str(), b.as_str()) {
                (a, b) if a == b => None,
                (Some(a), Some(b)) => match narrower(a, b) {
                    Some(narrow) => Some(narrow.into()),
                    None => return differ(),
                },
                _ => return differ(),
            },
            "pattern" | "oneOf" | "anyOf" | "not" | "allOf" | "multipleOf" | "discriminator" | TUPLE if a != b => {
                return differ();
            }
            "title" | REFINES | formats::EXTENSION => None,
            _ => Some(b.clone()),
        })
    }

    fn merge_object(
        &self,
        merged: &mut Map<String, Value>,
        a: &Map<String, Value>,
        b: &Map<String, Value>,
        depth: usize,
    ) -> Result<(), Contradiction> {
        let mut properties = Map::new();
        let empty = Map::new();
        let [ours, theirs] = [a, b].map(|schema| schema.get("properties").and_then(Value::as_object).unwrap_or(&empty));
        for (name, schema) in ours {
            match theirs.get(name) {
                Some(other) => {
                    let is_required = [a, b].iter().any(|part| requires(part, name));
                    properties.insert(name.clone(), self.property(name, schema, other, is_required, depth)?)
                }
                None => properties.insert(name.clone(), self.against_additional(schema, b, depth)),
            };
        }
        for (name, schema) in theirs.iter().filter(|(name, _)| !ours.contains_key(*name)) {
            properties.insert(name.clone(), self.against_additional(schema, a, depth));
        }
        if !properties.is_empty() || a.contains_key("properties") || b.contains_key("properties") {
            merged.insert("properties".into(), Value::Object(properties));
        }
        let mut required: Vec<Value> = a.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for name in b.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !required.contains(name) {
                required.push(name.clone());
            }
        }
        if !required.is_empty() {
            merged.insert("required".into(), Value::Array(required));
        }
        let additional = match (a.get("additionalProperties"), b.get("additionalProperties")) {
            (Some(Value::Bool(false)), _) | (_, Some(Value::Bool(false))) => Some(Value::Bool(false)),
            (Some(Value::Object(a)), Some(Value::Object(b))) => {
                Some(self.of(&Value::Object(a.clone()), &Value::Object(b.clone()), depth)?)
            }
            (Some(schema @ Value::Object(_)), _) | (_, Some(schema @ Value::Object(_))) => Some(schema.clone()),
            (Some(other), _) | (_, Some(other)) => Some(other.clone()),
            (None, None) => None,
        };
        if let Some(additional) = additional {
            merged.insert("additionalProperties".into(), additional);
        }
        Ok(())
    }

    /// A property that both parts declare.
    fn property(
        &self,
        name: &str,
        a: &Value,
        b: &Value,
        is_required: bool,
        depth: usize,
    ) -> Result<Value, Contradiction> {
        let contradiction = match self.of(a, b, depth) {
            Err(contradiction) if contradiction.is_empty => contradiction,
            other => return other,
        };
        if let Some(eased) = &self.eased {
            eased.borrow_mut().push(format!("no value fits `{name}`: {contradiction}"));
            return Ok(either(a, b));
        }
        // Where it may be absent, it has to be.
        if is_required { Err(contradiction) } else { Ok(json!({"not": {}})) }
    }

    /// A property as a part that does not declare it lets it be. `additionalProperties` of a part is about what no part declares
    /// where, read to the letter, it would forbid what the others declare.
    fn against_additional(&self, property: &Value, other: &Map<String, Value>, depth: usize) -> Value {
        let additional = other.get("additionalProperties").filter(|schema| schema.is_object());
        additional.and_then(|schema| self.of(property, schema, depth).ok()).unwrap_or_else(|| property.clone())
    }
}

fn requires(schema: &Map<String, Value>, name: &str) -> bool {
    schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|other| other == name))
}

/// What `a` or `b` says: the values of both where they are enums of one type, and otherwise `b`.
fn either(a: &Value, b: &Value) -> Value {
    let of = |schema: &Value| Some((schema.get("type")?.clone(), schema.get("enum")?.as_array()?.clone()));
    let mut either = b.clone();
    if let (Some((kind, mut values)), Some((other, more))) = (of(a), of(b))
        && kind == other
    {
        values.extend(more);
        either["enum"] = Value::Array(values);
    }
    either
}

/// `schema` beside `other`: keywords that imply a type say nothing of the values of another one, which `other` states.
fn beside<'s>(schema: &'s Map<String, Value>, other: &Map<String, Value>) -> Cow<'s, Map<String, Value>> {
    let says_nothing = |key: &str| key == "items" || OBJECT_KEYS.contains(&key);
    match (implied_by(schema), other.get("type").and_then(Value::as_str)) {
        (Some(implied), Some(stated)) if implied != stated => {
            let rest = schema.iter().filter(|(key, _)| !says_nothing(key));
            Cow::Owned(rest.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        _ => Cow::Borrowed(schema),
    }
}

/// The keywords that [`Intersection::merge_object`] merges.
const OBJECT_KEYS: [&str; 3] = ["properties", "required", "additionalProperties"];

/// Whether two flat schemas have one shape, said or implied types alike.
fn same_shape(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return walk::equal_in_shape(a, b) };
    let typed = |schema: &Map<String, Value>| match implied_by(schema) {
        Some(implied) => Some(Value::from(implied)),
        None => schema.get("type").cloned(),
    };
    typed(a) == typed(b) && walk::equal_in_shape_but(a, b, &["type"])
}

/// A reference, or an `allOf` that holds nothing else but is annotated, as it is.
fn plain(schema: &Value) -> Option<Value> {
    lone_reference(schema).map(|_| schema.clone())
}

/// The component that `schema` stands for: by a reference, or by an `allOf` of one reference with annotations beside it,
/// which is how OpenAPI 3.0 annotates a reference.
pub(crate) fn lone_reference(schema: &Value) -> Option<String> {
    if let Some(name) = walk::referenced(schema) {
        return Some(name);
    }
    let object = schema.as_object()?;
    let [part] = object.get("allOf")?.as_array()?.as_slice() else { return None };
    object.keys().all(|key| key == "allOf" || is_beside(key)).then(|| walk::referenced(part))?
}

/// `schema`, or null.
fn or_null(schema: Value) -> Value {
    let mut schema = extensible(schema);
    if let Some(object) = schema.as_object_mut() {
        object.insert("nullable".into(), Value::Bool(true));
    }
    schema
}

/// `schema` as one to which keywords may be added, which a reference is in an `allOf` only.
fn extensible(schema: Value) -> Value {
    if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema }
}

/// Whether a keyword beside a reference leaves it what it is, or null.
fn is_beside(key: &str) -> bool {
    matches!(key, "default" | "readOnly" | "writeOnly" | "deprecated" | "nullable") || walk::is_annotation(key)
}

/// All of `schema`, if it constrains nothing.
fn annotations(schema: &Value) -> Option<Map<String, Value>> {
    let object = schema.as_object()?;
    object.keys().all(|key| is_beside(key) && key != REFINES).then(|| object.clone())
}

/// `schema` with `annotations`, which win over its own if they are `later`.
fn annotate(schema: Value, mut annotations: Map<String, Value>, later: bool) -> Value {
    // The other parts do not take null, whatever this one says.
    annotations.shift_remove("nullable");
    if annotations.is_empty() {
        return schema;
    }
    let mut schema = extensible(schema);
    let Some(object) = schema.as_object_mut() else { return schema };
    for (key, value) in annotations {
        if later && key != "title" || !object.contains_key(&key) {
            object.insert(key, value);
        }
    }
    schema
}

/// The format of integers that is within the other one.
fn narrower<'a>(a: &'a str, b: &'a str) -> Option<&'a str> {
    let within = |one: (bool, u32), other: (bool, u32)| match (one.0, other.0) {
        (true, false) => false,
        (false, true) => one.1 < other.1,
        _ => one.1 <= other.1,
    };
    let sizes = (formats::integer(a)?, formats::integer(b)?);
    match () {
        () if within(sizes.0, sizes.1) => Some(a),
        () if within(sizes.1, sizes.0) => Some(b),
        () => None,
    }
}

fn merge_type(
    merged: &mut Map<String, Value>,
    a: &Map<String, Value>,
    b: &Map<String, Value>,
) -> Result<(), Contradiction> {
    let kind = |schema: &Map<String, Value>| match schema.get("type") {
        Some(kind) => kind.as_str().map(str::to_owned),
        None => implied_by(schema).map(str::to_owned),
    };
    let (kind_a, kind_b) = (kind(a), kind(b));
    let kind = match (&kind_a, &kind_b) {
        (Some(a), Some(b)) if a == b => Some(a.clone()),
        (Some(a), Some(b)) if [a.as_str(), b.as_str()].iter().all(|kind| ["integer", "number"].contains(kind)) => {
            Some("integer".to_owned())
        }
        (Some(one), Some(other)) => {
            let reason = format!("one part is of type {one}, another of type {other}");
            // Null may fit both.
            let is_empty = !(is_nullable(a) && is_nullable(b));
            return Err(Contradiction { reason, is_empty });
        }
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    // What keywords imply, they imply of values of their own type: the alternatives of a union may be of others.
    let has_union = |schema: &Map<String, Value>| UNIONS.iter().any(|key| schema.contains_key(*key));
    let stated = a.contains_key("type") || b.contains_key("type");
    if let Some(kind) = kind.filter(|_| stated || !(has_union(a) || has_union(b))) {
        merged.insert("type".into(), Value::String(kind));
    }
    // A part takes null if it says so; one that states no type, no values and no alternatives takes everything.
    let takes_null = |schema: &Map<String, Value>, kind: &Option<String>| match (kind, schema.get("enum")) {
        _ if is_nullable(schema) => true,
        (Some(_), _) => false,
        (None, Some(Value::Array(values))) => values.contains(&Value::Null),
        (None, _) => !["oneOf", "anyOf"].iter().any(|key| schema.contains_key(*key)),
    };
    let said = is_nullable(a) || is_nullable(b);
    let nullable = said && takes_null(a, &kind_a) && takes_null(b, &kind_b);
    merged.shift_remove("nullable");
    if nullable {
        merged.insert("nullable".into(), Value::Bool(true));
    }
    Ok(())
}

/// Leaves out the values of an enum that are not of the type beside it, which the other part may state. Another repair makes
/// texts of numbers, and numbers of texts, where they are meant.
fn keep_values_of_type(merged: &mut Map<String, Value>) -> Result<(), Contradiction> {
    let (Some(Value::String(kind)), Some(Value::Array(values))) = (merged.get("type"), merged.get("enum")) else {
        return Ok(());
    };
    let is_number = |value: &Value| value.as_str().is_some_and(|text| text.parse::<f64>().is_ok());
    let fits = |value: &&Value| match (kind.as_str(), value) {
        (_, Value::Null) | ("string", Value::Bool(_) | Value::Number(_)) => true,
        ("integer" | "number", Value::String(_)) => is_number(value),
        (kind, value) => is_of_type(value, kind),
    };
    let kept: Vec<Value> = values.iter().filter(fits).cloned().collect();
    if kept.is_empty() {
        return Err(Contradiction::empty(format!("no value of the enum is of type {kind}")));
    }
    merged.insert("enum".into(), Value::Array(kept));
    Ok(())
}

/// The stricter of two bounds, each inclusive or, in OpenAPI 3.0's way, made exclusive by a flag.
fn merge_bound(
    merged: &mut Map<String, Value>,
    a: &Map<String, Value>,
    b: &Map<String, Value>,
    bound: &str,
    exclusive: &str,
    stricter: fn(f64, f64) -> bool,
) {
    let of = |schema: &Map<String, Value>| {
        let flag = schema.get(exclusive).and_then(Value::as_bool).unwrap_or(false);
        schema.get(bound).and_then(Value::as_f64).map(|value| (value, flag))
    };
    let (Some((value_a, exclusive_a)), Some((value_b, exclusive_b))) = (of(a), of(b)) else { return };
    let (from, flag) = if stricter(value_b, value_a) {
        (b, exclusive_b)
    } else if stricter(value_a, value_b) {
        (a, exclusive_a)
    } else {
        (a, exclusive_a || exclusive_b)
    };
    merged.insert(bound.into(), from[bound].clone());
    merged.shift_remove(exclusive);
    if flag {
        merged.insert(exclusive.into(), Value::Bool(true));
    }
}

/// The unions of `schema`, each alone: the discriminator is that of the first.
fn unions(schema: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let of = |key: &&str| Some(Map::from_iter([((*key).to_owned(), schema.get(*key)?.clone())]));
    let mut unions: Vec<Map<String, Value>> = UNIONS.iter().filter_map(of).collect();
    if let (Some(first), Some(discriminator)) = (unions.first_mut(), schema.get("discriminator")) {
        first.insert("discriminator".into(), discriminator.clone());
    }
    unions
}

fn without_unions(schema: &Map<String, Value>) -> Map<String, Value> {
    let mut rest = schema.clone();
    rest.retain(|key, _| !UNIONS.contains(&key.as_str()) && key != "discriminator");
    rest
}

/// Lets `schema` hold all of `unions`: the second is the only alternative of another union beside the first.
fn hold_all(schema: &mut Map<String, Value>, unions: &[Map<String, Value>]) {
    let Some((first, rest)) = unions.split_first() else { return };
    schema.extend(first.clone());
    if !rest.is_empty() {
        let other = if first.contains_key("oneOf") { "anyOf" } else { "oneOf" };
        let mut inner = Map::new();
        hold_all(&mut inner, rest);
        schema.insert(other.into(), Value::Array(vec![Value::Object(inner)]));
    }
}

/// The items of both lists, each once.
fn all_of_both(a: &Value, b: &Value) -> Value {
    let mut all: Vec<Value> = a.as_array().cloned().unwrap_or_default();
    let more = b.as_array().into_iter().flatten().filter(|item| !all.contains(item)).cloned();
    let more: Vec<Value> = more.collect();
    all.extend(more);
    Value::Array(all)
}

fn common_values(a: &Value, b: &Value) -> Result<Value, Contradiction> {
    let (Some(ours), Some(theirs)) = (a.as_array(), b.as_array()) else { return Err("an enum is no list".into()) };
    let common: Vec<Value> = ours.iter().filter(|value| theirs.contains(value)).cloned().collect();
    if common.is_empty() {
        return Err(Contradiction::empty(format!("the parts allow different values ({a} and {b})")));
    }
    Ok(Value::Array(common))
}

fn larger(a: &Value, b: &Value) -> Value {
    if a.as_f64() >= b.as_f64() { a.clone() } else { b.clone() }
}
