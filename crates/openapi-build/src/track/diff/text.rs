//! The report for a terminal: the verdict first, then what breaks, then the rest, folded where it is long.

use std::fmt::Write;

use super::report::{Group, no_items, plural, some};
use crate::track::change::{Changes, Wire, one_line};
use crate::track::semver::{ItemChange, Level};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With colours, as escape sequences of a terminal.
    pub colour: bool,
    /// Every change, and not the first few of each rule.
    pub all: bool,
}

/// How many groups of changes are shown of a rule, unless all are asked for: of what is safe, and of the rest.
const SHOWN: (usize, usize) = (4, 8);

/// How many items are shown of a group, unless all are asked for.
const ITEMS: usize = 2;

struct Paint(bool);

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.with("2", text)
    }

    fn wire(&self, wire: Wire, text: &str) -> String {
        self.with(["1;32", "1;33", "1;31"][wire as usize], text)
    }

    fn level(&self, level: Level, text: &str) -> String {
        self.with(["32", "33", "31", "1;31"][level as usize], text)
    }
}

impl Changes {
    /// The report as text.
    pub fn to_text(&self, style: Style) -> String {
        let paint = Paint(style.colour);
        let mut text = String::new();
        let worst = if self.verdict.rust >= Level::Major { Wire::Breaks } else { self.verdict.wire };
        let _ = writeln!(text, "{}", paint.wire(worst, &self.headline()));
        let _ = writeln!(text, "{}", self.counts());
        if let Some(apart) = self.apart() {
            let _ = writeln!(text, "{apart}");
        }
        for section in self.sections() {
            let title = match section.wire {
                Wire::Breaks => "Old clients break",
                Wire::MayBreak => "Old clients may break",
                Wire::Safe => "Old clients work",
            };
            let _ = writeln!(text, "\n{}", paint.wire(section.wire, &format!("{title} ({})", section.count)));
            let most = match section.wire {
                _ if style.all => usize::MAX,
                Wire::Safe => SHOWN.0,
                _ => SHOWN.1,
            };
            for (code, title, groups) in &section.rules {
                let count = groups.iter().map(|group| group.changes.len()).sum::<usize>();
                let times = if count > 1 { format!(" ({count})") } else { String::new() };
                let _ = writeln!(text, "  {} {title}{times}", paint.bold(code));
                for group in groups.iter().take(most) {
                    group.write(&mut text, &paint, style.all);
                }
                if groups.len() > most {
                    let _ = writeln!(text, "    … and {} more; --all shows them", groups.len() - most);
                }
            }
        }
        self.write_accepted(&mut text, &paint, style.all);
        write_items("Also in Rust", &self.items, &mut text, &paint, style.all);
        if let Some(generator) = self.newer_generator() {
            write_items("By a newer generator", &generator.items, &mut text, &paint, style.all);
        }
        if !self.noise.is_empty() {
            let line = format!("Noise, which changes neither types nor what is sent: {}", self.noise_line());
            let _ = writeln!(text, "\n{}", paint.dim(&line));
        }
        if !self.changes.is_empty() {
            let _ = writeln!(text, "\n`cargo oas explain {}` explains the rule.", self.changes[0].code);
        }
        text
    }

    /// What the team has accepted, all of it.
    fn write_accepted(&self, text: &mut String, paint: &Paint, all: bool) {
        let count = self.accepted().count();
        if count == 0 {
            return;
        }
        let _ = writeln!(text, "\n{}", paint.bold(&format!("Accepted ({count})")));
        for (group, accepted) in self.accepted() {
            let change = group.first();
            let _ = writeln!(text, "  {} {}", paint.bold(change.code), change.title);
            group.write(text, paint, all);
            let until =
                accepted.until.as_ref().map(|until| format!(" (until {})", one_line(until))).unwrap_or_default();
            let _ = writeln!(text, "      accepted: {}{until}", accepted.line());
        }
    }
}

/// What became of items that come from no change alone, by rule.
fn write_items(title: &str, items: &[ItemChange], text: &mut String, paint: &Paint, all: bool) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", paint.bold(&format!("{title} ({})", items.len())));
    let mut items: Vec<_> = items.iter().collect();
    items.sort_by(|a, b| b.level.cmp(&a.level).then(a.code.cmp(b.code)));
    for of_rule in items.chunk_by(|a, b| a.code == b.code && a.level == b.level) {
        let most = if all { usize::MAX } else { SHOWN.0 };
        for item in of_rule.iter().take(most) {
            let level = paint.level(item.level, item.level.as_str());
            let _ = writeln!(text, "  {} {level}: {}", paint.bold(item.code), item.sentence());
        }
        if of_rule.len() > most {
            let _ = writeln!(text, "  … and {} more of {}", of_rule.len() - most, of_rule[0].code);
        }
    }
}

impl Group<'_> {
    fn write(&self, text: &mut String, paint: &Paint, all: bool) {
        let change = self.first();
        let most = if all { usize::MAX } else { 3 };
        let mut subjects: Vec<String> = self.changes.iter().map(|change| change.subject.clone()).collect();
        subjects.dedup();
        let document = if change.document.is_empty() { String::new() } else { format!("[{}] ", change.document) };
        let mut line = format!("{document}{}", paint.bold(&some(&subjects, most)));
        let values = self.values();
        if !values.is_empty() {
            let _ = write!(line, ": {values}");
        }
        let position = change.place().and_then(|place| place.position.as_ref()).map(ToString::to_string);
        let _ = writeln!(text, "    {line}  {}", paint.dim(&position.unwrap_or_default()));
        let sides = change.sides.as_str();
        let touched: Vec<String> = change
            .operations
            .iter()
            .filter(|operation| !change.subject.starts_with(operation.as_str()))
            .cloned()
            .collect();
        let touched = match (touched.len(), self.changes.len()) {
            (0, _) | (_, 2..) => String::new(),
            (1..=2, _) => format!(" of {}", touched.join(", ")),
            (count, _) => format!(" of {}", plural(count, "operation")),
        };
        let at = if touched.is_empty() { String::new() } else { format!(" ({sides}{touched})") };
        let _ = writeln!(text, "      wire  {}: {}{at}", paint.wire(change.wire, change.wire.as_str()), change.why);
        for inner in change.inner.iter().take(if all { usize::MAX } else { 3 }) {
            let _ = writeln!(text, "            {} {}: {}", inner.code, inner.subject, inner.title);
        }
        let items = self.items();
        let level = paint.level(self.update(), self.update().as_str());
        let shown: Vec<String> = items
            .iter()
            .take(if all { usize::MAX } else { ITEMS })
            .map(|item| format!("{} ({})", item.sentence(), item.code))
            .collect();
        let more = match items.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let rust = match shown.is_empty() {
            true => no_items(self.update()).to_owned(),
            false => shown.join("; "),
        };
        let _ = writeln!(text, "      rust  {level}: {rust}{more}");
    }
}
