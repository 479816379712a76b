//! Translates a schema, of any version of OpenAPI, to JSON Schema 2020-12, for the crate `jsonschema` to check values.
//!
//! Published schemas have keywords of the wrong kind, types that nobody knows and references to nothing. Whatever has no
//! meaning is left out, so that the rest of the schema still counts.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::tree::{Kind, Tree, reference};

/// Which side of the wire a value is on: `readOnly` properties are not required of requests, nor `writeOnly` ones of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Request,
    Response,
}

/// The validator of `schema`; `None` where it cannot be compiled, so that it says nothing about a value.
pub(crate) fn validator(tree: &Tree, schema: &Value, side: Side) -> Option<jsonschema::Validator> {
    let mut translated = translate(tree, schema, side);
    let build = |schema: &Value| jsonschema::draft202012::options().should_validate_formats(true).build(schema).ok();
    build(&translated).or_else(|| {
        drop_patterns(&mut translated);
        build(&translated)
    })
}

/// Translates `schema` with all that it refers to.
pub(crate) fn translate(tree: &Tree, schema: &Value, side: Side) -> Value {
    let mut translation = Translation { tree, side, names: HashMap::new(), pending: Vec::new(), reach: HashMap::new() };
    let mut root = match translation.schema(schema, &[]) {
        Value::Object(object) => object,
        other => Map::from_iter([("allOf".to_owned(), json!([other]))]),
    };
    let mut definitions = Map::new();
    while let Some((name, schema, open)) = translation.pending.pop() {
        let translated = translation.schema(schema, &open);
        definitions.insert(name, translated);
    }
    if !definitions.is_empty() {
        root.insert("$defs".into(), Value::Object(definitions));
    }
    Value::Object(root)
}

/// A schema of the document, by its address.
type Address = usize;

fn address(schema: &Value) -> Address {
    std::ptr::from_ref(schema).addr()
}

struct Translation<'a> {
    tree: &'a Tree,
    side: Side,
    /// The names among `$defs`, by the target and by those schemas around it that apply to the same value and that it leads
    /// back to.
    names: HashMap<(Address, Vec<Address>), String>,
    /// Definitions that are not yet translated.
    pending: Vec<(String, &'a Value, Vec<Address>)>,
    /// The targets that apply to the same value as a target does.
    reach: HashMap<Address, HashSet<Address>>,
}

impl<'a> Translation<'a> {
    /// Translates `schema`. `open` are the targets of references that are being applied to the same value: a reference back to
    /// one of them would never end, and says nothing new.
    fn schema(&mut self, schema: &'a Value, open: &[Address]) -> Value {
        let Some(object) = schema.as_object() else { return json!(schema.as_bool().unwrap_or(true)) };
        let mut translated = Map::new();
        let target = reference(schema);
        if target.is_none() || self.tree.siblings_count() {
            for (key, value) in object {
                if let Some(value) = self.keyword(schema, key, value, open) {
                    translated.insert(keyword_of(object, key, &value).into(), value);
                }
            }
            bounds(object, &mut translated);
            types(object, &mut translated);
        }
        if let Some(target) = target.and_then(|text| self.reference(text, open)).flatten() {
            translated.insert("$ref".into(), json!(target));
        }
        if is_nullable(object) { nullable(translated) } else { Value::Object(translated) }
    }

    /// The place among `$defs` of what `text` refers to: `None` where it leads nowhere, `Some(None)` where it leads in a circle.
    fn reference(&mut self, text: &str, open: &[Address]) -> Option<Option<String>> {
        let tree = self.tree;
        let target = tree.target(text, Kind::Schema)?;
        let id = address(target);
        if open.contains(&id) {
            return Some(None);
        }
        let reached = self.reached(target);
        let mut around: Vec<Address> = open.iter().copied().filter(|other| reached.contains(other)).collect();
        around.sort_unstable();
        let next = self.names.len().to_string();
        let key = (id, around.clone());
        if let Some(name) = self.names.get(&key) {
            return Some(Some(format!("#/$defs/{name}")));
        }
        self.names.insert(key, next.clone());
        around.push(id);
        self.pending.push((next.clone(), target, around));
        Some(Some(format!("#/$defs/{next}")))
    }

