//! What YAML and JSON say is read, and what is nearly YAML or JSON is read as what it means, with a warning.

use openapi_build::Config;
use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::{Loaded, Output, Reading};
use openapi_build::source::SourceFile;
use serde_json::{Value, json};

fn file(bytes: impl Into<Vec<u8>>) -> Result<SourceFile, Diagnostic> {
    SourceFile::from_bytes("a.yaml".as_ref(), bytes.into())
}

/// The tree of a file, and the messages of what was read leniently, with their places.
fn read(bytes: impl Into<Vec<u8>>) -> (Value, Vec<String>) {
    let file = file(bytes).unwrap_or_else(|error| panic!("{error}"));
    let tree = file.parse().unwrap_or_else(|error| panic!("{error}: {}", file.text()));
    (tree, file.findings().iter().map(ToString::to_string).collect())
}

fn refused(bytes: impl Into<Vec<u8>>) -> Diagnostic {
    file(bytes).and_then(|file| file.parse()).expect_err("it is no tree")
}

fn generated(text: &str) -> Output {
    let loaded = Loaded::sources(vec![file(text).expect("text")], &[]).unwrap_or_else(|error| panic!("{error}"));
    loaded.generate().unwrap_or_else(|error| panic!("{error}"))
}

/// A document with the schemas `schemas`, in YAML's flow style.
fn document(schemas: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post:\n      operationId: a\n      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}\n      responses: {{'204': {{description: d}}}}\ncomponents: {{schemas: {schemas}}}\n"
    )
}

#[test]
fn what_yaml_allows_is_read_without_a_word() {
    let table = [
        ("a: -9223372036854776000", json!({"a": -9_223_372_036_854_775_808.0})),
        ("a: 184467440737095516160", json!({"a": 184_467_440_737_095_516_160.0})),
        ("a: [0x1F, 0o17, 1e3, 012, 1.10]", json!({"a": [31, 15, 1e3, "012", 1.1]})),
        (
            "200: a\n1.10: b\nyes: c\ntrue: d\n0x10: e\n~: f\n",
            json!({"200": "a", "1.10": "b", "yes": "c", "true": "d", "0x10": "e", "~": "f"}),
        ),
        (
            "a: [yes, on, no, 2020-01-01, 'null', ~, null]",
            json!({"a": ["yes", "on", "no", "2020-01-01", "null", null, null]}),
        ),
        (
            "a: !!str 1.10\nb: !Ref x\nc: !!int '7'\nd: !!binary aGk=\ne: !Sub {f: 1}\nf: ! 12\n",
            json!({"a": "1.10", "b": "x", "c": 7, "d": "aGk=", "e": {"f": 1}, "f": "12"}),
        ),
        (
            "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [*a, {z: 4}]}\nd: {'<<': 1}\n",
            json!({"a": {"x": 1, "y": 2}, "b": {"y": 3, "x": 1}, "c": {"x": 1, "y": 2, "z": 4}, "d": {"<<": 1}}),
        ),
        ("a: &a 1.10\n*a : b\nc: *a\n", json!({"a": 1.1, "1.1": "b", "c": 1.1})),
        ("\u{feff}a: 1\r\nb:\r\n  - c\r\n", json!({"a": 1, "b": ["c"]})),
        ("%YAML 1.2\n---\na: 1\n...\n", json!({"a": 1})),
        ("---\na: 1\n---\n", json!({"a": 1})),
        ("---\n---\na: 1\n", json!({"a": 1})),
        ("{\"a\": \"\\ud83d\\ude00\\/\", \"b\": 1E400}", json!({"a": "😀/", "b": "1E400"})),
        ("{\n\t\"a\": [\n\t\t1,\n\t\tx\n\t]\n}\n", json!({"a": [1, "x"]})),
        (
            "openapi: 3.10\ninfo: {version: 2.00}\nx: 3.10\n",
            json!({"openapi": "3.10", "info": {"version": "2.00"}, "x": 3.1}),
        ),
    ];
    for (text, tree) in table {
        assert_eq!(read(text), (tree, vec![]), "{text}");
    }
}

