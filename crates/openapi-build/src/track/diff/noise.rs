//! Noise: differences that change neither the generated items, their docs aside, nor what is sent. They ask for a patch
//! at most, for the docs. Each kind says what it takes; none takes what is left over.
//!
//! | code | kind of noise |
//! | --- | --- |
//! | `N001` | another order: of an object's keys, of what is required, of an enum's values, of the parts of `allOf` |
//! | `N002` | a description, summary or comment |
//! | `N003` | an example |
//! | `N004` | a code sample |
//! | `N005` | a tag, or a group of tags |
//! | `N006` | the definition's title, version, contact or licence |
//! | `N007` | a server is described in other words |
//! | `N008` | a link to other documentation |
//! | `N009` | what holds anyway is said, or no longer said: `required: false`, `style: form`, the type of an object |
//! | `N010` | an extension (`x-…`) that no rule is about |
//! | `N011` | a key that OpenAPI does not know, which is set aside |
//! | `N012` | a link between operations |
//! | `N013` | how a value would be written as XML |
//! | `N014` | another patch version of OpenAPI |
//! | `N015` | a parameter stands with an operation instead of its path, or the other way round |
//! | `N016` | what has the same effect is said in another way or elsewhere: servers, a pattern, what is ignored beside a `$ref` |

use std::collections::BTreeMap;

use serde_json::Value;

use crate::doc_comment;
use crate::grammar::Kind;
use crate::normalize::unknown_keys;
use crate::track::change::Changes;
use crate::track::defaults::only_states_default;
use crate::track::difference::Difference;
use crate::track::patterns::{self, Relation};
use crate::track::servers::bare;

/// The kind of what stands in another order.
pub(super) const ORDER: &str = "N001";

/// The kind of another tag.
const TAGS: &str = "N005";

/// The kind of extensions that no rule is about.
const EXTENSION: &str = "N010";

/// The kind of servers that are described in other words.
const SERVER_TEXT: &str = "N007";

/// The kind of parameters that stand elsewhere.
pub(super) const ELSEWHERE: &str = "N015";

/// The kind of what has the same effect.
pub(super) const SAME: &str = "N016";

/// The kinds that code can see all the same. The first media type of a body is that of the plain method, arguments stand in the
/// order of the parameters, extensions name variants, groups of operations are called by their tags, and what is said elsewhere can be read
/// in another order.
const IN_CODE: [&str; 5] = [ORDER, TAGS, EXTENSION, ELSEWHERE, SAME];

/// Whether code can see noise of that kind, so that only a comparison of both clients says what becomes of it.
pub(super) fn is_in_code(code: &str) -> bool {
    IN_CODE.contains(&code)
}

type Takes = fn(&Difference<'_>) -> bool;

/// The kinds, each with what it takes. What stands in another order or elsewhere, and servers that come to the same, are noticed
/// where lists are compared.
const KINDS: [(&str, Takes); 13] = [
    ("N002", |d| {
        matches!(d.field, "description" | "summary" | "$comment") && d.kind != Kind::Example && d.entry.is_none()
    }),
    ("N003", is_example),
    ("N004", |d| matches!(d.field, "x-code-samples" | "x-codeSamples")),
    (TAGS, |d| {
        matches!((d.kind, d.field), (Kind::Document | Kind::Operation, "tags") | (Kind::Document, "x-tagGroups"))
    }),
    ("N006", |d| d.is_field(Kind::Document, "info")),
    ("N008", |d| d.field == "externalDocs"),
    ("N009", only_states_default),
    (EXTENSION, is_unread),
    ("N011", is_unknown_key),
    ("N012", |d| d.kind == Kind::Link || d.field == "links"),
    ("N013", |d| d.is_field(Kind::Schema, "xml")),
    ("N014", is_patch),
    (SAME, is_same),
];

/// The kind of noise that a difference is, if it is noise.
pub(super) fn kind_of(difference: &Difference<'_>) -> Option<&'static str> {
    KINDS.iter().find(|(_, takes)| takes(difference)).map(|(code, _)| *code)
}

/// What a kind of noise is, by the table above.
fn title(code: &str) -> &'static str {
    doc_comment::rows(include_str!("noise.rs")).find(|(known, _)| *known == code).map_or("", |(_, title)| title)
}

impl Changes {
    /// The places of noise, counted by kind: the code, what it is, how many.
    pub fn noise_by_kind(&self) -> Vec<(&'static str, &'static str, usize)> {
        let mut counts = BTreeMap::<&'static str, usize>::new();
        for noise in &self.noise {
            *counts.entry(noise.code).or_default() += 1;
        }
        counts.into_iter().map(|(code, count)| (code, title(code), count)).collect()
    }
}

fn is_example(difference: &Difference<'_>) -> bool {
    let field = matches!(difference.field, "example" | "examples");
    let kind = matches!(difference.kind, Kind::Parameter | Kind::Header | Kind::MediaType | Kind::Schema);
    difference.kind == Kind::Example || field && (kind || difference.kind == Kind::Components)
}

/// Servers that come to the same: whether they are described in other words, or written in another way.
pub(super) fn of_servers(old: Option<&Value>, new: Option<&Value>) -> &'static str {
    if old.map(bare) == new.map(bare) { SERVER_TEXT } else { SAME }
}

/// A pattern that takes the same texts.
fn is_same(difference: &Difference<'_>) -> bool {
    patterns::relation(difference) == Some(Relation::Same)
}

/// The extensions that rules are about, and where.
fn is_read(kind: Kind, field: &str) -> bool {
    matches!(
        (kind, field),
        (Kind::Schema, "x-extensible-enum" | "x-rust-format")
            | (
                Kind::Operation,
                "x-lifecycle-stage" | "x-idempotent" | "x-idempotency-key" | "x-pagination" | "x-speakeasy-pagination"
            )
            | (Kind::MediaType, "x-stream-end" | "x-speakeasy-sse-sentinel")
            | (Kind::SecurityScheme, "x-token-grant")
    )
}

fn is_unread(difference: &Difference<'_>) -> bool {
    difference.field.starts_with("x-") && difference.entry.is_none() && !is_read(difference.kind, difference.field)
}

fn is_unknown_key(difference: &Difference<'_>) -> bool {
    let known = unknown_keys::knows(difference.kind, difference.field).unwrap_or(true);
    !known && !difference.field.starts_with("x-") && difference.entry.is_none() && is_plain(difference)
}

/// Whether it is a field of the document, and not a name that the comparison gives to what it finds.
fn is_plain(difference: &Difference<'_>) -> bool {
    let stands = |owner: &Value, value: Option<&Value>| value.is_none() || owner.get(difference.field) == value;
    let (old, new) = difference.owners;
    stands(old, difference.old) && stands(new, difference.new) && (old.is_object() || new.is_object())
}

fn is_patch(difference: &Difference<'_>) -> bool {
    let minor = |value: Option<&Value>| {
        let (major, rest) = value?.as_str()?.split_once('.')?;
        Some((major.to_owned(), rest.split('.').next()?.to_owned()))
    };
    difference.is_field(Kind::Document, "openapi") && minor(difference.old) == minor(difference.new)
}
