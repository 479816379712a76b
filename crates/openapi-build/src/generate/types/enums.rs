//! Enums of strings: closed where they are sent, open where they are received.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Subject;
use crate::generate::shape::Enum;

/// The variant for `value`.
pub(super) fn variant(item: &Enum, value: &str) -> Option<Ident> {
    let index = item.values.iter().position(|other| other == value)?;
    Some(format_ident!("{}", item.names.get(index)?))
}

pub(super) fn write(subject: &Subject<'_>, item: &Enum) -> TokenStream {
    let (ident, docs) = (&subject.ident, &subject.docs);
    let values = &item.values;
    let variants: Vec<Ident> = item.names.iter().map(|name| format_ident!("{name}")).collect();
    let value_docs = values.iter().map(|value| format!(" `{}`", value.replace('`', "'")));
    let declared = quote!(#(#[doc = #value_docs] #variants),*);
    let (copy, unknown, unknown_text, from_text) = if item.open {
        (
            None,
            quote!(, /** A value that the definition does not list. */ Unknown(::std::string::String)),
            quote!(, Self::Unknown(text) => text),
            quote! {
                impl ::std::convert::From<&str> for #ident {
                    fn from(text: &str) -> Self {
                        match text {
                            #(#values => Self::#variants,)*
                            _ => Self::Unknown(text.to_owned()),
                        }
                    }
                }
            },
        )
    } else {
        let name = subject.name;
        (
            Some(quote!(Copy,)),
            TokenStream::new(),
            TokenStream::new(),
            // `Self::Error` could be a variant.
            quote! {
                impl ::std::convert::TryFrom<&str> for #ident {
                    type Error = codegen::ConversionError;
                    fn try_from(text: &str) -> ::std::result::Result<Self, codegen::ConversionError> {
                        match text {
                            #(#values => ::std::result::Result::Ok(Self::#variants),)*
                            _ => codegen::unknown(#name),
                        }
                    }
                }
            },
        )
    };
    let serialize = subject.serialize.then(|| {
        quote! {
            impl codegen::Serialize for #ident {
                fn serialize<S: codegen::Writer>(&self, serializer: S) -> codegen::Written<S> {
                    serializer.serialize_str(self.as_str())
                }
            }
        }
    });
    let deserialize = subject.deserialize_by(TokenStream::new());
    let read = subject.deserialize.then(|| quote!(: FromJson));
    quote! {
        #docs
        #[derive(Clone, #copy Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #ident { #declared #unknown }
        impl #ident {
            /// The value as it is sent and received.
            pub fn as_str(&self) -> &str {
                match self { #(Self::#variants => #values),* #unknown_text }
            }
        }
        codegen::word!(#ident #read);
        #from_text
        #serialize
        #deserialize
    }
}
