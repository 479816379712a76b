#!/usr/bin/env bash
# Installs what the robot needs, for action.yml. These environment variables override the defaults on the right:
#   TOOLCHAIN     the Rust toolchain to install        none: the one that is there
#   SPEC_COMMAND  how to run the command               cargo oas
#   VERSION       the version of cargo-oas to install  that of openapi-build in Cargo.lock, or else the newest
set -euo pipefail

if [ -n "${TOOLCHAIN:-}" ]; then
    rustup toolchain install "$TOOLCHAIN" --profile minimal
    rustup default "$TOOLCHAIN"
fi

# A value of a workflow may have several lines.
command=${SPEC_COMMAND:-cargo oas}
read -r -a spec <<<"${command//$'\n'/ }"
if "${spec[@]}" --version >/dev/null 2>&1; then
    printf '`%s` runs already\n' "${spec[*]}"
    exit 0
fi

# The command compiles the package with the new client, which works if both have one version of openapi-build.
version=${VERSION:-}
if [ -z "$version" ] && [ -f Cargo.lock ]; then
    version=$(sed -n '/^name = "openapi-build"/{n;s/^version = "\(.*\)"\r*$/\1/p;}' Cargo.lock | head -n 1)
fi
cargo install cargo-oas --locked ${version:+"--version=$version"}
