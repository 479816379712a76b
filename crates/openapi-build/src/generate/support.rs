//! The support module, which every generated file carries: what all clients share, as far as this one has a use for it.
//!
//! Its files are written as a person reads them, and their items go in as they are, neither parsed nor formatted anew in each
//! client: an item begins and ends where the margin says so. What code that uses a client names is always there; what only
//! generated code calls is there if it is called, and so is what that mentions in turn. rustc's time goes by the bodies of
//! functions, so that a small definition has a small client.

use std::collections::{BTreeMap, BTreeSet, HashSet};

const FILES: [&str; 13] = [
    include_str!("../../support/mod.rs"),
    include_str!("../../support/call.rs"),
    include_str!("../../support/parameter.rs"),
    include_str!("../../support/operation.rs"),
    include_str!("../../support/transport.rs"),
    include_str!("../../support/response.rs"),
    include_str!("../../support/error.rs"),
    include_str!("../../support/json.rs"),
    include_str!("../../support/value.rs"),
    include_str!("../../support/base64.rs"),
    include_str!("../../support/chrono.rs"),
    include_str!("../../support/regress.rs"),
    include_str!("../../support/uuid.rs"),
];

/// What code that uses a client names, or its transport.
const FACE: [&str; 31] = [
    "BoxError",
    "BoxFuture",
    "Call",
    "ConversionError",
    "DecodeError",
    "Decoded",
    "Definition",
    "Direct",
    "Documented",
    "Endpoint",
    "EnvironmentVariable",
    "Error",
    "ErrorKind",
    "Failure",
    "FailureKind",
    "FromHeaders",
    "FromJson",
    "Operation",
    "OperationError",
    "ReadError",
    "Reads",
    "Reply",
    "Request",
    "Requirement",
    "Response",
    "SecurityScheme",
    "SecuritySchemeKind",
    "Server",
    "ServerVariable",
    "Transport",
    "header",
];

/// Types of which items are there only if the client has such values: numbers are told by its code, others, and what makes
/// checked values of them, by [`Needs`].
const PRIMITIVES: [&str; 5] = ["bool", "f32", "f64", "i32", "i64"];
const BY_SHAPE: [&str; 6] = ["Base64", "DateTime", "NaiveDate", "Pattern", "Uuid", "checked_from"];

/// What only definitions that use it carry, and what only shapes tell: a text may hold the same words.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// Those of [`BY_SHAPE`] that there are.
    pub(super) names: BTreeSet<&'static str>,
    /// The types of which there are checked values.
    pub(super) checked: BTreeSet<&'static str>,
}

impl Needs {
    pub(super) fn append(&mut self, other: &mut Self) {
        self.names.append(&mut other.names);
        self.checked.append(&mut other.checked);
    }
}

/// The module `support` for the generated `code`.
pub(super) fn module(needs: &Needs, code: &str) -> String {
    let mut support = Support::read();
    support.keep_for(needs, code);
    support.write()
}

/// An item.
struct Item {
    /// All of it, or what stands before the members of an inherent impl.
    text: &'static str,
    /// The items that must be mentioned for this one to be there: itself, or all that an impl is between.
    names: Vec<&'static str>,
    /// The type of which it makes a checked value, if it does; it is there only if some value is checked so.
    checked: Option<&'static str>,
    /// The members of an inherent impl.
    members: Vec<Member>,
    kept: bool,
}

/// A member of an inherent impl.
struct Member {
    text: &'static str,
    /// Its name, if it is there only where it is mentioned. What is public is there with its type.
    name: Option<&'static str>,
    kept: bool,
}

/// What is imported: the path to it, and its name here.
struct Import {
    public: bool,
    path: &'static str,
    name: &'static str,
}

impl Import {
    /// The imports that the item `text` makes.
    fn all_of(text: &'static str) -> Vec<Self> {
        let (public, tree) = match text.strip_prefix("pub use ") {
            Some(tree) => (true, tree),
            None => (false, text.trim_start_matches("use ")),
        };
        let (path, names) = tree.trim_end().trim_end_matches(';').rsplit_once("::").unwrap_or_default();
        let names = names.trim_matches(['{', '}']).split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| Self { public, path, name }).collect()
    }

    /// What it is called here.
    fn name_here(&self) -> &'static str {
        self.name.rsplit(' ').next().unwrap_or(self.name)
    }
}

struct Support {
    imports: Vec<Import>,
    items: Vec<Item>,
    /// The names that are looked for: those of items, and of members.
    known: (HashSet<&'static str>, HashSet<&'static str>),
    mentioned: (HashSet<&'static str>, HashSet<&'static str>),
    /// All words in what is there.
    words: HashSet<&'static str>,
}

