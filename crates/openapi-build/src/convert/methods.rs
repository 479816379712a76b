//! Operations of OpenAPI 3.2 whose methods older versions have no key for: `query`, and those in `additionalOperations`. They
//! become members of their path item, as [`METHOD`] says.

use serde_json::{Map, Value};

use super::Moves;
use crate::extensions::METHOD;
use crate::grammar::{self, Kind, METHODS};
use crate::pointer::escape;

/// Moves such operations in `document`; `before` is called first, with the document as it is, if there is any.
pub(crate) fn convert(document: &mut Value, before: impl FnOnce(&Value)) -> Moves {
    let mut any = false;
    let Ok(()) = grammar::walk::<std::convert::Infallible>(document, &mut |node| {
        any |= node.kind == Kind::PathItem && ["query", "additionalOperations"].iter().any(|key| has(node.value, key));
        Ok(())
    });
    let mut moves = Moves::default();
    if any {
        before(document);
        grammar::walk_mut_at(document, &mut |kind, pointer, value| {
            if let Some(item) = value.as_object_mut().filter(|_| kind == Kind::PathItem) {
                path_item(item, pointer, &mut moves);
            }
        });
    }
    moves
}

fn has(item: &Value, key: &str) -> bool {
    item.get(key).is_some_and(Value::is_object)
}

fn path_item(item: &mut Map<String, Value>, pointer: &str, moves: &mut Moves) {
    let mut add = |item: &mut Map<String, Value>, key: String, operation: Value, from: String| {
        // `POST` belongs in the key `post`; methods are case-sensitive, so that `post` here is another one.
        let plain = METHODS.into_iter().find(|plain| plain.to_ascii_uppercase() == key && !item.contains_key(*plain));
        let key = plain.map_or_else(|| format!("{METHOD}{key}"), str::to_owned);
        moves.add(format!("{pointer}/{}", escape(&key)), from);
        item.insert(key, operation);
    };
    if item.get("query").is_some_and(Value::is_object)
        && let Some(operation) = item.shift_remove("query")
    {
        add(item, "QUERY".into(), operation, format!("{pointer}/query"));
    }
    if item.get("additionalOperations").is_some_and(Value::is_object)
        && let Some(Value::Object(others)) = item.shift_remove("additionalOperations")
    {
        for (method, operation) in others {
            let from = format!("{pointer}/additionalOperations/{}", escape(&method));
            add(item, method, operation, from);
        }
    }
}
