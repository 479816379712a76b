//! YAML and JSON to a tree. `serde_yaml` stands behind this file alone.

use serde_json::{Map, Number, Value};
use serde_yaml::Value as Yaml;

use crate::normalize::dates::is_date_to_some;

/// How deep a document may be nested. The deepest that Confluent publishes has 36 levels; serde_yaml itself stops at 128.
const MAX_DEPTH: usize = 128;

/// Why a text is no tree.
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) help: &'static str,
}

pub(super) fn parse(text: &str) -> Result<Value, Failure> {
    // A parser that recurses is not asked to read what would exhaust its stack.
    if let Some((line, column)) = too_deep(text) {
        let message = format!("this document is nested more than {MAX_DEPTH} levels deep");
        return Err(Failure {
            message,
            line,
            column,
            help: "no definition needs that; fetch it again from its origin",
        });
    }
    if let Some((line, column)) = unprintable(text) {
        let message = "this is no YAML or JSON: a control character stands here".to_owned();
        return Err(Failure { message, line, column, help: "it may be a binary file; fetch it again from its origin" });
    }
    match super::json::parse(text) {
        Some(tree) => Ok(tree),
        None => parse_yaml(text),
    }
}

/// Reads a text that is neither too deep nor binary.
pub(super) fn parse_yaml(text: &str) -> Result<Value, Failure> {
    let yaml: Yaml = serde_yaml::from_str(text).map_err(|error| {
        let location = error.location();
        let message = error.to_string();
        let help = if message.contains("duplicate") {
            "keep one of the two"
        } else {
            "fetch the file again from its origin, or mend it there"
        };
        Failure {
            message: format!("this is no YAML or JSON that can be read: {message}"),
            line: location.as_ref().map_or(1, serde_yaml::Location::line),
            column: location.as_ref().map_or(1, serde_yaml::Location::column),
            help,
        }
    })?;
    convert(yaml).map_err(|message| Failure { message, line: 1, column: 1, help: "mend it where it was published" })
}

/// Where brackets open too deep for any reader; block collections are bounded by serde_yaml itself.
fn too_deep(text: &str) -> Option<(usize, usize)> {
    let (mut depth, mut line, mut column) = (0usize, 1, 0);
    for c in text.chars() {
        column += 1;
        match c {
            '\n' => {
                line += 1;
                column = 0;
            }
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 10 * MAX_DEPTH {
            return Some((line, column));
        }
    }
    None
}

/// Where the first character stands that YAML does not allow (YAML 1.2.2, 5.1).
fn unprintable(text: &str) -> Option<(usize, usize)> {
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    let before = &text[..text.find(|c| !allowed(c))?];
    let line = 1 + before.matches('\n').count();
    Some((line, 1 + before.chars().rev().take_while(|c| *c != '\n').count()))
}

fn convert(yaml: Yaml) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::String(text) => Value::String(text),
        Yaml::Number(number) => Value::Number(convert_number(&number)?),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(convert).collect::<Result<_, _>>()?),
        Yaml::Mapping(mapping) => {
            let mut object = Map::new();
            for (key, value) in mapping {
                let key = match key {
                    Yaml::String(text) => text,
                    Yaml::Number(number) => number.to_string(),
                    Yaml::Bool(value) => value.to_string(),
                    Yaml::Null => "null".into(),
                    _ => return Err("a key of a mapping is itself a mapping or a list".into()),
                };
                if key == "<<" {
                    return Err("merge keys (`<<`) are not part of YAML 1.2".into());
                }
                if object.contains_key(&key) {
                    return Err(format!("the key `{key}` stands twice, once as a number and once as a string"));
                }
                object.insert(key, convert(value)?);
            }
            Value::Object(object)
        }
        // OpenAPI knows no tags; the value is what counts.
        Yaml::Tagged(tagged) => convert(tagged.value)?,
    })
}

fn convert_number(number: &serde_yaml::Number) -> Result<Number, String> {
    if let Some(value) = number.as_i64() {
        Ok(value.into())
    } else if let Some(value) = number.as_u64() {
        Ok(value.into())
    } else {
        let value = number.as_f64().unwrap_or(f64::NAN);
        Number::from_f64(value).ok_or_else(|| format!("`{number}` is no number that JSON knows"))
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
