//! Comparing what `security` asks for, by what the schemes ask for rather than by their names.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::super::{pairs, uses};
use super::paths::member;
use super::{At, Spots, Walker, aligned, in_order};
use crate::grammar::Kind;
use crate::pointer::{escape, last_token};
use crate::track::change::Sides;

impl Walker<'_> {
    /// Compares what holds for an operation, its own or else the document's: the alternatives by their schemes.
    pub(super) fn security(&mut self, kind: Kind, owners: (&Value, &Value), at: &At) {
        let own = (owners.0.get("security"), owners.1.get("security"));
        let holds = (own.0.or(self.old.get("security")), own.1.or(self.new.get("security")));
        let alternatives = |list: Option<&Value>| list.and_then(Value::as_array).cloned().unwrap_or_default();
        let old: Vec<Value> =
            alternatives(holds.0).iter().map(|requirement| self.renamed_schemes(requirement)).collect();
        let new = alternatives(holds.1);
        let known_by = |list: &[Value]| -> Vec<String> { list.iter().map(schemes).collect() };
        let (before, after) = (known_by(&old), known_by(&new));
        let (pairs, gone, came) = aligned(&before, &after);
        let list_at = at.child("security");
        let spots = Spots::all(&list_at, own.0.is_some(), own.1.is_some());
        let mut at = At { sides: uses::REQUEST, ..at.clone() };
        if kind == Kind::Document {
            let without = |document| {
                let all = pairs::operations(document).filter(|(.., own)| own.get("security").is_none());
                all.map(|(path, method, _)| uses::label(path, method)).collect::<Vec<_>>()
            };
            at.operations = without(self.new).into();
            if at.operations.is_empty() && without(self.old).is_empty() {
                at.sides = Sides::default();
            }
        }
        let at = &at;
        let wrapped = (json!({"security": old}), json!({"security": new}));
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
        } else if found == 0 {
            self.renamed_requirements(own, &list_at);
        }
    }

    /// `requirement` of the old document with the names that its schemes have in the new one.
    fn renamed_schemes(&self, requirement: &Value) -> Value {
        let Some(schemes) = requirement.as_object() else { return requirement.clone() };
        let renamed = |name: &String| self.pairs.renamed.get(&reference(name)).map(|to| last_token(to));
        let renamed =
            schemes.iter().map(|(name, scopes)| (renamed(name).unwrap_or_else(|| name.clone()), scopes.clone()));
        Value::Object(renamed.collect::<Map<_, _>>())
    }

    /// Requirements that follow schemes to their new names: said with the names.
    fn renamed_requirements(&mut self, own: (Option<&Value>, Option<&Value>), at: &At) {
        let (Some(old), Some(new)) = own else { return };
        let names = old.as_array().into_iter().flatten().filter_map(Value::as_object).flat_map(Map::keys);
        let names: Vec<String> = names.map(|name| reference(name)).collect();
        let renamed = names.into_iter().find(|name| self.pairs.renamed.contains_key(name)).filter(|_| old != new);
        if let Some(name) = renamed {
            let refs = self.renamed.entry(name).or_default();
            refs.0.push(at.old.clone());
            refs.1.push(at.new.clone());
        }
    }

    /// The operations that ask for a scheme: those of the new document, if it has it.
    pub(super) fn scheme_uses(&self, old: Option<&String>, new: Option<&String>) -> (Sides, Rc<[String]>) {
        let asking = |document: &Value, name: &String| -> Vec<String> {
            let all = pairs::operations(document).filter(|(.., operation)| {
                let holds = operation.get("security").or(document.get("security")).and_then(Value::as_array);
                holds.into_iter().flatten().any(|requirement| requirement.get(name).is_some())
            });
            all.map(|(path, method, _)| uses::label(path, method)).collect()
        };
        let before = old.map(|name| asking(self.old, name)).unwrap_or_default();
        let after = new.map(|name| asking(self.new, name)).unwrap_or_default();
        let operations = if after.is_empty() { before } else { after };
        let sides = if operations.is_empty() { Sides::default() } else { uses::REQUEST };
        (sides, operations.into())
    }
}

fn reference(scheme: &str) -> String {
    format!("#/components/securitySchemes/{}", escape(scheme))
}

/// What an alternative of `security` is known by: its schemes.
fn schemes(requirement: &Value) -> String {
    let mut names: Vec<&str> = requirement.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names.is_empty() { "no credential".to_owned() } else { names.join(" and ") }
}
