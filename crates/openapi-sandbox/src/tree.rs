//! A document as a tree: which version of OpenAPI it has, and what its references lead to.
//!
//! Published documents refer to components of other versions, by percent-encoded pointers, by bare names, and to nothing at
//! all. What a reference means is decided here, without a look at the repairs of the generator.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

/// How many references in a row are followed; more than that is a circle.
const HOPS: usize = 64;

/// What is expected where a reference stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Schema,
    Response,
    Parameter,
    RequestBody,
    Header,
    Example,
    MediaType,
    PathItem,
    Operation,
    SecurityScheme,
}

impl Kind {
    /// The places of components of this kind: in OpenAPI 3, and in Swagger 2.0.
    fn homes(self) -> &'static [&'static str] {
        match self {
            Self::Schema => &["/components/schemas", "/definitions", "/$defs"],
            Self::Response => &["/components/responses", "/responses"],
            Self::Parameter => &["/components/parameters", "/parameters"],
            Self::RequestBody => &["/components/requestBodies"],
            Self::Header => &["/components/headers"],
            Self::Example => &["/components/examples"],
            Self::MediaType => &["/components/mediaTypes"],
            Self::PathItem => &["/components/pathItems"],
            Self::Operation => &[],
            Self::SecurityScheme => &["/components/securitySchemes", "/securityDefinitions"],
        }
    }
}

/// The versions of OpenAPI that differ in what the sandbox reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Swagger 2.0.
    V2,
    /// OpenAPI 3.0.
    V30,
    /// OpenAPI 3.1 and later, whose schemas are those of JSON Schema 2020-12.
    V31,
}

/// A document.
pub(crate) struct Tree {
    root: Value,
    pub(crate) version: Version,
    anchors: OnceLock<Anchors>,
}

/// The pointers of the schemas that have a name of their own.
#[derive(Default)]
struct Anchors {
    /// By `$anchor` or `$dynamicAnchor`.
    names: HashMap<String, String>,
    /// By `$id`.
    ids: HashMap<String, String>,
}

