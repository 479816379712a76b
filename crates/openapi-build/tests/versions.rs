//! Swagger 2.0 and OpenAPI 3.2: what they are read as, and what their clients send.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::{Loaded, Output};
use openapi_build::source::{SourceFile, to_yaml};
use serde_json::{Value, json};
use testing::rustc;

fn source(text: &str) -> SourceFile {
    SourceFile::from_bytes("a.yaml".as_ref(), text.into()).expect("it is UTF-8")
}

fn loaded(text: &str) -> Loaded {
    Loaded::sources(vec![source(text)], &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn generated(loaded: &Loaded) -> Output {
    loaded.generate().unwrap_or_else(|error| panic!("{error}"))
}

/// A Swagger 2.0 document with those lines at its top, and that operation.
fn swagger(top: &str, operation: &str) -> String {
    format!(
        "swagger: '2.0'\ninfo: {{title: t, version: '1'}}\n{top}paths:\n  /a:\n    post:\n      operationId: a\n{operation}"
    )
}

const DONE: &str = "      responses: {'204': {description: d}}\n";

/// The document that [`swagger`] is converted to.
fn converted(top: &str, operation: &str) -> Value {
    loaded(&swagger(top, operation)).documents[0].tree.clone()
}

fn operation(tree: &Value) -> &Value {
    &tree["paths"]["/a"]["post"]
}

fn warnings(loaded: &Loaded) -> Vec<Diagnostic> {
    let mut diagnostics = generated(loaded).diagnostics;
    loaded.locate(&mut diagnostics);
    diagnostics.retain(|it| it.severity == Severity::Warning);
    diagnostics
}

/// Answers each request with its own text, the headers' names in lower case, until the process ends.
fn echo() -> u16 {
    fn answer(stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let (mut text, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let line = line.trim_end_matches(['\r', '\n']);
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            let name = if value.is_empty() { name.to_owned() } else { name.to_ascii_lowercase() + ": " };
            if name == "content-length: " {
                length = value.parse().unwrap_or_default();
            }
            text.push_str(&format!("{name}{value}\n"));
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        text.push_str(&String::from_utf8_lossy(&body).replace('\r', ""));
        let kind = if text.starts_with("GET /v1/pets/a/picture") { "application/json" } else { "text/plain" };
        let kind = if text.starts_with("GET /v1/stream") { "application/jsonl" } else { kind };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            text.len()
        );
        (&stream).write_all((head + &text).as_bytes())
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(answer(stream))));
    port
}

#[test]
fn clients_send_what_swagger_20_and_openapi_32_say() {
    let port = echo().to_string();
    let programs = [
        ("swagger", include_str!("programs/swagger.yaml"), include_str!("programs/swagger.rs")),
        ("openapi_32", include_str!("programs/openapi_32.yaml"), include_str!("programs/openapi_32.rs")),
    ];
    let clients = programs.map(|(name, document, _)| (name, generated(&loaded(&document.replace("PORT", &port))).code));
    let clients: Vec<(&str, &str)> = clients.iter().map(|(name, code)| (*name, code.as_str())).collect();
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "versions", clients);
    for (name, _, program) in programs {
        workspace.add(name, "src/main.rs", program);
        workspace.depend(name, "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }");
        let said = workspace.run(name, "").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(said, "all of it\n", "the program's messages are on standard error");
    }
}

#[test]
fn documents_are_converted_as_the_files_beside_them_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/swagger");
    for name in ["petstore", "parts"] {
        let before = folder.join(format!("{name}.yaml"));
        let loaded = Loaded::files(&[before], &[]).unwrap_or_else(|error| panic!("{error}"));
        let mut findings = loaded.diagnostics.clone();
        loaded.locate(&mut findings);
        let findings: String = findings
            .iter()
            .map(|it| format!("# {}\n", it.to_string().replace(folder.to_str().expect("UTF-8"), "")))
            .collect();
        let text = findings + &to_yaml(&loaded.documents[0].tree);
        let after = folder.join(format!("{name}.after.yaml"));
        if std::env::var_os("REGENERATE").is_some() {
            std::fs::write(&after, &text).expect("the file can be written");
        }
        assert_eq!(
            std::fs::read_to_string(&after).unwrap_or_default(),
            text,
            "REGENERATE=1 writes {}",
            after.display()
        );
    }
}

