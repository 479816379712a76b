//! What a status documents, in Rust: structs of typed headers, and an enum of errors for each operation.

use std::collections::{BTreeMap, HashMap};

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;

use super::contents::{Bodies, Read, rank};
use super::docs;
use super::model::{Header, Operation, Response};
use super::sets::{self, Set};
use super::types::doc_attributes;
use crate::lock::{Choice, Lock};
use crate::names::{snake_name, type_name};

/// The structs of typed headers, one for each set of them.
#[derive(Default)]
pub(super) struct Headers {
    names: HashMap<HeaderSet, String>,
    sets: BTreeMap<String, TokenStream>,
}

/// The names and types of headers; an optional one's type ends in `?`.
type HeaderSet = Vec<(String, String)>;

fn header_set(headers: &[Header<'_>]) -> HeaderSet {
    let of = |header: &Header<'_>| {
        let required = if header.required { "" } else { "?" };
        (header.name.to_owned(), format!("{}{required}", scalar(header.schema)))
    };
    headers.iter().map(of).collect()
}

/// The headers that several responses document between them; one that not all of them require is optional.
pub(super) fn united<'a>(responses: &[&'a Response<'a>]) -> Vec<Header<'a>> {
    let mut headers: Vec<Header<'a>> = Vec::new();
    for header in responses.iter().flat_map(|response| &response.headers) {
        let same = |other: &&Header<'_>| other.name.eq_ignore_ascii_case(header.name);
        if !headers.iter().any(|other| same(&other)) {
            let everywhere =
                responses.iter().all(|response| response.headers.iter().find(same).is_some_and(|other| other.required));
            headers.push(Header { required: everywhere, ..*header });
        }
    }
    headers.sort_by_key(|header| header.name.to_ascii_lowercase());
    headers
}

