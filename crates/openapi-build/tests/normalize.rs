//! Each quirk, before and after.

use openapi_build::diagnostic::Diagnostic;
use openapi_build::lock::{Choice, Lock};
use openapi_build::normalize::{Normalized, normalize};
use serde_json::{Value, json};

fn document(paths: Value, schemas: Value) -> Value {
    json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, "components": {"schemas": schemas}})
}

/// Operations that take a request body of each schema: `op0`, `op1`, ….
fn operations(schemas: &[Value]) -> Value {
    let paths = schemas.iter().enumerate().map(|(index, schema)| {
        let content = json!({"application/json": {"schema": schema}});
        let operation =
            json!({"operationId": format!("op{index}"), "requestBody": {"content": content}, "responses": {}});
        (format!("/{index}"), json!({"post": operation}))
    });
    Value::Object(paths.collect())
}

fn repair(document: Value) -> Normalized {
    let repaired = normalize(document, &Lock::default());
    let again = normalize(repaired.tree.clone(), &Lock::default());
    assert_eq!(again.tree, repaired.tree, "repairing twice is repairing once");
    repaired
}

fn request(repaired: &Normalized, index: usize) -> &Value {
    &repaired.tree["paths"][format!("/{index}")]["post"]["requestBody"]["content"]["application/json"]["schema"]
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn a_key_that_openapi_does_not_know_is_set_aside() {
    let mut before = document(operations(&[json!({"type": "string"})]), json!({}));
    before["paths"]["/0"]["post"]["bodyExample"] = json!({"a": 1});
    before["paths"]["/0"]["post"]["x-kept"] = json!(1);
    let repaired = repair(before);
    assert!(repaired.tree["paths"]["/0"]["post"].get("bodyExample").is_none());
    assert_eq!(repaired.tree["paths"]["/0"]["post"]["x-kept"], json!(1));
    assert_eq!(
        (repaired.diagnostics[0].code, repaired.diagnostics[0].pointer.as_deref()),
        ("Q001", Some("/paths/~10/post/bodyExample"))
    );
}

#[test]
fn copies_of_one_component_become_one() {
    let item = |note: &str| json!({"title": "Item", "type": "object", "description": note, "properties": {"id": {"type": "string"}}});
    let repaired = repair(document(operations(&[item("a"), item("b")]), json!({})));
    assert_eq!(request(&repaired, 0), &reference("Item"));
    assert_eq!(request(&repaired, 1), &reference("Item"));
    assert_eq!(repaired.tree["components"]["schemas"].as_object().map(|all| all.len()), Some(1));
}

#[test]
fn different_shapes_of_one_title_get_names_from_their_places() {
    let item = |kind: &str| json!({"title": "Item", "type": "object", "properties": {"id": {"type": kind}}});
    let repaired = repair(document(operations(&[item("string"), item("integer")]), json!({})));
    assert_eq!(request(&repaired, 0), &reference("Op0RequestItem"));
    assert_eq!(request(&repaired, 1), &reference("Op1RequestItem"));
    assert!(repaired.diagnostics.iter().any(|diagnostic| diagnostic.code == "Q002"));
    let lock = Lock::from_choices(&repaired.choices);
    let alone = normalize(document(operations(&[item("string"), item("integer")]), json!({})), &lock);
    assert_eq!(alone.tree, repaired.tree);
    assert!(alone.choices.iter().all(|choice| choice.locked));
}

/// An alternative titled `AWS` whose `kind` is that.
fn aws(kind: &str, property: &str) -> Value {
    json!({"title": "AWS", "type": "object", "required": ["kind"], "properties": {
        "kind": {"type": "string", "enum": [kind]}, property: {"type": "string"}}})
}

fn union(alternatives: &[Value], mapping: &Value) -> Value {
    json!({"oneOf": alternatives, "discriminator": {"propertyName": "kind", "mapping": mapping}})
}

#[test]
fn an_alternative_has_the_name_that_the_mapping_of_the_discriminator_gives_it() {
    let mapping = json!({"Link": "#/components/schemas/v1.AwsLink", "Peering": "v1.AwsPeering"});
    let one = union(&[aws("Peering", "peer"), aws("Link", "link")], &mapping);
    let repaired = repair(document(operations(&[one, aws("Peering", "peer")]), json!({})));
    assert_eq!(request(&repaired, 0)["oneOf"], json!([reference("v1.AwsPeering"), reference("v1.AwsLink")]));
    assert_eq!(request(&repaired, 1), &reference("v1.AwsPeering"), "the same schema elsewhere has the same name");
    let mapping = &request(&repaired, 0)["discriminator"]["mapping"];
    assert_eq!(mapping["Peering"], json!("#/components/schemas/v1.AwsPeering"));
}

#[test]
fn the_one_alternative_that_is_left_is_the_one_that_the_mapping_names_still() {
    let mapping = json!({"Link": "#/components/schemas/v1.AwsLink", "Other": "#/components/schemas/Other"});
    let other = json!({"title": "Other", "type": "object", "properties": {"kind": {"type": "string"}}});
    let untold = json!({"title": "AWS", "type": "object", "properties": {"kind": {"type": "string"}, "a": {}}});
    let repaired = repair(document(operations(&[union(&[other, untold], &mapping)]), json!({})));
    assert_eq!(request(&repaired, 0)["oneOf"], json!([reference("Other"), reference("v1.AwsLink")]));
}

#[test]
fn a_schema_that_is_cut_within_itself_is_tied_back_wherever_it_was_cut() {
    let cut = |title: &str| json!({"title": title, "type": "object", "description": "cut"});
    let field = |of: Value| json!({"title": "Field", "type": "object", "properties": {"type": {"allOf": [of]}}});
    let ty = |fields: Value| {
        json!({"title": "Type", "type": "object", "properties": {
        "key": cut("Type"), "fields": {"type": "array", "items": fields}}})
    };
    let repaired = repair(document(operations(&[ty(field(cut("Type"))), field(ty(cut("Field")))]), json!({})));
    assert_eq!((request(&repaired, 0), request(&repaired, 1)), (&reference("Type"), &reference("Field")));
    let schemas = &repaired.tree["components"]["schemas"];
    assert_eq!(schemas.as_object().map(|all| all.len()), Some(2));
    assert_eq!(schemas["Type"]["properties"]["key"], reference("Type"));
    assert_eq!(schemas["Type"]["properties"]["fields"]["items"], reference("Field"));
    assert_eq!(schemas["Field"]["properties"]["type"], reference("Type"));
}

#[test]
fn with_the_lock_another_shape_of_the_title_renames_nothing() {
    let item = |kind: &str| json!({"title": "Item", "type": "object", "properties": {"id": {"type": kind}}});
    let first = repair(document(operations(&[item("string")]), json!({})));
    assert_eq!(request(&first, 0), &reference("Item"));
    let lock = Lock::from_choices(&first.choices);
    let later = normalize(document(operations(&[item("string"), item("integer")]), json!({})), &lock);
    assert_eq!((request(&later, 0), request(&later, 1)), (&reference("Item"), &reference("Op1RequestItem")));
    let split = normalize(document(operations(&[item("integer"), item("integer")]), json!({})), &lock);
    assert_eq!(request(&split, 0), &reference("Item"), "the place keeps its name when its shape changes");
    assert_eq!(request(&split, 1), &reference("Item"));
}

#[test]
fn parts_that_refine_one_property_intersect_all_the_way_down() {
    let cluster = json!({"type": "object", "properties": {
        "id": {"type": "string"},
        "spec": {"type": "object", "properties": {
            "cloud": {"type": "string"}, "config": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}}}});
    let refined = json!({"allOf": [
        reference("Cluster"),
        {"properties": {"spec": {"required": ["cloud"]}}},
        {"properties": {"spec": {"properties": {"cloud": {"maxLength": 3, "example": "aws"}}}}}]});
    let repaired = repair(document(operations(&[refined, reference("Cluster")]), json!({"Cluster": cluster.clone()})));
    assert_eq!(request(&repaired, 0), &reference("Op0Request"));
    let spec = &repaired.tree["components"]["schemas"]["Op0Request"]["properties"]["spec"];
    assert_eq!(spec["required"], json!(["cloud"]));
    assert_eq!(spec["properties"]["cloud"]["maxLength"], json!(3));
    assert_eq!(spec["properties"]["config"], cluster["properties"]["spec"]["properties"]["config"]);
    assert_eq!(repaired.tree["components"]["schemas"]["Cluster"], cluster, "the bare component keeps its name");
}

#[test]
fn a_lone_reference_in_all_of_is_the_reference() {
    let item = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    let described = json!({"allOf": [reference("Item")], "description": "the item"});
    let repaired = repair(document(
        operations(&[json!({"allOf": [reference("Item")]}), described.clone()]),
        json!({"Item": item}),
    ));
    assert_eq!(request(&repaired, 0), &reference("Item"));
    assert_eq!(request(&repaired, 1), &described, "OpenAPI 3.0 describes a reference so");
}

#[test]
fn parts_that_contradict_each_other_stay_and_are_reported() {
    let parts = json!({"allOf": [{"type": "string"}, {"type": "integer"}]});
    let repaired = repair(document(operations(std::slice::from_ref(&parts)), json!({})));
    assert_eq!(request(&repaired, 0), &parts);
    assert!(repaired.diagnostics[0].message.contains("string"), "{}", repaired.diagnostics[0]);
}

#[test]
fn what_is_required_and_not_declared_is_any_value() {
    let repaired = repair(document(operations(&[json!({"type": "object", "required": ["a"]})]), json!({})));
    assert_eq!(request(&repaired, 0)["properties"], json!({"a": {}}));
    assert_eq!(repaired.diagnostics.iter().filter(|diagnostic| diagnostic.code == "Q005").count(), 1);
}

#[test]
fn a_component_that_is_only_ever_refined_in_one_way_keeps_its_name() {
    let user = json!({"type": "object", "properties": {"email": {"type": "string"}}});
    let refined = json!({"allOf": [reference("User"), {"required": ["email"]}]});
    let repaired = repair(document(operations(&[refined.clone(), refined]), json!({"User": user})));
    assert_eq!(request(&repaired, 0), &reference("User"));
    assert_eq!(repaired.tree["components"]["schemas"]["User"]["required"], json!(["email"]));
}

#[test]
fn with_the_lock_a_later_use_takes_a_new_name() {
    let user = json!({"User": {"type": "object", "properties": {"email": {"type": "string"}}}});
    let refined = json!({"allOf": [reference("User"), {"required": ["email"]}]});
    let first = repair(document(operations(std::slice::from_ref(&refined)), user.clone()));
    let lock = Lock::from_choices(&first.choices);
    let later = normalize(document(operations(&[refined, reference("User")]), user), &lock);
    assert_eq!(request(&later, 0), &reference("User"), "the name that the lock knows stays");
    assert_eq!(later.tree["components"]["schemas"]["User"]["required"], json!(["email"]));
    assert_eq!(request(&later, 1), &reference("Op1Request"));
    let is_shape = |choice: &&Choice| choice.places.iter().all(|place| !place.contains("@id/"));
    assert_eq!(later.choices.iter().filter(is_shape).filter(|choice| choice.locked).count(), 1);
}

/// What `schema` of a document of that version becomes, and the codes of what is said about it.
fn property(version: &str, schema: &Value) -> (Value, Vec<&'static str>) {
    let schemas = json!({"Item": {"type": "object", "properties": {"value": schema}}});
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}});
    let responses = json!({"200": {"description": "d", "content": content}});
    let document = json!({
        "openapi": version, "info": {"title": "Items", "version": "1"}, "components": {"schemas": schemas},
        "paths": {"/items": {"get": {"operationId": "getItem", "responses": responses}}},
    });
    let mut repaired = normalize(document, &Lock::default());
    let value = repaired.tree["components"]["schemas"]["Item"]["properties"]["value"].take();
    // What the version is, and that null is a value, is noted wherever it is so.
    let noted = |found: &&Diagnostic| found.code == "Q022" || found.pointer.as_deref() == Some("/openapi");
    let found = repaired.diagnostics.iter().filter(|found| !noted(found));
    (value, found.map(|found| found.code).collect())
}

