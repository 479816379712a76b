//! A judge of generated types that they did not make: JSON Schema, on the document as it came.
//!
//! The document's schemas are OpenAPI 3.0's, which are JSON Schema draft 4 but for `nullable` and the two sides; that
//! much is translated here, with nothing of the pipeline's. Instances come from the schemas, valid ones and mutants.

use jsonschema::Validator;
use serde_json::{Map, Number, Value, json};

/// Numbers that look random and are the same in every run (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: &str) -> Self {
        let hash = seed
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self(hash | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap_or_default() % end.max(1)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// A document as one side sees it.
pub(crate) struct Side {
    document: Value,
    /// The flag of properties that this side does not have.
    hidden: &'static str,
}

impl Side {
    pub(crate) fn request(document: &Value) -> Self {
        Self { document: document.clone(), hidden: "readOnly" }
    }

    pub(crate) fn response(document: &Value) -> Self {
        Self { document: document.clone(), hidden: "writeOnly" }
    }

    /// A judge of `schema`. With `implied`, a schema that has properties and no type is one of objects.
    pub(crate) fn judge(&self, schema: &Value, implied: bool) -> Validator {
        let mut translation = Translation { side: self, implied, schemas: Map::new(), open: Vec::new() };
        let translated = translation.schema(schema, &[schema], 0);
        while let Some(name) = translation.open.pop() {
            if let (false, Some(schema)) = (translation.schemas.contains_key(&name), self.component(&name)) {
                let translated = translation.schema(schema, &[schema], 0);
                translation.schemas.insert(name, translated);
            }
        }
        let root = json!({"allOf": [translated], "components": {"schemas": translation.schemas}});
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft4)
            .should_validate_formats(true)
            .with_format("uuid", is_uuid)
            .with_format("byte", is_base64)
            .with_format("email", |_: &str| true)
            .with_format("uri", |_: &str| true)
            .with_format("hostname", |_: &str| true)
            .with_format("ipv4", |_: &str| true)
            .with_format("ipv6", |_: &str| true)
            .with_format("regex", |_: &str| true)
            .build(&root)
            .expect("the document's schemas are JSON Schema")
    }

    fn component(&self, name: &str) -> Option<&Value> {
        self.document.pointer("/components/schemas")?.get(name)
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        for _ in 0..32 {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { break };
            let Some(target) = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer)) else {
                break;
            };
            schema = target;
        }
        schema
    }

    /// The schemas that hold together where all of `at` do: references followed, parts of an `allOf` beside the whole.
    pub(crate) fn flat<'a>(&'a self, at: &[&'a Value]) -> Vec<&'a Value> {
        let mut flat: Vec<&Value> = Vec::new();
        let mut open: Vec<&Value> = at.iter().rev().copied().collect();
        while let Some(schema) = open.pop() {
            let schema = self.resolved(schema);
            if flat.iter().any(|other| std::ptr::eq(*other, schema)) {
                continue;
            }
            flat.push(schema);
            open.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten().rev());
        }
        flat
    }

    /// What all of `flat` say of a property.
    pub(crate) fn property<'a>(&'a self, flat: &[&'a Value], name: &str) -> Vec<&'a Value> {
        flat.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect()
    }

    /// Whether this side does not have a property of which those are the schemas.
    fn is_hidden(&self, property: &[&Value]) -> bool {
        self.flat(property).iter().any(|schema| schema.get(self.hidden) == Some(&Value::Bool(true)))
    }

    /// A value that `schema` probably takes.
    pub(crate) fn instance(&self, schema: &Value, random: &mut Random, depth: usize) -> Value {
        self.value(&[schema], random, depth)
    }

    /// A value that all of `at` probably take.
    fn value(&self, at: &[&Value], random: &mut Random, depth: usize) -> Value {
        let mut flat = self.flat(at);
        let mut tags = Vec::new();
        for round in 0..4 {
            let chosen = flat.iter().filter_map(|schema| {
                let parts = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
                Some((*schema, &parts[random.below(parts.len())]))
            });
            let chosen: Vec<(&Value, &Value)> = chosen.collect();
            let before = flat.len();
            for (schema, part) in chosen.iter().skip(if round == 0 { 0 } else { tags.len() }) {
                tags.push((*schema, *part));
                let more = [flat.as_slice(), &[part]].concat();
                flat = self.flat(&more);
            }
            if flat.len() == before {
                break;
            }
        }
        let get = |key: &str| flat.iter().find_map(|schema| schema.get(key));
        let typed = flat.iter().filter(|schema| schema.get("type").is_some());
        let nullable =
            typed.clone().count() > 0 && typed.clone().all(|schema| schema.get("nullable") == Some(&json!(true)));
        if nullable && random.chance(10) {
            return Value::Null;
        }
        let enums: Vec<&Vec<Value>> = flat.iter().filter_map(|schema| schema.get("enum")?.as_array()).collect();
        if let Some(first) = enums.first() {
            let common: Vec<&Value> =
                first.iter().filter(|value| enums.iter().all(|values| values.contains(value))).collect();
            return common.get(random.below(common.len())).map_or(Value::Null, |value| (*value).clone());
        }
        if let Some(example) = get("example").filter(|_| random.chance(15)) {
            return example.clone();
        }
        let says = |key: &str| get(key).is_some();
        match get("type").and_then(Value::as_str).or_else(|| says("properties").then_some("object")) {
            Some("object") => self.object(&flat, &tags, random, depth),
            Some("array") => self.array(&flat, random, depth),
            Some("string") => json!(text(&merged(&flat), random)),
            Some("integer") => integer(&merged(&flat), random),
            Some("number") => number(&merged(&flat), random),
            Some("boolean") => json!(random.chance(50)),
            _ => [json!("any"), json!(7), json!({"a": [1]}), json!([true]), json!(1.5)][random.below(5)].clone(),
        }
    }

    fn object(&self, flat: &[&Value], tags: &[(&Value, &Value)], random: &mut Random, depth: usize) -> Value {
        let mut names: Vec<&String> = Vec::new();
        for schema in flat {
            names.extend(
                schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name),
            );
        }
        let required: Vec<&str> = flat
            .iter()
            .filter_map(|schema| schema.get("required")?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        names.sort();
        names.dedup();
        let mut members = Map::new();
        for name in &names {
            let property = self.property(flat, name);
            let wanted = required.contains(&name.as_str()) || (depth < 5 && random.chance(60));
            if wanted && !self.is_hidden(&property) {
                members.insert((*name).clone(), self.value(&property, random, depth + 1));
            }
        }
        for name in required.into_iter().filter(|name| !names.iter().any(|other| other == name)) {
            members.insert(name.to_owned(), json!("any"));
        }
        let extra: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("additionalProperties")).collect();
        let lone = flat
            .iter()
            .all(|schema| schema.get("properties").is_none() || schema.get("additionalProperties").is_some());
        if let (Some(first), true) = (extra.first(), lone && !extra.contains(&&Value::Bool(false))) {
            for index in 0..random.below(3) {
                let value = if first.is_object() { self.value(&[first], random, depth + 1) } else { json!(index) };
                members.insert(format!("extra-{index}"), value);
            }
        }
        for (schema, part) in tags {
            let Some(tag) = schema.pointer("/discriminator/propertyName").and_then(Value::as_str) else { continue };
            let reference = part.get("$ref").and_then(Value::as_str).unwrap_or_default();
            let mapping = schema.pointer("/discriminator/mapping").and_then(Value::as_object);
            let mapped = mapping.into_iter().flatten().find(|(_, target)| target.as_str() == Some(reference));
            let name = mapped.map_or(reference.rsplit('/').next().unwrap_or_default(), |(name, _)| name);
            members.insert(tag.to_owned(), json!(name));
        }
        Value::Object(members)
    }

    fn array(&self, flat: &[&Value], random: &mut Random, depth: usize) -> Value {
        let schema = merged(flat);
        let least = count(&schema, "minItems").unwrap_or(0);
        let most = count(&schema, "maxItems").unwrap_or(least + 3).max(least).min(least + 3);
        let length = if depth > 5 { least } else { least + random.below(most - least + 1) };
        let items: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("items")).collect();
        let mut values: Vec<Value> = Vec::new();
        for _ in 0..length {
            let value = self.value(&items, random, depth + 1);
            if schema.get("uniqueItems") != Some(&Value::Bool(true)) || !values.contains(&value) {
                values.push(value);
            }
        }
        Value::Array(values)
    }

    /// `value` with one thing changed somewhere.
    pub(crate) fn mutant(&self, value: &Value, random: &mut Random) -> Value {
        let mut pointers = Vec::new();
        collect(value, String::new(), &mut pointers);
        let mut mutant = value.clone();
        let pointer = &pointers[random.below(pointers.len())];
        let (parent, last) = pointer.rsplit_once('/').unwrap_or(("", ""));
        if pointer.is_empty() || random.chance(60) {
            let others =
                [Value::Null, json!(true), json!(-1), json!(1.5), json!("zz"), json!(""), json!([]), json!({})];
            if let Some(place) = mutant.pointer_mut(pointer) {
                *place = match place.clone() {
                    Value::String(text) if random.chance(40) => {
                        json!(text.repeat(if text.len() < 600 { 40 } else { 1 }) + "~")
                    }
                    Value::Array(mut items) if random.chance(50) && !items.is_empty() => {
                        items.push(items[0].clone());
                        Value::Array(items)
                    }
                    _ => others[random.below(others.len())].clone(),
                };
            }
            return mutant;
        }
        match mutant.pointer_mut(parent) {
            Some(Value::Object(members)) => {
                let key = last.replace("~1", "/").replace("~0", "~");
                if random.chance(70) {
                    members.remove(&key);
                } else {
                    members.insert(UNDECLARED.to_owned(), json!(1));
                }
            }
            Some(Value::Array(items)) => items.clear(),
            _ => {}
        }
        mutant
    }
}

