//! Repairs YAML that its parser does not read, where the meaning is certain: what older readers take, and pairs of escapes,
//! which only JSON has. Each line stays where it is, so that places stay right.
//!
//! What stands in quotes, in comments and in plain or block scalars is told apart as far as the repairs need it.

use std::borrow::Cow;

use super::compose::{Finding, MAX_DEPTH};
use super::lenient::{self, finding};

/// `text` as its parser reads it; nothing where it needs no repair, or its meaning is not certain.
pub(super) fn mended(text: &str) -> Option<(String, Vec<Finding>)> {
    let mut mender = Mender {
        text,
        at: 0,
        line: 0,
        parent: -1,
        block: None,
        begins: None,
        copied: 0,
        out: String::new(),
        found: Vec::new(),
        open: Open::default(),
    };
    while mender.at < text.len() {
        mender.line()?;
    }
    if mender.copied == 0 {
        return None;
    }
    mender.out.push_str(&text[mender.copied..]);
    Some((mender.out, mender.found))
}

struct Mender<'t> {
    text: &'t str,
    /// The byte at hand, and where its line begins.
    at: usize,
    line: usize,
    /// The column of the innermost key or dash, which what belongs to it stands to the right of.
    parent: isize,
    /// A plain scalar outside of brackets that may go on in the next line: the column of its key or dash.
    block: Option<isize>,
    /// Where the key or value at hand begins.
    begins: Option<usize>,
    /// Up to where the text is in `out`.
    copied: usize,
    out: String,
    found: Vec<Finding>,
    open: Open,
}

/// The brackets that are open.
#[derive(Default)]
struct Open {
    depth: usize,
    /// The column that the lines within them begin at, or to the right of.
    column: usize,
    /// Whether a plain scalar in them may go on in the next line.
    plain: bool,
}

/// How many bytes a repair may add beside the size of the text.
const MORE: usize = 1024 * 1024;

const LEFT: &str =
    "lines, here and maybe later, are not indented as YAML asks; they belong to the brackets or quotes before them";
const COMMENT: &str = "a comment, here and maybe later, follows without a space; it is read as a comment";
const DASH: &str = "a lone `-` within brackets, here and maybe later, has no quotes; it is read as a text";

