//! What becomes of code that uses the crate, from two surfaces: the rules of the SemVer chapter of the Cargo book, as
//! far as generated code can break them. Generated structs are `#[non_exhaustive]`, so that a field more breaks nobody; another
//! required field changes what `new` takes: nothing, the one required field, or an exhaustive struct of several. A setter of
//! what is checked returns a `Result`, so that a first rule changes it, and so does the loss of the last.
//!
//! | code | what becomes of an item |
//! | --- | --- |
//! | `R001` | it is gone, or of another kind: major |
//! | `R002` | it is new: minor |
//! | `R003` | a struct that anybody can build has a field more: major |
//! | `R004` | an enum that anybody can match in full has a variant more: major |
//! | `R005` | a type no longer has a trait: major |
//! | `R006` | a field, alias or constant is of another type: major |
//! | `R007` | a function takes or gives back something else: major |
//! | `R008` | a variant holds something else: major |
//! | `R009` | a type can no longer be built or matched in full: major; it can now: minor |
//! | `R010` | it is deprecated, or no longer: minor |
//! | `R011` | an argument has another name: patch |
//! | `R012` | an argument takes more than before: minor |
//! | `R013` | it stands for something else, and code that uses it compiles: an argument, a setter or a field whose value goes to another place, a variant that is another value, a method that calls another operation or reads other environment variables: silent |
//! | `R014` | a method is new, and hides that of a trait which the type has by a derive of the user's own: major |

use std::collections::{BTreeMap, BTreeSet};

use super::surface::{Item, Kind, Surface};

/// The update that a change asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing that code can see changed.
    #[default]
    Patch,
    /// Something came that was not there.
    Minor,
    /// Code that uses the crate may no longer compile.
    Major,
    /// As major, and the compiler does not see it: unchanged code compiles, and sends a value to another place or one that
    /// means something else now.
    Silent,
}

impl Level {
    /// As reports say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Silent => "silent",
        }
    }

    /// The version that comes after `version`, in Cargo's sense: before 1.0 the second number stands for the first, and
    /// before 0.1 the third. `None` if `version` is not three numbers; what follows them is dropped.
    ///
    /// ```
    /// use openapi_build::track::semver::Level;
    ///
    /// assert_eq!(Level::Major.after("1.4.2").as_deref(), Some("2.0.0"));
    /// assert_eq!(Level::Minor.after("1.4.2").as_deref(), Some("1.5.0"));
    /// assert_eq!(Level::Silent.after("0.4.2").as_deref(), Some("0.5.0"));
    /// assert_eq!(Level::Minor.after("0.4.2").as_deref(), Some("0.4.3"));
    /// assert_eq!(Level::Minor.after("0.0.2").as_deref(), Some("0.0.3"));
    /// ```
    pub fn after(self, version: &str) -> Option<String> {
        let core = version.split(['-', '+']).next()?;
        let numbers: Vec<u64> = core.split('.').map(|number| number.parse().ok()).collect::<Option<_>>()?;
        let [major, minor, patch] = numbers.as_slice() else { return None };
        Some(match (major, minor, self) {
            (0, 0, _) => format!("0.0.{}", patch + 1),
            (0, minor, Self::Major | Self::Silent) => format!("0.{}.0", minor + 1),
            (0, minor, _) => format!("0.{minor}.{}", patch + 1),
            (major, _, Self::Major | Self::Silent) => format!("{}.0.0", major + 1),
            (major, minor, Self::Minor) => format!("{major}.{}.0", minor + 1),
            (major, minor, Self::Patch) => format!("{major}.{minor}.{}", patch + 1),
        })
    }
}

/// What became of an item of the Rust API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChange {
    /// The rule, such as `R001`.
    pub code: &'static str,
    /// The update that it asks for.
    pub level: Level,
    /// The path of the item.
    pub path: String,
    /// Its line in the old surface; `None` where it is new.
    pub old: Option<String>,
    /// Its line in the new surface; `None` where it is gone.
    pub new: Option<String>,
    /// What the lines do not say of it: where values go now, and went.
    pub detail: Option<String>,
}

