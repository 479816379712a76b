//! Reads a document, once: its operations, its token endpoints, its security schemes, and the checks of request bodies.
//!
//! It reads the document as it is before any repair, and calls nothing of the generator, so that a wrong repair cannot agree
//! with itself.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use crate::credential::{API_KEY_CHALLENGE, BASIC_CHALLENGE, BEARER_CHALLENGE};
use crate::schema::translate;

/// The grant of RFC 6749, 4.4.
const CLIENT_CREDENTIALS: &str = "client_credentials";

/// The grant of RFC 8693, 2.1.
pub(crate) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// An operation that a [`Sandbox`](crate::Sandbox) serves.
///
/// ```
/// # use openapi_sandbox::Sandbox;
/// fn has(sandbox: &Sandbox, id: &str) -> bool {
///     sandbox.operations().iter().any(|operation| operation.id == id)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServedOperation {
    /// Its `operationId`, by which it is scripted; method and path where it has none, such as `get /rooms`.
    pub id: String,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path template, such as `/rooms/{id}`.
    pub path: String,
}

/// A token endpoint of a [`Sandbox`](crate::Sandbox).
///
/// ```
/// # use openapi_sandbox::Sandbox;
/// fn print(sandbox: &Sandbox) {
///     for endpoint in sandbox.token_endpoints() {
///         println!("{}: {} at {}", endpoint.scheme, endpoint.grant, endpoint.url);
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServedTokenEndpoint {
    /// The security scheme that its tokens are for.
    pub scheme: String,
    /// Its URL on the sandbox.
    pub url: String,
    /// The grant type, as a token request names it.
    pub grant: String,
    /// The scopes that it grants.
    pub scopes: Vec<String>,
}

/// A document with what it refers to.
pub(crate) struct Document {
    root: Value,
    pub(crate) operations: Vec<Operation>,
    pub(crate) token_endpoints: Vec<TokenEndpoint>,
}

/// An operation of a document.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// The path template as the document writes it.
    template: String,
    path: Vec<Segment>,
    /// The part of the path template after `?`: OpenAPI has no such thing, but definitions do.
    query: String,
    /// By alternative: its schemes, each with the scopes that it needs.
    pub(crate) security: Vec<Vec<(String, Vec<String>)>>,
    pub(crate) body: Option<RequestBody>,
    /// Pointers into the request body: two requests that have the same values there conflict (`x-sandbox-conflict-on`).
    pub(crate) conflict_on: Vec<String>,
    responses: Map<String, Value>,
}

/// A segment of a path template.
#[derive(PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// A parameter, with the text before and after it: `{id}:network`.
    Parameter(String, String),
}

/// A request body as the document describes it.
pub(crate) struct RequestBody {
    pub(crate) required: bool,
    pub(crate) media_types: Vec<String>,
    /// The schema of JSON bodies, as the document writes it.
    schema: Option<Value>,
    /// Made with the first request, because a document may have hundreds of operations.
    validator: OnceLock<Option<jsonschema::Validator>>,
}

/// A token endpoint: its path on the sandbox, and what it grants.
pub(crate) struct TokenEndpoint {
    pub(crate) scheme: String,
    pub(crate) path: String,
    /// The grant type that it supports.
    pub(crate) grant: String,
    pub(crate) scopes: Vec<String>,
}

/// How the sandbox checks a security scheme.
pub(crate) enum SchemeCheck<'a> {
    /// By HTTP Basic, with the client id and secret.
    Basic,
    /// By the sandbox's bearer token.
    Bearer,
    /// By the client secret, in that place.
    ApiKey { location: &'a str, name: &'a str },
    /// By a token that a token endpoint of the sandbox has issued for the scheme.
    Issued,
    /// The sandbox does not know the scheme: no request can meet it.
    Never,
}

