//! `x-sunset`: the day on which something goes, and what that means for its removal.

use serde_json::Value;

use super::effective::resolve;
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind, OPENAPI_3};
use crate::track::Date;
use crate::track::change::{Change, Wire};

/// The extension.
pub(in crate::track) const FIELD: &str = "x-sunset";

/// The objects that may have it.
pub(in crate::track) const HOLDERS: [Kind; 4] = [Kind::Operation, Kind::Parameter, Kind::Header, Kind::Schema];

/// The day that a value of `x-sunset` states.
pub(in crate::track) fn day_of(value: &Value) -> Option<Date> {
    value.as_str().and_then(Date::stated)
}

/// Judges what is gone by its day, inside other changes too.
pub(super) fn judge(found: &mut [Change], today: Option<Date>) {
    for change in found {
        change.judge_inner(|inner| judge(inner, today));
        if let Some(stated) = change.sunset.clone() {
            removed(change, &stated, today);
        }
    }
}

/// The `x-sunset` of what is gone from `pointer` of the old document `before`, where it was `old`.
pub(super) fn stated(before: &Value, pointer: &str, old: &Value) -> Option<String> {
    let kind = grammar::kind_at(pointer).filter(|kind| HOLDERS.contains(kind))?;
    let is_property = pointer.rsplit('/').nth(1) == Some("properties");
    if kind == Kind::Schema && !is_property {
        return None;
    }
    match old.get(FIELD).or_else(|| resolve(before, old).get(FIELD))? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn removed(change: &mut Change, stated: &str, today: Option<Date>) {
    let Some(day) = Date::stated(stated) else {
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
