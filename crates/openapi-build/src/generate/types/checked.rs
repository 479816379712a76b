//! Values that keep to rules: one generic type of the support module, with the rules of each as a type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Number;

use super::Subject;
use crate::generate::shape::Checked;
use crate::generate::tokens::within;

pub(super) fn write(subject: &Subject<'_>, item: &Checked) -> TokenStream {
    let (ident, docs) = (&subject.ident, &subject.docs);
    let name = item.called.0.as_deref().unwrap_or(subject.name);
    let rules_name = format_ident!("{}Rules", subject.ident);
    let value = within(&item.shape);
    let rules = &item.rules;
    let mut set = Vec::new();
    let counts = [
        (quote!(min_length), rules.min_length),
        (quote!(max_length), rules.max_length),
        (quote!(min_items), rules.min_items),
        (quote!(max_items), rules.max_items),
        (quote!(min_properties), rules.min_properties),
        (quote!(max_properties), rules.max_properties),
    ];
    for (key, count) in counts {
        set.extend(count.map(|count| quote!(#key: ::std::option::Option::Some(#count))));
    }
    for (key, bound) in [(quote!(minimum), &rules.minimum), (quote!(maximum), &rules.maximum)] {
        set.extend(bound.as_ref().map(|(bound, excluded)| {
            let number = number(bound);
            quote!(#key: ::std::option::Option::Some((#number, #excluded)))
        }));
    }
    set.extend(rules.multiple_of.as_ref().map(|step| {
        let number = number(step);
        quote!(multiple_of: ::std::option::Option::Some(#number))
    }));
    if rules.unique_items {
        set.push(quote!(unique_items: true));
    }
    if !rules.one_of.is_empty() {
        let values = rules.one_of.iter().map(ToString::to_string);
        set.push(quote!(one_of: &[#(#values),*]));
    }
    set.extend(rules.pattern.as_ref().map(|pattern| quote!(pattern: #pattern)));
    let pattern = rules.pattern.as_ref().map(|pattern| {
        quote! {
            fn matches(text: &str) -> bool {
                static PATTERN: ::std::sync::LazyLock<::std::option::Option<::regress::Regex>> =
                    ::std::sync::LazyLock::new(|| {
                        ::regress::Regex::with_flags(#pattern, "u").or_else(|_| ::regress::Regex::new(#pattern)).ok()
                    });
                PATTERN.as_ref().is_none_or(|pattern| pattern.find(text).is_some())
            }
        }
    });
    quote! {
        #(#docs)*
        pub type #ident = support::Checked<#rules_name>;
        pub enum #rules_name {}
        impl support::Rules for #rules_name {
            type Value = #value;
            const NAME: &'static str = #name;
            const LIMITS: support::Limits =
                support::Limits { #(#set,)* ..support::Limits::NONE };
            #pattern
        }
    }
}

/// A number as the support module's `Bound`: an integer stays exact.
fn number(number: &Number) -> TokenStream {
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => quote!(support::Bound::Integer(#integer)),
        (None, Some(float)) => quote!(support::Bound::Float(#float)),
        _ => quote!(support::Bound::Integer(0)),
    }
}
