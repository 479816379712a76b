//! The public items of a client: what they are, what they stand for, and where they come from. Clients that are compared are read
//! together, because what is the same in both needs not be read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::RandomState;

use super::differing::Mentions;
use super::outline::Outline;
use super::{Beside, EnvironmentVariable, Generated, Input, Options, Read, client, write};
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
    Unread(Unread),
    /// What the user adds to types is not in the outline.
    Read(Surface, Meanings),
}

struct Unread {
    outline: Outline,
    beside: Beside,
    options: Options,
}

impl Unread {
    /// Reads the items, but for those of the types that are the `same` in another version, and gives back what is to be said of what
    /// the user adds to types.
    fn read(
        self,
        same: &HashSet<String>,
        mentions: Option<&mut Mentions>,
    ) -> Result<(Surface, Meanings, Vec<Diagnostic>), Diagnostic> {
        let (file, added) = self.beside.parse(self.outline.code_but(same, mentions), &self.options)?;
        let surface = timed("surface", || Surface::of_file(&file))?;
        Ok((surface, timed("surface", || Meanings::of(&file)), added))
    }
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
    let (code, mut beside, mut generated) = write(inputs, environment, lock, &options)?;
    let places = std::mem::take(&mut beside.places);
    let is_whole = options.additions.is_empty();
    let unread = Unread { outline: timed("outline", || Outline::of(code, state)), beside, options };
    let code = match is_whole {
        true => Code::Unread(unread),
        false => {
            let (surface, meanings, added) = unread.read(&HashSet::new(), None)?;
            generated.diagnostics.extend(added);
            Code::Read(surface, meanings)
        }
    };
    Ok((Sketch { places, code }, generated))
}

impl Sketch {
    /// The items of the client.
    ///
    /// # Errors
    ///
    /// `A002` and `G012`, which are defects of this crate.
    pub(crate) fn items(self) -> Result<Items, Diagnostic> {
        self.items_but(&HashSet::new(), None)
    }

    /// The items of two clients.
    ///
    /// # Errors
    ///
    /// As [`items`](Self::items), of the new one first.
    pub(crate) fn compare(old: Self, new: Self) -> Result<Compared, Diagnostic> {
        let same = match (&old.code, &new.code) {
            (Code::Unread(old), Code::Unread(new)) => old.outline.same(&new.outline),
            _ => HashSet::new(),
        };
        let mut mentions = Mentions::new();
        let new = new.items_but(&same, Some(&mut mentions))?;
        Ok(Compared { old: old.items_but(&same, None)?, new, mentions })
    }

    /// The items of the client but for those of the types that are the `same` in another version, if it was not read yet.
    fn items_but(self, same: &HashSet<String>, mentions: Option<&mut Mentions>) -> Result<Items, Diagnostic> {
        let (surface, meanings) = match self.code {
            Code::Read(surface, meanings) => (surface, meanings),
            Code::Unread(unread) => {
                let (surface, meanings, _) = unread.read(same, mentions)?;
                (surface, meanings)
            }
        };
        Ok(Items { surface, meanings, places: self.places })
    }
}
