//! The pages of `cargo oas` in a headless Chromium: filters, search, links, keys, colors, phones, no request, no error. Skipped
//! unless `OPENAPI_CHROMIUM` names the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use testing::chromium::Browser;
use testing::corpus;
use testing::project::{Project, has, new};

/// The command.
const OAS: &str = env!("CARGO_BIN_EXE_cargo-oas");

/// What a definition may say to take over the page that shows it.
const EVIL: &str = "</script></style></title><script>window.taken=1</script><img src=x onerror=window.taken=1>' onfocus=window.taken=1 x='";

const OLD: &str = "\
openapi: 3.0.3
info: {title: Items, version: '1.0', description: EVIL}
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
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Draft'}}}}
      responses: {'204': {description: added}}
components:
  schemas:
    Draft: {type: object, required: [id], properties: {id: {type: string}, owner: {type: string}}}
    Item:
      type: object
      required: [id]
      properties: {id: {type: string}, size: {type: string, enum: [S, EVIL]}, owner: {type: string}}
";

/// The page of a comparison, written by the command.
fn page(folder: &Path, old: &str, new: &str) -> PathBuf {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    diff(folder, &file("old.yaml", old), &file("new.yaml", new))
}

fn diff(folder: &Path, old: &Path, new: &Path) -> PathBuf {
    let page = folder.join("report.html");
    let output = Command::new(OAS).arg("diff").args([old, new]).args(["--format", "html", "-o"]).arg(&page).output();
    let output = output.expect("the command runs");
    assert!(output.status.success() && output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    page
}

/// Two versions with changes of each kind on both sides, and texts that try to take over the page.
fn versions() -> [String; 2] {
    let evil = format!("\"{}\"", EVIL.replace('\\', "\\\\").replace('"', "\\\""));
    let old = OLD.replace("EVIL", &evil);
    let new = old
        .replace("maximum: 100", "maximum: 50")
        .replace(&format!("[S, {evil}]"), &format!("[S, {evil}, XL]"))
        .replace(
            "required: [id], properties: {id: {type: string}",
            "required: [id], properties: {id: {type: string}, note: {type: string}",
        )
        .replace("size:", "weight: {type: number}, size:")
        .replace("      properties: {id: {type: string}", "      properties: {id: {type: string, maxLength: 9}")
        .replace("XL]}, owner: {type: string}}", "XL]}}")
        .replace("All items.", "Every item.");
    let new = new.replacen("owner: {type: string}", "owner: {type: integer}", 1).replace("\n  /items:\n    get:", "\n  /more: {get: {operationId: more, tags: [Admin], responses: {'204': {description: none}}}}\n  /items:\n    get:");
    [old, new]
}

/// The anchors of the changes that are shown.
fn shown(browser: &mut Browser) -> Vec<String> {
    let anchors = browser.evaluate(
        "Array.from(document.querySelectorAll('.change')).filter((one) => one.checkVisibility()).map((one) => one.id)",
    );
    anchors.as_array().expect("a list").iter().map(|id| id.as_str().expect("a text").to_owned()).collect()
}

fn choose(browser: &mut Browser, id: &str, value: &str) {
    browser.evaluate(&format!(
        "(() => {{ const box = document.getElementById('{id}'); box.value = {}; box.dispatchEvent(new Event('change', {{bubbles: true}})); }})()",
        json!(value)
    ));
}

fn reset(browser: &mut Browser) {
    browser
        .evaluate("document.querySelector('button[type=reset]').click(); new Promise((done) => setTimeout(done, 10))");
}

/// How many of the shown changes have that attribute with that value.
fn with(browser: &mut Browser, test: &str) -> usize {
    let count = browser.evaluate(&format!(
        "Array.from(document.querySelectorAll('.change')).filter((one) => one.checkVisibility() && ({test})(one)).length"
    ));
    usize::try_from(count.as_u64().expect("a number")).expect("a small one")
}

#[test]
fn filters_and_search_show_what_they_say() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [old, new] = versions();
    browser.open(&page(folder.path(), &old, &new), "");
    let all = shown(&mut browser);
    assert!(all.len() >= 7, "{all:?}");
    for (value, name) in [("breaks", "breaks"), ("may-break", "may break"), ("safe", "safe")] {
        let test = format!("(one) => one.dataset.wire === '{value}'");
        let before = with(&mut browser, &test);
        assert!(before > 0, "a change that {name}");
        browser.evaluate(&format!("document.querySelector('input[value={value}]').click()"));
        assert_eq!((with(&mut browser, &test), shown(&mut browser).len()), (0, all.len() - before), "{name}");
        let count = browser.evaluate("document.getElementById('shown').textContent");
        assert_eq!(count, json!(format!("{} of {} changes", all.len() - before, all.len())));
        reset(&mut browser);
        assert_eq!(shown(&mut browser), all);
    }
    let noise = "document.getElementById('noise').checkVisibility()";
    assert_eq!(browser.evaluate(noise), json!(true));
    browser.evaluate("document.querySelector('input[value=noise]').click()");
    assert_eq!((browser.evaluate(noise), shown(&mut browser).len()), (json!(false), all.len()));
    reset(&mut browser);
    for (id, value, test) in [
        ("side", "request", "(one) => one.dataset.sides.split(' ').includes('request')"),
        ("side", "response", "(one) => one.dataset.sides.split(' ').includes('response')"),
        ("tag", "Admin", "(one) => one.dataset.tags.split('\\n').includes('Admin')"),
        ("rust", "minor", "(one) => one.dataset.rust === 'minor'"),
    ] {
        let wanted = with(&mut browser, test);
        assert!(0 < wanted && wanted < all.len(), "{id} {value}: {wanted} of {}", all.len());
        choose(&mut browser, id, value);
        assert_eq!((shown(&mut browser).len(), with(&mut browser, test)), (wanted, wanted), "{id} {value}");
        // No heading stands over nothing.
        let empty = browser.evaluate(
            "Array.from(document.querySelectorAll('.group, .part')).filter((one) => one.checkVisibility() && \
             !Array.from(one.querySelectorAll('.change')).some((change) => change.checkVisibility())).length",
        );
        assert_eq!(empty, json!(0), "{id} {value}");
        reset(&mut browser);
    }
    browser.press("/");
    browser.type_text("DRAFT owner");
    let found = shown(&mut browser);
    assert!(!found.is_empty() && found.len() < all.len(), "{found:?}");
    assert_eq!(with(&mut browser, "(one) => one.textContent.includes('owner')"), found.len());
    browser.press("j");
    assert_eq!(
        browser.evaluate("document.getElementById('search').value"),
        json!("DRAFT ownerj"),
        "j is a letter here"
    );
    assert_eq!(browser.evaluate("document.getElementById('nothing').checkVisibility()"), json!(true));
    browser.press("Escape");
    assert_eq!(shown(&mut browser), all);
    assert_eq!(browser.problems(), Vec::<String>::new());
}

