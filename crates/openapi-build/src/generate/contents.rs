//! Bodies of responses: the Rust type for each media type, and enums where there are several.
//!
//! The status decides between bodies, and the media type where one status has several. The shape of a body never decides.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::lower::Lowered;
use super::model::{BodyKind, Content, Operation, Response};
use super::shape::Shape;
use super::statuses::{reason, span};
use super::theirs;
use super::tokens;
use crate::names::{extended, free, type_name};

/// The body of a response, and how it is read.
#[derive(Clone, PartialEq)]
pub(super) enum Read {
    Nothing,
    Json(Shape),
    /// As the `Content-Type` of the response says.
    Stated(Shape),
    Text,
    /// A text that is of a type of the user's own.
    TextAs(Shape),
    Bytes,
    /// One of several, by media type: the name of the enum.
    OneOf(Ident),
}

impl Read {
    /// Its type, as the neighbours of the module `types` write it.
    pub(super) fn ty(&self) -> TokenStream {
        match self {
            Self::Nothing => quote!(()),
            Self::Json(shape) | Self::Stated(shape) | Self::TextAs(shape) => tokens::outside(shape),
            Self::Text => quote!(::std::string::String),
            Self::Bytes => quote!(::std::vec::Vec<u8>),
            Self::OneOf(name) => quote!(super::bodies::#name),
        }
    }

    /// The function that reads it from a reply.
    pub(super) fn function(&self) -> TokenStream {
        match self {
            Self::Nothing => quote!(codegen::Reply::nothing),
            Self::Json(shape) => match theirs::read(shape) {
                Some(way) => quote!(codegen::Reply::json_as::<#way, _>),
                None => quote!(codegen::Reply::json),
            },
            Self::Stated(shape) => match theirs::read(shape) {
                Some(way) => quote!(codegen::Reply::as_stated_as::<#way, _>),
                None => quote!(codegen::Reply::as_stated),
            },
            Self::Text => quote!(codegen::Reply::body_text),
            Self::TextAs(shape) => {
                let way = theirs::read(shape);
                quote!(codegen::Reply::text_as::<#way, _>)
            }
            Self::Bytes => quote!(codegen::Reply::body_bytes),
            Self::OneOf(name) => quote!(super::bodies::#name::from_reply),
        }
    }

    /// The expression that reads it from `reply`.
    fn expression(&self) -> TokenStream {
        let function = self.function();
        quote!(#function(reply))
    }

    /// Whether both are of one type: JSON may hold a text.
    fn is_of_type_of(&self, other: &Self) -> bool {
        let is_text = |read: &Self| matches!(read, Self::Text | Self::Json(Shape::Text) | Self::Stated(Shape::Text));
        let shape = |read: &Self| match read {
            Self::Json(shape) | Self::Stated(shape) | Self::TextAs(shape) => Some(shape.clone()),
            _ => None,
        };
        self == other || (is_text(self) && is_text(other)) || shape(self).is_some_and(|one| Some(one) == shape(other))
    }

    /// Reads what `other`, which is of the same type, reads as well.
    fn join(&mut self, other: Self) {
        if *self != other
            && let Self::Json(shape) | Self::TextAs(shape) = self
            && let Self::Stated(_) | Self::TextAs(_) | Self::Json(_) = other
        {
            *self = Self::Stated(shape.clone());
        }
    }
}

/// The response bodies of one operation, and the enums that they need.
pub(super) struct Bodies {
    /// By the index of the response.
    responses: Vec<Read>,
    /// The body of a success.
    pub(super) success: Success,
    /// The items of the module `bodies`.
    pub(super) items: Vec<TokenStream>,
}

/// How a success is read: the type, and for each status the function that reads it from a reply.
pub(super) struct Success {
    pub(super) ty: TokenStream,
    pub(super) reads: Vec<TokenStream>,
}

impl Bodies {
    pub(super) fn of(operation: &Operation<'_>, index: usize, lowered: &Lowered) -> Self {
        let mut items = Vec::new();
        let responses: Vec<Read> = operation
            .responses
            .iter()
            .enumerate()
            .map(|(number, response)| body(operation, response, (index, number), lowered, &mut items))
            .collect();
        let success = success(operation, &responses, &mut items);
        Self { responses, success, items }
    }

    /// The body of the response at `index`.
    pub(super) fn response(&self, index: usize) -> &Read {
        &self.responses[index]
    }
}

/// How a body in one media type is read, whose schema has the shape `shape`.
pub(super) fn read_of(content: &Content<'_>, shape: &Shape) -> Read {
    match content.kind {
        BodyKind::Json => Read::Json(shape.clone()),
        _ if content.is_range => Read::Stated(shape.clone()),
        BodyKind::Text if theirs::read(shape).is_some() => Read::TextAs(shape.clone()),
        BodyKind::Text => Read::Text,
        _ => Read::Bytes,
    }
}

fn body(
    operation: &Operation<'_>,
    response: &Response<'_>,
    index: (usize, usize),
    lowered: &Lowered,
    items: &mut Vec<TokenStream>,
) -> Read {
    // A response to HEAD has no body, whatever its headers say (RFC 9110, 9.3.2).
    if operation.method == "HEAD" {
        return Read::Nothing;
    }
    let mut groups: Vec<(Vec<&str>, Read)> = Vec::new();
    for (number, content) in response.contents.iter().enumerate() {
        let read = read_of(content, lowered.response(index.0, index.1, number));
        match groups.iter_mut().find(|(_, other)| other.is_of_type_of(&read)) {
            Some((media_types, other)) => {
                media_types.push(content.media_type);
                other.join(read);
            }
            None => groups.push((vec![content.media_type], read)),
        }
    }
    match <[_; 1]>::try_from(groups) {
        Ok([(_, read)]) => read,
        Err(groups) if groups.is_empty() => Read::Nothing,
        Err(groups) => {
            let name = format_ident!("{}Body", extended(&operation.type_name(), &reason(response.key).0));
            items.push(by_media_type(&name, operation, response, &groups));
            Read::OneOf(name)
        }
    }
}

/// Writes an enum for the bodies of one status, by media type.
fn by_media_type(
    name: &Ident,
    operation: &Operation<'_>,
    response: &Response<'_>,
    groups: &[(Vec<&str>, Read)],
) -> TokenStream {
    let doc = format!(" The body of a `{}` response of `{}`, by media type.", response.key, operation.id);
    let mut taken = HashSet::new();
    let variants: Vec<Ident> = groups
        .iter()
        .map(|(media_types, _)| {
            let (whole, essence) = (media_types[0], media_types[0].split(';').next().unwrap_or_default());
            let candidates = [essence, whole].map(|text| type_name(&text.replace('*', "any")));
            format_ident!("{}", free(candidates, &mut taken))
        })
        .collect();
    let docs = groups.iter().map(|(media_types, _)| {
        format!(" {}", media_types.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    });
    let types = groups.iter().map(|(_, read)| read.ty());
    let media_types: Vec<&str> = groups.iter().flat_map(|(media_types, _)| media_types.iter().copied()).collect();
    let mut first = 0;
    let arms = groups.iter().zip(&variants).map(|((media_types, read), variant)| {
        let numbers: Vec<usize> = (first..first + media_types.len()).collect();
        first += media_types.len();
        let expression = read.expression();
        quote!(#(#numbers)|* => #expression.map(Self::#variant))
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#[doc = #docs] #variants(#types)),* }
        impl #name {
            pub(super) fn from_reply(reply: &codegen::Reply) -> codegen::Result<Self, codegen::DecodeError> {
                match reply.media_type(&[#(#media_types),*])? {
                    #(#arms,)*
                    _ => ::std::result::Result::Err(reply.no_media_type()),
                }
            }
        }
    }
}

/// The body of a success of `operation`: the type that all its successes share, or an enum by status.
fn success(operation: &Operation<'_>, responses: &[Read], items: &mut Vec<TokenStream>) -> Success {
    let successes: Vec<(&Response<'_>, &Read)> =
        operation.responses.iter().zip(responses).filter(|(response, _)| operation.is_success(response)).collect();
    let Some((_, first)) = successes.first() else { return Success { ty: quote!(()), reads: Vec::new() } };
    let mut ordered = successes.clone();
    // Exact statuses come first, then ranges, then the default (OpenAPI 3.0.3, Responses Object).
    ordered.sort_by_key(|(response, _)| response.status().rank());
    let statuses = |response: &Response<'_>| span(response.status().codes().unwrap_or((200, 299)));
    if successes.iter().all(|(_, read)| read.is_of_type_of(first)) {
        let function = first.function();
        let reads =
            ordered.iter().map(|(response, _)| statuses(response)).map(|statuses| quote!((#statuses, #function)));
        return Success { ty: first.ty(), reads: reads.collect() };
    }
    let name = format_ident!("{}", extended(&operation.type_name(), "Success"));
    let doc = format!(" The body of a successful response of `{}`, by status.", operation.id);
    let variants: Vec<Ident> =
        ordered.iter().map(|(response, _)| format_ident!("{}", reason(response.key).0)).collect();
    let declared = ordered.iter().zip(&variants).map(|((response, read), variant)| {
        let (doc, ty) = (format!(" `{}`", reason(response.key).1), read.ty());
        let payload = (**read != Read::Nothing).then(|| quote!((#ty)));
        quote!(#[doc = #doc] #variant #payload)
    });
    let reads = ordered.iter().zip(&variants).map(|((response, read), variant)| {
        let (statuses, expression) = (statuses(response), read.expression());
        if **read == Read::Nothing {
            quote!((#statuses, |_| ::std::result::Result::Ok(super::bodies::#name::#variant)))
        } else {
            quote!((#statuses, |reply| #expression.map(super::bodies::#name::#variant)))
        }
    });
    let reads = reads.collect();
    items.push(quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#declared),* }
    });
    Success { ty: quote!(super::bodies::#name), reads }
}
