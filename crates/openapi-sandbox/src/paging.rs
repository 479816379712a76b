//! Lists that page: how the document says it, and the pages that the sandbox makes of the one that is documented.
//!
//! A list has three pages, each with the documented items; one that is counted has three items. The cursor of a page is its
//! number, from 1.

use axum::http::header::HOST;
use serde_json::{Map, Value, json};

use crate::check::Received;
use crate::document::{Document, Operation};
use crate::schema::{Side, validator};
use crate::tree::{Kind, Tree};

/// The number of pages, and of items where those are counted.
const PAGES: u64 = 3;

/// The items of a counted page where the request does not say how many.
const PAGE_SIZE: u64 = 2;

/// The names of the list in a page, where there are several lists.
const ITEMS: [&str; 8] = ["data", "entities", "items", "results", "values", "entries", "records", "resources"];

/// The objects that say what belongs to the list.
const AROUND: [&str; 12] = [
    "metadata",
    "meta",
    "pagination",
    "paging",
    "page_info",
    "pageInfo",
    "response_metadata",
    "responseMetadata",
    "links",
    "_links",
    "link",
    "_meta",
];

/// Parameters that take a token, and the properties that give it: at a place, or one that may stand in those of [`AROUND`].
const TOKENS: [(&str, &str); 15] = [
    ("page_token", "next_page_token"),
    ("pageToken", "nextPageToken"),
    ("page_token", "next_page"),
    ("continue", "/metadata/continue"),
    ("page-token", "next_page_token"),
    ("cursor", "next_cursor"),
    ("cursor", "nextCursor"),
    ("next_token", "next_token"),
    ("nextToken", "nextToken"),
    ("NextToken", "NextToken"),
    ("pagination_key", "pagination_key"),
    ("marker", "next_marker"),
    ("page", "next_page"),
    ("offset", "/next_page/offset"),
    ("after", "/page_info/after"),
];

/// Parameters that take the number of items before a page, and those that take the number of items wanted.
const OFFSETS: [(&str, &str); 5] =
    [("offset", "limit"), ("skip", "limit"), ("skip", "take"), ("$skip", "$top"), ("startAt", "maxResults")];

/// How a list pages.
enum Way {
    /// An answer has the token of the next page at this place.
    Token {
        input: Input,
        next: Vec<String>,
    },
    /// An answer has the URL of the next page at this place.
    Url {
        next: Vec<String>,
    },
    Link,
    /// A request names the last item of the page before.
    After {
        input: Input,
        id: Vec<String>,
        more: Option<Vec<String>>,
    },
    /// A request says how many items come before.
    Offset {
        input: Input,
    },
    /// A request says the number of its page.
    Page {
        input: Input,
        first: u64,
    },
}

/// What a request says its page with.
enum Input {
    Query(String),
    Body(String),
}

/// The page of a list that a request is for.
pub(crate) struct Page<'a> {
    document: &'a Document,
    schema: &'a Value,
    way: Way,
    /// The place of the items.
    items: Vec<String>,
    /// Its number, from 0, or the number of items before it.
    position: u64,
    /// How many items a counted page has at most.
    size: u64,
    /// The URL of the next page.
    url: String,
    /// The id that the request says its page with.
    after: Option<String>,
}

impl<'a> Page<'a> {
    /// The page that `received` is for, if the operation gives a list that pages. `response` is the documented success.
    pub(crate) fn of(
        document: &'a Document,
        operation: &Operation,
        received: &Received<'_>,
        path: &str,
        response: &'a Value,
    ) -> Option<Self> {
        let content = response.get("content").and_then(Value::as_object)?.values().next()?;
        let schema = document.tree.resolve(content, Kind::MediaType)?.get("schema")?;
        let list = List { tree: &document.tree, operation, response, schema };
        let (way, items) = list.way()?;
        let sent = |input: &Input| match input {
            Input::Query(name) => query(received.query, name),
            Input::Body(name) => {
                let body: Value = serde_json::from_slice(received.body).ok()?;
                let value = body.get(name)?;
                Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            }
        };
        let number = |input: &Input| sent(input).and_then(|text| text.parse::<u64>().ok());
        let own = list.cursor_parameter();
        let position = match &way {
            Way::Token { input, .. } => number(input).unwrap_or(1).saturating_sub(1),
            Way::Url { .. } | Way::Link => number(&Input::Query(own.clone())).unwrap_or(1).saturating_sub(1),
            Way::After { .. } => 0,
            Way::Offset { input } => number(input).unwrap_or(0),
            Way::Page { input, first } => number(input).unwrap_or(*first).saturating_sub(*first),
        };
        let after = match &way {
            Way::After { input, .. } => sent(input),
            _ => None,
        };
        let mut asked = OFFSETS.iter().filter_map(|(_, limit)| query(received.query, limit)?.parse().ok());
        let size = asked.find(|size| *size > 0);
        let host = received.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let kept = received.query.split('&').filter(|pair| !pair.is_empty() && query(pair, &own).is_none());
        let cursor = format!("{own}={}", position + 2);
        let next: Vec<&str> = kept.chain([cursor.as_str()]).collect();
        let url = format!("http://{host}{path}?{}", next.join("&"));
        Some(Self { document, schema, way, items, position, size: size.unwrap_or(PAGE_SIZE), url, after })
    }

