//! How parameters and the fields of forms are written.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;

use super::model::Location;
use crate::extensions::COLLECTION_FORMAT;
use crate::media_type::BodyKind;

/// A value of the runtime's `Style`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// The variant of that name.
    Plain(&'static str),
    /// `Style::Lists`, with the variants of `Separator`, the outermost first.
    Lists(Vec<&'static str>),
}

impl ToTokens for Style {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Plain(name) => {
                let name = format_ident!("{name}");
                quote!(codegen::Style::#name)
            }
            Self::Lists(names) => {
                let names = names.iter().map(|name| format_ident!("{name}"));
                quote!(codegen::Style::Lists(&[#(codegen::Separator::#names),*]))
            }
        });
    }
}

/// The style of a parameter (OpenAPI 3.0.3, Parameter Object, style and explode).
pub(super) fn of(location: Location, parameter: &Value) -> Style {
    let explode = parameter.get("explode").and_then(Value::as_bool);
    lists(parameter).unwrap_or_else(|| {
        Style::Plain(match (location, parameter.get("style").and_then(Value::as_str)) {
            (Location::Path | Location::Header, _) if explode == Some(true) => "SimpleExploded",
            (Location::Path | Location::Header, _) => "Simple",
            (Location::Query, Some("deepObject")) => "DeepObject",
            (Location::Query, Some("spaceDelimited")) if explode != Some(true) => "SpaceDelimited",
            (Location::Query, Some("pipeDelimited")) if explode != Some(true) => "PipeDelimited",
            (Location::Query | Location::Cookie, _) if explode == Some(false) => "Form",
            (Location::Query | Location::Cookie, _) => "FormExploded",
        })
    })
}

/// How lists are written, where an extension says it in the words of Swagger 2.0.
fn lists(parameter: &Value) -> Option<Style> {
    let stated = parameter.get(COLLECTION_FORMAT)?;
    let formats = stated.as_array().map_or(std::slice::from_ref(stated), Vec::as_slice);
    let separator = |format: &Value| match format.as_str() {
        Some("ssv") => "Space",
        Some("tsv") => "Tab",
        Some("pipes") => "Pipe",
        Some("multi") => "Pair",
        _ => "Comma",
    };
    Some(Style::Lists(formats.iter().map(separator).collect()))
}

/// The styles of the fields of a form that its `encoding` has styles for, but for those that are the default.
pub(super) fn of_fields(kind: BodyKind, media: &Value) -> Vec<(&str, Style)> {
    let fields = media.get("encoding").and_then(Value::as_object).into_iter().flatten();
    let styles = fields.filter_map(|(name, encoding)| {
        let style = match kind {
            BodyKind::Form => of(Location::Query, encoding),
            // OpenAPI 3.0.3, Encoding Object: `style` is for the media type of forms alone.
            BodyKind::Multipart => lists(encoding)?,
            _ => return None,
        };
        (style != Style::Plain("FormExploded")).then_some((name.as_str(), style))
    });
    styles.collect()
}

/// Whether all that the encoding of that field says is honored.
pub(super) fn is_all(kind: BodyKind, media: &Value, name: &str) -> bool {
    let encoding = media.get("encoding").and_then(|encoding| encoding.get(name)?.as_object());
    encoding.into_iter().flatten().all(|(key, _)| {
        key == COLLECTION_FORMAT || (kind == BodyKind::Form && ["style", "explode"].contains(&key.as_str()))
    })
}
