//! Names for shapes: decides which components are one type for both sides, and what nameless shapes are called.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::read::{Component, Roots};
use super::{Directions, Item, Kind, Shape, Side, impossible, naming, variants};
use crate::diagnostic::Diagnostic;
use crate::lock::{Choice, Lock};
use crate::names::{LONGEST, shortened, step_name, type_name};
use crate::normalize::walk::Place;

/// The types of a document, by Rust name, and the names that were chosen.
#[derive(Default)]
pub(in crate::generate) struct Resolved {
    pub(in crate::generate) items: BTreeMap<String, (Item, Directions)>,
    pub(in crate::generate) choices: Vec<Choice>,
    /// Components that are two types: the response's name and the request's.
    pub(in crate::generate) pairs: Vec<(String, String)>,
    /// Components that Rust would name alike.
    pub(in crate::generate) diagnostics: Vec<Diagnostic>,
    /// The places of each type in the document, by Rust name.
    pub(in crate::generate) places: BTreeMap<String, BTreeSet<String>>,
    /// The final names of nameless shapes whose provisional names were different.
    renamed: HashMap<String, String>,
}

impl Resolved {
    /// A shape that [`Resolver::shape`] returned, with its final names.
    pub(in crate::generate) fn finished(&self, shape: Shape) -> Shape {
        renamed(shape, &self.renamed)
    }
}

/// The component that contains a nameless shape.
#[derive(Clone)]
struct Owner {
    /// The component's Rust name on that side.
    rust: String,
    /// Whether that name differs from the one it would have if both sides were one type.
    other_side: bool,
}

/// Where a nameless shape is used.
#[derive(Default)]
pub(super) struct Uses {
    /// The places, as `names.lock` writes them.
    pub(super) places: Vec<String>,
    /// The names that lead to the first place.
    parts: Vec<String>,
    /// The length that its name may have.
    limit: usize,
    /// The parameters that have it.
    pub(super) parameters: Vec<Parameter>,
    /// Whether other places than parameters have it.
    pub(super) elsewhere: bool,
    /// Whether it is one of words or with rules, which is one type only where it is called the same.
    pub(super) scalar: bool,
}

/// A use of a shape in a parameter.
pub(super) struct Parameter {
    pub(super) operation: String,
    /// The name of the shape, from the parameter's name on.
    pub(super) name: String,
    pub(super) component: Option<String>,
}

/// Gives every shape that needs a type its name.
pub(in crate::generate) struct Resolver<'a> {
    pub(super) lock: &'a Lock,
    pub(super) roots: Roots,
    /// The Rust name of each component, by side.
    pub(super) names: BTreeMap<(String, Side), String>,
    /// Aliases that lead back to themselves.
    circular: HashSet<(String, Side)>,
    pub(super) taken: BTreeSet<String>,
    /// The names of nameless shapes, by shape.
    nameless: HashMap<String, String>,
    uses: BTreeMap<String, Uses>,
    /// The Rust name that each component has, or its one side.
    pub(super) plain: BTreeMap<String, String>,
    pub(super) resolved: Resolved,
}

impl<'a> Resolver<'a> {
    /// Names the components.
    pub(in crate::generate) fn new(roots: Roots, lock: &'a Lock) -> Self {
        let mut resolver = Self {
            lock,
            roots,
            names: BTreeMap::new(),
            circular: HashSet::new(),
            taken: BTreeSet::new(),
            nameless: HashMap::new(),
            uses: BTreeMap::new(),
            plain: BTreeMap::new(),
            resolved: Resolved::default(),
        };
        resolver.circular = resolver.roots.circular();
        let alike = resolver.plain_names();
        resolver.name_components(&alike);
        resolver.components();
        resolver
    }

    fn components(&mut self) {
        let mut keys: Vec<(String, Side)> = self.roots.components.keys().cloned().collect();
        // A shape that both sides share is named after the side that has the component's plain name.
        keys.sort_by_cached_key(|key| (key.0.clone(), self.names[key] != type_name(&key.0)));
        for key in keys {
            let Some(component) = self.roots.components.get(&key) else { continue };
            let (kind, docs) = (component.kind.clone(), component.docs.clone());
            let name = self.names[&key].clone();
            let owner = self.owner(&key.0, &name);
            let side = key.1;
            let kind = match kind.map(&mut |shape| self.named(shape, side, Some(&owner))) {
                Kind::Alias(shape) if self.circular.contains(&key) => Kind::Wrapper(shape),
                kind => kind,
            };
            let item = Item { kind, docs };
            self.resolved.items.entry(name).or_insert_with(|| (item, Directions::default())).1.add(side);
        }
    }