#[test]
fn a_keyword_of_another_version_means_what_that_version_says() {
    for (schema, expected, code) in [
        (json!({"const": "a"}), json!({"enum": ["a"]}), "Q008"),
        (
            json!({"type": "integer", "exclusiveMinimum": 0}),
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            "Q008",
        ),
        (json!({"type": "string", "contentEncoding": "base64"}), json!({"type": "string", "format": "byte"}), "Q008"),
        (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true}), "Q034"),
    ] {
        let (becomes, codes) = property("3.0.3", &schema);
        assert_eq!((becomes, codes.contains(&code)), (expected.clone(), true), "{schema}: {codes:?}");
        assert_eq!(property("3.1.0", &schema), (expected, vec![]), "{schema}");
    }
    for (schema, expected) in [
        (json!({"type": "string", "nullable": true}), json!({"type": "string", "nullable": true})),
        (json!({"type": ["string", "null"], "nullable": true}), json!({"type": "string", "nullable": true})),
        (
            json!({"type": ["string", "integer"], "nullable": true}),
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"enum": [null]}]}),
        ),
        (
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
        ),
        (json!({"type": "string", "nullable": false}), json!({"type": "string"})),
    ] {
        let (becomes, codes) = property("3.1.0", &schema);
        assert_eq!(becomes, expected, "{schema}");
        let counts = schema["nullable"] == json!(true);
        assert_eq!(codes, if counts { vec!["Q008"] } else { vec![] }, "{schema}: it is said once");
    }
}

