//! Lines and columns, looked up when messages are printed: in what was noted of a YAML file as it was read, and else by reading
//! the text again. JSON is read so quickly that noting would take longer than the search, which passes over what is not wanted.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::events::Events;
use super::mend;
use crate::pointer::unescape;

/// The line and column of a node, both from 1, and its depth.
type Found = (usize, usize, usize);

/// What is known of a text that was parsed.
#[derive(Clone, Debug, Default)]
pub(super) enum Layout {
    /// It is JSON, as serde_json reads it, in which no key stands twice.
    Json,
    /// It is YAML, maybe once it is repaired, whose nodes stand there.
    Yaml(Marks),
    /// It was not parsed, or only as another text.
    #[default]
    Unknown,
}

/// Where the nodes of a text stand, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    marks: Vec<Mark>,
    /// The number of each key: the same keys stand in thousands of places.
    keys: HashMap<String, u32>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    /// A key is a number of [`Marks::keys`].
    step: Step<u32>,
    line: u32,
    column: u32,
}

/// What comes next in a text.
#[derive(Clone, Copy, Debug)]
enum Step<K> {
    Key(K),
    /// A value that holds no others, or an alias of one.
    Scalar,
    Mapping,
    List,
    /// The end of a mapping or list.
    End,
}

impl<'t> Step<&'t str> {
    /// What an event of a parser is, which `is_key` if it is a text; `None` if it is no part of the tree.
    fn of(event: &'t Event<'_>, is_key: bool) -> Option<Self> {
        Some(match event {
            Event::Scalar(text, ..) if is_key => Self::Key(text),
            Event::Scalar(..) | Event::Alias(_) => Self::Scalar,
            Event::MappingStart(..) => Self::Mapping,
            Event::SequenceStart(..) => Self::List,
            Event::MappingEnd | Event::SequenceEnd => Self::End,
            _ => return None,
        })
    }
}

impl<K> Step<K> {
    /// The same with what `key` makes of a key.
    fn with<L>(self, key: impl FnOnce(K) -> L) -> Step<L> {
        match self {
            Self::Key(text) => Step::Key(key(text)),
            Self::Scalar => Step::Scalar,
            Self::Mapping => Step::Mapping,
            Self::List => Step::List,
            Self::End => Step::End,
        }
    }
}

impl Marks {
    /// Notes an event, which `is_key` if it is a text.
    pub(super) fn note(&mut self, event: &Event<'_>, span: &Span, is_key: bool) {
        let Some(step) = Step::of(event, is_key) else { return };
        let step = step.with(|key| self.number(key));
        // No line of a file that is read has a higher number.
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        self.marks.push(Mark { step, line: narrow(span.start.line()), column: narrow(span.start.col() + 1) });
    }

    fn number(&mut self, key: &str) -> u32 {
        if let Some(number) = self.keys.get(key) {
            return *number;
        }
        let number = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.keys.insert(key.to_owned(), number);
        number
    }
}

