//! Shapes as Rust types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::shape::Shape;

/// The Rust type of `shape`, as the neighbours of the module `types` write it.
pub(super) fn outside(shape: &Shape) -> TokenStream {
    tokens(shape, &quote!(super::types::), &quote!(support))
}

/// The Rust type of `shape`, as the module above `types` writes it.
pub(super) fn above(shape: &Shape) -> TokenStream {
    tokens(shape, &quote!(types::), &quote!(support))
}

/// The Rust type of `shape`, as the module `types` writes it.
pub(super) fn within(shape: &Shape) -> TokenStream {
    tokens(shape, &TokenStream::new(), &quote!(support))
}

fn tokens(shape: &Shape, prefix: &TokenStream, support: &TokenStream) -> TokenStream {
    let inner = |shape: &Shape| tokens(shape, prefix, support);
    match shape {
        Shape::Any | Shape::Component(_) | Shape::Inline(_) => quote!(::serde_json::Value),
        Shape::Bool => quote!(bool),
        Shape::I32 => quote!(i32),
        Shape::I64 => quote!(i64),
        Shape::F32 => quote!(f32),
        Shape::F64 => quote!(f64),
        Shape::Text => quote!(::std::string::String),
        Shape::DateTime => quote!(::chrono::DateTime<::chrono::FixedOffset>),
        Shape::Date => quote!(::chrono::NaiveDate),
        Shape::Uuid => quote!(::uuid::Uuid),
        Shape::Base64 => quote!(#support::Base64),
        Shape::Array(item) => {
            let item = inner(item);
            quote!(::std::vec::Vec<#item>)
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

/// Whether a value of `shape` is given by value: it is a number or a boolean.
pub(super) fn is_copy(shape: &Shape) -> bool {
    matches!(shape, Shape::Bool | Shape::I32 | Shape::I64 | Shape::F32 | Shape::F64)
}

/// The function that puts on the heap what of `shape` belongs there, if anything does.
pub(super) fn boxing(shape: &Shape) -> Option<TokenStream> {
    match shape {
        Shape::Boxed(_) => Some(quote!(::std::boxed::Box::new)),
        Shape::Nullable(inner) => {
            boxing(inner).map(|function| quote!(|value: ::std::option::Option<_>| value.map(#function)))
        }
        _ => None,
    }
}

/// An `Option` of a count.
pub(super) fn option(count: Option<u64>) -> TokenStream {
    match count {
        Some(count) => quote!(::std::option::Option::Some(#count)),
        None => quote!(::std::option::Option::None),
    }
}
