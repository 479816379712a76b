//! What the user adds to generated types: derives and attributes.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `X003` | a trait of std is not derived for types that have a part without it |
//! | `X004` | no type matches what a derive or an attribute is for; nothing changes |
//! | `X005` | a derive is not the path of a trait, or an attribute is not one in Rust |

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use quote::ToTokens;
use syn::parse::Parser;
use syn::{Item, Type};

use crate::diagnostic::{Diagnostic, Position};
use crate::nearest::nearest;
use crate::slice::like;

/// The traits of std that are derived only where every part of a type has them, with those that each of them requires.
const OF_STD: [(&str, &[&str]); 6] =
    [("Copy", &[]), ("Default", &[]), ("Eq", &[]), ("Hash", &[]), ("Ord", &["Eq", "PartialOrd"]), ("PartialOrd", &[])];

/// Something that types get beside what is generated for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Addition {
    /// The path of a trait with a derive macro.
    Derive(String),
    /// An attribute.
    Attribute(String),
}

/// An addition, and the types that get it: in a pattern, `*` stands for any characters.
#[derive(Clone, Debug)]
pub(crate) struct Added {
    pub(crate) types: String,
    pub(crate) addition: Addition,
    /// The manifest that says so.
    pub(crate) file: Option<PathBuf>,
}

/// Two additions are equal if they do the same, whichever file says so.
impl PartialEq for Added {
    fn eq(&self, other: &Self) -> bool {
        (&self.types, &self.addition) == (&other.types, &other.addition)
    }
}

impl Added {
    /// `finding`, with where this is said.
    fn at(&self, finding: Diagnostic) -> Diagnostic {
        match &self.file {
            Some(file) => finding.in_file(Position { file: file.clone(), line: 1, column: 1 }),
            None => finding,
        }
    }
}

impl Addition {
    fn text(&self) -> &str {
        match self {
            Self::Derive(text) | Self::Attribute(text) => text,
        }
    }

    fn invalid(&self) -> Diagnostic {
        let text = self.text();
        let (message, help) = match self {
            Self::Derive(_) => {
                (format!("`{text}` is not the path of a trait"), "name one that can be derived, such as `PartialOrd`")
            }
            Self::Attribute(_) => {
                (format!("`{text}` is not an attribute"), "write it as in Rust, such as `#[allow(dead_code)]`")
            }
        };
        Diagnostic::error("X005", message).help(help)
    }
}

/// Adds `all` to the types in `file`; `implements` are the traits of std that types of the user's own have, by their paths.
///
/// # Errors
///
/// `X005`, for each addition that is not Rust.
pub(super) fn add(
    file: &mut syn::File,
    all: &[Added],
    implements: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Vec<Diagnostic>, Diagnostic> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let mut items = Vec::new();
    collect(&mut file.items, false, &mut items);
    let names: BTreeSet<String> = items.iter().filter_map(|item| name(item)).collect();
    let (mut findings, mut errors) = (Vec::new(), Vec::new());
    let mut derives: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for added in all {
        let Added { types, addition, .. } = added;
        let matched: BTreeSet<String> = names.iter().filter(|name| like(types, name)).cloned().collect();
        if matched.is_empty() {
            findings.push(added.at(unmatched(addition.text(), types, &names)));
        }
        match addition {
            Addition::Derive(path) => match syn::parse_str::<syn::Path>(path) {
                Ok(parsed) => derives.entry(canonical(&parsed)).or_default().extend(matched),
                Err(_) => errors.push(added.at(addition.invalid())),
            },
            Addition::Attribute(text) => match syn::Attribute::parse_outer.parse_str(text) {
                Ok(attributes) if !attributes.is_empty() => {
                    let with = |item: &&mut &mut Item| name(item).is_some_and(|name| matched.contains(&name));
                    for item in items.iter_mut().filter(with) {
                        attributes_of(item).into_iter().for_each(|own| own.extend(attributes.iter().cloned()));
                    }
                }
                _ => errors.push(added.at(addition.invalid())),
            },
        }
    }
    if let Some(error) = Diagnostic::several(errors) {
        return Err(error);
    }
    let known = Known::of(&items, implements);
    for (required, by) in OF_STD.iter().flat_map(|(name, required)| required.iter().map(move |it| (it, name))) {
        let also = derives.get(*by).cloned().unwrap_or_default();
        if !also.is_empty() {
            derives.entry((*required).to_owned()).or_default().extend(also);
        }
    }
    let mut chosen: HashMap<String, Vec<String>> = HashMap::new();
    for (path, wanted) in derives {
        let having = match OF_STD.iter().any(|(name, _)| *name == path) {
            true => {
                let having = known.having(&path, &wanted);
                findings.extend(left_out(&path, &wanted, &having));
                having
            }
            false => wanted,
        };
        having.into_iter().for_each(|name| chosen.entry(name).or_default().push(path.clone()));
    }
    drop(known);
    for item in items {
        let paths = name(item).and_then(|name| chosen.get(&name).cloned()).unwrap_or_default();
        paths.iter().for_each(|path| derive(item, path));
    }
    Ok(findings)
}

