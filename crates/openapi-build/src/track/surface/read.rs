//! The public items of a generated client, read off its syntax tree.

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Fields, FnArg, ImplItem, Pat, ReturnType, Signature, TraitItem, Visibility};

use super::{Item, Kind};
use crate::diagnostic::Diagnostic;
use crate::generate::command_line;
use crate::generate::request_macro::{RequestMacro, implemented};
use crate::generate::scope::{CODEGEN, Scope, one_line};

pub(super) fn read(file: &syn::File) -> Result<Vec<Item>, Diagnostic> {
    let mut reader = Reader::default();
    reader.module(&file.items, &[]);
    match reader.unknown {
        Some(item) => {
            Err(Diagnostic::error("A002", format!("the generated code has an item that is not listed: {item}"))
                .help("this is a defect of openapi-build; please report it"))
        }
        None => Ok(reader.items),
    }
}

#[derive(Default)]
struct Reader {
    items: Vec<Item>,
    /// The first item of a kind that no arm knows.
    unknown: Option<String>,
}

impl Reader {
    fn add(&mut self, kind: Kind, path: impl Into<String>, signature: impl Into<String>, attributes: &[Attribute]) {
        let mut signature = signature.into();
        for name in ["non_exhaustive", "deprecated"] {
            if attributes.iter().any(|attribute| attribute.path().is_ident(name)) {
                signature.push_str(&format!(" #[{name}]"));
            }
        }
        self.items.push(Item { kind, path: path.into(), signature });
    }

    fn module(&mut self, items: &[syn::Item], at: &[String]) {
        let scope = Scope::new(at, items);
        for item in items {
            match item {
                syn::Item::Impl(block) => self.block(block, &scope),
                syn::Item::Macro(item) => self.macro_call(&item.mac, &scope),
                syn::Item::Use(item) if is_public(&item.vis) => {
                    let (tree, before) = from_above(&item.tree, at);
                    self.names(tree, &scope, before);
                }
                // What nobody outside can name.
                _ if !declaration(item).is_some_and(|(vis, attributes)| is_public(vis) && !is_hidden(attributes)) => {
                    if let syn::Item::Verbatim(_) = item {
                        self.unknown.get_or_insert_with(|| one_line(item));
                    }
                }
                syn::Item::Mod(module) => {
                    let path = scope.path(&module.ident.to_string());
                    self.add(Kind::Module, &path, "", &module.attrs);
                    if let Some((_, inner)) = &module.content {
                        self.module(inner, &[at, &[module.ident.to_string()]].concat());
                    }
                }
                syn::Item::Struct(item) => self.structure(item, &scope),
                syn::Item::Enum(item) => self.enumeration(item, &scope),
                syn::Item::Trait(item) => {
                    let path = scope.path(&item.ident.to_string());
                    self.add(Kind::Trait, &path, generics(&item.generics), &item.attrs);
                    for item in &item.items {
                        if let TraitItem::Fn(function) = item {
                            self.function(&path, &function.sig, &function.attrs, &scope);
                        }
                    }
                }
                syn::Item::Type(item) => {
                    let signature = format!("{} = {}", generics(&item.generics), full(&item.ty, &scope));
                    self.add(Kind::Type, scope.path(&item.ident.to_string()), signature, &item.attrs);
                }
                syn::Item::Const(item) => {
                    let signature = format!(": {}", full(&item.ty, &scope));
                    self.add(Kind::Const, scope.path(&item.ident.to_string()), signature, &item.attrs);
                }
                syn::Item::Static(item) => {
                    let signature = format!(": {}", full(&item.ty, &scope));
                    self.add(Kind::Static, scope.path(&item.ident.to_string()), signature, &item.attrs);
                }
                syn::Item::Fn(item) => self.function(&at.join("::"), &item.sig, &item.attrs, &scope),
                other => {
                    self.unknown.get_or_insert_with(|| one_line(other));
                }
            }
        }
    }

