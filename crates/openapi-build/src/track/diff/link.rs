//! Which change of the definition a change of the Rust API comes from: by the places in the definition that both have. What
//! fits none is reported by itself.

use std::collections::{HashMap, HashSet};

use super::uses;
use crate::generate::{Compared, Items, MODULES, Mentions, Places};
use crate::names::{snake_name, type_name};
use crate::pointer::tokens;
use crate::track::change::{Change, Place};
use crate::track::semver::ItemChange;
use crate::track::surface::{Item, Surface};

/// Puts each item beside the change that it fits best; gives back those that fit none.
pub(super) fn link(changes: &mut [Change], items: Vec<ItemChange>, compared: &Compared) -> Vec<ItemChange> {
    let Compared { old, new, mentions } = compared;
    let mut labels = Labels::default();
    let causes: Vec<Cause> = changes.iter().map(|change| Cause::of(change, &mut labels)).collect();
    let several = old.places.len().max(new.places.len()) > 1;
    let mut sides = [Side::of(old, mentions, several), Side::of(new, mentions, several)];
    let mut rest = Vec::new();
    for item in items {
        let effect = Effect::of(&item, &mut sides, &mut labels);
        let fits = causes.iter().enumerate().map(|(index, cause)| (cause.fit(&effect), std::cmp::Reverse(index)));
        match fits.max() {
            Some((fit, std::cmp::Reverse(index))) if fit > 0 => changes[index].items.push(item),
            _ => rest.push(item),
        }
    }
    for change in changes {
        change.items.sort_by_key(|item| std::cmp::Reverse(item.level));
    }
    rest
}

/// What an item belongs to: `items::types::Room` for a field of it, and a method of a client for itself. A request is that of its
/// operation.
fn owner(path: &str) -> String {
    let segments: Vec<&str> = path.split("::").collect();
    match segments.iter().position(|segment| MODULES.contains(segment)) {
        Some(at) if segments.len() > at + 1 => {
            let module = if segments[at] == "requests" { "operations" } else { segments[at] };
            [&segments[..at], &[module, segments[at + 1]]].concat().join("::")
        }
        _ => path.to_owned(),
    }
}

/// The operations, by number.
#[derive(Default)]
struct Labels(HashMap<(String, String), usize>);

impl Labels {
    /// The number of an operation, which reports call `label`, of a document.
    fn number(&mut self, document: &str, label: &str) -> usize {
        let next = self.0.len();
        *self.0.entry((document.to_owned(), label.to_owned())).or_insert(next)
    }
}

/// The items of one version, and what they mention.
struct Side<'a> {
    places: &'a [Places],
    /// Whether changes name their documents.
    several: bool,
    /// What mentions each owner.
    mentions: HashMap<String, Vec<String>>,
    /// What was found of owners.
    known: HashMap<String, Found>,
}

/// Where an owner comes from.
#[derive(Clone, Default)]
struct Found {
    /// The places, each with the document.
    pointers: Vec<(String, String)>,
    operations: HashSet<usize>,
}

impl<'a> Side<'a> {
    fn of(items: &'a Items, common: &Mentions, several: bool) -> Self {
        Self { places: &items.places, several, mentions: mentions(&items.surface, common), known: HashMap::new() }
    }

    fn find(&mut self, path: &str, labels: &mut Labels) -> Found {
        let owner = owner(path);
        if let Some(found) = self.known.get(&owner) {
            return found.clone();
        }
        let mut found = Found::default();
        let (mut open, mut seen) = (vec![owner.clone()], HashSet::from([owner.clone()]));
        while let Some(path) = open.pop() {
            for (places, name) in of_module(self.places, &path, "operations") {
                let Some(pointer) = places.operations.get(name) else { continue };
                let parts: Vec<String> = tokens(pointer).collect();
                if let [_, key, method] = parts.as_slice() {
                    let document = if self.several { places.document.as_str() } else { "" };
                    found.operations.insert(labels.number(document, &uses::label(key, method)));
                }
                if path == owner {
                    let shared = pointer.rsplit_once('/').map_or("", |(item, _)| item);
                    let document = || places.document.clone();
                    found.pointers.push((document(), pointer.clone()));
                    found.pointers.extend(["parameters", "servers"].map(|key| (document(), format!("{shared}/{key}"))));
                }
            }
            // What is above an operation is the client.
            if split_at(&path, "operations").is_some() {
                continue;
            }
            for above in self.mentions.get(&path).into_iter().flatten() {
                if seen.insert(above.clone()) {
                    open.push(above.clone());
                }
            }
        }
        for (places, name) in of_module(self.places, &owner, "types") {
            // The types that belong to a type have a longer name: `RoomRequired`.
            let longest = (1..=name.len()).rev().filter(|end| name.is_char_boundary(*end));
            let pointers = longest.map(|end| &name[..end]).find_map(|name| places.types.get(name));
            let pointers = pointers.into_iter().flatten();
            found.pointers.extend(pointers.map(|pointer| (places.document.clone(), pointer.clone())));
        }
        self.known.insert(owner, found.clone());
        found
    }
}

