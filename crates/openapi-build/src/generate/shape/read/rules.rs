//! Reads what a value obeys beyond its type: the constraints of its schema, and checks that no type can say.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Reader;
use crate::extensions::{CHECKS, CHOICES};
use crate::generate::pattern::Pattern;
use crate::generate::shape::{Choice, Rules, Shape};
use crate::normalize::checks::by_itself;
use crate::normalize::walk::{self, Place};

impl Reader<'_> {
    /// The schemas that values obey when they are sent, as far as no type says so.
    pub(super) fn checks(&mut self, schema: &Map<String, Value>, place: &Place) -> Vec<Value> {
        let mut checks: Vec<Value> =
            schema.get(CHECKS).and_then(Value::as_array).into_iter().flatten().cloned().collect();
        if let Some(not) = schema.get("not").filter(|not| !is_vacuous(not, schema)) {
            let empty = Map::new();
            let components = walk::components(self.document).unwrap_or(&empty);
            match by_itself(&serde_json::json!({ "not": not }), components) {
                Some(check) => checks.push(check),
                None => self.note("G014", "`not` leads to too many schemas; it is not checked".to_owned(), place),
            }
        }
        // What this side does not have is not required of it.
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let hidden: Vec<String> =
            properties.filter(|(_, property)| self.flag(property, "readOnly")).map(|(name, _)| name.clone()).collect();
        checks.iter_mut().for_each(|check| not_required(check, &hidden));
        checks.iter_mut().for_each(|check| self.translate_patterns(check, place));
        checks
    }

    /// The rules that values must obey when they are sent.
    pub(super) fn rules(&mut self, schema: &Map<String, Value>, base: &Shape, place: &Place) -> Rules {
        let count = |key: &str| {
            let value = schema.get(key)?;
            value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0 && n.fract() == 0.0).map(|n| n as u64))
        };
        let number = |key: &str| schema.get(key)?.as_number().cloned();
        let excluded = |key: &str| schema.get(key) == Some(&Value::Bool(true));
        // A struct checks itself.
        let schemas = if matches!(base, Shape::Inline(_)) { Vec::new() } else { self.checks(schema, place) };
        let mut rules = Rules { schemas, ..Rules::default() };
        // Without a type, each constraint applies to values of its own type.
        let any = *base == Shape::Any;
        if any || base.is_text() {
            rules.min_length = count("minLength").filter(|count| *count > 0);
            rules.max_length = count("maxLength");
            rules.pattern = schema.get("pattern").and_then(Value::as_str).and_then(|text| self.pattern(text, place));
        }
        if any || matches!(base, Shape::Int(_) | Shape::F64) {
            rules.minimum = number("minimum").map(|bound| (bound, excluded("exclusiveMinimum")));
            rules.maximum = number("maximum").map(|bound| (bound, excluded("exclusiveMaximum")));
            rules.multiple_of = number("multipleOf");
        }
        if any || matches!(base, Shape::Array(_)) {
            rules.min_items = count("minItems").filter(|count| *count > 0);
            rules.max_items = count("maxItems");
            rules.unique_items = excluded("uniqueItems");
        }
        if any || matches!(base, Shape::Map(_)) {
            rules.min_properties = count("minProperties").filter(|count| *count > 0);
            rules.max_properties = count("maxProperties");
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            // Beside a type, a null in the list counts only if the schema is `nullable`, which is handled separately.
            rules.one_of = values.iter().filter(|value| any || !value.is_null()).cloned().collect();
        }
        rules
    }

    /// A pattern, or a note that it cannot be checked.
    fn pattern(&mut self, text: &str, place: &Place) -> Option<Pattern> {
        match self.patterns.read(text) {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                self.note("G017", format!("the pattern `{text}` is not checked, because it {reason}"), place);
                None
            }
        }
    }

    /// Writes beside a check how its patterns are matched: null where they are not.
    fn translate_patterns(&mut self, check: &mut Value, place: &Place) {
        let texts: BTreeSet<String> = patterns(check).into_iter().map(str::to_owned).collect();
        let matched = |text: String| {
            let regex = self.pattern(&text, place).map(|pattern| pattern.regex);
            (regex.as_ref() != Some(&text)).then(|| (text, regex.map_or(Value::Null, Value::String)))
        };
        let translated: Map<String, Value> = texts.into_iter().filter_map(matched).collect();
        if let (Some(check), false) = (check.as_object_mut(), translated.is_empty()) {
            check.insert("x-regex".into(), Value::Object(translated));
        }
    }
}

