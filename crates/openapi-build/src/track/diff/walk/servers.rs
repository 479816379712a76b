//! Comparing servers as they take effect: those of an operation, else of its path, else of the document, else `/`.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::super::effective::resolve;
use super::super::{noise, pairs, uses};
use super::paths::member;
use super::{At, Spots, Walker, aligned, in_order};
use crate::grammar::Kind;
use crate::pointer::escape;
use crate::track::change::Noise;
use crate::track::servers::{Effect, url};

/// The servers that hold for something, and where their list stands.
struct Held {
    list: Vec<Value>,
    at: String,
    /// How far out: at the operation, its path, the document, or nowhere.
    level: usize,
}

impl Held {
    /// The first list of `levels` that has a server, as OpenAPI and the generated client have it.
    fn of(levels: &[(&Value, &str)]) -> Self {
        let lists = levels.iter().map(|(owner, at)| (list(owner), at));
        match lists.enumerate().find(|(_, (list, _))| !list.is_empty()) {
            // From the outside, the document being the same level for all.
            Some((level, (list, at))) => {
                Self { list: list.to_vec(), at: format!("{at}/servers"), level: levels.len() - level }
            }
            None => {
                let at = levels.first().map(|(_, at)| (*at).to_owned()).unwrap_or_default();
                Self { list: vec![json!({"url": "/"})], at, level: 0 }
            }
        }
    }

    /// What it comes to.
    fn effects(&self) -> Vec<Effect> {
        self.list.iter().map(Effect::of).collect()
    }
}

/// What changes account for: pointers of the old and of the new document.
type Covers = (Vec<String>, Vec<String>);

/// The lists that changes account for, and whether they are of the old document.
type Told = HashSet<(String, bool)>;

