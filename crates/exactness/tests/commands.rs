//! The command line of a definition: what it sends, what it prints, and how it ends. What it sends is what the generated client
//! sends.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use exactness::commands::types::{Colour, DepotAddParcelRequest, ParcelRequest, ParcelRequestRequired};
use exactness::commands::types::{ParcelRequestSize, ParcelTo, SendScalarsLevel};
use exactness::commands::{Client, DEFINITION};
use openapi_runtime::cli::{Cli, Io};
use openapi_runtime::http::{Request, Response};
use openapi_runtime::retry::StandardPolicy;
use openapi_runtime::{ApiKey, Body, BoxFuture, ClientBuilder, FilePart, HttpClient, HttpError};
use openapi_sandbox::{Documents, Sandbox};

/// A credential that must not be seen.
const KEY: &str = "key-that-nobody-sees";

/// What was sent: method, URL, headers, and the body.
type Sent = (String, String, Vec<(String, String)>, Vec<u8>);

/// An HTTP client in memory, which keeps what it is given and answers what it was told.
#[derive(Clone, Default)]
struct Memory {
    sent: Arc<Mutex<Vec<Sent>>>,
    answers: Arc<Mutex<VecDeque<Response<Body>>>>,
}

impl Memory {
    fn answering(answers: impl IntoIterator<Item = (u16, &'static str, &'static str)>) -> Self {
        let answers = answers.into_iter().map(|(status, media_type, body)| {
            let response = Response::builder().status(status).header("content-type", media_type);
            response.body(Body::from(body)).expect("an answer")
        });
        Self { answers: Arc::new(Mutex::new(answers.collect())), ..Self::default() }
    }

    fn sent(&self) -> Vec<Sent> {
        self.sent.lock().expect("no test panics with it").clone()
    }
}

impl HttpClient for Memory {
    fn execute(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        let (head, body) = request.into_parts();
        let headers = head.headers.iter();
        let headers = headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()));
        let body = body.as_bytes().expect("these tests send no files").to_vec();
        let sent = (head.method.to_string(), head.uri.to_string(), headers.collect(), body);
        self.sent.lock().expect("no test panics with it").push(sent);
        let answer = self.answers.lock().expect("no test panics with it").pop_front();
        let lost = || HttpError::Connect("nobody answers".into());
        Box::pin(std::future::ready(answer.ok_or_else(lost)))
    }
}

/// Tries nothing again, because the tests wait for nothing.
const ONCE: StandardPolicy = StandardPolicy { attempts: 1 };

/// How a command ended, and what it printed.
#[derive(Debug)]
struct Ran {
    code: u8,
    output: String,
    errors: String,
}

async fn run_with(memory: &Memory, environment: &[(&str, &str)], input: &[u8], arguments: &[&str]) -> Ran {
    let memory = memory.clone();
    let cli = Cli::<Client>::new("depot")
        .version("1.2.3")
        .client(move |builder| builder.http(memory.clone()).retry_policy(ONCE));
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let find = |name: &str| environment.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    let io = Io {
        arguments: arguments.iter().map(Into::into).collect(),
        environment: &find,
        input: &mut &*input,
        output: &mut output,
        errors: &mut errors,
    };
    let code = cli.run_with(io).await;
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let ran = Ran { code, output: text(output), errors: text(errors) };
    assert!(!ran.output.contains(KEY) && !ran.errors.contains(KEY), "{ran:?}");
    ran
}

async fn run(memory: &Memory, arguments: &[&str]) -> Ran {
    run_with(memory, &[("DEPOT_API_KEY", KEY)], b"", arguments).await
}

/// The generated client over the same memory.
fn client(memory: &Memory) -> Client {
    let builder: ClientBuilder<Client> = Client::builder().http(memory.clone()).retry_policy(ONCE);
    builder.credentials(ApiKey::new(KEY)).build().expect("a client")
}

/// What both have sent, which is the same.
fn same(memory: &Memory) -> Sent {
    let sent = memory.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
    sent[0].clone()
}

fn nothing() -> Memory {
    Memory::answering([(204, "", ""), (204, "", "")])
}

