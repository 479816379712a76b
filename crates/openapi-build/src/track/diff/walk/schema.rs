//! Comparing schemas.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::effective::{effective, resolve};
use super::{At, Spots, Walker, aligned, in_order, keys, short};
use crate::grammar::{self, Kind};
use crate::track::difference::Difference;
use crate::track::servers::Compared;

impl Walker<'_> {
    /// Compares two schemas, neither of which is a reference.
    pub(super) fn schema(&mut self, old: &Value, new: &Value, at: &At) {
        if !old.is_object() || !new.is_object() {
            if old != new {
                let spots = Spots::all(at, true, true);
                self.emit(whole("schema", (old, new), (old, new), at), spots, at);
            }
            return;
        }
        if self.depth > 0 {
            let (old, new) = (effective(self.old, old), effective(self.new, new));
            return self.fields(&old, &new, at);
        }
        let Some(pairs) = self.parts(old, new) else { return self.recomposed(old, new, at) };
        let (parts_old, parts_new) = (list(old, "allOf"), list(new, "allOf"));
        if !in_order(&pairs) {
            self.order(&at.child("allOf"));
        }
        for (before, after) in pairs {
            let at = self.moved(&at.child("allOf"), before, after);
            self.object(Kind::Schema, &parts_old[before], &parts_new[after], &at);
        }
        self.fields(old, new, at);
    }

    /// The members at `old` and `new` of the list at `at`; that they stand elsewhere is remembered.
    pub(super) fn moved(&mut self, at: &At, old: usize, new: usize) -> At {
        let at = at.entry(&old.to_string(), &new.to_string());
        if old != new && self.depth == 0 {
            self.out.moves.push((at.old.clone(), at.new.clone()));
        }
        at
    }

    /// Which parts of two `allOf` belong together, if each has a partner.
    fn parts(&self, old: &Value, new: &Value) -> Option<Vec<(usize, usize)>> {
        let (before, after) = (list(old, "allOf"), list(new, "allOf"));
        // An inline part is known by its place among the inline ones.
        let known_by = |parts: &[Value], renamed: &HashMap<String, String>| -> Vec<String> {
            let mut inline = 0;
            let key = |part: &Value| match grammar::reference(part) {
                Some(to) => renamed.get(to).cloned().unwrap_or_else(|| to.to_owned()),
                None => {
                    inline += 1;
                    inline.to_string()
                }
            };
            parts.iter().map(key).collect()
        };
        let (before, after) = (known_by(before, &self.pairs.renamed), known_by(after, &HashMap::new()));
        let (pairs, gone, came) = aligned(&before, &after);
        (gone.is_empty() && came.is_empty()).then_some(pairs)
    }

    /// A schema that is put together of other parts: what differs in the end.
    fn recomposed(&mut self, old: &Value, new: &Value, at: &At) {
        let mut inner = self.inner(Kind::Schema, old, new, at);
        let spots = Spots::all(at, true, true);
        if let [_] = inner.as_slice()
            && let Some(mut change) = inner.pop()
        {
            // It is that change, said in another way.
            let place = |place: Option<super::Place>, pointer: &str| {
                let text = place.and_then(|place| place.text);
                Some(super::place(pointer.to_owned(), text, vec![pointer.to_owned()]))
            };
            change.old = place(change.old, &at.old);
            change.new = place(change.new, &at.new);
            self.out.changes.push(change);
            return;
        }
        let mut difference = whole("allOf", (old, new), (old, new), at);
        difference.inner = Some(&inner);
        self.emit(difference, spots, at);
    }

    /// Compares the fields of two schemas, `allOf` aside.
    fn fields(&mut self, old: &Value, new: &Value, at: &At) {
        let owners = (old, new);
        let discriminator = ["oneOf", "anyOf"].into_iter().any(|key| self.alternatives(key, owners, at));
        for key in keys(old, new) {
            match key {
                "allOf" | "oneOf" | "anyOf" => {}
                "required" => self.required(owners, at),
                "enum" | "x-extensible-enum" => self.values(key, owners, at),
                "discriminator" if discriminator => {}
                "type" => self.kind(owners, at),
                // A format goes with its type.
                "format"
                    if old.get("type") != new.get("type") && old.get("type").is_some() && new.get("type").is_some() => {
                }
                "format" => self.format(owners, at),
                _ => self.field(Kind::Schema, key, owners, at),
            }
        }
    }

    /// Compares the formats of two schemas by the types that hold for them, which may stand elsewhere.
    pub(super) fn format(&mut self, owners: (&Value, &Value), at: &At) {
        let (old, new) = (owners.0.get("format"), owners.1.get("format"));
        if old == new {
            return;
        }
        let typed = (typed(self.old, owners.0), typed(self.new, owners.1));
        let spots = Spots::all(&at.child("format"), old.is_some(), new.is_some());
        let at = at.field(Kind::Schema, "format");
        let difference = Difference {
            kind: Kind::Schema,
            field: "format",
            entry: None,
            old,
            new,
            owners: (&typed.0, &typed.1),
            sides: at.sides,
            inner: None,
            servers: Compared::default(),
        };
        self.emit(difference, spots, &at);
    }

    /// Compares the types of two schemas; a format goes with its type.
    fn kind(&mut self, owners: (&Value, &Value), at: &At) {
        let reported = self.out.changes.len();
        self.value(Kind::Schema, "type", owners, at);
        let has = |owner: &Value| owner.get("format").is_some();
        let Some(change) = self.out.changes.get_mut(reported).filter(|_| has(owners.0) || has(owners.1)) else {
            return;
        };
        for (place, has) in [(&mut change.old, has(owners.0)), (&mut change.new, has(owners.1))] {
            if let Some(place) = place {
                let format = place.pointer.strip_suffix("type").filter(|_| has).map(|owner| format!("{owner}format"));
                place.covers.extend(format);
            }
        }
    }

    /// Compares the alternatives of two schemas; whether what came and went accounts for the discriminator too.
    fn alternatives(&mut self, key: &str, owners: (&Value, &Value), at: &At) -> bool {
        let (old, new) = (list(owners.0, key), list(owners.1, key));
        let at_list = at.child(key);
        if old.is_empty() || new.is_empty() {
            self.value(Kind::Schema, key, owners, at);
            return false;
        }
        let name = |document: &Value, part: &Value, index: usize| {
            let title = || resolve(document, part).get("title").and_then(Value::as_str).map(str::to_owned);
            let reference = grammar::reference(part).map(str::to_owned);
            reference.or_else(title).unwrap_or_else(|| format!("{} {index}", short(part)))
        };
        let mut before: Vec<String> = old.iter().enumerate().map(|(i, part)| name(self.old, part, i)).collect();
        let after: Vec<String> = new.iter().enumerate().map(|(i, part)| name(self.new, part, i)).collect();
        for reference in &mut before {
            if let Some(renamed) = self.pairs.renamed.get(reference) {
                reference.clone_from(renamed);
            }
        }
        let (mut pairs, mut gone, mut came) = aligned(&before, &after);
        // Inline ones that have no name belong together by where they stand.
        let inline =
            |index: &usize, all: &[Value]| all.get(*index).is_some_and(|part| grammar::reference(part).is_none());
        while let (Some(one), Some(other)) =
            (gone.iter().position(|index| inline(index, old)), came.iter().position(|index| inline(index, new)))
        {
            pairs.push((gone.remove(one), came.remove(other)));
        }
        pairs.sort_unstable();
        if !in_order(&pairs) {
            let difference = Difference { entry: None, ..whole(key, (&owners.0[key], &owners.1[key]), owners, at) };
            let (old, new) = (Some(at_list.old.clone()), Some(at_list.new.clone()));
            self.emit(difference, Spots { old, new, ..Spots::default() }, at);
        }
        for (one, other) in &pairs {
            let at = self.moved(&at_list, *one, *other);
            self.object(Kind::Schema, &old[*one], &new[*other], &at);
        }
        let mapping = mapping_only(owners, &gone, &came, (old, new));
        let last = gone.len() + came.len();
        let gone = gone.iter().map(|index| (&before[*index], Some(&old[*index]), None, *index));
        let came = came.iter().map(|index| (&after[*index], None, Some(&new[*index]), *index));
        for (count, (name, old, new, index)) in gone.chain(came).enumerate() {
            let at = at_list.child(&index.to_string());
            let mut spots = Spots::all(&at, old.is_some(), new.is_some());
            if mapping && count + 1 == last {
                let discriminator = at_list.old.trim_end_matches(key).to_owned() + "discriminator";
                spots.covers.0.push(discriminator);
                spots.covers.1.push(at_list.new.trim_end_matches(key).to_owned() + "discriminator");
            }
            let name = name.rsplit('/').next().unwrap_or(name);
            let (kind, sides, inner) = (Kind::Schema, at.sides, None);
            let difference = Difference {
                kind,
                field: key,
                entry: Some(name),
                old,
                new,
                owners,
                sides,
                inner,
                servers: Compared::default(),
            };
            self.emit(difference, spots, &at);
        }
        mapping
    }

    /// Compares `required`; what is said with the property itself is not said again.
    fn required(&mut self, owners: (&Value, &Value), at: &At) {
        let (old, new) = (list(owners.0, "required"), list(owners.1, "required"));
        let declared = |owner: &Value, name: &Value| {
            name.as_str().is_some_and(|name| owner.get("properties").is_some_and(|all| all.get(name).is_some()))
        };
        let elsewhere = |name: &Value| declared(owners.0, name) != declared(owners.1, name);
        self.members("required", (old, new), owners, at, &elsewhere);
    }

    /// Compares the values of an enum, or says that there is one now, or none.
    fn values(&mut self, key: &str, owners: (&Value, &Value), at: &At) {
        let has = |key: &str| (owners.0.get(key).is_some(), owners.1.get(key).is_some());
        let opened = match (has("enum"), has("x-extensible-enum")) {
            ((true, false), (false, true)) => Some("enum"),
            ((false, true), (true, false)) => Some("x-extensible-enum"),
            _ => None,
        };
        if let Some(before) = opened {
            if key == before {
                let after = if before == "enum" { "x-extensible-enum" } else { "enum" };
                let spots = Spots::all(&at.entry(before, after), true, true);
                let values = (&owners.0[before], &owners.1[after]);
                self.emit(whole("openness", values, owners, at), spots, at);
            }
        } else if has(key) == (true, true) {
            self.members(key, (list(owners.0, key), list(owners.1, key)), owners, at, &|_| false);
        } else {
            self.value(Kind::Schema, key, owners, at);
        }
    }

    /// Compares two lists whose order does not matter, member by member.
    fn members(
        &mut self,
        key: &str,
        (old, new): (&[Value], &[Value]),
        owners: (&Value, &Value),
        at: &At,
        skip: &dyn Fn(&Value) -> bool,
    ) {
        let (pairs, gone, came) = aligned(old, new);
        let at_list = at.child(key);
        if gone.is_empty() && came.is_empty() {
            if !in_order(&pairs) {
                self.order(&at_list);
            }
            return;
        }
        let has = (owners.0.get(key).is_some(), owners.1.get(key).is_some());
        let gone = gone.iter().map(|index| (Some(&old[*index]), None));
        for (before, after) in gone.chain(came.iter().map(|index| (None, Some(&new[*index])))) {
            let Some(member) = before.or(after).filter(|member| !skip(member)) else { continue };
            let (name, spots) = (short(member), Spots::all(&at_list, has.0, has.1));
            let (kind, sides) = (Kind::Schema, at.sides);
            let entry = Some(name.as_str());
            self.emit(
                Difference {
                    kind,
                    field: key,
                    entry,
                    old: before,
                    new: after,
                    owners,
                    sides,
                    inner: None,
                    servers: Compared::default(),
                },
                spots,
                at,
            );
        }
    }
}

