//! Writes what a team accepts into `track.toml`, and keeps comments and layout.

use std::path::Path;

use openapi_build::diagnostic::Diagnostic;
use openapi_build::track::diff::{Change, Changes};
use openapi_build::track::judgment::{self, Until};
use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Table, TableLike, Value};

use crate::bump::unreadable;
use crate::place::about;
use crate::record;

/// The first line of a new file.
const HEAD: &str = "# What we say of the changes of this definition: on the wire alone, not in Rust.\n";

/// What is to be accepted.
pub(crate) struct Accepting<'a> {
    /// Rules, each perhaps with `@` and a place.
    pub(crate) wanted: &'a [String],
    /// Why.
    pub(crate) reason: &'a str,
    /// The last day or version for which it is.
    pub(crate) until: Option<&'a Until>,
}

/// What makes an entry another one.
#[derive(PartialEq)]
struct Key {
    rule: String,
    place: String,
    member: Option<String>,
    subject: Option<String>,
    document: Option<String>,
}

impl Accepting<'_> {
    /// The text of the file at `path` with the entries that accept what is wanted of `changes`; `None` if it has them already.
    ///
    /// # Errors
    ///
    /// `T007` if nothing is found that is to be accepted, `T003` and `S001` if the file cannot be read.
    pub(crate) fn write(&self, path: &Path, changes: &Changes) -> Result<Option<String>, Diagnostic> {
        let before = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(unreadable(path, &error)),
        };
        let mut document = record::parse(&before, "T003").map_err(|error| about(path, error))?;
        for wanted in self.wanted {
            let (rule, place) = match wanted.split_once('@') {
                Some((rule, place)) => (rule.trim(), Some(place.trim())),
                None => (wanted.trim(), None),
            };
            let matched = matched(rule, place, changes)?;
            let keys = match place {
                Some(place) => vec![(Key::of(rule, place), matched.iter().all(|change| self.is_said_of(change)))],
                None => matched.iter().map(|change| (Key::exactly(change), self.is_said_of(change))).collect(),
            };
            let list = document.entry("accept").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
            for (key, is_said) in keys {
                self.set(list, &key, is_said);
            }
        }
        let text = document.to_string();
        let text = if before.is_empty() { format!("{HEAD}{text}") } else { record::as_before(&before, text) };
        Ok(Some(text).filter(|text| *text != before && !(before.is_empty() && *text == HEAD)))
    }

    /// Whether the change is accepted for that reason, and as long.
    fn is_said_of(&self, change: &Change) -> bool {
        let until = self.until.map(ToString::to_string);
        change.accepted.as_ref().is_some_and(|accepted| accepted.reason == self.reason && accepted.until == until)
    }

    /// Sets the entry with that key, or adds it unless another one says the same.
    fn set(&self, list: &mut Item, key: &Key, is_said: bool) {
        match list {
            Item::ArrayOfTables(tables) => {
                if let Some(table) = tables.iter_mut().find(|table| *key == Key::written(*table)) {
                    return self.fill(table, None);
                }
                if !is_said {
                    let mut table = Table::new();
                    self.fill(&mut table, Some(key));
                    tables.push(table);
                }
            }
            Item::Value(Value::Array(array)) => self.set_inline(array, key, is_said),
            // The file was read as a judgment before, so that there is nothing else.
            _ => {}
        }
    }

    fn set_inline(&self, array: &mut Array, key: &Key, is_said: bool) {
        if let Some(table) =
            array.iter_mut().filter_map(Value::as_inline_table_mut).find(|table| *key == Key::written(*table))
        {
            self.fill(table, None);
            // A new last value would come after the space that was before the brace.
            return table.fmt();
        }
        if !is_said {
            let mut table = InlineTable::new();
            self.fill(&mut table, Some(key));
            array.push(Value::InlineTable(table));
        }
    }

    fn fill(&self, table: &mut dyn TableLike, key: Option<&Key>) {
        if let Some(key) = key {
            let optional = [("member", &key.member), ("subject", &key.subject), ("document", &key.document)];
            table.insert("rule", toml_edit::value(&key.rule));
            table.insert("place", toml_edit::value(&key.place));
            for (name, value) in optional {
                if let Some(value) = value {
                    table.insert(name, toml_edit::value(value));
                }
            }
        }
        record::set(table, "reason", self.reason.into());
        let until = self.until.map(|until| match until {
            Until::Date(date) => record::datetime(*date).into(),
            other => Value::from(other.to_string()),
        });
        match until {
            Some(until) => record::set(table, "until", until),
            None => drop(table.remove("until")),
        }
    }
}

impl Key {
    fn of(rule: &str, place: &str) -> Self {
        Self { rule: rule.to_owned(), place: place.to_owned(), member: None, subject: None, document: None }
    }

    /// The key of an entry that is about that change alone.
    fn exactly(change: &Change) -> Self {
        let (place, subject) = judgment::exactly(change);
        let document = Some(change.document.clone()).filter(|name| !name.is_empty());
        Self { member: change.member.clone(), subject, document, ..Self::of(change.code, &place) }
    }