impl Document {
    /// Reads a document; the error says what is wrong with it.
    pub(crate) fn new(root: Value) -> Result<Self, &'static str> {
        if root.get("swagger").is_some() {
            return Err("is a Swagger document");
        }
        if !root.get("paths").is_some_and(Value::is_object) {
            return Err("has no `paths`");
        }
        let mut document = Self { root, operations: Vec::new(), token_endpoints: Vec::new() };
        document.operations = document.read_operations();
        document.token_endpoints = document.read_token_endpoints();
        Ok(document)
    }

    /// Follows local references.
    pub(crate) fn resolve<'a>(&'a self, mut value: &'a Value) -> &'a Value {
        for _ in 0..32 {
            let target =
                value.get("$ref").and_then(Value::as_str).and_then(|text| self.root.pointer(text.strip_prefix('#')?));
            match target {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    /// The operation that serves `method`, `path` and `query`.
    pub(crate) fn find(&self, method: &str, path: &str, query: &str) -> Option<&Operation> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        self.operations.iter().find(|operation| operation.serves(method, &parts, query))
    }

    /// The operations, for the user.
    pub(crate) fn served_operations(&self) -> impl Iterator<Item = ServedOperation> {
        self.operations.iter().map(|operation| ServedOperation {
            id: operation.id.clone(),
            method: operation.method.clone(),
            path: operation.template.clone(),
        })
    }

    /// How to check the security scheme of that name.
    pub(crate) fn scheme_check(&self, name: &str) -> SchemeCheck<'_> {
        let scheme = self.root.pointer("/components/securitySchemes").and_then(|schemes| schemes.get(name));
        let scheme = scheme.map(|scheme| self.resolve(scheme));
        let text = |key: &str| scheme.and_then(|scheme| scheme.get(key)?.as_str()).unwrap_or_default();
        match text("type") {
            "http" if text("scheme").eq_ignore_ascii_case("basic") => SchemeCheck::Basic,
            "http" if text("scheme").eq_ignore_ascii_case("bearer") => SchemeCheck::Bearer,
            "apiKey" => SchemeCheck::ApiKey { location: text("in"), name: text("name") },
            "oauth2" if self.token_endpoints.iter().any(|endpoint| endpoint.scheme == name && endpoint.issues()) => {
                SchemeCheck::Issued
            }
            // Their tokens come from elsewhere, or by a user's consent.
            "oauth2" | "openIdConnect" => SchemeCheck::Bearer,
            _ => SchemeCheck::Never,
        }
    }

    /// The challenges of all schemes that an operation takes, as a 401 lists them (RFC 9110, 11.6.1).
    pub(crate) fn challenge(&self, operation: &Operation) -> String {
        let mut challenges: Vec<&str> = Vec::new();
        for (name, _) in operation.security.iter().flatten() {
            let challenge = match self.scheme_check(name) {
                SchemeCheck::Basic => BASIC_CHALLENGE,
                SchemeCheck::ApiKey { .. } => API_KEY_CHALLENGE,
                SchemeCheck::Bearer | SchemeCheck::Issued | SchemeCheck::Never => BEARER_CHALLENGE,
            };
            if !challenges.contains(&challenge) {
                challenges.push(challenge);
            }
        }
        if challenges.is_empty() { BEARER_CHALLENGE.to_owned() } else { challenges.join(", ") }
    }

    /// The validator of an operation's JSON bodies; `None` where there is no schema, or one that cannot be compiled, which
    /// says nothing about the request.
    pub(crate) fn validator<'a>(&self, body: &'a RequestBody) -> Option<&'a jsonschema::Validator> {
        let make = || {
            let mut schema = translate(body.schema.as_ref()?);
            let components = self.root.pointer("/components/schemas").and_then(Value::as_object);
            let translated = components.into_iter().flatten().map(|(name, schema)| (name.clone(), translate(schema)));
            schema.as_object_mut()?.insert("$defs".into(), Value::Object(translated.collect()));
            jsonschema::draft202012::options().should_validate_formats(true).build(&schema).ok()
        };
        body.validator.get_or_init(make).as_ref()
    }

    /// The documented response of that status: an exact one, its range, or the default.
    pub(crate) fn response<'a>(&'a self, operation: &'a Operation, status: u16) -> Option<&'a Value> {
        let responses = &operation.responses;
        let range = format!("{}XX", status / 100);
        let found =
            responses.get(&status.to_string()).or_else(|| responses.get(&range)).or_else(|| responses.get("default"));
        found.map(|response| self.resolve(response))
    }

    fn read_operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in self.root.get("paths").and_then(Value::as_object).into_iter().flatten() {
            let item = self.resolve(item);
            for method in ["get", "put", "post", "delete", "options", "head", "patch"] {
                if let Some(raw) = item.get(method) {
                    operations.push(self.read_operation(method, path, raw));
                }
            }
        }
        // A literal path takes precedence over a template that also matches (OpenAPI 3.0.3, Paths Object), and one with a
        // query over one without.
        operations.sort_by_key(|operation| {
            let literal = |segment: &Segment| match segment {
                Segment::Literal(_) => 0,
                Segment::Parameter(before, after) => 1000 - before.len() - after.len(),
            };
            let parameters: usize = operation.path.iter().map(literal).sum();
            (parameters, operation.query.is_empty())
        });
        operations
    }

    fn read_operation(&self, method: &str, path: &str, raw: &Value) -> Operation {
        let id = raw.get("operationId").and_then(Value::as_str).map(str::to_owned);
        let security = raw.get("security").or_else(|| self.root.get("security")).and_then(Value::as_array);
        Operation {
            id: id.unwrap_or_else(|| format!("{method} {path}")),
            method: method.to_ascii_uppercase(),
            template: path.to_owned(),
            path: path.split('?').next().unwrap_or_default().split('/').skip(1).map(segment).collect(),
            query: path.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default(),
            security: security.into_iter().flatten().map(alternative).collect(),
            body: raw.get("requestBody").map(|body| RequestBody::new(self.resolve(body))),
            conflict_on: strings(raw.get("x-sandbox-conflict-on")),
            responses: raw.get("responses").and_then(Value::as_object).cloned().unwrap_or_default(),
        }
    }

    /// The scopes that operations require of `scheme`: more than the scheme lists, in some definitions.
    fn required_scopes(&self, scheme: &str) -> Vec<String> {
        let requirements = self.operations.iter().flat_map(|operation| &operation.security).flatten();
        requirements.filter(|(name, _)| name == scheme).flat_map(|(_, scopes)| scopes.iter().cloned()).collect()
    }

    /// The client credentials flow of each scheme, or the grant that `x-token-grant` names instead.
    fn read_token_endpoints(&self) -> Vec<TokenEndpoint> {
        let schemes = self.root.pointer("/components/securitySchemes").and_then(Value::as_object);
        let endpoint = |(name, scheme): (&String, &Value)| {
            let scheme = self.resolve(scheme);
            let flow = scheme.pointer("/flows/clientCredentials")?;
            let grant = scheme.get("x-token-grant").or_else(|| flow.get("x-token-grant")).and_then(Value::as_str);
            let scopes = flow.get("scopes").and_then(Value::as_object);
            let mut scopes: Vec<String> = scopes.into_iter().flatten().map(|(scope, _)| scope.clone()).collect();
            for scope in self.required_scopes(name) {
                if !scopes.contains(&scope) {
                    scopes.push(scope);
                }
            }
            Some(TokenEndpoint {
                scheme: name.clone(),
                path: path_of(flow.get("tokenUrl")?.as_str()?),
                grant: grant.unwrap_or(CLIENT_CREDENTIALS).to_owned(),
                scopes,
            })
        };
        schemes.into_iter().flatten().filter_map(endpoint).collect()
    }
}

