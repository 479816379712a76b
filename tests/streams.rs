//! The examples of bodies that come bit by bit, as their users run them: their output and their exit codes.

use std::process::Command;

/// What the example `name` prints.
fn run(name: &str, arguments: &[&str]) -> String {
    let own = std::env::current_exe().expect("a test has a path");
    // `target/debug/deps/…` and `target/debug/examples/…`.
    let profile = own.ancestors().nth(2).expect("target/debug/deps/test");
    let path = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(&path).args(arguments).output();
    let output =
        output.unwrap_or_else(|error| panic!("{}: {error}; `cargo build --examples` makes it", path.display()));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn a_download_goes_on_where_it_broke_off() {
    let printed = run("download", &["--bytes", "300000"]);
    for line in ["saved     300000 bytes, resumed 1 times", "request   the whole file", "request   bytes=100000-"] {
        assert!(printed.lines().any(|printed| printed == line), "no line `{line}` in\n{printed}");
    }
    assert!(printed.contains("404"), "{printed}");
}

#[test]
fn an_event_stream_goes_on_after_the_last_event() {
    let printed = run("events", &["--events", "5"]);
    for line in ["reading   1: attic 21.5 °C", "reading   5: attic 21.5 °C", "request   from the beginning"] {
        assert!(printed.lines().any(|printed| printed == line), "no line `{line}` in\n{printed}");
    }
    assert_eq!(printed.matches("reading ").count(), 5, "{printed}");
    assert!(printed.contains("request   after event "), "{printed}");
}
