//! Several documents in one client: each is a module, and what is equal in name and in shape is one type.

use std::collections::BTreeMap;
use std::path::Path;

use openapi_build::generate::bindings;
use openapi_build::lock::Lock;
use openapi_build::pipeline::{Loaded, Output};
use syn::Item;
use testing::{corpus, rustc};

/// A client of the documents `files`, each a name and a text, and the folder they stand in.
fn generate(files: &[(&str, &str)], lock: Option<&str>) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut manifest = String::new();
    for (name, text) in files {
        std::fs::write(folder.path().join(format!("{name}.yaml")), text).expect("a file");
        manifest.push_str(&format!("[[document]]\nname = \"{name}\"\n[[document.file]]\npath = \"{name}.yaml\"\n"));
    }
    std::fs::write(folder.path().join("spec.toml"), manifest).expect("a file");
    if let Some(lock) = lock {
        std::fs::write(folder.path().join("names.lock"), lock).expect("a file");
    }
    Loaded::folder(folder.path()).and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{error}"))
}

/// A document in which `op` takes and gives an `Item` with that property, and fails with a `Failure`.
fn document(op: &str, property: &str, meta: &str) -> String {
    format!(
        "openapi: 3.0.3
info: {{title: {op}, version: '1'}}
paths:
  /{op}:
    post:
      operationId: {op}
      requestBody: {{required: true, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Item'}}}}}}}}
      responses:
        '200': {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Item'}}}}}}}}
        '400':
          description: d
          headers: {{X-Request-Id: {{schema: {{type: string}}}}}}
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/Failure'}}}}}}
components:
  schemas:
    Item:
      type: object
      required: [meta]
      properties: {{{property}: {{type: string}}, meta: {{$ref: '#/components/schemas/Meta'}}}}
    Meta: {{type: object, description: of {op}, properties: {{id: {{type: {meta}, readOnly: true}}}}}}
    Failure: {{type: object, properties: {{errors: {{type: array, items: {{$ref: '#/components/schemas/Error'}}}}}}}}
    Error: {{type: object, properties: {{code: {{type: string, enum: [a, b]}}, inner: {{$ref: '#/components/schemas/Error'}}}}}}
"
    )
}

/// The modules that define each type, and those that have it under its name, by name.
#[derive(Default)]
struct Types {
    defined: BTreeMap<String, Vec<String>>,
    used: BTreeMap<String, Vec<String>>,
}

fn types(code: &str) -> Types {
    let mut types = Types::default();
    let file = syn::parse_file(code).expect("the code is Rust");
    walk(&file.items, "", &mut types);
    types
}

fn walk(items: &[Item], at: &str, types: &mut Types) {
    for item in items {
        match item {
            Item::Mod(module) => {
                let (_, inner) = module.content.as_ref().expect("modules stand in the file");
                walk(inner, &format!("{at}::{}", module.ident), types);
            }
            Item::Struct(item) => types.defined.entry(item.ident.to_string()).or_default().push(at.to_owned()),
            Item::Enum(item) => types.defined.entry(item.ident.to_string()).or_default().push(at.to_owned()),
            Item::Use(item) if !at.is_empty() && matches!(item.vis, syn::Visibility::Public(_)) => {
                names(&item.tree, &mut |name| types.used.entry(name).or_default().push(at.to_owned()));
            }
            _ => {}
        }
    }
}

fn names(tree: &syn::UseTree, found: &mut dyn FnMut(String)) {
    match tree {
        syn::UseTree::Path(path) => names(&path.tree, found),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, found)),
        syn::UseTree::Name(name) => found(name.ident.to_string()),
        _ => {}
    }
}

fn compiles(package: &str, code: &str) {
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), package, [(package, code)]);
    workspace.prepare();
    let checked = workspace.check(package);
    println!("{} lines, checked in {:.1} s", code.lines().count(), checked.time.as_secs_f64());
    assert!(checked.errors.is_none(), "{}", checked.errors.unwrap_or_default().chars().take(6000).collect::<String>());
}

#[test]
fn what_is_equal_in_name_and_in_shape_is_one_type() {
    let (one, two) = (document("one", "name", "string"), document("two", "title", "string"));
    let output = generate(&[("first", &one), ("second", &two)], None);
    let types = types(&output.code);
    for name in ["Failure", "Error", "ErrorCode", "Meta"] {
        assert_eq!(types.defined[name], ["::shared::types"], "{name} is there once");
        assert_eq!(types.used[name], ["::first::types", "::second::types"], "{name} is where it was");
    }
    assert_eq!(types.defined["XRequestIdHeader"], ["::shared::headers"]);
    assert_eq!(types.defined["BadRequestError"], ["::shared::errors"]);
    assert_eq!(types.defined["Item"], ["::first::types", "::second::types"], "an item is another in each");
    let bindings = bindings(&output.code).expect("the code is a client");
    let error = &bindings["operations"][1]["error"];
    assert_eq!(error["type"], "second::errors::TwoError");
    assert_eq!(error["variants"][0]["body"], "shared::types::Failure");
    compiles("several", &output.code);
}

#[test]
fn another_shape_of_a_name_stays_where_it_is_and_so_does_what_holds_it() {
    let (one, two) = (document("one", "name", "string"), document("two", "name", "integer"));
    let (three, four) = (document("three", "name", "integer"), document("four", "other", "integer"));
    let output = generate(&[("a", &one), ("b", &two), ("shared", &three), ("d", &four)], None);
    let types = types(&output.code);
    assert_eq!(types.defined["Failure"], ["::shared_::types"], "a document has the name of the module");
    assert_eq!(types.defined["Meta"], ["::shared_::types", "::a::types"]);
    assert_eq!(types.defined["Item"], ["::shared_::types", "::a::types", "::d::types"]);
    compiles("several-shapes", &output.code);
}

#[test]
fn each_document_has_places_of_its_own_in_the_lock() {
    let (one, two) = (document("one", "name", "string"), document("one", "title", "string"));
    let output = generate(&[("first", &one), ("second", &two)], None);
    let lock = Lock::from_choices(&output.choices).to_text();
    assert!(lock.contains("\nfirst: Error/code = ErrorCode\n") && lock.contains("\nsecond: Error/code = ErrorCode\n"));
    let renamed = lock.replace("second: Error/code = ErrorCode\n", "second: Error/code = FailureCode\n");
    let output = generate(&[("first", &one), ("second", &two)], Some(&renamed));
    let types = types(&output.code);
    assert_eq!(types.defined["ErrorCode"], ["::first::types"], "a name that differs is another type");
    assert_eq!(types.defined["FailureCode"], ["::second::types"]);
}

#[test]
fn all_documents_of_the_corpus_make_one_client() {
    let Some(paths) = corpus::documents("OPENAPI_CORPUS") else { return };
    let texts: Vec<(String, String)> = paths.iter().map(|path| (stem(path), read(path))).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let output = generate(&files, None);
    let types = types(&output.code);
    for name in ["Failure", "ListMeta"] {
        let (defined, used) = (&types.defined[name], &types.used[name]);
        println!("{name}: defined in {defined:?}, used by {} documents", used.len());
        assert_eq!(defined.iter().filter(|at| *at == "::shared::types").count(), 1, "{name}");
    }
    compiles("whole-corpus", &output.code);
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the document can be read")
}
