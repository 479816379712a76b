//! `explain`: what is repaired, kept and lost, grouped by code; or the page of a code.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use openapi_build::catalogue::{self, Outcome};
use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::generate::Listed;
use openapi_build::tool::{self, Group};
use serde_json::{Map, Value, json};

use super::output::Done;
use super::{Common, progress};
use crate::codes;

/// How many different messages of a code are listed without `--all`.
const MESSAGES: usize = 5;

/// How many places of a message are listed without `--all`.
const PLACES: usize = 3;

/// How many groups of operations are listed without `--all`.
const GROUPS: usize = 20;

pub(super) fn explain(common: &Common, all: bool) -> Result<Done, Diagnostic> {
    if let [code] = common.spec.as_slice()
        && let Some(code) = code.to_str().filter(|code| catalogue::is_code(code))
        && !common.spec[0].exists()
    {
        return page(code);
    }
    let loaded = match progress::during("reading", || common.load()) {
        Ok(loaded) => loaded,
        Err(error) => return Ok(Done { error: Some(error), all, ..Done::default() }),
    };
    // What was found before an error helps to understand it.
    let (mut diagnostics, lists, error) = match progress::during("generating", || loaded.generate()) {
        Ok(output) => (output.diagnostics, output.lists, None),
        Err(error) => (error.others().to_vec(), Vec::new(), error.into_all().into_iter().next()),
    };
    progress::during("looking up places", || loaded.locate(&mut diagnostics));
    let mut groups: Groups<'_> = BTreeMap::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.found_as() < Severity::Error) {
        groups.entry((catalogue::outcome(diagnostic), diagnostic.code)).or_default().push(diagnostic);
    }
    let limits = if all { (usize::MAX, usize::MAX) } else { (MESSAGES, PLACES) };
    let by_tag = tool::groups(&loaded);
    let text = text(&groups, limits)
        + &lists_text(&lists, limits.1)
        + &groups_text(&by_tag, if all { usize::MAX } else { GROUPS })
        + "`cargo oas explain CODE` explains a code.\n";
    let any = any(&groups);
    let json = Map::from_iter([
        ("groups".to_owned(), machine(&groups)),
        ("any".to_owned(), json!(any)),
        ("lists".to_owned(), lists_json(&lists)),
        ("operation_groups".to_owned(), groups_json(&by_tag)),
    ]);
    Ok(Done { diagnostics, shown: true, all, text, json, error, ..Done::default() })
}

fn page(code: &str) -> Result<Done, Diagnostic> {
    let page = codes::page(code).ok_or_else(|| {
        Diagnostic::error("C003", format!("there is no code {code}"))
            .help(format!("the codes are {}", codes::codes().join(", ")))
    })?;
    let json = Map::from_iter([("page".to_owned(), json!(page))]);
    Ok(Done { text: page, json, ..Done::default() })
}

type Groups<'a> = BTreeMap<(Outcome, &'a str), Vec<&'a Diagnostic>>;

fn text(groups: &Groups<'_>, limits: (usize, usize)) -> String {
    let bold = Style::new().bold();
    let mut text = String::new();
    for outcome in [Outcome::Repaired, Outcome::Kept, Outcome::Lost] {
        let of_outcome = || groups.iter().filter(|((other, _), _)| *other == outcome);
        let count: usize = of_outcome().map(|(_, findings)| findings.len()).sum();
        let color = Style::new().bold().fg_color(Some(color(outcome).into()));
        let _ = writeln!(text, "{color}{outcome}{color:#}: {count}");
        for ((_, code), findings) in of_outcome() {
            let title = codes::title(code).unwrap_or_default();
            let _ = writeln!(text, "\n  {bold}{code}{bold:#} {title}: {}", times(findings.len()));
            findings_of_a_code(&mut text, findings, limits);
        }
        text.push('\n');
    }
    let _ = writeln!(text, "places typed as any JSON value although the definition says more: {}", any(groups));
    text
}

