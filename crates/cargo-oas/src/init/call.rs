//! The first call: chooses the operation that needs the least, and writes the call as a person would.

use openapi_build::diagnostic::Diagnostic;
use openapi_build::generate;
use serde_json::{Map, Value};

use super::value::{self, Sample};
use super::{one_line, turns_text};

/// The statuses of errors that a test can script: no client tries them again.
const REFUSALS: [&str; 6] = ["404", "400", "403", "409", "422", "410"];

/// The variables of the example and the test. A value that has such a name in the definition gets another one.
const VARIABLES: [&str; 4] = ["sandbox", "client", "response", "error"];

/// How deep `json!` may expand: rustc stops at 128, of which other macros around it take some.
const LEVELS: usize = 100;

/// A call of an operation in Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// Its method and path.
    pub(super) request: String,
    /// The name by which a sandbox knows the operation.
    pub(super) operation: String,
    /// Statements that make what it takes.
    pub(super) before: Vec<String>,
    /// The method of the client, `list_rooms`, or of a group of it, `rooms().list`.
    pub(super) method: String,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
    /// Whether the method checks what it is given, and may fail.
    pub(super) is_checked: bool,
    /// Whether the success has a body.
    pub(super) has_body: bool,
    /// A documented error that can be scripted: its status, and the path of its variant.
    pub(super) refusal: Option<(String, String)>,
}

/// What is generated from a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client<'a> {
    /// The generated code.
    pub(super) code: &'a str,
    /// The document after all repairs.
    pub(super) repaired: &'a Value,
    /// The document as a sandbox serves it.
    pub(super) served: &'a Value,
}

/// An operation that can be called, and how much a call needs.
struct Candidate {
    cost: (u32, u32, usize),
    call: Call,
}

impl<'a> Client<'a> {
    /// The first call; `None` if no operation can be called without files.
    ///
    /// # Errors
    ///
    /// `G012`.
    pub(super) fn first_call(&self) -> Result<Option<Call>, Diagnostic> {
        let bindings = generate::bindings(self.code)?;
        let operations = bindings["operations"].as_array().into_iter().flatten();
        let candidates = operations.filter_map(|operation| self.candidate(operation));
        Ok(candidates.min_by_key(|candidate| candidate.cost).map(|candidate| candidate.call))
    }

    fn candidate(&self, operation: &Value) -> Option<Candidate> {
        let text = |key: &str| operation[key].as_str().unwrap_or_default();
        let (id, method, path) = (text("id"), text("method"), text("path"));
        let node = self.operation(id, &method.to_ascii_lowercase(), path);
        let mut writing = Writing::new(self);
        let required = |argument: &&Value| argument["required"] == Value::Bool(true);
        for argument in operation["arguments"].as_array().into_iter().flatten().filter(required) {
            if argument["name"].is_null() {
                // A body that is documented for a range of media types, and the one that it has.
                let is_body = argument["type"].as_str().is_some_and(|ty| ty.contains("::Body"));
                let text = if is_body { "hello".to_owned() } else { media_type(&self.body_range(&node)) };
                writing.arguments.push(format!("{text:?}"));
                writing.need = writing.need.max(4);
                continue;
            }
            let name = argument["name"].as_str().unwrap_or_default();
            let parameter = self.parameter(&node, name, argument["in"].as_str().unwrap_or_default());
            writing.fits &= !value::is_theirs(self.repaired, parameter);
            writing.argument(argument, &value::of_content(self.repaired, parameter, name));
        }
        if required(&&operation["body"]) {
            writing.body(&operation["body"], &node)?;
        }
        // The server would reject the call, or not find the path: URLs lose line breaks. A type of the user's own may not read a value
        // that was invented, and cannot be named.
        if !writing.fits || path.contains(char::is_control) {
            return None;
        }
        let (_, name) = text("rust").rsplit_once("::")?;
        let name = match text("group").strip_prefix("Client::") {
            Some(group) => format!("{group}().{name}"),
            None => text("rust").strip_prefix("Client::")?.to_owned(),
        };
        let success = operation["success"]["type"].as_str().unwrap_or_default();
        let call = Call {
            request: one_line(&format!("{method} {path}")),
            operation: self.name_in_sandbox(id, method, path),
            before: writing.before,
            method: name,
            arguments: writing.arguments,
            is_checked: writing.fallible,
            has_body: success != "()",
            refusal: refusal(operation),
        };
        let changes = if method == "GET" { 0 } else { 2 };
        let odd = u32::from(node.is_deprecated()) + u32::from(!self.is_open(&node));
        let plain = ["()", "String", "Vec<u8>"].contains(&success) || success.contains("bodies::");
        let segments = path.split('/').filter(|part| !part.is_empty()).count();
        Some(Candidate { cost: (odd * 8 + writing.need + changes, u32::from(plain), segments), call })
    }

