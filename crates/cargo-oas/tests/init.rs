//! `init` makes a package whose example and test run, or adds to one, or changes nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use testing::corpus;
use testing::loopback::{Answer, Server};
use testing::project::{finished, has};

/// OpenAPI 3.1, with an operation that needs nothing.
const ROOMS: &str = include_str!("init/rooms.json");
/// A page with OpenAPI 3.0, whose operations need parameters that have examples.
const ORDERS: &str = include_str!("init/orders.html");
/// Swagger 2.0, whose one operation needs a body.
const SIGNUPS: &str = include_str!("init/signups.yaml");

/// OpenAPI 3.0, whose operations all but one need a value of one component.
const STAYS: &str = include_str!("init/stays.yaml");

/// A folder, and the command that runs in it.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let made = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        files.iter().for_each(|(name, text)| made.write(name, text));
        made
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every file and folder except those of git.
    fn tree(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        tree(self.path())
    }

    /// Runs `init` in the folder, which has to succeed; returns what it prints.
    fn init(&self, arguments: &[&str]) -> String {
        let (code, out, err) = run(self.path(), arguments);
        assert_eq!(code, 0, "{arguments:?}: {out}{err}");
        out + &err
    }

    /// Runs `init` in the folder, which has to fail with `code` and change nothing; returns what it prints.
    fn refused(&self, arguments: &[&str], code: &str) -> String {
        let before = self.tree();
        let (exit, out, err) = run(self.path(), arguments);
        assert_eq!(exit, 2, "{arguments:?}: {out}{err}");
        assert!(err.contains(&format!("error[{code}]")) && err.contains("help: "), "{arguments:?}: {err}");
        assert!(self.tree() == before, "{arguments:?} changed something");
        err
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(self.path()).args(identity).args(arguments).output();
        let (code, _, err) = finished(output.expect("git runs"));
        assert_eq!(code, 0, "git {arguments:?}: {err}");
    }
}

fn tree(root: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.file_name().is_some_and(|name| name == ".git") {
                continue;
            }
            files.insert(path.clone(), std::fs::read(&path).ok());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    files
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-oas"));
    command.current_dir(folder).arg("init").args(arguments).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    command.env("GIT_CEILING_DIRECTORIES", folder.parent().expect("a folder of temporary files"));
    command
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    finished(command(folder, arguments).output().expect("the command runs"))
}

