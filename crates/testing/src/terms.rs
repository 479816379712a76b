//! Documents of OpenAPI 3.1 and of Swagger 2.0 in the terms of OpenAPI 3.0, which the judge knows. Nothing of the pipeline's is
//! used; what those terms cannot say stays as it is.

use serde_json::{Map, Value, json};

/// `document` in the terms of OpenAPI 3.0.
pub fn of_30(document: &mut Value) {
    let says = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (openapi, swagger) = (says("openapi"), says("swagger"));
    if document.get("swagger").is_some_and(|version| *version == 2.0) || swagger.starts_with("2.") {
        of_20(document);
    } else if !openapi.starts_with("3.0") {
        everywhere(document, &mut of_31);
    }
}

/// Calls `change` for everything that may be a schema, the inner ones first.
fn everywhere(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                if !["example", "examples", "default", "enum", "const"].contains(&key.as_str()) {
                    everywhere(value, change);
                }
            }
            change(object);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| everywhere(item, change)),
        _ => {}
    }
}

/// A schema of JSON Schema draft 2020-12.
fn of_31(schema: &mut Map<String, Value>) {
    if let Some(types) = schema.get("type").and_then(Value::as_array).cloned() {
        let types: Vec<Value> = types.into_iter().filter(|kind| *kind != "null").collect();
        if schema["type"].as_array().is_some_and(|all| all.len() > types.len()) {
            schema.insert("nullable".into(), json!(true));
        }
        schema.remove("type");
        match types.as_slice() {
            [] => drop(schema.insert("enum".into(), json!([null]))),
            [kind] => drop(schema.insert("type".into(), kind.clone())),
            _ => drop(schema.insert("type".into(), Value::Array(types))),
        }
    }
    if schema.get("type").is_some_and(|kind| kind == "null") {
        schema.remove("type");
        schema.insert("enum".into(), json!([null]));
    }
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".into(), json!([value]));
    }
    for (bound, exclusive, is_stricter) in [
        ("minimum", "exclusiveMinimum", f64::ge as fn(&f64, &f64) -> bool),
        ("maximum", "exclusiveMaximum", f64::le as fn(&f64, &f64) -> bool),
    ] {
        let Some(value) = schema.get(exclusive).filter(|value| value.is_number()).cloned() else { continue };
        let own = schema.get(bound).and_then(Value::as_f64);
        schema.remove(exclusive);
        if own.is_none_or(|own| value.as_f64().is_some_and(|value| is_stricter(&value, &own))) {
            schema.insert(bound.into(), value);
            schema.insert(exclusive.into(), json!(true));
        }
    }
    let first = schema.get("examples").and_then(|examples| examples.as_array()?.first().cloned());
    if let Some(first) = first {
        schema.entry("example").or_insert(first);
    }
    let asserts = |key: &String| {
        !["description", "summary", "title", "example", "examples", "deprecated"].contains(&key.as_str())
    };
    if schema.contains_key("$ref") && schema.keys().filter(|key| asserts(key)).count() > 1 {
        let reference = schema.remove("$ref").unwrap_or_default();
        let parts = schema.entry("allOf").or_insert_with(|| json!([]));
        if let Some(parts) = parts.as_array_mut() {
            parts.push(json!({ "$ref": reference }));
        }
    }
}

/// A document of Swagger 2.0: components, bodies and responses stand where OpenAPI 3.0 has them.
fn of_20(document: &mut Value) {
    rename_references(document);
    let Some(root) = document.as_object_mut() else { return };
    let consumes = media_type(root, "consumes");
    let produces = media_type(root, "produces");
    let mut components = Map::new();
    components.insert("schemas".into(), root.remove("definitions").unwrap_or_else(|| json!({})));
    let shared = root.remove("parameters").unwrap_or_else(|| json!({}));
    let mut responses = root.remove("responses").unwrap_or_else(|| json!({}));
    for (_, response) in responses.as_object_mut().into_iter().flatten() {
        of_response(response, &produces);
    }
    components.insert("responses".into(), responses);
    let mut parameters = shared.clone();
    for (_, parameter) in parameters.as_object_mut().into_iter().flatten() {
        of_parameter(parameter);
    }
    components.insert("parameters".into(), parameters);
    root.insert("components".into(), Value::Object(components));
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        let common = item.get("parameters").cloned().unwrap_or_else(|| json!([]));
        for (_, operation) in item.iter_mut().filter(|(key, _)| *key != "parameters") {
            let Some(operation) = operation.as_object_mut() else { continue };
            let consumes =
                if operation.contains_key("consumes") { media_type(operation, "consumes") } else { consumes.clone() };
            let produces =
                if operation.contains_key("produces") { media_type(operation, "produces") } else { produces.clone() };
            for (_, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
                of_response(response, &produces);
            }
            let own = operation.get("parameters").cloned().unwrap_or_else(|| json!([]));
            let all = own.as_array().into_iter().flatten().chain(common.as_array().into_iter().flatten());
            let body = all.map(|parameter| of_shared(parameter, &shared)).find(|parameter| parameter["in"] == "body");
            if let Some(body) = body {
                let content = json!({ consumes: {"schema": body["schema"]} });
                operation.insert("requestBody".into(), json!({"required": body["required"], "content": content}));
            }
            for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
                of_parameter(parameter);
            }
        }
        for parameter in item.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            of_parameter(parameter);
        }
    }
}

/// The parameter that a reference leads to.
fn of_shared<'a>(parameter: &'a Value, shared: &'a Value) -> &'a Value {
    let name = parameter.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
    name.and_then(|name| shared.get(name)).unwrap_or(parameter)
}

/// The JSON media type of a list, or the first.
fn media_type(object: &Map<String, Value>, key: &str) -> String {
    let all = object.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let all: Vec<&str> = all.collect();
    let json = all.iter().find(|name| name.contains("json")).or(all.first());
    json.map_or("application/json", |name| name).to_owned()
}

fn of_response(response: &mut Value, produces: &str) {
    let Some(response) = response.as_object_mut() else { return };
    if let Some(schema) = response.remove("schema") {
        response.insert("content".into(), json!({ produces: {"schema": schema} }));
    }
    for (_, header) in response.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
        of_parameter(header);
    }
}

/// A parameter or header, whose schema stands in a member of its own.
fn of_parameter(parameter: &mut Value) {
    let Some(object) = parameter.as_object_mut().filter(|object| object.contains_key("type")) else { return };
    let stays = ["name", "in", "required", "description", "collectionFormat", "allowEmptyValue"];
    let (stay, schema): (Map<String, Value>, Map<String, Value>) =
        std::mem::take(object).into_iter().partition(|(key, _)| stays.contains(&key.as_str()) || key.starts_with("x-"));
    *object = stay;
    object.insert("schema".into(), Value::Object(schema));
}

fn rename_references(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                for (old, new) in [
                    ("#/definitions/", "#/components/schemas/"),
                    ("#/parameters/", "#/components/parameters/"),
                    ("#/responses/", "#/components/responses/"),
                ] {
                    if let Some(name) = reference.strip_prefix(old) {
                        *reference = format!("{new}{name}");
                        break;
                    }
                }
            }
            // A discriminator of Swagger 2.0 is the name of a property.
            if let Some(Value::String(name)) = object.get("discriminator").cloned() {
                object.insert("discriminator".into(), json!({ "propertyName": name }));
            }
            object.values_mut().for_each(rename_references);
        }
        Value::Array(items) => items.iter_mut().for_each(rename_references),
        _ => {}
    }
}
