//! YAML and JSON to a tree: JSON by serde_json, and what is no JSON by [`compose`], both as leniently as the meaning of the
//! file is certain. `serde_yaml` stands behind this file alone: it writes YAML, and reads what `saphyr-parser` refuses.

use saphyr_parser::ScanError;
use serde_json::Value;

use super::compose::{self, Finding, MAX_DEPTH, Stop};
use super::json::{self, Read};
use super::lenient;
use crate::normalize::dates::is_date_to_some;

/// Why a text is no tree.
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) help: &'static str,
}

/// Why a text is no YAML, with the place.
fn failure(message: impl Into<String>, (line, column): (usize, usize), help: &'static str) -> Failure {
    Failure { code: "S005", message: message.into(), line, column, help }
}

const AGAIN: &str = "fetch it again from its origin";

/// The tree that `text` is, if it has at most `limit` nodes, and what was read leniently.
pub(super) fn parse(text: &str, limit: usize) -> Result<(Value, Vec<Finding>), Failure> {
    // A parser that recurses is not asked to read what would exhaust its stack.
    if let Some(place) = too_deep(text) {
        return Err(deep(place));
    }
    let (text, mut findings) = lenient::printable(text).map_err(|place| {
        let message = "this is no YAML or JSON: a control character stands here";
        failure(message, place, "it may be a binary file; fetch it again from its origin")
    })?;
    if text.trim_start().starts_with('<') {
        let what = if lenient::is_page(&text) { "an HTML page" } else { "XML" };
        let message = format!("this is {what}, and no YAML or JSON");
        return Err(failure(
            message,
            (1, 1),
            "save the definition itself, or let `cargo oas bump` find it in the page",
        ));
    }
    if let Some(tree) = read_json(&text, limit)? {
        return Ok((tree, findings));
    }
    if let Some((plain, found)) = lenient::plain_json(&text) {
        let read = match read_json(&plain, limit)? {
            Some(tree) => Some((tree, Vec::new())),
            // An object of JavaScript is YAML but for these.
            None => parse_other(&plain, limit).ok(),
        };
        if let Some((tree, more)) = read {
            findings.extend(found.into_iter().chain(more));
            return Ok((tree, findings));
        }
    }
    let (tree, more) = parse_other(&text, limit)?;
    findings.extend(more);
    Ok((tree, findings))
}

/// The largest text in braces that is read as YAML: its parser takes eighty times the memory, because they may be a key.
const MAX_FLOW: usize = 16 * 1024 * 1024;

/// The tree of a text that serde_json does not read.
fn parse_other(text: &str, limit: usize) -> Result<(Value, Vec<Finding>), Failure> {
    if !text.trim_start().starts_with('{') {
        return parse_yaml(text, limit);
    }
    match compose::compose_json(text, limit) {
        Ok(read) => Ok(read),
        Err(Stop::Syntax(error, open)) if text.len() > MAX_FLOW => Err(syntax(text, &error, open)),
        Err(Stop::Syntax(..)) => parse_yaml(text, limit),
        Err(stop) => Err(stopped(&stop, text, limit)),
    }
}

/// The message for what ends the reading of `text`.
fn stopped(stop: &Stop, text: &str, limit: usize) -> Failure {
    match stop {
        Stop::Depth(line, column) => deep((*line, *column)),
        Stop::Nodes(line, column) => large((*line, *column), limit),
        Stop::Copies(line, column) => {
            let message = "the names (`&name`) and aliases (`*name`) up to here stand for more nodes than are read";
            failure(message, (*line, *column), "write out what they name, where it is meant")
        }
        Stop::Syntax(error, open) => syntax(text, error, *open),
    }
}

/// The tree that `text` is, if it is JSON.
fn read_json(text: &str, limit: usize) -> Result<Option<Value>, Failure> {
    match json::parse(text, limit) {
        Read::Tree(tree) => Ok(Some(tree)),
        Read::Truncated { line, column, within } => {
            let message = format!("this file ends in the middle of {within}: it is truncated");
            Err(failure(message, (line, column), AGAIN))
        }
        Read::Large => Err(large((1, 1), limit)),
        Read::Other => Ok(None),
    }
}

