//! Repairs texts that are nearly YAML or JSON. A repair keeps every line where it is, so that places stay right.

use std::borrow::Cow;

use super::compose::Finding;

/// The line and column, from 1, of the byte `index` of `text`.
pub(super) fn place(text: &str, index: usize) -> (usize, usize) {
    let before = &text[..index];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (1 + before.bytes().filter(|byte| *byte == b'\n').count(), 1 + before[start..].chars().count())
}

pub(super) fn finding(message: &str, (line, column): (usize, usize)) -> Finding {
    let help = "correct it where it was published";
    Finding { message: message.into(), pointer: String::new(), line, column, help, loses: false }
}

/// Whether `text`, which begins with `<`, is a page of HTML and no other XML.
pub(super) fn is_page(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(512).collect::<String>().to_ascii_lowercase();
    !start.starts_with("<?xml") || start.contains("<html") || start.contains("<!doctype html")
}

/// `text` without control characters that no reader takes (YAML 1.2.2, 5.1): each becomes a space.
///
/// # Errors
///
/// The place of the first character NUL, which only binary files have.
pub(super) fn printable(text: &str) -> Result<(Cow<'_, str>, Vec<Finding>), (usize, usize)> {
    let odd = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    let Some(first) = text.find(odd) else { return Ok((text.into(), Vec::new())) };
    if let Some(nul) = text.find('\0') {
        return Err(place(text, nul));
    }
    let found = finding(
        "control characters stand in this file, here and maybe later; each is read as a space",
        place(text, first),
    );
    Ok((text.replace(odd, " ").into(), vec![found]))
}

pub(super) const COMMENTS: &str = "comments in JSON, here and maybe later, are skipped";
pub(super) const COMMAS: &str = "a comma that nothing follows, here and maybe later, is skipped";

/// `text`, which brackets enclose, without the comments and the commas too many that JavaScript and JSON5 allow.
pub(super) fn plain_json(text: &str) -> Option<(String, Vec<Finding>)> {
    let begins = text.trim_start();
    if !begins.starts_with('{') && !begins.starts_with("//") && !begins.starts_with("/*") {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    let (mut comment, mut commas) = (None, None);
    // The last byte that is no white space, where it stands, and whether the line has any.
    let (mut last, mut place_of_last, mut in_line) = (b',', 0, false);
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let opens = matches!(last, b':' | b',' | b'{' | b'[');
        match byte {
            // Elsewhere an apostrophe is one.
            b'"' | b'\'' if byte == b'"' || opens => {
                at += 1;
                while at < bytes.len() && bytes[at] != byte {
                    at += if bytes[at] == b'\\' && byte == b'"' { 2 } else { 1 };
                }
            }
            // Elsewhere it is a part of a URL.
            b'/' if matches!(bytes.get(at + 1), Some(b'/' | b'*'))
                && (!in_line || matches!(last, b',' | b'{' | b'[' | b'}' | b']' | b'"' | b'\'')) =>
            {
                comment.get_or_insert(at);
                let rest = &text.as_bytes()[at..];
                let end = match rest[1] {
                    b'/' => rest.iter().position(|byte| *byte == b'\n'),
                    _ => rest.windows(2).skip(2).position(|pair| pair == b"*/").map(|end| end + 4),
                };
                let end = at + end.unwrap_or(rest.len());
                bytes[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
                at = end;
                continue;
            }
            b'}' | b']' if last == b',' && bytes[place_of_last] == b',' => {
                commas.get_or_insert(place_of_last);
                bytes[place_of_last] = b' ';
            }
            b'\n' => in_line = false,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            (last, place_of_last, in_line) = (byte, at, true);
        }
        at += 1;
    }
    let found: Vec<Finding> =
        [comment.map(|at| finding(COMMENTS, place(text, at))), commas.map(|at| finding(COMMAS, place(text, at)))]
            .into_iter()
            .flatten()
            .collect();
    if found.is_empty() { None } else { Some((String::from_utf8(bytes).ok()?, found)) }
}

/// `text` with spaces in place of the tabs that begin its lines, if all of its indentation is of tabs, or it is all brackets:
/// then the depth of each line is certain.
pub(super) fn without_tabs(text: &str) -> Option<(String, Finding)> {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let first = text.lines().position(|line| line[..indent(line)].contains('\t'))?;
    let flow = text.trim_start().starts_with(['{', '[']);
    if !flow && lines().any(|line| line[..indent(line)].contains(' ')) {
        return None;
    }
    let width = if flow { " " } else { "  " };
    let spaced = text.split_inclusive('\n').map(|line| {
        let (tabs, rest) = line.split_at(indent(line));
        format!("{}{rest}", tabs.replace('\t', width))
    });
    let message = "tabs indent this file, which YAML does not allow; each is read as one level";
    Some((spaced.collect(), finding(message, (first + 1, 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_commas_go_and_texts_stay() {
        let text = "// a\n{\"a\": [1, 2,], /* b\n */ \"c\": \"// , } \\\" /*\",\n}\n";
        let (plain, found) = plain_json(text).expect("it has both");
        let tree: serde_json::Value = serde_json::from_str(&plain).expect("JSON");
        assert_eq!(tree, serde_json::json!({"a": [1, 2], "c": "// , } \" /*"}));
        assert_eq!((found.len(), found[0].line, found[1].line, found[1].column), (2, 1, 2, 12));
        assert_eq!((plain.len(), plain.matches('\n').count()), (text.len(), text.matches('\n').count()));
        let literal = "{a: 'x, // }', b: it's, c: https://d, // e\n f: //g}";
        let (plain, found) = plain_json(literal).expect("it has a comment");
        assert_eq!((plain.as_str(), found.len()), ("{a: 'x, // }', b: it's, c: https://d,     \n f: //g}", 1));
        for text in ["{\"a\": \"//\"}", "a: 1 // b", "{\"a\": [1, 2]}", "{a: https://b}"] {
            assert!(plain_json(text).is_none(), "{text}");
        }
        for text in ["{/*", "{/", "{\"", "{\"\\", "{//", "{,", "{/*/"] {
            let _ = plain_json(text);
        }
    }

    #[test]
    fn tabs_are_levels_only_where_that_is_certain() {
        assert_eq!(without_tabs("a:\n\tb:\n\t\tc: 1\n").map(|(text, _)| text).as_deref(), Some("a:\n  b:\n    c: 1\n"));
        assert_eq!(without_tabs("{a:\n \t1}\n").map(|(text, _)| text).as_deref(), Some("{a:\n  1}\n"));
        assert!(without_tabs("a:\n  b:\n\tc: 1\n").is_none(), "spaces and tabs");
        assert!(without_tabs("a: \tb\n").is_none(), "no indentation");
    }
}