#[test]
fn filters_take_what_is_accepted_like_everything_else() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [old, new] = versions();
    let judgment = "[[accept]]\nrule = \"D054\"\nplace = \"#/paths/**\"\nreason = \"the gateway fills it in\"\nuntil = 2999-01-01\n";
    std::fs::write(folder.path().join("track.toml"), judgment).expect("a file");
    let [old, new] = [("old.yaml", old), ("new.yaml", new)].map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    });
    let page = folder.path().join("report.html");
    let mut command = Command::new(OAS);
    command.current_dir(&folder).arg("diff").args([&old, &new]).args(["--judgment", "track.toml", "--format", "html"]);
    let output = command.arg("-o").arg(&page).output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    browser.open(&page, "");
    let all = shown(&mut browser);
    let accepted = "(one) => one.closest('#accepted') !== null";
    let count = with(&mut browser, accepted);
    assert!(0 < count && count < all.len(), "{count} of {}", all.len());
    browser.press("/");
    browser.type_text("gateway fills 2999");
    assert_eq!((shown(&mut browser).len(), with(&mut browser, accepted)), (count, count), "reason and end are found");
    browser.press("Escape");
    browser.evaluate("document.querySelector('input[value=safe]').click()");
    assert_eq!(with(&mut browser, accepted), count, "they keep the verdict that they have by themselves");
    browser.evaluate("document.querySelector('input[value=breaks]').click()");
    assert_eq!(with(&mut browser, accepted), 0);
    assert_eq!(browser.evaluate("document.getElementById('accepted').checkVisibility()"), json!(false));
    reset(&mut browser);
    assert_eq!(shown(&mut browser), all);
    assert_eq!(browser.problems(), Vec::<String>::new());
}

