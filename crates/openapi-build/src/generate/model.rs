//! The operations of a normalized document, prepared for the generator: references to parameters, bodies and responses are
//! resolved, and names are decided.

use serde_json::Value;

use super::groups::Grouped;
use super::operations::client_method;
use super::sequences::{self, Item};
use super::styles::{self, Style};
use crate::diagnostic::Diagnostic;
use crate::extensions::{FILE, FILE_PART, MULTI_SEGMENT, PATH, TYPE, WHOLE_QUERY};
use crate::formats::{self, Format};
use crate::grammar::{self, is_method};
use crate::media_type;
pub(super) use crate::media_type::BodyKind;
use crate::names::{snake_name, type_name};
use crate::normalize::lone_reference;
use crate::normalize::walk::{components, operation_id};
use crate::pointer::escape;
use crate::renames;
use crate::replacements::{Replaced, behind};
use crate::status::Status;

/// One operation.
pub(super) struct Operation<'a> {
    pub(super) id: String,
    pub(super) name: Named,
    /// Its place in its group, if the client has groups.
    pub(super) grouped: Option<Grouped>,
    /// The JSON pointer of its Operation Object.
    pub(super) pointer: String,
    /// The HTTP method, in upper case.
    pub(super) method: String,
    /// The path as the definition has it, which may be more than the template that is sent.
    pub(super) key: &'a str,
    /// The path template that is sent.
    pub(super) path: &'a str,
    pub(super) raw: &'a Value,
    /// Whether its code is documented.
    pub(super) is_documented: bool,
    /// Ordered by location (path, query, header, cookie), and within a location as in the definition.
    pub(super) parameters: Vec<Parameter<'a>>,
    pub(super) request: Option<RequestBody<'a>>,
    pub(super) responses: Vec<Response<'a>>,
    pub(super) servers: &'a [Value],
    pub(super) security: &'a [Value],
}

/// The source of an operation's Rust names, its ID, or more if another operation would have the same name; and these names.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) source: String,
    ty: String,
    method: String,
}

impl Named {
    pub(super) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), ty: type_name(source), method: client_method(&snake_name(source)) }
    }
}

impl<'a> Operation<'a> {
    /// The header that carries the idempotency key: as `x-idempotency-key` names it, else a header parameter of a common name.
    pub(super) fn idempotency_key(&self) -> Option<&'a str> {
        let named = self.raw.get("x-idempotency-key").and_then(Value::as_str);
        let is_key = |parameter: &&Parameter<'a>| {
            let names = ["idempotency-key", "x-idempotency-key"];
            parameter.location == Location::Header && names.contains(&parameter.name.to_ascii_lowercase().as_str())
        };
        named.or_else(|| self.parameters.iter().find(is_key).map(|parameter| parameter.name))
    }

    /// The Rust name of its method.
    pub(super) fn method_name(&self) -> String {
        match &self.grouped {
            Some(grouped) => grouped.method.clone(),
            None => self.whole_name(),
        }
    }

    /// The Rust name of its method in a client without groups.
    pub(super) fn whole_name(&self) -> String {
        self.name.method.clone()
    }

    /// The path of its method, as a module beside the client names it.
    pub(super) fn method_path(&self) -> String {
        match &self.grouped {
            Some(Grouped { handle, method, .. }) => format!("super::groups::{handle}::{method}"),
            None => format!("super::Client::{}", self.method_name()),
        }
    }

    /// The Rust name of its marker type, and of the items named after it.
    pub(super) fn type_name(&self) -> String {
        self.name.ty.clone()
    }

    /// Whether `response` is a success: a 2xx, or the default where no 2xx is documented.
    pub(super) fn is_success(&self, response: &Response<'_>) -> bool {
        let documented = |response: &Response<'_>| response.status().is_success();
        documented(response) || (response.status() == Status::Default && !self.responses.iter().any(documented))
    }

    /// The responses that are successes.
    pub(super) fn successes(&self) -> impl Iterator<Item = &Response<'_>> {
        self.responses.iter().filter(|response| self.is_success(response))
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.raw.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }
}

/// A parameter.
pub(super) struct Parameter<'a> {
    /// The JSON pointer of where it is declared.
    pub(super) pointer: String,
    /// The component that it is, if it refers to one.
    pub(super) component: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) location: Location,
    pub(super) required: bool,
    pub(super) style: Style,
    /// Whether its value, one in a path, keeps its slashes.
    pub(super) multi_segment: bool,
    pub(super) description: Option<&'a str>,
    pub(super) deprecated: bool,
    pub(super) schema: Value,
}

