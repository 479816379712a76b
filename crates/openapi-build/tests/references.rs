//! References to every place that people refer to, and definitions that are split into files as people split them.

use std::path::Path;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::{Loaded, Output, Reading};
use serde_json::{Value, json};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    folder
}

/// The document in `api.yaml` of these files, and its client.
fn build(files: &[(&str, &str)]) -> (Value, Output) {
    let folder = folder(files);
    let loaded = load(&folder.path().join("api.yaml"));
    let output = loaded.generate().unwrap_or_else(|error| panic!("{error}"));
    (loaded.documents[0].tree.clone(), output)
}

fn load(path: &Path) -> Loaded {
    Loaded::path(path).unwrap_or_else(|error| panic!("{error}"))
}

fn warnings(output: &Output) -> Vec<&Diagnostic> {
    output.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).collect()
}

/// `text` without white space, and without commas before a bracket.
fn compact(text: &str) -> String {
    text.split_whitespace().collect::<String>().replace(",)", ")").replace(",}", "}")
}

fn has(output: &Output, code: &str) -> bool {
    compact(&output.code).contains(&compact(code))
}

/// A document of version `version`, with an answer of the schema `schema` and these components.
fn document(version: &str, schema: &str, components: &str) -> String {
    format!(
        "openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths:\n  /a/{{id}}:\n    get:\n      operationId: a\n      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n      responses: {{'200': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}\n{components}"
    )
}

#[test]
fn references_into_other_places_are_followed() {
    let inner = "{type: object, properties: {x: {type: string}}}";
    let components = format!("components: {{schemas: {{B: {{type: object, properties: {{p: {inner}}}}}}}}}\n");
    let anchored = format!(
        "components: {{schemas: {{V: {{$anchor: vee, type: object, properties: {{x: {{type: string}}}}}}, W: {{$defs: {{D: {inner}}}, type: object, properties: {{d: {{$ref: '#/$defs/D'}}}}}}}}}}\n"
    );
    let elsewhere = format!("x-models: {{M: {inner}}}\n");
    let own = "\n  /b: {get: {operationId: b, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema'}}}}}}}\n";
    let within = document("3.0.3", inner, "").replace("\npaths:\n", &format!("\npaths:{own}"));
    for (name, text, expected) in [
        (
            "the middle of a component",
            document("3.0.3", "{$ref: '#/components/schemas/B/properties/p'}", &components),
            "pub x: Option<String>",
        ),
        ("an anchor", document("3.1.0", "{$ref: '#vee'}", &anchored), "pub x: Option<String>"),
        (
            "definitions of a schema",
            document("3.1.0", "{$ref: '#/components/schemas/W'}", &anchored),
            "pub x: Option<String>",
        ),
        (
            "definitions by their place",
            document("3.1.0", "{$ref: '#/components/schemas/W/$defs/D'}", &anchored),
            "pub x: Option<String>",
        ),
        ("an extension", document("3.0.3", "{$ref: '#/x-models/M'}", &elsewhere), "pub struct XModelsM"),
        ("a percent-encoded place", within, "pub fn b("),
    ] {
        let (_, output) = build(&[("api.yaml", &text)]);
        assert!(has(&output, expected), "{name}: {}", output.code);
        assert!(!output.code.contains("serde_json::Value>"), "{name}: {}", output.code);
        assert_eq!(warnings(&output), Vec::<&Diagnostic>::new(), "{name}");
    }
}

#[test]
fn path_items_callbacks_links_and_security_schemes_may_be_references() {
    let text = "\
openapi: 3.1.0
info: {title: t, version: '1'}
security: [{k: []}]
paths:
  /shared: {$ref: '#/components/pathItems/Shared'}
  /a:
    post:
      operationId: a
      callbacks: {done: {$ref: '#/components/callbacks/C'}}
      responses: {'204': {description: d, links: {l: {$ref: '#/components/links/L'}}, headers: {H: {$ref: '#/components/headers/H'}}}}
components:
  pathItems: {Shared: {get: {operationId: getShared, responses: {'204': {description: d}}}}}
  callbacks: {C: {'{$request.body#/url}': {post: {operationId: c, requestBody: {$ref: 'https://example.com/no.yaml'}, responses: {}}}}}
  links: {L: {operationId: a}}
  headers: {H: {schema: {type: string}}}
  securitySchemes: {k: {$ref: '#/components/securitySchemes/kk'}, kk: {type: apiKey, in: header, name: K}}
";
    let (tree, output) = build(&[("api.yaml", text)]);
    assert!(has(&output, "pub fn get_shared(") && has(&output, "pub fn a("), "{}", output.code);
    assert_eq!(tree["components"]["securitySchemes"]["k"]["name"], json!("K"));
    assert!(!warnings(&output).iter().any(|warning| warning.code.starts_with('V') || warning.code == "Q032"));
}

