//! What somebody with an API of their own does: a package outside of this workspace, with two dependencies, one line of
//! `build.rs` and no manifest. It is built and tested by cargo as its owner would, in both editions.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes the package `name` of the files beside this test, and runs its tests.
fn test(name: &str, edition: &str, build: &str, files: &[(&str, &str)]) {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let dependency = |name: &str| format!("{name} = {{ path = {:?} }}\n", crates.join(name));
    let manifest = format!(
        "[package]\nname = \"own-api\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n[workspace]\n\n\
         [dependencies]\n{}\n[build-dependencies]\n{}\n[dev-dependencies]\n{}\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
        dependency("openapi-runtime"),
        dependency("openapi-build"),
        dependency("openapi-sandbox"),
    );
    let build = format!("fn main() -> Result<(), openapi_build::Error> {{\n    {build}\n}}\n");
    let temporary = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let root = temporary.join(name);
    let _ = std::fs::remove_dir_all(&root);
    for (path, text) in [("Cargo.toml", manifest.as_str()), ("build.rs", &build)].iter().chain(files) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the target folder can be written");
        std::fs::write(path, text).expect("the target folder can be written");
    }
    // The versions are those of the project, as far as it has them.
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    std::fs::copy(lock, root.join("Cargo.lock")).expect("the target folder can be written");
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet"])
        .current_dir(&root)
        .env("CARGO_TARGET_DIR", temporary.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_TEST_DEBUG", "0")
        .env_remove("RUSTFLAGS")
        .env_remove("RUSTDOCFLAGS")
        .output()
        .expect("cargo runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{said}");
    let counts =
        said.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse::<u32>().ok());
    assert!(counts.sum::<u32>() > 1, "it has tests of its own:\n{said}");
}

const API: (&str, &str) = ("api.yaml", include_str!("own_api/api.yaml"));
const ROOMS: (&str, &str) = ("tests/rooms.rs", include_str!("own_api/tests/rooms.rs"));

#[test]
fn an_api_of_ones_own_is_called_with_a_token_a_retry_and_a_typed_error() {
    let build = "openapi_build::Config::new().generate(\"api.yaml\")";
    let library = ("src/lib.rs", include_str!("own_api/src/lib.rs"));
    test("own-api", "2021", build, &[API, library, ROOMS]);
}

#[test]
fn a_second_api_stands_beside_the_first() {
    let build = "openapi_build::Config::new().generate(\"api.yaml\")?;\n    \
                 openapi_build::Config::new().module(\"billing\").generate(\"billing.yaml\")";
    let files = [
        API,
        ("billing.yaml", include_str!("own_api/billing.yaml")),
        ("src/lib.rs", include_str!("own_api/src/both.rs")),
        ROOMS,
        ("tests/billing.rs", include_str!("own_api/tests/billing.rs")),
    ];
    test("own-apis", "2024", build, &files);
}
