//! The document as progenitor is given it: a schema for each type we want, an operation for each Rust type we ask after.
//!
//! progenitor turns schemas into types well and operations badly. So it is asked only what it is good at: every component
//! has the Rust name that it is to have, every nameless object has been named, and each operation holds one request body,
//! its parameters and one response. What a status, a parameter or a body is in Rust is then read off progenitor's own
//! method signatures.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::model::Operation;
use crate::diagnostic::Diagnostic;
use crate::names::type_name;
use crate::normalize::walk::{self, Place};
use crate::track::lock::{Choice, Lock};

/// Which way values of a type go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Directions {
    /// In requests.
    pub(super) sent: bool,
    /// In responses.
    pub(super) received: bool,
}

/// The question for a Rust type: the index of a lowered operation.
pub(super) type Question = usize;

/// A lowered document.
pub(super) struct Lowered {
    pub(super) document: Value,
    /// By Rust name.
    pub(super) directions: HashMap<String, Directions>,
    /// The question for each operation's parameters and request body.
    pub(super) operations: Vec<Question>,
    /// The question for each response body, by its schema's text.
    answers: BTreeMap<String, Question>,
    pub(super) choices: Vec<Choice>,
}

impl Lowered {
    /// The question for the type of a response body.
    pub(super) fn response(&self, schema: &Value) -> Option<Question> {
        self.answers.get(&walk::canonical(schema)).copied()
    }
}

/// Lowers `document`, whose operations are `operations`.
pub(super) fn lower(document: &Value, operations: &[Operation<'_>], lock: &Lock) -> Result<Lowered, Diagnostic> {
    let mut lowering = Lowering { document, ..Lowering::new(document, lock)? };
    for operation in operations {
        lowering.operation(operation);
    }
    for operation in operations {
        lowering.response_bodies(operation);
    }
    lowering.components();
    Ok(lowering.finish())
}

struct Lowering<'a> {
    document: &'a Value,
    lock: &'a Lock,
    /// The Rust name of each component.
    names: BTreeMap<String, String>,
    taken: BTreeSet<String>,
    directions: HashMap<String, Directions>,
    paths: Map<String, Value>,
    schemas: BTreeMap<String, Value>,
    /// The types made of nameless schemas, by shape and direction.
    nameless: HashMap<String, String>,
    operations: Vec<Question>,
    answers: BTreeMap<String, Question>,
    /// Where the nameless types stand.
    places: BTreeMap<String, Vec<String>>,
    locked: BTreeSet<String>,
}

impl<'a> Lowering<'a> {
    fn new(document: &'a Value, lock: &'a Lock) -> Result<Self, Diagnostic> {
        let mut names = BTreeMap::new();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for (name, _) in walk::components(document).into_iter().flatten() {
            let rust = type_name(name);
            if !taken.insert(rust.clone()) {
                let message = format!("`{name}` and another component are both `{rust}` in Rust");
                return Err(Diagnostic::error("G006", message)
                    .at(format!("/components/schemas/{}", walk::escape(name)))
                    .help("rename one of them in an overlay"));
            }
            names.insert(name.clone(), rust);
        }
        Ok(Self {
            document,
            lock,
            names,
            taken,
            directions: HashMap::new(),
            paths: Map::new(),
            schemas: BTreeMap::new(),
            nameless: HashMap::new(),
            operations: Vec::new(),
            answers: BTreeMap::new(),
            places: BTreeMap::new(),
            locked: BTreeSet::new(),
        })
    }

