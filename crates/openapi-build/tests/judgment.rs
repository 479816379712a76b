//! What a team says of changes in `track.toml`, and the days on which things were to go.

#[path = "judgment/sunset.rs"]
mod sunset;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::levels::{Levels, Source};
use openapi_build::pipeline::{Loaded, Reading};
use openapi_build::track::diff::{Change, Changes, Page, Style, Wire};
use openapi_build::track::judgment::{self, Judgment, Until};
use openapi_build::track::semver::Level;
use openapi_build::track::{self, Options};
use serde_json::json;
use testing::versions::load;

/// Two operations, one of which sends `Item`, and both of which receive it.
const OLD: &str = "\
openapi: 3.0.3
info: {title: Items, version: '1.4.0'}
paths:
  /items:
    get:
      operationId: listItems
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}}
    post:
      operationId: createItem
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses: {'204': {description: d}}
    delete:
      operationId: deleteItems
      responses: {'204': {description: d}}
components:
  schemas:
    Item:
      type: object
      required: [name]
      properties:
        name: {type: string}
        size: {type: string, enum: [S, M, L, XL]}
";

/// `OLD` with a limit to the length of names, which breaks.
fn tightened() -> String {
    OLD.replace("name: {type: string}", "name: {type: string, maxLength: 9}")
}

/// `OLD` without an operation.
fn without_delete() -> String {
    OLD.replace("    delete:\n      operationId: deleteItems\n      responses: {'204': {description: d}}\n", "")
}

fn judged(new: &str, text: &str) -> Loaded {
    let judgment = Judgment::parse("spec/track.toml".as_ref(), text).unwrap_or_else(|error| panic!("{error}"));
    load("new.yaml", new).judged_by(judgment)
}

fn on(day: &str) -> Options {
    Options::default().today(day.parse().expect("a day"))
}

/// The changes from `OLD` to `new`, as `text` judges them.
fn diff(new: &str, text: &str, options: &Options) -> Changes {
    changes(OLD, new, text, options)
}

fn changes(old: &str, new: &str, text: &str, options: &Options) -> Changes {
    let changes = track::diff_with(&load("old.yaml", old), &judged(new, text), options);
    changes.unwrap_or_else(|error| panic!("{error}"))
}

/// The warnings about entries and days, as text.
fn warnings(changes: &Changes) -> Vec<String> {
    let ours = changes.diagnostics.iter().filter(|it| judgment::WARNINGS.contains(&it.code));
    ours.map(ToString::to_string).collect()
}

/// The only change of that rule.
fn only<'c>(changes: &'c Changes, code: &str) -> &'c Change {
    let mut of_rule = changes.changes.iter().filter(|change| change.code == code);
    let found = of_rule.next().unwrap_or_else(|| panic!("no {code}: {:#?}", changes.changes));
    assert!(of_rule.next().is_none(), "{code} is found once");
    found
}

/// The rule of a tightened limit, and where it is found.
const LIMIT: (&str, &str) = ("D054", "#/components/schemas/Item/properties/name/maxLength");

fn entry(rule: &str, place: &str, more: &str) -> String {
    format!("[[accept]]\nrule = \"{rule}\"\nplace = \"{place}\"\nreason = \"it is so already\"\n{more}\n")
}

#[test]
fn what_is_accepted_counts_for_rust_and_no_longer_on_the_wire() {
    let new = without_delete();
    let before = diff(&new, "", &Options::default());
    assert_eq!((before.verdict.wire, before.verdict.rust), (Wire::Breaks, Level::Major));
    let after = diff(&new, &entry("D002", "#/paths/~1items/delete", ""), &Options::default());
    assert_eq!((after.verdict.wire, after.verdict.rust), (Wire::Safe, Level::Major), "the version stays major");
    assert!(after.is_breaking(), "code that calls it no longer compiles");
    assert_eq!(before.items, after.items);
    let change = only(&after, "D002");
    assert_eq!(change.wire, Wire::Breaks, "the finding stays what it is");
    let accepted = change.accepted.as_ref().expect("it is accepted");
    assert_eq!((accepted.reason.as_str(), accepted.until.as_deref()), ("it is so already", None));
    assert_eq!(warnings(&after), [""; 0]);
}

