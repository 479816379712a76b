//! A project that the robot follows: a temporary repository, a bare remote, and a `gh` that keeps its pull requests in a folder.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use testing::loopback::{Answer, Server};
use testing::project::{OLD, Project, finished, has, new};

/// The command.
pub(crate) const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

/// The branch of the file of the project.
pub(crate) const BRANCH: &str = "track/items.yaml";

/// A project with its origins on a server, and the repository that it is pushed to.
pub(crate) struct Robot {
    pub(crate) project: Project,
    pub(crate) beside: tempfile::TempDir,
}

/// A pull request.
#[derive(Debug)]
pub(crate) struct Pull {
    pub(crate) state: String,
    pub(crate) title: String,
    pub(crate) body: String,
    /// Sorted.
    pub(crate) labels: Vec<String>,
    /// The commit that GitHub merges once its checks pass.
    pub(crate) merges: Option<String>,
}

impl Pull {
    pub(crate) fn has(&self, label: &str) -> bool {
        self.labels.iter().any(|other| other == label)
    }
}

impl Robot {
    pub(crate) fn new(server: &Server, path: &str) -> Self {
        let origin = server.url(path);
        Self::with(|project| {
            let manifest = project.read("spec/spec.toml");
            project.write("spec/spec.toml", manifest.replace("https://items.example.com/items.yaml", &origin));
        })
    }

    pub(crate) fn with(change: impl FnOnce(&Project)) -> Self {
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
        let remote = remote.to_str().expect("UTF-8");
        robot.project.git(&["--git-dir", remote, "symbolic-ref", "HEAD", "refs/heads/main"]);
        std::fs::create_dir(robot.beside("state")).expect("a folder");
        robot.program("gh", include_str!("gh"));
        // The package has no code, so this cargo accepts everything.
        robot.program("cargo", "#!/bin/sh\n");
        robot
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.beside.path().join(name)
    }

