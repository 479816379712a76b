#!/usr/bin/env bash
# Generates a client of each document with each generator, and measures in one run what making it and checking it costs: a
# table in Markdown for each document, as docs/performance.md has them.
#   benches/peers.sh ../shared/specs/full-2023-12.json ../shared/wild/{ogen-api.github.com,peer-discord}.json
# ploidy and openapi-to-rust are taken from PATH, or else installed; openapi-generator is installed from PyPI where there is a
# Java to run it. All of it goes into the folder PEERS, by default target/peers. Each is measured ROUNDS times, by default 5,
# progenitor and openapi-generator once; the figures are medians. Needs GNU time at /usr/bin/time.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${ROUNDS:-5}
home=$(mkdir -p "${PEERS:-target/peers}" && cd "${PEERS:-target/peers}" && pwd)
target=${CARGO_TARGET_DIR:-$PWD/target}
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 PATH="$home/tools/bin:$home/python/bin:$PATH"

source benches/peers-lib.sh
need ploidy 0.15.0
need openapi-to-rust 0.23.0
cargo build --quiet --release -p cargo-oas
plain=$(cargo bench -p openapi-build --bench plain --no-run 2>&1 | sed -n 's/^ *Executable.*(\(.*\))$/\1/p')
generators=(ours ploidy openapi-to-rust progenitor two-types)
if command -v java >/dev/null; then
    if ! [ -x "$home/python/bin/openapi-generator-cli" ]; then
        python3 -m venv "$home/python"
        "$home/python/bin/pip" install --quiet openapi-generator-cli==7.26.0
    fi
    generators+=(openapi-generator)
fi

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
export home target plain two_types

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
            ours | ploidy | openapi-to-rust | two-types) of=$rounds ;;
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
