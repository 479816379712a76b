//! The text of a `$ref`: a file or URL, and the place in it.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::grammar::Grammar;
use crate::pointer::{self, escape, tokens};

/// The file or URL, and the fragment without its `#`.
pub(super) fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Whether `path` is a URL, or a host without a scheme.
pub(crate) fn is_url(path: &str) -> bool {
    path.starts_with("//") || path.split_once("://").is_some_and(|(scheme, _)| !scheme.contains('/'))
}

/// Why a reference of a bundled document is not followed: it leads to the network, or out of the document's folder.
pub(crate) fn escapes(reference: &str) -> Option<&'static str> {
    let (path, _) = split(reference);
    if is_url(path) {
        return Some("leads to the network, where a build follows no references");
    }
    let stays = joined("", path).is_some() && joined("", &decoded(path)).is_some();
    (!stays).then_some("leads out of the folder of the document")
}

/// `reference` as it is from the root folder, where the file or URL `base` has it. What is in one of the files `own` is local,
/// and so is what `base` has, if `local`. `None` if it leads out of the folder.
pub(super) fn anchored(reference: &str, base: &str, own: &[String], local: bool) -> Option<String> {
    let (path, fragment) = split(reference);
    if path.is_empty() {
        return Some(if local { format!("#{fragment}") } else { format!("{base}#{fragment}") });
    }
    let target = if is_url(path) || is_url(base) { at_url(base, path) } else { joined(base, path)? };
    let is_own = own.contains(&target) || own.contains(&decoded(&target));
    Some(match is_own {
        true => format!("#{fragment}"),
        // A name without a file stays one: it may be that of a component.
        false if fragment.is_empty() && !reference.contains('#') => target,
        false => format!("{target}#{fragment}"),
    })
}

/// The path from the root folder of what `base`, a file in it, calls `path`.
pub(super) fn joined(base: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The URL of what a document at `base` calls `path` (RFC 3986, 5.2).
fn at_url(base: &str, path: &str) -> String {
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", ""));
    if let Some(host) = path.strip_prefix("//") {
        return format!("{scheme}://{host}");
    }
    if is_url(path) {
        return path.to_owned();
    }
    let rest = rest.split('?').next().unwrap_or_default();
    let (host, folder) = rest.split_once('/').unwrap_or((rest, ""));
    let mut parts: Vec<&str> = if path.starts_with('/') { vec![""] } else { folder.split('/').collect() };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("{scheme}://{host}/{}", parts.join("/"))
}

/// `text` with its percent-encoding undone, where what comes out is a text.
pub(crate) fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        let digits = bytes.get(index + 1..index + 3).filter(|digits| *byte == b'%' && digits.is_ascii());
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                index += 3;
            }
            None => {
                decoded.push(*byte);
                index += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// Keys whose values are data, where a `$ref` is not a reference.
pub(super) const DATA: [&str; 5] = ["example", "default", "enum", "const", "value"];

/// Keys whose values have names for keys.
pub(super) const NAMES: [&str; 9] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "schemas",
    "parameters",
    "responses",
    "dependentSchemas",
    "examples",
];

/// Calls `visit` on every reference in `tree`, also where OpenAPI has no object: it may be referred to.
pub(super) fn each_mut(tree: &mut Value, visit: &mut dyn FnMut(&mut String)) {
    each_in(tree, false, visit);
}

fn each_in(value: &mut Value, names: bool, visit: &mut dyn FnMut(&mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_in(item, false, visit)),
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if key == "$ref" => visit(text),
                    Value::Object(discriminator) if key == "discriminator" && !names => mapping(discriminator, visit),
                    // Those of a schema; those of other objects have names.
                    Value::Array(_) if key == "examples" && !names => {}
                    Value::Object(_) | Value::Array(_) if names || !DATA.contains(&key.as_str()) => {
                        each_in(value, !names && NAMES.contains(&key.as_str()), visit);
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn mapping(discriminator: &mut Map<String, Value>, visit: &mut dyn FnMut(&mut String)) {
    for (_, target) in discriminator.get_mut("mapping").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Value::String(target) = target
            && is_reference(target)
        {
            visit(target);
        }
    }
}

/// Whether the target of a mapping is a reference rather than the name of a component.
pub(super) fn is_reference(target: &str) -> bool {
    target.contains(['#', '/']) || [".yaml", ".yml", ".json"].iter().any(|end| target.ends_with(end))
}

/// The names that schemas of a tree have for themselves.
#[derive(Default)]
pub(super) struct Marks {
    anchors: HashMap<String, String>,
    ids: HashMap<String, String>,
}

impl Marks {
    /// Finds the names in `tree`.
    pub(super) fn of(tree: &Value) -> Self {
        let mut marks = Self::default();
        marks.find(tree, &mut String::new());
        marks
    }

    fn find(&mut self, value: &Value, pointer: &mut String) {
        let length = pointer.len();
        let mut enter = |token: &str, value: &Value| {
            pointer::push(pointer, token);
            self.find(value, pointer);
            pointer.truncate(length);
        };
        match value {
            Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| enter(&index.to_string(), item)),
            Value::Object(object) => {
                for (key, value) in object.iter().filter(|(_, value)| value.is_object() || value.is_array()) {
                    enter(key, value);
                }
                for key in ["$anchor", "$dynamicAnchor", "$id"] {
                    if let Some(name) = object.get(key).and_then(Value::as_str) {
                        let names = if key == "$id" { &mut self.ids } else { &mut self.anchors };
                        names.entry(name.trim_end_matches('#').to_owned()).or_insert_with(|| pointer.clone());
                    }
                }
            }
            _ => {}
        }
    }

    /// The schema whose `$id` is `url`.
    pub(super) fn with_id(&self, url: &str) -> Option<&str> {
        self.ids.get(url).map(String::as_str)
    }
}