/// Schemas to JSON Schema draft 4.
struct Translation<'a> {
    side: &'a Side,
    implied: bool,
    schemas: Map<String, Value>,
    /// Components that are still to be translated.
    open: Vec<String>,
}

impl Translation<'_> {
    /// `schema`, beside which all of `at` hold: what one of them flags is hidden in each.
    fn schema(&mut self, schema: &Value, at: &[&Value], depth: usize) -> Value {
        let Some(object) = schema.as_object() else { return schema.clone() };
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            let name = reference.strip_prefix("#/components/schemas/").unwrap_or_default();
            // Alone, it is what it refers to; beside others, they may hide what it declares.
            if at.len() == 1 || depth > 24 {
                self.open.push(name.to_owned());
                return json!({ "$ref": reference });
            }
            let side = self.side;
            return self.schema(side.resolved(schema), at, depth + 1);
        }
        let side = self.side;
        let flat = side.flat(at);
        let mut out = Map::new();
        for (key, value) in object {
            let value = match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    let mut kept = Map::new();
                    for (name, property) in properties {
                        let beside = side.property(&flat, name);
                        if !side.is_hidden(&beside) {
                            kept.insert(name.clone(), self.schema(property, &beside, depth + 1));
                        }
                    }
                    Value::Object(kept)
                }
                ("allOf", Value::Array(parts)) => {
                    let beside: Vec<&Value> = flat.iter().copied().chain(parts).collect();
                    Value::Array(parts.iter().map(|part| self.schema(part, &beside, depth + 1)).collect())
                }
                ("oneOf" | "anyOf", Value::Array(parts)) => {
                    Value::Array(parts.iter().map(|part| self.schema(part, &[part], depth + 1)).collect())
                }
                ("items", value) => {
                    let beside: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("items")).collect();
                    self.schema(value, &beside, depth + 1)
                }
                ("additionalProperties" | "not", value) => self.schema(value, &[value], depth + 1),
                ("required", Value::Array(names)) => {
                    let hidden = |name: &&Value| {
                        let beside = side.property(&flat, name.as_str().unwrap_or_default());
                        side.is_hidden(&beside)
                    };
                    let kept: Vec<&Value> = names.iter().filter(|name| !hidden(name)).collect();
                    if kept.is_empty() {
                        continue;
                    }
                    json!(kept)
                }
                ("nullable" | "example" | "default" | "discriminator" | "xml" | "externalDocs" | "title", _) => {
                    continue;
                }
                (key, _) if key.starts_with("x-") => continue,
                _ => value.clone(),
            };
            out.insert(key.clone(), value);
        }
        if self.implied && !object.contains_key("type") && object.contains_key("properties") {
            out.insert("type".into(), json!("object"));
        }
        if object.get("nullable") == Some(&Value::Bool(true)) && object.contains_key("type") {
            out.insert("type".into(), json!([object["type"], "null"]));
            if let Some(Value::Array(values)) = out.get_mut("enum") {
                values.push(Value::Null);
            }
        }
        Value::Object(out)
    }
}

