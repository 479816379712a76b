//! What changes between two versions of a definition: each rule on its own before and after, each kind of noise, and bad
//! input.

use std::collections::BTreeSet;

use openapi_build::catalogue;
use openapi_build::track::{self, diff::Wire, semver::Level};
use testing::versions;
use testing::versions::{load, remaining};

/// The rules: their codes.
fn rules() -> Vec<&'static str> {
    catalogue::codes().into_iter().filter(|code| code.starts_with('D')).collect()
}

/// The section of a page under that heading.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("## {heading}\n")).unwrap_or_else(|| panic!("no `{heading}`: {page}"));
    rest.split("\n## ").next().unwrap_or(rest).trim()
}

/// The two documents of a page. A page shows whole documents, or paths, or the schemas `Item` (sent) and `Answer`
/// (received).
fn before_and_after(page: &str) -> [String; 2] {
    let mut blocks = section(page, "Before and after").split("```yaml\n").skip(1);
    let mut next = || blocks.next().and_then(|block| block.split("```").next()).expect("a before and an after");
    [document(next()), document(next())]
}

fn document(text: &str) -> String {
    let indented = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    let starts = |key: &str| text.lines().any(|line| line.starts_with(key));
    if starts("paths:") {
        return text.to_owned();
    }
    if starts("/") {
        return format!("paths:\n{}", indented(text));
    }
    let content =
        |name: &str| format!("content: {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}");
    let mut paths = String::new();
    if starts("Item:") {
        let item = content("Item");
        paths.push_str(&format!(
            "  /items: {{post: {{operationId: createItem, requestBody: {{required: true, {item}}}, responses: {{'204': {{description: d}}}}}}}}\n"
        ));
    }
    if starts("Answer:") {
        let answer = content("Answer");
        paths.push_str(&format!(
            "  /answers: {{get: {{operationId: getAnswer, responses: {{'200': {{description: d, {answer}}}}}}}}}\n"
        ));
    }
    format!("paths:\n{paths}components:\n  schemas:\n{}", indented(text))
}

