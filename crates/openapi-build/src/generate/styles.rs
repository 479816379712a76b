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
    /// `Style::Deep`, with the variant of `Nesting`.
    Deep(&'static str),
    /// Another style, of which reserved characters are kept.
    Reserved(Box<Style>),
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
            Self::Deep(name) => {
                let name = format_ident!("{name}");
                quote!(codegen::Style::Deep(codegen::Nesting::#name))
            }
            Self::Reserved(style) => quote!(codegen::Style::Reserved(&#style)),
        });
    }
}

/// The style of a parameter, or of a field of a form (OpenAPI 3.0.4, Parameter Object, style, explode and allowReserved).
pub(super) fn of(location: Location, parameter: &Value) -> Style {
    let style = lists(parameter).or_else(|| nested(location, parameter)).unwrap_or_else(|| plain(location, parameter));
    let reserved = location == Location::Query && parameter.get("allowReserved") == Some(&Value::Bool(true));
    if reserved { Style::Reserved(Box::new(style)) } else { style }
}

fn plain(location: Location, parameter: &Value) -> Style {
    let explode = parameter.get("explode").and_then(Value::as_bool);
    Style::Plain(match (location, parameter.get("style").and_then(Value::as_str)) {
        (Location::Path, Some("matrix")) if explode == Some(true) => "MatrixExploded",
        (Location::Path, Some("matrix")) => "Matrix",
        (Location::Path, Some("label")) if explode == Some(true) => "LabelExploded",
        (Location::Path, Some("label")) => "Label",
        (Location::Path | Location::Header, _) if explode == Some(true) => "SimpleExploded",
        (Location::Path | Location::Header, _) => "Simple",
        (Location::Query, Some("deepObject")) => "DeepObject",
        (Location::Query, Some("spaceDelimited")) if explode != Some(true) => "SpaceDelimited",
        (Location::Query, Some("pipeDelimited")) if explode != Some(true) => "PipeDelimited",
        (Location::Query | Location::Cookie, _) if explode == Some(false) => "Form",
        (Location::Query | Location::Cookie, _) => "FormExploded",
    })
}

/// How the items of lists in a query are told apart: the only place in OpenAPI for that is an extension. Its values are those of
/// `arrayFormat` of npm's qs.
const ARRAY_FORMAT: &str = "x-array-format";

/// The style of a parameter whose lists are written as the extension says.
fn nested(location: Location, parameter: &Value) -> Option<Style> {
    let deep = match parameter.get(ARRAY_FORMAT).and_then(Value::as_str)? {
        "brackets" => Style::Deep("Brackets"),
        "repeat" => Style::Deep("Repeat"),
        "indices" => Style::Deep("Indices"),
        "comma" => Style::Plain("Form"),
        _ => return None,
    };
    matches!(location, Location::Query | Location::Cookie).then_some(deep)
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

/// The styles of the fields of a form that its `encoding` says something of. A field of JSON is a text (OpenAPI 3.1, Encoding
/// Object, contentType), unless it has a style.
pub(super) fn of_fields(media: &Value) -> Vec<(&str, Style)> {
    let fields = media.get("encoding").and_then(Value::as_object).into_iter().flatten();
    let styles = fields.filter_map(|(name, encoding)| {
        let json = media_types(encoding).is_some_and(|types| BodyKind::of(types) == BodyKind::Json);
        let style = match has_style(encoding) {
            true => of(Location::Query, encoding),
            false if json => Style::Plain("Json"),
            false => return None,
        };
        Some((name.as_str(), style))
    });
    styles.collect()
}

/// Whether the encoding of a field says how it is written.
fn has_style(encoding: &Value) -> bool {
    let keys = ["style", "explode", "allowReserved", ARRAY_FORMAT, COLLECTION_FORMAT];
    keys.iter().any(|key| encoding.get(key).is_some())
}

fn media_types(encoding: &Value) -> Option<&str> {
    encoding.get("contentType").and_then(Value::as_str)
}

/// What the definition says of a field of a multipart body: a value of the runtime's `Field`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    name: &'a str,
    media_types: Option<&'a str>,
    style: Option<Style>,
    /// Headers that always have the same value.
    headers: Vec<(&'a str, &'a str)>,
}

impl ToTokens for Field<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let name = self.name;
        let media_types = self.media_types.map(|types| quote!(.media_types(#types)));
        let style = self.style.as_ref().map(|style| quote!(.style(#style)));
        let headers = self.headers.iter().map(|(name, value)| quote!((#name, #value)));
        let headers = (!self.headers.is_empty()).then(|| quote!(.headers(&[#(#headers),*])));
        tokens.extend(quote!(codegen::Field::new(#name) #media_types #style #headers));
    }
}

/// What the `encoding` of a multipart body says of its fields. A media type decides how a field is written, unless there is
/// none (OpenAPI 3.1, Encoding Object).
pub(super) fn parts(media: &Value) -> Vec<Field<'_>> {
    let fields = media.get("encoding").and_then(Value::as_object).into_iter().flatten();
    let fields = fields.map(|(name, encoding)| {
        let media_types = media_types(encoding);
        let style = (media_types.is_none() && has_style(encoding)).then(|| of(Location::Query, encoding));
        let headers = headers(encoding).filter_map(|(name, header)| Some((name.as_str(), only_value(header)?)));
        Field { name, media_types, style, headers: headers.collect() }
    });
    fields.filter(|field| field.media_types.is_some() || field.style.is_some() || !field.headers.is_empty()).collect()
}

/// The headers of a part, but for `Content-Type`, which is described elsewhere (OpenAPI 3.0.3, Encoding Object, headers).
fn headers(encoding: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let headers = encoding.get("headers").and_then(Value::as_object).into_iter().flatten();
    headers.filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
}

/// The only value that a header can have.
fn only_value(header: &Value) -> Option<&str> {
    let [only] = header.get("schema")?.get("enum")?.as_array()?.as_slice() else { return None };
    only.as_str()
}

/// What of the encoding of a field is ignored, and what helps.
pub(super) fn ignored(kind: BodyKind, encoding: &Value, is_file: impl Fn() -> bool) -> Option<(String, &'static str)> {
    let format = encoding.get(ARRAY_FORMAT).filter(|format| {
        !format.as_str().is_some_and(|format| ["brackets", "repeat", "indices", "comma"].contains(&format))
    });
    if format.is_some() {
        let what = format!("the value of `{ARRAY_FORMAT}`");
        return Some((what, "the values are `brackets`, `repeat`, `indices` and `comma`"));
    }
    match kind {
        BodyKind::Multipart => {
            let open = headers(encoding).find(|(_, header)| only_value(header).is_none()).filter(|_| !is_file())?;
            let help = "give it an enum of the one value that is sent, in an overlay; files have headers of their own";
            Some((format!("the header `{}`", open.0), help))
        }
        BodyKind::Form => {
            let types = media_types(encoding).filter(|_| !has_style(encoding))?;
            let text = ["text/plain", "application/x-www-form-urlencoded"].contains(&types);
            (!text && BodyKind::of(types) != BodyKind::Json)
                .then(|| (format!("the media type `{types}`"), "the field is sent as text"))
        }
        _ => Some(("what is said".to_owned(), "only forms and multipart bodies have encodings")),
    }
}