    fn written(table: &dyn TableLike) -> Self {
        let text = |name: &str| table.get(name).and_then(Item::as_str).map(str::to_owned);
        let (rule, place) = (text("rule").unwrap_or_default(), text("place").unwrap_or_default());
        Self { rule, place, member: text("member"), subject: text("subject"), document: text("document") }
    }
}

/// The changes that are to be accepted.
fn matched<'c>(rule: &str, place: Option<&str>, changes: &'c Changes) -> Result<Vec<&'c Change>, Diagnostic> {
    let rule = judgment::rule(rule).map_err(|(message, help)| Diagnostic::error("T007", message).help(help))?;
    let of_rule: Vec<&Change> = changes.changes.iter().filter(|change| change.code == rule).collect();
    if of_rule.is_empty() {
        let message = format!("there is no finding of {rule} to accept");
        return Err(Diagnostic::error("T007", message).help("`cargo oas diff` without --accept lists what is found"));
    }
    let Some(place) = place else { return Ok(of_rule) };
    let found: Vec<&Change> = of_rule.iter().copied().filter(|change| judgment::is_at(change, rule, place)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    const MOST: usize = 3;
    let places = of_rule.iter().filter_map(|change| change.place()).map(|place| format!("`#{}`", place.pointer));
    let places: Vec<String> = places.take(MOST).collect();
    let more = if of_rule.len() > MOST { format!(" and {} more", of_rule.len() - MOST) } else { String::new() };
    let message = format!("there is no finding of {rule} at `{place}`");
    Err(Diagnostic::error("T007", message).help(format!("{rule} is found at {}{more}", places.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(code: &'static str, pointer: &str) -> Change {
        let place = openapi_build::track::diff::Place {
            pointer: pointer.to_owned(),
            text: None,
            position: None,
            covers: Vec::new(),
        };
        Change {
            code,
            title: "",
            document: String::new(),
            subject: "Item.size".to_owned(),
            member: None,
            sides: Default::default(),
            operations: Vec::new(),
            old: None,
            new: Some(place),
            wire: Default::default(),
            why: String::new(),
            level: Default::default(),
            items: Vec::new(),
            inner: Vec::new(),
            sunset: None,
            accepted: None,
        }
    }

    /// The text of a file that had the text `before`, after `wanted` is accepted.
    fn written(before: &str, wanted: &str, reason: &str, until: Option<&str>) -> Option<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(judgment::FILE_NAME);
        std::fs::write(&path, before).expect("a file");
        let changes = Changes { changes: vec![change("D042", "/a"), change("D042", "/b")], ..Changes::default() };
        let until = until.and_then(Until::parse);
        let accepting = Accepting { wanted: &[wanted.to_owned()], reason, until: until.as_ref() };
        accepting.write(&path, &changes).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn entries_are_added_and_comments_stay() {
        let before = "# ours\n[[accept]] # old\nrule = \"D002\"\nplace = \"#/x\"\nreason = \"r\"\n\n[rules]\nD012 = \"safe\" # why\n";
        let after = written(before, "D042", "nobody \"reads\" it", Some("2027-01-01")).expect("it changes");
        let added = |place: &str| {
            format!(
                "\n[[accept]]\nrule = \"D042\"\nplace = \"#/{place}\"\nreason = 'nobody \"reads\" it'\nuntil = 2027-01-01\n"
            )
        };
        let expected = before.replace("\n[rules]", &format!("{}{}\n[rules]", added("a"), added("b")));
        assert_eq!(after, expected);
        assert_eq!(written(&after, "D042", "nobody \"reads\" it", Some("2027-01-01")), None, "twice is harmless");
        let crlf = before.replace('\n', "\r\n");
        let after = written(&crlf, "D042", "nobody \"reads\" it", Some("2027-01-01"));
        assert_eq!(after, Some(expected.replace('\n', "\r\n")));
    }

    #[test]
    fn an_entry_of_the_same_place_gets_the_new_reason() {
        let entry = "[[accept]]\nrule = \"D042\"\nplace = \"Item.*\"\nreason = \"r\" # ours\nuntil = 2020-01-01\n";
        let after = written(entry, "D042@Item.*", "s", None).expect("it changes");
        assert_eq!(after, "[[accept]]\nrule = \"D042\"\nplace = \"Item.*\"\nreason = \"s\" # ours\n");
        let inline = "accept = [{ rule = \"D042\", place = \"Item.*\", reason = \"r\" }]\n";
        let after = written(inline, "D042@Item.*", "r", Some("crate 2.0.0")).expect("it changes");
        assert_eq!(after, inline.replace(" }]", ", until = \"crate 2.0.0\" }]"));
        let after = written("accept = []\n", "D042@#/a", "r", None).expect("it changes");
        assert_eq!(after, "accept = [{ rule = \"D042\", place = \"#/a\", reason = \"r\" }]\n");
    }
}
