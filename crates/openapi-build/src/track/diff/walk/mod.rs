//! Finds what differs, object by object: fields by their name, entries of maps by theirs, members of lists by what they
//! are known by. What stands in a component is compared there, once, for all places that refer to it.

mod parameters;
mod paths;
mod schema;
mod security;
mod servers;
mod subject;

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::effective::resolve;
use super::noise;
use super::pairs::Pairs;
use super::sunset;
use super::uses::{self, Uses};
use crate::grammar::{self, In, Kind};
use crate::media_type;
use crate::normalize::reference_siblings;
use crate::pointer::{escape, last_token};
use crate::track::change::{Change, Changes, Noise, Place, Sides, Unknown, one_line};
use crate::track::difference::{Difference, Rule};
use crate::track::servers::Compared;

/// How deep what is put together of references is compared; real schemas are not a third as deep.
const DEEPEST: usize = 24;

/// Compares two documents; each difference goes to the first of the `rules` that knows it.
pub(super) fn documents(old: &Value, new: &Value, pairs: &Pairs, rules: &[Rule]) -> Changes {
    let uses = (Uses::of(old), Uses::of(new));
    let mut walker = Walker::new((old, new), pairs, Some(&uses), rules);
    walker.object(Kind::Document, old, new, &At::default());
    walker.reordered(old, new, &At::default());
    walker.out
}

/// Whether the component `one` of `old` and `other` of `new`, both of one section, have the same shape.
pub(super) fn have_one_shape(
    (old, new): (&Value, &Value),
    section: &str,
    (one, other): (&str, &str),
    rules: &[Rule],
) -> bool {
    let pointer = |name: &str| format!("/components/{section}/{}", escape(name));
    let Some(kind) = grammar::kind_at(&pointer(one)) else { return false };
    let (Some(one), Some(other)) = (old.pointer(&pointer(one)), new.pointer(&pointer(other))) else { return false };
    let pairs = Pairs::default();
    let mut walker = Walker::new((old, new), &pairs, None, rules);
    walker.depth = 1;
    walker.object(kind, one, other, &At { sides: uses::REQUEST, ..At::default() });
    walker.out.is_empty()
}

/// Where the walk is, in both documents.
#[derive(Clone)]
struct At {
    old: String,
    new: String,
    sides: Sides,
    operations: Rc<[String]>,
    /// Within a callback, where the server asks.
    reversed: bool,
}

impl Default for At {
    fn default() -> Self {
        let (old, new) = (String::new(), String::new());
        Self { old, new, sides: Sides::default(), operations: Rc::new([]), reversed: false }
    }
}

impl At {
    fn child(&self, key: &str) -> Self {
        self.entry(key, key)
    }

    fn entry(&self, old: &str, new: &str) -> Self {
        let (old, new) = (format!("{}/{}", self.old, escape(old)), format!("{}/{}", self.new, escape(new)));
        Self { old, new, ..self.clone() }
    }

    /// The field `key` of an object of `kind`.
    fn field(&self, kind: Kind, key: &str) -> Self {
        let mut at = self.child(key);
        match (kind, key) {
            (Kind::Operation | Kind::PathItem, "parameters") | (Kind::Operation, "requestBody") => {
                at.sides = if self.reversed { uses::RESPONSE } else { uses::REQUEST };
            }
            (Kind::Operation, "responses") => {
                at.sides = if self.reversed { uses::REQUEST } else { uses::RESPONSE };
            }
            (Kind::Operation, "callbacks") => at.reversed = true,
            _ => {}
        }
        at
    }
}

/// Where a difference stands in both documents, and what it accounts for besides.
#[derive(Clone, Default)]
struct Spots {
    old: Option<String>,
    new: Option<String>,
    covers: (Vec<String>, Vec<String>),
}

impl Spots {
    /// A difference that is all of what stands at `at`, on the sides where there is something.
    fn all(at: &At, old: bool, new: bool) -> Self {
        let (old, new) = (old.then(|| at.old.clone()), new.then(|| at.new.clone()));
        Self { covers: (old.iter().cloned().collect(), new.iter().cloned().collect()), old, new }
    }
}

