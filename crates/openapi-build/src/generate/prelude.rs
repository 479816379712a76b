//! Shortens paths to what a person would write: names of the standard prelude unless a type of the definition has the same
//! name, and other crates through the runtime's re-exports, so that a client needs no other dependency.

use std::collections::{BTreeSet, HashSet};

use syn::parse_quote;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};

use super::answers::Answers;
use super::request_macro::RequestMacro;
use crate::invisible::turns_text;
use crate::replacements::FEATURES;

/// The full paths of the prelude's names, and what remains of them.
const PATHS: [(&[&str], &[&str]); 12] = [
    (&["std", "option", "Option", "Some"], &["Some"]),
    (&["std", "option", "Option", "None"], &["None"]),
    (&["std", "option", "Option"], &["Option"]),
    (&["std", "result", "Result", "Ok"], &["Ok"]),
    (&["std", "result", "Result", "Err"], &["Err"]),
    (&["std", "result", "Result"], &["Result"]),
    (&["std", "string", "String"], &["String"]),
    (&["std", "vec", "Vec"], &["Vec"]),
    (&["std", "boxed", "Box"], &["Box"]),
    (&["std", "convert", "Into"], &["Into"]),
    (&["std", "convert", "From"], &["From"]),
    (&["std", "default", "Default"], &["Default"]),
];

/// The traits of the prelude whose methods generated code calls.
const TRAITS: [(&str, &str); 10] = [
    ("borrow", "ToOwned"),
    ("clone", "Clone"),
    ("convert", "From"),
    ("convert", "Into"),
    ("convert", "TryFrom"),
    ("convert", "TryInto"),
    ("default", "Default"),
    ("iter", "IntoIterator"),
    ("iter", "Iterator"),
    ("string", "ToString"),
];

/// The crates that the runtime re-exports.
const CRATES: [&str; 4] = ["chrono", "serde", "serde_json", "uuid"];

/// The types of the runtime that its feature for chrono has.
const DATES: [&str; 2] = ["AssumedUtc", "DateTimeText"];

/// Shortens the paths in `file`, and returns the crates that it uses.
pub(super) fn shorten(file: &mut syn::File) -> BTreeSet<&'static str> {
    let mut defined = Defined(HashSet::new());
    defined.visit_file(file);
    let mut shorten = Shorten { defined: defined.0, crates: BTreeSet::new() };
    shorten.visit_file_mut(file);
    shorten.crates
}

/// Imports of the traits whose names a type in `items` has: their methods stay in scope.
fn traits_hidden_by(items: &[syn::Item]) -> Vec<syn::Item> {
    let mut defined = Defined(HashSet::new());
    items.iter().filter(|item| !matches!(item, syn::Item::Mod(_))).for_each(|item| defined.visit_item(item));
    let hidden = TRAITS.iter().filter(|(_, name)| defined.0.contains(*name));
    let import = |(module, name): &(&str, &str)| {
        let (module, name) = (quote::format_ident!("{module}"), quote::format_ident!("{name}"));
        parse_quote!(#[allow(unused_imports)] use ::std::#module::#name as _;)
    };
    hidden.map(import).collect()
}

/// Whether `c` ends a line comment or is an error in one: rustc rejects characters that change the direction of text.
fn breaks_a_comment(c: char) -> bool {
    matches!(c, '\n' | '\r') || turns_text(c)
}

/// The names of all types.
struct Defined(HashSet<String>);

impl<'a> Visit<'a> for Defined {
    fn visit_item(&mut self, item: &'a syn::Item) {
        match item {
            syn::Item::Struct(item) => self.0.insert(item.ident.to_string()),
            syn::Item::Enum(item) => self.0.insert(item.ident.to_string()),
            syn::Item::Type(item) => self.0.insert(item.ident.to_string()),
            syn::Item::Macro(item) => {
                RequestMacro::read(&item.mac).is_some_and(|request| self.0.insert(request.name.to_string()))
            }
            _ => false,
        };
        visit::visit_item(self, item);
    }
}

struct Shorten {
    defined: HashSet<String>,
    crates: BTreeSet<&'static str>,
}

impl VisitMut for Shorten {
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        visit_mut::visit_item_mod_mut(self, module);
        if let Some((_, items)) = &mut module.content {
            let imports = traits_hidden_by(items);
            items.splice(0..0, imports);
        }
    }

    fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
        if let syn::Meta::NameValue(meta) = &mut attribute.meta
            && meta.path.is_ident("doc")
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &mut meta.value
        {
            let value = text.value();
            if value.contains(breaks_a_comment) {
                *text = syn::LitStr::new(&value.replace(breaks_a_comment, " "), text.span());
            }
        }
    }

    fn visit_macro_mut(&mut self, macro_call: &mut syn::Macro) {
        RequestMacro::visit(macro_call, |ty| self.visit_type_mut(ty));
        Answers::visit(macro_call, |ty| self.visit_type_mut(ty));
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if path.leading_colon.is_none() {
            let second = path.segments.get(1).map(|segment| segment.ident.to_string());
            let second = second.filter(|_| path.segments[0].ident == "codegen");
            self.crates.extend(FEATURES.into_iter().find(|name| second.as_deref() == Some(name)));
            self.crates.extend(second.filter(|name| DATES.contains(&name.as_str())).map(|_| "chrono"));
            return;
        }
        let of_runtime = CRATES.into_iter().find(|name| path.segments[0].ident == name);
        if let Some(name) = of_runtime {
            self.crates.insert(name);
            path.leading_colon = None;
            path.segments.insert(0, quote::format_ident!("codegen").into());
            return;
        }
        let starts = |long: &&(&[&str], &[&str])| {
            path.segments.len() >= long.0.len()
                && path.segments.iter().zip(long.0).all(|(segment, name)| segment.ident == name)
        };
        let Some((long, short)) = PATHS.iter().find(starts) else { return };
        if short.iter().any(|name| self.defined.contains(*name)) {
            return;
        }
        path.leading_colon = None;
        path.segments = std::mem::take(&mut path.segments).into_iter().skip(long.len() - short.len()).collect();
    }
}
