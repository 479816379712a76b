//! The operations: a marker type each with its row of the operation table, and a method of the client that starts a call.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::contents::Bodies;
use super::docs;
use super::lower::Lowered;
use super::model::{BodyKind, Content, Location, Operation, Parameter, requirements};
use super::responses::{Headers, united};
use super::shape::Shape;
use super::tokens;
use super::types::doc_attributes;
use crate::names::snake_name;

/// The code of one operation, by the module it goes to.
pub(super) struct Code {
    /// For the client: the methods.
    pub(super) method: TokenStream,
    /// For `operations`.
    pub(super) marker: TokenStream,
}

/// The code of the operation at `index`.
pub(super) fn code(
    operation: &Operation<'_>,
    index: usize,
    lowered: &Lowered,
    headers: &mut Headers,
    servers: &mut Servers,
    bodies: &Bodies,
) -> Code {
    let parameters = operation.parameters.iter().enumerate();
    let arguments = parameters.map(|(number, parameter)| {
        let shape = lowered.parameter(index, number);
        Argument { parameter, shape, is_scalar: lowered.is_scalar(shape) }
    });
    let arguments: Vec<Argument<'_>> = arguments.collect();
    let sent: Vec<Sent<'_>> = operation
        .request
        .iter()
        .flat_map(|request| request.contents.iter().enumerate())
        .map(|(number, content)| Sent { content, shape: lowered.request(index, number) })
        .collect();
    Code {
        method: methods(operation, &arguments, &sent),
        marker: marker(operation, &arguments, &sent, (headers, servers), bodies),
    }
}

/// A request body in one media type, and its shape.
struct Sent<'a> {
    content: &'a Content<'a>,
    shape: &'a Shape,
}