/// RFC 9562, 4: hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// RFC 4648, 4.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() < 3
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
}

/// The keywords of schemas that hold together, the first of each.
fn merged(flat: &[&Value]) -> Value {
    let mut all = Map::new();
    for (key, value) in flat.iter().filter_map(|schema| schema.as_object()).flatten() {
        all.entry(key.clone()).or_insert(value.clone());
    }
    Value::Object(all)
}

fn count(schema: &Value, key: &str) -> Option<usize> {
    schema.get(key)?.as_u64().and_then(|count| usize::try_from(count).ok())
}

fn integer(schema: &Value, random: &mut Random) -> Value {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let least = bound("minimum").unwrap_or(if random.chance(30) { -1000.0 } else { 0.0 });
    let most = bound("maximum").unwrap_or(least.max(0.0) + 5000.0);
    #[allow(clippy::cast_possible_truncation, reason = "bounds of definitions are small")]
    let (least, most) = (least.ceil() as i64, most.floor() as i64);
    let span = usize::try_from(most.saturating_sub(least)).unwrap_or_default().saturating_add(1);
    let offset = i64::try_from(random.below(span)).unwrap_or_default();
    let big = schema.get("format").is_none_or(|format| format == "int64") && schema.get("maximum").is_none();
    if big && random.chance(10) { json!(9_007_199_254_740_993_i64) } else { json!(least + offset) }
}

