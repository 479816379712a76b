//! How a list pages where an extension of its operation says so.

use serde_json::Value;

use super::{Answer, Found, Way};
use crate::pointer::escape;

impl Answer<'_> {
    /// What `x-pagination` says.
    pub(super) fn stated(&self, value: &Value) -> Result<(Way, Found), String> {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let pointer = |key: &str| match text(key) {
            Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => Ok(Some(pointer.to_owned())),
            Some(other) => Err(format!("`{key}` is a JSON pointer, which begins with a slash, and not `{other}`")),
            None => Ok(None),
        };
        let input = || {
            let name = text("parameter").ok_or("it names no `parameter`")?;
            self.input(name, text("in") == Some("body"))
        };
        let next = || pointer("next")?.ok_or_else(|| "it has no `next`".to_owned());
        let way = match text("type").unwrap_or_default() {
            "token" => Way::Token { input: input()?, next: next()? },
            "url" => Way::Url { next: next()? },
            "link" => Way::Link,
            "after" => Way::After {
                input: input()?,
                id: pointer("id")?.unwrap_or_else(|| "/id".to_owned()),
                more: pointer("more")?,
            },
            "offset" => Way::Offset { input: input()?, total: pointer("total")? },
            "page" => {
                let first = value.get("first").map_or(Some(1), Value::as_u64).ok_or("`first` is no whole number")?;
                Way::Page { input: input()?, first, pages: pointer("pages")? }
            }
            other => return Err(format!("`type` is token, url, link, after, offset or page, and not `{other}`")),
        };
        Ok((way, self.items_at(pointer("items")?)?))
    }

    /// What `x-speakeasy-pagination` says.
    pub(super) fn speakeasy(&self, value: &Value) -> Result<(Way, Found), String> {
        let output = |key: &str| match value.get("outputs").and_then(|outputs| outputs.get(key)).and_then(Value::as_str)
        {
            Some(path) => json_path(path).map(Some),
            None => Ok(None),
        };
        let inputs = || value.get("inputs").and_then(Value::as_array).into_iter().flatten();
        let input = |kind: &str| {
            let found = inputs().find(|input| input.get("type").and_then(Value::as_str) == Some(kind))?;
            let in_body = found.get("in").and_then(Value::as_str) == Some("requestBody");
            Some(self.input(found.get("name")?.as_str()?, in_body))
        };
        let way = match value.get("type").and_then(Value::as_str).unwrap_or_default() {
            "cursor" => Way::Token {
                input: input("cursor").ok_or("it has no input `cursor`")??,
                next: output("nextCursor")?.ok_or("it has no output `nextCursor`")?,
            },
            "url" => Way::Url { next: output("nextUrl")?.ok_or("it has no output `nextUrl`")? },
            "offsetLimit" => match (input("offset"), input("page")) {
                (Some(input), _) => Way::Offset { input: input?, total: None },
                (None, Some(input)) => Way::Page { input: input?, first: 1, pages: output("numPages")? },
                (None, None) => return Err("it has no input `offset` or `page`".to_owned()),
            },
            other => return Err(format!("`type` is cursor, url or offsetLimit, and not `{other}`")),
        };
        Ok((way, self.items_at(output("results")?)?))
    }
}

/// The pointer of a JSONPath that names members alone: `$.data.next`.
fn json_path(path: &str) -> Result<String, String> {
    let plain = path.strip_prefix('$').filter(|rest| {
        rest.is_empty()
            || rest.starts_with('.')
                && rest[1..].split('.').all(|name| !name.is_empty() && !name.contains(['[', '*', '(']))
    });
    let rest = plain.ok_or_else(|| format!("the path `{path}` is more than the names of members (`$.data.next`)"))?;
    Ok(rest.split('.').skip(1).map(|name| format!("/{}", escape(name))).collect())
}