/// The pointer to what `fragment` names in `tree`. A reference that stands at `at` in it may mean the definitions of a schema
/// around it.
pub(super) fn find(tree: &Value, marks: &Marks, fragment: &str, at: Option<&str>) -> Option<String> {
    let there = |at: &str| pointer::find(tree, at).is_some().then(|| at.to_owned());
    if fragment.is_empty() {
        return Some(String::new());
    }
    let plain = decoded(fragment);
    if !fragment.starts_with('/') {
        return marks.anchors.get(&plain).cloned().or_else(|| there(&format!("/{}", escape(&plain))));
    }
    let within = || {
        let local = plain.starts_with("/$defs/") || plain.starts_with("/definitions/");
        let around = at.filter(|_| local)?;
        let ends = around.match_indices('/').map(|(end, _)| end).rev();
        std::iter::once(around.len()).chain(ends).find_map(|end| there(&format!("{}{plain}", &around[..end])))
    };
    there(fragment).or_else(|| there(&plain)).or_else(|| (fragment == "/").then(String::new)).or_else(within)
}

/// The component of `section` that is meant by a fragment that leads nowhere: `definitions/X`, as Swagger 2.0 has it, or a
/// bare `X`.
pub(super) fn meant(tree: &Value, grammar: &Grammar, section: &str, fragment: &str) -> Option<String> {
    let plain = decoded(fragment);
    let parts: Vec<String> = match plain.starts_with('/') {
        true => tokens(&plain).collect(),
        false => vec![pointer::unescape(&plain)],
    };
    let name = match parts.as_slice() {
        [name] => name,
        [outer, name] if is_section(outer) => name,
        [outer, _, name] if outer == "components" => name,
        _ => return None,
    };
    let pointer = grammar.component(section, name);
    tree.pointer(&pointer).is_some().then_some(pointer)
}

/// Whether components are kept under `key` in some version of OpenAPI.
fn is_section(key: &str) -> bool {
    let others = ["definitions", "securityDefinitions", "$defs", "components", "models"];
    others.contains(&key) || crate::grammar::is_section(key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_starts_at_the_file_that_has_it() {
        let own = ["api.yaml".to_owned()];
        let at = |reference: &str, base: &str| anchored(reference, base, &own, false);
        assert_eq!(at("../b.yaml#/B", "x/a.yaml").as_deref(), Some("b.yaml#/B"));
        assert_eq!(at("#/B", "x/a.yaml").as_deref(), Some("x/a.yaml#/B"));
        assert_eq!(at("../api.yaml#/B", "x/a.yaml").as_deref(), Some("#/B"));
        assert_eq!(at("../../b.yaml", "x/a.yaml"), None);
        assert_eq!(at("/etc/passwd", "x/a.yaml"), None);
        assert_eq!(at("Pet", "a.yaml").as_deref(), Some("Pet"));
        assert_eq!(anchored("#/B", "api.yaml", &own, true).as_deref(), Some("#/B"));
    }

    #[test]
    fn a_relative_reference_in_a_fetched_file_is_resolved_against_its_url() {
        let at = |reference: &str| anchored(reference, "https://a.example/x/y.yaml?v=1", &[], false);
        assert_eq!(at("z.yaml#/Z").as_deref(), Some("https://a.example/x/z.yaml#/Z"));
        assert_eq!(at("../z.yaml").as_deref(), Some("https://a.example/z.yaml"));
        assert_eq!(at("/z.yaml").as_deref(), Some("https://a.example/z.yaml"));
        assert_eq!(at("//b.example/z.yaml").as_deref(), Some("https://b.example/z.yaml"));
        assert_eq!(at("#/Z").as_deref(), Some("https://a.example/x/y.yaml?v=1#/Z"));
    }

    #[test]
    fn what_is_no_percent_encoding_stays() {
        assert_eq!(decoded("/a%7Bid%7D~1b"), "/a{id}~1b");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%é%ff"), "%zz%é%ff");
    }

    #[test]
    fn data_and_properties_of_the_names_of_keywords_are_told_apart() {
        let mut tree = json!({
            "properties": {"example": {"$ref": "a"}, "default": {"default": {"$ref": "no"}}},
            "example": {"$ref": "no"},
            "discriminator": {"mapping": {"x": "#/b", "y": "Name"}},
        });
        let mut seen = Vec::new();
        each_mut(&mut tree, &mut |text| seen.push(text.clone()));
        assert_eq!(seen, ["a", "#/b"]);
    }

    #[test]
    fn a_fragment_is_found_in_the_ways_that_json_schema_and_openapi_have() {
        let tree = json!({"paths": {"/a/{id}": {"x": 1}}, "s": {"$anchor": "vee", "$defs": {"D": {}}, "p": {}}});
        let marks = Marks::of(&tree);
        let find = |fragment: &str| find(&tree, &marks, fragment, Some("/s/p"));
        assert_eq!(find("/paths/~1a~1%7Bid%7D/x").as_deref(), Some("/paths/~1a~1{id}/x"));
        assert_eq!(find("vee").as_deref(), Some("/s"));
        assert_eq!(find("/$defs/D").as_deref(), Some("/s/$defs/D"));
        assert_eq!(find("").as_deref(), Some(""));
        assert_eq!(find("none"), None);
    }
}
