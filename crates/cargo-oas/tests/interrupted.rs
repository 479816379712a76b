//! What comes between an update and its end: another one that is running, a crash, and answers of servers that end too early.

use std::process::{Child, Stdio};

use testing::loopback::{Answer, Gate, Server};
use testing::project::{OLD, Project, finished, new};

/// The command.
const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

/// Starts an update that waits for its server.
fn start(project: &Project, arguments: &[&str], gate: &Gate) -> Child {
    let mut command = project.command(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command runs");
    gate.wait_for_request();
    child
}

#[test]
fn of_two_updates_the_second_says_that_one_is_running() {
    for first_is_dry in [false, true] {
        let gate = Gate::default();
        let server = Server::start(vec![
            ("/slow", Answer::Held(gate.clone(), new().into())),
            ("/fast", Answer::Body(new().into())),
        ]);
        let project = Project::new(OAS);
        let (slow, fast) = (server.url("/slow"), server.url("/fast"));
        let dry = if first_is_dry { &["--dry-run"][..] } else { &[] };
        let first = start(&project, &[&["bump", "items", &slow, "--no-check"], dry].concat(), &gate);
        for arguments in [&["--no-check"][..], &["--no-check", "--dry-run"], &["--no-check", "--allow-dirty"], &[]] {
            let error = project.refused(&[&["bump", "items", &fast], arguments].concat(), "B010");
            assert!(error.contains("another update of this folder is running"), "{error}");
        }
        // Another folder of the same package is written with the same changelog.
        let name = project.path().join("spec");
        project.write("other/items.yaml", OLD);
        for file in ["spec.toml", "overlay.yaml"] {
            project.write(&format!("other/{file}"), std::fs::read(name.join(file)).expect("it is there"));
        }
        project.refused(&["bump", "items", &fast, "--spec", "other", "--no-check", "--allow-dirty"], "B010");
        std::fs::remove_dir_all(project.path().join("other")).expect("it is there");
        // To look is not to update.
        project.ok(&["check"]);
        gate.open();
        let (code, _, err) = finished(first.wait_with_output().expect("it ends"));
        assert_eq!(code, 0, "{err}");
        assert_eq!(project.read("spec/items.yaml") == new(), !first_is_dry);
        // And then the way is free.
        project.ok(&["bump", "items", &fast, "--no-check", "--allow-dirty"]);
        assert_eq!(project.read("spec/items.yaml"), new());
    }
}

#[test]
fn members_of_a_workspace_share_its_lock_file() {
    let gate = Gate::default();
    let server =
        Server::start(vec![("/slow", Answer::Held(gate.clone(), new().into())), ("/fast", Answer::Body(new().into()))]);
    let project = Project::new(OAS);
    let (slow, fast) = (server.url("/slow"), server.url("/fast"));
    for member in ["a", "b"] {
        for file in ["spec.toml", "overlay.yaml", "items.yaml", "api.txt"] {
            let text = project.read(&format!("spec/{file}"));
            project.write(&format!("{member}/spec/{file}"), text);
        }
        let manifest = format!("[package]\nname = \"{member}\"\nversion = \"0.3.0\"\n");
        project.write(&format!("{member}/Cargo.toml"), manifest);
        project.write(&format!("{member}/CHANGELOG.md"), project.read("CHANGELOG.md"));
    }
    project.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
    let locked = |name: &str| format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.3.0\"\n");
    project.write("Cargo.lock", format!("version = 4\n{}{}", locked("a"), locked("b")));
    let of = |member: &str, url: &str| {
        ["bump", "items", url, "--spec", member, "--no-check", "--allow-dirty", "--set-version"].map(str::to_owned)
    };
    let (a, b) = (of("a/spec", &slow), of("b/spec", &fast));
    let first = start(&project, &a.each_ref().map(String::as_str), &gate);
    project.refused(&b.each_ref().map(String::as_str), "B010");
    // What does not write the lock file need not wait for it.
    project.ok(&["bump", "items", &fast, "--spec", "b/spec", "--no-check", "--allow-dirty", "--dry-run"]);
    gate.open();
    let (code, _, err) = finished(first.wait_with_output().expect("it ends"));
    assert_eq!(code, 0, "{err}");
    project.ok(&b.each_ref().map(String::as_str));
    assert_eq!(project.read("Cargo.lock").matches("version = \"0.3.1\"").count(), 2);
}

#[test]
fn an_update_that_crashed_is_in_nobodys_way() {
    let gate = Gate::default();
    let server = Server::start(vec![("/slow", Answer::Held(gate.clone(), new().into()))]);
    let project = Project::new(OAS);
    let before = project.tree();
    let url = server.url("/slow");
    let mut first = start(&project, &["bump", "items", &url, "--no-check"], &gate);
    project.refused(&["bump", "items", &url, "--no-check"], "B010");
    first.kill().expect("it runs");
    first.wait().expect("it ran");
    assert!(project.tree() == before, "nothing is left behind");
    gate.open();
    project.ok(&["bump", "items", &url, "--no-check"]);
}

#[test]
fn what_a_running_update_is_writing_is_not_undone() {
    let gate = Gate::default();
    let server = Server::start(vec![("/slow", Answer::Held(gate.clone(), new().into()))]);
    let project = Project::new(OAS);
    let url = server.url("/slow");
    let first = start(&project, &["bump", "items", &url, "--no-check", "--dry-run"], &gate);
    // As in the middle of an update.
    project.write("spec/.bump/0.old", OLD);
    project.write("spec/.bump/list", format!("{}\n", project.path().join("spec/items.yaml").display()));
    project.refused(&["check"], "B010");
    gate.open();
    assert_eq!(finished(first.wait_with_output().expect("it ends")).0, 0);
    let (out, _) = project.ok(&["check"]);
    assert!(out.contains("has now been undone"), "{out}");
}

#[test]
fn an_answer_that_ends_too_early_is_said_to() {
    let raw = |head: &str, body: &str| Answer::Raw(format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}").into_bytes());
    let short = OLD.split_at(100).0;
    let chunk = format!("{:x}\r\n{short}\r\n", short.len());
    let server = Server::start(vec![
        ("/short", raw("Content-Length: 4096\r\n", short)),
        ("/empty", raw("Content-Length: 4096\r\n", "")),
        ("/chunked", raw("Transfer-Encoding: chunked\r\n", &chunk)),
        ("/chunk", raw("Transfer-Encoding: chunked\r\n", &chunk[..50])),
        // More than the kernel keeps, so that the client has read some of it.
        ("/reset", Answer::Reset(16 << 20)),
        ("/half", Answer::Half),
        ("/head", Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec())),
    ]);
    let project = Project::new(OAS);
    for (path, code, said) in [
        ("/short", "F007", "the server sent 100 of 4096 bytes, and closed the connection"),
        ("/empty", "F007", "the server sent 0 of 4096 bytes, and closed the connection"),
        ("/chunked", "F007", "the server sent 100 bytes, and not the end of its answer"),
        ("/chunk", "F007", "bytes, and not the end of its answer"),
        ("/reset", "F007", "of 33554432 bytes, and "),
        ("/half", "F002", "the server sent 7 of 1000 bytes within 1s"),
        ("/head", "F002", "the server does not answer"),
    ] {
        let seconds = if path == "/half" { "1" } else { "60" };
        let error = project.refused(&["bump", "items", &server.url(path), "--no-check", "--timeout", seconds], code);
        assert!(error.contains(said), "{path}: {error}");
    }
}
