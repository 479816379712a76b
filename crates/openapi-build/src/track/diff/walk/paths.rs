//! Comparing paths, operations and what they list: parameters, servers, security; and the components.

use serde_json::{Map, Value};

use super::super::uses;
use super::{At, Spots, Walker, keys};
use crate::grammar::{Kind, is_method};
use crate::pointer::{escape, last_token};
use crate::track::difference::Difference;
use crate::track::servers::Compared;

impl Walker<'_> {
    pub(super) fn paths(&mut self, owners: (&Value, &Value), at: &At) {
        let empty = Map::new();
        let old = owners.0.get("paths").and_then(Value::as_object).unwrap_or(&empty);
        let new = owners.1.get("paths").and_then(Value::as_object).unwrap_or(&empty);
        let both = (&owners.0["paths"], &owners.1["paths"]);
        let at = at.child("paths");
        let pairs = self.pairs;
        for (path, item) in old {
            match pairs.paths.get(path).and_then(|partner| Some((partner, new.get(partner)?))) {
                Some((partner, other)) => self.path(path, item, partner, other, &at),
                None if path.starts_with("x-") => self.value(Kind::Document, path, both, &at),
                None => self.lone_path(path, item, &at, true),
            }
        }
        let taken: Vec<&String> = pairs.paths.values().collect();
        for (path, item) in new.iter().filter(|(path, _)| !taken.contains(path)) {
            match path.strip_prefix("x-") {
                Some(_) if old.contains_key(path) => {}
                Some(_) => self.value(Kind::Document, path, both, &at),
                None => self.lone_path(path, item, &at, false),
            }
        }
    }

    /// A path that both have.
    fn path(&mut self, path: &str, item: &Value, partner: &str, other: &Value, at: &At) {
        let at = at.entry(path, partner);
        self.path = (path.to_owned(), partner.to_owned());
        self.path_names = Default::default();
        self.object(Kind::PathItem, item, other, &at);
        if path != partner {
            self.out.moves.push((at.old.clone(), at.new.clone()));
            let covers = std::mem::take(&mut self.path_names);
            let (before, after) = (Value::from(path), Value::from(partner));
            let spots = Spots { old: Some(at.old.clone()), new: Some(at.new.clone()), covers };
            let operations = item.as_object().into_iter().flatten().filter(|(key, _)| is_method(key));
            let operations = operations.map(|(method, _)| uses::label(partner, method)).collect();
            let at = At { operations, sides: uses::REQUEST, ..at };
            let owners = (item, other);
            self.emit(
                member(Kind::Document, "paths", Some(path), (Some(&before), Some(&after)), owners, &at),
                spots,
                &at,
            );
        }
    }

    /// A path that one of them lacks: its operations are gone, new, or moved.
    fn lone_path(&mut self, path: &str, item: &Value, at: &At, old: bool) {
        let at = at.child(path);
        let mut operations = 0;
        for (method, operation) in item.as_object().into_iter().flatten() {
            if is_method(method) {
                operations += 1;
                let (before, after) = if old { (Some(operation), None) } else { (None, Some(operation)) };
                self.lone_operation(path, method, (before, after), &at, Some(item));
            }
        }
        if operations == 0 {
            let (before, after) = if old { (Some(item), None) } else { (None, Some(item)) };
            let owners = (&Value::Null, &Value::Null);
            let spots = Spots::all(&at, old, !old);
            self.emit(member(Kind::Document, "paths", Some(path), (before, after), owners, &at), spots, &at);
        }
    }

    /// An operation that one of them lacks at that place. If its whole path is lacking, it accounts for that too.
    fn lone_operation(
        &mut self,
        path: &str,
        method: &str,
        (old, new): (Option<&Value>, Option<&Value>),
        at: &At,
        item: Option<&Value>,
    ) {
        let place = (path.to_owned(), method.to_owned());
        if old.is_some()
            && let Some(to) = self.pairs.moved.get(&place).cloned()
        {
            return self.moved_operation(&place, &to, at);
        }
        if new.is_some() && self.pairs.arrived.contains(&place) {
            return;
        }
        let mut own = at.child(method);
        own.operations = [uses::label(path, method)].into();
        let mut spots = Spots::all(&own, old.is_some(), new.is_some());
        if item.is_some() {
            spots.covers.0.extend(old.map(|_| at.old.clone()));
            spots.covers.1.extend(new.map(|_| at.new.clone()));
        }
        let owners = (&Value::Null, &Value::Null);
        self.emit(member(Kind::PathItem, method, None, (old, new), owners, &own), spots, &own);
    }

    /// An operation that stands at another path or method.
    fn moved_operation(&mut self, from: &(String, String), to: &(String, String), at: &At) {
        let (before, after) = (&self.old["paths"][&from.0], &self.new["paths"][&to.0]);
        let mut at = At { new: format!("/paths/{}", escape(&to.0)), ..at.clone() };
        at.operations = [uses::label(&to.0, &to.1)].into();
        self.path = (from.0.clone(), to.0.clone());
        self.path_names = Default::default();
        let own = at.entry(&from.1, &to.1);
        self.parameters((before, after), &[(&before[&from.1], &after[&to.1], own.clone())], &at);
        self.out.moves.push((own.old.clone(), own.new.clone()));
        self.object(Kind::Operation, &before[&from.1], &after[&to.1], &own);
        let mut covers = std::mem::take(&mut self.path_names);
        let others = |item: &Value, at: &str| -> Vec<String> {
            let fields = item.as_object().into_iter().flatten().filter(|(key, _)| !is_method(key));
            fields.map(|(key, _)| format!("{at}/{}", escape(key))).collect()
        };
        covers.0.extend(others(before, &at.old));
        covers.1.extend(others(after, &at.new));
        let (old, new) = (uses::label(&from.0, &from.1).into(), uses::label(&to.0, &to.1).into());
        let spots = Spots { old: Some(own.old.clone()), new: Some(own.new.clone()), covers };
        self.emit(member(Kind::PathItem, "moved", None, (Some(&old), Some(&new)), (before, after), &own), spots, &own);
    }

    /// Where an operation of the path at hand is.
    fn operation(&self, method: &str, at: &At) -> At {
        let mut at = at.child(method);
        if !at.reversed {
            at.operations = [uses::label(&self.path.1, method)].into();
        }
        at
    }

    /// The members of a path that both have.
    pub(super) fn path_item(&mut self, old: &Value, new: &Value, at: &At) {
        let both = keys(old, new).into_iter().filter(|key| is_method(key));
        let both: Vec<_> =
            both.filter_map(|key| Some((old.get(key)?, new.get(key)?, self.operation(key, at)))).collect();
        self.parameters((old, new), &both, at);
        for key in keys(old, new) {
            if !is_method(key) {
                self.field(Kind::PathItem, key, (old, new), at);
                continue;
            }
            let path = self.path.clone();
            match (old.get(key), new.get(key)) {
                (Some(before), Some(after)) => {
                    let at = self.operation(key, at);
                    self.object(Kind::Operation, before, after, &at);
                }
                (before, after) if at.reversed => {
                    let (at, owners) = (at.child(key), (old, new));
                    let spots = Spots::all(&at, before.is_some(), after.is_some());
                    self.emit(member(Kind::Callback, "operation", Some(key), (before, after), owners, &at), spots, &at);
                }
                (before, after) => {
                    let path = if before.is_some() { &path.0 } else { &path.1 };
                    self.lone_operation(path, key, (before, after), at, None);
                }
            }
        }
    }

    pub(super) fn components(&mut self, old: Option<&Value>, new: Option<&Value>, at: &At) {
        let null = Value::Null;
        let (old, new) = (old.unwrap_or(&null), new.unwrap_or(&null));
        for section in keys(old, new) {
            let kind = crate::grammar::kind_at(&format!("/components/{section}/x"));
            let Some(kind) = kind.filter(|kind| *kind != Kind::PathItem) else {
                self.value(Kind::Components, section, (old, new), at);
                continue;
            };
            let at = at.child(section);
            let empty = Map::new();
            let before = old.get(section).and_then(Value::as_object).unwrap_or(&empty);
            let after = new.get(section).and_then(Value::as_object).unwrap_or(&empty);
            let mut taken = Vec::new();
            for (name, member) in before {
                let partner = self.partner(section, name);
                let at = self.component(&at, section, (Some(name), Some(&partner)));
                match after.get(&partner) {
                    Some(other) => {
                        taken.push(partner.clone());
                        self.object(kind, member, other, &at);
                        if partner != *name {
                            self.renamed_component(section, (name, &partner), &at);
                        }
                    }
                    None => self.lone_component(section, name, (Some(member), None), &at),
                }
            }
            for (name, member) in after.iter().filter(|(name, _)| !taken.contains(name)) {
                let at = self.component(&at, section, (None, Some(name)));
                self.lone_component(section, name, (None, Some(member)), &at);
            }
        }
    }

    /// The name that the component has in the new document.
    fn partner(&self, section: &str, name: &str) -> String {
        let to = self.pairs.renamed.get(&format!("#/components/{section}/{}", escape(name)));
        to.map_or_else(|| name.to_owned(), |to| last_token(to))
    }

    /// Where a component is, and who uses it: in the old document, if that has it.
    fn component(&self, at: &At, section: &str, (old, new): (Option<&String>, Option<&String>)) -> At {
        let name = old.or(new).map(String::as_str).unwrap_or_default();
        let mut at = at.entry(name, new.map_or(name, String::as_str));
        if section == "securitySchemes" {
            (at.sides, at.operations) = self.scheme_uses(old, new);
        } else if let Some((before, after)) = self.uses {
            let uses = if old.is_some() { before } else { after };
            (at.sides, at.operations) = uses.at(&format!("#/components/{section}/{}", escape(name)));
        }
        at
    }

    fn lone_component(&mut self, section: &str, name: &str, (old, new): (Option<&Value>, Option<&Value>), at: &At) {
        let spots = Spots::all(at, old.is_some(), new.is_some());
        let owners = (&Value::Null, &Value::Null);
        self.emit(member(Kind::Components, section, Some(name), (old, new), owners, at), spots, at);
    }

    fn renamed_component(&mut self, section: &str, (old, new): (&str, &str), at: &At) {
        self.out.moves.push((at.old.clone(), at.new.clone()));
        let covers = self.renamed.remove(&format!("#{}", at.old)).unwrap_or_default();
        let spots = Spots { old: Some(at.old.clone()), new: Some(at.new.clone()), covers };
        let (before, after) = (Value::from(old), Value::from(new));
        let owners = (&Value::Null, &Value::Null);
        self.emit(member(Kind::Components, section, Some(old), (Some(&before), Some(&after)), owners, at), spots, at);
    }

    /// The name of a path's parameter is reported once, with the path.
    pub(super) fn path_name(&mut self, owners: (&Value, &Value), at: &At) -> bool {
        let is_path = owners.0.get("in").and_then(Value::as_str) == Some("path");
        let names = (format!("{}/name", at.old), format!("{}/name", at.new));
        if !is_path || self.depth > 0 {
            return false;
        }
        if at.old.starts_with("/paths/") {
            self.path_names.0.push(names.0);
            self.path_names.1.push(names.1);
            return true;
        }
        let reported = self.out.changes.iter_mut().find(|change| change.code == "D008");
        let Some(super::Change { old: Some(old), new: Some(new), .. }) = reported else { return false };
        old.covers.push(names.0);
        new.covers.push(names.1);
        true
    }

    /// A list in another order, where that matters.
    pub(super) fn reorder(&mut self, kind: Kind, field: &str, owners: (&Value, &Value), at: &At) {
        let (old, new) = (Some(at.old.clone()), Some(at.new.clone()));
        let covers = if field == "security" {
            (old.iter().cloned().collect(), new.iter().cloned().collect())
        } else {
            Default::default()
        };
        let values = (owners.0.get(field), owners.1.get(field));
        self.emit(member(kind, field, None, values, owners, at), Spots { old, new, covers }, at);
    }
}

pub(super) fn member<'v>(
    kind: Kind,
    field: &'v str,
    entry: Option<&'v str>,
    (old, new): (Option<&'v Value>, Option<&'v Value>),
    owners: (&'v Value, &'v Value),
    at: &At,
) -> Difference<'v> {
    Difference { kind, field, entry, old, new, owners, sides: at.sides, inner: None, servers: Compared::default() }
}
