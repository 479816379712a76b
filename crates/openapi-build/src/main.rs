//! The command `openapi-build`: the pipeline from a shell. `cargo spec` is its alias in this workspace.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::main()
}
