//! How lists page: by what the definition says or, where the names of parameters and properties leave no doubt, by rule.
//!
//! A rule looks at a `GET` whose answer has one list of items. It has a confidence: what an extension says is *stated*; the
//! names of a published convention are *certain*; names that are in wide use, of the right types and in the right places, are
//! *likely* (a page that is wrongly followed would still be one of the same operation and server). Anything else does not page.

mod stated;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::contents::{Bodies, Read};
use super::lower::Lowered;
use super::model::{Location, Operation};
use super::shape::{Field, Kind, Shape};
use super::tokens;
use crate::diagnostic::Diagnostic;
use crate::pointer::escape;

/// Says how a list pages, or that it does not.
pub(super) const EXTENSION: &str = "x-pagination";

/// That of Speakeasy, which says the same in other words.
const SPEAKEASY: &str = "x-speakeasy-pagination";

/// A list that pages by itself, for people: its operation, the rule, and the confidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The id of the operation.
    pub operation: String,
    /// How it pages, in a few words.
    pub rule: String,
    /// `stated`, `certain` or `likely`.
    pub confidence: &'static str,
}

/// How a list pages.
pub(super) struct Paging {
    way: Way,
    /// The place of the items in an answer.
    items: Found,
    /// In a few words.
    pub(super) rule: String,
    pub(super) confidence: &'static str,
}

/// A value of the runtime's `Paging`, the place of the items aside.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    Token { input: Input, next: String },
    Url { next: String },
    Link,
    After { input: Input, id: String, more: Option<String> },
    Offset { input: Input, total: Option<String> },
    Page { input: Input, first: u64, pages: Option<String> },
}

/// A value of the runtime's `Input`.
#[derive(Clone, Debug, PartialEq)]
enum Input {
    Query(String),
    Body(String),
}

/// The list in an answer.
struct Found {
    /// The fields that lead to it; none where the answer is the list.
    path: Vec<Field>,
    /// The shape of an item.
    item: Shape,
}

impl Found {
    fn pointer(&self) -> String {
        self.path.iter().map(|field| format!("/{}", escape(&field.name))).collect()
    }

