//! The robot's script, run with a temporary repository, a bare remote, a server on loopback, and a `gh` that keeps its pull requests
//! in a folder.

#[cfg(unix)]
#[path = "robot/harness.rs"]
mod harness;

/// What belongs to whom: branches, tokens, labels and reports.
#[cfg(unix)]
#[path = "robot/belongings.rs"]
mod belongings;

#[cfg(unix)]
mod unix {
    use std::process::Command;

    use testing::project::{OLD, finished, new};

    use crate::harness::{OAS, Robot, can_run, gone, renamed, server};

    #[test]
    fn what_is_unchanged_or_manual_is_left_alone() {
        if !can_run() {
            return;
        }
        let server = server();
        let robot = Robot::new(&server, "/same");
        let manual = Robot::with(|project| {
            project.write("spec/spec.toml", project.read("spec/spec.toml") + "manual = true\n");
        });
        for (robot, said) in [(&robot, "unchanged"), (&manual, "only readable by people")] {
            robot.says(said, &[]);
            assert_eq!((robot.asked().as_str(), robot.pushed().as_str()), ("", ""));
        }
        robot.project.write("spec/api.txt", "mine");
        let output = Command::new("bash").current_dir(robot.project.path()).arg(".github/scripts/track.sh").output();
        let (code, out, _) = finished(output.expect("bash runs"));
        assert!(code == 1 && out.contains("uncommitted changes"), "{out}");
        assert_eq!(robot.project.read("spec/api.txt"), "mine");
    }

    #[test]
    fn a_change_is_proposed_once() {
        if !can_run() {
            return;
        }
        let robot = Robot::new(&server(), "/new");
        robot.says("items.yaml: proposed from track/items.yaml", &[("GH_TOKEN", "secret")]);
        let asked = robot.asked();
        assert!(asked.contains("pr create --base main --head track/items.yaml"), "{asked}");
        let pull = robot.pull(1);
        assert_eq!(pull.labels, ["definition", "rust: minor", "wire: safe"]);
        assert_eq!(pull.title, "New version of items.yaml: minor in Rust (0.3.0 to 0.3.1), safe on the wire");
        assert_eq!((pull.state.as_str(), pull.merges), ("OPEN", None));
        assert!(pull.body.contains("size") && pull.body.contains("Fetched from http://127.0.0.1"), "{}", pull.body);
        assert!(!pull.body.contains("needs a person") && !pull.body.contains("README"), "{}", pull.body);
        let pushed = robot.project.git(&["show", "--stat", "--format=%s", "origin/track/items.yaml"]);
        for name in ["spec/items.yaml", "spec/api.txt", "spec/spec.toml", "CHANGELOG.md", "Cargo.toml"] {
            assert!(pushed.contains(name), "{pushed}");
        }
        let commit = robot.pushed();
        // Not even a later wish to merge changes what waits for a person to look at it.
        robot.says("items.yaml: #1 has this version already", &[("MERGE", "true")]);
        assert_eq!((robot.asked().as_str(), robot.pushed()), ("", commit));
    }

    #[test]
    fn only_the_levels_that_are_named_are_merged() {
        if !can_run() {
            return;
        }
        let server = server();
        for (path, merge, merges) in [
            ("/new", "true", true),
            ("/new", "patch, minor", true),
            ("/new", "minor", true),
            ("/new", "major", false),
            ("/new", "false", false),
            ("/renamed", "true", false),
            ("/renamed", "patch,minor", false),
            ("/renamed", "silent", false),
            ("/renamed", "patch,minor,major", true),
            ("/gone", "patch,minor,major,silent", false),
        ] {
            let robot = Robot::new(&server, path);
            let text = robot.says("proposed", &[("MERGE", merge)]);
            assert_eq!(robot.asked().contains("pr merge 1 --auto --squash"), merges, "{path} {merge}: {text}");
            // What is merged is what was tested.
            assert_eq!(robot.pull(1).merges, merges.then(|| robot.pushed()), "{path} {merge}: {text}");
            let why = "MERGE does not have `major`";
            assert_eq!(text.contains(why), path == "/renamed" && !merges, "{path} {merge}: {text}");
        }
        let robot = Robot::new(&server, "/new");
        let (code, text) = robot.run(&[("MERGE", "minor, everything")]);
        assert!(code == 2 && text.contains("not `everything`"), "{text}");
        assert_eq!((robot.asked().as_str(), robot.pushed().as_str()), ("", ""), "nothing is done by half");
    }

