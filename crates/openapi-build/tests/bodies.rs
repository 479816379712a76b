//! Request bodies in generated code: which parts are files, and what is said of their encoding.

use openapi_build::diagnostic::Severity;
use openapi_build::lock::Lock;
use openapi_build::pipeline::{Loaded, Output, Reading};
use openapi_build::source::SourceFile;
use serde_json::{Value, json};
use testing::rustc;

fn loaded(document: &Value) -> Loaded {
    let file = SourceFile::from_bytes("document.json".as_ref(), document.to_string().into_bytes()).expect("JSON");
    Loaded::sources(vec![file], &[]).expect("the document is read")
}

fn generated(document: &Value) -> Output {
    loaded(document).both_ways(true).generate().expect("the document generates")
}

/// A document with a body for each of `contents`, and components.
fn document(version: &str, contents: &[Value], schemas: &Value) -> Value {
    let post = |(index, content): (usize, &Value)| {
        let body = json!({"required": true, "content": content});
        let responses = json!({"204": {"description": "done"}});
        let operation = json!({"operationId": format!("send{index}"), "requestBody": body, "responses": responses});
        (format!("/{index}"), json!({ "post": operation }))
    };
    let paths: serde_json::Map<String, Value> = contents.iter().enumerate().map(post).collect();
    json!({"openapi": version, "info": {"title": "Bodies", "version": "1"}, "servers": [{"url": "https://api.example.com"}],
        "paths": paths, "components": {"schemas": schemas}})
}

fn multipart(properties: &Value, encoding: &Value) -> Value {
    json!({"multipart/form-data": {"schema": {"type": "object", "properties": properties}, "encoding": encoding}})
}

/// The type of the field `name` of a struct.
fn ty<'a>(code: &'a str, name: &str) -> &'a str {
    let (_, rest) = code.split_once(&format!("pub {name}: ")).unwrap_or_else(|| panic!("no field {name}: {code}"));
    rest.split_once(",\n").expect("a field ends").0
}

fn warnings(output: &Output) -> Vec<(&str, &str)> {
    let warnings = output.diagnostics.iter().filter(|finding| finding.severity == Severity::Warning);
    warnings.map(|finding| (finding.code, finding.message.as_str())).collect()
}

/// Compiles the client without a warning.
fn compiles(name: &str, output: &Output) {
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), name, [(name, output.code.as_str())]);
    assert_eq!(workspace.check(name).errors, None);
}

#[test]
fn parts_that_hold_bytes_are_files_and_others_are_not() {
    let properties = json!({
        "plain": {"type": "string", "format": "binary"},
        "referred": {"$ref": "#/components/schemas/Blob"},
        "annotated": {"allOf": [{"$ref": "#/components/schemas/Blob"}], "description": "An annotated one."},
        "maybe": {"type": ["string", "null"], "format": "binary"},
        "media": {"type": "string", "contentMediaType": "image/png"},
        "several": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Blob"}},
        "all": {"$ref": "#/components/schemas/Blobs"},
        "either": {"oneOf": [{"type": "string", "format": "binary"}, {"type": "integer"}]},
        "encoded": {"type": "string"},
        "untyped": {},
        "text": {"type": "string"},
        "csv": {"type": "string"},
        "word": {"type": "string", "enum": ["a"]},
        "base64": {"type": "string", "contentEncoding": "base64"},
        "any": {},
    });
    let encoding = json!({
        "encoded": {"contentType": "application/octet-stream, image/*"}, "untyped": {"contentType": "application/pdf"},
        "csv": {"contentType": "text/csv"}, "word": {"contentType": "image/png"},
    });
    let schemas = json!({
        "Blob": {"type": "string", "format": "binary"},
        "Blobs": {"type": "array", "items": {"$ref": "#/components/schemas/Blob"}},
    });
    let output = generated(&document("3.1.0", &[multipart(&properties, &encoding)], &schemas));
    let code = &output.code;
    for name in ["plain", "referred", "annotated", "media", "encoded", "untyped"] {
        assert_eq!(ty(code, name), "Option<codegen::FilePart>", "{name}");
    }
    assert!(ty(code, "maybe").contains("FilePart") && code.contains("File(codegen::FilePart)"), "{code}");
    assert_eq!(ty(code, "all"), "Option<Vec<codegen::FilePart>>");
    assert!(code.contains("type Value = Vec<codegen::FilePart>;"), "a checked list: {code}");
    for name in ["text", "csv", "word", "base64", "any"] {
        assert!(!ty(code, name).contains("FilePart"), "{name}");
    }
    compiles("files", &output);
}

#[test]
fn a_component_stays_what_it_is_elsewhere_and_keeps_its_name_by_the_lock() {
    let own = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let with_file = |more: &str| {
        json!({"type": "object", "required": [more], "properties": {
        more: {"type": "string"}, "file": {"type": "string", "format": "binary"}}})
    };
    let schemas = json!({
        "Alone": with_file("a"), "Shared": with_file("b"), "SharedForm": {"type": "object", "properties": {"x": {"type": "integer"}}},
        "ByFile": with_file("c"), "ByUrl": {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}},
        "Choice": {"oneOf": [own("ByFile"), own("ByUrl")]},
    });
    let of = |media_type: &str, name: &str| json!({media_type: {"schema": own(name)}});
    let contents = [
        of("multipart/form-data", "Alone"),
        of("multipart/form-data", "Shared"),
        of("application/json", "Shared"),
        of("application/json", "SharedForm"),
        of("multipart/form-data", "Choice"),
        of("application/json", "Choice"),
    ];
    let document = document("3.0.3", &contents, &schemas);
    let output = generated(&document);
    let code = &output.code;
    assert!(code.contains("pub fn send0(&self, body: types::Alone)"), "{code}");
    assert!(code.contains("body: types::SharedFormData)") && code.contains("body: types::Shared)"), "{code}");
    assert!(code.contains("body: types::ChoiceForm)") && code.contains("body: types::Choice)"), "{code}");
    assert!(
        code.contains("ByFileForm") && !code.contains("ByUrlForm"),
        "an alternative without files is one type: {code}"
    );
    compiles("shared_bodies", &output);
    let pinned = output.choices.iter().find(|choice| choice.name == "SharedFormData").expect("it is pinned");
    assert_eq!(pinned.places, ["Shared@multipart"]);
    let lock = Lock::from_choices(&output.choices);
    let mut again = loaded(&document).both_ways(true);
    again.lock = lock;
    let again = again.generate().expect("it generates");
    assert_eq!(again.code, output.code);
}

