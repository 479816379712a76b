//! Q049: servers that a client cannot use as they stand.
//!
//! # What it is
//! A server has no URL, or one without scheme and host; its URL has a variable that is not declared, or one without a
//! default; or a value has another type: a text for a server, a number for a default.
//!
//! # Where it was seen
//! In many public definitions: `/` or `/api/v1` where a web framework writes the definition, `https://{host}/v1` without
//! `variables`, `default: 443`.
//!
//! # Why it matters
//! A client does not know where its definition is published, to which a relative URL is relative, and must not send a
//! credential to a host that is partly empty.
//!
//! # The repair
//! A host without a scheme gets `https` (`http` on this very machine); what may be a relative path (`v1.0`) is no
//! host. A number is the text that it is written as. A variable without a default gets its first value or, if it has
//! none, stays in braces: the client must be given a value or another server before it can be called. A relative URL
//! is resolved against the document's `$self`, or the origin of the file that `spec.toml` states, as OpenAPI (Server
//! Object) says; without either, the client must be given a server. What has no URL is left out. A warning says so.
//!
//! # Before and after
//! ```yaml
//! servers: ['api.example.com', {url: 'https://{region}.example.com:{port}', variables: {port: {default: 443}}}]
//! ```
//! ```yaml
//! servers:
//! - {url: 'https://api.example.com'}
//! - url: 'https://{region}.example.com:{port}'
//!   variables: {port: {default: '443'}, region: {default: '{region}'}}
//! ```

use serde_json::{Map, Value, json};

use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::extensions::ORIGIN;
use crate::grammar::operations_mut;
use crate::json_type::with_article;
use crate::lock::Lock;
use crate::pointer::escape;

const CODE: &str = "Q049";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let fetched = document.as_object_mut().and_then(|object| object.shift_remove(ORIGIN));
    let stated = document.get("$self").filter(|base| is_absolute(base)).cloned();
    let origin = stated.or(fetched);
    let origin = origin.as_ref().and_then(Value::as_str);
    servers(document, "", origin, report);
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        servers(item, &format!("/paths/{}", escape(path)), origin, report);
    }
    operations_mut(document, &mut |path, method, operation| {
        servers(operation, &format!("/paths/{}/{method}", escape(path)), origin, report);
    });
}

/// Whether `base` is a URL that others can be relative to.
fn is_absolute(base: &Value) -> bool {
    base.as_str().is_some_and(|base| ["http://", "https://"].iter().any(|scheme| base.starts_with(scheme)))
}

fn warn(report: &mut Report, at: &str, message: String) {
    report.add(Diagnostic::warning(CODE, message).at(at).help("correct it in an overlay"));
}

/// Repairs the `servers` of a document, a path item or an operation; `origin` is where the document is published, if that is
/// known.
fn servers(of: &mut Value, at: &str, origin: Option<&str>, report: &mut Report) {
    let Some(of) = of.as_object_mut() else { return };
    let at = format!("{at}/servers");
    let list = match of.get_mut("servers") {
        None | Some(Value::Array(_)) => None,
        Some(value @ (Value::String(_) | Value::Object(_))) => {
            warn(report, &at, format!("`servers` is {}, and is read as a list of it alone", with_article(value)));
            Some(Value::Array(vec![value.take()]))
        }
        Some(value) => {
            if !value.is_null() {
                warn(report, &at, format!("`servers` is {}, and is ignored", with_article(value)));
            }
            of.shift_remove("servers");
            return;
        }
    };
    if let Some(list) = list {
        of.insert("servers".into(), list);
    }
    let Some(list) = of.get_mut("servers").and_then(Value::as_array_mut) else { return };
    let mut index = 0;
    list.retain_mut(|value| {
        let at = format!("{at}/{index}");
        index += 1;
        server(value, &at, origin, report)
    });
}

/// The servers that `servers` comes to for a client, each with its index in the list that is written. `base` is what relative
/// URLs are relative to, if that is known.
#[cfg(feature = "track")]
pub(crate) fn usable(servers: &Value, base: Option<&str>) -> Vec<(usize, Value)> {
    let list = match servers {
        Value::Array(list) => list.as_slice(),
        Value::String(_) | Value::Object(_) => std::slice::from_ref(servers),
        _ => &[],
    };
    let repaired = |(index, written): (usize, &Value)| {
        let mut value = written.clone();
        server(&mut value, "", base, &mut Report::default()).then_some((index, value))
    };
    list.iter().enumerate().filter_map(repaired).collect()
}