impl Mender<'_> {
    /// What follows the byte at hand.
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(b'\n')
    }

    fn column(&self) -> usize {
        self.at - self.line
    }

    /// The column that the lines of the value at hand begin at, or to the right of.
    fn column_of_parts(&self) -> usize {
        usize::try_from(self.parent + 1).unwrap_or_default()
    }

    fn end_of_line(&self) -> usize {
        self.rest().find('\n').map_or(self.text.len(), |end| self.at + end)
    }

    /// Whether the byte `at` ends a word.
    fn is_blank(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\t' | b'\r' | b'\n')
    }

    /// Writes `new` instead of the bytes from the one at hand up to `end`.
    fn replace(&mut self, end: usize, new: &str) {
        self.out.push_str(&self.text[self.copied..self.at]);
        self.out.push_str(new);
        (self.copied, self.at) = (end, end);
    }

    fn find(&mut self, message: &str) {
        if self.found.iter().all(|found| found.message != message) {
            self.found.push(finding(message, lenient::place(self.text, self.at)));
        }
    }

    /// Reads what the line at hand begins with, and the rest of it.
    fn line(&mut self) -> Option<()> {
        self.line = self.at;
        let indent = self.indent();
        let begins = self.at + indent;
        if matches!(self.byte(begins), b'\n' | b'\r') {
            self.at = self.end_of_line() + 1;
            return Some(());
        }
        let marker = self.is_marker();
        if self.open.depth > 0 {
            if marker {
                return None;
            }
            self.indent_to(self.open.column)?;
            return self.tokens(!self.open.plain);
        }
        let goes_on = self.block.is_some_and(|parent| indent as isize > parent) && self.byte(begins) != b'#';
        if goes_on && !marker {
            self.at = self.end_of_line() + 1;
            return Some(());
        }
        (self.block, self.begins) = (None, None);
        self.parent = if marker { -1 } else { indent as isize - 1 };
        self.at = if marker { self.at + 3 } else { begins };
        self.tokens(true)
    }

    /// Whether a document begins or ends at the byte at hand, which begins a line.
    fn is_marker(&self) -> bool {
        self.rest().starts_with(['-', '.'])
            && (self.rest().starts_with("---") || self.rest().starts_with("..."))
            && self.is_blank(self.at + 3)
    }

    /// Indents the line at hand to `column`, if it is not blank and stands to the left of it; nothing where that would make
    /// the text much larger.
    fn indent_to(&mut self, column: usize) -> Option<()> {
        let indent = self.indent();
        let begins = self.at + indent;
        let left = indent < column || (column > 0 && self.text[self.at..begins].contains('\t'));
        if left && !matches!(self.byte(begins), b'\n' | b'\r') {
            self.find(LEFT);
            self.replace(begins, &" ".repeat(indent.max(column)));
        }
        self.at = begins;
        (self.out.len() <= 2 * self.text.len() + MORE).then_some(())
    }

    /// The length of the white space that the line at hand begins with.
    fn indent(&self) -> usize {
        self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len()
    }

    /// Reads the rest of the line, and what goes on from it; `fresh` says whether a key or a value may begin here.
    fn tokens(&mut self, mut fresh: bool) -> Option<()> {
        // Whether the byte before closes quotes or brackets.
        let mut closed = false;
        loop {
            let byte = self.byte(self.at);
            let in_brackets = self.open.depth > 0;
            let after = std::mem::take(&mut closed);
            match byte {
                b'\n' => {
                    self.open.plain = in_brackets && !fresh && !after;
                    self.at += 1;
                    return Some(());
                }
                b' ' | b'\t' | b'\r' => {
                    self.blanks(fresh);
                    closed = after && self.byte(self.at) != b'#';
                }
                b'#' if after || self.column() == 0 || self.is_blank(self.at - 1) => {
                    if after {
                        self.find(COMMENT);
                        self.replace(self.at, " ");
                    }
                    // Nothing goes on after a comment.
                    (self.at, self.block) = (self.end_of_line(), None);
                    fresh |= in_brackets;
                }
                b'-' | b'?' if fresh && !in_brackets && self.is_blank(self.at + 1) => {
                    (self.parent, self.begins) = (self.column() as isize, None);
                    self.at += 1;
                }
                b'-' if fresh && in_brackets && self.is_lone() => {
                    self.find(DASH);
                    self.replace(self.at + 1, "\"-\"");
                    (fresh, closed) = (false, true);
                }
                b':' if self.is_blank(self.at + 1)
                    || (in_brackets && (after || self.ends_in_brackets(self.at + 1))) =>
                {
                    if !in_brackets {
                        self.parent = self.begins.unwrap_or_else(|| self.column()) as isize;
                    }
                    (self.begins, self.block) = (None, None);
                    self.at += 1;
                    fresh = true;
                }
                b'[' | b'{' if fresh || in_brackets => {
                    if !in_brackets {
                        self.open.column = self.column_of_parts();
                    }
                    self.open.depth += 1;
                    self.begins.get_or_insert(self.column());
                    if self.open.depth > MAX_DEPTH {
                        return None;
                    }
                    self.at += 1;
                    fresh = true;
                }
                b']' | b'}' if in_brackets => {
                    self.open.depth -= 1;
                    self.at += 1;
                    (fresh, closed) = (false, true);
                }
                b',' if in_brackets => {
                    self.at += 1;
                    fresh = true;
                }
                b'"' | b'\'' if fresh => {
                    self.begins.get_or_insert(self.column());
                    self.quoted(byte)?;
                    (fresh, closed) = (false, true);
                }
                b'|' | b'>' if fresh && !in_brackets => {
                    self.block_scalar();
                    return Some(());
                }
                b'&' | b'!' | b'*' if fresh => {
                    self.begins.get_or_insert(self.column());
                    while !(self.is_blank(self.at) || in_brackets && self.ends_in_brackets(self.at)) {
                        self.at += 1;
                    }
                    fresh = byte != b'*';
                }
                _ => {
                    self.begins.get_or_insert(self.column());
                    self.block = (!in_brackets).then_some(self.parent);
                    self.at += self.rest().chars().next().map_or(1, char::len_utf8);
                    fresh = false;
                }
            }
        }
    }

    /// Whether the byte `at` is one that ends a plain scalar within brackets.
    fn ends_in_brackets(&self, at: usize) -> bool {
        matches!(self.byte(at), b',' | b'[' | b']' | b'{' | b'}')
    }

    /// Whether the dash at hand is all that stands there.
    fn is_lone(&self) -> bool {
        let after = self.text[self.at + 1..].trim_start_matches([' ', '\t']);
        after.starts_with([',', ']', '}'])
    }

    /// Skips white space within a line; between an indicator and what follows, tabs become spaces.
    fn blanks(&mut self, fresh: bool) {
        let length = self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r']).len();
        let end = self.at + length;
        if fresh && self.rest()[..length].contains('\t') && self.byte(end) != b'\n' {
            let spaces = self.rest()[..length].replace('\t', " ");
            self.replace(end, &spaces);
        }
        self.at = end;
    }

    /// Reads a text between two of `quote`.
    fn quoted(&mut self, quote: u8) -> Option<()> {
        self.at += 1;
        loop {
            let next = self.rest().find(['"', '\'', '\\', '\n'])?;
            self.at += next;
            match self.byte(self.at) {
                byte if byte == quote => {
                    self.at += 1;
                    if quote == b'"' || self.byte(self.at) != b'\'' {
                        return Some(());
                    }
                    self.at += 1;
                }
                b'\\' if quote == b'"' => self.escape(),
                b'\n' => {
                    self.at += 1;
                    self.line = self.at;
                    let column = if self.open.depth > 0 { self.open.column } else { self.column_of_parts() };
                    // The quotes may be open by mistake.
                    if self.is_marker() || (self.indent() < column && self.is_entry()) {
                        return None;
                    }
                    self.indent_to(column)?;
                }
                _ => self.at += 1,
            }
        }
    }

    /// Whether the line at hand looks like an entry of a mapping or a list.
    fn is_entry(&self) -> bool {
        let line = self.text[self.at..self.end_of_line()].trim();
        let key = line.split([' ', '\t']).next().unwrap_or_default();
        key == "-" || key.ends_with(':')
    }

    /// Reads an escape within double quotes; a pair of those by which JSON writes one character becomes that character.
    fn escape(&mut self) {
        match surrogates(self.rest()) {
            None => self.at += 1 + self.text[self.at + 1..].chars().next().map_or(0, char::len_utf8),
            Some((c, length)) => {
                if c == char::REPLACEMENT_CHARACTER {
                    self.find(HALF);
                    self.found.iter_mut().filter(|found| found.message == HALF).for_each(|found| found.loses = true);
                }
                self.replace(self.at + length, c.encode_utf8(&mut [0; 4]));
            }
        }
    }

    /// Skips a block scalar: the lines after this one that stand to the right of its key.
    fn block_scalar(&mut self) {
        self.at = self.end_of_line() + 1;
        while self.at < self.text.len() {
            let line = &self.text[self.at..self.end_of_line()];
            let indent = line.len() - line.trim_start_matches(' ').len();
            if !line.trim().is_empty() && indent as isize <= self.parent {
                return;
            }
            self.at = self.end_of_line() + 1;
        }
    }
}

