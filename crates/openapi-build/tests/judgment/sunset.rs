//! Removals by the day until which something was to stay: `x-sunset`.

use openapi_build::track::diff::{Change, Changes, Wire};
use openapi_build::track::semver::Level;

use super::{OLD, changes, on, only, warnings, without_delete};

/// `OLD` with a sunset, written as the text says.
type Versions<'a> = &'a dyn Fn(&str) -> String;

#[test]
fn a_removal_is_judged_by_its_sunset() {
    let sunset = |text: &str| format!("x-sunset: {text}");
    let operation = |text: &str| {
        OLD.replace("operationId: deleteItems\n", &format!("operationId: deleteItems\n      {}\n", sunset(text)))
    };
    let parameter = |text: &str| OLD.replace("in: query,", &format!("in: query, {},", sunset(text)));
    let property = |text: &str| {
        OLD.replace("enum: [S, M, L, XL]", &format!("enum: [S, M, L, XL], deprecated: true, {}", sunset(text)))
    };
    let no_parameter = OLD.replace("      parameters: [{name: limit, in: query, schema: {type: integer}}]\n", "");
    let no_property = OLD.replace("        size: {type: string, enum: [S, M, L, XL]}\n", "");
    let kinds: [(Versions<'_>, String, &str, Wire); 3] = [
        (&operation, without_delete(), "D002", Wire::Breaks),
        (&parameter, no_parameter, "D012", Wire::MayBreak),
        (&property, no_property, "D042", Wire::MayBreak),
    ];
    for (old, new, code, by_itself) in kinds {
        for (text, today, expected, said) in [
            ("2026-06-30", Some("2026-06-29"), Wire::Breaks, "it was promised until 2026-06-30"),
            ("2026-06-30", Some("2026-06-30"), Wire::Safe, "it was to go on 2026-06-30"),
            ("2026-06-30", Some("2026-07-01"), Wire::Safe, "it was to go on 2026-06-30"),
            ("'2026-06-30T23:59:59Z'", Some("2026-06-30"), Wire::Safe, "it was to go on 2026-06-30"),
            ("'Tue, 30 Jun 2026 23:59:59 GMT'", Some("2026-06-29"), Wire::Breaks, "promised until 2026-06-30"),
            ("2026-06-30", None, by_itself, "it was to go on 2026-06-30"),
            ("soon", Some("2026-07-01"), by_itself, "its x-sunset is not a date"),
            ("20260630", Some("2026-07-01"), by_itself, "its x-sunset is not a date"),
        ] {
            let options = today.map(on).unwrap_or_default();
            let found = changes(&old(text), &new, "", &options);
            let change = only(&found, code);
            assert_eq!(change.wire, expected, "{code} {text} {today:?}: {}", change.why);
            assert!(change.why.contains(said), "{code} {text} {today:?}: {}", change.why);
            assert_eq!(found.verdict.rust, Level::Major, "the item is gone on any day");
        }
        let found = changes(OLD, &new, "", &on("2026-07-01"));
        assert_eq!(only(&found, code).wire, by_itself, "without a sunset, as ever");
    }
}

#[test]
fn a_sunset_behind_a_reference_counts() {
    let old = OLD
        .replace("[{name: limit, in: query, schema: {type: integer}}]", "[{$ref: '#/components/parameters/Limit'}]")
        .replace("components:\n", "components:\n  parameters:\n    Limit: {name: limit, in: query, x-sunset: 2026-06-30, schema: {type: integer}}\n");
    let new = old.replace("      parameters: [{$ref: '#/components/parameters/Limit'}]\n", "");
    let found = changes(&old, &new, "", &on("2026-07-01"));
    assert_eq!(only(&found, "D012").wire, Wire::Safe);
    let found = changes(&old, &new, "", &on("2026-06-01"));
    assert_eq!(only(&found, "D012").wire, Wire::Breaks);
}

/// `OLD` in which `size`, with a sunset, is as `how` says, and the same without it.
fn without_size(how: &str) -> (String, String) {
    const SIZE: &str = "        size: {type: string, enum: [S, M, L, XL]}\n";
    let size = SIZE.replace("XL]", "XL], x-sunset: 2026-06-30");
    let of = |parts: &str| {
        OLD.replace("      type: object\n      required: [name]\n", &format!("{parts}      type: object\n"))
            .replace(SIZE, "")
    };
    match how {
        "a part" => {
            let part = |size: &str| {
                let inner = size.replace("        size", "            size");
                format!(
                    "      allOf:\n        - type: object\n          properties:\n            name: {{type: string}}\n{inner}"
                )
            };
            let gone =
                "      allOf:\n        - type: object\n          properties:\n            other: {type: string}\n";
            (
                of(&format!(
                    "{}        - type: object\n          properties:\n            other: {{type: string}}\n",
                    part(&size)
                )),
                of(gone),
            )
        }
        // An operation reads one schema, and then another.
        _ => {
            let read = |name: &str| OLD.replacen("schemas/Item'", &format!("schemas/{name}'"), 1);
            let schemas = |name: &str| {
                let body = format!(
                    "    Old: {{type: object, properties: {{name: {{type: string}}, {}}}}}\n    New: {{type: object, properties: {{name: {{type: string}}}}}}\n",
                    size.trim()
                );
                read(name).replace("  schemas:\n", &format!("  schemas:\n{body}")).replace(
                    "      operationId: createItem\n      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}\n      responses: {'204': {description: d}}\n",
                    "      operationId: createItem\n      responses: {'200': {description: d, content: {application/json: {schema: {type: object, properties: {a: {$ref: '#/components/schemas/Old'}, b: {$ref: '#/components/schemas/New'}}}}}}}\n",
                )
            };
            (schemas("Old"), schemas("New"))
        }
    }
}

#[test]
fn a_property_that_goes_with_a_part_or_another_schema_has_its_sunset() {
    for how in ["a part", "a reference"] {
        let (old, new) = without_size(how);
        let on_day = |day: &str| changes(&old, &new, "", &on(day));
        let found = on_day("2026-06-30");
        let removal = |found: &Changes| -> Change {
            let all = found.changes.iter().flat_map(|change| std::iter::once(change).chain(&change.inner));
            let mut removals = all.filter(|change| change.code == "D042");
            removals.next().unwrap_or_else(|| panic!("{how}: {found:#?}")).clone()
        };
        assert_eq!((removal(&found).wire, found.verdict.wire), (Wire::Safe, Wire::Safe), "{how}: {found:#?}");
        let found = on_day("2026-06-29");
        assert_eq!((removal(&found).wire, found.verdict.wire), (Wire::Breaks, Wire::Breaks), "{how}: {found:#?}");
        assert!(removal(&found).why.contains("it was promised until 2026-06-30"), "{how}: {found:#?}");
    }
}

#[test]
fn what_moves_away_on_its_day_is_gone() {
    let old = OLD.replace("operationId: deleteItems\n", "operationId: deleteItems\n      x-sunset: 2026-06-30\n");
    let new = old.replace("    delete:\n", "  /all:\n    delete:\n");
    for (day, expected, said) in [
        ("2026-06-29", Wire::Breaks, "promised until 2026-06-30"),
        ("2026-06-30", Wire::Safe, "it was to go on 2026-06-30"),
    ] {
        let found = changes(&old, &new, "", &on(day));
        let moved = only(&found, "D003");
        assert!(moved.wire == expected && moved.why.contains(said), "{day}: {moved:#?}");
    }
}

#[test]
fn a_sunset_that_moves_is_a_finding_of_its_own() {
    let with = |text: &str| match text {
        "" => OLD.to_owned(),
        text => {
            OLD.replace("operationId: deleteItems\n", &format!("operationId: deleteItems\n      x-sunset: {text}\n"))
        }
    };
    for (old, new, expected, said) in [
        ("", "2026-06-30", Wire::Safe, "may go on 2026-06-30"),
        ("2026-06-30", "2026-07-30", Wire::Safe, "it stays until 2026-07-30"),
        ("2026-06-30", "2026-05-30", Wire::MayBreak, "was promised until 2026-06-30"),
        ("2026-06-30", "", Wire::Safe, "no longer says"),
        ("2026-06-30", "soon", Wire::Safe, "no longer says"),
        ("soon", "2026-06-30", Wire::Safe, "may go on 2026-06-30"),
    ] {
        let found = changes(&with(old), &with(new), "", &on("2026-01-01"));
        let change = only(&found, "D094");
        assert_eq!((change.wire, change.level), (expected, Level::Patch), "{old} {new}: {}", change.why);
        assert!(change.why.contains(said), "{old} {new}: {}", change.why);
    }
    let same = changes(&with("2026-06-30"), &with("'2026-06-30T23:59:59Z'"), "", &on("2026-01-01"));
    assert!(same.is_empty() && same.noise[0].code == "N010", "the same day in other words: {same:#?}");
    let noise = changes(&with("soon"), &with("later"), "", &on("2026-01-01"));
    assert!(noise.is_empty() && noise.noise[0].code == "N010", "what is not a date is an extension that nothing reads");
}

#[test]
fn a_sunset_that_is_not_a_date_is_a_warning() {
    let new = OLD
        .replace("operationId: deleteItems\n", "operationId: deleteItems\n      x-sunset: soon\n")
        .replace("name: {type: string}", "name: {type: string}\n        x-sunset: {type: string}");
    for old in [OLD, new.as_str()] {
        let found = changes(old, &new, "", &on("2026-01-01"));
        let [warning] = warnings(&found).try_into().unwrap_or_else(|all| panic!("one: {all:?}"));
        assert!(warning.starts_with("warning[T008]: new.yaml:"), "{warning}");
        assert!(
            warning.contains("#/paths/~1items/delete/x-sunset") && warning.contains("`x-sunset: soon`"),
            "{warning}"
        );
    }
    let fine = changes(OLD, &new.replace("soon", "2026-06-30"), "", &on("2026-01-01"));
    assert_eq!(warnings(&fine), [""; 0], "a property may have that name");
}