/// The type and the format that hold for a schema, its own or those of what it refers to or is put together of.
fn typed(document: &Value, schema: &Value) -> Value {
    let whole = effective(document, schema);
    let mut typed = Map::new();
    for key in ["type", "format"] {
        if let Some(value) = schema.get(key).or_else(|| whole.get(key)) {
            typed.insert(key.to_owned(), value.clone());
        }
    }
    Value::Object(typed)
}

fn whole<'v>(
    field: &'v str,
    (old, new): (&'v Value, &'v Value),
    owners: (&'v Value, &'v Value),
    at: &At,
) -> Difference<'v> {
    let (old, new, sides) = (Some(old), Some(new), at.sides);
    Difference {
        kind: Kind::Schema,
        field,
        entry: None,
        old,
        new,
        owners,
        sides,
        inner: None,
        servers: Compared::default(),
    }
}

fn list<'v>(schema: &'v Value, key: &str) -> &'v [Value] {
    schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether the discriminators differ by no more than the alternatives do that came and went.
fn mapping_only(owners: (&Value, &Value), gone: &[usize], came: &[usize], (old, new): (&[Value], &[Value])) -> bool {
    let (Some(before), Some(after)) = (owners.0.get("discriminator"), owners.1.get("discriminator")) else {
        return false;
    };
    if before == after || before.get("propertyName") != after.get("propertyName") || gone.len() + came.len() == 0 {
        return false;
    }
    let empty = Map::new();
    let before = before.get("mapping").and_then(Value::as_object).unwrap_or(&empty);
    let after = after.get("mapping").and_then(Value::as_object).unwrap_or(&empty);
    let names = |indices: &[usize], all: &[Value]| -> Vec<String> {
        indices.iter().filter_map(|index| grammar::reference(&all[*index]).map(str::to_owned)).collect()
    };
    let (gone, came) = (names(gone, old), names(came, new));
    let goes = |target: &Value, names: &[String]| target.as_str().is_some_and(|to| names.iter().any(|name| name == to));
    before.iter().filter(|(key, target)| after.get(*key) != Some(*target)).all(|(_, target)| goes(target, &gone))
        && after.iter().filter(|(key, target)| before.get(*key) != Some(*target)).all(|(_, target)| goes(target, &came))
}

