//! JSON to a tree, which is quicker than by way of YAML. What is no JSON, has a key twice, or has numbers for texts is left to
//! `compose.rs`, which knows where everything stands and how it is written.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::compose::{BYTES, MAPPING, exact, may_name, takes_texts};

/// What became of a text that may be JSON.
#[derive(Debug, PartialEq)]
pub(super) enum Read {
    Tree(Value),
    /// It ends too early.
    Truncated {
        line: usize,
        column: usize,
        within: &'static str,
    },
    /// It has more nodes than are read.
    Large,
    /// It is something else.
    Other,
}

/// Reads `text`, if it is JSON whose keys stand once; `limit` is how many nodes are read.
pub(super) fn parse(text: &str, limit: usize) -> Read {
    if !text.trim_start().starts_with('{') {
        return Read::Other;
    }
    let nodes = Cell::new(0);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    match read(&mut deserializer, limit, &nodes).and_then(|tree| deserializer.end().map(|()| tree)) {
        Ok(tree) => Read::Tree(tree),
        Err(_) if nodes.get() > limit => Read::Large,
        Err(error) if error.is_eof() => {
            Read::Truncated { line: error.line(), column: error.column(), within: open_at_end(text) }
        }
        Err(_) => Read::Other,
    }
}

/// Reads what `deserializer` has, if nothing of it needs `compose.rs`; `nodes` counts the nodes, of which `limit` are read.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    limit: usize,
    nodes: &Cell<usize>,
) -> Result<Value, D::Error> {
    Reader { nodes, limit, fractions: &Cell::new(false), counts: false }.deserialize(deserializer)
}

/// What is open at the end of `text`.
fn open_at_end(text: &str) -> &'static str {
    let mut open = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => open.push("a mapping"),
            b'[' => open.push("a list"),
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
    }
    if quoted { "a text" } else { open.pop().unwrap_or("a value") }
}

/// Reads a value in which no key stands twice.
#[derive(Clone, Copy)]
struct Reader<'a> {
    nodes: &'a Cell<usize>,
    limit: usize,
    /// Set where a fraction is a value, or one of the values, that `counts`.
    fractions: &'a Cell<bool>,
    /// Whether it is the value of a keyword whose values may be texts.
    counts: bool,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.nodes.set(self.nodes.get() + 1);
        if self.nodes.get() > self.limit {
            return Err(D::Error::custom("too many nodes"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        if self.counts {
            self.fractions.set(true);
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("no number"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        self.nodes.set(self.nodes.get() + text.len() / BYTES);
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.nodes.set(self.nodes.get() + MAPPING - 1);
        let mut object = Map::new();
        let (fractions, names) = (Cell::new(false), Cell::new(false));
        while let Some(key) = members.next_key::<String>()? {
            self.nodes.set(self.nodes.get() + key.len() / BYTES);
            let named = may_name(&key);
            let counts = named || matches!(key.as_str(), "enum" | "default" | "const");
            let fractions = if named { &names } else { &fractions };
            let value = members.next_value_seed(Reader { fractions, counts, ..self })?;
            if key == "<<" {
                return Err(A::Error::custom("a key may be one that merges"));
            }
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        // The variables of a server have no type.
        if names.get() || fractions.get() && object.get("type").is_none_or(|stated| takes_texts(Some(stated))) {
            return Err(A::Error::custom("numbers stand for texts"));
        }
        Ok(Value::Object(exact(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_as_yaml_reads_it() {
        let text = r#"{"a": [1, -2, 1.5, 1e3, true, null, "x\u00e9\/\ud83d\ude00"], "b": {"2023-12-01": "2023-12-01"}, "c": 18446744073709551615, "d": -9223372036854776000}"#;
        let Read::Tree(as_json) = parse(text, 100) else { panic!("it is JSON") };
        let as_yaml = super::super::yaml::parse_yaml(text, 100).ok().expect("JSON is YAML").tree;
        assert_eq!(as_json, as_yaml);
        assert_eq!(as_json.to_string(), as_yaml.to_string(), "the order is the same too");
    }

    #[test]
    fn what_yaml_has_to_explain_is_left_to_it() {
        let fraction = r#"{"type": "string", "enum": [1.10]}"#;
        let names = [r#"{"name": 1.10}"#, r#"{"required": [1.10]}"#, r#"{"default": 1.10}"#];
        for text in names.into_iter().chain([r#"{"a": 1, "a": 2}"#, "{a: 1}", "a: 1", "[1]", "{\"a\": 1} {}", fraction])
        {
            assert_eq!(parse(text, 100), Read::Other, "{text}");
        }
        assert!(matches!(parse(r#"{"type": "number", "enum": [1.10]}"#, 100), Read::Tree(_)));
        assert_eq!(parse("{\"a\": [1, 2, 3]}", 4), Read::Large);
    }

    #[test]
    fn the_end_of_a_file_that_is_cut_is_known() {
        let cut = |text: &str| match parse(text, 100) {
            Read::Truncated { within, .. } => within,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(cut("{"), "a mapping");
        assert_eq!(cut("{\"a\": [1,"), "a list");
        assert_eq!(cut("{\"a\": [1, \"x"), "a text");
        assert_eq!(cut("{\"a\": "), "a mapping");
    }
}
