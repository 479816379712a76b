//! What is left of an answer that did not come whole or is not what was documented; and that text from outside does no harm.

use openapi_runtime::codegen::{Call, Reads};
use openapi_runtime::http::{HeaderMap, HeaderValue, StatusCode};
use openapi_runtime::{Api, BearerToken, BuildError, Endpoint, ErrorKind, HttpError, Operation, Reply};

use super::clock::run;
use super::server::{Answer, Server};
use super::{Client, GET, NotDocumented, OPEN, POST, TABLE, bare, builder, call, seconds};

/// An operation whose success is a JSON string.
struct Text;

impl Endpoint for Text {
    const OPERATION: &'static Operation = TABLE[OPEN];
    type Body = String;
    type Headers = ();
    type Error = NotDocumented;
    const READ: Reads<String> = &[(200..=299, Reply::json)];
}

#[test]
fn status_and_headers_survive_a_body_that_is_too_large() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| {
            Answer::status(201).header("location", "/things/7").body(&"x".repeat(1_000))
        });
        let client = builder(&server, &clock).body_limit(100).build().expect("a client");
        let error = call(&client, POST).await.expect_err("too large");
        assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::TooLarge { limit: 100, .. })), "{error}");
        assert_eq!(error.status(), Some(StatusCode::CREATED));
        assert_eq!(
            error.raw_headers().map(|headers| &headers["location"]),
            Some(&HeaderValue::from_static("/things/7"))
        );
        assert_eq!((error.attempts(), error.is_retryable()), (1, false));
        assert!(error.to_string().contains("201") && error.to_string().contains("longer than 100 bytes"), "{error}");
    });
}

#[test]
fn status_and_headers_survive_a_timeout_within_the_body() {
    for (method, attempts) in [(POST, 1), (GET, 4)] {
        run(move |clock| async move {
            let server = Server::with_tokens(&clock, |_| {
                let body = b"the beginning".to_vec();
                Answer::Stuck(Reply::new(StatusCode::CREATED, HeaderMap::new(), body)).header("location", "/things/7")
            });
            let client = builder(&server, &clock).timeout(seconds(600)).build().expect("a client");
            let error = call(&client, method).await.expect_err("never whole");
            assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Timeout { .. })), "{error}");
            assert_eq!((error.status(), error.attempts()), (Some(StatusCode::CREATED), attempts));
            assert_eq!(error.raw_body(), Some(&b"the beginning"[..]));
            assert!(error.raw_headers().is_some_and(|headers| headers.contains_key("location")));
            assert!(error.to_string().contains("201"), "{error}");
            // The same where it is the time of the call that ends.
            let hasty = builder(&server, &clock).timeout(seconds(5)).build().expect("a client");
            let error = call(&hasty, method).await.expect_err("never whole");
            assert!(matches!(error.kind(), ErrorKind::Deadline(_)), "{error}");
            assert_eq!(error.status(), Some(StatusCode::CREATED));
        });
    }
}

#[test]
fn a_page_of_html_where_json_was_due_is_named_with_its_status() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| {
            Answer::status(200).header("content-type", "text/html; charset=utf-8").body("<html>Sign in</html>")
        });
        let client = bare().http(server).clock(clock.clone()).build().expect("a client");
        let sent = Call::new::<Text>(client.transport()).send::<Text>();
        let error = sent.await.expect_err("no JSON");
        assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error}");
        assert!(error.to_string().contains("`text/html`") && error.to_string().contains("200"), "{error}");
    });
}

/// What a person or a log sees of an error.
fn shown<E: std::error::Error + 'static>(error: &openapi_runtime::Error<E>) -> String {
    let mut text = format!("{error}\n{error:?}\n{:?}\n{:?}\n", error.kind(), error.detail());
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text += &format!("{inner}\n{inner:?}\n");
        source = inner.source();
    }
    text
}

