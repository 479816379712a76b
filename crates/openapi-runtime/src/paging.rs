//! How lists page: where the cursor of the next page stands in an answer, and where it goes in a request.

use std::borrow::Cow;
use std::fmt;

use http::header::LINK;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::body::Body;
use crate::codegen::{PairStyle, Style};
use crate::request::{Request, RequestError, decoded_name};
use crate::response::Reply;

/// How a list pages, as its definition says. Answers are read by JSON pointers
/// ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Paging {
    /// An answer has a token, which the request for the next page sends.
    Token {
        /// What sends it.
        input: Input,
        /// Where an answer has it. The last page has none, null, or an empty text.
        next: &'static str,
    },
    /// An answer has the URL of the next page.
    Url {
        /// Where an answer has it. The last page has none, null, or an empty text.
        next: &'static str,
    },
    /// An answer has the URL of the next page in a `Link` header, with the relation `next`
    /// ([RFC 8288](https://www.rfc-editor.org/rfc/rfc8288)).
    Link,
    /// A request names the last item of the page before its own.
    ///
    /// It goes forward only: a request that has the cursor of the way back, such as `ending_before`, is for `send()`.
    After {
        /// The part of a request that names the item.
        input: Input,
        /// Where an answer has its items.
        items: &'static str,
        /// Where an item has its id.
        id: &'static str,
        /// Where an answer says whether another page follows, if it says it; else the page after the last one is empty.
        more: Option<&'static str>,
    },
    /// A request says how many items come before its page. The page after the last one is empty.
    Offset {
        /// What says it.
        input: Input,
        /// Where an answer has its items.
        items: &'static str,
        /// Where an answer has the number of all items, if it has it.
        total: Option<&'static str>,
    },
    /// A request says the number of its page. The page after the last one is empty.
    Page {
        /// What says it.
        input: Input,
        /// The number of the first page.
        first: u64,
        /// Where an answer has its items.
        items: &'static str,
        /// Where an answer has the number of pages, if it has it.
        pages: Option<&'static str>,
    },
}

