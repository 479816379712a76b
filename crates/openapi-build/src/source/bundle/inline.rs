//! Puts what is no component to where it is used.

use serde_json::{Value, json};

use super::{Bundle, CHAIN, Found};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, In, Kind};
use crate::source::compose::MAX_DEPTH;
use crate::source::places::{Place, Places, put, remove};
use crate::source::reference::{self, split};

/// How many places that are left out are named.
const LEFT_OUT: usize = 1_000;

/// Why what a reference leads to is left out once the budget is spent.
pub(super) const TOO_MUCH: &str = "leads to more than may be copied to where it is used";

/// Why it is left out where it is a part of itself.
const CIRCLE: &str = "leads to what includes it";

/// The finding that what a reference leads to is left out.
const LOST: &str = "S015";

/// How the names of files end that hold prose.
const PROSE: [&str; 4] = [".md", ".markdown", ".txt", ".html"];

/// What stands behind a reference: a place in a file or in the document, or what is read instead of it.
enum Behind {
    There(Option<usize>, String),
    Instead(Value),
}

/// A reference that is to be replaced.
struct Open {
    at: String,
    place: Place,
    /// The copy that it came with, an index of the list of copies.
    within: Option<usize>,
}

/// What was copied to where it is used.
struct Copied {
    from: (Option<usize>, String),
    /// The copy that the reference to it came with.
    within: Option<usize>,
}

