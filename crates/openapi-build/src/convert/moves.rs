//! Where the parts of a converted document stood in the published one.

use std::collections::BTreeMap;

use serde_json::Value;

/// Published pointers, by the pointers of the converted document; what stands below one has moved with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moves(BTreeMap<String, String>);

impl Moves {
    /// Remembers that what is at `to` was published at `from`.
    pub(crate) fn add(&mut self, to: impl Into<String>, from: impl Into<String>) {
        let (to, from) = (to.into(), from.into());
        if to != from {
            self.0.insert(to, from);
        }
    }

    /// Whether nothing has moved.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The published place of what is at `pointer` in the converted document.
    pub(crate) fn published(&self, pointer: &str) -> String {
        replaced(&self.0, pointer).unwrap_or_else(|| pointer.to_owned())
    }

    /// Where in `document` the place is that a user points at, as it was published or as it is now; `None` if `target` is no pointer.
    /// These moves are [`reversed`](Self::reversed).
    pub(crate) fn pointed_at(&self, target: &str, document: &Value) -> Option<String> {
        let pointer = target.trim_start_matches('#');
        let is_here = document.pointer(pointer).is_some();
        pointer.starts_with('/').then(|| if is_here { pointer.to_owned() } else { self.published(pointer) })
    }

    /// Leads from published places to converted ones; of several, to the first.
    pub(crate) fn reversed(&self) -> Self {
        let mut reversed = BTreeMap::new();
        // What is shared and was written anew where it is used still has its own place.
        let is_copy = |to: &str, from: &str| to.starts_with("/paths/") && !from.starts_with("/paths/");
        for (to, from) in self.0.iter().filter(|(to, from)| !is_copy(to, from)) {
            reversed.entry(from.clone()).or_insert_with(|| to.clone());
        }
        Self(reversed)
    }
}

/// `pointer` with the longest of its beginnings that has moved replaced.
fn replaced(moves: &BTreeMap<String, String>, pointer: &str) -> Option<String> {
    let ends = pointer.match_indices('/').map(|(end, _)| end).chain([pointer.len()]).collect::<Vec<_>>();
    let known = ends.into_iter().rev().find_map(|end| Some((moves.get(&pointer[..end])?, &pointer[end..])));
    known.map(|(moved, rest)| format!("{moved}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::Moves;

    #[test]
    fn what_stands_deeper_moves_with_the_nearest_place_above_it() {
        let mut moves = Moves::default();
        moves.add("/components/schemas", "/definitions");
        moves.add("/a/b", "/c");
        for (pointer, published) in [
            ("/components/schemas/A/items", "/definitions/A/items"),
            ("/components/schemasX/A", "/components/schemasX/A"),
            ("/a", "/a"),
            ("/a/b/d", "/c/d"),
        ] {
            assert_eq!(moves.published(pointer), published);
        }
        assert_eq!(moves.reversed().published("/definitions/A"), "/components/schemas/A");
    }
}