fn number(schema: &Value, random: &mut Random) -> Value {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let least = bound("minimum").unwrap_or(0.0);
    #[allow(clippy::cast_precision_loss, reason = "a number is wanted, not an exact one")]
    let value = bound("maximum").map_or(least + random.below(1000) as f64 / 8.0, |most| (least + most) / 2.0);
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// The one name that no definition declares.
pub(crate) const UNDECLARED: &str = "zzUndeclared";

fn collect(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(member, format!("{pointer}/{name}"), pointers);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, format!("{pointer}/{index}"), pointers));
        }
        _ => {}
    }
    pointers.push(pointer);
}

/// A text by format, pattern and length; a pattern is tried with the schema's example and with simple guesses.
fn text(schema: &Value, random: &mut Random) -> String {
    let (least, most) = (count(schema, "minLength"), count(schema, "maxLength"));
    let number = random.below(900) + 100;
    let by_format = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => {
            let end = ["Z", "+02:00", ".123456Z", "-05:30"][random.below(4)];
            Some(format!("2024-05-17T13:45:{:02}{end}", number % 60))
        }
        Some("date") => Some(format!("2024-02-{:02}", number % 28 + 1)),
        Some("uuid") => Some(format!("550e8400-e29b-41d4-a716-446655440{number}")),
        Some("uri" | "url") => Some(format!("https://example.com/{number}")),
        Some("email") => Some(format!("user{number}@example.com")),
        Some("byte") => Some("aGVsbG8=".to_owned()),
        Some("ipv4") => Some("192.0.2.7".to_owned()),
        Some("hostname") => Some("host.example.com".to_owned()),
        _ => None,
    };
    if let Some(text) = by_format {
        return text;
    }
    let pattern = schema.get("pattern").and_then(Value::as_str).and_then(|pattern| regress::Regex::new(pattern).ok());
    let guesses =
        ["abc", "abc-1", "a", "lkc-00000", "env-abc123", "u-abc123", "1", "https://example.com", "aws", "crn://a/b=c"];
    let start = random.below(guesses.len());
    let example = schema.get("example").and_then(Value::as_str).unwrap_or("x");
    let fits = |text: &&str| pattern.as_ref().is_none_or(|pattern| pattern.find(text).is_some());
    let mut candidates = guesses[start..].iter().chain(&guesses[..start]).copied().chain([example]);
    let mut found = candidates.find(fits).unwrap_or("x").to_owned();
    while pattern.is_none() && found.chars().count() < least.unwrap_or(0) {
        found.push('x');
    }
    match most {
        Some(most) if pattern.is_none() => found.chars().take(most).collect(),
        _ => found,
    }
}
