//! Q040: objects without what makes them.
//!
//! # What it is
//! A parameter has no `name` or no `in`, a security scheme no `type` or not what its type needs, a discriminator no
//! `propertyName`; or the name of a media type is what no header can hold.
//!
//! # Where it was seen
//! In public definitions that are written by hand.
//!
//! # Why it matters
//! Nobody can know where the parameter is to be sent, or what proves who calls.
//!
//! # The repair
//! The parameter, the media type or the discriminator is left out. The security scheme is left out too, and nobody can meet what
//! requires it: to ask for no credential would be another meaning. A warning says so.
//!
//! # Before and after
//! ```yaml
//! parameters: [{name: limit, schema: {type: integer}}, {name: page, in: query, schema: {type: integer}}]
//! ```
//! ```yaml
//! parameters: [{name: page, in: query, schema: {type: integer}}]
//! ```

use std::collections::HashSet;

use serde_json::Value;

use super::leave_out::leave_out;
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind, Node};
use crate::lock::Lock;
use crate::media_type;

const CODE: &str = "Q040";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let mut gone = HashSet::new();
    let (mut media_types, mut discriminators) = (Vec::new(), Vec::new());
    let _ = grammar::live_from(document, Kind::Document, "", &mut |node| {
        if node.reference().is_some() {
            return Ok::<(), ()>(());
        }
        let mut say = |message: String, pointer: &str, help: &str| {
            report.add(Diagnostic::warning(CODE, message).at(pointer).help(help));
        };
        if let Some(key) = missing(node) {
            let message = format!("this {} has no `{key}`; it is left out", node.kind.name());
            say(message, node.pointer, "add it in an overlay");
            gone.insert(node.pointer.to_owned());
        }
        let discriminator = node.value.get("discriminator").filter(|_| node.kind == Kind::Schema);
        if discriminator.is_some_and(|it| it.get("propertyName").is_none_or(|name| !name.is_string())) {
            let pointer = format!("{}/discriminator", node.pointer);
            say("this discriminator has no `propertyName`; it is ignored".into(), &pointer, "add it in an overlay");
            discriminators.push(node.pointer.to_owned());
        }
        let visible = |c: char| c == ' ' || c.is_ascii_graphic();
        if let Some(name) = media_type::of(node).filter(|name| !name.chars().all(visible)) {
            let message = format!("{name:?} is no media type, because a header cannot hold it; it is left out");
            say(message, node.pointer, "write it as `type/subtype`, in visible ASCII, in an overlay");
            media_types.push(node.pointer.to_owned());
        }
        Ok(())
    });
    for pointer in discriminators {
        if let Some(schema) = document.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            schema.shift_remove("discriminator");
        }
    }
    for pointer in media_types {
        let Some((content, _)) = pointer.rsplit_once('/') else { continue };
        if let Some(content) = document.pointer_mut(content).and_then(Value::as_object_mut) {
            content.shift_remove(&crate::pointer::last_token(&pointer));
        }
    }
    leave_out(document, &gone, report);
}

/// The field without which the object is nothing.
fn missing(node: Node<'_>) -> Option<&'static str> {
    let text = |key: &str| node.value.get(key).and_then(Value::as_str);
    let first = |keys: &[&'static str]| keys.iter().copied().find(|key| text(key).is_none());
    match node.kind {
        Kind::Parameter => first(&["name", "in"]),
        _ => None,
    }
}
