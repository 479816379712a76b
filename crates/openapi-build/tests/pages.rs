//! Documentation pages against the whole document that they were made from: put together again, they give the components
//! that the document has, each once, under its name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use openapi_build::diagnostic::Severity;
use openapi_build::lock::{Choice, Lock};
use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use serde_json::{Map, Value};
use testing::corpus;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// What `value`, a schema or what holds schemas, says of JSON: what only describes aside, and sets in one order.
fn meaning(value: &Value, names: bool) -> Value {
    match value {
        Value::Object(object) => {
            let describes = |key: &str| {
                let texts = ["title", "description", "example", "examples", "externalDocs", "summary"];
                !names && (texts.contains(&key) || key.starts_with("x-") && key != "x-extensible-enum")
            };
            let kept = object.iter().filter(|(key, _)| !describes(key)).map(|(key, value)| {
                let value = match (key.as_str(), value) {
                    ("required", Value::Array(names)) => {
                        let sorted: BTreeSet<String> = names.iter().map(Value::to_string).collect();
                        sorted.into_iter().map(Value::String).collect()
                    }
                    (key, value) => meaning(value, ["properties", "headers"].contains(&key) && !names),
                };
                (key.clone(), value)
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => items.iter().map(|item| meaning(item, false)).collect(),
        other => other.clone(),
    }
}

/// The operations of `document`: path, method, and what stands there.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let items = paths.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |it| (path, it)));
    items
        .filter(|(_, (method, _))| METHODS.contains(&method.as_str()))
        .map(|(path, (method, operation))| (path.clone(), method.clone(), operation))
        .collect()
}

/// `whole` with the operations of `part` alone.
fn only(whole: &Value, part: &Value) -> Value {
    let wanted: BTreeSet<(String, String)> =
        operations(part).into_iter().map(|(path, method, _)| (path, method)).collect();
    let mut sliced = whole.clone();
    for (path, item) in sliced["paths"].as_object_mut().into_iter().flatten() {
        let item = item.as_object_mut().expect("a path item is an object");
        item.retain(|key, _| !METHODS.contains(&key.as_str()) || wanted.contains(&(path.clone(), key.clone())));
    }
    sliced
}

/// The one document of `loaded`, repaired; what is no schema and is referred to stands where it is used, as on a page.
fn repaired(loaded: &Loaded) -> Value {
    let mut documents = loaded.normalize();
    assert_eq!(documents.len(), 1);
    let tree = documents.remove(0).1.tree;
    let mut inlined = tree.clone();
    inline(&mut inlined["paths"], &tree);
    write_out(&mut inlined, &tree);
    inlined
}

/// Writes scalars and lists out where components of them are referred to: on a page, their titles make no components.
fn write_out(value: &mut Value, document: &Value) {
    let scalar = |value: &Value| {
        let pointer = value.get("$ref")?.as_str()?.strip_prefix('#')?;
        let target = document.pointer(pointer)?.as_object()?;
        let is_scalar = matches!(target.get("type")?.as_str()?, "array" | "integer" | "number" | "boolean" | "string");
        (is_scalar && pointer.starts_with("/components/schemas/")).then(|| target.clone())
    };
    let alone = value.get("allOf").and_then(Value::as_array).filter(|parts| parts.len() == 1).map(|parts| &parts[0]);
    if let Some(target) = scalar(value).or_else(|| scalar(alone?)) {
        let mut own = value.as_object().cloned().unwrap_or_default();
        own.retain(|key, _| key != "$ref" && key != "allOf");
        *value = target.into_iter().chain(own).collect();
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| write_out(member, document)),
        Value::Array(items) => items.iter_mut().for_each(|item| write_out(item, document)),
        _ => {}
    }
}

fn inline(value: &mut Value, document: &Value) {
    let reference = value.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    if let Some(pointer) = reference.filter(|pointer| !pointer.starts_with("/components/schemas/")) {
        *value = document.pointer(pointer).expect("references lead somewhere").clone();
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| inline(member, document)),
        Value::Array(items) => items.iter_mut().for_each(|item| inline(item, document)),
        _ => {}
    }
}

