//! `track.toml`: how a team judges the changes of its definition. It accepts findings, sets the severity of rules, and says which
//! lifecycle stages are a promise.
//!
//! All of it is about the wire. What a change does to Rust code, and so the version that it asks for, is not a matter of
//! opinion.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `T003` | `track.toml` is not valid TOML, or contains something that it cannot contain |
//! | `T004` | an entry of `track.toml` matches no finding |
//! | `T005` | an entry of `track.toml` no longer holds, because its date or version has passed |
//! | `T006` | it is not known whether an entry of `track.toml` still holds, because there is no version to compare with |
//! | `T007` | `diff --accept` matches no finding, or has no file to write to |
//! | `T008` | an `x-sunset` is not a date |

mod place;
mod text;
mod until;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) use place::Pattern;
pub use place::exactly;
pub(crate) use until::State;
pub use until::Until;

use super::change::{Change, Wire};
use super::difference::Rule;
use crate::diagnostic::{Diagnostic, OF_JUDGMENT, Position};
use crate::source::SourceFile;

/// The name of the file in the folder of a definition.
pub const FILE_NAME: &str = "track.toml";

/// The codes of warnings about entries and days, in [`Changes::diagnostics`](super::diff::Changes::diagnostics).
pub const WARNINGS: [&str; 4] = OF_JUDGMENT;

/// What a team says of the changes of its definition.
///
/// ```
/// use openapi_build::track::diff::Wire;
/// use openapi_build::track::judgment::Judgment;
///
/// let text = r##"
/// [[accept]]
/// rule = "D054"
/// place = "#/components/schemas/Item/properties/name/maxLength"
/// reason = "the server has refused longer names for a year"
/// until = 2027-01-01
///
/// [rules]
/// D012 = "safe"
/// "##;
/// let judgment = Judgment::parse("track.toml".as_ref(), text)?;
/// assert_eq!(judgment.accept[0].rule, "D054");
/// assert_eq!(judgment.rules["D012"], Wire::Safe);
/// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgment {
    /// The findings that are accepted.
    pub accept: Vec<Entry>,
    /// How severe the findings of a rule are, by its code.
    pub rules: BTreeMap<String, Wire>,
    /// The lifecycle stages whose operations are a promise; `None` if all are.
    pub promise: Option<Vec<String>>,
    /// The file, as messages show it.
    pub(crate) path: PathBuf,
    /// Where `promise` stands in it.
    pub(crate) promised_at: Option<Position>,
}

/// A finding, or several, that a team accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code of the rule.
    pub rule: String,
    /// The place, as it is written.
    pub place: String,
    /// The member, of findings that have one.
    pub member: Option<String>,
    /// The subject, as reports have it, of findings at a place that several have.
    pub subject: Option<String>,
    /// The name of the document; `None` for any.
    pub document: Option<String>,
    /// Why.
    pub reason: String,
    /// How long it holds; `None` for always.
    pub until: Option<Until>,
    pub(crate) pattern: Pattern,
    pub(crate) position: Position,
}

impl Judgment {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// `T003`, and what reading a file gives.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        Self::parse(path, SourceFile::read(path)?.text())
    }

    /// Reads `text`; `path` is the file that messages show.
    ///
    /// # Errors
    ///
    /// `T003`, one for everything that is wrong.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Diagnostic> {
        text::parse(path, text)
    }

    /// The judgment in the folder at `root`, if there is one.
    pub(crate) fn of_folder(root: &Path) -> Option<Result<Self, Diagnostic>> {
        let path = root.join(FILE_NAME);
        path.exists().then(|| Self::read(&path))
    }

    /// Makes messages show the file as it is called in `to`, instead of in `from`.
    pub(crate) fn rename(&mut self, rename: &impl Fn(&mut PathBuf)) {
        rename(&mut self.path);
        let positions = self.accept.iter_mut().map(|entry| &mut entry.position).chain(&mut self.promised_at);
        positions.for_each(|position| rename(&mut position.file));
    }

    /// Whether operations in that stage are a promise.
    pub(crate) fn is_promise(&self, stage: &str) -> bool {
        self.promise.as_ref().is_none_or(|promise| promise.iter().any(|one| is_same_stage(one, stage)))
    }
}

/// Whether two texts name one stage: `general-availability` is `General Availability`.
pub(crate) fn is_same_stage(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).flat_map(char::to_lowercase).collect()
    };
    plain(one) == plain(other)
}

impl Entry {
    /// Whether it is about that change, whatever the document.
    pub(crate) fn is_at(&self, change: &Change) -> bool {
        self.rule == change.code && self.pattern.matches(change)
    }

    /// Whether it is about that change of a document called `document`.
    pub(crate) fn matches(&self, change: &Change, document: &str) -> bool {
        self.is_at(change)
            && self.document.as_ref().is_none_or(|name| name == document)
            && self.member.as_ref().is_none_or(|member| change.member.as_ref() == Some(member))
            && self.subject.as_ref().is_none_or(|subject| *subject == change.subject)
    }
}

/// Whether a finding of the rule `rule` at `place`, as `track.toml` writes it, is that change.
///
/// ```
/// # use openapi_build::{pipeline::Loaded, source::SourceFile, track};
/// # let load = |text: &str| Loaded::sources(vec![SourceFile::from_bytes("a.yaml".as_ref(), text.into())?], &[]);
/// let old = load("paths: {/ping: {get: {operationId: ping, responses: {'204': {description: pong}}}}}")?;
/// let new = load("paths: {/ping: {get: {operationId: pong, responses: {'204': {description: pong}}}}}")?;
/// let changes = track::diff(&old, &new)?;
/// assert!(track::judgment::is_at(&changes.changes[0], "D004", "GET /ping"));
/// assert!(track::judgment::is_at(&changes.changes[0], "D004", "#/paths/*/get/**"));
/// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
/// ```
pub fn is_at(change: &Change, rule: &str, place: &str) -> bool {
    change.code == rule && Pattern::parse(place).matches(change)
}

/// The code of the rule that `text` names, such as `D054`.
///
/// # Errors
///
/// What is wrong with it, and what to do.
pub fn rule(text: &str) -> Result<&'static str, (String, String)> {
    let rules = super::rules::RULES;
    if let Some(rule) = rules.iter().find(|rule| rule.code() == text) {
        return Ok(rule.code());
    }
    let near = crate::nearest::nearest(&text.to_ascii_uppercase(), rules.iter().map(Rule::code), 2);
    let help = match rules.iter().find(|rule| near == Some(rule.code())) {
        _ if text.starts_with('R') && crate::doc_comment::is_code(text) => {
            "what a change does to Rust code stays, whoever accepts it; name a rule of the definition, such as D042"
                .to_owned()
        }
        Some(rule) => format!("`{}` is the nearest: {}", rule.code(), rule.title()),
        None => "a rule is D and three digits, as `cargo oas diff` shows it".to_owned(),
    };
    Err((format!("there is no rule `{text}`"), help))
}
