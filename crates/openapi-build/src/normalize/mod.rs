//! Repairs the quirks of a document: one file for each quirk, whose doc comment is its page and begins with its code. The
//! list below is the only one, and has the order of the passes.
//!
//! A pass works on the raw tree, because a quirk is what a typed parser rejects. It is deterministic and idempotent and
//! keeps the meaning of the document: the document accepts the same values before and after it.

pub(crate) mod checks;
mod conditions;
mod copies;
mod intersect;
mod leave_out;
pub(crate) mod walk;

#[cfg(feature = "track")]
pub(crate) use dangling::CODE as DANGLING;
pub(crate) use intersect::lone_reference;

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Node};
use crate::lock::{Choice, Lock};
use crate::names::{LONGEST, shortened, type_name};
use crate::pointer;
use crate::slice::Live;
use walk::Place;

/// A repaired document.
#[derive(Clone, Debug)]
pub struct Normalized {
    /// The document: plain OpenAPI 3.0.
    pub tree: Value,
    /// What was repaired, kept and lost. Their pointers are places in the document as it came in.
    pub diagnostics: Vec<Diagnostic>,
    /// The names that were chosen where there was a choice.
    pub choices: Vec<Choice>,
    origins: Origins,
}

impl Normalized {
    /// The place in the document as it came in that `pointer`, a place in the repaired one, comes from, if a pass moved it.
    pub(crate) fn moved_from(&self, pointer: &str) -> Option<String> {
        self.origins.of(pointer)
    }
}

/// Where what passes moved came from.
#[derive(Clone, Debug, Default)]
struct Origins {
    /// The components that passes made, by their pointers.
    components: BTreeMap<String, String>,
    /// For each list of which items were left out, by its pointer: their indices, pass by pass.
    lists: BTreeMap<String, Vec<Vec<usize>>>,
}

impl Origins {
    fn of(&self, pointer: &str) -> Option<String> {
        let moved = self.component(pointer);
        self.item(moved.as_deref().unwrap_or(pointer)).or(moved)
    }

    fn component(&self, pointer: &str) -> Option<String> {
        let rest = pointer.strip_prefix("/components/schemas/")?;
        let end = pointer.len() - rest.len() + rest.find('/').unwrap_or(rest.len());
        self.components.get(&pointer[..end]).map(|origin| format!("{origin}{}", &pointer[end..]))
    }

    /// The place before items of lists were left out.
    fn item(&self, pointer: &str) -> Option<String> {
        if self.lists.is_empty() {
            return None;
        }
        let mut original = String::new();
        for token in pointer.split('/').skip(1) {
            let index = token.parse::<usize>().ok().zip(self.lists.get(&original));
            let index = index.map(|(index, passes)| passes.iter().rev().fold(index, |index, gone| before(index, gone)));
            original.push('/');
            match index {
                Some(index) => original.push_str(&index.to_string()),
                None => original.push_str(token),
            }
        }
        Some(original)
    }
}

/// The index that an item had before those of the indices `gone` were left out.
fn before(index: usize, gone: &[usize]) -> usize {
    gone.iter().fold(index, |index, gone| if *gone <= index { index + 1 } else { index })
}

/// Repairs a quirk of the whole document.
type Pass = fn(&mut Value, &Lock, &mut Report);

