//! What a test with a stub cannot say, rustc rejects, and its message says what to do.

use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use testing::{corpus, rustc};

const DOCUMENT: &str = r#"
openapi: 3.0.3
info: {title: Rooms, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
  /rooms:
    post:
      operationId: createRoom
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewRoom'}}}}
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
        '400': {description: code, content: {application/json: {schema: {$ref: '#/components/schemas/Code'}}}}
        '4XX': {description: text, content: {text/plain: {schema: {type: string}}}}
        default: {description: any, content: {application/json: {schema: {}}, '*/*': {schema: {type: string}}}}
  /rooms/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    delete:
      operationId: deleteRoom
      responses: {'204': {description: gone}, '404': {description: none such}}
  /files/{path*}:
    get:
      operationId: readFile
      parameters: [{name: path, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: read}}
  /files/{path}/raw:
    get:
      operationId: readRaw
      parameters: [{name: path, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: read}}
  /files/{path}/raw#again:
    get:
      operationId: readAgain
      parameters: [{name: path, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: read}}
  /größe/{from}2{to}.{format}:
    get:
      operationId: convert
      parameters:
      - {name: from, in: path, required: true, schema: {type: string}}
      - {name: to, in: path, required: true, schema: {type: string}}
      - {name: format, in: path, required: true, schema: {type: string}}
      responses: {'204': {description: converted}}
components:
  schemas:
    Code: {type: string}
    NewRoom: {type: object, required: [name], properties: {name: {type: string}}}
    Room: {type: object, required: [id], properties: {id: {type: string}}}
"#;

/// What rustc says of a program that says `line` of a stub.
fn said(workspace: &rustc::Workspace, name: &str, line: &str) -> Result<String, String> {
    let program = format!(
        "use {name}::{{operations, types}};\nuse openapi_sandbox::Stub;\n\nfn main() {{\n    let stub = Stub::new();\n    {line};\n}}\n"
    );
    workspace.add(name, "src/main.rs", &program);
    workspace.run(name, "")
}

#[test]
fn a_body_that_is_not_documented_does_not_compile_nor_one_that_cannot_be_written() {
    let code = |both_ways| {
        let file = SourceFile::from_bytes("rooms.yaml".as_ref(), DOCUMENT.into()).expect("it is UTF-8");
        let loaded = Loaded::sources(vec![file], &[]).expect("it is a document").both_ways(both_ways);
        loaded.generate().expect("the document generates").code
    };
    let (both, one) = (code(true), code(false));
    let clients = [("both", both.as_str()), ("one", one.as_str())];
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "stub", clients);
    let sandbox = corpus::workspace().join("crates/openapi-sandbox");
    for (name, _) in clients {
        let line =
            format!("openapi-sandbox = {{ path = {sandbox:?}, default-features = false, features = [\"stub\"] }}");
        workspace.depend(name, &format!("{line}\ntokio = {{ version = \"1\", features = [\"rt\", \"time\"] }}"));
    }

    let create = |answer: &str| format!("let _ = stub.on::<operations::CreateRoom>(){answer}");
    // How rustc writes the path of a type depends on its version. An alias of a text and a text are one type.
    let right = create(
        ".reply(201, types::Room::new(\"RM1\")).then().reply(400, String::new()).then().reply(404, String::new())\
         .then().reply(500, String::new())",
    );
    assert_eq!(said(&workspace, "both", &right), Ok(String::new()));
    let error = said(&workspace, "both", &create(".reply(201, 7_u8)")).expect_err("it is documented nowhere");
    assert!(error.contains("`u8` is not a documented body of the operation `"), "{error}");
    let room = format!("fn of(stub: &Stub, room: types::Room) {{ {}; }}", create(".reply(201, room)"));
    let error = said(&workspace, "one", &room).expect_err("it is only read");
    assert!(error.contains("cannot write `") && error.contains("`.both_ways(true)`"), "{error}");
    let read = "let _: types::NewRoom = stub.calls::<operations::CreateRoom>()[0].json()";
    let error = said(&workspace, "one", read).expect_err("it is only written");
    assert!(error.contains("cannot read `") && error.contains("`.both_ways(true)`"), "{error}");
    // As an HTTP client, the stub knows the operation, whatever its path is.
    let calls = "let client: one::Client = one::Client::builder().http(stub.clone()).build().expect(\"a client\");
    stub.on::<operations::ReadFile>().reply(204, ());
    stub.on::<operations::ReadRaw>().reply(204, ());
    stub.on::<operations::ReadAgain>().reply(204, ());
    stub.on::<operations::Convert>().reply(204, ());
    stub.on::<operations::DeleteRoom>().reply(204, ());
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect(\"a runtime\").block_on(async {
        client.read_file(\"a/b/raw\").await.expect(\"several segments\");
        client.read_raw(\"a/raw\").await.expect(\"an encoded slash\");
        client.read_again(\"a\").await.expect(\"another operation of the same path\");
        client.convert(\"q/r\", \"s\", \"j.p\").await.expect(\"several in a segment\");
        let made = openapi_runtime::http::Method::DELETE;
        client.request(made, \"/rooms/a%2Fb\").await.expect(\"its path says which it is\");
        let made = openapi_runtime::http::Method::DELETE;
        let error = client.request(made, \"/rooms/a/b\").await.expect_err(\"no operation has such a path\");
        assert!(error.to_string().contains(\"nothing expects DELETE /rooms/a/b\"), \"{error}\");
    });
    let _ = types::NewRoom::new(\"a\");
    let paths = |calls: Vec<Option<String>>| calls.into_iter().flatten().collect::<Vec<_>>().join(\" \");
    println!(\"{}\", paths(stub.calls::<operations::ReadFile>().iter().map(|call| call.path(\"path\")).collect()));
    println!(\"{}\", paths(stub.calls::<operations::ReadRaw>().iter().map(|call| call.path(\"path\")).collect()));
    println!(\"{}\", paths(stub.calls::<operations::ReadAgain>().iter().map(|call| call.path(\"path\")).collect()));
    let convert = &stub.calls::<operations::Convert>()[0];
    println!(\"{}\", paths([\"from\", \"to\", \"format\"].map(|name| convert.path(name)).into()));
    println!(\"{}\", paths(stub.calls::<operations::DeleteRoom>().iter().map(|call| call.path(\"id\")).collect()))";
    let said_of_calls = said(&workspace, "one", calls).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(said_of_calls, "a/b/raw\na/raw\na\nq/r s j.p\na/b\n");
    // What has no body needs neither.
    let delete = "let _ = types::NewRoom::new(\"a\"); let _ = stub.on::<operations::DeleteRoom>().reply(204, ()).then().reply(404, ())";
    assert_eq!(said(&workspace, "one", delete), Ok(String::new()));
}
