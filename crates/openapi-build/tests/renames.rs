//! Names in Rust that a user chooses for components, operations and properties.

use openapi_build::Config;
use openapi_build::lock::Lock;
use openapi_build::pipeline::Output;
use testing::{folder, rustc};

const ROOMS: &str = "\
openapi: VERSION
info: {title: Rooms, version: '1'}
paths:
  /rooms:
    post:
      operationId: rooms_add_one
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/RoomV2DTO'}}}}
      responses:
        '200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/RoomV2DTO'}}}}
components:
  schemas:
    RoomV2DTO:
      type: object
      required: [nm, id]
      properties:
        nm: {type: string}
        id: {type: string, readOnly: true}
        dr: {$ref: '#/components/schemas/Door'}
        suite: {$ref: '#/components/schemas/Suite'}
    Door: {type: object, properties: {name: {type: string}}}
    Suite:
      allOf:
      - {$ref: '#/components/schemas/Door'}
      - {type: object, properties: {beds: {type: integer}}}
";

const MANIFEST: &str = "\
[rename]
RoomV2DTO = \"Room\"
Door = \"Entrance\"
rooms_add_one = \"create_room\"
\"#/components/schemas/RoomV2DTO/properties/nm\" = \"name\"
\"#/components/schemas/RoomV2DTO/properties/dr\" = \"door\"
";

/// The client of a folder with that manifest above its document, that overlay and that lock.
fn generated(version: &str, manifest: &str, overlay: &str, lock: Option<&Lock>) -> Output {
    folder::generate(&ROOMS.replace("VERSION", version), manifest, overlay, lock).expect()
}

fn warnings(output: &Output) -> Vec<String> {
    let ours = output.diagnostics.iter().filter(|finding| ["X006", "X007", "L003"].contains(&finding.code));
    ours.map(|finding| format!("{} {}", finding.code, finding.message)).collect()
}

/// Code of a user of the client.
const USER: &str = "\
#[allow(missing_docs, unused)]
mod client { include!(\"client.rs\"); }
use client::types;
/// It is never called.
pub fn use_it(client: &client::Client) {
    let room: types::RoomRequest = types::RoomRequest::new(\"a\").door(types::Entrance::default().name(\"b\"));
    let suite = types::Suite::default();
    let _ = client.create_room(room.suite(suite));
}
pub fn read(room: types::Room) -> (String, String) {
    (room.name, room.id)
}
";

#[test]
fn what_is_renamed_has_that_name_everywhere() {
    for version in ["3.0.3", "3.1.0"] {
        let output = generated(version, MANIFEST, "", None);
        let text = |needle: &str| assert!(output.code.contains(needle), "{version}: {needle}");
        for needle in ["pub struct Room {", "pub struct RoomRequest {", "pub struct Entrance", "pub struct Suite"] {
            text(needle);
        }
        for needle in ["pub fn create_room(", "requests::CreateRoom", "pub name: String", "pub door: Option<"] {
            text(needle);
        }
        assert!(!output.code.contains("RoomV2Dto") && !output.code.contains("rooms_add_one("), "{}", output.code);
        assert!(output.code.contains("\"nm\"") && output.code.contains("\"dr\""), "on the wire nothing changes");
        let name = format!("renames-{}", version.replace('.', "-"));
        let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), &name, [("rooms", output.code.as_str())]);
        workspace.add("rooms", "src/lib.rs", USER);
        workspace.add("rooms", "src/client.rs", &output.code);
        let checked = workspace.check("rooms");
        assert!(checked.errors.is_none(), "{}", checked.errors.unwrap_or_default());
    }
}

#[test]
fn a_name_that_is_chosen_comes_before_a_pinned_one_and_is_pinned_then() {
    let before = generated("3.0.3", "", "", None);
    let old = Lock::from_choices(&before.choices);
    let renamed = generated("3.0.3", MANIFEST, "", Some(&old));
    assert!(renamed.code.contains("pub struct Room {") && !renamed.code.contains("pub struct RoomV2Dto {"));
    let new = Lock::from_choices(&renamed.choices);
    assert_eq!(warnings(&generated("3.0.3", MANIFEST, "", Some(&new))), Vec::<String>::new());
}

#[test]
fn an_overlay_can_do_the_same_and_counts_first() {
    let overlay = "\
- {target: $.components.schemas.Door, update: {x-rust-name: Gate}}
- {target: '$.components.schemas.Suite.allOf[0]', update: {x-rust-name: Nothing}}
- {target: $.components.schemas.RoomV2DTO.properties.nm, update: {x-rust-name: 'no name'}}
";
    let output = generated("3.0.3", MANIFEST, overlay, None);
    assert!(output.code.contains("pub struct Gate") && !output.code.contains("Entrance"), "{}", output.code);
    let warnings = warnings(&output);
    assert!(
        warnings.iter().any(|it| it.contains("`x-rust-name` is \"no name\", which is no name in Rust")),
        "{warnings:?}"
    );
    assert!(warnings.iter().any(|it| it.contains("\"Nothing\"` stands where nothing is named")), "{warnings:?}");
}

#[test]
fn what_there_is_not_is_a_warning_that_names_the_nearest() {
    let output = generated("3.0.3", "[rename]\nDor = \"Gate\"\n", "", None);
    assert_eq!(
        warnings(&output)[0],
        "X006 `Dor` is to be `Gate`, and there is no such component, operation or place; nothing changes"
    );
    let finding = output.diagnostics.iter().find(|finding| finding.code == "X006").expect("it is there");
    assert_eq!(finding.help.as_deref(), Some("the nearest name is `Door`"));
    assert!(finding.to_string().contains("spec.toml"), "{finding}");
}

#[test]
fn a_build_script_says_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = folder.path().join("api.yaml");
    std::fs::write(&page, ROOMS.replace("VERSION", "3.0.3")).expect("a file");
    let config = Config::new().rename("RoomV2DTO", "Room").rename("rooms_add_one", "add_room").out_dir(folder.path());
    config.generate(&page).unwrap_or_else(|error| panic!("{error}"));
    let code = std::fs::read_to_string(folder.path().join("client.rs")).expect("it was written");
    assert!(code.contains("pub struct Room {") && code.contains("pub fn add_room("), "{code}");
}
