//! What a type makes of an instance, beside what the judge says: agreed, agreed but for a named rule, or different.
//!
//! The rules are those of `docs/exactness.md`; each is what the definition leaves open, or what servers are known to do.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::entries::Kind;
use crate::oracle::{Meant, Side, assumed_utc, tags};

/// Allows a response type to read what is not valid.
pub const LENIENT: &str = "a response is read leniently";
/// Allows a member that is null in a response to be written as absent.
pub const NULL: &str = "null in a response stands for absent";
/// Allows members that the definition does not declare to be dropped.
pub const UNDECLARED: &str = "undeclared members are dropped";
/// Allows a type to reject what is not an object, where the schema has members and no type, or no list, where it has items.
pub const OBJECT: &str = "a schema that has members or items and no type is one of objects or lists";
/// Allows a type to reject an integer beyond 64 bits.
pub const BEYOND: &str = "an integer beyond 64 bits has no type in Rust";
/// Allows an instant to be written in another way than it was read.
pub const INSTANT: &str = "an instant is written in one way";
/// Allows a header to be read although its text is not valid.
pub const HEADER: &str = "a header is text";

/// Allows null where `nullable` says so beside something else than a `type`, or beside an enum that does not list null.
pub const NULLABLE: &str = "`nullable` means what its authors mean";

/// Allows a number beyond 2^53, which is read as the nearest `f64`, to be a multiple of anything.
pub const NEAREST: &str = "a number is the nearest `f64`";

/// Allows members that a part of an `allOf` forbids and another declares.
pub const CLOSED: &str = "`additionalProperties` of a part is about what no part declares";

/// Allows what a discriminator says where JSON Schema, which does not know it, says otherwise.
pub const TAGS: &str = "a discriminator decides";

/// Allows digits of a fraction of a second after the ninth to be dropped.
pub const NANOSECONDS: &str = "an instant has nanoseconds";

/// Allows what a part of an `allOf` says of a property where another part contradicts it.
pub const EITHER: &str = "parts that contradict each other in a property are either of them";

/// Every rule.
pub const RULES: [&str; 13] =
    [LENIENT, NULL, UNDECLARED, OBJECT, BEYOND, INSTANT, NANOSECONDS, HEADER, NEAREST, CLOSED, NULLABLE, TAGS, EITHER];

/// An instance, and what the judge says of it.
pub struct Case {
    /// The entry it is for.
    pub entry: usize,
    /// What the type is for.
    pub kind: Kind,
    /// The instance.
    pub instance: Value,
    /// Whether the judge takes it.
    pub valid: bool,
    /// The keywords that the instance breaks, as paths in the schema.
    pub errors: Vec<String>,
}

/// What a type makes of an instance.
pub enum Outcome {
    /// What is valid came back, by these rules; so did what is not, of a response.
    Kept(BTreeSet<&'static str>),
    /// What is not valid was refused.
    Refused,
    /// What differs, and the point of the table.
    Differs(String, u8),
}

impl Outcome {
    /// The rules that were needed.
    pub fn rules(&self) -> impl Iterator<Item = &'static str> {
        let rules = match self {
            Self::Kept(rules) => rules.clone(),
            _ => BTreeSet::new(),
        };
        rules.into_iter()
    }

