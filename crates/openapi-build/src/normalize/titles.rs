//! Q002: components that stand inline, their name left in `title`.
//!
//! # What it is
//! A schema in the middle of the document has a `title`: it was a component, and every `$ref` to it has been replaced by
//! a copy.
//!
//! # Where it was seen
//! On every page of Confluent's documentation site: `Failure` stands six times on one page, `Error` inside each.
//!
//! # Why it matters
//! A generator makes a type of each copy, so that the same error has six types and none can stand for another.
//!
//! # The cure
//! Each titled schema goes back to `components.schemas` under its title and is referred to. Copies of one shape (equal
//! but for descriptions and examples) become one. Where different shapes claim one name, each gets a name from the path
//! that leads to it, none gets the bare one, and a warning says so; `names.lock` pins the choice.
//!
//! # Before and after
//! ```yaml
//! content: {application/json: {schema: {title: Item, type: object, properties: {id: {type: string}}}}}
//! ```
//! ```yaml
//! content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}
//! # components: {schemas: {Item: {title: Item, type: object, properties: {id: {type: string}}}}}
//! ```

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::Report;
use super::walk::{self, Place};
use crate::diagnostic::Diagnostic;
use crate::names::type_name;
use crate::track::lock::Lock;

const CODE: &str = "Q002";

/// The first key of a provisional reference: no component's name has a NUL.
const PROVISIONAL: char = '\0';

pub(super) fn cure(document: &mut Value, lock: &Lock, report: &mut Report) {
    let mut titled = Titled::default();
    walk::document_parts(document, &mut |schema, place| {
        if place.pointer.starts_with("/components/schemas/") {
            titled.inside(schema, place);
        } else {
            titled.hoist(schema, place);
        }
    });
    if titled.shapes.is_empty() {
        return;
    }
    let names = titled.names(walk::components(document), lock, report);
    let Some(components) = walk::components_mut(document) else { return };
    for (shape, name) in titled.shapes.into_iter().zip(&names) {
        report.moved(&format!("/components/schemas/{}", walk::escape(name)), &shape.places[0].pointer);
        components.entry(name.clone()).or_insert(shape.schema);
    }
    walk::schemas(document, &mut |schema, _| {
        let index = walk::referenced(schema).and_then(|name| name.strip_prefix(PROVISIONAL)?.parse::<usize>().ok());
        if let Some(index) = index {
            *schema = walk::reference(&names[index]);
        }
    });
}

/// One shape under one title, and everywhere it stands.
struct Shape {
    title: String,
    schema: Value,
    places: Vec<Place>,
}

#[derive(Default)]
struct Titled {
    shapes: Vec<Shape>,
    index: HashMap<(String, String), usize>,
}

impl Titled {
    /// Takes the titled schemas out of `schema`, which itself stays.
    fn inside(&mut self, schema: &mut Value, place: &Place) {
        walk::children(schema, place, &mut |child, place| self.hoist(child, place));
    }

    /// Takes `schema` out, if it is titled, and all titled schemas in it, and leaves provisional references.
    fn hoist(&mut self, schema: &mut Value, place: &Place) {
        let title = title(schema).map(str::to_owned);
        match &title {
            // What stands in a titled schema is named after it, as it is in a document that has components.
            Some(title) => {
                let inner = Place { pointer: place.pointer.clone(), names: vec![title.clone()] };
                self.inside(schema, &inner);
            }
            None => self.inside(schema, place),
        }
        let Some(title) = title else { return };
        let key = (title.clone(), walk::canonical(&walk::shape(schema)));
        let index = *self.index.entry(key).or_insert(self.shapes.len());
        if index == self.shapes.len() {
            self.shapes.push(Shape { title, schema: Value::Null, places: Vec::new() });
        }
        self.shapes[index].places.push(place.clone());
        let copy = std::mem::replace(schema, walk::reference(&format!("{PROVISIONAL}{index}")));
        if self.shapes[index].schema.is_null() {
            self.shapes[index].schema = copy;
        }
    }

    /// The component name of each shape.
    fn names(&self, components: Option<&Map<String, Value>>, lock: &Lock, report: &mut Report) -> Vec<String> {
        let mut claims: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, shape) in self.shapes.iter().enumerate() {
            claims.entry(type_name(&shape.title)).or_default().push(index);
        }
        let mut names = vec![String::new(); self.shapes.len()];
        for (claimed, indices) in claims {
            let existing =
                components.and_then(|components| components.iter().find(|(name, _)| type_name(name) == claimed));
            match (existing, indices.as_slice()) {
                (None, &[index]) => names[index] = component_name(&self.shapes[index].title),
                (Some((name, schema)), &[index]) if self.same(&self.shapes[index].schema, schema) => {
                    names[index] = name.clone();
                }
                (_, indices) => self.qualify(indices, &mut names, lock, report),
            }
        }
        names
    }

    /// Whether a shape is that of an existing component, in which nothing was taken out.
    fn same(&self, schema: &Value, component: &Value) -> bool {
        walk::canonical(&walk::shape(schema)) == walk::canonical(&walk::shape(component))
    }

    /// Names the shapes at `indices`, which claim one name, by where they stand.
    fn qualify(&self, indices: &[usize], names: &mut [String], lock: &Lock, report: &mut Report) {
        for &index in indices {
            let shape = &self.shapes[index];
            let qualified = |place: &Place| {
                let path = place.names.iter().filter(|name| !name.starts_with("variant ")).map(|name| type_name(name));
                format!("{}{}", path.collect::<String>(), type_name(&shape.title))
            };
            names[index] = report.choose(&shape.places, lock, qualified);
        }
        let title = &self.shapes[indices[0]].title;
        let all = indices.iter().map(|&index| format!("`{}`", names[index])).collect::<Vec<_>>().join(", ");
        let place = &self.shapes[indices[0]].places[0].pointer;
        let message = format!("{} different schemas are titled `{title}`; they are named {all}", indices.len());
        report.add(Diagnostic::warning(CODE, message).at(place.clone()));
    }
}

fn title(schema: &Value) -> Option<&str> {
    if schema.get("$ref").is_some() {
        return None;
    }
    schema.get("title")?.as_str().filter(|title| !title.trim().is_empty())
}

/// A title as a component name, which OpenAPI 3.0.3 (Components Object) holds to `^[a-zA-Z0-9\.\-_]+$`.
fn component_name(title: &str) -> String {
    title.replace(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c), "_")
}