/// The four packages are members of one workspace in the target folder, so that what they depend on is built once, together
/// with that of other tests.
#[test]
fn the_example_and_the_test_of_new_packages_run() {
    let temporary = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let root = temporary.join("init");
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(&root).expect("the target folder can be written");
    let write =
        |name: &str, text: &str| std::fs::write(root.join(name), text).expect("the target folder can be written");
    write("Cargo.toml", "# all of them\n[workspace]\nmembers = []\nresolver = \"3\"\n");
    // The versions are those of the project, as far as it has them.
    let lock = std::fs::read_to_string(corpus::workspace().join("Cargo.lock")).expect("it is versioned");
    write("Cargo.lock", &lock);
    let crates = corpus::workspace().join("crates");
    let crates = crates.to_str().expect("UTF-8");
    let packages = [
        ("rooms.json", ROOMS, "GET /rooms", "200 OK\n[\n    Room {\n        id: \"r1\","),
        ("orders.html", ORDERS, "GET /orders/{id}", "200 OK\nOrder {\n    id: \"o-17\","),
        ("signups.yaml", SIGNUPS, "POST /signups", "201 Created\nSignup {"),
        ("stays.yaml", STAYS, "GET /stays/{price}", "200 OK\nStay {"),
    ];
    for (file, text, call, _) in packages {
        write(file, text);
        let name = file.split('.').next().expect("a name");
        let mut arguments = vec![file, "--path", name, "--crates", crates];
        // What follows is the same with features, which are all on.
        arguments.extend((name == "rooms").then_some("--features"));
        let (code, out, err) = run(&root, &arguments);
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.starts_with(&format!("created the package `{name}`: the client of ")), "{out}");
        for line in ["  Cargo.toml", "  examples/first.rs", "  spec/names.lock", "  tests/sandbox.rs"] {
            assert!(out.lines().any(|other| other == line), "{line}: {out}");
        }
        assert!(out.contains("cargo run --example first") && out.contains(&format!("calls {call}, ")), "{out}");
        let before = tree(&root);
        let (code, out, err) = run(&root, &arguments);
        assert_eq!((code, out.ends_with(": nothing to do\n")), (0, true), "{out}{err}");
        assert!(tree(&root) == before, "the second run changes nothing");
    }
    // Example and test are written for operations by group, too.
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("it is there");
    write("orders/spec/spec.toml", &format!("modules_by_tag = true\n{}", read("orders/spec/spec.toml")));
    for name in ["examples/first.rs", "tests/sandbox.rs", "spec/names.lock", "spec/api.txt"] {
        std::fs::remove_file(root.join("orders").join(name)).expect("it is there");
    }
    let (code, out, err) = run(&root, &["orders.html", "--path", "orders", "--crates", crates]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(read("orders/examples/first.rs").contains("\n        .orders()\n        .get("), "{out}");
    // A value of a type of the user's own is not invented: another operation is called.
    let replaced = format!(
        "[replace]\nMoney = \"crate::Money\"\n{}",
        read("stays/spec/spec.toml").replace("both_ways = true\n", "")
    );
    write("stays/spec/spec.toml", &format!("both_ways = true\n{replaced}"));
    let money = "/// An amount.\n#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]\npub struct Money(pub String);\n";
    write("stays/src/lib.rs", &format!("{}\n{money}", read("stays/src/lib.rs")));
    let manifest = read("stays/Cargo.toml");
    let with_serde = "[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\n";
    write("stays/Cargo.toml", &manifest.replacen("[dependencies]\n", with_serde, 1));
    for name in ["examples/first.rs", "tests/sandbox.rs", "spec/names.lock", "spec/api.txt"] {
        std::fs::remove_file(root.join("stays").join(name)).expect("it is there");
    }
    let (code, out, err) = run(&root, &["stays.yaml", "--path", "stays", "--crates", crates]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("calls POST /hotels/of/the/whole/city/stays, "), "{out}");
    let manifest = read("Cargo.toml");
    assert!(
        manifest.starts_with("# all of them\n") && manifest.contains("[\"rooms\", \"orders\", \"signups\", \"stays\"]"),
        "{manifest}"
    );
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(&root).args(arguments).env("CARGO_TARGET_DIR", temporary.join("target"));
        // As the other tests that share the folder have them.
        let settings =
            [("CARGO_INCREMENTAL", "0"), ("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_PROFILE_TEST_DEBUG", "0")];
        command.envs(settings).env_remove("RUSTFLAGS").env_remove("RUSTDOCFLAGS");
        let (code, out, err) = finished(command.output().expect("cargo runs"));
        assert_eq!(code, 0, "{arguments:?}: {out}{err}");
        assert!(!err.contains("warning: unused"), "{err}");
        out
    };
    if has("rustfmt") {
        // The settings of this project are not those of a user.
        write("rustfmt.toml", "");
        cargo(&["fmt", "--all", "--check"]);
    }
    let out = cargo(&["test", "--workspace", "--quiet", "--offline"]);
    assert_eq!(out.matches("test result: ok. 2 passed").count(), 4, "{out}");
    for (file, _, _, shown) in packages {
        let name = file.split('.').next().expect("a name");
        let out = cargo(&["run", "--quiet", "--offline", "-p", name, "--example", "first"]);
        assert!(out.starts_with(shown), "{out}");
    }
}