#[test]
fn a_place_is_a_pointer_or_a_subject_with_stars() {
    let new = tightened().replace("enum: [S, M, L, XL]", "enum: [S, M, L]");
    let found = diff(&new, "", &Options::default());
    let limit = only(&found, LIMIT.0);
    assert_eq!(format!("#{}", limit.place().expect("a place").pointer), LIMIT.1);
    for (place, expected) in [
        (LIMIT.1, true),
        (&LIMIT.1[1..], true),
        ("#/components/schemas/*/properties/name/*", true),
        ("#/components/schemas/Item/**", true),
        ("#/**", true),
        ("#/components/schemas/Item", false),
        ("#/components/schemas/*", false),
        (limit.subject.as_str(), true),
        ("Item.*", true),
        ("Item", false),
    ] {
        let changes = diff(&new, &entry(LIMIT.0, place, ""), &Options::default());
        assert_eq!(only(&changes, LIMIT.0).accepted.is_some(), expected, "{place}");
        assert_eq!(warnings(&changes).is_empty(), expected, "{place}: {:?}", warnings(&changes));
        assert!(only(&changes, "D050").accepted.is_none(), "an entry is about one rule");
    }
    for (member, expected) in [("XL", true), ("S", false)] {
        let changes = diff(&new, &entry("D050", "#/**", &format!("member = \"{member}\"")), &Options::default());
        assert_eq!(only(&changes, "D050").accepted.is_some(), expected, "{member}");
    }
}

#[test]
fn a_place_of_the_old_document_is_one_too() {
    let new = without_delete();
    for place in ["#/paths/~1items/delete", "DELETE /items", "#/paths/%7E1items/delete"] {
        let changes = diff(&new, &entry("D002", place, ""), &Options::default());
        assert_eq!(changes.verdict.wire, Wire::Safe, "{place}: {:?}", warnings(&changes));
    }
}

#[test]
fn an_entry_may_name_the_subject_where_several_are_at_one_place() {
    let new = OLD.replace("required: [name]", "required: [name, size]");
    for (subject, expected) in [("Item.size", true), ("Item.name", false)] {
        let text = entry("D044", "#/components/schemas/Item/required", &format!("subject = \"{subject}\""));
        let found = diff(&new, &text, &Options::default());
        assert_eq!(only(&found, "D044").accepted.is_some(), expected, "{subject}: {:?}", warnings(&found));
        let said = warnings(&found).iter().any(|it| it.contains("the subject that is found there is `Item.size`"));
        assert_eq!(said, !expected, "{:?}", warnings(&found));
    }
}

#[test]
fn the_last_entry_says_why() {
    let text = entry(LIMIT.0, "#/**", "until = 2026-12-01")
        + &entry(LIMIT.0, LIMIT.1, "until = 2027-12-01").replace("it is so already", "still");
    let found = diff(&tightened(), &text, &on("2026-11-27"));
    let accepted = only(&found, LIMIT.0).accepted.clone().expect("it is accepted");
    assert_eq!((accepted.reason.as_str(), accepted.until.as_deref()), ("still", Some("2027-12-01")));
    let later = diff(&tightened(), &text, &on("2027-01-01"));
    assert!(only(&later, LIMIT.0).accepted.is_some() && warnings(&later)[0].contains("T005"), "{:?}", warnings(&later));
}

#[test]
fn a_place_is_found_as_reports_and_references_write_it() {
    let percent = |text: &str| text.replace("  /items:", "  /all%20items:");
    for place in ["#/paths/~1all%20items/delete", "#/paths/~1all%2520items/delete", "DELETE /all%20items"] {
        let text = entry("D002", place, "");
        let found = changes(&percent(OLD), &percent(&without_delete()), &text, &Options::default());
        assert_eq!(found.verdict.wire, Wire::Safe, "{place}: {:?}", warnings(&found));
    }
}

