//! Multipart bodies, checked part by part.

use openapi_sandbox::Sandbox;
use serde_json::{Value, json};

fn document() -> Value {
    json!({
        "openapi": "3.1.0", "info": {"title": "Pictures", "version": "1"},
        "paths": {"/pictures": {"post": {
            "operationId": "upload",
            "requestBody": {"required": true, "content": {"multipart/form-data": {
                "schema": {
                    "type": "object", "required": ["picture", "count"], "additionalProperties": false,
                    "properties": {
                        "picture": {"type": "string", "format": "binary", "maxLength": 3},
                        "count": {"type": "integer", "maximum": 9},
                        "about": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
                        "tags": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 3}},
                        "codes": {"type": "array", "items": {"type": "integer"}},
                    }
                },
                "encoding": {"picture": {"contentType": "image/*, application/pdf"}, "codes": {"style": "form", "explode": false}},
            }}},
            "responses": {
                "204": {"description": "uploaded"},
                "400": {"description": "wrong", "x-sandbox-problem": {"pointer": "/where", "detail": "/why"},
                    "content": {"application/json": {"example": {"where": "", "why": ""}}}},
            }
        }}}
    })
}

/// A part: what follows its name in the headers, and its content.
fn part(name: &str, more: &str, content: &[u8]) -> Vec<u8> {
    [format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").as_bytes(), content, b"\r\n"]
        .concat()
}

#[tokio::test]
async fn each_part_is_checked_by_its_schema_and_its_encoding() {
    let sandbox = Sandbox::serve(document()).await.expect("a sandbox");
    let url = format!("{}/pictures", sandbox.url());
    let send = async |parts: &[Vec<u8>], end: &str| {
        let body = [parts.concat(), end.as_bytes().to_vec()].concat();
        let request = reqwest::Client::new().post(&url).header("content-type", "multipart/form-data; boundary=b");
        let response = request.body(body).send().await.expect("an answer");
        let status = response.status().as_u16();
        let body: Value = serde_json::from_slice(&response.bytes().await.expect("a body")).unwrap_or_default();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        (status, text("where"), text("why"))
    };
    let picture = || part("picture", "; filename=\"a.png\"\r\nContent-Type: image/png", b"\x89PNG\xff");
    let count = || part("count", "", b"3");
    let json = |content: &str| part("about", "\r\nContent-Type: application/json", content.as_bytes());
    let end = "--b--\r\n";
    let whole = [picture(), count(), json(r#"{"name":"a"}"#), part("tags", "", b"x"), part("tags", "", b"y")];
    assert_eq!(send(&whole, end).await.0, 204);
    assert_eq!(send(&[picture(), count(), part("codes", "", b"1,2")], end).await.0, 204);
    for (parts, pointer, why) in [
        (vec![count()], "/picture", "missing"),
        (vec![picture()], "/count", "missing"),
        (vec![part("picture", "\r\nContent-Type: text/plain", b"a"), count()], "/picture", "image/*, application/pdf"),
        (vec![part("picture", "", b"a"), count()], "/picture", "`text/plain`"),
        (vec![picture(), part("count", "", b"many")], "/count", "integer"),
        (vec![picture(), part("count", "", b"10")], "/count", "9"),
        (vec![picture(), part("count", "", b"\xff")], "/count", "UTF-8"),
        (vec![picture(), count(), json("{}")], "/about", "name"),
        (vec![picture(), count(), json("{")], "/about", "not JSON"),
        (vec![picture(), count(), part("tags", "", b"long")], "/tags", "3"),
        (
            vec![picture(), count(), part("tags", "", b"a"), part("tags", "", b"b"), part("tags", "", b"c")],
            "/tags",
            "2",
        ),
        (vec![picture(), count(), part("other", "", b"a")], "/other", "other"),
    ] {
        let (status, at, detail) = send(&parts, end).await;
        assert!(status == 400 && at == pointer && detail.contains(why), "{pointer} {why}: {status} {at} {detail}");
    }
    let (status, _, detail) = send(&[picture(), count()], "").await;
    assert!(status == 400 && detail.contains("last boundary"), "{detail}");
}
