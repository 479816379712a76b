//! The request of an operation, made of the flags of its command.

use std::io::Read;

use clap::ArgMatches;
use secrecy::SecretString;

use super::commands::{BODY, CONTENT_TYPE, DRY_RUN, FIELD, flag_id};
use super::dry::HIDDEN;
use super::failure::Failed;
use super::passwords::Passwords;
use super::table::{Content, Details, Parameter, Table};
use super::values::{self, Assignment, put};
use crate::body::Body;
use crate::codegen::{PairStyle, Style, Tree};
use crate::file_part::{FilePart, with_files};
use crate::operation::Operation;
use crate::request::{Request, RequestError};

/// A request, and the passwords in it.
pub(super) struct Built {
    pub(super) request: Request,
    pub(super) secrets: Vec<SecretString>,
    /// Whether it is only shown, with `***` for each password.
    shown: bool,
}

impl Built {
    /// Takes note of the passwords in `tree`, or hides them.
    fn guard(&mut self, tree: &mut Tree, passwords: &Passwords) {
        if self.shown {
            passwords.hide(tree);
        } else {
            self.secrets.extend(passwords.of(tree));
        }
    }
}

/// Makes the request of `operation`.
pub(super) fn request(
    operation: &'static Operation,
    (table, details): (&Table, &Details),
    matches: &ArgMatches,
    input: &mut dyn Read,
) -> Result<Built, Failed> {
    let request = Request::new(operation).map_err(|error| Failed::request(&error))?;
    let mut built = Built { request, secrets: Vec::new(), shown: matches.get_flag(DRY_RUN) };
    for (number, parameter) in details.parameters.iter().enumerate() {
        let Some(texts) = matches.get_many::<String>(&flag_id(number)) else { continue };
        let texts: Vec<String> = texts.cloned().collect();
        let passwords = &parameter.passwords;
        let value = values::parameter(&parameter.valued, &texts, !passwords.is_empty());
        let mut value = value.map_err(|problem| Failed::usage(format!("--{}: {problem}", parameter.flag)))?;
        built.guard(&mut value, passwords);
        let style = table.styles.get(parameter.style).copied().unwrap_or(Style::Simple);
        let added = add(&mut built.request, parameter, &value, style);
        added.map_err(|error| Failed::usage(format!("--{}: {error}", parameter.flag)))?;
    }
    if !details.contents.is_empty() {
        body(&mut built, (table, details), matches, input)?;
    }
    Ok(built)
}

fn add(request: &mut Request, parameter: &Parameter, value: &Tree, style: Style) -> Result<(), RequestError> {
    let name = parameter.name.clone();
    match parameter.place.as_str() {
        "path" => request.path_parameter(name.into(), value, style),
        "segments" => request.path_segments(name.into(), value, style),
        "header" => request.header_parameter(name.into(), value, style),
        "cookie" => request.cookie_parameter(&name, value, style),
        _ => {
            style.add(&mut request.query, &name, value);
            Ok(())
        }
    }
}

/// A body as the command line has it.
enum Given {
    Text(String),
    Bytes(Vec<u8>),
    File(String),
}

impl Given {
    fn read(text: &str, input: &mut dyn Read) -> Result<Self, Failed> {
        match text.strip_prefix('@') {
            _ if text == "-" => Ok(Self::Bytes(standard_input(input)?)),
            Some("-") => Ok(Self::Bytes(standard_input(input)?)),
            Some(path) => Ok(Self::File(path.to_owned())),
            None => Ok(Self::Text(text.to_owned())),
        }
    }

    /// The bytes, read now.
    fn bytes(self) -> Result<Vec<u8>, Failed> {
        match self {
            Self::Text(text) => Ok(text.into_bytes()),
            Self::Bytes(bytes) => Ok(bytes),
            Self::File(path) => std::fs::read(&path)
                .map_err(|error| Failed::usage(format!("the file `{path}` cannot be read: {error}"))),
        }
    }

    /// The bytes, of a file read while they are sent.
    fn body(self) -> Body {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => bytes.into(),
            Self::File(path) => Body::path(path),
        }
    }
}

fn standard_input(input: &mut dyn Read) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let read = input.read_to_end(&mut bytes);
    read.map_err(|error| Failed::usage(format!("standard input cannot be read: {error}")))?;
    Ok(bytes)
}

