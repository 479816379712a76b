//! `bundle` writes one file of a definition that is split into several, some of them on a server.

use std::process::Command;

use openapi_build::pipeline::Loaded;
use testing::loopback::{Answer, Server};

fn run(arguments: &[&std::ffi::OsStr]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-oas")).args(arguments).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn bundle(arguments: &[&std::ffi::OsStr]) -> (Option<i32>, String, String) {
    run(&[&["bundle".as_ref()], arguments].concat())
}

/// The client that is generated from a file.
fn client(path: &std::path::Path) -> String {
    Loaded::path(path).and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{error}")).code
}

#[test]
fn one_file_holds_what_is_at_urls() {
    let schemas = "components: {schemas: {Pet: {type: object, properties: {owner: {$ref: '../owner.yaml'}}}}}\n";
    let api = "openapi: 3.0.3\ninfo: {title: t, version: '1', description: {$ref: read.md}}\npaths: {/pets: {$ref: paths.yaml#/pets}}\ncomponents: {schemas: {Pets: {type: array, items: {$ref: 'schemas.yaml#/components/schemas/Pet'}}}}\n";
    let paths = "pets: {get: {operationId: listPets, responses: {'200': {description: d, content: {application/json: {schema: {$ref: 'api.yaml#/components/schemas/Pets'}, examples: {e: {$ref: e.yaml}}}}}}}}\n";
    let body = |text: &str| Answer::Body(text.into());
    let server = Server::start(vec![
        ("/api/api.yaml", body(api)),
        ("/api/paths.yaml", body(paths)),
        ("/api/read.md", body("about: pets: all")),
        ("/api/e.yaml", body("value: [{owner: {name: Ada}}]\n")),
        ("/api/schemas.yaml", body(schemas)),
        ("/owner.yaml", body("type: object\nproperties: {name: {type: string}}\n")),
    ]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let one = folder.path().join("one.yaml");
    let url = server.url("/api/api.yaml");
    let (code, out, err) = bundle(&[url.as_ref(), "-o".as_ref(), one.as_os_str()]);
    assert_eq!((code, out.as_str()), (Some(0), ""), "{err}");
    let mut fetched: Vec<&str> = err.lines().collect();
    fetched.sort_unstable();
    let names = ["/api/api.yaml", "/api/e.yaml", "/api/paths.yaml", "/api/read.md", "/api/schemas.yaml", "/owner.yaml"];
    assert_eq!(fetched, names.map(|name| format!("fetching {}", server.url(name))), "each URL is named once");
    let text = std::fs::read_to_string(&one).expect("it was written");
    assert!(text.contains("Ada") && text.contains("about: pets") && !text.contains("yaml"), "{text}");
    let code = client(&one);
    assert!(code.contains("pub struct Pet {") && code.contains("pub struct Owner {"), "names stay: {code}");

    let (code, _, err) = bundle(&[url.as_ref(), "--max-bytes".as_ref(), "450".as_ref()]);
    assert_eq!(code, Some(2));
    assert!(err.contains("error[F004]") && err.contains("--max-bytes"), "all files together are too large: {err}");
}

#[test]
fn a_split_document_of_swagger_2_stays_one_and_its_client_is_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    let api = "swagger: '2.0'\ninfo: {title: t, version: '1', description: {$ref: read.md}}\nhost: a.example\nschemes: [https]\npaths:\n  /pets: {$ref: 'paths.yaml#/pets'}\n  /pets/{id}: {get: {$ref: get.yaml}}\ndefinitions: {Kind: {type: string, enum: [cat, dog]}}\n";
    write("api.yaml", api);
    write("read.md", "All pets.");
    write(
        "paths.yaml",
        "pets:\n  get: {operationId: listPets, parameters: [{$ref: 'shared.yaml#/parameters/Limit'}], responses: {'200': {description: d, schema: {type: array, items: {$ref: 'shared.yaml#/definitions/Pet'}}}, default: {$ref: 'shared.yaml#/responses/Error'}}}\n  post: {operationId: addPet, parameters: [{name: b, in: body, schema: {$ref: 'shared.yaml#/definitions/Pet'}}], responses: {'204': {description: d}}}\n",
    );
    write(
        "get.yaml",
        "operationId: getPet\nparameters: [{name: id, in: path, required: true, type: string}]\nresponses: {'200': {description: d, schema: {$ref: 'shared.yaml#/definitions/Pet'}}}\n",
    );
    write(
        "shared.yaml",
        "parameters: {Limit: {name: limit, in: query, type: integer, format: int32}}\nresponses: {Error: {description: e, schema: {$ref: '#/definitions/Error'}}}\ndefinitions:\n  Pet: {type: object, properties: {kind: {$ref: 'api.yaml#/definitions/Kind'}, friends: {type: array, items: {$ref: '#/definitions/Pet'}}}}\n  Error: {type: object, properties: {message: {type: string}}}\n",
    );
    let (api, alone) = (folder.path().join("api.yaml"), tempfile::tempdir().expect("a temporary folder"));
    let one = alone.path().join("one.yaml");
    let (code, _, err) = bundle(&[api.as_os_str(), "-o".as_ref(), one.as_os_str()]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let text = std::fs::read_to_string(&one).expect("it was written");
    assert!(text.contains("swagger: '2.0'") || text.contains("swagger: \"2.0\""), "{text}");
    assert!(!text.contains("components") && !text.contains(".yaml") && text.contains("All pets."), "{text}");
    assert_eq!(text.matches("  Pet:\n").count(), 1, "each definition is there once: {text}");
    let code = client(&one);
    assert!(
        code.contains("pub struct Pet {") && code.contains("fn get_pet(") && code.contains("fn add_pet("),
        "{code}"
    );
    assert_eq!(code, client(&api));
}

#[test]
fn what_is_read_leniently_in_any_of_the_files_is_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("api.yaml"), "openapi: 3.0.3\nx-a: 1\nx-a: 2\npaths: {/a: {$ref: a.yaml}}\n").expect("a file");
    std::fs::write(at("a.yaml"), "get:\n\toperationId: a\n\tresponses: {'204': {description: d}}\n").expect("a file");
    let (code, _, err) = bundle(&[at("api.yaml").as_os_str()]);
    assert_eq!(code, Some(0));
    assert!(err.contains("warning[S014]") && err.contains("warning[S013]") && err.contains("a.yaml:2"), "{err}");
}

