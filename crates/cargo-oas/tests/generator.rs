//! What a newer generator changes in Rust, apart from what the definition changes.

use serde_json::{Value, json};
use testing::project::{Project, has, new};

/// The command.
const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

/// A project whose `api.txt` is that of an earlier generator, which gave a method another name and did not have a trait.
fn project() -> Project {
    let project = Project::new(OAS);
    let api = project.read("spec/api.txt");
    let older = api.replace("fn Client::list_items(&self)", "fn Client::get_items(&self)");
    let older = older.replace("impl types::Item: PartialEq\n", "");
    assert_eq!(older.lines().count() + 1, api.lines().count(), "the generator gives both: {api}");
    project.write("spec/api.txt", older);
    project.commit("made by an earlier generator");
    project
}

/// A copy of the folder with a new version of the definition, which is minor in Rust.
fn newer(project: &Project) {
    for name in ["names.lock", "overlay.yaml"] {
        project.write(&format!("new/{name}"), project.read(&format!("spec/{name}")));
    }
    project.write("new/items.yaml", new());
    project.write(
        "new/spec.toml",
        "[[document]]\nname = \"items\"\noverlays = [\"overlay.yaml\"]\n\n[[document.file]]\npath = \"items.yaml\"\n",
    );
    project.ok(&["lock", "new"]);
}

