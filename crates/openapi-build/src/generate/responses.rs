//! What a status documents, in Rust: structs of typed headers, and an enum of errors for each operation.

use std::collections::{BTreeMap, HashMap};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::docs;
use super::model::{Header, Operation, Response};
use super::types::doc_attributes;
use crate::names::{snake_name, type_name};

/// The structs of typed headers, one for each set of them.
#[derive(Default)]
pub(super) struct Headers {
    sets: BTreeMap<String, TokenStream>,
    names: HashMap<Vec<(String, String)>, String>,
}

impl Headers {
    /// The type of the headers of `response`: `()` where none are documented.
    pub(super) fn of(&mut self, response: &Response<'_>) -> TokenStream {
        if response.headers.is_empty() {
            return quote!(());
        }
        let shape: Vec<(String, String)> =
            response.headers.iter().map(|header| (header.name.to_owned(), scalar(header.schema).to_owned())).collect();
        let name = match self.names.get(&shape) {
            Some(name) => name.clone(),
            None => {
                let name = self.name(&shape);
                let ident = format_ident!("{name}");
                self.sets.insert(name.clone(), headers_struct(&ident, &response.headers));
                self.names.insert(shape, name.clone());
                name
            }
        };
        let ident = format_ident!("{name}");
        quote!(super::headers::#ident)
    }

    /// The name of a set: its headers' names, and their types where that is taken.
    fn name(&self, shape: &[(String, String)]) -> String {
        let plain: String = shape.iter().map(|(name, _)| type_name(name)).collect();
        if !self.sets.contains_key(&plain) {
            return plain;
        }
        shape.iter().map(|(name, ty)| format!("{}{}", type_name(name), type_name(ty))).collect()
    }

    /// The items of the module `headers`.
    pub(super) fn items(&self) -> impl Iterator<Item = &TokenStream> {
        self.sets.values()
    }
}

fn headers_struct(ident: &proc_macro2::Ident, headers: &[Header<'_>]) -> TokenStream {
    let fields: Vec<_> = headers.iter().map(|header| format_ident!("{}", snake_name(header.name))).collect();
    let types = headers.iter().map(|header| {
        let ty: TokenStream = scalar(header.schema).parse().unwrap_or_default();
        ty
    });
    let names: Vec<&str> = headers.iter().map(|header| header.name).collect();
    let docs = headers.iter().map(|header| {
        let mut lines = vec![format!("`{}`", header.name)];
        if let Some(description) = header.description {
            lines[0].push_str(": ");
            let mut text = docs::lines(description).into_iter();
            lines[0].push_str(&text.next().unwrap_or_default());
            lines.extend(text);
        }
        let attributes = doc_attributes(&lines);
        quote!(#(#attributes)*)
    });
    let doc = format!(" The headers {}.", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct #ident {
            #(#docs pub #fields: ::std::option::Option<#types>),*
        }
        impl super::support::FromHeaders for #ident {
            fn from_headers(headers: &::reqwest::header::HeaderMap) -> Self {
                Self { #(#fields: super::support::header(headers, #names)),* }
            }
        }
    }
}

/// The Rust type of a header: a header is text, and only numbers and booleans are read as more.
fn scalar(schema: Option<&Value>) -> &'static str {
    let text = |key: &str| schema.and_then(|schema| schema.get(key)?.as_str());
    match (text("type"), text("format")) {
        (Some("integer"), Some("int32")) => "i32",
        (Some("integer"), _) => "i64",
        (Some("number"), Some("float")) => "f32",
        (Some("number"), _) => "f64",
        (Some("boolean"), _) => "bool",
        _ => "::std::string::String",
    }
}

/// One variant of an error enum.
struct Variant {
    status: String,
    name: proc_macro2::Ident,
    label: String,
    docs: Vec<String>,
    body: Option<TokenStream>,
    headers: TokenStream,
}

/// The error enum of `operation`; `body` finds the Rust type of the body of the response at an index.
pub(super) fn error_enum(
    operation: &Operation<'_>,
    headers: &mut Headers,
    body: impl Fn(usize) -> TokenStream,
) -> TokenStream {
    let ident = format_ident!("{}Error", operation.type_name());
    let mut variants = Vec::new();
    for (index, response) in operation.responses.iter().enumerate().filter(|(_, response)| !response.is_success()) {
        let (name, label) = reason(response.status);
        let mut docs = docs::lines(response.description);
        docs.insert(0, format!("`{label}`{}", if docs.is_empty() { "." } else { ":" }));
        variants.push(Variant {
            status: response.status.to_owned(),
            name: format_ident!("{name}"),
            label,
            docs,
            body: response.json.map(|_| body(index)),
            headers: headers.of(response),
        });
    }
    // Exact statuses come first, then ranges, then the default (OpenAPI 3.0.3, Responses Object).
    variants.sort_by_key(|variant| (variant.status == "default", variant.status.parse::<u16>().is_err()));
    let doc = format!(" The errors that the definition documents for `{}`.", operation.id);
    let declared = variants.iter().map(|variant| {
        let (docs, name, headers) = (doc_attributes(&variant.docs), &variant.name, &variant.headers);
        let body = variant.body.as_ref().map(|ty| quote!(/** The body. */ body: #ty,));
        quote!(#(#docs)* #name { #body /** The documented headers. */ headers: #headers })
    });
    let labels = variants.iter().map(|variant| {
        let (name, label) = (&variant.name, &variant.label);
        quote!(Self::#name { .. } => #label)
    });
    let arms = variants.iter().map(|variant| {
        let (name, pattern) = (&variant.name, pattern(&variant.status));
        match &variant.body {
            Some(_) => {
                quote!(#pattern => reply.json().map(|body| Self::#name { body, headers: reply.typed_headers() }))
            }
            None => quote!(#pattern => ::std::result::Result::Ok(Self::#name { headers: reply.typed_headers() })),
        }
    });
    let (label, rest) = if variants.is_empty() {
        (quote!(match *self {}), None)
    } else {
        let catch_all = variants.iter().any(|variant| variant.status == "default");
        let rest = (!catch_all).then(|| quote!(_ => return ::std::option::Option::None));
        (quote!(f.write_str(match self { #(#labels),* })), rest)
    };
    let decode = if variants.is_empty() {
        quote!(let _ = reply; ::std::option::Option::None)
    } else {
        quote!(::std::option::Option::Some(match reply.status.as_u16() { #(#arms,)* #rest }))
    };
    let formatter = if variants.is_empty() { quote!(_) } else { quote!(f) };
    let default_success = operation.responses.iter().any(|response| response.status == "default");
    let guard = default_success.then(|| {
        quote!(if reply.status.is_success() {
            return ::std::option::Option::None;
        })
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum #ident { #(#declared),* }
        impl ::std::fmt::Display for #ident {
            fn fmt(&self, #formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #label
            }
        }
        impl ::std::error::Error for #ident {}
        impl super::support::Documented for #ident {
            fn decode(
                reply: &super::support::Reply,
            ) -> ::std::option::Option<::std::result::Result<Self, super::support::DecodeError>> {
                #guard
                #decode
            }
        }
    }
}

/// The pattern of the status codes that a status key stands for.
pub(super) fn pattern(status: &str) -> TokenStream {
    match (status.parse::<u16>(), status.chars().next().and_then(|first| first.to_digit(10))) {
        (Ok(code), _) => quote!(#code),
        (Err(_), Some(hundreds)) => {
            let first = u16::try_from(hundreds * 100).unwrap_or_default();
            let last = first + 99;
            quote!(#first..=#last)
        }
        _ => quote!(_),
    }
}

/// The variant's name and its label: the registered reason phrase (RFC 9110, 15).
fn reason(status: &str) -> (String, String) {
    let phrase = status.parse::<u16>().ok().and_then(|code| reason_phrase(code).map(|phrase| (code, phrase)));
    match (phrase, status) {
        (Some((code, phrase)), _) => (type_name(phrase), format!("{code} {phrase}")),
        (None, "default") => ("Default".into(), "an error".into()),
        (None, status) => (format!("Status{}", status.to_ascii_uppercase()), status.to_ascii_uppercase()),
    }
}

fn reason_phrase(code: u16) -> Option<&'static str> {
    Some(match code {
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        511 => "Network Authentication Required",
        _ => return None,
    })
}