    /// The targets that apply to the same value as `target`, by way of references and combinations.
    fn reached(&mut self, target: &'a Value) -> &HashSet<Address> {
        let tree = self.tree;
        self.reach.entry(address(target)).or_insert_with(|| {
            let mut reached = HashSet::new();
            let mut next = vec![target];
            while let Some(schema) = next.pop() {
                if let Some(target) = reference(schema).and_then(|text| tree.target(text, Kind::Schema))
                    && reached.insert(address(target))
                {
                    next.push(target);
                }
                for key in ["allOf", "oneOf", "anyOf"] {
                    next.extend(schema.get(key).and_then(Value::as_array).into_iter().flatten());
                }
                next.extend(["not", "if", "then", "else"].iter().filter_map(|key| schema.get(key)));
                next.extend(
                    schema.get("dependentSchemas").and_then(Value::as_object).into_iter().flat_map(Map::values),
                );
            }
            reached
        })
    }

    /// Whether `schema` is, or has among its `allOf`, a reference back to a schema of `open`.
    fn leads_back(&self, schema: &Value, open: &[Address]) -> bool {
        reference(schema)
            .and_then(|text| self.tree.target(text, Kind::Schema))
            .is_some_and(|target| open.contains(&address(target)))
    }

    /// Whether `schema` refers to nothing, be it by way of further references, or is a union of such alone.
    fn dangles(&self, schema: &Value) -> bool {
        if reference(schema).is_some() {
            return self.tree.resolve(schema, Kind::Schema).is_none();
        }
        let is_gone = |(key, parts): (&String, &Value)| {
            let parts = parts.as_array().filter(|parts| !parts.is_empty() && matches!(key.as_str(), "oneOf" | "anyOf"));
            parts.is_some_and(|parts| parts.iter().all(|part| self.dangles(part)))
        };
        schema.as_object().is_some_and(|object| !object.is_empty() && object.iter().all(is_gone))
    }

    /// Translates the value of a keyword; `None` where it has no meaning.
    fn keyword(&mut self, schema: &'a Value, key: &str, value: &'a Value, open: &[Address]) -> Option<Value> {
        match (key, value) {
            ("properties" | "patternProperties" | "dependentSchemas", Value::Object(members)) => {
                let open = if key == "dependentSchemas" { open } else { &[] };
                let members = members.iter().map(|(name, schema)| (name.clone(), self.schema(schema, open)));
                Some(Value::Object(members.collect()))
            }
            ("allOf", Value::Array(parts)) => {
                let parts: Vec<Value> = parts
                    .iter()
                    .filter(|part| part.is_object() && !self.leads_back(part, open) && !self.dangles(part))
                    .collect::<Vec<_>>()
                    .into_iter()
                    .map(|part| self.schema(part, open))
                    .collect();
                (!parts.is_empty()).then_some(Value::Array(parts))
            }
            ("oneOf" | "anyOf", Value::Array(parts)) => {
                // One that leads back says that the value matches an alternative, which is decided where it began.
                if parts.iter().any(|part| self.leads_back(part, open)) {
                    return None;
                }
                let known = |part: &&Value| (part.is_object() || part.is_boolean()) && !self.dangles(part);
                let parts: Vec<&Value> = parts.iter().filter(known).collect();
                (!parts.is_empty()).then(|| parts.into_iter().map(|part| self.schema(part, open)).collect())
            }
            ("prefixItems" | "items", Value::Array(parts)) => {
                (!parts.is_empty()).then(|| parts.iter().map(|part| self.schema(part, &[])).collect())
            }
            (
                "items"
                | "additionalProperties"
                | "propertyNames"
                | "contains"
                | "unevaluatedItems"
                | "unevaluatedProperties",
                Value::Object(_) | Value::Bool(_),
            ) => Some(self.schema(value, &[])),
            ("not" | "if" | "then" | "else", Value::Object(_) | Value::Bool(_)) => {
                (!self.leads_back(value, open) && !self.dangles(value)).then(|| self.schema(value, open))
            }
            ("required", Value::Array(names)) => {
                let names =
                    names.iter().filter(|name| name.as_str().is_some_and(|name| self.is_required(schema, name)));
                let mut names: Vec<Value> = names.cloned().collect();
                let mut seen = HashSet::new();
                names.retain(|name| seen.insert(name.clone()));
                Some(Value::Array(names))
            }
            ("dependentRequired", Value::Object(members)) => {
                let lists = members
                    .iter()
                    .filter(|(_, list)| list.as_array().is_some_and(|list| list.iter().all(Value::is_string)));
                Some(Value::Object(lists.map(|(name, list)| (name.clone(), list.clone())).collect()))
            }
            (
                "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties" | "maxContains"
                | "minContains",
                Value::Number(number),
            ) => {
                let whole = number.as_f64().filter(|number| *number >= 0.0 && number.fract() == 0.0)?;
                // Beyond 64 bits it cannot bind anything: a maximum is dropped, and so is a minimum that nothing could meet.
                number.as_u64().or((whole < 9e18).then_some(whole as u64)).map(Value::from)
            }
            ("multipleOf", Value::Number(number)) => number.as_f64().is_some_and(|n| n > 0.0).then(|| value.clone()),
            ("uniqueItems", Value::Bool(_)) | ("pattern" | "format", Value::String(_)) | ("const", _) => {
                Some(value.clone())
            }
            ("enum", Value::Array(values)) => (!values.is_empty()).then(|| value.clone()),
            ("$dynamicRef" | "$recursiveRef", Value::String(text)) => {
                // Without dynamic scopes, it is a reference like any other.
                self.reference(text, open).flatten().map(Value::String)
            }
            _ => None,
        }
    }

