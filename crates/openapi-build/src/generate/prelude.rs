//! The standard prelude's names, as a person would write them, wherever no type of the definition has the same.

use std::collections::HashSet;

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};

/// Where the names of the prelude come from, and what is left of the path to them.
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

/// Shortens the paths of `file`.
pub(super) fn shorten(file: &mut syn::File) {
    let mut defined = Defined(HashSet::new());
    defined.visit_file(file);
    Shorten(defined.0).visit_file_mut(file);
}

/// The names of all types.
struct Defined(HashSet<String>);

impl<'a> Visit<'a> for Defined {
    fn visit_item(&mut self, item: &'a syn::Item) {
        match item {
            syn::Item::Struct(item) => self.0.insert(item.ident.to_string()),
            syn::Item::Enum(item) => self.0.insert(item.ident.to_string()),
            syn::Item::Type(item) => self.0.insert(item.ident.to_string()),
            _ => false,
        };
        visit::visit_item(self, item);
    }
}

struct Shorten(HashSet<String>);

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if path.leading_colon.is_none() {
            return;
        }
        let starts = |long: &&(&[&str], &[&str])| {
            path.segments.len() >= long.0.len()
                && path.segments.iter().zip(long.0).all(|(segment, name)| segment.ident == name)
        };
        let Some((long, short)) = PATHS.iter().find(starts) else { return };
        if short.iter().any(|name| self.0.contains(*name)) {
            return;
        }
        path.leading_colon = None;
        path.segments = std::mem::take(&mut path.segments).into_iter().skip(long.len() - short.len()).collect();
    }
}