#[test]
fn x_nullable_is_nullable() {
    let definitions = "definitions:\n  A:\n    type: object\n    required: [b, c, d]\n    properties:\n      \
                       b: {type: string, x-nullable: true}\n      c: {$ref: '#/definitions/C', x-nullable: true, description: d}\n      \
                       d: {type: string, x-nullable: false}\n  C: {type: object, properties: {e: {type: string}}}\n";
    let body = "      parameters: [{name: a, in: body, required: true, schema: {$ref: '#/definitions/A'}}]\n\
                \x20     responses: {'200': {description: d, schema: {$ref: '#/definitions/A'}}}\n";
    let loaded = loaded(&swagger(definitions, body));
    let properties = &loaded.documents[0].tree["components"]["schemas"]["A"]["properties"];
    assert_eq!(properties["b"], json!({"type": "string", "nullable": true}));
    let either = json!([{"$ref": "#/components/schemas/C"}, {"enum": [null]}]);
    assert_eq!(properties["c"], json!({"anyOf": either, "description": "d"}));
    assert_eq!(properties["d"]["nullable"], json!(false));
    let code = generated(&loaded).code;
    assert!(code.contains("pub b: Option<String>"), "{code}");
    assert!(code.contains("pub c: Option<C>") && code.contains("pub d: String"), "{code}");
}

#[test]
fn type_file_is_bytes() {
    let form = "      parameters: [{name: f, in: formData, type: file}]\n      responses: {'200': {description: d, schema: {type: file}}}\n";
    let tree = converted("", form);
    let content = &operation(&tree)["requestBody"]["content"];
    assert_eq!(
        content["multipart/form-data"]["schema"]["properties"]["f"],
        json!({"type": "string", "format": "binary"})
    );
    assert_eq!(content.as_object().map(|all| all.len()), Some(1));
    let answer = &operation(&tree)["responses"]["200"]["content"]["*/*"]["schema"];
    assert_eq!(answer, &json!({"type": "string", "format": "binary", "x-openapi-build-file": true}));
    for produces in ["[application/json]", "[text/csv, application/json]", "[application/pdf]"] {
        let loaded = loaded(&swagger(&format!("produces: {produces}\n"), form));
        assert!(generated(&loaded).code.contains("type Body = Vec<u8>;"), "{produces}");
    }
}

