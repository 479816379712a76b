//! A command line for an API: a command for each operation, with its parameters as flags.
//!
//! It takes any generated client:
//!
//! ```no_run
//! # use openapi_runtime::cli::CommandLine;
//! use std::process::ExitCode;
//!
//! use openapi_runtime::cli::Cli;
//!
//! # async fn run<Client: CommandLine>() -> ExitCode {
//! Cli::<Client>::new("rooms").run().await
//! # }
//! ```
//!
//! `rooms --help` lists the groups, which are the tags of the definition, `rooms bookings --help` the commands of one, and
//! `rooms bookings create --help` the flags of a command and the fields of its body. Requests are sent as all of the client's are:
//! with its credentials, tokens, retries and limits. Credentials come from the environment, by the variables that `Client::from_env`
//! reads.

mod build;
mod commands;
mod dry;
mod failure;
mod output;
mod passwords;
mod table;
mod values;

use std::collections::HashSet;
use std::env::VarError;
use std::ffi::OsString;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use clap::ArgMatches;
use clap_complete::Shell;
use secrecy::SecretString;

use self::build::Built;
use self::dry::{Capture, Captured, NoNetwork};
use self::failure::{ANSWER, Failed, USAGE};
use self::output::Format;
#[doc(hidden)]
pub use self::table::Table;
use crate::api::Api;
use crate::build_error::BuildError;
use crate::builder::ClientBuilder;
use crate::codegen::Tree;
use crate::operation::Operation;
use crate::paging::{PageError, Paging};
use crate::redact::{hide, one_line};
use crate::request::Request;
use crate::response::Reply;

/// A client that knows enough of its operations for a command line.
///
/// Generated code implements it for its `Client`.
pub trait CommandLine: Api {
    /// The table.
    #[doc(hidden)]
    const TABLE: Table;
}

/// The command line of the client `A`.
///
/// ```no_run
/// use openapi_runtime::cli::{Cli, CommandLine};
/// use std::time::Duration;
///
/// fn command_line<Client: CommandLine>() -> Cli<Client> {
///     Cli::new("rooms")
///         .version(env!("CARGO_PKG_VERSION"))
///         .client(|builder| builder.timeout(Duration::from_secs(20)))
/// }
/// ```
#[must_use = "a command line does nothing until it is run"]
pub struct Cli<A> {
    name: String,
    version: Option<String>,
    client: Box<dyn Fn(ClientBuilder<A>) -> ClientBuilder<A>>,
    verbose: Option<Box<dyn Fn()>>,
}

/// Everything that a command has to do with: its arguments, the environment, and what it reads and writes. Tests make one of
/// their own.
///
/// ```
/// use openapi_runtime::cli::{Cli, CommandLine, Io};
///
/// async fn help<Client: CommandLine>() -> String {
///     let (mut output, mut errors) = (Vec::new(), Vec::new());
///     let io = Io {
///         arguments: vec!["--help".into()],
///         environment: &|_| None,
///         input: &mut std::io::empty(),
///         output: &mut output,
///         errors: &mut errors,
///     };
///     assert_eq!(Cli::<Client>::new("rooms").run_with(io).await, 0);
///     String::from_utf8_lossy(&output).into_owned()
/// }
/// ```
pub struct Io<'a> {
    /// The arguments, without the name of the program.
    pub arguments: Vec<OsString>,
    /// Gives the value of an environment variable.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output.
    pub output: &'a mut dyn Write,
    /// Standard error.
    pub errors: &'a mut dyn Write,
}

impl fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Io").field("arguments", &self.arguments.len()).finish_non_exhaustive()
    }
}