impl ItemChange {
    /// What became of it, as a sentence without its end: ``the field `types::Item::owner` is new``.
    pub fn sentence(&self) -> String {
        let line = self.new.as_deref().or(self.old.as_deref()).unwrap_or_default();
        let word = line.split(' ').next().unwrap_or_default();
        let path = &self.path;
        if let Some(detail) = &self.detail {
            return format!("{word} `{path}`: {detail}");
        }
        match self.code {
            "R001" => format!("{word} `{path}` is gone"),
            "R003" => format!("field `{path}` must be given now"),
            "R005" => format!("`{}` is gone", self.old.as_deref().unwrap_or_default()),
            "R010" if self.new.as_deref().is_some_and(|line| line.contains(DEPRECATED)) => {
                format!("{word} `{path}` is deprecated")
            }
            "R010" => format!("{word} `{path}` is no longer deprecated"),
            "R009" if self.level == Level::Major => format!("{word} `{path}` is `#[non_exhaustive]`"),
            "R009" => format!("{word} `{path}` is no longer `#[non_exhaustive]`"),
            _ if self.old.is_none() => format!("{word} `{path}` is new"),
            _ => {
                let rest = |line: &Option<String>| {
                    let line = line.as_deref().unwrap_or_default();
                    line.find(path.as_str())
                        .map_or("", |at| &line[at + path.len()..])
                        .trim_start_matches([':', '=', ' '])
                        .to_owned()
                };
                format!("{word} `{path}`: `{}`, was `{}`", rest(&self.new), rest(&self.old))
            }
        }
    }
}

const NON_EXHAUSTIVE: &str = " #[non_exhaustive]";
const DEPRECATED: &str = " #[deprecated]";

/// What became of the items of a surface. What belongs to a type that is itself new or gone is not reported again.
pub fn compare(old: &Surface, new: &Surface) -> Vec<ItemChange> {
    let sides = (Side::of(old), Side::of(new));
    let mut changes = Vec::new();
    for (key, before) in &sides.0.items {
        match sides.1.items.get(key) {
            Some(after) => changes.extend(changed(before, after)),
            None if sides.0.is_part_of_what_went(before, &sides.1) => {}
            None => {
                let code = if before.kind == Kind::Impl { "R005" } else { "R001" };
                changes.push(change(code, Level::Major, Some(before), None));
            }
        }
    }
    for (key, after) in &sides.1.items {
        if !sides.0.items.contains_key(key) && !sides.1.is_part_of_what_went(after, &sides.0) {
            let (code, level) = added(after, &sides.0);
            changes.push(change(code, level, None, Some(after)));
        }
    }
    changes
}

/// What an item is known by: its kind and path, and for a trait that a type has the trait.
type Key<'a> = (&'a str, Kind, &'a str);

struct Side<'a> {
    items: BTreeMap<Key<'a>, &'a Item>,
    /// The paths of what holds other items.
    owners: BTreeSet<&'a str>,
    /// Those of them that anybody can build or match in full.
    exhaustive: BTreeSet<&'a str>,
}

impl<'a> Side<'a> {
    fn of(surface: &'a Surface) -> Self {
        let mut side = Self { items: BTreeMap::new(), owners: BTreeSet::new(), exhaustive: BTreeSet::new() };
        for item in surface.items() {
            let of_trait = if item.kind == Kind::Impl { item.signature.as_str() } else { "" };
            side.items.insert((item.path.as_str(), item.kind, of_trait), item);
            if matches!(item.kind, Kind::Struct | Kind::Enum | Kind::Trait | Kind::Module) {
                side.owners.insert(&item.path);
                if !item.signature.contains(NON_EXHAUSTIVE) {
                    side.exhaustive.insert(&item.path);
                }
            }
        }
        side
    }

    /// Whether the item belongs to something of this side that `other` lacks.
    fn is_part_of_what_went(&self, item: &'a Item, other: &Self) -> bool {
        let gone = |path: &str| self.owners.contains(path) && !other.owners.contains(path);
        let of_request = operation_of(&item.path);
        let own = matches!(item.kind, Kind::Impl).then_some(item.path.as_str());
        let mut parent = item.parent();
        while !parent.is_empty() {
            if gone(parent) {
                return true;
            }
            parent = parent.rsplit_once("::").map_or("", |(above, _)| above);
        }
        of_request.as_deref().is_some_and(gone) || own.is_some_and(gone)
    }
}

/// The marker of the operation whose request is at `path`: `operations::PutItem` for `requests::PutItem::dry_run`.
fn operation_of(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split("::").collect();
    let module = segments.iter().position(|segment| *segment == "requests")?;
    let name = segments.get(module + 1)?;
    Some([&segments[..module], &["operations", name]].concat().join("::"))
}

fn change(code: &'static str, level: Level, old: Option<&Item>, new: Option<&Item>) -> ItemChange {
    let path = new.or(old).map(|item| item.path.clone()).unwrap_or_default();
    let (old, new) = (old.map(ToString::to_string), new.map(ToString::to_string));
    ItemChange { code, level, path, old, new, detail: None }
}