/// What stands before and after the module of that name in a path.
fn split_at<'p>(path: &'p str, module: &str) -> Option<(&'p str, &'p str)> {
    let rest = path.strip_prefix(module).and_then(|rest| rest.strip_prefix("::"));
    rest.map(|rest| ("", rest)).or_else(|| path.split_once(&format!("::{module}::")))
}

/// The documents that `owner`, a member of `module`, can be of, and its name there. What several share is of any of them.
fn of_module<'s>(all: &'s [Places], owner: &'s str, module: &str) -> Vec<(&'s Places, &'s str)> {
    let Some((before, name)) = split_at(owner, module) else { return Vec::new() };
    let own = all.iter().find(|places| places.module.as_deref().unwrap_or_default() == before);
    match own {
        Some(places) => vec![(places, name)],
        None => all.iter().map(|places| (places, name)).collect(),
    }
}

/// What mentions each owner of `surface`, or of what is the same in both. What an operation makes of a request is in its method, and
/// thus the other way round.
fn mentions(surface: &Surface, common: &Mentions) -> HashMap<String, Vec<String>> {
    let mut mentions: HashMap<String, Vec<String>> = HashMap::new();
    let mut add = |of: String, by: String| {
        if of != by {
            mentions.entry(of).or_default().push(by);
        }
    };
    for item in surface.items() {
        let own = owner(&item.path);
        for mentioned in mentioned(item) {
            match is_method_of_client(&item.path) {
                true => add(own.clone(), mentioned),
                false => add(mentioned, own.clone()),
            }
        }
    }
    // The methods of a client that are the same in both lead nowhere from what is not.
    for (path, mentioned) in common.iter().filter(|(path, _)| !is_method_of_client(path)) {
        let in_modules = mentioned.iter().filter(|path| is_in_module(path));
        in_modules.for_each(|mentioned| add(owner(mentioned), owner(path)));
    }
    mentions.values_mut().for_each(|all| {
        all.sort();
        all.dedup();
    });
    mentions
}

fn is_method_of_client(path: &str) -> bool {
    path.split("::").any(|segment| matches!(segment, "Client" | "groups"))
}

/// What the signature of an item names.
fn mentioned(item: &Item) -> impl Iterator<Item = String> + '_ {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = item.signature.split(move |c| !is_path(c)).map(|word| word.trim_matches(':'));
    // Most words are no paths.
    words.filter(|word| word.as_bytes().contains(&b':') && is_in_module(word)).map(owner)
}

/// Whether a path is of a member of one of [`MODULES`].
fn is_in_module(path: &str) -> bool {
    path.rsplit("::").skip(1).any(|segment| MODULES.contains(&segment))
}

/// A change of the Rust API, and where what it is about comes from.
struct Effect {
    /// Before and after.
    sides: [Option<Found>; 2],
    /// The name within its owner.
    member: Option<String>,
    /// Whether it is about what a response gives.
    answers: bool,
    operations: HashSet<usize>,
}

impl Effect {
    fn of(item: &ItemChange, sides: &mut [Side<'_>; 2], labels: &mut Labels) -> Self {
        let lines = [&item.old, &item.new];
        let [old, new] = sides;
        let find = |line: &Option<String>, side: &mut Side<'_>, labels: &mut Labels| {
            line.as_ref().map(|_| side.find(&item.path, labels))
        };
        let found = [find(lines[0], old, labels), find(lines[1], new, labels)];
        let operations = found.iter().flatten().flat_map(|found| found.operations.iter().copied()).collect();
        let path = item.path.as_str();
        let member = match is_method_of_client(path) {
            true => None,
            false => {
                let rest = path.get(owner_length(path)..).unwrap_or_default();
                rest.rsplit("::").next().filter(|member| !member.is_empty()).map(str::to_owned)
            }
        };
        let answers = ["errors", "headers", "bodies"].iter().any(|module| split_at(path, module).is_some());
        let answers = answers || path.ends_with("::Body") || path.ends_with("::Headers") || path.ends_with("::Error");
        Self { sides: found, member, answers, operations }
    }

    fn way(&self) -> [bool; 2] {
        [self.sides[0].is_some(), self.sides[1].is_some()]
    }
}

/// How much of `path` is its owner, which has as many segments.
fn owner_length(path: &str) -> usize {
    let count = owner(path).split("::").count();
    path.split("::").take(count).map(|segment| segment.len() + 2).sum::<usize>().saturating_sub(2)
}

/// A change of the definition, as items are compared with it.
struct Cause {
    document: String,
    /// Before and after.
    pointers: [Option<String>; 2],
    /// The names that lead to it and that it has, as Rust may have them.
    members: HashSet<String>,
    /// Whether it stands in what an operation takes, or in what it gives back.
    within: (bool, bool),
    operations: HashSet<usize>,
}

