//! The generated types beside the schemas that they are for: from each operation's parameters, bodies and headers down
//! through the fields, alternatives and items of the types as they stand in the code.

use std::collections::{BTreeMap, BTreeSet};

use crate::members::{Member, written};
use crate::oracle::says_null;
use openapi_build::generate::bindings;
use quote::ToTokens;
use serde_json::Value;
use syn::{GenericArgument, Item, PathArguments, Type};

/// A type, and the schemas that hold together where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The Rust type, from the root of the client.
    pub ty: String,
    /// Whether the type is sent or received.
    pub kind: Kind,
    /// Pointers to the schemas: references followed, parts of an `allOf` beside the whole.
    pub at: Vec<String>,
    /// Pointers to the examples that stand beside the schema.
    pub examples: Vec<String>,
}

/// What a type is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A parameter, a body, or part of one: sent.
    Request,
    /// A body of a response, or part of one: received.
    Response,
    /// A header of a response: text, not JSON.
    Header,
}

/// The entries of one document, and where a type is any JSON value although a schema there says more.
pub fn entries(document: &Value, code: &str) -> (Vec<Entry>, BTreeSet<String>) {
    let file = syn::parse_file(code).expect("the code is Rust");
    let mut walk = Walk {
        document,
        items: BTreeMap::new(),
        values: BTreeMap::new(),
        written: BTreeMap::new(),
        entries: BTreeSet::new(),
        visited: BTreeSet::new(),
        any: BTreeSet::new(),
    };
    for item in &file.items {
        if let Item::Mod(module) = item
            && (module.ident == "types" || module.ident == "headers")
        {
            walk.module(&module.ident.to_string(), module.content.iter().flat_map(|(_, items)| items));
        }
    }
    let bindings = bindings(code).expect("the code is a client");
    for operation in bindings["operations"].as_array().into_iter().flatten() {
        walk.operation(operation);
    }
    // Copies of one schema are one: headers and errors are written out again for every operation.
    let text = |pointers: &[String]| -> String {
        pointers.iter().map(|at| document.pointer(at).map(Value::to_string).unwrap_or_default() + "\n").collect()
    };
    let mut seen = BTreeSet::new();
    walk.entries.retain(|entry| seen.insert((entry.ty.clone(), entry.kind, text(&entry.at), text(&entry.examples))));
    (walk.entries.into_iter().collect(), walk.any)
}

/// Escapes a token of a JSON pointer.
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

