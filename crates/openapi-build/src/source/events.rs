//! JSON as the events of YAML, with the place of each: for [`compose`](super::compose), where serde_json does not say what
//! stands where, and to locate pointers. `saphyr-parser` reads JSON too, but keeps all of it in memory, at eighty times its
//! size, because brackets may turn out to be a key.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, ScalarStyle, ScanError, Span};
use serde::de::IgnoredAny;

use super::compose::Finding;
use super::lenient::{self, finding};
use super::mend;

/// The events of a text that is JSON; comments, and commas that nothing follows, are skipped and reported.
pub(super) struct Events<'i> {
    text: &'i str,
    at: usize,
    /// A byte and its place, from which the next place is counted.
    marked: (usize, Marker),
    /// For each open collection whether it is a mapping.
    open: Vec<bool>,
    next: Next,
    /// Where a comma stands, as long as nothing follows it.
    comma: Option<usize>,
    /// What was read leniently: once for each kind.
    pub(super) findings: Vec<Finding>,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    /// A value.
    Value,
    /// The key or item of a collection, or its end.
    Entry,
    /// A comma, or the end of a collection.
    Comma,
    /// The end of the file.
    End,
    Nothing,
}

type Read<T> = Result<T, ScanError>;

impl<'i> Events<'i> {
    /// Those of `text`.
    pub(super) fn of(text: &'i str) -> Self {
        let marked = (0, Marker::new(0, 1, 0));
        Self { text, at: 0, marked, open: Vec::new(), next: Next::Value, comma: None, findings: Vec::new() }
    }

    /// Whether `text` begins as JSON does.
    pub(super) fn may_be(text: &str) -> bool {
        text.trim_start().starts_with(['{', '/'])
    }

    /// The place of the byte `at`, which must not stand before the byte of the previous call.
    fn mark(&mut self, at: usize) -> Marker {
        let (from, marker) = self.marked;
        let part = &self.text.as_bytes()[from..at];
        // The bytes of a character after its first count nothing.
        let characters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let (line, column) = match part.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => {
                let lines = part.iter().filter(|byte| **byte == b'\n').count();
                (marker.line() + lines, characters(&part[last + 1..]))
            }
            None => (marker.line(), marker.col() + characters(part)),
        };
        let index = marker.index() + characters(part);
        self.marked = (at, Marker::new(index, line, column));
        self.marked.1
    }

    fn wrong<T>(&mut self, message: &str) -> Read<T> {
        let at = self.at.min(self.text.len());
        Err(ScanError::new_str(self.mark(at), message))
    }

    fn find(&mut self, message: &str, at: usize, loses: bool) {
        if self.findings.iter().all(|found| found.message != message) {
            self.findings.push(Finding { loses, ..finding(message, lenient::place(self.text, at)) });
        }
    }

    fn skip(&mut self) {
        loop {
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            self.at += self.text.as_bytes()[self.at..].iter().take_while(|byte| blank(byte)).count();
            let rest = &self.text[self.at..];
            let length = match rest.get(..2) {
                Some("//") => rest.find('\n').unwrap_or(rest.len()),
                Some("/*") => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
                _ => return,
            };
            self.find(lenient::COMMENTS, self.at, false);
            self.at += length;
        }
    }

    fn step(&mut self) -> Read<Option<(Event<'i>, Span)>> {
        loop {
            self.skip();
            let byte = self.text.as_bytes().get(self.at).copied();
            let Some(byte) = byte else {
                return if self.next == Next::End { Ok(None) } else { self.wrong("the file ends too early") };
            };
            let in_mapping = self.open.last().copied();
            match (self.next, byte) {
                (Next::Comma, b',') => {
                    self.comma = Some(self.at);
                    self.at += 1;
                    self.next = Next::Entry;
                }
                (Next::Comma | Next::Entry, b'}') if in_mapping == Some(true) => {
                    return Ok(Some(self.close(Event::MappingEnd)));
                }
                (Next::Comma | Next::Entry, b']') if in_mapping == Some(false) => {
                    return Ok(Some(self.close(Event::SequenceEnd)));
                }
                (Next::Entry, b'"') if in_mapping == Some(true) => return self.key().map(Some),
                (Next::Entry, _) if in_mapping == Some(false) => return self.value(byte).map(Some),
                (Next::Value, _) => return self.value(byte).map(Some),
                _ => return self.wrong("this stands where JSON allows nothing of the kind"),
            }
        }
    }

    fn close(&mut self, event: Event<'i>) -> (Event<'i>, Span) {
        if self.next == Next::Entry
            && let Some(comma) = self.comma.take()
        {
            self.find(lenient::COMMAS, comma, false);
        }
        let mark = self.mark(self.at);
        self.at += 1;
        self.open.pop();
        self.after_value();
        (event, Span::empty(mark))
    }

    fn after_value(&mut self) {
        self.next = if self.open.is_empty() { Next::End } else { Next::Comma };
    }

    fn key(&mut self) -> Read<(Event<'i>, Span)> {
        let mark = self.mark(self.at);
        let text = self.string()?;
        self.skip();
        if !self.text[self.at..].starts_with(':') {
            return self.wrong("a key without a value");
        }
        self.at += 1;
        self.next = Next::Value;
        Ok((Event::Scalar(text, ScalarStyle::DoubleQuoted, 0, None), Span::empty(mark)))
    }

    fn value(&mut self, byte: u8) -> Read<(Event<'i>, Span)> {
        let mark = self.mark(self.at);
        let event = match byte {
            b'{' | b'[' => {
                self.at += 1;
                self.open.push(byte == b'{');
                (self.next, self.comma) = (Next::Entry, None);
                if byte == b'{' { Event::MappingStart(0, None) } else { Event::SequenceStart(0, None) }
            }
            b'"' => {
                let text = self.string()?;
                self.after_value();
                Event::Scalar(text, ScalarStyle::DoubleQuoted, 0, None)
            }
            _ => {
                let rest = &self.text[self.at..];
                let ends = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.');
                let text = &rest[..rest.find(ends).unwrap_or(rest.len())];
                if serde_json::from_str::<IgnoredAny>(text).is_err() {
                    return self.wrong("no value of JSON");
                }
                self.at += text.len();
                self.after_value();
                Event::Scalar(text.into(), ScalarStyle::Plain, 0, None)
            }
        };
        Ok((event, Span::empty(mark)))
    }

    /// Passes over the value that comes next, of a text that is known to be JSON.
    pub(super) fn pass_over(&mut self) {
        let bytes = self.text.as_bytes();
        let means = |byte: &u8| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b',');
        let mut depth = 0usize;
        while let Some(next) = bytes.get(self.at..).and_then(|rest| rest.iter().position(means)) {
            self.at += next;
            match bytes[self.at] {
                b'"' => self.at += string_length(&bytes[self.at..]).unwrap_or_default(),
                b'{' | b'[' => depth += 1,
                // The end of what the value stands in.
                _ if depth == 0 => break,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        self.after_value();
    }

    /// The string that begins here.
    fn string(&mut self) -> Read<Cow<'i, str>> {
        let start = self.at;
        let Some(length) = string_length(&self.text.as_bytes()[start..]) else {
            return self.wrong("a string that does not end");
        };
        let end = start + length;
        let inner = &self.text[start + 1..end];
        self.at = end + 1;
        if !inner.contains('\\') {
            return Ok(inner.into());
        }
        let quoted = &self.text[start..=end];
        let (quoted, halves) = mend::without_halves(quoted);
        if halves {
            self.find(mend::HALF, start, true);
        }
        match serde_json::from_str(&quoted) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => self.wrong("an escape that JSON does not know"),
        }
    }
}