#[test]
fn a_schema_of_a_wrong_place_is_taken_for_what_it_is() {
    let components = "components:\n  responses: {R: {type: object, properties: {x: {type: string}}}, Full: {description: d, content: {application/json: {schema: {$ref: '#/components/responses/R'}}}}}\n";
    let (_, output) = build(&[("api.yaml", &document("3.0.3", "{$ref: '#/components/responses/R'}", components))]);
    assert!(has(&output, "pub x: Option<String>"), "{}", output.code);
    assert_eq!(warnings(&output).iter().map(|warning| warning.code).collect::<Vec<_>>(), ["Q036"]);
    let (_, output) = build(&[("api.yaml", &document("3.0.3", "{$ref: '#/components/responses/Full'}", components))]);
    assert!(has(&output, "pub x: Option<String>"), "the schema of the response: {}", output.code);
    let media =
        document("3.0.3", "{}", "components: {schemas: {S: {type: object, properties: {x: {type: string}}}}}\n");
    let media = media.replace("{schema: {}}", "{$ref: '#/components/schemas/S'}");
    let (_, output) = build(&[("api.yaml", &media)]);
    assert!(has(&output, "pub struct S {"), "{}", output.code);
}

/// A definition as DigitalOcean keeps one.
const NESTED: [(&str, &str); 9] = [
    (
        "api.yaml",
        "\
openapi: 3.0.3
info: {title: Droplets, version: '2.0', description: {$ref: 'description.yml#/introduction'}}
paths:
  /v2/droplets:
    get: {$ref: 'resources/droplets/droplets_list.yml'}
  /v2/droplets/{droplet_id}: {$ref: 'resources/droplets/droplet.yml'}
components:
  schemas:
    Named: {$ref: 'resources/droplets/models/droplet.yml'}
    Kept: {type: object, properties: {own: {type: string}}}
",
    ),
    ("description.yml", "introduction: |\n  # Introduction\n"),
    (
        "resources/droplets/droplets_list.yml",
        "\
operationId: droplets_list
parameters:
- $ref: '../../shared/parameters.yml#/per_page'
responses:
  '200': {$ref: 'responses/all_droplets.yml'}
  default: {$ref: '../../shared/responses/errors.yml#/unexpected'}
",
    ),
    (
        "resources/droplets/droplet.yml",
        "\
parameters: [{$ref: 'parameters.yml#/droplet_id'}]
get:
  operationId: droplets_get
  responses:
    '200': {$ref: 'responses/existing_droplet.yml'}
    '404': {$ref: '../../shared/responses/errors.yml#/not_found'}
",
    ),
    ("resources/droplets/parameters.yml", "droplet_id: {name: droplet_id, in: path, required: true, schema: {type: integer, format: int64}}\n"),
    ("resources/droplets/responses/all_droplets.yml", "\
description: all
content:
  application/json:
    schema:
      type: object
      properties:
        droplets: {type: array, items: {$ref: '../models/droplet.yml'}}
"),
    ("resources/droplets/responses/existing_droplet.yml", "\
description: one
content:
  application/json:
    schema: {type: object, properties: {droplet: {$ref: '../models/droplet.yml'}, kept: {$ref: '../../../api.yaml#/components/schemas/Kept'}}}
"),
    ("resources/droplets/models/droplet.yml", "\
type: object
required: [id]
properties:
  id: {type: integer, format: int64}
  parent: {$ref: 'droplet.yml'}
"),
    ("shared/parameters.yml", "per_page: {name: per_page, in: query, schema: {type: integer, format: int32}}\n"),
];

#[test]
fn a_definition_of_nested_files_is_one_document() {
    let errors = "\
unexpected: {description: unexpected, content: {application/json: {schema: {$ref: '#/error'}}}}
not_found: {description: none, content: {application/json: {schema: {$ref: '#/error'}}}}
error: {type: object, properties: {message: {type: string}}}
";
    let mut files = NESTED.to_vec();
    files.push(("shared/responses/errors.yml", errors));
    let (tree, output) = build(&files);
    assert_eq!(warnings(&output), Vec::<&Diagnostic>::new());
    assert_eq!(tree["info"]["description"], json!("# Introduction\n"));
    assert!(has(&output, "pub fn droplets_list(&self)"), "{}", output.code);
    assert!(has(&output, "pub fn droplets_get(&self, droplet_id: i64)"), "{}", output.code);
    assert!(has(&output, "pub struct Named {") && has(&output, "pub parent: Option<Box<Named>>"), "{}", output.code);
    assert!(has(&output, "pub kept: Option<Kept>") && has(&output, "pub struct SharedResponsesErrorsError {"));
    assert_eq!(output.code.matches("pub struct Kept {").count(), 1);

    files.pop();
    let (_, output) = build(&files);
    let found = warnings(&output);
    assert!(found.iter().all(|warning| warning.code == "Q037") && found.len() == 2, "a file is missing: {found:?}");
    assert!(has(&output, "pub fn droplets_get(&self, droplet_id: i64)"), "{}", output.code);
}

#[test]
fn a_message_about_a_file_beside_the_document_has_its_place_there() {
    let files = [
        ("api.yaml", "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a: {$ref: 'paths/a.yaml'}\n"),
        ("paths/a.yaml", "get:\n  operationId: a\n  tags: Pets\n  responses: {}\n"),
    ];
    let (_, output) = build(&files);
    let warning = output.diagnostics.iter().find(|diagnostic| diagnostic.code == "Q039").expect("a text for a list");
    assert!(warning.to_string().contains("paths/a.yaml:3:3"), "{warning}");
}

#[test]
fn a_layout_of_folders_with_braces_in_the_names_of_files_is_one_document() {
    let api = "\
openapi: 3.1.0
info: {title: Users, version: '1', description: {$ref: info.md}}
paths:
  /users/{username}: {$ref: 'paths/users_{username}.yaml'}
  /teams/{id}: {$ref: 'paths/teams_%7Bid%7D.yaml'}
components:
  schemas: {$ref: components/schemas/_index.yaml}
  securitySchemes: {key: {$ref: components/key.yaml}}
security: [{key: []}]
";
    let files = [
        ("api.yaml", api),
        ("info.md", "# Users: all of them\n"),
        ("paths/users_{username}.yaml", "\
parameters: [{name: username, in: path, required: true, schema: {type: string}}]
get:
  operationId: getUser
  responses: {'200': {description: d, content: {application/json: {schema: {$ref: ../components/schemas/User.yaml}}}}}
"),
        ("paths/teams_{id}.yaml", "\
parameters: [{name: id, in: path, required: true, schema: {type: string}}]
get:
  operationId: getTeam
  responses: {'200': {description: d, content: {application/json: {schema: {$ref: ../components/schemas/Team.yaml#/Team}}}}}
"),
        ("components/schemas/_index.yaml", "User: {$ref: User.yaml}\nTeam: {$ref: 'Team.yaml#/Team'}\n"),
        ("components/schemas/User.yaml", "type: object\nproperties: {team: {$ref: 'Team.yaml#/Team'}}\n"),
        ("components/schemas/Team.yaml", "Team: {type: object, properties: {users: {type: array, items: {$ref: User.yaml}}}}\n"),
        ("components/key.yaml", "type: http\nscheme: bearer\n"),
    ];
    let (tree, output) = build(&files);
    assert_eq!(warnings(&output), Vec::<&Diagnostic>::new());
    assert_eq!(tree["info"]["description"], json!("# Users: all of them\n"));
    assert_eq!(tree["components"]["securitySchemes"]["key"]["scheme"], json!("bearer"));
    assert!(has(&output, "pub fn get_user(&self, username: &str)") && has(&output, "pub fn get_team(&self, id: &str)"));
    assert!(has(&output, "pub team: Option<Team>") && has(&output, "pub users: Option<Vec<User>>"), "{}", output.code);
    assert_eq!(output.code.matches("pub struct User {").count(), 1);
}

#[test]
fn the_mapping_of_a_discriminator_may_name_files() {
    let files = [
        ("api.yaml", "\
openapi: 3.0.3
info: {title: t, version: '1'}
paths: {/a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: 'm/pet.yaml'}}}}}}}}
"),
        ("m/pet.yaml", "\
oneOf: [{$ref: cat.yaml}, {$ref: dog.yaml}]
discriminator: {propertyName: kind, mapping: {cat: cat.yaml, dog: ./dog.yaml}}
"),
        ("m/cat.yaml", "type: object\nrequired: [kind]\nproperties: {kind: {type: string}, lives: {type: integer}}\n"),
        ("m/dog.yaml", "type: object\nrequired: [kind]\nproperties: {kind: {type: string}, barks: {type: boolean}}\n"),
    ];
    let (tree, output) = build(&files);
    let mapping = &tree["components"]["schemas"]["m_pet"]["discriminator"]["mapping"];
    assert_eq!(mapping, &json!({"cat": "#/components/schemas/m_cat", "dog": "#/components/schemas/m_dog"}));
    assert_eq!(warnings(&output), Vec::<&Diagnostic>::new());
}

#[test]
fn all_references_that_are_not_followed_are_named_at_once_and_always_alike() {
    let far = |name: &str| format!("{{$ref: 'https://example.com/{name}.yaml'}}");
    let components = format!("components: {{schemas: {{B: {{properties: {{b: {}, c: {}}}}}}}}}\n", far("b"), far("c"));
    let text = document(
        "3.0.3",
        "{allOf: [{$ref: '#/components/schemas/B'}, {$ref: 'https://example.com/a.yaml'}]}",
        &components,
    );
    let folder = folder(&[("api.yaml", &text)]);
    let errors = || {
        let error = Loaded::path(&folder.path().join("api.yaml")).expect_err("a build follows no URL");
        error.all().map(ToString::to_string).collect::<Vec<_>>()
    };
    let all = errors();
    let names = |line: &String| line.contains("error[S010]") && line.contains("cargo oas bundle");
    assert!(all.len() == 3 && all.iter().all(names), "{all:#?}");
    for name in ["a.yaml", "b.yaml", "c.yaml"] {
        assert_eq!(all.iter().filter(|line| line.contains(&format!("/{name}`"))).count(), 1, "{all:#?}");
    }
    assert_eq!(errors(), all);
}

#[test]
fn where_there_are_neither_operations_nor_webhooks_every_schema_is_looked_at() {
    let schemas = "components: {schemas: {A: {type: object, properties: {b: {$ref: '#/components/schemas/None'}}}}}\n";
    let bare = format!("openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\n{schemas}");
    let warned = |text: &str| {
        let (_, output) = build(&[("api.yaml", text)]);
        warnings(&output).iter().any(|warning| warning.code == "Q037")
    };
    assert!(warned(&bare));
    assert!(!warned(&document("3.0.3", "{type: string}", schemas)), "nothing is generated from it");
}

#[test]
fn the_null_of_a_reference_that_is_nullable_is_read() {
    let schema = "{type: object, properties: {o: {$ref: '#/components/schemas/O', nullable: true, description: who}}}";
    let components = "components: {schemas: {O: {type: object, properties: {x: {type: string}}}}}\n";
    let (_, output) = build(&[("api.yaml", &document("3.0.3", schema, components))]);
    assert!(has(&output, "pub o: Option<Option<O>>") && output.code.contains("/// who"), "{}", output.code);
    assert_eq!(warnings(&output), Vec::<&Diagnostic>::new());
}

/// What is said of references whose targets are left out in `api.yaml` of these files, with the documents.
fn left_out(files: &[(&str, &str)]) -> (Vec<String>, Loaded) {
    let folder = folder(files);
    let loaded = load(&folder.path().join("api.yaml"));
    let found = loaded.diagnostics.iter().filter(|finding| finding.code == "S015");
    (
        found.map(|finding| format!("{}: {}", finding.pointer.clone().unwrap_or_default(), finding.message)).collect(),
        loaded,
    )
}

/// A document of version `version` with the path `/a`, and `count` paths that refer to `target`.
fn aliases(version: &str, target: &str, count: usize, more: &str) -> String {
    let paths: String = (0..count).map(|index| format!("  /p{index}: {{$ref: '{target}'}}\n")).collect();
    format!("{version}\ninfo: {{title: t, version: '1'}}\n{more}paths:\n{paths}")
}

#[test]
fn many_references_to_a_path_item_keep_all_its_operations() {
    let tags: Vec<String> = (0..100).map(|index| format!("t{index}")).collect();
    let shared = format!("x-a: {{get: {{tags: [{}], responses: {{'204': {{description: d}}}}}}}}\n", tags.join(", "));
    for version in ["openapi: 3.0.3", "swagger: '2.0'"] {
        let (found, loaded) = left_out(&[("api.yaml", &aliases(version, "#/x-a", 1_000, &shared))]);
        assert_eq!(found, Vec::<String>::new(), "{version}");
        let paths = loaded.documents[0].tree["paths"].as_object().expect("paths");
        assert_eq!(paths.values().filter(|item| item["get"]["tags"][99] == "t99").count(), 1_000, "{version}");
    }
}

#[test]
fn what_would_be_copied_without_end_is_left_out_with_a_warning() {
    let answer = "responses: {'200': {description: ok, content: {application/json: {schema: {type: object, properties: {$ref: '#/x-p'}}}}}}";
    let own = format!(
        "openapi: 3.0.3\npaths:\n  /a: {{get: {{operationId: a, {answer}}}}}\n  /b: {{$ref: '#/paths/~1c'}}\n  /c: {{$ref: '#/paths/~1b'}}\nx-p: {{q: {{type: object, properties: {{$ref: '#/x-p'}}}}}}\n"
    );
    let (found, _) = left_out(&[("api.yaml", &own)]);
    let schema = "/paths/~1a/get/responses/200/content/application~1json/schema/properties/q/properties";
    assert_eq!(found, [format!("{schema}: `#/x-p` leads to what includes it; this mapping is left out")]);

    // Each includes the next twice.
    let doubling: String = (0..40)
        .map(|index| format!("x-{index}: {{l: {{type: object, properties: {{$ref: '#/x-{next}'}}}}, r: {{type: object, properties: {{$ref: '#/x-{next}'}}}}}}\n", next = index + 1))
        .collect();
    let doubling = document("3.0.3", "{type: object, properties: {$ref: '#/x-0'}}", &doubling);
    let (found, _) = left_out(&[("api.yaml", &doubling)]);
    assert!(!found.is_empty() && found.len() <= 1_000, "{}", found.len());
    let last = &found[found.len() - 1];
    assert!(found.len() < 1_000 || last.contains("others that are not listed"), "{last}");
}

#[test]
fn long_texts_are_copied_within_limits() {
    let text = "x".repeat(1_000_000);
    let shared = format!("x-a: {{description: {text}, get: {{responses: {{'204': {{description: d}}}}}}}}\n");
    for version in ["openapi: 3.0.3", "swagger: '2.0'"] {
        let (found, _) = left_out(&[("api.yaml", &aliases(version, "#/x-a", 1_000, &shared))]);
        assert!(found.len() > 900 && found[0].contains("more than may be copied"), "{version}: {}", found.len());
    }
    let tags: String =
        (0..2_000).map(|index| format!("- {{name: t{index}, description: {{$ref: big.md}}}}\n")).collect();
    let api = format!("openapi: 3.0.3\npaths: {{}}\ntags:\n{tags}");
    let (found, loaded) = left_out(&[("api.yaml", &api), ("big.md", &text)]);
    assert!(found.len() >= 1_000 && found[0].contains("`description` is left out"), "{}", found.len());
    let tags = loaded.documents[0].tree["tags"].as_array().expect("tags");
    let described = tags.iter().filter(|tag| tag.get("description").is_some()).count();
    assert!((1..100).contains(&described), "{described}");
}

#[test]
fn documentation_that_cannot_be_read_stops_nothing() {
    let operation = |at: &str| {
        format!("  /{at}: {{get: {{description: {{$ref: '{at}'}}, responses: {{'204': {{description: d}}}}}}}}\n")
    };
    let files = ["empty.md", "none.md", "broken.yaml", "https://example.com/x.md", "%2e%2e/x.md"];
    for version in ["openapi: 3.0.3", "swagger: '2.0'"] {
        let api = format!(
            "{version}\ninfo: {{title: t, version: '1', description: {{$ref: ../x.md}}}}\npaths:\n{}",
            files.map(operation).concat()
        );
        let (found, loaded) = left_out(&[("api.yaml", &api), ("empty.md", ""), ("broken.yaml", "a: 'b")]);
        assert_eq!(found.len(), 6, "{version}: {found:#?}");
        for (file, why) in
            [("../x.md", "leads out of the folder"), ("empty.md", "this file is empty"), ("none.md", "leads nowhere")]
        {
            assert!(
                found.iter().any(|line| line.contains(file) && line.contains(why)),
                "{version}: {file}: {found:#?}"
            );
        }
        assert!(found.iter().any(|line| line.starts_with("/info: ")), "{version}: {found:#?}");
        let tree = &loaded.documents[0].tree;
        assert_eq!(tree["info"], json!({"title": "t", "version": "1"}), "{version}");
        assert!(loaded.generate().is_ok(), "{version}");
    }
}

#[test]
fn prose_is_an_input_of_a_build_and_its_name_may_be_percent_encoded() {
    let api = "openapi: 3.0.3\ninfo: {title: t, version: '1', description: {$ref: 'docs/read%20me.md'}}\ntags: [{name: a, description: {$ref: docs/none.md}}]\npaths: {}\n";
    let folder = folder(&[("api.yaml", api), ("docs/read me.md", "all of it")]);
    let loaded = load(&folder.path().join("api.yaml"));
    assert_eq!(loaded.documents[0].tree["info"]["description"], json!("all of it"));
    for input in ["docs/read me.md", "docs"] {
        assert!(loaded.inputs.contains(&folder.path().join(input)), "{input}: {:?}", loaded.inputs);
    }
}

#[test]
fn a_percent_encoded_way_out_of_the_folder_is_one() {
    for version in ["3.0.3", "3.1.0"] {
        let text = document(version, "{$ref: '%2e%2e/x.yaml'}", "");
        let folder = folder(&[("api.yaml", &text)]);
        let error = Loaded::path(&folder.path().join("api.yaml")).expect_err("it leads out of the folder");
        assert_eq!((error.code, error.position.map(|position| position.line)), ("S010", Some(8)));
    }
    let files = [
        ("api.yaml", document("3.0.3", "{$ref: 'a/b.yaml'}", "")),
        ("a/b.yaml", "{$ref: '%2e%2e/c.yaml'}".into()),
        ("c.yaml", "{type: object, properties: {x: {type: string}}}".into()),
    ];
    let (_, output) = build(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    assert!(has(&output, "pub x: Option<String>"), "within the folder it is a reference like others: {}", output.code);
}

#[test]
fn the_limit_of_a_file_is_that_of_files_behind_references_too() {
    let swagger = "swagger: '2.0'\npaths: {/a: {get: {operationId: a, responses: {'200': {description: d, schema: {$ref: big.yaml}}}}}}\n";
    let big = format!("type: object\ndescription: {}\n", "x".repeat(1_000));
    let plain = document("3.0.3", "{$ref: big.yaml}", "");
    let actions = format!("overlay: 1.0.0\ninfo: {{title: {}, version: '1'}}\nactions: []\n", "x".repeat(1_000));
    let folder = folder(&[("api.yaml", &plain), ("two.yaml", swagger), ("big.yaml", &big), ("o.yaml", &actions)]);
    let at = |name: &str| folder.path().join(name);
    let reading = Reading::default().max_bytes(1_000);
    for (name, overlays) in [("api.yaml", vec![]), ("two.yaml", vec![]), ("api.yaml", vec![at("o.yaml")])] {
        let error = reading.files(&[at(name)], &overlays).expect_err("a file is too large");
        assert!(error.all().any(|error| error.code == "S002"), "{name}: {error}");
        assert!(Loaded::files(&[at(name)], &overlays).is_ok(), "{name}");
    }
}

#[test]
fn webhooks_of_several_files_are_united() {
    let one = |name: &str, paths: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\nwebhooks: {{{name}: {{post: {{responses: {{'204': {{description: d}}}}}}}}}}\n{paths}"
        )
    };
    let folder = folder(&[
        ("a.yaml", &one("a", "")),
        ("b.yaml", &one("b", "")),
        ("c.yaml", &one("c", "pathsX: {a: 1}\n")),
        ("d.yaml", &one("d", "pathsX: {b: 1}\n")),
    ]);
    let files = |names: [&str; 2]| Loaded::files(&names.map(|name| folder.path().join(name)), &[]);
    let loaded = files(["a.yaml", "b.yaml"]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.documents[0].tree["webhooks"].as_object().map(|all| all.len()), Some(2));
    assert_eq!(files(["c.yaml", "d.yaml"]).expect_err("no paths").code, "S008");
}
