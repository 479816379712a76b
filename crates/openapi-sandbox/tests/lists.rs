//! Lists are served page by page, so that whoever walks them comes to an end.

mod common;

use common::{Reply, document, get, post, serve};
use openapi_sandbox::{Answer, Sandbox};
use serde_json::{Value, json};

/// A parameter in the query.
fn query(name: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "schema": schema})
}

/// A list with that extension and those parameters, whose pages are of `schema`.
fn list(parameters: &[Value], schema: Value) -> Value {
    let content = json!({"application/json": {"schema": schema}});
    json!({"parameters": parameters, "responses": {"200": {"description": "", "content": content}}})
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// The lists of the tests below, by path.
fn lists() -> Value {
    let text = || json!({"type": "string"});
    let integer = || json!({"type": "integer"});
    let items = || json!({"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}});
    let linked = object(json!({"data": items(), "metadata": {"$ref": "#/components/schemas/Meta"}}), &["data"]);
    let token = list(
        &[query("page_token", text()), query("page_size", integer())],
        object(json!({"books": items(), "next_page_token": text()}), &["books", "next_page_token"]),
    );
    let mut header = list(&[query("page", integer())], items());
    header["responses"]["200"]["headers"] =
        json!({"Link": {"schema": {"type": "string"}}, "X-Other": {"schema": text()}});
    let mut body = list(&[], object(json!({"found": items(), "cursor": integer()}), &["found"]));
    body["x-pagination"] =
        json!({"type": "token", "parameter": "from", "in": "body", "next": "/cursor", "items": "/found"});
    let content = object(json!({"from": integer()}), &[]);
    body["requestBody"] = json!({"content": {"application/json": {"schema": content}}});
    let mut off = list(&[query("page_token", text())], linked.clone());
    off["x-pagination"] = json!(false);
    let ended = object(json!({"data": items(), "has_more": {"type": "boolean"}, "last_id": text()}), &["data"]);
    let mut stated = list(
        &[query("since", integer())],
        json!({"type": "array", "items": {"type": "object", "required": ["n"], "properties": {"n": integer()}}}),
    );
    stated["x-pagination"] = json!({"type": "after", "parameter": "since", "id": "/n"});
    let counted = object(json!({"items": items(), "total": integer()}), &["items"]);
    let mut document = document(
        "3.0.3",
        json!({
            "/token": {"get": token},
            "/url/{id}": {"get": list(&[query("page_token", text()), query("q", text())], linked.clone())},
            "/links": {"get": list(&[], linked)},
            "/header": {"get": header},
            "/offset": {"get": list(&[query("offset", integer()), query("limit", integer())], counted)},
            "/page": {"get": list(&[query("page", json!({"type": "integer", "default": 1})), query("per_page", integer())], items())},
            "/body": {"post": body},
            "/off": {"get": off},
            "/after": {"get": list(&[query("starting_after", text()), query("limit", integer())], ended)},
            "/since": {"get": stated},
            "/odata": {"get": list(&[query("$skip", integer()), query("$top", integer())], object(json!({"value": items(), "@odata.nextLink": text()}), &[]))},
            "/twilio": {"get": list(&[], object(json!({"things": items(), "next_page_uri": text(), "first_page_uri": text()}), &[]))},
            "/django": {"get": list(&[query("offset", integer()), query("limit", integer())], object(json!({"results": items(), "count": integer(), "next": text(), "previous": text()}), &[]))},
            "/jsonapi": {"get": list(&[], object(json!({"data": items(), "links": {"type": "object", "properties": {"next": text(), "prev": text()}}}), &[]))},
            "/kubernetes": {"get": list(&[query("continue", text())], object(json!({"items": items(), "metadata": {"type": "object", "properties": {"continue": text()}}}), &[]))},
            "/nested": {"get": list(&[query("offset", text()), query("limit", integer())], object(json!({"data": items(), "next_page": {"type": "object", "properties": {"offset": text()}}}), &[]))},
            "/described": {"get": list(&[json!({"name": "page", "in": "query", "description": "the page (1-based)", "schema": integer()}), query("limit", integer())], items())},
            "/skip": {"get": list(&[query("$skip", integer()), query("$top", integer())], items())},
        }),
    );
    let next = json!({"type": "string", "format": "uri", "nullable": true});
    let own = json!({"type": "object", "required": ["next"], "properties": {"next": next}});
    let meta = json!({"allOf": [own, {"type": "object", "properties": {"self": text()}}]});
    document["components"] = json!({"schemas": {"Meta": meta}});
    document
}

/// The answers from `path` on, each to the path that `next` finds in the one before.
async fn walk(sandbox: &Sandbox, path: &str, next: impl Fn(&Reply) -> Option<String>) -> Vec<Reply> {
    let mut replies = vec![get(sandbox, path).await];
    while let Some(path) = replies.last().and_then(&next) {
        assert!(replies.len() < 10, "it does not end: {path}");
        let path = path.strip_prefix(sandbox.url()).unwrap_or(&path).to_owned();
        replies.push(get(sandbox, &path).await);
    }
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    replies
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[tokio::test]
async fn a_token_leads_through_three_pages() {
    let sandbox = serve(lists()).await;
    let next = |reply: &Reply| Some(format!("/token?page_token={}", text(&reply.json()["next_page_token"])?));
    let replies = walk(&sandbox, "/token?page_size=1", next).await;
    assert_eq!(replies.len(), 3);
    assert_eq!(replies[2].json()["next_page_token"], "", "it is required, and never null");
    assert!(replies.iter().all(|reply| reply.json()["books"].as_array().is_some_and(|books| !books.is_empty())));
}

#[tokio::test]
async fn a_url_leads_through_three_pages_of_the_sandbox_itself() {
    let sandbox = serve(lists()).await;
    let next = |reply: &Reply| text(&reply.json()["metadata"]["next"]);
    let replies = walk(&sandbox, "/url/a%2Fb?q=x%26y", next).await;
    assert_eq!(replies.len(), 3);
    let first = replies[0].json()["metadata"]["next"].clone();
    assert_eq!(first, format!("{}/url/a%2Fb?q=x%26y&page_token=2", sandbox.url()), "with what was asked");
    assert_eq!(replies[2].json()["metadata"]["next"], Value::Null, "it is required, and may be null");
    assert_eq!(walk(&sandbox, "/links", next).await.len(), 3);
}

#[tokio::test]
async fn a_link_header_leads_through_three_pages() {
    let sandbox = serve(lists()).await;
    let next = |reply: &Reply| {
        let link = reply.header("link")?;
        Some(link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).expect("a link").to_owned())
    };
    let replies = walk(&sandbox, "/header", next).await;
    assert_eq!(replies.len(), 3);
    assert!(replies.iter().all(|reply| reply.header("x-other").is_some()));
}

#[tokio::test]
async fn counted_pages_have_three_items_that_differ() {
    let sandbox = serve(lists()).await;
    let ids = |reply: &Reply, at: &str| -> Vec<String> {
        let body = reply.json();
        let items = body.pointer(at).and_then(Value::as_array).expect("a list");
        items.iter().map(|item| item["id"].as_str().expect("a text").to_owned()).collect()
    };
    let mut all = Vec::new();
    for (query, count) in [("", 2), ("?offset=2", 1), ("?offset=3", 0), ("?offset=1&limit=1", 1)] {
        let reply = get(&sandbox, &format!("/offset{query}")).await;
        let ids = ids(&reply, "/items");
        assert_eq!((ids.len(), reply.json()["total"].as_u64()), (count, Some(3)), "{query}");
        all.push(ids);
    }
    assert_eq!(all[0][1], all[3][0]);
    assert!(all[0][0] != all[0][1] && all[0][1] != all[1][0], "{all:?}");
    let mut pages = Vec::new();
    for query in ["", "?page=2", "?page=3", "?page=4"] {
        pages.push(ids(&get(&sandbox, &format!("/page{query}")).await, ""));
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1, 0]);
    assert!(pages[0] != pages[1] && pages[1] != pages[2], "{pages:?}");
}

#[tokio::test]
async fn the_last_item_leads_to_the_next_page() {
    let sandbox = serve(lists()).await;
    let next = |reply: &Reply| {
        let body = reply.json();
        let last = body["data"].as_array().and_then(|data| data.last()?["id"].as_str().map(str::to_owned));
        assert_eq!(body["last_id"].as_str(), last.as_deref(), "{body}");
        last.filter(|_| body["has_more"] == true).map(|last| format!("/after?limit=1&starting_after={last}"))
    };
    let replies = walk(&sandbox, "/after?limit=1", next).await;
    let mut ids: Vec<Value> = replies.iter().map(|reply| reply.json()["data"][0]["id"].clone()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3, "{ids:?}");
    let beyond = get(&sandbox, "/after?starting_after=nothing").await.json();
    assert_eq!((&beyond["data"], &beyond["has_more"]), (&json!([]), &json!(false)));
    let next = |reply: &Reply| Some(format!("/since?since={}", reply.json().as_array()?.last()?["n"]));
    let replies = walk(&sandbox, "/since", next).await;
    let counts: Vec<usize> = replies.iter().map(|reply| reply.json().as_array().map_or(9, Vec::len)).collect();
    assert_eq!(counts, [2, 1, 0]);
}

#[tokio::test]
async fn lists_of_well_known_conventions_have_three_pages() {
    let sandbox = serve(lists()).await;
    for (path, place) in [
        ("/odata", "/@odata.nextLink"),
        ("/twilio", "/next_page_uri"),
        ("/django", "/next"),
        ("/jsonapi", "/links/next"),
    ] {
        let next = |reply: &Reply| text(reply.json().pointer(place)?);
        assert_eq!(walk(&sandbox, path, next).await.len(), 3, "{path}");
    }
    for (path, parameter, place) in
        [("/kubernetes", "continue", "/metadata/continue"), ("/nested", "offset", "/next_page/offset")]
    {
        let next = |reply: &Reply| Some(format!("{path}?{parameter}={}", text(reply.json().pointer(place)?)?));
        assert_eq!(walk(&sandbox, path, next).await.len(), 3, "{path}");
    }
    for (path, count) in [("/described", 1), ("/described?page=4", 0), ("/skip?%24top=1", 1), ("/skip?%24skip=3", 0)] {
        let body = get(&sandbox, path).await.json();
        assert_eq!(body.as_array().map(Vec::len), Some(count), "{path}: {body}");
    }
}

#[tokio::test]
async fn an_extension_says_how_a_list_pages_and_that_it_does_not() {
    let sandbox = serve(lists()).await;
    let mut body = json!({});
    for expected in [json!(2), json!(3), Value::Null] {
        let reply = post(&sandbox, "/body", common::JSON, &body.to_string()).await.json();
        assert_eq!(reply["cursor"], expected);
        body = json!({"from": expected});
    }
    let off = get(&sandbox, "/off").await.json();
    assert_eq!(off["metadata"]["next"], get(&sandbox, "/off?page_token=2").await.json()["metadata"]["next"]);
    let scripted = json!({"error": "no"});
    sandbox.answer("get /token", Answer::Raw { status: 500, headers: Vec::new(), body: scripted.to_string().into() });
    assert_eq!(get(&sandbox, "/token").await.json(), scripted, "a script comes first");
}
