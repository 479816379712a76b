//! Swagger 2.0: parameters, bodies, responses and security schemes, in the shape that OpenAPI 3.0 gives them.

use serde_json::{Map, Value, json};

/// The keys of parameters and headers that are not keywords of their schema.
const OWN_KEYS: [&str; 5] = ["name", "in", "required", "description", "collectionFormat"];

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// The request body that the parameters `in: body` and `in: formData` describe.
pub(crate) fn request_body(parameters: &[&Value], consumes: &[String]) -> Option<Value> {
    let place = |wanted: &str| {
        let wanted = wanted.to_owned();
        parameters.iter().copied().filter(move |parameter| parameter["in"] == *wanted)
    };
    if let Some(body) = place("body").next() {
        let media = json!({"schema": body.get("schema").cloned().unwrap_or_default()});
        let types = if consumes.is_empty() { vec!["application/json".to_owned()] } else { consumes.to_vec() };
        let content: Map<String, Value> = types.into_iter().map(|name| (name, media.clone())).collect();
        return Some(json!({"required": is_true(body, "required"), "content": content}));
    }
    let fields: Vec<&Value> = place("formData").filter(|field| field["name"].is_string()).collect();
    if fields.is_empty() {
        return None;
    }
    let name = |field: &Value| field["name"].as_str().unwrap_or_default().to_owned();
    let required: Vec<String> =
        fields.iter().filter(|field| is_true(field, "required")).map(|field| name(field)).collect();
    let properties: Map<String, Value> = fields.iter().map(|field| (name(field), schema(field))).collect();
    let has_file = fields.iter().any(|field| field["type"] == "file");
    let is_form =
        |media_type: &&String| media_type.starts_with("multipart/") || (!has_file && media_type.starts_with(FORM));
    let mut types: Vec<String> = consumes.iter().filter(is_form).cloned().collect();
    if types.is_empty() {
        types.push(if has_file { MULTIPART } else { FORM }.to_owned());
    }
    let media = json!({"schema": {"type": "object", "properties": properties, "required": required}});
    let content: Map<String, Value> = types.into_iter().map(|name| (name, media.clone())).collect();
    Some(json!({"required": !required.is_empty(), "content": content}))
}

/// A response.
pub(crate) fn response(response: &Value, produces: &[String]) -> Value {
    let mut converted = response.as_object().cloned().unwrap_or_default();
    let (schema, examples) = (converted.remove("schema"), converted.remove("examples"));
    let examples = examples.as_ref().and_then(Value::as_object);
    let mut types = produces.to_vec();
    if types.is_empty() {
        let shown = examples.into_iter().flatten().map(|(name, _)| name).filter(|name| name.contains('/'));
        types = shown.cloned().collect();
    }
    if types.is_empty() {
        let is_file = schema.as_ref().is_some_and(|schema| schema["type"] == "file");
        types.push(if is_file { "application/octet-stream" } else { "application/json" }.to_owned());
    }
    let mut content = Map::new();
    for name in types {
        let example = examples.and_then(|examples| examples.get(&name));
        let mut media = Map::new();
        if let Some(schema) = schema.clone().filter(|schema| !schema.is_null()) {
            media.insert("schema".into(), schema);
        }
        if let Some(example) = example {
            media.insert("example".into(), example.clone());
        }
        if !media.is_empty() {
            content.insert(name, Value::Object(media));
        }
    }
    let headers = converted.remove("headers");
    let headers = headers.as_ref().and_then(Value::as_object).into_iter().flatten();
    let headers: Map<String, Value> = headers.map(|(name, header)| (name.clone(), self::header(header))).collect();
    converted.insert("headers".into(), Value::Object(headers));
    converted.insert("content".into(), Value::Object(content));
    Value::Object(converted)
}

/// A header, with what stands between the items of a list.
fn header(header: &Value) -> Value {
    let separator = match header["collectionFormat"].as_str() {
        Some("ssv") => " ",
        Some("tsv") => "\t",
        Some("pipes") => "|",
        _ => ",",
    };
    json!({"schema": schema(header), SEPARATOR: separator})
}

/// The key of a header that holds what stands between the items of a list.
pub(crate) const SEPARATOR: &str = "x-sandbox-separator";

/// The schema whose keywords stand in a parameter or a header itself.
fn schema(of: &Value) -> Value {
    let members = of.as_object().into_iter().flatten();
    let keywords = members.filter(|(key, _)| !OWN_KEYS.contains(&key.as_str()));
    let mut schema: Map<String, Value> = keywords.map(|(key, value)| (key.clone(), value.clone())).collect();
    if let Some(Value::Object(inner)) = schema.remove("schema") {
        schema.extend(inner);
    }
    Value::Object(schema)
}

/// A security scheme.
pub(crate) fn security_scheme(scheme: &Value) -> Value {
    match scheme["type"].as_str() {
        Some("basic") => json!({"type": "http", "scheme": "basic"}),
        Some("oauth2") => {
            let flow = match scheme["flow"].as_str() {
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                Some(other) => other,
                None => "",
            };
            let keys = ["tokenUrl", "scopes", "x-token-grant"];
            let kept = keys.iter().filter_map(|key| Some(((*key).to_owned(), scheme.get(key)?.clone())));
            json!({"type": "oauth2", "flows": {flow: Value::Object(kept.collect())}})
        }
        _ => scheme.clone(),
    }
}

fn is_true(of: &Value, key: &str) -> bool {
    of.get(key) == Some(&Value::Bool(true))
}
