//! `x-sunset`: the day on which something goes, and what that means for its removal.

use serde_json::Value;

use super::effective::resolve;
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind, OPENAPI_3};
use crate::track::change::{Change, Changes, Wire};
use crate::track::{Date, Options};

/// The extension.
pub(in crate::track) const FIELD: &str = "x-sunset";

/// The objects that may have it.
pub(in crate::track) const HOLDERS: [Kind; 4] = [Kind::Operation, Kind::Parameter, Kind::Header, Kind::Schema];

/// The day that a value of `x-sunset` states.
pub(in crate::track) fn day_of(value: &Value) -> Option<Date> {
    value.as_str().and_then(Date::stated)
}

/// Judges what is gone by its day, if `before`, the old document, states one.
pub(super) fn judge(found: &mut Changes, before: &Value, options: &Options) {
    for change in &mut found.changes {
        if let Some(stated) = stated(change, before) {
            removed(change, stated, options.today);
        }
    }
}

/// The `x-sunset` of what a change removes.
fn stated<'v>(change: &Change, before: &'v Value) -> Option<&'v Value> {
    let (Some(old), None) = (&change.old, &change.new) else { return None };
    let kind = grammar::kind_at(&old.pointer).filter(|kind| HOLDERS.contains(kind))?;
    let is_property = old.pointer.rsplit('/').nth(1) == Some("properties");
    if kind == Kind::Schema && !is_property {
        return None;
    }
    let value = before.pointer(&old.pointer)?;
    value.get(FIELD).or_else(|| resolve(before, value).get(FIELD))
}

fn removed(change: &mut Change, stated: &Value, today: Option<Date>) {
    let Some(day) = day_of(stated) else {
        change.why.push_str(&format!("; its {FIELD} is not a date"));
        return;
    };
    match today {
        Some(today) if today >= day => {
            change.wire = Wire::Safe;
            change.why = format!("it was to go on {day}");
        }
        // What no client sends or reads was promised to nobody.
        Some(_) if change.wire != Wire::Safe => {
            change.wire = Wire::Breaks;
            change.why = format!("it was promised until {day}; {}", change.why);
        }
        _ => change.why.push_str(&format!("; it was to go on {day}")),
    }
}

/// A warning for each `x-sunset` of `document` that is not a date.
pub(super) fn check(document: &Value) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    let Ok(()) =
        grammar::from_by::<std::convert::Infallible>(document, Kind::Document, "", &OPENAPI_3.field, &mut |node| {
            let stated = node.value.get(FIELD).filter(|_| HOLDERS.contains(&node.kind));
            if let Some(stated) = stated.filter(|stated| day_of(stated).is_none()) {
                let message = format!("`{FIELD}: {}` is not a date", super::walk::short(stated));
                let warning = Diagnostic::warning("T008", message).at(format!("{}/{FIELD}", node.pointer));
                warnings.push(warning.help("write YYYY-MM-DD, a date-time, or a date as HTTP has it"));
            }
            Ok(())
        });
    warnings
}
