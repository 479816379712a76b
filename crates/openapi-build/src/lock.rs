//! `names.lock`: records the Rust name of each place in the definition for which there was a choice of names.
//!
//! A line is `place = Name`. Lines are sorted, and those that begin with `#` are comments. If a manifest has several
//! documents, a place begins with the name of its document: `items: createItem/request`. `listItems@id/get ~1items = listItems`
//! says which operation is known as `listItems`, so that it stays so when another one gets the same `operationId`;
//! `listItems@group = items::list` is its group and its name in it, where operations are grouped. `o_auth_2@handle = OAuth2_` is the
//! handle of a group, where another group would have the same. `listItems@order = query/from query/to` is the order in which its
//! method takes what is required.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `L001` | a line is neither a comment nor `place = Name` |
//! | `L002` | a place is listed twice |
//! | `L003` | a name that was chosen is not pinned |

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Position};
use crate::names::type_name;

/// The kind of place at which the name of a setter is pinned.
pub(crate) const SETTER: &str = "setter";

/// The kind of place at which the name of a variant is pinned.
pub(crate) const VARIANT: &str = "variant";

/// The kind of place at which an operation is pinned by its `operationId`, with its method and path.
pub(crate) const ID: &str = "id";

/// The kind of place at which an operation is pinned with its group and its name in it: `rooms::list`.
pub(crate) const GROUP: &str = "group";

/// The kind of place at which the handle of a group is pinned, where another group could have the same: `o_auth_2@handle = OAuth2`.
pub(crate) const HANDLE: &str = "handle";

/// The kind of place at which the order of the arguments of an operation is pinned.
pub(crate) const ORDER: &str = "order";

/// The name of the lock in its folder.
pub const FILE_NAME: &str = "names.lock";

const HEADER: &str = "\
# Which place in the definition got which name, wherever there was a choice: a name that is here stays.
# Written by `cargo oas lock`; read by every build.
";

/// A name that was chosen for a shape, with every place that leads to it; or an order, which stands there for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The places in the definition, such as `createItem/request/owner`, sorted.
    pub places: Vec<String>,
    /// The name, or the order.
    pub name: String,
    /// Whether the lock already had it.
    pub locked: bool,
}

impl Choice {
    /// What a message names it by: an order is no name, and is known by its place.
    pub(crate) fn shown(&self) -> &str {
        let order = self.places.first().filter(|place| place.rsplit_once('@').is_some_and(|(_, kind)| kind == ORDER));
        order.unwrap_or(&self.name)
    }

    /// The choice with the name of its document, one of several.
    pub(crate) fn of_document(mut self, name: &str) -> Self {
        self.places.iter_mut().for_each(|place| *place = place_in(name, place));
        self
    }
}

