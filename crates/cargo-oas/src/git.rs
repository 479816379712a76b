//! What git knows about a folder: nothing, if git is not installed or there is no repository.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use openapi_build::diagnostic::Diagnostic;

/// Runs git in `folder` and returns its standard output; `None` if git is not installed or fails.
fn git(folder: &Path, arguments: &[&OsStr]) -> Option<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The same as text. Old commits may have any bytes in their messages, and one of them must not hide the others.
fn text(folder: &Path, arguments: &[&str]) -> Option<String> {
    let arguments = ["-c", "i18n.logOutputEncoding=UTF-8"].iter().chain(arguments).map(OsStr::new);
    let output = git(folder, &arguments.collect::<Vec<_>>())?;
    let text = String::from_utf8_lossy(&output);
    Some(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// The files in `folder` with uncommitted changes, as paths relative to it; empty outside a repository.
pub(crate) fn uncommitted(folder: &Path) -> Vec<String> {
    changed(folder, OsStr::new("."))
}

/// Whether the file `name` of `folder` has uncommitted changes.
pub(crate) fn is_uncommitted(folder: &Path, name: &OsStr) -> bool {
    let mut pattern = std::ffi::OsString::from(":(literal)");
    pattern.push(name);
    !changed(folder, &pattern).is_empty()
}

fn changed(folder: &Path, pattern: &OsStr) -> Vec<String> {
    let Some(prefix) = text(folder, &["rev-parse", "--show-prefix"]) else { return Vec::new() };
    let arguments = ["status", "--porcelain", "-z", "--untracked-files=all", "--"].map(OsStr::new);
    let arguments: Vec<&OsStr> = arguments.into_iter().chain([pattern]).collect();
    let status = git(folder, &arguments);
    let status = String::from_utf8_lossy(&status.unwrap_or_default()).into_owned();
    // A renamed file is followed by its old name, which has no status in front of it.
    let entries = status.split('\0').filter_map(|entry| entry.get(3..).filter(|_| entry.as_bytes()[2] == b' '));
    entries.map(|path| path.strip_prefix(&prefix).unwrap_or(path).to_owned()).collect()
}

/// Whether the repository of `folder` has a commit.
pub(crate) fn has_commits(folder: &Path) -> bool {
    git(folder, &["rev-parse", "--verify", "--quiet", "HEAD"].map(OsStr::new)).is_some()
}

/// The last tag that looks like a version and that the checked-out commit of `folder` descends from.
pub(crate) fn last_tag(folder: &Path) -> Option<String> {
    text(folder, &["describe", "--tags", "--abbrev=0", "--match", "*[0-9].[0-9]*"])
}

/// What of a folder makes a version of its definition: not its documentation, the list of its Rust API, or what is thought of changes.
const OF_DEFINITION: [&str; 4] = [".", ":(exclude)*.md", ":(exclude)api.txt", ":(exclude)track.toml"];

/// A commit.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    /// Its hash.
    pub(crate) hash: String,
    /// The tags that point to it and look like versions.
    pub(crate) tags: Vec<String>,
    /// When it was committed, in seconds since 1970 in UTC.
    pub(crate) seconds: i64,
    /// The first line of its message.
    pub(crate) title: String,
}

/// The commits that `arguments` for `git log` select, the oldest first.
fn log(folder: &Path, arguments: &[&str]) -> Vec<Commit> {
    let format = ["log", "--topo-order", "--reverse", "--no-show-signature", "--format=%H%x09%ct%x09%s"];
    let text = text(folder, &[&format[..], arguments].concat()).unwrap_or_default();
    let commits = text.lines().filter_map(|line| {
        let mut parts = line.splitn(3, '\t');
        let (hash, seconds) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
        Some(Commit { hash, tags: Vec::new(), seconds, title: parts.next().unwrap_or_default().to_owned() })
    });
    commits.collect()
}

/// The commits of the checked-out branch that changed the definition in `folder`, the oldest first. What a merge brought in is
/// one commit.
pub(crate) fn commits(folder: &Path) -> Vec<Commit> {
    log(folder, &[&["--first-parent", "--"], &OF_DEFINITION[..]].concat())
}

/// The commits with tags that look like versions, if the checked-out commit descends from them and they have another definition
/// in `folder` than the one before; the oldest first.
pub(crate) fn tagged(folder: &Path) -> Vec<Commit> {
    let format = "--format=%(refname:strip=2)%09%(objectname)%09%(*objectname)";
    let listed = text(folder, &["for-each-ref", "--merged=HEAD", "--sort=version:refname", format, "refs/tags"]);
    let mut tags: HashMap<String, Vec<String>> = HashMap::new();
    for line in listed.unwrap_or_default().lines() {
        let mut parts = line.split('\t');
        let (Some(name), Some(object)) = (parts.next(), parts.next()) else { continue };
        // An annotated tag is an object of its own, which points to the commit.
        let commit = parts.next().filter(|commit| !commit.is_empty()).unwrap_or(object);
        if is_version(name) {
            tags.entry(commit.to_owned()).or_default().push(name.to_owned());
        }
    }
    let mut found: Vec<Commit> = Vec::new();
    for mut commit in log(folder, &["--simplify-by-decoration", "--decorate-refs=refs/tags", "HEAD", "--"]) {
        let Some(names) = tags.remove(&commit.hash) else { continue };
        let known = found.last().map(|last| last.hash.clone());
        let differs = match known {
            Some(before) => {
                let diff = ["diff", "--quiet", "--no-ext-diff", &before, &commit.hash, "--"];
                let arguments: Vec<&OsStr> = diff.iter().chain(&OF_DEFINITION).map(OsStr::new).collect();
                git(folder, &arguments).is_none()
            }
            None => has(folder, &commit.hash),
        };
        if differs {
            commit.tags = names;
            found.push(commit);
        }
    }
    found
}

/// Whether a tag looks like a version, as [`last_tag`] finds them.
fn is_version(tag: &str) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    tag.as_bytes().windows(3).any(|part| is_digit(&part[0]) && part[1] == b'.' && is_digit(&part[2]))
}