    /// The operation in the repaired document.
    fn operation(&self, id: &str, method: &str, path: &str) -> Node<'_> {
        let paths = self.repaired.get("paths").and_then(Value::as_object);
        let items = || paths.into_iter().flatten();
        let of = |item: &'_ Value| item.get(method).and_then(|it| it.get("operationId")?.as_str()) == Some(id);
        let found = items().find(|(_, item)| of(item)).or_else(|| items().find(|(key, _)| *key == path));
        let item = found.map_or(&Value::Null, |(_, item)| item);
        Node { item, operation: item.get(method).unwrap_or(&Value::Null) }
    }

    fn parameter<'b>(&'b self, node: &Node<'b>, name: &str, place: &str) -> &'b Value {
        let lists = [node.operation, node.item].map(|of| of.get("parameters").and_then(Value::as_array));
        let all = lists.into_iter().flatten().flatten().map(|parameter| value::resolve(self.repaired, parameter));
        let mut those = all.filter(|parameter| parameter["name"] == name && parameter["in"] == place);
        those.next().unwrap_or(&Value::Null)
    }

    /// The first media type of the body of an operation.
    fn body_range(&self, node: &Node<'_>) -> String {
        let request = value::resolve(self.repaired, &node.operation["requestBody"]);
        let contents = request.get("content").and_then(Value::as_object);
        contents.and_then(|all| all.keys().next().cloned()).unwrap_or_default()
    }

    /// Whether a sandbox has a credential for the operation.
    fn is_open(&self, node: &Node<'_>) -> bool {
        let security = node.operation.get("security").or_else(|| self.repaired.get("security"));
        let Some(alternatives) = security.and_then(Value::as_array).filter(|all| !all.is_empty()) else { return true };
        let schemes = &self.repaired["components"]["securitySchemes"];
        let known = |name: &str| {
            let scheme = value::resolve(self.repaired, &schemes[name]);
            match scheme["type"].as_str() {
                Some("http") => scheme["scheme"]
                    .as_str()
                    .is_some_and(|scheme| ["basic", "bearer"].iter().any(|it| scheme.eq_ignore_ascii_case(it))),
                Some("apiKey" | "oauth2" | "openIdConnect") => true,
                _ => false,
            }
        };
        let met = |all: &Value| all.as_object().is_some_and(|all| all.keys().all(|name| known(name)));
        alternatives.iter().any(met)
    }

    /// The name of an operation in a sandbox: its id, unless another one has the same.
    fn name_in_sandbox(&self, id: &str, method: &str, path: &str) -> String {
        let items = self.served.get("paths").and_then(Value::as_object).into_iter().flatten();
        let values = |of: Option<&'a Value>| of.and_then(Value::as_object).into_iter().flatten().map(|(_, it)| it);
        let operations = items.flat_map(|(_, item)| values(Some(item)).chain(values(item.get("additionalOperations"))));
        let same = operations.filter(|it| it.get("operationId").and_then(Value::as_str) == Some(id));
        if same.count() == 1 { id.to_owned() } else { format!("{} {path}", method.to_ascii_lowercase()) }
    }
}

/// An operation, and the path that it belongs to.
struct Node<'a> {
    item: &'a Value,
    operation: &'a Value,
}

impl Node<'_> {
    fn is_deprecated(&self) -> bool {
        self.operation["deprecated"] == Value::Bool(true)
    }
}

