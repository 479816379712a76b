//! Writes what the command prints once the sandbox runs: its URL, its operations, and the credentials that it accepts.

use std::fmt::Write;

use openapi_sandbox::Sandbox;

/// The summary of a running sandbox.
pub(crate) fn summary(sandbox: &Sandbox) -> String {
    let mut text = format!("listening on {}\n", sandbox.url());
    let operations: Vec<[String; 3]> = sandbox
        .operations()
        .into_iter()
        .map(|operation| [operation.method, operation.path, operation.id].map(|cell| printable(&cell)))
        .collect();
    section(&mut text, "operations (method, path, id)", &table(&operations));
    let credential = |name: &str, value: &str, use_: &str| [name, value, use_].map(str::to_owned);
    let credentials = [
        credential("client id", sandbox.client_id(), "for token endpoints; the user of HTTP Basic"),
        credential("client secret", sandbox.client_secret(), "for token endpoints; the password of HTTP Basic"),
        credential("API key", sandbox.client_secret(), "for apiKey schemes"),
        credential("bearer token", sandbox.bearer_token(), "for schemes without a token endpoint here"),
    ];
    section(&mut text, "credentials", &table(&credentials));
    let endpoints: Vec<[String; 3]> = sandbox
        .token_endpoints()
        .into_iter()
        .map(|endpoint| [endpoint.scheme, endpoint.url, endpoint.grant].map(|cell| printable(&cell)))
        .collect();
    section(&mut text, "token endpoints (scheme, URL, grant type)", &table(&endpoints));
    text.push_str("\nCtrl-C stops the server\n");
    text
}

/// Adds a section, unless it is empty.
fn section(text: &mut String, title: &str, lines: &str) {
    if !lines.is_empty() {
        let _ = write!(text, "\n{title}\n{lines}");
    }
}

/// Rows as indented lines, their columns aligned.
fn table(rows: &[[String; 3]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let mut text = String::new();
    for [a, b, c] in rows {
        let _ = writeln!(text, "  {a:first$}  {b:second$}  {c}");
    }
    text
}

/// `text` with control characters escaped: it comes from a document, and goes to a terminal.
fn printable(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().collect() } else { String::from(c) };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_the_last_one_has_no_spaces_after_it() {
        let rows = [["GET", "/rooms", "listRooms"], ["DELETE", "/é", "x"]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "  GET     /rooms  listRooms\n  DELETE  /é      x\n");
    }

    #[test]
    fn what_comes_from_a_document_cannot_control_the_terminal() {
        assert_eq!(printable("a\u{1b}[2J\nb"), "a\\u{1b}[2J\\nb");
    }
}
