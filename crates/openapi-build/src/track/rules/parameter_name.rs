//! D017: a header or parameter is known by another name.
//!
//! # What it means
//! The `name` of a parameter in a component or behind a reference changed its spelling; in a path, the name is reported
//! with the path.
//!
//! # On the wire
//! Safe: header names are compared without regard to case, and names in a path are not sent. Another name elsewhere
//! is a parameter that is gone and one that is new.
//!
//! # What update it asks for
//! Patch: the name of an argument or setter may change, and asks for more by itself then.
//!
//! # What to do about it
//! Nothing.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: X-Trace, in: header, schema: {type: string}}],
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: x-trace, in: header, schema: {type: string}}],
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    difference.is_field(Kind::Parameter, "name").then(|| {
        Finding::new(Wire::Safe, Level::Patch, "the case of a header, or the name within a path, does not matter")
    })
}
