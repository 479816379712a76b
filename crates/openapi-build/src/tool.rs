//! What the command `cargo oas` shares with this crate. It is no public API and may change in any version, because it is how
//! two packages that are released together talk to each other: `cargo-oas` depends on exactly the version that has it.

use std::path::Path;

pub use crate::catalogue::{book, rows};
use crate::pipeline::Loaded;

/// The environment variable by which `bump` makes a build script read another folder, so that the package is compiled with
/// the new client before anything is written.
pub const REPLACEMENT: &str = crate::config::REPLACEMENT;

/// Makes `loaded`, and every message about it, name the files of the folder `from` as if they were in `to`: what is read from
/// a copy of a folder is reported under the name that the user knows.
pub fn rename(loaded: &mut Loaded, from: &Path, to: &Path) {
    loaded.rename(from, to);
}
