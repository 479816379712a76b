//! From cured documents to Rust: progenitor, then what progenitor lacks.
//!
//! Schemas become shapes, one side of the wire at a time; progenitor writes the types of the fields of structs; everything
//! else is written by one rule each: open enums, unions and checked values, typed errors and headers, the operation table,
//! builders over one shared core.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `G001` | a reference leads nowhere, or in a circle |
//! | `G002` | a parameter has no name or no place |
//! | `G003` | a parameter in a place that OpenAPI does not know, which is not generated |
//! | `G006` | several components would be one type in Rust; each is named after the place that leads to it |
//! | `G007` | the cured document is not OpenAPI 3.0 |
//! | `G008` | progenitor refuses the document |
//! | `G009` | progenitor panics on the document |
//! | `G010` | progenitor's output is not of the expected shape |
//! | `G012` | the generated code does not parse |
//! | `G013` | two operations would be one method in Rust, even named after their methods and paths |
//! | `G014` | a schema has no form in Rust, and is any JSON |
//! | `G015` | nothing tells two alternatives apart |
//! | `G016` | a format is not known, or does not fit its type; it is the plain type |
//! | `G017` | a pattern is no regular expression, and is not checked |
//! | `G018` | several operations would be one method in Rust; each is named after its method and path |
//! | `G019` | a header that OpenAPI does not take for a parameter |
//! | `G020` | a link, which is not followed |
//! | `G021` | a request body without a media type, which is not generated |
//! | `G022` | a callback, which is not generated |
//! | `G023` | a property that belongs to the side of the wire on which its type is not used |
//! | `G024` | an encoding of a part of a body, which is not heeded |

mod alike;
mod backend;
mod bindings;
mod contents;
mod docs;
mod lower;
mod model;
mod neighbours;
mod operations;
mod prelude;
mod responses;
pub(crate) mod scope;
mod sets;
mod shape;
mod shared;
#[cfg(test)]
mod stability;
mod support;
mod tokens;
mod types;

pub use bindings::bindings;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::lock::{Choice, Lock};
use crate::names::snake_name;
use crate::stages::timed;

/// One cured document to generate from.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The document's name in the manifest; its module where there are several documents.
    pub name: &'a str,
    /// The cured document.
    pub tree: &'a Value,
}

/// An environment variable that holds a part of a credential.
#[derive(Clone, Debug)]
pub struct EnvironmentVariable {
    /// The variable's name.
    pub name: String,
    /// The security scheme it serves.
    pub scheme: String,
    /// The part of the credential: `id`, `secret` or `token`.
    pub part: String,
}

/// What may be chosen of the result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether every type can be both read and written. Otherwise what is only sent cannot be read, and what is only
    /// received cannot be written, which is half of what the compiler has to do.
    pub both_ways: bool,
}

/// A generated client.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The Rust code, formatted.
    pub code: String,
    /// Warnings and notes; their pointers are places in the cured documents.
    pub diagnostics: Vec<Diagnostic>,
    /// The names that were chosen where there was a choice.
    pub choices: Vec<Choice>,
}

/// Generates one client from `inputs`.
///
/// # Errors
///
/// The first thing that cannot be generated; a panic of progenitor comes back as such an error too.
pub fn generate(
    inputs: &[Input<'_>],
    environment: &[EnvironmentVariable],
    lock: &Lock,
    options: Options,
) -> Result<Generated, Diagnostic> {
    let mut generated = Generated { code: String::new(), diagnostics: Vec::new(), choices: Vec::new() };
    let several = inputs.len() > 1;
    let locks: Vec<Lock> =
        inputs.iter().map(|input| if several { lock.of_document(input.name) } else { lock.clone() }).collect();
    let mut read = Vec::new();
    for (input, lock) in inputs.iter().zip(&locks) {
        let mut choices = Vec::new();
        read.push(Read::of(input, lock, &mut generated.diagnostics, &mut choices)?);
        generated.choose(input, choices, several);
    }
    shared::unite(&mut read.iter_mut().map(|read| &mut read.lowered).collect::<Vec<_>>());
    let mut documents = Vec::new();
    for ((input, lock), read) in inputs.iter().zip(&locks).zip(&read) {
        let mut choices = Vec::new();
        documents.push(document(read, lock, options, &mut choices)?);
        generated.choose(input, choices, several);
    }
    let mut needs = support::Needs::default();
    documents.iter_mut().for_each(|document| needs.append(&mut document.needs));
    let tokens = file(inputs, documents, environment)?;
    let mut file: syn::File = timed("parse", || syn::parse2(tokens))
        .map_err(|error| Diagnostic::error("G012", format!("the generated code does not parse: {error}")))?;
    neighbours::bring_in(&mut file.items);
    prelude::shorten(&mut file);
    let header =
        concat!("// Generated by openapi-build ", env!("CARGO_PKG_VERSION"), "; changes here will be lost.\n\n");
    let code = timed("format", || prettyplease::unparse(&file));
    generated.code = format!("{header}{code}{}", support::module(&needs, &code));
    Ok(generated)
}

/// What one document gives.
struct Document {
    needs: support::Needs,
    modules: TokenStream,
    methods: Vec<TokenStream>,
    markers: Vec<proc_macro2::Ident>,
}

impl Generated {
    /// Adds the choices that were made in a document.
    fn choose(&mut self, input: &Input<'_>, choices: Vec<Choice>, several: bool) {
        let of = |choice: Choice| if several { choice.of_document(input.name) } else { choice };
        self.choices.extend(choices.into_iter().map(of));
    }
}

/// The operations of a document, and what they need.
struct Read<'a> {
    operations: Vec<model::Operation<'a>>,
    lowered: lower::Lowered,
}

