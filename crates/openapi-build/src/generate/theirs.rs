//! Types of the user's own in generated code: by what they are read and written, and the check that they can be.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::model::{self, BodyKind, Content};
use super::shape::{Directions, Shape, Side};
use crate::diagnostic::Diagnostic;
use crate::replacements::{By, Replaced, elsewhere};

/// The types of the user's own in a client, with the sides that values of each are on.
pub(super) type Uses = BTreeMap<Replaced, Directions>;

/// Notes the types of the user's own in `shape`, types that are generated aside.
pub(super) fn note(shape: &Shape, side: Side, uses: &mut Uses) {
    if let Shape::Replaced(replaced) = shape {
        uses.entry((**replaced).clone()).or_default().add(side);
    }
    shape.children(&mut |child| note(child, side, uses));
}

/// Bodies of text and of bytes, which have no type but that of the user's own.
pub(super) struct Untyped<'a> {
    document: &'a Value,
    /// The places where a type replaces nothing, by type, and by whether the bodies are texts.
    places: BTreeMap<(String, bool), Vec<String>>,
}

impl<'a> Untyped<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        Self { document, places: BTreeMap::new() }
    }

    /// Whether `content` is a text of a type of the user's own.
    pub(super) fn takes(&self, content: &Content<'_>) -> bool {
        content.kind == BodyKind::Text && Replaced::behind(self.document, content.schema).is_some()
    }

    /// Notes that `content`, whose schema is at `pointer`, stays what it is, although the user chose a type for it or for its items.
    pub(super) fn note(&mut self, content: &Content<'_>, pointer: String) {
        let items = || Replaced::of(model::replaced_items(self.document, content.schema)?.as_object()?);
        let Some(replaced) = Replaced::behind(self.document, content.schema).or_else(items) else { return };
        let is_text = content.kind == BodyKind::Text;
        self.places.entry((replaced.shown(), is_text)).or_default().push(pointer);
    }

    /// The warning for each type.
    pub(super) fn findings(self) -> impl Iterator<Item = Diagnostic> {
        self.places.into_iter().map(|((path, is_text), places)| {
            let (body, what) = match is_text {
                true => ("a list as a text", "text"),
                false => ("bytes", "bytes"),
            };
            let more = elsewhere(places.len() - 1);
            let message = format!("the body here{more} is {body}, which `{path}` does not replace: it stays {what}");
            let help = format!("convert the {what} in your program, or correct the media type in an overlay");
            Diagnostic::warning("X013", message).at(places[0].clone()).help(help)
        })
    }
}

/// The way in which `shape` is read, if it has a type of the user's own. What is in a box is boxed after it is read.
pub(super) fn read(shape: &Shape) -> Option<TokenStream> {
    way(shape, &|_| true, false)
}

/// As [`read`], where what is in a box is read into it.
pub(super) fn read_boxed(shape: &Shape) -> Option<TokenStream> {
    way(shape, &|_| true, true)
}

/// The way in which `shape` is written, unless its type writes itself.
pub(super) fn written(shape: &Shape) -> Option<TokenStream> {
    way(shape, &|by| *by != By::Serde, true)
}

