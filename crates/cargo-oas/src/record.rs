//! Writes new dates, digests and versions into `spec.toml`, `Cargo.toml` and `Cargo.lock`, and keeps comments and layout.

use toml_edit::{DocumentMut, Item, Value};

use openapi_build::diagnostic::Diagnostic;
pub(crate) use openapi_build::track::Date;

/// Today, in UTC.
pub(crate) fn today() -> Date {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Date::from_unix_time(now.as_secs())
}

/// `manifest` with a new date and digest for each file whose path is `path`.
pub(crate) fn file(manifest: &str, path: &str, date: Date, sha256: &str) -> Result<String, Diagnostic> {
    let mut document = parse(manifest, "M002")?;
    each_file(&mut document, path, &mut |file| {
        set(file, "date", datetime(date).into());
        set(file, "sha256", sha256.into());
    });
    Ok(as_before(manifest, document.to_string()))
}

/// `date` as TOML has it.
pub(crate) fn datetime(date: Date) -> toml_edit::Datetime {
    let date = toml_edit::Date { year: date.year, month: date.month, day: date.day };
    toml_edit::Datetime { date: Some(date), time: None, offset: None }
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
pub(crate) fn set(table: &mut dyn toml_edit::TableLike, key: &str, mut value: Value) {
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
