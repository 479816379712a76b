//! The command line, and how the command runs. Reading is left to `read.rs`, and the text of the output to `summary.rs`.

mod read;
mod summary;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::task::Poll;

use clap::Parser;
use openapi_build::diagnostic::Severity;
use openapi_sandbox::{Sandbox, SandboxError};

/// Serve an OpenAPI definition on this machine, for trying out clients.
///
/// The server has the definition's token endpoints, checks credentials and request bodies, and answers each operation with
/// what the definition documents. It listens on 127.0.0.1 only, and protects nothing.
///
/// Its URL, operations and credentials go to standard output; warnings and errors to standard error. Exit codes: 0 stopped by
/// Ctrl-C; 2 the definition cannot be read, or the server cannot start.
#[derive(Parser)]
#[command(version, name = "openapi-sandbox")]
struct Cli {
    /// The definition: a YAML or JSON document, a documentation page that shows one, or a folder with a manifest (spec.toml).
    definition: PathBuf,
    /// Listen on this port of 127.0.0.1; 0 chooses a free one.
    #[arg(short, long, default_value_t = 8080)]
    port: u16,
}

/// Runs the command; [`Cli`] says what the exit codes mean.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Result<(), String> {
    let read = read::read(&cli.definition).map_err(|error| error.to_string())?;
    for diagnostic in read.diagnostics.iter().filter(|diagnostic| diagnostic.severity > Severity::Note) {
        complain(&diagnostic.to_string());
    }
    let mut builder = Sandbox::builder().port(cli.port);
    for document in read.documents {
        builder = builder.document(document);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| format!("error: cannot start: {error}; close other programs and try again"))?;
    runtime.block_on(async {
        let sandbox = builder.start().await.map_err(|error| explained(&error, &cli.definition))?;
        let mut stop = std::pin::pin!(tokio::signal::ctrl_c());
        // The first poll installs the handler, before the summary says that Ctrl-C stops the server.
        let stopped = match std::future::poll_fn(|context| Poll::Ready(stop.as_mut().poll(context))).await {
            Poll::Ready(stopped) => stopped,
            Poll::Pending => {
                print(&summary::summary(&sandbox))?;
                stop.await
            }
        };
        stopped.map_err(|error| format!("error: cannot wait for Ctrl-C: {error}"))
    })
}

/// Says what to do about `error` on the command line.
fn explained(error: &SandboxError, definition: &Path) -> String {
    match error {
        SandboxError::Listen { address, source } => {
            format!(
                "error: cannot listen on {address}: {source} (help: choose another port with --port, or a free one with --port 0)"
            )
        }
        other => format!("error: {}: {other}", definition.display()),
    }
}

/// Writes to standard output. A reader that stops early, as `head` does, stops nothing here.
fn print(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| format!("error: cannot write to standard output: {error}")),
    }
}

/// Writes a line to standard error; if nobody can read it, there is nobody to tell.
fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
