//! Comparing servers as they take effect: those of an operation, else of its path, else of the document, else `/`.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::rc::Rc;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::super::effective::resolve;
use super::super::{noise, pairs, uses};
use super::paths::member;
use super::{At, Spots, Walker, in_order};
use crate::grammar::Kind;
use crate::normalize::servers::{base, usable};
use crate::pointer::escape;
use crate::track::change::Noise;
use crate::track::servers::{Compared, Effect, url};

/// What holds where no servers are named.
static NOWHERE: LazyLock<Value> = LazyLock::new(|| json!([{"url": "/"}]));

/// Servers as they are written, and as they take effect.
struct List<'v> {
    written: &'v Value,
    /// Those that a client can use: where each stands in what is written, and what is written there.
    servers: Vec<(usize, &'v Value)>,
    /// What they come to: the same `Rc` for all lists that come to the same.
    effects: Rc<[Effect]>,
}

impl List<'_> {
    /// Whether calls go where they go by `other`.
    fn is_like(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.effects, &other.effects)
    }
}

/// The lists of both documents, each read once.
#[derive(Default)]
struct Lists<'v> {
    /// By the address of what is written.
    read: HashMap<*const Value, Rc<List<'v>>>,
    effects: HashSet<Rc<[Effect]>>,
    /// The places of servers that are the same in another way. Several operations may have the list of their path.
    noted: HashSet<(Option<String>, Option<String>)>,
}

