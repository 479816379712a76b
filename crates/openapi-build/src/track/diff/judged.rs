//! What a team says of the changes ([`Judgment`]): how severe they are, which of them touch no promise, and which are accepted.
//! The verdict on the wire changes with it, and nothing else.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::pairs::{self, Pairs};
use super::{sunset, uses};
use crate::diagnostic::{Diagnostic, Position};
use crate::nearest::nearest;
use crate::pipeline::Loaded;
use crate::track::Options;
use crate::track::change::{Accepted, Change, Changes, Wire};
use crate::track::judgment::{Entry, FILE_NAME, Judgment, Pattern, State, WARNINGS, is_same_stage};
use crate::track::rules;

/// How many characters of a place may differ in what is taken for a typing error.
const TYPING_ERROR: usize = 12;

/// Judges the changes of one document by the days on which things were to go, and then as the team says.
pub(super) fn judge(
    found: &mut Changes,
    (before, after): (&Value, &Value),
    pairs: &Pairs,
    judgment: Option<&Judgment>,
    options: &Options,
) {
    sunset::judge(&mut found.changes, options.today);
    let Some(judgment) = judgment else { return };
    found.changes.iter_mut().for_each(|change| severe(change, judgment));
    if judgment.promise.is_some() {
        let stages = stages(before, after, pairs);
        found.changes.iter_mut().for_each(|change| unpromised(change, judgment, &stages));
    }
}

/// Makes a change as severe as the team says, after the changes within it: a replaced schema is as severe as the worst of those.
fn severe(change: &mut Change, judgment: &Judgment) {
    change.judge_inner(|inner| inner.iter_mut().for_each(|inner| severe(inner, judgment)));
    if let Some(wire) = judgment.rules.get(change.code) {
        set(change, *wire, &format!("{FILE_NAME} says {} of {}", wire.as_str(), change.code));
    }
}

impl Change {
    /// Judges what differs inside by `judge`, and so the change, if it is judged by the worst of that.
    pub(super) fn judge_inner(&mut self, judge: impl FnOnce(&mut [Self])) {
        let before = rules::worst(&self.inner);
        judge(&mut self.inner);
        if let Some((wire, why)) =
            rules::worst(&self.inner).filter(|_| before.as_ref() == Some(&(self.wire, self.why.clone())))
        {
            (self.wire, self.why) = (wire, why);
        }
    }
}

fn set(change: &mut Change, wire: Wire, by: &str) {
    if change.wire != wire {
        change.why = format!("{by} (by itself: {}): {}", change.wire.as_str(), change.why);
        change.wire = wire;
    }
}

/// A change that only touches operations which promise nothing may break clients, and they knew.
fn unpromised(change: &mut Change, judgment: &Judgment, stages: &HashMap<String, &str>) {
    if change.wire != Wire::Breaks || change.operations.is_empty() {
        return;
    }
    let of_operations = change.operations.iter().map(|operation| stages.get(operation).copied());
    let Some(stages) = of_operations.collect::<Option<BTreeSet<&str>>>() else { return };
    if stages.iter().any(|stage| judgment.is_promise(stage)) {
        return;
    }
    let plain = |stage: &&str| super::walk::short(&Value::from(*stage)).replace('`', "'");
    let names: Vec<String> = stages.iter().map(|stage| format!("`{}`", plain(stage))).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    set(change, Wire::MayBreak, &format!("{} {verb} no promise by {FILE_NAME}", names.join(", ")));
}

/// The stages of the operations that have one, by what changes call them: of those that both documents have, the old stage, since
/// that is what clients were promised.
fn stages<'v>(before: &'v Value, after: &'v Value, pairs: &Pairs) -> HashMap<String, &'v str> {
    let (mut stages, mut known, mut later) = (HashMap::new(), BTreeSet::new(), Vec::new());
    for (path, method, operation) in pairs::operations(before) {
        let own = stage(operation);
        let label = uses::label(path, method);
        let to = match pairs.moved.get(&(path.clone(), method.clone())) {
            Some((path, method)) => uses::label(path, method),
            None => uses::label(pairs.paths.get(path).unwrap_or(path), method),
        };
        if to != label {
            later.push((to, own));
        }
        stages.extend(own.map(|own| (label.clone(), own)));
        known.insert(label);
    }
    let new = pairs::operations(after).map(|(path, method, operation)| (uses::label(path, method), stage(operation)));
    for (label, own) in later.into_iter().chain(new) {
        if known.insert(label.clone()) {
            stages.extend(own.map(|own| (label, own)));
        }
    }
    stages
}

fn stage(operation: &Value) -> Option<&str> {
    operation.get("x-lifecycle-stage").and_then(Value::as_str)
}

