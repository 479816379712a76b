//! The robot's script, run with a temporary repository, a bare remote, a server on loopback, and a `gh` that keeps its pull requests
//! in a folder.

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use testing::loopback::{Answer, Server};
    use testing::project::{OLD, Project, finished, has, new};

    /// The command.
    const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

    /// The branch of the file of the project.
    const BRANCH: &str = "track/items.yaml";

    /// A project with its origins on a server, and the repository that it is pushed to.
    struct Robot {
        project: Project,
        beside: tempfile::TempDir,
    }

    /// A pull request.
    #[derive(Debug)]
    struct Pull {
        state: String,
        title: String,
        body: String,
        /// Sorted.
        labels: Vec<String>,
        /// The commit that GitHub merges once its checks pass.
        merges: Option<String>,
    }

    impl Pull {
        fn has(&self, label: &str) -> bool {
            self.labels.iter().any(|other| other == label)
        }
    }

    impl Robot {
        fn new(server: &Server, path: &str) -> Self {
            let origin = server.url(path);
            Self::with(|project| {
                let manifest = project.read("spec/spec.toml");
                project.write("spec/spec.toml", manifest.replace("https://items.example.com/items.yaml", &origin));
            })
        }

        fn with(change: impl FnOnce(&Project)) -> Self {
            let project = Project::new(OAS);
            change(&project);
            project.ok(&["lock", "spec"]);
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.github/scripts/track.sh");
            project.write(".github/scripts/track.sh", std::fs::read(script).expect("the workspace has it"));
            project.commit("the robot");
            let robot = Self { project, beside: tempfile::tempdir().expect("a temporary folder") };
            let remote = robot.beside("origin.git");
            robot.project.git(&["init", "-q", "--bare", remote.to_str().expect("UTF-8")]);
            robot.project.git(&["remote", "add", "origin", remote.to_str().expect("UTF-8")]);
            robot.project.git(&["push", "-q", "origin", "main"]);
            std::fs::create_dir(robot.beside("state")).expect("a folder");
            robot.program("gh", include_str!("robot/gh"));
            // The package has no code, so this cargo accepts everything.
            robot.program("cargo", "#!/bin/sh\n");
            robot
        }

        fn beside(&self, name: &str) -> PathBuf {
            self.beside.path().join(name)
        }

        /// Puts a program into the path of the script.
        fn program(&self, name: &str, text: &str) {
            std::fs::write(self.beside(name), text).expect("a file");
            let executable = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(self.beside(name), executable).expect("it is ours");
        }

        /// Runs the script; returns its exit code and output.
        fn run(&self, environment: &[(&str, &str)]) -> (i32, String) {
            let path = std::env::var("PATH").unwrap_or_default();
            let output = Command::new("bash")
                .current_dir(self.project.path())
                .arg(".github/scripts/track.sh")
                .env("PATH", format!("{}:{path}", self.beside.path().display()))
                .env("CARGO", self.beside("cargo"))
                .env("GH_STATE", self.beside("state"))
                .env("SPEC_COMMAND", OAS)
                .env("TESTS", "true")
                .env("NO_COLOR", "1")
                .env_remove("MERGE")
                .env_remove("BASE")
                .env_remove("GITHUB_RUN_ID")
                .envs([("GIT_AUTHOR_NAME", "Robot"), ("GIT_AUTHOR_EMAIL", "robot@example.com")])
                .envs([("GIT_COMMITTER_NAME", "Robot"), ("GIT_COMMITTER_EMAIL", "robot@example.com")])
                .envs(environment.iter().copied())
                .output();
            let (code, out, err) = finished(output.expect("bash runs"));
            assert_eq!(self.project.git(&["status", "--porcelain"]), "", "the tree is left as it was: {out}{err}");
            assert_eq!(self.project.git(&["branch", "--format=%(refname:short)"]), "main\n", "{out}{err}");
            (code, out + &err)
        }

        /// Runs the script, which succeeds and says `said`.
        fn says(&self, said: &str, environment: &[(&str, &str)]) -> String {
            let (code, text) = self.run(environment);
            assert_eq!(code, 0, "{text}");
            assert!(text.contains(said), "{said}: {text}");
            text
        }

        /// The arguments of `gh` that changed something since the last call.
        fn asked(&self) -> String {
            let log = self.beside("state/log");
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            let _ = std::fs::remove_file(log);
            text.lines().filter(|line| !line.starts_with("pr list ")).map(|line| format!("{line}\n")).collect()
        }

        /// Makes calls of `gh` that begin so fail.
        fn break_gh(&self, calls: &str) {
            std::fs::write(self.beside("state/fail"), format!("{calls}\n")).expect("a file");
        }

        fn pull_file(&self, number: u32, name: &str) -> PathBuf {
            self.beside(&format!("state/pulls/{number}/{name}"))
        }

        fn pull(&self, number: u32) -> Pull {
            let read = |name: &str| std::fs::read_to_string(self.pull_file(number, name)).ok();
            let text = |name: &str| read(name).unwrap_or_else(|| panic!("#{number} has no {name}"));
            let mut labels: Vec<String> = text("labels").lines().map(str::to_owned).collect();
            labels.sort();
            let trimmed = |name: &str| text(name).trim().to_owned();
            let merges = read("auto").map(|commit| commit.trim().to_owned());
            Pull { state: trimmed("state"), title: trimmed("title"), body: text("body"), labels, merges }
        }

        fn pulls(&self) -> usize {
            std::fs::read_dir(self.beside("state/pulls")).map_or(0, Iterator::count)
        }

        fn set_state(&self, number: u32, state: &str) {
            std::fs::write(self.pull_file(number, "state"), format!("{state}\n")).expect("a file");
        }

        /// The commit of the branch at the remote; empty if there is none.
        fn pushed(&self) -> String {
            let line = self.project.git(&["ls-remote", "origin", &format!("refs/heads/{BRANCH}")]);
            line.split_whitespace().next().unwrap_or_default().to_owned()
        }

        /// The file on the branch at the remote.
        fn proposed(&self) -> String {
            self.project.git(&["fetch", "-q", "origin", BRANCH]);
            self.project.git(&["show", "FETCH_HEAD:spec/items.yaml"])
        }

        fn delete_branch(&self) {
            self.project.git(&["push", "-q", "origin", "--delete", BRANCH]);
        }

        /// A commit on the branch by someone else.
        fn by_hand(&self, name: &str, text: &str) {
            let start = match self.pushed().as_str() {
                "" => "main".to_owned(),
                _ => {
                    self.project.git(&["fetch", "-q", "origin", BRANCH]);
                    "FETCH_HEAD".to_owned()
                }
            };
            self.project.git(&["switch", "-q", "-c", "by-hand", &start]);
            self.project.write(name, text);
            self.project.commit("by hand");
            self.project.git(&["push", "-q", "origin", &format!("HEAD:refs/heads/{BRANCH}")]);
            self.project.git(&["switch", "-q", "main"]);
            self.project.git(&["branch", "-q", "-D", "by-hand"]);
        }

        /// A new `origin` of the file, in a commit on the base.
        fn follow(&self, server: &Server, path: &str) {
            let manifest = self.project.read("spec/spec.toml");
            let line = manifest.lines().find(|line| line.starts_with("origin")).expect("it has one").to_owned();
            self.project
                .write("spec/spec.toml", manifest.replace(&line, &format!("origin = \"{}\"", server.url(path))));
            self.project.commit("another origin");
        }
    }

    fn can_run() -> bool {
        has("git") && has("bash")
    }

    /// A version that breaks old clients.
    fn gone() -> String {
        OLD.replace("  /items:\n", "  /things:\n")
    }

    /// A version that is major in Rust, and that old clients do not notice.
    fn renamed() -> String {
        OLD.replace("operationId: listItems", "operationId: allItems")
    }

    fn server() -> Server {
        Server::start(vec![
            ("/same", Answer::Body(OLD.into())),
            ("/new", Answer::Body(new().into())),
            (
                "/newer",
                Answer::Body(
                    new().replace("size: {type: integer}", "size: {type: integer}, note: {type: string}").into(),
                ),
            ),
            ("/gone", Answer::Body(gone().into())),
            ("/renamed", Answer::Body(renamed().into())),
            ("/broken", Answer::Body("paths: [".into())),
        ])
    }

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
            for (name, text) in [
                ("state", "OPEN"),
                ("branch", BRANCH),
                ("title", "mine"),
                ("body", &body),
                ("labels", ""),
                ("fork", ""),
            ] {
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
}
