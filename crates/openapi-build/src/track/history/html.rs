//! The history as a page: a chart of sizes and breaks over time, and the table.

use super::{HEAD, History, Version, days};
use crate::track::change::Wire;
use crate::track::page::Html;

/// The size of the chart, in the units of its coordinates.
const WIDTH: f64 = 960.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 124.0;
/// The upper panel, with the sizes: its top and its bottom.
const SIZES: (f64, f64) = (24.0, 224.0);
/// The lower panel, with the breaks.
const BREAKS: (f64, f64) = (268.0, 368.0);
const HEIGHT: f64 = 408.0;

/// How many dates the axis has at most.
const DATES: usize = 8;

/// A coordinate as an attribute has it.
fn at(number: f64) -> String {
    format!("{number:.1}")
}

impl History {
    /// The history as one page of HTML, which needs no other file and no network. `name` is what it is the history of.
    pub fn to_html(&self, name: &str) -> String {
        let title = format!("History of {name}");
        let mut html = Html::default();
        html.raw("<header><p class=\"over\">How an API grew</p><h1>").text(&title).raw("</h1>");
        self.cards(&mut html);
        html.raw("</header><main>");
        if self.versions.iter().any(|version| version.size.is_some()) {
            html.raw("<h2>Over time</h2>");
            self.chart(&mut html);
        }
        html.raw("<h2>Versions</h2>");
        self.table(&mut html);
        html.raw("</main><footer><p>Written by <code>cargo oas history --format html</code>.</p></footer>\n");
        html.page(&title, include_str!("page.css"), "")
    }

    fn cards(&self, html: &mut Html) {
        let breaking = self.breaking();
        html.raw("<div class=\"verdict\"><div class=\"card\"><p class=\"cap\">Versions</p><p class=\"big\">");
        html.number(self.versions.len()).raw("</p></div>");
        if let Some((all, median)) = self.span() {
            html.raw("<div class=\"card\"><p class=\"cap\">Typical time between two</p><p class=\"big\">");
            html.text(&days(median)).raw(" <span class=\"dim\">of ").text(&days(all)).raw(" in all</span></p></div>");
        }
        html.raw(if breaking > 0 { "<div class=\"card breaks\">" } else { "<div class=\"card safe\">" });
        html.raw("<p class=\"cap\">That break old clients</p><p class=\"big\">").number(breaking);
        html.raw("</p></div></div>");
    }

    fn table(&self, html: &mut Html) {
        html.raw("<div class=\"wide\" role=\"region\" aria-label=\"Versions\" tabindex=\"0\"><table><thead><tr>");
        for (column, name) in HEAD.iter().enumerate() {
            html.open("th", &[("scope", "col"), ("class", class_of(column))]).text(name).raw("</th>");
        }
        html.raw("</tr></thead><tbody>");
        for (version, (cells, error)) in self.versions.iter().zip(self.rows()) {
            let breaks = version.step.is_some_and(|step| step.wire == Wire::Breaks);
            html.raw(if breaks { "<tr class=\"breaks\">" } else { "<tr>" });
            for (column, cell) in cells.iter().enumerate() {
                let tag = if column == 0 { "th" } else { "td" };
                let scope: &[(&str, &str)] = if column == 0 { &[("scope", "row")] } else { &[] };
                html.open(tag, &[&[("class", class_of(column))], scope].concat());
                match (column, version.title.as_str()) {
                    (0, title) => {
                        html.raw("<code>").text(cell).raw("</code>");
                        if !title.is_empty() {
                            html.raw(" <span class=\"dim\">").text(title).raw("</span>");
                        }
                    }
                    _ => {
                        html.text(cell);
                    }
                }
                html.raw(if column == 0 { "</th>" } else { "</td>" });
            }
            html.raw("</tr>");
            if let Some(error) = error {
                html.raw("<tr class=\"error\"><td colspan=\"10\">").prose(&error).raw("</td></tr>");
            }
        }
        html.raw("</tbody></table></div>");
    }

