//! Generated code without documentation and without the bodies of most implementations of traits, which neither a surface nor
//! meanings need. They are half of the tokens, and parsing takes longer than most later steps. Of two versions, only what differs is
//! parsed: most of it is the same in both.

use std::collections::{HashMap, HashSet};
use std::fmt::{Display, Write};
use std::hash::{BuildHasher, RandomState};
use std::iter::Peekable;

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree, token_stream};

use super::MODULES;
use super::differing::{Mentions, Trimmer};
use super::scope::{CODEGEN, taken};
use crate::track::silent::TRAITS;

/// The items of a client in outline. In implementations of traits other than those of [`TRAITS`], functions have empty bodies, and
/// constants are `()`. What macros are called with stays.
pub(super) struct Outline {
    pieces: Vec<Piece>,
    /// What each type is, as a hash for each item that declares it or belongs to it. Surface and meanings of a type are read off
    /// these items alone, and a name within them stands for the same in all versions that compile.
    hashes: HashMap<String, Vec<u64>>,
}

pub(super) enum Piece {
    /// An item, and the path of the type that it declares or belongs to, if that is of the same module.
    Item { of: Option<String>, tokens: Vec<TokenTree> },
    /// A module: what stands before its braces, and what in them.
    Module { head: Vec<TokenTree>, name: String, pieces: Vec<Piece> },
    /// The functions of a client or of a handle of it: what stands before the braces of the implementation, and what in them.
    Functions { head: Vec<TokenTree>, functions: Vec<Function> },
}

pub(super) struct Function {
    /// Its path in the surface; `None` of what is no function.
    pub(super) path: Option<String>,
    /// The paths of the operations that it names.
    pub(super) operations: Vec<String>,
    pub(super) tokens: Vec<TokenTree>,
}

impl Outline {
    /// The outline of `code`; outlines that are compared have one `state`.
    pub(super) fn of(code: TokenStream, state: &RandomState) -> Self {
        let mut outliner = Outliner { text: String::new(), state, hashes: HashMap::new(), elsewhere: HashSet::new() };
        let pieces = outliner.module(code, "");
        let Outliner { mut hashes, elsewhere, .. } = outliner;
        hashes.retain(|path, _| !elsewhere.contains(name_of(path)));
        Self { pieces, hashes }
    }

    /// The paths of the types, and of the functions of clients, whose items are the same in both.
    pub(super) fn same(&self, other: &Self) -> HashSet<String> {
        let is_same = |(path, hashes): &(&String, &Vec<u64>)| other.hashes.get(*path) == Some(*hashes);
        let same: HashSet<&String> = self.hashes.iter().filter(is_same).map(|(path, _)| path).collect();
        // A request calls the operation of its name.
        let calls_the_same = |path: &str| match path.rsplit_once("requests::") {
            Some((before, name)) => same.contains(&format!("{before}operations::{name}")),
            None => true,
        };
        same.iter().filter(|path| calls_the_same(path)).map(|path| (*path).clone()).collect()
    }

    /// The code without what is the `same`; what that mentions goes to `mentions`. For each type a mark stands, and what counts where
    /// others change.
    pub(super) fn code_but(self, same: &HashSet<String>, mentions: Option<&mut Mentions>) -> TokenStream {
        let types = self.hashes.keys().map(String::as_str).collect();
        Trimmer::new(same, types, mentions).code(self.pieces, "")
    }
}

/// The name at the end of `path`.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or_default()
}

/// The type that a macro of an outline marks: its items are the same in the other version.
pub(crate) fn marked(call: &syn::Macro) -> Option<Ident> {
    let [of, name] = call.path.segments.iter().collect::<Vec<_>>()[..] else { return None };
    (of.ident == CODEGEN && name.ident == "same").then(|| call.parse_body().ok())?
}

type Trees = Peekable<token_stream::IntoIter>;

/// Takes code apart, and hashes what stays of it.
struct Outliner<'s> {
    /// What stays of the current item.
    text: String,
    state: &'s RandomState,
    hashes: HashMap<String, Vec<u64>>,
    /// The names of types that items of other modules belong to.
    elsewhere: HashSet<String>,
}

