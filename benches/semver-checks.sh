#!/usr/bin/env bash
# Compares the verdicts of `cargo oas diff` on the crate with those of cargo-semver-checks, on the clients of both versions of each
# bump in the folder OPENAPI_BUMPS; ours may never be lower.
#   OPENAPI_BUMPS=../shared/bumps benches/semver-checks.sh
# The program is that of the variable OPENAPI_SEMVER_CHECKS, or the installed one, or is installed into target/semver-checks.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${OPENAPI_BUMPS:?set it to the folder of the bumps}"
program=${OPENAPI_SEMVER_CHECKS:-$(command -v cargo-semver-checks || true)}
if [ -z "$program" ]; then
    program=$PWD/target/semver-checks/bin/cargo-semver-checks
    [ -x "$program" ] || cargo install --quiet --locked --root target/semver-checks cargo-semver-checks
fi
OPENAPI_SEMVER_CHECKS=$program cargo test --locked -p openapi-build --test semver_checks -- --nocapture
