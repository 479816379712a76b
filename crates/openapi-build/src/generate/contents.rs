//! Bodies of responses: what each media type is in Rust, and enums where there are several.
//!
//! The status decides between bodies, and where one status has several, the media type does; the shape of a body never
//! does.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::lower::Lowered;
use super::model::{BodyKind, Operation, Response};
use super::responses::{range, reason, span};
use super::tokens;
use crate::names::type_name;

/// What is read from an answer: its type, and the function that reads it from a reply.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) ty: TokenStream,
    pub(super) function: TokenStream,
}

impl Read {
    fn nothing() -> Self {
        Self { ty: quote!(()), function: quote!(support::Reply::nothing) }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.ty.to_string() == "()"
    }

    pub(super) fn is_json(&self) -> bool {
        self.function.to_string() == quote!(support::Reply::json).to_string()
    }

    /// The expression that reads it from `reply`.
    pub(super) fn expression(&self) -> TokenStream {
        let function = &self.function;
        quote!(#function(reply))
    }

    fn same(&self, other: &Self) -> bool {
        self.ty.to_string() == other.ty.to_string()
    }
}

/// What the bodies of one operation are, and the enums that they need.
pub(super) struct Bodies {
    /// By the index of the response.
    responses: Vec<Read>,
    /// What a success is.
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

fn body(
    operation: &Operation<'_>,
    response: &Response<'_>,
    index: (usize, usize),
    lowered: &Lowered,
    items: &mut Vec<TokenStream>,
) -> Read {
    // An answer to HEAD has no body, whatever its headers say (RFC 9110, 9.3.2).
    if operation.method == "HEAD" {
        return Read::nothing();
    }
    let mut groups: Vec<(Vec<&str>, Read)> = Vec::new();
    for (number, content) in response.contents.iter().enumerate() {
        let read = match content.kind {
            BodyKind::Json => Read {
                ty: tokens::outside(lowered.response(index.0, index.1, number)),
                function: quote!(support::Reply::json),
            },
            BodyKind::Text => Read { ty: quote!(::std::string::String), function: quote!(support::Reply::body_text) },
            _ => Read { ty: quote!(::std::vec::Vec<u8>), function: quote!(support::Reply::body_bytes) },
        };
        match groups.iter_mut().find(|(_, other)| other.same(&read)) {
            Some((media_types, _)) => media_types.push(content.media_type),
            None => groups.push((vec![content.media_type], read)),
        }
    }
    match <[_; 1]>::try_from(groups) {
        Ok([(_, read)]) => read,
        Err(groups) if groups.is_empty() => Read::nothing(),
        Err(groups) => {
            let name = format_ident!("{}{}Body", operation.type_name(), reason(response.status).0);
            items.push(by_media_type(&name, operation, response, &groups));
            Read { ty: quote!(super::bodies::#name), function: quote!(super::bodies::#name::from_reply) }
        }
    }
}

/// An enum of the bodies of one status, by media type.
fn by_media_type(
    name: &Ident,
    operation: &Operation<'_>,
    response: &Response<'_>,
    groups: &[(Vec<&str>, Read)],
) -> TokenStream {
    let doc = format!(" The body of `{}` of `{}`, by its media type.", response.status, operation.id);
    let variants: Vec<Ident> = groups
        .iter()
        .map(|(media_types, _)| {
            let essence = media_types[0].split(';').next().unwrap_or_default();
            format_ident!("{}", type_name(&essence.replace('*', "any")))
        })
        .collect();
    let docs = groups.iter().map(|(media_types, _)| {
        format!(" {}", media_types.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    });
    let types = groups.iter().map(|(_, read)| &read.ty);
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
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum #name { #(#[doc = #docs] #variants(#types)),* }
        impl #name {
            pub(super) fn from_reply(reply: &support::Reply) -> support::Result<Self, support::DecodeError> {
                match reply.media_type(&[#(#media_types),*])? {
                    #(#arms,)*
                    _ => ::std::result::Result::Err(reply.no_media_type()),
                }
            }
        }
    }
}

/// What a success of `operation` is: the one body that its successes have, else an enum by status.
fn success(operation: &Operation<'_>, responses: &[Read], items: &mut Vec<TokenStream>) -> Success {
    let successes: Vec<(&Response<'_>, &Read)> =
        operation.responses.iter().zip(responses).filter(|(response, _)| operation.is_success(response)).collect();
    let Some((_, first)) = successes.first() else { return Success { ty: quote!(()), reads: Vec::new() } };
    let mut ordered = successes.clone();
    // Exact statuses come first, then ranges, then the default (OpenAPI 3.0.3, Responses Object).
    ordered.sort_by_key(|(response, _)| rank(response.status));
    let statuses = |response: &Response<'_>| span(range(response.status).unwrap_or((200, 299)));
    if successes.iter().all(|(_, read)| read.same(first)) {
        let function = &first.function;
        let reads =
            ordered.iter().map(|(response, _)| statuses(response)).map(|statuses| quote!((#statuses, #function)));
        return Success { ty: first.ty.clone(), reads: reads.collect() };
    }
    let name = format_ident!("{}Success", operation.type_name());
    let doc = format!(" What a success of `{}` is, by its status.", operation.id);
    let variants: Vec<Ident> =
        ordered.iter().map(|(response, _)| format_ident!("{}", reason(response.status).0)).collect();
    let declared = ordered.iter().zip(&variants).map(|((response, read), variant)| {
        let (doc, ty) = (format!(" `{}`", reason(response.status).1), &read.ty);
        let payload = (!read.is_nothing()).then(|| quote!((#ty)));
        quote!(#[doc = #doc] #variant #payload)
    });
    let reads = ordered.iter().zip(&variants).map(|((response, read), variant)| {
        let (statuses, expression) = (statuses(response), read.expression());
        if read.is_nothing() {
            quote!((#statuses, |_| ::std::result::Result::Ok(super::bodies::#name::#variant)))
        } else {
            quote!((#statuses, |reply| #expression.map(super::bodies::#name::#variant)))
        }
    });
    let reads = reads.collect();
    items.push(quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum #name { #(#declared),* }
    });
    Success { ty: quote!(super::bodies::#name), reads }
}

/// The order in which statuses are tried.
pub(super) fn rank(status: &str) -> u8 {
    match status {
        "default" => 2,
        status if status.parse::<u16>().is_err() => 1,
        _ => 0,
    }
}
