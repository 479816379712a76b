//! Parameters on the wire: percent-encoding, and the styles of OpenAPI 3.0.3 (Parameter Object, style).

use serde_json::Value;

/// How a path or header parameter is written.
pub trait TextStyle {
    /// The text of `value`, unencoded.
    fn text(self, value: &Value) -> String;
}

/// How a query parameter, a cookie or a field of a form is written.
pub trait PairStyle {
    /// Appends the `name=value` pairs that `value` becomes to `query`, encoded.
    fn add(self, query: &mut String, name: &str, value: &Value);
}

/// How a value is written.
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// `a=1&a=2`, and for an object `k=v&l=w`: the default of query parameters.
    FormExploded,
    /// `a=1,2`, and for an object `a=k,v,l,w`.
    Form,
    /// `a=1%202`.
    SpaceDelimited,
    /// `a=1|2`.
    PipeDelimited,
    /// `a[k]=v`.
    DeepObject,
    /// `1,2`, and for an object `k,v,l,w`: the default of path and header parameters.
    Simple,
    /// `1,2`, and for an object `k=v,l=w`.
    SimpleExploded,
    /// As JSON: that of a parameter whose `content` is JSON.
    Json,
    /// Lists as Swagger 2.0 has them (its `collectionFormat`): how the items are kept apart, and those of lists in lists, the
    /// outermost first.
    Lists(&'static [Separator]),
    /// The whole query by itself, without a name.
    Whole,
    /// The whole query by itself, as JSON.
    WholeJson,
}

/// How the items of a list are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `1,2`.
    Comma,
    /// `1 2`.
    Space,
    /// `1`, a tab, and `2`.
    Tab,
    /// `1|2`.
    Pipe,
    /// Each item is a pair of its own.
    Pair,
}

impl Separator {
    fn plain(self) -> &'static str {
        match self {
            Self::Comma | Self::Pair => ",",
            Self::Space => " ",
            Self::Tab => "\t",
            Self::Pipe => "|",
        }
    }

    /// As it stands in a query.
    fn encoded(self) -> &'static str {
        match self {
            Self::Comma | Self::Pair => ",",
            Self::Space => "%20",
            Self::Tab => "%09",
            Self::Pipe => "|",
        }
    }
}

/// The items of `value`, and those of lists in it, each written by `item` and kept apart as `sign` writes the separators.
fn joined(
    value: &Value,
    separators: &[Separator],
    sign: fn(Separator) -> &'static str,
    item: fn(&Value) -> String,
) -> String {
    let Value::Array(items) = value else { return item(value) };
    let (first, rest) = separators.split_first().unwrap_or((&Separator::Comma, &[]));
    let items: Vec<String> = items.iter().map(|value| joined(value, rest, sign, item)).collect();
    items.join(sign(*first))
}

impl Style {
    /// The text of the list `value` as a part of a form; a list of texts where each item is a part of its own.
    pub(super) fn parts(self, value: &Value) -> Value {
        match (self, value) {
            (Self::Lists([Separator::Pair, rest @ ..]), Value::Array(items)) => {
                items.iter().map(|item| joined(item, rest, Separator::plain, scalar_text)).collect()
            }
            (style, value) => Value::String(style.text(value)),
        }
    }
}

/// One scalar as it is written: a string without its quotes, anything else as JSON writes it.
fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn encoded_text(value: &Value) -> String {
    percent_encoded(&scalar_text(value))
}

impl TextStyle for Style {
    fn text(self, value: &Value) -> String {
        let parts: Vec<String> = match (value, self) {
            (json, Style::Json | Style::WholeJson) => return json.to_string(),
            (list, Style::Lists(separators)) => return joined(list, separators, Separator::plain, scalar_text),
            (Value::Array(items), _) => items.iter().map(scalar_text).collect(),
            (Value::Object(members), style) => {
                let sign = if matches!(style, Style::SimpleExploded) { "=" } else { "," };
                members.iter().map(|(key, value)| format!("{key}{sign}{}", scalar_text(value))).collect()
            }
            (other, _) => return scalar_text(other),
        };
        parts.join(",")
    }
}

