//! The table of the command line: what the runtime's feature `cli` needs to know of each operation besides its row of the
//! operation table. It stands in one call of a macro, which leaves nothing behind where that feature is off.
//!
//! The call has one literal, and lists of what the literal refers to by index: styles, what is said of the fields of forms and
//! of multipart bodies, and how lists page. The literal has a line for each tag (`G`, a tab, the name of the group, a tab, its
//! description) and one for each operation, in the order of `DEFINITION` (`O`, the group, the name, the summary, and JSON, with
//! tabs between them), so that a program that needs one operation parses the JSON of one.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use serde_json::{Map, Value, json};

use super::Document;
use super::docs;
use super::lower::Lowered;
use super::model::{BodyKind, Content, Operation};
use super::paging::Paging;
use super::passwords;
use super::shape::{Kind, Shape};
use super::styles::Style;
use crate::names::snake_name;
use crate::replacements::By;

/// How deep fields of fields are listed.
const DEEP: usize = 4;

/// How many fields of a body are listed.
const FIELDS: usize = 80;

/// The commands that every command line has.
const COMMANDS: [&str; 2] = ["completions", "help"];

/// The macro of the runtime that takes the table.
pub(crate) const MACRO: &str = "cli";

/// What the command line has of one operation.
pub(super) struct Entry {
    /// The first of its tags.
    tag: Option<String>,
    /// Its name, if nothing else has it.
    name: String,
    summary: String,
    json: Map<String, Value>,
    parameters: Vec<(Map<String, Value>, Style)>,
    contents: Vec<(Map<String, Value>, TokenStream, TokenStream)>,
    /// Its marker type, if it pages.
    list: Option<Ident>,
}

impl Entry {
    /// The name of its group.
    fn group(&self) -> Option<String> {
        let name = self.tag.as_deref().map(kebab).filter(|name| !name.is_empty())?;
        Some(if COMMANDS.contains(&name.as_str()) { format!("{name}-operations") } else { name })
    }
}

