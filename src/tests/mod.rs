//! The wrapper against an invented definition, which has every method and every kind of security scheme.

mod clock;
mod credentials;
mod faults;
mod retry;
mod server;
mod sockets;
mod token;
mod wire;

use std::time::Duration;

use crate::support::{
    Call, DecodeError, Definition, Documented, Endpoint, EnvironmentVariable, Operation, Reply, Requirement, Response,
    SecurityScheme, SecuritySchemeKind, Server as Host,
};
use crate::{Client, ClientBuilder, ClientCredentials, Error};

const API: Host = Host { url: "https://api.test", description: None, variables: &[] };
const WEST: Host = Host { url: "https://pkc-00000.region.west.test", description: None, variables: &[] };
const EAST: Host = Host { url: "https://psrc-00000.region.east.test", description: None, variables: &[] };

const fn needs(scheme: &'static str, scopes: &'static [&'static str]) -> Requirement {
    Requirement { scheme, scopes }
}

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

const LOGIN: &[&[Requirement]] = &[&[needs("login", &["things"])]];

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
    &operation("other", "GET", true, &[API], &[&[needs("login", &["others"])]]),
    &operation("west", "GET", true, &[WEST], &[&[needs("key", &[])]]),
    &operation("east", "GET", true, &[EAST], &[&[needs("key", &[])]]),
    &operation("external", "GET", true, &[API], &[&[needs("external", &[])], &[needs("key", &[])]]),
    &operation("exchanged", "GET", true, &[API], &[&[needs("exchange", &[])]]),
    &Operation { idempotency_key: Some("Idempotency-Key"), ..operation("keyed", "POST", true, &[API], LOGIN) },
    &operation("both", "GET", true, &[API], &[&[needs("login", &[]), needs("key", &[])]]),
    &operation("open", "GET", true, &[API], &[]),
];

static DEFINITION: Definition = Definition {
    title: "Things",
    version: "1",
    operations: &TABLE,
    security_schemes: &[
        SecurityScheme {
            name: "login",
            kind: SecuritySchemeKind::ClientCredentials { token_url: "/oauth/token", scopes: &["things", "others"] },
        },
        SecurityScheme { name: "key", kind: SecuritySchemeKind::Http { scheme: "basic" } },
        SecurityScheme {
            name: "external",
            kind: SecuritySchemeKind::ClientCredentials { token_url: "https://<your provider>/token", scopes: &[] },
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
        EnvironmentVariable { name: "THINGS_ID", scheme: "login", part: "id" },
        EnvironmentVariable { name: "THINGS_SECRET", scheme: "login", part: "secret" },
        EnvironmentVariable { name: "THINGS_KEY", scheme: "key", part: "id" },
        EnvironmentVariable { name: "THINGS_KEY_SECRET", scheme: "key", part: "secret" },
    ],
};

/// The operation of that number; every success has an empty body, and no error is documented.
struct Op<const N: usize>;

impl<const N: usize> Endpoint for Op<N> {
    const OPERATION: &'static Operation = TABLE[N];
    type Body = ();
    type Headers = ();
    type Error = NotDocumented;

    fn success(reply: &Reply) -> Option<Result<(), DecodeError>> {
        reply.status.is_success().then_some(Ok(()))
    }
}

#[derive(Debug)]
enum NotDocumented {}

impl std::fmt::Display for NotDocumented {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for NotDocumented {}

impl Documented for NotDocumented {
    fn decode(_: &Reply) -> Option<Result<Self, DecodeError>> {
        None
    }
}

type Outcome = Result<Response<()>, Error<NotDocumented>>;

/// Calls the operation of that number.
async fn call(client: &Client, operation: usize) -> Outcome {
    let transport = client.transport();
    match operation {
        POST => Call::<Op<POST>>::__new(transport).__json("application/json", &"a body").send().await,
        GET => Call::<Op<GET>>::__new(transport).send().await,
        PUT => Call::<Op<PUT>>::__new(transport).__json("application/json", &"a body").send().await,
        DELETE => Call::<Op<DELETE>>::__new(transport).send().await,
        OTHER_SCOPE => Call::<Op<OTHER_SCOPE>>::__new(transport).send().await,
        KEY_WEST => Call::<Op<KEY_WEST>>::__new(transport).send().await,
        KEY_EAST => Call::<Op<KEY_EAST>>::__new(transport).send().await,
        EXTERNAL => Call::<Op<EXTERNAL>>::__new(transport).send().await,
        EXCHANGED => Call::<Op<EXCHANGED>>::__new(transport).send().await,
        KEYED => Call::<Op<KEYED>>::__new(transport).send().await,
        BOTH => Call::<Op<BOTH>>::__new(transport).send().await,
        _ => Call::<Op<OPEN>>::__new(transport).send().await,
    }
}

/// A builder of clients of the invented definition, with nothing given.
fn bare() -> ClientBuilder {
    let mut builder = Client::builder();
    builder.definition = &DEFINITION;
    builder
}

/// A builder of clients that send to `server`, with a credential for `login`.
fn builder(server: &server::Server, clock: &clock::TestClock) -> ClientBuilder {
    let credentials = ClientCredentials::new("an id", "a secret");
    bare().http(server.clone()).clock(clock.clone()).credential("login", credentials)
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