#[test]
fn a_relative_server_is_resolved_against_the_base_that_the_document_states() {
    for (base, url) in
        [("https://api.example.com/docs/openapi.yaml", "https://api.example.com/v1"), ("openapi.yaml", "/v1")]
    {
        let document = json!({
            "openapi": "3.2.0", "$self": base, "info": {"title": "t", "version": "1"}, "servers": [{"url": "/v1"}], "paths": {},
        });
        let repaired = normalize(document, &Lock::default());
        assert_eq!(repaired.tree["servers"][0]["url"], url, "{base}");
        let of_ours = |key: &&String| key.starts_with("x-openapi-build");
        assert_eq!(repaired.tree.as_object().expect("a mapping").keys().find(of_ours), None, "{base}");
    }
}

#[test]
fn an_extension_among_responses_is_no_response() {
    let error = json!({"description": "wrong", "content": {"text/plain": {"schema": {"type": "string"}}}});
    let responses = json!({"200": {"description": "done"}, "400": error, "x-responses": "kept"});
    let paths = json!({"/a": {"get": {"operationId": "a", "responses": responses}}});
    let repaired = normalize(document(paths, json!({})), &Lock::default());
    assert_eq!(repaired.diagnostics.iter().find(|found| found.code == "Q011"), None);
}
