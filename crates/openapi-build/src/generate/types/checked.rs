//! Values with constraints: one generic type of the runtime, whose parameter is a type that holds the rules. Its documentation
//! says what they are, and how a value is made.

use std::collections::HashSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Number;

use super::structs::has_float;
use super::{Subject, companion, doc_attributes};
use crate::generate::pattern::Pattern;
use crate::generate::shape::{Checked, Rules, Shape};
use crate::generate::tokens::{option, within};

pub(super) fn write(subject: &Subject<'_>, item: &Checked, names: &HashSet<&str>) -> TokenStream {
    let (ident, docs) = (&subject.ident, documented(subject, item));
    let name = subject.words.called.as_deref().unwrap_or(subject.name);
    let rules_name = companion(ident, &["Rules", "RulesOf"], names);
    let value = within(&item.shape);
    let pattern = item.rules.pattern.as_ref();
    let pattern = pattern.map(|Pattern { text, regex }| {
        let made = if text == regex { quote!(new(#text)) } else { quote!(translated(#text, #regex)) };
        quote!(static PATTERN: codegen::Pattern = codegen::Pattern::#made;)
    });
    let (mut statements, last) = checks(&item.shape, &item.rules);
    let schemas = item.rules.schemas.iter().map(|schema| {
        let text = schema.to_string();
        quote!({ static CHECK: codegen::Check = codegen::Check::new(#text); CHECK.check(value)?; })
    });
    // They are about the value as it is.
    statements.splice(0..0, schemas);
    if has_float(&item.shape) {
        statements.insert(0, quote!(codegen::check_finite(value)?;));
    }
    // What the runtime knows is converted there.
    let made = matches!(item.shape, Shape::Named(_)).then(|| {
        quote! {
            impl ::std::convert::TryFrom<#value> for #ident {
                type Error = codegen::ConversionError;
                fn try_from(value: #value) -> ::std::result::Result<Self, codegen::ConversionError> {
                    Self::new(value)
                }
            }
        }
    });
    quote! {
        #docs
        pub type #ident = codegen::Checked<#rules_name>;
        pub enum #rules_name {}
        impl codegen::Rules for #rules_name {
            type Value = #value;
            const NAME: &'static str = #name;
            fn check(value: &Self::Value) -> codegen::Kept {
                #pattern
                #(#statements)*
                #last
            }
        }
        #made
    }
}

/// The documentation of the type: the definition's, and then the rules.
fn documented(subject: &Subject<'_>, item: &Checked) -> TokenStream {
    let (ident, rules) = (&subject.ident, phrases(&item.rules));
    let rules = match rules.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "obeys what the definition says of it".to_owned(),
    };
    let made = match item.shape {
        Shape::Text => format!("`{ident}::try_from(text)` and `text.parse()` check it"),
        _ => format!("`{ident}::try_from(value)` checks it"),
    };
    let mut docs = subject.docs.clone();
    if !docs.is_empty() {
        docs.extend(doc_attributes(&[String::new()]));
    }
    docs.extend(doc_attributes(&[format!("The value {rules}; {made}.")]));
    docs
}

/// What the rules say of a value, in words.
fn phrases(rules: &Rules) -> Vec<String> {
    let counted = |least: Option<u64>, most: Option<u64>, of: &str| {
        let of = |count: u64| if count == 1 { of.to_owned() } else { format!("{of}s") };
        Some(match (least, most) {
            (None, None) => return None,
            (Some(least), Some(most)) if least == most => format!("has {least} {}", of(least)),
            (Some(least), Some(most)) => format!("has {least} to {most} {}", of(most)),
            (Some(least), None) => format!("has at least {least} {}", of(least)),
            (None, Some(most)) => format!("has at most {most} {}", of(most)),
        })
    };
    let bound = |bound: &Option<(Number, bool)>, [or_equal, alone]: [&str; 2]| {
        let (bound, excluded) = bound.as_ref()?;
        Some(format!("is {} {bound}", if *excluded { alone } else { or_equal }))
    };
    // A code span ends with the first backtick.
    let code = |text: &str| format!("`{}`", text.replace('`', "'"));
    let values: Vec<String> = rules.one_of.iter().map(|value| code(&value.to_string())).collect();
    let phrases = [
        counted(rules.min_length, rules.max_length, "character"),
        rules.pattern.as_ref().map(|pattern| format!("matches {}", code(&pattern.text))),
        bound(&rules.minimum, ["at least", "above"]),
        bound(&rules.maximum, ["at most", "below"]),
        rules.multiple_of.as_ref().map(|step| format!("is a multiple of {step}")),
        counted(rules.min_items, rules.max_items, "item"),
        rules.unique_items.then(|| "has no item twice".to_owned()),
        counted(rules.min_properties, rules.max_properties, "member"),
        (!values.is_empty()).then(|| format!("is one of {}", values.join(", "))),
    ];
    phrases.into_iter().flatten().collect()
}

/// The code that checks a `value` of `shape`: statements, and the expression that ends them.
fn checks(shape: &Shape, rules: &Rules) -> (Vec<TokenStream>, TokenStream) {
    let value = quote!(value);
    let one_of = (!rules.one_of.is_empty()).then(|| {
        let values = rules.one_of.iter().map(ToString::to_string);
        quote!(codegen::check_one_of(value, &[#(#values),*]))
    });
    let mut statements = Vec::new();
    let mut checks = match shape {
        Shape::Text => text(rules, &value),
        Shape::DateTime | Shape::DateTimeText | Shape::AssumedUtc | Shape::Date | Shape::Uuid | Shape::Base64 => {
            statements.push(quote!(let value = &codegen::json_text(value)?;));
            text(rules, &value)
        }
        // An open enum. A closed one has no rules besides its list of values.
        Shape::Named(_) => text(rules, &quote!(value.as_str())),
        Shape::Int(_) => number(rules, Some(&quote!(i128::from(*value))), &quote!(codegen::to_float(*value))),
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

/// The code that checks any JSON value: each rule applies to values of its own type.
fn of_any(rules: &Rules) -> Vec<TokenStream> {
    let of = |kind: TokenStream, checks: &[TokenStream]| {
        let some = (!checks.is_empty()).then_some(checks)?;
        Some(quote!(if let ::std::option::Option::Some(value) = #kind { #(#some?;)* }))
    };
    let value = quote!(value);
    let integer =
        of(quote!(codegen::any_integer(value)), &number(rules, Some(&value), &quote!(codegen::to_float(value))));
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
    let unique = rules.unique_items.then(|| quote!(codegen::check_unique(value)));
    count.into_iter().chain(unique).collect()
}

fn members(rules: &Rules) -> Vec<TokenStream> {
    count(&quote!(value.len()), "members", rules.min_properties, rules.max_properties).into_iter().collect()
}

fn count(found: &TokenStream, of: &str, least: Option<u64>, most: Option<u64>) -> Option<TokenStream> {
    let (any, least, most) = (least.or(most), option(least), option(most));
    any.map(|_| quote!(codegen::check_count(#found, #of, #least, #most)))
}

/// The checks of a number that is `integer`, an `i128`, if it is one, and otherwise `float`, an `f64`: integers are compared as
/// integers where the bound is one too.
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
        quote!(codegen::check_number(#holds, #rule))
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
            Some((integer, step)) => quote!(codegen::is_multiple(#integer, #step)),
            None => {
                let step = step.as_f64()?;
                quote!(codegen::is_nearly_multiple(#float, #step))
            }
        };
        Some(check(holds, "is not a multiple of", step))
    });
    [minimum, maximum, multiple].into_iter().flatten().collect()
}
