//! What changed between two versions of a definition: in the definition, on the wire, and in Rust.
//!
//! `walk` finds what differs, object by object as OpenAPI has them; each difference is taken by the first rule that
//! knows it (`track/rules`, one file a rule) or is a named kind of noise. What becomes of the Rust API is read off the
//! two surfaces (`semver`), and reported beside the change that it comes from (`link`).
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `T001` | two definitions have no operation in common, so that neither is a version of the other |
//! | `T002` | a difference is of no known kind |

mod effective;
mod html;
mod json;
mod judged;
mod link;
mod markdown;
mod noise;
pub(super) mod pairs;
mod report;
pub(super) mod sunset;
mod text;
mod uses;
mod walk;

use std::borrow::Cow;

use serde_json::json;

pub use super::change::{Accepted, Change, Changes, Noise, Place, Sides, Unknown, Verdict, Wire};
pub use html::Page;
pub(super) use report::plural;
pub use text::Style;

use super::difference::Rule;
use super::options::Options;
use super::patterns;
use super::semver::{self, ItemChange};
use super::silent;
use crate::diagnostic::{Diagnostic, Severity};
use crate::generate::Compared;
use crate::lock::Lock;
use crate::pipeline::Loaded;
use pairs::Pairs;

/// Compares two versions of a definition, as [`track::diff`](crate::track::diff()) does, by `rules`.
pub(super) fn compare(old: &Loaded, new: &Loaded, rules: &[Rule], options: &Options) -> Result<Changes, Diagnostic> {
    let judgment = new.judgment()?;
    let mut changes = Changes::default();
    let (mut operations, mut common) = ((0, 0), 0);
    let mut moved = Vec::new();
    patterns::forget();
    for (old_index, new_index) in documents(old, new) {
        let empty = json!({"openapi": "3.0.3", "info": {}, "paths": {}});
        let before = old_index.map_or(&empty, |index| &old.documents[index].tree);
        let after = new_index.map_or(&empty, |index| &new.documents[index].tree);
        let pairs = Pairs::of((before, after), &options.prefixes, &|section, one, other| {
            walk::have_one_shape((before, after), section, (one, other), rules)
        });
        common += pairs.operations();
        operations.0 += pairs::count(before);
        operations.1 += pairs::count(after);
        let mut found = walk::documents(before, after, &pairs, rules);
        judged::judge(&mut found, (before, after), &pairs, judgment, options);
        let name = new_index.map_or_else(
            || old.documents[old_index.unwrap_or_default()].name.clone(),
            |index| new.documents[index].name.clone(),
        );
        if old.documents.len().max(new.documents.len()) > 1 {
            found.changes.iter_mut().for_each(|change| change.document.clone_from(&name));
            found.unknown.iter_mut().for_each(|unknown| unknown.document.clone_from(&name));
        }
        changes.take(found);
        moved.push((name, pairs.moved));
    }
    if common == 0 && operations.0 > 0 && operations.1 > 0 {
        return Err(Diagnostic::error("T001", "the two have no operation in common: no path, no operationId")
            .at("/paths")
            .help(
                "give two versions of one definition; if its paths begin with something else now, say so: `--prefix /v1=/v2`",
            ));
    }
    // Some things have no effect on old clients, but on code: the environment variables are named after the title, and what
    // stands beside the documents says how code is made.
    let title =
        |loaded: &Loaded| loaded.documents.first().and_then(|document| document.tree.pointer("/info/title").cloned());
    let in_code = changes.noise.iter().any(|noise| noise::is_in_code(noise.code))
        || title(old) != title(new)
        || !new.makes_as(old);
    if changes.changes.is_empty() && changes.unknown.is_empty() && !in_code {
        changes.diagnostics.clear();
        changes.judge(&[]);
        judged::accept(&mut changes, (old, new), options)?;
        return Ok(changes);
    }
    let (compared, mut warnings) = in_rust(old, new)?;
    let mut items = semver::compare(&compared.old.surface, &compared.new.surface);
    silent::add(&mut items, &compared.old, &compared.new, &moved);
    changes.judge(&items);
    changes.items = link::link(&mut changes.changes, items, &compared);
    locate(&mut changes, &mut warnings, old, new);
    changes.diagnostics.append(&mut warnings);
    changes.report_unknown();
    judged::accept(&mut changes, (old, new), options)?;
    Ok(changes)
}

