//! The sandbox on an invented document: it serves any definition, not one.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use openapi_runtime::{BoxFuture, Clock};
use openapi_sandbox::{Answer, Documents, Sandbox, SandboxError};
use serde_json::{Value, json};

/// A clock that stands still until it is moved; a wait on it moves it.
#[derive(Clone)]
struct Stopped(Arc<Mutex<Instant>>);

impl Stopped {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn forward(&self, duration: Duration) {
        *self.0.lock().expect("no test panics with it") += duration;
    }
}

impl Clock for Stopped {
    fn now(&self) -> Instant {
        *self.0.lock().expect("no test panics with it")
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.forward(duration);
        Box::pin(std::future::ready(()))
    }
}

fn document() -> Value {
    let item = json!({
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {"name": {"type": "string", "maxLength": 5}, "note": {"type": "string", "nullable": true},
            "pin": {"type": "string", "writeOnly": true}},
    });
    let problem = json!({"type": "object", "properties": {
        "where": {"type": "string"}, "why": {"type": "string"}, "code": {"type": "integer", "minimum": 3}}});
    let with = |schema: &Value| json!({"application/json": {"schema": schema}});
    let login = |url: &str| {
        json!({"type": "oauth2", "flows": {"clientCredentials": {
        "tokenUrl": url, "scopes": {"items:write": "", "items:read": ""}}}})
    };
    json!({
        "openapi": "3.0.3", "info": {"title": "Shelves", "version": "1"},
        "paths": {
            "/shelves/{id}/items": {"post": {
                "operationId": "putAway",
                "x-sandbox-conflict-on": ["/name"],
                "security": [{"login": ["items:write"]}],
                "requestBody": {"required": true, "content": with(&item)},
                "responses": {
                    "200": {"description": "there", "headers": {"X-Shelf": {"schema": {"type": "integer"}}}, "content": with(&item)},
                    "400": {"description": "no", "content": with(&problem),
                            "x-sandbox-problem": {"pointer": "/where", "detail": "/why"}},
                    "401": {"description": "who?", "headers": {
                        "X-Request-Id": {"schema": {"type": "string"}}, "WWW-Authenticate": {"schema": {"type": "string"}}}},
                    "409": {"description": "there already", "content": with(&problem)},
                    "429": {"description": "not so fast", "headers": {
                        "Retry-After": {"schema": {"type": "integer"}}, "X-RateLimit-Remaining": {"schema": {"type": "integer"}},
                        "X-RateLimit-Limit": {"$ref": "#/components/headers/Limit"}}}
                }}},
            "/labels": {"get": {
                "operationId": "printLabels",
                "responses": {"200": {"description": "labels", "content": {
                    "application/json": {"example": ["a"]}, "text/csv": {"example": "a,b"}}}}}}},
        "components": {
            "headers": {"Limit": {"schema": {"type": "integer"}, "example": 25}},
            "securitySchemes": {"login": login("https://login.example/token"), "other": login("/other/token")}}
    })
}

async fn sandbox() -> Sandbox {
    Sandbox::builder().document(document()).start().await.expect("a loopback port")
}

async fn token(sandbox: &Sandbox, form: &[(&str, &str)], basic: bool) -> (u16, Value) {
    let body: Vec<String> = form.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut request = reqwest::Client::new().post(format!("{}/token", sandbox.url())).body(body.join("&"));
    request = request.header("content-type", "application/x-www-form-urlencoded");
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
        (&[grant, grant], true, (400, "invalid_request")),
        (&[grant, ("client_id", &id), ("client_secret", "wrong")], false, (401, "invalid_client")),
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
async fn the_token_endpoint_sets_the_headers_that_rfc_6749_asks_for() {
    let sandbox = sandbox().await;
    let ask = async |method: reqwest::Method, secret: &str| {
        let request = reqwest::Client::new().request(method, format!("{}/token", sandbox.url()));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.basic_auth(sandbox.client_id(), Some(secret)).body("grant_type=client_credentials");
        request.send().await.expect("an answer")
    };
    for (secret, status) in [(sandbox.client_secret(), 200), ("wrong", 401)] {
        let response = ask(reqwest::Method::POST, secret).await;
        assert_eq!(response.status().as_u16(), status);
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("content-type"), Some("application/json"), "5.1, 5.2");
        assert_eq!((header("cache-control"), header("pragma")), (Some("no-store"), Some("no-cache")), "5.1");
        // 5.2: the scheme that the client used.
        assert_eq!(header("www-authenticate"), (status == 401).then_some("Basic realm=\"sandbox\""));
    }
    assert_eq!(ask(reqwest::Method::GET, sandbox.client_secret()).await.status(), 405, "3.2: POST only");
}

