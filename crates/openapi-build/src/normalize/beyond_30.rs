//! Q009: what OpenAPI 3.1 says and OpenAPI 3.0 cannot.
//!
//! # What it is
//! A schema of an OpenAPI 3.1 document, or of an older one, has a keyword that OpenAPI 3.0 has no words for:
//! `patternProperties`, `prefixItems`, `if`, `contains`, `dependentRequired`, `dependentSchemas`, `propertyNames`,
//! `unevaluatedProperties`.
//!
//! # Where it was seen
//! In no document that Confluent publishes today; in what other publishers do: FastAPI writes a tuple as `prefixItems`, and a map
//! with its keys as `patternProperties`.
//!
//! # Why it matters
//! A client made without it knows less than the definition says: which item of a list is a number, which names a map has.
//!
//! # The repair
//! What a Rust type can say is a type: `prefixItems` of a list that has exactly so many items is a tuple; of
//! `patternProperties` the schemas stay, as those of any other member; what `then`, `else` and `dependentSchemas` declare is declared.
//! The rest is checked when a value is sent, and is no reason to fail to read a response. An extension carries tuples and checks
//! to the generator. What is lost is a warning: `contentSchema`, a security scheme `mutualTLS`, another dialect.
//!
//! # Before and after
//! ```yaml
//! {type: object, patternProperties: {'^x-': {type: string}}, additionalProperties: false}
//! ```
//! ```yaml
//! type: object
//! additionalProperties: {type: string}
//! x-openapi-build-checks: [{patternProperties: {'^x-': {type: string}}, additionalProperties: false}]
//! ```

use serde_json::{Map, Value, json};

use super::conditions::{self, alternatives};
use super::{Repair, checks, walk};
use crate::diagnostic::Diagnostic;
use crate::extensions::{CHECKS, TUPLE};
use crate::grammar::{self, Kind};
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

    /// Says that what stands at `pointer` says more than the type that is made of it.
    fn any(&mut self, pointer: &str, what: &str) {
        self.0.push(Diagnostic::warning("G014", what).at(pointer));
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
    unevaluated(object, pointer, lost);
    for keys in CHECKED {
        check(object, keys);
    }
    pattern_properties(object);
    prefix_items(object);
    for key in keywords::with_role(&[Role::Beyond30]) {
        let Some(_) = object.shift_remove(key) else { continue };
        let at = format!("{pointer}/{}", escape(key));
        match key {
            "$dynamicRef" => lost.any(&at, "`$dynamicRef` cannot be expressed in Rust here; the value is any JSON value"),
            // By themselves they say nothing.
            "then" | "else" | "minContains" | "maxContains" | "$dynamicAnchor" => {}
            _ => lost.say(&at, format!("`{key}`")),
        }
    }
}

/// The keywords that are checked, each with those that say nothing without it.
const CHECKED: [&[&str]; 5] = [
    &["if", "then", "else"],
    &["contains", "minContains", "maxContains"],
    &["dependentRequired"],
    &["dependentSchemas"],
    &["propertyNames"],
];

/// Makes a check of `keys` of a schema, the first of which decides whether there is one.
fn check(object: &mut Map<String, Value>, keys: &[&str]) {
    if !object.contains_key(keys[0]) {
        return;
    }
    let taken = keys.iter().filter_map(|key| Some(((*key).to_owned(), object.shift_remove(*key)?)));
    let taken: Map<String, Value> = taken.collect();
    checks::add(object, Value::Object(taken));
}

/// Makes a check of what is said of members and items that nothing else evaluates: of the whole schema, because it depends on
/// all of it.
fn unevaluated(object: &mut Map<String, Value>, pointer: &str, lost: &mut Lost) {
    let keys = ["unevaluatedProperties", "unevaluatedItems"];
    if !keys.iter().any(|key| object.contains_key(*key)) {
        return;
    }
    let mut whole = object.clone();
    whole.retain(|key, _| !walk::is_annotation(key) && key != "nullable" && key != "type");
    // Which members there are matters here; what they are is checked where they are.
    for (_, property) in whole.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        *property = json!({});
    }
    for key in keys {
        let Some(rest) = object.shift_remove(key) else { continue };
        let says = rest.as_object().is_some_and(|rest| !rest.is_empty() && rest != json!({"not": {}}).as_object().unwrap_or(rest));
        if says && key == "unevaluatedProperties" && !object.contains_key("additionalProperties") {
            object.insert("additionalProperties".into(), json!(true));
            lost.any(&format!("{pointer}/{key}"), "members that nothing else evaluates are any JSON value here");
        }
    }
    checks::add(object, Value::Object(whole));
}