impl Headers {
    /// Names the sets of headers of all `operations`.
    pub(super) fn new(operations: &[Operation<'_>], lock: &Lock, choices: &mut Vec<Choice>) -> Self {
        let mut all: Vec<HeaderSet> = Vec::new();
        for operation in operations {
            let successes: Vec<&Response<'_>> = operation.successes().collect();
            let errors = operation.responses.iter().map(|response| header_set(&response.headers));
            for set in errors.chain([header_set(&united(&successes))]) {
                if !set.is_empty() && !all.contains(&set) {
                    all.push(set);
                }
            }
        }
        let plain = |set: &HeaderSet| set.iter().map(|(name, _)| type_name(name)).collect::<String>();
        let typed = |set: &HeaderSet| {
            let each = set.iter();
            each.map(|(name, ty)| format!("{}{}", type_name(name), type_name(&ty.replace('?', "-optional")))).collect()
        };
        let content = |set: &HeaderSet| {
            let each = set.iter().map(|(name, ty)| format!("{name} {}", ty.rsplit("::").next().unwrap_or_default()));
            each.collect::<Vec<_>>().join(", ")
        };
        let sets: Vec<Set> =
            all.iter().map(|set| Set { content: content(set), short: plain(set), long: typed(set) }).collect();
        let names = sets::names("headers", &sets, lock, choices);
        Self { names: all.into_iter().zip(names).collect(), sets: BTreeMap::new() }
    }

    /// The type of `headers`: `()` where none are documented, and a `Result` where one must be there.
    pub(super) fn of(&mut self, headers: &[Header<'_>]) -> TokenStream {
        let Some(name) = self.names.get(&header_set(headers)) else { return quote!(()) };
        let ident = format_ident!("{name}");
        self.sets.entry(name.clone()).or_insert_with(|| headers_struct(&ident, headers));
        if headers.iter().any(|header| header.required) {
            quote!(::std::result::Result<super::headers::#ident, support::HeaderError>)
        } else {
            quote!(super::headers::#ident)
        }
    }

    /// The items of the module `headers`.
    pub(super) fn items(&self) -> impl Iterator<Item = &TokenStream> {
        self.sets.values()
    }
}

fn headers_struct(ident: &proc_macro2::Ident, headers: &[Header<'_>]) -> TokenStream {
    let mut taken = std::collections::HashSet::new();
    let fields: Vec<_> = headers
        .iter()
        .map(|header| {
            let mut name = snake_name(header.name);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            format_ident!("{name}")
        })
        .collect();
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
    let types = headers.iter().zip(types).map(|(header, ty)| match header.required {
        true => quote!(#ty),
        false => quote!(::std::option::Option<#ty>),
    });
    let declared = quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct #ident { #(#docs pub #fields: #types),* }
    };
    let any_required = headers.iter().any(|header| header.required);
    let reads = headers.iter().zip(&names).map(|(header, name)| match header.required {
        true => quote!(support::required_header(headers, #name)?),
        false => quote!(support::header(headers, #name)),
    });
    let value = quote!(Self { #(#fields: #reads),* });
    if any_required {
        quote! {
            #declared
            impl support::TryFromHeaders for #ident {
                fn try_from_headers(
                    headers: &::reqwest::header::HeaderMap,
                ) -> ::std::result::Result<Self, support::HeaderError> {
                    ::std::result::Result::Ok(#value)
                }
            }
        }
    } else {
        quote! {
            #declared
            impl support::FromHeaders for #ident {
                fn from_headers(headers: &::reqwest::header::HeaderMap) -> Self {
                    #value
                }
            }
        }
    }
}

/// The Rust type of a header: a header is text; numbers, booleans and RFC 3339 dates are read as more.
fn scalar(schema: Option<&Value>) -> &'static str {
    let text = |key: &str| schema.and_then(|schema| schema.get(key)?.as_str());
    match (text("type"), text("format")) {
        (Some("integer"), Some("int32")) => "i32",
        (Some("integer"), _) => "i64",
        (Some("number"), Some("float")) => "f32",
        (Some("number"), _) => "f64",
        (Some("boolean"), _) => "bool",
        (Some("string"), Some("date-time")) => "::chrono::DateTime<::chrono::FixedOffset>",
        (Some("string"), Some("date")) => "::chrono::NaiveDate",
        _ => "::std::string::String",
    }
}

/// The enums of documented errors: operations with the same statuses, bodies and headers share one.
#[derive(Default)]
pub(super) struct Errors {
    /// The different sets, by what is in them.
    known: HashMap<String, usize>,
    sets: Vec<Set>,
    variants: Vec<Vec<Variant>>,
    /// For each operation the name of its errors, their documentation, and their set.
    aliases: Vec<(proc_macro2::Ident, String, usize)>,
}

/// One variant of an error enum.
struct Variant {
    status: String,
    name: proc_macro2::Ident,
    label: String,
    body: Read,
    headers: TokenStream,
}

impl Errors {
    /// The items of the module `errors`.
    pub(super) fn items(&self, lock: &Lock, choices: &mut Vec<Choice>) -> Vec<TokenStream> {
        let names = sets::names("errors", &self.sets, lock, choices);
        let names: Vec<_> = names.iter().map(|name| format_ident!("{name}")).collect();
        let mut enums: Vec<_> = names.iter().zip(&self.variants).collect();
        enums.sort_by_key(|(name, _)| *name);
        let enums = enums.into_iter().map(|(name, variants)| error_enum(name, variants));
        let aliases = self.aliases.iter().map(|(alias, doc, set)| {
            let name = &names[*set];
            quote!(#[doc = #doc] pub type #alias = #name;)
        });
        enums.chain(aliases).collect()
    }

    /// The name of each operation's errors, of the set that they are, and what is in it.
    #[cfg(test)]
    pub(super) fn described(&self, lock: &Lock, choices: &mut Vec<Choice>) -> Vec<String> {
        let names = sets::names("errors", &self.sets, lock, choices);
        let described = self.aliases.iter().map(|(alias, _, set)| {
            let (name, content) = (&names[*set], &self.sets[*set].content);
            format!(" {alias} = {name} of {content}")
        });
        described.collect()
    }

    /// Adds the errors of `operation`.
    pub(super) fn add(&mut self, operation: &Operation<'_>, headers: &mut Headers, bodies: &Bodies) {
        let mut variants: Vec<Variant> = Vec::new();
        for (index, response) in operation.responses.iter().enumerate() {
            // A default beside documented successes is an error; one that stands for them is one for other statuses.
            if response.status.starts_with('2') {
                continue;
            }
            let (name, label) = reason(response.status);
            variants.push(Variant {
                status: response.status.to_owned(),
                name: format_ident!("{name}"),
                label,
                body: bodies.response(index).clone(),
                headers: headers.of(&response.headers),
            });
        }
        variants.sort_by_key(|variant| rank(&variant.status));
        let set = error_set(&variants);
        let next = self.sets.len();
        let index = *self.known.entry(set.content.clone()).or_insert(next);
        if index == next {
            self.sets.push(set);
            self.variants.push(variants);
        }
        let alias = format_ident!("{}Error", operation.type_name());
        let labels: Vec<&str> = operation
            .responses
            .iter()
            .filter(|response| !response.status.starts_with('2'))
            .map(|response| response.status)
            .collect();
        let doc = match labels.as_slice() {
            [] => format!(" The errors of `{}`: none is documented.", operation.id),
            labels => {
                let method = format!("super::Client::{}", operation.method_name());
                format!(" The errors of [`{}`]({method}): {}.", operation.id, labels.join(", "))
            }
        };
        self.aliases.push((alias, doc, index));
    }
}

/// What names a set of errors: its bodies and statuses, and its headers where that does not tell it from others.
fn error_set(variants: &[Variant]) -> Set {
    let tail = |tokens: &TokenStream| {
        let text = compact(tokens);
        type_name(text.rsplit("::").next().unwrap_or_default())
    };
    let content = variants.iter().map(|it| format!("{} {} {}", it.status, compact(&it.body.ty), compact(&it.headers)));
    let content = content.collect::<Vec<_>>().join(", ");
    let mut bodies: Vec<String> = Vec::new();
    for variant in variants.iter().filter(|variant| !variant.body.is_nothing()) {
        let body = tail(&variant.body.ty);
        if !bodies.contains(&body) {
            bodies.push(body);
        }
    }
    let statuses: Vec<String> = variants.iter().map(|variant| type_name(&variant.status).replace('X', "")).collect();
    let short = match variants {
        [] => "NoError".to_owned(),
        _ => format!("{}Or{}", bodies.concat(), statuses.join("Or")),
    };
    let each = variants.iter().map(|it| format!("{}{}{}", it.status, tail(&it.body.ty), tail(&it.headers)));
    let long = type_name(&each.collect::<Vec<_>>().join("-"));
    Set { content, short: type_name(short.trim_start_matches("Or")), long }
}

/// A type without what leads to it: modules, and the `Result` that headers are read as.
fn compact(tokens: &TokenStream) -> String {
    let text = tokens.to_string().replace(' ', "").replace(",support::HeaderError>", "");
    text.replace("::std::result::Result<", "").replace("super::", "").replace("types::", "").replace("headers::", "")
}

fn error_enum(ident: &proc_macro2::Ident, variants: &[Variant]) -> TokenStream {
    let labels: Vec<&str> = variants.iter().map(|variant| variant.label.as_str()).collect();
    let doc = match labels.as_slice() {
        [] => " No documented error: it has no value.".to_owned(),
        labels => format!(" One of {}.", labels.join(", ")),
    };
    let declared = variants.iter().map(|variant| {
        let (name, headers, doc) = (&variant.name, &variant.headers, format!(" `{}`", variant.label));
        let ty = &variant.body.ty;
        let body = (!variant.body.is_nothing()).then(|| quote!(body: #ty,));
        quote!(#[doc = #doc] #name { #body headers: #headers })
    });
    let names: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let arms = variants.iter().map(|variant| {
        let (name, pattern) = (&variant.name, pattern(&variant.status));
        if variant.body.is_nothing() {
            quote!(#pattern => ::std::result::Result::Ok(Self::#name { headers: reply.typed_headers() }))
        } else {
            let function = &variant.body.function;
            match variant.body.is_json() {
                true => quote!(#pattern => reply.__error(|body, headers| Self::#name { body, headers })),
                false => quote!(#pattern => reply.__error_by(#function, |body, headers| Self::#name { body, headers })),
            }
        }
    });
    let (display, decode) = if variants.is_empty() {
        (quote!(let _ = f; match *self {}), quote!(let _ = reply; ::std::option::Option::None))
    } else {
        let catch_all = variants.iter().any(|variant| variant.status == "default");
        let rest = (!catch_all).then(|| quote!(_ => return ::std::option::Option::None));
        (
            quote!(f.write_str(match self { #(Self::#names { .. } => #labels),* })),
            quote!(::std::option::Option::Some(match reply.status.as_u16() { #(#arms,)* #rest })),
        )
    };
    let catch_all = variants.iter().any(|variant| !variant.status.starts_with(|first: char| "345".contains(first)));
    let guard = catch_all.then(|| {
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
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #display
            }
        }
        impl ::std::error::Error for #ident {}
        impl support::Documented for #ident {
            fn decode(reply: &support::Reply) -> support::Decoded<Self> {
                #guard
                #decode
            }
        }
    }
}

/// The pattern of the status codes that a status key stands for.
fn pattern(status: &str) -> TokenStream {
    match range(status) {
        Some((first, last)) if first == last => Literal::u16_unsuffixed(first).to_token_stream(),
        Some(range) => span(range),
        None => quote!(_),
    }
}

/// All status codes from the first to the last.
pub(super) fn span((first, last): (u16, u16)) -> TokenStream {
    let (first, last) = (Literal::u16_unsuffixed(first), Literal::u16_unsuffixed(last));
    quote!(#first..=#last)
}

/// The first and the last status that `status` stands for; `None` for the default.
pub(super) fn range(status: &str) -> Option<(u16, u16)> {
    if let Ok(code) = status.parse() {
        return Some((code, code));
    }
    let first = u16::try_from(status.chars().next()?.to_digit(10)?).ok()? * 100;
    Some((first, first + 99))
}

/// The variant's name and its label: the registered reason phrase (RFC 9110, 15).
pub(super) fn reason(status: &str) -> (String, String) {
    let phrase = status.parse::<u16>().ok().and_then(|code| reason_phrase(code).map(|phrase| (code, phrase)));
    match (phrase, status) {
        (Some((code, phrase)), _) => (type_name(phrase), format!("{code} {phrase}")),
        (None, "default") => ("Default".into(), "an error".into()),
        (None, status) => (format!("Status{}", status.to_ascii_uppercase()), status.to_ascii_uppercase()),
    }
}

fn reason_phrase(code: u16) -> Option<&'static str> {
    Some(match code {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        208 => "Already Reported",
        226 => "IM Used",
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
