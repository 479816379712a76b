//! What a generated client has, read off its code with syn: operations, and the members of types by their names on the wire.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::members::{members, written};
use quote::ToTokens;
use syn::visit::{self, Visit};

/// A generated client.
#[derive(Default)]
pub struct Client {
    /// By method and path.
    pub operations: HashMap<(String, String), Operation>,
    items: HashMap<String, Item>,
    headers: HashMap<String, BTreeSet<String>>,
    enums: HashMap<String, BTreeMap<String, Variant>>,
    aliases: HashMap<String, String>,
}

/// An operation, by what its marker and its methods say.
#[derive(Clone, Default)]
pub struct Operation {
    /// The statuses that it documents, as the table writes them: `200`, `4XX`.
    pub statuses: BTreeSet<String>,
    /// The media types that it accepts.
    pub accept: Vec<String>,
    /// The type of the body of a success.
    pub body: String,
    headers: String,
    error: String,
    /// Parameters: where they go, and their names.
    pub parameters: BTreeMap<(String, String), String>,
    /// Request bodies: the media type (`*` where the caller gives it), and the type.
    pub sent: BTreeMap<String, String>,
}

/// What one status of the errors has.
#[derive(Clone, Default)]
pub struct Variant {
    /// The type of its body, if it has one.
    pub body: Option<String>,
    /// The type of its headers; empty without any.
    pub headers: String,
}

/// A type.
#[derive(Clone, Default)]
struct Item {
    /// The members of a struct by their names in JSON.
    members: BTreeMap<String, String>,
    /// The types of what has no name: the members that are kept besides, and what an enum or a wrapper holds.
    rest: Vec<String>,
}

impl Client {
    /// Reads the code of a client.
    pub fn read(code: &str) -> Self {
        let file = syn::parse_file(code).expect("the client is Rust");
        let mut reader = Reader::default();
        reader.module(&file.items, "");
        reader.finish()
    }

    /// The names of the headers that a type of headers has.
    pub fn header_names(&self, ty: &str) -> BTreeSet<String> {
        words(ty).filter_map(|word| self.headers.get(word)).flatten().cloned().collect()
    }

    /// The names of the headers of a success.
    pub fn success_headers(&self, operation: &Operation) -> BTreeSet<String> {
        self.header_names(&operation.headers)
    }

    /// What the client has for an error of that status.
    pub fn error(&self, operation: &Operation, status: &str) -> Option<&Variant> {
        let name = operation.error.rsplit(' ').next()?;
        self.enums.get(self.aliases.get(name).map_or(name, String::as_str))?.get(&status.to_ascii_uppercase())
    }

    /// The type of the member `name` of the struct that `ty` is, or holds without a name; of several such structs, all of
    /// their types.
    pub fn member(&self, ty: &str, name: &str) -> Option<String> {
        let held = self.held(ty);
        let types: Vec<&str> =
            held.iter().filter_map(|item| self.items.get(item)?.members.get(name)).map(String::as_str).collect();
        (!types.is_empty()).then(|| types.join(" "))
    }