/// What `$self` says the URLs of `document` are relative to.
#[cfg(feature = "track")]
pub(crate) fn base(document: &Value) -> Option<&str> {
    document.get("$self").filter(|base| is_absolute(base))?.as_str()
}

/// Repairs a server; whether it has a URL.
fn server(value: &mut Value, at: &str, origin: Option<&str>, report: &mut Report) -> bool {
    if let Value::String(url) = value {
        warn(report, at, format!("a server is a mapping, and here is the URL `{url}` alone"));
        *value = json!({"url": url});
    }
    let url = value.get("url").and_then(Value::as_str).map(str::trim).filter(|url| !url.is_empty());
    let Some(url) = url.map(str::to_owned) else {
        warn(report, at, "a server without a URL is left out".into());
        return false;
    };
    let Some(server) = value.as_object_mut() else { return false };
    let url = match whole(&url) {
        Whole::Url => url,
        Whole::Assumed(assumed) => {
            warn(report, at, format!("the server `{url}` has no scheme; `{assumed}` is assumed"));
            assumed
        }
        Whole::Relative => relative(url, at, origin, report),
    };
    variables(server, &url, at, report);
    server.insert("url".into(), url.into());
    true
}

/// How much of a URL a server's URL is.
enum Whole {
    Url,
    Relative,
    /// Only a host, for which a scheme is assumed.
    Assumed(String),
}

/// The server `url`, which is relative to `origin`.
fn relative(url: String, at: &str, origin: Option<&str>, report: &mut Report) -> String {
    let resolved = origin.and_then(|origin| Some((origin, resolved(origin, &url)?)));
    let message = match &resolved {
        Some((origin, whole)) => format!("the server `{url}` is relative to `{origin}`: it is `{whole}`"),
        None => {
            format!("the server `{url}` is relative to where the definition is published, which a client does not know")
        }
    };
    let help = "name the server in an overlay, or when a client is made (`base_url`)";
    report.add(Diagnostic::warning(CODE, message).at(at).help(help));
    resolved.map_or(url, |(_, whole)| whole)
}

/// `relative` as seen from `origin` (RFC 3986, 5.2), if that is a URL of HTTP; a server's URL has neither query nor fragment.
fn resolved(origin: &str, relative: &str) -> Option<String> {
    let (scheme, rest) = origin.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme))?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().filter(|host| !host.is_empty())?;
    let path_of = |text: &'_ str| text.split(['?', '#']).next().unwrap_or_default().to_owned();
    let (path, relative) = (path_of(path), path_of(relative));
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let whole = if relative.starts_with('/') { relative } else { format!("{folder}/{relative}") };
    let mut segments: Vec<&str> = Vec::new();
    let mut open = false;
    for segment in whole.split('/').skip(1) {
        open = matches!(segment, "" | "." | "..");
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    if open && segments.last().is_some_and(|last| !last.is_empty()) {
        segments.push("");
    }
    let path: String = segments.iter().map(|segment| format!("/{segment}")).collect();
    Some(format!("{scheme}://{host}{path}"))
}

fn whole(url: &str) -> Whole {
    if url.contains("://") || url.starts_with('{') {
        return Whole::Url;
    }
    if let Some(host) = url.strip_prefix("//").filter(|host| !host.is_empty()) {
        return Whole::Assumed(format!("https://{host}"));
    }
    let host = url.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let is_port = port.chars().all(|character| character.is_ascii_digit()) || port.starts_with('{');
    match ["localhost", "127.0.0.1"].contains(&name) {
        true if is_port => Whole::Assumed(format!("http://{url}")),
        false if is_port && is_host(name, !port.is_empty()) => Whole::Assumed(format!("https://{url}")),
        _ => Whole::Relative,
    }
}

/// Whether `name` is surely a host, and not the first part of a relative path (`v1.0`, `api.php`, `v{version}`): credentials go
/// to a host.
fn is_host(name: &str, has_port: bool) -> bool {
    const FILES: [&str; 18] = [
        "action", "ashx", "asmx", "asp", "aspx", "cgi", "htm", "html", "js", "json", "jsp", "php", "rb", "ts", "txt",
        "xml", "yaml", "yml",
    ];
    const DOMAINS: [&str; 7] = ["app", "cloud", "com", "dev", "io", "net", "org"];
    let labels: Vec<&str> = name.split('.').collect();
    let is_version = |label: &str| label.trim_start_matches('v').bytes().all(|byte| byte.is_ascii_digit());
    let is_label = |label: &&str| label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_{}".contains(&byte));
    let [.., before, last] = labels.as_slice() else { return has_port && name.contains('{') && is_label(&name) };
    if !labels.iter().all(|label| !label.is_empty() && is_label(label)) {
        return false;
    }
    let is_address = labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok());
    if has_port && (is_address || last.ends_with('}')) {
        return true;
    }
    let is_domain = last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_long = has_port || labels.len() > 2 || DOMAINS.contains(last);
    is_domain && is_long && !is_version(before) && !FILES.contains(&last.to_ascii_lowercase().as_str())
}

