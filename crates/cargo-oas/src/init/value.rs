//! A value of a schema: its example if it has one, and otherwise the simplest one that is made from the schema.

use openapi_build::tool::{CHECKS, CHOICES, TUPLE, TYPE};
use serde_json::{Map, Value, json};

/// How deep schemas are followed.
const DEPTH: usize = 16;

/// The most characters of a text that is invented.
const LONGEST: usize = 256;

/// A value, and whether the definition gives it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    /// The value.
    pub(super) value: Value,
    /// Whether it is an example, a default or a listed value, rather than invented.
    pub(super) given: bool,
    /// Whether it follows the rules of its schema, as far as that is known: an invented one may not.
    pub(super) fits: bool,
}

/// What the reference `node` leads to, or `node` itself.
pub(super) fn resolve<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    let mut node = node;
    for _ in 0..DEPTH {
        let target = node.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        match target.and_then(|pointer| document.pointer(pointer)) {
            Some(target) => node = target,
            None => break,
        }
    }
    node
}

/// Whether the values of `content`, a parameter or a body in a media type, are of a type of the user's own, or a list or a map of it:
/// a call would have to name the type, which a program outside of the package cannot do as the client does.
pub(super) fn is_theirs(document: &Value, content: &Value) -> bool {
    let content = resolve(document, content);
    let of_content = content.get("content").and_then(Value::as_object).and_then(|all| all.values().next());
    let schema = content.get("schema").or_else(|| of_content?.get("schema"));
    schema.is_some_and(|schema| holds_theirs(document, schema, DEPTH))
}

fn holds_theirs(document: &Value, schema: &Value, depth: usize) -> bool {
    let schema = resolve(document, schema);
    if schema.get(TYPE).is_some() {
        return true;
    }
    let parts = schema.get("allOf").and_then(Value::as_array).filter(|parts| parts.len() == 1);
    let tuple = schema.get(TUPLE).and_then(Value::as_array);
    let inner = ["items", "additionalProperties"].iter().filter_map(|key| schema.get(*key));
    let mut inner = inner.chain(parts.into_iter().chain(tuple).flatten());
    depth > 0 && inner.any(|schema| holds_theirs(document, schema, depth - 1))
}

/// A value of what has a `schema`, and maybe an `example` or `examples` beside it: a parameter, or a body in a media type.
pub(super) fn of_content(document: &Value, content: &Value, name: &str) -> Sample {
    let content = resolve(document, content);
    let several = content.get("examples").and_then(Value::as_object);
    let first = several.into_iter().flatten().find_map(|(_, example)| resolve(document, example).get("value"));
    match content.get("example").or(first).filter(|example| !example.is_null()) {
        Some(example) => Sample { value: example.clone(), given: true, fits: true },
        None => of_schema(document, content.get("schema").unwrap_or(&Value::Null), name, DEPTH),
    }
}

fn of_schema(document: &Value, schema: &Value, name: &str, depth: usize) -> Sample {
    let schema = resolve(document, schema);
    let first = |key: &str| schema.get(key).and_then(Value::as_array).and_then(|values| values.first());
    let stated = ["example", "default", "const"].iter().find_map(|key| schema.get(*key)).or_else(|| first("enum"));
    if let Some(value) = stated.filter(|value| !value.is_null()) {
        return Sample { value: value.clone(), given: true, fits: true };
    }
    if depth == 0 {
        return Sample { value: Value::Null, given: false, fits: false };
    }
    let deeper = |schema: &Value| of_schema(document, schema, name, depth - 1);
    if let Some(part) = first("oneOf").or_else(|| first("anyOf")) {
        return deeper(&combined(document, schema, [part]));
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return deeper(&combined(document, schema, parts));
    }
    let (value, fits) = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => whole(schema),
        Some("number") => number(schema),
        Some("boolean") => (json!(true), true),
        Some("array") => list(schema, deeper),
        Some("string") => {
            let (text, fits) = text(schema, name);
            (json!(text), fits)
        }
        None if ["properties", "required", CHOICES].iter().any(|key| schema.get(*key).is_some()) => {
            object(document, schema, depth)
        }
        Some("object") => object(document, schema, depth),
        _ => (json!(name), true),
    };
    let has_more = ["not", CHECKS].iter().any(|key| schema.get(*key).is_some());
    Sample { value, given: false, fits: fits && !has_more && may_be_read(schema) }
}

/// Whether the type of a value that was invented is known to read it: that of the user's own is not, but for the dates of a type that
/// the runtime reads.
fn may_be_read(schema: &Value) -> bool {
    let is_date = || schema.get("format").is_some_and(|format| ["date", "date-time"].iter().any(|it| format == it));
    schema.get(TYPE).is_none_or(|theirs| theirs.get("way").is_some() && is_date())
}

