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
//! # The repair
//! Each titled schema goes back to `components.schemas` under its title and is referred to. A title is not always the
//! component's name (four are titled `AWS`): an alternative that the mapping of a discriminator names has that name. Copies
//! of one shape (equal but for descriptions and examples) become one, and one that is cut where it holds itself, with
//! nothing but its title left, is tied back to the schema it stands in. Where different shapes claim one name, each gets a
//! name from the path that leads to it, none gets the bare one, and a warning says so; `names.lock` pins the choice.
//!
//! A title that only describes is no name: that of a scalar, or one that FastAPI makes of the name of a property (`Page Size`
//! of `page_size`) or of an operation (`Response List Items Items Get`). A name that `names.lock` has stays.
//!
//! What a page does not say stays unknown: a component that has no title stays where it stands, and one whose title is
//! not its name has its title for a name, if no mapping names it.
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

use super::{Repair, Report};
use super::copies::{self, Copy, Filling, Hole};
use super::walk::{self, Place};
use crate::diagnostic::Diagnostic;
use crate::names::{step_name, type_name};
use crate::pointer;
use crate::lock::Lock;

const CODE: &str = "Q002";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, lock: &Lock, report: &mut Report) {
    let mut titled = Titled { report, lock, copies: Vec::new(), holes: Vec::new(), open: Vec::new() };
    walk::document_parts(document, &mut |schema, place| {
        if place.pointer.starts_with("/components/schemas/") {
            titled.inside(schema, place);
        } else {
            titled.hoist(schema, place, None);
        }
    });
    let Titled { mut copies, holes, .. } = titled;
    if copies.is_empty() {
        return;
    }
    let classes = copies::classes(&mut copies);
    let shapes = shapes(copies, &classes);
    let names = names(&shapes, (walk::components(document), &holes), lock, report);
    for hole in &holes {
        hole.fill(document, &names[classes[hole.copy]]);
    }
    let Some(components) = walk::components_mut(document) else { return };
    for (mut shape, name) in shapes.into_iter().zip(&names) {
        for hole in &shape.holes {
            hole.fill(&mut shape.schema, &names[classes[hole.copy]]);
        }
        report.moved(&format!("/components/schemas/{}", pointer::escape(name)), &shape.places[0].pointer);
        components.entry(name.clone()).or_insert(shape.schema);
    }
}

struct Titled<'a> {
    report: &'a mut Report,
    lock: &'a Lock,
    copies: Vec<Copy>,
    /// The holes of the document, outside the copies.
    holes: Vec<Hole>,
    /// The copies that the schema at hand stands in, each with its title and whether everything in it stands inline.
    open: Vec<(String, usize, bool)>,
}

impl Titled<'_> {
    /// Takes the titled schemas out of `schema`, which itself stays.
    fn inside(&mut self, schema: &mut Value, place: &mut Place) {
        let named = named_alternatives(schema, place);
        let mut taken: Vec<(&str, usize)> = Vec::new();
        walk::children(schema, place, &mut |child, place| {
            let name = named.iter().find(|(pointer, _)| *pointer == place.pointer).map(|(_, name)| name.as_str());
            let copy = self.hoist(child, place, name);
            taken.extend(name.zip(copy));
        });
        let Some(Value::Object(mapping)) = schema.pointer_mut("/discriminator/mapping") else { return };
        for (value, target) in mapping {
            let found = target.as_str().and_then(|target| taken.iter().find(|(name, _)| *name == mapped(target)));
            if let Some((_, copy)) = found {
                let pointer = format!("{}/discriminator/mapping/{}", place.pointer, pointer::escape(value));
                self.leave_hole(target, &pointer, *copy, Filling::Target);
            }
        }
    }

    /// Takes `schema` out, if it is titled or `named` by a mapping, and all titled schemas in it. Gives back the copy that
    /// the hole leads to, if it leaves one.
    fn hoist(&mut self, schema: &mut Value, place: &mut Place, named: Option<&str>) -> Option<usize> {
        let by_title = || title(schema).filter(|title| !self.only_describes(schema, title, place));
        let claim = named.filter(|_| schema.get("$ref").is_none()).or_else(by_title).map(str::to_owned);
        let Some(claim) = claim else {
            // What has no title stays, and what is in it is named by the path that leads there.
            self.inside(schema, place);
            return None;
        };
        let title = title(schema).unwrap_or_default().to_owned();
        if let Some(whole) = self.cut_from(schema, &title) {
            let message =
                format!("`{title}` is cut here, within itself; it is tied back to the schema that it stands in");
            self.report.add(Diagnostic::note(CODE, message).at(place.pointer.clone()));
            self.leave_hole(schema, &place.pointer, whole, Filling::Schema);
            return Some(whole);
        }
        let copy = self.copies.len();
        // What stands in a titled schema is named after it, as it is in a document that has components.
        let mut inner = Place { pointer: place.pointer.clone(), names: vec![claim.clone()] };
        self.copies.push(Copy {
            title: title.clone(),
            claim,
            named: named.is_some(),
            schema: Value::Null,
            holes: Vec::new(),
            place: place.clone(),
        });
        self.open.push((title, copy, !refers(schema)));
        self.inside(schema, &mut inner);
        self.open.pop();
        self.copies[copy].schema = self.leave_hole(schema, &place.pointer, copy, Filling::Schema);
        Some(copy)
    }

    /// Whether `title` is no name of a type: that of a scalar, or one that FastAPI makes of a property's name. A name that
    /// the lock has stays.
    fn only_describes(&self, schema: &Value, title: &str, place: &Place) -> bool {
        let known = || self.lock.get(&claimed(place, title).key()).is_some();
        (is_scalar(schema) || is_made_of_name(schema, title, place)) && !known()
    }

    /// Takes out the `value` at `pointer`, which gets a reference to `copy`.
    fn leave_hole(&mut self, value: &mut Value, pointer: &str, copy: usize, filling: Filling) -> Value {
        let (holes, start) = match self.open.last() {
            Some((_, outer, _)) => {
                let outer = &mut self.copies[*outer];
                (&mut outer.holes, outer.place.pointer.len())
            }
            None => (&mut self.holes, 0),
        };
        holes.push(Hole { pointer: pointer[start..].to_owned(), copy, filling });
        value.take()
    }

    /// The copy that `schema` is cut from: one of its title that it stands in, while itself it says nothing more. A
    /// schema that refers to others could refer to itself, and needs no cut.
    fn cut_from(&self, schema: &Value, title: &str) -> Option<usize> {
        let says_nothing = schema.as_object()?.keys().all(|key| key == "type" || walk::is_annotation(key));
        let object = schema.get("type").is_none_or(|stated| stated == "object");
        let whole = self.open.iter().rev().find(|(other, ..)| other == title && !title.is_empty());
        whole.filter(|(_, _, inline)| says_nothing && object && *inline).map(|(_, copy, _)| *copy)
    }
}

