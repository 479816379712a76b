//! A difference between two documents as the walk finds it, and a rule that judges it.

use serde_json::Value;

use super::change::{Change, Sides, Wire};
use super::semver::Level;
use super::servers::Compared;
use crate::doc_comment;
use crate::grammar::Kind;

/// A place where the two documents differ: a field of an object, or an entry of one.
pub(crate) struct Difference<'v> {
    /// The kind of the object that has the field.
    pub(crate) kind: Kind,
    /// The field.
    pub(crate) field: &'v str,
    /// The entry of the field: the name of a property, a status, a value of an enum.
    pub(crate) entry: Option<&'v str>,
    /// The value before.
    pub(crate) old: Option<&'v Value>,
    /// The value after.
    pub(crate) new: Option<&'v Value>,
    /// The object that has the field, before and after.
    pub(crate) owners: (&'v Value, &'v Value),
    /// Whether the value is sent, received, or both.
    pub(crate) sides: Sides,
    /// The differences inside, where one thing replaces another.
    pub(crate) inner: Option<&'v [Change]>,
    /// What the two come to, where they are servers.
    pub(crate) servers: Compared<'v>,
}

impl Difference<'_> {
    /// Whether that field of such an object differs, as a whole.
    pub(crate) fn is_field(&self, kind: Kind, field: &str) -> bool {
        self.kind == kind && self.field == field && self.entry.is_none()
    }

    /// Whether an entry of that field of such an object differs.
    pub(crate) fn is_entry(&self, kind: Kind, field: &str) -> bool {
        self.kind == kind && self.field == field && self.entry.is_some()
    }

    /// Whether it is new.
    pub(crate) fn added(&self) -> bool {
        self.old.is_none() && self.new.is_some()
    }

    /// Whether it is gone.
    pub(crate) fn removed(&self) -> bool {
        self.old.is_some() && self.new.is_none()
    }

    /// Whether it is in both documents.
    pub(crate) fn changed(&self) -> bool {
        self.old.is_some() && self.new.is_some()
    }

    /// Whether the value has the flag `key`, before and after.
    pub(crate) fn flag(&self, key: &str) -> (bool, bool) {
        let set = |value: Option<&Value>| value.and_then(|value| value.get(key)) == Some(&Value::Bool(true));
        (set(self.old), set(self.new))
    }

    /// Whether the value itself is `true`, before and after.
    pub(crate) fn truth(&self) -> (bool, bool) {
        (self.old == Some(&Value::Bool(true)), self.new == Some(&Value::Bool(true)))
    }

    /// Whether `required` of the object names the entry, before and after.
    pub(crate) fn required(&self) -> (bool, bool) {
        let named = |owner: &Value| {
            let names = owner.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|name| name.as_str() == self.entry))
        };
        (named(self.owners.0), named(self.owners.1))
    }

    /// A finding whose verdict depends on whether the value is sent or received.
    pub(crate) fn by_side(&self, level: Level, request: (Wire, &str), response: (Wire, &str)) -> Finding {
        let (wire, why) = match (self.sides.request, self.sides.response) {
            (true, false) => (request.0, request.1.to_owned()),
            (false, true) => (response.0, response.1.to_owned()),
            (true, true) if request.1 == response.1 => (request.0.max(response.0), request.1.to_owned()),
            (true, true) => {
                (request.0.max(response.0), format!("in requests {}; in responses {}", request.1, response.1))
            }
            (false, false) => (Wire::Safe, "no operation uses it".to_owned()),
        };
        Finding { wire, level, why }
    }
}

/// The judgement of a rule on a difference.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) wire: Wire,
    pub(crate) level: Level,
    pub(crate) why: String,
}

impl Finding {
    pub(crate) fn new(wire: Wire, level: Level, why: &str) -> Self {
        Self { wire, level, why: why.to_owned() }
    }
}

/// A rule that judges one kind of change.
pub(crate) struct Rule {
    /// The text of its file, whose doc comment is its page.
    pub(crate) page: &'static str,
    /// Judges a difference, if that is of its kind.
    pub(crate) judge: fn(&Difference<'_>) -> Option<Finding>,
}

impl Rule {
    /// The code, such as `D001`.
    pub(crate) fn code(&self) -> &'static str {
        doc_comment::heading(self.page).map_or("", |(code, _)| code)
    }

    /// What the rule is called.
    pub(crate) fn title(&self) -> &'static str {
        doc_comment::heading(self.page).map_or("", |(_, title)| title)
    }
}