/// The part of a request that says which page is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// The query parameter of that name.
    Query(&'static str),
    /// The member of that name of the JSON body.
    Body(&'static str),
}

/// The reasons why the next page of a list is not requested.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The server gave a cursor that it had given before, or sent a page again: the list would never end.
    #[error("the server sent a page or a cursor of the list again: the list would never end")]
    Repeated,
    /// The URL of the next page leads to a server that is neither the client's nor one of the definition's, and may be anyone's:
    /// nothing was sent there.
    #[error("the next page is said to be on {other}; pages are taken from {server} alone")]
    OtherServer {
        /// The scheme, host and port of the operation's server.
        server: String,
        /// Those of the URL.
        other: String,
    },
    /// The URL of the next page is not one.
    #[error("the URL of the next page is not one: {0}")]
    NotUrl(String),
    /// The cursor is neither a text nor a number.
    #[error("the cursor of the next page, `{0}`, is neither a text nor a number")]
    NotCursor(&'static str),
    /// Another page follows, but the page has no items, or its last one has nothing at that place.
    #[error("another page follows, but this one has no last item with a value at `{0}`, by which to request it")]
    NoCursor(&'static str),
    /// What the caller gave as the cursor is not a number, which this list needs.
    #[error("the cursor is not a number, by which this list pages")]
    NotNumber,
    /// The request cannot be sent again: its body is a stream, or not JSON.
    #[error("the body of the request cannot be sent again for another page")]
    Body,
}

impl Paging {
    /// The number that `request` says of its page; 0 where this list is not counted.
    pub(crate) fn position(&self, request: &Request) -> u64 {
        match self {
            Self::Offset { input, .. } => input.value(request).unwrap_or(0),
            Self::Page { input, first, .. } => input.value(request).unwrap_or(*first),
            Self::Token { .. } | Self::Url { .. } | Self::Link | Self::After { .. } => 0,
        }
    }

    /// Whether an answer says itself which page comes next, so that two of the same content may differ.
    pub(crate) fn is_linked(&self) -> bool {
        matches!(self, Self::Token { .. } | Self::Url { .. } | Self::Link | Self::After { .. })
    }

    /// The cursor of the page after `reply`, the answer to a request for the page at `position`.
    pub(crate) fn next(&self, reply: &Reply, position: u64) -> Result<Option<String>, PageError> {
        match self {
            Self::Token { next, .. } | Self::Url { next } => cursor(&reply.body, next),
            Self::Link => Ok(next_link(reply)),
            Self::After { items, id, more, .. } => after(&reply.body, items, id, *more),
            Self::Offset { items, total, .. } => {
                let count = count(&reply.body, items);
                let after = position.saturating_add(count);
                let total = total.and_then(|total| number(&reply.body, total));
                Ok((count > 0 && total.is_none_or(|total| after < total)).then(|| after.to_string()))
            }
            Self::Page { first, items, pages, .. } => {
                let last = pages.and_then(|pages| number(&reply.body, pages));
                let after = position.saturating_add(1);
                let more = last.is_none_or(|last| after < last.saturating_add(*first));
                Ok((count(&reply.body, items) > 0 && more).then(|| after.to_string()))
            }
        }
    }

    /// Makes `request` one for the page at `cursor`.
    pub(crate) fn apply(&self, request: &mut Request, cursor: &str) -> Result<(), RequestError> {
        match self {
            Self::Token { input, .. } | Self::After { input, .. } => input.set(request, Value::from(cursor)),
            Self::Offset { input, .. } | Self::Page { input, .. } => {
                let number: u64 = cursor.parse().map_err(|_| PageError::NotNumber)?;
                input.set(request, Value::from(number))
            }
            Self::Url { .. } | Self::Link => {
                // The server has written into its URL what it needs of the query.
                request.query.clear();
                request.url = Some(cursor.to_owned());
                Ok(())
            }
        }
    }
}

impl Input {
    /// The number that `request` has here.
    fn value(self, request: &Request) -> Option<u64> {
        match self {
            Self::Query(name) => {
                let mut pairs = form_urlencoded::parse(request.query.as_bytes());
                pairs.find(|(other, _)| other == name)?.1.parse().ok()
            }
            Self::Body(name) => number(request.body.as_bytes()?, &format!("/{}", escaped(name))),
        }
    }

    /// Puts `value` here, instead of what the request has.
    fn set(self, request: &mut Request, value: Value) -> Result<(), RequestError> {
        match self {
            Self::Query(name) => {
                remove(&mut request.query, |other| other == name);
                Style::FormExploded.add(&mut request.query, name, &value.into());
            }
            Self::Body(name) => {
                let before = request.body.as_bytes().ok_or(PageError::Body)?;
                let mut body: Value = if before.is_empty() {
                    Value::Object(serde_json::Map::new())
                } else {
                    serde_json::from_slice(before).map_err(|_| PageError::Body)?
                };
                let members = body.as_object_mut().ok_or(PageError::Body)?;
                members.insert(name.to_owned(), value);
                request.body = Body::from(serde_json::to_vec(&body)?);
            }
        }
        Ok(())
    }
}

/// Removes the pairs from `query` whose decoded names are `unwanted`.
pub(crate) fn remove(query: &mut String, unwanted: impl Fn(&str) -> bool) {
    let kept: Vec<&str> = query.split('&').filter(|pair| !unwanted(&decoded_name(pair))).collect();
    *query = kept.join("&");
}

/// The cursor at `pointer` in `body`; none where nothing or an empty text is there.
fn cursor(body: &[u8], pointer: &'static str) -> Result<Option<String>, PageError> {
    as_cursor(found(body, pointer, Seeking::Value), pointer)
}

fn as_cursor(value: Option<Value>, pointer: &'static str) -> Result<Option<String>, PageError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(PageError::NotCursor(pointer)),
    }
}

/// The id of the last item of the list at `items`, unless the answer says that no page follows.
fn after(body: &[u8], items: &str, id: &'static str, more: Option<&'static str>) -> Result<Option<String>, PageError> {
    let more = more.and_then(|more| found(body, more, Seeking::Value)?.as_bool());
    if more == Some(false) {
        return Ok(None);
    }
    let id_steps = steps(id);
    let last = as_cursor(found(body, items, Seeking::OfLast(&id_steps)), id)?;
    // The rest of the list must not be lost in silence.
    if last.is_none() && (more.is_some() || count(body, items) > 0) {
        return Err(PageError::NoCursor(id));
    }
    Ok(last)
}

fn number(body: &[u8], pointer: &str) -> Option<u64> {
    match found(body, pointer, Seeking::Value)? {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}

/// The number of items of the list at `pointer`; 0 if no list is there.
fn count(body: &[u8], pointer: &str) -> u64 {
    found(body, pointer, Seeking::Count).and_then(|count| count.as_u64()).unwrap_or(0)
}

/// What is sought at `pointer` in `body`; the rest of the body is skipped.
fn found(body: &[u8], pointer: &str, seeking: Seeking<'_>) -> Option<Value> {
    Seek { steps: &steps(pointer), seeking }.deserialize(&mut serde_json::Deserializer::from_slice(body)).ok()?
}

/// The names in a JSON pointer.
fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Finds what is sought where `steps` lead to.
#[derive(Clone, Copy)]
struct Seek<'a> {
    steps: &'a [String],
    seeking: Seeking<'a>,
}

/// What is sought at a place.
#[derive(Clone, Copy)]
enum Seeking<'a> {
    /// The value.
    Value,
    /// The number of its items.
    Count,
    /// What its last item has at these steps.
    OfLast(&'a [String]),
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Option<Value>, D::Error> {
        match self.steps {
            [] if matches!(self.seeking, Seeking::Value) => serde::Deserialize::deserialize(reader).map(Some),
            _ => reader.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Value>, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match self.steps {
                [step, rest @ ..] if *key == **step => found = map.next_value_seed(Seek { steps: rest, ..self })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<Value>, A::Error> {
        let mut count: u64 = 0;
        let mut last = None;
        match (self.steps, self.seeking) {
            ([], Seeking::OfLast(steps)) => {
                while let Some(found) = items.next_element_seed(Seek { steps, seeking: Seeking::Value })? {
                    last = found;
                }
            }
            _ => {
                while items.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
            }
        }
        Ok(match (self.steps, self.seeking) {
            ([], Seeking::Count) => Some(count.into()),
            _ => last,
        })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }
}

/// The URL that the `Link` headers name as the next page (RFC 8288, 3).
fn next_link(reply: &Reply) -> Option<String> {
    let headers = reply.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    headers.flat_map(links).find_map(|(target, parameters)| is_next(parameters).then(|| target.to_owned()))
}

/// The targets in a `Link` header, each with its parameters.
fn links(header: &str) -> Vec<(&str, &str)> {
    let mut links = Vec::new();
    let mut rest = header;
    while let Some((target, after)) =
        rest.find('<').and_then(|start| rest[start + 1..].split_once('>')).map(|(target, after)| (target.trim(), after))
    {
        let end = unquoted(after, ',').unwrap_or(after.len());
        links.push((target, &after[..end]));
        rest = &after[end..];
    }
    links
}

/// Where `sign` stands in `text` outside of quotes.
fn unquoted(text: &str, sign: char) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            other if other == sign && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Whether the parameters of a link have the relation `next`. Of several `rel`, the first counts (RFC 8288, 3.3).
fn is_next(parameters: &str) -> bool {
    let mut rest = parameters;
    while let Some(start) = rest.find(';') {
        let after = &rest[start + 1..];
        let end = unquoted(after, ';').unwrap_or(after.len());
        let (name, value) = after[..end].split_once('=').unwrap_or((&after[..end], ""));
        if name.trim().eq_ignore_ascii_case("rel") {
            let relations = value.trim().trim_matches('"').split_ascii_whitespace();
            return relations.into_iter().any(|relation| relation.eq_ignore_ascii_case("next"));
        }
        rest = &after[end..];
    }
    false
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;

    #[test]
    fn a_cursor_is_a_text_or_a_number_and_its_absence_is_the_end() {
        for (body, expected) in [
            (r#"{"meta": {"next": "abc"}, "data": [{"next": "no"}]}"#, Ok(Some("abc"))),
            (r#"{"meta": {"next": 17}}"#, Ok(Some("17"))),
            (r#"{"meta": {"next": null}}"#, Ok(None)),
            (r#"{"meta": {"next": ""}}"#, Ok(None)),
            (r#"{"meta": {}, "next": "no"}"#, Ok(None)),
            (r#"{"meta": null}"#, Ok(None)),
            (r#"{"meta": [1, {"next": "no"}]}"#, Ok(None)),
            (r#"[1, 1e400]"#, Ok(None)),
            ("text", Ok(None)),
            (r#"{"meta": {"next": {"href": "/x"}}}"#, Err(PageError::NotCursor("/meta/next"))),
        ] {
            let expected = expected.map(|text| text.map(str::to_owned));
            assert_eq!(cursor(body.as_bytes(), "/meta/next"), expected, "{body}");
        }
    }

    #[test]
    fn items_are_counted_where_they_stand() {
        for (body, pointer, expected) in [
            (r#"[1, [2], {"a": 3}]"#, "", 3),
            ("[]", "", 0),
            (r#"{"a/b": {"items": [1e400, 2]}}"#, "/a~1b/items", 2),
            (r#"{"items": null}"#, "/items", 0),
            ("{}", "/items", 0),
        ] {
            assert_eq!(count(body.as_bytes(), pointer), expected, "{body}");
        }
    }

    #[test]
    fn the_last_item_is_the_cursor_while_more_follow() {
        let missing = || Err(PageError::NoCursor("/id"));
        for (body, more, expected) in [
            (r#"{"has_more": true, "data": [{"id": "a"}, {"x": 1, "id": "b"}]}"#, true, Ok(Some("b"))),
            (r#"{"data": [{"id": "a"}, {"id": 7}], "has_more": true}"#, true, Ok(Some("7"))),
            (r#"{"data": [{"id": "a"}], "has_more": false}"#, true, Ok(None)),
            (r#"{"data": [{"id": "a"}]}"#, false, Ok(Some("a"))),
            (r#"{"data": []}"#, false, Ok(None)),
            (r#"{"data": [], "has_more": true}"#, true, missing()),
            (r#"{"data": [{"id": "a"}, {}], "has_more": true}"#, true, missing()),
            (r#"{"data": [{"id": "a"}, {}]}"#, false, missing()),
            (r#"{"data": [{"id": {}}]}"#, false, Err(PageError::NotCursor("/id"))),
        ] {
            let found = after(body.as_bytes(), "/data", "/id", more.then_some("/has_more"));
            assert_eq!(found, expected.map(|text| text.map(str::to_owned)), "{body}");
        }
    }

    #[test]
    fn the_next_link_is_the_one_with_that_relation() {
        for (headers, expected) in [
            (
                &["<https://a.test/?page=2>; rel=\"next\", <https://a.test/?page=9>; rel=\"last\""][..],
                Some("https://a.test/?page=2"),
            ),
            (&["<?page=1>; rel=\"prev\"", "<?page=3>; title=\"a, b; rel=x\"; REL=next"], Some("?page=3")),
            (&["</a,b;c>; rel=\"last Next\""], Some("/a,b;c")),
            (&["<?page=1>; rel=\"nextish\""], None),
            (&["<?page=1>; rel=prev; rel=next"], None),
            (&["<?page=1>"], None),
            (&["?page=1; rel=next", "<?page"], None),
            (&[], None),
        ] {
            let mut map = HeaderMap::new();
            for header in headers {
                map.append(LINK, HeaderValue::from_static(header));
            }
            let reply = Reply::new(StatusCode::OK, map, Vec::new());
            assert_eq!(next_link(&reply).as_deref(), expected, "{headers:?}");
        }
    }
}