/// A call that is being written.
struct Writing<'a> {
    client: &'a Client<'a>,
    before: Vec<String>,
    /// The variables that those statements make.
    bound: Vec<String>,
    arguments: Vec<String>,
    /// How much it needs: 0 nothing, 1 what the definition gives, more for what is invented.
    need: u32,
    /// Whether the method checks what it is given.
    fallible: bool,
    /// Whether every value is known to follow the rules of its schema.
    fits: bool,
}

impl<'a> Writing<'a> {
    fn new(client: &'a Client<'a>) -> Self {
        let (before, bound, arguments) = (Vec::new(), Vec::new(), Vec::new());
        Self { client, before, bound, arguments, need: 0, fallible: false, fits: true }
    }

    fn argument(&mut self, argument: &Value, sample: &Sample) {
        let text = |key: &str| argument[key].as_str().unwrap_or_default();
        self.need = self.need.max(if sample.given { 1 } else { 3 });
        self.fits &= sample.fits;
        self.fallible |= argument["checked"] == Value::Bool(true);
        let ty = text("type");
        let by_reference = argument["reference"] == Value::Bool(true);
        let plain = match (by_reference, argument["checked"] == Value::Bool(true)) {
            (true, _) if ty != "str" => None,
            (false, true) if sample.value.is_string() => Some(literal(&sample.value)),
            _ => self.client.plain(ty, &sample.value),
        };
        match plain {
            Some(plain) => self.arguments.push(plain),
            None => {
                let name = self.bind(text("rust"), ty, &sample.value);
                self.arguments.push(if by_reference { format!("&{name}") } else { name });
            }
        }
    }

    fn body(&mut self, body: &Value, node: &Node<'_>) -> Option<()> {
        let (ty, media_type) = (body["type"].as_str()?, body["media_type"].as_str()?);
        if into(ty).unwrap_or(ty) == "::openapi_runtime::Body" {
            self.need = self.need.max(4);
            self.arguments.push(if into(ty).is_some() { "\"hello\"" } else { "\"hello\".into()" }.to_owned());
            return Some(());
        }
        if media_type.starts_with("multipart/") {
            return None;
        }
        let request = value::resolve(self.client.repaired, &node.operation["requestBody"]);
        let contents = request.get("content").and_then(Value::as_object);
        let content = contents.and_then(|all| all.get(media_type).or_else(|| all.values().next()));
        let content = content.unwrap_or(&Value::Null);
        if value::is_theirs(self.client.repaired, content) {
            return None;
        }
        let sample = value::of_content(self.client.repaired, content, "text");
        self.need = self.need.max(if sample.given { 3 } else { 4 });
        self.fits &= sample.fits;
        match self.client.plain(ty, &sample.value) {
            Some(plain) => self.arguments.push(plain),
            None => {
                let name = self.bind("body", ty, &sample.value);
                self.arguments.push(name);
            }
        }
        Some(())
    }

    /// Makes a variable of a value that is written as JSON, and returns its name: `name`, or one like it that is free.
    fn bind(&mut self, name: &str, ty: &str, value: &Value) -> String {
        let mut name = name.to_owned();
        while VARIABLES.contains(&name.as_str()) || self.bound.contains(&name) {
            name.push('_');
        }
        let ty = into(ty).unwrap_or(ty).replace("::openapi_runtime::", "openapi_runtime::");
        let value = if levels(value) <= LEVELS {
            format!("from_value(json!({}))", json(value, 1))
        } else {
            format!("from_str(\n        {},\n    )", raw(value))
        };
        self.before.push(format!("let {name}: {ty} = serde_json::{value}?;"));
        self.bound.push(name.clone());
        name
    }
}