#[test]
fn what_breaks_a_rule_is_read_as_what_it_means() {
    let table = [
        ("a: 1\nb: 2\na: 3\n", json!({"a": 3, "b": 2}), "3:1: #/a: the key `a` stands twice; the last one is read"),
        ("{\"a\": {\"b\": 1, \"b\": 2}}", json!({"a": {"b": 2}}), "1:16: #/a/b: the key `b` stands twice"),
        ("{\"a\": \"\\ud83d\\ude00\", \"a\": 2}", json!({"a": 2}), "the key `a` stands twice"),
        ("a: 1\n---\na: 2\n", json!({"a": 1}), "another document begins here; the first one is read"),
        ("{\"a\": 1}\nEND\n", json!({"a": 1}), "here"),
        (
            "a: .inf\nb: [.nan]\n",
            json!({"a": ".inf", "b": [".nan"]}),
            "1:4: #/a: `.inf` is no number that JSON has; it is read as a text",
        ),
        (
            "minimum: 1\nminimum: -.inf\nmaximum: 2\n",
            json!({"maximum": 2}),
            "2:10: #/minimum: `-.inf` is no number that JSON has; every number keeps to that bound, and it is left out",
        ),
        ("minimum: .inf\n", json!({}), "no number keeps to that bound, and it is left out"),
        ("{\"a\": 1 // b\n}", json!({"a": 1}), "1:9: #: comments in JSON"),
        ("{\"a\": [1], // b\n\"a\": [2 /* c */,]}", json!({"a": [2]}), "2:16: #: a comma that nothing follows"),
        ("{\"a\": \"\\ud83d\"}", json!({"a": "\u{fffd}"}), "1:7: #: half of a pair of escapes"),
        ("a: \"\\ud83d\"\n", json!({"a": "\u{fffd}"}), "1:5: #: half of a pair of escapes"),
        ("a: [\nb\n]\n", json!({"a": ["b"]}), "2:1: #: lines, here and maybe later, are not indented"),
        ("a: {\n\tb: 1\n}\n", json!({"a": {"b": 1}}), "2:1: #: lines, here and maybe later, are not indented"),
        ("a: \"b\nc\"\n", json!({"a": "b c"}), "2:1: #: lines, here and maybe later, are not indented"),
        ("a: \"b\"#c\n", json!({"a": "b"}), "1:7: #: a comment, here and maybe later, follows without a space"),
        ("a: [-, {b: -}]\n", json!({"a": ["-", {"b": "-"}]}), "1:5: #: a lone `-` within brackets"),
        ("{\n  // why\n  \"a\": [1, 2,], /* b */\n}", json!({"a": [1, 2]}), "2:3: #: comments in JSON"),
        ("a:\n\tb: [1]\n\tc:\n\t\td: 2\n", json!({"a": {"b": [1], "c": {"d": 2}}}), "2:1: #: tabs indent this file"),
        ("{a: b}: c\nd: 1\n", json!({"d": 1}), "a key is itself a mapping or a list; it is left out"),
        ("a: &a {b: *a, c: 1}\n", json!({"a": {"b": null, "c": 1}}), "1:11: #/a/b: this alias stands within the node"),
        ("a: \"b\u{8}c\"\n", json!({"a": "b c"}), "control characters"),
        ("a: {<<: 1, b: 2}\n", json!({"a": {"b": 2}}), "what `<<` merges is no mapping"),
    ];
    for (text, tree, message) in table {
        let (found, findings) = read(text);
        assert_eq!(found, tree, "{text}");
        assert!(!findings.is_empty() && findings[0].starts_with("warning[S01"), "{text}: {findings:?}");
        assert!(findings.iter().any(|finding| finding.contains(message)), "{text}: {findings:?}");
    }
    // Text that is written literally is no escape.
    let literal = "a: '\\ud83d'\nb: \\ud83d\nc: |\n  \\ud83d\nd: \"\\ud83d\\ude00\"\n";
    let tree = json!({"a": "\\ud83d", "b": "\\ud83d", "c": "\\ud83d\n", "d": "😀"});
    assert_eq!(read(literal), (tree, vec![]));
    // What is not read has a code of its own.
    let code = |text: &str| file(text).and_then(|file| file.parse().map(|_| file.findings()[0].code)).expect("a tree");
    assert_eq!((code("a:\n\tb: 1\n"), code("a: 1\na: 2\n"), code("a: 1\n---\nb: 1\n")), ("S013", "S014", "S014"));
    assert_eq!((code("minimum: -.inf"), code("minimum: .inf"), code("a: \"\\ud83d\"")), ("S013", "S014", "S014"));
    // It is reported however much else is.
    let many: String = (0..1_100).map(|n| format!("a{n}: .nan\n")).collect();
    assert!(read(many + "b: 1\nb: 2\n").1.iter().any(|finding| finding.contains("stands twice")));
    let output = generated(&format!("{}x-a: 1\nx-a: 2\n", document("{A: {type: string}}")));
    let found: Vec<_> = output.diagnostics.iter().filter(|finding| finding.code == "S014").collect();
    assert_eq!(found.len(), 1, "{:?}", output.diagnostics);
    assert_eq!((found[0].severity, found[0].position.as_ref().map(|place| place.line)), (Severity::Warning, Some(11)));
}

