//! Documents that are broken, or made to break their reader: one clear diagnostic each, from the library and from the
//! command, and never a panic. And documents that look broken, and are not.

use std::path::Path;
use std::process::Command;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::{Loaded, Output};
use testing::rustc;

/// A document whose one operation answers with `schema`, a schema in YAML's flow style.
fn answering(schema: &str) -> String {
    document(&format!(
        "  /a: {{get: {{operationId: a, responses: {{'200': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}}}}}\n"
    ))
}

fn document(paths: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}")
}

/// An operation at `path`, with `id` and `parameters` in flow style.
fn operation(path: &str, id: &str, parameters: &str) -> String {
    format!(
        "  {path}:\n    get:\n      operationId: {id}\n      parameters: [{parameters}]\n      responses: {{'204': {{description: d}}}}\n"
    )
}

fn with_components(paths: &str, components: &str) -> String {
    format!("{}components:\n{components}", document(paths))
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

fn generate(path: &Path) -> Result<Output, Diagnostic> {
    Loaded::path(path).and_then(|loaded| loaded.generate())
}

/// The one error of `path`, the same from the library and from the command.
fn error(name: &str, path: &Path) -> Diagnostic {
    let error = generate(path).err().unwrap_or_else(|| panic!("{name} generates"));
    assert!(error.position.is_some() && error.pointer.is_some() && error.help.is_some(), "{name}: {error}");
    assert!(error.message.len() < 400, "{name}: {error}");
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-oas")).arg("generate").arg(path).output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{name}: {stderr}");
    assert_eq!(stderr.matches("error[").count(), 1, "{name}: {stderr}");
    assert!(stderr.contains(&format!("error[{}]", error.code)) && stderr.contains("help: "), "{name}: {stderr}");
    assert!(!stderr.contains("panicked"), "{name}: {stderr}");
    error
}

type Row<'a> = (&'a str, Vec<u8>, &'a str, &'a str, &'a str);

/// Checks each row: its name, the document, the code, the place (`line:column`, or the text that stands there), and the
/// pointer.
fn check(rows: Vec<Row<'_>>) {
    for (name, content, code, place, pointer) in rows {
        let folder = folder(&[("a.yaml", &content)]);
        let error = error(name, &folder.path().join("a.yaml"));
        assert_eq!((error.code, error.pointer.as_deref()), (code, Some(pointer)), "{name}: {error}");
        let position = error.position.as_ref().expect("checked");
        if place.starts_with(|c: char| c.is_ascii_digit()) {
            assert_eq!(format!("{}:{}", position.line, position.column), place, "{name}: {error}");
            continue;
        }
        let text = String::from_utf8_lossy(&content);
        let line = text.lines().nth(position.line - 1).expect("the line is there");
        let there: String = line.chars().skip(position.column - 1).collect();
        assert!(there.starts_with(place), "{name}: {error}: {there}");
    }
}

#[test]
fn what_is_no_tree() {
    let bomb: String = std::iter::once("a0: &a0 [x, x]\n".to_owned())
        .chain((1..40).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}]\n", m = n - 1)))
        .collect();
    let flow = "{a: ".repeat(100_000);
    let list = "- ".repeat(100_000);
    let json = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0".to_vec();
    let nul = b"openapi: 3.0.3\ninfo: {title: \"\0\"}\n".to_vec();
    check(vec![
        ("an empty file", b"".to_vec(), "S004", "1:1", ""),
        ("only white space", b" \n\n".to_vec(), "S004", "1:1", ""),
        ("Latin-1", b"info:\n  title: caf\xe9\n".to_vec(), "S003", "2:13", ""),
        ("a picture", png, "S003", "1:1", ""),
        ("NUL bytes", nul, "S005", "2:16", ""),
        ("not YAML", b"paths: [\n".to_vec(), "S005", "2:1", ""),
        ("tabs and spaces for indentation", b"paths:\n  /a: {}\n\t/b: {}\n".to_vec(), "S005", "3:2", ""),
        ("an alias bomb", bomb.into_bytes(), "S005", "17:22", ""),
        ("an alias of nothing", b"paths: *a\n".to_vec(), "S005", "1:8", ""),
        ("JSON that is cut", b"{\"paths\": {\"/a\": {".to_vec(), "S005", "1:18", ""),
        ("a text that is cut", b"paths: {}\ninfo: {title: \"a\n".to_vec(), "S005", "2:15", ""),
        ("gzip", b"\x1f\x8b\x08\0\0\0".to_vec(), "S003", "1:1", ""),
        ("HTML", b"<html><body>Not found</body></html>\n".to_vec(), "S005", "1:1", ""),
        ("mappings in mappings", flow.into_bytes(), "S005", "1:1021", ""),
        ("lists in lists", list.into_bytes(), "S005", "1:257", ""),
        ("JSON lists in lists", json.into_bytes(), "S005", "1:256", ""),
    ]);
}

