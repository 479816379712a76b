//! Reads a document, once: its operations, its token endpoints, its security schemes, and the checks of request bodies.
//!
//! It reads the document as it is before any repair, and calls nothing of the generator, so that a wrong repair cannot agree
//! with itself.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::body::RequestBody;
use crate::credential::{API_KEY_CHALLENGE, BASIC_CHALLENGE, BEARER_CHALLENGE};
use crate::route::{RequestPath, Route};
use crate::swagger;
use crate::tree::{Kind, Tree, Version, percent_decoded};

/// The grant of RFC 6749, 4.4.
const CLIENT_CREDENTIALS: &str = "client_credentials";

/// The grant of RFC 8693, 2.1.
pub(crate) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// The methods that a Path Item Object has keys for; `query` came with OpenAPI 3.2.
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

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
    /// Its `operationId`, by which it is scripted; method and path, such as `get /rooms`, where it has none, or where several
    /// operations of the document have the same.
    pub id: String,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path template as the document writes it, such as `/rooms/{id}`. Some documents tell operations of one path apart
    /// by a fragment (`/rooms/{id}#rename`), which no request has.
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
    pub(crate) tree: Tree,
    pub(crate) operations: Vec<Operation>,
    pub(crate) token_endpoints: Vec<TokenEndpoint>,
    /// The paths of the servers, below which operations are served too.
    bases: Vec<String>,
}

/// An operation of a document.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// The path template as the document writes it.
    template: String,
    route: Route,
    /// By alternative: its schemes, each with the scopes that it needs.
    pub(crate) security: Vec<Vec<(String, Vec<String>)>>,
    /// The parameters that a request must have.
    pub(crate) required: Vec<RequiredParameter>,
    pub(crate) body: Option<RequestBody>,
    /// Pointers into the request body: two requests that have the same values there conflict (`x-sandbox-conflict-on`).
    pub(crate) conflict_on: Vec<String>,
    /// The parameters in the query.
    pub(crate) query: Vec<Value>,
    /// The extension that says how the list pages, with its name.
    pub(crate) pagination: Option<(&'static str, Value)>,
    responses: Map<String, Value>,
    /// The media types of its responses, which Swagger 2.0 lists apart from them.
    produces: Vec<String>,
    /// Why it cannot be served.
    pub(crate) fault: Option<String>,
}

/// A parameter in the query or a header that a request must have.
pub(crate) struct RequiredParameter {
    pub(crate) name: String,
    pub(crate) in_header: bool,
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
pub(crate) enum SchemeCheck {
    /// By HTTP Basic, with the client id and secret.
    Basic,
    /// By the sandbox's bearer token.
    Bearer,
    /// By the client secret, in that place.
    ApiKey { location: String, name: String },
    /// By a token that a token endpoint of the sandbox has issued for the scheme.
    Issued,
    /// The sandbox does not know the scheme: no request can meet it.
    Never,
}

impl Document {
    /// Reads a document; the error says what is wrong with it.
    pub(crate) fn new(root: Value) -> Result<Self, &'static str> {
        let tree = Tree::new(root)?;
        let bases = bases(&tree);
        let mut document = Self { tree, operations: Vec::new(), token_endpoints: Vec::new(), bases };
        document.operations = document.read_operations();
        document.token_endpoints = document.read_token_endpoints();
        Ok(document)
    }

