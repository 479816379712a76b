//! What of the one document belongs to what of the other: paths and operations, and components that have another name.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::effective;
use crate::grammar::is_method;
use crate::path_template::nameless;
use crate::pointer::escape;
use crate::track::credentials;

/// Which components may count as renamed: those that stand for an object of their own.
const NAMED: [&str; 4] = ["schemas", "parameters", "responses", "requestBodies"];

/// What belongs together although its name differs.
#[derive(Default)]
pub(super) struct Pairs {
    /// Old paths, and the new ones that differ at most in the names of their parameters.
    pub(super) paths: HashMap<String, String>,
    /// Operations that stand at another path or method: old and new, each a path and a method.
    pub(super) moved: HashMap<(String, String), (String, String)>,
    /// The new ends of those.
    pub(super) arrived: HashSet<(String, String)>,
    /// Old components and the new ones that have their shape and another name, as `#/components/schemas/Item`.
    pub(super) renamed: HashMap<String, String>,
    /// How many operations stand where they did.
    stayed: usize,
}

impl Pairs {
    /// Pairs the two documents. `prefixes` are those of paths that differ. `have_one_shape` says of a section, an old component
    /// and a new one whether they have one shape.
    pub(super) fn of(
        (old, new): (&Value, &Value),
        prefixes: &[(String, String)],
        have_one_shape: &dyn Fn(&str, &str, &str) -> bool,
    ) -> Self {
        let mut pairs = Self::default();
        pairs.pair_paths(old, new);
        pairs.pair_prefixes(old, new, prefixes);
        pairs.pair_operations(old, new);
        pairs.pair_components(old, new, have_one_shape);
        pairs.pair_schemes(old, new);
        pairs
    }

    /// How many operations have a partner.
    pub(super) fn operations(&self) -> usize {
        self.stayed + self.moved.len()
    }

    /// Whether two references lead to what belongs together.
    pub(super) fn same(&self, old: &str, new: &str) -> bool {
        self.renamed.get(old).map_or(old == new, |renamed| renamed == new)
    }

    fn pair_paths(&mut self, old: &Value, new: &Value) {
        let has =
            |document: &Value, path: &String| document.get("paths").is_some_and(|paths| paths.get(path).is_some());
        // Several may differ only in their names: each is the partner of one path, the first ones of each other.
        let mut shapes: HashMap<String, VecDeque<&String>> = HashMap::new();
        for (path, _) in paths(new).filter(|(path, _)| !has(old, path)) {
            shapes.entry(nameless(path)).or_default().push_back(path);
        }
        for (path, _) in paths(old) {
            let partner = match has(new, path) {
                true => Some(path),
                false => shapes.get_mut(&nameless(path)).and_then(VecDeque::pop_front),
            };
            if let Some(partner) = partner {
                self.paths.insert(path.clone(), partner.clone());
            }
        }
    }

