//! Documented statuses in Rust: structs of typed headers, and an enum of errors for each operation.

use std::collections::{BTreeMap, HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::contents::{Bodies, Read};
use super::docs;
use super::model::{Header, Operation, Response};
use super::sets::{self, Set, limited, same};
use super::shape::Shape;
use super::statuses::{pattern, reason};
use super::theirs;
use super::tokens::outside;
use super::types::doc_attributes;
use crate::formats;
use crate::lock::{Choice, Lock};
use crate::names::{extended, snake_name, type_name, words};
use crate::replacements::Replaced;
use crate::status::Status;

/// The structs of typed headers, one for each set of them.
#[derive(Default)]
pub(super) struct Headers {
    names: HashMap<HeaderSet, String>,
    sets: BTreeMap<String, TokenStream>,
    types: HeaderTypes,
}

/// The names and types of headers; the type of an optional header ends in `?`.
type HeaderSet = Vec<(String, String)>;

/// A response that has a set of headers.
struct User<'a> {
    operation: &'a Operation<'a>,
    /// The response, unless it is several together.
    response: Option<&'a Response<'a>>,
    success: bool,
}

/// The names that a struct of the headers in `set` can have, the best first.
fn header_names(set: &HeaderSet, users: &[User<'_>], several: bool) -> Vec<String> {
    const END: &str = "Headers";
    let mut names = Vec::new();
    let component = same(users.iter().map(|user| user.response.and_then(|response| response.component))).flatten();
    names.extend(component.map(|component| limited(&[type_name(component).trim_end_matches(END), END])));
    let status = same(users.iter().map(|user| user.response.map(|response| response.key))).flatten();
    let status = status.map(|key| reason(key).0);
    let alone = same(users.iter().map(|user| user.operation.type_name()));
    if let Some(operation) = alone.filter(|_| !several) {
        let success = users.iter().any(|user| user.success);
        let status = status.as_deref().filter(|_| !success).unwrap_or_default();
        names.push(limited(&[&operation, status, END]));
    }
    if let [(only, _)] = set.as_slice() {
        names.push(limited(&[&type_name(only), "Header"]));
    }
    names.extend(status.map(|status| limited(&[&status, END])));
    let kind = match same(users.iter().map(|user| user.success)) {
        Some(true) => "Success",
        Some(false) => "Error",
        None => "Common",
    };
    let mut operations: Vec<&Operation<'_>> = users.iter().map(|user| user.operation).collect();
    operations.dedup_by_key(|operation| operation.pointer.clone());
    names.push(format!("{kind}{END}"));
    let mut common = words(&type_name(&set[0].0));
    for (other, _) in set {
        let other = words(&type_name(other));
        let length = common.iter().zip(&other).take_while(|(one, other)| one == other).count();
        common.truncate(length);
    }
    if common.concat().len() > 1 {
        names.push(limited(&[&common.concat(), END]));
    }
    let end = if kind == "Error" { "ErrorHeaders" } else { END };
    names.extend(sets::in_common(&operations, end));
    names
}

/// The texts of the types of headers, which the lock has. There are few, and each is made once.
#[derive(Default)]
struct HeaderTypes(Vec<(Shape, String)>);

impl HeaderTypes {
    fn set(&mut self, headers: &[Header<'_>]) -> HeaderSet {
        let of = |header: &Header<'_>| {
            let required = if header.required { "" } else { "?" };
            (header.name.to_owned(), format!("{}{required}", self.text(header_shape(header))))
        };
        headers.iter().map(of).collect()
    }

    fn text(&mut self, shape: Shape) -> &str {
        let known = self.0.iter().position(|(other, _)| *other == shape);
        let index = known.unwrap_or_else(|| {
            let text = outside(&shape).to_string().replace(' ', "");
            self.0.push((shape, text));
            self.0.len() - 1
        });
        &self.0[index].1
    }
}

/// The headers of several responses together; a header is optional unless all of them require it.
pub(super) fn united<'a>(responses: &[&'a Response<'a>]) -> Vec<Header<'a>> {
    let mut headers: Vec<Header<'a>> = Vec::new();
    for header in responses.iter().flat_map(|response| &response.headers) {
        let same = |other: &&Header<'_>| other.name.eq_ignore_ascii_case(header.name);
        if !headers.iter().any(|other| same(&other)) {
            let everywhere =
                responses.iter().all(|response| response.headers.iter().find(same).is_some_and(|other| other.required));
            headers.push(Header { required: everywhere, ..*header });
        }
    }
    headers.sort_by_key(|header| header.name.to_ascii_lowercase());
    headers
}

impl Headers {
    /// Names the sets of headers of all `operations`. Where there are several documents, equal sets of theirs have one name.
    pub(super) fn new(operations: &[Operation<'_>], several: bool, lock: &Lock, choices: &mut Vec<Choice>) -> Self {
        let mut all: Vec<(HeaderSet, Vec<User<'_>>)> = Vec::new();
        let mut types = HeaderTypes::default();
        for operation in operations {
            let successes: Vec<&Response<'_>> = operation.successes().collect();
            let success = User {
                operation,
                response: <[_; 1]>::try_from(successes.clone()).ok().map(|[only]| only),
                success: true,
            };
            let errors = operation.responses.iter().filter(|response| !response.status().is_success());
            let errors = errors.map(|response| {
                (types.set(&response.headers), User { operation, response: Some(response), success: false })
            });
            let errors: Vec<_> = errors.collect();
            for (set, user) in errors.into_iter().chain([(types.set(&united(&successes)), success)]) {
                match all.iter_mut().find(|(other, _)| *other == set) {
                    _ if set.is_empty() => {}
                    Some((_, users)) => users.push(user),
                    None => all.push((set, vec![user])),
                }
            }
        }
        let content = |set: &HeaderSet| {
            let each = set.iter().map(|(name, ty)| format!("{name} {}", ty.rsplit("::").next().unwrap_or_default()));
            each.collect::<Vec<_>>().join(", ")
        };
        let sets = all.iter().map(|(set, users)| Set {
            content: content(set),
            names: header_names(set, users, several),
            own: Vec::new(),
            alone: false,
        });
        let sets: Vec<Set> = sets.collect();
        let names = sets::names("headers", &sets, &HashSet::new(), lock, choices);
        Self { names: all.into_iter().map(|(set, _)| set).zip(names).collect(), sets: BTreeMap::new(), types }
    }

    /// The type of `headers`: `()` if none are documented, and a `Result` if one is required.
    pub(super) fn of(&mut self, headers: &[Header<'_>]) -> TokenStream {
        let Some(name) = self.names.get(&self.types.set(headers)) else { return quote!(()) };
        let ident = format_ident!("{name}");
        self.sets.entry(name.clone()).or_insert_with(|| headers_struct(&ident, headers));
        if headers.iter().any(|header| header.required) {
            quote!(::std::result::Result<super::headers::#ident, codegen::HeaderError>)
        } else {
            quote!(super::headers::#ident)
        }
    }

    /// The items of the module `headers`.
    pub(super) fn items(&self) -> impl Iterator<Item = &TokenStream> {
        self.sets.values()
    }
}

fn headers_struct(ident: &proc_macro2::Ident, headers: &[Header<'_>]) -> TokenStream {
    let mut taken = HashSet::new();
    let fields: Vec<_> = headers
        .iter()
        .map(|header| {
            let mut name = snake_name(header.name);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            format_ident!("{name}")
        })
        .collect();
    let shapes: Vec<Shape> = headers.iter().map(header_shape).collect();
    let names: Vec<&str> = headers.iter().map(|header| header.name).collect();
    let docs = headers.iter().map(|header| {
        let mut lines = vec![format!("`{}`", header.name)];
        if let Some(description) = header.description {
            lines[0].push_str(": ");
            let mut text = docs::lines(description).into_iter();
            lines[0].push_str(&text.next().unwrap_or_default());
            lines.extend(text);
        }
        doc_attributes(&lines)
    });
    let doc = match names.as_slice() {
        [name] => format!(" The header `{name}`."),
        names => {
            format!(" The headers {}.", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    };
    let types = headers.iter().zip(&shapes).map(|(header, shape)| {
        let ty = outside(shape);
        if header.required { ty } else { quote!(::std::option::Option<#ty>) }
    });
    let declared = quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #ident { #(#docs pub #fields: #types),* }
    };
    let any_required = headers.iter().any(|header| header.required);
    let reads = headers.iter().zip(&names).zip(&shapes).map(|((header, name), shape)| {
        if let Shape::Array(item) = shape {
            let way = theirs::read(item);
            return match header.required {
                true => quote!(codegen::required_header_items_as::<#way, _>(headers, #name)?),
                false => quote!(codegen::header_items_as::<#way, _>(headers, #name)),
            };
        }
        match (header.required, theirs::read(shape)) {
            (true, None) => quote!(codegen::required_header(headers, #name)?),
            (true, Some(way)) => quote!(codegen::required_header_as::<#way, _>(headers, #name)?),
            (false, None) => quote!(codegen::header(headers, #name)),
            (false, Some(way)) => quote!(codegen::header_as::<#way, _>(headers, #name)),
        }
    });
    let value = quote!(Self { #(#fields: #reads),* });
    if any_required {
        quote! {
            #declared
            impl codegen::TryFromHeaders for #ident {
                fn try_from_headers(
                    headers: &codegen::http::HeaderMap,
                ) -> ::std::result::Result<Self, codegen::HeaderError> {
                    ::std::result::Result::Ok(#value)
                }
            }
        }
    } else {
        quote! {
            #declared
            impl codegen::FromHeaders for #ident {
                fn from_headers(headers: &codegen::http::HeaderMap) -> Self {
                    #value
                }
            }
        }
    }
}

/// The shape of a header: a list of a type of the user's own, or a scalar.
pub(super) fn header_shape(header: &Header<'_>) -> Shape {
    match header.items {
        Some(items) => Shape::Array(Box::new(scalar(Some(items)))),
        None => scalar(header.schema),
    }
}

/// The shape of a scalar in a header: text, or a number, boolean or RFC 3339 date if the schema says so, or a type of the user's own.
fn scalar(schema: Option<&Value>) -> Shape {
    if let Some(replaced) = schema.and_then(|schema| Replaced::of(schema.as_object()?)) {
        return Shape::Replaced(Box::new(replaced));
    }
    let text = |key: &str| schema.and_then(|schema| schema.get(key)?.as_str());
    let chosen = schema.and_then(|schema| formats::chosen(schema.as_object()?).ok()?);
    let shape = Shape::scalar(text("type"), text("format"), chosen);
    shape.filter(|shape| !matches!(shape, Shape::Uuid | Shape::Base64)).unwrap_or(Shape::Text)
}

/// The enums of documented errors: operations with the same statuses, bodies and headers share one.
#[derive(Default)]
pub(super) struct Errors {
    /// The different sets, by what is in them.
    known: HashMap<String, usize>,
    contents: Vec<String>,
    /// The texts that [`compact`] makes of types, by the texts of their tokens. There are few.
    texts: HashMap<String, String>,
    variants: Vec<Vec<Variant>>,
    /// For each operation, the name of its errors, their documentation, and their set.
    aliases: Vec<(proc_macro2::Ident, String, usize)>,
}

/// One variant of an error enum.
struct Variant {
    status: String,
    name: proc_macro2::Ident,
    label: String,
    body: Read,
    headers: TokenStream,
}

impl Errors {
    /// The names of the operations' errors.
    fn aliased(&self) -> HashSet<String> {
        self.aliases.iter().map(|(alias, ..)| alias.to_string()).collect()
    }

    /// The items of the module `errors`.
    pub(super) fn items(
        &self,
        operations: &[Operation<'_>],
        several: bool,
        lock: &Lock,
        choices: &mut Vec<Choice>,
    ) -> Vec<TokenStream> {
        let names = sets::names("errors", &self.sets(operations, several), &self.aliased(), lock, choices);
        let names: Vec<_> = names.iter().map(|name| format_ident!("{name}")).collect();
        let mut enums: Vec<_> = names.iter().zip(&self.variants).collect();
        enums.sort_by_key(|(name, _)| *name);
        let enums = enums.into_iter().map(|(name, variants)| error_enum(name, variants));
        // The enum of one operation has the name itself.
        let aliases = self.aliases.iter().filter(|(alias, _, set)| *alias != names[*set]);
        let aliases = aliases.map(|(alias, doc, set)| {
            let name = &names[*set];
            quote!(#[doc = #doc] pub type #alias = #name;)
        });
        enums.chain(aliases).collect()
    }

    /// The sets of errors of `operations`, with the names that they can have.
    fn sets(&self, operations: &[Operation<'_>], several: bool) -> Vec<Set> {
        let mut sets = Vec::new();
        for (index, (content, variants)) in self.contents.iter().zip(&self.variants).enumerate() {
            let users = self.aliases.iter().zip(operations).filter(|((.., set), _)| *set == index);
            let (own, users): (Vec<String>, Vec<&Operation<'_>>) =
                users.map(|((alias, ..), operation)| (alias.to_string(), operation)).unzip();
            // Operations without errors have the same enum.
            let alone = !several && !variants.is_empty();
            sets.push(Set { content: content.clone(), names: error_names(variants, &users), own, alone });
        }
        sets
    }

    /// The name of each operation's errors, the name of their set, and its contents.
    #[cfg(test)]
    pub(super) fn described(
        &self,
        operations: &[Operation<'_>],
        several: bool,
        lock: &Lock,
        choices: &mut Vec<Choice>,
    ) -> Vec<String> {
        let names = sets::names("errors", &self.sets(operations, several), &self.aliased(), lock, choices);
        let described = self.aliases.iter().map(|(alias, _, set)| {
            let (name, content) = (&names[*set], &self.contents[*set]);
            format!(" {alias} = {name} of {content}")
        });
        described.collect()
    }

    /// Adds the errors of `operation`.
    pub(super) fn add(&mut self, operation: &Operation<'_>, headers: &mut Headers, bodies: &Bodies) {
        let mut variants: Vec<Variant> = Vec::new();
        for (index, response) in operation.responses.iter().enumerate() {
            // `default` is an error beside documented successes; without them it is a success, and an error for other statuses.
            if response.status().is_success() {
                continue;
            }
            let (name, label) = reason(response.key);
            variants.push(Variant {
                status: response.key.to_owned(),
                name: format_ident!("{name}"),
                label,
                body: bodies.response(index).clone(),
                headers: headers.of(&response.headers),
            });
        }
        variants.sort_by_key(|variant| Status::read(&variant.status).rank());
        let content = self.content(&variants);
        let next = self.contents.len();
        let index = *self.known.entry(content.clone()).or_insert(next);
        if index == next {
            self.contents.push(content);
            self.variants.push(variants);
        }
        let alias = format_ident!("{}", extended(&operation.type_name(), "Error"));
        let labels: Vec<&str> = operation
            .responses
            .iter()
            .filter(|response| !response.status().is_success())
            .map(|response| response.key)
            .collect();
        let doc = match labels.as_slice() {
            [] => format!(" The errors of `{}`, which documents none.", operation.id),
            labels => {
                let (id, path) = (&operation.id, operation.method_path());
                format!(" The documented errors of [`{id}`]({path}): {}.", labels.join(", "))
            }
        };
        self.aliases.push((alias, doc, index));
    }

    /// The contents of a set of errors, as `names.lock` pins them.
    fn content(&mut self, variants: &[Variant]) -> String {
        let mut text = |tokens: &TokenStream| {
            self.texts.entry(tokens.to_string()).or_insert_with_key(|text| compact(text)).clone()
        };
        let content = variants.iter().map(|it| format!("{} {} {}", it.status, text(&it.body.ty()), text(&it.headers)));
        content.collect::<Vec<_>>().join(", ")
    }
}

/// The names that the enum of `variants` can have, which the operations `users` share; the best first.
fn error_names(variants: &[Variant], users: &[&Operation<'_>]) -> Vec<String> {
    const END: &str = "Errors";
    let mut names = Vec::new();
    if variants.is_empty() {
        return vec!["NoError".to_owned()];
    }
    if let [only] = variants {
        let component = |operation: &&Operation<'_>| {
            let response = operation.responses.iter().find(|response| response.key == only.status)?;
            response.component.map(type_name)
        };
        let component = same(users.iter().map(component)).flatten();
        let ending = |name: String| if name.ends_with("Error") { name } else { limited(&[&name, "Error"]) };
        names.extend(component.map(ending));
        names.push(extended(&only.name.to_string(), "Error"));
    }
    let bodies = variants.iter().filter(|variant| variant.body != Read::Nothing);
    if let Some(Read::Json(Shape::Named(body))) = same(bodies.map(|variant| &variant.body)) {
        names.push(match body.strip_suffix("Error").or_else(|| body.strip_suffix(END)) {
            Some("") => format!("Common{END}"),
            Some(body) => limited(&[body, END]),
            None => limited(&[body, END]),
        });
    }
    names.extend(sets::in_common(users, END));
    names
}

/// A type without its path, and without the `Result` that headers are wrapped in.
fn compact(text: &str) -> String {
    let text = text.replace(' ', "").replace(",codegen::HeaderError>", "");
    text.replace("::std::result::Result<", "").replace("super::", "").replace("types::", "").replace("headers::", "")
}

fn error_enum(ident: &proc_macro2::Ident, variants: &[Variant]) -> TokenStream {
    let labels: Vec<&str> = variants.iter().map(|variant| variant.label.as_str()).collect();
    let doc = match labels.as_slice() {
        [] => " No errors are documented, so this enum has no values.".to_owned(),
        [label] => format!(" The error {label}."),
        labels => format!(" One of the errors {}.", labels.join(", ")),
    };
    let declared = variants.iter().map(|variant| {
        let (name, headers, doc) = (&variant.name, &variant.headers, format!(" `{}`", variant.label));
        let ty = variant.body.ty();
        let body = (variant.body != Read::Nothing).then(|| quote!(body: #ty,));
        quote!(#[doc = #doc] #name { #body headers: #headers })
    });
    let names: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let arms = variants.iter().map(|variant| {
        let (name, pattern) = (&variant.name, pattern(Status::read(&variant.status)));
        if variant.body == Read::Nothing {
            quote!(#pattern => ::std::result::Result::Ok(Self::#name { headers: reply.typed_headers() }))
        } else {
            let function = variant.body.function();
            match matches!(&variant.body, Read::Json(shape) if theirs::read(shape).is_none()) {
                true => quote!(#pattern => reply.error(|body, headers| Self::#name { body, headers })),
                false => quote!(#pattern => reply.error_by(#function, |body, headers| Self::#name { body, headers })),
            }
        }
    });
    let (display, decode) = if variants.is_empty() {
        (quote!(let _ = f; match *self {}), quote!(let _ = reply; ::std::option::Option::None))
    } else {
        let catch_all = variants.iter().any(|variant| Status::read(&variant.status) == Status::Default);
        let rest = (!catch_all).then(|| quote!(_ => return ::std::option::Option::None));
        (
            quote!(f.write_str(match self { #(Self::#names { .. } => #labels),* })),
            quote!(::std::option::Option::Some(match reply.status.as_u16() { #(#arms,)* #rest })),
        )
    };
    let catch_all = variants.iter().any(|variant| !Status::read(&variant.status).is_failure());
    let guard = catch_all.then(|| {
        quote!(if reply.status.is_success() {
            return ::std::option::Option::None;
        })
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #ident { #(#declared),* }
        impl ::std::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #display
            }
        }
        impl ::std::error::Error for #ident {}
        impl codegen::Documented for #ident {
            fn decode(reply: &codegen::Reply) -> codegen::Decoded<Self> {
                #guard
                #decode
            }
        }
    }
}