    /// The operations that serve `method`, `path` and `query`: those of the most specific route, in the order of the document.
    pub(crate) fn find(&self, method: &str, path: &str, query: &str) -> Vec<&Operation> {
        let path = RequestPath::new(path);
        let found = self.find_at(method, &path, query);
        if !found.is_empty() {
            return found;
        }
        let below = self.bases.iter().filter_map(|base| path.below(base));
        below.map(|path| self.find_at(method, &path, query)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn find_at(&self, method: &str, path: &RequestPath, query: &str) -> Vec<&Operation> {
        let mut of_method = self.operations.iter().filter(|operation| operation.method.eq_ignore_ascii_case(method));
        let Some(first) = of_method.find(|operation| operation.route.serves(path, query)) else { return Vec::new() };
        let same = of_method.filter(|operation| operation.route == first.route);
        std::iter::once(first).chain(same).collect()
    }

    /// The operations, for the user.
    pub(crate) fn served_operations(&self) -> impl Iterator<Item = ServedOperation> {
        self.operations.iter().map(|operation| ServedOperation {
            id: operation.id.clone(),
            method: operation.method.clone(),
            path: operation.template.clone(),
        })
    }

    /// The security scheme of that name, in the shape of OpenAPI 3.
    fn scheme(&self, name: &str) -> Option<Cow<'_, Value>> {
        let place =
            if self.tree.version == Version::V2 { "/securityDefinitions" } else { "/components/securitySchemes" };
        let found = self.tree.at(place).and_then(|schemes| schemes.get(name));
        // OpenAPI 3.2 lets a requirement name a scheme by a reference.
        let scheme = found.or_else(|| name.contains('#').then(|| self.tree.target(name, Kind::SecurityScheme))?)?;
        let scheme = self.tree.resolve(scheme, Kind::SecurityScheme)?;
        Some(match self.tree.version {
            Version::V2 => Cow::Owned(swagger::security_scheme(scheme)),
            _ => Cow::Borrowed(scheme),
        })
    }

    /// How to check the security scheme of that name.
    pub(crate) fn scheme_check(&self, name: &str) -> SchemeCheck {
        let scheme = self.scheme(name);
        let text = |key: &str| scheme.as_ref().and_then(|scheme| scheme.get(key)?.as_str()).unwrap_or_default();
        match text("type") {
            "http" if text("scheme").eq_ignore_ascii_case("basic") => SchemeCheck::Basic,
            "http" if text("scheme").eq_ignore_ascii_case("bearer") => SchemeCheck::Bearer,
            "apiKey" => SchemeCheck::ApiKey { location: text("in").to_owned(), name: text("name").to_owned() },
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

    /// The documented response of that status, in the shape of OpenAPI 3: an exact one, its range, or the default. One that is
    /// a reference to nothing keeps its status.
    pub(crate) fn response(&self, operation: &Operation, status: u16) -> Option<Cow<'_, Value>> {
        let of = |wanted: &str| {
            let mut responses = operation.responses.iter();
            responses.find(|(key, _)| key.trim().eq_ignore_ascii_case(wanted)).map(|(_, response)| response)
        };
        let found = of(&status.to_string()).or_else(|| of(&format!("{}XX", status / 100))).or_else(|| of("default"))?;
        let name = crate::tree::reference(found);
        let Some(response) = name.map_or(Some(found), |text| self.tree.target(text, Kind::Response)) else {
            return Some(Cow::Owned(json!({})));
        };
        // The operations own their responses; what those refer to belongs to the document.
        let response = self.tree.resolve(response, Kind::Response).cloned().unwrap_or_default();
        let is_schema = ["content", "headers", "schema", "description"].iter().all(|key| response.get(*key).is_none());
        Some(Cow::Owned(match (self.tree.version, name) {
            // A reference to a schema can only mean a body that it describes.
            (_, Some(text)) if is_schema && is_schema_like(&response) => {
                json!({"content": {"application/json": {"schema": {"$ref": text}}}})
            }
            (Version::V2, _) => swagger::response(&response, &operation.produces),
            _ => response,
        }))
    }

    /// Each documented response of an operation, with its status.
    #[cfg(all(test, feature = "command"))]
    pub(crate) fn responses<'a>(
        &'a self,
        operation: &'a Operation,
    ) -> impl Iterator<Item = (&'a String, Cow<'a, Value>)> {
        let status = |key: &str| key.replace(['X', 'x'], "0").parse().unwrap_or(599);
        operation.responses.keys().filter_map(move |key| Some((key, self.response(operation, status(key))?)))
    }

    fn read_operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        let mut stated: Vec<Option<String>> = Vec::new();
        for (path, item) in self.tree.members("/paths") {
            let Some(item) = self.path_item(item) else { continue };
            let members = item.as_object().into_iter().flatten();
            let fixed = members.filter(|(key, _)| METHODS.contains(&key.as_str()));
            let additional = item.get("additionalOperations").and_then(Value::as_object).into_iter().flatten();
            for (method, raw) in fixed.chain(additional).filter(|(_, raw)| !raw.is_null()) {
                let id = raw.get("operationId").or_else(|| self.tree.resolve(raw, Kind::Operation)?.get("operationId"));
                stated.push(id.and_then(Value::as_str).filter(|id| !id.trim().is_empty()).map(str::to_owned));
                operations.push(self.read_operation(method, path, &item, raw));
            }
        }
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for id in stated.iter().flatten() {
            *counts.entry(id).or_default() += 1;
        }
        // An id that several operations share identifies none of them.
        for (operation, id) in operations.iter_mut().zip(&stated) {
            if let Some(id) = id.as_ref().filter(|id| counts[id.as_str()] == 1) {
                operation.id.clone_from(id);
            }
        }
        operations.sort_by_key(|operation| operation.route.rank());
        operations
    }

