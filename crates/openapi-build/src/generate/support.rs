//! The support module, which every generated file carries.

use syn::Item;

use crate::diagnostic::Diagnostic;

const ROOT: &str = include_str!("../../support/mod.rs");

const MODULES: [(&str, &str); 7] = [
    ("call", include_str!("../../support/call.rs")),
    ("error", include_str!("../../support/error.rs")),
    ("operation", include_str!("../../support/operation.rs")),
    ("parameter", include_str!("../../support/parameter.rs")),
    ("response", include_str!("../../support/response.rs")),
    ("transport", include_str!("../../support/transport.rs")),
    ("value", include_str!("../../support/value.rs")),
];

/// The part that only definitions with bytes in base64 carry, because it needs a crate that others do not.
const BASE64: &str = include_str!("../../support/base64.rs");

/// The module `support`, its files put together.
pub(super) fn module(base64: bool) -> Result<Item, Diagnostic> {
    let parse = |text: &str| {
        syn::parse_file(text)
            .map_err(|error| Diagnostic::error("G011", format!("the support module is broken: {error}")))
    };
    let mut root = parse(ROOT)?;
    for item in &mut root.items {
        let Item::Mod(module) = item else { continue };
        let Some((_, text)) = MODULES.iter().find(|(name, _)| module.ident == name) else { continue };
        let mut file = parse(text)?;
        module.attrs.append(&mut file.attrs);
        module.content = Some((Default::default(), file.items));
        module.semi = None;
    }
    if base64 {
        let items = parse(BASE64)?.items;
        root.items.push(syn::parse_quote!(mod base64 { #(#items)* }));
        root.items.push(syn::parse_quote!(
            pub use self::base64::Base64;
        ));
    }
    let (attributes, items) = (root.attrs, root.items);
    Ok(syn::parse_quote!(pub mod support { #(#attributes)* #(#items)* }))
}
