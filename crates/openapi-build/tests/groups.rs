//! Operations by group: the handles of a client, the names in them, and the features that leave groups out.

use openapi_build::Config;
use openapi_build::lock::Lock;
use openapi_build::pipeline::{Loaded, Output};
use testing::folder;
use testing::rustc::Workspace;

const HOTEL: &str = include_str!("programs/groups.yaml");

/// Names the document that [`build_script`] is to generate from.
const SPEC: &str = "OPENAPI_BUILD_TEST_GROUPS";

/// The client of a folder with `document`, those lines above it in the manifest, and that lock.
fn generated(document: &str, lines: &str, lock: Option<&Lock>) -> Output {
    folder::generate(document, lines, "", lock).expect()
}

const GROUPED: &str = "modules_by_tag = true";

/// The operations of `output` as `names.lock` pins their groups, sorted: `list_rooms = rooms::list`.
fn groups(output: &Output) -> Vec<String> {
    let grouped = output.choices.iter().filter_map(|choice| {
        let id = choice.places.first()?.strip_suffix("@group")?;
        Some(format!("{id} = {}", choice.name))
    });
    let mut groups: Vec<String> = grouped.collect();
    groups.sort();
    groups
}

/// A document with those paths, each a path, an `operationId` and tags.
fn document(operations: &[(&str, &str, &str)]) -> String {
    let mut text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n".to_owned();
    for (path, id, tags) in operations {
        let operation = format!("{{operationId: '{id}', tags: [{tags}], responses: {{'204': {{description: d}}}}}}");
        text.push_str(&format!("  '{path}': {{get: {operation}}}\n"));
    }
    text
}

fn warnings(output: &Output, code: &str) -> Vec<String> {
    let ours = output.diagnostics.iter().filter(|finding| finding.code == code);
    ours.map(|finding| finding.message.clone()).collect()
}

const DEPENDENCIES: &str = "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }";

