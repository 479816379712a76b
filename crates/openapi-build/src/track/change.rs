//! The result of a comparison: changes, noise, and the verdict.

use super::semver::{ItemChange, Level};
use crate::diagnostic::{Diagnostic, Position};

/// What becomes of a client of the old definition at a server of the new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wire {
    /// It works as it did.
    #[default]
    Safe,
    /// It depends on what it does, or on what the server makes of it.
    MayBreak,
    /// It no longer works.
    Breaks,
}

impl Wire {
    /// As reports say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::MayBreak => "may break",
            Self::Breaks => "breaks",
        }
    }
}

/// Which way the value goes that a change is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sides {
    /// It is sent.
    pub request: bool,
    /// It is received.
    pub response: bool,
}

impl Sides {
    /// As reports say it; `""` where it goes neither way.
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
    /// What stands there, in a few words; nothing where only something within it changed.
    pub text: Option<String>,
    /// Where it is in a file: looked up in the new document, and in the old one where the new one lacks the place.
    pub position: Option<Position>,
    /// The pointers of everything in this document that the change accounts for, this one first.
    pub covers: Vec<String>,
}

/// A change that a rule knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The code of the rule, such as `D001`; [`catalogue`](crate::catalogue) has its page.
    pub code: &'static str,
    /// What the rule is called.
    pub title: &'static str,
    /// The document, where a folder has several.
    pub document: String,
    /// What it is about: `POST /items request.owner`, `Item.owner`.
    pub subject: String,
    /// The member that came, went or changed, where it has a name of its own: a value of an enum, a scope.
    pub member: Option<String>,
    /// Which way the value goes.
    pub sides: Sides,
    /// The operations that it touches, as `GET /items`.
    pub operations: Vec<String>,
    /// In the old document; `None` where it is new.
    pub old: Option<Place>,
    /// In the new document; `None` where it is gone.
    pub new: Option<Place>,
    /// Whether an old client still works.
    pub wire: Wire,
    /// Why.
    pub why: String,
    /// The least update that the rule asks for, whatever becomes of the Rust API.
    pub level: Level,
    /// What becomes of the Rust API.
    pub items: Vec<ItemChange>,
    /// What differs within, where one thing replaces another.
    pub inner: Vec<Change>,
}

impl Change {
    /// The update that it asks for: by its rule, and by what becomes of the Rust API.
    pub fn update(&self) -> Level {
        self.items.iter().map(|item| item.level).max().unwrap_or_default().max(self.level)
    }

    /// Where to look: in the new document, or in the old one where it is gone from the new.
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
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// In the old document.
    pub old: Option<Place>,
    /// In the new document.
    pub new: Option<Place>,
}

/// What is to be thought of all changes together.
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
    /// The changes: those first that break, then by rule.
    pub changes: Vec<Change>,
    /// What does not matter.
    pub noise: Vec<Noise>,
    /// Changes of the Rust API that come from no change alone.
    pub items: Vec<ItemChange>,
    /// What no rule knows.
    pub unknown: Vec<Unknown>,
    /// What stands elsewhere in the new document and is compared there: the pointers of both.
    pub moves: Vec<(String, String)>,
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
}

impl Changes {
    /// Whether there is any change that a rule knows, or that none does; noise is no change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.unknown.is_empty()
    }

    /// Whether old clients may fail or code that uses the crate no longer compiles.
    pub fn is_breaking(&self) -> bool {
        self.verdict.wire == Wire::Breaks || self.verdict.rust == Level::Major
    }
}
