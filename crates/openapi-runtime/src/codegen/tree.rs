//! Values as they are written, with the members of objects in their order: `serde_json::Value` keeps it only with a feature that
//! changes it for the whole program.

mod write;

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use self::write::TreeWriter;

/// A value of JSON whose objects have an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// Null, a boolean, a number or a text.
    Scalar(Value),
    /// The items of a list.
    List(Vec<Tree>),
    /// The members of an object.
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// What `value` is written as.
    ///
    /// # Errors
    ///
    /// When JSON cannot write it.
    pub fn of(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Self> {
        write::of(value)
    }

    /// The same value, its order aside.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Scalar(value) => value.clone(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Object(members) => members.iter().map(|(name, value)| (name.clone(), value.to_json())).collect(),
        }
    }

    /// The member of that name of an object. Of several, the last counts, as in JSON.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Gives an object the member `name`: where it has it, else as the first.
    pub(super) fn set(&mut self, name: &str, value: Self) {
        let Self::Object(members) = self else { return };
        match members.iter_mut().rev().find(|(other, _)| other == name) {
            Some((_, place)) => *place = value,
            None => members.insert(0, (name.to_owned(), value)),
        }
    }

    /// Whether it is an object or a list.
    pub(super) fn is_nested(&self) -> bool {
        !matches!(self, Self::Scalar(_))
    }

    /// The text, if it is one.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Scalar(value) => value.as_str(),
            _ => None,
        }
    }

    /// A string without its quotes, anything else as JSON.
    pub(crate) fn text(&self) -> String {
        self.as_str().map_or_else(|| self.to_string(), str::to_owned)
    }
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.into_iter().map(|(name, value)| (name, value.into())).collect())
            }
            scalar => Self::Scalar(scalar),
        }
    }
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self::Scalar(text.into())
    }
}

/// JSON.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Scalar(value) => value.serialize(serializer),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Object(members) => {
                let mut object = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| object.serialize_entry(name, value))?;
                object.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Tree, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Tree::Object(write::unique(members)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_of_objects_keep_their_order() {
        const TEXT: &str = r#"{"b":[{"z":1,"a":-2.5}],"a":null,"c":"x","d":18446744073709551615,"e":true}"#;
        let tree: Tree = serde_json::from_str(TEXT).expect("JSON");
        assert_eq!(tree.to_string(), TEXT);
        assert_eq!(Tree::of(&tree).expect("it is written"), tree);
        assert_eq!(tree.to_json(), serde_json::from_str::<Value>(TEXT).expect("JSON"));
        assert_eq!(Tree::of(&["a"]).expect("a list"), Tree::List(vec!["a".into()]));
    }
    /// Every kind of value that serde has, with members that are not in the order of their names.
    #[derive(Serialize)]
    struct All<'a> {
        z: (i8, u64, f32, char, bool),
        y: Option<&'a str>,
        x: Option<()>,
        w: Newtype,
        v: Vec<Kind>,
        u: std::collections::BTreeMap<u8, Value>,
        #[serde(flatten)]
        rest: std::collections::HashMap<&'a str, f64>,
        #[serde(serialize_with = "bytes")]
        a: (),
        b: Unit,
        c: Pair,
    }

    #[derive(Serialize)]
    struct Newtype(i128);

    #[derive(Serialize)]
    struct Pair(u8, u8);

    #[derive(Serialize)]
    struct Unit;

    #[derive(Serialize)]
    enum Kind {
        Plain,
        One(u8),
        Two(u8, u8),
        Named { b: u8, a: u8 },
    }

    fn bytes<S: Serializer>(_: &(), serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&[0x89, 1])
    }

    #[test]
    fn a_tree_is_what_json_is() {
        let all = All {
            z: (-1, u64::MAX, 1.5, 'z', true),
            y: Some("é"),
            x: None,
            w: Newtype(-7),
            v: vec![Kind::Plain, Kind::One(1), Kind::Two(1, 2), Kind::Named { b: 1, a: 2 }],
            u: [(2, serde_json::json!({"b": [1.25, null], "a": {}}))].into(),
            rest: [("not a number", f64::NAN)].into(),
            a: (),
            b: Unit,
            c: Pair(1, 2),
        };
        let tree = Tree::of(&all).expect("it is written");
        assert_eq!(tree.to_string(), serde_json::to_string(&all).expect("it is written"));
        assert_eq!(tree.to_json(), serde_json::to_value(&all).expect("it is written"));
        assert!(Tree::of(&i128::MAX).is_err() && serde_json::to_value(i128::MAX).is_err(), "no JSON of ours holds it");
        assert!(Tree::of(&std::collections::BTreeMap::from([([1, 2], 3)])).is_err(), "a list is no name");
    }

    #[test]
    fn the_last_of_the_members_of_one_name_counts_at_the_place_of_the_first() {
        #[derive(Serialize)]
        struct Open {
            b: u8,
            a: &'static str,
            #[serde(flatten)]
            additional: std::collections::BTreeMap<&'static str, u8>,
        }

        let additional = [("a", 3), ("c", 4)].into();
        let tree = Tree::of(&Open { b: 1, a: "declared", additional }).expect("it is written");
        assert_eq!(tree.to_string(), r#"{"b":1,"a":3,"c":4}"#);
        let read: Tree = serde_json::from_str(r#"{"b":1,"a":2,"b":3,"c":{"d":4,"d":5},"b":6}"#).expect("JSON");
        assert_eq!(read.to_string(), r#"{"b":6,"a":2,"c":{"d":5}}"#);
    }

    #[test]
    fn a_float_of_32_bits_has_its_shortest_text() {
        let floats = [1.1_f32, -0.1, 0.0, -0.0, 16_777_216.0, f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1), f32::NAN];
        let tree = Tree::of(&floats).expect("it is written");
        assert!(tree.to_string().starts_with("[1.1,-0.1,"), "{tree}");
        let Tree::List(items) = tree else { panic!("a list") };
        for (item, float) in items.iter().zip(floats) {
            assert_eq!(item.text(), serde_json::to_string(&float).expect("it is written"));
        }
        assert_eq!(items.len(), floats.len());
    }

    #[test]
    fn a_member_is_set_where_it_is() {
        let mut tree: Tree = serde_json::from_str(r#"{"b":1,"a":2}"#).expect("JSON");
        tree.set("a", "x".into());
        tree.set("c", "y".into());
        assert_eq!(tree.to_string(), r#"{"c":"y","b":1,"a":"x"}"#);
        assert_eq!(tree.get("a").and_then(Tree::as_str), Some("x"));
    }
}