#[test]
fn media_types_are_those_of_the_operation_then_those_of_the_document_then_json() {
    let body = "parameters: [{name: b, in: body, schema: {type: string}}]";
    let answer = "responses: {'200': {description: d, schema: {type: string}}}";
    let kinds = |top: &str, own: &str| {
        let tree = converted(top, &format!("{own}      {body}\n      {answer}\n"));
        let of = |it: &Value| {
            it["content"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect::<Vec<_>>().join(" ")
        };
        (of(&operation(&tree)["requestBody"]), of(&operation(&tree)["responses"]["200"]))
    };
    let (json, text) = ("application/json".to_owned(), "text/plain".to_owned());
    assert_eq!(kinds("", ""), (json.clone(), json.clone()));
    assert_eq!(kinds("consumes: []\nproduces: []\n", ""), (json.clone(), json.clone()));
    let top = "consumes: [text/plain]\nproduces: [text/plain]\n";
    assert_eq!(kinds(top, ""), (text.clone(), text.clone()));
    assert_eq!(kinds(top, "      consumes: []\n      produces: []\n"), (json.clone(), json.clone()));
    let own = "      consumes: [application/xml, application/json]\n      produces: [application/json]\n";
    assert_eq!(kinds(top, own), ("application/xml application/json".to_owned(), json));
}

#[test]
fn a_host_a_base_path_and_schemes_are_servers() {
    let servers = |top: &str| {
        let loaded = loaded(&swagger(top, DONE));
        let list = loaded.documents[0].tree["servers"].as_array().cloned().unwrap_or_default();
        let urls: Vec<String> = list.iter().map(|it| it["url"].as_str().expect("a URL").to_owned()).collect();
        let said: Vec<String> = warnings(&loaded).iter().filter_map(|it| it.pointer.clone()).collect();
        (urls.join(" "), said.join(" "))
    };
    for (top, urls, said) in [
        ("", "", ""),
        ("basePath: /\n", "", ""),
        ("basePath: /v1/\n", "/v1", "/basePath"),
        ("schemes: [https]\nbasePath: v1\n", "/v1", "/basePath"),
        ("host: example.com\n", "https://example.com", "/host"),
        ("host: localhost:8080\n", "http://localhost:8080", "/host"),
        ("host: example.com\nbasePath: /\nschemes: [http, https]\n", "https://example.com http://example.com", ""),
        ("host: 'http://example.com/'\nbasePath: /v1\n", "http://example.com/v1", ""),
        ("host: example.com\nschemes: [wss, https]\n", "https://example.com", "/schemes/0"),
    ] {
        assert_eq!(servers(top), (urls.to_owned(), said.to_owned()), "{top}");
    }
    let tree = converted("host: example.com\nschemes: [https]\n", &format!("      schemes: [http]\n{DONE}"));
    assert_eq!(operation(&tree)["servers"], json!([{"url": "http://example.com"}]));
}

#[test]
fn findings_lead_to_the_places_of_the_published_document() {
    let text = swagger(
        "host: example.com\nschemes: [https]\n",
        "      parameters:\n      - {name: f, in: formData, type: strin}\n      - {name: q, in: query, type: integer, default: x}\n      \
         - {name: r, in: query, schema: {$ref: '#/definitions/R'}}\n      - {name: l, in: query, type: array, items: {type: string}, collectionFormat: odd}\n      responses:\n        \
         '200':\n          description: d\n          schema: {type: strin}\ndefinitions:\n  R: {type: string, enum: [a], default: b}\n",
    );
    let loaded = loaded(&text);
    let places: Vec<(String, usize)> = warnings(&loaded)
        .into_iter()
        .map(|it| (it.pointer.expect("a pointer"), it.position.expect("a position").line))
        .collect();
    for (pointer, line) in [
        ("/paths/~1a/post/parameters/0", 10),
        ("/paths/~1a/post/parameters/1", 11),
        ("/definitions/R", 19),
        ("/paths/~1a/post/parameters/3/collectionFormat", 13),
        ("/paths/~1a/post/responses/200/schema", 17),
    ] {
        let found = places.iter().any(|(place, at)| place.starts_with(pointer) && *at == line);
        assert!(found, "{pointer} {line}: {places:?}");
    }
    assert!(
        places.iter().all(|(place, _)| !place.contains("/components/") && !place.contains("/content/")),
        "{places:?}"
    );
}

#[test]
fn the_sandbox_gets_the_document_that_was_published_after_its_overlay() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let beside = "definitions:\n  Pet: {type: object, properties: {kind: {$ref: '#/definitions/Kind'}}}\n  Kind: {type: strin}\n\
                  parameters:\n  body: {name: b, in: body, schema: {$ref: '#/definitions/Pet'}}\n\
                  responses:\n  Gone: {description: gone, schema: {$ref: 'more.yaml'}}\n";
    write("beside.yaml", beside);
    write("more.yaml", "{type: object, properties: {why: {type: string}}}");
    write("item.yaml", "get: {operationId: b, responses: {'200': {description: d, schema: {type: string}}}}");
    let text = swagger(
        "",
        "      parameters: [{$ref: 'beside.yaml#/parameters/body'}]\n      responses:\n        \
         '404': {$ref: 'beside.yaml#/responses/Gone'}\n        '200': {description: d, schema: {$ref: 'beside.yaml#/definitions/Pet'}}\n  \
         /b: {$ref: item.yaml}\n",
    );
    let document = write("a.yaml", &text);
    let overlay = write(
        "o.yaml",
        "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n- {target: \"$.paths['/a'].post\", update: {consumes: [application/merge-patch+json]}}\n",
    );
    let loaded = Loaded::files(&[document], &[overlay]).unwrap_or_else(|error| panic!("{error}"));
    let output = generated(&loaded);
    let published = &output.documents[0]["document"];
    assert_eq!(published["swagger"], json!("2.0"));
    assert_eq!(published["paths"]["/a"]["post"]["parameters"], json!([{"$ref": "#/parameters/body"}]));
    assert_eq!(published["definitions"]["Pet"]["properties"]["kind"], json!({"$ref": "#/definitions/Kind"}));
    assert_eq!(published["paths"]["/b"]["get"]["operationId"], json!("b"));
    assert_eq!(published["responses"]["Gone"]["schema"], json!({"$ref": "#/definitions/more"}));
    let body = &operation(&loaded.documents[0].tree)["requestBody"]["content"]["application/merge-patch+json"];
    assert_eq!(body["schema"], json!({"$ref": "#/components/schemas/Pet"}));
    assert!(output.code.contains("fn b(&self)"));
    // A finding in a file beside the document has its place there.
    let mut diagnostics = output.diagnostics;
    loaded.locate(&mut diagnostics);
    let kind = diagnostics.iter().find(|it| it.message.contains("strin")).expect("a type that does not exist");
    assert_eq!(kind.pointer.as_deref(), Some("/definitions/Kind/type"));
    let position = kind.position.as_ref().expect("a place");
    assert!(position.file.ends_with("beside.yaml") && position.line == 3, "{kind}");
}

