//! Names for shapes: which components are one type for both sides, and what nameless shapes are called.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::read::{Component, Roots};
use super::{Directions, Item, Kind, Shape, Side};
use crate::diagnostic::Diagnostic;
use crate::names::type_name;
use crate::normalize::walk::{Place, escape};
use crate::track::lock::{Choice, Lock};

/// The types of a document, by Rust name, and the names that were chosen.
#[derive(Default)]
pub(in crate::generate) struct Resolved {
    pub(in crate::generate) items: BTreeMap<String, (Item, Directions)>,
    pub(in crate::generate) choices: Vec<Choice>,
    /// Components that are two types: the response's name and the request's.
    pub(in crate::generate) pairs: Vec<(String, String)>,
}

/// Gives every shape that needs a type its name.
pub(in crate::generate) struct Resolver<'a> {
    lock: &'a Lock,
    roots: Roots,
    /// The Rust name of each component, by side.
    names: BTreeMap<(String, Side), String>,
    /// Aliases that lead back to themselves.
    circular: HashSet<(String, Side)>,
    taken: BTreeSet<String>,
    /// The names of nameless shapes, by shape.
    nameless: HashMap<String, String>,
    places: BTreeMap<String, Vec<String>>,
    locked: BTreeSet<String>,
    resolved: Resolved,
}

impl<'a> Resolver<'a> {
    /// Names the components.
    pub(in crate::generate) fn new(roots: Roots, lock: &'a Lock) -> Result<Self, Diagnostic> {
        let mut resolver = Self {
            lock,
            roots,
            names: BTreeMap::new(),
            circular: HashSet::new(),
            taken: BTreeSet::new(),
            nameless: HashMap::new(),
            places: BTreeMap::new(),
            locked: BTreeSet::new(),
            resolved: Resolved::default(),
        };
        resolver.circular = resolver.roots.circular();
        resolver.name_components()?;
        resolver.components();
        Ok(resolver)
    }

    fn name_components(&mut self) -> Result<(), Diagnostic> {
        let split = self.roots.split();
        let reached: BTreeSet<String> = self.roots.components.keys().map(|(name, _)| name.clone()).collect();
        for name in &reached {
            let rust = type_name(name);
            if !self.taken.insert(rust.clone()) {
                let message = format!("`{name}` and another component are both `{rust}` in Rust");
                return Err(Diagnostic::error("G006", message)
                    .at(format!("/components/schemas/{}", escape(name)))
                    .help("rename one of them in an overlay"));
            }
        }
        for name in &reached {
            let rust = type_name(name);
            let sides: Vec<Side> = [Side::Response, Side::Request]
                .into_iter()
                .filter(|side| self.roots.components.contains_key(&(name.clone(), *side)))
                .collect();
            if sides.len() == 2 && !split.contains(name) {
                for side in sides {
                    self.names.insert((name.clone(), side), rust.clone());
                }
                continue;
            }
            // The side that the lock knows by the plain name keeps it; else what the server gives has it.
            let key = |side: Side| format!("{name}@{}", if side == Side::Request { "request" } else { "response" });
            let keeps_plain = |side: Side| self.lock.get(&key(side)) == Some(&rust);
            let is_request = rust.ends_with("Request");
            let plain = if sides.len() == 1 {
                sides[0]
            } else if keeps_plain(Side::Request) || (is_request && !keeps_plain(Side::Response)) {
                Side::Request
            } else {
                Side::Response
            };
            for side in sides {
                let locked = self.lock.get(&key(side)).map(str::to_owned);
                let chosen = match (&locked, side == plain) {
                    (Some(locked), _) => locked.clone(),
                    (None, true) => rust.clone(),
                    (None, false) => {
                        let end = if side == Side::Request { "Request" } else { "Response" };
                        let mut other = format!("{}{end}", rust.strip_suffix("Request").unwrap_or(&rust));
                        while self.taken.contains(&other) {
                            other.push_str("Body");
                        }
                        other
                    }
                };
                self.taken.insert(chosen.clone());
                self.names.insert((name.clone(), side), chosen.clone());
                self.resolved.choices.push(Choice { places: vec![key(side)], name: chosen, locked: locked.is_some() });
            }
            if let (Some(response), Some(request)) =
                (self.names.get(&(name.clone(), Side::Response)), self.names.get(&(name.clone(), Side::Request)))
            {
                self.resolved.pairs.push((response.clone(), request.clone()));
            }
        }
        Ok(())
    }

