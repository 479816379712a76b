//! Checks of what is sent that no Rust type can say: JSON Schema 2020-12, with the words that OpenAPI 3.0 has for null and for
//! exclusive bounds. Formats are not looked at, because types say them.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use serde::Serialize;
use serde_json::{Map, Value};

use super::value::{Kept, check_count, is_multiple, is_nearly_multiple, same_json};
use crate::file_part::checked_json;

/// How deep references may lead into each other without coming closer to the end of a value.
const DEPTH: usize = 256;

/// How many schemas one value is held against. Alternatives that lead back to themselves would never end; a value that takes more is
/// not refused.
const STEPS: usize = 200_000;

std::thread_local! {
    /// How many more schemas the value at hand may be held against.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// A schema, read when it is first needed.
pub struct Check {
    text: &'static str,
    read: OnceLock<Schema>,
}

struct Schema {
    schema: Value,
    patterns: HashMap<String, Option<Regex>>,
}

impl Check {
    /// The check of the schema that `text` is.
    pub const fn new(text: &'static str) -> Self {
        Self { text, read: OnceLock::new() }
    }

    /// Checks what `value` is written as.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    pub fn check(&self, value: &impl Serialize) -> Kept {
        self.obeyed_by(&checked_json(value).map_err(|error| error.to_string())?)
    }

    /// Checks `value`.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    pub fn obeyed_by(&self, value: &Value) -> Kept {
        let root = self.read.get_or_init(|| {
            let schema: Value = serde_json::from_str(self.text).unwrap_or(Value::Bool(true));
            let mut patterns = HashMap::new();
            compile(&schema, &schema["x-regex"], &mut patterns);
            Schema { schema, patterns }
        });
        LEFT.set(STEPS);
        let kept = root.fits(&root.schema, value, &mut Seen::default(), 0);
        if LEFT.get() == 0 { Ok(()) } else { kept }
    }
}

/// Checks what is written as the object `name`.
///
/// # Errors
///
/// When it does not obey the schema.
pub fn obey_schema<E: serde::ser::Error>(name: &str, json: &Value, check: &Check) -> Result<(), E> {
    check.obeyed_by(json).map_err(|rule| E::custom(format!("{name}: {rule}")))
}

/// The error of a value that cannot be written, as another kind of error.
pub fn not_written<E: serde::ser::Error>(error: serde_json::Error) -> E {
    E::custom(error)
}

#[cfg(feature = "patterns")]
type Regex = super::pattern::Regex;
#[cfg(not(feature = "patterns"))]
type Regex = std::convert::Infallible;

/// Compiles the patterns of `schema`, which are matched as `regexes` says where it names them.
fn compile(schema: &Value, regexes: &Value, patterns: &mut HashMap<String, Option<Regex>>) {
    match schema {
        Value::Object(members) => {
            let own = members.get("pattern").and_then(Value::as_str).map(str::to_owned);
            let names = members.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
            for text in own.into_iter().chain(names.map(|(name, _)| name.clone())) {
                let regex = regexes.get(&text).map_or(Some(text.as_str()), Value::as_str).and_then(regex);
                patterns.insert(text, regex);
            }
            members.values().for_each(|member| compile(member, regexes, patterns));
        }
        Value::Array(items) => items.iter().for_each(|item| compile(item, regexes, patterns)),
        _ => {}
    }
}

#[cfg(feature = "patterns")]
fn regex(text: &str) -> Option<Regex> {
    super::pattern::compiled(text)
}

#[cfg(not(feature = "patterns"))]
fn regex(_: &str) -> Option<Regex> {
    None
}

/// What of a value a schema has looked at.
#[derive(Default)]
struct Seen {
    members: BTreeSet<String>,
    /// So many items from the first on.
    items: usize,
    /// Others that `contains` found.
    more: BTreeSet<usize>,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.members.extend(other.members);
        self.items = self.items.max(other.items);
        self.more.extend(other.more);
    }
}

/// The items of the list in `key` of a schema, if it has one.
fn list<'a>(schema: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The entries of the mapping in `key` of a schema, if it has one.
fn mapping<'a>(schema: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    schema.get(key).and_then(Value::as_object).into_iter().flatten()
}

