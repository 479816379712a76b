//! The command `openapi-sandbox`: serves a definition until Ctrl-C.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::main()
}
