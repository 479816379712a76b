//! The extensions that carry through `normalize` what plain OpenAPI 3.0 cannot say: this is the only list of them.

/// Begins the key of an operation in a path item whose method OpenAPI 3.0 has no key for; the method follows, as it is sent:
/// `x-openapi-build-method-COPY`. OpenAPI 3.2 writes such operations as `query` and in `additionalOperations`.
pub(crate) const METHOD: &str = "x-openapi-build-method-";

/// In a media type: the schema of each item of a stream, which OpenAPI 3.2 writes as `itemSchema`.
pub(crate) const ITEM_SCHEMA: &str = "x-openapi-build-item-schema";

/// In a query parameter: its value is the whole query, as of a parameter of OpenAPI 3.2 that is `in: querystring`.
pub(crate) const WHOLE_QUERY: &str = "x-openapi-build-whole-query";

/// In a parameter, a header, or the encoding of a form's field: how the items of a list are kept apart, in Swagger 2.0's words
/// (`csv`, `ssv`, `tsv`, `pipes`, `multi`); for lists in lists a list of them, the outermost first.
pub(crate) const COLLECTION_FORMAT: &str = "x-openapi-build-collection-format";

/// In the schema of a response: the body is a file, whatever its media type; Swagger 2.0 writes `type: file`.
pub(crate) const FILE: &str = "x-openapi-build-file";

/// In the schema of a property of a multipart body: its values are files. The generator adds it.
pub(crate) const FILE_PART: &str = "x-openapi-build-file-part";

/// In a discriminator: the schema of values that it does not name, which OpenAPI 3.2 writes as `defaultMapping`.
pub(crate) const DEFAULT_MAPPING: &str = "x-openapi-build-default-mapping";

/// In a schema: the component that it narrows.
pub(crate) const REFINES: &str = "x-openapi-build-refines";

/// In a schema with `oneOf` or `anyOf`: the components that its alternatives were, before what stands beside the union was merged
/// into them; null for one that was no reference.
pub(crate) const ALTERNATIVES: &str = "x-openapi-build-alternatives";

/// In an alternative of a union that `normalize` made: what it is called.
pub(crate) const CALLED: &str = "x-openapi-build-called";

/// In a schema of objects: sets of names, of which at least `least` and at most `most` are there in full.
pub(crate) const CHOICES: &str = "x-openapi-build-choices";

/// In a schema: schemas that its values obey when they are sent, in the words of JSON Schema 2020-12 and of OpenAPI 3.0. References
/// in one lead to its own `$defs`.
pub(crate) const CHECKS: &str = "x-openapi-build-checks";

/// In a schema of lists: the schema of each item, by its place, where there are exactly that many.
pub(crate) const TUPLE: &str = "x-openapi-build-tuple";

/// In the document: the names in Rust that the user chose for components.
pub(crate) const TYPE_NAMES: &str = "x-openapi-build-type-names";

/// In the schema of a property: the name in Rust that the user chose for it.
pub(crate) const FIELD_NAME: &str = "x-openapi-build-field-name";

/// In a schema: the type of the user's own that replaces the generated one.
pub(crate) const TYPE: &str = "x-openapi-build-type";

/// In a Path Item Object: the path template that is sent, where it is not the key of the path item.
pub(crate) const PATH: &str = "x-openapi-build-path";

/// In a Path Item Object: the names of the path parameters whose values keep their slashes.
pub(crate) const MULTI_SEGMENT: &str = "x-openapi-build-multi-segment";

/// In a schema of texts: how the source writes those values that YAML or JSON takes for something else, such as `1.10` for the
/// number 1.1. `enum` maps a value as JSON writes it to its texts, in the order of the list; `default` and `const` are texts. The
/// reader of the files adds it, and the repair of defaults takes it out.
pub(crate) const SOURCE: &str = "x-openapi-build-source";

/// In the document: the URL that it was fetched from, to which relative URLs of servers are relative. The repair of servers takes
/// it out.
pub(crate) const ORIGIN: &str = "x-openapi-build-origin";

/// In an Operation Object: the name of its group.
pub(crate) const GROUP: &str = "x-openapi-build-group";