/// Accepts what the team accepts, and warns of entries that do nothing. The places of the changes are those that a user sees.
pub(super) fn accept(
    changes: &mut Changes,
    (old, new): (&Loaded, &Loaded),
    options: &Options,
) -> Result<(), Diagnostic> {
    let mut warnings = Vec::new();
    for (index, document) in new.documents.iter().enumerate() {
        warnings.extend(sunset::check(&document.tree).into_iter().map(|mut warning| {
            warning.document = u16::try_from(index).ok();
            warning.pointer = warning.pointer.map(|place| document.published(&place));
            warning
        }));
    }
    new.locate(&mut warnings);
    if let Some(judgment) = new.judgment()? {
        for entry in &judgment.accept {
            warnings.extend(apply(entry, &mut changes.changes, (old, new), options));
        }
        warnings.extend(unknown_stages(judgment, old, new));
    }
    let wire = changes.changes.iter().filter(|change| change.accepted.is_none()).map(|change| change.wire).max();
    changes.verdict.wire = wire.unwrap_or_default();
    changes.diagnostics.extend(new.judge(warnings));
    Ok(())
}

impl Changes {
    /// Accepts again what the team accepts, as `options` say: for a comparison after which the version of the package is known.
    /// `old` and `new` are the versions that were compared.
    ///
    /// ```
    /// use openapi_build::{pipeline::Loaded, source::SourceFile, track::{self, Options, diff::Wire, judgment::Judgment}};
    ///
    /// let load = |text: &str| Loaded::sources(vec![SourceFile::from_bytes("a.yaml".as_ref(), text.into())?], &[]);
    /// let old = load("paths: {/a: {get: &o {responses: {'204': {description: a}}}, put: *o}}")?;
    /// let new = load("paths: {/a: {get: {responses: {'204': {description: a}}}}}")?;
    /// let accept = "[[accept]]\nrule = 'D002'\nplace = 'PUT /a'\nreason = 'unused'\nuntil = 'crate 1.9.0'";
    /// let new = new.judged_by(Judgment::parse("track.toml".as_ref(), accept)?);
    /// let options = Options::default().package_version("1.9.0");
    /// let mut changes = track::diff_with(&old, &new, &options)?;
    /// assert_eq!(changes.verdict.wire, Wire::Safe);
    /// changes.accept_again(&old, &new, &options.package_version("2.0.0"))?;
    /// assert_eq!(changes.verdict.wire, Wire::Breaks);
    /// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `T003`.
    pub fn accept_again(&mut self, old: &Loaded, new: &Loaded, options: &Options) -> Result<(), Diagnostic> {
        self.changes.iter_mut().for_each(|change| change.accepted = None);
        self.diagnostics.retain(|diagnostic| !WARNINGS.contains(&diagnostic.code));
        accept(self, (old, new), options)
    }

    /// The findings about entries of `track.toml` and about days until which something stays: those of [`WARNINGS`].
    pub fn judgment_warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| WARNINGS.contains(&diagnostic.code))
    }
}

/// The name of the document that a change is of.
fn document_of<'l>(change: &'l Change, (old, new): (&'l Loaded, &'l Loaded)) -> &'l str {
    match new.documents.first().or(old.documents.first()) {
        Some(only) if change.document.is_empty() => &only.name,
        _ => &change.document,
    }
}

/// Accepts what `entry` accepts; a warning if that is nothing.
fn apply(
    entry: &Entry,
    changes: &mut [Change],
    (old, new): (&Loaded, &Loaded),
    options: &Options,
) -> Option<Diagnostic> {
    let state = |document: &str| match &entry.until {
        None => State::Holds,
        Some(until) => until.state(version_of(new, document).as_deref(), options),
    };
    let (mut found, mut over, mut unknown) = (false, None, None);
    for change in changes.iter_mut() {
        let document = document_of(change, (old, new));
        if !entry.matches(change, document) {
            continue;
        }
        found = true;
        match state(document) {
            State::Over(why) => {
                over.get_or_insert(why);
                continue;
            }
            State::Unknown(why) => drop(unknown.get_or_insert(why)),
            State::Holds => {}
        }
        // Of several entries the last counts, which is the newest where the command writes them.
        let until = entry.until.as_ref().map(ToString::to_string);
        change.accepted = Some(Accepted { reason: entry.reason.clone(), until });
    }
    if !found {
        // What nothing matches is over if it is so everywhere.
        let named = entry.document.as_deref();
        let documents = new.documents.iter().filter(|document| named.is_none_or(|name| name == document.name));
        let states: Vec<State> = documents.map(|document| state(&document.name)).collect();
        match states.first() {
            Some(State::Over(why)) if states.iter().all(|state| matches!(state, State::Over(_))) => {
                over = Some(why.clone());
            }
            _ => return Some(unmatched(entry, changes, (old, new))),
        }
    }
    let until = entry.until.as_ref().map(ToString::to_string).unwrap_or_default();
    let about = format!("this entry accepts {} at `{}` until {until}", entry.rule, entry.place);
    if let Some(why) = over {
        let message = format!("{about}, and no longer holds: {why}");
        return Some(
            at(entry, "T005", message).help("take it out, or look at the finding again and set a later `until`"),
        );
    }
    let message = format!("{about}, and may no longer hold: {}", unknown?);
    Some(at(entry, "T006", message).help("give an `until` that can be compared; until then, it holds"))
}

