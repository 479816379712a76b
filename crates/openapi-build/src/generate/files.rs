//! Finds the files in multipart bodies: parts that hold bytes are of the type `FilePart`, and only there. A component that other
//! places use as well is one type for multipart bodies and another for them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::model::BodyKind;
use crate::diagnostic::Diagnostic;
use crate::extensions::{FILE_PART, TYPE};
use crate::formats::{self, Format};
use crate::grammar::is_method;
use crate::lock::{Choice, Lock};
use crate::media_type::essence;
use crate::names::type_name;
use crate::normalize::lone_reference;
use crate::normalize::walk::{component_name, components, components_mut, is_annotation, reference};
use crate::pointer::{self, escape};

/// How many references may follow each other.
const STEPS: usize = 32;

/// The names of copies of components, by the names of those.
pub(super) type Copies = BTreeMap<String, String>;

/// `document`, with the schemas of files in multipart bodies marked, and the components that there is a copy of.
pub(super) fn marked<'a>(document: &'a Value, lock: &Lock, choices: &mut Vec<Choice>) -> (Cow<'a, Value>, Copies) {
    let bodies = bodies(document);
    if bodies.is_empty() {
        return (Cow::Borrowed(document), Copies::new());
    }
    let mut heads = Heads { document, references: Vec::new(), octets: BTreeMap::new() };
    for (pointer, media) in &bodies {
        if let Some(schema) = media.get("schema") {
            heads.add(&format!("{pointer}/schema"), schema, &octets(media));
        }
    }
    let names = names(document, &heads, lock, choices);
    let mut out = document.clone();
    for (name, octets) in &heads.octets {
        let Some(mut schema) = components(document).and_then(|all| all.get(name)).cloned() else { continue };
        let changed = Marker { document, names: &names, octets }.head(&mut schema);
        let name = names.get(name).unwrap_or(name);
        if let Some(components) = components_mut(&mut out).filter(|_| changed || !components_has(document, name)) {
            components.insert(name.clone(), schema);
        }
    }
    for (pointer, media) in &bodies {
        let octets = octets(media);
        if let Some(schema) = out.pointer_mut(&format!("{pointer}/schema")) {
            Marker { document, names: &names, octets: &octets }.head(schema);
        }
    }
    (Cow::Owned(out), names.into_iter().filter(|(_, copy)| !components_has(document, copy)).collect())
}

/// Leads findings in copies to what the user has written, where each is said once.
pub(super) fn lead_back(copies: &Copies, findings: &mut Vec<Diagnostic>) {
    for (name, copy) in copies {
        let [original, copy] = [name, copy].map(|name| format!("/components/schemas/{}", escape(name)));
        let within = |pointer: &str| {
            let rest = pointer.strip_prefix(&copy)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{original}{rest}"))
        };
        let (of_copy, mut kept): (Vec<_>, Vec<_>) = std::mem::take(findings)
            .into_iter()
            .partition(|finding| finding.pointer.as_deref().is_some_and(|pointer| within(pointer).is_some()));
        for mut finding in of_copy {
            finding.pointer = finding.pointer.as_deref().and_then(within);
            if !kept.contains(&finding) {
                kept.push(finding);
            }
        }
        *findings = kept;
    }
}

fn components_has(document: &Value, name: &str) -> bool {
    components(document).is_some_and(|all| all.contains_key(name))
}

/// The Media Type Objects of multipart bodies that are sent and have files, with their pointers.
fn bodies(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let add = |pointer: String, body: &Value| -> Vec<String> {
        let content = body.get("content").and_then(Value::as_object).into_iter().flatten();
        let multipart = content.filter(|(media_type, _)| BodyKind::of(media_type) == BodyKind::Multipart);
        multipart.map(|(media_type, _)| format!("{pointer}/content/{}", escape(media_type))).collect()
    };
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten().filter(|(key, _)| is_method(key)) {
            if let Some(body) = operation.get("requestBody") {
                found.extend(add(format!("/paths/{}/{}/requestBody", escape(path), escape(method)), body));
            }
        }
    }
    let shared = document.pointer("/components/requestBodies").and_then(Value::as_object).into_iter().flatten();
    for (name, body) in shared {
        found.extend(add(format!("/components/requestBodies/{}", escape(name)), body));
    }
    let media = found.into_iter().filter_map(|pointer| Some((document.pointer(&pointer)?, pointer)));
    let media = media.filter(|(media, _)| {
        let marker = Marker { document, names: &BTreeMap::new(), octets: &octets(media) };
        media.get("schema").is_some_and(|schema| marker.has_files(schema, 0))
    });
    media.map(|(media, pointer)| (pointer, media)).collect()
}