impl Outliner<'_> {
    /// The items of the module at `at`, a path with `::` at its end.
    fn module(&mut self, code: TokenStream, at: &str) -> Vec<Piece> {
        let (mut pieces, mut open) = (Vec::new(), Vec::new());
        let mut trees = code.into_iter().peekable();
        let mut part = Part::Other;
        while let Some(tree) = trees.next() {
            let tree = match tree {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && is_of_client(&open, at) => {
                    let of = words(&open).last().map(ToString::to_string).unwrap_or_default();
                    let functions = self.functions(taken(group).1, (at, &of));
                    pieces.push(Piece::Functions { head: std::mem::take(&mut open), functions });
                    part = Part::Other;
                    continue;
                }
                tree => tree,
            };
            let is_semicolon = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == ';');
            match (&part, &tree) {
                (Part::Module, TokenTree::Ident(name)) => {
                    let (path, name) = (format!("{at}{name}::"), name.to_string());
                    open.push(tree);
                    if let Some(TokenTree::Group(group)) = trees.next_if(|next| matches!(next, TokenTree::Group(_))) {
                        self.text.clear();
                        let inner = self.module(taken(group).1, &path);
                        pieces.push(Piece::Module { head: std::mem::take(&mut open), name, pieces: inner });
                    }
                    part = Part::Other;
                }
                _ => {
                    let is_block = is_braces(&tree);
                    self.step(tree, &mut trees, false, &mut part, &mut open);
                    if is_semicolon || is_block && !trees.peek().is_some_and(is_end) {
                        pieces.push(self.item(std::mem::take(&mut open), at));
                    }
                }
            }
        }
        pieces.push(Piece::Item { of: None, tokens: open });
        pieces
    }

    /// The functions of an implementation of the type `of`, in the module at `at`.
    fn functions(&mut self, code: TokenStream, (at, of): (&str, &str)) -> Vec<Function> {
        self.text.clear();
        let root = at.strip_suffix("groups::").unwrap_or(at);
        let (mut functions, mut tokens) = (Vec::new(), Vec::new());
        let mut trees = code.into_iter().peekable();
        let mut part = Part::Other;
        while let Some(tree) = trees.next() {
            let ends = is_end(&tree) || is_braces(&tree);
            self.step(tree, &mut trees, false, &mut part, &mut tokens);
            if ends {
                let name = words(&tokens).skip_while(|word| *word != "fn").nth(1);
                let path = name.map(|name| format!("{at}{of}::{name}"));
                let mut before = "";
                let named = self.text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
                let named = named.filter(|word| std::mem::replace(&mut before, word) == "operations");
                let operations = named.map(|name| format!("{root}operations::{name}")).collect();
                self.end(path.as_deref());
                functions.push(Function { path, operations, tokens: std::mem::take(&mut tokens) });
            }
        }
        functions
    }

    /// Ends the current item.
    fn item(&mut self, tokens: Vec<TokenTree>, at: &str) -> Piece {
        let of = match subject(&tokens) {
            Subject::Here(name) => Some(format!("{at}{name}")),
            Subject::Elsewhere(names) => {
                self.elsewhere.extend(names);
                None
            }
            Subject::Nothing => None,
        };
        self.end(of.as_deref());
        Piece::Item { of, tokens }
    }

    /// Ends the current item, which belongs to what is at the path `of`.
    fn end(&mut self, of: Option<&str>) {
        let hash = self.state.hash_one(&self.text);
        self.text.clear();
        if let Some(path) = of {
            self.hashes.entry(path.to_owned()).or_default().push(hash);
        }
    }

    /// The outline of what is in braces: of members of an implementation, which is emptied or not, and the like.
    fn members(&mut self, code: TokenStream, empties: bool) -> TokenStream {
        let mut outline = Vec::new();
        let mut trees = code.into_iter().peekable();
        let mut part = Part::Other;
        while let Some(tree) = trees.next() {
            self.step(tree, &mut trees, empties, &mut part, &mut outline);
        }
        outline.into_iter().collect()
    }

    /// Adds what stays of `tree`, and of those that belong to it, to `outline`.
    fn step(
        &mut self,
        tree: TokenTree,
        trees: &mut Trees,
        empties: bool,
        part: &mut Part,
        outline: &mut Vec<TokenTree>,
    ) {
        let tree = match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let inner = self.block(taken(group).1, empties, part);
                outline.push(Group::new(Delimiter::Brace, inner).into());
                return;
            }
            tree => tree,
        };
        match &tree {
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                if let Some(TokenTree::Group(brackets)) = trees.next_if(is_brackets) {
                    if let Some(kept) = attribute(brackets) {
                        self.note(&kept);
                        outline.extend([tree, kept]);
                    }
                    return;
                }
            }
            TokenTree::Ident(word) => *part = std::mem::replace(part, Part::Other).after(word, trees.peek()),
            TokenTree::Punct(punct) => match (&mut *part, punct.as_char()) {
                (Part::Macro, _) => {}
                (_, ';') => *part = Part::Other,
                (Part::Other, '!') => *part = Part::Macro,
                (Part::Constant { depth } | Part::Implementation { depth, .. }, '<') => *depth += 1,
                (Part::Constant { depth } | Part::Implementation { depth, .. }, '>') => {
                    *depth = depth.saturating_sub(1);
                }
                // The second half of an arrow is no closing bracket.
                (Part::Constant { .. } | Part::Implementation { .. }, '-') => {
                    let second = trees.next();
                    self.note(&tree);
                    second.iter().for_each(|second| self.note(second));
                    outline.push(tree);
                    outline.extend(second);
                    return;
                }
                (Part::Constant { depth: 0 }, '=') if empties => {
                    let value = TokenTree::Group(Group::new(Delimiter::Parenthesis, TokenStream::new()));
                    outline.extend([tree, value, Punct::new(';', Spacing::Alone).into()]);
                    trees.by_ref().find(is_end);
                    *part = Part::Other;
                    return;
                }
                _ => {}
            },
            // A macro that is called with parentheses ends at its semicolon.
            TokenTree::Group(_) if matches!(part, Part::Macro) => *part = Part::Other,
            TokenTree::Group(_) | TokenTree::Literal(_) => {}
        }
        self.note(&tree);
        outline.push(tree);
    }

    /// What stays of `inner`, which is in the braces of `part`.
    fn block(&mut self, inner: TokenStream, empties: bool, part: &mut Part) -> TokenStream {
        self.text.push('{');
        let kept = match std::mem::replace(part, Part::Other) {
            Part::Function if empties => TokenStream::new(),
            Part::Function | Part::Macro => {
                self.note(&inner);
                inner
            }
            Part::Implementation { empties, .. } => self.members(inner, empties),
            Part::Other | Part::Module | Part::Constant { .. } => self.members(inner, empties),
        };
        self.text.push('}');
        kept
    }

    /// Notes what stays, with an end, so that two words are not one.
    fn note(&mut self, code: &impl Display) {
        let _ = writeln!(self.text, "{code}");
    }
}

