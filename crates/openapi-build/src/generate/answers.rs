//! The call of `codegen::answers!`, which says for test doubles which bodies each operation documents. Operations that document the
//! same share a line; without the runtime's feature `stub`, it is nothing.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Token, Type};

use super::contents::{Bodies, Read, read_of};
use super::lower::Lowered;
use super::model::Operation;
use super::shape::{Kind, Shape};
use super::tokens::outside;

/// The input of the macro.
#[derive(Default)]
pub(crate) struct Answers {
    groups: Vec<Group>,
}

/// What operations document, and those operations.
struct Group {
    entries: Vec<Entry>,
    operations: Vec<Ident>,
}

/// The type of a body, unless it is that of a success, and for which statuses it is documented, in which media types.
struct Entry {
    ty: Option<Type>,
    ways: TokenStream,
}

/// How a body is written, in which media type, and for which statuses.
type Way = (&'static str, String, Vec<String>);

impl Answers {
    /// Adds the operation at `index`.
    pub(super) fn add(&mut self, operation: &Operation<'_>, index: usize, lowered: &Lowered, bodies: &Bodies) {
        let mut found: Vec<(String, Type, Vec<Way>)> = Vec::new();
        let key = |ty: &TokenStream| {
            let mut ty: Type = syn::parse2(ty.clone()).ok()?;
            Followed { lowered, depth: 0 }.visit_type_mut(&mut ty);
            Some(ty.to_token_stream().to_string())
        };
        for (number, response) in operation.responses.iter().enumerate() {
            let mut reads: Vec<(Read, &str)> = Vec::new();
            if operation.method != "HEAD" {
                let contents = response.contents.iter().enumerate();
                reads.extend(contents.map(|(place, content)| {
                    (read_of(content, lowered.response(index, number, place)), content.media_type)
                }));
            }
            if reads.is_empty() {
                reads.push((Read::Nothing, ""));
            }
            for (read, media_type) in reads {
                let ty = read.ty();
                let (Some(key), Ok(ty)) = (key(&ty), syn::parse2(ty)) else { continue };
                let (form, concrete) = match read {
                    Read::Nothing => ("Nothing", ""),
                    // Of a range, JSON would be read as what is documented for JSON itself, if that is.
                    Read::Text | Read::TextAs(_) | Read::Stated(Shape::Text) => ("Text", "text/plain"),
                    Read::Json(_) | Read::Stated(_) => ("Json", "application/json"),
                    Read::Bytes | Read::OneOf(_) => ("Bytes", "application/octet-stream"),
                };
                let media_type = within(media_type, concrete);
                let place = found.iter().position(|(other, ..)| *other == key).unwrap_or_else(|| {
                    found.push((key, ty, Vec::new()));
                    found.len() - 1
                });
                let (ways, status) = (&mut found[place].2, response.key.to_owned());
                // A status has each body once, in the first of its media types.
                if ways.iter().any(|(.., statuses)| statuses.contains(&status)) {
                    continue;
                }
                match ways.iter_mut().find(|(other, of, _)| (*other, of) == (form, &media_type)) {
                    Some((.., statuses)) => statuses.push(status),
                    None => ways.push((form, media_type, vec![status])),
                }
            }
        }
        let success = key(&bodies.success.ty);
        let entries = found.into_iter().map(|(key, ty, ways)| Entry {
            ty: (Some(key) != success).then_some(ty),
            ways: ways
                .iter()
                .flat_map(|(form, media_type, statuses)| {
                    let form = format_ident!("{form}");
                    quote!(#form #media_type [#(#statuses)*])
                })
                .collect(),
        });
        let entries: Vec<Entry> = entries.collect();
        if entries.is_empty() {
            return;
        }
        let name = format_ident!("{}", operation.type_name());
        let text = written(&entries);
        match self.groups.iter_mut().find(|group| written(&group.entries) == text) {
            Some(group) => group.operations.push(name),
            None => self.groups.push(Group { entries, operations: vec![name] }),
        }
    }

    /// The call of the macro, if there is something to say.
    pub(super) fn call(&self) -> Option<TokenStream> {
        (!self.groups.is_empty()).then(|| quote!(codegen::answers! { #self }))
    }

    /// Parses the input of `macro_call`, if it calls this macro.
    pub(crate) fn read(macro_call: &syn::Macro) -> Option<Self> {
        let segments = macro_call.path.segments.iter();
        if !segments.map(|segment| segment.ident.to_string()).eq(["codegen", "answers"]) {
            return None;
        }
        syn::parse2(macro_call.tokens.clone()).ok()
    }

    /// Calls `change` on each type in the input of `macro_call`, if it calls this macro, because visitors skip macros.
    pub(super) fn visit(macro_call: &mut syn::Macro, change: impl FnMut(&mut Type)) {
        if let Some(mut read) = Self::read(macro_call) {
            read.groups
                .iter_mut()
                .flat_map(|group| &mut group.entries)
                .filter_map(|entry| entry.ty.as_mut())
                .for_each(change);
            macro_call.tokens = read.to_token_stream();
        }
    }
}

/// A media type in the range `media_type`, best `preferred`; or `media_type` itself, if it is no range.
fn within(media_type: &str, preferred: &str) -> String {
    match media_type.split_once('/') {
        _ if !media_type.contains('*') => media_type.to_owned(),
        Some((kind, _)) if kind != "*" && !preferred.starts_with(&format!("{kind}/")) => format!("{kind}/octet-stream"),
        _ => preferred.to_owned(),
    }
}

fn written(entries: &[Entry]) -> String {
    quote!(#(#entries)*).to_string()
}

/// Replaces aliases by what they stand for: no trait can be implemented for both.
struct Followed<'a> {
    lowered: &'a Lowered,
    depth: usize,
}

impl VisitMut for Followed<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        // An alias of an alias is followed, but not in a circle.
        if let Some(shape) = self.aliased(ty).filter(|_| self.depth < 16)
            && let Ok(target) = syn::parse2(outside(&shape))
        {
            *ty = target;
            self.depth += 1;
            self.visit_type_mut(ty);
            self.depth -= 1;
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

impl Followed<'_> {
    fn aliased(&self, ty: &Type) -> Option<Shape> {
        let Type::Path(path) = ty else { return None };
        let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let [first, second, name] = names.as_slice() else { return None };
        let (item, _) = self.lowered.types.items.get(name).filter(|_| first == "super" && second == "types")?;
        match &item.kind {
            Kind::Alias(shape) => Some(shape.clone()),
            _ => None,
        }
    }
}

impl Parse for Answers {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut groups = Vec::new();
        while !input.is_empty() {
            let within;
            syn::braced!(within in input);
            let mut entries = Vec::new();
            while !within.is_empty() {
                entries.push(within.parse()?);
            }
            let mut operations = Vec::new();
            while !input.peek(Token![;]) {
                operations.push(input.parse()?);
            }
            input.parse::<Token![;]>()?;
            groups.push(Group { entries, operations });
        }
        Ok(Self { groups })
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let within;
        syn::parenthesized!(within in input);
        if within.parse::<Option<Token![_]>>()?.is_some() {
            return Ok(Self { ty: None, ways: within.parse()? });
        }
        let ty = within.parse()?;
        within.parse::<Token![=>]>()?;
        Ok(Self { ty: Some(ty), ways: within.parse()? })
    }
}

impl ToTokens for Answers {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for Group { entries, operations } in &self.groups {
            tokens.extend(quote!({ #(#entries)* } #(#operations)*;));
        }
    }
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { ty, ways } = self;
        tokens.extend(match ty {
            Some(ty) => quote!((#ty => #ways)),
            None => quote!((_ #ways)),
        });
    }
}
