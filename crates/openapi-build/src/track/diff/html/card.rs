//! A change of the page: what it is, the two texts, what it does on the wire, and what becomes of Rust items.

use serde_json::Value;

use super::texts::{is_long, side_by_side, undescribed, words, yaml};
use super::{Report, level_class, wire_class};
use crate::pipeline::Loading;
use crate::pointer::last_token;
use crate::track::change::{Accepted, Change, Place, Wire};
use crate::track::diff::report::no_items;
use crate::track::page::Html;
use crate::track::semver::ItemChange;

/// How many items are shown beside a change.
const ITEMS: usize = 30;

/// How many operations are named before the rest is counted.
const OPERATIONS: usize = 12;

/// How many entries a list has that is shown for a change of one of them.
const ENTRIES: usize = 64;

/// Adds a change. `group` is the name of what it stands below.
pub(super) fn card(html: &mut Html, report: &Report<'_>, change: &Change, group: &str) {
    let id = report.id(change);
    let (wire, rust) = (wire_class(change.wire), level_class(change.update()));
    let sides = match (change.sides.request, change.sides.response) {
        (true, true) => "request response",
        (true, false) => "request",
        (false, true) => "response",
        (false, false) => "",
    };
    let mut attributes = vec![("class", "change"), ("id", id), ("data-wire", wire), ("data-rust", rust)];
    let tags = report.tags_of(change).join("\n");
    attributes.extend([("data-sides", sides), ("data-tags", &tags)]);
    html.open("article", &attributes);
    let opens = report.few || change.wire > Wire::Safe;
    html.raw(if opens { "<details open>" } else { "<details>" });
    html.raw("<summary><h4>").open("span", &[("class", &format!("chip {wire}"))]).text(change.wire.as_str());
    html.raw("</span>").open("span", &[("class", &format!("chip rust {rust}"))]);
    html.raw("Rust: ").text(change.update().as_str()).raw("</span>");
    let rest = change.subject.strip_prefix(group).unwrap_or(&change.subject).trim_start_matches(['.', ' ']);
    if !rest.is_empty() {
        html.raw("<code>").text(rest).raw("</code>");
    }
    if let Some(member) = &change.member {
        html.raw("<code class=\"member\">").text(member).raw("</code>");
    }
    html.raw("<span class=\"title\">").prose(change.title).raw("</span></h4></summary><div class=\"body\">");
    body(html, report, change);
    html.raw("</div></details>");
    let label = format!("Link to {} {}: {}", change.code, change.subject, change.title);
    html.open("a", &[("class", "permalink"), ("href", &format!("#{id}")), ("aria-label", &label)]);
    html.raw("#</a></article>\n");
}

fn body(html: &mut Html, report: &Report<'_>, change: &Change) {
    if let Some(accepted) = &change.accepted {
        acceptance(html, accepted);
    }
    html.raw("<p><b>On the wire</b> ").open("b", &[("class", wire_class(change.wire))]).text(change.wire.as_str());
    html.raw("</b>: ").prose(&change.why);
    let sides = change.sides.as_str();
    if !sides.is_empty() {
        html.raw(" <span class=\"dim\">(").text(sides).raw(")</span>");
    }
    html.raw("</p>");
    let (mut texts, mut names) = (both_texts(report, change, false), ("before", "after"));
    if [&texts.0, &texts.1].into_iter().flatten().any(|text| is_long(text)) {
        let shorter = both_texts(report, change, true);
        if shorter != texts && (shorter.0 != shorter.1 || texts.0 == texts.1) {
            (texts, names) =
                (shorter, ("before, without descriptions and examples", "after, without descriptions and examples"));
        }
    }
    side_by_side(html, texts.0.as_deref(), texts.1.as_deref(), names);
    if !change.inner.is_empty() {
        inner(html, &change.inner);
    }
    items(html, change);
    let own = |operation: &String| change.subject.starts_with(operation.as_str());
    let operations: Vec<&String> = change.operations.iter().filter(|operation| !own(operation)).collect();
    if !operations.is_empty() {
        html.raw("<p class=\"dim\">Operations: ");
        for (index, operation) in operations.iter().take(OPERATIONS).enumerate() {
            html.raw(if index > 0 { ", <code>" } else { "<code>" }).text(operation).raw("</code>");
        }
        if operations.len() > OPERATIONS {
            html.raw(" and ").number(operations.len() - OPERATIONS).raw(" more");
        }
        html.raw("</p>");
    }
    html.raw("<p class=\"dim\">Rule ");
    html.open("a", &[("href", &format!("#rule-{}", change.code))]).text(change.code).raw("</a>");
    if let Some(place) = change.place() {
        if let Some(position) = &place.position {
            html.raw(" · <code>").text(&position.to_string()).raw("</code>");
        }
        html.raw(" · <code class=\"pointer\">#").text(&place.pointer).raw("</code>");
    }
    html.raw("</p>");
}

fn acceptance(html: &mut Html, accepted: &Accepted) {
    html.raw("<p class=\"accepted\"><b>Accepted</b>: ").prose(&accepted.reason);
    if let Some(until) = &accepted.until {
        html.raw(" <span class=\"dim\">(until ").text(until).raw(")</span>");
    }
    html.raw("</p>");
}

