//! Which of many things are equal all the way down, where they refer to each other, and perhaps to themselves: they are
//! told apart round by round until nothing splits further.

use std::collections::HashMap;
use std::hash::Hash;

/// What a thing says itself, and the things that it refers to, in their order.
pub(crate) struct Own<K> {
    pub(crate) says: K,
    pub(crate) refers_to: Vec<usize>,
}

/// The class of each thing. Classes are numbered as they first come.
pub(crate) fn classes<K: Hash + Eq>(things: &[Own<K>]) -> Vec<usize> {
    let mut classes = numbered(things.iter().map(|own| &own.says));
    loop {
        let count = classes.iter().max();
        let finer = numbered(things.iter().enumerate().map(|(index, own)| {
            let inner: Vec<usize> = own.refers_to.iter().map(|&other| classes[other]).collect();
            (classes[index], inner)
        }));
        if finer.iter().max() == count {
            return finer;
        }
        classes = finer;
    }
}

/// A number for each key, equal keys having one.
fn numbered<K: Hash + Eq>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut numbers = HashMap::new();
    keys.map(|key| {
        let next = numbers.len();
        *numbers.entry(key).or_insert(next)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_something_else_is_something_else_and_circles_are_equal() {
        let own = |says, refers_to: &[usize]| Own { says, refers_to: refers_to.to_vec() };
        let things = [own("a", &[1]), own("b", &[0]), own("a", &[3]), own("b", &[2]), own("a", &[5]), own("c", &[])];
        assert_eq!(classes(&things), [0, 1, 0, 1, 2, 3]);
    }
}