    /// `back` is what the type gave back, if it took the instance; else `error` says why not.
    pub fn of(side: &Side, at: &[&Value], case: &Case, back: Option<Value>, error: &str) -> Self {
        let lone = |rule: &'static str| Self::Kept(BTreeSet::from([rule]));
        let received = case.kind != Kind::Request;
        // Asked where it is needed only: a judge takes time to make.
        let is_object = || side.judge(at, true).is_valid(&case.instance);
        let is_meant = |mean: Meant| side.meant(at, mean).is_valid(&case.instance);
        let nearest = || case.errors.iter().all(|path| path.ends_with("/multipleOf")) && has_beyond(&case.instance);
        let meant = || match () {
            () if nearest() => Some(NEAREST),
            () if is_meant(Meant::Closed) => Some(CLOSED),
            () if is_meant(Meant::Nullable) => Some(NULLABLE),
            () if is_meant(Meant::Tags) => Some(TAGS),
            () if is_meant(Meant::Either) => Some(EITHER),
            () => None,
        };
        match (case.valid, back) {
            (false, None) => Self::Refused,
            (false, Some(_)) if case.kind == Kind::Header => lone(HEADER),
            (false, Some(_)) if !received && meant().is_none() => {
                Self::Differs("took what is not valid".into(), point_of_errors(&case.errors))
            }
            (true, None) => {
                let (pointer, value) = place(&case.instance, error);
                match refusal(&value) {
                    Some(rule) => lone(rule),
                    None if !is_object() => lone(OBJECT),
                    None if !is_meant(Meant::Tags) => lone(TAGS),
                    None => Self::Differs("refused what is valid".into(), point_at(side, at, &pointer)),
                }
            }
            // What is sent of a header is text.
            (true, Some(Value::String(back))) if case.kind == Kind::Header && is_text_of(&back, &case.instance) => {
                Self::Kept(BTreeSet::new())
            }
            (valid, Some(back)) => {
                let mut compared = Comparison { side, received, rules: BTreeSet::new(), first: None };
                compared.same(&case.instance, &back, at, at, "");
                if !valid {
                    compared.rules.extend(if received { Some(LENIENT) } else { meant() });
                }
                // What fits no alternative is read as one of those that might be meant, which declares what it declares.
                let fits_none = || case.errors.iter().all(|path| path.ends_with("/oneOf") || path.ends_with("/anyOf"));
                match compared.first {
                    Some(_) if valid && !is_object() => lone(OBJECT),
                    Some(_) if !valid && received && fits_none() => lone(LENIENT),
                    Some(pointer) => {
                        Self::Differs(format!("gave back something else at `{pointer}`"), point_at(side, at, &pointer))
                    }
                    None => Self::Kept(compared.rules),
                }
            }
        }
    }
}

/// The value that an error's pointer leads to; without one, the whole.
fn place(instance: &Value, error: &str) -> (String, Value) {
    let pointer = error.strip_prefix("at `").and_then(|rest| rest.split_once('`')).map_or("", |(pointer, _)| pointer);
    (pointer.to_owned(), instance.pointer(pointer).unwrap_or(instance).clone())
}

/// The rule by which a valid value may be refused.
fn refusal(value: &Value) -> Option<&'static str> {
    let beyond = match value {
        Value::Number(number) => !number.is_i64() && number.as_f64().is_some_and(|number| number.abs() > 9.2e18),
        // An error that names no place may be about any.
        Value::Array(items) => items.iter().any(|item| refusal(item).is_some()),
        Value::Object(members) => members.values().any(|member| refusal(member).is_some()),
        _ => false,
    };
    beyond.then_some(BEYOND)
}

/// Whether `text` is that of a value which is not text itself.
fn is_text_of(text: &str, value: &Value) -> bool {
    let json = value.to_string();
    json == text
}

/// Whether a number in `value` is greater than 2^53, beyond which an `f64` has no digits after the point.
fn has_beyond(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() > 9_007_199_254_740_992.0),
        Value::Array(items) => items.iter().any(has_beyond),
        Value::Object(members) => members.values().any(has_beyond),
        _ => false,
    }
}

/// A comparison of what was read with what was written.
struct Comparison<'a> {
    side: &'a Side,
    received: bool,
    rules: BTreeSet<&'static str>,
    /// Where the first difference is that no rule allows.
    first: Option<String>,
}

impl<'a> Comparison<'a> {
    fn differs(&mut self, pointer: &str) {
        self.first.get_or_insert_with(|| pointer.to_owned());
    }

