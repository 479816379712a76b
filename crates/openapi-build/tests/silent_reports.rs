//! Where silent changes are found and how reports show them: in groups, in one of several documents, in the environment, and in each
//! format.

use openapi_build::lock::Lock;
use openapi_build::pipeline::Loaded;
use openapi_build::track;
use openapi_build::track::diff::{Changes, Page, Style};
use openapi_build::track::semver::{ItemChange, Level};
use openapi_build::track::surface::Surface;
use testing::versions::load;

/// A document with an operation that takes `names` in that order.
fn document(names: [&str; 2]) -> String {
    let list = names.map(|name| format!("{{name: {name}, in: query, required: true, schema: {{type: string}}}}"));
    format!(
        "openapi: 3.0.3\ninfo: {{title: Rooms, version: '1'}}\npaths:\n  /rooms: {{get: {{operationId: listRooms, tags: [hotel], \
         parameters: [{}], responses: {{'204': {{description: d}}}}}}}}\n",
        list.join(", ")
    )
}

/// What compiles and does something else, wherever a report shows it.
fn silent(changes: &Changes) -> Vec<&ItemChange> {
    let items = changes.changes.iter().flat_map(|change| &change.items).chain(&changes.items);
    items.filter(|item| item.level == Level::Silent).collect()
}

