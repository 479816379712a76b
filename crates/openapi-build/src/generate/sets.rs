//! Names for the sets of headers and of errors that operations share: after the response component or the operation that has
//! them, else after what those that share them have in common. `names.lock` pins each set by its contents, so that a rival
//! that is added later renames nothing.

use std::collections::HashSet;

use super::model::Operation;
use crate::lock::{Choice, Lock};
use crate::names::{LONGEST, extended, settle, shortened, type_name, words};

/// A set that needs a name.
pub(super) struct Set {
    /// Its whole contents.
    pub(super) content: String,
    /// The names that it can have, the best first.
    pub(super) names: Vec<String>,
    /// The names that are taken by its own users.
    pub(super) own: Vec<String>,
    /// Whether it has the name of its user, if there is only one.
    pub(super) alone: bool,
}

/// Chooses the name of each of `sets`, which are of one `kind`. A name that several of them could have is not given to any.
///
/// Names that are `taken` go to no set but the one whose own they are.
pub(super) fn names(
    kind: &str,
    sets: &[Set],
    taken: &HashSet<String>,
    lock: &Lock,
    choices: &mut Vec<Choice>,
) -> Vec<String> {
    let place = |set: &Set| format!("{kind}: {}", set.content);
    let pinned = |index: usize| {
        let set: &Set = &sets[index];
        let is_free = |name: &&str| !taken.contains(*name) || set.own.iter().any(|own| own == name);
        lock.identifier(&place(set)).filter(is_free).map(str::to_owned)
    };
    let mut names: Vec<Option<String>> = vec![None; sets.len()];
    let mut used = HashSet::new();
    settle(&mut names, &mut used, &pinned);
    let locked: Vec<bool> = names.iter().map(Option::is_some).collect();
    let alone = |index: usize| match sets[index].own.as_slice() {
        [own] if sets[index].alone => Some(own.clone()),
        _ => None,
    };
    settle(&mut names, &mut used, &alone);
    used.extend(taken.iter().cloned());
    let most = sets.iter().map(|set| set.names.len()).max().unwrap_or_default();
    (0..most).for_each(|level| settle(&mut names, &mut used, &|index| sets[index].names.get(level).cloned()));
    let mut out = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        let name = names[index].take().unwrap_or_else(|| {
            let mut name = set.names.last().cloned().unwrap_or_else(|| "Shared".to_owned());
            while !used.insert(name.clone()) {
                name.push_str("Set");
            }
            name
        });
        if !set.content.is_empty() {
            choices.push(Choice { places: vec![place(set)], name: name.clone(), locked: locked[index] });
        }
        out.push(name);
    }
    out
}

/// What the names of `operations` and their tags have in common, as names that end in `end`; then the first operation's name.
pub(super) fn in_common(operations: &[&Operation<'_>], end: &str) -> Vec<String> {
    let mut names = Vec::new();
    let tags = |operation: &Operation<'_>| -> Vec<String> {
        let tags = operation.raw.get("tags").and_then(serde_json::Value::as_array).into_iter().flatten();
        tags.filter_map(|tag| Some(type_name(tag.as_str()?))).collect()
    };
    let Some((first, rest)) = operations.split_first() else { return names };
    let mut shared = tags(first);
    shared.retain(|tag| rest.iter().all(|other| tags(other).contains(tag)));
    names.extend(shared.first().cloned());
    let mut common = words(&first.type_name());
    for other in rest {
        let other = words(&other.type_name());
        common.retain(|word| other.contains(word));
    }
    common.retain(|word| {
        !["A", "An", "And", "By", "For", "From", "Id", "In", "Of", "On", "Or", "The", "To", "With"]
            .contains(&word.as_str())
    });
    if !common.is_empty() && !rest.is_empty() {
        names.push(common.concat());
    }
    names.push(first.type_name());
    names.into_iter().map(|name| limited(&[&name, end])).collect()
}

/// A name of those parts that is not too long.
pub(super) fn limited(parts: &[&str]) -> String {
    let whole = parts.iter().fold(String::new(), |whole, part| extended(&whole, part));
    let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    if whole.len() <= LONGEST { whole } else { shortened(&parts, LONGEST).swap_remove(0) }
}

/// The one value that all of `values` are, if there is one.
pub(super) fn same<T: PartialEq>(values: impl IntoIterator<Item = T>) -> Option<T> {
    let mut values = values.into_iter();
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(content: &str) -> Set {
        Set {
            content: content.into(),
            names: vec!["Short".into(), format!("Long{content}")],
            own: Vec::new(),
            alone: true,
        }
    }

    #[test]
    fn a_set_has_the_short_name_unless_another_claims_it_and_keeps_what_the_lock_pins() {
        let mut choices = Vec::new();
        assert_eq!(names("errors", &[set("A")], &HashSet::new(), &Lock::default(), &mut choices), ["Short"]);
        let lock = Lock::from_choices(&choices);
        let both = [set("B"), set("A")];
        assert_eq!(names("errors", &both, &HashSet::new(), &Lock::default(), &mut Vec::new()), ["LongB", "LongA"]);
        assert_eq!(names("errors", &both, &HashSet::new(), &lock, &mut Vec::new()), ["LongB", "Short"]);
        let taken = HashSet::from(["Short".to_owned()]);
        assert_eq!(names("errors", &[set("A")], &taken, &lock, &mut Vec::new()), ["LongA"]);
    }

    #[test]
    fn a_set_of_one_operation_has_the_name_of_its_errors_and_keeps_it_when_another_shares_it() {
        let own = |own: &[&str]| Set { own: own.iter().map(|name| (*name).to_owned()).collect(), ..set("A") };
        let taken = HashSet::from(["GetError", "ListError"].map(str::to_owned));
        let mut choices = Vec::new();
        let alone = names("errors", &[own(&["GetError"])], &taken, &Lock::default(), &mut choices);
        assert_eq!(alone, ["GetError"]);
        let lock = Lock::from_choices(&choices);
        let both = [own(&["ListError", "GetError"])];
        assert_eq!(names("errors", &both, &taken, &lock, &mut Vec::new()), ["GetError"]);
        assert_eq!(names("errors", &both, &taken, &Lock::default(), &mut Vec::new()), ["Short"]);
        // The operation has other errors now, and its name is for those.
        let other = [own(&["ListError"])];
        assert_eq!(names("errors", &other, &taken, &lock, &mut Vec::new()), ["ListError"]);
    }
}