#[tokio::test]
async fn a_request_is_checked_against_the_document() {
    let sandbox = sandbox().await;
    let grant = ("grant_type", "client_credentials");
    let (_, body) = token(&sandbox, &[grant, ("scope", "items:write")], true).await;
    let good = body["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(put_away(&sandbox, "made up", json!({"name": "a"})).await.0, 401);
    let (_, body) = token(&sandbox, &[grant, ("scope", "items:read")], true).await;
    let other = body["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(put_away(&sandbox, &other, json!({"name": "a"})).await.0, 403, "a token without the scope");
    for (item, field) in [(json!({}), "/name"), (json!({"name": "a", "colour/tone": 1}), "/colour~1tone")] {
        let (status, body) = put_away(&sandbox, &good, item).await;
        assert_eq!((status, body["where"].as_str()), (400, Some(field)), "the field, and not the object around it");
    }
    let (status, body) = put_away(&sandbox, &good, json!({"name": "too long"})).await;
    assert_eq!((status, body["where"].as_str()), (400, Some("/name")));
    assert!(body["why"].as_str().is_some_and(|why| why.contains("too long")), "{body}");
    assert_eq!(put_away(&sandbox, &good, json!({"name": "cup", "note": null})).await.0, 200);
    assert_eq!(put_away(&sandbox, &good, json!({"name": "cup"})).await.0, 409, "the same name again");
    assert_eq!(put_away(&sandbox, &good, json!({"name": "mug"})).await.0, 200);
}

#[tokio::test]
async fn what_is_only_written_is_not_given_back() {
    let sandbox = sandbox().await;
    let form = [("grant_type", "client_credentials"), ("scope", "items:write")];
    let (_, body) = token(&sandbox, &form, true).await;
    let token = body["access_token"].as_str().expect("a token");
    let (status, item) = put_away(&sandbox, token, json!({"name": "mug", "pin": "1234"})).await;
    assert_eq!((status, item.get("name").is_some(), item.get("pin")), (200, true, None));
}

#[tokio::test]
async fn every_documented_status_comes_with_all_its_headers() {
    let sandbox = sandbox().await;
    for (status, headers) in [
        (200, &["x-shelf"][..]),
        (401, &["x-request-id", "www-authenticate"]),
        (429, &["retry-after", "x-ratelimit-remaining", "x-ratelimit-limit"]),
    ] {
        sandbox.answer("putAway", Answer::Status(status));
        let request = reqwest::Client::new().post(format!("{}/shelves/7/items", sandbox.url()));
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status);
        for name in headers {
            assert!(response.headers().get(*name).is_some_and(|value| !value.is_empty()), "{status} {name}");
        }
    }
}

#[tokio::test]
async fn status_and_media_type_are_picked_and_a_body_is_cut_in_half() {
    let sandbox = sandbox().await;
    let get = || async { reqwest::get(format!("{}/labels", sandbox.url())).await.expect("a head") };
    for (media_type, body) in [("text/csv", "a,b"), ("application/json", "[\"a\"]")] {
        sandbox.answer("printLabels", Answer::Media { status: 200, media_type: media_type.into() });
        let response = get().await;
        assert_eq!(response.headers()["content-type"], media_type);
        assert_eq!(response.text().await.expect("a body"), body);
    }
    sandbox.answer("printLabels", Answer::Cut);
    let mut response = get().await;
    assert_eq!((response.status().as_u16(), response.content_length()), (200, Some(5)));
    assert_eq!(response.chunk().await.expect("the first half").as_deref(), Some(&b"[\""[..]));
    assert!(response.chunk().await.is_err(), "the second half never comes");
}

#[tokio::test]
async fn tokens_expire_and_delays_pass_on_the_clock_that_is_given() {
    let clock = Stopped::new();
    let builder = Sandbox::builder().document(document()).clock(clock.clone());
    let sandbox = builder.start().await.expect("a loopback port");
    sandbox.token_lifetime(Duration::from_secs(60));
    let (_, body) = token(&sandbox, &[("grant_type", "client_credentials")], true).await;
    assert_eq!(body["expires_in"], 60);
    let token = body["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(put_away(&sandbox, &token, json!({"name": "a"})).await.0, 200);
    let before = clock.now();
    sandbox.answer("putAway", Answer::Delay(Duration::from_secs(59)));
    assert_eq!(put_away(&sandbox, &token, json!({"name": "b"})).await.0, 200);
    assert_eq!(clock.now() - before, Duration::from_secs(59));
    clock.forward(Duration::from_secs(1));
    assert_eq!(put_away(&sandbox, &token, json!({"name": "c"})).await.0, 401, "the token has expired");
}

#[tokio::test]
async fn the_token_of_one_scheme_is_not_good_for_another() {
    let sandbox = sandbox().await;
    let request = reqwest::Client::new().post(format!("{}/other/token", sandbox.url()));
    let request = request.basic_auth(sandbox.client_id(), Some(sandbox.client_secret()));
    let form =
        request.header("content-type", "application/x-www-form-urlencoded").body("grant_type=client_credentials");
    let body: Value = serde_json::from_slice(&form.send().await.expect("an answer").bytes().await.expect("a body"))
        .expect("a token response");
    let token = body["access_token"].as_str().expect("a token");
    assert_eq!(put_away(&sandbox, token, json!({"name": "a"})).await.0, 401);
}

#[tokio::test]
async fn a_status_is_scripted_for_a_token_endpoint_too() {
    let sandbox = sandbox().await;
    sandbox.answer("token", Answer::Status(503));
    sandbox.answer("token", Answer::RateLimit(7));
    let grant = [("grant_type", "client_credentials")];
    let statuses = [
        token(&sandbox, &grant, true).await.0,
        token(&sandbox, &grant, true).await.0,
        token(&sandbox, &grant, true).await.0,
    ];
    assert_eq!(statuses, [503, 429, 200]);
}

#[tokio::test]
async fn what_arrives_is_remembered_without_credentials() {
    let sandbox = sandbox().await;
    token(&sandbox, &[("grant_type", "client_credentials")], true).await;
    put_away(&sandbox, "made up", json!({"name": "a"})).await;
    let arrived: Vec<(String, Vec<u8>)> =
        sandbox.arrived().into_iter().map(|arrived| (arrived.operation, arrived.body.to_vec())).collect();
    assert_eq!(arrived, [("token".into(), b"".to_vec()), ("putAway".into(), b"{\"name\":\"a\"}".to_vec())]);
}

#[tokio::test]
async fn a_body_may_be_larger_than_the_server_would_take_by_default() {
    let sandbox = sandbox().await;
    let body = json!({"name": "a", "note": "x".repeat(3 * 1024 * 1024)});
    assert_eq!(put_away(&sandbox, "made up", body).await.0, 401);
}

#[tokio::test]
async fn it_says_what_it_serves() {
    let sandbox = sandbox().await;
    let operations: Vec<String> = sandbox
        .operations()
        .iter()
        .map(|operation| format!("{} {} {}", operation.id, operation.method, operation.path))
        .collect();
    assert_eq!(operations, ["printLabels GET /labels", "putAway POST /shelves/{id}/items"]);
    let endpoints: Vec<(String, String, String)> =
        sandbox.token_endpoints().into_iter().map(|endpoint| (endpoint.scheme, endpoint.url, endpoint.grant)).collect();
    let at = |scheme: &str, path: &str| {
        (scheme.to_owned(), format!("{}{path}", sandbox.url()), "client_credentials".to_owned())
    };
    assert_eq!(endpoints, [at("login", "/token"), at("other", "/other/token")]);
}

#[tokio::test]
async fn it_listens_on_the_port_that_is_given_and_says_when_it_cannot() {
    let first = sandbox().await;
    let port: u16 = first.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let error = Sandbox::builder().document(document()).port(port).start().await.expect_err("the port is in use");
    assert!(matches!(error, SandboxError::Listen { address, .. } if address.port() == port), "{error}");
    assert!(error.to_string().starts_with(&format!("cannot listen on 127.0.0.1:{port}: ")), "{error}");
}

#[tokio::test]
async fn what_is_no_openapi_document_is_an_error() {
    for (document, reason) in [
        (json!(null), "is no object"),
        (json!(["paths"]), "is no object"),
        (json!({"name": "a"}), "has neither `openapi`, `swagger` nor `paths`"),
    ] {
        let builder = Sandbox::builder().document(json!({"paths": {}})).document(document);
        let error = builder.start().await.expect_err(reason);
        let expected = format!("cannot serve the definition: document 2 {reason}; give an OpenAPI or Swagger document");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn documents_of_a_build_script_are_an_array_of_objects_with_a_document() {
    for (text, reason) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{}", "invalid type: map, expected a sequence at line 1 column 0"),
        ("[{\"document\": {\"paths\": {}}}, \"x\"]", "entry 2 has no `document`"),
        ("[{}]", "entry 1 has no `document`"),
    ] {
        let error = Sandbox::serve(Documents::from_json(text)).await.expect_err(text);
        let SandboxError::Definition { reason: found } = &error else { panic!("{error}") };
        assert_eq!(found, &format!("{reason}; give the text of the `documents.json` that openapi-build writes"));
    }
    let both =
        r#"[{"name": "a", "document": {"paths": {"/a": {"get": {}}}}}, {"document": {"paths": {"/b": {"get": {}}}}}]"#;
    let sandbox = Sandbox::serve(Documents::from_json(both)).await.expect("a loopback port");
    assert_eq!(sandbox.operations().len(), 2);
}

#[tokio::test]
async fn no_secret_is_shown() {
    let sandbox = sandbox().await;
    let shown = format!("{sandbox:?} {:?}", Sandbox::builder().document(document()));
    for secret in [sandbox.client_secret(), sandbox.bearer_token()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
