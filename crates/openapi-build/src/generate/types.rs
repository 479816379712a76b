//! progenitor's types by our one rule: non-exhaustive, read or written only where the direction asks for it, made from
//! their required fields by name, and checked by `TryFrom` where the definition constrains them.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, Fields, GenericArgument, Item, ItemStruct, Meta, PathArguments, Type, parse_quote};

use super::docs;
use super::lower::Directions;

/// The items of the module `types`.
pub(super) fn rewrite(items: Vec<Item>, directions: &HashMap<String, Directions>) -> Vec<TokenStream> {
    let names: HashSet<String> = items.iter().filter_map(item_name).collect();
    let mut out = Vec::new();
    for mut item in items {
        // progenitor's own error module: the support module has one.
        if matches!(&item, Item::Mod(module) if module.ident == "error") {
            continue;
        }
        ConversionErrors.visit_item_mut(&mut item);
        Docs.visit_item_mut(&mut item);
        let direction = item_name(&item).and_then(|name| directions.get(&name).copied()).unwrap_or(BOTH);
        match item {
            Item::Struct(mut item) => {
                derives(&mut item.attrs, direction);
                let constructor = if direction.sent { constructor(&item, &names) } else { None };
                if matches!(item.fields, Fields::Named(_)) {
                    item.attrs.push(parse_quote!(#[non_exhaustive]));
                } else {
                    lenient(&mut item, direction);
                }
                if !direction.sent {
                    forget_serialize(&mut item.fields);
                }
                out.push(quote!(#item));
                out.extend(constructor);
            }
            Item::Enum(mut item) => {
                derives(&mut item.attrs, direction);
                out.push(quote!(#item));
            }
            // Reading never checks: what the server sends is taken as it is.
            Item::Impl(block) if implements(&block, "Deserialize") => {}
            other => out.push(quote!(#other)),
        }
    }
    out
}

const BOTH: Directions = Directions { sent: true, received: true };

fn item_name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Type(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

fn implements(block: &syn::ItemImpl, name: &str) -> bool {
    let Some((path, _)) = &block.trait_ else { return false };
    path.segments.last().is_some_and(|segment| segment.ident == name)
}

/// `self::error::ConversionError` is the support module's.
struct ConversionErrors;

impl VisitMut for ConversionErrors {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.segments.last().is_some_and(|segment| segment.ident == "ConversionError") {
            *path = parse_quote!(super::support::ConversionError);
        }
        visit_mut::visit_path_mut(self, path);
    }
}

/// Descriptions are tidied; the name in backticks that progenitor writes where there is none is no description.
struct Docs;

impl VisitMut for Docs {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        let mut text = String::new();
        attributes.retain(|attribute| match doc_text(attribute) {
            Some(line) => {
                text.push_str(&line);
                text.push('\n');
                false
            }
            None => true,
        });
        let bare = text.trim();
        let name_only = bare.starts_with('`') && bare.ends_with('`') && !bare.contains(char::is_whitespace);
        if !bare.is_empty() && !name_only {
            attributes.splice(0..0, doc_attributes(&docs::lines(&text)));
        }
    }
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value else { return None };
    meta.path.is_ident("doc").then(|| text.value())
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

/// Drops the half of serde that the direction does not ask for.
fn derives(attributes: &mut Vec<Attribute>, direction: Directions) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let Meta::List(list) = &attribute.meta else { continue };
        let parsed = list.parse_args_with(syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated);
        let Ok(paths) = parsed else { continue };
        let kept = paths.iter().filter(|path| match path.segments.last() {
            Some(segment) if segment.ident == "Serialize" => direction.sent,
            Some(segment) if segment.ident == "Deserialize" => direction.received,
            _ => true,
        });
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
    if !direction.sent && !direction.received {
        attributes.retain(|attribute| !attribute.path().is_ident("serde"));
    }
}

/// A checked type is read as what it wraps, without checks.
fn lenient(item: &mut ItemStruct, direction: Directions) {
    let derived = item.attrs.iter().any(|attribute| {
        let tokens = quote!(#attribute).to_string();
        attribute.path().is_ident("derive") && tokens.contains("Deserialize")
    });
    if direction.received && !derived {
        item.attrs.insert(0, parse_quote!(#[derive(::serde::Deserialize)]));
    }
}

/// Takes out what only serializing needs.
fn forget_serialize(fields: &mut Fields) {
    for field in fields.iter_mut() {
        for attribute in field.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("serde")) {
            let Meta::List(list) = &attribute.meta else { continue };
            let parsed = list.parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated);
            let Ok(metas) = parsed else { continue };
            let kept: Vec<&Meta> = metas.iter().filter(|meta| !meta.path().is_ident("skip_serializing_if")).collect();
            *attribute = parse_quote!(#[serde(#(#kept),*)]);
        }
        field.attrs.retain(|attribute| !matches!(&attribute.meta, Meta::List(list) if list.tokens.is_empty()));
    }
}

/// `new` from the required fields by name, and a setter for each other field.
fn constructor(item: &ItemStruct, names: &HashSet<String>) -> Option<TokenStream> {
    let Fields::Named(fields) = &item.fields else { return None };
    let name = &item.ident;
    let (optional, required): (Vec<&Field>, Vec<&Field>) = fields.named.iter().partition(|field| is_optional(field));
    let setters = optional.iter().map(|field| setter(field));
    let rest: Vec<TokenStream> = optional
        .iter()
        .map(|field| {
            let (ident, value) = (&field.ident, default_value(field));
            quote!(#ident: #value)
        })
        .collect();
    if required.is_empty() {
        return Some(quote! {
            impl #name {
                /// A value in which nothing is set.
                pub fn new() -> Self {
                    Self { #(#rest),* }
                }
                #(#setters)*
            }
        });
    }
    let suffix = if names.contains(&format!("{name}Required")) { "RequiredFields" } else { "Required" };
    let required_name = format_ident!("{name}{suffix}");
    let declared = required.iter().map(|field| {
        let docs = field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
        let (ident, ty) = (&field.ident, &field.ty);
        quote!(#(#docs)* pub #ident: #ty)
    });
    let given: Vec<_> = required.iter().map(|field| &field.ident).collect();
    let doc = format!(" What a [`{name}`] cannot do without.");
    let new_doc = format!(" A `{name}` of the fields that it must have.");
    Some(quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        pub struct #required_name { #(#declared),* }
        impl #name {
            #[doc = #new_doc]
            pub fn new(required: #required_name) -> Self {
                Self {
                    #(#given: required.#given,)*
                    #(#rest),*
                }
            }
            #(#setters)*
        }
    })
}

fn setter(field: &Field) -> TokenStream {
    let docs = field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let Some(ident) = &field.ident else { return TokenStream::new() };
    let method = if ident == "new" { format_ident!("new_") } else { ident.clone() };
    match option(&field.ty) {
        Some(inner) => quote! {
            #(#docs)*
            pub fn #method(mut self, value: impl ::std::convert::Into<#inner>) -> Self {
                self.#ident = ::std::option::Option::Some(value.into());
                self
            }
        },
        None => {
            let ty = &field.ty;
            quote! {
                #(#docs)*
                pub fn #method(mut self, value: impl ::std::convert::Into<#ty>) -> Self {
                    self.#ident = value.into();
                    self
                }
            }
        }
    }
}

/// Whether a value may leave the field out: it is an `Option`, or serde has a default for it.
fn is_optional(field: &Field) -> bool {
    option(&field.ty).is_some()
        || serde_metas(field).any(|meta| meta.path().is_ident("default") || meta.path().is_ident("flatten"))
}

/// What an optional field is where nothing is given: the definition's default, if it has one.
fn default_value(field: &Field) -> TokenStream {
    let path = serde_metas(field).find_map(|meta| match meta {
        Meta::NameValue(meta) if meta.path.is_ident("default") => match &meta.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }) => path.parse::<syn::Path>().ok(),
            _ => None,
        },
        _ => None,
    });
    match path {
        Some(path) => quote!(#path()),
        None => quote!(::std::default::Default::default()),
    }
}

/// The parts of a field's `serde` attributes.
fn serde_metas(field: &Field) -> impl Iterator<Item = Meta> + '_ {
    field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")).flat_map(|attribute| {
        let Meta::List(list) = &attribute.meta else { return Vec::new() };
        let parsed = list.parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated);
        parsed.map(|metas| metas.into_iter().collect()).unwrap_or_default()
    })
}

/// `T` of `Option<T>`.
fn option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
