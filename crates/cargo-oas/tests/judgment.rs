//! What a team accepts: `diff --accept` writes it, and `bump` and `check` honor it.

use testing::project::{OLD, Project, has};

/// The command.
const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

/// `OLD` with another operation, which goes.
fn with_delete(sunset: &str) -> String {
    let delete =
        format!("    delete: {{operationId: deleteItems, {sunset}responses: {{'204': {{description: d}}}}}}\n");
    OLD.replace("components:\n", &format!("{delete}components:\n"))
}

/// A folder with the two versions as files.
fn files(sunset: &str) -> Project {
    let project = Project::bare(OAS);
    project.write("old.yaml", with_delete(sunset));
    project.write("new.yaml", OLD);
    project
}

const DIFF: [&str; 3] = ["diff", "old.yaml", "new.yaml"];

#[test]
fn accept_writes_an_entry_and_twice_is_harmless() {
    let project = files("");
    let accept = [&DIFF[..], &["--judgment", "ours.toml", "--accept", "D002", "--reason", "nobody calls it"]].concat();
    let (code, out, err) = project.run(&accept);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("on the wire: old clients work; crate: major"), "{out}");
    assert!(
        out.contains("Accepted (1)") && out.contains("accepted: nobody calls it") && out.contains("written: ours.toml"),
        "{out}"
    );
    let text = project.read("ours.toml");
    let entry = "[[accept]]\nrule = \"D002\"\nplace = \"#/paths/~1items/delete\"\nreason = \"nobody calls it\"\n";
    assert!(text.starts_with('#') && text.ends_with(entry), "{text}");
    let (code, out, _) = project.run(&accept);
    assert_eq!((code, project.read("ours.toml")), (0, text.clone()), "{out}");
    assert!(out.contains("ours.toml says so already"), "{out}");
    let with_until = [&accept[..], &["--until", "2027-01-01"]].concat();
    project.run(&with_until);
    assert_eq!(project.read("ours.toml"), format!("{text}until = 2027-01-01\n"), "the same entry, with an end");
    let judged = |today: &str| project.run(&[&DIFF[..], &["--judgment", "ours.toml", "--today", today]].concat());
    assert!(judged("2027-01-01").1.contains("old clients work"));
    let (_, out, err) = judged("2027-01-02");
    assert!(
        out.contains("old clients break") && err.contains("T005") && err.contains("2027-01-01 is past"),
        "{out}{err}"
    );
}

#[test]
fn what_is_accepted_is_that_finding_alone() {
    let project = Project::bare(OAS);
    let item = |required: &str, names: &[&str]| {
        let parameters: Vec<String> =
            names.iter().map(|name| format!("{{name: {name}, in: query, schema: {{type: string}}}}")).collect();
        format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post:\n      operationId: a\n      parameters: [{}]\n      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Item'}}}}}}}}\n      responses: {{'204': {{description: d}}}}\ncomponents:\n  schemas:\n    Item: {{type: object, required: [{required}], properties: {{a: {{type: string}}, b: {{type: string}}, c: {{type: string}}}}}}\n",
            parameters.join(", ")
        )
    };
    project.write("1.yaml", item("c", &["x", "y"]));
    project.write("2.yaml", item("c, a", &["y"]));
    project.write("3.yaml", item("c, a, b", &[]));
    let ours = ["--judgment", "ours.toml"];
    let accept = ["--accept", "D044", "--accept", "D012", "--reason", "r"];
    let (code, out, err) = project.run(&[&["diff", "1.yaml", "2.yaml"], &ours[..], &accept[..]].concat());
    assert!(code == 0 && out.contains("Accepted (2)"), "{out}{err}");
    let text = project.read("ours.toml");
    for expected in [
        "place = \"#/components/schemas/Item/required\"\nsubject = \"Item.a\"\n",
        "place = \"#/paths/~1a/post/parameters/*\"\nsubject = \"POST /a query x\"\n",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    let (_, out, err) = project.run(&[&["diff", "1.yaml", "3.yaml"], &ours[..]].concat());
    let (counts, accepted) = out.split_once("Accepted (2)").unwrap_or_else(|| panic!("{out}{err}"));
    assert!(counts.contains("Item.b") && counts.contains("POST /a query y"), "{out}");
    assert!(!accepted.contains("Item.b") && !accepted.contains("query y"), "{out}");
    let (_, out, err) = project.run(&[&["diff", "2.yaml", "3.yaml"], &ours[..]].concat());
    assert!(!out.contains("Accepted") && err.matches("warning[T004]").count() == 2, "{out}{err}");
}