impl Tree {
    /// Creates a tree of a document; the error says why it cannot be read as a definition.
    pub(crate) fn new(root: Value) -> Result<Self, &'static str> {
        let Some(object) = root.as_object() else { return Err("is no object") };
        if !["openapi", "swagger", "paths"].iter().any(|key| object.contains_key(*key)) {
            return Err("has neither `openapi`, `swagger` nor `paths`");
        }
        let stated =
            |key: &str| object.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let version = match (stated("openapi"), stated("swagger")) {
            (None, Some(_)) => Version::V2,
            (Some(version), _) if version.starts_with('2') => Version::V2,
            (Some(version), _) if !version.starts_with("3.0") && version.starts_with("3.") => Version::V31,
            _ => Version::V30,
        };
        Ok(Self { root, version, anchors: OnceLock::new() })
    }

    /// The node at `pointer`.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    /// The members of the object at `pointer`; none where there is no object.
    pub(crate) fn members<'a>(&'a self, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.at(pointer).and_then(Value::as_object).into_iter().flatten()
    }

    /// Whether keywords beside a `$ref` of a schema count.
    pub(crate) fn siblings_count(&self) -> bool {
        self.version == Version::V31
    }

    /// `value`, or what its references lead to in the end; `None` where that is nothing.
    pub(crate) fn resolve<'a>(&'a self, mut value: &'a Value, kind: Kind) -> Option<&'a Value> {
        for _ in 0..HOPS {
            match reference(value) {
                Some(text) => value = self.target(text, kind)?,
                None => return Some(value),
            }
        }
        None
    }

    /// What the reference `text` leads to. A target of another kind counts as what it holds of `kind`.
    pub(crate) fn target(&self, text: &str, kind: Kind) -> Option<&Value> {
        let found = self.literal_target(text).or_else(|| self.component(text, kind))?;
        Some(if kind == Kind::Schema { schema_within(found) } else { found })
    }

    /// What the reference leads to if it is taken at its word.
    fn literal_target(&self, text: &str) -> Option<&Value> {
        let (base, fragment) = text.split_once('#').unwrap_or((text, ""));
        let own = ["/$self", "/$id"].iter().filter_map(|pointer| self.at(pointer)?.as_str());
        let base = if base.is_empty() || own.into_iter().any(|own| own == base) {
            ""
        } else {
            self.anchors().ids.get(base)?.as_str()
        };
        if fragment.is_empty() {
            return self.at(base);
        }
        if !fragment.starts_with('/') {
            return self.at(self.anchors().names.get(&percent_decoded(fragment))?);
        }
        let start = self.at(base)?;
        let walk = |pointer: &str| self.walk(start, pointer, &mut 0);
        walk(fragment).or_else(|| walk(&percent_decoded(fragment)))
    }

    /// The node at `pointer` below `start`; references on the way are followed. `hops` counts all of them: each can have further
    /// ones on its own way.
    fn walk<'a>(&'a self, start: &'a Value, pointer: &str, hops: &mut usize) -> Option<&'a Value> {
        let mut node = start;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            node = match child(node, &token) {
                Some(child) => child,
                None if *hops < HOPS => {
                    *hops += 1;
                    let (base, fragment) = reference(node)?.split_once('#')?;
                    let next = if base.is_empty() { self.walk(&self.root, fragment, hops)? } else { return None };
                    child(next, &token)?
                }
                None => return None,
            };
        }
        Some(node)
    }

    /// The component of `kind` that `text` can only mean: a bare name, or the place of components in another version.
    fn component(&self, text: &str, kind: Kind) -> Option<&Value> {
        let name = match text.strip_prefix("#/") {
            None if text.contains(['/', '#']) => return None,
            None => text,
            Some(pointer) => {
                let (place, name) = pointer.rsplit_once('/')?;
                let known = ["definitions", "parameters", "responses", "securityDefinitions"];
                let is_home =
                    place.strip_prefix("components/").map_or(known.contains(&place), |kind| !kind.contains('/'));
                is_home.then_some(name)?
            }
        };
        let name = percent_decoded(name).replace("~1", "/").replace("~0", "~");
        kind.homes().iter().find_map(|home| self.at(home)?.get(&name))
    }

    fn anchors(&self) -> &Anchors {
        self.anchors.get_or_init(|| {
            let mut anchors = Anchors::default();
            collect(&self.root, &mut String::new(), &mut anchors);
            anchors
        })
    }
}

/// The text of the reference that `value` is.
pub(crate) fn reference(value: &Value) -> Option<&str> {
    value.get("$ref").and_then(Value::as_str)
}

/// The last part of a reference: the name of the component, where it leads to one.
pub(crate) fn reference_name(text: &str) -> String {
    let last = text.rsplit(['/', '#']).next().unwrap_or_default();
    percent_decoded(last).replace("~1", "/").replace("~0", "~")
}

/// `text` with its percent-encoded bytes decoded, where they are UTF-8.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let hex = bytes.get(index + 1..index + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.filter(|_| bytes[index] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                index += 3;
            }
            None => {
                decoded.push(bytes[index]);
                index += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

fn child<'a>(node: &'a Value, token: &str) -> Option<&'a Value> {
    match node {
        Value::Object(members) => members.get(token),
        Value::Array(items) => items.get(token.parse::<usize>().ok()?),
        _ => None,
    }
}

/// The schema in `found`, where that is a parameter, a header, a media type, a response or a request body.
fn schema_within(found: &Value) -> &Value {
    let is_schema = |object: &Map<String, Value>| {
        ["type", "properties", "allOf", "oneOf", "anyOf", "$ref", "enum"].iter().any(|key| object.contains_key(*key))
    };
    let Some(object) = found.as_object().filter(|object| !is_schema(object)) else { return found };
    if let Some(schema) = object.get("schema").filter(|schema| schema.is_object()) {
        return schema;
    }
    let media = object.get("content").and_then(Value::as_object).and_then(|content| content.values().next());
    media.and_then(|media| media.get("schema")).unwrap_or(found)
}

