//! Q036: references that are written in another way.
//!
//! # What it is
//! A `$ref` says `#/definitions/X`, `#/parameters/X` or a bare `X`, and the document has a component of that name; or it leads
//! to an object of another kind that has all that the place asks for, such as a schema where a body belongs.
//!
//! # Where it was seen
//! In Google Drive's definition, 108 times; in many that were converted from Swagger 2.0.
//!
//! # Why it matters
//! The reference leads nowhere, but there is no doubt about what it means.
//!
//! # The repair
//! It leads to the component of that name, or what it leads to is read as the object that belongs in its place. A warning says
//! so. It happens while the files of a document are joined.
//!
//! # Before and after
//! ```yaml
//! owner: {$ref: '#/definitions/Owner'}
//! ```
//! ```yaml
//! owner: {$ref: '#/components/schemas/Owner'}
//! ```

use super::Repair;

pub(crate) const CODE: &str = "Q036";

/// `source::bundle` does it.
pub(super) const REPAIR: Repair = Repair::Elsewhere;
