//! The report that people look at: one page of HTML. `page.js` filters what is there; everything else works without it.

mod advice;
mod card;
mod texts;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest, Sha256};

use super::report::plural;
use super::{pairs, uses};
use crate::grammar::{self, Kind};
use crate::pipeline::{Loaded, Loading};
use crate::pointer;
use crate::track::change::{Change, Changes, Wire};
use crate::track::page::Html;
use crate::track::semver::{ItemChange, Level};

/// How many changes a page has whose changes are all unfolded.
const FEW: usize = 12;

/// How many places of a kind of noise are listed, and how many items that no change explains.
const LISTED: usize = 200;

/// What a page says besides the changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What the two versions are called, as the user named them: paths, revisions.
    pub names: Option<(String, String)>,
    /// The version that the crate has, and the one that the changes ask for.
    pub version: Option<(String, String)>,
}

/// What the parts of the page are made of.
struct Report<'a> {
    changes: &'a Changes,
    old: &'a Loaded,
    new: &'a Loaded,
    page: &'a Page,
    /// The tags of each operation, by what reports call it.
    tags: HashMap<String, BTreeSet<String>>,
    /// The anchors of the changes.
    ids: HashMap<*const Change, String>,
    /// Whether there are so few changes that all are unfolded.
    few: bool,
}

impl Changes {
    /// The report as one page of HTML, which needs no other file and no network. `old` and `new` are the versions that were
    /// compared.
    ///
    /// ```
    /// use openapi_build::{pipeline::Loaded, source::SourceFile, track::{self, diff::Page}};
    ///
    /// let load = |text: &str| Loaded::sources(vec![SourceFile::from_bytes("ping.yaml".as_ref(), text.into())?], &[]);
    /// let old = load("paths: {/ping: {get: {operationId: ping, responses: {'204': {description: pong}}}}}")?;
    /// let new = load("paths: {/ping: {get: {operationId: pong, responses: {'204': {description: pong}}}}}")?;
    /// let page = track::diff(&old, &new)?.to_html(&old, &new, &Page::default());
    /// assert!(page.contains("operationId: <del>ping</del>") && page.contains("operationId: <ins>pong</ins>"));
    /// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
    /// ```
    pub fn to_html(&self, old: &Loaded, new: &Loaded, page: &Page) -> String {
        let tags = tags(old, new);
        let ids = ids(&self.changes);
        let report = Report { changes: self, old, new, page, tags, ids, few: self.changes.len() <= FEW };
        let mut html = Html::default();
        html.raw("<a class=\"skip\" href=\"#changes\">Skip to the changes</a>\n");
        let title = report.title();
        report.header(&mut html, &title);
        html.raw("<main>");
        if !self.is_empty() {
            advice::what_to_do(&mut html, &report);
        }
        report.filters(&mut html);
        html.raw("<div id=\"changes\">");
        report.groups(&mut html, false);
        report.unknown(&mut html);
        html.raw("<p id=\"nothing\" hidden>No change matches the filters.</p></div>");
        report.groups(&mut html, true);
        report.items(&mut html);
        report.generator(&mut html);
        report.noise(&mut html);
        report.warnings(&mut html);
        advice::rules(&mut html, &report);
        html.raw("</main>\n<footer><p>Written by <code>cargo oas diff --format html</code>.</p></footer>\n");
        html.page(&title, include_str!("page.css"), include_str!("page.js"))
    }
}