#[test]
fn a_slice_keeps_of_the_published_document_what_it_keeps_of_the_converted_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = "[[document]]\nname = \"pets\"\n[[document.file]]\npath = \"a.yaml\"\n[[document.drop]]\nmethods = [\"copy\"]\n[[document.drop]]\noperations = [\"gone\"]\n";
    std::fs::write(folder.path().join("spec.toml"), manifest).expect("a file");
    let documents = |text: &str| {
        std::fs::write(folder.path().join("a.yaml"), text).expect("a file");
        let loaded = Loaded::folder(folder.path()).unwrap_or_else(|error| panic!("{error}"));
        (generated(&loaded).documents[0]["document"].clone(), generated(&loaded).code)
    };
    let old = "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get: {operationId: kept, responses: {'200': {description: d, schema: {$ref: '#/definitions/A'}}}}\n    \
               post: {operationId: gone, responses: {'200': {description: d, schema: {$ref: '#/definitions/B'}}}}\ndefinitions: {A: {type: object}, B: {type: object}}\n";
    let (document, _) = documents(old);
    assert_eq!(document["paths"]["/a"].as_object().map(|item| item.len()), Some(1));
    assert!(document["definitions"].get("A").is_some() && document["definitions"].get("B").is_none());
    let new = "openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    query: {operationId: kept, responses: {'204': {description: d}}}\n    \
               additionalOperations: {COPY: {operationId: copied, responses: {'204': {description: d}}}, LINK: {operationId: linked, responses: {'204': {description: d}}}}\n";
    let (document, code) = documents(new);
    let item = &document["paths"]["/a"];
    assert!(item.get("query").is_some() && item["additionalOperations"].get("COPY").is_none(), "{item}");
    assert!(item["additionalOperations"].get("LINK").is_some(), "as it was published");
    assert!(code.contains("fn kept(") && code.contains("fn linked(") && !code.contains("fn copied("));
}

#[test]
fn versions_are_texts_or_numbers_and_later_ones_of_3_are_read_as_the_newest() {
    let paths =
        "info: {title: t, version: '1'}\npaths: {/a: {get: {operationId: a, responses: {'204': {description: d}}}}}\n";
    for version in [
        "swagger: '2.0'",
        "swagger: 2.0",
        "openapi: 3.0",
        "openapi: 3.00",
        "openapi: 3.1",
        "openapi: '3.2.0'",
        "openapi: 3.2",
        "# none",
    ] {
        let loaded = loaded(&format!("{version}\n{paths}"));
        assert!(generated(&loaded).code.contains("fn a(&self)"), "{version}");
        assert!(warnings(&loaded).is_empty(), "{version}: {:?}", warnings(&loaded));
    }
    let later = loaded(&format!("openapi: 3.7.1\n{paths}components: {{schemas: {{A: {{type: [string, 'null']}}}}}}\n"));
    let said = warnings(&later);
    assert!(
        said.iter().any(|it| it.code == "Q043"
            && it.message.contains("OpenAPI 3.7.1")
            && it.pointer.as_deref() == Some("/openapi")),
        "{said:?}"
    );
    for (version, code) in [
        ("swagger: '1.2'", "Swagger 1.2"),
        ("swaggerVersion: '1.2'", "Swagger 1.2"),
        ("swagger: '3.0'", "Swagger 3.0"),
        ("openapi: 4.0.0", "OpenAPI 4.0.0"),
        ("openapi: '2.0'", "OpenAPI 2.0"),
        ("openapi: []", "OpenAPI []"),
    ] {
        let error = Loaded::sources(vec![source(&format!("{version}\n{paths}"))], &[]).expect_err(version);
        assert!(error.code == "S007" && error.message.contains(code) && error.help.is_some(), "{version}: {error}");
        assert_eq!(error.position.as_ref().map(|it| it.line), Some(1), "{version}");
    }
}