impl Schema {
    /// Whether `value` fits `schema`; adds to `seen` what of it the schema says something of.
    fn fits(&self, schema: &Value, value: &Value, seen: &mut Seen, depth: usize) -> Kept {
        let Some(schema) = schema.as_object() else {
            return if *schema == Value::Bool(false) { Err("is not allowed".to_owned()) } else { Ok(()) };
        };
        LEFT.set(LEFT.get().saturating_sub(1));
        if LEFT.get() == 0 || depth > DEPTH || (value.is_null() && schema.get("nullable") == Some(&Value::Bool(true))) {
            return Ok(());
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
            && let Some(target) = reference.strip_prefix('#').and_then(|pointer| self.schema.pointer(pointer))
        {
            self.fits(target, value, seen, depth + 1)?;
        }
        is_of_kind(schema, value)?;
        match value {
            Value::String(text) => self.text(schema, text)?,
            Value::Number(_) => number(schema, value)?,
            _ => {}
        }
        self.together(schema, value, seen, depth + 1)?;
        match value {
            Value::Object(members) => self.members(schema, members, seen, depth + 1),
            Value::Array(items) => self.items(schema, items, seen, depth + 1),
            _ => Ok(()),
        }
    }

    /// Whether `value` fits, in a condition or an alternative: what it has seen counts only if so.
    fn would_fit(&self, schema: &Value, value: &Value, seen: &mut Seen, depth: usize) -> bool {
        let mut own = Seen::default();
        let fits = self.fits(schema, value, &mut own, depth).is_ok();
        if fits {
            seen.add(own);
        }
        fits
    }

    /// The keywords that put schemas together.
    fn together(&self, schema: &Map<String, Value>, value: &Value, seen: &mut Seen, depth: usize) -> Kept {
        for part in list(schema, "allOf") {
            self.fits(part, value, seen, depth)?;
        }
        let mut fitting = |key: &str| list(schema, key).filter(|part| self.would_fit(part, value, seen, depth)).count();
        if schema.contains_key("anyOf") && fitting("anyOf") == 0 {
            return Err("fits no alternative".to_owned());
        }
        if schema.contains_key("oneOf") {
            match fitting("oneOf") {
                1 => {}
                0 => return Err("fits no alternative".to_owned()),
                _ => return Err("fits more than one alternative".to_owned()),
            }
        }
        if let Some(not) = schema.get("not")
            && self.would_fit(not, value, &mut Seen::default(), depth)
        {
            return Err("is what the definition excludes".to_owned());
        }
        if let Some(condition) = schema.get("if") {
            let next = if self.would_fit(condition, value, seen, depth) { "then" } else { "else" };
            if let Some(next) = schema.get(next) {
                self.fits(next, value, seen, depth)?;
            }
        }
        Ok(())
    }

    fn members(
        &self,
        schema: &Map<String, Value>,
        members: &Map<String, Value>,
        seen: &mut Seen,
        depth: usize,
    ) -> Kept {
        let count = |key: &str| schema.get(key).and_then(Value::as_u64);
        check_count(members.len(), "members", count("minProperties"), count("maxProperties"))?;
        let missing = |names: &Value| {
            let mut names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
            names.find(|name| !members.contains_key(*name)).map(str::to_owned)
        };
        if let Some(name) = schema.get("required").and_then(missing) {
            return Err(format!("must have `{name}`"));
        }
        for (present, names) in mapping(schema, "dependentRequired").filter(|(name, _)| members.contains_key(*name)) {
            if let Some(name) = missing(names) {
                return Err(format!("must have `{name}` beside `{present}`"));
            }
        }
        for (_, part) in mapping(schema, "dependentSchemas").filter(|(name, _)| members.contains_key(*name)) {
            self.fits(part, &Value::Object(members.clone()), seen, depth)?;
        }
        for (name, value) in members {
            let at = |rule: String| format!("`{name}` {rule}");
            if let Some(names) = schema.get("propertyNames") {
                let text = Value::String(name.clone());
                self.fits(names, &text, &mut Seen::default(), depth)
                    .map_err(|rule| format!("the name `{name}` {rule}"))?;
            }
            let own = schema.get("properties").and_then(|all| all.get(name));
            let matching = mapping(schema, "patternProperties").filter(|(text, _)| self.matches(text, name));
            // Of a pattern that cannot be matched, any name may be; what it says is not checked then.
            let any = Value::Bool(true);
            let matching = matching.map(|(text, part)| if self.is_usable(text) { part } else { &any });
            let mut known: Vec<&Value> = own.into_iter().chain(matching).collect();
            if known.is_empty() {
                known.extend(schema.get("additionalProperties"));
            }
            if known.is_empty() && !seen.members.contains(name) {
                known.extend(schema.get("unevaluatedProperties"));
            }
            for part in &known {
                self.fits(part, value, &mut Seen::default(), depth).map_err(at)?;
            }
            if !known.is_empty() {
                seen.members.insert(name.clone());
            }
        }
        Ok(())
    }

    fn items(&self, schema: &Map<String, Value>, items: &[Value], seen: &mut Seen, depth: usize) -> Kept {
        let count = |key: &str| schema.get(key).and_then(Value::as_u64);
        check_count(items.len(), "items", count("minItems"), count("maxItems"))?;
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            super::value::check_unique(items)?;
        }
        let prefix: Vec<&Value> = list(schema, "prefixItems").collect();
        let at = |index: usize| move |rule: String| format!("item {index} {rule}");
        for (index, (part, item)) in prefix.iter().zip(items).enumerate() {
            self.fits(part, item, &mut Seen::default(), depth).map_err(at(index))?;
        }
        seen.items = seen.items.max(prefix.len());
        if let Some(rest) = schema.get("items") {
            for (index, item) in items.iter().enumerate().skip(prefix.len()) {
                self.fits(rest, item, &mut Seen::default(), depth).map_err(at(index))?;
            }
            seen.items = items.len();
        }
        if let Some(part) = schema.get("contains") {
            let fitting = |item: &Value| self.would_fit(part, item, &mut Seen::default(), depth);
            let found: Vec<usize> = (0..items.len()).filter(|index| fitting(&items[*index])).collect();
            let least = count("minContains").unwrap_or(1);
            check_count(found.len(), "items of the kind that it must contain", Some(least), count("maxContains"))?;
            seen.more.extend(found);
        }
        if let Some(rest) = schema.get("unevaluatedItems") {
            for (index, item) in items.iter().enumerate().skip(seen.items) {
                if !seen.more.contains(&index) {
                    self.fits(rest, item, &mut Seen::default(), depth).map_err(at(index))?;
                }
            }
            seen.items = items.len();
        }
        Ok(())
    }