#[test]
fn a_new_file_is_judged_by_alone() {
    let project = Project::bare(OAS);
    project.write("old.yaml", with_delete(""));
    project.write("spec/track.toml", "[[accept]]\nrule = \"D002\"\nplace = \"#/**\"\nreason = \"theirs\"\n");
    let accept =
        ["diff", "old.yaml", "spec", "--judgment", "ours.toml", "--accept", "D002", "--reason", "ours is another"];
    let (code, out, err) = project.run(&accept);
    assert!(code == 0 && out.contains("written: ours.toml") && out.contains("accepted: ours is another"), "{out}{err}");
    assert!(project.read("ours.toml").contains("place = \"#/paths/~1items/delete\""));
    std::fs::remove_file(project.path().join("ours.toml")).expect("it was written");
    project.write("spec/track.toml", "[[accept]]\nrule = 1\n");
    let (code, out, err) = project.run(&accept);
    assert!(code == 0 && out.contains("written: ours.toml"), "{out}{err}");
}

#[test]
fn a_later_end_is_written_though_another_entry_accepts() {
    let project = files("");
    project.write("ours.toml", "[[accept]]\nrule = \"D002\"\nplace = \"#/**\"\nreason = \"r\"\nuntil = 2026-12-01\n");
    let judged = ["--judgment", "ours.toml", "--today", "2026-11-27"];
    let accept = ["--accept", "D002", "--reason", "x", "--until", "2027-12-01"];
    let (code, out, err) = project.run(&[&DIFF[..], &judged[..], &accept[..]].concat());
    assert!(code == 0 && out.contains("accepted: x (until 2027-12-01)") && out.contains("written"), "{out}{err}");
    let text = project.read("ours.toml");
    assert_eq!(text.matches("[[accept]]").count(), 2, "{text}");
    let (_, out, _) = project.run(&[&DIFF[..], &judged[..], &accept[..]].concat());
    assert!(out.contains("says so already") && project.read("ours.toml") == text, "{out}");
    let later = ["--judgment", "ours.toml", "--today", "2027-06-01"];
    assert!(project.run(&[&DIFF[..], &later[..]].concat()).1.contains("old clients work"));
}

