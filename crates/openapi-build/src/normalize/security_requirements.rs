//! Q047: security requirements that nobody can meet, or that are written in another form.
//!
//! # What it is
//! A `security` names a scheme that the document does not define, or defines in part: an API key without a name or a place,
//! an HTTP scheme without its name, a type that OpenAPI does not know. Or it is not a list of mappings from schemes to
//! scopes: a mapping alone, a list of names, a scheme without a list of scopes.
//!
//! # Where it was seen
//! In public definitions that were cut out of larger ones, or are written by hand.
//!
//! # Why it matters
//! A client that took such a requirement for none would send calls without a credential, or with one that is not asked for.
//!
//! # The repair
//! A requirement that is written in another form is written as OpenAPI does. What cannot be read, and a scheme that is not
//! defined or only in part, stays a requirement, which no credential meets: a call fails before anything is sent, with an
//! error that names the scheme, unless another alternative is met or the call brings a token source of its own. A warning
//! says so.
//!
//! # Before and after
//! ```yaml
//! security: {session: , nowhere: []}
//! components: {securitySchemes: {session: {type: apiKey, in: cookie, name: sid}}}
//! ```
//! ```yaml
//! security: [{session: [], nowhere: []}] # `nowhere` is not defined: no call can be made
//! components: {securitySchemes: {session: {type: apiKey, in: cookie, name: sid}}}
//! ```

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{operations_mut, resolve};
use crate::json_type::with_article;
use crate::lock::Lock;
use crate::pointer::escape;

const CODE: &str = "Q047";

/// The name of the scheme of a requirement that cannot be read.
const UNREADABLE: &str = "unreadable";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let lacking = |scheme: &Value| resolve(document, scheme).map_or(Some(NOTHING), lacking);
    let defined: Defined =
        schemes.into_iter().flatten().map(|(name, scheme)| (name.clone(), lacking(scheme))).collect();
    security(document, "", &defined, report);
    operations_mut(document, &mut |path, method, operation| {
        security(operation, &format!("/paths/{}/{method}", escape(path)), &defined, report);
    });
}

/// What a scheme lacks that is a reference to nothing.
const NOTHING: &str = "";

/// The schemes that the document defines, each with the field that its definition lacks, if it lacks one.
type Defined = BTreeMap<String, Option<&'static str>>;

/// The field without which no credential can be presented for `scheme`, if it lacks one.
pub(crate) fn lacking(scheme: &Value) -> Option<&'static str> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "oauth2" | "openIdConnect" | "mutualTLS" => None,
        "apiKey" if text("name").is_empty() => Some("name"),
        "apiKey" if !["header", "query", "cookie"].contains(&text("in")) => Some("in"),
        "apiKey" => None,
        "http" => text("scheme").is_empty().then_some("scheme"),
        _ => Some("type"),
    }
}

/// Repairs the `security` of a document or an operation.
fn security(of: &mut Value, at: &str, defined: &Defined, report: &mut Report) {
    let Some(value) = of.get_mut("security") else { return };
    let at = format!("{at}/security");
    let help = "correct it in an overlay";
    if value.is_null() {
        // An empty field is an absent one: what the document states for all operations holds.
        of.as_object_mut().and_then(|of| of.shift_remove("security"));
        return;
    }
    if !value.is_array() {
        let message = format!("`security` is {}, and is read as a list of it alone", with_article(value));
        report.add(Diagnostic::warning(CODE, message).at(at.clone()).help(help));
        *value = Value::Array(vec![value.take()]);
    }
    for (index, alternative) in value.as_array_mut().into_iter().flatten().enumerate() {
        let at = format!("{at}/{index}");
        if !is_plain(alternative) {
            let before = with_article(alternative);
            *alternative = Value::Object(plain(alternative.take()));
            let message = format!("a security requirement is {before} here, and is read as {alternative}");
            report.add(Diagnostic::warning(CODE, message).at(at.clone()).help(help));
        }
        for (scheme, _) in alternative.as_object().into_iter().flatten() {
            let problem = match defined.get(scheme) {
                None => "is required and not defined".to_owned(),
                Some(Some(NOTHING)) => "is required, and its definition leads nowhere".to_owned(),
                Some(Some(field)) => format!("is required, and its definition has no usable `{field}`"),
                Some(None) => continue,
            };
            let message = format!("the security scheme `{scheme}` {problem}; no credential meets this requirement");
            let at = format!("{at}/{}", escape(scheme));
            report.add(Diagnostic::warning(CODE, message).at(at).help("define it in an overlay"));
        }
    }
}

/// Whether a requirement is a mapping from schemes to scopes.
fn is_plain(alternative: &Value) -> bool {
    let is_texts = |scopes: &Value| scopes.as_array().is_some_and(|scopes| scopes.iter().all(Value::is_string));
    alternative.as_object().is_some_and(|schemes| schemes.values().all(is_texts))
}

/// A requirement that is written in another form.
fn plain(alternative: Value) -> Map<String, Value> {
    let unreadable = || Map::from_iter([(UNREADABLE.to_owned(), json!([]))]);
    match alternative {
        Value::String(scheme) => Map::from_iter([(scheme, json!([]))]),
        Value::Object(schemes) => schemes.into_iter().map(|(scheme, scopes)| (scheme, self::scopes(scopes))).collect(),
        // All of a list are needed together: of two readings, the one that asks for more.
        Value::Array(parts) if !parts.is_empty() => parts.into_iter().flat_map(plain).collect(),
        _ => unreadable(),
    }
}

fn scopes(scopes: Value) -> Value {
    match scopes {
        Value::String(scope) => json!([scope]),
        Value::Array(scopes) => scopes.into_iter().filter(Value::is_string).collect(),
        Value::Object(scopes) => scopes.into_iter().map(|(scope, _)| Value::String(scope)).collect(),
        _ => json!([]),
    }
}