/// An object with the properties that are required and not only read.
fn object(document: &Value, schema: &Value, depth: usize) -> (Value, bool) {
    let list = |of: &Value, key: &str| of.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let choices = list(schema, CHOICES).into_iter().flat_map(|choice| {
        let least = choice.get("least").and_then(Value::as_u64).and_then(|least| usize::try_from(least).ok());
        list(&choice, "sets").into_iter().take(least.unwrap_or_default())
    });
    let chosen = choices.filter_map(|set| set.as_array().cloned()).flatten();
    let required: Vec<Value> = list(schema, "required").into_iter().chain(chosen).collect();
    let names = required.iter().filter_map(Value::as_str);
    let mut fits = true;
    let members = names.filter_map(|name| {
        let property = schema.get("properties").and_then(|all| all.get(name));
        let read_only = property.is_some_and(|it| resolve(document, it).get("readOnly") == Some(&json!(true)));
        if read_only {
            return None;
        }
        let sample = property.map(|it| of_schema(document, it, name, depth - 1));
        fits &= sample.as_ref().is_none_or(|sample| sample.fits);
        Some((name.to_owned(), sample.map_or(json!(name), |sample| sample.value)))
    });
    let members = members.collect::<Map<_, _>>();
    let fits = fits && count(schema, "minProperties").is_none_or(|least| members.len() >= least);
    (Value::Object(members), fits)
}

/// A list with as many items as it has to have, or one.
fn list(schema: &Value, deeper: impl Fn(&Value) -> Sample) -> (Value, bool) {
    const MOST: usize = 16;
    let least = count(schema, "minItems");
    let item = schema.get("items").map(&deeper).unwrap_or(Sample { value: Value::Null, given: false, fits: true });
    if !item.fits && least.unwrap_or_default() == 0 {
        return (json!([]), true);
    }
    let many = least.unwrap_or(1).clamp(1, MOST).min(count(schema, "maxItems").unwrap_or(MOST));
    let items = vec![item.value; many];
    let differ = many < 2 || schema.get("uniqueItems") != Some(&json!(true));
    (Value::Array(items), item.fits && differ && least.is_none_or(|least| many >= least))
}

