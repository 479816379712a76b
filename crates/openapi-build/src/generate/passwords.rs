//! Where the values of a schema have passwords (`format: password`): at any depth, so that the command line shows none of them.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

/// The most paths before those that are left say only how they end.
const PATHS: usize = 64;

/// A step from a value to one in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Member(String),
    AnyMember,
    Item,
    /// Any number of steps, which stands for those of a schema that is part of itself.
    Steps,
}

type Path = Vec<Step>;

/// What a part of a schema is, before references are followed.
enum Found<'a> {
    Password,
    Reference(&'a str),
}

/// The paths of the passwords in the values of `schema`, of a document `tree`, as the runtime reads them: a text is a member,
/// `{}` any member, `[]` any item, and `null` any number of steps.
pub(super) fn of(tree: &Value, schema: &Value) -> Vec<Value> {
    let mut passwords = Passwords { tree, recursive: HashMap::new(), paths: HashMap::new() };
    if !passwords.has_any(schema) {
        return Vec::new();
    }
    let written = |step: Step| match step {
        Step::Member(name) => name.into(),
        Step::AnyMember => json!({}),
        Step::Item => json!([]),
        Step::Steps => Value::Null,
    };
    passwords.of(schema).into_iter().map(|path| path.into_iter().map(written).collect()).collect()
}

struct Passwords<'a> {
    tree: &'a Value,
    recursive: HashMap<&'a str, bool>,
    paths: HashMap<&'a str, BTreeSet<Path>>,
}

impl<'a> Passwords<'a> {
    /// The parts of what `reference` refers to.
    fn parts(&self, reference: &str) -> Vec<(Path, Found<'a>)> {
        let target = reference.strip_prefix('#').and_then(|pointer| self.tree.pointer(pointer));
        target.map(parts).unwrap_or_default()
    }

