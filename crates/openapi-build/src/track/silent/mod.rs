//! Finds what the compiler does not: unchanged code that compiles with both clients, and sends a value to another place, or one
//! that means something else.
//!
//! The code of both clients says what each item stands for ([`Meanings`]); an item of one name that stands for something else is a
//! change, unless no code can use both. Only the place and the meaning of a value count, not its encoding: percent-encoding, `style`,
//! the media types of JSON and forms, `Accept` and charsets are ignored.

mod meanings;
mod takes;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::meanings::{Function, Operation, Target};
pub(crate) use self::meanings::{Meanings, TRAITS};
use self::takes::Types;
use super::semver::{ItemChange, Level, arguments};
use super::surface::{Item, Kind};
use crate::generate::Items;
use crate::path_template::sent;

/// The operations of a document that stand elsewhere: old and new, each a path and a method.
pub(super) type Moved = HashMap<(String, String), (String, String)>;

/// Adds the silent changes to `items`, the changes of the Rust API from `old` to `new`. `moved` has the operations of each document
/// that moved. A silent change of a function replaces its other changes. Where the code shows where a function puts each argument,
/// a change that was found by the names of arguments alone (`R013`) becomes a renamed argument (`R011`).
pub(super) fn add(items: &mut Vec<ItemChange>, old: &Items, new: &Items, moved: &[(String, Moved)]) {
    let comparison = Comparison::of(old, new, moved);
    let silent = comparison.changes();
    for item in items.iter_mut().filter(|item| item.code == "R013" && comparison.knows(&item.path)) {
        (item.code, item.level, item.detail) = ("R011", Level::Patch, None);
    }
    let of_function = |item: &ItemChange| matches!(item.code, "R007" | "R011" | "R012" | "R013");
    let reported: BTreeSet<&str> = silent.iter().map(|change| change.path.as_str()).collect();
    items.retain(|item| !(of_function(item) && reported.contains(item.path.as_str())));
    items.extend(silent);
}

