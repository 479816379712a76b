//! `api.txt`: it lists every public item of a generated client, and the committed one is that of the vendored definition.

use openapi_build::pipeline::{Loaded, Output};
use openapi_build::source::SourceFile;
use openapi_build::track::semver::Level;
use openapi_build::track::surface::{Kind, Surface};
use openapi_build::track::{self, Derived};
use testing::corpus;

fn generated(path: &std::path::Path) -> Output {
    let output = Loaded::path(path).and_then(|loaded| loaded.generate());
    output.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_committed_files_are_what_the_vendored_definition_gives() {
    let spec = corpus::workspace().join("spec");
    for (name, text) in Derived::of(&generated(&spec)).expect("it is Rust").files() {
        let committed = std::fs::read_to_string(spec.join(name)).expect("it is committed");
        assert!(committed.replace("\r\n", "\n") == text, "spec/{name} is stale: run `cargo oas lock spec`");
    }
}

/// How many items the text of `code` declares with `pub` and then one of `words`.
fn declared(code: &str, words: &[&str]) -> usize {
    let declarations = code.lines().filter_map(|line| line.trim_start().strip_prefix("pub "));
    declarations.filter(|rest| words.iter().any(|word| rest.split(' ').next() == Some(word))).count()
}

/// Fields are the declarations whose first word is a name and a colon.
fn declared_fields(code: &str) -> usize {
    let first = code.lines().filter_map(|line| line.trim_start().strip_prefix("pub ")?.split(' ').next());
    first.filter(|word| word.ends_with(':')).count()
}

#[test]
fn every_declaration_of_every_document_is_listed() {
    let Some(documents) = corpus::documents("OPENAPI_CORPUS") else { return };
    for path in documents {
        let output = generated(&path);
        let surface = Surface::of(&output.code).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let listed = |kind: Kind| surface.items().filter(|item| item.kind == kind).count();
        let name = path.display();
        // The runtime's macro declares the type of each request, and its `send`.
        let requests = output.code.matches("codegen::request! {").count();
        assert!(requests > 0, "{name}");
        // And, of a list, `pages` and `items`.
        let words = output.code.split_whitespace().collect::<Vec<_>>().join(" ");
        let lists = words.matches("; pages }").count();
        assert_eq!(listed(Kind::Function), declared(&output.code, &["fn"]) + requests + 2 * lists, "{name}");
        assert_eq!(listed(Kind::Struct), declared(&output.code, &["struct"]) + requests, "{name}");
        assert_eq!(listed(Kind::Enum), declared(&output.code, &["enum"]), "{name}");
        assert_eq!(listed(Kind::Module), declared(&output.code, &["mod"]), "{name}");
        assert_eq!(listed(Kind::Field), declared_fields(&output.code), "{name}");
        let text = surface.to_text();
        assert_eq!(Surface::parse(&text), Ok(surface), "{name} is not read back");
        println!("{name}: {} items", text.lines().count());
    }
}

/// A definition that is sent a room, whose schema is this.
fn rooms(schema: &str) -> Loaded {
    let text = format!(
        "{{openapi: 3.0.3, info: {{title: Rooms, version: '1'}}, paths: {{/rooms: {{post: {{operationId: createRoom, \
           requestBody: {{required: true, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Room'}}}}}}}}, \
           responses: {{'204': {{description: done}}}}}}}}}}, components: {{schemas: {{Room: {schema}}}}}}}"
    );
    let file = SourceFile::from_bytes("rooms.yaml".as_ref(), text.into()).expect("it is UTF-8");
    Loaded::sources(vec![file], &[]).expect("it reads")
}

/// The line of the function of a room of that name.
fn function(schema: &str, name: &str) -> String {
    let output = rooms(schema).generate().expect("it generates");
    let surface = Surface::of(&output.code).expect("it is Rust");
    let path = format!("types::Room::{name}");
    surface
        .items()
        .find(|item| item.kind == Kind::Function && item.path == path)
        .unwrap_or_else(|| panic!("{path}: {}", output.code))
        .to_string()
}

#[test]
fn how_a_value_is_made_is_part_of_the_verdict() {
    let none = "{type: object, properties: {a: {type: string}, b: {type: string}}}";
    let one = "{type: object, required: [a], properties: {a: {type: string}, b: {type: string}}}";
    let two = "{type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}}}";
    let checked = "{type: object, required: [a], properties: {a: {type: string}, b: {type: string, maxLength: 9}}}";
    assert_eq!(function(none, "new"), "fn types::Room::new() -> Self");
    assert_eq!(function(one, "new"), "fn types::Room::new(a: impl Into<String>) -> Self");
    assert_eq!(function(two, "new"), "fn types::Room::new(required: types::RoomRequired) -> Self");
    assert_eq!(function(one, "b"), "fn types::Room::b(self, value: impl Into<String>) -> Self");
    assert_eq!(
        function(checked, "b"),
        "fn types::Room::b(self, value: impl openapi_runtime::IntoChecked<types::RoomB>) -> Result<Self, openapi_runtime::ConversionError>"
    );
    for (old, new, function) in [
        (none, one, "new"),
        (one, none, "new"),
        (one, two, "new"),
        (two, one, "new"),
        (one, checked, "b"),
        (checked, one, "b"),
    ] {
        let changes = track::diff(&rooms(old), &rooms(new)).expect("both are compared");
        assert_eq!(changes.verdict.rust, Level::Major, "{old} -> {new}");
        let items = changes.changes.iter().flat_map(|change| &change.items).chain(&changes.items);
        let path = format!("types::Room::{function}");
        let found: Vec<(&str, Level)> = items
            .filter(|item| item.path == path && item.sentence().starts_with("fn"))
            .map(|item| (item.code, item.level))
            .collect();
        assert_eq!(found, [("R007", Level::Major)], "{old} -> {new}");
    }
}

#[test]
fn what_an_enum_of_texts_can_do_is_listed() {
    let output =
        rooms("{type: object, properties: {state: {type: string, enum: [open]}}}").generate().expect("it generates");
    let surface = Surface::of(&output.code).expect("it is Rust");
    let of = surface.items().filter(|item| item.kind == Kind::Impl && item.path == "types::RoomState");
    let traits: Vec<&str> = of.map(|item| item.signature.trim_start_matches(": ")).collect();
    let expected = [
        "Clone",
        "Copy",
        "Debug",
        "Eq",
        "Hash",
        "PartialEq",
        "TryFrom<&str>",
        "serde::Serialize",
        "std::convert::AsRef<str>",
        "std::fmt::Display",
        "std::str::FromStr",
    ];
    assert_eq!(traits, expected);
}
