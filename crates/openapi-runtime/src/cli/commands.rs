//! The commands: a group for each tag, and in it a command for each operation, built when the group is asked for.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};
use clap_complete::Shell;

use super::CommandLine;
use super::failure::EXPLAINED;
use super::output::Format;
use super::table::{BodyField, Content, Details, Entry, Parameter};
use super::values::shown;
use crate::operation::{CredentialPart, Definition, Operation};

/// The command that prints completions.
pub(super) const COMPLETIONS: &str = "completions";

/// The argument that holds a body.
pub(super) const BODY: &str = "body";
pub(super) const FIELD: &str = "field";
pub(super) const CONTENT_TYPE: &str = "content-type";
pub(super) const ALL: &str = "all";
pub(super) const DRY_RUN: &str = "dry-run";
pub(super) const OUTPUT: &str = "output";
pub(super) const SERVER: &str = "server";
pub(super) const VERBOSE: &str = "verbose";

/// The whole command line.
pub(super) fn root<A: CommandLine>(name: &str, version: Option<&str>, verbose: bool) -> Command {
    let definition = A::DEFINITION;
    let title = if definition.title.is_empty() { name } else { definition.title };
    let mut command = Command::new(name.to_owned())
        .about(format!("{title}, version {}", definition.version))
        .after_long_help(format!("{}\n\n{EXPLAINED}", environment(definition)))
        .after_help("--help says more, with the environment variables and the exit codes.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(shared(verbose));
    if let Some(version) = version {
        command = command.version(version.to_owned());
    }
    let table = A::TABLE;
    for (group, about) in table.groups() {
        let within = Command::new(group).about(about).subcommand_required(true).arg_required_else_help(true);
        command = command.subcommand(within.defer(group_of::<A>));
    }
    for entry in table.entries().filter(|entry| entry.group.is_empty()) {
        command = command.subcommand(Command::new(entry.name).about(entry.summary).defer(lone::<A>));
    }
    let shell = Arg::new("shell").required(true).value_parser(clap::value_parser!(Shell)).help("The shell");
    command.subcommand(Command::new(COMPLETIONS).about("Print a script of completions for a shell").arg(shell))
}

/// The flags that each command has.
fn shared(verbose: bool) -> Vec<Arg> {
    let mut shared = vec![
        Arg::new(SERVER)
            .long(SERVER)
            .value_name("URL")
            .global(true)
            .help_heading("Shared options")
            .help("Send to this server instead of the definition's"),
        Arg::new(OUTPUT)
            .long(OUTPUT)
            .short('o')
            .value_name("FORMAT")
            .value_parser(PossibleValuesParser::new(Format::NAMES))
            .default_value("json")
            .global(true)
            .help_heading("Shared options")
            .help("How an answer of JSON is printed"),
        Arg::new(DRY_RUN)
            .long(DRY_RUN)
            .action(ArgAction::SetTrue)
            .global(true)
            .help_heading("Shared options")
            .help("Print the request, without the credential, and send nothing"),
    ];
    if verbose {
        shared.push(
            Arg::new(VERBOSE)
                .long(VERBOSE)
                .short('v')
                .action(ArgAction::SetTrue)
                .global(true)
                .help_heading("Shared options")
                .help("Log token fetches and attempts to stderr"),
        );
    }
    shared
}

/// The environment variables, for the help.
fn environment(definition: &Definition) -> String {
    let mut lines = vec!["Environment:".to_owned()];
    for variable in definition.environment {
        let part = match variable.part {
            CredentialPart::Id => "client id, or user,",
            CredentialPart::Secret => "client secret, or password,",
            CredentialPart::Token => "token",
            CredentialPart::Key => "API key",
        };
        lines.push(format!("  {}  the {part} of the security scheme {}", variable.name, variable.scheme));
    }
    if !definition.base_url_variable.is_empty() {
        lines.push(format!("  {}  another server, as --server", definition.base_url_variable));
    }
    lines.join("\n")
}

/// The commands of a group.
fn group_of<A: CommandLine>(command: Command) -> Command {
    let table = A::TABLE;
    let group = command.get_name().to_owned();
    let entries: Vec<Entry> = table.entries().filter(|entry| entry.group == group).collect();
    let within = |entry: &Entry| operation::<A>(Command::new(entry.name).about(entry.summary), entry);
    command.subcommands(entries.iter().map(within))
}

/// The command of an operation that is in no group.
fn lone<A: CommandLine>(command: Command) -> Command {
    match A::TABLE.entry("", command.get_name()) {
        Some(entry) => operation::<A>(command, &entry),
        None => command,
    }
}

fn operation<A: CommandLine>(command: Command, entry: &Entry) -> Command {
    let Some(row) = A::DEFINITION.operations.get(entry.index) else { return command };
    let details = entry.details();
    let mut command = command.long_about(about(row, entry, &details)).after_long_help(fields(&details));
    for (number, parameter) in details.parameters.iter().enumerate() {
        command = command.arg(flag(number, parameter));
    }
    command.args(body(&details)).args(details.paging.map(|_| {
        Arg::new(ALL)
            .long(ALL)
            .action(ArgAction::SetTrue)
            .help("Fetch all pages, and print the items of all of them as one list")
    }))
}

fn about(row: &Operation, entry: &Entry, details: &Details) -> String {
    let mut paragraphs = vec![entry.summary.to_owned(), details.description.clone()];
    paragraphs.push(format!("{} {}", row.method, row.path));
    if details.deprecated {
        paragraphs.push("Deprecated.".to_owned());
    }
    if let Some(stage) = row.lifecycle_stage {
        paragraphs.push(format!("Lifecycle stage: {stage}."));
    }
    if details.paging.is_some() {
        paragraphs.push(format!("Pages {}: --all fetches all of it.", details.pages));
    }
    let alternatives = row.security.iter().map(|alternative| {
        let schemes = alternative.iter().map(|requirement| match requirement.scopes {
            [] => requirement.scheme.to_owned(),
            scopes => format!("{} with the scope {}", requirement.scheme, scopes.join(" ")),
        });
        let schemes: Vec<String> = schemes.collect();
        if schemes.is_empty() { "none".to_owned() } else { schemes.join(" and ") }
    });
    let alternatives: Vec<String> = alternatives.collect();
    if !alternatives.is_empty() {
        paragraphs.push(format!("Credential: {}.", alternatives.join(", or ")));
    }
    if details.description.starts_with(entry.summary) {
        paragraphs.remove(0);
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// The id of the flag of the parameter at `number`.
pub(super) fn flag_id(number: usize) -> String {
    format!("parameter-{number}")
}

fn flag(number: usize, parameter: &Parameter) -> Arg {
    let valued = &parameter.valued;
    let several = valued.kind.starts_with('[') || valued.is_object();
    let item = valued.kind.trim_start_matches('[');
    let lists = valued.kind.len() - item.len();
    let mut notes = Vec::new();
    if lists > 0 {
        notes.push("may be given several times".to_owned());
    } else if several {
        notes.push("JSON, or name=value, several times".to_owned());
    }
    if !valued.values.is_empty() && (valued.open || lists > 0) {
        let values: Vec<String> = valued.values.iter().map(shown).collect();
        notes.push(format!("values: {}{}", values.join(", "), if valued.open { ", or another" } else { "" }));
    }
    if parameter.deprecated {
        notes.push("deprecated".to_owned());
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" [{}]", notes.join("; ")) };
    let first = parameter.description.lines().next().unwrap_or_default();
    let arg = Arg::new(flag_id(number))
        .long(parameter.flag.clone())
        .value_name(value_name(item))
        .required(parameter.required)
        .action(if several { ArgAction::Append } else { ArgAction::Set })
        .allow_negative_numbers(["int", "number", "any"].contains(&item))
        .allow_hyphen_values(valued.values.iter().any(|value| shown(value).starts_with('-')))
        .help(format!("{first}{notes}").trim_start().to_owned())
        .long_help(format!("{}{notes}", parameter.description).trim_start().to_owned());
    // A refusal of clap's shows the value.
    if valued.values.is_empty() || valued.open || lists > 0 || !parameter.passwords.is_empty() {
        return arg;
    }
    arg.value_parser(PossibleValuesParser::new(valued.values.iter().map(shown)))
}

fn value_name(kind: &str) -> &'static str {
    match kind {
        "int" => "INTEGER",
        "number" => "NUMBER",
        "bool" => "true|false",
        kind if kind == "object" || kind.starts_with('{') => "OBJECT",
        "any" => "JSON",
        _ => "TEXT",
    }
}

/// The flags of the body.
fn body(details: &Details) -> Vec<Arg> {
    let contents = &details.contents;
    let mut flags = Vec::new();
    if contents.is_empty() {
        return flags;
    }
    let required = if details.body_required { "; the operation needs it" } else { "" };
    let fields = contents.iter().any(Content::has_fields);
    let other = if fields { ", unless --field gives its fields" } else { "" };
    flags.push(
        Arg::new(BODY)
            .long(BODY)
            .value_name("BODY")
            .allow_hyphen_values(true)
            .help_heading("Body")
            .help(format!("The body: text, @FILE, or - for standard input{required}{other}")),
    );
    if fields {
        flags.push(
            Arg::new(FIELD)
                .long(FIELD)
                .short('f')
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .help_heading("Body")
                .help("A field of the body: a.b=text, a.b:=JSON, file=@FILE; several times [--help lists the fields]"),
        );
    }
    let chosen = contents.len() > 1 || contents.iter().any(|content| content.media_type.contains('*'));
    if chosen {
        let types: Vec<&str> = contents.iter().map(|content| content.media_type.as_str()).collect();
        flags.push(
            Arg::new(CONTENT_TYPE)
                .long(CONTENT_TYPE)
                .value_name("TYPE")
                .help_heading("Body")
                .help(format!("The media type of the body: {}; the first unless given", types.join(", "))),
        );
    }
    flags
}

/// The fields of the body, for the help: once for media types that have the same.
fn fields(details: &Details) -> String {
    let mut lists: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for content in details.contents.iter().filter(|content| !content.fields.is_empty()) {
        let lines: Vec<String> = content.fields.iter().map(field).collect();
        match lists.iter_mut().find(|(_, other)| *other == lines) {
            Some((media_types, _)) => media_types.push(&content.media_type),
            None => lists.push((vec![&content.media_type], lines)),
        }
    }
    let texts = lists.iter().map(|(media_types, lines)| {
        let media_types = match media_types.as_slice() {
            [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
            one => one.concat(),
        };
        format!("Fields of {media_types}:\n{}", lines.join("\n"))
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// A field of the body.
fn field(field: &BodyField) -> String {
    let valued = &field.valued;
    let item = valued.kind.trim_start_matches('[');
    let kind = match item {
        "file" => "@FILE".to_owned(),
        item if valued.values.is_empty() => value_name(item).to_owned(),
        _ => valued.values.iter().map(shown).collect::<Vec<_>>().join("|"),
    };
    let list = if valued.kind == item { "" } else { " (several times)" };
    let required = if field.required { " [required]" } else { "" };
    let docs = if field.description.is_empty() { String::new() } else { format!("  {}", field.description) };
    format!("  {}={kind}{list}{required}{docs}", field.path)
}
