//! Q030: discriminators without alternatives.
//!
//! # What it is
//! A schema has a `discriminator`, and no `oneOf` or `anyOf` beside it: others build on it with `allOf`, and the
//! property is to say which of them a value is. Or it has a `oneOf` of schemas that are themselves `allOf` it, a circle.
//!
//! # Where it was seen
//! In no Confluent document; in what NSwag, springdoc and Microsoft's generators write.
//!
//! # Why it matters
//! By JSON Schema the schema accepts what it says by itself; which others there are, and what they add, it does not
//! say. A generator that reads it so drops what the others add, and a circle overflows its stack, or that of its client.
//!
//! # The repair
//! Wherever the schema is used, a value is one of those that build on it, directly or through others: the schema becomes the
//! `oneOf` of them. What it says by itself becomes a component of its own, on which the others build from then on, and which is an
//! alternative under the schema's own name, unless a mapping leaves it out. In a circle, the others build on what stands
//! beside the `oneOf`. Where nothing builds on the schema, it is read as what it is by itself, and a warning says so.
//!
//! # Before and after
//! ```yaml
//! Pet: {type: object, properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
//! Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {lives: {type: integer}}}]}
//! ```
//! ```yaml
//! Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/PetBase'}], discriminator: {propertyName: kind, mapping: {Cat: '#/components/schemas/Cat', Pet: '#/components/schemas/PetBase'}}}
//! PetBase: {type: object, properties: {kind: {type: string}}}
//! Cat: {allOf: [{$ref: '#/components/schemas/PetBase'}, {properties: {lives: {type: integer}}}]}
//! ```

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::intersect::UNIONS;
use crate::extensions::TYPE;
use super::walk::{self, Place};
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::lock::Lock;
use crate::names::type_name;
use crate::pointer::escape;

const CODE: &str = "Q030";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

type Components = Map<String, Value>;

fn repair(document: &mut Value, lock: &Lock, report: &mut Report) {
    let Some(components) = walk::components(document).cloned() else { return };
    let parents = parents(&components);
    let mut bases: Vec<Base> = components.keys().filter_map(|name| Base::of(name, &components, &parents)).collect();
    for base in &mut bases {
        if base.children.is_empty() {
            let tag = &base.tag;
            let message = format!("the discriminator `{tag}` has no alternatives here: nothing extends this schema");
            let diagnostic = Diagnostic::warning(CODE, message).at(Place::component(&base.name).pointer);
            report.add(diagnostic.help("list them in a `oneOf`, in an overlay"));
        } else {
            let place = Place::component(&base.name).child(&[], Some("base"));
            let rule = |place: &Place| type_name(&format!("{} base", place.names[0]));
            base.own = report.choose(&[place], lock, rule);
        }
    }
    bases.retain(|base| !base.children.is_empty());
    let owns: BTreeMap<String, String> = bases.iter().map(|base| (base.name.clone(), base.own.clone())).collect();
    let Some(components) = walk::components_mut(document) else { return };
    for base in &bases {
        for (name, schema) in components.iter_mut() {
            if base.builders.contains(name) {
                build_on(schema, &base.name, &base.own);
            }
        }
    }
    for base in bases {
        report.moved(&Place::component(&base.own).pointer, &Place::component(&base.name).pointer);
        let message = match base.is_circle {
            true => format!("alternatives build on this schema; what it says by itself is `{}`", base.own),
            false => format!("this schema is one of those that build on it; what it says by itself is `{}`", base.own),
        };
        report.add(Diagnostic::note(CODE, message).at(Place::component(&base.name).pointer));
        let Some(schema) = components.get_mut(&base.name) else { continue };
        let mut own = schema.clone();
        take(&mut own);
        if !base.is_circle {
            *schema = base.union(schema, &owns);
        }
        components.insert(base.own, own);
    }
}

