//! The table that generated code has for the command line.

use std::collections::HashSet;

use serde::Deserialize;

use super::passwords::Passwords;
use crate::codegen::{Field, Style};
use crate::paging::Paging;

/// What a client's command line has for each operation besides its row of the operation table. Generated code makes it, for the
/// macro `codegen::cli!` of the same version.
#[doc(hidden)]
pub struct Table {
    /// A line for each group (`G`, name, description) and each operation (`O`, group, name, summary, JSON), with tabs between.
    /// The operations are in the order of the operation table.
    pub text: &'static str,
    /// The styles of parameters.
    pub styles: &'static [Style],
    /// The styles of the fields of forms.
    pub forms: &'static [&'static [(&'static str, Style)]],
    /// What is said of the fields of multipart bodies.
    pub parts: &'static [&'static [Field]],
    /// How lists page.
    pub lists: &'static [Paging],
}

/// One operation, of which only the names are read.
pub(super) struct Entry {
    /// Its place in the operation table.
    pub(super) index: usize,
    /// Empty if it is in none.
    pub(super) group: &'static str,
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    details: &'static str,
}

impl Table {
    /// The groups, each with its description.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.text.lines().filter_map(|line| line.strip_prefix("G\t")?.split_once('\t'))
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.text.lines().filter_map(|line| line.strip_prefix("O\t")).enumerate().filter_map(|(index, line)| {
            let mut parts = line.splitn(4, '\t');
            let [group, name, summary, details] = std::array::from_fn(|_| parts.next());
            Some(Entry { index, group: group?, name: name?, summary: summary?, details: details? })
        })
    }

    /// The operation of that name in that group.
    pub(super) fn entry(&self, group: &str, name: &str) -> Option<Entry> {
        self.entries().find(|entry| entry.group == group && entry.name == name)
    }
}

impl Entry {
    /// The rest of what is known. An entry that cannot be read has no parameters, which only a table of another version can be.
    pub(super) fn details(&self) -> Details {
        let mut details: Details = serde_json::from_str(self.details).unwrap_or_default();
        details.name_flags();
        details
    }
}

/// What the table has of one operation. The names of the members are short because there are thousands.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Details {
    #[serde(rename = "d")]
    pub(super) description: String,
    #[serde(rename = "x")]
    pub(super) deprecated: bool,
    #[serde(rename = "p")]
    pub(super) parameters: Vec<Parameter>,
    #[serde(rename = "b")]
    pub(super) body_required: bool,
    #[serde(rename = "c")]
    pub(super) contents: Vec<Content>,
    /// The index of how it pages.
    #[serde(rename = "g")]
    pub(super) paging: Option<usize>,
    /// The pointer of the items of a page.
    #[serde(rename = "l")]
    pub(super) items: Option<String>,
    /// How it pages, in words.
    #[serde(rename = "w")]
    pub(super) pages: String,
}

/// What values are.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub(super) struct Valued {
    /// `text`, `int`, `number`, `bool`, `object`, `file` or `any`, with `[` before it for each level of lists, and `{` for each of
    /// maps.
    #[serde(rename = "k")]
    pub(super) kind: String,
    /// The possible values; of a list, those of its items.
    #[serde(rename = "v")]
    pub(super) values: Vec<serde_json::Value>,
    /// Whether there are others.
    #[serde(rename = "o")]
    pub(super) open: bool,
}

impl Valued {
    pub(super) fn is_object(&self) -> bool {
        self.kind == "object" || self.kind.starts_with('{')
    }

    /// What the members of a map are.
    pub(super) fn member(&self) -> Option<Self> {
        Some(Self { kind: self.kind.strip_prefix('{')?.to_owned(), ..Self::default() })
    }
}

impl Default for Valued {
    fn default() -> Self {
        Self { kind: "text".to_owned(), values: Vec::new(), open: false }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Parameter {
    #[serde(rename = "n")]
    pub(super) name: String,
    /// Without `--`; empty where it is the name.
    #[serde(rename = "f")]
    pub(super) flag: String,
    /// `path`, `segments`, `query`, `header` or `cookie`.
    #[serde(rename = "i")]
    pub(super) place: String,
    #[serde(rename = "s")]
    pub(super) style: usize,
    #[serde(rename = "d")]
    pub(super) description: String,
    #[serde(flatten)]
    pub(super) valued: Valued,
    #[serde(rename = "r")]
    pub(super) required: bool,
    #[serde(rename = "x")]
    pub(super) deprecated: bool,
    /// Where it has passwords.
    #[serde(rename = "p")]
    pub(super) passwords: Passwords,
}

/// A body in one media type.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Content {
    #[serde(rename = "m")]
    pub(super) media_type: String,
    /// `json`, `form`, `multipart`, `text`, `bytes` or `base64`.
    #[serde(rename = "k")]
    pub(super) kind: String,
    #[serde(rename = "f")]
    pub(super) fields: Vec<BodyField>,
    /// The index of what is said of its fields.
    #[serde(rename = "s")]
    pub(super) styles: usize,
    /// Where it has passwords.
    #[serde(rename = "p")]
    pub(super) passwords: Passwords,
}

impl Content {
    /// What the field at `path` is, or the member of the map there.
    pub(super) fn valued(&self, path: &str) -> Option<Valued> {
        let wanted = super::values::steps(path);
        let fields = self.fields.iter().map(|field| (super::values::steps(&field.path), &field.valued));
        let leading = fields.filter(|(steps, _)| wanted.starts_with(steps));
        let (steps, valued) = leading.max_by_key(|(steps, _)| steps.len())?;
        wanted[steps.len()..].iter().try_fold(valued.clone(), |valued, _| valued.member())
    }

    /// Whether it is made of fields.
    pub(super) fn has_fields(&self) -> bool {
        ["json", "form", "multipart"].contains(&self.kind.as_str())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BodyField {
    /// Its path: names with dots between.
    #[serde(rename = "n")]
    pub(super) path: String,
    #[serde(rename = "d")]
    pub(super) description: String,
    #[serde(flatten)]
    pub(super) valued: Valued,
    #[serde(rename = "r")]
    pub(super) required: bool,
}

/// The flags that commands have by themselves.
const OWN: [&str; 10] =
    ["help", "version", "server", "output", "verbose", "dry-run", "all", "body", "field", "content-type"];

impl Details {
    /// Gives each parameter a flag of its own: the name of the parameter, after that of its place where another has it.
    fn name_flags(&mut self) {
        let mut taken: HashSet<String> = OWN.map(str::to_owned).into();
        for parameter in &mut self.parameters {
            let name = if parameter.flag.is_empty() { &parameter.name } else { &parameter.flag };
            let place = if parameter.place == "segments" { "path" } else { &parameter.place };
            let placed = format!("{place}-{name}");
            let numbered = (2..).map(|number| format!("{placed}-{number}"));
            let free = [name.clone(), placed.clone()].into_iter().chain(numbered).find(|flag| !taken.contains(flag));
            parameter.flag = free.unwrap_or(placed);
            taken.insert(parameter.flag.clone());
        }
    }
}
