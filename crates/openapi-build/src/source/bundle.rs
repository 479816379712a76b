//! Makes one document of all that references lead to, in which every reference names a component: what stands in files beside
//! the document, or anywhere else in it, becomes a component. What has no place among the components stands where it is used:
//! path items, operations, media types, and mappings and lists behind a `$ref`. A document of Swagger 2.0 stays one; of its
//! references only those to other files change, because its conversion changes the others.
//!
//! A reference that leads nowhere stays as it is, for `normalize` to repair.

mod inline;

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use self::inline::TOO_MUCH;
use super::component_names::{ComponentNames, place_name, stems};
use super::origins::Origins;
use super::places::{Place, lone};
use super::reference::{self, Marks, anchored, decoded, is_url, split};
use super::size::{pay, size};
use super::{SourceFile, inside};
use crate::convert::swagger_2::SWAGGER_2;
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Grammar, Kind, METHODS, OPENAPI_3};
use crate::normalize::other_references::CODE;
use crate::normalize::unknown_types::TYPES;
use crate::pointer::{escape, tokens};
use crate::version::Version;

/// How many references may follow each other.
const CHAIN: usize = 32;

/// How much may be copied to where it is used ([`size`]), besides as much as the document and its files have: a small document
/// can include a part of it in another, and that in a third, until no memory is left. What is copied within a copy counts for
/// more, because ordinary documents do little of it.
const BUDGET: usize = 500_000;

/// The place in a file that a place in the document came from: its pointer, the file (an index of [`Bundle::files`]), and the
/// pointer there.
pub(crate) type Origin = (String, usize, String);

/// Fetches the file at a URL.
pub(crate) type Fetch<'a> = &'a mut dyn FnMut(&str) -> Result<SourceFile, Diagnostic>;