    /// Puts a program into the path of the script.
    pub(crate) fn program(&self, name: &str, text: &str) {
        std::fs::write(self.beside(name), text).expect("a file");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.beside(name), executable).expect("it is ours");
    }

    /// Runs the script; returns its exit code and output.
    pub(crate) fn run(&self, environment: &[(&str, &str)]) -> (i32, String) {
        let (code, text) = self.start(environment);
        assert_eq!(self.project.git(&["status", "--porcelain"]), "", "the tree is left as it was: {text}");
        assert_eq!(self.project.git(&["branch", "--format=%(refname:short)"]), "main\n", "{text}");
        (code, text)
    }

    /// Runs the script, whatever it leaves behind; returns its exit code and output.
    pub(crate) fn start(&self, environment: &[(&str, &str)]) -> (i32, String) {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("bash");
        // What the script reads is what the test says, even where the robot runs it.
        let script = self.project.read(".github/scripts/track.sh");
        for row in script.lines().filter_map(|line| line.strip_prefix("#   ")) {
            command.env_remove(row.split(' ').next().unwrap_or_default());
        }
        for name in ["GH_TOKEN", "GITHUB_TOKEN", "GITHUB_RUN_ID", "GITHUB_SERVER_URL"] {
            command.env_remove(name);
        }
        let output = command
            .current_dir(self.project.path())
            .arg(".github/scripts/track.sh")
            .env("PATH", format!("{}:{path}", self.beside.path().display()))
            .env("CARGO", self.beside("cargo"))
            .env("GH_STATE", self.beside("state"))
            .env("SPEC_COMMAND", OAS)
            .env("TESTS", "true")
            .env("NO_COLOR", "1")
            .envs([("GIT_AUTHOR_NAME", "Robot"), ("GIT_AUTHOR_EMAIL", "robot@example.com")])
            .envs([("GIT_COMMITTER_NAME", "Robot"), ("GIT_COMMITTER_EMAIL", "robot@example.com")])
            .envs(environment.iter().copied())
            .output();
        let (code, out, err) = finished(output.expect("bash runs"));
        (code, out + &err)
    }

    /// Runs the script, which succeeds and says `said`.
    pub(crate) fn says(&self, said: &str, environment: &[(&str, &str)]) -> String {
        let (code, text) = self.run(environment);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(said), "{said}: {text}");
        text
    }

    /// The arguments of `gh` that changed something since the last call.
    pub(crate) fn asked(&self) -> String {
        let log = self.beside("state/log");
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        let _ = std::fs::remove_file(log);
        let reads = |line: &&str| line.starts_with("pr list ") || line.starts_with("label list ");
        text.lines().filter(|line| !reads(line)).map(|line| format!("{line}\n")).collect()
    }

    /// Makes calls of `gh` that begin so fail.
    pub(crate) fn break_gh(&self, calls: &str) {
        std::fs::write(self.beside("state/fail"), format!("{calls}\n")).expect("a file");
    }

    pub(crate) fn pull_file(&self, number: u32, name: &str) -> PathBuf {
        self.beside(&format!("state/pulls/{number}/{name}"))
    }

    pub(crate) fn pull(&self, number: u32) -> Pull {
        let read = |name: &str| std::fs::read_to_string(self.pull_file(number, name)).ok();
        let text = |name: &str| read(name).unwrap_or_else(|| panic!("#{number} has no {name}"));
        let mut labels: Vec<String> = text("labels").lines().map(str::to_owned).collect();
        labels.sort();
        let trimmed = |name: &str| text(name).trim().to_owned();
        let merges = read("auto").map(|commit| commit.trim().to_owned());
        Pull { state: trimmed("state"), title: trimmed("title"), body: text("body"), labels, merges }
    }

    pub(crate) fn pulls(&self) -> usize {
        std::fs::read_dir(self.beside("state/pulls")).map_or(0, Iterator::count)
    }

    pub(crate) fn set_state(&self, number: u32, state: &str) {
        std::fs::write(self.pull_file(number, "state"), format!("{state}\n")).expect("a file");
        std::fs::write(self.pull_file(number, "head"), self.pushed() + "\n").expect("a file");
    }

    /// The commit of the branch at the remote; empty if the remote lacks the branch.
    pub(crate) fn pushed(&self) -> String {
        let line = self.project.git(&["ls-remote", "origin", &format!("refs/heads/{BRANCH}")]);
        line.split_whitespace().next().unwrap_or_default().to_owned()
    }

    /// The file on the branch at the remote.
    pub(crate) fn proposed(&self) -> String {
        self.project.git(&["fetch", "-q", "origin", BRANCH]);
        self.project.git(&["show", "FETCH_HEAD:spec/items.yaml"])
    }

    pub(crate) fn delete_branch(&self) {
        self.project.git(&["push", "-q", "origin", "--delete", BRANCH]);
    }

    /// A commit on the branch by someone else.
    pub(crate) fn by_hand(&self, name: &str, text: &str) {
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
    pub(crate) fn follow(&self, server: &Server, path: &str) {
        let manifest = self.project.read("spec/spec.toml");
        let line = manifest.lines().find(|line| line.starts_with("origin")).expect("it has one").to_owned();
        self.project.write("spec/spec.toml", manifest.replace(&line, &format!("origin = \"{}\"", server.url(path))));
        self.project.commit("another origin");
    }
}

pub(crate) fn can_run() -> bool {
    has("git") && has("bash")
}

/// A version that breaks old clients.
pub(crate) fn gone() -> String {
    OLD.replace("  /items:\n", "  /things:\n")
}

/// A version that is major in Rust, and that old clients do not notice.
pub(crate) fn renamed() -> String {
    OLD.replace("operationId: listItems", "operationId: allItems")
}

pub(crate) fn server() -> Server {
    Server::start(vec![
        ("/same", Answer::Body(OLD.into())),
        ("/new", Answer::Body(new().into())),
        (
            "/newer",
            Answer::Body(new().replace("size: {type: integer}", "size: {type: integer}, note: {type: string}").into()),
        ),
        ("/gone", Answer::Body(gone().into())),
        ("/renamed", Answer::Body(renamed().into())),
        ("/broken", Answer::Body("paths: [".into())),
    ])
}
