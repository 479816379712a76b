//! The action that other repositories use, and the workflow of this one: what they name is there, and nothing of what they are given is
//! run as a script.

use std::collections::BTreeSet;
use std::path::Path;

use openapi_build::source::SourceFile;
use serde_json::Value;
use testing::corpus::workspace;

fn text(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    let file = SourceFile::from_bytes(Path::new(path), text(path).into_bytes()).expect("it is text");
    file.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The names that follow `prefix` in the expressions (`${{ … }}` or `if`) of a text.
fn named<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
    text.split(prefix).skip(1).map(|rest| &rest[..rest.find(ends).unwrap_or(rest.len())]).collect()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

fn steps(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[test]
fn every_input_is_declared_described_and_used() {
    let action = yaml("action.yml");
    for (name, input) in action["inputs"].as_object().expect("inputs") {
        let is_text = |key: &str| input[key].as_str().is_some();
        assert!(is_text("description") && is_text("default"), "{name}");
    }
    assert_eq!(action["runs"]["using"], "composite");
    let used = text("action.yml");
    assert_eq!(named(&used, "inputs."), keys(&action["inputs"]));
}

#[test]
fn nothing_that_is_passed_in_becomes_part_of_a_script() {
    let (action, workflow) = (yaml("action.yml"), yaml(".github/workflows/track.yml"));
    let mut scripts = 0;
    for step in steps(&action["runs"]["steps"]).chain(steps(&workflow["jobs"]["track"]["steps"])) {
        if let Some(run) = step["run"].as_str() {
            assert!(!run.contains("${{"), "GitHub would put the value into the script: {run}");
            assert_eq!(step["shell"], "bash", "{run}");
            let path = run.trim_matches('"').strip_prefix("$GITHUB_ACTION_PATH/").expect("a file of the action");
            let script = workspace().join(path);
            assert!(script.is_file(), "{path}");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = script.metadata().expect("it is there").permissions().mode();
                assert_eq!(mode & 0o111, 0o111, "{path} can be run");
            }
            scripts += 1;
        }
    }
    assert_eq!(scripts, 2);
}

#[test]
fn a_checkout_leaves_no_token_behind() {
    let (action, workflow) = (yaml("action.yml"), yaml(".github/workflows/track.yml"));
    for (name, list) in [("action.yml", &action["runs"]["steps"]), ("track.yml", &workflow["jobs"]["track"]["steps"])] {
        let is_checkout =
            |step: &&Value| step["uses"].as_str().is_some_and(|uses| uses.starts_with("actions/checkout@"));
        let all: Vec<&Value> = steps(list).filter(is_checkout).collect();
        assert_eq!(all.len(), 1, "{name}");
        assert_eq!(all[0]["with"]["persist-credentials"], false, "{name}");
    }
}

#[test]
fn a_script_is_passed_what_it_reads() {
    let action = yaml("action.yml");
    // What git reads, and gh.
    let others = ["GH_TOKEN", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    // The action pushes to where the repository was checked out from.
    let left_out = ["REMOTE"];
    for step in steps(&action["runs"]["steps"]) {
        let Some(run) = step["run"].as_str() else { continue };
        let path = run.trim_matches('"').replace("$GITHUB_ACTION_PATH/", "");
        let script = text(&path);
        // The table at the top of the script: `#   NAME   what it is   default`.
        let rows = script.lines().filter_map(|line| line.strip_prefix("#   "));
        let mut names: BTreeSet<&str> =
            rows.filter(|row| !row.starts_with(' ')).filter_map(|row| row.split(' ').next()).collect();
        for name in &names {
            assert!(script.contains(&format!("${{{name}:-")), "{path} does not read {name}");
        }
        names.retain(|name| !left_out.contains(name));
        let mut passed = keys(&step["env"]);
        passed.retain(|name| !others.contains(name));
        assert_eq!(passed, names, "{path}");
    }
}

#[test]
fn workflows_pass_inputs_that_there_are() {
    let action = yaml("action.yml");
    let inputs = keys(&action["inputs"]);
    let workflow = yaml(".github/workflows/track.yml");
    let mut uses: Vec<(String, Value)> = vec![("track.yml".into(), workflow)];
    for (index, block) in text("docs/tracking.md").split("```yaml\n").skip(1).enumerate() {
        let block = block.split("```").next().unwrap_or_default();
        if block.contains("uses: confluent-cloud-rs/confluent-cloud@") {
            let name = format!("the example {index} of docs/tracking.md");
            let file = SourceFile::from_bytes(Path::new(&name), block.into()).expect("it is text");
            uses.push((name, file.parse().unwrap_or_else(|error| panic!("{error}: {block}"))));
        }
    }
    assert!(uses.len() > 1, "the page shows how to use the action");
    for (name, workflow) in &uses {
        let permissions = keys(&workflow["permissions"]);
        assert_eq!(permissions, ["contents", "issues", "pull-requests"].into(), "{name}");
        let ours = |step: &&Value| {
            let action = step["uses"].as_str().unwrap_or_default();
            action == "./" || action.starts_with("confluent-cloud-rs/")
        };
        let all: Vec<&Value> = steps(&workflow["jobs"]["track"]["steps"]).filter(ours).collect();
        assert_eq!(all.len(), 1, "{name}");
        let unknown: Vec<&str> = keys(&all[0]["with"]).difference(&inputs).copied().collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
    }
}

#[cfg(unix)]
mod scripts {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use testing::project::{finished, has};

    use super::*;

    #[test]
    fn scripts_have_no_mistake_that_a_shell_or_a_checker_finds() {
        let names = [".github/scripts/track.sh", ".github/scripts/install.sh", "crates/cargo-oas/tests/robot/gh"];
        for name in names {
            let script = workspace().join(name);
            if has("bash") {
                let (code, _, err) = finished(Command::new("bash").arg("-n").arg(&script).output().expect("bash runs"));
                assert_eq!((code, err.as_str()), (0, ""), "{name}");
            }
            if has("shellcheck") {
                let output = Command::new("shellcheck").args(["--severity", "warning"]).arg(&script).output();
                let (code, out, _) = finished(output.expect("shellcheck runs"));
                assert_eq!(code, 0, "{out}");
            }
        }
    }

    #[test]
    fn the_command_is_installed_in_the_version_of_the_package() {
        if !has("bash") {
            return;
        }
        let lock = "version = 4\n\n[[package]]\nname = \"openapi-build-other\"\nversion = \"9.0.0\"\n\n[[package]]\nname = \"openapi-build\"\nversion = \"0.7.2\"\n";
        let table = [
            (Some(lock), "", "install cargo-oas --locked --version=0.7.2\n"),
            (Some(lock), "0.8.0; rm -rf /", "install cargo-oas --locked --version=0.8.0; rm -rf /\n"),
            (Some("version = 4\n"), "", "install cargo-oas --locked\n"),
            (None, "", "install cargo-oas --locked\n"),
        ];
        for (lock, version, expected) in table {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let program = |name: &str, text: &str| {
                let path = folder.path().join(name);
                std::fs::write(&path, text).expect("a file");
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
            };
            program(
                "cargo",
                "#!/bin/sh\n[ \"$1\" = oas ] && exit 101\nprintf '%s\\n' \"$*\" >>log\nprintf '%s\\n' \"$#\" >>count\n",
            );
            program("rustup", "#!/bin/sh\necho \"$*\" >>toolchains\n");
            program("there", "#!/bin/sh\n");
            if let Some(lock) = lock {
                std::fs::write(folder.path().join("Cargo.lock"), lock).expect("a file");
            }
            let run = |environment: &[(&str, &str)]| {
                let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
                let mut command = Command::new("bash");
                command
                    .arg(workspace().join(".github/scripts/install.sh"))
                    .current_dir(folder.path())
                    .env("PATH", path);
                let output = command.env("VERSION", version).envs(environment.iter().copied()).output();
                let (code, out, err) = finished(output.expect("bash runs"));
                assert_eq!(code, 0, "{out}{err}");
            };
            let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
            // What is there already is not installed.
            run(&[("SPEC_COMMAND", "there"), ("TOOLCHAIN", "")]);
            assert_eq!((read("log").as_str(), read("toolchains").as_str()), ("", ""));
            // The lines of a value are one command.
            run(&[("SPEC_COMMAND", "cargo\noas"), ("TOOLCHAIN", "1.90")]);
            assert_eq!(read("log"), expected);
            let count = 3 + usize::from(expected.contains("version"));
            assert_eq!(read("count"), format!("{count}\n"), "a version is one argument");
            assert_eq!(read("toolchains"), "toolchain install 1.90 --profile minimal\ndefault 1.90\n");
        }
    }
}