#[test]
fn what_is_no_openapi() {
    check(vec![
        ("a list", b"- 1\n".to_vec(), "S006", "1:1", ""),
        ("a text", b"hello\n".to_vec(), "S006", "1:1", ""),
        ("something else", b"hello: 1\n".to_vec(), "S006", "1:1", ""),
        ("paths alone that are a list", b"paths: [1]\n".to_vec(), "S006", "1:1", ""),
        ("Swagger 1.2", b"swagger: '1.2'\npaths: {}\n".to_vec(), "S007", "1:1", "/swagger"),
        ("OpenAPI 4", b"paths: {}\nopenapi: 4.0.0\n".to_vec(), "S007", "2:1", "/openapi"),
    ]);
}

/// Where [`answering`] has its schema.
const SCHEMA: &str = "/paths/~1a/get/responses/200/content/application~1json/schema";

#[test]
fn references_that_a_build_does_not_follow() {
    check(vec![
        (
            "a $ref to a network",
            answering("{$ref: 'https://example.com/a.yaml'}").into_bytes(),
            "S010",
            "schema",
            SCHEMA,
        ),
        ("a $ref to a host", answering("{$ref: '//example.com/a.yaml'}").into_bytes(), "S010", "schema", SCHEMA),
        ("a $ref out of the folder", answering("{$ref: '../../etc/passwd'}").into_bytes(), "S010", "schema", SCHEMA),
        ("an absolute $ref", answering("{$ref: '/etc/passwd'}").into_bytes(), "S010", "schema", SCHEMA),
    ]);
    let folder = folder(&[("a.yaml", answering("{$ref: 'https://example.com/a.yaml'}").as_bytes())]);
    let error = error("a network", &folder.path().join("a.yaml"));
    assert!(error.help.is_some_and(|help| help.contains("cargo oas bundle")));
}