#[test]
fn text_from_outside_is_one_bounded_line_without_control_characters() {
    const EVIL: &str = "\u{1b}[2J\r\nINFO all is well \u{202e}\u{7}";
    run(|clock| async move {
        let server = Server::new(&clock, |seen| {
            let text = format!("{EVIL}{}", "x".repeat(10_000));
            match seen.is_for_token() {
                true => Answer::json(400, serde_json::json!({"error": text, "error_description": text})),
                false => {
                    Answer::json(400, serde_json::json!({"detail": text})).header("x-request-id", &"i".repeat(9_000))
                }
            }
        });
        let client = builder(&server, &clock).build().expect("a client");
        for operation in [OPEN, GET] {
            let error = call(&client, operation).await.expect_err("refused");
            for line in shown(&error).lines() {
                assert!(!line.contains(char::is_control) && !line.contains('\u{202e}'), "{line:?}");
                assert!(line.chars().count() < 2_500, "{} characters: {line}", line.chars().count());
            }
            assert!(shown(&error).lines().count() <= 8, "no line is added: {}", shown(&error));
        }
    });
}

/// Each encoding in which a server may answer `secret`.
fn encodings(secret: &str) -> Vec<String> {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let json: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    vec![
        secret.to_owned(),
        percent.to_ascii_lowercase(),
        percent,
        form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        serde_json::Value::from(secret).to_string(),
        json,
        secret.replace('&', "&amp;").replace('"', "&quot;"),
        STANDARD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD.encode(format!("an id:{secret}")),
        secret.chars().take(8).collect(),
    ]
}

#[test]
fn a_secret_that_a_server_echoes_is_not_shown_in_any_encoding() {
    const TOKEN: &str = "tok+en/&\"é-of-the-user~";
    const SECRET: &str = "client&secret \"é/+=%";
    for text in encodings(TOKEN) {
        let echoed = text.clone();
        run(move |clock| async move {
            let server = Server::new(&clock, move |_| {
                Answer::json(400, serde_json::json!({"detail": format!("bad <{echoed}>")}))
                    .header("x-request-id", &String::from_utf8_lossy(echoed.as_bytes()).replace('é', "e"))
            });
            let key = openapi_runtime::ApiKey::new(TOKEN);
            let client = super::keys::keys(&server, &clock).credential("query_key", key).build().expect("a client");
            let error = super::keys::call_keys(&client, 1).await.expect_err("refused");
            assert!(!shown(&error).contains(&text), "`{text}` is in {}", shown(&error));
            assert!(error.detail().is_some_and(|detail| detail.contains('…')), "{error}");
        });
    }
    for text in encodings(SECRET) {
        let echoed = text.clone();
        run(move |clock| async move {
            let server = Server::new(&clock, move |_| {
                Answer::json(
                    400,
                    serde_json::json!({"error": "invalid_client", "error_description": format!("<{echoed}>")}),
                )
            });
            let credentials = openapi_runtime::ClientCredentials::new("an id", SECRET);
            let client = builder(&server, &clock).credential("login", credentials).build().expect("a client");
            let error = call(&client, GET).await.expect_err("refused");
            assert!(!shown(&error).contains(&text), "`{text}` is in {}", shown(&error));
        });
    }
}

#[test]
fn a_secret_in_a_body_that_is_not_what_was_documented_is_not_shown() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| Answer::json(200, serde_json::json!({ seen.authorization(): 1 })));
        let source = openapi_runtime::CallOptions::new().token_source(BearerToken::new("a-secret-token"));
        let client = bare().http(server).clock(clock.clone()).build().expect("a client").with(source);
        let error = Call::new::<Text>(client.transport()).send::<Text>().await.expect_err("no text");
        assert!(!shown(&error).contains("a-secret"), "{}", shown(&error));
    });
}

#[test]
fn a_url_that_is_refused_is_shown_without_its_query() {
    for url in ["http://api.test/v1?key=hidden", "ftp://api.test/#hidden", "no url?key=hidden"] {
        let error: BuildError = Client::builder().base_url(url).build().map(drop).expect_err("no usable URL");
        assert!(
            matches!(error, BuildError::Url { .. }) && !format!("{error} {error:?}").contains("hidden"),
            "{error:?}"
        );
    }
}
