//! Reads a document from one or more files: YAML or JSON, whole or a documentation page's fragment.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `S001` | a file cannot be read |
//! | `S002` | it is larger than the limit, 256 MiB if nothing else is set |
//! | `S003` | it is no text in UTF-8 or UTF-16 |
//! | `S004` | it is empty |
//! | `S005` | it is no YAML or JSON, it is truncated, or it is nested too deep |
//! | `S006` | it is no OpenAPI document |
//! | `S007` | its version of OpenAPI is not one that is read |
//! | `S008` | two files of one document contradict each other |
//! | `S009` | a file lies outside the folder it was named in |
//! | `S010` | a reference leads to the network, or out of the folder |
//! | `S011` | a page has no definition in it |
//! | `S012` | a page has several |
//! | `S013` | it breaks a rule of YAML or JSON, and is read as what it means |
//! | `S014` | a part of it is not read: of a key that stands twice the last one counts, of several documents the first |
//! | `S015` | what a reference leads to is left out: it includes itself, it would be copied too often, or it is documentation that cannot be read |

pub(crate) mod bundle;
mod component_names;
mod compose;
mod cut;
mod encoding;
mod events;
mod json;
mod lenient;
mod locate;
mod mend;
pub(crate) mod origins;
pub mod page;
mod places;
pub(crate) mod reference;
mod scalar;
mod size;
mod yaml;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use self::locate::Layout;
use crate::convert::swagger_2;
use crate::diagnostic::{Diagnostic, Position};
use crate::grammar;
use crate::pointer::escape;
use crate::version::{self, Version};

/// The size in bytes of the largest file that is read if no other limit is set. The largest published definitions that are
/// known have 37 MB of YAML and 12 MB of JSON.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// How many bytes of the limit there must be for each value in a file, a mapping counting for several. Published definitions
/// have ten for each; a large file that has less is made to exhaust the memory of its reader.
const BYTES_OF_A_VALUE: u64 = 8;

/// How many values are read whatever the limit is: they take about 100 MB.
const FEW_VALUES: usize = 1_000_000;

/// A file that was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Where it was read from, as it was named.
    pub path: PathBuf,
    text: String,
    /// The largest file that may be read.
    max_bytes: u64,
    /// What is known of it, once it was parsed.
    parsed: OnceLock<Parsed>,
}

/// What is known of a file that was parsed.
#[derive(Clone, Debug)]
struct Parsed {
    /// What was read leniently.
    findings: Vec<Diagnostic>,
    /// How its places are found.
    layout: Layout,
}

