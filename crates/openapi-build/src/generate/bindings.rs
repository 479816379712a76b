//! A description of a generated client for tools: for each operation, its method and types by full path. It is read from the
//! generated code, so that it always matches the code.

use std::collections::HashMap;

use quote::ToTokens;
use serde_json::{Map, Value, json};
use syn::visit::{self, Visit};
use syn::{Expr, Fields, FnArg, ImplItem, Item, Lit, Pat, ReturnType};

use super::scope::Scope;
use crate::diagnostic::Diagnostic;

/// Describes `code`, a generated client: `{"operations": […]}`, each with
///
/// | key | what it is |
/// | --- | --- |
/// | `id`, `method`, `path` | as the definition has them |
/// | `rust` | the path of the method that makes the request |
/// | `group` | the path of the method that returns the handle with that method, if operations are grouped |
/// | `arguments` | its arguments, then the setters of the request: `rust` (the name), `type`, `reference` (whether it is taken by reference), `checked` (whether a setter checks it and returns a `Result`), `required`, and `name` and `in` of the parameter |
/// | `body` | `type`, `required` and `media_type`, if the operation takes a body |
/// | `success` | `type` of the body, and of the `headers`; if the body is one of several, its `variants` |
/// | `error` | `type`, and its `variants` |
/// | `item` | the type of an item, if the operation gives a list that pages by itself |
///
/// A variant has its `name`, the `status` or the `media_types` that it is for, and the types of its `body` and `headers`, if
/// any; a body that is itself one of several has `variants` too.
///
/// Paths start at the module that contains the code; those of other crates begin with `::`, and names of the standard
/// prelude have no path.
///
/// # Errors
///
/// `G012`, if `code` does not parse as Rust.
pub fn bindings(code: &str) -> Result<Value, Diagnostic> {
    let file = syn::parse_file(code)
        .map_err(|error| Diagnostic::error("G012", format!("the generated code does not parse: {error}")))?;
    let mut client = Reader::default();
    client.module(&file.items, &[]);
    let operations = client.markers.iter().map(|marker| client.operation(marker)).collect::<Vec<_>>();
    Ok(json!({ "operations": operations }))
}

/// What the implementation of `Endpoint` says about an operation.
struct Marker {
    /// The path of the marker type.
    path: String,
    /// `id`, `method` and `path`.
    row: Map<String, Value>,
    types: HashMap<String, String>,
}

/// A method of the client or of a request.
struct Function {
    path: String,
    arguments: Vec<Taken>,
}

/// An argument of a function.
struct Taken {
    name: String,
    ty: String,
    /// Whether it is taken by reference.
    reference: bool,
    /// Whether it is made of what the caller gives, which is checked.
    checked: bool,
    /// Where the definition has it.
    at: Option<Use>,
}

/// How an argument is put into the request.
#[derive(Clone)]
struct Use {
    place: String,
    name: String,
}

#[derive(Default)]
struct Reader {
    markers: Vec<Marker>,
    /// The method that creates a request, and the setters of that request, by the path of the marker.
    methods: HashMap<String, Function>,
    setters: HashMap<String, Vec<Function>>,
    /// The methods that return the handle of a group, by the path of the handle.
    groups: HashMap<String, String>,
    /// The variants of the enums, by path.
    enums: HashMap<String, Vec<Value>>,
    /// The targets of type aliases, by path.
    aliases: HashMap<String, String>,
    /// The types of the items of lists, by the path of the marker.
    items: HashMap<String, String>,
}

impl Reader {
    fn module(&mut self, items: &[Item], at: &[String]) {
        let scope = Scope::new(at, items);
        for item in items {
            match item {
                Item::Mod(module) => {
                    let inner = [at, &[module.ident.to_string()]].concat();
                    if let Some((_, items)) = &module.content {
                        self.module(items, &inner);
                    }
                }
                Item::Enum(item) => {
                    let variants = item.variants.iter().map(|variant| scope.variant(variant)).collect();
                    self.enums.insert(scope.path(&item.ident.to_string()), variants);
                }
                Item::Type(item) => {
                    self.aliases.insert(scope.path(&item.ident.to_string()), scope.type_path(&item.ty));
                }
                Item::Impl(block) => self.block(block, &scope),
                _ => {}
            }
        }
    }

