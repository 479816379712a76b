//! Input that is not what it should be: one message, with a code, a place and a way on.

use std::path::Path;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::Loaded;

const PAGE: &str = "paths:\n  /a:\n    get:\n      operationId: a\n      responses: {'204': {description: done}}\n";

fn manifest(overlays: &str) -> String {
    format!("[[document]]\nname = \"api\"\n{overlays}[[document.file]]\npath = \"a.yaml\"\n")
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

fn error(folder: &Path) -> Diagnostic {
    let error = Loaded::folder(folder).and_then(|loaded| loaded.generate()).expect_err("the input is bad");
    assert!(error.help.is_some(), "{error}");
    assert!(error.position.is_some() && error.pointer.is_some(), "{error}");
    error
}

#[test]
fn every_bad_document_has_one_clear_message() {
    let alias_bomb: String = std::iter::once("a0: &a0 [x, x]\n".to_owned())
        .chain((1..40).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}]\n", m = n - 1)))
        .collect();
    let deep = "[".repeat(100_000);
    type Row<'a> = (&'a str, &'a [u8], &'a str, (usize, usize));
    let table: [Row<'_>; 12] = [
        ("empty", b"", "S004", (1, 1)),
        ("only white space", b"\n\n", "S004", (1, 1)),
        ("not UTF-8", b"paths:\n  \xff: {}\n", "S003", (2, 3)),
        ("not YAML", b"paths: [\n", "S005", (2, 1)),
        ("truncated JSON", b"{\"paths\": {\n\"/a\": {\"ge", "S005", (2, 10)),
        ("a page of HTML", b"<!DOCTYPE html>\n<html></html>\n", "S005", (1, 1)),
        ("an alias bomb", alias_bomb.as_bytes(), "S005", (17, 22)),
        ("nested too deep", deep.as_bytes(), "S005", (1, 256)),
        ("a list", b"- 1\n", "S006", (1, 1)),
        ("not OpenAPI", b"hello: 1\n", "S006", (1, 1)),
        ("Swagger", b"swagger: '1.2'\npaths: {}\n", "S007", (1, 1)),
        ("OpenAPI 4", b"info: {}\nopenapi: 4.0.0\npaths: {}\n", "S007", (2, 1)),
    ];
    for (name, content, code, place) in table {
        let folder = folder(&[("spec.toml", manifest("").as_bytes()), ("a.yaml", content)]);
        let error = error(folder.path());
        let position = error.position.as_ref().expect("checked");
        assert_eq!(error.code, code, "{name}: {error}");
        assert_eq!((position.line, position.column), place, "{name}: {error}");
        assert!(position.file.ends_with("a.yaml"), "{name}: {error}");
    }
}

#[test]
fn a_missing_file_and_a_missing_manifest_are_named() {
    assert_eq!(error(folder(&[]).path()).code, "M001");
    let missing = error(folder(&[("spec.toml", manifest("").as_bytes())]).path());
    assert_eq!(missing.code, "S001");
    assert!(missing.to_string().contains("a.yaml"), "{missing}");
}

#[test]
fn a_digest_that_does_not_fit_says_what_to_do() {
    let manifest = format!("{}sha256 = \"00\"\n", manifest(""));
    let error = error(folder(&[("spec.toml", manifest.as_bytes()), ("a.yaml", PAGE.as_bytes())]).path());
    assert_eq!(error.code, "M003");
    assert!(error.help.as_ref().is_some_and(|help| help.contains("spec.toml")), "{error}");
}

#[test]
fn a_file_outside_the_folder_is_refused() {
    for path in ["../a.yaml", "/etc/hostname", "b/../../a.yaml"] {
        let manifest = manifest("").replace("a.yaml", path);
        assert_eq!(error(folder(&[("spec.toml", manifest.as_bytes())]).path()).code, "S009", "{path}");
    }
}

#[test]
fn a_broken_overlay_is_located() {
    let table = [
        ("overlay: 2.0.0\nactions: []\n", "O001", 1),
        ("overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n- target: $.[\n  update: {a: 1}\n", "O002", 4),
        ("overlay: [\n", "S005", 2),
    ];
    for (overlay, code, line) in table {
        let manifest = manifest("overlays = [\"o.yaml\"]\n");
        let files = [("spec.toml", manifest.as_bytes()), ("a.yaml", PAGE.as_bytes()), ("o.yaml", overlay.as_bytes())];
        let error = error(folder(&files).path());
        assert_eq!((error.code, error.position.as_ref().map(|place| place.line)), (code, Some(line)), "{error}");
    }
}

#[test]
fn an_action_that_matches_nothing_is_a_warning_that_names_it() {
    let overlay = "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n- target: $.paths['/b']\n  description: b is wrong\n  remove: true\n";
    let manifest = manifest("overlays = [\"o.yaml\"]\n");
    let files = [("spec.toml", manifest.as_bytes()), ("a.yaml", PAGE.as_bytes()), ("o.yaml", overlay.as_bytes())];
    let folder = folder(&files);
    let loaded = Loaded::folder(folder.path()).expect("it loads");
    let stale = loaded.diagnostics.iter().find(|diagnostic| diagnostic.code == "O003").expect("a warning");
    assert!(stale.message.contains("b is wrong"), "{stale}");
    assert_eq!(stale.position.as_ref().map(|place| place.line), Some(4));
}