impl SourceFile {
    /// Reads the file at `path`, if it has at most [`MAX_BYTES`].
    ///
    /// # Errors
    ///
    /// `S001` to `S004`.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        Self::read_up_to(path, MAX_BYTES)
    }

    /// Reads the file at `path`, if it has at most `max_bytes`.
    ///
    /// # Errors
    ///
    /// `S001` to `S004`.
    pub fn read_up_to(path: &Path, max_bytes: u64) -> Result<Self, Diagnostic> {
        Self::from_bytes(path, bytes_of(path, max_bytes)?).map(|file| file.up_to(max_bytes))
    }

    /// The same, with another limit.
    pub(crate) fn up_to(self, max_bytes: u64) -> Self {
        Self { max_bytes, ..self }
    }

    /// The file at `path`, whose content is `bytes`.
    ///
    /// # Errors
    ///
    /// `S003` and `S004`.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, Diagnostic> {
        let text = encoding::decode(bytes).map_err(|failure| {
            Diagnostic::error("S003", failure.message)
                .at("")
                .in_file(Position { file: path.to_owned(), line: failure.line, column: failure.column })
                .help(failure.help)
        })?;
        if text.trim().is_empty() {
            return Err(Diagnostic::error("S004", "this file is empty")
                .in_file(start_of(path))
                .at("")
                .help("fetch it again from its origin"));
        }
        Ok(Self::of(path, text))
    }

    fn of(path: &Path, text: String) -> Self {
        Self { path: path.to_owned(), text, max_bytes: MAX_BYTES, parsed: OnceLock::new() }
    }

    /// Its content, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its content as a tree. [`findings`](Self::findings) has what was read leniently.
    ///
    /// # Errors
    ///
    /// `S002` and `S005`, with the line and column.
    pub fn parse(&self) -> Result<Value, Diagnostic> {
        let position = |line: usize, column: usize| Position { file: self.path.clone(), line: line.max(1), column };
        let limit = usize::try_from(self.max_bytes / BYTES_OF_A_VALUE).unwrap_or(usize::MAX).max(FEW_VALUES);
        let read = yaml::parse(&self.text, limit).map_err(|failure| {
            Diagnostic::error(failure.code, failure.message)
                .in_file(position(failure.line, failure.column.max(1)))
                .at("")
                .help(failure.help)
        })?;
        self.parsed.get_or_init(|| {
            let diagnostic = |finding: compose::Finding| {
                Diagnostic::warning(if finding.loses { "S014" } else { "S013" }, finding.message)
                    .in_file(position(finding.line, finding.column))
                    .at(finding.pointer)
                    .help(finding.help)
            };
            Parsed { findings: read.findings.into_iter().map(diagnostic).collect(), layout: read.layout }
        });
        Ok(read.tree)
    }

    /// What was read leniently, if it was parsed: `S013` and `S014`.
    pub fn findings(&self) -> &[Diagnostic] {
        self.parsed.get().map_or(&[], |parsed| parsed.findings.as_slice())
    }

    /// Where the node at `pointer` stands, or the nearest node above it that this file has; with how deep that is.
    pub fn locate(&self, pointer: &str) -> Option<(Position, usize)> {
        self.locate_all(&[pointer.to_owned()]).pop().flatten()
    }

    /// As [`locate`](Self::locate), for each of `pointers`, at the cost of one.
    pub fn locate_all(&self, pointers: &[String]) -> Vec<Option<(Position, usize)>> {
        let layout = self.parsed.get().map_or(&Layout::Unknown, |parsed| &parsed.layout);
        let places = locate::locate(&self.text, layout, pointers).into_iter();
        places
            .map(|place| place.map(|(line, column, depth)| (Position { file: self.path.clone(), line, column }, depth)))
            .collect()
    }
}

/// What the file at `path` holds, if that is at most `max_bytes`.
///
/// # Errors
///
/// `S001` and `S002`.
pub(crate) fn bytes_of(path: &Path, max_bytes: u64) -> Result<Vec<u8>, Diagnostic> {
    let at = |diagnostic: Diagnostic| diagnostic.in_file(start_of(path)).at("");
    let unreadable = |error: std::io::Error| {
        at(Diagnostic::error("S001", format!("this file cannot be read: {error}")))
            .help("put the file there, or correct its name")
    };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > max_bytes {
        let message = format!("this file has {length} bytes; the limit is {max_bytes}");
        return Err(at(Diagnostic::error("S002", message)).help("raise the limit (`max_bytes`), or split the document"));
    }
    std::fs::read(path).map_err(unreadable)
}

pub(crate) fn start_of(path: &Path) -> Position {
    Position { file: path.to_owned(), line: 1, column: 1 }
}

/// The file that the folder `root` names `name`.
///
/// # Errors
///
/// `S009`, where it lies outside the folder, by `..`, an absolute path or a link.
pub fn inside(root: &Path, name: &str) -> Result<PathBuf, Diagnostic> {
    let outside = || {
        Diagnostic::error("S009", format!("`{name}` lies outside this folder"))
            .in_file(start_of(root))
            .at("")
            .help("copy the file into the folder")
    };
    let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if !plain || name.is_empty() {
        return Err(outside());
    }
    let path = root.join(name);
    // What does not exist is reported when it is read.
    if let (Ok(folder), Ok(file)) = (root.canonicalize(), path.canonicalize())
        && !file.starts_with(folder)
    {
        return Err(outside());
    }
    Ok(path)
}

