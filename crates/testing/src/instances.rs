//! Instances of schemas, valid ones and mutants, made from the schemas alone, with numbers that are the same in every run.

use serde_json::{Map, Number, Value, json};

use crate::oracle::{self, Side, deciding, says_null};

/// Numbers that look random and are the same in every run (xorshift64*).
pub struct Random(u64);

impl Random {
    /// Numbers that follow from `seed` alone.
    pub fn new(seed: &str) -> Self {
        let hash = seed
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self(hash | 1)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
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

/// How deep an instance is at most.
const DEPTH: usize = 40;

/// What an instance is made of where the definition gives values of its own.
#[derive(Clone, Copy, PartialEq)]
pub enum Taken {
    /// Every example.
    Examples,
    /// Every default.
    Defaults,
    /// An example now and then.
    Some,
}

/// Makes the instances of one schema.
pub struct Maker<'a> {
    /// The document, as the side that the instances are for sees it.
    pub side: &'a Side,
    /// Decides what the schemas leave open.
    pub random: Random,
    /// Which values of the definition are used.
    pub taken: Taken,
}

impl<'a> Maker<'a> {
    /// A value that all of `at` probably take.
    pub fn value(&mut self, at: &[&'a Value], depth: usize) -> Value {
        // No value of a schema that requires its like without end is valid.
        if depth > DEPTH {
            return Value::Null;
        }
        let mut flat = self.side.flat(at);
        let mut tags: Vec<(String, String)> = Vec::new();
        let mut chosen: Vec<*const Value> = Vec::new();
        // An alternative may itself have alternatives.
        while let Some((schema, parts)) = flat.iter().find_map(|schema| {
            let open = !chosen.contains(&std::ptr::from_ref::<Value>(schema));
            let parts = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
            (open && !parts.is_empty()).then_some((*schema, parts))
        }) {
            chosen.push(schema);
            let part = &parts[self.random.below(parts.len())];
            let reference = part.get("$ref").and_then(Value::as_str).unwrap_or_default();
            let name = reference.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
            self.tag(schema, &name, &mut tags);
            flat = self.side.flat(&[flat.as_slice(), &[part]].concat());
        }
        // A schema with a discriminator stands for those that build on it.
        let base = flat.first().copied();
        if let Some((base, name)) = base.and_then(|it| Some((deciding(it)?, self.side.name_of(it)?))) {
            let children = self.side.children(name);
            if let Some(child) = children.get(self.random.below(children.len() + 1)) {
                self.tag(base, child, &mut tags);
                let child =
                    self.side.at(&format!("/components/schemas/{}", child.replace('~', "~0").replace('/', "~1")));
                flat = self.side.flat(&[flat.as_slice(), &[child]].concat());
            } else {
                self.tag(base, name, &mut tags);
            }
        }
        // What a condition requires is there more often than it would be by chance.
        let conditions: Vec<&Value> = flat.iter().copied().filter(|schema| schema.get("if").is_some()).collect();
        for schema in conditions {
            let keys: &[&str] = if self.random.chance(50) { &["if", "then"] } else { &["else"] };
            let more: Vec<&Value> = keys.iter().filter_map(|key| schema.get(*key)).collect();
            flat = self.side.flat(&[flat.as_slice(), &more].concat());
        }
        let get = |key: &str| flat.iter().find_map(|schema| schema.get(key));
        let taken = match self.taken {
            Taken::Examples => get("example"),
            Taken::Defaults => get("default"),
            Taken::Some => get("example").filter(|_| self.random.chance(15)),
        };
        if let Some(value) = taken {
            return value.clone();
        }
        let typed = flat.iter().filter(|schema| schema.get("type").is_some());
        let nullable =
            typed.clone().count() > 0 && typed.clone().all(|schema| schema.get("nullable") == Some(&json!(true)));
        let meant = at.first().is_some_and(|schema| says_null(schema) && schema.get("type").is_none());
        if (nullable || meant) && self.random.chance(10) {
            return Value::Null;
        }
        if let Some(value) = get("const") {
            return value.clone();
        }
        let enums: Vec<&Vec<Value>> = flat.iter().filter_map(|schema| schema.get("enum")?.as_array()).collect();
        if let Some(first) = enums.first() {
            let common: Vec<&Value> =
                first.iter().filter(|value| enums.iter().all(|values| values.contains(value))).collect();
            return common.get(self.random.below(common.len())).map_or(Value::Null, |value| (*value).clone());
        }
        if let Some(values) = get("x-extensible-enum").and_then(Value::as_array).filter(|_| self.random.chance(70)) {
            return values.get(self.random.below(values.len())).cloned().unwrap_or_default();
        }
        let objects = ["properties", "additionalProperties", "patternProperties"].iter().any(|key| get(key).is_some());
        let is_text = get("x-rust-format").is_some_and(|chosen| chosen == "text");
        let several: Vec<&Value> = get("type").and_then(Value::as_array).into_iter().flatten().collect();
        let one = (!several.is_empty()).then(|| several[self.random.below(several.len())]);
        match get("type")
            .filter(|_| several.is_empty())
            .or(one)
            .and_then(Value::as_str)
            .map(|kind| if is_text { "string" } else { kind })
            .or_else(|| objects.then_some("object"))
        {
            Some("object") => self.object(&flat, &tags, depth),
            Some("array") => self.array(&flat, depth),
            Some("string") => json!(text(&merged(&flat), &mut self.random)),
            Some("integer") => integer(&merged(&flat), &mut self.random),
            Some("number") => number(&merged(&flat), &mut self.random),
            Some("boolean") => json!(self.random.chance(50)),
            _ => [json!("any"), json!(7), json!({"a": [1]}), json!([true]), json!(1.5)][self.random.below(5)].clone(),
        }
    }

    /// Adds the tag of an alternative of `schema`, if it has one.
    fn tag(&mut self, schema: &Value, component: &str, tags: &mut Vec<(String, String)>) {
        let Some(property) = schema.pointer("/discriminator/propertyName").and_then(Value::as_str) else { return };
        let all = oracle::tags(self.side, schema, component);
        tags.push((property.to_owned(), all[self.random.below(all.len())].clone()));
    }

    fn object(&mut self, flat: &[&'a Value], tags: &[(String, String)], depth: usize) -> Value {
        let mut names: Vec<&String> = Vec::new();
        for schema in flat {
            let properties = schema.get("properties").and_then(Value::as_object);
            names.extend(properties.into_iter().flatten().map(|(name, _)| name));
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
            let property = self.side.property(flat, name);
            let wanted = required.contains(&name.as_str())
                || (depth < 5 && (self.random.chance(60) || self.taken != Taken::Some));
            if wanted && !self.side.is_hidden(&property) {
                members.insert((*name).clone(), self.value(&property, depth + 1));
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
            for index in 0..self.random.below(3) {
                let value = if first.is_object() { self.value(&[first], depth + 1) } else { json!(index) };
                let names = flat.iter().find_map(|schema| schema.get("propertyNames"));
                let name = names.map(|names| text(names, &mut self.random));
                members.insert(name.unwrap_or_else(|| format!("extra-{index}")), value);
            }
        }
        let patterns = flat.iter().filter_map(|schema| schema.get("patternProperties")?.as_object()).flatten();
        for (pattern, schema) in patterns.collect::<Vec<_>>() {
            if depth < 5 && self.random.chance(60) {
                let name = text(&json!({ "pattern": pattern }), &mut self.random);
                members.insert(name, self.value(&[schema], depth + 1));
            }
        }
        self.dependent(flat, &mut members, depth);
        for (property, tag) in tags {
            members.insert(property.clone(), json!(tag));
        }
        Value::Object(members)
    }

    /// Adds the members that others require beside them, most of the time.
    fn dependent(&mut self, flat: &[&'a Value], members: &mut Map<String, Value>, depth: usize) {
        let rules = flat.iter().filter_map(|schema| schema.get("dependentRequired")?.as_object()).flatten();
        for (name, wanted) in rules.collect::<Vec<_>>() {
            if !members.contains_key(name) || self.random.chance(20) {
                continue;
            }
            for wanted in wanted.as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !members.contains_key(wanted) {
                    let property = self.side.property(flat, wanted);
                    members.insert(wanted.to_owned(), self.value(&property, depth + 1));
                }
            }
        }
    }

    fn array(&mut self, flat: &[&'a Value], depth: usize) -> Value {
        let schema = merged(flat);
        let prefix: Vec<&Value> =
            flat.iter().find_map(|schema| schema.get("prefixItems")?.as_array()).into_iter().flatten().collect();
        let least = count(&schema, "minItems").unwrap_or(0);
        let most = count(&schema, "maxItems").unwrap_or(least + 3).max(least).min(least + 3);
        let length = if depth > 5 { least } else { least + self.random.below(most - least + 1) };
        let items: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("items")).collect();
        let mut values: Vec<Value> = Vec::new();
        for index in 0..length {
            let value = match prefix.get(index) {
                Some(item) => self.value(&[item], depth + 1),
                None if items.contains(&&Value::Bool(false)) => break,
                None => self.value(&items, depth + 1),
            };
            if schema.get("uniqueItems") != Some(&Value::Bool(true)) || !values.contains(&value) {
                values.push(value);
            }
        }
        let contained = flat.iter().find_map(|schema| schema.get("contains"));
        if let Some(part) = contained.filter(|_| self.random.chance(70)) {
            let all: Vec<&Value> = items.into_iter().chain([part]).collect();
            values.push(self.value(&all, depth + 1));
        }
        Value::Array(values)
    }

    /// `value` with one thing changed somewhere.
    pub fn mutant(&mut self, value: &Value) -> Value {
        let random = &mut self.random;
        let mut pointers = Vec::new();
        collect(value, String::new(), &mut pointers);
        let mut mutant = value.clone();
        let pointer = &pointers[random.below(pointers.len())];
        let (parent, last) = pointer.rsplit_once('/').unwrap_or(("", ""));
        if pointer.is_empty() || random.chance(60) {
            if let Some(place) = mutant.pointer_mut(pointer) {
                *place = other(place.clone(), random);
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

/// The one name that no definition declares.
pub const UNDECLARED: &str = "zzUndeclared";

/// Something else than `value`: of its own kind, or of another.
fn other(value: Value, random: &mut Random) -> Value {
    let others = [Value::Null, json!(true), json!(-1), json!(1.5), json!("zz"), json!(""), json!([]), json!({})];
    match value {
        Value::String(text) if text.is_ascii() && text.get(13..14) == Some(":") && random.chance(50) => {
            let wrong = [&text[..19.min(text.len())], &text.replace(['T', 't'], " "), "2024-05-17T12:00:60Z"];
            json!(wrong[random.below(3)])
        }
        Value::String(text) if random.chance(40) => json!(text.repeat(if text.len() < 600 { 40 } else { 1 }) + "~"),
        Value::Array(mut items) if random.chance(50) && !items.is_empty() => {
            items.push(items[0].clone());
            Value::Array(items)
        }
        Value::Number(number) if random.chance(40) => {
            let (whole, half) = (number.as_f64().unwrap_or_default(), number.as_f64().unwrap_or_default() + 0.5);
            let beyond = [json!(-129), json!(256), json!(65_536), json!(-1), json!(1e39), json!(4_294_967_296_i64)];
            match random.below(5 + beyond.len()) {
                0 => json!(whole),
                1 => json!(half),
                2 => json!(i64::MAX),
                3 => json!(u64::MAX),
                4 => json!(2_147_483_648_i64),
                other => beyond[other - 5].clone(),
            }
        }
        _ => others[random.below(others.len())].clone(),
    }
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
    let format = schema.get("format").and_then(Value::as_str).and_then(oracle::integers);
    let is_free = ["minimum", "maximum", "multipleOf"].iter().all(|key| schema.get(*key).is_none());
    if let Some((least, most)) = format.filter(|_| is_free && random.chance(25)) {
        return oracle::number(if random.chance(50) { least } else { most });
    }
    let (first, last) = format.unwrap_or((i64::MIN.into(), i64::MAX.into()));
    let least = bound("minimum").unwrap_or(if random.chance(30) { -1000.0 } else { 0.0 });
    let most = bound("maximum").unwrap_or(least.max(0.0) + 5000.0);
    #[allow(clippy::cast_possible_truncation, reason = "bounds of definitions are small")]
    let (least, most) = (least.ceil() as i64, most.floor() as i64);
    let held = |number: i64| i64::try_from(i128::from(number).clamp(first, last)).unwrap_or(number);
    let (least, most) = (held(least), held(most));
    let span = usize::try_from(most.saturating_sub(least)).unwrap_or_default().saturating_add(1);
    let offset = i64::try_from(random.below(span)).unwrap_or_default();
    let big = schema.get("format").is_none_or(|format| format == "int64") && schema.get("maximum").is_none();
    let step = schema.get("multipleOf").and_then(Value::as_i64).filter(|step| *step > 0).unwrap_or(1);
    let value = if big && random.chance(10) { 9_007_199_254_740_993_i64 } else { least + offset };
    json!(value - value.rem_euclid(step) + if value.rem_euclid(step) == 0 { 0 } else { step })
}

fn number(schema: &Value, random: &mut Random) -> Value {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let least = bound("minimum").unwrap_or(0.0);
    #[allow(clippy::cast_precision_loss, reason = "a number is wanted, not an exact one")]
    let value = bound("maximum").map_or(least + random.below(1000) as f64 / 8.0, |most| (least + most) / 2.0);
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

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
            let ends = ["Z", "+02:00", ".123456Z", "-05:30", "z", ".5+00:00", ".123456789Z", ".1234567890123-00:00"];
            let leap = ["2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00", "1990-12-31t15:59:60.25-08:00"];
            let is_assumed = schema.get("x-rust-format").is_some_and(|chosen| chosen == "assume-utc");
            Some(match random.below(ends.len() + 2) {
                _ if is_assumed && random.chance(50) => format!("2024-05-17{}13:45:59.5", ["T", " "][random.below(2)]),
                0 => leap[random.below(leap.len())].to_owned(),
                1 => format!("2024-05-17t13:45:{:02}z", number % 60),
                other => format!("2024-05-17T13:45:{:02}{}", number % 60, ends[other - 2]),
            })
        }
        Some("date") => Some(format!("2024-02-{:02}", number % 28 + 1)),
        Some("uuid") => Some(format!("550e8400-e29b-41d4-a716-446655440{number}")),
        Some("uri" | "url") => Some(format!("https://example.com/{number}")),
        Some("email") => Some(format!("user{number}@example.com")),
        Some("byte") => Some("aGVsbG8=".to_owned()),
        None if schema.get("contentEncoding") == Some(&json!("base64")) => Some("aGVsbG8=".to_owned()),
        Some("ipv4") => Some("192.0.2.7".to_owned()),
        Some("hostname") => Some("host.example.com".to_owned()),
        _ => None,
    };
    let pattern = schema.get("pattern").and_then(Value::as_str).and_then(|pattern| regress::Regex::new(pattern).ok());
    let fits = |text: &&str| pattern.as_ref().is_none_or(|pattern| pattern.find(text).is_some());
    if let Some(text) = by_format.filter(|text| fits(&text.as_str())) {
        return text;
    }
    let guesses = [
        "abc",
        "abc-1",
        "a",
        "lkc-00000",
        "env-abc123",
        "u-abc123",
        "1",
        "https://example.com",
        "aws",
        "crn://a/b=c",
        "10.0.0.0/16",
        "123456789012",
        "sa-abc123",
        "ABC",
        "us-east-1",
        "00000000-0000-0000-0000-000000000000",
        "arn:aws:iam::123456789012:role/a",
        "vpc-0f2f2f2f2f2f2f2f2",
        "use1-az1",
        "example.com",
        "a@b.c",
    ];
    let start = random.below(guesses.len());
    let example = schema.get("example").and_then(Value::as_str).unwrap_or("x");
    let mut candidates = guesses[start..].iter().chain(&guesses[..start]).copied().chain([example, "x-a", "node"]);
    let mut found = candidates.find(fits).unwrap_or("x").to_owned();
    while pattern.is_none() && found.chars().count() < least.unwrap_or(0) {
        found.push('x');
    }
    match most {
        Some(most) if pattern.is_none() => found.chars().take(most).collect(),
        _ => found,
    }
}
