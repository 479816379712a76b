//! Brings what references lead to into one document: objects in files beside it, and objects that stand somewhere in it
//! and are no component. They become components; a path item that is a reference becomes what it leads to.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{SourceFile, inside};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind};
use crate::pointer::{escape, tokens};

/// How many path items may refer to each other in a row.
const CHAIN: usize = 32;

/// Where a component came from: its pointer, the file (an index of [`Bundle::files`]), and its pointer there.
pub(crate) type Origin = (String, usize, String);

/// The files that references of one document lead to.
pub(crate) struct Bundle<'a> {
    root: &'a Path,
    /// The document's own files, by their paths from the root.
    own: &'a [String],
    /// Where references first stand.
    places: HashMap<String, String>,
    /// The files that were read.
    pub(crate) files: Vec<SourceFile>,
    /// Where the components that came from them stood.
    pub(crate) origins: Vec<Origin>,
    trees: Vec<Value>,
    index: HashMap<String, usize>,
    names: BTreeMap<(String, &'static str), String>,
}

/// A reference that is not followed.
pub(crate) struct Escape {
    pub(crate) why: String,
    /// Where it stands, from the node that was looked into.
    pub(crate) pointer: String,
}

impl Escape {
    /// The message, where the node that was looked into stands at `base` in `file`.
    pub(crate) fn at(&self, file: &SourceFile, base: &str) -> Diagnostic {
        let pointer = format!("{base}{}", self.pointer);
        let diagnostic = Diagnostic::error("S010", self.why.clone()).help("copy the file into the folder");
        match file.locate(&pointer) {
            Some((position, _)) => diagnostic.in_file(position).at(pointer),
            None => diagnostic.at(pointer),
        }
    }
}

/// Makes the references in `tree` start at the root folder, where the file `name` holds it. What is in one of the files
/// `own` is local; `local` says whether `name` is one of them.
pub(crate) fn anchor(tree: &mut Value, kind: Kind, name: &str, own: &[String], local: bool) -> Result<(), Escape> {
    grammar::from(tree, kind, "", &mut |node| match node.reference().map(|text| anchored(text, name, own, local)) {
        Some(Err(why)) => Err(Escape { why, pointer: node.pointer.to_owned() }),
        _ => Ok(()),
    })?;
    grammar::from_mut(tree, kind, &mut |_, node| {
        if let Some(Ok(anchored)) = grammar::reference(node).map(|text| anchored(text, name, own, local)) {
            node["$ref"] = Value::String(anchored);
        }
    });
    Ok(())
}

pub(crate) fn anchored(reference: &str, name: &str, own: &[String], local: bool) -> Result<String, String> {
    let (path, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    if path.contains("://") || path.starts_with("//") {
        return Err(format!("`{reference}` leads to the network, where references are not followed"));
    }
    let mut parts: Vec<&str> = name.split('/').collect();
    if !path.is_empty() {
        parts.pop();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.pop().is_none() => {
                    return Err(format!("`{reference}` leads out of the folder"));
                }
                ".." => {}
                part => parts.push(part),
            }
        }
        if path.starts_with('/') {
            return Err(format!("`{reference}` leads out of the folder"));
        }
    }
    let target = parts.join("/");
    let is_own = own.contains(&target);
    Ok(if is_own || (local && path.is_empty()) { format!("#{pointer}") } else { format!("{target}#{pointer}") })
}

impl<'a> Bundle<'a> {
    /// Nothing read yet; references start at the folder `root`, where the document's `own` files lie.
    pub(crate) fn new(root: &'a Path, own: &'a [String]) -> Self {
        Self {
            root,
            own,
            places: HashMap::new(),
            files: Vec::new(),
            origins: Vec::new(),
            trees: Vec::new(),
            index: HashMap::new(),
            names: BTreeMap::new(),
        }
    }

    /// Rewrites `document`, whose references are anchored.
    ///
    /// # Errors
    ///
    /// `V001`, `V002`, and what reading a file gives.
    pub(crate) fn bundle(&mut self, document: &mut Value) -> Result<(), Diagnostic> {
        self.path_items(document)?;
        let _ = grammar::walk(document, &mut |node| {
            if let Some(reference) = node.reference() {
                self.places.entry(reference.to_owned()).or_insert_with(|| node.pointer.to_owned());
            }
            Ok::<(), ()>(())
        });
        let mut pending = self.outside(document, Kind::Document)?;
        while let Some((section, name, mut value)) = pending.pop() {
            let kind = grammar::kind_at(&format!("/components/{section}/{name}")).unwrap_or(Kind::Schema);
            pending.extend(self.outside(&mut value, kind)?);
            document["components"][section][name] = value;
        }
        inner_places(document);
        Ok(())
    }

    /// Puts what they lead to in the place of path items that are references.
    fn path_items(&mut self, document: &mut Value) -> Result<(), Diagnostic> {
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let referring: Vec<String> =
            paths.filter(|(_, item)| grammar::reference(item).is_some()).map(|(path, _)| path.clone()).collect();
        for path in referring {
            let at = format!("/paths/{}", escape(&path));
            for round in 0.. {
                let item = &document["paths"][&path];
                let Some(reference) = grammar::reference(item).map(str::to_owned) else { break };
                if round == CHAIN {
                    let message = format!("`{reference}` leads in a circle, and never to a path item");
                    return Err(Diagnostic::error("V002", message).at(at).help("correct it in an overlay"));
                }
                let target = match reference.strip_prefix('#') {
                    Some(pointer) => document.pointer(pointer).cloned(),
                    None => self.fetch(&reference, Kind::PathItem, &at)?.map(|(_, target)| target),
                };
                let Some(Value::Object(mut target)) = target else { return Err(nowhere(&reference, &at)) };
                let siblings = item.as_object().into_iter().flatten().filter(|(key, _)| *key != "$ref");
                target.extend(siblings.map(|(key, value)| (key.clone(), value.clone())));
                document["paths"][&path] = Value::Object(target);
            }
        }
        Ok(())
    }