impl<'a> Read<'a> {
    fn of(
        input: &Input<'a>,
        lock: &Lock,
        diagnostics: &mut Vec<Diagnostic>,
        choices: &mut Vec<Choice>,
    ) -> Result<Self, Diagnostic> {
        let mut operations = model::operations(input.tree, diagnostics)?;
        alike::name(&mut operations, lock, diagnostics, choices)?;
        let mut lowered = lower::lower(input.tree, &operations, lock, diagnostics);
        choices.append(&mut lowered.types.choices);
        Ok(Self { operations, lowered })
    }
}

fn document(read: &Read<'_>, lock: &Lock, options: Options, choices: &mut Vec<Choice>) -> Result<Document, Diagnostic> {
    let Read { operations, lowered } = read;
    let fields = backend::field_types(&lowered.types.items)?;
    let types = types::Writer {
        items: &lowered.types.items,
        fields: &fields,
        both_ways: options.both_ways,
        conversions: &lowered.conversions(operations),
    };
    let types = types.all();
    let mut headers = responses::Headers::new(operations, lock, choices);
    let mut errors = responses::Errors::default();
    let mut bodies = Vec::new();
    let mut servers = operations::Servers::default();
    let mut codes = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        let of_operation = contents::Bodies::of(operation, index, lowered);
        codes.push(operations::code(operation, index, lowered, &mut headers, &mut servers, &of_operation));
        errors.add(operation, &mut headers, &of_operation);
        bodies.extend(of_operation.items);
    }
    let (headers, errors) = (headers.items(), errors.items(lock, choices));
    let markers = codes.iter().map(|code| &code.marker);
    let servers = &servers.items;
    let bodies = (!bodies.is_empty()).then(|| {
        quote! {
            /// Response bodies of several kinds, by status and by media type.
            pub mod bodies { #[allow(unused_imports)] use super::support; #(#bodies)* }
        }
    });
    let modules = quote! {
        /// Types of request and response bodies, and of parameters.
        // What the definition does not describe has no documentation; what it deprecates stays usable in here.
        #[allow(missing_docs, deprecated)]
        pub mod types { #[allow(unused_imports)] use super::support; #(#types)* }
        /// Documented response headers, typed.
        pub mod headers { #[allow(unused_imports)] use super::support; #(#headers)* }
        #bodies
        /// Documented errors: an enum for each set of statuses, bodies and headers, and a name for each operation.
        // Each variant holds what is documented for its status: the body, if there is one, and the headers.
        #[allow(missing_docs)]
        pub mod errors { #[allow(unused_imports)] use super::support; #(#errors)* }
        /// The operations: what is fixed about each.
        #[allow(missing_docs)]
        pub mod operations {
            use super::support;
            #(#servers)*
            #(#markers)*
        }
    };
    Ok(Document {
        needs: lowered.needs(),
        modules,
        markers: operations.iter().map(|operation| format_ident!("{}", operation.type_name())).collect(),
        methods: codes.into_iter().map(|code| code.method).collect(),
    })
}

/// The whole file but for the support module: one document's items stand at its top; several are a module each, beside
/// one of what they share.
fn file(
    inputs: &[Input<'_>],
    mut documents: Vec<Document>,
    environment: &[EnvironmentVariable],
) -> Result<TokenStream, Diagnostic> {
    let definition = definition(inputs, &documents, environment);
    let title = inputs.first().and_then(|input| info(input.tree, "title")).unwrap_or("the API");
    let client_doc = format!(" A client of {title}. Cloning it is cheap, and clones share what it holds.");
    let mut modules = Vec::new();
    let mut methods = Vec::new();
    let lone = documents.len() == 1;
    let mut inner: Vec<(proc_macro2::Ident, TokenStream)> = inputs
        .iter()
        .zip(&mut documents)
        .map(|(input, document)| (format_ident!("{}", snake_name(input.name)), std::mem::take(&mut document.modules)))
        .collect();
    if !lone {
        modules.push(shared::share(&mut inner)?);
    }
    for ((input, document), (module, inner)) in inputs.iter().zip(documents).zip(inner) {
        let mut operations = document.methods;
        if lone {
            modules.push(inner);
            methods.append(&mut operations);
            continue;
        }
        let doc = format!(" {}", info(input.tree, "title").unwrap_or(input.name));
        modules.push(quote! {
            #[doc = #doc]
            pub mod #module {
                use super::support;
                #inner
                /// The operations of this document.
                #[derive(Clone)]
                pub struct Client {
                    transport: ::std::sync::Arc<dyn support::Transport>,
                }
                impl Client {
                    pub(super) fn new(transport: &::std::sync::Arc<dyn support::Transport>) -> Self {
                        Self { transport: ::std::sync::Arc::clone(transport) }
                    }
                    #(#operations)*
                }
                impl ::std::fmt::Debug for Client {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.debug_struct("Client").finish_non_exhaustive()
                    }
                }
            }
        });
        methods.push(quote! {
            #[doc = #doc]
            pub fn #module(&self) -> #module::Client { #module::Client::new(&self.transport) }
        });
    }
    Ok(quote! {
        #(#modules)*
        #definition
        pub use support::{Call, Error, ErrorKind, OperationError, Response, Transport};
        #[doc = #client_doc]
        #[derive(Clone)]
        pub struct Client {
            transport: ::std::sync::Arc<dyn Transport>,
        }
        impl Client {
            /// A client whose requests `transport` carries.
            pub fn with_transport(transport: impl Transport) -> Self {
                Self { transport: ::std::sync::Arc::new(transport) }
            }
            /// What carries this client's requests.
            pub fn transport(&self) -> &::std::sync::Arc<dyn Transport> {
                &self.transport
            }
        }
        impl ::std::fmt::Debug for Client {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("Client").finish_non_exhaustive()
            }
        }
        impl Client { #(#methods)* }
    })
}

fn info<'a>(tree: &'a Value, key: &str) -> Option<&'a str> {
    tree.get("info")?.get(key)?.as_str()
}

