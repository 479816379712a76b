//! What the command line says, and which of the commands it asks for. Each command is a file; how messages are shown is
//! `report.rs`'s, and what machines read `json.rs`'s.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `C001` | a folder is given together with other input |
//! | `C002` | a folder has several documents where one is wanted |
//! | `C003` | there is no such code |

mod diff;
mod excerpt;
mod explain;
mod json;
mod output;
mod progress;
mod report;
mod run;
mod track;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use openapi_build::diagnostic::Diagnostic;
use openapi_build::pipeline::Loaded;

/// Generate a Rust client from an OpenAPI definition.
///
/// Messages go to standard error, in colour on a terminal (NO_COLOR switches that off).
///
/// Exit codes: 0 done; 1 done, with findings that --deny names, or that check looks for; 2 bad input, or a command line that
/// cannot be followed.
#[derive(Parser)]
#[command(version, name = "openapi-build", bin_name = "cargo spec")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the client.
    Generate {
        #[command(flatten)]
        common: Common,
        /// Write to this file; without it, to standard output.
        #[arg(short, long)]
        output: Option<PathBuf>,
        /// Write what a tool wants to know of the client to this file, as JSON; the README says its shape.
        #[arg(long, value_name = "FILE")]
        bindings: Option<PathBuf>,
        /// Make every type both readable and writable, whichever way its values go.
        #[arg(long)]
        both_ways: bool,
    },
    /// Write the cured document, which is plain OpenAPI 3.0.
    Normalize {
        #[command(flatten)]
        common: Common,
        /// Write to this file, as YAML if its name ends in .yaml or .yml and else as JSON; without it, JSON to standard
        /// output.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// List what is cured, kept and lost, by code; or print what a code means.
    Explain {
        #[command(flatten)]
        common: Common,
        /// List every place, not the first few of each code.
        #[arg(long)]
        all: bool,
        /// Write to this file what would be printed.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Say what changed between two versions of a definition: in it, on the wire, and in Rust.
    ///
    /// Exit codes: 0 compared; 1 compared, and --fail-on is met; 2 bad input.
    Diff {
        /// The old version: a folder with a manifest, or a file.
        old: PathBuf,
        /// The new version: a folder with a manifest, or a file. If it pins no names, those of the old one hold.
        new: PathBuf,
        /// What is written for: people, pull requests, or machines (one JSON object; the README says its shape).
        #[arg(long, value_enum, default_value_t = diff::DiffFormat::Text)]
        format: diff::DiffFormat,
        /// Exit with 1 if old clients or code that uses the crate break; or if anything but noise changed.
        #[arg(long, value_enum)]
        fail_on: Option<diff::FailOn>,
        /// Show every change, not the first few of each rule.
        #[arg(long)]
        all: bool,
    },
    /// Take in a new version of a file: all that follows from it, or nothing.
    ///
    /// The new version is fetched or read, taken out of the documentation page that it may stand in, generated, compiled
    /// in the package around the folder, and compared with the old one. Then the file, spec.toml (date and digest),
    /// names.lock, api.txt and the entry in CHANGELOG.md are written. Overlay actions that match nothing any more, or that
    /// upstream has made needless, are named.
    Bump(track::BumpArguments),
    /// Check that the folder is as it should be, and the version of the package high enough; exit with 1 if not.
    Check {
        /// The folder with the manifest.
        #[arg(default_value = "spec")]
        spec: PathBuf,
        /// What the version is compared with: a revision of git, or a folder; without it, the last version tag.
        #[arg(long, value_name = "REVISION|DIR")]
        baseline: Option<String>,
        /// What is written for: people, or machines (one JSON object on standard output; the README says its shape).
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// List where the files come from: path, `fetch`, `manual` or `none`, and origin, with tabs between them.
    Origins {
        /// The folder with the manifest.
        #[arg(default_value = "spec")]
        spec: PathBuf,
    },
    /// Pin the names that are chosen, in names.lock, and list the Rust API, in api.txt.
    Lock {
        /// The folder with the manifest.
        spec: PathBuf,
    },
}

#[derive(Args)]
struct Common {
    /// A folder with a manifest, or the files of one document; for `explain`, also a code such as Q003.
    #[arg(required = true)]
    spec: Vec<PathBuf>,
    /// Apply this overlay; for files only, a folder's manifest names its own.
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// What is written for: people, or machines (one JSON object on standard output; the README says its shape).
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 if there is a finding of this code, or any warning.
    #[arg(long, value_name = "CODE|warnings", value_parser = denied)]
    deny: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What `--deny` can name.
fn denied(text: &str) -> Result<String, String> {
    if text == "warnings" || openapi_build::catalogue::title(text).is_some() {
        Ok(text.to_owned())
    } else {
        Err("neither `warnings` nor a code; `cargo spec explain` lists those of a document".into())
    }
}

impl Common {
    fn load(&self) -> Result<Loaded, Diagnostic> {
        match self.spec.as_slice() {
            [folder] if folder.is_dir() && self.overlay.is_empty() => Loaded::folder(folder),
            paths if paths.iter().any(|path| path.is_dir()) => {
                Err(Diagnostic::error("C001", "a folder stands alone, and its manifest names its overlays")
                    .help("give one folder, or files"))
            }
            files => Loaded::files(files, &self.overlay),
        }
    }
}

/// Runs the command; the exit code is what [`Cli`] says.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let format = cli.command.format();
    let mut reporter = report::Reporter::new();
    let outcome = match &cli.command {
        Command::Generate { common, output, bindings, both_ways } => {
            run::generate(common, output.as_deref(), bindings.as_deref(), *both_ways)
        }
        Command::Normalize { common, output } => run::normalize(common, output.as_deref()),
        Command::Explain { common, all, output } => {
            explain::explain(common, *all).map(|done| output::Done { file: output.clone(), ..done })
        }
        Command::Diff { old, new, format, fail_on, all } => diff::diff(old, new, *format, *fail_on, *all),
        Command::Bump(arguments) => track::bump(arguments),
        Command::Check { spec, baseline, format } => track::check(spec, baseline.as_deref(), *format),
        Command::Origins { spec } => track::origins(spec),
        Command::Lock { spec } => run::lock(spec),
    };
    output::finish(outcome, format, &mut reporter)
}

impl Command {
    fn format(&self) -> Format {
        match self {
            Self::Generate { common, .. } | Self::Normalize { common, .. } | Self::Explain { common, .. } => {
                common.format
            }
            Self::Diff { format, .. } => format.ends(),
            Self::Bump(arguments) => arguments.format,
            Self::Check { format, .. } => *format,
            Self::Lock { .. } | Self::Origins { .. } => Format::Text,
        }
    }
}
