//! Brings what references of a Swagger 2.0 document lead to in the files beside it into the document, which stays Swagger 2.0.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::grammar::{anchor, kind_of, section, shared_name, walk_mut};
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, reference};
use crate::pointer::escape;
use crate::source::bundle::Origin;
use crate::source::{SourceFile, inside};

/// How many references may lead to each other in a row.
const CHAIN: usize = 32;

/// The files beside a document.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) files: Vec<SourceFile>,
    /// Where the shared objects that came from them stood.
    pub(crate) origins: Vec<Origin>,
    trees: Vec<Value>,
    index: HashMap<String, usize>,
}

impl Beside {
    /// What `reference`, which stands at `at`, leads to in its file, and which file that is.
    fn fetch(
        &mut self,
        reference: &str,
        kind: Kind,
        (root, own, at): (&Path, &[String], &str),
    ) -> Result<(usize, Value), Diagnostic> {
        let nowhere = || {
            Diagnostic::error("V001", format!("`{reference}` leads nowhere"))
                .at(at)
                .help("put the file beside the document, or correct the reference in an overlay")
        };
        let (name, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let file = match self.index.get(name) {
            Some(file) => *file,
            None => {
                let path = inside(root, name)?;
                if !path.exists() {
                    return Err(nowhere());
                }
                let file = SourceFile::read(&path)?;
                self.trees.push(file.parse()?);
                self.files.push(file);
                self.index.insert(name.to_owned(), self.files.len() - 1);
                self.files.len() - 1
            }
        };
        let mut value = self.trees[file].pointer(pointer).cloned().ok_or_else(nowhere)?;
        anchor(&mut value, kind, name, own, false).map_err(|escape| escape.at(&self.files[file], pointer))?;
        Ok((file, value))
    }
}

/// Rewrites `document`, whose references are anchored at `root`, and reads the files that they lead to.
///
/// # Errors
///
/// `V001`, `V002`, and what reading a file gives.
pub(crate) fn bundle(document: &mut Value, root: &Path, own: &[String]) -> (Beside, Result<(), Diagnostic>) {
    let mut beside = Beside::default();
    let bundled = path_items(document, &mut beside, root, own).and_then(|()| shared(document, &mut beside, root, own));
    (beside, bundled)
}

/// Puts what they lead to in place of path items that are references.
fn path_items(document: &mut Value, beside: &mut Beside, root: &Path, own: &[String]) -> Result<(), Diagnostic> {
    let refer = |paths: &Map<String, Value>| paths.values().any(|item| reference(item).is_some());
    if !document.get("paths").and_then(Value::as_object).is_some_and(refer) {
        return Ok(());
    }
    let whole = document.clone();
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        let at = format!("/paths/{}", escape(path));
        for round in 0.. {
            let Some(target) = reference(item).map(str::to_owned) else { break };
            if round == CHAIN {
                let message = format!("`{target}` leads in a circle, and never to a path item");
                return Err(Diagnostic::error("V002", message).at(at).help("correct it in an overlay"));
            }
            let found = match target.strip_prefix('#') {
                Some(pointer) => whole.pointer(pointer).cloned(),
                None => {
                    let (file, found) = beside.fetch(&target, Kind::PathItem, (root, own, &at))?;
                    let pointer = target.split_once('#').map_or("", |(_, pointer)| pointer);
                    beside.origins.push((at.clone(), file, pointer.to_owned()));
                    Some(found)
                }
            };
            let Some(Value::Object(mut found)) = found else {
                return Err(Diagnostic::error("V001", format!("`{target}` leads nowhere"))
                    .at(at)
                    .help("correct the reference in an overlay"));
            };
            let siblings = item.as_object().into_iter().flatten().filter(|(key, _)| *key != "$ref");
            found.extend(siblings.map(|(key, value)| (key.clone(), value.clone())));
            *item = Value::Object(found);
        }
    }
    Ok(())
}

/// Makes shared objects of the others.
fn shared(document: &mut Value, beside: &mut Beside, root: &Path, own: &[String]) -> Result<(), Diagnostic> {
    let mut names: HashMap<(String, &'static str), String> = HashMap::new();
    let mut open: Vec<(&'static str, String, usize, String)> = Vec::new();
    let mut pending = outside(document, Kind::Document, "", &mut names);
    while let Some((section, reference, name, at)) = pending.pop() {
        let (file, mut value) = beside.fetch(&reference, kind_of(section), (root, own, &at))?;
        pending.extend(outside(&mut value, kind_of(section), &at, &mut names));
        let pointer = reference.split_once('#').map_or("", |(_, pointer)| pointer).to_owned();
        open.push((section, name.clone(), file, pointer));
        let entries = document
            .as_object_mut()
            .map(|document| document.entry(section).or_insert_with(|| Value::Object(Map::new())));
        if let Some(entries) = entries.and_then(Value::as_object_mut) {
            entries.insert(name, value);
        }
    }
    let origins = open.into_iter().map(|(section, name, file, at)| (format!("/{section}/{}", escape(&name)), file, at));
    beside.origins.extend(origins);
    Ok(())
}

/// Makes references to other files local; gives back those that were not seen before, as the key of the document that is to
/// hold their target, the reference, the name of the target, and the place of the reference.
fn outside(
    value: &mut Value,
    kind: Kind,
    at: &str,
    names: &mut HashMap<(String, &'static str), String>,
) -> Vec<(&'static str, String, String, String)> {
    let mut pending = Vec::new();
    walk_mut(value, kind, at, &mut |kind, pointer, node| {
        let Some(target) = reference(node).filter(|text| !text.starts_with('#')).map(str::to_owned) else { return };
        let Some(section) = section(kind) else { return };
        let name = names.entry((target.clone(), section)).or_insert_with(|| {
            let name = shared_name(&target);
            pending.push((section, target, name.clone(), pointer.to_owned()));
            name
        });
        node["$ref"] = Value::String(format!("#/{section}/{}", escape(name)));
    });
    pending
}
