//! `api.txt`: the Rust API that a definition gives, one public item a line, sorted: what a reviewer reads when a
//! definition changes, and what two versions are compared by.
//!
//! A line is the kind of the item, its path from the root of the client, and the rest of its declaration:
//!
//! ```text
//! fn Client::put_item(&self, id: impl Into<String>, body: types::Item) -> requests::PutItem
//! struct types::Item #[non_exhaustive]
//! impl types::Item: Clone
//! field types::Item::name: String
//! fn types::Item::name(self, value: impl Into<String>) -> Self
//! type operations::PutItem::Body = Vec<types::Item>
//! ```
//!
//! Not listed: documentation; implementations of the runtime's traits (their associated types are listed, because they say
//! what a request gives) and what every request can do besides `send`, because they change with the runtime and not with the
//! definition; and what the compiler adds by itself (`Send`, `Sync` and the like), which every generated type has.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `A001` | a line is neither a comment nor an item |
//! | `A002` | the generated code has an item that this cannot list |

mod read;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::{Diagnostic, Position};

/// The name of the surface's file in the folder of the definition.
pub const FILE_NAME: &str = "api.txt";

const HEADER: &str = "\
# The Rust API that this folder gives, one public item a line. Written by `cargo oas lock`; no build reads it.
# Not listed: what is the same for every definition (the crate openapi-runtime), and documentation.
";

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A module.
    Module,
    /// A name that stands for one of the runtime, or of another module.
    Use,
    /// A struct.
    Struct,
    /// An enum.
    Enum,
    /// A trait.
    Trait,
    /// A type alias, or the associated type of an implementation.
    Type,
    /// A trait that a type implements.
    Impl,
    /// A variant of an enum, with what it holds.
    Variant,
    /// A field of a struct.
    Field,
    /// A static.
    Static,
    /// A constant.
    Const,
    /// A function or method.
    Function,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Module,
        Self::Use,
        Self::Struct,
        Self::Enum,
        Self::Trait,
        Self::Type,
        Self::Impl,
        Self::Variant,
        Self::Field,
        Self::Static,
        Self::Const,
        Self::Function,
    ];

    /// The word that a line begins with.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Module => "mod",
            Self::Use => "use",
            Self::Struct => "struct",
            Self::Enum => "enum",
            Self::Trait => "trait",
            Self::Type => "type",
            Self::Impl => "impl",
            Self::Variant => "variant",
            Self::Field => "field",
            Self::Static => "static",
            Self::Const => "const",
            Self::Function => "fn",
        }
    }
}

/// A public item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its path from the root of the client: `types::Item::name`, `requests::PutItem::dry_run`.
    pub path: String,
    /// What follows the path: `: String` of a field, `(self, value: bool) -> Self` of a method, `: Clone` of an
    /// implementation, `(String)` or `{ body: types::Failure }` of a variant; then `#[non_exhaustive]` and
    /// `#[deprecated]`, where it is so. Paths of other crates do not begin with `::`.
    pub signature: String,
}

impl Item {
    /// Reads a line.
    pub fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.trim().split_once(' ')?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word)?;
        let (path, signature) = rest.split_at(path_length(rest));
        (!path.is_empty()).then(|| Self { kind, path: path.to_owned(), signature: signature.to_owned() })
    }

    /// The path of what it belongs to: the type of a field, the module of a type; `""` at the root.
    pub fn parent(&self) -> &str {
        // Generics may hold paths, and are at the end of a segment.
        let mut depth = 0usize;
        let mut end = 0;
        for (index, c) in self.path.char_indices() {
            match c {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                ':' if depth == 0 && self.path[index..].starts_with("::") => end = index,
                _ => {}
            }
        }
        &self.path[..end]
    }

    /// Its own name, the last of the path.
    pub fn name(&self) -> &str {
        self.path[self.parent().len()..].trim_start_matches("::")
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.kind.as_str(), self.path, self.signature)
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        by_segment(&self.path, &other.path)
            .then_with(|| (self.kind, &self.signature).cmp(&(other.kind, &other.signature)))
    }
}

