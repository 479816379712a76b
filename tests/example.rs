//! The examples as their users run them: the built binaries, their output and their exit codes.

use std::path::PathBuf;
use std::process::{Command, Output};

/// An example beside this test's own binary: `target/debug/deps/…` and `target/debug/examples/activate`.
fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    let profile = own.ancestors().nth(2).expect("target/debug/deps/test");
    let path = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "`cargo test` builds {}; with `--test` alone, `cargo build --examples` does",
        path.display()
    );
    path
}

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(binary("activate"));
    for name in ["CONFLUENT_CLIENT_ID", "CONFLUENT_CLIENT_SECRET", "CONFLUENT_BASE_URL", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.args(arguments).envs(environment.iter().copied()).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The text after `label` on the first line that has it.
fn line<'a>(output: &'a str, label: &str) -> &'a str {
    let found = output.lines().find_map(|line| line.trim_start().strip_prefix(label));
    found.unwrap_or_else(|| panic!("no line `{label}` in\n{output}")).trim()
}

#[test]
fn it_activates_a_signup_in_the_sandbox_and_then_shows_the_conflict() {
    for _ in 0..2 {
        let output = run(&[], &[]);
        let printed = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(line(&printed, "sso_url").starts_with("https://"), "{printed}");
        assert_eq!(line(&printed, "token"), "fetched once");
        assert_eq!(line(&printed, "attempts"), "1");
        assert!(line(&printed, "again").contains("409"), "{printed}");
        assert!(!line(&printed, "conflict").is_empty());
        assert!(!printed.contains('\u{1b}'), "coloured, and not on a terminal: {printed:?}");
    }
}

#[test]
fn verbose_logs_each_attempt_and_token_fetch_and_nothing_of_the_libraries_below() {
    let output = run(&["-v"], &[]);
    let logged = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{logged}");
    let of = |what: &str| logged.lines().filter(|line| line.contains(what)).count();
    // A fetch, two calls of one attempt each, and nothing else.
    assert_eq!((of("token fetched"), of(" attempt attempt=1"), logged.lines().count()), (1, 2, 3), "{logged}");
}

#[test]
fn what_is_on_this_machine_is_not_reached_by_a_proxy() {
    // Nobody listens on port 9 of loopback.
    let proxy = ["http_proxy", "HTTP_PROXY", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:9"));
    let output = run(&[], &proxy);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn its_exit_code_says_what_went_wrong() {
    let help = run(&["--help"], &[]);
    assert_eq!(help.status.code(), Some(0));
    assert!(text(&help.stdout).contains("Exit codes: 0 activated"), "{}", text(&help.stdout));
    assert_eq!(run(&["--no-such-flag"], &[]).status.code(), Some(2));

    let half = run(&["--organization-id", "o"], &[("CONFLUENT_CLIENT_ID", "a")]);
    assert_eq!(half.status.code(), Some(2));
    assert!(text(&half.stderr).contains("the real service needs --given-name"), "{}", text(&half.stderr));

    let whole = ["--organization-id", "o", "--given-name", "A", "--family-name", "L", "--email", "a@b.example"];
    let half = run(&whole, &[("CONFLUENT_CLIENT_ID", "a")]);
    assert_eq!(half.status.code(), Some(2));
    assert!(text(&half.stderr).contains("CONFLUENT_CLIENT_SECRET is not set"), "{}", text(&half.stderr));

    // A port that nobody listens on: it was ours a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let environment =
        [("CONFLUENT_CLIENT_ID", "a"), ("CONFLUENT_CLIENT_SECRET", "b"), ("CONFLUENT_BASE_URL", url.as_str())];
    let silent = run(&whole, &environment);
    assert_eq!(silent.status.code(), Some(3), "{}", text(&silent.stderr));
    assert!(!text(&silent.stdout).contains("sso_url"));
}

#[test]
fn a_list_is_walked_page_by_page_and_resumed_where_it_failed() {
    let output = Command::new(binary("list")).output().expect("it starts");
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let pages: Vec<&str> = printed.lines().filter_map(|line| line.trim_start().strip_prefix("page  ")).collect();
    assert_eq!(pages, ["1 shelf, next page: 2", "1 shelf, next page: 3", "1 shelf, next page: none"]);
    assert_eq!(printed.lines().filter(|line| line.trim_start().starts_with("shelf ")).count(), 3);
    assert!(line(&printed, "failed").contains("500"), "{printed}");
    assert_eq!((line(&printed, "so far"), line(&printed, "in the end")), ("1", "3"));
}

#[test]
fn a_file_is_uploaded_to_the_sandbox_and_arrives_as_it_was_sent() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("upload.jpg");
    std::fs::write(&file, [0xff, 0xd8, 0xff].repeat(100_000)).expect("a file");
    let whole = Command::new(binary("upload")).arg(&file).output().expect("it starts");
    let printed = text(&whole.stdout);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stderr));
    assert!(line(&printed, "uploadPicture").starts_with("multipart/form-data; boundary="), "{printed}");
    assert!(line(&printed, "putPicture").ends_with(", 300000 bytes"), "{printed}");
    assert!(line(&printed, "missing").contains("upload.missing"), "{printed}");
    let missing = Command::new(binary("upload")).arg("no such file.png").output().expect("it starts");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("no such file.png"));
}