    fn owner(&self, component: &str, rust: &str) -> Owner {
        let other_side = self.plain.get(component).is_none_or(|plain| plain != rust);
        Owner { rust: rust.to_owned(), other_side }
    }

    /// A shape of an operation, in which every type has a name.
    pub(in crate::generate) fn shape(&mut self, shape: Shape, side: Side) -> Shape {
        self.named(shape, side, None)
    }

    /// Resolves a shape; `owner` is the component that contains it.
    fn named(&mut self, shape: Shape, side: Side, owner: Option<&Owner>) -> Shape {
        match shape {
            Shape::Array(inner) => Shape::Array(Box::new(self.named(*inner, side, owner))),
            Shape::Map(inner) => Shape::Map(Box::new(self.named(*inner, side, owner))),
            Shape::Tuple(items) => Shape::Tuple(items.into_iter().map(|item| self.named(item, side, owner)).collect()),
            Shape::Nullable(inner) => self.named(*inner, side, owner).nullable(),
            Shape::Component(name) => self.component(name, side),
            Shape::Inline(inline) => {
                let kind = inline.kind.map(&mut |shape| self.named(shape, side, owner));
                Shape::Named(self.inline(kind, &inline.place, side, owner))
            }
            other => other,
        }
    }

    /// The target of a reference to that component: its type, or the shape that it is an alias of.
    fn component(&mut self, name: String, side: Side) -> Shape {
        let key = (name, side);
        let Some(Component { kind, nullable, .. }) = self.roots.components.get(&key) else { return Shape::Any };
        let nullable = *nullable;
        let rust = self.names[&key].clone();
        let shape = match kind {
            Kind::Alias(shape) if !self.circular.contains(&key) => {
                let (shape, owner) = (shape.clone(), self.owner(&key.0, &rust));
                self.named(shape, side, Some(&owner))
            }
            _ => Shape::Named(rust),
        };
        if nullable { shape.nullable() } else { shape }
    }

    fn inline(&mut self, kind: Kind, place: &Place, side: Side, owner: Option<&Owner>) -> String {
        // Scalars with rules or names are one type only if they have the same name: a `page_token` is not a `name`.
        let called = match kind {
            Kind::Checked(_) | Kind::Enum(_) => place.names.last().map(|name| type_name(name)),
            _ => None,
        };
        let shape = format!("{kind:?}{called:?}");
        let lock_key = lock_key(place, owner);
        let name = match self.nameless.get(&shape) {
            Some(name) => name.clone(),
            None => {
                let name = self.free_name(place, owner);
                self.nameless.insert(shape, name.clone());
                name
            }
        };
        self.resolved.places.entry(name.clone()).or_default().insert(place.pointer.clone());
        self.used(&name, &kind, place, owner, lock_key);
        let docs = || self.roots.docs.get(&place.pointer).cloned().unwrap_or_default();
        let item = self.resolved.items.entry(name.clone());
        item.or_insert_with(|| (Item { kind, docs: docs() }, Directions::default())).1.add(side);
        name
    }

    /// Notes that the nameless shape `name` is used at `place`.
    fn used(&mut self, name: &str, kind: &Kind, place: &Place, owner: Option<&Owner>, lock_key: String) {
        let parts = self.parts(place, owner);
        let parameter = match owner {
            Some(_) => None,
            None => parameter_of(&place.pointer).and_then(|pointer| self.roots.parameters.get(pointer)),
        };
        let uses = self.uses.entry(name.to_owned()).or_default();
        if uses.places.contains(&lock_key) {
            return;
        }
        uses.places.push(lock_key);
        match parameter {
            Some(component) => uses.parameters.push(Parameter {
                operation: place.names[0].clone(),
                name: type_name(&parts[1..].concat()),
                component: component.clone(),
            }),
            None => uses.elsewhere = true,
        }
        if uses.parts.is_empty() {
            uses.parts = parts;
            uses.scalar = matches!(kind, Kind::Checked(_) | Kind::Enum(_));
            // The types that belong to it have longer names: `…Required`, `…Rules`.
            uses.limit = match kind {
                Kind::Struct(_) => LONGEST - "Required".len(),
                Kind::Checked(_) => LONGEST - "Rules".len(),
                _ => LONGEST,
            };
        }
    }

    /// The provisional name of a nameless shape, before the lock is asked: the path of names that leads to it.
    fn free_name(&mut self, place: &Place, owner: Option<&Owner>) -> String {
        let parts = self.parts(place, owner);
        let mut name = type_name(&parts.concat());
        while !self.taken.insert(name.clone()) {
            name.push_str("Shape");
        }
        name
    }

