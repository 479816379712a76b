//! Tells apart what becomes of the Rust API because the generator is a newer one, and what because the definition changed.

use super::change::Changes;
use super::semver::{self, ItemChange, Level};
use super::surface::Surface;
use crate::diagnostic::Diagnostic;
use crate::pipeline::Loaded;

/// What a newer generator changes: what the old definition gives now, compared with what it gave then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generator {
    /// The changes of the Rust API.
    pub items: Vec<ItemChange>,
    /// The update that the definition alone asks for.
    pub definition: Level,
}

impl Generator {
    /// The update that the generator alone asks for.
    pub fn level(&self) -> Level {
        self.items.iter().map(|item| item.level).max().unwrap_or_default()
    }
}

impl Changes {
    /// Adds what a newer generator changes, and lets the verdict count it. `then` is the surface that was written when `old`, the
    /// definition before the changes, was generated.
    ///
    /// # Errors
    ///
    /// Whatever keeps a client of `old` from being generated.
    ///
    /// # Example
    ///
    /// ```
    /// use openapi_build::{pipeline::Loaded, source::SourceFile, track::{self, semver::Level, surface::Surface}};
    ///
    /// let load = |text: &str| Loaded::sources(vec![SourceFile::from_bytes("ping.yaml".as_ref(), text.into())?], &[]);
    /// let old = load("paths: {/ping: {get: {operationId: ping, responses: {'204': {description: pong}}}}}")?;
    /// let then = Surface::parse("fn Client::ping_pong(&self)")?;
    /// let changes = track::diff(&old, &old)?.with_generator(&then, &old)?;
    /// assert_eq!(changes.verdict.rust, Level::Major);
    /// let generator = changes.generator.expect("it was compared");
    /// assert_eq!((generator.level(), generator.definition), (Level::Major, Level::Patch));
    /// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
    /// ```
    pub fn with_generator(mut self, then: &Surface, old: &Loaded) -> Result<Self, Diagnostic> {
        let items = semver::compare(then, &old.items()?.surface);
        let generator = Generator { items, definition: self.verdict.rust };
        self.verdict.rust = self.verdict.rust.max(generator.level());
        self.generator = Some(generator);
        Ok(self)
    }

    /// What a newer generator changes, if it changes anything.
    pub fn newer_generator(&self) -> Option<&Generator> {
        self.generator.as_ref().filter(|generator| !generator.items.is_empty())
    }

    /// Which update the definition asks for, and which the generator, in one line.
    pub(super) fn apart(&self) -> Option<String> {
        let generator = self.generator.as_ref()?;
        let definition = generator.definition.as_str();
        Some(match generator.items.len() {
            0 => format!("in Rust, {definition} by the definition; the generator changes nothing"),
            count => format!(
                "in Rust, {definition} by the definition, and {} by a newer generator, which changes {}",
                generator.level().as_str(),
                super::diff::plural(count, "item")
            ),
        })
    }
}
