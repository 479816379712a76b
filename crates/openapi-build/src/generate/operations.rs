//! The operations: a marker type each with its row of the operation table, and a method of the client that starts a call.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::docs;
use super::lower::Lowered;
use super::model::{Location, Operation, Parameter, requirements};
use super::responses::{Headers, error_enum, pattern};
use super::shape::Shape;
use super::tokens;
use super::types::doc_attributes;
use crate::names::snake_name;

/// The code of one operation, by the module it goes to.
pub(super) struct Code {
    /// For the client: the method.
    pub(super) method: TokenStream,
    /// For `operations`.
    pub(super) marker: TokenStream,
    /// For `errors`.
    pub(super) error: TokenStream,
}

/// The code of the operation at `index`.
pub(super) fn code(operation: &Operation<'_>, index: usize, lowered: &Lowered, headers: &mut Headers) -> Code {
    let parameters = operation.parameters.iter().enumerate();
    let arguments: Vec<Argument<'_>> =
        parameters.map(|(number, parameter)| (parameter, lowered.parameter(index, number))).collect();
    let body = operation.request.as_ref().map(|request| (request.media_type, request.required, lowered.request(index)));
    let response = |number: usize| tokens::outside(lowered.response(index, number));
    Code {
        method: method(operation, &arguments, body),
        marker: marker(operation, &arguments, body, headers, response),
        error: error_enum(operation, headers, response),
    }
}

/// A parameter and its shape.
type Argument<'a> = (&'a Parameter<'a>, &'a Shape);

/// A request body: its media type, whether it is required, and its shape.
type Body<'a> = Option<(&'a str, bool, &'a Shape)>;

