//! Nothing is lost in silence: every operation, parameter, body, response, header and schema of a document is in the
//! generated client or in the report. The document is read here without the pipeline's reader, and the client off its code.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use openapi_build::catalogue::LOSES;
use openapi_build::diagnostic::Diagnostic;
use openapi_build::pipeline::Loaded;
use serde_json::{Map, Value};
use testing::client::{Client, Operation};
use testing::corpus;

/// The most findings of each code that loses something that a document of the corpus may have for each hundred of its
/// schemas' properties: a document that needs more has something new to learn from.
const BARS: [(&str, usize); 18] = [
    ("G001", 0),
    ("G002", 0),
    ("G003", 0),
    ("G025", 0),
    ("G014", 0),
    ("G016", 2),
    ("G017", 1),
    ("G022", 0),
    ("G020", 5),
    ("G021", 0),
    ("G023", 30),
    ("G024", 1),
    ("Q009", 0),
    ("Q037", 0),
    ("Q040", 0),
    ("S014", 0),
    ("S015", 0),
    ("V014", 100),
];

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// How a document counts: things that are in the client, by kind, and findings that lose something, by code.
#[derive(Default)]
struct Count {
    there: BTreeMap<&'static str, usize>,
    silent: Vec<String>,
}

struct Check<'a> {
    document: &'a Value,
    client: &'a Client,
    lost: Vec<&'a Diagnostic>,
    count: Count,
    /// The properties that a type has.
    placed: HashSet<String>,
    /// Those that one side leaves out, as `readOnly` and `writeOnly` say, and where.
    left_out: BTreeMap<String, Vec<Place>>,
    seen: HashSet<(String, String, bool)>,
}

/// The place of a schema: where it stands; how it was come by, references and parts of an `allOf` left out; and what it is,
/// which a component says by its name and an inlined copy of one by its title.
#[derive(Clone)]
struct Place {
    real: String,
    way: String,
    identity: String,
}

impl Place {
    fn at(pointer: String) -> Self {
        Self { real: pointer.clone(), way: pointer.clone(), identity: pointer }
    }

    fn child(&self, tokens: &str) -> Self {
        let [real, way, identity] = [&self.real, &self.way, &self.identity].map(|text| format!("{text}/{tokens}"));
        Self { real, way, identity }
    }
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn entries<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flatten()
}

impl<'a> Check<'a> {
    /// Counts a thing that is there, or is reported at its place or above it; else it is lost in silence.
    fn thing(&mut self, kind: &'static str, is_there: bool, place: &Place, what: &str) {
        if is_there {
            *self.count.there.entry(kind).or_default() += 1;
        } else if !self.reported(place) {
            self.count.silent.push(format!("{kind} {what} at #{}", place.real));
        }
    }

