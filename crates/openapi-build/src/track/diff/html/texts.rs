//! Two texts side by side, in which the words that differ are marked.

use serde_json::{Value, json};
use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::pointer::last_token;
use crate::source;
use crate::track::page::Html;

/// How many lines a side shows.
const LINES: usize = 18;

/// How many lines there are around those that differ.
const AROUND: usize = 2;

/// How many lines of each text are compared: a person reads no more.
const COMPARED: usize = 2000;

/// How many characters of a line are shown.
const WIDTH: usize = 400;

/// How many bytes two lines have together that are compared word by word.
const LONGEST: usize = 20_000;

/// A line, or lines that are left out.
enum Line<'t> {
    /// It is on both sides.
    Same(&'t str),
    /// It is on this side alone: its parts, and whether each is marked.
    Differs(Vec<(bool, &'t str)>),
    /// That many lines.
    Gap(usize),
}

/// `value` without what only describes it, which would hide the rest of a long text.
pub(super) fn undescribed(value: &Value) -> Value {
    without_docs(value, false)
}

fn without_docs(value: &Value, are_names: bool) -> Value {
    let describes = |key: &str, value: &Value| match key {
        "description" | "summary" => value.is_string(),
        "example" | "examples" | "externalDocs" | "x-code-samples" | "x-codeSamples" => true,
        _ => false,
    };
    match value {
        Value::Object(entries) => {
            let kept = entries.iter().filter(|(key, value)| are_names || !describes(key, value));
            let names = |key: &str| !are_names && matches!(key, "properties" | "headers" | "schemas" | "default");
            kept.map(|(key, value)| (key.clone(), without_docs(value, names(key)))).collect()
        }
        Value::Array(items) => items.iter().map(|item| without_docs(item, false)).collect(),
        value => value.clone(),
    }
}

/// Whether that is more than a side shows.
pub(super) fn is_long(text: &str) -> bool {
    text.lines().count() > LINES
}

/// What stands at `pointer` as YAML, with the key that it has there.
pub(super) fn yaml(value: &Value, pointer: &str, in_list: bool) -> String {
    let text = match in_list {
        true => source::to_yaml(&json!([value])),
        false if pointer.is_empty() => source::to_yaml(value),
        false => {
            let mut object = serde_json::Map::new();
            object.insert(last_token(pointer), value.clone());
            source::to_yaml(&Value::Object(object))
        }
    };
    text.trim_end().to_owned()
}

/// Adds both texts, or the only one. `names` are the captions of the sides.
pub(super) fn side_by_side(html: &mut Html, old: Option<&str>, new: Option<&str>, names: (&str, &str)) {
    match (old, new) {
        (Some(old), Some(new)) if old != new => {
            let (before, after) = compared(old, new);
            html.raw("<div class=\"pair\">");
            side(html, true, names.0, &before);
            side(html, false, names.1, &after);
            html.raw("</div>");
        }
        (Some(text), None) | (None, Some(text)) => {
            let (is_old, name) = if old.is_some() { (true, names.0) } else { (false, names.1) };
            let lines: Vec<Line<'_>> = text.lines().map(|line| Line::Differs(vec![(false, line)])).collect();
            html.raw("<div class=\"pair one\">");
            side(html, is_old, name, &lines);
            html.raw("</div>");
        }
        (Some(text), Some(_)) => {
            let lines: Vec<Line<'_>> = text.lines().map(Line::Same).collect();
            html.raw("<div class=\"pair one\">");
            side(html, false, "before and after", &lines);
            html.raw("</div>");
        }
        (None, None) => {}
    }
}

fn side(html: &mut Html, is_old: bool, name: &str, lines: &[Line<'_>]) {
    html.raw(if is_old {
        "<div class=\"side old\"><div class=\"cap\">"
    } else {
        "<div class=\"side new\"><div class=\"cap\">"
    });
    html.text(name).raw("</div><pre>");
    let length = |line: &Line<'_>| if let Line::Gap(lines) = line { *lines } else { 1 };
    // A last line that says that one line more follows would take its room.
    let shown = if lines.len() <= LINES + 1 { lines.len() } else { LINES };
    for line in &lines[..shown] {
        match line {
            Line::Same(text) => {
                html.raw("<span>").text(&cut(text)).raw("\n</span>");
            }
            Line::Differs(parts) => {
                html.raw("<span class=\"d\">");
                parts_of(html, is_old, parts);
                html.raw("\n</span>");
            }
            Line::Gap(lines) => left_out(html, *lines, ""),
        }
    }
    let rest: usize = lines[shown..].iter().map(length).sum();
    if rest > 0 {
        left_out(html, rest, " more");
    }
    html.raw("</pre></div>");
}

fn left_out(html: &mut Html, lines: usize, more: &str) {
    html.raw("<span class=\"gap\">… ").number(lines).text(more);
    html.raw(if lines == 1 { " line\n</span>" } else { " lines\n</span>" });
}

/// Adds the parts of a line, without most of what is too long to show: what differs is shown before what does not.
fn parts_of(html: &mut Html, is_old: bool, parts: &[(bool, &str)]) {
    let length: usize = parts.iter().map(|(_, part)| part.chars().count()).sum();
    let mut left = WIDTH;
    for (index, (marked, part)) in parts.iter().enumerate() {
        let count = part.chars().count();
        let (mut shown, mut before) = ((*part).to_owned(), false);
        if length > WIDTH && !marked && index == 0 && count > WIDTH / 4 && parts.len() > 1 {
            shown = part.chars().skip(count - WIDTH / 8).collect();
            before = true;
        }
        let is_cut = shown.chars().count() > left;
        shown = shown.chars().take(left).collect();
        left -= shown.chars().count();
        if before {
            html.raw("…");
        }
        match (marked, is_old) {
            (true, true) => html.raw("<del>").text(&shown).raw("</del>"),
            (true, false) => html.raw("<ins>").text(&shown).raw("</ins>"),
            (false, _) => html.text(&shown),
        };
        if is_cut {
            html.raw("…");
            break;
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The lines of both texts, without long runs of lines that are the same.
fn compared<'t>(old: &'t str, new: &'t str) -> (Vec<Line<'t>>, Vec<Line<'t>>) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (all_old, all_new) = (&old, &new);
    let (old, new) = (&all_old[..all_old.len().min(COMPARED)], &all_new[..all_new.len().min(COMPARED)]);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut done = (0, 0);
    let gap = |lines: &mut Vec<Line<'t>>, count: usize| {
        if count > 0 {
            lines.push(Line::Gap(count));
        }
    };
    for op in group_diff_ops(capture_diff_slices(Algorithm::Myers, old, new), AROUND).into_iter().flatten() {
        let (one, other) = (op.old_range(), op.new_range());
        gap(&mut before, one.start.saturating_sub(done.0));
        gap(&mut after, other.start.saturating_sub(done.1));
        done = (one.end, other.end);
        let (one, other) = (&old[one], &new[other]);
        if let DiffOp::Equal { .. } = op {
            before.extend(one.iter().map(|line| Line::Same(line)));
            after.extend(other.iter().map(|line| Line::Same(line)));
            continue;
        }
        for (one, other) in one.iter().zip(other) {
            let (one, other) = words(one, other);
            before.push(Line::Differs(one));
            after.push(Line::Differs(other));
        }
        let paired = one.len().min(other.len());
        let alone = |line: &&'t str| Line::Differs(vec![(true, *line)]);
        before.extend(one[paired..].iter().map(alone));
        after.extend(other[paired..].iter().map(alone));
    }
    gap(&mut before, all_old.len() - done.0);
    gap(&mut after, all_new.len() - done.1);
    (before, after)
}

/// The parts of a text, and whether each is marked.
type Parts<'t> = Vec<(bool, &'t str)>;

/// The parts of two lines; those that only one of them has are marked.
pub(super) fn words<'t>(old: &'t str, new: &'t str) -> (Parts<'t>, Parts<'t>) {
    if old.len() + new.len() > LONGEST {
        return ends(old, new);
    }
    let (one, other) = (tokens(old), tokens(new));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (mut at_old, mut at_new) = (0, 0);
    for op in capture_diff_slices(Algorithm::Myers, &one, &other) {
        let marked = !matches!(op, DiffOp::Equal { .. });
        let length = |tokens: &[&str]| tokens.iter().map(|token| token.len()).sum::<usize>();
        let (from, to) = (length(&one[op.old_range()]), length(&other[op.new_range()]));
        for (parts, text, at, length) in [(&mut before, old, &mut at_old, from), (&mut after, new, &mut at_new, to)] {
            if length > 0 {
                parts.push((marked, &text[*at..*at + length]));
                *at += length;
            }
        }
    }
    (before, after)
}

/// As [`words`], of lines that are too long for it: what stands between a common start and a common end is marked.
fn ends<'t>(old: &'t str, new: &'t str) -> (Parts<'t>, Parts<'t>) {
    let alike = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(one, other)| one == other).map(|(c, _)| c.len_utf8()).sum()
    };
    let start = alike(&mut old.chars().zip(new.chars()));
    let end = alike(&mut old[start..].chars().rev().zip(new[start..].chars().rev()));
    let parts = |text: &'t str| {
        let end = text.len() - end;
        let parts = [(false, &text[..start]), (true, &text[start..end]), (false, &text[end..])];
        parts.into_iter().filter(|(_, part)| !part.is_empty()).collect()
    };
    (parts(old), parts(new))
}