    /// A macro of the runtime: the type of a request, or what leaves nothing behind for users: a check, or what test doubles know.
    fn macro_call(&mut self, call: &syn::Macro, scope: &Scope<'_>) {
        if let Some((name, traits)) = implemented(call) {
            let path = scope.path(&name.to_string());
            for of in traits {
                self.add(Kind::Impl, &path, format!(": {of}"), &[]);
            }
            return;
        }
        let Some(request) = RequestMacro::read(call) else {
            let is_check = call.path.segments.first().is_some_and(|first| first.ident == CODEGEN)
                && call.path.segments.last().is_some_and(|last| {
                    ["answers", "expect_version", "same"].iter().any(|name| last.ident == name)
                        || last.ident == command_line::MACRO
                        || last.ident.to_string().starts_with("require_")
                });
            if !is_check {
                self.unknown.get_or_insert_with(|| one_line(call));
            }
            return;
        };
        let path = scope.path(&request.name.to_string());
        let streams: Vec<_> =
            request.streams.iter().map(|stream| (stream.method(), full(&stream.item, scope))).collect();
        let [body, headers, error] = request.answer.map(|ty| full(&ty, scope));
        let operation = full(&request.operation, scope);
        self.add(Kind::Struct, &path, "(..)", &request.attributes);
        let answer = format!("(self) -> openapi_runtime::Sending<{body}, {headers}, {error}>");
        self.add(Kind::Function, format!("{path}::send"), answer, &[]);
        for (method, ty) in [("pages", "Pages"), ("items", "Items")].into_iter().filter(|_| request.pages) {
            let answer = format!("(self) -> openapi_runtime::{ty}<{operation}>");
            self.add(Kind::Function, format!("{path}::{method}"), answer, &[]);
        }
        for ((method, ty), item) in streams {
            let answer =
                format!("(self) -> openapi_runtime::Opening<openapi_runtime::{ty}<{item}>, {headers}, {error}>");
            self.add(Kind::Function, format!("{path}::{method}"), answer, &[]);
        }
    }

    /// The names of a `pub use`.
    fn names(&mut self, tree: &syn::UseTree, scope: &Scope<'_>, before: String) {
        match tree {
            syn::UseTree::Path(path) => self.names(&path.tree, scope, format!("{before}{}::", path.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.names(tree, scope, before.clone())),
            syn::UseTree::Name(name) => {
                let signature = format!(" = {before}{}", name.ident);
                self.add(Kind::Use, scope.path(&name.ident.to_string()), signature, &[]);
            }
            syn::UseTree::Rename(name) => {
                let signature = format!(" = {before}{}", name.ident);
                self.add(Kind::Use, scope.path(&name.rename.to_string()), signature, &[]);
            }
            other => {
                self.unknown.get_or_insert_with(|| one_line(other));
            }
        }
    }

    fn structure(&mut self, item: &syn::ItemStruct, scope: &Scope<'_>) {
        let path = scope.path(&item.ident.to_string());
        let hidden = item.fields.iter().any(|field| !is_public(&field.vis));
        // With a private field nobody can build it or take it apart, as with `#[non_exhaustive]`.
        let form = match &item.fields {
            Fields::Unit => ";",
            Fields::Unnamed(_) if hidden => "(..)",
            Fields::Named(_) if hidden => " { .. }",
            _ => "",
        };
        self.add(Kind::Struct, &path, format!("{}{form}", generics(&item.generics)), &item.attrs);
        self.derives(&path, &item.attrs, scope);
        for (index, field) in item.fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            self.add(Kind::Field, format!("{path}::{name}"), format!(": {}", full(&field.ty, scope)), &field.attrs);
        }
    }