/// The outcome of a document that is repaired, and the warnings, as code and pointer.
fn repaired(name: &str, text: &str) -> (Output, Vec<(&'static str, String)>) {
    let folder = folder(&[("a.yaml", text.as_bytes())]);
    let output = generate(&folder.path().join("a.yaml")).unwrap_or_else(|error| panic!("{name}: {error}"));
    let warnings = output.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
    assert!(warnings.clone().all(|warning| warning.position.is_some()), "{name}: {:?}", output.diagnostics);
    let warnings = warnings.map(|warning| (warning.code, warning.pointer.clone().unwrap_or_default())).collect();
    (output, warnings)
}

#[test]
fn references_that_lead_astray_and_nodes_of_the_wrong_kind_cost_nothing_else() {
    let cycle = with_components(
        "  /a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}\n",
        "  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n",
    );
    let choice = with_components(
        "  /a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}\n",
        "  schemas:\n    A: {oneOf: [{type: string}, {$ref: '#/components/schemas/B'}]}\n    B: {oneOf: [{type: integer}, {anyOf: [{$ref: '#/components/schemas/A'}]}]}\n",
    );
    let wrong = with_components(
        "  /a: {get: {operationId: a, parameters: [{$ref: '#/components/schemas/A'}], responses: {}}}\n",
        "  schemas: {A: {type: string}}\n",
    );
    let item = document(
        "  /a: {$ref: '#/paths/~1b'}\n  /b: {$ref: '#/paths/~1a'}\n  /c: {get: {operationId: a, responses: {}}}\n",
    );
    let media = document(
        "  /a: {get: {operationId: a, responses: {'200': {description: d, content: {'application/jsön': {schema: {type: string}}}}}}}\n",
    );
    let description = format!("{SCHEMA}/description");
    for (name, text, code, pointer) in [
        ("a dangling $ref", answering("{$ref: '#/components/schemas/None'}"), "Q037", SCHEMA),
        ("a $ref to no pointer", answering("{$ref: '#None'}"), "Q037", SCHEMA),
        ("a $ref to no file", answering("{$ref: 'none.yaml#/None'}"), "Q037", SCHEMA),
        ("a $ref that is no text", answering("{$ref: [1]}"), "Q039", &*format!("{SCHEMA}/$ref")),
        ("$refs in a circle", cycle, "Q038", SCHEMA),
        ("alternatives in a circle", choice, "Q038", "/components/schemas/A/oneOf/1"),
        ("a schema for a parameter", wrong, "Q037", "/paths/~1a/get/parameters/0"),
        ("the title for a schema", answering("{$ref: '#/info/title'}"), "Q037", SCHEMA),
        ("path items in a circle", item, "Q038", "/paths/~1a"),
        ("paths that are a list", "openapi: 3.0.3\npaths: [1]\n".to_owned(), "Q039", "/paths"),
        ("a list of schemas", with_components("  {}\n", "  schemas: []\n"), "Q039", "/components/schemas"),
        ("a mapping for a description", answering("{description: {}}"), "Q039", &description),
        (
            "a parameter without a place",
            document(&operation("/a", "a", "{name: a}")),
            "Q040",
            "/paths/~1a/get/parameters/0",
        ),
        ("a text for a schema", answering("here"), "Q039", SCHEMA),
        ("a media type that no header holds", media, "Q040", "/paths/~1a/get/responses/200/content/application~1jsön"),
    ] {
        let (output, warnings) = repaired(name, &text);
        assert!(warnings.contains(&(code, pointer.to_owned())), "{name}: {warnings:?}");
        assert!(!text.contains("operationId: a") || output.code.contains("pub fn a("), "{name}");
    }
}

#[test]
fn what_includes_itself_without_end_ends() {
    // Each level of these would hold ten of the next.
    let schemas = (0..30).map(|level| {
        let next = (level + 1) % 30;
        let tens =
            (0..10).map(|n| format!("p{n}: {{properties: {{$ref: '#/components/schemas/A{next}/properties'}}}}"));
        format!("A{level}: {{properties: {{{}}}}}", tens.collect::<Vec<_>>().join(", "))
    });
    let schemas = schemas.collect::<Vec<_>>().join(", ");
    let text = with_components(
        "  /a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A0'}}}}}}}\n",
        &format!("  schemas: {{{schemas}}}\n"),
    );
    repaired("properties that hold themselves", &text);
}

/// The codes of what is found in a document, and its client.
fn taken(name: &str, text: &str) -> (Vec<&'static str>, String) {
    let folder = folder(&[("a.yaml", text.as_bytes())]);
    let output = generate(&folder.path().join("a.yaml")).unwrap_or_else(|error| panic!("{name}: {error}"));
    (output.diagnostics.iter().map(|diagnostic| diagnostic.code).collect(), output.code)
}

#[test]
fn paths_that_are_no_templates_are_taken() {
    for (path, sent) in [
        ("'/a/{id'", "/a/{id}"),
        ("'/a/id}'", "/a/{id}"),
        ("'/a/{}'", "/a/{parameter}"),
        ("'/a/{}/{}'", "/a/{parameter}/{parameter2}"),
        ("'{'", "/{parameter}"),
        ("'a/{id}'", "/a/{id}"),
        ("'https://a.example'", ""),
        ("'https://a.example/b#c'", "/b"),
        ("'/a b/ä/{ id }'", "/a b/ä/{id}"),
        ("'?a=b'", "?a=b"),
        ("''", ""),
        ("'/#'", "/"),
    ] {
        let (codes, code) = taken(path, &document(&operation(path, "a", "")));
        let row = format!("codegen::Operation::new(\"a\", \"GET\", \"{sent}\")");
        assert!(code.contains(&row), "{path}: {code}");
        assert_eq!(codes.contains(&"Q033"), sent.contains('{'), "{path}: a name that is not declared is a text");
    }
}

#[test]
fn parameters_that_are_declared_in_part_or_twice_are_left_out() {
    for (name, parameters, arguments, expected) in [
        ("without a place", "{name: a, schema: {type: string}}", "&self", "Q040"),
        ("without a name", "{in: query, required: true, schema: {type: string}}", "&self", "Q040"),
        ("in an unknown place", "{name: a, in: matrix, required: true, schema: {type: string}}", "&self", "G003"),
        (
            "twice",
            "{name: a, in: query, required: true, schema: {type: string}}, \
             {name: a, in: query, required: true, schema: {type: boolean}}",
            "&self, a: bool",
            "G002",
        ),
        (
            "twice in other letters",
            "{name: A-B, in: header, required: true, schema: {type: string}}, \
             {name: a-b, in: header, required: true, schema: {type: string}}",
            "&self, a_b: &str",
            "G002",
        ),
    ] {
        let (codes, code) = taken(name, &document(&operation("/a", "a", parameters)));
        assert!(code.contains(&format!("pub fn a({arguments})")), "{name}: {code}");
        assert_eq!(codes, [expected], "{name}");
    }
    // In another place, or instead of the path's own, a parameter of the same name is another one.
    let both = "{name: a, in: path, required: true, schema: {type: string}}, \
                {name: a, in: query, required: true, schema: {type: boolean}}";
    let (codes, code) = taken("in two places", &document(&operation("'/b/{a}'", "a", both)));
    assert!(code.contains("pub fn a(&self, a: &str, a_query: bool)") && codes.is_empty(), "{codes:?} {code}");
    let own = operation("/a", "a", "{name: a, in: query, required: true, schema: {type: boolean}}");
    let shared = "    parameters: [{name: a, in: query, required: true, schema: {type: string}}]\n";
    let (codes, code) = taken("of the path", &document(&format!("{own}{shared}")));
    assert!(code.contains("pub fn a(&self, a: bool)") && codes.is_empty(), "{codes:?} {code}");
}

#[test]
fn servers_and_requirements_of_other_forms_are_taken() {
    let operation = operation("/a", "a", "");
    for (name, more, code) in [
        ("servers that are a text", "servers: a.example", "Q049"),
        ("a server that is a number", "servers: [5]", "Q049"),
        ("servers that are a number", "servers: 5", "Q049"),
        ("a server without a URL", "servers: [{description: d}]", "Q049"),
        ("a relative server", "servers: [{url: /v1}]", "Q049"),
        ("a server without variables", "servers: [{url: 'https://{a}.example/{b'}]", "Q049"),
        ("variables of another type", "servers: [{url: 'https://a.example', variables: 5}]", "Q049"),
        ("security that is a text", "security: token", "Q047"),
        ("security that is a number", "security: 5", "Q047"),
        ("a requirement that is a list", "security: [[]]", "Q047"),
        ("a requirement that is null", "security: [null]", "Q047"),
        ("scopes that are a number", "security: [{token: 5}]", "Q047"),
    ] {
        let (codes, client) = taken(name, &format!("{}{more}\n", document(&operation)));
        assert!(codes.contains(&code), "{name}: {codes:?}");
        let asks = client.contains("Requirement::of(");
        assert_eq!(asks, code == "Q047", "{name}: what cannot be read is never none");
    }
}

#[test]
fn an_unknown_format_and_one_that_does_not_fit_are_notes() {
    let schema = "{type: object, properties: {a: {type: string, format: colour}, b: {type: string, format: int64}, c: {format: int32}, d: {type: array, format: int32, items: {}}}}";
    let folder = folder(&[("a.yaml", answering(schema).as_bytes())]);
    let output = generate(&folder.path().join("a.yaml")).expect("it generates");
    let notes: Vec<&Diagnostic> = output.diagnostics.iter().filter(|diagnostic| diagnostic.code == "G016").collect();
    assert_eq!(notes.len(), 4, "{:?}", output.diagnostics);
    assert!(notes.iter().all(|note| note.severity == Severity::Note));
    assert!(notes[0].message.contains("`colour`") && notes[1].message.contains("`int64`"));
}

#[test]
fn null_is_a_value_of_an_enum_without_a_type_that_lists_it() {
    let page = document(
        "  /a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {enum: [1, null]}}}}, responses: {'204': {description: d}}}}\n",
    );
    let folder = folder(&[("a.yaml", page.as_bytes())]);
    let output = generate(&folder.path().join("a.yaml")).unwrap_or_else(|error| panic!("{error}"));
    let code = &output.code;
    assert!(code.contains(r#"codegen::check_one_of(value, &["1"])"#), "{code}");
    assert!(code.contains("body: Option<types::ARequest>"), "{code}");
}

#[test]
fn a_document_of_300_mib_is_refused_before_it_is_read() {
    let folder = folder(&[("a.yaml", b"")]);
    let path = folder.path().join("a.yaml");
    std::fs::File::options().write(true).open(&path).and_then(|file| file.set_len(300 << 20)).expect("a large file");
    assert_eq!(error("300 MiB", &path).code, "S002");
}

#[test]
fn a_broken_overlay_is_located() {
    let overlay = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n- target: $.paths[\n  description: d\n  remove: true\n";
    let manifest = "[[document]]\nname = \"a\"\noverlays = [\"o.yaml\"]\n[[document.file]]\npath = \"a.yaml\"\n";
    let page = document(&operation("/a", "a", ""));
    let folder =
        folder(&[("spec.toml", manifest.as_bytes()), ("a.yaml", page.as_bytes()), ("o.yaml", overlay.as_bytes())]);
    let error = error("a broken JSONPath", folder.path());
    assert_eq!((error.code, error.pointer.as_deref()), ("O002", Some("/actions/0/target")));
    assert!(error.to_string().contains("o.yaml:4:3"), "{error}");
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let outside = folder(&[("secret.yaml", b"A: {type: string}")]);
    let manifest = |path: &str| format!("[[document]]\nname = \"a\"\n[[document.file]]\npath = \"{path}\"\n");
    let dots = folder(&[("spec.toml", manifest("../a.yaml").as_bytes())]);
    assert_eq!(error("..", dots.path()).code, "S009");
    let absolute = outside.path().join("secret.yaml").display().to_string().replace('\\', "/");
    let absolute = folder(&[("spec.toml", manifest(&absolute).as_bytes())]);
    assert_eq!(error("an absolute path", absolute.path()).code, "S009");
    #[cfg(unix)]
    {
        let page = answering("{$ref: 'link.yaml#/A'}");
        let linked = folder(&[("a.yaml", page.as_bytes()), ("spec.toml", manifest("link.yaml").as_bytes())]);
        std::os::unix::fs::symlink(outside.path().join("secret.yaml"), linked.path().join("link.yaml"))
            .expect("a link");
        assert_eq!(error("a link in the manifest", linked.path()).code, "S009");
        assert_eq!(error("a link behind a $ref", &linked.path().join("a.yaml")).code, "S009");
    }
}

#[test]
fn references_to_files_beside_the_document_are_followed() {
    let page = with_components(
        "  /a: {$ref: 'paths/a.yaml'}\n  /b: {get: {operationId: b, responses: {'200': {$ref: 'shared.yaml#/responses/Ok'}}}}\n",
        "  schemas: {Local: {type: object, properties: {b: {type: boolean}}}}\n",
    );
    let item = "get: {operationId: a, responses: {'200': {$ref: '../shared.yaml#/responses/Ok'}}}\n";
    let shared = "\
responses:
  Ok: {description: fine, content: {application/json: {schema: {$ref: '#/schemas/Tree'}}}}
schemas:
  Tree:
    type: object
    properties:
      children: {type: array, items: {$ref: 'shared.yaml#/schemas/Tree'}}
      local: {$ref: 'a.yaml#/components/schemas/Local'}
      colour: {type: string, format: colour}
";
    let folder = folder(&[("a.yaml", page.as_bytes()), ("shared.yaml", shared.as_bytes())]);
    std::fs::create_dir(folder.path().join("paths")).expect("a folder");
    std::fs::write(folder.path().join("paths/a.yaml"), item).expect("a file");
    let loaded = Loaded::path(&folder.path().join("a.yaml")).unwrap_or_else(|error| panic!("{error}"));
    let mut output = loaded.generate().unwrap_or_else(|error| panic!("{error}"));
    assert!(output.code.contains("pub struct SharedSchemasTree {") && output.code.contains("pub struct Local {"));
    assert_eq!(output.code.matches("pub struct Local {").count(), 1);
    assert!(output.code.contains("pub fn a(") && output.code.contains("pub fn b("), "both operations are there");
    for name in ["a.yaml", "shared.yaml", "paths/a.yaml"] {
        assert!(loaded.inputs.contains(&folder.path().join(name)), "{name} was read: {:?}", loaded.inputs);
    }
    loaded.locate(&mut output.diagnostics);
    let note = output.diagnostics.iter().find(|diagnostic| diagnostic.code == "G016").expect("an unknown format");
    assert!(note.to_string().contains("shared.yaml:9:30"), "the place is that in the file beside: {note}");
}

#[test]
fn references_into_the_middle_of_the_document_are_followed() {
    let page = with_components(
        "  /a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A/properties/b'}}}}}}}\n",
        "  schemas: {A: {type: object, properties: {b: {type: object, properties: {c: {type: string}}}}}}\n",
    );
    let folder = folder(&[("a.yaml", page.as_bytes())]);
    let output = generate(&folder.path().join("a.yaml")).unwrap_or_else(|error| panic!("{error}"));
    assert!(output.code.contains("pub struct Ab {"), "{}", &output.code[..2000]);
}

#[test]
fn recursive_schemas_generate_and_compile() {
    let table = [
        ("direct", "{type: object, properties: {next: {$ref: '#/components/schemas/A'}}}"),
        ("required", "{type: object, required: [next], properties: {next: {$ref: '#/components/schemas/A'}}}"),
        (
            "through an array",
            "{type: object, properties: {all: {type: array, items: {$ref: '#/components/schemas/A'}}}}",
        ),
        ("through a map", "{type: object, additionalProperties: {$ref: '#/components/schemas/A'}}"),
        ("an array of itself", "{type: array, items: {$ref: '#/components/schemas/A'}}"),
        (
            "through allOf",
            "{allOf: [{$ref: '#/components/schemas/B'}, {properties: {next: {$ref: '#/components/schemas/A'}}}]}",
        ),
        (
            "through a refined part",
            "{allOf: [{$ref: '#/components/schemas/B'}, {properties: {next: {allOf: [{$ref: '#/components/schemas/A'}, {required: [id]}]}}}]}",
        ),
        ("through oneOf", "{oneOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/A'}}]}"),
        ("through each other", "{type: object, properties: {c: {$ref: '#/components/schemas/C'}}}"),
        (
            "required, and may be null",
            "{type: object, nullable: true, required: [next], properties: {next: {$ref: '#/components/schemas/A'}}}",
        ),
        ("an array of itself, and counted", "{type: array, minItems: 1, items: {$ref: '#/components/schemas/A'}}"),
        (
            "an array of itself, each but once",
            "{type: array, uniqueItems: true, items: {$ref: '#/components/schemas/A'}}",
        ),
        (
            "a map of itself, and counted",
            "{type: object, maxProperties: 2, additionalProperties: {$ref: '#/components/schemas/A'}}",
        ),
        (
            "of known values",
            "{type: object, enum: [{x: 1}], properties: {x: {type: integer}, a: {$ref: '#/components/schemas/A'}}}",
        ),
    ];
    let (mut modules, mut clients) = (String::new(), Vec::new());
    for (name, schema) in table {
        let page = with_components(
            "  /a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}\n",
            &format!(
                "  schemas:\n    A: {schema}\n    B: {{type: object, properties: {{id: {{type: string}}}}}}\n    C: {{type: object, properties: {{a: {{$ref: '#/components/schemas/A'}}}}}}\n"
            ),
        );
        let folder = folder(&[("a.yaml", page.as_bytes())]);
        let output = generate(&folder.path().join("a.yaml")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let module = format!("recursive_{}", clients.len());
        modules.push_str(&format!("/// Recursive {name}.\npub mod {module} {{ include!(\"{module}.rs\"); }}\n"));
        clients.push((format!("src/{module}.rs"), output.code));
    }
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "recursive", [("recursive", modules.as_str())]);
    clients.iter().for_each(|(path, code)| workspace.add("recursive", path, code));
    if let Some(errors) = workspace.check("recursive").errors {
        panic!("{}", errors.chars().take(4000).collect::<String>());
    }
}