#[test]
fn everything_that_is_wrong_with_the_file_is_said_with_its_place() {
    let cases: [(&str, &[&str]); 17] = [
        ("[[accept]]\nrule = ", &["T003", "track.toml:2:8"]),
        ("[[accept]]\nrule = 1\nplace = \"a\"\nreason = \"b\"", &["T003", "track.toml:2:8", "string"]),
        ("[[acept]]\nrule = \"D002\"", &["track.toml:1:3", "unknown field `acept`", "did you mean `accept`?"]),
        ("[[accept]]\nrule = \"D002\"\nplaces = \"a\"", &["track.toml:3:1", "did you mean `place`?"]),
        ("[[accept]]\nrule = \"D002\"\nreason = \"a\"", &["track.toml:1:1", "missing field `place`"]),
        ("[[accept]]\nrule = \"D002\"\nplace = \"a\"", &["missing field `reason`"]),
        ("[[accept]]\nplace = \"a\"\nreason = \"a\"", &["missing field `rule`"]),
        (&entry("d02", "a", ""), &["track.toml:2:8", "no rule `d02`", "`D002` is the nearest"]),
        (&entry("R001", "a", ""), &["no rule `R001`", "what a change does to Rust code stays"]),
        (&entry("nonsense", "a", ""), &["no rule `nonsense`", "D and three digits"]),
        (&entry("D002", "  ", ""), &["track.toml:3:9", "this place is empty", "POST /items request.name"]),
        (&entry("D002", "a", "until = 2027-01-01T00:00:00Z"), &["track.toml:5:9", "neither a date nor a version"]),
        (&entry("D002", "a", "until = \"later\""), &["track.toml:5:9", "crate 2.0.0"]),
        (&entry("D002", "a", "until = \"2027-02-30\""), &["track.toml:5:9", "neither a date nor a version"]),
        ("[rules]\nD002 = \"save\"", &["track.toml:2:8", "no severity `save`", "did you mean \"safe\"?"]),
        ("[rules]\nD02 = \"safe\"", &["track.toml:2:1", "no rule `D02`"]),
        ("[stages]\npromises = []", &["track.toml:2:1", "did you mean `promise`?"]),
    ];
    for (text, expected) in cases {
        let error = Judgment::parse("track.toml".as_ref(), text).expect_err(text).to_string();
        assert!(error.starts_with("error[T003]"), "{error}");
        assert!(expected.iter().all(|part| error.contains(part)), "{text:?}: {error}");
    }
    let text = format!(
        "{}{}[rules]\nD002 = \"x\"\n",
        entry("D2", "", ""),
        entry("D002", "a", "").replace("it is so already", " ")
    );
    let error = Judgment::parse("track.toml".as_ref(), &text).expect_err("four are wrong");
    let lines: Vec<String> = error.all().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(lines[2].contains("this reason is empty") && lines[2].contains("track.toml:9:10"), "{lines:#?}");
    assert!(lines[3].contains("knows \"safe\""), "{lines:#?}");
}

#[test]
fn an_entry_that_matches_nothing_is_a_warning_that_says_what_is_near() {
    for (text, expected) in [
        (
            entry(LIMIT.0, &LIMIT.1.replace("name", "nmae"), ""),
            "`#/components/schemas/Item/properties/name/maxLength` is the nearest place",
        ),
        (entry("D055", LIMIT.1, ""), "D054 is found there"),
        (entry(LIMIT.0, "Item.nam", ""), "`Item.name` is the nearest place"),
        (entry(LIMIT.0, "/nowhere near anything at all that is there", ""), "`Item.name` is where D054 is found"),
        (entry("D002", "GET /items", ""), "there is no finding of D002"),
        (entry(LIMIT.0, LIMIT.1, "document = \"itms\""), "there is no document `itms`, only `api`"),
    ] {
        let changes = diff(&tightened(), &text, &Options::default());
        assert_eq!(changes.verdict.wire, Wire::Breaks);
        let [warning] = warnings(&changes).try_into().unwrap_or_else(|all| panic!("one warning: {all:?}"));
        assert!(warning.starts_with("warning[T004]: spec/track.toml:2:8"), "{warning}");
        assert!(warning.contains(expected), "{warning}");
    }
    let nothing = diff(OLD, &entry(LIMIT.0, LIMIT.1, ""), &Options::default());
    assert!(nothing.is_empty());
    assert!(warnings(&nothing)[0].contains("T004"), "also if nothing changed: {:?}", nothing.diagnostics);
}

