//! D084: a security scheme is another.
//!
//! # What it means
//! A field of a security scheme is another: its type, where the credential goes, the token endpoint, the scopes that
//! there are.
//!
//! # On the wire
//! Breaks: an old client gets or sends its credential as before. Scopes that are only listed are safe.
//!
//! # What update it asks for
//! Minor: the same code gets or sends its credential in another way.
//!
//! # What to do about it
//! See that the credential that you have is still one.
//!
//! # Before and after
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{auth: [read]}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {auth: {type: oauth2,
//!   flows: {clientCredentials: {tokenUrl: 'https://example.com/token', scopes: {read: r, write: w}}}}}}
//! ```
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{auth: [read]}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {auth: {type: oauth2,
//!   flows: {clientCredentials: {tokenUrl: 'https://example.com/v2/token', scopes: {read: r, write: w}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if difference.kind != Kind::SecurityScheme
        || difference.field.starts_with("x-") && difference.field != "x-token-grant"
    {
        return None;
    }
    let without_scopes = |value: Option<&Value>| {
        let mut value = value.cloned();
        for (_, flow) in value.iter_mut().filter_map(Value::as_object_mut).flatten() {
            if let Some(flow) = flow.as_object_mut() {
                flow.shift_remove("scopes");
            }
        }
        value
    };
    let text = matches!(difference.field, "description" | "bearerFormat");
    let scopes = difference.field == "flows" && without_scopes(difference.old) == without_scopes(difference.new);
    match () {
        () if difference.field == "description" => None,
        () if text || scopes => {
            Some(Finding::new(Wire::Safe, Level::Patch, "it lists what there is, and sends nothing else"))
        }
        () => Some(Finding::new(Wire::Breaks, Level::Minor, "an old client gets or sends its credential as before")),
    }
}
