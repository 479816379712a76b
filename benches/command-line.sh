#!/usr/bin/env bash
# How long the command line of a definition takes to start: `benches/command-line.sh api.json [FOLDER]`. It builds a package outside
# of the workspace, in FOLDER or in a temporary one, and prints milliseconds for `--help` of the whole, of the largest group, and of
# one operation of it: the median and the slowest of 21 runs.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 DEFINITION [FOLDER]" >&2; exit 2; }
definition=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${2:-}
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder/src"
cat >"$folder/Cargo.toml" <<TOML
[package]
name = "commands"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
openapi-runtime = { path = "$root/crates/openapi-runtime", features = ["cli", "events"] }
tokio = { version = "1", features = ["macros", "rt"] }

[build-dependencies]
openapi-build = { path = "$root/crates/openapi-build" }
TOML
cp "$root/Cargo.lock" "$folder/Cargo.lock"
cat >"$folder/build.rs" <<RUST
fn main() -> Result<(), openapi_build::Error> {
    openapi_build::Config::new().generate("$definition")
}
RUST
cat >"$folder/src/main.rs" <<'RUST'
mod client {
    openapi_runtime::include_client!();
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    openapi_runtime::cli::Cli::<client::Client>::new("commands").run().await
}
RUST
# A program uses little of a client.
export RUSTFLAGS="${RUSTFLAGS:-} -A dead_code -A unused"
target=${CARGO_TARGET_DIR:-$folder/target}
cargo build --release --quiet --manifest-path "$folder/Cargo.toml" --target-dir "$target" 2>"$folder/log" || { cat "$folder/log" >&2; exit 1; }
program=$target/release/commands

# commands ARGUMENT…: the commands that the help of a command lists.
commands() { "$program" "$@" --help | awk '/^Commands:/ {on = 1; next} /^$/ {on = 0} on && /^  [^ ]/ && $1 != "help" {print $1}'; }

# measure ARGUMENT…: the median and the slowest of 21 runs.
measure() {
    local run
    for ((run = 0; run < 21; run++)); do
        local start=${EPOCHREALTIME/./}
        "$program" "$@" >/dev/null
        echo $((${EPOCHREALTIME/./} - start))
    done | sort -n | awk -v what="$*" '{all[NR] = $1} END {printf "%-40s median %5.1f ms, slowest %5.1f ms\n", what, all[11] / 1000, all[NR] / 1000}'
}

largest='' most=0
for group in $(commands); do
    count=$(commands "$group" | wc -l)
    if [ "$count" -gt "$most" ]; then most=$count largest=$group; fi
done
measure --help
if [ -n "$largest" ]; then
    echo "the largest group, $largest, has $most commands"
    measure "$largest" --help
    measure "$largest" "$(commands "$largest" | head -1)" --help
fi
