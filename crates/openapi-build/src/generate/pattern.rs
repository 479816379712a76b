//! The regular expressions of `pattern`, which are those of ECMA-262 (OpenAPI 3.0.3, Schema Object), in the words of Rust's
//! `regex` and `fancy-regex`.
//!
//! A client matches what its user gives it, so the time must be bounded whatever the text is. Engines for ECMA-262 try each
//! way in which a text may match, and `^(a+)+$` has more of them with each letter. `regex` takes time in proportion to the
//! text; `fancy-regex` hands it what it can, and counts its steps through the rest (looking around, backreferences).

use std::collections::HashMap;
use std::fmt::Write;

/// The largest automaton of a pattern, in bytes: counts of large classes take more (`^[^,]{1,50000}$`).
const LARGEST: usize = 1 << 20;

/// White space and ends of lines, as ECMA-262 lists them.
const SPACES: &str =
    r"\x{9}-\x{D}\x{20}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

/// A set without a character.
const NEVER: &str = r"[^\x{0}-\x{10FFFF}]";

/// A `pattern` of the definition.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    pub(super) text: String,
    /// The same for `fancy-regex`.
    pub(super) regex: String,
}

/// The patterns seen so far: a definition uses few, in many places.
#[derive(Default)]
pub(super) struct Patterns(HashMap<String, Result<String, String>>);

impl Patterns {
    /// `text`, as it is matched.
    ///
    /// # Errors
    ///
    /// Why it cannot be matched.
    pub(super) fn read(&mut self, text: &str) -> Result<Pattern, String> {
        let regex = match self.0.get(text) {
            Some(known) => known.clone(),
            None => self.0.entry(text.to_owned()).or_insert_with(|| regex(text)).clone(),
        };
        regex.map(|regex| Pattern { text: text.to_owned(), regex })
    }
}

impl Pattern {
    /// Whether it is somewhere in `text`, or that is not found out within a bounded number of steps.
    pub(super) fn may_match(&self, text: &str) -> bool {
        compiled(&self.regex).ok().and_then(|regex| regex.is_match(text).ok()).unwrap_or(true)
    }
}

/// `text` in the words of `fancy-regex`, or why it has none.
fn regex(text: &str) -> Result<String, String> {
    let invalid = |error| format!("is not a valid ECMA-262 regular expression: {error}");
    let unicode = regress::Regex::with_flags(text, "u").is_ok();
    if !unicode {
        regress::Regex::new(text).map_err(invalid)?;
    }
    let whole = Translator::new(text, unicode).translate()?;
    let Err(error) = compiled(&whole) else { return Ok(whole) };
    // Where counts make it too large, they are counted step by step.
    let stepwise = Translator { stepwise: true, ..Translator::new(text, unicode) }.translate()?;
    match compiled(&stepwise) {
        Ok(_) => Ok(stepwise),
        Err(_) => Err(format!("cannot be matched: {error}")),
    }
}

/// `text` in the words of `fancy-regex`, of which those of `regex` are a part; `None` if it has none.
#[cfg(feature = "track")]
pub(crate) fn translated(text: &str) -> Option<String> {
    regex(text).ok()
}

fn compiled(regex: &str) -> Result<fancy_regex::Regex, fancy_regex::Error> {
    fancy_regex::RegexBuilder::new(regex).delegate_size_limit(LARGEST).build()
}

/// Goes through a pattern that is valid ECMA-262.
struct Translator<'a> {
    rest: &'a str,
    /// Whether it is read as with the flag `u`.
    unicode: bool,
    /// Whether what is counted is followed by an empty assertion, which keeps `fancy-regex` from writing out the repetitions.
    stepwise: bool,
    groups: u32,
    out: String,
    /// Where the last atom begins in `out`, and the groups that are open.
    atom: usize,
    open: Vec<Group>,
    /// Whether the last atom is a group that captures and refers to what is captured.
    refers: bool,
    /// What `fancy-regex` reads otherwise.
    refused: Option<&'static str>,
}

/// A group that is open.
struct Group {
    /// Where it begins in the translation.
    start: usize,
    captures: bool,
    refers: bool,
}

