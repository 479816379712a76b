#!/usr/bin/env bash
# Measures what other generators' types make of valid and invalid values of a document, by the instances and the judge of
# crates/openapi-build/tests/exactness.rs. Takes documents as arguments:
#   benches/peers-exactness.sh ../shared/specs/full-2023-12.json ../shared/specs/cmk-v2.yaml
# ploidy and openapi-to-rust are taken from PATH, or else installed, into the folder PEERS, by default target/peers.
set -euo pipefail
cd "$(dirname "$0")/.."

home=$(mkdir -p "${PEERS:-target/peers}" && cd "${PEERS:-target/peers}" && pwd)
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 PATH="$home/tools/bin:$PATH"

source benches/peers-lib.sh
need ploidy 0.15.0
need openapi-to-rust 0.23.0

for document in "$@"; do
    document=$(cd "$(dirname "$document")" && pwd)/$(basename "$document")
    name=$(basename "${document%.*}")
    for peer in ploidy openapi-to-rust; do
        folder=$home/exactness/$name/$peer
        rm -rf "$folder"
        mkdir -p "$folder/src"
        printf '== %s of %s\n' "$peer" "$name"
        generate "$peer" "$document" "$folder" >"$folder.log" 2>&1
        package "$peer" "$folder"
        EXACTNESS_PEER="$folder" EXACTNESS_PEER_DOCUMENT="$document" EXACTNESS_PEER_TARGET="$home/target/exactness" \
            cargo test --quiet -p openapi-build --test peers -- --nocapture 2>"$folder.log" | grep -E '^[0-9]+ bodies|^valid|^invalid' || echo "it does not build: $folder.log"
    done
done