#[test]
fn diff_tells_the_generator_from_the_definition() {
    let project = project();
    newer(&project);
    let apart = "in Rust, minor by the definition, and major by a newer generator, which changes 3 items";
    let (out, _) = project.ok(&["diff", "--generator", "spec", "new"]);
    assert!(out.starts_with("on the wire: old clients work; crate: major: 0.3.0 to 0.4.0\n"), "{out}");
    assert!(out.contains(&format!("\n{apart}\n")), "{out}");
    let (definition, generator) = out.split_once("\nBy a newer generator (3)\n").expect("a section");
    assert!(definition.contains("rust  minor: field `types::Item::size` is new (R002)"), "{out}");
    assert!(!definition.contains("get_items"), "{out}");
    assert!(generator.contains("R001 major: fn `Client::get_items` is gone"), "{out}");
    assert!(generator.contains("R002 minor: fn `Client::list_items` is new"), "{out}");
    assert!(!generator.contains("size"), "{out}");
    let (out, _) = project.ok(&["diff", "--generator", "spec", "new", "--format", "markdown"]);
    assert!(out.contains("For the crate this is a **major** update: 0.3.0 to 0.4.0.\n"), "{out}");
    assert!(out.contains(&format!("\nI{}.\n", &apart[1..])), "{out}");
    assert!(
        out.contains("<summary>By a newer generator (3)</summary>\n\n- R001 major: fn `Client::get_items`"),
        "{out}"
    );
    let (out, _) = project.ok(&["diff", "--generator", "spec", "new", "--format", "json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((&json["verdict"]["rust"], &json["verdict"]["breaking"]), (&json!("major"), &json!(true)));
    assert_eq!((&json["generator"]["rust"], &json["generator"]["definition"]), (&json!("major"), &json!("minor")));
    let items = json["generator"]["items"].as_array().expect("a list");
    assert_eq!(items.len(), 3, "{json}");
    assert!(items.iter().any(|item| item["code"] == "R001" && item["path"] == "Client::get_items"), "{json}");
    assert_eq!(json["changes"][0]["items"][0]["path"], "types::Item::size");
    let (out, _) = project.ok(&["diff", "--generator", "spec", "new", "--format", "html"]);
    assert!(out.contains(&format!("<p class=\"counts\">{apart}</p>")) && out.contains("id=\"generator\""), "{out}");
    // Without the option, it is the definition alone.
    let (out, _) = project.ok(&["diff", "spec", "new"]);
    assert!(out.contains("crate: minor: 0.3.0 to 0.3.1\n") && !out.contains("generator"), "{out}");
}

#[test]
fn the_generator_alone_is_a_change() {
    let project = project();
    let (code, out, _) = project.run(&["diff", "--generator", "spec", "spec", "--fail-on", "any"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("nothing changed in the definition\nin Rust, patch by the definition, and major by"), "{out}");
    project.ok(&["lock", "spec"]);
    let (out, _) = project.ok(&["diff", "--generator", "spec", "spec", "--fail-on", "any"]);
    assert!(out.contains("in Rust, patch by the definition; the generator changes nothing\n"), "{out}");
    assert!(out.starts_with("on the wire: old clients work; crate: patch: 0.3.0 is high enough\n"), "{out}");
    if has("git") {
        // A revision of the folder, as it was made then.
        let (out, _) = project.ok(&["diff", "--generator", "HEAD", "spec"]);
        assert!(out.contains("major by a newer generator, which changes 3 items\n"), "{out}");
        assert!(project.refused(&["diff", "--generator", "v9", "spec"], "K005").contains("`v9`"));
    }
    std::fs::remove_file(project.path().join("spec/api.txt")).expect("it is there");
    project.refused(&["diff", "--generator", "spec", "spec"], "K008");
}

#[test]
fn check_says_which_of_them_asks_for_a_version() {
    if !has("git") {
        return;
    }
    let project = project();
    project.git(&["tag", "v0.3.0"]);
    project.ok(&["lock", "spec"]);
    let (code, out, err) = project.run(&["check"]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(err.contains("are major in Rust (by the definition patch, by a newer generator major)"), "{err}");
    assert!(out.contains("note: a newer generator than that of v0.3.0 changes the Rust API"), "{out}");
    assert!(out.contains("major in 3 items, such as: fn `Client::get_items` is gone"), "{out}");
    let (_, out, _) = project.run(&["check", "--format", "json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    let note = json["diagnostics"].as_array().expect("a list").iter().find(|found| found["code"] == "K007");
    let note = note.expect("a note");
    assert_eq!((&note["severity"], note["help"].is_string()), (&json!("note"), true), "{note}");
    assert!(note["file"].as_str().expect("a file").ends_with("api.txt"), "{note}");
    project.write("Cargo.toml", "[package]\nname = \"items\"\nversion = \"0.4.0\"\n");
    let (out, _) = project.ok(&["check"]);
    assert!(out.contains("note: a newer generator"), "what it says is no failure: {out}");
}

#[test]
fn an_update_counts_what_the_generator_changes() {
    let project = project();
    let source = project.write("new.yaml", new());
    let source = source.to_str().expect("UTF-8");
    let (report, outputs) = (project.path().join("report"), project.path().join("outputs"));
    let (report, outputs) = (report.to_str().expect("UTF-8"), outputs.to_str().expect("UTF-8"));
    let bump = ["bump", "items", source, "--no-check", "--set-version", "--report", report, "--outputs", outputs];
    project.ok(&bump);
    let written = project.read("outputs");
    assert!(written.contains("rust=major\ngenerator=major\n") && written.ends_with("version=0.4.0\n"), "{written}");
    let report = project.read("report");
    assert!(report.contains("In Rust, minor by the definition, and major by a newer generator"), "{report}");
    let changelog = project.read("CHANGELOG.md");
    assert!(changelog.contains("\n  - by a newer generator: fn `Client::get_items` is gone\n"), "{changelog}");
    assert!(project.read("Cargo.toml").contains("version = \"0.4.0\""));
    assert!(project.read("spec/api.txt").contains("Client::list_items"));
    // The next one has nothing to say of it.
    project.commit("a version");
    std::fs::remove_file(project.path().join("outputs")).expect("it was written");
    project.write("new.yaml", new().replace("size:", "weight:"));
    project.ok(&bump);
    assert!(!project.read("outputs").contains("generator"), "{}", project.read("outputs"));
    assert!(!project.read("report").contains("generator"), "{}", project.read("report"));
}
