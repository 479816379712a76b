//! `spec.toml`: lists the vendored files and their origins, and the environment variables that hold credentials.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `M001` | there is no manifest |
//! | `M002` | the manifest is not valid TOML, or contains something that a manifest cannot contain |
//! | `M003` | a file does not have the digest in the manifest |
//! | `M004` | a file's origin, date or digest is missing |
//! | `M005` | a `keep` or a `drop` matches no operation |

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Position};
use crate::formats::Format;
use crate::generate::additions::{Added, Addition};
use crate::levels::{Levels, Source};
use crate::names::snake_name;
use crate::replacements::Replacement;
pub use crate::slice::Selector;
use crate::source::SourceFile;

/// The name of the manifest in its folder.
pub const FILE_NAME: &str = "spec.toml";

/// A manifest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The codes of findings that are silenced, in all documents. They stand above the first document.
    #[serde(default)]
    pub allow: Vec<String>,
    /// The codes of findings that are errors, in all documents; `warnings` for every warning.
    #[serde(default)]
    pub deny: Vec<String>,
    /// The size of the largest file that is read, in bytes: 256 MiB if nothing is set.
    pub max_bytes: Option<u64>,
    /// Whether every type is both readable and writable ([`Config::both_ways`](crate::Config::both_ways)).
    #[serde(default)]
    pub both_ways: bool,
    /// How the values of a format, of a component or of a place are read and sent, in all documents
    /// ([`Config::format`](crate::Config::format)).
    #[serde(default)]
    pub format: BTreeMap<String, Format>,
    /// The traits that are derived for types, each with the types: their names, in which `*` stands for any characters
    /// ([`Config::derive`](crate::Config::derive)).
    #[serde(default)]
    pub derive: BTreeMap<String, Vec<String>>,
    /// The attributes of types, in the same way ([`Config::attribute`](crate::Config::attribute)).
    #[serde(default)]
    pub attribute: BTreeMap<String, Vec<String>>,
    /// What is called otherwise in Rust: the name of a component, an `operationId` or a JSON pointer to a property, and the name
    /// ([`Config::rename`](crate::Config::rename)).
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// The types of the user's own in place of generated ones: the name of a component, a JSON pointer to a schema, or a format as in
    /// `format: decimal`, and the type ([`Config::replace`](crate::Config::replace)).
    #[serde(default)]
    pub replace: BTreeMap<String, Replacement>,
    /// Whether the client has a handle for each group of operations ([`Config::modules_by_tag`](crate::Config::modules_by_tag)).
    #[serde(default)]
    pub modules_by_tag: bool,
    /// Whether a build script generates only the groups of operations whose features are on
    /// ([`Config::features_by_group`](crate::Config::features_by_group)).
    #[serde(default)]
    pub features_by_group: bool,
    /// The groups of operations that have another name than their tag: a tag or an `operationId`, and the name of the group
    /// ([`Config::group`](crate::Config::group)).
    #[serde(default)]
    pub group: BTreeMap<String, String>,
    /// The documents, in the order of the manifest.
    #[serde(rename = "document")]
    pub documents: Vec<Document>,
    /// The contents of each environment variable: a part of a scheme's credential, or the server's URL. If there are none, the
    /// client reads variables whose names are derived from the definition's title.
    #[serde(default)]
    pub env: BTreeMap<String, Variable>,
}

/// A document: its files, and the overlays that correct it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its name, which is the name of its module if there are several documents.
    pub name: String,
    /// The codes of findings that are silenced in this document.
    #[serde(default)]
    pub allow: Vec<String>,
    /// The codes of findings that are errors in this document; `warnings` for every warning.
    #[serde(default)]
    pub deny: Vec<String>,
    /// Its files, joined before the overlays are applied.
    #[serde(rename = "file")]
    pub files: Vec<File>,
    /// Overlay documents, applied in this order.
    #[serde(default)]
    pub overlays: Vec<String>,
    /// Selects the operations that are generated, after the overlays are applied. If it is empty, all are.
    #[serde(default)]
    pub keep: Vec<Selector>,
    /// Selects operations that are not generated.
    #[serde(default)]
    pub drop: Vec<Selector>,
    /// Whether `keep` and `drop` leave the schemas that only the mapping of a discriminator names. Without it such a schema is
    /// removed, and a value of it is read as one of an unknown kind: a base may have a thousand children.
    #[serde(default)]
    pub follow_mappings: bool,
    /// How the values of a format, of a component or of a place are read and sent in this document; these choices are asked before
    /// those for all documents.
    #[serde(default)]
    pub format: BTreeMap<String, Format>,
}

