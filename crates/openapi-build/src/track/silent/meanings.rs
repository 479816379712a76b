//! What each item of a generated client stands for on the wire, read off its code: where a method puts its arguments, which
//! member a field is, and which value a variant. The surface has Rust names alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprField, ExprMethodCall, ExprPath, ExprStruct, FnArg, ImplItem, LitStr, Pat};

use crate::media_type::essence;

/// The traits whose implementations say what items stand for.
pub(crate) const TRAITS: [&str; 5] = ["Endpoint", "FromHeaders", "FromJson", "Serialize", "TryFromHeaders"];

/// What the items of a client stand for, by their paths in the surface.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Meanings {
    pub(super) functions: BTreeMap<String, Function>,
    /// The members that fields are.
    pub(super) fields: BTreeMap<String, Target>,
    /// The values that variants are.
    pub(super) variants: BTreeMap<String, BTreeSet<String>>,
    /// The operations, by the paths of their marker types.
    pub(super) operations: BTreeMap<String, Operation>,
    /// The environment variables that the client reads, each with the scheme and the part of a credential that it holds.
    pub(super) environment: BTreeMap<String, (String, String)>,
}

/// An operation: its ID, and what is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
}

/// A function of the client, of a request, or of a type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Function {
    /// The path of the marker type of the operation that it calls, or whose request it is of.
    pub(super) operation: Option<String>,
    /// Where it puts each argument.
    pub(super) arguments: Vec<Option<Target>>,
    /// The field that it is about, with the path of its type, if it is of a type.
    pub(super) field: Option<String>,
}

/// Where a value goes, or comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Path(String),
    Query(String),
    /// In lower case.
    Header(String),
    Cookie(String),
    ContentType,
    /// The body that is written as it is, with its media type; `None` where it is written as the definition says.
    Body(Option<String>),
    /// A member of an object, in the field of that path.
    Member {
        field: String,
        name: String,
    },
}

impl Target {
    fn of(method: &str, name: &str) -> Option<Self> {
        Some(match method {
            "path" | "path_segments" => Self::Path(name.to_owned()),
            "query" => Self::Query(name.to_owned()),
            "header" => Self::Header(name.to_ascii_lowercase()),
            "cookie" => Self::Cookie(name.to_owned()),
            _ => return None,
        })
    }

    /// The body that the method `method` of a call sends.
    fn body(method: &str, media_type: Option<&str>) -> Option<Self> {
        match method {
            "json" | "form" | "form_of" | "multipart" | "multipart_of" => Some(Self::Body(None)),
            "text" | "text_of" | "bytes" | "base64" => {
                Some(Self::Body(Some(media_type.map(essence).unwrap_or_default())))
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(name) => write!(f, "the path parameter `{name}`"),
            Self::Query(name) => write!(f, "the query parameter `{name}`"),
            Self::Header(name) => write!(f, "the header `{name}`"),
            Self::Cookie(name) => write!(f, "the cookie `{name}`"),
            Self::ContentType => write!(f, "the content type"),
            Self::Body(None) => write!(f, "the body"),
            Self::Body(Some(media_type)) if media_type.is_empty() => write!(f, "the body of a given type"),
            Self::Body(Some(media_type)) => write!(f, "the body of type `{media_type}`"),
            Self::Member { name, .. } => write!(f, "`{name}`"),
        }
    }
}

impl Meanings {
    /// What the items of `file`, a generated client, stand for.
    pub(crate) fn of(file: &syn::File) -> Self {
        let mut meanings = Self::default();
        meanings.module(&file.items, "");
        meanings
    }

