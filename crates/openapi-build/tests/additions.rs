//! Derives and attributes that a user adds to generated types.

use std::path::Path;

use openapi_build::Config;
use testing::{folder, rustc};

const ROOMS: &str = "\
openapi: 3.0.3
info: {title: Rooms, version: '1'}
paths:
  /rooms:
    post:
      operationId: createRoom
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
      responses:
        '200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
components:
  schemas:
    Room:
      type: object
      required: [name, size]
      properties:
        name: {type: string, minLength: 1}
        size: {type: number}
        door: {$ref: '#/components/schemas/Door'}
        any: {}
        pet: {oneOf: [{$ref: '#/components/schemas/Door'}, {type: string}]}
        flags: {$ref: '#/components/schemas/Flags'}
    Door:
      type: object
      properties:
        name: {type: string, minLength: 1}
        kind: {type: string, enum: [wood, glass]}
        at: {type: string, format: date-time}
        day: {type: string, format: date}
        id: {type: string, format: uuid, nullable: true}
        numbers: {type: array, items: {type: integer}}
        by: {type: object, additionalProperties: {type: integer, format: uint8}}
        bytes: {type: string, format: byte}
        behind: {$ref: '#/components/schemas/Door'}
        value: {$ref: '#/components/schemas/Value'}
        node: {$ref: '#/components/schemas/Node'}
    Value: {type: object, required: [vec], properties: {vec: {$ref: '#/components/schemas/Vec'}}}
    Vec: {type: string, enum: [a, b]}
    Option: {type: object, required: [f64], properties: {f64: {type: number}}}
    Node: {type: object, required: [next], properties: {next: {type: array, items: {$ref: '#/components/schemas/Node'}}}}
    Flags: {type: object, required: [open], properties: {open: {type: boolean}, count: {type: integer}}}
";

/// The code, and the warnings, for a folder whose manifest begins with `top`.
fn of_manifest(top: &str) -> Result<(String, Vec<String>), String> {
    let generated = folder::generate(ROOMS, top, "", None);
    let output = generated.output.as_ref().map_err(ToString::to_string)?;
    let ours = output.diagnostics.iter().filter(|finding| ["X003", "X004"].contains(&finding.code));
    Ok((output.code.clone(), ours.map(|finding| generated.without_path(&finding.to_string())).collect()))
}

/// What stands above the type `name`, on the line of its derives and below.
fn above(code: &str, name: &str) -> String {
    let end = ["struct", "enum"].iter().find_map(|word| code.find(&format!("    pub {word} {name} {{"))).expect(name);
    let start = code[..end].rfind("#[derive(").expect("it derives something");
    code[start..end].split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_trait_of_std_is_derived_where_every_part_has_it() {
    let all = "[derive]\nCopy = [\"*\"]\nDefault = [\"*\"]\nHash = [\"*\"]\nOrd = [\"*\"]\n";
    let (code, notes) = of_manifest(all).expect("it generates");
    assert_eq!(
        above(&code, "Door"),
        "#[derive(Clone, Debug, PartialEq, Default, Eq, Hash, Ord, PartialOrd)] #[non_exhaustive]"
    );
    // It holds any value, whose order nobody knows, and a float.
    assert!(above(&code, "RoomRequest").contains("PartialEq)]"), "{}", above(&code, "RoomRequest"));
    assert!(above(&code, "Flags").contains("Copy, Default, Eq, Hash, Ord, PartialOrd"), "{}", above(&code, "Flags"));
    let of = |name: &str| notes.iter().find(|note| note.contains(&format!("`{name}`"))).expect(name).clone();
    assert!(of("Ord").starts_with("note[X003]: "), "{}", of("Ord"));
    assert!(of("Ord").contains("the others have a part without it: Room, Room"), "{}", of("Ord"));
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "additions", [("rooms", code.as_str())]);
    let checked = workspace.check("rooms");
    assert!(checked.errors.is_none(), "{}", checked.errors.unwrap_or_default());
}

#[test]
fn other_traits_and_attributes_are_on_each_type_that_matches() {
    let (code, notes) = of_manifest(
        "[derive]\n\"schemars::JsonSchema\" = [\"Room*\", \"Door\"]\n\
         [attribute]\n'#[schemars(title = \"A door\")]' = [\"Door\"]\n",
    )
    .expect("it generates");
    assert_eq!(notes, Vec::<String>::new());
    assert!(above(&code, "Room").contains(", schemars::JsonSchema)]"), "{}", above(&code, "Room"));
    assert!(!above(&code, "Flags").contains("schemars"), "{}", above(&code, "Flags"));
    let door = above(&code, "Door");
    assert!(door.contains(", schemars::JsonSchema") && door.ends_with("#[schemars(title = \"A door\")]"), "{door}");
}

#[test]
fn what_is_for_no_type_is_a_warning_and_what_is_no_rust_an_error() {
    let (_, warnings) = of_manifest("[derive]\nHash = [\"Rooom\"]\n").expect("it generates");
    assert_eq!(
        warnings,
        ["warning[X004]: spec.toml:1:1: `Hash` is for `Rooom`, and there is no such type; nothing changes \
          (help: the nearest name is `Room`)"]
    );
    let error = of_manifest("[derive]\n\"not a path\" = [\"*\"]\n[attribute]\n\"allow(dead_code)\" = [\"*\"]\n");
    let error = error.expect_err("it is refused");
    assert!(error.contains("error[X005]: ") && error.contains("`not a path` is not the path of a trait"), "{error}");
    let error = of_manifest("[attribute]\n\"allow(dead_code)\" = [\"*\"]\n").expect_err("it is refused");
    assert!(error.contains("spec.toml") && error.contains("such as `#[allow(dead_code)]`"), "{error}");
}

#[test]
fn a_build_script_says_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = folder.path().join("api.yaml");
    std::fs::write(&page, ROOMS).expect("a file");
    let code = |config: Config| {
        config.out_dir(folder.path()).generate(&page).unwrap_or_else(|error| panic!("{error}"));
        std::fs::read_to_string(Path::new(folder.path()).join("client.rs")).expect("it was written")
    };
    let code = code(
        Config::new()
            .derive("Eq")
            .derive_for("Flags", "std::hash::Hash")
            .derive("std::fmt::Debug")
            .attribute("Flags", "#[must_use]"),
    );
    assert!(above(&code, "Door").contains(", Eq)]"), "{}", above(&code, "Door"));
    let flags = above(&code, "Flags");
    assert!(flags.contains(", Eq, Hash)]") && flags.ends_with("#[must_use]"), "{flags}");
}
