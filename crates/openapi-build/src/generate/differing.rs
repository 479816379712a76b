//! What of the outline of one version is read beside that of another: what differs, and what counts where something else does.

use std::collections::HashSet;
use std::fmt::Write;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::outline::{Function, Piece, is_braces, is_brackets, is_end, name_of, trait_of, without_attributes, words};
use super::scope::{CODEGEN, taken};

/// The types that the signatures of items mention which are left out: each item by the path of the type that it belongs to.
pub(crate) type Mentions = Vec<(String, HashSet<String>)>;

/// Leaves out what two versions have in common.
pub(super) struct Trimmer<'a> {
    same: &'a HashSet<String>,
    types: HashSet<&'a str>,
    marked: HashSet<String>,
    mentions: Option<&'a mut Mentions>,
}

impl<'a> Trimmer<'a> {
    /// Leaves out what is the `same` of the client that has those `types`; what it mentions goes to `mentions`.
    pub(super) fn new(same: &'a HashSet<String>, types: HashSet<&'a str>, mentions: Option<&'a mut Mentions>) -> Self {
        Self { same, types, marked: HashSet::new(), mentions }
    }

    /// What stays of the module at `at`, a path with `::` at its end.
    pub(super) fn code(&mut self, pieces: Vec<Piece>, at: &str) -> TokenStream {
        let mut code = TokenStream::new();
        for piece in pieces {
            match piece {
                Piece::Item { of: Some(path), tokens } if self.same.contains(&path) => {
                    let name = format_ident!("{}", name_of(&path));
                    if self.marked.insert(path.clone()) {
                        code.extend(quote!(codegen::same!(#name);));
                    }
                    code.extend(counts_for_others(&tokens));
                    if let Some(mentions) = &mut self.mentions {
                        let mut mentioned =
                            Mentioned { types: &self.types, at, path: String::new(), found: HashSet::new() };
                        mentioned.signature(tokens);
                        mentioned.found.remove(&path);
                        mentions.extend(Some((path, mentioned.found)).filter(|(_, found)| !found.is_empty()));
                    }
                }
                Piece::Item { tokens, .. } => code.extend(tokens),
                Piece::Module { head, name, pieces } => {
                    code.extend(head);
                    let inner = self.code(pieces, &format!("{at}{name}::"));
                    code.extend([TokenTree::from(Group::new(Delimiter::Brace, inner))]);
                }
                Piece::Functions { head, functions } => {
                    let kept = functions.into_iter().filter(|function| !self.does_the_same(function));
                    let kept = kept.flat_map(|function| function.tokens).collect();
                    code.extend(head);
                    code.extend([TokenTree::from(Group::new(Delimiter::Brace, kept))]);
                }
            }
        }
        code
    }

    /// Whether a function calls an operation, and is the same in both, as is the operation.
    fn does_the_same(&self, function: &Function) -> bool {
        let Function { path, operations, .. } = function;
        path.as_ref().is_some_and(|path| self.same.contains(path))
            && !operations.is_empty()
            && operations.iter().all(|path| self.same.contains(path))
    }
}

/// The types that code in the module `at` mentions.
struct Mentioned<'a> {
    types: &'a HashSet<&'a str>,
    at: &'a str,
    /// The path that is being read.
    path: String,
    found: HashSet<String>,
}

impl Mentioned<'_> {
    /// Looks at what users see of an item: not at attributes, the names of variants, and what functions do. Of an implementation of a
    /// trait, at its types.
    fn signature(&mut self, item: Vec<TokenTree>) {
        let trees = without_attributes(&item);
        let word = words(trees).find(|word| *word != "pub").map(ToString::to_string);
        let of_trait = word.as_deref() == Some("impl") && trait_of(&trees[1..]).is_some();
        for tree in item {
            let TokenTree::Group(group) = tree else { continue };
            let (delimiter, inner) = taken(group);
            let is_whole = matches!(word.as_deref(), Some("struct" | CODEGEN)) && delimiter == Delimiter::Parenthesis;
            if !is_whole && delimiter != Delimiter::Brace {
                continue;
            }
            match word.as_deref() {
                Some("enum") => {
                    let is_group = |tree: &TokenTree| matches!(tree, TokenTree::Group(_)) && !is_brackets(tree);
                    self.look(inner.into_iter().filter(is_group));
                }
                Some("impl") if of_trait => {
                    let members: Vec<TokenTree> = inner.into_iter().collect();
                    let is_type = |member: &&[TokenTree]| words(member).next().is_some_and(|word| word == "type");
                    self.look(members.split(is_end).filter(is_type).flatten().cloned());
                }
                Some("impl") => self.look(inner.into_iter().filter(|tree| !is_braces(tree))),
                _ => self.look(inner),
            }
        }
    }

    fn look(&mut self, trees: impl IntoIterator<Item = TokenTree>) {
        let (mut colons, mut is_attribute) = (0, false);
        for tree in trees {
            match tree {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(word) => {
                    if colons == 2 && !self.path.is_empty() {
                        self.path.push_str("::");
                    } else {
                        self.resolve();
                    }
                    let _ = write!(self.path, "{word}");
                }
                TokenTree::Group(group) => {
                    self.resolve();
                    if !is_attribute {
                        self.look(taken(group).1);
                    }
                }
                TokenTree::Punct(punct) => {
                    self.resolve();
                    is_attribute = punct.as_char() == '#';
                    colons = 0;
                    continue;
                }
                TokenTree::Literal(_) => self.resolve(),
            }
            (colons, is_attribute) = (0, false);
        }
        self.resolve();
    }

    /// Adds the type that the current path leads to, or is within, and ends the path.
    fn resolve(&mut self) {
        let (mut base, mut rest) = (self.at, self.path.as_str());
        while let Some(below) = rest.strip_prefix("super::") {
            rest = below;
            base = base.strip_suffix("::").map_or("", |base| &base[..base.rfind("::").map_or(0, |at| at + 2)]);
        }
        // Only types begin with a capital letter.
        let mut end = 0;
        let mut segments = rest.split("::");
        let ty = segments.find_map(|segment| {
            end += segment.len() + 2;
            segment.starts_with(|first: char| first.is_ascii_uppercase()).then_some(end - 2)
        });
        if let Some(end) = ty {
            let whole = format!("{base}{}", &rest[..end]);
            if self.types.contains(whole.as_str()) {
                self.found.insert(whole);
            }
        }
        self.path.clear();
    }
}

/// What of an item counts where other types change: what an alias stands for, how a type is made of another, and what an operation
/// calls. Nothing of other items.
fn counts_for_others(item: &[TokenTree]) -> Option<TokenStream> {
    let (of_trait, rest) = match without_attributes(item) {
        [TokenTree::Ident(visibility), TokenTree::Ident(word), ..] if visibility == "pub" && word == "type" => {
            return Some(item.iter().cloned().collect());
        }
        [TokenTree::Ident(word), rest @ ..] if word == "impl" => (trait_of(rest)?.to_string(), rest),
        _ => return None,
    };
    let head = rest.iter().take_while(|tree| !is_braces(tree));
    match of_trait.as_str() {
        "From" | "TryFrom" => Some(quote!(impl #(#head)* {})),
        // The type of the values that are checked.
        "Rules" => Some(item.iter().cloned().collect()),
        "Endpoint" => {
            let row = row(rest.iter().cloned().collect()).unwrap_or_default();
            Some(quote!(impl #(#head)* { const ROW: codegen::Operation = codegen::Operation::new(#(#row),*); }))
        }
        _ => None,
    }
}

/// The ID, the method and the path with which the first row of an operation table in `code` begins.
fn row(code: TokenStream) -> Option<Vec<TokenTree>> {
    let trees: Vec<TokenTree> = code.into_iter().collect();
    let is_new = |before: &[TokenTree; 4]| match before {
        [TokenTree::Ident(of), _, _, TokenTree::Ident(function)] => of == "Operation" && function == "new",
        _ => false,
    };
    trees.iter().enumerate().find_map(|(index, tree)| match tree {
        TokenTree::Group(group) if trees[..index].last_chunk().is_some_and(is_new) => {
            let texts = group.stream().into_iter().filter(|tree| matches!(tree, TokenTree::Literal(_)));
            Some(texts.take(3).collect())
        }
        TokenTree::Group(group) => row(group.stream()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::hash::RandomState;

    use super::super::outline::Outline;
    use super::*;

    #[test]
    fn of_what_is_the_same_stays_what_counts_for_others() {
        let old = r#"
            pub struct Client { a: u8 }
            impl Client { pub fn f(&self) -> requests::F { operations::F } pub fn g(&self) -> requests::G { operations::G } pub fn h() { DEFINITION } }
            pub mod groups {
                impl H { pub fn f(&self) { super::operations::F } pub fn g(&self) { super::operations::G } }
            }
            pub mod types {
                use super::codegen;
                #[derive(Clone)] pub struct A { #[serde(rename = "x")] pub b: B, c: Vec<super::types::C> }
                impl A { pub fn d(self, d: &[D]) -> Self { let _: E; self } }
                impl codegen::FromJson for A { fn from_json(value: codegen::Json) -> Read<Self> { E } }
                impl ::std::convert::TryFrom<E> for A { type Error = (); fn try_from(e: E) -> R { B } }
                pub struct B(pub u32);
                pub enum C { #[doc(hidden)] D(E), B { e: E }, A }
                pub type D = Vec<A>;
                pub struct E;
            }
            pub mod requests {
                codegen::request! { F: super::operations::F => super::types::A, (), () }
                codegen::request! { G: super::operations::G => (), (), () }
            }
            pub mod operations {
                pub enum F {}
                impl codegen::Endpoint for F {
                    const OPERATION: &'static codegen::Operation = &codegen::Operation::new("f", "GET", "/f", &[], "x");
                    type Body = super::types::A;
                    const READ: codegen::Reads<Self::Body> = &[codegen::read(200, |body| { super::types::B })];
                }
                pub enum G {}
                impl codegen::Endpoint for G { const OPERATION: u8 = codegen::Operation::new("g", "GET", "/g"); }
            }
        "#;
        let expected = r#"
            codegen::same!(Client);
            impl Client { pub fn g(&self) -> requests::G { operations::G } pub fn h() { DEFINITION } }
            pub mod groups { impl H { pub fn g(&self) { super::operations::G } } }
            pub mod types {
                use super::codegen;
                codegen::same!(A);
                impl ::std::convert::TryFrom<E> for A {}
                pub struct B(pub u16);
                codegen::same!(C);
                codegen::same!(D);
                pub type D = Vec<A>;
                codegen::same!(E);
            }
            pub mod requests {
                codegen::same!(F);
                codegen::request! { G: super::operations::G => (), (), () }
            }
            pub mod operations {
                codegen::same!(F);
                impl codegen::Endpoint for F {
                    const ROW: codegen::Operation = codegen::Operation::new("f", "GET", "/f");
                }
                pub enum G {}
                impl codegen::Endpoint for G { const OPERATION: u8 = codegen::Operation::new("g", "GET", "/h"); }
            }
        "#;
        let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
        let state = RandomState::new();
        let outline = |text: &str| Outline::of(tokens(text), &state);
        let new = || outline(&old.replace("u32", "u16").replace("/g", "/h"));
        let mut mentions = Mentions::new();
        let code = new().code_but(&outline(old).same(&new()), Some(&mut mentions));
        assert_eq!(code.to_string(), tokens(expected).to_string());
        let sorted =
            |of: HashSet<String>| of.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ");
        let mentions: Vec<(String, String)> = mentions.into_iter().map(|(by, of)| (by, sorted(of))).collect();
        let expected = [
            ("types::A", "types::B types::C"),
            ("types::A", "types::D"),
            ("types::C", "types::E"),
            ("requests::F", "operations::F types::A"),
            ("operations::F", "types::A"),
        ];
        assert_eq!(mentions, expected.map(|(by, of)| (by.to_owned(), of.to_owned())));
    }
}
