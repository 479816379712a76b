//! How values of formats are read: by their formats, or as the user chooses, for a format, a component or a place.

use openapi_build::diagnostic::Severity;
use openapi_build::pipeline::{Loaded, Output, Reading};
use openapi_build::source::SourceFile;
use openapi_build::{Config, Format};
use testing::loopback::{Answer, Server};
use testing::rustc;

fn chosen(formats: &[(&str, Format)]) -> Vec<(String, Format)> {
    formats.iter().map(|(target, format)| ((*target).to_owned(), *format)).collect()
}

fn generated(document: &str, formats: &[(&str, Format)]) -> Output {
    let file = SourceFile::from_bytes("document.yaml".as_ref(), document.into()).expect("the document is UTF-8");
    let reading = Reading::default().formats(&chosen(formats));
    let loaded = reading.sources(vec![file], &[]).expect("the document is read").both_ways(true);
    loaded.generate().expect("the document generates")
}

/// The codes of the warnings, and what they say.
fn warnings(output: &Output) -> Vec<(&str, &str)> {
    let warnings = output.diagnostics.iter().filter(|finding| finding.severity == Severity::Warning);
    warnings.map(|finding| (finding.code, finding.message.as_str())).collect()
}

/// A body with a level of nesting for each time that it is opened.
fn nested(open: &str, close: &str) -> Answer {
    Answer::Body((open.repeat(100_000) + "{\"name\":\"\"}" + &close.repeat(100_000)).into_bytes())
}