/// Which documents belong together: those of one name, or the only ones.
fn documents(old: &Loaded, new: &Loaded) -> Vec<(Option<usize>, Option<usize>)> {
    if let ([_], [_]) = (old.documents.as_slice(), new.documents.as_slice()) {
        return vec![(Some(0), Some(0))];
    }
    let named = |name: &str| new.documents.iter().position(|document| document.name == name);
    let mut pairs: Vec<_> =
        old.documents.iter().enumerate().map(|(index, document)| (Some(index), named(&document.name))).collect();
    let taken: Vec<usize> = pairs.iter().filter_map(|(_, new)| *new).collect();
    pairs.extend((0..new.documents.len()).filter(|index| !taken.contains(index)).map(|index| (None, Some(index))));
    pairs
}

/// The Rust that both give, as far as it differs, and the warnings about the new one.
fn in_rust(old: &Loaded, new: &Loaded) -> Result<(Compared, Vec<Diagnostic>), Diagnostic> {
    let new = match new.lock == old.lock || new.lock != Lock::default() {
        true => Cow::Borrowed(new),
        false => {
            let mut new = new.clone();
            new.lock = old.lock.clone();
            Cow::Owned(new)
        }
    };
    let (compared, mut warnings) = new.compared_to(old)?;
    warnings.retain(|diagnostic| diagnostic.severity >= Severity::Warning);
    Ok((compared, warnings))
}

/// Makes the places of the changes those of the documents as they were published, and looks up where they and `warnings` about
/// the new version stand in the files, each of which is parsed once.
fn locate(found: &mut Changes, warnings: &mut [Diagnostic], old: &Loaded, new: &Loaded) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let changed = found.changes.iter_mut().map(|change| (&change.document, &mut change.old, &mut change.new));
    let unknown = found.unknown.iter_mut().map(|unknown| (&unknown.document, &mut unknown.old, &mut unknown.new));
    for (name, mut one, mut other) in changed.chain(unknown) {
        for (place, loaded) in [(&mut one, old), (&mut other, new)] {
            if let (Some(place), Some(document)) = (place, loaded.documents.get(numbered(loaded, name))) {
                place.pointer = document.published(&place.pointer);
                place.covers.iter_mut().for_each(|pointer| *pointer = document.published(pointer));
            }
        }
        // One place is enough to go to.
        match (one, other) {
            (_, Some(place)) => after.push((numbered(new, name), place)),
            (Some(place), None) => before.push((numbered(old, name), place)),
            (None, None) => {}
        }
    }
    let look = |loaded: &Loaded, places: Vec<(usize, &mut Place)>, warnings: &mut [Diagnostic]| {
        let warnings = warnings.iter_mut().filter(|warning| warning.position.is_none() && warning.pointer.is_some());
        let warnings: Vec<_> = warnings.collect();
        let of_places = places.iter().map(|(index, place)| (u16::try_from(*index).ok(), place.pointer.clone()));
        let of_warnings =
            warnings.iter().map(|warning| (warning.document, warning.pointer.clone().unwrap_or_default()));
        let mut positions = loaded.positions(of_places.chain(of_warnings).collect()).into_iter();
        places.into_iter().zip(&mut positions).for_each(|((_, place), position)| place.position = position);
        warnings.into_iter().zip(positions).for_each(|(warning, position)| warning.position = position.map(Box::new));
    };
    std::thread::scope(|scope| {
        scope.spawn(|| look(old, before, &mut []));
        look(new, after, warnings);
    });
}

/// The number of the document that changes of that name are in.
fn numbered(loaded: &Loaded, name: &str) -> usize {
    loaded.documents.iter().position(|document| document.name == name).unwrap_or_default()
}

impl Changes {
    fn take(&mut self, mut found: Self) {
        self.changes.append(&mut found.changes);
        self.noise.append(&mut found.noise);
        self.unknown.append(&mut found.unknown);
        self.moves.append(&mut found.moves);
    }

    /// Warns of the differences that no rule knows.
    fn report_unknown(&mut self) {
        for unknown in &self.unknown {
            let place = unknown.new.as_ref().or(unknown.old.as_ref());
            let mut diagnostic = Diagnostic::warning("T002", "the two differ here, in a way that no rule knows")
                .at(place.map(|place| place.pointer.clone()).unwrap_or_default())
                .help("read both; the verdict says nothing of it");
            diagnostic.position = place.and_then(|place| place.position.clone()).map(Box::new);
            self.diagnostics.push(diagnostic);
        }
    }

    /// Gives the verdict, and puts the worst changes first.
    fn judge(&mut self, items: &[ItemChange]) {
        let rust = items.iter().map(|item| item.level).chain(self.changes.iter().map(|change| change.level)).max();
        let wire = self.changes.iter().map(|change| change.wire).max();
        self.verdict = Verdict { rust: rust.unwrap_or_default(), wire: wire.unwrap_or_default() };
        self.changes.sort_by(|a, b| (b.wire, b.level).cmp(&(a.wire, a.level)).then_with(|| a.code.cmp(b.code)));
    }
}
