//! Comparing parameters as they hold for an operation: its own, and those of its path that it does not state itself.

use serde_json::Value;

use super::super::effective::resolve;
use super::paths::member;
use super::{At, Spots, Walker, aligned, in_order, noise};
use crate::grammar::Kind;
use crate::track::change::Noise;

/// What a parameter is known by: where it goes, and its name there.
type Key = (String, String);

/// The parameters of an object in both documents.
struct Lists<'v> {
    kind: Kind,
    owners: (&'v Value, &'v Value),
    lists: (&'v [Value], &'v [Value]),
    keys: (Vec<Key>, Vec<Key>),
    /// Of the lists.
    at: At,
    /// Those that belong together, those that only the old one has, and those that only the new one has.
    pairs: Vec<(usize, usize)>,
    gone: Vec<usize>,
    came: Vec<usize>,
}

impl Walker<'_> {
    /// Compares the parameters of a path and of the `operations` that both documents have: each where it stands in both, and
    /// across where it stands with the path in one of them and with the operation in the other.
    pub(super) fn parameters(&mut self, items: (&Value, &Value), operations: &[(&Value, &Value, At)], at: &At) {
        let mut of_path = self.lists(Kind::PathItem, items, at);
        let mut own: Vec<Lists<'_>> =
            operations.iter().map(|(old, new, at)| self.lists(Kind::Operation, (old, new), at)).collect();
        for operation in &mut own {
            let (gone, came) = (std::mem::take(&mut operation.gone), std::mem::take(&mut operation.came));
            for one in gone {
                match of_path.keys.1.iter().position(|key| *key == operation.keys.0[one]) {
                    Some(other) => self.elsewhere((&*operation, one), (&of_path, other), &operation.at),
                    None => operation.gone.push(one),
                }
            }
            for other in came {
                match of_path.keys.0.iter().position(|key| *key == operation.keys.1[other]) {
                    Some(one) => self.elsewhere((&of_path, one), (&*operation, other), &operation.at),
                    None => operation.came.push(other),
                }
            }
        }
        // A path's parameter that some operations state themselves now is gone for the others only, and likewise those that come.
        let states = |own: &Lists<'_>, key: &Key| own.keys.0.contains(key) || own.keys.1.contains(key);
        let (gone, came) = (std::mem::take(&mut of_path.gone), std::mem::take(&mut of_path.came));
        for one in gone {
            let key = &of_path.keys.0[one];
            let (stated, lost): (Vec<_>, Vec<_>) = own.iter().partition(|own| states(own, key));
            match (stated.is_empty(), lost.is_empty()) {
                (true, _) => of_path.gone.push(one),
                (false, true) => self.unused(&of_path, Some(one), None, &stated),
                (false, false) => {
                    lost.into_iter().for_each(|own| self.lone_parameter((&of_path, Some(one), None), &own.at));
                }
            }
        }
        for other in came {
            let key = &of_path.keys.1[other];
            let (stated, given): (Vec<_>, Vec<_>) = own.iter().partition(|own| states(own, key));
            match (stated.is_empty(), given.is_empty()) {
                (true, _) => of_path.came.push(other),
                (false, true) => self.unused(&of_path, None, Some(other), &stated),
                (false, false) => {
                    given.into_iter().for_each(|own| self.lone_parameter((&of_path, None, Some(other)), &own.at));
                }
            }
        }
        for lists in std::iter::once(of_path).chain(own) {
            self.in_place(lists);
        }
    }

    fn lists<'v>(&self, kind: Kind, owners: (&'v Value, &'v Value), at: &At) -> Lists<'v> {
        let lists = (list(owners.0), list(owners.1));
        let known_by = |document: &Value, list: &[Value], path: &str| -> Vec<Key> {
            list.iter().map(|parameter| parameter_key(resolve(document, parameter), path)).collect()
        };
        let keys = (known_by(self.old, lists.0, &self.path.0), known_by(self.new, lists.1, &self.path.1));
        let (pairs, gone, came) = aligned(&keys.0, &keys.1);
        Lists { kind, owners, lists, keys, at: at.field(kind, "parameters"), pairs, gone, came }
    }

    /// Compares the parameters that stand in the same list.
    fn in_place(&mut self, mut lists: Lists<'_>) {
        let (mut gone, mut came) = (std::mem::take(&mut lists.gone), std::mem::take(&mut lists.came));
        self.renamed_parameters(lists.kind, lists.owners, (&mut gone, &mut came), &lists.at);
        for (one, other) in &lists.pairs {
            let at = self.moved(&lists.at, *one, *other);
            self.object(Kind::Parameter, &lists.lists.0[*one], &lists.lists.1[*other], &at);
        }
        if !in_order(&lists.pairs) {
            self.reorder(lists.kind, "parameters", lists.owners, &lists.at);
        }
        for one in gone {
            self.lone_parameter((&lists, Some(one), None), &lists.at);
        }
        for other in came {
            self.lone_parameter((&lists, None, Some(other)), &lists.at);
        }
    }

    /// A parameter that one of the documents lacks, for what is at `at`.
    fn lone_parameter(&mut self, (lists, old, new): (&Lists<'_>, Option<usize>, Option<usize>), at: &At) {
        let index = old.or(new).unwrap_or_default().to_string();
        let at = At { sides: at.sides, operations: at.operations.clone(), ..lists.at.child(&index) };
        // A rule wants to see what it is, not where it stands.
        let values = (
            old.map(|index| resolve(self.old, &lists.lists.0[index])),
            new.map(|index| resolve(self.new, &lists.lists.1[index])),
        );
        let name = values.0.or(values.1).map(|value| {
            let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", text("in"), text("name"))
        });
        let spots = Spots::all(&at, old.is_some(), new.is_some());
        let first = self.out.changes.len();
        self.emit(member(lists.kind, "parameters", name.as_deref(), values, lists.owners, &at), spots, &at);
        // Where it is gone for one operation only, that is what it is about.
        if let (Kind::PathItem, [operation], Some(change), Some(name)) =
            (lists.kind, &*at.operations, self.out.changes.get_mut(first), name)
        {
            change.subject = format!("{operation} {name}");
        }
    }

    /// Compares a parameter that stands with the operation in one of the documents and with its path in the other.
    fn elsewhere(&mut self, old: (&Lists<'_>, usize), new: (&Lists<'_>, usize), at: &At) {
        let (one, other) = (old.1.to_string(), new.1.to_string());
        let at = At { old: old.0.at.child(&one).old, new: new.0.at.child(&other).new, ..at.clone() };
        if self.depth == 0 {
            self.out.moves.push((at.old.clone(), at.new.clone()));
            let (old, new) = (Some(at.old.clone()), Some(at.new.clone()));
            self.out.noise.push(Noise { code: noise::ELSEWHERE, old, new });
        }
        self.object(Kind::Parameter, &old.0.lists.0[old.1], &new.0.lists.1[new.1], &at);
    }

    /// A path's parameter that came or went while no operation goes by it: seen nowhere else, unless one took it over.
    fn unused(&mut self, lists: &Lists<'_>, old: Option<usize>, new: Option<usize>, operations: &[&Lists<'_>]) {
        let taken_over = operations.iter().any(|own| match (old, new) {
            (Some(index), _) => is_alone(&lists.keys.0[index], &own.keys.1, &own.keys.0),
            (_, Some(index)) => is_alone(&lists.keys.1[index], &own.keys.0, &own.keys.1),
            (None, None) => true,
        });
        if !taken_over {
            let index = old.or(new).unwrap_or_default().to_string();
            self.same(&lists.at.child(&index), (old.is_some(), new.is_some()));
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
        let (old, new) = (list(owners.0), list(owners.1));
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
            let reported = self.out.changes.len();
            let difference = member(kind, "parameters", Some(&names.0), (Some(values.0), Some(values.1)), owners, &at);
            self.emit(difference, Spots::all(&at, true, true), &at);
            if let Some(super::Change { old: Some(old), new: Some(new), .. }) = self.out.changes.get_mut(reported) {
                (old.text, new.text) = (Some(names.0), Some(names.1));
            }
        }
    }
}

/// Whether `key` is among `ours` and not among `theirs`.
fn is_alone(key: &Key, ours: &[Key], theirs: &[Key]) -> bool {
    ours.contains(key) && !theirs.contains(key)
}

fn list(owner: &Value) -> &[Value] {
    owner.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// What a parameter is known by; in a path it is its number there.
fn parameter_key(parameter: &Value, path: &str) -> Key {
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
