//! The command `cargo oas`: generates a Rust client from an OpenAPI definition, shows what a new version of the definition
//! changes, and takes it in.

mod accept;
mod baseline;
mod bump;
mod changelog;
mod check;
mod codes;
mod command;
mod fetch;
mod git;
mod guard;
mod history;
mod init;
mod package;
mod place;
mod record;
mod steps;
mod swap;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Cargo runs `cargo oas …` as `cargo-oas oas …`.
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|argument| argument == "oas") {
        arguments.remove(1);
    }
    command::main(arguments)
}