impl Report<'_> {
    /// The anchor of a change.
    fn id(&self, change: &Change) -> &str {
        self.ids.get(&std::ptr::from_ref(change)).map_or("", String::as_str)
    }

    /// The document of a change.
    fn document<'l>(&self, loaded: &'l Loaded, change: &Change) -> Option<&'l Loading> {
        let named = loaded.documents.iter().find(|document| document.name == change.document);
        if change.document.is_empty() { loaded.documents.first() } else { named }
    }

    /// Where the other document has what stands at `pointer`: in the new one, if `forward`.
    fn moved(&self, pointer: &str, forward: bool) -> String {
        let moves = self.changes.moves.iter().map(|(old, new)| if forward { (old, new) } else { (new, old) });
        let rest = |from: &str| pointer.strip_prefix(from).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let best = moves.filter_map(|(from, to)| Some((from.len(), to, rest(from)?))).max();
        best.map_or_else(|| pointer.to_owned(), |(_, to, rest)| format!("{to}{rest}"))
    }

    /// The tags of the operations that a change affects.
    fn tags_of(&self, change: &Change) -> Vec<String> {
        let (_, group) = group(change);
        let labels = change.operations.iter().chain([&group]);
        let tags: BTreeSet<&String> = labels.filter_map(|label| self.tags.get(label)).flatten().collect();
        tags.into_iter().cloned().collect()
    }

    /// `Items 1.0 → 1.1`.
    fn title(&self) -> String {
        let info = |loaded: &Loaded, key: &str| -> Option<String> {
            let [document] = loaded.documents.as_slice() else { return None };
            let text = document.served().get("info")?.get(key)?.as_str()?;
            Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
        };
        let name = info(self.new, "title").unwrap_or_else(|| "The definition".to_owned());
        match (info(self.old, "version"), info(self.new, "version")) {
            (Some(old), Some(new)) if old != new => format!("{name} {old} → {new}"),
            _ => name,
        }
    }

    fn header(&self, html: &mut Html, title: &str) {
        let verdict = self.changes.verdict;
        html.raw("<header><p class=\"over\">What a new version of an API changes</p><h1>").text(title).raw("</h1>");
        if let Some((old, new)) = &self.page.names {
            html.raw("<p class=\"dim\"><code>").text(old).raw("</code> → <code>").text(new).raw("</code></p>");
        }
        html.raw("<div class=\"verdict\">");
        html.open("div", &[("class", &format!("card {}", wire_class(verdict.wire)))]);
        html.raw("<p class=\"cap\">On the wire</p><p class=\"big\">").raw(match verdict.wire {
            Wire::Safe => "Old clients work",
            Wire::MayBreak => "Old clients may break",
            Wire::Breaks => "Old clients break",
        });
        html.raw("</p></div>").open("div", &[("class", &format!("card {}", level_class(verdict.rust)))]);
        html.raw("<p class=\"cap\">In Rust</p><p class=\"big\">").raw(match verdict.rust {
            Level::Patch => "Patch: nothing changes",
            Level::Minor => "Minor: code compiles",
            Level::Major => "Major: code may not compile",
            Level::Silent => "Silent: code compiles and does something else",
        });
        html.raw("</p></div>");
        if let Some((current, proposed)) = &self.page.version {
            html.raw("<div class=\"card\"><p class=\"cap\">Version</p><p class=\"big\">").text(current);
            if current != proposed {
                html.raw(" → ").text(proposed);
            }
            html.raw("</p></div>");
        }
        html.raw("</div>");
        self.silent(html);
        html.raw("<p class=\"counts\">").text(&self.changes.counts()).raw("</p>");
        if let Some(apart) = self.changes.apart() {
            html.raw("<p class=\"counts\">").text(&apart).raw("</p>");
        }
        html.raw("</header>\n");
    }

    /// What the compiler does not see, by name.
    fn silent(&self, html: &mut Html) {
        let silent = |change: &&Change| change.update() == Level::Silent;
        let changes: Vec<&Change> = self.changes.changes.iter().filter(silent).collect();
        if self.changes.verdict.rust < Level::Silent {
            return;
        }
        html.raw("<div class=\"silent-note\" role=\"note\"><p><strong>The compiler does not see this.</strong> ");
        html.raw(
            "Code that uses the crate compiles as before, and then sends a value to another place, or one that means ",
        );
        html.raw("something else. Read every use of:</p><ul class=\"links\">");
        for change in changes.iter().take(LISTED) {
            html.raw("<li>").open("a", &[("href", &format!("#{}", self.id(change)))]).text(&change.subject).raw(": ");
            html.prose(change.title).raw("</a></li>");
        }
        for item in self.changes.items.iter().filter(|item| item.level == Level::Silent).take(LISTED) {
            html.raw("<li><a href=\"#items\">").prose(&item.sentence()).raw("</a></li>");
        }
        html.raw("</ul></div>");
    }

    fn filters(&self, html: &mut Html) {
        let count = |wire: Wire| self.changes.changes.iter().filter(|change| change.wire == wire).count();
        html.raw("<form id=\"filters\" role=\"search\" aria-label=\"Filter the changes\" hidden><div class=\"row\">");
        html.raw("<input type=\"search\" id=\"search\" aria-label=\"Search the changes\" placeholder=\"Search: owner, POST /items, D042\" autocomplete=\"off\">");
        html.raw("<fieldset><legend class=\"hide\">On the wire</legend>");
        let boxes = [
            ("breaks", "breaks", count(Wire::Breaks)),
            ("may-break", "may break", count(Wire::MayBreak)),
            ("safe", "safe", count(Wire::Safe)),
            ("noise", "noise", self.changes.noise.len()),
        ];
        for (value, name, count) in boxes {
            html.open("label", &[("class", &format!("box {value}"))]);
            html.open("input", &[("type", "checkbox"), ("name", "wire"), ("value", value), ("checked", "")]);
            html.raw(" ").text(name).raw(" <span class=\"count\">").number(count).raw("</span></label>");
        }
        html.raw("</fieldset></div><div class=\"row\">");
        html.raw(
            "<label>Rust <select id=\"rust\"><option value=\"\">any</option><option value=\"silent\">silent</option>",
        );
        html.raw("<option value=\"major\">major</option><option value=\"minor\">minor</option><option value=\"patch\">patch</option></select></label>");
        html.raw("<label>Side <select id=\"side\"><option value=\"\">any</option><option value=\"request\">requests</option>");
        html.raw("<option value=\"response\">responses</option></select></label>");
        let tags: BTreeSet<String> = self.changes.changes.iter().flat_map(|change| self.tags_of(change)).collect();
        if !tags.is_empty() {
            html.raw("<label>Tag <select id=\"tag\"><option value=\"\">any</option>");
            for tag in &tags {
                html.open("option", &[("value", tag)]).text(tag).raw("</option>");
            }
            html.raw("</select></label>");
        }
        html.raw("<button type=\"button\" id=\"fold\">Unfold all</button><button type=\"reset\">Reset</button>");
        html.raw("<output id=\"shown\" aria-live=\"polite\"></output>");
        html.raw("<span class=\"keys dim\"><kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> next, previous change</span>");
        html.raw("</div></form>\n");
    }

    /// The changes by operation, by type, and the rest; those that a team has accepted apart.
    fn groups(&self, html: &mut Html, accepted: bool) {
        let mut sections: BTreeMap<Section, Vec<Group<'_>>> = BTreeMap::new();
        for change in self.changes.changes.iter().filter(|change| change.accepted.is_some() == accepted) {
            let (section, name) = group(change);
            let section = if accepted { Section::Accepted } else { section };
            let groups = sections.entry(section).or_default();
            match groups.iter_mut().find(|group| group.name == name && group.document == change.document) {
                Some(group) => group.changes.push(change),
                None => groups.push(Group { name, document: &change.document, changes: vec![change] }),
            }
        }
        for (section, groups) in sections {
            let (name, title) = section.title();
            let count: usize = groups.iter().map(|group| group.changes.len()).sum();
            html.open("section", &[("id", name), ("class", "part"), ("aria-labelledby", &format!("{name}-title"))]);
            html.open("h2", &[("id", &format!("{name}-title"))]).raw(title).raw(" <span class=\"count\">");
            html.number(count).raw("</span></h2>");
            if accepted {
                html.raw(
                    "<p>A team has seen these and lives with them: they do not count for the verdict on the wire.</p>",
                );
            }
            for group in &groups {
                self.group(html, group);
            }
            html.raw("</section>\n");
        }
    }

    fn group(&self, html: &mut Html, Group { name, document, changes }: &Group<'_>) {
        html.raw("<section class=\"group\"><h3>");
        match name.split_once(' ').filter(|(method, path)| is_upper(method) && path.starts_with('/')) {
            Some((method, path)) => {
                html.raw("<code><span class=\"method\">").text(method).raw("</span> ").text(path).raw("</code>")
            }
            None => html.raw("<code>").text(name).raw("</code>"),
        };
        if !document.is_empty() {
            html.raw(" <span class=\"tag\">").text(document).raw("</span>");
        }
        for tag in self.tags.get(name).into_iter().flatten() {
            html.raw(" <span class=\"tag\">").text(tag).raw("</span>");
        }
        html.raw("</h3>");
        for change in changes {
            card::card(html, self, change, name);
        }
        html.raw("</section>\n");
    }

    /// Differences that no rule knows.
    fn unknown(&self, html: &mut Html) {
        if self.changes.unknown.is_empty() {
            return;
        }
        html.raw("<section id=\"unknown\" class=\"plain\" aria-labelledby=\"unknown-title\"><h2 id=\"unknown-title\">Differences that no rule knows</h2>");
        html.raw("<p>The verdict says nothing of these: read both versions.</p><ul>");
        for unknown in &self.changes.unknown {
            let Some(place) = unknown.new.as_ref().or(unknown.old.as_ref()) else { continue };
            html.raw("<li data-find><code>#").text(&place.pointer).raw("</code>");
            let text = |place: &Option<super::Place>| place.as_ref().and_then(|place| place.text.clone());
            if let Some(old) = text(&unknown.old) {
                html.raw(" <del>").text(&old).raw("</del>");
            }
            if let Some(new) = text(&unknown.new) {
                html.raw(" <ins>").text(&new).raw("</ins>");
            }
            html.raw("</li>");
        }
        html.raw("</ul></section>\n");
    }

    /// Items of the Rust API that changed for no single reason.
    fn items(&self, html: &mut Html) {
        if self.changes.items.is_empty() {
            return;
        }
        let mut items: Vec<ItemChange> = self.changes.items.clone();
        items.sort_by(|a, b| b.level.cmp(&a.level).then(a.code.cmp(b.code)));
        html.raw("<section id=\"items\" class=\"plain\" aria-labelledby=\"items-title\"><h2 id=\"items-title\">Also in Rust <span class=\"count\">");
        html.number(items.len()).raw(
            "</span></h2><p>Items that come of several changes together.</p><details><summary>Show them</summary>",
        );
        card::rust(html, &items, LISTED);
        html.raw("</details></section>\n");
    }

    /// Items of the Rust API that a newer generator changes, whatever the definition says.
    fn generator(&self, html: &mut Html) {
        let Some(generator) = self.changes.newer_generator() else { return };
        let mut items: Vec<ItemChange> = generator.items.clone();
        items.sort_by(|a, b| b.level.cmp(&a.level).then(a.code.cmp(b.code)));
        html.raw("<section id=\"generator\" class=\"plain\" aria-labelledby=\"generator-title\"><h2 id=\"generator-title\">By a newer generator <span class=\"count\">");
        html.number(items.len())
            .raw("</span></h2><p>Items that change although the definition says the same.</p><details><summary>Show them</summary>");
        card::rust(html, &items, LISTED);
        html.raw("</details></section>\n");
    }

    fn noise(&self, html: &mut Html) {
        if self.changes.noise.is_empty() {
            return;
        }
        html.raw("<section id=\"noise\" class=\"plain\" aria-labelledby=\"noise-title\"><h2 id=\"noise-title\">Noise <span class=\"count\">");
        html.number(self.changes.noise.len())
            .raw("</span></h2><p>Differences that change neither types nor what is sent.</p>");
        for (code, title, count) in self.changes.noise_by_kind() {
            html.raw("<details><summary><span class=\"code\">").text(code).raw("</span> ").prose(title);
            html.raw(" <span class=\"count\">").number(count).raw("</span></summary><ul>");
            let places = self.changes.noise.iter().filter(|noise| noise.code == code);
            for noise in places.take(LISTED) {
                let pointer = noise.new.as_ref().or(noise.old.as_ref());
                let at =
                    pointer.map(String::as_str).filter(|pointer| !pointer.is_empty()).unwrap_or("the whole document");
                html.raw("<li data-find><code>").text(at).raw("</code>").raw(match (&noise.old, &noise.new) {
                    (None, _) => " new",
                    (_, None) => " gone",
                    _ => "",
                });
                html.raw("</li>");
            }
            if count > LISTED {
                html.raw("<li>… and ").text(&plural(count - LISTED, "more place")).raw("</li>");
            }
            html.raw("</ul></details>");
        }
        html.raw("</section>\n");
    }

    /// Messages about the comparison and about what the new version generates.
    fn warnings(&self, html: &mut Html) {
        let warnings = &self.changes.diagnostics;
        if warnings.is_empty() {
            return;
        }
        html.raw("<section id=\"warnings\" class=\"plain\" aria-labelledby=\"warnings-title\"><h2 id=\"warnings-title\">Warnings <span class=\"count\">");
        html.number(warnings.len()).raw("</span></h2><details><summary>Show them</summary><ul>");
        for warning in warnings.iter().take(LISTED) {
            html.raw("<li data-find><span class=\"code\">").text(warning.code).raw("</span> ").prose(&warning.message);
            if let Some(pointer) = &warning.pointer {
                html.raw(" <code>#").text(pointer).raw("</code>");
            }
            html.raw("</li>");
        }
        if warnings.len() > LISTED {
            html.raw("<li>… and ").number(warnings.len() - LISTED).raw(" more</li>");
        }
        html.raw("</ul></details></section>\n");
    }
}