impl Sent<'_> {
    /// What its argument takes, `types` being the path of the types there.
    fn taken(&self, ty: impl Fn(&Shape) -> TokenStream) -> TokenStream {
        let ty = match self.content.kind {
            BodyKind::Json | BodyKind::Form | BodyKind::Multipart => ty(self.shape),
            BodyKind::Text => quote!(impl ::std::convert::Into<::std::string::String>),
            BodyKind::Bytes => quote!(impl ::std::convert::Into<::std::vec::Vec<u8>>),
        };
        // A range of media types leaves the choice to the caller.
        let range = self.content.media_type.contains('*').then(|| quote!(content_type: &str,));
        quote!(#range body: #ty)
    }

    /// The part of the call that puts it into the request.
    fn put(&self) -> TokenStream {
        let media_type = self.content.media_type;
        let content_type = if media_type.contains('*') { quote!(content_type.to_owned()) } else { quote!(#media_type) };
        match self.content.kind {
            BodyKind::Json => quote!(__json(#content_type, &body)),
            BodyKind::Form => quote!(__form(#content_type, &body)),
            BodyKind::Multipart => quote!(__multipart(#content_type, &body)),
            BodyKind::Text => quote!(__text(#content_type, body)),
            BodyKind::Bytes => quote!(__bytes(#content_type, body)),
        }
    }

    /// The end of the name of a method that sends this media type.
    fn suffix(&self) -> String {
        let essence = self.content.media_type.split(';').next().unwrap_or_default();
        snake_name(&essence.replace('*', "any")).trim_end_matches('_').to_owned()
    }
}

/// A parameter and its shape.
struct Argument<'a> {
    parameter: &'a Parameter<'a>,
    shape: &'a Shape,
    is_scalar: bool,
}

impl Argument<'_> {
    /// What the argument or setter takes, `types` being the path of the types there.
    fn taken(&self, ident: &Ident, ty: impl Fn(&Shape) -> TokenStream) -> TokenStream {
        let ty = match self.shape {
            Shape::Text => quote!(&str),
            shape if tokens::is_copy(shape) => ty(shape),
            shape => {
                let ty = ty(shape);
                quote!(&#ty)
            }
        };
        quote!(#ident: #ty)
    }

    /// Its part of a call: `__query("name", value, support::Style::…)`.
    fn put(&self, ident: &Ident) -> TokenStream {
        let Parameter { name, style, .. } = *self.parameter;
        let place = match self.parameter.location {
            Location::Path => format_ident!("__path"),
            Location::Query => format_ident!("__query"),
            Location::Header => format_ident!("__header"),
            Location::Cookie => format_ident!("__cookie"),
        };
        // What writes arrays and objects is in a client only if it has such parameters. Cookies are too rare to count.
        if self.is_scalar && style != "Json" && self.parameter.location != Location::Cookie {
            return quote!(#place(#name, #ident, support::Scalar));
        }
        let style = format_ident!("{style}");
        quote!(#place(#name, #ident, support::Style::#style))
    }
}

/// A name for an argument that no other has: parameters may share one, in different places.
fn argument_names(arguments: &[Argument<'_>]) -> Vec<Ident> {
    let mut names: Vec<String> = Vec::new();
    for Argument { parameter, .. } in arguments {
        let mut name = snake_name(parameter.name);
        let place = match parameter.location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        if names.contains(&name) || ["body", "content_type", "send", "value"].contains(&name.as_str()) {
            name = format!("{name}_{place}");
        }
        while names.contains(&name) {
            name.push('_');
        }
        names.push(name);
    }
    names.iter().map(|name| format_ident!("{name}")).collect()
}

/// The method of the operation, and one for each further media type of its body.
fn methods(operation: &Operation<'_>, arguments: &[Argument<'_>], sent: &[Sent<'_>]) -> TokenStream {
    let required = operation.request.as_ref().is_some_and(|request| request.required);
    let name = operation.method_name();
    let first = sent.first().filter(|_| required);
    let main = method(operation, &name, arguments, first, &doc_attributes(&operation_docs(operation)));
    let others = sent.iter().skip(1).map(|other| {
        let doc = format!("As [`{name}`](Self::{name}), with a body of `{}`.", other.content.media_type);
        let name = format!("{}_with_{}", name.trim_end_matches('_'), other.suffix());
        method(operation, &name, arguments, Some(other), &doc_attributes(&[doc]))
    });
    quote!(#main #(#others)*)
}

fn method(
    operation: &Operation<'_>,
    name: &str,
    arguments: &[Argument<'_>],
    body: Option<&Sent<'_>>,
    docs: &[syn::Attribute],
) -> TokenStream {
    let (name, marker) = (format_ident!("{name}"), format_ident!("{}", operation.type_name()));
    let names = argument_names(arguments);
    let required = || arguments.iter().zip(&names).filter(|(argument, _)| argument.parameter.required);
    let taken = required().map(|(argument, ident)| argument.taken(ident, tokens::above));
    let puts = required().map(|(argument, ident)| argument.put(ident));
    let body_put = body.map(|body| {
        let put = body.put();
        quote!(.#put)
    });
    let taken = taken.chain(body.map(|body| body.taken(tokens::above)));
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
    sent: &[Sent<'_>],
    (headers, servers): (&mut Headers, &mut Servers),
    bodies: &Bodies,
) -> TokenStream {
    let marker = format_ident!("{}", operation.type_name());
    let error = format_ident!("{}Error", operation.type_name());
    let row = row(operation, servers);
    let successes: Vec<_> = operation.successes().collect();
    let header_type = headers.of(&united(&successes));
    let (output, reads) = (&bodies.success.ty, &bodies.success.reads);
    let names = argument_names(arguments);
    let optional = arguments.iter().zip(&names).filter(|(argument, _)| !argument.parameter.required);
    let setters = optional.map(|(argument, ident)| {
        let (taken, put) = (argument.taken(ident, tokens::outside), argument.put(ident));
        let docs = doc_attributes(&docs::lines(argument.parameter.description.unwrap_or_default()));
        let deprecated = argument.parameter.deprecated.then(|| quote!(#[deprecated]));
        quote!(#(#docs)* #deprecated pub fn #ident(self, #taken) -> Self { self.#put })
    });
    let optional = operation.request.as_ref().is_some_and(|request| !request.required);
    let optional_body = sent.first().filter(|_| optional).map(|body| {
        let (taken, put) = (body.taken(tokens::outside), body.put());
        quote! {
            /// Sets the body, which the definition does not require.
            pub fn body(self, #taken) -> Self { self.#put }
        }
    });
    let setters: Vec<TokenStream> = setters.chain(optional_body).collect();
    let setters = (!setters.is_empty()).then(|| quote!(impl support::Call<#marker> { #(#setters)* }));
    let doc = format!(" `{} {}`", operation.method, operation.path);
    quote! {
        #[doc = #doc]
        pub enum #marker {}
        impl support::Endpoint for #marker {
            const OPERATION: &'static support::Operation = #row;
            type Body = #output;
            type Headers = #header_type;
            type Error = super::errors::#error;
            const READ: support::Reads<Self::Body> = &[#(#reads),*];
        }
        #setters
    }
}

/// The servers that operations share, each list once.
#[derive(Default)]
pub(super) struct Servers {
    lists: Vec<String>,
    pub(super) items: Vec<TokenStream>,
}

impl Servers {
    fn of(&mut self, operation: &Operation<'_>) -> TokenStream {
        let servers: Vec<TokenStream> = operation.servers.iter().map(|server| server_tokens(server)).collect();
        let list = quote!(&[#(#servers),*]);
        let text = list.to_string();
        let known = self.lists.iter().position(|other| *other == text);
        let name = format_ident!("SERVERS_{}", known.unwrap_or(self.lists.len()));
        if known.is_none() {
            self.lists.push(text);
            self.items.push(quote!(const #name: &[support::Server] = #list;));
        }
        quote!(#name)
    }
}

/// The operation's row of the operation table: what differs from the least that a row says.
fn row(operation: &Operation<'_>, servers: &mut Servers) -> TokenStream {
    let (id, method, path) = (&operation.id, &operation.method, operation.path);
    let mut fields = Vec::new();
    if !operation.servers.is_empty() {
        let servers = servers.of(operation);
        fields.push(quote!(servers: #servers));
    }
    if !operation.security.is_empty() {
        let security = operation.security.iter().map(|alternative| {
            let requirements = requirements(alternative)
                .map(|(scheme, scopes)| quote!(support::Requirement::of(#scheme, &[#(#scopes),*])));
            quote!(&[#(#requirements),*])
        });
        fields.push(quote!(security: &[#(#security),*]));
    }
    if let Some(stage) = operation.text("x-lifecycle-stage") {
        fields.push(quote!(lifecycle_stage: ::std::option::Option::Some(#stage)));
    }
    if operation.raw.get("x-idempotent") == Some(&Value::Bool(true)) {
        fields.push(quote!(idempotent: true));
    }
    let mut accept: Vec<&str> = Vec::new();
    let contents = operation.responses.iter().flat_map(|response| &response.contents);
    for media_type in contents.map(|content| content.media_type) {
        if !accept.contains(&media_type) {
            accept.push(media_type);
        }
    }
    if !accept.is_empty() {
        let accept = accept.join(", ");
        fields.push(quote!(accept: #accept));
    }
    let statuses = operation.responses.iter().map(|response| response.status);
    fields.push(quote!(statuses: &[#(#statuses),*]));
    let is_key = |name: &str| ["idempotency-key", "x-idempotency-key"].contains(&name.to_ascii_lowercase().as_str());
    let mut headers = operation.parameters.iter().filter(|parameter| parameter.location == Location::Header);
    if let Some(header) = headers.find(|header| is_key(header.name)) {
        let name = header.name;
        fields.push(quote!(idempotency_key: ::std::option::Option::Some(#name)));
    }
    quote!(&support::Operation { #(#fields,)* ..support::Operation::new(#id, #method, #path) })
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
