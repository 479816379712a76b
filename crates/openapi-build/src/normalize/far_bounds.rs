//! Q051: bounds of integers beyond 64 bits.
//!
//! # What it is
//! The `minimum` or `maximum` of an integer is a number that 64 bits do not hold, such as `9223372036854776000`.
//!
//! # Where it was seen
//! In OpenAI's definition, and in others that were written by JavaScript, whose numbers round the ends of 64 bits.
//!
//! # Why it matters
//! No integer that the client can hold is beyond such a bound, while a check of it would compare rounded numbers.
//!
//! # The repair
//! A minimum that no such integer is below, and a maximum that none is above, is left out. A note says so.
//!
//! # Before and after
//! ```yaml
//! Seed: {type: integer, minimum: -9223372036854776000, maximum: 9223372036854776000}
//! ```
//! ```yaml
//! Seed: {type: integer}
//! ```

use serde_json::{Number, Value};

use super::{Repair, Report, walk};
use crate::diagnostic::Diagnostic;
use crate::formats::EXTENSION;
use crate::lock::Lock;

const CODE: &str = "Q051";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    walk::schemas(document, &mut |schema, place| {
        let Some(object) = schema.as_object_mut() else { return };
        if object.get("type").and_then(Value::as_str) != Some("integer") {
            return;
        }
        // A wider type reaches such bounds.
        if object.contains_key(EXTENSION) {
            return;
        }
        let unsigned = matches!(object.get("format").and_then(Value::as_str), Some("uint64" | "uint"));
        for (key, flag) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            let bound = object.get(key).and_then(Value::as_number);
            let Some(bound) = bound.filter(|bound| is_far(bound, key, unsigned)).map(Number::to_string) else { continue };
            object.shift_remove(key);
            object.shift_remove(flag);
            let message = format!("the `{key}`, {bound}, is beyond what 64 bits hold, and is ignored");
            report.add(Diagnostic::note(CODE, message).at(format!("{}/{key}", place.pointer)));
        }
    });
}

/// Whether each integer of 64 bits obeys `bound`. serde_json holds what is beyond 64 bits as a float, which is rounded.
fn is_far(bound: &Number, key: &str, unsigned: bool) -> bool {
    match (key, bound.as_u64(), bound.as_f64().filter(|_| bound.is_f64())) {
        ("maximum", Some(bound), _) => !unsigned && bound > i64::MAX.unsigned_abs(),
        ("maximum", _, Some(bound)) => bound >= if unsigned { u64::MAX as f64 } else { i64::MAX as f64 },
        ("minimum", _, Some(bound)) => bound <= i64::MIN as f64,
        _ => false,
    }
}