/// The argument or setter of a parameter: what it takes.
fn taken(ident: &proc_macro2::Ident, shape: &Shape, ty: TokenStream) -> TokenStream {
    match shape {
        Shape::Text => quote!(#ident: &str),
        shape if tokens::is_copy(shape) => quote!(#ident: #ty),
        _ => quote!(#ident: &#ty),
    }
}

/// A parameter's part of a call: `.__query("name", value, Style::…)`.
fn put(parameter: &Parameter<'_>, ident: &proc_macro2::Ident) -> TokenStream {
    let place = match parameter.location {
        Location::Path => format_ident!("__path"),
        Location::Query => format_ident!("__query"),
        Location::Header => format_ident!("__header"),
    };
    let (name, style) = (parameter.name, format_ident!("{}", parameter.style));
    quote!(#place(#name, #ident, support::Style::#style))
}

/// A name for an argument that no other has: parameters may share one, in different places.
fn argument_names(arguments: &[Argument<'_>]) -> Vec<proc_macro2::Ident> {
    let mut names: Vec<String> = Vec::new();
    for (parameter, _) in arguments {
        let mut name = snake_name(parameter.name);
        let place = match parameter.location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
        };
        if names.contains(&name) || ["body", "send", "value"].contains(&name.as_str()) {
            name = format!("{name}_{place}");
        }
        while names.contains(&name) {
            name.push('_');
        }
        names.push(name);
    }
    names.iter().map(|name| format_ident!("{name}")).collect()
}

fn method(operation: &Operation<'_>, arguments: &[Argument<'_>], body: Body<'_>) -> TokenStream {
    let (name, marker) = (format_ident!("{}", operation.method_name()), format_ident!("{}", operation.type_name()));
    let names = argument_names(arguments);
    let required = || arguments.iter().zip(&names).filter(|((parameter, _), _)| parameter.required);
    let taken = required().map(|((_, shape), ident)| taken(ident, shape, tokens::above(shape)));
    let puts = required().map(|((parameter, _), ident)| put(parameter, ident));
    let body = body.filter(|(_, required, _)| *required);
    let body_taken = body.map(|(_, _, shape)| {
        let ty = tokens::above(shape);
        quote!(body: #ty)
    });
    let body_put = body.map(|(media_type, ..)| quote!(.__json(#media_type, &body)));
    let taken = taken.chain(body_taken);
    let docs = doc_attributes(&operation_docs(operation));
    let deprecated = (operation.raw.get("deprecated") == Some(&Value::Bool(true))).then(|| quote!(#[deprecated]));
    quote! {
        #(#docs)*
        #deprecated
        pub fn #name(&self, #(#taken),*) -> support::Call<operations::#marker> {
            support::Call::__new(&self.transport) #(.#puts)* #body_put
        }
    }
}

fn operation_docs(operation: &Operation<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut paragraph = |mut text: Vec<String>| {
        if !text.is_empty() {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.append(&mut text);
        }
    };
    paragraph(operation.text("summary").map(docs::lines).unwrap_or_default());
    paragraph(operation.text("description").map(docs::lines).unwrap_or_default());
    paragraph(vec![format!("`{} {}`", operation.method, operation.path)]);
    if let Some(stage) = operation.text("x-lifecycle-stage") {
        paragraph(vec![format!("Lifecycle stage: {stage}.")]);
    }
    let security: Vec<String> = operation
        .security
        .iter()
        .map(|alternative| {
            let schemes = requirements(alternative).map(|(scheme, scopes)| match scopes.as_slice() {
                [] => format!("`{scheme}`"),
                scopes => format!("`{scheme}` with the scope `{}`", scopes.join(" ")),
            });
            let schemes = schemes.collect::<Vec<_>>().join(" and ");
            if schemes.is_empty() { "none".into() } else { schemes }
        })
        .collect();
    if !security.is_empty() {
        paragraph(vec![format!("Credential: {}.", security.join(", or "))]);
    }
    let responses = operation.responses.iter().map(|response| {
        let description = docs::lines(response.description).join(" ");
        format!(
            "- `{}`: {}",
            response.status,
            if description.is_empty() { "no description".into() } else { description }
        )
    });
    let mut list = vec!["Responses:".to_owned(), String::new()];
    list.extend(responses);
    if list.len() > 2 {
        paragraph(list);
    }
    lines
}

fn marker(
    operation: &Operation<'_>,
    arguments: &[Argument<'_>],
    body: Body<'_>,
    headers: &mut Headers,
    type_of: impl Fn(usize) -> TokenStream,
) -> TokenStream {
    let marker = format_ident!("{}", operation.type_name());
    let error = format_ident!("{}Error", operation.type_name());
    let row = row(operation);
    let successes: Vec<_> =
        operation.responses.iter().enumerate().filter(|(_, response)| response.is_success()).collect();
    let lone = successes.iter().find(|(_, response)| response.json.is_some()).or(successes.first());
    let (output, arms, header_type) = match lone {
        Some((index, lone)) => {
            let ty = lone.json.map(|_| type_of(*index));
            let output = ty.clone().unwrap_or_else(|| quote!(()));
            let read = if ty.is_some() { quote!(reply.json()) } else { quote!(::std::result::Result::Ok(())) };
            let patterns = successes
                .iter()
                .filter(|(_, other)| other.json == lone.json)
                .map(|(_, success)| pattern(success.status));
            let arms = quote!(#(#patterns)|* => ::std::option::Option::Some(#read),);
            (output, arms, headers.of(lone))
        }
        None => (quote!(()), quote!(), quote!(())),
    };
    let names = argument_names(arguments);
    let setters = arguments.iter().zip(&names).filter(|((parameter, _), _)| !parameter.required).map(
        |((parameter, shape), ident)| {
            let (taken, put) = (taken(ident, shape, tokens::outside(shape)), put(parameter, ident));
            let docs = doc_attributes(&docs::lines(parameter.description.unwrap_or_default()));
            quote!(#(#docs)* pub fn #ident(self, #taken) -> Self { self.#put })
        },
    );
    let optional_body = body.filter(|(_, required, _)| !required).map(|(media_type, _, shape)| {
        let ty = tokens::outside(shape);
        quote! {
            /// Sets the body, which the definition does not require.
            pub fn body(self, body: #ty) -> Self { self.__json(#media_type, &body) }
        }
    });
    let setters: Vec<TokenStream> = setters.chain(optional_body).collect();
    let setters = (!setters.is_empty()).then(|| quote!(impl support::Call<#marker> { #(#setters)* }));
    let doc = format!(" `{} {}`", operation.method, operation.path);
    quote! {
        #[doc = #doc]
        #[derive(Debug)]
        #[non_exhaustive]
        pub struct #marker;
        impl support::Endpoint for #marker {
            const OPERATION: &'static support::Operation = #row;
            type Body = #output;
            type Headers = #header_type;
            type Error = super::errors::#error;
            fn success(
                reply: &support::Reply,
            ) -> ::std::option::Option<::std::result::Result<Self::Body, support::DecodeError>> {
                match reply.status.as_u16() {
                    #arms
                    _ => ::std::option::Option::None,
                }
            }
        }
        #setters
    }
}

/// The operation's row of the operation table.
fn row(operation: &Operation<'_>) -> TokenStream {
    let (id, method, path) = (&operation.id, &operation.method, operation.path);
    let servers = operation.servers.iter().map(|server| server_tokens(server));
    let security = operation.security.iter().map(|alternative| {
        let requirements = requirements(alternative)
            .map(|(scheme, scopes)| quote!(support::Requirement { scheme: #scheme, scopes: &[#(#scopes),*] }));
        quote!(&[#(#requirements),*])
    });
    let stage = option_tokens(operation.text("x-lifecycle-stage"));
    let idempotent = operation.raw.get("x-idempotent") == Some(&Value::Bool(true))
        || ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(&method.as_str());
    let mut accept: Vec<&str> = Vec::new();
    for media_type in operation.responses.iter().flat_map(|response| response.media_types.iter().copied()) {
        if !accept.contains(&media_type) {
            accept.push(media_type);
        }
    }
    let accept = accept.join(", ");
    let statuses = operation.responses.iter().map(|response| response.status);
    let is_key = |name: &str| ["idempotency-key", "x-idempotency-key"].contains(&name.to_ascii_lowercase().as_str());
    let mut headers = operation.parameters.iter().filter(|parameter| parameter.location == Location::Header);
    let idempotency_key = option_tokens(headers.find(|header| is_key(header.name)).map(|header| header.name));
    quote! {
        &support::Operation {
            id: #id,
            method: #method,
            path: #path,
            servers: &[#(#servers),*],
            security: &[#(#security),*],
            lifecycle_stage: #stage,
            idempotent: #idempotent,
            accept: #accept,
            statuses: &[#(#statuses),*],
            idempotency_key: #idempotency_key,
        }
    }
}

fn server_tokens(server: &Value) -> TokenStream {
    let url = server.get("url").and_then(Value::as_str).unwrap_or_default();
    let description = option_tokens(server.get("description").and_then(Value::as_str));
    let variables = server.get("variables").and_then(Value::as_object).into_iter().flatten().map(|(name, variable)| {
        let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        quote!(support::ServerVariable { name: #name, default: #default })
    });
    quote!(support::Server { url: #url, description: #description, variables: &[#(#variables),*] })
}

pub(super) fn option_tokens(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::std::option::Option::Some(#text)),
        None => quote!(::std::option::Option::None),
    }
}