impl Bundle<'_> {
    /// Puts what is no component to where the node at `base` refers to it.
    pub(super) fn inline(&mut self, document: &mut Value, base: &str, kind: Kind) -> Result<(), Diagnostic> {
        let mut open = Vec::new();
        let mut copies: Vec<Copied> = Vec::new();
        self.places(document, base, Place::Object(kind), None, &mut open);
        while let Some(Open { at, place, within }) = open.pop() {
            if self.left_out.contains(&at) {
                continue;
            }
            let Some(text) = document.pointer(&at).and_then(grammar::reference).map(str::to_owned) else { continue };
            let behind = match place {
                Place::Documentation => match self.documentation(document, &text, &at) {
                    Ok(found) => Some(found),
                    Err(why) => {
                        self.leave_out(&at, place, format!("`{text}` {why}"));
                        remove(document, &at);
                        continue;
                    }
                },
                _ => self.behind(document, &text, place, &at)?,
            };
            let (value, within) = match behind {
                None => continue,
                Some(Behind::Instead(value)) => (value, within),
                Some(Behind::There(file, pointer)) => {
                    let from = (file, pointer);
                    if let Some(why) = self.refusal(document, &from, &copies, within, &at) {
                        // `normalize` repairs path items that are nothing but references to each other.
                        let target = self.tree(document, from.0).pointer(&from.1);
                        let is_reference = target.and_then(grammar::reference).is_some();
                        if why != CIRCLE || !is_reference || !matches!(place, Place::Object(Kind::PathItem)) {
                            self.leave_out(&at, place, format!("`{text}` {why}"));
                        }
                        if let Place::Documentation = place {
                            remove(document, &at);
                        }
                        continue;
                    }
                    let value = self.copy(document, from.0, &from.1);
                    // What is said of prose has no place in it.
                    if let Some(file) = from.0.filter(|_| !value.is_string()) {
                        self.origins.extend([(at.clone(), file, from.1.clone())]);
                    }
                    copies.push(Copied { from, within });
                    (value, copies.len().checked_sub(1))
                }
            };
            put(document, &at, place, value);
            self.places(document, &at, place, within, &mut open);
        }
        Ok(())
    }

    /// Why what is at the place `from` cannot be copied to `at`, which came with the copy `within`.
    fn refusal(
        &mut self,
        document: &Value,
        from: &(Option<usize>, String),
        copies: &[Copied],
        within: Option<usize>,
        at: &str,
    ) -> Option<String> {
        let around = |within: Option<usize>| within.and_then(|index| copies.get(index));
        let mut chain = std::iter::successors(around(within), |copied| around(copied.within));
        let is_within = from.0.is_none() && at.strip_prefix(&from.1).is_some_and(is_below);
        let mut length = 0;
        if is_within
            || chain.any(|copied| {
                length += 1;
                copied.from == *from
            })
        {
            return Some(CIRCLE.to_owned());
        }
        // What is too deep for readers is not made here, either.
        if length >= CHAIN || at.matches('/').count() > MAX_DEPTH {
            return Some(format!("is behind more than {CHAIN} references"));
        }
        (!self.affords(document, (from.0, &from.1), length)).then(|| TOO_MUCH.to_owned())
    }

    /// Adds the references to what is no component that stand in what is at `base`.
    fn places(&self, document: &Value, base: &str, place: Place, within: Option<usize>, open: &mut Vec<Open>) {
        let Some(value) = document.pointer(base) else { return };
        let mut places = Places { grammar: self.grammar, whole: self.whole, found: Vec::new() };
        places.look(value, place, &mut base.to_owned());
        open.extend(places.found.into_iter().map(|(at, place)| Open { at, place, within }));
    }

    /// What `text`, which stands at `at`, refers to, if it can stand there.
    fn behind(&mut self, document: &Value, text: &str, place: Place, at: &str) -> Result<Option<Behind>, Diagnostic> {
        let section = if let Place::Object(kind) = place { self.grammar.section(kind) } else { None };
        let Some(Found { file, pointer, .. }) = self.find(document, text, section, at)? else { return Ok(None) };
        let Some(value) = self.tree(document, file).pointer(&pointer) else { return Ok(None) };
        let fits = match place {
            Place::Object(Kind::MediaType) if self.stands(document, file, &pointer) == Some(Kind::Schema) => {
                self.assume(at, format!("`{text}` leads to a schema; it is read as that of this media type"));
                return Ok(Some(Behind::Instead(json!({"schema": {"$ref": text}}))));
            }
            Place::Object(kind) => value.is_object() && self.fits(document, file, &pointer, kind, value),
            Place::Many(In::List(_)) => value.is_array(),
            Place::Many(_) => value.is_object(),
            Place::Plain | Place::Documentation => true,
        };
        Ok(fits.then_some(Behind::There(file, pointer)))
    }

    /// As [`behind`](Self::behind), for what is no reason to refuse a document; or why there is nothing to read.
    fn documentation(&mut self, document: &Value, text: &str, at: &str) -> Result<Behind, String> {
        let (path, _) = split(text);
        let before = self.errors.len();
        let found = match PROSE.iter().any(|end| path.to_ascii_lowercase().ends_with(end)) {
            true => self.open(path, true).map(|file| file.map(|file| Behind::There(Some(file), String::new()))),
            false => self.behind(document, text, Place::Documentation, at),
        };
        let mut errors = self.errors.split_off(before);
        match (found, errors.pop()) {
            (Ok(Some(found)), _) => Ok(found),
            (Err(error), _) | (Ok(None), Some(error)) => Err(format!("cannot be read: {}", error.message)),
            (Ok(None), None) => {
                let escapes = reference::escapes(text).filter(|_| !self.follows(path));
                Err(escapes.unwrap_or("leads nowhere").to_owned())
            }
        }
    }

    /// Leaves out what the reference at `at` leads to.
    pub(super) fn leave_out(&mut self, at: &str, place: Place, why: String) {
        if self.left_out.len() == LEFT_OUT || !self.left_out.insert(at.to_owned()) {
            return;
        }
        // A finding needs a place that is still there.
        let (what, at) = match place {
            Place::Documentation => {
                (format!("`{}`", crate::pointer::last_token(at)), at.rsplit_once('/').map(|(above, _)| above))
            }
            _ => (format!("this {}", place.name()), Some(at)),
        };
        let at = at.unwrap_or_default();
        let others = if self.left_out.len() == LEFT_OUT { ", and so may be others that are not listed" } else { "" };
        let message = format!("{why}; {what} is left out{others}");
        let help = "write here what the reference leads to, or correct it, in the document or in an overlay";
        self.warnings.push(Diagnostic::warning(LOST, message).at(at).help(help));
    }
}

/// Whether what is left of a pointer after that of a node leads to this node or to what is in it.
fn is_below(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}
