//! Uploads a file in a multipart body, and alone, to a sandbox on this machine: it is read piece by piece while it is sent.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use exactness::uploads::{Client, types};
use exactness::{ErrorKind, UPLOADS};
use openapi_runtime::{Body, FilePart};
use openapi_sandbox::{Documents, Sandbox};

/// Upload a picture to a sandbox.
///
/// Exit codes: 0 it arrived as it was sent, 1 it did not, 2 wrong usage.
#[derive(Parser)]
struct Cli {
    /// The picture, a PNG or JPEG by its name; without one, a few bytes that look like one.
    picture: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let made = std::env::temp_dir().join(format!("upload-{}.png", std::process::id()));
    let outcome = match &cli.picture {
        Some(path) => upload(path).await,
        // No text: the first byte is not UTF-8.
        None => match std::fs::write(&made, b"\x89PNG\r\n\x1a\n\xff\xfe") {
            Ok(()) => upload(&made).await,
            Err(error) => Err(format!("{}: {error}", made.display())),
        },
    };
    if cli.picture.is_none() {
        // What is left behind is in the folder for temporary files.
        let _ = std::fs::remove_file(made);
    }
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            complain("the bytes that arrived are others");
            ExitCode::from(1)
        }
        Err(message) => {
            complain(&message);
            ExitCode::from(2)
        }
    }
}

/// Uploads the file at `path`; whether it arrived as it is.
async fn upload(path: &Path) -> Result<bool, String> {
    let sandbox = Sandbox::serve(Documents::from_json(UPLOADS)).await.map_err(|error| error.to_string())?;
    step("sandbox", sandbox.url());
    let client = sandbox.client_builder::<Client>().build().map_err(|error| error.to_string())?;

    let title = "A picture".parse().map_err(|error| format!("the title: {error}"))?;
    let picture = FilePart::path(path);
    let body = types::NewPicture::new(types::NewPictureRequired { title, picture });
    let body = body.tags(["example".to_owned()]);
    client.upload_picture(body).await.map_err(|error| error.to_string())?;
    client.put_picture("1", Body::path(path)).await.map_err(|error| error.to_string())?;

    // A file that is missing fails the call, and nothing is sent.
    let missing = client.put_picture("2", Body::path(path.with_extension("missing"))).await;
    match missing.as_ref().map_err(|error| error.kind()) {
        Err(ErrorKind::Request(error)) => step("missing", &error.to_string()),
        _ => return Err("a file that is missing was sent".to_owned()),
    }

    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let arrived = sandbox.arrived();
    for request in &arrived {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("none");
        step(&request.operation, &format!("{}, {} bytes", header("content-type"), header("content-length")));
    }
    let [parts, alone] = arrived.as_slice() else { return Ok(false) };
    let holds_it = parts.body.windows(bytes.len().max(1)).any(|window| window == bytes) || bytes.is_empty();
    Ok(holds_it && alone.body == bytes)
}

/// Prints a line of the report; a reader that has gone away is no reason to panic.
fn step(name: &str, text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{name:<15}{text}");
}

fn complain(message: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "error: {message}");
}
