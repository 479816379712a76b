//! The report that people look at: one page that loads nothing, whatever the definition says, and that has everything the
//! comparison found. What a browser makes of it is tested in `cargo-oas`.

use std::collections::BTreeSet;

use openapi_build::pipeline::Loaded;
use openapi_build::track::diff::{Accepted, Page, Wire};
use openapi_build::track::{self, semver::Level};
use testing::corpus;
use testing::versions::load;

/// What a page may have besides the text that it shows.
const MARKUP: usize = 300_000;

const OLD: &str = "\
openapi: 3.0.3
info: {title: Items, version: '1.0'}
tags: [{name: Shop}]
paths:
  /items:
    get:
      operationId: listItems
      tags: [Shop]
      description: All items.
      parameters: [{name: limit, in: query, schema: {type: integer, maximum: 100}}]
      responses:
        '200': {description: all, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
    post:
      operationId: addItem
      tags: [Shop, Admin]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses: {'204': {description: added}}
components:
  schemas:
    Item:
      type: object
      required: [id]
      properties: {id: {type: string}, size: {type: string, enum: [S, M, L]}, owner: {type: string}}
";

fn changed() -> String {
    OLD.replace("maximum: 100", "maximum: 50")
        .replace("enum: [S, M, L]", "enum: [S, M, L, XL]")
        .replace(", owner: {type: string}", "")
        .replace("All items.", "Every item.")
        .replace("version: '1.0'", "version: '1.1'")
}

fn page(old: &str, new: &str) -> String {
    let (old, new) = (load("old.yaml", old), load("new.yaml", new));
    let changes = track::diff(&old, &new).expect("two versions");
    changes.to_html(&old, &new, &Page::default())
}

/// The page without its style and script: tags and text.
fn body(page: &str) -> &str {
    let (_, body) = page.split_once("</head>").expect("a head");
    body.split_once("<script>").expect("one script").0
}

/// The tags of a page, without what stands between them.
fn tags(body: &str) -> Vec<&str> {
    body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()).collect()
}