/// The lists that page by themselves, by rule.
fn lists_text(lists: &[Listed], most: usize) -> String {
    let mut text = String::new();
    if lists.is_empty() {
        return text;
    }
    let mut by_rule: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for list in lists {
        by_rule.entry((list.confidence, &list.rule)).or_default().push(&list.operation);
    }
    let _ = writeln!(text, "lists that page by themselves: {}", lists.len());
    for ((confidence, rule), operations) in by_rule {
        let _ = writeln!(text, "    {rule} ({confidence}): {}", times(operations.len()));
        let shown: Vec<&str> = operations.iter().take(most).copied().collect();
        let more = operations.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more; --all lists them") } else { String::new() };
        let _ = writeln!(text, "      {}{more}", shown.join(", "));
    }
    text
}

fn lists_json(lists: &[Listed]) -> Value {
    let each = |list: &Listed| json!({"operation": list.operation, "rule": list.rule, "confidence": list.confidence});
    lists.iter().map(each).collect()
}

/// The groups of operations, with their features.
fn groups_text(groups: &[Group], most: usize) -> String {
    let mut text = String::new();
    if groups.is_empty() {
        return text;
    }
    let _ = writeln!(text, "groups of operations: {}", groups.len());
    for Group { name, operations, feature } in groups.iter().take(most) {
        let feature = feature.as_ref().map_or_else(String::new, |feature| format!(" (feature `{feature}`)"));
        let noun = if *operations == 1 { "operation" } else { "operations" };
        let _ = writeln!(text, "    {name}{feature}: {operations} {noun}");
    }
    if groups.len() > most {
        let _ = writeln!(text, "    and {} more; --all lists them", groups.len() - most);
    }
    text
}

fn groups_json(groups: &[Group]) -> Value {
    let each = |group: &Group| json!({"name": group.name, "operations": group.operations, "feature": group.feature});
    groups.iter().map(each).collect()
}

/// How many schemas are typed as any JSON value although the definition says more.
fn any(groups: &Groups<'_>) -> usize {
    groups.values().flatten().filter(|diagnostic| catalogue::is_any(diagnostic)).count()
}

/// Lists each message once, with its places.
fn findings_of_a_code(text: &mut String, findings: &[&Diagnostic], (messages, places): (usize, usize)) {
    let dim = Style::new().dimmed();
    let mut by_message: Vec<(&str, Vec<&Diagnostic>)> = Vec::new();
    let mut index: HashMap<&str, usize> = HashMap::new();
    for finding in findings {
        let at = *index.entry(&finding.message).or_insert(by_message.len());
        if at == by_message.len() {
            by_message.push((&finding.message, Vec::new()));
        }
        by_message[at].1.push(finding);
    }
    for (message, findings) in by_message.iter().take(messages) {
        let _ = writeln!(text, "    {message}");
        for finding in findings.iter().take(places) {
            let _ = writeln!(text, "      {dim}{}{dim:#}", place(finding));
        }
        if findings.len() > places {
            let _ = writeln!(text, "      … and {} more places", findings.len() - places);
        }
    }
    if by_message.len() > messages {
        let _ = writeln!(text, "    … and {} more messages; --all lists them", by_message.len() - messages);
    }
}

fn color(outcome: Outcome) -> AnsiColor {
    match outcome {
        Outcome::Repaired => AnsiColor::Green,
        Outcome::Kept => AnsiColor::Yellow,
        Outcome::Lost => AnsiColor::Red,
    }
}

fn times(count: usize) -> String {
    if count == 1 { "once".into() } else { format!("{count} times") }
}

/// `file:line:column  #/pointer`, as far as they are known.
fn place(finding: &Diagnostic) -> String {
    let position = finding.position.as_ref().map(ToString::to_string);
    let pointer = finding.pointer.as_ref().map(|pointer| format!("#{pointer}"));
    [position, pointer].into_iter().flatten().collect::<Vec<_>>().join("  ")
}

fn machine(groups: &Groups<'_>) -> Value {
    groups
        .iter()
        .map(|((outcome, code), findings)| {
            json!({
                "code": code,
                "title": codes::title(code),
                "outcome": outcome.to_string(),
                "count": findings.len(),
            })
        })
        .collect()
}
