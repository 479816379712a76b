#!/usr/bin/env bash
# Measures what other generators' types make of valid and invalid values of a document, by the instances and the judge of
# crates/openapi-build/tests/exactness.rs. Needs their commands in PATH, and takes documents as arguments:
#   cargo install ploidy@0.15.0 openapi-to-rust@0.23.0
#   benches/peers-exactness.sh ../shared/specs/full-2023-12.json ../shared/specs/cmk-v2.yaml
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD/target/peers
export CARGO_TARGET_DIR=$root/target CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0

# The manifest of a crate `peer` with what a program of it needs, and what more it says itself.
manifest() {
    printf '[package]\nname = "peer"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
    printf 'serde = { version = "1", features = ["derive"] }\nserde_json = "1"\n'
    cat
}

# generate PEER DOCUMENT FOLDER
generate() {
    case $1 in
        ploidy)
            ploidy generate rust "$2" -o "$3" >/dev/null 2>&1
            echo 'ploidy-util = "0.15.0"' | manifest >"$3/Cargo.toml"
            ;;
        openapi-to-rust)
            openapi-to-rust generate "$2" --output-dir "$3/src" >/dev/null 2>&1
            mv "$3/src/mod.rs" "$3/src/lib.rs"
            # It says itself what its code needs, serde and serde_json among it.
            grep -vE '^(\[dependencies\]|serde|serde_json)( |$)' "$3/src/REQUIRED_DEPS.toml" | manifest >"$3/Cargo.toml"
            ;;
    esac
}

for document in "$@"; do
    document=$(cd "$(dirname "$document")" && pwd)/$(basename "$document")
    name=$(basename "${document%.*}")
    for peer in ploidy openapi-to-rust; do
        folder=$root/$name/$peer
        rm -rf "$folder"
        mkdir -p "$folder/src"
        printf '== %s of %s\n' "$peer" "$name"
        generate "$peer" "$document" "$folder"
        env -u CARGO_TARGET_DIR EXACTNESS_PEER="$folder" EXACTNESS_PEER_DOCUMENT="$document" EXACTNESS_PEER_TARGET="$CARGO_TARGET_DIR" \
            cargo test --quiet -p openapi-build --test peers -- --nocapture 2>"$folder.log" | grep -E '^[0-9]+ bodies|^valid|^invalid' || echo "it does not build: $folder.log"
    done
done
