//! Moves what several documents of one client have in common into the module `shared`: types that are equal in name and in
//! shape, all the way down, and equal sets of headers and of errors. The module of each document re-exports them.
//!
//! If a name has several shapes, the shape that most documents have moves to `shared`. Each other shape stays in the first
//! document that has it, and the others import it from there.

mod directions;
mod module;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Item;

use crate::classes::{Own, classes};
use crate::diagnostic::Diagnostic;
pub(super) use directions::unite;
use module::Module;

/// The modules whose items can be shared, in the order in which they refer to each other.
const MODULES: [&str; 3] = ["types", "headers", "errors"];

/// The module that holds the items of a class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Home {
    Shared,
    Document(usize),
}

/// An item of a module of a document, with its implementations.
type Node = (usize, usize, String);

/// Removes what `documents`, each the name and contents of a module, have in common, and returns the module with it.
pub(super) fn share(documents: &mut [(Ident, TokenStream)]) -> Result<TokenStream, Diagnostic> {
    let mut files = Vec::new();
    for (_, tokens) in documents.iter_mut() {
        files.push(
            syn::parse2::<syn::File>(std::mem::take(tokens))
                .map_err(|error| Diagnostic::error("G012", format!("the generated code does not parse: {error}")))?,
        );
    }
    let mut modules: Vec<Vec<Module>> =
        files.iter_mut().map(|file| MODULES.iter().map(|name| Module::take(file, name)).collect()).collect();
    let names: Vec<Ident> = documents.iter().map(|(name, _)| name.clone()).collect();
    let shared = format_ident!("{}", name_of_shared(&names));
    let sharing = Sharing::of(&modules);
    let moved = sharing.move_items(&mut modules, &names, &shared);
    for ((file, modules), (_, tokens)) in files.iter_mut().zip(modules).zip(documents.iter_mut()) {
        for module in modules {
            module.put_back(file);
        }
        *tokens = quote!(#file);
    }
    let [types, headers, errors] = moved;
    Ok(quote! {
        /// Items that several documents have in common. The module of each document re-exports them.
        pub mod #shared {
            #[allow(unused_imports)]
            use super::codegen;
            /// Types that are the same in several documents.
            #[allow(missing_docs, deprecated)]
            pub mod types { #[allow(unused_imports)] use super::codegen; #(#types)* }
            /// Documented response headers that are the same in several documents.
            pub mod headers { #[allow(unused_imports)] use super::codegen; #(#headers)* }
            /// Documented errors that are the same in several documents.
            #[allow(missing_docs)]
            pub mod errors { #[allow(unused_imports)] use super::codegen; #(#errors)* }
        }
    })
}

/// A name for the module that no document has.
fn name_of_shared(documents: &[Ident]) -> String {
    let mut name = "shared".to_owned();
    while documents.iter().any(|document| *document == name) {
        name.push('_');
    }
    name
}

/// The items that are the same in several documents, and their modules.
struct Sharing {
    nodes: HashMap<Node, usize>,
    classes: Vec<usize>,
    homes: BTreeMap<usize, Home>,
}

impl Sharing {
    fn of(documents: &[Vec<Module>]) -> Self {
        let mut nodes: HashMap<Node, usize> = HashMap::new();
        let mut all: Vec<Node> = Vec::new();
        for (document, modules) in documents.iter().enumerate() {
            for (module, items) in modules.iter().enumerate() {
                for name in items.items.keys() {
                    nodes.insert((document, module, name.clone()), all.len());
                    all.push((document, module, name.clone()));
                }
            }
        }
        let things: Vec<Own<(usize, &str, String)>> = all
            .iter()
            .map(|(document, module, name)| {
                let item = &documents[*document][*module].items[name];
                let refers_to = referred(&nodes, *document, *module, &item.idents);
                // Items that belong to one operation are never shared.
                let own = item.idents.contains("bodies").then(|| format!("{document} "));
                Own { says: (*module, name.as_str(), own.unwrap_or_default() + &item.text), refers_to }
            })
            .collect();
        let classes = classes(&things);
        let homes = homes(&all, &things, &classes);
        Self { nodes, classes, homes }
    }

    fn home(&self, node: &Node) -> Option<Home> {
        self.homes.get(&self.classes[*self.nodes.get(node)?]).copied()
    }

    /// Moves the shared items out of `documents`, and returns the contents of each shared module.
    fn move_items(&self, documents: &mut [Vec<Module>], names: &[Ident], shared: &Ident) -> [Vec<Item>; 3] {
        let mut moved: [Vec<Item>; 3] = Default::default();
        let mut done: HashSet<(usize, String)> = HashSet::new();
        let mut impls: HashSet<(usize, String, Vec<usize>)> = HashSet::new();
        for (document, modules) in documents.iter_mut().enumerate() {
            for (index, module) in modules.iter_mut().enumerate() {
                let mut uses: BTreeMap<String, (Ident, BTreeSet<String>)> = BTreeMap::new();
                let here: Vec<String> = module.items.keys().cloned().collect();
                for name in here {
                    let home = match self.home(&(document, index, name.clone())) {
                        None => continue,
                        Some(Home::Document(first)) if first == document => continue,
                        Some(Home::Document(first)) => names[first].clone(),
                        Some(Home::Shared) => shared.clone(),
                    };
                    let item = module.items.remove(&name).expect("it is one of them");
                    if home == *shared && done.insert((index, name.clone())) {
                        moved[index].extend(item.items);
                    }
                    uses.entry(home.to_string()).or_insert_with(|| (home, BTreeSet::new())).1.insert(name);
                }
                self.move_loose((document, index), module, &mut impls, &mut moved[index]);
                module.take_from(uses.into_values(), MODULES[index]);
            }
        }
        moved
    }

    /// Moves the impls between two types: one copy is kept for types that are the same, beside them.
    fn move_loose(
        &self,
        (document, index): (usize, usize),
        module: &mut Module,
        impls: &mut HashSet<(usize, String, Vec<usize>)>,
        moved: &mut Vec<Item>,
    ) {
        let node = |name: &String| (document, index, name.clone());
        let mut kept = Vec::new();
        for loose in std::mem::take(&mut module.loose) {
            let between: Vec<usize> =
                loose.between.iter().filter_map(|name| Some(self.classes[*self.nodes.get(&node(name))?])).collect();
            if !impls.insert((index, loose.header.clone(), between)) {
                continue;
            }
            let mut local = loose.idents.iter().filter(|name| self.nodes.contains_key(&node(name)));
            let all_shared = local.all(|name| self.home(&node(name)) == Some(Home::Shared));
            if all_shared { moved.push(loose.item) } else { kept.push(loose) }
        }
        module.loose = kept;
    }
}

/// The items that `idents` name, as one module of a document sees them.
fn referred(nodes: &HashMap<Node, usize>, document: usize, module: usize, idents: &BTreeSet<String>) -> Vec<usize> {
    // Errors hold types and headers, which are compared on their own.
    let seen: &[usize] = if module == 2 { &[0, 1, 2] } else { std::slice::from_ref(&module) };
    let of = |name: &String| -> Vec<usize> {
        let node = |&module: &usize| nodes.get(&(document, module, name.clone())).copied();
        seen.iter().filter_map(node).collect()
    };
    idents.iter().flat_map(of).collect()
}

/// The modules of the classes that several documents have.
fn homes(all: &[Node], things: &[Own<(usize, &str, String)>], classes: &[usize]) -> BTreeMap<usize, Home> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, &class) in classes.iter().enumerate() {
        members.entry(class).or_default().push(index);
    }
    members.retain(|_, members| members.len() > 1);
    // The shape that most documents have, or the first of several.
    let mut most: BTreeMap<(usize, &String), (usize, usize)> = BTreeMap::new();
    for (&class, members) in &members {
        let (_, module, name) = &all[members[0]];
        let best = most.entry((*module, name)).or_insert((class, members.len()));
        if members.len() > best.1 {
            *best = (class, members.len());
        }
    }
    let mut shared: BTreeSet<usize> = most.into_values().map(|(class, _)| class).collect();
    // Items in `shared` refer to nothing outside it.
    loop {
        let before = shared.len();
        let within = shared.clone();
        shared.retain(|class| {
            let first = members[class][0];
            things[first].refers_to.iter().all(|&other| within.contains(&classes[other]))
        });
        if shared.len() == before {
            break;
        }
    }
    let home = |(class, members): (usize, Vec<usize>)| {
        let home = if shared.contains(&class) { Home::Shared } else { Home::Document(all[members[0]].0) };
        (class, home)
    };
    members.into_iter().map(home).collect()
}
