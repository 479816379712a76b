//! What `Cargo.toml` has to say: the dependencies of a client, and the members of a workspace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use openapi_build::diagnostic::Diagnostic;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::place::about;
use crate::record;

/// A dependency that a client needs.
#[derive(Clone, Debug)]
pub(super) struct Dependency<'a> {
    /// Its table in `Cargo.toml`.
    pub(super) table: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// The version to write.
    pub(super) version: String,
    /// The features that it needs besides the default ones.
    pub(super) features: Vec<&'static str>,
    /// The default features that it needs.
    pub(super) defaults: Vec<&'a str>,
    /// The folder with its package, in place of a version.
    pub(super) path: Option<&'a Path>,
}

impl Dependency<'_> {
    fn value(&self) -> Value {
        let features: Array = self.features.iter().copied().collect();
        let from = match self.path {
            Some(folder) => ("path", Value::from(folder.join(self.name).display().to_string())),
            None if self.features.is_empty() => return self.version.as_str().into(),
            None => ("version", self.version.as_str().into()),
        };
        let mut table = InlineTable::from_iter([from]);
        if !self.features.is_empty() {
            table.insert("features", features.into());
        }
        table.into()
    }

    /// The features that it needs and `there`, its entry, does not switch on. Those of a workspace are not looked up.
    fn missing(&self, there: &Item) -> Vec<&str> {
        let table = there.as_table_like();
        let has = |key: &str| table.and_then(|table| table.get(key));
        if has("workspace").is_some() {
            return Vec::new();
        }
        let listed: Vec<&str> =
            has("features").and_then(Item::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let without =
            ["default-features", "default_features"].iter().any(|key| has(key).and_then(Item::as_bool) == Some(false));
        let defaults = self.defaults.iter().filter(|_| without);
        self.features
            .iter()
            .chain(defaults)
            .copied()
            .filter(|feature| !listed.contains(feature) && !listed.contains(&"full"))
            .collect()
    }
}