#[test]
fn a_program_calls_operations_by_group_and_stores_the_handles() {
    let output = generated(HOTEL, GROUPED, None);
    for part in [
        "/// What guests sleep in.\n    ///\n    /// Each has a door.",
        "/// [`Client::rooms`](super::Client::rooms) returns it.",
        "created by [`list`](super::groups::Rooms::list).",
    ] {
        assert!(output.code.contains(part), "{part}: {}", output.code);
    }
    let workspace = Workspace::new(env!("CARGO_TARGET_TMPDIR"), "groups", [("groups", output.code.as_str())]);
    workspace.depend_with("groups", &["blocking", "events"], DEPENDENCIES);
    workspace.add("groups", "src/main.rs", include_str!("programs/groups.rs"));
    let said = workspace.run("groups", "").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

#[test]
fn without_the_knob_nothing_changes() {
    let plain = generated(HOTEL, "", None);
    assert!(plain.code.contains("pub fn list_rooms(&self)") && !plain.code.contains("groups"), "{}", plain.code);
    assert_eq!(groups(&plain), [] as [&str; 0]);
    // Features alone change the lock, and not the code.
    let with_features = generated(HOTEL, "features_by_group = true", None);
    assert_eq!((with_features.code == plain.code, groups(&with_features).len()), (true, 8));
}

#[test]
fn the_surface_and_the_bindings_know_the_groups() {
    let output = generated(HOTEL, GROUPED, None);
    let surface = openapi_build::track::surface::Surface::of(&output.code).expect("the code is a client").to_text();
    for line in [
        "struct groups::Rooms(..)",
        "fn groups::Rooms::list(&self) -> requests::ListRooms",
        "fn Client::rooms(&self) -> groups::Rooms",
    ] {
        assert!(surface.lines().any(|other| other == line), "{line}: {surface}");
    }
    assert!(!surface.contains("fn Client::list"), "{surface}");
    let bindings = openapi_build::generate::bindings(&output.code).expect("the code is a client");
    let methods: Vec<&str> =
        bindings["operations"].as_array().expect("a list").iter().filter_map(|it| it["rust"].as_str()).collect();
    assert_eq!(methods.len(), 8);
    assert!(methods.contains(&"groups::Rooms::watch"), "{methods:?}");
}

#[test]
fn operations_are_grouped_by_the_first_tag_or_by_path() {
    let of = |operations: &[(&str, &str, &str)]| groups(&generated(&document(operations), GROUPED, None));
    assert_eq!(
        of(&[
            ("/api/v1/rooms", "listRooms", "Rooms, Guests"),
            ("/api/v1/rooms/{id}/guests", "listRoomGuests", "'', 部屋, Guests"),
            ("/api/v1/doors", "listDoors", ""),
            ("/api/v1/doors/{id}", "", "部屋"),
            ("/api/v1/rooms/all", "roomsAll", "rooms"),
        ]),
        [
            "get /api/v1/doors/{id} = doors::get_api_v1_id".replace("/", "~1"),
            "listDoors = doors::list".into(),
            "listRoomGuests = guests::list_room_guests".into(),
            "listRooms = rooms::list".into(),
            "roomsAll = rooms::all".into(),
        ]
    );
}

#[test]
fn an_operation_of_a_path_item_that_is_a_reference_has_a_group_too() {
    let document = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /rooms: {$ref: '#/components/pathItems/Rooms'}\n  \
                    /rooms/{id}: {get: {operationId: rooms, tags: [rooms], parameters: [{name: id, in: path, required: true, \
                    schema: {type: string}}], responses: {'204': {description: d}}}}\ncomponents:\n  pathItems:\n    Rooms: {get: \
                    {operationId: list_rooms, tags: [rooms], responses: {'204': {description: d}}}}\n";
    let output = generated(document, GROUPED, None);
    assert_eq!(groups(&output), ["list_rooms = rooms::list", "rooms = rooms::rooms"]);
}

#[test]
fn no_name_is_given_twice_and_none_that_the_client_has() {
    let output = generated(
        &document(&[
            ("/a", "get_room", "rooms"),
            ("/b", "get_rooms", "rooms"),
            ("/c", "get_door", "doors"),
            ("/d", "room_door_get", "doors"),
            ("/e", "make", "new"),
            ("/f", "make_default", "default"),
            ("/g", "get_type", "type"),
            ("/h", "clone_client", "client"),
            ("/i", "option_some", "Option"),
        ]),
        GROUPED,
        None,
    );
    assert_eq!(
        groups(&output),
        [
            "clone_client = client::clone_client",
            "get_door = doors::get",
            "get_room = rooms::get_room",
            "get_rooms = rooms::get_rooms",
            "get_type = type_::get",
            "make = new::make",
            "make_default = default::make",
            "option_some = option::some",
            "room_door_get = doors::room_get",
        ]
    );
    for method in ["pub fn new_(&self)", "pub fn default_(&self)", "pub fn type_(&self)", "pub fn client(&self)"] {
        assert!(output.code.contains(method), "{method}: {}", output.code);
    }
    let workspace = Workspace::new(env!("CARGO_TARGET_TMPDIR"), "groups-names", [("names", output.code.as_str())]);
    assert_eq!(workspace.check("names").errors, None);
}

#[test]
fn a_new_operation_renames_none_that_the_lock_has() {
    let old = [("/v1/rooms", "get_room", "rooms"), ("/v1/hotel/doors", "listDoors", "")];
    let before = generated(&document(&old), GROUPED, None);
    assert_eq!(groups(&before), ["get_room = rooms::get", "listDoors = hotel::list_doors"].map(str::to_owned));
    let lock = Lock::from_choices(&before.choices);
    assert!(lock.to_text().contains("get_room@group = rooms::get\n"), "{}", lock.to_text());
    assert_eq!(warnings(&generated(&document(&old), GROUPED, Some(&lock)), "L003"), [] as [&str; 0]);
    // Each new one wants a name that is taken, and the last one changes which words of paths say nothing.
    let new = [old[0], ("/v1/hotel/rooms", "get_rooms", "rooms"), old[1], ("/v1/hotel", "doorsList", "hotel")];
    let new = &new.map(|(path, id, tags)| (path.replace("/v1/rooms", "/v1/hotel/a"), id, tags));
    let new: Vec<(&str, &str, &str)> = new.iter().map(|(path, id, tags)| (path.as_str(), *id, *tags)).collect();
    let free = groups(&generated(&document(&new), GROUPED, None));
    assert!(free.contains(&"get_room = rooms::get_room".to_owned()), "{free:?}");
    let after = generated(&document(&new), GROUPED, Some(&lock));
    assert_eq!(
        groups(&after),
        [
            "doorsList = hotel::doors_list",
            "get_room = rooms::get",
            "get_rooms = rooms::get_rooms",
            "listDoors = hotel::list_doors"
        ]
    );
}

#[test]
fn a_group_has_the_name_that_the_user_chooses() {
    let operations =
        [("/a", "listRooms", "Rooms (hotel/v2)"), ("/b", "countDoors", "Doors"), ("/c", "listDoors", "Doors")];
    let lines = "modules_by_tag = true\n[group]\n\"Rooms (hotel/v2)\" = \"rooms\"\ncountDoors = \"rooms\"\n[rename]\n\
                 listDoors = \"all_doors\"\n";
    let output = generated(&document(&operations), lines, None);
    let chosen = ["countDoors = rooms::count_doors", "listDoors = doors::all_doors", "listRooms = rooms::list"];
    assert_eq!(groups(&output), chosen);
    // It comes before a pinned one, and is pinned then.
    let lock = Lock::from_choices(&generated(&document(&operations), GROUPED, None).choices);
    assert_eq!(groups(&generated(&document(&operations), lines, Some(&lock))), chosen);
    let wrong =
        generated(&document(&operations), "modules_by_tag = true\n[group]\nDoor = \"rooms\"\nDoors = \"a b\"\n", None);
    assert_eq!(
        warnings(&wrong, "X012"),
        [
            "`Door` is to be in the group `rooms`, and is neither an operation nor the first tag of one; nothing changes",
            "`a b`, the group of `Doors`, is no name for a group; nothing changes",
        ]
    );
    // What cannot be a name itself needs a choice most.
    let cyrillic = document(&[("/a", "listRooms", "Комнаты")]);
    let output = generated(&cyrillic, "modules_by_tag = true\n[group]\n\"Комнаты\" = \"rooms\"\n", None);
    assert_eq!((groups(&output), warnings(&output, "X012").len()), (vec!["listRooms = rooms::list".to_owned()], 0));
    let wrong = generated(&cyrillic, "modules_by_tag = true\n[group]\n\"Комнаты\" = \"комнаты\"\n", None);
    assert_eq!(
        warnings(&wrong, "X012"),
        ["`комнаты`, the group of `Комнаты`, is no name for a group; nothing changes"]
    );
}

#[test]
fn handles_of_groups_that_differ_in_an_underscore_alone_are_pinned() {
    let of = |tags: &[&str], lock: Option<&Lock>| {
        let paths: Vec<(String, String, String)> =
            tags.iter().map(|tag| (format!("/{tag}"), format!("get {tag}"), format!("'{tag}'"))).collect();
        let paths: Vec<(&str, &str, &str)> =
            paths.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        generated(&document(&paths), GROUPED, lock)
    };
    let handle = |output: &Output, method: &str| {
        let start = format!("pub fn {method}(&self) -> groups::");
        let (_, rest) = output.code.split_once(&start).unwrap_or_else(|| panic!("{method}: {}", output.code));
        rest.split_whitespace().next().unwrap_or_default().to_owned()
    };
    let lines = |output: &Output| {
        let text = Lock::from_choices(&output.choices).to_text();
        text.lines().filter(|line| line.contains("@handle")).map(str::to_owned).collect::<Vec<_>>()
    };
    // A lone group needs no pin, and keeps its handle when another one comes that would be named first.
    let alone = of(&["OAuth 2"], None);
    assert_eq!((handle(&alone, "o_auth_2").as_str(), lines(&alone).len()), ("OAuth2", 0));
    let lock = Lock::from_choices(&alone.choices);
    let both = of(&["OAuth 2", "OAuth2"], Some(&lock));
    assert_eq!((handle(&both, "o_auth_2").as_str(), handle(&both, "o_auth2").as_str()), ("OAuth2", "OAuth2_"));
    assert_eq!(lines(&both), ["o_auth2@handle = OAuth2_", "o_auth_2@handle = OAuth2"]);
    // Without a lock, the order of the names decides, and it is pinned.
    let free = of(&["OAuth 2", "OAuth2"], None);
    assert_eq!((handle(&free, "o_auth_2").as_str(), handle(&free, "o_auth2").as_str()), ("OAuth2_", "OAuth2"));
    let lock = Lock::from_choices(&both.choices);
    let again = of(&["OAuth 2", "OAuth2"], Some(&lock));
    assert_eq!((&again.code, warnings(&again, "L003").len()), (&both.code, 0));
    // What is left when the other one has gone keeps its handle too.
    let left = of(&["OAuth2"], Some(&lock));
    assert_eq!((handle(&left, "o_auth2").as_str(), lines(&left).len()), ("OAuth2_", 1));
}

#[test]
fn a_group_by_path_does_not_depend_on_which_operations_are_kept() {
    let all = [("/hotel/rooms", "listRooms", ""), ("/hotel/guests", "listGuests", ""), ("/health", "health", "")];
    let whole = generated(&document(&all), GROUPED, None);
    assert_eq!(
        groups(&whole),
        ["health = health::health", "listGuests = hotel::list_guests", "listRooms = hotel::list_rooms"]
    );
    // Without `/health`, all paths begin with `hotel`.
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("api.yaml"), document(&all)).expect("a file");
    let kept = "modules_by_tag = true\n[[document]]\nname = \"api\"\n[[document.file]]\npath = \"api.yaml\"\n\
                [[document.drop]]\npaths = [\"/health\"]\n";
    std::fs::write(folder.path().join("spec.toml"), kept).expect("a file");
    let part = Loaded::folder(folder.path()).and_then(|loaded| loaded.generate()).expect("it generates");
    assert_eq!(groups(&part), groups(&whole)[1..]);
    let selector = openapi_build::Selector::new().paths(["/health"]);
    let config = Config::new().modules_by_tag(true).drop(selector).out_dir(folder.path());
    config.generate(folder.path().join("api.yaml")).unwrap_or_else(|error| panic!("{error}"));
    let code = std::fs::read_to_string(folder.path().join("client.rs")).expect("it was written");
    assert!(code.contains("pub fn hotel(&self)") && !code.contains("pub fn rooms(&self)"), "{code}");
}

