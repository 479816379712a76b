//! The support module, which every generated file carries.

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

/// The module `support`, its files put together. It is the same in every client, so it is not parsed and formatted anew in
/// each: its files are written as a person reads them, and go in as they are.
pub(super) fn module(needs: Needs) -> String {
    let mut text = String::from("pub mod support {\n");
    for line in ROOT.lines() {
        let name = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
        match name.and_then(|name| MODULES.iter().find(|(known, _)| *known == name)) {
            Some((name, content)) => inner(&mut text, name, content),
            None => push(&mut text, 1, line),
        }
    }
    if needs.base64 {
        inner(&mut text, "base64", include_str!("../../support/base64.rs"));
        push(&mut text, 1, "pub use self::base64::Base64;");
    }
    if needs.chrono {
        inner(&mut text, "time", include_str!("../../support/chrono.rs"));
    }
    if needs.uuid {
        inner(&mut text, "uuid", include_str!("../../support/uuid.rs"));
    }
    text.push_str("}\n");
    text
}

/// Writes the private module `name`.
fn inner(text: &mut String, name: &str, content: &str) {
    push(text, 1, &format!("mod {name} {{"));
    content.lines().for_each(|line| push(text, 2, line));
    push(text, 1, "}");
}

/// Writes a line, indented.
fn push(text: &mut String, depth: usize, line: &str) {
    if !line.is_empty() {
        text.push_str(&"    ".repeat(depth));
        text.push_str(line);
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_rust_whatever_is_needed() {
        for needs in [Needs::default(), Needs { base64: true, chrono: true, uuid: true }] {
            let file = syn::parse_file(&module(needs)).expect("the support module is Rust");
            assert_eq!(file.items.len(), 1);
        }
    }

    #[test]
    fn no_text_in_it_goes_over_lines() {
        // Indenting would change it.
        for (name, content) in MODULES {
            let odd = |line: &&str| line.replace("\\\"", "").replace("'\"'", "").matches('"').count() % 2 == 1;
            let code = content.lines().filter(|line| !line.trim_start().starts_with("//"));
            assert_eq!(code.clone().find(odd), None, "{name}");
        }
    }
}