    fn components(&mut self) {
        let keys: Vec<(String, Side)> = self.roots.components.keys().cloned().collect();
        for key in keys {
            let Some(item) = self.roots.components.get(&key).map(|component| component.item.clone()) else { continue };
            let name = self.names[&key].clone();
            let owner = (key.0.clone(), name.clone());
            let side = key.1;
            let mut item = item.map(&mut |shape| self.named(shape, side, Some(&owner)));
            if let (Kind::Alias(shape), true) = (&item.kind, self.circular.contains(&key)) {
                item.kind = Kind::Wrapper(shape.clone());
            }
            self.resolved.items.entry(name).or_insert_with(|| (item, Directions::default())).1.add(side);
        }
    }

    /// A shape of an operation, with names for what needs one.
    pub(in crate::generate) fn shape(&mut self, shape: Shape, side: Side) -> Shape {
        self.named(shape, side, None)
    }

    /// `owner` is the component it stands in, and that component's Rust name.
    fn named(&mut self, shape: Shape, side: Side, owner: Option<&(String, String)>) -> Shape {
        match shape {
            Shape::Array(inner) => Shape::Array(Box::new(self.named(*inner, side, owner))),
            Shape::Map(inner) => Shape::Map(Box::new(self.named(*inner, side, owner))),
            Shape::Nullable(inner) => self.named(*inner, side, owner).nullable(),
            Shape::Component(name) => self.component(name, side),
            Shape::Inline(inline) => {
                let place = inline.place.0;
                let item = inline.item.map(&mut |shape| self.named(shape, side, owner));
                Shape::Named(self.inline(item, &place, side, owner))
            }
            other => other,
        }
    }

    /// What a reference to that component is: its type, or the shape that it is another name for.
    fn component(&mut self, name: String, side: Side) -> Shape {
        let key = (name, side);
        let Some(Component { item, nullable }) = self.roots.components.get(&key) else { return Shape::Any };
        let nullable = *nullable;
        let rust = self.names[&key].clone();
        let shape = match &item.kind {
            Kind::Alias(shape) if !self.circular.contains(&key) => {
                let (shape, owner) = (shape.clone(), (key.0, rust));
                self.named(shape, side, Some(&owner))
            }
            _ => Shape::Named(rust),
        };
        if nullable { shape.nullable() } else { shape }
    }

    fn inline(&mut self, item: Item, place: &Place, side: Side, owner: Option<&(String, String)>) -> String {
        // Scalars that have rules or names are one type only where they are called the same: `page_token` is no `name`.
        let called = match item.kind {
            Kind::Checked(_) | Kind::Enum(_) => place.names.last().map(|name| type_name(name)),
            _ => None,
        };
        let shape = format!("{:?}{called:?}", item.kind);
        let lock_key = lock_key(place, owner);
        let name = match self.nameless.get(&shape) {
            Some(name) => name.clone(),
            None => {
                let name = self.free_name(place, &lock_key, owner);
                self.nameless.insert(shape, name.clone());
                name
            }
        };
        self.resolved.items.entry(name.clone()).or_insert_with(|| (item, Directions::default())).1.add(side);
        let places = self.places.entry(name.clone()).or_default();
        if !places.contains(&lock_key) {
            places.push(lock_key);
        }
        name
    }

    /// The name of a nameless shape: the lock's, else the path of names that leads to it.
    fn free_name(&mut self, place: &Place, lock_key: &str, owner: Option<&(String, String)>) -> String {
        if let Some(name) = self.lock.get(lock_key) {
            self.locked.insert(name.to_owned());
            self.taken.insert(name.to_owned());
            return name.to_owned();
        }
        let mut parts: Vec<String> = place.names.iter().map(|name| type_name(name)).collect();
        if let (Some((_, rust)), Some(first)) = (owner, parts.first_mut()) {
            *first = rust.clone();
        }
        let mut name = type_name(&parts.concat());
        while !self.taken.insert(name.clone()) {
            name.push_str("Shape");
        }
        name
    }

    /// The types, once every operation has been asked for.
    pub(in crate::generate) fn finish(mut self) -> Resolved {
        for (name, mut places) in self.places {
            places.sort();
            let locked = self.locked.contains(&name);
            self.resolved.choices.push(Choice { places, locked, name });
        }
        self.resolved.choices.sort_by(|a, b| a.places.cmp(&b.places));
        break_circles(&mut self.resolved.items);
        self.resolved
    }
}