impl<A: CommandLine> Cli<A> {
    /// The command line of a program called `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), version: None, client: Box::new(|builder| builder), verbose: None }
    }

    /// Says what `--version` prints; without it there is no such flag.
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..self }
    }

    /// Changes the settings of the client, before credentials are read from the environment.
    pub fn client(self, change: impl Fn(ClientBuilder<A>) -> ClientBuilder<A> + 'static) -> Self {
        Self { client: Box::new(change), ..self }
    }

    /// Adds the flag `-v`, `--verbose`, with which `start` is called before anything else: it subscribes to the events that the
    /// client emits by `tracing`, and writes them to standard error.
    pub fn verbose(self, start: impl Fn() + 'static) -> Self {
        Self { verbose: Some(Box::new(start)), ..self }
    }

    /// Runs the command that the arguments of the process name. `--help` of the command line lists the exit codes.
    pub async fn run(&self) -> ExitCode {
        let definition = A::DEFINITION;
        let variables = definition.environment.iter().map(|variable| variable.name);
        let mut variables = variables.chain([definition.base_url_variable]).filter(|name| !name.is_empty());
        if let Some(name) = variables.find(|name| matches!(std::env::var(name), Err(VarError::NotUnicode(_)))) {
            let _ = writeln!(std::io::stderr(), "error: the environment variable `{name}` is not UTF-8");
            return USAGE.into();
        }
        let io = Io {
            arguments: std::env::args_os().skip(1).collect(),
            environment: &|name| std::env::var(name).ok(),
            input: &mut std::io::stdin(),
            output: &mut std::io::stdout(),
            errors: &mut std::io::stderr(),
        };
        self.run_with(io).await.into()
    }

    /// Runs the command that `io` names, and returns the exit code.
    pub async fn run_with(&self, mut io: Io<'_>) -> u8 {
        let Err(failed) = self.carry_out(&mut io).await else { return 0 };
        // Nobody is left to be told where standard error is closed, too.
        if !failed.message.is_empty() {
            let _ = writeln!(io.errors, "error: {}", failed.message);
        }
        if let Some(body) = failed.body {
            let _ = writeln!(io.errors, "{}", printable(&body));
        }
        failed.code
    }

    async fn carry_out(&self, io: &mut Io<'_>) -> Result<(), Failed> {
        let root = || commands::root::<A>(&self.name, self.version.as_deref(), self.verbose.is_some());
        let arguments = std::iter::once(self.name.clone().into()).chain(std::mem::take(&mut io.arguments));
        let matches = match root().try_get_matches_from(arguments) {
            Ok(matches) => matches,
            Err(error) => {
                let text = error.render().to_string();
                if error.use_stderr() {
                    let _ = io.errors.write_all(text.as_bytes());
                    return Err(Failed::usage(""));
                }
                io.output.write_all(text.as_bytes())?;
                return Ok(io.output.flush()?);
            }
        };
        let Some((name, within)) = matches.subcommand() else { return Ok(()) };
        if name == commands::COMPLETIONS {
            let mut script = Vec::new();
            if let Some(shell) = within.get_one::<Shell>("shell") {
                clap_complete::generate(*shell, &mut root(), &self.name, &mut script);
            }
            io.output.write_all(&script)?;
            return Ok(io.output.flush()?);
        }
        let (group, name, within) = match within.subcommand() {
            Some((operation, within)) => (name, operation, within),
            None => ("", name, within),
        };
        if let Some(start) = self.verbose.as_ref().filter(|_| within.get_flag(commands::VERBOSE)) {
            start();
        }
        let table = A::TABLE;
        let entry = table.entry(group, name);
        let row = entry.as_ref().and_then(|entry| A::DEFINITION.operations.get(entry.index));
        let (Some(entry), Some(operation)) = (entry, row) else {
            return Err(Failed::usage(format!("there is no command `{group} {name}`")));
        };
        let details = entry.details();
        let built = build::request(operation, (&table, &details), within, io.input)?;
        if within.get_flag(commands::DRY_RUN) {
            return self.show(operation, built, within, io).await;
        }
        let client = self.connect(operation, within, io.environment, None)?;
        let format = Format::of(within.get_one::<String>(commands::OUTPUT).map_or("json", String::as_str));
        let items = details.items.as_deref();
        let paging = details.paging.and_then(|index| table.lists.get(index));
        let all = paging.filter(|_| within.get_flag(commands::ALL));
        match all {
            Some(paging) => {
                let (items, ended) = pages(&client, operation, &built, (paging, items.unwrap_or_default())).await;
                // What was fetched before a failure is printed, too.
                if ended.is_ok() || !items.is_empty() {
                    io.output.write_all(format.text(&Tree::List(items), None)?.as_bytes())?;
                    io.output.flush()?;
                }
                ended
            }
            None => {
                let reply = send(&client, operation, built.request, &built.secrets).await?;
                output::print(&reply, format, items, io.output)
            }
        }
    }

    /// The client, with the credentials that the environment has.
    fn connect(
        &self,
        operation: &'static Operation,
        matches: &ArgMatches,
        environment: &dyn Fn(&str) -> Option<String>,
        dry: Option<Captured>,
    ) -> Result<A, Failed> {
        let definition = A::DEFINITION;
        let builder = || (self.client)(A::builder());
        let is_free = operation.security.is_empty() || operation.security.iter().any(|all| all.is_empty());
        let mut builder = match builder().env(environment) {
            // Others need one.
            Err(BuildError::NoCredentialInEnvironment { .. }) if is_free => {
                match environment(definition.base_url_variable) {
                    Some(url) if !definition.base_url_variable.is_empty() => builder().base_url(url),
                    _ => builder(),
                }
            }
            // What is shown hides it.
            Err(BuildError::NoCredentialInEnvironment { .. }) if dry.is_some() => {
                let is_credential = |name: &str| definition.environment.iter().any(|variable| variable.name == name);
                let stand_in = |name: &str| environment(name).or_else(|| is_credential(name).then(|| "not-set".into()));
                builder().env(stand_in)?
            }
            Err(error @ BuildError::NoCredentialInEnvironment { .. }) => {
                return Err(Failed::usage(format!("{}: {}", operation.id, one_line(&error.to_string()))));
            }
            builder => builder?,
        };
        if let Some(server) = matches.get_one::<String>(commands::SERVER) {
            builder = builder.base_url(server);
        }
        if let Some(captured) = dry {
            builder = builder.http(NoNetwork).hook(captured);
        }
        Ok(builder.build()?)
    }

    /// Prints the request instead of sending it.
    async fn show(
        &self,
        operation: &'static Operation,
        built: Built,
        matches: &ArgMatches,
        io: &mut Io<'_>,
    ) -> Result<(), Failed> {
        let definition = A::DEFINITION;
        let of_environment = definition.environment.iter().filter_map(|variable| (io.environment)(variable.name));
        let secrets = of_environment.map(SecretString::from).collect();
        let schemes = definition.security_schemes;
        let captured = Arc::new(Capture { schemes, secrets, text: Mutex::default() });
        let client = self.connect(operation, matches, io.environment, Some(Arc::clone(&captured)))?;
        let mut request = built.request;
        request.add_idempotency_key().map_err(|error| Failed::request(&error))?;
        let sent = client.transport().send(request).await;
        sent.map_err(|failure| Failed::sending(operation, failure, &[]))?;
        io.output.write_all(captured.take().as_bytes())?;
        Ok(io.output.flush()?)
    }
}

