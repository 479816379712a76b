//! Downloads a file from a sandbox on this machine, with progress. The connection breaks on the way, and the download goes on.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use exactness::STREAMS;
use exactness::streams::Client;
use openapi_sandbox::{Answer, Documents, Sandbox};

/// Download a file from a sandbox, which breaks off in the middle of it.
///
/// Exit codes: 0 saved, 1 not saved, 2 wrong usage.
#[derive(Parser)]
struct Cli {
    /// Where to save it; without it, to a temporary file that is removed.
    path: Option<PathBuf>,
    /// The length of the file in bytes.
    #[arg(long, default_value_t = 8 << 20)]
    bytes: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let temporary = std::env::temp_dir().join(format!("download-{}.bin", std::process::id()));
    let outcome = download(cli.path.as_deref().unwrap_or(&temporary), cli.bytes).await;
    if cli.path.is_none() {
        // What is left behind is in the folder for temporary files.
        let _ = std::fs::remove_file(temporary);
    }
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::from(1)
        }
    }
}

async fn download(path: &Path, bytes: u64) -> Result<(), String> {
    let sandbox = Sandbox::serve(Documents::from_json(STREAMS)).await.map_err(|error| error.to_string())?;
    sandbox.body_length("getExport", bytes);
    sandbox.answer("getExport", Answer::CutAt(bytes / 3));
    let client = sandbox.client_builder::<Client>().build().map_err(|error| error.to_string())?;

    let mut next = 0;
    let saving = client.get_export("e1").save_to(path).on_progress(move |at| {
        // One line for each quarter.
        if let Some(total) = at.total.filter(|_| at.received >= next) {
            step("received", &format!("{} of {total} bytes", at.received));
            next = at.received + total.div_ceil(4);
        }
    });
    let saved = saving.await.map_err(|error| error.to_string())?;
    step("saved", &format!("{} bytes, resumed {} times", saved.length, saved.resumed));
    for request in sandbox.arrived() {
        let range = request.headers.get("range").and_then(|value| value.to_str().ok());
        step("request", range.unwrap_or("the whole file"));
    }

    // An error is as typed as that of a call that reads the whole body, and leaves no file behind.
    sandbox.answer("getExport", Answer::Status(404));
    match client.get_export("e2").save_to(path.with_extension("missing")).await {
        Err(error) => step("missing", &format!("{:?}: {error}", error.status())),
        Ok(_) => return Err("a file that is missing was saved".to_owned()),
    }
    let on_disk = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if on_disk == bytes { Ok(()) } else { Err(format!("{on_disk} bytes are on the disk")) }
}

/// Prints a line of the report; a reader that has gone away is no reason to panic.
fn step(name: &str, text: &str) {
    let _ = writeln!(std::io::stdout(), "{name:<10}{text}");
}
