//! Q024: objects in parameters.
//!
//! # What it is
//! The schema of a parameter is an object, or a list of objects, that stands inline.
//!
//! # Where it was seen
//! In documents that were held back.
//!
//! # Why it matters
//! progenitor writes every parameter as one text and fails on an object; how its members are sent is up to `style` and
//! `explode`.
//!
//! # The repair
//! The document stays. `generate` makes a type of it, named after the operation and the parameter, and writes its
//! members as the style says.
//!
//! # Before and after
//! ```yaml
//! parameters: [{name: filter, in: query, style: deepObject, schema: {type: object, properties: {colour: {type: string}}}}]
//! ```
//! ```text
//! call.filter(&types::ListItemsFilter::new().with_colour("red")) // ?filter[colour]=red
//! ```

use serde_json::Value;

use super::Repair;
use super::implied_type::implied;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q024";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let schema = node.value.get("schema").filter(|_| node.kind == Kind::Parameter);
    let Some(schema) = schema.filter(|schema| is_object(schema) || schema.get("items").is_some_and(is_object)) else {
        return;
    };
    let style = node.value.get("style").and_then(Value::as_str).unwrap_or("the default of its place");
    let what = if is_object(schema) { "an object" } else { "a list of objects" };
    found.push(Diagnostic::note(CODE, format!("this parameter is {what}; its style is {style}")).at(node.pointer));
}

fn is_object(schema: &Value) -> bool {
    implied(schema).or_else(|| schema.get("type")?.as_str()) == Some("object")
}