impl Client<'_> {
    /// `value` as an expression of the type `ty`; `None` if it is best written as JSON.
    fn plain(&self, ty: &str, value: &Value) -> Option<String> {
        if let (Some("String"), Value::String(_)) = (into(ty), value) {
            return Some(literal(value));
        }
        let ty = into(ty).unwrap_or(ty);
        if let Some(name) = ty.strip_prefix("types::") {
            return self.named(name, value);
        }
        match (ty, value) {
            ("str", Value::String(_)) => Some(literal(value)),
            // A text that the definition shows as a number.
            ("str", Value::Number(_) | Value::Bool(_)) => Some(format!("{:?}", value.to_string())),
            ("String", Value::String(_)) => Some(format!("{}.to_owned()", literal(value))),
            ("bool", Value::Bool(_)) => Some(value.to_string()),
            ("f32" | "f64", Value::Number(number)) => number.as_f64().map(|number| format!("{number:?}")),
            ("i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64", Value::Number(number)) => {
                (number.is_i64() || number.is_u64()).then(|| number.to_string())
            }
            (_, Value::String(_)) if ty.contains("::uuid::") || ty.contains("::chrono::") => {
                Some(format!("{}.parse()?", literal(value)))
            }
            _ => None,
        }
    }

    /// `value` as an expression of the generated type `name`.
    fn named(&self, name: &str, value: &Value) -> Option<String> {
        let from_text = format!("impl ::std::convert::TryFrom<&str> for {name} {{");
        if let (Some(text), Some((_, block))) = (value.as_str(), self.code.split_once(&from_text)) {
            let block = block.split("\n    }\n").next().unwrap_or_default();
            let arm = block.split_once(&format!("{text:?} => Ok(Self::"));
            let variant = arm.and_then(|(_, rest)| rest.split_once(')')).map(|(variant, _)| variant);
            return Some(match variant {
                Some(variant) => format!("types::{name}::{variant}"),
                None => format!("types::{name}::try_from({})?", literal(value)),
            });
        }
        // A checked value: its rules name the type of what it holds.
        let rules = self.code.split_once(&format!("pub type {name} = codegen::Checked<"))?.1.split_once('>')?.0;
        let block = self.code.split_once(&format!("impl codegen::Rules for {rules} {{"))?.1;
        let held = block.split_once("type Value = ")?.1.split_once(';')?.0;
        let held = match (held, value) {
            ("String", Value::String(_)) => literal(value),
            ("i32" | "i64" | "u32" | "u64", Value::Number(number)) if number.is_i64() => format!("{number}{held}"),
            ("f32" | "f64", Value::Number(number)) => format!("{:?}{held}", number.as_f64()?),
            _ => return None,
        };
        Some(format!("types::{name}::try_from({held})?"))
    }
}

/// A media type in `range`.
fn media_type(range: &str) -> String {
    match range.split_once('/') {
        Some((kind, "*")) if !["*", "text", "application"].contains(&kind) => format!("{kind}/example"),
        Some(("application", "*")) => "application/octet-stream".to_owned(),
        Some((_, "*")) | None => "text/plain".to_owned(),
        Some(_) => range.to_owned(),
    }
}

/// The type `T` of an argument that is `impl Into<T>`.
fn into(ty: &str) -> Option<&str> {
    ty.strip_prefix("impl Into<")?.strip_suffix('>')
}

/// The documented error that a test scripts.
fn refusal(operation: &Value) -> Option<(String, String)> {
    let error = operation["error"]["type"].as_str()?;
    let variants = operation["error"]["variants"].as_array()?;
    REFUSALS.iter().find_map(|status| {
        let variant = variants.iter().find(|variant| variant["status"] == *status)?;
        Some(((*status).to_owned(), format!("{error}::{}", variant["name"].as_str()?)))
    })
}

/// A text as Rust writes it.
fn literal(value: &Value) -> String {
    format!("{:?}", value.as_str().unwrap_or_default())
}

/// How deep `json!` expands for `value`: by three for each member of an object, one after the other, and by one for each item of
/// a list, or by two if the macro has a rule of its own for it.
fn levels(value: &Value) -> usize {
    match value {
        Value::Array(items) => {
            let own = |item: &Value| if item.is_string() || item.is_number() { 1 } else { 2 };
            2 + items.iter().map(own).sum::<usize>() + items.iter().map(levels).max().unwrap_or_default()
        }
        Value::Object(members) => {
            let members = members.values().enumerate();
            2 + members.map(|(index, value)| 3 * (index + 1) + levels(value)).max().unwrap_or_default()
        }
        _ => 1,
    }
}

