//! The operations: for each, a method of the client, a request type, and a marker type with its row of the operation table.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::accept;
use super::contents::Bodies;
use super::docs;
use super::lower::Lowered;
use super::model::{BodyKind, Content, Operation, Parameter, requirements};
use super::paging::Paging;
use super::responses::{Headers, united};
use super::sequences;
use super::shape::Shape;
use super::theirs;
use super::tokens;
use super::types::{doc_attributes, is_checked, is_of_file};
use crate::lock::{Choice, Lock, SETTER};
use crate::names::{extended, free, hides_a_method, joined, snake_name};

/// The code of one operation, by the module it goes to.
pub(super) struct Code {
    /// The methods of the client.
    pub(super) method: TokenStream,
    /// The items of `operations`.
    pub(super) marker: TokenStream,
    /// The items of `requests`.
    pub(super) request: TokenStream,
}

/// The names that the lock pins, and the names chosen so far.
pub(super) struct Names<'a> {
    pub(super) lock: &'a Lock,
    pub(super) choices: &'a mut Vec<Choice>,
}

/// Writes the code of an operation, given with its index. `idents` are the names of its parameters, and `order` has the indices
/// of the required ones.
pub(super) fn code(
    (operation, index): (&Operation<'_>, usize),
    lowered: &Lowered,
    (headers, shared): (&mut Headers, &mut Shared),
    (bodies, paging): (&Bodies, Option<&Paging>),
    (idents, order): (Vec<Ident>, &[usize]),
    methods_taken: &mut HashSet<String>,
) -> Code {
    let parameters = operation.parameters.iter().enumerate();
    let arguments = parameters.zip(idents).map(|((number, parameter), ident)| Argument {
        ident,
        parameter,
        shape: lowered.parameter(index, number),
        checked: is_checked(&lowered.types.items, lowered.parameter(index, number)),
    });
    let arguments: Vec<Argument<'_>> = arguments.collect();
    let required: Vec<&Argument<'_>> = order.iter().map(|index| &arguments[*index]).collect();
    let sent: Vec<Sent<'_>> = operation
        .request
        .iter()
        .flat_map(|request| request.contents.iter().enumerate())
        .map(|(number, content)| Sent::of(content, lowered.request(index, number), lowered))
        .collect();
    let successes: Vec<_> = operation.successes().collect();
    let error = format_ident!("{}", extended(&operation.type_name(), "Error"));
    let answer = Answer {
        body: bodies.success.ty.clone(),
        headers: headers.of(&united(&successes)),
        error: quote!(super::errors::#error),
    };
    Code {
        method: methods(operation, &required, &sent, paging, methods_taken),
        marker: marker(operation, shared, &answer, bodies, paging),
        request: request(
            operation,
            &arguments,
            &sent,
            &answer,
            (paging.is_some(), &sequences::clauses(operation, index, lowered)),
        ),
    }
}

/// The types of the response of an operation, as the siblings of the module `types` write them.
struct Answer {
    body: TokenStream,
    headers: TokenStream,
    error: TokenStream,
}

/// A request body in one media type, and its shape.
struct Sent<'a> {
    content: &'a Content<'a>,
    shape: &'a Shape,
    /// Whether a file alone makes it.
    is_of_file: bool,
}

impl<'a> Sent<'a> {
    fn of(content: &'a Content<'a>, shape: &'a Shape, lowered: &Lowered) -> Self {
        let kind = match shape {
            Shape::Named(name) if content.kind == BodyKind::Multipart => lowered.types.items.get(name),
            _ => None,
        };
        Self { content, shape, is_of_file: kind.is_some_and(|(item, _)| is_of_file(&item.kind)) }
    }

    /// The argument that takes it; `ty` writes the types for the module that the argument is in.
    fn taken(&self, ty: impl Fn(&Shape) -> TokenStream) -> TokenStream {
        let ty = match self.content.kind {
            BodyKind::Multipart if self.is_of_file => {
                let ty = ty(self.shape);
                quote!(impl ::std::convert::Into<#ty>)
            }
            BodyKind::Json | BodyKind::Form | BodyKind::Multipart => ty(self.shape),
            BodyKind::Text if self.is_theirs() => ty(self.shape),
            BodyKind::Text if !self.content.base64 => quote!(impl ::std::convert::Into<::std::string::String>),
            BodyKind::Text | BodyKind::Bytes => quote!(impl ::std::convert::Into<codegen::Body>),
        };
        // A range of media types leaves the choice to the caller.
        let range = self.content.media_type.contains('*').then(|| quote!(content_type: &str,));
        quote!(#range body: #ty)
    }

    /// The call that puts it into the request; `ty` writes the types for the module that the call is in.
    fn put(&self, ty: impl Fn(&Shape) -> TokenStream) -> TokenStream {
        let media_type = self.content.media_type;
        let content_type = if media_type.contains('*') { quote!(content_type.to_owned()) } else { quote!(#media_type) };
        let styles: Vec<TokenStream> =
            self.content.styles.iter().map(|(name, style)| quote!((#name, #style))).collect();
        let fields = &self.content.fields;
        let body = match theirs::written(self.shape) {
            Some(way) => quote!(&codegen::written_as::<#way, _>(&body)),
            None if self.is_of_file => {
                let ty = ty(self.shape);
                quote!(&::std::convert::Into::<#ty>::into(body))
            }
            None => quote!(&body),
        };
        match self.content.kind {
            BodyKind::Json => quote!(json(#content_type, #body)),
            BodyKind::Form if styles.is_empty() => quote!(form(#content_type, #body)),
            BodyKind::Form => quote!(form_of(#content_type, #body, &[#(#styles),*])),
            BodyKind::Multipart if fields.is_empty() => quote!(multipart(#content_type, #body)),
            BodyKind::Multipart => quote!(multipart_of(#content_type, #body, &[#(#fields),*])),
            BodyKind::Text if self.is_theirs() => quote!(text_of(#content_type, #body)),
            BodyKind::Text | BodyKind::Bytes if self.content.base64 => quote!(base64(#content_type, body)),
            BodyKind::Text => quote!(text(#content_type, body)),
            BodyKind::Bytes => quote!(bytes(#content_type, body)),
        }
    }

    /// Whether it is of a type of the user's own.
    fn is_theirs(&self) -> bool {
        theirs::read(self.shape).is_some()
    }

    /// The suffix of the name of a method that sends this media type.
    fn suffix(&self) -> String {
        let essence = self.content.media_type.split(';').next().unwrap_or_default();
        snake_name(&essence.replace('*', "any")).trim_end_matches('_').to_owned()
    }
}

/// A parameter and its shape.
struct Argument<'a> {
    /// Its name in Rust.
    ident: Ident,
    parameter: &'a Parameter<'a>,
    shape: &'a Shape,
    /// Whether its values are checked.
    checked: bool,
}

impl Argument<'_> {
    /// The argument of the method or setter; `ty` writes the types for the module that the argument is in.
    fn taken(&self, ty: impl Fn(&Shape) -> TokenStream) -> TokenStream {
        let (ident, ty) = (&self.ident, tokens::argument(self.shape, ty));
        quote!(#ident: #ty)
    }

    /// The call that puts it into the request: `query("name", value, codegen::Style::…)`.
    fn put(&self) -> TokenStream {
        let (ident, Parameter { name, style, location, multi_segment, .. }) = (&self.ident, self.parameter);
        let place = if *multi_segment { "path_segments" } else { location.as_str() };
        let place = format_ident!("{place}");
        let value = match (theirs::written(self.shape), self.shape) {
            (Some(way), Shape::Replaced(_)) => quote!(codegen::written_as::<#way, _>(&#ident)),
            // Others are taken by reference.
            (Some(way), _) => quote!(codegen::written_as::<#way, _>(#ident)),
            (None, _) => quote!(#ident),
        };
        quote!(#place(#name, #value, #style))
    }
}

/// The setter of the header `Accept`.
const ACCEPT: &str = "accept";

/// The methods that every request has or may have, whose names no other setter may take.
const REQUEST_METHODS: [&str; 18] = [
    ACCEPT,
    "clone",
    "header",
    "into_call",
    "into_future",
    "items",
    "items_blocking",
    "pages",
    "pages_blocking",
    "query",
    "save_to",
    "save_to_blocking",
    "send",
    "send_blocking",
    "send_events",
    "send_items",
    "send_streaming",
    "with",
];

/// The methods that every client has, whose names no operation may take.
const CLIENT_METHODS: [&str; 9] =
    ["builder", "clone", "from_env", "from_transport", "new", "request", "transport", "with", "with_transport"];

/// The name of the client's method for an operation that would be called `name`.
pub(super) fn client_method(name: &str) -> String {
    if CLIENT_METHODS.contains(&name) || hides_a_method(name) { format!("{name}_") } else { name.to_owned() }
}

/// Gives each parameter a unique name: parameters in different locations may share one. The name of a parameter that
/// collides with a request's own method is pinned in `names.lock`, so that it stays when that method is removed. The setter
/// of the header `Accept` is such a method.
pub(super) fn argument_names(operation: &Operation<'_>, names: &mut Names<'_>) -> Vec<Ident> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut idents = Vec::new();
    for parameter in &operation.parameters {
        if parameter.is_accept() {
            idents.push(format_ident!("{}", free([ACCEPT.to_owned()], &mut taken)));
            continue;
        }
        let location = parameter.location.as_str();
        let mut name = snake_name(parameter.name);
        if taken.contains(&name) || ["body", "content_type", "value"].contains(&name.as_str()) {
            name = joined(&name, location);
        }
        let place = format!("{}@{SETTER}/{location}/{name}", operation.id.replace('/', "~1"));
        let pinned = names.lock.identifier(&place);
        if REQUEST_METHODS.contains(&name.as_str()) || hides_a_method(&name) || pinned.is_some() {
            name = pinned.map_or_else(|| format!("{name}_"), str::to_owned);
            names.choices.push(Choice { places: vec![place], name: name.clone(), locked: pinned.is_some() });
        }
        idents.push(format_ident!("{}", free([name], &mut taken)));
    }
    idents
}

/// Writes the method of the operation, which takes `required`, and another for each further media type of its body.
fn methods(
    operation: &Operation<'_>,
    required: &[&Argument<'_>],
    sent: &[Sent<'_>],
    paging: Option<&Paging>,
    taken: &mut HashSet<String>,
) -> TokenStream {
    let has_body = operation.request.as_ref().is_some_and(|request| request.required);
    let name = operation.method_name();
    let first = sent.first().filter(|_| has_body);
    let main = method(operation, &name, required, first, &doc_attributes(&operation_docs(operation, paging)));
    let others = sent.iter().skip(1).map(|other| {
        let doc = format!("Like [`{name}`](Self::{name}), with a body of type `{}`.", other.content.media_type);
        let candidates =
            [other.suffix(), snake_name(other.content.media_type)].map(|suffix| with_suffix(&name, &suffix));
        let name = free(candidates, taken);
        method(operation, &name, required, Some(other), &doc_attributes(&[doc]))
    });
    quote!(#main #(#others)*)
}

/// The name of a method that sends another media type.
fn with_suffix(name: &str, suffix: &str) -> String {
    joined(name, &joined("with", suffix))
}

fn method(
    operation: &Operation<'_>,
    name: &str,
    required: &[&Argument<'_>],
    body: Option<&Sent<'_>>,
    docs: &TokenStream,
) -> TokenStream {
    let (name, marker) = (format_ident!("{name}"), format_ident!("{}", operation.type_name()));
    let taken = required.iter().map(|argument| argument.taken(tokens::above));
    let puts = required.iter().map(|argument| argument.put());
    let body_put = body.map(|body| {
        let put = body.put(tokens::above);
        quote!(.#put)
    });
    let taken = taken.chain(body.map(|body| body.taken(tokens::above)));
    let deprecated = (operation.raw.get("deprecated") == Some(&Value::Bool(true))).then(|| quote!(#[deprecated]));
    // The handle of a group holds a client.
    let holder = operation.grouped.as_ref().map(|_| quote!(.0));
    quote! {
        #docs
        #deprecated
        pub fn #name(&self, #(#taken),*) -> requests::#marker {
            requests::#marker(codegen::Call::new::<operations::#marker>(&self #holder.transport) #(.#puts)* #body_put)
        }
    }
}

fn operation_docs(operation: &Operation<'_>, paging: Option<&Paging>) -> Vec<String> {
    let mut lines = Vec::new();
    if !operation.is_documented {
        return lines;
    }
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
    if let Some(paging) = paging {
        let (rule, confidence) = (&paging.rule, paging.confidence);
        paragraph(vec![format!(
            "Pages {rule} ({confidence}): `pages()` and `items()` of the request fetch all of it."
        )]);
    }
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
        format!("- `{}`: {}", response.key, if description.is_empty() { "no description".into() } else { description })
    });
    let mut list = vec!["Responses:".to_owned(), String::new()];
    list.extend(responses);
    if list.len() > 2 {
        paragraph(list);
    }
    lines
}

/// The type of the operation's request: its optional parameters, its pages where it has any, and the clauses of its streams.
fn request(
    operation: &Operation<'_>,
    arguments: &[Argument<'_>],
    sent: &[Sent<'_>],
    answer: &Answer,
    (pages, streams): (bool, &[TokenStream]),
) -> TokenStream {
    let name = format_ident!("{}", operation.type_name());
    let optional = arguments.iter().filter(|argument| !argument.parameter.required);
    let setters = optional.map(|argument| {
        let (ident, put) = (&argument.ident, argument.put());
        let docs = operation.is_documented.then(|| doc_attributes(&setter_docs(argument.parameter)));
        let deprecated = argument.parameter.deprecated.then(|| quote!(#[deprecated]));
        if !argument.checked {
            let taken = argument.taken(tokens::outside);
            return quote!(#docs #deprecated pub fn #ident(self, #taken) -> Self { Self(self.0.#put) });
        }
        let ty = tokens::outside(argument.shape);
        quote! {
            #docs
            #deprecated
            pub fn #ident(
                self,
                #ident: impl codegen::IntoChecked<#ty>,
            ) -> ::std::result::Result<Self, codegen::ConversionError> {
                let #ident = codegen::IntoChecked::into_checked(#ident)?;
                ::std::result::Result::Ok(Self(self.0.#put))
            }
        }
    });
    let optional = operation.request.as_ref().is_some_and(|request| !request.required);
    let optional_body = sent.first().filter(|_| optional).map(|body| {
        let (taken, put) = (body.taken(tokens::outside), body.put(tokens::outside));
        quote! {
            /// Sets the body, which the definition does not require.
            pub fn body(self, #taken) -> Self { Self(self.0.#put) }
        }
    });
    let declares_accept = arguments.iter().any(|argument| argument.parameter.is_accept());
    let accept = (!declares_accept && accept::has_choice(operation)).then(accept::setter);
    let setters: Vec<TokenStream> = setters.chain(optional_body).chain(accept).collect();
    let setters = (!setters.is_empty()).then(|| quote!(impl #name { #(#setters)* }));
    let Answer { body, headers, error } = answer;
    let (called, path) = (operation.method_name(), operation.method_path());
    let doc = format!(" A request for `{} {}`, created by [`{called}`]({path}).", operation.method, operation.path);
    let pages = pages.then(|| quote!(; pages));
    quote! {
        codegen::request! { #[doc = #doc] #name: super::operations::#name => #body, #headers, #error #pages #(#streams)* }
        #setters
    }
}

/// The documentation of the setter of a parameter.
fn setter_docs(parameter: &Parameter<'_>) -> Vec<String> {
    let mut lines = docs::lines(parameter.description.unwrap_or_default());
    if parameter.is_accept() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push("Replaces the `Accept` header, which names every documented media type by default.".to_owned());
    }
    lines
}

fn marker(
    operation: &Operation<'_>,
    shared: &mut Shared,
    answer: &Answer,
    bodies: &Bodies,
    paging: Option<&Paging>,
) -> TokenStream {
    let marker = format_ident!("{}", operation.type_name());
    let row = row(operation, shared);
    let (Answer { body, headers, error }, reads) = (answer, &bodies.success.reads);
    let doc = format!(" `{} {}`", operation.method, operation.path);
    let list = paging.map(|paging| paging.implementation(&marker));
    quote! {
        #[doc = #doc]
        pub enum #marker {}
        impl codegen::Endpoint for #marker {
            const OPERATION: &'static codegen::Operation = #row;
            type Body = #body;
            type Headers = #headers;
            type Error = #error;
            const READ: codegen::Reads<Self::Body> = &[#(#reads),*];
        }
        #list
    }
}

/// Writes the row for requests to paths that the definition does not have. It has the first document's servers and its
/// security or, if the document states none for all operations, the security that most operations have.
pub(super) fn undescribed(documents: &[&Value]) -> TokenStream {
    let list = |of: &Value, key: &str| of.get(key).and_then(Value::as_array).cloned();
    let first = documents.first();
    let servers: Vec<TokenStream> = first
        .and_then(|tree| list(tree, "servers"))
        .into_iter()
        .flatten()
        .map(|server| server_tokens(&server))
        .collect();
    let security = first.and_then(|tree| list(tree, "security").or_else(|| most_common_security(tree)));
    let security = security.into_iter().flatten().map(|alternative| security_tokens(&alternative)).collect::<Vec<_>>();
    quote! {
        &codegen::Operation {
            servers: &[#(#servers),*],
            security: &[#(#security),*],
            ..codegen::Operation::new("request", "GET", "")
        }
    }
}

fn most_common_security(tree: &Value) -> Option<Vec<Value>> {
    let mut counts: Vec<(&Vec<Value>, usize)> = Vec::new();
    let items = tree.get("paths")?.as_object()?.values().filter_map(Value::as_object).flatten();
    for security in items.filter_map(|(_, operation)| operation.get("security")?.as_array()) {
        match counts.iter_mut().find(|(other, _)| *other == security) {
            Some((_, count)) => *count += 1,
            None => counts.push((security, 1)),
        }
    }
    // Of equal counts, the first wins.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(security, _)| security.clone())
}

fn security_tokens(alternative: &Value) -> TokenStream {
    let requirements =
        requirements(alternative).map(|(scheme, scopes)| quote!(codegen::Requirement::of(#scheme, &[#(#scopes),*])));
    quote!(&[#(#requirements),*])
}

/// The lists of servers and of requirements that operations share, each as one constant: rustc evaluates it once.
#[derive(Default)]
pub(super) struct Shared {
    servers: Known,
    security: Known,
    pub(super) items: Vec<TokenStream>,
}

impl Shared {
    fn servers(&mut self, operation: &Operation<'_>) -> Ident {
        let ty = quote!(&[codegen::Server]);
        constant(("SERVERS", &ty), operation.servers, server_tokens, &mut self.servers, &mut self.items)
    }

    fn security(&mut self, operation: &Operation<'_>) -> Ident {
        let ty = quote!(&[&[codegen::Requirement]]);
        constant(("SECURITY", &ty), operation.security, security_tokens, &mut self.security, &mut self.items)
    }
}

/// The constants of a kind.
#[derive(Default)]
struct Known {
    /// What each is.
    texts: Vec<String>,
    /// The number of the constant of a list of the document, which many operations may have in common.
    of_lists: HashMap<*const Value, usize>,
}

/// The name of the constant that is `list`, whose items `write` writes; it is added to `items` unless it is `known`.
fn constant(
    (kind, ty): (&str, &TokenStream),
    list: &[Value],
    write: fn(&Value) -> TokenStream,
    known: &mut Known,
    items: &mut Vec<TokenStream>,
) -> Ident {
    let name = |index: usize| format_ident!("{kind}_{index}");
    let index = *known.of_lists.entry(list.as_ptr()).or_insert_with(|| {
        let list = list.iter().map(write);
        let list = quote!(&[#(#list),*]);
        let text = list.to_string();
        known.texts.iter().position(|other| *other == text).unwrap_or_else(|| {
            let name = name(known.texts.len());
            items.push(quote!(const #name: #ty = #list;));
            known.texts.push(text);
            known.texts.len() - 1
        })
    });
    name(index)
}

/// Writes the operation's row of the operation table: the fields that differ from their defaults.
fn row(operation: &Operation<'_>, shared: &mut Shared) -> TokenStream {
    let (id, method, path) = (&operation.id, &operation.method, operation.path);
    let mut fields = Vec::new();
    if !operation.servers.is_empty() {
        let servers = shared.servers(operation);
        fields.push(quote!(servers: #servers));
    }
    if !operation.security.is_empty() {
        let security = shared.security(operation);
        fields.push(quote!(security: #security));
    }
    if let Some(stage) = operation.text("x-lifecycle-stage") {
        fields.push(quote!(lifecycle_stage: ::std::option::Option::Some(#stage)));
    }
    if operation.raw.get("x-idempotent") == Some(&Value::Bool(true)) {
        fields.push(quote!(idempotent: true));
    }
    let accept = accept::header(operation);
    if !accept.is_empty() {
        fields.push(quote!(accept: #accept));
    }
    let statuses = operation.responses.iter().map(|response| response.key);
    fields.push(quote!(statuses: &[#(#statuses),*]));
    if let Some(name) = operation.idempotency_key() {
        fields.push(quote!(idempotency_key: ::std::option::Option::Some(#name)));
    }
    quote!(&codegen::Operation { #(#fields,)* ..codegen::Operation::new(#id, #method, #path) })
}

fn server_tokens(server: &Value) -> TokenStream {
    let url = server.get("url").and_then(Value::as_str).unwrap_or_default();
    let description = option_tokens(server.get("description").and_then(Value::as_str));
    let variables = server.get("variables").and_then(Value::as_object).into_iter().flatten().map(|(name, variable)| {
        let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        let values = variable.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        quote!(codegen::ServerVariable { name: #name, default: #default, values: &[#(#values),*] })
    });
    quote!(codegen::Server { url: #url, description: #description, variables: &[#(#variables),*] })
}

pub(super) fn option_tokens(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::std::option::Option::Some(#text)),
        None => quote!(::std::option::Option::None),
    }
}
