//! Selects operations of a document, which `spec.toml` or a build script keeps or drops, and removes the components that are then unreachable.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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
    /// Selects every operation. Each method below narrows it, and replaces what it said before.
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects operations with a tag that matches one of `patterns`.
    #[must_use]
    pub fn tags<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.tags = owned(patterns);
        self
    }

    /// Selects operations whose path matches one of `patterns`.
    #[must_use]
    pub fn paths<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.paths = owned(patterns);
        self
    }

    /// Selects operations whose `operationId` matches one of `patterns`.
    #[must_use]
    pub fn operations<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.operations = owned(patterns);
        self
    }

    /// Selects operations with one of these methods.
    #[must_use]
    pub fn methods<P: Into<String>>(mut self, methods: impl IntoIterator<Item = P>) -> Self {
        self.methods = owned(methods);
        self
    }

    /// Selects operations whose `x-lifecycle-stage` matches one of `patterns`.
    #[must_use]
    pub fn stages<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.stages = owned(patterns);
        self
    }

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

fn owned<P: Into<String>>(patterns: impl IntoIterator<Item = P>) -> Option<Vec<String>> {
    Some(patterns.into_iter().map(Into::into).collect())
}

/// The selectors of a build script.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selectors {
    /// Those of the operations that stay; all of them if there are none.
    pub(crate) keep: Vec<Selector>,
    /// Those of the operations that go.
    pub(crate) drop: Vec<Selector>,
}

impl Selectors {
    pub(crate) fn is_empty(&self) -> bool {
        self.keep.is_empty() && self.drop.is_empty()
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any characters.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
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
///
/// What only the mapping of a discriminator names stays if `follow_mappings`; else it goes, and the entries that name it too.
pub(crate) fn slice(
    document: &mut Value,
    keep: &[Selector],
    drop: &[Selector],
    follow_mappings: bool,
) -> Vec<(&'static str, usize)> {
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
    prune(document, follow_mappings);
    idle.into_iter().collect()
}

/// Removes from `document` the operations that are not to be kept, by their pointers, and then what is unreachable. What the
/// mapping of a discriminator names stays, so that a type does not depend on which others there are.
pub(crate) fn retain(document: &mut Value, keep: &dyn Fn(&str) -> bool) {
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|path, item| {
            let at = format!("/paths/{}", escape(path));
            let Some(item) = item.as_object_mut() else { return true };
            let had = item.len();
            item.retain(|method, _| !is_method(method) || keep(&format!("{at}/{method}")));
            item.len() == had || item.keys().any(|key| is_method(key))
        });
    }
    prune(document, true);
}

/// Removes the components that no operation reaches. Security schemes stay, because they are named instead of referred to.
fn prune(document: &mut Value, follow_mappings: bool) {
    let reached = reached_from(document, roots(document), Reach { mappings: follow_mappings, idle: true });
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else { return };
    let mut gone = HashSet::new();
    for (section, entries) in components.iter_mut().filter(|(section, _)| *section != "securitySchemes") {
        if let Some(entries) = entries.as_object_mut().filter(|_| !section.starts_with("x-")) {
            entries.retain(|name, _| {
                let pointer = format!("/components/{section}/{}", escape(name));
                let stays = reached.contains(&pointer);
                gone.extend((!stays).then_some(pointer));
                stays
            });
        }
    }
    components.retain(|_, entries| entries.as_object().is_none_or(|entries| !entries.is_empty()));
    if !follow_mappings {
        grammar::walk_mut(document, &mut |kind, value| {
            if kind == Kind::Schema {
                unmap(value, &gone);
            }
        });
    }
}

/// Removes the entries of a mapping whose schemas are `gone`.
fn unmap(schema: &mut Value, gone: &HashSet<String>) {
    let Some(discriminator) = schema.get_mut("discriminator").and_then(Value::as_object_mut) else { return };
    let Some(mapping) = discriminator.get_mut("mapping").and_then(Value::as_object_mut) else { return };
    mapping.retain(|_, target| target.as_str().is_none_or(|target| !gone.contains(&*mapped(target))));
    if mapping.is_empty() {
        discriminator.shift_remove("mapping");
    }
}

/// The pointer that the target of a mapping means.
fn mapped(target: &str) -> Cow<'_, str> {
    match target.strip_prefix('#') {
        Some(pointer) => pointer.into(),
        None => format!("/components/schemas/{}", escape(target)).into(),
    }
}

/// What of a document something is generated from.
pub(crate) struct Live {
    reached: BTreeSet<String>,
}