/// A schema on which others build.
struct Base {
    name: String,
    /// The property of the discriminator.
    tag: String,
    mapping: Map<String, Value>,
    /// Whether the property says which of them a value is: not if it has other values than their names, and no mapping.
    is_tagged: bool,
    /// Those that build on it, directly or through others, in the order of the document; in a circle, those of its alternatives.
    children: Vec<String>,
    /// Those of which an `allOf` refers to it.
    builders: HashSet<String>,
    /// Whether it has alternatives already.
    is_circle: bool,
    /// The name of what it says by itself.
    own: String,
}

impl Base {
    /// The component `name`, if it has a discriminator or is a circle.
    fn of(name: &str, components: &Components, parents: &BTreeMap<&str, Vec<String>>) -> Option<Self> {
        let schema = components.get(name)?;
        let discriminator = discriminator(schema);
        let descends = |child: &str| child != name && descends(child, name, parents);
        let alternatives = UNIONS.into_iter().find_map(|key| schema.get(key)?.as_array());
        if alternatives.is_none() && discriminator.is_none() {
            return None;
        }
        let mut children: Vec<String> = match alternatives {
            Some(alternatives) => alternatives.iter().filter_map(walk::referenced).filter(|it| descends(it)).collect(),
            None => components.keys().filter(|child| descends(child)).cloned().collect(),
        };
        let is_circle = alternatives.is_some();
        if is_circle && children.is_empty() {
            return None;
        }
        let tag = discriminator.and_then(|it| it.get("propertyName")?.as_str()).unwrap_or_default().to_owned();
        let mapping = discriminator.and_then(|it| it.get("mapping")?.as_object()).cloned().unwrap_or_default();
        if !is_circle {
            let mapped = mapping.values().filter_map(|target| target_of(target, components));
            // A schema that repeats what the base declares needs not build on it.
            let own = declared(schema, components);
            let is_like = |target: &String| own.is_subset(&declared(&components[target], components));
            let mut others: Vec<String> = mapped.filter(|target| target != name && !children.contains(target)).collect();
            let mut seen = HashSet::new();
            others.retain(|target| seen.insert(target.clone()));
            if !children.is_empty() || others.iter().all(is_like) {
                children.extend(others);
            }
        }
        let leads_to_child = |it: &str| children.iter().any(|child| child == it || self::descends(child, it, parents));
        let builds = |it: &&&str| parents[**it].iter().any(|parent| parent == name) && leads_to_child(it);
        let builders = parents.keys().filter(builds).map(|it| (*it).to_owned()).collect();
        let is_named = |child: &String| {
            let values = tag_values(&components[child], &tag, components);
            values.is_none_or(|values| values.iter().any(|value| value.as_str() == Some(child)))
        };
        let is_tagged = !mapping.is_empty() || children.iter().all(is_named);
        Some(Self { name: name.to_owned(), tag, mapping, is_tagged, children, builders, is_circle, own: String::new() })
    }

    /// The union of those that build on `schema`, which is this.
    fn union(&self, schema: &Value, owns: &BTreeMap<String, String>) -> Value {
        let (mut alternatives, mut mapping) = (Vec::new(), Map::new());
        let own = owns.get(&self.name);
        let listed = self.tags(&self.name);
        let own = own.filter(|_| self.mapping.is_empty() || !listed.is_empty());
        for (name, component) in self.children.iter().map(|name| (name, owns.get(name).unwrap_or(name))).chain(own.map(|own| (&self.name, own))) {
            let tags = match self.tags(name) {
                tags if tags.is_empty() => vec![name.clone()],
                tags => tags,
            };
            alternatives.push(walk::reference(component));
            for tag in tags {
                mapping.entry(tag).or_insert_with(|| json!(format!("#/components/schemas/{}", escape(component))));
            }
        }
        let mut union: Map<String, Value> = schema.as_object().cloned().unwrap_or_default();
        union.retain(|key, _| walk::is_annotation(key) || key == "nullable");
        if self.is_tagged {
            union.insert("oneOf".into(), Value::Array(alternatives));
            union.insert("discriminator".into(), json!({"propertyName": self.tag, "mapping": mapping}));
        } else {
            union.insert("anyOf".into(), Value::Array(alternatives));
        }
        Value::Object(union)
    }