#[test]
fn fragments_of_one_document_are_joined_and_must_not_contradict_each_other() {
    let two = |other: &str| {
        let manifest = format!("{}[[document.file]]\npath = \"b.json\"\n", manifest(""));
        folder(&[("spec.toml", manifest.as_bytes()), ("a.yaml", PAGE.as_bytes()), ("b.json", other.as_bytes())])
    };
    let joined = two(r#"{"paths": {"/b": {"get": {"operationId": "b", "responses": {}}}}}"#);
    let tree = Loaded::folder(joined.path()).expect("it loads").documents.remove(0).tree;
    assert_eq!(tree["paths"].as_object().map(|paths| paths.len()), Some(2));
    let contradiction = two(r#"{"paths": {"/a": {"get": {"operationId": "other", "responses": {}}}}}"#);
    assert_eq!(error(contradiction.path()).code, "S008");
}

#[test]
fn a_broken_manifest_is_located() {
    let file = "[[document.file]]\npath = \"a.yaml\"\n";
    let twice = format!("[[document]]\nname = \"a b\"\n{file}[[document]]\nname = \"a-b\"\n{file}");
    let table: [(&str, &[u8], &str, usize); 7] = [
        ("no TOML", b"[[document]\n", "M002", 1),
        ("an unknown key", b"[[document]]\nname = \"a\"\ncolour = 1\n", "M002", 3),
        ("no document", b"document = []\n", "M002", 1),
        ("a document without a file", b"[[document]]\nname = \"a\"\nfile = []\n", "M002", 1),
        ("two documents of one name", twice.as_bytes(), "M002", 1),
        ("not UTF-8", b"# \xe9\n", "S003", 1),
        ("empty", b"", "S004", 1),
    ];
    for (name, content, code, line) in table {
        let error = error(folder(&[("spec.toml", content), ("a.yaml", PAGE.as_bytes())]).path());
        let position = error.position.as_ref().expect("checked");
        assert_eq!((error.code, position.line), (code, line), "{name}: {error}");
        assert!(position.file.ends_with("spec.toml"), "{name}: {error}");
    }
}

#[test]
fn a_broken_lock_is_located() {
    let files = [("spec.toml", manifest("")), ("a.yaml", PAGE.to_owned()), ("names.lock", "# fine\nnonsense\n".into())];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let error = error(folder(&files).path());
    let position = error.position.as_ref().expect("checked");
    assert_eq!((error.code, position.line), ("L001", 2), "{error}");
    assert!(position.file.ends_with("names.lock"), "{error}");
}

#[test]
fn an_overlay_that_is_not_there_is_named() {
    let manifest = manifest("overlays = [\"o.yaml\"]\n");
    let error = error(folder(&[("spec.toml", manifest.as_bytes()), ("a.yaml", PAGE.as_bytes())]).path());
    assert_eq!(error.code, "S001");
    assert!(error.to_string().contains("o.yaml"), "{error}");
}

#[test]
fn every_file_beside_the_document_that_cannot_be_read_is_reported_once() {
    let broken: &[u8] = b"type: [\n";
    let files: [(&str, &[u8]); 4] = [
        ("one.yaml", broken),
        ("two.json", b"{\"type\": \"str"),
        ("three.yaml", b"\xff"),
        ("sound.yaml", b"{type: string}"),
    ];
    let names = ["one.yaml", "sound.yaml", "two.json", "one.yaml#/a", "three.yaml", "two.json"];
    let properties = names.iter().enumerate().map(|(index, name)| format!("p{index}: {{$ref: '{name}'}}"));
    let schema = format!("schema: {{type: object, properties: {{{}}}}}", properties.collect::<Vec<_>>().join(", "));
    let page = |version: &str, response: &str| {
        let responses = format!("{{'200': {{description: d, {response}}}}}");
        format!(
            "{version}\ninfo: {{title: t, version: '1'}}\npaths: {{/a: {{get: {{operationId: a, responses: {responses}}}}}}}\n"
        )
    };
    let openapi = page("openapi: 3.0.3", &format!("content: {{application/json: {{{schema}}}}}"));
    let swagger = page("swagger: '2.0'", &schema);
    for page in [openapi, swagger] {
        let manifest = manifest("");
        let mut all = vec![("spec.toml", manifest.as_bytes()), ("a.yaml", page.as_bytes())];
        all.extend(files);
        let error = error(folder(&all).path());
        let of =
            |error: &Diagnostic| error.position.as_ref().and_then(|at| Some(at.file.file_name()?.to_str()?.to_owned()));
        let mut found: Vec<String> =
            error.all().filter(|error| error.severity == Severity::Error).filter_map(of).collect();
        found.sort_unstable();
        assert_eq!(found, ["one.yaml", "three.yaml", "two.json"], "{page}: {:?}", error.all().collect::<Vec<_>>());
    }
}
