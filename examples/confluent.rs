//! A command line for the whole API: `cargo run --example confluent -- --help`.
//!
//! Without credentials in the environment, a sandbox is started on this machine and used. With CONFLUENT_CLIENT_ID and
//! CONFLUENT_CLIENT_SECRET (and, for another server, CONFLUENT_BASE_URL), the real service is.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use confluent_cloud::sandbox;
use confluent_cloud::{Client, DEFINITION};
use openapi_runtime::cli::{Cli, Io};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::<Client>::new("confluent").version(env!("CARGO_PKG_VERSION")).verbose(log);
    let variables = DEFINITION.environment.iter().map(|variable| variable.name).chain([DEFINITION.base_url_variable]);
    let real = variables.into_iter().any(|name| std::env::var_os(name).is_some());
    const SEND_NOTHING: [&str; 7] = ["--help", "-h", "help", "--version", "-V", "completions", "--dry-run"];
    let sends_nothing = |argument: OsString| SEND_NOTHING.iter().any(|known| argument == *known);
    if real || std::env::args_os().len() == 1 || std::env::args_os().any(sends_nothing) {
        return cli.run().await;
    }
    let sandbox = match sandbox::start().await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("error: the sandbox cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    eprintln!("no credentials in the environment: this goes to a sandbox at {}", sandbox.url());
    let environment = HashMap::from([
        ("CONFLUENT_BASE_URL", sandbox.url().to_owned()),
        ("CONFLUENT_CLIENT_ID", sandbox.client_id().to_owned()),
        ("CONFLUENT_CLIENT_SECRET", sandbox.client_secret().to_owned()),
    ]);
    let io = Io {
        arguments: std::env::args_os().skip(1).collect(),
        environment: &|name| environment.get(name).cloned(),
        input: &mut std::io::stdin(),
        output: &mut std::io::stdout(),
        errors: &mut std::io::stderr(),
    };
    cli.run_with(io).await.into()
}

/// Logs token fetches and attempts to stderr.
fn log() {
    tracing_subscriber::fmt()
        .with_env_filter("openapi_runtime=debug")
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
