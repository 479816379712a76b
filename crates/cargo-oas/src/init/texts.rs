//! The texts of the files that `init` writes.

use super::call::Call;
use crate::record::Date;

/// `build.rs`.
pub(super) const BUILD: &str = "\
//! Generates the client from the definition in `spec/`.

fn main() -> Result<(), openapi_build::Error> {
    openapi_build::Config::new().generate(\"spec\")
}
";

/// The line that a build script of another content needs.
pub(super) const BUILD_LINE: &str = "openapi_build::Config::new().generate(\"spec\")?;";

/// What `spec/.gitattributes` says.
pub(super) const ATTRIBUTES: &str = "\
# Git keeps the bytes as they were published, and so their digest.
* -text
";

/// The library or module that holds the client.
pub(super) fn library(title: &str) -> String {
    format!("//! A client for {title}.\n\nopenapi_runtime::include_client!();\n")
}

/// The library of a new package whose client is in a module.
pub(super) fn library_with(title: &str, module: &str) -> String {
    format!("//! A client for {title}.\n\npub mod {module};\n")
}

/// `Cargo.toml` before it has dependencies.
pub(super) fn package(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
}

/// A file that the manifest of the definition lists.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed<'a> {
    /// The name of its document.
    pub(super) name: &'a str,
    /// Its name in the folder.
    pub(super) path: &'a str,
    /// Where it was taken from.
    pub(super) origin: &'a str,
    /// Whether nothing can be fetched from there.
    pub(super) manual: bool,
    /// The day on which it was taken.
    pub(super) date: Date,
    /// Its digest.
    pub(super) sha256: &'a str,
    /// Whether each group of operations is a feature of the package.
    pub(super) features: bool,
}

/// The key of `spec/spec.toml` that makes groups of operations features.
pub(super) const FEATURES_KEY: &str = "features_by_group";

/// `spec/spec.toml`.
pub(super) fn manifest(file: &Listed<'_>) -> String {
    let quoted = |text: &str| toml_edit::Value::from(text).to_string();
    let Listed { name, path, origin, manual, date, sha256, features } = file;
    let manual = if *manual {
        "# With an https URL as origin and without this line, a robot can look for new versions.\nmanual = true\n"
    } else {
        ""
    };
    let features = match features {
        true => format!(
            "# Each group of operations is a feature in Cargo.toml; one whose feature is off is not generated.\n{FEATURES_KEY} = true\n\n"
        ),
        false => String::new(),
    };
    format!(
        "# The definition, and where it comes from. `cargo oas bump {name} FILE` (or an https URL) takes in a new version, and\n\
         # `cargo oas check` says whether everything is up to date.\n\n\
         # Every type can be both read and written, so that tests can make any answer.\n\
         both_ways = true\n\n\
         {features}[[document]]\nname = {}\n\n[[document.file]]\npath = {}\norigin = {}\ndate = {date}\nsha256 = {}\n{manual}",
        quoted(name),
        quoted(path),
        quoted(origin),
        quoted(sha256),
    )
}

/// `examples/first.rs`; `path` is that of the client from outside of the package.
pub(super) fn example(call: &Call, path: &str) -> String {
    let imports = imports(call, path, &["Sandbox", "include_document"], false);
    let (request, before, response) = (&call.request, before(call), chain(call, &[".await?"]));
    let shown = if call.has_body { "    println!(\"{:#?}\", *response);\n" } else { "" };
    format!(
        "\
//! The first call, {request}, of a server on this machine that answers as the definition says:
//! `cargo run --example first`.

{imports}
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    // The client of the real API is `Client::from_env()?`; its docs list the variables that it reads.
    let sandbox = Sandbox::serve(include_document!()).await?;
    let client: Client = sandbox.client_builder().build()?;

{before}    let response = {response};
    println!(\"{{}}\", response.status());
{shown}    Ok(())
}}
"
    )
}