/// The entry of the operation at `index`, whose parameters have the names `idents` in Rust.
pub(super) fn entry(
    (operation, index): (&Operation<'_>, usize),
    (tree, lowered): (&Value, &Lowered),
    idents: &[Ident],
    paging: Option<&Paging>,
) -> Entry {
    let text = |key: &str| operation.text(key).map(plain).unwrap_or_default();
    let (summary, description) = (text("summary"), text("description"));
    let mut json = Map::new();
    let first = if summary.is_empty() { first_line(&description) } else { first_line(&summary) };
    if !description.is_empty() && description != first {
        json.insert("d".into(), description.into());
    }
    if operation.raw.get("deprecated") == Some(&Value::Bool(true)) {
        json.insert("x".into(), true.into());
    }
    let mut parameters = Vec::new();
    for (number, (parameter, ident)) in operation.parameters.iter().zip(idents).enumerate() {
        let kind = Kinds { lowered, seen: Vec::new() }.of(lowered.parameter(index, number));
        let place = if parameter.multi_segment { "segments" } else { parameter.location.as_str() };
        let mut of = Map::new();
        of.insert("n".into(), parameter.name.into());
        let flag = kebab(&ident.to_string());
        if flag != parameter.name {
            of.insert("f".into(), flag.into());
        }
        of.insert("i".into(), place.into());
        if let Some(docs) = parameter.description.map(plain).filter(|docs| !docs.is_empty()) {
            of.insert("d".into(), docs.into());
        }
        kind.add_to(&mut of);
        flag_if(&mut of, "r", parameter.required);
        flag_if(&mut of, "x", parameter.deprecated);
        add_passwords(&mut of, tree, &parameter.schema);
        parameters.push((of, parameter.style.clone()));
    }
    let mut contents = Vec::new();
    for (number, content) in operation.request.iter().flat_map(|request| request.contents.iter().enumerate()) {
        contents.push(body(content, (tree, lowered), lowered.request(index, number)));
    }
    if let Some(request) = operation.request.as_ref().filter(|request| request.required) {
        flag_if(&mut json, "b", request.required);
    }
    if let Some(paging) = paging {
        json.insert("l".into(), paging.pointer().into());
        json.insert("w".into(), paging.rule.clone().into());
    }
    let tags = operation.raw.get("tags").and_then(Value::as_array);
    let tag = tags.and_then(|tags| tags.first()?.as_str()).map(str::to_owned);
    let list = paging.map(|_| quote::format_ident!("{}", operation.type_name()));
    Entry { tag, name: kebab(&operation.whole_name()), summary: first, json, parameters, contents, list }
}

/// A body in one media type, and what is said of its fields: of a form, and of a multipart body.
fn body(
    content: &Content<'_>,
    (tree, lowered): (&Value, &Lowered),
    shape: &Shape,
) -> (Map<String, Value>, TokenStream, TokenStream) {
    let mut of = Map::new();
    let kind = match content.kind {
        BodyKind::Json => "json",
        BodyKind::Form => "form",
        BodyKind::Multipart => "multipart",
        BodyKind::Text | BodyKind::Bytes if content.base64 => "base64",
        BodyKind::Text => "text",
        BodyKind::Bytes => "bytes",
    };
    of.insert("m".into(), content.media_type.into());
    of.insert("k".into(), kind.into());
    add_passwords(&mut of, tree, content.schema);
    if matches!(content.kind, BodyKind::Json | BodyKind::Form | BodyKind::Multipart) {
        let mut fields = Fields { lowered, list: Vec::new() };
        fields.of(shape, &[], true);
        if !fields.list.is_empty() {
            of.insert("f".into(), fields.list.into());
        }
    }
    let styles = content.styles.iter().map(|(name, style)| quote!((#name, #style)));
    let parts = &content.fields;
    (of, quote!(&[#(#styles),*]), quote!(&[#(#parts),*]))
}

/// The fields of a body, those of objects in it too.
struct Fields<'a> {
    lowered: &'a Lowered,
    list: Vec<Value>,
}

impl Fields<'_> {
    /// Lists the fields of `shape`, which is at `names`.
    fn of(&mut self, shape: &Shape, names: &[&str], required: bool) {
        let Some((of, docs)) = structure(self.lowered, shape) else { return };
        for field in &of.fields {
            if self.list.len() == FIELDS {
                return;
            }
            let names = [names, &[field.name.as_str()]].concat();
            let required = required && field.required;
            let before = self.list.len();
            if names.len() < DEEP {
                self.of(&field.shape, &names, required);
            }
            if self.list.len() > before {
                continue;
            }
            let mut listed = Map::new();
            let path: Vec<String> = names.iter().map(|name| name.replace('\\', "\\\\").replace('.', "\\.")).collect();
            listed.insert("n".into(), path.join(".").into());
            Kinds { lowered: self.lowered, seen: Vec::new() }.of(&field.shape).add_to(&mut listed);
            if let Some(text) = docs.get(&field.name) {
                listed.insert("d".into(), first_line(&plain(text)).into());
            }
            flag_if(&mut listed, "r", required);
            self.list.push(Value::Object(listed));
        }
    }
}

type FieldDocs = BTreeMap<String, String>;

/// The struct that `shape` is, and the docs of its fields.
fn structure<'a>(lowered: &'a Lowered, shape: &Shape) -> Option<(&'a super::shape::Struct, &'a FieldDocs)> {
    let mut shape = shape;
    // More steps than this lead in a circle.
    for _ in 0..32 {
        shape = match shape {
            Shape::Nullable(inner) | Shape::Boxed(inner) => inner,
            Shape::Named(name) => {
                let (item, _) = lowered.types.items.get(name)?;
                match &item.kind {
                    Kind::Struct(of) => return Some((of, &item.docs.fields)),
                    Kind::Alias(inner) | Kind::Wrapper(inner) => inner,
                    Kind::Checked(checked) => &checked.shape,
                    Kind::Enum(_) | Kind::Union(_) => return None,
                }
            }
            _ => return None,
        };
    }
    None
}

/// What values are: the word for it, `[` before it for each level of lists, and the only values that there are.
#[derive(Clone, PartialEq)]
struct Valued {
    kind: String,
    values: Vec<Value>,
    /// Whether there are other values.
    open: bool,
}

impl Valued {
    fn of(kind: &str) -> Self {
        Self { kind: kind.to_owned(), values: Vec::new(), open: false }
    }

    fn add_to(self, of: &mut Map<String, Value>) {
        if self.kind != "text" {
            of.insert("k".into(), self.kind.into());
        }
        if !self.values.is_empty() {
            of.insert("v".into(), self.values.into());
            flag_if(of, "o", self.open);
        }
    }
}

struct Kinds<'a> {
    lowered: &'a Lowered,
    /// The names on the way.
    seen: Vec<&'a str>,
}

impl<'a> Kinds<'a> {
    fn of(&mut self, shape: &'a Shape) -> Valued {
        match shape {
            Shape::Bool => Valued::of("bool"),
            Shape::Int(_) => Valued::of("int"),
            Shape::F64 => Valued::of("number"),
            Shape::File => Valued::of("file"),
            shape if shape.is_text() => Valued::of("text"),
            // Those that the runtime knows are texts; of others nobody knows.
            Shape::Replaced(replaced) if matches!(replaced.by, By::Runtime(_)) => Valued::of("text"),
            Shape::Array(item) => {
                let item = self.of(item);
                Valued { kind: format!("[{}", item.kind), ..item }
            }
            Shape::Tuple(_) => Valued::of("[any"),
            Shape::Map(value) => match self.of(value).kind.as_str() {
                "any" => Valued::of("object"),
                kind => Valued::of(&format!("{{{kind}")),
            },
            Shape::Nullable(inner) | Shape::Boxed(inner) => self.of(inner),
            Shape::Named(name) => {
                let lowered = self.lowered;
                let item = lowered.types.items.get(name).map(|(item, _)| &item.kind);
                let Some(item) = item.filter(|_| !self.seen.contains(&name.as_str())) else {
                    return Valued::of("any");
                };
                self.seen.push(name);
                let valued = self.kind(item);
                self.seen.pop();
                valued
            }
            _ => Valued::of("any"),
        }
    }

    fn kind(&mut self, kind: &'a Kind) -> Valued {
        match kind {
            Kind::Struct(_) => Valued::of("object"),
            Kind::Enum(of) => {
                let values = of.values.iter().map(|value| value.as_str().into()).collect();
                Valued { kind: "text".to_owned(), values, open: of.open }
            }
            Kind::Alias(inner) | Kind::Wrapper(inner) => self.of(inner),
            Kind::Checked(checked) => {
                let inner = self.of(&checked.shape);
                let scalars = |values: &[Value]| values.iter().all(|value| !value.is_array() && !value.is_object());
                match checked.rules.one_of.as_slice() {
                    values if !values.is_empty() && scalars(values) && inner.values.is_empty() => {
                        Valued { values: values.to_vec(), ..inner }
                    }
                    _ => inner,
                }
            }
            Kind::Union(of) => {
                let mut kinds = of.variants.iter().map(|variant| self.of(&variant.shape)).collect::<Vec<_>>();
                kinds.dedup();
                match kinds.as_slice() {
                    [one] if !of.open => one.clone(),
                    kinds if kinds.iter().all(|kind| kind.kind == "text") => Valued::of("text"),
                    kinds if kinds.iter().all(|kind| kind.kind == "object" || kind.kind.starts_with('{')) => {
                        Valued::of("object")
                    }
                    _ => Valued::of("any"),
                }
            }
        }
    }
}

/// Adds where values of `schema` have passwords.
fn add_passwords(of: &mut Map<String, Value>, tree: &Value, schema: &Value) {
    let paths = passwords::of(tree, schema);
    if !paths.is_empty() {
        of.insert("p".into(), paths.into());
    }
}

fn flag_if(of: &mut Map<String, Value>, key: &str, holds: bool) {
    if holds {
        of.insert(key.into(), true.into());
    }
}

/// Text without badges, and without what keeps rustdoc from taking it for something else.
fn plain(text: &str) -> String {
    let text = docs::lines(text).join("\n").replace("](<", "](").replace(">)", ")");
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escapes = character == '\\' && characters.peek().is_some_and(|next| "[]<>*_`".contains(*next));
        if !escapes {
            plain.push(character);
        }
    }
    plain
}

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().replace('\t', " ")
}

/// A name as command lines have it.
fn kebab(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    snake_name(name).trim_matches('_').replace('_', "-")
}

/// A list of which each item is written once.
#[derive(Default)]
struct Once {
    texts: Vec<String>,
    items: Vec<TokenStream>,
}

impl Once {
    fn index(&mut self, item: TokenStream) -> usize {
        let text = item.to_string();
        self.texts.iter().position(|other| *other == text).unwrap_or_else(|| {
            self.texts.push(text);
            self.items.push(item);
            self.items.len() - 1
        })
    }
}

/// The call of the macro, for all documents; each has the module that its operations are in, and its tags.
pub(super) fn table(documents: &mut [(TokenStream, &Value, &mut Document)]) -> TokenStream {
    let (mut styles, mut forms, mut parts) = (Once::default(), Once::default(), Once::default());
    let (mut lists, mut lines) = (Vec::new(), Vec::new());
    let mut groups: BTreeMap<String, String> = BTreeMap::new();
    let mut taken: HashSet<(String, String)> = HashSet::new();
    // Operations without a tag stand beside the groups.
    let tags = documents.iter().flat_map(|(_, _, document)| &document.entries).filter_map(Entry::group);
    let beside = tags.chain(COMMANDS.map(str::to_owned)).map(|name| (String::new(), name));
    taken.extend(beside);
    for (module, tree, document) in documents {
        let described = |tag: &str| {
            let tags = tree.get("tags").and_then(Value::as_array).into_iter().flatten();
            let text = |tag: &Value, key: &str| tag.get(key).and_then(Value::as_str).map(plain);
            let mut named = tags.filter(|of| of.get("name").and_then(Value::as_str) == Some(tag));
            named.next().and_then(|of| text(of, "description").or_else(|| text(of, "summary")))
        };
        let entries = std::mem::take(&mut document.entries);
        let names: Vec<(String, String)> = named(&entries, &taken);
        for (entry, (group, name)) in entries.into_iter().zip(names) {
            if let Some(tag) = entry.tag.as_deref().filter(|_| !group.is_empty()) {
                let about = described(tag).filter(|about| !about.is_empty()).unwrap_or_else(|| tag.to_owned());
                groups.entry(group.clone()).or_insert_with(|| first_line(&about));
            }
            let mut json = entry.json;
            let parameters = entry.parameters.into_iter().map(|(mut of, style)| {
                let style = match style {
                    // The macro knows the names.
                    Style::Plain(name) => Ident::new(name, proc_macro2::Span::call_site()).into_token_stream(),
                    other => quote!(#other),
                };
                of.insert("s".into(), styles.index(style).into());
                Value::Object(of)
            });
            let parameters: Vec<Value> = parameters.collect();
            if !parameters.is_empty() {
                json.insert("p".into(), parameters.into());
            }
            let contents = entry.contents.into_iter().map(|(mut of, form, fields)| {
                match of.get("k").and_then(Value::as_str) {
                    Some("form") => of.insert("s".into(), forms.index(form).into()),
                    Some("multipart") => of.insert("s".into(), parts.index(fields).into()),
                    _ => None,
                };
                Value::Object(of)
            });
            let contents: Vec<Value> = contents.collect();
            if !contents.is_empty() {
                json.insert("c".into(), contents.into());
            }
            if let Some(marker) = entry.list {
                json.insert("g".into(), json!(lists.len()));
                lists.push(quote!(#module::#marker));
            }
            let summary = entry.summary;
            lines.push(format!("O\t{group}\t{name}\t{summary}\t{}", Value::Object(json)));
            taken.insert((group, name));
        }
    }
    let groups = groups.into_iter().map(|(group, about)| format!("G\t{group}\t{about}"));
    let text = groups.chain(lines).collect::<Vec<_>>().join("\n");
    let name = quote::format_ident!("{MACRO}");
    let (styles, forms, parts) = (styles.items, forms.items, parts.items);
    quote!(codegen::#name! { Client => #text, [#(#styles),*], [#(#forms),*], [#(#parts),*], [#(#lists),*] })
}

/// The group and the name of each entry: the name is without that of the group, if no other then has the same.
fn named(entries: &[Entry], taken: &HashSet<(String, String)>) -> Vec<(String, String)> {
    let groups: Vec<String> = entries.iter().map(|entry| entry.group().unwrap_or_default()).collect();
    let short = |index: usize| -> Option<&str> {
        let rest = entries[index].name.strip_prefix(&groups[index])?.strip_prefix('-')?;
        rest.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(rest)
    };
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        *counts.entry((&groups[index], &entry.name)).or_default() += 1;
        if let Some(short) = short(index) {
            *counts.entry((&groups[index], short)).or_default() += 1;
        }
    }
    let mut taken = taken.clone();
    let mut names = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let group = &groups[index];
        let short = short(index).filter(|short| counts.get(&(group.as_str(), *short)) == Some(&1));
        let candidates = short.into_iter().chain([entry.name.as_str()]).map(str::to_owned);
        let numbered = (2..).map(|number| format!("{}-{number}", entry.name));
        let mut candidates = candidates.chain(numbered).map(|name| (group.clone(), name));
        // The numbers have no end.
        let Some(free) = candidates.find(|pair| !taken.contains(pair)) else { continue };
        taken.insert(free.clone());
        names.push(free);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(tag: Option<&str>, name: &str) -> Entry {
        let (json, summary) = (Map::new(), String::new());
        let (tag, name) = (tag.map(str::to_owned), name.to_owned());
        Entry { tag, name, summary, json, parameters: Vec::new(), contents: Vec::new(), list: None }
    }

    #[test]
    fn docs_are_text_and_not_what_rustdoc_needs() {
        assert_eq!(
            plain("An *Item* [1] of <type> \\* `a` https://a.example"),
            "An *Item* [1] of <type> * `a` <https://a.example>"
        );
        assert_eq!(plain("[![b](https://b.example/x.svg)](https://b.example)\n\nA list."), "A list.");
    }

    #[test]
    fn a_name_is_without_that_of_its_group_unless_another_has_it_then() {
        let entries = [
            entry(Some("Repos"), "repos-get"),
            entry(Some("Repos"), "repos-list"),
            entry(Some("Repos"), "list"),
            entry(Some("Repos"), "repos-2fa"),
            entry(Some("Users"), "repos-get"),
            entry(None, "get"),
            entry(Some("Help"), "help"),
        ];
        let pair = |group: &str, name: &str| (group.to_owned(), name.to_owned());
        let expected = [
            pair("repos", "get"),
            pair("repos", "repos-list"),
            pair("repos", "list"),
            pair("repos", "repos-2fa"),
            pair("users", "repos-get"),
            pair("", "get"),
            pair("help-operations", "help"),
        ];
        assert_eq!(named(&entries, &HashSet::new()), expected);
        let taken = HashSet::from([pair("", "get"), pair("", "get-2")]);
        assert_eq!(named(&entries[5..6], &taken), [pair("", "get-3")]);
    }
}
