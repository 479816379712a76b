//! Reading `track.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::{Entry, FILE_NAME, Judgment, Pattern, Until, rule};
use crate::diagnostic::{Diagnostic, Position};
use crate::nearest::nearest;
use crate::track::Date;
use crate::track::change::Wire;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    accept: Vec<Accept>,
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, Spanned<String>>,
    stages: Option<Stages>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accept {
    rule: Spanned<String>,
    place: Spanned<String>,
    member: Option<String>,
    subject: Option<String>,
    document: Option<String>,
    reason: Spanned<String>,
    until: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stages {
    promise: Spanned<Vec<String>>,
}

/// The keys of the file, for typing errors.
const KEYS: [&str; 11] =
    ["accept", "rules", "stages", "rule", "place", "member", "subject", "document", "reason", "until", "promise"];

/// The words of `[rules]`.
const WIRES: [Wire; 3] = [Wire::Safe, Wire::MayBreak, Wire::Breaks];

/// A file, and what is wrong with it so far.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    errors: Vec<Diagnostic>,
}

pub(super) fn parse(path: &Path, text: &str) -> Result<Judgment, Diagnostic> {
    let mut reader = Reader { path, text, errors: Vec::new() };
    let written: Text = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let message = format!("this file cannot be read: {}", error.message());
        Diagnostic::error("T003", message).in_file(reader.position(offset)).help(help(error.message()))
    })?;
    let accept: Vec<Entry> = written.accept.into_iter().filter_map(|entry| reader.entry(entry)).collect();
    let rules = written.rules.into_iter().filter_map(|(code, wire)| reader.severity(&code, &wire)).collect();
    let promised_at = written.stages.as_ref().map(|stages| reader.position(stages.promise.span().start));
    let promise = written.stages.map(|stages| stages.promise.into_inner());
    match Diagnostic::several(reader.errors) {
        Some(error) => Err(error),
        None => Ok(Judgment { accept, rules, promise, path: path.to_owned(), promised_at }),
    }
}

/// What to do about what serde says.
fn help(message: &str) -> String {
    let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    match unknown.map(|name| (name, nearest(name, KEYS.into_iter(), 2))) {
        Some((name, Some(near))) if near != name => format!("did you mean `{near}`?"),
        _ => "docs/tracking.md says what this file holds: [[accept]], [rules] and [stages]".to_owned(),
    }
}

impl Reader<'_> {
    fn position(&self, offset: usize) -> Position {
        Position::at(self.path, self.text, offset)
    }

    fn wrong(&mut self, offset: usize, message: String, help: impl Into<String>) {
        let position = self.position(offset);
        self.errors.push(Diagnostic::error("T003", message).in_file(position).help(help));
    }

    fn entry(&mut self, entry: Accept) -> Option<Entry> {
        let before = self.errors.len();
        let Accept { rule: code, place, member, subject, document, reason, until } = entry;
        let position = self.position(code.span().start);
        if let Err((message, help)) = rule(code.get_ref()) {
            self.wrong(code.span().start, message, help);
        }
        if place.get_ref().trim().is_empty() {
            let help = "write the JSON pointer of the finding (`*` stands for one key, `**` for any number), or its subject, \
                        such as \"POST /items request.name\"";
            self.wrong(place.span().start, "this place is empty".to_owned(), help);
        }
        if reason.get_ref().trim().is_empty() {
            let help = "say why deployed clients can live with it";
            self.wrong(reason.span().start, "this reason is empty".to_owned(), help);
        }
        let until = until.and_then(|until| self.until(&until));
        (self.errors.len() == before).then(|| Entry {
            pattern: Pattern::parse(place.get_ref()),
            rule: code.into_inner(),
            place: place.into_inner(),
            member,
            subject,
            document,
            reason: reason.get_ref().trim().to_owned(),
            until,
            position,
        })
    }

    fn until(&mut self, until: &Spanned<toml::Value>) -> Option<Until> {
        let read = match until.get_ref() {
            toml::Value::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }) => {
                Date::new(date.year, date.month, date.day).map(Until::Date)
            }
            toml::Value::String(text) => Until::parse(text),
            _ => None,
        };
        if read.is_none() {
            let message = "this `until` is neither a date nor a version".to_owned();
            let help = "write a date (2027-01-01), a version of the definition (\"2.0.0\"), or a version of the package \
                        (\"crate 2.0.0\"): the last that it holds for";
            self.wrong(until.span().start, message, help);
        }
        read
    }

    fn severity(&mut self, code: &Spanned<String>, wire: &Spanned<String>) -> Option<(String, Wire)> {
        if let Err((message, help)) = rule(code.get_ref()) {
            self.wrong(code.span().start, message, help);
            return None;
        }
        let named = WIRES.into_iter().find(|known| known.as_str() == wire.get_ref());
        if named.is_none() {
            let words = WIRES.iter().map(|known| known.as_str());
            let help = match nearest(wire.get_ref(), words, 3) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("{FILE_NAME} knows \"safe\", \"may break\" and \"breaks\""),
            };
            self.wrong(wire.span().start, format!("there is no severity `{}`", wire.get_ref()), help);
        }
        Some((code.get_ref().clone(), named?))
    }
}
