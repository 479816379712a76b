//! Documented statuses in Rust: structs of typed headers, and an enum of errors for each operation.

use std::collections::{BTreeMap, HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::contents::{Bodies, Read};
use super::docs;
use super::model::{Header, Operation, Response};
use super::sets::{self, Set};
use super::statuses::{pattern, reason};
use super::types::doc_attributes;
use crate::lock::{Choice, Lock};
use crate::names::{extended, snake_name, type_name};
use crate::status::Status;

/// The structs of typed headers, one for each set of them.
#[derive(Default)]
pub(super) struct Headers {
    names: HashMap<HeaderSet, String>,
    sets: BTreeMap<String, TokenStream>,
}

/// The names and types of headers; the type of an optional header ends in `?`.
type HeaderSet = Vec<(String, String)>;

fn header_set(headers: &[Header<'_>]) -> HeaderSet {
    let of = |header: &Header<'_>| {
        let required = if header.required { "" } else { "?" };
        (header.name.to_owned(), format!("{}{required}", scalar(header.schema)))
    };
    headers.iter().map(of).collect()
}

/// The headers of several responses together; a header is optional unless all of them require it.
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
        let plain = |set: &HeaderSet| {
            let each = set.iter().map(|(name, _)| type_name(name));
            each.fold(String::new(), |whole, name| extended(&whole, &name))
        };
        let typed = |set: &HeaderSet| {
            let each = set.iter();
            each.map(|(name, ty)| extended(&type_name(name), &type_name(&ty.replace('?', "-optional")))).collect()
        };
        let content = |set: &HeaderSet| {
            let each = set.iter().map(|(name, ty)| format!("{name} {}", ty.rsplit("::").next().unwrap_or_default()));
            each.collect::<Vec<_>>().join(", ")
        };
        let sets: Vec<Set> =
            all.iter().map(|set| Set { content: content(set), short: plain(set), long: typed(set) }).collect();
        let names = sets::names("headers", &sets, &HashSet::new(), lock, choices);
        Self { names: all.into_iter().zip(names).collect(), sets: BTreeMap::new() }
    }

    /// The type of `headers`: `()` if none are documented, and a `Result` if one is required.
    pub(super) fn of(&mut self, headers: &[Header<'_>]) -> TokenStream {
        let Some(name) = self.names.get(&header_set(headers)) else { return quote!(()) };
        let ident = format_ident!("{name}");
        self.sets.entry(name.clone()).or_insert_with(|| headers_struct(&ident, headers));
        if headers.iter().any(|header| header.required) {
            quote!(::std::result::Result<super::headers::#ident, codegen::HeaderError>)
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
    let mut taken = HashSet::new();
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
    let doc = match names.as_slice() {
        [name] => format!(" The header `{name}`."),
        names => {
            format!(" The headers {}.", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    };
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
        true => quote!(codegen::required_header(headers, #name)?),
        false => quote!(codegen::header(headers, #name)),
    });
    let value = quote!(Self { #(#fields: #reads),* });
    if any_required {
        quote! {
            #declared
            impl codegen::TryFromHeaders for #ident {
                fn try_from_headers(
                    headers: &codegen::http::HeaderMap,
                ) -> ::std::result::Result<Self, codegen::HeaderError> {
                    ::std::result::Result::Ok(#value)
                }
            }
        }
    } else {
        quote! {
            #declared
            impl codegen::FromHeaders for #ident {
                fn from_headers(headers: &codegen::http::HeaderMap) -> Self {
                    #value
                }
            }
        }
    }
}

/// The Rust type of a header: text, or a number, boolean or RFC 3339 date if the schema says so.
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
    /// For each operation, the name of its errors, their documentation, and their set.
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
    /// The names of the operations' errors.
    fn aliased(&self) -> HashSet<String> {
        self.aliases.iter().map(|(alias, ..)| alias.to_string()).collect()
    }

    /// The items of the module `errors`.
    pub(super) fn items(&self, lock: &Lock, choices: &mut Vec<Choice>) -> Vec<TokenStream> {
        let names = sets::names("errors", &self.sets, &self.aliased(), lock, choices);
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

    /// The name of each operation's errors, the name of their set, and its contents.
    #[cfg(test)]
    pub(super) fn described(&self, lock: &Lock, choices: &mut Vec<Choice>) -> Vec<String> {
        let names = sets::names("errors", &self.sets, &self.aliased(), lock, choices);
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
            // `default` is an error beside documented successes; without them it is a success, and an error for other statuses.
            if response.status().is_success() {
                continue;
            }
            let (name, label) = reason(response.key);
            variants.push(Variant {
                status: response.key.to_owned(),
                name: format_ident!("{name}"),
                label,
                body: bodies.response(index).clone(),
                headers: headers.of(&response.headers),
            });
        }
        variants.sort_by_key(|variant| Status::read(&variant.status).rank());
        let set = error_set(&variants);
        let next = self.sets.len();
        let index = *self.known.entry(set.content.clone()).or_insert(next);
        if index == next {
            self.sets.push(set);
            self.variants.push(variants);
        }
        let alias = format_ident!("{}", extended(&operation.type_name(), "Error"));
        let labels: Vec<&str> = operation
            .responses
            .iter()
            .filter(|response| !response.status().is_success())
            .map(|response| response.key)
            .collect();
        let doc = match labels.as_slice() {
            [] => format!(" The errors of `{}`, which documents none.", operation.id),
            labels => {
                let method = format!("super::Client::{}", operation.method_name());
                format!(" The documented errors of [`{}`]({method}): {}.", operation.id, labels.join(", "))
            }
        };
        self.aliases.push((alias, doc, index));
    }
}

/// The names for a set of errors: by its bodies and statuses, and by its headers too where those are not unique.
fn error_set(variants: &[Variant]) -> Set {
    let tail = |tokens: &TokenStream| {
        let text = compact(tokens);
        type_name(text.rsplit("::").next().unwrap_or_default())
    };
    let content =
        variants.iter().map(|it| format!("{} {} {}", it.status, compact(&it.body.ty()), compact(&it.headers)));
    let content = content.collect::<Vec<_>>().join(", ");
    let mut bodies: Vec<String> = Vec::new();
    for variant in variants.iter().filter(|variant| variant.body != Read::Nothing) {
        let body = tail(&variant.body.ty());
        if !bodies.contains(&body) {
            bodies.push(body);
        }
    }
    let statuses: Vec<String> = variants.iter().map(|variant| type_name(&variant.status).replace('X', "")).collect();
    let short = match variants {
        [] => "NoError".to_owned(),
        _ => format!("{}Or{}", bodies.concat(), statuses.join("Or")),
    };
    let each = variants.iter().map(|it| format!("{}{}{}", it.status, tail(&it.body.ty()), tail(&it.headers)));
    let long = type_name(&each.collect::<Vec<_>>().join("-"));
    Set { content, short: type_name(short.trim_start_matches("Or")), long }
}

/// A type without its path, and without the `Result` that headers are wrapped in.
fn compact(tokens: &TokenStream) -> String {
    let text = tokens.to_string().replace(' ', "").replace(",codegen::HeaderError>", "");
    text.replace("::std::result::Result<", "").replace("super::", "").replace("types::", "").replace("headers::", "")
}

fn error_enum(ident: &proc_macro2::Ident, variants: &[Variant]) -> TokenStream {
    let labels: Vec<&str> = variants.iter().map(|variant| variant.label.as_str()).collect();
    let doc = match labels.as_slice() {
        [] => " No errors are documented, so this enum has no values.".to_owned(),
        [label] => format!(" The error {label}."),
        labels => format!(" One of the errors {}.", labels.join(", ")),
    };
    let declared = variants.iter().map(|variant| {
        let (name, headers, doc) = (&variant.name, &variant.headers, format!(" `{}`", variant.label));
        let ty = variant.body.ty();
        let body = (variant.body != Read::Nothing).then(|| quote!(body: #ty,));
        quote!(#[doc = #doc] #name { #body headers: #headers })
    });
    let names: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let arms = variants.iter().map(|variant| {
        let (name, pattern) = (&variant.name, pattern(Status::read(&variant.status)));
        if variant.body == Read::Nothing {
            quote!(#pattern => ::std::result::Result::Ok(Self::#name { headers: reply.typed_headers() }))
        } else {
            let function = variant.body.function();
            match matches!(variant.body, Read::Json(_)) {
                true => quote!(#pattern => reply.error(|body, headers| Self::#name { body, headers })),
                false => quote!(#pattern => reply.error_by(#function, |body, headers| Self::#name { body, headers })),
            }
        }
    });
    let (display, decode) = if variants.is_empty() {
        (quote!(let _ = f; match *self {}), quote!(let _ = reply; ::std::option::Option::None))
    } else {
        let catch_all = variants.iter().any(|variant| Status::read(&variant.status) == Status::Default);
        let rest = (!catch_all).then(|| quote!(_ => return ::std::option::Option::None));
        (
            quote!(f.write_str(match self { #(Self::#names { .. } => #labels),* })),
            quote!(::std::option::Option::Some(match reply.status.as_u16() { #(#arms,)* #rest })),
        )
    };
    let catch_all = variants.iter().any(|variant| !Status::read(&variant.status).is_failure());
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
        impl codegen::Documented for #ident {
            fn decode(reply: &codegen::Reply) -> codegen::Decoded<Self> {
                #guard
                #decode
            }
        }
    }
}
