//! `history`: what git knows of a definition, in a repository that the test makes.

use std::process::Command;

use serde_json::{Value, json};
use testing::project::{OLD, Project, has, new};

/// The command.
const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

fn git(project: &Project, date: &str, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(project.path()).args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]);
    command.args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"]).args(arguments);
    let output = command.env("GIT_COMMITTER_DATE", date).env("GIT_AUTHOR_DATE", date).output().expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(project: &Project, date: &str, message: &str, tag: Option<&str>) {
    git(project, date, &["add", "-A"]);
    git(project, date, &["commit", "-q", "--allow-empty", "-m", message]);
    if let Some(tag) = tag {
        git(project, date, &["tag", "-a", "-m", tag, tag]);
    }
}

/// Writes a version of the definition, with a manifest that does not pin its digest.
fn write(project: &Project, text: &str) {
    project.write("spec/items.yaml", text);
    project.write("spec/spec.toml", "[[document]]\nname = \"items\"\n\n[[document.file]]\npath = \"items.yaml\"\n");
    let _ = std::fs::remove_file(project.path().join("spec/api.txt"));
    let _ = std::fs::remove_file(project.path().join("spec/names.lock"));
    let _ = std::fs::remove_file(project.path().join("spec/overlay.yaml"));
}

/// A repository with six versions, of which one cannot be read; none, if there is no git.
fn repository() -> Option<Project> {
    if !has("git") {
        return None;
    }
    // Its own repository has the day on which the test runs.
    let project = Project::bare(OAS);
    std::fs::remove_dir_all(project.path().join(".git")).expect("there is a repository");
    git(&project, "2024-12-31T12:00:00Z", &["init", "-q", "-b", "main"]);
    std::fs::rename(project.path().join("spec"), project.path().join("kept")).expect("a folder");
    commit(&project, "2024-12-31T12:00:00Z", "before there was a definition", Some("v0.0.1"));
    std::fs::rename(project.path().join("kept"), project.path().join("spec")).expect("a folder");
    write(&project, OLD);
    commit(&project, "2025-01-01T12:00:00Z", "the first", Some("v0.1.0"));
    write(&project, &OLD.replace("owner: {}", "owner: {}, size: {type: integer}"));
    commit(&project, "2025-01-11T12:00:00Z", "a field more", Some("v0.2.0"));
    project.write("src/lib.rs", "// nothing of the definition\n");
    project.write("spec/README.md", "Words.\n");
    commit(&project, "2025-01-12T12:00:00Z", "documentation", Some("v0.2.1"));
    write(&project, "openapi: 3.0.3\ninfo: {title: ");
    commit(&project, "2025-01-21T12:00:00Z", "cut <b>off</b>", Some("v0.3.0"));
    // Compared with the last version that can be read.
    write(&project, &new().replace("required: [id]", "required: [id, size]").replace("operationId: listItems", "operationId: listItems\n      parameters: [{name: all, in: query, required: true, schema: {type: string}}]"));
    commit(&project, "2025-03-02T12:00:00Z", "what breaks", Some("v1.0.0"));
    // On a branch beside, and no version.
    git(&project, "2025-03-03T12:00:00Z", &["tag", "nightly"]);
    Some(project)
}

fn versions(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let (out, _) = project.ok(&[&["history", "--format", "json"], arguments].concat());
    let value: Value = serde_json::from_str(&out).expect("JSON");
    value["versions"].as_array().expect("a list").clone()
}

#[test]
fn the_versions_of_a_repository_are_listed_with_what_each_changed() {
    let Some(project) = repository() else { return };
    let found = versions(&project, &[]);
    let column = |key: &str| -> Vec<Value> { found.iter().map(|version| version[key].clone()).collect() };
    assert_eq!(column("name"), ["v0.1.0", "v0.2.0", "v0.3.0", "v1.0.0"]);
    assert_eq!(column("date"), ["2025-01-01", "2025-01-11", "2025-01-21", "2025-03-02"]);
    assert_eq!(column("days"), [json!(null), json!(10), json!(10), json!(40)]);
    assert_eq!(column("operations"), [json!(1), json!(1), json!(null), json!(1)]);
    assert_eq!(column("rust"), [json!(null), json!("minor"), json!(null), json!("major")]);
    assert_eq!(column("wire"), [json!(null), json!("safe"), json!(null), json!("breaks")]);
    assert!(found[1]["safe"].as_u64() >= Some(1) && found[3]["breaks"].as_u64() >= Some(1), "{found:#?}");
    assert!(found.iter().all(|version| version["types"].as_u64() != Some(0)), "{found:#?}");
    assert_eq!(found[2]["error"]["code"], "S005");
    assert_eq!(found[2]["title"], "cut <b>off</b>");
    // What tags say and what commits say is the same, where each version has a tag.
    let commits = versions(&project, &["--commits"]);
    assert_eq!(commits.len(), 4, "{commits:#?}");
    for (one, other) in commits.iter().zip(&found) {
        assert!(other["commit"].as_str().expect("a hash").starts_with(one["name"].as_str().expect("a name")));
        assert_eq!((&one["breaks"], &one["days"]), (&other["breaks"], &other["days"]));
    }
    let (out, _) = project.ok(&["history"]);
    assert!(
        out.starts_with("version  date        days  operations  types  breaks  may break  safe  noise  rust\n"),
        "{out}"
    );
    assert!(
        out.contains("\n  S005: ")
            && out.contains("4 versions in 60 days, typically 10 days apart; 1 breaks old clients"),
        "{out}"
    );
}

