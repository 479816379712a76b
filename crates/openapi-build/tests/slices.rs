//! `keep` and `drop` in the manifest and in a build script: which operations are generated, and that what only the others need goes with them.

use openapi_build::diagnostic::Diagnostic;
use openapi_build::pipeline::Loaded;

const DOCUMENT: &str = "\
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /items:
    parameters: [{$ref: '#/components/parameters/Trace'}]
    get:
      operationId: listItems
      tags: [Items]
      x-lifecycle-stage: General Availability
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/ItemList'}}}}}
    post:
      operationId: createItem
      tags: [Items, Writing]
      x-lifecycle-stage: Preview
      requestBody: {$ref: '#/components/requestBodies/Item'}
      responses: {'204': {description: d}}
  /users/me:
    get:
      operationId: getMe
      tags: [Users]
      x-lifecycle-stage: Early Access
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}
components:
  parameters:
    Trace: {name: trace, in: header, schema: {type: string}}
    Unused: {name: unused, in: header, schema: {type: string}}
  requestBodies:
    Item: {content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
  securitySchemes:
    key: {type: http, scheme: basic}
  schemas:
    ItemList: {type: object, properties: {data: {type: array, items: {$ref: '#/components/schemas/Item'}}}}
    Item: {type: object, properties: {owner: {$ref: '#/components/schemas/Owner'}}}
    Owner: {type: object, properties: {items: {$ref: '#/components/schemas/ItemList'}}}
    Person:
      oneOf: [{$ref: '#/components/schemas/User'}]
      discriminator: {propertyName: kind, mapping: {user: User, robot: '#/components/schemas/Robot'}}
    User: {type: object, properties: {kind: {type: string}}}
    Robot: {type: object, properties: {kind: {type: string}}}
";

/// The document with those lines in its part of the manifest.
fn load(lines: &str) -> Loaded {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (own, selectors) = lines.split_at(lines.find("[[").unwrap_or(lines.len()));
    let manifest = format!("[[document]]\nname = \"a\"\n{own}[[document.file]]\npath = \"a.yaml\"\n{selectors}");
    std::fs::write(folder.path().join("spec.toml"), manifest).expect("a file");
    std::fs::write(folder.path().join("a.yaml"), DOCUMENT).expect("a file");
    Loaded::folder(folder.path()).unwrap_or_else(|error| panic!("{error}"))
}

/// What is left with those lines in the manifest: the operations, the components as `section/name`, and the warnings.
fn slice(lines: &str) -> (Vec<String>, Vec<String>, Vec<Diagnostic>) {
    let loaded = load(lines);
    loaded.generate().unwrap_or_else(|error| panic!("{error}"));
    let tree = &loaded.documents[0].tree;
    let objects = |value: &serde_json::Value| value.as_object().cloned().unwrap_or_default().into_iter();
    let operations = objects(&tree["paths"]).flat_map(|(_, item)| objects(&item).map(|(_, operation)| operation));
    let ids = operations.filter_map(|operation| Some(operation.get("operationId")?.as_str()?.to_owned())).collect();
    let components = objects(&tree["components"])
        .flat_map(|(section, entries)| objects(&entries).map(move |(name, _)| format!("{section}/{name}")))
        .collect();
    (ids, components, loaded.diagnostics)
}

fn operations(lines: &str) -> Vec<String> {
    slice(lines).0
}

#[test]
fn without_a_slice_all_is_kept() {
    let (operations, components, _) = slice("");
    assert_eq!(operations, ["listItems", "createItem", "getMe"]);
    assert!(components.contains(&"parameters/Unused".to_owned()));
}

#[test]
fn operations_are_kept_by_each_of_their_marks() {
    for (lines, expected) in [
        ("[[document.keep]]\ntags = [\"Writing\", \"Users\"]", vec!["createItem", "getMe"]),
        ("[[document.keep]]\npaths = [\"/users/*\"]", vec!["getMe"]),
        ("[[document.keep]]\noperations = [\"list*\"]", vec!["listItems"]),
        ("[[document.keep]]\nmethods = [\"GET\"]", vec!["listItems", "getMe"]),
        ("[[document.keep]]\nstages = [\"Preview\"]", vec!["createItem"]),
    ] {
        assert_eq!(operations(lines), expected, "{lines}");
    }
}

#[test]
fn a_selector_is_all_of_its_marks_and_selectors_add_up() {
    let both = "[[document.keep]]\ntags = [\"Items\"]\nmethods = [\"get\"]";
    assert_eq!(operations(both), ["listItems"]);
    assert_eq!(operations(&format!("{both}\n[[document.keep]]\ntags = [\"Users\"]")), ["listItems", "getMe"]);
}

#[test]
fn what_is_dropped_goes_even_if_it_is_kept() {
    assert_eq!(operations("[[document.drop]]\nstages = [\"Early Access\", \"Preview\"]"), ["listItems"]);
    let lines = "[[document.keep]]\ntags = [\"Items\"]\n[[document.drop]]\noperations = [\"createItem\"]";
    assert_eq!(operations(lines), ["listItems"]);
}

#[test]
fn what_nothing_reaches_goes_too() {
    let (_, mut components, _) = slice("[[document.keep]]\noperations = [\"listItems\"]");
    components.sort();
    let items = ["parameters/Trace", "schemas/Item", "schemas/ItemList", "schemas/Owner", "securitySchemes/key"];
    assert_eq!(components, items);
    let (_, mut components, _) = slice("[[document.keep]]\noperations = [\"getMe\"]");
    components.sort();
    let users = ["schemas/Person", "schemas/User", "securitySchemes/key"];
    assert_eq!(components, users);
}

#[test]
fn what_only_a_mapping_names_is_of_an_unknown_kind_unless_mappings_are_followed() {
    let keep = "[[document.keep]]\noperations = [\"getMe\"]";
    let mapping = |lines: &str| {
        let loaded = load(lines);
        let person = &loaded.documents[0].tree["components"]["schemas"]["Person"];
        let mapping = person["discriminator"]["mapping"].as_object().cloned().unwrap_or_default();
        (mapping.into_iter().map(|(value, _)| value).collect::<Vec<_>>(), slice(lines).1)
    };
    let (values, components) = mapping(keep);
    assert_eq!(values, ["user"]);
    assert!(!components.contains(&"schemas/Robot".to_owned()), "{components:?}");
    let (values, components) = mapping(&format!("follow_mappings = true\n{keep}"));
    assert_eq!(values, ["user", "robot"]);
    assert!(components.contains(&"schemas/Robot".to_owned()), "{components:?}");
    assert_eq!(mapping("").0, ["user", "robot"], "without a slice everything stays");
}

#[test]
fn a_selector_that_matches_nothing_is_a_warning() {
    let (_, _, diagnostics) = slice("[[document.drop]]\ntags = [\"Gone\"]");
    let idle = diagnostics.iter().find(|diagnostic| diagnostic.code == "M005").expect("a warning");
    assert!(idle.message.contains("`drop` number 1") && idle.help.is_some(), "{idle}");
}

/// What a build script generates of the document, as a file of its own or in a folder with those lines: the operations and warnings.
fn configured(lines: Option<&str>, config: openapi_build::Config) -> (Vec<String>, Vec<String>) {
    let (spec, out) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    std::fs::write(spec.path().join("a.yaml"), DOCUMENT).expect("a file");
    let path = match lines {
        None => spec.path().join("a.yaml"),
        Some(lines) => {
            let manifest = format!("[[document]]\nname = \"a\"\n[[document.file]]\npath = \"a.yaml\"\n{lines}");
            std::fs::write(spec.path().join("spec.toml"), manifest).expect("a file");
            spec.path().to_owned()
        }
    };
    let denied = config.clone().deny("M005").out_dir(out.path()).generate(&path).err();
    let warnings = denied.iter().flat_map(|error| error.diagnostics()).map(|it| it.message.clone()).collect();
    config.out_dir(out.path()).generate(&path).expect("a client");
    let code = std::fs::read_to_string(out.path().join("client.rs")).expect("a client");
    let bindings = openapi_build::generate::bindings(&code).expect("a client");
    let ids = bindings["operations"].as_array().into_iter().flatten();
    let ids: Vec<String> = ids.map(|it| it["id"].as_str().expect("an id").to_owned()).collect();
    // A sandbox serves what the client has.
    let documents = std::fs::read_to_string(out.path().join("documents.json")).expect("the documents");
    assert_eq!(documents.matches("operationId").count(), ids.len(), "{documents}");
    (ids, warnings)
}

#[test]
fn a_build_script_selects_from_a_file_and_from_what_a_manifest_leaves() {
    use openapi_build::{Config, Selector};

    let items = || Config::new().keep(Selector::new().tags(["Items"]));
    let of = |lines, config| configured(lines, config).0;
    assert_eq!(of(None, items()), ["listItems", "createItem"]);
    assert_eq!(of(None, items().keep(Selector::new().paths(["/users/*"]))), ["listItems", "createItem", "getMe"]);
    assert_eq!(of(None, items().drop(Selector::new().methods(["post"]))), ["listItems"]);
    assert_eq!(of(None, Config::new().keep(Selector::new().tags(["Items"]).stages(["Preview"]))), ["createItem"]);
    let lines = "[[document.keep]]\nmethods = [\"GET\"]";
    assert_eq!(of(Some(lines), items()), ["listItems"]);
    assert_eq!(of(Some(lines), Config::new().drop(Selector::new().operations(["get*"]))), ["listItems"]);
    let (_, warnings) = configured(None, items().drop(Selector::new().tags(["Gone"])));
    assert_eq!(warnings, ["`drop` number 1 of the build script matches no operation"]);
}