fn at(entry: &Entry, code: &'static str, message: String) -> Diagnostic {
    Diagnostic::warning(code, message).in_file(entry.position.clone())
}

/// A warning that an entry matches nothing, with what is nearest.
fn unmatched(entry: &Entry, changes: &[Change], sides: (&Loaded, &Loaded)) -> Diagnostic {
    let message = format!("this entry matches no finding: {} at `{}`", entry.rule, entry.place);
    let names: BTreeSet<&str> =
        [sides.0, sides.1].into_iter().flat_map(|side| &side.documents).map(|it| it.name.as_str()).collect();
    let unknown = entry.document.as_deref().filter(|name| !names.contains(name));
    let help = match unknown {
        Some(name) => {
            let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("there is no document `{name}`, only {}", list.join(", "))
        }
        None => nearest_finding(entry, changes),
    };
    at(entry, "T004", message).help(help)
}

fn nearest_finding(entry: &Entry, changes: &[Change]) -> String {
    if let Some(other) = changes.iter().find(|change| change.inner.iter().any(|inner| entry.is_at(inner))) {
        let place = other.place().map(|place| place.pointer.as_str()).unwrap_or_default();
        return format!("it is found inside {} at `#{place}`, which is accepted as a whole", other.code);
    }
    if let Some(other) = changes.iter().find(|change| entry.pattern.matches(change) && change.code != entry.rule) {
        return format!("{} is found there: {}", other.code, other.title);
    }
    let of_rule = || changes.iter().filter(|change| change.code == entry.rule);
    if let Some(other) = changes.iter().find(|change| entry.is_at(change)) {
        return match &other.member {
            Some(member) if entry.member.is_some() => format!("the member that is found there is `{member}`"),
            _ if entry.subject.as_ref().is_some_and(|subject| *subject != other.subject) => {
                format!("the subject that is found there is `{}`", other.subject)
            }
            _ => "it is found there in another document".to_owned(),
        };
    }
    let places: Vec<String> = match &entry.pattern {
        Pattern::Subject(_) => of_rule().map(|change| change.subject.clone()).collect(),
        Pattern::Pointer(..) => {
            of_rule().filter_map(|change| change.place()).map(|place| format!("#{}", place.pointer)).collect()
        }
    };
    match nearest(&entry.place, places.iter().map(String::as_str), TYPING_ERROR) {
        Some(place) => format!("`{place}` is the nearest place of a finding of {}", entry.rule),
        None if places.is_empty() => format!("there is no finding of {} (any more); take the entry out", entry.rule),
        None => format!("`{}` is where {} is found", places[0], entry.rule),
    }
}

/// `info.version` of the document of that name.
fn version_of(loaded: &Loaded, document: &str) -> Option<String> {
    let document = loaded.documents.iter().find(|one| one.name == document)?;
    match document.tree.get("info")?.get("version")? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A warning for each stage that is a promise and that no operation has, if operations have stages at all.
fn unknown_stages(judgment: &Judgment, old: &Loaded, new: &Loaded) -> Vec<Diagnostic> {
    let trees = [old, new].into_iter().flat_map(|side| &side.documents).map(|document| &document.tree);
    let known: BTreeSet<&str> =
        trees.flat_map(pairs::operations).filter_map(|(.., operation)| stage(operation)).collect();
    let unknown = judgment.promise.iter().flatten().filter(|one| !known.iter().any(|stage| is_same_stage(one, stage)));
    let names: Vec<String> = known.iter().map(|stage| format!("`{stage}`")).collect();
    let help = match names.is_empty() {
        true => "no operation has an `x-lifecycle-stage`, so that all of them are a promise".to_owned(),
        false => format!("the operations have {}", names.join(", ")),
    };
    let file = || Position { file: judgment.path.clone(), line: 1, column: 1 };
    unknown
        .map(|one| {
            Diagnostic::warning("T004", format!("no operation is in the stage `{one}`"))
                .in_file(judgment.promised_at.clone().unwrap_or_else(file))
                .help(help.clone())
        })
        .collect()
}
