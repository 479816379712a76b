//! Generated code as its users see it: paths from the root of the client, and types on one line.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Item, Type};

use super::request_macro::RequestMacro;

/// A module: its path, and its contents.
pub(crate) struct Scope<'a> {
    at: &'a [String],
    /// The modules and types that it contains.
    names: HashSet<String>,
    /// The modules that it imports from its parent.
    above: HashSet<String>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(at: &'a [String], items: &[Item]) -> Self {
        let (mut names, mut above) = (HashSet::new(), HashSet::new());
        for item in items {
            match item {
                Item::Mod(item) => drop(names.insert(item.ident.to_string())),
                Item::Struct(item) => drop(names.insert(item.ident.to_string())),
                Item::Enum(item) => drop(names.insert(item.ident.to_string())),
                Item::Type(item) => drop(names.insert(item.ident.to_string())),
                Item::Macro(item) => {
                    names.extend(RequestMacro::read(&item.mac).map(|request| request.name.to_string()));
                    #[cfg(feature = "track")]
                    names.extend(super::outline::marked(&item.mac).map(|name| name.to_string()));
                }
                Item::Use(item) if matches!(item.vis, syn::Visibility::Public(_)) => brought_in(&item.tree, &mut names),
                Item::Use(item) => match &item.tree {
                    syn::UseTree::Path(path) if path.ident == "super" => brought_in(&path.tree, &mut above),
                    _ => {}
                },
                _ => {}
            }
        }
        // `codegen` is the runtime's module, under the same name everywhere.
        above.remove(CODEGEN);
        Self { at, names, above }
    }

    /// The path of the item that is called `name` here.
    pub(crate) fn path(&self, name: &str) -> String {
        self.at.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("::")
    }

    /// `ty` with its paths from the root of the client and without references; a slice is a `Vec` of its items.
    pub(crate) fn type_path(&self, ty: &Type) -> String {
        let mut ty = match ty {
            Type::Reference(reference) => (*reference.elem).clone(),
            other => other.clone(),
        };
        if let Type::Slice(slice) = &ty {
            let item = &slice.elem;
            ty = syn::parse_quote!(Vec<#item>);
        }
        self.full().visit_type_mut(&mut ty);
        OfRuntime.visit_type_mut(&mut ty);
        one_line(&ty)
    }

    /// The visitor that makes paths start at the root of the client.
    pub(crate) fn full(&self) -> impl VisitMut {
        Full(self)
    }

    /// Whether `name` is a module or type that is defined here, or imported under its own name.
    fn has(&self, name: &syn::Ident) -> bool {
        self.names.contains(&name.to_string())
    }
}

/// The names that an import introduces.
fn brought_in(tree: &syn::UseTree, names: &mut HashSet<String>) {
    match tree {
        syn::UseTree::Path(path) => brought_in(&path.tree, names),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| brought_in(tree, names)),
        syn::UseTree::Name(item) => {
            names.insert(item.ident.to_string());
        }
        syn::UseTree::Rename(item) => {
            names.insert(item.rename.to_string());
        }
        syn::UseTree::Glob(_) => {}
    }
}

/// The name that generated code uses for the hidden module of the runtime.
pub(crate) const CODEGEN: &str = "codegen";

/// Writes the runtime's exports as its users do: `::openapi_runtime::Response`.
struct OfRuntime;

impl VisitMut for OfRuntime {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if path.leading_colon.is_none() && path.segments[0].ident == CODEGEN {
            path.leading_colon = Some(Default::default());
            path.segments[0].ident = quote::format_ident!("openapi_runtime");
        }
    }
}

struct Full<'a>(&'a Scope<'a>);

impl VisitMut for Full<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if path.leading_colon.is_some() {
            return;
        }
        let first = &path.segments[0].ident;
        let is_above = self.0.above.contains(&first.to_string());
        if !is_above && first != "super" && first != "self" && !self.0.has(first) {
            return;
        }
        let mut at = self.0.at.to_vec();
        if is_above {
            at.pop();
        }
        let mut segments: Vec<syn::PathSegment> = std::mem::take(&mut path.segments).into_iter().collect();
        while segments.first().is_some_and(|segment| segment.ident == "super" || segment.ident == "self") {
            if segments.remove(0).ident == "super" {
                at.pop();
            }
        }
        let before = at.iter().map(|name| syn::PathSegment::from(quote::format_ident!("{name}")));
        path.segments = before.chain(segments).collect();
    }
}

/// What a group is made of. The stream of a group that is still there is copied where it is taken apart.
pub(super) fn taken(group: Group) -> (Delimiter, TokenStream) {
    (group.delimiter(), group.stream())
}