/// A vendored file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its path, relative to the folder.
    pub path: String,
    /// The URL that it was taken from.
    pub origin: Option<String>,
    /// The day it was taken.
    pub date: Option<toml::value::Datetime>,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: Option<String>,
    /// Whether its origin serves nothing from which a machine could extract the definition.
    #[serde(default)]
    pub manual: bool,
}

/// The contents of an environment variable.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The security scheme that it is for; `None` for the server's URL.
    pub scheme: Option<String>,
    /// The part of the credential.
    pub part: Part,
}

/// A part of a credential, or the server's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// A client id, or the user of HTTP Basic.
    Id,
    /// A client secret, or the password of HTTP Basic.
    Secret,
    /// A bearer token.
    Token,
    /// An API key.
    Key,
    /// The URL of a server to use instead of the definition's.
    Url,
}

impl Part {
    /// As the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::Key => "key",
            Self::Url => "url",
        }
    }
}

impl Manifest {
    /// Reads the manifest of the folder at `root`.
    ///
    /// # Errors
    ///
    /// `M001`, `M002`, `W004`, `W005`, and what reading a file gives.
    pub fn read(root: &Path) -> Result<Self, Diagnostic> {
        let path = root.join(FILE_NAME);
        if !path.exists() {
            let position = Position { file: root.to_owned(), line: 0, column: 0 };
            return Err(Diagnostic::error("M001", format!("this folder has no {FILE_NAME}")).in_file(position).at("").help(
                "write one: [[document]] with name = \"…\", and a [[document.file]] with path = \"…\" for each file",
            ));
        }
        let file = SourceFile::read(&path)?;
        let manifest: Self = toml::from_str(file.text()).map_err(|error| {
            let misplaced = ["unknown field `allow`", "unknown field `deny`", "unknown field `format`"];
            let of_all = [
                "max_bytes",
                "both_ways",
                "derive",
                "attribute",
                "rename",
                "replace",
                "modules_by_tag",
                "features_by_group",
                "group",
            ];
            let above = of_all.iter().any(|name| error.message().starts_with(&format!("unknown field `{name}`")));
            let of_changes = ["accept", "rules", "stages"];
            let is_judgment =
                of_changes.iter().any(|name| error.message().starts_with(&format!("unknown field `{name}`")));
            let help = match misplaced.iter().any(|unknown| error.message().starts_with(unknown)) {
                _ if is_judgment => "move it to track.toml, a file beside this one",
                _ if above => "move it above the first [[document]]",
                true => "move it above the first [[document]], or below one and above its first [[document.file]]",
                false => "spec/README.md says what a manifest holds",
            };
            Diagnostic::error("M002", format!("this manifest cannot be read: {}", error.message()))
                .in_file(Position::at(&file.path, file.text(), error.span().map_or(0, |span| span.start)))
                .at("")
                .help(help)
        })?;
        manifest.check(&path)?;
        manifest.check_levels(&file)?;
        Ok(manifest)
    }

    /// The levels of findings in no document, or in any.
    pub(crate) fn levels(&self) -> Result<Levels, Diagnostic> {
        Levels::new(Source::Manifest, &self.allow, &self.deny)
    }

