//! Q006: components that an operation refines where it uses them.
//!
//! # What it is
//! After `allOf` is merged, a schema stands inline that is a component with something more: names required, values
//! narrowed.
//!
//! # Where it was seen
//! In every Confluent document: `allOf: [$ref, {required: […]}]` says what one operation needs of a shared resource.
//!
//! # Why it matters
//! Left inline, each use is a type of its own, named after the place it happens to stand; 2,411 types where 858 would do.
//!
//! # The repair
//! Each refined shape becomes a component, once. Where every reached use of a component has one and the same shape, that
//! shape has the component's name. Where uses differ, or the bare component is used too, the bare one keeps the name and
//! each refinement takes one from the path that leads to it. `names.lock` pins the choice: a shape that has a name there
//! keeps it, and what comes later takes a new one.
//!
//! # Before and after
//! ```yaml
//! requestBody: {content: {application/json: {schema: {allOf: [{$ref: '#/components/schemas/User'}, {required: [email]}]}}}}
//! # components: {schemas: {User: {type: object, properties: {email: {type: string}}}}}
//! ```
//! ```yaml
//! requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
//! # components: {schemas: {User: {type: object, required: [email], properties: {email: {type: string}}}}}
//! ```

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::{Repair, Report};
use super::intersect::REFINES;
use super::walk::{self, Place};
use crate::diagnostic::Diagnostic;
use crate::names::{step_name, type_name};
use crate::pointer;
use crate::lock::Lock;

const CODE: &str = "Q006";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, lock: &Lock, report: &mut Report) {
    forget_own_bases(document);
    let uses = uses(document);
    let mut names: BTreeMap<(String, String), String> = BTreeMap::new();
    for (base, shapes) in &uses {
        for (shape, name) in name_shapes(base, shapes, lock, report) {
            names.insert((base.clone(), shape), name);
        }
    }
    let made = replace(document, &names);
    let Some(components) = walk::components_mut(document) else { return };
    for (name, (mut schema, place, base)) in made {
        report.moved(&format!("/components/schemas/{}", pointer::escape(&name)), &place.pointer);
        if name == base {
            keep_description(&mut schema, components.get(&base));
        }
        let message = format!("`{base}` is refined here; the shape is named `{name}`");
        report.add(Diagnostic::note(CODE, message).at(place.pointer));
        components.insert(name, schema);
    }
}

/// The key of the unrefined component among the shapes of its uses.
const BARE: &str = "";

/// For each component that is refined somewhere: its shapes, and where each is used.
type Uses = BTreeMap<String, BTreeMap<String, Vec<Place>>>;

/// A component that was itself put together from another is not a use of it.
fn forget_own_bases(document: &mut Value) {
    let Some(components) = walk::components_mut(document) else { return };
    for schema in components.values_mut() {
        if let Some(object) = schema.as_object_mut() {
            object.shift_remove(REFINES);
        }
    }
}

fn uses(document: &mut Value) -> Uses {
    let reached = reached(document);
    let mut refined = Uses::new();
    let mut bare: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    walk::schemas(document, &mut |schema, place| {
        let component = place.pointer.strip_prefix("/components/schemas/");
        let component = component.map(|rest| pointer::unescape(rest.split('/').next().unwrap_or_default()));
        if component.is_some_and(|name| !reached.contains(&name)) {
            return;
        }
        if let Some(base) = schema.get(REFINES).and_then(Value::as_str) {
            let shape = walk::canonical(schema);
            refined.entry(base.to_owned()).or_default().entry(shape).or_default().push(place.clone());
        } else if let Some(name) = walk::referenced(schema) {
            bare.entry(name).or_default().push(place.clone());
        }
    });
    for (base, shapes) in &mut refined {
        if let Some(places) = bare.remove(base) {
            shapes.insert(BARE.to_owned(), places);
        }
    }
    refined
}

