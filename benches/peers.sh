#!/usr/bin/env bash
# Generates a client of each document with each generator, and measures in one run what making it and checking it costs: a
# table in Markdown for each document, as docs/performance.md has them.
#   benches/peers.sh ../shared/specs/full-2023-12.json ../shared/specs/org-v2.yaml
# ploidy and openapi-to-rust are taken from PATH, or else installed; openapi-generator is installed from PyPI where there is a
# Java to run it. All of it goes into the folder PEERS, by default target/peers. Each is measured ROUNDS times, by default 5,
# progenitor and openapi-generator once; the figures are medians. Needs GNU time at /usr/bin/time.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${ROUNDS:-5}
home=$(mkdir -p "${PEERS:-target/peers}" && cd "${PEERS:-target/peers}" && pwd)
target=${CARGO_TARGET_DIR:-$PWD/target}
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 PATH="$home/tools/bin:$home/python/bin:$PATH"

need() {
    command -v "$1" >/dev/null || cargo install --quiet --root "$home/tools" "$1@$2"
}
need ploidy 0.15.0
need openapi-to-rust 0.23.0
cargo build --quiet --release -p openapi-build --features cli
plain=$(cargo bench -p openapi-build --bench plain --no-run 2>&1 | sed -n 's/^ *Executable.*(\(.*\))$/\1/p')
generators=(ours ploidy openapi-to-rust progenitor)
if command -v java >/dev/null; then
    if ! [ -x "$home/python/bin/openapi-generator-cli" ]; then
        python3 -m venv "$home/python"
        "$home/python/bin/pip" install --quiet openapi-generator-cli==7.26.0
    fi
    generators+=(openapi-generator)
fi

# generate GENERATOR DOCUMENT FOLDER: the client's sources.
generate() {
    case $1 in
        ours) "$target/release/openapi-build" generate "$2" -o "$3/src/lib.rs" ;;
        ploidy) ploidy generate rust "$2" -o "$3" ;;
        openapi-to-rust) openapi-to-rust generate "$2" --output-dir "$3/src" ;;
        progenitor) "$plain" "$2" --into "$3/src" ;;
        openapi-generator) openapi-generator-cli generate -g rust -i "$2" -o "$3" --skip-validate-spec ;;
    esac
}

# What progenitor's and our own code need.
common='base64 = "0.23"
bytes = { version = "1", features = ["serde"] }
chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }
regress = "0.12"
reqwest = { version = "0.13", default-features = false, features = ["json", "stream", "query"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", default-features = false, features = ["serde", "std"] }'

# The manifest of a package that depends on what standard input says.
manifest() {
    printf '[package]\nname = "client"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
    cat
}

# package GENERATOR FOLDER: what makes a package of the sources.
package() {
    case $1 in
        ours) manifest <<<"$common" ;;
        progenitor)
            mv "$2"/src/*.rs "$2/src/lib.rs"
            printf '%s\n' "$common" 'futures = "0.3"' 'progenitor-client = "0.15"' | manifest
            ;;
        ploidy) printf '%s\n' 'ploidy-util = "0.15.0"' 'serde = { version = "1", features = ["derive"] }' 'serde_json = "1"' | manifest ;;
        openapi-to-rust)
            mv "$2/src/mod.rs" "$2/src/lib.rs"
            # It says itself what its code needs.
            grep -v '^\[dependencies\]' "$2/src/REQUIRED_DEPS.toml" | manifest
            ;;
        openapi-generator) printf '%s\n\n[workspace]\n' "$(cat "$2/Cargo.toml")" ;;
    esac >"$2/Cargo.toml.new"
    mv "$2/Cargo.toml.new" "$2/Cargo.toml"
}

median() {
    sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

# measure ROUNDS COMMAND…: the medians of its seconds and of its peak memory in KiB.
measure() {
    local times=$home/times number=$1
    shift
    : >"$times"
    for _ in $(seq "$number"); do
        /usr/bin/time -a -o "$times" -f '%e %M' "$@" >"$home/output" 2>&1 || return 1
    done
    printf '%s %s\n' "$(cut -d' ' -f1 "$times" | median)" "$(cut -d' ' -f2 "$times" | median)"
}

check() {
    touch "$1/src/lib.rs"
    cargo check --quiet --offline --manifest-path "$1/Cargo.toml"
}

export -f generate check
export home target plain

for document in "$@"; do
    document=$(cd "$(dirname "$document")" && pwd)/$(basename "$document")
    name=$(basename "${document%.*}")
    # The others take whole documents only: a page of the documentation is given a head for them.
    whole=$document
    if ! grep -qE '^[{ ]*"?openapi"?:' "$document"; then
        whole=$home/$name.yaml
        { printf 'openapi: 3.0.3\ninfo: {title: %s, version: "1"}\n' "$name"; cat "$document"; } >"$whole"
    fi
    printf '\n### %s\n\n| generator | made in | lines | checked in | peak memory |\n| --- | --- | --- | --- | --- |\n' "$name"
    for generator in ${GENERATORS:-"${generators[@]}"}; do
        folder=$home/$name/$generator
        rm -rf "$folder"
        mkdir -p "$folder/src"
        case $generator in
            ours | ploidy | openapi-to-rust) of=$rounds ;;
            *) of=1 ;;
        esac
        if [ "$generator" = ours ]; then input=$document; else input=$whole; fi
        if ! made=$(measure "$of" bash -c 'generate "$@"' - "$generator" "$input" "$folder") || [ -z "$(find "$folder" -name '*.rs')" ]; then
            printf '| %s | refuses it | | | |\n' "$generator"
            continue
        fi
        package "$generator" "$folder"
        lines=$(find "$folder/src" -name '*.rs' -exec cat {} + | wc -l)
        # What it depends on is built first. Each has a target folder of its own, so that features do not add up.
        export CARGO_TARGET_DIR=$home/target/$generator
        if cargo check --quiet --manifest-path "$folder/Cargo.toml" >"$home/output" 2>&1 && checked=$(measure "$of" bash -c 'check "$1"' - "$folder"); then
            memory=$((${checked#* } / 1024))
            printf '| %s | %s s | %s | %s s | %s MiB |\n' "$generator" "${made% *}" "$lines" "${checked% *}" "$memory"
        else
            printf '| %s | %s s | %s | does not compile | |\n' "$generator" "${made% *}" "$lines"
            cp "$home/output" "$home/$name/$generator.log"
        fi
        unset CARGO_TARGET_DIR
    done
done
