//! Which credentials the sandbox accepts, scheme by scheme and together, and that its clients have them.

use std::sync::Arc;
use std::time::Duration;

use openapi_runtime::{
    Api, Definition, OAuthFlow, Operation, Request, Requirement, SecurityScheme, SecuritySchemeKind, Transport,
};
use openapi_sandbox::{Answer, Sandbox};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Each scheme, with the operation that takes it and nothing else. `machine` and `exchange` share a token endpoint.
fn document() -> Value {
    let oauth2 = |flow: &str, grant: Option<&str>| {
        let mut scheme =
            json!({"type": "oauth2", "flows": {flow: {"tokenUrl": "/token", "scopes": {"read": "", "write": ""}}}});
        if let Some(grant) = grant {
            scheme["x-token-grant"] = json!(grant);
        }
        scheme
    };
    let key = |location: &str, name: &str| json!({"type": "apiKey", "in": location, "name": name});
    let schemes = json!({
        "basic": {"type": "http", "scheme": "Basic"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "digest": {"type": "http", "scheme": "digest"},
        "header": key("header", "X-Key"),
        "query": key("query", "key"),
        "cookie": key("cookie", "sid"),
        "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://id.example/.well-known/openid-configuration"},
        "machine": oauth2("clientCredentials", None),
        "exchange": oauth2("clientCredentials", Some(EXCHANGE)),
        "device": oauth2("clientCredentials", Some(DEVICE)),
        "user": oauth2("authorizationCode", None),
    });
    let operation = |id: &str, security: Value| {
        json!({"get": {"operationId": id, "security": security, "responses": {
            "200": {"description": "in", "content": {"application/json": {"example": {"in": true}}}},
            "401": {"description": "out", "headers": {"WWW-Authenticate": {"schema": {"type": "string"}}}},
            "403": {"description": "not that far"}}}})
    };
    let mut paths = serde_json::Map::new();
    for name in schemes.as_object().into_iter().flatten().map(|(name, _)| name) {
        let scopes = if ["machine", "exchange", "device", "user", "oidc"].contains(&name.as_str()) {
            vec!["read"]
        } else {
            vec![]
        };
        paths.insert(format!("/{name}"), operation(name, json!([{name: scopes}])));
    }
    paths.insert("/both".into(), operation("both", json!([{"header": [], "machine": ["read"]}])));
    paths.insert("/either".into(), operation("either", json!([{"header": [], "query": []}, {"basic": []}])));
    paths.insert("/optional".into(), operation("optional", json!([{"basic": []}, {}])));
    paths.insert("/missing".into(), operation("missing", json!([{"nowhere": []}])));
    json!({"openapi": "3.0.3", "info": {"title": "Doors", "version": "1"}, "paths": paths,
        "components": {"securitySchemes": schemes}})
}

/// The operation of the scheme of that name, as generated code writes it.
macro_rules! operation {
    ($scheme:literal) => {
        &Operation {
            security: &[&[Requirement::of($scheme, &[])]],
            ..Operation::new($scheme, "GET", concat!("/", $scheme))
        }
    };
}

const fn scheme(name: &'static str, kind: SecuritySchemeKind) -> SecurityScheme {
    SecurityScheme { name, kind }
}

const fn key(location: &'static str, name: &'static str) -> SecuritySchemeKind {
    SecuritySchemeKind::ApiKey { location, name }
}

const fn grant(grant: &'static str) -> SecuritySchemeKind {
    SecuritySchemeKind::TokenGrant { grant, token_url: "https://id.example/token", scopes: &["read"] }
}

