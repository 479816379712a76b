//! YAML and JSON to a tree: JSON by serde_json, and what is no JSON by [`compose`], both as leniently as the meaning of the
//! file is certain. `serde_yaml` stands behind this file alone: it writes YAML, and reads what `saphyr-parser` refuses.

use std::cell::Cell;

use saphyr_parser::ScanError;
use serde_json::Value;

use super::compose::{self, COPIES, Composed, Finding, MAX_DEPTH, Stop};
use super::json::{self, Read};
use super::locate::Layout;
use super::{cut, lenient, mend};
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
pub(super) fn parse(text: &str, limit: usize) -> Result<Composed, Failure> {
    let (text, findings) = lenient::printable(text).map_err(|place| {
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
    let mut read = parse_printable(&text, limit)?;
    if !findings.is_empty() {
        read.findings.splice(0..0, findings);
        read.layout = Layout::Unknown;
    }
    Ok(read)
}

/// The tree of a text without control characters.
fn parse_printable(text: &str, limit: usize) -> Result<Composed, Failure> {
    if let Some(tree) = read_json(text, limit)? {
        return Ok(Composed { tree, findings: Vec::new(), layout: Layout::Json });
    }
    if let Some((plain, found)) = lenient::plain_json(text) {
        let read = match read_json(&plain, limit)? {
            Some(tree) => Some((tree, Vec::new())),
            // An object of JavaScript is YAML but for these.
            None => parse_other(&plain, limit).ok().map(|read| (read.tree, read.findings)),
        };
        if let Some((tree, mut more)) = read {
            // Each kind is reported where the first of it stands.
            more.retain(|finding| found.iter().all(|found| found.message != finding.message));
            let findings = found.into_iter().chain(more).collect();
            return Ok(Composed { tree, findings, layout: Layout::Unknown });
        }
    }
    parse_other(text, limit)
}

/// The largest text in braces that is read as YAML: its parser takes eighty times the memory, because they may be a key.
/// No larger one is read by the older reader, which keeps all of a file in memory.
const MAX_FLOW: usize = 16 * 1024 * 1024;

/// The tree of a text that serde_json does not read.
fn parse_other(text: &str, limit: usize) -> Result<Composed, Failure> {
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

/// Reads a text that is not binary.
pub(super) fn parse_yaml(text: &str, limit: usize) -> Result<Composed, Failure> {
    let stop = match compose::compose(text, limit) {
        Ok(read) => return whole(text, read),
        Err(stop) => stop,
    };
    let failure = stopped(&stop, text, limit);
    if !matches!(stop, Stop::Syntax(..)) {
        return Err(failure);
    }
    let read = parse_repaired(text, limit)?.or_else(|| parse_older(text, limit, &failure));
    read.ok_or(failure)
}

/// What was read of `text`, unless the text was cut before its end.
fn whole<T>(text: &str, read: T) -> Result<T, Failure> {
    match cut::within_key(text) {
        None => Ok(read),
        Some((line, column, owner)) => {
            let message = format!("this file ends in the middle of a key of `{owner}`: it is truncated");
            Err(failure(message, (line, column), AGAIN))
        }
    }
}

/// The tree of a text that is YAML once it is repaired.
fn parse_repaired(text: &str, limit: usize) -> Result<Option<Composed>, Failure> {
    let read = |text: &str, found: Vec<Finding>| match compose::compose(text, limit) {
        // A repair moves nothing to another line.
        Ok(read) => Ok(Some(Composed { findings: found.into_iter().chain(read.findings).collect(), ..read })),
        Err(Stop::Syntax(..)) => Ok(None),
        Err(stop) => Err(stopped(&stop, text, limit)),
    };
    let mended = |text: &str, found: Vec<Finding>| match mend::mended(text) {
        Some((text, more)) => read(&text, found.into_iter().chain(more).collect()),
        None => Ok(None),
    };
    if let Some(read) = mended(text, Vec::new())? {
        return Ok(Some(read));
    }
    let Some((spaced, found)) = lenient::without_tabs(text) else { return Ok(None) };
    match read(&spaced, vec![found.clone()])? {
        Some(read) => Ok(Some(read)),
        None => mended(&spaced, vec![found]),
    }
}

/// The tree of a text that only a reader of YAML 1.1 reads. It says nothing of how values are written; where keys stand
/// twice or merge, or a number may stand for a text, that would change what the text means, and `failure` stands.
fn parse_older(text: &str, limit: usize, failure: &Failure) -> Option<Composed> {
    if text.len() > MAX_FLOW || is_deep(text) {
        return None;
    }
    // Its aliases may stand for as many nodes as elsewhere.
    let limit = limit.min(COPIES + text.len());
    let tree = json::read(serde_yaml::Deserializer::from_str(text), limit, &Cell::new(0)).ok()?;
    let message =
        "this breaks a rule of YAML 1.2; it is read by a reader of YAML 1.1, which loses how values are written";
    let (message, pointer, help) = (message.to_owned(), String::new(), "correct it where it was published");
    let found = Finding { message, pointer, line: failure.line, column: failure.column, help, loses: true };
    tree.is_object().then(|| Composed { tree, findings: vec![found], layout: Layout::Unknown })
}

/// Whether brackets may be nested so deep that an older reader takes long.
fn is_deep(text: &str) -> bool {
    let mut depth = 0usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
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
