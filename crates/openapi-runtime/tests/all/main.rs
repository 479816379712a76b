//! Clients of invented definitions, which have every method and every kind of security scheme, against servers that fail in
//! every way. The clients are written by hand, as `openapi-build` would generate them.

#[macro_use]
mod generated;

mod answers;
#[cfg(all(feature = "blocking", feature = "events", feature = "rustls"))]
mod blocking;
mod bodies;
mod clock;
mod credentials;
#[cfg(feature = "rustls")]
mod downloads;
mod environment;
#[cfg(all(feature = "events", feature = "rustls"))]
mod events;
mod faults;
mod files;
mod flows;
mod headers;
mod hooks;
#[cfg(feature = "http2")]
mod http2;
mod keys;
mod logs;
#[cfg(feature = "opentelemetry")]
mod metrics;
mod pages;
mod peers;
#[cfg(feature = "reqwest")]
mod proxies;
mod retry;
mod runtimes;
#[cfg(feature = "rustls")]
mod scripted;
mod server;
#[cfg(feature = "rustls")]
mod sockets;
mod token;
#[cfg(feature = "tower")]
mod tower;
mod transports;
mod undescribed;
mod variables;
#[cfg(feature = "rustls")]
mod wire;

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use openapi_runtime::codegen::{Call, Reads};
use openapi_runtime::{
    Api, Body, BoxFuture, ClientBuilder, ClientCredentials, CredentialPart, Definition, Endpoint, EnvironmentVariable,
    Error, HttpClient, HttpError, Operation, Reply, Requirement, Response, SecurityScheme, SecuritySchemeKind,
    Server as Host, Transport, http,
};

use generated::NotDocumented;

const API: Host = Host { url: "https://api.test", description: None, variables: &[] };
const WEST: Host = Host { url: "https://pkc-00000.region.west.test", description: None, variables: &[] };
const EAST: Host = Host { url: "https://psrc-00000.region.east.test", description: None, variables: &[] };

const fn operation(
    id: &'static str,
    method: &'static str,
    idempotent: bool,
    servers: &'static [Host],
    security: &'static [&'static [Requirement]],
) -> Operation {
    Operation {
        id,
        method,
        path: "/things",
        servers,
        security,
        lifecycle_stage: None,
        idempotent,
        accept: "application/json",
        statuses: &["200"],
        idempotency_key: None,
    }
}

const LOGIN: &[&[Requirement]] = &[&[Requirement::of("login", &["things"])]];

const POST: usize = 0;
const GET: usize = 1;
const PUT: usize = 2;
const DELETE: usize = 3;
/// Another scope than the four above.
const OTHER_SCOPE: usize = 4;
/// The key that is given for it, at a server of the user's.
const KEY_WEST: usize = 5;
const KEY_EAST: usize = 6;
/// A scheme whose token endpoint is no URL, or the key.
const EXTERNAL: usize = 7;
const EXCHANGED: usize = 8;
/// A POST with a documented idempotency key.
const KEYED: usize = 9;
/// Two schemes at once, which no client of ours presents.
const BOTH: usize = 10;
const OPEN: usize = 11;

/// The operations, by the numbers above.
const TABLE: [&Operation; 12] = [
    &operation("post", "POST", false, &[API], LOGIN),
    &operation("get", "GET", true, &[API], LOGIN),
    &operation("put", "PUT", true, &[API], LOGIN),
    &operation("delete", "DELETE", true, &[API], LOGIN),
    &operation("other", "GET", true, &[API], &[&[Requirement::of("login", &["others"])]]),
    &operation("west", "GET", true, &[WEST], &[&[Requirement::of("key", &[])]]),
    &operation("east", "GET", true, &[EAST], &[&[Requirement::of("key", &[])]]),
    &operation("external", "GET", true, &[API], &[&[Requirement::of("external", &[])], &[Requirement::of("key", &[])]]),
    &operation("exchanged", "GET", true, &[API], &[&[Requirement::of("exchange", &[])]]),
    &Operation { idempotency_key: Some("Idempotency-Key"), ..operation("keyed", "POST", false, &[API], LOGIN) },
    &operation("both", "GET", true, &[API], &[&[Requirement::of("login", &[]), Requirement::of("key", &[])]]),
    &operation("open", "GET", true, &[API], &[]),
];

