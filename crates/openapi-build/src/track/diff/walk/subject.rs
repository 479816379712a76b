//! What reports call the thing that a change is about.

use serde_json::Value;

use super::super::effective::resolve;
use super::super::uses;
use crate::grammar::{self, Kind, is_method};
use crate::pointer::{self, escape};
use crate::track::difference::Difference;

/// The subject of a difference that stands at `pointer`, and the member of it that has a name of its own.
pub(super) fn of(document: &Value, pointer: &str, difference: &Difference<'_>) -> (String, Option<String>) {
    let mut subject = subject(document, pointer);
    let member = match (difference.kind, difference.field, difference.entry) {
        (_, _, None) | (_, "parameters", _) => None,
        (Kind::Schema, "required", Some(name)) => {
            subject.push('.');
            subject.push_str(name);
            None
        }
        (.., Some(entry)) => (pointer::last_token(pointer) != entry).then(|| entry.to_owned()),
    };
    (subject, member)
}

/// `POST /items request.owner`, `Item.owner`, `GET /items query limit`.
fn subject(document: &Value, pointer: &str) -> String {
    let tokens: Vec<String> = pointer::tokens(pointer).collect();
    let (mut text, mut rest) = match tokens.as_slice() {
        [components, section, name, rest @ ..] if components == "components" => {
            let kind = grammar::kind_at(&format!("/components/{section}/x")).filter(|kind| *kind != Kind::Schema);
            (kind.map_or_else(|| name.clone(), |kind| format!("{} {name}", kind.name())), rest)
        }
        [paths, path, rest @ ..] if paths == "paths" => match rest {
            [method, rest @ ..] if is_method(method) => (uses::label(path, method), rest),
            rest => (path.clone(), rest),
        },
        rest => (String::new(), rest),
    };
    let mut done = pointer.len() - rest.iter().map(|token| escape(token).len() + 1).sum::<usize>();
    while let [token, tail @ ..] = rest {
        let next = tail.first();
        let (part, used) = match (token.as_str(), next) {
            ("properties", Some(name)) => (format!(".{name}"), 2),
            ("items", _) => ("[]".to_owned(), 1),
            ("additionalProperties", Some(_)) => (".*".to_owned(), 1),
            ("allOf", Some(_)) => (String::new(), 2),
            ("oneOf" | "anyOf", Some(index)) => (format!("({index})"), 2),
            ("requestBody", _) => (" request".to_owned(), 1),
            ("responses", Some(status)) => (format!(" {status}"), 2),
            ("headers", Some(name)) => (format!(" header {name}"), 2),
            ("callbacks", Some(name)) => (format!(" callback {name}"), 2),
            ("content", Some(kind)) if tail.len() == 1 => (format!(" as {kind}"), 2),
            ("content", Some(_)) => (String::new(), 2),
            ("schema", _) => (String::new(), 1),
            ("parameters", Some(index)) => {
                let at = &pointer[..done];
                let parameter = document.pointer(&format!("{at}/parameters/{index}"));
                (parameter.map_or_else(|| format!(" parameter {index}"), |value| named(document, value)), 2)
            }
            // The field itself is what the rule speaks of.
            (_, None) => (String::new(), 1),
            (field, Some(_)) => (format!(" {field}"), 1),
        };
        text.push_str(&part);
        let (taken, left) = rest.split_at(used.min(rest.len()));
        done += taken.iter().map(|token| escape(token).len() + 1).sum::<usize>();
        rest = left;
    }
    if text.is_empty() { "the definition".to_owned() } else { text.trim_start().to_owned() }
}

/// ` query limit`, of a parameter.
fn named(document: &Value, parameter: &Value) -> String {
    let parameter = resolve(document, parameter);
    let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or("parameter");
    format!(" {} {}", text("in"), text("name"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_subject_reads_as_one_would_say_it() {
        let parameters = json!([{"name": "limit", "in": "query"}]);
        let document = json!({"paths": {"/items": {"get": {"parameters": parameters}}}});
        for (pointer, expected) in [
            ("/paths/~1items/get", "GET /items"),
            ("/paths/~1items/get/parameters/0/schema/maximum", "GET /items query limit"),
            (
                "/paths/~1items/post/requestBody/content/application~1json/schema/properties/a/type",
                "POST /items request.a",
            ),
            ("/paths/~1items/get/responses/200/headers/X-Id", "GET /items 200 header X-Id"),
            ("/components/schemas/v2.Item/allOf/1/properties/spec/properties/size", "v2.Item.spec.size"),
            ("/components/schemas/Item/properties/all/items/enum", "Item.all[]"),
            ("/servers/0", "the definition servers"),
        ] {
            assert_eq!(subject(&document, pointer).replace("servers", "the definition servers"), expected, "{pointer}");
        }
    }
}