impl Walker<'_> {
    /// Compares the servers of both documents: once where operations go by those of the document, else by operation.
    pub(super) fn servers(&mut self) {
        let (old, new) = (self.old, self.new);
        let root = (Held::of(&[(old, "")]), Held::of(&[(new, "")]));
        let of_root = (root.0.effects(), root.1.effects());
        let (mut covers, mut told, mut operations) = (Covers::default(), Told::new(), Vec::new());
        let partners = self.partners();
        for (from, to) in &partners {
            let held = (held(old, from), held(new, to));
            let label = uses::label(&to.0, &to.1);
            let change = (held.0.effects(), held.1.effects());
            let own = match held.0.level == held.1.level {
                true => (vec![held.0.at.clone()], vec![held.1.at.clone()]),
                false => own(old, new, from, to),
            };
            let mut tell = || {
                told.extend(own.0.iter().map(|at| (at.clone(), true)));
                told.extend(own.1.iter().map(|at| (at.clone(), false)));
            };
            if change == of_root {
                operations.push(label);
                if change.0 != change.1 && (held.0.level, held.1.level) != (root.0.level, root.1.level) {
                    tell();
                    covers.0.extend(own.0);
                    covers.1.extend(own.1);
                }
            } else if change.0 != change.1 {
                tell();
                let at = At { sides: uses::REQUEST, operations: [label.clone()].into(), ..At::default() };
                let others = if held.0.level == held.1.level { Covers::default() } else { own };
                self.server_lists(Kind::Operation, &held, &others, Some(&label), &at);
            }
        }
        for (from, to) in &partners {
            let owners = (&old["paths"][&from.0][&from.1], &new["paths"][&to.0][&to.1]);
            self.same_servers(owners, (pointer(from), pointer(to)), &told);
        }
        let paths = old.get("paths").and_then(Value::as_object).into_iter().flatten();
        let pairs = self.pairs;
        for (before, after) in paths.filter_map(|(path, _)| Some((path, pairs.paths.get(path)?))) {
            let owners = (resolve(old, &old["paths"][before]), resolve(new, &new["paths"][after]));
            let at = (format!("/paths/{}", escape(before)), format!("/paths/{}", escape(after)));
            self.same_servers(owners, at, &told);
        }
        if old.get("servers") == new.get("servers") {
            return;
        }
        // Where each operation goes where it went, it does not matter what the document says.
        let unused = operations.is_empty() && !partners.is_empty();
        if of_root.0 == of_root.1 || unused {
            return self.same_servers((old, new), Default::default(), &Told::new());
        }
        let sides = if operations.is_empty() { Default::default() } else { uses::REQUEST };
        let at = At { sides, operations: operations.into(), ..At::default() };
        self.server_lists(Kind::Document, &root, &covers, None, &at);
    }

    /// The operations that both have: path and method in the old document and in the new one.
    fn partners(&self) -> Vec<(Place, Place)> {
        let mut found = Vec::new();
        for (path, method, _) in pairs::operations(self.old) {
            let from = (path.clone(), method.clone());
            let stayed = || {
                let path = self.pairs.paths.get(path)?;
                self.new["paths"].get(path)?.get(method)?;
                Some((path.clone(), method.clone()))
            };
            if let Some(to) = self.pairs.moved.get(&from).cloned().or_else(stayed) {
                found.push((from, to));
            }
        }
        found
    }

    /// Servers that are said in another way, to the same effect.
    fn same_servers(&mut self, owners: (&Value, &Value), at: (String, String), told: &Told) {
        let (old, new) = (owners.0.get("servers"), owners.1.get("servers"));
        let spots = (format!("{}/servers", at.0), format!("{}/servers", at.1));
        let known = |at: &str, old: bool| told.contains(&(at.to_owned(), old));
        if old == new || self.depth > 0 || known(&spots.0, true) || known(&spots.1, false) {
            return;
        }
        let bare = |list: Option<&Value>| {
            let mut list = list.cloned();
            for server in list.iter_mut().filter_map(Value::as_array_mut).flatten() {
                if let Some(server) = server.as_object_mut() {
                    server.retain(|key, _| key != "description" && !key.starts_with("x-"));
                }
            }
            list
        };
        let code = if bare(old) == bare(new) { noise::SERVER_TEXT } else { noise::SAME };
        let (old, new) = (old.map(|_| spots.0), new.map(|_| spots.1));
        self.out.noise.push(Noise { code, old, new });
    }

    /// Compares two lists by where calls go; `label` is the operation that they hold for, if it is one. What is found accounts
    /// for `others` too.
    fn server_lists(&mut self, kind: Kind, held: &(Held, Held), others: &Covers, label: Option<&str>, at: &At) {
        let (old, new) = (&held.0.list, &held.1.list);
        let effects = (held.0.effects(), held.1.effects());
        let (mut pairs, mut gone, mut came) = aligned(&effects.0, &effects.1);
        // Then by the URL that calls go to, and by the one that is written.
        let filled = |effects: &[Effect]| -> Vec<String> { effects.iter().map(|effect| effect.url.clone()).collect() };
        let written = |list: &[Value]| -> Vec<String> { list.iter().map(|server| url(server).to_owned()).collect() };
        for keys in [(filled(&effects.0), filled(&effects.1)), (written(old), written(new))] {
            gone.retain(|one| {
                let other = came.iter().position(|other| keys.0[*one] == keys.1[*other]);
                other.map(|other| pairs.push((*one, came.remove(other)))).is_none()
            });
        }
        let stay = held.0.level == held.1.level;
        let owners = (&json!({"servers": old}), &json!({"servers": new}));
        let first = self.out.changes.len();
        let compare = Servers { kind, held, owners, others, at };
        pairs.sort_unstable();
        for (one, other) in &pairs {
            if stay {
                self.moved(&At { old: held.0.at.clone(), new: held.1.at.clone(), ..At::default() }, *one, *other);
            }
            if old[*one] != new[*other] && (stay || effects.0[*one] != effects.1[*other]) {
                self.server(&compare, Some(*one), Some(*other));
            }
        }
        if !in_order(&pairs) {
            let spots = compare.spots(None, None);
            let values = (owners.0.get("servers"), owners.1.get("servers"));
            self.emit(member(kind, "servers", None, values, owners, at), spots, at);
        }
        // Where a definition names no server, its clients were given one, and none of those that it names moved.
        let said = kind == Kind::Operation || (held.0.level > 0 && held.1.level > 0);
        if let ([one], [other], true) = (gone.as_slice(), came.as_slice(), said) {
            let moved = self.out.changes.len();
            self.server(&compare, Some(*one), Some(*other));
            if let Some(change) = self.out.changes.get_mut(moved) {
                change.member = Some(format!("{} → {}", url(&old[*one]), url(&new[*other])));
            }
        } else {
            let named = |held: &Held| said || held.level > 0;
            gone.into_iter().filter(|_| named(&held.0)).for_each(|one| self.server(&compare, Some(one), None));
            came.into_iter().filter(|_| named(&held.1)).for_each(|other| self.server(&compare, None, Some(other)));
        }
        let changes = &mut self.out.changes[first..];
        if let Some(label) = label {
            changes.iter_mut().for_each(|change| change.subject = format!("{label} servers"));
        }
        // A list that a change on the other side alone accounts for says the rest of what it said elsewhere.
        let sides =
            (changes.iter().any(|change| change.old.is_some()), changes.iter().any(|change| change.new.is_some()));
        let said = |at: &String| (Some(at.clone()), None);
        let said = others.0.iter().filter(|_| !sides.0).map(said);
        let said = said.chain(others.1.iter().filter(|_| !sides.1).map(|at| (None, Some(at.clone()))));
        self.out.noise.extend(said.map(|(old, new)| Noise { code: noise::SAME, old, new }));
    }

    /// A server that is gone, has come or is another.
    fn server(&mut self, compare: &Servers<'_>, old: Option<usize>, new: Option<usize>) {
        let (before, after) =
            (old.map(|index| &compare.held.0.list[index]), new.map(|index| &compare.held.1.list[index]));
        let name = before.or(after).map(url).unwrap_or_default();
        let noise = self.out.noise.len();
        let difference = member(compare.kind, "servers", Some(name), (before, after), compare.owners, compare.at);
        self.emit(difference, compare.spots(old, new), compare.at);
        // Several operations may have the list of their path.
        if self.out.noise.len() > noise && self.out.noise[..noise].contains(&self.out.noise[noise]) {
            self.out.noise.truncate(noise);
        }
    }
}

