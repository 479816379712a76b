//! YAML to a tree, from the events of `saphyr-parser`: in one pass, without a second tree, and with the text of each scalar.
//!
//! What YAML allows and JSON does not is read as what it means: tags are dropped, aliases and merge keys (`<<`) are copies,
//! keys are texts as the source writes them. What breaks a rule of YAML but has a meaning is a [`Finding`].

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::{Map, Value, json};

use super::events::Events;
use super::locate::{Layout, Marks};
use super::reference::{DATA, NAMES};
use super::scalar::{self, Scalar};
use crate::extensions::SOURCE;
use crate::pointer;

/// How deep a document may be nested. The deepest that Confluent publishes has 36 levels; serde_json stops at 128 too.
pub(super) const MAX_DEPTH: usize = 128;

/// How many nodes may be copies: a million, and as many as the file itself has.
pub(super) const COPIES: usize = 1_000_000;

/// How many nodes may have a name.
const ANCHORS: usize = 100_000;

/// How many values a mapping counts for, by the memory that it takes.
pub(super) const MAPPING: usize = 4;

/// How many bytes of a text count as a node, which takes about as much memory.
pub(super) const BYTES: usize = 64;

/// How many findings of each code are kept; a file may repeat a key millions of times.
const FINDINGS: usize = 1_000;

/// The keywords whose values are texts in a schema of texts.
const TEXTS: [&str; 3] = ["enum", "default", "const"];

/// The keys whose value is a text, whatever it looks like.
const NAMED: [&str; 14] = [
    "name",
    "in",
    "operationId",
    "title",
    "summary",
    "description",
    "version",
    "url",
    "host",
    "basePath",
    "format",
    "pattern",
    "propertyName",
    "$ref",
];

/// The keys whose value may be a list of texts.
const LISTS: [&str; 5] = ["required", "tags", "consumes", "produces", "schemes"];

/// The keywords whose value is a bound of numbers.
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

/// A text as a tree.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) tree: Value,
    /// What was read leniently.
    pub(super) findings: Vec<Finding>,
    pub(super) layout: Layout,
}

/// The first document in `text` that is not empty; `limit` is how many nodes are read.
pub(super) fn compose(text: &str, limit: usize) -> Result<Composed, Stop> {
    // Where its brackets are closed, a document is whole; without brackets, the rest may belong to it.
    put_together(Parser::new_from_str(text), limit, text.trim_start().starts_with('{'))
}

/// As [`compose`], of a text that is JSON.
pub(super) fn compose_json(text: &str, limit: usize) -> Result<Composed, Stop> {
    let mut events = Events::of(text);
    let mut composed = put_together(&mut events, limit, true)?;
    composed.findings.extend(events.findings);
    Ok(composed)
}

/// The first tree that `events` are; `closed` says that no error after its end is a part of it.
fn put_together<'i>(
    events: impl Iterator<Item = Result<(Event<'i>, Span), ScanError>>,
    limit: usize,
    closed: bool,
) -> Result<Composed, Stop> {
    let mut marks = Marks::default();
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
            // Of brackets in brackets; the parser stops there before it says where they begin.
            Err(error) if error.info() == "recursion limit exceeded" => {
                return Err(Stop::Depth(error.marker().line(), error.marker().col() + 1));
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
        marks.note(&event, &span, composer.levels.last().is_some_and(Level::wants_key));
        composer.step(event, &span)?;
        tree = tree.or_else(|| composer.root.take().filter(|root| !root.is_null()));
    }
    Ok(Composed { tree: tree.unwrap_or_default(), findings: composer.findings, layout: Layout::Yaml(marks) })
}

#[derive(Default)]
struct Composer<'i> {
    levels: Vec<Level<'i>>,
    root: Option<Value>,
    anchors: HashMap<usize, Anchor>,
    findings: Vec<Finding>,
    /// How many of the findings lose nothing, and how many do.
    found: [usize; 2],
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
    /// The texts of those scalars that JSON writes in another way, with their indexes in a list.
    texts: Vec<(usize, String)>,
    /// Whether it is a number that JSON cannot hold, as a text.
    beyond: bool,
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self { value, texts: Vec::new(), beyond: false }
    }
}