#[test]
fn a_feature_does_not_take_the_name_of_an_optional_dependency() {
    let manifest = "[package]\nname = \"meetings\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nrooms = { version = \
                    \"1\", optional = true }\n";
    let folder = Folder::new(&[("Cargo.toml", manifest), ("src/lib.rs", ""), ("api.json", ROOMS)]);
    let said = folder.refused(&["api.json", "--features"], "I010");
    assert!(said.contains("`rooms`") && said.contains("[group] in spec/spec.toml"), "{said}");
    // As the message says: another name for the group, and the name is free.
    folder.init(&["api.json"]);
    let chosen =
        "features_by_group = true\n[group]\nlistRooms = \"halls\"\ncreateRoom = \"halls\"\ngetRoom = \"halls\"\n";
    let spec = folder.read("spec/spec.toml");
    let above = spec.find("[[document]]").expect("it lists a document");
    folder.write("spec/spec.toml", &format!("{}{chosen}\n{}", &spec[..above], &spec[above..]));
    std::fs::remove_file(folder.path().join("spec/names.lock")).expect("it is there");
    folder.init(&["api.json", "--features"]);
    assert!(folder.read("Cargo.toml").contains("\nhalls = []\n"), "{}", folder.read("Cargo.toml"));
    let folder = Folder::new(&[("Cargo.toml", manifest), ("src/lib.rs", ""), ("api.json", ROOMS)]);
    folder.write("Cargo.toml", &format!("{manifest}\n[features]\nbig = [\"dep:rooms\"]\n"));
    folder.init(&["api.json", "--features"]);
    assert!(folder.read("Cargo.toml").contains("\nrooms = []\n"), "{}", folder.read("Cargo.toml"));
}

#[test]
fn a_package_keeps_what_it_has() {
    let manifest = "# ours\n[package]\nname = \"meetings\" # since 2020\nversion = \"3.1.4\"\nedition = \"2021\"\n\n\
                    [dependencies] # few\nlog = \"0.4\"\n";
    let library = "//! Meetings.\n\n/// Meets.\npub fn meet() {}\n";
    let build = "fn main() {\n    println!(\"cargo::rerun-if-changed=build.rs\");\n}\n";
    let folder =
        Folder::new(&[("Cargo.toml", manifest), ("src/lib.rs", library), ("build.rs", build), ("api.json", ROOMS)]);
    let before = folder.tree();
    let (_, out, _) = run(folder.path(), &["api.json", "--dry-run", "--format", "json"]);
    let out: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let left = serde_json::json!({"file": "src/lib.rs", "line": "pub mod api;"});
    assert_eq!(
        (&out["package"], &out["created"], &out["call"]),
        (&"meetings".into(), &false.into(), &"GET /rooms".into())
    );
    assert!(out["left"].as_array().is_some_and(|all| all.contains(&left)), "{out}");
    assert!(out["files"].as_array().is_some_and(|all| all.contains(&"src/api.rs".into())), "{out}");
    let said = folder.init(&["api.json", "--dry-run"]);
    assert!(said.contains("would add to the package `meetings`: the client of Rooms 1.0\n  Cargo.toml\n"), "{said}");
    assert!(folder.tree() == before, "a dry run writes nothing");
    let said = folder.init(&["api.json"]);
    assert!(said.contains("  src/lib.rs: pub mod api;\n"), "{said}");
    assert!(said.contains("  build.rs: openapi_build::Config::new().generate(\"spec\")?;\n"), "{said}");
    assert_eq!((folder.read("src/lib.rs").as_str(), folder.read("build.rs").as_str()), (library, build));
    assert!(folder.read("src/api.rs").ends_with("\nopenapi_runtime::include_client!();\n"));
    assert!(folder.read("examples/first.rs").contains("\nuse meetings::api::Client;\n"));
    let edited = folder.read("Cargo.toml");
    assert!(edited.starts_with(&format!("{manifest}openapi-runtime = \"0.1\"\n")), "{edited}");
    assert!(edited.contains("\n[build-dependencies]\nopenapi-build = \"0.1\"\n"), "{edited}");
    assert_eq!(folder.read("spec/api.json"), ROOMS);

    folder.write("src/lib.rs", &format!("{library}\npub mod api;\n"));
    folder.write("build.rs", "fn main() {\n    openapi_build::Config::new().generate(\"spec\").unwrap();\n}\n");
    folder.write("examples/first.rs", "fn main() {}\n");
    let before = folder.tree();
    let said = folder.init(&["api.json"]);
    assert!(said.starts_with("`meetings` has the client of Rooms 1.0: nothing to do\n"), "{said}");
    assert!(!said.contains("by hand") && said.contains("[I005]") && said.contains("first.rs"), "{said}");
    assert!(folder.tree() == before);
    folder.refused(&["api.json", "--name", "other"], "I003");

    // A dependency stays as it is, and what it lacks is named.
    let lean = edited
        .replace("\nopenapi-runtime = \"0.1\"", "\nopenapi-runtime = { version = \"0.1\", default-features = false }");
    folder.write("Cargo.toml", &lean);
    let said = folder.init(&["api.json"]);
    assert!(said.contains("[I006]") && said.contains("needs: uuid") && folder.read("Cargo.toml") == lean, "{said}");

    // A new version, or another definition, is not for this command.
    folder.write("api.json", &ROOMS.replace("1.0", "1.1"));
    let said = folder.refused(&["api.json"], "I004");
    assert!(said.contains("cargo oas bump"), "{said}");
    folder.write("spec/other.json", "{}");
    folder.refused(&["api.json"], "I004");
}

