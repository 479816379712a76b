//! `collectionFormat`: how the items of a list are kept apart.

use serde_json::{Value, json};

use super::{Converter, Object};
use crate::extensions::COLLECTION_FORMAT;

const FORMATS: [&str; 5] = ["csv", "ssv", "tsv", "pipes", "multi"];

/// The `style` and `explode` by which OpenAPI 3.0 writes a list so in a query or a form, if it can.
fn in_a_query(format: &str) -> Option<(&'static str, bool)> {
    match format {
        "csv" => Some(("form", false)),
        "multi" => Some(("form", true)),
        "ssv" => Some(("spaceDelimited", false)),
        "pipes" => Some(("pipeDelimited", false)),
        _ => None,
    }
}

impl Converter<'_> {
    /// The formats of a list and of the lists in it, the outermost first; none where `items` is no list.
    pub(super) fn formats(&mut self, list: &Object, from: &str) -> Vec<&'static str> {
        let mut formats = Vec::new();
        let (mut level, mut at) = (Some(list), from.to_owned());
        while let Some(list) = level.filter(|list| list.get("type") == Some(&json!("array"))) {
            let stated = list.get("collectionFormat").and_then(Value::as_str);
            let known = stated.and_then(|stated| FORMATS.into_iter().find(|format| *format == stated));
            // `multi` is a field or a pair for each item, which is possible for the outermost list only.
            let multi = known == Some("multi") && !formats.is_empty();
            if let Some(stated) = stated.filter(|_| multi || known.is_none()) {
                let message = format!("`{stated}` does not say how this list is written; it is read as `csv`");
                self.warn(format!("{at}/collectionFormat"), message);
            }
            formats.push(known.filter(|_| !multi).unwrap_or("csv"));
            level = list.get("items").and_then(Value::as_object);
            at.push_str("/items");
        }
        formats
    }

    /// Says in `parameter`, which stands in `place`, how its list is written.
    pub(super) fn style(&mut self, parameter: &mut Object, formats: &[&str], place: &str, from: &str) {
        let mut say = |key: &str, value: Value| parameter.insert(key.to_owned(), value);
        match (place, formats) {
            (_, []) | ("path" | "header", ["csv"]) => {}
            ("query", [format]) => {
                let plain = in_a_query(format);
                let (style, explode) = plain.unwrap_or(("form", false));
                say("style", json!(style));
                say("explode", json!(explode));
                if plain.is_none() {
                    say(COLLECTION_FORMAT, json!(format));
                }
            }
            ("path" | "header", ["multi"]) => {
                let message = format!("a {place} parameter has one value; this list is read as `csv`");
                self.warn(format!("{from}/collectionFormat"), message);
            }
            (_, [format]) => {
                say(COLLECTION_FORMAT, json!(format));
            }
            (_, several) => {
                say(COLLECTION_FORMAT, json!(several));
            }
        }
    }

    /// How a field of a form in `media_type` is written, if OpenAPI 3.0 would not write it so by itself.
    pub(super) fn encoding(&mut self, formats: &[&str], multipart: bool) -> Option<Value> {
        let plain = match formats {
            [] | ["multi"] => return None,
            [format] if !multipart => in_a_query(format),
            _ => None,
        };
        Some(match (plain, formats) {
            (Some((style, explode)), _) => json!({"style": style, "explode": explode}),
            (None, [format]) => json!({COLLECTION_FORMAT: format}),
            (None, several) => json!({COLLECTION_FORMAT: several}),
        })
    }
}