#[test]
fn many_warnings_are_one_with_the_place_of_each() {
    let text: String = (0..5).map(|index| entry("D002", &format!("GET /{index}"), "")).collect();
    let found = diff(OLD, &text, &Options::default());
    let [group] = openapi_build::diagnostic::grouped(&found.diagnostics).try_into().expect("one");
    assert!(group.message.starts_with("5 times") && group.message.contains("D002 at `GET /0`"), "{group}");
    let help = group.help.expect("help");
    let others = [7, 12, 17, 22].map(|line| format!("spec/track.toml:{line}:8")).join(", ");
    assert!(help.ends_with(&format!("the others are at {others}")), "{help}");
}

#[test]
fn a_warning_can_be_silenced_or_denied() {
    let old = load("old.yaml", OLD);
    for (allow, deny, expected) in [
        (vec!["T004"], vec![], None),
        (vec![], vec!["T004"], Some(Severity::Error)),
        (vec![], vec![], Some(Severity::Warning)),
    ] {
        let levels = Levels::new(Source::CommandLine, &allow, &deny).expect("codes that exist");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("new.yaml");
        std::fs::write(&path, tightened()).expect("a file");
        let judgment = Judgment::parse("track.toml".as_ref(), &entry("D002", "a", "")).expect("it is valid");
        let new = Reading::default().levels(levels).path(&path).expect("a document").judged_by(judgment);
        let changes = track::diff(&old, &new).expect("both are read");
        let found = changes.diagnostics.iter().find(|it| it.code == "T004").map(|it| it.severity);
        assert_eq!(found, expected, "{allow:?} {deny:?}");
    }
}

#[test]
fn an_entry_holds_through_its_day_or_version_and_then_warns() {
    let version = |version: &str| tightened().replace("1.4.0", version);
    let crate_of = |version: &str| Options::default().package_version(version);
    let cases = [
        ("until = 2027-01-01", tightened(), on("2026-12-31"), true, None),
        ("until = 2027-01-01", tightened(), on("2027-01-01"), true, None),
        ("until = 2027-01-01", tightened(), on("2027-01-02"), false, Some("T005")),
        ("until = \"2027-01-01\"", tightened(), on("2027-01-02"), false, Some("T005")),
        ("until = 2027-01-01", tightened(), Options::default(), true, None),
        ("until = \"1.4.0\"", version("1.4.0"), Options::default(), true, None),
        ("until = \"1.4.0\"", version("1.4.0-rc.1"), Options::default(), true, None),
        ("until = \"1.4.0\"", version("1.10.0"), Options::default(), false, Some("T005")),
        ("until = \"1.4.0\"", version("next"), Options::default(), true, Some("T006")),
        ("until = \"1.4.0\"", version("1.4.0b"), Options::default(), true, Some("T006")),
        ("until = \"1.4.0-rc.9\"", version("1.4.0-rc.10"), Options::default(), false, Some("T005")),
        ("until = \"crate 0.9.0\"", tightened(), crate_of("0.9.0"), true, None),
        ("until = \"crate 0.9.0\"", tightened(), crate_of("0.10.0"), false, Some("T005")),
        ("until = \"crate 0.9.0\"", tightened(), Options::default(), true, Some("T006")),
    ];
    for (until, new, options, holds, warned) in cases {
        let changes = diff(&new, &entry(LIMIT.0, LIMIT.1, until), &options);
        let change = only(&changes, LIMIT.0);
        assert_eq!(change.accepted.is_some(), holds, "{until} {options:?}");
        assert_eq!(changes.verdict.wire, if holds { Wire::Safe } else { Wire::Breaks }, "{until}");
        if let Some(accepted) = &change.accepted {
            let shown = accepted.until.as_deref().expect("it has an end");
            assert_eq!(
                Until::parse(shown),
                Until::parse(until.trim_start_matches("until = ").trim_matches('"')),
                "{shown}"
            );
        }
        let found = warnings(&changes);
        assert_eq!(found.len(), usize::from(warned.is_some()), "{until} {options:?}: {found:?}");
        assert!(found.iter().all(|warning| warning.contains(warned.unwrap_or_default())), "{found:?}");
    }
    let gone = diff(OLD, &entry(LIMIT.0, LIMIT.1, "until = 2026-01-01"), &on("2026-11-27"));
    let [warning] = warnings(&gone).try_into().expect("one");
    assert!(warning.contains("T005") && warning.contains("2026-01-01 is past"), "{warning}");
}

