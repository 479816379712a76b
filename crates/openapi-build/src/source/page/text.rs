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
    let mut starts = Vec::with_capacity(lines.len());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        starts.push(start);
        start += line.len();
    }
    let mut attempts = Attempts::over(text);
    let mut candidates = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let line = lines[index];
        let rest = line.trim_start();
        let length = if rest.starts_with('{') {
            let json = attempts.json(starts[index] + line.len() - rest.len());
            json.map(|text| (text.lines().count(), format!("{text}\n").replace("\r\n", "\n")))
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
                candidates.push(Candidate { text: block, line: index + 1, within: None });
                index += taken.max(1);
            }
            None => index += 1,
        }
    }
    candidates
}

/// Attempts to read JSON at places of a text.
pub(super) struct Attempts<'a> {
    text: &'a str,
    /// How many bytes may still be read in vain: an attempt that fails may have read up to the end.
    budget: usize,
}

impl<'a> Attempts<'a> {
    pub(super) fn over(text: &'a str) -> Self {
        Self { text, budget: 16 * text.len() + (1 << 20) }
    }

    /// The JSON value that begins at the byte `start`.
    pub(super) fn json(&mut self, start: usize) -> Option<&'a str> {
        let rest = self.text.get(start..)?;
        if self.budget == 0 {
            return None;
        }
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
        match values.next()? {
            Ok(_) => Some(&rest[..values.byte_offset()]),
            Err(error) => {
                // Up to the line of the error, the text was read.
                let lines = rest.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
                self.budget = self.budget.saturating_sub(lines.sum::<usize>() + error.column() + 1);
                None
            }
        }
    }
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
