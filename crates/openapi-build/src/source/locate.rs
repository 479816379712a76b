//! Lines and columns: looked up only when messages are printed, by a second reading of the text that keeps them.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::events::Events;
use super::mend;
use crate::pointer::unescape;

/// The line and column of a node, both from 1, and its depth.
type Found = (usize, usize, usize);

/// For each of `pointers` the line, column (both from 1) and depth of its node, or of the nearest one above it; as far as
/// the text can be read.
pub(super) fn locate(text: &str, pointers: &[String]) -> Vec<Option<Found>> {
    let mut search = Search { wanted: vec![Wanted::default()], open: 1, levels: Vec::new() };
    let ends: Vec<Option<usize>> = pointers.iter().map(|pointer| search.want(pointer)).collect();
    if !Events::may_be(text) || !search.through(Events::of(text)) {
        // Up to where it is no JSON, the places are the same.
        search.levels.clear();
        search.through(Parser::new_from_str(text));
        // What the parser does not reach may stand after what was repaired.
        if search.open > 0
            && let Some((mended, _)) = mend::mended(text)
        {
            search.levels.clear();
            search.through(Parser::new_from_str(&mended));
        }
    }
    ends.into_iter().map(|end| search.nearest(end?)).collect()
}

/// A node that is looked for, or that is above one.
#[derive(Default)]
struct Wanted {
    above: Option<usize>,
    below: HashMap<String, usize>,
    found: Option<Found>,
}

/// An open collection: which of the wanted nodes it is, and what comes next in it.
struct Level {
    node: Option<usize>,
    next: Next,
}

enum Next {
    /// A key.
    Key,
    /// The value of a key that stands there, and which of the wanted nodes the value is.
    Value { line: usize, column: usize, node: Option<usize> },
    /// The item of that index.
    Item(usize),
}

/// A search for nodes. What is below a node that is not wanted is passed over without its path being made.
struct Search {
    /// The root first.
    wanted: Vec<Wanted>,
    /// How many of them were not found yet.
    open: usize,
    levels: Vec<Level>,
}

impl Search {
    /// Looks for the node at `pointer` and those above it; `None` if it is no JSON pointer.
    fn want(&mut self, pointer: &str) -> Option<usize> {
        let mut node = 0;
        for token in pointer.strip_prefix('/').map(|rest| rest.split('/')).into_iter().flatten() {
            let added = self.wanted.len();
            let below = *self.wanted[node].below.entry(unescape(token)).or_insert(added);
            if below == added {
                self.wanted.push(Wanted { above: Some(node), ..Wanted::default() });
                self.open += 1;
            }
            node = below;
        }
        (pointer.is_empty() || pointer.starts_with('/')).then_some(node)
    }

    /// Where `node` was found, or the nearest one above it.
    fn nearest(&self, node: usize) -> Option<Found> {
        std::iter::successors(Some(node), |node| self.wanted[*node].above).find_map(|node| self.wanted[node].found)
    }

    /// Looks for the nodes in `events`, up to the first error; whether there was none.
    fn through<'i>(&mut self, events: impl Iterator<Item = Result<(Event<'i>, Span), ScanError>>) -> bool {
        for event in events {
            let Ok((event, span)) = event else { return false };
            self.step(&event, &span);
            if self.open == 0 {
                break;
            }
        }
        true
    }

    fn step(&mut self, event: &Event<'_>, span: &Span) {
        let (line, column) = (span.start.line(), span.start.col() + 1);
        let next = match event {
            Event::Scalar(text, ..) => {
                // In a mapping, a scalar is a key first.
                if let Some(Level { node, next: next @ Next::Key }) = self.levels.last_mut() {
                    let node = node.and_then(|node| self.wanted[node].below.get(text.as_ref()).copied());
                    *next = Next::Value { line, column, node };
                } else {
                    self.node(line, column);
                }
                return;
            }
            Event::Alias(_) => {
                self.node(line, column);
                return;
            }
            Event::MappingStart(..) => Next::Key,
            Event::SequenceStart(..) => Next::Item(0),
            Event::MappingEnd | Event::SequenceEnd => {
                self.levels.pop();
                return;
            }
            _ => return,
        };
        let node = self.node(line, column);
        self.levels.push(Level { node, next });
    }

    /// A node begins: which of the wanted ones it is. It stands where its key does, if it has one.
    fn node(&mut self, line: usize, column: usize) -> Option<usize> {
        let (mut place, mut at) = ((line, column), Some(0));
        if let Some(level) = self.levels.last_mut() {
            match &mut level.next {
                // A key that is itself a collection has no pointer.
                Next::Key => {
                    level.next = Next::Value { line, column, node: None };
                    return None;
                }
                Next::Value { line, column, node } => {
                    (place, at) = ((*line, *column), *node);
                    level.next = Next::Key;
                }
                Next::Item(index) => {
                    let below = level.node.map(|node| &self.wanted[node].below);
                    at = below.filter(|below| !below.is_empty()).and_then(|it| it.get(&index.to_string()).copied());
                    *index += 1;
                }
            }
        }
        let at = at?;
        if self.wanted[at].found.is_none() {
            self.wanted[at].found = Some((place.0, place.1, self.levels.len()));
            self.open -= 1;
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a:\n  b: [1, {c: 2}]\n? {x: 1}\n: {y: 2}\nd/e: 3\n";

    #[test]
    fn a_node_stands_where_its_key_or_its_item_does() {
        let places = |pointers: &[&str]| locate(TEXT, &pointers.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(
            places(&["", "/a/b", "/a/b/1/c", "/d~1e", "/a/b/1/z", "/y"]),
            [Some((1, 1, 0)), Some((2, 3, 2)), Some((2, 11, 4)), Some((5, 1, 1)), Some((2, 10, 3)), Some((1, 1, 0))]
        );
    }

    #[test]
    fn what_stands_before_an_error_is_found() {
        assert_eq!(locate("a: {b: 1}\nc: [\n", &["/a/b".to_owned()]), [Some((1, 5, 2))]);
    }
}
