//! Generated code without documentation and without the bodies of most implementations of traits, which neither a surface nor
//! meanings need. They are half of the tokens, and parsing takes longer than most later steps.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

use crate::track::silent::TRAITS;

/// The items of `code` without documentation. In implementations of traits other than those of [`TRAITS`], functions have empty bodies, and
/// constants are `()`. What macros are called with stays.
pub(super) fn outline(code: TokenStream) -> TokenStream {
    outlined(code, false)
}

/// The outline of items, or of the members of an implementation that is emptied.
fn outlined(code: TokenStream, empties: bool) -> TokenStream {
    let mut outline = Vec::new();
    let mut trees = code.into_iter().peekable();
    let mut part = Part::Other;
    while let Some(tree) = trees.next() {
        match &tree {
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                if let Some(TokenTree::Group(brackets)) = trees.next_if(is_brackets) {
                    outline.extend(attribute(brackets).into_iter().flat_map(|kept| [tree.clone(), kept]));
                    continue;
                }
            }
            TokenTree::Ident(word) => part = part.after(word, trees.peek()),
            TokenTree::Punct(punct) => match (&mut part, punct.as_char()) {
                (Part::Macro, _) => {}
                (_, ';') => part = Part::Other,
                (Part::Other, '!') => part = Part::Macro,
                (Part::Constant { depth } | Part::Implementation { depth, .. }, '<') => *depth += 1,
                (Part::Constant { depth } | Part::Implementation { depth, .. }, '>') => {
                    *depth = depth.saturating_sub(1);
                }
                // The second half of an arrow is no closing bracket.
                (Part::Constant { .. } | Part::Implementation { .. }, '-') => {
                    outline.push(tree);
                    outline.extend(trees.next());
                    continue;
                }
                (Part::Constant { depth: 0 }, '=') if empties => {
                    let value = TokenTree::Group(Group::new(Delimiter::Parenthesis, TokenStream::new()));
                    outline.extend([tree, value, Punct::new(';', Spacing::Alone).into()]);
                    trees.by_ref().find(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ';'));
                    part = Part::Other;
                    continue;
                }
                _ => {}
            },
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let inner = group.stream();
                // The stream of a group that is still there is copied where it is taken apart.
                drop(tree);
                let inner = match std::mem::replace(&mut part, Part::Other) {
                    Part::Function if empties => TokenStream::new(),
                    Part::Function | Part::Macro => inner,
                    Part::Implementation { empties, .. } => outlined(inner, empties),
                    Part::Other | Part::Constant { .. } => outlined(inner, empties),
                };
                outline.push(TokenTree::Group(Group::new(Delimiter::Brace, inner)));
                continue;
            }
            // A macro that is called with parentheses ends at its semicolon.
            TokenTree::Group(_) if matches!(part, Part::Macro) => part = Part::Other,
            TokenTree::Group(_) | TokenTree::Literal(_) => {}
        }
        outline.push(tree);
    }
    outline.into_iter().collect()
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

fn is_bracket(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == '<')
}

fn is_brackets(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
}

/// The brackets after a `#`, unless they hold documentation: `doc = "…"`, and not `doc(hidden)`.
fn attribute(brackets: Group) -> Option<TokenTree> {
    let stream = brackets.stream();
    drop(brackets);
    let inner: Vec<TokenTree> = stream.into_iter().collect();
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
        let mut documents = corpus::wild(20_000).unwrap_or_default();
        documents.push(corpus::workspace().join("spec"));
        for path in documents {
            let loaded = Loaded::path(&path).unwrap_or_else(|error| panic!("{error}"));
            let (drawn, output) = (loaded.surface().expect("a surface"), loaded.generate().expect("a client"));
            let whole = syn::parse_file(&output.code).expect("it is Rust");
            let surface = Surface::of_file(&whole).expect("a surface");
            let differing: Vec<String> =
                lines(&drawn.surface).symmetric_difference(&lines(&surface)).cloned().collect();
            assert!(differing.is_empty(), "{}: {differing:#?}", path.display());
            assert_eq!(drawn.meanings, Meanings::of(&whole), "{}", path.display());
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
        assert_eq!(outline(tokens(code)).to_string(), tokens(expected).to_string());
    }
}
