//! Names for the sets of headers and of errors that operations share: the short name if no other set claims it, and the long
//! name otherwise. `names.lock` pins each set by its contents, so that a rival that is added later renames nothing.

use std::collections::{HashMap, HashSet};

use crate::lock::{Choice, Lock};

/// A set that needs a name.
pub(super) struct Set {
    /// Its whole contents.
    pub(super) content: String,
    pub(super) short: String,
    /// The name that distinguishes it from others that claim the short name.
    pub(super) long: String,
}

/// Chooses the name of each of `sets`, which are of one `kind`.
///
/// Names that are `taken` go to no set.
pub(super) fn names(
    kind: &str,
    sets: &[Set],
    taken: &HashSet<String>,
    lock: &Lock,
    choices: &mut Vec<Choice>,
) -> Vec<String> {
    let place = |set: &Set| format!("{kind}: {}", set.content);
    let pinned = |set: &Set| lock.identifier(&place(set)).filter(|name| !taken.contains(*name));
    let pinned: Vec<Option<&str>> = sets.iter().map(pinned).collect();
    let mut claims: HashMap<&str, usize> = HashMap::new();
    for (set, pinned) in sets.iter().zip(&pinned) {
        *claims.entry(pinned.unwrap_or(&set.short)).or_default() += 1;
    }
    let mut used = taken.clone();
    used.extend(pinned.iter().flatten().map(|&name| name.to_owned()));
    let mut names = Vec::new();
    for (set, pinned) in sets.iter().zip(pinned) {
        let name = match pinned {
            Some(pinned) => pinned.to_owned(),
            None => {
                let mut name = if claims[set.short.as_str()] == 1 { set.short.clone() } else { set.long.clone() };
                while !used.insert(name.clone()) {
                    name.push_str("Set");
                }
                name
            }
        };
        if !set.content.is_empty() {
            choices.push(Choice { places: vec![place(set)], name: name.clone(), locked: pinned.is_some() });
        }
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(content: &str) -> Set {
        Set { content: content.into(), short: "Short".into(), long: format!("Long{content}") }
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
        assert_eq!(names("errors", &[set("A")], &taken, &lock, &mut Vec::new()), ["ShortSet"]);
    }
}