/// The changes of an operation, a path or a component.
struct Group<'a> {
    name: String,
    /// The document, where there are several.
    document: &'a str,
    changes: Vec<&'a Change>,
}

/// The parts of the page that have changes, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Operations,
    Types,
    Whole,
    Accepted,
}

impl Section {
    /// Its anchor and its heading.
    fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Operations => ("operations", "Operations"),
            Self::Types => ("types", "Types and other components"),
            Self::Whole => ("whole", "The definition as a whole"),
            Self::Accepted => ("accepted", "Accepted"),
        }
    }
}

/// The part of the page that a change stands in, and the name of what it stands below: an operation, a path or a component.
fn group(change: &Change) -> (Section, String) {
    let pointer = change.place().map(|place| place.pointer.as_str()).unwrap_or_default();
    let tokens: Vec<String> = pointer::tokens(pointer).collect();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    match tokens.as_slice() {
        ["paths", path, "additionalOperations", method, ..] => (Section::Operations, format!("{method} {path}")),
        ["paths", path, method, ..] if grammar::is_method(method) || *method == "query" => {
            (Section::Operations, uses::label(path, method))
        }
        ["paths", path, ..] => (Section::Operations, (*path).to_owned()),
        ["components", section, name, ..] => {
            let kind = grammar::kind_at(&format!("/components/{section}/x")).filter(|kind| *kind != Kind::Schema);
            (Section::Types, kind.map_or_else(|| (*name).to_owned(), |kind| format!("{} {name}", kind.name())))
        }
        ["definitions", name, ..] => (Section::Types, (*name).to_owned()),
        _ => (Section::Whole, "the definition".to_owned()),
    }
}

