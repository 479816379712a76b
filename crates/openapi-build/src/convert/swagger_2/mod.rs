//! Swagger 2.0, said in the words of OpenAPI 3.0.
//!
//! The raw tree is converted, in its order, so that quirks survive for the passes that repair them, and every part knows the
//! place where it was published. The page of Q042 says what becomes of what.
//!
//! # Differences from npm's swagger2openapi
//!
//! | | swagger2openapi 7 | here |
//! | --- | --- | --- |
//! | `collectionFormat: tsv`, and `ssv` and `pipes` outside the query | an error, or a warning and a comma | carried in an extension, and sent as the definition says |
//! | the `collectionFormat` of lists in lists | dropped | carried likewise |
//! | a list in a form | sent by the default of 3.0, a field for each item | as its `collectionFormat` says, which is `csv` by default |
//! | absent `consumes` and `produces` | `application/json` and `*/*` | `application/json` for both; where a response has `examples`, the media types that those are written in |
//! | an empty list of `consumes` or `produces` | no media type: the body is lost | as if absent |
//! | a shared response or body, used where an operation has media types of its own | the media types of the document | those of the operation |
//! | a `type: file` response | the media types of `produces` as they are, JSON too | the same media types, marked as bytes; `*/*` where there is no `produces` |
//! | a form with a file, and `consumes` without `multipart/form-data` | the media types of `consumes` | `multipart/form-data` |
//! | `consumes` of a form that names JSON too | a JSON body beside the form | the media types of forms alone: `formData` says so |
//! | absent `schemes` | `http` | `https`, with a warning; `http` for loopback hosts |
//! | several `schemes` | servers in their order | `https` first |
//! | absent `host` with `schemes` | a relative server | the same, with a note |
//! | `x-nullable` beside a `$ref`, or an `allOf` of one | `nullable` beside it, which 3.0.3 ignores there | one of the two: the schema, or null |
//! | `x-anyOf`, `x-oneOf` | `anyOf`, `oneOf` | extensions, as written |
//! | the `name` of a body | an extension | dropped: it is never sent |
//! | a body beside form fields | an error | the body, with a warning |
//! | response `examples` of a media type that the operation does not produce | another media type | kept as `x-examples` |
//! | what converts to nothing in 3.0 | an error, unless patched | a warning |

mod bundle;
mod document;
mod forms;
mod grammar;
mod lists;
mod operations;
mod parameters;
mod responses;
mod schemas;
mod security;
mod servers;

use serde_json::{Map, Value};

use super::Moves;
use crate::diagnostic::Diagnostic;

pub(crate) use bundle::bundle;
pub(crate) use grammar::anchor;

const CODE: &str = "Q042";

type Object = Map<String, Value>;

/// A converted document.
pub(crate) struct Converted {
    pub(crate) tree: Value,
    pub(crate) moves: Moves,
    /// Their pointers are places in the published document.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Converts `source`, a whole Swagger 2.0 document whose references are all local.
pub(crate) fn convert(source: &Value) -> Converted {
    let mut converter = Converter {
        source,
        consumes: media_types(source.get("consumes")),
        produces: media_types(source.get("produces")),
        moves: Moves::default(),
        diagnostics: Vec::new(),
    };
    let mut tree = Value::Object(converter.document());
    let places = converter.moves.reversed();
    crate::grammar::walk_mut(&mut tree, &mut |_, node| {
        let target = crate::grammar::reference(node).and_then(|reference| reference.strip_prefix('#'));
        if let Some(moved) = target.map(|pointer| places.published(pointer)) {
            node["$ref"] = Value::String(format!("#{moved}"));
        }
    });
    Converted { tree, moves: converter.moves, diagnostics: converter.diagnostics }
}

/// `message` about a converted document, in the words of the published one.
pub(crate) fn in_its_words(message: &str) -> String {
    let sections = [
        ("#/components/schemas/", "#/definitions/"),
        ("#/components/parameters/", "#/parameters/"),
        ("#/components/requestBodies/", "#/parameters/"),
        ("#/components/responses/", "#/responses/"),
    ];
    sections.iter().fold(message.to_owned(), |message, (new, old)| message.replace(new, old))
}

struct Converter<'a> {
    source: &'a Value,
    /// The media types of the document.
    consumes: Option<Vec<String>>,
    produces: Option<Vec<String>>,
    moves: Moves,
    diagnostics: Vec<Diagnostic>,
}

impl Converter<'_> {
    fn warn(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(CODE, message).at(pointer));
    }

    fn note(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::note(CODE, message).at(pointer));
    }
}

/// The media types that `consumes` or `produces` lists, if it lists any.
fn media_types(list: Option<&Value>) -> Option<Vec<String>> {
    let names: Vec<String> = match list? {
        Value::String(name) => vec![name.clone()],
        list => list.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    let mut unique: Vec<String> = Vec::new();
    for name in names.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()) {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    (!unique.is_empty()).then_some(unique)
}
