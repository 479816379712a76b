//! Answers of every kind through generated code that rustc has compiled: `programs/responses.rs` calls the client of
//! `programs/responses.yaml` and says what must come of it.

#[path = "support/rustc.rs"]
mod rustc;

use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;

#[test]
fn each_status_media_type_and_header_is_what_is_documented_for_it() {
    let document = include_bytes!("programs/responses.yaml").to_vec();
    let file = SourceFile::from_bytes("responses.yaml".as_ref(), document).expect("the document is UTF-8");
    let output = Loaded::sources(vec![file], &[]).and_then(|loaded| loaded.generate()).expect("the document generates");
    let workspace = rustc::Workspace::new("responses", [("responses", output.code.as_str())]);
    workspace.add("responses", "src/main.rs", include_str!("programs/responses.rs"));
    let said = workspace.run("responses", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}
