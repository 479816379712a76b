//! Lets one update at a time change a folder. The operating system holds the lock, which therefore ends with the process, however
//! that ends.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `B010` | another update of the folder is running |

use std::fs::File;
use std::path::{Path, PathBuf};

use openapi_build::diagnostic::Diagnostic;

use crate::place::about;

/// The file that holds the lock where a folder cannot; it is there only as long as the lock.
pub(crate) const FILE: &str = ".bump.lock";

/// Locks on folders, until it is dropped.
#[derive(Debug)]
pub(crate) struct Guard {
    _files: Vec<File>,
}

impl Guard {
    /// Locks those of `folders` that exist. Does not wait.
    ///
    /// # Errors
    ///
    /// `B010`, and `W002` if a folder cannot be locked for another reason.
    pub(crate) fn take(folders: impl IntoIterator<Item = PathBuf>) -> Result<Self, Diagnostic> {
        // A process cannot lock a folder twice.
        let mut folders: Vec<PathBuf> = folders.into_iter().filter_map(|folder| folder.canonicalize().ok()).collect();
        folders.sort();
        folders.dedup();
        let files = folders.iter().map(|folder| match lock(folder) {
            Ok(Some(file)) => Ok(file),
            Ok(None) => {
                let message = "another update of this folder is running";
                Err(about(folder, Diagnostic::error("B010", message))
                    .help("wait until it has ended; nothing was changed by this one"))
            }
            Err(error) => {
                let message = format!("this folder cannot be locked: {error}");
                Err(about(folder, Diagnostic::error("W002", message)).help("check the permissions of the folder"))
            }
        });
        Ok(Self { _files: files.collect::<Result<_, _>>()? })
    }
}

/// Locks a folder; `None` if another process has.
#[cfg(unix)]
fn lock(folder: &Path) -> std::io::Result<Option<File>> {
    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;

    let file = File::open(folder)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        // Some network file systems have no locks. Cargo does without them there too.
        Err(Errno::NOLCK | Errno::NOSYS | Errno::NOTSUP | Errno::INVAL | Errno::BADF) => Ok(Some(file)),
        Err(error) => Err(error.into()),
    }
}

/// Locks a folder, by a file that no other process may open as long as this one has it open, and that goes when it is closed; `None`
/// if another process has.
#[cfg(windows)]
fn lock(folder: &Path) -> std::io::Result<Option<File>> {
    use std::os::windows::fs::OpenOptionsExt;

    const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
    const ERROR_SHARING_VIOLATION: i32 = 32;
    const ERROR_DELETE_PENDING: i32 = 303;

    let mut options = File::options();
    options.create(true).write(true).truncate(true).share_mode(0).custom_flags(FILE_FLAG_DELETE_ON_CLOSE);
    match options.open(folder.join(FILE)) {
        Ok(file) => Ok(Some(file)),
        Err(error) if matches!(error.raw_os_error(), Some(ERROR_SHARING_VIOLATION | ERROR_DELETE_PENDING)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_locked_once_and_until_the_guard_is_dropped() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let twice = || [folder.path().to_owned(), folder.path().join("."), folder.path().join("missing")];
        let guard = Guard::take(twice()).expect("nobody has it");
        let error = Guard::take(twice()).expect_err("it is locked");
        assert!(error.code == "B010" && error.help.is_some() && error.position.is_some(), "{error}");
        drop(guard);
        Guard::take(twice()).expect("it is free again");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left behind");
    }
}