    /// The values of the tag that the mapping has for a component.
    fn tags(&self, component: &str) -> Vec<String> {
        let leads = |target: &Value| {
            let target = target.as_str().unwrap_or_default();
            target == component || walk::component_name(target).as_deref() == Some(component)
        };
        self.mapping.iter().filter(|(_, target)| leads(target)).map(|(tag, _)| tag.clone()).collect()
    }
}

/// A schema and its parts, references followed.
fn parts<'a>(schema: &'a Value, components: &'a Components) -> Vec<&'a Value> {
    let (mut found, mut open, mut seen) = (Vec::new(), vec![schema], HashSet::new());
    while let Some(schema) = open.pop() {
        found.push(schema);
        if let Some(name) = walk::referenced(schema).filter(|name| seen.insert(name.clone())) {
            open.extend(components.get(&name));
        }
        open.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
    }
    found
}

/// The names of the properties that a schema declares.
fn declared(schema: &Value, components: &Components) -> HashSet<String> {
    let properties = parts(schema, components).into_iter().filter_map(|part| part.get("properties")?.as_object());
    properties.flatten().map(|(name, _)| name.clone()).collect()
}

/// The only values that the property `tag` of a schema has, if that says so.
fn tag_values<'a>(schema: &'a Value, tag: &str, components: &'a Components) -> Option<&'a Vec<Value>> {
    let said = parts(schema, components).into_iter().filter_map(|part| part.get("properties")?.get(tag));
    said.flat_map(|property| parts(property, components)).find_map(|part| part.get("enum")?.as_array())
}

/// The component that a mapping's value names.
fn target_of(target: &Value, components: &Components) -> Option<String> {
    let target = target.as_str()?;
    let name = walk::component_name(target).unwrap_or_else(|| target.to_owned());
    components.contains_key(&name).then_some(name)
}

/// The discriminator of a schema, or of a part of it that is no reference.
fn discriminator(schema: &Value) -> Option<&Value> {
    let own = schema.get("discriminator").filter(|it| it.get("propertyName").is_some_and(Value::is_string));
    own.or_else(|| schema.get("allOf")?.as_array()?.iter().find_map(discriminator))
}

/// Takes out the discriminator and the alternatives of what a schema says by itself.
fn take(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    for key in ["discriminator", "oneOf", "anyOf", "nullable", TYPE] {
        object.shift_remove(key);
    }
    for part in object.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(part) = part.as_object_mut() {
            part.shift_remove("discriminator");
        }
    }
}

/// The components on which each component builds.
fn parents(components: &Components) -> BTreeMap<&str, Vec<String>> {
    fn of(schema: &Value, names: &mut Vec<String>) {
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            names.extend(walk::referenced(part));
            of(part, names);
        }
    }
    let of_one = |(name, schema): (&'_ String, &Value)| {
        let mut names = Vec::new();
        of(schema, &mut names);
        names.retain(|parent| parent != name);
        names
    };
    components.iter().map(|(name, schema)| (name.as_str(), of_one((name, schema)))).collect()
}

/// Whether `child` builds on `base`, directly or through others.
fn descends(child: &str, base: &str, parents: &BTreeMap<&str, Vec<String>>) -> bool {
    let (mut open, mut seen) = (vec![child], HashSet::new());
    while let Some(name) = open.pop() {
        for parent in parents.get(name).into_iter().flatten() {
            if parent == base {
                return true;
            }
            if seen.insert(parent.as_str()) {
                open.push(parent);
            }
        }
    }
    false
}

/// Lets `schema`, which builds on `base`, build on `own` instead.
fn build_on(schema: &mut Value, base: &str, own: &str) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        match walk::referenced(part) {
            Some(name) if name == base => *part = walk::reference(own),
            _ => build_on(part, base, own),
        }
    }
}