/// The values of an attribute.
fn values<'p>(body: &'p str, attribute: &str) -> Vec<&'p str> {
    let start = format!(" {attribute}=\"");
    body.split(start.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

fn check_links(name: &str, body: &str) {
    let ids = values(body, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{name}: an anchor stands twice");
    for link in values(body, "href") {
        let anchor = link.strip_prefix('#').unwrap_or_else(|| panic!("{name}: {link} leads out of the page"));
        assert!(unique.contains(anchor), "{name}: {link} leads nowhere");
    }
}

#[test]
fn a_page_has_the_verdict_the_changes_and_what_to_do() {
    let page = page(OLD, &changed());
    let body = body(&page);
    for part in [
        "<h1>Items 1.0 → 1.1</h1>",
        "Old clients break",
        "Release the crate that has this client as a major version",
        "maximum: <del>100</del>",
        "maximum: <ins>50</ins>",
        "field types::Item::owner: Option&lt;String&gt;",
        "<h3><code><span class=\"method\">GET</span> /items</code> <span class=\"tag\">Shop</span></h3>",
        "data-tags=\"Admin\nShop\"",
        "N002",
        "<option value=\"Admin\">Admin</option>",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    check_links("items", body);
    let levels: Vec<usize> = tags(body)
        .iter()
        .filter_map(|tag| tag.strip_prefix('h')?.chars().next()?.to_digit(10))
        .map(|level| level as usize)
        .collect();
    assert_eq!(levels[0], 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "a level of headings is left out: {levels:?}");
}

#[test]
fn an_anchor_stays_where_other_changes_come_and_go() {
    let anchor = |page: &str| -> String {
        let articles = body(page).split("<article").skip(1);
        let owner = articles.filter(|article| article.contains("Link to D042 Item.owner"));
        owner.map(|article| values(article, "id")[0].to_owned()).next().expect("the field that is gone")
    };
    let alone = OLD.replace(", owner: {type: string}", "");
    assert_eq!(anchor(&page(OLD, &alone)), anchor(&page(OLD, &changed())));
}

#[test]
fn what_a_definition_says_stays_text() {
    let evil = "</script></style></title><script>alert(1)</script><img src=x onerror=alert(1)>\\\" onfocus=alert(1) x='`\\u202e";
    let with = |text: &str| {
        let quoted = format!("\"{text}\"");
        OLD.replace("'#/components/schemas/Item'", &format!("\"#/components/schemas/{}\"", text.replace('/', "~1")))
            .replace("    Item:", &format!("    {quoted}:"))
            .replace("title: Items", &format!("title: {quoted}"))
            .replace("[Shop", &format!("[{quoted}"))
            .replace("/items", &format!("\"/{}\"", text.replace(['/', '{', '}'], "")))
            .replace("listItems", &quoted)
            .replace("name: limit", &format!("name: {quoted}"))
            .replace("owner: {", &format!("{quoted}: {{"))
            .replace("[S, M, L", &format!("[{quoted}, M, L"))
    };
    let (old, new) =
        (load("</h1><b>", &with(evil)), load("</h1><b>", &with(evil).replace("maximum: 100", "maximum: 50")));
    let first = track::diff(&old, &new).expect("two versions");
    assert!(!first.is_empty());
    let names = Some(("<a href=javascript:alert(1)>".to_owned(), "\"'".to_owned()));
    let version = Some(("<i>".to_owned(), "</i>".to_owned()));
    let mut pages = vec![first.to_html(&old, &new, &Page { names, version })];
    let (old, new) = (load("old.yaml", OLD), load("new.yaml", &changed().replace("XL]", &format!("\"{evil}\"]"))));
    let mut changes = track::diff(&old, &new).expect("two versions");
    changes.changes[0].accepted = Some(Accepted { reason: evil.to_owned(), until: Some(evil.to_owned()) });
    changes.changes[1].why = evil.to_owned();
    pages.push(changes.to_html(&old, &new, &Page::default()));
    for page in pages {
        assert_eq!((page.matches("<script").count(), page.matches("<style").count()), (1, 1));
        let body = body(&page);
        assert!(body.contains("&lt;img src=x onerror=alert(1)&gt;"), "{body}");
        for tag in tags(body) {
            let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
            let known = [
                "a", "article", "b", "body", "button", "code", "del", "details", "div", "fieldset", "footer", "form",
                "h1", "h2", "h3", "h4", "header", "input", "ins", "kbd", "label", "legend", "li", "main", "ol",
                "option", "output", "p", "pre", "section", "select", "span", "strong", "summary", "ul",
            ];
            assert!(known.contains(&name), "<{tag}>");
            // Outside of values, only our own attributes.
            let bare: String = tag.split('"').step_by(2).collect();
            assert!(!bare.contains(" on") && !bare.contains("style") && !bare.contains("src"), "<{tag}>");
        }
        assert!(!page.contains('\u{202e}'), "what turns text around is shown by its number");
        check_links("evil", body);
    }
}

#[test]
fn what_compiles_and_does_something_else_stands_first() {
    let (old, new) = (load("old.yaml", OLD), load("new.yaml", &changed()));
    let mut changes = track::diff(&old, &new).expect("two versions");
    let quiet = changes.to_html(&old, &new, &Page::default());
    assert!(!body(&quiet).contains("The compiler does not see this"));
    changes.verdict.rust = Level::Silent;
    changes.changes[0].level = Level::Silent;
    let subject = changes.changes[0].subject.clone();
    let loud = changes.to_html(&old, &new, &Page::default());
    let (note, todo) = (loud.find("The compiler does not see this"), loud.find("id=\"to-do\""));
    assert!(note.is_some() && note < todo, "it stands above everything else");
    assert!(body(&loud).contains(&format!("{subject}: ")), "{subject}");
    check_links("silent", body(&loud));
}

#[test]
fn accepted_changes_stand_apart() {
    let (old, new) = (load("old.yaml", OLD), load("new.yaml", &changed()));
    let mut changes = track::diff(&old, &new).expect("two versions");
    let breaking = changes.changes.iter_mut().find(|change| change.wire == Wire::Breaks).expect("one breaks");
    breaking.accepted = Some(Accepted { reason: "nobody sends it".to_owned(), until: Some("2027-01-01".to_owned()) });
    let page = changes.to_html(&old, &new, &Page::default());
    let (before, after) = body(&page).split_once("id=\"accepted\"").expect("a part of its own");
    assert!(after.contains("nobody sends it") && after.contains("until 2027-01-01"));
    assert!(!before.contains("data-wire=\"breaks\""), "it stands once");
}

#[test]
fn versions_that_are_the_same_have_a_page_too() {
    let page = page(OLD, OLD);
    assert!(page.contains("nothing changed") && !page.contains("What to do</h2>"), "{page}");
}

#[test]
fn pages_of_real_bumps_are_small_and_complete() {
    let Some(folder) = corpus::folder("OPENAPI_BUMPS") else { return };
    let mut bumps = 0;
    for entry in std::fs::read_dir(folder).expect("the folder can be read").flatten() {
        let (before, after) = (entry.path().join("before.yaml"), entry.path().join("after.yaml"));
        if !before.is_file() || !after.is_file() {
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let (old, new) = (Loaded::path(&before).expect("it reads"), Loaded::path(&after).expect("it reads"));
        let changes = track::diff(&old, &new).unwrap_or_else(|error| panic!("{name}: {error}"));
        let page = changes.to_html(&old, &new, &Page::default());
        let body = body(&page);
        let text: usize = body.split('<').map(|part| part.split_once('>').map_or(0, |(_, text)| text.len())).sum();
        println!("{name}: {} bytes, {text} of them text", page.len());
        assert!(page.len() - text < MARKUP, "{name}: {} bytes, {text} of them text", page.len());
        assert_eq!(body.matches("<article").count(), changes.changes.len(), "{name}");
        assert_eq!(body.matches("class=\"permalink\"").count(), changes.changes.len(), "{name}");
        check_links(&name, body);
        bumps += 1;
    }
    assert!(bumps > 0);
}
