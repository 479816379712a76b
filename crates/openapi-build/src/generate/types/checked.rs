//! Values that keep to rules: one generic type of the support module, with the rules of each as a type.

use std::collections::HashSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Number;

use super::Subject;
use crate::generate::shape::{Checked, Rules, Shape};
use crate::generate::tokens::{option, within};

pub(super) fn write(subject: &Subject<'_>, item: &Checked, names: &HashSet<&str>) -> TokenStream {
    let (ident, docs) = (&subject.ident, &subject.docs);
    let name = subject.words.called.as_deref().unwrap_or(subject.name);
    let suffix = if names.contains(format!("{ident}Rules").as_str()) { "RulesOf" } else { "Rules" };
    let rules_name = format_ident!("{ident}{suffix}");
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
        quote!(support::check_one_of(value, &[#(#values),*]))
    });
    let mut statements = Vec::new();
    let mut checks = match shape {
        Shape::Text => text(rules, &value),
        Shape::DateTime | Shape::Date | Shape::Uuid | Shape::Base64 => {
            statements.push(quote!(let value = &support::json_text(value)?;));
            text(rules, &value)
        }
        // An open enum. Others have no rules but which values there are.
        Shape::Named(_) => text(rules, &quote!(value.as_str())),
        Shape::I32 | Shape::I64 => number(rules, Some(&quote!(i128::from(*value))), &quote!(support::to_float(*value))),
        Shape::F32 => number(rules, None, &quote!(f64::from(*value))),
        Shape::F64 => number(rules, None, &quote!(*value)),
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
    let of = |kind: TokenStream, checks: &[TokenStream]| {
        let some = (!checks.is_empty()).then_some(checks)?;
        Some(quote!(if let ::std::option::Option::Some(value) = #kind { #(#some?;)* }))
    };
    let value = quote!(value);
    let integer =
        of(quote!(support::any_integer(value)), &number(rules, Some(&value), &quote!(support::to_float(value))));
    let float = of(quote!(value.as_f64()), &number(rules, None, &value));
    let kinds = [
        of(quote!(value.as_str()), &text(rules, &value)),
        of(quote!(value.as_array()), &items(rules)),
        of(quote!(value.as_object()), &members(rules)),
        // Every integer is a number too.
        integer.map(|integer| quote!(#integer else #float)),
    ];
    kinds.into_iter().flatten().collect()
}

fn text(rules: &Rules, value: &TokenStream) -> Vec<TokenStream> {
    let length = count(&quote!(#value.chars().count()), "characters", rules.min_length, rules.max_length);
    let pattern = rules.pattern.as_ref().map(|_| quote!(PATTERN.check(#value)));
    length.into_iter().chain(pattern).collect()
}

fn items(rules: &Rules) -> Vec<TokenStream> {
    let count = count(&quote!(value.len()), "items", rules.min_items, rules.max_items);
    let unique = rules.unique_items.then(|| quote!(support::check_unique(value)));
    count.into_iter().chain(unique).collect()
}

fn members(rules: &Rules) -> Vec<TokenStream> {
    count(&quote!(value.len()), "members", rules.min_properties, rules.max_properties).into_iter().collect()
}

fn count(found: &TokenStream, of: &str, least: Option<u64>, most: Option<u64>) -> Option<TokenStream> {
    let (any, least, most) = (least.or(most), option(least), option(most));
    any.map(|_| quote!(support::check_count(#found, #of, #least, #most)))
}

/// Of a number that is `integer`, an `i128`, if it is one, or else `float`, an `f64`: integers are compared as such where the
/// bound is one too.
fn number(rules: &Rules, integer: Option<&TokenStream>, float: &TokenStream) -> Vec<TokenStream> {
    let whole = |bound: &Number| {
        let bound = bound.as_i64().map(i128::from).or(bound.as_u64().map(i128::from))?;
        Some((integer?, Literal::i128_unsuffixed(bound)))
    };
    let check = |holds: TokenStream, rule: &str, bound: &Number| {
        let bound = match bound.as_f64() {
            Some(float) if bound.is_f64() => float.to_string(),
            _ => bound.to_string(),
        };
        let rule = format!("{rule} {bound}");
        quote!(support::check_number(#holds, value, #rule))
    };
    let compare = |(bound, excluded): &(Number, bool), [or_equal, alone]: [(TokenStream, &str); 2]| {
        let (relation, rule) = if *excluded { alone } else { or_equal };
        let holds = match whole(bound) {
            Some((integer, bound)) => quote!(#integer #relation #bound),
            None => {
                let bound = bound.as_f64()?;
                quote!(#float #relation #bound)
            }
        };
        Some(check(holds, rule, bound))
    };
    let minimum = rules.minimum.as_ref();
    let minimum = minimum.and_then(|bound| compare(bound, [(quote!(>=), "is below"), (quote!(>), "is not above")]));
    let maximum = rules.maximum.as_ref();
    let maximum = maximum.and_then(|bound| compare(bound, [(quote!(<=), "is above"), (quote!(<), "is not below")]));
    let multiple = rules.multiple_of.as_ref().and_then(|step| {
        let holds = match whole(step) {
            Some((integer, step)) => quote!(support::is_multiple(#integer, #step)),
            None => {
                let step = step.as_f64()?;
                quote!(support::is_nearly_multiple(#float, #step))
            }
        };
        Some(check(holds, "is no multiple of", step))
    });
    [minimum, maximum, multiple].into_iter().flatten().collect()
}