    /// `at` are all the schemas that may speak of the value, `near` those that do by the alternatives that it fits.
    fn same(&mut self, sent: &Value, back: &Value, at: &[&'a Value], near: &[&'a Value], pointer: &str) {
        let side = self.side;
        match (sent, back) {
            (Value::Object(members), Value::Object(back)) => {
                let (flat, close) = (alternatives(side, at), fitting(side, near, sent));
                for (name, value) in members {
                    let below = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    let property = member(&flat, name);
                    match back.get(name) {
                        Some(other) => self.same(value, other, &property, &member(&close, name), &below),
                        None if value.is_null() && self.received && !property.is_empty() => {
                            self.rules.insert(NULL);
                        }
                        None if is_undeclared(side, &flat, name) || is_dropped(side, near, sent, name) => {
                            self.rules.insert(UNDECLARED);
                        }
                        None => self.differs(&below),
                    }
                }
                if back.keys().any(|name| !members.contains_key(name)) {
                    self.differs(pointer);
                }
            }
            (Value::Array(list), Value::Array(back)) if list.len() == back.len() => {
                let (flat, close) = (alternatives(side, at), fitting(side, near, sent));
                let items = |flat: &[&'a Value], index| {
                    flat.iter().filter_map(|schema| item(schema, index)).collect::<Vec<_>>()
                };
                for (index, (sent, back)) in list.iter().zip(back).enumerate() {
                    self.same(sent, back, &items(&flat, index), &items(&close, index), &format!("{pointer}/{index}"));
                }
            }
            (Value::Number(one), Value::Number(other)) => {
                if one != other && ((one.is_i64() && other.is_i64()) || one.as_f64() != other.as_f64()) {
                    self.differs(pointer);
                }
            }
            (Value::String(one), Value::String(other)) if one != other => {
                let assumed = alternatives(side, at)
                    .iter()
                    .any(|schema| schema.get("x-rust-format").is_some_and(|chosen| chosen == "assume-utc"));
                let instant = |text: &str| match assumed {
                    true => assumed_utc(text),
                    false => chrono::DateTime::parse_from_rfc3339(text).ok(),
                };
                match (instant(one), instant(other)) {
                    (Some(read), Some(other)) if read == other && read.offset() == other.offset() => {
                        self.rules.insert(if is_finer(one) { NANOSECONDS } else { INSTANT });
                    }
                    _ => self.differs(pointer),
                }
            }
            _ if sent == back => {}
            _ => self.differs(pointer),
        }
    }
}

/// Whether the fraction of a second in `instant` has a tenth digit, which is not 0.
fn is_finer(instant: &str) -> bool {
    let digits = instant.split_once('.').map_or("", |(_, rest)| rest);
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    digits.trim_end_matches('0').len() > 9
}

/// All schemas that may speak where all of `at` do: the alternatives of a choice beside the rest.
fn alternatives<'a>(side: &'a Side, at: &[&'a Value]) -> Vec<&'a Value> {
    chosen(side, at, None, &|_| true)
}

/// The same without alternatives that `value` does not fit, where it fits others: what these do not declare may be dropped.
fn fitting<'a>(side: &'a Side, at: &[&'a Value], value: &Value) -> Vec<&'a Value> {
    chosen(side, at, Some(value), &|part| side.judge(&[part], false).is_valid(value))
}

fn chosen<'a>(
    side: &'a Side,
    at: &[&'a Value],
    value: Option<&Value>,
    fits: &dyn Fn(&Value) -> bool,
) -> Vec<&'a Value> {
    let mut flat = side.flat(at);
    let mut next = 0;
    while next < flat.len() {
        let parts = flat[next].get("oneOf").or_else(|| flat[next].get("anyOf")).and_then(Value::as_array);
        let conditions = ["then", "else"].into_iter().filter_map(|key| flat[next].get(key));
        let dependent = flat[next].get("dependentSchemas").and_then(Value::as_object);
        let conditional: Vec<&Value> =
            conditions.chain(dependent.into_iter().flatten().map(|(_, part)| part)).collect();
        for schema in side.flat(&conditional) {
            if !flat.iter().any(|other| std::ptr::eq(*other, schema)) {
                flat.push(schema);
            }
        }
        let parts: Vec<&Value> = parts.into_iter().flatten().filter(|part| is_possible(side, &flat, part)).collect();
        let named: Vec<&Value> = parts.iter().copied().filter(|part| is_named(side, flat[next], part, value)).collect();
        let parts = if named.is_empty() { parts } else { named };
        let any = parts.iter().any(|part| fits(part));
        for part in parts.into_iter().filter(|part| !any || fits(part)) {
            for schema in side.flat(&[part]) {
                if !flat.iter().any(|other| std::ptr::eq(*other, schema)) {
                    flat.push(schema);
                }
            }
        }
        next += 1;
    }
    flat
}

/// Whether the tag of `value` names the alternative `part` of `union`.
fn is_named(side: &Side, union: &Value, part: &Value, value: Option<&Value>) -> bool {
    let tag = union.pointer("/discriminator/propertyName").and_then(Value::as_str);
    let own = tag.and_then(|tag| value?.get(tag)?.as_str());
    let name = part.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
    own.zip(name).is_some_and(|(own, name)| tags(side, union, name).iter().any(|tag| tag == own))
}

/// Whether a value may be `part` beside what `flat` says: no property has two enums without a value in common.
fn is_possible(side: &Side, flat: &[&Value], part: &Value) -> bool {
    let all = side.flat(&[flat, &[part]].concat());
    let properties =
        side.flat(&[part]).into_iter().filter_map(|schema| schema.get("properties")?.as_object()).flatten();
    properties.into_iter().all(|(name, _)| {
        let property = side.property(&all, name);
        let enums: Vec<&Vec<Value>> =
            side.flat(&property).into_iter().filter_map(|schema| schema.get("enum")?.as_array()).collect();
        enums.first().is_none_or(|first| first.iter().any(|value| enums.iter().all(|other| other.contains(value))))
    })
}

/// Whether no alternative that `value` fits declares the member `name`, and one of them does not keep it.
fn is_dropped(side: &Side, at: &[&Value], value: &Value, name: &str) -> bool {
    let all = fitting(side, at, value);
    let alone = |part: &&Value| {
        let beside = side.flat(at);
        !beside.iter().any(|schema| std::ptr::eq(*schema, *part))
            && is_undeclared(side, &side.flat(&[beside.as_slice(), &[*part]].concat()), name)
    };
    is_undeclared(side, &all, name) || (side.property(&all, name).is_empty() && all.iter().any(alone))
}

/// Whether nothing in `flat` speaks of the member `name`, or this side does not have it.
fn is_undeclared(side: &Side, flat: &[&Value], name: &str) -> bool {
    let property = side.property(flat, name);
    let keeps = |schema: &Value| {
        let patterned = schema.get("patternProperties").is_some();
        patterned || !matches!(schema.get("additionalProperties"), None | Some(Value::Bool(false)))
    };
    let kept = flat.iter().any(|schema| keeps(schema));
    (property.is_empty() && !kept) || (!property.is_empty() && side.is_hidden(&property))
}

/// What `schema` says of the item at `index`.
fn item(schema: &Value, index: usize) -> Option<&Value> {
    let placed = schema.get("prefixItems").and_then(|prefix| prefix.get(index));
    placed.or_else(|| schema.get("items"))
}

/// What speaks of the member `name`.
fn member<'a>(flat: &[&'a Value], name: &str) -> Vec<&'a Value> {
    let of = |schema: &&'a Value| schema.get("properties").and_then(|properties| properties.get(name));
    let declared: Vec<&Value> = flat.iter().filter_map(of).collect();
    match declared.is_empty() {
        true => {
            flat.iter().filter_map(|schema| schema.get("additionalProperties").filter(|it| it.is_object())).collect()
        }
        false => declared,
    }
}

