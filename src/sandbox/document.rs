//! What the sandbox reads off a document, once: its operations, its token endpoints, and the checks of request bodies.
//!
//! It reads the document as it is after the overlay, and calls nothing of the generator, so that a wrong cure does not
//! agree with itself.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::schema::translate;

/// A document with what it refers to.
pub(super) struct Document {
    root: Value,
    pub(super) operations: Vec<Operation>,
    pub(super) token_endpoints: Vec<TokenEndpoint>,
}

/// An operation of a document.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    path: Vec<Segment>,
    /// What stands in the path template after `?`, which OpenAPI does not foresee and definitions have.
    query: String,
    /// By alternative: the schemes with the scopes they need.
    pub(super) security: Vec<Vec<(String, Vec<String>)>>,
    pub(super) body: Option<RequestBody>,
    /// Pointers into the request body: two requests that are the same there are in conflict (`x-sandbox-conflict-on`).
    pub(super) conflict_on: Vec<String>,
    responses: Map<String, Value>,
}

/// A part of a path template.
#[derive(PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// A parameter, and what stands before and after it: `{id}:network`.
    Parameter(String, String),
}

/// What the document says of a request's body.
pub(super) struct RequestBody {
    pub(super) required: bool,
    pub(super) media_types: Vec<String>,
    /// The schema of JSON bodies, as the document writes it.
    schema: Option<Value>,
    /// Made when the first request comes: a document may have hundreds of operations.
    validator: OnceLock<Option<jsonschema::Validator>>,
}

/// A token endpoint: its path on the sandbox, and what it grants.
pub(super) struct TokenEndpoint {
    pub(super) scheme: String,
    pub(super) path: String,
    /// The grant that it takes.
    pub(super) grant: String,
    pub(super) scopes: Vec<String>,
}

impl Document {
    pub(super) fn new(root: Value) -> Self {
        let mut document = Self { root, operations: Vec::new(), token_endpoints: Vec::new() };
        document.operations = document.read_operations();
        document.token_endpoints = document.read_token_endpoints();
        document
    }

    /// Follows local references.
    pub(super) fn resolve<'a>(&'a self, mut value: &'a Value) -> &'a Value {
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
    pub(super) fn find(&self, method: &str, path: &str, query: &str) -> Option<&Operation> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        self.operations.iter().find(|operation| operation.serves(method, &parts, query))
    }

    /// The security scheme of that name.
    pub(super) fn scheme(&self, name: &str) -> Option<&Value> {
        self.root.get("components")?.get("securitySchemes")?.get(name).map(|scheme| self.resolve(scheme))
    }

    /// The check of an operation's JSON bodies; `None` where there is no schema, or one that the validator refuses: that
    /// says nothing about the request.
    pub(super) fn validator<'a>(&self, body: &'a RequestBody) -> Option<&'a jsonschema::Validator> {
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
    pub(super) fn response<'a>(&'a self, operation: &'a Operation, status: u16) -> Option<&'a Value> {
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
        // A literal path goes before a template that also fits (OpenAPI 3.0.3, Paths Object), one with a query before one
        // without.
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
            path: path.split('?').next().unwrap_or_default().split('/').skip(1).map(segment).collect(),
            query: path.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default(),
            security: security.into_iter().flatten().map(alternative).collect(),
            body: raw.get("requestBody").map(|body| RequestBody::new(self.resolve(body))),
            conflict_on: strings(raw.get("x-sandbox-conflict-on")),
            responses: raw.get("responses").and_then(Value::as_object).cloned().unwrap_or_default(),
        }
    }

    /// The scopes that operations ask of `scheme`: definitions ask for more than the scheme lists.
    fn asked(&self, scheme: &str) -> Vec<String> {
        let requirements = self.operations.iter().flat_map(|operation| &operation.security).flatten();
        requirements.filter(|(name, _)| name == scheme).flat_map(|(_, scopes)| scopes.iter().cloned()).collect()
    }

    /// The client credentials flow of each scheme, or the grant that `x-token-grant` puts in its place.
    fn read_token_endpoints(&self) -> Vec<TokenEndpoint> {
        let schemes = self.root.pointer("/components/securitySchemes").and_then(Value::as_object);
        let endpoint = |(name, scheme): (&String, &Value)| {
            let scheme = self.resolve(scheme);
            let flow = scheme.pointer("/flows/clientCredentials")?;
            let grant = scheme.get("x-token-grant").or_else(|| flow.get("x-token-grant")).and_then(Value::as_str);
            let scopes = flow.get("scopes").and_then(Value::as_object);
            Some(TokenEndpoint {
                scheme: name.clone(),
                path: path_of(flow.get("tokenUrl")?.as_str()?),
                grant: grant.unwrap_or("client_credentials").to_owned(),
                scopes: scopes.into_iter().flatten().map(|(scope, _)| scope.clone()).chain(self.asked(name)).collect(),
            })
        };
        schemes.into_iter().flatten().filter_map(endpoint).collect()
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
    pub(super) fn success(&self) -> u16 {
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

/// The media type object of what has a `content`: the one of that media type, else that of JSON.
pub(super) fn media<'a>(of: &'a Value, media_type: Option<&str>) -> Option<(&'a str, &'a Value)> {
    let mut content = of.get("content")?.as_object()?.iter().map(|(media_type, media)| (media_type.as_str(), media));
    match media_type {
        Some(wanted) => content.find(|(media_type, _)| essence(media_type) == essence(wanted)),
        None => content.find(|(media_type, _)| media_type.contains("json")),
    }
}

/// A media type without its parameters.
pub(super) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Where on the sandbox a token endpoint is. An absolute URL counts by its path, and so does what would be one but for a
/// host that stands for another.
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
