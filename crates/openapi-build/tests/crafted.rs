//! Small parts that go wrong with the wrong repair, and documents that are made to exhaust the time of a reader.

use openapi_build::diagnostic::Diagnostic;
use openapi_build::lock::Lock;
use openapi_build::normalize::{Normalized, normalize};
use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use serde_json::{Map, Value, json};

fn document(version: &str, paths: Value, schemas: Value) -> Value {
    json!({"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths, "components": {"schemas": schemas}})
}

/// A path item with an operation that answers with a value of `schema`.
fn answers(id: &str, schema: Value) -> Value {
    let content = json!({"application/json": {"schema": schema}});
    json!({"get": {"operationId": id, "responses": {"200": {"description": "d", "content": content}}}})
}

fn repair(document: Value) -> Normalized {
    let repaired = normalize(document, &Lock::default());
    assert_eq!(
        normalize(repaired.tree.clone(), &Lock::default()).tree,
        repaired.tree,
        "repairing twice is repairing once"
    );
    repaired
}

fn load(document: &Value) -> Loaded {
    let file = SourceFile::from_bytes("api.json".as_ref(), document.to_string().into_bytes()).expect("a file");
    Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn messages<'a>(diagnostics: &'a [Diagnostic], code: &str) -> Vec<&'a str> {
    let of_code = diagnostics.iter().filter(|diagnostic| diagnostic.code == code);
    of_code.map(|diagnostic| diagnostic.message.as_str()).collect()
}

fn reference(name: impl std::fmt::Display) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn only_what_is_surely_a_host_is_one() {
    for (url, read) in [
        ("api.example.com", "https://api.example.com"),
        ("example.com/v1", "https://example.com/v1"),
        ("example.fr:8443/v1", "https://example.fr:8443/v1"),
        ("api.example.co.uk", "https://api.example.co.uk"),
        ("api-{stage}.example.com/v1", "https://api-{stage}.example.com/v1"),
        ("10.0.0.1:8080", "https://10.0.0.1:8080"),
        ("localhost:8080", "http://localhost:8080"),
        ("127.0.0.1/v1", "http://127.0.0.1/v1"),
        ("v1.0/", "v1.0/"),
        ("v2.1", "v2.1"),
        ("1.0.beta", "1.0.beta"),
        ("api.php", "api.php"),
        ("index.v2.json/a", "index.v2.json/a"),
        ("v{version}/", "v{version}/"),
        ("v{major}.{minor}", "v{major}.{minor}"),
        ("../v1.0", "../v1.0"),
        ("./api.v1", "./api.v1"),
        (".well-known/api", ".well-known/api"),
        ("api..com", "api..com"),
        ("some text.com", "some text.com"),
        ("user:1@example.com", "user:1@example.com"),
    ] {
        let mut before = document("3.0.3", json!({"/a": answers("a", json!({}))}), json!({}));
        before["servers"] = json!([{"url": url}]);
        assert_eq!(repair(before).tree["servers"][0]["url"], read);
    }
}

#[test]
fn a_condition_of_which_nothing_is_known_is_left_out() {
    let gone = || reference("Gone");
    for (schema, after, said) in [
        (json!({"type": "string", "not": gone()}), json!({"type": "string"}), "`not` is left out"),
        (json!({"type": "string", "not": reference("Alias")}), json!({"type": "string"}), "`not` is left out"),
        (
            json!({"type": "string", "not": {"anyOf": [gone()]}}),
            json!({"type": "string"}),
            "the alternative is left out",
        ),
        (
            json!({"type": "object", "properties": {"not": gone()}}),
            json!({"type": "object", "properties": {"not": {}}}),
            "it is any value",
        ),
    ] {
        let alias = json!({"Alias": gone(), "A": schema});
        let repaired = repair(document("3.0.3", json!({"/a": answers("a", reference("A"))}), alias));
        assert_eq!(repaired.tree["components"]["schemas"]["A"], after);
        assert!(messages(&repaired.diagnostics, "Q037").iter().any(|message| message.ends_with(said)), "{said}");
    }
    let conditional = json!({"type": "object", "if": gone(), "then": {"required": ["a"]}, "else": {"required": ["b"]}});
    let repaired = repair(document("3.1.0", json!({"/a": answers("a", reference("A"))}), json!({"A": conditional})));
    assert_eq!(repaired.tree["components"]["schemas"]["A"], json!({"type": "object"}));
    let said = messages(&repaired.diagnostics, "Q037");
    assert_eq!(said, ["`#/components/schemas/Gone` leads nowhere; `if` is left out, with `then` and `else`"]);
}

#[test]
fn a_host_in_a_path_says_which_servers_are_called_instead() {
    let path = "https://up.example.com/files";
    let said = |item: Value| {
        let repaired = repair(document("3.0.3", json!({path: item}), json!({})));
        let said = messages(&repaired.diagnostics, "Q050").into_iter().map(str::to_owned).collect::<Vec<_>>();
        (repaired.tree["paths"][path]["servers"][0]["url"].clone(), said[1..].to_vec())
    };
    let other = || json!([{"url": "https://api.example.com/v1"}]);
    let called = "the path is at `https://up.example.com`, but its servers are listed; requests go to `https://api.example.com/v1`";
    let plain = answers("a", json!({}));
    let (mut of_item, mut of_operation) = (plain.clone(), plain.clone());
    of_item["servers"] = other();
    of_operation["get"]["servers"] = other();
    assert_eq!(said(plain), (json!("https://up.example.com"), vec![]));
    assert_eq!(said(of_item), (json!("https://api.example.com/v1"), vec![called.to_owned()]));
    assert_eq!(said(of_operation), (json!("https://up.example.com"), vec![called.to_owned()]));
}

/// Each alternative that leads back goes, in the order of the document, and no other.
#[test]
fn unions_of_each_other_come_to_an_end() {
    let union = |others: &[&str]| {
        let others: Vec<Value> = others.iter().map(reference).collect();
        json!({"oneOf": others})
    };
    let nested = json!({"type": "object", "properties": {"c": union(&["C", "A"])}});
    let mut a = union(&["B", "C"]);
    a["oneOf"].as_array_mut().expect("a list").insert(1, nested.clone());
    let schemas = json!({"A": a, "B": union(&["A", "C"]), "C": union(&["D", "E"]), "D": union(&["B", "D"]), "E": {"type": "string"}});
    let repaired = repair(document("3.0.3", json!({"/a": answers("a", reference("A"))}), schemas));
    let after = &repaired.tree["components"]["schemas"];
    assert!(after["A"].to_string().contains("properties"), "{after}");
    let said: Vec<&str> =
        repaired.diagnostics.iter().filter(|it| it.code == "Q038").filter_map(|it| it.pointer.as_deref()).collect();
    let of = |name: &str, index: usize| format!("/components/schemas/{name}/oneOf/{index}");
    assert_eq!(said, [of("A", 0), of("A", 2), of("B", 1), of("D", 1)]);
}

#[test]
fn a_large_document_takes_no_longer_than_its_size() {
    const MANY: usize = 4_000;
    // A chain of unions, a ring of them, and unions that ask their neighbors.
    let mut schemas = Map::new();
    for index in 0..MANY {
        let unions = [("Chain", index + 1), ("Ring", (index + 1) % MANY)];
        for (name, next) in unions {
            let union = json!({"oneOf": [reference(format!("{name}{next}")), {"type": "string"}]});
            schemas.insert(format!("{name}{index}"), union);
        }
    }
    schemas.insert(format!("Chain{MANY}"), json!({"type": "integer"}));
    let paths = json!({"/a": answers("a", reference("Chain0")), "/b": answers("b", reference("Ring0"))});
    let repaired = normalize(document("3.0.3", paths, Value::Object(schemas)), &Lock::default());
    assert_eq!(messages(&repaired.diagnostics, "Q038").len(), 1);

    // Places whose names have no letter that a component's name may have.
    let letter = |index: usize| char::from_u32(0x4e00 + index as u32).expect("a letter").to_string();
    let places: Map<String, Value> = (0..MANY).map(|index| (letter(index), json!({"type": "string"}))).collect();
    let properties =
        (0..MANY).map(|index| (format!("p{index}"), json!({"$ref": format!("#/x-places/{}", letter(index))})));
    let properties: Map<String, Value> = properties.collect();
    let schema = json!({"type": "object", "properties": properties});
    let mut named = document("3.0.3", json!({"/a": answers("a", schema)}), json!({}));
    named["x-places"] = Value::Object(places);
    assert_eq!(load(&named).documents[0].tree["components"]["schemas"].as_object().map(Map::len), Some(MANY));

    // A finding for each of many operations that move.
    let paths = (0..MANY).map(|index| {
        let mut item = answers(&format!("q{index}"), json!({"$ref": "Pet"}));
        let operation = item["get"].take();
        (format!("/p{index}"), json!({"query": operation}))
    });
    let moved = document("3.2.0", Value::Object(paths.collect()), json!({"Pet": {"type": "object"}}));
    let loaded = load(&moved);
    let said: Vec<&Diagnostic> =
        loaded.diagnostics.iter().filter(|it| it.message.contains("`Pet` is read as")).collect();
    assert_eq!(said.len(), MANY);
    let place = said[1].pointer.as_deref().unwrap_or_default();
    assert!(place.starts_with("/paths/~1p1/query/"), "{place}");

    // A finding in each of many files.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = MANY / 10;
    let paths = (0..files).map(|index| {
        let item = answers(&format!("q{index}"), reference("Gone")).to_string();
        std::fs::write(folder.path().join(format!("p{index}.json")), item).expect("a file");
        (format!("/p{index}"), json!({"$ref": format!("p{index}.json")}))
    });
    let split = document("3.0.3", Value::Object(paths.collect()), json!({}));
    let file = folder.path().join("api.json");
    std::fs::write(&file, split.to_string()).expect("a file");
    let output = Loaded::path(&file).and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{error}"));
    let dangling = output.diagnostics.iter().filter(|diagnostic| diagnostic.code == "Q037");
    let names: std::collections::BTreeSet<_> =
        dangling.filter_map(|it| it.position.as_ref()?.file.file_name()).collect();
    assert_eq!(names.len(), files);
}

#[test]
fn combinations_of_unions_are_bounded() {
    let alternative = |union: usize, index: usize| json!({"type": "object", "properties": {format!("p{union}-{index}"): {"type": "string"}}});
    let union = |union: usize| json!({"oneOf": (0..4).map(|index| alternative(union, index)).collect::<Vec<_>>()});
    let of = |count: usize| json!({"allOf": (0..count).map(union).collect::<Vec<_>>()});
    let said = |count: usize| {
        let repaired = repair(document("3.0.3", json!({"/a": answers("a", of(count))}), json!({})));
        messages(&repaired.diagnostics, "G014").len()
    };
    assert_eq!(said(3), 0);
    assert!(said(12) > 0, "12 unions have 16 million combinations");
}

#[test]
fn a_chain_of_parts_is_followed_once() {
    let link = |index: usize| {
        let own = json!({"type": "object", "properties": {format!("p{index}"): {"type": "string"}}});
        if index == 0 { own } else { json!({"allOf": [reference(format!("C{}", index - 1)), own]}) }
    };
    let schemas: Map<String, Value> = (0..50).map(|index| (format!("C{index}"), link(index))).collect();
    let last = repair(document("3.0.3", json!({"/a": answers("a", reference("C49"))}), Value::Object(schemas))).tree;
    assert_eq!(last["components"]["schemas"]["C49"]["properties"].as_object().map(Map::len), Some(50));
}

/// `A` is used nowhere but where it was written anew, although a used component begins with its name.
#[test]
fn a_shared_response_that_is_written_anew_everywhere_is_no_component() {
    let operation = |id: &str, name: &str, produces: &str| {
        let responses = json!({"200": {"$ref": format!("#/responses/{name}")}});
        json!({"get": {"operationId": id, "produces": [produces], "responses": responses}})
    };
    let response = json!({"description": "d", "schema": {"type": "string"}});
    let swagger = json!({"swagger": "2.0", "info": {"title": "t", "version": "1"}, "host": "a.example", "schemes": ["https"],
        "produces": ["application/json"], "paths": {"/a": operation("a", "A", "text/plain"), "/b": operation("b", "AB", "application/json")},
        "responses": {"A": response, "AB": response}});
    let loaded = load(&swagger);
    let responses = &loaded.documents[0].tree["components"]["responses"];
    let names: Vec<&str> = responses.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
    assert_eq!(names, ["AB"]);
}