impl Support {
    fn read() -> Self {
        let (imports, texts): (Vec<&str>, Vec<&str>) = FILES
            .into_iter()
            .flat_map(|file| pieces(file, ""))
            .partition(|text| text.starts_with("use ") || text.starts_with("pub use "));
        let defined = texts.iter().filter_map(|text| defined(text).or_else(|| macro_name(text)));
        let names: HashSet<&str> = defined.chain(PRIMITIVES).chain(BY_SHAPE).collect();
        let items: Vec<Item> = texts.into_iter().map(|text| item(text, &names)).collect();
        let members = items.iter().flat_map(|item| &item.members).filter_map(|member| member.name).collect();
        Self {
            imports: imports.into_iter().flat_map(Import::all_of).collect(),
            items,
            known: (names, members),
            // Hardly a definition has no JSON body, and tests of a wrapper send one whatever the definition.
            mentioned: (FACE.into_iter().collect(), HashSet::from(["__json"])),
            words: HashSet::new(),
        }
    }

    /// Keeps what `code` needs, and what that needs in turn.
    fn keep_for(&mut self, needs: &Needs, code: &str) {
        let (items, members) = &self.known;
        self.mentioned.0.extend(&needs.names);
        self.items.retain(|item| item.checked.is_none_or(|checked| needs.checked.contains(checked)));
        each_word(code, |before, word, _| {
            if before.ends_with("support::") || PRIMITIVES.contains(&word) {
                self.mentioned.0.extend(items.get(word).filter(|word| !BY_SHAPE.contains(word)));
            } else if before.ends_with(['.', ':']) {
                self.mentioned.1.extend(members.get(word));
            }
        });
        loop {
            let more = self.keep_mentioned();
            if more.is_empty() {
                return;
            }
            more.into_iter().for_each(|text| self.note(text));
        }
    }

    /// Keeps what is mentioned by now; gives back the text of what was not kept before.
    fn keep_mentioned(&mut self) -> Vec<&'static str> {
        let (items, members) = &self.mentioned;
        let mut more = Vec::new();
        for item in self.items.iter_mut().filter(|item| item.names.iter().all(|name| items.contains(name))) {
            if !std::mem::replace(&mut item.kept, true) {
                more.push(item.text);
            }
            for member in item.members.iter_mut().filter(|member| member.name.is_none_or(|name| members.contains(name)))
            {
                if !std::mem::replace(&mut member.kept, true) {
                    more.push(member.text);
                }
            }
        }
        more
    }

    /// Notes what `text`, which is kept, mentions: members after a dot or a path, items elsewhere.
    fn note(&mut self, text: &'static str) {
        each_word(text, |before, word, after| {
            self.words.insert(word);
            // Most that calculate with numbers read and check none.
            if PRIMITIVES.contains(&word) && !after.starts_with("::from_json") {
                return;
            }
            if before.ends_with('.') || before.ends_with("::") {
                self.mentioned.1.extend(self.known.1.get(word));
            } else if !before.ends_with("fn ") {
                self.mentioned.0.extend(self.known.0.get(word));
            }
        });
    }

    fn write(&self) -> String {
        // A word of a definition may be the name of a member that is not meant. Tests compile clients without this leave.
        let mut text = String::from("#[allow(dead_code, unused_imports)]\npub mod support {\n");
        FILES[0].lines().take_while(|line| line.starts_with("//!")).for_each(|line| push(&mut text, line));
        text.push('\n');
        self.write_imports(&mut text);
        for item in self.items.iter().filter(|item| item.kept) {
            let members =
                item.members.iter().filter(|member| member.kept).map(|member| member.text).collect::<Vec<_>>();
            if item.members.is_empty() {
                text.push('\n');
                item.text.lines().for_each(|line| push(&mut text, line));
            } else if !members.is_empty() {
                text.push('\n');
                item.text.lines().chain(members.join("\n").lines()).chain(["}"]).for_each(|line| push(&mut text, line));
            }
        }
        text.push_str("}\n");
        text
    }

    /// Writes the imports that are used, those from one path together.
    fn write_imports(&self, text: &mut String) {
        let mut used: BTreeMap<(&str, bool), BTreeSet<&str>> = BTreeMap::new();
        for import in &self.imports {
            if import.public || self.words.contains(import.name_here()) {
                used.entry((import.path, import.public)).or_default().insert(import.name);
            }
        }
        for ((path, public), names) in used {
            let names: Vec<&str> = names.into_iter().collect();
            let names = if let [name] = names[..] { name.to_owned() } else { format!("{{{}}}", names.join(", ")) };
            push(text, &format!("{}use {path}::{names};", if public { "pub " } else { "" }));
        }
    }
}

