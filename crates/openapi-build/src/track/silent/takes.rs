//! What an argument takes: two functions whose arguments take one thing can both be called with it, even if their types differ.

use std::collections::{BTreeMap, BTreeSet};

use crate::track::surface::{Kind, Surface};

/// What can be written in a call without its type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Given {
    /// A text that is borrowed, a literal one.
    Text,
    /// A text that is given away.
    Owned,
    Integer,
    Float,
    Bool,
    /// Text that is made into what is wanted, if it is: `"asc".try_into()?`.
    TriedText,
    TriedInteger,
    /// Items of a list.
    Items(Box<Given>),
    /// A value of that type.
    Of(String),
}

/// The types of a surface, as far as arguments are concerned.
pub(super) struct Types<'a> {
    aliases: BTreeMap<&'a str, &'a str>,
    /// What types are made of: the arguments of `From` and `TryFrom`.
    made_of: BTreeMap<&'a str, Vec<(bool, &'a str)>>,
}

impl<'a> Types<'a> {
    pub(super) fn of(surface: &'a Surface) -> Self {
        let mut types = Self { aliases: BTreeMap::new(), made_of: BTreeMap::new() };
        for item in surface.items() {
            let rest = item.signature.trim_start_matches([':', '=', ' ']);
            match item.kind {
                Kind::Type => {
                    types.aliases.insert(&item.path, rest);
                }
                Kind::Impl => {
                    let of = |name: &str| rest.strip_prefix(name)?.strip_suffix('>');
                    let made = of("From<").map(|of| (false, of)).or_else(|| of("TryFrom<").map(|of| (true, of)));
                    types.made_of.entry(&item.path).or_default().extend(made);
                }
                _ => {}
            }
        }
        types
    }

    /// What an argument of the type `ty` takes.
    pub(super) fn taken(&self, ty: &str) -> BTreeSet<Given> {
        let mut given = BTreeSet::new();
        self.add(ty.trim(), &mut given, 0);
        given
    }

    fn add(&self, ty: &str, given: &mut BTreeSet<Given>, depth: usize) {
        // An alias of an alias, and so on, ends somewhere.
        if depth > 16 {
            return;
        }
        let within = |start: &str| ty.strip_prefix(start).and_then(|rest| rest.strip_suffix('>'));
        if let Some(inner) = within("impl Into<") {
            return self.add_into(inner, given, depth);
        }
        if let Some(inner) = within("impl openapi_runtime::IntoChecked<") {
            given.insert(Given::Of(inner.to_owned()));
            let held = self.held(inner).unwrap_or(inner);
            return self.add_into(held, given, depth);
        }
        if let Some(item) = within("Vec<").or_else(|| ty.strip_prefix("&[").and_then(|rest| rest.strip_suffix(']'))) {
            let mut items = BTreeSet::new();
            self.add(item, &mut items, depth + 1);
            given.extend(items.into_iter().map(|item| Given::Items(Box::new(item))));
            return;
        }
        if let Some(inner) = ty.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>')) {
            return self.add(inner, given, depth + 1);
        }
        given.insert(match ty {
            "&str" => Given::Text,
            "String" => Given::Owned,
            "bool" => Given::Bool,
            "f64" | "f32" => Given::Float,
            "i8" | "i16" | "i32" | "i64" | "i128" | "u8" | "u16" | "u32" | "u64" | "u128" => Given::Integer,
            other => Given::Of(other.to_owned()),
        });
        if let Some(held) = self.held(ty) {
            let mut plain = BTreeSet::new();
            self.add(held, &mut plain, depth + 1);
            given.extend(plain.contains(&Given::Owned).then_some(Given::TriedText));
            given.extend(plain.contains(&Given::Integer).then_some(Given::TriedInteger));
        } else if let Some(alias) = self.aliases.get(ty) {
            self.add(alias, given, depth + 1);
        }
        if self.made_of.get(ty).is_some_and(|made| made.iter().any(|(_, of)| *of == "&str")) {
            given.insert(Given::TriedText);
        }
    }

    /// What can be made into `ty`.
    fn add_into(&self, ty: &str, given: &mut BTreeSet<Given>, depth: usize) {
        self.add(ty, given, depth + 1);
        match ty {
            "String" => given.extend([Given::Text, Given::Owned]),
            "openapi_runtime::Body" => given.extend([Given::Text, Given::Owned]),
            "serde_json::Value" => {
                given.extend([Given::Text, Given::Owned, Given::Integer, Given::Float, Given::Bool]);
            }
            "f64" => given.extend([Given::Float, Given::Integer]),
            _ => {}
        }
        for (tried, of) in self.made_of.get(ty).into_iter().flatten() {
            if !tried {
                self.add(of, given, depth + 1);
            }
        }
    }

    /// What a checked type holds.
    fn held(&self, ty: &str) -> Option<&str> {
        let rules = self.aliases.get(ty)?.strip_prefix("openapi_runtime::Checked<")?.strip_suffix('>')?;
        self.aliases.get(format!("{rules}::Value").as_str()).copied()
    }
}