/// The static `DEFINITION`: the operation table and the security schemes of all documents.
fn definition(inputs: &[Input<'_>], documents: &[Document], environment: &[EnvironmentVariable]) -> TokenStream {
    let first = inputs.first().map(|input| input.tree);
    let title = first.and_then(|tree| info(tree, "title")).unwrap_or_default();
    let version = first.and_then(|tree| info(tree, "version")).unwrap_or_default();
    let lone = documents.len() == 1;
    let operations = inputs.iter().zip(documents).flat_map(|(input, document)| {
        let module = format_ident!("{}", snake_name(input.name));
        let path = if lone { quote!(operations) } else { quote!(#module::operations) };
        document.markers.iter().map(move |marker| quote!(<#path::#marker as support::Endpoint>::OPERATION))
    });
    let mut seen = std::collections::BTreeSet::new();
    let schemes = inputs
        .iter()
        .filter_map(|input| input.tree.pointer("/components/securitySchemes")?.as_object())
        .flatten()
        .filter(|(name, _)| seen.insert((*name).clone()))
        .map(|(name, scheme)| {
            let kind = scheme_kind(scheme);
            quote!(support::SecurityScheme { name: #name, kind: support::SecuritySchemeKind::#kind })
        });
    let variables = environment.iter().map(|variable| {
        let EnvironmentVariable { name, scheme, part } = variable;
        quote!(support::EnvironmentVariable { name: #name, scheme: #scheme, part: #part })
    });
    quote! {
        /// What the definition says besides its types.
        pub static DEFINITION: support::Definition = support::Definition {
            title: #title,
            version: #version,
            operations: &[#(#operations),*],
            security_schemes: &[#(#schemes),*],
            environment: &[#(#variables),*],
        };
    }
}

fn scheme_kind(scheme: &Value) -> TokenStream {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "oauth2" => {
            let flows = scheme.get("flows").and_then(Value::as_object);
            match flows.and_then(|flows| flows.get("clientCredentials")) {
                Some(flow) => {
                    let token_url = flow.get("tokenUrl").and_then(Value::as_str).unwrap_or_default();
                    let scopes =
                        flow.get("scopes").and_then(Value::as_object).into_iter().flatten().map(|(scope, _)| scope);
                    let grant =
                        scheme.get("x-token-grant").or_else(|| flow.get("x-token-grant")).and_then(Value::as_str);
                    match grant {
                        None | Some("client_credentials") => {
                            quote!(ClientCredentials { token_url: #token_url, scopes: &[#(#scopes),*] })
                        }
                        Some(grant) => {
                            quote!(TokenGrant { grant: #grant, token_url: #token_url, scopes: &[#(#scopes),*] })
                        }
                    }
                }
                None => {
                    let flows = flows.into_iter().flatten().map(|(flow, _)| flow);
                    quote!(OAuth2 { flows: &[#(#flows),*] })
                }
            }
        }
        "http" => {
            let scheme = text("scheme").to_ascii_lowercase();
            quote!(Http { scheme: #scheme })
        }
        "apiKey" => {
            let (location, name) = (text("in"), text("name"));
            quote!(ApiKey { location: #location, name: #name })
        }
        _ => {
            let url = text("openIdConnectUrl");
            quote!(OpenIdConnect { url: #url })
        }
    }
}
