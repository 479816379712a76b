//! Passwords in values: they are shown by no dry run and by no message.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::dry::HIDDEN;
use crate::codegen::Tree;

/// Where values have passwords: paths of which a text is a member, `{}` any member, `[]` any item, and `null` any number of
/// steps.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Passwords(Vec<Vec<Value>>);

impl Passwords {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the whole value is one.
    pub(super) fn is_whole(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }

    /// Whether what is at `names` may be a password, or have one in it.
    pub(super) fn touch(&self, names: &[String]) -> bool {
        self.0.iter().any(|path| touches(path, names))
    }

    /// Puts `***` where `tree` has passwords.
    pub(super) fn hide(&self, tree: &mut Tree) {
        for path in &self.0 {
            visit(tree, path, &mut |place| *place = HIDDEN.into());
        }
    }

    /// The passwords in `tree`.
    pub(super) fn of(&self, tree: &mut Tree) -> Vec<SecretString> {
        let mut found = Vec::new();
        for path in &self.0 {
            visit(tree, path, &mut |place| found.extend(texts(place).into_iter().map(SecretString::from)));
        }
        found
    }
}

fn touches(path: &[Value], names: &[String]) -> bool {
    let (Some((step, rest)), Some((name, below))) = (path.split_first(), names.split_first()) else { return true };
    match step {
        Value::String(member) => member == name && touches(rest, below),
        Value::Object(_) => touches(rest, below),
        // Names lead to no items.
        Value::Array(_) => false,
        _ => true,
    }
}

/// Calls `with` for what stands at `path`, unless it is null.
fn visit(tree: &mut Tree, path: &[Value], with: &mut dyn FnMut(&mut Tree)) {
    let Some((step, rest)) = path.split_first() else {
        if *tree != Tree::Scalar(Value::Null) {
            with(tree);
        }
        return;
    };
    if step.is_null() {
        visit(tree, rest, with);
    }
    let below = if step.is_null() { path } else { rest };
    match tree {
        Tree::Object(members) => {
            for (name, value) in members {
                if step.as_str().is_none_or(|member| member == name) && !step.is_array() {
                    visit(value, below, with);
                }
            }
        }
        Tree::List(items) if step.is_array() || step.is_null() => {
            items.iter_mut().for_each(|item| visit(item, below, with));
        }
        _ => {}
    }
}

/// The texts in a value.
fn texts(value: &Tree) -> Vec<String> {
    match value {
        Tree::List(items) => items.iter().flat_map(texts).collect(),
        Tree::Object(members) => members.iter().flat_map(|(_, value)| texts(value)).collect(),
        Tree::Scalar(Value::String(text)) => vec![text.clone()],
        scalar => vec![scalar.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn passwords(paths: &str) -> Passwords {
        serde_json::from_str(paths).expect("paths")
    }

    #[test]
    fn a_password_is_hidden_wherever_it_is() {
        const VALUE: &str = r#"{"a":{"pin":"123","b":[{"pin":4},{"pin":null}]},"c":"d"}"#;
        for (paths, expected) in [
            (r#"[["a","pin"]]"#, r#"{"a":{"pin":"***","b":[{"pin":4},{"pin":null}]},"c":"d"}"#),
            (r#"[["a","b",[],"pin"]]"#, r#"{"a":{"pin":"123","b":[{"pin":"***"},{"pin":null}]},"c":"d"}"#),
            (r#"[["a",{}],["b"],["c",[]]]"#, r#"{"a":{"pin":"***","b":"***"},"c":"d"}"#),
            (r#"[[null,"pin"]]"#, r#"{"a":{"pin":"***","b":[{"pin":"***"},{"pin":null}]},"c":"d"}"#),
            ("[[]]", r#""***""#),
        ] {
            let mut tree: Tree = serde_json::from_str(VALUE).expect("JSON");
            passwords(paths).hide(&mut tree);
            assert_eq!(tree.to_string(), expected, "{paths}");
        }
        let mut tree: Tree = serde_json::from_str(VALUE).expect("JSON");
        let found = passwords(r#"[[null,"pin"]]"#).of(&mut tree);
        assert_eq!(found.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>(), ["123", "4"]);
    }

    #[test]
    fn what_has_a_password_in_it_is_not_shown() {
        let passwords = passwords(r#"[["a","b",[]],["c",{}]]"#);
        for (names, touched) in
            [(&["a"][..], true), (&["a", "b"], true), (&["a", "d"], false), (&["c", "x", "y"], true)]
        {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(passwords.touch(&names), touched, "{names:?}");
        }
    }
}