    /// The types of what `ty` holds without a name, as text.
    pub fn rest(&self, ty: &str) -> String {
        let held = self.held(ty);
        held.iter()
            .filter_map(|item| self.items.get(item))
            .flat_map(|item| item.rest.clone())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether `ty` is any JSON, other names and `Option`s aside.
    pub fn is_any(&self, ty: &str) -> bool {
        let name = ty.rsplit(' ').next().unwrap_or_default();
        let ty = self.aliases.get(name).map_or(ty, String::as_str);
        let plain = words(ty).filter(|word| !["Option", "Box", "std", "boxed", "option"].contains(word));
        plain.collect::<Vec<_>>() == ["codegen", "serde_json", "Value"]
    }

    /// The items that `ty` names, and those that these hold without a name.
    fn held(&self, ty: &str) -> BTreeSet<String> {
        let (mut open, mut held) = (vec![ty.to_owned()], BTreeSet::new());
        while let Some(ty) = open.pop() {
            for word in words(&ty) {
                if let Some(alias) = self.aliases.get(word).filter(|_| !held.contains(word)) {
                    held.insert(word.to_owned());
                    open.push(alias.clone());
                }
                if let Some(item) = self.items.get(word).filter(|_| held.insert(word.to_owned())) {
                    open.extend(item.rest.iter().cloned());
                }
            }
        }
        held
    }
}

/// The identifiers in a type.
fn words(ty: &str) -> impl Iterator<Item = &str> {
    ty.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

#[derive(Default)]
struct Reader {
    client: Client,
    markers: HashMap<String, (String, String, Operation)>,
    /// By marker: parameters and bodies.
    calls: HashMap<String, Operation>,
    /// The names on the wire of the fields of structs.
    wire: HashMap<String, HashMap<String, String>>,
    fields: HashMap<String, Vec<(String, Option<String>, String)>>,
}

impl Reader {
    fn module(&mut self, items: &[syn::Item], name: &str) {
        for item in items {
            match item {
                syn::Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        self.module(items, &module.ident.to_string());
                    }
                }
                syn::Item::Struct(item) => self.structure(item),
                syn::Item::Enum(item) if name == "errors" => self.error(item),
                syn::Item::Enum(item) => {
                    let held = item.variants.iter().flat_map(|variant| &variant.fields).map(|field| text(&field.ty));
                    self.client.items.entry(item.ident.to_string()).or_default().rest.extend(held);
                }
                syn::Item::Type(item) => {
                    let ty = text(&item.ty);
                    self.client.aliases.insert(item.ident.to_string(), ty);
                }
                syn::Item::Impl(block) => self.block(block, name),
                syn::Item::Macro(item) => {
                    if let Some((name, members)) = written(&item.mac) {
                        self.wire.entry(name).or_default().extend(members.into_iter().map(|it| (it.field, it.name)));
                    }
                }
                _ => {}
            }
        }
    }

    fn structure(&mut self, item: &syn::ItemStruct) {
        let fields = item.fields.iter().map(|field| {
            let rename = field.attrs.iter().map(text).find_map(|attribute| {
                attribute.split_once("rename = \"").and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned()))
            });
            let name = field.ident.as_ref().map(|ident| ident.to_string()).unwrap_or_default();
            (name, rename, text(&field.ty))
        });
        self.fields.insert(item.ident.to_string(), fields.collect());
    }

    fn error(&mut self, item: &syn::ItemEnum) {
        let variants = item.variants.iter().map(|variant| {
            let docs = variant.attrs.iter().map(text).collect::<String>();
            let label = docs.split('`').nth(1).unwrap_or_default().to_owned();
            let status = if label == "an error" { "DEFAULT" } else { label.split(' ').next().unwrap_or_default() };
            let field = |name: &str| {
                let field = variant.fields.iter().find(|field| field.ident.as_ref().is_some_and(|ident| ident == name));
                field.map(|field| text(&field.ty))
            };
            (status.to_owned(), Variant { body: field("body"), headers: field("headers").unwrap_or_default() })
        });
        self.client.enums.insert(item.ident.to_string(), variants.collect());
    }

    fn block(&mut self, block: &syn::ItemImpl, module: &str) {
        let of = text(&block.self_ty);
        let is_endpoint = block.trait_.as_ref().is_some_and(|(path, ..)| text(path).ends_with("Endpoint"));
        if is_endpoint {
            let mut row = Row::default();
            row.visit_item_impl(block);
            let types = |name: &str| {
                let item = block.items.iter().find_map(|item| match item {
                    syn::ImplItem::Type(item) if item.ident == name => Some(text(&item.ty)),
                    _ => None,
                });
                item.unwrap_or_default()
            };
            let operation =
                Operation { body: types("Body"), headers: types("Headers"), error: types("Error"), ..row.operation };
            self.markers.insert(of, (row.method, row.path, operation));
            return;
        }
        // What a trait is told of a type, the values of one that is checked say, is what it holds.
        let told = block.items.iter().filter_map(|item| match item {
            syn::ImplItem::Type(item) => Some(text(&item.ty)),
            _ => None,
        });
        self.client.items.entry(of.clone()).or_default().rest.extend(told);
        let mut wire = Wire::default();
        wire.visit_item_impl(block);
        let names = self.wire.entry(of.clone()).or_default();
        names.extend(wire.0);
        for item in &block.items {
            let syn::ImplItem::Fn(function) = item else { continue };
            let returned = text(&function.sig.output);
            // The methods of a request, and those of the client that make one.
            let request = if module == "requests" { format!("requests :: {of}") } else { returned };
            let Some((_, marker)) = request.split_once("requests :: ") else { continue };
            let marker = words(marker).last().unwrap_or_default().to_owned();
            let mut puts = Puts { function, operation: Operation::default() };
            puts.visit_block(&function.block);
            let known = self.calls.entry(marker).or_default();
            known.parameters.extend(puts.operation.parameters);
            known.sent.extend(puts.operation.sent);
        }
    }

    fn finish(mut self) -> Client {
        for (name, fields) in self.fields {
            let wire = self.wire.remove(&name).unwrap_or_default();
            let item = self.client.items.entry(name.clone()).or_default();
            let mut names = BTreeSet::new();
            for (field, rename, ty) in fields {
                // One that is flattened is written and read without a name of its own.
                let known = rename.or_else(|| wire.get(&field).cloned());
                match known.or_else(|| (!field.is_empty()).then(|| field.trim_start_matches("r#").to_owned())) {
                    Some(known) => {
                        names.insert(known.to_ascii_lowercase());
                        item.rest.extend((field == "extra" || field.starts_with("additional")).then(|| ty.clone()));
                        item.members.insert(known, ty);
                    }
                    None => item.rest.push(ty),
                }
            }
            self.client.headers.insert(name, names);
        }
        for (marker, (method, path, mut operation)) in self.markers {
            if let Some(calls) = self.calls.remove(&marker) {
                (operation.parameters, operation.sent) = (calls.parameters, calls.sent);
            }
            self.client.operations.insert((method, path), operation);
        }
        self.client
    }
}