/// The methods of the traits that a user's derive can give to a type, and that no generated method makes way for: they are the
/// names of fields that many have, and few types have the traits.
const OF_ORDER: [&str; 7] = ["clamp", "ge", "gt", "le", "lt", "max", "min"];

fn added(item: &Item, old: &Side<'_>) -> (&'static str, Level) {
    let exhaustive = old.exhaustive.contains(item.parent());
    let has = |of: &str| old.items.contains_key(&(item.parent(), Kind::Impl, format!(": {of}").as_str()));
    match item.kind {
        Kind::Function if OF_ORDER.contains(&item.name()) && (has("Ord") || has("PartialOrd")) => {
            ("R014", Level::Major)
        }
        Kind::Field if exhaustive => ("R003", Level::Major),
        Kind::Variant if exhaustive => ("R004", Level::Major),
        _ => ("R002", Level::Minor),
    }
}

/// What differs between two items of one kind and path.
fn changed(old: &Item, new: &Item) -> Vec<ItemChange> {
    let mut changes = Vec::new();
    if old.signature == new.signature {
        return changes;
    }
    let has = |mark: &str| (old.signature.contains(mark), new.signature.contains(mark));
    let mut add = |code, level| changes.push(change(code, level, Some(old), Some(new)));
    match has(NON_EXHAUSTIVE) {
        (false, true) => add("R009", Level::Major),
        (true, false) => add("R009", Level::Minor),
        _ => {}
    }
    if has(DEPRECATED).0 != has(DEPRECATED).1 {
        add("R010", Level::Minor);
    }
    let (before, after) = (bare(&old.signature), bare(&new.signature));
    if before == after {
        return changes;
    }
    match old.kind {
        Kind::Function => {
            let (code, level) = function(&before, &after);
            let detail = moved(&before, &after).filter(|_| level < Level::Major);
            match detail {
                Some(_) => {
                    changes.push(ItemChange { detail, ..change("R013", Level::Silent, Some(old), Some(new)) });
                }
                None => add(code, level),
            }
        }
        Kind::Variant => add("R008", Level::Major),
        _ => add("R006", Level::Major),
    }
    changes
}

/// A signature without its marks.
fn bare(signature: &str) -> String {
    signature.replace(NON_EXHAUSTIVE, "").replace(DEPRECATED, "")
}

/// What became of a function.
fn function(old: &str, new: &str) -> (&'static str, Level) {
    let differs = ("R007", Level::Major);
    let (Some(old), Some(new)) = (parts(old), parts(new)) else { return differs };
    if old.before != new.before || old.result != new.result || old.arguments.len() != new.arguments.len() {
        return differs;
    }
    let types = old.arguments.iter().zip(&new.arguments).map(|(old, new)| (kind_of(old), kind_of(new)));
    let mut wider = false;
    for (old, new) in types {
        match old == new {
            true => {}
            false if new == format!("impl Into<{old}>") => wider = true,
            false => return differs,
        }
    }
    if wider { ("R012", Level::Minor) } else { ("R011", Level::Patch) }
}

/// Which arguments have the name that another had: the names alone do not say where values go, but that they went there.
fn moved(old: &str, new: &str) -> Option<String> {
    let (old, new) = (parts(old)?, parts(new)?);
    let name = |argument: &&str| argument.split_once(": ").map(|(name, _)| name.to_owned());
    let (old, new): (Vec<_>, Vec<_>) =
        (old.arguments.iter().map(name).collect(), new.arguments.iter().map(name).collect());
    let others = |at: usize, name: &Option<String>| {
        name.is_some() && old.iter().enumerate().any(|(index, other)| index != at && other == name)
    };
    let details: Vec<String> = (0..old.len().min(new.len()))
        .filter(|at| others(*at, &new[*at]))
        .filter_map(|at| Some(format!("`{}` stands where `{}` stood", new[at].as_ref()?, old[at].as_ref()?)))
        .collect();
    (!details.is_empty()).then(|| details.join("; "))
}

/// The parts of a function's signature: generics, arguments, and what it gives back.
struct Parts<'a> {
    before: &'a str,
    arguments: Vec<&'a str>,
    result: &'a str,
}