#[test]
fn links_and_keys_lead_to_each_change() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [old, new] = versions();
    let page = page(folder.path(), &old, &new);
    browser.open(&page, "");
    let all = shown(&mut browser);
    let last = all.last().expect("a change").clone();
    let on_screen = |id: &str| {
        format!(
            "(() => {{ const box = document.getElementById('{id}').getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight; }})()"
        )
    };
    let focused = "document.activeElement.closest('.change') && document.activeElement.closest('.change').id";
    browser.open(&page, &format!("#{last}"));
    browser.evaluate("new Promise((done) => setTimeout(done, 50))");
    assert_eq!(browser.evaluate(&on_screen(&last)), json!(true));
    assert_eq!(browser.evaluate(focused), json!(last));
    // A link to a change that is filtered out shows it.
    choose(&mut browser, "rust", "silent");
    assert_eq!(shown(&mut browser), Vec::<String>::new());
    browser.evaluate(&format!("location.hash = '#{}'; new Promise((done) => setTimeout(done, 50))", all[0]));
    assert_eq!(shown(&mut browser), all);
    assert_eq!(browser.evaluate(focused), json!(all[0]));
    // Every link of the page leads somewhere.
    let dead = browser.evaluate(
        "Array.from(document.querySelectorAll('a')).filter((one) => !document.getElementById(decodeURIComponent(one.hash.slice(1)))).length",
    );
    assert_eq!(dead, json!(0));
    browser.press("j");
    assert_eq!(browser.evaluate(focused), json!(all[1]));
    assert_eq!(browser.evaluate(&on_screen(&all[1])), json!(true));
    let outline = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert_eq!(outline, json!("solid"), "the focus is visible");
    let open = "document.activeElement.closest('details').open";
    let before = browser.evaluate(open);
    browser.press("Enter");
    assert_ne!(browser.evaluate(open), before, "Enter folds and unfolds");
    browser.press("k");
    browser.press("k");
    assert_eq!(browser.evaluate(focused), json!(all[0]), "the first has none before it");
    // A link to a rule unfolds it.
    browser.evaluate("document.querySelector('.change .body a[href^=\"#rule-\"]').click(); new Promise((done) => setTimeout(done, 50))");
    let rule = browser.evaluate("document.getElementById(location.hash.slice(1)).open");
    assert_eq!(rule, json!(true));
    assert_eq!(browser.problems(), Vec::<String>::new());
}

#[test]
fn what_a_definition_says_takes_over_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [old, new] = versions();
    browser.open(&page(folder.path(), &old, &new), "");
    browser.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)");
    assert_eq!(browser.evaluate("document.body.textContent.includes('<img src=x onerror=')"), json!(true));
    assert_eq!(browser.evaluate("typeof window.taken"), json!("undefined"));
    assert_eq!(browser.evaluate("document.scripts.length + document.images.length"), json!(1));
    assert_eq!(browser.problems(), Vec::<String>::new());
    // The policy holds if markup comes in nevertheless: neither a script of its own nor an image.
    browser.evaluate(
        "(() => { const one = document.createElement('script'); one.textContent = 'window.taken = 1'; document.body.append(one); \
         document.body.insertAdjacentHTML('beforeend', '<img src=\"https://example.com/x.png\" onerror=\"window.taken = 1\">'); })(); \
         new Promise((done) => setTimeout(done, 100))",
    );
    assert_eq!(browser.evaluate("typeof window.taken"), json!("undefined"));
    assert!(browser.problems().iter().any(|problem| problem.contains("Content Security Policy")));
}

/// The texts whose color is too near to what is behind them.
const FAINT: &str = "(() => {
    const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; })
        .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
    const behind = (node) => {
        for (; node; node = node.parentElement) {
            const color = numbers(getComputedStyle(node).backgroundColor);
            if (color.length < 4 || color[3] > 0) return color;
        }
        return [255, 255, 255];
    };
    const faint = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let count = 0;
    while (walk.nextNode()) {
        const owner = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !owner.checkVisibility() || owner.closest('script, style, svg, option')) continue;
        count += 1;
        const [one, other] = [light(numbers(getComputedStyle(owner).color)), light(behind(owner))];
        const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (contrast < 4.5) faint.push(owner.className + ' ' + walk.currentNode.data.slice(0, 30) + ' ' + contrast.toFixed(2));
    }
    return count > 20 ? Array.from(new Set(faint)) : ['only ' + count + ' texts'];
})()";

/// Everything that can be used and has no name that is read out.
fn nameless(browser: &mut Browser) -> Vec<String> {
    let tree = browser.call("Accessibility.getFullAXTree", json!({}));
    let text = |node: &Value, key: &str| node[key]["value"].as_str().unwrap_or_default().to_owned();
    let used =
        ["textbox", "searchbox", "checkbox", "combobox", "button", "link", "DisclosureTriangle", "heading", "image"];
    let nodes = tree["nodes"].as_array().expect("a list").iter();
    let nodes = nodes.filter(|node| node["ignored"] != json!(true) && used.contains(&text(node, "role").as_str()));
    nodes.filter(|node| text(node, "name").trim().is_empty()).map(ToString::to_string).collect()
}