#[test]
fn a_rule_is_as_severe_as_the_team_says() {
    for (severity, wire) in [("safe", Wire::Safe), ("may break", Wire::MayBreak), ("breaks", Wire::Breaks)] {
        let text = format!("[rules]\nD054 = \"{severity}\"\n");
        let changes = diff(&tightened(), &text, &Options::default());
        let change = only(&changes, "D054");
        assert_eq!((change.wire, changes.verdict.wire), (wire, wire));
        assert_eq!(change.why.contains("track.toml says"), wire != Wire::Breaks, "{}", change.why);
        assert_eq!(change.why.contains("(by itself: breaks)"), wire != Wire::Breaks, "{}", change.why);
        assert_eq!(warnings(&changes), [""; 0]);
    }
    let removed = OLD.replace("      parameters: [{name: limit, in: query, schema: {type: integer}}]\n", "");
    let changes = diff(&removed, "[rules]\nD012 = \"breaks\"\n", &Options::default());
    assert_eq!((changes.verdict.wire, changes.verdict.rust), (Wire::Breaks, Level::Major), "also worse than by itself");
    assert_eq!(changes.changes[0].wire, Wire::Breaks, "what breaks comes first");
}

/// Two versions of a definition in which a property refers to another schema, whose texts are shorter.
fn replaced() -> (String, String) {
    let schemas = "    Name: {type: string}\n    Label: {type: string, maxLength: 9}\n    Both: {type: object, properties: {a: {$ref: '#/components/schemas/Name'}, b: {$ref: '#/components/schemas/Label'}}}\n";
    let old = OLD
        .replace("      responses: {'204': {description: d}}\n    delete", "      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Both'}}}}}\n    delete")
        .replace("  schemas:\n", &format!("  schemas:\n{schemas}"))
        .replace("name: {type: string}", "name: {$ref: '#/components/schemas/Name'}");
    let new = old.replace("name: {$ref: '#/components/schemas/Name'}", "name: {$ref: '#/components/schemas/Label'}");
    (old, new)
}

#[test]
fn what_differs_inside_another_change_is_as_severe_as_the_team_says() {
    let (old, new) = replaced();
    let found = changes(&old, &new, "", &Options::default());
    let [whole] = found.changes.as_slice() else { panic!("one change: {:#?}", found.changes) };
    let code = whole.code;
    assert_eq!((whole.wire, whole.inner[0].code), (Wire::Breaks, "D054"), "{whole:#?}");
    let judged = changes(&old, &new, "[rules]\nD054 = \"safe\"\n", &Options::default());
    assert_eq!((judged.verdict.wire, only(&judged, code).inner[0].wire), (Wire::Safe, Wire::Safe));
    assert!(only(&judged, code).why.contains("track.toml says safe of D054 (by itself: breaks)"), "{judged:#?}");
    assert_eq!(judged.verdict.rust, found.verdict.rust);
    // The rule of the whole has the last word.
    let text = format!("[rules]\nD054 = \"safe\"\n{code} = \"breaks\"\n");
    assert_eq!(changes(&old, &new, &text, &Options::default()).verdict.wire, Wire::Breaks);
    let inside = changes(&old, &new, &entry("D054", "**", "").replace("\"**\"", "\"#/**\""), &Options::default());
    let [warning] = warnings(&inside).try_into().expect("one");
    assert!(warning.contains(&format!("it is found inside {code} at `#")), "{warning}");
    let whole = changes(&old, &new, &entry(code, "#/**", ""), &Options::default());
    assert_eq!(whole.verdict.wire, Wire::Safe);
}

/// Operations, and the stage of each.
type Stages<'a> = &'a [(&'a str, &'a str)];

/// `document` with stages of its operations.
fn staged(document: &str, stages: Stages<'_>) -> String {
    stages.iter().fold(document.to_owned(), |document, (id, stage)| {
        document
            .replace(&format!("operationId: {id}\n"), &format!("operationId: {id}\n      x-lifecycle-stage: {stage}\n"))
    })
}

