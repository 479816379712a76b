//! Where the workspace is.

use std::path::Path;

/// The workspace's folder. Cargo runs benches in their package's; who types a path means this one.
pub(crate) fn root() -> &'static Path {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.find(|folder| folder.join("Cargo.lock").exists()).expect("the workspace has a lock")
}