    /// The expression of the items of `page`.
    fn expression(&self) -> TokenStream {
        let mut value = quote!(page);
        let mut optional = false;
        // The runtime makes an empty list of one that is absent.
        for field in &self.path {
            let ident = format_ident!("{}", field.ident);
            let may_be_absent = !field.required || matches!(field.shape, Shape::Nullable(_));
            value = match (optional, may_be_absent) {
                (false, _) => quote!(#value.#ident),
                (true, false) => quote!(#value.map(|it| it.#ident)),
                (true, true) => quote!(#value.and_then(|it| it.#ident)),
            };
            optional |= may_be_absent;
        }
        value
    }
}

impl Paging {
    /// The implementation of the runtime's `List` for `marker`.
    pub(super) fn implementation(&self, marker: &proc_macro2::Ident) -> TokenStream {
        let item = tokens::outside(&self.items.item);
        let (way, expression) = (self.way.tokens(&self.items.pointer()), self.items.expression());
        quote! {
            impl codegen::List for #marker {
                type Item = #item;
                const PAGING: codegen::Paging = #way;
                fn items(page: Self::Body) -> ::std::vec::Vec<Self::Item> {
                    codegen::IntoItems::into_items(#expression)
                }
            }
        }
    }

    /// The same, which was found where every type is generated, of the operation at `index` as it is generated.
    ///
    /// # Errors
    ///
    /// Why the items cannot be taken from an answer.
    pub(super) fn of_generated(
        self,
        operation: &Operation<'_>,
        index: usize,
        lowered: &Lowered,
        bodies: &Bodies,
    ) -> Result<Self, String> {
        let answer = Answer { operation, index, lowered, body: body(operation, bodies) };
        Ok(Self { items: answer.items_at(Some(self.pointer()))?, ..self })
    }

    /// The place of the items in an answer, as a JSON pointer.
    pub(super) fn pointer(&self) -> String {
        self.items.pointer()
    }

    /// For people.
    pub(super) fn listed(&self, operation: &Operation<'_>) -> Listed {
        Listed { operation: operation.id.clone(), rule: self.rule.clone(), confidence: self.confidence }
    }
}

impl Way {
    fn tokens(&self, items: &str) -> TokenStream {
        let option = super::operations::option_tokens;
        match self {
            Self::Token { input, next } => {
                let input = input.tokens();
                quote!(codegen::Paging::Token { input: #input, next: #next })
            }
            Self::Url { next } => quote!(codegen::Paging::Url { next: #next }),
            Self::Link => quote!(codegen::Paging::Link),
            Self::After { input, id, more } => {
                let (input, more) = (input.tokens(), option(more.as_deref()));
                quote!(codegen::Paging::After { input: #input, items: #items, id: #id, more: #more })
            }
            Self::Offset { input, total } => {
                let (input, total) = (input.tokens(), option(total.as_deref()));
                quote!(codegen::Paging::Offset { input: #input, items: #items, total: #total })
            }
            Self::Page { input, first, pages } => {
                let (input, pages) = (input.tokens(), option(pages.as_deref()));
                let first = proc_macro2::Literal::u64_unsuffixed(*first);
                quote!(codegen::Paging::Page { input: #input, first: #first, items: #items, pages: #pages })
            }
        }
    }
}

impl Input {
    fn tokens(&self) -> TokenStream {
        match self {
            Self::Query(name) => quote!(codegen::Input::Query(#name)),
            Self::Body(name) => quote!(codegen::Input::Body(#name)),
        }
    }
}

/// How the list that the operation at `index` gives pages, if it does.
pub(super) fn of(
    operation: &Operation<'_>,
    index: usize,
    lowered: &Lowered,
    bodies: &Bodies,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Paging> {
    let extension = [EXTENSION, SPEAKEASY].into_iter().find_map(|key| Some((key, operation.raw.get(key)?)));
    if extension.is_some_and(|(key, value)| key == EXTENSION && value == &Value::Bool(false)) {
        return None;
    }
    let answer = Answer { operation, index, lowered, body: body(operation, bodies) };
    let Some((key, value)) = extension else {
        return (operation.method == "GET").then(|| answer.by_rule())?;
    };
    let stated = if key == EXTENSION { answer.stated(value) } else { answer.speakeasy(value) };
    match stated {
        Ok((way, items)) => {
            Some(Paging { rule: format!("as `{key}` says, {}", way.words()), confidence: "stated", way, items })
        }
        Err(why) => {
            let message = format!("`{key}` cannot be followed, and the list does not page by itself: {why}");
            let pointer = format!("{}/{key}", operation.pointer);
            let help = "correct it in an overlay; docs/lists.md says what it may hold";
            diagnostics.push(Diagnostic::warning("G035", message).at(pointer).help(help));
            None
        }
    }
}

/// Whether an extension of `operation` says how its list pages, or that it does not.
pub(super) fn is_stated(operation: &Operation<'_>) -> bool {
    [EXTENSION, SPEAKEASY].iter().any(|key| operation.raw.get(*key).is_some())
}

/// The shape of the JSON body that all successes have.
fn body<'a>(operation: &Operation<'_>, bodies: &'a Bodies) -> Option<&'a Shape> {
    let successes = operation.responses.iter().enumerate().filter(|(_, response)| operation.is_success(response));
    let mut reads = successes.map(|(number, _)| bodies.response(number));
    let first = reads.next()?;
    match first {
        Read::Json(shape) if reads.all(|other| other == first) => Some(shape),
        _ => None,
    }
}

/// The names of the list in a page, if it has several: those that no API uses for anything else.
const ITEMS: [&str; 8] = ["data", "entities", "items", "results", "values", "entries", "records", "resources"];

/// The objects in which an answer says what belongs to the list.
const CONTAINERS: [&str; 12] = [
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

/// Parameters that take a token, each with the property that has it in an answer, and whose convention that is. A property
/// with a slash is a pointer; others may stand in one of [`CONTAINERS`] too.
const TOKENS: [(&str, &str, &str); 15] = [
    ("page_token", "next_page_token", "AIP-158"),
    ("pageToken", "nextPageToken", "AIP-158"),
    ("page_token", "next_page", "Dropshot"),
    ("continue", "/metadata/continue", "Kubernetes"),
    ("page-token", "next_page_token", ""),
    ("cursor", "next_cursor", ""),
    ("cursor", "nextCursor", ""),
    ("next_token", "next_token", ""),
    ("nextToken", "nextToken", ""),
    ("NextToken", "NextToken", ""),
    ("pagination_key", "pagination_key", ""),
    ("marker", "next_marker", ""),
    ("page", "next_page", ""),
    ("offset", "/next_page/offset", ""),
    ("after", "/page_info/after", ""),
];

/// Parameters that name the last item of the page before.
const AFTER: [&str; 3] = ["starting_after", "after_id", "after"];

/// Parameters that say how many items come before, each with the one that says how many are asked for.
const OFFSETS: [(&str, &str); 5] =
    [("offset", "limit"), ("skip", "limit"), ("skip", "take"), ("$skip", "$top"), ("startAt", "maxResults")];

/// What a rule finds: the way, whose convention it is, and the confidence.
type Ruled = (Way, &'static str, &'static str);

/// What is known of the answer of an operation.
struct Answer<'a> {
    operation: &'a Operation<'a>,
    index: usize,
    lowered: &'a Lowered,
    body: Option<&'a Shape>,
}

impl Answer<'_> {
    fn by_rule(&self) -> Option<Paging> {
        let body = self.body?;
        // A list of OData has a name of its own, whatever else is there.
        let (items, found) = match self.odata(body) {
            Some((items, found)) => (items, Some(found)),
            None => (self.items(body)?, None),
        };
        let rules = [Self::link, Self::token, Self::after, Self::url, Self::offset, Self::page];
        let found = found.or_else(|| rules.into_iter().find_map(|rule| rule(self, body, &items)));
        let (way, convention, confidence) = found?;
        let words = way.words();
        let rule = if convention.is_empty() { words } else { format!("{words} ({convention})") };
        Some(Paging { way, items, rule, confidence })
    }

    /// `@odata.nextLink` beside the list `value`, as OData and Azure have it.
    fn odata(&self, body: &Shape) -> Option<(Found, Ruled)> {
        let is_link = |name: &&str| self.has(body, name, is_text);
        let name = ["@odata.nextLink", "odata.nextLink", "@nextLink", "nextLink"].into_iter().find(is_link)?;
        let convention = if name == "nextLink" { "Azure" } else { "OData" };
        let next = format!("/{}", escape(name));
        let items = self.items_at(Some("/value".to_owned())).ok()?;
        Some((items, (Way::Url { next }, convention, "certain")))
    }

    /// The success has a documented `Link` header.
    fn link(&self, _: &Shape, _: &Found) -> Option<Ruled> {
        let mut headers = self.operation.successes().flat_map(|response| &response.headers);
        let documented = headers.any(|header| header.name.eq_ignore_ascii_case("link"));
        documented.then_some((Way::Link, "RFC 8288", "certain"))
    }

    fn token(&self, body: &Shape, _: &Found) -> Option<Ruled> {
        TOKENS.into_iter().find_map(|(parameter, property, convention)| {
            self.parameter(parameter, is_text)?;
            // Dropshot's pages have nothing else.
            let dropshot = convention != "Dropshot"
                || self.parameter("limit", is_integer).is_some() && self.field(body, "items").is_some();
            // Some lists give a marker only if they are asked for it, and else are counted.
            let counted = || ["offset", "usemarker"].into_iter().any(|name| self.parameter(name, |_| true).is_some());
            if !dropshot || parameter == "marker" && counted() {
                return None;
            }
            let next = match property.starts_with('/') {
                true => self.text_at(body, property).then(|| property.to_owned())?,
                false => self.property(body, &[property], is_text)?,
            };
            let confidence = if convention.is_empty() { "likely" } else { "certain" };
            Some((Way::Token { input: Input::Query(parameter.to_owned()), next }, convention, confidence))
        })
    }

    /// The parameter takes the id of the last item, and the answer says whether there are more.
    fn after(&self, body: &Shape, items: &Found) -> Option<Ruled> {
        let is_id = |id: &Field| id.required && !matches!(id.shape, Shape::Nullable(_)) && self.is(&id.shape, is_key);
        let has_id = self.field(&items.item, "id").is_some_and(is_id);
        if !has_id || !self.has(body, "has_more", |shape| matches!(shape, Shape::Bool)) {
            return None;
        }
        let parameter = AFTER.into_iter().find(|name| self.parameter(name, is_key).is_some())?;
        let (convention, confidence) = match parameter {
            "starting_after" => ("Stripe", "certain"),
            "after_id" => ("", "likely"),
            // The name alone may be that of a filter.
            _ if self.has(body, "last_id", is_key) || self.parameter("before", is_key).is_some() => ("", "likely"),
            _ => return None,
        };
        let (input, more) = (Input::Query(parameter.to_owned()), Some("/has_more".to_owned()));
        Some((Way::After { input, id: "/id".to_owned(), more }, convention, confidence))
    }

    /// `next` stands where the links of the list are: in the `metadata` of a list that takes a token, beside `self`, or as
    /// a link of HAL or JSON:API; or a property has a name that frameworks give to the URL of the next page.
    fn url(&self, body: &Shape, _: &Found) -> Option<Ruled> {
        let takes_token = ["page_token", "pageToken"].into_iter().any(|name| self.parameter(name, is_text).is_some());
        let text = |inner: &Shape, name: &str| self.has(inner, name, is_text);
        let any = |inner: &Shape, names: &[&str]| names.iter().any(|name| text(inner, name));
        for container in CONTAINERS {
            let Some(field) = self.field(body, container) else { continue };
            let inner = &field.shape;
            let next = format!("/{}/next", escape(&field.name));
            let holds_links = container.ends_with("links") || container == "link";
            if text(inner, "next") && container == "metadata" && takes_token {
                return Some((Way::Url { next }, "Confluent", "certain"));
            }
            if text(inner, "next") && text(inner, "self") {
                return Some((Way::Url { next }, "the links `self` and `next`", "certain"));
            }
            if text(inner, "next") && holds_links && any(inner, &["first", "last", "prev", "previous"]) {
                return Some((Way::Url { next }, "JSON:API", "certain"));
            }
            if let Some(link) = self.field(inner, "next").filter(|_| holds_links)
                && text(&link.shape, "href")
            {
                return Some((Way::Url { next: format!("{next}/href") }, "HAL", "certain"));
            }
            if let Some(name) = self.next_page(inner) {
                let next = format!("/{}/{name}", escape(&field.name));
                return Some((Way::Url { next }, "the links of all pages", "certain"));
            }
        }
        if let Some(name) = self.next_page(body) {
            return Some((Way::Url { next: format!("/{name}") }, "the links of all pages", "certain"));
        }
        let next = || Way::Url { next: "/next".to_owned() };
        if !text(body, "next") {
            return None;
        }
        if text(body, "previous") && self.has(body, "count", is_integer) && self.field(body, "results").is_some() {
            return Some((next(), "Django REST framework", "certain"));
        }
        if self.has(body, "pagelen", is_integer) {
            return Some((next(), "Bitbucket", "certain"));
        }
        any(body, &["self", "href"]).then(|| (next(), "the links `self` and `next`", "likely"))
    }

    /// The property that has the URL of the next page where those of the first or the previous one stand too.
    fn next_page(&self, shape: &Shape) -> Option<&'static str> {
        let names = [
            ("next_page_uri", ["first_page_uri", "previous_page_uri"]),
            ("next_page_url", ["first_page_url", "previous_page_url"]),
            ("next_page_url", ["first_page_url", "prev_page_url"]),
        ];
        let found = names.into_iter().find(|(next, others)| {
            self.has(shape, next, is_text) && others.iter().any(|other| self.has(shape, other, is_text))
        });
        found.map(|(next, _)| next)
    }

    fn offset(&self, body: &Shape, _: &Found) -> Option<Ruled> {
        let known = |(offset, limit): (&'static str, &str)| {
            self.parameter(limit, is_integer)?;
            Some((offset, self.parameter(offset, is_integer)?))
        };
        let (name, schema) = OFFSETS.into_iter().find_map(known)?;
        let begins = schema.get("default").is_none_or(|default| default.as_u64() == Some(0));
        let total = self.property(body, &["total", "total_count", "totalCount", "total_size", "totalSize"], is_integer);
        begins.then(|| (Way::Offset { input: Input::Query(name.to_owned()), total }, "", "likely"))
    }

    /// A number of the page beside its size, where the definition says which page is the first.
    fn page(&self, body: &Shape, _: &Found) -> Option<Ruled> {
        let named = |name: &'static str| Some((name, self.parameter(name, is_integer)?));
        let (name, schema) = ["page", "pageNumber", "page_number"].into_iter().find_map(named)?;
        let sizes = ["per_page", "perPage", "perpage", "page_size", "pageSize", "limit"];
        sizes.into_iter().find_map(|name| self.parameter(name, is_integer))?;
        let stated = schema.get("default").or_else(|| schema.get("minimum"));
        let first = match stated {
            Some(number) => number.as_u64(),
            None => self.described(name).and_then(first_described),
        };
        let first = first.filter(|first| *first <= 1)?;
        let pages = self.property(body, &["total_pages", "totalPages"], is_integer);
        Some((Way::Page { input: Input::Query(name.to_owned()), first, pages }, "", "likely"))
    }

    fn input(&self, name: &str, in_body: bool) -> Result<Input, String> {
        if in_body {
            return Ok(Input::Body(name.to_owned()));
        }
        self.parameter(name, |_| true).ok_or_else(|| format!("there is no query parameter `{name}`"))?;
        Ok(Input::Query(name.to_owned()))
    }

    /// The schema of the query parameter of that name, if its shape is as it should be.
    fn parameter(&self, name: &str, is: fn(&Shape) -> bool) -> Option<&Value> {
        let mut parameters = self.operation.parameters.iter().enumerate();
        let sought = |(_, parameter): &(usize, &super::model::Parameter<'_>)| {
            parameter.location == Location::Query && parameter.name == name
        };
        let (number, parameter) = parameters.find(sought)?;
        self.is(self.lowered.parameter(self.index, number), is).then_some(&parameter.schema)
    }

    /// What the definition says of the query parameter of that name.
    fn described(&self, name: &str) -> Option<&str> {
        let parameters = &self.operation.parameters;
        let found = parameters.iter().find(|it| it.location == Location::Query && it.name == name)?;
        found.description
    }

    /// Whether `shape` has a field of that name, whose shape is as it should be.
    fn has(&self, shape: &Shape, name: &str, is: fn(&Shape) -> bool) -> bool {
        self.field(shape, name).is_some_and(|field| self.is(&field.shape, is))
    }

    /// Whether a text is at a pointer in the answer.
    fn text_at(&self, body: &Shape, pointer: &str) -> bool {
        let mut steps = pointer.split('/').skip(1);
        let found = steps.try_fold(body, |shape, name| self.field(shape, name).map(|field| &field.shape));
        found.is_some_and(|shape| self.is(shape, is_text))
    }

    /// The pointer of the first of `names` that the answer has, itself or in an object about the list.
    fn property(&self, body: &Shape, names: &[&str], is: fn(&Shape) -> bool) -> Option<String> {
        let within = |shape: &Shape, before: &str| {
            let fields = names.iter().filter_map(|name| self.field(shape, name));
            let mut fields = fields.filter(|field| self.is(&field.shape, is));
            fields.next().map(|field| format!("{before}/{}", escape(&field.name)))
        };
        within(body, "").or_else(|| {
            let containers = CONTAINERS.into_iter().filter_map(|name| self.field(body, name));
            containers.into_iter().find_map(|field| within(&field.shape, &format!("/{}", escape(&field.name))))
        })
    }

    fn is(&self, shape: &Shape, is: fn(&Shape) -> bool) -> bool {
        is(self.plain(shape))
    }

    /// What `shape` is, whether or not it may be null.
    fn plain<'s>(&'s self, shape: &'s Shape) -> &'s Shape {
        match shape {
            Shape::Nullable(inner) => self.plain(inner),
            Shape::Named(name) => match self.lowered.types.items.get(name).map(|(item, _)| &item.kind) {
                Some(Kind::Alias(inner)) => self.plain(inner),
                Some(Kind::Checked(checked)) => self.plain(&checked.shape),
                _ => shape,
            },
            other => other,
        }
    }

    /// The fields of a struct.
    fn fields(&self, shape: &Shape) -> &[Field] {
        let Shape::Named(name) = self.plain(shape) else { return &[] };
        match self.lowered.types.items.get(name).map(|(item, _)| &item.kind) {
            Some(Kind::Struct(of)) => &of.fields,
            _ => &[],
        }
    }

    fn field(&self, shape: &Shape, name: &str) -> Option<&Field> {
        self.fields(shape).iter().find(|field| field.name == name)
    }

    /// The shape of an item, if `shape` is a list that a field can hold as it is.
    fn item(&self, shape: &Shape) -> Option<Shape> {
        match shape {
            Shape::Array(item) => Some((**item).clone()),
            Shape::Nullable(inner) | Shape::Boxed(inner) => self.item(inner),
            Shape::Named(name) => match self.lowered.types.items.get(name).map(|(item, _)| &item.kind) {
                Some(Kind::Alias(inner)) => self.item(inner),
                _ => None,
            },
            _ => None,
        }
    }

    /// The one list in an answer: itself, one of its fields, or one of the fields of the object that has it.
    fn items(&self, body: &Shape) -> Option<Found> {
        if let Some(item) = self.item(body) {
            return Some(Found { path: Vec::new(), item });
        }
        let lone = |shape: &Shape| {
            let lists = || self.fields(shape).iter().filter_map(|field| Some((field, self.item(&field.shape)?)));
            let only = |mut lists: Vec<(Field, Shape)>| if lists.len() == 1 { lists.pop() } else { None };
            let owned = |(field, item): (&Field, Shape)| (field.clone(), item);
            only(lists().filter(|(field, _)| ITEMS.contains(&&*field.name)).map(owned).collect())
                .or_else(|| only(lists().map(owned).collect()))
        };
        if let Some((field, item)) = lone(body) {
            return Some(Found { path: vec![field], item });
        }
        let holder = ["results", "result", "data", "response"].into_iter().find_map(|name| self.field(body, name));
        let holder = holder.filter(|holder| !matches!(holder.shape, Shape::Boxed(_)))?;
        let (field, item) = lone(&holder.shape)?;
        Some(Found { path: vec![holder.clone(), field], item })
    }

    /// The list at a pointer in an answer; where none is given, the one that it has.
    fn items_at(&self, pointer: Option<String>) -> Result<Found, String> {
        let body = self.body.ok_or("its answers are not JSON of one type")?;
        let known = |shape: &Shape, what: &str| match self.plain(shape) {
            Shape::Replaced(of) => Err(format!("{what} `{}`, a type of your own, whose parts are unknown", of.shown())),
            _ => Ok(()),
        };
        known(body, "its answers are")?;
        let Some(pointer) = pointer else {
            let found = self.items(body);
            return found.ok_or_else(|| "the answer has not one list; say which one, by its pointer".to_owned());
        };
        let mut path: Vec<Field> = Vec::new();
        let mut shape = body;
        for step in pointer.split('/').skip(1) {
            let name = step.replace("~1", "/").replace("~0", "~");
            let field = self.field(shape, &name).filter(|field| !matches!(field.shape, Shape::Boxed(_)));
            let field = field.ok_or_else(|| format!("the answer has no `{pointer}`"))?;
            path.push(field.clone());
            shape = &field.shape;
            known(shape, &format!("`{name}` of its answers is"))?;
        }
        let item = self.item(shape).ok_or_else(|| format!("`{pointer}` of the answer is no list"))?;
        Ok(Found { path, item })
    }
}

/// The number of the first page, where a description says it literally.
fn first_described(description: &str) -> Option<u64> {
    const FIRST: [(&str, u64); 6] = [
        ("1-based", 1),
        ("one-based", 1),
        ("starts at 1", 1),
        ("starting from 1", 1),
        ("0-based", 0),
        ("zero-based", 0),
    ];
    let lower = description.to_ascii_lowercase();
    let says = |words: &str| {
        let around = |text: &str, at_end: bool| {
            let next = if at_end { text.chars().next_back() } else { text.chars().next() };
            next.is_none_or(|next| !next.is_alphanumeric())
        };
        lower.split_once(words).is_some_and(|(before, after)| around(before, true) && around(after, false))
    };
    let mut said = FIRST.into_iter().filter(|(words, _)| says(words)).map(|(_, first)| first);
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

/// A text, or a type of the user's own: the token is read from the page as it is, and sent so.
fn is_text(shape: &Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Replaced(_))
}

/// A text that is an id.
fn is_key(shape: &Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Uuid | Shape::Replaced(_))
}

fn is_integer(shape: &Shape) -> bool {
    matches!(shape, Shape::Int(_) | Shape::F64)
}

impl Way {
    /// In a few words.
    fn words(&self) -> String {
        match self {
            Self::Token { input, next } => format!("by a token: {} takes `{}`", input.words(), shown(next)),
            Self::Url { next } => format!("by the URL `{}`", shown(next)),
            Self::Link => "by the header `Link`".to_owned(),
            Self::After { input, id, .. } => format!("by the last item: {} takes its `{}`", input.words(), shown(id)),
            Self::Offset { input, .. } => format!("by the number of items before: {}", input.words()),
            Self::Page { input, .. } => format!("by the number of the page: {}", input.words()),
        }
    }
}

impl Input {
    fn words(&self) -> String {
        match self {
            Self::Query(name) => format!("`{name}`"),
            Self::Body(name) => format!("`{name}` of the body"),
        }
    }
}

/// A pointer, as people write it.
fn shown(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~")
}
