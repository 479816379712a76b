//! The command, as a user runs it.

use std::path::Path;
use std::process::{Command, Output};

const PAGE: &str = "\
paths:
  /items:
    post:
      operationId: createItem
      exampleBody: {name: a}
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [name, owner], properties: {name: {type: string}}}
      responses:
        '201': {description: created}
";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

/// Runs the command in `folder`; its exit code, standard output and standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = command(folder).args(arguments).output().expect("the command runs");
    finished(output)
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-oas"));
    command.current_dir(folder).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn finished(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).expect("it speaks UTF-8");
    (output.status.code().expect("no signal ended it"), text(output.stdout), text(output.stderr))
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn it_runs_as_a_subcommand_of_cargo_and_by_its_own_name() {
    let folder = folder(&[]);
    let page = run(folder.path(), &["explain", "Q003"]);
    assert_eq!(page.0, 0, "{}", page.2);
    assert_eq!(run(folder.path(), &["oas", "explain", "Q003"]), page, "cargo passes the name of the subcommand");
    let binary = Path::new(env!("CARGO_BIN_EXE_cargo-oas"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = binary.parent().map(Path::to_owned).into_iter().chain(std::env::split_paths(&path));
    let output = Command::new(env!("CARGO"))
        .current_dir(folder.path())
        .args(["oas", "explain", "Q003"])
        .env("PATH", std::env::join_paths(folders).expect("the folder has a usable name"))
        .output();
    assert_eq!(finished(output.expect("cargo runs")), page);
    for arguments in [&["--help"][..], &["oas", "bump", "--help"]] {
        let (code, out, _) = run(folder.path(), arguments);
        assert!(code == 0 && out.contains("Usage: cargo oas "), "{out}");
    }
    let (code, out, _) = run(folder.path(), &["oas", "--version"]);
    assert_eq!((code, out.trim_end()), (0, concat!("cargo-oas ", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_bare_page_generates_and_twice_gives_the_same_bytes() {
    let folder = folder(&[("page.yaml", PAGE)]);
    for name in ["a.rs", "b.rs"] {
        let (code, out, err) = run(folder.path(), &["generate", "page.yaml", "-o", name]);
        assert_eq!((code, out.as_str()), (0, ""), "{err}");
    }
    let [a, b] = ["a.rs", "b.rs"].map(|name| std::fs::read_to_string(folder.path().join(name)).expect("written"));
    assert_eq!(a, b);
    assert!(a.contains("pub fn create_item"));
    let (_, out, _) = run(folder.path(), &["generate", "page.yaml"]);
    assert_eq!(out, a, "without -o it goes to standard output");
}

#[test]
fn normalize_writes_yaml_or_json_by_the_name_of_the_file() {
    let folder = folder(&[("page.yaml", PAGE)]);
    let (code, out, err) = run(folder.path(), &["normalize", "page.yaml"]);
    assert_eq!(code, 0, "{err}");
    let tree = json(&out);
    assert_eq!(tree["openapi"], "3.0.3");
    for name in ["out.yaml", "out.yml", "out.json"] {
        let (code, out, err) = run(folder.path(), &["normalize", "page.yaml", "-o", name]);
        assert_eq!((code, out.as_str()), (0, ""), "{err}");
        let text = std::fs::read_to_string(folder.path().join(name)).expect("written");
        assert_eq!(text.starts_with('{'), name.ends_with("json"), "{name}");
        let (_, again, _) = run(folder.path(), &["normalize", name]);
        assert_eq!(json(&again), tree, "{name} is the same document, and repairing it again changes nothing");
    }
}

#[test]
fn an_overlay_is_applied_to_files() {
    let overlay = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n- target: $\n  description: it has a name\n  update: {info: {title: Items, version: '2'}}\n";
    let folder = folder(&[("page.yaml", PAGE), ("o.yaml", overlay)]);
    let (code, out, err) = run(folder.path(), &["normalize", "page.yaml", "--overlay", "o.yaml"]);
    assert_eq!((code, &json(&out)["info"]["title"]), (0, &serde_json::json!("Items")), "{err}");
}

#[test]
fn lock_pins_the_names_and_says_what_is_new() {
    let manifest = "[[document]]\nname = \"api\"\n[[document.file]]\npath = \"page.yaml\"\n";
    let folder = folder(&[("page.yaml", PAGE), ("spec.toml", manifest)]);
    let (code, _, err) = run(folder.path(), &["generate", ".", "--deny", "L003"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("error[L003]") && err.contains("cargo oas lock"), "{err}");
    let (code, out, err) = run(folder.path(), &["lock", "."]);
    assert_eq!(code, 0, "{err}");
    let lock = std::fs::read_to_string(folder.path().join("names.lock")).expect("written");
    let pinned: Vec<&str> = lock.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(!pinned.is_empty());
    assert_eq!(out.lines().collect::<Vec<_>>(), pinned.iter().map(|line| format!("+ {line}")).collect::<Vec<_>>());
    let api = std::fs::read_to_string(folder.path().join("api.txt")).expect("written");
    assert!(api.lines().any(|line| line.starts_with("fn Client::create_item(&self, ")), "{api}");
    assert_eq!(run(folder.path(), &["lock", "."]).1, "", "nothing is new the second time");
    let (code, _, err) = run(folder.path(), &["generate", ".", "--deny", "L003"]);
    assert_eq!(code, 0, "{err}");
}

#[test]
fn bad_input_is_one_report_and_exit_2() {
    let overlay =
        "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n- {target: '$.[', description: d, remove: true}\n";
    let digest = "[[document]]\nname = \"api\"\n[[document.file]]\npath = \"page.yaml\"\nsha256 = \"00\"\n";
    let folder = folder(&[
        ("page.yaml", PAGE),
        ("o.yaml", overlay),
        ("spec.toml", digest),
        ("empty.yaml", ""),
        ("list.yaml", "- 1\n"),
        ("broken.yaml", "paths:\n  /a: [\n"),
        ("cut.json", "{\"paths\":\n  {\"/a\": {}"),
    ]);
    std::fs::write(folder.path().join("latin.yaml"), b"paths:\n  \xe9: {}\n").expect("a file");
    std::fs::create_dir(folder.path().join("bare")).expect("a folder");
    let table: [(&[&str], &str, &str); 11] = [
        (&["missing.yaml"], "S001", "missing.yaml:1:1"),
        (&["empty.yaml"], "S004", "empty.yaml:1:1"),
        (&["latin.yaml"], "S003", "latin.yaml:2:3"),
        (&["broken.yaml"], "S005", "broken.yaml:3:1"),
        (&["cut.json"], "S005", "cut.json:2:11"),
        (&["page.yaml", "--max-bytes", "10"], "S002", "page.yaml:1:1"),
        (&["list.yaml"], "S006", "list.yaml:1:1"),
        (&["page.yaml", "--overlay", "o.yaml"], "O002", "o.yaml:4:4"),
        (&["."], "M003", "page.yaml:1:1"),
        (&["bare"], "M001", "bare"),
        (&[".", "page.yaml"], "C001", "a folder cannot be combined"),
    ];
    for (input, code, place) in table {
        for command in ["generate", "normalize", "explain"] {
            let (exit, out, err) = run(folder.path(), &[&[command], input].concat());
            assert_eq!((exit, out.as_str()), (2, ""), "{command} {input:?}: {err}");
            assert!(err.contains(&format!("error[{code}]")) && err.contains(place), "{command} {input:?}: {err}");
            assert!(err.contains("help: "), "{command} {input:?}: {err}");
            assert_eq!(err.matches("error[").count(), 1, "{command} {input:?}: {err}");
        }
    }
}

#[test]
fn a_report_shows_the_line_and_the_pointer() {
    let folder = folder(&[("page.yaml", "swagger: '1.2'\npaths: {}\n")]);
    let (_, _, err) = run(folder.path(), &["generate", "page.yaml"]);
    assert!(err.contains("1 | swagger: '1.2'") && err.contains("#/swagger"), "{err}");
    assert!(err.contains("this is Swagger 1.2; Swagger 2.0 and OpenAPI 3.0"), "{err}");
}

#[test]
fn colour_is_for_terminals_and_no_color_is_heeded() {
    let folder = folder(&[("page.yaml", "swagger: '1.2'\npaths: {}\n"), ("good.yaml", PAGE)]);
    for arguments in [["generate", "page.yaml"], ["explain", "good.yaml"]] {
        let text = |settings: &[(&str, &str)]| {
            let mut command = command(folder.path());
            let (_, out, err) =
                finished(command.args(arguments).envs(settings.iter().copied()).output().expect("runs"));
            out + &err
        };
        assert!(!text(&[]).contains('\x1b'), "a pipe is no terminal");
        assert!(text(&[("CLICOLOR_FORCE", "1")]).contains("\x1b["), "forced, there is colour");
        assert!(!text(&[("CLICOLOR_FORCE", "0"), ("NO_COLOR", "1")]).contains('\x1b'));
    }
}

#[test]
fn swagger_20_and_openapi_32_generate_and_explain_says_what_they_are_read_as() {
    let documents = [
        ("old.yaml", include_str!("../../openapi-build/tests/swagger/petstore.yaml")),
        ("new.yaml", include_str!("../../openapi-build/tests/programs/openapi_32.yaml")),
    ];
    let folder = folder(&documents);
    let table: [(&str, &[&str], &[&str]); 2] = [
        (
            "old.yaml",
            &["fn add_pet(", "fn upload_file("],
            &["Q042", "this is Swagger 2.0; it is read as OpenAPI 3.0", "#/swagger"],
        ),
        (
            "new.yaml",
            &["fn copy_items(", "fn search_items(", "\"COPY\""],
            &[
                "Q043",
                "the method of this operation is COPY",
                "#/paths/~1items/additionalOperations/COPY",
                "the whole query",
            ],
        ),
    ];
    for (file, code, said) in table {
        let (exit, out, err) = run(folder.path(), &["generate", file]);
        assert_eq!(exit, 0, "{file}: {err}");
        assert!(code.iter().all(|text| out.contains(text)), "{file}: {out}");
        let (exit, out, err) = run(folder.path(), &["explain", file]);
        assert_eq!((exit, err.as_str()), (0, ""), "{file}");
        assert!(said.iter().all(|text| out.contains(text)), "{file}: {out}");
    }
}

#[test]
fn explain_groups_by_what_became_of_the_findings() {
    let page = PAGE.replace("name: {type: string}", "name: {type: string, format: colour}");
    let folder = folder(&[("page.yaml", &page)]);
    let (code, out, err) = run(folder.path(), &["explain", "page.yaml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let repaired = out.find("repaired: 2").unwrap_or_else(|| panic!("{out}"));
    let lost = out.find("lost: 1").unwrap_or_else(|| panic!("{out}"));
    let of = repaired..lost;
    assert!(out[of.clone()].contains("Q001"), "a key that OpenAPI does not know is set aside: {out}");
    assert!(out[of].contains("Q005"), "a name that nothing declares is any value: {out}");
    assert!(out.contains("page.yaml:5:7  #/paths/~1items/post/exampleBody"), "{out}");
    assert!(out[lost..].contains("G016"), "no client checks a format that is not known: {out}");
    assert_eq!(out.matches("colour").count(), 1, "it is said once: {out}");
    assert!(out.contains("any JSON value although the definition says more: 0\n"), "{out}");
}

#[test]
fn explain_lists_an_operation_that_gets_a_number() {
    let alike = "  /item-list: {get: {responses: {}}}\n  /item_list: {get: {responses: {}}}\n";
    let folder = folder(&[("page.yaml", &format!("{PAGE}{alike}"))]);
    let (code, out, err) = run(folder.path(), &["explain", "page.yaml"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Q001") && out.contains("Q010") && out.contains("repaired: 4"), "{out}");
    assert!(
        out.contains("G013") && out.contains("get_item_list_get_item_list_2"),
        "two operations are one method: {out}"
    );
}

#[test]
fn explain_says_which_lists_page_by_themselves_and_by_which_rule() {
    let parameters = "[{name: page_token, in: query, schema: {type: string}}]";
    let schema =
        "{type: object, properties: {books: {type: array, items: {type: string}}, next_page_token: {type: string}}}";
    let list = |path: &str| {
        format!(
            "  /{path}: {{get: {{operationId: {path}, parameters: {parameters}, responses: {{'200': {{description: a page, \
             content: {{application/json: {{schema: {schema}}}}}}}}}}}}}\n"
        )
    };
    let paths: String = ["books", "drafts"].map(list).concat();
    let page = format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}");
    let folder = folder(&[("page.yaml", &page)]);
    let (code, out, err) = run(folder.path(), &["explain", "page.yaml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let said = "lists that page by themselves: 2\n    by a token: `page_token` takes `next_page_token` (AIP-158) (certain): \
                2 times\n      books, drafts\n";
    assert!(out.contains(said), "{out}");
    let (_, out, _) = run(folder.path(), &["explain", "page.yaml", "--format", "json"]);
    let machine = json(&out);
    assert_eq!(machine["lists"][1]["operation"], "drafts");
    assert_eq!(machine["lists"][1]["confidence"], "certain");
}

#[test]
fn explain_writes_to_a_file_what_it_would_print() {
    let folder = folder(&[("page.yaml", PAGE)]);
    for format in ["text", "json"] {
        let (_, printed, _) = run(folder.path(), &["explain", "page.yaml", "--format", format]);
        let (code, out, err) = run(folder.path(), &["explain", "page.yaml", "--format", format, "-o", "report"]);
        assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
        assert_eq!(std::fs::read_to_string(folder.path().join("report")).expect("written"), printed);
    }
}

#[test]
fn explain_prints_the_page_of_a_code() {
    let folder = folder(&[]);
    let (code, out, _) = run(folder.path(), &["explain", "Q003"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("# Q003: `allOf`\n") && out.contains("\n## The repair\n") && !out.contains("//!"), "{out}");
    let (code, out, _) = run(folder.path(), &["explain", "S004"]);
    assert_eq!((code, out.as_str()), (0, "# S004\n\nit is empty\n"));
    let (code, _, err) = run(folder.path(), &["explain", "Q999"]);
    assert_eq!(code, 2);
    assert!(err.contains("error[C003]") && err.contains("Q001"), "{err}");
}

#[test]
fn machines_read_one_object_whatever_happens() {
    let folder = folder(&[("page.yaml", PAGE), ("empty.yaml", "")]);
    let machine = |arguments: &[&str]| {
        let (code, out, err) = run(folder.path(), &[arguments, &["--format", "json"]].concat());
        assert_eq!(err, "", "{arguments:?}");
        let object = json(&out);
        assert_eq!(object["exit"], code, "{arguments:?}");
        object
    };
    let generated = machine(&["generate", "page.yaml"]);
    assert!(generated["code"].as_str().is_some_and(|code| code.contains("create_item")));
    let note = &generated["diagnostics"][0];
    assert_eq!((&note["code"], &note["severity"], &note["line"]), (&"Q001".into(), &"note".into(), &5.into()));
    assert_eq!(machine(&["generate", "page.yaml", "-o", "out.rs"])["output"], "out.rs");
    assert_eq!(machine(&["normalize", "page.yaml"])["document"]["openapi"], "3.0.3");
    let groups = &machine(&["explain", "page.yaml"])["groups"];
    assert_eq!(
        (&groups[0]["code"], &groups[0]["outcome"], &groups[0]["count"]),
        (&"Q001".into(), &"repaired".into(), &1.into())
    );
    assert!(machine(&["explain", "Q001"])["page"].as_str().is_some_and(|page| page.contains("Q001")));
    let bad = machine(&["generate", "empty.yaml"]);
    assert_eq!((&bad["exit"], &bad["diagnostics"][0]["code"]), (&2.into(), &"S004".into()));
    assert_eq!(bad["diagnostics"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_the_caller_denies_is_exit_1_and_the_result_is_written_all_the_same() {
    let folder = folder(&[("page.yaml", PAGE)]);
    for (deny, expected) in [("Q001", 1), ("warnings", 1), ("Q003", 0)] {
        let (code, out, err) = run(folder.path(), &["normalize", "page.yaml", "--deny", deny]);
        assert_eq!(code, expected, "{deny}: {err}");
        assert_eq!(err.contains(&format!("denied by `--deny {deny}`")), expected == 1, "{deny}: {err}");
        assert!(json(&out)["paths"]["/items"].is_object());
    }
    let (code, _, err) = run(folder.path(), &["normalize", "page.yaml", "--deny", "Q99"]);
    assert_eq!(code, 2, "a code that does not exist is a mistake: {err}");
    assert!(err.contains("error[W004]") && err.contains("is the nearest code"), "{err}");
    let (code, _, err) = run(folder.path(), &["normalize", "page.yaml", "--deny", "Q001", "--allow", "Q001"]);
    assert!(code == 2 && err.contains("error[W005]") && err.contains("both allowed and denied"), "{err}");
}

/// A definition whose schema has `count` defaults of another type (Q031), and requires a name that nothing declares (Q005).
fn wrong_defaults(count: usize) -> String {
    let properties: String = (0..count).map(|n| format!(", p{n}: {{type: integer, default: many}}")).collect();
    PAGE.replace("name: {type: string}", &format!("name: {{type: string}}{properties}"))
}

const MANIFEST: &str = "[[document]]\nname = \"api\"\n[[document.file]]\npath = \"page.yaml\"\n";

#[test]
fn what_is_denied_is_an_error_and_what_is_allowed_is_silent_in_every_command() {
    let folder = folder(&[("page.yaml", &wrong_defaults(1)), ("spec.toml", MANIFEST)]);
    let run = |arguments: &[&str], more: &[&str]| run(folder.path(), &[arguments, more].concat());
    for command in [&["generate", "."][..], &["normalize", "."], &["explain", "."], &["lock", "."], &["check", "."]] {
        let (code, _, err) = run(command, &["--deny", "Q031"]);
        assert_eq!(code, 1, "{command:?}: {err}");
        assert_eq!(err.matches("error[Q031]").count(), 1, "{command:?}: {err}");
        assert!(err.contains("denied by `--deny Q031`") && err.contains("page.yaml:10:"), "{command:?}: {err}");
    }
    for command in [&["generate", "."][..], &["normalize", "."], &["explain", "."], &["check", "."]] {
        let (_, out, err) = run(command, &["--allow", "Q031", "--allow", "Q005"]);
        let both = out + &err;
        assert!(!both.contains("Q031") && !both.contains("Q005"), "{command:?}: {both}");
    }
    let new = folder.path().join("new.yaml");
    std::fs::write(&new, wrong_defaults(2)).expect("a file");
    let (code, _, err) = run(&["diff", "page.yaml", "new.yaml"], &["--deny", "Q031"]);
    assert!(code == 1 && err.contains("error[Q031]"), "{err}");
    let before = std::fs::read(folder.path().join("spec.toml")).expect("the manifest");
    let bump = ["bump", "api", "new.yaml", "--spec", ".", "--no-check", "--allow-dirty"];
    let (code, _, err) = run(&bump, &["--deny", "Q031"]);
    assert!(code == 2 && err.matches("error[Q031]").count() == 2 && err.contains("new.yaml:10:"), "{err}");
    assert_eq!(std::fs::read(folder.path().join("spec.toml")).expect("the manifest"), before, "nothing is taken in");
    let (code, _, err) = run(&bump, &["--allow", "Q031"]);
    assert!(code == 0 && !err.contains("Q031"), "{err}");
}

#[test]
fn the_command_line_wins_over_the_manifest() {
    let manifest = format!("allow = [\"Q031\"]\ndeny = [\"Q005\"]\n{MANIFEST}");
    let folder = folder(&[("page.yaml", &wrong_defaults(1)), ("spec.toml", &manifest)]);
    let (code, _, err) = run(folder.path(), &["generate", "."]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("error[Q005]") && err.contains("denied by `deny = [\"Q005\"]` in spec.toml"), "{err}");
    assert!(!err.contains("Q031"), "{err}");
    let (code, _, err) = run(folder.path(), &["generate", ".", "--allow", "Q005", "--deny", "V010"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("error[Q031]") && err.contains("denied by `--deny V010`") && !err.contains("Q005"), "{err}");
    let misplaced = MANIFEST.replace("[[document.file]]", "[[document.file]]\ndeny = [\"Q005\"]");
    std::fs::write(folder.path().join("spec.toml"), misplaced).expect("a file");
    let (code, _, err) = run(folder.path(), &["generate", "."]);
    assert!(code == 2 && err.contains("error[M002]") && err.contains("above the first"), "{err}");
}

#[test]
fn many_findings_with_one_code_are_one_message_and_explain_lists_each() {
    let folder = folder(&[("page.yaml", &wrong_defaults(40))]);
    let (code, _, err) = run(folder.path(), &["generate", "page.yaml"]);
    assert_eq!((code, err.matches("warning[Q031]").count()), (0, 1), "{err}");
    assert!(err.contains("40 times: defaults that do not fit; the first: ") && err.contains("page.yaml:10:"), "{err}");
    assert!(err.contains("p0/default") && !err.contains("p1/default"), "{err}");
    assert!(err.contains("`cargo oas explain --all` lists them all"), "{err}");
    let (_, out, _) = run(folder.path(), &["generate", "page.yaml", "--format", "json"]);
    let object = json(&out);
    let all = object["diagnostics"].as_array().expect("a list").iter().filter(|found| found["code"] == "Q031");
    assert_eq!(all.count(), 40, "a machine reads each");
    let (_, out, _) = run(folder.path(), &["explain", "page.yaml", "--all"]);
    assert!(out.contains("Q031 defaults that do not fit: 40 times"), "{out}");
    assert!((0..40).all(|n| out.contains(&format!("p{n}/default"))), "{out}");
    let (code, _, err) = run(folder.path(), &["explain", "page.yaml", "--deny", "Q031"]);
    assert_eq!((code, err.matches("error[Q031]").count()), (1, 1), "{err}");
}

#[test]
fn every_error_of_a_run_is_reported() {
    let manifest = MANIFEST.to_owned() + &MANIFEST.replace("api", "other").replace("page", "other");
    let folder = folder(&[("page.yaml", "paths: [\n"), ("other.yaml", "- 1\n"), ("spec.toml", &manifest)]);
    for command in ["generate", "explain", "check", "lock"] {
        let (code, _, err) = run(folder.path(), &[command, "."]);
        assert_eq!((code, err.matches("error[").count()), (2, 2), "{command}: {err}");
        assert!(err.contains("page.yaml:2:1") && err.contains("other.yaml:1:1"), "{command}: {err}");
    }
    let (_, out, _) = run(folder.path(), &["generate", ".", "--format", "json"]);
    let codes: Vec<_> =
        json(&out)["diagnostics"].as_array().expect("a list").iter().map(|found| found["code"].clone()).collect();
    assert_eq!(codes, ["S005", "S006", "M004", "M004"], "errors first, and then what else was found");
}

#[test]
fn a_machine_reads_which_findings_are_denied() {
    let folder = folder(&[("page.yaml", &wrong_defaults(1))]);
    let (code, out, _) = run(folder.path(), &["generate", "page.yaml", "--format", "json", "--deny", "Q031"]);
    let object = json(&out);
    assert_eq!((code, &object["exit"]), (1, &1.into()));
    for finding in object["diagnostics"].as_array().expect("a list") {
        let denied = finding["code"] == "Q031";
        assert_eq!(finding.get("denied").is_some(), denied, "{finding}");
        assert_eq!(finding["severity"] == "error", denied, "{finding}");
    }
    // What is denied is repaired all the same.
    let (_, out, _) = run(folder.path(), &["explain", "page.yaml", "--deny", "Q001"]);
    assert!(out.contains("repaired: 3"), "{out}");
}

#[test]
fn a_strict_check_shows_every_finding_and_fails_on_what_is_wrong() {
    let clean = PAGE.replace("      exampleBody: {name: a}\n", "").replace("[name, owner]", "[name]");
    // A note on something right: what `allOf` means is known.
    let taken = clean.replace("{name: {type: string}}", "{name: {allOf: [{type: string}, {maxLength: 9}]}}");
    let folder = folder(&[
        ("wrong.yaml", &wrong_defaults(40)),
        ("clean.yaml", &clean),
        ("taken.yaml", &taken),
        ("unknown.yaml", &PAGE.replace("[name, owner]", "[name]")),
    ]);
    let strict = |file: &str, more: &[&str]| run(folder.path(), &[&["check", "--strict", file], more].concat());
    let (code, out, err) = strict("wrong.yaml", &[]);
    assert_eq!((code, err.matches("warning[Q031]").count()), (1, 40), "{err}");
    assert_eq!((err.matches("warning[Q005]").count(), err.matches("note[Q001]").count()), (1, 1), "{err}");
    assert!((0..40).all(|n| err.contains(&format!("p{n}/default"))), "{err}");
    assert!(err.contains("wrong.yaml:5:7"), "a note has its place too: {err}");
    assert_eq!(out, "wrong.yaml: 41 warnings, 1 note\n");
    let (code, out, err) = strict("clean.yaml", &[]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "clean.yaml has nothing wrong\n", ""));
    let (code, out, err) = strict("taken.yaml", &[]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("note[Q003]") && out.contains("1 note") && out.contains("has nothing wrong"), "{out}{err}");
    let (code, _, err) = strict("unknown.yaml", &[]);
    assert!(code == 1 && err.contains("note[Q001]"), "a key that OpenAPI does not know is wrong: {err}");
    assert_eq!(strict("unknown.yaml", &["--allow", "Q001"]).0, 0);
    let (code, out, _) = strict("wrong.yaml", &["--format", "json"]);
    assert_eq!((code, json(&out)["diagnostics"].as_array().map(Vec::len)), (1, Some(42)));
    assert_eq!(run(folder.path(), &["check", "wrong.yaml"]).0, 0, "only a strict check fails on warnings");
}

#[test]
fn explain_says_what_a_renamed_code_is_now() {
    let (code, out, _) = run(folder(&[]).path(), &["explain", "V010"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("# V010\n\nThis is `Q031` now") && out.contains("# Q031: defaults"), "{out}");
}

#[test]
fn bindings_name_each_operations_method_and_types() {
    let page = "\
openapi: 3.0.3
info: {title: Items, version: '1'}
paths:
  /items/{itemId}:
    put:
      operationId: putItem
      parameters:
      - {name: itemId, in: path, required: true, schema: {type: string}}
      - {name: dryRun, in: query, schema: {type: boolean}}
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses:
        '200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Item'}}}}}
        '409': {description: d, headers: {Retry-After: {schema: {type: integer}}}, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
components:
  schemas:
    Item: {type: object, properties: {name: {type: string}}}
";
    let folder = folder(&[("page.yaml", page)]);
    let (code, _, err) = run(folder.path(), &["generate", "page.yaml", "-o", "out.rs", "--bindings", "b.json"]);
    assert_eq!(code, 0, "{err}");
    let bindings = json(&std::fs::read_to_string(folder.path().join("b.json")).expect("written"));
    let operation = &bindings["operations"][0];
    let expected = serde_json::json!({
        "id": "putItem", "method": "PUT", "path": "/items/{itemId}", "rust": "Client::put_item",
        "arguments": [
            {"rust": "item_id", "type": "str", "reference": true, "checked": false, "required": true, "name": "itemId", "in": "path"},
            {"rust": "dry_run", "type": "bool", "reference": false, "checked": false, "required": false, "name": "dryRun", "in": "query"},
        ],
        "body": {"type": "types::Item", "required": true, "media_type": "application/json"},
        "success": {"type": "Vec<types::Item>", "headers": "()"},
        "error": {
            "type": "errors::PutItemError",
            "variants": [{"name": "Conflict", "status": "409", "body": "types::Item", "headers": "headers::PutItemConflictHeaders"}],
        },
    });
    assert_eq!(operation, &expected, "{operation:#}");
    assert!(
        operation["arguments"][0]["type"]
            .as_str()
            .is_some_and(|text| text.ends_with("str") || text.ends_with("String"))
    );
}

#[test]
fn diff_compares_and_fails_on_what_it_is_told_to() {
    let optional = PAGE.replace("required: [name, owner]", "required: [owner]");
    let noise = PAGE.replace("description: created", "description: It was created");
    let other = PAGE.replace("/items", "/things").replace("createItem", "createThing");
    let marked = format!("\u{feff}{}", PAGE.replace('\n', "\r\n"));
    let folder = folder(&[
        ("old.yaml", PAGE),
        ("same.yaml", &marked),
        ("optional.yaml", &optional),
        ("noise.yaml", &noise),
        ("other.yaml", &other),
        ("broken.yaml", "paths:\n  /a: [\n"),
        ("ungenerated.yaml", &PAGE.replace("{type: string}", "{$ref: 'https://example.com/a.yaml'}")),
    ]);
    let diff = |old: &str, new: &str, more: &[&str]| run(folder.path(), &[&["diff", old, new], more].concat());
    let (code, out, err) = diff("old.yaml", "same.yaml", &["--fail-on", "any"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("nothing changed"), "{out}");
    let (code, out, err) = diff("old.yaml", "noise.yaml", &["--fail-on", "any"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("N002") && out.starts_with("on the wire: old clients work; crate: patch"), "{out}");
    for (fail_on, expected) in [(None, 0), (Some("breaking"), 1), (Some("any"), 1)] {
        let more: Vec<&str> = fail_on.map(|on| vec!["--fail-on", on]).unwrap_or_default();
        let (code, out, err) = diff("optional.yaml", "old.yaml", &more);
        assert_eq!(code, expected, "{err}");
        assert!(out.starts_with("on the wire: old clients break; crate: major"), "{out}");
        assert!(
            out.contains("D044") && out.contains("createItem") || out.contains("POST /items request.name"),
            "{out}"
        );
        assert!(out.contains("old.yaml:10:"), "{out}");
    }
    let table = [
        ("old.yaml", "other.yaml", "T001"),
        ("old.yaml", "broken.yaml", "S005"),
        ("old.yaml", "missing.yaml", "S001"),
        ("old.yaml", "ungenerated.yaml", "S010"),
    ];
    for (old, new, expected) in table {
        let (code, out, err) = diff(old, new, &["--fail-on", "any"]);
        assert_eq!((code, out.as_str()), (2, ""), "{new}: {err}");
        assert!(err.contains(&format!("error[{expected}]")) && err.contains("help: "), "{new}: {err}");
        let (_, out, _) = diff(old, new, &["--format", "json"]);
        let object = json(&out);
        assert_eq!((&object["exit"], &object["diagnostics"][0]["code"]), (&2.into(), &expected.into()), "{new}");
    }
}

#[test]
fn diff_writes_for_people_pull_requests_and_machines() {
    let new = PAGE.replace("name: {type: string}", "name: {type: integer}");
    let folder = folder(&[("old.yaml", PAGE), ("new.yaml", &new)]);
    let diff = |more: &[&str]| run(folder.path(), &[&["diff", "old.yaml", "new.yaml"], more].concat());
    let (code, out, _) = diff(&["--format", "json"]);
    let object = json(&out);
    assert_eq!((code, &object["exit"]), (0, &0.into()));
    assert_eq!(object["verdict"], serde_json::json!({"wire": "breaks", "rust": "major", "breaking": true}));
    let change = &object["changes"][0];
    assert_eq!((&change["code"], &change["request"]), (&"D046".into(), &true.into()));
    assert_eq!(change["operations"], serde_json::json!(["POST /items"]));
    assert_eq!((&change["old"]["text"], &change["new"]["text"]), (&"string".into(), &"integer".into()));
    assert_eq!((&change["new"]["file"], &change["new"]["line"]), (&"new.yaml".into(), &10.into()));
    assert!(
        change["items"].as_array().is_some_and(|items| items.iter().any(|item| item["code"] == "R006")),
        "{change:#}"
    );
    let (code, out, _) = diff(&["--format", "markdown"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("On the wire, old clients **break**.") && out.contains("| D046 |"), "{out}");
    let coloured = finished(
        command(folder.path())
            .args(["diff", "old.yaml", "new.yaml"])
            .env("CLICOLOR_FORCE", "1")
            .output()
            .expect("the command runs"),
    );
    assert!(coloured.1.contains("\x1b[1;31m"), "{}", coloured.1);
    assert!(!diff(&[]).1.contains('\x1b'));
    let (_, page, _) = run(folder.path(), &["explain", "D046"]);
    assert!(page.starts_with("# D046: ") && page.contains("\n## What to do about it\n"), "{page}");
}
