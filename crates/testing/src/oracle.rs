//! A judge of generated types that they did not make: JSON Schema, on the document as it came.
//!
//! The document's schemas are OpenAPI 3.0's, which are JSON Schema draft 4 but for `nullable` and the two sides; that
//! much is translated here, with nothing of the pipeline's. A document that has a keyword of OpenAPI 3.1 is judged by JSON Schema
//! 2020-12, in whose words the exclusive bounds of 3.0 are said.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// What the authors of definitions mean, although it is not what OpenAPI 3.0.3 says.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum Meant {
    /// What a part says of undeclared members is about those that no part declares.
    Closed,
    /// So it does, and `nullable` is read beside everything that describes a value, and beside an `enum` that does not list null.
    Nullable,
    /// Both, and a discriminator decides: a value is the alternative that its tag names, whatever others fit. One that stands
    /// without alternatives has those components that build on its schema.
    Tags,
    /// All of them, and a property whose enums in the parts of an `allOf` have no value in common is what any part says.
    Either,
}

/// A document as one side sees it.
pub struct Side {
    document: Value,
    /// The flag of properties that this side does not have.
    hidden: &'static str,
    /// Whether some schema has a keyword that OpenAPI 3.0 does not have.
    pub is_newer: bool,
}

/// The keywords of OpenAPI 3.1 that say which values are valid.
const NEWER: [&str; 14] = [
    "const",
    "patternProperties",
    "prefixItems",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "dependentRequired",
    "dependentSchemas",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Whether something in `value` has a key of [`NEWER`].
fn has_newer(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            object.keys().any(|key| NEWER.contains(&key.as_str())) || object.values().any(has_newer)
        }
        Value::Array(items) => items.iter().any(has_newer),
        _ => false,
    }
}

impl Side {
    /// The document as requests see it: without what is read-only.
    pub fn request(document: &Value) -> Self {
        Self { document: document.clone(), hidden: "readOnly", is_newer: has_newer(document) }
    }

    /// The document as responses see it: without what is write-only.
    pub fn response(document: &Value) -> Self {
        Self { document: document.clone(), hidden: "writeOnly", is_newer: has_newer(document) }
    }

    /// A judge of what all of `at` take. With `implied`, a schema that has properties and no type is one of objects.
    pub fn judge(&self, at: &[&Value], implied: bool) -> Validator {
        self.try_judge(at, implied).expect("the document's schemas are JSON Schema")
    }

    /// The same judge.
    ///
    /// # Errors
    ///
    /// When what the document has for schemas is no JSON Schema.
    pub fn try_judge(&self, at: &[&Value], implied: bool) -> Result<Validator, String> {
        self.translated(at, implied, None)
    }

    /// A judge of what all of `at` take, as their authors `mean` it.
    pub fn meant(&self, at: &[&Value], mean: Meant) -> Validator {
        self.translated(at, false, Some(mean)).expect("the document's schemas are JSON Schema")
    }

    fn translated(&self, at: &[&Value], implied: bool, meant: Option<Meant>) -> Result<Validator, String> {
        let mut translation = Translation {
            side: self,
            implied,
            meant,
            schemas: Map::new(),
            open: Vec::new(),
            own: Vec::new(),
            around: Vec::new(),
        };
        // Parts of another that is there hold with it.
        let within = |one: &Value, other: &Value| {
            !std::ptr::eq(one, other) && self.flat(&[other]).iter().any(|part| std::ptr::eq(*part, one))
        };
        let whole: Vec<&Value> = at.iter().copied().filter(|one| !at.iter().any(|other| within(one, other))).collect();
        let at = whole.as_slice();
        let translated: Vec<Value> = at.iter().map(|schema| translation.schema(schema, at, 0)).collect();
        while let Some(name) = translation.open.pop() {
            if let (false, Some(schema)) = (translation.schemas.contains_key(&name), self.component(&name)) {
                let translated = translation.schema(schema, &[schema], 0);
                translation.schemas.insert(name, translated);
            }
        }
        let root = json!({"allOf": translated, "components": {"schemas": translation.schemas}});
        jsonschema::options()
            .with_draft(if self.is_newer { jsonschema::Draft::Draft202012 } else { jsonschema::Draft::Draft4 })
            .should_validate_formats(true)
            .with_format("uuid", is_uuid)
            .with_format("byte", is_base64)
            .with_format(ASSUMED_UTC, |text: &str| assumed_utc(text).is_some())
            .with_format("email", |_: &str| true)
            .with_format("uri", |_: &str| true)
            .with_format("hostname", |_: &str| true)
            .with_format("ipv4", |_: &str| true)
            .with_format("ipv6", |_: &str| true)
            .with_format("regex", |_: &str| true)
            // Those that draft 4 does not know.
            .with_format("duration", |_: &str| true)
            .with_format("time", |_: &str| true)
            .with_format("uri-reference", |_: &str| true)
            .with_format("iri", |_: &str| true)
            .with_format("json-pointer", |_: &str| true)
            .build(&root)
            .map_err(|error| error.to_string())
    }

