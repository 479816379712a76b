//! The version of OpenAPI that a document says it has.

use serde_json::{Map, Value};

/// What a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Swagger 2.0.
    Swagger2,
    /// OpenAPI 3, with the minor version.
    OpenApi3(u32),
    /// Something else.
    Unknown,
}

/// The newest minor version of OpenAPI 3 whose words are known.
pub(crate) const NEWEST: u32 = 2;

impl Version {
    /// The version of a document, if it states one. YAML reads `2.0` and `3.1` without quotes as numbers.
    pub(crate) fn of(document: &Map<String, Value>) -> Option<Self> {
        let stated = |key: &str| document.get(key).map(text);
        Some(match (stated("openapi"), stated("swagger")) {
            (Some(text), _) => match parts(&text) {
                Some((3, minor)) => Self::OpenApi3(minor),
                _ => Self::Unknown,
            },
            (None, Some(text)) => match parts(&text) {
                Some((2, 0)) => Self::Swagger2,
                _ => Self::Unknown,
            },
            (None, None) => return None,
        })
    }

    /// Whether `document` is Swagger 2.0.
    pub(crate) fn is_swagger(document: &Value) -> bool {
        document.as_object().and_then(Self::of) == Some(Self::Swagger2)
    }

    /// Whether the schemas of `document` are those of OpenAPI 3.1 and later.
    pub(crate) fn has_new_schemas(document: &Value) -> bool {
        matches!(document.as_object().and_then(Self::of), Some(Self::OpenApi3(1..)))
    }
}

/// A version as a text.
pub(crate) fn text(version: &Value) -> String {
    match version {
        Value::String(text) => text.trim().to_owned(),
        // `2` is how YAML reads `2.`, and what some write for `2.0`.
        Value::Number(number) if number.is_u64() => format!("{number}.0"),
        other => other.to_string(),
    }
}

/// The major and the minor version: `3.1.0-rc1` is 3 and 1.
fn parts(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next().map_or(Some(0), |part| part.split('-').next()?.parse().ok())?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_version_may_be_a_text_or_a_number() {
        for (document, expected) in [
            (json!({"openapi": "3.0.3"}), Some(Version::OpenApi3(0))),
            (json!({"openapi": 3.1}), Some(Version::OpenApi3(1))),
            (json!({"openapi": "3.2.0"}), Some(Version::OpenApi3(2))),
            (json!({"openapi": "3.17.0-rc1"}), Some(Version::OpenApi3(17))),
            (json!({"openapi": "4.0.0"}), Some(Version::Unknown)),
            (json!({"openapi": null}), Some(Version::Unknown)),
            (json!({"swagger": "2.0"}), Some(Version::Swagger2)),
            (json!({"swagger": 2.0}), Some(Version::Swagger2)),
            (json!({"swagger": 2}), Some(Version::Swagger2)),
            (json!({"swagger": "1.2"}), Some(Version::Unknown)),
            (json!({"paths": {}}), None),
        ] {
            assert_eq!(document.as_object().and_then(Version::of), expected, "{document}");
        }
    }
}