/// `manifest`, the text of the `Cargo.toml` at `path`, with `dependencies`; and a warning for each that is there and lacks what
/// the client needs.
///
/// # Errors
///
/// `K006` if the text is not valid, and `I003` if a table of dependencies is no table.
pub(super) fn depend(
    path: &Path,
    manifest: &str,
    dependencies: &[Dependency<'_>],
) -> Result<(String, Vec<Diagnostic>), Diagnostic> {
    let mut document = record::parse(manifest, "K006").map_err(|error| about(path, error))?;
    let mut warnings = Vec::new();
    for dependency in dependencies {
        let Dependency { table, name, .. } = dependency;
        let entries = entries(&mut document, table).ok_or_else(|| {
            let message = format!("`{table}` is not a table here");
            about(path, Diagnostic::error("I003", message)).help("correct it")
        })?;
        match entries.get(name) {
            None => {
                entries.insert(name, Item::Value(dependency.value()));
            }
            Some(there) => {
                let missing = dependency.missing(there);
                if !missing.is_empty() {
                    let message =
                        format!("`{name}` in [{table}] lacks features that the client needs: {}", missing.join(", "));
                    let help = format!("add features = {missing:?}");
                    warnings.push(about(path, Diagnostic::warning("I006", message)).help(help));
                }
            }
        }
    }
    Ok((record::as_before(manifest, document.to_string()), warnings))
}

/// `manifest`, the text of the `Cargo.toml` at `path`, with `features`. Each that is new is on by default, as what it stands for
/// was before.
///
/// # Errors
///
/// `K006` if the text is not valid, `I003` if `[features]` is no table, or its `default` no list, and `I010` if a new feature has the
/// name of a dependency, which stands for that dependency already.
pub(super) fn declare(path: &Path, manifest: &str, features: &BTreeSet<String>) -> Result<String, Diagnostic> {
    let mut document = record::parse(manifest, "K006").map_err(|error| about(path, error))?;
    let refuse = |what: &str| about(path, Diagnostic::error("I003", format!("{what} here"))).help("correct it");
    let is_there = |name: &String| document.get("features").is_some_and(|table| table.get(name).is_some());
    let new: Vec<&String> = features.iter().filter(|name| !is_there(name)).collect();
    if new.is_empty() {
        return Ok(manifest.to_owned());
    }
    let taken: Vec<&str> = new.iter().map(|name| name.as_str()).filter(|name| is_implied(&document, name)).collect();
    if let [first, ..] = taken.as_slice() {
        let names = taken.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let message = format!(
            "a feature cannot have the name of an optional dependency, and groups of operations would be the features {names}"
        );
        let help = format!(
            "run this without --features, call the group otherwise under [group] in spec/spec.toml, and run it again; or write \
             `dep:{first}` in a feature of yours, so that the dependency leaves the name free"
        );
        return Err(about(path, Diagnostic::error("I010", message)).help(help));
    }
    let table = entries(&mut document, "features").ok_or_else(|| refuse("`features` is not a table"))?;
    if table.get("default").is_none() {
        table.insert("default", Item::Value(Array::new().into()));
    }
    let default = table.get_mut("default").and_then(Item::as_array_mut);
    let default = default.ok_or_else(|| refuse("`default` in [features] is not a list"))?;
    let listed = |default: &Array, name: &str| default.iter().any(|other| other.as_str() == Some(name));
    for name in &new {
        if !listed(default, name) {
            push(default, name);
        }
    }
    for name in new {
        table.insert(name, Item::Value(Array::new().into()));
    }
    Ok(record::as_before(manifest, document.to_string()))
}

/// Whether `name` is that of an optional dependency which no feature names as `dep:…`, so that cargo has a feature for it and rejects
/// another one.
fn is_implied(document: &DocumentMut, name: &str) -> bool {
    const TABLES: [&str; 4] = ["dependencies", "build-dependencies", "build_dependencies", "dev-dependencies"];
    let is_optional = |of: &dyn TableLike| {
        TABLES.iter().any(|table| {
            let entry = of.get(table).and_then(Item::as_table_like).and_then(|table| table.get(name));
            let optional = entry.and_then(Item::as_table_like).and_then(|entry| entry.get("optional")?.as_bool());
            optional == Some(true)
        })
    };
    let targets = document.get("target").and_then(Item::as_table_like);
    let mut targets = targets.into_iter().flat_map(|all| all.iter()).filter_map(|(_, item)| item.as_table_like());
    let features = document.get("features").and_then(Item::as_table_like);
    let mut members = features.into_iter().flat_map(|all| all.iter()).filter_map(|(_, list)| list.as_array()).flatten();
    let explicit = format!("dep:{name}");
    (is_optional(document.as_table()) || targets.any(is_optional)) && !members.any(|it| it.as_str() == Some(&explicit))
}

/// The table `name`, which this adds if it is missing.
fn entries<'a>(document: &'a mut DocumentMut, name: &str) -> Option<&'a mut dyn TableLike> {
    if document.get(name).is_none() {
        document.insert(name, Item::Table(Table::new()));
    }
    document.get_mut(name)?.as_table_like_mut()
}