    /// Reads the items of the module whose path is `at`, with `::` at its end.
    fn module(&mut self, items: &[syn::Item], at: &str) {
        // Fields first: functions refer to them.
        for item in items {
            match item {
                syn::Item::Macro(item) if ends(&item.mac.path, &["codegen", "serialize"]) => {
                    if let Some(TokenTree::Ident(name)) = item.mac.tokens.clone().into_iter().next() {
                        self.members(&format!("{at}{name}"), item.mac.tokens.clone());
                    }
                }
                syn::Item::Struct(item) => self.written(item, at),
                syn::Item::Static(item) => {
                    let mut finder = Environment(&mut self.environment);
                    finder.visit_expr(&item.expr);
                }
                syn::Item::Impl(block) if block.trait_.is_some() => self.implementation(block, at),
                _ => {}
            }
        }
        for item in items {
            match item {
                syn::Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        self.module(items, &format!("{at}{}::", module.ident));
                    }
                }
                syn::Item::Impl(block) if block.trait_.is_none() => self.functions(block, at),
                _ => {}
            }
        }
    }

    fn member(&mut self, of: &str, field: &str, name: String) {
        let field = format!("{of}::{field}");
        self.fields.entry(field.clone()).or_insert(Target::Member { field, name });
    }

    /// Reads `field = method("name")` off the input of a macro.
    fn members(&mut self, of: &str, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        for window in trees.windows(4) {
            let [TokenTree::Ident(field), TokenTree::Punct(equals), TokenTree::Ident(_), TokenTree::Group(call)] =
                window
            else {
                continue;
            };
            let name = call.stream().into_iter().next().and_then(|first| syn::parse2::<LitStr>(first.into()).ok());
            if let Some(name) = name.filter(|_| equals.as_char() == '=') {
                self.member(of, &field.to_string(), name.value());
            }
        }
    }

    /// Reads the members of a struct that serde writes.
    fn written(&mut self, item: &syn::ItemStruct, at: &str) {
        let of = format!("{at}{}", item.ident);
        let serde = |attribute: &&syn::Attribute| attribute.path().is_ident("serde");
        if !item.attrs.iter().any(|attribute| serde(&attribute)) {
            return;
        }
        for field in &item.fields {
            let Some(ident) = &field.ident else { continue };
            let (mut name, mut is_rest) = (ident.to_string(), false);
            for attribute in field.attrs.iter().filter(serde) {
                let _ = attribute.parse_nested_meta(|meta| {
                    is_rest |= meta.path.is_ident("flatten");
                    if let Ok(value) = meta.value() {
                        let value: LitStr = value.parse()?;
                        if meta.path.is_ident("rename") {
                            name = value.value();
                        }
                    }
                    Ok(())
                });
            }
            if !is_rest {
                self.member(&of, &ident.to_string(), name);
            }
        }
    }

    /// Reads what an implementation of a trait says of a type.
    fn implementation(&mut self, block: &syn::ItemImpl, at: &str) {
        let (Some((of_trait, _)), Some(of)) = (&block.trait_, self_path(&block.self_ty, at)) else { return };
        let Some(name) = TRAITS.into_iter().find(|name| ends(of_trait, &[name])) else { return };
        let is = |wanted: &str| wanted == name;
        if is("Endpoint") {
            let mut finder = Row::default();
            finder.visit_item_impl(block);
            self.operations.extend(finder.0.map(|operation| (of, operation)));
        } else if is("FromHeaders") || is("TryFromHeaders") {
            let mut finder = Made::default();
            finder.visit_item_impl(block);
            for (field, text) in finder.0.iter().filter_map(|(field, value)| Some((field, first_text(value)?))) {
                let path = format!("{of}::{field}");
                self.fields.insert(path, Target::Header(text.to_ascii_lowercase()));
            }
        } else if is("Serialize") || is("FromJson") {
            let mut finder = Spelled::default();
            finder.visit_item_impl(block);
            finder.members.into_iter().for_each(|tokens| self.members(&of, tokens));
            for (variant, values) in finder.variants {
                self.variants.entry(format!("{of}::{variant}")).or_default().extend(values);
            }
        }
    }

    /// Reads the functions of a type: of the client or a handle of it, of a request, or of a type of the definition.
    fn functions(&mut self, block: &syn::ItemImpl, at: &str) {
        let Some(of) = self_path(&block.self_ty, at) else { return };
        let (module, name) = of.rsplit_once("::").map_or(("", of.as_str()), |(module, name)| (module, name));
        let inner = |inner: &str| match module.strip_suffix(inner)? {
            "" => Some(String::new()),
            outer => outer.ends_with("::").then(|| outer.to_owned()),
        };
        let outer = if module.is_empty() { String::new() } else { format!("{module}::") };
        let root = inner("requests").or_else(|| inner("groups")).unwrap_or(outer);
        for item in &block.items {
            let ImplItem::Fn(function) = item else { continue };
            let arguments: Vec<String> = function.sig.inputs.iter().filter_map(argument).collect();
            let mut body = Body { arguments: &arguments, targets: vec![None; arguments.len()], ..Body::default() };
            body.visit_block(&function.block);
            if function.sig.ident == "as_str" {
                let mut finder = Spelled::default();
                finder.visit_block(&function.block);
                for (variant, values) in finder.variants {
                    self.variants.entry(format!("{of}::{variant}")).or_default().extend(values);
                }
                continue;
            }
            let marker = body.marker.or_else(|| inner("requests").map(|_| name.to_owned()));
            let operation = marker.map(|marker| format!("{root}operations::{marker}"));
            let mut targets = body.targets;
            // What `new` takes whole is a struct, whose fields have names.
            let lone = targets.len() <= 1 && body.fields.len() == 1;
            let field = body.fields.first().filter(|_| operation.is_none() && lone);
            let field = field.map(|field| format!("{of}::{field}")).filter(|field| self.fields.contains_key(field));
            if let (Some(field), Some(first)) = (&field, targets.first_mut()) {
                *first = self.fields.get(field).cloned();
            }
            if operation.is_some() || field.is_some() {
                let path = format!("{of}::{}", function.sig.ident);
                self.functions.insert(path, Function { operation, arguments: targets, field });
            }
        }
    }
}