#[test]
fn what_is_no_promise_may_break() {
    const PROMISE: &str = "[stages]\npromise = [\"general-availability\"]\n";
    let (early, general) = ("Early Access", "General Availability");
    let cases: [(Stages<'_>, Stages<'_>, &str, Wire); 6] = [
        (&[("deleteItems", early), ("listItems", general)], &[("listItems", general)], "D002", Wire::MayBreak),
        (&[("deleteItems", general)], &[], "D002", Wire::Breaks),
        (&[("listItems", general)], &[("listItems", general)], "D002", Wire::Breaks),
        // A schema that both use: one promise is enough.
        (
            &[("createItem", early), ("listItems", general)],
            &[("createItem", early), ("listItems", general)],
            "D054",
            Wire::Breaks,
        ),
        (
            &[("createItem", early), ("listItems", early)],
            &[("createItem", early), ("listItems", general)],
            "D054",
            Wire::MayBreak,
        ),
        // What was promised to old clients counts.
        (
            &[("createItem", general), ("listItems", early)],
            &[("createItem", early), ("listItems", early)],
            "D054",
            Wire::Breaks,
        ),
    ];
    for (before, after, code, expected) in cases {
        let new = if code == "D002" { without_delete() } else { tightened() };
        let (old, new) = (staged(OLD, before), staged(&new, after));
        let found = changes(&old, &new, PROMISE, &Options::default());
        let change = only(&found, code);
        assert_eq!(change.wire, expected, "{before:?}: {}", change.why);
        assert_eq!(
            change.why.contains("`Early Access` is no promise by track.toml (by itself: breaks)"),
            expected == Wire::MayBreak,
            "{}",
            change.why
        );
        assert_eq!(found.verdict.rust, changes(&old, &new, "", &Options::default()).verdict.rust);
    }
    // A stage is a text of the definition, and no markup of a report.
    let rude = [("deleteItems", "\"`<img src=//x>\\e[2J``<b>`\""), ("listItems", general)];
    let found = changes(&staged(OLD, &rude), &staged(&without_delete(), &rude[1..]), PROMISE, &Options::default());
    let change = only(&found, "D002");
    assert!(change.why.starts_with("`'<img src=//x> [2J''<b>'` is no promise"), "{}", change.why);
    let markdown = found.to_markdown();
    assert!(markdown.contains("`'<img src=//x> [2J''<b>'` is no promise"), "it is code: {markdown}");
    let moved = staged(OLD, &[("deleteItems", early), ("listItems", general)]);
    let new = moved.replace("    delete:\n", "  /all:\n    delete:\n");
    let found = changes(&moved, &new, PROMISE, &Options::default());
    assert_eq!(only(&found, "D003").wire, Wire::MayBreak, "an operation keeps its stage where it goes");
    // The team says how severe a rule is; whether it counts is another question.
    let found = changes(&moved, &new, &format!("{PROMISE}[rules]\nD003 = \"safe\"\n"), &Options::default());
    assert_eq!(found.verdict.wire, Wire::Safe);
}

#[test]
fn a_stage_that_no_operation_has_is_a_warning() {
    let early = staged(OLD, &[("listItems", "Early Access")]);
    for (old, expected) in
        [(early.as_str(), "the operations have `Early Access`"), (OLD, "no operation has an `x-lifecycle-stage`")]
    {
        let found = changes(old, old, "[stages]\npromise = [\"Generally Available\"]\n", &Options::default());
        let [warning] = warnings(&found).try_into().expect("one");
        assert!(warning.starts_with("warning[T004]: spec/track.toml:2:11"), "{warning}");
        assert!(warning.contains("`Generally Available`") && warning.contains(expected), "{warning}");
    }
}

/// A folder with documents and a `track.toml`.
fn folder(documents: &[(&str, &str)], judgment: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    let mut manifest = String::new();
    for (name, text) in documents {
        manifest.push_str(&format!("[[document]]\nname = \"{name}\"\n[[document.file]]\npath = \"{name}.yaml\"\n"));
        write(&format!("{name}.yaml"), text);
    }
    write("spec.toml", &manifest);
    if let Some(judgment) = judgment {
        write("track.toml", judgment);
    }
    folder
}