impl Parameter<'_> {
    /// Whether it is the header `Accept`, which chooses among the media types of the answer.
    pub(super) fn is_accept(&self) -> bool {
        is_accept(self.location, self.name)
    }
}

fn is_accept(location: Location, name: &str) -> bool {
    location == Location::Header && name.eq_ignore_ascii_case("accept")
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl Location {
    /// The location, as OpenAPI writes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// A request body.
pub(super) struct RequestBody<'a> {
    pub(super) required: bool,
    /// Its media types; the default comes first.
    pub(super) contents: Vec<Content<'a>>,
}

/// A body in one media type.
pub(super) struct Content<'a> {
    pub(super) media_type: &'a str,
    pub(super) kind: BodyKind,
    pub(super) schema: &'a Value,
    /// Whether the media type is a range with JSON in it and the schema says what the body is, so that an answer's
    /// `Content-Type` decides how it is read.
    pub(super) is_range: bool,
    /// What each item is, if the body is a sequence of them.
    pub(super) item: Option<Item>,
    /// How fields of a form are written that are not written by default.
    pub(super) styles: Vec<(&'a str, Style)>,
    /// Whether it is bytes that are sent in base64 (`format: byte`), and no JSON.
    pub(super) base64: bool,
    /// What is said of the fields of a multipart body.
    pub(super) fields: Vec<styles::Field<'a>>,
}

impl Content<'_> {
    /// Any JSON value.
    fn json() -> Self {
        let (media_type, kind) = ("application/json", BodyKind::Json);
        Content {
            media_type,
            kind,
            schema: &EMPTY,
            is_range: false,
            item: None,
            styles: Vec::new(),
            base64: false,
            fields: Vec::new(),
        }
    }

    /// Whether a response of it has the type of the schema.
    pub(super) fn is_typed(&self) -> bool {
        self.kind == BodyKind::Json || self.is_range
    }
}

/// The response that is documented for one status.
pub(super) struct Response<'a> {
    /// As the definition writes it: `201`, `4XX`, `default`.
    pub(super) key: &'a str,
    /// The component that it is, if it refers to one.
    pub(super) component: Option<&'a str>,
    pub(super) description: &'a str,
    pub(super) contents: Vec<Content<'a>>,
    pub(super) headers: Vec<Header<'a>>,
}

impl Response<'_> {
    /// What the status stands for.
    pub(super) fn status(&self) -> Status {
        Status::read(self.key)
    }
}

/// A response header.
pub(super) struct Header<'a> {
    pub(super) name: &'a str,
    pub(super) required: bool,
    pub(super) description: Option<&'a str>,
    pub(super) schema: Option<&'a Value>,
    /// The schema of its members, if it is a list of a type of the user's own.
    pub(super) items: Option<&'a Value>,
}

/// Reads all operations of `document`, in its order, and reports what cannot be generated.
pub(super) fn operations<'a>(document: &'a Value, diagnostics: &mut Vec<Diagnostic>) -> Vec<Operation<'a>> {
    let mut reader = Reader { document, diagnostics };
    let mut operations = Vec::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, raw) in item.as_object().into_iter().flatten() {
            if is_method(method) {
                operations.push(reader.operation(path, item, method, raw));
            }
        }
    }
    operations
}

struct Reader<'a, 'd> {
    document: &'a Value,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a> Reader<'a, '_> {
    fn operation(&mut self, path: &'a str, item: &'a Value, method: &str, raw: &'a Value) -> Operation<'a> {
        let pointer = format!("/paths/{}/{method}", escape(path));
        let list = |of: &'a Value, key: &str| of.get(key).and_then(Value::as_array);
        let lists = [list(raw, "servers"), list(item, "servers"), list(self.document, "servers")];
        let servers = lists.into_iter().flatten().find(|servers| !servers.is_empty());
        let security = list(raw, "security").or_else(|| list(self.document, "security"));
        let id = operation_id(raw, method, path);
        for (name, _) in raw.get("callbacks").and_then(Value::as_object).into_iter().flatten() {
            let message = format!("the callback `{name}`, which the server calls, is not generated");
            let pointer = format!("{pointer}/callbacks/{}", escape(name));
            self.diagnostics.push(Diagnostic::warning("G022", message).at(pointer));
        }
        let mut operation = Operation {
            name: Named::new(raw.get(renames::EXTENSION).and_then(Value::as_str).unwrap_or(&id)),
            id,
            grouped: None,
            method: grammar::method(method),
            key: path,
            path: item.get(PATH).and_then(Value::as_str).unwrap_or(path),
            raw,
            is_documented: true,
            parameters: self.parameters(item, raw, &pointer),
            request: self.request(raw, &pointer),
            responses: self.responses(raw, &pointer),
            servers: servers.map_or(&[], Vec::as_slice),
            security: security.map_or(&[], Vec::as_slice),
            pointer,
        };
        // The client gives a key of its own where the caller does not.
        if let Some(key) = operation.idempotency_key() {
            let is_key = |parameter: &&mut Parameter<'_>| {
                parameter.location == Location::Header && parameter.name.eq_ignore_ascii_case(key)
            };
            operation.parameters.iter_mut().filter(is_key).for_each(|parameter| parameter.required = false);
        }
        operation
    }