/// One element of a class.
enum Item {
    One(char),
    Set(String),
    /// Half of a surrogate pair, which no text of Rust has.
    Half,
}

impl<'a> Translator<'a> {
    fn new(text: &'a str, unicode: bool) -> Self {
        let (out, open) = (String::with_capacity(text.len()), Vec::new());
        Self {
            rest: text,
            unicode,
            stepwise: false,
            groups: groups(text),
            out,
            atom: 0,
            open,
            refers: false,
            refused: None,
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn take(&mut self, start: &str) -> bool {
        let rest = self.rest.strip_prefix(start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn translate(mut self) -> Result<String, String> {
        while let Some(c) = self.next() {
            let start = self.out.len();
            match c {
                '\\' => self.escape(),
                '[' => self.class(),
                '.' => self.out.push_str(r"[^\n\r\x{2028}\x{2029}]"),
                '(' => {
                    self.begin_group(start);
                    continue;
                }
                ')' => {
                    self.end_group();
                    continue;
                }
                '*' | '+' | '?' | '|' | '^' | '$' => {
                    self.repeats(matches!(c, '*' | '+'));
                    self.out.push(c);
                    continue;
                }
                '{' if self.count() => {
                    self.repeats(true);
                    continue;
                }
                c => literal(&mut self.out, c),
            }
            self.atom = start;
            self.refers = false;
        }
        match self.refused {
            Some(reason) => Err(format!("cannot be matched: {reason}")),
            None => Ok(self.out),
        }
    }

    /// Takes the `?` of a group that has one.
    fn begin_group(&mut self, start: usize) {
        let rest = self.rest;
        let flags = rest.strip_prefix('?').and_then(|rest| rest.split_once(':')).map(|(flags, _)| flags);
        if flags.is_some_and(|flags| flags.chars().all(|c| "ims-".contains(c)) && flags.contains(['m', 's'])) {
            self.refused = Some("it changes what ends a line");
        }
        let looks = rest.starts_with("?<=") || rest.starts_with("?<!");
        let captures = !rest.starts_with('?') || (rest.starts_with("?<") && !looks);
        self.open.push(Group { start, captures, refers: false });
        self.out.push('(');
        if self.take("?") {
            self.out.push('?');
        }
    }

    fn end_group(&mut self) {
        self.out.push(')');
        let Some(Group { start, captures, refers }) = self.open.pop() else { return };
        self.atom = start;
        self.refers = captures && refers;
        if let Some(outer) = self.open.last_mut() {
            outer.captures |= captures;
            outer.refers |= refers;
        }
    }

    /// In ECMA-262 each repetition of a group begins without what the last one captured.
    fn repeats(&mut self, repeats: bool) {
        if repeats && self.refers {
            self.refused = Some("what it repeats refers to what it captures");
        }
        self.refers = false;
    }

    /// Notes that a reference stands here.
    fn refer(&mut self) {
        if let Some(group) = self.open.last_mut() {
            group.refers = true;
        }
    }

    /// Takes the rest of `{2}`, `{2,}` or `{2,3}`, if there is one.
    fn count(&mut self) -> bool {
        let Some(end) = self.rest.find('}') else { return false };
        let (least, most) = self.rest[..end].split_once(',').unwrap_or((&self.rest[..end], ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if least.is_empty() || !digits(least) || !digits(most) {
            return false;
        }
        if self.stepwise {
            self.out.insert_str(self.atom, "(?:");
            self.out.push_str("(?=))");
        }
        let _ = write!(self.out, "{{{}}}", &self.rest[..end]);
        self.rest = &self.rest[end + 1..];
        true
    }

    /// What a backslash begins outside of a class.
    fn escape(&mut self) {
        match self.rest.chars().next() {
            Some('b') => self.out.push_str("(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))"),
            Some('B') => self.out.push_str("(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))"),
            Some('1'..='9') if self.group() => return,
            Some('k') if self.rest.starts_with("k<") => {
                let name = self.rest[2..].split('>').next().unwrap_or_default();
                let _ = write!(self.out, "(?(<{name}>)\\k<{name}>)");
                self.refer();
                self.rest = &self.rest[(name.len() + 3).min(self.rest.len())..];
                return;
            }
            _ => {
                match self.escaped() {
                    Item::One(c) => literal(&mut self.out, c),
                    Item::Set(set) => drop(write!(self.out, "[{set}]")),
                    Item::Half => self.out.push_str(NEVER),
                }
                return;
            }
        }
        self.next();
    }

    /// Takes a reference to a group, if there is one of that number. One that has not matched is empty.
    fn group(&mut self) -> bool {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = self.rest[..digits].parse::<u32>().ok().filter(|number| *number <= self.groups);
        let Some(number) = number else { return false };
        let _ = write!(self.out, "(?({number})\\{number})");
        self.refer();
        self.rest = &self.rest[digits..];
        true
    }

    /// What a backslash begins, but for assertions and references.
    fn escaped(&mut self) -> Item {
        let after = self.rest;
        let Some(c) = self.next() else { return Item::One('\\') };
        Item::One(match c {
            'd' => return Item::Set("0-9".into()),
            'D' => return Item::Set("^0-9".into()),
            'w' => return Item::Set("0-9A-Za-z_".into()),
            'W' => return Item::Set("^0-9A-Za-z_".into()),
            's' => return Item::Set(SPACES.into()),
            'S' => return Item::Set(format!("^{SPACES}")),
            'p' | 'P' if self.unicode => {
                let end = self.rest.find('}').map_or(self.rest.len(), |end| end + 1);
                let (name, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Item::Set(format!("\\{c}{name}"));
            }
            't' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'c' => match after.as_bytes().get(1).filter(|letter| letter.is_ascii_alphabetic()) {
                Some(letter) => {
                    self.next();
                    char::from(letter % 32)
                }
                None => {
                    self.rest = after;
                    '\\'
                }
            },
            'x' => self.hexadecimal(2).and_then(char::from_u32).unwrap_or('x'),
            'u' => return self.code_point(),
            '0'..='7' => self.octal(c),
            c => c,
        })
    }

    /// Takes that many hexadecimal digits, if they are there.
    fn hexadecimal(&mut self, count: usize) -> Option<u32> {
        let digits = self.rest.get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.rest = &self.rest[count..];
        u32::from_str_radix(digits, 16).ok()
    }

    /// What `\u` begins.
    fn code_point(&mut self) -> Item {
        let braced = self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        if let Some((digits, rest)) = braced {
            self.rest = rest;
            return of_code(u32::from_str_radix(digits, 16).unwrap_or_default());
        }
        let Some(first) = self.hexadecimal(4) else { return Item::One('u') };
        let after = self.rest;
        let second = if self.take("\\u") { self.hexadecimal(4) } else { None };
        let units =
            [Some(first), second].map(|unit| unit.and_then(|unit| u16::try_from(unit).ok()).unwrap_or_default());
        if let Some(Ok(pair)) = char::decode_utf16(units).next().filter(|_| (0xD800..0xDC00).contains(&first)) {
            return Item::One(pair);
        }
        self.rest = after;
        of_code(first)
    }

    /// The rest of an octal number of at most three digits (Annex B of ECMA-262); with the flag `u`, there is only `\0`.
    fn octal(&mut self, first: char) -> char {
        let mut value = first.to_digit(8).unwrap_or_default();
        while let Some(digit) = self.rest.chars().next().and_then(|c| c.to_digit(8)).filter(|_| !self.unicode) {
            if value * 8 + digit > 0o377 {
                break;
            }
            value = value * 8 + digit;
            self.next();
        }
        char::from_u32(value).unwrap_or_default()
    }

    /// The rest of a class.
    fn class(&mut self) {
        let start = self.out.len();
        self.out.push('[');
        if self.take("^") {
            self.out.push('^');
        }
        let empty = self.out.len();
        while !self.take("]") && !self.rest.is_empty() {
            let first = self.item();
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            if !is_range {
                self.put(first);
                continue;
            }
            self.next();
            let last = self.item();
            match (first.least(), last.greatest()) {
                (Some(least), Some(greatest)) if least <= greatest => {
                    in_class(&mut self.out, least);
                    self.out.push('-');
                    in_class(&mut self.out, greatest);
                }
                // Between halves of surrogate pairs there is no character.
                (Some(_), Some(_)) => {}
                // Annex B of ECMA-262: between sets, a hyphen is itself.
                _ => {
                    self.put(first);
                    self.put(Item::One('-'));
                    self.put(last);
                }
            }
        }
        if self.out.len() == empty {
            let every = self.out[start..].starts_with("[^");
            self.out.truncate(start);
            self.out.push_str(if every { r"[\x{0}-\x{10FFFF}]" } else { NEVER });
        } else {
            self.out.push(']');
        }
    }

    fn item(&mut self) -> Item {
        match self.next() {
            Some('\\') if self.take("b") => Item::One('\u{8}'),
            Some('\\') => self.escaped(),
            Some(c) => Item::One(c),
            None => Item::Half,
        }
    }

    fn put(&mut self, item: Item) {
        match item {
            Item::One(c) => in_class(&mut self.out, c),
            Item::Set(set) if set.starts_with('^') => drop(write!(self.out, "[{set}]")),
            Item::Set(set) => self.out.push_str(&set),
            Item::Half => {}
        }
    }
}

impl Item {
    /// The least character of a range that begins with this, unless it is a set.
    fn least(&self) -> Option<char> {
        match self {
            Self::One(c) => Some(*c),
            Self::Set(_) => None,
            Self::Half => Some('\u{E000}'),
        }
    }

    /// The greatest character of a range that ends with this, unless it is a set.
    fn greatest(&self) -> Option<char> {
        match self {
            Self::One(c) => Some(*c),
            Self::Set(_) => None,
            Self::Half => Some('\u{D7FF}'),
        }
    }
}

/// The character with that code.
fn of_code(code: u32) -> Item {
    char::from_u32(code).map_or(Item::Half, Item::One)
}

/// How many groups are numbered.
fn groups(text: &str) -> u32 {
    let (mut count, mut within, mut rest) = (0, false, text);
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => rest = rest.char_indices().nth(1).map_or("", |(at, _)| &rest[at..]),
            '[' => within = true,
            ']' => within = false,
            '(' if !within => {
                let named = rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!");
                count += u32::from(named || !rest.starts_with('?'));
            }
            _ => {}
        }
    }
    count
}

/// `c` outside of a class.
fn literal(out: &mut String, c: char) {
    match c {
        '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => out.extend(['\\', c]),
        c => plain(out, c),
    }
}

/// `c` in a class.
fn in_class(out: &mut String, c: char) {
    match c {
        '\\' | '[' | ']' | '^' | '-' | '&' | '~' => out.extend(['\\', c]),
        c => plain(out, c),
    }
}

fn plain(out: &mut String, c: char) {
    match c {
        c if c.is_control() => drop(write!(out, "\\x{{{:X}}}", u32::from(c))),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::{Patterns, compiled, regex};

    /// What patterns are made of.
    const ATOMS: [&str; 72] = [
        r"[^\uD800-\uDFFF]",
        r"[\u0020-\uDFFF]",
        r"[\uD800-\uDBFF]",
        r"[\uD83C-\uDBFF\uDC00-\uDFFF]",
        "a",
        "b",
        "é",
        "0",
        "-",
        "_",
        " ",
        "/",
        r"\/",
        r"\-",
        r"\.",
        ".",
        r"\d",
        r"\D",
        r"\w",
        r"\W",
        r"\s",
        r"\S",
        r"\t",
        r"\n",
        r"\x61",
        r"\u0061",
        r"\u00e9",
        r"\u{1F600}",
        r"\uD83D\uDE00",
        r"\cJ",
        r"\0",
        r"\b",
        r"\B",
        "^",
        "$",
        "[]",
        "[^]",
        "[a]",
        "[^a]",
        "[a-c]",
        r"[\w-]",
        r"[\w-.]",
        r"[-a]",
        r"[a\-c]",
        r"[^\s]",
        r"[\S\s]",
        r"[\S ]",
        "[[]",
        r"[\]]",
        "[a&&b]",
        "[a~~b]",
        "[+--]",
        "[--a]",
        "[.$^]",
        r"[\b]",
        r"[\x61-\x63]",
        r"[\u{1F600}-\u{1F64F}]",
        "[😀]",
        "(a)",
        "(?:ab)",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(a|b)",
        r"\1",
        r"(?<n>a)\k<n>",
        r"\p{L}",
        r"\P{Lu}",
        "{",
        "]",
        "}",
    ];

    const COUNTS: [&str; 12] = ["", "", "", "*", "+", "?", "*?", "{2}", "{0,2}", "{1,}", "{,2}", "{1,2}?"];

    const TEXTS: [&str; 24] = [
        "", "a", "b", "é", "0", "-", "_", " ", "/", ".", "\n", "\t", "\u{2028}", "\u{a0}", "٣", "😀", "A", "É", "[",
        "]", "{", "&", "~", "+",
    ];

    struct Dice(u64);

    impl Dice {
        fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            list[(self.0 >> 33) as usize % list.len()]
        }

        fn pattern(&mut self) -> String {
            (0..4).flat_map(|_| [self.of(&ATOMS), self.of(&COUNTS), self.of(&["", "", "", "|"])]).collect()
        }

        fn text(&mut self) -> String {
            (0..5).map(|_| self.of(&TEXTS)).collect()
        }
    }

    #[test]
    fn patterns_match_as_ecma_262_says() {
        let mut dice = Dice(1);
        let mut matched = 0;
        for _ in 0..3_000 {
            let pattern = dice.pattern();
            let known = regress::Regex::with_flags(&pattern, "u").or_else(|_| regress::Regex::new(&pattern));
            let Ok(known) = known else {
                assert!(regex(&pattern).is_err(), "{pattern}");
                continue;
            };
            let translated = match regex(&pattern) {
                Ok(translated) => translated,
                // Assertions that are repeated, and names that several groups have.
                Err(error) if error.contains("repeat operator") || error.contains("group name") => continue,
                Err(error) if error.contains("what it repeats refers to") => continue,
                Err(error) => panic!("{pattern} {error}"),
            };
            let ours = compiled(&translated).expect("it was compiled");
            for text in (0..20).map(|_| dice.text()) {
                let expected = known.find(&text).is_some();
                assert_eq!(ours.is_match(&text).ok(), Some(expected), "{pattern} as {translated} with {text:?}");
                matched += u32::from(expected);
            }
        }
        assert!(matched > 10_000);
    }

    #[test]
    fn a_text_takes_a_bounded_number_of_steps() {
        let matches = |pattern, text: &str| Patterns::default().read(pattern).expect("it is valid").may_match(text);
        let many = "a".repeat(50_001);
        assert!(!matches("^(a+)+$", &format!("{many}!")) && matches("^(a+)+$", &many));
        assert!(!matches(r"^(?:\.?[a-z](?:[-a-z]*[a-z])*)*$", &format!("{many}!")));
        assert!(!matches(r"^[\s\S]{1,50000}$", &many) && matches(r"^[\s\S]{1,50000}$", &many[1..]));
        assert!(!matches(r"^(?!.*\.\.)[a-z]+$", &format!("{many}..")));
        // After a million steps, the server decides.
        assert!(matches("^(?:(?=a)a+)+$", &format!("{}!", &many[..50])));
    }

    #[test]
    fn what_cannot_be_matched_says_why() {
        let reason = |pattern| regex(pattern).expect_err("it cannot be matched");
        assert!(reason("(").starts_with("is not a valid ECMA-262 regular expression: "), "{}", reason("("));
        assert!(reason("(?=a)*").starts_with("cannot be matched: "), "{}", reason("(?=a)*"));
        assert_eq!(reason(r"^(?:(a)|b\1)+$"), "cannot be matched: what it repeats refers to what it captures");
        assert!(regex(r"^(a)\1+$").is_ok() && regex(r"^(?:(a)\1)?$").is_ok());
        if regress::Regex::new("(?s:.)").is_ok() {
            assert_eq!(reason("^(?s:.+)$"), "cannot be matched: it changes what ends a line");
        }
    }
}
