//! What is made of documents that were read: normalized documents, a client, its public items, and where findings stand.

#[cfg(feature = "track")]
use std::hash::RandomState;

use serde_json::{Value, json};

use super::{Loaded, Loading};
use crate::diagnostic::{Diagnostic, Position, Severity};
use crate::extensions::{GROUP, ORIGIN};
use crate::generate::{self, Generated, Input, Listed};
#[cfg(feature = "track")]
use crate::generate::{Compared, Items, Sketch};
use crate::lock::{self, Choice, Lock};
use crate::normalize::{self, Normalized};
use crate::stages::timed;

/// What is made of normalized documents, all of the client but that, and the documents, each with its name.
type Made<T> = (T, Generated, Vec<(String, Normalized)>);

/// The result of the pipeline.
#[derive(Clone, Debug)]
pub struct Output {
    /// The client, formatted.
    pub code: String,
    /// The documents after their overlays and before any repair, as a JSON array of `{"name", "document"}`.
    pub documents: Value,
    /// Warnings with their places in the files, and notes, whose places [`Loaded::locate`] looks up. Those that are allowed
    /// are left out, and those that are denied are errors.
    pub diagnostics: Vec<Diagnostic>,
    /// The chosen names, wherever there was a choice.
    pub choices: Vec<Choice>,
    /// The lists that page by themselves, and by which rules.
    pub lists: Vec<Listed>,
}

impl Output {
    /// The findings as one error, if the user denies any of them.
    pub fn denied(&self) -> Option<Diagnostic> {
        Diagnostic::several(self.diagnostics.iter().cloned())
    }
}

impl Loaded {
    /// The normalized documents, by name. None of their findings is allowed or denied yet ([`judge`](Self::judge)).
    pub fn normalize(&self) -> Vec<(String, Normalized)> {
        self.repaired(true)
    }

    /// As [`normalize`](Self::normalize); only if it `spots` them, with the quirks that `generate` repairs.
    fn repaired(&self, spots: bool) -> Vec<(String, Normalized)> {
        let repaired = self.documents.iter().enumerate().map(|(index, document)| {
            let mut tree = document.tree.clone();
            if let (Some(origin), Some(object)) = (&document.origin, tree.as_object_mut()) {
                object.insert(ORIGIN.into(), origin.as_str().into());
            }
            for (pointer, group) in &document.groups {
                if let Some(operation) = tree.pointer_mut(pointer).and_then(Value::as_object_mut) {
                    operation.insert(GROUP.into(), group.as_str().into());
                }
            }
            let mut repaired = normalize::repaired(tree, &self.lock_of(&document.name), spots);
            let index = u16::try_from(index).ok();
            let findings = std::mem::take(&mut repaired.diagnostics);
            repaired.diagnostics = findings.into_iter().map(|finding| document.in_published(finding)).collect();
            repaired.diagnostics.iter_mut().for_each(|finding| finding.document = index);
            (document.name.clone(), repaired)
        });
        repaired.collect()
    }

    /// The lock as the document of that name sees it: each of several documents has places of its own.
    pub(super) fn lock_of(&self, name: &str) -> Lock {
        if self.documents.len() > 1 { self.lock.of_document(name) } else { self.lock.clone() }
    }

    /// Makes every type both readable and writable if `both_ways`, or if the manifest says so.
    #[must_use]
    pub fn both_ways(mut self, both_ways: bool) -> Self {
        self.options.both_ways |= both_ways;
        self
    }

    /// Normalizes the documents and generates one client.
    ///
    /// A finding that is denied is an error in [`Output::diagnostics`], and the caller decides what comes of it.
    ///
    /// # Errors
    ///
    /// The first thing that cannot be generated, with its place in a file, and what was found before.
    pub fn generate(&self) -> Result<Output, Diagnostic> {
        let make = |inputs: &[Input<'_>]| generate::generate(inputs, &self.environment, &self.lock, &self.options);
        let ((), mut generated, _) = self.made(true, |inputs| Ok(((), make(inputs)?)))?;
        self.locate_those(&mut generated.diagnostics, |diagnostic| diagnostic.severity > Severity::Note);
        let Generated { code, diagnostics, choices, lists } = generated;
        let documents =
            self.documents.iter().map(|document| json!({"name": document.name, "document": document.served()}));
        Ok(Output { code, documents: documents.collect(), diagnostics, choices, lists })
    }

    /// The public items of the client that [`generate`](Self::generate) would give, in less time. The pointers of their places are in
    /// [`Loading::tree`].
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate), and `A002`.
    #[cfg(feature = "track")]
    pub(crate) fn items(&self) -> Result<Items, Diagnostic> {
        generate::on_a_large_stack(&|| self.sketch(false, &RandomState::new())?.0.items())
    }