    /// A path item, with what it refers to; `None` where that is nothing.
    fn path_item<'a>(&'a self, item: &'a Value) -> Option<Cow<'a, Value>> {
        let target = self.tree.resolve(item, Kind::PathItem);
        let own = item.as_object()?;
        if own.len() == 1 || !own.contains_key("$ref") {
            return target.filter(|target| target.is_object()).map(Cow::Borrowed);
        }
        // What stands beside a reference takes precedence over what is there.
        let mut whole = target.and_then(Value::as_object).cloned().unwrap_or_default();
        whole.extend(own.iter().filter(|(key, _)| *key != "$ref").map(|(key, value)| (key.clone(), value.clone())));
        Some(Cow::Owned(Value::Object(whole)))
    }

    fn read_operation(&self, method: &str, path: &str, item: &Value, raw: &Value) -> Operation {
        let resolved = self.tree.resolve(raw, Kind::Operation).filter(|operation| operation.is_object());
        let fault = match resolved {
            Some(_) => None,
            None if raw.is_object() => Some("it is a reference to nothing"),
            None => Some("it is no object"),
        };
        let empty = Value::Null;
        let raw = resolved.unwrap_or(&empty);
        let get = |key: &str| raw.get(key).filter(|value| !value.is_null());
        let security = get("security").or_else(|| self.tree.at("/security"));
        let parameters = self.parameters(item, raw);
        let has_slashes = |name: &str| {
            let mut same = parameters.iter().filter(|parameter| parameter["in"] == "path" && parameter["name"] == name);
            same.any(|parameter| parameter["x-multi-segment"] == true)
        };
        let media_types = |key: &str| strings(get(key).or_else(|| self.tree.at(&format!("/{key}"))));
        let is_v2 = self.tree.version == Version::V2;
        let body = match get("requestBody").filter(|_| !is_v2) {
            Some(body) => {
                let body = self.tree.resolve(body, Kind::RequestBody);
                Some(body.map_or_else(RequestBody::any, |body| RequestBody::new(&self.tree, body)))
            }
            None if is_v2 => swagger::request_body(&parameters, &media_types("consumes"))
                .map(|body| RequestBody::new(&self.tree, &body)),
            None => None,
        };
        Operation {
            id: format!("{} {path}", method.to_ascii_lowercase()),
            method: method.to_ascii_uppercase(),
            template: path.to_owned(),
            route: Route::new(path, &has_slashes),
            security: alternatives(security),
            required: parameters.iter().filter_map(|parameter| required(parameter)).collect(),
            body,
            conflict_on: strings(raw.get("x-sandbox-conflict-on")),
            query: parameters.iter().filter(|parameter| parameter["in"] == "query").map(|it| (*it).clone()).collect(),
            pagination: ["x-pagination", "x-speakeasy-pagination"]
                .into_iter()
                .find_map(|key| Some((key, raw.get(key)?.clone()))),
            responses: raw.get("responses").and_then(Value::as_object).cloned().unwrap_or_default(),
            produces: if is_v2 { media_types("produces") } else { Vec::new() },
            fault: fault.map(|fault| format!("the sandbox cannot serve `{method} {path}`: {fault}")),
        }
    }