/// The components that an operation leads to; all of them, where nothing leads to any.
fn reached(document: &mut Value) -> HashSet<String> {
    let mut edges: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    let mut all = HashSet::new();
    walk::schemas(document, &mut |schema, place| {
        let component = place.pointer.strip_prefix("/components/schemas/");
        let from = component.map(|rest| pointer::unescape(rest.split('/').next().unwrap_or_default()));
        all.extend(from.clone());
        if let Some(to) = walk::referenced(schema) {
            edges.entry(from).or_default().push(to);
        }
    });
    let mut open: Vec<String> = edges.remove(&None).unwrap_or_default();
    if open.is_empty() && document.get("paths").and_then(Value::as_object).is_none_or(Map::is_empty) {
        return all;
    }
    let mut reached = HashSet::new();
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) {
            open.extend(edges.remove(&Some(name)).into_iter().flatten());
        }
    }
    reached
}

/// The component name of each shape of `base`.
fn name_shapes(
    base: &str,
    shapes: &BTreeMap<String, Vec<Place>>,
    lock: &Lock,
    report: &mut Report,
) -> Vec<(String, String)> {
    let locked = |places: &[Place]| places.iter().find_map(|place| lock.get(&place.key()));
    let heir = shapes.iter().find(|(_, places)| locked(places) == Some(base)).map(|(shape, _)| shape.clone());
    let heir = heir.unwrap_or_else(|| match shapes.keys().next() {
        Some(only) if shapes.len() == 1 => only.clone(),
        _ => BARE.to_owned(),
    });
    let mut names = Vec::new();
    for (shape, places) in shapes {
        let inherits = *shape == heir;
        if inherits && shape == BARE {
            continue;
        }
        let name = if inherits {
            report.taken.remove(&type_name(base));
            report.chosen.remove(base);
            report.give(places, lock, base)
        } else {
            report.choose(places, lock, |place| place.names.iter().enumerate().map(|(index, name)| step_name(name, index)).collect())
        };
        names.push((shape.clone(), name));
    }
    names
}

/// What becomes of the refined schemas: by its name each new component, where it first stood, and what it refines.
type Made = BTreeMap<String, (Value, Place, String)>;

/// Puts references in the place of refined schemas, and takes these out.
fn replace(document: &mut Value, names: &BTreeMap<(String, String), String>) -> Made {
    let mut made = Made::new();
    let mut moved: BTreeMap<String, String> = BTreeMap::new();
    for ((base, shape), name) in names {
        if shape == BARE {
            moved.insert(base.clone(), name.clone());
        }
    }
    for (base, name) in &moved {
        if let Some(schema) = walk::components(document).and_then(|components| components.get(base)) {
            made.insert(name.clone(), (schema.clone(), Place::component(base), base.clone()));
        }
    }
    // The shape of what is inside counts before it is replaced, as it did when the shapes were named.
    walk::document_parts(document, &mut |schema, place| replace_tree(schema, place, names, &moved, &mut made));
    made
}

fn replace_tree(
    schema: &mut Value,
    place: &mut Place,
    names: &BTreeMap<(String, String), String>,
    moved: &BTreeMap<String, String>,
    made: &mut Made,
) {
    let name = schema.get(REFINES).and_then(Value::as_str).map(str::to_owned).map(|base| {
        let shape = walk::canonical(schema);
        let name = names.get(&(base.clone(), shape)).cloned();
        (base, name)
    });
    walk::children(schema, place, &mut |child, place| replace_tree(child, place, names, moved, made));
    match name {
        Some((base, name)) => {
            if let Some(object) = schema.as_object_mut() {
                object.shift_remove(REFINES);
            }
            // A refinement that no operation reaches has no name, and stays where it is.
            if let Some(name) = name {
                let refined = std::mem::replace(schema, walk::reference(&name));
                made.entry(name).or_insert_with(|| (refined, place.clone(), base));
            }
        }
        None => {
            if let Some(name) = walk::referenced(schema).and_then(|name| moved.get(&name)) {
                *schema = walk::reference(name);
            }
        }
    }
}

/// Where a refined shape takes the place of its component, the component's own description stays.
fn keep_description(schema: &mut Value, component: Option<&Value>) {
    let Some(object) = schema.as_object_mut() else { return };
    for key in ["title", "description"] {
        if let Some(value) = component.and_then(|component| component.get(key)) {
            object.insert(key.into(), value.clone());
        }
    }
}