    /// Where a version stands on the axis of time.
    fn x(&self, version: &Version) -> f64 {
        let times = || self.versions.iter().map(|version| version.seconds);
        let (first, last) = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
        let room = WIDTH - LEFT - RIGHT;
        match last - first {
            0 => LEFT + room / 2.0,
            span => LEFT + room * (version.seconds - first) as f64 / span as f64,
        }
    }

    fn chart(&self, html: &mut Html) {
        let label =
            format!("Operations and types of each version, and how many changes break old clients: {}", self.summary());
        html.raw("<div class=\"wide\" role=\"region\" aria-label=\"Chart\" tabindex=\"0\">");
        let view = format!("0 0 {WIDTH} {HEIGHT}");
        html.open("svg", &[("viewBox", &view), ("role", "img"), ("aria-label", &label)]);
        let sizes = self.versions.iter().filter_map(|version| version.size);
        let most = scale(sizes.map(|size| size.operations.max(size.types)).max().unwrap_or_default());
        axis(html, SIZES, most, "operations and types");
        let mut ends = Vec::new();
        for (class, name, of) in [
            ("operations", "operations", (|size: &super::Size| size.operations) as fn(&super::Size) -> usize),
            ("types", "types", |size: &super::Size| size.types),
        ] {
            let points: Vec<(f64, f64, &Version, usize)> = self
                .versions
                .iter()
                .filter_map(|version| {
                    let count = of(version.size.as_ref()?);
                    Some((self.x(version), y(SIZES, count, most), version, count))
                })
                .collect();
            let path: Vec<String> = points.iter().map(|(x, y, ..)| format!("{},{}", at(*x), at(*y))).collect();
            html.open("polyline", &[("class", class), ("points", &path.join(" "))]).raw("</polyline>");
            for (x, y, version, count) in &points {
                html.open("circle", &[("class", class), ("cx", &at(*x)), ("cy", &at(*y)), ("r", "3.5")]);
                html.raw("<title>").text(&format!("{}, {}: {count} {name}", version.name, version.date));
                html.raw("</title></circle>");
            }
            ends.extend(points.last().map(|(x, y, _, count)| (*x, *y, class, format!("{count} {name}"))));
        }
        // Two names at one height would hide each other.
        if let [(_, one, ..), (_, other, ..)] = ends.as_mut_slice()
            && (*one - *other).abs() < 14.0
        {
            let middle = f64::midpoint(*one, *other);
            (*one, *other) = if one > other { (middle + 7.0, middle - 7.0) } else { (middle - 7.0, middle + 7.0) };
        }
        for (x, y, class, name) in &ends {
            html.open("text", &[("class", class), ("x", &at(x + 8.0)), ("y", &at(y + 4.0))]).text(name).raw("</text>");
        }
        self.bars(html);
        self.dates(html);
        html.raw(
            "</svg></div><p class=\"dim\">Red: changes that break old clients; amber: changes that may break them.</p>",
        );
    }

    fn bars(&self, html: &mut Html) {
        let steps = self.versions.iter().filter_map(|version| version.step);
        let most = scale(steps.map(|step| step.breaks + step.may_break).max().unwrap_or_default());
        axis(html, BREAKS, most, "changes that break or may break");
        let xs: Vec<f64> = self.versions.iter().map(|version| self.x(version)).collect();
        let gap =
            xs.windows(2).map(|pair| (pair[1] - pair[0]).abs()).filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
        let width = (gap * 0.7).clamp(3.0, 16.0);
        for (version, x) in self.versions.iter().zip(&xs) {
            let Some(step) = version.step else { continue };
            let (break_top, top) = (y(BREAKS, step.breaks, most), y(BREAKS, step.breaks + step.may_break, most));
            for (class, from, to, count) in
                [("breaks", BREAKS.1, break_top, step.breaks), ("may-break", break_top, top, step.may_break)]
            {
                if count == 0 {
                    continue;
                }
                let (left, height) = (at(x - width / 2.0), at(from - to));
                let shape =
                    [("class", class), ("x", &left), ("y", &at(to)), ("width", &at(width)), ("height", &height)];
                html.open("rect", &shape).raw("<title>");
                let verb = if class == "breaks" { "break old clients" } else { "may break old clients" };
                html.text(&format!("{}, {}: {count} {verb}", version.name, version.date)).raw("</title></rect>");
            }
        }
    }

