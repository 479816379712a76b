//! Generated clients, checked by rustc: each is a package of a workspace of their own, in the target folder, so that what
//! they depend on is built once.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::corpus;

/// The package of a client, as a user would write it: generated code needs one crate.
fn manifest(name: &str) -> String {
    let runtime = corpus::workspace().join("crates/openapi-runtime");
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nopenapi-runtime = {{ path = {runtime:?} }}\n"
    )
}

/// A workspace of generated clients.
pub struct Workspace {
    temporary: PathBuf,
    root: PathBuf,
}

/// What rustc says of a client.
pub struct Checked {
    /// What rustc says, unless it accepts the client.
    pub errors: Option<String>,
    /// How long it took.
    pub time: Duration,
}

impl Workspace {
    /// The workspace of that name in the folder `temporary`, with those clients and no other, each a name and its code.
    /// `temporary` is `env!("CARGO_TARGET_TMPDIR")`, so that every test finds the dependencies built.
    pub fn new<'a>(temporary: &str, name: &str, clients: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let temporary = PathBuf::from(temporary);
        let root = temporary.join(name);
        let members = root.join("members");
        let _ = std::fs::remove_dir_all(&members);
        std::fs::create_dir_all(&members).expect("the target folder can be written");
        let lints = "[workspace]\nmembers = [\"members/*\"]\nresolver = \"3\"\n";
        write(&root.join("Cargo.toml"), lints);
        // The versions are those of the project, as far as it has them.
        let lock = corpus::workspace().join("Cargo.lock");
        if !root.join("Cargo.lock").exists() && lock.exists() {
            std::fs::copy(lock, root.join("Cargo.lock")).expect("the target folder can be written");
        }
        for (name, code) in clients {
            let folder = members.join(name);
            std::fs::create_dir_all(folder.join("src")).expect("the target folder can be written");
            write(&folder.join("Cargo.toml"), &manifest(name));
            write(&folder.join("src/client.rs"), code);
            write(
                &folder.join("src/lib.rs"),
                "//! A generated client.\n#![deny(warnings, missing_docs)]\n\ninclude!(\"client.rs\");\n",
            );
        }
        Self { temporary, root }
    }

    /// Two versions of one package, `client`, in `temporary` as with [`new`](Self::new): each is a folder's name and its
    /// code, and is a workspace of its own.
    pub fn pair(temporary: &str, name: &str, old: (&str, &str), new: (&str, &str)) -> Self {
        let workspace = Self::new(temporary, name, [old, new]);
        for (folder, _) in [old, new] {
            let manifest = manifest("client") + "\n[workspace]\n";
            workspace.add(folder, "Cargo.toml", &manifest);
            let lock = workspace.root.join("Cargo.lock");
            std::fs::copy(lock, workspace.folder(folder).join("Cargo.lock")).expect("the target folder can be written");
        }
        workspace
    }

    /// The folder of a package.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.join("members").join(name)
    }

    /// Adds a file to a client's package.
    pub fn add(&self, name: &str, path: &str, text: &str) {
        let path = self.root.join("members").join(name).join(path);
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the target folder can be written");
        write(&path, text);
    }

    /// Lets a client's package have another dependency: `line` is how Cargo.toml says it.
    pub fn depend(&self, name: &str, line: &str) {
        self.add(name, "Cargo.toml", &format!("{}{line}\n", manifest(name)));
    }

    /// Switches on features of the runtime for a client's package, and adds the dependency `line` to it.
    pub fn depend_with(&self, name: &str, features: &[&str], line: &str) {
        let manifest = manifest(name).replace(" }\n", &format!(", features = {features:?} }}\n"));
        self.add(name, "Cargo.toml", &format!("{manifest}{line}\n"));
    }

    /// Makes a client's package a program alone.
    pub fn program(&self, name: &str, text: &str) {
        self.add(name, "src/main.rs", text);
        let _ = std::fs::remove_file(self.root.join("members").join(name).join("src/lib.rs"));
    }

    /// Builds every client's program.
    pub fn build(&self) -> Result<String, String> {
        self.cargo(&["build", "--quiet", "--workspace"])
    }

    /// `cargo check` of one client, what it depends on aside if [`prepare`](Self::prepare) came first.
    pub fn check(&self, name: &str) -> Checked {
        let start = Instant::now();
        let output = self.cargo(&["check", "--quiet", "-p", name]);
        Checked { errors: output.err(), time: start.elapsed() }
    }

    /// Builds what all clients depend on.
    pub fn prepare(&self) {
        self.add("nothing", "Cargo.toml", &manifest("nothing"));
        self.add("nothing", "src/lib.rs", "");
        self.cargo(&["check", "--quiet", "-p", "nothing"]).expect("the dependencies of generated clients build");
    }

    /// Builds a client's program and gives it `input`; gives back what it writes.
    pub fn run(&self, name: &str, input: &str) -> Result<String, String> {
        self.cargo(&["build", "--quiet", "-p", name])?;
        self.answer(name, input)
    }

    /// Gives a client's program, which was built, `input`; gives back what it writes.
    pub fn answer(&self, name: &str, input: &str) -> Result<String, String> {
        let program = self.temporary.join("target/debug").join(name);
        let mut child = Command::new(program.with_extension(std::env::consts::EXE_EXTENSION))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut stdin = child.stdin.take().expect("it is piped");
        std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input.as_bytes()));
            let output = child.wait_with_output().map_err(|error| error.to_string())?;
            String::from_utf8(output.stdout).map_err(|error| error.to_string())
        })
    }

    /// Runs `program` in the workspace, as cargo runs there; gives back all that it says, whether it succeeds or fails.
    pub fn run_all(&self, program: &Path, arguments: &[&str]) -> String {
        let output = self.command(program, arguments);
        format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout))
    }

    /// Runs cargo in the workspace.
    pub fn cargo(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(Path::new(env!("CARGO")), arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr) + &text(&output.stdout))
        }
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> std::process::Output {
        Command::new(program)
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.temporary.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("RUSTFLAGS")
            .env_remove("RUSTDOCFLAGS")
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()))
    }
}

fn write(path: &Path, text: &str) {
    if std::fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return;
    }
    std::fs::write(path, text).expect("the target folder can be written");
}