#[test]
fn a_file_may_refer_to_no_server_of_this_machine() {
    let server = Server::start(vec![("/owner.yaml", Answer::Body(b"type: object\n".to_vec()))]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("api.yaml");
    let local = server.url("/owner.yaml");
    for target in
        [local.as_str(), "https://localhost./a.yaml", "https://[::ffff:127.0.0.1]/a.yaml", "https://0.0.0.0/a"]
    {
        let page = format!("openapi: 3.0.3\npaths: {{}}\ncomponents: {{schemas: {{A: {{$ref: '{target}'}}}}}}\n");
        std::fs::write(&path, page).expect("a file");
        let (code, _, err) = bundle(&[path.as_os_str()]);
        assert_eq!(code, Some(2), "{target}: {err}");
        assert!(err.contains("error[F005]") && !err.contains("fetching"), "{target}: {err}");
    }
}

#[test]
fn one_file_holds_what_is_beside_the_document() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let page = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/pets: {$ref: paths.yaml#/pets}}\ncomponents: {schemas: {Pets: {type: array, items: {$ref: 'schemas.yaml#/components/schemas/Pet'}}}}\n";
    std::fs::write(at("api.yaml"), page).expect("a file");
    let schemas = "components: {schemas: {Pet: {type: object, properties: {name: {type: string}}}}}\n";
    std::fs::write(at("schemas.yaml"), schemas).expect("a file");
    let paths = "pets: {get: {operationId: listPets, responses: {'200': {description: d, content: {application/json: {schema: {$ref: 'api.yaml#/components/schemas/Pets'}, examples: {e: {$ref: e.yaml}}}}}}}}\n";
    std::fs::write(at("paths.yaml"), paths).expect("a file");
    std::fs::write(at("e.yaml"), "value: [{name: Ada}]\n").expect("a file");
    let (code, out, err) = bundle(&[at("api.yaml").as_os_str(), "--format".as_ref(), "json".as_ref()]);
    let object: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(object["fetched"], serde_json::json!([]));
    assert!(object["document"]["components"]["schemas"]["Pet"].is_object(), "{out}");
    assert!(out.contains("Ada") && !out.contains(".yaml"), "nothing leads out of the file: {out}");
}

#[test]
fn what_cannot_be_fetched_or_lies_outside_is_named() {
    let page =
        |target: &str| format!("openapi: 3.0.3\npaths: {{}}\ncomponents: {{schemas: {{A: {{$ref: '{target}'}}}}}}\n");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("api.yaml");
    let server = Server::start(vec![("/api.yaml", Answer::Body(page("none.yaml").into()))]);
    let url = server.url("/api.yaml");
    for (file, target, code) in [
        (url.as_ref(), "none.yaml", "F003"),
        (path.as_os_str(), "http://example.com/a.yaml", "F001"),
        (path.as_os_str(), "../../outside.yaml", "S010"),
    ] {
        std::fs::write(&path, page(target)).expect("a file");
        let (exit, _, err) = bundle(&[file]);
        assert_eq!(exit, Some(2), "{err}");
        assert!(err.contains(&format!("error[{code}]")) && err.contains("help: "), "{err}");
    }
    // A build follows no URL.
    std::fs::write(&path, page(&server.url("/owner.yaml"))).expect("a file");
    let (code, _, err) = run(&["generate".as_ref(), path.as_os_str()]);
    assert_eq!(code, Some(2));
    assert!(err.contains("S010") && err.contains("cargo oas bundle"), "{err}");
}
