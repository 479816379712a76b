//! Q061: alternatives of an `anyOf` that fit together.
//!
//! # What it is
//! An `anyOf` has alternatives that are objects, and declare different properties. A value may fit several of them
//! and have the properties of each.
//!
//! # Where it was seen
//! In the APIs of GitHub and OpenAI, where a filter or a reference may say one thing, another, or both.
//!
//! # Why it matters
//! An enum of the alternatives holds the properties of one. Those of the others are dropped from an answer, and cannot be
//! sent beside them.
//!
//! # The repair
//! The alternatives that fit together are an alternative too: the intersection of them, as of parts of an `allOf`. It is left out
//! where they contradict each other, or where one declares all that the others do. To four alternatives or more, one is added that
//! has the properties of all, and that is checked to fit one of them when it is sent.
//!
//! # Before and after
//! ```yaml
//! anyOf: [{type: object, properties: {a: {type: string}}}, {type: object, properties: {b: {type: string}}}]
//! ```
//! ```yaml
//! anyOf:
//! - {type: object, properties: {a: {type: string}}}
//! - {type: object, properties: {b: {type: string}}}
//! - {type: object, properties: {a: {type: string}, b: {type: string}}}
//! ```

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::intersect::{Intersection, lone_reference};
use super::walk::{self, Place};
use super::{Repair, Report, checks};
use crate::diagnostic::Diagnostic;
use crate::extensions::{ALTERNATIVES, CALLED};
use crate::lock::Lock;
use crate::names::type_name;

const CODE: &str = "Q061";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

/// The most alternatives of which those that fit together become alternatives too.
const MOST: usize = 3;

fn repair(document: &mut Value, lock: &Lock, report: &mut Report) {
    let components: Map<String, Value> = walk::components(document).cloned().unwrap_or_default();
    let intersection = Intersection::new(&components);
    let mut made: Map<String, Value> = Map::new();
    walk::schemas(document, &mut |schema, place| {
        let Some(alternatives) = overlapping(schema, &intersection) else { return };
        if alternatives.len() > MOST {
            let (code, message) = match several(&alternatives, &intersection, &components) {
                Some(several) => {
                    add(schema, several);
                    (CODE, "a value may fit several of these alternatives; what declares the properties of all is an alternative too")
                }
                None => ("G014", "a value may fit several of these alternatives; what the one that it is read as does not declare is dropped"),
            };
            report.add(Diagnostic::note(code, message).at(place.pointer.clone()));
            return;
        }
        let mut together: Vec<(Option<String>, Value)> = Vec::new();
        // The largest sets last: an index keeps its alternative.
        for size in 2..=alternatives.len() {
            for set in sets(alternatives.len(), size) {
                let parts: Vec<&Value> = set.iter().map(|index| &alternatives[*index]).collect();
                let whole = whole(&parts, &intersection);
                // A part that declares nothing of its own adds nothing.
                let new = whole.filter(|whole| !together.iter().any(|(_, other)| walk::equal_in_shape(other, whole)));
                together.extend(new.map(|whole| (name(&parts), whole)));
            }
        }
        if together.is_empty() {
            return;
        }
        let message = "a value may fit several of these alternatives; those that fit together are an alternative too";
        report.add(Diagnostic::note(CODE, message).at(place.pointer.clone()));
        let mut names: Vec<Value> = alternatives.iter().map(|alternative| json!(lone_reference(alternative))).collect();
        let mut all = alternatives;
        let is_lone = together.len() == 1;
        for (name, mut whole) in together {
            if let (None, true, Some(whole)) = (&name, is_lone, whole.as_object_mut()) {
                whole.insert(CALLED.into(), json!("Several"));
            }
            let place = place.child(&["anyOf", &all.len().to_string()], Some(name.as_deref().unwrap_or("both")));
            names.push(json!(name));
            all.push(match name {
                Some(name) => walk::reference(&component(&name, whole, &place, lock, report, &mut made)),
                None => whole,
            });
        }
        if let Some(object) = schema.as_object_mut() {
            object.insert("anyOf".into(), Value::Array(all));
            remember(object, names);
        }
    });
    if let (false, Some(components)) = (made.is_empty(), walk::components_mut(document)) {
        components.extend(made);
    }
}

/// Adds an alternative that was no component.
fn add(schema: &mut Value, alternative: Value) {
    let Some(object) = schema.as_object_mut() else { return };
    let Some(Value::Array(all)) = object.get_mut("anyOf") else { return };
    let mut names: Vec<Value> = all.iter().map(|alternative| json!(lone_reference(alternative))).collect();
    names.push(Value::Null);
    all.push(alternative);
    remember(object, names);
}

/// Notes which components the alternatives of `union` are, of which some may be known already.
fn remember(union: &mut Map<String, Value>, mut names: Vec<Value>) {
    let known = union.get(ALTERNATIVES).and_then(Value::as_array).cloned().unwrap_or_default();
    for (name, known) in names.iter_mut().zip(known) {
        *name = known;
    }
    union.insert(ALTERNATIVES.into(), Value::Array(names));
}

