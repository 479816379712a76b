//! Bodies of responses that are sequences: event streams, JSON lines and JSON text sequences.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::lower::Lowered;
use super::model::Operation;
use super::shape::Shape;
use super::theirs;
use super::tokens;
use crate::extensions::ITEM_SCHEMA;
use crate::media_type::Sequence;
use crate::replacements::{By, behind};

/// The extensions that name the texts which end a stream, the first that is there counting: ours, and Speakeasy's. They are those of
/// a media type; a list, or one text.
const ENDS: [&str; 2] = ["x-stream-end", "x-speakeasy-sse-sentinel"];

/// The end of many event streams of JSON, which is no JSON itself.
const DONE: &str = "[DONE]";

/// An item of a sequence.
pub(super) struct Item {
    pub(super) kind: Sequence,
    pub(super) schema: Value,
    /// Where it is, below the media type.
    pub(super) at: &'static str,
    /// Whether it is a text, which nobody takes for JSON.
    is_text: bool,
    /// The texts that end the sequence.
    ends: Vec<String>,
    /// Whether the definition says so.
    is_stated: bool,
}

/// What the items of a body are, if it is a sequence.
pub(super) fn item(document: &Value, media_type: &str, media: &Value) -> Option<Item> {
    let kind = Sequence::of(media_type)?;
    let (schema, at) = match (media.get(ITEM_SCHEMA), media.get("schema")) {
        (Some(schema), _) => (schema.clone(), ITEM_SCHEMA),
        (None, Some(schema)) => of_whole(document, schema, kind),
        (None, None) if kind == Sequence::Events => (json!({"type": "string"}), "schema"),
        (None, None) => (json!({}), "schema"),
    };
    let stated = ENDS.iter().find_map(|key| media.get(*key));
    let ends = match stated {
        Some(Value::Array(ends)) => ends.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(end) => end.as_str().map(str::to_owned).into_iter().collect(),
        None if kind == Sequence::Events => vec![DONE.to_owned()],
        None => Vec::new(),
    };
    let is_text = behind(document, &schema).is_some_and(|schema| schema.get("type") == Some(&json!("string")));
    Some(Item { kind, schema, at, is_text, ends, is_stated: stated.is_some() })
}

/// The schema of an item, and where it is, where the whole body has one: that of a list says what its items are, that of an event
/// what its `data` is, and any other is that of an item already.
fn of_whole(document: &Value, whole: &Value, kind: Sequence) -> (Value, &'static str) {
    let resolved = match whole.get("$ref").and_then(Value::as_str) {
        Some(reference) => reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).unwrap_or(whole),
        None => whole,
    };
    if let Some(items) = resolved.get("items").filter(|_| resolved.get("type") == Some(&json!("array"))) {
        return (items.clone(), "schema/items");
    }
    let properties = resolved.get("properties");
    let is_event = properties.is_some_and(|all| ["event", "id", "retry"].iter().any(|name| all.get(name).is_some()));
    match properties.and_then(|properties| properties.get("data")) {
        Some(data) if kind == Sequence::Events && is_event => (data.clone(), "schema/properties/data"),
        _ => (whole.clone(), "schema"),
    }
}

/// Whether the items of an event stream are read as texts: those of a type of the user's own are if their schema says so.
fn is_text(item: &Item, shape: &Shape) -> bool {
    match shape {
        Shape::Text => true,
        Shape::Replaced(replaced) => item.is_text || matches!(replaced.by, By::Runtime(_)),
        Shape::Nullable(shape) => matches!(**shape, Shape::Replaced(_)) && is_text(item, shape),
        _ => false,
    }
}

/// The clauses of `codegen::request!` for the sequences that a success of the operation at `index` can be, at most one of each kind
/// of stream.
pub(super) fn clauses(operation: &Operation<'_>, index: usize, lowered: &Lowered) -> Vec<TokenStream> {
    let (mut events, mut items) = (None, None);
    for (number, response) in operation.responses.iter().enumerate().filter(|(_, it)| operation.is_success(it)) {
        for (place, content) in response.contents.iter().enumerate() {
            let Some(item) = &content.item else { continue };
            let shape = lowered.item(index, number, place);
            let (clause, how) = match item.kind {
                Sequence::Events if is_text(item, shape) => (&mut events, "texts"),
                Sequence::Events => (&mut events, "events"),
                Sequence::Lines => (&mut items, "lines"),
                Sequence::Records => (&mut items, "records"),
            };
            let (how, media_type, ty) = (format_ident!("{how}"), content.media_type, tokens::outside(shape));
            // A text never ends at what may be one of its values, unless the definition says so.
            let ends = item.ends.iter().filter(|_| how != "texts" || item.is_stated);
            let way = theirs::read(shape).map(|way| quote!(as #way));
            clause.get_or_insert_with(|| quote!(; #how #ty #way, #media_type, [#(#ends),*]));
        }
    }
    events.into_iter().chain(items).collect()
}
