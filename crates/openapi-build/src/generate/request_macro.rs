//! The call of `codegen::request!`, with which the runtime defines what all types of the module `requests` have in common:
//! writes it, and parses it again for code that inspects the generated file. The other macros that define something implement
//! traits.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token, Type};

/// The type that `macro_call` implements traits for, and the traits, if it calls a macro of the runtime that does so.
pub(crate) fn implemented(macro_call: &syn::Macro) -> Option<(Ident, &'static [&'static str])> {
    let segments: Vec<String> = macro_call.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let traits: &[&str] = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["codegen", "word"] => &["std::convert::AsRef<str>", "std::fmt::Display", "std::str::FromStr"],
        ["codegen", "serialize"] => &["serde::Serialize"],
        ["codegen", "deserialize"] => &["serde::Deserialize"],
        _ => return None,
    };
    // How it implements them follows.
    let name = |input: ParseStream<'_>| {
        let name = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(name)
    };
    Some((syn::parse::Parser::parse2(name, macro_call.tokens.clone()).ok()?, traits))
}

/// The input of the macro.
pub(crate) struct RequestMacro {
    pub(crate) attributes: Vec<Attribute>,
    /// The name of the type.
    pub(crate) name: Ident,
    /// The marker type of the operation.
    pub(crate) operation: Type,
    /// The body of a success, its headers, and the documented errors.
    pub(crate) answer: [Type; 3],
    /// Whether the body is a page of a list: the first clause is then `pages`.
    pub(crate) pages: bool,
    pub(crate) streams: Vec<Streamed>,
}

/// A clause of the macro: a way to read the body of a success item by item.
pub(crate) struct Streamed {
    /// `events`, `texts` (events that hold no JSON), `lines` or `records`.
    pub(crate) how: Ident,
    /// The type of an item.
    pub(crate) item: Type,
    /// The way in which it is read, if it is or holds a type of the user's own.
    way: Option<Type>,
    pub(crate) media_type: LitStr,
    /// The texts that end the stream.
    ends: Vec<LitStr>,
}

impl Streamed {
    /// The method of the request, and the type of the stream that it gives.
    #[cfg(feature = "track")]
    pub(crate) fn method(&self) -> (&'static str, &'static str) {
        match self.how.to_string().as_str() {
            "events" | "texts" => ("send_events", "EventStream"),
            _ => ("send_items", "ItemStream"),
        }
    }
}

impl RequestMacro {
    /// Parses the input of `macro_call`, if it calls this macro.
    pub(crate) fn read(macro_call: &syn::Macro) -> Option<Self> {
        let segments: Vec<String> = macro_call.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments != ["codegen", "request"] {
            return None;
        }
        syn::parse2(macro_call.tokens.clone()).ok()
    }

    /// Calls `change` on each type in the input of `macro_call`, if it calls this macro, because visitors skip macros.
    pub(crate) fn visit(macro_call: &mut syn::Macro, change: impl FnMut(&mut Type)) {
        if let Some(mut read) = Self::read(macro_call) {
            let items =
                read.streams.iter_mut().flat_map(|stream| std::iter::once(&mut stream.item).chain(&mut stream.way));
            std::iter::once(&mut read.operation).chain(&mut read.answer).chain(items).for_each(change);
            macro_call.tokens = read.to_token_stream();
        }
    }
}

mod clause {
    syn::custom_keyword!(pages);
}

impl Parse for RequestMacro {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let operation = input.parse()?;
        input.parse::<Token![=>]>()?;
        let body = input.parse()?;
        input.parse::<Token![,]>()?;
        let headers = input.parse()?;
        input.parse::<Token![,]>()?;
        let answer = [body, headers, input.parse()?];
        let (mut pages, mut streams) = (false, Vec::new());
        while input.parse::<Option<Token![;]>>()?.is_some() {
            if input.peek(clause::pages) {
                pages = input.parse::<clause::pages>().is_ok();
            } else {
                streams.push(input.parse()?);
            }
        }
        Ok(Self { attributes, name, operation, answer, pages, streams })
    }
}

impl Parse for Streamed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (how, item) = (input.parse()?, input.parse()?);
        let way = match input.parse::<Option<Token![as]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        input.parse::<Token![,]>()?;
        let media_type = input.parse()?;
        input.parse::<Token![,]>()?;
        let ends;
        syn::bracketed!(ends in input);
        let ends = ends.parse_terminated(<LitStr as Parse>::parse, Token![,])?;
        Ok(Self { how, item, way, media_type, ends: ends.into_iter().collect() })
    }
}

impl ToTokens for Streamed {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { how, item, way, media_type, ends } = self;
        let way = way.as_ref().map(|way| quote!(as #way));
        tokens.extend(quote!(; #how #item #way, #media_type, [#(#ends),*]));
    }
}

impl ToTokens for RequestMacro {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, name, operation, answer: [body, headers, error], pages, streams } = self;
        let pages = pages.then(|| quote!(; pages));
        tokens.extend(quote!(#(#attributes)* #name: #operation => #body, #headers, #error #pages #(#streams)*));
    }
}