fn read(folder: &tempfile::TempDir) -> Loaded {
    Loaded::path(folder.path()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_file_in_the_folder_of_the_new_version_holds() {
    let text = entry(LIMIT.0, LIMIT.1, "");
    let plain = folder(&[("items", OLD)], None);
    let judged_old = folder(&[("items", OLD)], Some(&text));
    let new = folder(&[("items", &tightened())], None);
    let judged_new = folder(&[("items", &tightened())], Some(&text));
    for (old, new, expected) in [
        (&plain, &new, Wire::Breaks),
        (&judged_old, &new, Wire::Breaks),
        (&plain, &judged_new, Wire::Safe),
        (&judged_new, &plain, Wire::Safe),
    ] {
        let changes = track::diff(&read(old), &read(new)).expect("both are read");
        assert_eq!(changes.verdict.wire, expected);
    }
}

#[test]
fn a_file_that_cannot_be_read_stops_the_comparison_and_no_build() {
    let broken = folder(&[("items", &tightened())], Some("[[accept]]\nrule = 1\n"));
    let plain = folder(&[("items", OLD)], None);
    let (old, new) = (read(&plain), read(&broken));
    new.generate().unwrap_or_else(|error| panic!("{error}"));
    let error: Diagnostic = track::diff(&old, &new).expect_err("it is broken");
    assert_eq!(error.code, "T003");
    assert!(error.to_string().contains("track.toml:2:8"), "{error}");
    assert!(track::diff(&new, &old).is_ok(), "that of the old version does not matter");
}

#[test]
fn an_entry_may_be_about_one_of_several_documents() {
    let other = OLD.replace("/items", "/parts").replace("Items\n", "Parts\n").replace("Item", "Part");
    let tightened_other = other.replace("name: {type: string}", "name: {type: string, maxLength: 9}");
    let old = folder(&[("items", OLD), ("parts", &other)], None);
    for (document, place, expected) in [
        ("", "#/components/schemas/*/properties/name/maxLength", [true, true]),
        ("document = \"parts\"", "#/components/schemas/*/properties/name/maxLength", [false, true]),
        ("document = \"items\"", LIMIT.1, [true, false]),
    ] {
        let text = entry(LIMIT.0, place, document);
        let new = folder(&[("items", &tightened()), ("parts", &tightened_other)], Some(&text));
        let changes = track::diff(&read(&old), &read(&new)).expect("both are read");
        let accepted = ["items", "parts"].map(|name| {
            let of = |change: &&Change| change.code == LIMIT.0 && change.document == name;
            changes.changes.iter().find(of).expect("it is found in both").accepted.is_some()
        });
        assert_eq!(accepted, expected, "{text}");
        assert_eq!(warnings(&changes), [""; 0]);
    }
}

#[test]
fn a_place_is_that_of_the_published_swagger() {
    let swagger = |parameter: &str| {
        format!(
            "swagger: '2.0'\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      operationId: a\n{parameter}      responses: {{'204': {{description: d}}}}\n"
        )
    };
    let old = swagger("      parameters: [{name: b, in: query, type: string, x-sunset: '2026-06-30'}]\n");
    let text = entry("D012", "#/paths/~1a/get/parameters/0", "");
    let found = changes(&old, &swagger(""), &text, &on("2026-06-01"));
    assert_eq!(found.verdict.wire, Wire::Safe, "{:?}", found.diagnostics);
    assert_eq!(only(&found, "D012").wire, Wire::Breaks, "it came before its day");
    // The fields at the top of Swagger 2.0 are places without a `#` too.
    let [old, new] = ["a", "b"].map(|host| format!("host: {host}.example\n{}", swagger("")));
    let found = changes(&old, &new, "", &Options::default());
    let [change] = found.changes.as_slice() else { panic!("{found:#?}") };
    let place = change.place().expect("it has a place").pointer.clone();
    assert!(place.starts_with("/host"), "{place}");
    let found = changes(&old, &new, &entry(change.code, &place, ""), &Options::default());
    assert_eq!((found.verdict.wire, warnings(&found).len()), (Wire::Safe, 0), "{:?}", found.diagnostics);
}

#[test]
fn reports_list_what_is_accepted_apart() {
    let new = without_delete().replace("name: {type: string}", "name: {type: string, maxLength: 9}");
    let text = entry("D002", "#/paths/~1items/delete", "until = 2027-01-01")
        .replace("it is so already", "nobody | calls it\\u001B[2J");
    let changes = diff(&new, &text, &on("2026-11-27"));
    let plain = changes.to_text(Style { colour: false, all: false });
    assert!(plain.contains("2 changes (1 breaking, 0 that may break, 0 safe, 1 accepted)"), "{plain}");
    let (before, after) = plain.split_once("\nAccepted (1)\n").unwrap_or_else(|| panic!("{plain}"));
    assert!(before.contains("D054") && !before.contains("D002"), "{plain}");
    assert!(after.contains("D002") && after.contains("accepted: nobody | calls it [2J (until 2027-01-01)"), "{plain}");
    assert!(after.contains("wire  breaks") && after.contains("rust  major"), "{plain}");
    let markdown = changes.to_markdown();
    let (before, after) = markdown.split_once("\n### Accepted (1)\n").unwrap_or_else(|| panic!("{markdown}"));
    assert!(before.contains("| D054 |") && !before.contains("| D002 |"), "{markdown}");
    let row = after.lines().find(|line| line.starts_with("| D002 |")).unwrap_or_else(|| panic!("{markdown}"));
    assert!(row.contains("nobody \\| calls it") && row.ends_with("<br><sub>until 2027-01-01</sub> |"), "{row}");
    let heads = after.lines().find(|line| line.contains("accepted because")).expect("a head");
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    assert_eq!(cells(row), cells(heads));
    let machine = changes.to_json();
    let accepted: Vec<_> = machine["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|change| (&change["code"], &change["accepted"]))
        .collect();
    let expected = json!({"reason": "nobody | calls it\u{1b}[2J", "until": "2027-01-01"});
    assert_eq!(accepted, [(&json!("D002"), &expected), (&json!("D054"), &json!(null))]);
    assert_eq!(machine["verdict"]["wire"], "breaks");
}

#[test]
fn the_page_lists_what_is_accepted_apart_and_keeps_what_it_asks_for_in_rust() {
    let (old, new) = (load("old.yaml", OLD), without_delete());
    let page = |text: &str| {
        let new = judged(&new, text);
        track::diff_with(&old, &new, &on("2026-11-27")).expect("both are read").to_html(&old, &new, &Page::default())
    };
    let accepted = page(&entry("D002", "DELETE /items", "until = 2027-01-01").replace("already", "<b>already</b>"));
    let (before, after) = accepted.split_once("<section id=\"accepted\"").unwrap_or_else(|| panic!("{accepted}"));
    assert!(!before.contains("<article") && after.matches("<article").count() == 1, "it stands once");
    assert!(after.contains("it is so &lt;b&gt;already&lt;/b&gt;") && after.contains("until 2027-01-01"), "{after}");
    let (_, to_do) = before.split_once("id=\"to-do\"").expect("what to do");
    assert!(to_do.contains("D002") && !to_do.contains("Nothing has to be done"), "code no longer compiles: {to_do}");
    assert!(to_do.contains("<span class=\"chip safe\">safe</span>"), "{to_do}");
    let severe = page("[rules]\nD002 = \"may break\"\n");
    assert!(severe.contains("track.toml says may break of D002 (by itself: breaks)"), "{severe}");
    assert!(!severe.contains("id=\"accepted\""), "{severe}");
    let expired = page(&entry("D002", "DELETE /items", "until = 2026-01-01"));
    assert!(!expired.contains("id=\"accepted\"") && expired.contains("2026-01-01 is past"), "{expired}");
}

#[test]
fn many_accepted_findings_are_all_listed() {
    let names: Vec<String> = (0..200).map(|index| format!("p{index}")).collect();
    let document = |limit: &str| {
        let properties: String =
            names.iter().map(|name| format!("        {name}: {{type: string{limit}}}\n")).collect();
        OLD.replace("        name: {type: string}\n", &format!("        name: {{type: string}}\n{properties}"))
    };
    let found = changes(&document(""), &document(", maxLength: 9"), &entry("D054", "#/**", ""), &Options::default());
    let (plain, markdown) = (found.to_text(Style::default()), found.to_markdown());
    let shown: Vec<&str> = plain.lines().filter_map(|line| line.trim_start().split([':', ' ']).next()).collect();
    for name in &names {
        let subject = format!("Item.{name}");
        assert!(shown.contains(&subject.as_str()) && markdown.contains(&format!("`{subject}`")), "{name}");
    }
}
