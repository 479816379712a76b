//! Servers, as they take effect.

use openapi_build::track;
use openapi_build::track::diff::Wire::{Breaks, Safe};
use testing::versions::load;

use super::{both_ways, bump, compare, is_noise, noise, read, reported};

/// Two operations of two paths; what stands at the top, in the first path and in its operation.
fn served(root: &str, path: &str, operation: &str) -> String {
    format!(
        "{root}\npaths:\n  /a:\n    {path}\n    get: {{{operation} operationId: a, responses: {{'204': {{description: d}}}}}}\n  \
         /b:\n    get: {{operationId: b, responses: {{'204': {{description: d}}}}}}\n"
    )
}

const ROOT: &str = "servers: [{url: 'https://a.example.com'}]";
const OTHER: &str = "servers: [{url: 'https://b.example.com'}]";

#[test]
fn an_operation_that_gets_servers_of_its_own_breaks() {
    let old = served(ROOT, "", "");
    for new in [served(ROOT, "", &format!("{OTHER},")), served(ROOT, OTHER, "")] {
        both_ways(&old, &new, &[("D091", Breaks)], &[("D091", Breaks)], [&[], &[]]);
        let changes = compare(&load("old.yaml", &old), &load("new.yaml", &new));
        assert_eq!(reported(&changes), [("D091", Breaks, "GET /a servers")]);
        assert_eq!(changes.changes[0].operations, ["GET /a"]);
    }
    // Its own server first, the one that it had left to choose: old clients go where they went.
    let more = "servers: [{url: 'https://b.example.com'}, {url: 'https://a.example.com'}],";
    both_ways(&old, &served(ROOT, "", more), &[("D085", Safe)], &[("D086", Breaks)], [&[], &[]]);
    // From nowhere in particular.
    both_ways(
        &served("", "", ""),
        &served("", "", &format!("{ROOT},")),
        &[("D091", Breaks)],
        &[("D091", Breaks)],
        [&[], &[]],
    );
}

#[test]
fn a_root_server_that_changes_breaks_once() {
    both_ways(&served(ROOT, "", ""), &served(OTHER, "", ""), &[("D091", Breaks)], &[("D091", Breaks)], [&[], &[]]);
    let changes = compare(&load("old.yaml", &served(ROOT, "", "")), &load("new.yaml", &served(OTHER, "", "")));
    assert_eq!(changes.changes[0].operations, ["GET /a", "GET /b"]);
    // Who had to be given a server is not moved by one that is named now.
    both_ways(&served("", "", ""), &served(ROOT, "", ""), &[("D085", Safe)], &[("D086", Breaks)], [&[], &[]]);
    // An operation that follows with a list of its own is no change of its own.
    let follows = served(OTHER, "", &format!("{OTHER},"));
    both_ways(&served(ROOT, "", ""), &follows, &[("D091", Breaks)], &[("D091", Breaks)], [&[], &[]]);
    // One that has its own stays.
    let (old, new) = (served(ROOT, "", &format!("{ROOT},")), served(OTHER, "", &format!("{ROOT},")));
    let changes = compare(&load("old.yaml", &old), &load("new.yaml", &new));
    assert_eq!(changes.changes[0].operations, ["GET /b"]);
}

#[test]
fn servers_to_the_same_effect_are_noise() {
    let plain = served(ROOT, "", "");
    for same in [
        served(ROOT, "", &format!("{ROOT},")),
        served(ROOT, ROOT, ""),
        served(ROOT, OTHER, &format!("{ROOT},")),
        served(ROOT, "servers: []", ""),
        served("servers: [{url: 'https://A.example.com:443/'}]", "", ""),
    ] {
        is_noise(&plain, &same, "N016");
    }
    is_noise(&served("", "", ""), &served("servers: [{url: /}]", "", ""), "N016");
    // From the top to each of the paths.
    let document = |root: &str, path: &str| {
        format!(
            "{root}\npaths:\n  /a:\n    {path}\n    get: {{operationId: a, responses: {{'204': {{description: d}}}}}}\n"
        )
    };
    is_noise(&document(ROOT, ""), &document("", ROOT), "N016");
    is_noise(&document(ROOT, ROOT), &document(OTHER, ROOT), "N016");
    is_noise(&plain, &served("servers: [{url: 'https://a.example.com', description: d}]", "", ""), "N007");
}

#[test]
fn servers_of_a_path_and_of_one_that_moved_take_effect_too() {
    let document = |path: &str, servers: &str| {
        format!(
            "{ROOT}\npaths:\n  {path}:\n    {servers}\n    get: {{operationId: a, responses: {{'204': {{description: d}}}}}}\n"
        )
    };
    let changes = compare(&load("old.yaml", &document("/a", "")), &load("new.yaml", &document("/v2/a", OTHER)));
    assert!(reported(&changes).contains(&("D091", Breaks, "GET /v2/a servers")), "{changes:#?}");
    both_ways(&document("/a", ROOT), &document("/a", OTHER), &[("D091", Breaks)], &[("D091", Breaks)], [&[], &[]]);
    is_noise(&document("/a", ROOT), &document("/a", "servers: [{url: 'https://A.example.com:443/'}]"), "N016");
}

