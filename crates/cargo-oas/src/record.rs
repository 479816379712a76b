//! Writes new dates, digests and versions into `spec.toml`, `Cargo.toml` and `Cargo.lock`, and keeps comments and layout.

use toml_edit::{DocumentMut, Item, Value};

use openapi_build::diagnostic::Diagnostic;

/// A date, as a manifest writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    /// The year.
    pub(crate) year: u16,
    /// The month, from 1.
    pub(crate) month: u8,
    /// The day of the month, from 1.
    pub(crate) day: u8,
}

impl Date {
    /// Today, in UTC.
    pub(crate) fn today() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self::from_days(now.as_secs() / 86_400)
    }

    /// The date that is `days` days after 1970-01-01, in the Gregorian calendar.
    pub(crate) fn from_days(days: u64) -> Self {
        // Counted from 1 March of the year 0, so that a leap day is the last day of its year; 400 years have 146,097 days.
        let days = days + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Self { year: year as u16, month: month as u8, day: day as u8 }
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// `manifest` with a new date and digest for each file whose path is `path`.
pub(crate) fn file(manifest: &str, path: &str, date: Date, sha256: &str) -> Result<String, Diagnostic> {
    let mut document = parse(manifest, "M002")?;
    let date = toml_edit::Date { year: date.year, month: date.month, day: date.day };
    let date = toml_edit::Datetime { date: Some(date), time: None, offset: None };
    each_file(&mut document, path, &mut |file| {
        set(file, "date", date.into());
        set(file, "sha256", sha256.into());
    });
    Ok(as_before(manifest, document.to_string()))
}

/// `manifest`, a `Cargo.toml`, with another version.
pub(crate) fn version(manifest: &str, version: &str) -> Result<String, Diagnostic> {
    let mut document = parse(manifest, "K006")?;
    if let Some(package) = document.get_mut("package").and_then(Item::as_table_like_mut) {
        set(package, "version", version.into());
    }
    Ok(as_before(manifest, document.to_string()))
}

/// `lock`, a `Cargo.lock`, with another version of this workspace's package `name`.
pub(crate) fn locked_version(lock: &str, name: &str, version: &str) -> Result<String, Diagnostic> {
    let mut document = parse(lock, "K006")?;
    if let Some(packages) = document.get_mut("package") {
        each(packages, &mut |package| {
            // A package with a source is another one of that name, from a registry or repository.
            if package.get("name").and_then(Item::as_str) == Some(name) && package.get("source").is_none() {
                set(package, "version", version.into());
            }
        });
    }
    Ok(as_before(lock, document.to_string()))
}

pub(crate) fn parse(text: &str, code: &'static str) -> Result<DocumentMut, Diagnostic> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        Diagnostic::error(code, format!("this file is not valid TOML: {}", error.message())).help("correct it")
    })
}

/// Calls `change` for each file entry with that path, whether the manifest writes its lists as tables or inline.
fn each_file(document: &mut DocumentMut, path: &str, change: &mut dyn FnMut(&mut dyn toml_edit::TableLike)) {
    let Some(documents) = document.get_mut("document") else { return };
    each(documents, &mut |document| {
        let Some(files) = document.get_mut("file") else { return };
        each(files, &mut |file| {
            if file.get("path").and_then(Item::as_str) == Some(path) {
                change(file);
            }
        });
    });
}

fn each(list: &mut Item, change: &mut dyn FnMut(&mut dyn toml_edit::TableLike)) {
    match list {
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(|table| change(table)),
        Item::Value(Value::Array(values)) => {
            values.iter_mut().filter_map(Value::as_inline_table_mut).for_each(|table| change(table));
        }
        _ => {}
    }
}

/// Sets the value of `key`, and keeps the spaces and comments around the old value.
fn set(table: &mut dyn toml_edit::TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// `text` with the line endings of `before`.
pub(crate) fn as_before(before: &str, text: String) -> String {
    let plain = text.replace("\r\n", "\n");
    if before.contains("\r\n") { plain.replace('\n', "\r\n") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: Date = Date { year: 2026, month: 3, day: 9 };

    #[test]
    fn days_are_converted_to_dates() {
        for (days, date) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_780, "2026-11-23"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(Date::from_days(days).to_string(), date);
        }
    }

    #[test]
    fn comments_and_layout_are_kept() {
        let before = "# top\n[[document]]\nname = \"a\" # why\n\n[[document.file]]\npath   = \"a.yaml\"\ndate = 2025-01-01 # taken\nsha256 = \"00\"\n\n[[document.file]]\npath = \"b.yaml\"\n\n[env]\nX = { scheme = \"s\", part = \"id\" }\n";
        let after = before.replace("2025-01-01", "2026-03-09").replace("\"00\"", "\"ab\"");
        assert_eq!(file(before, "a.yaml", DATE, "ab"), Ok(after.clone()));
        assert_eq!(file(&before.replace('\n', "\r\n"), "a.yaml", DATE, "ab"), Ok(after.replace('\n', "\r\n")));
        let new = file(before, "b.yaml", DATE, "ab").expect("a manifest");
        assert!(new.contains("path = \"b.yaml\"\ndate = 2026-03-09\nsha256 = \"ab\"\n\n[env]"), "{new}");
    }

    #[test]
    fn inline_lists_are_changed_too() {
        let before =
            "document = [{ name = \"a\", file = [{ path = \"a.yaml\", date = 2025-01-01, sha256 = \"00\" }] }]\n";
        let after = before.replace("2025-01-01", "2026-03-09").replace("\"00\"", "\"ab\"");
        assert_eq!(file(before, "a.yaml", DATE, "ab"), Ok(after));
    }

    #[test]
    fn only_the_version_of_the_package_is_changed() {
        let before =
            "[package]\nname = \"a\"\nversion = \"0.1.0\" # now\n\n[dependencies]\nb = { version = \"0.1.0\" }\n";
        assert_eq!(version(before, "0.2.0"), Ok(before.replacen("\"0.1.0\"", "\"0.2.0\"", 1)));
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\nsource = \"r\"\n";
        assert_eq!(locked_version(lock, "a", "0.2.0"), Ok(lock.replacen("\"0.1.0\"", "\"0.2.0\"", 1)));
    }
}
