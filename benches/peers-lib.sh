# shellcheck shell=bash
# What benches/peers.sh and benches/peers-exactness.sh know of other generators: to be sourced. `target` is the folder that
# the command cargo-oas is built in, `plain` the bench of that name.

# need COMMAND VERSION: installs it into the folder `home`, unless PATH has one.
need() {
    command -v "$1" >/dev/null || cargo install --quiet --root "$home/tools" "$1@$2"
}

# generate GENERATOR DOCUMENT FOLDER: the client's sources.
generate() {
    case $1 in
        ours) "$target/release/cargo-oas" generate "$2" -o "$3/src/lib.rs" ;;
        ploidy) ploidy generate rust "$2" -o "$3" ;;
        openapi-to-rust) openapi-to-rust generate "$2" --output-dir "$3/src" ;;
        progenitor) "$plain" "$2" --into "$3/src" ;;
        openapi-generator) openapi-generator-cli generate -g rust -i "$2" -o "$3" --skip-validate-spec ;;
        # What no client does without, whatever the document: a type to send, a type to receive, a request.
        two-types) printf '%s\n' "$two_types" >"$3/src/lib.rs" ;;
    esac
}

two_types='#[derive(serde::Serialize)]
pub struct Sent {
    pub name: String,
}

#[derive(serde::Deserialize)]
pub struct Received {
    pub name: String,
}

pub fn request(client: &reqwest::Client, sent: &Sent) -> reqwest::RequestBuilder {
    client.post("http://localhost").json(sent)
}'

# What progenitor's code may need.
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
    printf '[package]\nname = "peer"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
    cat
}

# package GENERATOR FOLDER: what makes a package of the sources.
package() {
    case $1 in
        ours) printf 'openapi-runtime = { path = "%s", default-features = false, features = ["chrono", "patterns", "uuid"] }\n' "$PWD/crates/openapi-runtime" | manifest ;;
        two-types) manifest <<<"$common" ;;
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