#[test]
fn the_library_that_cargo_writes_is_no_content_and_a_module_has_a_name_of_choice() {
    let template = "pub fn add(left: u64, right: u64) -> u64 {\n    left + right\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    \
                    #[test]\n    fn it_works() {\n        let result = add(2, 2);\n        assert_eq!(result, 4);\n    }\n}\n";
    let manifest = "[package]\nname = \"my-rooms\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n";
    let files = [("Cargo.toml", manifest), ("src/lib.rs", template), ("api.json", ROOMS)];
    let folder = Folder::new(&files);
    let said = folder.init(&["api.json"]);
    assert!(said.contains("\n  src/lib.rs\n") && !said.contains("by hand"), "{said}");
    assert_eq!(folder.read("src/lib.rs"), "//! A client for Rooms.\n\nopenapi_runtime::include_client!();\n");
    assert!(folder.read("tests/sandbox.rs").contains("\nuse my_rooms::{Client, errors};\n"));

    let folder = Folder::new(&files);
    folder.init(&["api.json", "--module", "billing"]);
    assert_eq!(folder.read("src/lib.rs"), "//! A client for Rooms.\n\npub mod billing;\n");
    assert!(folder.read("tests/sandbox.rs").contains("\nuse my_rooms::billing::{Client, errors};\n"));
    let said = folder.init(&["api.json"]);
    assert!(said.ends_with(": nothing to do\n"), "the module is found: {said}");
    let own = Folder::new(&[files[0], files[2], ("src/lib.rs", "//! Mine.\n"), ("src/api.rs", "//! Mine.\n")]);
    let said = own.refused(&["api.json"], "I003");
    assert!(said.contains("--module NAME"), "{said}");
    own.refused(&["api.json", "--module", "a-b"], "W003");
}

#[test]
fn a_url_is_the_origin_and_a_split_definition_becomes_one_file() {
    let server = Server::start(vec![("/v1/rooms.json", Answer::Body(ROOMS.into()))]);
    let folder = Folder::new(&[]);
    let url = server.url("/v1/rooms.json");
    folder.init(&[&url, "--path", "a/b/rooms"]);
    let manifest = folder.read("a/b/rooms/spec/spec.toml");
    assert!(manifest.contains(&format!("origin = \"{url}\"")) && !manifest.contains("manual"), "{manifest}");
    assert_eq!(folder.read("a/b/rooms/spec/rooms.json"), ROOMS);

    let schema = "{type: object, properties: {id: {type: string}}}";
    let split = "openapi: 3.0.3\ninfo: {title: Split, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: getA\n      \
                 responses: {'200': {description: d, content: {application/json: {schema: {$ref: 'schemas/a.yaml'}}}}}\n";
    let folder = Folder::new(&[("api.yaml", split), ("schemas/a.yaml", schema)]);
    let said = folder.init(&["api.yaml", "--path", "split"]);
    assert!(said.contains("[I008]"), "{said}");
    let vendored = folder.read("split/spec/api.yaml");
    assert!(vendored.contains("components:") && !vendored.contains("a.yaml"), "{vendored}");
    let said = folder.init(&["api.yaml", "--path", "split"]);
    assert!(said.contains("nothing to do"), "{said}");
}

