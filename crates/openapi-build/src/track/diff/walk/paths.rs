//! Comparing paths, operations and what they list: parameters, servers, security; and the components.

use serde_json::{Map, Value, json};

use super::super::effective::resolve;
use super::super::uses;
use super::{At, Spots, Walker, aligned, in_order, keys};
use crate::grammar::{Kind, is_method};
use crate::pointer::{escape, last_token};
use crate::track::difference::Difference;

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
        if before.get("parameters").is_some() || after.get("parameters").is_some() {
            self.field(Kind::PathItem, "parameters", (before, after), &at);
        }
        let own = at.entry(&from.1, &to.1);
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

    /// The members of a path that both have.
    pub(super) fn path_item(&mut self, old: &Value, new: &Value, at: &At) {
        for key in keys(old, new) {
            if !is_method(key) {
                self.field(Kind::PathItem, key, (old, new), at);
                continue;
            }
            let path = self.path.clone();
            match (old.get(key), new.get(key)) {
                (Some(before), Some(after)) => {
                    let mut at = at.child(key);
                    if !at.reversed {
                        at.operations = [uses::label(&path.1, key)].into();
                    }
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
        if let Some((before, after)) = self.uses {
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

    /// Compares two lists of parameters by place and name; those of the path by where the path has them.
    pub(super) fn parameters(&mut self, kind: Kind, owners: (&Value, &Value), at: &At) {
        let known_by = |document: &Value, list: &[Value], path: &str| -> Vec<(String, String)> {
            list.iter().map(|parameter| parameter_key(resolve(document, parameter), path)).collect()
        };
        let (old, new) = (list(owners.0, "parameters"), list(owners.1, "parameters"));
        let (before, after) = (known_by(self.old, old, &self.path.0), known_by(self.new, new, &self.path.1));
        let (pairs, mut gone, mut came) = aligned(&before, &after);
        self.renamed_parameters(kind, owners, (&mut gone, &mut came), at);
        for (one, other) in &pairs {
            let at = self.moved(at, *one, *other);
            self.object(Kind::Parameter, &old[*one], &new[*other], &at);
        }
        if !in_order(&pairs) {
            self.reorder(kind, "parameters", owners, at);
        }
        let gone = gone.iter().map(|index| (Some(&old[*index]), None, *index));
        for (old, new, index) in gone.chain(came.iter().map(|index| (None, Some(&new[*index]), *index))) {
            let at = at.child(&index.to_string());
            let name = |document: &Value, value: &Value| {
                let value = resolve(document, value);
                let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                format!("{} {}", text("in"), text("name"))
            };
            let name = old.map(|value| name(self.old, value)).or_else(|| new.map(|value| name(self.new, value)));
            // A rule wants to see what it is, not where it stands.
            let (resolved_old, resolved_new) =
                (old.map(|value| resolve(self.old, value)), new.map(|value| resolve(self.new, value)));
            let spots = Spots::all(&at, old.is_some(), new.is_some());
            let values = (resolved_old, resolved_new);
            self.emit(member(kind, "parameters", name.as_deref(), values, owners, &at), spots, &at);
        }
    }

    /// Parameters that have another name and are else the same.
    fn renamed_parameters(
        &mut self,
        kind: Kind,
        owners: (&Value, &Value),
        (gone, came): (&mut Vec<usize>, &mut Vec<usize>),
        at: &At,
    ) {
        let (old, new) = (list(owners.0, "parameters"), list(owners.1, "parameters"));
        let name = |parameter: &Value| parameter.get("name").map(super::short).unwrap_or_default();
        let unnamed = |parameter: &Value| {
            let mut parameter = parameter.clone();
            parameter.as_object_mut().and_then(|object| object.shift_remove("name"));
            parameter
        };
        let before: Vec<Value> = gone.iter().map(|index| unnamed(resolve(self.old, &old[*index]))).collect();
        let after: Vec<Value> = came.iter().map(|index| unnamed(resolve(self.new, &new[*index]))).collect();
        for (one, parameter) in before.iter().enumerate().rev() {
            let alike = |all: &[Value]| all.iter().filter(|other| *other == parameter).count();
            let Some(other) = after.iter().position(|other| other == parameter) else { continue };
            if alike(&before) != 1 || alike(&after) != 1 {
                continue;
            }
            let (one, other) = (gone.remove(one), came[other]);
            came.retain(|index| *index != other);
            let at = at.entry(&one.to_string(), &other.to_string());
            let values = (resolve(self.old, &old[one]), resolve(self.new, &new[other]));
            let names = (name(values.0), name(values.1));
            let told = self.out.changes.len();
            let difference = member(kind, "parameters", Some(&names.0), (Some(values.0), Some(values.1)), owners, &at);
            self.emit(difference, Spots::all(&at, true, true), &at);
            if let Some(super::Change { old: Some(old), new: Some(new), .. }) = self.out.changes.get_mut(told) {
                (old.text, new.text) = (Some(names.0), Some(names.1));
            }
        }
    }

    /// The name of a path's parameter is told once, with the path.
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
        let told = self.out.changes.iter_mut().find(|change| change.code == "D008");
        let Some(super::Change { old: Some(old), new: Some(new), .. }) = told else { return false };
        old.covers.push(names.0);
        new.covers.push(names.1);
        true
    }

    /// Compares two lists of servers by URL.
    pub(super) fn servers(&mut self, kind: Kind, owners: (&Value, &Value), at: &At) {
        let (old, new) = (list(owners.0, "servers"), list(owners.1, "servers"));
        let url = |server: &Value| server.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
        let known_by = |list: &[Value]| -> Vec<String> { list.iter().map(url).collect() };
        let (before, after) = (known_by(old), known_by(new));
        let (pairs, gone, came) = aligned(&before, &after);
        for (one, other) in &pairs {
            let at = self.moved(at, *one, *other);
            if old[*one] != new[*other] {
                let (values, spots) = ((Some(&old[*one]), Some(&new[*other])), Spots::all(&at, true, true));
                self.emit(member(kind, "servers", Some(&before[*one]), values, owners, &at), spots, &at);
            }
        }
        if !in_order(&pairs) {
            self.reorder(kind, "servers", owners, at);
        }
        if let ([one], [other]) = (gone.as_slice(), came.as_slice()) {
            let at = at.entry(&one.to_string(), &other.to_string());
            let (values, spots) = ((Some(&old[*one]), Some(&new[*other])), Spots::all(&at, true, true));
            let told = self.out.changes.len();
            self.emit(member(kind, "servers", Some(&before[*one]), values, owners, &at), spots, &at);
            if let Some(change) = self.out.changes.get_mut(told) {
                change.member = Some(format!("{} → {}", before[*one], after[*other]));
            }
            return;
        }
        for index in gone {
            let at = at.child(&index.to_string());
            let (values, spots) = ((Some(&old[index]), None), Spots::all(&at, true, false));
            self.emit(member(kind, "servers", Some(&before[index]), values, owners, &at), spots, &at);
        }
        for index in came {
            let at = at.child(&index.to_string());
            let (values, spots) = ((None, Some(&new[index])), Spots::all(&at, false, true));
            self.emit(member(kind, "servers", Some(&after[index]), values, owners, &at), spots, &at);
        }
    }

    /// Compares what holds for an operation, its own or else the document's: the alternatives by their schemes.
    pub(super) fn security(&mut self, kind: Kind, owners: (&Value, &Value), at: &At) {
        let own = (owners.0.get("security"), owners.1.get("security"));
        let holds = (own.0.or(self.old.get("security")), own.1.or(self.new.get("security")));
        let alternatives = |list: Option<&Value>| list.and_then(Value::as_array).cloned().unwrap_or_default();
        let (old, new) = (alternatives(holds.0), alternatives(holds.1));
        let known_by = |list: &[Value]| -> Vec<String> { list.iter().map(schemes).collect() };
        let (before, after) = (known_by(&old), known_by(&new));
        let (pairs, gone, came) = aligned(&before, &after);
        let list_at = at.child("security");
        let spots = Spots::all(&list_at, own.0.is_some(), own.1.is_some());
        let mut at = At { sides: uses::REQUEST, ..at.clone() };
        if kind == Kind::Document {
            let without = super::super::pairs::operations(self.new).filter(|(.., own)| own.get("security").is_none());
            at.operations = without.map(|(path, method, _)| uses::label(path, method)).collect();
        }
        let at = &at;
        let wrapped = (json!({"security": old.clone()}), json!({"security": new.clone()}));
        let mut found = 0;
        let scopes = pairs.iter().filter(|(one, other)| old[*one] != new[*other]);
        let scopes = scopes.map(|(one, other)| (&before[*one], Some(&old[*one]), Some(&new[*other])));
        let gone = gone.iter().map(|index| (&before[*index], Some(&old[*index]), None));
        let came = came.iter().map(|index| (&after[*index], None, Some(&new[*index])));
        for (name, before, after) in scopes.chain(gone).chain(came) {
            found += 1;
            let owners = (&wrapped.0, &wrapped.1);
            self.emit(member(kind, "security", Some(name), (before, after), owners, at), spots.clone(), at);
        }
        if !in_order(&pairs) {
            self.reorder(kind, "security", owners, &list_at);
        } else if found == 0 && own.0.is_some() != own.1.is_some() {
            self.emit(member(kind, "security", None, own, owners, at), spots, at);
        }
    }

    /// A list in another order, where that matters.
    fn reorder(&mut self, kind: Kind, field: &str, owners: (&Value, &Value), at: &At) {
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

fn member<'v>(
    kind: Kind,
    field: &'v str,
    entry: Option<&'v str>,
    (old, new): (Option<&'v Value>, Option<&'v Value>),
    owners: (&'v Value, &'v Value),
    at: &At,
) -> Difference<'v> {
    Difference { kind, field, entry, old, new, owners, sides: at.sides, inner: None }
}

fn list<'v>(owner: &'v Value, key: &str) -> &'v [Value] {
    owner.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// What a parameter is known by: where it goes and its name, or its number in the path.
fn parameter_key(parameter: &Value, path: &str) -> (String, String) {
    let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
    let (place, name) = (text("in"), text("name"));
    let number = || path.split('{').skip(1).position(|part| part.split('}').next() == Some(name));
    let name = match place {
        "path" => number().map_or_else(|| name.to_owned(), |number| number.to_string()),
        "header" => name.to_lowercase(),
        _ => name.to_owned(),
    };
    (place.to_owned(), name)
}

/// What an alternative of `security` is known by: its schemes.
fn schemes(requirement: &Value) -> String {
    let mut names: Vec<&str> = requirement.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names.is_empty() { "no credential".to_owned() } else { names.join(" and ") }
}