/// The name of a type.
fn self_name(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Path(ty) => ty.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// The path of a type that the module at `at` refers to: `groups::Hotel`, or a name alone.
fn self_path(ty: &syn::Type, at: &str) -> Option<String> {
    let syn::Type::Path(ty) = ty else { return None };
    let mut modules: Vec<String> = at.split("::").filter(|module| !module.is_empty()).map(str::to_owned).collect();
    for segment in &ty.path.segments {
        match segment.ident.to_string().as_str() {
            "super" => drop(modules.pop()),
            "self" => {}
            name => modules.push(name.to_owned()),
        }
    }
    Some(modules.join("::"))
}

fn argument(argument: &FnArg) -> Option<String> {
    match argument {
        FnArg::Receiver(_) => None,
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(name) => Some(name.ident.to_string()),
            _ => Some(String::new()),
        },
    }
}

/// Whether a path ends with those names.
fn ends(path: &syn::Path, names: &[&str]) -> bool {
    let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    segments.len() >= names.len() && segments[segments.len() - names.len()..] == *names
}

/// What a block of one expression gives.
fn alone(expression: &Expr) -> &Expr {
    match expression {
        Expr::Block(syn::ExprBlock { block, .. }) => match block.stmts.as_slice() {
            [syn::Stmt::Expr(inner, None)] => alone(inner),
            _ => expression,
        },
        _ => expression,
    }
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// The first text within an expression.
fn first_text(expression: &Expr) -> Option<String> {
    let mut texts = Texts::default();
    texts.visit_expr(expression);
    texts.0.into_iter().next()
}

#[derive(Default)]
struct Texts(Vec<String>);

impl<'ast> Visit<'ast> for Texts {
    fn visit_lit_str(&mut self, text: &'ast LitStr) {
        self.0.push(text.value());
    }
}

/// Looks for the row of an operation.
#[derive(Default)]
struct Row(Option<Operation>);

impl<'ast> Visit<'ast> for Row {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        let is_row = matches!(&*call.func, Expr::Path(path) if ends(&path.path, &["Operation", "new"]));
        let texts: Vec<String> = call.args.iter().filter_map(text).collect();
        if let (true, [id, method, path]) = (is_row, texts.as_slice()) {
            self.0 = Some(Operation { id: id.clone(), method: method.clone(), path: path.clone() });
        }
        visit::visit_expr_call(self, call);
    }
}

/// Looks for `Self { field: value }`.
#[derive(Default)]
struct Made(Vec<(String, Expr)>);

impl<'ast> Visit<'ast> for Made {
    fn visit_expr_struct(&mut self, made: &'ast ExprStruct) {
        for field in made.fields.iter().filter(|_| made.path.is_ident("Self")) {
            if let syn::Member::Named(name) = &field.member {
                self.0.push((name.to_string(), field.expr.clone()));
            }
        }
        visit::visit_expr_struct(self, made);
    }
}

/// Looks for the environment variables in the description of the client.
struct Environment<'a>(&'a mut BTreeMap<String, (String, String)>);

impl<'ast> Visit<'ast> for Environment<'_> {
    fn visit_expr_struct(&mut self, made: &'ast ExprStruct) {
        let is_variable = ends(&made.path, &["EnvironmentVariable"]);
        let field =
            |name: &str| made.fields.iter().find(|field| matches!(&field.member, syn::Member::Named(of) if of == name));
        if let Some(name) = field("base_url_variable").and_then(|field| text(&field.expr)) {
            self.0.insert(name, (String::new(), "URL".to_owned()));
        }
        if let (true, Some(name), Some(part)) = (is_variable, field("name"), field("part"))
            && let (Some(name), Expr::Path(part)) = (text(&name.expr), &part.expr)
            && let Some(part) = part.path.segments.last()
        {
            let scheme = field("scheme").and_then(|field| text(&field.expr)).unwrap_or_default();
            self.0.insert(name, (scheme, part.ident.to_string()));
        }
        visit::visit_expr_struct(self, made);
    }
}