/// The files that references of one document lead to.
pub(crate) struct Bundle<'a> {
    root: &'a Path,
    /// The document's own files, by their paths from the root.
    own: &'a [String],
    fetch: Option<Fetch<'a>>,
    /// The size of the largest file that is read.
    max_bytes: u64,
    /// What stands where in the document.
    grammar: &'static Grammar,
    /// The files that were read.
    pub(crate) files: Vec<SourceFile>,
    /// Files that references lead to and that do not exist.
    pub(crate) missing: Vec<PathBuf>,
    /// Whether objects that nothing is generated from are bundled too.
    whole: bool,
    /// What came from those files.
    pub(crate) origins: Origins,
    /// What was assumed of references.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What is wrong with files, which count as absent.
    errors: Vec<Diagnostic>,
    trees: Vec<Value>,
    /// The names of the files, as references have them.
    paths: Vec<String>,
    /// Files by their names, and whether they are read as prose.
    index: HashMap<(String, bool), Option<usize>>,
    marks: HashMap<Option<usize>, Marks>,
    /// The components that places have become.
    names: HashMap<(Option<usize>, String, &'static str), String>,
    given: ComponentNames,
    pending: VecDeque<(&'static str, String, Value)>,
    budget: usize,
    /// The places where what a reference leads to is left out.
    left_out: HashSet<String>,
}

/// Where a reference leads.
struct Found {
    /// The file, or the document itself.
    file: Option<usize>,
    pointer: String,
    /// Whether it leads there only if it is read as what it must mean.
    assumed: bool,
}

/// A change to a reference that stands at a pointer.
enum Change {
    Text(String),
    Node(Value),
}

/// Makes the references in `tree` start at the root folder, where the file `name` holds it. What is in one of the files
/// `own` is local; `local` says whether `name` is one of them. What leads out of the folder stays as it is.
pub(crate) fn anchor(tree: &mut Value, name: &str, own: &[String], local: bool) {
    reference::each_mut(tree, &mut |text| {
        if let Some(anchored) = anchored(text, name, own, local) {
            *text = anchored;
        }
    });
}

impl<'a> Bundle<'a> {
    /// Nothing read yet; references start at the folder `root`, where the document's `own` files lie. No file may have more
    /// than `max_bytes`. With `fetch`, URLs are followed too, and so are references in objects that nothing is generated from.
    pub(crate) fn new(root: &'a Path, own: &'a [String], max_bytes: u64, fetch: Option<Fetch<'a>>) -> Self {
        Self {
            root,
            own,
            max_bytes,
            grammar: &OPENAPI_3,
            whole: fetch.is_some(),
            fetch,
            files: Vec::new(),
            missing: Vec::new(),
            origins: Origins::default(),
            warnings: Vec::new(),
            errors: Vec::new(),
            trees: Vec::new(),
            paths: Vec::new(),
            index: HashMap::new(),
            marks: HashMap::new(),
            names: HashMap::new(),
            given: ComponentNames::default(),
            pending: VecDeque::new(),
            budget: BUDGET,
            left_out: HashSet::new(),
        }
    }

    /// The paths of the files that were read, and of the folders where one is missing.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = PathBuf> {
        let folders = self.missing.iter().filter_map(|path| path.ancestors().skip(1).find(|folder| folder.is_dir()));
        let read = self.files.iter().map(|file| file.path.clone()).filter(|path| path.exists());
        read.chain(folders.map(Path::to_owned))
    }

    /// Rewrites `document`, whose references are anchored. A document that was converted since is rewritten by the grammar
    /// that it has then.
    ///
    /// # Errors
    ///
    /// What reading the files gives: all that is wrong with any of them.
    pub(crate) fn bundle(&mut self, document: &mut Value) -> Result<(), Diagnostic> {
        let stopped = self.rewrite(document).err();
        Diagnostic::several(std::mem::take(&mut self.errors).into_iter().chain(stopped)).map_or(Ok(()), Err)
    }

    fn rewrite(&mut self, document: &mut Value) -> Result<(), Diagnostic> {
        self.grammar = if Version::is_swagger(document) { &SWAGGER_2 } else { &OPENAPI_3 };
        self.marks.remove(&None);
        self.budget += size(document);
        self.inline(document, "", Kind::Document)?;
        self.adopt(document)?;
        self.components(document, "", Kind::Document)?;
        while let Some((section, name, value)) = self.pending.pop_front() {
            let base = self.grammar.component(section, &name);
            let kind = self.grammar.kind_at(&base).unwrap_or(Kind::Schema);
            if let Some(entries) = section_mut(document, self.grammar, section) {
                entries.insert(name, value);
            }
            self.inline(document, &base, kind)?;
            self.components(document, &base, kind)?;
        }
        // They stand where they are used.
        if !self.whole
            && let Some(components) = document.get_mut("components").and_then(Value::as_object_mut)
        {
            components.shift_remove("pathItems");
        }
        Ok(())
    }

    /// Whether `path` is a URL that is followed.
    fn follows(&self, path: &str) -> bool {
        self.fetch.is_some() && is_url(path)
    }

    /// Gives components that are references to what is no component yet its content, so that it has their name.
    fn adopt(&mut self, document: &mut Value) -> Result<(), Diagnostic> {
        let mut aliases = Vec::new();
        let parts = document.pointer(self.grammar.components).and_then(Value::as_object);
        for (part, entries) in parts.into_iter().flatten() {
            for (name, entry) in entries.as_object().into_iter().flatten() {
                let at = self.grammar.component(&escape(part), name);
                let kind = self.grammar.kind_at(&at);
                let kind = kind.filter(|kind| (self.whole || !kind.is_idle()) && *kind != Kind::PathItem);
                if let (Some(kind), Some(text)) = (kind, lone(entry).filter(|text| self.changes(text))) {
                    aliases.push((kind, name.clone(), at, text.to_owned()));
                }
            }
        }
        for (kind, name, at, text) in aliases {
            let Some(section) = self.grammar.section(kind) else { continue };
            let Some(found) = self.follow(document, &text, kind, section, &at)? else { continue };
            let is_component = found.file.is_none() && self.grammar.is_component(&found.pointer, section);
            let key = (found.file, found.pointer.clone(), section);
            // Security schemes are named instead of referred to, so each has its content.
            if kind != Kind::SecurityScheme && (is_component || self.names.contains_key(&key)) {
                continue;
            }
            if !self.affords(document, (found.file, &found.pointer), 0) {
                self.leave_out(&at, Place::Object(kind), format!("`{text}` {TOO_MUCH}"));
                continue;
            }
            let value = self.copy(document, found.file, &found.pointer);
            if found.assumed {
                self.assume(&at, format!("`{text}` is read as `#{}`", found.pointer));
            }
            self.names.insert(key, name);
            self.origins.extend(found.file.map(|file| (at.clone(), file, found.pointer)));
            if let Some(there) = document.pointer_mut(&at) {
                *there = value;
            }
            self.inline(document, &at, kind)?;
        }
        Ok(())
    }

    /// Makes every reference in the node at `base` one to a component.
    fn components(&mut self, document: &mut Value, base: &str, kind: Kind) -> Result<(), Diagnostic> {
        let mut changes: Vec<(String, Change)> = Vec::new();
        let shared = &*document;
        if let Some(node) = shared.pointer(base) {
            let (grammar, whole) = (self.grammar, self.whole);
            let field = |kind, key: &str| {
                (grammar.field)(kind, key).filter(|within| whole || grammar::is_live_field((kind, *within)))
            };
            grammar::from_by(node, kind, base, &field, &mut |node| {
                self.mapping(shared, node, &mut changes)?;
                let (Some(text), Some(section)) = (node.reference(), grammar.section(node.kind)) else { return Ok(()) };
                if node.kind == Kind::PathItem || !self.changes(text) || names_component(shared, grammar, text, section)
                {
                    return Ok(());
                }
                if let Some(name) = self.component(shared, text, node.kind, section, node.pointer)? {
                    let text = format!("#{}", grammar.component(section, &name));
                    changes.push((format!("{}/$ref", node.pointer), Change::Text(text)));
                } else if let Some(wrapped) = self.wrapped(shared, text, node.kind, node.pointer)? {
                    changes.push((node.pointer.to_owned(), Change::Node(wrapped)));
                }
                Ok::<(), Diagnostic>(())
            })?;
        }
        for (at, change) in changes {
            if let Some(there) = document.pointer_mut(&at) {
                *there = match change {
                    Change::Text(text) => Value::String(text),
                    Change::Node(node) => node,
                };
            }
        }
        Ok(())
    }

    /// Whether a reference `text` is made one to a component.
    fn changes(&self, text: &str) -> bool {
        !self.grammar.is_converted || !text.starts_with('#')
    }

    /// Makes components of what the mapping of a discriminator refers to.
    fn mapping(
        &mut self,
        document: &Value,
        node: grammar::Node<'_>,
        changes: &mut Vec<(String, Change)>,
    ) -> Result<(), Diagnostic> {
        if node.kind != Kind::Schema {
            return Ok(());
        }
        let mapping = node.value.get("discriminator").and_then(|it| it.get("mapping")?.as_object());
        for (value, target) in mapping.into_iter().flatten() {
            let Some(text) = target.as_str().filter(|text| reference::is_reference(text)) else { continue };
            if names_component(document, self.grammar, text, "schemas") {
                continue;
            }
            if let Some(name) = self.component(document, text, Kind::Schema, "schemas", node.pointer)? {
                let at = format!("{}/discriminator/mapping/{}", node.pointer, escape(value));
                changes.push((at, Change::Text(format!("#/components/schemas/{}", escape(&name)))));
            }
        }
        Ok(())
    }

    /// The name of the component that the reference `text` at `at` leads to; makes the component if it does not exist yet.
    fn component(
        &mut self,
        document: &Value,
        text: &str,
        kind: Kind,
        section: &'static str,
        at: &str,
    ) -> Result<Option<String>, Diagnostic> {
        let Some(found) = self.follow(document, text, kind, section, at)? else { return Ok(None) };
        let key = (found.file, found.pointer.clone(), section);
        let name = if found.file.is_none() && self.grammar.is_component(&found.pointer, section) {
            crate::pointer::last_token(&found.pointer)
        } else if let Some(name) = self.names.get(&key) {
            name.clone()
        } else {
            if !self.affords(document, (found.file, &found.pointer), 0) {
                self.leave_out(at, Place::Object(kind), format!("`{text}` {TOO_MUCH}"));
                return Ok(None);
            }
            let mut value = self.copy(document, found.file, &found.pointer);
            if let (Kind::Header, Some(header)) = (kind, value.as_object_mut()) {
                header.shift_remove("name");
                header.shift_remove("in");
            }
            let name = self.name(document, section, found.file, &found.pointer);
            let pointer = self.grammar.component(section, &name);
            self.origins.extend(found.file.map(|file| (pointer, file, found.pointer.clone())));
            self.names.insert(key, name.clone());
            self.pending.push_back((section, name.clone(), value));
            name
        };
        if found.assumed {
            self.assume(at, format!("`{text}` is read as the {} `{name}`", kind.name()));
        }
        Ok(Some(name))
    }

    /// An object of `kind` with the schema that `text` leads to, where a schema stands in its place.
    fn wrapped(&mut self, document: &Value, text: &str, kind: Kind, at: &str) -> Result<Option<Value>, Diagnostic> {
        if !matches!(kind, Kind::Response | Kind::RequestBody | Kind::Header) {
            return Ok(None);
        }
        let Some(found) = self.find(document, text, None, at)? else { return Ok(None) };
        if self.stands(document, found.file, &found.pointer) != Some(Kind::Schema) {
            return Ok(None);
        }
        let Some(section) = self.grammar.section(Kind::Schema) else { return Ok(None) };
        let Some(name) = self.component(document, text, Kind::Schema, section, at)? else { return Ok(None) };
        self.assume(at, format!("`{text}` leads to a schema; it is read as that of this {}", kind.name()));
        let schema = json!({"$ref": format!("#{}", self.grammar.component(section, &name))});
        Ok(Some(match kind {
            Kind::Response if self.grammar.is_converted => json!({"description": "", "schema": schema}),
            Kind::Header => json!({"schema": schema}),
            Kind::Response => json!({"description": "", "content": {"application/json": {"schema": schema}}}),
            _ => json!({"content": {"application/json": {"schema": schema}}}),
        }))
    }

    /// Where `text`, which stands at `at`, leads in the end: to a component of `section`, or to what can become one.
    fn follow(
        &mut self,
        document: &Value,
        text: &str,
        kind: Kind,
        section: &'static str,
        at: &str,
    ) -> Result<Option<Found>, Diagnostic> {
        let mut text = text.to_owned();
        let mut assumed = false;
        for _ in 0..CHAIN {
            let Some(mut found) = self.find(document, &text, Some(section), at)? else { return Ok(None) };
            assumed |= found.assumed;
            found.assumed = assumed;
            if found.file.is_none() && found.pointer == at {
                return Ok(None);
            }
            let is_component = found.file.is_none() && self.grammar.is_component(&found.pointer, section);
            if is_component && kind != Kind::SecurityScheme {
                return Ok(Some(found));
            }
            let Some(value) = self.tree(document, found.file).pointer(&found.pointer) else { return Ok(None) };
            if let Some(next) = lone(value) {
                let next = match found.file {
                    Some(file) => anchored(next, &self.paths[file], self.own, false),
                    None => Some(next.to_owned()),
                };
                let Some(next) = next else { return Ok(None) };
                text = next;
                continue;
            }
            if self.fits(document, found.file, &found.pointer, kind, value) {
                let stands = self.stands(document, found.file, &found.pointer);
                found.assumed |= stands.is_some_and(|stands| stands != kind);
                return Ok(Some(found));
            }
            let Some(inner) = schema_within(value).filter(|_| kind == Kind::Schema) else { return Ok(None) };
            let file = found.file.map(|file| self.paths[file].clone()).unwrap_or_default();
            text = format!("{file}#{}{inner}", found.pointer);
            assumed = true;
        }
        Ok(None)
    }

    /// Where `text`, which stands at `at`, leads. What leads nowhere may mean a component of `section`.
    fn find(
        &mut self,
        document: &Value,
        text: &str,
        section: Option<&str>,
        at: &str,
    ) -> Result<Option<Found>, Diagnostic> {
        let (path, fragment) = split(text);
        let file = match path {
            "" => None,
            url if is_url(url) && self.marks(document, None).with_id(url).is_some() => {
                let base = self.marks(document, None).with_id(url).unwrap_or_default().to_owned();
                let pointer = format!("{base}{}", decoded(fragment));
                let there = crate::pointer::find(document, &pointer).is_some();
                return Ok(there.then_some(Found { file: None, pointer, assumed: false }));
            }
            path => match self.open(path, false)? {
                Some(file) => Some(file),
                None => {
                    let name = path.rsplit('/').next().unwrap_or(path);
                    let section = section.filter(|_| fragment.is_empty() && !text.contains('#'));
                    let meant = section.and_then(|section| reference::meant(document, self.grammar, section, name));
                    return Ok(meant.map(|pointer| Found { file: None, pointer, assumed: true }));
                }
            },
        };
        let mut found = self.within(document, file, fragment, None);
        if found.is_none() && (fragment.starts_with("/$defs/") || fragment.starts_with("/definitions/")) {
            let around = match file {
                None => Some(at.to_owned()),
                Some(file) => self.origins.within(file, at),
            };
            found = self.within(document, file, fragment, around.as_deref());
        }
        if let Some(pointer) = found {
            return Ok(Some(Found { file, pointer, assumed: false }));
        }
        let tree = self.tree(document, file);
        let meant = section.and_then(|section| reference::meant(tree, self.grammar, section, fragment));
        Ok(meant.map(|pointer| Found { file, pointer, assumed: true }))
    }

    fn within(&mut self, document: &Value, file: Option<usize>, fragment: &str, at: Option<&str>) -> Option<String> {
        if fragment.starts_with('/') || fragment.is_empty() {
            return reference::find(self.tree(document, file), &Marks::default(), fragment, at);
        }
        self.marks(document, file);
        reference::find(self.tree(document, file), &self.marks[&file], fragment, at)
    }

    fn marks(&mut self, document: &Value, file: Option<usize>) -> &Marks {
        let tree = file.map_or(document, |file| &self.trees[file]);
        self.marks.entry(file).or_insert_with(|| Marks::of(tree))
    }

    fn tree<'t>(&'t self, document: &'t Value, file: Option<usize>) -> &'t Value {
        file.map_or(document, |file| &self.trees[file])
    }

    /// What stands at `pointer`, its references anchored.
    fn copy(&self, document: &Value, file: Option<usize>, pointer: &str) -> Value {
        let mut value = self.tree(document, file).pointer(pointer).cloned().unwrap_or_default();
        if let Some(file) = file {
            anchor(&mut value, &self.paths[file], self.own, false);
        }
        value
    }

    /// Whether a copy of what stands there, within so many others, is within the budget, which is then less. What is not makes
    /// it less, too, so that little time is spent on what is too large.
    fn affords(&mut self, document: &Value, (file, pointer): (Option<usize>, &str), within: usize) -> bool {
        let weight = within + 1;
        let mut left = self.budget / weight;
        let fits = self.tree(document, file).pointer(pointer).is_none_or(|value| pay(value, &mut left));
        self.budget = if fits { left * weight } else { self.budget / 2 };
        fits
    }

    fn assume(&mut self, at: &str, message: String) {
        self.warnings.push(Diagnostic::warning(CODE, message).at(at).help("correct the reference in an overlay"));
    }

    /// The kind of object that stands there, where a document says so.
    fn stands(&self, document: &Value, file: Option<usize>, pointer: &str) -> Option<Kind> {
        let is_document =
            |tree: &Value| ["openapi", "swagger", "paths", "components"].iter().any(|key| tree.get(key).is_some());
        is_document(self.tree(document, file)).then(|| self.grammar.kind_at(pointer)).flatten()
    }

    /// Whether `value`, which stands there, can be an object of `kind`.
    fn fits(&self, document: &Value, file: Option<usize>, pointer: &str, kind: Kind, value: &Value) -> bool {
        match self.stands(document, file, pointer) {
            Some(stands) if stands == kind => value.is_object() || (kind == Kind::Schema && value.is_boolean()),
            Some(_) => looks_like(kind, value),
            // A file of its own holds what is expected of it.
            None if file.is_some() => value.is_object() || (kind == Kind::Schema && value.is_boolean()),
            None => looks_like(kind, value),
        }
    }

    /// The file that references call `name`, if it exists; `prose` is one text.
    fn open(&mut self, name: &str, prose: bool) -> Result<Option<usize>, Diagnostic> {
        if let Some(file) = self.index.get(&(name.to_owned(), prose)) {
            return Ok(*file);
        }
        let read = match &mut self.fetch {
            Some(fetch) if is_url(name) => {
                let file = SourceFile { max_bytes: self.max_bytes, ..fetch(name)? };
                Some((file, name.to_owned()))
            }
            _ if is_url(name) || reference::escapes(name).is_some() => None,
            _ => match self.read(name) {
                Ok(read) => read,
                Err(error) => self.broken(error),
            },
        };
        let parse = |file: &SourceFile| if prose { Ok(Value::String(file.text().to_owned())) } else { file.parse() };
        let read = read.map(|(file, path)| (parse(&file), file, (path, prose)));
        let file = match read {
            None => None,
            Some((_, _, path)) if self.index.contains_key(&path) => self.index[&path],
            Some((Err(error), file, path)) => {
                self.index.insert(path, None);
                self.missing.push(file.path);
                self.broken(error)
            }
            Some((Ok(tree), file, path)) => {
                // A file is copied to where it is used, and what it includes once more.
                self.budget = self.budget.saturating_add(2 * size(&tree));
                self.trees.push(tree);
                self.files.push(file);
                self.paths.push(path.0.clone());
                self.index.insert(path, Some(self.files.len() - 1));
                Some(self.files.len() - 1)
            }
        };
        self.index.insert((name.to_owned(), prose), file);
        Ok(file)
    }

    /// Remembers what is wrong with a file, which counts as absent, so that what is wrong with others is found too.
    fn broken<T>(&mut self, error: Diagnostic) -> Option<T> {
        self.errors.push(error);
        None
    }

    /// Reads the file that is called `name`, perhaps percent-encoded, in the root folder.
    fn read(&mut self, name: &str) -> Result<Option<(SourceFile, String)>, Diagnostic> {
        let names = [Some(name.to_owned()), reference::joined("", &decoded(name))];
        for name in names.into_iter().flatten().filter(|name| !name.is_empty()) {
            let path = inside(self.root, &name)?;
            if path.is_file() {
                return Ok(Some((SourceFile::read_up_to(&path, self.max_bytes)?, name)));
            }
            self.missing.push(path);
        }
        Ok(None)
    }

    /// A free name for the component that a place becomes.
    fn name(&mut self, document: &Value, section: &'static str, file: Option<usize>, pointer: &str) -> String {
        let place: Vec<String> = tokens(pointer).collect();
        let all = place.join(".");
        let candidates = match file.map(|file| stems(&self.paths[file])) {
            None => vec![place_name(pointer), all],
            Some([short, long]) => match place.as_slice() {
                [outer, _, name] if outer == "components" => {
                    vec![name.clone(), format!("{short}.{name}"), format!("{long}.{all}")]
                }
                [outer, name]
                    if ["definitions", "$defs"].contains(&outer.as_str())
                        || (self.grammar.is_converted && section == outer) =>
                {
                    vec![name.clone(), format!("{short}.{name}"), format!("{long}.{all}")]
                }
                // The file's own name alone would change with what else is referred to.
                _ => vec![format!("{short}.{all}"), format!("{long}.{all}")],
            },
        };
        let components = document.pointer(self.grammar.components).and_then(|components| components.get(section));
        let exists = |name: &str| components.is_some_and(|section| section.get(name).is_some());
        self.given.give(section, &candidates, exists)
    }
}