#[test]
fn each_rule_finds_its_own_before_and_after_and_nothing_else() {
    let mut problems = Vec::new();
    for code in rules() {
        let page = catalogue::page(code).expect("a rule has a page");
        let [before, after] = before_and_after(&page);
        let (old, new) = (load("old.yaml", &before), load("new.yaml", &after));
        let changes = match track::diff(&old, &new) {
            Ok(changes) => changes,
            Err(error) => {
                problems.push(format!("{code}: {error}"));
                continue;
            }
        };
        let found: Vec<_> = changes.changes.iter().map(|change| change.code).collect();
        if found != [code] || !changes.unknown.is_empty() {
            problems.push(format!("{code}: found {found:?}, unknown {:?}", changes.unknown));
            continue;
        }
        let left = remaining(&old, &new, &changes);
        if !left.is_empty() {
            problems.push(format!("{code}: not accounted for: {left:?}"));
        }
        // The first word of a section is the verdict on the example.
        let level = section(&page, "What update it asks for");
        let wire = section(&page, "On the wire").to_lowercase();
        if !wire.starts_with(changes.verdict.wire.as_str()) {
            problems
                .push(format!("{code}: on the wire it {}, and its page says: {wire}", changes.verdict.wire.as_str()));
        }
        if !level.to_lowercase().starts_with(changes.changes[0].level.as_str()) {
            problems
                .push(format!("{code}: it asks for {}, and its page says: {level}", changes.changes[0].level.as_str()));
        }
        // What the rule asks for at least is no more than its change does: else the least is too much.
        if changes.changes[0].level == Level::Major && changes.items.is_empty() && changes.changes[0].items.is_empty() {
            problems.push(format!("{code}: it asks for a major update, and no item changed"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_page_of_a_rule_has_the_same_headings() {
    let headings =
        ["What it means", "On the wire", "What update it asks for", "What to do about it", "Before and after"];
    for code in rules() {
        let page = catalogue::page(code).expect("a rule has a page");
        let own: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(own, headings, "{code}");
    }
    assert!(rules().len() > 60);
}

#[test]
fn another_type_for_a_format_breaks_code_and_nothing_on_the_wire() {
    let answer = |chosen: &str| {
        document(&format!("Answer: {{properties: {{at: {{type: string, format: date-time{chosen}}}}}}}"))
    };
    let (old, new) = (load("old.yaml", &answer("")), load("new.yaml", &answer(", x-rust-format: wide")));
    let changes = track::diff(&old, &new).expect("both are read");
    let codes: Vec<_> = changes.changes.iter().map(|change| change.code).collect();
    assert_eq!((codes, changes.unknown.is_empty()), (vec!["D047"], true));
    assert_eq!((changes.verdict.wire, changes.verdict.rust), (Wire::Safe, Level::Major));
}

/// For each kind of noise a document, and what it is changed from and to.
const NOISE: [(&str, &str, &str); 16] = [
    ("N001", "required: [name, id]", "required: [id, name]"),
    ("N002", "description: All items", "description: Every item"),
    ("N003", "example: first", "example: second"),
    ("N004", "x-code-samples: [{lang: Shell, source: curl}]", "x-code-samples: [{lang: Shell, source: wget}]"),
    ("N005", "tags: [Items]", "tags: [Things]"),
    ("N006", "version: 1.0.0", "version: 1.0.1"),
    ("N007", "description: Production", "description: The production server"),
    ("N008", "externalDocs: {url: 'https://example.com/a'}", "externalDocs: {url: 'https://example.com/b'}"),
    ("N009", "name: limit, in: query", "name: limit, in: query, required: false, style: form, explode: true"),
    ("N010", "x-owner: alice", "x-owner: bob"),
    ("N011", "bodyExample: {a: 1}", "bodyExample: {a: 2}"),
    ("N012", "links: {self: {operationId: listItems}}", "links: {}"),
    ("N013", "xml: {name: item}", "xml: {name: Item}"),
    ("N014", "openapi: 3.0.0", "openapi: 3.0.3"),
    (
        "N015",
        "delete: {operationId: deleteItem, parameters: [{name: id, in: path, required: true, schema: {type: string}}],",
        "parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n    delete: {operationId: deleteItem,",
    ),
    (
        "N016",
        "tags: [Items]\n",
        "tags: [Items]\n      servers: [{url: 'https://api.example.com', description: Production}]\n",
    ),
];

const QUIET: &str = "\
openapi: 3.0.0
info: {title: Items, version: 1.0.0}
x-owner: alice
servers: [{url: 'https://api.example.com', description: Production}]
paths:
  /items:
    get:
      operationId: listItems
      description: All items
      tags: [Items]
      externalDocs: {url: 'https://example.com/a'}
      x-code-samples: [{lang: Shell, source: curl}]
      bodyExample: {a: 1}
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses:
        '200':
          description: ok
          links: {self: {operationId: listItems}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}
    post:
      operationId: createItem
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses: {'204': {description: ok}}
  /items/{id}:
    delete: {operationId: deleteItem, parameters: [{name: id, in: path, required: true, schema: {type: string}}],
      responses: {'204': {description: ok}}}
components:
  schemas:
    Item:
      type: object
      required: [name, id]
      xml: {name: item}
      properties: {name: {type: string, example: first}, id: {type: string, maxLength: 9}}
";

/// The generated code without what noise may change: the docs, and what the definition says of itself and its servers.
fn without_docs(code: &str) -> BTreeSet<String> {
    use std::iter::once;
    let mut file = syn::parse_file(code).expect("generated code");
    versions::strip_docs(&mut file);
    // The table of the command line holds documentation, and fields in their order.
    file.items.retain(|item| !matches!(item, syn::Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "cli")));
    // Fields and items may stand in another order, and tables of members then break their lines elsewhere.
    let text = prettyplease::unparse(&file);
    let words = ["description:", "title:", "version:"];
    let lines = text.lines().map(str::trim).filter(|line| !words.iter().any(|word| line.starts_with(word)));
    let mut found: Vec<&str> = lines.flat_map(str::split_whitespace).map(|word| word.trim_end_matches(',')).collect();
    found.sort_unstable();
    let counted = found.chunk_by(|a, b| a == b).map(|same| format!("{} {}", same.len(), same[0]));
    counted.chain(once(String::new())).collect()
}

#[test]
fn noise_changes_neither_the_items_nor_what_is_sent() {
    let kinds: Vec<&str> = catalogue::codes().into_iter().filter(|code| code.starts_with('N')).collect();
    assert_eq!(kinds, NOISE.map(|(code, ..)| code), "each kind of noise is shown");
    let old = load("old.yaml", QUIET);
    let before = without_docs(&old.generate().expect("it generates").code);
    for (code, from, to) in NOISE {
        let text = QUIET.replacen(from, to, 1);
        assert_ne!(text, QUIET, "{code}");
        let new = load("new.yaml", &text);
        let changes = track::diff(&old, &new).expect("two versions");
        assert!(changes.is_empty(), "{code}: {:?}", changes.changes);
        let found: BTreeSet<&str> = changes.noise.iter().map(|noise| noise.code).collect();
        assert_eq!(found, BTreeSet::from([code]));
        assert_eq!(remaining(&old, &new, &changes), Vec::<String>::new(), "{code}");
        assert_eq!((changes.verdict.wire, changes.verdict.rust), (Wire::Safe, Level::Patch), "{code}");
        let after = without_docs(&new.generate().expect("it generates").code);
        let differ: Vec<_> = before.symmetric_difference(&after).collect();
        assert!(differ.is_empty(), "{code}: {differ:#?}");
    }
}

#[test]
fn keys_in_another_order_are_noise() {
    let old = load("old.yaml", QUIET);
    let text = QUIET.replace(
        "{name: {type: string, example: first}, id: {type: string, maxLength: 9}}",
        "{id: {maxLength: 9, type: string}, name: {type: string, example: first}}",
    );
    let new = load("new.yaml", &text);
    let changes = track::diff(&old, &new).expect("two versions");
    assert!(changes.is_empty() && changes.noise.iter().all(|noise| noise.code == "N001"), "{changes:?}");
    assert_eq!(changes.noise.len(), 2);
    let code = |loaded: &openapi_build::pipeline::Loaded| without_docs(&loaded.generate().expect("it generates").code);
    assert_eq!(code(&old), code(&new));
}

#[test]
fn a_type_that_is_implied_may_be_said() {
    let (old, new) = (QUIET.replace("      type: object\n", ""), QUIET);
    assert_ne!(old, new);
    for (old, new) in [(old.as_str(), new), (new, old.as_str())] {
        let (old, new) = (load("old.yaml", old), load("new.yaml", new));
        let changes = track::diff(&old, &new).expect("two versions");
        assert!(changes.is_empty() && changes.noise[0].code == "N009", "{changes:#?}");
        let code =
            |loaded: &openapi_build::pipeline::Loaded| without_docs(&loaded.generate().expect("it generates").code);
        assert_eq!(code(&old), code(&new));
    }
}

#[test]
fn the_sides_are_told_apart() {
    let document = |side: &str, schema: &str| {
        let content = "content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}";
        let operation = match side {
            "request" => {
                format!("requestBody: {{required: true, {content}}}, responses: {{'204': {{description: d}}}}")
            }
            _ => format!("responses: {{'200': {{description: d, {content}}}}}"),
        };
        format!("paths: {{/a: {{post: {{operationId: a, {operation}}}}}}}\ncomponents: {{schemas: {{A: {schema}}}}}\n")
    };
    let plain = "{type: object, required: [a], properties: {a: {type: string, enum: [x, y]}}}";
    let required = "{type: object, required: [a, b], properties: {a: {type: string, enum: [x, y]}, b: {type: string}}}";
    let value = "{type: object, required: [a], properties: {a: {type: string, enum: [x, y, z]}}}";
    let read_only = "{type: object, required: [a, b], properties: {a: {type: string, enum: [x, y]}, b: {type: string, readOnly: true}}}";
    for (side, old, new, code, wire, rust) in [
        ("request", plain, required, "D040", Wire::Breaks, Level::Major),
        ("response", plain, required, "D040", Wire::Safe, Level::Minor),
        ("request", plain, value, "D049", Wire::Safe, Level::Minor),
        ("response", plain, value, "D049", Wire::Safe, Level::Minor),
        ("request", value, plain, "D050", Wire::Breaks, Level::Major),
        ("response", value, plain, "D050", Wire::Safe, Level::Major),
        ("request", required, plain, "D042", Wire::MayBreak, Level::Major),
        ("response", required, plain, "D042", Wire::Breaks, Level::Major),
        ("request", plain, read_only, "D040", Wire::Safe, Level::Minor),
    ] {
        let (before, after) = (load("a.yaml", &document(side, old)), load("b.yaml", &document(side, new)));
        let changes = track::diff(&before, &after).expect("two versions");
        let found = (changes.changes[0].code, changes.verdict.wire, changes.verdict.rust);
        assert_eq!((changes.changes.len(), found), (1, (code, wire, rust)), "{side}: {old} to {new}: {changes:#?}");
    }
}

#[test]
fn a_shared_component_is_told_once_with_the_operations_that_it_touches() {
    let document = |schema: &str| {
        let content = "content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}";
        let path = |name: &str| {
            format!(
                "  /{name}: {{get: {{operationId: {name}, responses: {{'200': {{description: d, {content}}}}}}}}}\n"
            )
        };
        format!("paths:\n{}{}components: {{schemas: {{A: {schema}}}}}\n", path("one"), path("two"))
    };
    let old = load("old.yaml", &document("{type: object, properties: {a: {type: string}}}"));
    let new = load("new.yaml", &document("{type: object, properties: {a: {type: integer}}}"));
    let changes = track::diff(&old, &new).expect("two versions");
    let [change] = changes.changes.as_slice() else { panic!("{changes:#?}") };
    assert_eq!(
        (change.subject.as_str(), change.operations.as_slice()),
        ("A.a", ["GET /one".to_owned(), "GET /two".to_owned()].as_slice())
    );
    assert_eq!(change.items[0].path, "types::A::a");
    let position = change.place().and_then(|place| place.position.clone()).expect("a position");
    assert_eq!((position.file.to_str(), position.line), (Some("new.yaml"), 4));
}

#[test]
fn two_that_are_no_versions_of_each_other_are_refused() {
    let old = load("old.yaml", "paths: {/a: {get: {operationId: a, responses: {}}}}");
    let new = load("new.yaml", "paths: {/b: {get: {operationId: b, responses: {}}}}");
    assert_eq!(track::diff(&old, &new).expect_err("nothing in common").code, "T001");
    let nothing = load("new.yaml", "paths: {}");
    let changes = track::diff(&old, &nothing).expect("everything is gone");
    assert_eq!(changes.changes[0].code, "D002");
}

#[test]
fn line_ends_and_a_byte_order_mark_are_nothing() {
    let text = QUIET.replace('\n', "\r\n");
    let (old, new) = (load("old.yaml", QUIET), load("new.yaml", &format!("\u{feff}{text}")));
    let changes = track::diff(&old, &new).expect("two versions");
    assert!(changes.is_empty() && changes.noise.is_empty(), "{changes:?}");
    assert_eq!(changes.to_text(Default::default()).lines().nth(1), Some("nothing changed"));
}

#[test]
fn what_no_rule_knows_is_said() {
    let header = |name: &str| {
        QUIET.replace("description: ok\n          links", &format!("description: ok\n          headers: {{X-Id: {{name: {name}, schema: {{type: string}}}}}}\n          links"))
    };
    let (old, new) = (load("old.yaml", &header("a")), load("new.yaml", &header("b")));
    let changes = track::diff(&old, &new).expect("two versions");
    assert_eq!((changes.changes.len(), changes.unknown.len()), (0, 1), "{changes:#?}");
    assert!(!changes.is_empty());
    let warning = changes.diagnostics.iter().find(|diagnostic| diagnostic.code == "T002").expect("it is said");
    assert_eq!(warning.pointer.as_deref(), Some("/paths/~1items/get/responses/200/headers/X-Id/name"));
    assert!(warning.position.as_ref().is_some_and(|position| position.line == 18), "{warning:?}");
}

#[test]
fn the_report_for_a_pull_request_keeps_its_tables() {
    let old = load("old.yaml", &QUIET.replace("maxLength: 9", "pattern: 'a|b`c'"));
    let new = load("new.yaml", QUIET);
    let changes = track::diff(&old, &new).expect("two versions");
    let text = changes.to_markdown();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| D")).collect();
    assert_eq!(rows.len(), changes.changes.len(), "{text}");
    for row in rows {
        let bars = row.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 5, "{row}");
    }
}

/// The codes and verdicts of what changes between two lists of paths.
fn changes(old: &str, new: &str) -> Vec<(&'static str, Wire)> {
    let (old, new) = (load("old.yaml", &document(old)), load("new.yaml", &document(new)));
    let changes = track::diff(&old, &new).unwrap_or_else(|error| panic!("{error}"));
    assert!(changes.unknown.is_empty() && remaining(&old, &new, &changes).is_empty());
    changes.changes.iter().map(|change| (change.code, change.wire)).collect()
}

#[test]
fn a_fragment_tells_operations_apart_and_is_not_sent() {
    let add = "/files/{id}#add: {put: {operationId: add, responses: {'204': {description: d}}}}\n";
    let remove = "/files/{id}#remove: {put: {operationId: remove, responses: {'204': {description: d}}}}\n";
    assert_eq!(changes(add, &format!("{remove}{add}")), [("D001", Wire::Safe)]);
    assert_eq!(changes(&format!("{add}{remove}"), remove), [("D002", Wire::Breaks)]);
    assert_eq!(changes(add, &add.replace("#add", "")), [("D003", Wire::Safe)]);
    assert_eq!(changes(add, &add.replace("/files/{id}#add", "/items/{id}#add")), [("D003", Wire::Breaks)]);
}

#[test]
fn operations_of_one_id_and_paths_that_differ_in_names_are_compared_with_themselves() {
    let list =
        |path: &str| format!("{path}: {{get: {{operationId: list, responses: {{'204': {{description: d}}}}}}}}\n");
    let both = format!("{}{}", list("/a"), list("/b"));
    assert_eq!(changes(&list("/a"), &both), [("D001", Wire::Safe)]);
    assert_eq!(changes(&both, &both), []);
    let plain = |path: &str| format!("{path}: {{get: {{responses: {{'204': {{description: d}}}}}}}}\n");
    let mut alike = changes(&(plain("/d") + &both), &(plain("/d") + &list("/c")));
    alike.sort_by_key(|(code, _)| *code);
    assert_eq!(alike.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["D001", "D002", "D002"], "none of them moved");
    let names = format!("{}{}", plain("/a/{x}"), plain("/a/{y}"));
    assert_eq!(changes(&names, &plain("/a/{y}")), [("D002", Wire::Breaks)]);
}

#[test]
fn a_text_that_ends_a_stream_is_judged_by_whether_it_is_new() {
    let verdict = |old: &str, new: &str| {
        let path = |end: &str| {
            format!(
                "/items: {{get: {{operationId: watchItems, responses: {{'200': {{description: items, content: {{text/event-stream: \
                 {{schema: {{type: integer}}{end}}}}}}}}}}}}}"
            )
        };
        changes(&path(old), &path(new))
    };
    let end = |text: &str| format!(", x-stream-end: {text}");
    assert_eq!(verdict(&end("END"), &end("STOP")), [("D092", Wire::MayBreak)]);
    assert_eq!(verdict(&end("END"), &end("[END, STOP]")), [("D092", Wire::MayBreak)]);
    assert_eq!(verdict(&end("[END, STOP]"), &end("END")), [("D092", Wire::Safe)]);
    assert_eq!(verdict("", &end("'[DONE]'")), [("D092", Wire::Safe)], "it is what holds anyway");
    assert_eq!(verdict(&end("END"), ""), [("D092", Wire::MayBreak)], "`[DONE]` counts again");
    assert_eq!(verdict(", x-speakeasy-sse-sentinel: A", ", x-speakeasy-sse-sentinel: B"), [("D092", Wire::MayBreak)]);
    assert_eq!(verdict(&end("END"), &end("END")), []);
}

#[test]
fn how_a_list_pages_is_judged_by_whether_it_still_does() {
    let path = |says: &str| {
        let parameter = "{name: from, in: query, schema: {type: string}}";
        let schema = "{type: object, properties: {list: {type: array, items: {type: string}}, next: {type: string}}}";
        format!(
            "/items: {{get: {{operationId: listItems{says}, parameters: [{parameter}], responses: {{'200': {{description: d, \
             content: {{application/json: {{schema: {schema}}}}}}}}}}}}}"
        )
    };
    let level = |old: &str, new: &str| {
        let (old, new) = (load("old.yaml", &document(&path(old))), load("new.yaml", &document(&path(new))));
        let changes = track::diff(&old, &new).unwrap_or_else(|error| panic!("{error}"));
        changes.changes.iter().map(|change| (change.code, change.wire, change.level)).collect::<Vec<_>>()
    };
    let token = ", x-pagination: {type: token, parameter: from, next: /next}";
    assert_eq!(level("", token), [("D093", Wire::Safe, Level::Minor)]);
    assert_eq!(level(token, ""), [("D093", Wire::Safe, Level::Major)]);
    assert_eq!(level(token, ", x-pagination: false"), [("D093", Wire::Safe, Level::Major)]);
    assert_eq!(level("", ", x-pagination: false"), [("D093", Wire::Safe, Level::Major)]);
    assert_eq!(level(token, ", x-pagination: {type: url, next: /next}"), [("D093", Wire::MayBreak, Level::Minor)]);
}
