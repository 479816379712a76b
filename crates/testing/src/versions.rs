//! Two versions of a definition: reading them, and counting what differs without the help of what is tested.

use std::collections::BTreeMap;

use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use openapi_build::track::diff::Changes;
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};

/// The document with that text.
pub fn load(name: &str, text: &str) -> Loaded {
    let file = SourceFile::from_bytes(name.as_ref(), text.into()).unwrap_or_else(|error| panic!("{error}: {text}"));
    Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Takes the documentation out of generated code.
pub fn strip_docs(file: &mut syn::File) {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            attributes.retain(|attribute| !attribute.path().is_ident("doc"));
            for attribute in attributes {
                visit_mut::visit_attribute_mut(self, attribute);
            }
        }
    }
    Strip.visit_file_mut(file);
}

/// Every leaf of a document: what is no collection, or an empty one.
pub fn leaves(value: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    collect(value, String::new(), &mut found);
    found
}

fn collect<'v>(value: &'v Value, pointer: String, found: &mut BTreeMap<String, &'v Value>) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                collect(value, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{pointer}/{index}"), found);
            }
        }
        leaf => {
            found.insert(pointer, leaf);
        }
    }
}

/// How many leaves differ between two documents, place by place.
pub fn differing(old: &Value, new: &Value) -> usize {
    let (old, new) = (leaves(old), leaves(new));
    let gone = old.iter().filter(|(pointer, value)| new.get(*pointer) != Some(value)).count();
    gone + new.keys().filter(|pointer| !old.contains_key(*pointer)).count()
}

/// The leaves that differ and that no change and no noise accounts for: those that stand elsewhere in the other document,
/// as the comparison says, have to be equal there.
pub fn remaining(old: &Loaded, new: &Loaded, changes: &Changes) -> Vec<String> {
    let (before, after) = (&old.documents[0].tree, &new.documents[0].tree);
    let there: Vec<(&str, &str)> = changes.moves.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    let back: Vec<(&str, &str)> = there.iter().map(|(old, new)| (*new, *old)).collect();
    let covered = |is_old: bool| -> Vec<&str> {
        let of_changes = changes.changes.iter().flat_map(move |change| {
            let place = if is_old { &change.old } else { &change.new };
            place.iter().flat_map(|place| place.covers.iter().map(String::as_str))
        });
        // Another order accounts for no more than a list's own members, and what stands elsewhere for nothing that differs there.
        let of_noise = changes
            .noise
            .iter()
            .filter(|noise| !matches!(noise.code, "N001" | "N015"))
            .filter_map(move |noise| if is_old { noise.old.as_deref() } else { noise.new.as_deref() });
        of_changes.chain(of_noise).collect()
    };
    let mut left = Vec::new();
    for (name, from, to, moves, covers) in
        [("old", before, after, &there, covered(true)), ("new", after, before, &back, covered(false))]
    {
        let covers: std::collections::HashSet<&str> = covers.into_iter().collect();
        let moves: std::collections::HashMap<&str, &str> = moves.iter().copied().collect();
        let orders = changes.noise.iter().filter(|noise| noise.code == "N001");
        let reordered: std::collections::HashSet<&str> = orders
            .filter_map(|noise| if name == "old" { noise.old.as_deref() } else { noise.new.as_deref() })
            .collect();
        for (pointer, value) in leaves(from) {
            let elsewhere = translated(&pointer, &moves);
            // A value that is equal at its place, or at the one that it moved to, does not differ; and of what is empty
            // on one side only, the other side counts what was in it.
            let is_collection = |value: &Value| (value.is_object(), value.is_array());
            let other = to.pointer(&elsewhere);
            let emptied = other.is_some_and(|other| is_collection(other) == is_collection(value) && other != value);
            if other == Some(value) || emptied && (value.is_object() || value.is_array()) {
                continue;
            }
            let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            if from.pointer(parent).is_some_and(Value::is_array) && reordered.contains(parent) {
                continue;
            }
            let prefixes = pointer.match_indices('/').map(|(index, _)| &pointer[..index]).skip(1);
            if !prefixes.chain([pointer.as_str()]).any(|prefix| covers.contains(prefix)) {
                left.push(format!("{name} {pointer}"));
            }
        }
    }
    left
}

/// Where the node at `pointer` stands in the other document: by the longest of the moves that leads to it.
fn translated(pointer: &str, moves: &std::collections::HashMap<&str, &str>) -> String {
    let ends = pointer.match_indices('/').map(|(index, _)| index).chain([pointer.len()]);
    let mut ends = ends.collect::<Vec<_>>().into_iter().rev();
    let longest = ends.find_map(|end| Some((end, moves.get(&pointer[..end])?)));
    longest.map_or_else(|| pointer.to_owned(), |(end, to)| format!("{to}{}", &pointer[end..]))
}