/// `tests/sandbox.rs`, with the client at `path`.
pub(super) fn test(call: &Call, path: &str) -> String {
    let imports = imports(call, path, &["Answer", "Sandbox", "include_document"], call.refusal.is_some());
    let (operation, before, response) = (&call.operation, before(call), chain(call, &[".await?"]));
    let error = chain(call, &[".await", ".expect_err(\"the scripted answer\")"]);
    let (status, check) = match &call.refusal {
        Some((status, variant)) => (status.as_str(), documented(variant)),
        None => ("418", UNDOCUMENTED.to_owned()),
    };
    format!(
        "\
//! Calls of the client, answered by a server on this machine that is made from the definition.

{imports}
#[tokio::test]
async fn the_documented_response_is_read() -> Result<(), Box<dyn std::error::Error>> {{
    let sandbox = Sandbox::serve(include_document!()).await?;
    let client: Client = sandbox.client_builder().build()?;

{before}    let response = {response};
    assert!(response.status().is_success());
    Ok(())
}}

#[tokio::test]
async fn a_failure_is_an_error() -> Result<(), Box<dyn std::error::Error>> {{
    let sandbox = Sandbox::serve(include_document!()).await?;
    let client: Client = sandbox.client_builder().build()?;

    // What the server answers to the next call of this operation.
    sandbox.answer({operation:?}, Answer::Status({status}));
{before}    let error = {error};
{check}}}
"
    )
}

/// The end of a test in which the server answers with a status that no operation documents.
const UNDOCUMENTED: &str = "    assert_eq!(error.status().map(|status| status.as_u16()), Some(418));
    Ok(())
";

/// The end of a test in which the server answers with the documented error `variant`.
fn documented(variant: &str) -> String {
    format!(
        "    match error.documented() {{
        Some({variant} {{ .. }}) => Ok(()),
        other => panic!(\"{{other:?}}: {{error}}\"),
    }}
"
    )
}

/// The call and what follows it, on as many lines as rustfmt gives it.
fn chain(call: &Call, rest: &[&str]) -> String {
    /// The width of a chain, and of the arguments of a call, that rustfmt leaves on one line.
    const WIDTH: usize = 60;
    let Call { method, arguments, is_checked, .. } = call;
    let question = if *is_checked { "?" } else { "" };
    let flat = arguments.join(", ");
    let line = format!("client.{method}({flat}){question}{}", rest.concat());
    if line.len() <= WIDTH {
        return line;
    }
    let list = if flat.len() <= WIDTH {
        flat
    } else {
        let lines: String = arguments.iter().map(|argument| format!("            {argument},\n")).collect();
        format!("\n{lines}        ")
    };
    let rest: String = rest.iter().map(|part| format!("\n        {part}")).collect();
    // The method of a group comes after that of the client.
    let method = method.replace("().", "()\n        .");
    format!("client\n        .{method}({list}){question}{rest}")
}

/// The statements before the call.
fn before(call: &Call) -> String {
    call.before.iter().map(|statement| format!("    {statement}\n")).collect()
}

/// The imports, sorted.
fn imports(call: &Call, client: &str, sandbox: &[&str], errors: bool) -> String {
    let text = call.before.concat() + &call.arguments.concat();
    let mut own = vec!["Client"];
    if errors {
        own.push("errors");
    }
    if text.contains("types::") {
        own.push("types");
    }
    let own = match own.as_slice() {
        [only] => (*only).to_owned(),
        several => format!("{{{}}}", several.join(", ")),
    };
    let mut lines =
        vec![format!("use {}::{own};\n", client), format!("use openapi_sandbox::{{{}}};\n", sandbox.join(", "))];
    let has = |start: &str| call.before.iter().any(|statement| statement.contains(&format!("= serde_json::{start}(")));
    if has("from_value") {
        lines.push("use openapi_runtime::serde_json::{self, json};\n".to_owned());
    } else if has("from_str") {
        lines.push("use openapi_runtime::serde_json;\n".to_owned());
    }
    lines.sort();
    lines.concat()
}
