//! The document as a whole.

use serde_json::{Value, json};

use super::{Converter, Object};
use crate::pointer::escape;

impl Converter<'_> {
    pub(super) fn document(&mut self) -> Object {
        let mut document = Object::new();
        let mut components = Object::new();
        document.insert("openapi".into(), json!("3.0.3"));
        self.moves.add("/openapi", "/swagger");
        self.note("/swagger", "this is Swagger 2.0; it is read as OpenAPI 3.0");
        for (key, value) in self.source.as_object().into_iter().flatten() {
            match (key.as_str(), value.as_object()) {
                ("swagger" | "host" | "basePath" | "schemes" | "consumes" | "produces", _) => {}
                ("info", _) => {
                    document.insert(key.clone(), value.clone());
                    let servers = self.servers();
                    if !servers.is_empty() {
                        document.insert("servers".into(), Value::Array(servers));
                    }
                }
                ("paths", Some(paths)) => {
                    let paths = self.paths(paths);
                    document.insert(key.clone(), Value::Object(paths));
                }
                ("definitions", Some(definitions)) => {
                    let mut schemas = Value::Object(definitions.clone());
                    schemas
                        .as_object_mut()
                        .into_iter()
                        .flatten()
                        .for_each(|(_, schema)| super::schemas::convert(schema));
                    put(&mut components, "schemas", schemas);
                    self.moves.add("/components/schemas", "/definitions");
                }
                ("parameters", Some(parameters)) => self.shared_parameters(parameters, &mut components),
                ("responses", Some(responses)) => self.shared_responses(responses, &mut components),
                ("securityDefinitions", Some(schemes)) => {
                    let schemes = self.security_schemes(schemes);
                    put(&mut components, "securitySchemes", Value::Object(schemes));
                    self.moves.add("/components/securitySchemes", "/securityDefinitions");
                }
                // An empty field, as YAML writes one.
                ("definitions" | "parameters" | "responses" | "securityDefinitions", None) if value.is_null() => {}
                ("definitions" | "parameters" | "responses" | "securityDefinitions", None) => {
                    self.warn(format!("/{key}"), format!("`{key}` is no mapping, and is ignored"));
                }
                // Documents are seen that have some of both versions.
                ("components", Some(more)) => {
                    for (section, entries) in more {
                        put(&mut components, section, entries.clone());
                    }
                }
                _ => {
                    document.insert(key.clone(), value.clone());
                }
            }
        }
        if !self.schemas.is_empty() {
            put(&mut components, "schemas", Value::Object(std::mem::take(&mut self.schemas)));
        }
        if !components.is_empty() {
            document.insert("components".into(), Value::Object(components));
        }
        document
    }

    /// Shared parameters become parameters or request bodies; fields of forms are written where they are used.
    fn shared_parameters(&mut self, shared: &Object, components: &mut Object) {
        let (mut parameters, mut bodies) = (Object::new(), Object::new());
        self.moves.add("/components/parameters", "/parameters");
        let consumes = self.consumes.clone();
        for (name, value) in shared {
            let from = format!("/parameters/{}", escape(name));
            let at = |section: &str| format!("/components/{section}/{}", escape(name));
            match (value.as_object(), value.get("in").and_then(Value::as_str)) {
                (Some(parameter), Some("body")) => {
                    let body = self.request_body(parameter, &from, consumes.as_deref(), &at("requestBodies"));
                    bodies.insert(name.clone(), body);
                }
                (Some(_), Some("formData")) => {}
                (Some(parameter), _) if !parameter.contains_key("$ref") => {
                    let parameter = self.parameter(parameter, &from, &at("parameters"));
                    parameters.insert(name.clone(), parameter);
                }
                _ => {
                    parameters.insert(name.clone(), value.clone());
                }
            }
        }
        for (section, entries) in [("parameters", parameters), ("requestBodies", bodies)] {
            if !entries.is_empty() {
                put(components, section, Value::Object(entries));
            }
        }
    }

    fn shared_responses(&mut self, shared: &Object, components: &mut Object) {
        self.moves.add("/components/responses", "/responses");
        let produces = self.produces.clone();
        let mut responses = Object::new();
        for (name, value) in shared {
            let (from, at) =
                (format!("/responses/{}", escape(name)), format!("/components/responses/{}", escape(name)));
            let schema = crate::grammar::reference(value).filter(|reference| reference.starts_with("#/definitions/"));
            let converted = match value.as_object().filter(|value| !value.contains_key("$ref")) {
                Some(response) => self.response(response, &from, produces.as_deref(), &at),
                None => match schema {
                    Some(reference) => self.described_by(reference, &from, produces.as_deref(), &at),
                    None => value.clone(),
                },
            };
            responses.insert(name.clone(), converted);
        }
        put(components, "responses", Value::Object(responses));
    }
}

/// Adds `entries` to that part of `components`.
fn put(components: &mut Object, section: &str, entries: Value) {
    match (components.get_mut(section), entries) {
        (Some(Value::Object(ours)), Value::Object(theirs)) => ours.extend(theirs),
        (_, entries) => {
            components.insert(section.to_owned(), entries);
        }
    }
}