#[test]
fn servers_that_are_written_amiss_count_as_the_client_has_them() {
    let root = |servers: &str| served(&format!("servers: {servers}"), "", "");
    let moved = [("D091", Breaks)];
    for (one, other) in [
        ("['https://a.example']", "['https://b.example']"),
        ("{url: 'https://a'}", "{url: 'https://b'}"),
        ("{url: 'https://a'}", "[{url: 'https://b'}]"),
        ("'https://a.example'", "['https://b.example']"),
        ("[{description: none}, 'https://a.example']", "[{description: none}, 'https://b.example']"),
    ] {
        both_ways(&root(one), &root(other), &moved, &moved, [&[], &[]]);
    }
    for (one, other) in [
        ("[api.example.com]", "['https://api.example.com']"),
        ("[{url: api.example.com}]", "[{url: 'https://api.example.com'}]"),
        ("{url: 'https://a'}", "[{url: 'https://a'}]"),
        ("[{description: none}, {url: 'https://a'}]", "[{url: 'https://a'}]"),
        ("[{url: 'https://a:{p}', variables: {p: 1}}]", "[{url: 'https://a:{p}', variables: {p: {default: '1'}}}]"),
        ("[{url: 'https://a/{p}'}]", "[{url: 'https://a/{p}', variables: {p: {default: '{p}'}}}]"),
    ] {
        is_noise(&root(one), &root(other), "N016");
    }
    let unusable = |text: &str| root(&format!("[{{description: {text}}}, 'https://a']"));
    is_noise(&unusable("none"), &unusable("some"), "N007");
    let (one, other) = ("[{description: none}, 'https://a.example']", "['https://b.example']");
    both_ways(&root(one), &root(other), &moved, &moved, [&["N016"], &["N016"]]);
    let port = |port: &str| root(&format!("[{{url: 'https://a:{{port}}', variables: {{port: {port}}}}}]"));
    both_ways(&port("8443"), &port("9443"), &[("D088", Breaks)], &[("D088", Breaks)], [&[], &[]]);
    // Of a path and of an operation too.
    let own = |url: &str| served(ROOT, &format!("servers: '{url}'"), "");
    both_ways(&own("https://c.example"), &own("https://d.example"), &moved, &moved, [&[], &[]]);
    let own = |url: &str| served(ROOT, "", &format!("servers: {{url: '{url}'}},"));
    both_ways(&own("https://c.example"), &own("https://d.example"), &moved, &moved, [&[], &[]]);
    is_noise(&served(ROOT, "", ""), &own("a.example.com"), "N016");
}

#[test]
fn a_variable_without_a_default_has_its_first_value() {
    let first = |values: &str| {
        served(&format!("servers: [{{url: 'https://{{r}}.x', variables: {{r: {{enum: {values}}}}}}}]"), "", "")
    };
    let breaks = [("D088", Breaks)];
    both_ways(&first("[eu, us]"), &first("[us, eu]"), &breaks, &breaks, [&[], &[]]);
    both_ways(&first("[eu, us]"), &first("[eu]"), &[("D088", Safe)], &[("D088", Safe)], [&[], &[]]);
}

#[test]
fn what_relative_servers_are_relative_to_counts_where_it_is_said() {
    let document = |base: &str, url: &str| {
        format!("openapi: 3.2.0\n$self: {base}\n{}", served(&format!("servers: [{{url: '{url}'}}]"), "", ""))
    };
    let whole = document("https://a.example/openapi.yaml", "https://a.example/v1");
    is_noise(&document("https://a.example/openapi.yaml", "/v1"), &whole, "N016");
    let changes = compare(
        &load("old.yaml", &document("https://a.example/openapi.yaml", "/v1")),
        &load("new.yaml", &document("https://b.example/openapi.yaml", "/v1")),
    );
    assert!(reported(&changes).contains(&("D091", Breaks, "servers")), "{:?}", reported(&changes));
}

#[test]
fn variables_that_name_variables_do_not_multiply() {
    let document = |last: &str| {
        let variables: Vec<String> = (0..40).map(|n| format!("v{n}: {{default: '{{v{0}}}{{v{0}}}'}}", n + 1)).collect();
        served(
            &format!(
                "servers: [{{url: 'https://a/{{v0}}', variables: {{{}, v40: {{default: {last}}}}}}}]",
                variables.join(", ")
            ),
            "",
            "",
        )
    };
    both_ways(&document("x"), &document("y"), &[("D088", Safe)], &[("D088", Safe)], [&[], &[]]);
}