    /// What stands at `pointer`.
    pub fn at(&self, pointer: &str) -> &Value {
        self.document.pointer(pointer).expect("entries lead to the document")
    }

    fn component(&self, name: &str) -> Option<&Value> {
        self.document.pointer("/components/schemas")?.get(name)
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        for _ in 0..32 {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { break };
            let Some(target) = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer)) else {
                break;
            };
            schema = target;
        }
        schema
    }

    /// The schemas that hold together where all of `at` do: references followed, parts of an `allOf` beside the whole.
    pub fn flat<'a>(&'a self, at: &[&'a Value]) -> Vec<&'a Value> {
        let mut flat: Vec<&Value> = Vec::new();
        let mut open: Vec<&Value> = at.iter().rev().copied().collect();
        while let Some(schema) = open.pop() {
            // A reference that is no more than that is what it refers to.
            if says_null(schema)
                && schema.get("$ref").is_some()
                && !flat.iter().any(|other| std::ptr::eq(*other, schema))
            {
                flat.push(schema);
            }
            let schema = self.resolved(schema);
            if flat.iter().any(|other| std::ptr::eq(*other, schema)) {
                continue;
            }
            flat.push(schema);
            open.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten().rev());
        }
        flat
    }

    /// What all of `flat` say of a property.
    pub fn property<'a>(&'a self, flat: &[&'a Value], name: &str) -> Vec<&'a Value> {
        flat.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect()
    }

    /// The name of the component that `schema` is.
    pub fn name_of(&self, schema: &Value) -> Option<&str> {
        let components = self.document.pointer("/components/schemas")?.as_object()?;
        components.iter().find(|(_, component)| std::ptr::eq(*component, schema)).map(|(name, _)| name.as_str())
    }

    /// The components that build on `base` by an `allOf`, directly or through others; where none does, those that its mapping names,
    /// if they declare all that it declares.
    pub fn children(&self, base: &str) -> Vec<&String> {
        let components = self.document.pointer("/components/schemas").and_then(Value::as_object);
        let Some(target) = components.and_then(|components| components.get(base)) else { return Vec::new() };
        let builds = |schema: &Value| {
            !std::ptr::eq(schema, target)
                && schema.get("allOf").is_some()
                && self.flat(&[schema]).iter().any(|part| std::ptr::eq(*part, target))
        };
        let all = || components.into_iter().flatten();
        let children: Vec<&String> = all().filter(|(_, schema)| builds(schema)).map(|(name, _)| name).collect();
        if !children.is_empty() {
            return children;
        }
        let declared = |schema| -> BTreeSet<&String> {
            let properties = self.flat(&[schema]).into_iter().filter_map(|it| it.get("properties")?.as_object());
            properties.flatten().map(|(name, _)| name).collect()
        };
        let decides = deciding(target).unwrap_or(target);
        let named = all().filter(|(name, _)| name.as_str() != base && !mapped(decides, name).is_empty());
        let named: Vec<(&String, &Value)> = named.collect();
        let own = declared(target);
        match named.iter().all(|(_, schema)| own.is_subset(&declared(schema))) {
            true => named.into_iter().map(|(name, _)| name).collect(),
            false => Vec::new(),
        }
    }

    /// Whether this side does not have a property of which those are the schemas.
    pub fn is_hidden(&self, property: &[&Value]) -> bool {
        self.flat(property).iter().any(|schema| schema.get(self.hidden) == Some(&Value::Bool(true)))
    }
}

/// Schemas to JSON Schema draft 4.
struct Translation<'a> {
    side: &'a Side,
    implied: bool,
    meant: Option<Meant>,
    schemas: Map<String, Value>,
    /// Components that are still to be translated.
    open: Vec<String>,
    /// The schemas with a discriminator that are translated as what they say by themselves.
    own: Vec<*const Value>,
    /// The schemas of which an alternative is translated.
    around: Vec<*const Value>,
}