/// The message for an escape that is half of a pair.
pub(super) const HALF: &str =
    "half of a pair of escapes (such as `\\ud83d`), here and maybe later, is no character; U+FFFD is read for it";

/// The character that the UTF-16 escapes at the start of `text` write, with their length; U+FFFD for half of a pair. `None` if
/// `text` does not start with such an escape.
fn surrogates(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| -> Option<u16> { u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok() };
    let first = unit(text).filter(|unit| (0xd800..0xe000).contains(unit))?;
    let units = [Some(first), text.get(6..).and_then(unit)];
    match char::decode_utf16(units.into_iter().flatten()).next() {
        Some(Ok(c)) => Some((c, 12)),
        _ => Some((char::REPLACEMENT_CHARACTER, 6)),
    }
}

/// A string of JSON, in quotes or without, with U+FFFD for each half of a pair of escapes; and whether there is one.
pub(super) fn without_halves(text: &str) -> (Cow<'_, str>, bool) {
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(next) = text[at..].find('\\') {
        at += next;
        match surrogates(&text[at..]) {
            Some((char::REPLACEMENT_CHARACTER, length)) => {
                out.push_str(&text[copied..at]);
                out.push(char::REPLACEMENT_CHARACTER);
                at += length;
                copied = at;
            }
            Some((_, length)) => at += length,
            // What follows a backslash is no escape of its own.
            None => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
        }
    }
    if copied == 0 {
        return (text.into(), false);
    }
    out.push_str(&text[copied..]);
    (out.into(), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Option<String> {
        mended(text).map(|(text, _)| text)
    }

    #[test]
    fn what_is_certain_is_mended() {
        let table = [
            ("a:\tb\n", "a: b\n"),
            ("a: \t{b:\t[\t1]}\n", "a:  {b: [ 1]}\n"),
            ("- \tb\n", "-  b\n"),
            ("a:\n  b: [\n1,\n2\n]\n", "a:\n  b: [\n   1,\n   2\n   ]\n"),
            ("a: {\n\tb: 1\n}\nc: 1\n", "a: {\n b: 1\n }\nc: 1\n"),
            ("a:\n  b: 'x\ny'\n", "a:\n  b: 'x\n   y'\n"),
            ("a: \"x\n\ny\"\nb: \"z\"\n", "a: \"x\n\n y\"\nb: \"z\"\n"),
            ("a: \"b\"#c\n", "a: \"b\" #c\n"),
            ("a: [b]#c\n", "a: [b] #c\n"),
            ("a: [-, b, - ]\nc: {d: -}\n", "a: [\"-\", b, \"-\" ]\nc: {d: \"-\"}\n"),
            (r#"a: "\ud83d\ude00 \\ud83d""#, r#"a: "😀 \\ud83d""#),
            (r#"a: "\ud83d \ud83d\u0041""#, "a: \"\u{fffd} \u{fffd}\\u0041\""),
        ];
        for (text, wanted) in table {
            assert_eq!(texts(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_written_literally_stays() {
        let table = [
            "a: b\n",
            "a: '\\ud83d'\nb: \\ud83d\nc: |\n  \"\\ud83d\"\nd: [\\ud83d, '\\ud83d']\n# \"\\ud83d\"\n",
            "a: it's \"\\ud83d\" [-, b]#c\nb: x\n  \"\\ud83d\"\n",
            "a: >-\n  x:\ty\n  [\n\n  \"b\"#c\nb: 1\n",
            "- a: |\n    x:\ty\n  b:\n    - - |\n        x:\ty\n",
            "a: [b\n  \"\\ud83d\", c]\n",
            "a: [x-, -1, - 1, b#c]\nb: \"c\" # d\n",
            "a: x\ty\n",
            "--- \na: 1\n...\n",
            "\"a\": |\n  b:\tc\n\n",
        ];
        for text in table {
            assert_eq!(texts(text), None, "{text}");
        }
        let wide = format!("{}a: [\n{}]", " ".repeat(10_000), "1,\n".repeat(1_000));
        // An open quote, another document, brackets in brackets, and far more spaces than text.
        for text in
            ["a: \"x\nb: \"c\n", "a: 'x\n---\nb: '\n", "a: \"b\n", "\"", "'", "\\", "é", &"[".repeat(1000), &wide]
        {
            assert_eq!(texts(text), None, "{text}");
        }
    }

    #[test]
    fn a_half_of_a_pair_is_known() {
        assert_eq!(
            without_halves(r#""\ud83d\ude00 \u00e9 \\ud83d""#),
            (r#""\ud83d\ude00 \u00e9 \\ud83d""#.into(), false)
        );
        assert_eq!(without_halves(r#"\ud83d \ud8"#), ("\u{fffd} \\ud8".into(), true));
        assert_eq!(without_halves("\\é\\ud8é\\"), ("\\é\\ud8é\\".into(), false));
    }
}