    /// Follows a local reference. If it leads nowhere, a warning says that `what` is the consequence.
    fn resolve(&mut self, value: &'a Value, pointer: &str, what: &str) -> Option<&'a Value> {
        let mut value = value;
        let mut problem = "these references are circular".to_owned();
        for _ in 0..32 {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Some(value) };
            let Some(target) = reference.strip_prefix('#').and_then(|at| crate::pointer::find(self.document, at))
            else {
                problem = format!("`{reference}` cannot be resolved");
                break;
            };
            value = target;
        }
        let warning = Diagnostic::warning("G001", format!("{problem}; {what}")).at(pointer);
        self.diagnostics.push(warning.help("define what it refers to, or correct it in an overlay"));
        None
    }

    /// The parameters of the path item, then those of the operation, which replace those of the same name and place.
    fn parameters(&mut self, item: &'a Value, raw: &'a Value, pointer: &str) -> Vec<Parameter<'a>> {
        let mut parameters: Vec<Parameter<'a>> = Vec::new();
        let multi = item.get(MULTI_SEGMENT).and_then(Value::as_array);
        let item_pointer = pointer.rsplit_once('/').map_or("", |(item, _)| item);
        let lists = [(item, item_pointer), (raw, pointer)].map(|(of, at)| (of.get("parameters"), at));
        let lists = lists.into_iter().filter_map(|(list, at)| Some((list?.as_array()?, at)));
        let values = lists.flat_map(|(list, at)| list.iter().enumerate().map(move |(index, value)| (value, at, index)));
        for (value, at, index) in values {
            let pointer = format!("{at}/parameters/{index}");
            let component = component(value);
            let Some(value) = self.resolve(value, &pointer, "the parameter is left out") else { continue };
            let text = |key: &str| value.get(key).and_then(Value::as_str);
            let (Some(name), Some(place)) = (text("name"), text("in")) else {
                let message = "a parameter has no `name` or no `in`, and is not generated";
                self.diagnostics.push(Diagnostic::warning("G002", message).at(pointer));
                continue;
            };
            let location = match place {
                "path" => Location::Path,
                "query" => Location::Query,
                "header" => Location::Header,
                "cookie" => Location::Cookie,
                _ => {
                    let message = format!("OpenAPI has no `{place}` parameters; `{name}` is not generated");
                    self.diagnostics.push(Diagnostic::warning("G003", message).at(pointer));
                    continue;
                }
            };
            let accept = is_accept(location, name) && value.get("schema").is_some();
            // OpenAPI 3.0.3, Parameter Object: these three are defined elsewhere, and a parameter for them is ignored. That
            // of `Accept` is kept for its values, among which the caller chooses.
            let reserved = ["accept", "content-type", "authorization"];
            if location == Location::Header && !accept && reserved.contains(&name.to_ascii_lowercase().as_str()) {
                let message = format!("the header `{name}` is not a parameter: media types and credentials decide it");
                self.diagnostics.push(Diagnostic::note("G019", message).at(pointer));
                continue;
            }
            let content = value.get("content").and_then(Value::as_object).and_then(|content| content.iter().next());
            let (json, schema) = match (value.get("schema"), content) {
                (Some(schema), _) => (false, Some(schema)),
                (None, Some((media_type, media))) => (BodyKind::of(media_type) == BodyKind::Json, media.get("schema")),
                (None, None) => (false, None),
            };
            let whole = value.get(WHOLE_QUERY) == Some(&Value::Bool(true));
            let style = match (whole, json) {
                (true, true) => Style::Plain("WholeJson"),
                (true, false) => Style::Plain("Whole"),
                (false, true) => Style::Plain("Json"),
                (false, false) => styles::of(location, value),
            };
            let multi_segment = location == Location::Path && multi.is_some_and(|names| names.contains(&name.into()));
            let parameter = Parameter {
                pointer,
                component,
                name,
                location,
                // The operation sends an `Accept` of its own where the caller chooses none.
                required: location == Location::Path || (!accept && value.get("required") == Some(&Value::Bool(true))),
                style,
                multi_segment,
                description: text("description"),
                deprecated: value.get("deprecated") == Some(&Value::Bool(true)),
                schema: schema.cloned().unwrap_or_else(|| serde_json::json!({})),
            };
            let same = |other: &Parameter<'_>| {
                let ignores_case = location == Location::Header && other.name.eq_ignore_ascii_case(name);
                other.location == location && (ignores_case || other.name == name)
            };
            if let Some(earlier) = parameters.iter().position(same).map(|index| parameters.remove(index))
                && earlier.pointer.starts_with(&format!("{at}/parameters/"))
            {
                let message = format!("the {place} parameter `{name}` is declared twice; the last one counts");
                let diagnostic = Diagnostic::warning("G002", message).at(earlier.pointer);
                self.diagnostics.push(diagnostic.help("take one of them out in an overlay"));
            }
            parameters.push(parameter);
        }
        parameters.sort_by_key(|parameter| parameter.location);
        parameters
    }

    fn request(&mut self, raw: &'a Value, pointer: &str) -> Option<RequestBody<'a>> {
        let body = raw.get("requestBody")?;
        let Some(body) = self.resolve(body, pointer, "the body is any JSON value") else {
            return Some(RequestBody { required: false, contents: vec![Content::json()] });
        };
        let mut contents = contents(self.document, body);
        // The first JSON form is the default.
        contents.sort_by_key(|content| content.kind != BodyKind::Json);
        let required = body.get("required") == Some(&Value::Bool(true));
        if contents.is_empty() {
            let message = "this request body has no media type, and is not generated";
            self.diagnostics.push(Diagnostic::warning("G021", message).at(format!("{pointer}/requestBody")));
        }
        self.encodings(body, &format!("{pointer}/requestBody"));
        (!contents.is_empty()).then_some(RequestBody { required, contents })
    }

    /// Reports what is said of the encoding of a field and cannot be honored.
    fn encodings(&mut self, body: &Value, pointer: &str) {
        for (media_type, media) in body.get("content").and_then(Value::as_object).into_iter().flatten() {
            let kind = BodyKind::of(media_type);
            for (name, encoding) in media.get("encoding").and_then(Value::as_object).into_iter().flatten() {
                let ignored = styles::ignored(kind, encoding, || self.is_file(media, name));
                let Some((what, help)) = ignored else { continue };
                let message = format!("{what} in the encoding of the part `{name}` is ignored");
                let pointer = format!("{pointer}/content/{}/encoding/{}", escape(media_type), escape(name));
                self.diagnostics.push(Diagnostic::warning("G024", message).at(pointer).help(help));
            }
        }
    }

    /// Whether the field `name` of a body is a file or a list of files.
    fn is_file(&self, media: &Value, name: &str) -> bool {
        let mut schema = media.get("schema");
        for _ in 0..32 {
            let Some(target) = schema.and_then(lone_reference) else { break };
            schema = components(self.document).and_then(|all| all.get(&target));
        }
        let property = schema.and_then(|schema| schema.get("properties")?.get(name));
        property.is_some_and(|property| {
            [Some(property), property.get("items")].iter().flatten().any(|it| it.get(FILE_PART).is_some())
        })
    }

    fn responses(&mut self, raw: &'a Value, pointer: &str) -> Vec<Response<'a>> {
        let mut responses: Vec<Response<'a>> = Vec::new();
        for (status, value) in raw.get("responses").and_then(Value::as_object).into_iter().flatten() {
            if status.starts_with("x-") {
                continue;
            }
            let pointer = format!("{pointer}/responses/{}", escape(status));
            if let Some(other) = responses.iter().find(|other| other.status() == Status::read(status)) {
                let message = format!("`{status}` and `{}` stand for the same statuses; the first counts", other.key);
                self.diagnostics.push(Diagnostic::warning("G025", message).at(pointer));
                continue;
            }
            let component = component(value);
            let value = self.resolve(value, &pointer, "the response has no body").unwrap_or(&EMPTY);
            for (name, _) in value.get("links").and_then(Value::as_object).into_iter().flatten() {
                let message = format!("the link `{name}` is not followed");
                self.diagnostics
                    .push(Diagnostic::note("G020", message).at(format!("{pointer}/links/{}", escape(name))));
            }
            let mut headers = Vec::new();
            for (name, header) in value.get("headers").and_then(Value::as_object).into_iter().flatten() {
                let Some(header) = self.resolve(header, &pointer, "the header is left out") else { continue };
                let schema = header.get("schema").map(|schema| match Replaced::behind(self.document, schema) {
                    Some(_) => behind(self.document, schema).unwrap_or(schema),
                    None => schema,
                });
                headers.push(Header {
                    name,
                    required: header.get("required") == Some(&Value::Bool(true)),
                    description: header.get("description").and_then(Value::as_str),
                    schema,
                    items: schema.and_then(|schema| replaced_items(self.document, schema)),
                });
            }
            headers.sort_by_key(|header| header.name.to_ascii_lowercase());
            responses.push(Response {
                key: status,
                component,
                description: value.get("description").and_then(Value::as_str).unwrap_or_default(),
                contents: contents(self.document, value),
                headers,
            });
        }
        responses
    }
}

/// The schemas of the bodies of webhooks, each with its pointer, the names that lead to it, and whether this side receives it.
pub(super) fn webhooks<'a>(
    document: &'a Value,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(&'a Value, String, Vec<String>, bool)> {
    let mut reader = Reader { document, diagnostics };
    let mut schemas = Vec::new();
    for (name, item) in document.get("webhooks").and_then(Value::as_object).into_iter().flatten() {
        let pointer = format!("/webhooks/{}", escape(name));
        let message = format!("the webhook `{name}` is called by the server; only its types are generated");
        reader.diagnostics.push(Diagnostic::note("G026", message).at(&pointer));
        let Some(item) = reader.resolve(item, &pointer, "the webhook is left out") else { continue };
        for (method, raw) in item.as_object().into_iter().flatten().filter(|(key, _)| is_method(key)) {
            let (id, pointer) = (operation_id(raw, method, name), format!("{pointer}/{method}"));
            let request = raw.get("requestBody").map(|body| ("requestBody".to_owned(), "request", body, true));
            let responses = raw.get("responses").and_then(Value::as_object).into_iter().flatten();
            let responses =
                responses.map(|(key, value)| (format!("responses/{}", escape(key)), key.as_str(), value, false));
            for (within, called, value, received) in request.into_iter().chain(responses) {
                let pointer = format!("{pointer}/{within}");
                let Some(value) = reader.resolve(value, &pointer, "it is left out") else { continue };
                for content in contents(document, value) {
                    let pointer = format!("{pointer}/content/{}/schema", escape(content.media_type));
                    schemas.push((content.schema, pointer, vec![id.clone(), called.to_owned()], received));
                }
            }
        }
    }
    schemas
}