/// What differs inside, where one thing replaces another.
fn inner(html: &mut Html, changes: &[Change]) {
    html.raw("<div class=\"cap\">What differs inside</div><ul class=\"inner\">");
    for change in changes.iter().take(ITEMS) {
        html.raw("<li>").open("b", &[("class", wire_class(change.wire))]).text(change.wire.as_str());
        html.raw("</b> <code>").text(&change.subject).raw("</code> ");
        if let Some(member) = &change.member {
            html.raw("<code>").text(member).raw("</code> ");
        }
        html.prose(change.title).raw(": ").prose(&change.why);
        let text = |place: &Option<Place>| place.as_ref().and_then(|place| place.text.clone());
        if let (Some(old), Some(new)) = (text(&change.old), text(&change.new)) {
            html.raw(" <del>").text(&old).raw("</del> <ins>").text(&new).raw("</ins>");
        }
        html.raw(" <span class=\"dim\">").text(change.code).raw("</span></li>");
    }
    if changes.len() > ITEMS {
        html.raw("<li>… and ").number(changes.len() - ITEMS).raw(" more</li>");
    }
    html.raw("</ul>");
}

/// What becomes of Rust items.
fn items(html: &mut Html, change: &Change) {
    html.raw("<p><b>In Rust</b> ").open("b", &[("class", level_class(change.update()))]);
    html.text(change.update().as_str()).raw("</b>");
    if change.items.is_empty() {
        html.raw(": ").text(no_items(change.update())).raw("</p>");
        return;
    }
    html.raw("</p>");
    rust(html, &change.items, ITEMS);
}

/// Adds the lines of items before and after, side by side.
pub(super) fn rust(html: &mut Html, items: &[ItemChange], most: usize) {
    // Two rules may speak of one item.
    let mut merged: Vec<(&ItemChange, Vec<&ItemChange>)> = Vec::new();
    for item in items {
        match merged.last_mut().filter(|(last, _)| (&last.old, &last.new) == (&item.old, &item.new)) {
            Some((_, rules)) => rules.push(item),
            None => merged.push((item, vec![item])),
        }
    }
    html.raw("<div class=\"rust\">");
    for (item, rules) in merged.iter().take(most) {
        html.open("div", &[("class", "item"), ("data-find", "")]).raw("<div class=\"cap\">");
        for rule in rules {
            html.open("b", &[("class", level_class(rule.level))]).text(rule.level.as_str()).raw("</b> ");
            html.text(rule.code).raw(" ");
        }
        html.raw(match (&item.old, &item.new) {
            (None, _) => "new",
            (_, None) => "gone",
            _ => "changed",
        });
        html.raw("</div>");
        for detail in rules.iter().filter_map(|rule| rule.detail.as_deref()) {
            html.raw("<p>").prose(detail).raw("</p>");
        }
        let empty = (Vec::new(), Vec::new());
        let (old, new) = match (&item.old, &item.new) {
            (Some(old), Some(new)) => words(old, new),
            (Some(old), None) => (vec![(true, old.as_str())], Vec::new()),
            (None, Some(new)) => (Vec::new(), vec![(true, new.as_str())]),
            (None, None) => empty,
        };
        for (class, parts) in [("old", old), ("new", new)] {
            if parts.is_empty() {
                continue;
            }
            html.open("pre", &[("class", class)]);
            for (marked, part) in parts {
                match (marked && item.old.is_some() && item.new.is_some(), class) {
                    (true, "old") => html.raw("<del>").text(part).raw("</del>"),
                    (true, _) => html.raw("<ins>").text(part).raw("</ins>"),
                    (false, _) => html.text(part),
                };
            }
            html.raw("</pre>");
        }
        html.raw("</div>");
    }
    if merged.len() > most {
        html.raw("<p class=\"dim\">… and ").number(merged.len() - most).raw(" more items</p>");
    }
    html.raw("</div>");
}

/// The text of each side, as far as there is one; if `bare`, without what only describes.
fn both_texts(report: &Report<'_>, change: &Change, bare: bool) -> (Option<String>, Option<String>) {
    let (old, new) = (report.document(report.old, change), report.document(report.new, change));
    let text = |document: Option<&Loading>, place: &Option<Place>| text_at(document?, place.as_ref()?, bare);
    let (mut before, mut after) = (text(old, &change.old), text(new, &change.new));
    // An entry of a list: the list of the other side shows that it was not there.
    let list = |document: Option<&Loading>, pointer: String| {
        let document = document?;
        let value = document.served().pointer(&pointer)?;
        let short = value.as_array().is_some_and(|entries| entries.len() <= ENTRIES);
        short.then(|| yaml(value, &pointer, false))
    };
    let is_list = |document: Option<&Loading>, place: &Option<Place>| {
        let value =
            document.zip(place.as_ref()).and_then(|(document, place)| document.served().pointer(&place.pointer));
        value.is_some_and(Value::is_array)
    };
    match (&change.old, &change.new) {
        (Some(place), None) if is_list(old, &change.old) => after = list(new, report.moved(&place.pointer, true)),
        (None, Some(place)) if is_list(new, &change.new) => before = list(old, report.moved(&place.pointer, false)),
        _ => {}
    }
    (before, after)
}

/// What stands at a place, as YAML; where that is a long list, only the entry.
fn text_at(document: &Loading, place: &Place, bare: bool) -> Option<String> {
    let tree = document.served();
    let Some(value) = tree.pointer(&place.pointer) else { return place.text.clone() };
    if value.as_array().is_some_and(|entries| entries.len() > ENTRIES) {
        return Some(format!("{}: [… {} …]", last_token(&place.pointer), place.text.as_deref().unwrap_or_default()));
    }
    let parent = place.pointer.rfind('/').and_then(|end| tree.pointer(&place.pointer[..end]));
    let in_list = parent.is_some_and(Value::is_array);
    Some(if bare { yaml(&undescribed(value), &place.pointer, in_list) } else { yaml(value, &place.pointer, in_list) })
}
