//! Which copies of inlined components are one: those of one name and one shape, all the way down.

use std::collections::HashMap;

use serde_json::Value;

use super::titles::PROVISIONAL;
use super::walk::{self, Place};
use crate::classes::{self, Own};

/// A schema that stood inline and was a component, its inner copies taken out.
pub(super) struct Copy {
    pub(super) title: String,
    /// The component's name, as far as the document says.
    pub(super) claim: String,
    /// Whether the mapping of a discriminator says the name, and not the title.
    pub(super) named: bool,
    pub(super) schema: Value,
    pub(super) place: Place,
}

/// The class of each copy: equal for those that are one component.
pub(super) fn classes(copies: &mut [Copy]) -> Vec<usize> {
    let own: Vec<Own<String>> = copies.iter().map(|copy| own(&copy.schema)).collect();
    name_alike(copies, &own);
    let named = copies.iter().zip(own);
    let named: Vec<Own<(&str, String)>> =
        named.map(|(copy, own)| Own { says: (copy.claim.as_str(), own.says), refers_to: own.refers_to }).collect();
    classes::classes(&named)
}

/// The name that a mapping gives to one copy is that of others of the same title that say the same.
fn name_alike(copies: &mut [Copy], own: &[Own<String>]) {
    let mut names: HashMap<(String, &str), Option<String>> = HashMap::new();
    for (copy, own) in copies.iter().zip(own).filter(|(copy, _)| copy.named) {
        let name = names.entry((copy.title.clone(), own.says.as_str())).or_insert_with(|| Some(copy.claim.clone()));
        if name.as_ref().is_some_and(|name| *name != copy.claim) {
            *name = None;
        }
    }
    for (copy, own) in copies.iter_mut().zip(own).filter(|(copy, _)| !copy.named) {
        if let Some(Some(name)) = names.get(&(copy.title.clone(), own.says.as_str())) {
            copy.claim.clone_from(name);
        }
    }
}

/// What a schema says itself, and the copies that it refers to.
fn own(schema: &Value) -> Own<String> {
    let text = walk::canonical(&walk::shape(schema));
    // JSON writes the NUL that a provisional name begins with as an escape.
    let mark = Value::String(PROVISIONAL.to_string()).to_string();
    let mut parts = text.split(mark.trim_matches('"'));
    let mut own = Own { says: parts.next().unwrap_or_default().to_owned(), refers_to: Vec::new() };
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        own.refers_to.extend(part[..digits].parse::<usize>());
        own.says.push(PROVISIONAL);
        own.says.push_str(&part[digits..]);
    }
    own
}