    fn enumeration(&mut self, item: &syn::ItemEnum, scope: &Scope<'_>) {
        let path = scope.path(&item.ident.to_string());
        self.add(Kind::Enum, &path, generics(&item.generics), &item.attrs);
        self.derives(&path, &item.attrs, scope);
        for variant in &item.variants {
            let types = variant.fields.iter().map(|field| match &field.ident {
                Some(name) => format!("{name}: {}", full(&field.ty, scope)),
                None => full(&field.ty, scope),
            });
            let types = types.collect::<Vec<_>>().join(", ");
            let signature = match &variant.fields {
                Fields::Named(_) => format!(" {{ {types} }}"),
                Fields::Unnamed(_) => format!("({types})"),
                Fields::Unit => String::new(),
            };
            self.add(Kind::Variant, format!("{path}::{}", variant.ident), signature, &variant.attrs);
        }
    }

    fn derives(&mut self, path: &str, attributes: &[Attribute], scope: &Scope<'_>) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let _ = attribute.parse_nested_meta(|derived| {
                self.add(Kind::Impl, path, format!(": {}", full(&derived.path, scope)), &[]);
                Ok(())
            });
        }
    }

    /// An implementation: its methods, or its trait.
    fn block(&mut self, block: &syn::ItemImpl, scope: &Scope<'_>) {
        let path = full(&block.self_ty, scope);
        let Some((of, _)) = &block.trait_ else {
            for item in &block.items {
                match item {
                    ImplItem::Fn(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                        self.function(&path, &item.sig, &item.attrs, scope);
                    }
                    ImplItem::Const(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                        let signature = format!(": {}", full(&item.ty, scope));
                        self.add(Kind::Const, format!("{path}::{}", item.ident), signature, &item.attrs);
                    }
                    _ => {}
                }
            }
            return;
        };
        let of_serde = of.segments.last().is_some_and(|last| last.ident == "Serialize" || last.ident == "Deserialize");
        let ours = of.segments.first().is_some_and(|segment| segment.ident == CODEGEN) && !of_serde;
        if !ours {
            self.add(Kind::Impl, &path, format!(": {}", full(of, scope)), &[]);
        }
        for item in &block.items {
            if let ImplItem::Type(item) = item {
                let signature = format!(" = {}", full(&item.ty, scope));
                self.add(Kind::Type, format!("{path}::{}", item.ident), signature, &[]);
            }
        }
    }

    fn function(&mut self, of: &str, function: &Signature, attributes: &[Attribute], scope: &Scope<'_>) {
        let mut function = function.clone();
        scope.full().visit_signature_mut(&mut function);
        Plain.visit_signature_mut(&mut function);
        let arguments = function.inputs.iter_mut().map(|argument| {
            // Whether an argument is changed within is nobody's business.
            match argument {
                FnArg::Receiver(receiver) => receiver.mutability = None,
                FnArg::Typed(argument) => {
                    if let Pat::Ident(name) = &mut *argument.pat {
                        name.mutability = None;
                    }
                }
            }
            one_line(argument)
        });
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let result = match &function.output {
            ReturnType::Default => String::new(),
            ReturnType::Type(_, ty) => format!(" -> {}", one_line(ty)),
        };
        let generics = generics(&function.generics);
        let qualifiers = if function.asyncness.is_some() { " async" } else { "" };
        let name = &function.ident;
        let path = if of.is_empty() { name.to_string() } else { format!("{of}::{name}") };
        self.add(Kind::Function, path, format!("{generics}({arguments}){result}{qualifiers}"), attributes);
    }
}

/// Makes a path read as users write it: what the prelude has by its name alone, and no lifetime on a trait.
struct Plain;