/// An object with the properties of all of `alternatives`, a value of which must fit one of them when it is sent.
fn several(alternatives: &[Value], intersection: &Intersection<'_>, components: &Map<String, Value>) -> Option<Value> {
    let flat: Vec<Value> = alternatives.iter().map(|it| intersection.whole(it)).collect::<Result<_, _>>().ok()?;
    let mut declared: Map<String, Value> = Map::new();
    for (name, schema) in flat.iter().filter_map(|it| it["properties"].as_object()).flatten() {
        let known = declared.entry(name.clone()).or_insert_with(|| json!([]));
        if let Some(known) = known.as_array_mut().filter(|known| !known.iter().any(|it| walk::equal_in_shape(it, schema))) {
            known.push(schema.clone());
        }
    }
    let one = |(name, schemas): (String, Value)| match schemas.as_array().map(Vec::as_slice) {
        Some([only]) => (name, only.clone()),
        _ => (name, json!({ "anyOf": schemas })),
    };
    let mut several = Map::from_iter([
        (CALLED.to_owned(), json!("Several")),
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(declared.into_iter().map(one).collect())),
    ]);
    let names = |schema: &Value| -> Vec<Value> { schema["required"].as_array().cloned().unwrap_or_default() };
    let mut required = names(&flat[0]);
    required.retain(|name| flat.iter().all(|other| names(other).contains(name)));
    if !required.is_empty() {
        several.insert("required".into(), Value::Array(required));
    }
    if flat.iter().any(|it| it.get("additionalProperties").is_some_and(|rest| *rest != json!(false))) {
        several.insert("additionalProperties".into(), json!(true));
    }
    checks::add(&mut several, checks::by_itself(&json!({ "anyOf": alternatives }), components)?);
    Some(Value::Object(several))
}

/// The component that `whole` becomes: one that was made of the same, or a new one.
fn component(
    name: &str,
    whole: Value,
    place: &Place,
    lock: &Lock,
    report: &mut Report,
    made: &mut Map<String, Value>,
) -> String {
    if let Some((name, _)) = made.iter().find(|(_, other)| **other == whole) {
        return name.clone();
    }
    let name = report.choose(std::slice::from_ref(place), lock, |_| name.to_owned());
    report.moved(&Place::component(&name).pointer, &place.pointer);
    made.insert(name.clone(), whole);
    name
}

/// The alternatives of an `anyOf` of which a value may fit several: each is an object with properties of its own.
fn overlapping(schema: &Value, intersection: &Intersection<'_>) -> Option<Vec<Value>> {
    let object = schema.as_object().filter(|object| !object.contains_key("discriminator"))?;
    let alternatives = object.get("anyOf")?.as_array().filter(|all| all.len() > 1)?;
    let names = alternatives.iter().map(|alternative| properties(&intersection.whole(alternative).ok()?));
    let names: Vec<BTreeSet<String>> = names.collect::<Option<_>>()?;
    let differ = |one: &BTreeSet<String>| names.iter().any(|other| !one.is_superset(other));
    (names.iter().all(|names| !names.is_empty()) && names.iter().all(differ)).then(|| alternatives.clone())
}

/// The names of the properties of an object, if it is one.
fn properties(flat: &Value) -> Option<BTreeSet<String>> {
    let is_object = flat.get("type").is_some_and(|stated| stated == "object");
    let is_plain = ["oneOf", "anyOf", "allOf", "not"].iter().all(|key| flat.get(*key).is_none());
    let properties = flat.get("properties").filter(|_| is_object && is_plain)?.as_object()?;
    Some(properties.keys().cloned().collect())
}

/// What all of `parts` accept, if it declares more than each of them.
fn whole(parts: &[&Value], intersection: &Intersection<'_>) -> Option<Value> {
    let whole = intersection.of_parts(&Map::from_iter([("allOf".to_owned(), json!(parts))]), 0).ok()?;
    let names = properties(&whole)?;
    // Parts that contradict each other in a property fit together only without it.
    let impossible = json!({"not": {}});
    if whole["properties"].as_object().is_some_and(|properties| properties.values().any(|it| *it == impossible)) {
        return None;
    }
    let of = |part: &&Value| intersection.whole(part).ok().and_then(|flat| properties(&flat));
    parts.iter().filter_map(of).all(|other| names.is_superset(&other) && names != other).then_some(whole)
}

/// A name for what fits all of `parts`, if they have names.
fn name(parts: &[&Value]) -> Option<String> {
    let names: Option<Vec<String>> = parts.iter().map(|part| lone_reference(part).map(|name| type_name(&name))).collect();
    Some(names?.join("And"))
}

/// The sets of `size` of the indices below `count`.
fn sets(count: usize, size: usize) -> Vec<Vec<usize>> {
    let all = (0_usize..1 << count).filter(|bits| bits.count_ones() as usize == size);
    all.map(|bits| (0..count).filter(|index| bits & (1 << index) != 0).collect()).collect()
}