impl Cause {
    fn of(change: &Change, labels: &mut Labels) -> Self {
        let pointer = |place: &Option<Place>| place.as_ref().map(|place| place.pointer.clone());
        let pointers = [pointer(&change.old), pointer(&change.new)];
        let stands = |part: &str| pointers.iter().flatten().any(|pointer| pointer.contains(part));
        let within = (stands("/parameters") || stands("/requestBody"), stands("/responses/"));
        let mut names: Vec<String> = Vec::new();
        for pointer in pointers.iter().flatten() {
            let parts: Vec<String> = tokens(pointer).collect();
            let pairs = parts.windows(2).filter(|pair| matches!(pair[0].as_str(), "properties" | "headers"));
            names.extend(pairs.map(|pair| pair[1].clone()));
        }
        names.extend(change.subject.rsplit(['.', ' ']).next().map(str::to_owned));
        names.extend(change.member.clone());
        // What has another name, or is known by what stands there.
        names.extend([&change.old, &change.new].into_iter().flatten().filter_map(|place| place.text.clone()));
        let members = names.iter().flat_map(|name| [snake_name(name), type_name(name)]).collect();
        let operations = change.operations.iter().map(|label| labels.number(&change.document, label)).collect();
        Self { document: change.document.clone(), pointers, members, within, operations }
    }

    /// How well an item fits; 0 if it does not.
    fn fit(&self, effect: &Effect) -> usize {
        let is_member = effect.member.as_ref().is_some_and(|member| self.members.contains(member));
        let near = [0, 1].into_iter().filter_map(|side| self.near(effect.sides[side].as_ref()?, side)).max();
        let base = match near {
            Some(near) if effect.member.is_some() && !is_member => 20 + near,
            Some(near) => 80 + near,
            None if !self.operations.is_disjoint(&effect.operations) => 10,
            None => return 0,
        };
        let way = effect.way() == [self.pointers[0].is_some(), self.pointers[1].is_some()];
        let within = if effect.answers { self.within.1 } else { self.within.0 };
        base + 60 * usize::from(is_member) + 6 * usize::from(way) + 8 * usize::from(within)
    }

    /// How close it is to a place of the item: one of them is within the other.
    fn near(&self, found: &Found, side: usize) -> Option<usize> {
        let pointer = self.pointers[side].as_ref().or(self.pointers[1 - side].as_ref())?;
        let of_document = |(document, _): &&(String, String)| self.document.is_empty() || self.document == *document;
        let apart = |place: &str| {
            let depth = |text: &str| text.matches('/').count();
            let (long, short) =
                if pointer.len() >= place.len() { (pointer.as_str(), place) } else { (place, pointer.as_str()) };
            let rest = long.strip_prefix(short)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| depth(rest))
        };
        let closest = found.pointers.iter().filter(of_document).filter_map(|(_, place)| apart(place)).min()?;
        Some(20usize.saturating_sub(closest))
    }
}

#[cfg(test)]
mod tests {
    use testing::{corpus, edits};

    use super::*;
    use crate::pipeline::Loaded;
    use crate::source::SourceFile;
    use crate::track::{self, semver, silent};

    #[test]
    fn items_stand_where_they_would_if_both_versions_were_read_as_a_whole() {
        let mut documents = corpus::small_wild(150_000).unwrap_or_default();
        documents.push(corpus::workspace().join("spec"));
        let mut linked = 0;
        for path in documents {
            let new = Loaded::path(&path).unwrap_or_else(|error| panic!("{error}"));
            // Where changes of a document of Swagger 2.0 stand is not where they were compared.
            if new.documents[0].published("/components/schemas/A") != "/components/schemas/A" {
                continue;
            }
            let mut tree = new.documents[0].tree.clone();
            edits::apply_most(&mut tree, 12);
            let file = SourceFile::from_bytes("old.json".as_ref(), tree.to_string().into()).expect("a document");
            let old = Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"));
            let found = track::diff(&old, &new).unwrap_or_else(|error| panic!("{error}"));
            let items = |loaded: &Loaded| loaded.items().expect("a surface");
            let whole = Compared { old: items(&old), new: items(&new), mentions: Mentions::new() };
            let mut items = semver::compare(&whole.old.surface, &whole.new.surface);
            silent::add(&mut items, &whole.old, &whole.new, &[]);
            let mut changes = found.changes.clone();
            changes.iter_mut().for_each(|change| linked += std::mem::take(&mut change.items).len());
            let rest = link(&mut changes, items, &whole);
            for (one, other) in changes.iter().zip(&found.changes) {
                assert_eq!(one.items, other.items, "{}: {}", path.display(), one.subject);
            }
            assert_eq!(rest, found.items, "{}", path.display());
        }
        assert!(linked > 0);
    }
}