impl VisitMut for Plain {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        const PRELUDE: [&str; 14] = [
            "Box",
            "Clone",
            "Copy",
            "Default",
            "Eq",
            "From",
            "Into",
            "Option",
            "PartialEq",
            "Result",
            "String",
            "TryFrom",
            "TryInto",
            "Vec",
        ];
        if path.leading_colon.is_none() && path.segments[0].ident == CODEGEN {
            let second = path.segments.get(1).map(|segment| segment.ident.to_string()).unwrap_or_default();
            path.segments[0].ident = quote::format_ident!("openapi_runtime");
            match second.as_str() {
                "Serialize" | "Deserialize" => path.segments[0].ident = quote::format_ident!("serde"),
                "chrono" | "http" | "jiff" | "rust_decimal" | "serde_json" | "time" | "uuid" => {
                    path.segments = std::mem::take(&mut path.segments).into_iter().skip(1).collect();
                }
                _ => {}
            }
        }
        let is = |index: usize, name: &str| path.segments.get(index).is_some_and(|segment| segment.ident == name);
        let last = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if (is(0, "std") || is(0, "core")) && PRELUDE.contains(&last.as_str()) {
            path.segments = path.segments.last().cloned().into_iter().collect();
        } else if is(0, "std") && (last == "Debug" || last == "Hash") {
            // Derived and written out are the same.
            path.segments = path.segments.last().cloned().into_iter().collect();
        }
        path.leading_colon = None;
        if let Some(last) = path.segments.last_mut()
            && last.ident == "Deserialize"
        {
            last.arguments = syn::PathArguments::None;
        }
    }
}

/// The text of a type or path, from the root of the client.
fn full<T: ToTokens + Clone + Visited>(node: &T, scope: &Scope<'_>) -> String {
    let mut node = node.clone();
    node.visited(&mut scope.full());
    node.visited(&mut Plain);
    one_line(&node)
}

/// What a visitor of syntax can be sent to.
trait Visited {
    fn visited(&mut self, visitor: &mut impl VisitMut);
}

impl Visited for syn::Type {
    fn visited(&mut self, visitor: &mut impl VisitMut) {
        visitor.visit_type_mut(self);
    }
}

impl Visited for Box<syn::Type> {
    fn visited(&mut self, visitor: &mut impl VisitMut) {
        visitor.visit_type_mut(self);
    }
}

impl Visited for syn::Path {
    fn visited(&mut self, visitor: &mut impl VisitMut) {
        visitor.visit_path_mut(self);
    }
}

fn generics(generics: &syn::Generics) -> String {
    one_line(generics)
}

fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("doc") && one_line(attribute).contains("(hidden)"))
}

/// The visibility and attributes of what can have them.
fn declaration(item: &syn::Item) -> Option<(&Visibility, &[Attribute])> {
    Some(match item {
        syn::Item::Const(item) => (&item.vis, &item.attrs),
        syn::Item::Enum(item) => (&item.vis, &item.attrs),
        syn::Item::Fn(item) => (&item.vis, &item.attrs),
        syn::Item::Mod(item) => (&item.vis, &item.attrs),
        syn::Item::Static(item) => (&item.vis, &item.attrs),
        syn::Item::Struct(item) => (&item.vis, &item.attrs),
        syn::Item::Trait(item) => (&item.vis, &item.attrs),
        syn::Item::TraitAlias(item) => (&item.vis, &item.attrs),
        syn::Item::Type(item) => (&item.vis, &item.attrs),
        syn::Item::Union(item) => (&item.vis, &item.attrs),
        _ => return None,
    })
}

