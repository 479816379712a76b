//! The Rust names of components: the plain name if no other component claims it, and a name for each side of the wire if the
//! sides differ.

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::Uses;
use super::{Resolver, Side};
use crate::diagnostic::Diagnostic;
use crate::lock::{Choice, Lock};
use crate::names::{suffixed, type_name};
use crate::pointer::escape;

impl Resolver<'_> {
    /// The name that `names.lock` pins for a component, looking at responses before requests.
    fn pinned(&self, component: &str) -> Option<&str> {
        let sides = [Side::Response, Side::Request];
        sides.into_iter().find_map(|side| self.lock.identifier(&component_key(component, side)))
    }

    /// Decides the plain name of each component, and returns the components that claimed a name with others. Unless the lock
    /// says which of them has the name, none does, and each is named after its place.
    pub(super) fn plain_names(&mut self) -> BTreeSet<String> {
        let reached: BTreeSet<String> = self.roots.components.keys().map(|(name, _)| name.clone()).collect();
        let mut claims: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in reached {
            let rust = type_name(self.roots.chosen.get(&name).unwrap_or(&name));
            claims.entry(rust).or_default().push(name);
        }
        self.taken.extend(claims.keys().cloned());
        let mut alike = BTreeSet::new();
        for (rust, names) in claims {
            if let [only] = names.as_slice() {
                self.plain.insert(only.clone(), rust);
                continue;
            }
            let known: Vec<&String> = names.iter().filter(|name| self.lock.knows(name)).collect();
            let none_pinned = names.iter().all(|name| self.pinned(name).is_none());
            for name in &names {
                let chosen = match self.pinned(name) {
                    Some(pinned) => pinned.to_owned(),
                    None if none_pinned && known == [name] => rust.clone(),
                    None => self.qualified(name),
                };
                self.taken.insert(chosen.clone());
                self.plain.insert(name.clone(), chosen);
            }
            self.note_alike(&rust, &names);
            alike.extend(names);
        }
        alike
    }

    /// A component's name after the first place that leads to it.
    fn qualified(&self, component: &str) -> String {
        let path: Vec<&str> = self.roots.uses.get(component).into_iter().flatten().map(String::as_str).collect();
        let plain = |name: &&&str| !name.starts_with("variant ");
        let of = |path: &[&str]| {
            let path: String = path.iter().filter(plain).map(|name| type_name(name)).collect();
            type_name(&format!("{path}{}", type_name(component)))
        };
        let mut name = of(&path);
        while self.taken.contains(&name) {
            name.push_str("Shape");
        }
        name
    }

    fn note_alike(&mut self, rust: &str, names: &[String]) {
        let list = |names: &mut dyn Iterator<Item = &String>| {
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let (components, types) = (list(&mut names.iter()), list(&mut names.iter().map(|name| &self.plain[name])));
        let message = format!("the components {components} would each be `{rust}` in Rust; they are {types}");
        let place = format!("/components/schemas/{}", escape(&names[0]));
        self.resolved.diagnostics.push(Diagnostic::note("G006", message).at(place));
    }

    pub(super) fn name_components(&mut self, alike: &BTreeSet<String>) {
        let split = self.roots.split();
        for (name, rust) in self.plain.clone() {
            let sides: Vec<Side> = [Side::Response, Side::Request]
                .into_iter()
                .filter(|side| self.roots.components.contains_key(&(name.clone(), *side)))
                .collect();
            if sides.len() == 2 && !split.contains(&name) {
                let key = |side: &Side| component_key(&name, *side);
                if alike.contains(&name) {
                    let locked = sides.iter().any(|side| self.lock.get(&key(side)) == Some(&rust));
                    let places = sides.iter().map(key).collect();
                    self.resolved.choices.push(Choice { places, name: rust.clone(), locked });
                }
                for side in sides {
                    self.names.insert((name.clone(), side), rust.clone());
                }
                continue;
            }
            // The side that has the plain name in the lock keeps it; without a lock, the response has it.
            let key = |side: Side| component_key(&name, side);
            let keeps_plain = |side: Side| self.lock.get(&key(side)) == Some(&rust);
            let is_request = rust.ends_with("Request");
            let is_chosen = self.roots.chosen.contains_key(&name);
            let plain = if sides.len() == 1 {
                sides[0]
            } else if keeps_plain(Side::Request) || (is_request && !keeps_plain(Side::Response)) {
                Side::Request
            } else {
                Side::Response
            };
            for side in sides {
                // A name that the user chose comes before one that was pinned.
                let pinned = self.lock.identifier(&key(side)).map(str::to_owned);
                let locked = pinned.filter(|pinned| !is_chosen || *pinned == rust || side != plain);
                let chosen = match (&locked, side == plain) {
                    (Some(locked), _) => locked.clone(),
                    (None, true) => rust.clone(),
                    (None, false) => {
                        let end = if side == Side::Request { "Request" } else { "Response" };
                        let mut other = suffixed(rust.strip_suffix("Request").unwrap_or(&rust), end);
                        while self.taken.contains(&other) {
                            other.push_str("Body");
                        }
                        other
                    }
                };
                self.taken.insert(chosen.clone());
                self.names.insert((name.clone(), side), chosen.clone());
                self.resolved.choices.push(Choice { places: vec![key(side)], name: chosen, locked: locked.is_some() });
            }
            if let (Some(response), Some(request)) =
                (self.names.get(&(name.clone(), Side::Response)), self.names.get(&(name.clone(), Side::Request)))
            {
                self.resolved.pairs.push((response.clone(), request.clone()));
            }
        }
    }
}

