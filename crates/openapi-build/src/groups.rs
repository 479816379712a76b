//! Groups of operations: by tag, or by path where an operation has no tag.
//!
//! A group is chosen before anything is repaired; `names.lock` pins it with the name that the operation has in it:
//! `listRooms@group = rooms::list`. A group by path depends on all paths of the document, and not on which operations are kept.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `X012` | a group is chosen for an unknown tag or operation, or its name is invalid; nothing changes |

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::is_method;
use crate::lock::Lock;
use crate::names::{hides_a_method, snake_name};
use crate::nearest::nearest;
use crate::normalize::walk::operation_id;
use crate::pointer::escape;

/// The group of operations whose paths name nothing, such as `/{id}`.
const ROOT: &str = "root";

/// The name of each operation's group, by the pointer of the operation.
pub(crate) type Groups = BTreeMap<String, String>;

/// A choice of the user.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    /// A tag, or an `operationId`, which counts first.
    target: String,
    group: String,
    found: bool,
}

impl Chosen {
    pub(crate) fn new(target: &str, group: &str) -> Self {
        Self { target: target.to_owned(), group: group.to_owned(), found: false }
    }

    fn is_valid(&self) -> bool {
        self.group.is_ascii() && syn::parse_str::<syn::Ident>(&self.group).is_ok()
    }

    /// The warning that this changes nothing, if so. `known` are the tags and operations that there are.
    pub(crate) fn unmatched(&self, known: &BTreeSet<String>) -> Option<Diagnostic> {
        let Self { target, group, found } = self;
        if !self.is_valid() {
            let message = format!("`{group}`, the group of `{target}`, is no name for a group; nothing changes");
            return Some(Diagnostic::warning("X012", message).help("write a name in Latin letters, such as `rooms`"));
        }
        if *found {
            return None;
        }
        let message = format!(
            "`{target}` is to be in the group `{group}`, and is neither an operation nor the first tag of one; nothing changes"
        );
        let help = match nearest(target, known.iter().map(String::as_str), target.len().div_ceil(3)) {
            Some(nearest) => format!("the nearest name is `{nearest}`"),
            None => "name a tag or an operationId".to_owned(),
        };
        Some(Diagnostic::warning("X012", message).help(help))
    }
}

/// The tags of `document` that choose groups, and the `operationId`s.
pub(crate) fn known(document: &Value) -> BTreeSet<String> {
    let tags = operations(document).flat_map(|(.., operation)| [tags(operation).next(), tag(operation)]).flatten();
    let ids = operations(document).filter_map(|(.., operation)| operation.get("operationId")?.as_str());
    tags.chain(ids).map(str::to_owned).collect()
}

/// Chooses the group of each operation: as the user says it, else as `lock` pins it, else by the first tag that can be a name, else
/// by the path, without the words that [`common`] counts. Of choices for one thing, the first counts.
pub(crate) fn of(document: &Value, common: usize, lock: &Lock, chosen: &mut [&mut Chosen]) -> Groups {
    let mut ids: HashMap<String, usize> = HashMap::new();
    for (path, method, operation) in operations(document) {
        *ids.entry(operation_id(operation, method, path)).or_default() += 1;
    }
    let mut groups = Groups::new();
    for (path, method, operation) in operations(document) {
        let id = operation_id(operation, method, path);
        let mut choose = |target: Option<&str>| {
            let mut group = None;
            for one in chosen.iter_mut().filter(|one| Some(&*one.target) == target && one.is_valid()) {
                one.found = true;
                group.get_or_insert_with(|| snake_name(&one.group));
            }
            group
        };
        let of_operation = choose(operation.get("operationId").and_then(Value::as_str));
        // The first tag may have no letters for a name, and then needs a choice most.
        let of_tag = [tags(operation).next(), tag(operation)].map(|tag| tag.and_then(|tag| choose(Some(tag))));
        let of_tag = of_tag.into_iter().flatten().next();
        // What the lock has for an ID that several operations have may be another one's.
        let pinned = || pinned(lock, &id).filter(|_| ids[&id] == 1).map(|(group, _)| group.to_owned());
        let group = of_operation.or(of_tag).or_else(pinned);
        let group = group.unwrap_or_else(|| by_itself(operation, path, common));
        groups.insert(format!("/paths/{}/{method}", escape(path)), group);
    }
    groups
}

