//! Writes shapes as Rust types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::shape::Shape;
use super::theirs;

/// The Rust type of an argument for a parameter of `shape`, chosen to be convenient for callers: text and lists are borrowed.
/// `ty` writes the types for the module that the argument is in.
pub(super) fn argument(shape: &Shape, ty: impl Fn(&Shape) -> TokenStream) -> TokenStream {
    match shape {
        Shape::Text => quote!(&str),
        Shape::Array(item) => {
            let item = ty(item);
            quote!(&[#item])
        }
        shape if is_copy(shape) => ty(shape),
        Shape::DateTime | Shape::DateTimeText | Shape::AssumedUtc => ty(shape),
        Shape::Date | Shape::Uuid | Shape::Named(_) | Shape::Replaced(_) => ty(shape),
        shape => {
            let ty = ty(shape);
            quote!(&#ty)
        }
    }
}

/// The Rust type of `shape`, as the siblings of the module `types` write it.
pub(super) fn outside(shape: &Shape) -> TokenStream {
    tokens(shape, &quote!(super::types::))
}

/// The Rust type of `shape`, as the module above `types` writes it.
pub(super) fn above(shape: &Shape) -> TokenStream {
    tokens(shape, &quote!(types::))
}

/// The Rust type of `shape`, as the module `types` writes it.
pub(super) fn within(shape: &Shape) -> TokenStream {
    tokens(shape, &TokenStream::new())
}

fn tokens(shape: &Shape, prefix: &TokenStream) -> TokenStream {
    let inner = |shape: &Shape| tokens(shape, prefix);
    match shape {
        Shape::Any | Shape::Component(_) | Shape::Inline(_) => quote!(::serde_json::Value),
        Shape::Bool => quote!(bool),
        Shape::Int(int) => {
            let name = format_ident!("{}", int.name());
            quote!(#name)
        }
        Shape::F64 => quote!(f64),
        Shape::Text => quote!(::std::string::String),
        Shape::DateTime => quote!(::chrono::DateTime<::chrono::FixedOffset>),
        Shape::DateTimeText => quote!(codegen::DateTimeText),
        Shape::AssumedUtc => quote!(codegen::AssumedUtc),
        Shape::Date => quote!(::chrono::NaiveDate),
        Shape::Uuid => quote!(::uuid::Uuid),
        Shape::Base64 => quote!(codegen::Base64),
        Shape::File => quote!(codegen::FilePart),
        Shape::Replaced(replaced) => theirs::ty(replaced),
        Shape::Array(item) => {
            let item = inner(item);
            quote!(::std::vec::Vec<#item>)
        }
        Shape::Tuple(items) => {
            let items = items.iter().map(inner);
            quote!((#(#items,)*))
        }
        Shape::Map(value) if **value == Shape::Any => {
            quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>)
        }
        Shape::Map(value) => {
            let value = inner(value);
            quote!(::std::collections::BTreeMap<::std::string::String, #value>)
        }
        Shape::Nullable(shape) => {
            let shape = inner(shape);
            quote!(::std::option::Option<#shape>)
        }
        Shape::Boxed(shape) => {
            let shape = inner(shape);
            quote!(::std::boxed::Box<#shape>)
        }
        Shape::Named(name) => {
            let name = format_ident!("{name}");
            quote!(#prefix #name)
        }
    }
}

/// Whether `shape` is a number or a boolean, which is passed by value.
pub(super) fn is_copy(shape: &Shape) -> bool {
    matches!(shape, Shape::Bool | Shape::Int(_) | Shape::F64)
}

/// The function that boxes the parts of `shape` that are on the heap, if there are any.
pub(super) fn boxing(shape: &Shape) -> Option<TokenStream> {
    match shape {
        Shape::Boxed(_) => Some(quote!(::std::boxed::Box::new)),
        Shape::Nullable(inner) => {
            boxing(inner).map(|function| quote!(|value: ::std::option::Option<_>| value.map(#function)))
        }
        _ => None,
    }
}

/// Writes an `Option` of a count.
pub(super) fn option(count: Option<u64>) -> TokenStream {
    match count {
        Some(count) => quote!(::std::option::Option::Some(#count)),
        None => quote!(::std::option::Option::None),
    }
}