#[test]
fn accept_refuses_what_it_does_not_find() {
    let project = files("");
    let before = project.tree();
    for (arguments, expected) in [
        (
            &["--judgment", "a.toml", "--accept", "D002@#/paths/nowhere", "--reason", "r"][..],
            "D002 is found at `#/paths/~1items/delete`",
        ),
        (&["--judgment", "a.toml", "--accept", "D054", "--reason", "r"], "there is no finding of D054"),
        (&["--judgment", "a.toml", "--accept", "D02", "--reason", "r"], "`D002` is the nearest"),
        (&["--judgment", "a.toml", "--accept", "D002", "--reason", " "], "say why"),
        (&["--judgment", "a.toml", "--accept", "D002"], "--reason"),
        (
            &["--judgment", "a.toml", "--accept", "D002", "--reason", "r", "--until", "later"],
            "neither a date nor a version",
        ),
        (&["--judgment", "a.toml"], "a.toml"),
        (&["--accept", "D002", "--reason", "r"], "--judgment track.toml"),
        (&["--today", "tomorrow"], "YYYY-MM-DD"),
    ] {
        let (code, _, err) = project.run(&[&DIFF[..], arguments].concat());
        assert_eq!(code, 2, "{arguments:?}: {err}");
        let line = err.replace("\n  │ ", " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(line.contains(expected), "{arguments:?}: {err}");
    }
    assert!(project.tree() == before, "nothing is written");
}

#[test]
fn a_folder_has_its_own_file() {
    let project = Project::bare(OAS);
    project.write("old.yaml", with_delete(""));
    let (code, out, err) = project.run(&[
        "diff",
        "old.yaml",
        "spec",
        "--accept",
        "D002@DELETE /items",
        "--reason",
        "r",
        "--format",
        "json",
    ]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(project.read("spec/track.toml").lines().nth(3), Some("place = \"DELETE /items\""));
    let done: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((&done["verdict"]["wire"], &done["verdict"]["rust"]), (&"safe".into(), &"major".into()), "{out}");
    assert_eq!((&done["judgment"]["written"], &done["changes"][0]["accepted"]["reason"]), (&true.into(), &"r".into()));
    let (code, ..) = project.run(&["diff", "old.yaml", "spec", "--fail-on", "breaking"]);
    assert_eq!(code, 1, "code that calls it no longer compiles");
    project.write("spec/track.toml", "[[accept]]\nrule = 1\n");
    let (code, _, err) = project.run(&["diff", "old.yaml", "spec"]);
    assert!(code == 2 && err.contains("T003") && err.contains("track.toml"), "{err}");
}

#[test]
fn a_sunset_is_judged_by_the_day() {
    let project = files("x-sunset: 2026-06-30, ");
    let on = |today: &str| project.run(&[&DIFF[..], &["--today", today]].concat()).1;
    assert!(on("2026-06-29").contains("old clients break"));
    assert!(on("2026-06-30").contains("old clients work"));
}

#[test]
fn check_and_bump_honor_the_judgment_and_ask_for_the_same_version() {
    if !has("git") {
        return;
    }
    let project = Project::new(OAS);
    let digest = |text: &str| openapi_build::manifest::digest(text.as_bytes());
    let old = with_delete("");
    let manifest = project.read("spec/spec.toml").replace(&digest(OLD), &digest(&old));
    project.write("spec/items.yaml", &old);
    project.write("spec/spec.toml", &manifest);
    project.ok(&["lock", "spec"]);
    project.commit("another operation");
    project.git(&["tag", "v0.3.0"]);
    project.write(
        "spec/track.toml",
        "[[accept]]\nrule = \"D002\"\nplace = \"DELETE /items\"\nreason = \"nobody calls it\"\nuntil = 2027-01-01\n",
    );
    project.commit("a judgment");
    project.write("new.yaml", OLD);
    let bump = ["bump", "items", "new.yaml", "--no-check", "--allow-dirty", "--today", "2026-11-27"];
    let (_, out, _) = project.run(&[&bump[..], &["--dry-run"]].concat());
    assert!(out.contains("old clients work; crate: major") && out.contains("version: 0.4.0"), "{out}");
    let late = ["bump", "items", "new.yaml", "--no-check", "--allow-dirty", "--dry-run", "--today", "2027-01-02"];
    let (_, out, err) = project.run(&late);
    assert!(out.contains("old clients break") && out.contains("version: 0.4.0") && err.contains("T005"), "{out}{err}");
    assert!(err.contains("[spec/track.toml:2:8]"), "the place that the user knows: {err}");
    // An end by the version of the package is judged by the version that this will be.
    let dated = project.read("spec/track.toml");
    for (until, expected) in [("crate 0.3.9", "old clients break"), ("crate 0.4.0", "old clients work")] {
        project.write("spec/track.toml", dated.replace("2027-01-01", &format!("\"{until}\"")));
        let (_, out, err) = project.run(&[&bump[..], &["--dry-run"]].concat());
        assert!(out.contains(expected) && out.contains("version: 0.4.0"), "{until}: {out}{err}");
        assert_eq!(err.contains("T005"), expected == "old clients break", "{until}: {err}");
    }
    project.write("spec/track.toml", dated);
    let (code, _, err) = project.run(&bump);
    assert_eq!(code, 0, "{err}");
    assert!(project.read("spec/spec.toml").contains("date = 2026-11-27"), "the day is that of --today");
    assert!(project.read("CHANGELOG.md").contains("accepted: nobody calls it"));
    // What is accepted since the last release has nothing to do with the next version, and is still needed by `check`.
    let entries = project.read("spec/track.toml");
    project.write(
        "spec/track.toml",
        format!("{entries}\n[[accept]]\nrule = \"D042\"\nplace = \"#/**\"\nreason = \"r\"\n"),
    );
    project.write("new.yaml", OLD.replace("id: {type: string}", "id: {type: string, maxLength: 9}"));
    let (_, out, err) = project.run(&[&bump[..], &["--dry-run"]].concat());
    assert!(!err.contains("D002 at") && err.contains("T004") && err.contains("D042 at"), "{out}{err}");
    project.write("spec/track.toml", entries);
    let check = |today: &str| project.run(&["check", "--today", today]);
    let (code, _, err) = check("2026-11-27");
    assert!(code == 1 && err.contains("K003") && !err.contains("break old clients") && err.contains("0.4.0"), "{err}");
    let (code, _, err) = check("2027-01-02");
    assert!(
        code == 1 && err.contains("and break old clients") && err.contains("T005") && err.contains("0.4.0"),
        "{err}"
    );
    project.write("spec/track.toml", "[rules]\nD2 = \"safe\"\n");
    let (code, _, err) = check("2026-11-27");
    assert!(code == 1 && err.contains("T003"), "{err}");
}
