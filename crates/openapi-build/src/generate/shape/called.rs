//! How alternatives can be called: after the component, the value of the discriminator, the title, the only value of a
//! property, or the kind of value; and after what they have beside the others.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Called, Kind, Shape, Variant};
use crate::extensions::CALLED;
use crate::names::type_name;
use crate::words;

/// The names of an alternative by itself; `tags` are the values of the discriminator that select it.
pub(super) fn of(alternative: &Value, component: Option<&str>, tags: &[String], shape: &Shape) -> Called {
    if let Some(component) = component {
        let plain = type_name(component);
        let names = match tags {
            [tag] if tag != component => vec![words::plain(tag), plain],
            _ => vec![plain],
        };
        return Called { key: component.to_owned(), names };
    }
    let title = alternative
        .get(CALLED)
        .or_else(|| alternative.get("title"))
        .and_then(Value::as_str)
        .filter(|title| !title.trim().is_empty());
    let names: Vec<String> = title.map(type_name).into_iter().chain(kinds(shape)).collect();
    let key = match shape {
        Shape::Inline(inline) => match &inline.kind {
            Kind::Struct(item) => {
                let fields: Vec<&str> = item.fields.iter().map(|field| field.name.as_str()).collect();
                format!("object {}", fields.join(" "))
            }
            Kind::Enum(item) => format!("values {}", item.values.join(" ")),
            _ => names.last().cloned().unwrap_or_default(),
        },
        _ => names.last().cloned().unwrap_or_default(),
    };
    Called { key, names }
}

/// Names the objects among `variants` after what only they have.
pub(super) fn apart(variants: &mut [Variant]) {
    let mut more: Vec<(usize, Vec<String>)> = Vec::new();
    for (index, variant) in variants.iter().enumerate() {
        let Shape::Inline(inline) = &variant.shape else { continue };
        if !matches!(inline.kind, Kind::Struct(_)) {
            continue;
        }
        // One that holds several others together has nothing beside them.
        let others = variants.iter().enumerate().filter(|(other, _)| *other != index);
        let others: Vec<&Variant> =
            others.map(|(_, other)| other).filter(|other| !holds_several(other, variants)).collect();
        let mut before = Vec::new();
        let constant = variant.probe.constants.iter().find(|(name, values)| {
            let differs = |other: &&Variant| {
                other.probe.constants.iter().any(|(other, others)| other == name && others != values)
            };
            values.len() == 1 && others.iter().any(differs)
        });
        before.extend(constant.map(|(_, values)| words::plain(&values[0])));
        let alone = |list: fn(&Variant) -> &Vec<String>| {
            let of_others: BTreeSet<&String> = others.iter().flat_map(|other| list(other)).collect();
            list(variant).iter().find(|name| !of_others.contains(name)).map(|name| format!("With{}", type_name(name)))
        };
        let after = alone(|it| &it.probe.required).or_else(|| alone(|it| &it.probe.properties));
        let after = after.or_else(|| differing(variant, &others));
        let titled = variant.called.names.len().saturating_sub(1);
        let mut names: Vec<String> = variant.called.names[..titled].to_vec();
        names.extend(before);
        names.extend(variant.called.names[titled..].iter().cloned());
        names.extend(after);
        // Where the others are called by what they have more, the plain name is left.
        names.extend(variant.called.names.last().cloned());
        more.push((index, names));
    }
    for (index, names) in more {
        variants[index].called.names = names;
    }
}

/// Whether `whole` declares all that two of `variants` or more do, and more than each.
fn holds_several(whole: &Variant, variants: &[Variant]) -> bool {
    let names: BTreeSet<&String> = whole.probe.properties.iter().collect();
    let is_part = |variant: &&Variant| {
        let part = &variant.probe.properties;
        !part.is_empty() && part.len() < names.len() && part.iter().all(|name| names.contains(name))
    };
    variants.iter().filter(is_part).count() > 1
}

/// The name of an object after its first property whose values are of another kind than those of all others.
fn differing(variant: &Variant, others: &[&Variant]) -> Option<String> {
    let fields = |variant: &Variant| match &variant.shape {
        Shape::Inline(inline) => match &inline.kind {
            Kind::Struct(item) => item.fields.iter().map(|field| (field.name.clone(), kinds(&field.shape))).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let of_others: Vec<(String, Vec<String>)> = others.iter().flat_map(|other| fields(other)).collect();
    let (name, kinds) = fields(variant).into_iter().find(|(name, kinds)| {
        !kinds.is_empty() && of_others.iter().all(|(other, others)| other != name || others.last() != kinds.last())
    })?;
    Some(format!("With{}{}", type_name(&name), kinds.last()?))
}

/// The names of an inline enum's values that the definition gives, by the extensions that generators agree on. Either
/// every value has one, or no value has.
pub(super) fn given_names(schema: &Map<String, Value>, values: &[Value]) -> Vec<Option<String>> {
    let lists = ["x-enum-varnames", "x-enumNames"].into_iter().filter_map(|key| schema.get(key)?.as_array());
    if let Some(list) = lists.into_iter().find(|list| list.len() == values.len()) {
        return list.iter().map(|name| name.as_str().map(str::to_owned)).collect();
    }
    let described = schema.get("x-ms-enum").and_then(|it| it.get("values")?.as_array());
    let name = |value: &Value| {
        let entry = described?.iter().find(|entry| entry.get("value") == Some(value))?;
        Some(entry.get("name")?.as_str()?.to_owned())
    };
    values.iter().map(name).collect()
}

/// The names of a shape by its kind, the longer the more they say.
fn kinds(shape: &Shape) -> Vec<String> {
    let one = |name: &str| vec![name.to_owned()];
    let of_items = |inner: &Shape, end: &str| {
        let item = kinds(inner).pop().map(|item| format!("{item}{end}"));
        std::iter::once(end.to_owned()).chain(item).collect()
    };
    match shape {
        Shape::Any => one("Any"),
        Shape::Bool => one("Boolean"),
        Shape::Int(_) => one("Integer"),
        Shape::F64 => one("Number"),
        Shape::Text => one("Text"),
        Shape::DateTime | Shape::DateTimeText | Shape::AssumedUtc => one("DateTime"),
        Shape::Date => one("Date"),
        Shape::Uuid => one("Uuid"),
        Shape::Base64 => one("Bytes"),
        Shape::File => one("File"),
        Shape::Replaced(replaced) => vec![type_name(replaced.name())],
        Shape::Array(inner) => of_items(inner, "List"),
        Shape::Map(inner) => of_items(inner, "Map"),
        Shape::Tuple(_) => one("Tuple"),
        Shape::Nullable(inner) | Shape::Boxed(inner) => kinds(inner),
        Shape::Component(name) | Shape::Named(name) => vec![type_name(name)],
        Shape::Inline(inline) => match &inline.kind {
            Kind::Struct(_) => one("Object"),
            Kind::Enum(item) => match item.values.as_slice() {
                [only] => vec![words::plain(only), words::spelled_out(only)],
                _ => one("Keyword"),
            },
            Kind::Checked(item) => match item.rules.one_of.as_slice() {
                [only] => vec![words::plain(&only.to_string())],
                _ => kinds(&item.shape),
            },
            Kind::Union(_) => Vec::new(),
            Kind::Alias(inner) | Kind::Wrapper(inner) => kinds(inner),
        },
    }
}