/// The schema of the items of `schema`, if it is a list of a type of the user's own.
pub(super) fn replaced_items<'a>(document: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    let list = behind(document, schema).filter(|list| list.get("type") == Some(&Value::from("array")))?;
    let items = behind(document, list.get("items")?)?;
    Replaced::of(items.as_object()?).is_some().then_some(items)
}

/// The name of the component that a Reference Object leads to.
fn component(value: &Value) -> Option<&str> {
    let name = value.get("$ref")?.as_str()?.strip_prefix("#/components/")?.split_once('/')?.1;
    (!name.contains('/')).then_some(name)
}

/// The members of a `content`, in the definition's order.
fn contents<'a>(document: &'a Value, value: &'a Value) -> Vec<Content<'a>> {
    let content = value.get("content").and_then(Value::as_object);
    let contents = content.into_iter().flatten().map(|(media_type, media)| {
        let schema = media.get("schema").unwrap_or_else(|| &EMPTY);
        let file = schema.get(FILE) == Some(&Value::Bool(true));
        let kind = if file { BodyKind::Bytes } else { BodyKind::of(media_type) };
        let is_range = !file && media_type::is_typed_range(document, media_type, schema);
        let item = sequences::item(document, media_type, media);
        let (styles, fields) = match kind {
            BodyKind::Form => (styles::of_fields(media), Vec::new()),
            BodyKind::Multipart => (Vec::new(), styles::parts(media)),
            _ => (Vec::new(), Vec::new()),
        };
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        let base64 = (text("type"), text("format")) == (Some("string"), Some("byte"));
        // A text of the user's own is written as its type says.
        let is_theirs = kind == BodyKind::Text && schema.get(TYPE).is_some();
        let base64 = base64
            && !is_theirs
            && schema.as_object().is_none_or(|schema| !matches!(formats::chosen(schema), Ok(Some(Format::Text))));
        Content { media_type, kind, schema, is_range, item, styles, base64, fields }
    });
    contents.collect()
}

/// The schema that says nothing.
static EMPTY: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| serde_json::json!({}));

/// The scopes that a Security Requirement Object asks of each scheme.
pub(super) fn requirements(alternative: &Value) -> impl Iterator<Item = (&str, Vec<&str>)> {
    alternative.as_object().into_iter().flatten().map(|(scheme, scopes)| {
        let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        (scheme.as_str(), scopes)
    })
}
