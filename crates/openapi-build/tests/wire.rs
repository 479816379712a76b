//! What breaks old clients on the wire, and what does not: each kind of change in both directions, in small documents and in
//! the real bumps that had it.

#[path = "wire/servers.rs"]
mod servers;

use std::path::PathBuf;

use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use openapi_build::track::diff::Wire::{self, Breaks, MayBreak, Safe};
use openapi_build::track::{self, diff::Changes, semver::Level};
use serde_json::Value;
use testing::corpus;
use testing::versions::{load, remaining};

/// Compares two documents, and sees that every difference is accounted for.
fn compare(old: &Loaded, new: &Loaded) -> Changes {
    let changes = track::diff(old, new).unwrap_or_else(|error| panic!("{error}"));
    assert!(changes.unknown.is_empty(), "{:#?}", changes.unknown);
    assert_eq!(remaining(old, new, &changes), Vec::<String>::new(), "{changes:#?}");
    changes
}

/// The changes: code, verdict and subject, in the order of the report.
fn reported(changes: &Changes) -> Vec<(&str, Wire, &str)> {
    changes.changes.iter().map(|change| (change.code, change.wire, change.subject.as_str())).collect()
}

fn noise(changes: &Changes) -> Vec<&str> {
    changes.noise.iter().map(|noise| noise.code).collect()
}

/// Sees what the way there and the way back are: changes as code and verdict, and codes of noise.
#[track_caller]
fn both_ways(old: &str, new: &str, there: &[(&str, Wire)], back: &[(&str, Wire)], quiet: [&[&str]; 2]) {
    let (old, new) = (load("old.yaml", old), load("new.yaml", new));
    for (old, new, expected, quiet) in [(&old, &new, there, quiet[0]), (&new, &old, back, quiet[1])] {
        let changes = compare(old, new);
        let found: Vec<_> = changes.changes.iter().map(|change| (change.code, change.wire)).collect();
        assert_eq!((found.as_slice(), noise(&changes).as_slice()), (expected, quiet), "{changes:#?}");
    }
}

/// Sees that nothing changes, either way, but for noise of that kind.
#[track_caller]
fn is_noise(one: &str, other: &str, code: &str) {
    for (old, new) in [(one, other), (other, one)] {
        let changes = compare(&load("old.yaml", old), &load("new.yaml", new));
        assert!(changes.is_empty() && !changes.noise.is_empty(), "{changes:#?}");
        assert!(changes.noise.iter().all(|noise| noise.code == code), "{:?}", changes.noise);
    }
}

/// The old and the new version of a real bump.
fn bump(name: &str) -> Option<(PathBuf, PathBuf)> {
    let folder = corpus::folder("OPENAPI_BUMPS")?.join(name);
    let (before, after) = (folder.join("before.yaml"), folder.join("after.yaml"));
    assert!(before.is_file() && after.is_file(), "OPENAPI_BUMPS has no bump `{name}`");
    Some((before, after))
}

fn read(path: &std::path::Path) -> Loaded {
    Loaded::path(path).unwrap_or_else(|error| panic!("{error}"))
}

