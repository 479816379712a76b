//! Which change of the definition a change of the Rust API comes from: by the names that both give it. What fits none,
//! or comes from several together (the enum of errors that operations share), is told by itself.

use std::collections::HashMap;

use crate::names::{snake_name, type_name};
use crate::pointer::tokens;
use crate::track::change::Change;
use crate::track::semver::ItemChange;

/// Puts each item beside the change that it fits best; gives back those that fit none. `ids` has the `operationId` of
/// each operation, by what reports call it.
pub(super) fn link(
    changes: &mut [Change],
    items: Vec<ItemChange>,
    ids: &HashMap<String, Vec<String>>,
) -> Vec<ItemChange> {
    let names: Vec<Names> = changes.iter().map(|change| Names::of(change, ids)).collect();
    let mut rest = Vec::new();
    for item in items {
        let best = names.iter().enumerate().map(|(index, names)| (names.fit(&item), std::cmp::Reverse(index))).max();
        match best {
            Some((fit, std::cmp::Reverse(index))) if fit > 0 => changes[index].items.push(item),
            _ => rest.push(item),
        }
    }
    for change in changes {
        change.items.sort_by_key(|item| std::cmp::Reverse(item.level));
    }
    rest
}

/// The Rust names that a change may bear on.
#[derive(Default)]
struct Names {
    /// The types of the components or operations that it stands in.
    types: Vec<String>,
    /// The methods of the operations that it stands in.
    methods: Vec<String>,
    /// The properties and parameters that lead to it, the last one first.
    members: Vec<String>,
    /// Types of the operations that it touches.
    touched: Vec<String>,
    /// Whether it came, went, or neither.
    way: (bool, bool),
    /// Whether it stands in what an operation takes, or in what it gives back.
    within: (bool, bool),
}

impl Names {
    fn of(change: &Change, ids: &HashMap<String, Vec<String>>) -> Self {
        let stands = |part: &str| change.place().is_some_and(|place| place.pointer.contains(part));
        let mut names = Self {
            way: (change.old.is_some(), change.new.is_some()),
            within: (stands("/parameters") || stands("/requestBody"), stands("/responses/")),
            ..Self::default()
        };
        for place in [&change.old, &change.new].into_iter().flatten() {
            names.read(&place.pointer);
        }
        // The operation's own name and those of members that a pointer does not have.
        let in_operation = change.place().is_some_and(|place| place.pointer.starts_with("/paths/"));
        for id in change.operations.iter().filter_map(|label| ids.get(label)).flatten() {
            let name = type_name(id);
            if in_operation {
                names.methods.push(snake_name(id));
                names.types.push(name);
            } else {
                names.touched.push(name);
            }
        }
        let last = |text: &str| text.rsplit(['.', ' ']).next().map(str::to_owned);
        names.members.extend(last(&change.subject));
        names.members.extend(change.member.clone());
        if let ("D072" | "D067" | "D043" | "D039" | "D018" | "D004", Some(old), Some(new)) =
            (change.code, &change.old, &change.new)
        {
            for text in [&old.text, &new.text].into_iter().flatten() {
                names.types.push(type_name(text));
                names.methods.push(snake_name(text));
                names.members.push(text.clone());
            }
        }
        names.types.dedup();
        names
    }

    fn read(&mut self, pointer: &str) {
        let tokens: Vec<String> = tokens(pointer).collect();
        if let [components, _, name, ..] = tokens.as_slice()
            && components == "components"
        {
            self.types.push(type_name(name));
        }
        for pair in tokens.windows(2).rev() {
            if matches!(pair[0].as_str(), "properties" | "headers") {
                self.members.push(pair[1].clone());
            }
        }
    }

    /// How well an item fits; 0 if it does not.
    fn fit(&self, item: &ItemChange) -> usize {
        let path = item.path.as_str();
        let member = path.rsplit("::").next().unwrap_or_default();
        let owner = path.strip_suffix(member).unwrap_or_default().trim_end_matches("::");
        let is_member = self.members.iter().any(|name| snake_name(name) == member || type_name(name) == member);
        let of = |name: &str| {
            let spots = [
                format!("operations::{name}"),
                format!("errors::{name}Error"),
                format!("support::Call<operations::{name}>"),
            ];
            spots
                .iter()
                .any(|spot| path == spot || path.strip_prefix(spot.as_str()).is_some_and(|rest| rest.starts_with("::")))
        };
        let mut best = 0;
        let answers = path.starts_with("errors::") || path.ends_with("::Body") || path.ends_with("::Headers");
        let bonus = usize::from(if answers { self.within.1 } else { self.within.0 });
        let makes = |method: &String| {
            let result = format!(" -> requests::{}", type_name(method));
            let lines = [&item.old, &item.new].into_iter().flatten();
            path.starts_with("groups::") && lines.into_iter().any(|line| line.ends_with(&result))
        };
        for method in &self.methods {
            if path == format!("Client::{method}") || makes(method) {
                best = best.max(6 + bonus);
            }
        }
        for name in &self.types {
            if of(name) {
                best = best.max(4 + bonus + 4 * usize::from(is_member));
            }
            let Some(rest) = path.strip_prefix("types::").and_then(|path| path.strip_prefix(name.as_str())) else {
                continue;
            };
            let (suffix, inner) = rest.split_once("::").unwrap_or((rest, ""));
            let own = matches!(suffix, "" | "Request" | "Response" | "Required" | "RequestRequired");
            let of_member = self.members.iter().any(|name| !name.is_empty() && suffix.contains(&type_name(name)));
            best = best.max(match (own, inner.is_empty(), is_member, of_member) {
                (true, false, true, _) => 9,
                (true, true, ..) => 3,
                (false, _, _, true) => 7,
                (true, false, ..) | (false, ..) => 1,
            });
        }
        let touched = self
            .touched
            .iter()
            .any(|name| of(name) || owner.strip_prefix("types::").is_some_and(|rest| rest.starts_with(name.as_str())));
        // A part of an `allOf` gives its fields to the types of what it is a part of.
        let same_way = (item.old.is_some(), item.new.is_some()) == self.way;
        let elsewhere = is_member && same_way && owner.starts_with("types::") && !self.touched.is_empty();
        match (elsewhere, touched) {
            (true, _) => best.max(5),
            (false, true) => best.max(1),
            (false, false) => best,
        }
    }
}