/// Joins `files`, whole documents or fragments in the folder `root`, into one OpenAPI document. Its references to other
/// files start at that folder.
///
/// # Errors
///
/// `S005` to `S008`.
pub fn join(files: &[SourceFile], root: &Path) -> Result<Value, Diagnostic> {
    let mut whole = Map::new();
    let own = names(files, root);
    for (file, name) in files.iter().zip(&own) {
        let mut tree = file.parse()?;
        if let Some(tree) = tree.as_object_mut() {
            check_version(file, tree)?;
        }
        anchor(&mut tree, name, &own);
        let Value::Object(tree) = tree else {
            return Err(not_openapi(file, "its top is no mapping"));
        };
        if !tree.get("paths").is_some_and(Value::is_object)
            && !["openapi", "swagger"].iter().any(|key| tree.contains_key(*key))
        {
            return Err(not_openapi(file, "it has neither `openapi`, `swagger` nor `paths`"));
        }
        if let Some(key) = other_version(&whole, &tree) {
            let message = "one file of this document is Swagger 2.0, and another is OpenAPI 3";
            let position =
                file.locate(&format!("/{key}")).map_or_else(|| start_of(&file.path), |(position, _)| position);
            let diagnostic = Diagnostic::error("S008", message).in_file(position).at(format!("/{key}"));
            return Err(diagnostic.help("make them two documents"));
        }
        unite(&mut whole, tree, "", file)?;
    }
    // A fragment has nothing but paths; what every document must have stands in for the rest until an overlay says more.
    let mut document = Map::new();
    let swagger = Version::of(&whole) == Some(Version::Swagger2);
    let key = if swagger { "swagger" } else { "openapi" };
    document.insert(key.into(), whole.shift_remove(key).unwrap_or_else(|| json!("3.0.3")));
    let info = whole.shift_remove("info").unwrap_or_else(no_info);
    document.insert("info".into(), info);
    document.extend(whole);
    document.entry("paths").or_insert_with(|| json!({}));
    Ok(Value::Object(document))
}

/// A title and a version, for a document that states neither.
fn no_info() -> Value {
    json!({"title": "API", "version": "0"})
}

/// The paths of `files` from the folder `root`, with `/` between their parts; a URL is its own name.
pub(crate) fn names(files: &[SourceFile], root: &Path) -> Vec<String> {
    let name = |file: &SourceFile| {
        // A path may begin with `//`, as a URL without a scheme does.
        if let Some(url) = file.path.to_str().filter(|name| name.starts_with("https://") || name.starts_with("http://"))
        {
            return url.to_owned();
        }
        let path = file.path.strip_prefix(root).unwrap_or(&file.path);
        path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    };
    files.iter().map(name).collect()
}

fn not_openapi(file: &SourceFile, why: &str) -> Diagnostic {
    Diagnostic::error("S006", format!("this is no OpenAPI document: {why}"))
        .in_file(start_of(&file.path))
        .at("")
        .help("a whole document has `openapi`, `info` and `paths`; a documentation page's fragment has `paths`")
}

/// Makes the references in `tree`, a document in the file `name`, start at the root folder, by the grammar of its version.
pub(crate) fn anchor(tree: &mut Value, name: &str, own: &[String]) {
    match Version::is_swagger(tree) {
        true => swagger_2::name_definitions(tree),
        false => self_reference(tree),
    }
    bundle::anchor(tree, name, own, true);
}

/// Makes references that begin with the document's `$self` local (OpenAPI 3.2).
fn self_reference(tree: &mut Value) {
    let Some(base) = tree.get("$self").and_then(Value::as_str).filter(|base| !base.is_empty()) else { return };
    let base = base.split('#').next().unwrap_or_default().to_owned();
    // A relative reference is resolved against it, so that the last part of its path is the document, too.
    let last = base.rsplit('/').next().unwrap_or_default().to_owned();
    let path = base.split_once("://").and_then(|(_, rest)| Some(&rest[rest.find('/')?..])).map(str::to_owned);
    let names = [Some(base), Some(last), path];
    grammar::walk_mut(tree, &mut |_, node| {
        let Some((file, pointer)) = grammar::reference(node).and_then(|text| text.split_once('#')) else { return };
        if names.iter().flatten().any(|name| name == file && !name.is_empty()) {
            node["$ref"] = Value::String(format!("#{pointer}"));
        }
    });
}