#[test]
fn changes_that_are_not_committed_are_not_put_at_risk() {
    if !has("git") {
        return;
    }
    let folder = Folder::new(&[("notes.txt", "old"), ("api.json", ROOMS)]);
    folder.git(&["init", "-q", "-b", "main"]);
    folder.init(&["api.json", "--path", "early", "--name", "rooms"]);
    folder.git(&["add", "notes.txt", "early"]);
    folder.git(&["commit", "-q", "-m", "notes"]);
    folder.write("notes.txt", "new");
    let said = folder.refused(&["api.json", "--name", "rooms"], "I002");
    assert!(said.contains("notes.txt") && !said.contains("api.json,") && said.contains("--allow-dirty"), "{said}");
    folder.init(&["api.json", "--name", "rooms", "--dry-run"]);
    folder.init(&["api.json", "--name", "rooms", "--allow-dirty"]);
    assert!(folder.init(&["api.json"]).contains("nothing to do"), "nothing is at risk where nothing is written");

    // The manifest of a workspace is changed for a package whose folder is not there.
    let folder = Folder::new(&[("api.json", ROOMS), ("Cargo.toml", "[workspace]\nmembers = []\n"), ("notes.txt", "")]);
    folder.git(&["init", "-q", "-b", "main"]);
    folder.git(&["add", "."]);
    folder.git(&["commit", "-q", "-m", "workspace"]);
    folder.write("notes.txt", "new");
    folder.write("Cargo.toml", "# new\n[workspace]\nmembers = []\n");
    let said = folder.refused(&["api.json", "--path", "crates/rooms"], "I002");
    assert!(said.contains("Cargo.toml") && !said.contains("notes.txt"), "{said}");
    folder.git(&["commit", "-q", "-m", "manifest", "Cargo.toml"]);
    folder.init(&["api.json", "--path", "crates/rooms"]);
    assert!(folder.read("Cargo.toml").contains("\"crates/rooms\""));
}

#[test]
fn without_a_cargo_that_builds_it_nothing_is_written() {
    let folder = Folder::new(&[("api.json", ROOMS)]);
    let before = folder.tree();
    let refused = |command: &mut Command, what: &str| {
        let (code, out, err) = finished(command.output().expect("the command runs"));
        assert_eq!(code, 2, "{out}{err}");
        assert!(err.contains("error[I001]") && err.contains(what) && err.contains("rustup"), "{err}");
        assert!(folder.tree() == before);
    };
    let init = || command(folder.path(), &["api.json", "--name", "rooms"]);
    refused(init().env_remove("CARGO").env("PATH", ""), "cargo cannot be run");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let tools = tempfile::tempdir().expect("a temporary folder");
        let cargo = tools.path().join("cargo");
        std::fs::write(&cargo, "#!/bin/sh\necho 'cargo 1.70.0 (0 2023-05-01)'\n").expect("a file");
        std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
        refused(init().env("CARGO", cargo), "this is cargo 1.70");
    }
}

#[test]
fn a_definition_that_cannot_be_taken_leaves_nothing_behind() {
    let server = Server::start(vec![
        ("/moved", Answer::Redirect("http://example.com/api.yaml".into())),
        ("/gone", Answer::Status(404)),
    ]);
    let two = "<!DOCTYPE html><html><body>\n<pre>\nopenapi: 3.0.3\ninfo: {title: Rooms, version: '1'}\npaths: {/a: {get: {responses: \
               {'204': {description: d}}}}}\n</pre>\n<pre>\nopenapi: 3.0.3\ninfo: {title: Billing, version: '1'}\npaths: {/b: {get: \
               {responses: {'204': {description: d}}}}}\n</pre></body></html>\n";
    let folder = Folder::new(&[("two.html", two), ("broken.json", "{\"openapi\": "), ("other.json", "{\"a\": 1}")]);
    let (moved, gone) = (server.url("/moved"), server.url("/gone"));
    for (source, code, says) in [
        (moved.as_str(), "F001", "redirects to http://example.com/api.yaml, which is not https"),
        (&gone, "F003", "404"),
        ("http://example.com/api.yaml", "F001", "not https"),
        ("missing.yaml", "S001", "missing.yaml"),
        ("two.html", "S012", "`Rooms` at line 3, `Billing` at line 8"),
        ("broken.json", "S005", "broken.json"),
        ("other.json", "S006", "neither `openapi` nor `paths`"),
    ] {
        let said = folder.refused(&[source, "--path", "new/rooms"], code);
        assert!(said.contains(says), "{says}: {said}");
    }
}

