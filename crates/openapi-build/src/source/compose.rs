//! YAML to a tree, from the events of `saphyr-parser`: in one pass, without a second tree, and with the text of each scalar.
//!
//! What YAML allows and JSON does not is read as what it means: tags are dropped, aliases and merge keys (`<<`) are copies,
//! keys are texts as the source writes them. What breaks a rule of YAML but has a meaning is a [`Finding`].

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::{Map, Value, json};

use super::events::Events;
use super::scalar::{self, Scalar};
use crate::extensions::SOURCE;
use crate::pointer::escape;

/// How deep a document may be nested. The deepest that Confluent publishes has 36 levels; serde_json stops at 128 too.
pub(super) const MAX_DEPTH: usize = 128;

/// How many nodes may be copies: a million, and as many as the file itself has.
const COPIES: usize = 1_000_000;

/// How many nodes may have a name.
const ANCHORS: usize = 100_000;

/// How many values a mapping counts for, by the memory that it takes.
pub(super) const MAPPING: usize = 4;

/// How many findings are kept; a file may repeat a key millions of times.
const FINDINGS: usize = 1_000;

/// The keywords whose values are texts in a schema of texts, and in a variable of a server.
const TEXTS: [&str; 3] = ["enum", "default", "const"];

/// The keywords that an infinity makes meaningless, because no number reaches it.
const BOUNDS: [&str; 4] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

/// Something in the file that breaks a rule, and how it was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) message: String,
    pub(super) pointer: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) help: &'static str,
    /// Whether a part of the file is not read.
    pub(super) loses: bool,
}

/// Why a text is no tree.
#[derive(Debug)]
pub(super) enum Stop {
    /// It is no YAML.
    Syntax(ScanError, Option<&'static str>),
    /// It is nested too deep.
    Depth(usize, usize),
    /// Its aliases stand for too many nodes.
    Copies(usize, usize),
    /// It has more nodes than are read.
    Nodes(usize, usize),
}

/// The first document in `text` that is not empty; `limit` is how many nodes are read.
pub(super) fn compose(text: &str, limit: usize) -> Result<(Value, Vec<Finding>), Stop> {
    // Where its brackets are closed, a document is whole; without brackets, the rest may belong to it.
    put_together(Parser::new_from_str(text), limit, text.trim_start().starts_with('{'))
}

/// As [`compose`], of a text that is JSON.
pub(super) fn compose_json(text: &str, limit: usize) -> Result<(Value, Vec<Finding>), Stop> {
    put_together(Events::of(text), limit, true)
}

/// The first tree that `events` are; `closed` says that no error after its end is a part of it.
fn put_together<'i>(
    events: impl Iterator<Item = Result<(Event<'i>, Span), ScanError>>,
    limit: usize,
    closed: bool,
) -> Result<(Value, Vec<Finding>), Stop> {
    let mut composer = Composer { limit, ..Composer::default() };
    let mut tree: Option<Value> = None;
    for event in events {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) if tree.is_some() && closed => {
                let span = Span::empty(*error.marker());
                composer.lose(&span, "what follows here is no YAML, and is not read".into(), "keep the document alone");
                break;
            }
            Err(error) => return Err(Stop::Syntax(error, composer.levels.last().map(Level::name))),
        };
        let begins = matches!(event, Event::Scalar(..) | Event::MappingStart(..) | Event::SequenceStart(..));
        if tree.is_some() && begins {
            if !matches!(&event, Event::Scalar(text, ..) if text.is_empty()) {
                composer.lose(&span, "another document begins here; the first one is read".into(), "keep one document");
            }
            break;
        }
        composer.step(event, &span)?;
        tree = tree.or_else(|| composer.root.take().filter(|root| !root.is_null()));
    }
    Ok((tree.unwrap_or_default(), composer.findings))
}

#[derive(Default)]
struct Composer<'i> {
    levels: Vec<Level<'i>>,
    root: Option<Value>,
    anchors: HashMap<usize, Anchor>,
    findings: Vec<Finding>,
    /// How many nodes were made, how many of them are copies, and how many may be made.
    nodes: usize,
    copies: usize,
    limit: usize,
}

/// A node with a name, for aliases.
#[derive(Clone)]
struct Anchor {
    node: Node,
    nodes: usize,
    depth: usize,
}

/// A node that is complete.
#[derive(Clone)]
struct Node {
    value: Value,
    /// The texts of its scalars, if they are of a keyword of [`TEXTS`] and differ from how JSON writes them.
    texts: Option<Value>,
    /// Whether it is a number that JSON cannot hold, as a text.
    beyond: bool,
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self { value, texts: None, beyond: false }
    }
}

