//! Small definitions in the folder that `OPENAPI_INPUTS` names, each of which says one thing that generators often get wrong:
//! what the server receives of a client that rustc has compiled. Without the variable there is nothing to do.

use openapi_build::diagnostic::Severity;
use openapi_build::pipeline::Loaded;
use sha2::{Digest, Sha256};
use testing::loopback::{Received, Recorder};
use testing::{corpus, rustc};

/// The requests that `program` sends by the client of `document`; `None` without the folder.
fn received(document: &str, program: &str, answers: &'static [(u16, &'static str)]) -> Option<Vec<Received>> {
    let path = corpus::folder("OPENAPI_INPUTS")?.join(document);
    let name = document.trim_end_matches(".yaml");
    let output = Loaded::files(&[path], &[]).and_then(|loaded| loaded.generate()).expect("it generates");
    let warnings = output.diagnostics.iter().filter(|finding| finding.severity == Severity::Warning);
    assert_eq!(warnings.map(ToString::to_string).collect::<Vec<_>>(), [""; 0], "nothing is lost or assumed");
    let name = format!("input-{name}");
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), &name, [(name.as_str(), output.code.as_str())]);
    workspace.depend(&name, "tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt\", \"time\"] }");
    workspace.add(&name, "src/main.rs", program);
    let server = Recorder::start(answers);
    let said = workspace.run(&name, &server.url()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
    Some(server.received())
}

/// The methods and targets of requests, with their brackets.
fn lines(received: &[Received]) -> Vec<String> {
    let line = |received: &Received| received.head.line.replace("%5B", "[").replace("%5D", "]");
    received.iter().map(|one| line(one).trim_end_matches(" HTTP/1.1").to_owned()).collect()
}

#[test]
fn objects_in_queries_are_nested_by_brackets() {
    let program = include_str!("programs/inputs/deep_object.rs");
    let Some(received) = received("03-deepobject.yaml", program, &[(204, "")]) else { return };
    let expected = [
        "GET /items?filter[owner]=o&filter[created][gte]=1&filter[ids][]=x&filter[ids][]=y",
        "GET /items?expand[]=a&expand[]=b",
        "GET /items?free[a][b][]=c&map[k]=v",
        "GET /items?range[gt]=3",
    ];
    assert_eq!(lines(&received), expected);
}

#[test]
fn files_in_multipart_bodies_have_their_bytes_filenames_and_media_types() {
    let program = include_str!("programs/inputs/upload.rs");
    let Some(received) = received("35-upload-plain.yaml", program, &[(204, "")]) else { return };
    assert_eq!(lines(&received), ["POST /upload"; 2]);
    let png = [b"\x89PNG\r\n\x1a\n".to_vec(), (0..=255).rev().collect()].concat();
    for (received, file) in received.iter().zip([("logo.png", "image/png"), ("blob", "image/x-own")]) {
        let content_type = received.head.header("content-type");
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("a boundary");
        let part = |head: String, bytes: &[u8]| {
            let head = format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
            [head.as_bytes(), bytes, b"\r\n"].concat()
        };
        let (filename, media_type) = file;
        let expected = [
            part(format!("name=\"file\"; filename=\"{filename}\"\r\nContent-Type: {media_type}"), &png),
            part("name=\"purpose\"\r\nContent-Type: text/plain".to_owned(), b"a purpose"),
            format!("--{boundary}--\r\n").into_bytes(),
        ];
        let body = &received.body;
        assert_eq!(String::from_utf8_lossy(body), String::from_utf8_lossy(&expected.concat()));
        assert_eq!(Sha256::digest(body), Sha256::digest(expected.concat()));
    }
}

#[test]
fn bodies_of_any_media_type_are_read_as_the_answer_says() {
    let program = include_str!("programs/inputs/any_media_type.rs");
    let answers = &[(200, r#"[{"id": "a", "done": true}]"#), (404, r#"{"title": "gone"}"#), (201, r#"{"id": "b"}"#)];
    let Some(received) = received("39-springdoc.yaml", program, answers) else { return };
    assert_eq!(lines(&received), ["GET /todos", "GET /todos", "POST /todos"]);
    for received in &received {
        let accept = received.head.header("accept");
        assert!(accept.starts_with("application/json,") && accept.contains("*/*"), "{accept}");
    }
    assert_eq!(received[2].body, br#"{"id":"b"}"#);
}

#[test]
fn parameters_in_paths_have_the_styles_matrix_and_label() {
    let program = include_str!("programs/inputs/path_styles.rs");
    let Some(received) = received("59-path-styles.yaml", program, &[(204, "")]) else { return };
    assert_eq!(lines(&received), ["GET /m/;m=5", "GET /l/.x"]);
}