/// The way of `shape`, if it has a type of the user's own for which `counts` holds.
fn way(shape: &Shape, counts: &dyn Fn(&By) -> bool, boxes: bool) -> Option<TokenStream> {
    let inner = |shape: &Shape| way(shape, counts, boxes);
    match shape {
        Shape::Replaced(replaced) if counts(&replaced.by) => Some(leaf(&replaced.by)),
        Shape::Array(item) => inner(item).map(|way| quote!(::std::vec::Vec<#way>)),
        Shape::Map(value) => inner(value).map(|way| quote!(::std::collections::BTreeMap<::std::string::String, #way>)),
        Shape::Nullable(value) => inner(value).map(|way| quote!(::std::option::Option<#way>)),
        Shape::Boxed(value) if boxes => inner(value).map(|way| quote!(::std::boxed::Box<#way>)),
        Shape::Boxed(value) => inner(value),
        Shape::Tuple(items) => {
            let ways: Vec<Option<TokenStream>> = items.iter().map(inner).collect();
            let ways = ways.iter().any(Option::is_some).then_some(ways)?.into_iter();
            let ways = ways.map(|way| way.unwrap_or_else(|| quote!(codegen::Generated)));
            Some(quote!((#(#ways,)*)))
        }
        _ => None,
    }
}

fn leaf(by: &By) -> TokenStream {
    match by {
        By::Serde => quote!(codegen::BySerde),
        By::Runtime(name) => {
            let name = format_ident!("{name}");
            quote!(codegen::#name)
        }
        By::Module(module) => {
            let name = name(module);
            quote!(codegen::#name)
        }
    }
}

/// The name of the way that calls the functions of `module`. No other module has it: what follows a `_` between two names is no digit.
fn name(module: &str) -> Ident {
    let path = module.trim_start_matches("::").replace("r#", "").replace('_', "_0").replace("::", "_");
    format_ident!("By_{path}")
}

/// The attribute of serde for a value that is written in the way `way`.
pub(super) fn serialize_with(way: &TokenStream) -> TokenStream {
    let path = format!("codegen::write_as::<{way}, _, _>").replace(' ', "").replace(',', ", ");
    quote!(serialize_with = #path)
}

/// The items at the root of a client: the import of the runtime's module, and the checks of the types in `uses`.
pub(super) fn items(uses: &Uses) -> TokenStream {
    let modules: BTreeSet<&String> = uses
        .keys()
        .filter_map(|replaced| match &replaced.by {
            By::Module(module) => Some(module),
            _ => None,
        })
        .collect();
    let import = match modules.is_empty() {
        true => quote!(
            use ::openapi_runtime::codegen;
        ),
        false => {
            let ways = modules.into_iter().map(|module| of_module(module, uses));
            quote! {
                // The runtime's module, with the modules of your own that read and write.
                mod codegen {
                    #[allow(unused_imports)]
                    use super::codegen;
                    pub use ::openapi_runtime::codegen::*;
                    #(#ways)*
                }
            }
        }
    };
    // What the runtime reads and writes by itself, it knows to be right.
    let checked = uses.iter().filter(|(replaced, _)| !matches!(replaced.by, By::Runtime(_)));
    let checks = checked.map(|(replaced, sides)| {
        let ty = ty(replaced);
        let by_serde = replaced.by == By::Serde;
        let sent = (by_serde && sides.sent).then(|| quote!(const _: () = codegen::replaces_sent::<#ty>();));
        let received = (by_serde && sides.received).then(|| quote!(const _: () = codegen::replaces_received::<#ty>();));
        quote! {
            const _: () = codegen::replaces::<#ty>();
            #sent
            #received
        }
    });
    quote!(#import #(#checks)*)
}

/// The way that calls the functions of `module`.
fn of_module(module: &str, uses: &Uses) -> TokenStream {
    let (name, path) = (name(module), tokens(module));
    let impls = uses.iter().filter(|(replaced, _)| matches!(&replaced.by, By::Module(other) if other == module));
    let impls = impls.map(|(replaced, sides)| {
        let ty = ty(replaced);
        let read = sides.received.then(|| {
            quote! {
                impl ReadAs<#ty> for #name {
                    fn read_as(value: Json) -> Read<#ty> { #path::deserialize(value).map_err(unread) }
                }
            }
        });
        let write = sides.sent.then(|| {
            quote! {
                impl WriteAs<#ty> for #name {
                    fn write_as<S: Writer>(value: &#ty, serializer: S) -> Written<S> { #path::serialize(value, serializer) }
                }
            }
        });
        quote!(#read #write)
    });
    quote! {
        #[allow(non_camel_case_types)]
        pub enum #name {}
        #(#impls)*
    }
}

/// The type that `replaced` names.
pub(super) fn ty(replaced: &Replaced) -> TokenStream {
    tokens(&replaced.path)
}

/// `path`, which was checked to be one.
fn tokens(path: &str) -> TokenStream {
    path.parse().unwrap_or_default()
}