/// The item `text`, with the `known` items that it is there for.
fn item(text: &'static str, known: &HashSet<&'static str>) -> Item {
    let head = head(text);
    if let Some(name) = defined(text) {
        return Item { text, names: vec![name], checked: None, members: Vec::new(), kept: false };
    }
    // An impl, a macro that writes one, or its call: one line says what of, and for what.
    let is_impl = |line: &&str| line.trim_start().starts_with("impl");
    let mut names: Vec<_> = macro_name(text).into_iter().collect();
    each_word(text.lines().find(is_impl).unwrap_or(head), |_, word, after| {
        names.extend(known.get(word).filter(|_| !after.starts_with('!')));
    });
    if !is_impl(&head) || head.contains(" for ") {
        let checked = checked(head);
        return Item { text, names, checked, members: Vec::new(), kept: false };
    }
    let open = text.find("{\n").map_or(text.len(), |at| at + 2);
    let members = pieces(&text[open..], "    ").into_iter().map(|text| {
        let public = self::head(text).trim_start().starts_with("pub ");
        Member { text, name: defined(text).filter(|_| !public), kept: false }
    });
    Item { text: &text[..open], names, checked: None, members: members.collect(), kept: false }
}

/// The type of which the impl or call of a macro that begins with `head` makes a checked value.
fn checked(head: &'static str) -> Option<&'static str> {
    let of_macro = head.strip_prefix("checked_from!(").map(|ty| ty.trim_end_matches(");"));
    let ty = of_macro.or_else(|| head.split_once("Rules<Value = ").map(|(_, ty)| ty))?;
    ty.split(['<', '>']).next()?.rsplit("::").next()
}

/// The pieces of `text` that begin at `margin`, each with the comments and attributes before it.
fn pieces<'a>(text: &'a str, margin: &str) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut start = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let from = offset;
        offset += line.len();
        let Some(code) = line.trim_end().strip_prefix(margin) else { continue };
        if code.is_empty() || code.starts_with([' ', ')']) || code.starts_with("//!") {
            continue;
        }
        let start_here = *start.get_or_insert(from);
        if !code.starts_with("//") && !code.starts_with('#') && code.ends_with([';', '}']) {
            pieces.push(&text[start_here..offset]);
            start = None;
        }
    }
    pieces
}

/// The first line of a piece that is no comment and no attribute.
fn head(text: &str) -> &str {
    let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.trim_start().starts_with('#');
    text.lines().find(is_code).unwrap_or_default()
}

/// The name of the macro that a piece defines.
fn macro_name(text: &'static str) -> Option<&'static str> {
    head(text).strip_prefix("macro_rules! ")?.split(' ').next()
}

/// The name that a piece defines; `None` for an impl and for macros.
fn defined(text: &'static str) -> Option<&'static str> {
    const KEYWORDS: [&str; 7] = ["fn", "struct", "enum", "trait", "type", "const", "static"];
    let head = head(text);
    if head.trim_start().starts_with("impl") {
        return None;
    }
    // What a macro defines stands within.
    let line = if head.contains("! {") { text.lines().find(|line| line.contains("static "))? } else { head };
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    // `const fn name`, `const NAME`.
    words.find(|word| KEYWORDS.contains(word))?;
    words.find(|word| !KEYWORDS.contains(word))
}

/// Calls `found` with each word of `text` outside of comments, between what stands before and after it on its line.
fn each_word<'a>(text: &'a str, mut found: impl FnMut(&'a str, &'a str, &'a str)) {
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let mut end = 0;
        for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
            if c.is_alphanumeric() || c == '_' {
                continue;
            }
            if end < at {
                found(&line[..end], &line[end..at], &line[at..]);
            }
            end = at + c.len_utf8();
        }
    }
}