#[tokio::test]
async fn lists_in_each_style_are_those_of_the_client() {
    let memory = nothing();
    let both = ["a b".to_owned(), "c/d".to_owned()];
    let call = client(&memory).send_lists(&both, &both, &both, &both, &both, &both);
    let call = call.exploded(&both).form(&both).spaces(&both).pipes(&both).deep(&both).brackets(&both);
    call.reserved(&both).json(&both).x_names(&both).crumbs(&both).send().await.expect("204");
    let mut arguments = vec!["depot".to_owned(), "send-lists".to_owned()];
    for flag in [
        "simple", "simple-x", "label", "label-x", "matrix", "matrix-x", "exploded", "form", "spaces", "pipes", "deep",
        "brackets", "reserved", "json", "x-names", "crumbs",
    ] {
        for value in &both {
            arguments.extend([format!("--{flag}"), value.clone()]);
        }
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = run(&memory, &arguments).await;
    assert_eq!((ran.code, ran.output.as_str()), (0, ""), "{}", ran.errors);
    let (_, url, headers, _) = same(&memory);
    assert!(url.contains("/a%20b,c%2Fd/") && url.contains(";matrix=a%20b,c%2Fd/"), "{url}");
    assert!(url.contains("exploded=a%20b&exploded=c%2Fd") && url.contains("reserved=a%20b,c/d"), "{url}");
    assert!(headers.iter().any(|(name, value)| name == "cookie" && value == "crumbs=a%20b,c%2Fd"), "{headers:?}");
}

#[tokio::test]
async fn objects_in_each_style_are_those_of_the_client() {
    let memory = nothing();
    let colour = || Colour::new().r(100).g("x y");
    let call = client(&memory).send_objects(colour(), colour(), colour(), colour(), colour(), colour());
    let call = call.exploded(colour()).form(colour()).deep(colour()).json(colour()).x_colour(colour());
    call.send().await.expect("204");
    let mut arguments = vec!["depot", "send-objects"];
    for flag in ["--simple", "--simple-x", "--label", "--label-x", "--matrix", "--matrix-x"] {
        arguments.extend([flag, r#"{"R":100,"G":"x y"}"#]);
    }
    for flag in ["--exploded", "--form", "--deep", "--json", "--x-colour"] {
        arguments.extend([flag, "R=100", flag, "G=x y"]);
    }
    let ran = run(&memory, &arguments).await;
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(same(&memory).1.contains("/R=100,G=x%20y/"));
}

#[tokio::test]
async fn scalars_are_those_of_the_client_and_each_has_a_flag_of_its_own() {
    let memory = Memory::answering([(200, "text/plain", "sent"), (200, "text/plain", "sent")]);
    #[allow(deprecated)]
    let call = client(&memory).send_scalars("a/b");
    let call = call.id_query(-5).output("x").ratio(5.0).exact(true).size(ParcelRequestSize::Large);
    let call = call.level(SendScalarsLevel::try_from(2).expect("it is possible")).expect("it is possible");
    call.password("hunter2").send().await.expect("200");
    let arguments = "depot send-scalars --id a/b --id-query -5 --query-output x --ratio 5 --exact true --size large \
                     --level 2 --password hunter2";
    let ran = run(&memory, &arguments.split_whitespace().collect::<Vec<_>>()).await;
    assert_eq!((ran.code, ran.output.as_str()), (0, "sent"), "{}", ran.errors);
    assert!(same(&memory).1.contains("/a%2Fb?id=-5&output=x&ratio=5.0&exact=true&size=large&level=2"));
}

fn parcel() -> ParcelRequest {
    let to = ParcelTo::new("Ada").code("007").floor(3);
    let required = ParcelRequestRequired { to, size: ParcelRequestSize::Small };
    ParcelRequest::new(required).weight(2.5).fragile(true).labels(["a".to_owned(), "b|c".to_owned()])
}

const FIELDS: [&str; 14] = [
    "--field",
    "to.name=Ada",
    "--field",
    "to.code=007",
    "--field",
    "to.floor=3",
    "--field",
    "size=small",
    "--field",
    "weight=2.5",
    "--field",
    "fragile=true",
    "--field",
    "labels=a",
];

/// The fields of a parcel, and more arguments.
fn add<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["depot", "add-parcel"].iter().chain(&FIELDS).chain(&["-f", "labels=b|c"]).chain(more).copied().collect()
}

#[tokio::test]
async fn a_body_of_fields_is_that_of_the_client() {
    let memory = nothing();
    let _ = client(&memory).depot_add_parcel(parcel()).send().await;
    let ran = run(&memory, &add(&[])).await;
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let (.., body) = same(&memory);
    let expected = r#"{"to":{"name":"Ada","code":"007","floor":3},"size":"small","weight":2.5,"fragile":true,"labels":["a","b|c"]}"#;
    assert_eq!(String::from_utf8_lossy(&body), expected);
}

#[tokio::test]
async fn a_form_is_that_of_the_client() {
    let memory = nothing();
    let _ = client(&memory).depot_add_parcel_with_application_x_www_form_urlencoded(parcel()).send().await;
    let ran = run(&memory, &add(&["--content-type", "application/x-www-form-urlencoded"])).await;
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let (.., body) = same(&memory);
    assert!(String::from_utf8_lossy(&body).contains("&labels=a|b%7Cc"), "{}", String::from_utf8_lossy(&body));
}

#[tokio::test]
async fn a_multipart_body_is_that_of_the_client() {
    let memory = nothing();
    let body = DepotAddParcelRequest::new(FilePart::bytes(b"\x89PNG".to_vec())).to("Ada").labels(["a".to_owned()]);
    let _ = client(&memory).depot_add_parcel_with_multipart_form_data(body).send().await;
    let arguments = ["depot", "add-parcel", "--content-type", "multipart/form-data", "-f", "to=Ada"];
    let arguments = [&arguments[..], &["-f", "picture=@-", "-f", "labels=a"]].concat();
    let ran = run_with(&memory, &[("DEPOT_API_KEY", KEY)], b"\x89PNG", &arguments).await;
    assert_eq!(ran.code, 0, "{}", ran.errors);
    same(&memory);
}

#[tokio::test]
async fn a_body_comes_inline_from_standard_input_or_from_a_file() {
    let memory = Memory::answering([(204, "", ""), (204, "", ""), (204, "", ""), (204, "", "")]);
    const BODY: &str = r#"{ "size": 12345678901234567890123 }"#;
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("parcel.json");
    std::fs::write(&path, BODY).expect("a file");
    let file = format!("@{}", path.display());
    for given in [BODY, "-", "@-", &file] {
        let environment = [("DEPOT_API_KEY", KEY)];
        let ran = run_with(&memory, &environment, BODY.as_bytes(), &["depot", "add-parcel", "--body", given]).await;
        assert_eq!(ran.code, 0, "{given}: {}", ran.errors);
    }
    assert!(memory.sent().iter().all(|(.., body)| body == BODY.as_bytes()));
}

#[tokio::test]
async fn fields_are_put_into_a_body_that_is_given() {
    let memory = nothing();
    let body = r#"{"to":{"name":"Ada"},"size":"small","labels":["a"]}"#;
    let fields = ["-f", "to.name=Bob", "-f", "labels=b", "-f", "extra=5", "-f", "unknown.deep:=[1]"];
    let arguments = [&["depot", "add-parcel", "--body", body][..], &fields[..]].concat();
    let ran = run(&memory, &arguments).await;
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let (.., sent) = &memory.sent()[0];
    let expected = r#"{"to":{"name":"Bob"},"size":"small","labels":["a","b"],"extra":5,"unknown":{"deep":[1]}}"#;
    assert_eq!(String::from_utf8_lossy(sent), expected);
}

#[tokio::test]
async fn files_arrive_over_a_socket() {
    let documents = Documents::from_json(exactness::COMMANDS);
    let sandbox = Sandbox::serve(documents).await.expect("a sandbox");
    let picture = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("depot.png");
    std::fs::write(&picture, [0x89; 200_000]).expect("a file");
    let file = format!("@{}", picture.display());
    let run = async |arguments: &[&str]| {
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let environment = |name: &str| match name {
            "DEPOT_API_KEY" => Some(sandbox.client_secret().to_owned()),
            "DEPOT_BASE_URL" => Some(sandbox.url().to_owned()),
            _ => None,
        };
        let io = Io {
            arguments: arguments.iter().map(Into::into).collect(),
            environment: &environment,
            input: &mut std::io::empty(),
            output: &mut output,
            errors: &mut errors,
        };
        let code = Cli::<Client>::new("depot").run_with(io).await;
        (code, String::from_utf8_lossy(&errors).into_owned())
    };
    let put = run(&["raw-bodies", "put-bytes", "--name", "a", "--body", &file]).await;
    assert_eq!(put, (0, String::new()));
    let field = format!("picture={file}");
    let add = run(&["depot", "add-parcel", "--content-type", "multipart/form-data", "-f", &field]).await;
    assert_eq!(add, (0, String::new()));
    let missing = run(&["raw-bodies", "put-bytes", "--name", "a", "--body", "@no such file"]).await;
    assert!(missing.0 == 2 && missing.1.contains("no such file"), "{missing:?}");
    let arrived = sandbox.arrived();
    let lengths: Vec<(&str, bool)> =
        arrived.iter().map(|arrived| (arrived.operation.as_str(), arrived.body.len() >= 200_000)).collect();
    assert_eq!(lengths, [("putBytes", true), ("depotAddParcel", true)]);
}

#[tokio::test]
async fn what_is_sent_is_shown_without_secrets_and_not_sent() {
    let memory = Memory::default();
    let arguments = ["depot", "send-scalars", "--id", "a", "--password", "hunter2 of mine", "--dry-run"];
    let ran = run(&memory, &arguments).await;
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let mut lines = ran.output.lines();
    let url = lines.next().expect("a line");
    assert!(
        url.starts_with("GET https://depot.example.com/scalars/a?password=") && url.contains("api_key=***"),
        "{url}"
    );
    assert!(!ran.output.contains("hunter2"), "{}", ran.output);
    assert!(ran.output.contains("accept: text/plain\n"), "{}", ran.output);

    let ran = run(&memory, &add(&["-f", "secret=hunter2 of mine", "--dry-run"])).await;
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let (head, body) = ran.output.split_once("\n\n").expect("a body");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(body.contains(r#""name":"Ada""#) && !body.contains("hunter2"), "{body}");

    let whole = r#"{"to": {"name": "Ada"}, "secret": "hunter2 \"of\" mine"}"#;
    let ran = run(&memory, &["depot", "add-parcel", "--body", whole, "--dry-run"]).await;
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(ran.output.contains(r#""name":"Ada""#) && !ran.output.contains("hunter2"), "{}", ran.output);

    let crumbs = ["--simple", "--simple-x", "--label", "--label-x", "--matrix", "--matrix-x", "--crumbs"];
    let arguments = crumbs.iter().flat_map(|flag| [*flag, "crumb"]).chain(["--dry-run"]);
    let ran =
        run_with(&memory, &[], b"", &["depot", "send-lists"].into_iter().chain(arguments).collect::<Vec<_>>()).await;
    assert_eq!(ran.code, 0, "without a credential, too: {}", ran.errors);
    assert!(ran.output.contains("cookie: ***\n") && ran.output.contains("api_key=***"), "{}", ran.output);
    assert!(memory.sent().is_empty());
}

#[tokio::test]
async fn passwords_are_in_no_message_and_in_no_dry_run() {
    for (arguments, said) in [
        (["-f", "secret:=hunter2"], "the field `secret`: the value is not JSON"),
        (["-f", "hunter2"], "--field, the 1st: it is neither"),
    ] {
        let ran = run(&Memory::default(), &add(&arguments)).await;
        let said = said.replace("1st", "9th");
        assert!(ran.code == 2 && ran.errors.contains(&said) && !ran.errors.contains("hunter2"), "{ran:?}");
    }
    let echo = r#"{"detail":"no hunter2 here","input":{"secret":"hunter2"}}"#;
    let ran = run(&Memory::answering([(422, "application/json", echo)]), &add(&["-f", "secret=hunter2"])).await;
    assert!(ran.code == 4 && ran.errors.contains("no … here") && !ran.errors.contains("hunter2"), "{ran:?}");
    let scalars = ["depot", "send-scalars", "--id", "a", "--password", "hunter2"];
    let ran = run(&Memory::answering([(500, "text/plain", "hunter2?")]), &scalars).await;
    assert!(ran.code == 5 && ran.errors.contains("…?") && !ran.errors.contains("hunter2"), "{ran:?}");

    // What is shorter is hidden where it stands alone, and a single character in quotes.
    let echo = r#"{"detail":"7b is wrong, as 7bc and 17b are","input":{"secret":"7b"}}"#;
    let ran = run(&Memory::answering([(422, "application/json", echo)]), &add(&["-f", "secret=7b"])).await;
    assert!(ran.errors.contains("… is wrong, as 7bc and 17b are") && !ran.errors.contains("\"7b\""), "{ran:?}");
    let echo = r#"{"detail":"a secret","input":{"secret":"a"}}"#;
    let ran = run(&Memory::answering([(422, "application/json", echo)]), &add(&["-f", "secret=a"])).await;
    assert!(ran.errors.contains("a secret") && !ran.errors.contains("\"a\""), "{ran:?}");

    let ran = run(&Memory::default(), &add(&["-f", "secret=a", "--dry-run"])).await;
    assert!(ran.code == 0 && ran.output.contains(r#""secret":"***""#), "{ran:?}");
}

const PAGES: [(u16, &str, &str); 3] = [
    (200, "application/json", r#"{"parcels":[{"size":"small","to":{"name":"A"}}],"next_page_token":"2"}"#),
    (200, "application/json", r#"{"parcels":[{"size":"large","to":{"name":"B"}}],"next_page_token":"3"}"#),
    (200, "application/json", r#"{"parcels":[]}"#),
];

#[tokio::test]
async fn all_pages_are_fetched_and_are_one_list() {
    let memory = Memory::answering(PAGES);
    let ran = run(&memory, &["depot", "list-parcels", "--page-size", "1", "--all", "-o", "table"]).await;
    assert_eq!(
        (ran.code, ran.output.as_str()),
        (0, "SIZE   TO\nsmall  {\"name\":\"A\"}\nlarge  {\"name\":\"B\"}\n"),
        "{}",
        ran.errors
    );
    let urls: Vec<String> = memory.sent().into_iter().map(|(_, url, ..)| url).collect();
    assert!(urls.len() == 3 && urls[2].contains("page_size=1&page_token=3"), "{urls:?}");

    let one = run(&Memory::answering(PAGES), &["depot", "list-parcels", "--output", "yaml"]).await;
    assert_eq!(one.output, "parcels:\n- size: small\n  to:\n    name: A\nnext_page_token: '2'\n");

    let again = Memory::answering([PAGES[0], PAGES[1], PAGES[1]]);
    let ran = run(&again, &["depot", "list-parcels", "--all"]).await;
    assert_eq!(ran.code, 8);
    assert!(ran.errors.contains("the list would never end"), "{}", ran.errors);

    let broken = Memory::answering([PAGES[0], (404, "application/json", r#"{"detail":"gone"}"#)]);
    let ran = run(&broken, &["depot", "list-parcels", "--all", "-o", "yaml"]).await;
    assert_eq!((ran.code, ran.output.as_str()), (4, "- size: small\n  to:\n    name: A\n"));
}

#[tokio::test]
async fn the_exit_code_says_what_went_wrong() {
    let add = ["depot", "add-parcel", "--body", "{}"];
    for (answer, code, said) in [
        (
            (409, "application/json", r#"{"detail":"it is there"}"#),
            4,
            "error: depotAddParcel: the server answered 409 Conflict: it is there\n",
        ),
        ((500, "text/html", "<h1>\u{1b}[31mno</h1>"), 5, "<h1>\\u{1b}[31mno</h1>"),
        ((302, "text/plain", ""), 3, "302 Found"),
        ((201, "application/json", "<h1>"), 8, "the body is not JSON, as its `Content-Type` says"),
        ((409, "application/json", r#"{"detail":"wrong key key-that-nobody-sees"}"#), 4, "wrong key …"),
    ] {
        let ran = run(&Memory::answering([answer]), &add).await;
        assert_eq!(ran.code, code, "{answer:?}: {}", ran.errors);
        assert!(ran.errors.contains(said) && ran.output.is_empty(), "{ran:?}");
    }
    let ran = run(&Memory::default(), &add).await;
    assert!(ran.code == 6 && ran.errors.contains("no answer: no connection: nobody answers"), "{ran:?}");
}

#[tokio::test]
async fn wrong_usage_says_what_to_do_and_sends_nothing() {
    let memory = Memory::default();
    for (arguments, said) in [
        ("depot send-scalars --id a --sise small", "a similar argument exists: '--size'"),
        ("depot send-scalars", "--id <TEXT>"),
        ("depot send-scalars --id a --size medium", "[possible values: small, large]"),
        ("depot send-scalars --id a --exact yes", "--exact: `yes` is neither `true` nor `false`"),
        ("depot send-scalars --id .. --exact true", "--id: path parameter `id` must not be `..`"),
        ("depot lst-parcels", "'list-parcels'"),
        ("depot add-parcel", "the operation needs a body: give --body or --field"),
        ("depot add-parcel -f size=small", "the body needs more fields: --field to.name=…"),
        ("depot add-parcel -f size=medium", "the field `size`: `medium` is not one of `small`, `large`"),
        ("depot add-parcel -f size", "--field, the 1st: it is neither `name=value` nor `name:=json`"),
        ("depot add-parcel --body {", "the body is not JSON"),
        ("depot add-parcel --body {} --content-type image/png", "`image/png` is not one of application/json"),
        ("depot add-parcel --content-type multipart/form-data -f picture=x", "`picture=@FILE`"),
        ("depot add-parcel --body @no-such-file", "the file `no-such-file` cannot be read"),
        ("depot send-scalars --id a --server http://depot.example.com", "http://depot.example.com"),
    ] {
        let ran = run(&memory, &arguments.split(' ').collect::<Vec<_>>()).await;
        assert_eq!(ran.code, 2, "{arguments}: {ran:?}");
        assert!(ran.errors.contains(said) && ran.output.is_empty(), "{arguments}: {}", ran.errors);
    }
    let ran = run_with(&memory, &[], b"", &["depot", "list-parcels"]).await;
    assert!(ran.code == 2 && ran.errors.contains("DEPOT_API_KEY"), "{ran:?}");
    assert!(memory.sent().is_empty());
}

#[tokio::test]
async fn an_operation_without_a_tag_stands_beside_the_groups_and_needs_no_credential() {
    let memory = nothing();
    let ran = run_with(&memory, &[("DEPOT_BASE_URL", "http://127.0.0.1:9")], b"", &["health"]).await;
    assert_eq!((ran.code, memory.sent()[0].1.as_str()), (0, "http://127.0.0.1:9/health"), "{}", ran.errors);
    let ran = run_with(&memory, &[], b"", &["health", "--server", "https://other.example"]).await;
    assert_eq!((ran.code, memory.sent()[1].1.as_str()), (0, "https://other.example/health"), "{}", ran.errors);
}

/// Compares a help with the one that is kept; `REGENERATE=1` keeps this one.
fn is_kept(name: &str, help: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/commands/{name}.txt"));
    // Editors take the spaces at the ends of lines away.
    let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&path, &help).expect("it can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("it is kept"), help, "`REGENERATE=1` writes it");
}

#[tokio::test]
async fn help_lists_groups_commands_flags_and_fields() {
    let help = async |arguments: &[&str]| {
        let ran = run(&Memory::default(), arguments).await;
        assert_eq!(ran.code, 0, "{}", ran.errors);
        ran.output
    };
    assert_eq!(help(&["--version"]).await, "depot 1.2.3\n");
    let whole = help(&["--help"]).await;
    for line in [
        "depot        Depots, and what is in them.",
        "raw-bodies   Raw bodies",
        "DEPOT_API_KEY  the API key",
        "6  there is no answer",
    ] {
        assert!(whole.contains(line), "{line}: {whole}");
    }
    let group = help(&["depot", "--help"]).await;
    assert!(
        group.contains("add-parcel    Add a parcel") && group.contains("list-parcels  List the parcels"),
        "{group}"
    );
    is_kept("add-parcel", &help(&["depot", "add-parcel", "--help"]).await);
    is_kept("send-scalars", &help(&["depot", "send-scalars", "-h"]).await);
}

#[tokio::test]
async fn shells_complete_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&Memory::default(), &["completions", shell]).await;
        assert_eq!(ran.code, 0, "{}", ran.errors);
        for word in ["add-parcel", "list-parcels", "health", "page-size"] {
            assert!(ran.output.contains(word), "{shell} does not know `{word}`");
        }
    }
}

#[test]
fn the_table_of_the_command_line_has_every_operation() {
    assert_eq!(DEFINITION.operations.len(), 7);
}