/// The manifest of the workspace around a new package in the folder `root`, with the package among its members; `None` if there
/// is no workspace, or it has or excludes the package already.
///
/// # Errors
///
/// `K006`, if that manifest is not valid.
pub(super) fn workspace(root: &Path) -> Result<Option<(PathBuf, String)>, Diagnostic> {
    for folder in root.ancestors().skip(1) {
        let path = folder.join("Cargo.toml");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let mut document = record::parse(&text, "K006").map_err(|error| about(&path, error))?;
        let Some(workspace) = document.get_mut("workspace").and_then(Item::as_table_like_mut) else { continue };
        let member = root.strip_prefix(folder).unwrap_or(root).components();
        let member: Vec<String> = member.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let list = |workspace: &dyn TableLike, key: &str| -> Vec<String> {
            let entries = workspace.get(key).and_then(Item::as_array).into_iter().flatten();
            entries.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let excluded = list(workspace, "exclude").iter().any(|entry| is_within(&member, entry));
        if excluded || list(workspace, "members").iter().any(|pattern| fits(&member, pattern)) {
            return Ok(None);
        }
        if workspace.get("members").is_none() {
            workspace.insert("members", Item::Value(Array::new().into()));
        }
        let Some(members) = workspace.get_mut("members").and_then(Item::as_array_mut) else { return Ok(None) };
        push(members, &member.join("/"));
        return Ok(Some((path, record::as_before(&text, document.to_string()))));
    }
    Ok(None)
}

/// Adds an entry to a list, on a line of its own if the others have one each.
fn push(list: &mut Array, text: &str) {
    let mut value = Value::from(text);
    let before = list.iter().last().and_then(|last| last.decor().prefix()?.as_str().map(str::to_owned));
    if let Some(before) = before.filter(|before| before.contains('\n') && before.trim().is_empty()) {
        value.decor_mut().set_prefix(before);
        list.push_formatted(value);
    } else {
        list.push(value);
    }
}

/// Whether the path `member` is in the folder `entry`.
fn is_within(member: &[String], entry: &str) -> bool {
    let entry: Vec<&str> = parts(entry).collect();
    entry.len() <= member.len() && entry.iter().zip(member).all(|(part, of)| part == of)
}

/// Whether the path `member` fits `pattern`, in which `*` stands for any part of a name.
fn fits(member: &[String], pattern: &str) -> bool {
    let pattern: Vec<&str> = parts(pattern).collect();
    pattern.len() == member.len() && pattern.iter().zip(member).all(|(pattern, name)| name_fits(name, pattern))
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

fn name_fits(name: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return name == pattern };
    let Some(name) = name.strip_prefix(start) else { return false };
    (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| name_fits(&name[at..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> Dependency<'static> {
        Dependency {
            table: "dependencies",
            name: "openapi-runtime",
            version: "0.1".into(),
            features: vec!["events"],
            defaults: vec!["uuid"],
            path: None,
        }
    }

    fn depend_on(manifest: &str) -> (String, Vec<String>) {
        let (text, warnings) = depend(Path::new("Cargo.toml"), manifest, &[runtime()]).expect("a manifest");
        (text, warnings.iter().map(|warning| warning.message.clone()).collect())
    }

    #[test]
    fn comments_and_what_is_there_are_kept() {
        let manifest =
            "[package] # ours\nname = \"a\"\n\n[dependencies]\n# for logs\nlog = \"0.4\"\n\n[features]\nx = []\n";
        let added = "log = \"0.4\"\nopenapi-runtime = { version = \"0.1\", features = [\"events\"] }\n";
        let (text, warnings) = depend_on(manifest);
        assert_eq!((text.as_str(), warnings.len()), (manifest.replace("log = \"0.4\"\n", added).as_str(), 0));
        assert_eq!(depend_on(&text), (text.clone(), Vec::new()), "twice changes nothing");
        assert_eq!(depend_on(&manifest.replace('\n', "\r\n")).0, text.replace('\n', "\r\n"));
    }

    #[test]
    fn features_are_added_and_none_is_changed() {
        let with = |manifest: &str| {
            let features = BTreeSet::from(["doors", "rooms"].map(str::to_owned));
            declare(Path::new("Cargo.toml"), manifest, &features).map_err(|error| error.message)
        };
        let package = "[package]\nname = \"a\"\n";
        let all = format!("{package}\n[features]\ndefault = [\"doors\", \"rooms\"]\ndoors = []\nrooms = []\n");
        assert_eq!(with(package), Ok(all.clone()));
        assert_eq!(with(&all), Ok(all), "twice changes nothing");
        // A feature that is there stays as it is, and off.
        let own = format!("{package}[features] # ours\nrooms = [\"x\"]\nx = []\ndefault = [\n    \"x\",\n]\n");
        let added = own.replace("    \"x\",\n]\n", "    \"x\",\n    \"doors\",\n]\ndoors = []\n");
        assert_eq!(with(&own), Ok(added));
        assert_eq!(with("features = 3\n"), Err("`features` is not a table here".to_owned()));
        let broken = with("[features]\ndefault = true\n");
        assert_eq!(broken, Err("`default` in [features] is not a list here".to_owned()));
    }

    #[test]
    fn a_feature_has_not_the_name_of_an_optional_dependency() {
        let with = |manifest: &str| {
            let features = BTreeSet::from(["doors", "rooms"].map(str::to_owned));
            declare(Path::new("Cargo.toml"), manifest, &features).map_err(|error| (error.code, error.message))
        };
        let package = "[package]\nname = \"a\"\n";
        for optional in [
            "[dependencies]\nrooms = { version = \"1\", optional = true }\n",
            "[dependencies.rooms]\nversion = \"1\"\noptional = true\n",
            "[target.'cfg(unix)'.dependencies]\nrooms = { version = \"1\", optional = true }\n",
            "[build-dependencies]\nrooms = { version = \"1\", optional = true }\n[features]\nx = [\"rooms\"]\n",
        ] {
            let (code, message) = with(&format!("{package}{optional}")).expect_err("cargo would reject it");
            assert!(code == "I010" && message.ends_with("would be the features `rooms`"), "{message}");
        }
        for fine in [
            "[dependencies]\nrooms = \"1\"\n",
            "[dependencies]\nrooms = { version = \"1\", optional = true }\n[features]\nx = [\"dep:rooms\"]\n",
            "[dependencies]\nrooms = { version = \"1\", optional = true }\n[features]\nrooms = [\"dep:rooms\"]\n",
        ] {
            assert!(with(&format!("{package}{fine}")).is_ok(), "{fine}");
        }
    }

    #[test]
    fn what_a_dependency_lacks_is_named() {
        for (entry, lacks) in [
            ("openapi-runtime = \"0.1\"", "events"),
            ("openapi-runtime = { version = \"0.1\", default-features = false }", "events, uuid"),
            ("openapi-runtime = { workspace = true }", ""),
            ("openapi-runtime.version = \"0.1\"\nopenapi-runtime.features = [\"events\"]", ""),
        ] {
            let manifest = format!("[package]\nname = \"a\"\n[dependencies]\n{entry}\n");
            let (text, warnings) = depend_on(&manifest);
            assert_eq!(text, manifest);
            assert_eq!(warnings.concat().rsplit(": ").next(), Some(lacks), "{entry}");
        }
    }

    #[test]
    fn a_new_package_becomes_a_member_of_its_workspace() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let added = |manifest: &str| {
            std::fs::write(folder.path().join("Cargo.toml"), manifest).expect("a file");
            workspace(&folder.path().join("crates/rooms")).expect("a workspace").map(|(_, text)| text)
        };
        let all = "[workspace]\nmembers = [\n    \"crates/a\",\n    \"b\", # old\n]\n";
        let text = added(all).expect("it is not a member");
        assert!(text.contains("\n    \"crates/rooms\"") && text.contains("# old"), "{text}");
        assert_eq!(added(&text), None);
        assert_eq!(added("[workspace]\nmembers = [\"crates/*\"]\n"), None);
        assert_eq!(added("[workspace]\nmembers = [\"crates/r*s\"]\n"), None);
        assert_eq!(added("[workspace]\nexclude = [\"crates\"]\n"), None);
        assert_eq!(added("[package]\nname = \"a\"\n"), None);
        assert!(added("[workspace]\n").is_some_and(|text| text.contains("[\"crates/rooms\"]")));
    }
}
