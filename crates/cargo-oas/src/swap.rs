//! Replaces files: all of them or none.
//!
//! The new files and copies of the old ones are first written into a folder next to them, the journal; then each new file is
//! renamed over the old one. A failure halfway is undone at once; an interruption halfway is undone by the next run.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use openapi_build::diagnostic::{Diagnostic, Position};

use crate::guard::Guard;

/// The name of the journal in the definition's folder. It holds what is needed to undo an update.
const JOURNAL: &str = ".bump";

/// Files that are about to be replaced.
#[derive(Debug)]
pub(crate) struct Swap {
    journal: PathBuf,
    targets: Vec<PathBuf>,
}

impl Swap {
    /// Writes `files`, each a path and its new contents, into the journal in `folder`. Nothing is replaced yet.
    ///
    /// # Errors
    ///
    /// `W002`, in which case nothing has changed.
    pub(crate) fn prepare(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<Self, Diagnostic> {
        let journal = folder.join(JOURNAL);
        let swap = Self { targets: files.iter().map(|(path, _)| path.clone()).collect(), journal: journal.clone() };
        std::fs::create_dir(&journal).map_err(|error| unwritable(folder, &error))?;
        let write = || -> std::io::Result<()> {
            for (index, (path, bytes)) in files.iter().enumerate() {
                write_through(&journal.join(format!("{index}.new")), bytes)?;
                if let Some(old) = if_there(std::fs::read(path))? {
                    write_through(&journal.join(format!("{index}.old")), &old)?;
                }
            }
            // A journal without this list undoes nothing.
            let mut list = String::new();
            for (path, _) in files {
                // The next run may have another current directory.
                list.push_str(&format!("{}\n", std::path::absolute(path)?.display()));
            }
            let unfinished = journal.join("list.new");
            write_through(&unfinished, list.as_bytes())?;
            std::fs::rename(unfinished, journal.join("list"))
        };
        write().map_err(|error| {
            let _ = std::fs::remove_dir_all(&journal);
            unwritable(folder, &error)
        })?;
        Ok(swap)
    }

    /// Replaces the files.
    ///
    /// # Errors
    ///
    /// `W002`, in which case every file is as it was before.
    pub(crate) fn commit(self) -> Result<(), Diagnostic> {
        for (index, target) in self.targets.iter().enumerate() {
            if let Err(error) = self.replace(index, target) {
                let failed = unwritable(target, &error);
                undo(&self.journal)?;
                return Err(failed);
            }
        }
        // Once the list is gone, there is nothing to undo.
        let done = std::fs::remove_file(self.journal.join("list"));
        done.and_then(|()| std::fs::remove_dir_all(&self.journal)).map_err(|error| unwritable(&self.journal, &error))
    }

    fn replace(&self, index: usize, target: &Path) -> std::io::Result<()> {
        let new = self.journal.join(format!("{index}.new"));
        if let Some(old) = if_there(std::fs::metadata(target))? {
            std::fs::set_permissions(&new, old.permissions())?;
        }
        std::fs::rename(new, target)
    }
}

/// Whether an update of `folder` was interrupted, so that [`recover`] would undo it.
pub(crate) fn is_interrupted(folder: &Path) -> bool {
    folder.join(JOURNAL).join("list").exists()
}

/// As [`recover`], for those who have not locked the folder.
///
/// # Errors
///
/// `W002`, and `B010` if the update is not interrupted but running.
pub(crate) fn recover_alone(folder: &Path) -> Result<bool, Diagnostic> {
    if !folder.join(JOURNAL).is_dir() {
        return Ok(false);
    }
    let _guard = Guard::take([folder.to_owned()])?;
    recover(folder)
}

/// Undoes an interrupted update of `folder`, which the caller has locked. Returns whether there was one.
///
/// # Errors
///
/// `W002`.
pub(crate) fn recover(folder: &Path) -> Result<bool, Diagnostic> {
    let journal = folder.join(JOURNAL);
    if !journal.is_dir() {
        return Ok(false);
    }
    let begun = journal.join("list").exists();
    undo(&journal)?;
    Ok(begun)
}

fn undo(journal: &Path) -> Result<(), Diagnostic> {
    let restore = || -> std::io::Result<()> {
        let list = if_there(std::fs::read_to_string(journal.join("list")))?.unwrap_or_default();
        for (index, target) in list.lines().enumerate() {
            let (old, new) = (journal.join(format!("{index}.old")), journal.join(format!("{index}.new")));
            if new.exists() {
                // The update did not get as far as this file.
            } else if old.exists() {
                // The copy lets this be repeated if it is itself interrupted.
                let copy = journal.join(format!("{index}.back"));
                std::fs::copy(&old, &copy)?;
                std::fs::rename(&copy, target)?;
            } else {
                if_there(std::fs::remove_file(target))?;
            }
        }
        if_there(std::fs::remove_file(journal.join("list")))?;
        std::fs::remove_dir_all(journal)
    };
    restore().map_err(|error| {
        unwritable(journal, &error).help(format!(
            "an update was interrupted: copy the old files back from {}, where `list` has their paths",
            journal.display()
        ))
    })
}

/// Writes a file through to the disk.
fn write_through(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

fn if_there<T>(result: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let position = Position { file: path.to_owned(), line: 0, column: 0 };
    Diagnostic::error("W002", format!("this cannot be written: {error}; nothing has changed"))
        .in_file(position)
        .help("check the permissions of the folder and of the files in it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
        let mut entries: Vec<_> = std::fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (path.clone(), std::fs::read(&path).ok()))
            .collect();
        entries.sort();
        entries
    }

    fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        ["a", "b", "c"].map(|name| (folder.join(name), format!("new {name}").into_bytes())).to_vec()
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["a", "c", "other"] {
            std::fs::write(folder.path().join(name), format!("old {name}")).expect("a file");
        }
        folder
    }