    /// What it adds to generated types; `path` is where it is.
    pub(crate) fn additions(&self, path: &Path) -> Vec<Added> {
        let derives = self.derive.iter().map(|(text, types)| (Addition::Derive(text.clone()), types));
        let attributes = self.attribute.iter().map(|(text, types)| (Addition::Attribute(text.clone()), types));
        let each = derives.chain(attributes).flat_map(|(addition, types)| {
            types.iter().map(move |types| Added { types: types.clone(), addition: addition.clone(), file: None })
        });
        each.map(|added| Added { file: Some(path.to_owned()), ..added }).collect()
    }

    /// The first place in `file` of each code that cannot be allowed or denied.
    fn check_levels(&self, file: &SourceFile) -> Result<(), Diagnostic> {
        let of_documents = self.documents.iter().map(Document::levels);
        let errors = of_documents.chain([self.levels()]).filter_map(Result::err).flat_map(Diagnostic::into_all);
        let placed = errors.map(|error| {
            let code = error.message.split('`').nth(1).unwrap_or_default();
            let place = [format!("\"{code}\""), format!("'{code}'")].iter().find_map(|quoted| file.text().find(quoted));
            let position = Position::at(&file.path, file.text(), place.unwrap_or_default());
            error.in_file(position).at("")
        });
        Diagnostic::several(placed).map_or(Ok(()), Err)
    }

    fn check(&self, path: &Path) -> Result<(), Diagnostic> {
        let refuse = |message: String, help: &str| {
            let position = Position { file: path.to_owned(), line: 1, column: 1 };
            Err(Diagnostic::error("M002", message).in_file(position).at("").help(help))
        };
        if self.documents.is_empty() {
            return refuse("this manifest lists no document".into(), "add a [[document]]");
        }
        for (name, variable) in &self.env {
            match (&variable.scheme, variable.part) {
                (Some(_), Part::Url) => {
                    return refuse(
                        format!("`{name}` holds the server's URL, which belongs to no scheme"),
                        "remove `scheme`",
                    );
                }
                (None, part) if part != Part::Url => {
                    return refuse(
                        format!("`{name}` does not say which security scheme it serves"),
                        "add scheme = \"…\", the scheme's name in the definition",
                    );
                }
                _ => {}
            }
        }
        for (index, document) in self.documents.iter().enumerate() {
            if document.files.is_empty() {
                return refuse(format!("the document `{}` has no file", document.name), "add a [[document.file]]");
            }
            let module = snake_name(&document.name);
            if self.documents[..index].iter().any(|other| snake_name(&other.name) == module) {
                return refuse(format!("two documents are `{module}` in Rust"), "give one of them another name");
            }
        }
        Ok(())
    }
}

impl Document {
    /// The levels of findings in this document, without those of the manifest.
    pub(crate) fn levels(&self) -> Result<Levels, Diagnostic> {
        Levels::new(Source::Manifest, &self.allow, &self.deny)
    }
}

impl File {
    /// Compares `file` with the digest in the manifest, and returns a warning if the manifest is incomplete.
    ///
    /// # Errors
    ///
    /// `M003`.
    pub fn check(&self, file: &Path, bytes: &[u8]) -> Result<Option<Diagnostic>, Diagnostic> {
        let digest = digest(bytes);
        let position = Position { file: file.to_owned(), line: 1, column: 1 };
        match &self.sha256 {
            Some(expected) if !expected.eq_ignore_ascii_case(&digest) => {
                let message = format!("the SHA-256 of this file is {digest}, and the manifest has {expected}");
                Err(Diagnostic::error("M003", message)
                    .in_file(position)
                    .at("")
                    .help("restore the file from version control; to take in a new version, run `cargo oas bump`, which writes the digest into spec.toml"))
            }
            Some(_) if self.origin.is_some() && self.date.is_some() => Ok(None),
            _ => Ok(Some(
                Diagnostic::warning("M004", "the manifest does not say this file's origin, date and digest")
                    .in_file(position)
                    .at("")
                    .help(format!("write origin = \"…\", date = YYYY-MM-DD and sha256 = \"{digest}\" into spec.toml")),
            )),
        }
    }
}

/// The SHA-256 of `bytes` in hexadecimal digits, as in a manifest.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