    /// Operations that have no partner at their own path, by what they find at the path with the other prefix.
    fn pair_prefixes(&mut self, old: &Value, new: &Value, prefixes: &[(String, String)]) {
        if prefixes.is_empty() {
            return;
        }
        let back: HashMap<&String, &String> = self.paths.iter().map(|(old, new)| (new, old)).collect();
        let has = |document: &Value, path: &str, method: &str| {
            document.get("paths").and_then(|paths| paths.get(path)?.get(method)).is_some()
        };
        let mut shapes: HashMap<(String, &String), Vec<&String>> = HashMap::new();
        for (path, method, _) in operations(new) {
            // What stands where it did has its partner.
            if !back.get(path).is_some_and(|from| has(old, from, method)) {
                shapes.entry((nameless(path), method)).or_default().push(path);
            }
        }
        for (path, method, _) in operations(old) {
            if self.paths.get(path).is_some_and(|to| has(new, to, method)) {
                continue;
            }
            let others = prefixes.iter().filter_map(|(from, to)| {
                let rest = path.strip_prefix(from.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
                Some(format!("{to}{rest}"))
            });
            for other in others {
                let Some(found) = shapes.get_mut(&(nameless(&other), method)) else { continue };
                // Several paths may differ only in the names of their parameters.
                let index = found.iter().position(|path| **path == other).unwrap_or_default();
                if index < found.len() {
                    let to = (found.remove(index).clone(), method.clone());
                    self.arrived.insert(to.clone());
                    self.moved.insert((path.clone(), method.clone()), to);
                    break;
                }
            }
        }
    }

    /// Operations that have no partner at their own path, by `operationId`, if no other has it.
    fn pair_operations(&mut self, old: &Value, new: &Value) {
        let mut alone: HashMap<&str, Vec<(String, String)>> = HashMap::new();
        let back: HashMap<&String, &String> = self.paths.iter().map(|(old, new)| (new, old)).collect();
        for (path, method, operation) in operations(new) {
            let partner = back.get(path).and_then(|old_path| old.get("paths")?.get(old_path.as_str())?.get(method));
            match (partner, id(operation)) {
                (Some(_), _) => self.stayed += 1,
                (None, _) if self.arrived.contains(&(path.clone(), method.clone())) => {}
                (None, Some(id)) => {
                    alone.entry(id).or_default().push((path.clone(), method.clone()));
                }
                (None, None) => {}
            }
        }
        let mut left: HashMap<&str, Vec<(String, String)>> = HashMap::new();
        for (path, method, operation) in operations(old) {
            let partner = self.paths.get(path).and_then(|path| new.get("paths")?.get(path.as_str())?.get(method));
            let is_left = partner.is_none() && !self.moved.contains_key(&(path.clone(), method.clone()));
            if let Some(id) = id(operation).filter(|_| is_left) {
                left.entry(id).or_default().push((path.clone(), method.clone()));
            }
        }
        for (id, from) in left {
            if let ([from], Some([to])) = (from.as_slice(), alone.get(id).map(Vec::as_slice)) {
                self.arrived.insert(to.clone());
                self.moved.insert(from.clone(), to.clone());
            }
        }
    }

    /// Components that are gone, and new ones of the very same shape: if there is one of each, it has a new name.
    fn pair_components(&mut self, old: &Value, new: &Value, have_one_shape: &dyn Fn(&str, &str, &str) -> bool) {
        for section in NAMED {
            let empty = Map::new();
            let before = old.get("components").and_then(|all| all.get(section)?.as_object()).unwrap_or(&empty);
            let after = new.get("components").and_then(|all| all.get(section)?.as_object()).unwrap_or(&empty);
            let gone: Vec<&String> = before.keys().filter(|name| !after.contains_key(*name)).collect();
            let came: Vec<&String> = after.keys().filter(|name| !before.contains_key(*name)).collect();
            if gone.is_empty() || came.is_empty() {
                continue;
            }
            let alike = |one: &String, other: &String| {
                let (before, after) = (&before[one], &after[other]);
                let promising = is_telling(before) && sketch(old, before) == sketch(new, after);
                promising && have_one_shape(section, one, other)
            };
            let matches: Vec<(&String, &String)> = gone
                .iter()
                .flat_map(|one| came.iter().map(move |other| (*one, *other)))
                .filter(|(one, other)| alike(one, other))
                .collect();
            for (one, other) in &matches {
                let lone = matches.iter().filter(|(a, b)| a == one || b == other).count() == 1;
                let reference = |name: &str| format!("#/components/{section}/{}", escape(name));
                if lone {
                    self.renamed.insert(reference(one), reference(other));
                }
            }
        }
    }

    /// Security schemes that are gone, and new ones that ask for the same: first by what is said of them too. Where one of a type
    /// is left on each side, it is that one, changed.
    fn pair_schemes(&mut self, old: &Value, new: &Value) {
        let all = |document: &'_ Value| -> Map<String, Value> {
            let all = document.get("components").and_then(|all| all.get("securitySchemes")?.as_object());
            all.cloned().unwrap_or_default()
        };
        let (before, after) = (all(old), all(new));
        let alone =
            |ours: &Map<String, Value>, theirs: &Map<String, Value>, document: &Value| -> Vec<(String, Value)> {
                let ours = ours.iter().filter(|(name, _)| !theirs.contains_key(*name));
                ours.map(|(name, scheme)| (name.clone(), effective::resolve(document, scheme).clone())).collect()
            };
        let (mut gone, mut came) = (alone(&before, &after, old), alone(&after, &before, new));
        type Key = fn(&Value) -> Value;
        let keys: [Key; 3] =
            [Value::clone, credentials::asks, |scheme| scheme.get("type").cloned().unwrap_or_default()];
        for key in keys {
            let of = |all: &[(String, Value)]| -> Vec<Value> { all.iter().map(|(_, scheme)| key(scheme)).collect() };
            let (ours, theirs) = (of(&gone), of(&came));
            let lone = |all: &[Value], one: &Value| all.iter().filter(|other| *other == one).count() == 1;
            let mut found: Vec<(usize, usize)> = Vec::new();
            for (index, one) in ours.iter().enumerate().filter(|(_, one)| lone(&ours, one) && lone(&theirs, one)) {
                found.extend(theirs.iter().position(|other| other == one).map(|other| (index, other)));
            }
            let reference = |name: &str| format!("#/components/securitySchemes/{}", escape(name));
            for (one, other) in &found {
                self.renamed.insert(reference(&gone[*one].0), reference(&came[*other].0));
            }
            let taken: (HashSet<usize>, HashSet<usize>) = found.into_iter().unzip();
            gone = left(gone, &taken.0);
            came = left(came, &taken.1);
        }
    }
}

/// How many operations a document has.
pub(in crate::track) fn count(document: &Value) -> usize {
    operations(document).count()
}

/// The path items.
fn paths(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    document.get("paths").and_then(Value::as_object).into_iter().flatten().filter(|(path, _)| !path.starts_with("x-"))
}

/// The operations: path, method and operation.
pub(super) fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    paths(document).flat_map(|(path, item)| {
        let members = item.as_object().into_iter().flatten();
        let members = members.filter(|(method, _)| is_method(method));
        members.map(move |(method, operation)| (path, method, operation))
    })
}