fn is_upper(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase())
}

/// The tags of the operations of both versions.
fn tags(old: &Loaded, new: &Loaded) -> HashMap<String, BTreeSet<String>> {
    let mut tags: HashMap<String, BTreeSet<String>> = HashMap::new();
    for document in old.documents.iter().chain(&new.documents) {
        for (path, method, operation) in pairs::operations(&document.tree) {
            let own = operation.get("tags").and_then(|tags| tags.as_array()).into_iter().flatten();
            let own = own.filter_map(|tag| tag.as_str()).map(str::to_owned);
            tags.entry(uses::label(path, method)).or_default().extend(own);
        }
    }
    tags
}

/// The anchors of the changes: each the same whenever the same change is found again.
fn ids(changes: &[Change]) -> HashMap<*const Change, String> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let named = changes.iter().map(|change| {
        let pointer = |place: &Option<super::Place>| place.as_ref().map_or("", |place| &place.pointer).to_owned();
        let member = change.member.clone().unwrap_or_default();
        let parts =
            [change.document.clone(), change.subject.clone(), member, pointer(&change.old), pointer(&change.new)];
        let digest = Sha256::digest(format!("{}\0{}", change.code, parts.join("\0")));
        let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let count = taken.entry(hex.clone()).or_default();
        *count += 1;
        let id = if *count == 1 { format!("c-{hex}") } else { format!("c-{hex}-{count}") };
        (std::ptr::from_ref(change), id)
    });
    named.collect()
}

fn wire_class(wire: Wire) -> &'static str {
    match wire {
        Wire::Safe => "safe",
        Wire::MayBreak => "may-break",
        Wire::Breaks => "breaks",
    }
}

fn level_class(level: Level) -> &'static str {
    level.as_str()
}