/// The type that an item declares or belongs to.
#[derive(Debug, PartialEq)]
enum Subject {
    /// The name of one of the same module.
    Here(String),
    /// One of another module, or of several parameters; what it can be called.
    Elsewhere(Vec<String>),
    Nothing,
}

fn subject(item: &[TokenTree]) -> Subject {
    let mut trees = without_attributes(item);
    if let [TokenTree::Ident(visibility), rest @ ..] = trees
        && visibility == "pub"
    {
        trees = rest;
    }
    match trees {
        [TokenTree::Ident(word), TokenTree::Ident(name), ..]
            if ["enum", "struct", "trait", "type"].iter().any(|it| word == it) =>
        {
            Subject::Here(name.to_string())
        }
        [TokenTree::Ident(word), rest @ ..] if word == "impl" => of_implementation(rest),
        [.., TokenTree::Punct(mark), TokenTree::Group(input)]
        | [.., TokenTree::Punct(mark), TokenTree::Group(input), TokenTree::Punct(_)]
            if mark.as_char() == '!' =>
        {
            let input: Vec<TokenTree> = input.stream().into_iter().collect();
            match without_attributes(&input) {
                [TokenTree::Ident(name), ..] => Subject::Here(name.to_string()),
                _ => Subject::Nothing,
            }
        }
        _ => Subject::Nothing,
    }
}

pub(super) fn without_attributes(mut trees: &[TokenTree]) -> &[TokenTree] {
    loop {
        trees = match trees {
            [TokenTree::Punct(hash), TokenTree::Group(_), rest @ ..] if hash.as_char() == '#' => rest,
            [TokenTree::Punct(hash), TokenTree::Punct(_), TokenTree::Group(_), rest @ ..] if hash.as_char() == '#' => {
                rest
            }
            _ => return trees,
        }
    }
}

/// What an implementation belongs to; `trees` stand after `impl`.
fn of_implementation(trees: &[TokenTree]) -> Subject {
    let (_, of) = halves(trees);
    match of {
        [TokenTree::Ident(name)] => Subject::Here(name.to_string()),
        other => Subject::Elsewhere(words(other).map(ToString::to_string).collect()),
    }
}

/// The trait that is implemented, if it is one; `trees` stand after `impl`.
pub(super) fn trait_of(trees: &[TokenTree]) -> Option<&Ident> {
    let (of_trait, _) = halves(trees);
    let mut depth = 0usize;
    let mut last = None;
    for tree in of_trait? {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth = depth.saturating_sub(1),
            TokenTree::Ident(word) if depth == 0 => last = Some(word),
            _ => {}
        }
    }
    last
}