    /// The `Link` header of this page.
    pub(crate) fn link(&self) -> Option<String> {
        let more = matches!(self.way, Way::Link) && self.position + 1 < PAGES;
        more.then(|| format!("<{}>; rel=\"next\"", self.url))
    }

    /// Whether `name` is a header that this page writes itself.
    pub(crate) fn owns(&self, name: &str) -> bool {
        matches!(self.way, Way::Link) && name.eq_ignore_ascii_case("link")
    }

    /// Makes this page of `body`, the documented one.
    pub(crate) fn fill(&self, body: &mut Value) {
        match &self.way {
            Way::Link => {}
            Way::Token { next, .. } | Way::Url { next } if self.position + 1 < PAGES => {
                let value = match (&self.way, found(&self.document.tree, self.schema, next)) {
                    (Way::Url { .. }, _) => json!(self.url),
                    (_, Some(schema)) if is(&self.document.tree, schema, "integer") => json!(self.position + 2),
                    _ => json!((self.position + 2).to_string()),
                };
                put(body, next, Some(value));
            }
            Way::Token { next, .. } | Way::Url { next } => self.end(body, next),
            Way::After { id, more, .. } => self.after(body, id, more.as_deref()),
            Way::Offset { .. } => {
                let count = self.size.min(PAGES.saturating_sub(self.position));
                self.count(
                    body,
                    self.position,
                    count,
                    &["total", "total_count", "totalCount", "total_size", "totalSize"],
                );
            }
            Way::Page { .. } => {
                let count = u64::from(self.position < PAGES);
                self.count(body, self.position, count, &["total_pages", "totalPages"]);
            }
        }
    }

    /// Takes out the cursor of the last page, or writes the kind of nothing that the schema allows.
    fn end(&self, body: &mut Value, next: &[String]) {
        put(body, next, None);
        let Some(validator) = validator(&self.document.tree, self.schema, Side::Response) else { return };
        for nothing in [Value::Null, json!("")] {
            if validator.is_valid(body) {
                return;
            }
            put(body, next, Some(nothing));
        }
    }

    /// Writes the items that come after the one that the request names, and whether more follow.
    fn after(&self, body: &mut Value, id: &[String], more: Option<&[String]>) {
        let Some(list) = at(body, &self.items).and_then(Value::as_array_mut) else { return };
        let first = list.first().cloned().unwrap_or_default();
        let numbered = |number: u64| {
            let mut item = first.clone();
            if let Some(id) = at(&mut item, id) {
                *id = another(id, number);
            }
            item
        };
        let shown = |number: u64| {
            let id = at(&mut numbered(number), id).cloned().unwrap_or_default();
            id.as_str().map_or_else(|| id.to_string(), str::to_owned)
        };
        let from = match &self.after {
            None => 0,
            // After an item that is not there is nothing.
            Some(sent) => (0..PAGES).find(|number| shown(*number) == *sent).map_or(PAGES, |number| number + 1),
        };
        let to = from.saturating_add(self.size).min(PAGES);
        let items: Vec<Value> = (from..to).map(numbered).collect();
        let ends = [("first_id", items.first()), ("last_id", items.last())]
            .map(|(name, item)| (name, item.cloned().and_then(|mut item| at(&mut item, id).cloned())));
        *list = items;
        for (name, id) in ends {
            if let (Some(place), Some(id)) = (body.get_mut(name), id) {
                *place = id;
            }
        }
        if let Some(more) = more {
            put(body, more, Some(json!(to < PAGES)));
        }
    }

