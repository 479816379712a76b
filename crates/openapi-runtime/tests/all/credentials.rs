//! Which credential an operation presents and where, and what is said where there is none that would do.

use std::time::Duration;

use base64::Engine;
use openapi_runtime::{
    BasicAuth, BearerToken, BoxFuture, BuildError, ClientBuilder, ClientCredentials, Clock, Credential, ErrorKind,
    Token, TokenError, TokenExchange, TokenRequest, TokenSource,
};
use serde_json::json;

use super::clock::{TestClock, run};
use super::server::{Answer, Server};
use super::{
    BOTH, Client, EAST, EXCHANGED, EXTERNAL, GET, KEY_EAST, KEY_WEST, OPEN, Outcome, WEST, bare, builder, call, seconds,
};

fn on(server: &Server, clock: &TestClock) -> ClientBuilder<Client> {
    bare().http(server.clone()).clock(clock.clone())
}

fn built(builder: ClientBuilder<Client>) -> Client {
    builder.build().expect("a client")
}

fn refused(builder: ClientBuilder<Client>) -> String {
    builder.build().expect_err("it must not be built").to_string()
}

fn no_credential(outcome: Outcome) -> String {
    let error = outcome.expect_err("no credential");
    assert!(matches!(error.kind(), ErrorKind::NoCredential(_)), "{error}");
    error.to_string()
}

/// The user and the password that a value of HTTP Basic holds.
fn basic(value: &str) -> String {
    let encoded = value.strip_prefix("Basic ").expect("HTTP Basic");
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).expect("base64")).expect("text")
}

/// A source that tells by its token what it was asked for.
struct Own;

impl TokenSource for Own {
    fn token<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        let token = Token::new(format!("own-{}", request.scheme), Duration::from_secs(60));
        Box::pin(std::future::ready(Ok(token)))
    }
}

#[test]
fn one_scheme_has_a_key_of_its_own_for_each_server() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = on(&server, &clock)
            .server(WEST.url, "https://pkc-12345.west.test")
            .server(EAST.url, "https://psrc-6789.east.test/base")
            .credential("key", BasicAuth::new("west", "w"))
            .at(WEST.url)
            // The real server will do as well.
            .credential("key", BasicAuth::new("east", "e"))
            .at("https://psrc-6789.east.test");
        let client = built(client);
        for operation in [KEY_WEST, KEY_EAST, OPEN] {
            call(&client, operation).await.expect("a success");
        }
        let sent: Vec<(String, String)> = server
            .seen()
            .iter()
            .map(|seen| {
                let credential = Some(seen.authorization()).filter(|value| !value.is_empty()).map(basic);
                (seen.url.to_string(), credential.unwrap_or_default())
            })
            .collect();
        let expected = [
            ("https://pkc-12345.west.test/things", "west:w"),
            ("https://psrc-6789.east.test/base/things", "east:e"),
            ("https://api.test/things", ""),
        ];
        assert_eq!(sent, expected.map(|(url, key)| (url.to_owned(), key.to_owned())));
    });
}

#[test]
fn a_key_for_one_server_goes_to_no_other() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = on(&server, &clock)
            .server(WEST.url, "https://west.test")
            .server(EAST.url, "https://east.test")
            .credential("key", BasicAuth::new("k", "s"))
            .at(WEST.url);
        let said = no_credential(call(&built(client), KEY_EAST).await);
        assert!(said.contains("given so far only for other servers than https://east.test"), "{said}");
        assert!(server.seen().is_empty());
    });
}

#[test]
fn a_server_that_is_a_placeholder_must_be_given() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = built(on(&server, &clock).credential("key", BasicAuth::new("k", "s")));
        let error = call(&client, KEY_WEST).await.expect_err("nobody is there");
        assert!(matches!(error.kind(), ErrorKind::Request(_)), "{error}");
        assert!(error.to_string().contains(&format!("`{}` stands for one of yours", WEST.url)), "{error}");
        assert!(error.to_string().contains(".server(\"https://pkc-00000"), "how to give it: {error}");
        assert!(server.seen().is_empty(), "nothing was sent");
    });
}

#[test]
fn an_operation_takes_the_first_alternative_that_there_is_a_credential_for() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let key = || on(&server, &clock).credential("key", BasicAuth::new("k", "s"));
        call(&built(key()), EXTERNAL).await.expect("the second alternative");
        call(&built(key().credential("external", Credential::source(Own))), EXTERNAL).await.expect("the first");
        call(&built(key().credential("external", BearerToken::new("fixed"))), EXTERNAL).await.expect("the first");
        let sent: Vec<String> = server.seen().iter().map(|seen| seen.authorization().to_owned()).collect();
        assert_eq!(basic(&sent[0]), "k:s");
        assert_eq!(sent[1..], ["Bearer own-external", "Bearer fixed"]);
    });
}

