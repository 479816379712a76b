//! The file of a client: the modules of its documents, the operation table, and the type `Client`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::environment::Environment;
use super::{Document, Input, command_line, operations, shared, types};
use crate::diagnostic::Diagnostic;
use crate::names::snake_name;
use crate::normalize::security_requirements::lacking;

/// The whole file. The items of a single document are at its root; several documents are a module each, beside a module of
/// what they share.
pub(super) fn file(
    inputs: &[Input<'_>],
    mut documents: Vec<Document>,
    environment: &Environment,
) -> Result<TokenStream, Diagnostic> {
    let definition = definition(inputs, &documents, environment);
    let title = inputs.first().and_then(|input| info(input.tree, "title")).unwrap_or("the API");
    let client_doc = format!(
        " A client for {title}. Cloning it is cheap, and clones share connections, tokens and the retry budget."
    );
    let mut modules = Vec::new();
    let mut methods = Vec::new();
    let lone = documents.len() == 1;
    let modules_of_operations = inputs.iter().map(|input| {
        let module = module_name(input.name);
        if lone { quote!(operations) } else { quote!(#module::operations) }
    });
    let mut listed: Vec<_> = modules_of_operations
        .zip(inputs.iter().zip(&mut documents))
        .map(|(module, (input, document))| (module, input.tree, document))
        .collect();
    let command_line = command_line::table(&mut listed);
    let mut inner: Vec<(proc_macro2::Ident, TokenStream)> = inputs
        .iter()
        .zip(&mut documents)
        .map(|(input, document)| (module_name(input.name), std::mem::take(&mut document.modules)))
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
        let method = format_ident!("{}", operations::client_method(&module.to_string()));
        modules.push(quote! {
            #[doc = #doc]
            pub mod #module {
                use super::codegen;
                #inner
                /// The operations of this document.
                #[derive(Clone)]
                pub struct Client {
                    transport: ::std::sync::Arc<dyn codegen::Transport>,
                }
                impl Client {
                    pub(super) fn new(transport: &::std::sync::Arc<dyn codegen::Transport>) -> Self {
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
            pub fn #method(&self) -> #module::Client { #module::Client::new(&self.transport) }
        });
    }
    let environment_docs = types::doc_attributes(&environment.docs());
    Ok(quote! {
        #(#modules)*
        #definition
        pub use ::openapi_runtime::{BuildError, CallOptions, Error, ErrorKind, OperationError, Response, Transport};
        #[doc = #client_doc]
        #[derive(Clone)]
        pub struct Client {
            transport: ::std::sync::Arc<dyn codegen::Transport>,
        }
        impl codegen::Api for Client {
            const DEFINITION: &'static codegen::Definition = &DEFINITION;
            const USER_AGENT: &'static str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
            fn from_transport(transport: ::std::sync::Arc<dyn codegen::Transport>) -> Self {
                Self { transport }
            }
            fn transport(&self) -> &::std::sync::Arc<dyn codegen::Transport> {
                &self.transport
            }
        }
        impl Client {
            /// Creates a client for the server at `url`, without credentials.
            ///
            /// # Errors
            ///
            /// Fails if `url` is neither https nor loopback.
            pub fn new(url: &str) -> ::std::result::Result<Self, codegen::BuildError> {
                Self::builder().base_url(url).build()
            }
            /// Returns a builder, which takes credentials and settings.
            pub fn builder() -> codegen::ClientBuilder<Self> {
                codegen::ClientBuilder::default()
            }
            /// Creates a client from environment variables:
            ///
            #environment_docs
            ///
            /// # Errors
            ///
            /// [`BuildError::Environment`] names the variable that is missing or empty.
            pub fn from_env() -> ::std::result::Result<Self, codegen::BuildError> {
                Self::builder().from_env()?.build()
            }
            /// Creates a client that sends its requests through `transport`.
            pub fn with_transport(transport: impl codegen::Transport) -> Self {
                Self { transport: ::std::sync::Arc::new(transport) }
            }
            /// Returns this client with other settings, for one call or several. It shares everything else: connections,
            /// tokens and the retry budget.
            pub fn with(&self, options: codegen::CallOptions) -> Self {
                codegen::Api::with(self, options)
            }
            /// Creates a request to a path that the definition does not have. This client's credentials, retries and limits
            /// apply to it.
            pub fn request(
                &self,
                method: codegen::http::Method,
                path: impl ::std::convert::Into<::std::string::String>,
            ) -> codegen::UndescribedRequest {
                codegen::UndescribedRequest::new(self, method, path)
            }
        }
        impl ::std::fmt::Debug for Client {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("Client").finish_non_exhaustive()
            }
        }
        impl Client { #(#methods)* }
        #command_line
    })
}

/// The name of a document's module, if there are several documents.
pub(super) fn module_name(document: &str) -> proc_macro2::Ident {
    // `codegen` is the runtime's module, which is imported beside these.
    match snake_name(document) {
        name if name == "codegen" => format_ident!("codegen_"),
        name => format_ident!("{name}"),
    }
}

pub(super) fn info<'a>(tree: &'a Value, key: &str) -> Option<&'a str> {
    tree.get("info")?.get(key)?.as_str()
}

/// The static `DEFINITION`: the operation table and the security schemes of all documents.
fn definition(inputs: &[Input<'_>], documents: &[Document], environment: &Environment) -> TokenStream {
    let first = inputs.first().map(|input| input.tree);
    let title = first.and_then(|tree| info(tree, "title")).unwrap_or_default();
    let version = first.and_then(|tree| info(tree, "version")).unwrap_or_default();
    let lone = documents.len() == 1;
    let operations = inputs.iter().zip(documents).flat_map(|(input, document)| {
        let module = module_name(input.name);
        let path = if lone { quote!(operations) } else { quote!(#module::operations) };
        document.markers.iter().map(move |marker| quote!(<#path::#marker as codegen::Endpoint>::OPERATION))
    });
    let mut seen = std::collections::BTreeSet::new();
    let schemes = inputs
        .iter()
        .filter_map(|input| input.tree.pointer("/components/securitySchemes")?.as_object())
        .flatten()
        .filter(|(name, _)| seen.insert((*name).clone()))
        .map(|(name, scheme)| {
            let kind = scheme_kind(scheme);
            quote!(codegen::SecurityScheme { name: #name, kind: codegen::SecuritySchemeKind::#kind })
        });
    let environment = environment.fields();
    let undescribed = operations::undescribed(&inputs.iter().map(|input| input.tree).collect::<Vec<_>>());
    quote! {
        /// The operation table, the security schemes and the environment variables of the client.
        pub static DEFINITION: codegen::Definition = codegen::Definition {
            title: #title,
            version: #version,
            operations: &[#(#operations),*],
            undescribed: #undescribed,
            security_schemes: &[#(#schemes),*],
            #environment
        };
    }
}

fn scheme_kind(scheme: &Value) -> TokenStream {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "oauth2" => {
            let flows = scheme.get("flows").and_then(Value::as_object);
            let all = flows.into_iter().flatten().filter(|(name, _)| !name.starts_with("x-"));
            let all = all.map(|(name, flow)| oauth_flow(name, flow));
            let all = quote!(&[#(#all),*]);
            let Some(flow) = flows.and_then(|flows| flows.get("clientCredentials")) else {
                return quote!(OAuth2 { flows: #all });
            };
            let token_url = flow.get("tokenUrl").and_then(Value::as_str).unwrap_or_default();
            let scopes = flow_scopes(flow);
            let grant = scheme.get("x-token-grant").or_else(|| flow.get("x-token-grant")).and_then(Value::as_str);
            match grant {
                None | Some("client_credentials") => {
                    quote!(ClientCredentials { token_url: #token_url, scopes: #scopes, flows: #all })
                }
                Some(grant) => quote!(TokenGrant { grant: #grant, token_url: #token_url, scopes: #scopes }),
            }
        }
        "http" => {
            let scheme = text("scheme").to_ascii_lowercase();
            quote!(Http { scheme: #scheme })
        }
        // Sent in a place that is a guess, a key may reach whom it is not for.
        "apiKey" if lacking(scheme).is_some() => quote!(Other { kind: "apiKey" }),
        "apiKey" => {
            let (location, name) = (text("in"), text("name"));
            quote!(ApiKey { location: #location, name: #name })
        }
        "openIdConnect" => {
            let url = text("openIdConnectUrl");
            quote!(OpenIdConnect { url: #url })
        }
        other => quote!(Other { kind: #other }),
    }
}

/// A flow of an OAuth 2 security scheme, as the operation table has it.
fn oauth_flow(name: &str, flow: &Value) -> TokenStream {
    let url = |key: &str| match flow.get(key).and_then(Value::as_str).filter(|url| !url.is_empty()) {
        Some(url) => quote!(Some(#url)),
        None => quote!(None),
    };
    let (token_url, refresh_url) = (url("tokenUrl"), url("refreshUrl"));
    let device_authorization_url = url("deviceAuthorizationUrl");
    let scopes = flow_scopes(flow);
    quote! {
        codegen::OAuthFlow {
            name: #name,
            token_url: #token_url,
            refresh_url: #refresh_url,
            device_authorization_url: #device_authorization_url,
            scopes: #scopes,
        }
    }
}

/// The names of all scopes of a flow.
fn flow_scopes(flow: &Value) -> TokenStream {
    let scopes = flow.get("scopes").and_then(Value::as_object).into_iter().flatten().map(|(scope, _)| scope);
    quote!(&[#(#scopes),*])
}
