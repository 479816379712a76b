//! What reports of an update say of the crate's version is right for the version that it has.

use testing::project::{OLD, Project};

/// The command.
const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

/// A version that is major in Rust.
fn renamed() -> String {
    OLD.replace("operationId: listItems", "operationId: allItems")
}

/// A version that is minor in Rust.
fn new() -> String {
    OLD.replace("owner: {}", "owner: {}, size: {type: integer}")
}

/// A project whose package has that version.
fn project(version: &str) -> Project {
    let project = Project::new(OAS);
    project.write("Cargo.toml", format!("[package]\nname = \"items\"\nversion = \"{version}\"\n"));
    project.commit("another version");
    project
}

#[test]
fn an_update_names_the_versions_that_it_leads_from_and_to() {
    let renamed = renamed();
    let table = [
        ("1.4.2", renamed.as_str(), "major", "2.0.0"),
        ("0.4.2", &renamed, "major", "0.5.0"),
        ("0.0.2", &renamed, "major", "0.0.3"),
        ("1.4.2", &new(), "minor", "1.5.0"),
        ("0.4.2", &new(), "minor", "0.4.3"),
    ];
    for (from, definition, level, to) in table {
        let project = project(from);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
        std::fs::write(file("new.yaml"), definition).expect("a file");
        let new = file("new.yaml");
        let versions = format!("{level}: {from} to {to}");
        // `diff` knows the version of a folder in a package, or of a file in such a folder.
        let (out, _) = project.ok(&["diff", "spec/items.yaml", &new]);
        assert!(out.starts_with(&format!("on the wire: old clients work; crate: {versions}\n")), "{out}");
        let (out, _) = project.ok(&["diff", "spec", &new, "--format", "markdown"]);
        assert!(out.contains(&format!(": {from} to ")) && !out.contains("before 1.0"), "{out}");
        let (out, _) = project.ok(&["diff", "spec/items.yaml", &new, "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!(json["verdict"]["version"], serde_json::json!({"current": from, "needed": to}));
        let bump = ["bump", "items", &new, "--no-check", "--report", &file("report"), "--outputs", &file("outputs")];
        let (out, _) = project.ok(&bump);
        assert!(out.contains(&format!("crate: {versions}\n")), "{out}");
        let report = std::fs::read_to_string(file("report")).expect("written");
        let sentence = report.lines().next().expect("a line");
        assert!(sentence.contains(level) && sentence.ends_with(&format!("update: {from} to {to}.")), "{report}");
        let changelog = project.read("CHANGELOG.md");
        assert!(changelog.contains(&format!("({level} in Rust: {from} to {to}; on the wire: safe)")), "{changelog}");
        let outputs = std::fs::read_to_string(file("outputs")).expect("written");
        assert!(outputs.contains(&format!("rust={level}\n")), "{outputs}");
        assert!(outputs.ends_with(&format!("from={from}\nversion={to}\n")), "{outputs}");
    }
}

#[test]
fn a_version_that_is_high_enough_is_said_to_be() {
    if !testing::project::has("git") {
        return;
    }
    let project = project("1.4.2");
    project.git(&["tag", "v1.4.2"]);
    project.write("Cargo.toml", "[package]\nname = \"items\"\nversion = \"2.0.0\"\n");
    project.commit("a major version to come");
    let source = project.write("new.yaml", renamed());
    let source = source.to_str().expect("UTF-8");
    let report = project.path().join("report");
    let (out, _) = project.ok(&["bump", "items", source, "--no-check", "--report", report.to_str().expect("UTF-8")]);
    assert!(out.contains("crate: major: 2.0.0 is high enough\n"), "{out}");
    assert!(project.read("report").contains("**major** update: 2.0.0 is high enough."), "{}", project.read("report"));
    assert!(project.read("CHANGELOG.md").contains("(major in Rust; on the wire: safe)"));
}

#[test]
fn without_a_package_the_rule_is_stated_for_any_version() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    // A package around a file that it has no manifest for is no reason to speak of its version.
    write("Cargo.toml", "[package]\nname = \"other\"\nversion = \"7.0.0\"\n");
    let (old, new, renamed) = (write("old.yaml", OLD), write("new.yaml", &new()), write("renamed.yaml", &renamed()));
    let project = Project::bare(OAS);
    let (out, _) = project.ok(&["diff", &old, &renamed]);
    assert!(out.contains("crate: major (before 1.0: 0.x to 0.x+1)\n"), "{out}");
    let (out, _) = project.ok(&["diff", &old, &new]);
    assert!(out.contains("crate: minor (before 1.0: 0.x.y to 0.x.y+1)\n"), "{out}");
    let (out, _) = project.ok(&["diff", &old, &renamed, "--format", "markdown"]);
    assert!(out.contains("For the crate this is a **major** update.\n"), "{out}");
    let (out, _) = project.ok(&["diff", &old, &renamed, "--format", "json"]);
    assert!(!out.contains("\"needed\""), "{out}");
}