#[test]
fn without_a_credential_nothing_is_sent_and_the_error_says_what_would_do() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = built(on(&server, &clock));
        let table: [(usize, &[&str]); 4] = [
            (GET, &["`login` (`.credential(\"login\", ClientCredentials::new(…))`)"]),
            // Its tokenUrl is no URL.
            (EXTERNAL, &["`external` (`.credential(\"external\", Credential::source(…))`)", "BasicAuth::new(…)"]),
            (EXCHANGED, &["TokenExchange::new(…)"]),
            (BOTH, &["`login` and `key` together, which this client cannot present"]),
        ];
        for (operation, parts) in table {
            let said = no_credential(call(&client, operation).await);
            for part in parts {
                assert!(said.contains(part), "`{said}` does not say `{part}`");
            }
        }
        call(&client, OPEN).await.expect("none is needed");
        assert_eq!(server.seen().len(), 1);
        assert_eq!(server.seen()[0].authorization(), "");
    });
}

#[test]
fn a_credential_finds_the_one_scheme_that_it_fits() {
    let credentials = || ClientCredentials::new("id", "secret");
    assert!(bare().credentials(credentials()).build().is_ok(), "only `login` has a usable token endpoint");
    assert!(bare().credentials(BasicAuth::new("k", "s")).build().is_ok());
    let said = refused(bare().credentials(BearerToken::new("t")));
    assert!(said.contains("several security schemes: login, external, exchange"), "{said}");
    let said = refused(bare().credentials(credentials()).token_url("external", "https://idp.test/token"));
    assert!(said.contains("several security schemes: login, external"), "{said}");
    for (credential, scheme, message) in [
        (Credential::from(credentials()), "external", "is not a URL"),
        (credentials().into(), "external", "Credential::source"),
        (credentials().into(), "exchange", "by the grant `urn:ietf:params:oauth:grant-type:token-exchange`"),
        (credentials().into(), "key", "does not give it this grant"),
        (BasicAuth::new("k", "s").into(), "login", "not HTTP Basic"),
        (BasicAuth::new("k:1", "s").into(), "key", "no colon"),
        (BearerToken::new("t").into(), "key", "bearer"),
        (credentials().into(), "oauth", "no security scheme `oauth`"),
    ] {
        let said = refused(bare().credential(scheme, credential));
        assert!(said.contains(message), "{scheme}: `{said}` does not say `{message}`");
    }
}

#[test]
fn what_names_no_server_of_the_definition_is_refused() {
    let key = || bare().credential("key", BasicAuth::new("k", "s"));
    let said = refused(key().at("https://pkc-12345.west.test"));
    assert!(said.contains("no server `https://pkc-12345.west.test`") && said.contains(WEST.url), "{said}");
    assert!(key().at("https://real.test").server(WEST.url, "https://real.test").build().is_ok());
    assert!(key().at("https://base.test").base_url("https://base.test/v1").build().is_ok());
    assert!(refused(bare().server("https://api.test/v9", "https://a.test")).contains("no server"));
    assert!(matches!(bare().at(WEST.url).build(), Err(BuildError::NoCredentialBefore(_))));
}

#[test]
fn no_secret_goes_by_plain_http_and_no_url_holds_one() {
    let builders: [fn(&str) -> ClientBuilder<Client>; 3] =
        [|url| bare().base_url(url), |url| bare().server(WEST.url, url), |url| bare().token_url("login", url)];
    for builder in builders {
        for fine in ["https://a.test", "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"] {
            assert!(builder(fine).build().is_ok(), "{fine}");
        }
        for plain in ["http://a.test", "http://127.0.0.1.a.test", "http://10.0.0.1", "ftp://127.0.0.1", "file:///a"] {
            assert!(refused(builder(plain)).contains("it must be https, or loopback"), "{plain}");
        }
        for leaky in ["https://me:hunter2@a.test", "https://hunter2@a.test", "ht tp://me:hunter2@a.test"] {
            assert!(!refused(builder(leaky)).contains("hunter2"), "{leaky}");
        }
    }
}

#[test]
fn tokens_come_from_where_requests_go() {
    run(|clock| async move {
        type Change = fn(ClientBuilder<Client>) -> ClientBuilder<Client>;
        let table: [(&str, Change); 4] = [
            ("https://api.test/oauth/token", |builder| builder),
            ("https://base.test/oauth/token", |builder| builder.base_url("https://base.test/v1")),
            ("https://real.test/oauth/token", |builder| builder.server("https://api.test", "https://real.test")),
            ("https://idp.test/a/token", |builder| builder.token_url("login", "https://idp.test/a/token")),
        ];
        for (endpoint, change) in table {
            let server = Server::with_tokens(&clock, |_| Answer::status(200));
            call(&built(change(builder(&server, &clock))), GET).await.expect("a success");
            assert_eq!(server.tokens()[0].url.as_str(), endpoint);
        }
    });
}