/// The pinned names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    names: BTreeMap<String, String>,
    /// The names as Rust has them.
    pinned: BTreeSet<String>,
    /// The document whose places are looked up, if there are several.
    document: Option<String>,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    ///
    /// `L001` and `L002`; the position has the line and no file.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        let mut names = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let position = Position { file: Default::default(), line: index + 1, column: 1 };
            let help = "remove the line, and run `cargo oas lock`";
            let Some((place, name)) = line.rsplit_once(" = ") else {
                let diagnostic = Diagnostic::error("L001", "this line is not `place = Name`");
                return Err(diagnostic.in_file(position).help(help));
            };
            if names.insert(place.to_owned(), name.to_owned()).is_some() {
                let diagnostic = Diagnostic::error("L002", format!("`{place}` is listed twice"));
                return Err(diagnostic.in_file(position).help(help));
            }
        }
        Ok(Self::of_names(names))
    }

    fn of_names(names: BTreeMap<String, String>) -> Self {
        // The names of setters, variants and handles, and the ids, groups and arguments of operations, are not names of types.
        let is_other = |kind: &str| {
            [GROUP, HANDLE, ORDER].contains(&kind) || [SETTER, VARIANT, ID].iter().any(|of| is_of(kind, of))
        };
        let is_type = |place: &str| !place.split_once('@').is_some_and(|(_, kind)| is_other(kind));
        let types = names.iter().filter(|(place, _)| is_type(place)).map(|(_, name)| type_name(name));
        let pinned = types.collect();
        Self { names, pinned, document: None }
    }

    /// The lock as one of several documents sees it.
    pub(crate) fn of_document(&self, name: &str) -> Self {
        Self { document: Some(name.to_owned()), ..self.clone() }
    }

    /// The lock that pins `choices`.
    pub fn from_choices(choices: &[Choice]) -> Self {
        let names = choices.iter().flat_map(|choice| {
            choice.places.iter().map(|place| (line(place).into_owned(), line(&choice.name).into_owned()))
        });
        Self::of_names(names.collect())
    }

    /// The name pinned for that place.
    pub fn get(&self, place: &str) -> Option<&str> {
        let get = |place: &str| self.names.get(&*line(place));
        let of_document = self.document.as_ref().and_then(|document| get(&place_in(document, place)));
        // Names that were pinned while there was only one document stay valid.
        of_document.or_else(|| get(place)).map(String::as_str)
    }

    /// The name pinned for that place, if it can be a name in Rust.
    pub(crate) fn identifier(&self, place: &str) -> Option<&str> {
        self.get(place).filter(|name| syn::parse_str::<syn::Ident>(name).is_ok())
    }

    /// Whether `start` is pinned, or a place that begins with `start` and a `/` or `@`.
    pub(crate) fn knows(&self, start: &str) -> bool {
        let knows = |start: &str| {
            let start = line(start);
            let from = self.names.range(start.clone().into_owned()..).map(|(place, _)| place);
            let mut within = from.map_while(|place| place.strip_prefix(&*start));
            within.any(|rest| rest.is_empty() || rest.starts_with(['/', '@']))
        };
        knows(start) || self.document.as_ref().is_some_and(|document| knows(&place_in(document, start)))
    }

    /// Whether that name is pinned for a place.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.pinned.contains(&type_name(name))
    }

    /// The text of the lock file.
    pub fn to_text(&self) -> String {
        let mut text = HEADER.to_owned();
        for (place, name) in &self.names {
            text.push_str(&format!("{place} = {name}\n"));
        }
        text
    }
}

/// A place or a name as a line of the file holds it: names in a definition may contain line breaks, and may begin like a comment.
fn line(text: &str) -> Cow<'_, str> {
    let plain = !text.contains(char::is_control) && text.trim() == text && !text.is_empty() && !text.starts_with('#');
    if plain {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("\"{}\"", text.escape_debug()))
}

/// Whether `kind`, what stands after the `@` of a place, is `of`.
fn is_of(kind: &str, of: &str) -> bool {
    kind.strip_prefix(of).is_some_and(|rest| rest.starts_with('/'))
}

/// A place of one of several documents.
fn place_in(document: &str, place: &str) -> String {
    format!("{document}: {place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let places = vec!["a/request = b".to_owned(), "get \\/x/200".to_owned()];
        let lock = Lock::from_choices(&[Choice { places, name: "v1.Item".into(), locked: false }]);
        assert_eq!(Lock::parse(&lock.to_text()), Ok(lock.clone()));
        assert_eq!(lock.get("a/request = b"), Some("v1.Item"));
    }

    #[test]
    fn a_name_that_is_no_line_is_read_back() {
        let places: Vec<String> = ["a\nb@operation", "# c", " d ", ""].map(str::to_owned).to_vec();
        let choices = [Choice { places: places.clone(), name: "get /x a\nb".into(), locked: false }];
        let lock = Lock::from_choices(&choices);
        assert_eq!(Lock::parse(&lock.to_text()), Ok(lock.clone()));
        assert!(places.iter().all(|place| lock.get(place).is_some()), "{}", lock.to_text());
    }

    #[test]
    fn each_of_several_documents_has_places_of_its_own() {
        let lock = Lock::parse("a/request = X\none: a/request = Y\n").expect("it is a lock");
        assert_eq!(lock.of_document("one").get("a/request"), Some("Y"));
        assert_eq!(lock.of_document("other").get("a/request"), Some("X"));
        assert!(lock.of_document("one").knows("a") && !lock.knows("one"));
    }

    #[test]
    fn a_broken_line_is_named() {
        let error = Lock::parse("# fine\n\nno name here\n").expect_err("the line has no name");
        assert_eq!((error.code, error.position.map(|position| position.line)), ("L001", Some(3)));
        let error = Lock::parse("a = B\na = C\n").expect_err("the place stands twice");
        assert_eq!(error.code, "L002");
    }
}