fn variables(server: &mut Map<String, Value>, url: &str, at: &str, report: &mut Report) {
    let at = format!("{at}/variables");
    let mut variables = match server.shift_remove("variables") {
        Some(Value::Object(variables)) => variables,
        other => {
            if let Some(other) = other.filter(|other| !other.is_null()) {
                warn(report, &at, format!("`variables` is {}, and is ignored", with_article(&other)));
            }
            Map::new()
        }
    };
    for name in named(url) {
        if !variables.contains_key(name) {
            warn(report, &at, format!("the URL names the variable `{name}`, which is not declared"));
            variables.insert(name.to_owned(), json!({}));
        }
    }
    for (name, variable) in &mut variables {
        self::variable(name, variable, &format!("{at}/{}", escape(name)), report);
    }
    if !variables.is_empty() {
        server.insert("variables".into(), Value::Object(variables));
    }
}

/// The names in braces.
fn named(url: &str) -> impl Iterator<Item = &str> {
    url.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).filter(|name| !name.is_empty())
}

fn variable(name: &str, variable: &mut Value, at: &str, report: &mut Report) {
    if !variable.is_object() {
        let default = scalar(variable);
        if !variable.is_null() {
            let what = if default.is_some() { "read as its default" } else { "ignored" };
            warn(report, at, format!("a variable is a mapping, and here is {}, which is {what}", with_article(variable)));
        }
        *variable = default.map_or_else(|| json!({}), |default| json!({"default": default}));
    }
    let Some(object) = variable.as_object_mut() else { return };
    let values = object.get("enum").and_then(Value::as_array).into_iter().flatten();
    let texts: Vec<String> = values.filter_map(scalar).collect();
    if let Some(values) = object.get_mut("enum") {
        let read = Value::from(texts);
        if *values != read {
            warn(report, &format!("{at}/enum"), format!("the values of `{name}` are a list of texts; {read} is read"));
            *values = read;
        }
        if values.as_array().is_some_and(Vec::is_empty) {
            object.shift_remove("enum");
        }
    }
    let default = object.get("default");
    if default.is_some_and(Value::is_string) {
        return;
    }
    let first = object.get("enum").and_then(|values| values.get(0)?.as_str());
    let written = default.and_then(scalar);
    let (text, message) = match (written, first) {
        (Some(text), _) => (text.clone(), format!("the default of `{name}` is a text; `{text}` is read")),
        (None, Some(first)) => (first.to_owned(), format!("`{name}` has no default; its first value is `{first}`")),
        (None, None) => {
            let message = format!("`{name}` has no default; a client needs a value for it, or another server");
            (format!("{{{name}}}"), message)
        }
    };
    report.add(Diagnostic::warning(CODE, message).at(at).help("give it a default in an overlay"));
    object.insert("default".into(), text.into());
}

/// A value as the text that it is written as: a number that is written in another way than JSON does is read as a text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_url_is_resolved_against_the_origin() {
        for (origin, relative, expected) in [
            ("https://api.example.com/docs/openapi.yaml", "/v1", "https://api.example.com/v1"),
            ("https://api.example.com/docs/openapi.yaml", "/", "https://api.example.com/"),
            ("https://api.example.com/docs/openapi.yaml", "v1/", "https://api.example.com/docs/v1/"),
            ("https://api.example.com/docs/openapi.yaml?raw=1#a/b", "../v1", "https://api.example.com/v1"),
            ("https://api.example.com/a/b/c", ".", "https://api.example.com/a/b/"),
            ("https://api.example.com/a", "../../..", "https://api.example.com"),
            ("http://user:key@localhost:8080", "v1/./{region}", "http://localhost:8080/v1/{region}"),
        ] {
            assert_eq!(resolved(origin, relative).as_deref(), Some(expected), "{relative} from {origin}");
        }
        for origin in ["docs/openapi.yaml", "file:///openapi.yaml", "https:///a"] {
            assert_eq!(resolved(origin, "/v1"), None, "{origin}");
        }
    }
}