/// Notes the names of the schemas at and below `node`.
fn collect(node: &Value, pointer: &mut String, anchors: &mut Anchors) {
    let length = pointer.len();
    match node {
        Value::Object(members) => {
            for key in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = members.get(key).and_then(Value::as_str) {
                    anchors.names.entry(name.to_owned()).or_insert_with(|| pointer.clone());
                }
            }
            if let Some(id) = members.get("$id").and_then(Value::as_str) {
                anchors.ids.entry(id.trim_end_matches('#').to_owned()).or_insert_with(|| pointer.clone());
            }
            for (key, member) in members {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                collect(member, pointer, anchors);
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push('/');
                pointer.push_str(&index.to_string());
                collect(item, pointer, anchors);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree() -> Tree {
        Tree::new(json!({
            "openapi": "3.1.0", "$self": "https://api.example/openapi", "paths": {"/a/{id}": {"get": {"responses": {
                "200": {"content": {"application/json": {"schema": {"title": "in a path"}}}}}}}},
            "components": {
                "schemas": {
                    "A b": {"title": "A b"},
                    "Alias": {"$ref": "#/components/schemas/Box"},
                    "Box": {"$id": "https://api.example/box", "properties": {"lid": {"$anchor": "lid", "title": "lid"}},
                        "$defs": {"inner": {"title": "inner"}}},
                    "Loop": {"$ref": "#/components/schemas/Loop"}},
                "responses": {"Gone": {"content": {"application/json": {"schema": {"title": "of a response"}}}}},
                "parameters": {"Id": {"name": "id", "in": "path", "schema": {"title": "of a parameter"}}}},
        }))
        .expect("a document")
    }

    #[test]
    fn a_reference_may_lead_anywhere() {
        let tree = tree();
        for (text, title) in [
            ("#/components/schemas/A b", "A b"),
            ("#/components/schemas/A%20b", "A b"),
            ("#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema", "in a path"),
            ("#lid", "lid"),
            ("https://api.example/box#/$defs/inner", "inner"),
            ("https://api.example/openapi#/components/schemas/A b", "A b"),
            ("#/components/schemas/Alias/properties/lid", "lid"),
            ("#/definitions/A b", "A b"),
            ("A b", "A b"),
            ("#/components/responses/Gone", "of a response"),
            ("#/components/parameters/Id", "of a parameter"),
        ] {
            let found = tree.target(text, Kind::Schema).and_then(|found| found.get("title")?.as_str());
            assert_eq!(found, Some(title), "{text}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_nothing() {
        let tree = tree();
        for text in
            ["#/components/schemas/Nobody", "#nobody", "other.yaml#/A", "", "#/", "%", "#/components/schemas/Loop"]
        {
            let value = json!({"$ref": text});
            assert!(tree.resolve(&value, Kind::Response).is_none_or(|found| found == &tree.root), "{text}");
        }
    }

    /// Each reference has a further one on its way, twice: forty of them are 2⁴⁰ steps.
    #[test]
    fn references_on_the_way_of_references_come_to_an_end() {
        let mut inner = json!({"title": "end"});
        let mut document = json!({"paths": {}});
        for level in (1..40).rev() {
            inner = json!({"u": {"$ref": format!("#/b{level}/u/v")}, "v": inner});
            document[format!("b{level}")] = json!({"$ref": format!("#/b{}/u/v", level + 1)});
        }
        document["b40"] = inner;
        let tree = Tree::new(document).expect("a document");
        assert!(tree.target("#/b1/u/v", Kind::Schema).is_none());
    }

    #[test]
    fn percent_encoding_that_is_none_is_kept() {
        assert_eq!(percent_decoded("a%20b%"), "a b%");
        assert_eq!(percent_decoded("%zz%ff"), "%zz%ff");
        assert_eq!(percent_decoded("é%C3%A9%€"), "éé%€");
    }
}
