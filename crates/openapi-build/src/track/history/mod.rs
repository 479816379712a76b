//! How a definition grew: its versions in the order of time, what each has, and what each changed. Whoever calls this finds
//! the versions, in git or elsewhere.

mod html;

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::diff::{Changes, Wire, pairs, plural};
use super::semver::Level;
use super::surface::Kind;
use crate::diagnostic::Diagnostic;
use crate::invisible;
use crate::pipeline::Loaded;

/// A version of a definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    /// What it is called: its tags, or the start of its commit's hash.
    pub name: String,
    /// The commit.
    pub commit: String,
    /// What the commit says of itself, in one line.
    pub title: String,
    /// The day, as `2026-11-27`.
    pub date: String,
    /// The time, in seconds since 1970 in UTC.
    pub seconds: i64,
    /// What it has; `None` if it cannot be read.
    pub size: Option<Size>,
    /// What it changes; `None` if it is the first, or cannot be compared.
    pub step: Option<Step>,
    /// Why it cannot be read or compared.
    pub error: Option<Diagnostic>,
}

/// How much a version has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Operations.
    pub operations: usize,
    /// Structs, enums and aliases of the client's module `types`.
    pub types: usize,
}

impl Size {
    /// The size of `loaded`.
    ///
    /// # Errors
    ///
    /// As [`Loaded::generate`], and `A002`.
    ///
    /// ```
    /// use openapi_build::{pipeline::Loaded, source::SourceFile, track::history::Size};
    ///
    /// let text = "paths: {/ping: {get: {operationId: ping, responses: {'204': {description: pong}}}}}";
    /// let loaded = Loaded::sources(vec![SourceFile::from_bytes("ping.yaml".as_ref(), text.into())?], &[])?;
    /// assert_eq!(Size::of(&loaded)?, Size { operations: 1, types: 0 });
    /// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
    /// ```
    pub fn of(loaded: &Loaded) -> Result<Self, Diagnostic> {
        let surface = loaded.items()?.surface;
        let is_type = |kind: Kind| matches!(kind, Kind::Struct | Kind::Enum | Kind::Type);
        let in_types = |parent: &str| parent == "types" || parent.ends_with("::types");
        let types = surface.items().filter(|item| is_type(item.kind) && in_types(item.parent())).count();
        let operations = loaded.documents.iter().map(|document| pairs::count(&document.tree)).sum();
        Ok(Self { operations, types })
    }
}

/// What a version changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// How many changes break old clients.
    pub breaks: usize,
    /// How many may break them.
    pub may_break: usize,
    /// How many do not.
    pub safe: usize,
    /// In how many places there is noise.
    pub noise: usize,
    /// The verdict on the wire, which leaves out what a team has accepted.
    pub wire: Wire,
    /// The verdict on code that uses the crate.
    pub rust: Level,
}

impl Step {
    /// The numbers of a comparison.
    pub fn of(changes: &Changes) -> Self {
        let count = |wire: Wire| changes.changes.iter().filter(|change| change.wire == wire).count();
        Self {
            breaks: count(Wire::Breaks),
            may_break: count(Wire::MayBreak),
            safe: count(Wire::Safe),
            noise: changes.noise.len(),
            wire: changes.verdict.wire,
            rust: changes.verdict.rust,
        }
    }
}

/// The versions of a definition, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The versions.
    pub versions: Vec<Version>,
}

const DAY: i64 = 86_400;

impl History {
    /// The days between a version and the one before it, rounded.
    fn days(&self, index: usize) -> Option<i64> {
        let before = self.versions.get(index.checked_sub(1)?)?;
        Some((self.versions.get(index)?.seconds - before.seconds + DAY / 2).div_euclid(DAY))
    }

    /// How many versions break old clients.
    fn breaking(&self) -> usize {
        self.versions.iter().filter(|version| version.step.is_some_and(|step| step.wire == Wire::Breaks)).count()
    }

    /// The days between the first and the last version, and the median of the days between two.
    fn span(&self) -> Option<(i64, i64)> {
        let (first, last) = (self.versions.first()?, self.versions.last()?);
        let mut days: Vec<i64> = (1..self.versions.len()).filter_map(|index| self.days(index)).collect();
        days.sort_unstable();
        let middle = days.len() / 2;
        let upper = *days.get(middle)?;
        let median = if days.len() % 2 == 1 { upper } else { (days[middle - 1] + upper + 1).div_euclid(2) };
        Some(((last.seconds - first.seconds + DAY / 2).div_euclid(DAY), median))
    }

    /// The history in one line: `4 versions in 120 days, typically 30 days apart; 1 breaks old clients`.
    fn summary(&self) -> String {
        let breaking = match self.breaking() {
            1 => "1 breaks old clients".to_owned(),
            count => format!("{count} break old clients"),
        };
        let versions = plural(self.versions.len(), "version");
        match self.span() {
            Some((all, median)) => {
                format!("{versions} in {}, typically {} apart; {breaking}", days(all), days(median))
            }
            None => versions,
        }
    }