#[test]
fn a_folder_that_cannot_be_the_package_stays_as_it_is() {
    let folder = Folder::new(&[("api.json", ROOMS), ("Cargo.toml", "[workspace]\nmembers = []\n")]);
    assert!(folder.refused(&["api.json"], "I003").contains("--path DIR"));
    assert!(folder.refused(&["api.json", "--path", "a b"], "I003").contains("--name NAME"));
    folder.refused(&["api.json", "--path", "rooms", "--crates", "nowhere"], "I003");
    let folder = Folder::new(&[("api.json", ROOMS), ("Cargo.toml", "[package\n")]);
    folder.refused(&["api.json"], "K006");
    // What was written before it was noticed that a file is in the way is taken back.
    let folder = Folder::new(&[("api.json", ROOMS), ("rooms/.bump", "a file")]);
    folder.refused(&["api.json", "--path", "rooms"], "W002");
    let folder = Folder::new(&[("api.json", ROOMS), ("rooms/tests", "a file")]);
    folder.refused(&["api.json", "--path", "rooms"], "S001");
}

#[test]
fn a_file_that_cannot_be_read_is_not_replaced() {
    let manifest = "[package]\nname = \"rooms\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    for name in ["build.rs", "src/lib.rs", "examples/first.rs", "tests/sandbox.rs", "spec/api.json", "Cargo.toml"] {
        let folder = Folder::new(&[("api.json", ROOMS), ("Cargo.toml", manifest), (name, "")]);
        // What an editor with another encoding wrote, and a folder.
        std::fs::write(folder.path().join(name), b"// caf\xe9\n").expect("a file");
        let code = if name.starts_with("spec") { "I004" } else { "S001" };
        let said = folder.refused(&["api.json"], code);
        assert!(said.contains(name.rsplit('/').next().expect("a name")), "{said}");
        std::fs::remove_file(folder.path().join(name)).expect("it is there");
        std::fs::create_dir(folder.path().join(name)).expect("a folder");
        folder.refused(&["api.json"], "S001");
    }
    for build in ["false", "[\"a.rs\", \"b.rs\"]"] {
        let folder = Folder::new(&[("api.json", ROOMS), ("Cargo.toml", &format!("{manifest}build = {build}\n"))]);
        let said = folder.refused(&["api.json"], "I003");
        assert!(said.contains("`build` in [package]") && said.contains("build = \"build.rs\""), "{said}");
    }
    let folder = Folder::new(&[("api.json", ROOMS), ("Cargo.toml", &format!("{manifest}build = true\n"))]);
    assert!(folder.init(&["api.json"]).contains("\n  build.rs\n"));
}

#[test]
fn a_module_and_a_package_have_names_that_rust_takes() {
    let folder = Folder::new(&[("api.json", ROOMS)]);
    for name in ["match", "async", "gen", "self", "lib", "main"] {
        let said = folder.refused(&["api.json", "--name", "rooms", "--module", name], "W003");
        assert!(said.contains("such as `billing`"), "{said}");
    }
    for name in ["match", "async", "yield", "std"] {
        folder.refused(&["api.json", "--path", name], "I003");
        folder.refused(&["api.json", "--name", name], "I003");
    }
    let manifest = "[package]\nname = \"rooms\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\npath = \"rooms.rs\"\n";
    let folder = Folder::new(&[("api.json", ROOMS), ("Cargo.toml", manifest)]);
    for name in ["rooms", "build"] {
        folder.refused(&["api.json", "--module", name], "W003");
    }
}

#[test]
fn what_the_definition_says_is_no_code_and_does_not_move_the_cursor() {
    let odd = ROOMS.replace("\"Rooms\"", "\"Rooms\\u202e\\u2066\\n\\u001b[2Jof ours\"");
    let odd = odd.replace("\"/rooms\"", "\"/rooms\\u202e\"");
    let folder = Folder::new(&[("api.json", &odd)]);
    let said = folder.init(&["api.json", "--path", "rooms"]);
    assert!(said.contains("the client of Rooms [2Jof ours 1.0\n"), "{said:?}");
    assert!(said.contains("calls GET /rooms, on a server"), "{said:?}");
    assert_eq!(folder.read("rooms/src/lib.rs").lines().next(), Some("//! A client for Rooms [2Jof ours."));
    let example = folder.read("rooms/examples/first.rs");
    assert!(example.starts_with("//! The first call, GET /rooms, of a server"), "{example}");
    let all = said + &example + &folder.read("rooms/src/lib.rs") + &folder.read("rooms/tests/sandbox.rs");
    let odd = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!all.contains(odd), "{all:?}");
}

