//! One of several shapes: an enum, read by its discriminator, or by what distinguishes the alternatives.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Subject;
use super::structs::has_float;
use crate::generate::shape::{Shape, Union, Variant};
use crate::generate::theirs;
use crate::generate::tokens::{boxing, within};

pub(super) fn write(subject: &Subject<'_>, item: &Union) -> TokenStream {
    let (ident, docs) = (&subject.ident, &subject.docs);
    let names: Vec<Ident> = item.variants.iter().map(|variant| format_ident!("{}", variant.name)).collect();
    let types: Vec<TokenStream> = item.variants.iter().map(|variant| within(&variant.shape)).collect();
    let variant_docs = item.variants.iter().map(|variant| match &item.tag {
        Some(tag) if !variant.tags.is_empty() => format!(
            " `{tag}` is {}.",
            variant.tags.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(" or ")
        ),
        _ => format!(" {}.", title(variant)),
    });
    let unknown = item.open.then(|| {
        quote!(/** A value that fits none of the documented alternatives, unchanged. */ Unknown(::serde_json::Value))
    });
    let derive = quote!(#[derive(Clone, Debug, PartialEq)]);
    let serialize = subject.serialize.then(|| {
        let unknown = item.open.then(|| quote!(Self::Unknown(value) => value.serialize(serializer)));
        let written = item.variants.iter().zip(&names).map(|(variant, name)| match &item.tag {
            Some(tag) if variant.writes_tag && !variant.tags.is_empty() => {
                let tags = &variant.tags;
                let value = match theirs::written(&variant.shape) {
                    Some(way) => quote!(&codegen::written_as::<#way, _>(value)),
                    None => quote!(value),
                };
                quote!(Self::#name(value) => codegen::tagged(serializer, #tag, &[#(#tags),*], #value))
            }
            _ if has_float(&variant.shape) => quote!(Self::#name(value) => codegen::finite(value, serializer)),
            _ => match theirs::written(&variant.shape) {
                Some(way) => quote!(Self::#name(value) => codegen::write_as::<#way, _, _>(value, serializer)),
                None => quote!(Self::#name(value) => value.serialize(serializer)),
            },
        });
        quote! {
            impl codegen::Serialize for #ident {
                fn serialize<S: codegen::Writer>(&self, serializer: S) -> codegen::Written<S> {
                    match self { #(#written,)* #unknown }
                }
            }
        }
    });
    let deserialize = subject.read(&choice(subject, item, &names));
    let mut seen = HashSet::new();
    let conversions = names.iter().zip(&types).filter(|(_, ty)| {
        let text = ty.to_string();
        let plain = !text.contains("serde_json :: Value");
        plain && types.iter().filter(|other| other.to_string() == text).count() == 1 && seen.insert(text)
    });
    let conversions = conversions.map(|(name, ty)| {
        quote! {
            impl ::std::convert::From<#ty> for #ident {
                fn from(value: #ty) -> Self {
                    Self::#name(value)
                }
            }
        }
    });
    quote! {
        #docs
        #derive
        #[non_exhaustive]
        pub enum #ident {
            #(#[doc = #variant_docs] #names(#types),)*
            #unknown
        }
        #serialize
        #deserialize
        #(#conversions)*
    }
}

fn title(variant: &Variant) -> String {
    match &variant.shape {
        Shape::Named(name) => format!("[`{name}`]"),
        _ => variant.name.clone(),
    }
}

/// The function that reads what a variant holds.
fn read(variant: &Variant) -> TokenStream {
    match theirs::read(&variant.shape) {
        Some(way) => quote!(codegen::read_as::<#way, _>),
        None => quote!(codegen::FromJson::from_json),
    }
}

/// The expression that makes the enum from `value`.
fn choice(subject: &Subject<'_>, item: &Union, names: &[Ident]) -> TokenStream {
    let name = subject.name;
    let rest = if item.open {
        quote!(::std::result::Result::Ok(Self::Unknown(value)))
    } else {
        quote!(codegen::fitting(true, #name, &value, &[]))
    };
    let made = |variant: &Variant, name: &Ident| match boxing(&variant.shape) {
        Some(function) => quote!(|value| Self::#name(#function(value))),
        None => quote!(Self::#name),
    };
    if let Some(tag) = &item.tag {
        let tagged = item.variants.iter().zip(names).filter(|(variant, _)| !variant.tags.is_empty());
        let arms = tagged.map(|(variant, name)| {
            let (tags, made) = (&variant.tags, made(variant, name));
            // A tag that is known is final: no other alternative is tried where its own does not fit.
            let read = match item.open {
                true => match theirs::read(&variant.shape) {
                    Some(way) => quote!(codegen::known_as::<#way, _, _>(value, #made, Self::Unknown)),
                    None => quote!(codegen::known(value, #made, Self::Unknown)),
                },
                false => {
                    let read = read(variant);
                    quote!(#read(value).map(#made))
                }
            };
            quote!(::std::option::Option::Some(#(#tags)|*) => #read)
        });
        return quote! {
            match value.get(#tag).and_then(::serde_json::Value::as_str) {
                #(#arms,)*
                _ => #rest,
            }
        };
    }
    if subject.strict {
        // Reading a type that is only sent checks what the definition requires: exactly one alternative fits, or at least one.
        let mut tried: Vec<(&Variant, &Ident)> = item.variants.iter().zip(names).collect();
        // Of several that fit, the one that declares most keeps most.
        tried.sort_by_key(|(variant, _)| {
            std::cmp::Reverse(if item.exactly_one { 0 } else { variant.probe.properties.len() })
        });
        let alternatives = tried.into_iter().map(|(variant, name)| {
            let (read, made) = (read(variant), made(variant, name));
            quote!(|value| #read(value).map(#made))
        });
        let exactly_one = item.exactly_one;
        return quote! {
            codegen::fitting(#exactly_one, #name, &value, &[#(#alternatives),*])
        };
    }
    let probes = item.variants.iter().map(|Variant { probe, .. }| {
        let (json_type, required, properties) = (probe.json_type, &probe.required, &probe.properties);
        let constants = probe.constants.iter().map(|(name, values)| quote!((#name, &[#(#values),*])));
        quote!(codegen::Probe {
            json_type: #json_type,
            required: &[#(#required),*],
            properties: &[#(#properties),*],
            constants: &[#(#constants),*],
        })
    });
    let alternatives = item.variants.iter().zip(names).map(|(variant, name)| {
        let (read, made) = (read(variant), made(variant, name));
        quote!(|value| #read(value).map(#made))
    });
    let fitting = quote!(codegen::alternative(value, &[#(#probes),*], &[#(#alternatives),*]));
    if item.open {
        quote!(#fitting.or_else(|value| ::std::result::Result::Ok(Self::Unknown(value))))
    } else {
        quote!(#fitting.or_else(|_| #rest))
    }
}