struct Walker<'a> {
    old: &'a Value,
    new: &'a Value,
    pairs: &'a Pairs,
    uses: Option<&'a (Uses, Uses)>,
    /// The rules, in the order in which they are asked.
    rules: &'a [Rule],
    out: Changes,
    /// How many replacements deep; the outermost walk is at 0.
    depth: usize,
    /// The references that are being followed, in a nested walk.
    open: Vec<(String, String)>,
    /// The references to renamed components, by the old one.
    renamed: HashMap<String, (Vec<String>, Vec<String>)>,
    /// The path at hand in both documents, and the names of its parameters that differ.
    path: (String, String),
    path_names: (Vec<String>, Vec<String>),
}

impl<'a> Walker<'a> {
    fn new(
        (old, new): (&'a Value, &'a Value),
        pairs: &'a Pairs,
        uses: Option<&'a (Uses, Uses)>,
        rules: &'a [Rule],
    ) -> Self {
        Self {
            old,
            new,
            pairs,
            uses,
            rules,
            out: Changes::default(),
            depth: 0,
            open: Vec::new(),
            renamed: HashMap::new(),
            path: Default::default(),
            path_names: Default::default(),
        }
    }

    /// Compares two objects of one kind.
    fn object(&mut self, kind: Kind, old: &Value, new: &Value, at: &At) {
        // Nested, what is behind equal references may differ.
        if old == new && self.depth == 0 {
            return;
        }
        if grammar::reference(old).is_some() || grammar::reference(new).is_some() {
            return self.reference(kind, old, new, at);
        }
        match kind {
            Kind::Schema => return self.schema(old, new, at),
            Kind::Document => {
                self.paths((old, new), at);
                self.servers();
                self.field(kind, "security", (old, new), at);
                self.components(old.get("components"), new.get("components"), &at.child("components"));
            }
            Kind::PathItem => return self.path_item(old, new, at),
            _ => {}
        }
        for key in keys(old, new) {
            if kind == Kind::Document && matches!(key, "paths" | "components" | "servers" | "security") {
                continue;
            }
            self.field(kind, key, (old, new), at);
        }
    }

    /// Compares a field, by what OpenAPI has there.
    fn field(&mut self, kind: Kind, key: &str, owners: (&Value, &Value), at: &At) {
        let (old, new) = (owners.0.get(key), owners.1.get(key));
        if old == new && self.depth == 0 {
            return;
        }
        match (grammar::field(kind, key), old, new) {
            _ if kind == Kind::Parameter && key == "name" && self.path_name(owners, at) => {}
            // Nothing is generated of these.
            _ if kind == Kind::Document && key == "webhooks" => self.value(kind, key, owners, at),
            (Some(In::One(inner)), Some(old @ Value::Object(_)), Some(new @ Value::Object(_))) => {
                self.object(inner, old, new, &at.field(kind, key));
            }
            (Some(In::Map(inner)), ..) => self.map(kind, key, inner, owners, &at.field(kind, key)),
            // Compared with the path, since they stand with it or with its operations.
            (Some(In::List(Kind::Parameter)), ..) => {}
            _ if matches!(kind, Kind::Operation | Kind::Document) && key == "security" => {
                self.security(kind, owners, at);
            }
            // Compared as they take effect, for both documents at once; the server of a callback is that of its expression.
            _ if matches!(kind, Kind::Operation | Kind::PathItem) && key == "servers" => {
                if at.reversed {
                    self.same(&at.child(key), (old.is_some(), new.is_some()));
                }
            }
            _ => self.value(kind, key, owners, at),
        }
    }

    /// Compares a field as a whole.
    fn value(&mut self, kind: Kind, key: &str, owners: (&Value, &Value), at: &At) {
        let (old, new) = (owners.0.get(key), owners.1.get(key));
        // Of many pairs of components it is asked whether they have one shape: too many to find out what their patterns take.
        if old != new && self.uses.is_none() && kind == Kind::Schema && key == "pattern" {
            self.out.unknown.push(Unknown::default());
        } else if old != new {
            let spots = Spots::all(&at.child(key), old.is_some(), new.is_some());
            let at = at.field(kind, key);
            let sides = at.sides;
            self.emit(
                Difference {
                    kind,
                    field: key,
                    entry: None,
                    old,
                    new,
                    owners,
                    sides,
                    inner: None,
                    servers: Compared::default(),
                },
                spots,
                &at,
            );
        }
    }