impl<A> fmt::Debug for Cli<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cli").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Text from a server, of several lines, without what would change a terminal.
fn printable(text: &str) -> String {
    let pretty = serde_json::from_str::<Tree>(text).ok().and_then(|tree| serde_json::to_string_pretty(&tree).ok());
    let text = pretty.as_deref().unwrap_or(text).trim_end();
    text.lines().take(LINES).map(one_line).collect::<Vec<_>>().join("\n")
}

/// The most lines of the body of an error.
const LINES: usize = 200;

/// The answer to a request with `passwords` in it, if it is a success.
async fn send<A: Api>(
    client: &A,
    operation: &'static Operation,
    mut request: Request,
    passwords: &[SecretString],
) -> Result<Reply, Failed> {
    request.add_idempotency_key().map_err(|error| Failed::request(&error))?;
    let sent = client.transport().send(request).await;
    let mut reply = sent.map_err(|failure| Failed::sending(operation, failure, passwords))?;
    reply.presented.passwords = passwords.to_vec();
    if reply.status.is_success() { Ok(reply) } else { Err(Failed::status(operation, reply)) }
}

/// The items of all pages of a list, and whether all were fetched.
async fn pages<A: Api>(
    client: &A,
    operation: &'static Operation,
    first: &Built,
    (paging, pointer): (&Paging, &str),
) -> (Vec<Tree>, Result<(), Failed>) {
    let mut items = Vec::new();
    let ended = fetch_all(client, operation, first, (paging, pointer), &mut items).await;
    (items, ended)
}

async fn fetch_all<A: Api>(
    client: &A,
    operation: &'static Operation,
    first: &Built,
    (paging, pointer): (&Paging, &str),
    items: &mut Vec<Tree>,
) -> Result<(), Failed> {
    let stopped = |error: PageError| Failed::new(ANSWER, format!("{}: {error}", operation.id));
    let mut cursor: Option<String> = None;
    let mut seen = HashSet::new();
    let mut last = None;
    loop {
        let mut request = first.request.try_clone().ok_or_else(|| stopped(PageError::Body))?;
        if let Some(cursor) = &cursor {
            paging.apply(&mut request, cursor).map_err(|error| Failed::request(&error))?;
        }
        let position = paging.position(&request);
        let reply = send(client, operation, request, &first.secrets).await?;
        let next = paging.next(&reply, position);
        // The server may ignore which page is asked for.
        if !paging.is_linked() && matches!(next, Ok(Some(_))) {
            let mut hasher = DefaultHasher::new();
            reply.body.hash(&mut hasher);
            let page = hasher.finish();
            if last.replace(page) == Some(page) {
                return Err(stopped(PageError::Repeated));
            }
        }
        let page = output::value(&reply)?;
        match page.as_ref().and_then(|page| output::at(page, pointer)) {
            Some(Tree::List(of_page)) => items.extend(of_page.iter().cloned()),
            None | Some(Tree::Scalar(serde_json::Value::Null)) => {}
            Some(_) => {
                let secrets = reply.presented.secrets();
                let place = hide(pointer.to_owned(), &secrets);
                return Err(Failed::new(
                    ANSWER,
                    format!("{}: what is at `{place}` of a page is no list", operation.id),
                ));
            }
        }
        match next.map_err(stopped)? {
            None => return Ok(()),
            Some(next) if seen.insert(next.clone()) => cursor = Some(next),
            Some(_) => return Err(stopped(PageError::Repeated)),
        }
    }
}
