//! Two versions whose paths differ in what they begin with.

use testing::project::{OLD, Project, has};

/// The command.
const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

/// A version with another prefix, and another name for its one operation.
fn moved() -> String {
    OLD.replace("/items:", "/v2/items:").replace("listItems", "getItems").replace("owner: {}", "owner: {}, size: {}")
}

fn project() -> Project {
    let project = Project::new(OAS);
    project.write("new.yaml", moved());
    project
}

#[test]
fn what_nothing_in_common_has_is_refused_with_the_way_out() {
    let project = project();
    let err = project.refused(&["diff", "spec/items.yaml", "new.yaml"], "T001");
    assert!(err.contains("--prefix /v1=/v2"), "{err}");
    for command in ["diff", "bump", "check"] {
        let (out, _) = project.ok(&[command, "--help"]);
        assert!(out.contains("--prefix <OLD=NEW>") && out.contains("T001"), "{out}");
    }
    // Another prefix does not help.
    project.refused(&["diff", "spec/items.yaml", "new.yaml", "--prefix", "/v1=/v2"], "T001");
    for wrong in ["/v1", "v1=/v2", "/v1=v2", "/v1:/v2"] {
        let (code, _, err) = project.run(&["diff", "spec/items.yaml", "new.yaml", "--prefix", wrong]);
        assert!(code == 2 && err.contains("write the old and the new prefix"), "{wrong}: {err}");
    }
}

#[test]
fn operations_under_the_prefixes_are_compared() {
    let project = project();
    for more in [&["--prefix", "=/v2"][..], &["--prefix", "/=/v2/"], &["--prefix", "/v1=/v3", "--prefix", "=/v2"]] {
        let (out, _) = project.ok(&[&["diff", "spec/items.yaml", "new.yaml"], more].concat());
        assert!(out.starts_with("on the wire: old clients break; crate: major"), "{out}");
        assert!(out.contains("D003 ") && out.contains("GET /items → GET /v2/items"), "{out}");
        // What changes inside is found, and the operation is neither new nor gone.
        assert!(out.contains("Item.size") && out.contains("D004 "), "{out}");
        assert!(!out.contains("D001 ") && !out.contains("D002 "), "{out}");
    }
}

#[test]
fn an_update_and_the_check_after_it_take_the_prefixes_too() {
    let project = project();
    if has("git") {
        project.git(&["tag", "v0.3.0"]);
    }
    project.refused(&["bump", "items", "new.yaml", "--no-check"], "T001");
    project.ok(&["bump", "items", "new.yaml", "--no-check", "--set-version", "--prefix", "=/v2"]);
    assert!(project.read("Cargo.toml").contains("version = \"0.4.0\""));
    assert!(project.read("CHANGELOG.md").contains("GET /v2/items"));
    if has("git") {
        let (code, _, err) = project.run(&["check"]);
        assert!(code == 2 && err.contains("error[T001]"), "{err}");
        project.ok(&["check", "--prefix", "=/v2"]);
    }
}