/// Looks for what a type is written as or read from: the members of a struct, and the values of variants.
#[derive(Default)]
struct Spelled {
    members: Vec<TokenStream>,
    variants: HashMap<String, BTreeSet<String>>,
}

impl Spelled {
    fn value(&mut self, variant: &str, texts: Vec<String>) {
        self.variants.entry(variant.to_owned()).or_default().extend(texts);
    }
}

impl<'ast> Visit<'ast> for Spelled {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if ends(&call.path, &["read_members"]) {
            self.members.push(call.tokens.clone());
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let (mut in_pattern, mut in_body) = (Variants::default(), Variants::default());
        in_pattern.visit_pat(&arm.pat);
        in_body.visit_expr(&arm.body);
        let (mut pattern, mut body) = (Texts::default(), Texts::default());
        pattern.visit_pat(&arm.pat);
        match alone(&arm.body) {
            // `codegen::tagged(serializer, "tag", &["value"], value)`
            Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if ends(&path.path, &["tagged"])) => {
                call.args.iter().skip(2).take(1).for_each(|values| body.visit_expr(values));
            }
            written => body.0.extend(text(written)),
        }
        match (in_pattern.0.as_slice(), in_body.0.as_slice()) {
            // It is written so.
            ([variant], _) if !body.0.is_empty() => self.value(variant, body.0),
            // It is read so.
            ([], [variant, ..]) if !pattern.0.is_empty() => self.value(variant, pattern.0),
            _ => {}
        }
    }
}

/// The variants of `Self` that are named.
#[derive(Default)]
struct Variants(Vec<String>);

impl<'ast> Visit<'ast> for Variants {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let [of, variant] = path.segments.iter().collect::<Vec<_>>()[..]
            && of.ident == "Self"
        {
            self.0.push(variant.ident.to_string());
        }
        visit::visit_path(self, path);
    }
}

/// What a function does with its arguments.
#[derive(Default)]
struct Body<'a> {
    arguments: &'a [String],
    targets: Vec<Option<Target>>,
    /// The marker type of the operation that it calls.
    marker: Option<String>,
    /// The fields of `self` that it sets, reads, or makes of its argument.
    fields: Vec<String>,
}

impl Body<'_> {
    /// The arguments that an expression mentions.
    fn mentioned(&self, expression: &Expr) -> Vec<usize> {
        struct Mentioned<'a>(&'a [String], Vec<usize>);
        impl<'ast> Visit<'ast> for Mentioned<'_> {
            fn visit_expr_path(&mut self, path: &'ast ExprPath) {
                let index = self.0.iter().position(|name| path.path.is_ident(name));
                self.1.extend(index);
            }
        }
        let mut mentioned = Mentioned(self.arguments, Vec::new());
        mentioned.visit_expr(expression);
        mentioned.1
    }

    fn put(&mut self, value: &Expr, target: &Target) {
        for index in self.mentioned(value) {
            self.targets[index] = Some(target.clone());
        }
    }

    fn field(&mut self, member: &syn::Member) {
        if let syn::Member::Named(name) = member
            && !self.fields.contains(&name.to_string())
        {
            self.fields.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Body<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        let method = call.method.to_string();
        let (Some(first), Some(second)) = (call.args.first(), call.args.get(1)) else { return };
        let name = text(first);
        if let Some(target) = name.as_deref().and_then(|name| Target::of(&method, name)) {
            self.put(second, &target);
        } else if let Some(target) = Target::body(&method, name.as_deref()) {
            self.put(first, &Target::ContentType);
            self.put(second, &target);
        }
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        // `codegen::Call::new::<operations::PutItem>`
        if ends(&path.path, &["Call", "new"])
            && let Some(syn::PathArguments::AngleBracketed(of)) = path.path.segments.last().map(|last| &last.arguments)
            && let Some(syn::GenericArgument::Type(marker)) = of.args.first()
        {
            self.marker = self_name(marker);
        }
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_field(&mut self, field: &'ast ExprField) {
        if matches!(&*field.base, Expr::Path(path) if path.path.is_ident("self")) {
            self.field(&field.member);
        }
        visit::visit_expr_field(self, field);
    }

    fn visit_expr_struct(&mut self, made: &'ast ExprStruct) {
        for field in &made.fields {
            if !self.mentioned(&field.expr).is_empty() {
                self.field(&field.member);
            }
        }
        visit::visit_expr_struct(self, made);
    }
}