/// Whether `value` has what makes an object of `kind`.
fn looks_like(kind: Kind, value: &Value) -> bool {
    let Some(object) = value.as_object() else { return false };
    let has = |keys: &[&str]| keys.iter().any(|key| object.contains_key(*key));
    match kind {
        Kind::Schema => {
            let typed =
                object.get("type").is_some_and(|stated| stated.as_str().is_none_or(|name| TYPES.contains(&name)));
            let combined =
                ["properties", "items", "allOf", "oneOf", "anyOf", "enum", "additionalProperties", "$ref", "not"];
            object.is_empty() || typed || has(&combined)
        }
        Kind::Parameter => has(&["name"]) && has(&["in"]),
        Kind::Header => has(&["schema", "content"]),
        Kind::RequestBody => has(&["content"]) && !has(&["in"]),
        Kind::Response => has(&["description", "content", "headers"]) && !has(&["in", "type", "schema"]),
        Kind::MediaType => has(&["schema"]) && !has(&["in"]),
        Kind::SecurityScheme => has(&["type"]) && has(&["flows", "scheme", "in", "openIdConnectUrl"]),
        Kind::PathItem => has(&METHODS),
        Kind::Operation => has(&["responses"]),
        _ => true,
    }
}

/// The schema in an object that stands where the schema belongs.
fn schema_within(value: &Value) -> Option<String> {
    if value.get("schema").is_some_and(Value::is_object) {
        return Some("/schema".to_owned());
    }
    let (media_type, media) = value.get("content")?.as_object()?.iter().next()?;
    media.get("schema").filter(|schema| schema.is_object())?;
    Some(format!("/content/{}/schema", escape(media_type)))
}

/// Whether `text` is the plain reference to a component that is there.
fn names_component(document: &Value, grammar: &Grammar, text: &str, section: &str) -> bool {
    let pointer = text.strip_prefix('#').filter(|pointer| grammar.is_component(pointer, section));
    pointer.is_some_and(|pointer| crate::pointer::find(document, pointer).is_some())
}

/// The components of `section`; adds an empty section if the document lacks it.
fn section_mut<'v>(document: &'v mut Value, grammar: &Grammar, section: &str) -> Option<&'v mut Map<String, Value>> {
    let mut there = document;
    for key in tokens(grammar.components).chain([section.to_owned()]) {
        there = there.as_object_mut()?.entry(key).or_insert(Value::Null);
        if !there.is_object() {
            *there = Value::Object(Map::new());
        }
    }
    there.as_object_mut()
}