    /// The names that lead to `place`, as Rust types have them.
    fn parts(&self, place: &Place, owner: Option<&Owner>) -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        let mut key = String::new();
        for (index, name) in place.names.iter().enumerate() {
            if index > 0 {
                key.push('/');
            }
            key.push_str(&name.replace('/', "~1"));
            parts.push(match self.roots.variants.get(&key).filter(|_| name.starts_with("variant ")) {
                Some(variant) => variant.clone(),
                None => step_name(name, if owner.is_none() { index } else { index.min(1) * 2 }),
            });
        }
        if let (Some(owner), Some(first)) = (owner, parts.first_mut()) {
            first.clone_from(&owner.rust);
        }
        parts
    }

    /// The types, once every operation is resolved. Only then are all places of a nameless shape known, and the lock may have
    /// a name for any of them.
    pub(in crate::generate) fn finish(mut self) -> Resolved {
        let mut used: BTreeSet<String> = self.names.values().chain(self.plain.values()).cloned().collect();
        let mut free = Vec::new();
        let all = std::mem::take(&mut self.uses);
        let mut of_parameters = naming::of_parameters(&all, self.lock);
        for (name, uses) in all {
            let mut places = uses.places.clone();
            places.sort();
            let mut pinned = places.iter().filter_map(|place| self.lock.identifier(place));
            match pinned.find(|pinned| !used.contains(*pinned)).map(str::to_owned) {
                Some(pinned) => {
                    used.insert(pinned.clone());
                    self.call(name, pinned, places, true);
                }
                None => free.push((name, places, uses)),
            }
        }
        // Names of parameters come first: no name that is made of others may take one.
        free.sort_by_key(|(name, ..)| !of_parameters.contains_key(name));
        for (name, places, uses) in free {
            let candidates = of_parameters.remove(&name).into_iter().chain(shortened(&uses.parts, uses.limit));
            let mut chosen = candidates.into_iter().find(|name| !used.contains(name)).unwrap_or_else(|| name.clone());
            while !used.insert(chosen.clone()) {
                chosen.push_str("Shape");
            }
            self.call(name, chosen, places, false);
        }
        let places = std::mem::take(&mut self.resolved.places).into_iter();
        let (items, map) = (std::mem::take(&mut self.resolved.items), &self.resolved.renamed);
        let final_name = |name: String| map.get(&name).cloned().unwrap_or(name);
        let mut places: BTreeMap<_, _> = places.map(|(name, pointers)| (final_name(name), pointers)).collect();
        for ((component, _), name) in &self.names {
            places.entry(name.clone()).or_default().insert(Place::component(component).pointer);
        }
        let items = items.into_iter().map(|(name, (item, directions))| {
            let item = Item { kind: item.kind.map(&mut |shape| renamed(shape, map)), ..item };
            (final_name(name), (item, directions))
        });
        self.resolved.items = items.collect();
        self.resolved.places = places;
        self.resolved.choices.sort_by(|a, b| a.places.cmp(&b.places));
        let Resolved { items, choices, .. } = &mut self.resolved;
        items.iter_mut().for_each(|(name, (item, _))| variants::name(name, item, self.lock, choices));
        break_circles(&mut self.resolved.items);
        self.resolved.diagnostics.extend(impossible::report(&self.resolved.items, &self.names));
        self.resolved
    }

    fn call(&mut self, name: String, chosen: String, places: Vec<String>, locked: bool) {
        self.resolved.choices.push(Choice { places, locked, name: chosen.clone() });
        if name != chosen {
            self.resolved.renamed.insert(name, chosen);
        }
    }
}

fn renamed(shape: Shape, names: &HashMap<String, String>) -> Shape {
    let inner = |shape: Box<Shape>| Box::new(renamed(*shape, names));
    match shape {
        Shape::Named(name) => Shape::Named(names.get(&name).cloned().unwrap_or(name)),
        Shape::Array(item) => Shape::Array(inner(item)),
        Shape::Map(value) => Shape::Map(inner(value)),
        Shape::Tuple(items) => Shape::Tuple(items.into_iter().map(|item| renamed(item, names)).collect()),
        Shape::Nullable(value) => Shape::Nullable(inner(value)),
        Shape::Boxed(value) => Shape::Boxed(inner(value)),
        other => other,
    }
}

/// The pointer of the parameter that contains the schema at `pointer`.
fn parameter_of(pointer: &str) -> Option<&str> {
    let mut ends = pointer.match_indices('/').map(|(at, _)| at).skip(3);
    let (third, fourth, fifth) = (ends.next()?, ends.next(), ends.next());
    let is_parameters = |end: usize| pointer[..end].ends_with("/parameters");
    // `/paths/{path}/parameters/{index}/schema`, or with a method in between.
    match (fourth, fifth) {
        (Some(fourth), _) if is_parameters(third) => Some(&pointer[..fourth]),
        (Some(fourth), Some(fifth)) if is_parameters(fourth) => Some(&pointer[..fifth]),
        _ => None,
    }
}