fn schemas(document: &Value) -> Map<String, Value> {
    document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// What differs between `pages` and `whole`, both repaired: a line each.
fn differences(pages: &Value, whole: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let (ours, theirs) = (schemas(pages), schemas(whole));
    for (name, schema) in &ours {
        match theirs.get(name) {
            None => lines.push(format!("{name}: no such component in the whole document")),
            Some(other) if meaning(schema, false) != meaning(other, false) => {
                lines.push(format!(
                    "{name}: another shape\n   {}\n   {}",
                    meaning(schema, false),
                    meaning(other, false)
                ));
            }
            Some(_) => {}
        }
    }
    for (path, method, operation) in operations(pages) {
        let other = &whole["paths"][&path][&method];
        for key in ["requestBody", "responses"] {
            if meaning(&operation[key], false) != meaning(&other[key], false) {
                lines.push(format!(
                    "{method} {path}: another {key}\n   {}\n   {}",
                    meaning(&operation[key], false),
                    meaning(&other[key], false)
                ));
            }
        }
    }
    lines
}

/// `pages` with the names that a page cannot know: of a component whose title is another, and that no mapping names.
fn with_names_of(whole: &Value, pages: &Value) -> Value {
    let mapped = mapped(whole);
    let mut text = pages.to_string();
    for (name, schema) in schemas(whole) {
        let Some(title) = schema.get("title").and_then(Value::as_str).filter(|title| **title != name) else { continue };
        if !mapped.contains(&name) {
            let known = title.replace(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c), "_");
            text = text.replace(&format!("schemas/{known}\""), &format!("schemas/{name}\""));
            text = text.replace(&format!("{{\"{known}\":"), &format!("{{\"{name}\":"));
            text = text.replace(&format!(",\"{known}\":"), &format!(",\"{name}\":"));
        }
    }
    serde_json::from_str(&text).expect("it is JSON still")
}

/// The components that mappings name.
fn mapped(value: &Value) -> BTreeSet<String> {
    let mapping = value.pointer("/discriminator/mapping").and_then(Value::as_object).into_iter().flatten();
    let own = mapping.filter_map(|(_, target)| Some(target.as_str()?.rsplit('/').next()?.to_owned()));
    let inner: Vec<&Value> = match value {
        Value::Object(members) => members.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    own.chain(inner.into_iter().flat_map(mapped)).collect()
}

fn load(document: &Value) -> Loaded {
    let file = SourceFile::from_bytes("whole.json".as_ref(), document.to_string().into()).expect("it is JSON");
    Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// The pages by service (the first two segments of their paths), and all of them; and the document they come from.
fn material() -> Option<(BTreeMap<String, Vec<PathBuf>>, Value)> {
    let pages = corpus::documents("OPENAPI_PAGES")?;
    let path = corpus::document("OPENAPI_CORPUS", "full-2023-12.json")?;
    let whole = serde_json::from_slice(&std::fs::read(path).expect("it can be read")).expect("it is JSON");
    let mut groups: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for page in &pages {
        let loaded = Loaded::files(std::slice::from_ref(page), &[]).unwrap_or_else(|error| panic!("{error}"));
        let (path, _, _) = operations(&loaded.documents[0].tree).remove(0);
        let service: Vec<&str> = path.split('/').take(3).collect();
        groups.entry(service.join("/")).or_default().push(page.clone());
    }
    groups.insert("all pages".to_owned(), pages);
    Some((groups, whole))
}

fn none_differs(name: &str, lines: &[String]) {
    let shown: String = lines.iter().take(10).map(|line| line.chars().take(2000).collect::<String>() + "\n").collect();
    assert!(lines.is_empty(), "{name}: {} differ\n{shown}", lines.len());
}

#[test]
fn pages_together_give_the_components_of_the_document_that_they_come_from() {
    let Some((groups, whole)) = material() else { return };
    for (name, pages) in groups {
        let loaded = Loaded::files(&pages, &[]).unwrap_or_else(|error| panic!("{error}"));
        for (_, repaired) in loaded.normalize() {
            let said = repaired.diagnostics.iter().find(|it| it.code == "Q002" && it.severity == Severity::Warning);
            assert!(said.is_none(), "{name}: each component is there once, but {}", said.expect("it is there"));
        }
        let ours = with_names_of(&whole, &repaired(&loaded));
        println!("{name}: {} pages, {} components", pages.len(), schemas(&ours).len());
        none_differs(&name, &differences(&ours, &repaired(&load(&only(&whole, &ours)))));
    }
}

#[test]
fn with_the_names_of_the_whole_document_pages_have_its_names() {
    let Some((groups, whole)) = material() else { return };
    let loaded = load(&whole);
    let choices: Vec<Choice> = loaded.normalize().into_iter().flat_map(|(_, repaired)| repaired.choices).collect();
    let repaired_whole = repaired(&loaded);
    for (name, pages) in groups {
        let mut loaded = Loaded::files(&pages, &[]).unwrap_or_else(|error| panic!("{error}"));
        loaded.lock = Lock::from_choices(&choices);
        let ours = with_names_of(&whole, &repaired(&loaded));
        none_differs(&name, &differences(&ours, &repaired_whole));
    }
}