/// Compares two paths segment by segment, so that the items of `A` stand before `AB`.
fn by_segment(one: &str, other: &str) -> Ordering {
    let (bytes, others) = (one.as_bytes(), other.as_bytes());
    // By eight, because items of one type have long beginnings in common.
    let eights = bytes.chunks_exact(8).zip(others.chunks_exact(8)).take_while(|(one, other)| one == other).count() * 8;
    // A segment ends before every other byte.
    let rank = |byte: &u8| if *byte == b':' { 0 } else { *byte };
    bytes[eights..].iter().map(rank).cmp(others[eights..].iter().map(rank))
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The public items of a generated client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surface {
    items: BTreeSet<Item>,
}

impl Surface {
    /// The surface of `code`, a generated client.
    ///
    /// # Errors
    ///
    /// `G012`, if `code` is no Rust, and `A002`.
    pub fn of(code: &str) -> Result<Self, Diagnostic> {
        let file = syn::parse_file(code)
            .map_err(|error| Diagnostic::error("G012", format!("the generated code does not parse: {error}")))?;
        Self::of_file(&file)
    }

    /// The surface of a generated client.
    ///
    /// # Errors
    ///
    /// `A002`.
    pub(crate) fn of_file(file: &syn::File) -> Result<Self, Diagnostic> {
        read::read(file).map(|items| Self { items: items.into_iter().collect() })
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// # Errors
    ///
    /// `A001`; the position has the line and no file.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        let mut items = BTreeSet::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !is_comment(line)) {
            let item = Item::parse(line).ok_or_else(|| {
                let position = Position { file: Default::default(), line: index + 1, column: 1 };
                Diagnostic::error("A001", "this line is no item of a Rust API")
                    .in_file(position)
                    .help("run `cargo oas lock`, which writes the file anew")
            })?;
            items.insert(item);
        }
        Ok(Self { items })
    }

    /// The items, sorted by path, and what a type has after the type.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter()
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        self.items.iter().fold(HEADER.to_owned(), |text, item| text + &item.to_string() + "\n")
    }
}

fn is_comment(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// How much of `text` is a path: names, `::`, and generics where the path goes on after them.
fn path_length(text: &str) -> usize {
    let mut end = 0;
    loop {
        let rest = &text[end..];
        let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let generics = generics_length(&rest[name..]);
        let after = &rest[name + generics..];
        match after.strip_prefix("::") {
            Some(_) => end += name + generics + 2,
            None => return end + name,
        }
    }
}

/// How long the `<…>` is that `text` begins with.
fn generics_length(text: &str) -> usize {
    let mut depth = 0usize;
    for (index, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if index == 0 { 0 } else { index + 1 };
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back() {
        let lines = [
            ("mod types", "types", ""),
            ("field types::A::name: Option<String>", "types::A::name", ": Option<String>"),
            ("impl types::A: From<types::B>", "types::A", ": From<types::B>"),
            ("fn c::D<a::B>::e(self) -> Self", "c::D<a::B>::e", "(self) -> Self"),
            ("fn f<T: Into<a::B>>(value: T)", "f", "<T: Into<a::B>>(value: T)"),
            ("struct types::A #[non_exhaustive]", "types::A", " #[non_exhaustive]"),
            ("type types::A = a::Limited<types::B>", "types::A", " = a::Limited<types::B>"),
        ];
        for (line, path, signature) in lines {
            let item = Item::parse(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((item.path.as_str(), item.signature.as_str()), (path, signature), "{line}");
            assert_eq!(item.to_string(), line);
        }
        assert!(
            Item::parse("strukt A").is_none() && Item::parse("struct").is_none() && Item::parse("fn (a)").is_none()
        );
    }

    #[test]
    fn an_item_knows_what_it_belongs_to() {
        let parts = |line: &str| {
            let item = Item::parse(line).expect("an item");
            (item.parent().to_owned(), item.name().to_owned())
        };
        assert_eq!(parts("fn c::D<a::B>::e(self)"), ("c::D<a::B>".into(), "e".into()));
        assert_eq!(parts("mod types"), (String::new(), "types".into()));
    }

    #[test]
    fn what_a_type_has_stands_after_it_and_before_the_next() {
        let text = "struct AB\nfield A::b: u8\nimpl A: Clone\nfn A::b(self)\nstruct A\n";
        let surface = Surface::parse(text).expect("items");
        let lines: Vec<String> = surface.items().map(Item::to_string).collect();
        assert_eq!(lines, ["struct A", "impl A: Clone", "field A::b: u8", "fn A::b(self)", "struct AB"]);
        assert_eq!(Surface::parse(&surface.to_text()), Ok(surface));
    }

    #[test]
    fn a_broken_line_is_named() {
        let error = Surface::parse("# fine\nmod a\nwhat\n").expect_err("the third line is no item");
        assert_eq!((error.code, error.position.map(|position| position.line)), ("A001", Some(3)));
    }
}