struct Comparison<'a> {
    old: &'a Meanings,
    new: &'a Meanings,
    /// The items of both, by kind and path.
    items: [BTreeMap<(Kind, &'a str), &'a Item>; 2],
    types: [Types<'a>; 2],
    /// What the operations of both call, by module: documents can have the same paths.
    called: [BTreeSet<(&'a str, &'a str, String)>; 2],
    /// The operations that stand elsewhere, by module.
    moved: BTreeMap<&'a str, &'a Moved>,
}

impl<'a> Comparison<'a> {
    fn of(old: &'a Items, new: &'a Items, moved: &'a [(String, Moved)]) -> Self {
        let items =
            |client: &'a Items| client.surface.items().map(|item| ((item.kind, item.path.as_str()), item)).collect();
        let called = |client: &'a Items| {
            let operations = client.meanings.operations.iter();
            operations.map(|(marker, operation)| called(module_of(marker), operation)).collect()
        };
        let of_module = |(document, moved): &'a (String, Moved)| {
            let places = new.places.iter().find(|places| places.document == *document)?;
            Some((places.module.as_deref().unwrap_or_default(), moved))
        };
        Self {
            old: &old.meanings,
            new: &new.meanings,
            items: [items(old), items(new)],
            types: [Types::of(&old.surface), Types::of(&new.surface)],
            called: [called(old), called(new)],
            moved: moved.iter().filter_map(of_module).collect(),
        }
    }

    /// Whether it is known where the function at `path` puts each of its arguments.
    fn knows(&self, path: &str) -> bool {
        let known = |of: &Function| of.operation.is_some() && of.arguments.iter().all(Option::is_some);
        [self.old, self.new].into_iter().all(|meanings| meanings.functions.get(path).is_some_and(known))
    }

    fn changes(&self) -> Vec<ItemChange> {
        let mut changes = Vec::new();
        let mut fields = BTreeSet::new();
        for (path, old) in &self.old.fields {
            let Some(new) = self.new.fields.get(path).filter(|new| !is_same(old, new)) else { continue };
            if self.can_both_be_used(Kind::Field, path) {
                fields.insert(path.as_str());
                changes.extend(self.change(Kind::Field, path, format!("it stands for {new}, and stood for {old}")));
            }
        }
        for (path, old) in &self.old.variants {
            let Some(new) = self.new.variants.get(path).filter(|new| old.is_disjoint(new)) else { continue };
            let same = self.item(0, Kind::Variant, path).map(|item| &item.signature)
                == self.item(1, Kind::Variant, path).map(|item| &item.signature);
            if same {
                let detail = format!("it stands for {}, and stood for {}", list(new), list(old));
                changes.extend(self.change(Kind::Variant, path, detail));
            }
        }
        for (path, old) in &self.old.functions {
            let Some(new) = self.new.functions.get(path) else { continue };
            // A field that stands for something else says so of its setter too.
            if old.field.is_some() && old.field == new.field {
                continue;
            }
            if let Some(detail) = self.function(path, old, new) {
                changes.extend(self.change(Kind::Function, path, detail));
            }
        }
        changes.extend(self.environment());
        changes
    }

    /// The change of the function that reads the environment, if variables that it read have other names now.
    fn environment(&self) -> Option<ItemChange> {
        let (old, new) = (&self.old.environment, &self.new.environment);
        let gone = old.iter().filter(|(name, _)| !new.contains_key(*name));
        let came = |part: &String| {
            let names = new.iter().filter(|(name, (_, of))| of == part && !old.contains_key(*name));
            names.map(|(name, _)| name.clone()).collect::<BTreeSet<_>>()
        };
        let renamed = gone.map(|(name, (_, part))| (name, came(part))).filter(|(_, came)| !came.is_empty());
        let mut details: Vec<String> =
            renamed.map(|(name, came)| format!("it reads {}, and read `{name}`", list(&came))).collect();
        // A scheme that is renamed is the same credential. One that is there before and after is not another one.
        let has = |side: &BTreeMap<String, (String, String)>, scheme: &str| side.values().any(|(of, _)| of == scheme);
        for (name, (before, after)) in old.iter().filter_map(|(name, before)| Some((name, (before, new.get(name)?)))) {
            if before.0 != after.0 && (has(old, &after.0) || has(new, &before.0)) {
                details.push(format!("`{name}` is for `{}`, and was for `{}`", after.0, before.0));
            }
        }
        if details.is_empty() {
            return None;
        }
        self.change(Kind::Function, "Client::from_env", details.join("; "))
    }

    fn item(&self, side: usize, kind: Kind, path: &str) -> Option<&'a Item> {
        self.items[side].get(&(kind, path)).copied()
    }

    fn change(&self, kind: Kind, path: &str, detail: String) -> Option<ItemChange> {
        let line = |side: usize| self.item(side, kind, path).map(ToString::to_string);
        let (old, new) = (Some(line(0)?), Some(line(1)?));
        Some(ItemChange { code: "R013", level: Level::Silent, path: path.to_owned(), old, new, detail: Some(detail) })
    }

    /// Whether some code compiles with the field of both.
    fn can_both_be_used(&self, kind: Kind, path: &str) -> bool {
        let ty = |side: usize| {
            let signature = &self.item(side, kind, path)?.signature;
            Some(signature.trim_start_matches([':', ' ']).split(" #[").next().unwrap_or_default().to_owned())
        };
        let (Some(old), Some(new)) = (ty(0), ty(1)) else { return false };
        old == new || !self.types[0].taken(&old).is_disjoint(&self.types[1].taken(&new))
    }

    /// What a function does with unchanged calls that it did not do, if they compile.
    fn function(&self, path: &str, old: &Function, new: &Function) -> Option<String> {
        let line = |side: usize| self.item(side, Kind::Function, path).map(|item| item.signature.as_str());
        let (before, after) = (arguments(line(0)?)?, arguments(line(1)?)?);
        let fails = |(_, result): &(Vec<&str>, &str)| result.contains("Result<");
        if before.0.len() != after.0.len() || fails(&before) != fails(&after) {
            return None;
        }
        let mut both = before.0.iter().zip(&after.0);
        if !both.all(|(old, new)| old == new || !self.types[0].taken(old).is_disjoint(&self.types[1].taken(new))) {
            return None;
        }
        let operation = |meanings: &'a Meanings, of: &Function| meanings.operations.get(of.operation.as_deref()?);
        let operations = (operation(self.old, old), operation(self.new, new));
        if let (Some(one), Some(other)) = operations
            && !self.is_one(old.operation.as_deref().map(module_of).unwrap_or_default(), one, other)
        {
            let call = |operation: &Operation| format!("`{} {}`", operation.method, operation.path);
            return Some(format!("it calls {}, and called {}", call(other), call(one)));
        }
        let paths = operations.0.zip(operations.1).map(|(one, other)| (one.path.as_str(), other.path.as_str()));
        let lone = before.0.len() == 1;
        let mut details = Vec::new();
        for (index, (old, new)) in old.arguments.iter().zip(&new.arguments).enumerate() {
            let (Some(old), Some(new)) = (old, new) else { continue };
            let same = match (old, new, paths) {
                (Target::Path(old), Target::Path(new), Some(paths)) => is_same_in_path(paths, (old, new)),
                _ => is_same(old, new),
            };
            if !same {
                let which = if lone { "its argument".to_owned() } else { format!("argument {}", index + 1) };
                details.push(format!("{which} goes to {new}, and went to {old}"));
            }
        }
        (!details.is_empty()).then(|| details.join("; "))
    }

    /// Whether two operations of a module are versions of one: they are called in the same way, the definitions say that the one
    /// has moved to the other, or one is gone, the other is new, and both have one ID.
    fn is_one(&self, module: &str, old: &Operation, new: &Operation) -> bool {
        let [one, other] = [called(module, old), called(module, new)];
        let place = |operation: &Operation| (operation.path.clone(), operation.method.to_ascii_lowercase());
        let has_moved = || self.moved.get(module).and_then(|moved| moved.get(&place(old))) == Some(&place(new));
        let is_new = || !self.called[1].contains(&one) && !self.called[0].contains(&other);
        one == other || has_moved() || old.id == new.id && is_new()
    }
}