#[test]
fn features_without_a_lock_are_a_warning() {
    let lines = "features_by_group = true";
    let free = generated(HOTEL, lines, None);
    let [warning] = warnings(&free, "W007").try_into().expect("one warning");
    assert!(warning.starts_with("groups of operations are features, and no names.lock pins their names"), "{warning}");
    let lock = Lock::from_choices(&free.choices);
    assert_eq!(warnings(&generated(HOTEL, lines, Some(&lock)), "W007"), [] as [&str; 0]);
    assert_eq!(warnings(&generated(HOTEL, GROUPED, None), "W007"), [] as [&str; 0]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("api.yaml"), HOTEL).expect("a file");
    let config = Config::new().features_by_group(true).deny("W007").out_dir(folder.path());
    let error = config.generate(folder.path().join("api.yaml")).expect_err("it is denied");
    assert!(
        error.to_string().contains("error[W007]") && error.to_string().contains("a folder with spec.toml"),
        "{error}"
    );
}

#[test]
fn no_method_of_a_handle_hides_that_of_a_trait() {
    let output = generated(&document(&[("/a", "clone", "vms"), ("/b", "into", "vms")]), GROUPED, None);
    assert_eq!(groups(&output), ["clone = vms::clone_", "into = vms::into_"]);
}

#[test]
fn each_of_several_documents_has_groups_of_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    let mut manifest = "modules_by_tag = true\n".to_owned();
    for name in ["stock", "people"] {
        write(&format!("{name}.yaml"), &document(&[("/rooms", &format!("list_rooms_{name}"), "Rooms")]));
        manifest += &format!("[[document]]\nname = \"{name}\"\n[[document.file]]\npath = \"{name}.yaml\"\n");
    }
    write("spec.toml", &manifest);
    let output = Loaded::folder(folder.path()).and_then(|loaded| loaded.generate()).expect("it generates");
    let lock = Lock::from_choices(&output.choices).to_text();
    assert!(lock.contains("people: list_rooms_people@group = rooms::list_people\n"), "{lock}");
    let user = "\nmod user {\n    #[allow(dead_code)]\n    fn all(client: &super::Client) {\n        let handle: super::stock::groups::Rooms \
                = client.stock().rooms();\n        let _ = handle.list_stock();\n        let _ = client.people().rooms().list_people();\n    \
                }\n}\n";
    let code = output.code + user;
    let workspace = Workspace::new(env!("CARGO_TARGET_TMPDIR"), "groups-several", [("several", code.as_str())]);
    assert_eq!(workspace.check("several").errors, None);
}

