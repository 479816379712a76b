//! Finds out that a text of YAML is cut within a key, where it is YAML nevertheless: what is left of the key is a text then, where
//! OpenAPI has a mapping.

/// The keys whose values are mappings, or lists of mappings, in every version of OpenAPI.
const MAPPINGS: [&str; 28] = [
    "additionalProperties",
    "callbacks",
    "components",
    "content",
    "definitions",
    "delete",
    "get",
    "head",
    "headers",
    "info",
    "items",
    "options",
    "parameters",
    "patch",
    "paths",
    "post",
    "properties",
    "put",
    "requestBodies",
    "requestBody",
    "responses",
    "schema",
    "schemas",
    "securityDefinitions",
    "securitySchemes",
    "servers",
    "tags",
    "trace",
];

/// The keys whose values may be anything.
const ANYTHING: [&str; 7] = ["const", "default", "enum", "example", "examples", "externalValue", "value"];

/// Where `text` ends within a key, and the key that it belongs to; nothing if it ends in another way, or the rest of a key may be a
/// value. Lines and columns count from 1.
pub(super) fn within_key(text: &str) -> Option<(usize, usize, &str)> {
    let last = text.rsplit('\n').next().filter(|last| !last.trim().is_empty())?;
    let word = last.trim();
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '$' | '{' | '}');
    let closes = word.ends_with('}') && !word.contains('{');
    if !word.chars().all(is_key) || word.starts_with(['-', '{']) || closes {
        return None;
    }
    let mut depth = indent(last);
    let mut owner = None;
    for line in text[..text.len() - last.len()].lines().rev() {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') || indent(line) >= depth {
            // What the word follows at its own depth is another line of its text, or an entry beside it.
            if owner.is_none() && !content.is_empty() && !content.starts_with('#') {
                return None;
            }
            continue;
        }
        // The items of a list may stand at the column of its key.
        depth = indent(line) + usize::from(content.starts_with("- "));
        let content = content.trim_start_matches("- ");
        let key = match content.strip_suffix(':') {
            Some(key) => key.trim_matches(['"', '\'']),
            // An entry of a list may begin with another key.
            None if owner.is_some() && line.trim_start().starts_with("- ") && !opens_text(content) => continue,
            None => return None,
        };
        if owner.is_none() {
            owner = Some(key).filter(|key| is_mapping(key));
            owner?;
        } else if ANYTHING.contains(&key) || key.starts_with("x-") {
            return None;
        }
    }
    let lines = text.bytes().filter(|byte| *byte == b'\n').count();
    Some((lines + 1, indent(last) + 1, owner?))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_mapping(key: &str) -> bool {
    MAPPINGS.contains(&key) || key.starts_with('/') || (key.len() == 3 && key.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether the lines after `content` may be those of a text.
fn opens_text(content: &str) -> bool {
    content.split_once(": ").is_some_and(|(_, value)| value.trim_start().starts_with(['|', '>', '"', '\'']))
        || content.starts_with(['|', '>', '"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_cut_is_known_by_what_it_belongs_to() {
        let table = [
            ("info:\n  tit", "info"),
            ("openapi: 3.0.3\npaths:\n  /ite", "paths"),
            ("paths:\n  /items:\n\n    # here\n    ge", "/items"),
            ("paths:\n  /a:\n    get:\n      responses:\n        '200':\n          desc", "200"),
            ("paths:\n  /a:\n    parameters:\n    - name: a\n      schema:\n        ty", "schema"),
            ("paths:\n  /a:\n    parameters:\n      - schema:\n          ty", "schema"),
        ];
        for (text, owner) in table {
            let (line, column, found) = within_key(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found, owner, "{text}");
            let last = text.lines().last().expect("a line");
            assert_eq!((line, column), (text.lines().count(), 1 + indent(last)), "{text}");
        }
    }

    #[test]
    fn what_may_be_whole_is_left_alone() {
        for text in [
            "info:\n  tit\n",
            "info:\n  title:\n    Items",
            "info:\n  description: |\n    info:\n      tit",
            "info:\n  title: a\n  b",
            "info:\n  description: a\n    b",
            "info: tit",
            "tit",
            "",
            "paths:\n  /a:\n    - b",
            "paths:\n  /a:\n    {}",
            "{\n  info:\n    a}",
            "info:\n  a b",
            "x:\n  example:\n    info:\n      tit",
            "x:\n  default:\n  - a: b\n    info:\n      tit",
            "x-info:\n  info:\n    tit",
            "a:\n- description: |\n    info:\n      tit",
            "a:\n- |\n  info:\n    tit",
        ] {
            assert_eq!(within_key(text), None, "{text}");
        }
    }
}
