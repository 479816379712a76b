//! Calls and answers of every kind through generated code that rustc has compiled: each program of `programs` calls the
//! client of the document beside it and says what must come of it.

use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use testing::loopback::{Answer, Server};
use testing::rustc;

/// The workspace `name` with the client of `document` and a program that calls it.
fn program(name: &str, document: &str, program: &str) -> rustc::Workspace {
    let file = SourceFile::from_bytes("document.yaml".as_ref(), document.into()).expect("the document is UTF-8");
    let output = Loaded::sources(vec![file], &[]).and_then(|loaded| loaded.generate()).expect("the document generates");
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), name, [(name, output.code.as_str())]);
    workspace.add(name, "src/main.rs", program);
    workspace
}

#[test]
fn each_status_media_type_and_header_is_what_is_documented_for_it() {
    let document = include_str!("programs/responses.yaml");
    let workspace = program("responses", document, include_str!("programs/responses.rs"));
    let said = workspace.run("responses", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

#[test]
fn a_client_that_stands_alone_finds_the_server_of_the_definition() {
    let path = "/v1/items/a%2F1?tags=b%20c&tags=d&limit=7";
    let server = Server::start(vec![(path, Answer::Body(b"it is here".to_vec()))]);
    let document = include_str!("programs/direct.yaml").replace("PORT", &server.port().to_string());
    let workspace = program("direct", &document, include_str!("programs/direct.rs"));
    workspace.depend("direct", "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }");
    let said = workspace.run("direct", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

#[test]
fn what_no_type_can_say_is_checked_in_what_is_sent() {
    let file = SourceFile::from_bytes("keywords.yaml".as_ref(), include_bytes!("programs/keywords.yaml").to_vec());
    let loaded = Loaded::sources(vec![file.expect("it is UTF-8")], &[]).expect("it is a document").both_ways(true);
    let output = loaded.generate().expect("the document generates");
    let workspace =
        rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "keywords", [("keywords", output.code.as_str())]);
    workspace.add("keywords", "src/main.rs", include_str!("programs/keywords.rs"));
    let said = workspace.run("keywords", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

#[test]
fn each_path_is_sent_as_it_is_meant() {
    let workspace = program("paths", include_str!("programs/paths.yaml"), include_str!("programs/paths.rs"));
    workspace.depend("paths", "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }");
    let said = workspace.run("paths", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

#[test]
fn a_requirement_that_nobody_can_meet_is_never_none() {
    let workspace = program("unmet", include_str!("programs/unmet.yaml"), include_str!("programs/unmet.rs"));
    workspace.depend("unmet", "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }");
    let said = workspace.run("unmet", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

#[test]
fn the_caller_chooses_among_the_values_of_accept() {
    let workspace = program("accept", include_str!("programs/accept.yaml"), include_str!("programs/accept.rs"));
    workspace.depend("accept", "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }");
    let said = workspace.run("accept", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

#[test]
fn the_items_of_a_sequence_are_typed() {
    let document = include_str!("programs/streams.yaml");
    let file = SourceFile::from_bytes("document.yaml".as_ref(), document.into()).expect("the document is UTF-8");
    let code = Loaded::sources(vec![file], &[]).and_then(|loaded| loaded.generate()).expect("it generates").code;
    let clients = [("streams", code.as_str()), ("plain", code.as_str())];
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "streams", clients);
    workspace.depend_with("streams", &["events"], "");
    workspace.add("streams", "src/main.rs", include_str!("programs/streams.rs"));
    let said = workspace.run("streams", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
    assert_eq!(workspace.check("plain").errors, None, "without the feature there is a client without event streams");
}

/// Code that was generated for another version of the runtime's interface, which has items that this one lacks.
#[test]
fn code_for_a_newer_runtime_says_which_dependency_to_update() {
    let document = include_str!("programs/responses.yaml");
    let file = SourceFile::from_bytes("document.yaml".as_ref(), document.into()).expect("the document is UTF-8");
    let code = Loaded::sources(vec![file], &[]).and_then(|loaded| loaded.generate()).expect("it generates").code;
    assert!(code.contains("codegen::expect_version!(1);") && code.contains("codegen::Call::new"), "{code}");
    let lacking = code.replace("codegen::Call::new", "codegen::Newer::of");
    let newer = lacking.replace("expect_version!(1)", "expect_version!(2)");
    let clients = [("lacking", lacking.as_str()), ("newer", newer.as_str())];
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "newer", clients);
    let said = workspace.check("lacking").errors.expect("this runtime lacks an item");
    assert!(said.contains("Newer"), "{said}");
    let said = workspace.check("newer").errors.expect("it is of another version");
    assert!(said.contains("this openapi-runtime has version 1; update openapi-runtime in [dependencies]"), "{said}");
}

/// What a setter of a checked value says of a value of another type.
#[test]
fn the_compiler_says_how_a_checked_value_is_made() {
    let schema = "{type: object, properties: {name: {type: string, maxLength: 9}}}";
    let document = format!(
        "{{openapi: 3.0.3, info: {{title: t, version: '1'}}, paths: {{}}, components: {{schemas: {{Room: {schema}}}}}}}"
    );
    let file = SourceFile::from_bytes("document.yaml".as_ref(), document.into()).expect("the document is UTF-8");
    let code = Loaded::sources(vec![file], &[]).and_then(|loaded| loaded.generate()).expect("it generates").code;
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "unchecked", [("unchecked", code.as_str())]);
    let using = |value: &str| {
        let program =
            format!("include!(\"client.rs\");\nfn main() {{ let _ = types::RoomRequest::new().name({value}); }}\n");
        workspace.program("unchecked", &program);
        workspace.check("unchecked").errors
    };
    assert_eq!(using("\"Red\""), None);
    let said = using("5.5").expect("a number is no text");
    for part in [
        "a `openapi_runtime::codegen::Checked<RoomRequestNameRules>` cannot be made of",
        "neither a",
        "made by `new`, `try_from` or, of a text, `parse`",
        "in the documentation of the type's alias",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn lists_page_by_themselves_where_the_definition_leaves_no_doubt() {
    let document = include_str!("programs/lists.yaml");
    let file = SourceFile::from_bytes("document.yaml".as_ref(), document.into()).expect("the document is UTF-8");
    let output = Loaded::sources(vec![file], &[]).and_then(|loaded| loaded.generate()).expect("the document generates");
    let lists = output.lists.iter().map(|list| (&*list.operation, &*list.rule, list.confidence));
    let expected = [
        ("listByToken", "by a token: `page_token` takes `next_page_token` (AIP-158)", "certain"),
        ("listByUrl", "by the URL `metadata.next` (Confluent)", "certain"),
        ("listByLinks", "by the URL `metadata.next` (the links `self` and `next`)", "certain"),
        ("listByHeader", "by the header `Link` (RFC 8288)", "certain"),
        ("listByOffset", "by the number of items before: `offset`", "likely"),
        ("listByPage", "by the number of the page: `page`", "likely"),
        ("listAsDropshot", "by a token: `page_token` takes `next_page` (Dropshot)", "certain"),
        ("searchByBody", "as `x-pagination` says, by a token: `cursor` of the body takes `more.cursor`", "stated"),
        ("listAsSpeakeasy", "as `x-speakeasy-pagination` says, by the number of the page: `p`", "stated"),
        ("listAsStripe", "by the last item: `starting_after` takes its `id` (Stripe)", "certain"),
        ("listAfter", "by the last item: `after` takes its `id`", "likely"),
        ("listAsOdata", "by the URL `@odata.nextLink` (OData)", "certain"),
        ("listBySkip", "by the number of items before: `$skip`", "likely"),
        ("listAsTwilio", "by the URL `meta.next_page_url` (the links of all pages)", "certain"),
        ("listAsDjango", "by the URL `next` (Django REST framework)", "certain"),
        ("listAsJsonApi", "by the URL `links.next` (JSON:API)", "certain"),
        ("listAsKubernetes", "by a token: `continue` takes `metadata.continue` (Kubernetes)", "certain"),
        ("listByNestedToken", "by a token: `offset` takes `next_page.offset`", "likely"),
        ("listByMarker", "by a token: `marker` takes `next_marker`", "likely"),
        ("listByDescribedPage", "by the number of the page: `page`", "likely"),
        ("listAsStated", "as `x-pagination` says, by the last item: `since` takes its `id`", "stated"),
        ("listWithNames", "by the URL `metadata.next` (the links `self` and `next`)", "certain"),
    ];
    assert_eq!(lists.collect::<Vec<_>>(), expected);
    let said: Vec<&str> =
        output.diagnostics.iter().filter(|found| found.code == "G035").map(|found| &*found.message).collect();
    let why = "`x-pagination` cannot be followed, and the list does not page by itself: there is no query parameter `nothing`";
    assert_eq!(said, [why]);
    let docs = "Pages by the URL `metadata.next` (Confluent) (certain): `pages()` and `items()` of the request fetch all of it.";
    assert!(output.code.contains(docs), "{}", output.code);
    let workspace = program("lists", document, include_str!("programs/lists.rs"));
    workspace.depend("lists", "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }");
    let said = workspace.run("lists", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}