#[test]
fn credentials_in_a_url_are_written_nowhere() {
    let folder = Folder::new(&[]);
    let said = folder.refused(&["https://user:sesame@localhost:1/api.json", "--path", "rooms"], "I009");
    assert!(!said.contains("sesame"), "{said}");
}

#[test]
fn a_dry_run_does_not_undo_what_was_interrupted() {
    let folder = Folder::new(&[("api.json", ROOMS), ("rooms/Cargo.toml", "[package]\nname = \"rooms\"\n")]);
    let written = folder.path().join("rooms/src/lib.rs");
    folder.write("rooms/.bump/list", &format!("{}\n", written.display()));
    folder.write("rooms/src/lib.rs", "//! Mine.\n");
    let before = folder.tree();
    let said = folder.init(&["api.json", "--path", "rooms", "--dry-run"]);
    assert!(said.contains("[B006]") && said.contains("no dry run"), "{said}");
    assert!(folder.tree() == before, "a dry run changes nothing");
    let said = folder.init(&["api.json", "--path", "rooms"]);
    assert!(said.contains("has now been undone") && said.contains("  src/lib.rs\n"), "{said}");
}

#[test]
fn each_group_of_operations_becomes_a_feature() {
    let tagged = ROOMS
        .replace("\"operationId\": \"listRooms\"", "\"operationId\": \"listRooms\", \"tags\": [\"Rooms & suites\"]");
    assert!(tagged != ROOMS);
    let folder = Folder::new(&[("api.json", &tagged)]);
    folder.init(&["api.json", "--path", "rooms", "--features"]);
    let (manifest, spec) = (folder.read("rooms/Cargo.toml"), folder.read("rooms/spec/spec.toml"));
    let features = manifest.split("[features]\n").nth(1).unwrap_or_else(|| panic!("{manifest}"));
    assert!(features.lines().any(|line| line == "rooms-suites = []"), "{manifest}");
    let default = features.lines().next().unwrap_or_default();
    assert!(default.starts_with("default = [") && default.contains("\"rooms-suites\""), "{manifest}");
    assert!(spec.contains("\nfeatures_by_group = true\n"), "{spec}");
    let lock = folder.read("rooms/spec/names.lock");
    assert!(lock.contains("@group = rooms_suites::"), "{lock}");
    let before = folder.tree();
    assert!(folder.init(&["api.json", "--path", "rooms", "--features"]).contains("nothing to do"));
    assert!(folder.tree() == before, "twice is harmless");
    let mut explain = Command::new(env!("CARGO_BIN_EXE_cargo-oas"));
    explain.current_dir(folder.path()).args(["explain", "rooms/spec"]).env("NO_COLOR", "1");
    let (code, out, err) = finished(explain.output().expect("the command runs"));
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("groups of operations: ") && out.contains("    rooms_suites (feature `rooms-suites`): "),
        "{out}"
    );

    // A package that has the definition already has a manifest of its own.
    let folder = Folder::new(&[("api.json", &tagged)]);
    folder.init(&["api.json", "--path", "rooms"]);
    let without = folder.read("rooms/Cargo.toml");
    let said = folder.init(&["api.json", "--path", "rooms", "--features"]);
    assert!(said.contains("  spec/spec.toml: features_by_group = true"), "{said}");
    assert_eq!(folder.read("rooms/Cargo.toml"), without);
    let spec = folder.read("rooms/spec/spec.toml");
    folder.write("rooms/spec/spec.toml", &format!("modules_by_tag = true\nfeatures_by_group = true\n{spec}"));
    let said = folder.init(&["api.json", "--path", "rooms", "--features"]);
    assert!(!said.contains("features_by_group"), "{said}");
    assert!(folder.read("rooms/Cargo.toml").contains("rooms-suites = []"));
    std::fs::remove_file(folder.path().join("rooms/examples/first.rs")).expect("it is there");
    folder.init(&["api.json", "--path", "rooms"]);
    let example = folder.read("rooms/examples/first.rs");
    assert!(example.contains("client.rooms_suites().list()"), "{example}");
}