/// The key that states the version of `part`, if it is of another kind than that of `whole`.
fn other_version(whole: &Map<String, Value>, part: &Map<String, Value>) -> Option<&'static str> {
    let key = |of: &Map<String, Value>| match Version::of(of)? {
        Version::Swagger2 => Some("swagger"),
        _ => Some("openapi"),
    };
    let (before, key) = (key(whole)?, key(part)?);
    (before != key).then_some(key)
}

/// Refuses what is neither Swagger 2.0 nor OpenAPI 3; a version that is a number becomes a text.
fn check_version(file: &SourceFile, tree: &mut Map<String, Value>) -> Result<(), Diagnostic> {
    let refuse = |key: &str, message: String, help: &str| {
        let pointer = format!("/{key}");
        let position = file.locate(&pointer).map_or_else(|| start_of(&file.path), |(position, _)| position);
        Err(Diagnostic::error("S007", message).in_file(position).at(pointer).help(help))
    };
    const READ: &str = "Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2 are read";
    let stated = |key: &str| tree.get(key).map(|value| version::text(value).trim_matches('"').to_owned());
    let [openapi, swagger, old] = ["openapi", "swagger", "swaggerVersion"].map(stated);
    match (Version::of(tree), openapi, swagger, old) {
        (None, _, _, Some(version)) => {
            return refuse("swaggerVersion", format!("this is Swagger {version}; {READ}"), "convert it to OpenAPI 3.0");
        }
        (Some(Version::Unknown), Some(version), ..) => {
            return refuse("openapi", format!("this is OpenAPI {version}; {READ}"), "convert it to OpenAPI 3.0");
        }
        (Some(Version::Unknown), None, Some(version), _) => {
            return refuse("swagger", format!("this is Swagger {version}; {READ}"), "convert it to OpenAPI 3.0");
        }
        _ => {}
    }
    for key in ["openapi", "swagger"] {
        if let Some(value) = tree.get_mut(key).filter(|value| value.is_number()) {
            *value = Value::String(version::text(value));
        }
    }
    Ok(())
}

/// Puts `part` into `whole`; what both have must be equal, mappings of paths, methods and components aside.
fn unite(
    whole: &mut Map<String, Value>,
    part: Map<String, Value>,
    at: &str,
    file: &SourceFile,
) -> Result<(), Diagnostic> {
    for (key, value) in part {
        let pointer = format!("{at}/{}", escape(&key));
        let depth = pointer.matches('/').count();
        let flat = ["/definitions", "/parameters", "/responses", "/securityDefinitions"];
        let nested = ["/paths", "/webhooks", "/components"].iter().filter_map(|top| pointer.strip_prefix(top));
        let unites = (depth < 3 && nested.into_iter().any(|rest| rest.is_empty() || rest.starts_with('/')))
            || flat.contains(&pointer.as_str());
        match (whole.get_mut(&key), value) {
            (None, value) => {
                whole.insert(key, value);
            }
            (Some(Value::Object(ours)), Value::Object(theirs)) if unites => unite(ours, theirs, &pointer, file)?,
            (Some(Value::Array(ours)), Value::Array(theirs)) if pointer == "/tags" => {
                let new = theirs.into_iter().filter(|tag| !ours.contains(tag)).collect::<Vec<_>>();
                ours.extend(new);
            }
            (Some(ours), theirs) if *ours == theirs => {}
            (Some(_), _) => {
                let position = file.locate(&pointer).map_or_else(|| start_of(&file.path), |(position, _)| position);
                let message = "another file of this document says something else here";
                return Err(Diagnostic::error("S008", message)
                    .in_file(position)
                    .at(pointer)
                    .help("keep one of them, or make them two documents"));
            }
        }
    }
    Ok(())
}

/// `document` as YAML.
pub fn to_yaml(document: &Value) -> String {
    yaml::write(document)
}