/// The place as written in `names.lock`, which states the side of a component if the side has a name of its own.
fn lock_key(place: &Place, owner: Option<&Owner>) -> String {
    match owner {
        Some(owner) if owner.other_side => {
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
    /// The components that are a separate type for each side: those whose shapes differ, and those that lead to them.
    pub(super) fn split(&self) -> HashSet<String> {
        let side = |name: &str, side: Side| self.components.get(&(name.to_owned(), side));
        let mut both: Vec<(&str, &Component, &Component)> = Vec::new();
        let mut split: HashSet<String> = HashSet::new();
        for (name, _) in self.components.keys().filter(|(_, side)| *side == Side::Request) {
            let (Some(request), Some(response)) = (side(name, Side::Request), side(name, Side::Response)) else {
                continue;
            };
            if request.kind == response.kind && request.nullable == response.nullable {
                both.push((name, request, response));
            } else {
                split.insert(name.clone());
            }
        }
        loop {
            let before = split.len();
            for (name, request, _) in &both {
                let mut leads = false;
                request.kind.children(&mut |shape| leads |= leads_to(shape, &split));
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
        let aliases = self.components.iter().filter(|(_, component)| matches!(component.kind, Kind::Alias(_)));
        aliases
            .filter(|(start, component)| {
                let (mut open, mut seen) = (vec![&component.kind], HashSet::new());
                while let Some(kind) = open.pop() {
                    let Kind::Alias(shape) = kind else { continue };
                    let mut names = Vec::new();
                    aliased(shape, &mut names);
                    for name in names {
                        let key = (name.to_owned(), start.1);
                        if key == **start {
                            return true;
                        }
                        if seen.insert(key.clone()) {
                            open.extend(self.components.get(&key).map(|component| &component.kind));
                        }
                    }
                }
                false
            })
            .map(|(key, _)| key.clone())
            .collect()
    }
}

/// The components that an alias of `shape` refers to.
fn aliased<'a>(shape: &'a Shape, names: &mut Vec<&'a str>) {
    match shape {
        Shape::Component(name) => names.push(name),
        Shape::Array(inner) | Shape::Map(inner) | Shape::Nullable(inner) => aliased(inner, names),
        Shape::Tuple(items) => items.iter().for_each(|item| aliased(item, names)),
        // What it holds is resolved with the alias.
        Shape::Inline(inline) => inline.kind.children(&mut |child| aliased(child, names)),
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

/// The types that a value of `shape` contains directly.
fn held(shape: &Shape) -> Vec<&str> {
    match shape {
        Shape::Named(name) => vec![name],
        Shape::Nullable(inner) => held(inner),
        Shape::Tuple(items) => items.iter().flat_map(held).collect(),
        _ => Vec::new(),
    }
}

/// Boxes the fields through which a type contains itself.
fn break_circles(items: &mut BTreeMap<String, (Item, Directions)>) {
    let mut edges: HashMap<String, Vec<String>> = HashMap::new();
    for (name, (item, _)) in items.iter() {
        edges.insert(name.clone(), directly_held(&item.kind));
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
            let extra = if let Kind::Struct(item) = &item.kind { Some(item.extra.clone()) } else { None };
            item.kind = item.kind.clone().map(&mut |shape| on_heap(shape, &circular));
            if let (Kind::Struct(item), Some(extra)) = (&mut item.kind, extra) {
                item.extra = extra;
            }
        }
    }
}

/// The types that a value of `kind` contains directly. A map has its values on the heap.
fn directly_held(kind: &Kind) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |shape: &Shape| names.extend(held(shape).into_iter().map(str::to_owned));
    match kind {
        Kind::Struct(item) => item.fields.iter().for_each(|field| add(&field.shape)),
        other => other.children(&mut |shape| add(shape)),
    }
    names
}

fn on_heap(shape: Shape, circular: &HashSet<String>) -> Shape {
    match shape {
        Shape::Nullable(inner) => Shape::Nullable(Box::new(on_heap(*inner, circular))),
        // The list is on the heap as a whole.
        Shape::Tuple(items) if items.iter().flat_map(held).any(|name| circular.contains(name)) => {
            Shape::Boxed(Box::new(Shape::Tuple(items)))
        }
        Shape::Named(name) if circular.contains(&name) => Shape::Boxed(Box::new(Shape::Named(name))),
        other => other,
    }
}