/// An open collection.
struct Level<'i> {
    inside: Inside<'i>,
    anchor: usize,
    /// How many nodes there were before it.
    before: usize,
    /// How deep the collections within it are nested.
    height: usize,
}

enum Inside<'i> {
    Mapping {
        object: Map<String, Value>,
        key: Key<'i>,
        merged: Vec<Value>,
        sources: Map<String, Value>,
    },
    List {
        items: Vec<Value>,
        /// The value and the text of each scalar, if they are wanted.
        texts: Option<Vec<(String, String)>>,
    },
}

/// What a mapping has before the value that comes next.
enum Key<'i> {
    None,
    Text(Cow<'i, str>),
    /// `<<`.
    Merge,
    /// A key that is itself a collection.
    Unusable,
}

impl Level<'_> {
    fn name(&self) -> &'static str {
        match self.inside {
            Inside::Mapping { .. } => "a mapping",
            Inside::List { .. } => "a list",
        }
    }

    fn key(&self) -> Option<&str> {
        match &self.inside {
            Inside::Mapping { key: Key::Text(key), .. } => Some(key),
            _ => None,
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.inside, Inside::Mapping { key: Key::None, .. })
    }
}

impl<'i> Composer<'i> {
    fn step(&mut self, event: Event<'i>, span: &Span) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::MappingStart(anchor, _) => {
                let (object, merged, sources) = <(Map<_, _>, Vec<_>, Map<_, _>)>::default();
                self.open(Inside::Mapping { object, key: Key::None, merged, sources }, anchor, span)
            }
            Event::SequenceStart(anchor, _) => {
                let wanted = self.levels.last().and_then(Level::key) == Some("enum") || anchor != 0;
                self.open(Inside::List { items: Vec::new(), texts: wanted.then(Vec::new) }, anchor, span)
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(span),
            _ => Ok(()),
        }
    }

    fn open(&mut self, inside: Inside<'i>, anchor: usize, span: &Span) -> Result<(), Stop> {
        if self.levels.len() >= MAX_DEPTH {
            return Err(Stop::Depth(span.start.line(), span.start.col() + 1));
        }
        let before = self.nodes;
        self.count(if matches!(inside, Inside::Mapping { .. }) { MAPPING } else { 1 }, span)?;
        self.levels.push(Level { inside, anchor, before, height: 1 });
        Ok(())
    }

    fn close(&mut self, span: &Span) -> Result<(), Stop> {
        let Some(level) = self.levels.pop() else { return Ok(()) };
        let node = match level.inside {
            Inside::Mapping { mut object, merged, sources, .. } => {
                for merged in merged {
                    self.merge(&mut object, merged, span)?;
                }
                if !sources.is_empty() && (takes_texts(object.get("type")) || self.in_variables()) {
                    object.insert(SOURCE.into(), Value::Object(sources));
                }
                Node::from(Value::Object(exact(object)))
            }
            Inside::List { items, texts } => {
                Node { value: Value::Array(items), texts: texts.and_then(in_order), beyond: false }
            }
        };
        if let Some(above) = self.levels.last_mut() {
            above.height = above.height.max(level.height + 1);
        }
        self.name(level.anchor, &node, level.before, level.height, span)?;
        self.complete(node, span)
    }

    fn scalar(
        &mut self,
        text: Cow<'i, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: &Span,
    ) -> Result<(), Stop> {
        let plain = style == ScalarStyle::Plain;
        if self.levels.last().is_some_and(Level::wants_key) {
            if anchor != 0 {
                self.name(anchor, &Value::from(text.as_ref()).into(), self.nodes, 0, span)?;
            }
            let merge = plain && text == "<<" && tag.is_none_or(|tag| tag.suffix == "merge");
            self.key(if merge { Key::Merge } else { Key::Text(text) }, span);
            return Ok(());
        }
        self.count(1, span)?;
        let node = self.read(text, plain, tag, span);
        self.name(anchor, &node, self.nodes - 1, 0, span)?;
        self.complete(node, span)
    }

    /// The value of a scalar.
    fn read(&mut self, text: Cow<'i, str>, plain: bool, tag: Option<&Tag>, span: &Span) -> Node {
        let core = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
        let resolved = match core {
            Some("int" | "float" | "bool" | "null") => scalar::resolve(&text),
            // A tag of another kind says nothing about the value.
            None if plain && !tag.is_some_and(|tag| tag.handle.is_empty() && tag.suffix == "!") => {
                scalar::resolve(&text)
            }
            _ => return Value::from(text.into_owned()).into(),
        };
        let is_version = match self.levels.as_slice() {
            [top] => matches!(top.key(), Some("openapi" | "swagger")),
            [top, info] => top.key() == Some("info") && info.key() == Some("version"),
            _ => false,
        };
        match resolved {
            Scalar::Value(value) if value.is_number() && is_version => Value::from(text.into_owned()).into(),
            Scalar::Value(value) => {
                let wanted = self.levels.last().and_then(Level::key).is_some_and(|key| TEXTS.contains(&key));
                let differs = wanted && (value.is_number() || value.is_boolean()) && value.to_string() != text;
                self.text_of_item(&value, &text);
                Node { value, texts: differs.then(|| text.into_owned().into()), beyond: false }
            }
            Scalar::Beyond => {
                let bound = self.levels.last().and_then(Level::key).is_some_and(|key| BOUNDS.contains(&key));
                let fate =
                    if bound { "no number reaches that bound, and it is left out" } else { "it is read as a text" };
                self.find(
                    span,
                    format!("`{text}` is no number that JSON has; {fate}"),
                    "write a number, or a text in quotes",
                );
                Node { value: text.into_owned().into(), texts: None, beyond: true }
            }
        }
    }

    /// Keeps the text of a scalar in a list whose texts are wanted.
    fn text_of_item(&mut self, value: &Value, text: &str) {
        if let Some(Level { inside: Inside::List { texts: Some(texts), .. }, .. }) = self.levels.last_mut()
            && (value.is_number() || value.is_boolean())
        {
            texts.push((value.to_string(), text.to_owned()));
        }
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Result<(), Stop> {
        let Some(anchor) = self.anchors.get(&anchor) else {
            self.lose(
                span,
                "this alias stands within the node that it names; it is read as null".into(),
                "write the node out",
            );
            self.count(1, span)?;
            return self.complete(Value::Null.into(), span);
        };
        if self.levels.len() + anchor.depth > MAX_DEPTH {
            return Err(Stop::Depth(span.start.line(), span.start.col() + 1));
        }
        let (node, nodes, depth) = (anchor.node.clone(), anchor.nodes, anchor.depth);
        self.copy(nodes, span)?;
        if let Some(above) = self.levels.last_mut() {
            above.height = above.height.max(depth + 1);
        }
        self.complete(node, span)
    }

    /// Keeps a complete node for aliases, if it has a name.
    fn name(&mut self, anchor: usize, node: &Node, before: usize, depth: usize, span: &Span) -> Result<(), Stop> {
        if anchor != 0 {
            let nodes = (self.nodes - before).max(1);
            self.copy(nodes, span)?;
            self.anchors.insert(anchor, Anchor { node: node.clone(), nodes, depth });
        }
        Ok(())
    }

    /// Whether the next node of the innermost collection is a variable of a server, whose values are texts.
    fn in_variables(&self) -> bool {
        let [.., servers, list, server, variables] = self.levels.as_slice() else { return false };
        let is_list = matches!(list.inside, Inside::List { .. });
        is_list
            && servers.key() == Some("servers")
            && server.key() == Some("variables")
            && matches!(variables.inside, Inside::Mapping { .. })
    }

    /// Sets the key of the value that comes next.
    fn key(&mut self, next: Key<'i>, span: &Span) {
        let Some(Level { inside: Inside::Mapping { object, key, .. }, .. }) = self.levels.last_mut() else { return };
        let twice = matches!(&next, Key::Text(text) if object.contains_key(text.as_ref()));
        *key = next;
        if twice {
            let name = self.levels.last().and_then(Level::key).unwrap_or_default();
            let message = format!("the key `{}` stands twice; the last one is read", shortened(name));
            self.lose(span, message, "keep one of the two");
        }
    }

    /// Puts a complete node where it belongs.
    fn complete(&mut self, node: Node, span: &Span) -> Result<(), Stop> {
        let Some(level) = self.levels.last_mut() else {
            self.root = Some(node.value);
            return Ok(());
        };
        match &mut level.inside {
            Inside::List { items, .. } => items.push(node.value),
            Inside::Mapping { object, key, merged, sources } => match std::mem::replace(key, Key::None) {
                Key::None => match node.value {
                    Value::Array(_) | Value::Object(_) => {
                        *key = Key::Unusable;
                        let message = "a key is itself a mapping or a list; it is left out, with its value";
                        self.lose(span, message.into(), "write a text; a template in braces needs quotes");
                    }
                    Value::String(text) => self.key(Key::Text(text.into()), span),
                    other => self.key(Key::Text(other.to_string().into()), span),
                },
                Key::Text(key) => {
                    if node.beyond && BOUNDS.contains(&key.as_ref()) {
                        return Ok(());
                    }
                    if TEXTS.contains(&key.as_ref()) {
                        // A constant is an enum of one value.
                        let (name, texts) = match (key.as_ref(), node.texts) {
                            ("const", Some(text)) => ("enum", Some(json!({node.value.to_string(): [text]}))),
                            ("const", None) => ("enum", None),
                            (key, texts) => (key, texts),
                        };
                        match texts {
                            Some(texts) => drop(sources.insert(name.to_owned(), texts)),
                            None => drop(sources.shift_remove(name)),
                        }
                    }
                    object.insert(key.into_owned(), node.value);
                }
                Key::Merge => merged.push(node.value),
                Key::Unusable => {}
            },
        }
        Ok(())
    }

    /// Adds to `object` what it does not say itself.
    fn merge(&mut self, object: &mut Map<String, Value>, merged: Value, span: &Span) -> Result<(), Stop> {
        match merged {
            Value::Object(merged) => {
                for (key, value) in merged {
                    object.entry(key).or_insert(value);
                }
            }
            Value::Array(all) => all.into_iter().try_for_each(|merged| self.merge(object, merged, span))?,
            Value::Null => {}
            _ => self.lose(span, "what `<<` merges is no mapping, and is left out".into(), "name a mapping"),
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, span: &Span) -> Result<(), Stop> {
        self.nodes += nodes;
        match self.nodes > self.limit {
            true => Err(Stop::Nodes(span.start.line(), span.start.col() + 1)),
            false => Ok(()),
        }
    }

    fn copy(&mut self, nodes: usize, span: &Span) -> Result<(), Stop> {
        self.copies += nodes;
        let own = self.nodes.saturating_sub(self.copies);
        if self.copies > COPIES + own || self.anchors.len() > ANCHORS {
            return Err(Stop::Copies(span.start.line(), span.start.col() + 1));
        }
        self.count(nodes, span)
    }

    /// Reports something at the node that comes next.
    fn find(&mut self, span: &Span, message: String, help: &'static str) {
        if self.findings.len() >= FINDINGS {
            return;
        }
        let mut pointer = String::new();
        for level in &self.levels {
            match &level.inside {
                Inside::Mapping { key: Key::Text(key), .. } => {
                    pointer.push('/');
                    pointer.push_str(&escape(key));
                }
                Inside::List { items, .. } => pointer.push_str(&format!("/{}", items.len())),
                Inside::Mapping { .. } => {}
            }
        }
        let (line, column) = (span.start.line(), span.start.col() + 1);
        self.findings.push(Finding { message, pointer, line, column, help, loses: false });
    }

    /// Reports that the node that comes next, or what it replaces, is not read.
    fn lose(&mut self, span: &Span, message: String, help: &'static str) {
        self.find(span, message, help);
        if let Some(finding) = self.findings.last_mut() {
            finding.loses = true;
        }
    }
}

/// The texts of the values of a list, if one differs from how JSON writes the value.
fn in_order(texts: Vec<(String, String)>) -> Option<Value> {
    if texts.iter().all(|(value, text)| value == text) {
        return None;
    }
    let mut all = Map::new();
    for (value, text) in texts {
        if let Value::Array(texts) = all.entry(value).or_insert_with(|| json!([])) {
            texts.push(text.into());
        }
    }
    Some(Value::Object(all))
}

/// Whether the values of a schema of the type `stated` are texts.
pub(super) fn takes_texts(stated: Option<&Value>) -> bool {
    let others = ["integer", "number", "boolean", "array", "object", "null"];
    match stated {
        Some(Value::String(name)) => !others.contains(&name.as_str()),
        Some(Value::Array(names)) => names.iter().any(|name| name == "string"),
        _ => false,
    }
}

/// `object` without room for more: most mappings have one or two entries, and room for four takes three times the memory.
pub(super) fn exact(object: Map<String, Value>) -> Map<String, Value> {
    if object.is_empty() || object.len() > 2 {
        return object;
    }
    let mut exact = Map::with_capacity(object.len());
    exact.extend(object);
    exact
}

/// The beginning of a key, for messages.
fn shortened(key: &str) -> Cow<'_, str> {
    match key.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &key[..end]).into(),
        None => key.into(),
    }
}
