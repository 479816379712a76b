//! The items of the module `types`. All follow one rule: non-exhaustive, read or written only in the direction that the
//! definition uses, constructed from their required fields by name, and checked where the definition constrains requests.

mod checked;
mod convert;
mod enums;
mod structs;
mod unions;

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::backend::FieldTypes;
use super::docs;
use super::operations::Names;
use super::shape::{Directions, Docs, Item, Kind, Shape};
use super::theirs;
use super::tokens::within;
use crate::names::extended;

/// The types of a document, by Rust name.
type Items = BTreeMap<String, (Item, Directions)>;

/// The context for writing items.
pub(super) struct Writer<'a> {
    pub(super) items: &'a Items,
    pub(super) fields: &'a FieldTypes,
    /// Whether every type is both read and written, regardless of the direction its values go.
    pub(super) both_ways: bool,
    /// Whether the types are documented as the definition describes them.
    pub(super) is_documented: bool,
    /// Response types with the request types that replace them: the second is made from the first.
    pub(super) conversions: &'a [(Shape, Shape)],
    /// Types of different operations, of which the second is made from the first if they are equal.
    pub(super) alike: &'a [(Shape, Shape)],
}

/// One item, as the writer sees it.
struct Subject<'a> {
    name: &'a str,
    ident: Ident,
    docs: TokenStream,
    /// The descriptions in the definition.
    words: &'a Docs,
    /// Whether it is sent: reading it then checks what constructing it checks.
    sent: bool,
    /// Whether it is only ever sent.
    strict: bool,
    serialize: bool,
    deserialize: bool,
}

impl Writer<'_> {
    /// The documentation of what the definition describes as `text`.
    fn docs(&self, text: Option<&str>) -> TokenStream {
        match text.filter(|_| self.is_documented) {
            Some(text) => doc_attributes(&docs::lines(text)),
            None => TokenStream::new(),
        }
    }

    /// Writes every item, ordered by name.
    pub(super) fn all(&self, chosen: &mut Names<'_>) -> Vec<TokenStream> {
        let names: HashSet<&str> = self.items.keys().map(String::as_str).collect();
        let mut out = Vec::new();
        for (name, (item, directions)) in self.items {
            let subject = Subject {
                name,
                ident: format_ident!("{name}"),
                docs: self.docs(item.docs.text.as_deref()),
                words: &item.docs,
                sent: directions.sent,
                strict: !directions.received,
                serialize: directions.sent || self.both_ways,
                deserialize: directions.received || self.both_ways,
            };
            out.push(match &item.kind {
                Kind::Struct(kind) => structs::write(&subject, kind, self, &names, chosen),
                Kind::Enum(kind) => enums::write(&subject, kind),
                Kind::Union(kind) => unions::write(&subject, kind),
                Kind::Checked(kind) => checked::write(&subject, kind, &names),
                Kind::Alias(shape) => {
                    let (ident, docs, ty) = (&subject.ident, &subject.docs, within(shape));
                    quote!(#docs pub type #ident = #ty;)
                }
                Kind::Wrapper(shape) => {
                    let (ident, docs, ty, derives) =
                        (&subject.ident, &subject.docs, within(shape), subject.derives(false, true));
                    let function = match theirs::read(shape) {
                        Some(way) => quote!(codegen::read_as::<#way, _>),
                        None => quote!(codegen::FromJson::from_json),
                    };
                    let read = subject.read(&quote!(#function(value).map(Self)));
                    let with = theirs::written(shape).filter(|_| subject.serialize);
                    let with = with.map(|way| theirs::serialize_with(&way)).map(|with| quote!(#[serde(#with)]));
                    quote! {
                        #docs
                        #derives
                        pub struct #ident(#with pub #ty);
                        #read
                    }
                }
            });
        }
        out.extend(convert::Conversions::write(self.items, self.conversions, self.alike));
        out
    }
}

impl Subject<'_> {
    /// Derives `Clone`, `Debug`, `PartialEq`, `Default` if asked for, and `Serialize` if it may and values of the type are sent.
    fn derives(&self, default: bool, serialize: bool) -> TokenStream {
        let default = default.then(|| quote!(, Default));
        if !(self.serialize && serialize) {
            return quote!(#[derive(Clone, Debug, PartialEq #default)]);
        }
        quote!(#[derive(Clone, Debug, PartialEq #default, codegen::Serialize)] #[serde(crate = "codegen::serde")])
    }

    /// Reads the type from the JSON `value`, if values of the type are received.
    fn read(&self, expression: &TokenStream) -> Option<TokenStream> {
        let ident = &self.ident;
        self.deserialize_by(quote! {
            impl codegen::FromJson for #ident {
                fn from_json(value: codegen::Json) -> codegen::Read<Self> {
                    #expression
                }
            }
        })
    }

    /// Writes `from_json`, and the `Deserialize` that calls it, if values of the type are received.
    fn deserialize_by(&self, from_json: TokenStream) -> Option<TokenStream> {
        let ident = &self.ident;
        let sent = self.sent.then(|| quote!(: sent));
        self.deserialize.then(|| quote!(#from_json codegen::deserialize!(#ident #sent);))
    }
}

/// Whether making a value of `shape` checks it, so that it may fail.
pub(super) fn is_checked(items: &Items, shape: &Shape) -> bool {
    let Shape::Named(name) = shape else { return false };
    matches!(items.get(name), Some((Item { kind: Kind::Checked(_), .. }, _)))
}

/// Whether a file is all that a value of `kind` needs.
pub(super) fn is_of_file(kind: &Kind) -> bool {
    let Kind::Struct(item) = kind else { return false };
    let mut required = item.fields.iter().filter(|field| field.required);
    matches!((required.next(), required.next()), (Some(field), None) if field.shape == Shape::File)
}

/// The name of a type that belongs to the type `ident`: the first of the suffixes that gives a name which is not taken.
fn companion(ident: &Ident, suffixes: &[&str], names: &HashSet<&str>) -> Ident {
    let mut candidates = suffixes.iter().map(|suffix| extended(&ident.to_string(), suffix));
    let free = candidates.find(|name| !names.contains(name.as_str()));
    let mut name = free.unwrap_or_else(|| extended(&ident.to_string(), &suffixes.concat()));
    while names.contains(name.as_str()) {
        name.push('_');
    }
    format_ident!("{name}")
}

/// Whether some value is checked by a regular expression.
pub(super) fn has_patterns(items: &Items) -> bool {
    let in_schemas = |schemas: &[Value]| schemas.iter().any(|schema| schema.to_string().contains("\"pattern"));
    items.values().any(|(item, _)| match &item.kind {
        Kind::Checked(kind) => kind.rules.pattern.is_some() || in_schemas(&kind.rules.schemas),
        Kind::Struct(kind) => in_schemas(&kind.schemas),
        _ => false,
    })
}

/// Doc comments with those lines.
pub(super) fn doc_attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
