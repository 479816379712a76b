//! What the reports for people share: which changes are reported as one, and the sentences of the verdict.

use crate::track::change::{Accepted, Change, Changes, Wire};
use crate::track::semver::{ItemChange, Level};

/// Changes of one rule that say the same of several places.
pub(super) struct Group<'a> {
    pub(super) changes: Vec<&'a Change>,
}

/// The changes of one verdict on the wire.
pub(super) struct Section<'a> {
    pub(super) wire: Wire,
    /// The rules: code, title, and groups.
    pub(super) rules: Vec<(&'static str, &'static str, Vec<Group<'a>>)>,
    pub(super) count: usize,
}

impl<'a> Group<'a> {
    /// The first, which speaks for all.
    pub(super) fn first(&self) -> &'a Change {
        self.changes[0]
    }

    /// What they say of the definition: the member, and old and new value where both are known.
    pub(super) fn values(&self) -> String {
        let change = self.first();
        let text = |place: &Option<super::Place>| place.as_ref().and_then(|place| place.text.clone());
        match (&change.member, text(&change.old), text(&change.new)) {
            (Some(member), ..) => member.clone(),
            (None, Some(old), Some(new)) if is_scalar(&old) && is_scalar(&new) => format!("{old} → {new}"),
            (None, None, Some(one)) | (None, Some(one), None)
                if is_scalar(&one) && !change.subject.ends_with(&format!(".{one}")) =>
            {
                one
            }
            _ => String::new(),
        }
    }

    /// The items of all of them.
    pub(super) fn items(&self) -> Vec<&'a ItemChange> {
        let mut items: Vec<&ItemChange> = self.changes.iter().flat_map(|change| &change.items).collect();
        items.sort_by_key(|item| std::cmp::Reverse(item.level));
        items
    }

    /// The update that they ask for.
    pub(super) fn update(&self) -> Level {
        self.changes.iter().map(|change| change.update()).max().unwrap_or_default()
    }
}

fn is_scalar(text: &str) -> bool {
    !text.starts_with(['{', '['])
}

/// What makes two changes one: that they say the same of several places.
fn says(change: &Change) -> (Option<&str>, Option<&str>, Option<&str>, &str, super::Sides, Level) {
    let old = change.old.as_ref().and_then(|place| place.text.as_deref());
    let new = change.new.as_ref().and_then(|place| place.text.as_deref());
    (change.member.as_deref(), old, new, &change.why, change.sides, change.level)
}

impl Changes {
    /// The changes that nobody has accepted, by what becomes of old clients, then by rule, those reported as one that say the same.
    pub(super) fn sections(&self) -> Vec<Section<'_>> {
        let mut sections: Vec<Section<'_>> = Vec::new();
        for change in self.changes.iter().filter(|change| change.accepted.is_none()) {
            if sections.last().is_none_or(|section| section.wire != change.wire) {
                sections.push(Section { wire: change.wire, rules: Vec::new(), count: 0 });
            }
            let Some(section) = sections.last_mut() else { continue };
            section.count += 1;
            let index = section.rules.iter().position(|(code, ..)| *code == change.code).unwrap_or_else(|| {
                section.rules.push((change.code, change.title, Vec::new()));
                section.rules.len() - 1
            });
            let groups = &mut section.rules[index].2;
            let lone = change.inner.is_empty() && (change.member.is_some() || is_short(change));
            match groups.iter_mut().find(|group| lone && says(group.first()) == says(change)) {
                Some(group) => group.changes.push(change),
                None => groups.push(Group { changes: vec![change] }),
            }
        }
        sections
    }

    /// The changes that the team has accepted, each with the reason.
    pub(super) fn accepted(&self) -> impl Iterator<Item = (Group<'_>, &Accepted)> {
        self.changes.iter().filter_map(|change| Some((Group { changes: vec![change] }, change.accepted.as_ref()?)))
    }

    /// The verdict in one line.
    pub(super) fn headline(&self) -> String {
        let wire = match self.verdict.wire {
            Wire::Safe => "old clients work",
            Wire::MayBreak => "old clients may break",
            Wire::Breaks => "old clients break",
        };
        format!("on the wire: {wire}; crate: {}", self.update_text())
    }

    /// How many of everything, in one line.
    pub(super) fn counts(&self) -> String {
        if self.is_empty() && self.noise.is_empty() {
            let where_ = if self.newer_generator().is_some() { " in the definition" } else { "" };
            return format!("nothing changed{where_}");
        }
        let items = self.changes.iter().map(|change| change.items.len()).sum::<usize>() + self.items.len();
        let wire =
            |wire: Wire| self.changes.iter().filter(|change| change.wire == wire && change.accepted.is_none()).count();
        let accepted = match self.accepted().count() {
            0 => String::new(),
            count => format!(", {count} accepted"),
        };
        format!(
            "{} ({} breaking, {} that may break, {} safe{accepted}), {} of the Rust API, noise in {}",
            plural(self.changes.len(), "change"),
            wire(Wire::Breaks),
            wire(Wire::MayBreak),
            wire(Wire::Safe),
            plural(items, "item"),
            plural(self.noise.len(), "place")
        )
    }

    /// Noise in one line.
    pub(super) fn noise_line(&self) -> String {
        let kinds = self.noise_by_kind();
        let kinds = kinds.iter().map(|(code, title, count)| {
            let title = title.split(':').next().unwrap_or(title);
            format!("{code} {title} ({count})")
        });
        kinds.collect::<Vec<_>>().join(", ")
    }
}

fn is_short(change: &Change) -> bool {
    let scalar =
        |place: &Option<super::Place>| place.as_ref().and_then(|place| place.text.as_deref()).is_some_and(is_scalar);
    scalar(&change.old) || scalar(&change.new)
}

/// What is said of the Rust API where no item stands beside a change.
pub(super) fn no_items(level: Level) -> &'static str {
    match level {
        Level::Major | Level::Silent => "its items stand with other changes",
        // Its items may stand below, with those that come of several changes.
        Level::Minor => "no item of its own",
        Level::Patch => "no item changes",
    }
}

/// `1 change`, `2 changes`.
pub(in crate::track) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The first of `all`, and how many there are besides.
pub(super) fn some(all: &[String], most: usize) -> String {
    let shown = all.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > most { format!("{shown} and {} more", all.len() - most) } else { shown }
}