/// Sets the body.
fn body(
    built: &mut Built,
    (table, details): (&Table, &Details),
    matches: &ArgMatches,
    input: &mut dyn Read,
) -> Result<(), Failed> {
    let whole = matches.get_one::<String>(BODY);
    let fields = matches.try_get_many::<String>(FIELD).ok().flatten();
    let fields: Vec<&String> = fields.into_iter().flatten().collect();
    let stated = matches.try_get_one::<String>(CONTENT_TYPE).ok().flatten();
    if whole.is_none() && fields.is_empty() {
        if details.body_required {
            let or = if details.contents.iter().any(Content::has_fields) { " or --field" } else { "" };
            return Err(Failed::usage(format!("the operation needs a body: give --body{or}, or see --help")));
        }
        return Ok(());
    }
    let content = content(details, stated.map(String::as_str), !fields.is_empty())?;
    let media_type = match stated {
        Some(stated) => stated.clone(),
        None => own_type(content)?,
    };
    let given = whole.map(|text| Given::read(text, input)).transpose()?;
    let failed = |error: RequestError| Failed::request(&error);
    let given = match (given, content.has_fields()) {
        (Some(given), false) => given,
        (given, _) => {
            let json = given.map(Given::bytes).transpose()?;
            if let Some(json) = &json {
                let read = serde_json::from_slice::<serde::de::IgnoredAny>(json);
                read.map_err(|error| Failed::usage(format!("the body is not JSON: {error}; @FILE reads a file")))?;
            }
            if let (Some(json), "json", true) = (&json, content.kind.as_str(), fields.is_empty()) {
                // As it is given: reading it would change numbers beyond 64 bits.
                let mut body = json.clone();
                if !content.passwords.is_empty() {
                    let read = serde_json::from_slice(json);
                    let given: Tree = read.map_err(|error| Failed::usage(format!("the body: {error}")))?;
                    let mut guarded = given.clone();
                    built.guard(&mut guarded, &content.passwords);
                    if guarded != given {
                        body = guarded.to_string().into_bytes();
                    }
                }
                return built.request.set_body(media_type.into(), body.into()).map_err(failed);
            }
            let (tree, files) = with_files(|| assembled(json.as_deref(), &fields, content, &mut *input));
            let mut tree = tree?;
            built.guard(&mut tree, &content.passwords);
            let request = &mut built.request;
            let nothing: &[_] = &[];
            return match content.kind.as_str() {
                "form" => {
                    let styles = table.forms.get(content.styles).copied().unwrap_or_default();
                    request.form(media_type.into(), &tree, styles)
                }
                "multipart" => {
                    let parts = table.parts.get(content.styles).copied().unwrap_or(nothing);
                    request.multipart(&media_type, &tree, &files, parts)
                }
                _ => request.set_body(media_type.into(), tree.to_string().into()),
            }
            .map_err(failed);
        }
    };
    let given = match given {
        _ if built.shown && content.passwords.is_whole() => Given::Text(HIDDEN.to_owned()),
        given => given,
    };
    let body = match content.kind.as_str() {
        "text" => {
            let text = String::from_utf8(given.bytes()?);
            let text = text.map_err(|_| Failed::usage("the body is text, and what is given is not UTF-8"))?;
            if content.passwords.is_whole() {
                built.secrets.push(text.trim_end().into());
            }
            text.into()
        }
        "base64" => given.body().in_base64(),
        _ => given.body(),
    };
    built.request.set_body(media_type.into(), body).map_err(failed)
}

/// Whether the media type `stated` is the documented one, or within the documented range.
fn fits(documented: &str, stated: &str) -> bool {
    let [documented, stated] = [documented, stated].map(|text| text.split(';').next().unwrap_or_default().trim());
    let [documented, stated] = [documented, stated].map(str::to_ascii_lowercase);
    match documented.split_once('*') {
        Some(_) if documented == "*/*" => true,
        Some((start, end)) => stated.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => documented == stated,
    }
}

/// The media type of a body for which none is stated: where a range is documented, the plain type of its kind, if that is in the range.
fn own_type(content: &Content) -> Result<String, Failed> {
    let documented = content.media_type.as_str();
    let plain = match content.kind.as_str() {
        _ if !documented.contains('*') => documented,
        "json" => "application/json",
        // Bytes of any kind.
        _ => "application/octet-stream",
    };
    match fits(documented, plain) {
        true => Ok(plain.to_owned()),
        false => Err(Failed::usage(format!(
            "the body may have several media types: give --content-type, which fits {documented}"
        ))),
    }
}

/// The media type that is meant: the stated one, else the first, which for fields has fields.
fn content<'a>(details: &'a Details, stated: Option<&str>, fields: bool) -> Result<&'a Content, Failed> {
    let takes = |content: &&Content| !fields || content.has_fields();
    let contents = || details.contents.iter();
    let found = match stated {
        Some(stated) => contents()
            .find(|content| content.media_type.eq_ignore_ascii_case(stated))
            .or_else(|| contents().find(|content| fits(&content.media_type, stated)))
            .filter(takes),
        None => contents().find(takes),
    };
    found.ok_or_else(|| {
        let types: Vec<&str> = details.contents.iter().filter(takes).map(|it| it.media_type.as_str()).collect();
        Failed::usage(match stated {
            Some(stated) => format!("--content-type: `{stated}` is not one of {}", types.join(", ")),
            None => "the body has no fields: give --body".to_owned(),
        })
    })
}