    fn text(&self, schema: &Map<String, Value>, text: &str) -> Kept {
        let count = |key: &str| schema.get(key).and_then(Value::as_u64);
        let (least, most) = (count("minLength"), count("maxLength"));
        if least.or(most).is_some() {
            check_count(text.chars().count(), "characters", least, most)?;
        }
        match schema.get("pattern").and_then(Value::as_str) {
            Some(pattern) if !self.matches(pattern, text) => Err(format!("does not match `{pattern}`")),
            _ => Ok(()),
        }
    }

    /// Whether a pattern can be matched.
    fn is_usable(&self, pattern: &str) -> bool {
        self.patterns.get(pattern).is_some_and(Option::is_some)
    }

    #[cfg(feature = "patterns")]
    fn matches(&self, pattern: &str, text: &str) -> bool {
        let compiled = self.patterns.get(pattern).and_then(Option::as_ref);
        let matches = compiled.map_or(Ok(true), |regex| regex.is_match(text));
        matches.unwrap_or_else(|_| {
            LEFT.set(0);
            true
        })
    }

    #[cfg(not(feature = "patterns"))]
    fn matches(&self, pattern: &str, _: &str) -> bool {
        self.patterns.get(pattern).is_some_and(Option::is_none)
    }
}

/// The keywords about any value: `type`, `enum` and `const`.
fn is_of_kind(schema: &Map<String, Value>, value: &Value) -> Kept {
    let is_of = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    let fits = match schema.get("type") {
        Some(Value::String(kind)) => is_of(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is_of),
        _ => true,
    };
    if !fits {
        return Err(format!("is not of type {}", schema["type"].to_string().replace('"', "")));
    }
    let is_listed = schema.get("enum").is_none_or(|_| list(schema, "enum").any(|other| same_json(value, other)));
    if !(is_listed && schema.get("const").is_none_or(|other| same_json(value, other))) {
        return Err("is not one of the values that are allowed".to_owned());
    }
    Ok(())
}