/// Lets every check of `document` stand by itself.
pub(super) fn close(document: &mut Value, lost: &mut Lost) {
    if !conditions::declare(document) {
        return;
    }
    let components = walk::components(document).cloned().unwrap_or_default();
    grammar::walk_mut_at(document, &mut |kind, pointer, value| {
        let Some(object) = value.as_object_mut().filter(|_| kind == Kind::Schema) else { return };
        let Some(Value::Array(checks)) = object.get_mut(CHECKS) else { return };
        let before = checks.len();
        *checks = checks.iter().filter_map(|check| checks::by_itself(check, &components)).collect();
        if checks.len() < before {
            lost.any(pointer, "a condition leads to too many schemas; it is not checked");
        }
        if checks.is_empty() {
            object.shift_remove(CHECKS);
        }
    });
}

/// Says `unevaluatedProperties` as `additionalProperties` where no other keyword evaluates properties.
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

fn pattern_properties(object: &mut Map<String, Value>) {
    let Some(Value::Object(patterns)) = object.shift_remove("patternProperties") else { return };
    let rest = object.shift_remove("additionalProperties");
    let declared = object.get("properties").and_then(Value::as_object).into_iter().flatten();
    let declared: Map<String, Value> = declared.map(|(name, _)| (name.clone(), json!({}))).collect();
    let mut check = Map::new();
    if !declared.is_empty() {
        check.insert("properties".into(), Value::Object(declared));
    }
    check.insert("patternProperties".into(), Value::Object(patterns.clone()));
    check.extend(rest.clone().map(|rest| ("additionalProperties".to_owned(), rest)));
    let mut schemas: Vec<Value> = patterns.into_iter().map(|(_, schema)| schema).collect();
    let rest = match rest {
        Some(Value::Bool(false)) if schemas.is_empty() => json!(false),
        Some(Value::Bool(false)) => alternatives(schemas),
        Some(rest @ Value::Object(_)) => {
            schemas.push(rest);
            alternatives(schemas)
        }
        // Any other member may be anything.
        _ => {
            schemas.push(json!({}));
            alternatives(schemas)
        }
    };
    object.insert("additionalProperties".into(), rest);
    checks::add(object, Value::Object(check));
}

/// The longest tuple for which the standard library implements its traits.
const MOST: u64 = 12;

fn prefix_items(object: &mut Map<String, Value>) {
    let Some(Value::Array(mut prefix)) = object.shift_remove("prefixItems") else { return };
    let count = prefix.len() as u64;
    let rest = object.shift_remove("items");
    let bound = |key: &str| object.get(key).and_then(Value::as_u64);
    let is_closed = rest == Some(json!({"not": {}})) || bound("maxItems").is_some_and(|most| most <= count);
    if (1..=MOST).contains(&count) && is_closed && bound("minItems").is_some_and(|least| least == count) {
        if object.shift_remove("uniqueItems") == Some(json!(true)) {
            checks::add(object, json!({"uniqueItems": true}));
        }
        object.insert("maxItems".into(), json!(count));
        object.insert("items".into(), json!({}));
        object.insert(TUPLE.into(), Value::Array(prefix));
        return;
    }
    let mut check = Map::from_iter([("prefixItems".to_owned(), json!(prefix))]);
    check.extend(rest.clone().map(|rest| ("items".to_owned(), rest)));
    if is_closed {
        let most = bound("maxItems").map_or(count, |most| most.min(count));
        object.insert("maxItems".into(), json!(most));
    } else {
        prefix.push(rest.unwrap_or_else(|| json!({})));
    }
    object.insert("items".into(), alternatives(prefix));
    checks::add(object, Value::Object(check));
}