impl Translation<'_> {
    /// `schema`, beside which all of `at` hold: what one of them flags is hidden in each.
    fn schema(&mut self, schema: &Value, at: &[&Value], depth: usize) -> Value {
        let translated = match self.meant >= Some(Meant::Tags) && !self.own.contains(&std::ptr::from_ref(schema)) {
            true => self.tagged(schema, at, depth).unwrap_or_else(|| self.plain(schema, at, depth)),
            false => self.plain(schema, at, depth),
        };
        match self.meant >= Some(Meant::Nullable) && says_null(schema) {
            true => json!({"anyOf": [translated, {"enum": [null]}]}),
            false => translated,
        }
    }

    /// A schema with a discriminator and no alternatives: those that build on it, each with its tag.
    fn tagged(&mut self, schema: &Value, at: &[&Value], depth: usize) -> Option<Value> {
        let side = self.side;
        let (base, deciding) = (side.name_of(schema)?, deciding(schema)?);
        let children = side.children(base);
        if children.is_empty() {
            return None;
        }
        let mut all: Vec<Value> = Vec::new();
        for child in children {
            self.open.push(child.clone());
            let reference = json!({"$ref": format!("#/components/schemas/{}", escape(child))});
            all.push(with_tag(side, deciding, child, reference));
        }
        let excluded = deciding.pointer("/discriminator/mapping").and_then(Value::as_object);
        if excluded.is_none_or(|mapping| mapping.is_empty() || !mapped(deciding, base).is_empty()) {
            self.own.push(std::ptr::from_ref(schema));
            let own = self.plain(schema, at, depth);
            self.own.pop();
            all.push(with_tag(side, deciding, base, own));
        }
        Some(json!({ "anyOf": all }))
    }

    /// The names of the members that a whole declares, of which those are the parts: in themselves, and in their alternatives
    /// unless it is one of these that is translated.
    fn declared(&self, flat: &[&Value]) -> Vec<String> {
        let side = self.side;
        let mut parts = flat.to_vec();
        for schema in flat.iter().filter(|schema| !self.around.contains(&std::ptr::from_ref(**schema))) {
            let alternatives = ["oneOf", "anyOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
            parts.extend(alternatives.flat_map(|part| side.flat(&[part])));
        }
        let names: BTreeSet<&String> =
            parts.iter().filter_map(|part| part.get("properties")?.as_object()).flat_map(Map::keys).collect();
        names.into_iter().filter(|name| !side.is_hidden(&side.property(&parts, name))).cloned().collect()
    }

    fn plain(&mut self, schema: &Value, at: &[&Value], depth: usize) -> Value {
        let chosen = chosen(schema);
        let Some(object) = chosen.as_ref().unwrap_or(schema).as_object() else { return schema.clone() };
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            let name = reference.strip_prefix("#/components/schemas/").unwrap_or_default();
            // Alone, it is what it refers to; beside others, they may hide what it declares.
            if at.len() == 1 || depth > 24 {
                self.open.push(name.to_owned());
                return json!({ "$ref": reference });
            }
            let side = self.side;
            return self.schema(side.resolved(schema), at, depth + 1);
        }
        let side = self.side;
        let flat = side.flat(at);
        let mut out = Map::new();
        let mut declared = Vec::new();
        for (key, value) in object {
            let value = match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    let mut kept = Map::new();
                    for (name, property) in properties {
                        let beside = side.property(&flat, name);
                        if !side.is_hidden(&beside) {
                            kept.insert(name.clone(), self.schema(property, &beside, depth + 1));
                        }
                    }
                    Value::Object(kept)
                }
                ("allOf", Value::Array(parts)) => {
                    let beside: Vec<&Value> = flat.iter().copied().chain(parts).collect();
                    // A component that builds on another is one of those that the other stands for.
                    let builds = side.name_of(schema).is_some();
                    let translated = parts.iter().map(|part| {
                        self.own.extend(builds.then(|| std::ptr::from_ref(side.resolved(part))));
                        let translated = self.schema(part, &beside, depth + 1);
                        self.own.truncate(self.own.len() - usize::from(builds));
                        translated
                    });
                    Value::Array(translated.collect())
                }
                ("enum", Value::Array(own)) if self.meant == Some(Meant::Either) => {
                    let all: Vec<&Vec<Value>> = flat.iter().filter_map(|it| it.get("enum")?.as_array()).collect();
                    let is_shared = own.iter().any(|value| all.iter().all(|other| other.contains(value)));
                    if is_shared { value.clone() } else { all.into_iter().flatten().cloned().collect() }
                }
                // JSON Schema does not allow a union of nothing: it is left out.
                ("oneOf" | "anyOf", Value::Array(parts)) if parts.is_empty() => continue,
                ("oneOf" | "anyOf", Value::Array(parts)) if self.meant >= Some(Meant::Tags) && is_tagged(schema) => {
                    let of = |part: &Value| {
                        let name = part["$ref"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
                        with_tag(side, schema, &unescape(name), self.schema(part, &[part], depth + 1))
                    };
                    let parts = parts.iter().map(of).collect();
                    out.insert("anyOf".into(), parts);
                    continue;
                }
                ("oneOf" | "anyOf", Value::Array(parts)) => {
                    self.around.push(std::ptr::from_ref(schema));
                    let parts = parts.iter().map(|part| {
                        let beside: Vec<&Value> = match self.meant.is_some() && flat.iter().any(|it| has_members(it)) {
                            true => flat.iter().copied().chain([part]).collect(),
                            false => vec![part],
                        };
                        self.schema(part, &beside, depth + 1)
                    });
                    let parts = parts.collect();
                    self.around.pop();
                    Value::Array(parts)
                }
                ("items", value) => {
                    let beside: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("items")).collect();
                    self.schema(value, &beside, depth + 1)
                }
                (
                    "additionalProperties"
                    | "not"
                    | "if"
                    | "then"
                    | "else"
                    | "contains"
                    | "propertyNames"
                    | "unevaluatedProperties"
                    | "unevaluatedItems",
                    value,
                ) => {
                    if key == "additionalProperties" && self.meant.is_some() {
                        declared = self.declared(&flat);
                    }
                    self.schema(value, &[value], depth + 1)
                }
                ("prefixItems", Value::Array(parts)) => {
                    Value::Array(parts.iter().map(|part| self.schema(part, &[part], depth + 1)).collect())
                }
                ("patternProperties" | "dependentSchemas", Value::Object(parts)) => {
                    let translated =
                        |(name, part): (&String, &Value)| (name.clone(), self.schema(part, &[part], depth + 1));
                    Value::Object(parts.iter().map(translated).collect())
                }
                ("required", Value::Array(names)) => {
                    let hidden = |name: &&Value| {
                        let beside = side.property(&flat, name.as_str().unwrap_or_default());
                        side.is_hidden(&beside)
                    };
                    let kept: Vec<&Value> = names.iter().filter(|name| !hidden(name)).collect();
                    if kept.is_empty() {
                        continue;
                    }
                    json!(kept)
                }
                ("nullable" | "example" | "default" | "discriminator" | "xml" | "externalDocs" | "title", _) => {
                    continue;
                }
                // Both are words for base64.
                ("contentEncoding", encoding) if encoding == "base64" => {
                    out.insert("format".into(), json!("byte"));
                    continue;
                }
                (key, _) if key.starts_with("x-") => continue,
                _ => value.clone(),
            };
            out.insert(key.clone(), value);
        }
        if !declared.is_empty() {
            let properties = out.entry("properties").or_insert_with(|| json!({})).as_object_mut();
            let properties = properties.expect("properties are an object");
            for name in declared {
                properties.entry(name).or_insert_with(|| json!({}));
            }
        }
        if self.implied
            && !object.contains_key("type")
            && (object.contains_key("properties") || object.contains_key("required"))
        {
            out.insert("type".into(), json!("object"));
        }
        if self.implied && !object.contains_key("type") && object.contains_key("items") {
            out.insert("type".into(), json!("array"));
        }
        if object.get("nullable") == Some(&Value::Bool(true)) && object.contains_key("type") {
            let mut types = object["type"].as_array().cloned().unwrap_or_else(|| vec![object["type"].clone()]);
            types.push(json!("null"));
            out.insert("type".into(), Value::Array(types));
        }
        for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            if let (true, Some(Value::Bool(flag))) = (side.is_newer, out.get(exclusive).cloned()) {
                out.remove(exclusive);
                if let Some(bound) = out.remove(bound).filter(|_| flag) {
                    out.insert(exclusive.to_owned(), bound);
                }
            }
        }
        match bounds(object) {
            Some(bounds) => json!({"allOf": [out, bounds]}),
            None => Value::Object(out),
        }
    }
}