/// The fields whose encoding says that they are bytes.
fn octets(media: &Value) -> BTreeSet<String> {
    let fields = media.get("encoding").and_then(Value::as_object).into_iter().flatten();
    let octets = fields.filter(|(_, encoding)| {
        encoding.get("contentType").and_then(Value::as_str).is_some_and(|types| types.split(',').all(is_octets))
    });
    octets.map(|(name, _)| name.clone()).collect()
}

/// Whether what is of that media type is bytes, and not text.
fn is_octets(media_type: &str) -> bool {
    let essence = essence(media_type);
    let Some((kind, of)) = essence.split_once('/') else { return false };
    let texts =
        ["json", "xml", "yaml", "javascript", "x-www-form-urlencoded", "graphql", "sql", "x-ndjson", "jsonl", "csv"];
    match kind {
        "*" | "image" | "audio" | "video" | "font" | "model" => !of.ends_with("+xml"),
        "application" => !texts.iter().any(|text| of == *text || of.ends_with(&format!("+{text}"))),
        _ => false,
    }
}

/// The components that multipart bodies are, by themselves or as alternatives, and the references that lead to them.
struct Heads<'a> {
    document: &'a Value,
    /// The pointers of the references, each with the component that it leads to.
    references: Vec<(String, String)>,
    /// For each component the fields whose encoding says that they are bytes.
    octets: BTreeMap<String, BTreeSet<String>>,
}

impl Heads<'_> {
    fn add(&mut self, pointer: &str, schema: &Value, octets: &BTreeSet<String>) {
        if let Some(name) = lone_reference(schema) {
            let inner = if schema.get("$ref").is_some() { "" } else { "/allOf/0" };
            self.references.push((format!("{pointer}{inner}"), name.clone()));
            let known = self.octets.contains_key(&name);
            let of_component = self.octets.entry(name.clone()).or_default();
            let count = of_component.len();
            of_component.extend(octets.iter().cloned());
            if (!known || of_component.len() > count)
                && let Some(target) = components(self.document).and_then(|all| all.get(&name))
            {
                self.add(&format!("/components/schemas/{}", escape(&name)), target, octets);
            }
            return;
        }
        for (key, index, alternative) in alternatives(schema) {
            self.add(&format!("{pointer}/{key}/{index}"), alternative, octets);
        }
    }
}

/// The alternatives and parts of a schema.
fn alternatives(schema: &Value) -> impl Iterator<Item = (&'static str, usize, &Value)> {
    ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|key| {
        let list = schema.get(key).and_then(Value::as_array).into_iter().flatten();
        list.enumerate().map(move |(index, alternative)| (key, index, alternative))
    })
}

/// The names of copies of the components that are used elsewhere too.
fn names(document: &Value, heads: &Heads<'_>, lock: &Lock, choices: &mut Vec<Choice>) -> BTreeMap<String, String> {
    let mut references = Vec::new();
    references_in(document, &mut String::new(), &mut references);
    let of_heads: BTreeSet<&str> = heads.references.iter().map(|(pointer, _)| pointer.as_str()).collect();
    let mut shared: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = shared.len();
        for (pointer, name) in &references {
            let within = pointer.strip_prefix("/components/schemas/").and_then(|rest| rest.split('/').next());
            let elsewhere = !of_heads.contains(pointer.as_str())
                || within.is_some_and(|within| shared.iter().any(|name| escape(name) == within));
            if elsewhere && let Some((name, _)) = heads.octets.get_key_value(name) {
                shared.insert(name);
            }
        }
        if shared.len() == before {
            break;
        }
    }
    let mut taken: BTreeSet<String> =
        components(document).into_iter().flatten().map(|(name, _)| type_name(name)).collect();
    let mut names = BTreeMap::new();
    let has_files =
        |name: &str, octets| Marker { document, names: &BTreeMap::new(), octets }.has_files(&reference(name), 0);
    for name in shared.into_iter().filter(|name| has_files(name, &heads.octets[*name])) {
        let place = format!("{}@multipart", name.replace('/', "~1"));
        let pinned = lock.get(&place).map(str::to_owned);
        let locked = pinned.is_some();
        let chosen = pinned.unwrap_or_else(|| {
            let mut chosen = format!("{name}Form");
            while taken.contains(&type_name(&chosen)) {
                chosen.push_str("Data");
            }
            chosen
        });
        taken.insert(type_name(&chosen));
        choices.push(Choice { places: vec![place], name: chosen.clone(), locked });
        names.insert(name.to_owned(), chosen);
    }
    names
}