#[test]
fn files_of_two_versions_are_no_document() {
    let other = |text: &str| SourceFile::from_bytes("b.yaml".as_ref(), text.into()).expect("it is UTF-8");
    let old = "swagger: '2.0'\npaths: {/a: {get: {responses: {'200': {description: d, schema: {$ref: '#/definitions/A'}}}}}}\n";
    let mixed =
        Loaded::sources(vec![source(old), other("openapi: 3.0.3\npaths: {}\n")], &[]).expect_err("two versions");
    assert_eq!((mixed.code, mixed.pointer.as_deref()), ("S008", Some("/openapi")), "{mixed}");
    let both =
        Loaded::sources(vec![source(old), other("swagger: '2.0'\npaths: {}\ndefinitions: {A: {type: string}}\n")], &[]);
    let both = both.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(both.documents[0].tree["components"]["schemas"]["A"], json!({"type": "string"}));
}

#[test]
fn operations_of_any_method_are_compared_by_their_methods() {
    let text = |more: &str| {
        format!(
            "openapi: 3.2.0\ninfo: {{title: t, version: '1'}}\npaths: {{/a: {{get: {{responses: {{'204': {{description: d}}}}}}{more}}}}}\n"
        )
    };
    let more = ", additionalOperations: {COPY: {responses: {'204': {description: d}}}}, query: {responses: {'204': {description: d}}}";
    let (old, new) = (loaded(&text("")), loaded(&text(more)));
    let changes = openapi_build::track::diff(&old, &new).unwrap_or_else(|error| panic!("{error}"));
    let found: Vec<(&str, &str)> = changes.changes.iter().map(|it| (it.code, it.subject.as_str())).collect();
    assert!(found.contains(&("D001", "COPY /a")) && found.contains(&("D001", "QUERY /a")), "{found:?}");
    let places: Vec<&str> = changes.changes.iter().filter_map(|it| Some(it.new.as_ref()?.pointer.as_str())).collect();
    assert!(places.contains(&"/paths/~1a/additionalOperations/COPY") && places.contains(&"/paths/~1a/query"));
    let gone = openapi_build::track::diff(&new, &old).unwrap_or_else(|error| panic!("{error}"));
    assert!(gone.changes.iter().any(|it| it.code == "D002" && it.subject == "COPY /a"), "{:?}", gone.changes);
    let output = generated(&new);
    assert!(output.code.contains("fn copy_a(&self)") && output.code.contains("fn query_a(&self)"), "{}", output.code);
}

/// All nodes of `value`, as pointers.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, it)| pointers(it, &format!("{at}/{}", escaped(key)), all))
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(key, it)| pointers(it, &format!("{at}/{key}"), all)),
        _ => {}
    }
}

#[test]
fn whatever_stands_in_a_place_of_a_document_nothing_panics() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let (mut taken, mut refused) = (0, 0);
    for name in ["swagger/petstore.yaml", "swagger/parts.yaml", "programs/openapi_32.yaml"] {
        let whole = source(&std::fs::read_to_string(folder.join(name)).expect("a document")).parse().expect("YAML");
        let mut places = Vec::new();
        pointers(&whole, "", &mut places);
        for (index, place) in places.iter().enumerate() {
            let others =
                [json!(null), json!(["a"]), json!({"$ref": "#/definitions/Pet", "a": 1}), json!(7), json!("x")];
            let mut mutant = whole.clone();
            *mutant.pointer_mut(place).expect("it is there") = others[index % others.len()].clone();
            match Loaded::sources(vec![source(&mutant.to_string())], &[]) {
                Ok(loaded) => {
                    loaded.normalize();
                    taken += 1;
                }
                Err(error) => {
                    assert!(error.help.is_some(), "{name} {place}: {error}");
                    refused += 1;
                }
            }
        }
    }
    assert!(taken > 200, "{taken} are taken, {refused} refused");
}