/// How far from the quote that `bytes` begins with the one is that ends the string.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut end = 1;
    loop {
        end += bytes.get(end..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        if bytes[end] == b'"' {
            return Some(end);
        }
        end += 2;
    }
}

impl<'i> Iterator for Events<'i> {
    type Item = Read<(Event<'i>, Span)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == Next::Nothing {
            return None;
        }
        let event = self.step().transpose();
        if !matches!(event, Some(Ok(_))) {
            self.next = Next::Nothing;
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use saphyr_parser::Parser;

    use super::*;

    #[test]
    fn the_events_are_those_of_yaml() {
        let text = "{\n \"a\": [1, -2.5, true, null, \"é\\u00e9\\\"\", [], {}], \"é\": {\"b\": \"c\"},\n\"d\": 1e3}\n";
        let of_yaml: Vec<_> = Parser::new_from_str(text).flatten().collect();
        let wanted = of_yaml.iter().filter(|(event, _)| {
            !matches!(event, Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd)
        });
        let wanted: Vec<_> = wanted.map(|(event, span)| (event.clone(), span.start)).collect();
        let found: Vec<_> = Events::of(text).map(|event| event.map(|(event, span)| (event, span.start))).collect();
        assert_eq!(found.into_iter().collect::<Result<Vec<_>, _>>().ok(), Some(wanted));
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        for text in [
            "{",
            "{a: 1}",
            "{\"a\"}",
            "{\"a\": }",
            "{\"a\": b}",
            "{\"a\": \"\\x\"}",
            "{\"a\": 007}",
            "{\"a\": 1-2}",
            "{\"a\": 1.}",
            "{\"a\": -}",
            "{\"a\": }",
            "{\"a\": 1} 2",
            "{]",
            "{\"a",
            "{\"a\\",
            "[1 2]",
        ] {
            assert!(Events::of(text).any(|event| event.is_err()), "{text}");
        }
        let lenient = "// a\n{\"a\": [1, 2,], /* b */}\n";
        assert!(Events::may_be(lenient) && Events::of(lenient).all(|event| event.is_ok()));
        assert!(!Events::may_be("a: 1"));
    }
}
