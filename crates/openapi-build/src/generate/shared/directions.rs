//! The directions in which values of a type go: a type that several documents share has the directions of all of them.

use std::collections::HashMap;

use crate::classes::{Own, classes};
use crate::generate::lower::Lowered;
use crate::generate::shape::{Directions, Shape};

/// Gives types that are equal in name and in shape, all the way down, the directions that any of them has.
pub(in crate::generate) fn unite(documents: &mut [&mut Lowered]) {
    let mut numbers: HashMap<(usize, &str), usize> = HashMap::new();
    let mut all: Vec<(usize, String)> = Vec::new();
    for (document, lowered) in documents.iter().enumerate() {
        for name in lowered.types.items.keys() {
            numbers.insert((document, name), all.len());
            all.push((document, name.clone()));
        }
    }
    let things: Vec<Own<(&str, String)>> = all
        .iter()
        .map(|(document, name)| {
            let (item, _) = &documents[*document].types.items[name];
            let mut names = Vec::new();
            item.children(&mut |shape| named(shape, &mut names));
            let refers_to = names.iter().filter_map(|name| numbers.get(&(*document, *name)).copied()).collect();
            Own { says: (name.as_str(), format!("{:?}", item.kind)), refers_to }
        })
        .collect();
    let classes = classes(&things);
    let mut united: HashMap<usize, Directions> = HashMap::new();
    for ((document, name), class) in all.iter().zip(&classes) {
        let (_, directions) = &documents[*document].types.items[name];
        let whole = united.entry(*class).or_default();
        whole.sent |= directions.sent;
        whole.received |= directions.received;
    }
    drop(things);
    for ((document, name), class) in all.iter().zip(&classes) {
        if let Some((_, directions)) = documents[*document].types.items.get_mut(name) {
            *directions = united[class];
        }
    }
}

/// The types that `shape` names.
fn named<'a>(shape: &'a Shape, names: &mut Vec<&'a str>) {
    if let Shape::Named(name) = shape {
        names.push(name);
    }
    shape.children(&mut |inner| named(inner, names));
}