/// Two lists of servers that are being compared.
struct Servers<'c> {
    kind: Kind,
    held: &'c (Held, Held),
    owners: (&'c Value, &'c Value),
    others: &'c Covers,
    at: &'c At,
}

impl Servers<'_> {
    /// Where servers of the two lists stand, or the lists themselves, and what a change of them accounts for.
    fn spots(&self, old: Option<usize>, new: Option<usize>) -> Spots {
        let spot = |held: &Held, index: Option<usize>, other: Option<usize>| match index {
            // What holds where nothing is said stands nowhere.
            Some(index) if held.level > 0 => Some(format!("{}/{index}", held.at)),
            None if other.is_some() => None,
            _ => Some(held.at.clone()),
        };
        let (before, after) = (spot(&self.held.0, old, new), spot(&self.held.1, new, old));
        let stay = self.held.0.level == self.held.1.level;
        let own = |spot: &Option<String>, index: Option<usize>| spot.clone().filter(|_| stay && index.is_some());
        let mut covers = self.others.clone();
        covers.0.extend(own(&before, old));
        covers.1.extend(own(&after, new));
        // The list of the document has no other place, where the other document has none.
        if !stay && self.kind == Kind::Document {
            covers.0.push("/servers".to_owned());
            covers.1.push("/servers".to_owned());
        }
        Spots { old: before, new: after, covers }
    }
}

/// A path and a method.
type Place = (String, String);

fn pointer(place: &Place) -> String {
    format!("/paths/{}/{}", escape(&place.0), escape(&place.1))
}

/// The servers that hold for an operation.
fn held(document: &Value, place: &Place) -> Held {
    let raw = &document["paths"][&place.0];
    let item = resolve(document, raw);
    let operation = item.get(&place.1).unwrap_or(&Value::Null);
    let of_path = format!("/paths/{}", escape(&place.0));
    Held::of(&[(operation, &pointer(place)), (item, &of_path), (document, "")])
}

/// The lists that an operation and its path have of their own.
fn own(old: &Value, new: &Value, from: &Place, to: &Place) -> Covers {
    let of = |document: &Value, place: &Place| -> Vec<String> {
        let of_path = format!("/paths/{}/servers", escape(&place.0));
        let both = [format!("{}/servers", pointer(place)), of_path];
        both.into_iter().filter(|at| document.pointer(at).is_some()).collect()
    };
    (of(old, from), of(new, to))
}

fn list(owner: &Value) -> &[Value] {
    owner.get("servers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