struct Walk<'a> {
    document: &'a Value,
    /// The types, by path.
    items: BTreeMap<String, &'a Item>,
    /// What checked types hold, by the name of their rules.
    values: BTreeMap<String, &'a Type>,
    /// By the name of a type, how its fields are written, unless serde derives that.
    written: BTreeMap<String, Vec<Member>>,
    entries: BTreeSet<Entry>,
    visited: BTreeSet<Entry>,
    any: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    fn module(&mut self, name: &str, items: impl Iterator<Item = &'a Item>) {
        for item in items {
            let ident = match item {
                Item::Struct(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Type(item) => &item.ident,
                Item::Impl(block) => {
                    let is_rules = block.trait_.as_ref().is_some_and(|(path, _)| last(path) == "Rules");
                    let value = block.items.iter().find_map(|item| match item {
                        syn::ImplItem::Type(item) if item.ident == "Value" => Some(&item.ty),
                        _ => None,
                    });
                    if let (true, Some(value), Type::Path(of)) = (is_rules, value, &*block.self_ty) {
                        self.values.insert(last(&of.path), value);
                    }
                    continue;
                }
                Item::Macro(item) => {
                    self.written.extend(written(&item.mac));
                    continue;
                }
                _ => continue,
            };
            self.items.insert(format!("{name}::{ident}"), item);
        }
    }

    fn operation(&mut self, operation: &Value) {
        let text = |key: &str| operation[key].as_str().unwrap_or_default();
        let method = text("method").to_ascii_lowercase();
        let path = format!("/paths/{}", escape(self.path(text("id"), &method, text("path"))));
        let at = format!("{path}/{method}");
        for argument in operation["arguments"].as_array().into_iter().flatten() {
            let schema = self.parameter(&[&at, &path], argument);
            self.add(schema, &argument["type"], Kind::Request);
        }
        let body = self.json_schema(&format!("{at}/requestBody"));
        self.add(body, &operation["body"]["type"], Kind::Request);
        let statuses = self.document.pointer(&format!("{at}/responses")).and_then(Value::as_object);
        let statuses: Vec<&String> = statuses.into_iter().flatten().map(|(status, _)| status).collect();
        if let Some(status) = statuses.iter().find(|status| status.starts_with('2')) {
            let response = format!("{at}/responses/{status}");
            self.response(&response, &operation["success"]["type"], &operation["success"]["headers"]);
        }
        for variant in operation["error"]["variants"].as_array().into_iter().flatten() {
            let response = format!("{at}/responses/{}", variant["status"].as_str().unwrap_or_default());
            self.response(&response, &variant["body"], &variant["headers"]);
        }
    }

    /// The key of the path item with the operation `id`, which is sent to `path`: a fragment may tell such path items apart.
    fn path<'b>(&self, id: &str, method: &str, path: &'b str) -> &'b str
    where
        'a: 'b,
    {
        let paths = self.document.get("paths").and_then(Value::as_object);
        let is_it = |item: &Value| item.get(method).and_then(|it| it.get("operationId")?.as_str()) == Some(id);
        let sent = |key: &str| key.split('#').next() == Some(path);
        let found = paths.into_iter().flatten().find(|(key, item)| sent(key) && is_it(item));
        found.map_or(path, |(key, _)| key)
    }

    fn response(&mut self, at: &str, body: &Value, headers: &Value) {
        let schema = self.json_schema(at);
        self.add(schema, body, Kind::Response);
        let names = headers.as_str().unwrap_or_default();
        let Some(start) = names.find("headers::") else { return };
        let name: String =
            names[start..].chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
        let Some(Item::Struct(item)) = self.items.get(&name).copied() else { panic!("there is no {name}") };
        let at = self.resolved(at);
        for field in &item.fields {
            // The first line of the docs is the header's name, in backticks.
            let docs = field.attrs.iter().find_map(doc).unwrap_or_default();
            let header = docs.split('`').nth(1).unwrap_or_default().to_owned();
            let schema = format!("{}/schema", self.resolved(&format!("{at}/headers/{}", escape(&header))));
            let schema = self.document.pointer(&schema).map(|_| schema);
            let ty = inner(&field.ty, "Option").unwrap_or(&field.ty);
            self.add_type(schema, ty, Kind::Header);
        }
    }

    /// The schema of a parameter of an operation, else of its path.
    fn parameter(&self, places: &[&str], argument: &Value) -> Option<String> {
        for place in places {
            let list = self.document.pointer(&format!("{place}/parameters")).and_then(Value::as_array);
            for index in 0..list.map_or(0, Vec::len) {
                let at = self.resolved(&format!("{place}/parameters/{index}"));
                let parameter = self.document.pointer(&at)?;
                if parameter["name"] == argument["name"] && parameter["in"] == argument["in"] {
                    return parameter.get("schema").map(|_| format!("{at}/schema"));
                }
            }
        }
        None
    }

    /// Where the references at `pointer` lead.
    fn resolved(&self, pointer: &str) -> String {
        let mut pointer = pointer.to_owned();
        for _ in 0..32 {
            let reference = self.document.pointer(&pointer).and_then(|value| value.get("$ref")?.as_str());
            match reference.and_then(|reference| reference.strip_prefix('#')) {
                Some(target) => target.clone_into(&mut pointer),
                None => break,
            }
        }
        pointer
    }

    /// The pointer of the first JSON schema in the `content` of what `pointer` leads to.
    fn json_schema(&self, pointer: &str) -> Option<String> {
        let pointer = self.resolved(pointer);
        let content = self.document.pointer(&pointer)?.get("content")?.as_object()?;
        let (media_type, media) = content.iter().find(|(media_type, _)| is_json(media_type))?;
        media.get("schema")?;
        Some(format!("{pointer}/content/{}/schema", escape(media_type)))
    }

    fn add(&mut self, schema: Option<String>, ty: &Value, kind: Kind) {
        let text = match ty.as_str() {
            // A body of several kinds is one type for each of them.
            None | Some("()") => return,
            Some(text) if text.contains("bodies::") => return,
            Some("str") => "::std::string::String",
            Some(text) => text,
        };
        let ty: Type = syn::parse_str(text).expect("a binding's type is a type");
        self.add_type(schema, &ty, kind);
    }

    fn add_type(&mut self, schema: Option<String>, ty: &Type, kind: Kind) {
        let Some(schema) = schema else { return };
        let beside = schema.strip_suffix("/schema").unwrap_or(&schema);
        let more = self.document.pointer(&format!("{beside}/examples")).and_then(Value::as_object);
        let more = more.into_iter().flatten().map(|(name, _)| format!("{beside}/examples/{}/value", escape(name)));
        let examples = more.chain([format!("{beside}/example")]);
        let examples = examples.filter(|pointer| self.document.pointer(pointer).is_some()).collect();
        let at = self.flat(&[schema]);
        self.entries.insert(Entry { ty: ty.to_token_stream().to_string(), kind, at: at.clone(), examples });
        self.visit(ty, &at, kind, false);
    }

    /// The schemas that hold together where all of `at` do.
    fn flat(&self, at: &[String]) -> Vec<String> {
        let mut flat: Vec<String> = Vec::new();
        let mut open: Vec<String> = at.iter().rev().cloned().collect();
        while let Some(pointer) = open.pop() {
            // A reference beside which null is said to be a value is more than what it refers to.
            let more =
                self.document.pointer(&pointer).filter(|schema| schema.get("$ref").is_some() && says_null(schema));
            if more.is_some() && !flat.contains(&pointer) {
                flat.push(pointer.clone());
            }
            let pointer = self.resolved(&pointer);
            if flat.contains(&pointer) {
                continue;
            }
            let parts = self.document.pointer(&pointer).and_then(|schema| schema.get("allOf")?.as_array());
            open.extend((0..parts.map_or(0, Vec::len)).rev().map(|index| format!("{pointer}/allOf/{index}")));
            flat.push(pointer);
        }
        flat
    }

    /// Those of `at` that have something at `tokens`, and what that is.
    fn below(&self, at: &[String], tokens: &str) -> Vec<String> {
        let found = at.iter().map(|pointer| format!("{pointer}/{tokens}"));
        let found: Vec<String> =
            found.filter(|pointer| self.document.pointer(pointer).is_some_and(Value::is_object)).collect();
        self.flat(&found)
    }

    /// Enters the types that `ty` is made of; `nullable` if null stands beside it.
    fn visit(&mut self, ty: &Type, at: &[String], kind: Kind, nullable: bool) {
        if let Some(of) = inner(ty, "Box") {
            return self.visit(of, at, kind, nullable);
        }
        if let Some(of) = inner(ty, "Option") {
            return self.visit(of, at, kind, true);
        }
        for (name, tokens) in [("Vec", "items"), ("BTreeMap", "additionalProperties")] {
            if let Some(of) = inner(ty, name) {
                // One type for items or members of several schemas is judged with what holds them.
                let beside = if tokens == "items" { "prefixItems" } else { "patternProperties" };
                if at.iter().any(|pointer| self.document.pointer(&format!("{pointer}/{beside}")).is_some()) {
                    return;
                }
                let at = self.below(at, tokens);
                return self.visit(of, &at, kind, false);
            }
        }
        if let Type::Tuple(items) = ty {
            for (index, of) in items.elems.iter().enumerate() {
                let at = self.below(at, &format!("prefixItems/{index}"));
                self.visit(of, &at, kind, false);
            }
            return;
        }
        let Type::Path(path) = ty else { return };
        if path.path.leading_colon.is_some() || path.path.segments.first().is_some_and(|it| it.ident == "codegen") {
            let more: &[&str] = match last(&path.path).as_str() {
                "Value" => &["type", "enum", "properties", "items", "oneOf", "anyOf", "not"],
                "Map" => &["properties", "oneOf", "anyOf"],
                _ => &[],
            };
            let says =
                |pointer: &&String| more.iter().any(|key| self.document.pointer(&format!("{pointer}/{key}")).is_some());
            self.any.extend(at.iter().find(says).cloned());
            return;
        }
        let name = format!("types::{}", last(&path.path));
        let Some(item) = self.items.get(&name).copied() else { return };
        let entry = |ty: String| Entry { ty, kind, at: at.to_vec(), examples: Vec::new() };
        if at.is_empty() {
            return;
        }
        self.entries.insert(entry(if nullable { format!("Option<{name}>") } else { name.clone() }));
        if !self.visited.insert(entry(name)) {
            return;
        }
        match item {
            Item::Struct(item) => self.fields(item, at, kind),
            Item::Enum(item) => self.alternatives(item, at, kind),
            Item::Type(item) => match inner(&item.ty, "Checked") {
                Some(Type::Path(rules)) => {
                    // What it holds is judged with the rules; what that is made of, by itself.
                    let held = self.values.get(&last(&rules.path)).copied();
                    if let Some(held) = held.filter(|ty| inner(ty, "Vec").or(inner(ty, "BTreeMap")).is_some()) {
                        self.visit(held, at, kind, false);
                    }
                }
                _ => self.visit(&item.ty, at, kind, false),
            },
            _ => {}
        }
    }

    fn fields(&mut self, item: &syn::ItemStruct, at: &[String], kind: Kind) {
        for field in &item.fields {
            let Some(ident) = &field.ident else {
                self.visit(&field.ty, at, kind, false);
                continue;
            };
            let serde = field.attrs.iter().find(|attribute| attribute.path().is_ident("serde"));
            let (mut name, mut flatten, mut optional) = (ident.to_string(), false, false);
            if let Some(serde) = serde {
                let read = serde.parse_nested_meta(|meta| {
                    flatten |= meta.path.is_ident("flatten");
                    optional |= meta.path.is_ident("skip_serializing_if");
                    if meta.input.peek(syn::Token![=]) {
                        let text: syn::LitStr = meta.value()?.parse()?;
                        if meta.path.is_ident("rename") {
                            name = text.value();
                        }
                    }
                    Ok(())
                });
                read.expect("serde's attributes are of the known form");
            }
            let written = self.written.get(&item.ident.to_string()).into_iter().flatten();
            if let Some(member) = written.into_iter().find(|member| *ident == member.field) {
                name.clone_from(&member.name);
                optional = member.method.starts_with("optional");
            }
            if flatten {
                if let Some(of) = inner(&field.ty, "BTreeMap") {
                    let below = self.below(at, "additionalProperties");
                    self.visit(of, &below, kind, false);
                }
                continue;
            }
            let below = self.below(at, &format!("properties/{}", escape(&name)));
            // The outer option of an optional field is absence, not null.
            let ty = inner(&field.ty, "Option").filter(|_| optional).unwrap_or(&field.ty);
            self.visit(ty, &below, kind, false);
        }
    }

    /// The alternatives of an enum, which are those of the schema in their order.
    fn alternatives(&mut self, item: &syn::ItemEnum, at: &[String], kind: Kind) {
        let held = item.variants.iter().filter(|variant| variant.ident != "Unknown");
        let held: Vec<&Type> = held.filter_map(|variant| variant.fields.iter().next().map(|field| &field.ty)).collect();
        let schema = at.iter().find_map(|pointer| {
            let schema = self.document.pointer(pointer)?;
            let key = ["oneOf", "anyOf"].into_iter().find(|key| schema.get(*key).is_some())?;
            Some((format!("{pointer}/{key}"), schema[key].as_array()?))
        });
        let tuple = |ty: &&&Type| matches!(ty, Type::Tuple(_));
        if let (None, Some(ty)) = (&schema, held.first().filter(tuple)) {
            return self.visit(ty, at, kind, false);
        }
        let Some((pointer, parts)) = schema else { return };
        // What stands beside the alternatives is in each of them: the whole is judged, where it has a schema.
        let says = |key: &str| at.iter().filter(|it| self.document.pointer(&format!("{it}/{key}")).is_some()).count();
        let beside = ["properties", "required", "additionalProperties"].iter().map(|key| says(key)).sum::<usize>();
        if beside > 0 || says("oneOf") + says("anyOf") > 1 {
            return;
        }
        let null = serde_json::json!([null]);
        let parts: Vec<usize> = (0..parts.len()).filter(|index| parts[*index].get("enum") != Some(&null)).collect();
        if parts.len() == held.len() {
            for (ty, index) in held.into_iter().zip(parts) {
                let at = self.flat(&[format!("{pointer}/{index}")]);
                let is_union = |at: &String| {
                    ["oneOf", "anyOf"].iter().any(|key| self.document.pointer(&format!("{at}/{key}")).is_some())
                };
                // A type beside the alternatives takes away some of those that one of them has itself.
                if says("type") == 0 || !at.iter().any(is_union) {
                    self.visit(ty, &at, kind, false);
                }
            }
        }
    }
}

/// The text of a doc comment.
fn doc(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(meta) = &attribute.meta else { return None };
    match &meta.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if meta.path.is_ident("doc") => {
            Some(text.value())
        }
        _ => None,
    }
}

fn last(path: &syn::Path) -> String {
    path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// The last argument of `Name<…>`, if `ty` is one.
fn inner<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().rev().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
