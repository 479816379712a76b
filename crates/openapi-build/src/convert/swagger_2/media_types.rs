//! The media types of bodies: Swagger 2.0 lists them once for all operations, and OpenAPI 3 has each of them in each body. So
//! that no document becomes a multiple of itself, there are limits.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Converter, Object};
use crate::pointer::{escape, tokens};

/// How many media types of a list are read.
const READ: usize = 50;

/// How many media types of a body have its schema inline, and the example of all of them.
pub(super) const INLINE: usize = 4;

/// The texts in `list`, each once; a text alone counts as a list of one.
pub(super) fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().map_or(std::slice::from_ref(list), Vec::as_slice);
    let mut seen = HashSet::new();
    let mut texts: Vec<&str> = items.iter().filter_map(Value::as_str).map(str::trim).collect();
    texts.retain(|text| !text.is_empty() && seen.insert(*text));
    texts.into_iter().map(str::to_owned).collect()
}

impl Converter<'_> {
    /// The media types that `list`, the `consumes` or `produces` at `at`, has, if it has any.
    pub(super) fn media_types(&mut self, list: Option<&Value>, at: &str) -> Option<Vec<String>> {
        let mut names = texts(list?);
        if names.len() > READ {
            let message = format!("{} media types are listed here; the first {READ} are read", names.len());
            self.warn(at, message);
        }
        names.truncate(READ);
        (!names.is_empty()).then_some(names)
    }

    /// The schema of each of `count` media types of the body at `at`: `schema`, which was published at `from`, or a reference
    /// to a component that it becomes.
    pub(super) fn body_of(&mut self, schema: Value, count: usize, at: &str, from: &str) -> Value {
        let is_small = |schema: &Object| schema.values().all(|value| !value.is_object() && !value.is_array());
        if count <= INLINE || schema.as_object().is_none_or(is_small) {
            return schema;
        }
        let structure = ["components", "paths", "requestBodies", "responses"];
        let parts: Vec<String> = tokens(at).filter(|part| !structure.contains(&part.as_str())).collect();
        let name = parts.join(".").replace(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c), "_");
        let name = name.trim_matches(['_', '.']);
        let definitions = self.source.get("definitions").and_then(Value::as_object);
        let schemas = self.source.pointer("/components/schemas").and_then(Value::as_object);
        let is_free = |name: &String| {
            let taken = [definitions, schemas, Some(&self.schemas)].iter().flatten().any(|all| all.contains_key(name));
            !taken && !name.is_empty()
        };
        let mut names = std::iter::once(name.to_owned()).chain((2..).map(|count| format!("{name}_{count}")));
        let Some(name) = names.find(is_free) else { return schema };
        let component = format!("/components/schemas/{}", escape(&name));
        self.schemas.insert(name, schema);
        let reference = json!({"$ref": format!("#{component}")});
        self.moves.add(component, from);
        reference
    }
}