/// The group of an operation as nobody chooses another one: by its tag or its path.
pub(crate) fn by_itself(operation: &Value, path: &str, common: usize) -> String {
    snake_name(tag(operation).unwrap_or_else(|| below(path, common)))
}

/// The place in `names.lock` of an operation in its group.
pub(crate) fn place(id: &str) -> String {
    format!("{}@{}", id.replace('/', "~1"), crate::lock::GROUP)
}

/// The group of the operation `id`, and its name in the group, as `lock` pins them.
pub(crate) fn pinned<'a>(lock: &'a Lock, id: &str) -> Option<(&'a str, &'a str)> {
    let (group, name) = lock.get(&place(id))?.split_once("::")?;
    [group, name].iter().all(|name| syn::parse_str::<syn::Ident>(name).is_ok()).then_some((group, name))
}

/// The feature of Cargo that stands for a group.
pub(crate) fn feature(group: &str) -> String {
    match group.trim_end_matches('_') {
        // Cargo has a feature of this name, which is about others.
        "default" => "default_".to_owned(),
        group => group.replace('_', "-"),
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let members = item.as_object().into_iter().flatten().filter(|(method, _)| is_method(method));
        members.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn tags(operation: &Value) -> impl Iterator<Item = &str> {
    operation.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The first tag that can be a name.
pub(crate) fn tag(operation: &Value) -> Option<&str> {
    tags(operation).find(|tag| tag.contains(|letter: char| letter.is_ascii_alphabetic()))
}

/// The segments of `path` that are neither parameters nor empty.
fn words(path: &str) -> Vec<&str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_word = |part: &&str| !part.contains(['{', '}']) && part.contains(|c: char| c.is_ascii_alphabetic());
    path.split('/').filter(is_word).collect()
}

/// How many words all paths of `document` begin with, each of which has more words.
pub(crate) fn common(document: &Value) -> usize {
    let mut all = operations(document).map(|(path, ..)| words(path));
    let Some(first) = all.next() else { return 0 };
    let mut common = first.len().saturating_sub(1);
    for words in all {
        let alike = first.iter().zip(&words).take_while(|(one, other)| one == other).count();
        common = common.min(alike).min(words.len().saturating_sub(1));
    }
    common
}

/// The word of a path that says what it is about.
fn below(path: &str, common: usize) -> &str {
    let words = words(path);
    let rest = words.get(common..).unwrap_or_default();
    let says = |word: &&&str| !is_version(word) && !["api", "rest"].contains(&word.to_ascii_lowercase().as_str());
    rest.iter().find(says).or(rest.first()).copied().unwrap_or(ROOT)
}

/// Whether a segment of a path is a version: `v1`, `v2beta1`, `v1.0`.
fn is_version(word: &str) -> bool {
    let Some(rest) = word.strip_prefix(['v', 'V']) else { return false };
    rest.starts_with(|c: char| c.is_ascii_digit()) && {
        let letters = rest.replace(|c: char| !c.is_ascii_alphabetic(), "");
        ["", "alpha", "beta", "p", "rc", "preview"].contains(&letters.to_ascii_lowercase().as_str())
    }
}

/// Words that neither begin nor end a name.
const JOINING: [&str; 14] = ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"];

/// `name`, that of an operation, without the words of its group, if the rest can be a name. In `delete_team_member`, what is deleted
/// would be another thing without the last word.
pub(crate) fn short(name: &str, group: &str) -> Option<String> {
    let of_group: Vec<String> = group.split('_').map(singular).collect();
    let is_of_group = |word: &&str| of_group.contains(&singular(word));
    let words: Vec<&str> = name.split('_').collect();
    let rest: Vec<&str> = words.iter().copied().filter(|word| !is_of_group(word)).collect();
    if words.last().is_some_and(is_of_group) && rest.len() > 1 {
        return None;
    }
    let (first, last) = (rest.first()?, rest.last()?);
    let joins = |word: &&str| JOINING.contains(word);
    let short = rest.join("_");
    let is_name = !joins(first) && !joins(last) && syn::parse_str::<syn::Ident>(&short).is_ok();
    // `snake_name` would add to a keyword.
    (is_name && snake_name(&short) == short && !hides_a_method(&short)).then_some(short)
}

/// A form that the singular and the plural of a word have in common.
fn singular(word: &str) -> String {
    let stem = word.strip_suffix('s').filter(|stem| stem.len() > 1 && !stem.ends_with('s')).unwrap_or(word);
    // `movies` may be of `movie` or of `movy`, and `caches` of `cache` or of `cach`.
    if let Some(stem) = stem.strip_suffix("ie") {
        return format!("{stem}y");
    }
    let hissing = stem.strip_suffix('e').filter(|stem| ["ch", "sh", "ss", "x"].iter().any(|end| stem.ends_with(end)));
    hissing.unwrap_or(stem).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_the_words_of_its_group_where_a_name_is_left() {
        for (name, group, expected) in [
            ("list_rooms", "rooms", Some("list")),
            ("create_room", "rooms", Some("create")),
            ("room_create", "rooms", Some("create")),
            ("rooms_list_all", "rooms", Some("list_all")),
            ("get_room_by_id", "rooms", Some("get_by_id")),
            ("list_org_v2_environments", "environments_org_v2", Some("list")),
            ("create_category", "categories", Some("create")),
            ("delete_box", "boxes", Some("delete")),
            ("get_status", "status", Some("get")),
            ("create_movie", "movies", Some("create")),
            ("get_cookie", "cookies", Some("get")),
            ("create_cache", "caches", Some("create")),
            ("get_glass", "glasses", Some("get")),
            ("delete_team_member", "members", None),
            ("member_delete_all", "members", Some("delete_all")),
            ("list_doors", "rooms", Some("list_doors")),
            // Nothing, no name, a keyword, and what would hide a method.
            ("rooms", "rooms", None),
            ("rooms_of_user", "rooms", None),
            ("get_by_room", "rooms", None),
            ("move_room", "rooms", None),
            ("clone_room", "rooms", None),
            ("room_2", "rooms", None),
        ] {
            assert_eq!(short(name, group).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_path_is_in_the_group_of_its_first_word() {
        let common_of = |paths: &[&str]| {
            let items = paths.iter().map(|path| ((*path).to_owned(), serde_json::json!({"get": {}})));
            common(&serde_json::json!({"paths": serde_json::Map::from_iter(items)}))
        };
        for (paths, path, expected) in [
            (&["/rooms", "/rooms/{id}"][..], "/rooms/{id}", "rooms"),
            (&["/v1/rooms", "/health"], "/v1/rooms", "rooms"),
            (&["/api/v2beta1/rooms", "/health"], "/api/v2beta1/rooms", "rooms"),
            (&["/hotel/rooms", "/hotel/guests/{id}"], "/hotel/guests/{id}", "guests"),
            (&["/hotel", "/hotel/guests"], "/hotel/guests", "hotel"),
            (&["/{tenant}/rooms", "/{tenant}/guests"], "/{tenant}/rooms", "rooms"),
            (&["/{id}", "/rooms"], "/{id}", "root"),
            (&["/v1"], "/v1", "v1"),
        ] {
            assert_eq!(below(path, common_of(paths)), expected, "{path}");
        }
    }

    #[test]
    fn a_feature_is_written_as_cargo_does_it() {
        for (group, expected) in [("room_types", "room-types"), ("type_", "type"), ("default", "default_")] {
            assert_eq!(feature(group), expected);
        }
    }
}