/// Whether `schema` refers to a component, at any depth.
fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => object.get("$ref").is_some_and(Value::is_string) || object.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

/// The component that a mapping's target names: a reference or a bare name (OpenAPI 3.0.3, Discriminator Object).
fn mapped(target: &str) -> String {
    walk::component_name(target).unwrap_or_else(|| target.to_owned())
}

/// The alternatives of `schema` that the mapping of its discriminator names: their pointers, and the names. The title
/// says which is meant, or the only value that the tag can have there, or that no other is left.
fn named_alternatives(schema: &Value, place: &Place) -> Vec<(String, String)> {
    let Some(discriminator) = schema.get("discriminator") else { return Vec::new() };
    let tag = discriminator.get("propertyName").and_then(Value::as_str).unwrap_or_default();
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let targets: Vec<(&String, String)> = mapping
        .into_iter()
        .flatten()
        .filter_map(|(value, target)| Some((value, mapped(target.as_str()?))))
        .filter(|(_, name)| !name.contains('/'))
        .collect();
    let key = if schema.get("oneOf").is_some() { "oneOf" } else { "anyOf" };
    let parts = schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<Option<String>> = parts
        .iter()
        .map(|part| {
            let by_title =
                || targets.iter().find(|(_, name)| title(part).is_some_and(|title| component_name(title) == *name));
            let value = tag_values(part, tag);
            let by_tag = || targets.iter().find(|(tag, _)| value.as_slice() == [tag.as_str()]);
            let referred = walk::referenced(part);
            referred.or_else(|| by_title().or_else(by_tag).map(|(_, name)| name.clone()))
        })
        .collect();
    let mut left: Vec<&String> =
        targets.iter().map(|(_, name)| name).filter(|name| !names.contains(&Some((*name).clone()))).collect();
    left.dedup();
    if let ([name], 1) = (left.as_slice(), names.iter().filter(|name| name.is_none()).count()) {
        names.iter_mut().filter(|name| name.is_none()).for_each(|none| *none = Some((*name).clone()));
    }
    let inline = names.into_iter().enumerate().filter(|(index, _)| parts[*index].get("$ref").is_none());
    inline.filter_map(|(index, name)| Some((format!("{}/{key}/{index}", place.pointer), name?))).collect()
}

/// The values that the property `tag` can have in `schema`, where it says so.
fn tag_values<'a>(schema: &'a Value, tag: &str) -> Vec<&'a str> {
    let own = schema.get("properties").and_then(|properties| properties.get(tag)?.get("enum")?.as_array());
    let own: Vec<&str> = own.into_iter().flatten().filter_map(Value::as_str).collect();
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    if own.is_empty() { parts.flat_map(|part| tag_values(part, tag)).collect() } else { own }
}

/// One shape under one name, and everywhere it stands.
struct Shape {
    claim: String,
    schema: Value,
    holes: Vec<Hole>,
    places: Vec<Place>,
}

/// The copies of each class together, in the order of the classes.
fn shapes(copies: Vec<Copy>, classes: &[usize]) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    for (copy, &class) in copies.into_iter().zip(classes) {
        if class == shapes.len() {
            let Copy { claim, schema, holes, .. } = copy;
            shapes.push(Shape { claim, schema, holes, places: Vec::new() });
        }
        shapes[class].places.push(copy.place);
    }
    shapes
}