#[test]
fn wild_documents_of_both_versions_generate_and_compile() {
    let Some(wild) = std::env::var_os("OPENAPI_WILD") else {
        println!("skipped: OPENAPI_WILD is not set");
        return;
    };
    let mut clients = Vec::new();
    for entry in std::fs::read_dir(wild).expect("the folder").flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        let head: String =
            text.lines().filter(|line| line.trim_start().trim_start_matches('"').starts_with(['s', 'o'])).collect();
        let is = |key: &str, version: &str| {
            head.split(key).skip(1).any(|rest| rest.trim_start_matches(['"', ':', ' ', '\'']).starts_with(version))
        };
        if is("swagger", "2.0") || is("openapi", "3.2") {
            let loaded = Loaded::files(&[entry.path()], &[]).unwrap_or_else(|error| panic!("{error}"));
            let name = format!("wild{}", clients.len());
            println!("{name}: {}", entry.path().display());
            clients.push((name, generated(&loaded).code));
        }
    }
    assert!(!clients.is_empty(), "the folder has documents of both versions");
    let named = clients.iter().map(|(name, code)| (name.as_str(), code.as_str()));
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "versions_wild", named);
    for (name, _) in &clients {
        if let Some(errors) = workspace.check(name).errors {
            panic!("{name}: {}", errors.chars().take(4000).collect::<String>());
        }
    }
}

#[test]
fn a_body_of_many_media_types_has_its_schema_once() {
    let properties: String = (0..3_000).map(|index| format!("p{index}: {{type: strin}}, ")).collect();
    let types: String = (0..3_000).map(|index| format!("application/x{index}, ")).collect();
    let schema = format!("{{type: object, properties: {{{properties}}}}}");
    let body = format!(
        "      parameters: [{{name: a, in: body, schema: {schema}}}]\n      responses: {{'200': {{description: d, schema: {schema}}}}}\n"
    );
    let loaded = loaded(&swagger(
        &format!("consumes: [application/json, {types}]\nproduces: [application/json, {types}]\n"),
        &body,
    ));
    let tree = &loaded.documents[0].tree;
    for content in [&operation(tree)["requestBody"]["content"], &operation(tree)["responses"]["200"]["content"]] {
        let content = content.as_object().expect("media types");
        assert_eq!(content.len(), 50);
        let target = content["application/json"]["schema"]["$ref"].as_str().expect("a component");
        assert!(content.values().all(|media| media["schema"]["$ref"] == target));
        assert!(tree.pointer(&target[1..]).is_some_and(|schema| schema["properties"]["p2999"].is_object()));
    }
    let listed: Vec<_> = loaded.diagnostics.iter().filter(|it| it.message.contains("are listed here")).collect();
    assert_eq!(listed.iter().filter_map(|it| it.pointer.as_deref()).collect::<Vec<_>>(), ["/consumes", "/produces"]);
    let repaired = &loaded.normalize()[0].1;
    let places: Vec<_> = repaired.diagnostics.iter().filter(|it| it.message.contains("strin")).collect();
    assert!(
        places.iter().any(|it| it.pointer.as_deref() == Some("/paths/~1a/post/parameters/0/schema/properties/p0/type"))
    );
    assert!(places.iter().all(|it| it.pointer.as_deref().is_some_and(|at| at.starts_with("/paths/~1a/post/"))));
}

#[test]
fn a_body_parameter_of_openapi_3_is_made_a_body_of_few_media_types() {
    let types: String = (0..3_000).map(|index| format!("application/x{index}, ")).collect();
    let text = format!(
        "openapi: 3.0.3\npaths: {{/a: {{post: {{operationId: a, consumes: [{types}], parameters: [{{name: a, in: body, schema: {{type: object}}}}], responses: {{'204': {{description: d}}}}}}}}}}\n"
    );
    let repaired = &loaded(&text).normalize()[0].1;
    let content = operation(&repaired.tree)["requestBody"]["content"].as_object().expect("media types");
    assert_eq!(content.len(), 10);
    assert!(repaired.diagnostics.iter().any(|it| it.message.ends_with("in the first of the media types")));
}

#[test]
fn an_operation_of_a_split_document_may_be_a_reference() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("a.yaml", "swagger: '2.0'\npaths: {/a: {get: {$ref: get.yaml}}}\ndefinitions: {$ref: models.yaml}\n");
    write(
        "get.yaml",
        "operationId: a\nresponses: {'200': {description: d, schema: {$ref: 'a.yaml#/definitions/A'}}}\n",
    );
    write("models.yaml", "A: {type: object, properties: {x: {type: string}}}\n");
    let loaded = Loaded::files(&[folder.path().join("a.yaml")], &[]).unwrap_or_else(|error| panic!("{error}"));
    let code = generated(&loaded).code;
    assert!(
        code.contains("pub fn a(") && code.contains("pub struct A {") && code.contains("pub x: Option<String>"),
        "{code}"
    );
}
