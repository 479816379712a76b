//! The header `Accept`: which media types an operation asks for.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{BodyKind, Content, Operation};

/// The `Accept` header of an operation: every documented media type, those of successes before those of errors. If a success
/// has a JSON body with a type, JSON comes first, and the others weigh less
/// ([RFC 9110, 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).
pub(super) fn header(operation: &Operation<'_>) -> String {
    let all = media_types(operation);
    let prefers_json = operation.successes().flat_map(|success| &success.contents).any(Content::is_typed);
    if !prefers_json {
        return all.into_iter().map(|(media_type, _)| media_type).collect::<Vec<_>>().join(", ");
    }
    let (json, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, kind)| *kind == BodyKind::Json);
    let mut offered: Vec<String> = json.iter().map(|(media_type, _)| (*media_type).to_owned()).collect();
    if offered.is_empty() {
        // It is in the range.
        offered.push("application/json".to_owned());
    }
    offered.extend(others.iter().map(|(media_type, _)| weighed(media_type)));
    offered.join(", ")
}

/// A media type with less weight than JSON, unless it has one.
fn weighed(media_type: &str) -> String {
    let has_weight = media_type.split(';').skip(1).any(|parameter| parameter.trim_start().starts_with("q="));
    if has_weight { media_type.to_owned() } else { format!("{media_type};q=0.9") }
}

/// The documented media types, each once: those of successes, then those of errors.
fn media_types<'a>(operation: &'a Operation<'_>) -> Vec<(&'a str, BodyKind)> {
    let (successes, errors): (Vec<_>, Vec<_>) =
        operation.responses.iter().partition(|response| operation.is_success(response));
    let mut found: Vec<(&str, BodyKind)> = Vec::new();
    for content in successes.into_iter().chain(errors).flat_map(|response| &response.contents) {
        if !found.iter().any(|(media_type, _)| *media_type == content.media_type) {
            found.push((content.media_type, content.kind));
        }
    }
    found
}

/// Whether a caller can choose among media types of a success.
pub(super) fn has_choice(operation: &Operation<'_>) -> bool {
    let mut contents = operation.successes().flat_map(|success| &success.contents);
    let Some(first) = contents.next() else { return false };
    first.media_type.contains('*') || contents.any(|other| other.media_type != first.media_type)
}

/// The setter of requests whose caller can choose.
pub(super) fn setter() -> TokenStream {
    quote! {
        /// Replaces the `Accept` header, which names every documented media type by default.
        pub fn accept(self, media_types: &str) -> Self { Self(self.0.accept(media_types)) }
    }
}