/// An import without the `super`s that it begins with, and the path from the module `at` that they lead to.
fn from_above<'a>(mut tree: &'a syn::UseTree, at: &[String]) -> (&'a syn::UseTree, String) {
    let mut above = None;
    while let syn::UseTree::Path(path) = tree
        && path.ident == "super"
    {
        above = Some(above.unwrap_or(at).split_last().map_or(&[][..], |(_, above)| above));
        tree = &path.tree;
    }
    (tree, above.unwrap_or_default().iter().map(|name| format!("{name}::")).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Surface;

    const CODE: &str = r##"
        use ::openapi_runtime::codegen;
        codegen::expect_version!(1);
        pub mod types {
            use super::codegen;
            /// Documented.
            #[derive(Clone, codegen::Serialize)]
            #[non_exhaustive]
            pub struct Item {
                pub owner: ::std::option::Option<Owner>,
                #[deprecated]
                pub size: i64,
                hidden: u8,
            }
            pub struct Owner(u8);
            pub struct All { pub a: u8 }
            impl Item {
                pub fn owner(mut self, value: impl Into<Owner>) -> Self { self }
                fn private(&self) {}
                #[doc(hidden)]
                pub fn __hidden(&self) {}
            }
            impl<'de> codegen::Deserialize<'de> for Item {
                fn deserialize<D: codegen::Reader<'de>>(d: D) -> codegen::Result<Self, D::Error> { todo() }
            }
            impl ::std::convert::TryFrom<&str> for Owner { type Error = codegen::ConversionError; }
            impl codegen::FromJson for Item {}
            #[non_exhaustive]
            pub enum Colour { Red, Other(::std::string::String), Failed { body: Owner, headers: super::headers::X } }
            enum Private {}
        }
        pub mod headers { pub struct X; }
        pub mod operations {
            pub enum PutItem {}
            impl codegen::Endpoint for PutItem {
                const OPERATION: u8 = 1;
                type Body = ::std::vec::Vec<super::types::Item>;
            }
        }
        pub mod requests {
            codegen::request! { #[doc = ""] PutItem: super::operations::PutItem => super::types::Item, (), super::errors::E }
            impl PutItem {
                pub fn dry_run(self, dry_run: bool) -> Self { self }
            }
        }
        pub use ::openapi_runtime::{Response, Error as Failure};
        pub static DEFINITION: codegen::Definition = codegen::Definition {};
        pub struct Client { transport: u8 }
        impl Client {
            pub fn put_item(&self, mut id: impl ::std::convert::AsRef<str>,) -> requests::PutItem {}
        }
    "##;

    #[test]
    fn every_public_item_is_a_line() {
        let surface = Surface::of(CODE).expect("it is Rust");
        let text = surface.to_text();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let expected = [
            "struct Client { .. }",
            "fn Client::put_item(&self, id: impl std::convert::AsRef<str>) -> requests::PutItem",
            "static DEFINITION: openapi_runtime::Definition",
            "use Failure = openapi_runtime::Error",
            "use Response = openapi_runtime::Response",
            "mod headers",
            "struct headers::X;",
            "mod operations",
            "enum operations::PutItem",
            "type operations::PutItem::Body = Vec<types::Item>",
            "mod requests",
            "struct requests::PutItem(..)",
            "fn requests::PutItem::dry_run(self, dry_run: bool) -> Self",
            "fn requests::PutItem::send(self) -> openapi_runtime::Sending<types::Item, (), errors::E>",
            "mod types",
            "struct types::All",
            "field types::All::a: u8",
            "enum types::Colour #[non_exhaustive]",
            "variant types::Colour::Failed { body: types::Owner, headers: headers::X }",
            "variant types::Colour::Other(String)",
            "variant types::Colour::Red",
            "struct types::Item { .. } #[non_exhaustive]",
            "impl types::Item: Clone",
            "impl types::Item: serde::Deserialize",
            "impl types::Item: serde::Serialize",
            "field types::Item::owner: Option<types::Owner>",
            "fn types::Item::owner(self, value: impl Into<types::Owner>) -> Self",
            "field types::Item::size: i64 #[deprecated]",
            "struct types::Owner(..)",
            "impl types::Owner: TryFrom<&str>",
            "type types::Owner::Error = openapi_runtime::ConversionError",
        ];
        assert_eq!(lines, expected, "{text}");
        assert_eq!(Surface::parse(&text), Ok(surface));
    }

    #[test]
    fn a_name_that_is_brought_in_leads_to_where_it_stands() {
        let code = "pub mod shared { pub mod types { pub struct A; } }
            pub mod items { pub mod types { pub use super::super::shared::types::{A}; } }";
        let text = Surface::of(code).expect("it is Rust").to_text();
        assert!(text.contains("\nuse items::types::A = shared::types::A\n"), "{text}");
    }

    #[test]
    fn an_item_of_no_known_kind_is_no_silent_gap() {
        let error = Surface::of("pub mod a { thing!(); }").expect_err("a macro may make items");
        assert_eq!(error.code, "A002");
    }
}
