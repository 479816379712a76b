//! The keywords of a Schema Object: those of OpenAPI 3.0.3, and those of JSON Schema 2020-12 that OpenAPI 3.1 adds, and
//! one that carries a tuple through `normalize`. This is the only list of them.

use crate::extensions::TUPLE;

/// A keyword.
pub(crate) struct Keyword {
    pub(crate) name: &'static str,
    pub(crate) since: Version,
    pub(crate) role: Role,
    /// The type whose values it is about; values of other types pass it.
    pub(crate) about: Option<&'static str>,
    /// How schemas stand in it, if it holds any.
    pub(crate) holds: Option<Holds>,
}

/// The version of OpenAPI that a keyword came with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V30,
    V31,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Describes, and says nothing about what is valid or what is read.
    Annotation,
    /// A comment for the authors of the definition.
    Comment,
    /// Identifies the schema, or its dialect.
    Identifier,
    /// Bounds the values of a type.
    Limit,
    /// Constrains values, in a way that OpenAPI 3.0 cannot express.
    Beyond30,
    /// Anything else.
    Other,
}

/// How schemas stand in a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    One,
    List,
    Map,
}

use Role::{Annotation, Beyond30, Comment, Identifier, Limit, Other};
use Version::{V30, V31};

impl Keyword {
    const fn new(name: &'static str, since: Version, role: Role) -> Self {
        Self { name, since, role, about: None, holds: None }
    }

    const fn about(self, about: &'static str) -> Self {
        Self { about: Some(about), ..self }
    }

    const fn holds(self, holds: Holds) -> Self {
        Self { holds: Some(holds), ..self }
    }
}

/// Every keyword.
pub(crate) const KEYWORDS: &[Keyword] = &[
    Keyword::new("properties", V30, Other).about("object").holds(Holds::Map),
    Keyword::new("items", V30, Other).about("array").holds(Holds::One),
    Keyword::new("additionalProperties", V30, Other).about("object").holds(Holds::One),
    Keyword::new("allOf", V30, Other).holds(Holds::List),
    Keyword::new("oneOf", V30, Other).holds(Holds::List),
    Keyword::new("anyOf", V30, Other).holds(Holds::List),
    Keyword::new("not", V30, Other).holds(Holds::One),
    Keyword::new("$ref", V30, Other),
    Keyword::new("type", V30, Other),
    Keyword::new("format", V30, Other),
    Keyword::new("enum", V30, Other),
    Keyword::new("required", V30, Other).about("object"),
    Keyword::new("nullable", V30, Other),
    Keyword::new("default", V30, Other),
    Keyword::new("readOnly", V30, Other),
    Keyword::new("writeOnly", V30, Other),
    Keyword::new("deprecated", V30, Other),
    Keyword::new("discriminator", V30, Other),
    Keyword::new("title", V30, Annotation),
    Keyword::new("description", V30, Annotation),
    Keyword::new("example", V30, Annotation),
    Keyword::new("externalDocs", V30, Annotation),
    Keyword::new("xml", V30, Annotation),
    Keyword::new("minLength", V30, Limit).about("string"),
    Keyword::new("maxLength", V30, Limit).about("string"),
    Keyword::new("pattern", V30, Limit).about("string"),
    Keyword::new("minimum", V30, Limit).about("number"),
    Keyword::new("maximum", V30, Limit).about("number"),
    Keyword::new("exclusiveMinimum", V30, Limit).about("number"),
    Keyword::new("exclusiveMaximum", V30, Limit).about("number"),
    Keyword::new("multipleOf", V30, Limit).about("number"),
    Keyword::new("minItems", V30, Limit).about("array"),
    Keyword::new("maxItems", V30, Limit).about("array"),
    Keyword::new("uniqueItems", V30, Limit).about("array"),
    Keyword::new("minProperties", V30, Limit).about("object"),
    Keyword::new("maxProperties", V30, Limit).about("object"),
    Keyword::new(TUPLE, V30, Other).about("array").holds(Holds::List),
    Keyword::new("const", V31, Other),
    Keyword::new("examples", V31, Annotation),
    Keyword::new("contentEncoding", V31, Other),
    Keyword::new("contentMediaType", V31, Other),
    Keyword::new("$defs", V31, Other).holds(Holds::Map),
    Keyword::new("patternProperties", V31, Other).holds(Holds::Map),
    Keyword::new("prefixItems", V31, Other).holds(Holds::List),
    Keyword::new("if", V31, Beyond30).holds(Holds::One),
    Keyword::new("then", V31, Beyond30).holds(Holds::One),
    Keyword::new("else", V31, Beyond30).holds(Holds::One),
    Keyword::new("contains", V31, Beyond30).holds(Holds::One),
    Keyword::new("minContains", V31, Beyond30),
    Keyword::new("maxContains", V31, Beyond30),
    Keyword::new("dependentSchemas", V31, Beyond30).holds(Holds::Map),
    Keyword::new("dependentRequired", V31, Beyond30),
    Keyword::new("propertyNames", V31, Beyond30).holds(Holds::One),
    Keyword::new("unevaluatedProperties", V31, Beyond30).holds(Holds::One),
    Keyword::new("unevaluatedItems", V31, Beyond30).holds(Holds::One),
    Keyword::new("contentSchema", V31, Beyond30).holds(Holds::One),
    Keyword::new("$dynamicRef", V31, Beyond30),
    Keyword::new("$dynamicAnchor", V31, Beyond30),
    Keyword::new("$id", V31, Identifier),
    Keyword::new("$schema", V31, Identifier),
    Keyword::new("$anchor", V31, Identifier),
    Keyword::new("$comment", V31, Comment),
];