    fn operation(&mut self, operation: &Operation<'_>) {
        let sent = Directions { sent: true, received: false };
        let mut path = String::new();
        let mut parameters = Vec::new();
        for (index, parameter) in operation.parameters.iter().enumerate() {
            let place = Place { pointer: String::new(), names: vec![operation.id.clone(), parameter.name.to_owned()] };
            let schema = self.schema(&parameter.schema, &place, sent);
            let location = match parameter.location {
                super::model::Location::Path => "path",
                super::model::Location::Query => "query",
                super::model::Location::Header => "header",
            };
            if location == "path" {
                path.push_str(&format!("/{{p{index}}}"));
            }
            parameters.push(json!({
                "name": format!("p{index}"), "in": location, "required": parameter.required, "schema": schema,
            }));
        }
        let mut lowered = json!({"parameters": parameters, "responses": {"204": {"description": ""}}});
        if let Some(request) = &operation.request {
            let place = Place { pointer: String::new(), names: vec![operation.id.clone(), "request".into()] };
            let schema = self.schema(request.schema, &place, sent);
            lowered["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema}}});
        }
        let question = self.ask(path, lowered);
        self.operations.push(question);
    }

    fn response_bodies(&mut self, operation: &Operation<'_>) {
        for response in &operation.responses {
            let Some(schema) = response.json else { continue };
            let key = walk::canonical(schema);
            if self.answers.contains_key(&key) {
                continue;
            }
            let lone = operation.responses.iter().filter(|response| response.is_success()).count() == 1;
            let name = if lone && response.is_success() { "response" } else { response.status };
            let place = Place { pointer: String::new(), names: vec![operation.id.clone(), name.to_owned()] };
            let schema = self.schema(schema, &place, Directions { sent: false, received: true });
            let content = json!({"application/json": {"schema": schema}});
            let lowered = json!({"responses": {"200": {"description": "", "content": content}}});
            let question = self.ask(String::new(), lowered);
            self.answers.insert(key, question);
        }
    }

    fn ask(&mut self, path: String, mut operation: Value) -> Question {
        let question = self.paths.len();
        operation["operationId"] = json!(format!("q{question}"));
        self.paths.insert(format!("/q{question}{path}"), json!({"post": operation}));
        question
    }

    /// Lowers every component that was asked for, until none that they ask for is left.
    fn components(&mut self) {
        loop {
            let wanted: Vec<(String, Value, Directions)> = walk::components(self.document)
                .into_iter()
                .flatten()
                .filter_map(|(name, schema)| {
                    let rust = &self.names[name];
                    let directions = *self.directions.get(rust)?;
                    (!self.schemas.contains_key(rust)).then(|| (name.clone(), schema.clone(), directions))
                })
                .collect();
            if wanted.is_empty() {
                return;
            }
            for (name, schema, directions) in wanted {
                let rust = self.names[&name].clone();
                let lowered = self.body(&schema, &Place::component(&name), directions);
                self.schemas.insert(rust, lowered);
            }
        }
    }

    /// Marks the component of that name, and all that it leads to, as going that way.
    fn mark(&mut self, name: &str, directions: Directions) {
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            let Some(rust) = self.names.get(&name).cloned() else { continue };
            let known = self.directions.entry(rust.clone()).or_default();
            let both =
                Directions { sent: known.sent || directions.sent, received: known.received || directions.received };
            if *known == both {
                continue;
            }
            *known = both;
            // What was lowered for one way only is lowered again for both.
            self.schemas.remove(&rust);
            let Some(schema) = walk::components(self.document).and_then(|components| components.get(&name)) else {
                continue;
            };
            walk::schema_tree(&mut schema.clone(), &Place::default(), &mut |schema, _| {
                open.extend(walk::referenced(schema))
            });
        }
    }