fn literal(expression: &syn::Expr) -> Option<String> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        syn::Expr::Reference(reference) => literal(&reference.expr),
        _ => None,
    }
}

/// The row of the operation table.
#[derive(Default)]
struct Row {
    method: String,
    path: String,
    operation: Operation,
}

impl<'a> Visit<'a> for Row {
    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        let texts: Option<Vec<String>> = call.args.iter().map(literal).collect();
        if let Some([_, method, path]) = texts.as_deref() {
            (self.method, self.path) = (method.clone(), path.clone());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_field_value(&mut self, field: &'a syn::FieldValue) {
        match text(&field.member).as_str() {
            "statuses" => {
                let syn::Expr::Reference(list) = &field.expr else { return };
                let syn::Expr::Array(list) = &*list.expr else { return };
                self.operation.statuses.extend(list.elems.iter().filter_map(literal));
            }
            "accept" => {
                let accept = literal(&field.expr).unwrap_or_default();
                // Without the weight that those other than JSON have.
                let media_type = |offered: &str| offered.trim_end_matches(";q=0.9").to_owned();
                self.operation.accept = accept.split(", ").map(media_type).collect();
            }
            _ => visit::visit_field_value(self, field),
        }
    }
}

/// The name on the wire that each field is read from: a row of `codegen::read_members!`, or a field of a struct of headers.
#[derive(Default)]
struct Wire(HashMap<String, String>);

impl<'a> Visit<'a> for Wire {
    fn visit_macro(&mut self, call: &'a syn::Macro) {
        self.0.extend(members(call.tokens.clone()).into_iter().map(|member| (member.field, member.name)));
    }

    fn visit_field_value(&mut self, field: &'a syn::FieldValue) {
        struct First(Option<String>);
        impl<'a> Visit<'a> for First {
            fn visit_lit_str(&mut self, text: &'a syn::LitStr) {
                self.0.get_or_insert_with(|| text.value());
            }
        }
        let mut first = First(None);
        first.visit_expr(&field.expr);
        if let Some(name) = first.0 {
            self.0.insert(text(&field.member), name);
        }
    }
}

/// What a method puts into the request.
struct Puts<'a> {
    function: &'a syn::ImplItemFn,
    operation: Operation,
}

impl Puts<'_> {
    fn argument(&self, name: &str) -> String {
        let inputs = self.function.sig.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(argument) if text(&argument.pat) == name => Some(text(&argument.ty)),
            _ => None,
        });
        inputs.last().unwrap_or_default()
    }
}

impl<'a> Visit<'a> for Puts<'_> {
    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        let (Some(first), Some(second)) = (call.args.first(), call.args.iter().nth(1)) else { return };
        let ty = self.argument(words(&text(second)).last().unwrap_or_default());
        match call.method.to_string().as_str() {
            place @ ("path" | "query" | "header" | "cookie") => {
                let name = literal(first).expect("a parameter's name is written out");
                self.operation.parameters.insert((place.to_owned(), name), ty);
            }
            "json" | "form" | "form_of" | "multipart" | "multipart_of" | "text" | "text_of" | "bytes" | "base64" => {
                self.operation.sent.insert(literal(first).unwrap_or_else(|| "*".to_owned()), ty);
            }
            _ => {}
        }
    }
}
