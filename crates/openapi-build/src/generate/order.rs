//! The order of the required arguments of a method. `names.lock` pins it, because a call does not name its arguments: if two of
//! one type were swapped, old calls would still compile, and send the values swapped.

use super::model::{Operation, Parameter};
use super::operations::Names;
use crate::lock::{Choice, ORDER};
use crate::pointer::escape;

/// The indices of the required parameters of `operation` in the order of the arguments: those that the lock pins as it has
/// them, then the others as the definition has them.
pub(super) fn required(operation: &Operation<'_>, names: &mut Names<'_>) -> Vec<usize> {
    let required = operation.parameters.iter().enumerate().filter(|(_, parameter)| parameter.required);
    let (indices, keys): (Vec<usize>, Vec<String>) = required.map(|(index, parameter)| (index, key(parameter))).unzip();
    if indices.is_empty() {
        return Vec::new();
    }
    let place = format!("{}@{ORDER}", operation.id.replace('/', "~1"));
    let pinned: Vec<&str> = names.lock.get(&place).map(|pinned| pinned.split(' ').collect()).unwrap_or_default();
    let position = |at: &usize| {
        let parameter = &operation.parameters[indices[*at]];
        (operation.path.find(&format!("{{{}}}", parameter.name)).unwrap_or(usize::MAX), *at)
    };
    let mut in_template: Vec<usize> = (0..keys.len()).collect();
    in_template.sort_by_key(position);
    let ranks = ranks(&pinned, &keys, &in_template);
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|at| ranks[*at]);
    // One alone has no order that could be lost.
    let locked = order.len() == 1 || ranks.iter().all(|rank| *rank < pinned.len());
    let name = order.iter().map(|at| keys[*at].as_str()).collect::<Vec<_>>().join(" ");
    names.choices.push(Choice { places: vec![place], name, locked });
    order.into_iter().map(|at| indices[at]).collect()
}

/// The places of `keys` among those that are pinned; behind them for a new one. The name of a parameter of the path is not sent:
/// where as many have come as are gone, each is one of those that are gone, in the order that they have `in_template`.
fn ranks(pinned: &[&str], keys: &[String], in_template: &[usize]) -> Vec<usize> {
    let in_path = |key: &str| key.starts_with("path/");
    let is_gone = |key: &str| in_path(key) && !keys.iter().any(|other| other == key);
    let is_new = |key: &str| in_path(key) && !pinned.contains(&key);
    let gone: Vec<usize> = (0..pinned.len()).filter(|at| is_gone(pinned[*at])).collect();
    let renamed = gone.len() == keys.iter().filter(|key| is_new(key)).count();
    let mut gone = gone.into_iter().filter(|_| renamed);
    let mut rank = |key: &String| {
        let known = pinned.iter().position(|other| other == key);
        known.or_else(|| if is_new(key) { gone.next() } else { None }).unwrap_or(pinned.len())
    };
    let mut ranks = vec![pinned.len(); keys.len()];
    for at in in_template {
        ranks[*at] = rank(&keys[*at]);
    }
    ranks
}

/// A parameter as the lock writes it, without spaces: `query/limit`.
fn key(parameter: &Parameter<'_>) -> String {
    let mut key = format!("{}/", parameter.location.as_str());
    for c in escape(parameter.name).chars() {
        match c {
            c if c.is_whitespace() || c.is_control() => key.push_str(&format!("~u{:x};", u32::from(c))),
            c => key.push(c),
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pinned_keeps_its_place_and_what_is_new_follows() {
        for (pinned, keys, expected) in [
            ("query/a query/b", "query/b query/a", vec![1, 0]),
            ("query/a query/b", "path/x query/b query/a", vec![2, 1, 0]),
            // Another name within the path.
            ("path/x query/a path/y", "path/y path/z query/a", vec![2, 0, 1]),
            // Nothing says which of the two is the one that was.
            ("path/x", "path/y path/z", vec![1, 1]),
            ("", "query/b query/a", vec![1, 1]),
        ] {
            let keys: Vec<String> = keys.split(' ').map(str::to_owned).collect();
            let in_template: Vec<usize> = (0..keys.len()).collect();
            assert_eq!(
                ranks(&pinned.split(' ').collect::<Vec<_>>(), &keys, &in_template),
                expected,
                "{pinned} -> {keys:?}"
            );
        }
    }
}