/// Writes a line, indented.
fn push(text: &mut String, line: &str) {
    if !line.is_empty() {
        text.push_str("    ");
        text.push_str(line);
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::shape::Shape;

    /// All of it.
    fn whole() -> Support {
        let mut support = Support::read();
        support.mentioned = support.known.clone();
        let needs =
            Needs { checked: support.items.iter().filter_map(|item| item.checked).collect(), ..Needs::default() };
        support.keep_for(&needs, "");
        support
    }

    #[test]
    fn the_margin_tells_items_as_the_parser_does() {
        for file in FILES {
            let parsed = syn::parse_file(file).expect("it is Rust");
            let parsed: Vec<String> = parsed.items.iter().map(|item| quote::quote!(#item).to_string()).collect();
            let split = pieces(file, "").into_iter().map(|text| {
                let item: syn::Item = syn::parse_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
                quote::quote!(#item).to_string()
            });
            assert_eq!(split.collect::<Vec<_>>(), parsed);
        }
    }

    /// The items of a file, its imports aside.
    fn items(items: Vec<syn::Item>) -> Vec<syn::Item> {
        items.into_iter().filter(|item| !matches!(item, syn::Item::Use(_))).collect()
    }

    /// The items of the module that is written.
    fn written(text: &str) -> Vec<syn::Item> {
        let file = syn::parse_file(text).expect("the support module is Rust");
        let Some(syn::Item::Mod(module)) = file.items.into_iter().next() else { panic!("a module") };
        items(module.content.expect("it is here").1)
    }

    #[test]
    fn whole_it_is_all_that_its_files_hold_and_bare_it_is_what_every_client_shows() {
        let all: Vec<_> =
            FILES.iter().flat_map(|file| items(syn::parse_file(file).expect("it is Rust").items)).collect();
        let text = |items: &[syn::Item]| items.iter().map(|item| quote::quote!(#item).to_string()).collect::<Vec<_>>();
        assert_eq!(text(&written(&whole().write())), text(&all), "nothing is left out where all is mentioned");

        let bare = module(&Needs::default(), "");
        let kept = written(&bare);
        assert!(kept.len() * 3 < all.len() * 2, "{} of {}", kept.len(), all.len());
        for name in FACE {
            assert!(kept.iter().any(|item| defines(item, name)), "{name}");
        }
        for name in ["Checked", "Probe", "Base64", "Pattern", "Style", "multipart_body", "fn check_"] {
            assert!(!bare.contains(name), "{name}");
        }
    }

    fn defines(item: &syn::Item, name: &str) -> bool {
        match item {
            syn::Item::Struct(item) => item.ident == name,
            syn::Item::Enum(item) => item.ident == name,
            syn::Item::Trait(item) => item.ident == name,
            syn::Item::Type(item) => item.ident == name,
            syn::Item::Fn(item) => item.sig.ident == name,
            _ => false,
        }
    }

    #[test]
    fn a_checked_value_is_made_of_each_type_that_a_shape_may_have() {
        let boxed = |shape| Box::new(shape);
        let shapes = [
            Shape::Any,
            Shape::Array(boxed(Shape::Text)),
            Shape::Base64,
            Shape::Bool,
            Shape::Date,
            Shape::DateTime,
            Shape::F32,
            Shape::F64,
            Shape::I32,
            Shape::I64,
            Shape::Map(boxed(Shape::Any)),
            Shape::Map(boxed(Shape::Text)),
            Shape::Text,
            Shape::Uuid,
        ];
        let of_shapes: BTreeSet<&str> = shapes.iter().filter_map(Shape::checked_as).collect();
        let of_items: BTreeSet<&str> = Support::read().items.iter().filter_map(|item| item.checked).collect();
        assert_eq!(of_shapes, of_items);
    }

    #[test]
    fn imports_are_read_as_the_parser_reads_them() {
        /// The paths that `tree` brings in, as they are written.
        fn leaves(tree: &syn::UseTree, before: &str, found: &mut BTreeSet<String>) {
            match tree {
                syn::UseTree::Path(path) => leaves(&path.tree, &format!("{before}{}::", path.ident), found),
                syn::UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, found)),
                other => drop(found.insert(format!("{before}{}", quote::quote!(#other)))),
            }
        }
        let (mut parsed, mut read) = (BTreeSet::new(), BTreeSet::new());
        for file in FILES {
            for item in syn::parse_file(file).expect("it is Rust").items {
                if let syn::Item::Use(import) = item {
                    leaves(&import.tree, "", &mut parsed);
                }
            }
        }
        read.extend(Support::read().imports.iter().map(|import| format!("{}::{}", import.path, import.name)));
        assert_eq!(read, parsed);
    }

    #[test]
    fn no_text_in_it_goes_over_lines() {
        // Indenting would change it.
        for file in FILES {
            let odd = |line: &&str| line.replace("\\\"", "").replace("'\"'", "").matches('"').count() % 2 == 1;
            let code = file.lines().filter(|line| !line.trim_start().starts_with("//"));
            assert_eq!(code.clone().find(odd), None);
        }
    }
}