    /// Whether a value must have the property: not where it belongs to the other side of the wire only.
    fn is_required(&self, schema: &Value, name: &str) -> bool {
        let flag = match self.side {
            Side::Request => "readOnly",
            Side::Response => "writeOnly",
        };
        !schema
            .get("properties")
            .and_then(|all| all.get(name))
            .is_some_and(|property| has_flag(self.tree, property, flag))
    }
}

/// The keyword of JSON Schema that `key` means.
fn keyword_of<'a>(schema: &Map<String, Value>, key: &'a str, value: &Value) -> &'a str {
    match key {
        // A tuple, before JSON Schema 2020-12.
        "items" if value.is_array() => "prefixItems",
        // The discriminator tells apart what a value matches more than one of.
        "oneOf" if schema.contains_key("discriminator") && !schema.contains_key("anyOf") => "anyOf",
        _ => key,
    }
}

/// Whether a property has `flag`, in itself, in what it refers to, or in a part of its `allOf`.
pub(crate) fn has_flag(tree: &Tree, property: &Value, flag: &str) -> bool {
    let is_set = |schema: &Value| schema.get(flag) == Some(&Value::Bool(true));
    let Some(schema) = tree.resolve(property, Kind::Schema) else { return is_set(property) };
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    is_set(property) || is_set(schema) || parts.filter_map(|part| tree.resolve(part, Kind::Schema)).any(is_set)
}

/// The bounds of a number, whose exclusive ones are flags in OpenAPI 3.0 and numbers in 3.1.
fn bounds(object: &Map<String, Value>, translated: &mut Map<String, Value>) {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let flag = object.get(exclusive);
        if let Some(number) = flag.filter(|flag| flag.is_number()) {
            translated.insert(exclusive.into(), number.clone());
        }
        if let Some(number) = object.get(bound).filter(|number| number.is_number()) {
            let key = if flag == Some(&Value::Bool(true)) { exclusive } else { bound };
            translated.insert(key.into(), number.clone());
        }
    }
}

/// The type, and the values of `enum` and `const` as that type.
fn types(object: &Map<String, Value>, translated: &mut Map<String, Value>) {
    let Some(mut names) = known_types(object.get("type")) else {
        return;
    };
    let listed = translated.iter_mut().filter_map(|(key, value)| match (key.as_str(), value) {
        ("enum", Value::Array(values)) => Some(values.as_mut_slice()),
        ("const", value) => Some(std::slice::from_mut(value)),
        _ => None,
    });
    for value in listed.flatten() {
        if let Some(read) = read_as(value, &names) {
            *value = read;
        }
        // Null among the values means that null is one.
        if value.is_null() && !names.contains(&"null") {
            names.push("null");
        }
    }
    let names = if let [name] = names.as_slice() { json!(name) } else { json!(names) };
    translated.insert("type".into(), names);
}

/// The types of JSON that `stated` means; `None` where it says nothing that is known.
pub(crate) fn known_types(stated: Option<&Value>) -> Option<Vec<&'static str>> {
    let mut names = match stated? {
        Value::String(name) => known_type(name)?,
        Value::Array(list) => {
            let names = list.iter().map(|name| known_type(if name.is_null() { "null" } else { name.as_str()? }));
            names.collect::<Option<Vec<_>>>()?.concat()
        }
        _ => return None,
    };
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    (!names.is_empty()).then_some(names)
}

/// A type of JSON Schema, or a well-known word for one.
fn known_type(name: &str) -> Option<Vec<&'static str>> {
    Some(vec![match name.to_ascii_lowercase().as_str() {
        "array" | "list" => "array",
        "boolean" | "bool" => "boolean",
        "integer" | "int" | "int32" | "int64" | "long" | "bigint" => "integer",
        "number" | "float" | "double" | "decimal" => "number",
        "object" | "map" | "dict" | "dictionary" => "object",
        "string" | "str" | "text" | "date" | "date-time" | "datetime" | "timestamp" | "uuid" | "uri" | "url"
        | "email" | "byte" | "binary" | "file" | "password" => "string",
        "null" | "none" => "null",
        _ => return None,
    }])
}

