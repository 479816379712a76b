//! Which copies of inlined components are one: those of one name and one shape, all the way down. Copies refer to each
//! other, and to themselves where a recursion was cut, so they are told apart round by round until nothing splits further.

use std::collections::HashMap;

use serde_json::Value;

use super::titles::PROVISIONAL;
use super::walk::{self, Place};

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

/// What a copy says itself, and the copies that it refers to, in their order.
struct Own {
    text: String,
    refers_to: Vec<usize>,
}

/// The class of each copy: equal for those that are one component. Classes are numbered as they first come.
pub(super) fn classes(copies: &mut [Copy]) -> Vec<usize> {
    let own: Vec<Own> = copies.iter().map(|copy| own(&copy.schema)).collect();
    name_alike(copies, &own);
    let first = copies.iter().zip(&own).map(|(copy, own)| (&copy.claim, &own.text));
    let mut classes = numbered(first);
    loop {
        let count = classes.iter().max();
        let finer = own.iter().enumerate().map(|(copy, own)| {
            let inner: Vec<usize> = own.refers_to.iter().map(|&other| classes[other]).collect();
            (classes[copy], inner)
        });
        let finer = numbered(finer);
        if finer.iter().max() == count {
            return finer;
        }
        classes = finer;
    }
}

/// The name that a mapping gives to one copy is that of others of the same title that say the same.
fn name_alike(copies: &mut [Copy], own: &[Own]) {
    let mut names: HashMap<(String, &str), Option<String>> = HashMap::new();
    for (copy, own) in copies.iter().zip(own).filter(|(copy, _)| copy.named) {
        let name = names.entry((copy.title.clone(), &own.text)).or_insert_with(|| Some(copy.claim.clone()));
        if name.as_ref().is_some_and(|name| *name != copy.claim) {
            *name = None;
        }
    }
    for (copy, own) in copies.iter_mut().zip(own).filter(|(copy, _)| !copy.named) {
        if let Some(Some(name)) = names.get(&(copy.title.clone(), own.text.as_str())) {
            copy.claim.clone_from(name);
        }
    }
}

/// A number for each key, equal keys having one.
fn numbered<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut numbers = HashMap::new();
    keys.map(|key| {
        let next = numbers.len();
        *numbers.entry(key).or_insert(next)
    })
    .collect()
}

fn own(schema: &Value) -> Own {
    let text = walk::canonical(&walk::shape(schema));
    // JSON writes the NUL that a provisional name begins with as an escape.
    let mark = Value::String(PROVISIONAL.to_string()).to_string();
    let mut parts = text.split(mark.trim_matches('"'));
    let mut own = Own { text: parts.next().unwrap_or_default().to_owned(), refers_to: Vec::new() };
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        own.refers_to.extend(part[..digits].parse::<usize>());
        own.text.push(PROVISIONAL);
        own.text.push_str(&part[digits..]);
    }
    own
}