#[test]
fn what_is_repaired_keeps_its_texts_its_merges_and_its_keys() {
    let rest = "b: &b {c: 1}\nd: {<<: *b, type: string, enum: [1.10]}\ne: 1\ne: 2\n";
    let whole = read(format!("a: x\n{rest}")).0;
    for first in ["a:\tx\n", "a: \"x\"#y\n", "a: 'x'#y\n"] {
        let (tree, findings) = read(format!("{first}{rest}"));
        assert_eq!(tree, whole, "{first}");
        assert!(findings.iter().any(|finding| finding.contains("5:1: #/e: the key `e` stands twice")), "{findings:?}");
    }
    assert_eq!(whole["d"]["x-openapi-build-source"]["enum"], json!({"1.1": ["1.10"]}));
    let file = file("a: \"x\"#y\nb:\n  c: 1\n").expect("text");
    assert_eq!(file.locate("/b/c").map(|(place, _)| (place.line, place.column)), Some((3, 3)));
    // What only an older reader reads is reported.
    let (tree, findings) = read("a: |#\nb: 1\n");
    assert_eq!(tree, json!({"a": "", "b": 1}));
    assert!(findings[0].starts_with("warning[S014]") && findings[0].contains("a reader of YAML 1.1"), "{findings:?}");
    for rest in ["b: 1\nb: 2\n", "b: &b {c: 1}\nd: {<<: *b}\n", "type: string\nenum: [1.10]\n", "name: 1.10\n"] {
        assert_eq!(refused(format!("a: |#\n{rest}")).code, "S005", "{rest}");
    }
    let bomb = format!("a: |#\nb: &b [{}]\nc: [{}]\n", "1,".repeat(1_000), "*b,".repeat(2_000));
    assert_eq!(refused(bomb).code, "S005");
    // Quotes that may be open by mistake are not closed by others.
    assert!(refused("a: \"x\nb: \"c\nd: e\n").code == "S005");
}

