//! Copies of components that stand inline: what is left where one is taken out, and which of them are one component.

use std::collections::HashMap;

use serde_json::Value;

use super::walk::{self, Place};
use crate::classes::{self, Own};

/// A schema that stands inline and is a copy of a component. The copies inside it are taken out.
pub(super) struct Copy {
    pub(super) title: String,
    /// The component's name, as far as the document says.
    pub(super) claim: String,
    /// Whether the name comes from the mapping of a discriminator, not from the title.
    pub(super) named: bool,
    pub(super) schema: Value,
    /// The holes of `schema`; their pointers begin at it.
    pub(super) holes: Vec<Hole>,
    pub(super) place: Place,
}

/// A place that gets a reference once the copies have names, and is null until then.
pub(super) struct Hole {
    /// The JSON pointer, from the document or from the schema that has the hole.
    pub(super) pointer: String,
    /// The index of the copy that the reference leads to.
    pub(super) copy: usize,
    pub(super) filling: Filling,
}

/// The form of the reference in a hole.
pub(super) enum Filling {
    /// A Reference Object in place of a schema.
    Schema,
    /// A text in the mapping of a discriminator.
    Target,
}

impl Hole {
    /// Puts the reference to the component of that name into the hole of `tree`.
    pub(super) fn fill(&self, tree: &mut Value, name: &str) {
        if let Some(hole) = tree.pointer_mut(&self.pointer) {
            let mut reference = walk::reference(name);
            *hole = match self.filling {
                Filling::Schema => reference,
                Filling::Target => reference["$ref"].take(),
            };
        }
    }
}

/// What a copy says itself: its shape, and where the holes are.
type Says = (String, Vec<String>);

/// The class of each copy: equal for those that are one component, which have one name and one shape, all the way down.
pub(super) fn classes(copies: &mut [Copy]) -> Vec<usize> {
    let own: Vec<Own<Says>> = copies.iter().map(own).collect();
    name_alike(copies, &own);
    let named = copies.iter().zip(own);
    let named: Vec<Own<(&str, Says)>> =
        named.map(|(copy, own)| Own { says: (copy.claim.as_str(), own.says), refers_to: own.refers_to }).collect();
    classes::classes(&named)
}

/// The name that a mapping gives to one copy is that of others of the same title that say the same.
fn name_alike(copies: &mut [Copy], own: &[Own<Says>]) {
    let mut names: HashMap<(String, &Says), Option<String>> = HashMap::new();
    for (copy, own) in copies.iter().zip(own).filter(|(copy, _)| copy.named) {
        let name = names.entry((copy.title.clone(), &own.says)).or_insert_with(|| Some(copy.claim.clone()));
        if name.as_ref().is_some_and(|name| *name != copy.claim) {
            *name = None;
        }
    }
    for (copy, own) in copies.iter_mut().zip(own).filter(|(copy, _)| !copy.named) {
        if let Some(Some(name)) = names.get(&(copy.title.clone(), &own.says)) {
            copy.claim.clone_from(name);
        }
    }
}

/// What a copy says itself, and the copies that it refers to, in an order that does not depend on that of its keys.
fn own(copy: &Copy) -> Own<Says> {
    let mut holes: Vec<&Hole> = copy.holes.iter().collect();
    holes.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    Own {
        says: (walk::canonical(&copy.schema), holes.iter().map(|hole| hole.pointer.clone()).collect()),
        refers_to: holes.iter().map(|hole| hole.copy).collect(),
    }
}
