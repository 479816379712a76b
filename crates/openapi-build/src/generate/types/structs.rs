//! Objects: a struct, a constructor from its required fields, and a setter for each optional field. What is checked is taken
//! plain, and may be rejected.

use std::collections::HashSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use syn::Type;

use super::{Subject, Writer, companion};
use crate::generate::operations::Names;
use crate::generate::shape::{Extra, Field, Kind, Shape, Struct};
use crate::generate::theirs;
use crate::generate::tokens::{self, within};
use crate::lock::{Choice, SETTER};
use crate::names::{free, hides_a_method, joined};

/// A field as Rust sees it.
struct Written<'a> {
    field: &'a Field,
    ident: Ident,
    docs: TokenStream,
    /// Its type if it is required, and the type that its setter takes.
    ty: &'a Type,
    methods: Methods,
}

/// The names of the methods for an optional field.
#[derive(Default)]
struct Methods {
    setter: String,
    /// Sets it to null.
    null: String,
    /// Returns it or its default.
    or_default: String,
}

impl Written<'_> {
    /// The type of the struct's field.
    fn declared(&self) -> TokenStream {
        let ty = self.ty;
        if self.field.required { quote!(#ty) } else { quote!(::std::option::Option<#ty>) }
    }

    /// Whether null is a value of its own, distinct from absence.
    fn takes_null(&self) -> bool {
        matches!(self.field.shape, Shape::Nullable(_) | Shape::Any)
    }
}

/// Names the methods for each field. A setter that would hide a method of every type gets a `_`, and is pinned in `names.lock`
/// as the setters of requests are.
fn methods(subject: &Subject<'_>, item: &Struct, chosen: &mut Names<'_>) -> Vec<Methods> {
    let mut taken: HashSet<String> = item.fields.iter().map(|field| field.ident.clone()).collect();
    let mut all: Vec<Methods> = Vec::new();
    for field in &item.fields {
        let mut methods = Methods { setter: field.ident.clone(), ..Methods::default() };
        let place = format!("types: {}@{SETTER}/{}", subject.name, field.ident);
        let pinned = chosen.lock.identifier(&place);
        let written = subject.serialize && !field.required;
        if written && (hides_a_method(&field.ident) || pinned.is_some()) {
            let candidates = pinned.map(str::to_owned).into_iter().chain([format!("{}_", field.ident)]);
            methods.setter = free(candidates, &mut taken);
            let choice = Choice { places: vec![place], name: methods.setter.clone(), locked: pinned.is_some() };
            chosen.choices.push(choice);
        }
        all.push(methods);
    }
    for (field, methods) in item.fields.iter().zip(&mut all) {
        if matches!(field.shape, Shape::Nullable(_)) {
            methods.null = free([joined(&field.ident, "null")], &mut taken);
        }
        if field.default.is_some() {
            methods.or_default = free([joined(&field.ident, "or_default")], &mut taken);
        }
    }
    all
}

pub(super) fn write(
    subject: &Subject<'_>,
    item: &Struct,
    writer: &Writer<'_>,
    names: &HashSet<&str>,
    chosen: &mut Names<'_>,
) -> TokenStream {
    let none = Vec::new();
    let types = writer.fields.get(subject.name).unwrap_or(&none);
    let fields: Vec<Written<'_>> = item
        .fields
        .iter()
        .zip(types)
        .zip(methods(subject, item, chosen))
        .map(|((field, ty), methods)| {
            let docs = writer.docs(subject.words.fields.get(&field.name).map(String::as_str));
            Written { field, ident: format_ident!("{}", field.ident), docs, ty, methods }
        })
        .collect();
    let (ident, docs) = (&subject.ident, &subject.docs);
    let serialize = serialize(subject, item, &fields);
    let derives = subject.derives(fields.iter().all(|written| !written.field.required), serialize.is_none());
    let counted = (subject.serialize && is_checked(item)).then(|| counted(ident, item, &fields));
    // serde derives an inherent function, which the trait's method then calls.
    let remote = counted.as_ref().map(|_| quote!(#[serde(remote = "Self")]));
    let derived = subject.serialize && serialize.is_none();
    let declared = fields.iter().map(|written| declaration(written, derived));
    let extra = extra(item);
    let extra_declared = extra.as_ref().map(|(name, ty)| {
        let way = match &item.extra {
            Extra::Kept(shape) => theirs::written(&Shape::Map(Box::new(shape.clone()))),
            _ => None,
        };
        let way = way.map(|way| theirs::serialize_with(&way)).map(|with| quote!(, #with));
        let flatten = subject.serialize.then(|| quote!(#[serde(flatten #way)]));
        quote! {
            /// Properties that the definition allows but does not name.
            #flatten
            pub #name: #ty,
        }
    });
    let constructor = (subject.serialize).then(|| constructor(subject, &fields, extra.as_ref(), writer, names));
    let defaults = defaults(subject, &fields, writer);
    let read = subject.read(&read(subject, item, &fields, extra.as_ref()));
    quote! {
        #docs
        #derives
        #remote
        #[non_exhaustive]
        pub struct #ident { #(#declared,)* #extra_declared }
        #serialize
        #counted
        #read
        #constructor
        #defaults
    }
}

/// Writes `Serialize` for a struct whose members are its fields, unchecked, of types that write themselves. For others, serde derives it.
fn serialize(subject: &Subject<'_>, item: &Struct, fields: &[Written<'_>]) -> Option<TokenStream> {
    let has_way = fields.iter().any(|written| theirs::written(&written.field.shape).is_some());
    if !subject.serialize || is_checked(item) || matches!(item.extra, Extra::Kept(_)) || has_way {
        return None;
    }
    let ident = &subject.ident;
    let (required, optional): (Vec<_>, Vec<_>) = fields.iter().partition(|written| written.field.required);
    let required = Literal::usize_unsuffixed(required.len());
    let optional = optional.into_iter().map(|written| &written.ident);
    let members = fields.iter().map(|written| {
        let (ident, name) = (&written.ident, &written.field.name);
        let method = match (written.field.required, has_float(&written.field.shape)) {
            (true, false) => quote!(required),
            (true, true) => quote!(finite),
            (false, false) => quote!(optional),
            (false, true) => quote!(optional_finite),
        };
        quote!(#ident = #method(#name))
    });
    Some(quote!(codegen::serialize! { #ident [#required #(, #optional)*] => #(#members),* }))
}

/// Whether it is checked which members a value has.
fn is_checked(item: &Struct) -> bool {
    item.members != (None, None) || !item.choices.is_empty() || !item.schemas.is_empty()
}

/// Writes `Serialize`, which counts the members: how many there are is known only when all are set.
fn counted(ident: &Ident, item: &Struct, fields: &[Written<'_>]) -> TokenStream {
    let (least, greatest) = (tokens::option(item.members.0), tokens::option(item.members.1));
    let required = fields.iter().filter(|written| written.field.required).count() as u64;
    let optional = fields.iter().filter(|written| !written.field.required).map(|written| {
        let ident = &written.ident;
        quote!(u64::from(self.#ident.is_some()))
    });
    let extra = extra_name(item).map(|name| {
        let name = format_ident!("{name}");
        quote!(self.#name.len() as u64)
    });
    let counts: Vec<TokenStream> = (required > 0 || fields.is_empty())
        .then(|| quote!(#required))
        .into_iter()
        .chain(optional)
        .chain(extra)
        .collect();
    let name = ident.to_string();
    let count = (item.members != (None, None)).then(|| {
        quote! {
            let members = #(#counts)+*;
            codegen::count_members::<S::Error>(#name, members, #least, #greatest)?;
        }
    });
    let chosen = (!item.choices.is_empty()).then(|| {
        let there = fields.iter().filter(|written| is_chosen(item, written.field)).map(|written| {
            let (name, ident) = (&written.field.name, &written.ident);
            let there = if written.field.required { quote!(true) } else { quote!(self.#ident.is_some()) };
            quote!(#name => #there)
        });
        let rules = choices(item);
        quote! {
            let there = |name: &str| match name { #(#there,)* _ => false };
            codegen::choose_members::<S::Error>(#name, there, #rules)?;
        }
    });
    let schemas = (!item.schemas.is_empty()).then(|| {
        let texts = item.schemas.iter().map(ToString::to_string);
        quote! {
            let tree = #ident::serialize(self, codegen::TreeWriter).map_err(codegen::not_written::<S::Error>)?;
            let json = tree.to_json();
            #(codegen::obey_schema::<S::Error>(#name, &json, { static CHECK: codegen::Check = codegen::Check::new(#texts); &CHECK })?;)*
        }
    });
    // What is checked is written as it was checked, so that nothing below is written twice.
    let written = match item.schemas.is_empty() {
        true => quote!(#ident::serialize(self, serializer)),
        false => quote!(codegen::Serialize::serialize(&tree, serializer)),
    };
    quote! {
        impl codegen::Serialize for #ident {
            fn serialize<S: codegen::Writer>(&self, serializer: S) -> codegen::Written<S> {
                #count
                #chosen
                #schemas
                #written
            }
        }
    }
}

/// Whether the presence of a field is checked.
fn is_chosen(item: &Struct, field: &Field) -> bool {
    item.choices.iter().flat_map(|choice| choice.sets.iter().flatten()).any(|name| *name == field.name)
}

/// The sets of names of which a number must be there.
fn choices(item: &Struct) -> TokenStream {
    let rules = item.choices.iter().map(|choice| {
        let (least, most) = (choice.least, tokens::option(choice.most));
        let sets = choice.sets.iter().map(|set| quote!(&[#(#set),*]));
        quote!((#least, #most, &[#(#sets),*]))
    });
    quote!(&[#(#rules),*])
}

/// The expression that makes the struct from `value`.
fn read(
    subject: &Subject<'_>,
    item: &Struct,
    fields: &[Written<'_>],
    extra: Option<&(Ident, TokenStream)>,
) -> TokenStream {
    let members: Vec<TokenStream> = fields
        .iter()
        .map(|written| {
            let (ident, name) = (&written.ident, &written.field.name);
            let method = match written.field.required {
                true => "required",
                // A type that is only sent is read as strictly as it is constructed.
                false if written.takes_null() || subject.strict => "given",
                false => "optional",
            };
            match theirs::read_boxed(&written.field.shape) {
                Some(way) => {
                    let method = format_ident!("{method}_by");
                    quote!(#ident = #method(#name, codegen::read_as::<#way, _>))
                }
                None => {
                    let method = format_ident!("{method}");
                    quote!(#ident = #method(#name))
                }
            }
        })
        .collect();
    let refuses = item.extra == Extra::Refused && subject.sent;
    let rest = extra.map(|(name, _)| match &item.extra {
        Extra::Kept(Shape::Any) => quote!(#name = rest_as_json()),
        Extra::Kept(shape) => match theirs::read_boxed(shape) {
            Some(way) => quote!(#name = rest_by(codegen::read_as::<#way, _>)),
            None => quote!(#name = rest()),
        },
        _ => quote!(#name = rest()),
    });
    if members.is_empty() && rest.is_none() && !refuses && !is_checked(item) {
        return quote!(codegen::Object::new(value).map(|_| Self {}));
    }
    let counted = (item.members != (None, None)).then(|| {
        let (least, greatest) = (tokens::option(item.members.0), tokens::option(item.members.1));
        quote!(.and_then(|object| object.counted(#least, #greatest)))
    });
    let chosen = (!item.choices.is_empty()).then(|| {
        let rules = choices(item);
        quote!(.and_then(|object| object.chosen(#rules)))
    });
    let obeyed = item.schemas.iter().map(|schema| {
        let text = schema.to_string();
        quote! {
            .and_then(|object| object.obeying({ static CHECK: codegen::Check = codegen::Check::new(#text); &CHECK }))
        }
    });
    let members = members.into_iter().chain(rest);
    let refused = refuses.then(|| quote!(; nothing_else));
    quote! {
        codegen::read_members! { codegen::Object::new(value) #counted #chosen #(#obeyed)* => #(#members),* #refused }
    }
}

/// The name of the field that keeps undeclared members, if there is one.
pub(super) fn extra_name(item: &Struct) -> Option<String> {
    matches!(item.extra, Extra::Kept(_)).then(|| {
        let mut name = "additional_properties".to_owned();
        while item.fields.iter().any(|field| field.ident == name) {
            name.push('_');
        }
        name
    })
}

/// The field that keeps undeclared members, and its type.
fn extra(item: &Struct) -> Option<(Ident, TokenStream)> {
    let (Extra::Kept(shape), Some(name)) = (&item.extra, extra_name(item)) else { return None };
    let ty = within(&Shape::Map(Box::new(shape.clone())));
    Some((format_ident!("{name}"), ty))
}

/// The declaration of a field, and how serde writes it if that is `derived`.
fn declaration(written: &Written<'_>, derived: bool) -> TokenStream {
    let (ident, docs, ty, field) = (&written.ident, &written.docs, written.declared(), written.field);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let mut metas = Vec::new();
    if field.name != field.ident {
        let name = &field.name;
        metas.push(quote!(rename = #name));
    }
    if !field.required {
        metas.push(quote!(skip_serializing_if = "::std::option::Option::is_none"));
    }
    if has_float(&field.shape) {
        metas.push(quote!(serialize_with = "codegen::finite"));
    }
    if let Some(way) = theirs::written(&field.shape) {
        let way = if field.required { way } else { quote!(::std::option::Option<#way>) };
        metas.push(theirs::serialize_with(&way));
    }
    let serde = (!metas.is_empty() && derived).then(|| quote!(#[serde(#(#metas),*)]));
    quote!(#docs #deprecated #serde pub #ident: #ty)
}

/// Whether a value holds floating-point numbers, some of which JSON cannot represent, and `codegen::finite` knows all of it.
pub(super) fn has_float(shape: &Shape) -> bool {
    match shape {
        Shape::F64 => true,
        Shape::Array(inner) | Shape::Map(inner) | Shape::Nullable(inner) => has_float(inner),
        Shape::Tuple(items) => {
            items.iter().any(has_float) && items.iter().all(|item| has_float(item) || is_plain(item))
        }
        _ => false,
    }
}

/// Whether a value is always one that JSON can represent.
fn is_plain(shape: &Shape) -> bool {
    match shape {
        Shape::Any | Shape::Bool | Shape::Int(_) | Shape::Text => true,
        Shape::Array(inner) | Shape::Map(inner) | Shape::Nullable(inner) => is_plain(inner),
        Shape::Tuple(items) => items.iter().all(is_plain),
        _ => false,
    }
}

/// Writes `new`, which takes the required field or, of several, all by name, and a setter for each optional field.
fn constructor(
    subject: &Subject<'_>,
    fields: &[Written<'_>],
    extra: Option<&(Ident, TokenStream)>,
    writer: &Writer<'_>,
    names: &HashSet<&str>,
) -> TokenStream {
    let ident = &subject.ident;
    let (required, optional): (Vec<&Written<'_>>, Vec<&Written<'_>>) =
        fields.iter().partition(|written| written.field.required);
    let setters = optional.iter().map(|written| setter(written, writer));
    let rest = optional.iter().map(|written| {
        let ident = &written.ident;
        quote!(#ident: ::std::option::Option::None)
    });
    let rest: Vec<TokenStream> =
        rest.chain(extra.map(|(name, _)| quote!(#name: ::std::default::Default::default()))).collect();
    let (companion, new) = match required.as_slice() {
        [] => {
            let new = quote! {
                /// Creates a value with no field set.
                pub fn new() -> Self {
                    Self::default()
                }
            };
            (None, new)
        }
        [field] => (None, of_one(subject, field, &rest, writer)),
        several => {
            let (companion, new) = of_several(subject, several, &rest, names);
            (Some(companion), new)
        }
    };
    let of_file = matches!(required.as_slice(), [written] if written.field.shape == Shape::File).then(|| {
        quote! {
            impl ::std::convert::From<codegen::FilePart> for #ident {
                fn from(file: codegen::FilePart) -> Self {
                    Self::new(file)
                }
            }
        }
    });
    quote! {
        #companion
        impl #ident {
            #new
            #(#setters)*
        }
        #of_file
    }
}

/// The beginning of the documentation of `new`.
fn creates(ident: &Ident) -> String {
    let article = if ident.to_string().starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!(" Creates {article} `{ident}` from its")
}

/// Writes the `new` of a type with one required field.
fn of_one(subject: &Subject<'_>, written: &Written<'_>, rest: &[TokenStream], writer: &Writer<'_>) -> TokenStream {
    let (field, taken) = (&written.ident, Taken::of(&written.field.shape, written.ty, writer));
    let (ty, value) = (&taken.ty, &taken.value(field));
    let doc = format!("{} required field [`{field}`](Self::{field}).", creates(&subject.ident));
    let (result, made) = taken.result(quote!(Self { #field: #value, #(#rest),* }));
    quote! {
        #[doc = #doc]
        pub fn new(#field: #ty) -> #result {
            #made
        }
    }
}

/// Writes the struct of the required fields, and the `new` that takes it: fields of one type cannot be swapped.
fn of_several(
    subject: &Subject<'_>,
    required: &[&Written<'_>],
    rest: &[TokenStream],
    names: &HashSet<&str>,
) -> (TokenStream, TokenStream) {
    let ident = &subject.ident;
    let required_name = companion(ident, &["Required", "RequiredFields"], names);
    let declared = required.iter().map(|written| {
        let (ident, ty) = (&written.ident, written.ty);
        quote!(pub #ident: #ty)
    });
    let given = required.iter().map(|written| &written.ident);
    let doc = format!(" The required fields of [`{ident}`].");
    let new_doc = format!("{} required fields.", creates(ident));
    let companion = quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        pub struct #required_name { #(#declared),* }
    };
    let new = quote! {
        #[doc = #new_doc]
        pub fn new(required: #required_name) -> Self {
            Self {
                #(#given: required.#given,)*
                #(#rest),*
            }
        }
    };
    (companion, new)
}

/// What a setter takes.
struct Taken {
    ty: TokenStream,
    /// Whether it is checked, so that it may be rejected.
    checked: bool,
}

impl Taken {
    /// For a value of `shape`, which Rust writes as `ty`.
    fn of(shape: &Shape, ty: impl ToTokens, writer: &Writer<'_>) -> Self {
        let checked = super::is_checked(writer.items, shape);
        let ty = match checked {
            true => quote!(impl codegen::IntoChecked<#ty>),
            false => quote!(impl ::std::convert::Into<#ty>),
        };
        Self { ty, checked }
    }

    /// The value that the argument `given` is made into.
    fn value(&self, given: &Ident) -> TokenStream {
        if self.checked { quote!(codegen::IntoChecked::into_checked(#given)?) } else { quote!(#given.into()) }
    }

    /// What a function returns that makes `made` of the argument: the type, and the value.
    fn result(&self, made: TokenStream) -> (TokenStream, TokenStream) {
        if !self.checked {
            return (quote!(Self), made);
        }
        (quote!(::std::result::Result<Self, codegen::ConversionError>), quote!(::std::result::Result::Ok(#made)))
    }
}

fn setter(written: &Written<'_>, writer: &Writer<'_>) -> TokenStream {
    let (field, method) = (&written.ident, format_ident!("{}", written.methods.setter));
    let deprecated = written.field.deprecated.then(|| quote!(#[deprecated]));
    let null = matches!(written.field.shape, Shape::Nullable(_)).then(|| {
        let name = format_ident!("{}", written.methods.null);
        let doc = format!(" Sets `{}` to null.", written.field.name);
        quote! {
            #[doc = #doc]
            pub fn #name(mut self) -> Self {
                self.#field = ::std::option::Option::Some(::std::option::Option::None);
                self
            }
        }
    });
    let argument = format_ident!("value");
    let (taken, value) = match &written.field.shape {
        Shape::Nullable(inner) => {
            let taken = Taken::of(inner, within(inner), writer);
            let value = taken.value(&argument);
            (taken, quote!(::std::option::Option::Some(#value)))
        }
        shape => {
            let taken = Taken::of(shape, written.ty, writer);
            let value = taken.value(&argument);
            (taken, value)
        }
    };
    let (ty, (result, made)) = (&taken.ty, taken.result(quote!(self)));
    let checked = if taken.checked { ", which is checked" } else { "" };
    let doc = format!(" Sets [`{field}`](Self::{field}){checked}.");
    quote! {
        #[doc = #doc]
        #deprecated
        pub fn #method(mut self, #argument: #ty) -> #result {
            self.#field = ::std::option::Option::Some(#value);
            #made
        }
        #null
    }
}

/// Writes a method for each optional field with a default, which gives the value of the field or the default (OpenAPI 3.0.3,
/// Schema Object, default).
fn defaults(subject: &Subject<'_>, fields: &[Written<'_>], writer: &Writer<'_>) -> Option<TokenStream> {
    let methods: Vec<TokenStream> = fields
        .iter()
        .filter(|written| !written.field.required)
        .filter_map(|written| {
            let default = written.field.default.as_ref()?;
            let (ident, field) = (&written.ident, written.field);
            let (ty, value) = default_value(&field.shape, default, ident, writer)?;
            let name = format_ident!("{}", written.methods.or_default);
            let doc = format!(" Returns `{}`, or its default if it is absent: `{default}`.", field.name);
            Some(quote!(#[doc = #doc] pub fn #name(&self) -> #ty { #value }))
        })
        .collect();
    let ident = &subject.ident;
    (!methods.is_empty()).then(|| quote!(impl #ident { #(#methods)* }))
}

/// The default of a checked value, as the type that the checked value holds.
fn checked_default(shape: &Shape, default: &Value, ident: &Ident) -> Option<(TokenStream, TokenStream)> {
    let (ty, literal) = match shape {
        Shape::Text => {
            let text = default.as_str()?;
            let value = quote!(self.#ident.as_ref().map_or(#text, |value| value.as_str()));
            return Some((quote!(&str), value));
        }
        Shape::Bool => (quote!(bool), default.as_bool()?.to_string()),
        Shape::Int(int) => (within(shape), int.value(default)?.to_string()),
        Shape::F64 => (quote!(f64), format!("{:?}f64", default.as_f64()?)),
        _ => return None,
    };
    let literal: TokenStream = literal.parse().ok()?;
    Some((ty, quote!(self.#ident.as_ref().map_or(#literal, |value| **value))))
}

fn default_value(
    shape: &Shape,
    default: &Value,
    ident: &Ident,
    writer: &Writer<'_>,
) -> Option<(TokenStream, TokenStream)> {
    let literal = |text: String| text.parse::<TokenStream>().ok();
    let plain = |ty: TokenStream, value: TokenStream| Some((ty, quote!(self.#ident.unwrap_or(#value))));
    match shape {
        Shape::Bool => plain(quote!(bool), literal(default.as_bool()?.to_string())?),
        Shape::Int(int) => plain(within(shape), literal(int.value(default)?.to_string())?),
        Shape::F64 => plain(quote!(f64), literal(format!("{:?}f64", default.as_f64()?))?),
        Shape::Text => {
            let text = default.as_str()?;
            Some((quote!(&str), quote!(self.#ident.as_deref().unwrap_or(#text))))
        }
        Shape::Array(item) if default.as_array().is_some_and(Vec::is_empty) => {
            let item = within(item);
            Some((quote!(&[#item]), quote!(self.#ident.as_deref().unwrap_or_default())))
        }
        Shape::Named(name) => match &writer.items.get(name)?.0.kind {
            Kind::Enum(item) => {
                let variant = super::enums::variant(item, default.as_str()?)?;
                let ty = format_ident!("{name}");
                let value = quote!(#ty::#variant);
                let given = if item.open { quote!(self.#ident.clone()) } else { quote!(self.#ident) };
                Some((quote!(#ty), quote!(#given.unwrap_or(#value))))
            }
            Kind::Checked(item) => checked_default(&item.shape, default, ident),
            _ => None,
        },
        _ => None,
    }
}