/// Whether `revision` has anything in `folder`.
fn has(folder: &Path, revision: &str) -> bool {
    git(folder, &["ls-tree", "--name-only", revision].map(OsStr::new)).is_some_and(|listed| !listed.is_empty())
}

/// Writes everything that `folder` contained at `revision` into `into`.
///
/// # Errors
///
/// `K005`, if there is no such revision, or it has no such folder.
pub(crate) fn export(folder: &Path, revision: &str, into: &Path) -> Result<(), Diagnostic> {
    let reject = |what: &str| {
        Diagnostic::error("K005", format!("`{revision}` {what}"))
            .help("pass a tag, branch or commit that has the folder, or the path of a folder")
    };
    if git(folder, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")].map(OsStr::new)).is_none() {
        return Err(reject("is neither a revision of this repository nor a folder"));
    }
    let listed = git(folder, &["ls-tree", "-r", "-z", "--name-only", revision].map(OsStr::new)).unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let names: Vec<&str> = listed.split('\0').filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Err(reject("does not have this folder"));
    }
    for name in names {
        let bytes =
            show(folder, revision, name).ok_or_else(|| reject(&format!("has a file that git cannot show: {name}")))?;
        let target = into.join(name);
        let written =
            target.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&target, bytes));
        written.map_err(|error| {
            Diagnostic::error("W002", format!("{} cannot be written: {error}", target.display()))
                .help("check the directory for temporary files")
        })?;
    }
    Ok(())
}

/// The contents that the file `name` of `folder` had at `revision`.
pub(crate) fn show(folder: &Path, revision: &str, name: &str) -> Option<Vec<u8>> {
    git(folder, &["show", &format!("{revision}:./{name}")].map(OsStr::new))
}

/// Whether git may change the line endings of `file` when it is committed or checked out.
pub(crate) fn converts_line_ends(file: &Path) -> bool {
    let Some((folder, name)) = file.parent().zip(file.file_name().and_then(OsStr::to_str)) else { return false };
    let attribute = text(folder, &["check-attr", "text", "--", name]);
    attribute.is_some_and(|line| !line.ends_with(": unset"))
}

/// The top folder of the repository that contains `folder`.
pub(crate) fn top(folder: &Path) -> Option<PathBuf> {
    text(folder, &["rev-parse", "--show-toplevel"]).map(PathBuf::from)
}
