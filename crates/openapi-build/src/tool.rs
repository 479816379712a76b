//! What only the command `cargo oas` needs from this crate. This is not public API and may change in any version, because
//! `cargo-oas` depends on exactly one version of this crate and is released together with it.

use std::path::Path;

pub use crate::catalogue::{book, rows};
use crate::pipeline::Loaded;

/// The environment variable that makes a build script read another folder, so that `bump` can compile the package with the
/// new client before it writes anything.
pub const REPLACEMENT: &str = crate::config::REPLACEMENT;

/// Makes `loaded` and every message about it name the files of the folder `from` as if they were in `to`, so that a user who
/// knows only `to` can find them.
pub fn rename(loaded: &mut Loaded, from: &Path, to: &Path) {
    loaded.rename(from, to);
}
