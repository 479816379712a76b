//! Every version of OpenAPI that is published, with what only it has.

mod common;

use common::{FORM, JSON, document, get, ids, post, send, serve, statuses};
use openapi_sandbox::Answer;
use serde_json::{Value, json};

/// Pets, in Swagger 2.0.
fn swagger() -> Value {
    json!({
        "swagger": "2.0", "info": {"title": "Pets", "version": "1"},
        "host": "pets.example", "basePath": "/api/v1", "schemes": ["https"],
        "consumes": ["application/json"], "produces": ["application/json"],
        "security": [{"key": []}],
        "paths": {
            "/pets": {
                "parameters": [{"$ref": "#/parameters/Limit"}],
                "get": {"operationId": "listPets", "security": [], "responses": {"200": {
                    "description": "pets", "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
                    "headers": {
                        "X-Total": {"type": "integer", "minimum": 3},
                        "X-Tags": {"type": "array", "collectionFormat": "pipes", "minItems": 2, "items": {"type": "string", "default": "t"}}}}}},
                "post": {"operationId": "addPet",
                    "parameters": [{"name": "pet", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Pet"}}],
                    "responses": {"201": {"$ref": "#/responses/Added"}, "default": {"description": "no"}}}},
            "/pets/{id}/photo": {
                "get": {"operationId": "photo", "security": [{"user": []}], "produces": ["image/png"],
                    "responses": {"200": {"description": "a photo", "schema": {"type": "file"}}}},
                "post": {"operationId": "upload", "security": [{"machine": ["pets:write"]}], "consumes": ["multipart/form-data"],
                    "parameters": [
                        {"name": "photo", "in": "formData", "type": "file", "required": true},
                        {"name": "title", "in": "formData", "type": "string", "required": true}],
                    "responses": {"204": {"description": "there"}}}},
            "/pets/{id}": {"patch": {"operationId": "rename", "security": [{"login": []}],
                "parameters": [
                    {"name": "name", "in": "formData", "type": "string", "maxLength": 5, "required": true},
                    {"name": "age", "in": "formData", "type": "integer"},
                    {"name": "tags", "in": "formData", "type": "array", "items": {"type": "string"}, "collectionFormat": "csv"}],
                "responses": {"200": {"description": "renamed", "examples": {"application/json": {"name": "Rex"}}}}}}},
        "parameters": {"Limit": {"name": "limit", "in": "query", "type": "integer"}},
        "responses": {"Added": {"description": "added", "schema": {"$ref": "#/definitions/Dog"}}},
        "definitions": {
            "Pet": {"type": "object", "discriminator": "kind", "required": ["kind", "name"], "properties": {
                "kind": {"type": "string"}, "name": {"type": "string", "example": "Rex"},
                "id": {"type": "integer", "readOnly": true}, "note": {"type": "string", "x-nullable": true, "example": "n"}}},
            "Dog": {"allOf": [{"$ref": "#/definitions/Pet"}, {"type": "object", "properties": {"barks": {"type": "boolean"}}}]}},
        "securityDefinitions": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "login": {"type": "basic"},
            "machine": {"type": "oauth2", "flow": "application", "tokenUrl": "https://id.example/oauth/token",
                "scopes": {"pets:write": ""}},
            "user": {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://id.example/authorize",
                "tokenUrl": "https://id.example/token", "scopes": {}}}})
}

#[tokio::test]
async fn swagger_answers_with_its_definitions_and_headers() {
    let sandbox = serve(swagger()).await;
    assert_eq!(ids(&sandbox), ["listPets", "addPet", "rename", "photo", "upload"]);
    for path in ["/pets", "/api/v1/pets"] {
        let pets = get(&sandbox, path).await;
        assert_eq!((pets.status, pets.header("content-type")), (200, Some(JSON)), "{path}");
        assert_eq!(pets.json(), json!([{"kind": "Pet", "name": "Rex", "id": 1, "note": "n"}]));
        assert_eq!((pets.header("x-total"), pets.header("x-tags")), (Some("3"), Some("t|t")));
    }
}

#[tokio::test]
async fn swagger_checks_bodies() {
    let sandbox = serve(swagger()).await;
    let key = ("x-key", sandbox.client_secret());
    let add = async |pet: Value| send(&sandbox, "POST", "/pets", &[key, ("content-type", JSON)], pet.to_string()).await;
    let added = add(json!({"kind": "Dog", "name": "Rex", "note": null})).await;
    assert_eq!(
        (added.status, added.json()["kind"].as_str(), added.json()["barks"].as_bool()),
        (201, Some("Dog"), Some(true))
    );
    assert_eq!(add(json!({"kind": "Dog"})).await.status, 400, "no name");
    assert_eq!(add(json!({"kind": "Dog", "name": null})).await.status, 400, "a name that is null");
    assert_eq!(send(&sandbox, "POST", "/pets", &[key], "").await.status, 400, "no body");
    assert_eq!(send(&sandbox, "POST", "/pets", &[key, ("content-type", FORM)], "name=a").await.status, 400);
    assert_eq!(send(&sandbox, "POST", "/pets", &[("content-type", JSON)], "{}").await.status, 401);
}

#[tokio::test]
async fn swagger_checks_forms() {
    let sandbox = serve(swagger()).await;
    let rename = async |form: &str| {
        let request = reqwest::Client::new().patch(format!("{}/pets/1", sandbox.url())).header("content-type", FORM);
        let request = request.basic_auth(sandbox.client_id(), Some(sandbox.client_secret())).body(form.to_owned());
        request.send().await.expect("an answer").status().as_u16()
    };
    for (form, status) in
        [("name=Rex&age=3&tags=a,b", 200), ("age=3", 400), ("name=Rex&age=old", 400), ("name=Rexxxx", 400)]
    {
        assert_eq!(rename(form).await, status, "{form}");
    }
    let endpoint = sandbox.token_endpoints().remove(0);
    assert_eq!((endpoint.scheme.as_str(), endpoint.scopes), ("machine", vec!["pets:write".to_owned()]));
    let request = reqwest::Client::new().post(endpoint.url).header("content-type", FORM);
    let request = request.basic_auth(sandbox.client_id(), Some(sandbox.client_secret()));
    let token = request.body("grant_type=client_credentials").send().await.expect("a token");
    let token: Value = serde_json::from_slice(&token.bytes().await.expect("a body")).expect("JSON");
    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
    let upload = async |parts: &[&str]| {
        let part = |name: &&str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n\u{ff}\r\n");
        let body: String = parts.iter().map(part).collect::<String>() + "--b--\r\n";
        let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=b")];
        send(&sandbox, "POST", "/pets/1/photo", &headers, body).await.status
    };
    assert_eq!(upload(&["photo", "title"]).await, 204);
    assert_eq!(upload(&["photo"]).await, 400, "no title");
}

#[tokio::test]
async fn swagger_sends_files_and_takes_the_tokens_of_users() {
    let sandbox = serve(swagger()).await;
    let bearer = format!("Bearer {}", sandbox.bearer_token());
    let photo = send(&sandbox, "GET", "/pets/1/photo", &[("authorization", &bearer)], "").await;
    assert_eq!((photo.status, photo.header("content-type"), photo.text.as_str()), (200, Some("image/png"), "text"));
    sandbox.answer("addPet", Answer::Status(418));
    assert_eq!(send(&sandbox, "POST", "/pets", &[], "").await.status, 418);
}

#[tokio::test]
async fn openapi_31_has_the_schemas_of_json_schema() {
    let schema = json!({
        "type": "object", "required": ["kind", "size", "pair", "next"],
        "properties": {
            "kind": {"const": "box"},
            "size": {"type": ["integer", "null"], "exclusiveMinimum": 2},
            "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}], "items": false},
            "next": {"$ref": "#lid"},
            "own": {"$ref": "#/components/schemas/Box/$defs/Own"},
            "data": {"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64", "examples": ["aGk="]}},
        "$defs": {"Lid": {"$anchor": "lid", "type": "string", "minLength": 2}, "Own": {"type": "boolean"}}});
    let mut whole = document("3.1.0", json!({}));
    whole["paths"]["/boxes"] = json!({"$ref": "#/components/pathItems/Boxes"});
    whole["webhooks"] = json!({"packed": {"post": {"operationId": "packed", "responses": {}}}});
    whole["components"] = json!({
        "schemas": {"Box": schema},
        "pathItems": {"Boxes": {"put": {"operationId": "put", "requestBody": {"content": {"application/json": {"schema":
            {"$ref": "#/components/schemas/Box", "maxProperties": 5}}}}, "responses": {"200": {"content": {"application/json":
            {"schema": {"$ref": "#/components/schemas/Box"}}}}}}}}});
    let sandbox = serve(whole).await;
    assert_eq!(ids(&sandbox), ["put"], "a webhook is no operation of the server");
    let good = json!({"kind": "box", "size": null, "pair": ["a", true], "next": "ab"});
    let with = |key: &str, value: Value| {
        let mut other = good.clone();
        other[key] = value;
        other
    };
    let bodies = [
        good.clone(),
        with("kind", json!("bag")),
        with("size", json!(2)),
        with("pair", json!(["a", true, 1])),
        with("next", json!("a")),
        with("own", json!("yes")),
        {
            let mut more = with("a", json!(1));
            more["b"] = json!(2);
            more
        },
    ];
    assert_eq!(statuses(&sandbox, "PUT", "/boxes", &bodies).await, [200, 400, 400, 400, 400, 400, 400]);
    let answer = send(&sandbox, "PUT", "/boxes", &[], "").await.json();
    let expected =
        json!({"kind": "box", "size": 3, "pair": ["text", true], "next": "text", "own": true, "data": "aGk="});
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn openapi_32_has_other_methods_and_sequences() {
    let item = json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 2}}});
    let event = json!({"type": "object", "properties": {"event": {"const": "tick"}, "data": {"type": "string", "const": "now"}}});
    let mut whole = document(
        "3.2.0",
        json!({
        "/items": {
            "query": {"operationId": "search", "requestBody": {"required": true, "content": {"application/json": {"schema":
                {"$ref": "https://items.example/api#/components/schemas/Item"}}}}, "responses": {"200": {}}},
            "additionalOperations": {
                "COPY": {"operationId": "copyItem", "responses": {"201": {"$ref": "#/components/responses/Made"}}},
                "link": {"responses": {"204": {}}}},
            "get": {"operationId": "lines", "responses": {"200": {"content": {
                "application/jsonl": {"itemSchema": {"$ref": "#/components/schemas/Item"}},
                "text/event-stream": {"itemSchema": event}}}}},
            "post": {"operationId": "feed", "requestBody": {"content": {
                "application/x-ndjson": {"itemSchema": {"$ref": "#/components/schemas/Item"}}}}, "responses": {"200": {}}}}}),
    );
    whole["$self"] = json!("https://items.example/api");
    whole["components"] = json!({
        "schemas": {"Item": item},
        "mediaTypes": {"Json": {"schema": {"$ref": "#/components/schemas/Item"}}},
        "responses": {"Made": {"content": {"application/json": {"$ref": "#/components/mediaTypes/Json"}}}}});
    let sandbox = serve(whole).await;
    assert_eq!(statuses(&sandbox, "QUERY", "/items", &[json!({"n": 2}), json!({"n": 1})]).await, [200, 400]);
    let made = send(&sandbox, "COPY", "/items", &[], "").await;
    assert_eq!((made.status, made.json()), (201, json!({"n": 2})));
    for method in ["link", "LINK"] {
        assert_eq!(send(&sandbox, method, "/items", &[], "").await.status, 204);
    }
    assert!(ids(&sandbox).contains(&"link /items".to_owned()));
    assert_eq!(get(&sandbox, "/items").await.text, "{\"n\":2}\n");
    sandbox.answer("lines", Answer::Media { status: 200, media_type: "text/event-stream".into() });
    assert_eq!(get(&sandbox, "/items").await.text, "event: tick\ndata: now\n\n");
    assert_eq!(post(&sandbox, "/items", "application/x-ndjson", "{\"n\":2}\n{\"n\":3}\n").await.status, 200);
    assert_eq!(post(&sandbox, "/items", "application/x-ndjson", "{\"n\":2}\n{\"n\":1}\n").await.status, 400);
}

#[tokio::test]
async fn a_range_of_media_types_takes_what_is_in_it_and_is_answered_with_one() {
    let sandbox = serve(document("3.0.3", json!({"/things": {"post": {
        "requestBody": {"content": {"image/*": {}, "application/json": {"schema": {"type": "object"}}}},
        "responses": {"200": {"description": "", "content": {"*/*": {"schema": {"type": "object", "properties": {"a": {"type": "integer"}}}}}}}}}})))
    .await;
    let answer = post(&sandbox, "/things", "image/png", "x").await;
    assert_eq!((answer.status, answer.header("content-type"), answer.json()), (200, Some(JSON), json!({"a": 1})));
    assert_eq!(post(&sandbox, "/things", "text/plain", "x").await.status, 400);
}
