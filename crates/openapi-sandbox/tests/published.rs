//! Documents as they are published: what is wrong with them costs nothing of the rest.

mod common;

use common::{JSON, document, get, ids, post, send, serve, statuses};
use openapi_sandbox::{Answer, Sandbox};
use serde_json::{Value, json};

/// An operation that answers with a body of `schema`.
fn answers(id: &str, schema: Value) -> Value {
    json!({"operationId": id, "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}})
}

/// An operation that takes a body of `schema`.
fn takes(schema: Value) -> Value {
    json!({"requestBody": {"required": true, "content": {"application/json": {"schema": schema}}}, "responses": {"200": {"description": ""}}})
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_says_nothing() {
    let nowhere = json!({"$ref": "#/components/schemas/Nowhere"});
    let mut whole = document(
        "3.0.3",
        json!({
        "/answer": {"get": answers("a", json!({"type": "object", "properties": {"a": nowhere, "b": {"type": "boolean"}}}))},
        "/body": {"post": takes(json!({"type": "object", "required": ["b"], "properties": {"a": nowhere, "b": {"type": "boolean"}}}))},
        "/union": {"post": takes(json!({"oneOf": [nowhere, {"type": "string"}]}))},
        "/request": {"post": {"requestBody": {"$ref": "#/components/requestBodies/Nowhere"}, "responses": {"204": {"description": ""}}}},
        "/status": {"get": {"responses": {"202": {"$ref": "#/components/responses/Nowhere"}}}},
        "/header": {"get": {"parameters": [{"$ref": "#/components/parameters/Nowhere"}, null, 5], "responses": {"200":
            {"description": "", "headers": {"X-A": {"$ref": "#/nowhere"}, "X-B": {"schema": {"type": "boolean"}}}}}}},
        "/locked": {"get": {"security": [{"nowhere": []}], "responses": {"200": {"description": ""}}}},
        "/broken": {"get": {"security": [{"broken": []}], "responses": {"200": {"description": ""}}}},
        "/item": {"$ref": "#/components/pathItems/Nowhere"},
        "/operation": {"get": {"$ref": "#/nowhere"}, "post": "text", "put": null, "delete": {"responses": {"204": {}}}}}),
    );
    whole["components"] = json!({"securitySchemes": {"broken": {"$ref": "#/components/securitySchemes/Nowhere"}}});
    let sandbox = serve(whole).await;
    assert_eq!(get(&sandbox, "/answer").await.json(), json!({"a": {}, "b": true}));
    assert_eq!(statuses(&sandbox, "POST", "/body", &[json!({"a": 5, "b": true}), json!({"a": 5})]).await, [200, 400]);
    assert_eq!(statuses(&sandbox, "POST", "/union", &[json!("a"), json!(1)]).await, [200, 400]);
    assert_eq!(post(&sandbox, "/request", "text/plain", "x").await.status, 204);
    assert_eq!(get(&sandbox, "/status").await.status, 202);
    let headers = get(&sandbox, "/header").await;
    assert_eq!((headers.status, headers.header("x-a"), headers.header("x-b")), (200, None, Some("true")));
    let all = |path| {
        let bearer = format!("Bearer {}", sandbox.bearer_token());
        let sandbox = &sandbox;
        async move { send(sandbox, "GET", path, &[("authorization", &bearer)], "").await.status }
    };
    assert_eq!((all("/locked").await, all("/broken").await), (401, 401), "nobody can meet them");
    assert_eq!(get(&sandbox, "/item").await.status, 404);
    let broken = get(&sandbox, "/operation").await;
    let why = "the sandbox cannot serve `get /operation`: it is a reference to nothing";
    assert_eq!((broken.status, broken.text.as_str()), (501, why));
    assert_eq!(post(&sandbox, "/operation", JSON, "{}").await.status, 501);
    assert_eq!(send(&sandbox, "PUT", "/operation", &[], "").await.status, 404);
    assert_eq!(send(&sandbox, "DELETE", "/operation", &[], "").await.status, 204, "its neighbors are served");
    sandbox.answer("get /operation", Answer::Status(200));
    assert_eq!(get(&sandbox, "/operation").await.status, 200, "a script knows better");
}

#[tokio::test]
async fn references_of_other_versions_and_of_other_kinds_are_followed() {
    let reference = |text: &str| json!({"$ref": text});
    let mut whole = document(
        "3.0.3",
        json!({
        "/definitions": {"post": takes(reference("#/definitions/A"))},
        "/bare": {"post": takes(reference("A"))},
        "/encoded": {"post": takes(reference("#/paths/~1x~1%7Bid%7D/get/responses/200/content/application~1json/schema"))},
        "/x/{id}": {"get": answers("x", json!({"type": "string"}))},
        "/response": {"post": takes(reference("#/components/responses/R"))},
        "/schema": {"get": {"responses": {"200": reference("#/components/schemas/A")}}},
        "/old": {"get": {"responses": {"404": reference("#/responses/R")}}}}),
    );
    whole["components"] = json!({"schemas": {"A": {"type": "string"}}, "responses": {"R": {"description": "", "content":
        {"application/json": {"schema": {"type": "string", "default": "r"}}}}}});
    let sandbox = serve(whole).await;
    for path in ["/definitions", "/bare", "/encoded", "/response"] {
        assert_eq!(statuses(&sandbox, "POST", path, &[json!("a"), json!(1)]).await, [200, 400], "{path}");
    }
    assert_eq!(get(&sandbox, "/schema").await.json(), json!("text"));
    sandbox.answer("get /old", Answer::Status(404));
    assert_eq!(get(&sandbox, "/old").await.json(), json!("r"));
}

#[tokio::test]
async fn operations_of_one_id_have_their_method_and_path() {
    let none = json!({"responses": {"204": {"description": ""}}});
    let list = json!({"operationId": "list", "responses": {"204": {"description": ""}}});
    let empty = json!({"operationId": "", "responses": {"204": {"description": ""}}});
    let paths = json!({"/items": {"get": list}, "/rooms": {"get": list, "put": none}, "/x": {"post": empty}});
    let sandbox = serve(document("3.0.3", paths)).await;
    assert_eq!(ids(&sandbox), ["get /items", "get /rooms", "put /rooms", "post /x"]);
    sandbox.answer("get /rooms", Answer::Status(503));
    assert_eq!((get(&sandbox, "/items").await.status, get(&sandbox, "/rooms").await.status), (204, 503));
}

#[tokio::test]
async fn operations_of_one_route_are_told_apart_by_what_fits() {
    let body = |id: &str, name: &str| {
        json!({"operationId": id, "requestBody": {"required": true, "content": {"application/json": {"schema":
            {"type": "object", "required": [name], "properties": {name: {"type": "string"}}}}}},
            "responses": {"200": {"description": "", "headers": {"X-Id": {"schema": {"enum": [id]}}}}}})
    };
    let get_ = |id: &str, parameters: Value| json!({"operationId": id, "parameters": parameters, "responses": {"200": {"description": "", "headers": {"X-Id": {"schema": {"enum": [id]}}}}}});
    let fields = json!([{"name": "fields", "in": "query", "required": true, "schema": {"type": "string"}}]);
    let sandbox = serve(document(
        "3.0.3",
        json!({
        "/files/{id}": {"put": body("rename", "name"), "get": get_("read", json!([]))},
        "/files/{id}#share": {"put": body("share", "link"), "get": get_("readLink", fields)},
        "/files/{file}#unshare": {"put": body("unshare", "unlink")},
        "/rooms/{id}": {"get": get_("byId", json!([]))},
        "/rooms/{name}": {"get": get_("byName", json!([]))}}),
    ))
    .await;
    let put = async |body: Value| {
        let answer = send(&sandbox, "PUT", "/files/7", &[("content-type", JSON)], body.to_string()).await;
        (answer.status, answer.header("x-id").map(str::to_owned))
    };
    for (member, id) in [("name", "rename"), ("link", "share"), ("unlink", "unshare")] {
        assert_eq!(put(json!({member: "a"})).await, (200, Some(id.to_owned())));
    }
    assert_eq!(put(json!({})).await.0, 400, "it fits none");
    sandbox.answer("share", Answer::Status(503));
    assert_eq!(put(json!({"name": "a"})).await.0, 200, "the scripted answer is for another one");
    assert_eq!(put(json!({"link": "a"})).await.0, 503);
    assert_eq!(get(&sandbox, "/files/7?fields=a").await.header("x-id"), Some("readLink"));
    assert_eq!(get(&sandbox, "/files/7").await.header("x-id"), Some("read"));
    assert_eq!(get(&sandbox, "/rooms/7").await.header("x-id"), Some("byId"));
    sandbox.answer("byName", Answer::Status(503));
    assert_eq!(get(&sandbox, "/rooms/7").await.status, 503, "it is scripted by its id");
    assert_eq!(sandbox.arrived().last().map(|arrived| arrived.operation.as_str()), Some("byName"));
}

#[tokio::test]
async fn paths_are_templates_as_frameworks_write_them() {
    let none = json!({"get": {"responses": {"204": {"description": ""}}}});
    let multi = json!({"get": {"parameters": [{"name": "path", "in": "path", "required": true, "x-multi-segment": true,
        "schema": {"type": "string"}}], "responses": {"204": {"description": ""}}}});
    let unused = json!({"get": {"parameters": [{"name": "gone", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": {"204": {"description": ""}}}});
    let sandbox = serve(document(
        "3.0.3",
        json!({
        "/regex/{id:[0-9]{4}}/x": none, "/star/{rest*}": none, "/plus/{+rest}/end": none, "/multi/{path}": multi,
        "/undeclared/{id}": none, "/unused": unused, "/space/a b": none}),
    ))
    .await;
    for path in
        ["/regex/1234/x", "/star/a/b", "/plus/a/b/end", "/multi/a/b", "/undeclared/1", "/unused", "/space/a%20b"]
    {
        assert_eq!(get(&sandbox, path).await.status, 204, "{path}");
    }
    for path in ["/regex/1/2/x", "/undeclared/1/2", "/undeclared/"] {
        assert_eq!(get(&sandbox, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn values_of_other_types_than_the_schema_are_read_as_it_means_them() {
    let schema = json!({"type": "object", "properties": {
        "size": {"type": "string", "enum": [256, "large", null]},
        "count": {"type": "int", "default": "many", "maximum": 99999999999999999999999.0},
        "when": {"type": "datetime"},
        "thing": {"type": "thing", "minimum": "1"},
        "flag": {"type": "boolean", "example": "true"}}});
    let sandbox =
        serve(document("3.0.3", json!({"/x": {"get": answers("x", schema.clone()), "post": takes(schema)}}))).await;
    let expected = json!({"size": "256", "count": 1, "when": "2026-01-02T03:04:05Z", "thing": {}, "flag": true});
    assert_eq!(get(&sandbox, "/x").await.json(), expected);
    let bodies = [
        json!({"size": "256"}),
        json!({"size": null}),
        json!({"size": 256}),
        json!({"count": 18446744073709551616.0}),
        json!({"count": "1"}),
        json!({"thing": [1]}),
    ];
    assert_eq!(statuses(&sandbox, "POST", "/x", &bodies).await, [200, 200, 400, 200, 400, 200]);
}

#[tokio::test]
async fn security_that_is_written_wrongly_opens_nothing() {
    let with = |security: Value| json!({"get": {"security": security, "responses": {"204": {"description": ""}}}});
    let mut whole = document(
        "3.0.3",
        json!({"/inherits": with(Value::Null), "/object": with(json!({"key": []})),
        "/names": with(json!(["key"])), "/text": with(json!("key")), "/odd": with(json!([5])), "/open": with(json!([]))}),
    );
    whole["security"] = json!([{"key": []}]);
    whole["components"] = json!({"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}});
    let sandbox = serve(whole).await;
    for (path, expected) in [
        ("/inherits", [401, 204]),
        ("/object", [401, 204]),
        ("/names", [401, 204]),
        ("/text", [401, 204]),
        ("/odd", [401, 401]),
        ("/open", [204, 204]),
    ] {
        let with_key = send(&sandbox, "GET", path, &[("x-key", sandbox.client_secret())], "").await.status;
        assert_eq!([get(&sandbox, path).await.status, with_key], expected, "{path}");
    }
}

#[tokio::test]
async fn headers_that_openapi_describes_elsewhere_are_ignored() {
    let parameter = |name: &str| json!({"name": name, "in": "header", "required": true, "schema": {"type": "string"}});
    let header = json!({"schema": {"type": "string"}});
    let sandbox = serve(document("3.0.3", json!({"/x": {"get": {
        "parameters": [parameter("Authorization"), parameter("Accept"), parameter("Content-Type")],
        "responses": {"200": {"description": "",
            "headers": {"Content-Type": header, "Content-Length": header, "Transfer-Encoding": header, "Content-Encoding": header,
                "Connection": header, "X-List": {"schema": {"type": "array", "items": {"type": "integer"}, "minItems": 2}}},
            "content": {"application/json": {"example": {"a": 1}}}}}}}})))
    .await;
    let answer = get(&sandbox, "/x").await;
    assert_eq!((answer.status, answer.header("content-type"), answer.json()), (200, Some(JSON), json!({"a": 1})));
    assert_eq!((answer.header("content-encoding"), answer.header("x-list")), (None, Some("1,1")));
}

#[tokio::test]
async fn schemas_that_lead_back_to_themselves_end() {
    let child = json!({"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "required": ["bark"],
        "properties": {"bark": {"type": "string"}}}]});
    let base = json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind", "mapping": {"dog": "#/components/schemas/Dog"}},
        "oneOf": [{"$ref": "#/components/schemas/Dog"}]});
    let reference = json!({"$ref": "#/components/schemas/Base"});
    let own = json!({"$ref": "#/components/schemas/Own"});
    let mut whole = document(
        "3.0.3",
        json!({
        "/base": {"post": takes(reference.clone()), "get": answers("base", reference)},
        "/own": {"post": takes(own.clone()), "get": answers("own", own.clone())}}),
    );
    whole["components"] = json!({"schemas": {"Base": base, "Dog": child, "Own": {"allOf": [own, {"type": "string"}]}}});
    let sandbox = serve(whole).await;
    let bodies = [json!({"kind": "dog", "bark": "w"}), json!({"kind": "dog"}), json!({"bark": "w"})];
    assert_eq!(statuses(&sandbox, "POST", "/base", &bodies).await, [200, 400, 400]);
    assert_eq!(get(&sandbox, "/base").await.json(), json!({"kind": "dog", "bark": "text"}));
    assert_eq!(statuses(&sandbox, "POST", "/own", &[json!("a"), json!(1)]).await, [200, 400]);
    assert_eq!(get(&sandbox, "/own").await.json(), json!("text"));
}

#[tokio::test]
async fn whatever_is_an_object_with_the_name_of_a_version_starts() {
    for document in [
        json!({"openapi": "3.0.3"}),
        json!({"openapi": "3.1.0", "webhooks": {"a": {"post": {}}}}),
        json!({"openapi": 3.0, "paths": null}),
        json!({"swagger": 2.0, "paths": []}),
        json!({"paths": {"/a": null, "/b": 5, "/c": {"get": {"parameters": null, "responses": null, "requestBody": null}}}}),
        json!({"openapi": "3.0.3", "paths": {}, "components": null, "servers": "x", "security": 5}),
        json!({"openapi": "3.0.3", "paths": {"/a": {"get": {"parameters": {"a": 1}, "responses": [], "security": {}}}}}),
    ] {
        let sandbox = Sandbox::serve(document.clone()).await.unwrap_or_else(|error| panic!("{document}: {error}"));
        for operation in sandbox.operations() {
            assert_eq!(send(&sandbox, &operation.method, &operation.path, &[], "").await.status, 200, "{document}");
        }
    }
}