/// `value` as a raw string with JSON.
fn raw(value: &Value) -> String {
    // Only strings have such characters, in which JSON has this escape. rustc rejects those that change the direction of text.
    let escape = |c: char| match c {
        c if turns_text(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    let text: String = format!("{value:#}").chars().map(escape).collect();
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// `value` as an argument of `json!`, within a statement that is indented `depth` times.
fn json(value: &Value, depth: usize) -> String {
    let inner = "    ".repeat(depth + 1);
    let outer = "    ".repeat(depth);
    match value {
        Value::String(_) => literal(value),
        // Within `json!`, a number without a suffix is an `i32`.
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) if i32::try_from(whole).is_ok() => whole.to_string(),
            (Some(whole), _) => format!("{whole}i64"),
            (None, Some(whole)) => format!("{whole}u64"),
            (None, None) => format!("{:?}", number.as_f64().unwrap_or_default()),
        },
        Value::Array(items) if !items.is_empty() => {
            let items: Vec<String> = items.iter().map(|item| json(item, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) if !members.is_empty() => members_of(members, depth + 1, &inner, &outer),
        other => other.to_string(),
    }
}

fn members_of(members: &Map<String, Value>, depth: usize, inner: &str, outer: &str) -> String {
    let lines = members.iter().map(|(name, value)| format!("{inner}{name:?}: {},\n", json(value, depth)));
    format!("{{\n{}{outer}}}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use openapi_build::pipeline::Loaded;
    use openapi_build::source::SourceFile;

    use super::*;

    /// The first call of a document with those paths.
    fn call(paths: &str) -> Option<Call> {
        let text = format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}");
        let file = SourceFile::from_bytes("a.yaml".as_ref(), text.into_bytes()).expect("it is UTF-8");
        let loaded = Loaded::sources(vec![file], &[]).expect("a document");
        let (code, repaired) = (loaded.generate().expect("a client").code, loaded.normalize());
        let served = loaded.documents[0].served();
        Client { code: &code, repaired: &repaired[0].1.tree, served }.first_call().expect("the code is Rust")
    }

    /// The arguments of the first call of a document whose one operation has those parameters and body.
    fn arguments(parameters: &str, body: &str) -> Vec<String> {
        let body = if body.is_empty() { String::new() } else { format!("requestBody: {body},") };
        let call = call(&format!(
            "  /a: {{post: {{parameters: {parameters}, {body} responses: {{'204': {{description: d}}}}}}}}"
        ));
        call.expect("it can be called").arguments
    }

    #[test]
    fn the_operation_that_needs_the_least_is_called() {
        let requests = |paths: &str| call(paths).map(|call| call.request);
        let responses = "responses: {'204': {description: d}}";
        let id = "{name: id, in: path, required: true, schema: {type: string}}";
        let known = "{name: id, in: path, required: true, schema: {type: string}, example: x}";
        let post = format!("  /a: {{post: {{{responses}}}}}\n");
        let unknown = format!("  /b/{{id}}: {{get: {{parameters: [{id}], {responses}}}}}\n");
        let given = format!("  /long/path/{{id}}: {{get: {{parameters: [{known}], {responses}}}}}\n");
        let bare = format!("  /even/longer/path/than: {{get: {{{responses}}}}}\n");
        let old = format!("  /: {{get: {{deprecated: true, {responses}}}}}\n");
        assert_eq!(
            requests(&format!("{post}{unknown}{given}{old}{bare}")).as_deref(),
            Some("GET /even/longer/path/than")
        );
        assert_eq!(requests(&format!("{post}{unknown}{given}{old}")).as_deref(), Some("GET /long/path/{id}"));
        assert_eq!(requests(&format!("{post}{unknown}{old}")).as_deref(), Some("POST /a"));
        assert_eq!(requests(&format!("{unknown}{old}")).as_deref(), Some("GET /b/{id}"));
        let file = "{content: {multipart/form-data: {schema: {type: object, required: [f], properties: {f: {type: string, format: binary}}}}}, required: true}";
        assert_eq!(requests(&format!("  /f: {{post: {{requestBody: {file}, {responses}}}}}")), None);
    }

    #[test]
    fn arguments_are_written_as_their_types_want_them() {
        let parameter = |schema: &str| format!("[{{name: p, in: query, required: true, schema: {schema}}}]");
        for (schema, argument) in [
            ("{type: string, example: x}", "\"x\""),
            ("{type: integer, format: int32, example: 3}", "3"),
            ("{type: number, example: 3}", "3.0"),
            ("{type: boolean}", "true"),
            ("{type: string, enum: [b-c, d]}", "types::PostAp::Bc"),
            ("{type: string, minLength: 3}", "types::PostAp::try_from(\"pxx\")?"),
            ("{type: integer, minimum: 4}", "types::PostAp::try_from(4i64)?"),
            ("{type: string, format: date, example: 2026-01-31}", "\"2026-01-31\".parse()?"),
            ("{type: array, items: {type: string}}", "&p"),
            ("{type: object, properties: {a: {type: string}}}", "p"),
        ] {
            assert_eq!(arguments(&parameter(schema), ""), [argument], "{schema}");
        }
        let any = "{required: true, content: {'*/*': {schema: {type: string, format: binary}}}}";
        assert_eq!(arguments("[]", any), ["\"text/plain\"", "\"hello\""]);
        for (content, argument) in [
            ("text/plain: {schema: {type: string}}", "\"text\""),
            ("application/octet-stream: {}", "\"hello\""),
            ("application/json: {schema: {type: object}}", "body"),
            ("application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}}}}", "body"),
        ] {
            assert_eq!(
                arguments("[]", &format!("{{required: true, content: {{{content}}}}}")),
                [argument],
                "{content}"
            );
        }
    }

    #[test]
    fn a_value_of_a_type_of_the_users_own_is_not_invented() {
        let request = |paths: &str| call(paths).map(|call| call.request);
        let responses = "responses: {'204': {description: d}}";
        let theirs = "{type: string, x-rust-type: 'crate::Money'}";
        let last = format!("  /b/c: {{post: {{deprecated: true, {responses}}}}}\n");
        let parameter = |schema: &str| {
            format!(
                "  /a: {{get: {{parameters: [{{name: p, in: query, required: true, example: x, schema: {schema}}}], {responses}}}}}\n"
            )
        };
        let body = |schema: &str| {
            let content = format!("{{required: true, content: {{application/json: {{schema: {schema}}}}}}}");
            format!("  /a: {{post: {{requestBody: {content}, {responses}}}}}\n")
        };
        let object = |required: &str, of: &str| {
            format!("{{type: object, required: [{required}], properties: {{a: {{type: string}}, p: {of}}}}}")
        };
        let known = "{type: string, format: date, x-rust-type: 'time::Date'}";
        for odd in [
            parameter(theirs),
            parameter(&format!("{{type: array, items: {theirs}}}")),
            parameter(known),
            body(theirs),
            body(&format!("{{type: array, items: {theirs}}}")),
            body(&format!("{{type: object, additionalProperties: {theirs}}}")),
            body(&object("p", theirs)),
            body(theirs).replace("application/json", "text/plain"),
        ] {
            assert_eq!(request(&format!("{odd}{last}")).as_deref(), Some("POST /b/c"), "{odd}");
            assert_eq!(request(&odd), None, "{odd}");
        }
        for plain in [body(&object("a", theirs)), body(&object("p", known)), parameter(&object("a", theirs))] {
            let method = if plain.contains("get:") { "GET" } else { "POST" };
            assert_eq!(request(&format!("{plain}{last}")), Some(format!("{method} /a")), "{plain}");
        }
    }

    #[test]
    fn a_value_that_may_break_a_rule_is_not_sent() {
        let parameter = |schema: &str| {
            format!(
                "parameters: [{{name: p, in: query, required: true, schema: {schema}}}], responses: {{'204': {{description: d}}}}"
            )
        };
        let (odd, plain) = (parameter("{type: string, pattern: '^(a|b)+$'}"), parameter("{type: string}"));
        let request = |paths: &str| call(paths).map(|call| call.request);
        let both = format!("  /a: {{get: {{{odd}}}}}\n  /b: {{post: {{deprecated: true, {plain}}}}}\n");
        assert_eq!(request(&both).as_deref(), Some("POST /b"));
        assert_eq!(request(&format!("  /a: {{get: {{{odd}}}}}\n")), None);
        let given = parameter("{type: string, pattern: '^(a|b)+$', example: ab}");
        assert_eq!(request(&format!("  /a: {{get: {{{given}}}}}\n")).as_deref(), Some("GET /a"));
    }

    #[test]
    fn a_path_with_odd_characters_is_shown_without_them_or_not_called() {
        let request = |path: &str| {
            call(&format!("  \"{path}\": {{get: {{responses: {{'204': {{description: d}}}}}}}}\n"))
                .map(|call| call.request)
        };
        assert_eq!(request("/a/\\u202eb  c").as_deref(), Some("GET /a/ b c"));
        for path in ["/a\\nmod b;", "/a\\e[2J"] {
            assert_eq!(request(path), None, "{path}");
        }
    }

    #[test]
    fn a_variable_hides_no_other_one() {
        let list = "required: true, schema: {type: array, items: {type: string}}}";
        let names = ["client", "sandbox", "response", "error", "body", "rest"];
        let parameters = names.map(|name| format!("{{name: {name}, in: query, {list}")).join(", ");
        let body = "requestBody: {required: true, content: {application/json: {schema: {type: object}}}}";
        let call = call(&format!(
            "  /a: {{post: {{parameters: [{parameters}], {body}, responses: {{'204': {{description: d}}}}}}}}"
        ));
        let call = call.expect("it can be called");
        let mut bound: Vec<&str> = call
            .before
            .iter()
            .filter_map(|line| line.strip_prefix("let ")?.split_once(':'))
            .map(|(name, _)| name)
            .collect();
        assert_eq!(bound.len(), 7, "{bound:?}");
        for name in &bound {
            assert!(!["client", "sandbox", "response", "error"].contains(name), "{bound:?}");
            let is_given = |argument: &String| argument.trim_start_matches('&') == *name;
            assert_eq!(call.arguments.iter().filter(|argument| is_given(argument)).count(), 1, "{call:?}");
        }
        bound.sort_unstable();
        bound.dedup();
        assert_eq!(bound.len(), 7, "{bound:?}");
    }

    #[test]
    fn a_value_that_json_cannot_expand_is_a_text() {
        let written = |value: &Value| {
            let client = Client { code: "", repaired: &Value::Null, served: &Value::Null };
            let mut writing = Writing::new(&client);
            writing.bind("body", "types::Body", value);
            writing.before.concat()
        };
        let object =
            |count: usize| Value::Object((0..count).map(|index| (format!("m{index}"), Value::from("\"#"))).collect());
        let list = |count: usize, item: Value| Value::Array(vec![item; count]);
        for value in [object(32), list(97, Value::from(1)), list(10, object(20))] {
            assert!(written(&value).contains("from_value(json!("), "{value}");
        }
        for value in [
            object(42),
            list(120, Value::from(1)),
            list(30, object(20)),
            list(60, Value::Null),
            serde_json::json!({"a": object(32)}),
        ] {
            let text = written(&value);
            assert!(text.starts_with("let body: types::Body = serde_json::from_str(\n        r"), "{text}");
        }
        let read = |value: &Value| held(&written(value));
        assert_eq!(read(&object(42)), Some(object(42)));
        let odd = list(120, Value::from("\u{202e}\"##\r\\"));
        assert!(!written(&odd).contains(['\u{202e}', '\r']));
        assert_eq!(read(&odd), Some(odd));
    }

    /// What the raw string in `statement` holds.
    fn held(statement: &str) -> Option<Value> {
        let (_, rest) = statement.split_once("        r")?;
        let hashes = &rest[..rest.find('"')?];
        let (text, after) = rest[hashes.len() + 1..].split_once(&format!("\"{hashes}"))?;
        assert_eq!(after, ",\n    )?;");
        serde_json::from_str(text).ok()
    }

    #[test]
    fn values_are_written_as_rust_has_them() {
        let value = serde_json::json!({"a": "\u{7}\"", "b": [1, 3_000_000_000_u64, 1.5, u64::MAX], "c": {}, "d": null});
        let expected = "{\n        \"a\": \"\\u{7}\\\"\",\n        \"b\": [1, 3000000000i64, 1.5, 18446744073709551615u64],\n        \
                        \"c\": {},\n        \"d\": null,\n    }";
        assert_eq!(json(&value, 1), expected);
    }
}