    /// The public items of the clients of two versions as far as they differ, in less time than those of each, and the diagnostics of
    /// this one, which have no positions.
    ///
    /// # Errors
    ///
    /// As [`items`](Self::items). Where neither can be made, the error of this one is what can be mended.
    #[cfg(feature = "track")]
    pub(crate) fn compared_to(&self, old: &Self) -> Result<(Compared, Vec<Diagnostic>), Diagnostic> {
        generate::on_a_large_stack(&|| {
            let state = RandomState::new();
            let (new, diagnostics) = self.sketch(true, &state)?;
            let (old, _) = old.sketch(false, &state)?;
            Ok((Sketch::compare(old, new)?, diagnostics))
        })
    }

    /// The client in outline, and its diagnostics; only if it `spots` them, the quirks that `generate` repairs are among them.
    #[cfg(feature = "track")]
    fn sketch(&self, spots: bool, state: &RandomState) -> Result<(Sketch, Vec<Diagnostic>), Diagnostic> {
        let make = |inputs: &[Input<'_>]| generate::sketch(inputs, &self.environment, &self.lock, &self.options, state);
        let (mut sketch, generated, repaired) = self.made(spots, make)?;
        for (places, (_, repaired)) in sketch.places.iter_mut().zip(&repaired) {
            let before = |pointer: &String| repaired.moved_from(pointer).unwrap_or_else(|| pointer.clone());
            for pointers in places.types.values_mut() {
                *pointers = pointers.iter().map(before).collect();
            }
        }
        Ok((sketch, generated.diagnostics))
    }

    /// Whether these documents would give the same client as those of `old`, if the documents were the same: same names and groups,
    /// lock, environment and options. An empty lock counts as that of `old`.
    #[cfg(feature = "track")]
    pub(crate) fn makes_as(&self, old: &Self) -> bool {
        let shapes = |loaded: &Self| {
            let of = |document: &Loading| (document.name.clone(), document.groups.clone());
            loaded.documents.iter().map(of).collect::<Vec<_>>()
        };
        (self.lock == old.lock || self.lock == Lock::default())
            && self.environment == old.environment
            && self.options == old.options
            && self.features_by_group == old.features_by_group
            && shapes(self) == shapes(old)
    }

    /// What `make` makes of the normalized documents, with all choices; where its findings stand in the files is not looked up.
    /// Only if it `spots` them, the quirks that `generate` repairs are among them.
    fn made<T>(
        &self,
        spots: bool,
        make: impl FnOnce(&[Input<'_>]) -> Result<(T, Generated), Diagnostic>,
    ) -> Result<Made<T>, Diagnostic> {
        let repaired = timed("normalize", || self.repaired(spots));
        let repaired_alone = repaired.len() == 1;
        let inputs: Vec<Input<'_>> =
            repaired.iter().map(|(name, repaired)| Input { name, tree: &repaired.tree }).collect();
        let original = |mut diagnostic: Diagnostic| {
            let pointer = diagnostic.pointer.as_deref();
            let of = match diagnostic.document.map(usize::from) {
                Some(index) => repaired.get(index..=index).unwrap_or_default(),
                None => &repaired,
            };
            let moved = pointer.and_then(|pointer| of.iter().find_map(|(_, repaired)| repaired.moved_from(pointer)));
            diagnostic.pointer = moved.or(diagnostic.pointer);
            // Of several documents, it is of the first that has the place.
            let pointer = diagnostic.pointer.as_deref().unwrap_or_default();
            let has = |document: &&Loading| document.tree.pointer(pointer).is_some();
            let of = match diagnostic.document.map(usize::from) {
                Some(index) => self.documents.get(index),
                None => self.documents.iter().find(has),
            };
            match of.or(self.documents.first()) {
                Some(document) => document.in_published(diagnostic),
                None => diagnostic,
            }
        };
        let mut diagnostics = self.diagnostics.clone();
        diagnostics.extend(repaired.iter().flat_map(|(_, repaired)| repaired.diagnostics.iter().cloned()));
        let (made, mut generated) = match timed("generate", || make(&inputs)) {
            Ok(made) => made,
            Err(error) => {
                let mut found: Vec<Diagnostic> = error.clone().into_all().into_iter().map(original).collect();
                found.extend(diagnostics);
                self.locate_those(&mut found, |finding| finding.severity > Severity::Note);
                return Err(Diagnostic::several(self.judge(found)).unwrap_or(error));
            }
        };
        for (name, repaired) in &repaired {
            generated.choices.extend(repaired.choices.iter().cloned().map(|choice| match repaired_alone {
                true => choice,
                false => choice.of_document(name),
            }));
        }
        diagnostics.extend(std::mem::take(&mut generated.diagnostics).into_iter().map(original));
        diagnostics.extend(self.unlocked(&generated.choices));
        generated.diagnostics = self.judge(diagnostics);
        Ok((made, generated, repaired))
    }

    /// Looks up the places in the files of all `diagnostics` that have a pointer.
    pub fn locate(&self, diagnostics: &mut [Diagnostic]) {
        self.locate_those(diagnostics, |_| true);
    }

    /// Looks up the places of the selected diagnostics, and parses each file once for all of them.
    pub(super) fn locate_those(&self, diagnostics: &mut [Diagnostic], wanted: impl Fn(&Diagnostic) -> bool) {
        let mut open: Vec<&mut Diagnostic> = diagnostics
            .iter_mut()
            .filter(|diagnostic| diagnostic.position.is_none() && diagnostic.pointer.is_some() && wanted(diagnostic))
            .collect();
        let pointers = open.iter().filter_map(|finding| Some((finding.document, finding.pointer.clone()?)));
        let positions = self.positions(pointers.collect());
        for (diagnostic, position) in open.iter_mut().zip(positions) {
            diagnostic.position = position.map(Box::new);
        }
    }

    /// The places in the files of `pointers` of the documents as they were published, or of the nearest nodes above. Without the
    /// number of its document, a pointer is looked for in all of them. Each file is parsed once.
    pub(crate) fn positions(&self, pointers: Vec<(Option<u16>, String)>) -> Vec<Option<Position>> {
        let mut best: Vec<Option<(Position, usize)>> = vec![None; pointers.len()];
        for (index, document) in self.documents.iter().enumerate() {
            let is_here = |at: &usize| pointers[*at].0.is_none_or(|of| usize::from(of) == index);
            let here: Vec<usize> = (0..pointers.len()).filter(is_here).collect();
            if here.is_empty() {
                continue;
            }
            let of_it: Vec<String> = here.iter().map(|at| pointers[*at].1.clone()).collect();
            let mut places: Vec<_> = here.iter().map(|at| best[*at].take()).collect();
            document.look(&of_it, &mut places);
            for (at, place) in here.into_iter().zip(places) {
                best[at] = place;
            }
        }
        best.into_iter().map(|place| place.map(|(position, _)| position)).collect()
    }

    /// A warning for the choices that are missing from the lock of a folder.
    fn unlocked(&self, choices: &[Choice]) -> Option<Diagnostic> {
        let free = choices.iter().filter(|choice| !choice.locked);
        let free: Vec<&str> = free.map(Choice::shown).collect();
        let names = match free.as_slice() {
            [] => return None,
            // A lock is made of all groups, and names what a part has otherwise.
            _ if !self.locks || self.options.is_part => return None,
            few if few.len() <= 5 => few.join(", "),
            [first, second, third, rest @ ..] => format!("{first}, {second}, {third} and {} more", rest.len()),
            _ => return None,
        };
        let message = format!("{} does not pin these names: {names}", lock::FILE_NAME);
        Some(Diagnostic::warning("L003", message).help("run `cargo oas lock` and commit the file"))
    }
}