/// The regular expressions in a check.
fn patterns(check: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open = vec![check];
    while let Some(value) = open.pop() {
        if let Some(object) = value.as_object() {
            found.extend(object.get("pattern").and_then(Value::as_str));
            let members = object.get("patternProperties").and_then(Value::as_object);
            found.extend(members.into_iter().flatten().map(|(pattern, _)| pattern.as_str()));
        }
        open.extend(value.as_object().into_iter().flatten().map(|(_, inner)| inner));
        open.extend(value.as_array().into_iter().flatten());
    }
    found
}

/// The sets of names of which a number must be there, without the names that are `missing` on this side.
pub(super) fn choices(schema: &Map<String, Value>, missing: impl Fn(&str) -> bool) -> Vec<Choice> {
    let all = schema.get(CHOICES).and_then(Value::as_array).into_iter().flatten();
    let choice = |choice: &Value| {
        let names = |set: &Value| -> Vec<String> {
            set.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let least = choice.get("least").and_then(Value::as_u64).unwrap_or_default();
        let most = choice.get("most").and_then(Value::as_u64);
        let mut sets: Vec<Vec<String>> = choice.get("sets")?.as_array()?.iter().map(names).collect();
        // A closed object never has a set with a name that it does not declare.
        let properties = schema.get("properties");
        let is_declared = |name: &String| properties.is_some_and(|properties| properties.get(name).is_some());
        sets.retain(|set| set.iter().all(is_declared));
        // What this side does not have is not required of it.
        for set in sets.iter_mut().filter(|_| least > 0) {
            set.retain(|name| !missing(name));
        }
        sets.retain(|set| !set.iter().any(|name| missing(name)));
        (!sets.is_empty()).then_some(Choice { least, most, sets })
    };
    all.filter_map(choice).collect()
}

/// Whether `not` forbids only values of another type than the one that `schema` states.
fn is_vacuous(not: &Value, schema: &Map<String, Value>) -> bool {
    let kind = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    match (kind(not.get("type")), kind(schema.get("type"))) {
        (Some(one), Some(other)) => {
            one != other && ![&one, &other].iter().all(|kind| ["integer", "number"].contains(&kind.as_str()))
        }
        _ => false,
    }
}

/// Takes out of `check` that a member must be there which requests do not have: one of `names`, or a property that a schema in it
/// says to be read-only. A condition, or what is excluded, that requires such a member never holds.
fn not_required(check: &mut Value, names: &[String]) {
    let Some(object) = check.as_object_mut() else { return };
    let properties = object.get("properties").and_then(Value::as_object).into_iter().flatten();
    let own = properties.filter(|(_, property)| property.get("readOnly") == Some(&Value::Bool(true)));
    let names: Vec<String> = names.iter().cloned().chain(own.map(|(name, _)| name.clone())).collect();
    let keep = |required: &mut Vec<Value>| required.retain(|name| !names.iter().any(|other| name == other.as_str()));
    for (key, value) in object {
        match (key.as_str(), value) {
            ("required", Value::Array(required)) => keep(required),
            ("if" | "not", value) if requires(value, &names) => *value = Value::Bool(false),
            ("if" | "then" | "else" | "not", value) => not_required(value, &names),
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|part| not_required(part, &names));
            }
            ("dependentSchemas", Value::Object(parts)) => {
                parts.iter_mut().for_each(|(_, part)| not_required(part, &names));
            }
            ("dependentRequired", Value::Object(lists)) => {
                lists.iter_mut().filter_map(|(_, list)| list.as_array_mut()).for_each(keep);
            }
            // These are about other values.
            ("$defs" | "properties" | "patternProperties", Value::Object(parts)) => {
                parts.iter_mut().for_each(|(_, part)| not_required(part, &[]));
            }
            ("items" | "additionalProperties" | "contains", value) => not_required(value, &[]),
            _ => {}
        }
    }
}

/// Whether `schema` itself requires one of `names`.
fn requires(schema: &Value, names: &[String]) -> bool {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    required.filter_map(Value::as_str).any(|name| names.iter().any(|other| other == name))
}