    /// Writes `count` items that differ, from the one with that number, and the number of all.
    fn count(&self, body: &mut Value, from: u64, count: u64, totals: &[&str]) {
        let Some(list) = at(body, &self.items).and_then(Value::as_array_mut) else { return };
        let first = list.first().cloned().unwrap_or_default();
        let same = vec![first.clone(); usize::try_from(count).unwrap_or(0)];
        list.clear();
        list.extend((from..from + count).map(|number| varied(&first, number)));
        let places = totals.iter().flat_map(|name| {
            let around = AROUND.iter().map(|around| vec![(*around).to_owned(), (*name).to_owned()]);
            std::iter::once(vec![(*name).to_owned()]).chain(around)
        });
        for place in places {
            if let Some(total) = at(body, &place).filter(|total| total.is_number()) {
                *total = json!(PAGES);
            }
        }
        let validator = validator(&self.document.tree, self.schema, Side::Response);
        if count > 0 && validator.is_some_and(|validator| !validator.is_valid(body)) {
            put(body, &self.items, Some(Value::Array(same)));
        }
    }
}

/// The value of the first pair of that name in a query.
fn query(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(other, _)| other == name).map(|(_, value)| value.into_owned())
}

/// The value at `place`, if there is one.
fn at<'v>(body: &'v mut Value, place: &[String]) -> Option<&'v mut Value> {
    place.iter().try_fold(body, |value, name| value.get_mut(name))
}

/// Writes `value` at `place`, or takes out what is there.
fn put(body: &mut Value, place: &[String], value: Option<Value>) {
    let [first, rest @ ..] = place else {
        *body = value.unwrap_or_default();
        return;
    };
    if !body.is_object() {
        if value.is_none() {
            return;
        }
        *body = Value::Object(Map::new());
    }
    let Some(members) = body.as_object_mut() else { return };
    match (rest, value) {
        ([], None) => drop(members.remove(first)),
        ([], Some(value)) => drop(members.insert(first.clone(), value)),
        (_, None) if !members.contains_key(first) => {}
        (_, value) => put(members.entry(first).or_insert(Value::Null), rest, value),
    }
}

/// The id that follows `id` after `number` others, and looks like it.
fn another(id: &Value, number: u64) -> Value {
    match id {
        Value::Number(value) => {
            value.as_i64().map_or_else(|| id.clone(), |value| json!(value.saturating_add_unsigned(number)))
        }
        Value::String(text) if number > 0 => {
            let end = text.char_indices().next_back().filter(|(_, last)| last.is_ascii_hexdigit());
            let digit = |last: char| (u64::from(last.to_digit(16).unwrap_or(0)) + number) % 10;
            json!(end.map_or_else(|| format!("{text}{number}"), |(at, last)| format!("{}{}", &text[..at], digit(last))))
        }
        other => other.clone(),
    }
}

/// `item` with another name or number.
fn varied(item: &Value, number: u64) -> Value {
    match item {
        _ if number == 0 => item.clone(),
        Value::String(text) => json!(format!("{text}{}", number + 1)),
        Value::Number(value) => {
            value.as_i64().map_or_else(|| item.clone(), |value| json!(value.saturating_add_unsigned(number)))
        }
        Value::Object(members) => {
            let mut members = members.clone();
            let known = ["id", "name", "key", "subject", "title"].into_iter().map(str::to_owned);
            let all: Vec<String> = members.keys().cloned().collect();
            for name in known.chain(all) {
                let Some(member) = members.get_mut(&name).filter(|member| member.is_string() || member.is_i64()) else {
                    continue;
                };
                *member = varied(member, number);
                break;
            }
            Value::Object(members)
        }
        other => other.clone(),
    }
}

/// The schema of the property `name` of `schema`.
fn property<'a>(tree: &'a Tree, schema: &'a Value, name: &str, depth: usize) -> Option<&'a Value> {
    let schema = tree.resolve(schema, Kind::Schema)?;
    let own = schema.get("properties").and_then(|properties| properties.get(name));
    let parts = schema.get("allOf").and_then(Value::as_array).filter(|_| depth < 16).into_iter().flatten();
    own.or_else(|| parts.into_iter().find_map(|part| property(tree, part, name, depth + 1)))
}

/// The names of the properties of `schema` that are lists.
fn lists(tree: &Tree, schema: &Value, depth: usize, names: &mut Vec<String>) {
    let Some(schema) = tree.resolve(schema, Kind::Schema) else { return };
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if is(tree, property, "array") && !names.contains(name) {
            names.push(name.clone());
        }
    }
    for part in schema.get("allOf").and_then(Value::as_array).filter(|_| depth < 16).into_iter().flatten() {
        lists(tree, part, depth + 1, names);
    }
}

