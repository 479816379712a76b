//! What the page documents for each status, as the client's values hold it; and what it does not document, with nothing lost.

use confluent_cloud::errors::ActivateSignupError as Documented;
use confluent_cloud::sandbox::{self, Answer, Sandbox};
use confluent_cloud::{CallOptions, Client, Error, ErrorKind, OperationError, types};

const OPERATION: &str = "activateSignup";

fn request() -> types::ActivatePartnerSignupRequest {
    let (given_name, family_name, email) = ("Ada".into(), "Lovelace".into(), "ada@example.com".into());
    let user = types::V2User::new(types::V2UserRequired { given_name, family_name, email });
    let organization_id = "b3a17773-05cc-4431-9560-433fb4613da8".into();
    types::ActivatePartnerSignupRequest::new(types::ActivatePartnerSignupRequestRequired { user, organization_id })
}

/// A sandbox, and a client of it that sends once and does not wait.
async fn pair() -> (Sandbox, Client) {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let client = sandbox.client_builder::<Client>().wait_for_rate_limit(false).build().expect("a client");
    (sandbox, client.with(CallOptions::new().no_retry()))
}

async fn failure(sandbox: &Sandbox, client: &Client, answer: Answer) -> Error<Documented> {
    sandbox.answer(OPERATION, answer);
    client.activate_signup(request()).send().await.expect_err("no success")
}

fn raw(status: u16, content_type: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![("X-Request-Id".to_owned(), "r1".to_owned())];
    headers.extend(content_type.map(|value| ("Content-Type".to_owned(), value.to_owned())));
    Answer::Raw { status, headers, body: body.as_bytes().to_vec() }
}

/// The text of a raw header of an error.
fn header(error: &dyn OperationError, name: &str) -> Option<String> {
    error.raw_headers()?.get(name)?.to_str().ok().map(str::to_owned)
}

#[tokio::test]
async fn a_201_has_its_body_and_headers() {
    let (_sandbox, client) = pair().await;
    let response = client.activate_signup(request()).send().await.expect("the documented success");
    assert_eq!(response.status().as_u16(), 201);
    assert_eq!(response.organization_id, "b3a17773-05cc-4431-9560-433fb4613da8");
    assert!(response.sso_url.starts_with("https://") && response.display_message.is_some());
    assert_eq!(response.headers(), &(), "no header is documented for it");
    assert!(!response.raw_headers().is_empty());
}

#[tokio::test]
async fn each_documented_error_is_its_variant_with_its_body_and_its_headers() {
    let (sandbox, client) = pair().await;
    for status in [400, 403, 409, 429, 500, 401] {
        if status == 401 {
            sandbox.answer(OPERATION, Answer::Status(status)); // it is sent once more with a new token
        }
        let error = failure(&sandbox, &client, Answer::Status(status)).await;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert!(matches!(error.kind(), ErrorKind::Documented(_)), "{status}: {error}");
        let (body, id) = match error.documented().expect("it is documented") {
            Documented::BadRequest { body, headers } if status == 400 => (Some(body), &headers.x_request_id),
            Documented::Unauthorized { body, headers } if status == 401 => {
                assert_eq!(headers.www_authenticate, header(&error, "www-authenticate"));
                assert!(headers.www_authenticate.is_some());
                (Some(body), &headers.x_request_id)
            }
            Documented::Forbidden { body, headers } if status == 403 => (Some(body), &headers.x_request_id),
            Documented::Conflict { body, headers } if status == 409 => {
                assert_eq!(headers.location, header(&error, "location"));
                assert!(headers.location.is_some());
                (Some(body), &headers.x_request_id)
            }
            Documented::TooManyRequests { headers, .. } if status == 429 => {
                for (typed, name) in [
                    (headers.retry_after, "retry-after"),
                    (headers.x_rate_limit_limit, "x-ratelimit-limit"),
                    (headers.x_rate_limit_remaining, "x-ratelimit-remaining"),
                    (headers.x_rate_limit_reset, "x-ratelimit-reset"),
                ] {
                    assert_eq!(typed, header(&error, name).and_then(|text| text.parse().ok()), "{name}");
                }
                assert!(headers.retry_after.is_some() && headers.x_rate_limit_reset.is_some());
                (None, &headers.x_request_id)
            }
            Documented::InternalServerError { body, headers } if status == 500 => (Some(body), &headers.x_request_id),
            other => panic!("{status}: {other:?}"),
        };
        assert_eq!(id.as_deref(), error.request_id(), "{status}");
        assert!(id.is_some(), "{status}");
        if let Some(body) = body {
            let first = &body.errors[0];
            assert_eq!(first.detail, error.detail(), "{status}");
            assert!(error.to_string().contains(first.detail.as_deref().expect("a detail")), "{error}");
        }
    }
}