/// `value` as one of `types`, where it is written as another type and nothing is lost.
pub(crate) fn read_as(value: &Value, types: &[&str]) -> Option<Value> {
    if types.iter().any(|name| is_of_type(value, name)) {
        return None;
    }
    match value {
        Value::Bool(_) | Value::Number(_) if types.contains(&"string") => Some(Value::String(value.to_string())),
        Value::String(text) => {
            let read: Value = serde_json::from_str(text.trim()).ok()?;
            types.iter().any(|name| is_of_type(&read, name)).then_some(read)
        }
        _ => None,
    }
}

/// Whether `value` is of the type of JSON Schema of that name.
pub(crate) fn is_of_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => {
            name == "number"
                || (name == "integer" && (!number.is_f64() || number.as_f64().is_some_and(|n| n.fract() == 0.0)))
        }
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

/// Whether a schema says in the words of OpenAPI before 3.1 that null is allowed.
pub(crate) fn is_nullable(object: &Map<String, Value>) -> bool {
    ["nullable", "x-nullable"].iter().any(|key| object.get(*key) == Some(&Value::Bool(true)))
}

/// `schema`, or null.
fn nullable(mut schema: Map<String, Value>) -> Value {
    let combined = ["$ref", "allOf", "oneOf", "anyOf", "not", "const", "if", "then", "else", "$dynamicRef"];
    if combined.iter().any(|key| schema.contains_key(*key)) {
        return json!({"if": {"type": "null"}, "else": schema});
    }
    match schema.get_mut("type") {
        Some(Value::Array(names)) if !names.contains(&json!("null")) => names.push(json!("null")),
        Some(Value::String(name)) if name != "null" => {
            let both = json!([name, "null"]);
            schema.insert("type".into(), both);
        }
        _ => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    Value::Object(schema)
}

/// Leaves out the patterns that cannot be compiled.
fn drop_patterns(schema: &mut Value) {
    let compiles = |pattern: &str| jsonschema::draft202012::new(&json!({"pattern": pattern})).is_ok();
    match schema {
        Value::Object(members) => {
            if members.get("pattern").and_then(Value::as_str).is_some_and(|pattern| !compiles(pattern)) {
                members.remove("pattern");
            }
            if let Some(Value::Object(patterns)) = members.get_mut("patternProperties") {
                patterns.retain(|pattern, _| compiles(pattern));
            }
            members.values_mut().for_each(drop_patterns);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_patterns),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(version: &str, schemas: Value) -> Tree {
        Tree::new(json!({"openapi": version, "paths": {}, "components": {"schemas": schemas}})).expect("a document")
    }

    fn translated(schema: Value) -> Value {
        translate(&tree("3.0.3", json!({})), &schema, Side::Request)
    }

    /// Which of `values` the schema `A` accepts.
    fn accepted(version: &str, schemas: Value, values: &[Value]) -> Vec<bool> {
        let tree = tree(version, schemas);
        let validator =
            validator(&tree, &json!({"$ref": "#/components/schemas/A"}), Side::Request).expect("it compiles");
        values.iter().map(|value| validator.is_valid(value)).collect()
    }

    #[test]
    fn an_exclusive_bound_may_be_a_flag_or_a_number() {
        let flag = json!({"minimum": 3, "exclusiveMinimum": true, "maximum": 5, "exclusiveMaximum": false});
        assert_eq!(translated(flag), json!({"exclusiveMinimum": 3, "maximum": 5}));
        assert_eq!(translated(json!({"exclusiveMinimum": 3})), json!({"exclusiveMinimum": 3}));
    }

    #[test]
    fn what_has_no_meaning_is_left_out() {
        for (schema, expected) in [
            (json!({"type": "thing", "minLength": "1", "required": true, "enum": []}), json!({})),
            (json!({"type": ["string", null]}), json!({"type": ["string", "null"]})),
            (json!({"type": null, "maxLength": 1e30, "minItems": -1}), json!({})),
            (json!({"type": "int", "enum": ["1", 2]}), json!({"type": "integer", "enum": [1, 2]})),
            (
                json!({"type": "string", "enum": [256, true, "a", null]}),
                json!({"type": ["string", "null"], "enum": ["256", "true", "a", null]}),
            ),
            (json!({"items": [{"type": "string"}]}), json!({"prefixItems": [{"type": "string"}]})),
            (json!({"oneOf": [{"$ref": "#/nowhere"}, {"type": "null"}]}), json!({"oneOf": [{"type": "null"}]})),
            (json!({"$ref": "#/nowhere"}), json!({})),
            (json!({"properties": {"a": null}}), json!({"properties": {"a": true}})),
        ] {
            assert_eq!(translated(schema.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_compiled_does_not_keep_the_rest_from_counting() {
        let schemas = json!({"A": {"type": "object", "required": ["b"], "properties": {
            "a": {"type": "string", "pattern": "(?<"}, "b": {"type": "string", "pattern": "^b"}}}});
        let values = [json!({"b": "b"}), json!({"b": "a"}), json!({}), json!({"a": "x", "b": "b"})];
        assert_eq!(accepted("3.0.3", schemas, &values), [true, false, false, true]);
    }

    #[test]
    fn a_condition_of_which_nothing_is_known_does_not_count() {
        let gone = json!({"$ref": "#/components/schemas/Gone"});
        let alias = json!({"$ref": "#/components/schemas/Alias"});
        for unknown in [gone.clone(), alias, json!({"anyOf": [gone, {"oneOf": [gone]}]})] {
            for schema in [json!({"not": unknown}), json!({"if": unknown, "then": {"type": "string"}})] {
                let schemas = json!({"Alias": gone, "A": schema});
                assert_eq!(accepted("3.1.0", schemas, &[json!("a"), json!(1)]), [true, true], "{unknown}");
            }
        }
    }

    #[test]
    fn circles_end() {
        for schema in [
            json!({"$ref": "#/components/schemas/A"}),
            json!({"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}),
            json!({"anyOf": [{"$ref": "#/components/schemas/A"}]}),
            json!({"not": {"$ref": "#/components/schemas/A"}}),
            json!({"properties": {"a": {"$ref": "#/components/schemas/A"}}}),
        ] {
            assert!(accepted("3.0.3", json!({"A": schema}), &[json!("a")])[0], "{schema}");
        }
    }

    #[test]
    fn a_base_is_the_union_of_its_children_and_a_child_has_what_the_base_has() {
        let child = |name: &str| {
            json!({"allOf": [{"$ref": "#/components/schemas/Base"},
                {"type": "object", "required": [name], "properties": {name: {"type": "integer"}}}]})
        };
        let schemas = |root: &str| {
            json!({"A": {"$ref": format!("#/components/schemas/{root}")}, "One": child("one"), "Two": child("two"),
                "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}},
                    "oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}]}})
        };
        let values = [
            json!({"id": "a", "one": 1}),
            json!({"id": "a", "two": 2}),
            json!({"one": 1}),
            json!({"id": "a"}),
            json!({"id": "a", "one": "1"}),
        ];
        assert_eq!(accepted("3.0.3", schemas("Base"), &values), [true, true, false, false, false]);
        assert_eq!(accepted("3.0.3", schemas("One"), &values), [true, false, false, false, false]);
    }

    #[test]
    fn a_value_may_match_several_alternatives_if_a_discriminator_tells_them_apart() {
        let part = json!({"type": "object", "properties": {"kind": {"type": "string"}}});
        let mut union = json!({"oneOf": [part, part]});
        assert_eq!(accepted("3.0.3", json!({"A": union}), &[json!({"kind": "a"})]), [false]);
        union["discriminator"] = json!({"propertyName": "kind"});
        assert_eq!(accepted("3.0.3", json!({"A": union}), &[json!({"kind": "a"}), json!(1)]), [true, false]);
    }

    #[test]
    fn null_is_allowed_beside_a_reference_and_an_enum() {
        let schemas =
            json!({"B": {"type": "string"}, "A": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]}});
        assert_eq!(accepted("3.0.3", schemas, &[json!(null), json!("a"), json!(1)]), [true, true, false]);
        let schemas = json!({"A": {"x-nullable": true, "type": "string", "enum": ["a"]}});
        assert_eq!(accepted("3.0.3", schemas, &[json!(null), json!("a"), json!("b")]), [true, true, false]);
    }

    #[test]
    fn keywords_beside_a_reference_count_from_openapi_31_on() {
        let schemas = json!({"B": {"type": "string"}, "A": {"$ref": "#/components/schemas/B", "maxLength": 1}});
        let values = [json!("a"), json!("ab"), json!(1)];
        assert_eq!(accepted("3.0.3", schemas.clone(), &values), [true, true, false]);
        assert_eq!(accepted("3.1.0", schemas, &values), [true, false, false]);
    }
}
