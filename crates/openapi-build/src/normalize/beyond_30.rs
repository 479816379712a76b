//! Q009: what OpenAPI 3.1 says and OpenAPI 3.0 cannot.
//!
//! # What it is
//! A schema of an OpenAPI 3.1 document, or of an older one, has a keyword that OpenAPI 3.0 has no words for:
//! `patternProperties`, `prefixItems`, `if`, `contains`, `dependentSchemas`, `propertyNames`, `unevaluatedProperties`.
//!
//! # Where it was seen
//! In no document that Confluent publishes today; in what other publishers do.
//!
//! # Why it matters
//! A client made without it knows less than the definition says: which item of a list is a number, which names a map has.
//!
//! # The repair
//! None that keeps all of it. What comes nearest is written, and accepts whatever the original accepts: of
//! `patternProperties` and `prefixItems` their schemas stay, as those of any other member or item. Each place is a
//! warning that says what is lost.
//!
//! # Before and after
//! ```yaml
//! {type: array, prefixItems: [{type: string}, {type: integer}], items: false}
//! ```
//! ```yaml
//! {type: array, items: {anyOf: [{type: string}, {type: integer}]}, maxItems: 2}
//! ```

use serde_json::{Map, Value, json};

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::keywords::{self, Role};
use crate::pointer::escape;

const CODE: &str = "Q009";

/// The pass of Q008 does it.
pub(super) const REPAIR: Repair = Repair::Elsewhere;

/// What was lost.
#[derive(Default)]
pub(super) struct Lost(pub(super) Vec<Diagnostic>);

impl Lost {
    /// Says that `what`, which stands at `pointer`, is lost.
    pub(super) fn say(&mut self, pointer: &str, what: String) {
        let message = format!("OpenAPI 3.0 cannot say this, and it is lost: {what}");
        self.0.push(Diagnostic::warning(CODE, message).at(pointer));
    }
}

/// The dialects whose keywords are read here.
const DIALECTS: [&str; 2] =
    ["https://spec.openapis.org/oas/3.1/dialect/base", "https://json-schema.org/draft/2020-12/schema"];

/// What the whole document has.
pub(super) fn document(document: &mut Value, lost: &mut Lost) {
    let Some(object) = document.as_object_mut() else { return };
    if let Some(dialect) = object.shift_remove("jsonSchemaDialect")
        && !dialect.as_str().is_some_and(|dialect| DIALECTS.contains(&dialect))
    {
        lost.say("/jsonSchemaDialect", format!("the schema dialect {dialect}; it is read as that of OpenAPI 3.1"));
    }
    if let Some(info) = object.get_mut("info").and_then(Value::as_object_mut) {
        if let Some(summary) = info.shift_remove("summary") {
            info.entry("description").or_insert(summary);
        }
        if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut)
            && let Some(id) = license.shift_remove("identifier")
        {
            license.insert("x-identifier".into(), id);
        }
    }
    mutual_tls(object, lost);
}

/// A security scheme of OpenAPI 3.1: the requirements that name it go with it.
fn mutual_tls(document: &mut Map<String, Value>, lost: &mut Lost) {
    let schemes = document.get_mut("components").and_then(|it| it.get_mut("securitySchemes")?.as_object_mut());
    let Some(schemes) = schemes else { return };
    let of_type = schemes.iter().filter(|(_, scheme)| scheme.get("type") == Some(&json!("mutualTLS")));
    let names: Vec<String> = of_type.map(|(name, _)| name.clone()).collect();
    for name in &names {
        schemes.shift_remove(name);
        let pointer = format!("/components/securitySchemes/{}", escape(name));
        lost.say(&pointer, format!("the security scheme `{name}`; give the transport its certificate"));
    }
    let forget = |holder: &mut Map<String, Value>| {
        for requirement in holder.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(requirement) = requirement.as_object_mut() {
                requirement.retain(|scheme, _| !names.contains(scheme));
            }
        }
    };
    forget(document);
    for (_, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        item.as_object_mut().into_iter().flatten().filter_map(|(_, it)| it.as_object_mut()).for_each(forget);
    }
}

/// Takes out of a schema what OpenAPI 3.0 cannot express.
pub(super) fn schema(object: &mut Map<String, Value>, pointer: &str, lost: &mut Lost) {
    // A schema may ignore `$vocabulary`, which is for meta-schemas.
    for key in keywords::with_role(&[Role::Comment, Role::Identifier]).chain(["$vocabulary"]) {
        object.shift_remove(key);
    }
    // References to what it holds lead to components by now.
    object.shift_remove("$defs");
    closed(object);
    pattern_properties(object, pointer, lost);
    prefix_items(object, pointer, lost);
    for key in keywords::with_role(&[Role::Beyond30]) {
        if object.shift_remove(key).is_some() {
            lost.say(&format!("{pointer}/{}", escape(key)), format!("`{key}`"));
        }
    }
}

/// Where nothing else evaluates a property, none that is unevaluated is none that is additional.
fn closed(object: &mut Map<String, Value>) {
    let others = ["allOf", "anyOf", "oneOf", "$ref", "if", "dependentSchemas", "additionalProperties", "$dynamicRef"];
    if !others.iter().any(|key| object.contains_key(*key))
        && let Some(rest) = object.shift_remove("unevaluatedProperties")
    {
        // `false` became `{not: {}}` on the way here.
        let rest = if rest == json!({"not": {}}) { json!(false) } else { rest };
        object.insert("additionalProperties".into(), rest);
    }
}

fn pattern_properties(object: &mut Map<String, Value>, pointer: &str, lost: &mut Lost) {
    let Some(Value::Object(patterns)) = object.shift_remove("patternProperties") else { return };
    for (pattern, _) in &patterns {
        let pointer = format!("{pointer}/patternProperties/{}", escape(pattern));
        lost.say(&pointer, format!("which members `{pattern}` is for"));
    }
    let mut schemas: Vec<Value> = patterns.into_iter().map(|(_, schema)| schema).collect();
    let rest = match object.shift_remove("additionalProperties") {
        Some(Value::Bool(false)) => match schemas.len() {
            0 => json!(false),
            1 => schemas.remove(0),
            _ => json!({"anyOf": schemas}),
        },
        Some(Value::Object(rest)) => {
            schemas.push(Value::Object(rest));
            json!({"anyOf": schemas})
        }
        // Any other member may be anything.
        _ => json!(true),
    };
    object.insert("additionalProperties".into(), rest);
}

pub(super) fn prefix_items(object: &mut Map<String, Value>, pointer: &str, lost: &mut Lost) {
    let Some(Value::Array(mut prefix)) = object.shift_remove("prefixItems") else { return };
    lost.say(&format!("{pointer}/prefixItems"), "which item is of which schema".to_owned());
    let count = prefix.len();
    let rest = object.shift_remove("items");
    let items = match rest {
        Some(rest) if rest == json!({"not": {}}) => {
            let most =
                object.get("maxItems").and_then(Value::as_u64).map_or(count as u64, |most| most.min(count as u64));
            object.insert("maxItems".into(), json!(most));
            alternatives(prefix)
        }
        Some(rest) => {
            prefix.push(rest);
            alternatives(prefix)
        }
        None => json!({}),
    };
    object.insert("items".into(), items);
}

/// One of `schemas`.
fn alternatives(mut schemas: Vec<Value>) -> Value {
    let mut seen = std::collections::HashSet::new();
    schemas.retain(|schema| seen.insert(schema.to_string()));
    match schemas.len() {
        1 => schemas.remove(0),
        _ => json!({"anyOf": schemas}),
    }
}
