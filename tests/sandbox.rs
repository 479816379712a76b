//! The sandbox on an invented document: it serves any definition, not one.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use confluent_cloud::sandbox::{Answer, Sandbox};
use confluent_cloud::support::BoxFuture;
use confluent_cloud::{Clock, DEFINITION};
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
async fn the_vendored_definition_answers_with_what_it_documents() {
    let sandbox = Sandbox::start().await.expect("a loopback port");
    for operation in DEFINITION.operations {
        let path = operation.path.replace(['{', '}'], "");
        for status in operation.statuses.iter().filter_map(|status| status.parse::<u16>().ok()) {
            sandbox.answer(operation.id, Answer::Status(status));
            let method = operation.method.parse().expect("a method");
            let request = reqwest::Client::new().request(method, format!("{}{path}", sandbox.url()));
            let response = request.send().await.expect("an answer");
            assert_eq!(response.status().as_u16(), status, "{}", operation.id);
            if status >= 400 {
                assert!(response.headers().contains_key("x-request-id"), "{} {status}", operation.id);
            }
        }
    }
}