#[test]
fn each_value_is_read_by_its_format_or_as_it_was_chosen() {
    let body = |text: &str| Answer::Body(text.as_bytes().to_vec());
    let server = Server::start(vec![
        ("/readings/good", body(r#"{"octet": 255, "count": 18446744073709551615}"#)),
        ("/readings/octet", body(r#"{"octet": 999}"#)),
        ("/readings/count", body(r#"{"count": 99999999999999999999}"#)),
        ("/readings/unzoned", body(r#"{"at": "2024-05-17T13:45:00"}"#)),
        ("/readings/spaced", body(r#"{"at": "2024-05-17 13:45:00Z"}"#)),
        ("/readings/empty", body(r#"{"at": ""}"#)),
        ("/readings/utc-empty", body(r#"{"utc": {"all": ["2024-05-17T13:45:00", ""]}}"#)),
        ("/trees/left", nested(r#"{"name":"","left":"#, "}")),
        ("/trees/all", nested(r#"{"name":"","all":["#, "]}")),
        ("/trees/kept", nested(r#"{"name":"","kept":"#, "}")),
        ("/trees/choice", nested(r#"{"name":"","choice":"#, "}")),
        ("/trees/choices", nested(r#"{"name":"","choice":["#, "]}")),
        ("/anything", nested("[", "]")),
    ]);
    // The more fields a type has, the more stack its reading takes.
    let types =
        ["{type: string}", "{type: integer, format: uint8}", "{type: string, format: date-time}", "{type: number}"];
    let fields: String = (0..120).map(|n| format!("        f{n}: {}\n", types[n % 4])).collect();
    let document = include_str!("programs/formats.yaml").replace("FIELDS\n", &fields);
    let document = document.replace("PORT", &server.port().to_string());
    let output = generated(&document, &[("Loose", Format::Wide), ("Utc", Format::AssumeUtc)]);
    assert_eq!(warnings(&output), []);
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "formats", [("formats", output.code.as_str())]);
    workspace.add("formats", "src/main.rs", include_str!("programs/formats.rs"));
    workspace.depend("formats", "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }");
    let said = workspace.run("formats", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

const ITEMS: &str = "\
openapi: 3.1.0
info: {title: Items, version: '1'}
paths:
  /items:
    get:
      operationId: getItem
      responses:
        '200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
components:
  schemas:
    Item:
      type: object
      properties:
        at: {type: [string, 'null'], format: date-time}
        until: {type: string, format: date-time}
        own: {type: string, format: date-time, x-rust-format: text}
        count: {type: integer, format: int32}
        plain: {type: integer}
        part: {$ref: '#/components/schemas/Part'}
        day: {$ref: '#/components/schemas/Day'}
        level: {type: integer, format: int32, enum: [1, 2]}
    Part:
      allOf:
      - {type: object, properties: {at: {type: string, format: date-time}}}
      - {type: object, properties: {at: {description: When}}}
    Day: {type: string, format: date}
";

/// The types of the fields of `Item` and `Part`, without `Option`.
fn types(formats: &[(&str, Format)]) -> Vec<String> {
    let code = generated(ITEMS, formats).code;
    let of = |name: &str| {
        let fields = code.split(&format!("pub struct {name} {{")).nth(1).expect(name).split('}').next().expect(name);
        let types = fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.strip_suffix(','));
        let short = |line: &str| line.replace("Option<", "").replace('>', "");
        types.map(short).collect::<Vec<_>>()
    };
    [of("Item"), of("Part")].concat()
}

#[test]
fn the_closest_choice_counts_and_the_definition_before_all() {
    let plain = types(&[]);
    let expected = [
        "at: codegen::chrono::DateTime<codegen::chrono::FixedOffset",
        "until: codegen::chrono::DateTime<codegen::chrono::FixedOffset",
        "own: String",
        "count: i32",
        "plain: i64",
        "part: Part",
        "day: codegen::chrono::naive::NaiveDate",
        "level: i32",
        "at: codegen::chrono::DateTime<codegen::chrono::FixedOffset",
    ];
    assert_eq!(plain, expected);
    let changed = |formats: &[(&str, Format)]| -> Vec<(usize, String)> {
        let types = types(formats);
        assert_eq!(types.len(), plain.len());
        types.into_iter().enumerate().filter(|(index, field)| *field != plain[*index]).collect()
    };
    let at = |index: usize, field: &str| (index, field.to_owned());
    let utc = "at: codegen::AssumedUtc";
    let until = "until: codegen::AssumedUtc";
    assert_eq!(changed(&[("date-time", Format::AssumeUtc)]), [at(0, utc), at(1, until), at(8, utc)]);
    let two = [("date-time", Format::AssumeUtc), ("Item", Format::Text)];
    assert_eq!(changed(&two), [at(0, "at: String"), at(1, "until: String"), at(8, utc)]);
    let pointer = "#/components/schemas/Item/properties/at";
    let three = [("Item", Format::Text), ("date-time", Format::AssumeUtc), (pointer, Format::Wide)];
    let text = "at: codegen::DateTimeText";
    assert_eq!(changed(&three), [at(0, text), at(1, "until: String"), at(8, utc)]);
    assert_eq!(changed(&[("Day", Format::Text)]), [at(6, "day: String")]);
    assert_eq!(changed(&[("int64", Format::Wide)]), [at(4, "plain: i128")]);
    assert_eq!(changed(&[("int32", Format::Text)]), [at(3, "count: String")]);
    assert_eq!(changed(&[("int32", Format::Wide), ("int32", Format::Text)]), [at(3, "count: i64")], "the first one");
}

#[test]
fn a_choice_that_changes_nothing_is_a_warning() {
    for (target, format) in [
        ("date-tiem", Format::Text),
        ("int32", Format::AssumeUtc),
        ("Day", Format::Wide),
        ("Nothing", Format::Text),
        ("/components/schemas/Item/properties/part", Format::Text),
        ("/components/schemas/It", Format::Text),
    ] {
        let output = generated(ITEMS, &[(target, format)]);
        let message =
            format!("`{}` is chosen for `{target}`, and no schema there can have it; nothing changes", format.as_str());
        assert_eq!(warnings(&output), [("X001", message.as_str())]);
    }
    let wrong = ITEMS.replace("x-rust-format: text", "x-rust-format: loose");
    let said = "`x-rust-format` is \"loose\", and not `text`, `wide` or `assume-utc`; it is ignored";
    assert_eq!(warnings(&generated(&wrong, &[])), [("X002", said)]);
    let wrong = ITEMS.replace("plain: {type: integer", "plain: {x-rust-format: assume-utc, type: integer");
    let said = "`x-rust-format: assume-utc` is not for the type and format beside it; it is ignored";
    assert_eq!(warnings(&generated(&wrong, &[])), [("X002", said)]);
}

#[test]
fn a_choice_in_swagger_names_places_as_they_are_published() {
    let document = "swagger: '2.0'\ninfo: {title: Items, version: '1'}\npaths:\n  /items:\n    get:\n      operationId: getItem\n      \
                    parameters:\n      - {name: since, in: query, type: string, format: date-time, x-rust-format: wide}\n      \
                    responses: {'200': {description: OK, schema: {$ref: '#/definitions/Item'}}}\ndefinitions:\n  Item:\n    \
                    type: object\n    properties:\n      at: {type: string, format: date-time}\n      count: {type: integer, format: int32}\n";
    let output = generated(document, &[("#/definitions/Item/properties/at", Format::Text), ("Item", Format::Wide)]);
    assert_eq!(warnings(&output), []);
    for line in ["pub at: Option<String>,", "pub count: Option<i64>,", "since: codegen::DateTimeText)"] {
        assert!(output.code.contains(line), "{line}: {}", output.code);
    }
}

#[test]
fn a_build_script_says_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = folder.path().join("api.yaml");
    std::fs::write(&page, ITEMS).expect("a file");
    let config = || Config::new().out_dir(folder.path());
    let code = |config: Config| {
        config.generate(&page).unwrap_or_else(|error| panic!("{error}"));
        std::fs::read_to_string(folder.path().join("client.rs")).expect("it was written")
    };
    assert!(code(config().format("date-time", Format::AssumeUtc)).contains("pub at: Option<codegen::AssumedUtc>"));
    assert!(!code(config()).contains("AssumedUtc"), "another choice is another client");
    let denied = config().format("Gone", Format::Text).deny("X001").generate(&page).expect_err("it is denied");
    assert!(denied.to_string().contains("`text` is chosen for `Gone`"), "{denied}");
}

#[test]
fn a_manifest_says_the_same_for_everything_that_reads_the_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("api.yaml", ITEMS);
    write(
        "overlay.yaml",
        "overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions:\n\
         - {target: $.components.schemas.Item.properties.until, update: {x-rust-format: assume-utc}}\n",
    );
    let manifest = |top: &str, document: &str| {
        let text = format!(
            "{top}\n[[document]]\nname = \"api\"\noverlays = [\"overlay.yaml\"]\n{document}\n[[document.file]]\npath = \"api.yaml\"\n"
        );
        write("spec.toml", &text);
    };
    let code = |reading: Reading| {
        let output = reading.folder(folder.path()).and_then(|loaded| loaded.generate()).expect("it generates");
        let unmatched: Vec<String> =
            output.diagnostics.iter().filter(|it| it.code == "X001").map(ToString::to_string).collect();
        (output.code, unmatched)
    };
    manifest(
        "format = { date-time = \"text\", int32 = \"wide\" }",
        "format = { date-time = \"wide\", Gone = \"text\" }",
    );
    let (of_manifest, unmatched) = code(Reading::default());
    assert!(of_manifest.contains("pub until: Option<codegen::AssumedUtc>"), "{of_manifest}");
    assert!(of_manifest.contains("pub at: Option<codegen::DateTimeText>"), "{of_manifest}");
    assert!(of_manifest.contains("pub count: Option<i64>"), "{of_manifest}");
    assert!(
        matches!(unmatched.as_slice(), [one] if one.contains("spec.toml") && one.contains("`Gone`")),
        "{unmatched:?}"
    );
    let (of_config, _) = code(Reading::default().formats(&chosen(&[("date-time", Format::AssumeUtc)])));
    assert!(!of_config.contains("DateTimeText"), "{of_config}");
    manifest("format = { date-time = \"loose\" }", "");
    let error = Loaded::folder(folder.path()).expect_err("no such choice");
    assert!(error.code == "M002" && error.message.contains("assume-utc"), "{error}");
}
