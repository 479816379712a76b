//! Lines and columns: looked up only when a message is printed, by a second reading of the text that keeps them.

use saphyr_parser::{Event, Parser, Span};

use crate::normalize::walk::unescape;

/// Line, column (both from 1) and depth of the node at `pointer`, or of the nearest one above it.
pub(super) fn locate(text: &str, pointer: &str) -> Option<(usize, usize, usize)> {
    let tokens: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
    let mut search = Search { tokens: &tokens, levels: Vec::new(), matched: 0, best: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        if search.step(&event, &span) {
            break;
        }
    }
    search.best
}

/// An open collection.
struct Level {
    /// Whether the path to it is the beginning of the pointer.
    on_path: bool,
    kind: Kind,
}

enum Kind {
    /// A mapping; with the key whose value comes next, and where that key stands.
    Mapping(Option<(String, usize, usize)>),
    /// A sequence; with the index of what comes next.
    Sequence(usize),
}

struct Search<'a> {
    tokens: &'a [String],
    levels: Vec<Level>,
    /// How many tokens the path to the innermost open collection on the path has.
    matched: usize,
    best: Option<(usize, usize, usize)>,
}

impl Search<'_> {
    /// Takes one event; true when the node is found.
    fn step(&mut self, event: &Event<'_>, span: &Span) -> bool {
        let (line, column) = (span.start.line(), span.start.col() + 1);
        match event {
            Event::Scalar(text, ..) => {
                // In a mapping, a scalar is a key first.
                if let Some(Level { kind: Kind::Mapping(key @ None), .. }) = self.levels.last_mut() {
                    *key = Some((text.to_string(), line, column));
                    return false;
                }
                self.node(line, column);
            }
            Event::Alias(_) => {
                self.node(line, column);
            }
            Event::MappingStart(..) => {
                let on_path = self.node(line, column);
                self.levels.push(Level { on_path, kind: Kind::Mapping(None) });
            }
            Event::SequenceStart(..) => {
                let on_path = self.node(line, column);
                self.levels.push(Level { on_path, kind: Kind::Sequence(0) });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let closed = self.levels.pop();
                // Nothing further can be nearer once the nearest collection is closed.
                return closed.is_some_and(|level| level.on_path);
            }
            _ => {}
        }
        self.best.is_some_and(|(.., depth)| depth == self.tokens.len())
    }

    /// A node begins; whether it is on the way to the pointer.
    fn node(&mut self, line: usize, column: usize) -> bool {
        let (on_path, place) = match self.levels.last_mut() {
            None => (true, (line, column)),
            Some(level) => {
                let wanted = self.tokens.get(self.matched);
                match &mut level.kind {
                    Kind::Mapping(key) => {
                        let Some((key, line, column)) = key.take() else { return false };
                        (level.on_path && wanted == Some(&key), (line, column))
                    }
                    Kind::Sequence(index) => {
                        *index += 1;
                        (level.on_path && wanted == Some(&(*index - 1).to_string()), (line, column))
                    }
                }
            }
        };
        if on_path {
            self.matched = if self.levels.is_empty() { 0 } else { self.matched + 1 };
            self.best = Some((place.0, place.1, self.matched));
        }
        on_path
    }
}
