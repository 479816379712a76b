//! The public items of a client: what they are, what they stand for, and where they come from. Clients that are compared are read
//! together, because what is the same in both needs not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::RandomState;

use proc_macro2::TokenStream;

use super::differing::Mentions;
use super::outline::Outline;
use super::{EnvironmentVariable, Generated, Input, Options, Read, Unparsed, client, write};
use crate::diagnostic::Diagnostic;
use crate::lock::Lock;
use crate::stages::timed;
use crate::track::{silent::Meanings, surface::Surface};

/// The items of a client.
pub(crate) struct Items {
    pub(crate) surface: Surface,
    /// What they stand for on the wire.
    pub(crate) meanings: Meanings,
    /// Where they come from, by document.
    pub(crate) places: Vec<Places>,
}

/// The items of two clients.
pub(crate) struct Compared {
    /// Of each client, the items of those types that are not the same in both.
    pub(crate) old: Items,
    pub(crate) new: Items,
    /// What the types mention that are the same in both.
    pub(crate) mentions: Mentions,
}

/// Where the items of one document come from: JSON pointers of what the names of types and operations stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// The name of the document.
    pub(crate) document: String,
    /// Its module; `None` if it is the only one.
    pub(crate) module: Option<String>,
    /// The places of each type.
    pub(crate) types: BTreeMap<String, BTreeSet<String>>,
    /// The place of each operation, by the name of its marker type.
    pub(crate) operations: BTreeMap<String, String>,
}

impl Places {
    pub(super) fn of(input: &Input<'_>, several: bool, read: &mut Read<'_>) -> Self {
        let operations = read.operations.iter().map(|operation| (operation.type_name(), operation.pointer.clone()));
        Self {
            document: input.name.to_owned(),
            module: several.then(|| client::module_name(input.name).to_string()),
            types: std::mem::take(&mut read.lowered.types.places),
            operations: operations.collect(),
        }
    }
}

/// A client in outline, of which the items are not read yet.
pub(crate) struct Sketch {
    /// Where the items come from, by document.
    pub(crate) places: Vec<Places>,
    code: Code,
}

enum Code {
    Unread(Outline, Unparsed, Options),
    /// What the user adds to types is not in the outline.
    Read(Surface, Meanings),
}

/// Sketches the client that [`generate`](super::generate) would give, and gives back [`Generated`] without the code. Formatting the
/// code and parsing it again would take longer than everything else. Sketches that are compared have one `state`.
///
/// # Errors
///
/// As [`generate`](super::generate), and `A002`.
pub(crate) fn sketch(
    inputs: &[Input<'_>],
    environment: &[EnvironmentVariable],
    lock: &Lock,
    options: &Options,
    state: &RandomState,
) -> Result<(Sketch, Generated), Diagnostic> {
    let options = Options { is_outline: true, ..options.clone() };
    let (mut unparsed, mut generated) = write(inputs, environment, lock, &options)?;
    let places = std::mem::take(&mut unparsed.places);
    let tokens = std::mem::take(&mut unparsed.tokens);
    let outline = timed("outline", || Outline::of(tokens, state));
    let code = match options.additions.is_empty() {
        true => Code::Unread(outline, unparsed, options),
        false => {
            let (surface, meanings, added) = read(outline.code(), unparsed, &options)?;
            generated.diagnostics.extend(added);
            Code::Read(surface, meanings)
        }
    };
    Ok((Sketch { places, code }, generated))
}

/// Reads the items of `code`, and gives back what is to be said of what the user adds to types.
fn read(
    code: TokenStream,
    unparsed: Unparsed,
    options: &Options,
) -> Result<(Surface, Meanings, Vec<Diagnostic>), Diagnostic> {
    let (file, added) = Unparsed { tokens: code, ..unparsed }.parse(options)?;
    let surface = timed("surface", || Surface::of_file(&file))?;
    Ok((surface, timed("surface", || Meanings::of(&file)), added))
}

impl Sketch {
    /// The items of the client.
    ///
    /// # Errors
    ///
    /// `A002` and `G012`, which are defects of this crate.
    pub(crate) fn items(self) -> Result<Items, Diagnostic> {
        let Self { places, code } = self;
        let (surface, meanings) = match code {
            Code::Read(surface, meanings) => (surface, meanings),
            Code::Unread(outline, unparsed, options) => {
                let (surface, meanings, _) = read(outline.code(), unparsed, &options)?;
                (surface, meanings)
            }
        };
        Ok(Items { surface, meanings, places })
    }

    /// The items of two clients.
    ///
    /// # Errors
    ///
    /// As [`items`](Self::items), of the new one first.
    pub(crate) fn compare(old: Self, new: Self) -> Result<Compared, Diagnostic> {
        match (old, new) {
            (
                Self { places, code: Code::Unread(outline, unparsed, options) },
                Self { places: of_new, code: Code::Unread(new, rest, options_of_new) },
            ) => {
                let same = outline.same(&new);
                let mut mentions = Mentions::new();
                let code = new.code_but(&same, Some(&mut mentions));
                let (surface, meanings, _) = read(code, rest, &options_of_new)?;
                let new = Items { surface, meanings, places: of_new };
                let (surface, meanings, _) = read(outline.code_but(&same, None), unparsed, &options)?;
                Ok(Compared { old: Items { surface, meanings, places }, new, mentions })
            }
            (old, new) => {
                let new = new.items()?;
                Ok(Compared { old: old.items()?, new, mentions: Mentions::new() })
            }
        }
    }
}