    /// The cells of the table: of its head, then of each version; and the error of a version that has one.
    fn rows(&self) -> Vec<([String; 10], Option<String>)> {
        let number = |number: Option<usize>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let rows = self.versions.iter().enumerate().map(|(index, version)| {
            let (size, step) = (version.size, version.step);
            let cells = [
                version.name.clone(),
                version.date.clone(),
                self.days(index).map_or_else(|| "-".to_owned(), |days| days.to_string()),
                number(size.map(|size| size.operations)),
                number(size.map(|size| size.types)),
                number(step.map(|step| step.breaks)),
                number(step.map(|step| step.may_break)),
                number(step.map(|step| step.safe)),
                number(step.map(|step| step.noise)),
                step.map_or_else(|| "-".to_owned(), |step| step.rust.as_str().to_owned()),
            ];
            let error = version.error.as_ref().map(|error| format!("{}: {}", error.code, error.message));
            (cells, error)
        });
        rows.collect()
    }

    /// The history as a table for a terminal.
    pub fn to_text(&self) -> String {
        let clean = |text: &str| text.replace(|c: char| c.is_control() || invisible::is_invisible(c), "\u{fffd}");
        let rows: Vec<([String; 10], Option<String>)> = self
            .rows()
            .into_iter()
            .map(|(cells, error)| (cells.map(|cell| clean(&cell)), error.map(|error| clean(&error))))
            .collect();
        let head = HEAD.map(str::to_lowercase);
        let width = |column: usize| {
            let cells = rows.iter().map(|(cells, _)| &cells[column]).chain([&head[column]]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
        let line = |cells: &[String; 10]| {
            let padded = cells.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 | 1 | 9 => format!("{cell:width$}"),
                _ => format!("{cell:>width$}"),
            });
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let mut text = String::new();
        let _ = writeln!(text, "{}", line(&head));
        for (cells, error) in &rows {
            let _ = writeln!(text, "{}", line(cells));
            if let Some(error) = error {
                let _ = writeln!(text, "  {error}");
            }
        }
        let _ = writeln!(text, "\n{}", self.summary());
        text
    }

    /// The history for machines: `versions`, each with the keys that the README of the command describes.
    pub fn to_json(&self) -> Value {
        let version = |(index, version): (usize, &Version)| {
            let mut object = Map::new();
            object.insert("name".into(), json!(version.name));
            object.insert("commit".into(), json!(version.commit));
            object.insert("title".into(), json!(version.title));
            object.insert("date".into(), json!(version.date));
            object.insert("seconds".into(), json!(version.seconds));
            if let Some(days) = self.days(index) {
                object.insert("days".into(), json!(days));
            }
            if let Some(size) = version.size {
                object.insert("operations".into(), json!(size.operations));
                object.insert("types".into(), json!(size.types));
            }
            if let Some(step) = version.step {
                object.insert("breaks".into(), json!(step.breaks));
                object.insert("may_break".into(), json!(step.may_break));
                object.insert("safe".into(), json!(step.safe));
                object.insert("noise".into(), json!(step.noise));
                object.insert("wire".into(), json!(step.wire.as_str()));
                object.insert("rust".into(), json!(step.rust.as_str()));
            }
            if let Some(error) = &version.error {
                object.insert("error".into(), json!({"code": error.code, "message": error.message}));
            }
            Value::Object(object)
        };
        json!({"versions": self.versions.iter().enumerate().map(version).collect::<Vec<_>>()})
    }
}

/// `1 day`, `2 days`.
fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

const HEAD: [&str; 10] =
    ["Version", "Date", "Days", "Operations", "Types", "Breaks", "May break", "Safe", "Noise", "Rust"];

#[cfg(test)]
mod tests {
    use super::*;

    fn version(name: &str, day: i64, breaks: usize) -> Version {
        let wire = if breaks > 0 { Wire::Breaks } else { Wire::Safe };
        Version {
            name: name.to_owned(),
            seconds: day * DAY,
            size: Some(Size { operations: 2, types: 10 }),
            step: (day > 0).then_some(Step { breaks, wire, ..Step::default() }),
            ..Version::default()
        }
    }

    #[test]
    fn the_time_between_versions_is_counted_in_days() {
        let mut history = History { versions: vec![version("a", 0, 0), version("b", 10, 2), version("c", 40, 0)] };
        assert_eq!((history.days(0), history.days(1), history.days(2)), (None, Some(10), Some(30)));
        assert_eq!(history.summary(), "3 versions in 40 days, typically 20 days apart; 1 breaks old clients");
        history.versions[2].seconds += DAY / 2;
        assert_eq!(history.days(2), Some(31));
        history.versions.truncate(1);
        assert_eq!(history.summary(), "1 version");
    }

    #[test]
    fn a_version_with_an_error_has_a_row() {
        let mut history = History { versions: vec![version("a\u{1b}[31m", 0, 0)] };
        history.versions[0].error = Some(Diagnostic::error("S005", "it is no YAML"));
        history.versions[0].size = None;
        let text = history.to_text();
        assert!(text.contains("  S005: it is no YAML\n") && !text.contains('\u{1b}'), "{text}");
        let json = history.to_json();
        assert_eq!(json["versions"][0]["error"]["code"], "S005");
        assert!(json["versions"][0].get("operations").is_none());
    }
}
