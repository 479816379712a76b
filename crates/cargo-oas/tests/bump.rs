//! `bump` takes in a new version and everything that follows from it, or changes nothing; and `check`, which CI runs.

use std::path::Path;

use testing::loopback::{Answer, Server};
use testing::project::{OLD, OVERLAY, Project, has, new};
use testing::{corpus, project};

/// The command.
const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

#[test]
fn a_new_version_is_taken_in_with_all_that_follows_from_it() {
    let project = Project::new(OAS);
    let before = project.tree();
    let source = project.path().join("../new.yaml");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join(source.file_name().expect("it has a name"));
    std::fs::write(&source, new()).expect("a file");
    let bump = ["bump", "items", source.to_str().expect("UTF-8"), "--no-check"];
    let (out, _) = project.ok(&[&bump[..], &["--dry-run"]].concat());
    assert!(out.contains("would be written"), "{out}");
    assert!(project.tree() == before, "a dry run writes nothing");
    let report = folder.path().join("report.md");
    let outputs = folder.path().join("outputs");
    let page = folder.path().join("report.html");
    let mut files = vec!["--report", report.to_str().expect("UTF-8"), "--outputs", outputs.to_str().expect("UTF-8")];
    files.extend(["--report-html", page.to_str().expect("UTF-8")]);
    let (out, err) = project.ok(&[&bump[..], &files].concat());
    assert!(err.contains("warning[O005]") && err.contains("action 0"), "upstream now says the same: {err}");
    let changed: Vec<String> = project
        .tree()
        .iter()
        .filter(|(path, text)| before.get(*path) != Some(text))
        .map(|(path, _)| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(changed, ["CHANGELOG.md", "api.txt", "items.yaml", "spec.toml"], "{out}");
    assert_eq!(project.read("spec/items.yaml"), new());
    let manifest = project.read("spec/spec.toml");
    assert!(manifest.starts_with("# Ours.\n") && manifest.contains(" # the day\n"), "{manifest}");
    assert!(!manifest.contains("2025-01-02"), "{manifest}");
    assert!(project.read("spec/api.txt").contains("field types::Item::size: Option<i64>\n"));
    let changelog = project.read("CHANGELOG.md");
    let entry = changelog.find("- Updated the definition `items.yaml`").expect("there is an entry");
    assert!(changelog.find("## [Unreleased]") < Some(entry) && Some(entry) < changelog.find("## [0.3.0]"));
    assert!(out.contains("version: 0.3.1 (it is 0.3.0)"), "a field more is a minor change: {out}");
    let outputs = std::fs::read_to_string(&outputs).expect("written");
    assert_eq!(outputs, "changed=true\nwire=safe\nrust=minor\nstale=0\nredundant=1\nfrom=0.3.0\nversion=0.3.1\n");
    let report = std::fs::read_to_string(&report).expect("written");
    assert!(report.contains("size") && report.contains("### Redundant overlay actions"), "{report}");
    let page = std::fs::read_to_string(&page).expect("written");
    for part in ["Release the crate as <code>0.3.1</code>", "Item.size", "O005", "<code>items.yaml</code> → <code>"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let other = folder.path().join("other.html");
    let again = ["--allow-dirty", "--report-html", other.to_str().expect("UTF-8")];
    let (out, _) = project.ok(&[&bump[..], &again].concat());
    assert!(out.contains("has not changed by a byte") && !other.exists(), "{out}");
    project.ok(&["check"]);
}

#[test]
fn a_changed_copy_of_the_vendored_page_names_the_action_that_it_makes_redundant() {
    let project = Project::bare(OAS);
    let vendored = corpus::workspace().join("spec");
    for name in ["spec.toml", "activate-signup.yaml", "overlay.yaml", "names.lock", "api.txt"] {
        project.write(&format!("signup/{name}"), std::fs::read(vendored.join(name)).expect("it is vendored"));
    }
    project.commit("the page");
    let old = project.read("signup/activate-signup.yaml");
    let user = "                    title: v2.User\n";
    let properties = ["given_name", "family_name", "email"]
        .map(|name| format!("                      {name}: {{type: string}}\n"))
        .concat();
    let changed = old.replace(user, &format!("{user}                    properties:\n{properties}")) + "\n";
    assert_ne!(changed, old);
    let page = format!(
        "Skip to main content\n\nActivate\n\nPOST \n\nOpenAPI definition (YAML)\n{changed}\nWas this helpful?\n"
    );
    let page = project.write("../page.txt".trim_start_matches("../"), page);
    let page = page.to_str().expect("UTF-8");
    let (_, err) = project.ok(&["bump", "activate-signup.yaml", page, "--spec", "signup"]);
    assert!(err.contains("O005") && err.contains("v2.User"), "{err}");
    assert!(err.contains("extracted from this page"), "{err}");
    assert_eq!(project.read("signup/activate-signup.yaml"), changed, "byte for byte what the page has");
    project.ok(&["check", "signup"]);
}

#[test]
fn an_action_that_matches_nothing_any_more_is_named_and_the_version_taken_in() {
    let project = Project::new(OAS);
    let source = project.write("new.yaml", OLD.replace(", owner: {}", ""));
    let outputs = project.path().join("outputs");
    let outputs = ["--outputs", outputs.to_str().expect("UTF-8")];
    let bump = ["bump", "items", source.to_str().expect("UTF-8"), "--no-check"];
    let (_, err) = project.ok(&[&bump[..], &outputs].concat());
    assert!(err.contains("warning[O003]") && err.contains("properties.owner"), "{err}");
    assert!(project.read("outputs").contains("stale=1\nredundant=0\n"));
    wrong(&project, &[], "O003", "remove the action");
}

#[test]
fn what_cannot_be_taken_in_changes_nothing() {
    let project = Project::new(OAS);
    let html = "<!DOCTYPE html><html><body><div id=\"root\"></div><script src=\"app.js\"></script></body></html>";
    let gone = OLD.replace("#/components/schemas/Items'", "https://example.com/a.yaml'");
    let other = "openapi: 3.0.3\ninfo: {title: o, version: '1'}\npaths: {/a: {get: {operationId: a, responses: {'204': {description: d}}}}}\n";
    let table: [(&str, &str, &str); 8] = [
        ("empty.yaml", "", "S004"),
        ("cut.yaml", &OLD[..OLD.len() - 3], "S005"),
        ("page.html", html, "S011"),
        ("error.json", "{\"error\": \"not found\"}", "S006"),
        ("swagger.yaml", "swagger: '1.2'\npaths: {}\n", "S007"),
        ("gone.yaml", &gone, "S010"),
        ("other.yaml", other, "T001"),
        ("pages.txt", &format!("One\n\n{OLD}\nTwo\n\n{other}"), "S012"),
    ];
    for (name, text, code) in table {
        let source = project.write(&format!("new/{name}"), text);
        project.refused(&["bump", "items", source.to_str().expect("UTF-8"), "--allow-dirty"], code);
    }
    let error = project.refused(&["bump", "things", "new/gone.yaml"], "B001");
    assert!(error.contains("items.yaml"), "it says what there is: {error}");
    project.refused(&["bump", "items", "missing.yaml"], "S001");
    project.refused(&["bump", "items", "new/cut.yaml", "--max-bytes", "9"], "S002");
    let broken = project.refused(&["bump", "items", "new/cut.yaml"], "S005");
    assert!(broken.contains("new/cut.yaml:"), "the place is in the file that was given: {broken}");
}

#[test]
fn a_server_is_not_trusted() {
    let project = Project::new(OAS);
    let page = format!("<html><body><pre>{}</pre></body></html>", new().replace('<', "&lt;"));
    let server = Server::start(vec![
        ("/good", Answer::Body(page.into_bytes())),
        ("/moved", Answer::Redirect("/good".into())),
        ("/plain", Answer::Redirect("http://example.com/items.yaml".into())),
        ("/file", Answer::Redirect("file:///etc/hosts".into())),
        ("/circle", Answer::Redirect("/circle".into())),
        ("/login", Answer::Body(b"<html><body>Sign in</body></html>".to_vec())),
        ("/large", Answer::Body(vec![b'#'; 20_000])),
        ("/endless", Answer::Endless),
        ("/half", Answer::Half),
        ("/nothing", Answer::Nothing),
        ("/broken", Answer::Status(500)),
    ]);
    let table = [
        ("/plain", "F001"),
        ("/file", "F001"),
        ("/circle", "F003"),
        ("/login", "S011"),
        ("/large", "F004"),
        ("/endless", "F004"),
        ("/half", "F002"),
        ("/nothing", "F002"),
        ("/missing", "F003"),
        ("/broken", "F003"),
    ];
    for (path, code) in table {
        // What hangs is given little time, and all others as much as a busy machine may need.
        let seconds = if code == "F002" { "0.3" } else { "60" };
        let url = server.url(path);
        project.refused(&["bump", "items", &url, "--no-check", "--max-bytes", "10000", "--timeout", seconds], code);
    }
    project.refused(&["bump", "items", "http://example.com/items.yaml"], "F001");
    project.ok(&["bump", "items", &server.url("/moved"), "--no-check"]);
    assert_eq!(project.read("spec/items.yaml"), new());
}

#[test]
fn a_folder_with_changes_of_its_own_is_left_alone() {
    if !has("git") {
        return;
    }
    let project = Project::new(OAS);
    let source = project.write("spec/new.yaml", new());
    let source = source.to_str().expect("UTF-8");
    project.write("spec/overlay.yaml", format!("{OVERLAY}# mine\n"));
    let error = project.refused(&["bump", "items", source], "B002");
    assert!(
        error.contains("overlay.yaml") && !error.contains("new.yaml"),
        "the new version itself is no change: {error}"
    );
    project.ok(&["bump", "items", source, "--allow-dirty", "--no-check"]);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said_to_be() {
    let project = Project::new(OAS);
    let source = project.write("new.yaml", new());
    // Where permissions do not stop the user, a file in the way does.
    project.write("spec/.bump", "in the way");
    let arguments = ["bump", "items", source.to_str().expect("UTF-8"), "--no-check", "--allow-dirty"];
    let error = project.refused(&arguments, "W002");
    assert!(error.contains("nothing has changed"), "{error}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::remove_file(project.path().join("spec/.bump")).expect("it is there");
        let spec = project.path().join("spec");
        let mode = |bits| std::fs::set_permissions(&spec, std::fs::Permissions::from_mode(bits)).expect("it is ours");
        mode(0o555);
        if std::fs::write(spec.join("probe"), "").is_ok() {
            println!("skipped: permissions do not stop this user");
        } else {
            project.refused(&arguments, "W002");
        }
        mode(0o755);
    }
}

#[test]
fn carriage_returns_and_a_byte_order_mark_are_kept_and_change_nothing() {
    let project = Project::new(OAS);
    let text = format!("\u{feff}{}", OLD.replace('\n', "\r\n"));
    let source = project.write("new.yaml", &text);
    let (out, err) = project.ok(&["bump", "items", source.to_str().expect("UTF-8"), "--no-check"]);
    assert_eq!(project.read("spec/items.yaml"), text, "vendored is what upstream published");
    assert!(out.contains("patch"), "{out}");
    if has("git") {
        assert!(err.contains("B008") && err.contains(".gitattributes"), "{err}");
    }
    project.ok(&["check"]);
}

#[test]
fn what_was_interrupted_is_undone_before_anything_else() {
    let project = Project::new(OAS);
    let before = project.tree();
    let file = project.path().join("spec/items.yaml");
    project.write("spec/.bump/0.old", OLD);
    project.write("spec/.bump/list", format!("{}\n", file.display()));
    project.write("spec/items.yaml", "half of a new ver");
    let (out, _) = project.ok(&["check"]);
    assert!(out.contains("has now been undone"), "{out}");
    assert!(project.tree() == before);
}

#[test]
fn killed_before_it_writes_it_leaves_nothing_behind() {
    let project = Project::new(OAS);
    let before = project.tree();
    let server = Server::start(vec![("/half", Answer::Half)]);
    let mut child = project
        .command(&["bump", "items", &server.url("/half")])
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the command runs");
    child.kill().expect("it runs");
    child.wait().expect("it ran");
    assert!(project.tree() == before);
}

/// A cargo that reads the replacement variable, and then runs `script`.
#[cfg(unix)]
fn cargo(folder: &Path, script: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("cargo");
    std::fs::write(
        &path,
        format!("#!/bin/sh\nfor seen in $(echo \"$OPENAPI_BUILD_REPLACEMENT\" | tr : ' '); do :; done\n{script}\n"),
    )
    .expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    path
}

#[cfg(unix)]
#[test]
fn a_client_that_does_not_compile_is_not_taken_in() {
    let project = Project::new(OAS);
    let source = project.write("new.yaml", new());
    let source = source.to_str().expect("UTF-8");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |script: &str| {
        let cargo = cargo(folder.path(), script);
        let output = project.command(&["bump", "items", source, "--dry-run"]).env("CARGO", cargo).output();
        project::finished(output.expect("the command runs"))
    };
    let before = project.tree();
    let (code, _, err) = run("touch $seen; echo 'target/x/out/client.rs:3:4: error[E0412]: no type' >&2; exit 101");
    assert!(code == 2 && err.contains("error[B003]") && err.contains("E0412"), "{err}");
    let (code, _, err) = run("touch $seen; echo 'src/lib.rs:3:4: error[E0599]: no method' >&2; exit 101");
    assert!(code == 2 && err.contains("error[B004]") && err.contains("E0599") && err.contains("--no-check"), "{err}");
    let (code, _, err) = run("touch $seen");
    assert!(code == 0 && !err.contains("B005"), "{err}");
    let (code, _, err) = run("exit 0");
    assert!(
        code == 0 && err.contains("B005"),
        "a package that generates its client from another folder is reported: {err}"
    );
    assert!(project.tree() == before);
}

/// What `check` says, which is wrong with one thing.
fn wrong(project: &Project, arguments: &[&str], code: &str, remedy: &str) {
    let (exit, out, err) = project.run(&[&["check"], arguments].concat());
    assert_eq!(exit, 1, "{code}: {out}{err}");
    assert!(err.contains(&format!("error[{code}]")) && err.contains(remedy), "{code}: {err}");
    assert_eq!(err.matches("error[").count(), 1, "{code}: {err}");
}

#[test]
fn check_fails_on_each_thing_that_is_wrong() {
    let project = Project::new(OAS);
    project.ok(&["check"]);
    let table = [
        ("items.yaml", "M003", "cargo oas bump"),
        ("api.txt", "K002", "cargo oas lock spec"),
        ("names.lock", "K001", "cargo oas lock spec"),
    ];
    for (name, code, remedy) in table {
        let path = format!("spec/{name}");
        let text = project.read(&path);
        // A line less of what is derived; a comment more of what is vendored.
        let changed = if code == "M003" {
            format!("{text}# mine\n")
        } else {
            text.lines().take(text.lines().count() - 1).map(|line| format!("{line}\n")).collect()
        };
        project.write(&path, changed);
        wrong(&project, &[], code, remedy);
        project.write(&path, text);
    }
    project.write("spec/overlay.yaml", format!("{OVERLAY}- {{target: $.paths.gone, description: d, remove: true}}\n"));
    wrong(&project, &[], "O003", "remove the action");
    project.write("spec/overlay.yaml", OVERLAY);
    std::fs::remove_file(project.path().join("spec/api.txt")).expect("it is there");
    wrong(&project, &["spec"], "K002", "cargo oas lock spec");
    project.ok(&["lock", "spec"]);
    project.ok(&["check"]);
}

#[test]
fn a_version_that_is_too_low_is_wrong_until_it_is_raised() {
    if !has("git") {
        return;
    }
    let project = Project::new(OAS);
    let (out, _) = project.ok(&["check"]);
    assert!(out.contains("the version was not checked"), "there is no tag yet: {out}");
    project.git(&["tag", "v0.3.0"]);
    project.ok(&["check"]);
    let released = Project::new(OAS);
    let source = project.write("new.yaml", new().replace("operationId: listItems", "operationId: allItems"));
    let source = source.to_str().expect("UTF-8");
    project.ok(&["bump", "items", source, "--no-check"]);
    wrong(&project, &[], "K003", "0.4.0");
    wrong(&project, &["--baseline", "HEAD"], "K003", "0.4.0");
    wrong(&project, &["--baseline", released.path().to_str().expect("UTF-8")], "K003", "0.4.0");
    project.git(&["checkout", "-q", "--", "."]);
    project.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"items\"\nversion = \"0.3.0\"\n");
    project.ok(&["bump", "items", source, "--no-check", "--set-version"]);
    assert_eq!(project.read("Cargo.toml"), "[package]\nname = \"items\"\nversion = \"0.4.0\" # released\n");
    assert!(project.read("Cargo.lock").contains("version = \"0.4.0\""));
    project.ok(&["check"]);
    project.commit("a breaking change");
    // A second change of the same size asks for no more.
    let again = new().replace("operationId: listItems", "operationId: everyItem");
    project.write("new.yaml", again);
    let (out, _) = project.ok(&["bump", "items", source, "--no-check", "--set-version"]);
    assert!(out.contains("0.4.0 is high enough"), "{out}");
    let (exit, _, err) = project.run(&["check", "--baseline", "no-such-tag"]);
    assert!(exit == 2 && err.contains("error[K005]"), "{err}");
}

#[test]
fn the_vendored_folder_is_as_it_should_be() {
    let workspace = corpus::workspace();
    let output = std::process::Command::new(OAS)
        .current_dir(&workspace)
        .args(["check", "spec"])
        .output()
        .expect("the command runs");
    let (code, out, err) = project::finished(output);
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn origins_are_listed_for_a_script() {
    let project = Project::bare(OAS);
    let manifest = project.read("spec/spec.toml");
    assert_eq!(project.ok(&["origins"]).0, "items.yaml\tfetch\thttps://items.example.com/items.yaml\n");
    project.write("spec/spec.toml", format!("{manifest}manual = true\n"));
    assert_eq!(project.ok(&["origins"]).0, "items.yaml\tmanual\thttps://items.example.com/items.yaml\n");
}