static DEFINITION: Definition = Definition {
    title: "Doors",
    version: "1",
    operations: &[
        operation!("basic"),
        operation!("bearer"),
        operation!("header"),
        operation!("query"),
        operation!("cookie"),
        operation!("oidc"),
        &Operation {
            security: &[&[Requirement::of("machine", &["read"])]],
            ..Operation::new("machine", "GET", "/machine")
        },
        &Operation {
            security: &[&[Requirement::of("exchange", &["read"])]],
            ..Operation::new("exchange", "GET", "/exchange")
        },
        operation!("device"),
        operation!("user"),
    ],
    undescribed: &Operation::new("request", "GET", ""),
    security_schemes: &[
        scheme("basic", SecuritySchemeKind::Http { scheme: "basic" }),
        scheme("bearer", SecuritySchemeKind::Http { scheme: "bearer" }),
        scheme("digest", SecuritySchemeKind::Http { scheme: "digest" }),
        scheme("header", key("header", "X-Key")),
        scheme("query", key("query", "key")),
        scheme("cookie", key("cookie", "sid")),
        scheme(
            "oidc",
            SecuritySchemeKind::OpenIdConnect { url: "https://id.example/.well-known/openid-configuration" },
        ),
        scheme(
            "machine",
            SecuritySchemeKind::ClientCredentials {
                token_url: "https://id.example/token",
                scopes: &["read"],
                flows: &[],
            },
        ),
        scheme("exchange", grant(EXCHANGE)),
        scheme("device", grant(DEVICE)),
        scheme("user", SecuritySchemeKind::OAuth2 { flows: &[OAuthFlow::new("authorizationCode")] }),
    ],
    environment: &[],
    base_url_variable: "DOORS_BASE_URL",
};

/// A client as `openapi-build` generates it, without the methods.
#[derive(Clone)]
struct Client(Arc<dyn Transport>);

impl Api for Client {
    const DEFINITION: &'static Definition = &DEFINITION;
    const USER_AGENT: &'static str = "doors/1";