    fn reported(&self, place: &Place) -> bool {
        let holds = |pointer: &str, place: &str| {
            place.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.lost.iter().filter_map(|diagnostic| diagnostic.pointer.as_deref()).any(|pointer| {
            pointer.matches('/').count() > 2 && (holds(pointer, &place.real) || holds(pointer, &place.way))
        })
    }

    /// What a reference leads to, and where that stands.
    fn follow(&self, mut value: &'a Value, place: &Place) -> (&'a Value, Place) {
        let mut place = place.clone();
        for _ in 0..64 {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { break };
            let pointer = reference.strip_prefix('#').expect("the corpus refers to itself");
            value = self.document.pointer(pointer).expect("the corpus is sound");
            place.real = pointer.to_owned();
            place.identity = pointer.to_owned();
        }
        if let Some(title) =
            value.get("title").and_then(Value::as_str).filter(|_| !place.real.starts_with("/components"))
        {
            place.identity = format!("the copy {title}");
        }
        (value, place)
    }

    fn operations(&mut self) {
        for (path, item) in entries(self.document, "paths") {
            for method in METHODS {
                let Some(raw) = item.get(method) else { continue };
                let at = format!("/paths/{}/{method}", escape(path));
                let place = Place::at(at);
                let found = self.client.operations.get(&(method.to_ascii_uppercase(), path.clone()));
                self.thing("operation", found.is_some(), &place, path);
                if let Some(found) = found {
                    self.parameters(item, raw, found, &place);
                    self.request(raw, found, &place);
                    self.responses(raw, found, method, &place);
                }
            }
        }
    }

    fn parameters(&mut self, item: &'a Value, raw: &'a Value, found: &Operation, place: &Place) {
        for value in [item, raw].into_iter().filter_map(|of| of.get("parameters")?.as_array()).flatten() {
            let (value, place) = self.follow(value, &place.child("parameters"));
            let text = |key: &str| value.get(key).and_then(Value::as_str).expect("a parameter has it").to_owned();
            let (name, within) = (text("name"), text("in"));
            let reserved = ["content-type", "authorization"].contains(&name.to_ascii_lowercase().as_str());
            if within == "header" && reserved {
                continue;
            }
            let ty = found.parameters.get(&(within, name.clone()));
            self.thing("parameter", ty.is_some(), &place, &name);
            if let (Some(ty), Some(schema)) = (ty, value.get("schema")) {
                self.schema(schema, ty, &place.child("schema"), false);
            }
        }
    }

    fn request(&mut self, raw: &'a Value, found: &Operation, place: &Place) {
        let Some(body) = raw.get("requestBody") else { return };
        let (body, place) = self.follow(body, &place.child("requestBody"));
        self.thing("body", !found.sent.is_empty(), &place, "of the request");
        for (media_type, media) in entries(body, "content") {
            let key = if media_type.contains('*') { "*" } else { media_type };
            let ty = found.sent.get(key);
            let place = place.child(&format!("content/{}", escape(media_type)));
            self.thing("body", ty.is_some(), &place, media_type);
            if let (Some(ty), Some(schema), false) = (ty, media.get("schema"), is_opaque(media_type)) {
                self.schema(schema, ty, &place.child("schema"), false);
            }
        }
    }

    fn responses(&mut self, raw: &'a Value, found: &Operation, method: &str, place: &Place) {
        for (status, response) in entries(raw, "responses") {
            let (response, place) = self.follow(response, &place.child(&format!("responses/{status}")));
            let error = self.client.error(found, status);
            let success = status.starts_with('2')
                || (status == "default" && !found.statuses.iter().any(|it| it.starts_with('2')));
            self.thing("response", found.statuses.contains(status) && (success || error.is_some()), &place, status);
            let ty = match (success, error) {
                (true, _) => found.body.clone(),
                (false, error) => error.and_then(|error| error.body.clone()).unwrap_or_default(),
            };
            for (media_type, media) in entries(response, "content").filter(|_| method != "head") {
                let place = place.child(&format!("content/{}", escape(media_type)));
                let there = found.accept.contains(media_type) && !ty.is_empty() && ty != "()";
                self.thing("body", there, &place, media_type);
                if let (Some(schema), false) = (media.get("schema"), is_opaque(media_type)) {
                    self.schema(schema, &ty, &place.child("schema"), true);
                }
            }
            let names = match error.filter(|_| !success) {
                Some(error) => self.client.header_names(&error.headers),
                None => self.client.success_headers(found),
            };
            for (name, _) in entries(response, "headers") {
                let place = place.child(&format!("headers/{}", escape(name)));
                self.thing("header", names.contains(&name.to_ascii_lowercase()), &place, name);
            }
        }
    }

    /// The schema whose values are of the type `ty`.
    fn schema(&mut self, schema: &'a Value, ty: &str, place: &Place, received: bool) {
        let (schema, place) = self.follow(schema, place);
        if !self.seen.insert((place.real.clone(), ty.to_owned(), received)) {
            return;
        }
        if says_more(schema) {
            self.thing("schema", !self.client.is_any(ty), &place, "any JSON");
        }
        for (name, property) in entries(schema, "properties") {
            let place = place.child(&format!("properties/{}", escape(name)));
            match self.client.member(ty, name) {
                Some(ty) => {
                    self.placed.insert(place.identity.clone());
                    self.thing("property", true, &place, name);
                    self.schema(property, &ty, &place, received);
                }
                None if self.belongs_elsewhere(property, &place, received) => {
                    self.left_out.entry(place.identity.clone()).or_default().push(place);
                }
                None => self.thing("property", false, &place, &format!("{name} of {ty}")),
            }
        }
        let items = schema.get("items").map(|items| (items, "items"));
        let rest =
            schema.get("additionalProperties").filter(|it| it.is_object()).map(|it| (it, "additionalProperties"));
        for (inner, key) in items.into_iter().chain(rest) {
            let ty = format!("{ty} {}", self.client.rest(ty));
            self.schema(inner, &ty, &place.child(key), received);
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for (index, part) in schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
                let mut inner = place.child(&format!("{key}/{index}"));
                if key == "allOf" {
                    inner.way.clone_from(&place.way);
                    inner.identity.clone_from(&place.identity);
                }
                self.schema(part, ty, &inner, received);
            }
        }
    }

    /// Whether a property is only for the other side of the wire.
    fn belongs_elsewhere(&self, property: &'a Value, place: &Place, received: bool) -> bool {
        let flag = if received { "writeOnly" } else { "readOnly" };
        let (property, place) = self.follow(property, place);
        let parts = property.get("allOf").and_then(Value::as_array).into_iter().flatten();
        property.get(flag) == Some(&Value::Bool(true))
            || parts.clone().any(|part| self.belongs_elsewhere(part, &place, received))
            // Another part of the same allOf may say it.
            || self.document.pointer(&place.real).is_none()
    }

    /// What one side leaves out is on the other, or is reported.
    fn left_out(&mut self) {
        for (identity, places) in std::mem::take(&mut self.left_out) {
            if !self.placed.contains(&identity) && !places.iter().any(|place| self.reported(place)) {
                self.thing("property", false, &places[0], &format!("of one side, {identity},"));
            }
        }
    }