/// The types in the modules `types`, which derive something.
fn collect<'a>(items: &'a mut [Item], within: bool, found: &mut Vec<&'a mut Item>) {
    for item in items {
        match item {
            Item::Mod(module) => {
                let within = module.ident == "types";
                let inner = module.content.as_mut().map(|(_, items)| items.as_mut_slice());
                collect(inner.unwrap_or_default(), within, found);
            }
            Item::Struct(_) | Item::Enum(_) | Item::Type(_) | Item::Impl(_) if within => found.push(item),
            _ => {}
        }
    }
}

/// The name of a type that derives something.
fn name(item: &Item) -> Option<String> {
    let (attributes, name) = match item {
        Item::Struct(item) => (&item.attrs, &item.ident),
        Item::Enum(item) => (&item.attrs, &item.ident),
        _ => return None,
    };
    attributes.iter().any(|attribute| attribute.path().is_ident("derive")).then(|| name.to_string())
}

fn attributes_of(item: &mut Item) -> Option<&mut Vec<syn::Attribute>> {
    match item {
        Item::Struct(item) => Some(&mut item.attrs),
        Item::Enum(item) => Some(&mut item.attrs),
        _ => None,
    }
}

/// `path` as it is written in a derive: of a trait of std, the name alone.
fn canonical(path: &syn::Path) -> String {
    let text = path.to_token_stream().to_string().replace(' ', "");
    let last = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    let of_std = ["std::", "core::", "::std::", "::core::"].iter().any(|start| text.starts_with(start));
    let mut known = OF_STD.iter().map(|(name, _)| *name).chain(["Clone", "Debug", "PartialEq"]);
    if of_std && known.any(|name| name == last) { last } else { text }
}

/// The traits that `item` derives.
fn derived(item: &Item) -> Vec<String> {
    let attributes = match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        _ => return Vec::new(),
    };
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let paths = syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
    lists.filter_map(|list| list.parse_args_with(paths).ok()).flatten().map(|path| canonical(&path)).collect()
}

