//! A judge of generated types that they did not make: JSON Schema, on the document as it came.
//!
//! The document's schemas are OpenAPI 3.0's, which are JSON Schema draft 4 but for `nullable` and the two sides; that
//! much is translated here, with nothing of the pipeline's.

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// A document as one side sees it.
pub struct Side {
    document: Value,
    /// The flag of properties that this side does not have.
    hidden: &'static str,
}

impl Side {
    /// The document as requests see it: without what is read-only.
    pub fn request(document: &Value) -> Self {
        Self { document: document.clone(), hidden: "readOnly" }
    }

    /// The document as responses see it: without what is write-only.
    pub fn response(document: &Value) -> Self {
        Self { document: document.clone(), hidden: "writeOnly" }
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
        self.translated(at, implied, false)
    }

    /// A judge of what all of `at` take, as their authors mean it: `nullable` is read beside everything that describes a value,
    /// although OpenAPI 3.0.3 reads it beside a `type` only, and not beside an `enum` that does not list null.
    pub fn meant(&self, at: &[&Value]) -> Validator {
        self.translated(at, false, true).expect("the document's schemas are JSON Schema")
    }

    fn translated(&self, at: &[&Value], implied: bool, meant: bool) -> Result<Validator, String> {
        let mut translation = Translation { side: self, implied, meant, schemas: Map::new(), open: Vec::new() };
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
            .with_draft(jsonschema::Draft::Draft4)
            .should_validate_formats(true)
            .with_format("uuid", is_uuid)
            .with_format("byte", is_base64)
            .with_format("email", |_: &str| true)
            .with_format("uri", |_: &str| true)
            .with_format("hostname", |_: &str| true)
            .with_format("ipv4", |_: &str| true)
            .with_format("ipv6", |_: &str| true)
            .with_format("regex", |_: &str| true)
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

    /// Whether this side does not have a property of which those are the schemas.
    pub fn is_hidden(&self, property: &[&Value]) -> bool {
        self.flat(property).iter().any(|schema| schema.get(self.hidden) == Some(&Value::Bool(true)))
    }
}

/// Schemas to JSON Schema draft 4.
struct Translation<'a> {
    side: &'a Side,
    implied: bool,
    /// Whether null is a value wherever `nullable` says so.
    meant: bool,
    schemas: Map<String, Value>,
    /// Components that are still to be translated.
    open: Vec<String>,
}

impl Translation<'_> {
    /// `schema`, beside which all of `at` hold: what one of them flags is hidden in each.
    fn schema(&mut self, schema: &Value, at: &[&Value], depth: usize) -> Value {
        let translated = self.plain(schema, at, depth);
        match self.meant && says_null(schema) {
            true => json!({"anyOf": [translated, {"enum": [null]}]}),
            false => translated,
        }
    }

    fn plain(&mut self, schema: &Value, at: &[&Value], depth: usize) -> Value {
        let Some(object) = schema.as_object() else { return schema.clone() };
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
                    Value::Array(parts.iter().map(|part| self.schema(part, &beside, depth + 1)).collect())
                }
                ("oneOf" | "anyOf", Value::Array(parts)) => {
                    Value::Array(parts.iter().map(|part| self.schema(part, &[part], depth + 1)).collect())
                }
                ("items", value) => {
                    let beside: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("items")).collect();
                    self.schema(value, &beside, depth + 1)
                }
                ("additionalProperties" | "not", value) => self.schema(value, &[value], depth + 1),
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
                (key, _) if key.starts_with("x-") => continue,
                _ => value.clone(),
            };
            out.insert(key.clone(), value);
        }
        if self.implied
            && !object.contains_key("type")
            && (object.contains_key("properties") || object.contains_key("required"))
        {
            out.insert("type".into(), json!("object"));
        }
        if object.get("nullable") == Some(&Value::Bool(true)) && object.contains_key("type") {
            out.insert("type".into(), json!([object["type"], "null"]));
        }
        // OpenAPI 3.0.3, Data Types: int32 is a signed 32-bit integer.
        if object.get("format").is_some_and(|format| format == "int32") {
            return json!({"allOf": [out, {"minimum": i32::MIN, "maximum": i32::MAX}]});
        }
        Value::Object(out)
    }
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