    #[test]
    fn a_silent_update_is_merged_only_by_its_name() {
        if !can_run() {
            return;
        }
        let server = server();
        for (merge, merges) in [("true", false), ("patch,minor,major", false), ("silent", true)] {
            let robot = Robot::new(&server, "/new");
            // A command that says so of any update.
            let command = robot.beside("silent");
            robot.program(
                "silent",
                &format!(
                    "#!/bin/sh\n{OAS} \"$@\" || exit\nwhile [ $# -gt 0 ]; do\n    [ \"$1\" = --outputs ] && sed -i.bak 's/^rust=.*/rust=silent/' \"$2\"\n    shift\ndone\nexit 0\n"
                ),
            );
            let command = command.to_str().expect("UTF-8");
            robot.says("proposed", &[("MERGE", merge), ("SPEC_COMMAND", command)]);
            let pull = robot.pull(1);
            assert_eq!(pull.labels, ["definition", "rust: silent", "wire: safe"]);
            assert_eq!(pull.merges.is_some(), merges, "{merge}");
        }
    }

    #[test]
    fn a_newer_version_takes_the_place_of_an_open_one() {
        if !can_run() {
            return;
        }
        let server = server();
        let robot = Robot::new(&server, "/gone");
        robot.says("proposed", &[]);
        let first = robot.pull(1);
        assert_eq!(first.labels, ["definition", "needs a person", "rust: patch", "wire: breaks"]);
        assert!(first.title.contains("breaks on the wire") && first.body.contains("Old clients no longer work"));
        // Labels of the team stay.
        std::fs::write(robot.pull_file(1, "labels"), first.labels.join("\n") + "\nours\n").expect("a file");
        robot.follow(&server, "/renamed");
        robot.says("proposed", &[("MERGE", "major")]);
        let second = robot.pull(1);
        assert_eq!(second.labels, ["definition", "ours", "rust: major", "wire: safe"]);
        assert_eq!(second.title, "New version of items.yaml: major in Rust (0.3.0 to 0.4.0), safe on the wire");
        assert!(!second.body.contains("needs a person") && second.body.contains("allItems"), "{}", second.body);
        assert_eq!((robot.proposed(), second.merges, robot.pulls()), (renamed(), Some(robot.pushed()), 1));
        // What GitHub was to merge is not merged as something else.
        robot.asked();
        robot.follow(&server, "/gone");
        robot.says("proposed", &[("MERGE", "major")]);
        let asked = robot.asked();
        let (stop, edit) = (asked.find("pr merge 1 --disable-auto"), asked.find("pr edit 1"));
        assert!(stop.is_some() && stop < edit, "{asked}");
        let third = robot.pull(1);
        assert_eq!(third.labels, ["definition", "needs a person", "ours", "rust: patch", "wire: breaks"]);
        assert_eq!((robot.proposed(), third.merges), (gone(), None));
    }

    #[test]
    fn what_cannot_be_taken_back_from_merging_is_not_replaced() {
        if !can_run() {
            return;
        }
        let server = server();
        let robot = Robot::new(&server, "/new");
        robot.says("proposed", &[("MERGE", "true")]);
        let commit = robot.pushed();
        robot.follow(&server, "/gone");
        robot.break_gh("pr merge 1 --disable-auto");
        let (code, text) = robot.run(&[("MERGE", "true")]);
        assert_eq!((code, robot.pushed()), (1, commit), "{text}");
    }

