//! The command `openapi-build`: the pipeline from a shell.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::{Args, Parser, Subcommand};
use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::Loaded;
use openapi_build::track::lock::{self, Lock};

/// Generate a Rust client from an OpenAPI definition.
///
/// Exit codes: 0 done, 2 bad input.
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
        input: Input,
        /// Write to this file; without it, to standard output.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Write the cured document, as JSON or, where the file's name ends so, as YAML.
    Normalize {
        #[command(flatten)]
        input: Input,
        /// Write to this file; without it, to standard output.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Pin the names that are chosen, in names.lock.
    Lock {
        /// The folder with the manifest.
        spec: PathBuf,
    },
}

#[derive(Args)]
struct Input {
    /// A folder with a manifest, or the files of one document.
    #[arg(required = true)]
    spec: Vec<PathBuf>,
    /// Apply this overlay; for files only, a folder's manifest names its own.
    #[arg(long)]
    overlay: Vec<PathBuf>,
}

impl Input {
    fn load(&self) -> Result<Loaded, Diagnostic> {
        match self.spec.as_slice() {
            [folder] if folder.is_dir() && self.overlay.is_empty() => Loaded::folder(folder),
            files if files.iter().any(|path| path.is_dir()) => {
                Err(Diagnostic::error("C001", "a folder stands alone, and its manifest names its overlays")
                    .help("give one folder, or files"))
            }
            files => Loaded::files(files, &self.overlay),
        }
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(diagnostic) => {
            show(&diagnostic);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<(), Diagnostic> {
    match command {
        Command::Generate { input, output } => {
            let generated = input.load()?.generate()?;
            warn(&generated.diagnostics);
            write(output.as_deref(), &generated.code)
        }
        Command::Normalize { input, output } => {
            let loaded = input.load()?;
            let cured = loaded.normalize();
            for (_, cured) in &cured {
                warn(&cured.diagnostics);
            }
            let [(_, cured)] = cured.as_slice() else {
                return Err(Diagnostic::error("C002", "this folder has several documents")
                    .help("give the files of one document"));
            };
            let yaml =
                output.as_ref().and_then(|path| path.extension()).is_some_and(|end| end == "yaml" || end == "yml");
            let text = if yaml { openapi_build::source::to_yaml(&cured.tree) } else { format!("{:#}\n", cured.tree) };
            write(output.as_deref(), &text)
        }
        Command::Lock { spec } => {
            let loaded = Loaded::folder(&spec)?;
            let generated = loaded.generate()?;
            let text = Lock::from_choices(&generated.choices).to_text();
            let path = spec.join(lock::FILE_NAME);
            let old = std::fs::read_to_string(&path).unwrap_or_default();
            write(Some(&path), &text)?;
            let has = |lines: &str, line: &str| lines.lines().any(|other| other == line);
            for line in old.lines().filter(|line| !has(&text, line)) {
                eprintln!("- {line}");
            }
            for line in text.lines().filter(|line| !has(&old, line)) {
                eprintln!("+ {line}");
            }
            Ok(())
        }
    }
}

fn write(path: Option<&Path>, text: &str) -> Result<(), Diagnostic> {
    let failed = |error: std::io::Error| {
        let name = path.map_or("standard output".into(), |path| path.display().to_string());
        Diagnostic::error("W002", format!("{name} cannot be written: {error}")).help("check the folder")
    };
    match path {
        Some(path) => std::fs::write(path, text).map_err(failed),
        None => match std::io::stdout().write_all(text.as_bytes()) {
            // Whoever reads may stop early, as `head` does.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(failed),
        },
    }
}

/// Shows the warnings, and how many notes there are besides.
fn warn(diagnostics: &[Diagnostic]) {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity > Severity::Note).for_each(show);
}

fn show(diagnostic: &Diagnostic) {
    let mut err = anstream::stderr();
    let color = match diagnostic.severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    let text = diagnostic.to_string();
    if std::io::stderr().is_terminal() {
        let style = Style::new().fg_color(Some(color.into())).bold();
        let head = format!("{}[{}]", diagnostic.severity, diagnostic.code);
        let rest = text.strip_prefix(&head).unwrap_or(&text);
        let _ = writeln!(err, "{style}{head}{style:#}{rest}");
    } else {
        let _ = writeln!(err, "{text}");
    }
}