    /// The references that `parts` lead to, also by others.
    fn reached(&self, parts: Vec<(Path, Found<'a>)>) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut next = parts;
        while let Some((_, found)) = next.pop() {
            if let Found::Reference(reference) = found
                && reached.insert(reference)
            {
                next.extend(self.parts(reference));
            }
        }
        reached
    }

    /// Most bodies have no password, which is quickly seen.
    fn has_any(&self, schema: &'a Value) -> bool {
        let has = |parts: &[(Path, Found<'_>)]| parts.iter().any(|(_, found)| matches!(found, Found::Password));
        has(&parts(schema)) || self.reached(parts(schema)).into_iter().any(|reference| has(&self.parts(reference)))
    }

    fn is_recursive(&mut self, reference: &'a str) -> bool {
        if let Some(known) = self.recursive.get(reference) {
            return *known;
        }
        let recursive = self.reached(self.parts(reference)).contains(reference);
        self.recursive.insert(reference, recursive);
        recursive
    }

    fn of(&mut self, schema: &'a Value) -> BTreeSet<Path> {
        let mut paths = BTreeSet::new();
        self.add(parts(schema), &mut paths);
        few(paths)
    }

    fn add(&mut self, parts: Vec<(Path, Found<'a>)>, paths: &mut BTreeSet<Path>) {
        for (path, found) in parts {
            match found {
                Found::Password => {
                    paths.insert(path);
                }
                Found::Reference(reference) => {
                    let rest = self.of_reference(reference);
                    paths.extend(rest.into_iter().map(|rest| [path.clone(), rest].concat()));
                }
            }
        }
    }

    fn of_reference(&mut self, reference: &'a str) -> BTreeSet<Path> {
        if let Some(paths) = self.paths.get(reference) {
            return paths.clone();
        }
        let mut paths = BTreeSet::new();
        if self.is_recursive(reference) {
            // Wherever a value of one of them is, it has the passwords of that one.
            for reached in self.reached(self.parts(reference)) {
                if !self.is_recursive(reached) {
                    continue;
                }
                let mut parts = self.parts(reached);
                parts.retain(|(_, found)| match found {
                    Found::Password => true,
                    Found::Reference(reference) => !self.is_recursive(reference),
                });
                self.add(parts, &mut paths);
            }
            paths = paths.into_iter().map(behind_steps).collect();
        } else {
            self.add(self.parts(reference), &mut paths);
        }
        let paths = few(paths);
        self.paths.insert(reference, paths.clone());
        paths
    }
}

fn behind_steps(path: Path) -> Path {
    match path.first() {
        Some(Step::Steps) => path,
        _ => [vec![Step::Steps], path].concat(),
    }
}

/// Where there are too many, any number of steps and the last member of each: every way through schemas that refer to others
/// twice would be exponentially many.
fn few(paths: BTreeSet<Path>) -> BTreeSet<Path> {
    if paths.len() <= PATHS {
        return paths;
    }
    let end = |path: Path| {
        let last = path.iter().rposition(|step| matches!(step, Step::Member(_))).unwrap_or_default();
        behind_steps(path[last..].to_vec())
    };
    paths.into_iter().map(end).collect()
}

/// The passwords and the references in a schema, references not followed.
fn parts(schema: &Value) -> Vec<(Path, Found<'_>)> {
    let mut found = Vec::new();
    add_parts(schema, &mut Vec::new(), &mut found);
    found
}

fn add_parts<'a>(schema: &'a Value, path: &mut Path, found: &mut Vec<(Path, Found<'a>)>) {
    if schema.get("format").and_then(Value::as_str) == Some("password") {
        found.push((path.clone(), Found::Password));
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        found.push((path.clone(), Found::Reference(reference)));
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for part in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
            add_parts(part, path, found);
        }
    }
    let mut inner = Vec::new();
    let members = |key: &str| schema.get(key).and_then(Value::as_object).into_iter().flatten();
    inner.extend(members("properties").map(|(name, part)| (Step::Member(name.clone()), part)));
    inner.extend(members("patternProperties").map(|(_, part)| (Step::AnyMember, part)));
    inner.extend(schema.get("additionalProperties").map(|part| (Step::AnyMember, part)));
    inner.extend(schema.get("items").map(|part| (Step::Item, part)));
    let items = schema.get("prefixItems").and_then(Value::as_array).into_iter().flatten();
    inner.extend(items.map(|part| (Step::Item, part)));
    for (step, part) in inner {
        path.push(step);
        add_parts(part, path, found);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(schemas: Value, schema: Value) -> Value {
        of(&json!({"components": {"schemas": schemas}}), &schema).into()
    }

    #[test]
    fn a_password_is_found_wherever_it_is() {
        let secret = json!({"type": "string", "format": "password"});
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let schemas = json!({
            "Secret": secret,
            "User": {"properties": {"name": {"type": "string"}, "pin": refer("Secret")}},
        });
        for (schema, expected) in [
            (refer("Secret"), json!([[]])),
            (json!({"anyOf": [secret, {"type": "null"}]}), json!([[]])),
            (json!({"type": "array", "items": refer("User")}), json!([[[], "pin"]])),
            (json!({"additionalProperties": secret}), json!([[{}]])),
            (json!({"oneOf": [refer("User"), {"allOf": [{"properties": {"b": secret}}]}]}), json!([["b"], ["pin"]])),
            (json!({"properties": {"format": {"type": "string"}, "a": true}}), json!([])),
            (refer("Unknown"), json!([])),
        ] {
            assert_eq!(found(schemas.clone(), schema.clone()), expected, "{schema}");
        }
        let mut deep = secret.clone();
        for _ in 0..50 {
            deep = json!({"properties": {"a": deep}});
        }
        assert_eq!(found(json!({}), deep)[0].as_array().map(Vec::len), Some(50));
    }

    #[test]
    fn schemas_that_are_part_of_themselves_and_ladders_have_an_end() {
        let secret = json!({"type": "string", "format": "password"});
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let schemas = json!({
            "A": {"properties": {"a": secret, "of": refer("B")}},
            "B": {"properties": {"b": {"items": secret}, "all": {"items": refer("A")}}},
        });
        let expected = json!([["x", null, "a"], ["x", null, "b", []]]);
        let schema = json!({"properties": {"x": refer("A")}});
        let found_in = |schemas, schema| {
            let Value::Array(mut paths) = found(schemas, schema) else { panic!("a list") };
            paths.sort_by_key(Value::to_string);
            Value::Array(paths)
        };
        let mut sorted = expected.as_array().expect("a list").clone();
        sorted.sort_by_key(Value::to_string);
        assert_eq!(found_in(schemas, schema), Value::Array(sorted));

        let mut ladder = json!({"S0": {"properties": {"pin": secret}}});
        for step in 1..60 {
            let below = refer(&format!("S{}", step - 1));
            ladder[format!("S{step}")] = json!({"properties": {"a": below, "b": below}});
        }
        let Value::Array(paths) = found(ladder, refer("S59")) else { panic!("a list") };
        assert!(!paths.is_empty() && paths.len() <= PATHS, "{paths:?}");
        assert!(paths.iter().all(|path| path.as_array().and_then(|path| path.last()) == Some(&json!("pin"))));
    }
}
