//! Values that keep to rules: one generic type of the support module, with the rules of each as a type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Number;

use super::Subject;
use crate::generate::shape::{Checked, Rules, Shape};
use crate::generate::tokens::{option, within};

pub(super) fn write(subject: &Subject<'_>, item: &Checked) -> TokenStream {
    let (ident, docs) = (&subject.ident, &subject.docs);
    let name = item.called.0.as_deref().unwrap_or(subject.name);
    let rules_name = format_ident!("{}Rules", subject.ident);
    let value = within(&item.shape);
    let pattern = item.rules.pattern.as_ref();
    let pattern = pattern.map(|text| quote!(static PATTERN: support::Pattern = support::Pattern::new(#text);));
    let (statements, last) = checks(&item.shape, &item.rules);
    quote! {
        #(#docs)*
        pub type #ident = support::Checked<#rules_name>;
        pub enum #rules_name {}
        impl support::Rules for #rules_name {
            type Value = #value;
            const NAME: &'static str = #name;
            fn check(value: &Self::Value) -> support::Kept {
                #pattern
                #(#statements)*
                #last
            }
        }
    }
}

/// What checks a `value` of `shape`: statements, and the expression that ends them.
fn checks(shape: &Shape, rules: &Rules) -> (Vec<TokenStream>, TokenStream) {
    let value = quote!(value);
    let one_of = (!rules.one_of.is_empty()).then(|| {
        let values = rules.one_of.iter().map(ToString::to_string);
        quote!(support::one_of(value, &[#(#values),*]))
    });
    let mut statements = Vec::new();
    let mut checks = match shape {
        Shape::Text => text(rules, &value),
        Shape::DateTime | Shape::Date | Shape::Uuid | Shape::Base64 => {
            statements.push(quote!(let value = &support::written(value)?;));
            text(rules, &value)
        }
        // An open enum. Others have no rules but which values there are.
        Shape::Named(_) => text(rules, &quote!(value.as_str())),
        Shape::I32 => number(rules, &quote!(i64::from(*value)), true),
        Shape::I64 => number(rules, &quote!(*value), true),
        Shape::F32 => number(rules, &quote!(f64::from(*value)), false),
        Shape::F64 => number(rules, &quote!(*value), false),
        Shape::Array(_) => items(rules),
        Shape::Map(_) => members(rules),
        _ => {
            statements = of_any(rules);
            Vec::new()
        }
    };
    checks.extend(one_of);
    let last = checks.pop().unwrap_or_else(|| quote!(::std::result::Result::Ok(())));
    statements.extend(checks.into_iter().map(|check| quote!(#check?;)));
    (statements, last)
}

/// What checks any JSON: each rule is for the values of its own type.
fn of_any(rules: &Rules) -> Vec<TokenStream> {
    let value = quote!(value);
    let kinds = [
        (quote!(as_str), text(rules, &value)),
        (quote!(as_array), items(rules)),
        (quote!(as_object), members(rules)),
        (quote!(as_i64), number(rules, &value, true)),
        // Every integer is a number too.
        (quote!(as_f64), number(rules, &value, false)),
    ];
    let mut statements = Vec::new();
    for (kind, checks) in kinds.into_iter().filter(|(_, checks)| !checks.is_empty()) {
        let otherwise = (kind.to_string() == "as_f64").then(|| quote!(else));
        statements.push(quote!(#otherwise if let ::std::option::Option::Some(value) = value.#kind() { #(#checks?;)* }));
    }
    statements
}

fn text(rules: &Rules, value: &TokenStream) -> Vec<TokenStream> {
    let length = count(&quote!(#value.chars().count()), "characters", rules.min_length, rules.max_length);
    let pattern = rules.pattern.as_ref().map(|_| quote!(PATTERN.check(#value)));
    length.into_iter().chain(pattern).collect()
}

fn items(rules: &Rules) -> Vec<TokenStream> {
    let count = count(&quote!(value.len()), "items", rules.min_items, rules.max_items);
    let unique = rules.unique_items.then(|| quote!(support::unique(value)));
    count.into_iter().chain(unique).collect()
}

fn members(rules: &Rules) -> Vec<TokenStream> {
    count(&quote!(value.len()), "members", rules.min_properties, rules.max_properties).into_iter().collect()
}

fn count(found: &TokenStream, of: &str, least: Option<u64>, most: Option<u64>) -> Option<TokenStream> {
    let (any, least, most) = (least.or(most), option(least), option(most));
    any.map(|_| quote!(support::count(#found, #of, #least, #most)))
}

/// Of a number that is an `i64` or an `f64`: integers are compared as such where the bound is one too.
fn number(rules: &Rules, value: &TokenStream, is_integer: bool) -> Vec<TokenStream> {
    let check = |function: &str, bound: &Number, of_floats: &str| match (bound.as_i64(), bound.as_f64()) {
        (Some(bound), _) if is_integer => {
            let function = format_ident!("{function}");
            Some(quote!(support::#function(#value, #bound)))
        }
        (_, Some(bound)) => {
            let function = format_ident!("{of_floats}");
            let value = if is_integer { quote!((#value) as f64) } else { value.clone() };
            Some(quote!(support::#function(#value, #bound)))
        }
        _ => None,
    };
    let bound = |bound: &Option<(Number, bool)>, or_equal: &str, excluded: &str| {
        let (bound, is_excluded) = bound.as_ref()?;
        let function = if *is_excluded { excluded } else { or_equal };
        check(function, bound, function)
    };
    let multiple = rules.multiple_of.as_ref().and_then(|step| check("multiple_of", step, "nearly_multiple_of"));
    [bound(&rules.minimum, "at_least", "greater_than"), bound(&rules.maximum, "at_most", "less_than"), multiple]
        .into_iter()
        .flatten()
        .collect()
}
