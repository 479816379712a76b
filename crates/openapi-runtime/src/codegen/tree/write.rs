//! Writes values as trees.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};
use serde::{Serialize, Serializer};
use serde_json::value::Serializer as ValueWriter;
use serde_json::{Error, Value};

use super::Tree;

/// Writes a value as the [`Tree`] that it is. Scalars are those of `serde_json`.
#[derive(Clone, Copy, Debug)]
pub struct TreeWriter;

type Result<T> = std::result::Result<T, Error>;

/// What `value` is written as.
pub(super) fn of(value: &(impl Serialize + ?Sized)) -> Result<Tree> {
    value.serialize(TreeWriter)
}

/// The name of a member.
fn name(key: &(impl Serialize + ?Sized)) -> Result<String> {
    match key.serialize(ValueWriter)? {
        Value::String(text) => Ok(text),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(ser::Error::custom("the name of a member must be a text")),
    }
}

/// A variant with its content, as `serde_json` writes it.
fn variant(name: &str, content: Tree) -> Tree {
    Tree::Object(vec![(name.to_owned(), content)])
}

/// Makes the names of `members` unique: of several, the last value counts, at the place of the first.
pub(super) fn unique(members: Vec<(String, Tree)>) -> Vec<(String, Tree)> {
    let mut names = HashSet::with_capacity(members.len());
    if members.iter().all(|(name, _)| names.insert(name.as_str())) {
        return members;
    }
    let mut places = HashMap::with_capacity(members.len());
    let mut unique: Vec<(String, Tree)> = Vec::with_capacity(members.len());
    for (name, value) in members {
        match places.get(&name).and_then(|&place: &usize| unique.get_mut(place)) {
            Some((_, place)) => *place = value,
            None => {
                places.insert(name.clone(), unique.len());
                unique.push((name, value));
            }
        }
    }
    unique
}

macro_rules! scalars {
    ($($method:ident($ty:ty);)*) => {
        $(fn $method(self, value: $ty) -> Result<Tree> {
            ValueWriter.$method(value).map(Tree::Scalar)
        })*
    };
}

impl Serializer for TreeWriter {
    type Ok = Tree;
    type Error = Error;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = Variant<List>;
    type SerializeMap = Members;
    type SerializeStruct = Struct;
    type SerializeStructVariant = Variant<Members>;

    scalars! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_unit_struct(&'static str);
    }

    fn serialize_f32(self, value: f32) -> Result<Tree> {
        // The number of its shortest text: as an `f64`, 1.1 would be 1.100000023841858.
        let shortest = value.to_string().parse();
        self.serialize_f64(shortest.unwrap_or_else(|_| value.into()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Tree> {
        ValueWriter.serialize_bytes(value).map(Tree::from)
    }

    fn serialize_none(self) -> Result<Tree> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Tree> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Tree> {
        Ok(Tree::Scalar(Value::Null))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Tree> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Tree> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Tree> {
        Ok(variant(name, of(value)?))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List> {
        Ok(List(Vec::with_capacity(length.unwrap_or(0))))
    }

    fn serialize_tuple(self, length: usize) -> Result<List> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<List> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Variant<List>> {
        Ok(Variant { variant, content: self.serialize_seq(Some(length))? })
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Members> {
        Ok(Members { members: Vec::with_capacity(length.unwrap_or(0)), name: None })
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Struct> {
        // Numbers and raw values are structs of such names if the program has serde_json's features for them.
        if name.starts_with("$serde_json::private::") {
            return Ok(Struct::OfJson(ValueWriter.serialize_struct(name, length)?));
        }
        self.serialize_map(Some(length)).map(Struct::Members)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Variant<Members>> {
        Ok(Variant { variant, content: self.serialize_map(Some(length))? })
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Tree> {
        Ok(Tree::Scalar(Value::String(value.to_string())))
    }
}

/// The items of a list so far.
pub struct List(Vec<Tree>);

/// The members of an object so far, and the name of the next.
pub struct Members {
    members: Vec<(String, Tree)>,
    name: Option<String>,
}

/// The members of a struct so far.
pub enum Struct {
    Members(Members),
    OfJson(<ValueWriter as Serializer>::SerializeStruct),
}

/// The content of a variant so far.
pub struct Variant<T> {
    variant: &'static str,
    content: T,
}

impl List {
    fn push(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.0.push(of(value)?);
        Ok(())
    }
}

impl Members {
    fn push(&mut self, name: String, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.members.push((name, of(value)?));
        Ok(())
    }
}

impl SerializeSeq for List {
    type Ok = Tree;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.push(value)
    }

    fn end(self) -> Result<Tree> {
        Ok(Tree::List(self.0))
    }
}

impl SerializeTuple for List {
    type Ok = Tree;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.push(value)
    }

    fn end(self) -> Result<Tree> {
        Ok(Tree::List(self.0))
    }
}

impl SerializeTupleStruct for List {
    type Ok = Tree;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.push(value)
    }

    fn end(self) -> Result<Tree> {
        Ok(Tree::List(self.0))
    }
}

impl SerializeTupleVariant for Variant<List> {
    type Ok = Tree;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.content.push(value)
    }

    fn end(self) -> Result<Tree> {
        Ok(variant(self.variant, Tree::List(self.content.0)))
    }
}

impl SerializeMap for Members {
    type Ok = Tree;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.name = Some(name(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let name = self.name.take().ok_or_else(|| ser::Error::custom("a value without a name"))?;
        self.push(name, value)
    }

    fn end(self) -> Result<Tree> {
        // A flattened struct is a map, too, and its additional properties may have the names of its fields.
        Ok(Tree::Object(unique(self.members)))
    }
}

impl SerializeStruct for Struct {
    type Ok = Tree;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        match self {
            Self::Members(members) => members.push(key.to_owned(), value),
            Self::OfJson(of_json) => of_json.serialize_field(key, value),
        }
    }

    fn end(self) -> Result<Tree> {
        match self {
            Self::Members(members) => Ok(Tree::Object(members.members)),
            Self::OfJson(of_json) => SerializeStruct::end(of_json).map(Tree::from),
        }
    }
}

impl SerializeStructVariant for Variant<Members> {
    type Ok = Tree;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        self.content.push(key.to_owned(), value)
    }

    fn end(self) -> Result<Tree> {
        Ok(variant(self.variant, Tree::Object(self.content.members)))
    }
}