    /// Components that no operation leads to are reported.
    fn components(&mut self) {
        let mut open: Vec<&Value> = entries(self.document, "paths").map(|(_, item)| item).collect();
        let mut reached = BTreeSet::new();
        while let Some(value) = open.pop() {
            let mut target = |text: &str| {
                let pointer = text.strip_prefix('#')?;
                let end = pointer.match_indices('/').nth(3).map_or(pointer.len(), |(end, _)| end);
                reached.insert(pointer[..end].to_owned()).then(|| self.document.pointer(&pointer[..end]))?
            };
            match value {
                Value::Object(object) => {
                    open.extend(object.get("$ref").and_then(Value::as_str).and_then(&mut target));
                    let mapping = object.get("mapping").and_then(Value::as_object).into_iter().flatten();
                    open.extend(mapping.filter_map(|(_, text)| target(text.as_str()?)));
                    open.extend(object.values());
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
        for section in ["schemas", "parameters", "requestBodies", "responses", "headers"] {
            let components = self.document.get("components").unwrap_or(&Value::Null);
            for (name, _) in entries(components, section) {
                let pointer = format!("/components/{section}/{}", escape(name));
                self.thing("component", reached.contains(&pointer), &Place::at(pointer.clone()), name);
            }
        }
    }
}

/// Whether a body of that media type is text or bytes, whatever its schema says.
fn is_opaque(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    !(essence.ends_with("json") || essence == "application/x-www-form-urlencoded" || essence == "multipart/form-data")
}

/// Whether a schema says of its values more than that they are JSON.
fn says_more(schema: &Value) -> bool {
    let keys = ["type", "properties", "items", "enum", "oneOf", "anyOf", "additionalProperties"];
    keys.iter().any(|key| schema.get(*key).is_some())
}

/// Reads `path` without the pipeline.
fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a document");
    let yaml: serde_yaml::Value = serde_yaml::from_str(&text).expect("a document is YAML");
    fn convert(yaml: &serde_yaml::Value) -> Value {
        match yaml {
            serde_yaml::Value::Mapping(mapping) => {
                let key = |key: &serde_yaml::Value| match key {
                    serde_yaml::Value::String(text) => text.clone(),
                    other => serde_json::to_string(other).expect("a scalar"),
                };
                Value::Object(mapping.iter().map(|(name, value)| (key(name), convert(value))).collect::<Map<_, _>>())
            }
            serde_yaml::Value::Sequence(items) => items.iter().map(convert).collect(),
            other => serde_json::to_value(other).expect("a scalar"),
        }
    }
    convert(&yaml)
}

/// Checks one document; says what is wrong.
fn check(path: &Path) -> Vec<String> {
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let document = read(path);
    let output =
        Loaded::path(path).and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let client = Client::read(&output.code);
    let lost = output.diagnostics.iter().filter(|diagnostic| LOSES.contains(&diagnostic.code)).collect();
    let mut check = Check {
        document: &document,
        client: &client,
        lost,
        count: Count::default(),
        placed: HashSet::new(),
        left_out: BTreeMap::new(),
        seen: HashSet::new(),
    };
    check.operations();
    check.left_out();
    check.components();
    let Check { count, lost, .. } = check;
    let mut by_code: BTreeMap<&str, usize> = BTreeMap::new();
    lost.iter().for_each(|diagnostic| *by_code.entry(diagnostic.code).or_default() += 1);
    println!("{name}: there {:?}; reported {by_code:?}; silent {}", count.there, count.silent.len());
    let mut problems: Vec<String> = count.silent.iter().map(|what| format!("{name}: {what}")).collect();
    let size = 100 + count.there.get("property").copied().unwrap_or_default();
    for (code, bar) in BARS {
        let found = by_code.get(code).copied().unwrap_or_default();
        if found * 100 > bar * size {
            problems.push(format!("{name}: {found} findings of {code}, which loses; {bar} in a hundred are the most"));
        }
    }
    assert!(lost.iter().all(|diagnostic| diagnostic.pointer.is_some() && !diagnostic.message.is_empty()));
    problems
}

fn check_all(paths: &[PathBuf]) {
    let problems: Vec<String> = paths.iter().flat_map(|path| check(path)).collect();
    assert!(problems.is_empty(), "{} lost in silence or too much:\n{}", problems.len(), problems.join("\n"));
    println!("{} documents", paths.len());
}

#[test]
fn every_code_that_loses_has_its_bar() {
    let barred: BTreeSet<&str> = BARS.iter().map(|(code, _)| *code).collect();
    assert_eq!(barred, LOSES.iter().copied().collect());
    // An operation, a body or a response is never lost.
    for code in ["G001", "G003", "G025", "G022", "G021", "Q009"] {
        assert!(BARS.contains(&(code, 0)), "{code}");
    }
}

#[test]
fn nothing_of_the_vendored_page_is_lost_in_silence() {
    check_all(&[corpus::workspace().join("spec/activate-signup.yaml")]);
}

#[test]
fn nothing_of_the_corpus_is_lost_in_silence() {
    if let Some(paths) = corpus::documents("OPENAPI_CORPUS") {
        check_all(&paths);
    }
}

#[test]
fn nothing_of_the_pages_is_lost_in_silence() {
    if let Some(paths) = corpus::documents("OPENAPI_PAGES") {
        check_all(&paths);
    }
}