    #[test]
    fn what_a_person_has_worked_on_is_not_overwritten() {
        if !can_run() {
            return;
        }
        let server = server();
        let robot = Robot::new(&server, "/new");
        robot.by_hand("spec/items.yaml", "# a person was here\n");
        let commit = robot.pushed();
        robot.says("has commits by someone else", &[]);
        assert_eq!((robot.asked().as_str(), robot.pushed()), ("", commit));
        // A branch of the robot that a person has continued, by some commits.
        let robot = Robot::new(&server, "/new");
        robot.says("proposed", &[]);
        robot.asked();
        for commit in 0..5 {
            robot.by_hand("src/lib.rs", &format!("// adapted {commit}\n"));
        }
        let commit = robot.pushed();
        robot.says("#1 has this version already", &[]);
        robot.follow(&server, "/newer");
        robot.says("has commits by someone else", &[("MERGE", "true")]);
        assert_eq!((robot.asked().as_str(), robot.pushed()), ("", commit));
        // Without the branch, and with its pull request closed, the newer version is proposed.
        robot.delete_branch();
        robot.set_state(1, "CLOSED");
        robot.says("proposed", &[]);
        assert_eq!((robot.pulls(), robot.pull(2).state.as_str()), (2, "OPEN"));
        assert!(robot.proposed().contains("note"));
    }

    #[test]
    fn a_version_that_was_declined_is_not_proposed_again() {
        if !can_run() {
            return;
        }
        let server = server();
        let robot = Robot::new(&server, "/new");
        robot.says("proposed", &[]);
        robot.asked();
        robot.set_state(1, "CLOSED");
        for _ in 0..2 {
            robot.says("#1 proposed this version, and was closed without being merged", &[("MERGE", "true")]);
            assert_eq!((robot.asked().as_str(), robot.pulls()), ("", 1));
            if !robot.pushed().is_empty() {
                robot.delete_branch();
            }
        }
        // The next version is another question.
        robot.follow(&server, "/newer");
        robot.says("proposed", &[]);
        assert_eq!((robot.pulls(), robot.pull(1).state.as_str(), robot.pull(2).state.as_str()), (2, "CLOSED", "OPEN"));
        // One that was merged and taken back is proposed again.
        robot.set_state(2, "MERGED");
        robot.says("proposed", &[]);
        assert_eq!((robot.pulls(), robot.pull(3).state.as_str()), (3, "OPEN"));
    }

    #[test]
    fn a_deleted_branch_is_proposed_again() {
        if !can_run() {
            return;
        }
        let robot = Robot::new(&server(), "/new");
        robot.says("proposed", &[]);
        robot.delete_branch();
        robot.says("proposed", &[("MERGE", "true")]);
        assert_eq!((robot.pulls(), robot.proposed()), (1, new()));
        assert_eq!(robot.pull(1).merges, Some(robot.pushed()));
    }

    #[test]
    fn what_gh_fails_at_is_made_up_for_by_the_next_run() {
        if !can_run() {
            return;
        }
        let server = server();
        for (calls, open) in [
            ("pr list", 0),
            ("label create", 0),
            ("pr create", 0),
            ("pr edit 1 --add-label wire", 1),
            ("pr edit 1 --add-label definition", 1),
            ("pr merge 1 --auto", 1),
        ] {
            let robot = Robot::new(&server, "/new");
            robot.break_gh(calls);
            let (code, text) = robot.run(&[("MERGE", "true")]);
            assert!(code == 1 && text.contains("HTTP 502"), "{calls}: {text}");
            assert_eq!(robot.pulls(), open, "{calls}: {text}");
            assert_eq!(robot.pushed().is_empty(), calls == "pr list", "nothing is pushed before GitHub has been asked");
            robot.break_gh("");
            robot.says("proposed", &[("MERGE", "true")]);
            let pull = robot.pull(1);
            assert_eq!((robot.pulls(), pull.merges), (1, Some(robot.pushed())), "{calls}");
            assert_eq!(pull.labels, ["definition", "rust: minor", "wire: safe"], "{calls}");
            robot.says("#1 has this version already", &[("MERGE", "true")]);
        }
        // An update of an open one too.
        let robot = Robot::new(&server, "/gone");
        robot.says("proposed", &[]);
        robot.follow(&server, "/new");
        robot.break_gh("pr edit 1 --remove-label wire: breaks");
        assert_eq!(robot.run(&[]).0, 1);
        robot.break_gh("");
        robot.says("proposed", &[]);
        assert_eq!(robot.pull(1).labels, ["definition", "rust: minor", "wire: safe"]);
    }

