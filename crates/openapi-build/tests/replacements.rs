//! Types of a user's own in place of generated ones.

use openapi_build::lock::Lock;
use openapi_build::pipeline::{Loaded, Output};
use openapi_build::track::surface::Surface;
use openapi_build::{Config, Replacement};
use testing::{folder, rustc};

/// What a folder with that manifest above its document, and that overlay, gives.
fn read(document: &str, manifest: &str, overlay: &str, lock: Option<&Lock>) -> Result<Output, String> {
    let generated = folder::generate(document, manifest, overlay, lock);
    match &generated.output {
        Err(error) => Err(generated.without_path(&error.to_string())),
        Ok(_) => Ok(generated.expect()),
    }
}

fn generated(document: &str, manifest: &str) -> Output {
    read(document, manifest, "", None).unwrap_or_else(|error| panic!("{error}"))
}

fn is_ours(code: &str) -> bool {
    ("X008"..="X011").contains(&code) || ["X013", "X014"].contains(&code)
}

/// The findings about types of the user's own.
fn findings(output: &Output) -> Vec<String> {
    let ours = output.diagnostics.iter().filter(|finding| is_ours(finding.code));
    ours.map(|finding| format!("{} {}", finding.code, finding.message)).collect()
}

const SHOP: &str = include_str!("programs/replacements.yaml");

const MANIFEST: &str = "\
[replace]
Money = \"crate::Money\"
Cash = \"crate::Cash\"
Amount = \"crate::Amount\"
\"format: digits\" = { path = \"crate::Digits\", with = \"crate::digits\" }
\"format: date-time\" = \"time::OffsetDateTime\"
\"format: date\" = \"openapi_runtime::time::Date\"
\"format:decimal\" = \"rust_decimal::Decimal\"
\"format: duration\" = { path = \"std::time::Duration\", with = \"crate::seconds\", implements = [\"Copy\", \"Eq\", \"Hash\"] }
\"#/components/schemas/Order/properties/color\" = \"crate::Color\"
";

#[test]
fn the_bytes_are_those_of_the_types_and_answers_are_read_by_them() {
    let output = generated(SHOP, MANIFEST);
    assert!(!output.code.contains("pub struct Money") && !output.code.contains("pub struct Cash"), "{}", output.code);
    let warnings: Vec<String> = findings(&output).into_iter().filter(|it| !it.starts_with("X011")).collect();
    assert_eq!(warnings, Vec::<String>::new());
    let workspace =
        rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "replacements", [("shop", output.code.as_str())]);
    workspace.depend_with(
        "shop",
        &["events", "rust_decimal", "time"],
        "serde = { version = \"1\", features = [\"derive\"] }",
    );
    workspace.program("shop", include_str!("programs/replacements.rs"));
    let said = workspace.run("shop", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}

/// A client with what a user's own types meet: two operations, alike but for the definition's own words.
const ROOMS: &str = "\
openapi: VERSION
info: {title: Rooms, version: '1'}
paths:
  /rooms:
    post:
      operationId: addRoom
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
      responses:
        '200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
components:
  schemas:
    Room:
      type: object
      required: [price, size]
      properties:
        price: {$ref: '#/components/schemas/Money'}
        size: {type: number, format: decimal}
        opened: {type: string, format: date-time}
        sizes: {type: array, maxItems: 3, items: {type: number, format: decimal}}
        suite: {allOf: [{$ref: '#/components/schemas/Money'}, {type: object, properties: {beds: {type: integer}}}]}
        same: {allOf: [{$ref: '#/components/schemas/Money'}, {type: object}]}
        pet: {$ref: '#/components/schemas/Pet'}
    Money: {type: object, required: [cents], properties: {cents: {type: integer}, currency: {$ref: '#/components/schemas/Currency'}}}
    Currency: {type: object, properties: {code: {type: string}}}
    Pet: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {lives: {type: integer}}}]}
";

/// The types of the fields of `Room`, by name.
fn fields(code: &str) -> Vec<(&str, &str)> {
    let fields = code.split("pub struct Room {").nth(1).expect("a room").split('}').next().unwrap_or_default();
    fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.strip_suffix(',')?.split_once(": ")).collect()
}

