//! The items of the module `types`, by our one rule: non-exhaustive, read or written only where the direction asks for
//! it, made from their required fields by name, and checked where the definition constrains what is sent.

mod checked;
mod convert;
mod enums;
mod structs;
mod unions;

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, parse_quote};

use super::backend::FieldTypes;
use super::docs;
use super::shape::{Directions, Docs, Item, Kind, Shape};
use super::tokens::within;

/// The types of a document, by Rust name.
type Items = BTreeMap<String, (Item, Directions)>;

/// What items are written with.
pub(super) struct Writer<'a> {
    pub(super) items: &'a Items,
    pub(super) fields: &'a FieldTypes,
    /// Whether every type is both read and written, whichever way its values go.
    pub(super) both_ways: bool,
    /// What is given and what is taken in its place: the second is made of the first.
    pub(super) conversions: &'a [(Shape, Shape)],
}

/// One item, as the writer sees it.
struct Subject<'a> {
    name: &'a str,
    ident: Ident,
    docs: Vec<Attribute>,
    /// What the definition says about it in words.
    words: &'a Docs,
    /// Whether it is sent: reading it checks what making it checks.
    sent: bool,
    /// Whether it is only ever sent.
    strict: bool,
    serialize: bool,
    deserialize: bool,
}

impl Writer<'_> {
    /// Every item, in the order of their names.
    pub(super) fn all(&self) -> Vec<TokenStream> {
        let names: HashSet<&str> = self.items.keys().map(String::as_str).collect();
        let mut out = Vec::new();
        for (name, (item, directions)) in self.items {
            let subject = Subject {
                name,
                ident: format_ident!("{name}"),
                docs: doc_attributes(&docs::lines(item.docs.text.as_deref().unwrap_or_default())),
                words: &item.docs,
                sent: directions.sent,
                strict: !directions.received,
                serialize: directions.sent || self.both_ways,
                deserialize: directions.received || self.both_ways,
            };
            out.push(match &item.kind {
                Kind::Struct(kind) => structs::write(&subject, kind, self, &names),
                Kind::Enum(kind) => enums::write(&subject, kind),
                Kind::Union(kind) => unions::write(&subject, kind),
                Kind::Checked(kind) => checked::write(&subject, kind, &names),
                Kind::Alias(shape) => {
                    let (ident, docs, ty) = (&subject.ident, &subject.docs, within(shape));
                    quote!(#(#docs)* pub type #ident = #ty;)
                }
                Kind::Wrapper(shape) => {
                    let (ident, docs, ty, derives) =
                        (&subject.ident, &subject.docs, within(shape), subject.derives(false));
                    let read = subject.read(&quote!(support::FromJson::from_json(value).map(Self)));
                    quote! {
                        #(#docs)*
                        #derives
                        pub struct #ident(pub #ty);
                        #read
                    }
                }
            });
        }
        out.extend(convert::Conversions::write(self.items, self.conversions));
        out
    }
}

impl Subject<'_> {
    /// `Clone`, `Debug`, `Default` if asked for, and the half of serde that writes where the direction asks for it.
    fn derives(&self, default: bool) -> TokenStream {
        let serialize = self.serialize.then(|| quote!(, ::serde::Serialize));
        let default = default.then(|| quote!(, Default));
        quote!(#[derive(Clone, Debug #default #serialize)])
    }

    /// How the type is made of the JSON `value`, where the direction asks for it.
    fn read(&self, expression: &TokenStream) -> Option<TokenStream> {
        let ident = &self.ident;
        self.deserialize_by(quote! {
            impl support::FromJson for #ident {
                fn from_json(value: support::Json) -> support::Read<Self> {
                    #expression
                }
            }
        })
    }

    /// `from_json`, and serde's half that reads by it, where the direction asks for it.
    fn deserialize_by(&self, from_json: TokenStream) -> Option<TokenStream> {
        let ident = &self.ident;
        let function = if self.sent { quote!(deserialize_sent) } else { quote!(deserialize) };
        self.deserialize.then(|| {
            quote! {
                #from_json
                impl<'de> ::serde::Deserialize<'de> for #ident {
                    fn deserialize<D: support::Reader<'de>>(d: D) -> support::Made<'de, Self, D> {
                        support::#function(d)
                    }
                }
            }
        })
    }
}

/// Doc comments of those lines.
pub(super) fn doc_attributes(lines: &[String]) -> Vec<Attribute> {
    lines
        .iter()
        .map(|line| {
            let line = if line.is_empty() { String::new() } else { format!(" {line}") };
            parse_quote!(#[doc = #line])
        })
        .collect()
}