/// A folder with a manifest of those lines and those documents.
fn folder(lines: &str, documents: &[(&str, String)]) -> Loaded {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut manifest = format!("{lines}\n");
    for (name, text) in documents {
        std::fs::write(folder.path().join(format!("{name}.yaml")), text).expect("a file");
        manifest.push_str(&format!("[[document]]\nname = \"{name}\"\n[[document.file]]\npath = \"{name}.yaml\"\n"));
    }
    std::fs::write(folder.path().join("spec.toml"), manifest).expect("a file");
    Loaded::folder(folder.path()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn groups_and_documents_have_silent_changes_too() {
    let other = "openapi: 3.0.3\ninfo: {title: Other, version: '1'}\npaths: {}\n".to_owned();
    for (lines, others, path) in [
        ("modules_by_tag = true", None, "groups::Hotel::list_rooms"),
        ("", Some(("other", other.clone())), "Client::list_rooms"),
        ("modules_by_tag = true", Some(("other", other)), "groups::Hotel::list_rooms"),
    ] {
        let loaded = |names| {
            let documents: Vec<_> = [("rooms", document(names))].into_iter().chain(others.clone()).collect();
            folder(lines, &documents)
        };
        let changes = track::diff(&loaded(["from", "to"]), &loaded(["to", "from"])).expect("two versions");
        let found = silent(&changes);
        let [item] = found.as_slice() else { panic!("{lines} {path}: {}", changes.to_json()) };
        assert!(item.path.ends_with(path), "{}", item.path);
        assert_eq!(changes.verdict.rust, Level::Silent);
        assert_eq!(
            item.detail.as_deref(),
            Some(
                "argument 1 goes to the query parameter `to`, and went to the query parameter `from`; \
                 argument 2 goes to the query parameter `from`, and went to the query parameter `to`"
            )
        );
    }
}

#[test]
fn every_report_names_what_is_silent_and_where_values_go() {
    let (old, new) = (load("old.yaml", &document(["from", "to"])), load("new.yaml", &document(["to", "from"])));
    let changes = track::diff(&old, &new).expect("two versions");
    let sentence = "goes to the query parameter `to`, and went to the query parameter `from`";
    let json = changes.to_json().to_string();
    assert!(
        json.contains("\"rust\":\"silent\"") && json.contains("\"code\":\"R013\"") && json.contains(sentence),
        "{json}"
    );
    for text in [changes.to_text(Style::default()), changes.to_markdown()] {
        assert!(text.contains("silent") && text.contains(sentence), "{text}");
    }
    let page = changes.to_html(&old, &new, &Page::default());
    assert!(page.contains("The compiler does not see this") && page.contains(">silent<"), "{page}");
    assert!(page.contains("goes to the query parameter") && !page.contains("Nothing has to be done"), "{page}");
}

#[test]
fn environment_variables_that_have_other_names_are_silent() {
    let document = |title: &str, schemes: &str| {
        document(["from", "to"]).replace("title: Rooms", &format!("title: {title}"))
            + &format!("components: {{securitySchemes: {{{schemes}}}}}\n")
    };
    let (key, bearer) = ("key: {type: apiKey, in: header, name: X-Key}", "token: {type: http, scheme: bearer}");
    let second = "other: {type: http, scheme: bearer}";
    let both = format!("{bearer}, {second}");
    for (old, new, expected) in [
        (("Rooms", key), ("Rooms API", key), None),
        (("Rooms", key), ("Rooms", &*format!("{key}, {bearer}")), None),
        (("Rooms", key), ("Rooms", bearer), None),
        (
            ("Rooms", key),
            ("Guests", key),
            Some(
                "it reads `GUESTS_API_KEY`, and read `ROOMS_API_KEY`; it reads `GUESTS_BASE_URL`, and read `ROOMS_BASE_URL`",
            ),
        ),
        (
            ("Rooms", bearer),
            ("Rooms", &*both),
            Some("it reads `ROOMS_OTHER_TOKEN` or `ROOMS_TOKEN_TOKEN`, and read `ROOMS_TOKEN`"),
        ),
    ] {
        let [one, other] = [old, new].map(|(title, schemes)| load("api.yaml", &document(title, schemes)));
        let changes = track::diff(&one, &other).expect("two versions");
        let found = silent(&changes);
        assert_eq!(
            found.first().and_then(|item| item.detail.as_deref()),
            expected,
            "{old:?} {new:?}: {}",
            changes.to_json()
        );
        assert!(found.iter().all(|item| item.path == "Client::from_env"));
        let page = changes.to_html(&one, &other, &Page::default());
        assert_eq!(page.contains("The compiler does not see this"), expected.is_some());
        assert!(expected.is_none() || !page.contains("Nothing has to be done"), "{page}");
    }
}

#[test]
fn a_lock_keeps_the_order_and_one_without_it_is_still_read() {
    let generate = |names, lock: Option<&Lock>| testing::folder::generate(&document(names), "", "", lock).expect();
    let first = generate(["from", "to"], None);
    let whole = Lock::from_choices(&first.choices);
    assert!(whole.to_text().contains("listRooms@order = query/from query/to"), "{}", whole.to_text());
    let kept = generate(["to", "from"], Some(&whole));
    let signature = "fn list_rooms(&self, from_: &str, to: &str)";
    assert!(kept.code.contains(signature), "{}", kept.code);
    assert!(kept.diagnostics.iter().all(|found| found.code != "L003"));
    // As it was written before the order was pinned.
    let text: String =
        whole.to_text().lines().filter(|line| !line.contains("@order")).map(|line| format!("{line}\n")).collect();
    let old = generate(["from", "to"], Some(&Lock::parse(&text).expect("a lock")));
    assert!(old.code.contains(signature), "{}", old.code);
    let warning = old.diagnostics.iter().find(|found| found.code == "L003").expect("a warning");
    assert!(warning.to_string().contains("listRooms@order"), "{warning}");
}

#[test]
fn what_stands_beside_the_documents_is_compared() {
    let schemes = "components: {securitySchemes: {a: {type: apiKey, in: header, name: A}, b: {type: apiKey, in: header, name: B}}}\n\
                   security: [{a: [], b: []}]\n";
    let text = document(["from", "to"]) + schemes;
    let with = |env: &str| folder(env, &[("rooms", text.clone())]);
    let env = |one: &str, other: &str| {
        format!("[env]\n{one} = {{ scheme = \"a\", part = \"key\" }}\n{other} = {{ scheme = \"b\", part = \"key\" }}\n")
    };
    let old = with(&env("A_KEY", "B_KEY"));
    for (new, expected) in [
        (env("A_KEY", "B_KEY"), None),
        (env("C_KEY", "B_KEY"), Some("it reads `C_KEY`, and read `A_KEY`")),
        (env("B_KEY", "A_KEY"), Some("`A_KEY` is for `b`, and was for `a`; `B_KEY` is for `a`, and was for `b`")),
    ] {
        let changes = track::diff(&old, &with(&new)).expect("two versions");
        let found = silent(&changes);
        let detail = found.first().and_then(|item| item.detail.as_deref());
        assert_eq!(detail, expected, "{new}: {}", changes.to_json());
    }
    let locked = |order: &str| {
        let mut loaded = with("");
        loaded.lock = Lock::parse(&format!("listRooms@order = {order}\n")).expect("a lock");
        loaded
    };
    let orders = [locked("query/from query/to"), locked("query/to query/from")];
    let changes = track::diff(&orders[0], &orders[1]).expect("two versions");
    assert_eq!((changes.verdict.rust, silent(&changes).len()), (Level::Silent, 1), "{}", changes.to_json());
}

#[test]
fn an_operation_that_moves_is_one_in_its_own_document_and_below_another_prefix() {
    let of = |path: &str, id: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: Rooms, version: '1'}}\npaths:\n  {path}: {{get: {{operationId: {id}, \
             responses: {{'204': {{description: d}}}}}}}}\n"
        )
    };
    let both = |path: &str| folder("", &[("one", of(path, "health")), ("two", of("/health", "health"))]);
    let changes = track::diff(&both("/health"), &both("/status")).expect("two versions");
    assert!(silent(&changes).is_empty(), "{}", changes.to_json());
    assert!(changes.changes.iter().any(|change| change.code == "D003"), "{}", changes.to_json());
    // The operations have no ID but their paths, and the methods one name.
    let mut old = load("old.yaml", &of("/v1/ping", "ping"));
    let new = load("new.yaml", &of("/v2/ping", "Ping"));
    old.lock = Lock::from_choices(&old.generate().expect("a client").choices);
    let options = track::Options::default().prefix("/v1", "/v2");
    let changes = track::diff_with(&old, &new, &options).expect("two versions");
    assert!(silent(&changes).is_empty(), "{}", changes.to_json());
}

#[test]
fn a_newer_generator_that_moves_arguments_is_silent() {
    let [old, other] = [["from", "to"], ["to", "from"]].map(|names| load("old.yaml", &document(names)));
    let then = Surface::of(&other.generate().expect("a client").code).expect("a surface");
    let changes = track::diff(&old, &old).and_then(|same| same.with_generator(&then, &old)).expect("a comparison");
    let generator = changes.generator.as_ref().expect("it was compared");
    let [item] = generator.items.as_slice() else { panic!("{:?}", generator.items) };
    assert_eq!((item.code, item.level, item.path.as_str()), ("R013", Level::Silent, "Client::list_rooms"));
    assert_eq!(item.detail.as_deref(), Some("`from_` stands where `to` stood; `to` stands where `from_` stood"));
    assert_eq!((generator.definition, changes.verdict.rust), (Level::Patch, Level::Silent));
}
