//! Q017: ranges of media types.
//!
//! # What it is
//! A media type is a range: `image/*`.
//!
//! # Where it was seen
//! In cdx-v1: a logo is sent and received as `image/*`.
//!
//! # Why it matters
//! A range says what may come; sent as a `Content-Type` it says nothing (RFC 9110, 8.3), and servers refuse it.
//!
//! # The repair
//! The document stays. In a response any media type in the range fits. In a request the caller gives the media type as
//! an argument.
//!
//! # Before and after
//! ```yaml
//! requestBody: {content: {image/*: {schema: {type: string, format: binary}}}}
//! ```
//! ```text
//! pub fn upload_image(&self, content_type: &str, body: impl Into<Body>) -> requests::UploadImage
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::Node;
use crate::media_type;

const CODE: &str = "Q017";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let Some(name) = media_type::of(node) else { return };
    if name.contains('*') {
        found.push(Diagnostic::note(CODE, format!("`{name}` is a range of media types")).at(node.pointer));
    }
}
