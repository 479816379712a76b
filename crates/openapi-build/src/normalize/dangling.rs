//! Q037: references that lead nowhere.
//!
//! # What it is
//! A `$ref` leads to a place that does not exist, to a file that is not there, or to an object that cannot stand in its place.
//!
//! # Where it was seen
//! In many public definitions: parts of a definition that was split, of which one was not published.
//!
//! # Why it matters
//! One reference that leads nowhere must not keep anybody from having a client.
//!
//! # The repair
//! What it stands for is unknown. A schema is any value, that of a path parameter a text; an alternative of a union is left out,
//! because any value would swallow the others; `not` is left out, because it would accept nothing, and so are `if`, `then` and
//! `else`; a request body is any value; a response keeps its status; a parameter or a header
//! is left out (quirk Q033 declares a path parameter as a text); a security scheme is left out, and nobody can meet what requires
//! it. A warning says so.
//!
//! # Before and after
//! ```yaml
//! Pet: {type: object, properties: {owner: {$ref: '#/components/schemas/Owner'}}}
//! ```
//! ```yaml
//! Pet: {type: object, properties: {owner: {}}}
//! ```

use std::collections::HashSet;

use serde_json::Value;

use super::leave_out::{condition, fate, is_alternative, leave_out};
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind};
use crate::lock::Lock;

pub(crate) const CODE: &str = "Q037";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

/// How long a chain of references may be.
const CHAIN: usize = 64;

/// Where a reference leads in the end.
pub(super) enum End {
    Fine,
    Nowhere,
    /// To an object of that kind, which is not the one that belongs there.
    Wrong(Option<Kind>),
    /// To a further reference that is one of the above.
    Later,
    Circle,
}

impl End {
    pub(super) fn of(document: &Value, kind: Kind, first: &str) -> Self {
        let mut reference = first;
        for step in 0..CHAIN {
            let target = reference.strip_prefix('#').and_then(|pointer| Some((pointer, crate::pointer::find(document, pointer)?)));
            let here = |end| if step == 0 { end } else { Self::Later };
            let Some((pointer, value)) = target else { return here(Self::Nowhere) };
            let found = grammar::kind_at(pointer);
            if found != Some(kind) {
                return here(Self::Wrong(found));
            }
            match grammar::reference(value) {
                Some(next) => reference = next,
                None => return Self::Fine,
            }
        }
        Self::Circle
    }
}

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let mut gone = HashSet::new();
    let _ = grammar::live_from(document, Kind::Document, "", &mut |node| {
        let Some(reference) = node.reference() else { return Ok::<(), ()>(()) };
        let what = match End::of(document, node.kind, reference) {
            End::Fine | End::Circle => return Ok(()),
            // What the further reference becomes is good enough, except where any value would be wrong.
            End::Later if node.kind == Kind::Schema && !is_alternative(node.pointer) && condition(node.pointer).is_none() => {
                return Ok(());
            }
            End::Later if matches!(node.kind, Kind::RequestBody | Kind::Response) => return Ok(()),
            End::Later | End::Nowhere => "leads nowhere".to_owned(),
            End::Wrong(Some(kind)) => {
                format!("leads to {}, where {} belongs", kind.with_article(), node.kind.with_article())
            }
            End::Wrong(None) => format!("leads to something else than {}", node.kind.with_article()),
        };
        let message = format!("`{reference}` {what}; {}", fate(document, node.kind, node.pointer));
        let help = match reference.starts_with('#') {
            true => "define what it refers to, or correct it, in an overlay",
            false => "put the file beside the document, or correct the reference in an overlay",
        };
        report.add(Diagnostic::warning(CODE, message).at(node.pointer).help(help));
        gone.insert(node.pointer.to_owned());
        Ok(())
    });
    leave_out(document, &gone, report);
}