static DEFINITION: Definition = Definition {
    title: "Things",
    version: "1",
    operations: &TABLE,
    undescribed: &operation("request", "GET", true, &[API], LOGIN),
    security_schemes: &[
        SecurityScheme {
            name: "login",
            kind: SecuritySchemeKind::ClientCredentials {
                token_url: "/oauth/token",
                scopes: &["things", "others"],
                flows: &[],
            },
        },
        SecurityScheme { name: "key", kind: SecuritySchemeKind::Http { scheme: "basic" } },
        SecurityScheme {
            name: "external",
            kind: SecuritySchemeKind::ClientCredentials {
                token_url: "https://<your provider>/token",
                scopes: &[],
                flows: &[],
            },
        },
        SecurityScheme {
            name: "exchange",
            kind: SecuritySchemeKind::TokenGrant {
                grant: "urn:ietf:params:oauth:grant-type:token-exchange",
                token_url: "https://sts.test/token",
                scopes: &[],
            },
        },
    ],
    environment: &[
        EnvironmentVariable { name: "THINGS_ID", scheme: "login", part: CredentialPart::Id },
        EnvironmentVariable { name: "THINGS_SECRET", scheme: "login", part: CredentialPart::Secret },
        EnvironmentVariable { name: "THINGS_KEY", scheme: "key", part: CredentialPart::Id },
        EnvironmentVariable { name: "THINGS_KEY_SECRET", scheme: "key", part: CredentialPart::Secret },
    ],
    base_url_variable: "THINGS_BASE_URL",
};

/// A client of the invented definition.
#[derive(Clone)]
struct Client {
    transport: Arc<dyn Transport>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

as_generated!(Client, DEFINITION, TABLE, "things/1.0");

type Outcome = Result<Response<()>, Error<NotDocumented>>;

/// Calls the operation of that number.
async fn call(client: &Client, operation: usize) -> Outcome {
    let transport = client.transport();
    match operation {
        POST => Call::new::<Op<POST>>(transport).json("application/json", &"a body").send::<Op<POST>>().await,
        GET => Call::new::<Op<GET>>(transport).send::<Op<GET>>().await,
        PUT => Call::new::<Op<PUT>>(transport).json("application/json", &"a body").send::<Op<PUT>>().await,
        DELETE => Call::new::<Op<DELETE>>(transport).send::<Op<DELETE>>().await,
        OTHER_SCOPE => Call::new::<Op<OTHER_SCOPE>>(transport).send::<Op<OTHER_SCOPE>>().await,
        KEY_WEST => Call::new::<Op<KEY_WEST>>(transport).send::<Op<KEY_WEST>>().await,
        KEY_EAST => Call::new::<Op<KEY_EAST>>(transport).send::<Op<KEY_EAST>>().await,
        EXTERNAL => Call::new::<Op<EXTERNAL>>(transport).send::<Op<EXTERNAL>>().await,
        EXCHANGED => Call::new::<Op<EXCHANGED>>(transport).send::<Op<EXCHANGED>>().await,
        KEYED => Call::new::<Op<KEYED>>(transport).send::<Op<KEYED>>().await,
        BOTH => Call::new::<Op<BOTH>>(transport).send::<Op<BOTH>>().await,
        _ => Call::new::<Op<OPEN>>(transport).send::<Op<OPEN>>().await,
    }
}

/// A builder of clients of the invented definition, with nothing given but an HTTP client that reaches nobody.
fn bare() -> ClientBuilder<Client> {
    Client::builder().http(Nowhere)
}

/// Makes no connection, so that tests of the builder need no HTTP stack.
struct Nowhere;

impl HttpClient for Nowhere {
    fn execute(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(std::future::ready(Err(HttpError::Connect("nobody is there".into()))))
    }
}

/// A builder of clients that send to `server`, with a credential for `login`.
fn builder(server: &server::Server, clock: &clock::TestClock) -> ClientBuilder<Client> {
    let credentials = ClientCredentials::new("an id", "a secret");
    bare().http(server.clone()).clock(clock.clone()).credential("login", credentials)
}

/// Set where a test runs in a process of its own.
const CHILD: &str = "OPENAPI_RUNTIME_TEST_CHILD";

/// A command that runs the test of that name in a process of its own, which no other test shares.
fn alone(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the program of the tests"));
    command.args(["--exact", test, "--nocapture"]).env(CHILD, "1");
    command
}

fn is_alone() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// The waits of a client that the server asks to wait for `asked`: up to a tenth longer, and at least 250 ms.
fn about(asked: Duration) -> std::ops::RangeInclusive<Duration> {
    asked..=asked + (asked / 10).max(Duration::from_millis(250))
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
