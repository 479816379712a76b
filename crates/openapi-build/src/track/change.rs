//! The result of a comparison: changes, noise, and the verdict.

use super::generator::Generator;
use super::semver::{ItemChange, Level};
use crate::diagnostic::{Diagnostic, Position};

/// Whether a client of the old definition still works with a server of the new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wire {
    /// It works as before.
    #[default]
    Safe,
    /// It depends on what the client uses, or on how the server reacts.
    MayBreak,
    /// It no longer works.
    Breaks,
}

impl Wire {
    /// The words that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::MayBreak => "may break",
            Self::Breaks => "breaks",
        }
    }
}

/// Whether the value that a change is about is sent, received, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sides {
    /// It is sent.
    pub request: bool,
    /// It is received.
    pub response: bool,
}

impl Sides {
    /// The words that reports use; `""` where the value goes neither way.
    pub fn as_str(self) -> &'static str {
        match (self.request, self.response) {
            (true, true) => "in requests and responses",
            (true, false) => "in requests",
            (false, true) => "in responses",
            (false, false) => "",
        }
    }
}

/// A place in one of the two documents, and what stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The JSON pointer (RFC 6901).
    pub pointer: String,
    /// The value there, in a few words; `None` where only something inside it changed.
    pub text: Option<String>,
    /// The position in a file: of the new document, or of the old one where the new one lacks the place.
    pub position: Option<Position>,
    /// The pointers of everything in this document that the change accounts for, this one first.
    pub covers: Vec<String>,
}

/// `text` on one line, without what would control a terminal.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// That a team has seen a change and lives with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Why.
    pub reason: String,
    /// The date or version until which it holds; `None` for always.
    pub until: Option<String>,
}

impl Accepted {
    /// The reason on one line, without what would control a terminal.
    pub fn line(&self) -> String {
        one_line(&self.reason)
    }
}

/// A change that a rule knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The code of the rule, such as `D001`; [`catalogue`](crate::catalogue) has its page.
    pub code: &'static str,
    /// What the rule is called.
    pub title: &'static str,
    /// The name of the document, where a folder has several.
    pub document: String,
    /// The thing that changed: `POST /items request.owner`, `Item.owner`.
    pub subject: String,
    /// The member that came, went or changed, where it has a name of its own: a value of an enum, a scope.
    pub member: Option<String>,
    /// Whether the value is sent, received, or both.
    pub sides: Sides,
    /// The operations that it affects, as `GET /items`.
    pub operations: Vec<String>,
    /// In the old document; `None` where it is new.
    pub old: Option<Place>,
    /// In the new document; `None` where it is gone.
    pub new: Option<Place>,
    /// Whether an old client still works.
    pub wire: Wire,
    /// The reason for `wire`.
    pub why: String,
    /// The least update that the rule asks for, whatever happens to the Rust API.
    pub level: Level,
    /// The changes of the Rust API that come from it.
    pub items: Vec<ItemChange>,
    /// The differences inside, where one thing replaces another.
    pub inner: Vec<Change>,
    /// The `x-sunset` of what is gone, as the old document states it.
    pub sunset: Option<String>,
    /// Whether a team has accepted it: then the verdict on the wire leaves it out. What it does to Rust code stays.
    /// An entry of the [judgment](crate::track::judgment) sets it.
    pub accepted: Option<Accepted>,
}

impl Change {
    /// The update that it asks for, by its rule and by the changes of the Rust API.
    pub fn update(&self) -> Level {
        self.items.iter().map(|item| item.level).max().unwrap_or_default().max(self.level)
    }

    /// The place to look at: in the new document, or in the old one where it is gone from the new.
    pub fn place(&self) -> Option<&Place> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

/// A difference that changes neither the generated items, docs aside, nor what is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noise {
    /// The code of its kind, such as `N002`.
    pub code: &'static str,
    /// Where in the old document; `None` where it is new.
    pub old: Option<String>,
    /// Where in the new document; `None` where it is gone.
    pub new: Option<String>,
}

/// A difference that is of no known kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unknown {
    /// The name of the document, where a folder has several.
    pub document: String,
    /// In the old document.
    pub old: Option<Place>,
    /// In the new document.
    pub new: Option<Place>,
}

/// The verdict on all changes together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The update of the crate that they ask for.
    pub rust: Level,
    /// Whether an old client still works.
    pub wire: Wire,
}

/// What changed between two versions of a definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The verdict.
    pub verdict: Verdict,
    /// The changes: breaking ones first, then by rule.
    pub changes: Vec<Change>,
    /// Differences that do not matter.
    pub noise: Vec<Noise>,
    /// Changes of the Rust API that no single change explains.
    pub items: Vec<ItemChange>,
    /// Differences that no rule knows.
    pub unknown: Vec<Unknown>,
    /// Things that stand elsewhere in the new document and are compared there: the pointers of both.
    pub moves: Vec<(String, String)>,
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// The version that the crate has, and the one that it needs after these changes, if they are known: reports name them. The
    /// comparison does not know them; whoever does sets them.
    pub versions: Option<(String, String)>,
    /// What a newer generator changes. The comparison does not know it; [`with_generator`](Self::with_generator) finds it out.
    pub generator: Option<Generator>,
}

impl Changes {
    /// Whether there is no change, of the definition or of the Rust API, known to a rule or not; noise does not count.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.unknown.is_empty() && self.items.is_empty()
    }

    /// The update that the changes ask for, with the versions, if they are known: `major: 1.4.2 to 2.0.0`.
    ///
    /// ```
    /// use openapi_build::track::{diff::{Changes, Verdict}, semver::Level};
    ///
    /// let verdict = Verdict { rust: Level::Major, ..Verdict::default() };
    /// let mut changes = Changes { verdict, ..Changes::default() };
    /// assert_eq!(changes.update_text(), "major (before 1.0: 0.x to 0.x+1)");
    /// changes.versions = Some(("1.4.2".into(), "2.0.0".into()));
    /// assert_eq!(changes.update_text(), "major: 1.4.2 to 2.0.0");
    /// changes.versions = Some(("2.0.0".into(), "2.0.0".into()));
    /// assert_eq!(changes.update_text(), "major: 2.0.0 is high enough");
    /// ```
    pub fn update_text(&self) -> String {
        let level = match self.verdict.rust {
            Level::Silent => Level::Major,
            level => level,
        };
        let update = match (&self.versions, level) {
            (Some((current, needed)), _) if current == needed => {
                format!("{}: {current} is high enough", level.as_str())
            }
            (Some((current, needed)), _) => format!("{}: {current} to {needed}", level.as_str()),
            (None, Level::Patch) => level.as_str().to_owned(),
            (None, Level::Minor) => "minor (before 1.0: 0.x.y to 0.x.y+1)".to_owned(),
            (None, Level::Major | Level::Silent) => "major (before 1.0: 0.x to 0.x+1)".to_owned(),
        };
        match self.verdict.rust {
            Level::Silent => format!("{update}, and silent: unchanged code compiles and does something else"),
            _ => update,
        }
    }

    /// Whether old clients break, or code that uses the crate no longer compiles.
    pub fn is_breaking(&self) -> bool {
        self.verdict.wire == Wire::Breaks || self.verdict.rust >= Level::Major
    }
}
