//! The quirk catalogue: each pass cures one quirk, in one file; `PASSES` is the only place that knows their order.
//!
//! A pass works on the raw tree, because a quirk is what a typed parser refuses. It is deterministic and idempotent and
//! keeps the meaning of the document: what was valid by the document before is valid by it after, and nothing else.

mod all_of;
mod copies;
mod implied_type;
mod intersect;
mod refinements;
mod titles;
mod undeclared;
mod unknown_keys;
pub(crate) mod walk;

pub(crate) use intersect::lone_reference;

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::names::type_name;
use crate::track::lock::{Choice, Lock};
use walk::Place;

/// A cured document.
#[derive(Clone, Debug)]
pub struct Normalized {
    /// The document: plain OpenAPI 3.0.
    pub tree: Value,
    /// What was cured, kept and lost. Their pointers are places in the document as it came in.
    pub diagnostics: Vec<Diagnostic>,
    /// The names that were chosen where there was a choice.
    pub choices: Vec<Choice>,
}

type Pass = fn(&mut Value, &Lock, &mut Report);

/// The passes, in their order: what stands inline goes to components before anything is compared or merged; what is
/// required is looked for in the merged schema only; and refinements are named when their shapes are final.
const PASSES: [Pass; 6] = [
    |document, _, report| unknown_keys::cure(document, report),
    titles::cure,
    |document, _, report| all_of::cure(document, report),
    |document, _, _| implied_type::cure(document),
    |document, _, report| undeclared::cure(document, report),
    refinements::cure,
];

/// Cures the quirks of `tree`, a whole OpenAPI 3.0 document.
///
/// # Example
///
/// ```
/// use openapi_build::{normalize::normalize, track::lock::Lock};
///
/// let document = serde_json::json!({
///     "openapi": "3.0.3", "info": {"title": "Items", "version": "1"}, "paths": {},
///     "components": {"schemas": {"Item": {"type": "object", "required": ["id"]}}},
/// });
/// let cured = normalize(document, &Lock::default());
/// assert_eq!(cured.tree["components"]["schemas"]["Item"]["properties"]["id"], serde_json::json!({}));
/// assert_eq!(cured.diagnostics[0].code, "Q005");
/// ```
pub fn normalize(mut tree: Value, lock: &Lock) -> Normalized {
    let mut report = Report::default();
    report.taken.extend(walk::components(&tree).into_iter().flatten().map(|(name, _)| type_name(name)));
    for pass in PASSES {
        pass(&mut tree, lock, &mut report);
    }
    report.choices.sort_by(|a, b| a.places.cmp(&b.places));
    Normalized { tree, diagnostics: report.diagnostics, choices: report.choices }
}

/// What the passes say, and what they have to know of each other.
#[derive(Default)]
struct Report {
    diagnostics: Vec<Diagnostic>,
    choices: Vec<Choice>,
    /// Where a component that a pass made came from.
    origins: BTreeMap<String, String>,
    /// The Rust names that are in use.
    taken: HashSet<String>,
    /// The component names that were given to shapes.
    chosen: HashSet<String>,
}

impl Report {
    /// Says `diagnostic`, about the place in the original document that its own place comes from.
    fn add(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.pointer = diagnostic.pointer.map(|pointer| self.original(&pointer));
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Remembers that what is now at `pointer` came from `origin`.
    fn moved(&mut self, pointer: &str, origin: &str) {
        let origin = self.original(origin);
        self.origins.entry(pointer.to_owned()).or_insert(origin);
        if let Some(name) = pointer.strip_prefix("/components/schemas/") {
            self.taken.insert(type_name(&walk::unescape(name)));
        }
    }

    /// The place in the original document that `pointer` comes from.
    fn original(&self, pointer: &str) -> String {
        let Some(rest) = pointer.strip_prefix("/components/schemas/") else { return pointer.to_owned() };
        let end = rest.find('/').unwrap_or(rest.len());
        let component = &pointer[..pointer.len() - rest.len() + end];
        match self.origins.get(component) {
            Some(origin) => format!("{origin}{}", &rest[end..]),
            None => pointer.to_owned(),
        }
    }

    /// Names a shape that stands at `places`: as the lock says, else by `rule` from the first of its places.
    fn choose(&mut self, places: &[Place], lock: &Lock, rule: impl Fn(&Place) -> String) -> String {
        self.name(places, lock, |report, keys| report.free_name(lock, keys.iter().map(|(_, place)| rule(place))))
    }

    /// Names a shape that stands at `places`: as the lock says, else `name`, to which nothing else has a right.
    fn give(&mut self, places: &[Place], lock: &Lock, name: &str) -> String {
        self.name(places, lock, |_, _| name.to_owned())
    }

    fn name(&mut self, places: &[Place], lock: &Lock, rule: impl Fn(&Self, &[(String, &Place)]) -> String) -> String {
        let mut keys: Vec<(String, &Place)> = places.iter().map(|place| (place.key(), place)).collect();
        keys.sort_by(|a, b| (a.1.names.len(), &a.0).cmp(&(b.1.names.len(), &b.0)));
        // Shapes that were one and are no more cannot both keep the name.
        let mut pinned = keys.iter().filter_map(|(key, _)| lock.get(key));
        let locked = pinned.find(|name| !self.chosen.contains(*name)).map(str::to_owned);
        let name = locked.clone().unwrap_or_else(|| rule(self, &keys));
        let mut places: Vec<String> = keys.into_iter().map(|(key, _)| key).collect();
        places.sort();
        places.dedup();
        self.taken.insert(type_name(&name));
        self.chosen.insert(name.clone());
        self.choices.push(Choice { places, name: name.clone(), locked: locked.is_some() });
        name
    }

    /// The first of `candidates` that is free; else the first one, prolonged until it is.
    fn free_name(&self, lock: &Lock, mut candidates: impl Iterator<Item = String>) -> String {
        let first = candidates.next().unwrap_or_default();
        let free = |name: &String| !self.taken.contains(&type_name(name)) && !lock.holds(name);
        if free(&first) {
            return first;
        }
        candidates.find(free).unwrap_or_else(|| {
            let mut name = first;
            while !free(&name) {
                name.push_str("Shape");
            }
            name
        })
    }
}
