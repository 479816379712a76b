//! Statuses in Rust: the names of their variants, and the patterns that match them.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use crate::status::Status;
pub(super) use crate::status::reason;

/// The pattern of the status codes that a status stands for.
pub(super) fn pattern(status: Status) -> TokenStream {
    match status.codes() {
        Some((first, last)) if first == last => Literal::u16_unsuffixed(first).to_token_stream(),
        Some(codes) => span(codes),
        None => quote!(_),
    }
}

/// All status codes from the first to the last.
pub(super) fn span((first, last): (u16, u16)) -> TokenStream {
    let (first, last) = (Literal::u16_unsuffixed(first), Literal::u16_unsuffixed(last));
    quote!(#first..=#last)
}
