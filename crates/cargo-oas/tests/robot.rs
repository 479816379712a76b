//! The robot's script, run with a temporary repository, a server on loopback, and a `gh` that only records its arguments.

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::process::Command;

    use testing::loopback::{Answer, Server};
    use testing::project::{OLD, Project, finished, has, new};

    /// The command.
    const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

    /// Records its arguments and the text of the pull request; a file tells it whether there is one.
    const GH: &str = r#"#!/bin/sh
echo "$*" >>"$GH_LOG"
case "$1 $2" in
"pr list") [ -f "$GH_LOG.open" ] && echo 7 ;;
"pr create") touch "$GH_LOG.open" ;;
esac
while [ $# -gt 0 ]; do
    [ "$1" = --body-file ] && cp "$2" "$GH_LOG.body"
    shift
done
exit 0
"#;

    /// A project with its origins on a server, and the repository that it is pushed to.
    struct Robot {
        project: Project,
        beside: tempfile::TempDir,
    }

    impl Robot {
        fn new(server: &Server, path: &str, manual: bool) -> Self {
            let project = Project::new(OAS);
            let manifest = project.read("spec/spec.toml");
            let manifest = manifest.replace("https://items.example.com/items.yaml", &server.url(path));
            project.write("spec/spec.toml", if manual { format!("{manifest}manual = true\n") } else { manifest });
            let beside = tempfile::tempdir().expect("a temporary folder");
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.github/scripts/track.sh");
            project.write(".github/scripts/track.sh", std::fs::read(script).expect("the workspace has it"));
            project.commit("the robot");
            let origin = beside.path().join("origin.git");
            project.git(&["init", "-q", "--bare", origin.to_str().expect("UTF-8")]);
            project.git(&["remote", "add", "origin", origin.to_str().expect("UTF-8")]);
            project.git(&["push", "-q", "origin", "main"]);
            let gh = beside.path().join("gh");
            std::fs::write(&gh, GH).expect("a file");
            // The package has no code, so this cargo accepts everything.
            std::fs::write(beside.path().join("cargo"), "#!/bin/sh\n").expect("a file");
            for name in ["gh", "cargo"] {
                let executable = std::fs::Permissions::from_mode(0o755);
                std::fs::set_permissions(beside.path().join(name), executable).expect("it is ours");
            }
            Self { project, beside }
        }

        /// Runs the script; returns its exit code and output.
        fn run(&self, environment: &[(&str, &str)]) -> (i32, String) {
            let path = std::env::var("PATH").unwrap_or_default();
            let output = Command::new("bash")
                .current_dir(self.project.path())
                .arg(".github/scripts/track.sh")
                .env("PATH", format!("{}:{path}", self.beside.path().display()))
                .env("CARGO", self.beside.path().join("cargo"))
                .env("GH_LOG", self.beside.path().join("log"))
                .env("SPEC_COMMAND", OAS)
                .env("TESTS", "true")
                .env("NO_COLOR", "1")
                .envs([("GIT_AUTHOR_NAME", "Robot"), ("GIT_AUTHOR_EMAIL", "robot@example.com")])
                .envs([("GIT_COMMITTER_NAME", "Robot"), ("GIT_COMMITTER_EMAIL", "robot@example.com")])
                .envs(environment.iter().copied())
                .output();
            let (code, out, err) = finished(output.expect("bash runs"));
            assert_eq!(self.project.git(&["status", "--porcelain"]), "", "the tree is left as it was");
            assert_eq!(self.project.git(&["branch", "--format=%(refname:short)"]), "main\n");
            (code, out + &err)
        }

        /// The arguments of `gh` since the last call.
        fn asked(&self) -> String {
            let log = self.beside.path().join("log");
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            let _ = std::fs::remove_file(log);
            text
        }

        fn body(&self) -> String {
            std::fs::read_to_string(self.beside.path().join("log.body")).expect("there was a pull request")
        }
    }

    fn can_run() -> bool {
        has("git") && has("bash")
    }

    #[test]
    fn what_is_unchanged_or_manual_is_left_alone() {
        if !can_run() {
            return;
        }
        let server = Server::start(vec![("/same", Answer::Body(OLD.into()))]);
        for (path, manual, said) in [("/same", false, "unchanged"), ("/missing", true, "only readable by people")] {
            let robot = Robot::new(&server, path, manual);
            let (code, text) = robot.run(&[]);
            assert_eq!((code, robot.asked().as_str()), (0, ""), "{text}");
            assert!(text.contains(said), "{text}");
            assert_eq!(robot.project.git(&["ls-remote", "--heads", "origin", "track/*"]), "");
        }
    }

    #[test]
    fn a_change_is_proposed_once_and_merges_itself_if_the_team_says_so() {
        if !can_run() {
            return;
        }
        let server = Server::start(vec![("/new", Answer::Body(new().into()))]);
        let robot = Robot::new(&server, "/new", false);
        let (code, text) = robot.run(&[]);
        assert_eq!(code, 0, "{text}");
        let asked = robot.asked();
        assert!(asked.contains("pr create --base main --head track/items.yaml"), "{asked}");
        for label in ["definition", "rust: minor", "wire: safe"] {
            assert!(asked.contains(&format!("--add-label {label}\n")), "{label}: {asked}");
        }
        assert!(!asked.contains("needs a person") && !asked.contains("pr merge"), "{asked}");
        assert!(robot.body().contains("size"), "{}", robot.body());
        let pushed = robot.project.git(&["show", "--stat", "--format=%s", "origin/track/items.yaml"]);
        for name in ["spec/items.yaml", "spec/api.txt", "spec/spec.toml", "CHANGELOG.md", "Cargo.toml"] {
            assert!(pushed.contains(name), "{pushed}");
        }
        let (code, text) = robot.run(&[("MERGE", "true")]);
        assert_eq!((code, robot.asked().as_str()), (0, ""), "{text}");
        assert!(text.contains("has this version already"), "{text}");
        robot.project.git(&["push", "-q", "origin", "--delete", "track/items.yaml"]);
        let (code, text) = robot.run(&[("MERGE", "true")]);
        let asked = robot.asked();
        assert_eq!(code, 0, "{text}");
        assert!(asked.contains("pr edit 7") && asked.contains("pr merge track/items.yaml --auto"), "{asked}");
    }

    #[test]
    fn what_a_person_has_worked_on_is_not_overwritten() {
        if !can_run() {
            return;
        }
        let server = Server::start(vec![("/new", Answer::Body(new().into()))]);
        let robot = Robot::new(&server, "/new", false);
        robot.project.git(&["switch", "-q", "-c", "track/items.yaml"]);
        robot.project.write("spec/items.yaml", "# a person was here\n");
        robot.project.commit("by hand");
        robot.project.git(&["push", "-q", "origin", "track/items.yaml"]);
        robot.project.git(&["switch", "-q", "main"]);
        robot.project.git(&["branch", "-q", "-D", "track/items.yaml"]);
        let (code, text) = robot.run(&[]);
        assert_eq!((code, robot.asked().as_str()), (0, ""), "{text}");
        assert!(text.contains("commits by someone else"), "{text}");
        let kept = robot.project.git(&["show", "origin/track/items.yaml:spec/items.yaml"]);
        assert_eq!(kept, "# a person was here\n");
    }

    #[test]
    fn what_breaks_old_clients_or_fails_asks_for_a_person() {
        if !can_run() {
            return;
        }
        let gone = OLD.replace("  /items:\n", "  /things:\n");
        let server = Server::start(vec![("/gone", Answer::Body(gone.into())), ("/new", Answer::Body(new().into()))]);
        for (path, environment, why) in [
            ("/gone", ("MERGE", "true"), "Old clients no longer work"),
            ("/new", ("TESTS", "false"), "The tests do not pass"),
        ] {
            let robot = Robot::new(&server, path, false);
            let (code, text) = robot.run(&[("MERGE", "true"), environment]);
            let asked = robot.asked();
            assert_eq!(code, 0, "{text}");
            assert!(asked.contains("--add-label needs a person") && !asked.contains("pr merge"), "{asked}");
            assert!(robot.body().starts_with("**This needs a person:**") && robot.body().contains(why));
        }
    }

    #[test]
    fn a_package_that_no_longer_compiles_is_proposed_all_the_same() {
        if !can_run() {
            return;
        }
        let server = Server::start(vec![("/new", Answer::Body(new().into()))]);
        let robot = Robot::new(&server, "/new", false);
        std::fs::write(
            robot.beside.path().join("cargo"),
            "#!/bin/sh\necho 'src/lib.rs:1:1: error[E0599]: no' >&2\nexit 101\n",
        )
        .expect("a file");
        let (code, text) = robot.run(&[]);
        assert_eq!(code, 0, "{text}");
        assert!(robot.asked().contains("--add-label needs a person"), "{text}");
        assert!(robot.body().contains("does not compile with the new client"));
    }

    #[test]
    fn what_cannot_be_fetched_fails_and_changes_nothing() {
        if !can_run() {
            return;
        }
        let server = Server::start(vec![("/broken", Answer::Body("paths: [".into()))]);
        for path in ["/missing", "/broken"] {
            let robot = Robot::new(&server, path, false);
            let (code, text) = robot.run(&[]);
            assert_eq!((code, robot.asked().as_str()), (1, ""), "{text}");
            assert!(text.contains("items.yaml: cannot be taken in") && text.contains("error["), "{text}");
        }
    }
}