/// The schema at `place` in `schema`.
fn found<'a>(tree: &'a Tree, schema: &'a Value, place: &[String]) -> Option<&'a Value> {
    place.iter().try_fold(schema, |schema, name| property(tree, schema, name, 0))
}

/// Whether `schema` is of the type.
fn is(tree: &Tree, schema: &Value, wanted: &str) -> bool {
    is_within(tree, schema, wanted, 0)
}

fn is_within(tree: &Tree, schema: &Value, wanted: &str, depth: usize) -> bool {
    let Some(schema) = tree.resolve(schema, Kind::Schema) else { return false };
    let stated = match schema.get("type") {
        Some(Value::String(name)) => name == wanted,
        Some(Value::Array(names)) => names.iter().any(|name| name == wanted),
        _ => wanted == "array" && schema.get("items").is_some(),
    };
    let parts = schema.get("allOf").and_then(Value::as_array).filter(|_| depth < 16).into_iter().flatten();
    stated || parts.into_iter().any(|part| is_within(tree, part, wanted, depth + 1))
}

/// What the document says of a list.
struct List<'a> {
    tree: &'a Tree,
    operation: &'a Operation,
    response: &'a Value,
    schema: &'a Value,
}

impl List<'_> {
    /// How it pages, and where its items are.
    fn way(&self) -> Option<(Way, Vec<String>)> {
        match &self.operation.pagination {
            Some((_, Value::Bool(false))) => None,
            Some(("x-pagination", stated)) => self.stated(stated),
            Some((_, stated)) => self.speakeasy(stated),
            None if self.operation.method != "GET" => None,
            None => {
                if let Some(next) = self.odata() {
                    return Some((Way::Url { next: vec![next] }, vec!["value".to_owned()]));
                }
                let items = self.items()?;
                let way = self.link().or_else(|| self.token()).or_else(|| self.after(&items)).or_else(|| self.url());
                Some((way.or_else(|| self.offset()).or_else(|| self.page())?, items))
            }
        }
    }

    /// The property with the URL of the next page of the list `value`.
    fn odata(&self) -> Option<String> {
        let is_value = property(self.tree, self.schema, "value", 0).is_some_and(|value| is(self.tree, value, "array"));
        let mut names = ["@odata.nextLink", "odata.nextLink", "@nextLink", "nextLink"].into_iter().filter(|_| is_value);
        names.find(|name| self.has(self.schema, name, "string")).map(str::to_owned)
    }

    /// Whether `schema` has a property of that type.
    fn has(&self, schema: &Value, name: &str, wanted: &str) -> bool {
        property(self.tree, schema, name, 0).is_some_and(|schema| is(self.tree, schema, wanted))
    }

    /// The parameter of that name in the query.
    fn query(&self, name: &str) -> Option<&Value> {
        self.operation.query.iter().find(|parameter| parameter["name"] == name)
    }

    fn parameter(&self, name: &str, types: &[&str]) -> Option<&Value> {
        let parameter = self.query(name)?;
        // In Swagger 2.0 it is its own schema.
        let schema = parameter.get("schema").unwrap_or(parameter);
        types.iter().any(|wanted| is(self.tree, schema, wanted)).then(|| self.tree.resolve(schema, Kind::Schema))?
    }

    /// The parameter that the URL of a page has.
    fn cursor_parameter(&self) -> String {
        let known = ["page_token", "pageToken", "cursor", "page"];
        let own = known.into_iter().find(|name| self.parameter(name, &["string", "integer", "number"]).is_some());
        own.unwrap_or("page_token").to_owned()
    }

    fn items(&self) -> Option<Vec<String>> {
        if is(self.tree, self.schema, "array") {
            return Some(Vec::new());
        }
        let lone = |schema: &Value| {
            let mut names = Vec::new();
            lists(self.tree, schema, 0, &mut names);
            let known: Vec<&String> = names.iter().filter(|name| ITEMS.contains(&name.as_str())).collect();
            match (known.as_slice(), names.as_slice()) {
                ([name], _) => Some((*name).clone()),
                ([], [name]) => Some(name.clone()),
                _ => None,
            }
        };
        if let Some(name) = lone(self.schema) {
            return Some(vec![name]);
        }
        let holders = ["results", "result", "data", "response"];
        let (name, holder) =
            holders.into_iter().find_map(|name| Some((name, property(self.tree, self.schema, name, 0)?)))?;
        Some(vec![name.to_owned(), lone(holder)?])
    }

    fn link(&self) -> Option<Way> {
        let headers = self.response.get("headers")?.as_object()?;
        headers.keys().any(|name| name.eq_ignore_ascii_case("link")).then_some(Way::Link)
    }

    fn token(&self) -> Option<Way> {
        let places = |name: &str| {
            let around = AROUND.iter().map(|around| vec![(*around).to_owned(), name.to_owned()]);
            std::iter::once(vec![name.to_owned()]).chain(around.collect::<Vec<_>>())
        };
        TOKENS.into_iter().find_map(|(parameter, name)| {
            self.parameter(parameter, &["string"])?;
            let is_text = |place: &Vec<String>| {
                found(self.tree, self.schema, place).is_some_and(|schema| is(self.tree, schema, "string"))
            };
            let counted = || ["offset", "usemarker"].into_iter().any(|name| self.query(name).is_some());
            if parameter == "marker" && counted() {
                return None;
            }
            let next = match name.strip_prefix('/') {
                Some(_) => Some(steps(name)).filter(is_text)?,
                None => places(name).find(is_text)?,
            };
            if parameter == "page_token" && name == "next_page" {
                self.parameter("limit", &["integer"])?;
            }
            Some(Way::Token { input: Input::Query(parameter.to_owned()), next })
        })
    }

    /// The list says whether there are more items, and takes the id of the last one.
    fn after(&self, items: &[String]) -> Option<Way> {
        let list = self.tree.resolve(found(self.tree, self.schema, items)?, Kind::Schema)?;
        let item = list.get("items")?;
        let has_id = self.has(item, "id", "string") && requires(self.tree, item, "id", 0);
        if !has_id || !self.has(self.schema, "has_more", "boolean") {
            return None;
        }
        let known = ["starting_after", "after_id", "after"];
        let name = known.into_iter().find(|name| self.parameter(name, &["string"]).is_some())?;
        let is_cursor = name != "after"
            || self.has(self.schema, "last_id", "string")
            || self.parameter("before", &["string"]).is_some();
        let (input, more) = (Input::Query(name.to_owned()), Some(vec!["has_more".to_owned()]));
        is_cursor.then(|| Way::After { input, id: vec!["id".to_owned()], more })
    }

    fn url(&self) -> Option<Way> {
        let text = |schema: &Value, name: &str| self.has(schema, name, "string");
        let takes_token =
            ["page_token", "pageToken"].into_iter().any(|name| self.parameter(name, &["string"]).is_some());
        for around in AROUND {
            let Some(inner) = property(self.tree, self.schema, around, 0) else { continue };
            let mut next = vec![around.to_owned(), "next".to_owned()];
            let holds_links = around.ends_with("links") || around == "link";
            let others = ["first", "last", "prev", "previous"];
            let is_linked = text(inner, "self")
                || (around == "metadata" && takes_token)
                || (holds_links && others.into_iter().any(|other| text(inner, other)));
            if text(inner, "next") && is_linked {
                return Some(Way::Url { next });
            }
            if holds_links && property(self.tree, inner, "next", 0).is_some_and(|link| text(link, "href")) {
                next.push("href".to_owned());
                return Some(Way::Url { next });
            }
            if let Some(name) = self.next_page(inner) {
                return Some(Way::Url { next: vec![around.to_owned(), name.to_owned()] });
            }
        }
        if let Some(name) = self.next_page(self.schema) {
            return Some(Way::Url { next: vec![name.to_owned()] });
        }
        let is_counted = self.has(self.schema, "count", "integer") && text(self.schema, "previous");
        let beside = text(self.schema, "self")
            || text(self.schema, "href")
            || self.has(self.schema, "pagelen", "integer")
            || (is_counted && property(self.tree, self.schema, "results", 0).is_some());
        (beside && text(self.schema, "next")).then(|| Way::Url { next: vec!["next".to_owned()] })
    }

    /// The property with the URL of the next page, where those with other pages' stand.
    fn next_page(&self, schema: &Value) -> Option<&'static str> {
        let others = [
            ("next_page_uri", "first_page_uri"),
            ("next_page_uri", "previous_page_uri"),
            ("next_page_url", "first_page_url"),
            ("next_page_url", "previous_page_url"),
            ("next_page_url", "prev_page_url"),
        ];
        let known =
            |(next, other): &(&str, &str)| self.has(schema, next, "string") && self.has(schema, other, "string");
        others.into_iter().find(known).map(|(next, _)| next)
    }

    fn offset(&self) -> Option<Way> {
        let known = |(offset, limit): (&'static str, &str)| {
            self.parameter(limit, &["integer", "number"])?;
            Some((offset, self.parameter(offset, &["integer", "number"])?))
        };
        let (name, offset) = OFFSETS.into_iter().find_map(known)?;
        let from_start = offset.get("default").is_none_or(|default| default == 0);
        from_start.then(|| Way::Offset { input: Input::Query(name.to_owned()) })
    }

    fn page(&self) -> Option<Way> {
        let named = |name: &'static str| Some((name, self.parameter(name, &["integer", "number"])?));
        let (name, page) = ["page", "pageNumber", "page_number"].into_iter().find_map(named)?;
        let sizes = ["per_page", "perPage", "perpage", "page_size", "pageSize", "limit"];
        sizes.into_iter().find_map(|name| self.parameter(name, &["integer", "number"]))?;
        let first = match page.get("default").or_else(|| page.get("minimum")) {
            Some(number) => number.as_u64(),
            None => self.query(name)?.get("description").and_then(Value::as_str).and_then(first_described),
        };
        let first = first.filter(|first| *first <= 1)?;
        Some(Way::Page { input: Input::Query(name.to_owned()), first })
    }

    /// What `x-pagination` says.
    fn stated(&self, stated: &Value) -> Option<(Way, Vec<String>)> {
        let text = |key: &str| stated.get(key).and_then(Value::as_str);
        let place = |key: &str| text(key).map(steps);
        let input = || {
            let name = text("parameter")?.to_owned();
            Some(if text("in") == Some("body") { Input::Body(name) } else { Input::Query(name) })
        };
        let way = match text("type")? {
            "token" => Way::Token { input: input()?, next: place("next")? },
            "url" => Way::Url { next: place("next")? },
            "link" => Way::Link,
            "after" => Way::After {
                input: input()?,
                id: place("id").unwrap_or_else(|| vec!["id".to_owned()]),
                more: place("more"),
            },
            "offset" => Way::Offset { input: input()? },
            "page" => Way::Page { input: input()?, first: stated.get("first").and_then(Value::as_u64).unwrap_or(1) },
            _ => return None,
        };
        Some((way, place("items").or_else(|| self.items())?))
    }

    /// What `x-speakeasy-pagination` says.
    fn speakeasy(&self, stated: &Value) -> Option<(Way, Vec<String>)> {
        let place = |key: &str| {
            let path = stated.get("outputs")?.get(key)?.as_str()?.strip_prefix('$')?;
            Some(path.split('.').skip(1).map(str::to_owned).collect::<Vec<String>>())
        };
        let input = |kind: &str| {
            let found = stated.get("inputs")?.as_array()?.iter().find(|input| input["type"] == kind)?;
            let name = found["name"].as_str()?.to_owned();
            Some(if found["in"] == "requestBody" { Input::Body(name) } else { Input::Query(name) })
        };
        let way = match stated.get("type")?.as_str()? {
            "cursor" => Way::Token { input: input("cursor")?, next: place("nextCursor")? },
            "url" => Way::Url { next: place("nextUrl")? },
            "offsetLimit" => match input("offset") {
                Some(input) => Way::Offset { input },
                None => Way::Page { input: input("page")?, first: 1 },
            },
            _ => return None,
        };
        Some((way, place("results").or_else(|| self.items())?))
    }
}

/// Whether `schema` requires the property `name`.
fn requires(tree: &Tree, schema: &Value, name: &str, depth: usize) -> bool {
    let Some(schema) = tree.resolve(schema, Kind::Schema) else { return false };
    let own = schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|it| it == name));
    let parts = schema.get("allOf").and_then(Value::as_array).filter(|_| depth < 16).into_iter().flatten();
    own || parts.into_iter().any(|part| requires(tree, part, name, depth + 1))
}

/// The number of the first page, where the description of a parameter says it.
fn first_described(description: &str) -> Option<u64> {
    let lower = description.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|it: char| !it.is_alphanumeric() && it != '-').collect();
    let says = |phrase: &[&str]| words.windows(phrase.len()).any(|window| window == phrase);
    let from_one = ["1-based", "one-based"].into_iter().any(|word| says(&[word]))
        || says(&["starts", "at", "1"])
        || says(&["starting", "from", "1"]);
    let from_zero = ["0-based", "zero-based"].into_iter().any(|word| says(&[word]));
    (from_one != from_zero).then_some(u64::from(from_one))
}

/// The names in a JSON pointer.
fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}
