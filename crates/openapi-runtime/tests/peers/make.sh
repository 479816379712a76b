#!/usr/bin/env bash
# Makes peers.json anew: what npm's qs and openapi-fetch, and the FormData of Node.js, send for the cases in make.mjs.
#   crates/openapi-runtime/tests/peers/make.sh
# Needs node (20 or later) and npm, which installs the two into the folder PEERS, by default target/peers. The tests compare what
# the runtime sends with peers.json, and need neither.
set -euo pipefail
cd "$(dirname "$0")"

for tool in node npm; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is missing: install Node.js, which has it" >&2
        exit 2
    fi
done
PEERS=$(mkdir -p "${PEERS:-../../../../target/peers}" && cd "${PEERS:-../../../../target/peers}" && pwd)
npm install --silent --no-audit --no-fund --prefix "$PEERS" qs@6.17.1 openapi-fetch@0.17.0
# Modules are looked for beside the script.
cp make.mjs "$PEERS/make.mjs"
node "$PEERS/make.mjs" > peers.json
