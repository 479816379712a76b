//! The example `confluent` as its users run it: a process, and a sandbox on a socket.

use std::path::PathBuf;
use std::process::{Command, Output};

use confluent_cloud::sandbox;

/// The example beside this test's own binary.
fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    let profile = own.ancestors().nth(2).expect("target/debug/deps/test");
    let path = profile.join("examples").join(format!("confluent{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "`cargo test` builds {}; with `--test` alone, `cargo build --examples` does",
        path.display()
    );
    path
}

const ACTIVATE: [&str; 10] = [
    "signup-partner-v2",
    "activate-signup",
    "-f",
    "organization_id=b3a17773-05cc-4431-9560-433fb4613da8",
    "-f",
    "user.given_name=Ada",
    "-f",
    "user.family_name=Lovelace",
    "-f",
    "user.email=ada@example.com",
];

async fn run(arguments: Vec<String>, environment: Vec<(&'static str, String)>) -> Output {
    let run = move || {
        let mut command = Command::new(binary());
        for name in ["CONFLUENT_CLIENT_ID", "CONFLUENT_CLIENT_SECRET", "CONFLUENT_BASE_URL"] {
            command.env_remove(name);
        }
        command.args(arguments).envs(environment).output().expect("it starts")
    };
    tokio::task::spawn_blocking(run).await.expect("it ends")
}

fn activate(more: &[&str]) -> Vec<String> {
    ACTIVATE.iter().chain(more).map(|argument| (*argument).to_owned()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signup_is_activated_once_and_a_second_time_is_a_conflict() {
    let sandbox = sandbox::start().await.expect("a sandbox");
    let environment = || {
        vec![
            ("CONFLUENT_BASE_URL", sandbox.url().to_owned()),
            ("CONFLUENT_CLIENT_ID", sandbox.client_id().to_owned()),
            ("CONFLUENT_CLIENT_SECRET", sandbox.client_secret().to_owned()),
        ]
    };
    let shown = run(activate(&["--dry-run"]), environment()).await;
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    let shown = text(&shown.stdout);
    assert!(shown.starts_with(&format!("POST {}/partner/v2/signup/activate\n", sandbox.url())), "{shown}");
    assert!(shown.contains("authorization: ***\n") && !shown.contains(sandbox.client_secret()), "{shown}");
    assert!(sandbox.arrived().is_empty(), "nothing was sent");

    let first = run(activate(&["--output", "yaml"]), environment()).await;
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let printed = text(&first.stdout);
    assert!(printed.contains("organization_id: b3a17773-05cc-4431-9560-433fb4613da8\n"), "{printed}");
    assert!(printed.contains("sso_url: https://"), "{printed}");

    let second = run(activate(&["-v"]), environment()).await;
    assert_eq!((second.status.code(), text(&second.stdout)), (Some(4), String::new()));
    let said = text(&second.stderr);
    assert!(said.contains("error: activateSignup: the server answered 409 Conflict"), "{said}");
    assert!(said.contains("token fetched") && said.contains(" attempt attempt=1"), "{said}");
    let arrived = sandbox.arrived();
    let operations: Vec<&str> = arrived.iter().map(|arrived| arrived.operation.as_str()).collect();
    assert_eq!(operations, ["token", "activateSignup", "token", "activateSignup"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_it_goes_to_a_sandbox_of_its_own() {
    let output = run(activate(&[]), Vec::new()).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("\"sso_url\": \"https://"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("this goes to a sandbox at http://127.0.0.1:"), "{}", text(&output.stderr));
    let help = run(vec!["--help".to_owned()], Vec::new()).await;
    assert_eq!((help.status.code(), text(&help.stderr)), (Some(0), String::new()));
    assert!(text(&help.stdout).contains("CONFLUENT_CLIENT_ID"), "{}", text(&help.stdout));
}
