//! What the sandbox reads off a document: its operations, and the schemas of their bodies as JSON Schema.
//!
//! It reads the document as it is after the overlay, and calls nothing of the generator, so that a wrong cure does not
//! agree with itself.

use serde_json::{Map, Value, json};

/// An operation of a document.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: Vec<Segment>,
    pub(super) raw: Value,
    /// By alternative: the schemes with the scopes they need.
    pub(super) security: Vec<Vec<(String, Vec<String>)>>,
}

/// A part of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Literal(String),
    Parameter,
}

/// A document with what it refers to.
#[derive(Clone, Debug)]
pub(super) struct Document {
    root: Value,
}

impl Document {
    pub(super) fn new(root: Value) -> Self {
        Self { root }
    }

    /// Follows local references.
    pub(super) fn resolve<'a>(&'a self, mut value: &'a Value) -> &'a Value {
        for _ in 0..32 {
            let target =
                value.get("$ref").and_then(Value::as_str).and_then(|text| self.root.pointer(text.strip_prefix('#')?));
            match target {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    pub(super) fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in self.root.get("paths").and_then(Value::as_object).into_iter().flatten() {
            for method in ["get", "put", "post", "delete", "options", "head", "patch"] {
                let Some(raw) = item.get(method) else { continue };
                let id = raw.get("operationId").and_then(Value::as_str).map(str::to_owned);
                let security = raw.get("security").or_else(|| self.root.get("security")).and_then(Value::as_array);
                operations.push(Operation {
                    id: id.unwrap_or_else(|| format!("{method} {path}")),
                    method: method.to_ascii_uppercase(),
                    path: path.split('/').skip(1).map(segment).collect(),
                    raw: raw.clone(),
                    security: security.into_iter().flatten().map(alternative).collect(),
                });
            }
        }
        // A literal path goes before a template that also fits (OpenAPI 3.0.3, Paths Object).
        operations.sort_by_key(|operation| operation.path.iter().filter(|part| **part == Segment::Parameter).count());
        operations
    }

    /// The security scheme of that name.
    pub(super) fn scheme(&self, name: &str) -> Option<&Value> {
        self.root.get("components")?.get("securitySchemes")?.get(name).map(|scheme| self.resolve(scheme))
    }

    /// The client credentials flow of each scheme: the path of its token endpoint, and its scopes.
    pub(super) fn token_endpoints(&self) -> Vec<(String, Vec<String>)> {
        let schemes = self.root.pointer("/components/securitySchemes").and_then(Value::as_object);
        let flows = schemes.into_iter().flatten().filter_map(|(_, scheme)| scheme.pointer("/flows/clientCredentials"));
        flows
            .filter_map(|flow| {
                let url = flow.get("tokenUrl")?.as_str()?;
                // An absolute URL counts by its path.
                let path = match reqwest::Url::parse(url) {
                    Ok(url) => url.path().to_owned(),
                    Err(_) => format!("/{}", url.trim_start_matches('/')),
                };
                let scopes =
                    flow.get("scopes").and_then(Value::as_object).into_iter().flatten().map(|(scope, _)| scope.clone());
                Some((path, scopes.collect()))
            })
            .collect()
    }

    /// The schema of a JSON request body as JSON Schema 2020-12, and whether there must be a body.
    pub(super) fn request(&self, operation: &Operation) -> Option<(Value, bool)> {
        let body = self.resolve(operation.raw.get("requestBody")?);
        let schema = json_content(body)?.get("schema")?;
        let mut translated = translate(schema);
        let schemas = self.root.pointer("/components/schemas").and_then(Value::as_object);
        let definitions: Map<String, Value> =
            schemas.into_iter().flatten().map(|(name, schema)| (name.clone(), translate(schema))).collect();
        translated["$defs"] = Value::Object(definitions);
        Some((translated, body.get("required") == Some(&json!(true))))
    }

    /// The documented response of that status: an exact one, its range, or the default.
    pub(super) fn response<'a>(&'a self, operation: &'a Operation, status: u16) -> Option<&'a Value> {
        let responses = operation.raw.get("responses")?;
        let range = format!("{}XX", status / 100);
        let found =
            responses.get(status.to_string()).or_else(|| responses.get(range)).or_else(|| responses.get("default"));
        found.map(|response| self.resolve(response))
    }

    /// The status of the first documented success.
    pub(super) fn success(&self, operation: &Operation) -> u16 {
        let statuses = operation.raw.get("responses").and_then(Value::as_object).into_iter().flatten();
        statuses.filter_map(|(status, _)| status.parse().ok()).find(|status| (200..300).contains(status)).unwrap_or(200)
    }
}

/// The JSON media type object of what has a `content`.
pub(super) fn json_content(of: &Value) -> Option<&Value> {
    let content = of.get("content")?.as_object()?;
    content.iter().find(|(media_type, _)| media_type.contains("json")).map(|(_, media)| media)
}

fn segment(text: &str) -> Segment {
    if text.contains('{') { Segment::Parameter } else { Segment::Literal(text.to_owned()) }
}

fn alternative(value: &Value) -> Vec<(String, Vec<String>)> {
    let schemes = value.as_object().into_iter().flatten();
    schemes
        .map(|(name, scopes)| {
            let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
            (name.clone(), scopes.collect())
        })
        .collect()
}

/// OpenAPI 3.0's dialect of a request schema as JSON Schema 2020-12: `nullable`, flags for exclusive bounds, and
/// properties that are `readOnly`, which a request need not have.
fn translate(schema: &Value) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        return json!({"$ref": reference.replace("#/components/schemas/", "#/$defs/")});
    }
    let mut translated = Map::new();
    for (key, value) in object {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                Value::Object(properties.iter().map(|(name, schema)| (name.clone(), translate(schema))).collect())
            }
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => parts.iter().map(translate).collect(),
            ("items" | "additionalProperties" | "not", value) => translate(value),
            ("required", Value::Array(names)) => {
                let read_only = |name: &Value| {
                    name.as_str().is_some_and(|name| schema["properties"][name]["readOnly"] == json!(true))
                };
                names.iter().filter(|name| !read_only(name)).cloned().collect()
            }
            ("exclusiveMinimum" | "exclusiveMaximum" | "nullable" | "example" | "discriminator", _) => continue,
            (_, value) => value.clone(),
        };
        translated.insert(key.clone(), value);
    }
    for (bound, flag) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if object.get(flag) == Some(&json!(true))
            && let Some(value) = translated.remove(bound)
        {
            translated.insert(flag.into(), value);
        }
    }
    if object.get("nullable") == Some(&json!(true)) {
        if let Some(kind) = translated.remove("type") {
            translated.insert("type".into(), json!([kind, "null"]));
        }
        if let Some(Value::Array(values)) = translated.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    Value::Object(translated)
}
