//! The report for a pull request: the verdict first, a table for what breaks and one for the rest, folded where it is
//! long.

use std::fmt::Write;

use super::report::{Group, Section, no_items, plural, some};
use crate::track::change::{Changes, Wire};
use crate::track::semver::{ItemChange, Level};

/// How many rows a table has that is not folded.
const ROWS: usize = 12;

/// How many rows there are at most: what takes pull requests cuts long texts.
const MOST: usize = 150;

impl Changes {
    /// The report as Markdown, as GitHub reads it.
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        let wire = match self.verdict.wire {
            Wire::Safe => "old clients work",
            Wire::MayBreak => "old clients **may break**",
            Wire::Breaks => "old clients **break**",
        };
        let rust = self.verdict.rust.as_str();
        let rust = if self.verdict.rust >= Level::Major { format!("**{rust}**") } else { rust.to_owned() };
        let versions = match &self.versions {
            Some((current, needed)) if current == needed => format!(": {current} is high enough"),
            Some((current, needed)) => format!(": {current} to {needed}"),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "On the wire, {wire}. For the crate this is a {rust} update{versions}.\n\n{}.",
            self.counts()
        );
        if let Some(apart) = self.apart() {
            let mut letters = apart.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            let _ = writeln!(text, "\n{}{}.", first.into_iter().collect::<String>(), letters.as_str());
        }
        for section in self.sections() {
            let title = match section.wire {
                Wire::Breaks => "Old clients break",
                Wire::MayBreak => "Old clients may break",
                Wire::Safe => "Old clients work",
            };
            let title = format!("{title} ({})", section.count);
            let rows = rows(&section);
            let fold = section.wire == Wire::Safe && rows.len() > ROWS;
            let _ = match fold {
                true => writeln!(text, "\n<details><summary>{title}</summary>"),
                false => writeln!(text, "\n### {title}"),
            };
            let _ = writeln!(text, "\n| | definition | on the wire | in Rust |\n| --- | --- | --- | --- |");
            for row in rows.iter().take(MOST) {
                let _ = writeln!(text, "{row}");
            }
            if rows.len() > MOST {
                let _ = writeln!(text, "\n… and {} more rows.", rows.len() - MOST);
            }
            if fold {
                let _ = writeln!(text, "\n</details>");
            }
        }
        self.accepted_to_markdown(&mut text);
        items_to_markdown("Also in Rust", &self.items, &mut text);
        if let Some(generator) = self.newer_generator() {
            items_to_markdown("By a newer generator", &generator.items, &mut text);
        }
        if !self.noise.is_empty() {
            let _ = writeln!(text, "\n<details><summary>Noise in {}</summary>\n", plural(self.noise.len(), "place"));
            for (code, title, count) in self.noise_by_kind() {
                let _ = writeln!(text, "- {code}, {title}: {count}");
            }
            let _ = writeln!(text, "\n</details>");
        }
        text
    }

    /// What the team has accepted: all of it, however long the table is.
    fn accepted_to_markdown(&self, text: &mut String) {
        let count = self.accepted().count();
        if count == 0 {
            return;
        }
        let _ = writeln!(text, "\n### Accepted ({count})\n");
        let _ = writeln!(
            text,
            "| | definition | on the wire | in Rust | accepted because |\n| --- | --- | --- | --- | --- |"
        );
        for (group, accepted) in self.accepted() {
            let change = group.first();
            let until = accepted.until.as_ref().map(|until| format!("<br><sub>until {}</sub>", escaped(until)));
            let reason = escaped(&accepted.reason);
            let _ =
                writeln!(text, "{} {reason}{} |", row(change.code, change.title, &group), until.unwrap_or_default());
        }
    }
}

fn items_to_markdown(title: &str, items: &[ItemChange], text: &mut String) {
    if items.is_empty() {
        return;
    }
    let mut items: Vec<&ItemChange> = items.iter().collect();
    items.sort_by(|a, b| b.level.cmp(&a.level).then(a.code.cmp(b.code)));
    let _ = writeln!(text, "\n<details><summary>{title} ({})</summary>\n", items.len());
    for item in items.iter().take(MOST) {
        let _ = writeln!(text, "- {} {}: {}", item.code, item.level.as_str(), item.sentence());
    }
    if items.len() > MOST {
        let _ = writeln!(text, "- … and {} more", items.len() - MOST);
    }
    let _ = writeln!(text, "\n</details>");
}

fn rows(section: &Section<'_>) -> Vec<String> {
    let of_rule = |(code, title, groups): &(&'static str, &'static str, Vec<Group<'_>>)| -> Vec<String> {
        groups.iter().map(|group| row(code, title, group)).collect()
    };
    section.rules.iter().flat_map(of_rule).collect()
}

fn row(code: &str, title: &str, group: &Group<'_>) -> String {
    let change = group.first();
    let mut subjects: Vec<String> = group.changes.iter().map(|change| quoted(&change.subject)).collect();
    subjects.dedup();
    let mut definition = format!("{title}: {}", some(&subjects, 4));
    let values = group.values();
    if !values.is_empty() {
        let _ = write!(definition, " {}", quoted(&values));
    }
    for inner in change.inner.iter().take(4) {
        let _ = write!(definition, "<br>{} {}: {}", inner.code, quoted(&inner.subject), inner.title);
    }
    if let Some(position) = change.place().and_then(|place| place.position.as_ref()) {
        let _ = write!(definition, "<br><sub>{}</sub>", escaped(&position.to_string()));
    }
    let touched: Vec<String> = change.operations.iter().map(|operation| quoted(operation)).collect();
    let mut wire = format!("{}: {}", change.wire.as_str(), escaped(&change.why));
    if group.changes.len() == 1
        && change.operations.iter().any(|operation| !change.subject.starts_with(operation.as_str()))
    {
        let _ = write!(wire, "<br><sub>{}</sub>", some(&touched, 3));
    }
    let items = group.items();
    let mut rust = group.update().as_str().to_owned();
    if items.is_empty() {
        let _ = write!(rust, ": {}", no_items(group.update()));
    }
    for item in items.iter().take(3) {
        let _ = write!(rust, "<br>{} ({})", escaped(&item.sentence()), item.code);
    }
    if items.len() > 3 {
        let _ = write!(rust, "<br>and {} more", items.len() - 3);
    }
    format!("| {code} | {definition} | {wire} | {rust} |")
}

/// `text` as code within a cell of a table.
fn quoted(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|").replace(['\n', '\r'], " "))
}

/// `text` within a cell of a table: no markup of its own but code.
fn escaped(text: &str) -> String {
    let mut code = false;
    let mut escaped = String::with_capacity(text.len());
    // GitHub takes several in a row for one mark, and the last of an odd number for a letter.
    let mut left = text.split('`').count() - 1;
    let is_code = !text.contains("``");
    for c in text.chars() {
        match c {
            '`' if is_code && (code || left > 1) => {
                left -= 1;
                code = !code;
                escaped.push(c);
            }
            '`' => {
                left -= 1;
                escaped.push('\'');
            }
            '|' => escaped.push_str("\\|"),
            '\n' | '\r' => escaped.push(' '),
            '<' if !code => escaped.push_str("&lt;"),
            c => escaped.push(c),
        }
    }
    escaped
}
