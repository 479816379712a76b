//! Lines and columns: looked up only when messages are printed, by a second reading of the text that keeps them.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::events::Events;
use super::mend;
use crate::pointer::escape;

/// For each of `pointers` the line, column (both from 1) and depth of its node, or of the nearest one above it; as far as
/// the text can be read.
pub(super) fn locate(text: &str, pointers: &[String]) -> Vec<Option<(usize, usize, usize)>> {
    let mut search = Search { found: HashMap::new(), open: 0, levels: Vec::new(), path: String::new() };
    for pointer in pointers {
        search.want(pointer);
    }
    if Events::read(text) {
        search.through(Events::of(text));
    } else {
        search.through(Parser::new_from_str(text));
        // What the parser does not reach may stand after what was repaired.
        if search.open > 0
            && let Some((mended, _)) = mend::mended(text)
        {
            search.levels.clear();
            search.path.clear();
            search.through(Parser::new_from_str(&mended));
        }
    }
    pointers.iter().map(|pointer| prefixes(pointer).rev().find_map(|prefix| *search.found.get(prefix)?)).collect()
}

/// The pointers of the node that `pointer` names and of all above it, the root first.
fn prefixes(pointer: &str) -> impl DoubleEndedIterator<Item = &str> {
    let ends = pointer.match_indices('/').map(|(index, _)| index).chain(std::iter::once(pointer.len()));
    ends.collect::<Vec<_>>().into_iter().map(|end| &pointer[..end])
}

/// An open collection: how long the path to it is, and what comes next in it.
struct Level {
    path: usize,
    next: Next,
}

enum Next {
    /// A key.
    Key,
    /// The value of a key that stands there, with how long the path to it is.
    Value { line: usize, column: usize, path: usize },
    /// The item of that index.
    Item(usize),
}

struct Search {
    /// The pointers that are looked for, and where they were found.
    found: HashMap<String, Option<(usize, usize, usize)>>,
    /// How many of them were not found yet.
    open: usize,
    levels: Vec<Level>,
    /// The pointer of the node at hand.
    path: String,
}

impl Search {
    fn want(&mut self, pointer: &str) {
        for prefix in prefixes(pointer) {
            if self.found.insert(prefix.to_owned(), None).is_none() {
                self.open += 1;
            }
        }
    }

    /// Looks for the pointers in `events`, up to the first error.
    fn through<'i>(&mut self, events: impl Iterator<Item = Result<(Event<'i>, Span), ScanError>>) {
        for (event, span) in events.map_while(Result::ok) {
            self.step(&event, &span);
            if self.open == 0 {
                break;
            }
        }
    }

    fn step(&mut self, event: &Event<'_>, span: &Span) {
        let (line, column) = (span.start.line(), span.start.col() + 1);
        match event {
            Event::Scalar(text, ..) => match self.levels.last_mut() {
                // In a mapping, a scalar is a key first.
                Some(Level { path, next: next @ Next::Key }) => {
                    self.path.truncate(*path);
                    self.path.push('/');
                    self.path.push_str(&escape(text));
                    *next = Next::Value { line, column, path: self.path.len() };
                }
                _ => self.node(line, column),
            },
            Event::Alias(_) => self.node(line, column),
            Event::MappingStart(..) => self.enter(line, column, Next::Key),
            Event::SequenceStart(..) => self.enter(line, column, Next::Item(0)),
            Event::MappingEnd | Event::SequenceEnd => {
                self.levels.pop();
            }
            _ => {}
        }
    }

    fn enter(&mut self, line: usize, column: usize, next: Next) {
        self.node(line, column);
        self.levels.push(Level { path: self.path.len(), next });
    }

    /// A node begins: it stands where its key does, if it has one.
    fn node(&mut self, line: usize, column: usize) {
        let mut place = (line, column);
        if let Some(level) = self.levels.last_mut() {
            match &mut level.next {
                // A key that is itself a collection has no pointer.
                Next::Key => {
                    self.path.truncate(level.path);
                    self.path.push('\0');
                    level.next = Next::Value { line, column, path: self.path.len() };
                    return;
                }
                Next::Value { line, column, path } => {
                    place = (*line, *column);
                    self.path.truncate(*path);
                    level.next = Next::Key;
                }
                Next::Item(index) => {
                    self.path.truncate(level.path);
                    self.path.push_str(&format!("/{index}"));
                    *index += 1;
                }
            }
        }
        if let Some(found @ None) = self.found.get_mut(&self.path) {
            *found = Some((place.0, place.1, self.path.matches('/').count()));
            self.open -= 1;
        }
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