fn parts(signature: &str) -> Option<Parts<'_>> {
    let open = signature.find('(')?;
    let (mut depth, mut start, mut arguments) = (0usize, open + 1, Vec::new());
    for (index, c) in signature.char_indices().skip_while(|(index, _)| *index < open) {
        match c {
            '(' | '<' | '[' => depth += 1,
            '>' if signature[..index].ends_with('-') => {}
            ')' | '>' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 1 => {
                arguments.push(signature[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
        if depth == 0 {
            arguments.extend(Some(signature[start..index].trim()).filter(|last| !last.is_empty()));
            return Some(Parts { before: &signature[..open], arguments, result: &signature[index + 1..] });
        }
    }
    None
}

/// The types of the arguments of a function, `self` aside, and what it gives back.
pub(super) fn arguments(signature: &str) -> Option<(Vec<&str>, &str)> {
    let parts = parts(signature)?;
    let others = parts.arguments.iter().filter(|argument| !matches!(**argument, "self" | "&self" | "&mut self"));
    Some((others.map(|argument| kind_of(argument)).collect(), parts.result))
}

/// The type of an argument, without its name.
fn kind_of(argument: &str) -> &str {
    argument.split_once(": ").map_or(argument, |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(old: &str, new: &str) -> Vec<(&'static str, Level)> {
        let surface = |text: &str| Surface::parse(&text.replace("; ", "\n")).expect("a surface");
        compare(&surface(old), &surface(new)).into_iter().map(|change| (change.code, change.level)).collect()
    }

    #[test]
    fn each_rule_tells_what_breaks_users() {
        type Row = (&'static str, &'static str, &'static [(&'static str, Level)]);
        let table: [Row; 21] = [
            ("struct a::B", "struct a::B", &[]),
            (
                "struct a::B; field a::B::c: u8; impl a::B: Clone",
                "struct a::D",
                &[("R001", Level::Major), ("R002", Level::Minor)],
            ),
            ("struct a::B", "enum a::B", &[("R001", Level::Major), ("R002", Level::Minor)]),
            (
                "struct a::B #[non_exhaustive]",
                "struct a::B #[non_exhaustive]; field a::B::c: u8",
                &[("R002", Level::Minor)],
            ),
            ("struct a::B", "struct a::B; field a::B::c: u8", &[("R003", Level::Major)]),
            ("enum a::B", "enum a::B; variant a::B::C", &[("R004", Level::Major)]),
            ("enum a::B #[non_exhaustive]", "enum a::B #[non_exhaustive]; variant a::B::C", &[("R002", Level::Minor)]),
            ("struct a::B; impl a::B: Default", "struct a::B", &[("R005", Level::Major)]),
            ("struct a::B; field a::B::c: u8", "struct a::B; field a::B::c: u16", &[("R006", Level::Major)]),
            ("type a::B = u8", "type a::B = u16", &[("R006", Level::Major)]),
            ("fn A::b(&self, c: u8)", "fn A::b(&self, c: u16)", &[("R007", Level::Major)]),
            ("fn A::b(&self)", "fn A::b(&self, c: u16)", &[("R007", Level::Major)]),
            ("fn A::b(&self) -> u8", "fn A::b(&self) -> u16", &[("R007", Level::Major)]),
            ("variant a::B::C(u8)", "variant a::B::C(u16)", &[("R008", Level::Major)]),
            ("struct a::B", "struct a::B #[non_exhaustive]", &[("R009", Level::Major)]),
            ("fn A::b(&self)", "fn A::b(&self) #[deprecated]", &[("R010", Level::Minor)]),
            ("fn A::b(&self, c: &[(u8, u8)])", "fn A::b(&self, d: &[(u8, u8)])", &[("R011", Level::Patch)]),
            ("fn A::b(&self, c: &str, d: &str)", "fn A::b(&self, d: &str, c: &str)", &[("R013", Level::Silent)]),
            ("fn A::b(&self, c: &str, d: &str)", "fn A::b(&self, d: &str, e: &str)", &[("R013", Level::Silent)]),
            ("fn A::b(&self, c: u8, d: u16)", "fn A::b(&self, d: u16, c: u8)", &[("R007", Level::Major)]),
            ("fn A::b(c: String) -> Vec<u8>", "fn A::b(c: impl Into<String>) -> Vec<u8>", &[("R012", Level::Minor)]),
        ];
        for (old, new, expected) in table {
            assert_eq!(judge(old, new), expected, "{old} -> {new}");
        }
    }

    #[test]
    fn the_request_and_its_methods_belong_to_their_operation() {
        let old = "enum operations::A; type operations::A::Body = u8; struct requests::A(..); fn requests::A::b(self) -> Self";
        assert_eq!(judge(old, ""), [("R001", Level::Major)]);
        let new = "enum operations::A; type operations::A::Body = u8; struct requests::A(..)";
        assert_eq!(judge(old, new), [("R001", Level::Major)]);
    }
}
