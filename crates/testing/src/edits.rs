//! Edits of a document, of known kinds, at places that a seed decides and that lie apart from each other.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// A generator of numbers that are the same on every machine: Knuth's MMIX.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }
}

/// A kind of edit: the code that it is to be found by, the places where it can be made, and the edit.
type Edit = (&'static str, fn(&Value) -> Vec<String>, fn(&mut Value, usize));

const EDITS: &[Edit] = &[
    ("D002", deletable, |path, _| remove(path, "delete")),
    ("D001", without_options, |path, number| {
        let parameters = path.get("parameters").or_else(|| path.get("get")?.get("parameters")).cloned();
        let id = format!("editedOperation{number}");
        let responses = json!({"204": {"description": "none"}});
        let mut operation = json!({"operationId": id, "responses": responses});
        if path.get("parameters").is_none() {
            operation["parameters"] = parameters.unwrap_or_else(|| json!([]));
        }
        path["options"] = operation;
    }),
    ("D004", operations, |operation, number| operation["operationId"] = json!(format!("renamedOperation{number}"))),
    ("D005", operations, |operation, _| operation["deprecated"] = json!(true)),
    ("D011", with_parameters, |operation, number| {
        push(
            operation,
            "parameters",
            json!({"name": format!("edit_{number}"), "in": "query", "schema": {"type": "string"}}),
        );
    }),
    ("D010", with_parameters, |operation, number| {
        let parameter =
            json!({"name": format!("edit_{number}"), "in": "query", "required": true, "schema": {"type": "string"}});
        push(operation, "parameters", parameter);
    }),
    ("D030", operations, |operation, _| operation["responses"]["418"] = json!({"description": "a teapot"})),
    ("D031", with_500, |operation, _| remove(&mut operation["responses"], "500")),
    ("D041", objects, |schema, number| {
        schema["properties"][format!("edited_{number}")] = json!({"type": "boolean", "description": "new"});
    }),
    ("D042", with_optional, |schema, _| {
        let name = optional(schema).expect("it has one");
        remove(&mut schema["properties"], &name);
    }),
    ("D044", with_optional, |schema, _| {
        let name = optional(schema).expect("it has one");
        push(schema, "required", json!(name));
    }),
    ("D049", enums, |schema, number| push(schema, "enum", json!(format!("EDITED_{number}")))),
    ("D046", strings, |schema, _| schema["type"] = json!("boolean")),
    ("D048", strings, |schema, _| schema["nullable"] = json!(true)),
    ("D054", strings, |schema, _| schema["maxLength"] = json!(4096)),
    ("D056", strings, |schema, number| schema["default"] = json!(format!("edit{number}"))),
    ("N002", objects, |schema, number| schema["description"] = json!(format!("edit {number}"))),
    ("N003", objects, |schema, number| schema["example"] = json!({"edit": number})),
];

/// Makes `count` edits, of each kind in turn that the document has a place for; what each is to be found by, and where it was
/// made.
///
/// # Panics
///
/// If the document has room for fewer.
pub fn apply(tree: &mut Value, count: usize) -> Vec<(&'static str, String)> {
    let made = apply_most(tree, count);
    assert_eq!(made.len(), count, "the edits that the document has room for");
    made
}

/// As [`apply`], but as many edits as the document has room for, if that is fewer.
pub fn apply_most(tree: &mut Value, most: usize) -> Vec<(&'static str, String)> {
    let mut numbers = Numbers(2023);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let (mut made, mut without) = (Vec::new(), 0);
    for (code, places, edit) in EDITS.iter().cycle() {
        if made.len() == most || without == EDITS.len() {
            break;
        }
        let places: Vec<String> = places(tree).into_iter().filter(|place| !taken.contains(&unit(place))).collect();
        if places.is_empty() {
            without += 1;
            continue;
        }
        without = 0;
        let place = places[numbers.below(places.len())].clone();
        taken.insert(unit(&place));
        edit(tree.pointer_mut(&place).expect("the place is there"), made.len());
        made.push((*code, place));
    }
    made
}

/// The path or component that a place belongs to: edits of one would be found together.
fn unit(place: &str) -> String {
    let depth = if place.starts_with("/paths/") { 3 } else { 4 };
    place.split('/').take(depth).collect::<Vec<_>>().join("/")
}

fn remove(object: &mut Value, key: &str) {
    object.as_object_mut().expect("an object").shift_remove(key);
}

fn push(object: &mut Value, key: &str, value: Value) {
    match object.get_mut(key) {
        Some(list) => list.as_array_mut().expect("a list").push(value),
        None => object[key] = json!([value]),
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn entries<'v>(tree: &'v Value, pointer: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    tree.pointer(pointer).and_then(Value::as_object).into_iter().flatten()
}

/// The places of the operations that `wanted` likes.
fn operations_where(tree: &Value, wanted: fn(&Value) -> bool) -> Vec<String> {
    let methods = ["get", "put", "post", "patch", "delete"];
    let mut places = Vec::new();
    for (path, item) in entries(tree, "/paths") {
        for method in methods.into_iter().filter(|method| item.get(method).is_some_and(wanted)) {
            places.push(format!("/paths/{}/{method}", escape(path)));
        }
    }
    places
}

fn operations(tree: &Value) -> Vec<String> {
    operations_where(tree, |operation| operation.get("deprecated").is_none())
}

fn with_parameters(tree: &Value) -> Vec<String> {
    operations_where(tree, |operation| operation.get("parameters").is_some())
}

fn with_500(tree: &Value) -> Vec<String> {
    operations_where(tree, |operation| {
        operation["responses"].get("500").is_some() && operation["responses"].get("400").is_some()
    })
}

fn paths_where(tree: &Value, wanted: fn(&Value) -> bool) -> Vec<String> {
    entries(tree, "/paths")
        .filter(|(_, item)| wanted(item))
        .map(|(path, _)| format!("/paths/{}", escape(path)))
        .collect()
}

fn deletable(tree: &Value) -> Vec<String> {
    paths_where(tree, |item| item.get("delete").is_some() && item.get("get").is_some())
}

fn without_options(tree: &Value) -> Vec<String> {
    paths_where(tree, |item| item.get("get").is_some())
}

/// The components that are plain objects, written with their own properties, and put together of nothing else.
fn objects(tree: &Value) -> Vec<String> {
    let plain = |schema: &Value| {
        schema.get("properties").is_some_and(Value::is_object)
            && ["allOf", "oneOf", "anyOf"].iter().all(|key| schema.get(key).is_none())
    };
    let components = entries(tree, "/components/schemas").filter(|(_, schema)| plain(schema));
    components.map(|(name, _)| format!("/components/schemas/{}", escape(name))).collect()
}

/// The first property of a schema that is not required.
fn optional(schema: &Value) -> Option<String> {
    let required = |name: &str| {
        let names = schema.get("required").and_then(Value::as_array);
        names.is_some_and(|names| names.iter().any(|required| required == name))
    };
    schema["properties"].as_object()?.keys().find(|name| !required(name)).cloned()
}

fn with_optional(tree: &Value) -> Vec<String> {
    objects(tree).into_iter().filter(|place| tree.pointer(place).and_then(optional).is_some()).collect()
}

/// The properties of components that `wanted` likes.
fn properties_where(tree: &Value, wanted: fn(&Value) -> bool) -> Vec<String> {
    let mut places = Vec::new();
    for place in objects(tree) {
        for (name, property) in entries(tree, &format!("{place}/properties")) {
            if wanted(property) {
                places.push(format!("{place}/properties/{}", escape(name)));
            }
        }
    }
    places
}

fn enums(tree: &Value) -> Vec<String> {
    properties_where(tree, |schema| schema["type"] == "string" && schema.get("enum").is_some())
}

fn strings(tree: &Value) -> Vec<String> {
    properties_where(tree, |schema| {
        let known = |key: &String| ["type", "description", "example"].contains(&key.as_str());
        schema["type"] == "string" && schema.as_object().is_some_and(|schema| schema.keys().all(known))
    })
}