/// What stands before the `for` of an implementation, without its parameters, and what after it, up to its braces; the type alone,
/// where it implements no trait. `trees` stand after `impl`.
fn halves(trees: &[TokenTree]) -> (Option<&[TokenTree]>, &[TokenTree]) {
    let (mut depth, mut start, mut end) = (0usize, 0, trees.len());
    let mut of_trait = None;
    for (index, tree) in trees.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &trees[before]);
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' && !before.is_some_and(|it| is(it, '-')) => {
                depth = depth.saturating_sub(1);
                // The parameters of the implementation end.
                if depth == 0 && start == 0 && trees.first().is_some_and(|first| is(first, '<')) {
                    start = index + 1;
                }
            }
            TokenTree::Ident(word) if depth == 0 && word == "where" => end = end.min(index),
            TokenTree::Ident(word) if depth == 0 && word == "for" && end == trees.len() => {
                of_trait = Some(&trees[start..index]);
                start = index + 1;
            }
            TokenTree::Group(group) if depth == 0 && group.delimiter() == Delimiter::Brace => end = end.min(index),
            _ => {}
        }
    }
    (of_trait, &trees[start..end])
}

/// What a token belongs to.
enum Part {
    /// A function, up to its body.
    Function,
    /// A constant up to its value, and how many brackets of generics are open.
    Constant {
        depth: usize,
    },
    /// An implementation up to its braces, how many brackets of generics are open, and whether what it does is left out.
    Implementation {
        depth: usize,
        is_kept: bool,
        empties: bool,
    },
    /// The call of a macro.
    Macro,
    /// A module, up to its name.
    Module,
    Other,
}

impl Part {
    /// What `word` belongs to, which stands before `next`.
    fn after(self, word: &proc_macro2::Ident, next: Option<&TokenTree>) -> Self {
        match self {
            // The type of a function has no name.
            Self::Other | Self::Constant { depth: 0 } if word == "fn" && matches!(next, Some(TokenTree::Ident(_))) => {
                Self::Function
            }
            Self::Other if word == "mod" => Self::Module,
            Self::Other if word == "const" || word == "static" => Self::Constant { depth: 0 },
            Self::Other if word == "impl" => Self::Implementation { depth: 0, is_kept: false, empties: false },
            // `for<'a>` is of a bound.
            Self::Implementation { depth: 0, is_kept, .. } if word == "for" && !is_bracket(next) => {
                Self::Implementation { depth: 0, is_kept, empties: !is_kept }
            }
            Self::Implementation { depth: 0, empties, .. } => {
                Self::Implementation { depth: 0, is_kept: TRAITS.iter().any(|name| word == name), empties }
            }
            part => part,
        }
    }
}

/// Whether `item`, which stands before braces in the module at `at`, implements functions of the client, or of a handle of it.
fn is_of_client(item: &[TokenTree], at: &str) -> bool {
    let inherent = match without_attributes(item) {
        [TokenTree::Ident(word), rest @ ..] if word == "impl" => matches!(halves(rest), (None, [TokenTree::Ident(_)])),
        _ => false,
    };
    inherent && !at.split("::").any(|module| MODULES.contains(&module))
}

pub(super) fn words(trees: &[TokenTree]) -> impl Iterator<Item = &Ident> {
    trees.iter().filter_map(|tree| if let TokenTree::Ident(word) = tree { Some(word) } else { None })
}

pub(super) fn is_braces(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_bracket(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == '<')
}

pub(super) fn is_brackets(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
}

fn is(tree: &TokenTree, c: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == c)
}

pub(super) fn is_end(tree: &TokenTree) -> bool {
    is(tree, ';')
}

