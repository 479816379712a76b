//! Walks a list against a sandbox: page by page, item by item, and again from where an error ended it. The list is that of the
//! definition in `crates/exactness`, because the one that is vendored here has none.

use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use confluent_cloud::sandbox::{Answer, Sandbox};
use confluent_cloud::{CallOptions, Error};
use exactness::{Client, errors};
use openapi_runtime::Cursor;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let style = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
            let _ = writeln!(anstream::stderr(), "{style}error{style:#}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let documents: serde_json::Value = serde_json::from_str(exactness::DOCUMENTS)?;
    let sandbox = Sandbox::builder().document(documents[0]["document"].clone()).start().await?;
    step("sandbox", sandbox.url());
    let client: Client = sandbox.client_builder().build()?;

    let mut pages = client.list_shelves().page_size(2).pages();
    while let Some(page) = pages.try_next().await? {
        let next = page.cursor().map_or("none", Cursor::as_str);
        let count = page.shelves.len();
        let what = if count == 1 { "shelf" } else { "shelves" };
        step("page", &format!("{count} {what}, next page: {next}"));
    }

    let mut shelves = client.list_shelves().items();
    while let Some(shelf) = shelves.try_next().await? {
        step("shelf", &shelf.name);
    }

    // The second page fails; what came before it is kept, and the list goes on from there.
    sandbox.answer("listShelves", Answer::Delay(std::time::Duration::ZERO));
    sandbox.answer("listShelves", Answer::Status(500));
    let mut names = Vec::new();
    let (error, failed) = match until_an_error(&client, None, &mut names).await {
        Err(ended) => ended,
        Ok(()) => return Err("the second page should have failed".into()),
    };
    step("failed", &error.to_string());
    step("so far", &names.len().to_string());
    match until_an_error(&client, failed, &mut names).await {
        Ok(()) => step("in the end", &names.len().to_string()),
        Err((error, _)) => return Err(error.into()),
    }
    Ok(())
}

/// Adds the names of all shelves from `cursor` on. An error comes with the cursor to resume from.
async fn until_an_error(
    client: &Client,
    cursor: Option<Cursor>,
    names: &mut Vec<String>,
) -> Result<(), (Error<errors::ListShelvesError>, Option<Cursor>)> {
    let mut shelves = client.list_shelves().with(CallOptions::new().no_retry()).items();
    if let Some(cursor) = cursor {
        shelves = shelves.starting_at(cursor);
    }
    while let Some(shelf) = shelves.next().await {
        match shelf {
            Ok(shelf) => names.push(shelf.name),
            Err(error) => return Err((error, shelves.cursor().cloned())),
        }
    }
    Ok(())
}

/// A line of output; coloured only on a terminal, and not where `NO_COLOR` is set.
fn step(label: &str, text: &str) {
    let style = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
    let _ = writeln!(anstream::stdout(), "{style}{label:>12}{style:#}  {text}");
}