    /// Compares the entries of a map, which stands at `at`.
    fn map(&mut self, kind: Kind, key: &str, inner: Kind, owners: (&Value, &Value), at: &At) {
        let empty = Map::new();
        let old = owners.0.get(key).and_then(Value::as_object).unwrap_or(&empty);
        let new = owners.1.get(key).and_then(Value::as_object).unwrap_or(&empty);
        let mut renamed = match key {
            "properties" | "headers" => schema::renamed(old, new, true),
            "responses" | "content" => schema::renamed(old, new, false),
            _ => HashMap::new(),
        };
        // Media types that are spelled otherwise, whatever differs in them.
        let spelled = if key == "content" { spelled(old, new) } else { HashMap::new() };
        renamed.extend(spelled.clone());
        let extension = |name: &str| name.starts_with("x-") && matches!(inner, Kind::Response | Kind::PathItem);
        for (name, value) in old {
            if extension(name) {
                self.value(kind, name, (&owners.0[key], &owners.1[key]), at);
                continue;
            }
            match new.get(name).or_else(|| new.get(renamed.get(name)?)) {
                Some(other) if new.contains_key(name) => {
                    let mut at = at.child(name);
                    // Where that itself changes, both count.
                    if inner == Kind::Schema && uses::sides_of(value, uses::BOTH) == uses::sides_of(other, uses::BOTH) {
                        at.sides = uses::sides_of(value, at.sides);
                    }
                    self.object(inner, value, other, &at);
                }
                Some(other) if spelled.contains_key(name) => {
                    let at = at.entry(name, &spelled[name]);
                    if self.depth == 0 {
                        self.out.moves.push((at.old.clone(), at.new.clone()));
                    }
                    let (sides, values) = (at.sides, (Some(value), Some(other)));
                    let difference = Difference {
                        kind,
                        field: key,
                        entry: Some(name),
                        old: values.0,
                        new: values.1,
                        owners,
                        sides,
                        inner: None,
                        servers: Compared::default(),
                    };
                    let reported = self.out.changes.len();
                    self.emit(difference, Spots { covers: Default::default(), ..Spots::all(&at, true, true) }, &at);
                    self.name_places(reported);
                    self.object(inner, value, other, &at);
                }
                other => {
                    let entry_at = at.entry(name, renamed.get(name).unwrap_or(name));
                    self.entry(kind, key, name, (Some(value), other), owners, &entry_at);
                }
            }
        }
        let arrived: Vec<&String> = renamed.values().collect();
        for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name) && !arrived.contains(name)) {
            if extension(name) {
                self.value(kind, name, (&owners.0[key], &owners.1[key]), at);
                continue;
            }
            self.entry(kind, key, name, (None, Some(value)), owners, &at.child(name));
        }
    }

    /// An entry that stands on one side only, or under another name.
    fn entry(
        &mut self,
        kind: Kind,
        key: &str,
        name: &str,
        (old, new): (Option<&Value>, Option<&Value>),
        owners: (&Value, &Value),
        at: &At,
    ) {
        let mut spots = Spots::all(at, old.is_some(), new.is_some());
        if key == "properties" {
            schema::cover_required(&mut spots, owners, name, at);
        }
        let mut at = at.clone();
        if let (Kind::Schema, Some(schema)) = (kind, old.or(new)) {
            at.sides = uses::sides_of(schema, at.sides);
        }
        let sides = at.sides;
        let reported = self.out.changes.len();
        self.emit(
            Difference {
                kind,
                field: key,
                entry: Some(name),
                old,
                new,
                owners,
                sides,
                inner: None,
                servers: Compared::default(),
            },
            spots,
            &at,
        );
        if old.is_some() && new.is_some() {
            self.name_places(reported);
        }
    }

    /// Of what has another name, that is what there is to say.
    fn name_places(&mut self, change: usize) {
        if let Some(change) = self.out.changes.get_mut(change) {
            for place in [&mut change.old, &mut change.new].into_iter().flatten() {
                place.text = Some(last_token(&place.pointer));
            }
        }
    }

    /// Compares two of which one at least is a reference.
    fn reference(&mut self, kind: Kind, old: &Value, new: &Value, at: &At) {
        let (before, after) = (grammar::reference(old), grammar::reference(new));
        if let (Some(before), Some(after)) = (before, after)
            && self.pairs.same(before, after)
        {
            if before != after {
                let refs = self.renamed.entry(before.to_owned()).or_default();
                refs.0.push(format!("{}/$ref", at.old));
                refs.1.push(format!("{}/$ref", at.new));
            }
            if self.depth == 0 {
                for key in keys(old, new).into_iter().filter(|key| *key != "$ref") {
                    let document = (self.old, self.new);
                    let ignored = |document| reference_siblings::ignores(document, kind, key);
                    if old.get(key) != new.get(key) && ignored(document.0) && ignored(document.1) {
                        self.same(&at.child(key), (old.get(key).is_some(), new.get(key).is_some()));
                    } else if kind == Kind::Schema && key == "format" {
                        self.format((old, new), at);
                    } else {
                        self.value(kind, key, (old, new), at);
                    }
                }
            }
            return;
        }
        if self.depth > 0 {
            let step = (before.unwrap_or_default().to_owned(), after.unwrap_or_default().to_owned());
            if self.depth + self.open.len() > DEEPEST || self.open.contains(&step) {
                return;
            }
            self.open.push(step);
            self.object(kind, resolve(self.old, old), resolve(self.new, new), at);
            self.open.pop();
            return;
        }
        let inner = self.inner(kind, resolve(self.old, old), resolve(self.new, new), at);
        let (spots, owners) = (Spots::all(at, true, true), (old, new));
        let difference = Difference {
            kind,
            field: "$ref",
            entry: None,
            old: Some(old),
            new: Some(new),
            owners,
            sides: at.sides,
            inner: Some(&inner),
            servers: Compared::default(),
        };
        self.emit(difference, spots, at);
    }

    /// What differs between two things of which one replaces the other.
    fn inner(&mut self, kind: Kind, old: &Value, new: &Value, at: &At) -> Vec<Change> {
        let mut walker = Walker::new((self.old, self.new), self.pairs, self.uses, self.rules);
        (walker.depth, walker.path) = (self.depth + 1, self.path.clone());
        walker.open.clone_from(&self.open);
        walker.object(kind, old, new, at);
        if !walker.out.unknown.is_empty() {
            let place = |pointer: &str| Some(place(pointer.to_owned(), None, Vec::new()));
            self.out.unknown.push(Unknown { old: place(&at.old), new: place(&at.new), ..Unknown::default() });
        }
        walker.out.changes
    }

    /// The first rule that knows the difference takes it, else a kind of noise.
    fn emit(&mut self, difference: Difference<'_>, spots: Spots, at: &At) {
        let taken = self.rules.iter().find_map(|rule| Some((rule, (rule.judge)(&difference)?)));
        let place = |pointer: Option<String>, value: Option<&Value>, covers: Vec<String>| {
            pointer.map(|pointer| place(pointer, value.map(short), covers))
        };
        let (covers_old, covers_new) = spots.covers;
        match taken {
            Some((rule, finding)) => {
                let document = if spots.new.is_some() { self.new } else { self.old };
                let pointer = spots.new.as_deref().or(spots.old.as_deref()).unwrap_or_default();
                let (subject, member) = subject::of(document, pointer, &difference);
                // What has moved is gone from its place.
                let gone = match (&spots.old, difference.old) {
                    (Some(place), Some(_)) if difference.field == "moved" => self.old.pointer(place).zip(Some(place)),
                    (Some(place), Some(old)) if spots.new.is_none() => Some((old, place)),
                    _ => None,
                };
                let sunset = gone.and_then(|(old, place)| sunset::stated(self.old, place, old));
                self.out.changes.push(Change {
                    code: rule.code(),
                    title: rule.title(),
                    document: String::new(),
                    subject,
                    member,
                    sides: difference.sides,
                    operations: at.operations.to_vec(),
                    old: place(spots.old, difference.old, covers_old),
                    new: place(spots.new, difference.new, covers_new),
                    wire: finding.wire,
                    why: finding.why,
                    level: finding.level,
                    items: Vec::new(),
                    inner: difference.inner.map(<[Change]>::to_vec).unwrap_or_default(),
                    sunset,
                    accepted: None,
                });
            }
            None if self.depth > 0 && noise::kind_of(&difference).is_some() => {}
            None => match noise::kind_of(&difference) {
                Some(code) => self.out.noise.push(Noise { code, old: spots.old, new: spots.new }),
                None => {
                    let old = place(spots.old, difference.old, covers_old);
                    let new = place(spots.new, difference.new, covers_new);
                    self.out.unknown.push(Unknown { old, new, ..Unknown::default() });
                }
            },
        }
    }

    /// What has the effect that it had, and is said in another way or no longer.
    fn same(&mut self, at: &At, (old, new): (bool, bool)) {
        if self.depth == 0 {
            let (old, new) = (old.then(|| at.old.clone()), new.then(|| at.new.clone()));
            self.out.noise.push(Noise { code: noise::SAME, old, new });
        }
    }

    /// Members of a list in another order, where that does not matter.
    fn order(&mut self, at: &At) {
        if self.depth == 0 {
            self.out.noise.push(Noise { code: noise::ORDER, old: Some(at.old.clone()), new: Some(at.new.clone()) });
        }
    }

    /// Objects whose keys stand in another order.
    fn reordered(&mut self, old: &Value, new: &Value, at: &At) {
        let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return };
        let before = old.keys().filter(|key| new.contains_key(*key));
        let after = new.keys().filter(|key| old.contains_key(*key));
        if !before.eq(after) {
            self.order(at);
        }
        for (key, value) in old.iter().filter(|(_, value)| value.is_object()) {
            if let Some(other) = new.get(key) {
                self.reordered(value, other, &at.child(key));
            }
        }
    }
}

