//! `bundle` writes one file of a definition that is split into several, some of them on a server.

use std::process::Command;

use openapi_build::pipeline::Loaded;
use testing::loopback::{Answer, Server};

fn run(arguments: &[&std::ffi::OsStr]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-oas")).args(arguments).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn one_file_holds_what_is_beside_the_document_and_at_urls() {
    let schemas = "components: {schemas: {Pet: {type: object, properties: {owner: {$ref: '../owner.yaml'}}}}}\n";
    let server = Server::start(vec![
        ("/api/schemas.yaml", Answer::Body(schemas.into())),
        ("/owner.yaml", Answer::Body(b"type: object\nproperties: {name: {type: string}}\n".to_vec())),
    ]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let page = format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{/pets: {{$ref: paths.yaml#/pets}}}}\ncomponents: {{schemas: {{Pets: {{type: array, items: {{$ref: '{}#/components/schemas/Pet'}}}}}}}}\n",
        server.url("/api/schemas.yaml")
    );
    std::fs::write(at("api.yaml"), page).expect("a file");
    let paths = "pets: {get: {operationId: listPets, responses: {'200': {description: d, content: {application/json: {schema: {$ref: 'api.yaml#/components/schemas/Pets'}, examples: {e: {$ref: e.yaml}}}}}}}}\n";
    std::fs::write(at("paths.yaml"), paths).expect("a file");
    std::fs::write(at("e.yaml"), "value: [{owner: {name: Ada}}]\n").expect("a file");

    let (code, _, err) = run(&["generate".as_ref(), at("api.yaml").as_os_str()]);
    assert_eq!(code, Some(2));
    assert!(err.contains("S010") && err.contains("cargo oas bundle"), "{err}");

    let (code, out, err) =
        run(&["bundle".as_ref(), at("api.yaml").as_os_str(), "-o".as_ref(), at("one.yaml").as_os_str()]);
    assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "", ""));
    let alone = tempfile::tempdir().expect("a temporary folder");
    std::fs::copy(at("one.yaml"), alone.path().join("one.yaml")).expect("a file");
    let text = std::fs::read_to_string(at("one.yaml")).expect("it was written");
    assert!(text.contains("Ada") && !text.contains(".yaml"), "nothing leads out of the file: {text}");
    let output = Loaded::path(&alone.path().join("one.yaml")).and_then(|loaded| loaded.generate());
    let code = output.unwrap_or_else(|error| panic!("{error}")).code;
    assert!(code.contains("pub struct Pet {") && code.contains("pub struct Owner {"), "names stay: {code}");

    let (code, out, _) = run(&["bundle".as_ref(), at("api.yaml").as_os_str(), "--format".as_ref(), "json".as_ref()]);
    let object: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(code, Some(0));
    assert_eq!(object["fetched"].as_array().map(Vec::len), Some(2), "{out}");
    assert!(object["document"]["components"]["schemas"]["Pet"].is_object(), "{out}");
}

#[test]
fn what_cannot_be_fetched_or_lies_outside_is_named() {
    let server = Server::start(Vec::new());
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (target, code) in [
        (server.url("/none.yaml"), "F003"),
        ("http://example.com/a.yaml".to_owned(), "F001"),
        ("../../outside.yaml".to_owned(), "S010"),
    ] {
        let path = folder.path().join("api.yaml");
        let page = format!("openapi: 3.0.3\npaths: {{}}\ncomponents: {{schemas: {{A: {{$ref: '{target}'}}}}}}\n");
        std::fs::write(&path, page).expect("a file");
        let (exit, _, err) = run(&["bundle".as_ref(), path.as_os_str()]);
        assert_eq!(exit, Some(2), "{err}");
        assert!(err.contains(&format!("error[{code}]")) && err.contains("help: "), "{err}");
    }
}