/// For each of `pointers` the line, column (both from 1) and depth of its node in `text`, or of the nearest one above it; as far
/// as the text can be read.
pub(super) fn locate(text: &str, layout: &Layout, pointers: &[String]) -> Vec<Option<Found>> {
    let mut search = Search { wanted: vec![Wanted::default()], open: 1, levels: Vec::new() };
    let ends: Vec<Option<usize>> = pointers.iter().map(|pointer| search.want(pointer)).collect();
    match layout {
        Layout::Json => search.through_json(Events::of(text)),
        Layout::Yaml(marks) => search.through_marks(marks),
        Layout::Unknown => search.through_text(text),
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

    /// Looks for the nodes in a text that is not known.
    fn through_text(&mut self, text: &str) {
        if Events::may_be(text) && self.through(Events::of(text)) {
            return;
        }
        // Up to where it is no JSON, the places are the same.
        self.levels.clear();
        self.through(Parser::new_from_str(text));
        // What the parser does not reach may stand after what was repaired.
        if self.open > 0
            && let Some((mended, _)) = mend::mended(text)
        {
            self.levels.clear();
            self.through(Parser::new_from_str(&mended));
        }
    }

    /// Looks for the nodes in `events`, up to the first error; whether there was none.
    fn through<'i>(&mut self, events: impl Iterator<Item = Result<(Event<'i>, Span), ScanError>>) -> bool {
        for event in events {
            let Ok((event, span)) = event else { return false };
            self.event(&event, &span);
            if self.open == 0 {
                break;
            }
        }
        true
    }

    /// Looks for the nodes in what is JSON: a value that is not wanted, and in which nothing is, is passed over.
    fn through_json(&mut self, mut events: Events<'_>) {
        while self.open > 0
            && let Some(Ok((event, span))) = events.next()
        {
            self.event(&event, &span);
            if let Some(Level { next: next @ Next::Value { node: None, .. }, .. }) = self.levels.last_mut() {
                *next = Next::Key;
                events.pass_over();
            }
        }
    }

    fn through_marks(&mut self, marks: &Marks) {
        let mut keys = vec![""; marks.keys.len()];
        marks.keys.iter().for_each(|(key, number)| keys[*number as usize] = key);
        for Mark { step, line, column } in &marks.marks {
            self.step(step.with(|number| keys[number as usize]), *line as usize, *column as usize);
            if self.open == 0 {
                break;
            }
        }
    }

    fn event(&mut self, event: &Event<'_>, span: &Span) {
        // In a mapping, a scalar is a key first.
        let is_key = matches!(self.levels.last(), Some(Level { next: Next::Key, .. }));
        if let Some(step) = Step::of(event, is_key) {
            self.step(step, span.start.line(), span.start.col() + 1);
        }
    }

    fn step(&mut self, step: Step<&str>, line: usize, column: usize) {
        let next = match step {
            Step::Key(text) => {
                if let Some(Level { node, next }) = self.levels.last_mut() {
                    let node = node.and_then(|node| self.wanted[node].below.get(text).copied());
                    *next = Next::Value { line, column, node };
                }
                return;
            }
            Step::Scalar => {
                self.node(line, column);
                return;
            }
            Step::End => {
                self.levels.pop();
                return;
            }
            Step::Mapping => Next::Key,
            Step::List => Next::Item(0),
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
    use super::super::yaml;
    use super::*;

    const TEXT: &str = "a:\n  b: [1, {c: 2}]\n? {x: 1}\n: {y: 2}\nd/e: 3\n";

    fn strings(pointers: &[&str]) -> Vec<String> {
        pointers.iter().map(ToString::to_string).collect()
    }

    /// What is known of `text` once it is parsed.
    fn layout(text: &str) -> Layout {
        yaml::parse(text, 100).ok().expect("it is read").layout
    }

    #[test]
    fn a_node_stands_where_its_key_or_its_item_does() {
        let expected =
            [Some((1, 1, 0)), Some((2, 3, 2)), Some((2, 11, 4)), Some((5, 1, 1)), Some((2, 10, 3)), Some((1, 1, 0))];
        let pointers = strings(&["", "/a/b", "/a/b/1/c", "/d~1e", "/a/b/1/z", "/y"]);
        let noted = layout(TEXT);
        assert!(matches!(noted, Layout::Yaml(_)), "{noted:?}");
        for layout in [Layout::Unknown, noted] {
            assert_eq!(locate(TEXT, &layout, &pointers), expected);
        }
    }

    #[test]
    fn what_is_passed_over_in_json_hides_nothing() {
        let text = r#"{"a": {"}": "]\\\"}", "b": [[{"é": 1}], {}]}, "c": "\\", "d": [{"a": {"b": 1}, "é": -1.5e3,
            "e": true, "f": {"": null}}, [1, 2], "x"],
            "g": 1 , "h":{"i":"\u0041","j":[]}}"#;
        let pointers =
            strings(&["/a", "/a/b/0/0/é", "/c", "/d/0/é", "/d/0/f/", "/d/1/1", "/d/2", "/h/j", "/g", "/x/y"]);
        let json = layout(text);
        assert!(matches!(json, Layout::Json), "{json:?}");
        assert_eq!(locate(text, &json, &pointers), locate(text, &Layout::Unknown, &pointers));
        for pointer in &pointers {
            let alone = [pointer.clone()];
            assert_eq!(locate(text, &json, &alone), locate(text, &Layout::Unknown, &alone), "{pointer}");
        }
    }

    #[test]
    fn what_is_read_as_another_text_is_found_where_it_stands() {
        let texts = [
            ("a control character", "a: 1\u{1}\nb: 2\n", [1, 2]),
            ("a comment in JSON", "// c\n{\"a\": [1,],\n \"b\": 2}", [2, 3]),
            ("a tab", "a:\n\tc: 1\nb: 2\n", [1, 3]),
        ];
        for (what, text, expected) in texts {
            let found = locate(text, &layout(text), &strings(&["/a", "/b"]));
            let lines: Vec<usize> = found.iter().flatten().map(|(line, ..)| *line).collect();
            assert_eq!(lines, expected, "{what}");
        }
    }

    #[test]
    fn what_stands_before_an_error_is_found() {
        assert_eq!(locate("a: {b: 1}\nc: [\n", &Layout::Unknown, &["/a/b".to_owned()]), [Some((1, 5, 2))]);
    }
}
