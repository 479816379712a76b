//! What an update says while it works.

#[cfg(unix)]
mod unix {
    use std::io::{BufRead, BufReader, Read};
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    use testing::project::{Project, finished, has, new};

    /// The command.
    const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

    /// A cargo that runs `script`, with the path of the file that says that the client was generated as `$seen`.
    fn cargo(folder: &tempfile::TempDir, script: &str) -> PathBuf {
        let path = folder.path().join("cargo");
        let seen = "for seen in $(echo \"$OPENAPI_BUILD_REPLACEMENT\" | tr : ' '); do :; done\ntouch \"$seen\"";
        std::fs::write(&path, format!("#!/bin/sh\n{seen}\n{script}\n")).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
        path
    }

    #[test]
    fn a_dry_run_says_what_it_is_doing_while_it_compiles() {
        if !has("mkfifo") {
            return;
        }
        let project = Project::new(OAS);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let source = folder.path().join("new.yaml");
        std::fs::write(&source, new()).expect("a file");
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("it runs").success());
        let script = format!(
            "echo '    Blocking waiting for file lock on build directory' >&2\necho '    Checking items v0.3.0' >&2\nread line <'{}'",
            pipe.display()
        );
        let source = source.to_str().expect("UTF-8");
        let mut child = project
            .command(&["bump", "items", source, "--dry-run"])
            .env("CARGO", cargo(&folder, &script))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let mut err = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut lines = Vec::new();
        // It compiles until the test writes to the pipe, so all of this is printed before that.
        while lines.last().is_none_or(|line: &String| !line.starts_with("Blocking")) {
            let mut line = String::new();
            assert_ne!(err.read_line(&mut line).expect("text"), 0, "{lines:?}");
            lines.push(line);
        }
        let root = project.path().canonicalize().expect("it is there");
        let expected = [
            format!("reading {source} …\n"),
            "generating the new client …\n".into(),
            "comparing it with the old one …\n".into(),
            "finding the version that this needs …\n".into(),
            format!("compiling {} with the new client (cargo check) …\n", root.display()),
            "Blocking waiting for file lock on build directory …\n".into(),
        ];
        assert_eq!(lines, expected);
        std::fs::write(pipe, "\n").expect("it is read");
        let mut rest = String::new();
        err.read_to_string(&mut rest).expect("text");
        let (code, out, _) = finished(child.wait_with_output().expect("it ends"));
        assert!(code == 0 && out.contains("would be written"), "{out}{rest}");
        assert!(!rest.contains("Checking"), "{rest}");
    }

    #[test]
    fn machines_get_messages_and_no_progress() {
        let project = Project::new(OAS);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let source = folder.path().join("new.yaml");
        std::fs::write(&source, new()).expect("a file");
        let arguments = ["bump", "items", source.to_str().expect("UTF-8"), "--dry-run", "--format", "json"];
        let output = project.command(&arguments).env("CARGO", cargo(&folder, "")).output();
        let (code, out, err) = finished(output.expect("the command runs"));
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        serde_json::from_str::<serde_json::Value>(&out).expect("JSON");
    }

    #[test]
    fn what_cargo_says_of_its_progress_is_no_error() {
        let project = Project::new(OAS);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let source = folder.path().join("new.yaml");
        std::fs::write(&source, new()).expect("a file");
        let script =
            "echo '   Compiling error-chain v0.12.4' >&2\necho 'src/lib.rs:3:4: error[E0599]: no method' >&2\nexit 101";
        let arguments = ["bump", "items", source.to_str().expect("UTF-8"), "--dry-run"];
        let output = project.command(&arguments).env("CARGO", cargo(&folder, script)).output();
        let (code, _, err) = finished(output.expect("the command runs"));
        assert!(code == 2 && err.contains("error[B004]") && err.contains("new client (1):"), "{err}");
        assert!(err.contains("E0599") && !err.contains("error-chain"), "{err}");
    }
}
