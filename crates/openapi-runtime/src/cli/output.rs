//! Answers as they are printed.

use std::io::Write;

use super::failure::{ANSWER, Failed};
use crate::codegen::Tree;
use crate::response::Reply;

/// How answers of JSON are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Yaml,
    Table,
}

impl Format {
    pub(super) const NAMES: [&str; 3] = ["json", "yaml", "table"];

    pub(super) fn of(name: &str) -> Self {
        match name {
            "yaml" => Self::Yaml,
            "table" => Self::Table,
            _ => Self::Json,
        }
    }

    /// The text of `value`. `items` is where a table finds its rows.
    pub(super) fn text(self, value: &Tree, items: Option<&str>) -> Result<String, Failed> {
        let failed = |error: String| Failed::new(ANSWER, format!("the answer cannot be printed: {error}"));
        match self {
            Self::Json => {
                let text = serde_json::to_string_pretty(value).map_err(|error| failed(error.to_string()))?;
                Ok(text + "\n")
            }
            Self::Yaml => serde_norway::to_string(value).map_err(|error| failed(error.to_string())),
            Self::Table => Ok(table(value, items)),
        }
    }
}

/// The value of an answer, if it is JSON.
pub(super) fn value(reply: &Reply) -> Result<Option<Tree>, Failed> {
    let stated = reply.stated_media_type();
    if stated.is_empty() {
        return Ok(serde_json::from_slice(&reply.body).ok());
    }
    if stated != "application/json" && !stated.ends_with("+json") {
        return Ok(None);
    }
    let read = serde_json::from_slice(&reply.body);
    read.map(Some).map_err(|error| {
        let status = reply.status;
        Failed::new(
            ANSWER,
            format!("the server answered {status}, and the body is not JSON, as its `Content-Type` says: {error}"),
        )
    })
}

/// Prints an answer: JSON in `format`, anything else as it is.
pub(super) fn print(reply: &Reply, format: Format, items: Option<&str>, output: &mut dyn Write) -> Result<(), Failed> {
    if reply.body.is_empty() {
        return Ok(());
    }
    match value(reply)? {
        Some(value) => output.write_all(format.text(&value, items)?.as_bytes())?,
        None => output.write_all(&reply.body)?,
    }
    Ok(output.flush()?)
}

/// What stands at a JSON pointer.
pub(super) fn at<'a>(value: &'a Tree, pointer: &str) -> Option<&'a Tree> {
    pointer.split('/').skip(1).try_fold(value, |value, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        let Tree::Object(members) = value else { return None };
        members.iter().rev().find(|(name, _)| *name == step).map(|(_, value)| value)
    })
}

/// The rows of an answer: the items of its list, where it has one.
fn rows<'a>(value: &'a Tree, items: Option<&str>) -> Option<&'a [Tree]> {
    if let Some(Tree::List(items)) = items.and_then(|pointer| at(value, pointer)) {
        return Some(items);
    }
    match value {
        Tree::List(items) => Some(items),
        Tree::Object(members) => {
            let of_objects = |value: &'a Tree| match value {
                Tree::List(items) if items.iter().all(|item| matches!(item, Tree::Object(_))) => Some(items.as_slice()),
                _ => None,
            };
            let mut lists = members.iter().filter_map(|(_, value)| of_objects(value));
            lists.next().filter(|_| lists.next().is_none())
        }
        Tree::Scalar(_) => None,
    }
}

/// A table: of a list, a row for each item and a column for each member that an item has; of anything else, a row for each
/// member.
fn table(value: &Tree, items: Option<&str>) -> String {
    let Some(rows) = rows(value, items) else {
        let Tree::Object(members) = value else { return cell(value) + "\n" };
        return aligned(&members.iter().map(|(name, value)| vec![clean(name), cell(value)]).collect::<Vec<_>>());
    };
    let mut columns: Vec<&str> = Vec::new();
    for row in rows {
        if let Tree::Object(members) = row {
            for (name, _) in members {
                if !columns.contains(&name.as_str()) {
                    columns.push(name);
                }
            }
        }
    }
    if columns.is_empty() {
        return rows.iter().map(|row| cell(row) + "\n").collect();
    }
    let mut lines = vec![columns.iter().map(|column| clean(column).to_uppercase()).collect::<Vec<_>>()];
    for row in rows {
        let of_column = |column: &&str| at(row, &pointer(column)).map(cell).unwrap_or_default();
        lines.push(columns.iter().map(of_column).collect());
    }
    aligned(&lines)
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A value in a cell: text as it is, and what has structure as JSON.
fn cell(value: &Tree) -> String {
    match value {
        Tree::Scalar(serde_json::Value::Null) => String::new(),
        Tree::Scalar(serde_json::Value::String(text)) => clean(text),
        other => clean(&other.to_string()),
    }
}

/// The longest cell, in characters.
const WIDEST: usize = 60;

/// On one line, of bounded length, and without what would change a terminal.
fn clean(text: &str) -> String {
    let line = crate::redact::one_line(text);
    if line.chars().count() <= WIDEST { line } else { line.chars().take(WIDEST - 1).chain(['…']).collect() }
}

fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(format: Format, json: &str, items: Option<&str>) -> String {
        let value: Tree = serde_json::from_str(json).expect("JSON");
        format.text(&value, items).unwrap_or_else(|failed| panic!("{}", failed.message))
    }

    #[test]
    fn a_table_has_a_row_for_each_item_and_a_column_for_each_member() {
        let page = r#"{"meta":{"next":null},"data":[{"id":"é1","n":5},{"id":"b\u001b[31m","tags":["x"],"n":null}]}"#;
        let expected = "ID           N  TAGS\né1           5\nb\\u{1b}[31m     [\"x\"]\n";
        assert_eq!(shown(Format::Table, page, Some("/data")), expected);
        assert_eq!(shown(Format::Table, page, None), expected, "it is the only list of objects");
        assert_eq!(shown(Format::Table, r#"{"id":"a","name":"b\nc"}"#, None), "id    a\nname  b c\n");
        assert_eq!(shown(Format::Table, r#"["a",1]"#, None), "a\n1\n");
        assert_eq!(shown(Format::Table, "[]", None), "");
        assert_eq!(shown(Format::Table, r#""a""#, None), "a\n");
    }

    #[test]
    fn members_keep_their_order_and_texts_stay_texts() {
        let json = r#"{"b":"true","a":[1,"1",1.5,null,true],"c":{}}"#;
        assert_eq!(shown(Format::Yaml, json, None), "b: 'true'\na:\n- 1\n- '1'\n- 1.5\n- null\n- true\nc: {}\n");
        assert_eq!(shown(Format::Json, r#"{"b":1,"a":[]}"#, None), "{\n  \"b\": 1,\n  \"a\": []\n}\n");
    }
}