/// The point of the table that a broken keyword belongs to.
pub fn point_of_errors(errors: &[String]) -> u8 {
    let keyword = errors.iter().find_map(|path| path.rsplit('/').find(|token| token.parse::<usize>().is_err()));
    match keyword.unwrap_or_default() {
        "required" => 1,
        "enum" => 4,
        "maxLength" | "minLength" | "pattern" => 5,
        "additionalProperties" | "patternProperties" | "propertyNames" | "unevaluatedProperties" => 6,
        "const" => 4,
        "prefixItems" | "items" | "contains" | "if" | "then" | "else" | "dependentRequired" | "not" => 20,
        "oneOf" | "anyOf" => 8,
        "format" => 9,
        "uniqueItems" | "minItems" | "maxItems" | "minimum" | "maximum" | "multipleOf" => 18,
        _ => 1,
    }
}

/// The point that the schema at `pointer` of an instance is about.
fn point_at(side: &Side, at: &[&Value], pointer: &str) -> u8 {
    let mut flat = side.flat(at);
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let below: Vec<&Value> = match flat.iter().any(|schema| schema.get("items").is_some()) {
            true => flat.iter().filter_map(|schema| schema.get("items")).collect(),
            false => member(&flat, &name),
        };
        flat = side.flat(&below);
    }
    let has = |key: &str| flat.iter().any(|schema| schema.get(key).is_some());
    let keys = [
        ("prefixItems", 20),
        ("contains", 20),
        ("if", 20),
        ("patternProperties", 6),
        ("oneOf", 8),
        ("anyOf", 8),
        ("enum", 4),
        ("const", 4),
        ("x-extensible-enum", 4),
        ("pattern", 5),
        ("maxLength", 5),
        ("minLength", 5),
        ("format", 9),
        ("uniqueItems", 18),
        ("minimum", 18),
        ("additionalProperties", 6),
        ("nullable", 1),
        ("allOf", 7),
    ];
    match keys.into_iter().find(|(key, _)| has(key)) {
        Some((_, point)) => point,
        None if has("type") => 1,
        None => 19,
    }
}
