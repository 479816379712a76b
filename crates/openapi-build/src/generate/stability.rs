//! Tests that names are stable: with the lock, removing or adding an operation renames nothing else. Names and shapes are
//! compared before any code is written, which makes it fast enough to try every operation.
//!
//! In a document with many operations, only a sample is tried unless `NAMES_OF_EVERY_OPERATION` is set.

use std::collections::BTreeMap;

use serde_json::Value;
use testing::corpus;

use super::contents::Bodies;
use super::responses::{Errors, Headers, united};
use super::{alike, lower, model};
use crate::grammar::is_method;
use crate::lock::{Choice, Lock};
use crate::normalize::normalize;
use crate::pipeline::Loaded;

/// The public names of a client, and what each stands for.
#[derive(Debug, Default, PartialEq)]
struct Names {
    /// By operation: its method, and the types of its parameters and responses.
    operations: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
}

/// The names of `tree`, and the choices made for them.
fn names(tree: Value, lock: &Lock) -> (Names, Vec<Choice>) {
    let repaired = normalize(tree, lock);
    let (mut choices, mut notes) = (repaired.choices, Vec::new());
    let mut operations = model::operations(&repaired.tree, &mut notes);
    alike::name(&mut operations, lock, &mut notes, &mut choices);
    let mut lowered = lower::lower(&repaired.tree, &operations, lock, &mut notes);
    choices.append(&mut lowered.types.choices);
    let mut headers = Headers::new(&operations, false, lock, &mut choices);
    let mut errors = Errors::default();
    let mut names = Names::default();
    for (index, operation) in operations.iter().enumerate() {
        let bodies = Bodies::of(operation, index, &lowered);
        errors.add(operation, &mut headers, &bodies);
        let contents = operation.request.iter().flat_map(|request| 0..request.contents.len());
        let successes: Vec<&model::Response<'_>> = operation.successes().collect();
        let of_success = headers.of(&united(&successes));
        let text = format!(
            "{} {} {:?} {:?} {} {of_success}",
            operation.method_name(),
            operation.type_name(),
            (0..operation.parameters.len()).map(|number| lowered.parameter(index, number)).collect::<Vec<_>>(),
            contents.map(|number| lowered.request(index, number)).collect::<Vec<_>>(),
            bodies.success.ty,
        );
        names.operations.insert(operation.id.clone(), text);
    }
    for (operation, of_errors) in operations.iter().zip(errors.described(&operations, false, lock, &mut choices)) {
        names.operations.entry(operation.id.clone()).or_default().push_str(&of_errors);
    }
    names.types =
        lowered.types.items.iter().map(|(name, (item, _))| (name.clone(), format!("{:?}", item.kind))).collect();
    (names, choices)
}

/// The items of `part` that differ in `whole` or are missing from it.
fn differences(part: &Names, whole: &Names) -> Vec<String> {
    let operations = part.operations.iter().filter(|(id, names)| whole.operations.get(*id) != Some(names));
    let operations = operations.map(|(id, names)| format!("{id}:\n    {names}\n    {:?}", whole.operations.get(id)));
    let types = part.types.iter().filter(|(name, item)| whole.types.get(*name) != Some(item));
    let types = types.map(|(name, item)| format!("{name}:\n    {item}\n    {:?}", whole.types.get(name)));
    operations.chain(types).collect()
}

/// The path and method of each operation.
fn operations(tree: &Value) -> Vec<(String, String)> {
    let items = tree["paths"].as_object().into_iter().flatten();
    let each = items.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |(key, _)| (path, key)));
    let operations = each.filter(|(_, key)| is_method(key));
    operations.map(|(path, method)| (path.clone(), method.clone())).collect()
}

fn without(tree: &Value, (path, method): &(String, String)) -> Value {
    let mut reduced = tree.clone();
    if let Some(item) = reduced["paths"][path].as_object_mut() {
        item.shift_remove(method);
    }
    reduced
}

/// Tries the operations of `tree`, and returns how many it tried.
fn try_each(name: &str, tree: &Value) -> usize {
    let (unlocked, choices) = names(tree.clone(), &Lock::default());
    let lock = Lock::from_choices(&choices);
    let (whole, _) = names(tree.clone(), &lock);
    let changed = differences(&unlocked, &whole);
    assert!(changed.is_empty(), "{name}: the lock itself renames\n{}", changed.join("\n"));
    let mut tried = operations(tree);
    if std::env::var_os("NAMES_OF_EVERY_OPERATION").is_none() {
        let limit = if tried.len() > 100 { 2 } else { 6 };
        let step = tried.len().div_ceil(limit).max(1);
        tried = tried.into_iter().skip(name.len() % step).step_by(step).collect();
    }
    let mut problems = Vec::new();
    for operation in &tried {
        let reduced = without(tree, operation);
        // A document without operations has the types of all components, on both sides: another client, not this one with less.
        if operations(&reduced).is_empty() {
            continue;
        }
        let (left, _) = names(reduced.clone(), &lock);
        let gone = differences(&left, &whole).into_iter().map(|line| format!("without {operation:?} {line}"));
        problems.extend(gone);
        let (before, choices) = names(reduced, &Lock::default());
        let (after, _) = names(tree.clone(), &Lock::from_choices(&choices));
        let come = differences(&before, &after).into_iter().map(|line| format!("with {operation:?} {line}"));
        problems.extend(come);
    }
    let shown: String =
        problems.iter().take(12).map(|line| line.chars().take(1500).collect::<String>() + "\n").collect();
    assert!(problems.is_empty(), "{name}: {} renamed\n{shown}", problems.len());
    tried.len()
}

#[test]
fn an_operation_that_goes_or_comes_renames_nothing() {
    let Some(paths) = corpus::documents("OPENAPI_CORPUS") else { return };
    for path in paths {
        let start = std::time::Instant::now();
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let loaded = Loaded::path(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let tree = &loaded.documents[0].tree;
        let tried = try_each(&name, tree);
        println!("{name}: {tried} of {} operations, {:.1} s", operations(tree).len(), start.elapsed().as_secs_f64());
    }
}

#[test]
fn an_operation_of_pages_that_goes_or_comes_renames_nothing() {
    let Some(paths) = corpus::documents("OPENAPI_PAGES") else { return };
    let loaded = Loaded::files(&paths, &[]).unwrap_or_else(|error| panic!("{error}"));
    let tried = try_each("pages", &loaded.documents[0].tree);
    println!("{tried} of {} pages", paths.len());
}
