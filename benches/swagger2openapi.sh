#!/usr/bin/env bash
# Compares how Swagger 2.0 documents are converted with what npm's swagger2openapi makes of them: a count for each kind of
# difference that docs/swagger.md explains, and every difference of no known kind, which makes it fail.
#   OPENAPI_WILD=../shared/wild benches/swagger2openapi.sh
# Compared are the documents in crates/openapi-build/tests/swagger and those of the folder OPENAPI_WILD, if it is set. Needs node
# and npm, which installs swagger2openapi into the folder SWAGGER2OPENAPI, by default target/swagger2openapi.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in node npm; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is missing: install Node.js, which has it" >&2
        exit 2
    fi
done
SWAGGER2OPENAPI=$(mkdir -p "${SWAGGER2OPENAPI:-target/swagger2openapi}" && cd "${SWAGGER2OPENAPI:-target/swagger2openapi}" && pwd)
export SWAGGER2OPENAPI
if ! [ -d "$SWAGGER2OPENAPI/node_modules/swagger2openapi" ]; then
    npm install --silent --no-audit --no-fund --prefix "$SWAGGER2OPENAPI" swagger2openapi@7.0.8 js-yaml@5.5.0
fi

documents=(crates/openapi-build/tests/swagger/{parts,petstore}.yaml)
if [ -n "${OPENAPI_WILD:-}" ]; then
    mapfile -t wild < <(grep -lsE "^[[:space:]{]*[\"']?swagger[\"']?[[:space:]]*:[[:space:]]*[\"']?2" "$OPENAPI_WILD"/*.{json,yaml,yml})
    documents+=("${wild[@]}")
else
    echo 'OPENAPI_WILD is not set: only the documents of the tests are compared' >&2
fi

converted=$SWAGGER2OPENAPI/converted
rm -rf "$converted"
mkdir -p "$converted"
cargo run --quiet --locked -p openapi-build --example converted -- "$converted" "${documents[@]}" || true
node benches/swagger2openapi.js "$converted" "${documents[@]}"