/// Entries that have another name and are else the same: by the old name the new one. Where they are to be `telling` and
/// say nothing of themselves, they have to stand at the same place.
pub(super) fn renamed(old: &Map<String, Value>, new: &Map<String, Value>, telling: bool) -> HashMap<String, String> {
    let gone: Vec<(usize, &String)> = old.keys().enumerate().filter(|(_, name)| !new.contains_key(*name)).collect();
    let came: Vec<(usize, &String)> = new.keys().enumerate().filter(|(_, name)| !old.contains_key(*name)).collect();
    let alike = |(one, before): &(usize, &String), (other, after): &(usize, &String)| {
        old[*before] == new[*after] && (!telling || one == other || old[*before].get("description").is_some())
    };
    let mut names = HashMap::new();
    for one in &gone {
        let partners: Vec<_> = came.iter().filter(|other| alike(one, other)).collect();
        if let [partner] = partners.as_slice()
            && gone.iter().filter(|other| alike(other, partner)).count() == 1
        {
            names.insert(one.1.clone(), partner.1.clone());
        }
    }
    names
}

/// A property accounts for its own mention in `required`.
pub(super) fn cover_required(spots: &mut Spots, owners: (&Value, &Value), name: &str, at: &At) {
    let named = |owner: &Value| list(owner, "required").iter().any(|required| required == name);
    if named(owners.0) || named(owners.1) {
        let list = |pointer: &str| pointer.rsplit_once("/properties/").map(|(owner, _)| format!("{owner}/required"));
        spots.covers.0.extend(list(&at.old).filter(|_| owners.0.get("required").is_some()));
        spots.covers.1.extend(list(&at.new).filter(|_| owners.1.get("required").is_some()));
    }
}
