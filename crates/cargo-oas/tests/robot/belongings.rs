//! What belongs to whom: branches, tokens, labels and reports.

use testing::project::{OLD, new};

use crate::harness::{BRANCH, OAS, Robot, can_run, server};

#[test]
fn what_a_newer_generator_changes_is_part_of_the_level() {
    if !can_run() {
        return;
    }
    let server = server();
    for (merge, merges) in [("patch,minor", false), ("minor,major", true)] {
        let robot = Robot::new(&server, "/new");
        let api = robot.project.read("spec/api.txt");
        let older = api.replace("fn Client::list_items(&self)", "fn Client::get_items(&self)");
        assert_ne!(older, api);
        robot.project.write("spec/api.txt", older);
        robot.project.commit("made by an earlier generator");
        robot.says("proposed", &[("MERGE", merge)]);
        let pull = robot.pull(1);
        assert_eq!(pull.labels, ["definition", "rust: major", "wire: safe"]);
        assert!(pull.title.contains("major in Rust (0.3.0 to 0.4.0)"), "{}", pull.title);
        assert!(pull.body.contains("minor by the definition, and major by a newer generator"), "{}", pull.body);
        assert_eq!(pull.merges.is_some(), merges, "{merge}");
    }
    // Of two levels, the higher one counts.
    let robot = Robot::new(&server, "/renamed");
    let api = robot.project.read("spec/api.txt");
    let clone = api.lines().find(|line| line.ends_with(": Clone")).expect("a type that can be cloned");
    robot.project.write("spec/api.txt", api.replace(&format!("{clone}\n"), ""));
    robot.project.commit("made by an earlier generator");
    robot.says("proposed", &[("MERGE", "major")]);
    let pull = robot.pull(1);
    assert!(pull.body.contains("major by the definition, and minor by a newer generator"), "{}", pull.body);
    assert!(pull.merges.is_some());
}

#[test]
fn what_was_merged_under_another_name_is_nobodys() {
    if !can_run() {
        return;
    }
    let server = server();
    for environment in [&[][..], &[("GH_NO_JQ", "1")]] {
        let robot = Robot::new(&server, "/new");
        robot.says("proposed", environment);
        robot.by_hand("src/lib.rs", "// adapted\n");
        // All of it becomes one commit of the base.
        robot.project.git(&["fetch", "-q", "origin", BRANCH]);
        robot.project.git(&["merge", "-q", "--squash", "FETCH_HEAD"]);
        robot.project.commit("a new version");
        robot.follow(&server, "/newer");
        robot.says("has commits by someone else", environment);
        robot.set_state(1, "MERGED");
        robot.says("proposed", environment);
        assert_eq!((robot.pulls(), robot.pull(2).state.as_str()), (2, "OPEN"));
        assert!(robot.proposed().contains("note"));
        // Somebody goes on with the branch.
        robot.by_hand("src/lib.rs", "// adapted again\n");
        robot.set_state(2, "MERGED");
        robot.by_hand("src/lib.rs", "// after it was merged\n");
        robot.follow(&server, "/renamed");
        robot.says("has commits by someone else", environment);
    }
}

#[test]
fn each_folder_base_and_path_has_a_branch_of_its_own() {
    if !can_run() {
        return;
    }
    let robot = Robot::new(&server(), "/new");
    let other = robot.project.path().join("a/spec");
    std::fs::create_dir_all(&other).expect("a folder");
    for entry in std::fs::read_dir(robot.project.path().join("spec")).expect("a folder") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), other.join(entry.file_name())).expect("a copy");
    }
    robot.project.commit("another folder");
    robot.says("proposed from track/items.yaml\n", &[("SPEC_DIR", "./spec/"), ("BASE", "main")]);
    robot.says("proposed from track/a+spec,items.yaml\n", &[("SPEC_DIR", "a/spec")]);
    robot.project.git(&["branch", "1.x"]);
    let (code, text) = robot.start(&[("BASE", "1.x")]);
    assert!(code == 0 && text.contains("proposed from track/1.x@items.yaml\n"), "{text}");
    assert_eq!(robot.pulls(), 3);
    let base = |number| std::fs::read_to_string(robot.pull_file(number, "base")).expect("it has one");
    assert_eq!((base(1), base(2), base(3)), ("main\n".into(), "main\n".into(), "1.x\n".into()));
}

