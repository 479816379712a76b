//! Reads an event stream of a sandbox on this machine. The connection breaks on the way, and the stream goes on after the last
//! event.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use exactness::STREAMS;
use exactness::streams::Client;
use openapi_sandbox::{Answer, Documents, Sandbox};

/// Read the events of a sandbox, which breaks off in the middle of one.
///
/// Exit codes: 0 all events came, 1 they did not, 2 wrong usage.
#[derive(Parser)]
struct Cli {
    /// How many events there are.
    #[arg(long, default_value_t = 6)]
    events: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match watch(Cli::parse().events).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::from(1)
        }
    }
}

async fn watch(count: u64) -> Result<(), String> {
    let sandbox = Sandbox::serve(Documents::from_json(STREAMS)).await.map_err(|error| error.to_string())?;
    sandbox.body_items("watchReadings", count);
    sandbox.answer("watchReadings", Answer::CutAt(150));
    let client = sandbox.client_builder::<Client>().build().map_err(|error| error.to_string())?;

    let mut events = client.watch_readings().send_events().await.map_err(|error| error.to_string())?;
    let mut seen = 0;
    while let Some(event) = events.try_next().await.map_err(|error| error.to_string())? {
        seen += 1;
        let id = event.id.as_deref().unwrap_or("none");
        step(&event.event, &format!("{id}: {} {} °C", event.data.sensor, event.data.celsius));
    }
    for request in sandbox.arrived() {
        let last = request.headers.get("last-event-id").and_then(|value| value.to_str().ok());
        step("request", &last.map_or("from the beginning".to_owned(), |id| format!("after event {id}")));
    }
    if seen == count { Ok(()) } else { Err(format!("{seen} of {count} events came")) }
}

/// Prints a line of the report; a reader that has gone away is no reason to panic.
fn step(name: &str, text: &str) {
    let _ = writeln!(std::io::stdout(), "{name:<10}{text}");
}