/// Whether `schema` says something about the members of an object.
fn has_members(schema: &Value) -> bool {
    ["properties", "additionalProperties"].iter().any(|key| schema.get(key).is_some())
}

/// A schema for which `x-rust-format` says that its values are read in another way than by its format: what they may be then.
fn chosen(schema: &Value) -> Option<Value> {
    let chosen = schema.get("x-rust-format")?.as_str()?;
    let mut object = schema.as_object()?.clone();
    match chosen {
        "assume-utc" => object.insert("format".into(), ASSUMED_UTC.into()),
        _ => object.remove("format"),
    };
    if chosen == "text" {
        object.insert("type".into(), "string".into());
    }
    Some(Value::Object(object))
}

/// The format of a date and time that may have no offset.
const ASSUMED_UTC: &str = "assumed-utc";

/// The instant of a date and time, in UTC if it has no offset.
pub fn assumed_utc(text: &str) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    [text.to_owned(), format!("{text}Z")].iter().find_map(|text| chrono::DateTime::parse_from_rfc3339(text).ok())
}

/// The bounds that the format of an integer says (OpenAPI 3.0.3, Data Types, and the registry of formats).
fn bounds(schema: &Map<String, Value>) -> Option<Value> {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let (least, most) = integers(text("format").filter(|_| text("type") == Some("integer"))?)?;
    Some(json!({"minimum": number(least), "maximum": number(most)}))
}