#[test]
fn paths_are_told_apart_in_names_of_branches() {
    if !can_run() {
        return;
    }
    let server = server();
    let table = [
        ("a/b.yaml", "a+b.yaml"),
        ("a-b.yaml", "a-b.yaml"),
        ("a b.yaml", "a=20b.yaml"),
        ("a+b=c,d@e.yaml", "a=2Bb=3Dc=2Cd=40e.yaml"),
        ("\u{fc}..x.lock", "=C3=BC.=2Ex=2Elock"),
        (".x.", "=2Ex=2E"),
    ];
    for (path, name) in table {
        let robot = Robot::with(|project| {
            let manifest = project.read("spec/spec.toml");
            let manifest = manifest.replace("https://items.example.com/items.yaml", &server.url("/new"));
            project.write(&format!("spec/{path}"), OLD);
            project.write("spec/spec.toml", manifest.replace("\"items.yaml\"", &format!("\"{path}\"")));
        });
        robot.says(&format!("{path}: proposed from track/{name}\n"), &[]);
    }
}

#[test]
fn a_pull_request_of_a_fork_is_somebody_elses() {
    if !can_run() {
        return;
    }
    for environment in [&[("MERGE", "true")][..], &[("MERGE", "true"), ("GH_NO_JQ", "1")]] {
        let robot = Robot::new(&server(), "/new");
        let folder = robot.beside("state/pulls/1");
        std::fs::create_dir_all(&folder).expect("a folder");
        let version = robot.project.path().join("version");
        std::fs::write(&version, new()).expect("a file");
        let version = robot.project.git(&["hash-object", "version"]);
        std::fs::remove_file(robot.project.path().join("version")).expect("it is there");
        let body = format!("<!-- track: {} -->\n", version.trim());
        for (name, text) in
            [("state", "OPEN"), ("branch", BRANCH), ("title", "mine"), ("body", &body), ("labels", ""), ("fork", "")]
        {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        robot.says("proposed", environment);
        assert_eq!((robot.pull(1).title.as_str(), robot.pull(1).merges), ("mine", None));
        assert_eq!((robot.pulls(), robot.pull(2).merges), (2, Some(robot.pushed())));
        robot.set_state(1, "CLOSED");
        robot.says("#2 has this version already", environment);
    }
}

#[test]
fn what_the_tests_write_is_not_proposed_and_they_do_not_get_the_token() {
    if !can_run() {
        return;
    }
    let robot = Robot::new(&server(), "/new");
    robot.program("tests", "#!/bin/sh\necho \"token: $GH_TOKEN$GITHUB_TOKEN.\" >written\necho >spec/items.yaml\ngrep -q 'token: \\.' written\n");
    robot.says("proposed", &[("TESTS", "tests"), ("GH_TOKEN", "secret"), ("GITHUB_TOKEN", "secret")]);
    assert!(!robot.pull(1).has("needs a person"), "the tests pass without the token");
    assert_eq!(std::fs::read_to_string(robot.beside("state/token")).expect("gh has it"), "secret\n");
    let pushed = robot.project.git(&["show", "--stat", "--format=%s", "origin/track/items.yaml"]);
    assert!(!pushed.contains("written"), "{pushed}");
    assert_eq!(robot.proposed(), new());
}

#[test]
fn every_line_of_a_value_counts() {
    if !can_run() {
        return;
    }
    let server = server();
    for (tests, passes) in [
        ("true\nfalse\n", false),
        ("false\ntrue\n", false),
        ("false | true\n", false),
        ("VALUE='a b'\n[ \"$VALUE\" = 'a b' ]\n", true),
    ] {
        let robot = Robot::new(&server, "/new");
        robot.says("proposed", &[("TESTS", tests), ("MERGE", "patch\nminor\n")]);
        let pull = robot.pull(1);
        assert_eq!((pull.body.contains("tests do not pass"), pull.merges.is_some()), (!passes, passes), "{tests}");
    }
    for (merge, code) in [("true\n", 0), ("false\n", 0), (" , ", 0), ("patch\neverything\n", 2)] {
        let robot = Robot::new(&server, "/new");
        assert_eq!(robot.run(&[("MERGE", merge)]).0, code, "{merge}");
        assert_eq!(robot.pulls() == 1 && robot.pull(1).merges.is_some(), merge == "true\n", "{merge}");
    }
}

#[test]
fn only_gh_and_the_remote_get_the_token() {
    if !can_run() {
        return;
    }
    let robot = Robot::new(&server(), "/new");
    let (seen, git) = (robot.beside("seen"), robot.beside("git-calls"));
    let (seen, git) = (seen.display(), git.display());
    robot.program("oas", &format!("#!/bin/sh\necho \"$1 $GH_TOKEN$GITHUB_TOKEN.\" >>'{seen}'\nexec '{OAS}' \"$@\"\n"));
    // Says what git would send to GitHub, and to somebody else.
    robot.program(
        "git",
        &format!(
            r#"#!/usr/bin/env bash
PATH=${{PATH#*:}}
all=("$@") options=()
while [ "${{1:-}}" = -c ]; do
options+=(-c "$2") && shift 2
done
if [ "$1" = push ]; then
for host in github.com example.com; do
    printf 'protocol=https
host=%s

' "$host" |
        GIT_TERMINAL_PROMPT=0 git "${{options[@]}}" -c core.askPass=true credential fill | grep -e ^username -e ^password >>'{git}'
done
fi
[ -z "${{GH_TOKEN:-}}${{GITHUB_TOKEN:-}}" ] || echo "$1" >>'{git}'
exec git "${{all[@]}}"
"#
        ),
    );
    let oas = robot.beside("oas");
    let reports = robot.beside("reports");
    // Tests that want the token, now or when the branch is pushed.
    let tests = format!(
        "echo \"tests $GH_TOKEN$GITHUB_TOKEN.\" >>'{seen}'\nprintf '#!/bin/sh\\necho hook >>{seen}\\n' \
         >.git/hooks/pre-push\nchmod +x .git/hooks/pre-push\n"
    );
    robot.says(
        "proposed",
        &[
            ("TESTS", &tests),
            ("SPEC_COMMAND", oas.to_str().expect("UTF-8")),
            ("REPORTS", reports.to_str().expect("UTF-8")),
            ("GH_TOKEN", "secret"),
            ("GITHUB_TOKEN", "other"),
        ],
    );
    assert!(!robot.pull(1).has("needs a person"));
    let seen = std::fs::read_to_string(robot.beside("seen")).expect("it was run");
    assert_eq!(seen, "origins .\nbump .\nbump .\ntests .\n");
    let git = std::fs::read_to_string(robot.beside("git-calls")).expect("it was run");
    let expected = "ls-remote\nls-remote\nusername=x-access-token\npassword=secret\nusername=\npassword=\npush\n";
    assert_eq!(git, expected);
    assert_eq!(std::fs::read_to_string(robot.beside("state/token")).expect("gh has it"), "secret\n");
}

#[test]
fn labels_of_the_team_stay_as_they_are() {
    if !can_run() {
        return;
    }
    let server = server();
    let robot = Robot::new(&server, "/new");
    std::fs::write(robot.beside("state/labels"), "Definition\t123456\n").expect("a file");
    robot.says("proposed", &[]);
    let labels = || std::fs::read_to_string(robot.beside("state/labels")).expect("it is there");
    assert_eq!(labels(), "Definition\t123456\nrust: minor\t0e8a16\nwire: safe\t0e8a16\n");
    robot.says("#1 has this version already", &[]);
    robot.follow(&server, "/gone");
    robot.says("proposed", &[]);
    assert!(labels().ends_with("rust: patch\t0e8a16\nwire: breaks\td93f0b\nneeds a person\tb60205\n"), "{}", labels());
}

#[test]
fn reports_are_not_written_where_the_robot_cleans() {
    if !can_run() {
        return;
    }
    let robot = Robot::new(&server(), "/new");
    for folder in ["reports", ".", "spec/reports"] {
        let (code, text) = robot.run(&[("REPORTS", folder)]);
        assert!(code == 2 && text.contains("REPORTS is a folder in the repository"), "{folder}: {text}");
        assert_eq!((robot.asked().as_str(), robot.pushed().as_str()), ("", ""));
    }
    robot.project.write(".gitignore", "reports/\n");
    robot.project.commit("ignored");
    robot.says("proposed", &[("REPORTS", "reports")]);
    assert!(robot.project.read("reports/items.yaml.md").contains("size"));
}

#[test]
fn reports_are_kept_for_an_artifact() {
    if !can_run() {
        return;
    }
    let robot = Robot::new(&server(), "/new");
    let reports = robot.beside("reports");
    let reports = [
        ("REPORTS", reports.to_str().expect("UTF-8")),
        ("GITHUB_RUN_ID", "123"),
        ("GITHUB_REPOSITORY", "o/r"),
        ("GITHUB_SERVER_URL", "https://github.example.com"),
    ];
    robot.says("proposed", &reports);
    let report = std::fs::read_to_string(robot.beside("reports/items.yaml.md")).expect("it is written");
    let body = robot.pull(1).body;
    assert!(!report.is_empty() && body.contains(&report), "{body}");
    let page = std::fs::read_to_string(robot.beside("reports/items.yaml.html")).expect("it is written");
    assert!(page.starts_with("<!doctype html>") && page.contains("Item.size"), "{page}");
    assert!(body.contains("[The run](https://github.example.com/o/r/actions/runs/123) has the report"), "{body}");
}
