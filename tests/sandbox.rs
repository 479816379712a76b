//! The sandbox on an invented document: it serves any definition, not one.

use confluent_cloud::sandbox::Sandbox;
use serde_json::{Value, json};

async fn sandbox() -> Sandbox {
    let item = json!({
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {"name": {"type": "string", "maxLength": 5}, "note": {"type": "string", "nullable": true}},
    });
    let problem = json!({"type": "object", "properties": {
        "where": {"type": "string"}, "why": {"type": "string"}, "code": {"type": "integer", "minimum": 3}}});
    let with = |schema: &Value| json!({"application/json": {"schema": schema}});
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "Shelves", "version": "1"},
        "paths": {"/shelves/{id}/items": {"post": {
            "operationId": "putAway",
            "x-sandbox-conflict-on": ["/name"],
            "security": [{"login": ["items:write"]}],
            "requestBody": {"required": true, "content": with(&item)},
            "responses": {
                "200": {"description": "there", "headers": {"X-Shelf": {"schema": {"type": "integer"}}}, "content": with(&item)},
                "400": {"description": "no", "content": with(&problem),
                        "x-sandbox-problem": {"pointer": "/where", "detail": "/why"}},
                "401": {"description": "who?"},
                "409": {"description": "there already", "content": with(&problem)}
            }}}},
        "components": {"securitySchemes": {"login": {"type": "oauth2", "flows": {"clientCredentials": {
            "tokenUrl": "https://login.example/token", "scopes": {"items:write": "", "items:read": ""}}}}}}
    });
    Sandbox::from_document(document).await.expect("a loopback port")
}

async fn token(sandbox: &Sandbox, form: &[(&str, &str)], basic: bool) -> (u16, Value) {
    let body: Vec<String> = form.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut request = reqwest::Client::new().post(format!("{}/token", sandbox.url())).body(body.join("&"));
    if basic {
        request = request.basic_auth(sandbox.client_id(), Some(sandbox.client_secret()));
    }
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let bytes = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

async fn put_away(sandbox: &Sandbox, token: &str, body: Value) -> (u16, Value) {
    let request = reqwest::Client::new().post(format!("{}/shelves/7/items", sandbox.url()));
    let request = request.bearer_auth(token).header("content-type", "application/json").body(body.to_string());
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.expect("a body")).unwrap_or_default())
}

#[tokio::test]
async fn the_token_endpoint_keeps_to_rfc_6749() {
    let sandbox = sandbox().await;
    let grant = ("grant_type", "client_credentials");
    let (id, secret) = (sandbox.client_id().to_owned(), sandbox.client_secret().to_owned());
    let (status, body) = token(&sandbox, &[grant], true).await;
    assert_eq!((status, body["token_type"].as_str()), (200, Some("Bearer")));
    let (status, _) = token(&sandbox, &[grant, ("client_id", &id), ("client_secret", &secret)], false).await;
    assert_eq!(status, 200);
    let both = [grant, ("client_id", &id), ("client_secret", &secret)];
    for (form, basic, expected) in [
        (&both[..], true, (400, "invalid_request")),
        (&[grant], false, (401, "invalid_client")),
        (&[("grant_type", "password")], true, (400, "unsupported_grant_type")),
        (&[], true, (400, "invalid_request")),
        (&[grant, ("scope", "items%3Aburn")], true, (400, "invalid_scope")),
    ] {
        let (status, body) = token(&sandbox, form, basic).await;
        assert_eq!((status, body["error"].as_str()), (expected.0, Some(expected.1)), "{form:?}");
    }
}

#[tokio::test]
async fn a_request_is_checked_against_the_document() {
    let sandbox = sandbox().await;
    let grant = ("grant_type", "client_credentials");
    let (_, body) = token(&sandbox, &[grant, ("scope", "items:write")], true).await;
    let good = body["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(put_away(&sandbox, "made up", json!({"name": "a"})).await.0, 401);
    let (status, body) = put_away(&sandbox, &good, json!({"name": "too long"})).await;
    assert_eq!((status, body["where"].as_str()), (400, Some("/name")));
    assert!(body["why"].as_str().is_some_and(|why| why.contains("too long")), "{body}");
    assert_eq!(put_away(&sandbox, &good, json!({"name": "cup", "note": null})).await.0, 200);
    assert_eq!(put_away(&sandbox, &good, json!({"name": "cup"})).await.0, 409, "the same name again");
    assert_eq!(put_away(&sandbox, &good, json!({"name": "mug"})).await.0, 200);
}