/// `schema` with what `parts` say, in place of the lists that they are in.
fn combined<'a>(document: &Value, schema: &Value, parts: impl IntoIterator<Item = &'a Value>) -> Value {
    let mut whole = schema.as_object().cloned().unwrap_or_default();
    for key in ["oneOf", "anyOf", "allOf"] {
        whole.remove(key);
    }
    for (key, value) in parts.into_iter().filter_map(|part| resolve(document, part).as_object()).flatten() {
        match (whole.get_mut(key), value) {
            (Some(Value::Array(all)), Value::Array(more)) if key != "enum" => all.extend(more.iter().cloned()),
            (Some(Value::Object(all)), Value::Object(more)) => {
                for (name, value) in more {
                    all.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
            (Some(_), _) => {}
            (None, value) => {
                whole.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(whole)
}

/// A limit of a length.
fn count(schema: &Value, key: &str) -> Option<usize> {
    schema.get(key).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok())
}

/// The limits of a number, and what it has to be a multiple of.
struct Limits {
    least: f64,
    most: f64,
    excludes_least: bool,
    excludes_most: bool,
    step: Option<f64>,
}

impl Limits {
    fn of(schema: &Value) -> Self {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let is_set = |key: &str| schema.get(key) == Some(&json!(true));
        Self {
            least: bound("minimum").unwrap_or(f64::NEG_INFINITY),
            most: bound("maximum").unwrap_or(f64::INFINITY),
            excludes_least: is_set("exclusiveMinimum"),
            excludes_most: is_set("exclusiveMaximum"),
            step: bound("multipleOf").filter(|step| *step > 0.0),
        }
    }

    fn allow(&self, number: f64) -> bool {
        let is_in = self.least <= number && number <= self.most;
        let is_excluded = self.excludes_least && number <= self.least || self.excludes_most && number >= self.most;
        is_in && !is_excluded && self.step.is_none_or(|step| (number / step).fract() == 0.0)
    }

    /// The first multiples that are not less than `number`.
    fn multiples(&self, number: f64) -> impl Iterator<Item = f64> {
        self.step.into_iter().flat_map(move |step| {
            let first = (number / step).ceil();
            [first * step, (first + 1.0) * step]
        })
    }
}

/// A whole number: 1, or the closest one that is allowed.
fn whole(schema: &Value) -> (Value, bool) {
    /// Up to here, every whole number is an `f64`.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let limits = Limits::of(schema);
    let from = limits.least.ceil().max(1.0).min(limits.most.floor());
    let numbers = [from, from + 1.0, from - 1.0].into_iter().chain(limits.multiples(from));
    let mut allowed = numbers.filter(|number| number.fract() == 0.0 && number.abs() < EXACT && limits.allow(*number));
    match allowed.next() {
        Some(number) => (json!(number as i64), true),
        None => (json!(schema.get("minimum").and_then(Value::as_i64).unwrap_or(1)), false),
    }
}

/// A number: the least one, 1.5, or another one that is allowed.
fn number(schema: &Value) -> (Value, bool) {
    let limits = Limits::of(schema);
    let written = |key: &str| schema.get(key).filter(|bound| bound.is_number()).cloned();
    let from = if limits.least.is_finite() { limits.least } else { 0.0 };
    let others = [1.5, from + 1.0, f64::midpoint(from, limits.most), limits.most - 1.0];
    let others = others.into_iter().chain(limits.multiples(from)).map(|number| json!(number));
    let mut all = written("minimum").into_iter().chain(others).chain(written("maximum"));
    let allowed = all.find(|number| number.as_f64().is_some_and(|number| limits.allow(number)));
    let fits = allowed.is_some();
    (allowed.unwrap_or(json!(1.5)), fits)
}

/// A text of a format or of a simple pattern, or else the name of what it is for, as long as it has to be.
fn text(schema: &Value, name: &str) -> (String, bool) {
    let (least, most) = (count(schema, "minLength").unwrap_or_default(), count(schema, "maxLength"));
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let fixed = match format {
        "date-time" => "2026-01-31T12:00:00Z",
        "date" => "2026-01-31",
        "uuid" => "4d9d7c9a-3a6a-4c1e-9a0e-0c7a5a1b2c3d",
        "email" => "ada@example.com",
        "uri" | "url" => "https://example.com",
        "ipv4" => "192.0.2.1",
        "byte" => "aGVsbG8=",
        _ => "",
    };
    let pattern = schema.get("pattern").and_then(Value::as_str);
    let is_long_enough = |text: &str| (least..=most.unwrap_or(usize::MAX)).contains(&text.chars().count());
    if !fixed.is_empty() {
        return (fixed.to_owned(), pattern.is_none() && is_long_enough(fixed));
    }
    if let Some(text) = pattern.and_then(|pattern| of_pattern(pattern, least)) {
        let fits = is_long_enough(&text);
        return (text, fits);
    }
    let mut text = if name.is_empty() { "text".to_owned() } else { name.to_owned() };
    while text.chars().count() < least.min(LONGEST) {
        text.push('x');
    }
    let text: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
    let fits = pattern.is_none() && is_long_enough(&text);
    (text, fits)
}

/// The simplest text of at least `least` characters that fits `pattern`; `None` if the pattern has more than characters, classes
/// and how often they occur.
fn of_pattern(pattern: &str, least: usize) -> Option<String> {
    let mut rest = pattern.strip_prefix('^').unwrap_or(pattern).chars().peekable();
    // Each a character, how often it is there, and how often it may be there.
    let mut parts: Vec<(char, usize, usize)> = Vec::new();
    while let Some(c) = rest.next() {
        let c = match c {
            '$' if rest.peek().is_none() => break,
            '(' | ')' | '|' | '{' | '}' | '*' | '+' | '?' | '^' | '$' | ']' => return None,
            '[' => of_class(&mut rest)?,
            '\\' => escaped(rest.next()?)?,
            '.' => 'a',
            c => c,
        };
        let (from, to) = match rest.peek() {
            Some('*') => (0, LONGEST),
            Some('+') => (1, LONGEST),
            Some('?') => (0, 1),
            Some('{') => {
                let text: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let (from, to) = text.split_once(',').unwrap_or((&text, &text));
                let from = from.parse().ok()?;
                (from, if to.is_empty() { LONGEST.max(from) } else { to.parse().ok()? })
            }
            _ => (1, 1),
        };
        rest.next_if(|c| ['*', '+', '?'].contains(c));
        // A quantifier that takes as little as it can.
        rest.next_if_eq(&'?');
        if from > LONGEST || from > to {
            return None;
        }
        parts.push((c, from, to));
    }
    let mut missing = least.saturating_sub(parts.iter().map(|(_, from, _)| from).sum());
    for (_, from, to) in &mut parts {
        let more = missing.min(*to - *from);
        *from += more;
        missing -= more;
    }
    Some(parts.iter().flat_map(|(c, from, _)| std::iter::repeat_n(*c, *from)).collect())
}

/// The first character of the class of which `[` was read.
fn of_class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    let first = match rest.next()? {
        '^' | ']' | '[' => return None,
        '\\' => escaped(rest.next()?)?,
        c => c,
    };
    loop {
        match rest.next()? {
            ']' => return Some(first),
            // A class of its own, which may take characters away.
            '[' | '&' => return None,
            '\\' => drop(rest.next()?),
            _ => {}
        }
    }
}

/// A character that `c` stands for after a backslash.
fn escaped(c: char) -> Option<char> {
    match c {
        'd' => Some('1'),
        'w' | 'S' => Some('a'),
        c if c.is_ascii_punctuation() => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_definition_gives_comes_first() {
        let document = json!({"components": {"schemas": {"Size": {"type": "integer", "example": 7}}}});
        let given = |content: Value| of_content(&document, &content, "size");
        for content in [
            json!({"example": 7, "schema": {"type": "integer", "default": 3}}),
            json!({"examples": {"a": {"value": 7}}}),
            json!({"schema": {"$ref": "#/components/schemas/Size"}}),
            json!({"schema": {"type": "integer", "enum": [7, 8]}}),
        ] {
            assert_eq!(given(content.clone()), Sample { value: json!(7), given: true, fits: true }, "{content}");
        }
        assert_eq!(
            given(json!({"schema": {"type": "string"}})),
            Sample { value: json!("size"), given: false, fits: true }
        );
    }

    #[test]
    fn an_object_has_what_it_must_have() {
        let name = json!({"type": "string", "minLength": 6});
        let schema = json!({
            "allOf": [{"type": "object", "required": ["id", "name"], "properties": {"id": {"readOnly": true}, "name": name}}],
            "required": ["tags", "size"],
            "properties": {"tags": {"type": "array", "items": {"type": "string"}}, "size": {"type": "integer", "minimum": 3}},
        });
        let sample = of_content(&Value::Null, &json!({"schema": schema}), "body");
        assert_eq!(sample.value, json!({"name": "namexx", "tags": ["tags"], "size": 3}));
        let schema = json!({
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
            "anyOf": [{"required": ["id"]}, {"required": ["name"]}],
        });
        let sample = of_content(&Value::Null, &json!({"schema": schema}), "body");
        assert_eq!(sample.value, json!({"id": 1}));
        let schema = json!({
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
            CHOICES: [{"least": 1, "most": null, "sets": [["name"], ["id"]]}],
        });
        let sample = of_content(&Value::Null, &json!({"schema": schema}), "body");
        assert_eq!(sample.value, json!({"name": "name"}));
    }

    #[test]
    fn an_invented_value_fits_or_is_known_not_to() {
        for (schema, value) in [
            (json!({"type": "integer", "multipleOf": 5, "minimum": 6}), json!(10)),
            (json!({"type": "integer", "maximum": 0, "exclusiveMaximum": true}), json!(-1)),
            (json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}), json!(2)),
            (json!({"type": "number", "multipleOf": 0.25}), json!(1.5)),
            (json!({"type": "number", "multipleOf": 4}), json!(0.0)),
            (json!({"type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 0.5}), json!(0.25)),
            (json!({"type": "number", "maximum": 1}), json!(1.0)),
            (json!({"type": "string", "pattern": "^[A-Z]{2,3}-\\d+$"}), json!("AA-1")),
            (json!({"type": "string", "pattern": "^[a-z0-9_-]*$", "minLength": 3}), json!("aaa")),
            (json!({"type": "string", "pattern": "v\\.[\\w.]?x{2,}"}), json!("v.xx")),
            (json!({"type": "array", "uniqueItems": true, "items": {"type": "boolean"}}), json!([true])),
            (json!({"type": "array", "items": {"type": "string", "pattern": "^(a|b)$"}}), json!([])),
        ] {
            let sample = of_content(&Value::Null, &json!({"schema": schema}), "name");
            assert_eq!(sample, Sample { value, given: false, fits: true }, "{schema}");
        }
        let pattern = json!({"type": "string", "pattern": "^(a|b)$"});
        for schema in [
            json!({"type": "integer", "multipleOf": 5, "minimum": 6, "maximum": 9}),
            json!({"type": "string", "pattern": "^[^a]$"}),
            json!({"type": "string", "pattern": "^\\p{L}$"}),
            json!({"type": "string", "pattern": "^a{2}$", "maxLength": 1}),
            json!({"type": "string", "format": "uuid", "pattern": "^0"}),
            json!({"type": "string", "minLength": 300}),
            json!({"type": "array", "uniqueItems": true, "minItems": 2, "items": {"type": "string"}}),
            json!({"type": "array", "minItems": 1, "items": pattern}),
            json!({"type": "object", "required": ["a"], "properties": {"a": pattern}}),
            json!({"type": "object", CHECKS: [{}]}),
        ] {
            let sample = of_content(&Value::Null, &json!({"schema": schema}), "name");
            assert!(!sample.fits && !sample.given, "{schema}: {sample:?}");
        }
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        let document = json!({"components": {"schemas": {"Node": {
            "type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Node"}}
        }}}});
        let schema = json!({"schema": {"$ref": "#/components/schemas/Node"}});
        assert!(of_content(&document, &schema, "node").value.is_object());
    }
}
