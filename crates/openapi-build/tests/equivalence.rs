//! A repaired document means what the original means: instances made from the original's schemas, valid ones and mutants, get
//! one verdict from both, for every JSON body of every operation.
//!
//! The judge is JSON Schema, and calls nothing of the pipeline. `EQUIVALENCE_INSTANCES` is the number of instances for each
//! body, two mutants to each; 3 where it is not set.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use openapi_build::pipeline::Loaded;
use serde_json::{Value, json};
use testing::corpus;
use testing::instances::{Maker, Random, Taken};
use testing::oracle::{Meant, Side};

/// Where a body stands: path, method, `request` or a status, and media type.
type Place = (String, String, String, String);

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => resolved(document, document.pointer(pointer).expect("references lead somewhere")),
        None => value,
    }
}

/// Every JSON body of every operation.
fn bodies(document: &Value) -> BTreeMap<Place, &Value> {
    let mut bodies = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let item = item.as_object().into_iter().flatten();
        for (method, operation) in item.filter(|(method, _)| METHODS.contains(&method.as_str())) {
            let add = |which: &str, body: &Value| -> Vec<(Place, String)> {
                let content = resolved(document, body).get("content").and_then(Value::as_object);
                let schemas = content.into_iter().flatten().filter(|(name, media)| is_json(name) && has_schema(media));
                let place = |name: &String| (path.clone(), method.clone(), which.to_owned(), name.clone());
                schemas.map(|(name, _)| (place(name), name.clone())).collect()
            };
            let request = operation.get("requestBody").map(|body| ("request".to_owned(), body));
            let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
            let responses = responses.map(|(status, response)| (status.clone(), response));
            for (which, body) in request.into_iter().chain(responses) {
                for (place, name) in add(&which, body) {
                    bodies.insert(place, &resolved(document, body)["content"][&name]["schema"]);
                }
            }
        }
    }
    bodies
}