/// Finds a quirk at one object of the document as it came in.
type Spotter = fn(&Value, Node<'_>, &mut Vec<Diagnostic>);

/// What repairs a quirk.
enum Repair {
    /// A pass of `normalize`.
    Pass(Pass),
    /// `generate`, because OpenAPI 3.0 has no plainer way to say the same: the document keeps the quirk, and the report has
    /// its places.
    Generate(Spotter),
    /// Code that is no pass of its own.
    Elsewhere,
}

/// A quirk.
pub(crate) struct Quirk {
    repair: Repair,
    /// The text of its file, whose doc comment is its page.
    #[cfg(any(test, feature = "track"))]
    pub(crate) page: &'static str,
}

macro_rules! quirks {
    ($($visibility:vis mod $module:ident;)*) => {
        $($visibility mod $module;)*

        /// The quirks; those that a pass repairs stand in the order of the passes.
        pub(crate) const QUIRKS: &[Quirk] = &[$(Quirk {
            repair: $module::REPAIR,
            #[cfg(any(test, feature = "track"))]
            page: include_str!(concat!(stringify!($module), ".rs")),
        }),*];
    };
}

quirks! {
    mod swagger_2;
    // Parameters and requirements are written as OpenAPI 3 does before anything is taken for wrong.
    mod body_parameters;
    pub(crate) mod security_requirements;
    pub(crate) mod servers;
    // Every object is what it should be before anything else looks at it, and every reference leads to one.
    mod wrong_kinds;
    mod missing_fields;
    pub(crate) mod other_references;
    mod dangling;
    mod circles;
    pub(crate) mod reference_siblings;
    // What later versions say is said as 3.0 does before anything is looked at.
    mod openapi_32;
    pub(crate) mod unknown_types;
    mod openapi_31;
    mod beyond_30;
    mod nullable;
    pub(crate) mod unknown_keys;
    mod enum_values;
    mod far_bounds;
    mod defaults;
    mod duplicate_ids;
    mod operation_ids;
    mod path_templates;
    mod path_parameters;
    mod header_credentials;
    // What builds on a schema says so in an `allOf`, also in one of a lone reference.
    mod discriminated_bases;
    mod lone_reference;
    // Inline components go to `components` before anything is compared or merged.
    mod titles;
    mod all_of;
    mod union_siblings;
    pub(crate) mod implied_type;
    // Required names are looked for in the merged schema only.
    mod undeclared;
    mod overlapping;
    // Refinements are named when their shapes are final.
    mod refinements;

    mod differing_errors;
    mod response_media_types;
    mod request_media_types;
    mod other_bodies;
    mod json_suffix;
    mod media_type_parameters;
    mod media_ranges;
    mod json_patch;
    mod methods;
    mod discriminators;
    mod alternatives;
    mod extensible_enums;
    mod object_parameters;
    mod dotted_names;
    mod rust_names;
    mod patterns;
    mod cookie_parameters;

    pub(crate) mod dates;
}

/// Finds the quirks of `document` that `generate` repairs.
fn spotted(document: &Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let _ = grammar::walk(document, &mut |node| {
        for quirk in QUIRKS {
            if let Repair::Generate(spot) = quirk.repair {
                spot(document, node, &mut found);
            }
        }
        Ok::<(), ()>(())
    });
    found
}

/// Repairs the quirks of `tree`, a whole OpenAPI 3.0 document.
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
/// let repaired = normalize(document, &Lock::default());
/// assert_eq!(repaired.tree["components"]["schemas"]["Item"]["properties"]["id"], serde_json::json!({}));
/// assert_eq!(repaired.diagnostics[0].code, "Q005");
/// ```
pub fn normalize(tree: Value, lock: &Lock) -> Normalized {
    repaired(tree, lock, true)
}

/// As [`normalize`]; only if it `spots` them, the report has the quirks that `generate` repairs.
pub(crate) fn repaired(mut tree: Value, lock: &Lock, spots: bool) -> Normalized {
    let mut report = Report { live: Some(Live::of(&tree)), ..Report::default() };
    report.taken.extend(walk::components(&tree).into_iter().flatten().map(|(name, _)| type_name(name)));
    let spotted = if spots { spotted(&tree) } else { Vec::new() };
    for quirk in QUIRKS {
        if let Repair::Pass(repair) = quirk.repair {
            repair(&mut tree, lock, &mut report);
        }
    }
    report.diagnostics.extend(spotted.into_iter().filter(|found| report.is_live(found)).collect::<Vec<_>>());
    report.choices.sort_by(|a, b| a.places.cmp(&b.places));
    Normalized { tree, diagnostics: report.diagnostics, choices: report.choices, origins: report.origins }
}

/// What the passes report, and what they have to know of each other.
#[derive(Default)]
struct Report {
    diagnostics: Vec<Diagnostic>,
    /// What of the document something is generated from; nothing is said of the rest.
    live: Option<Live>,
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
        if self.is_live(&diagnostic) && self.said.insert(place) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn is_live(&self, diagnostic: &Diagnostic) -> bool {
        let pointer = diagnostic.pointer.as_deref();
        self.live.as_ref().zip(pointer).is_none_or(|(live, pointer)| live.holds(pointer))
    }

    /// Remembers that what is now at `pointer` came from `origin`.
    fn moved(&mut self, pointer: &str, origin: &str) {
        let origin = self.original(origin);
        self.origins.components.entry(pointer.to_owned()).or_insert(origin);
        if let Some(name) = pointer.strip_prefix("/components/schemas/") {
            self.taken.insert(type_name(&pointer::unescape(name)));
        }
    }

    /// Remembers that the items with the indices `gone`, in ascending order, were left out of the list at `pointer`.
    fn left_out(&mut self, pointer: &str, gone: Vec<usize>) {
        if !gone.is_empty() {
            let list = self.original(pointer);
            self.origins.lists.entry(list).or_default().push(gone);
        }
    }

    /// The place in the original document that `pointer` comes from.
    fn original(&self, pointer: &str) -> String {
        self.origins.of(pointer).unwrap_or_else(|| pointer.to_owned())
    }

    /// Names a shape that stands at `places`: as the lock says, else by `rule` from the first of its places.
    fn choose(&mut self, places: &[Place], lock: &Lock, rule: impl Fn(&Place) -> String) -> String {
        self.name(places, lock, |report, keys| {
            let candidates = keys.iter().flat_map(|(_, place)| shortened(&[rule(place)], LONGEST));
            report.free_name(lock, candidates)
        })
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

#[cfg(test)]
mod tests {
    use super::{Origins, QUIRKS};
    use crate::doc_comment;

    #[test]
    fn an_item_is_found_where_it_was_before_others_were_left_out() {
        let mut origins = Origins::default();
        origins.lists.insert("/a".into(), vec![vec![0, 2], vec![1]]);
        // 0 1 2 3 4 5 became 1 3 4 5, and then 1 4 5.
        let of = |pointer: &str| origins.of(pointer).unwrap_or_default();
        assert_eq!([of("/a/0"), of("/a/1/x"), of("/a/2"), of("/b/0")], ["/a/1", "/a/4/x", "/a/5", "/b/0"]);
    }

    #[test]
    fn every_file_of_a_quirk_is_listed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/normalize");
        let code = |text: &'static str| doc_comment::heading(text).map(|(code, _)| code);
        let listed: Vec<Option<&str>> = QUIRKS.iter().map(|quirk| code(quirk.page)).collect();
        assert!(listed.iter().all(|code| code.is_some_and(|code| code.starts_with('Q'))), "{listed:?}");
        for entry in std::fs::read_dir(folder).expect("the folder of the quirks").flatten() {
            let text = std::fs::read_to_string(entry.path()).expect("a file of this crate").leak();
            let heading = code(text);
            assert!(heading.is_none() || listed.contains(&heading), "list {} in `quirks!`", entry.path().display());
            // The code that its findings have is the one of its page.
            let constant =
                text.lines().find_map(|line| line.strip_prefix("const CODE: &str = \"")?.strip_suffix("\";"));
            assert!(constant.is_none() || constant == heading, "{}", entry.path().display());
        }
    }
}