/// What every page has to be: readable in both schemes and on a phone, named for those who hear it, and silent on the network.
fn readable(browser: &mut Browser, page: &Path, name: &str) {
    browser.resize(1280, 900);
    browser.open(page, "");
    browser.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)");
    let mut backgrounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        assert_eq!(browser.evaluate(FAINT), json!([]), "{name}, {scheme}");
        backgrounds.push(browser.evaluate("getComputedStyle(document.body).backgroundColor"));
        browser.screenshot(&format!("{name}-{scheme}"));
    }
    assert_ne!(backgrounds[0], backgrounds[1], "{name}");
    assert_eq!(nameless(browser), Vec::<String>::new(), "{name}");
    for width in [1280, 360] {
        browser.resize(width, 740);
        let wide = browser.evaluate("document.documentElement.scrollWidth");
        assert!(wide.as_u64() <= Some(u64::from(width)), "{name} is {wide} wide on a screen of {width}");
    }
    browser.screenshot(&format!("{name}-phone"));
    assert_eq!(browser.problems(), Vec::<String>::new(), "{name}");
}

#[test]
fn a_page_is_readable_in_light_and_dark_and_on_a_phone() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [old, new] = versions();
    let page = page(folder.path(), &old, &new);
    readable(&mut browser, &page, "items");
    browser.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)");
    let tops = "(() => { const pair = Array.from(document.querySelectorAll('.pair:not(.one)'))[0]; \
                return Array.from(pair.querySelectorAll('.side')).map((side) => side.getBoundingClientRect().top); })()";
    let stacked = browser.evaluate(tops);
    assert!(stacked[0].as_f64() < stacked[1].as_f64(), "one above the other on a phone: {stacked}");
    browser.resize(1280, 900);
    let beside = browser.evaluate(tops);
    assert_eq!(beside[0], beside[1], "side by side on a desk");
    assert!(browser.evaluate("document.querySelectorAll('.side del, .side ins').length").as_u64() > Some(1));
}

#[test]
fn a_page_works_without_scripts() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [old, new] = versions();
    let page = page(folder.path(), &old, &new);
    browser.open(&page, "");
    let last = shown(&mut browser).pop().expect("a change");
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    browser.open(&page, &format!("#{last}"));
    let state = browser.evaluate(&format!(
        "[document.getElementById('filters').checkVisibility(), document.getElementById('{last}').checkVisibility(), \
         document.querySelector(':target').id, document.querySelectorAll('.change[data-wire=breaks] details[open]').length > 0]"
    ));
    assert_eq!(state, json!([false, true, last, true]));
    assert_eq!(browser.problems(), Vec::<String>::new());
}

#[test]
fn pages_of_real_bumps_hold_in_a_browser() {
    let Some(bumps) = corpus::folder("OPENAPI_BUMPS") else { return };
    let Some(mut browser) = Browser::start() else { return };
    let mut largest: Vec<(u64, PathBuf)> = std::fs::read_dir(bumps)
        .expect("the folder can be read")
        .flatten()
        .filter_map(|entry| Some((std::fs::metadata(entry.path().join("after.yaml")).ok()?.len(), entry.path())))
        .collect();
    largest.sort();
    for (_, bump) in largest.iter().rev().take(2) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let page = diff(folder.path(), &bump.join("before.yaml"), &bump.join("after.yaml"));
        let name = bump.file_name().expect("a name").to_string_lossy().into_owned();
        readable(&mut browser, &page, &name);
        let all = shown(&mut browser).len();
        browser.evaluate("document.getElementById('search').value = 'topic'; document.getElementById('search').dispatchEvent(new Event('input', {bubbles: true}))");
        let found = shown(&mut browser).len();
        assert!(found < all, "{name}: {found} of {all}");
        println!(
            "{name}: {all} changes, {found} found, loaded in {} ms",
            browser.evaluate("Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)")
        );
    }
}

#[test]
fn a_history_is_readable_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    if !has("git") {
        return;
    }
    let project = Project::bare(OAS);
    for text in [new(), new().replace("id: {type: string}", "id: {type: integer}"), new()] {
        project.write("spec/items.yaml", text);
        project.write("spec/spec.toml", "[[document]]\nname = \"items\"\n\n[[document.file]]\npath = \"items.yaml\"\n");
        project.commit("<script>window.taken=1</script>");
    }
    project.ok(&["history", "--format", "html", "-o", "history.html"]);
    readable(&mut browser, &project.path().join("history.html"), "history");
    browser.resize(1280, 900);
    let chart = browser.evaluate(
        "[document.querySelectorAll('circle').length, document.querySelectorAll('rect.breaks').length > 0, document.scripts.length, \
         Array.from(document.querySelectorAll('svg text')).every((one) => { const box = one.getBBox(); \
         return box.x >= 0 && box.y >= 0 && box.x + box.width <= 960 && box.y + box.height <= 408; })]",
    );
    assert_eq!(chart, json!([8, true, 0, true]), "points, bars, no script, and no text that is cut off");
    browser.screenshot("history-desk");
}
