//! Brings what references of a Swagger 2.0 document lead to in the files beside it into the document, which stays Swagger 2.0.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value};

use super::grammar::{kind_of, section, shared_name, walk_mut};
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, reference};
use crate::pointer::escape;
use crate::source::bundle::anchor;
use crate::source::origins::Origins;
use crate::source::reference::escapes;
use crate::source::{SourceFile, inside};

/// How many references may lead to each other in a row.
const CHAIN: usize = 32;

/// The files beside a document.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) files: Vec<SourceFile>,
    /// Where the shared objects that came from them stood.
    pub(crate) origins: Origins,
    trees: Vec<Value>,
    index: HashMap<String, Option<usize>>,
    /// What is wrong with files, which count as absent.
    errors: Vec<Diagnostic>,
}

impl Beside {
    /// What `reference` leads to in its file, and which file that is; `None` if it leads nowhere.
    fn fetch(&mut self, reference: &str, root: &Path, own: &[String]) -> Option<(usize, Value)> {
        let (name, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        if !self.index.contains_key(name) {
            let file = self.read(name, root).unwrap_or_else(|error| {
                self.errors.push(error);
                None
            });
            self.index.insert(name.to_owned(), file);
        }
        let file = self.index.get(name).copied().flatten()?;
        let mut value = self.trees[file].pointer(pointer).cloned()?;
        anchor(&mut value, name, own, false);
        Some((file, value))
    }

    /// Reads the file that is called `name`, if it exists.
    fn read(&mut self, name: &str, root: &Path) -> Result<Option<usize>, Diagnostic> {
        if escapes(name).is_some() {
            return Ok(None);
        }
        let path = inside(root, name)?;
        if !path.is_file() {
            return Ok(None);
        }
        let file = SourceFile::read(&path)?;
        self.trees.push(file.parse()?);
        self.files.push(file);
        Ok(Some(self.files.len() - 1))
    }
}

/// Rewrites `document`, whose references are anchored at `root`, and reads the files that they lead to. A reference that leads
/// nowhere stays as it is.
///
/// # Errors
///
/// What reading the files gives: all that is wrong with any of them.
pub(crate) fn bundle(document: &mut Value, root: &Path, own: &[String]) -> (Beside, Result<(), Diagnostic>) {
    let mut beside = Beside::default();
    path_items(document, &mut beside, root, own);
    shared(document, &mut beside, root, own);
    let errors = std::mem::take(&mut beside.errors);
    (beside, Diagnostic::several(errors).map_or(Ok(()), Err))
}

/// Puts what they lead to in place of path items that are references.
fn path_items(document: &mut Value, beside: &mut Beside, root: &Path, own: &[String]) {
    let refer = |paths: &Map<String, Value>| paths.values().any(|item| reference(item).is_some());
    if !document.get("paths").and_then(Value::as_object).is_some_and(refer) {
        return;
    }
    let whole = document.clone();
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        let at = format!("/paths/{}", escape(path));
        for _ in 0..CHAIN {
            let Some(target) = reference(item).map(str::to_owned) else { break };
            let found = match target.strip_prefix('#') {
                Some(pointer) => whole.pointer(pointer).cloned(),
                None => beside.fetch(&target, root, own).map(|(file, found)| {
                    let pointer = target.split_once('#').map_or("", |(_, pointer)| pointer);
                    beside.origins.extend([(at.clone(), file, pointer.to_owned())]);
                    found
                }),
            };
            let Some(Value::Object(mut found)) = found else { break };
            let siblings = item.as_object().into_iter().flatten().filter(|(key, _)| *key != "$ref");
            found.extend(siblings.map(|(key, value)| (key.clone(), value.clone())));
            *item = Value::Object(found);
        }
    }
}

/// The shared objects that references to other files became, by the reference and the key of the document that holds them.
type Names = HashMap<(String, &'static str), String>;

/// Makes shared objects of the others.
fn shared(document: &mut Value, beside: &mut Beside, root: &Path, own: &[String]) {
    let mut names = Names::new();
    let mut pending = outside(document, Kind::Document);
    let mut nowhere = HashSet::new();
    while let Some((reference, section)) = pending.pop() {
        if names.contains_key(&(reference.clone(), section)) || nowhere.contains(&reference) {
            continue;
        }
        let Some((file, mut value)) = beside.fetch(&reference, root, own) else {
            nowhere.insert(reference);
            continue;
        };
        pending.extend(outside(&mut value, kind_of(section)));
        let name = shared_name(&reference);
        let pointer = reference.split_once('#').map_or("", |(_, pointer)| pointer).to_owned();
        beside.origins.extend([(format!("/{section}/{}", escape(&name)), file, pointer)]);
        names.insert((reference, section), name.clone());
        let entries = document
            .as_object_mut()
            .map(|document| document.entry(section).or_insert_with(|| Value::Object(Map::new())));
        if let Some(entries) = entries.and_then(Value::as_object_mut) {
            entries.insert(name, value);
        }
    }
    walk_mut(document, Kind::Document, "", &mut |kind, _, node| {
        let Some(section) = section(kind) else { return };
        let name = reference(node).and_then(|target| names.get(&(target.to_owned(), section)));
        if let Some(name) = name {
            node["$ref"] = Value::String(format!("#/{section}/{}", escape(name)));
        }
    });
}

/// The references in `value` to other files, each with the key of the document that is to hold its target.
fn outside(value: &mut Value, kind: Kind) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    walk_mut(value, kind, "", &mut |kind, _, node| {
        let target = reference(node).filter(|text| !text.starts_with('#'));
        found.extend(target.map(str::to_owned).zip(section(kind)));
    });
    found
}
