//! Candidates in plain text: from a line that a document begins with to the last line that belongs to it.

use super::Candidate;

/// The keys at the top of a document.
const KEYS: [&str; 10] = [
    "openapi",
    "swagger",
    "info",
    "paths",
    "servers",
    "components",
    "tags",
    "security",
    "externalDocs",
    "jsonSchemaDialect",
];

/// Whether the first line of `text` that says something is one that a document begins with.
pub(super) fn begins_as_document(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !is_blank(line) && !line.starts_with("---") && !line.starts_with('%'));
    lines.next().is_some_and(|line| {
        line.starts_with('{')
            || key(line).is_some_and(|key| key == "openapi" || key == "paths" || key == "swagger" || key == "info")
    })
}

/// The blocks of `text` that begin as a document does.
pub(super) fn candidates(text: &str) -> Vec<Candidate> {
    let lines: Vec<&str> = text.lines().collect();
    let mut candidates = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let line = lines[index];
        let rest = line.trim_start();
        let length = if rest.starts_with('{') {
            json(&lines[index..]).map(|text| (text.lines().count(), text))
        } else if key(rest).is_some() && !rest.starts_with('-') {
            Some(block(&lines[index..]))
        } else {
            None
        };
        match length {
            Some((taken, mut block)) => {
                // Where the page itself ends without a line end, so does what it ends with.
                if index + taken == lines.len() && !text.ends_with('\n') {
                    block.pop();
                }
                candidates.push(Candidate { text: block, line: index + 1 });
                index += taken.max(1);
            }
            None => index += 1,
        }
    }
    candidates
}

/// The JSON that the first of `lines` begins with.
fn json(lines: &[&str]) -> Option<String> {
    let text = lines.join("\n");
    let start = text.find('{')?;
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    Some(format!("{}\n", &text[start..start + values.byte_offset()]))
}

/// The lines that belong to the mapping that the first of `lines` begins, their indentation taken off; and how many.
fn block(lines: &[&str]) -> (usize, String) {
    let indent = lines[0].len() - lines[0].trim_start().len();
    let belongs = |line: &&&str| {
        let spaces = line.len() - line.trim_start().len();
        let rest = line.trim_start();
        is_blank(line)
            || spaces > indent
            || (spaces == indent
                && (key(rest).is_some() || rest.starts_with("- ") || rest.starts_with(['}', ']', '#'])))
    };
    let mut taken = lines.iter().take_while(belongs).count();
    while taken > 0 && is_blank(lines[taken - 1]) {
        taken -= 1;
    }
    let text = lines[..taken]
        .iter()
        .map(|line| format!("{}\n", line.get(indent..).unwrap_or_default().trim_end_matches('\r')));
    (taken, text.collect())
}

/// The key of a document's top that `line` begins with.
fn key(line: &str) -> Option<&str> {
    let (key, value) = line.split_once(':')?;
    let key = key.trim_matches(['"', '\'']);
    let separate = value.is_empty() || value.starts_with([' ', '\t', '\r']);
    let known = KEYS.contains(&key) || (key.starts_with("x-") && !key.contains(char::is_whitespace));
    (separate && known).then_some(key)
}

fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}
