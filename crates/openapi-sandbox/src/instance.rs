//! Makes a value that a schema allows in a response: an example if there is one, else an instance of the schema.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::schema::{has_flag, is_nullable, is_of_type, known_types, read_as};
use crate::text;
use crate::tree::{Kind, Tree, reference, reference_name};

/// How deep an instance may be before optional properties are left out.
const DEPTH: usize = 6;

/// How many values an instance may have before it is made again, less deep.
const MAX_VALUES: usize = 2_000;

/// How many items a list gets at most, whatever `minItems` asks for.
const MAX_ITEMS: u64 = 100;

/// How many schemas may apply to one value.
const MAX_PARTS: usize = 500;

impl Document {
    /// A value for a body or a header: its example, else the first of its examples, else one made from the schema.
    /// Published examples leave out what their schema requires; that is added.
    pub(crate) fn example(&self, of: &Value) -> Option<Value> {
        let shown = self.shown(of);
        let schema = of.get("schema").filter(|schema| !schema.is_null());
        if shown.is_none() && schema.is_none() {
            return None;
        }
        let mut value = Value::Null;
        for depth in (0..=DEPTH).rev() {
            let maker = Maker { tree: &self.tree, depth, values: Cell::new(0) };
            value = match (&shown, schema) {
                (Some(example), _) => example.clone(),
                (None, Some(schema)) => maker.instance(schema, 0),
                (None, None) => Value::Null,
            };
            if maker.is_full() && depth > 0 {
                continue;
            }
            if let Some(schema) = schema {
                maker.complete(&mut value, &[schema], 0);
            }
            if !maker.is_full() {
                break;
            }
        }
        Some(value)
    }

    /// The example that the document shows.
    fn shown(&self, of: &Value) -> Option<Value> {
        let examples = of.get("examples").and_then(Value::as_object).into_iter().flat_map(Map::values);
        let mut values = examples.filter_map(|example| {
            let example = self.tree.resolve(example, Kind::Example)?;
            // OpenAPI 3.2 tells the value apart from how it is written.
            example.get("value").or_else(|| example.get("dataValue")).or_else(|| example.get("serializedValue"))
        });
        of.get("example").or_else(|| values.next()).cloned()
    }
}

/// The schemas that apply to one value together, and the tags that discriminators ask for.
#[derive(Default)]
struct Shape<'a> {
    parts: Vec<&'a Value>,
    tags: Vec<(&'a str, String)>,
    /// How many of the parts are the schema itself, and not a part of it: only their examples are of the whole.
    own: usize,
}

/// Makes one instance.
struct Maker<'a> {
    tree: &'a Tree,
    /// How deep optional properties are made.
    depth: usize,
    /// How many values were made.
    values: Cell<usize>,
}

impl<'a> Maker<'a> {
    /// Whether it has made as many values as it may.
    fn is_full(&self) -> bool {
        self.values.get() > MAX_VALUES
    }