impl<'v> Lists<'v> {
    /// What `written` comes to; `base` is what relative URLs are relative to, if that is known.
    fn read(&mut self, written: &'v Value, base: Option<&str>) -> Rc<List<'v>> {
        if let Some(list) = self.read.get(&std::ptr::from_ref(written)) {
            return Rc::clone(list);
        }
        // As the client has them, which is generated of the repaired document.
        let (indices, repaired): (Vec<usize>, Vec<Value>) = usable(written, base).into_iter().unzip();
        let effects: Rc<[Effect]> = repaired.iter().map(Effect::of).collect();
        let effects = self.effects.get(&effects).cloned().unwrap_or(effects);
        self.effects.insert(Rc::clone(&effects));
        let servers = indices.into_iter().map(|index| (index, written.get(index).unwrap_or(written))).collect();
        let list = Rc::new(List { written, servers, effects });
        self.read.insert(written, Rc::clone(&list));
        list
    }

    /// The first list of `levels` that has a server, as OpenAPI and the generated client have it.
    fn held(&mut self, levels: &[(&'v Value, &str)], base: Option<&str>) -> Held<'v> {
        for (index, (owner, at)) in levels.iter().enumerate() {
            let list = owner.get("servers").map(|written| self.read(written, base));
            if let Some(list) = list.filter(|list| !list.servers.is_empty()) {
                // From the outside, the document being the same level for all.
                return Held { list, at: format!("{at}/servers"), level: levels.len() - index };
            }
        }
        let at = levels.first().map(|(_, at)| (*at).to_owned()).unwrap_or_default();
        Held { list: self.read(&NOWHERE, None), at, level: 0 }
    }

    /// The servers that hold for an operation.
    fn of_operation(&mut self, document: &'v Value, place: &Place) -> Held<'v> {
        let raw = &document["paths"][&place.0];
        let item = resolve(document, raw);
        let operation = item.get(&place.1).unwrap_or(&Value::Null);
        let of_path = format!("/paths/{}", escape(&place.0));
        self.held(&[(operation, &pointer(place)), (item, &of_path), (document, "")], base(document))
    }
}

/// The servers that hold for something, and where their list stands.
struct Held<'v> {
    list: Rc<List<'v>>,
    at: String,
    /// How far out: at the operation, its path, the document, or nowhere.
    level: usize,
}

/// What changes account for: pointers of the old and of the new document.
type Covers = (Vec<String>, Vec<String>);

/// The lists that changes account for, and whether they are of the old document.
type Reported = HashSet<(String, bool)>;

impl Walker<'_> {
    /// Compares the servers of both documents: once where operations go by those of the document, else by operation.
    pub(super) fn servers(&mut self) {
        let (old, new) = (self.old, self.new);
        let mut lists = Lists::default();
        let root = (lists.held(&[(old, "")], base(old)), lists.held(&[(new, "")], base(new)));
        let (mut covers, mut reported, mut operations) = (Covers::default(), Reported::new(), Vec::new());
        let partners = self.partners();
        for (from, to) in &partners {
            let held = (lists.of_operation(old, from), lists.of_operation(new, to));
            let label = uses::label(&to.0, &to.1);
            let stayed = held.0.list.is_like(&held.1.list);
            let own = match held.0.level == held.1.level {
                true => (vec![held.0.at.clone()], vec![held.1.at.clone()]),
                false => own(old, new, from, to),
            };
            let mut tell = || {
                reported.extend(own.0.iter().map(|at| (at.clone(), true)));
                reported.extend(own.1.iter().map(|at| (at.clone(), false)));
            };
            if held.0.list.is_like(&root.0.list) && held.1.list.is_like(&root.1.list) {
                operations.push(label);
                if !stayed && (held.0.level, held.1.level) != (root.0.level, root.1.level) {
                    tell();
                    covers.0.extend(own.0);
                    covers.1.extend(own.1);
                }
            } else if !stayed {
                tell();
                let at = At { sides: uses::REQUEST, operations: [label.clone()].into(), ..At::default() };
                let others = if held.0.level == held.1.level { Covers::default() } else { own };
                self.server_lists(&mut lists, Kind::Operation, &held, &others, Some(&label), &at);
            }
        }
        for (from, to) in &partners {
            let owners = (&old["paths"][&from.0][&from.1], &new["paths"][&to.0][&to.1]);
            self.same_servers(owners, (pointer(from), pointer(to)), &reported);
        }
        let paths = old.get("paths").and_then(Value::as_object).into_iter().flatten();
        let pairs = self.pairs;
        for (before, after) in paths.filter_map(|(path, _)| Some((path, pairs.paths.get(path)?))) {
            let owners = (resolve(old, &old["paths"][before]), resolve(new, &new["paths"][after]));
            let at = (format!("/paths/{}", escape(before)), format!("/paths/{}", escape(after)));
            self.same_servers(owners, at, &reported);
        }
        if old.get("servers") == new.get("servers") && root.0.list.is_like(&root.1.list) {
            return;
        }
        // Where each operation goes where it went, it does not matter what the document says.
        let unused = operations.is_empty() && !partners.is_empty();
        if root.0.list.is_like(&root.1.list) || unused {
            return self.same_servers((old, new), Default::default(), &Reported::new());
        }
        let sides = if operations.is_empty() { Default::default() } else { uses::REQUEST };
        let at = At { sides, operations: operations.into(), ..At::default() };
        self.server_lists(&mut lists, Kind::Document, &root, &covers, None, &at);
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
    fn same_servers(&mut self, owners: (&Value, &Value), at: (String, String), reported: &Reported) {
        let (old, new) = (owners.0.get("servers"), owners.1.get("servers"));
        let spots = (format!("{}/servers", at.0), format!("{}/servers", at.1));
        let known = |at: &str, old: bool| reported.contains(&(at.to_owned(), old));
        if old == new || self.depth > 0 || known(&spots.0, true) || known(&spots.1, false) {
            return;
        }
        let code = noise::of_servers(old, new);
        let (old, new) = (old.map(|_| spots.0), new.map(|_| spots.1));
        self.out.noise.push(Noise { code, old, new });
    }

    /// Compares two lists by where calls go; `label` is the operation that they hold for, if it is one. What is found accounts
    /// for `others` too.
    fn server_lists(
        &mut self,
        lists: &mut Lists<'_>,
        kind: Kind,
        held: &(Held<'_>, Held<'_>),
        others: &Covers,
        label: Option<&str>,
        at: &At,
    ) {
        let (old, new) = (&*held.0.list, &*held.1.list);
        let mut matches = Matches::of(old.servers.len(), new.servers.len());
        matches.pair(|one| &old.effects[one], |other| &new.effects[other]);
        // Then by the URL that calls go to, and by the one that is written.
        matches.pair(|one| &old.effects[one].url, |other| &new.effects[other].url);
        matches.pair(|one| url(old.servers[one].1), |other| url(new.servers[other].1));
        let Matches { mut pairs, gone, came } = matches;
        let stay = held.0.level == held.1.level;
        let listed = old.written.is_array() && new.written.is_array();
        let first = self.out.changes.len();
        let compare = Servers { kind, held, others, at, single: stay && listed };
        pairs.sort_unstable();
        for (one, other) in &pairs {
            let (before, after) = (old.servers[*one], new.servers[*other]);
            if compare.single {
                let at = At { old: held.0.at.clone(), new: held.1.at.clone(), ..At::default() };
                self.moved(&at, before.0, after.0);
            }
            if old.effects[*one] != new.effects[*other] {
                self.server(&compare, Some(*one), Some(*other));
            } else if stay && before.1 != after.1 {
                let spots = compare.spots(Some(*one), Some(*other));
                if lists.noted.insert((spots.old.clone(), spots.new.clone())) {
                    let code = noise::of_servers(Some(before.1), Some(after.1));
                    self.out.noise.push(Noise { code, old: spots.old, new: spots.new });
                }
            }
        }
        if compare.single {
            self.unusable(lists, held);
        }
        if !in_order(&pairs) {
            let spots = compare.spots(None, None);
            let values = (Some(old.written), Some(new.written));
            self.emit(member(kind, "servers", None, values, (&Value::Null, &Value::Null), at), spots, at);
        }
        // Where a definition names no server, its clients were given one, and none of those that it names moved.
        let said = kind == Kind::Operation || (held.0.level > 0 && held.1.level > 0);
        if let ([one], [other], true) = (gone.as_slice(), came.as_slice(), said) {
            let moved = self.out.changes.len();
            self.server(&compare, Some(*one), Some(*other));
            if let Some(change) = self.out.changes.get_mut(moved) {
                change.member = Some(format!("{} → {}", url(old.servers[*one].1), url(new.servers[*other].1)));
            }
        } else {
            let named = |held: &Held<'_>| said || held.level > 0;
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

    /// What of two lists no client can use, where it differs.
    fn unusable(&mut self, lists: &mut Lists<'_>, held: &(Held<'_>, Held<'_>)) {
        for (ours, theirs, is_old) in [(&held.0, &held.1, true), (&held.1, &held.0, false)] {
            let used: HashSet<usize> = ours.list.servers.iter().map(|(index, _)| *index).collect();
            let all = ours.list.written.as_array().into_iter().flatten().enumerate();
            for (index, value) in all.filter(|(index, _)| !used.contains(index)) {
                let spot = Some(format!("{}/{index}", ours.at));
                let (old, new) = if is_old { (spot, None) } else { (None, spot) };
                if theirs.list.written.get(index) != Some(value) && lists.noted.insert((old.clone(), new.clone())) {
                    self.out.noise.push(Noise { code: noise::SAME, old, new });
                }
            }
        }
    }

    /// A server that is gone, has come or is another.
    fn server(&mut self, compare: &Servers<'_>, old: Option<usize>, new: Option<usize>) {
        let lists = (&*compare.held.0.list, &*compare.held.1.list);
        let (before, after) = (old.map(|index| lists.0.servers[index].1), new.map(|index| lists.1.servers[index].1));
        let name = before.or(after).map(url).unwrap_or_default();
        let owners = (&Value::Null, &Value::Null);
        let mut difference = member(compare.kind, "servers", Some(name), (before, after), owners, compare.at);
        difference.servers = Compared {
            old: old.map(|index| (index, &lists.0.effects[index])),
            new: new.map(|index| (index, &lists.1.effects[index])),
        };
        self.emit(difference, compare.spots(old, new), compare.at);
    }
}

/// What of two lists belongs together, by index, and what is left of either.
struct Matches {
    pairs: Vec<(usize, usize)>,
    gone: Vec<usize>,
    came: Vec<usize>,
}

impl Matches {
    /// Lists of that many members, of which nothing is paired.
    fn of(old: usize, new: usize) -> Self {
        Self { pairs: Vec::new(), gone: (0..old).collect(), came: (0..new).collect() }
    }

    /// Pairs those that are left and have one key, in their order.
    fn pair<K: Hash + Eq>(&mut self, old: impl Fn(usize) -> K, new: impl Fn(usize) -> K) {
        let mut known: HashMap<K, VecDeque<usize>> = HashMap::new();
        self.came.iter().for_each(|index| known.entry(new(*index)).or_default().push_back(*index));
        let mut taken = HashSet::new();
        self.gone.retain(|one| {
            let other = known.get_mut(&old(*one)).and_then(VecDeque::pop_front);
            taken.extend(other);
            other.map(|other| self.pairs.push((*one, other))).is_none()
        });
        self.came.retain(|other| !taken.contains(other));
    }
}

/// Two lists of servers that are being compared.
struct Servers<'c> {
    kind: Kind,
    held: &'c (Held<'c>, Held<'c>),
    others: &'c Covers,
    at: &'c At,
    /// Whether each server has a place of its own in both lists, which stand at one place.
    single: bool,
}

impl Servers<'_> {
    /// Where servers of the two lists stand, or the lists themselves, and what a change of them accounts for.
    fn spots(&self, old: Option<usize>, new: Option<usize>) -> Spots {
        let spot = |held: &Held<'_>, index: Option<usize>, other: Option<usize>| match index {
            // What holds where nothing is said stands nowhere, and what is no list has no members.
            Some(index) if held.level > 0 && held.list.written.is_array() => {
                Some(format!("{}/{}", held.at, held.list.servers[index].0))
            }
            None if other.is_some() => None,
            _ => Some(held.at.clone()),
        };
        let (before, after) = (spot(&self.held.0, old, new), spot(&self.held.1, new, old));
        let stay = self.held.0.level == self.held.1.level;
        let own = |spot: &Option<String>, index: Option<usize>| spot.clone().filter(|_| self.single && index.is_some());
        let mut covers = self.others.clone();
        if stay && !self.single {
            covers.0.push(self.held.0.at.clone());
            covers.1.push(self.held.1.at.clone());
        }
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

/// The lists that an operation and its path have of their own.
fn own(old: &Value, new: &Value, from: &Place, to: &Place) -> Covers {
    let of = |document: &Value, place: &Place| -> Vec<String> {
        let of_path = format!("/paths/{}/servers", escape(&place.0));
        let both = [format!("{}/servers", pointer(place)), of_path];
        both.into_iter().filter(|at| document.pointer(at).is_some()).collect()
    };
    (of(old, from), of(new, to))
}
