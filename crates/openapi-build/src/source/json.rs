//! JSON to a tree, which is far quicker than by way of YAML. What is no JSON, or has a key twice, is left to `yaml.rs`, whose
//! messages say what is wrong and where.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// `text` as a tree, if it is JSON whose keys stand once.
pub(super) fn parse(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(text).ok().map(|Unique(value)| value)
}

/// A value in which no key stands twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
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
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("no number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Unique(value))) = members.next_entry::<String, _>()? {
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_as_yaml_reads_it() {
        let text = r#"{"a": [1, -2, 1.5, 1e3, true, null, "x\u00e9"], "b": {"2023-12-01": "2023-12-01"}, "c": 18446744073709551615}"#;
        let as_json = parse(text).expect("it is JSON");
        let as_yaml = super::super::yaml::parse_yaml(text).ok().expect("JSON is YAML");
        assert_eq!(as_json, as_yaml);
        assert_eq!(as_json.to_string(), as_yaml.to_string(), "the order is the same too");
    }

    #[test]
    fn what_yaml_has_to_explain_is_left_to_it() {
        for text in [r#"{"a": 1, "a": 2}"#, "{a: 1}", "a: 1", "[1]", "{", "{\"a\": 1} {}"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