#[tokio::test]
async fn what_is_not_documented_loses_nothing() {
    let (sandbox, client) = pair().await;
    let json = Some("application/json");
    for (answer, status, body, decodes) in [
        (raw(418, Some("text/plain"), "tea"), 418, "tea", true),
        (raw(409, json, "{\"errors\": [{\"id\": 7}]}"), 409, "{\"errors\": [{\"id\": 7}]}", false),
        (raw(500, Some("text/html"), "<h1>no</h1>"), 500, "<h1>no</h1>", false),
        (raw(201, json, ""), 201, "", false),
        (raw(201, Some("text/html"), "<p>hi</p>"), 201, "<p>hi</p>", false),
    ] {
        let error = failure(&sandbox, &client, answer).await;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!((error.raw_body(), error.request_id()), (Some(body.as_bytes()), Some("r1")), "{status}");
        match error.kind() {
            ErrorKind::Undocumented => assert!(decodes, "{status}"),
            ErrorKind::Undecodable(problem) => {
                assert!(!decodes, "{status}");
                if status == 409 {
                    assert_eq!(problem.pointer(), Some("/errors/0/id"));
                }
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_documented_is_kept_beside_the_variant() {
    let (sandbox, client) = pair().await;
    let error = failure(&sandbox, &client, raw(429, Some("application/json"), "{\"message\": \"slow down\"}")).await;
    assert!(matches!(error.documented(), Some(Documented::TooManyRequests { .. })), "{error}");
    assert_eq!(error.raw_body(), Some(&b"{\"message\": \"slow down\"}"[..]));
    assert!(error.to_string().contains("slow down"), "{error}");
}

#[tokio::test]
async fn a_media_type_that_is_missing_or_wrong_is_no_reason_to_lose_the_body() {
    let (sandbox, client) = pair().await;
    let body = "{\"organization_id\": \"o\", \"sso_url\": \"https://a.example\"}";
    for content_type in [None, Some("text/plain"), Some("application/problem+json")] {
        sandbox.answer(OPERATION, raw(201, content_type, body));
        let response = client.activate_signup(request()).send().await.expect("the body is what is documented");
        assert_eq!((response.sso_url.as_str(), response.request_id()), ("https://a.example", Some("r1")));
    }
}

#[tokio::test]
async fn a_201_that_is_cut_says_that_it_was() {
    let (sandbox, client) = pair().await;
    let error = failure(&sandbox, &client, Answer::Cut).await;
    assert!(matches!(error.kind(), ErrorKind::Transport(_)), "{error}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(201), "the status came");
    assert!(error.raw_headers().is_some_and(|headers| headers.contains_key("content-type")));
}

#[tokio::test]
async fn any_failure_is_handled_through_one_trait() {
    let (sandbox, client) = pair().await;
    let limited = failure(&sandbox, &client, Answer::RateLimit(3)).await;
    let refused = failure(&sandbox, &client, Answer::Status(403)).await;
    let broken = failure(&sandbox, &client, Answer::Status(500)).await;
    let errors: [(&dyn OperationError, bool); 3] = [(&limited, true), (&refused, false), (&broken, false)];
    for (error, retryable) in errors {
        assert_eq!((error.operation().id, error.is_retryable()), (OPERATION, retryable), "{error}");
        assert!(error.request_id().is_some() && error.to_string().starts_with("activateSignup: "));
    }
}