/// A real document with a change.
fn edited(path: &std::path::Path, edit: impl FnOnce(&mut Value)) -> Loaded {
    let mut tree = read(path).documents[0].tree.clone();
    edit(&mut tree);
    let file = SourceFile::from_bytes("edited.json".as_ref(), tree.to_string().into_bytes()).expect("it is text");
    Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// Two operations that ask for a credential by `security`, with those schemes.
fn secured(security: &str, schemes: &str) -> String {
    let operation = |name: &str| {
        format!("get: {{operationId: {name}, security: {security}, responses: {{'204': {{description: d}}}}}}")
    };
    format!(
        "paths:\n  /a: {{{}}}\n  /b: {{{}}}\ncomponents: {{securitySchemes: {{{schemes}}}}}\n",
        operation("a"),
        operation("b")
    )
}

#[test]
fn a_security_scheme_is_known_by_what_it_asks_for() {
    let basic = |name: &str, text: &str| {
        secured(&format!("[{{{name}: []}}]"), &format!("{name}: {{type: http, scheme: basic, description: {text}}}"))
    };
    both_ways(&basic("key", "one"), &basic("credential", "one"), &[("D072", Safe)], &[("D072", Safe)], [&[], &[]]);
    both_ways(
        &basic("key", "one"),
        &basic("credential", "two"),
        &[("D072", Safe)],
        &[("D072", Safe)],
        [&["N002"], &["N002"]],
    );
    // The requirement of the whole definition follows too.
    let root = |name: &str| {
        format!(
            "security: [{{{name}: []}}]\npaths: {{/a: {{get: {{operationId: a, responses: {{'204': {{description: d}}}}}}}}}}\n\
             components: {{securitySchemes: {{{name}: {{type: http, scheme: bearer}}}}}}\n"
        )
    };
    both_ways(&root("key"), &root("token"), &[("D072", Safe)], &[("D072", Safe)], [&[], &[]]);
    // Another scheme of the same type by another name is one change, and stays red.
    let header = |name: &str, key: &str| {
        secured(&format!("[{{{name}: []}}]"), &format!("{name}: {{type: apiKey, in: header, name: {key}}}"))
    };
    let there = [("D084", Breaks), ("D072", Safe)];
    both_ways(&header("key", "X-Key"), &header("other", "X-Other"), &there, &there, [&[], &[]]);
    is_safe(&header("key", "X-Key"), &header("key", "x-key"), "D084");
}

/// Sees that both ways are that change, and safe.
#[track_caller]
fn is_safe(one: &str, other: &str, code: &str) {
    both_ways(one, other, &[(code, Safe)], &[(code, Safe)], [&[], &[]]);
}

#[test]
fn a_scheme_that_is_swapped_for_another_breaks() {
    let schemes = "one: {type: http, scheme: basic}, two: {type: http, scheme: basic}";
    let swapped = [("D081", Breaks), ("D081", Breaks), ("D080", Safe), ("D080", Safe)];
    both_ways(&secured("[{one: []}]", schemes), &secured("[{two: []}]", schemes), &swapped, &swapped, [&[], &[]]);
    // Two that ask for the same, and two others that do: nobody can tell which is which.
    let (old, new) = (
        secured("[{one: []}]", schemes),
        secured("[{three: []}]", "three: {type: http, scheme: basic}, four: {type: http, scheme: basic}"),
    );
    let changes = compare(&load("old.yaml", &old), &load("new.yaml", &new));
    assert_eq!(changes.verdict.wire, Breaks);
    // A type that is another.
    let bearer = secured("[{two: []}]", "two: {type: apiKey, in: query, name: k}");
    let changes = compare(
        &load("old.yaml", &secured("[{one: []}]", "one: {type: http, scheme: basic}")),
        &load("new.yaml", &bearer),
    );
    assert_eq!(changes.verdict.wire, Breaks);
}

#[test]
fn a_requirement_that_asks_for_less_is_met() {
    let schemes = "one: {type: http, scheme: basic}, two: {type: apiKey, in: header, name: K}";
    let (both, one) = (secured("[{one: [], two: []}]", schemes), secured("[{one: []}]", schemes));
    let (less, more) = (
        [("D080", Safe), ("D080", Safe), ("D081", Safe), ("D081", Safe)],
        [("D081", Breaks), ("D081", Breaks), ("D080", Safe), ("D080", Safe)],
    );
    both_ways(&both, &one, &less, &more, [&[], &[]]);
}

#[test]
fn security_that_no_operation_goes_by_is_safe() {
    let schemes = "one: {type: http, scheme: basic}, two: {type: http, scheme: bearer}";
    let with = |root: &str| format!("security: [{{{root}: []}}]\n{}", secured("[{one: []}]", schemes));
    both_ways(
        &with("one"),
        &with("two"),
        &[("D080", Safe), ("D081", Safe)],
        &[("D080", Safe), ("D081", Safe)],
        [&[], &[]],
    );
    let unused = |url: &str| {
        let schemes =
            format!("one: {{type: http, scheme: basic}}, two: {{type: openIdConnect, openIdConnectUrl: '{url}'}}");
        secured("[{one: []}]", &schemes)
    };
    is_safe(&unused("https://a.example/o"), &unused("https://b.example/o"), "D084");
}

#[test]
fn a_flow_more_is_safe_and_another_token_endpoint_breaks() {
    let flows = |flows: &str| secured("[{o: []}]", &format!("o: {{type: oauth2, flows: {{{flows}}}}}"));
    let one = "clientCredentials: {tokenUrl: 'https://a.example/t', scopes: {}}";
    let more = format!("{one}, implicit: {{authorizationUrl: 'https://a.example/a', scopes: {{}}}}");
    both_ways(&flows(one), &flows(&more), &[("D084", Safe)], &[("D084", Breaks)], [&[], &[]]);
    let other = flows(&one.replace("/t", "/v2/t"));
    both_ways(&flows(one), &other, &[("D084", Breaks)], &[("D084", Breaks)], [&[], &[]]);
}

#[test]
fn the_real_bump_that_renames_its_schemes_reports_each_once() {
    let Some((before, after)) = bump("2024-01-24-schema-registry-v1-c035774") else { return };
    for (old, new) in [(&before, &after), (&after, &before)] {
        let changes = compare(&read(old), &read(new));
        let of = |code: &str| changes.changes.iter().filter(|change| change.code == code).collect::<Vec<_>>();
        assert!(of("D080").is_empty() && of("D081").is_empty(), "{:?}", reported(&changes));
        // `api-key` and `resource-api-key` are one scheme by two names; the other has another token endpoint, too.
        let renamed = of("D072").iter().filter(|change| change.subject.starts_with("security scheme")).count();
        assert_eq!((renamed, of("D084").len()), (2, 1), "{:?}", reported(&changes));
        assert_eq!((of("D084")[0].wire, changes.verdict.wire), (Breaks, Breaks));
    }
}

/// Two operations at one path; what stands in the path and in each operation.
fn listed(path: &str, get: &str, put: &str) -> String {
    let operation = |method: &str, parameters: &str| {
        format!("    {method}: {{operationId: {method}It, {parameters} responses: {{'204': {{description: d}}}}}}\n")
    };
    format!("paths:\n  /a:\n    {path}\n{}{}", operation("get", get), operation("put", put))
}

const LIMIT: &str = "parameters: [{name: limit, in: query, schema: {type: integer, maximum: 9}}]";

#[test]
fn a_parameter_that_moves_between_operation_and_path_is_noise() {
    let own = format!("{LIMIT},");
    is_noise(&listed(LIMIT, "", ""), &listed("", &own, &own), "N015");
    // Stated by the one, and by the path for both.
    is_noise(&listed(LIMIT, &own, ""), &listed(LIMIT, "", ""), "N015");
    is_noise(&listed(LIMIT, &own, &own), &listed("", &own, &own), "N016");
    // Behind a reference, too.
    let components = "\ncomponents: {parameters: {limit: {name: limit, in: query, schema: {type: integer}}}}\n";
    let (there, own) = (
        "parameters: [{$ref: '#/components/parameters/limit'}]",
        "parameters: [{$ref: '#/components/parameters/limit'}],",
    );
    is_noise(&(listed(there, "", "") + components), &(listed("", own, own) + components), "N015");
}

#[test]
fn what_changes_as_a_parameter_moves_is_found_where_it_is() {
    let tighter = format!("{},", LIMIT.replace('9', "5"));
    let (old, new) = (listed(LIMIT, "", ""), listed("", &format!("{LIMIT},"), &tighter));
    let changes = compare(&load("old.yaml", &old), &load("new.yaml", &new));
    assert_eq!(
        (reported(&changes), noise(&changes)),
        (vec![("D054", Breaks, "PUT /a query limit")], vec!["N015", "N015"])
    );
    let changes = compare(&load("old.yaml", &new), &load("new.yaml", &old));
    assert_eq!(changes.changes.iter().map(|change| (change.code, change.wire)).collect::<Vec<_>>(), [("D055", Safe)]);
    // Taken over by one, gone for the other; and the other way round new for it.
    let one = listed("", &format!("{LIMIT},"), "");
    let changes = compare(&load("old.yaml", &old), &load("new.yaml", &one));
    assert_eq!(reported(&changes), [("D012", MayBreak, "PUT /a query limit")]);
    assert_eq!(changes.changes[0].operations, ["PUT /a"]);
    let changes = compare(&load("old.yaml", &one), &load("new.yaml", &old));
    assert_eq!(reported(&changes), [("D011", Safe, "PUT /a query limit")]);
    // Gone for all.
    let changes = compare(&load("old.yaml", &old), &load("new.yaml", &listed("", "", "")));
    assert_eq!(changes.changes.iter().map(|change| change.code).collect::<Vec<_>>(), ["D012"]);
}

#[test]
fn a_parameter_of_a_real_definition_may_move_to_its_path() {
    let Some((_, after)) = bump("2026-08-05-org-v2-acbfc6f") else { return };
    let old = read(&after);
    let mut moved = 0;
    let new = edited(&after, |tree| {
        for (_, item) in tree["paths"].as_object_mut().expect("there are paths") {
            let operations: Vec<String> = item.as_object().expect("a path").keys().cloned().collect();
            // What every operation of the path has, first to last.
            let parameters = |method: &String| item[method]["parameters"].as_array().cloned().unwrap_or_default();
            let mut shared = operations.first().map(parameters).unwrap_or_default();
            shared.retain(|one| operations.iter().all(|method| parameters(method).contains(one)));
            moved += shared.len();
            for method in operations.iter().filter(|_| !shared.is_empty()) {
                if let Some(list) = item[method]["parameters"].as_array_mut() {
                    list.retain(|one| !shared.contains(one));
                }
            }
            if !shared.is_empty() {
                item["parameters"] = Value::Array(shared);
            }
        }
    });
    assert!(moved > 1, "{moved}");
    for (old, new) in [(&old, &new), (&new, &old)] {
        let changes = compare(old, new);
        assert!(
            changes.is_empty() && changes.noise.iter().any(|noise| noise.code == "N015"),
            "{:?}",
            reported(&changes)
        );
    }
}

/// A property that is sent and received, and one that is sent in a query.
fn text(fields: &str) -> String {
    format!(
        "paths: {{/a: {{post: {{operationId: a, requestBody: {{required: true, content: {{application/json: {{schema: \
         {{type: object, properties: {{name: {{{fields}}}}}}}}}}}}}, responses: {{'204': {{description: d}}}}}}}}}}\n"
    )
}

/// A property that is received.
fn answer(fields: &str) -> String {
    format!(
        "paths: {{/a: {{get: {{operationId: a, responses: {{'200': {{description: d, content: {{application/json: {{schema: \
         {{type: object, properties: {{name: {{{fields}}}}}}}}}}}}}}}}}}}}}\n"
    )
}

#[test]
fn a_pattern_that_takes_more_is_safe_and_one_that_takes_less_breaks() {
    let pattern = |pattern: &str| text(&format!("type: string, pattern: '{pattern}'"));
    for (less, more) in [
        ("^[a-z]{1,9}$", "^[a-z]{1,64}$"),
        ("^[a-z]+$", "^[a-z0-9]+$"),
        ("^(a|b)$", "^(a|b|c)$"),
        ("^env-[a-z]+$", "^(env|lsrc)-[a-z]+$"),
    ] {
        both_ways(&pattern(less), &pattern(more), &[("D055", Safe)], &[("D054", Breaks)], [&[], &[]]);
    }
    // Neither contains the other, or nobody can tell.
    for (one, other) in [("^[a-z]*$", "^[0-9]*$"), ("^[^,]+$", "^[^;]+$"), ("^(?!x)[a-z]+$", "^(?!y)[a-z]+$")] {
        both_ways(&pattern(one), &pattern(other), &[("D054", MayBreak)], &[("D054", MayBreak)], [&[], &[]]);
    }
    // No text is taken by both.
    for (one, other) in [("^[a-z]+$", "^[0-9]+$"), ("^env-[a-z]+$", "^lsrc-[a-z]+$")] {
        both_ways(&pattern(one), &pattern(other), &[("D054", Breaks)], &[("D054", Breaks)], [&[], &[]]);
    }
    // A pattern where there was none is a limit, whether or not it is known what it takes.
    let ahead = pattern("^(?!x)[a-z]+$");
    both_ways(&text("type: string"), &ahead, &[("D054", Breaks)], &[("D055", Safe)], [&[], &[]]);
    is_noise(&pattern("^[0-9]+$"), &pattern("^\\d+$"), "N016");
    both_ways(&text("type: string"), &pattern("^a"), &[("D054", Breaks)], &[("D055", Safe)], [&[], &[]]);
    // A text that has a pattern has a type of its own in Rust, whatever the pattern takes.
    let changes = compare(&load("old.yaml", &text("type: string")), &load("new.yaml", &pattern("^")));
    assert!(changes.changes.is_empty() && noise(&changes) == ["N016"], "{changes:#?}");
    assert_eq!((changes.verdict.wire, changes.verdict.rust), (Safe, Level::Major));
    // What is received is not checked.
    let received = |pattern: &str| answer(&format!("type: string, pattern: '{pattern}'"));
    is_safe(&received("^[a-z]+$"), &received("^[0-9]+$"), "D054");
}

#[test]
fn a_pattern_of_a_real_definition_may_be_written_in_another_way() {
    let Some((before, _)) = bump("2025-07-11-connect-custom-plugin-v1-36a1d12") else { return };
    let text = std::fs::read_to_string(&before).expect("it can be read");
    let (plain, wide, narrow) = (r"^[\w\+\.-]+$", r"^[A-Za-z0-9_+.-]+$", r"^[\w\+\.]+$");
    assert!(text.contains(plain));
    let edited = |pattern: &str| load("edited.yaml", &text.replace(plain, pattern));
    let (old, same, narrow) = (read(&before), edited(wide), edited(narrow));
    let changes = compare(&old, &same);
    assert!(changes.is_empty() && noise(&changes).contains(&"N016"), "{:?}", reported(&changes));
    let (there, back) = (compare(&old, &narrow), compare(&narrow, &old));
    assert!(
        there.changes.iter().any(|change| (change.code, change.wire) == ("D054", Breaks)),
        "{:?}",
        reported(&there)
    );
    assert!(back.changes.iter().all(|change| (change.code, change.wire) == ("D055", Safe)), "{:?}", reported(&back));
}

#[test]
fn many_renamed_schemas_with_patterns_are_not_compared_pattern_by_pattern() {
    let document = |name: &str, first: &str| {
        let schema = |n: usize| {
            let pattern = if n == 0 { first.to_owned() } else { format!("^[a-z]{{1,{n}}}-{n}$") };
            format!("    {name}{n}: {{type: object, properties: {{a: {{type: string, pattern: '{pattern}'}}}}}}\n")
        };
        let schemas: String = (0..200).map(schema).collect();
        format!("{}components:\n  schemas:\n{schemas}", text(&format!("$ref: '#/components/schemas/{name}0'")))
    };
    let changes = compare(&load("old.yaml", &document("One", "^a$")), &load("new.yaml", &document("Two", "^a$")));
    assert!(
        changes.changes.iter().all(|change| change.code == "D072" && change.wire == Safe),
        "{:?}",
        reported(&changes)
    );
    assert_eq!(changes.changes.len(), 200);
}

/// A body that is sent, of that media type.
fn body(media_type: &str, schema: &str) -> String {
    format!(
        "paths: {{/a: {{post: {{operationId: a, requestBody: {{required: true, content: {{'{media_type}': {{schema: {schema}}}}}}}, \
         responses: {{'204': {{description: d}}}}}}}}}}\n"
    )
}

/// One that is received.
fn received(media_type: &str, schema: &str) -> String {
    format!(
        "paths: {{/a: {{get: {{operationId: a, responses: {{'200': {{description: d, content: {{'{media_type}': {{schema: {schema}}}}}}}}}}}}}}}\n"
    )
}

#[test]
fn another_spelling_of_a_media_type_is_the_same_type() {
    let object = "{type: object, properties: {a: {type: integer}}}";
    for document in [body, received] {
        for (one, other) in [
            ("application/json", "application/json; charset=utf-8"),
            ("application/json", "application/json;charset=\"UTF-8\""),
            ("text/plain", "text/plain; charset=utf-8"),
            ("application/json", "Application/JSON"),
            ("text/plain; charset=ISO-8859-1", "text/plain; charset=iso-8859-1"),
            ("application/json; version=\"1\"", "application/json; version=1"),
            ("application/json; a=1; b=2", "application/json; b=2; a=1"),
        ] {
            let schema = if one.starts_with("text") { "{type: string}" } else { object };
            let (one, other) = (document(one, schema), document(other, schema));
            is_safe(&one, &other, "D038");
            // It does not break the code either.
            let changes = compare(&load("old.yaml", &one), &load("new.yaml", &other));
            assert!(changes.changes[0].items.is_empty() && changes.items.is_empty(), "{changes:#?}");
        }
        for (one, other) in [
            ("application/json", "application/json; charset=utf-16"),
            ("application/json", "application/problem+json"),
            ("application/json; version=1", "application/json; version=2"),
        ] {
            let changes =
                compare(&load("old.yaml", &document(one, object)), &load("new.yaml", &document(other, object)));
            assert_eq!((changes.changes[0].code, changes.verdict.wire), ("D038", Breaks), "{one} {other}");
        }
        // What changes besides is found.
        let (old, new) = (
            document("application/json", object),
            document("application/json; charset=utf-8", "{type: object, properties: {a: {type: string}}}"),
        );
        let changes = compare(&load("old.yaml", &old), &load("new.yaml", &new));
        let found: Vec<_> = changes.changes.iter().map(|change| (change.code, change.wire)).collect();
        assert_eq!(found, [("D046", Breaks), ("D038", Safe)]);
    }
}

#[test]
fn one_of_two_spellings_of_a_media_type_may_go() {
    let both = |other: &str| {
        format!(
            "application/json: {{schema: {{type: string}}}}, 'application/json; charset=utf-8': {{schema: {other}}}"
        )
    };
    let request = |content: &str| {
        format!(
            "paths: {{/a: {{post: {{operationId: a, requestBody: {{required: true, content: {{{content}}}}}, \
             responses: {{'204': {{description: d}}}}}}}}}}\n"
        )
    };
    let response = |content: &str| {
        format!(
            "paths: {{/a: {{get: {{operationId: a, responses: {{'200': {{description: d, content: {{{content}}}}}}}}}}}}}\n"
        )
    };
    let (same, another) = (both("{type: string}"), both("{type: integer}"));
    let one = "application/json: {schema: {type: string}}";
    both_ways(&request(&same), &request(one), &[("D025", Safe)], &[("D024", Safe)], [&[], &[]]);
    both_ways(&response(&same), &response(one), &[("D033", Safe)], &[("D032", Safe)], [&[], &[]]);
    // Of another body it is another.
    both_ways(&request(&another), &request(one), &[("D025", Breaks)], &[("D024", Safe)], [&[], &[]]);
    both_ways(&response(&another), &response(one), &[("D033", Safe)], &[("D032", Safe)], [&[], &[]]);
}

#[test]
fn the_media_type_of_a_header_is_a_form_of_it() {
    let header = |media_type: &str| {
        answer("type: string").replace(
            "description: d, ",
            &format!(
                "description: d, headers: {{X-A: {{content: {{'{media_type}': {{schema: {{type: string}}}}}}}}}}, "
            ),
        )
    };
    let breaks = [("D015", MayBreak)];
    both_ways(&header("text/a"), &header("text/b"), &breaks, &breaks, [&[], &[]]);
    is_safe(&header("text/a"), &header("text/a; charset=utf-8"), "D038");
    let query = |media_type: &str| {
        format!(
            "paths: {{/a: {{get: {{operationId: a, parameters: [{{name: q, in: query, content: {{'{media_type}': {{schema: \
             {{type: string}}}}}}}}], responses: {{'204': {{description: d}}}}}}}}}}\n"
        )
    };
    both_ways(
        &query("application/a+json"),
        &query("application/json"),
        &[("D015", Breaks)],
        &[("D015", Breaks)],
        [&[], &[]],
    );
    is_safe(&query("application/json"), &query("application/json; charset=utf-8"), "D038");
    // What no operation uses breaks nobody.
    let unused = |media_type: &str| {
        format!(
            "{}components: {{responses: {{R: {{description: d, content: {{'{media_type}': {{schema: {{type: string}}}}}}}}}}}}\n",
            answer("type: string")
        )
    };
    is_safe(&unused("text/a"), &unused("text/b"), "D038");
}

#[test]
fn a_media_type_of_a_real_definition_may_state_its_charset() {
    let Some((before, _)) = bump("2026-08-05-org-v2-acbfc6f") else { return };
    let text = std::fs::read_to_string(&before).expect("it can be read");
    let (old, new) =
        (read(&before), load("edited.yaml", &text.replace("application/json:", "application/json; charset=utf-8:")));
    for (old, new) in [(&old, &new), (&new, &old)] {
        let changes = compare(old, new);
        assert!(
            !changes.is_empty() && changes.changes.iter().all(|change| (change.code, change.wire) == ("D038", Safe)),
            "{:?}",
            reported(&changes)
        );
        assert!(
            changes.items.is_empty() && changes.changes.iter().all(|change| change.items.is_empty()),
            "{:#?}",
            changes.items
        );
    }
}

#[test]
fn allow_reserved_changes_how_a_value_is_written_and_not_which() {
    let query = |field: &str| {
        format!(
            "paths: {{/a: {{get: {{operationId: a, parameters: [{{name: q, in: query{field}, schema: {{type: string}}}}], responses: {{'204': {{description: d}}}}}}}}}}\n"
        )
    };
    is_safe(&query(""), &query(", allowReserved: true"), "D015");
    both_ways(&query(""), &query(", allowEmptyValue: true"), &[("D015", Safe)], &[("D015", MayBreak)], [&[], &[]]);
    let array = "{type: array, items: {type: string}}";
    let list = |field: &str| query(field).replace("{type: string}", array);
    both_ways(
        &list(""),
        &list(", style: pipeDelimited, explode: false"),
        &[("D015", Breaks), ("D015", Breaks)],
        &[("D015", Breaks), ("D015", Breaks)],
        [&[], &[]],
    );
    let form = |encoding: &str| {
        body(
            "application/x-www-form-urlencoded",
            &format!("{{type: object, properties: {{q: {{type: string}}}}}}{encoding}"),
        )
    };
    is_safe(&form(""), &form(", encoding: {q: {allowReserved: true}}"), "D026");
    is_safe(&form(", encoding: {q: {allowReserved: false}}"), &form(", encoding: {q: {allowReserved: true}}"), "D026");
}

#[test]
fn a_format_without_a_type_of_its_own_changes_nothing() {
    for (one, other) in [
        ("type: string, format: email", "type: string"),
        ("type: string, format: email", "type: string, format: uri"),
        ("type: string, format: hostname", "type: string, format: unheard-of"),
        ("type: integer, format: int64", "type: integer"),
        ("type: number, format: double", "type: number"),
    ] {
        for document in [text, answer] {
            is_safe(&document(one), &document(other), "D047");
            let changes = compare(&load("old.yaml", &document(one)), &load("new.yaml", &document(other)));
            assert!(changes.changes[0].items.is_empty() && changes.items.is_empty(), "{one} {other}: {changes:#?}");
        }
    }
    // An integer is of a range: the server may take more, and the client get less.
    let (small, large) = ("type: integer, format: int32", "type: integer, format: int64");
    both_ways(&text(small), &text(large), &[("D047", Safe)], &[("D047", MayBreak)], [&[], &[]]);
    both_ways(&answer(small), &answer(large), &[("D047", MayBreak)], &[("D047", Safe)], [&[], &[]]);
    let (date, any) = ("type: string, format: date", "type: string");
    both_ways(&text(date), &text(any), &[("D047", Safe)], &[("D047", MayBreak)], [&[], &[]]);
    both_ways(&answer(date), &answer(any), &[("D047", MayBreak)], &[("D047", Safe)], [&[], &[]]);
    let time = "type: string, format: date-time";
    both_ways(&answer(date), &answer(time), &[("D047", MayBreak)], &[("D047", MayBreak)], [&[], &[]]);
}

#[test]
fn a_format_goes_by_a_type_that_stands_elsewhere() {
    let document = |version: &str, fields: &str| {
        format!("openapi: {version}\n{}components: {{schemas: {{S: {{type: string}}}}}}\n", text(fields))
    };
    let (part, beside) = ("allOf: [{$ref: '#/components/schemas/S'}]", "$ref: '#/components/schemas/S'");
    for (version, owner) in [("3.0.3", part), ("3.1.0", part), ("3.1.0", beside)] {
        let format = |format: &str| document(version, &format!("{owner}, format: {format}"));
        both_ways(&format("date"), &format("date-time"), &[("D047", MayBreak)], &[("D047", MayBreak)], [&[], &[]]);
        is_safe(&format("email"), &format("hostname"), "D047");
    }
    // Of no type that is known.
    let format = |format: &str| text(&format!("format: {format}"));
    both_ways(&format("date"), &format("date-time"), &[("D047", MayBreak)], &[("D047", MayBreak)], [&[], &[]]);
    both_ways(&format("int32"), &format("int64"), &[("D047", MayBreak)], &[("D047", MayBreak)], [&[], &[]]);
}

#[test]
fn the_real_bump_that_states_a_range_is_safe_for_who_reads_it() {
    let Some((before, after)) = bump("2025-03-25-cmk-v2-1ce0b34") else { return };
    let formats = |changes: &Changes| -> Vec<(String, Wire)> {
        let of_format = changes.changes.iter().filter(|change| change.code == "D047" && !change.sides.request);
        of_format.map(|change| (change.subject.clone(), change.wire)).collect()
    };
    let there = formats(&compare(&read(&before), &read(&after)));
    assert!(!there.is_empty() && there.iter().all(|(_, wire)| *wire == Safe), "{there:?}");
    let back = formats(&compare(&read(&after), &read(&before)));
    assert!(!back.is_empty() && back.iter().all(|(_, wire)| *wire == MayBreak), "{back:?}");
}

#[test]
fn what_is_ignored_beside_a_reference_is_noise() {
    let document = |version: &str, beside: &str| {
        format!(
            "openapi: {version}\npaths: {{/a: {{post: {{operationId: a, requestBody: {{$ref: '#/components/requestBodies/A'{beside}}}, \
             responses: {{'204': {{description: d}}}}}}}}}}\ncomponents:\n  requestBodies: {{A: {{required: true, content: \
             {{application/json: {{schema: {{type: string}}}}}}}}}}\n"
        )
    };
    for version in ["3.0.3", "3.1.0"] {
        let beside = ", content: {text/plain: {schema: {type: string}}}";
        is_noise(&document(version, ""), &document(version, beside), "N016");
    }
    let property = |beside: &str| {
        format!(
            "openapi: 3.0.3\n{}components: {{schemas: {{S: {{type: string}}}}}}\n",
            text(&format!("$ref: '#/components/schemas/S'{beside}"))
        )
    };
    is_noise(&property(""), &property(", maxLength: 3"), "N016");
    is_noise(&property(""), &property(", description: d"), "N002");
    // What the client goes by counts.
    let changes = compare(&load("old.yaml", &property("")), &load("new.yaml", &property(", nullable: true")));
    assert_eq!(changes.changes.len(), 1, "{changes:#?}");
    // In OpenAPI 3.1 all counts.
    let in_31 = |beside: &str| property(beside).replace("3.0.3", "3.1.0");
    both_ways(&in_31(""), &in_31(", maxLength: 3"), &[("D054", Breaks)], &[("D055", Safe)], [&[], &[]]);
}

#[test]
fn content_beside_the_reference_of_a_real_definition_is_noise() {
    let Some((_, after)) = bump("2026-05-28-org-v2-3dcdde8") else { return };
    let old = read(&after);
    let new = edited(&after, |tree| {
        let body = &mut tree["paths"]["/org/v2/scim-tokens"]["post"]["requestBody"];
        assert!(body.get("$ref").is_some() && body.get("content").is_some(), "{body}");
        body.as_object_mut().expect("an object").shift_remove("content");
    });
    for (old, new) in [(&old, &new), (&new, &old)] {
        let changes = compare(old, new);
        assert!(
            changes.is_empty() && noise(&changes).contains(&"N016"),
            "{:?} {:?}",
            reported(&changes),
            noise(&changes)
        );
    }
}