/// The words of a text, and each character between them.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut previous = None;
    for (index, c) in text.char_indices() {
        if index > start && !(is_word(c) && previous.is_some_and(is_word)) {
            tokens.push(&text[start..index]);
            start = index;
        }
        previous = Some(c);
    }
    tokens.extend(Some(&text[start..]).filter(|last| !last.is_empty()));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(parts: &[(bool, &str)]) -> String {
        parts.iter().map(|(marked, part)| if *marked { format!("[{part}]") } else { (*part).to_owned() }).collect()
    }

    #[test]
    fn words_that_differ_are_marked() {
        let table = [
            ("maxLength: 5", "maxLength: 10", "maxLength: [5]", "maxLength: [10]"),
            ("a: String", "a: Option<String>", "a: String", "a: [Option<]String[>]"),
            ("", "é ü", "", "[é ü]"),
            ("same", "same", "same", "same"),
        ];
        for (old, new, before, after) in table {
            let (one, other) = words(old, new);
            assert_eq!((marked(&one), marked(&other)), (before.to_owned(), after.to_owned()));
        }
    }

    #[test]
    fn lines_that_are_the_same_are_left_out() {
        let lines = |changed: &str| -> String {
            (0..40).map(|line| if line == 20 { format!("{changed}\n") } else { format!("line {line}\n") }).collect()
        };
        let (old, new) = (lines("old"), lines("new"));
        let (before, after) = compared(&old, &new);
        let shape = |lines: &[Line<'_>]| -> String {
            lines
                .iter()
                .map(|line| match line {
                    Line::Same(_) => "=".to_owned(),
                    Line::Differs(_) => "!".to_owned(),
                    Line::Gap(count) => format!("({count})"),
                })
                .collect()
        };
        assert_eq!((shape(&before), shape(&after)), ("(18)==!==(17)".to_owned(), "(18)==!==(17)".to_owned()));
    }

    #[test]
    fn long_lines_and_texts_are_cut_around_what_differs() {
        let mut html = Html::default();
        let long = "x".repeat(5000);
        side_by_side(&mut html, Some(&format!("{long} old {long}")), Some(&format!("{long} new {long}")), ("a", "b"));
        let text = html.page("", "", "");
        assert!(text.contains("<del>old</del>") && text.contains("<ins>new</ins>"), "{text}");
        let (mut html, longer) = (Html::default(), long.repeat(100));
        side_by_side(&mut html, Some(&format!("{longer}é old")), Some(&format!("{longer}ü new")), ("a", "b"));
        let text = html.page("", "", "");
        assert!(text.contains("<del>é old</del>") && text.contains("<ins>ü new</ins>"), "{}", text.len());
        assert_eq!((marked(&ends("ab", "abab").0), marked(&ends("ab", "abab").1)), ("ab".into(), "ab[ab]".into()));
        let mut html = Html::default();
        side_by_side(&mut html, None, Some(&"line\n".repeat(3000)), ("a", "b"));
        assert!(html.page("", "", "").contains("… 2982 more lines"));
    }
}