    /// The dates below both panels: as many as have room.
    fn dates(&self, html: &mut Html) {
        let (mut last, room) = (f64::NEG_INFINITY, (WIDTH - LEFT - RIGHT) / DATES as f64);
        for version in &self.versions {
            let x = self.x(version);
            let tick =
                [("class", "tick"), ("x1", &at(x)), ("x2", &at(x)), ("y1", &at(BREAKS.1)), ("y2", &at(BREAKS.1 + 5.0))];
            html.open("line", &tick).raw("</line>");
            if x - last >= room {
                let place = [("x", &at(x) as &str), ("y", &at(BREAKS.1 + 22.0)), ("text-anchor", "middle")];
                html.open("text", &place).text(&version.date).raw("</text>");
                last = x;
            }
        }
    }
}

/// The class of the cells of a column.
fn class_of(column: usize) -> &'static str {
    if matches!(column, 0 | 1 | 9) { "word" } else { "number" }
}

/// Where a count stands in a panel that ends at `most`.
fn y((top, bottom): (f64, f64), count: usize, most: usize) -> f64 {
    bottom - (bottom - top) * count as f64 / most.max(1) as f64
}

/// A round number that is at least `count`, and that two divides.
fn scale(count: usize) -> usize {
    let mut step = 1;
    loop {
        for factor in [2, 4, 10] {
            if let Some(round) = step_times(step, factor)
                && round >= count
            {
                return round;
            }
        }
        match step_times(step, 10) {
            Some(next) => step = next,
            None => return count,
        }
    }
}

fn step_times(step: usize, factor: usize) -> Option<usize> {
    step.checked_mul(factor)
}

/// Adds the lines and numbers of a panel, and what it counts.
fn axis(html: &mut Html, panel: (f64, f64), most: usize, name: &str) {
    for count in [0, most / 2, most] {
        let (height, end) = (at(y(panel, count, most)), at(WIDTH - RIGHT));
        let line = [("class", "grid"), ("x1", &at(LEFT)), ("x2", &end), ("y1", &height), ("y2", &height)];
        html.open("line", &line).raw("</line>");
        let place = [("x", &at(LEFT - 8.0) as &str), ("y", &at(y(panel, count, most) + 4.0)), ("text-anchor", "end")];
        html.open("text", &place).number(count).raw("</text>");
    }
    html.open("text", &[("x", &at(LEFT)), ("y", &at(panel.0 - 10.0))]).text(name).raw("</text>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::history::Size;

    #[test]
    fn a_scale_is_round_and_has_room() {
        for (count, expected) in [(0, 2), (1, 2), (3, 4), (5, 10), (11, 20), (39, 40), (41, 100), (1001, 2000)] {
            assert_eq!(scale(count), expected, "{count}");
        }
        assert!(scale(usize::MAX) >= 1);
    }

    #[test]
    fn a_history_of_one_moment_has_a_chart() {
        let version = Version { name: "<b>".to_owned(), size: Some(Size::default()), ..Version::default() };
        let page = History { versions: vec![version.clone(), version] }.to_html("</title><script>");
        assert!(page.contains("<svg") && !page.contains("NaN") && !page.contains("inf"), "{page}");
        assert!(!page.contains("<b>") && !page.contains("<script"));
        let empty = History::default().to_html("spec");
        assert!(!empty.contains("<svg"), "{empty}");
    }
}