/// The keywords about numbers. An exclusive bound is a number of its own, or a flag beside the bound, as in OpenAPI 3.0.
fn number(schema: &Map<String, Value>, value: &Value) -> Kept {
    let order = |bound: &Value| match (value.as_i64(), bound.as_i64()) {
        (Some(value), Some(bound)) => Some(value.cmp(&bound)),
        _ => value.as_f64()?.partial_cmp(&bound.as_f64()?),
    };
    let bounds = [("minimum", "exclusiveMinimum", "below", true), ("maximum", "exclusiveMaximum", "above", false)];
    for (inclusive, exclusive, beyond, is_least) in bounds {
        let flag = schema.get(exclusive);
        let with_flag = flag == Some(&Value::Bool(true));
        let excluded = flag.filter(|flag| flag.is_number());
        for (bound, strict) in
            schema.get(inclusive).map(|it| (it, with_flag)).into_iter().chain(excluded.map(|it| (it, true)))
        {
            let Some(order) = order(bound) else { continue };
            let is_beyond = if is_least { order.is_lt() } else { order.is_gt() };
            if is_beyond || (strict && order.is_eq()) {
                return Err(format!("is {beyond} {bound}"));
            }
        }
    }
    if let Some(step) = schema.get("multipleOf") {
        let holds = match (value.as_i64(), step.as_i64()) {
            (Some(value), Some(step)) => is_multiple(value.into(), step.into()),
            _ => value.as_f64().zip(step.as_f64()).is_none_or(|(value, step)| is_nearly_multiple(value, step)),
        };
        if !holds {
            return Err(format!("is not a multiple of {step}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(schema: &'static str, value: Value) -> bool {
        Check::new(schema).obeyed_by(&value).is_ok()
    }

    #[test]
    fn conditions_decide_what_must_be_there() {
        let schema = r#"{"if":{"properties":{"kind":{"enum":["card"]}},"required":["kind"]},"then":{"required":["number"]},"else":{"not":{"required":["number"]}}}"#;
        assert!(fits(schema, json!({"kind": "card", "number": 1})));
        assert!(!fits(schema, json!({"kind": "card"})));
        assert!(!fits(schema, json!({"kind": "cash", "number": 1})));
        assert!(fits(schema, json!({"kind": "cash"})));
        assert!(!fits(r#"{"dependentRequired":{"a":["b"]}}"#, json!({"a": 1})));
        assert!(fits(r#"{"dependentRequired":{"a":["b"]}}"#, json!({"b": 1})));
        assert!(!fits(r#"{"dependentSchemas":{"a":{"maxProperties":1}}}"#, json!({"a": 1, "b": 1})));
    }

    #[test]
    fn members_and_items_that_nothing_evaluates_are_known() {
        let schema = r##"{"allOf":[{"$ref":"#/$defs/A"}],"anyOf":[{"properties":{"b":{}},"required":["b"]},{"properties":{"c":{}}}],"unevaluatedProperties":{"not":{}},"$defs":{"A":{"properties":{"a":{"$ref":"#/$defs/A"}}}}}"##;
        assert!(fits(schema, json!({"a": {}, "b": 1, "c": 2})));
        assert!(!fits(schema, json!({"a": {}, "d": 1})));
        let schema = r#"{"prefixItems":[{"type":"string"}],"contains":{"type":"boolean"},"unevaluatedItems":false}"#;
        assert!(fits(schema, json!(["a", true])));
        assert!(!fits(schema, json!(["a", true, 1])));
        assert!(!fits(schema, json!([1, true])));
        let schema = r#"{"contains":{"type":"integer"},"minContains":2,"maxContains":3}"#;
        assert!(fits(schema, json!([1, "a", 2])) && !fits(schema, json!([1])) && !fits(schema, json!([1, 2, 3, 4])));
    }

    #[test]
    #[cfg(feature = "patterns")]
    fn names_decide_what_a_member_is() {
        let schema =
            r#"{"properties":{"id":{}},"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}"#;
        assert!(fits(schema, json!({"id": 1, "x-a": "b"})));
        assert!(!fits(schema, json!({"x-a": 1})) && !fits(schema, json!({"y": 1})));
        assert!(!fits(r#"{"propertyNames":{"pattern":"^[a-z]+$"}}"#, json!({"A": 1})));
    }

    #[test]
    #[cfg(feature = "patterns")]
    fn a_pattern_is_matched_as_it_was_translated() {
        let translated = r#"{"pattern":"^\\d$","x-regex":{"^\\d$":"^[0-9]$"}}"#;
        assert!(fits(translated, json!("1")) && !fits(translated, json!("\u{663}")));
        assert!(fits(r#"{"pattern":"(","x-regex":{"(":null}}"#, json!("a")));
        // One that takes too many steps is left to the server, whether it must match or must not.
        let many = json!(format!("{}!", "a".repeat(50)));
        let slow = r#"{"pattern":"^(?:(?=a)a+)+$"}"#;
        let never = r#"{"not":{"pattern":"^(?:(?=a)a+)+$"}}"#;
        assert!(fits(slow, many.clone()) && fits(never, many));
    }

    #[test]
    fn values_are_compared_as_json_schema_does() {
        assert!(fits(r#"{"const":1,"type":["integer","null"]}"#, json!(1)) && !fits(r#"{"const":2}"#, json!(1)));
        assert!(
            !fits(r#"{"minimum":1,"exclusiveMinimum":true}"#, json!(1)) && fits(r#"{"exclusiveMinimum":0}"#, json!(1))
        );
        assert!(!fits(r#"{"multipleOf":3}"#, json!(4)) && !fits(r#"{"maxLength":1}"#, json!("ab")));
        assert!(fits(r#"{"type":"string","nullable":true}"#, Value::Null) && !fits("false", json!(1)));
        assert!(!fits(r#"{"oneOf":[{"type":"integer"},{"minimum":0}]}"#, json!(1)));
        assert_eq!(Check::new(r#"{"required":["a"]}"#).obeyed_by(&json!({})), Err("must have `a`".into()));
    }

    #[test]
    fn a_reference_to_itself_ends() {
        assert!(fits(r##"{"$ref":"#"}"##, json!(1)));
    }
}
