//! Selects operations of a document, which `spec.toml` keeps or drops, and removes the components that are then unreachable.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::grammar::{self, Kind, is_method};
use crate::normalize::walk::operation_id;
use crate::pointer::escape;

/// Selects the operations that match each of the given lists. Lists hold patterns, in which `*` stands for any characters.
///
/// ```toml
/// [[document.keep]]
/// paths = ["/cmk/v2/*"]
/// [[document.drop]]
/// stages = ["Early Access", "Deprecated"]
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Selector {
    /// Tags; the operation has at least one of them.
    pub tags: Option<Vec<String>>,
    /// Paths.
    pub paths: Option<Vec<String>>,
    /// `operationId`s.
    pub operations: Option<Vec<String>>,
    /// HTTP methods, in any case.
    pub methods: Option<Vec<String>>,
    /// Lifecycle stages, the values of `x-lifecycle-stage`.
    pub stages: Option<Vec<String>>,
}

impl Selector {
    fn matches(&self, path: &str, method: &str, operation: &Value) -> bool {
        let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let stage = operation.get("x-lifecycle-stage").and_then(Value::as_str);
        let fits = |patterns: &Option<Vec<String>>, texts: &[&str]| match patterns {
            None => true,
            Some(patterns) => patterns.iter().any(|pattern| texts.iter().any(|text| like(pattern, text))),
        };
        let methods = self.methods.as_ref().map(|all| all.iter().map(|name| name.to_ascii_lowercase()).collect());
        fits(&self.tags, &tags.collect::<Vec<_>>())
            && fits(&self.paths, &[path])
            && fits(&self.operations, &[&operation_id(operation, method, path)])
            && fits(&methods, &[&grammar::method(method).to_ascii_lowercase()])
            && fits(&self.stages, stage.as_slice())
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any characters.
fn like(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let (last, middle) = parts.split_last().unwrap_or((&"", &[]));
    for part in middle {
        let Some((_, after)) = text.split_once(part) else { return false };
        text = after;
    }
    text.ends_with(last)
}

/// Removes from `document` the operations that a `drop` selects and, if there is a `keep`, those that no `keep` selects; then
/// removes what is unreachable. Returns the selectors that match nothing, as `keep` or `drop` and an index.
pub(crate) fn slice(document: &mut Value, keep: &[Selector], drop: &[Selector]) -> Vec<(&'static str, usize)> {
    if keep.is_empty() && drop.is_empty() {
        return Vec::new();
    }
    let mut idle: BTreeSet<(&'static str, usize)> = (0..keep.len()).map(|index| ("keep", index)).collect();
    idle.extend((0..drop.len()).map(|index| ("drop", index)));
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|path, item| {
            let Some(item) = item.as_object_mut() else { return true };
            let had = item.len();
            item.retain(|method, operation| {
                if !is_method(method) {
                    return true;
                }
                let mut any = |name: &'static str, selectors: &[Selector]| {
                    let matching = |index: &usize| selectors[*index].matches(path, method, operation);
                    let matching: Vec<usize> = (0..selectors.len()).filter(matching).collect();
                    matching.iter().for_each(|index| {
                        idle.remove(&(name, *index));
                    });
                    !matching.is_empty()
                };
                let kept = keep.is_empty() | any("keep", keep);
                kept & !any("drop", drop)
            });
            item.len() == had || item.keys().any(|key| is_method(key))
        });
    }
    prune(document);
    idle.into_iter().collect()
}

/// Removes the components that no operation reaches. Security schemes stay, because they are named instead of referred to.
fn prune(document: &mut Value) {
    let reached = reached(document);
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else { return };
    for (section, entries) in components.iter_mut().filter(|(section, _)| *section != "securitySchemes") {
        if let Some(entries) = entries.as_object_mut().filter(|_| !section.starts_with("x-")) {
            entries.retain(|name, _| reached.contains(&format!("/components/{section}/{}", escape(name))));
        }
    }
    components.retain(|_, entries| entries.as_object().is_none_or(|entries| !entries.is_empty()));
}

/// The pointers of the components that are reachable from operations.
pub(crate) fn reached(document: &Value) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = ["/paths", "/webhooks"].map(str::to_owned).to_vec();
    while let Some(pointer) = open.pop() {
        for target in references(document, &pointer) {
            // A component stays whole, even if only a part of it is referred to.
            let component: String =
                target.match_indices('/').nth(3).map_or(target.clone(), |(end, _)| target[..end].to_owned());
            if reached.insert(component.clone()) {
                open.push(component);
            }
        }
    }
    reached
}

/// The targets of the references in the node at `pointer`.
fn references(document: &Value, pointer: &str) -> Vec<String> {
    let mut found = Vec::new();
    let Some(node) = document.pointer(pointer) else { return found };
    let mut note = |node: grammar::Node<'_>| {
        found.extend(node.reference().and_then(|reference| reference.strip_prefix('#')).map(str::to_owned));
        let mapping = node.value.pointer("/discriminator/mapping").and_then(Value::as_object);
        for target in mapping.into_iter().flatten().filter_map(|(_, target)| target.as_str()) {
            let pointer = target.strip_prefix('#').map(str::to_owned);
            found.push(pointer.unwrap_or_else(|| format!("/components/schemas/{}", escape(target))));
        }
        Ok::<(), ()>(())
    };
    let _ = match grammar::kind_at(pointer) {
        Some(kind) => grammar::from(node, kind, pointer, &mut note),
        None => node.as_object().into_iter().flatten().try_for_each(|(name, item)| {
            grammar::from(item, Kind::PathItem, &format!("{pointer}/{}", escape(name)), &mut note)
        }),
    };
    found
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, expected) in [
            ("/a", "/a", true),
            ("/a", "/ab", false),
            ("/a/*", "/a/b/c", true),
            ("*/c", "/a/b/c", true),
            ("/a/*/c*", "/a/b/cd", true),
            ("/a/*/c", "/a/b", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(like(pattern, text), expected, "{pattern} {text}");
        }
    }
}
