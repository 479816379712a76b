//! What to do about the changes, by rule; and the pages of the rules that occur.

use std::collections::BTreeMap;

use super::{Report, level_class, wire_class};
use crate::doc_comment;
use crate::track::change::{Change, Wire};
use crate::track::page::Html;
use crate::track::rules::RULES;
use crate::track::semver::Level;

/// How many changes of a rule are named before the rest is folded.
const NAMED: usize = 3;

/// The changes of a rule, with the worst that comes of them.
struct Advice<'a> {
    code: &'static str,
    title: &'static str,
    text: String,
    wire: Wire,
    level: Level,
    changes: Vec<&'a Change>,
}

/// Adds what to do, rule by rule, the worst first.
pub(super) fn what_to_do(html: &mut Html, report: &Report<'_>) {
    let mut by_rule: BTreeMap<&'static str, Vec<&Change>> = BTreeMap::new();
    // What is accepted stays to be done in Rust: code that uses what is gone does not compile.
    let counts = |change: &&Change| change.accepted.is_none() || change.update() >= Level::Major;
    for change in report.changes.changes.iter().filter(counts) {
        by_rule.entry(change.code).or_default().push(change);
    }
    let mut all: Vec<Advice<'_>> = by_rule
        .into_iter()
        .map(|(code, changes)| Advice {
            code,
            title: changes[0].title,
            text: advice(code),
            wire: changes.iter().map(|change| counted(change)).max().unwrap_or_default(),
            level: changes.iter().map(|change| change.update()).max().unwrap_or_default(),
            changes,
        })
        .collect();
    all.sort_by_key(|advice| std::cmp::Reverse((advice.wire, advice.level)));
    let needs_work = |advice: &Advice<'_>| advice.wire > Wire::Safe || advice.level >= Level::Major;
    let (now, later): (Vec<_>, Vec<_>) = all.into_iter().partition(needs_work);
    html.raw("<section id=\"to-do\" aria-labelledby=\"to-do-title\"><h2 id=\"to-do-title\">What to do</h2>");
    html.raw("<p class=\"version\">").prose(&version(report)).raw("</p>");
    let verdict = report.changes.verdict;
    if !now.is_empty() {
        list(html, report, &now);
    } else if verdict.rust >= Level::Major {
        html.raw("<p>Your own code has to be looked at: see <a href=\"#items\">the items of the Rust API</a>.</p>");
    } else if verdict.wire == Wire::Safe {
        html.raw("<p>Nothing has to be done: old clients work, and code that uses the crate compiles.</p>");
    }
    if !later.is_empty() {
        html.raw("<details><summary>What else there is to use (").number(later.len()).raw(if later.len() == 1 {
            " kind of change)</summary>"
        } else {
            " kinds of change)</summary>"
        });
        list(html, report, &later);
        html.raw("</details>");
    }
    html.raw("</section>");
}

/// What a change counts for on the wire.
fn counted(change: &Change) -> Wire {
    if change.accepted.is_some() { Wire::Safe } else { change.wire }
}

fn list(html: &mut Html, report: &Report<'_>, all: &[Advice<'_>]) {
    html.raw("<ol class=\"advice\">");
    for advice in all {
        html.open("li", &[("class", wire_class(advice.wire))]).raw("<p><strong>");
        html.prose(advice.title).raw("</strong> ");
        html.open("span", &[("class", &format!("chip {}", wire_class(advice.wire)))]).text(advice.wire.as_str());
        html.raw("</span> ").open("span", &[("class", &format!("chip rust {}", level_class(advice.level)))]);
        html.raw("Rust: ").text(advice.level.as_str()).raw("</span> ");
        html.open("a", &[("href", &format!("#rule-{}", advice.code)), ("class", "code")]).text(advice.code).raw("</a>");
        html.raw("</p><p>").prose(&advice.text).raw("</p>");
        let (first, rest) = advice.changes.split_at(advice.changes.len().min(NAMED));
        links(html, report, first);
        if !rest.is_empty() {
            html.raw("<details><summary>and ").number(rest.len()).raw(" more</summary>");
            links(html, report, rest);
            html.raw("</details>");
        }
        html.raw("</li>");
    }
    html.raw("</ol>");
}