fn place(pointer: String, text: Option<String>, covers: Vec<String>) -> Place {
    Place { pointer, text, position: None, covers }
}

/// `value` in a few words, on one line.
pub(super) fn short(value: &Value) -> String {
    const MOST: usize = 60;
    let text = match value {
        Value::String(text) => text.clone(),
        value if value.get("$ref").is_some() => grammar::reference(value).map(last_token).unwrap_or_default(),
        other => other.to_string(),
    };
    let text = one_line(&text);
    if text.chars().count() <= MOST { text } else { format!("{}…", text.chars().take(MOST).collect::<String>()) }
}

/// Media types of which each has one in the other document that is the same in another spelling: by the old one the new one.
fn spelled(old: &Map<String, Value>, new: &Map<String, Value>) -> HashMap<String, String> {
    let alone = |ours: &Map<String, Value>, theirs: &Map<String, Value>| -> Vec<(String, String)> {
        let ours = ours.keys().filter(|name| !theirs.contains_key(*name));
        ours.map(|name| (media_type::plain(name), name.clone())).collect()
    };
    let (gone, came) = (alone(old, new), alone(new, old));
    let one = |all: &[(String, String)], plain: &str| {
        let mut same = all.iter().filter(|(other, _)| other == plain).map(|(_, name)| name.clone());
        same.next().filter(|_| same.next().is_none())
    };
    let pairs = gone.iter().filter_map(|(plain, _)| Some((one(&gone, plain)?, one(&came, plain)?)));
    pairs.collect()
}

/// The keys of two objects, each once.
fn keys<'v>(old: &'v Value, new: &'v Value) -> Vec<&'v str> {
    let of = |value: &'v Value| value.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let added = of(new).filter(|key| old.get(key).is_none());
    of(old).chain(added).collect()
}

/// Which members of two lists belong together, by a key: pairs of indices, then what only the one or the other has.
fn aligned<K: PartialEq>(old: &[K], new: &[K]) -> (Vec<(usize, usize)>, Vec<usize>, Vec<usize>) {
    let (mut pairs, mut gone, mut taken) = (Vec::new(), Vec::new(), vec![false; new.len()]);
    for (index, key) in old.iter().enumerate() {
        match (0..new.len()).find(|other| !taken[*other] && new[*other] == *key) {
            Some(other) => {
                taken[other] = true;
                pairs.push((index, other));
            }
            None => gone.push(index),
        }
    }
    let came = (0..new.len()).filter(|index| !taken[*index]).collect();
    (pairs, gone, came)
}

/// Whether what belongs together stands in the same order.
fn in_order(pairs: &[(usize, usize)]) -> bool {
    pairs.is_sorted_by_key(|(_, new)| *new)
}