    fn block(&mut self, block: &syn::ItemImpl, scope: &Scope<'_>) {
        let of_trait = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
        match of_trait {
            Some(name) if name.ident == "Endpoint" => self.markers.extend(scope.marker(block)),
            Some(name) if name.ident == "List" => {
                let item = block.items.iter().find_map(|item| match item {
                    ImplItem::Type(item) => Some(scope.type_path(&item.ty)),
                    _ => None,
                });
                self.items.extend(item.map(|item| (scope.type_path(&block.self_ty), item)));
            }
            Some(_) => {}
            None => {
                let own = scope.type_path(&block.self_ty);
                let setters_of = marker_of(&own);
                for item in &block.items {
                    let ImplItem::Fn(function) = item else { continue };
                    let read = || scope.function(&own, function);
                    match (&setters_of, &function.sig.output) {
                        (Some(marker), _) => self.setters.entry(marker.clone()).or_default().push(read()),
                        (None, ReturnType::Type(_, ty)) if in_groups(&scope.type_path(ty)) => {
                            self.groups.insert(scope.type_path(ty), read().path);
                        }
                        (None, ReturnType::Type(_, ty)) => {
                            if let Some(marker) = marker_of(&scope.type_path(ty)) {
                                // The first method is the operation's own; the others send another media type.
                                self.methods.entry(marker).or_insert_with(read);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    fn operation(&self, marker: &Marker) -> Value {
        let mut object = marker.row.clone();
        let method = self.methods.get(&marker.path);
        let setters = self.setters.get(&marker.path).into_iter().flatten();
        object.insert("rust".into(), json!(method.map(|method| &method.path)));
        let handle = method.and_then(|method| Some(method.path.rsplit_once("::")?.0));
        if let Some(group) = handle.and_then(|handle| self.groups.get(handle)) {
            object.insert("group".into(), json!(group));
        }
        let mut arguments = Vec::new();
        let given = method.into_iter().map(|method| (true, method)).chain(setters.map(|setter| (false, setter)));
        for (required, function) in given {
            for Taken { name: rust, ty, reference, checked, at } in &function.arguments {
                match at {
                    Some(at) if at.place == "body" => {
                        let body = json!({"type": ty, "required": required, "media_type": at.name});
                        object.insert("body".into(), body);
                    }
                    at => arguments.push(json!({
                        "rust": rust, "type": ty, "reference": reference, "checked": checked, "required": required,
                        "name": at.as_ref().map(|at| &at.name), "in": at.as_ref().map(|at| &at.place),
                    })),
                }
            }
        }
        object.insert("arguments".into(), Value::Array(arguments));
        let ty = |name: &str| marker.types.get(name);
        let mut success = json!({"type": ty("Body"), "headers": ty("Headers")});
        if let Some(variants) = ty("Body").and_then(|path| self.bodies(path)) {
            success["variants"] = variants;
        }
        object.insert("success".into(), success);
        let variants = ty("Error").and_then(|path| self.variants(path));
        object.insert("error".into(), json!({"type": ty("Error"), "variants": variants}));
        if let Some(item) = self.items.get(&marker.path) {
            object.insert("item".into(), json!(item));
        }
        Value::Object(object)
    }

    /// The variants of an enum, each with the variants of its body.
    fn variants(&self, path: &str) -> Option<Value> {
        let path = self.aliases.get(path).map_or(path, String::as_str);
        let mut variants = self.enums.get(path)?.clone();
        for variant in &mut variants {
            if let Some(of_body) = variant["body"].as_str().and_then(|path| self.bodies(path)) {
                variant["variants"] = of_body;
            }
        }
        Some(Value::Array(variants))
    }

    /// The variants of a body that is one of several by status or media type.
    fn bodies(&self, path: &str) -> Option<Value> {
        path.split("::").any(|part| part == "bodies").then(|| self.variants(path))?
    }
}

impl Scope<'_> {
    fn marker(&self, block: &syn::ItemImpl) -> Option<Marker> {
        let mut marker = Marker { path: self.type_path(&block.self_ty), row: Map::new(), types: HashMap::new() };
        for item in &block.items {
            match item {
                ImplItem::Const(item) if item.ident == "OPERATION" => {
                    let mut row = Row::default();
                    row.visit_expr(&item.expr);
                    for key in ["id", "method", "path"] {
                        marker.row.insert(key.into(), json!(row.0.get(key)?));
                    }
                }
                ImplItem::Type(item) => {
                    marker.types.insert(item.ident.to_string(), self.type_path(&item.ty));
                }
                _ => {}
            }
        }
        Some(marker)
    }

    fn function(&self, of: &str, function: &syn::ImplItemFn) -> Function {
        let mut uses = Uses::default();
        uses.visit_block(&function.block);
        let arguments = function.sig.inputs.iter().filter_map(|argument| {
            let FnArg::Typed(argument) = argument else { return None };
            let Pat::Ident(name) = &*argument.pat else { return None };
            let name = name.ident.to_string();
            let at = uses.0.get(&name).cloned();
            let reference = matches!(&*argument.ty, syn::Type::Reference(_));
            let checked = converted(&argument.ty);
            let ty = self.type_path(checked.unwrap_or(&argument.ty));
            Some(Taken { ty, reference, checked: checked.is_some(), at, name })
        });
        Function { path: format!("{of}::{}", function.sig.ident), arguments: arguments.collect() }
    }

    fn variant(&self, variant: &syn::Variant) -> Value {
        let mut object = Map::from_iter([("name".to_owned(), json!(variant.ident.to_string()))]);
        // The first line of the docs has the status and its name, or the media types, in backticks.
        let docs = variant.attrs.iter().find(|attribute| attribute.path().is_ident("doc"));
        let text = docs.map(|docs| docs.to_token_stream().to_string()).unwrap_or_default();
        let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
        match quoted.first() {
            Some(first) if first.contains('/') => object.insert("media_types".into(), json!(quoted)),
            first => object.insert("status".into(), json!(first.and_then(|line| line.split_whitespace().next()))),
        };
        match &variant.fields {
            Fields::Named(fields) => {
                for field in &fields.named {
                    if let Some(name) = &field.ident {
                        object.insert(name.to_string(), json!(self.type_path(&field.ty)));
                    }
                }
            }
            Fields::Unnamed(fields) => {
                object.extend(fields.unnamed.first().map(|body| ("body".to_owned(), json!(self.type_path(&body.ty)))));
            }
            Fields::Unit => {}
        }
        Value::Object(object)
    }
}

/// The generated type that `ty` becomes: `T` of `impl codegen::IntoChecked<T>`, and of `impl Into<T>` for a body.
fn converted(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::ImplTrait(bounds) = ty else { return None };
    let syn::TypeParamBound::Trait(bound) = bounds.bounds.first()? else { return None };
    let last = bound.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let syn::GenericArgument::Type(ty) = arguments.args.first()? else { return None };
    let is_generated = |ty: &syn::Type| matches!(ty, syn::Type::Path(path) if path.path.segments.iter().any(|segment| segment.ident == "types"));
    (last.ident == "IntoChecked" || last.ident == "Into" && is_generated(ty)).then_some(ty)
}

/// Whether `path` is that of the handle of a group.
fn in_groups(path: &str) -> bool {
    path.rsplit_once("::").is_some_and(|(module, _)| module == "groups" || module.ends_with("::groups"))
}

/// The path of the marker of the operation whose request type is at `path`, if `path` is that of a request type.
fn marker_of(path: &str) -> Option<String> {
    let (module, name) = path.rsplit_once("::")?;
    Some(format!("{}operations::{name}", module.strip_suffix("requests")?))
}

/// The `id`, `method` and `path` in a row of the operation table.
#[derive(Default)]
struct Row(HashMap<String, String>);

impl<'a> Visit<'a> for Row {
    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        let texts: Option<Vec<String>> = call.args.iter().map(text).collect();
        if let Some([id, method, path]) = texts.as_deref() {
            let named = [("id", id), ("method", method), ("path", path)];
            self.0 = named.into_iter().map(|(key, text)| (key.to_owned(), text.clone())).collect();
        }
        visit::visit_expr_call(self, call);
    }
}

/// Which argument goes where: `.query("name", argument, …)`, `.json("media type", &argument)`.
#[derive(Default)]
struct Uses(HashMap<String, Use>);

impl<'a> Visit<'a> for Uses {
    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        let (Some(name), Some(argument)) = (call.args.first().and_then(text), call.args.iter().nth(1)) else { return };
        let Some(argument) = argument_in(argument) else { return };
        let place = match call.method.to_string().as_str() {
            place @ ("path" | "query" | "header" | "cookie") => place.to_owned(),
            _ => "body".to_owned(),
        };
        self.0.insert(argument.to_string(), Use { place, name });
    }
}

/// The argument that `expression` is, by itself or converted: `value`, `&value`, `codegen::written_as::<…>(&value)`.
fn argument_in(expression: &Expr) -> Option<&syn::Ident> {
    match expression {
        Expr::Reference(reference) => argument_in(&reference.expr),
        Expr::Call(call) => argument_in(call.args.last()?),
        Expr::Path(argument) => argument.path.get_ident(),
        _ => None,
    }
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