#[test]
fn id_and_secret_are_encoded_as_rfc_6749_says() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let credentials = ClientCredentials::new("an id:1", "s&c=r+t%é");
        call(&built(on(&server, &clock).credentials(credentials.clone())), GET).await.expect("a success");
        call(&built(on(&server, &clock).credentials(credentials.in_body())), GET).await.expect("a success");
        let seen = server.tokens();
        assert_eq!(basic(seen[0].authorization()), "an+id%3A1:s%26c%3Dr%2Bt%25%C3%A9");
        assert_eq!(seen[0].body, "grant_type=client_credentials&scope=things");
        assert_eq!(seen[1].authorization(), "");
        assert!(seen[1].body.contains("client_id=an+id%3A1&client_secret=s%26c%3Dr%2Bt%25%C3%A9"), "{}", seen[1].body);
    });
}

#[test]
fn a_token_is_exchanged_for_another() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.nth) {
            (true, 2) => {
                Answer::json(400, json!({"error": "invalid_grant", "error_description": "not subject-2, pool 7"}))
            }
            (true, _) => Answer::token("exchanged", 100),
            (false, _) => Answer::status(200),
        });
        let exchange = TokenExchange::new(BearerToken::new("subject-2")).field("identity_pool_id", "pool 7");
        let client = built(on(&server, &clock).credentials(exchange));
        call(&client, EXCHANGED).await.expect("a success");
        call(&client, EXCHANGED).await.expect("the token is kept");
        clock.forward(seconds(101));
        let error = call(&client, EXCHANGED).await.expect_err("refused").to_string();
        assert!(error.contains("invalid_grant: not …, …"), "what was secret is not given back: {error}");
        let seen = server.seen();
        assert_eq!(seen[0].url.as_str(), "https://sts.test/token");
        let form: Vec<(String, String)> = form_urlencoded::parse(seen[0].body.as_bytes()).into_owned().collect();
        let expected = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", "subject-2"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("identity_pool_id", "pool 7"),
        ];
        assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(seen[1].authorization(), "Bearer exchanged");
    });
}

#[test]
fn a_source_is_asked_again_when_its_token_is_over() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = built(on(&server, &clock).credential("login", Credential::source(Own)));
        call(&client, GET).await.expect("a success");
        clock.sleep(seconds(61)).await;
        call(&client, GET).await.expect("a success");
        assert_eq!(server.seen()[1].authorization(), "Bearer own-login");
        let broken = built(on(&server, &clock).credential("login", Credential::source(BearerToken::new("a\nb"))));
        let error = call(&broken, GET).await.expect_err("no header holds that");
        assert!(matches!(error.kind(), ErrorKind::Token(_)) && !error.to_string().contains("a\nb"), "{error}");
    });
}

#[test]
fn every_request_names_the_client() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        call(&built(builder(&server, &clock).user_agent("my-tool/1.2 (x)")), GET).await.expect("a success");
        let own = "things/1.0 my-tool/1.2 (x)";
        assert!(server.seen().iter().all(|seen| seen.header("user-agent") == own));
        assert!(matches!(bare().user_agent("a\nb").build(), Err(BuildError::UserAgent(_))));
    });
}

#[test]
fn the_environment_gives_each_scheme_its_credential_whole() {
    let built = |pairs: &'static [(&str, &str)]| {
        let lookup = move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        bare().env(lookup).map(drop).map_err(|error| error.to_string())
    };
    let error = |text: &str| Err(format!("the environment variable {text}"));
    assert_eq!(built(&[("THINGS_ID", "a"), ("THINGS_SECRET", "b")]), Ok(()));
    assert_eq!(built(&[("THINGS_KEY", "a"), ("THINGS_KEY_SECRET", "b")]), Ok(()));
    let ways = "THINGS_ID and THINGS_SECRET, or THINGS_KEY and THINGS_KEY_SECRET";
    assert_eq!(built(&[]), Err(format!("the environment holds no credential: set {ways}")));
    assert_eq!(built(&[("THINGS_KEY", "a")]), error("THINGS_KEY_SECRET is not set, and THINGS_KEY is"));
    assert_eq!(built(&[("THINGS_SECRET", "b")]), error("THINGS_ID is not set, and THINGS_SECRET is"));
    assert_eq!(built(&[("THINGS_ID", "a"), ("THINGS_SECRET", "")]), error("THINGS_SECRET is empty"));
    let half = built(&[("THINGS_ID", "a"), ("THINGS_SECRET", "b"), ("THINGS_KEY", "k")]);
    assert_eq!(half, error("THINGS_KEY_SECRET is not set, and THINGS_KEY is"), "though the other scheme is whole");
    assert_eq!(built(&[("THINGS_BASE_URL", " ")]), error("THINGS_BASE_URL is empty"));
}

#[test]
fn an_empty_credential_is_refused_when_the_client_is_built() {
    let credentials: [(&str, Credential); 4] = [
        ("login", BearerToken::new("").into()),
        ("login", ClientCredentials::new("id", " ").into()),
        ("login", ClientCredentials::new("", "secret").into()),
        ("key", BasicAuth::new("", "").into()),
    ];
    for (scheme, credential) in credentials {
        let error = bare().credential(scheme, credential).build().map(drop).expect_err("it is empty");
        assert!(error.to_string().contains("is empty"), "{error}");
    }
    bare()
        .credential("key", BasicAuth::new("a key as the user", ""))
        .build()
        .map(drop)
        .expect("a password may be empty");
}
