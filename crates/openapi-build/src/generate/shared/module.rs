//! A module of a document, item by item: the definition of a name and its implementations belong together.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Item, ItemImpl, parse_quote};

use crate::generate::request_macro::implemented;

/// A module, split into its items.
pub(super) struct Module {
    name: &'static str,
    /// By name, the definition and the implementations for it alone.
    pub(super) items: BTreeMap<String, Named>,
    /// Impls between types, or for some of them only.
    pub(super) loose: Vec<Loose>,
    /// The rest: imports, and aliases for the errors of operations.
    rest: Vec<Item>,
}

/// A name with its definition and implementations.
#[derive(Default)]
pub(super) struct Named {
    pub(super) items: Vec<Item>,
    /// The code without descriptions.
    pub(super) text: String,
    /// The identifiers in it.
    pub(super) idents: BTreeSet<String>,
}

/// An impl between two types.
pub(super) struct Loose {
    pub(super) item: Item,
    /// The trait and the type.
    pub(super) header: String,
    /// The identifiers in the header.
    pub(super) between: BTreeSet<String>,
    /// The identifiers in the whole impl.
    pub(super) idents: BTreeSet<String>,
}

impl Module {
    /// Takes the items out of the module `name` in `file`.
    pub(super) fn take(file: &mut syn::File, name: &'static str) -> Self {
        let mut module = Self { name, items: BTreeMap::new(), loose: Vec::new(), rest: Vec::new() };
        let found = file.items.iter_mut().find_map(|item| match item {
            Item::Mod(item) if item.ident == name => item.content.as_mut(),
            _ => None,
        });
        let items = found.map(|(_, items)| std::mem::take(items)).unwrap_or_default();
        let defined: BTreeSet<String> = items.iter().filter_map(|item| defines(item, name)).collect();
        for item in items {
            module.add(item, &defined);
        }
        for named in module.items.values_mut() {
            let tokens: TokenStream = named.items.iter().map(|item| without_docs(item.to_token_stream())).collect();
            named.text = tokens.to_string();
            words(tokens, &mut named.idents);
        }
        module
    }

    fn add(&mut self, item: Item, defined: &BTreeSet<String>) {
        let of = match &item {
            Item::Impl(block) => self_name(block).filter(|name| defined.contains(name)),
            item => defines(item, self.name),
        };
        match (of, &item) {
            (None, _) => self.rest.push(item),
            (Some(_), Item::Impl(block)) if is_loose(block, defined) => {
                let (header, mut between, mut idents) = (header(block), BTreeSet::new(), BTreeSet::new());
                words(header.clone(), &mut between);
                words(item.to_token_stream(), &mut idents);
                self.loose.push(Loose { header: header.to_string(), between, idents, item });
            }
            (Some(name), _) => self.items.entry(name).or_default().items.push(item),
        }
    }

    /// Imports names from where they are now, each from the module `module` of its owner.
    pub(super) fn take_from(&mut self, homes: impl Iterator<Item = (Ident, BTreeSet<String>)>, module: &str) {
        let module = format_ident!("{module}");
        for (home, names) in homes {
            for item in &mut self.rest {
                lead_to(item, &names, &home, &module);
            }
            let names = names.iter().map(|name| format_ident!("{name}"));
            self.rest.push(parse_quote!(pub use super::super::#home::#module::{#(#names),*};));
        }
    }

    /// Puts the items that are left into the module in `file`.
    pub(super) fn put_back(self, file: &mut syn::File) {
        let name = self.name;
        for item in &mut file.items {
            if let Item::Mod(item) = item
                && item.ident == name
                && let Some((_, items)) = &mut item.content
            {
                let (uses, aliases): (Vec<Item>, Vec<Item>) =
                    self.rest.into_iter().partition(|item| matches!(item, Item::Use(_)));
                items.extend(uses);
                items.extend(self.items.into_values().flat_map(|named| named.items));
                items.extend(self.loose.into_iter().map(|loose| loose.item));
                items.extend(aliases);
                return;
            }
        }
    }
}

/// Makes an alias for errors refer to where they are defined, instead of to an import of them.
fn lead_to(item: &mut Item, names: &BTreeSet<String>, home: &Ident, module: &Ident) {
    let Item::Type(alias) = item else { return };
    let syn::Type::Path(path) = &*alias.ty else { return };
    if let Some(name) = path.path.get_ident().filter(|name| names.contains(&name.to_string())) {
        *alias.ty = parse_quote!(super::super::#home::#module::#name);
    }
}

/// The name that an item of the module `module` defines. The errors of an operation are an alias of a set of errors.
fn defines(item: &Item, module: &str) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Type(item) if module != "errors" => Some(item.ident.to_string()),
        Item::Macro(item) => implemented(&item.mac).map(|(name, _)| name.to_string()),
        _ => None,
    }
}

fn self_name(block: &ItemImpl) -> Option<String> {
    let syn::Type::Path(path) = &*block.self_ty else { return None };
    path.path.get_ident().map(ToString::to_string)
}

/// The trait and the type of an impl.
fn header(block: &ItemImpl) -> TokenStream {
    let of = block.trait_.as_ref().map(|(path, _)| quote!(#path for));
    let ty = &block.self_ty;
    quote!(impl #of #ty)
}

/// Whether an impl converts one type to another.
fn is_loose(block: &ItemImpl, defined: &BTreeSet<String>) -> bool {
    let Some((path, _)) = &block.trait_ else { return false };
    let Some(last) = path.segments.last() else { return false };
    let mut words_in = BTreeSet::new();
    words(last.arguments.to_token_stream(), &mut words_in);
    let other = words_in.iter().any(|word| defined.contains(word));
    (last.ident == "TryFrom" || last.ident == "From") && other
}

/// `tokens` without doc comments.
fn without_docs(tokens: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_doc = |next: &TokenTree| {
            let TokenTree::Group(group) = next else { return false };
            matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(first)) if first == "doc")
        };
        match token {
            TokenTree::Punct(ref mark) if mark.as_char() == '#' && tokens.peek().is_some_and(is_doc) => {
                tokens.next();
            }
            TokenTree::Group(group) => {
                let inner = without_docs(group.stream());
                kept.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            other => kept.extend([other]),
        }
    }
    kept
}

/// The identifiers in `tokens`.
fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            TokenTree::Group(group) => words(group.stream(), found),
            _ => {}
        }
    }
}