/// The component name of each shape. `existing` are the components that the document has, and its holes.
fn names(
    shapes: &[Shape],
    existing: (Option<&Map<String, Value>>, &[Hole]),
    lock: &Lock,
    report: &mut Report,
) -> Vec<String> {
    let (components, holes) = existing;
    let mut claims: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, shape) in shapes.iter().enumerate() {
        claims.entry(type_name(&shape.claim)).or_default().push(index);
    }
    let mut names = vec![String::new(); shapes.len()];
    let mut by_type: HashMap<String, (&String, &Value)> = HashMap::new();
    for (name, schema) in components.into_iter().flatten() {
        by_type.entry(type_name(name)).or_insert((name, schema));
    }
    for (claimed, indices) in claims {
        match (by_type.get(&claimed), indices.as_slice()) {
            (None, &[index]) => {
                let shape = &shapes[index];
                names[index] = report.give(&lock_places(shape), lock, &component_name(&shape.claim));
            }
            (Some((name, schema)), &[index]) if is_whole(name, holes) && same(&shapes[index], schema) => {
                names[index].clone_from(name);
            }
            (_, indices) => qualify(shapes, indices, &mut names, lock, report),
        }
    }
    names
}

/// Whether no copy was taken out of the component.
fn is_whole(component: &str, holes: &[Hole]) -> bool {
    let start = format!("/components/schemas/{}/", pointer::escape(component));
    !holes.iter().any(|hole| hole.pointer.starts_with(&start))
}

/// The places of a shape as `names.lock` knows them: a place can hold several, in the parts of an `allOf`.
fn lock_places(shape: &Shape) -> Vec<Place> {
    shape.places.iter().map(|place| claimed(place, &shape.claim)).collect()
}

fn claimed(place: &Place, claim: &str) -> Place {
    place.child(&[], Some(&format!("({claim})")))
}

/// Whether the values of `schema` are texts, numbers or booleans, without a list of them.
fn is_scalar(schema: &Value) -> bool {
    let scalar = |kind: &Value| ["string", "integer", "number", "boolean", "null"].iter().any(|name| kind == name);
    let stated = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().all(scalar),
        Some(kind) => scalar(kind),
        None => false,
    };
    stated && !["enum", "x-extensible-enum", "oneOf", "anyOf", "allOf"].iter().any(|key| schema.get(key).is_some())
}

/// Whether FastAPI made the title: of a property's or parameter's name (`page_size` is `Page Size`), or of an operation
/// (`Response List Items Items Get`). It refers to models, so that these titles are not of objects with properties.
fn is_made_of_name(schema: &Value, title: &str, place: &Place) -> bool {
    // An object that says nothing more may be a model that is cut.
    let is_map = schema.get("additionalProperties").is_some();
    let is_model = ["properties", "allOf"].iter().any(|key| schema.get(key).is_some())
        || (schema.get("type").is_some_and(|kind| kind == "object") && !is_map);
    let words = |text: &str| text.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "");
    let named = place.names.last().is_some_and(|name| words(name) == words(title));
    let capitals = title.split(' ').all(|word| word.chars().next().is_some_and(|first| !first.is_lowercase()));
    !is_model && capitals && (named || (title.starts_with("Response ") && title.matches(' ').count() > 1))
}

/// Whether no copy was taken out of the shape, and it is that of an existing component.
fn same(shape: &Shape, component: &Value) -> bool {
    shape.holes.is_empty() && walk::canonical(&shape.schema) == walk::canonical(component)
}

/// How many names a message lists.
const SHOWN: usize = 4;

/// Names the shapes at `indices`, which claim one name, by where they stand.
fn qualify(shapes: &[Shape], indices: &[usize], names: &mut [String], lock: &Lock, report: &mut Report) {
    for &index in indices {
        let shape = &shapes[index];
        let qualified = |place: &Place| {
            let (_, path) = place.names.split_last().unwrap_or((&shape.claim, &[]));
            let path = path.iter().enumerate().filter(|(_, name)| !name.starts_with("variant "));
            let path = path.map(|(index, name)| step_name(name, index));
            format!("{}{}", path.collect::<String>(), type_name(&shape.claim))
        };
        names[index] = report.choose(&lock_places(shape), lock, qualified);
    }
    let claim = &shapes[indices[0]].claim;
    let place = &shapes[indices[0]].places[0].pointer;
    let quoted = |index: &usize| format!("`{}`", names[*index]);
    let message = match indices {
        [index] => format!("another schema has the name `{claim}`; this one is named {}", quoted(index)),
        _ => {
            let shown: Vec<String> = indices.iter().take(SHOWN).map(quoted).collect();
            let more = match indices.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let count = indices.len();
            format!("{count} different schemas have the title `{claim}`; they are named {}{more}", shown.join(", "))
        }
    };
    let help = "give each a `title` of its own in an overlay, or keep these names in names.lock";
    report.add(Diagnostic::warning(CODE, message).at(place.clone()).help(help));
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