impl TokenEndpoint {
    /// Whether the sandbox can issue tokens by its grant.
    pub(crate) fn issues(&self) -> bool {
        [CLIENT_CREDENTIALS, TOKEN_EXCHANGE].contains(&self.grant.as_str())
    }

    /// The endpoint, for the user of the sandbox at `url`.
    pub(crate) fn served(&self, url: &str) -> ServedTokenEndpoint {
        ServedTokenEndpoint {
            scheme: self.scheme.clone(),
            url: format!("{url}{}", self.path),
            grant: self.grant.clone(),
            scopes: self.scopes.clone(),
        }
    }
}

impl Operation {
    fn serves(&self, method: &str, parts: &[&str], query: &str) -> bool {
        self.method == method
            && query.starts_with(&self.query)
            && self.path.len() == parts.len()
            && self.path.iter().zip(parts).all(|(segment, part)| match segment {
                Segment::Literal(text) => text == part,
                Segment::Parameter(before, after) => {
                    part.len() > before.len() + after.len() && part.starts_with(before) && part.ends_with(after)
                }
            })
    }

    /// The status of the first documented success.
    pub(crate) fn success(&self) -> u16 {
        let mut statuses = self.responses.keys().filter_map(|status| status.parse().ok());
        statuses.find(|status| (200..300).contains(status)).unwrap_or(200)
    }
}

impl RequestBody {
    fn new(body: &Value) -> Self {
        let content = body.get("content").and_then(Value::as_object);
        Self {
            required: body.get("required") == Some(&json!(true)),
            media_types: content.into_iter().flatten().map(|(media_type, _)| media_type.clone()).collect(),
            schema: media(body, None).and_then(|(_, media)| media.get("schema")).cloned(),
            validator: OnceLock::new(),
        }
    }
}

/// The media type object of `media_type` in the `content` of a body; without a media type, that of JSON.
pub(crate) fn media<'a>(of: &'a Value, media_type: Option<&str>) -> Option<(&'a str, &'a Value)> {
    let mut content = of.get("content")?.as_object()?.iter().map(|(media_type, media)| (media_type.as_str(), media));
    match media_type {
        Some(wanted) => content.find(|(media_type, _)| essence(media_type) == essence(wanted)),
        None => content.find(|(media_type, _)| media_type.contains("json")),
    }
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The path that a token endpoint has on the sandbox: that of its URL, even if the host is a placeholder that no URL parser
/// would take.
fn path_of(token_url: &str) -> String {
    let path = match token_url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => token_url,
    };
    format!("/{}", path.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/'))
}

fn segment(text: &str) -> Segment {
    match (text.split_once('{'), text.rsplit_once('}')) {
        (Some((before, _)), Some((_, after))) => Segment::Parameter(before.to_owned(), after.to_owned()),
        _ => Segment::Literal(text.to_owned()),
    }
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn alternative(value: &Value) -> Vec<(String, Vec<String>)> {
    let schemes = value.as_object().into_iter().flatten();
    schemes.map(|(name, scopes)| (name.clone(), strings(Some(scopes)))).collect()
}