impl Node {
    fn is_number_or_boolean(&self) -> bool {
        self.value.is_number() || self.value.is_boolean()
    }

    /// The same with texts as the source writes them instead of numbers and booleans.
    fn written_out(mut self) -> Self {
        for (index, text) in std::mem::take(&mut self.texts) {
            match &mut self.value {
                Value::Array(items) => items[index] = text.into(),
                value => *value = text.into(),
            }
        }
        self
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
        /// As those of a [`Node`], if they are wanted.
        texts: Option<Vec<(usize, String)>>,
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
                let wanted = anchor != 0 || self.key_of_next() == Some("enum") || self.takes_text(true);
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
                if !sources.is_empty() && takes_texts(object.get("type")) {
                    object.insert(SOURCE.into(), Value::Object(sources));
                }
                Node::from(Value::Object(exact(object)))
            }
            Inside::List { items, texts } => {
                Node { value: Value::Array(items), texts: texts.unwrap_or_default(), beyond: false }
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
            let before = self.nodes;
            self.count(text.len() / BYTES, span)?;
            if anchor != 0 {
                self.name(anchor, &Value::from(text.as_ref()).into(), before, 0, span)?;
            }
            let merge = plain && text == "<<" && tag.is_none_or(|tag| tag.suffix == "merge");
            self.key(if merge { Key::Merge } else { Key::Text(text) }, span);
            return Ok(());
        }
        let before = self.nodes;
        self.count(1 + text.len() / BYTES, span)?;
        let node = self.read(text, plain, tag, span);
        self.name(anchor, &node, before, 0, span)?;
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
        match resolved {
            Scalar::Value(value) if value.is_number() && self.is_version() => Value::from(text.into_owned()).into(),
            Scalar::Value(value) => {
                let mut node = Node::from(value);
                if node.is_number_or_boolean() && node.value.to_string() != text {
                    node.texts.push((0, text.into_owned()));
                }
                node
            }
            Scalar::Beyond => {
                let (fate, loses) = match self.key_of_next().and_then(|key| is_met(key, &text)) {
                    Some(true) => ("every number keeps to that bound, and it is left out", false),
                    Some(false) => ("no number keeps to that bound, and it is left out", true),
                    None => ("it is read as a text", false),
                };
                let message = format!("`{text}` is no number that JSON has; {fate}");
                self.find(span, message, "write a number, or a text in quotes", loses);
                Node { beyond: true, ..Value::from(text.into_owned()).into() }
            }
        }
    }

    fn is_version(&self) -> bool {
        match self.levels.as_slice() {
            [top] => matches!(top.key(), Some("openapi" | "swagger")),
            [top, info] => top.key() == Some("info") && info.key() == Some("version"),
            _ => false,
        }
    }

    /// The key of the node that comes next.
    fn key_of_next(&self) -> Option<&str> {
        self.levels.last().and_then(Level::key)
    }

    /// Whether the node that comes next, or each item of the `list` that comes next, is a text by its place.
    fn takes_text(&self, list: bool) -> bool {
        let mut keys = self.levels.iter().rev().map(Level::key);
        let keys: [Option<&str>; 5] = std::array::from_fn(|_| keys.next().flatten());
        let takes = match (keys, list) {
            ([Some("default"), Some(_), Some("variables"), None, Some("servers")], false)
            | ([Some(_), Some("variables"), None, Some("servers"), ..], false)
            | ([Some("enum"), Some(_), Some("variables"), None, Some("servers")], true)
            | ([Some(_), Some("mapping"), Some("discriminator"), ..], false)
            | ([Some(_), Some("dependentRequired"), ..], true)
            | ([Some(_), None, Some("security"), ..], true) => true,
            ([Some(key), ..], false) => NAMED.contains(&key),
            ([Some(key), ..], true) => LISTS.contains(&key),
            _ => false,
        };
        takes && !self.is_data()
    }

    /// Whether the key of the node that comes next is no keyword: a name, or a key of an example.
    fn is_data(&self) -> bool {
        let mut name = false;
        for key in self.levels.iter().rev().skip(1).rev().map(Level::key) {
            let Some(key) = key.filter(|_| !name) else {
                name = false;
                continue;
            };
            if DATA.contains(&key) || key == "examples" || key.starts_with("x-") {
                return true;
            }
            name = NAMES.contains(&key);
        }
        name
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
    fn complete(&mut self, mut node: Node, span: &Span) -> Result<(), Stop> {
        if !node.texts.is_empty() && self.takes_text(node.value.is_array()) {
            node = node.written_out();
        }
        let Some(level) = self.levels.last_mut() else {
            self.root = Some(node.value);
            return Ok(());
        };
        match &mut level.inside {
            Inside::List { items, texts } => {
                if let Some(texts) = texts.as_mut().filter(|_| node.is_number_or_boolean()) {
                    texts.extend(node.texts.into_iter().map(|(_, text)| (items.len(), text)));
                }
                items.push(node.value);
            }
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
                        // Nor does one count that stands before it.
                        object.shift_remove(key.as_ref());
                        return Ok(());
                    }
                    if TEXTS.contains(&key.as_ref()) {
                        match source(&key, &node) {
                            Some(texts) => drop(sources.insert(key.to_string(), texts)),
                            None => drop(sources.shift_remove(key.as_ref())),
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
    fn find(&mut self, span: &Span, message: String, help: &'static str, loses: bool) {
        let found = &mut self.found[usize::from(loses)];
        *found += 1;
        if *found > FINDINGS {
            return;
        }
        let mut pointer = String::new();
        for level in &self.levels {
            match &level.inside {
                Inside::Mapping { key: Key::Text(key), .. } => {
                    pointer::push(&mut pointer, key);
                }
                Inside::List { items, .. } => pointer.push_str(&format!("/{}", items.len())),
                Inside::Mapping { .. } => {}
            }
        }
        let (line, column) = (span.start.line(), span.start.col() + 1);
        self.findings.push(Finding { message, pointer, line, column, help, loses });
    }

    /// Reports that the node that comes next, or what it replaces, is not read.
    fn lose(&mut self, span: &Span, message: String, help: &'static str) {
        self.find(span, message, help, true);
    }
}

/// Whether the bound `text` of the keyword `key`, which is infinite or not a number, admits every number (true) or no number
/// (false).
fn is_met(key: &str, text: &str) -> Option<bool> {
    let negative = text.starts_with('-');
    BOUNDS.contains(&key).then(|| text.to_ascii_lowercase().ends_with("inf") && negative == key.ends_with("inimum"))
}

/// What [`SOURCE`] has for the keyword `key`: how `node` is written, if JSON writes it in another way.
fn source(key: &str, node: &Node) -> Option<Value> {
    let Value::Array(items) = &node.value else {
        return node.texts.first().filter(|_| key != "enum").map(|(_, text)| text.as_str().into());
    };
    if key != "enum" || node.texts.is_empty() {
        return None;
    }
    let mut texts = node.texts.iter().peekable();
    let mut all = Map::new();
    for (index, item) in items.iter().enumerate().filter(|(_, item)| item.is_number() || item.is_boolean()) {
        let value = item.to_string();
        let text = texts.next_if(|(at, _)| *at == index).map_or(&value, |(_, text)| text).clone().into();
        if let Value::Array(texts) = all.entry(value).or_insert_with(|| json!([])) {
            texts.push(text);
        }
    }
    Some(Value::Object(all))
}

/// Whether the value of `key` may be read as a number although it is a text by its place.
pub(super) fn may_name(key: &str) -> bool {
    NAMED.contains(&key) || LISTS.contains(&key)
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
