//! The quirk catalogue: each pass cures one quirk, in one file; `PASSES` is the only place that knows their order.
//!
//! Where the cure is `generate`'s, the file of the quirk finds it and says so; `SPOTTERS` lists those.
//!
//! A pass works on the raw tree, because a quirk is what a typed parser refuses. It is deterministic and idempotent and
//! keeps the meaning of the document: what was valid by the document before is valid by it after, and nothing else.

mod all_of;
mod alternatives;
mod beyond_30;
mod cookie_parameters;
mod copies;
pub(crate) mod dates;
mod differing_errors;
mod discriminated_bases;
mod discriminators;
mod dotted_names;
mod extensible_enums;
pub(crate) mod implied_type;
mod intersect;
mod json_patch;
mod json_suffix;
mod lone_reference;
mod media_ranges;
mod media_type_parameters;
mod methods;
mod nullable;
mod object_parameters;
mod openapi_31;
mod operation_ids;
mod other_bodies;
mod patterns;
mod refinements;
mod request_media_types;
mod response_media_types;
mod rust_names;
mod titles;
mod undeclared;
pub(crate) mod unknown_keys;
pub(crate) mod walk;

pub(crate) use intersect::lone_reference;

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Node};
use crate::lock::{Choice, Lock};
use crate::names::type_name;
use crate::pointer;
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
    origins: Origins,
}

impl Normalized {
    /// The place in the document as it came in that `pointer`, a place in the cured one, comes from, if a pass moved it.
    pub(crate) fn moved_from(&self, pointer: &str) -> Option<String> {
        self.origins.of(pointer)
    }
}

/// Where the components that passes made came from, by their pointers.
#[derive(Clone, Debug, Default)]
struct Origins(BTreeMap<String, String>);

impl Origins {
    fn of(&self, pointer: &str) -> Option<String> {
        let rest = pointer.strip_prefix("/components/schemas/")?;
        let end = pointer.len() - rest.len() + rest.find('/').unwrap_or(rest.len());
        self.0.get(&pointer[..end]).map(|origin| format!("{origin}{}", &pointer[end..]))
    }
}

type Pass = fn(&mut Value, &Lock, &mut Report);

/// The passes, in their order: what OpenAPI 3.1 says is said as 3.0 does before anything is looked at; what stands inline
/// goes to components before anything is compared or merged; what is required is looked for in the merged schema only; and
/// refinements are named when their shapes are final.
const PASSES: [Pass; 9] = [
    |document, _, report| openapi_31::cure(document, report),
    |document, _, report| unknown_keys::cure(document, report),
    |document, _, report| operation_ids::cure(document, report),
    |document, _, report| lone_reference::cure(document, report),
    titles::cure,
    |document, _, report| all_of::cure(document, report),
    |document, _, report| implied_type::cure(document, report),
    |document, _, report| undeclared::cure(document, report),
    refinements::cure,
];

/// Finds, at one object of the document as it came in, a quirk that `generate` has the cure of.
type Spotter = fn(&Value, Node<'_>, &mut Vec<Diagnostic>);

/// The quirks that `generate` cures, because OpenAPI 3.0 has no plainer way to say the same: the document keeps them, and
/// the report has their places.
const SPOTTERS: [Spotter; 19] = [
    differing_errors::spot,
    |_, node, found| response_media_types::spot(node, found),
    |_, node, found| request_media_types::spot(node, found),
    |_, node, found| other_bodies::spot(node, found),
    |_, node, found| json_suffix::spot(node, found),
    |_, node, found| media_type_parameters::spot(node, found),
    |_, node, found| media_ranges::spot(node, found),
    |_, node, found| json_patch::spot(node, found),
    |_, node, found| methods::spot(node, found),
    |_, node, found| discriminators::spot(node, found),
    |_, node, found| discriminated_bases::spot(node, found),
    |_, node, found| alternatives::spot(node, found),
    |_, node, found| nullable::spot(node, found),
    |_, node, found| extensible_enums::spot(node, found),
    |_, node, found| object_parameters::spot(node, found),
    |_, node, found| dotted_names::spot(node, found),
    |_, node, found| rust_names::spot(node, found),
    |_, node, found| patterns::spot(node, found),
    |_, node, found| cookie_parameters::spot(node, found),
];

/// What the spotters find in `document`.
fn spotted(document: &Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let _ = grammar::walk(document, &mut |node| {
        for spot in SPOTTERS {
            spot(document, node, &mut found);
        }
        Ok::<(), ()>(())
    });
    found
}

/// Cures the quirks of `tree`, a whole OpenAPI 3.0 document.
///
/// # Example
///
/// ```
/// use openapi_build::{lock::Lock, normalize::normalize};
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
    let spotted = spotted(&tree);
    for pass in PASSES {
        pass(&mut tree, lock, &mut report);
    }
    report.diagnostics.extend(spotted);
    report.choices.sort_by(|a, b| a.places.cmp(&b.places));
    Normalized { tree, diagnostics: report.diagnostics, choices: report.choices, origins: report.origins }
}

/// What the passes say, and what they have to know of each other.
#[derive(Default)]
struct Report {
    diagnostics: Vec<Diagnostic>,
    /// What was said, so that it is said once.
    said: HashSet<(&'static str, Option<String>, String)>,
    choices: Vec<Choice>,
    origins: Origins,
    /// The Rust names that are in use.
    taken: HashSet<String>,
    /// The component names that were given to shapes.
    chosen: HashSet<String>,
}

impl Report {
    /// Says `diagnostic`, about the place in the original document that its own place comes from.
    fn add(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.pointer = diagnostic.pointer.map(|pointer| self.original(&pointer));
        let place = (diagnostic.code, diagnostic.pointer.clone(), diagnostic.message.clone());
        if self.said.insert(place) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Remembers that what is now at `pointer` came from `origin`.
    fn moved(&mut self, pointer: &str, origin: &str) {
        let origin = self.original(origin);
        self.origins.0.entry(pointer.to_owned()).or_insert(origin);
        if let Some(name) = pointer.strip_prefix("/components/schemas/") {
            self.taken.insert(type_name(&pointer::unescape(name)));
        }
    }

    /// The place in the original document that `pointer` comes from.
    fn original(&self, pointer: &str) -> String {
        self.origins.of(pointer).unwrap_or_else(|| pointer.to_owned())
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
