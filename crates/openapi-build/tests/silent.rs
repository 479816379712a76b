//! The verdict *silent*, against what happens: one program of a user is compiled with the clients of two versions of a
//! definition, and what it sends with each is compared.

use std::collections::BTreeMap;

use openapi_build::lock::Lock;
use openapi_build::pipeline::Loaded;
use openapi_build::track::{self, diff::Changes, semver::Level};
use testing::loopback::{Received, Recorder};
use testing::rustc::Workspace;
use testing::versions::load;

/// What becomes of a user's program.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// It sends and reads what it did.
    Same,
    /// It sends or reads something else.
    Other,
    /// It sends the same values to the same places in another form; or to the new place of the operation. An old program that is
    /// not compiled again fails just so, and the verdict on the wire is about that.
    Form,
    /// It does not compile.
    Refused,
}
use Fate::{Form, Other, Refused, Same};

struct Case {
    name: &'static str,
    /// Whether the names of the old version are pinned.
    locked: bool,
    old: String,
    new: String,
    /// What the program does with `client`.
    program: &'static str,
    fate: Fate,
    level: Level,
}

/// What every answer says.
const ANSWER: &[(u16, &str)] = &[(200, r#"{"page-size": 1, "page_size": 2}"#)];

/// A call of the operation `list` at `/items` with those parameters.
fn parameters(list: &str) -> String {
    format!("/items: {{get: {{operationId: list, parameters: [{list}], responses: {{'200': {{description: d}}}}}}}}")
}

/// A required parameter.
fn required(name: &str, place: &str, schema: &str) -> String {
    format!("{{name: {name}, in: {place}, required: true, schema: {schema}}}")
}

fn optional(name: &str, place: &str, schema: &str) -> String {
    format!("{{name: {name}, in: {place}, schema: {schema}}}")
}

/// A call that sends the schema `Item`.
fn item(schema: &str) -> String {
    let content = "{application/json: {schema: {$ref: '#/components/schemas/Item'}}}";
    format!(
        "/items: {{post: {{operationId: create, requestBody: {{required: true, content: {content}}}, \
           responses: {{'200': {{description: d}}}}}}}}\ncomponents: {{schemas: {{Item: {schema}}}}}"
    )
}

/// A call with a body in those media types.
fn upload(content: &str) -> String {
    format!(
        "/items: {{post: {{operationId: upload, requestBody: {{required: true, content: {{{content}}}}}, \
           responses: {{'200': {{description: d}}}}}}}}"
    )
}

/// Operations with an ID and a path, each without parameters.
fn operations(list: &[(&str, &str)]) -> String {
    let of = |(id, path): &(&str, &str)| {
        format!("{path}: {{post: {{operationId: {id}, responses: {{'200': {{description: d}}}}}}}}")
    };
    list.iter().map(of).collect::<Vec<_>>().join("\n")
}

/// An operation with a path and its parameters.
fn at(path: &str, names: &[&str]) -> String {
    let list = names.iter().map(|name| required(name, "path", TEXT)).collect::<Vec<_>>().join(", ");
    format!("'{path}': {{get: {{operationId: get, parameters: [{list}], responses: {{'200': {{description: d}}}}}}}}")
}

const TEXT: &str = "{type: string}";
const NUMBER: &str = "{type: integer}";

fn cases() -> Vec<Case> {
    let query = |name: &str| required(name, "query", TEXT);
    let both = |one: String, other: String| parameters(&format!("{one}, {other}"));
    let case = |name, old, new, program, fate, level| Case { name, locked: true, old, new, program, fate, level };
    let unlocked = |name, old, new, program, fate, level| Case { name, locked: false, old, new, program, fate, level };
    let with_list = "client.list(\"first\", \"second\").await?;";
    let numbers = |[one, other]: [&str; 2]| {
        let of = |name: &str, format: &str| required(name, "query", &format!("{{type: integer, format: {format}}}"));
        both(
            of(one, if one == "a" { "int32" } else { "int64" }),
            of(other, if other == "a" { "int32" } else { "int64" }),
        )
    };
    let lists = |names: [&str; 2]| {
        let format = |name: &str| if name == "a" { "int32" } else { "int64" };
        let of = |name: &str| {
            required(name, "query", &format!("{{type: array, items: {{type: integer, format: {}}}}}", format(name)))
        };
        both(of(names[0]), of(names[1]))
    };
    let words = |names: [&str; 2]| {
        let of = |name: &str| match name {
            "a" => required(name, "query", "{type: string, maxLength: 9}"),
            _ => required(name, "query", "{type: string, enum: [x, y]}"),
        };
        both(of(names[0]), of(names[1]))
    };
    let ids = |explode: &str| {
        parameters(&format!("{{name: ids, in: query, {explode} schema: {{type: array, items: {{type: string}}}}}}"))
    };
    let kind =
        |value: &str| item(&format!("{{type: object, properties: {{kind: {{type: string, enum: [{value}, z]}}}}}}"));
    let named = |names: &str| {
        item(&format!(
            "{{type: object, properties: {{kind: {{type: string, enum: [a, b], x-enum-varnames: [{names}]}}}}}}"
        ))
    };
    let shape = |value: &str| {
        let of = |name: &str| {
            format!(
                "{name}: {{type: object, required: [t], properties: {{t: {{type: string}}, {name}: {{type: string}}}}}}"
            )
        };
        let union = format!(
            "{{oneOf: [{{$ref: '#/components/schemas/A'}}, {{$ref: '#/components/schemas/B'}}], discriminator: \
               {{propertyName: t, mapping: {{{value}: '#/components/schemas/A', b: '#/components/schemas/B'}}}}}}"
        );
        item(&format!("{union}, {}, {}", of("A"), of("B")))
    };
    let answer = |name: &str| {
        let schema = format!("{{type: object, properties: {{{name}: {{type: integer}}}}}}");
        format!(
            "/items: {{get: {{operationId: list, responses: {{'200': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}}}}}"
        )
    };
    let answered = |media_types: &str| {
        format!(
            "/items: {{get: {{operationId: list, responses: {{'200': {{description: d, content: {{{media_types}}}}}}}}}}}"
        )
    };
    let key = |place: &str| {
        format!(
            "/items: {{get: {{operationId: list, security: [{{key: []}}], responses: {{'200': {{description: d}}}}}}}}\n\
             components: {{securitySchemes: {{key: {{type: apiKey, in: {place}, name: x-key}}}}}}"
        )
    };
    let properties = |list: &str| item(&format!("{{type: object, properties: {{{list}}}}}"));
    let methods = ["borrow", "clone", "clone_into", "default", "eq", "fmt", "from", "hash", "into", "ne", "serialize"];
    let methods = [&methods[..], &["to_owned", "to_string", "try_from", "try_into", "type_id"]].concat();
    let shadows = methods.iter().map(|name| format!(", {name}: {{type: string}}")).collect::<String>();
    let of_requests = ["clone", "into", "pages", "send", "type_id", "with"];
    let of_requests = of_requests.map(|name| optional(name, "query", TEXT)).join(", ");
    vec![
        // Arguments.
        unlocked(
            "swapped",
            both(query("a"), query("b")),
            both(query("b"), query("a")),
            with_list,
            Other,
            Level::Silent,
        ),
        case("pinned", both(query("a"), query("b")), both(query("b"), query("a")), with_list, Same, Level::Patch),
        case(
            "pinned_in_places",
            both(query("a"), required("b", "header", TEXT)),
            both(required("b", "header", TEXT), query("a")),
            with_list,
            Same,
            Level::Patch,
        ),
        case("replaced", both(query("a"), query("b")), both(query("c"), query("a")), with_list, Other, Level::Silent),
        case(
            "another",
            parameters(&query("a")),
            both(query("b"), query("a")),
            "client.list(\"first\").await?;",
            Refused,
            Level::Major,
        ),
        unlocked(
            "of_two_types",
            both(query("a"), required("b", "query", NUMBER)),
            both(required("b", "query", NUMBER), query("a")),
            "client.list(\"first\", 2).await?;",
            Refused,
            Level::Major,
        ),
        unlocked(
            "of_two_widths",
            numbers(["a", "b"]),
            numbers(["b", "a"]),
            "client.list(1, 2).await?;",
            Other,
            Level::Silent,
        ),
        unlocked(
            "of_lists",
            lists(["a", "b"]),
            lists(["b", "a"]),
            "client.list(&[1], &[2]).await?;",
            Other,
            Level::Silent,
        ),
        unlocked(
            "tried",
            words(["a", "b"]),
            words(["b", "a"]),
            "client.list(\"x\".try_into()?, \"y\".try_into()?).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "elsewhere",
            parameters(&query("a")),
            parameters(&required("a", "header", TEXT)),
            "client.list(\"first\").await?;",
            Other,
            Level::Silent,
        ),
        case(
            "in_the_template",
            at("/items/{id}/{b}", &["id", "b"]),
            at("/items/{key}/{b}", &["b", "key"]),
            "client.get(\"1\", \"2\").await?;",
            Same,
            Level::Patch,
        ),
        case(
            "two_in_the_template",
            at("/items/{a}/{b}", &["a", "b"]),
            at("/items/{c}/{d}", &["d", "c"]),
            "client.get(\"1\", \"2\").await?;",
            Same,
            Level::Patch,
        ),
        // Extensions that name variants.
        case(
            "named",
            named("Low, High"),
            named("High, Low"),
            "client.create(types::Item::new().kind(types::ItemKind::Low)).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "places_in_the_path",
            at("/items/{a}/{b}", &["a", "b"]),
            at("/items/{b}/{a}", &["a", "b"]),
            "client.get(\"1\", \"2\").await?;",
            Other,
            Level::Silent,
        ),
        case(
            "moved",
            at("/items/{id}", &["id"]),
            at("/v2/items/{item_id}", &["item_id"]),
            "client.get(\"1\").await?;",
            Form,
            Level::Patch,
        ),
        // Setters of requests.
        case(
            "setter_elsewhere",
            parameters(&optional("a", "query", NUMBER)),
            parameters(&optional("a", "header", NUMBER)),
            "client.list().a(1).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "setter_name",
            parameters(&optional("page-size", "query", NUMBER)),
            parameters(&optional("page_size", "query", NUMBER)),
            "client.list().page_size(1).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "setters_order",
            both(optional("a", "query", TEXT), optional("b", "query", TEXT)),
            both(optional("b", "query", TEXT), optional("a", "query", TEXT)),
            "client.list().a(\"1\").b(\"2\").await?;",
            Same,
            Level::Patch,
        ),
        case(
            "header_case",
            parameters(&optional("X-A", "header", TEXT)),
            parameters(&optional("x-a", "header", TEXT)),
            "client.list().x_a(\"1\").await?;",
            Same,
            Level::Patch,
        ),
        // Types.
        case(
            "field_name",
            properties("na-me: {type: string}"),
            properties("na_me: {type: string}"),
            "client.create(types::Item::new().na_me(\"1\")).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "null_name",
            properties("na-me: {type: string, nullable: true}"),
            properties("na_me: {type: string, nullable: true}"),
            "client.create(types::Item::new().na_me_null()).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "new",
            item("{type: object, required: [a], properties: {a: {type: string}}}"),
            item("{type: object, required: [b], properties: {b: {type: string}}}"),
            "client.create(types::Item::new(\"1\")).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "variant",
            kind("a-b"),
            kind("a_b"),
            "client.create(types::Item::new().kind(types::ItemKind::Ab)).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "tag",
            shape("a-b"),
            shape("a_b"),
            "client.create(types::A::new(\"\").into()).await?;\nclient.create(types::Item::Ab(types::A::new(\"\"))).await?;",
            Other,
            Level::Silent,
        ),
        case(
            "read",
            answer("page-size"),
            answer("page_size"),
            "println!(\"{:?}\", client.list().await?.page_size);",
            Other,
            Level::Silent,
        ),
        case(
            "shadows",
            properties("a: {type: string}"),
            properties(&format!("a: {{type: string}}{shadows}")),
            SHADOWED,
            Same,
            Level::Minor,
        ),
        case(
            "shadows_of_requests",
            parameters(""),
            parameters(&of_requests),
            "let _ = std::any::Any::type_id(&client.list());\nclient.list().with(CallOptions::new()).send().await?;",
            Same,
            Level::Minor,
        ),
        // Bodies.
        case(
            "media_type",
            upload("image/png: {}"),
            upload("image/jpeg: {}"),
            "client.upload(\"bytes\").await?;",
            Other,
            Level::Silent,
        ),
        case(
            "media_types_order",
            upload("image/png: {}, image/jpeg: {}"),
            upload("image/jpeg: {}, image/png: {}"),
            "client.upload(\"bytes\").await?;",
            Other,
            Level::Silent,
        ),
        case(
            "charset",
            upload("application/json: {schema: {type: object}}"),
            upload("application/json; charset=utf-8: {schema: {type: object}}"),
            "client.upload(Default::default()).await?;",
            Form,
            Level::Patch,
        ),
        // Operations.
        case(
            "ids_swapped",
            operations(&[("open", "/open"), ("shut", "/shut")]),
            operations(&[("shut", "/open"), ("open", "/shut")]),
            "client.open().await?;",
            Other,
            Level::Silent,
        ),
        case(
            "another_of_the_name",
            operations(&[("open-it", "/open"), ("stay", "/stay")]),
            operations(&[("openIt", "/other"), ("stay", "/stay")]),
            "client.open_it().await?;",
            Other,
            Level::Silent,
        ),
        // What is no other place and no other meaning.
        case(
            "explode",
            ids(""),
            ids("explode: false,"),
            "client.list().ids(&[\"1\".into(), \"2\".into()]).await?;",
            Form,
            Level::Minor,
        ),
        case(
            "encoding",
            parameters(&optional("a", "query", TEXT)),
            parameters("{name: a, in: query, allowReserved: true, schema: {type: string}}"),
            "client.list().a(\"1/2\").await?;",
            Form,
            Level::Minor,
        ),
        case(
            "accept",
            answered("text/plain: {}"),
            answered("text/plain: {}, text/csv: {}"),
            "client.list().await?;",
            Form,
            Level::Minor,
        ),
        case(
            "default",
            parameters(&optional("a", "query", NUMBER)),
            parameters(&optional("a", "query", "{type: integer, default: 3}")),
            "client.list().await?;",
            Same,
            Level::Minor,
        ),
        case(
            "generic",
            upload("image/png: {}"),
            upload("application/octet-stream: {}"),
            "client.upload(\"b\").await?;",
            Form,
            Level::Minor,
        ),
        case(
            "spelling",
            upload("application/x-zip: {}"),
            upload("application/zip: {}"),
            "client.upload(\"b\").await?;",
            Form,
            Level::Minor,
        ),
        case(
            "quoted",
            upload("application/json: {schema: {type: string}}"),
            upload("text/plain: {schema: {type: string}}"),
            "client.upload(\"words\".to_owned()).await?;",
            Form,
            Level::Minor,
        ),
        // Credentials.
        case(
            "credential",
            key("header"),
            key("query"),
            "let client = Client::builder().base_url(URL).credentials(openapi_runtime::ApiKey::new(\"secret\")).build()?;\nclient.list().await?;",
            Other,
            Level::Silent,
        ),
    ]
}

/// Calls the methods of traits whose names fields have.
const SHADOWED: &str = "\
use std::borrow::{Borrow, ToOwned};
use std::any::Any;
let item = types::Item::new().a(\"1\");
let same: &types::Item = item.borrow();
let copies = [item.clone(), item.to_owned(), same.clone()];
assert!(copies[0].eq(&copies[1]) && !copies[1].ne(&copies[2]));
assert_eq!(item.type_id(), copies[0].type_id());
let made: types::Item = item.into();
let made: types::Item = made.try_into()?;
let made = types::Item::from(made);
assert_eq!(types::Item::default(), types::Item::new());
let _ = format!(\"{made:?}\");
client.create(made).await?;";

fn document(paths: &str) -> String {
    let (paths, rest) = paths
        .split_once("\ncomponents:")
        .map_or((paths, String::new()), |(paths, rest)| (paths, format!("components:{rest}\n")));
    let paths = paths.lines().map(|line| format!("  {line}\n")).collect::<String>();
    format!("openapi: 3.0.3\ninfo: {{title: Items, version: '1'}}\npaths:\n{paths}{rest}")
}

/// A case with the code of both clients and the verdict.
struct Judged {
    case: Case,
    codes: [String; 2],
    changes: Changes,
}

fn judged(case: Case) -> Judged {
    let (mut old, new) = (load("old.yaml", &document(&case.old)), load("new.yaml", &document(&case.new)));
    let generate = |loaded: &Loaded| loaded.generate().unwrap_or_else(|error| panic!("{}: {error}", case.name));
    if case.locked {
        old.lock = Lock::from_choices(&generate(&old).choices);
    }
    let changes = track::diff(&old, &new).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let mut pinned = new;
    pinned.lock = old.lock.clone();
    let codes = [generate(&old).code, generate(&pinned).code];
    Judged { case, codes, changes }
}

/// A program of the programs of `cases` with the clients at `side`.
fn program(cases: &[&Judged]) -> String {
    let modules = cases.iter().map(|judged| {
        let Case { name, program, .. } = &judged.case;
        let program = program.replace("URL", &format!("&format!(\"{{url}}/{name}\")"));
        format!(
            "mod {name} {{ include!(\"{name}.rs\"); }}\n\
             async fn use_{name}(url: &str) -> Result<(), Box<dyn std::error::Error>> {{\n\
             use {name}::*;\nlet client = Client::new(&format!(\"{{url}}/{name}\"))?;\n{program}\nOk(())\n}}\n"
        )
    });
    let calls = cases.iter().map(|judged| {
        let name = judged.case.name;
        format!("println!(\"{name}\"); if let Err(error) = use_{name}(url).await {{ println!(\"{{error}}\"); }}\n")
    });
    format!(
        "#![allow(unused, missing_docs)]\n{}#[tokio::main(flavor = \"current_thread\")]\nasync fn main() {{\n\
         let url = &std::io::read_to_string(std::io::stdin()).unwrap();\n{}}}\n",
        modules.collect::<String>(),
        calls.collect::<String>()
    )
}

/// What a client sent: all of the request, except the headers about the connection.
fn sent(received: &Received) -> String {
    let quiet = ["host", "connection", "user-agent", "content-length"];
    let headers = received.head.headers.iter().filter(|(name, _)| !quiet.contains(&name.as_str()));
    let mut headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value}")).collect();
    headers.sort();
    format!("{}\n{}\n\n{}", received.head.line, headers.join("\n"), String::from_utf8_lossy(&received.body))
}

/// What the program of each case sends and says, by name.
fn happened(workspace: &Workspace, name: &str) -> BTreeMap<String, Vec<String>> {
    let server = Recorder::start(ANSWER);
    let said = workspace.answer(name, &server.url()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut happened: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut current = String::new();
    let cases: Vec<&'static str> = cases().into_iter().map(|case| case.name).collect();
    for line in said.lines() {
        if cases.contains(&line) {
            line.clone_into(&mut current);
        } else {
            happened.entry(current.clone()).or_default().push(line.to_owned());
        }
    }
    for received in server.received() {
        let case = received.head.target().split(['/', '?']).nth(1).unwrap_or_default().to_owned();
        happened.entry(case).or_default().push(sent(&received));
    }
    happened
}

#[test]
fn the_verdict_is_what_happens_to_a_users_program() {
    let judged: Vec<Judged> = cases().into_iter().map(judged).collect();
    let mut problems = Vec::new();
    for Judged { case, changes, .. } in &judged {
        let found = changes.verdict.rust;
        if found != case.level {
            problems.push(format!("{}: {}\n{}", case.name, found.as_str(), changes.to_json()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let (refused, accepted): (Vec<&Judged>, Vec<&Judged>) =
        judged.iter().partition(|judged| judged.case.fate == Refused);
    let refused_names = refused.iter().map(|judged| format!("silent-{}", judged.case.name)).collect::<Vec<_>>();
    let names = ["silent-old", "silent-new"].into_iter().chain(refused_names.iter().map(String::as_str));
    let workspace = Workspace::new(env!("CARGO_TARGET_TMPDIR"), "silent", names.map(|name| (name, "")));
    let tokio = "tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt\", \"time\"] }";
    let package = |name: &str, cases: &[&Judged], side: usize| {
        workspace.depend(name, tokio);
        workspace.program(name, &program(cases));
        for judged in cases {
            workspace.add(name, &format!("src/{}.rs", judged.case.name), &judged.codes[side]);
        }
    };
    // The programs are right: each compiles with the client that it was written for.
    package("silent-old", &judged.iter().collect::<Vec<_>>(), 0);
    package("silent-new", &accepted, 1);
    for (name, judged) in refused_names.iter().zip(&refused) {
        package(name, &[judged], 1);
    }
    for name in ["silent-old", "silent-new"] {
        workspace.cargo(&["build", "--quiet", "-p", name]).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let compiled = refused_names.iter().filter(|name| workspace.check(name).errors.is_none()).collect::<Vec<_>>();
    assert!(compiled.is_empty(), "they compile: {compiled:?}");
    let (before, after) = (happened(&workspace, "silent-old"), happened(&workspace, "silent-new"));
    for Judged { case, .. } in accepted {
        let (before, after) = (before.get(case.name), after.get(case.name));
        let differs = before != after;
        if before.is_none() || differs != matches!(case.fate, Other | Form) {
            problems.push(format!("{}: {before:#?} {after:#?}", case.name));
        }
        // Never lower than what happens, and silent only where something does.
        let is_silent = case.level == Level::Silent;
        if is_silent && !differs || !is_silent && differs && case.fate != Form {
            problems.push(format!("{}: {} for {before:#?} {after:#?}", case.name, case.level.as_str()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