/// The text of a type or signature, as rustfmt would write one that fits a line.
pub(crate) fn one_line(tokens: &impl ToTokens) -> String {
    let mut line = Line::default();
    line.trees(tokens.to_token_stream().into_iter().collect(), false);
    line.text
}

/// A line that is being written.
#[derive(Default)]
struct Line {
    text: String,
    last: Last,
    /// Whether the next punctuation character belongs to the last one.
    joint: bool,
}

/// The kind of token that was written last.
#[derive(Clone, Copy, Default, PartialEq)]
enum Last {
    #[default]
    Other,
    Word,
    /// `'` and then the name of a lifetime.
    Quote,
    Lifetime,
}

impl Line {
    fn trees(&mut self, trees: Vec<TokenTree>, keeps_comma: bool) {
        let mut trees = trees.into_iter().peekable();
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Group(group) => {
                    let (delimiter, inner) = taken(group);
                    self.group(delimiter, inner.into_iter().collect());
                }
                // A comma at the end of a list was for a line of its own.
                TokenTree::Punct(punct) if punct.as_char() == ',' && ends(trees.peek()) && !keeps_comma => {}
                TokenTree::Punct(punct) if punct.as_char() == ',' && ends(trees.peek()) => self.text.push(','),
                TokenTree::Punct(punct) => self.punctuation(punct.as_char(), punct.spacing() == Spacing::Joint),
                word => self.word(&word.to_string()),
            }
        }
    }

    fn group(&mut self, delimiter: Delimiter, inner: Vec<TokenTree>) {
        let (open, close) = match delimiter {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => (" { ", " }"),
            Delimiter::None => ("", ""),
        };
        if self.last == Last::Lifetime || (self.last == Last::Word && delimiter == Delimiter::Bracket) {
            self.text.push(' ');
        }
        self.text.push_str(open);
        (self.last, self.joint) = (Last::Other, false);
        // A tuple of one element needs its comma.
        let commas = inner.iter().filter(|tree| is_comma(tree)).count();
        self.trees(inner, delimiter == Delimiter::Parenthesis && commas == 1);
        self.text.push_str(close);
        (self.last, self.joint) = (Last::Other, false);
    }

    fn punctuation(&mut self, c: char, joint: bool) {
        let continues = std::mem::replace(&mut self.joint, joint);
        match c {
            '-' => self.text.push_str(" -"),
            '>' if continues && self.text.ends_with('-') => self.text.push_str("> "),
            '=' | '+' => self.text.extend([' ', c, ' ']),
            ',' | ';' => self.text.extend([c, ' ']),
            ':' if !joint && !continues => self.text.push_str(": "),
            // A path from the root after a keyword.
            ':' if joint && self.last == Last::Word && self.ends_in_keyword() => self.text.push_str(" :"),
            '&' | '*' | '\'' if self.last != Last::Other => self.text.extend([' ', c]),
            other => self.text.push(other),
        }
        self.last = if c == '\'' { Last::Quote } else { Last::Other };
    }

    fn word(&mut self, word: &str) {
        if matches!(self.last, Last::Word | Last::Lifetime) {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.last = if self.last == Last::Quote { Last::Lifetime } else { Last::Word };
        self.joint = false;
    }

    fn ends_in_keyword(&self) -> bool {
        let last = self.text.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
        matches!(last, Some("impl" | "dyn" | "mut" | "const" | "as"))
    }
}

/// Whether a list ends before `next`.
fn ends(next: Option<&TokenTree>) -> bool {
    next.is_none_or(|next| matches!(next, TokenTree::Punct(punct) if punct.as_char() == '>'))
}

fn is_comma(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_rustfmt_writes_it() {
        for text in [
            "Vec<super::types::Item>",
            "&'static [&'static str]",
            "impl Into<Option<String>>",
            "&::std::sync::Arc<dyn ::std::fmt::Debug + Send>",
            "Box<dyn Iterator<Item = (u8, [i32; 3])>>",
            "(A, ())",
            "Map<(A,), Box<(B, C)>>",
            "fn(&mut ::a::B, *const u8) -> Option<&'a (A, B)>",
            "Result<Self, <A as B>::C>",
        ] {
            let ty: Type = syn::parse_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(one_line(&ty), text);
        }
        let broken: Type = syn::parse_str("A<B, C<\n    D,\n    E,\n>,>").expect("a type");
        assert_eq!(one_line(&broken), "A<B, C<D, E>>");
    }
}
