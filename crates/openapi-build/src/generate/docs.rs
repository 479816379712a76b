//! Turns descriptions into text for rustdoc: Markdown without badges and without broken links, in which rustdoc takes
//! nothing for a doctest, an HTML tag or a link to an item.

/// `text` as the lines of a doc comment.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        let line = line.trim_end();
        let fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        let line = if fence {
            fenced = !fenced;
            // A fence that names no language would be a doctest.
            if fenced {
                format!("{}text", &line[..line.len() - line.trim_start_matches(' ').len() + 3])
            } else {
                line.to_owned()
            }
        } else if fenced {
            line.to_owned()
        } else {
            // Four spaces of indentation would be a code block, and so a doctest, too.
            let indented = line.len() - line.trim_start().len() >= 4 && !in_list(&lines);
            inline(if indented { line.trim_start() } else { line })
        };
        if !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
            lines.push(line);
        }
    }
    if fenced {
        lines.push("```".into());
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Whether the paragraph at the end of `lines` belongs to a list.
fn in_list(lines: &[String]) -> bool {
    let item = |line: &&String| {
        let line = line.trim_start();
        line.starts_with(['-', '*', '+']) || line.split_once(['.', ')']).is_some_and(|(n, _)| n.parse::<u32>().is_ok())
    };
    lines.iter().rev().take_while(|line| !line.is_empty()).any(|line| item(&line))
}

/// One line outside a code block.
fn inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        if first == '`' {
            let ticks = rest.len() - rest.trim_start_matches('`').len();
            let fence = &rest[..ticks];
            let end = rest[ticks..].find(fence).map(|at| at + 2 * ticks);
            match end {
                Some(end) => {
                    out.push_str(&rest[..end]);
                    rest = &rest[end..];
                }
                None => {
                    out.push_str("\\`");
                    rest = &rest[ticks..];
                }
            }
        } else if let Some((text, after)) = image(rest) {
            out.push_str(&text);
            rest = after;
        } else if let Some((text, target, after)) = link(rest) {
            let badge = text.trim_start().starts_with("![");
            let text = inline(text);
            match target {
                _ if badge => {}
                target if target.starts_with("http") || target.starts_with("mailto:") => {
                    out.push_str(&format!("[{text}]({target})"));
                }
                _ => out.push_str(&text),
            }
            rest = after;
        } else if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest.find(|c: char| c.is_whitespace() || "<>\"'`)]|".contains(c)).unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ',', ';', ':', '*', '_']);
            out.push_str(&format!("<{url}>"));
            rest = &rest[url.len()..];
        } else {
            if "[]<>".contains(first) && !(first == '>' && out.is_empty()) {
                out.push('\\');
            }
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out.trim_end().to_owned()
}

/// `![alt](url)` at the start of `text`: an image, which is removed.
fn image(text: &str) -> Option<(String, &str)> {
    let (_, _, after) = link(text.strip_prefix('!')?)?;
    Some((String::new(), after))
}

/// `[text](target)` at the start of `text`.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let close = balanced(text, '[', ']')?;
    let rest = &text[close + 1..];
    let end = balanced(rest, '(', ')')?;
    Some((&text[1..close], rest[1..end].trim(), &rest[end + 1..]))
}

/// The position at which the bracket that opens `text` is closed.
fn balanced(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if depth == 0 {
            return None;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_leaves_nothing_behind() {
        let text = "[![Early Access](https://img.example/b.svg)](#section/Lifecycle) [![Ask](https://i/x)](mailto:a@b)\n\nText.";
        assert_eq!(lines(text), ["Text."]);
    }

    #[test]
    fn what_rustdoc_would_take_for_something_else_is_escaped() {
        assert_eq!(
            lines("A pointer [RFC6901] to <Tag /> at https://a.example/b."),
            ["A pointer \\[RFC6901\\] to \\<Tag /\\> at <https://a.example/b>."]
        );
    }

    #[test]
    fn links_that_lead_somewhere_stay_and_others_become_their_text() {
        assert_eq!(lines("[a](https://a.example/(b)) [c](#section/d)"), ["[a](https://a.example/(b)) c"]);
    }

    #[test]
    fn code_is_no_doctest() {
        assert_eq!(lines("```\nlet x = <y>;\n```\n\n    let z;"), ["```text", "let x = <y>;", "```", "", "let z;"]);
        assert_eq!(lines("```\nopen"), ["```text", "open", "```"]);
    }
}