/// The fields of a body, put into what `json` has.
fn assembled(json: Option<&[u8]>, fields: &[&String], content: &Content, input: &mut dyn Read) -> Result<Tree, Failed> {
    let mut tree = match json {
        Some(json) => serde_json::from_slice(json).map_err(|error| Failed::usage(format!("the body: {error}")))?,
        None => Tree::Object(Vec::new()),
    };
    for (number, text) in fields.iter().enumerate() {
        let unreadable = |problem| Failed::usage(format!("--field, the {}: {problem}", values::ordinal(number)));
        let assignment = Assignment::read(text).map_err(unreadable)?;
        let secret = content.passwords.touch(&assignment.path);
        let known = content.valued(assignment.name);
        let (value, append) = match known.as_ref().map(|known| known.kind.as_str()) {
            Some(kind @ ("file" | "[file")) if !assignment.json => (file(&assignment, input)?, kind == "[file"),
            _ => assignment.value_or_item(known.as_ref(), secret).map_err(Failed::usage)?,
        };
        put(&mut tree, &assignment.path, value, append).map_err(Failed::usage)?;
    }
    let missing = content.fields.iter().filter(|field| field.required && json.is_none());
    let missing: Vec<&str> =
        missing.map(|field| field.path.as_str()).filter(|path| found(&tree, path).is_none()).collect();
    if missing.is_empty() {
        return Ok(tree);
    }
    let flags: Vec<String> = missing.iter().map(|path| format!("--field {path}=…")).collect();
    Err(Failed::usage(format!("the body needs more fields: {}", flags.join(" "))))
}

/// The value at a path.
fn found<'a>(tree: &'a Tree, path: &str) -> Option<&'a Tree> {
    values::steps(path).iter().try_fold(tree, |tree, name| match tree {
        Tree::Object(members) => members.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value),
        _ => None,
    })
}

/// The text that stands for a file in a multipart body.
fn file(assignment: &Assignment<'_>, input: &mut dyn Read) -> Result<Tree, Failed> {
    let part = match assignment.text.strip_prefix('@') {
        Some("-") => FilePart::bytes(standard_input(input)?),
        Some(path) => FilePart::path(path),
        None => {
            let name = assignment.name;
            return Err(Failed::usage(format!("the field `{name}` is a file: `{name}=@FILE`, or `{name}=@-`")));
        }
    };
    Tree::of(&part).map_err(|error| Failed::usage(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stated_media_type_is_found_by_itself_before_a_range_or_one_with_other_parameters() {
        let types = ["application/json; v=1", "application/json; v=2", "application/*+json", "image/*"];
        let contents = types.map(|media_type| Content { media_type: media_type.to_owned(), ..Content::default() });
        let details = Details { contents: contents.into(), ..Details::default() };
        for (stated, expected) in [
            (None, "application/json; v=1"),
            (Some("application/json; v=2"), "application/json; v=2"),
            (Some("application/json"), "application/json; v=1"),
            (Some("application/merge-patch+json"), "application/*+json"),
            (Some("IMAGE/png"), "image/*"),
        ] {
            let found = content(&details, stated, false).ok();
            assert_eq!(found.map(|content| content.media_type.as_str()), Some(expected), "{stated:?}");
        }
        assert!(content(&details, Some("text/plain"), false).is_err());
    }

    #[test]
    fn a_member_of_a_map_is_what_the_map_says() {
        let field = r#"{"f":[{"n":"metadata","k":"{text"},{"n":"kinds","k":"[text","v":["a","b"]},{"n":"deep","k":"{{text"},
            {"n":"lists","k":"{[text"}]}"#;
        let content: Content = serde_json::from_str(field).expect("a table's content");
        for (fields, expected) in [
            (&["metadata.build=1e5", r#"kinds=["a","b"]"#][..], r#"{"metadata":{"build":"1e5"},"kinds":["a","b"]}"#),
            (&[r"metadata.app\.io=1"], r#"{"metadata":{"app.io":"1"}}"#),
            (&["deep.a.b=1"], r#"{"deep":{"a":{"b":"1"}}}"#),
            (&["lists.a=1", "lists.a=2", r#"lists.b=["3"]"#], r#"{"lists":{"a":["1","2"],"b":["3"]}}"#),
        ] {
            let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
            let given: Vec<&String> = fields.iter().collect();
            let tree = assembled(None, &given, &content, &mut std::io::empty()).map(|tree| tree.to_string());
            assert_eq!(tree.ok().as_deref(), Some(expected), "{fields:?}");
        }
        let wrong = "kinds=[\"z\"]".to_owned();
        let refused = assembled(None, &[&wrong], &content, &mut std::io::empty()).err().map(|failed| failed.message);
        assert_eq!(refused.as_deref(), Some("the field `kinds`: `z` is not one of `a`, `b`"));
    }

    #[test]
    fn a_range_of_media_types_has_its_plain_type_or_asks_for_one() {
        let of = |media_type: &str, kind: &str| {
            let content = Content { media_type: media_type.to_owned(), kind: kind.to_owned(), ..Content::default() };
            own_type(&content).ok()
        };
        assert_eq!(of("application/*", "json").as_deref(), Some("application/json"));
        assert_eq!(of("*/*", "bytes").as_deref(), Some("application/octet-stream"));
        assert_eq!(of("text/csv; charset=utf-8", "text").as_deref(), Some("text/csv; charset=utf-8"));
        assert_eq!((of("application/*+json", "json"), of("image/*", "bytes")), (None, None));
    }
}