    #[test]
    fn what_no_longer_merges_is_made_anew() {
        if !can_run() {
            return;
        }
        let robot = Robot::new(&server(), "/new");
        robot.says("proposed", &[]);
        let commit = robot.pushed();
        // The team releases another version.
        robot.project.write("Cargo.toml", "[package]\nname = \"items\"\nversion = \"0.5.0\" # released\n");
        robot.project.commit("0.5.0");
        robot.says("proposed", &[]);
        assert_ne!(robot.pushed(), commit);
        assert!(robot.pull(1).title.contains("(0.5.0 to 0.5.1)"), "{}", robot.pull(1).title);
        robot.says("#1 has this version already", &[]);
    }

    #[test]
    fn what_fails_asks_for_a_person() {
        if !can_run() {
            return;
        }
        let server = server();
        let compiler = "#!/bin/sh\necho 'src/lib.rs:1:1: error[E0599]: no' >&2\nexit 101\n";
        for (path, cargo, tests, why) in [
            ("/gone", "", "true", "Old clients no longer work"),
            ("/new", "", "false", "The tests do not pass"),
            ("/new", compiler, "true", "does not compile with the new client"),
        ] {
            let robot = Robot::new(&server, path);
            if !cargo.is_empty() {
                robot.program("cargo", cargo);
            }
            robot.says("proposed", &[("MERGE", "patch,minor,major,silent"), ("TESTS", tests)]);
            let pull = robot.pull(1);
            assert!(pull.has("needs a person") && pull.merges.is_none(), "{pull:?}");
            assert!(pull.body.contains("\n**This needs a person:**\n") && pull.body.contains(why), "{pull:?}");
        }
        // Nor is a client taken in that does not compile by itself.
        let robot = Robot::new(&server, "/new");
        robot.program("cargo", "#!/bin/sh\necho 'target/out/client.rs:1:1: error[E0412]: no' >&2\nexit 101\n");
        let (code, text) = robot.run(&[]);
        assert!(code == 1 && text.contains("items.yaml: cannot be taken in") && text.contains("error[B003]"), "{text}");
        assert_eq!(robot.pushed(), "");
    }

    #[test]
    fn what_cannot_be_fetched_fails_and_changes_nothing() {
        if !can_run() {
            return;
        }
        let server = server();
        for path in ["/missing", "/broken"] {
            let robot = Robot::new(&server, path);
            let (code, text) = robot.run(&[]);
            assert_eq!((code, robot.asked().as_str(), robot.pushed().as_str()), (1, "", ""), "{text}");
            assert!(text.contains("items.yaml: cannot be taken in") && text.contains("error["), "{text}");
        }
    }

    #[test]
    fn one_file_that_fails_does_not_stop_the_others() {
        if !can_run() {
            return;
        }
        let server = server();
        let (broken, fine) = (server.url("/broken"), server.url("/new"));
        let robot = Robot::with(|project| {
            let manifest = project.read("spec/spec.toml");
            let own = manifest.replace("https://items.example.com/items.yaml", &fine);
            let other = own.replace("# Ours.\n", "").replace(&fine, &broken);
            let other = other.replace("\"items", "\"first").replace("overlays = [\"overlay.yaml\"]\n", "");
            project.write("spec/first.yaml", OLD);
            project.write("spec/spec.toml", format!("{other}\n{own}"));
        });
        let (code, text) = robot.run(&[]);
        assert_eq!(code, 1, "{text}");
        let (failed, proposed) = (text.find("first.yaml: cannot be taken in"), text.find("items.yaml: proposed"));
        assert!(failed.is_some() && failed < proposed, "{text}");
        assert_eq!((robot.pulls(), robot.proposed()), (1, new()));
    }
}