/// The brackets after a `#`, unless they hold documentation: `doc = "…"`, and not `doc(hidden)`.
fn attribute(brackets: Group) -> Option<TokenTree> {
    let inner: Vec<TokenTree> = taken(brackets).1.into_iter().collect();
    let is_documentation = matches!(inner.as_slice(), [TokenTree::Ident(name), TokenTree::Punct(equals), ..]
        if name == "doc" && equals.as_char() == '=');
    (!is_documentation).then(|| Group::new(Delimiter::Bracket, inner.into_iter().collect()).into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use testing::corpus;

    use super::*;
    use crate::pipeline::Loaded;
    use crate::track::silent::Meanings;
    use crate::track::surface::Surface;

    fn lines(surface: &Surface) -> BTreeSet<String> {
        surface.items().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_read_off_an_outline_is_what_is_read_off_the_code() {
        let mut documents = corpus::small_wild(150_000).unwrap_or_default();
        documents.push(corpus::workspace().join("spec"));
        for path in documents {
            let loaded = Loaded::path(&path).unwrap_or_else(|error| panic!("{error}"));
            let (items, output) = (loaded.items().expect("a surface"), loaded.generate().expect("a client"));
            let whole = syn::parse_file(&output.code).expect("it is Rust");
            let surface = Surface::of_file(&whole).expect("a surface");
            let differing: Vec<String> =
                lines(&items.surface).symmetric_difference(&lines(&surface)).cloned().collect();
            assert!(differing.is_empty(), "{}: {differing:#?}", path.display());
            assert_eq!(items.meanings, Meanings::of(&whole), "{}", path.display());
        }
    }

    #[test]
    fn the_type_of_an_item_is_found() {
        let here = |name: &str| Subject::Here(name.to_owned());
        let elsewhere = |names: &[&str]| Subject::Elsewhere(names.iter().map(ToString::to_string).collect());
        for (item, subject) in [
            ("#[derive(Clone)] pub struct A { b: u8 }", here("A")),
            ("enum A<T> { B(T) }", here("A")),
            ("pub type A = Vec<B>;", here("A")),
            ("impl A { fn b() -> C {} }", here("A")),
            ("impl<'a, T: Into<fn(T) -> u8>> codegen::B<Vec<T>> for A where for<'b> T: C<'b> {}", here("A")),
            ("impl B for super::types::A {}", elsewhere(&["super", "types", "A"])),
            ("impl<T> A<T> where T: for<'b> C<'b> {}", elsewhere(&["A", "T"])),
            ("codegen::request! { #[doc = \"b\"] A: super::operations::A => (), (), () }", here("A")),
            ("codegen::serialize!(A { b = member(\"b\") });", here("A")),
            ("codegen::expect_version!(3);", Subject::Nothing),
            ("pub static A: u8 = 1;", Subject::Nothing),
            ("pub use super::{A, B};", Subject::Nothing),
        ] {
            let tokens: Vec<TokenTree> = item.parse::<TokenStream>().expect("tokens").into_iter().collect();
            assert_eq!(super::subject(&tokens), subject, "{item}");
        }
    }

    #[test]
    fn documentation_and_what_most_traits_do_is_left_out() {
        let code = r#"
            #[doc = "A."] #[derive(Clone)] pub struct A { #[doc = "b"] pub b: fn(u8) -> u8, #[doc(hidden)] pub c: u8 }
            codegen::request! { #[doc = "r"] R: fn a() { 1 } }
            codegen::check!(1, fn b() { 2 });
            impl<'a, T: Into<fn(T) -> u8>> codegen::Documented<'a> for A {
                const ONE: &'static [(Option<u8>, fn(u8) -> u8)] = &[(None, { fn c(x: u8) -> u8 { x } c })];
                type Body<X> = Vec<X>;
                const fn d<const N: usize>(&self, e: [u8; 3]) -> impl Iterator<Item = u8> where Self: Sized { loop {} }
                fn declared(&self);
            }
            impl codegen::Endpoint<u8> for A { const ROW: u8 = 1; #[doc = "f"] fn f() { g() } }
            impl<F> A<F> where for<'a> F: Fn(&'a u8) { const H: u8 = 2; #[doc = "i"] pub fn i() { j() } }
            pub mod types { #![allow(dead_code)] pub static S: Map<u8, Map<u8, u8>> = Map { a: 1 }; pub enum E { B { c: u8 } } }
        "#;
        let expected = r#"
            #[derive(Clone)] pub struct A { pub b: fn(u8) -> u8, #[doc(hidden)] pub c: u8 }
            codegen::request! { #[doc = "r"] R: fn a() { 1 } }
            codegen::check!(1, fn b() { 2 });
            impl<'a, T: Into<fn(T) -> u8>> codegen::Documented<'a> for A {
                const ONE: &'static [(Option<u8>, fn(u8) -> u8)] = ();
                type Body<X> = Vec<X>;
                const fn d<const N: usize>(&self, e: [u8; 3]) -> impl Iterator<Item = u8> where Self: Sized {}
                fn declared(&self);
            }
            impl codegen::Endpoint<u8> for A { const ROW: u8 = 1; fn f() { g() } }
            impl<F> A<F> where for<'a> F: Fn(&'a u8) { const H: u8 = 2; pub fn i() { j() } }
            pub mod types { #![allow(dead_code)] pub static S: Map<u8, Map<u8, u8>> = Map { a: 1 }; pub enum E { B { c: u8 } } }
        "#;
        let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
        let outline = |tokens| Outline::of(tokens, &RandomState::new()).code_but(&HashSet::new(), None).to_string();
        assert_eq!(outline(tokens(code)), tokens(expected).to_string());
    }
}