fn rooms(manifest: &str, overlay: &str) -> Output {
    read(&ROOMS.replace("VERSION", "3.0.3"), manifest, overlay, None).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_replaced_component_is_generated_no_more_nor_what_only_it_needs() {
    for version in ["3.0.3", "3.1.0"] {
        let manifest = "[replace]\nMoney = \"crate::Money\"\nPet = \"pets::Pet\"\n";
        let output = generated(&ROOMS.replace("VERSION", version), manifest);
        let fields = fields(&output.code);
        let of = |name: &str| fields.iter().find(|(field, _)| *field == name).map(|(_, ty)| *ty);
        assert_eq!((of("price"), of("same")), (Some("crate::Money"), Some("Option<crate::Money>")), "{version}");
        assert_eq!(of("pet"), Some("Option<::pets::Pet>"));
        assert_eq!(of("suite"), Some("Option<RoomSuite>"), "what adds to the type is another one");
        for gone in ["pub struct Money", "enum Pet", "struct PetBase", "struct Cat"] {
            assert!(!output.code.contains(gone), "{gone}");
        }
        assert!(output.code.contains("pub struct Currency"), "the suite has it");
        let notes = findings(&output);
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].starts_with("X011 the type here is `crate::Money`; what"), "{notes:?}");
    }
}

#[test]
fn the_closest_choice_counts_and_the_definition_before_all() {
    let size = |manifest: &str, overlay: &str| {
        let output = rooms(manifest, overlay);
        let fields = fields(&output.code);
        fields.iter().find(|(name, _)| *name == "size").map(|(_, ty)| (*ty).to_owned()).expect("it is there")
    };
    let format = "[replace]\n\"format: decimal\" = \"crate::Decimal\"\n";
    assert_eq!(size("", ""), "f64");
    assert_eq!(size(format, ""), "crate::Decimal");
    let place = "\"#/components/schemas/Room/properties/size\" = \"crate::Size\"\n";
    let both = format!("{format}{place}");
    assert_eq!(size(&both, ""), "crate::Size");
    let overlay = "- {target: $.components.schemas.Room.properties.size, update: {x-rust-type: ";
    assert_eq!(size(&both, &format!("{overlay}'crate::Id<crate::Of, u8>'}}}}\n")), "crate::Id<crate::Of, u8>");
    let typify = "{crate: sizes, version: '*', path: 'sizes::Size'}";
    assert_eq!(size(&both, &format!("{overlay}{typify}}}}}\n")), "::sizes::Size");
    let with = "{path: 'std::time::Duration', with: 'crate::seconds'}";
    assert_eq!(size(&both, &format!("{overlay}{with}}}}}\n")), "::std::time::Duration");
}

