//! What the page says of its types, keyword by keyword, in the generated ones.

use confluent_cloud::{headers, types};
use openapi_runtime::codegen::{FromHeaders, read};
use openapi_runtime::http::header::{HeaderMap, HeaderName, HeaderValue};

fn failure(errors: &str) -> types::Failure {
    read(format!(r#"{{"errors": {errors}}}"#).as_bytes()).unwrap_or_else(|error| panic!("{errors}: {error}"))
}

#[test]
fn additional_properties_false_refuses_no_response() {
    let failure = failure(r#"[{"id": "e1", "added_next_month": {"a": 1}}]"#);
    assert_eq!(failure.errors[0].id.as_deref(), Some("e1"));
}

#[test]
fn unique_items_refuses_no_response() {
    assert_eq!(failure(r#"[{"id": "e1"}, {"id": "e1"}]"#).errors.len(), 2);
}

#[test]
fn a_nullable_message_is_null_absent_or_a_text() {
    let message = |error: &str| failure(&format!("[{error}]")).errors[0].message.clone();
    assert_eq!(message("{}"), None);
    assert_eq!(message(r#"{"message": null}"#), Some(None));
    assert_eq!(message(r#"{"message": "no"}"#), Some(Some("no".to_owned())));
}

#[test]
fn a_max_length_of_255_refuses_no_response() {
    let id = "e".repeat(300);
    assert_eq!(failure(&format!(r#"[{{"id": "{id}"}}]"#)).errors[0].id, Some(id));
}

#[test]
fn a_uri_is_a_text_as_it_came() {
    let text = r#"{"organization_id": "o", "sso_url": "https://confluent.cloud/login/sso/A%20b?c=d#e"}"#;
    let response: types::PartnerSignupResponse = read(text.as_bytes()).expect("a response");
    assert_eq!(response.sso_url, "https://confluent.cloud/login/sso/A%20b?c=d#e");
}

#[test]
fn an_int32_is_one_and_nothing_beyond() {
    let code = |text: &str| read::<types::Error>(format!(r#"{{"error_code": {text}}}"#).as_bytes());
    assert_eq!(code("2147483647").expect("the greatest").error_code, Some(i32::MAX));
    let error = code("2147483648").expect_err("one more");
    assert_eq!((error.pointer(), error.to_string().contains("beyond `int32`")), ("/error_code", true), "{error}");
}

#[test]
fn integer_headers_are_numbers() {
    type Limits = headers::ActivateSignupTooManyRequestsHeaders;
    let header = |name: &'static str, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let sent = HeaderMap::from_iter([
        header("retry-after", "7"),
        header("x-ratelimit-limit", "100"),
        header("x-ratelimit-remaining", "soon"),
        header("x-request-id", "r1"),
    ]);
    let limits = Limits::from_headers(&sent);
    assert_eq!((limits.retry_after, limits.x_rate_limit_limit), (Some(7), Some(100)));
    assert_eq!(limits.x_rate_limit_remaining, None, "one that does not parse is no reason to lose the others");
    assert_eq!(limits.x_request_id.as_deref(), Some("r1"));
}
