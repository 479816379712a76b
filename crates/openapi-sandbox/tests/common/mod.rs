//! What the tests of this crate share: requests over loopback sockets, and what comes back.

#![allow(dead_code, reason = "each test uses a part of it")]

use openapi_sandbox::Sandbox;
use serde_json::{Value, json};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

/// A response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) async fn serve(document: Value) -> Sandbox {
    Sandbox::serve(document).await.expect("a loopback port")
}

/// Sends a request with the headers and, unless it is empty, the body.
pub(crate) async fn send(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Reply {
    send_by(&reqwest::Client::new(), sandbox, method, path, headers, body).await
}

/// As [`send`], by a client that is used for many requests.
pub(crate) async fn send_by(
    client: &reqwest::Client,
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Reply {
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = client.request(method, format!("{}{path}", sandbox.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = body.into();
    if !body.is_empty() {
        request = request.body(body);
    }
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.expect("a body");
    Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str) -> Reply {
    send(sandbox, "GET", path, &[], "").await
}

pub(crate) async fn post(sandbox: &Sandbox, path: &str, media_type: &str, body: &str) -> Reply {
    send(sandbox, "POST", path, &[("content-type", media_type)], body).await
}

/// The statuses that `bodies` get, each as JSON.
pub(crate) async fn statuses(sandbox: &Sandbox, method: &str, path: &str, bodies: &[Value]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for body in bodies {
        statuses.push(send(sandbox, method, path, &[("content-type", JSON)], body.to_string()).await.status);
    }
    statuses
}

/// A document of that version.
pub(crate) fn document(version: &str, paths: Value) -> Value {
    json!({"openapi": version, "info": {"title": "T", "version": "1"}, "paths": paths})
}

/// The ids of what is served, in order.
pub(crate) fn ids(sandbox: &Sandbox) -> Vec<String> {
    sandbox.operations().into_iter().map(|operation| operation.id).collect()
}