#[test]
fn a_text_stays_as_it_is_written_wherever_it_is_one() {
    let yaml = "servers: [{variables: {v: {default: 1.10, enum: [1.10, 2.0, 0x10]}}}]\nparameters: [{name: 1.10}]\nrequired: [1.10, True]\ntags: [{name: 1e3}]\nn: &n 1.10\ntitle: *n\nsecurity: [{a: [1.10]}]\nproperties: {name: {required: [1.50]}}\nexample: {name: 1.10}\nx-a: {name: 1.10}\n";
    let tree = json!({
        "servers": [{"variables": {"v": {"default": "1.10", "enum": ["1.10", 2.0, "0x10"]}}}],
        "parameters": [{"name": "1.10"}], "required": ["1.10", "True"], "tags": [{"name": "1e3"}], "n": 1.1, "title": "1.10",
        "security": [{"a": ["1.10"]}], "properties": {"name": {"required": ["1.50"]}},
        "example": {"name": 1.1}, "x-a": {"name": 1.1},
    });
    assert_eq!(read(yaml), (tree, vec![]));
    let json =
        r#"{"servers": [{"variables": {"v": {"default": 1.10}}}], "parameters": [{"name": 1.10}], "required": [1.10]}"#;
    let tree = json!({"servers": [{"variables": {"v": {"default": "1.10"}}}], "parameters": [{"name": "1.10"}], "required": ["1.10"]});
    assert_eq!(read(json), (tree, vec![]));
}

#[test]
fn aliases_are_bounded_by_what_they_take() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), "*a, ".repeat(20_000));
    let keys = format!("a: &a {{{}: 1}}\nb: [{}]\n", "x".repeat(1_000), "*a, ".repeat(200_000));
    let list = format!("x:\tb\na: &a [{}]\nb: [{}]\n", "1,".repeat(100_000), "*a, ".repeat(2_000));
    for text in [text, keys, list] {
        let error = refused(text);
        assert!(error.code == "S005" && error.message.contains("stand for more"), "{error}");
    }
}

#[test]
fn brackets_in_texts_are_no_levels() {
    let text: String = (0..1_400).map(|n| format!("a{n}: 'in the range [0, 10)'\n")).collect();
    assert_eq!(read(text).1, Vec::<String>::new());
}

#[test]
fn utf_16_is_read() {
    let text = "openapi: 3.0.3\ninfo: {title: é😀}\n";
    let units: Vec<u16> = std::iter::once(0xfeff).chain(text.encode_utf16()).collect();
    let tree = json!({"openapi": "3.0.3", "info": {"title": "é😀"}});
    assert_eq!(read(units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>()), (tree.clone(), vec![]));
    assert_eq!(read(units.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<u8>>()), (tree, vec![]));
}

#[test]
fn a_file_that_is_cut_or_of_another_kind_says_so() {
    let whole = json!({"openapi": "3.0.3", "info": {"title": "a \"b\"", "tags": ["x", "y"]}, "paths": {}}).to_string();
    for end in 1..whole.len() {
        let error = refused(&whole[..end]);
        assert!(error.code == "S005" && error.message.contains("is truncated"), "{}: {error}", &whole[..end]);
    }
    let table = [
        ("paths:\n  /a: {get: {responses: {", "in the middle of a mapping: it is truncated"),
        ("paths:\n  /a: {get: {tags: [a,\n", "in the middle of a list: it is truncated"),
        ("info:\n  title: \"abc\n    d", "in the middle of a text: it is truncated"),
        ("info:\n  title: 'abc\n", "in the middle of a text: it is truncated"),
        ("info:\n  title: a\n  vers", "in the middle of a mapping: it is truncated"),
        ("paths:\n  /a:\n    get:\n      respon", "in the middle of a key of `get`: it is truncated"),
        ("<!DOCTYPE html>\n<html><body></body></html>", "this is an HTML page"),
        ("<?xml version='1.0'?>\n<a/>", "this is XML"),
    ];
    for (text, message) in table {
        let error = refused(text);
        assert!(error.message.contains(message) && error.help.is_some(), "{text}: {error}");
    }
    assert!(refused(&b"\x1f\x8b\x08\0\0\0\0\0"[..]).message.contains("gzip archive"));
    assert!(refused(&b"PK\x03\x04\0\0"[..]).message.contains("zip archive"));
    assert!(refused("paths: ]\n").message.contains("no YAML or JSON that can be read"));
    assert!(!refused("paths: ]\n").message.contains("truncated"));
}