    /// The parameters of an operation: its own, and those of its path that it does not replace.
    fn parameters<'a>(&'a self, item: &'a Value, operation: &'a Value) -> Vec<&'a Value> {
        let mut parameters: Vec<&Value> = Vec::new();
        for of in [operation, item] {
            let list = of.get("parameters").and_then(Value::as_array).into_iter().flatten();
            for parameter in list.filter_map(|parameter| self.tree.resolve(parameter, Kind::Parameter)) {
                let is_same = |other: &&Value| other["name"] == parameter["name"] && other["in"] == parameter["in"];
                if parameter.is_object() && !parameters.iter().any(is_same) {
                    parameters.push(parameter);
                }
            }
        }
        parameters
    }

    /// The scopes that operations require of `scheme`: more than the scheme lists, in some definitions.
    fn required_scopes(&self, scheme: &str) -> Vec<String> {
        let requirements = self.operations.iter().flat_map(|operation| &operation.security).flatten();
        requirements.filter(|(name, _)| name == scheme).flat_map(|(_, scopes)| scopes.iter().cloned()).collect()
    }

    /// The client credentials flow of each scheme, or the grant that `x-token-grant` names instead.
    fn read_token_endpoints(&self) -> Vec<TokenEndpoint> {
        let endpoint = |name: &String| {
            let scheme = self.scheme(name)?;
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
        let schemes = self.tree.members("/components/securitySchemes").chain(self.tree.members("/securityDefinitions"));
        schemes.filter_map(|(name, _)| endpoint(name)).collect()
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
    /// The status of the first documented success.
    pub(crate) fn success(&self) -> u16 {
        let mut statuses = self.responses.keys().filter_map(|status| status.trim().parse().ok());
        statuses.find(|status| (200..300).contains(status)).unwrap_or(200)
    }
}

/// The paths of the servers, or the `basePath`, without a slash at the end.
fn bases(tree: &Tree) -> Vec<String> {
    let base_path = tree.at("/basePath").and_then(Value::as_str).map(str::to_owned);
    let servers = tree.at("/servers").and_then(Value::as_array).into_iter().flatten();
    let urls = servers.filter_map(|server| {
        let mut url = server.get("url")?.as_str()?.to_owned();
        for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
            let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
            url = url.replace(&format!("{{{name}}}"), default);
        }
        Some(url)
    });
    let paths = urls.chain(base_path).map(|url| percent_decoded(path_of(&url).trim_end_matches('/')));
    paths.filter(|path| !path.is_empty()).collect()
}

/// The path of a URL, even if its host is a placeholder that no URL parser would take.
fn path_of(url: &str) -> String {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url,
    };
    format!("/{}", path.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/'))
}

/// Whether an object is a schema, judging by its keywords.
fn is_schema_like(value: &Value) -> bool {
    ["type", "properties", "allOf", "oneOf", "anyOf", "items", "enum", "$ref"]
        .iter()
        .any(|key| value.get(key).is_some())
}

/// The parameter, if a request must have it in the query or a header. Headers that OpenAPI describes elsewhere are ignored
/// (OpenAPI 3.0.3, Parameter Object).
fn required(parameter: &Value) -> Option<RequiredParameter> {
    let name = parameter.get("name")?.as_str()?;
    let in_header = match parameter.get("in")?.as_str()? {
        "query" => false,
        "header" if !["accept", "authorization", "content-type"].contains(&name.to_ascii_lowercase().as_str()) => true,
        _ => return None,
    };
    (parameter.get("required") == Some(&json!(true))).then(|| RequiredParameter { name: name.to_owned(), in_header })
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The security alternatives. An invalid alternative is one that nobody can meet: a mistake must not open an operation to
/// everybody.
fn alternatives(security: Option<&Value>) -> Vec<Vec<(String, Vec<String>)>> {
    match security {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(alternatives)) => alternatives.iter().map(alternative).collect(),
        Some(other) => vec![alternative(other)],
    }
}

fn alternative(value: &Value) -> Vec<(String, Vec<String>)> {
    match value {
        Value::Object(schemes) => schemes.iter().map(|(name, scopes)| (name.clone(), strings(Some(scopes)))).collect(),
        Value::String(name) => vec![(name.clone(), Vec::new())],
        _ => vec![(String::new(), Vec::new())],
    }
}