/// The names that shapes of `all` have after the parameters that several operations share, if no other shape has a better
/// right to them. The bare name belongs to the shape that the lock knows, else to that of the component parameter. If shapes
/// differ and neither decides, no shape gets it.
pub(super) fn of_parameters(all: &BTreeMap<String, Uses>, lock: &Lock) -> BTreeMap<String, String> {
    let mut claims: BTreeMap<&str, Vec<(&String, &Uses)>> = BTreeMap::new();
    for (name, uses) in all {
        let Some(first) = uses.parameters.first() else { continue };
        let alike = uses.parameters.iter().all(|parameter| parameter.name == first.name);
        if alike && (uses.scalar || !uses.elsewhere) {
            claims.entry(&first.name).or_default().push((name, uses));
        }
    }
    let shared = |uses: &Uses| uses.parameters.iter().any(|it| it.operation != uses.parameters[0].operation);
    let component = |uses: &Uses| uses.parameters.iter().find_map(|parameter| parameter.component.clone());
    let known = |uses: &Uses| uses.places.iter().any(|place| lock.identifier(place).is_some());
    let mut names = BTreeMap::new();
    for (bare, claimants) in claims {
        let open: Vec<&(&String, &Uses)> = claimants.iter().filter(|(_, uses)| shared(uses) && !known(uses)).collect();
        let of_components: Vec<&&(&String, &Uses)> =
            open.iter().filter(|(_, uses)| component(uses).is_some()).collect();
        match (claimants.len(), open.as_slice(), of_components.as_slice()) {
            (1, [(only, _)], _) => drop(names.insert((*only).clone(), bare.to_owned())),
            // Where the lock knows another shape of the parameter, a later one is called after its operation.
            _ if claimants.iter().any(|(_, uses)| known(uses)) => {}
            (_, _, [(only, _)]) => drop(names.insert((*only).clone(), bare.to_owned())),
            (_, _, several) => {
                let named =
                    several.iter().filter_map(|(name, uses)| Some(((*name).clone(), type_name(&component(uses)?))));
                names.extend(named.filter(|(_, name)| name != bare));
            }
        }
    }
    names
}

/// One side of a component, as written in `names.lock`.
fn component_key(component: &str, side: Side) -> String {
    format!("{component}@{}", if side == Side::Request { "request" } else { "response" })
}