/// The module of the document whose operation has that marker type.
fn module_of(marker: &str) -> &str {
    marker.split_once("::operations::").map_or("", |(module, _)| module)
}

/// How an operation of a module is called.
fn called<'a>(module: &'a str, operation: &'a Operation) -> (&'a str, &'a str, String) {
    (module, &operation.method, sent(&operation.path))
}

/// Whether a value that went to `old` means the same at `new`.
fn is_same(old: &Target, new: &Target) -> bool {
    match (old, new) {
        (Target::Member { name, .. }, Target::Member { name: other, .. }) => name == other,
        // Text is the same in JSON and by itself, and every body is bytes.
        (Target::Body(None), Target::Body(Some(new))) => new == "text/plain",
        (Target::Body(Some(old)), Target::Body(None)) => old == "text/plain",
        (Target::Body(Some(old)), Target::Body(Some(new))) => {
            new == "application/octet-stream" || registered(old) == registered(new)
        }
        _ => old == new,
    }
}

/// Whether two parameters of paths are one: the name is not sent.
fn is_same_in_path(paths: (&str, &str), names: (&str, &str)) -> bool {
    let position = |path: &str, name: &str| Some(path[..path.find(&format!("{{{name}}}"))?].matches('{').count());
    let positions = (position(paths.0, names.0), position(paths.1, names.1));
    if sent(paths.0) == sent(paths.1) && positions.0.is_some() {
        return positions.0 == positions.1;
    }
    // Of paths that differ, a parameter has its name, or the place of one that is gone.
    let renamed = || {
        let gone = position(paths.1, names.0).is_none() && position(paths.0, names.1).is_none();
        gone && positions.0 == positions.1
    };
    names.0 == names.1 || renamed()
}

/// A media type by the name that all its spellings have: `text/xml` is `application/xml`, `application/x-yaml` is `application/yaml`.
fn registered(media_type: &str) -> String {
    let (kind, name) = media_type.split_once('/').unwrap_or((media_type, ""));
    let name = name.strip_prefix("x-").unwrap_or(name);
    if kind == "text" && name != "plain" { format!("application/{name}") } else { format!("{kind}/{name}") }
}

fn list(values: &BTreeSet<String>) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ")
}
