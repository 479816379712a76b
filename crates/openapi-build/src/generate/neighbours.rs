//! Imports sibling modules, so that code says `types::Item` instead of `super::types::Item`.

use std::collections::BTreeSet;

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Item, UseTree, parse_quote};

use super::answers::Answers;
use super::request_macro::RequestMacro;

/// The modules that other modules refer to.
const MODULES: [&str; 5] = ["bodies", "errors", "headers", "operations", "types"];

/// Imports the sibling modules that are referred to, in `items` and in their modules.
pub(super) fn bring_in(items: &mut [Item]) {
    let mut named = Named::default();
    for item in items.iter_mut() {
        match item {
            Item::Mod(module) => {
                bring_in(module.content.as_mut().map(|(_, items)| items.as_mut_slice()).unwrap_or_default())
            }
            Item::Use(_) => {}
            item => named.visit_item_mut(item),
        }
    }
    let import = items.iter_mut().find_map(|item| match item {
        Item::Use(import) if is_of_codegen(&import.tree) => Some(import),
        _ => None,
    });
    if let Some(import) = import.filter(|_| !named.0.is_empty()) {
        let names = named.0.into_iter().chain(["codegen"]).collect::<BTreeSet<_>>();
        let names = names.into_iter().map(|name| format_ident!("{name}"));
        import.tree = parse_quote!(super::{#(#names),*});
    }
}

/// Whether an import is that of `super::codegen`.
fn is_of_codegen(tree: &UseTree) -> bool {
    let UseTree::Path(path) = tree else { return false };
    path.ident == "super" && matches!(&*path.tree, UseTree::Name(name) if name.ident == "codegen")
}

/// Removes `super` from the paths to [`MODULES`], and records which modules those were.
#[derive(Default)]
struct Named(BTreeSet<&'static str>);

impl VisitMut for Named {
    fn visit_macro_mut(&mut self, macro_call: &mut syn::Macro) {
        RequestMacro::visit(macro_call, |ty| self.visit_type_mut(ty));
        Answers::visit(macro_call, |ty| self.visit_type_mut(ty));
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        let mut segments = path.segments.iter();
        if path.leading_colon.is_some() || segments.next().is_none_or(|first| first.ident != "super") {
            return;
        }
        let module = segments.next().and_then(|second| MODULES.into_iter().find(|name| second.ident == name));
        let Some(module) = module else { return };
        self.0.insert(module);
        path.segments = std::mem::take(&mut path.segments).into_iter().skip(1).collect();
    }
}