    /// Lowers a schema where it is used: what needs a type of its own becomes a reference to one.
    fn schema(&mut self, schema: &Value, place: &Place, directions: Directions) -> Value {
        if let Some(name) = crate::normalize::lone_reference(schema) {
            self.mark(&name, directions);
            return match self.names.get(&name) {
                Some(rust) => walk::reference(rust),
                None => json!({}),
            };
        }
        let lowered = self.body(schema, place, directions);
        if !needs_a_type(&lowered) {
            return lowered;
        }
        let key = format!("{}{}{}", walk::canonical(&walk::shape(&lowered)), directions.sent, directions.received);
        let name = match self.nameless.get(&key) {
            Some(name) => name.clone(),
            None => {
                let name = self.name(place);
                self.nameless.insert(key, name.clone());
                self.schemas.insert(name.clone(), lowered);
                self.directions.insert(name.clone(), directions);
                name
            }
        };
        self.places.entry(name.clone()).or_default().push(place.key());
        walk::reference(&name)
    }

    /// The name of a nameless schema: the lock's, else the path of names that leads to it.
    fn name(&mut self, place: &Place) -> String {
        if let Some(name) = self.lock.get(&place.key()) {
            self.locked.insert(name.to_owned());
            self.taken.insert(name.to_owned());
            return name.to_owned();
        }
        let mut name = type_name(&place.names.iter().map(|name| type_name(name)).collect::<String>());
        while !self.taken.insert(name.clone()) {
            name.push_str("Shape");
        }
        name
    }

    /// Lowers a schema that has, or will have, a name, or needs none.
    fn body(&mut self, schema: &Value, place: &Place, directions: Directions) -> Value {
        let Some(object) = schema.as_object() else { return json!({}) };
        let mut lowered: Map<String, Value> = object
            .iter()
            .filter(|(key, _)| !(key.starts_with("x-") || DROPPED.contains(&key.as_str())))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if !directions.sent {
            lowered.retain(|key, _| !TEXT_RULES.contains(&key.as_str()));
        }
        // progenitor refuses a format without a type that has formats; it says nothing there.
        let formatted = |of: &Value| ["string", "integer", "number"].iter().any(|known| of == known);
        if !lowered.get("type").is_some_and(formatted) {
            lowered.shift_remove("format");
        }
        if lowered.get("additionalProperties") == Some(&Value::Bool(false)) {
            lowered.shift_remove("additionalProperties");
        }
        let mut lowered = Value::Object(lowered);
        walk::children(&mut lowered, place, &mut |child, place| {
            *child = self.schema(&child.clone(), place, directions)
        });
        lowered
    }

    fn finish(mut self) -> Lowered {
        let version = json!({"title": "lowered", "version": "1"});
        self.schemas.retain(|name, _| self.directions.contains_key(name));
        let schemas: Map<String, Value> = self.schemas.into_iter().collect();
        let document =
            json!({"openapi": "3.0.3", "info": version, "paths": self.paths, "components": {"schemas": schemas}});
        let choices = self.places.into_iter().map(|(name, mut places)| {
            places.sort();
            places.dedup();
            Choice { places, locked: self.locked.contains(&name), name }
        });
        Lowered {
            document,
            directions: self.directions,
            operations: self.operations,
            answers: self.answers,
            choices: choices.collect(),
        }
    }
}

/// Keywords that say nothing about the Rust type, or that progenitor would make something of that no rule of ours wants:
/// a title renames a type, bounds pick another integer, item counts make arrays of fixed length.
const DROPPED: [&str; 14] = [
    "title",
    "example",
    "externalDocs",
    "xml",
    "deprecated",
    "readOnly",
    "writeOnly",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
];

/// The rules for strings, which make checked types where a value is sent; what is received is not refused for them.
const TEXT_RULES: [&str; 3] = ["maxLength", "minLength", "pattern"];

/// Whether progenitor makes a type of `schema`, which then must have a name of our choice.
fn needs_a_type(schema: &Value) -> bool {
    let Some(object) = schema.as_object() else { return false };
    let has = |key: &str| object.contains_key(key);
    object.get("properties").and_then(Value::as_object).is_some_and(|properties| !properties.is_empty())
        || has("enum")
        || has("oneOf")
        || has("anyOf")
        || has("allOf")
        || has("not")
        || TEXT_RULES.iter().any(|rule| has(rule))
}