/// The keyword of that name.
pub(crate) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// The names of the keywords that have one of `roles`, in the order of the list.
pub(crate) fn with_role(roles: &[Role]) -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().filter(|keyword| roles.contains(&keyword.role)).map(|keyword| keyword.name)
}

/// How schemas stand in the keyword of that name, if it holds any.
pub(crate) fn holds(name: &str) -> Option<Holds> {
    holder(name).map(|(holds, _)| holds)
}

/// As [`holds`], for the keywords of OpenAPI 3.0.
pub(crate) fn holds_in_30(name: &str) -> Option<Holds> {
    holder(name).filter(|(_, since)| *since == V30).map(|(holds, _)| holds)
}

/// The keywords that hold schemas. Walks ask for every key of a document, and most keys are not among these.
const HOLDERS: [(&str, Holds, Version); count_holders()] = {
    let mut holders = [("", Holds::One, V30); count_holders()];
    let (mut index, mut next) = (0, 0);
    while index < KEYWORDS.len() {
        if let Some(holds) = KEYWORDS[index].holds {
            holders[next] = (KEYWORDS[index].name, holds, KEYWORDS[index].since);
            next += 1;
        }
        index += 1;
    }
    holders
};

const fn count_holders() -> usize {
    let (mut index, mut count) = (0, 0);
    while index < KEYWORDS.len() {
        count += KEYWORDS[index].holds.is_some() as usize;
        index += 1;
    }
    count
}

fn holder(name: &str) -> Option<(Holds, Version)> {
    HOLDERS.iter().find(|(known, ..)| *known == name).map(|(_, holds, since)| (*holds, *since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_keyword_is_listed_twice() {
        let names: std::collections::HashSet<&str> = KEYWORDS.iter().map(|keyword| keyword.name).collect();
        assert_eq!(names.len(), KEYWORDS.len());
    }

    #[test]
    fn the_holders_of_schemas_are_found_in_the_list() {
        assert_eq!((holds("items"), holds_in_30("items")), (Some(Holds::One), Some(Holds::One)));
        assert_eq!((holds("prefixItems"), holds_in_30("prefixItems")), (Some(Holds::List), None));
        assert_eq!((holds("type"), holds("x-items")), (None, None));
    }
}