    #[test]
    fn all_files_are_replaced_and_nothing_is_left_behind() {
        let folder = folder();
        Swap::prepare(folder.path(), &files(folder.path())).and_then(Swap::commit).expect("it can be written");
        let texts: Vec<_> = tree(folder.path()).into_iter().filter_map(|(_, text)| text).collect();
        assert_eq!(texts, [b"new a".to_vec(), b"new b".to_vec(), b"new c".to_vec(), b"old other".to_vec()]);
        assert_eq!(tree(folder.path()).len(), 4);
    }

    #[test]
    fn a_failure_halfway_is_undone() {
        let folder = folder();
        // A file cannot be renamed to where a folder stands.
        std::fs::create_dir_all(folder.path().join("d/e")).expect("a folder");
        let before = tree(folder.path());
        let mut files = files(folder.path());
        files.push((folder.path().join("d"), b"new d".to_vec()));
        // Reading a folder as a file would fail before anything is replaced, so the folder is put there afterwards.
        std::fs::rename(folder.path().join("d"), folder.path().join("other.d")).expect("moved");
        let swap = Swap::prepare(folder.path(), &files).expect("it can be written");
        std::fs::rename(folder.path().join("other.d"), folder.path().join("d")).expect("moved");
        let error = swap.commit().expect_err("a folder stands there");
        assert_eq!(error.code, "W002");
        assert_eq!(tree(folder.path()), before);
    }

    #[test]
    fn an_interruption_anywhere_is_undone_by_the_next_run() {
        for reached in 0..=3 {
            let folder = folder();
            let before = tree(folder.path());
            let swap = Swap::prepare(folder.path(), &files(folder.path())).expect("it can be written");
            for (index, target) in swap.targets.iter().enumerate().take(reached) {
                swap.replace(index, target).expect("it can be written");
            }
            drop(swap);
            assert!(recover(folder.path()).expect("it can be written"), "{reached}");
            assert_eq!(tree(folder.path()), before, "{reached}");
            assert!(!recover(folder.path()).expect("there is nothing to do"));
        }
    }

    #[test]
    fn an_interruption_before_the_first_replacement_leaves_nothing_behind() {
        let folder = folder();
        let before = tree(folder.path());
        let swap = Swap::prepare(folder.path(), &files(folder.path())).expect("it can be written");
        std::fs::remove_file(swap.journal.join("list")).expect("it is there");
        assert!(!recover(folder.path()).expect("it can be written"));
        assert_eq!(tree(folder.path()), before);
    }

    #[test]
    fn a_folder_that_cannot_be_written_to_is_reported() {
        let folder = folder();
        std::fs::write(folder.path().join(JOURNAL), "in the way").expect("a file");
        let before = tree(folder.path());
        let error = Swap::prepare(folder.path(), &files(folder.path())).expect_err("a file is in the way");
        assert_eq!(error.code, "W002");
        assert!(error.help.is_some() && error.to_string().contains("nothing has changed"), "{error}");
        assert_eq!(tree(folder.path()), before);
    }
}