fn links(html: &mut Html, report: &Report<'_>, changes: &[&Change]) {
    html.raw("<ul class=\"links\">");
    for change in changes {
        html.raw("<li>").open("a", &[("href", &format!("#{}", report.id(change)))]).text(&change.subject);
        if let Some(member) = &change.member {
            html.raw(" ").text(member);
        }
        html.raw("</a></li>");
    }
    html.raw("</ul>");
}

/// The sentence on the version that the changes ask for.
fn version(report: &Report<'_>) -> String {
    let level = report.changes.verdict.rust;
    let kind = match level {
        Level::Patch => "a patch",
        Level::Minor => "a minor version",
        Level::Major | Level::Silent => "a major version",
    };
    match &report.page.version {
        Some((current, proposed)) if current == proposed => {
            format!("The version of the crate, `{current}`, is high enough: the changes ask for {kind}.")
        }
        Some((current, proposed)) => format!("Release the crate as `{proposed}`, {kind} after `{current}`."),
        None => {
            let example = |version: &str| level.after(version).unwrap_or_default();
            format!(
                "Release the crate that has this client as {kind}: `1.2.3` becomes `{}`, and `0.2.3` becomes `{}`.",
                example("1.2.3"),
                example("0.2.3")
            )
        }
    }
}

/// What the page of a rule says under that heading, on one line.
fn section(page: &'static str, heading: &str) -> String {
    let mut lines = doc_comment::lines(page).skip_while(|line| line.strip_prefix("# ") != Some(heading)).skip(1);
    let section: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("# ")).collect();
    section.join(" ").trim().to_owned()
}

fn page_of(code: &str) -> Option<&'static str> {
    RULES.iter().find(|rule| rule.code() == code).map(|rule| rule.page)
}

fn advice(code: &str) -> String {
    page_of(code).map(|page| section(page, "What to do about it")).unwrap_or_default()
}

/// Adds the pages of the rules that occur, each once, folded.
pub(super) fn rules(html: &mut Html, report: &Report<'_>) {
    let mut codes: Vec<(&'static str, &'static str)> = Vec::new();
    for change in &report.changes.changes {
        for change in std::iter::once(change).chain(&change.inner) {
            codes.push((change.code, change.title));
        }
    }
    codes.sort_unstable();
    codes.dedup_by_key(|(code, _)| *code);
    if codes.is_empty() {
        return;
    }
    html.raw("<section id=\"rules\" aria-labelledby=\"rules-title\"><h2 id=\"rules-title\">The rules</h2>");
    for (code, title) in codes {
        html.open("details", &[("id", &format!("rule-{code}")), ("class", "rule")]);
        html.raw("<summary><h3><span class=\"code\">").text(code).raw("</span> ").prose(title).raw("</h3></summary>");
        if let Some(page) = page_of(code) {
            markdown(html, page);
        }
        html.raw("</details>");
    }
    html.raw("</section>");
}

/// Adds the page of a rule: headings, paragraphs, lists and code.
fn markdown(html: &mut Html, page: &'static str) {
    let mut lines = doc_comment::lines(page).skip(1).peekable();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(heading) = line.strip_prefix("# ") {
            html.raw("<h4>").text(heading).raw("</h4>");
        } else if line.starts_with("```") {
            html.raw("<pre>");
            for code in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                html.text(code).raw("\n");
            }
            html.raw("</pre>");
        } else {
            let mut text = line.to_owned();
            let goes_on = |line: &&str| !line.trim().is_empty() && !line.starts_with("```") && !line.starts_with("# ");
            while let Some(more) = lines.next_if(|line| goes_on(line)) {
                text = format!("{text} {more}");
            }
            html.raw("<p>").prose(&text).raw("</p>");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_says_what_to_do() {
        for rule in RULES {
            assert!(!advice(rule.code()).is_empty(), "{}", rule.code());
            let mut html = Html::default();
            markdown(&mut html, rule.page);
            let text = html.page("", "", "");
            assert_eq!(text.matches("<h4>").count(), 5, "{}", rule.code());
        }
    }
}