/// The least and the greatest integer of a format.
pub fn integers(format: &str) -> Option<(i128, i128)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" | "uint" => (0, u64::MAX.into()),
        _ => return None,
    })
}

/// An integer of up to 64 bits in JSON.
pub fn number(integer: i128) -> Value {
    i64::try_from(integer).map(Value::from).or_else(|_| u64::try_from(integer).map(Value::from)).unwrap_or_default()
}

/// The schema with a discriminator and no alternatives: `schema`, or a part of its `allOf` that is no reference.
pub fn deciding(schema: &Value) -> Option<&Value> {
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let own = parts.filter(|part| part.get("$ref").is_none());
    std::iter::once(schema).chain(own).find(|schema| {
        schema.pointer("/discriminator/propertyName").is_some()
            && ["oneOf", "anyOf"].iter().all(|key| schema.get(*key).is_none())
    })
}

/// Whether a discriminator decides between alternatives, each of which is a component.
fn is_tagged(schema: &Value) -> bool {
    let parts = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(*key)?.as_array());
    schema.pointer("/discriminator/propertyName").is_some()
        && parts.is_some_and(|parts| parts.iter().all(|part| part.get("$ref").is_some()))
}

/// The tags that the mapping of a discriminator has for a component.
fn mapped(schema: &Value, component: &str) -> Vec<String> {
    let mapping = schema.pointer("/discriminator/mapping").and_then(Value::as_object);
    let leads = |target: &str| target == component || target == format!("#/components/schemas/{}", escape(component));
    mapping.into_iter().flatten().filter(|(_, it)| it.as_str().is_some_and(leads)).map(|(tag, _)| tag.clone()).collect()
}

/// The tags of a component, which is an alternative of `schema`: those of the mapping, else the only values that it takes, else
/// its name.
pub fn tags(side: &Side, schema: &Value, component: &str) -> Vec<String> {
    let tag = schema.pointer("/discriminator/propertyName").and_then(Value::as_str).unwrap_or_default();
    let of_tag = side.component(component).map(|schema| side.property(&side.flat(&[schema]), tag)).unwrap_or_default();
    let enums: Vec<&Vec<Value>> =
        side.flat(&of_tag).into_iter().filter_map(|schema| schema.get("enum")?.as_array()).collect();
    let values = enums.first().into_iter().flat_map(|first| first.iter());
    let values = values.filter(|value| enums.iter().all(|other| other.contains(value)));
    // A value that the mapping has is that of another component.
    let mapping = schema.pointer("/discriminator/mapping");
    let is_free = |value: &&str| mapping.is_none_or(|mapping| mapping.get(value).is_none());
    let values: Vec<&str> = values.filter_map(Value::as_str).filter(is_free).collect();
    match mapped(schema, component) {
        mapped if !mapped.is_empty() => mapped,
        _ if !values.is_empty() => values.into_iter().map(str::to_owned).collect(),
        _ => vec![component.to_owned()],
    }
}

/// `translated`, the alternative `component` of `schema`, with its tag.
fn with_tag(side: &Side, schema: &Value, component: &str, translated: Value) -> Value {
    let tag = schema.pointer("/discriminator/propertyName").and_then(Value::as_str).unwrap_or_default();
    let tags = tags(side, schema, component);
    json!({"allOf": [translated, {"type": "object", "required": [tag], "properties": {tag: {"enum": tags}}}]})
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Whether `schema` says that null is a value.
pub fn says_null(schema: &Value) -> bool {
    ["nullable", "x-nullable"].iter().any(|key| schema.get(*key) == Some(&Value::Bool(true)))
}

/// RFC 9562, 4: hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// RFC 4648, 4.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() < 3
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
}