fn deep(place: (usize, usize)) -> Failure {
    let message = format!("this document is nested more than {MAX_DEPTH} levels deep");
    failure(message, place, "no definition needs that; fetch it again from its origin")
}

fn large(place: (usize, usize), limit: usize) -> Failure {
    let message = format!("this file has more than {limit} values");
    let help = "split the document into several files, or allow larger ones (`max_bytes`)";
    Failure { code: "S002", ..failure(message, place, help) }
}

/// Reads a text that is neither too deep nor binary.
pub(super) fn parse_yaml(text: &str, limit: usize) -> Result<(Value, Vec<Finding>), Failure> {
    let text = lenient::whole_characters(text);
    let failure = match compose::compose(&text, limit) {
        Ok(read) => return Ok(read),
        Err(stop @ Stop::Syntax(..)) => stopped(&stop, &text, limit),
        Err(stop) => return Err(stopped(&stop, &text, limit)),
    };
    if let Some((spaced, found)) = lenient::without_tabs(&text)
        && let Ok((tree, mut findings)) = compose::compose(&spaced, limit)
    {
        findings.insert(0, found);
        return Ok((tree, findings));
    }
    match serde_yaml::from_str::<Value>(&text) {
        Ok(tree) if tree.is_object() => {
            let message = "this breaks a rule of YAML 1.2; it is read as an older reader does".to_owned();
            let (line, column, help) = (failure.line, failure.column, "correct it where it was published");
            Ok((tree, vec![Finding { message, pointer: String::new(), line, column, help, loses: false }]))
        }
        _ => Err(failure),
    }
}

/// The message for an error of the parser, which stopped within the collection `open`.
fn syntax(text: &str, error: &ScanError, open: Option<&str>) -> Failure {
    let marker = error.marker();
    let place = (marker.line().max(1), marker.col() + 1);
    if error.info().contains("quoted scalar, found unexpected end of stream") {
        let message =
            "this file ends in the middle of a text: it is truncated, or the quote that opens here is not closed";
        return failure(message, place, AGAIN);
    }
    let at_end = text.chars().skip(marker.index()).all(char::is_whitespace);
    match open.filter(|_| at_end) {
        Some(within) => failure(format!("this file ends in the middle of {within}: it is truncated"), place, AGAIN),
        None => failure(
            format!("this is no YAML or JSON that can be read: {}", error.info()),
            place,
            "fetch the file again from its origin, or correct it there",
        ),
    }
}

/// Where brackets open too deep for any reader; block collections are bounded by [`compose`].
fn too_deep(text: &str) -> Option<(usize, usize)> {
    let mut depth = 0usize;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 10 * MAX_DEPTH {
            return Some(lenient::place(text, index));
        }
    }
    None
}

/// Marks a text that is to be written in quotes: a character for private use, which no definition has.
const QUOTED: char = '\u{f8ff}';

/// `tree` as YAML; as JSON, which is YAML too, should the writer refuse it. A text that readers of YAML 1.1 take for a date
/// is written in quotes.
pub(super) fn write(tree: &Value) -> String {
    let mut marked = tree.clone();
    let marks = mark(&mut marked);
    match serde_yaml::to_string(&marked) {
        Ok(text) if text.matches(QUOTED).count() == marks => text.replace(QUOTED, "'"),
        // The document has the mark itself.
        Ok(_) => serde_yaml::to_string(tree).unwrap_or_default(),
        Err(_) => format!("{tree:#}\n"),
    }
}

/// Marks the texts that are to be written in quotes; gives back the number of marks.
fn mark(tree: &mut Value) -> usize {
    match tree {
        Value::String(text) if is_date_to_some(text) => {
            *text = format!("{QUOTED}{text}{QUOTED}");
            2
        }
        Value::Array(items) => items.iter_mut().map(mark).sum(),
        Value::Object(object) => object.values_mut().map(mark).sum(),
        _ => 0,
    }
}