#[test]
fn what_an_encoding_says_is_sent_or_reported() {
    let properties = json!({
        "file": {"type": "string", "format": "binary"}, "about": {"type": "object", "properties": {"a": {"type": "string"}}},
        "list": {"type": "array", "items": {"type": "string"}},
    });
    let encoding = json!({
        "file": {"contentType": "image/png", "headers": {"X-Sum": {"schema": {"type": "string"}}, "Content-Type": {}}},
        "about": {"style": "deepObject", "headers": {"X-Kind": {"schema": {"enum": ["a"]}}, "X-Open": {"schema": {"type": "string"}}}},
        "list": {"x-array-format": "indexes"},
    });
    let form = json!({"application/x-www-form-urlencoded": {
        "schema": {"type": "object", "properties": {"a": {"type": "object"}, "b": {"type": "string"}}},
        "encoding": {"a": {"contentType": "application/xml"}, "b": {"allowReserved": true}},
    }});
    let output = generated(&document("3.0.3", &[multipart(&properties, &encoding), form], &json!({})));
    let compact: String = output.code.split_whitespace().collect();
    assert!(compact.contains(r#"Field::new("file").media_types("image/png")"#), "{compact}");
    let about = r#"Field::new("about").style(codegen::Style::DeepObject).headers(&[("X-Kind","a")])"#;
    assert!(compact.contains(about), "{compact}");
    assert!(compact.contains(r#"("b",codegen::Style::Reserved(&codegen::Style::FormExploded))"#), "{compact}");
    let expected = [
        ("G024", "the header `X-Open` in the encoding of the part `about` is ignored"),
        ("G024", "the value of `x-array-format` in the encoding of the part `list` is ignored"),
        ("G024", "the media type `application/xml` in the encoding of the part `a` is ignored"),
    ];
    assert_eq!(warnings(&output), expected);
    compiles("encodings", &output);
}

#[test]
fn a_part_that_the_user_wants_as_text_is_no_file() {
    let properties = json!({
        "own": {"type": "string", "format": "binary", "x-rust-format": "text"},
        "referred": {"$ref": "#/components/schemas/Blob"},
        "several": {"type": "array", "items": {"$ref": "#/components/schemas/Blob"}},
        "encoded": {"type": "string", "x-rust-format": "text"},
        "file": {"type": "string", "format": "binary"},
    });
    let encoding = json!({"encoded": {"contentType": "application/pgp-keys"}});
    let schemas = json!({"Blob": {"type": "string", "format": "binary", "x-rust-format": "text"}});
    let output = generated(&document("3.0.3", &[multipart(&properties, &encoding)], &schemas));
    for name in ["own", "referred", "several", "encoded"] {
        assert!(!ty(&output.code, name).contains("FilePart"), "{name}");
    }
    assert_eq!(ty(&output.code, "own"), "Option<String>");
    assert_eq!(ty(&output.code, "encoded"), "Option<String>");
    assert_eq!(ty(&output.code, "file"), "Option<codegen::FilePart>");
    assert_eq!(warnings(&output), []);
    compiles("texts", &output);
    // Chosen by the format, as a build script does.
    let properties = json!({"all": {"type": "string", "format": "binary"}});
    let document = document("3.0.3", &[multipart(&properties, &json!({}))], &json!({})).to_string();
    let file = SourceFile::from_bytes("document.json".as_ref(), document.into_bytes()).expect("JSON");
    let reading = Reading::default().formats(&[("binary".to_owned(), openapi_build::Format::Text)]);
    let chosen = reading.sources(vec![file], &[]).expect("the document is read").both_ways(true);
    let output = chosen.generate().expect("the document generates");
    assert!(!output.code.contains("FilePart"), "{}", output.code);
    assert_eq!(warnings(&output), []);
}

#[test]
fn a_finding_in_a_copy_is_led_back_to_the_component() {
    let schemas = json!({"Note": {"type": "object", "properties": {
        "text": {"type": "string", "x-rust-format": "nonsense"}, "file": {"type": "string", "format": "binary"}}}});
    let note = json!({"schema": {"$ref": "#/components/schemas/Note"}});
    let both = json!({"application/json": note, "multipart/form-data": note});
    let output = generated(&document("3.0.3", &[both], &schemas));
    assert!(output.code.contains("pub struct NoteForm"), "there is a copy");
    let pointers: Vec<&str> = output
        .diagnostics
        .iter()
        .filter(|found| found.code == "X002")
        .filter_map(|found| found.pointer.as_deref())
        .collect();
    assert_eq!(pointers, ["/components/schemas/Note/properties/text/x-rust-format"]);
    let elsewhere = output.diagnostics.iter().filter_map(|found| found.pointer.as_deref());
    assert!(elsewhere.into_iter().all(|pointer| !pointer.contains("NoteForm")));
}
