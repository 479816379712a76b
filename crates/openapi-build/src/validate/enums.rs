//! The values of an `enum` are of one type, and of the schema's where it states one. `null` may stand among them.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};
use crate::json_type::{is_of_type, with_article};

pub(super) fn check(node: Node<'_>) -> Result<(), Diagnostic> {
    let values = node.value.get("enum").and_then(Value::as_array).filter(|_| node.kind == Kind::Schema);
    let mut values = values.into_iter().flatten().enumerate().filter(|(_, value)| !value.is_null());
    let Some((_, first)) = values.clone().next() else { return Ok(()) };
    let stated = node.value.get("type").and_then(Value::as_str);
    let misfit = values.find(|(_, value)| match stated {
        Some(stated) => !is_of_type(value, stated),
        None => with_article(value) != with_article(first),
    });
    let Some((index, value)) = misfit else { return Ok(()) };
    let wanted =
        stated.map_or_else(|| format!("the first is {}", with_article(first)), |of| format!("the type is {of}"));
    Err(Diagnostic::error("V011", format!("`{value}` is {}, and {wanted}", with_article(value)))
        .at(format!("{}/enum/{index}", node.pointer))
        .help("make the values of one type in an overlay; YAML takes true, null and 1 for what they look like"))
}
