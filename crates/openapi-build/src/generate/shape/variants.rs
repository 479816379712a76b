//! The names of variants, chosen once the type has its name: the lock decides, and a name that
//! several of them could have is not given to any.

use std::collections::{HashMap, HashSet};

use super::{Enum, Item, Kind, Union};
use crate::lock::{Choice, Lock, VARIANT};
use crate::names::{free, settle, type_name};
use crate::words;

/// A variant that needs a name.
struct Wanted {
    /// What identifies it among the variants of its type, whatever the others are.
    key: String,
    /// The name that the definition gives it, which comes before all others.
    given: Option<String>,
    /// The names that it can have, the best first.
    names: Vec<String>,
    /// Whether another variant could claim its name later, so that it is pinned before one does.
    pinned: bool,
}

/// Names the variants of the type `name`.
pub(super) fn name(name: &str, item: &mut Item, lock: &Lock, choices: &mut Vec<Choice>) {
    match &mut item.kind {
        Kind::Enum(item) => item.names = chosen(&of_enum(item), &place(name), lock, choices),
        Kind::Union(item) => {
            let names = chosen(&of_union(item), &place(name), lock, choices);
            item.variants.iter_mut().zip(names).for_each(|(variant, name)| variant.name = name);
        }
        _ => {}
    }
}

/// The names of the alternatives of `item`, as they are without a lock.
pub(super) fn unlocked(item: &Union) -> Vec<String> {
    chosen(&of_union(item), &place(""), &Lock::default(), &mut Vec::new())
}

/// The place of a variant of a type, given by its key, in `names.lock`.
fn place(name: &str) -> impl Fn(&str) -> String {
    move |key| format!("types: {name}@{VARIANT}/{key}")
}

fn of_enum(item: &Enum) -> Vec<Wanted> {
    let given = |index: usize| item.names.get(index).filter(|name| !name.is_empty()).map(|name| words::plain(name));
    let wanted = item.values.iter().enumerate().map(|(index, value)| {
        let spelled = words::spelled_out(value);
        let end = if value.chars().any(char::is_lowercase) { "Lowercase" } else { "Value" };
        let last = format!("{spelled}{end}");
        let plain = words::plain(value);
        let pinned = plain != spelled;
        Wanted { key: value.clone(), given: given(index), names: vec![plain, spelled, last], pinned }
    });
    wanted.collect()
}

fn of_union(item: &Union) -> Vec<Wanted> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let variants = item.variants.iter().enumerate();
    let wanted = variants.map(|(index, variant)| {
        let called = &variant.called;
        // Of alternatives that nothing tells apart, each has a place of its own in the lock.
        let count = seen.entry(&called.key).and_modify(|count| *count += 1).or_insert(1);
        let key = if *count == 1 { called.key.clone() } else { format!("{} {count}", called.key) };
        let names = called.names.iter().cloned().chain([format!("Variant{index}")]).collect();
        // The name of a component belongs to its alternative.
        let pinned = called.names.first().is_none_or(|name| *name != type_name(&called.key));
        Wanted { key, given: None, names, pinned }
    });
    wanted.collect()
}

/// Chooses the name of each variant.
fn chosen(wanted: &[Wanted], place: &impl Fn(&str) -> String, lock: &Lock, choices: &mut Vec<Choice>) -> Vec<String> {
    // `Unknown` keeps what the definition does not list.
    let mut taken = HashSet::from(["Unknown".to_owned()]);
    let mut names: Vec<Option<String>> = vec![None; wanted.len()];
    settle(&mut names, &mut taken, &|index| wanted[index].given.clone());
    let given: Vec<bool> = names.iter().map(Option::is_some).collect();
    let pinned = |index: usize| lock.identifier(&place(&wanted[index].key)).map(str::to_owned);
    settle(&mut names, &mut taken, &pinned);
    let locked: Vec<bool> = names.iter().map(Option::is_some).collect();
    let most = wanted.iter().map(|it| it.names.len()).max().unwrap_or_default();
    (0..most).for_each(|level| settle(&mut names, &mut taken, &|index| wanted[index].names.get(level).cloned()));
    // What is left is numbered, in an order that does not depend on the definition's.
    let mut left: Vec<usize> = (0..wanted.len()).filter(|index| names[*index].is_none()).collect();
    left.sort_by_key(|index| &wanted[*index].key);
    for index in left {
        let spelled = wanted[index].names.get(1).cloned().unwrap_or_default();
        let numbered = (2..=wanted.len() + 1).map(|number| format!("{spelled}{number}"));
        names[index] = Some(free(numbered, &mut taken));
    }
    let names: Vec<String> = names.into_iter().flatten().collect();
    for (index, it) in wanted.iter().enumerate() {
        let contested = names[index] != it.names[0];
        if !given[index] && (contested || it.pinned) {
            let locked = locked[index] || !contested;
            choices.push(Choice { places: vec![place(&it.key)], name: names[index].clone(), locked });
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str], lock: &Lock) -> (Vec<String>, Lock) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let mut choices = Vec::new();
        let item = Enum { values, names: Vec::new(), open: true };
        let names = chosen(&of_enum(&item), &place("Order"), lock, &mut choices);
        (names, Lock::from_choices(&choices))
    }

    #[test]
    fn values_that_share_a_name_are_told_apart_whatever_their_order() {
        let none = Lock::default();
        assert_eq!(of(&["asc", "ASC"], &none).0, ["Asc", "AscUppercase"]);
        assert_eq!(of(&["ASC", "asc"], &none).0, ["AscUppercase", "Asc"]);
        assert_eq!(of(&["a-b", "a_b", "c"], &none).0, ["ADashB", "AUnderscoreB", "C"]);
        assert_eq!(of(&["aBc", "ABc", "a_bc"], &none).0, ["ABcMixedCase3", "ABcMixedCase2", "AUnderscoreBc"]);
        assert_eq!(of(&["unknown", "UNKNOWN"], &none).0.len(), 2);
    }

    #[test]
    fn a_value_that_comes_later_renames_none() {
        let (before, lock) = of(&["ASC", "DESC"], &Lock::default());
        assert_eq!(before, ["Asc", "Desc"]);
        let (after, lock) = of(&["asc", "ASC", "desc", "DESC"], &lock);
        assert_eq!(after, ["AscLowercase", "Asc", "DescLowercase", "Desc"]);
        assert_eq!(of(&["DESC", "asc"], &lock).0, ["Desc", "AscLowercase"], "nor does one that goes");
        let (before, lock) = of(&["a_b"], &Lock::default());
        assert_eq!((before, of(&["a-b", "a_b"], &lock).0), (vec!["Ab".into()], vec!["ADashB".into(), "Ab".into()]));
    }

    #[test]
    fn a_name_that_the_definition_gives_comes_first() {
        let names = vec!["created ascending".to_owned(), String::new(), "Same".into(), "Same".into()];
        let values = ["created", "-created", "x", "y"].map(str::to_owned).to_vec();
        let item = Enum { values, names, open: false };
        let lock = Lock::parse("types: Order@variant/created = Other\n").expect("it is a lock");
        let chosen = chosen(&of_enum(&item), &place("Order"), &lock, &mut Vec::new());
        assert_eq!(chosen, ["CreatedAscending", "MinusCreated", "X", "Y"]);
    }
}