/// All references to components in `value`, which is at `pointer`.
fn references_in(value: &Value, pointer: &mut String, found: &mut Vec<(String, String)>) {
    let length = pointer.len();
    match value {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str).and_then(component_name) {
                found.push((pointer.clone(), name));
            }
            for (key, member) in members {
                pointer::push(pointer, key);
                references_in(member, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                references_in(item, pointer, found);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// Marks the files of one body.
struct Marker<'a> {
    document: &'a Value,
    /// The names of copies.
    names: &'a BTreeMap<String, String>,
    /// The fields whose encoding says that they are bytes.
    octets: &'a BTreeSet<String>,
}

impl Marker<'_> {
    /// Whether a body has a file.
    fn has_files(&self, schema: &Value, depth: usize) -> bool {
        if depth > STEPS {
            return false;
        }
        if let Some(name) = lone_reference(schema) {
            let target = components(self.document).and_then(|all| all.get(&name));
            return target.is_some_and(|target| self.has_files(target, depth + 1));
        }
        self.properties(&mut schema.clone()) || alternatives(schema).any(|(_, _, it)| self.has_files(it, depth + 1))
    }

    /// Marks the files of the body `schema`, and leads its references to the copies. Returns whether anything is changed.
    fn head(&self, schema: &mut Value) -> bool {
        if let Some(name) = lone_reference(schema) {
            let Some(copy) = self.names.get(&name) else { return false };
            let at = if schema.get("$ref").is_some() { "" } else { "/allOf/0" };
            if let Some(place) = schema.pointer_mut(at) {
                *place = reference(copy);
            }
            return true;
        }
        let mut changed = self.properties(schema);
        for key in ["oneOf", "anyOf", "allOf"] {
            for alternative in schema.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
                changed |= self.head(alternative);
            }
        }
        let mapping = schema.pointer_mut("/discriminator/mapping").and_then(Value::as_object_mut);
        for (_, target) in mapping.into_iter().flatten() {
            let copy = target.as_str().and_then(component_name).and_then(|name| self.names.get(&name));
            if let Some(copy) = copy {
                *target = reference(copy)["$ref"].take();
            }
        }
        changed
    }

    /// Marks the files among the properties of `schema`.
    fn properties(&self, schema: &mut Value) -> bool {
        let mut changed = false;
        for (name, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            changed |= self.part(property, self.octets.contains(name), 0);
        }
        match schema.get_mut("additionalProperties").filter(|more| more.is_object()) {
            Some(more) => self.part(more, false, 0) || changed,
            None => changed,
        }
    }

    /// Marks a part that is a file or a list of files, or may be one.
    fn part(&self, schema: &mut Value, octets: bool, depth: usize) -> bool {
        if depth > STEPS {
            return false;
        }
        let followed = self.followed(schema);
        let Some(target) = followed.as_object() else { return false };
        // The user wants a text.
        if [schema.as_object(), Some(target)].into_iter().flatten().any(is_text) {
            return false;
        }
        if is_file(target, octets) {
            let mut file = Map::from_iter([
                ("type".to_owned(), json!("string")),
                ("format".to_owned(), json!("binary")),
                (FILE_PART.to_owned(), json!(true)),
            ]);
            let own = schema.as_object().into_iter().flatten();
            let said = target.iter().chain(own).filter(|(key, _)| is_said_beside(key));
            file.extend(said.map(|(key, value)| (key.clone(), value.clone())));
            *schema = Value::Object(file);
            return true;
        }
        let mut made = followed.clone();
        let mut changed = made.get_mut("items").is_some_and(|items| self.part(items, octets, depth + 1));
        for key in ["oneOf", "anyOf"] {
            for alternative in made.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
                changed |= self.part(alternative, octets, depth + 1);
            }
        }
        if changed {
            let own = schema.as_object().into_iter().flatten().filter(|(key, _)| is_said_beside(key));
            let own: Vec<_> = own.map(|(key, value)| (key.clone(), value.clone())).collect();
            if let Some(made) = made.as_object_mut() {
                made.extend(own);
            }
            *schema = made;
        }
        changed
    }

    /// Where the references of `schema` lead.
    fn followed(&self, schema: &Value) -> Value {
        let mut schema = schema;
        for _ in 0..STEPS {
            match lone_reference(schema).and_then(|name| components(self.document)?.get(&name)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema.clone()
    }
}

/// Whether a keyword says something of a property that is a file, too.
fn is_said_beside(key: &str) -> bool {
    is_annotation(key) || matches!(key, "nullable" | "deprecated" | "readOnly" | "writeOnly")
}

/// Whether `x-rust-format` says that the values of a part are texts.
fn is_text(schema: &Map<String, Value>) -> bool {
    schema.get(formats::EXTENSION).and_then(Value::as_str).and_then(Format::of_name) == Some(Format::Text)
}

/// Whether the values of a part are files; `octets` says that its encoding is that of bytes.
fn is_file(schema: &Map<String, Value>, octets: bool) -> bool {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    if schema.contains_key("enum") || schema.contains_key(TYPE) {
        return false;
    }
    match (text("type"), text("format")) {
        (Some("string"), Some("binary")) => true,
        (Some("string"), None) => octets,
        (None, None) => octets && schema.keys().all(|key| is_annotation(key)),
        _ => false,
    }
}