#[test]
fn the_texts_of_a_schema_are_those_of_the_source() {
    let yaml = "{A: {type: object, properties: {v: {type: string, enum: [1.1, 1.10, 0x10, 1e3, 012, yes, 2020-01-01, +1, True], default: 1.10}, w: {type: string, default: 2.00}, n: {type: number, enum: [1.10]}}}}";
    let json = r#"{"A": {"type": "object", "properties": {"v": {"type": "string", "enum": [1.1, 1.10, 1e3, "yes", true], "default": 1.10}}}}"#;
    let renamed = |code: &str, text: &str| code.contains(&format!("\"{text}\""));
    let code = generated(&document(yaml)).code;
    for text in ["1.1", "1.10", "0x10", "1e3", "012", "yes", "2020-01-01", "+1", "True", "2.00"] {
        assert!(renamed(&code, text), "{text}: {code}");
    }
    let whole = json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": {"operationId": "a",
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}, "responses": {"204": {"description": "d"}}}}}});
    let text = whole.to_string();
    let text = format!("{}, \"components\": {{\"schemas\": {json}}}}}", &text[..text.len() - 1]);
    let code = generated(&text).code;
    for text in ["1.1", "1.10", "1e3", "yes", "true"] {
        assert!(renamed(&code, text), "{text}: {code}");
    }
    let constant =
        document("{A: {type: object, properties: {v: {type: string, const: 1.10}}}}").replace("3.0.3", "3.1.0");
    assert!(renamed(&generated(&constant).code, "1.10"));
    let both = document("{A: {type: object, properties: {v: {type: string, enum: [1.10, 2.50], const: 2.50}}}}");
    let code = generated(&both.replace("3.0.3", "3.1.0")).code;
    assert!(renamed(&code, "2.50") && !renamed(&code, "1.10"), "{code}");
    let (tree, _) = read("type: string\nenum: [1.10]\nconst: 1\n");
    assert_eq!(tree["x-openapi-build-source"], json!({"enum": {"1.1": ["1.10"]}}));
    // Values of several types, and null.
    let code = generated(&document("{A: {type: object, properties: {limit: {enum: [1, 10, unlimited, null]}}}}")).code;
    assert!(code.contains("pub limit: Option<Option<ALimit>>") && code.contains("\"unlimited\""), "{code}");
}

#[test]
fn the_texts_of_a_schema_move_with_it() {
    // Through an alias, and through a reference to another file.
    let aliased = document("{B: &b {type: string, enum: [1.10]}, A: {type: object, properties: {v: *b}}}");
    assert!(generated(&aliased).code.contains("\"1.10\""));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.yaml");
    std::fs::write(&path, document("{A: {type: object, properties: {v: {$ref: 'b.yaml#/V'}}}}")).expect("a file");
    std::fs::write(folder.path().join("b.yaml"), "V: {type: string, enum: [1.10]}\nV2: 1\nV2: 2\n").expect("a file");
    let output = Loaded::path(&path).and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{error}"));
    assert!(output.code.contains("\"1.10\""));
    let found = output.diagnostics.iter().find(|finding| finding.code == "S014").expect("a key stands twice");
    assert!(found.to_string().contains("b.yaml:3:1"), "{found}");
}

#[test]
fn the_texts_of_a_swagger_parameter_are_those_of_the_source() {
    let text = "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      operationId: a\n      parameters: [{name: v, in: query, type: string, enum: [1.10, 2.0]}, {name: w, in: formData, type: string, enum: [3.10]}]\n      responses: {'204': {description: d}}\n";
    let code = generated(text).code;
    for text in ["1.10", "2.0", "3.10"] {
        assert!(code.contains(&format!("\"{text}\"")), "{text}: {code}");
    }
}

