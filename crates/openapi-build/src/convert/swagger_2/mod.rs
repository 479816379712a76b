//! Swagger 2.0, said in the words of OpenAPI 3.0.
//!
//! The raw tree is converted, in its order, so that quirks survive for the passes that repair them, and every part knows the
//! place where it was published. The page of Q042 says what becomes of what.
//!
//! # Differences from npm's swagger2openapi
//!
//! | | swagger2openapi 7.0.8 | here |
//! | --- | --- | --- |
//! | `collectionFormat: tsv`, and `ssv` and `pipes` outside the query | an error | carried in an extension, and sent as the definition says |
//! | the `collectionFormat` of lists in lists | an error | carried likewise |
//! | a list in a form | as 3.0 sends one, a field for each item, whatever its `collectionFormat` | as its `collectionFormat` says, which is `csv` by default |
//! | absent `produces` | `*/*` | `application/json`; where a response has `examples`, the media types that those are written in |
//! | a shared response, used where an operation produces something else | the media types of the document | those of the operation |
//! | a `type: file` response | in the media types of `produces`, JSON too | the same, marked as bytes |
//! | a form with a file, without `multipart/form-data` in `consumes` | `application/x-www-form-urlencoded` | `multipart/form-data` |
//! | absent `schemes` | a URL without a scheme | `https`, with a warning; `http` for loopback hosts |
//! | several `schemes` | servers in their order, those of `ws` and `wss` too | `https` first; no servers of other schemes, with a warning |
//! | `x-nullable` beside a `$ref` | dropped | the schema, or null |
//! | `x-nullable` beside an `allOf` of one reference | `nullable` beside it, which 3.0.3 ignores there | the schema, or null |
//! | `x-isnullable` | kept | as `x-nullable` |
//! | `x-example` of a schema | kept | `example` |
//! | `x-anyOf`, `x-oneOf` | `anyOf`, `oneOf` | kept |
//! | several bodies | an error | the first, with a warning |
//! | a body beside form fields | the form | the body, with a warning |
//! | `examples` of a media type that the operation does not produce | another media type of the response | kept as `x-examples` |
//! | a response that refers to a definition | the same reference, to a schema | a body of that schema, with a warning |
//! | the name of a definition alone as a `$ref` | kept, and leads nowhere | a reference to the definition |

mod document;
mod forms;
mod grammar;
mod lists;
mod media_types;
mod operations;
mod parameters;
mod responses;
mod schemas;
mod security;
mod servers;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Moves;
use crate::diagnostic::Diagnostic;
use crate::pointer::escape;

pub(crate) use grammar::{SWAGGER_2, name_definitions};

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
        consumes: None,
        produces: None,
        moves: Moves::default(),
        diagnostics: Vec::new(),
        inlined: BTreeSet::new(),
        schemas: Object::new(),
    };
    converter.consumes = converter.media_types(source.get("consumes"), "/consumes");
    converter.produces = converter.media_types(source.get("produces"), "/produces");
    let mut tree = Value::Object(converter.document());
    let places = converter.moves.reversed();
    crate::grammar::walk_mut(&mut tree, &mut |_, node| {
        let target = crate::grammar::reference(node).and_then(|reference| reference.strip_prefix('#'));
        if let Some(moved) = target.map(|pointer| places.published(pointer)) {
            node["$ref"] = Value::String(format!("#{moved}"));
        }
    });
    converter.drop_inlined(&mut tree);
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
    /// Components that were written anew where they are used, in the media types of an operation: their pointers.
    inlined: BTreeSet<String>,
    /// Schemas of bodies of many media types, which are components.
    schemas: Object,
}

impl Converter<'_> {
    /// Takes out the components that are inlined wherever they are used.
    fn drop_inlined(&self, tree: &mut Value) {
        if self.inlined.is_empty() {
            return;
        }
        let mut used: BTreeSet<String> = BTreeSet::new();
        let Ok(()) = crate::grammar::walk::<std::convert::Infallible>(tree, &mut |node| {
            let target = node.reference().and_then(|reference| reference.strip_prefix('#'));
            used.extend(target.map(component).filter(|target| self.inlined.contains(*target)).map(str::to_owned));
            Ok(())
        });
        let Some(components) = tree.get_mut("components").and_then(Value::as_object_mut) else { return };
        for section in ["responses", "requestBodies"] {
            let Some(entries) = components.get_mut(section).and_then(Value::as_object_mut) else { continue };
            let pointer = |name: &str| format!("/components/{section}/{}", escape(name));
            let unused = |at: String| self.inlined.contains(&at) && !used.contains(&at);
            entries.retain(|name, _| !unused(pointer(name)));
        }
        components.retain(|_, entries| entries.as_object().is_none_or(|entries| !entries.is_empty()));
    }

    fn warn(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(CODE, message).at(pointer));
    }

    fn note(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::note(CODE, message).at(pointer));
    }
}

/// The place of the component at or around `pointer`.
fn component(pointer: &str) -> &str {
    let end = pointer.match_indices('/').nth(3).map_or(pointer.len(), |(end, _)| end);
    &pointer[..end]
}
