//! The code that a user writes with everything on, from the build script to the test with a stub.

use openapi_build::Config;
use testing::{corpus, rustc};

const DEPENDENCIES: &str = "serde = { version = \"1\", features = [\"derive\"] }\n\
                            tokio = { version = \"1\", features = [\"macros\", \"rt\", \"time\"] }";

#[test]
fn a_user_writes_no_more_than_this() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let definition = folder.path().join("api.yaml");
    std::fs::write(&definition, include_str!("programs/wish.yaml")).expect("a file");
    Config::new()
        .derive("PartialOrd")
        .replace("Money", openapi_build::Replacement::of("crate::Money").implements(["PartialOrd"]))
        .modules_by_tag(true)
        .both_ways(true)
        .allow("Q002")
        .out_dir(folder.path().join("out"))
        .generate(&definition)
        .unwrap_or_else(|error| panic!("{error}"));
    let code = std::fs::read_to_string(folder.path().join("out/client.rs")).expect("it is written");
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "wish", [("wish", code.as_str())]);
    let sandbox = corpus::workspace().join("crates/openapi-sandbox");
    let stub = format!("openapi-sandbox = {{ path = {sandbox:?}, default-features = false, features = [\"stub\"] }}");
    workspace.depend("wish", &format!("{stub}\n{DEPENDENCIES}"));
    workspace.program("wish", include_str!("programs/wish.rs"));
    assert_eq!(workspace.run("wish", ""), Ok("RM1\nRM2\nM1\n".to_owned()));
}
