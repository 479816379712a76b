//! Types of which there is no value, because each would hold another (`G029`).

use std::collections::{BTreeMap, BTreeSet};

use super::{Directions, Item, Kind, Shape, Side};
use crate::diagnostic::Diagnostic;
use crate::pointer::escape;

type Items = BTreeMap<String, (Item, Directions)>;

/// Reports the components of which there is no value; `names` are those of their types, by side.
pub(super) fn report(items: &Items, names: &BTreeMap<(String, Side), String>) -> Vec<Diagnostic> {
    let impossible = impossible(items);
    let endless = |name: &str| impossible.contains(name) && reaches_itself(name, items, &impossible);
    let components: BTreeSet<&str> =
        names.iter().filter(|(_, rust)| endless(rust)).map(|((component, _), _)| component.as_str()).collect();
    let reported = components.into_iter().map(|component| {
        let message = format!("no value of `{component}` can be made: each requires another");
        Diagnostic::warning("G029", message)
            .at(format!("/components/schemas/{}", escape(component)))
            .help("make a property that leads back to it optional or nullable in an overlay")
    });
    reported.collect()
}

/// The types of which there is no finite value.
fn impossible(items: &Items) -> BTreeSet<&str> {
    let mut impossible: BTreeSet<&str> = items.keys().map(String::as_str).collect();
    loop {
        let before = impossible.len();
        let possible: BTreeSet<&str> =
            impossible.iter().filter(|name| is_possible(&items[**name].0.kind, &impossible)).copied().collect();
        impossible.retain(|name| !possible.contains(name));
        if impossible.len() == before {
            return impossible;
        }
    }
}

/// Whether a value can be made, while no value of the types in `unknown` is known yet.
fn is_possible(kind: &Kind, unknown: &BTreeSet<&str>) -> bool {
    match kind {
        Kind::Union(item) if item.open => true,
        Kind::Union(item) => {
            item.variants.iter().any(|variant| needed(&variant.shape).iter().all(|it| !unknown.contains(it)))
        }
        other => needs(other).all(|name| !unknown.contains(name)),
    }
}

/// The types that each value of `kind` holds; of a union one of them.
fn needs(kind: &Kind) -> impl Iterator<Item = &str> {
    let shapes: Vec<&Shape> = match kind {
        Kind::Struct(item) => item.fields.iter().filter(|field| field.required).map(|field| &field.shape).collect(),
        Kind::Union(item) => item.variants.iter().map(|variant| &variant.shape).collect(),
        Kind::Checked(item) => match &item.shape {
            Shape::Array(inner) if item.rules.min_items.is_some_and(|least| least > 0) => vec![inner],
            shape => vec![shape],
        },
        Kind::Alias(shape) | Kind::Wrapper(shape) => vec![shape],
        Kind::Enum(_) => Vec::new(),
    };
    shapes.into_iter().flat_map(needed)
}

/// The types that each value of `shape` holds.
fn needed(shape: &Shape) -> Vec<&str> {
    match shape {
        Shape::Named(name) => vec![name],
        Shape::Boxed(inner) => needed(inner),
        Shape::Tuple(items) => items.iter().flat_map(needed).collect(),
        _ => Vec::new(),
    }
}

/// Whether what is impossible about a type is that it leads back to itself.
fn reaches_itself(name: &str, items: &Items, impossible: &BTreeSet<&str>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = vec![name];
    while let Some(next) = open.pop() {
        let Some((item, _)) = items.get(next) else { continue };
        for held in needs(&item.kind).filter(|held| impossible.contains(held)) {
            if held == name {
                return true;
            }
            if seen.insert(held) {
                open.push(held);
            }
        }
    }
    false
}