/// Derives `path` for `item`, unless it is derived already.
fn derive(item: &mut Item, path: &str) {
    if derived(item).iter().any(|other| other == path) {
        return;
    }
    let list = attributes_of(item)
        .and_then(|attributes| attributes.iter_mut().find(|attribute| attribute.path().is_ident("derive")));
    if let (Some(syn::Attribute { meta: syn::Meta::List(list), .. }), Ok(path)) =
        (list, syn::parse_str::<syn::Path>(path))
    {
        list.tokens.extend(quote::quote!(, #path));
    }
}

fn unmatched(text: &str, types: &str, names: &BTreeSet<String>) -> Diagnostic {
    let help = match nearest(types, names.iter().map(String::as_str), types.len().div_ceil(3)) {
        Some(name) => format!("the nearest name is `{name}`"),
        None => {
            "the documentation of the client's module `types` has the names; `*` stands for any characters".to_owned()
        }
    };
    Diagnostic::warning("X004", format!("`{text}` is for `{types}`, and there is no such type; nothing changes"))
        .help(help)
}

fn left_out(path: &str, wanted: &BTreeSet<String>, having: &BTreeSet<String>) -> Option<Diagnostic> {
    let without: Vec<&str> = wanted.difference(having).map(String::as_str).collect();
    let names = match without.as_slice() {
        [] => return None,
        few if few.len() <= 5 => few.join(", "),
        [first, second, third, rest @ ..] => format!("{first}, {second}, {third} and {} more", rest.len()),
        _ => return None,
    };
    let message = format!(
        "`{path}` is derived for {} of {} types; the others have a part without it: {names}",
        having.len(),
        wanted.len()
    );
    Some(Diagnostic::note("X003", message))
}

/// What is known of the types of a client.
struct Known<'a> {
    /// By name, what each definition derives, the types of its parts, and whether it is an enum with variants. Modules may
    /// have types of one name.
    types: HashMap<String, Vec<Definition>>,
    /// What an alias stands for, and what the values are that have rules.
    others: HashMap<String, Vec<Type>>,
    /// The traits of std that types of the user's own have, by their paths.
    theirs: &'a BTreeMap<String, BTreeSet<String>>,
}

struct Definition {
    derived: Vec<String>,
    parts: Vec<Type>,
    is_enum: bool,
}

impl<'a> Known<'a> {
    fn of(items: &[&mut Item], theirs: &'a BTreeMap<String, BTreeSet<String>>) -> Self {
        let mut known = Self { types: HashMap::new(), others: HashMap::new(), theirs };
        for item in items {
            let fields = |fields: &syn::Fields| fields.iter().map(|field| field.ty.clone()).collect::<Vec<_>>();
            let parts = match &**item {
                Item::Struct(item) => fields(&item.fields),
                Item::Enum(item) => item.variants.iter().flat_map(|variant| fields(&variant.fields)).collect(),
                Item::Type(item) => {
                    known.others.entry(item.ident.to_string()).or_default().push((*item.ty).clone());
                    continue;
                }
                Item::Impl(item) => {
                    if let Some((name, ty)) = rules(item) {
                        known.others.entry(name).or_default().push(ty);
                    }
                    continue;
                }
                _ => continue,
            };
            if let Some(name) = name(item) {
                let definition = Definition { derived: derived(item), parts, is_enum: matches!(**item, Item::Enum(_)) };
                known.types.entry(name).or_default().push(definition);
            }
        }
        known
    }

    /// Those of `wanted` whose parts all have the trait `name`, if these types have it.
    fn having(&self, name: &str, wanted: &BTreeSet<String>) -> BTreeSet<String> {
        // A value by default is made of others, so that none may need itself; of other traits, types may need each other's.
        let grows = name == "Default";
        let mut having = if grows { BTreeSet::new() } else { wanted.clone() };
        loop {
            let derives = |definition: &Definition| definition.derived.iter().any(|derived| derived == name);
            let has = |ty: &str, definition: &Definition| derives(definition) || having.contains(ty);
            let holds = |definition: &Definition| {
                let parts = || definition.parts.iter().all(|part| self.holds(name, part, &has));
                derives(definition) || (!(grows && definition.is_enum) && parts())
            };
            let found = wanted.iter().filter(|ty| self.types[*ty].iter().all(holds)).cloned().collect();
            if found == having {
                return having;
            }
            having = found;
        }
    }

    /// Whether `ty` has the trait `name`, where `has` knows the types of the client.
    fn holds(&self, name: &str, ty: &Type, has: &dyn Fn(&str, &Definition) -> bool) -> bool {
        let path = match ty {
            Type::Path(path) => &path.path,
            Type::Tuple(tuple) => return tuple.elems.iter().all(|part| self.holds(name, part, has)),
            _ => return false,
        };
        if let Some(traits) = self.theirs.get(&spelled(path)) {
            let has = |name: &str| traits.contains(name);
            let has = has(name) || (["Eq", "PartialOrd"].contains(&name) && has("Ord"));
            // Those of std are known as the types of fields are.
            let is_of_std = path.segments.len() == 1 || path.segments[0].ident == "std";
            if has || !is_of_std {
                return has;
            }
        }
        let Some(last) = path.segments.last() else { return false };
        let arguments: Vec<&Type> = match &last.arguments {
            syn::PathArguments::AngleBracketed(list) => list.args.iter().filter_map(type_argument).collect(),
            _ => Vec::new(),
        };
        let each = || arguments.iter().all(|argument| self.holds(name, argument, has));
        let last = last.ident.to_string();
        // Types of other crates have their whole path, so that a definition may have types of the same names.
        if path.leading_colon.is_none() && path.segments.first().is_none_or(|first| first.ident != "codegen") {
            let (types, others) = (self.types.get(&last), self.others.get(&last));
            return match (last.as_str(), types, others) {
                (
                    "bool" | "i8" | "i16" | "i32" | "i64" | "i128" | "u8" | "u16" | "u32" | "u64" | "u128",
                    None,
                    None,
                ) => true,
                ("f64", None, None) => !["Eq", "Hash", "Ord"].contains(&name),
                (_, None, None) => false,
                // Modules may have different types of one name.
                _ => {
                    types.into_iter().flatten().all(|definition| has(&last, definition))
                        && others.into_iter().flatten().all(|other| self.holds(name, other, has))
                }
            };
        }
        match last.as_str() {
            "String" => name != "Copy",
            "Option" => name == "Default" || each(),
            "Box" => name != "Copy" && each(),
            "Vec" | "BTreeMap" => name == "Default" || (name != "Copy" && each()),
            "Uuid" | "DateTime" | "NaiveDate" | "FixedOffset" => true,
            "AssumedUtc" => name != "Default",
            "Value" | "Map" => ["Default", "Eq", "Hash"].contains(&name),
            "Base64" => !["Copy", "Default"].contains(&name),
            "DateTimeText" => ["Eq", "Hash"].contains(&name),
            "Checked" => !["Copy", "Default"].contains(&name) && each(),
            _ => false,
        }
    }
}

/// `path` as types of the user's own are written.
fn spelled(path: &syn::Path) -> String {
    path.to_token_stream().to_string().replace(' ', "").replace(',', ", ")
}

fn type_argument(argument: &syn::GenericArgument) -> Option<&Type> {
    if let syn::GenericArgument::Type(ty) = argument { Some(ty) } else { None }
}

/// The rules that `item` implements, with the type of their values.
fn rules(item: &syn::ItemImpl) -> Option<(String, Type)> {
    let (of, _) = item.trait_.as_ref()?;
    of.segments.last().filter(|last| last.ident == "Rules")?;
    let value = item.items.iter().find_map(|inner| match inner {
        syn::ImplItem::Type(inner) if inner.ident == "Value" => Some(inner.ty.clone()),
        _ => None,
    })?;
    Some((item.self_ty.to_token_stream().to_string(), value))
}