impl Live {
    pub(crate) fn of(document: &Value) -> Self {
        Self { reached: reached(document) }
    }

    /// Whether something is generated from what stands at `pointer`. Security schemes count, because they are named instead of
    /// referred to.
    pub(crate) fn holds(&self, pointer: &str) -> bool {
        let unused = pointer.starts_with("/components/")
            && !pointer.starts_with("/components/securitySchemes")
            && pointer.matches('/').count() > 2
            && !self.reached.contains(component(pointer));
        !unused && grammar::is_live(pointer)
    }
}

/// The component that holds what stands at `pointer`.
fn component(pointer: &str) -> &str {
    pointer.match_indices('/').nth(3).map_or(pointer, |(end, _)| &pointer[..end])
}

/// The pointers of the components that operations and webhooks reach; where there are neither, all schemas, and what they
/// reach.
pub(crate) fn reached(document: &Value) -> BTreeSet<String> {
    let all = || {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
        schemas.map(|(name, _)| format!("/components/schemas/{}", escape(name))).collect::<Vec<_>>()
    };
    let reach = Reach { mappings: true, idle: false };
    if has_roots(document) {
        return reached_from(document, roots(document), reach);
    }
    let mut reached = reached_from(document, all(), reach);
    reached.extend(all());
    reached
}

fn has_roots(document: &Value) -> bool {
    let items = |key: &str| document.get(key).and_then(Value::as_object).into_iter().flatten();
    let has_operation =
        |item: &Value| item.as_object().is_some_and(|item| item.keys().any(|key| grammar::is_method(key)));
    items("paths").any(|(_, item)| has_operation(item)) || items("webhooks").next().is_some()
}

fn roots(document: &Value) -> Vec<String> {
    ["/paths", "/webhooks"].into_iter().filter(|root| document.pointer(root).is_some()).map(str::to_owned).collect()
}

/// What leads from one object to another, besides references.
#[derive(Clone, Copy)]
struct Reach {
    /// The mappings of discriminators.
    mappings: bool,
    /// Objects that nothing is generated from.
    idle: bool,
}

fn reached_from(document: &Value, mut open: Vec<String>, reach: Reach) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let builders = if reach.mappings { builders(document) } else { BTreeMap::new() };
    while let Some(pointer) = open.pop() {
        let mut targets = references(document, &pointer, reach);
        // A schema with a discriminator stands for those that build on it, directly or through others.
        let is_base = document.pointer(&pointer).is_some_and(|schema| schema.get("discriminator").is_some());
        let mut bases: Vec<&String> = builders.get(&pointer).filter(|_| is_base).into_iter().flatten().collect();
        while let Some(builder) = bases.pop() {
            if !targets.contains(builder) {
                targets.push(builder.clone());
                bases.extend(builders.get(builder).into_iter().flatten());
            }
        }
        for target in targets {
            // A component stays whole, even if only a part of it is referred to.
            let component = component(&target).to_owned();
            if reached.insert(component.clone()) {
                open.push(component);
            }
        }
    }
    reached
}

/// The pointers of the schemas that are `allOf` another component and something more, by that of the other.
fn builders(document: &Value) -> BTreeMap<String, Vec<String>> {
    let mut builders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, schema) in document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten() {
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            if let Some(base) =
                part.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'))
            {
                builders.entry(base.to_owned()).or_default().push(format!("/components/schemas/{}", escape(name)));
            }
        }
    }
    builders
}

/// The targets of the references in the node at `pointer`.
fn references(document: &Value, pointer: &str, reach: Reach) -> Vec<String> {
    let mut found = Vec::new();
    let Some(node) = crate::pointer::find(document, pointer) else { return found };
    let mut note = |node: grammar::Node<'_>| {
        found.extend(node.reference().and_then(|reference| reference.strip_prefix('#')).map(str::to_owned));
        let mapping = node.value.get("discriminator").and_then(|it| it.get("mapping")?.as_object());
        for target in mapping.filter(|_| reach.mappings).into_iter().flatten().filter_map(|(_, target)| target.as_str())
        {
            found.push(mapped(target).into_owned());
        }
        Ok::<(), ()>(())
    };
    let walk = if reach.idle { grammar::from::<()> } else { grammar::live_from::<()> };
    let _ =
        match grammar::kind_at(pointer) {
            Some(kind) => walk(node, kind, pointer, &mut note),
            None => node.as_object().into_iter().flatten().try_for_each(|(name, item)| {
                walk(item, Kind::PathItem, &format!("{pointer}/{}", escape(name)), &mut note)
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
