//! Parses the command line and runs the command that it names. Each command has a file; `report.rs` shows messages to people,
//! and `json.rs` writes them for machines.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `C001` | a folder is given together with other files or overlays |
//! | `C002` | a folder has several documents, and the command takes one |
//! | `C003` | a code does not exist |

mod bundle;
mod diff;
mod excerpt;
mod explain;
mod history;
mod init;
mod json;
mod output;
mod progress;
mod report;
mod run;
mod track;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use openapi_build::diagnostic::Diagnostic;
use openapi_build::levels::{Levels, Source};
use openapi_build::pipeline::{Loaded, Reading};

use crate::record::Date;
use crate::{check, record};

/// Generate a Rust client from an OpenAPI definition, and follow the definition over time.
///
/// Messages are written to standard error, in color on a terminal unless NO_COLOR is set.
///
/// Messages with the same code are shown as one if there are more than three; `explain --all` and `check --strict` show each.
///
/// Exit codes: 0 success; 1 success, but with findings that --deny, --fail-on or `check` report; 2 an error in the input or in
/// the command line.
#[derive(Parser)]
#[command(version, name = "cargo-oas", bin_name = "cargo oas")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a package with the client of a definition, or add the client to a package.
    ///
    /// Copies the definition into the folder `spec`, with a manifest (spec.toml), names.lock and api.txt, and writes build.rs, the
    /// lines of Cargo.toml, src/lib.rs, a first call in examples/first.rs and a test in tests/sandbox.rs. Both call a server that is
    /// made from the definition. What is there already stays as it is, so that running this twice is harmless. Writes everything or
    /// nothing.
    Init(init::InitArguments),
    /// Generate the client.
    Generate {
        #[command(flatten)]
        common: Common,
        /// Write to this file instead of standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Also describe the methods and types of the client in this JSON file, for tools; the README describes it.
        #[arg(long, value_name = "FILE")]
        bindings: Option<PathBuf>,
        /// Make every type both serializable and deserializable, whether it is sent or received.
        #[arg(long)]
        both_ways: bool,
    },
    /// Write the repaired document, which is plain OpenAPI 3.0.
    Normalize {
        #[command(flatten)]
        common: Common,
        /// Write to this file, as YAML if its name ends in .yaml or .yml and otherwise as JSON. Without it, JSON is written to
        /// standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write one file of a definition that is split into several, or that refers to URLs.
    ///
    /// Follows references to files beside FILE, and fetches those to https URLs, each of which it names on standard error;
    /// relative references in a fetched file start at its URL. Those to servers on this machine are only followed if FILE is a
    /// URL of one. What references lead to becomes components, whose names stay as they are in the files. Nothing is repaired. A
    /// build script follows no URL, so vendor the file that this writes.
    Bundle {
        /// The file that the definition begins with, or its URL.
        file: PathBuf,
        /// Write to this file, as YAML if its name ends in .yaml or .yml and otherwise as JSON. Without it, JSON is written to
        /// standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// The size of the largest file to read, and of all together that are fetched: 256 MiB unless set.
        #[arg(long, value_name = "BYTES")]
        max_bytes: Option<u64>,
        /// The format of the result and of messages.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// List what is repaired, kept and lost, grouped by code; or explain a code.
    Explain {
        #[command(flatten)]
        common: Common,
        /// List every place instead of the first few of each code.
        #[arg(long)]
        all: bool,
        /// Write to this file instead of standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Show what changed between two versions of a definition: in the definition, on the wire, and in Rust.
    ///
    /// What a team says of the changes in track.toml, in the folder NEW, changes the verdict on the wire: docs/tracking.md.
    /// `--accept` writes it.
    Diff(diff::DiffArguments),
    /// Show the versions of the definition that git has: operations, types, changes that break, and the time between them.
    ///
    /// Every version is read and compared with the one before it, so this takes as long as that many comparisons. A version that
    /// cannot be read is shown with its error, and does not end the list.
    History(history::HistoryArguments),
    /// Take in a new version of a file and everything that follows from it, or change nothing.
    ///
    /// Fetches or reads the new version, extracts it if it is part of a documentation page, generates the client, compiles the
    /// package that contains the folder, and compares the new version with the old one. If all of this succeeds, writes the
    /// file, spec.toml (date and digest), names.lock, api.txt and an entry in CHANGELOG.md. Reports overlay actions that no
    /// longer match anything, or that are redundant because upstream now says the same.
    Bump(track::BumpArguments),
    /// Check that the folder is up to date and that the version of the package is high enough; exit with 1 if not.
    Check {
        /// The folder with the manifest. Of a file, only the findings are checked, which --strict lists.
        #[arg(default_value = "spec")]
        spec: PathBuf,
        /// List every finding with its place, and exit with 1 if the definition says anything wrong: if there is a warning, or
        /// a key that OpenAPI does not know. For those who own the definition; --allow makes exceptions.
        #[arg(long)]
        strict: bool,
        /// Compare with this git revision or folder instead of the last version tag.
        #[arg(long, value_name = "REVISION|DIR")]
        baseline: Option<String>,
        #[command(flatten)]
        prefixes: Prefixes,
        /// The format of the result and of messages.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        today: Today,
        #[command(flatten)]
        levels: LevelArguments,
    },
    /// List the files with their origins: path, `fetch`, `manual` or `none`, and origin, separated by tabs.
    Origins {
        /// The folder with the manifest.
        #[arg(default_value = "spec")]
        spec: PathBuf,
    },
    /// Pin the Rust names in names.lock, and list the Rust API in api.txt.
    Lock {
        /// The folder with the manifest.
        spec: PathBuf,
        #[command(flatten)]
        levels: LevelArguments,
    },
}

#[derive(Args)]
struct Common {
    /// A folder with a manifest, or the files of one document. For `explain` also a code such as Q003.
    #[arg(required = true)]
    spec: Vec<PathBuf>,
    /// Apply this overlay. Only for files, because the manifest of a folder names its overlays.
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// The size of the largest file to read: 256 MiB unless spec.toml has another.
    #[arg(long, value_name = "BYTES")]
    max_bytes: Option<u64>,
    /// The format of the result and of messages.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    levels: LevelArguments,
}

/// The day.
#[derive(Args)]
struct Today {
    /// The day to judge by, as YYYY-MM-DD: whether a sunset has come, and whether what a team accepts still holds. Today, in UTC,
    /// unless set.
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

impl Today {
    fn day(&self) -> Date {
        self.today.unwrap_or_else(record::today)
    }
}

/// How paths changed as a whole.
#[derive(Args)]
struct Prefixes {
    /// Compare paths that begin with OLD with those that begin with NEW in the new version, such as /v1=/v2, where nothing else says
    /// that they belong together; can be repeated. Either may be empty. Without it, versions that have neither a path nor an
    /// operationId in common are rejected (T001).
    #[arg(long = "prefix", value_name = "OLD=NEW", value_parser = prefix)]
    list: Vec<(String, String)>,
}

fn prefix(text: &str) -> Result<(String, String), String> {
    let is_prefix = |text: &str| text.is_empty() || text.starts_with('/');
    match text.split_once('=') {
        Some((old, new)) if is_prefix(old) && is_prefix(new) => Ok((old.to_owned(), new.to_owned())),
        _ => Err("write the old and the new prefix, each with a slash, as in /v1=/v2".to_owned()),
    }
}

/// Which findings are silenced, and which ones are errors.
#[derive(Args)]
struct LevelArguments {
    /// Silence the warnings and notes with this code; can be repeated. An error cannot be silenced.
    #[arg(long, value_name = "CODE")]
    allow: Vec<String>,
    /// Make the warnings and notes with this code, or all warnings, errors, and exit with 1 if there are any; can be repeated.
    /// A code wins over `warnings`, and the command line over spec.toml.
    #[arg(long, value_name = "CODE|warnings")]
    deny: Vec<String>,
}

impl LevelArguments {
    fn levels(&self) -> Result<Levels, Diagnostic> {
        Levels::new(Source::CommandLine, &self.allow, &self.deny)
    }

    fn reading(&self) -> Result<Reading, Diagnostic> {
        Ok(Reading::default().levels(self.levels()?))
    }
}

/// The format of the result and of messages.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON object on standard output for machines; the README describes it.
    Json,
}

impl Common {
    fn load(&self) -> Result<Loaded, Diagnostic> {
        let mut reading = self.levels.reading()?;
        if let Some(max_bytes) = self.max_bytes {
            reading = reading.max_bytes(max_bytes);
        }
        match self.spec.as_slice() {
            [folder] if folder.is_dir() && self.overlay.is_empty() => reading.folder(folder),
            paths if paths.iter().any(|path| path.is_dir()) => Err(Diagnostic::error(
                "C001",
                "a folder cannot be combined with files or overlays, because its manifest names them",
            )
            .help("pass one folder, or only files")),
            files => reading.files(files, &self.overlay),
        }
    }
}

/// Runs the command and returns its exit code, which [`Cli`] documents.
pub(crate) fn main(arguments: Vec<OsString>) -> ExitCode {
    let cli = Cli::parse_from(arguments);
    let format = cli.command.format();
    let mut reporter = report::Reporter::new();
    let outcome = match &cli.command {
        Command::Init(arguments) => init::init(arguments),
        Command::Generate { common, output, bindings, both_ways } => {
            run::generate(common, output.as_deref(), bindings.as_deref(), *both_ways)
        }
        Command::Normalize { common, output } => run::normalize(common, output.as_deref()),
        Command::Bundle { file, output, max_bytes, format } => {
            bundle::bundle(file, output.as_deref(), *max_bytes, *format)
        }
        Command::Explain { common, all, output } => {
            explain::explain(common, *all).map(|done| output::Done { file: output.clone(), ..done })
        }
        Command::Diff(arguments) => diff::diff(arguments),
        Command::History(arguments) => history::history(arguments),
        Command::Bump(arguments) => track::bump(arguments),
        Command::Check { spec, baseline, strict, prefixes, format, today, levels } => {
            levels.reading().and_then(|reading| {
                let (baseline, today, strict) = (baseline.as_deref(), today.day(), *strict);
                let prefixes = prefixes.list.as_slice();
                track::check(&check::Subject { spec, baseline, reading: &reading, prefixes, today, strict }, *format)
            })
        }
        Command::Origins { spec } => track::origins(spec),
        Command::Lock { spec, levels } => run::lock(spec, levels),
    };
    output::finish(outcome, format, &mut reporter)
}

impl Command {
    fn format(&self) -> Format {
        match self {
            Self::Generate { common, .. } | Self::Normalize { common, .. } | Self::Explain { common, .. } => {
                common.format
            }
            Self::Diff(arguments) => arguments.format.messages(),
            Self::History(arguments) => arguments.format.messages(),
            Self::Bump(arguments) => arguments.format,
            Self::Init(arguments) => arguments.format,
            Self::Check { format, .. } | Self::Bundle { format, .. } => *format,
            Self::Lock { .. } | Self::Origins { .. } => Format::Text,
        }
    }
}
