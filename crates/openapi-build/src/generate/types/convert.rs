//! Conversions from response types to request types, so that a value can be read, changed and sent back, and between equal
//! types of different operations on one resource.
//!
//! A type is converted to another if it can supply every property that the other requires: read-only properties are
//! dropped, enums close, and constraints are checked. Where a property cannot be represented on the other side, there is no
//! conversion, because it would lose the property.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Items;
use crate::generate::shape::{Extra, Field, Kind, Shape, Struct, Union};
use crate::generate::tokens::within;

/// A response type and a request type.
type Pair = (String, String);

/// How a value is converted to another shape.
enum How {
    /// Unchanged: the shapes are the same.
    Same,
    /// By calling the function at that path, which may fail.
    Call(TokenStream),
    /// By an expression over `value`, which has that type and may fail.
    Expression { ty: TokenStream, of_value: TokenStream },
}

impl How {
    /// The function that converts, which may fail.
    fn function(&self) -> TokenStream {
        match self {
            Self::Same => quote!(::std::result::Result::Ok),
            Self::Call(path) => path.clone(),
            Self::Expression { ty, of_value } => quote!(|value: #ty| #of_value),
        }
    }

    /// The expression that converts `value`, which may fail.
    fn of(&self, value: &TokenStream) -> TokenStream {
        match self {
            Self::Same => quote!(::std::result::Result::Ok(#value)),
            Self::Call(path) => quote!(#path(#value)),
            Self::Expression { of_value, .. } if value.to_string() == "value" => of_value.clone(),
            Self::Expression { ty, of_value } => quote!({
                let value: #ty = #value;
                #of_value
            }),
        }
    }

    /// The same conversion followed by `function`, which does not fail.
    fn then(&self, value: &TokenStream, function: &TokenStream) -> TokenStream {
        match self {
            Self::Same => quote!(::std::result::Result::Ok(#function(#value))),
            other => {
                let of_value = other.of(value);
                quote!(#of_value.map(#function))
            }
        }
    }
}

/// The names of two types.
fn names((from, to): &(Shape, Shape)) -> Option<Pair> {
    match (from, to) {
        (Shape::Named(from), Shape::Named(to)) if from != to => Some((from.clone(), to.clone())),
        _ => None,
    }
}

/// The conversion between two structs that are equal, which never fails.
fn equal(items: &Items, pair: &Pair) -> Option<TokenStream> {
    let (from, to) = (&items.get(&pair.0)?.0.kind, &items.get(&pair.1)?.0.kind);
    let Kind::Struct(item) = from else { return None };
    if from != to || item.fields.is_empty() {
        return None;
    }
    let fields = item.fields.iter().map(|field| field.ident.clone()).chain(super::structs::extra_name(item));
    let fields: Vec<_> = fields.map(|field| format_ident!("{field}")).collect();
    let (from, to) = (format_ident!("{}", pair.0), format_ident!("{}", pair.1));
    Some(quote! {
        impl ::std::convert::From<#from> for #to {
            fn from(from: #from) -> Self {
                Self { #(#fields: from.#fields),* }
            }
        }
    })
}

/// The conversions of a document's types.
pub(super) struct Conversions<'a> {
    items: &'a Items,
    /// The pairs seen so far; false once a pair is known to have no conversion.
    pairs: BTreeMap<Pair, bool>,
}

impl<'a> Conversions<'a> {
    /// The conversions between `roots`, and between the types that they hold; then those of `alike` that are equal.
    pub(super) fn write(items: &'a Items, roots: &[(Shape, Shape)], alike: &[(Shape, Shape)]) -> Vec<TokenStream> {
        let mut conversions = Self { items, pairs: BTreeMap::new() };
        let bodies = loop {
            let before = conversions.pairs.clone();
            for (from, to) in roots {
                conversions.how(from, to);
            }
            let met: Vec<Pair> = conversions.pairs.keys().cloned().collect();
            let mut bodies: BTreeMap<Pair, TokenStream> = BTreeMap::new();
            for pair in met {
                match conversions.pairs[&pair].then(|| conversions.body(&pair)) {
                    Some(Some(body)) => drop(bodies.insert(pair, body)),
                    Some(None) => drop(conversions.pairs.insert(pair, false)),
                    None => {}
                }
            }
            if conversions.pairs == before {
                break bodies;
            }
        };
        let alike: BTreeSet<Pair> = alike.iter().filter_map(names).filter(|pair| !bodies.contains_key(pair)).collect();
        let checked = bodies.iter().map(|(pair, body)| conversions.item(pair, body));
        checked.chain(alike.iter().filter_map(|pair| equal(items, pair))).collect()
    }

    fn item(&self, pair: &Pair, body: &TokenStream) -> TokenStream {
        let (from, to) = (format_ident!("{}", pair.0), format_ident!("{}", pair.1));
        // No finite value has such a type.
        let endless = self.is_endless(pair).then(|| quote!(#[allow(unconditional_recursion)]));
        quote! {
            impl ::std::convert::TryFrom<#from> for #to {
                type Error = codegen::ConversionError;
                #endless
                fn try_from(from: #from) -> ::std::result::Result<Self, codegen::ConversionError> {
                    #body
                }
            }
        }
    }

    /// Whether each value of the first type of the pair holds another.
    fn is_endless(&self, pair: &Pair) -> bool {
        let own = Shape::Boxed(Box::new(Shape::Named(pair.0.clone())));
        let kind = self.items.get(&pair.0).map(|(item, _)| &item.kind);
        matches!(kind, Some(Kind::Struct(item)) if item.fields.iter().any(|field| field.required && field.shape == own))
    }

    /// The expression that makes the second type of the pair from `from`, which has the first.
    fn body(&mut self, pair: &Pair) -> Option<TokenStream> {
        let items = self.items;
        match (&items.get(&pair.0)?.0.kind, &items.get(&pair.1)?.0.kind) {
            (Kind::Struct(from), Kind::Struct(to)) => self.structs(from, to),
            (Kind::Union(from), Kind::Union(to)) => self.unions(pair, from, to),
            (Kind::Enum(_), Kind::Enum(to)) if !to.open => Some(quote!(Self::try_from(from.as_str()))),
            _ => None,
        }
    }

    fn structs(&mut self, from: &Struct, to: &Struct) -> Option<TokenStream> {
        let mut members = Vec::new();
        let mut taken = 0;
        for field in &to.fields {
            let ident = format_ident!("{}", field.ident);
            let value = match from.fields.iter().find(|other| other.name == field.name) {
                Some(other) => {
                    taken += 1;
                    self.field(other, field)?
                }
                None if field.required => return None,
                None => quote!(::std::option::Option::None),
            };
            members.push(quote!(#ident: #value));
        }
        if let Extra::Kept(to_extra) = &to.extra {
            let ident = format_ident!("{}", super::structs::extra_name(to)?);
            let value = match &from.extra {
                Extra::Kept(from_extra) => {
                    let name = format_ident!("{}", super::structs::extra_name(from)?);
                    let map = |shape: &Shape| Shape::Map(Box::new(shape.clone()));
                    match self.how(&map(from_extra), &map(to_extra))? {
                        How::Same => quote!(from.#name),
                        how => {
                            let value = how.of(&quote!(from.#name));
                            quote!(#value?)
                        }
                    }
                }
                _ => quote!(::std::default::Default::default()),
            };
            members.push(quote!(#ident: #value));
        }
        // Types that have nothing in common are not two sides of one thing.
        (taken > 0).then(|| quote!(::std::result::Result::Ok(Self { #(#members),* })))
    }

    fn field(&mut self, from: &Field, to: &Field) -> Option<TokenStream> {
        let (ident, name) = (format_ident!("{}", from.ident), &to.name);
        let named = |value: TokenStream| quote!(codegen::in_field(#name, #value)?);
        if !from.required && !to.required {
            // Null means absent where it is not a value.
            if let (Shape::Nullable(inner), false) = (&from.shape, matches!(to.shape, Shape::Nullable(_) | Shape::Any))
            {
                let function = self.how(inner, &to.shape)?.function();
                return Some(named(quote!(from.#ident.flatten().map(#function).transpose())));
            }
            return Some(match self.how(&from.shape, &to.shape)? {
                How::Same => quote!(from.#ident),
                how => {
                    let function = how.function();
                    named(quote!(from.#ident.map(#function).transpose()))
                }
            });
        }
        let how = self.how(&from.shape, &to.shape)?;
        let value = match from.required {
            true => quote!(from.#ident),
            false => quote!(codegen::given(#name, from.#ident)?),
        };
        let value = match how {
            How::Same => value,
            how => named(how.of(&value)),
        };
        Some(if to.required { value } else { quote!(::std::option::Option::Some(#value)) })
    }

    fn unions(&mut self, pair: &Pair, from: &Union, to: &Union) -> Option<TokenStream> {
        let (from_name, to_name) = (format_ident!("{}", pair.0), &pair.1);
        // An alternative is made into the union in another way.
        if to.variants.iter().any(|variant| variant.shape == Shape::Named(pair.0.clone())) {
            return None;
        }
        let mut arms = Vec::new();
        for variant in &from.variants {
            let other = to.variants.iter().find(|other| other.name == variant.name)?;
            let name = format_ident!("{}", variant.name);
            let value = self.how(&variant.shape, &other.shape)?.then(&quote!(value), &quote!(Self::#name));
            arms.push(quote!(#from_name::#name(value) => #value));
        }
        let unknown = from.open.then(|| {
            quote!(#from_name::Unknown(_) => ::std::result::Result::Err(codegen::ConversionError::no_alternative(#to_name)))
        });
        Some(quote!(match from { #(#arms,)* #unknown }))
    }

    /// How a value of `from` is converted to `to`, if it can be.
    fn how(&mut self, from: &Shape, to: &Shape) -> Option<How> {
        if from == to {
            return Some(How::Same);
        }
        let value = quote!(value);
        let ty = within(from);
        let of_value = match (from, to) {
            (Shape::Boxed(from), to) => self.how(from, to)?.of(&quote!(*value)),
            (from, Shape::Boxed(to)) => self.how(from, to)?.then(&value, &quote!(::std::boxed::Box::new)),
            (Shape::Nullable(from), Shape::Nullable(to)) => {
                let function = self.how(from, to)?.function();
                quote!(value.map(#function).transpose())
            }
            (from, Shape::Nullable(to)) => self.how(from, to)?.then(&value, &quote!(::std::option::Option::Some)),
            (Shape::Nullable(from), to) => match self.how(from, to)? {
                How::Same => quote!(codegen::not_null(value)),
                how => {
                    let function = how.function();
                    quote!(codegen::not_null(value).and_then(#function))
                }
            },
            (Shape::Array(from), Shape::Array(to)) => {
                let function = self.how(from, to)?.function();
                quote!(codegen::each(value, #function))
            }
            (Shape::Map(from), Shape::Map(to)) if **from != Shape::Any && **to != Shape::Any => {
                let function = self.how(from, to)?.function();
                quote!(codegen::each_member(value, #function))
            }
            (Shape::Tuple(from), Shape::Tuple(to)) if from.len() == to.len() => {
                let items = from.iter().zip(to).enumerate().map(|(index, (from, to))| {
                    let (index, name) = (syn::Index::from(index), index.to_string());
                    let item = self.how(from, to)?.of(&quote!(value.#index));
                    Some(quote!(codegen::in_field(#name, #item)?))
                });
                let items = items.collect::<Option<Vec<TokenStream>>>()?;
                quote!((|| ::std::result::Result::Ok((#(#items,)*)))())
            }
            (Shape::Named(from), Shape::Tuple(_)) => self.of_length(from, to)?,
            (from, Shape::Named(to)) => return self.named(from, to),
            _ => return None,
        };
        Some(How::Expression { ty, of_value })
    }

    /// The tuple that a list of a response is, unless it has another length.
    fn of_length(&mut self, from: &str, to: &Shape) -> Option<TokenStream> {
        let items = self.items;
        let Kind::Union(union) = &items.get(from)?.0.kind else { return None };
        let [variant] = union.variants.as_slice() else { return None };
        let (union, name) = (format_ident!("{from}"), format_ident!("{}", variant.name));
        let made = self.how(&variant.shape, to)?.of(&quote!(value));
        let other = quote!(::std::result::Result::Err(codegen::ConversionError::no_alternative(#from)));
        Some(quote!(match value { #union::#name(value) => #made, #union::Unknown(_) => #other }))
    }

    fn named(&mut self, from: &Shape, to: &str) -> Option<How> {
        let items = self.items;
        let kind = &items.get(to)?.0.kind;
        if let Kind::Checked(item) = kind {
            let made = match self.how(from, &item.shape)? {
                How::Same => return Some(How::Call(quote!(codegen::Checked::new))),
                how => how.of(&quote!(value)),
            };
            let of_value = quote!(#made.and_then(codegen::Checked::new));
            return Some(How::Expression { ty: within(from), of_value });
        }
        let Shape::Named(from) = from else { return None };
        let (from_ident, to_ident) = (format_ident!("{from}"), format_ident!("{to}"));
        match (&items.get(from)?.0.kind, kind) {
            (Kind::Enum(_), Kind::Enum(item)) if item.open => Some(How::Expression {
                ty: quote!(#from_ident),
                of_value: quote!(::std::result::Result::Ok(#to_ident::from(value.as_str()))),
            }),
            (Kind::Struct(_), Kind::Struct(_)) | (Kind::Union(_), Kind::Union(_)) | (Kind::Enum(_), Kind::Enum(_)) => {
                let good = *self.pairs.entry((from.clone(), to.to_owned())).or_insert(true);
                good.then(|| How::Call(quote!(#to_ident::try_from)))
            }
            _ => None,
        }
    }
}