#[test]
fn what_cannot_be_is_said_and_changes_nothing() {
    let plain = rooms("", "");
    let said = |manifest: &str, overlay: &str| {
        let output = rooms(manifest, overlay);
        assert_eq!(fields(&output.code), fields(&plain.code));
        let ours = output.diagnostics.iter().filter(|finding| is_ours(finding.code));
        ours.map(|finding| (finding.code, finding.message.clone(), finding.help.clone().unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    for (target, nearest) in [
        ("Mony", "the nearest name is `Money`"),
        ("format:decimals", "the nearest name is `format: decimal`"),
        ("#/components/schemas/Room/properties/nothing", "name a component of a schema, a JSON pointer to a schema"),
        ("#/paths/~1rooms/post", "name a component of a schema, a JSON pointer to a schema"),
    ] {
        let found = said(&format!("[replace]\n\"{target}\" = \"crate::Money\"\n"), "");
        let [(code, message, help)] = found.as_slice() else { panic!("{target}: {found:?}") };
        let expected = format!(
            "`{target}` is to be `crate::Money`, and there is no such component, format or place; nothing changes"
        );
        assert_eq!((*code, message), ("X008", &expected));
        assert!(help.starts_with(nearest), "{target}: {help}");
    }
    let texts = said("[replace]\n\"format: decimal\" = \"rust_decimal::Decimal\"\n", "");
    assert_eq!(texts.len(), 2, "{texts:?}");
    let expected = "`rust_decimal::Decimal` is read from texts, and this schema is of \"number\"; it is ignored";
    assert_eq!((texts[0].0, texts[0].1.as_str()), ("X010", expected));
    for (extension, message) in [
        ("Money", "`Money` is not the path of a type in Rust; this `x-rust-type` is ignored"),
        ("'crate::Money<>; fn main() {}'", "`crate::Money<>; fn main() {}` is not the path of a type in Rust"),
        ("'super::Money'", "`super::Money` is not the path of a type in Rust"),
        ("7", "`x-rust-type` is neither a path nor an object with a `path`; it is ignored"),
        ("{path: 'a::B', parameters: [{type: string}]}", "`x-rust-type` has `parameters`, which are not read"),
        ("{path: 'a::B', with: 'b::<u8>'}", "`b::<u8>` is not the path of a module in Rust"),
    ] {
        let overlay = format!("- {{target: $.components.schemas.Money, update: {{x-rust-type: {extension}}}}}\n");
        let found = said("", &overlay);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == "X010" && found[0].1.starts_with(message), "{found:?}");
    }
    for path in
        ["Money", "crate::Money + Send", "self::Money", "&'static str", "crate", "Vec<Money>", "crate::Of<'static>"]
    {
        let error = read(&ROOMS.replace("VERSION", "3.0.3"), &format!("[replace]\nMoney = \"{path}\"\n"), "", None)
            .expect_err("it is refused");
        let message =
            format!("error[X009]: spec.toml:1:1: `{path}` is not the path of a type in Rust (help: begin it with");
        assert!(error.contains(&message), "{error}");
    }
    // An extension of ours in a definition is nobody's choice.
    let own = "- {target: $.components.schemas.Money, update: {x-openapi-build-type: {path: 'a::B'}}}\n";
    assert_eq!(said("", own), []);
}

#[test]
fn a_misspelled_trait_or_member_is_a_warning_that_names_the_nearest() {
    let said = |manifest: &str, overlay: &str| {
        let output = rooms(manifest, overlay);
        let price = fields(&output.code).iter().find(|(name, _)| *name == "price").map(|(_, ty)| (*ty).to_owned());
        assert_eq!(price.as_deref(), Some("crate::Money"), "the type is replaced all the same");
        let ours = output.diagnostics.iter().filter(|finding| finding.code == "X014");
        ours.map(|finding| (finding.message.clone(), finding.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let has_no_effect = "`crate::Money` is said to implement";
    for (name, help) in [
        ("hash", "the nearest name is `Hash`"),
        ("PartialOrt", "the nearest name is `PartialOrd`"),
        ("std::cmp::Orb", "the nearest name is `Ord`"),
        ("JsonSchema", "the traits that count are `Copy`, `Default`, `Eq`, `Hash`, `Ord`, `PartialOrd`"),
    ] {
        let of_manifest = format!("Money = {{ path = \"crate::Money\", implements = [\"Eq\", \"{name}\"] }}");
        let found = said(&format!("[replace]\n{of_manifest}\n"), "");
        let message = format!("{has_no_effect} `{name}`, which nothing that holds it derives; it changes nothing");
        assert_eq!(found, [(message.clone(), help.to_owned())]);
        let extension = format!("{{x-rust-type: {{path: 'crate::Money', implements: ['{name}']}}}}");
        let overlay = format!("- {{target: $.components.schemas.Money, update: {extension}}}\n");
        assert_eq!(said("", &overlay), [(message, help.to_owned())]);
    }
    for (member, message, help) in [
        (
            "implement: [Eq]",
            "`implement` of this `x-rust-type` is unknown; it changes nothing",
            "the nearest name is `implements`",
        ),
        (
            "wiht: 'crate::m'",
            "`wiht` of this `x-rust-type` is unknown; it changes nothing",
            "the nearest name is `with`",
        ),
        (
            "feature: a",
            "`feature` of this `x-rust-type` is unknown; it changes nothing",
            "it has `path`, `with` and `implements`",
        ),
        ("with: 7", "`with` of this `x-rust-type` is no text; it changes nothing", "write the path of a module"),
        (
            "implements: Eq",
            "`implements` of this `x-rust-type` is no list of names",
            "write a list, such as `[Eq, Hash]`",
        ),
    ] {
        let extension = format!("{{x-rust-type: {{path: 'crate::Money', {member}}}}}");
        let overlay = format!("- {{target: $.components.schemas.Money, update: {extension}}}\n");
        let found = said("", &overlay);
        assert!(found.len() == 1 && found[0].0.starts_with(message) && found[0].1.starts_with(help), "{found:?}");
    }
    let whole = "{path: 'crate::Money', crate: money, version: '1', parameters: [], x-why: it is, implements: ['std::hash::Hash', Display, Serialize]}";
    let overlay = format!("- {{target: $.components.schemas.Money, update: {{x-rust-type: {whole}}}}}\n");
    assert_eq!(said("", &overlay), []);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = folder.path().join("api.yaml");
    std::fs::write(&page, ROOMS.replace("VERSION", "3.0.3")).expect("a file");
    let config = Config::new().replace("Money", Replacement::of("crate::Money").implements(["Cpy"])).deny("X014");
    let error = config.out_dir(folder.path()).generate(&page).expect_err("it is denied");
    assert!(error.to_string().contains("error[X014]: `crate::Money` is said to implement `Cpy`"), "{error}");
    assert!(error.to_string().contains("the nearest name is `Copy`"), "{error}");
}

#[test]
fn a_list_pages_unless_its_whole_page_is_of_a_type_of_the_users_own() {
    let operation = |id: &str, page: &str, more: &str| {
        format!(
            "  /{id}:
    get:
      operationId: {id}
      {more}
      parameters: [{{name: page_token, in: query, schema: {{type: string}}}}]
      responses: {{'200': {{description: OK, content: {{application/json: {{schema: {page}}}}}}}}}
"
        )
    };
    let stated = "x-pagination: {type: token, parameter: page_token, next: /next_page_token}";
    let inline = |name: &str| {
        let items = format!("{{type: array, items: {{$ref: '#/components/schemas/Room'}}, title: {name}}}");
        format!("{{type: object, properties: {{rooms: {items}, metadata: {{$ref: '#/components/schemas/Meta'}}}}}}")
    };
    let document = format!(
        "openapi: 3.0.3\ninfo: {{title: Rooms, version: '1'}}\npaths:\n{}{}{}{}{}
components:
  schemas:
    Page: {{type: object, properties: {{rooms: {{type: array, items: {{type: string}}}}, next_page_token: {{type: string}}}}}}
    Room: {{type: object, properties: {{name: {{type: string}}}}}}
    Meta: {{type: object, properties: {{next_page_token: {{type: string}}}}}}
    Plain: {{type: object, properties: {{name: {{type: string}}}}}}
",
        operation("wholeByRule", "{$ref: '#/components/schemas/Page'}", ""),
        operation("wholeAsStated", "{$ref: '#/components/schemas/Page'}", stated),
        operation("partOfPage", &inline("A"), ""),
        operation("listItself", &inline("B"), ""),
        operation("noList", "{$ref: '#/components/schemas/Plain'}", ""),
    );
    let manifest = "[replace]\nPage = \"crate::Page\"\nRoom = \"crate::Room\"\nMeta = \"crate::Meta\"\nPlain = \"crate::Plain\"\n\
        \"#/paths/~1listItself/get/responses/200/content/application~1json/schema/properties/rooms\" = \"crate::Rooms\"\n";
    let output = generated(&document, manifest);
    let lists: Vec<&str> = output.lists.iter().map(|list| &*list.operation).collect();
    assert_eq!(lists, ["partOfPage"], "the list of rooms is generated");
    let token = "codegen::Paging::Token {\n                input: codegen::Input::Query(\"page_token\"),\n                next: \"/metadata/next_page_token\",";
    let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(spaced(&output.code).contains(&spaced(token)), "{}", output.code);
    let said = output.diagnostics.iter().filter(|finding| ["X015", "G035"].contains(&finding.code));
    let said: Vec<String> = said.map(|finding| format!("{} {}", finding.code, finding.message)).collect();
    let would = "X015 this list does not page by itself, as it otherwise would, by a token: `page_token` takes";
    assert_eq!(
        said,
        [
            format!(
                "{would} `next_page_token` (AIP-158): its answers are `crate::Page`, a type of your own, whose parts are unknown"
            ),
            "G035 `x-pagination` cannot be followed, and the list does not page by itself: its answers are `crate::Page`, a \
             type of your own, whose parts are unknown"
                .to_owned(),
            format!(
                "{would} `metadata.next_page_token` (AIP-158): `rooms` of its answers is `crate::Rooms`, a type of your own, \
                 whose parts are unknown"
            ),
        ]
    );
    let workspace =
        rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "replaced-pages", [("rooms", output.code.as_str())]);
    workspace.depend("rooms", "serde = { version = \"1\", features = [\"derive\"] }");
    let types = ["Page", "Room", "Meta", "Plain", "Rooms"].map(|name| {
        format!("/// A type.\n#[derive(Clone, Debug, PartialEq, serde::Deserialize)]\npub struct {name} {{}}\n")
    });
    let items = "/// The rooms.\npub fn rooms(client: &Client) -> openapi_runtime::Items<operations::PartOfPage> {\n\
                 let items = client.part_of_page().items();\nitems\n}\n";
    let text =
        format!("//! A client.\n#![deny(warnings, missing_docs)]\ninclude!(\"client.rs\");\n{}{items}", types.concat());
    workspace.add("rooms", "src/lib.rs", &text);
    let checked = workspace.check("rooms");
    assert!(checked.errors.is_none(), "{}", checked.errors.unwrap_or_default());
}

#[test]
fn a_body_that_has_no_type_says_so() {
    let document = "\
openapi: 3.0.3
info: {title: Files, version: '1'}
paths:
  /files:
    put:
      operationId: putFile
      requestBody: {content: {application/pdf: {schema: {$ref: '#/components/schemas/Page'}}, text/plain: {schema: {$ref: '#/components/schemas/Page'}}}}
      responses:
        '200': {description: OK, content: {application/octet-stream: {schema: {type: string, format: blob}}}}
        default: {description: No, content: {text/csv: {schema: {type: array, items: {$ref: '#/components/schemas/Page'}}}}}
components: {schemas: {Page: {type: string, format: blob}}}
";
    let output = generated(document, "[replace]\nPage = \"crate::Page\"\n\"format: blob\" = \"crate::Blob\"\n");
    let warnings: Vec<String> = findings(&output).into_iter().filter(|it| !it.starts_with("X011")).collect();
    assert_eq!(
        warnings,
        [
            "X013 the body here is bytes, which `crate::Blob` does not replace: it stays bytes",
            "X013 the body here is bytes, which `crate::Page` does not replace: it stays bytes",
            "X013 the body here is a list as a text, which `crate::Page` does not replace: it stays text",
        ]
    );
    let warning = output.diagnostics.iter().find(|finding| finding.code == "X013").expect("it is there");
    assert!(warning.to_string().contains("api.yaml:9:"), "it has a place: {warning}");
    assert!(output.code.contains("body: crate::Page"), "a text is of the type: {}", output.code);
}

#[test]
fn a_type_that_cannot_replace_another_is_one_clear_error() {
    let manifest = "[replace]\nMoney = \"crate::Money\"\n\"format: decimal\" = { path = \"crate::Size\", with = \"crate::size\" }\n";
    let output = generated(&ROOMS.replace("VERSION", "3.0.3"), manifest);
    let workspace =
        rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "replaceable", [("rooms", output.code.as_str())]);
    let check = |name: &str, derives: &str| {
        let text = format!(
            "//! A client.\n#![deny(warnings, missing_docs)]\ninclude!(\"client.rs\");\n\
             /// Money.\n#[derive({derives})]\npub struct Money;\n\
             /// A size.\n#[derive(Clone, Debug, PartialEq)]\npub struct Size;\n\
             mod size {{\n\
             pub fn serialize<S: serde::Serializer>(_: &super::Size, s: S) -> Result<S::Ok, S::Error> {{ s.serialize_unit() }}\n\
             pub fn deserialize<'de, D: serde::Deserializer<'de>>(_: D) -> Result<super::Size, D::Error> {{ Ok(super::Size) }}\n\
             }}\n"
        );
        workspace.depend("rooms", "serde = { version = \"1\", features = [\"derive\"] }");
        workspace.add("rooms", "src/lib.rs", &text);
        workspace.check("rooms").errors.unwrap_or_else(|| name.to_owned())
    };
    let whole = "Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize";
    assert_eq!(check("it compiles", whole), "it compiles");
    for (missing, message, note) in [
        ("PartialEq", "`Money` cannot replace a generated type", "generated types are `Clone + Debug + PartialEq`"),
        ("serde::Serialize", "`Money` cannot replace a generated type in requests", "with a function `serialize`"),
        ("serde::Deserialize", "`Money` cannot replace a generated type in responses", "with a function `deserialize`"),
    ] {
        let derives: Vec<&str> = whole.split(", ").filter(|name| *name != missing).collect();
        let said = check("", &derives.join(", "));
        assert!(said.contains(&format!(": {message}\n")) && said.contains(note), "{missing}: {said}");
    }
}

#[test]
fn what_holds_a_type_derives_what_the_type_has() {
    let derived = |manifest: &str| {
        let code = rooms(&format!("[derive]\nEq = [\"Room\"]\nCopy = [\"Room\"]\n{manifest}"), "").code;
        let before = code.split("pub struct Room {").next().unwrap_or_default();
        let derives =
            before.rsplit("#[derive(").next().unwrap_or_default().split(")]").next().unwrap_or_default().to_owned();
        ["Eq", "Copy"].map(|name| derives.split(", ").any(|other| other == name))
    };
    let others = "\"#/components/schemas/Room/properties/sizes\" = \"u8\"\nPet = \"u8\"\n\
                  \"#/components/schemas/Room/properties/suite\" = \"u8\"\nMoney = \"u8\"\n";
    let with = |implements: &str| {
        derived(&format!(
            "[replace]\n{others}\"format: decimal\" = {{ path = \"crate::Size\", implements = {implements} }}\n"
        ))
    };
    assert_eq!(with("[]"), [false, false]);
    assert_eq!(with("[\"Eq\", \"Display\"]"), [true, false]);
    assert_eq!(with("[\"std::cmp::Eq\"]"), [true, false]);
    assert_eq!(with("[\"Ord\", \"Copy\"]"), [true, true], "what is ordered is equal to itself");
}

/// A document with what can hold a type: lists of exactly so many, circles, unions, streams; one of several.
fn document(op: &str) -> String {
    format!(
        "openapi: 3.1.0
info: {{title: {op}, version: '1'}}
paths:
  /{op}:
    post:
      operationId: {op}
      parameters:
      - {{name: limit, in: query, schema: {{type: integer}}}}
      requestBody: {{required: true, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Item'}}}}}}}}
      responses:
        '200': {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Item'}}}}}}}}
        default: {{description: d, content: {{'*/*': {{schema: {{$ref: '#/components/schemas/Money'}}}}}}}}
  /{op}/events:
    get:
      operationId: {op}Events
      responses:
        '200': {{description: d, content: {{text/event-stream: {{schema: {{$ref: '#/components/schemas/Money'}}}}}}}}
  /{op}/spans:
    get:
      operationId: {op}Spans
      responses:
        '200': {{description: d, content: {{application/json-seq: {{schema: {{type: array, items: {{type: integer, format: span}}}}}}}}}}
components:
  schemas:
    Item:
      type: object
      properties:
        pair:
          type: array
          prefixItems: [{{$ref: '#/components/schemas/Money'}}, {{type: string}}, {{type: [integer, 'null'], format: span}}]
          minItems: 3
          maxItems: 3
        tree: {{$ref: '#/components/schemas/Tree'}}
        pay: {{$ref: '#/components/schemas/Pay'}}
        any: {{anyOf: [{{$ref: '#/components/schemas/Money'}}, {{type: array, items: {{type: integer, format: span}}}}, {{type: 'null'}}]}}
        word: {{$ref: '#/components/schemas/Word', description: A word}}
        day: {{type: string, format: day}}
        utc: {{type: string, format: utc}}
    Tree: {{type: array, prefixItems: [{{type: integer, format: span}}, {{type: array, items: {{$ref: '#/components/schemas/Tree'}}}}], minItems: 2, maxItems: 2}}
    Pay:
      oneOf: [{{$ref: '#/components/schemas/Money'}}, {{$ref: '#/components/schemas/Card'}}]
      discriminator: {{propertyName: kind}}
    Money: {{type: [object, 'null'], required: [kind], properties: {{kind: {{type: string}}}}}}
    Card: {{type: object, required: [kind], properties: {{kind: {{type: string}}, of: {{$ref: '#/components/schemas/Money'}}}}}}
    Word: {{type: string, enum: [a, b]}}
"
    )
}

/// The types of a user, beside the client.
const OWN: &str = "\
//! A client.
#![deny(warnings, missing_docs)]
include!(\"client.rs\");
/// Money.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Money;
/// A word.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Word;
/// Days, of the crate that the runtime has.
pub mod my_day {
    use openapi_runtime::chrono::NaiveDate;
    /// Writes one.
    pub fn serialize<S: serde::Serializer>(day: &NaiveDate, s: S) -> Result<S::Ok, S::Error> { s.collect_str(day) }
    /// Reads one.
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(_: D) -> Result<NaiveDate, D::Error> { Ok(NaiveDate::MIN) }
}
/// Spans.
pub mod my_span {
    /// Writes one.
    pub fn serialize<S: serde::Serializer>(_: &std::time::Duration, s: S) -> Result<S::Ok, S::Error> { s.serialize_unit() }
    /// Reads one.
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(_: D) -> Result<std::time::Duration, D::Error> {
        Ok(std::time::Duration::ZERO)
    }
}
";

#[test]
fn several_documents_have_one_check_and_every_place_compiles() {
    let manifest = "\
        [replace]\nMoney = \"crate::Money\"\nWord = \"crate::Word\"\n\
        \"#/paths/~1one/post/parameters/0/schema\" = \"u16\"\n\
        \"format: span\" = { path = \"std::time::Duration\", with = \"crate::my_span\" }\n\
        \"format: day\" = { path = \"chrono::NaiveDate\", with = \"crate::my_day\" }\n\
        \"format: utc\" = \"chrono::DateTime<chrono::Utc>\"\n";
    let both = format!("both_ways = true\n{manifest}");
    let mut clients = Vec::new();
    for (name, manifest) in [("plain", manifest), ("both-ways", both.as_str())] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut text = manifest.to_owned();
        for op in ["one", "two"] {
            std::fs::write(folder.path().join(format!("{op}.yaml")), document(op)).expect("a file");
            text.push_str(&format!("[[document]]\nname = \"{op}\"\n[[document.file]]\npath = \"{op}.yaml\"\n"));
        }
        std::fs::write(folder.path().join("spec.toml"), text).expect("a file");
        let output = Loaded::folder(folder.path())
            .and_then(|loaded| loaded.generate())
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(output.code.matches("codegen::replaces_sent::<crate::Money>()").count(), 1);
        assert_eq!(output.code.matches("pub struct Item {").count(), 1, "it is shared");
        assert!(output.code.contains("limit: u16"), "a place of one document");
        clients.push((name, output.code));
    }
    let codes = clients.iter().map(|(name, code)| (*name, code.as_str()));
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "replaced-places", codes);
    for (name, _) in &clients {
        workspace.depend_with(name, &["blocking", "events"], "serde = { version = \"1\", features = [\"derive\"] }");
        workspace.add(name, "src/lib.rs", OWN);
        let checked = workspace.check(name);
        assert!(checked.errors.is_none(), "{name}: {}", checked.errors.unwrap_or_default());
    }
}

#[test]
fn the_surface_and_the_lock_know_the_type() {
    let manifest = "[replace]\nMoney = \"crate::Money\"\n\"format: date-time\" = \"jiff::Timestamp\"\n\
                    \"format: decimal\" = { path = \"std::time::Duration\", with = \"crate::span\" }\n";
    let output = rooms(manifest, "");
    assert!(output.code.contains("codegen::require_jiff!();"), "{}", output.code);
    let surface = Surface::of(&output.code).expect("it is Rust").to_text();
    for line in [
        "field types::Room::price: crate::Money",
        "field types::Room::opened: Option<jiff::Timestamp>",
        "field types::Room::size: std::time::Duration",
        "fn types::RoomRequest::opened(self, value: impl Into<jiff::Timestamp>) -> Self",
    ] {
        assert!(surface.lines().any(|other| other == line), "{line}\n{surface}");
    }
    assert!(!surface.contains("By_") && !surface.contains("types::Money"), "{surface}");
    let lock = Lock::from_choices(&output.choices);
    let again = read(&ROOMS.replace("VERSION", "3.0.3"), manifest, "", Some(&lock)).expect("it generates");
    assert_eq!(again.code, output.code);
    assert!(again.diagnostics.iter().all(|finding| !finding.code.starts_with('L')), "{:?}", again.diagnostics);
}

const SWAGGER: &str = "\
swagger: '2.0'
info: {title: Rooms, version: '1'}
paths:
  /rooms/{id}:
    get:
      operationId: getRoom
      parameters:
      - {name: id, in: path, required: true, type: string, format: key}
      responses:
        '200': {description: OK, schema: {$ref: '#/definitions/Room'}}
definitions:
  Room: {type: object, properties: {price: {$ref: '#/definitions/Money'}, other: {$ref: '#/definitions/Money'}, id: {type: string, x-rust-type: 7}}}
  Money: {type: object, properties: {cents: {type: integer}}}
";

#[test]
fn a_place_is_the_one_in_the_published_document() {
    let manifest =
        "[replace]\n\"#/definitions/Room/properties/price\" = \"crate::Price\"\n\"format: key\" = \"crate::Key\"\n";
    let output = generated(SWAGGER, manifest);
    let fields = fields(&output.code);
    assert_eq!(fields[..2], [("price", "Option<crate::Price>"), ("other", "Option<Money>")]);
    assert!(output.code.contains("pub fn get_room(&self, id: crate::Key)"), "{}", output.code);
    let warning = output.diagnostics.iter().find(|finding| finding.code == "X010").expect("7 is no path");
    assert!(warning.to_string().contains("#/definitions/Room/properties/id/x-rust-type"), "{warning}");
}

#[test]
fn a_build_script_says_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = folder.path().join("api.yaml");
    std::fs::write(&page, ROOMS.replace("VERSION", "3.0.3")).expect("a file");
    let size = Replacement::of("crate::Size").with("crate::size").implements(["Eq"]);
    let config =
        Config::new().replace("Money", "crate::Money").replace("format: decimal", size).derive_for("Room", "Eq");
    config.clone().out_dir(folder.path()).generate(&page).unwrap_or_else(|error| panic!("{error}"));
    let code = std::fs::read_to_string(folder.path().join("client.rs")).expect("it was written");
    let fields = fields(&code);
    assert!(fields.contains(&("price", "crate::Money")) && fields.contains(&("size", "crate::Size")), "{fields:?}");
    assert!(code.contains("By_crate_size") && !code.contains("pub struct Money"), "{code}");
    let error = config.replace("Pet", "Pet").out_dir(folder.path()).generate(&page).expect_err("it is no path");
    assert!(error.to_string().contains("error[X009]: `Pet` is not the path of a type in Rust"), "{error}");
}