impl PairStyle for Style {
    fn add(self, query: &mut String, name: &str, value: &Value) {
        match (value, self) {
            (json, Style::Json) => add_pair(query, name, &percent_encoded(&json.to_string())),
            (json, Style::WholeJson) => *query = percent_encoded(&json.to_string()),
            (text, Style::Whole) => *query = percent_encoded(&scalar_text(text)),
            (Value::Array(items), Style::Lists([Separator::Pair, rest @ ..])) => {
                for item in items {
                    add_pair(query, name, &joined(item, rest, Separator::encoded, encoded_text));
                }
            }
            (list @ Value::Array(_), Style::Lists(separators)) => {
                add_pair(query, name, &joined(list, separators, Separator::encoded, encoded_text));
            }
            (Value::Array(items), Style::FormExploded) => {
                for item in items {
                    add_pair(query, name, &percent_encoded(&scalar_text(item)));
                }
            }
            (Value::Array(items), style) => {
                let sign = match style {
                    Style::SpaceDelimited => "%20",
                    Style::PipeDelimited => "|",
                    _ => ",",
                };
                let items: Vec<String> = items.iter().map(|item| percent_encoded(&scalar_text(item))).collect();
                add_pair(query, name, &items.join(sign));
            }
            (Value::Object(members), Style::DeepObject) => {
                for (key, value) in members {
                    add_pair(query, &format!("{name}[{key}]"), &percent_encoded(&scalar_text(value)));
                }
            }
            (Value::Object(members), Style::FormExploded) => {
                for (key, value) in members {
                    add_pair(query, key, &percent_encoded(&scalar_text(value)));
                }
            }
            (Value::Object(members), _) => {
                let mut parts = Vec::new();
                for (key, value) in members {
                    parts.push(percent_encoded(key));
                    parts.push(percent_encoded(&scalar_text(value)));
                }
                add_pair(query, name, &parts.join(","));
            }
            (other, _) => add_pair(query, name, &percent_encoded(&scalar_text(other))),
        }
    }
}

/// Appends one pair, of which the value is encoded.
fn add_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(&percent_encoded(name));
    query.push('=');
    query.push_str(value);
}

/// A multipart body of the members of `value`, and the boundary between them, which stands in none of them. Texts are
/// parts of text, everything else is JSON; a list is a part for each item ([OpenAPI 3.0.3, Special Considerations for
/// multipart Content]).
///
/// [OpenAPI 3.0.3, Special Considerations for multipart Content]: https://spec.openapis.org/oas/v3.0.3#special-considerations-for-multipart-content
pub(super) fn multipart_body(value: &Value) -> (String, Vec<u8>) {
    let mut parts: Vec<(&str, String, &str)> = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        for item in items {
            let plain = !(item.is_object() || item.is_array());
            parts.push((name, scalar_text(item), if plain { "text/plain" } else { "application/json" }));
        }
    }
    let mut boundary = "part".to_owned();
    while parts.iter().any(|(_, text, _)| text.contains(&boundary)) {
        boundary.push('-');
        boundary.push_str(&parts.len().to_string());
    }
    let mut body = String::new();
    for (name, text, content_type) in &parts {
        let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        body.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\nContent-Type: {content_type}\r\n\r\n{text}\r\n"
        ));
    }
    body.push_str(&format!("--{boundary}--\r\n"));
    (boundary, body.into_bytes())
}

/// `text`, all but the unreserved characters percent-encoded ([RFC 3986, 2.3]).
///
/// [RFC 3986, 2.3]: https://www.rfc-editor.org/rfc/rfc3986#section-2.3
pub(crate) fn percent_encoded(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}
