//! Path items and operations.

use serde_json::{Value, json};

use super::{Converter, Object};
use crate::grammar::{self, METHODS};
use crate::pointer::escape;

/// A parameter in a list.
#[derive(Clone)]
pub(super) struct Declared<'a> {
    /// As it is written.
    value: &'a Value,
    /// What it refers to, or itself.
    pub(super) target: &'a Value,
    /// Where its target stands.
    pub(super) origin: String,
    /// Where it stands in the list.
    place: String,
    /// The shared parameter that it refers to.
    shared: Option<String>,
}

impl Declared<'_> {
    fn place_is(&self, place: &str) -> bool {
        self.target.get("in").and_then(Value::as_str) == Some(place)
    }

    fn name(&self) -> Option<&str> {
        self.target.get("name")?.as_str()
    }
}

impl<'a> Converter<'a> {
    pub(super) fn paths(&mut self, paths: &'a Object) -> Object {
        let mut converted = Object::new();
        for (path, item) in paths {
            let at = format!("/paths/{}", escape(path));
            let item = match item.as_object().filter(|_| !path.starts_with("x-")) {
                Some(item) => Value::Object(self.path_item(item, &at)),
                None => item.clone(),
            };
            converted.insert(path.clone(), item);
        }
        converted
    }

    fn path_item(&mut self, item: &'a Object, at: &str) -> Object {
        let shared = self.declared(item.get("parameters"), at);
        let of_operations = |it: &Declared<'_>| it.place_is("body") || it.place_is("formData");
        let (inherited, plain): (Vec<_>, Vec<_>) = shared.into_iter().partition(of_operations);
        let mut converted = Object::new();
        for (key, value) in item {
            match (key.as_str(), value) {
                ("parameters", Value::Array(_)) => self.plain(&plain, at, &mut converted),
                (method, Value::Object(operation)) if METHODS.contains(&method) => {
                    let at = format!("{at}/{method}");
                    let operation = self.operation(operation, &inherited, &at);
                    converted.insert(key.clone(), Value::Object(operation));
                }
                _ => {
                    converted.insert(key.clone(), value.clone());
                }
            }
        }
        converted
    }

    fn operation(&mut self, operation: &'a Object, inherited: &[Declared<'a>], at: &str) -> Object {
        let [consumes, produces] = ["consumes", "produces"].map(|key| match operation.get(key) {
            Some(list) => self.media_types(Some(list), &format!("{at}/{key}")),
            None if key == "consumes" => self.consumes.clone(),
            None => self.produces.clone(),
        });
        let declared = self.declared(operation.get("parameters"), at);
        let mut converted = Object::new();
        let mut done = false;
        for (key, value) in operation {
            match (key.as_str(), value) {
                ("consumes" | "produces", _) => {}
                ("schemes", schemes) => {
                    let servers = self.operation_servers(schemes, at);
                    if !servers.is_empty() {
                        converted.insert("servers".into(), Value::Array(servers));
                    }
                }
                ("parameters", Value::Array(_)) => {
                    done = true;
                    let plain = declared.iter().filter(|it| !it.place_is("body") && !it.place_is("formData"));
                    let plain: Vec<_> = plain.cloned().collect();
                    self.plain(&plain, at, &mut converted);
                    self.body(&declared, inherited, consumes.as_deref(), at, &mut converted);
                }
                ("responses", Value::Object(responses)) => {
                    let at = format!("{at}/responses");
                    let responses = self.responses(responses, produces.as_deref(), &at);
                    converted.insert(key.clone(), Value::Object(responses));
                }
                _ => {
                    converted.insert(key.clone(), value.clone());
                }
            }
        }
        if !done {
            self.body(&[], inherited, consumes.as_deref(), at, &mut converted);
        }
        converted
    }

    /// The parameters of a list, with what they refer to.
    fn declared(&self, list: Option<&'a Value>, at: &str) -> Vec<Declared<'a>> {
        let items = list.and_then(Value::as_array).into_iter().flatten().enumerate();
        let declared = items.map(|(index, value)| {
            let place = format!("{at}/parameters/{index}");
            let target = grammar::resolve(self.source, value).unwrap_or(value);
            let shared = grammar::reference(value).and_then(|reference| reference.strip_prefix("#/parameters/"));
            let itself = |name: &&str| {
                let parameter = self.source.pointer(&format!("/parameters/{name}"));
                parameter.is_some_and(|parameter| grammar::reference(parameter).is_none())
            };
            let shared = shared.filter(|name| !name.contains('/')).filter(itself).map(str::to_owned);
            let referred = grammar::reference(value).and_then(|reference| reference.strip_prefix('#'));
            let origin = referred.map_or_else(|| place.clone(), str::to_owned);
            Declared { value, target, origin, place, shared }
        });
        declared.collect()
    }

    /// Writes the parameters that stay parameters.
    fn plain(&mut self, declared: &[Declared<'_>], at: &str, converted: &mut Object) {
        let mut list = Vec::new();
        for declared in declared {
            let at = format!("{at}/parameters/{}", list.len());
            list.push(match declared.value.as_object() {
                Some(parameter) if !parameter.contains_key("$ref") => self.parameter(parameter, &declared.place, &at),
                _ => {
                    self.moves.add(at, declared.place.as_str());
                    declared.value.clone()
                }
            });
        }
        if !list.is_empty() {
            converted.insert("parameters".into(), Value::Array(list));
        }
    }

    /// Writes the request body that parameters of the operation or of its path item are.
    fn body(
        &mut self,
        declared: &[Declared<'_>],
        inherited: &[Declared<'_>],
        consumes: Option<&[String]>,
        at: &str,
        converted: &mut Object,
    ) {
        let bodies: Vec<_> = declared.iter().chain(inherited).filter(|it| it.place_is("body")).collect();
        let own: Vec<_> = declared.iter().filter(|it| it.place_is("formData")).cloned().collect();
        let replaced = |field: &&Declared<'_>| own.iter().any(|other| other.name() == field.name());
        let mut fields: Vec<_> =
            inherited.iter().filter(|it| it.place_is("formData") && !replaced(it)).cloned().collect();
        fields.extend(own.iter().cloned());
        let into = format!("{at}/requestBody");
        let body = match (bodies.first(), fields.as_slice()) {
            (None, []) => return,
            (None, fields) => self.form(fields, consumes, &into),
            (Some(body), fields) => {
                let others = declared.iter().filter(|it| it.place_is("body")).skip(1).map(|it| &it.place);
                for place in others.chain(fields.iter().map(|field| &field.place)).cloned().collect::<Vec<_>>() {
                    self.warn(place, "a request has one body: this parameter is left out, because another is the body");
                }
                match (&body.shared, body.target.as_object()) {
                    (Some(name), _) if consumes == self.consumes.as_deref() => {
                        self.moves.add(into, body.place.as_str());
                        json!({"$ref": format!("#/components/requestBodies/{name}")})
                    }
                    (shared, Some(parameter)) => {
                        self.inlined.extend(shared.iter().map(|name| format!("/components/requestBodies/{name}")));
                        self.request_body(parameter, &body.origin, consumes, &into)
                    }
                    (_, None) => return,
                }
            }
        };
        converted.insert("requestBody".into(), body);
    }
}
