//! A team's project in a temporary folder: a package with a definition, in a git repository if git is installed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The definition of a new project.
pub const OLD: &str = "\
openapi: 3.0.3
info: {title: Items, version: '1'}
servers: [{url: https://items.example.com}]
paths:
  /items:
    get:
      operationId: listItems
      responses:
        '200': {description: all, content: {application/json: {schema: {$ref: '#/components/schemas/Items'}}}}
components:
  schemas:
    Items: {type: array, items: {$ref: '#/components/schemas/Item'}}
    Item: {type: object, required: [id], properties: {id: {type: string}, owner: {}}}
";

/// Its overlay, which adds what upstream leaves out.
pub const OVERLAY: &str = "\
overlay: 1.1.0
info: {title: Corrections, version: '1'}
actions:
- {target: $.components.schemas.Item.properties.owner, description: it is a name, update: {type: string}}
";

/// A new version: another optional property, and what the overlay adds.
pub fn new() -> String {
    OLD.replace("owner: {}", "owner: {type: string}, size: {type: integer}")
}

/// A project.
pub struct Project {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Project {
    /// A package with `OLD` in its folder `spec`, committed. `program` is the command: `env!("CARGO_BIN_EXE_cargo-oas")`.
    pub fn new(program: &str) -> Self {
        let project = Self::bare(program);
        project.write("Cargo.toml", "[package]\nname = \"items\"\nversion = \"0.3.0\" # released\n");
        project.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [0.3.0]\n\n- First.\n");
        project.commit("a package");
        project
    }

    /// Only the folder `spec`.
    pub fn bare(program: &str) -> Self {
        let project = Self { program: program.into(), folder: tempfile::tempdir().expect("a temporary folder") };
        let digest = sha256(OLD.as_bytes());
        project.write("spec/items.yaml", OLD);
        project.write("spec/overlay.yaml", OVERLAY);
        project.write(
            "spec/spec.toml",
            format!(
                "# Ours.\n[[document]]\nname = \"items\"\noverlays = [\"overlay.yaml\"]\n\n[[document.file]]\npath = \
                 \"items.yaml\"\norigin = \"https://items.example.com/items.yaml\"\ndate = 2025-01-02 # the day\nsha256 = \
                 \"{digest}\"\n"
            ),
        );
        project.ok(&["lock", "spec"]);
        if has("git") {
            project.git(&["init", "-q", "-b", "main"]);
            project.commit("a definition");
        }
        project
    }

    /// The folder of the project.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and the folders that it is in; returns its path.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// The text of a file.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every file except those of git, with its bytes.
    pub fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    if path.file_name().is_none_or(|name| name != ".git") {
                        folders.push(path);
                    }
                } else {
                    files.insert(path.clone(), std::fs::read(&path).expect("a file"));
                }
            }
        }
        files
    }

    /// The command with `arguments`, in the folder of the project.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.path()).args(arguments).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
        // Git must not find a repository above the project.
        command.env("GIT_CEILING_DIRECTORIES", self.path().parent().expect("a folder of temporary files"));
        command
    }

    /// Runs the command; returns its exit code, standard output and standard error.
    pub fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        finished(self.command(arguments).output().expect("the command runs"))
    }

    /// Runs the command, which succeeds; returns its standard output and standard error.
    pub fn ok(&self, arguments: &[&str]) -> (String, String) {
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {out}{err}");
        (out, err)
    }

    /// Runs the command, which fails with `code` and leaves every file as it was.
    pub fn refused(&self, arguments: &[&str], code: &str) -> String {
        let before = self.tree();
        let (exit, out, err) = self.run(arguments);
        assert_eq!(exit, 2, "{arguments:?}: {out}{err}");
        assert!(err.contains(&format!("error[{code}]")), "{arguments:?}: {err}");
        assert!(err.contains("help: "), "{arguments:?}: {err}");
        assert!(self.tree() == before, "{arguments:?} changed something");
        err
    }

    /// Runs git, which succeeds; returns its standard output.
    pub fn git(&self, arguments: &[&str]) -> String {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(self.path()).args(identity).args(arguments).output();
        let (code, out, err) = finished(output.expect("git runs"));
        assert_eq!(code, 0, "git {arguments:?}: {err}");
        out
    }

    /// Commits every file, if git is installed.
    pub fn commit(&self, message: &str) {
        if has("git") {
            self.git(&["add", "-A"]);
            self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        }
    }
}

/// The exit code (-1 after a signal), standard output and standard error of a process.
pub fn finished(output: Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// Whether a program is installed; prints a line if it is not.
pub fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: there is no {program}");
    }
    there
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