#[test]
fn a_message_in_another_encoding_hides_no_version() {
    let Some(project) = repository() else { return };
    let date = "2025-04-01T12:00:00Z";
    write(&project, OLD);
    let message = project.path().join(".git/message");
    std::fs::write(&message, b"caf\xe9").expect("a file");
    git(&project, date, &["add", "-A"]);
    git(&project, date, &["commit", "-q", "-F", ".git/message"]);
    git(&project, date, &["tag", "v1.1.0"]);
    let found = versions(&project, &[]);
    assert_eq!((found.len(), found[4]["name"].as_str()), (5, Some("v1.1.0")), "{found:#?}");
    assert!(found[4]["title"].as_str().is_some_and(|title| title.starts_with("caf")), "{found:#?}");
}

#[test]
fn a_page_has_a_chart_and_the_table() {
    let Some(project) = repository() else { return };
    let (out, _) = project.ok(&["history", "--format", "html", "-o", "history.html"]);
    assert_eq!(out, "");
    let page = project.read("history.html");
    for part in [
        "<svg",
        "class=\"breaks\"",
        "v1.0.0, 2025-03-02: ",
        "S005: ",
        "cut &lt;b&gt;off&lt;/b&gt;",
        "default-src &#39;none&#39;",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<b>off") && !page.contains("<script") && !page.contains("http:"), "{page}");
    // Three versions can be read, and each has a point for its operations and one for its types.
    assert_eq!(page.matches("<circle").count(), 6);
}

#[test]
fn commits_are_taken_where_no_tag_is_a_version() {
    let Some(project) = repository() else { return };
    for tag in ["v0.0.1", "v0.1.0", "v0.2.0", "v0.2.1", "v0.3.0", "v1.0.0"] {
        git(&project, "2025-04-01T12:00:00Z", &["tag", "-d", tag]);
    }
    assert_eq!(versions(&project, &[]).len(), 4);
    assert!(project.refused(&["history", "--tags"], "H001").contains("--commits"));
    let (code, _, err) = project.run(&["history", "--tags", "--commits"]);
    assert!(code == 2 && err.contains("cannot be used with"), "{err}");
}

#[test]
fn a_merge_is_one_version() {
    let Some(project) = repository() else { return };
    git(&project, "2025-04-01T12:00:00Z", &["switch", "-q", "-c", "side"]);
    for (day, name) in [("2025-04-02", "one"), ("2025-04-03", "two")] {
        write(&project, &new().replace("size:", &format!("{name}: {{type: string}}, size:")));
        commit(&project, &format!("{day}T12:00:00Z"), name, None);
    }
    git(&project, "2025-04-04T12:00:00Z", &["switch", "-q", "main"]);
    git(&project, "2025-04-05T12:00:00Z", &["merge", "-q", "--no-ff", "-m", "both", "side"]);
    let titles: Vec<Value> =
        versions(&project, &["--commits"]).iter().map(|version| version["title"].clone()).collect();
    assert_eq!(titles.last(), Some(&json!("both")));
    assert_eq!(titles.len(), 5);
}

#[test]
fn what_a_team_says_makes_no_version_and_hides_none() {
    let Some(project) = repository() else { return };
    let before = versions(&project, &["--commits"]);
    project.write("spec/track.toml", "[rules]\nD041 = \"breaks\"\n");
    commit(&project, "2025-05-01T12:00:00Z", "a judgment", None);
    assert_eq!(versions(&project, &["--commits"]), before);
    project.write("spec/track.toml", "[rules]\nnonsense = 1\n");
    write(&project, &new().replace("size:", "weight: {type: integer}, size:"));
    commit(&project, "2025-05-02T12:00:00Z", "another version", None);
    let after = versions(&project, &["--commits"]);
    let last = after.last().expect("the new one");
    assert_eq!((after.len(), &last["title"]), (before.len() + 1, &json!("another version")));
    assert!(last["error"].is_null() && last["wire"].is_string(), "{last}");
}

#[test]
fn a_folder_without_history_is_refused() {
    let project = Project::bare(OAS);
    let _ = std::fs::remove_dir_all(project.path().join(".git"));
    assert!(project.refused(&["history"], "H001").contains("git"));
    assert!(project.refused(&["history", "--spec", "nowhere"], "H001").contains("nowhere"));
}

#[test]
fn a_version_is_judged_on_its_own_day() {
    if !has("git") {
        return;
    }
    for (day, expected) in [("2025-06-29", "breaks"), ("2025-06-30", "safe")] {
        let project = Project::bare(OAS);
        std::fs::remove_dir_all(project.path().join(".git")).expect("there is a repository");
        git(&project, "2024-12-31T12:00:00Z", &["init", "-q", "-b", "main"]);
        let delete =
            "    delete: {operationId: deleteItems, x-sunset: 2025-06-30, responses: {'204': {description: d}}}\n";
        write(&project, &OLD.replace("components:\n", &format!("{delete}components:\n")));
        commit(&project, "2025-01-01T12:00:00Z", "the first", Some("v0.1.0"));
        write(&project, OLD);
        commit(&project, &format!("{day}T12:00:00Z"), "it goes", Some("v0.2.0"));
        assert_eq!(versions(&project, &[])[1]["wire"], expected, "{day}");
    }
}