#[test]
fn a_file_is_read_up_to_the_limit_that_is_set() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.yaml");
    let text = document("{A: {type: string}}");
    std::fs::write(&path, &text).expect("a file");
    let length = u64::try_from(text.len()).expect("it is short");
    let read = |max_bytes| Reading::default().max_bytes(max_bytes).path(&path).map(|_| ());
    assert_eq!(read(length), Ok(()));
    let error = read(length - 1).expect_err("it is too large");
    assert!(error.code == "S002" && error.help.is_some_and(|help| help.contains("max_bytes")));
    // In a manifest, and in a build script, whose limit replaces it.
    let manifest = |max_bytes| {
        let manifest =
            format!("max_bytes = {max_bytes}\n[[document]]\nname = \"a\"\n[[document.file]]\npath = \"a.yaml\"\n");
        std::fs::write(folder.path().join("spec.toml"), manifest).expect("a file");
    };
    manifest(length);
    assert!(Loaded::folder(folder.path()).is_ok());
    manifest(length - 1);
    assert_eq!(Loaded::folder(folder.path()).expect_err("it is too large").code, "S002");
    let out = tempfile::tempdir().expect("a temporary folder");
    let generate = |config: Config| config.out_dir(out.path()).generate(folder.path());
    assert!(generate(Config::new()).is_err_and(|error| error.diagnostic().code == "S002"));
    assert!(generate(Config::new().max_bytes(length)).is_ok());
}

#[test]
fn a_file_of_too_many_values_is_refused() {
    // Each value takes two bytes of the file, and fifty times as much memory.
    let ones = "1,".repeat(1_200_000);
    for text in [format!("a: [{ones}]\n"), format!("{{\"a\": [{ones}1]}}\n")] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, text).expect("a file");
        let error =
            SourceFile::read_up_to(&path, 4_000_000).and_then(|file| file.parse()).expect_err("it is too large");
        assert!(error.code == "S002" && error.message.contains("values"), "{error}");
        assert!(SourceFile::read(&path).and_then(|file| file.parse()).is_ok(), "a larger file may have as many");
    }
}

/// The code of a folder with `text`, whose manifest says `more` of it, and what was found.
fn vendored(text: &str, more: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest = format!("[[document]]\nname = \"api\"\n[[document.file]]\npath = \"api.yaml\"\n{more}");
    std::fs::write(folder.path().join("spec.toml"), manifest).expect("a file");
    std::fs::write(folder.path().join("api.yaml"), text).expect("a file");
    let loaded = Loaded::folder(folder.path()).unwrap_or_else(|error| panic!("{error}"));
    let output = loaded.generate().unwrap_or_else(|error| panic!("{error}"));
    assert!(
        !output.code.contains("x-openapi-build") && !output.documents.to_string().contains("x-openapi-build-origin")
    );
    let found = output.diagnostics.iter().filter(|found| found.code == "Q049").map(|found| found.message.clone());
    (output.code.split_whitespace().collect(), found.collect())
}

#[test]
fn a_relative_server_is_relative_to_the_origin_that_the_manifest_states() {
    let paths = "paths:\n  /a: {get: {operationId: a, responses: {'204': {description: d}}}}\n";
    let openapi = format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\nservers: [{{url: ../v1}}]\n{paths}");
    let swagger = format!("swagger: '2.0'\ninfo: {{title: t, version: '1'}}\nbasePath: /v1\n{paths}");
    let origin = "origin = \"https://api.example.com/docs/api.yaml\"\n";
    for text in [&openapi, &swagger] {
        let (code, found) = vendored(text, origin);
        assert!(code.contains("url:\"https://api.example.com/v1\""), "{code}");
        assert!(found.len() == 1 && found[0].ends_with("it is `https://api.example.com/v1`"), "{found:?}");
    }
    let (code, found) = vendored(&openapi, "");
    assert!(code.contains("url:\"../v1\""), "the client must be given a server: {code}");
    assert!(found.len() == 1 && found[0].contains("which a client does not know"), "{found:?}");
}