    /// Adds what `value` lacks and `schemas`, all of which it must match, require.
    fn complete(&self, value: &mut Value, schemas: &[&'a Value], depth: usize) {
        let mut shape = Shape::default();
        schemas.iter().for_each(|schema| self.gather(schema, None, false, &mut shape));
        let parts = shape.parts;
        match value {
            Value::Object(members) if depth < 2 * DEPTH => {
                let required = parts.iter().filter_map(|part| part.get("required")?.as_array()).flatten();
                for name in required.filter_map(Value::as_str) {
                    if !members.contains_key(name) && !self.is_write_only(&parts, name) {
                        let value = self.member(&parts, name, depth);
                        members.insert(name.to_owned(), value);
                    }
                }
                for (name, member) in members {
                    let schemas: Vec<&Value> =
                        parts.iter().filter_map(|part| part.get("properties")?.get(name)).collect();
                    self.complete(member, &schemas, depth + 1);
                }
            }
            Value::Array(items) if depth < 2 * DEPTH => {
                let schemas: Vec<&Value> = parts.iter().filter_map(|part| part.get("items")).collect();
                items.iter_mut().for_each(|item| self.complete(item, &schemas, depth + 1));
            }
            _ => {}
        }
    }

    /// A value that `schema` allows.
    fn instance(&self, schema: &'a Value, depth: usize) -> Value {
        self.instance_of_all(&[schema], depth)
    }

    /// A value that all of `schemas` allow.
    fn instance_of_all(&self, schemas: &[&'a Value], depth: usize) -> Value {
        self.values.set(self.values.get() + 1);
        if self.is_full() {
            return Value::Null;
        }
        let mut shape = Shape::default();
        for (index, schema) in schemas.iter().enumerate() {
            match index {
                0 => self.gather(schema, None, true, &mut shape),
                _ => self.gather_part(schema, None, true, &mut shape),
            }
        }
        let parts = shape.parts.as_slice();
        if let Some(value) = parts.iter().find_map(|part| part.get("const")) {
            return self.typed(value, parts);
        }
        if let Some(value) = self.shown(&parts[..shape.own], parts) {
            return value;
        }
        if let Some(values) = parts.iter().find_map(|part| part.get("enum")?.as_array().filter(|list| !list.is_empty()))
        {
            let mut typed = values.iter().map(|value| self.typed(value, parts));
            let fitting = typed.find(|value| !value.is_null() && self.suits(value, parts, 0));
            return fitting.unwrap_or_else(|| values[0].clone());
        }
        if depth > 2 * DEPTH {
            return Value::Null;
        }
        let kind = parts.iter().find_map(|part| type_of(part));
        let has = |keys: &[&str]| parts.iter().any(|part| keys.iter().any(|key| part.get(key).is_some()));
        let bounds = ["minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"];
        match kind {
            Some("string") => Value::String(match parts.iter().find_map(|part| part.get("contentSchema")) {
                // JSON in a text.
                Some(content) => self.instance(content, depth + 1).to_string(),
                None => text::text(parts),
            }),
            Some("integer") => number(parts, true),
            Some("number") => number(parts, false),
            Some("boolean") => Value::Bool(true),
            Some("null") => Value::Null,
            Some("array") => self.array(parts, depth),
            Some(_) => self.object(&shape, depth),
            None if has(&["properties", "required", "additionalProperties"]) => self.object(&shape, depth),
            None if has(&["items", "prefixItems", "minItems"]) => self.array(parts, depth),
            None if has(&["pattern", "format", "minLength", "maxLength"]) => Value::String(text::text(parts)),
            None if bounds.iter().any(|key| parts.iter().any(|part| part.get(key).is_some_and(Value::is_number))) => {
                number(parts, false)
            }
            None => json!({}),
        }
    }

    /// The example or default that a schema shows of itself, if it is one: many are of another type.
    fn shown(&self, own: &[&'a Value], parts: &[&'a Value]) -> Option<Value> {
        let of = |part: &&'a Value| {
            let first = part.get("examples").and_then(Value::as_array).and_then(|examples| examples.first());
            [part.get("example"), first, part.get("default")]
        };
        let mut shown = own.iter().flat_map(of).flatten().map(|value| self.typed(value, parts));
        shown.find(|value| self.suits(value, parts, 0))
    }

    /// `value` as the type of the schema, if it is written as another.
    fn typed(&self, value: &Value, parts: &[&'a Value]) -> Value {
        let types = parts.iter().find_map(|part| known_types(part.get("type")));
        types.and_then(|types| read_as(value, &types)).unwrap_or_else(|| value.clone())
    }

    /// Whether `value` can be what the schemas describe, as far as that is seen at a glance.
    fn suits(&self, value: &Value, parts: &[&'a Value], depth: usize) -> bool {
        if value.is_null() && parts.iter().any(|part| part.as_object().is_some_and(is_nullable)) {
            return true;
        }
        let of_part = |part: &&'a Value| {
            let types = known_types(part.get("type"));
            types.clone().is_none_or(|types| types.iter().any(|name| is_of_type(value, name)))
                && part.get("enum").and_then(Value::as_array).is_none_or(|values| {
                    let types = types.unwrap_or_default();
                    values.iter().any(|other| other == value || read_as(other, &types).as_ref() == Some(value))
                })
                && value.as_str().is_none_or(|text| text::suits(text, part))
                && value.as_f64().is_none_or(|number| is_within(number, part))
        };
        if !parts.iter().all(of_part) {
            return false;
        }
        let member = |key: &str, name: &str, value: &Value| {
            let schemas = parts.iter().filter_map(|part| part.get(key));
            schemas.filter_map(|schema| if name.is_empty() { Some(schema) } else { schema.get(name) }).all(|schema| {
                let shape = self.shape(schema);
                // The value may be another alternative than the one that would be made.
                let is_union = shape.parts.iter().any(|part| part.get("oneOf").or(part.get("anyOf")).is_some());
                is_union || self.suits(value, &shape.parts, depth + 1)
            })
        };
        depth > DEPTH
            || match value {
                Value::Object(members) => members.iter().all(|(name, value)| {
                    let declares = |part: &&Value| part.get("properties").is_some_and(|all| all.get(name).is_some());
                    let is_declared = parts.iter().any(declares);
                    member("properties", name, value) && (is_declared || member("additionalProperties", "", value))
                }),
                Value::Array(items) => items.iter().all(|item| member("items", "", item)),
                _ => true,
            }
    }

    /// What applies to a value of `schema`: the schema itself, the parts of its `allOf`, and one alternative of each union.
    fn shape(&self, schema: &'a Value) -> Shape<'a> {
        let mut shape = Shape::default();
        self.gather(schema, None, true, &mut shape);
        shape
    }

    /// Adds `schema`, which was reached as the component `entry`, with all of its parts.
    fn gather(&self, schema: &'a Value, entry: Option<&str>, unions: bool, shape: &mut Shape<'a>) {
        // A circle of references has no part.
        if reference(schema).is_some() && self.tree.resolve(schema, Kind::Schema).is_none() {
            return;
        }
        let is_known = |schema: &Value, shape: &Shape<'a>| shape.parts.iter().any(|part| std::ptr::eq(*part, schema));
        let mut schema = schema;
        let mut entry = entry.map(str::to_owned);
        while let Some(text) = reference(schema) {
            if self.tree.siblings_count() && schema.as_object().is_some_and(|object| object.len() > 1) {
                if is_known(schema, shape) {
                    return;
                }
                push(schema, shape);
            }
            let Some(target) = self.tree.target(text, Kind::Schema) else { return };
            entry = entry.or_else(|| Some(reference_name(text)));
            schema = target;
        }
        if !schema.is_object() || shape.parts.len() > MAX_PARTS || is_known(schema, shape) {
            return;
        }
        push(schema, shape);
        let parts = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for part in parts {
            // A lone part is often all of it: `allOf` lets a description stand beside a reference.
            let is_whole = parts.len() == 1 && schema.get("properties").is_none();
            match is_whole {
                true => self.gather(part, entry.as_deref(), unions, shape),
                false => self.gather_part(part, entry.as_deref(), unions, shape),
            }
        }
        if unions {
            let has_union = ["oneOf", "anyOf"].iter().any(|key| self.alternative(schema, key, shape));
            if !has_union {
                self.tag(schema, entry.as_deref(), shape);
            }
        }
    }

    /// Adds a part of an `allOf` or a union, whose examples are not of the whole.
    fn gather_part(&self, part: &'a Value, entry: Option<&str>, unions: bool, shape: &mut Shape<'a>) {
        let own = shape.own;
        self.gather(part, entry, unions, shape);
        shape.own = own;
    }

    /// Adds the first alternative of a union that is more than null; whether there is one.
    fn alternative(&self, schema: &'a Value, key: &str, shape: &mut Shape<'a>) -> bool {
        let Some(alternatives) = schema.get(key).and_then(Value::as_array) else { return false };
        let open = |alternative: &&'a Value| {
            let target = self.tree.resolve(alternative, Kind::Schema)?;
            let is_null = known_types(target.get("type")).is_some_and(|types| types == ["null"]);
            let is_open = shape.parts.iter().any(|part| std::ptr::eq(*part, target));
            (!is_null && !is_open && !target.is_boolean()).then_some(())
        };
        let Some(first) = alternatives.iter().find(|alternative| open(alternative).is_some()) else { return false };
        let name = reference(first).map(reference_name);
        if let (Some(name), Some(discriminator)) = (&name, schema.get("discriminator")) {
            self.add_tag(discriminator, name, shape);
        }
        let whole = shape.own == shape.parts.len() && schema.as_object().is_some_and(|object| object.len() == 1);
        if whole {
            self.gather(first, name.as_deref(), true, shape);
        } else {
            self.gather_part(first, name.as_deref(), true, shape);
        }
        true
    }

    /// Adds the tag of `entry`, which has `schema` as its base with a discriminator; or a child, where the base cannot be sent.
    fn tag(&self, schema: &'a Value, entry: Option<&str>, shape: &mut Shape<'a>) {
        let (Some(discriminator), Some(entry)) = (schema.get("discriminator"), entry) else { return };
        self.add_tag(discriminator, entry, shape);
    }

    /// Adds the tag of the component `name`.
    fn add_tag(&self, discriminator: &'a Value, name: &str, shape: &mut Shape<'a>) {
        let property = discriminator.as_str().or_else(|| discriminator.get("propertyName")?.as_str());
        let Some(property) = property.filter(|property| !shape.tags.iter().any(|(other, _)| other == property)) else {
            return;
        };
        let mapping = discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten();
        let leads_to =
            |(_, target): &(&String, &Value)| target.as_str().is_some_and(|text| reference_name(text) == name);
        let tag = mapping.clone().find(leads_to).map_or(name, |(tag, _)| tag.as_str());
        shape.tags.push((property, tag.to_owned()));
    }

    fn array(&self, parts: &[&'a Value], depth: usize) -> Value {
        let size = |key: &'static str| parts.iter().filter_map(move |part| part.get(key)?.as_u64());
        let tuple = parts.iter().find_map(|part| part.get("prefixItems").or(part.get("items"))?.as_array());
        let items = parts.iter().find_map(|part| part.get("items").filter(|items| items.is_object()));
        let (least, most) = (size("minItems").max().unwrap_or(0), size("maxItems").min().unwrap_or(u64::MAX));
        // A list of lists of itself ends with an empty one.
        let usual = tuple.map_or_else(|| u64::from(items.is_some() && depth <= DEPTH), |tuple| tuple.len() as u64);
        let length = usual.max(least).min(most).min(MAX_ITEMS);
        let is_set = parts.iter().any(|part| part.get("uniqueItems") == Some(&Value::Bool(true)));
        let mut list: Vec<Value> = Vec::new();
        for index in 0..usize::try_from(length).unwrap_or(0) {
            let schema = tuple.and_then(|tuple| tuple.get(index)).or(items);
            let mut item = schema.map_or_else(|| json!({}), |schema| self.instance(schema, depth + 1));
            if is_set && list.contains(&item) {
                let Some(other) = schema.and_then(|schema| self.another(schema, &list)) else { break };
                item = other;
            }
            list.push(item);
        }
        Value::Array(list)
    }

    /// A value of `schema` that is not in `list` yet.
    fn another(&self, schema: &'a Value, list: &[Value]) -> Option<Value> {
        let shape = self.shape(schema);
        let parts = shape.parts.as_slice();
        let values = parts.iter().filter_map(|part| part.get("enum")?.as_array()).flatten();
        let mut values = values.map(|value| self.typed(value, parts));
        let varied = match list.last()? {
            Value::String(text) => json!(format!("{text}{}", list.len())),
            Value::Number(number) => json!(number.as_f64()? as i64 + 1),
            Value::Bool(value) => json!(!value),
            _ => Value::Null,
        };
        let is_new = |value: &Value| !list.contains(value) && self.suits(value, parts, 0);
        values.find(is_new).or_else(|| Some(varied).filter(is_new))
    }

    fn object(&self, shape: &Shape<'a>, depth: usize) -> Value {
        let parts = shape.parts.as_slice();
        let lists = parts.iter().filter_map(|part| part.get("required")?.as_array());
        let required: Vec<&str> = lists.flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for part in parts {
            for (name, schema) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let wanted =
                    (depth < self.depth || required.contains(&name.as_str())) && !self.is_write_only(parts, name);
                if wanted && !object.contains_key(name) && schema != &Value::Bool(false) {
                    object.insert(name.clone(), self.member(parts, name, depth));
                }
            }
        }
        let mut needed: Vec<String> = Vec::new();
        for name in required.into_iter().filter(|name| !self.is_write_only(parts, name)) {
            if !object.contains_key(name) {
                object.insert(name.to_owned(), self.member(parts, name, depth));
            }
            needed.push(name.to_owned());
        }
        for (property, tag) in &shape.tags {
            let tag = json!(tag);
            let declared: Vec<&Value> =
                parts.iter().filter_map(|part| part.get("properties")?.get(*property)).collect();
            let allows = |schema: &&Value| {
                let shape = self.shape(schema);
                let is_free = shape.parts.iter().all(|part| part.get("const").is_none_or(|value| *value == tag));
                is_free && self.suits(&tag, &shape.parts, 0)
            };
            if declared.iter().all(allows) {
                object.insert((*property).to_owned(), tag);
            }
        }
        let size = |key: &'static str| parts.iter().filter_map(move |part| part.get(key)?.as_u64());
        let most = size("maxProperties").min().unwrap_or(u64::MAX);
        let optional: Vec<String> = object.keys().filter(|name| !needed.contains(name)).cloned().collect();
        for name in optional.iter().rev() {
            if object.len() as u64 > most {
                object.remove(name);
            }
        }
        let least = size("minProperties").max().unwrap_or(0).min(MAX_ITEMS);
        for index in 1.. {
            if object.len() as u64 >= least {
                break;
            }
            let value = self.member(parts, "", depth);
            object.insert(format!("key{index}"), value);
        }
        Value::Object(object)
    }

    /// A value of the property `name`: by its schema, else by that of undeclared properties.
    fn member(&self, parts: &[&'a Value], name: &str, depth: usize) -> Value {
        let mut schemas: Vec<&Value> = parts.iter().filter_map(|part| part.get("properties")?.get(name)).collect();
        if schemas.is_empty() {
            let rest = parts.iter().filter_map(|part| part.get("additionalProperties"));
            schemas = rest.filter(|schema| schema.is_object()).collect();
        }
        if schemas.is_empty() { json!({}) } else { self.instance_of_all(&schemas, depth + 1) }
    }

    /// Whether a property belongs to requests only (OpenAPI 3.0.3, Schema Object, writeOnly).
    fn is_write_only(&self, parts: &[&'a Value], name: &str) -> bool {
        let mut declared = parts.iter().filter_map(|part| part.get("properties")?.get(name));
        declared.any(|property| has_flag(self.tree, property, "writeOnly"))
    }
}

/// Adds a schema, which is the value's own unless a part came before it.
fn push<'a>(schema: &'a Value, shape: &mut Shape<'a>) {
    if shape.own == shape.parts.len() {
        shape.own += 1;
    }
    shape.parts.push(schema);
}

/// The type that a schema names; the first that is not `null` where it lists several (OpenAPI 3.1).
fn type_of(schema: &Value) -> Option<&'static str> {
    let types = known_types(schema.get("type"))?;
    types.iter().find(|name| **name != "null").or(types.first()).copied()
}

/// Whether a number is within the bounds of a schema.
fn is_within(number: f64, schema: &Value) -> bool {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let exclusive = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    bound("minimum").is_none_or(|least| number > least || (number == least && !exclusive("exclusiveMinimum")))
        && bound("maximum").is_none_or(|most| number < most || (number == most && !exclusive("exclusiveMaximum")))
        && bound("exclusiveMinimum").is_none_or(|least| number > least)
        && bound("exclusiveMaximum").is_none_or(|most| number < most)
        && bound("multipleOf").is_none_or(|step| step <= 0.0 || (number / step).fract() == 0.0)
}

/// A number within the bounds: 1 if possible.
fn number(parts: &[&Value], whole: bool) -> Value {
    // Integers that a float cannot hold are kept as they are.
    let bound =
        |key: &'static str| parts.iter().filter_map(move |part| part.get(key).filter(|bound| bound.is_number()));
    let fits = |candidate: &Value| {
        candidate.as_f64().is_some_and(|number| parts.iter().all(|part| is_within(number, part)))
            && (!whole || is_of_type(candidate, "integer"))
    };
    let mut candidates = vec![json!(1), json!(0)];
    for (key, inward) in [("minimum", 1.0), ("exclusiveMinimum", 1.0), ("maximum", -1.0), ("exclusiveMaximum", -1.0)] {
        for limit in bound(key) {
            candidates.push(limit.clone());
            let Some(limit) = limit.as_f64() else { continue };
            let rounded = if inward > 0.0 { limit.ceil() } else { limit.floor() };
            let near = [rounded, rounded + inward, limit + inward / 2.0, limit + inward / 1000.0];
            candidates.extend(near.into_iter().map(as_number));
        }
    }
    for step in bound("multipleOf").filter_map(Value::as_f64).filter(|step| *step > 0.0) {
        let floors: Vec<f64> = candidates.iter().filter_map(Value::as_f64).collect();
        let steps = floors.into_iter().flat_map(|floor| [(floor / step).ceil() * step, (floor / step).floor() * step]);
        candidates.extend(steps.map(as_number));
    }
    let first = candidates.iter().find(|candidate| fits(candidate)).cloned();
    first.or_else(|| bound("minimum").next().cloned()).unwrap_or_else(|| json!(1))
}

/// A number as JSON writes it: an integer if it is one.
fn as_number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "command")]
    use crate::schema::{Side, validator};

    fn instance(schema: Value) -> Value {
        instance_in(json!({}), schema)
    }

    fn instance_in(schemas: Value, schema: Value) -> Value {
        let document = json!({"openapi": "3.1.0", "paths": {}, "components": {"schemas": schemas}});
        let document = Document::new(document).expect("it has paths");
        document.example(&json!({"schema": schema})).expect("it has a schema")
    }

    #[test]
    fn bounds_that_cannot_be_met_neither_panic_nor_fill_the_memory() {
        assert_eq!(instance(json!({"type": "integer", "minimum": i64::MAX})), json!(i64::MAX));
        let long = instance(json!({"type": "string", "minLength": u64::MAX}));
        assert_eq!(long.as_str().map(str::len), Some(text::MAX_TEXT));
        let list = instance(json!({"type": "array", "minItems": u64::MAX, "items": {"type": "boolean"}}));
        assert_eq!(list.as_array().map(Vec::len), Some(100));
    }

    #[test]
    fn a_list_of_types_counts_by_the_first_that_is_not_null() {
        assert_eq!(instance(json!({"type": ["null", "boolean"]})), json!(true));
        assert_eq!(instance(json!({"type": ["string", "null"], "const": "a"})), json!("a"));
    }

    #[test]
    fn numbers_are_within_their_bounds() {
        for (schema, expected) in [
            (json!({"type": "integer", "minimum": 3}), json!(3)),
            (json!({"type": "integer", "minimum": 3, "exclusiveMinimum": true}), json!(4)),
            (json!({"type": "integer", "exclusiveMinimum": 3}), json!(4)),
            (json!({"type": "integer", "maximum": -3}), json!(-3)),
            (json!({"type": "integer", "multipleOf": 5, "minimum": 6}), json!(10)),
            (json!({"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 2}), json!(1.5)),
        ] {
            assert_eq!(instance(schema.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn what_a_schema_shows_is_sent_only_if_it_is_of_the_type() {
        for (schema, expected) in [
            (json!({"type": "string", "example": 5}), json!("5")),
            (json!({"type": "integer", "example": "7"}), json!(7)),
            (json!({"type": "integer", "default": "many"}), json!(1)),
            (json!({"type": "string", "enum": ["a", "b"], "default": "c"}), json!("a")),
            (json!({"type": "string", "enum": [256, 512]}), json!("256")),
            (
                json!({"type": "object", "properties": {"a": {"type": "integer"}}, "example": {"a": "x"}}),
                json!({"a": 1}),
            ),
            (json!({"type": "boolean", "examples": ["x"]}), json!(true)),
        ] {
            assert_eq!(instance(schema.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn an_alternative_is_sent_with_its_tag_and_what_stands_beside_the_union() {
        let car = json!({"type": "object", "properties": {"kind": {"type": "string"}, "doors": {"type": "integer"}}});
        let union = json!({"oneOf": [{"$ref": "#/components/schemas/Car"}], "properties": {"id": {"type": "boolean"}},
            "discriminator": {"propertyName": "kind", "mapping": {"c": "#/components/schemas/Car"}}});
        assert_eq!(instance_in(json!({"Car": car}), union), json!({"id": true, "kind": "c", "doors": 1}));
        let base = json!({"type": "object", "discriminator": {"propertyName": "kind"}, "properties": {"kind": {"type": "string"}}});
        let child = json!({"allOf": [{"$ref": "#/components/schemas/Base"}]});
        let schemas = json!({"Base": base, "Child": child});
        assert_eq!(instance_in(schemas, json!({"$ref": "#/components/schemas/Child"})), json!({"kind": "Child"}));
    }

    #[test]
    fn circles_and_wide_schemas_end() {
        let own = json!({"$ref": "#/components/schemas/A"});
        for schema in [
            own.clone(),
            json!({"allOf": [own], "type": "object"}),
            json!({"oneOf": [own]}),
            json!({"type": "object", "required": ["a"], "properties": {"a": own}}),
            json!({"type": "array", "minItems": 3, "items": own}),
        ] {
            instance_in(json!({"A": schema}), own.clone());
        }
        let wide: Map<String, Value> = (0..50).map(|index| (format!("p{index}"), own.clone())).collect();
        let wide = instance_in(json!({"A": {"type": "object", "properties": wide}}), own);
        assert!(wide.to_string().len() < 100_000, "{}", wide.to_string().len());
    }

    /// What is made for the responses of the documents in the folder that `OPENAPI_WILD` names; without it there is nothing to do.
    #[cfg(feature = "command")]
    #[test]
    fn what_is_made_for_published_schemas_is_what_they_allow() {
        use openapi_build::source::SourceFile;

        let Some(folder) = std::env::var_os("OPENAPI_WILD") else {
            println!("skipped: OPENAPI_WILD names no folder of documents");
            return;
        };
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= 1024 * 1024));
        paths.sort();
        let (mut made, mut wrong) = (0, Vec::new());
        for path in &paths {
            let tree = SourceFile::read(path).and_then(|file| file.parse()).expect("it is YAML or JSON");
            let document = Document::new(tree).expect("it is OpenAPI");
            for operation in &document.operations {
                for (status, response) in document.responses(operation) {
                    let content = response.get("content").and_then(Value::as_object).into_iter().flatten();
                    for (media_type, media) in
                        content.filter(|(_, media)| media.get("example").or(media.get("examples")).is_none())
                    {
                        let Some(schema) = media.get("schema") else { continue };
                        let Some(validator) = validator(&document.tree, schema, Side::Response) else { continue };
                        let value = document.example(media).expect("it has a schema");
                        made += 1;
                        if let Some(error) = validator.iter_errors(&value).next() {
                            let name = path.file_name().unwrap_or_default().to_string_lossy();
                            let mut error =
                                format!("{} at {} by {}", error, error.instance_path(), error.schema_path());
                            error.truncate(error.floor_char_boundary(700));
                            wrong.push(format!("{name}: {} {status} {media_type}: {error}", operation.id));
                        }
                    }
                }
            }
        }
        println!("{} of {made} are wrong:\n{}", wrong.len(), wrong.join("\n"));
        // Some schemas allow no value at all, or contradict their own examples.
        assert!(wrong.len() * 50 < made, "{} of {made}", wrong.len());
    }
}