/// What the process that [`features_decide_which_groups_are_generated`] starts does; by itself, it generates outside of a package.
#[test]
fn build_script() -> Result<(), openapi_build::Error> {
    if let Some(spec) = std::env::var_os(SPEC) {
        return Config::new().features_by_group(true).derive_for("Room*", "Hash").generate(spec);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("api.yaml"), HOTEL).expect("a file");
    let config = Config::new().features_by_group(true).modules_by_tag(true).group("Room guests", "guests");
    config.out_dir(folder.path()).generate(folder.path().join("api.yaml"))?;
    let code = std::fs::read_to_string(folder.path().join("client.rs")).expect("it was written");
    assert!(
        code.contains("pub fn guests(&self)") && code.contains("pub fn rooms(&self)"),
        "this package has no such feature"
    );
    Ok(())
}

/// The program of a package with features: the operations that it has, and which of some types.
const PARTS: &str = "\
//! What is there.
#![allow(missing_docs)]
include!(concat!(env!(\"OUT_DIR\"), \"/client.rs\"));
fn main() {
    let code = include_str!(concat!(env!(\"OUT_DIR\"), \"/client.rs\"));
    let documents = include_str!(concat!(env!(\"OUT_DIR\"), \"/documents.json\"));
    let ids: Vec<&str> = DEFINITION.operations.iter().map(|operation| operation.id).collect();
    let types: Vec<&str> =
        [\"Room\", \"Door\", \"Guest\"].into_iter().filter(|name| code.contains(&format!(\"pub struct {name} \"))).collect();
    println!(\"{} {} {}\", ids.join(\",\"), types.join(\",\"), documents.contains(\"/v1/guests\"));
}
";

/// A build script that does what [`build_script`] does, without compiling this crate again.
const BUILD: &str = "\
fn main() {
    let mut command = std::process::Command::new(PROGRAM);
    command.args([\"--exact\", \"build_script\", \"--nocapture\"]).env(\"VARIABLE\", \"api.yaml\");
    let output = command.output().expect(\"it runs\");
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Some(start) = line.find(\"cargo::\") {
            println!(\"{}\", &line[start..]);
        }
    }
    assert!(output.status.success(), \"{}\", String::from_utf8_lossy(&output.stderr));
}
";

#[test]
fn features_decide_which_groups_are_generated() {
    let workspace = Workspace::new(env!("CARGO_TARGET_TMPDIR"), "groups-features", [("parts", "")]);
    let features = "[features]\ndefault = [\"rooms\", \"room-guests\"]\nrooms = []\nroom-guests = []\n";
    workspace.depend_with("parts", &["blocking", "events"], &format!("{DEPENDENCIES}\n{features}"));
    workspace.program("parts", PARTS);
    workspace.add("parts", "api.yaml", HOTEL);
    let program = std::env::current_exe().expect("this test");
    workspace.add("parts", "build.rs", &BUILD.replace("PROGRAM", &format!("{program:?}")).replace("VARIABLE", SPEC));
    let run = |features: &[&str]| {
        let arguments = [&["run", "--quiet", "-p", "parts"], features].concat();
        workspace.cargo(&arguments).unwrap_or_else(|error| panic!("{error}"))
    };
    let (rooms, guests) = ("list_rooms,create_room,rooms_watch,get_room_image", "get_guests,get_guest");
    let always = "count_doors,list_builders";
    assert_eq!(run(&[]), format!("{rooms},{guests},{always} Room,Door,Guest true\n"));
    // Groups that are not declared are always there, and so is what only they need.
    assert_eq!(run(&["--no-default-features"]), format!("{always} Door false\n"));
    let only = ["--no-default-features", "--features", "room-guests"];
    assert_eq!(run(&only), format!("{guests},{always} Door,Guest true\n"));
    // A new declaration leaves a group out until its feature is on.
    let more = features.to_owned() + "doors = []\nbuilder = []\n";
    workspace.depend_with("parts", &["blocking", "events"], &format!("{DEPENDENCIES}\n{more}"));
    assert_eq!(run(&["--no-default-features", "--features", "builder"]), "list_builders  false\n");
    assert_eq!(run(&["--no-default-features"]), "  false\n");
}

#[test]
fn a_type_does_not_depend_on_which_groups_there_are() {
    let document = HOTEL.replace(
        "    Guest: {type: object, properties: {name: {type: string}}}",
        "    Guest: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}\n    \
         Person: {allOf: [{$ref: '#/components/schemas/Guest'}, {type: object, properties: {name: {type: string}}}]}",
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("api.yaml"), document).expect("a file");
    std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"a\"\n[features]\nrooms = []\ndoors = []\n")
        .expect("a file");
    let mut command = std::process::Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "build_script", "--nocapture"]).env(SPEC, folder.path().join("api.yaml"));
    command.env("OUT_DIR", folder.path()).env("CARGO_MANIFEST_DIR", folder.path());
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let code = std::fs::read_to_string(folder.path().join("client.rs")).expect("it was written");
    assert!(
        code.contains("Person(") && !code.contains("pub struct Room ") && !code.contains("pub struct Door "),
        "{code}"
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains(&format!("cargo::rerun-if-changed={}", folder.path().join("Cargo.toml").display())),
        "{said}"
    );
    assert!(!said.contains("X004"), "the types are there in other builds: {said}");
}