#[test]
fn many_operations_share_a_list_of_many_servers() {
    let document = |changed: &str| {
        let servers: Vec<String> = (0..2_000).map(|n| format!(r#"{{"url": "https://s{n}.example"}}"#)).collect();
        let paths: Vec<String> = (0..2_000)
            .map(|n| format!(r#""/p{n}": {{"get": {{"responses": {{"204": {{"description": "d"}}}}}}}}"#))
            .collect();
        format!(
            r#"{{"openapi": "3.0.3", "info": {{"title": "t", "version": "1"}}, "servers": [{{"url": "{changed}"}}, {}], "paths": {{{}}}}}"#,
            servers.join(","),
            paths.join(",")
        )
    };
    let (old, new) = (document("https://a.example"), document("https://A.example"));
    let changes =
        track::diff(&load("old.json", &old), &load("new.json", &new)).unwrap_or_else(|error| panic!("{error}"));
    assert!(changes.is_empty() && noise(&changes) == ["N016"], "{:?}", reported(&changes));
}

#[test]
fn a_server_is_the_first_by_where_it_stands() {
    let root = |servers: &str| served(&format!("servers: [{servers}]"), "", "");
    let twice = root("{url: 'https://a', description: prod}, {url: 'https://a', description: copy}");
    both_ways(&twice, &root("{url: 'https://a'}"), &[("D086", Safe)], &[("D085", Safe)], [&["N007"], &["N007"]]);
    let server = |region: &str| format!("{{url: 'https://{{r}}.x', variables: {{r: {{default: {region}}}}}}}");
    let two = |one: &str, other: &str| root(&format!("{}, {}", server(one), server(other)));
    both_ways(&two("eu", "us"), &two("eu", "ap"), &[("D088", Safe)], &[("D088", Safe)], [&[], &[]]);
    both_ways(&two("eu", "us"), &two("ap", "us"), &[("D088", Breaks)], &[("D088", Breaks)], [&[], &[]]);
}

#[test]
fn a_server_that_was_not_the_default_may_go() {
    let two = "servers: [{url: 'https://a.example.com'}, {url: 'https://b.example.com'}]";
    both_ways(&served(two, "", ""), &served(ROOT, "", ""), &[("D086", Safe)], &[("D085", Safe)], [&[], &[]]);
    both_ways(&served(two, "", ""), &served(OTHER, "", ""), &[("D086", Breaks)], &[("D085", Safe)], [&[], &[]]);
    let third = "servers: [{url: 'https://a.example.com'}, {url: 'https://c.example.com'}]";
    both_ways(&served(two, "", ""), &served(third, "", ""), &[("D091", Safe)], &[("D091", Safe)], [&[], &[]]);
    let turned = "servers: [{url: 'https://b.example.com'}, {url: 'https://a.example.com'}]";
    both_ways(&served(two, "", ""), &served(turned, "", ""), &[("D087", Safe)], &[("D087", Safe)], [&[], &[]]);
    let changes = compare(&load("old.yaml", &served(two, "", "")), &load("new.yaml", &served(ROOT, "", "")));
    assert!(changes.changes[0].why.contains("must name another"), "{}", changes.changes[0].why);
}

#[test]
fn real_bumps_that_drop_a_listed_server_are_safe_of_it() {
    for (name, back) in
        [("2024-10-15-iam-v2-ff97ae0", true), ("2025-01-17-iam-v2-921807a", false), ("2026-05-28-org-v2-3dcdde8", true)]
    {
        let Some((before, after)) = bump(name) else { return };
        let (old, new) = if back { (read(&after), read(&before)) } else { (read(&before), read(&after)) };
        let changes = compare(&old, &new);
        let gone: Vec<_> = changes.changes.iter().filter(|change| change.code == "D086").collect();
        assert!(gone.len() == 2 && gone.iter().all(|change| change.wire == Safe), "{name}: {gone:#?}");
    }
}

#[test]
fn a_server_variable_goes_by_its_default() {
    let server = |variables: &str| {
        served(&format!("servers: [{{url: 'https://{{r}}.example.com', variables: {{r: {variables}}}}}]"), "", "")
    };
    let (plain, more, other) =
        (server("{default: eu}"), server("{default: eu, enum: [eu, us]}"), server("{default: us}"));
    both_ways(&plain, &more, &[("D088", Safe)], &[("D088", Safe)], [&[], &[]]);
    both_ways(&plain, &other, &[("D088", Breaks)], &[("D088", Breaks)], [&[], &[]]);
    both_ways(&more, &server("{default: eu, enum: [eu]}"), &[("D088", Safe)], &[("D088", Safe)], [&[], &[]]);
    is_noise(&plain, &server("{default: eu, description: region}"), "N016");
    let filled = served("servers: [{url: 'https://eu.example.com'}]", "", "");
    both_ways(&plain, &filled, &[("D088", Safe)], &[("D088", Safe)], [&[], &[]]);
}