/// Those of `all` whose numbers are not `taken`.
fn left<T>(all: Vec<T>, taken: &HashSet<usize>) -> Vec<T> {
    all.into_iter().enumerate().filter(|(index, _)| !taken.contains(index)).map(|(_, one)| one).collect()
}

fn id(operation: &Value) -> Option<&str> {
    operation.get("operationId").and_then(Value::as_str).filter(|id| !id.is_empty())
}

/// Whether a shape says enough to be known again: one that many have is no evidence.
fn is_telling(value: &Value) -> bool {
    ["properties", "enum", "x-extensible-enum", "allOf", "oneOf", "anyOf", "content", "name"]
        .iter()
        .any(|key| value.get(key).is_some())
}

/// What is cheap to compare of two schemas.
fn sketch(document: &Value, value: &Value) -> (usize, usize, Option<String>) {
    let value = effective::effective(document, value);
    let size = |key: &str| {
        value.get(key).map_or(0, |value| match value {
            Value::Object(entries) => entries.len(),
            Value::Array(items) => items.len(),
            _ => 1,
        })
    };
    let kind = value.get("type").and_then(Value::as_str).map(str::to_owned);
    (size("properties"), size("enum") + size("x-extensible-enum") + size("required"), kind)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pairs(old: &Value, new: &Value) -> Pairs {
        let (old, new) = (json!({"paths": old}), json!({"paths": new}));
        Pairs::of((&old, &new), &[], &|_, _, _| false)
    }

    #[test]
    fn names_of_path_parameters_do_not_matter() {
        let (old, new) = (json!({"/a/{id}/b/{c}": {}, "/d": {}}), json!({"/a/{key}/b/{x:[0-9]{2}}": {}, "/e": {}}));
        let pairs = pairs(&old, &new);
        assert_eq!(pairs.paths, HashMap::from([("/a/{id}/b/{c}".into(), "/a/{key}/b/{x:[0-9]{2}}".into())]));
    }

    #[test]
    fn paths_that_differ_only_in_names_have_a_partner_each() {
        let (old, new) = (json!({"/a/{x}": {}, "/a/{y}": {}, "/a/{z}": {}}), json!({"/a/{y}": {}, "/a/{w}": {}}));
        let expected = HashMap::from([("/a/{x}".into(), "/a/{w}".into()), ("/a/{y}".into(), "/a/{y}".into())]);
        assert_eq!(pairs(&old, &new).paths, expected);
        let (old, new) = (json!({"/a#b": {}, "/a#c": {}}), json!({"/a#c": {}, "/a#d": {}}));
        assert_eq!(pairs(&old, &new).paths, HashMap::from([("/a#c".into(), "/a#c".into())]));
    }

    #[test]
    fn operations_at_paths_with_another_prefix_belong_together() {
        let (get, other) = (json!({"get": {"operationId": "a"}}), json!({"get": {"operationId": "b"}, "put": {}}));
        let old = json!({"/v1/a/{x}": get, "/v1": get, "/v10/c": get, "/v1/d": get, "/v1/e": get});
        let new = json!({"/v2/a/{y}": other, "/v2": get, "/v2/c": get, "/v1/d": other, "/v2/d": get, "/v3/e": get});
        let documents = (&json!({"paths": old}), &json!({"paths": new}));
        let prefixes = [("/v1".to_owned(), "/v2".to_owned()), ("/v1".to_owned(), "/v3".to_owned())];
        let pairs = Pairs::of(documents, &prefixes, &|_, _, _| false);
        let at = |path: &str| (path.to_owned(), "get".to_owned());
        // `/v1/d` stands where it did, and `/v10` is another segment.
        let expected = [("/v1/a/{x}", "/v2/a/{y}"), ("/v1", "/v2"), ("/v1/e", "/v3/e")];
        assert_eq!(pairs.moved, expected.into_iter().map(|(from, to)| (at(from), at(to))).collect());
        assert_eq!(pairs.arrived, expected.into_iter().map(|(_, to)| at(to)).collect());
        assert_eq!(pairs.operations(), 4);
        // To or from no prefix at all.
        let documents = (&json!({"paths": {"/a": get}}), &json!({"paths": {"/v2/a": other}}));
        let pairs = Pairs::of(documents, &[(String::new(), "/v2".to_owned())], &|_, _, _| false);
        assert_eq!(pairs.moved, HashMap::from([(at("/a"), at("/v2/a"))]));
    }

    #[test]
    fn an_operation_id_of_several_operations_tells_nothing() {
        let list = json!({"get": {"operationId": "list"}});
        let old = json!({"/a": list, "/b": list});
        assert!(pairs(&old, &json!({"/c": list})).moved.is_empty());
        assert!(pairs(&json!({"/c": list}), &old).moved.is_empty());
        assert_eq!(pairs(&json!({"/a": list}), &json!({"/c": list})).moved.len(), 1);
    }
}