/// The place as `names.lock` writes it: a component's side is said where the side has a name of its own.
fn lock_key(place: &Place, owner: Option<&(String, String)>) -> String {
    match owner {
        Some((component, rust)) if type_name(component) != *rust => {
            let mut place = place.clone();
            if let Some(first) = place.names.first_mut() {
                first.push_str("@request");
            }
            place.key()
        }
        _ => place.key(),
    }
}

impl Roots {
    /// The components that are a type each for the two sides: those whose shapes differ, and those that lead to them.
    fn split(&self) -> HashSet<String> {
        let side = |name: &str, side: Side| self.components.get(&(name.to_owned(), side));
        let mut both: Vec<(&str, &Component, &Component)> = Vec::new();
        let mut split: HashSet<String> = HashSet::new();
        for (name, _) in self.components.keys().filter(|(_, side)| *side == Side::Request) {
            let (Some(request), Some(response)) = (side(name, Side::Request), side(name, Side::Response)) else {
                continue;
            };
            if request.item == response.item && request.nullable == response.nullable {
                both.push((name, request, response));
            } else {
                split.insert(name.clone());
            }
        }
        loop {
            let before = split.len();
            for (name, request, _) in &both {
                let mut leads = false;
                request.item.children(&mut |shape| leads |= leads_to(shape, &split));
                if leads {
                    split.insert((*name).to_owned());
                }
            }
            if split.len() == before {
                return split;
            }
        }
    }

    /// The aliases that lead back to themselves.
    fn circular(&self) -> HashSet<(String, Side)> {
        let aliases = self.components.iter().filter(|(_, component)| matches!(component.item.kind, Kind::Alias(_)));
        aliases
            .filter(|(start, component)| {
                let (mut open, mut seen) = (vec![&component.item], HashSet::new());
                while let Some(item) = open.pop() {
                    let Kind::Alias(shape) = &item.kind else { continue };
                    let mut names = Vec::new();
                    aliased(shape, &mut names);
                    for name in names {
                        let key = (name.to_owned(), start.1);
                        if key == **start {
                            return true;
                        }
                        if seen.insert(key.clone()) {
                            open.extend(self.components.get(&key).map(|component| &component.item));
                        }
                    }
                }
                false
            })
            .map(|(key, _)| key.clone())
            .collect()
    }
}

/// The components that an alias of `shape` is made of.
fn aliased<'a>(shape: &'a Shape, names: &mut Vec<&'a str>) {
    match shape {
        Shape::Component(name) => names.push(name),
        Shape::Array(inner) | Shape::Map(inner) | Shape::Nullable(inner) => aliased(inner, names),
        _ => {}
    }
}

fn leads_to(shape: &Shape, split: &HashSet<String>) -> bool {
    if let Shape::Component(name) = shape {
        return split.contains(name);
    }
    let mut leads = false;
    shape.children(&mut |child| leads |= leads_to(child, split));
    leads
}

/// The type that a value of `shape` holds within itself.
fn held(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Named(name) => Some(name),
        Shape::Nullable(inner) => held(inner),
        _ => None,
    }
}

/// Puts on the heap what a type holds of a type that holds it in turn.
fn break_circles(items: &mut BTreeMap<String, (Item, Directions)>) {
    let mut edges: HashMap<String, Vec<String>> = HashMap::new();
    for (name, (item, _)) in items.iter() {
        let of = edges.entry(name.clone()).or_default();
        item.children(&mut |shape| of.extend(held(shape).map(str::to_owned)));
    }
    let reaches = |from: &str, to: &str| {
        let (mut open, mut seen) = (vec![from], HashSet::new());
        while let Some(name) = open.pop() {
            if name == to {
                return true;
            }
            if seen.insert(name) {
                open.extend(edges.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        false
    };
    let names: Vec<String> = items.keys().cloned().collect();
    for name in names {
        let circular: HashSet<String> = edges[&name].iter().filter(|held| reaches(held, &name)).cloned().collect();
        if circular.is_empty() {
            continue;
        }
        if let Some((item, _)) = items.get_mut(&name) {
            *item = item.clone().map(&mut |shape| on_heap(shape, &circular));
        }
    }
}

fn on_heap(shape: Shape, circular: &HashSet<String>) -> Shape {
    match shape {
        Shape::Nullable(inner) => Shape::Nullable(Box::new(on_heap(*inner, circular))),
        Shape::Named(name) if circular.contains(&name) => Shape::Boxed(Box::new(Shape::Named(name))),
        other => other,
    }
}