fn has_schema(media: &Value) -> bool {
    media.get("schema").is_some()
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// Says the type of schemas that imply it by their keywords, which is meant and read so by all.
fn say_types(value: &mut Value, schema: bool) {
    let Some(object) = value.as_object_mut() else {
        return value.as_array_mut().into_iter().flatten().for_each(|item| say_types(item, schema));
    };
    if schema && !object.contains_key("type") && !object.contains_key("$ref") {
        let has = |keys: &[&str]| keys.iter().any(|key| object.contains_key(*key));
        let implied = if has(&["properties", "required", "additionalProperties"]) {
            Some("object")
        } else {
            has(&["items"]).then_some("array")
        };
        object.extend(implied.map(|implied| ("type".to_owned(), json!(implied))));
    }
    for (key, value) in object {
        match key.as_str() {
            "properties" if schema => {
                value.as_object_mut().into_iter().flatten().for_each(|(_, property)| say_types(property, true));
            }
            "items" | "additionalProperties" | "not" | "allOf" | "oneOf" | "anyOf" if schema => say_types(value, true),
            "schema" => say_types(value, true),
            "schemas" => value.as_object_mut().into_iter().flatten().for_each(|(_, schema)| say_types(schema, true)),
            "example" | "examples" | "default" | "enum" => {}
            _ if !schema => say_types(value, false),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Tally {
    bodies: usize,
    instances: usize,
    valid: usize,
    disagreements: Vec<String>,
}

fn instances() -> usize {
    std::env::var("EQUIVALENCE_INSTANCES").map_or(3, |text| text.parse().expect("EQUIVALENCE_INSTANCES is a number"))
}

/// Compares the bodies of `original` with those of `repaired`, which has at least those.
fn compare(name: &str, original: &Value, repaired: &Value, tally: &mut Tally) {
    let (mut original, mut repaired) = (original.clone(), repaired.clone());
    say_types(&mut original, false);
    say_types(&mut repaired, false);
    let (ours, theirs) = (bodies(&original), bodies(&repaired));
    let sides = |document| [Side::response(document), Side::request(document)];
    let (of_original, of_repaired) = (sides(&original), sides(&repaired));
    let mut done = BTreeSet::new();
    for (place, schema) in ours {
        let request = usize::from(place.2 == "request");
        let other = theirs.get(&place).unwrap_or_else(|| panic!("{name}: the body {place:?} is missing"));
        if !done.insert((request, schema.to_string(), other.to_string())) {
            continue;
        }
        let (judge, other) =
            (of_original[request].judge(&[schema], false), of_repaired[request].judge(&[other], false));
        let meant = of_original[request].meant(&[schema], Meant::Nullable);
        let random = Random::new(&format!("{place:?}"));
        let mut maker = Maker { side: &of_original[request], random, taken: Taken::Some };
        tally.bodies += 1;
        for _ in 0..instances() {
            let instance = maker.value(&[schema], 0);
            let mutants = [(); 2].map(|()| maker.mutant(&instance));
            for instance in [instance].into_iter().chain(mutants) {
                let verdict = judge.is_valid(&instance);
                tally.instances += 1;
                tally.valid += usize::from(verdict);
                let found = other.is_valid(&instance);
                // A repair may read `nullable` as its authors mean it.
                if found != verdict && found != meant.is_valid(&instance) {
                    tally.disagreements.push(format!("{name} {place:?}: original {verdict}\n    {instance}"));
                }
            }
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The document in `paths`, before and after it is repaired.
fn repaired(paths: &[PathBuf]) -> (Value, openapi_build::normalize::Normalized) {
    let loaded = Loaded::files(paths, &[]).unwrap_or_else(|error| panic!("{}: {error}", paths[0].display()));
    let (_, repaired) = loaded.normalize().remove(0);
    (loaded.documents[0].tree.clone(), repaired)
}

fn all_agree(tally: &Tally) {
    let Tally { bodies, instances, valid, disagreements } = tally;
    println!("{} disagreements over {instances} instances of {bodies} bodies, {valid} valid", disagreements.len());
    let shown: String = disagreements.iter().take(8).map(|line| format!("{line}\n")).collect();
    assert!(disagreements.is_empty(), "{} disagreements\n{shown}", disagreements.len());
    assert!(*valid > instances / 20 && *valid < *instances, "instances of one verdict show nothing: {valid}");
}

#[test]
fn every_document_of_the_corpus_means_the_same_when_it_is_repaired() {
    let Some(paths) = corpus::documents("OPENAPI_CORPUS") else { return };
    let mut tally = Tally::default();
    for path in paths {
        let (original, repaired) = repaired(std::slice::from_ref(&path));
        compare(&name_of(&path), &original, &repaired.tree, &mut tally);
    }
    all_agree(&tally);
}

#[test]
fn every_page_means_the_same_when_it_is_repaired() {
    let Some(paths) = corpus::documents("OPENAPI_PAGES") else { return };
    let mut tally = Tally::default();
    for path in paths {
        let (mut original, repaired) = repaired(std::slice::from_ref(&path));
        // What a page has cut off, only the document can say that it comes from.
        if repaired.diagnostics.iter().any(|it| it.message.contains("is tied back")) {
            let Some(whole) = corpus::document("OPENAPI_CORPUS", "full-2023-12.json") else { continue };
            let whole: Value = serde_json::from_slice(&std::fs::read(whole).expect("it can be read")).expect("JSON");
            let paths = original["paths"].as_object().expect("a page has paths").keys();
            let paths: serde_json::Map<String, Value> =
                paths.map(|path| (path.clone(), whole["paths"][path].clone())).collect();
            let operations = original["paths"].clone();
            original = whole;
            original["paths"] = Value::Object(paths);
            only(&mut original["paths"], &operations);
        }
        compare(&name_of(&path), &original, &repaired.tree, &mut tally);
    }
    all_agree(&tally);
}

/// Leaves in `paths` the operations that `wanted` has.
fn only(paths: &mut Value, wanted: &Value) {
    for (path, item) in paths.as_object_mut().into_iter().flatten() {
        let item = item.as_object_mut().expect("a path item is an object");
        item.retain(|key, _| !METHODS.contains(&key.as_str()) || wanted[path].get(key).is_some());
    }
}
