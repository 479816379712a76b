//! The support module, which every generated file carries.

use syn::Item;

use crate::diagnostic::Diagnostic;

const ROOT: &str = include_str!("../../support/mod.rs");

const MODULES: [(&str, &str); 8] = [
    ("call", include_str!("../../support/call.rs")),
    ("error", include_str!("../../support/error.rs")),
    ("json", include_str!("../../support/json.rs")),
    ("operation", include_str!("../../support/operation.rs")),
    ("parameter", include_str!("../../support/parameter.rs")),
    ("response", include_str!("../../support/response.rs")),
    ("transport", include_str!("../../support/transport.rs")),
    ("value", include_str!("../../support/value.rs")),
];

/// What only definitions that use it carry, because it needs a crate that others do not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needs {
    pub(super) base64: bool,
    pub(super) chrono: bool,
    pub(super) uuid: bool,
}

impl std::ops::BitOrAssign for Needs {
    fn bitor_assign(&mut self, other: Self) {
        self.base64 |= other.base64;
        self.chrono |= other.chrono;
        self.uuid |= other.uuid;
    }
}

/// The module `support`, its files put together.
pub(super) fn module(needs: Needs) -> Result<Item, Diagnostic> {
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
    if needs.base64 {
        let items = parse(include_str!("../../support/base64.rs"))?.items;
        root.items.push(syn::parse_quote!(mod base64 { #(#items)* }));
        root.items.push(syn::parse_quote!(
            pub use self::base64::Base64;
        ));
    }
    if needs.chrono {
        let items = parse(include_str!("../../support/chrono.rs"))?.items;
        root.items.push(syn::parse_quote!(mod time { #(#items)* }));
    }
    if needs.uuid {
        let items = parse(include_str!("../../support/uuid.rs"))?.items;
        root.items.push(syn::parse_quote!(mod uuid { #(#items)* }));
    }
    let (attributes, items) = (root.attrs, root.items);
    Ok(syn::parse_quote!(pub mod support { #(#attributes)* #(#items)* }))
}