    fn from_transport(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    fn transport(&self) -> &Arc<dyn Transport> {
        &self.0
    }
}

async fn sandbox() -> Sandbox {
    Sandbox::serve(document()).await.expect("a loopback port")
}

fn get(sandbox: &Sandbox, path: &str) -> RequestBuilder {
    reqwest::Client::new().get(format!("{}{path}", sandbox.url()))
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.expect("an answer").status().as_u16()
}

/// A token of the scheme `machine`.
async fn token(sandbox: &Sandbox, scope: &str) -> String {
    let endpoint = sandbox.token_endpoints().into_iter().find(|endpoint| endpoint.scheme == "machine");
    let request = reqwest::Client::new().post(endpoint.expect("it has one").url);
    let request = request.basic_auth(sandbox.client_id(), Some(sandbox.client_secret()));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(format!("grant_type=client_credentials&scope={scope}")).send().await;
    let body = response.expect("an answer").bytes().await.expect("a body");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn its_clients_have_a_credential_for_each_scheme_that_it_checks() {
    let sandbox = sandbox().await;
    let client: Client = sandbox.client_builder().build().expect("a client");
    for operation in DEFINITION.operations {
        let request = Request::new(operation).expect("a request");
        let reply = client.transport().send(request).await.expect(operation.id);
        assert_eq!((reply.status.as_u16(), reply.body), (200, b"{\"in\":true}".to_vec()), "{}", operation.id);
    }
    let fetched = sandbox.arrived().iter().filter(|arrived| arrived.operation == "token").count();
    assert_eq!(fetched, 2, "for `machine` and `exchange`; the others need none");
}

#[tokio::test]
async fn no_scheme_is_met_without_a_credential_or_by_a_wrong_one() {
    let sandbox = sandbox().await;
    for name in document()["components"]["securitySchemes"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let path = format!("/{name}");
        assert_eq!(status(get(&sandbox, &path)).await, 401, "{name}");
        let wrong = get(&sandbox, &format!("{path}?key=wrong")).header("x-key", "wrong").header("cookie", "sid=wrong");
        assert_eq!(status(wrong.bearer_auth("wrong")).await, 401, "{name}");
        let wrong = get(&sandbox, &path).basic_auth(sandbox.client_id(), Some("wrong"));
        assert_eq!(status(wrong).await, 401, "{name}");
    }
}

#[tokio::test]
async fn an_api_key_is_the_client_secret_in_the_place_that_the_scheme_names() {
    let sandbox = sandbox().await;
    let key = sandbox.client_secret();
    for (path, expected) in [("/header", [200, 401, 401]), ("/query", [401, 200, 401]), ("/cookie", [401, 401, 200])] {
        let statuses = [
            status(get(&sandbox, path).header("X-Key", key)).await,
            status(get(&sandbox, &format!("{path}?a=b&key={key}"))).await,
            status(get(&sandbox, path).header("cookie", format!("a=b; sid={key}"))).await,
        ];
        assert_eq!(statuses, expected, "{path}: by header, query and cookie");
    }
}

#[tokio::test]
async fn the_bearer_token_is_for_schemes_whose_tokens_the_sandbox_does_not_issue() {
    let sandbox = sandbox().await;
    for (path, expected) in
        [("/bearer", 200), ("/oidc", 200), ("/user", 200), ("/device", 200), ("/machine", 401), ("/exchange", 401)]
    {
        assert_eq!(status(get(&sandbox, path).bearer_auth(sandbox.bearer_token())).await, expected, "{path}");
    }
    let issued = token(&sandbox, "read").await;
    assert_eq!(status(get(&sandbox, "/machine").bearer_auth(&issued)).await, 200);
    assert_eq!(
        status(get(&sandbox, "/bearer").bearer_auth(&issued)).await,
        401,
        "an issued token is for its scheme only"
    );
}

#[tokio::test]
async fn a_token_is_for_the_schemes_of_its_grant() {
    let sandbox = sandbox().await;
    let issued = token(&sandbox, "read").await;
    assert_eq!(status(get(&sandbox, "/machine").bearer_auth(&issued)).await, 200);
    assert_eq!(status(get(&sandbox, "/exchange").bearer_auth(&issued)).await, 401, "although it is the same endpoint");
}

#[tokio::test]
async fn a_token_may_live_for_ever() {
    let sandbox = sandbox().await;
    sandbox.token_lifetime(Duration::MAX);
    let issued = token(&sandbox, "read").await;
    assert_eq!(status(get(&sandbox, "/machine").bearer_auth(&issued)).await, 200);
}

#[tokio::test]
async fn an_alternative_needs_all_of_its_schemes() {
    let sandbox = sandbox().await;
    let key = sandbox.client_secret();
    let (good, narrow) = (token(&sandbox, "read").await, token(&sandbox, "write").await);
    assert_eq!(status(get(&sandbox, "/both").header("X-Key", key)).await, 401, "the key alone");
    assert_eq!(status(get(&sandbox, "/both").bearer_auth(&good)).await, 401, "the token alone");
    assert_eq!(status(get(&sandbox, "/both").bearer_auth(&good).header("X-Key", "wrong")).await, 401);
    assert_eq!(status(get(&sandbox, "/both").bearer_auth(&good).header("X-Key", key)).await, 200);
    assert_eq!(
        status(get(&sandbox, "/both").bearer_auth(&narrow).header("X-Key", key)).await,
        403,
        "without the scope"
    );
    assert_eq!(status(get(&sandbox, "/both").bearer_auth(&narrow)).await, 401, "without the scope and the key");
}

#[tokio::test]
async fn any_alternative_will_do() {
    let sandbox = sandbox().await;
    let key = sandbox.client_secret();
    assert_eq!(status(get(&sandbox, "/either").header("X-Key", key)).await, 401, "half of the first one");
    assert_eq!(status(get(&sandbox, &format!("/either?key={key}")).header("X-Key", key)).await, 200);
    assert_eq!(status(get(&sandbox, "/either").basic_auth(sandbox.client_id(), Some(key))).await, 200);
    assert_eq!(status(get(&sandbox, "/optional")).await, 200, "an empty alternative asks for nothing");
}

#[tokio::test]
async fn a_scheme_that_the_document_does_not_define_is_met_by_nobody() {
    let sandbox = sandbox().await;
    let all = get(&sandbox, "/missing").bearer_auth(sandbox.bearer_token()).header("X-Key", sandbox.client_secret());
    assert_eq!(status(all).await, 401);
}

#[tokio::test]
async fn a_401_names_the_schemes_that_would_do() {
    let sandbox = sandbox().await;
    for (path, challenges) in [
        ("/basic", "Basic realm=\"sandbox\""),
        ("/machine", "Bearer realm=\"sandbox\""),
        ("/either", "ApiKey realm=\"sandbox\", Basic realm=\"sandbox\""),
    ] {
        let response = get(&sandbox, path).send().await.expect("an answer");
        assert_eq!(response.headers()["www-authenticate"], challenges, "{path}");
    }
    sandbox.answer("basic", Answer::Status(401));
    let response = get(&sandbox, "/basic").send().await.expect("an answer");
    assert_eq!(response.headers()["www-authenticate"], "Basic realm=\"sandbox\"", "a scripted one too");
}
