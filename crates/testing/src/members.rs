//! The tables of members in generated code: `codegen::read_members!` and `codegen::serialize!`.

use proc_macro2::{TokenStream, TokenTree};

/// A field, and how it is read or written.
#[derive(Debug)]
pub(crate) struct Member {
    /// The name of the field.
    pub(crate) field: String,
    /// The method that reads or writes it.
    pub(crate) method: String,
    /// The name of the member.
    pub(crate) name: String,
}

/// The members in the input of one of the macros: `field = method("name")`.
pub(crate) fn members(input: TokenStream) -> Vec<Member> {
    let tokens: Vec<TokenTree> = input.into_iter().collect();
    let member = |window: &[TokenTree]| match window {
        [TokenTree::Ident(field), TokenTree::Punct(equals), TokenTree::Ident(method), TokenTree::Group(arguments)]
            if equals.as_char() == '=' =>
        {
            // A way to read or write it may follow.
            let name = arguments.stream().into_iter().next()?;
            let name: syn::LitStr = syn::parse2(name.into()).ok()?;
            Some(Member { field: field.to_string(), method: method.to_string(), name: name.value() })
        }
        _ => None,
    };
    tokens.windows(4).filter_map(member).collect()
}

/// The type that a call of `codegen::serialize!` writes, and its members.
pub(crate) fn written(call: &syn::Macro) -> Option<(String, Vec<Member>)> {
    let is_written = call.path.segments.last().is_some_and(|last| last.ident == "serialize");
    let name = call.tokens.clone().into_iter().next().filter(|_| is_written)?;
    Some((name.to_string(), members(call.tokens.clone())))
}
