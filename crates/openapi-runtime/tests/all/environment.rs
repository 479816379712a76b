//! Credentials and server from environment variables.

use openapi_runtime::{Api, ApiKey, BuildError, Clock};

use super::clock::run;
use super::keys::{Keys, RELATIVE, call_keys, keys};
use super::server::{Answer, Server};
use super::{GET, KEY_WEST, WEST, alone, bare, call, is_alone, seconds};

/// The variables `pairs`, and no others.
fn lookup(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
    move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn each_kind_of_credential_comes_from_variables() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let client = keys(&server, &clock).env(lookup(&[("KEYS_KEY", "a key")])).expect("a key").build();
        call_keys(&client.expect("a client"), 0).await.expect("a success");
        let token = [("KEYS_TOKEN", "a token"), ("KEYS_BASE_URL", "https://base.test")];
        let client = keys(&server, &clock).env(lookup(Box::leak(Box::new(token)))).expect("a token").build();
        call_keys(&client.expect("a client"), RELATIVE).await.expect("a success");
        let pair = lookup(&[("KEYS_ID", "id"), ("KEYS_SECRET", "secret")]);
        let client = keys(&server, &clock).env(pair).expect("client credentials").build();
        call_keys(&client.expect("a client"), RELATIVE).await.expect("a success");
        let basic = lookup(&[("THINGS_KEY", "user"), ("THINGS_KEY_SECRET", "password")]);
        let client = bare().http(server.clone()).clock(clock.clone()).env(basic).expect("HTTP Basic");
        let client = client.server(WEST.url, "https://west.test").build();
        call(&client.expect("a client"), KEY_WEST).await.expect("a success");
        let calls = server.calls();
        assert_eq!(calls[0].header("x-api-key"), "a key");
        assert_eq!((calls[1].authorization(), calls[1].url.host_str()), ("Bearer a token", Some("base.test")));
        assert_eq!(calls[2].authorization(), "Bearer t1");
        assert_eq!(calls[3].authorization(), "Basic dXNlcjpwYXNzd29yZA==");
    });
}

#[test]
fn where_nothing_is_set_the_error_names_every_way() {
    let error = Keys::builder().env(|_| None).map(drop).expect_err("a key or a token is needed");
    let ways = "set KEYS_KEY, or KEYS_ID and KEYS_SECRET, or KEYS_TOKEN";
    assert!(error.to_string().ends_with(ways), "{error}");
    assert!(matches!(error, BuildError::NoCredentialInEnvironment { ways } if ways.len() == 3));
    assert!(Keys::builder().credential("header_key", ApiKey::new("k")).env(|_| None).is_ok(), "one was given before");
    let error = Keys::builder().env(lookup(&[("KEYS_ID", "id")])).map(drop).expect_err("half a pair");
    assert_eq!(error.to_string(), "the environment variable KEYS_SECRET is not set, and KEYS_ID is");
}

#[test]
fn an_api_that_needs_no_credential_works_without_any() {
    use openapi_runtime::{Definition, EnvironmentVariable, Transport};
    use std::sync::Arc;

    #[derive(Clone)]
    struct Open(Arc<dyn Transport>);

    impl Api for Open {
        const DEFINITION: &'static Definition = &Definition {
            title: "Open",
            version: "1",
            operations: &[super::TABLE[super::OPEN]],
            undescribed: super::TABLE[super::OPEN],
            security_schemes: Keys::DEFINITION.security_schemes,
            environment: &[EnvironmentVariable {
                name: "OPEN_KEY",
                scheme: "header_key",
                part: openapi_runtime::CredentialPart::Key,
            }],
            base_url_variable: "",
        };
        const USER_AGENT: &'static str = "open/1.0";

        fn from_transport(transport: Arc<dyn Transport>) -> Self {
            Self(transport)
        }

        fn transport(&self) -> &Arc<dyn Transport> {
            &self.0
        }
    }

    let asked = |name: &str| {
        assert!(!name.is_empty(), "there is no variable for the server");
        None
    };
    assert!(Open::builder().env(asked).is_ok());
    assert!(Open::builder().from_env().is_ok(), "OPEN_KEY is not set here");
}

/// The environment can be set only for a process of its own.
#[test]
fn the_environment_of_the_process_is_read() {
    if is_alone() {
        match Keys::builder().from_env() {
            Ok(builder) => println!("result: {builder:?}"),
            Err(error) => println!("result: {error}"),
        }
        return;
    }
    let run = |variables: &[(&str, &std::ffi::OsStr)]| {
        let mut command = alone("environment::the_environment_of_the_process_is_read");
        for name in ["KEYS_KEY", "KEYS_TOKEN", "KEYS_ID", "KEYS_SECRET", "KEYS_BASE_URL"] {
            command.env_remove(name);
        }
        let output = command.envs(variables.iter().copied()).output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("text");
        let line = text.lines().find_map(|line| Some(line.split_once("result: ")?.1.to_owned()));
        line.unwrap_or_else(|| panic!("no result in {text}"))
    };
    let set = run(&[("KEYS_KEY", "a secret".as_ref())]);
    assert!(set.contains("header_key") && !set.contains("a secret"), "{set}");
    assert!(run(&[]).contains("the environment holds no credential"));
    assert_eq!(run(&[("KEYS_TOKEN", " ".as_ref())]), "the environment variable KEYS_TOKEN is empty");
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let odd = std::ffi::OsStr::from_bytes(b"\xff");
        assert_eq!(run(&[("KEYS_KEY", odd)]), "the environment variable KEYS_KEY is not UTF-8");
    }
}

#[test]
fn a_token_endpoint_without_a_scheme_is_asked_by_https_only() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let credentials = || openapi_runtime::ClientCredentials::new("an id", "a secret");
        let client = keys(&server, &clock).credential("relative", credentials()).base_url("http://127.0.0.1:8080");
        let error = call_keys(&client.build().expect("a client"), RELATIVE).await.expect_err("by plain http");
        let text = error.to_string();
        assert!(text.contains("the token endpoint `http://auth.example.test/token` is not https"), "{text}");
        assert!(server.seen().is_empty(), "no secret was sent");
        let client = keys(&server, &clock).credential("relative", credentials()).build().expect("a client");
        call_keys(&client, RELATIVE).await.expect("a success");
        assert_eq!(server.tokens()[0].url.as_str(), "https://auth.example.test/token");
        let client = bare().http(server.clone()).clock(clock.clone()).credential("login", credentials());
        let client = client.base_url("http://127.0.0.1:8080").build().expect("a client");
        clock.sleep(seconds(1)).await;
        call(&client, GET).await.expect("a relative path is on the server");
        assert_eq!(server.tokens()[1].url.as_str(), "http://127.0.0.1:8080/oauth/token");
    });
}