    /// Makes references to other files local; gives back the components that they then lead to.
    fn outside(&mut self, value: &mut Value, kind: Kind) -> Result<Vec<(&'static str, String, Value)>, Diagnostic> {
        let mut pending = Vec::new();
        let mut failed = None;
        grammar::from_mut(value, kind, &mut |kind, node| {
            let Some(reference) = grammar::reference(node).filter(|text| !text.starts_with('#')) else { return };
            let (Some(section), None) = (kind.section(), &failed) else { return };
            match self.component(reference, kind, section, &mut pending) {
                Ok(name) => node["$ref"] = json!(format!("#/components/{section}/{}", escape(&name))),
                Err(error) => failed = Some(error),
            }
        });
        failed.map_or(Ok(pending), Err)
    }

    /// The name of the component that `reference` becomes.
    fn component(
        &mut self,
        reference: &str,
        kind: Kind,
        section: &'static str,
        pending: &mut Vec<(&'static str, String, Value)>,
    ) -> Result<String, Diagnostic> {
        let key = (reference.to_owned(), section);
        if let Some(name) = self.names.get(&key) {
            return Ok(name.clone());
        }
        let at = self.places.get(reference).cloned().unwrap_or_default();
        let Some((file, value)) = self.fetch(reference, kind, &at)? else { return Err(nowhere(reference, &at)) };
        let (path, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        // The file's own name alone would change with what else is referred to; path and place together never clash.
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let place: Vec<String> = tokens(pointer).collect();
        let place = match place.as_slice() {
            [outer, _, name] if outer == "components" => name.clone(),
            [outer, name] if outer == "definitions" || outer == "$defs" => name.clone(),
            other => other.join("."),
        };
        let name = [stem, &place].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(".");
        let name = component_name(&name);
        self.names.insert(key, name.clone());
        self.origins.push((format!("/components/{section}/{}", escape(&name)), file, pointer.to_owned()));
        pending.push((section, name.clone(), value));
        Ok(name)
    }

    /// What `reference` leads to in its file, its own references anchored.
    fn fetch(&mut self, reference: &str, kind: Kind, at: &str) -> Result<Option<(usize, Value)>, Diagnostic> {
        let (name, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let file = match self.index.get(name) {
            Some(file) => *file,
            None => self.open(name, at)?,
        };
        let Some(mut value) = self.trees[file].pointer(pointer).cloned() else { return Ok(None) };
        anchor(&mut value, kind, name, self.own, false).map_err(|escape| escape.at(&self.files[file], pointer))?;
        Ok(Some((file, value)))
    }

    fn open(&mut self, name: &str, at: &str) -> Result<usize, Diagnostic> {
        let path = inside(self.root, name)?;
        if !path.exists() {
            return Err(nowhere(name, at));
        }
        let file = SourceFile::read(&path)?;
        self.trees.push(file.parse()?);
        self.files.push(file);
        self.index.insert(name.to_owned(), self.files.len() - 1);
        Ok(self.files.len() - 1)
    }
}

fn nowhere(reference: &str, at: &str) -> Diagnostic {
    Diagnostic::error("V001", format!("`{reference}` leads nowhere"))
        .at(at)
        .help("put the file beside the document, or correct the reference in an overlay")
}

/// Makes components of the objects that local references lead to and that are none.
fn inner_places(document: &mut Value) {
    let mut found: BTreeMap<String, (&'static str, String)> = BTreeMap::new();
    let _ = grammar::walk(document, &mut |node| {
        let pointer = node.reference().and_then(|reference| reference.strip_prefix('#'));
        if let (Some(pointer), Some(section)) = (pointer, node.kind.section())
            && !is_component(pointer)
            && grammar::kind_at(pointer) == Some(node.kind)
            && document.pointer(pointer).is_some()
        {
            found.insert(pointer.to_owned(), (section, place_name(pointer)));
        }
        Ok::<(), ()>(())
    });
    if found.is_empty() {
        return;
    }
    let copies: Vec<_> =
        found.iter().filter_map(|(from, to)| Some((to.clone(), document.pointer(from)?.clone()))).collect();
    if !document["components"].is_object() {
        document["components"] = Value::Object(Map::new());
    }
    for ((section, name), value) in copies {
        document["components"][section][name] = value;
    }
    grammar::walk_mut(document, &mut |_, node| {
        let pointer = grammar::reference(node).and_then(|reference| reference.strip_prefix('#'));
        if let Some((section, name)) = pointer.and_then(|pointer| found.get(pointer)) {
            node["$ref"] = json!(format!("#/components/{section}/{}", escape(name)));
        }
    });
}

fn is_component(pointer: &str) -> bool {
    pointer.starts_with("/components/") && pointer.matches('/').count() == 3
}

/// A name from a place in the document, without the keys that every such place has.
fn place_name(pointer: &str) -> String {
    let structure = ["components", "schemas", "properties", "content", "schema", "paths", "$defs", "definitions"];
    let parts = tokens(pointer).filter(|part| !structure.contains(&part.as_str()));
    component_name(&parts.collect::<Vec<_>>().join("."))
}

/// `name` as OpenAPI 3.0.3 (Components Object) lets one be.
fn component_name(name: &str) -> String {
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c), "_");
    name.trim_matches(['_', '.']).to_owned()
}
