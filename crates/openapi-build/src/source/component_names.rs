//! Names for the places that become components.

use std::collections::{HashMap, HashSet};

use super::reference::is_url;
use crate::pointer::tokens;

/// The names that are given, by section.
#[derive(Default)]
pub(super) struct ComponentNames {
    taken: HashSet<(&'static str, String)>,
    /// The numbers from which on a name may be free: those below are taken.
    numbers: HashMap<(&'static str, String), usize>,
}

impl ComponentNames {
    /// Gives the first of `candidates` that is free in `section`, or the last one with a number; `exists` says whether the
    /// document has a component of that name.
    pub(super) fn give(
        &mut self,
        section: &'static str,
        candidates: &[String],
        exists: impl Fn(&str) -> bool,
    ) -> String {
        let free = |name: &String| !name.is_empty() && !exists(name) && !self.taken.contains(&(section, name.clone()));
        let mut candidates = candidates.iter().map(|name| component_name(name));
        let last = candidates.clone().next_back().filter(|name| !name.is_empty()).unwrap_or_else(|| "component".into());
        let name = candidates.find(free).unwrap_or_else(|| {
            let number = self.numbers.entry((section, last.clone())).or_insert(2);
            while !free(&format!("{last}_{number}")) {
                *number += 1;
            }
            format!("{last}_{number}")
        });
        self.taken.insert((section, name.clone()));
        name
    }
}

/// The path of a file without its ending; and, where it is at a URL, that with its host.
pub(super) fn stems(path: &str) -> [String; 2] {
    let long = path.split_once("://").map_or(path, |(_, rest)| rest);
    let short = if is_url(path) { long.split_once('/').map_or(long, |(_, rest)| rest) } else { long };
    [short, long].map(|path| {
        let end = path.rfind('.').filter(|dot| !path[*dot..].contains('/')).unwrap_or(path.len());
        path[..end].to_owned()
    })
}

/// A name from a place in the document, without the keys that every such place has.
pub(super) fn place_name(pointer: &str) -> String {
    let structure = ["components", "schemas", "properties", "content", "schema", "paths", "$defs", "definitions"];
    let parts = tokens(pointer).filter(|part| !structure.contains(&part.as_str()));
    component_name(&parts.collect::<Vec<_>>().join("."))
}

/// `name` as OpenAPI 3.0.3 (Components Object) lets one be.
pub(super) fn component_name(name: &str) -> String {
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c), "_");
    name.trim_matches(['_', '.']).to_owned()
}
